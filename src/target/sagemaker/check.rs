//! What SageMaker refuses only when it is asked, and no table of features or amounts says: each rule is one function, and one
//! list calls all.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{
    Callee, Endpoint, Handler, Job, Member, Mode, Model, Origin, Pipeline, Policy, Pool, Servable, Stack, Value,
    ValueKind,
};

use super::lower::{self, read};

/// Seconds in a week: as far back as an alarm looks.
const WEEK: u64 = 7 * 86_400;
/// How many of each a model is attached to at most.
const MOST_SUBNETS: usize = 16;
const MOST_GROUPS: usize = 5;

pub fn check(stack: &Stack, region: &str, sink: &mut Sink) {
    for endpoint in &stack.endpoints {
        an_image_can_be_pulled(stack, endpoint, sink);
        a_pipeline_has_a_row_of_containers(stack, endpoint, region, sink);
        a_schedule_can_be_said(endpoint, sink);
        steps_begin_apart(endpoint, sink);
        an_alarm_looks_back_a_week(endpoint, sink);
        names_of_aws_are_names(endpoint, sink);
    }
    for job in &stack.jobs {
        a_job_can_pull_its_image(stack, job, sink);
        pipeline_of(stack, &job.run.value, &job.mode.value, region, job.run.span, sink);
    }
    for pool in stack.pools.values() {
        one_server_has_one_environment(stack, pool, sink);
        members_in_containers_of_their_own_are_named(pool, sink);
    }
    tags_are_in_aws_letters(stack, sink);
    uploads_go_to_s3(stack, sink);
}

/// An image outside of ECR is pulled through the endpoint's own network.
fn an_image_can_be_pulled(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    if read::network(endpoint).vpc.is_some() {
        return;
    }
    let named = format!("endpoint `{}`", endpoint.name);
    for (image, span) in endpoint.variants.iter().flat_map(|variant| outside(stack, &variant.serve)) {
        let d = not_pulled(&named, &image, span);
        // A serverless endpoint has no network of its own.
        sink.push(if matches!(endpoint.mode.value, Mode::Serverless { .. }) {
            d.help("push it to ECR").note("SageMaker pulls images of serverless endpoints from ECR alone")
        } else {
            d.help("push it to ECR, or add `network { subnets = [\"subnet-…\"], security_groups = [\"sg-…\"] }`")
                .note("SageMaker pulls images from ECR, or through the endpoint's own subnets from a registry there")
        });
    }
}

fn a_job_can_pull_its_image(stack: &Stack, job: &Job, sink: &mut Sink) {
    for (image, span) in outside(stack, &job.run.value) {
        let d = not_pulled(&format!("job `{}`", job.name), &image, span);
        sink.push(d.help("push it to ECR").note("SageMaker pulls images of jobs from ECR"));
    }
}

fn not_pulled(what: &str, image: &str, span: Span) -> Diagnostic {
    let message = format!("{what} can't pull `{image}`");
    Diagnostic::error(Code::ImageOutside, message).label(span, "not in ECR")
}

/// Images that do not lie in ECR.
fn outside(stack: &Stack, serve: &Servable) -> impl Iterator<Item = (Arc<str>, Span)> {
    images(stack, serve).into_iter().filter(|(image, _)| !lower::is_ecr(image))
}

/// Every image that is written, of models and of steps.
fn images(stack: &Stack, serve: &Servable) -> Vec<(Arc<str>, Span)> {
    let of_model = |model: &Model| match &model.origin {
        Origin::Image { image, .. } => Some((image.value.clone(), image.span)),
        Origin::Framework { .. } => None,
    };
    let models = lower::models_of(stack, serve).into_iter().filter_map(of_model);
    let Servable::Pipeline(name) = serve else { return models.collect() };
    let steps = stack.pipelines.get(name).into_iter().flat_map(|pipeline| &pipeline.steps);
    let handlers = steps.filter_map(|step| match &step.callee {
        Callee::Transform(name) => match &stack.transforms.get(name)?.handler {
            Handler::Container(image) => Some((image.clone(), step.span)),
            Handler::Builtin(_) | Handler::Python(_) => None,
        },
        Callee::Model(_) => None,
    });
    models.chain(handlers).collect()
}

fn a_pipeline_has_a_row_of_containers(stack: &Stack, endpoint: &Endpoint, region: &str, sink: &mut Sink) {
    for variant in &endpoint.variants {
        let span = if variant.serve == endpoint.serve.value { endpoint.serve.span } else { variant.span };
        pipeline_of(stack, &variant.serve, &endpoint.mode.value, region, span, sink);
    }
}

/// What servec's runtime can't run is a container of its own: those stand in one line, where the mode has more than one.
fn pipeline_of(stack: &Stack, serve: &Servable, mode: &Mode, region: &str, span: Span, sink: &mut Sink) {
    let Servable::Pipeline(name) = serve else { return };
    let Some(pipeline) = stack.pipelines.get(name) else { return };
    let Some(foreign) = pipeline.steps.iter().find(|step| !lower::runs(step, stack, region)) else { return };
    let one = matches!(mode, Mode::Serverless { .. } | Mode::Async { .. });
    let why = match (one && pipeline.steps.len() > 1, is_line(pipeline)) {
        (true, _) => format!("an endpoint of `mode = {}` runs one container", mode.kind().word()),
        (false, false) => "containers stand in one line, and this pipeline branches or joins".to_owned(),
        (false, true) => return,
    };
    let message = format!("the pipeline `{name}` has a step that servec's runtime image can't run beside the others");
    let d = Diagnostic::error(Code::StepsApart, message).label(foreign.span, "a container of its own").label(span, why);
    sink.push(
        d.help("use ONNX models and transforms of the standard library, or serve this model as an endpoint of its own"),
    );
}

fn is_line(pipeline: &Pipeline) -> bool {
    crate::capability::is_chain(pipeline)
}

/// Members of a pool run in one server, which has one environment.
fn one_server_has_one_environment(stack: &Stack, pool: &Pool, sink: &mut Sink) {
    let Member::Named(names) = &pool.members.value else { return };
    let mut seen: BTreeMap<&Arc<str>, &Value> = BTreeMap::new();
    for model in names.iter().filter(|_| !pool.share_instance).filter_map(|name| stack.models.get(name)) {
        for (name, value) in &model.env {
            if let Some(first) = seen.insert(name, value).filter(|first| **first != *value) {
                let message = format!("members of the pool `{}` want `{name}` to be different", pool.name);
                let d = Diagnostic::error(Code::EnvironmentsDiffer, message);
                let d =
                    d.label(value.span, "this").label(first.span, "and this").label(pool.members.span, "in one server");
                sink.push(d.help("give all members the same value, or write `share = instance` in the pool"));
            }
        }
    }
}

/// A container is made for each member, so that all must be known.
fn members_in_containers_of_their_own_are_named(pool: &Pool, sink: &mut Sink) {
    let prefix = matches!(pool.members.value, Member::Prefix { .. });
    if let Some(share) = pool.share_at.filter(|_| prefix && pool.share_instance) {
        let message = format!("the members of the pool `{}` get containers of their own, and are not named", pool.name);
        let d = Diagnostic::error(Code::MembersUnknown, message).label(pool.members.span, "whatever lies there");
        let d = d.label(share, "a container for each");
        sink.push(d.help("name the members, or leave `share = instance` out: one server then loads what is asked for"));
    }
}

/// AWS fires on a day of the month or on a weekday: both at once it can't say.
fn a_schedule_can_be_said(endpoint: &Endpoint, sink: &mut Sink) {
    for policy in &endpoint.scale.value.policies {
        let Policy::Schedule { name, cron, .. } = &policy.value else { continue };
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let [_, _, day, _, weekday] = fields.as_slice() else { continue };
        let both = *day != "*" && *weekday != "*" && (day.starts_with('*') || weekday.starts_with('*'));
        if both {
            let message = format!("the schedule `{name}` asks for days that are both, of the month and of the week");
            let d =
                Diagnostic::error(Code::ScheduleBoth, message).label(policy.span, format!("`{day}` and `{weekday}`"));
            sink.push(d.help("name the days by one of the two fields, and write `*` for the other"));
        }
    }
}

fn steps_begin_apart(endpoint: &Endpoint, sink: &mut Sink) {
    for policy in &endpoint.scale.value.policies {
        let Policy::Step { name, fields } = &policy.value else { continue };
        let Some(ValueKind::List(steps)) = fields.get("steps").map(|steps| &steps.kind) else { continue };
        let bounds: Vec<&Value> = steps.iter().filter_map(|step| read::field(step, "above")).collect();
        let twice = bounds.iter().enumerate().find_map(|(i, bound)| {
            let first = bounds.get(..i)?.iter().find(|first| read::number(first) == read::number(bound))?;
            Some((bound, first))
        });
        if let Some((bound, first)) = twice {
            let message = format!("two steps of `{name}` begin at the same value");
            let d =
                Diagnostic::error(Code::StepsMeet, message).label(bound.span, "again here").label(first.span, "here");
            sink.push(d.help("keep one of them, or give it another bound"));
        }
    }
}

fn an_alarm_looks_back_a_week(endpoint: &Endpoint, sink: &mut Sink) {
    for (name, alarm) in &endpoint.alarms {
        let Some(lasting) = read::field(alarm, "for") else { continue };
        if read::duration(lasting).is_some_and(|lasting| lasting.as_secs() > WEEK) {
            let message = format!("the alarm `{name}` of endpoint `{}` looks back too far", endpoint.name);
            let d = Diagnostic::error(Code::AlarmTooLong, message).label(lasting.span, "a week at most");
            sink.push(d.help("write `for = 7d` or less").fix("write 7d", lasting.span, "7d"));
        }
    }
}

fn names_of_aws_are_names(endpoint: &Endpoint, sink: &mut Sink) {
    let mut wrong = |value: &Value, what: &str, like: &str| {
        let written = read::text(value).map_or("", |text| &**text);
        let message = format!("`{written}` is not {what}");
        let d = Diagnostic::error(Code::NotAnAwsName, message).label(value.span, format!("expected {like}"));
        sink.push(d.help("AWS would refuse it when it is applied"));
    };
    let among = |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let fits = |value: &Value, most: usize, more: &str| {
        read::text(value).is_some_and(|text| !text.is_empty() && text.len() <= most && among(text, more))
    };
    let network = endpoint.network.as_ref();
    let kinds = [
        ("subnets", "a subnet", "an id such as `subnet-0a1b2c3d`"),
        ("security_groups", "a security group", "an id such as `sg-0a1b2c3d`"),
    ];
    for (field, what, like) in kinds {
        let Some(ValueKind::List(items)) =
            network.and_then(|network| read::field(network, field)).map(|list| &list.kind)
        else {
            continue;
        };
        items.iter().filter(|item| !fits(item, 32, "-")).for_each(|item| wrong(item, what, like));
    }
    if let Some(key) = endpoint.encrypt.as_ref().and_then(|encrypt| read::field(encrypt, "key"))
        && !fits(key, 2048, ":/_-")
    {
        wrong(key, "a key of KMS", "an id, an ARN, or an alias such as `alias/serving`");
    }
    if let Some(role) = endpoint.identity.as_ref().and_then(|identity| read::field(identity, "role"))
        && !fits(role, 2048, ":/_-+=,.@")
    {
        wrong(role, "a role", "its name or its ARN");
    }
    let done = match &endpoint.mode.value {
        Mode::Async { on_done, .. } => on_done.as_ref(),
        Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Serverless { .. } | Mode::Batch { .. } => None,
    };
    let told = endpoint.alarms.values().filter_map(|alarm| read::field(alarm, "notify"));
    for value in told.chain(done) {
        let bad = read::topic(value).is_none_or(|name| {
            let arn = name.starts_with("arn:");
            name.is_empty() || name.len() > 256 || !among(name, if arn { ":-_./" } else { "-_" })
        });
        if bad {
            let name = read::topic(value).map_or("", |name| &**name);
            let message = format!("`{name}` is not a topic");
            let d = Diagnostic::error(Code::NotAnAwsName, message).label(value.span, "expected a name or an ARN");
            sink.push(d.help("letters, digits, `-` and `_`; `servec` makes a topic of that name"));
        }
    }
    too_many(endpoint, sink);
}

fn too_many(endpoint: &Endpoint, sink: &mut Sink) {
    let lists = [("subnets", MOST_SUBNETS), ("security_groups", MOST_GROUPS)];
    for (field, most) in lists {
        let Some(list) = endpoint.network.as_ref().and_then(|network| read::field(network, field)) else { continue };
        if let ValueKind::List(items) = &list.kind
            && items.len() > most
        {
            let message = format!("endpoint `{}` names {} `{field}`", endpoint.name, items.len());
            let d = Diagnostic::error(Code::NotAnAwsName, message).label(list.span, format!("{most} at most"));
            sink.push(d.help(format!("keep the {most} that it needs")));
        }
    }
}

/// Keys are names of the language, so only values can hold what AWS does not take.
fn tags_are_in_aws_letters(stack: &Stack, sink: &mut Sink) {
    for (key, value) in &stack.tags {
        let strange = |text: &str| text.chars().find(|c| !c.is_alphanumeric() && !" _.:/=+-@".contains(*c));
        let Some(found) = read::text(value).and_then(|text| strange(text)) else { continue };
        let d = Diagnostic::error(Code::BadTag, format!("AWS does not take the value of the tag `{key}`"));
        let d = d.label(value.span, format!("holds `{found}`"));
        sink.push(d.help("letters, digits, spaces and `_.:/=+-@`"));
    }
}

fn uploads_go_to_s3(stack: &Stack, sink: &mut Sink) {
    let Some(value) = stack.settings.get("artifacts") else { return };
    let good = read::text(value).is_some_and(|text| text.strip_prefix("s3://").is_some_and(|rest| !rest.is_empty()));
    if !good {
        let written = read::text(value).map_or("", |text| &**text);
        let message = format!("`{written}` is no place in S3");
        let d = Diagnostic::error(Code::NotAnAwsName, message).label(value.span, "expected `s3://bucket/prefix`");
        sink.push(d.help("leave `artifacts` out to use a bucket of servec's own"));
    }
}
