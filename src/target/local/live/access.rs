//! Looking at, calling and reading the log of what runs.

use std::collections::BTreeMap;
use std::time::Duration;

use serve_spec::Spec;

use crate::report::{Code, Diagnostic};
use crate::resource::{Address, Health, Object};
use crate::target::{Access, Answer, BoxFuture, Call, Drifted, Failure, Lines, Running, Share};

use super::record::{self, Record};
use super::{Here, log, observe, probe};

impl Access for Here {
    fn running<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Running>, Failure>> {
        Box::pin(async move {
            let mut all = vec![];
            for address in observe::addresses(self)? {
                if let Some(one) = One::of(self, &address).await? {
                    all.push(one.running(self).await);
                }
            }
            all.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
            Ok(all)
        })
    }

    fn drift<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Drifted>, Failure>> {
        Box::pin(observe::drift(self))
    }

    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let one = ready(self, &call.endpoint).await?;
            // The endpoint keeps its own time; this only guards against one that does not.
            let patience = Duration::from_millis(one.spec.as_ref().map_or(60_000, |spec| spec.timeout_ms));
            probe::invoke(&self.http, one.record.port, call, patience + Duration::from_secs(30)).await
        })
    }

    fn recipe<'a>(&'a self, call: &'a Call, data: &'a str) -> BoxFuture<'a, Result<Vec<String>, Failure>> {
        Box::pin(async move {
            let one = ready(self, &call.endpoint).await?;
            Ok(vec![probe::curl(one.record.port, call, data)])
        })
    }

    fn logs<'a>(&'a self, endpoint: &'a str, follow: bool, to: Lines<'a>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let one = find(self, endpoint).await?;
            log::follow(&log::path(&self.places.endpoint(&one.address)), follow, to).await
        })
    }
}

/// An endpoint with its record and what it serves.
struct One {
    address: Address,
    record: Record,
    object: Object,
    spec: Option<Spec>,
}

impl One {
    async fn of(here: &Here, address: &Address) -> Result<Option<Self>, Failure> {
        let Some(record) = record::read(&here.places.endpoint(address))? else { return Ok(None) };
        let Some(object) = observe::endpoint(here, address).await? else { return Ok(None) };
        let spec = serde_json::from_value(object.body.clone()).ok();
        Ok(Some(Self { address: address.clone(), record, object, spec }))
    }

    /// As in the program; what was renamed keeps its old address.
    fn name(&self) -> &str {
        let of_address = self.address.as_str().split_once('.').map_or("", |(_, name)| name);
        self.spec.as_ref().map_or(of_address, |spec| &spec.endpoint)
    }

    async fn running(&self, here: &Here) -> Running {
        let ready = self.object.health == Health::Ready;
        let port = self.record.port;
        let engines = match probe::ask(&here.http, &self.record.instance).await {
            probe::State::Serves(served) => served.engines,
            probe::State::Loading(_) | probe::State::Silent | probe::State::Wrong(_) => BTreeMap::new(),
        };
        Running {
            endpoint: self.name().to_owned(),
            url: ready.then(|| probe::url(port)),
            health: self.object.health.clone(),
            replicas: u32::from(ready),
            served_by: self.record.instance.pid.map_or("no process".to_owned(), |pid| format!("process {pid}")),
            variants: self.spec.as_ref().map(shares).unwrap_or_default(),
            requests: if ready { probe::requests(&here.http, port).await } else { BTreeMap::new() },
            engines,
        }
    }
}

fn shares(spec: &Spec) -> Vec<Share> {
    let sum: u64 = spec.variants.iter().map(|variant| u64::from(variant.weight)).sum();
    let share = |weight: u32| if sum == 0 { 0.0 } else { f64::from(weight) / sum as f64 };
    let all = spec.variants.iter();
    all.map(|v| Share { variant: v.name.clone(), share: share(v.weight), shadow: v.shadow }).collect()
}

async fn find(here: &Here, endpoint: &str) -> Result<One, Failure> {
    let mut known = vec![];
    for address in observe::addresses(here)? {
        match One::of(here, &address).await? {
            Some(one) if one.name() == endpoint => return Ok(one),
            Some(one) => known.push(format!("`{}`", one.name())),
            None => {}
        }
    }
    let diagnostic = Diagnostic::error(Code::NotRunning, format!("endpoint `{endpoint}` is not running"));
    Err(Box::new(match known.as_slice() {
        [] => diagnostic.help("nothing of this stack runs: `servec apply` brings it up"),
        _ => diagnostic.help(format!("these run: {}; `servec apply` brings up the others", known.join(", "))),
    }))
}

async fn ready(here: &Here, endpoint: &str) -> Result<One, Failure> {
    let one = find(here, endpoint).await?;
    match &one.object.health {
        Health::Ready => Ok(one),
        Health::Pending(why) => {
            let message = format!("endpoint `{endpoint}` is not ready yet: {why}");
            Err(Box::new(Diagnostic::error(Code::NotRunning, message).help("try again in a moment")))
        }
        Health::Failed(why) => {
            let message = format!("endpoint `{endpoint}` is not running: {why}");
            let help = format!("`servec apply` brings it up again; `servec logs {endpoint}` may say why it ended");
            Err(Box::new(Diagnostic::error(Code::NotRunning, message).help(help)))
        }
    }
}
