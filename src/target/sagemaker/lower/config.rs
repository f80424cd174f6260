//! `AWS::SageMaker::EndpointConfig`: variants on machines, the queue, what is kept.

use crate::catalog::Machine;
use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Endpoint, Mode, Model, Origin, Servable, Stack, Variant as Declared};

use super::super::super::spec;
use super::super::cfn::{
    Async, AsyncClient, AsyncNotice, AsyncOutput, Capture, CaptureHeader, CaptureOption, EndpointConfig,
    ManagedScaling, Routing, Serverless, Variant,
};
use super::super::facts::FACTS;
use super::cx::{Cx, shares};
use super::made::{Made, Spans};
use super::model::Named;
use super::names::{At, plain};
use super::owner::Owner;
use super::{component, read, topic};

/// What one variant runs.
pub enum Runs {
    Model(Named),
    /// Components, which come after the endpoint.
    Components,
}

pub fn put(cx: &Cx, made: &mut Made, owner: &mut Owner, endpoint: &Endpoint, runs: &[Runs]) -> Named {
    let (mut spans, mut needs) = (Spans::default(), vec![]);
    let key = read::key(endpoint);
    let (mut answering, mut shadows) = (vec![], vec![]);
    for (i, (variant, runs)) in endpoint.variants.iter().zip(runs).enumerate() {
        let (list, name) = if variant.shadow {
            (&mut shadows, "ShadowProductionVariants")
        } else {
            (&mut answering, "ProductionVariants")
        };
        let at = format!("/{name}/{}", list.len());
        if let Runs::Model(model) = runs {
            needs.push(model.address.clone());
        }
        list.push(of_variant(cx, made, endpoint, i, variant, runs, &at, &mut spans));
    }
    let own_disks =
        endpoint.variants.iter().filter_map(|variant| cx.machine(endpoint, variant)).find(|m| has_own_disk(m));
    let disk_key = match (&key, own_disks) {
        (Some(_), Some(machine)) => {
            let because = &FACTS.own_disk.because;
            let words = format!("endpoint `{}`: the disk of `{}` takes no key: {because}", endpoint.name, machine.name);
            made.note(words);
            None
        }
        (key, _) => key.as_ref().map(|(key, _)| key.clone()),
    };
    let components = runs.iter().any(|runs| matches!(runs, Runs::Components));
    let vpc = owner.network.vpc.clone().filter(|_| components);
    let isolated = owner.network.isolated.filter(|_| components);
    let at = At::new("config", &[owner.name]);
    let mut config = EndpointConfig {
        endpoint_config_name: String::new(),
        execution_role_arn: components.then(|| owner.role.clone()),
        production_variants: answering,
        shadow_production_variants: shadows,
        async_inference_config: of_async(cx, made, owner, endpoint, &mut needs, &mut spans),
        data_capture_config: capture(cx, made, owner, endpoint, &mut spans),
        kms_key_id: disk_key,
        vpc_config: vpc.as_ref().map(|(vpc, _)| vpc.clone()),
        enable_network_isolation: isolated.map(|_| true),
        tags: vec![],
    };
    config.endpoint_config_name = made.names.hashed(&at, &spec::json(&config), "");
    config.tags = cx.tags(Some(owner.name), &[]);
    spans.may("/KmsKeyId", key.map(|(_, span)| span));
    spans.may("/VpcConfig", vpc.map(|(_, span)| span));
    spans.may("/EnableNetworkIsolation", isolated);
    spans.may("/ExecutionRoleArn", owner.role_at);
    spans.may("/Tags", cx.tags_at());
    if let Some(role) = owner.makes_role.as_ref().filter(|_| components) {
        needs.push(role.address());
    }
    let address = made.add(&at, &config, &needs, endpoint.span, spans);
    Named { name: config.endpoint_config_name, address }
}

#[allow(clippy::too_many_arguments, reason = "one call, of what one variant is made of")]
fn of_variant(
    cx: &Cx,
    made: &mut Made,
    endpoint: &Endpoint,
    i: usize,
    variant: &Declared,
    runs: &Runs,
    at: &str,
    spans: &mut Spans,
) -> Variant {
    let scale = &endpoint.scale.value;
    let counts = |replicas: u32| shares(endpoint, replicas).get(i).copied().unwrap_or(replicas);
    let machine = cx.machine(endpoint, variant);
    let models = models_of(cx.stack, &variant.serve);
    let serverless = serverless(&endpoint.mode.value, &models);
    let components = matches!(runs, Runs::Components);
    let machines = serverless.is_none();
    spans.put(at, variant.span);
    let mut field = |name: &str, span: Option<Span>| spans.may(&format!("{at}/{name}"), span);
    field("InstanceType", endpoint.machine.as_ref().map(|machine| machine.span));
    field("InitialInstanceCount", machines.then_some(scale.low));
    field("ServerlessConfig", serverless.as_ref().map(|_| endpoint.mode.span));
    field("ManagedInstanceScaling/MinInstanceCount", components.then_some(scale.low));
    field("ManagedInstanceScaling/MaxInstanceCount", components.then_some(scale.high));
    let each = if components { component::machines_of_a_copy(&models, machine) } else { 1 };
    if each > 1 {
        let words = format!(
            "endpoint `{}`: components share no accelerator, so that each replica takes {each} machines",
            endpoint.name
        );
        made.note(words);
    }
    // A shadow is sent as many calls as there are.
    let weight = if variant.shadow { weights(endpoint) } else { variant.weight };
    let load = models.iter().filter_map(|model| model.load_time.as_ref()).max_by_key(|time| time.value);
    let load = load.filter(|_| machines && !components);
    let start = load.map(|time| start_seconds(time.value));
    field("ContainerStartupHealthCheckTimeoutInSeconds", load.map(|time| time.span));
    field("ModelDataDownloadTimeoutInSeconds", load.map(|time| time.span));
    let disk = models.iter().filter_map(|model| model.disk.as_ref()).max_by_key(|disk| disk.value);
    field("VolumeSizeInGB", disk.map(|disk| disk.span));
    let volume = disk.filter(|_| machines).map(|disk| disk.value.div_ceil(1 << 30).clamp(1, 512));
    let volume = volume.filter(|_| match machine.filter(|machine| has_own_disk(machine)) {
        None => true,
        Some(machine) => {
            let because = &FACTS.own_disk.because;
            let words = format!("endpoint `{}`: `disk` can't be set on `{}`: {because}", endpoint.name, machine.name);
            made.note(words);
            false
        }
    });
    Variant {
        variant_name: plain(&variant.name),
        model_name: if let Runs::Model(model) = runs { Some(model.name.clone()) } else { None },
        instance_type: machine.map(|machine| machine.name.to_string()),
        initial_instance_count: machines.then(|| counts(scale.min).max(1).saturating_mul(each)),
        initial_variant_weight: (!components).then_some(f64::from(weight)),
        serverless_config: serverless,
        managed_instance_scaling: components.then(|| ManagedScaling {
            status: "ENABLED",
            min_instance_count: scale.min.saturating_mul(each),
            max_instance_count: scale.max.saturating_mul(each),
        }),
        routing_config: components.then_some(Routing { routing_strategy: "LEAST_OUTSTANDING_REQUESTS" }),
        volume_size_in_gb: volume,
        container_startup_health_check_timeout_in_seconds: start,
        model_data_download_timeout_in_seconds: start,
        inference_ami_version: machine.and_then(|_| ami(&models)),
    }
}

/// What the platform lets a copy take to start: the next second above, within 1 min and 1 h.
pub fn start_seconds(time: std::time::Duration) -> u64 {
    (time.as_secs_f64().ceil() as u64).clamp(60, 3600)
}

fn weights(endpoint: &Endpoint) -> u32 {
    endpoint.variants.iter().filter(|variant| !variant.shadow).map(|variant| variant.weight).sum::<u32>().max(1)
}

/// Every model behind what is served.
pub fn models_of<'s>(stack: &'s Stack, serve: &Servable) -> Vec<&'s Model> {
    use crate::stack::{Callee, Member};
    match serve {
        Servable::Model(name) => stack.models.get(name).into_iter().collect(),
        Servable::Pipeline(name) => {
            let steps = stack.pipelines.get(name).into_iter().flat_map(|pipeline| &pipeline.steps);
            let called = steps.filter_map(|step| match &step.callee {
                Callee::Model(name) => stack.models.get(name),
                Callee::Transform(_) => None,
            });
            called.collect()
        }
        Servable::Pool(name) => match stack.pools.get(name).map(|pool| &pool.members.value) {
            Some(Member::Named(names)) => names.iter().filter_map(|name| stack.models.get(name)).collect(),
            Some(Member::Prefix { shape, .. }) => vec![&**shape],
            None => vec![],
        },
    }
}

fn ami(models: &[&Model]) -> Option<String> {
    let frameworks = models.iter().filter_map(|model| match &model.origin {
        Origin::Framework { framework, .. } => Some(&*framework.value.name),
        Origin::Image { .. } => None,
    });
    let amis = &FACTS.gpu_amis.by_framework;
    frameworks.filter_map(|name| amis.get(name)).next().cloned()
}

fn serverless(mode: &Mode, models: &[&Model]) -> Option<Serverless> {
    let Mode::Serverless { memory, max_concurrency } = mode else { return None };
    // Without a memory of its own, the next size in which the models fit.
    let needed: u64 = models.iter().filter_map(|model| model.memory.as_ref()).map(|memory| memory.value).sum();
    let memory_size_in_mb = match memory {
        Some(memory) => memory.value >> 20,
        None if needed > 0 => needed.div_ceil(1 << 30).clamp(1, 6) * 1024,
        None => FACTS.defaults.serverless_memory_mb,
    };
    let max_concurrency = max_concurrency.as_ref().map_or(FACTS.defaults.serverless_concurrency, |calls| calls.value);
    Some(Serverless { memory_size_in_mb, max_concurrency })
}

/// Whether a machine brings a disk of its own, which has no size and no key to choose.
pub fn has_own_disk(machine: &Machine) -> bool {
    let family = machine.name.strip_prefix("ml.").and_then(|name| name.split('.').next());
    family.is_some_and(|family| FACTS.own_disk.families.iter().any(|known| known == family))
}

fn of_async(
    cx: &Cx,
    made: &mut Made,
    owner: &mut Owner,
    endpoint: &Endpoint,
    needs: &mut Vec<Address>,
    spans: &mut Spans,
) -> Option<Async> {
    let Mode::Async { output, on_done, max_in_flight, .. } = &endpoint.mode.value else { return None };
    let folder = match output {
        Some(output) => super::super::cfn::Text::plain(format!("{}/", output.value.trim_end_matches('/'))),
        None => cx.artifacts.then(&format!("/calls/{}/answers/", plain(owner.name))),
    };
    let failures = folder.then("failed/");
    owner.uses.writes.push(folder.clone());
    // Requests that `servec invoke` puts there; callers' own buckets are theirs to grant.
    owner.uses.reads.push(cx.artifacts.then(&format!("/calls/{}/requests/", plain(owner.name))));
    let at = "/AsyncInferenceConfig";
    spans.put(at, endpoint.mode.span);
    spans.may(&format!("{at}/OutputConfig/S3OutputPath"), output.as_ref().map(|output| output.span));
    spans.may(&format!("{at}/OutputConfig/NotificationConfig"), on_done.as_ref().map(|value| value.span));
    let calls = format!("{at}/ClientConfig/MaxConcurrentInvocationsPerInstance");
    spans.may(&calls, max_in_flight.as_ref().map(|calls| calls.span));
    let notice = on_done.as_ref().and_then(|value| {
        let topic = topic::of(cx, made, read::topic(value)?, value.span, needs);
        owner.uses.topics.push(topic.clone());
        Some(AsyncNotice { success_topic: topic.clone(), error_topic: topic })
    });
    Some(Async {
        client_config: max_in_flight
            .as_ref()
            .map(|calls| AsyncClient { max_concurrent_invocations_per_instance: calls.value }),
        output_config: AsyncOutput {
            s3_output_path: folder,
            s3_failure_path: failures,
            kms_key_id: read::key(endpoint).map(|(key, _)| key),
            notification_config: notice,
        },
    })
}

fn capture(cx: &Cx, made: &mut Made, owner: &mut Owner, endpoint: &Endpoint, spans: &mut Spans) -> Option<Capture> {
    let declared = endpoint.capture.as_ref()?;
    let percent = declared.value.sample * 100.0;
    let whole = percent.round().clamp(1.0, 100.0);
    if (percent - whole).abs() > 1e-9 {
        made.note(format!(
            "endpoint `{}`: {whole}% of calls are kept, since SageMaker takes whole percents",
            owner.name
        ));
    }
    let folder = match &declared.value.output {
        Some(output) => super::super::cfn::Text::plain(format!("{}/", output.trim_end_matches('/'))),
        None => cx.artifacts.then(&format!("/calls/{}/kept/", plain(owner.name))),
    };
    owner.uses.writes.push(folder.clone());
    spans.put("/DataCaptureConfig", declared.span);
    Some(Capture {
        enable_capture: true,
        initial_sampling_percentage: whole as u32,
        destination_s3_uri: folder,
        kms_key_id: read::key(endpoint).map(|(key, _)| key),
        capture_options: vec![CaptureOption { capture_mode: "Input" }, CaptureOption { capture_mode: "Output" }],
        capture_content_type_header: CaptureHeader { json_content_types: vec!["application/json"] },
    })
}
