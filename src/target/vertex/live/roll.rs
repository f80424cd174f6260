//! Moves an endpoint's calls: in the parts of its rollout, only to what is deployed, and back where a watched metric says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::resource::Address;
use crate::target::{Failure, Progress};

use super::super::calls::{Ids, Method, Request, Service, read};
use super::super::lower::shares as whole_percents;
use super::super::wire::{Api, Shares, Split, Watched};
use super::there::{deployed, endpoint, text};
use super::{Reach, fail};

/// How often a metric is looked at while a part is watched.
const LOOK: Duration = Duration::from_secs(30);

/// # Errors
/// When something that is to get calls is not deployed, somebody else's models get some, the platform refuses, or what is
/// watched takes the calls back.
pub async fn go_over(reach: &Reach, at: &Address, split: &Split, progress: &dyn Progress) -> Result<(), Failure> {
    let Some(live) = endpoint(reach, &split.endpoint).await? else { return Err(fail::not_as_asked(at)) };
    let before: Shares = live.get("trafficSplit").and_then(read).unwrap_or_default();
    not_shared(reach, &split.endpoint, &live, &before)?;
    let known: BTreeSet<&str> = deployed(&live).map(|model| text(model, "id")).collect();
    if let Some(missing) = split.traffic_split.keys().find(|id| !known.contains(&***id)) {
        return Err(fail::not_deployed(at, missing));
    }
    let new: BTreeSet<&String> = split.traffic_split.keys().filter(|id| !before.contains_key(*id)).collect();
    // Where nothing new is deployed there is nothing to try out: shares move at once.
    if !before.is_empty() && !new.is_empty() {
        for part in split.parts.iter().copied().filter(|part| *part < 100) {
            progress.say(at, &format!("{part} % of the calls go over"));
            send(reach, &split.endpoint, &mixed(&before, &split.traffic_split, part)).await?;
            watch(reach, at, split, &before, progress).await?;
        }
    }
    send(reach, &split.endpoint, &split.traffic_split).await?;
    if !before.is_empty() && !new.is_empty() {
        watch(reach, at, split, &before, progress).await?;
    }
    Ok(())
}

/// A part of the new shares beside the rest of the old ones.
fn mixed(before: &Shares, after: &Shares, part: u32) -> Shares {
    let mut weights: BTreeMap<&str, u32> = BTreeMap::new();
    for (id, share) in before {
        *weights.entry(id).or_insert(0) += share * (100 - part);
    }
    for (id, share) in after {
        *weights.entry(id).or_insert(0) += share * part;
    }
    let all: Vec<(&str, u32)> = weights.into_iter().collect();
    whole_percents(&all).into_iter().filter(|(_, share)| *share > 0).collect()
}

/// # Errors
/// When the platform refuses.
pub async fn send(reach: &Reach, endpoint: &str, shares: &Shares) -> Result<(), Failure> {
    let path = Ids(&reach.site.at).one(Api::V1, "endpoints", endpoint);
    let request = Request::new(Service::Aiplatform, Method::Patch, path).with("updateMask", "trafficSplit");
    reach.client.ask(&request.json(json!({ "trafficSplit": shares }))).await.map(|_| ())
}

/// Deployed models that are not this stack's are left alone, and so is their share of the calls.
fn not_shared(reach: &Reach, name: &str, live: &Json, before: &Shares) -> Result<(), Failure> {
    let foreign = deployed(live).filter(|model| !super::observe::is_own_deployment(reach, model));
    let percent: u64 = foreign.filter_map(|model| before.get(text(model, "id"))).map(|share| u64::from(*share)).sum();
    if percent == 0 { Ok(()) } else { Err(fail::shared_traffic(name, percent)) }
}

/// Waits for as long as a part is watched.
async fn watch(
    reach: &Reach,
    at: &Address,
    split: &Split,
    before: &Shares,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let Some(bake) = split.bake.as_deref().and_then(|bake| bake.strip_suffix('s')?.parse::<f64>().ok()) else {
        return Ok(());
    };
    let mut left = Duration::from_secs_f64(bake.max(0.0));
    while !left.is_zero() {
        progress.say(at, &format!("watched for {} s more", left.as_secs()));
        let pause = left.min(LOOK);
        reach.client.wait(pause).await;
        left -= pause;
        for watched in &split.abort_on {
            if is_broken(reach, watched).await? {
                send(reach, &split.endpoint, before).await?;
                return Err(fail::taken_back(at, &watched.words));
            }
        }
    }
    Ok(())
}

/// What is not measured breaks nothing.
async fn is_broken(reach: &Reach, watched: &Watched) -> Result<bool, Failure> {
    let path = format!("/v1/projects/{}/location/global/prometheus/api/v1/query", reach.site.at.project);
    let request = Request::new(Service::Monitoring, Method::Post, path).json(json!({ "query": watched.query }));
    let answer = reach.client.ask(&request).await?;
    let value =
        answer.pointer("/data/result/0/value/1").and_then(Json::as_str).and_then(|text| text.parse::<f64>().ok());
    Ok(value.is_some_and(|value| match &*watched.op {
        ">" => value > watched.bound,
        ">=" => value >= watched.bound,
        "<" => value < watched.bound,
        "<=" => value <= watched.bound,
        "==" => (value - watched.bound).abs() < f64::EPSILON,
        _ => (value - watched.bound).abs() >= f64::EPSILON,
    }))
}
