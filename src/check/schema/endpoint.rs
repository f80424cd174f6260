//! `endpoint` and `job`, their modes and their scaling.

use std::time::Duration;

use crate::stack::{ModeKind, Quantity, ValueKind};
use crate::syntax::ast::DeclKind;

use super::super::defaults;
use super::{Block, Construct, Need, Schema, Shape, default, optional, plain, required};

const SERVABLE: Shape = Shape::Ref(&[DeclKind::Model, DeclKind::Pipeline, DeclKind::Pool]);

static REALTIME: Schema =
    plain("`realtime`", &[default("timeout", Shape::Duration, "60s", "longest time that one call may take")]);

static STREAMING: Schema =
    plain("`streaming`", &[default("timeout", Shape::Duration, "60s", "longest time that one call may take")]);

static SERVERLESS: Schema = plain(
    "`serverless`",
    &[
        optional("memory", Shape::Size, "memory of one worker"),
        optional("max_concurrency", Shape::Int, "calls served at once, over all workers"),
    ],
);

const TOPIC_ARG: &[super::Field] = &[required("name", Shape::String, "the topic's name")];

const NOTIFY: &[Construct] =
    &[Construct { kind: "topic", args: TOPIC_ARG, schema: None, doc: "a message to a topic of this name" }];

static ASYNC: Schema = plain(
    "`async`",
    &[
        default("timeout", Shape::Duration, "15min", "longest time that one call may take"),
        optional("output", Shape::Uri(&[]), "where answers are put"),
        optional("on_done", Shape::Construct(NOTIFY), "who is told"),
        optional("max_in_flight", Shape::Int, "calls that one replica works on at once"),
    ],
);

static BATCH: Schema = plain(
    "`batch`",
    &[
        required("input", Shape::Uri(&[]), "a prefix that holds the data"),
        required("output", Shape::Uri(&[]), "where answers are put"),
        optional(
            "split",
            Shape::Words(&[("line", "each line is a record"), ("file", "each file is a record")]),
            "what a record is",
        ),
    ],
);

const MODES: &[Construct] = &[
    Construct { kind: "realtime", args: &[], schema: Some(&REALTIME), doc: "the answer comes on the same connection" },
    Construct { kind: "streaming", args: &[], schema: Some(&STREAMING), doc: "the answer comes in parts" },
    Construct { kind: "serverless", args: &[], schema: Some(&SERVERLESS), doc: "no replica while nobody calls" },
    Construct { kind: "async", args: &[], schema: Some(&ASYNC), doc: "a URL at once, the answer when it is ready" },
];

const BATCH_MODE: &[Construct] =
    &[Construct { kind: "batch", args: &[], schema: Some(&BATCH), doc: "a whole data set" }];

const METRIC_VALUE: Shape = Shape::AnyOf(&[Shape::Rate, Shape::Percent, Shape::Float, Shape::Duration]);

static TRACK: Schema = plain(
    "`track`",
    &[
        required("target", METRIC_VALUE, "the value to keep the metric near"),
        optional("cooldown", Shape::Duration, "least time between two changes"),
    ],
);

static STEP_AT: Schema = plain(
    "a step",
    &[
        required("above", METRIC_VALUE, "from which value of the metric on"),
        required("add", Shape::Int, "replicas that are added; less than 0 takes some away"),
    ],
);

const STEPS: Shape = Shape::Record(&STEP_AT);

const METRICS: Shape = Shape::Words(&[
    ("requests_per_replica", "calls that one replica gets"),
    ("concurrency_per_replica", "calls that one replica works on at once"),
    ("cpu", "how busy the processors are"),
    ("memory", "how full the memory is"),
    ("gpu", "how busy the accelerators are"),
    ("gpu_memory", "how full the accelerators' memory is"),
    ("backlog_per_replica", "calls that wait in the queue, for each replica"),
]);

static STEP: Schema = Schema {
    what: "`step`",
    fields: &[
        required("metric", METRICS, "what is watched"),
        required("steps", Shape::List(&STEPS), "bounds, and what each adds"),
        optional("cooldown", Shape::Duration, "least time between two changes"),
    ],
    blocks: &[],
    open: None,
};

static SCHEDULE: Schema = plain(
    "`schedule`",
    &[
        required("cron", Shape::String, "when: minute, hour, day, month, weekday"),
        optional("zone", Shape::String, "the time zone, such as \"Europe/Berlin\"; UTC unless said"),
        optional("min", Shape::Int, "replicas at least, from then on"),
        optional("max", Shape::Int, "replicas at most, from then on"),
    ],
);

/// What may stand in a `scale`'s braces.
pub static SCALE_POLICIES: Schema = Schema {
    what: "`scale`",
    fields: &[],
    blocks: &[
        Block { kind: "track", named: true, schema: &TRACK, doc: "keep a metric near a value" },
        Block { kind: "step", named: true, schema: &STEP, doc: "add replicas by how far a metric is off" },
        Block { kind: "schedule", named: true, schema: &SCHEDULE, doc: "change the bounds by the clock" },
    ],
    open: None,
};

static VARIANT: Schema = plain(
    "a variant",
    &[
        optional("weight", Shape::Int, "share of the calls, relative to the other variants"),
        default("shadow", Shape::Bool, "false", "gets a copy of each call, and its answer is thrown away"),
        optional("serve", SERVABLE, "what it serves, where that differs from the endpoint"),
    ],
);

const CONDITION: Shape = Shape::Condition(&[
    ("errors", "share of calls that failed"),
    ("p50", "median latency"),
    ("p90", "latency that 90 % of calls stay under"),
    ("p99", "latency that 99 % of calls stay under"),
    ("latency", "mean latency"),
]);

static GRADUAL: Schema = plain(
    "a rollout",
    &[
        optional("first", Shape::Share, "share that goes over first"),
        optional("bake", Shape::Duration, "how long each part is watched"),
        optional("abort_on", Shape::List(&CONDITION), "when to go back"),
    ],
);

static AT_ONCE: Schema = plain(
    "a rollout",
    &[
        optional("bake", Shape::Duration, "how long the change is watched"),
        optional("abort_on", Shape::List(&CONDITION), "when to go back"),
    ],
);

const ROLLOUTS: &[Construct] = &[
    Construct { kind: "canary", args: &[], schema: Some(&GRADUAL), doc: "a part first, then the rest" },
    Construct { kind: "linear", args: &[], schema: Some(&GRADUAL), doc: "equal parts, one after another" },
    Construct { kind: "rolling", args: &[], schema: Some(&GRADUAL), doc: "replica by replica, in place" },
    Construct { kind: "all_at_once", args: &[], schema: Some(&AT_ONCE), doc: "everything in one switch" },
];

static SLO: Schema = plain(
    "`slo`",
    &[
        optional("p50", Shape::Duration, "median latency"),
        optional("p99", Shape::Duration, "latency that 99 % of calls stay under"),
        optional("errors", Shape::Share, "share of calls that may fail"),
        optional("cold_start", Shape::Duration, "longest wait for the first answer after none was served"),
    ],
);

static CAPTURE: Schema = plain(
    "`capture`",
    &[
        default("sample", Shape::Share, "100%", "share of calls that is kept"),
        optional("output", Shape::Uri(&[]), "where they are kept"),
    ],
);

static SAMPLE: Schema = plain(
    "`sample`",
    &[
        required("request", Shape::Path, "a file that holds a request"),
        optional("expect", Shape::Path, "a file that holds the answer it must give"),
        default("tolerance", Shape::Float, "0", "largest difference of a number"),
    ],
);

const NAMES: Shape = Shape::String;

static NETWORK: Schema = plain(
    "`network`",
    &[
        optional("private", Shape::Bool, "reached from inside the network only, without a public address"),
        optional("isolated", Shape::Bool, "the containers can't reach anything outside"),
        optional("subnets", Shape::List(&NAMES), "the subnets that it is attached to"),
        optional("security_groups", Shape::List(&NAMES), "the security groups that it is in"),
    ],
);

static ENCRYPT: Schema = plain("`encrypt`", &[required("key", Shape::String, "the key that disks are encrypted with")]);

static IDENTITY: Schema =
    plain("`identity`", &[required("role", Shape::String, "the role or service account that it runs as")]);

static ALARM: Schema = plain(
    "an alarm",
    &[
        required("when", CONDITION, "what sets it off"),
        optional("for", Shape::Duration, "how long it must hold"),
        optional("notify", Shape::Construct(NOTIFY), "who is told"),
    ],
);

/// The longest time that a call may take where a mode says nothing else; `None` for a mode without a `timeout`.
pub fn default_timeout(mode: ModeKind) -> Option<Duration> {
    let schema = MODES.iter().find(|form| form.kind == mode.word())?.schema?;
    let Need::Default(text) = schema.field("timeout")?.need else { return None };
    match defaults::value(text).kind {
        ValueKind::Quantity(Quantity::Duration(nanos)) => Some(Duration::from_nanos(nanos)),
        _ => None,
    }
}

/// Whether a kind of rollout has a field.
pub fn rollout_takes(kind: &str, field: &str) -> bool {
    let form = ROLLOUTS.iter().find(|form| form.kind == kind);
    form.and_then(|form| form.schema).is_some_and(|schema| schema.field(field).is_some())
}

/// An `endpoint`.
pub static ENDPOINT: Schema = Schema {
    what: "an endpoint",
    fields: &[
        required("serve", SERVABLE, "what it serves"),
        default("mode", Shape::Construct(MODES), "realtime", "how callers get their answers"),
        default("scale", Shape::Range, "1..1", "how many replicas, and what moves the count"),
        optional("rollout", Shape::Construct(ROLLOUTS), "how a change reaches callers"),
        optional("budget", Shape::Money, "what it may cost"),
        optional("machine", Shape::String, "a machine by the target's own name, instead of the cheapest that fits"),
    ],
    blocks: &[
        Block { kind: "variant", named: true, schema: &VARIANT, doc: "one way in which it may answer" },
        Block { kind: "slo", named: false, schema: &SLO, doc: "what callers may rely on" },
        Block { kind: "capture", named: false, schema: &CAPTURE, doc: "keep what was asked and answered" },
        Block { kind: "network", named: false, schema: &NETWORK, doc: "who can reach it" },
        Block { kind: "encrypt", named: false, schema: &ENCRYPT, doc: "with which keys" },
        Block { kind: "identity", named: false, schema: &IDENTITY, doc: "as whom it runs" },
        Block { kind: "alarm", named: true, schema: &ALARM, doc: "who is told when something is wrong" },
        Block { kind: "sample", named: false, schema: &SAMPLE, doc: "a request and the answer it must give" },
    ],
    open: None,
};

/// A `job`.
pub static JOB: Schema = Schema {
    what: "a job",
    fields: &[
        required("run", SERVABLE, "what it runs"),
        required("mode", Shape::Construct(BATCH_MODE), "on which data"),
    ],
    blocks: &[],
    open: None,
};
