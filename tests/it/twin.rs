//! A platform in memory: the twin of every live target, with faults on request.
//!
//! How it lies: its objects are ready the moment they are made, and it has no limits or quotas. How it is strict: it
//! refuses to change what is immutable, to make what exists (but for repeating a creation), and to touch what does not;
//! it gives bodies back as platforms do, with numbers as floats, sets turned around, and fields of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use servec::apply::Interrupt;
use servec::diff::Rules;
use servec::report::{Code, Diagnostic};
use servec::resource::{Address, Health, Object, Observed, Resource};
use servec::target::{Action, BoxFuture, Failure, Guard, Live, Progress};

/// What goes wrong at one call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It fails and nothing happened.
    Fails,
    /// It fails after it was done.
    FailsLate,
    /// It says that it was done, and nothing happened.
    Forgets,
    /// It is done, and the user presses ctrl-c meanwhile.
    Interrupts(Interrupt),
    /// It is done, and somebody else changes an object after it: none removes it.
    Meddles(Address, Option<Value>),
}

#[derive(Debug, Default)]
pub struct World {
    pub objects: BTreeMap<Address, Object>,
    /// By number of the call, from zero. Every call counts.
    pub faults: BTreeMap<usize, Fault>,
    pub calls: usize,
    /// What was done: `create endpoint.a`.
    pub log: Vec<String>,
    /// Laws of order that were broken.
    pub violations: Vec<String>,
    /// Addresses that a plan replaces: what needs them may stay meanwhile.
    pub replaced: BTreeSet<Address>,
    pub running: usize,
    pub most_at_once: usize,
    locked: bool,
    versions: u64,
}

#[derive(Clone)]
pub struct Twin {
    pub world: Arc<Mutex<World>>,
    pub width: usize,
    pub delay: Duration,
}

pub struct Held(Arc<Mutex<World>>);

impl Guard for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.lock().unwrap().locked = false;
    }
}

/// Nobody listens.
pub struct Quiet;

impl Progress for Quiet {
    fn say(&self, _: &Address, _: &str) {}
}

/// `image` is immutable, `tags` a set, `etag` the platform's own, `secret` sensitive.
pub fn rules() -> Rules {
    serde_json::from_value(json!({ "thing": {
        "immutable": ["/image"], "computed": ["/etag"], "unordered": ["/tags"], "sensitive": ["/secret"],
        "defaulted": { "/timeout": 60 },
        "notice": { "/image": "cold_start", "/replicas": "none", "": "brief_errors" },
    }}))
    .unwrap()
}

impl Twin {
    pub fn new() -> Self {
        Self { world: Arc::default(), width: 1, delay: Duration::ZERO }
    }

    /// As if these had been applied before.
    pub fn holding<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let twin = Self::new();
        for resource in resources {
            let object = twin.world.lock().unwrap().made(resource);
            twin.world.lock().unwrap().objects.insert(resource.address.clone(), object);
        }
        twin
    }

    pub fn fault(&self, call: usize, fault: Fault) {
        self.world.lock().unwrap().faults.insert(call, fault);
    }

    pub fn observed(&self) -> Observed {
        Observed { objects: self.world.lock().unwrap().objects.clone() }
    }

    pub fn log(&self) -> Vec<String> {
        self.world.lock().unwrap().log.clone()
    }

    /// Counts the call and does it, with the fault that is due.
    fn call<T>(&self, good: impl FnOnce(&mut World) -> Result<T, Failure>, forgotten: Option<T>) -> Result<T, Failure> {
        let mut world = self.world.lock().unwrap();
        let number = world.calls;
        world.calls += 1;
        match world.faults.remove(&number) {
            None => good(&mut world),
            Some(Fault::Fails) => Err(failure("the platform is down")),
            Some(Fault::FailsLate) => good(&mut world).and(Err(failure("the connection broke"))),
            Some(Fault::Forgets) => forgotten.map_or_else(|| good(&mut world), Ok),
            Some(Fault::Interrupts(interrupt)) => {
                interrupt.raise();
                good(&mut world)
            }
            Some(Fault::Meddles(address, body)) => {
                let result = good(&mut world);
                match body {
                    None => drop(world.objects.remove(&address)),
                    Some(body) => {
                        let object = Object { kind: "thing".into(), body, needs: vec![], health: Health::Ready };
                        world.objects.entry(address).and_modify(|o| o.body = object.body.clone()).or_insert(object);
                    }
                }
                result
            }
        }
    }
}

impl World {
    fn made(&mut self, resource: &Resource) -> Object {
        self.versions += 1;
        let mut body = platform(&resource.body);
        body["etag"] = self.versions.into();
        body["platform"] = json!({ "region": "here" });
        Object { kind: resource.kind.clone(), body, needs: resource.needs.clone(), health: Health::Ready }
    }

    fn act(&mut self, action: &Action) -> Result<(), Failure> {
        match action {
            Action::Create(resource) => {
                self.needs_are_there(resource);
                self.log.push(format!("create {}", resource.address));
                if let Some(there) = self.objects.get(&resource.address) {
                    let same = servec::diff::same(&there.body["image"], &resource.body["image"]);
                    if !same {
                        return Err(failure("something else exists under this address"));
                    }
                }
                let object = self.made(resource);
                self.objects.insert(resource.address.clone(), object);
            }
            Action::Update { resource, before } => {
                self.needs_are_there(resource);
                self.log.push(format!("update {}", resource.address));
                let Some(there) = self.objects.get(&resource.address) else { return Err(failure("not found")) };
                if there.body["image"] != platform(&resource.body["image"]) {
                    return Err(failure("`image` can't change"));
                }
                if there.body != *before {
                    self.violations.push(format!("{} was updated from a body that is not live", resource.address));
                }
                let object = self.made(resource);
                self.objects.insert(resource.address.clone(), object);
            }
            Action::Delete { address, before: _ } => {
                self.log.push(format!("delete {address}"));
                let users = self.objects.iter().filter(|(_, o)| o.needs.contains(address)).map(|(a, _)| a.to_string());
                if let (false, Some(user)) = (self.replaced.contains(address), users.into_iter().next()) {
                    self.violations.push(format!("{address} was deleted while {user} needed it"));
                }
                self.objects.remove(address);
            }
        }
        Ok(())
    }

    fn needs_are_there(&mut self, resource: &Resource) {
        for needed in &resource.needs {
            if !self.objects.contains_key(needed) {
                self.violations.push(format!("{} was made before {needed}", resource.address));
            }
        }
    }
}

impl Live for Twin {
    fn width(&self) -> usize {
        self.width
    }

    fn observe<'a>(&'a self) -> BoxFuture<'a, Result<Observed, Failure>> {
        Box::pin(async { self.call(|world| Ok(Observed { objects: world.objects.clone() }), None) })
    }

    fn lock<'a>(&'a self) -> BoxFuture<'a, Result<Box<dyn Guard>, Failure>> {
        let take = |world: &mut World| {
            if world.locked {
                return Err(failure("the stack is locked by pid 1 since noon"));
            }
            world.locked = true;
            Ok(())
        };
        Box::pin(async move {
            let free = !self.world.lock().unwrap().locked;
            let taken = self.call(take, None);
            if taken.is_err() && free {
                // A lock that was not handed out is nobody's.
                self.world.lock().unwrap().locked = false;
            }
            taken?;
            Ok(Box::new(Held(self.world.clone())) as Box<dyn Guard>)
        })
    }

    fn act<'a>(&'a self, action: &'a Action, _: &'a dyn Progress) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            {
                let mut world = self.world.lock().unwrap();
                world.running += 1;
                world.most_at_once = world.most_at_once.max(world.running);
            }
            tokio::time::sleep(self.delay).await;
            self.world.lock().unwrap().running -= 1;
            self.call(|world| world.act(action), Some(()))
        })
    }

    fn verify<'a>(&'a self, resource: &'a Resource) -> BoxFuture<'a, Result<(), Failure>> {
        let there = |world: &mut World| match world.objects.get(&resource.address) {
            Some(object) if object.health == Health::Ready => Ok(()),
            _ => Err(failure("it does not serve")),
        };
        Box::pin(async move { self.call(there, Some(())) })
    }
}

/// As platforms give things back: numbers as floats, `tags` turned around.
fn platform(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().map_or(value.clone(), Value::from),
        Value::Array(items) => items.iter().map(platform).collect(),
        Value::Object(fields) => {
            let turned = |key: &str, v: &Value| match v.as_array() {
                Some(items) if key == "tags" => items.iter().rev().map(platform).collect(),
                Some(_) | None => platform(v),
            };
            fields.iter().rev().map(|(k, v)| (k.clone(), turned(k, v))).collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

fn failure(words: &str) -> Failure {
    Box::new(Diagnostic::error(Code::NotServed, words))
}
