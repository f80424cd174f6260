//! How a cluster asks whether a container runs, and whether it may be called.

use std::time::Duration;

use crate::stack::Model;

use super::super::api::{HttpGet, Probe, TcpSocket, port};
use super::super::facts::facts;
use super::values::seconds;

/// The three probes of a serving container.
#[derive(Debug, Clone)]
pub struct Probes {
    pub startup: Probe,
    pub readiness: Probe,
    pub liveness: Probe,
}

const STARTUP_PERIOD: u64 = 5;

/// Of servec's runtime: it answers from the start, and is ready once everything is loaded.
pub fn of_runtime(models: &[&Model]) -> Probes {
    let path = |path: &str| Some(HttpGet { path: path.to_owned(), port: port("http") });
    let wait = models.iter().filter_map(|model| model.health.as_ref()?.timeout).max();
    let ready = models.iter().find_map(|model| model.health.as_ref()?.path.as_deref()).unwrap_or("/healthz");
    Probes {
        startup: startup(Probe { http_get: path(ready), ..waiting(wait) }, models),
        readiness: Probe { http_get: path(ready), ..checked(wait) },
        liveness: Probe { http_get: path("/v2/health/live"), failure_threshold: Some(6), ..checked(None) },
    }
}

/// Of a container of the user's: its own path where it says one, else whether it takes connections. It is ended only
/// where it takes none, since one that is busy may answer late.
pub fn of_image(model: &Model) -> Probes {
    let health = model.health.as_ref();
    let (path, wait) = (health.and_then(|h| h.path.as_deref()), health.and_then(|h| h.timeout));
    let asked = |probe: Probe| match path {
        Some(path) => {
            let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
            Probe { http_get: Some(HttpGet { path, port: port("http") }), ..probe }
        }
        None => Probe { tcp_socket: Some(TcpSocket { port: port("http") }), ..probe },
    };
    let taken = Probe { tcp_socket: Some(TcpSocket { port: port("http") }), ..checked(None) };
    Probes {
        startup: startup(asked(waiting(wait)), &[model]),
        readiness: asked(checked(wait)),
        liveness: Probe { failure_threshold: Some(6), ..taken },
    }
}

/// Seconds that a container has to become ready: twice what its models take to load, and never less than is usual.
pub fn start_seconds(models: &[&Model]) -> u64 {
    let load = models.iter().filter_map(|model| model.load_time.as_ref()).map(|load| seconds(load.value)).max();
    load.map_or(facts().defaults.start_seconds, |load| (2 * load).max(60))
}

fn startup(probe: Probe, models: &[&Model]) -> Probe {
    let tries = start_seconds(models).div_ceil(STARTUP_PERIOD);
    Probe { period_seconds: Some(STARTUP_PERIOD), failure_threshold: Some(tries), ..probe }
}

fn checked(wait: Option<Duration>) -> Probe {
    Probe { period_seconds: Some(10), failure_threshold: Some(3), ..waiting(wait) }
}

fn waiting(wait: Option<Duration>) -> Probe {
    Probe { timeout_seconds: Some(wait.map_or(2, |wait| seconds(wait).max(1))), ..Probe::default() }
}
