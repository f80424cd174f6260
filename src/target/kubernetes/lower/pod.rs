//! A workload's pod: the container that serves, the files that it needs, and how it ends without losing a call.

use crate::catalog::Need;
use crate::resource::Address;

use super::super::api::{
    Capabilities, ClaimVolume, Container, ContainerPort, EmptyDir, Handler, Lifecycle, Map, Mount, PodSecurity,
    PodSpec, PodTemplate, Seccomp, Security, Sleep, TemplateMetadata, Volume,
};
use super::made::{Made, own};
use super::probe::Probes;
use super::served::{Served, Server};
use super::values::{env, field, seconds, text, variable};
use super::{Ctx, account, fetch, place, probe, spec};

/// Whom servec's own containers run as.
const USER: u32 = 65532;

/// Seconds between a pod's leaving the Service and its SIGTERM, so that no call is sent to one that ends.
const LEAVING: u64 = 5;

/// The port that every container serves on.
pub const PORT: u32 = 8080;

/// A pod, and what must exist before it.
pub struct Pod {
    pub template: PodTemplate,
    pub needs: Vec<Address>,
}

/// The container that answers calls, with all that goes with it.
pub struct Serving {
    pub container: Container,
    pub init: Vec<Container>,
    pub volumes: Vec<Volume>,
    pub needs: Vec<Address>,
}

/// The pod of something that is called.
pub fn of(ctx: &Ctx, served: &Served, made: &mut Made) -> Pod {
    let serving = serving(ctx, served, made);
    around(ctx, served, serving, made)
}

/// The serving container in a pod of its own.
pub fn around(ctx: &Ctx, served: &Served, serving: Serving, made: &mut Made) -> Pod {
    let (account, needed) = account::of(ctx, served, made);
    let need = served.need(ctx);
    let place = place::of(ctx, served, &need);
    let longest = served.timeout.map_or(60, seconds);
    let spec = PodSpec {
        service_account_name: Some(account),
        automount_service_account_token: Some(false),
        security_context: Some(security(ctx, served)),
        node_selector: place.node_selector,
        affinity: place.affinity,
        tolerations: place.tolerations,
        topology_spread_constraints: place::spread(&served.selector(ctx)),
        init_containers: serving.init,
        containers: vec![serving.container],
        volumes: serving.volumes,
        restart_policy: None,
        termination_grace_period_seconds: Some(LEAVING + longest + 10),
    };
    let metadata = TemplateMetadata { labels: labels(ctx, served), annotations: annotations(served, &need) };
    Pod { template: PodTemplate { metadata, spec }, needs: serving.needs.into_iter().chain(needed).collect() }
}

/// As pods are marked: also where their cloud wants to know that they act as somebody.
pub fn labels(ctx: &Ctx, served: &Served) -> Map {
    let mut labels = ctx.labels(&served.labels(ctx));
    if !served.shadow {
        labels.insert(own("answers"), "true".to_owned());
    }
    if let (Some(label), Some(_)) = (&ctx.settings.cloud.identity_label, served.role()) {
        labels.insert(label.clone(), "true".to_owned());
    }
    labels
}

pub fn annotations(served: &Served, need: &Need) -> Map {
    let mut annotations = Map::from([
        ("prometheus.io/scrape".to_owned(), "true".to_owned()),
        ("prometheus.io/port".to_owned(), PORT.to_string()),
        ("prometheus.io/path".to_owned(), "/metrics".to_owned()),
        (own("serves"), served.what().to_owned()),
    ]);
    if need != &Need::default() {
        annotations.insert(own("needs"), need.to_string());
    }
    annotations
}

/// The container that serves, by what runs in it.
pub fn serving(ctx: &Ctx, served: &Served, made: &mut Made) -> Serving {
    let brought = fetch::brought(ctx, served);
    let (mut volumes, mut mounts) = (brought.volumes, brought.mounts);
    let models = served.models(ctx);
    let mut environment = vec![];
    for model in &models {
        for variable in env(ctx, model) {
            if environment.iter().all(|known: &super::super::api::EnvVar| known.name != variable.name) {
                environment.push(variable);
            }
        }
    }
    for (name, volume) in models.iter().flat_map(|model| &model.volumes) {
        let (Some(claim_name), Some(mount_path)) = (
            field(volume, "share").and_then(text).map(str::to_owned),
            field(volume, "path").and_then(text).map(str::to_owned),
        ) else {
            continue;
        };
        let name = super::super::name::name(&["share", name], 60);
        if volumes.iter().all(|known| known.name != name) {
            let persistent_volume_claim = Some(ClaimVolume { claim_name });
            volumes.push(Volume { name: name.clone(), persistent_volume_claim, ..Volume::default() });
            mounts.push(Mount { name, mount_path, read_only: None });
        }
    }
    let (image, command, probes, needs) = match served.server(ctx) {
        Server::Runtime => {
            let config = spec::put(ctx, served, made);
            let (volume, mount) = spec::volume(&config);
            volumes.push(volume);
            mounts.push(mount);
            scratch(&mut volumes, &mut mounts);
            let probes = probe::of_runtime(&models);
            let needs: Vec<Address> = [config.address].into_iter().chain(config.files).collect();
            (ctx.settings.runtime_image.clone(), runtime_arguments(), probes, needs)
        }
        Server::Image { model, image } => {
            for (name, value) in [("PORT", PORT.to_string()), ("MODEL_DIR", fetch::MODELS.to_owned())] {
                let unset = environment.iter().all(|known| known.name != name);
                let fetched = mounts.iter().any(|mount| mount.mount_path.starts_with(fetch::MODELS));
                if unset && (name == "PORT" || fetched) {
                    environment.push(variable(name, &value));
                }
            }
            (image.to_string(), vec![], probe::of_image(model), spec::files(ctx, served))
        }
    };
    let Probes { startup, readiness, liveness } = probes;
    let own_image = matches!(served.server(ctx), Server::Runtime);
    let container = Container {
        name: "server".to_owned(),
        image: Some(image),
        args: command,
        ports: vec![ContainerPort { name: Some("http"), container_port: PORT, protocol: Some("TCP") }],
        env: environment,
        resources: Some(place::resources(ctx, served, &served.need(ctx))),
        startup_probe: Some(startup),
        readiness_probe: Some(readiness),
        liveness_probe: Some(liveness),
        lifecycle: Some(Lifecycle { pre_stop: Handler { sleep: Sleep { seconds: LEAVING } } }),
        security_context: Some(locked(own_image)),
        volume_mounts: mounts,
        ..Container::default()
    };
    Serving { container, init: brought.init, volumes, needs }
}

fn runtime_arguments() -> Vec<String> {
    let mut words = spec::arguments("serve");
    words.extend(["--host", "0.0.0.0", "--port", "8080"].map(str::to_owned));
    words
}

/// Somewhere to write, where the rest can't be written to.
pub fn scratch(volumes: &mut Vec<Volume>, mounts: &mut Vec<Mount>) {
    let empty_dir = Some(EmptyDir::default());
    volumes.push(Volume { name: "tmp".to_owned(), empty_dir, ..Volume::default() });
    mounts.push(Mount { name: "tmp".to_owned(), mount_path: "/tmp".to_owned(), read_only: None });
}

/// A container that can gain no rights. What servec ships writes nothing but `/tmp`; of others that is not known.
pub fn locked(read_only: bool) -> Security {
    Security {
        allow_privilege_escalation: false,
        run_as_non_root: true,
        read_only_root_filesystem: read_only.then_some(true),
        capabilities: Capabilities { drop: vec!["ALL"] },
    }
}

/// Never as root; as whom, a user's own image says.
pub fn security(ctx: &Ctx, served: &Served) -> PodSecurity {
    let own = matches!(served.server(ctx), Server::Runtime);
    let user = own.then_some(USER);
    PodSecurity { run_as_user: user, run_as_group: user, ..own_security() }
}

/// Of pods that run what servec ships.
pub fn own_security() -> PodSecurity {
    PodSecurity {
        run_as_non_root: true,
        run_as_user: Some(USER),
        run_as_group: Some(USER),
        fs_group: Some(USER),
        seccomp_profile: Seccomp { kind: "RuntimeDefault" },
    }
}
