//! What async calls wait in: a Redis of the stack's own, or a queue that the stack names.

use std::time::Duration;

use crate::resource::Address;
use crate::stack::{Endpoint, Mode};

use super::super::api::{
    Container, ContainerPort, DeploymentSpec, EmptyDir, Ingress, IntOrText, Kind as _, Map, Mount, Named,
    NetworkPolicySpec, PodIdentity, PodSecurity, PodSpec, PodTemplate, PolicyPort, Probe, Resources, Seccomp, Selector,
    ServicePort, ServiceSpec, TcpSocket, TemplateMetadata, Trigger, TriggerAuthenticationSpec, Volume, port,
};
use super::super::facts::facts;
use super::super::name::{LABEL, name};
use super::made::{From, Made, own};
use super::values::whole;
use super::{Ctx, pod};

pub fn is_async(endpoint: &Endpoint) -> bool {
    matches!(endpoint.mode.value, Mode::Async { .. })
}

/// Which queue it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queue {
    /// `host:port`, and whether the stack makes it.
    Redis {
        address: String,
        ours: bool,
    },
    Sqs {
        url: String,
        region: String,
    },
    PubSub {
        project: String,
        subscription: String,
    },
    Kafka {
        brokers: String,
        topic: String,
    },
}

/// Of a stack. A `queue` that is of no known form is refused before.
pub fn of(ctx: &Ctx) -> Queue {
    ctx.settings.queue.as_deref().and_then(read).unwrap_or_else(|| {
        let address = format!("{}.{}.svc:6379", redis_name(ctx), ctx.settings.namespace);
        Queue::Redis { address, ours: true }
    })
}

/// The setting `queue`; `None` where it has none of the forms.
pub fn read(text: &str) -> Option<Queue> {
    let (scheme, rest) = text.split_once("://")?;
    let (first, second) = rest.split_once('/').unwrap_or((rest, ""));
    match scheme {
        "redis" if !first.is_empty() => {
            let address = if first.contains(':') { first.to_owned() } else { format!("{first}:6379") };
            Some(Queue::Redis { address, ours: false })
        }
        "https" => {
            let region = first.strip_prefix("sqs.")?.split('.').next()?.to_owned();
            Some(Queue::Sqs { url: text.to_owned(), region })
        }
        "pubsub" if !second.is_empty() => {
            Some(Queue::PubSub { project: first.to_owned(), subscription: second.to_owned() })
        }
        "kafka" if !second.is_empty() => Some(Queue::Kafka { brokers: first.to_owned(), topic: second.to_owned() }),
        _ => None,
    }
}

/// As the runtime is told of it.
pub fn uri(ctx: &Ctx, endpoint: &Endpoint) -> String {
    match of(ctx) {
        Queue::Redis { address, .. } => format!("redis://{address}/{}", list(ctx, endpoint)),
        Queue::Sqs { url, .. } => url,
        Queue::PubSub { project, subscription } => format!("pubsub://{project}/{subscription}"),
        Queue::Kafka { brokers, topic } => format!("kafka://{brokers}/{topic}"),
    }
}

/// The list in Redis.
fn list(ctx: &Ctx, endpoint: &Endpoint) -> String {
    format!("{}.{}", ctx.stack.name, endpoint.name)
}

/// How KEDA asks how many calls wait, for each replica.
pub fn trigger(ctx: &Ctx, endpoint: &Endpoint, target: f64) -> Trigger {
    let target = whole(target).to_string();
    let pairs = |pairs: Vec<(&str, String)>| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map>();
    let (kind, metadata) = match of(ctx) {
        Queue::Redis { address, .. } => {
            ("redis", pairs(vec![("address", address), ("listName", list(ctx, endpoint)), ("listLength", target)]))
        }
        Queue::Sqs { url, region } => {
            ("aws-sqs-queue", pairs(vec![("queueURL", url), ("queueLength", target), ("awsRegion", region)]))
        }
        Queue::PubSub { project, subscription } => {
            let subscription = format!("projects/{project}/subscriptions/{subscription}");
            let mode = "SubscriptionSize".to_owned();
            ("gcp-pubsub", pairs(vec![("subscriptionName", subscription), ("mode", mode), ("value", target)]))
        }
        Queue::Kafka { brokers, topic } => {
            let group = ctx.name(&[&endpoint.name]);
            let fields = vec![("bootstrapServers", brokers), ("consumerGroup", group), ("topic", topic)];
            ("kafka", pairs(fields.into_iter().chain([("lagThreshold", target)]).collect()))
        }
    };
    let authentication_ref = identity(ctx).map(|_| Named { name: ctx.name(&[&endpoint.name]) });
    Trigger { kind, name: Some("backlog".to_owned()), metric_type: None, metadata, authentication_ref }
}

/// How KEDA proves who it is to a queue of a cloud.
fn identity(ctx: &Ctx) -> Option<String> {
    let own = &ctx.settings.cloud.pod_identity;
    match of(ctx) {
        Queue::Sqs { .. } => Some(own.clone().unwrap_or_else(|| "aws".to_owned())),
        Queue::PubSub { .. } => Some(own.clone().unwrap_or_else(|| "gcp".to_owned())),
        Queue::Redis { .. } | Queue::Kafka { .. } => None,
    }
}

/// What must be there before calls can wait; the addresses of what is made for it.
pub fn put(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) -> Vec<Address> {
    let mut needs = vec![];
    if let Some(provider) = identity(ctx) {
        let spec =
            TriggerAuthenticationSpec { pod_identity: Some(PodIdentity { provider }), secret_target_ref: vec![] };
        let labels = Map::from([(own("endpoint"), name(&[&endpoint.name], LABEL))]);
        let metadata = ctx.metadata(ctx.name(&[&endpoint.name]), &labels);
        needs.push(made.put(&spec.named(metadata), From::new(endpoint.mode.span)));
    }
    if let Queue::Redis { ours: true, .. } = of(ctx) {
        needs.extend(redis(ctx, endpoint, made));
    }
    needs
}

fn redis_name(ctx: &Ctx) -> String {
    ctx.name(&["queue", "redis"])
}

/// A Redis of the stack's own: one for all of its queues, reached by its own pods and by KEDA alone.
fn redis(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) -> Vec<Address> {
    let fact = &facts().redis;
    let selector = Map::from([(own("stack"), ctx.stack_label.clone()), (own("queue"), "redis".to_owned())]);
    let (requests, limits) = amounts("100m", "256Mi");
    let probe = Probe {
        tcp_socket: Some(TcpSocket { port: port("redis") }),
        period_seconds: Some(10),
        timeout_seconds: Some(2),
        failure_threshold: Some(3),
        http_get: None,
    };
    let container = Container {
        name: "redis".to_owned(),
        image: Some(fact.image.clone()),
        args: ["redis-server", "--appendonly", "yes", "--dir", "/data"].map(str::to_owned).to_vec(),
        ports: vec![ContainerPort { name: Some("redis"), container_port: 6379, protocol: Some("TCP") }],
        resources: Some(Resources { requests, limits }),
        readiness_probe: Some(probe.clone()),
        liveness_probe: Some(probe),
        security_context: Some(pod::locked(true)),
        volume_mounts: vec![Mount { name: "data".to_owned(), mount_path: "/data".to_owned(), read_only: None }],
        ..Container::default()
    };
    let empty_dir = Some(EmptyDir::default());
    let security = PodSecurity {
        run_as_non_root: true,
        run_as_user: Some(fact.user),
        run_as_group: Some(fact.user),
        fs_group: Some(fact.user),
        seccomp_profile: Seccomp { kind: "RuntimeDefault" },
    };
    let pods = PodSpec {
        automount_service_account_token: Some(false),
        security_context: Some(security),
        containers: vec![container],
        volumes: vec![Volume { name: "data".to_owned(), empty_dir, ..Volume::default() }],
        ..PodSpec::default()
    };
    let template = TemplateMetadata { labels: ctx.labels(&selector), annotations: Map::new() };
    let spec = DeploymentSpec {
        replicas: Some(1),
        selector: Selector { match_labels: selector.clone() },
        template: PodTemplate { metadata: template, spec: pods },
        ..DeploymentSpec::default()
    };
    let metadata = || ctx.metadata(redis_name(ctx), &selector);
    let from = || From::new(endpoint.mode.span);
    let ports = vec![ServicePort { name: "redis", port: 6379, target_port: port("redis"), protocol: "TCP" }];
    let service = ServiceSpec { kind: "ClusterIP", external_name: None, selector: selector.clone(), ports };
    let policy = NetworkPolicySpec {
        pod_selector: Selector { match_labels: selector.clone() },
        policy_types: vec!["Ingress"],
        ingress: vec![Ingress {
            from: vec![
                super::policy::pods(Map::from([(own("stack"), ctx.stack_label.clone())])),
                super::policy::namespace(&facts().interceptor.namespace),
            ],
            ports: vec![PolicyPort { protocol: "TCP", port: IntOrText::Text("redis".to_owned()) }],
        }],
        egress: vec![],
    };
    made.put(&policy.named(metadata()), from());
    made.note(format!(
        "async calls wait in Redis `{}`, which keeps them on its pod's own disk: `queue = \"redis://HOST:PORT\"` in the \
         stack names one that outlives its pod",
        redis_name(ctx)
    ));
    vec![made.put(&service.named(metadata()), from()), made.put(&spec.named(metadata()), from())]
}

/// Requests, and limits of memory alone.
pub fn amounts(cpu: &str, memory: &str) -> (Map, Map) {
    let memory = ("memory".to_owned(), memory.to_owned());
    (Map::from([("cpu".to_owned(), cpu.to_owned()), memory.clone()]), Map::from([memory]))
}

/// How long one call may take.
pub fn longest(endpoint: &Endpoint) -> Duration {
    endpoint.mode.value.timeout().map_or(Duration::from_secs(900), |timeout| timeout.value)
}
