//! What people do with a stack that runs: look at it, call it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::report::{Code, Diagnostic};
use crate::resource::{Address, Health};
use crate::target::{Access, Answer, BoxFuture, Call, Drifted, Failure, Lines, Running, Share};

use super::super::calls::{Ids, Method, Request, Service, read};
use super::super::names;
use super::super::wire::{Api, Shares};
use super::there::{deployed, endpoint, is_own, text};
use super::{Reach, fail, observe};

impl Access for Reach {
    fn running<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Running>, Failure>> {
        Box::pin(async move {
            let path = Ids(&self.site.at).all(Api::V1Beta1, "endpoints");
            let all = self.client.list(&Request::new(Service::Aiplatform, Method::Get, path), "endpoints").await?;
            let mut running: Vec<Running> =
                all.iter().filter(|live| is_own(self, live)).map(|live| one(self, live)).collect();
            running.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
            Ok(running)
        })
    }

    /// There is no record of what was applied but what is there: what is broken is what has drifted.
    fn drift<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Drifted>, Failure>> {
        Box::pin(async move {
            let observed = observe::observe(self).await?;
            let broken = observed.objects.into_iter().filter_map(|(address, object)| match object.health {
                Health::Failed(why) => Some(Drifted { address, why }),
                Health::Ready | Health::Pending(_) => None,
            });
            Ok(broken.chain(idle(self).await?).collect())
        })
    }

    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let live = found(self, &call.endpoint).await?;
            let url = url(self, &live);
            self.client.raw_predict(&url, call).await
        })
    }

    fn recipe<'a>(&'a self, call: &'a Call, data: &'a str) -> BoxFuture<'a, Result<Vec<String>, Failure>> {
        Box::pin(async move {
            let live = found(self, &call.endpoint).await?;
            let content_type = call.content_type.as_deref().unwrap_or("application/json");
            let (url, id, region) = (url(self, &live), names::id(&self.stack, &call.endpoint), &self.site.at.region);
            Ok(vec![
                format!(
                    "curl -X POST -H \"Authorization: Bearer $(gcloud auth print-access-token)\" -H 'Content-Type: {content_type}' --data-binary '{data}' '{url}'"
                ),
                format!("gcloud ai endpoints raw-predict {id} --region={region} --request={data}"),
            ])
        })
    }

    fn logs<'a>(&'a self, endpoint: &'a str, _follow: bool, _to: Lines<'a>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let id = names::id(&self.stack, endpoint);
            let filter =
                format!("resource.type=aiplatform.googleapis.com/Endpoint AND resource.labels.endpoint_id={id}");
            Err(fail::not_here("read logs", format!("`gcloud logging read '{filter}'`")))
        })
    }
}

async fn found(reach: &Reach, name: &str) -> Result<Json, Failure> {
    let live = endpoint(reach, &names::id(&reach.stack, name)).await?;
    live.filter(|live| is_own(reach, live)).ok_or_else(|| {
        let diagnostic = Diagnostic::error(Code::NotRunning, format!("endpoint `{name}` is not there"));
        Box::new(diagnostic.help("`servec apply` makes it; `servec status` shows what is there"))
    })
}

/// Where it is called: at a name of its own, or at the region's.
fn url(reach: &Reach, live: &Json) -> String {
    let path = format!("/v1/{}:rawPredict", text(live, "name"));
    match text(live, "dedicatedEndpointDns") {
        "" => format!("{}{path}", reach.client.host(Service::Aiplatform)),
        dns if dns.starts_with("http") => format!("{dns}{path}"),
        dns => format!("https://{dns}{path}"),
    }
}

fn one(reach: &Reach, live: &Json) -> Running {
    let shares: Shares = live.get("trafficSplit").and_then(read).unwrap_or_default();
    let names: BTreeMap<&str, &str> =
        deployed(live).map(|model| (text(model, "id"), text(model, "displayName"))).collect();
    let replicas = deployed(live).map(|model| {
        let there = model.pointer("/status/availableReplicaCount").and_then(Json::as_u64);
        there.or_else(|| model.pointer("/dedicatedResources/minReplicaCount").and_then(Json::as_u64)).unwrap_or(0)
    });
    let health = match (names.is_empty(), shares.is_empty()) {
        (true, _) => Health::Pending("nothing is deployed to it".to_owned()),
        (false, true) => Health::Pending("no calls are sent to what is deployed".to_owned()),
        (false, false) => Health::Ready,
    };
    let share = |(id, percent): (&String, &u32)| Share {
        variant: names.get(&**id).map_or_else(|| id.clone(), |name| (*name).to_owned()),
        share: f64::from(*percent) / 100.0,
        shadow: false,
    };
    Running {
        endpoint: text(live, "displayName").to_owned(),
        url: (health == Health::Ready).then(|| url(reach, live)),
        replicas: u32::try_from(replicas.sum::<u64>()).unwrap_or(u32::MAX),
        served_by: text(live, "name").to_owned(),
        variants: shares.iter().map(share).collect(),
        requests: BTreeMap::new(),
        engines: BTreeMap::new(),
        health,
    }
}

/// Endpoints that send no calls anywhere.
async fn idle(reach: &Reach) -> Result<Vec<Drifted>, Failure> {
    let drifted = |running: Running| match running.health {
        Health::Pending(why) => Some(Drifted { address: Address::new("endpoint", &running.endpoint), why }),
        Health::Ready | Health::Failed(_) => None,
    };
    Ok(reach.running().await?.into_iter().filter_map(drifted).collect())
}
