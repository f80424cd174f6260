//! What all requests share: the spec, what is loaded once it is, whether the process drains, and one way to run a
//! variant within its time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use serve_spec::{Served, Spec, Variant};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::body::Bodies;
use crate::fault::{Fault, Kind};
use crate::graph::{self, Graph, Values};
use crate::load::Loaded;
use crate::metrics::Metrics;
use crate::typed::Symbols;
use crate::variant::Chooser;

/// Picks a variant; SageMaker's name for it.
const TARGET_VARIANT: &str = "x-amzn-sagemaker-target-variant";
/// Says which variant answered; SageMaker's name for it.
const INVOKED_VARIANT: &str = "x-amzn-invoked-production-variant";
/// Copies for shadows that may compute at once; more are dropped and counted, so that shadows never queue up.
const MOST_SHADOWS: usize = 16;
/// For a spec whose time is past what the clock can count: a year.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// One endpoint being served.
pub struct Serving {
    pub spec: Spec,
    pub metrics: Arc<Metrics>,
    pub bodies: Bodies,
    token: String,
    loaded: OnceLock<Loaded>,
    draining: AtomicBool,
    chooser: Chooser,
    shadows: Arc<Semaphore>,
}

/// The variant that a request goes to.
#[derive(Clone)]
pub struct Chosen {
    pub name: String,
    pub graph: Arc<Graph>,
}

impl Serving {
    /// Nothing is loaded yet.
    #[must_use]
    pub fn new(spec: Spec, token: String) -> Self {
        let (chooser, bodies) = (Chooser::new(&spec.variants), Bodies::new(spec.max_request_bytes));
        Serving {
            spec,
            metrics: Arc::default(),
            bodies,
            token,
            loaded: OnceLock::new(),
            draining: AtomicBool::new(false),
            chooser,
            shadows: Arc::new(Semaphore::new(MOST_SHADOWS)),
        }
    }

    /// From now on requests are answered.
    pub fn ready(&self, loaded: Loaded) {
        // Loading happens once; a second result would be the same.
        let _ = self.loaded.set(loaded);
    }

    /// From now on new requests are refused.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// What answers.
    ///
    /// # Errors
    /// 503 while loading or draining.
    pub fn loaded(&self) -> Result<&Loaded, Fault> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(Fault::new(Kind::Unready, "the server is draining"));
        }
        self.loaded.get().ok_or_else(|| Fault::new(Kind::Unready, "the models are still loading"))
    }

    /// What `GET /servec/spec` answers.
    ///
    /// # Errors
    /// 503 while loading or draining.
    pub fn served(&self) -> Result<Served, Fault> {
        let loaded = self.loaded()?;
        Ok(Served {
            runtime: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            token: self.token.clone(),
            engines: loaded.engines.clone(),
            spec: loaded.spec.clone(),
        })
    }

    /// The graph whose signature a client sees: the first variant that answers has it, and all others agree with it.
    ///
    /// # Errors
    /// 503 while loading or draining.
    pub fn shown(&self) -> Result<Arc<Graph>, Fault> {
        let variant = self.spec.variants.iter().find(|variant| !variant.shadow);
        self.graph_of(variant.ok_or_else(|| Fault::new(Kind::Internal, "no variant answers"))?)
    }

    /// Picks the variant that answers: the one that the request names, or whose turn it is.
    ///
    /// # Errors
    /// 400 for a name that is no variant, 503 while loading or draining.
    pub fn choose(&self, headers: &HeaderMap) -> Result<Chosen, Fault> {
        self.loaded()?;
        let answering = || self.spec.variants.iter().filter(|variant| !variant.shadow);
        let variant = match headers.get(TARGET_VARIANT) {
            Some(wanted) => {
                answering().find(|variant| variant.name.as_bytes() == wanted.as_bytes()).ok_or_else(|| {
                    let names: Vec<String> = answering().map(|variant| format!("`{}`", variant.name)).collect();
                    let wanted = String::from_utf8_lossy(wanted.as_bytes()).into_owned();
                    Fault::new(Kind::Malformed, format!("no variant `{wanted}`; the variants are {}", names.join(", ")))
                })?
            }
            None => self
                .chooser
                .next()
                .and_then(|index| self.spec.variants.get(index))
                .ok_or_else(|| Fault::new(Kind::Internal, "no variant answers"))?,
        };
        Ok(Chosen { name: variant.name.clone(), graph: self.graph_of(variant)? })
    }

    /// Runs the chosen variant on each set of values in turn; shadows get copies.
    ///
    /// # Errors
    /// Whatever the graph answers.
    pub async fn run(&self, chosen: &Chosen, calls: Vec<(Values, Symbols)>) -> Result<Vec<Values>, Fault> {
        self.mirror(&calls);
        run_all(&chosen.graph, &chosen.name, &self.metrics, calls).await
    }

    /// When a request that comes in now must be answered.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.timeout()).unwrap_or(now + FOREVER)
    }

    /// Does a request's work, up to its deadline.
    ///
    /// # Errors
    /// Those of the work, and 504.
    pub async fn in_time<T>(
        &self,
        deadline: Instant,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        timeout_at(deadline, work).await.unwrap_or_else(|_| Err(self.late()))
    }

    fn late(&self) -> Fault {
        Fault::new(Kind::Timeout, format!("not answered within {} ms", self.spec.timeout_ms))
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(self.spec.timeout_ms)
    }

    fn graph_of(&self, variant: &Variant) -> Result<Arc<Graph>, Fault> {
        let graphs: &BTreeMap<String, Arc<Graph>> = &self.loaded()?.graphs;
        let missing = || Fault::new(Kind::Internal, format!("variant `{}` has no graph", variant.name));
        graphs.get(&variant.graph).cloned().ok_or_else(missing)
    }

    fn mirror(&self, calls: &[(Values, Symbols)]) {
        for variant in self.spec.variants.iter().filter(|variant| variant.shadow) {
            let (Ok(permit), Ok(graph)) = (Arc::clone(&self.shadows).try_acquire_owned(), self.graph_of(variant))
            else {
                self.metrics.shadow(&variant.name, "dropped");
                continue;
            };
            let (name, metrics, longest) = (variant.name.clone(), Arc::clone(&self.metrics), self.timeout());
            let (calls, late) = (calls.to_vec(), self.late());
            tokio::spawn(async move {
                let outcome = timeout(longest, run_all(&graph, &name, &metrics, calls)).await;
                let status = outcome.unwrap_or(Err(late)).map_or_else(|fault| fault.status(), |_| 200);
                metrics.shadow(&name, &status.to_string());
                drop(permit);
            });
        }
    }
}

async fn run_all(
    graph: &Arc<Graph>,
    variant: &str,
    metrics: &Metrics,
    calls: Vec<(Values, Symbols)>,
) -> Result<Vec<Values>, Fault> {
    let timed = |step: &str, took: Duration| metrics.step(variant, step, took);
    let mut answers = Vec::with_capacity(calls.len());
    let many = calls.len() > 1;
    for (at, (values, symbols)) in calls.into_iter().enumerate() {
        let answer = graph::run(graph, values, symbols, &timed).await;
        answers.push(answer.map_err(|fault| if many { fault.at(&format!("instances[{at}]")) } else { fault })?);
    }
    Ok(answers)
}

/// Marks a response with the variant that answered, for the client and for the metrics.
pub fn mark(response: &mut axum::response::Response, chosen: &Chosen) {
    if let Ok(name) = HeaderValue::from_str(&chosen.name) {
        response.headers_mut().insert(INVOKED_VARIANT, name);
    }
    response.extensions_mut().insert(Answered(chosen.name.clone()));
}

/// The variant that answered a request.
#[derive(Debug, Clone)]
pub struct Answered(pub String);
