//! A batch job: the runtime works through a data set once. A Job can't be changed, so its name changes with what it does.

use crate::stack::{Job, Mode};

use super::super::api::{JobSpec, Kind as _, json};
use super::super::name::{self, LABEL, hash};
use super::made::{From, Made};
use super::served::Served;
use super::{Ctx, asynchronous, pod, spec};

/// Times that a failed pod is tried again.
const TRIES: u32 = 3;

pub fn job(ctx: &Ctx, job: &Job, made: &mut Made) {
    let served = Served::of_job(ctx, job);
    let mut arguments = spec::arguments("batch");
    if let Mode::Batch { input, output, split } = &job.mode.value {
        arguments.extend(["--input".to_owned(), input.value.to_string()]);
        arguments.extend(["--output".to_owned(), output.value.to_string()]);
        arguments.extend(split.iter().flat_map(|split| ["--split".to_owned(), split.value.to_string()]));
    }
    let serving = asynchronous::working(ctx, &served, arguments, made);
    let mut pod = pod::around(ctx, &served, serving, made);
    pod.template.spec.restart_policy = Some("Never");
    pod.template.spec.topology_spread_constraints.clear();
    let spec = JobSpec {
        backoff_limit: TRIES,
        completions: Some(1),
        parallelism: Some(1),
        active_deadline_seconds: None,
        template: pod.template,
    };
    let name = name::name(&[&served.name, &hash(&json(&spec).to_string())], LABEL);
    let from = From::new(job.span)
        .needs(pod.needs)
        .at("/spec/template/spec/containers/0/args", Some(job.mode.span))
        .at("/spec/template/spec", Some(job.run.span));
    made.put(&spec.named(ctx.metadata(name, &served.labels(ctx))), from);
}
