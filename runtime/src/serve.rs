//! One server's life: read the spec, listen, load, serve, drain.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::http::{self, Serving};
use crate::load::{self, Settings};

/// SageMaker kills 30 s after SIGTERM; Kubernetes by default too.
const GRACE: Duration = Duration::from_secs(25);

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct Job {
    pub spec: PathBuf,
    pub host: String,
    pub port: u16,
    pub token: String,
    pub settings: Settings,
}

/// Serves until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// One sentence, when the spec, the address or a model can't be had.
pub fn serve(job: &Job) -> Result<(), String> {
    let checked = load::read(&job.spec)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("threads: {error}"))?;
    let served = runtime.block_on(listen(job, checked));
    // A model that still computes must not hold up the exit: its request was answered with 504 already.
    runtime.shutdown_background();
    served
}

async fn listen(job: &Job, checked: load::Checked) -> Result<(), String> {
    // Before anything else, so that an early SIGTERM is a clean exit too.
    let shutdown = shutdown().map_err(|error| format!("signals: {error}"))?;
    let listener = TcpListener::bind((job.host.as_str(), job.port)).await;
    let listener = listener.map_err(|error| format!("can't listen on {}:{}: {error}", job.host, job.port))?;
    let address = listener.local_addr().map_err(|error| format!("address: {error}"))?;
    let serving = Arc::new(Serving::new(checked.spec.clone(), job.token.clone()));
    let settings = job.settings.clone();
    let loading = tokio::task::spawn_blocking(move || load::load(checked, &settings));
    let ready = make_ready(loading, Arc::clone(&serving), address);
    let drain = {
        let serving = Arc::clone(&serving);
        async move {
            shutdown.await;
            tracing::info!("draining");
            serving.drain();
        }
    };
    let server = http::serve(listener, http::router(serving), drain, GRACE);
    let mut server = std::pin::pin!(server);
    tokio::select! {
        () = &mut server => return Ok(()),
        loaded = ready => loaded?,
    }
    server.await;
    Ok(())
}

async fn make_ready(
    loading: tokio::task::JoinHandle<Result<load::Loaded, String>>,
    serving: Arc<Serving>,
    address: SocketAddr,
) -> Result<(), String> {
    let loaded = loading.await.map_err(|_| "a model's loader panicked".to_owned())??;
    let engines: Vec<String> = loaded.engines.iter().map(|(model, engine)| format!("{model}={engine}")).collect();
    serving.ready(loaded);
    tracing::info!(endpoint = serving.spec.endpoint, %address, engines = engines.join(","), "ready");
    Ok(())
}

fn shutdown() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
