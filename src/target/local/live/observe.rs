//! What of a stack is there now: files by content, and for each endpoint what its own process says that it serves.

use serde_json::Value;

use crate::diff::same;
use crate::resource::{Address, Health, Object, Observed};
use crate::target::{Drifted, Failure};

use super::super::super::spec::{self, Copied};
use super::super::lower::{PROCESS, address};
use super::probe::{State, ask};
use super::record::{self, Record};
use super::{Here, places, process, store};

pub async fn observe(here: &Here) -> Result<Observed, Failure> {
    let mut observed = Observed::default();
    for copied in store::all(&here.places)? {
        let object = Object {
            kind: spec::KIND.into(),
            body: serde_json::to_value(&copied).unwrap_or(Value::Null),
            needs: vec![],
            health: Health::Ready,
        };
        observed.objects.insert(copied.address(), object);
    }
    for address in addresses(here)? {
        if let Some(object) = endpoint(here, &address).await? {
            observed.objects.insert(address, object);
        }
    }
    Ok(observed)
}

/// Every endpoint that is written down.
pub fn addresses(here: &Here) -> Result<Vec<Address>, Failure> {
    Ok(places::names(&here.places.endpoints())?.iter().map(|name| address(name)).collect())
}

/// One endpoint; none when nothing is written down about it.
pub async fn endpoint(here: &Here, address: &Address) -> Result<Option<Object>, Failure> {
    let folder = here.places.endpoint(address);
    let Some(record) = record::read(&folder)? else { return Ok(None) };
    let (health, served) = state(here, &record).await;
    // What does not answer is shown as what it was last told to serve.
    let body = match served {
        Some(spec) => Some(spec),
        None => places::read_json::<Value>(&folder.join("spec.json"))?,
    };
    let spec: Option<serve_spec::Spec> = body.clone().and_then(|body| serde_json::from_value(body).ok());
    let mut needs: Vec<Address> =
        spec.iter().flat_map(spec::assets).map(|asset| Copied::from_spec(asset).address()).collect();
    needs.sort();
    needs.dedup();
    Ok(Some(Object { kind: PROCESS.into(), body: body.unwrap_or(Value::Null), needs, health }))
}

async fn state(here: &Here, record: &Record) -> (Health, Option<Value>) {
    let instance = &record.instance;
    let Some(pid) = process::find(instance) else {
        let number = instance.pid.map_or("its process".to_owned(), |pid| format!("process {pid}"));
        return (Health::Failed(format!("{number} is not there any more")), None);
    };
    match ask(&here.http, instance).await {
        State::Serves(served) => (Health::Ready, serde_json::to_value(&served.spec).ok()),
        State::Loading(words) if words.is_empty() => (Health::Pending("it is loading".to_owned()), None),
        State::Loading(words) => (Health::Pending(words), None),
        State::Silent if instance.served => {
            (Health::Failed(format!("process {pid} does not listen on port {} any more", instance.port)), None)
        }
        State::Silent => (Health::Pending(format!("process {pid} is starting")), None),
        State::Wrong(words) => (Health::Failed(words), None),
    }
}

/// Against what each endpoint was last told to serve, which lies beside its record.
pub async fn drift(here: &Here) -> Result<Vec<Drifted>, Failure> {
    let observed = observe(here).await?;
    let mut found = vec![];
    for (address, object) in observed.objects.iter().filter(|(_, object)| &*object.kind == PROCESS) {
        let told = places::read_json::<Value>(&here.places.endpoint(address).join("spec.json"))?;
        let mut say = |why: String| found.push(Drifted { address: address.clone(), why });
        match &object.health {
            Health::Failed(why) => say(why.clone()),
            Health::Ready if told.is_none_or(|told| !same(&told, &object.body)) => {
                say("it serves something else than it was last told".to_owned());
            }
            Health::Ready | Health::Pending(_) => {}
        }
        for needed in object.needs.iter().filter(|needed| !observed.objects.contains_key(*needed)) {
            say(format!("its file `{needed}` is gone"));
        }
    }
    Ok(found)
}
