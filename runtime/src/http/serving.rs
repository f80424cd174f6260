//! What all requests share: the spec, what is loaded once it is, whether the process drains, and one way to run a
//! variant within its time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue};
use serve_spec::{Served, Spec, Variant};
use tokio::sync::Semaphore;

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

/// One endpoint being served.
pub struct Serving {
    pub spec: Spec,
    pub metrics: Arc<Metrics>,
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
        let chooser = Chooser::new(&spec.variants);
        Serving {
            spec,
            metrics: Arc::default(),
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

    /// Runs the chosen variant on each set of values in turn, within the endpoint's time; shadows get copies.
    ///
    /// # Errors
    /// Whatever the graph answers, and 504.
    pub async fn run(&self, chosen: &Chosen, calls: Vec<(Values, Symbols)>) -> Result<Vec<Values>, Fault> {
        self.mirror(&calls);
        run_all(&chosen.graph, &chosen.name, &self.metrics, self.timeout(), calls).await
    }

    /// The longest that one request may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.spec.timeout_ms)
    }

    /// Reads a whole body, of bounded size, in bounded time.
    ///
    /// # Errors
    /// 408, 413, or 400 for a body that broke off.
    pub async fn body(&self, request: Request) -> Result<Bytes, Fault> {
        let limit = self.spec.max_request_bytes;
        let read = tokio::time::timeout(self.timeout(), Bytes::from_request(request, &())).await.map_err(|_| {
            Fault::new(Kind::Slow, format!("the body did not arrive within {} ms", self.spec.timeout_ms))
        })?;
        read.map_err(|rejection: BytesRejection| {
            if rejection.status().as_u16() == 413 {
                Fault::new(Kind::TooLarge, format!("the body is larger than {limit} bytes"))
            } else {
                Fault::new(Kind::Malformed, "the body broke off")
            }
        })
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
            let (name, metrics, timeout) = (variant.name.clone(), Arc::clone(&self.metrics), self.timeout());
            let calls = calls.to_vec();
            tokio::spawn(async move {
                let outcome = run_all(&graph, &name, &metrics, timeout, calls).await;
                let status = outcome.map_or_else(|fault| fault.status(), |_| 200);
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
    timeout: Duration,
    calls: Vec<(Values, Symbols)>,
) -> Result<Vec<Values>, Fault> {
    let timed = |step: &str, took: Duration| metrics.step(variant, step, took);
    let all = async {
        let mut answers = Vec::with_capacity(calls.len());
        let many = calls.len() > 1;
        for (at, (values, symbols)) in calls.into_iter().enumerate() {
            let answer = graph::run(graph, values, symbols, &timed).await;
            answers.push(answer.map_err(|fault| if many { fault.at(&format!("instances[{at}]")) } else { fault })?);
        }
        Ok(answers)
    };
    tokio::time::timeout(timeout, all)
        .await
        .unwrap_or_else(|_| Err(Fault::new(Kind::Timeout, format!("not answered within {} ms", timeout.as_millis()))))
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
