//! Where async calls wait: the platform has no queue for models of one's own, so that calls are messages of Pub/Sub,
//! servec's runtime fetches them, and answers are objects in Cloud Storage.

use crate::resource::Address;
use crate::stack::{Endpoint, Mode, Value, ValueKind};

use super::super::super::spec::Places;
use super::super::names;
use super::super::settings::FACTS;
use super::super::wire::{Encryption, Env, Expiration, Subscription, Topic};
use super::{Lowering, Made, kind, text};

/// What the container is told of its queue.
pub struct Queue {
    /// Of the topic and of its one subscription.
    pub id: String,
    /// What must be there before calls are fetched.
    pub needs: Vec<Address>,
    subscription: String,
    output: String,
    on_done: Option<String>,
    in_flight: Option<u32>,
}

impl Queue {
    /// As variables of the container.
    pub fn env(&self) -> Vec<Env> {
        let all = [
            ("SERVEC_ASYNC_SUBSCRIPTION", Some(self.subscription.clone())),
            ("SERVEC_ASYNC_OUTPUT", Some(self.output.clone())),
            ("SERVEC_ASYNC_ON_DONE", self.on_done.clone()),
            ("SERVEC_ASYNC_IN_FLIGHT", self.in_flight.map(|calls| calls.to_string())),
        ];
        all.into_iter().filter_map(|(name, value)| Some(Env { name: name.to_owned(), value: value? })).collect()
    }
}

/// The queue of an async endpoint.
pub fn of(endpoint: &Endpoint, key: Option<&Encryption>, all: &mut Lowering) -> Option<Queue> {
    let Mode::Async { timeout, output, on_done, max_in_flight } = &endpoint.mode.value else { return None };
    let id = all.id(&endpoint.name);
    let project = all.site.at.project.clone();
    let topic = format!("projects/{project}/topics/{id}");
    let subscription = format!("projects/{project}/subscriptions/{id}");
    let mut places = Places::default();
    all.label_places("/labels", &mut places);
    let body =
        Topic { name: topic.clone(), labels: all.labels(), kms_key_name: key.map(|key| key.kms_key_name.clone()) };
    let first = Address::new(kind::TOPIC, &endpoint.name);
    let origin = endpoint.span;
    let made = Made { address: first.clone(), kind: kind::TOPIC, body: &body, needs: vec![], origin, places };
    let mut places = made.places.clone();
    all.put(made);
    places.put("/ackDeadlineSeconds", timeout.span);
    // The runtime asks for more time while it works, where a call may take longer.
    let patience = u32::try_from(timeout.value.as_secs()).unwrap_or(u32::MAX).clamp(10, FACTS.most_ack_seconds);
    let body = Subscription {
        name: subscription.clone(),
        topic,
        ack_deadline_seconds: patience,
        expiration_policy: Expiration {},
        labels: all.labels(),
    };
    let second = Address::new(kind::SUBSCRIPTION, &endpoint.name);
    let needs = vec![first.clone()];
    all.put(Made { address: second.clone(), kind: kind::SUBSCRIPTION, body: &body, needs, origin, places });
    let answers = || {
        let (stack, name) = (names::slug(&all.stack.name), names::slug(&endpoint.name));
        format!("gs://{}/{}{stack}/answers/{name}/", all.site.bucket, all.site.prefix)
    };
    Some(Queue {
        output: output.as_ref().map_or_else(answers, |output| output.value.to_string()),
        on_done: on_done.as_ref().and_then(topic_of).map(|name| full(name, &project)),
        in_flight: max_in_flight.as_ref().map(|calls| calls.value),
        needs: vec![first, second],
        subscription,
        id,
    })
}

/// `topic("done")`
fn topic_of(value: &Value) -> Option<&str> {
    let ValueKind::Construct { fields, .. } = &value.kind else { return None };
    text(fields.values().next()?)
}

fn full(name: &str, project: &str) -> String {
    if name.starts_with("projects/") { name.to_owned() } else { format!("projects/{project}/topics/{name}") }
}
