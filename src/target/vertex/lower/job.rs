//! Batch prediction jobs: a job with other contents is another job.

use crate::resource::Address;
use crate::stack::{Job, Mode, Variant};

use super::super::super::spec::{Places, json};
use super::super::names;
use super::super::wire::{self, Destination, Machines, Source, Sources, Target};
use super::container::For;
use super::{Lowering, Made, kind, model};

/// One replica from the start, and no more: the platform moves the count of a job by nothing.
const REPLICAS: u32 = 1;

pub fn lower(job: &Job, all: &mut Lowering) {
    let Mode::Batch { input, output, split } = &job.mode.value else { return };
    let variant =
        Variant { name: "default".into(), weight: 1, shadow: false, serve: job.run.value.clone(), span: job.run.span };
    let purpose = For { name: &job.name, timeout: None, mode: job.mode.span, encryption: None, env: vec![] };
    let known = model::of(&variant, &purpose, all);
    let format = match split.as_ref().map(|split| &*split.value) {
        Some("file") => "file-list",
        Some(_) | None => "jsonl",
    };
    let uri = &*input.value;
    let body = wire::Job {
        display_name: job.name.to_string(),
        model: known.name,
        input_config: Source {
            instances_format: format.to_owned(),
            gcs_source: Sources { uris: vec![if uri.ends_with('/') { format!("{uri}*") } else { uri.to_owned() }] },
        },
        output_config: Target {
            predictions_format: "jsonl".to_owned(),
            gcs_destination: Destination { output_uri_prefix: output.value.to_string() },
        },
        dedicated_resources: Machines {
            machine_spec: all.machine_of_job(job),
            starting_replica_count: REPLICAS,
            max_replica_count: REPLICAS,
        },
        labels: all.labels(),
    };
    let mut places = Places::default();
    all.label_places("/labels", &mut places);
    places.put("/inputConfig", input.span);
    places.put("/outputConfig", output.span);
    if let Some(split) = split {
        places.put("/inputConfig/instancesFormat", split.span);
    }
    places.put("/model", job.run.span);
    let counts = json(&(&body.model, &body.input_config, &body.output_config, &body.dedicated_resources));
    let mut body = body;
    let hash = names::content(&counts);
    body.labels.insert(HASH_LABEL.to_owned(), hash.clone());
    let address = Address::new(kind::JOB, &format!("{}-{hash}", job.name));
    all.put(Made { address, kind: kind::JOB, body: &body, needs: vec![known.address], origin: job.span, places });
}

/// The label that holds a hash of what a job does.
pub const HASH_LABEL: &str = "servec_content";
