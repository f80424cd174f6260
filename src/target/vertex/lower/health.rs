//! How the platform asks a container whether it is well, and how long it waits for it to start.

use std::time::Duration;

use crate::stack::Model;

use super::super::settings::FACTS;
use super::super::wire::{HttpGet, Probe, seconds};
use super::container::{Contained, PORT, RUNTIME_HEALTH};

/// How often it is asked while it starts, and how long it may take to answer, in seconds.
const STARTING: (u32, u32) = (9, 10);

pub fn of(models: &[&Model], out: &mut Contained) {
    let asked = models.iter().filter_map(|model| model.health.as_ref());
    if let Some((health, path)) = asked.clone().find_map(|health| Some((health, health.path.as_ref()?))) {
        out.spec.health_route = Some(path.to_string());
        out.places.put("/containerSpec/healthRoute", health.span);
    }
    if let Some((health, timeout)) = asked.clone().find_map(|health| Some((health, health.timeout?))) {
        let patience = whole(timeout).max(1);
        // The platform takes no probe that is asked less often than it may take.
        out.spec.health_probe = Some(probe(out, (patience.saturating_sub(1)).clamp(1, 10), patience, None));
        out.places.put("/containerSpec/healthProbe", health.span);
    }
    let starts = models.iter().filter_map(|model| model.load_time.as_ref());
    // Models of one container are loaded one after another.
    let start: Duration = starts.clone().map(|time| time.value).sum();
    if let Some(first) = starts.clone().next() {
        let tries = whole(start).div_ceil(STARTING.0) + 3;
        out.spec.startup_probe = Some(probe(out, STARTING.0, STARTING.1, Some(tries)));
        let allowed =
            start.as_secs().saturating_add(FACTS.deployment_margin_seconds).min(FACTS.most_deployment_seconds);
        out.spec.deployment_timeout = Some(seconds(Duration::from_secs(allowed)));
        out.places.put("/containerSpec/startupProbe", first.span);
        out.places.put("/containerSpec/deploymentTimeout", first.span);
    }
}

fn probe(out: &Contained, period_seconds: u32, timeout_seconds: u32, failure_threshold: Option<u32>) -> Probe {
    let path = out.spec.health_route.clone().unwrap_or_else(|| RUNTIME_HEALTH.to_owned());
    let port = out.spec.ports.first().map_or(PORT, |port| port.container_port);
    Probe { http_get: HttpGet { path, port }, period_seconds, timeout_seconds, failure_threshold }
}

fn whole(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}
