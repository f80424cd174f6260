//! Jobs: a model of the template, and a call of SageMaker's API, since CloudFormation has no type for what ends.

use crate::stack::{Job, Mode, Servable, Stack};

use super::super::super::spec;
use super::super::cfn::{Input, Output, S3Input, Source, Text, TransformJob, Transformers};
use super::config::models_of;
use super::cx::Cx;
use super::made::{Made, Spans};
use super::names::At;
use super::owner::Owner;
use super::{model, role};

pub fn lower(cx: &Cx, made: &mut Made, job: &Job) {
    let Mode::Batch { input, output, split } = &job.mode.value else { return };
    let mut owner = Owner::job(job, made);
    let model = model::whole(cx, made, &mut owner, &job.run.value);
    let read = Text::plain(&*input.value);
    let write = Text::plain(&*output.value);
    let below = |uri: &str| Text::plain(format!("{}/", uri.trim_end_matches('/')));
    owner.uses.reads.push(below(&input.value));
    owner.uses.writes.push(below(&output.value));
    let lines = split.as_ref().is_some_and(|split| &*split.value == "line");
    let mut request = TransformJob {
        transform_job_name: String::new(),
        model_name: model.name,
        max_concurrent_transforms: calls_at_once(cx.stack, &job.run.value),
        batch_strategy: if lines { "MultiRecord" } else { "SingleRecord" },
        transform_input: Input {
            data_source: Source { s3_data_source: S3Input { s3_data_type: "S3Prefix", s3_uri: read } },
            split_type: if lines { "Line" } else { "None" },
        },
        transform_output: Output { s3_output_path: write, assemble_with: if lines { "Line" } else { "None" } },
        transform_resources: Transformers {
            instance_type: cx.places.jobs.get(&job.name).map_or_else(String::new, |at| at.machine.name.to_string()),
            instance_count: 1,
        },
        tags: vec![],
    };
    let at = At::new("job", &[&job.name]);
    request.transform_job_name = made.names.hashed(&at, &spec::json(&request), "");
    request.tags = cx.tags(Some(&job.name), &[]);
    let mut spans = Spans::default();
    spans.put("/TransformInput/DataSource", input.span);
    spans.put("/TransformOutput/S3OutputPath", output.span);
    spans.may("/TransformInput/SplitType", split.as_ref().map(|split| split.span));
    spans.put("/ModelName", job.run.span);
    spans.may("/Tags", cx.tags_at());
    made.add(&at, &request, &[model.address], job.span, spans);
    role::put(cx, made, &owner);
}

/// As many calls as every model takes at once, where one says it.
fn calls_at_once(stack: &Stack, serve: &Servable) -> Option<u32> {
    let models = models_of(stack, serve);
    let written = models.iter().filter(|model| model.concurrency.span != model.span);
    written.map(|model| model.concurrency.value).min()
}
