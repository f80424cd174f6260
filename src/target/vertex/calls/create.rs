//! The calls that make one resource, from its body: typed by its kind, so that what a plan shows is what is sent.

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::resource::{Address, Resource};

use super::super::lower::kind;
use super::super::settings::Where;
use super::super::wire::{Api, Deployment, Job, NewEndpoint, NewModel, NewPool, Split, Subscription, Topic, Upload};
use super::{Body, Call, Fill, Method, Request, Service, Take, Undo, Waits, encoded};

/// Paths of a stack's things.
#[derive(Debug, Clone)]
pub struct Ids<'s>(pub &'s Where);

impl Ids<'_> {
    /// `/v1/projects/P/locations/R/KIND`
    pub fn all(&self, api: Api, collection: &str) -> String {
        let (project, region) = (encoded(&self.0.project), encoded(&self.0.region));
        format!("/{}/projects/{project}/locations/{region}/{collection}", api.word())
    }

    pub fn one(&self, api: Api, collection: &str, id: &str) -> String {
        format!("{}/{}", self.all(api, collection), encoded(id))
    }

    pub fn object(&self, bucket: &str, object: &str) -> String {
        format!("/storage/v1/b/{}/o/{}", encoded(bucket), encoded(object))
    }
}

/// What makes it, in order. Empty for what is no resource of this target.
pub fn create(resource: &Resource, at: &Where) -> Vec<Call> {
    let ids = Ids(at);
    let made = Making { address: &resource.address, ids: &ids };
    let body = &resource.body;
    match &*resource.kind {
        kind::ARTIFACT => read(body).map(|upload| made.upload(&upload)),
        kind::MODEL => read(body).map(|model| vec![made.model(&model)]),
        kind::ENDPOINT => read(body).map(|endpoint| made.endpoint(&endpoint)),
        kind::POOL => read(body).map(|pool| vec![made.pool(&pool)]),
        kind::DEPLOYMENT => read(body).map(|deployment| vec![made.deployment(&deployment)]),
        kind::TRAFFIC => read(body).map(|split| vec![made.traffic(&split)]),
        kind::TOPIC => read(body).map(|topic| vec![made.topic(&topic)]),
        kind::SUBSCRIPTION => read(body).map(|subscription| vec![made.subscription(&subscription)]),
        kind::JOB => read(body).map(|job| vec![made.job(&job)]),
        _ => None,
    }
    .unwrap_or_default()
}

/// Back from its erased form: every body was made from this type.
pub fn read<T: DeserializeOwned>(body: &Json) -> Option<T> {
    serde_json::from_value(body.clone()).ok()
}

/// The same for a model that has a version already: another one beside it.
pub fn add_version(resource: &Resource, at: &Where) -> Option<Call> {
    let ids = Ids(at);
    let new: NewModel = read(&resource.body)?;
    let made = Making { address: &resource.address, ids: &ids };
    let mut call = made.model(&new);
    let parent = format!("{}/models/{}", at.parent(), new.model_id);
    call.request.body = Body::Json(json!({ "parentModel": parent, "model": new.model }));
    let one = ids.one(Api::V1, "models", &new.model_id);
    let path = format!("{one}@{TAKEN}:deleteVersion");
    let fill = Fill { at: PATH.to_owned(), with: format!("{}/version", resource.address) };
    let undo = Request::new(Service::Aiplatform, Method::Delete, path);
    call.undo = Some(Undo { request: undo, waits: Waits::Operation, fills: vec![fill] });
    call.does = format!("upload another version of model {}", new.model.display_name);
    Some(call)
}

/// Stands in a path for what is taken from the answer of an earlier call.
pub const TAKEN: &str = "{taken}";
/// Where [`TAKEN`] stands.
const PATH: &str = "path";

struct Making<'m> {
    address: &'m Address,
    ids: &'m Ids<'m>,
}

impl Making<'_> {
    fn call(&self, verb: &str, does: String, request: Request, waits: Waits) -> Call {
        Call {
            id: format!("{}/{verb}", self.address),
            address: self.address.clone(),
            does,
            request,
            waits,
            accepts: vec![],
            takes: vec![],
            fills: vec![],
            undo: None,
        }
    }

    fn take(&self, what: &str, from: &str) -> Take {
        Take { name: format!("{}/{what}", self.address), from: from.to_owned() }
    }

    fn upload(&self, upload: &Upload) -> Vec<Call> {
        let mut out = vec![];
        if upload.own_bucket {
            let body = json!({
                "name": upload.bucket,
                "location": self.ids.0.region,
                "iamConfiguration": { "uniformBucketLevelAccess": { "enabled": true } },
                "labels": { "managed_by": "servec" },
            });
            let request = Request::new(Service::Storage, Method::Post, "/storage/v1/b");
            let request = request.with("project", &*self.ids.0.project).json(body);
            let does = format!("make the bucket {}, where it is not there", upload.bucket);
            // Other stacks use it too: it is never taken back.
            out.push(Call {
                id: format!("bucket.{}/create", upload.bucket),
                accepts: vec![409],
                ..self.call("bucket", does, request, Waits::Answer)
            });
        }
        let content_type = upload.content_type.clone();
        let body = match (&upload.text, &upload.source) {
            (Some(text), _) => Body::Text { text: text.clone(), content_type },
            (None, source) => Body::File {
                source: source.clone().unwrap_or_default(),
                sha256: upload.sha256.clone(),
                bytes: upload.bytes,
                content_type,
            },
        };
        let path = format!("/upload/storage/v1/b/{}/o", encoded(&upload.bucket));
        let mut request = Request::new(Service::Storage, Method::Post, path)
            .with("uploadType", "media")
            .with("name", &*upload.object)
            // Its name says what is in it: what is there already is the same.
            .with("ifGenerationMatch", "0");
        if let Some(key) = &upload.kms_key_name {
            request = request.with("kmsKeyName", &**key);
        }
        request.body = body;
        let undo = Request::new(Service::Storage, Method::Delete, self.ids.object(&upload.bucket, &upload.object));
        let does = format!("upload {} to gs://{}/{}", of_bytes(upload.bytes), upload.bucket, upload.object);
        out.push(Call {
            accepts: vec![412],
            undo: Some(Undo { request: undo, waits: Waits::Answer, fills: vec![] }),
            ..self.call("upload", does, request, Waits::Answer)
        });
        out
    }

    fn model(&self, new: &NewModel) -> Call {
        let body = json!({ "modelId": new.model_id, "model": new.model });
        let request = self.post(&self.ids.all(Api::V1, "models:upload"), body);
        let env = &new.model.container_spec.env;
        let place = |variable: &str| env.iter().position(|env| env.name == variable);
        let fills = new.secrets.iter().filter_map(|secret| {
            let at = format!("/model/containerSpec/env/{}/value", place(&secret.variable)?);
            Some(Fill { at, with: format!("secret.{}", secret.parameter) })
        });
        Call {
            takes: vec![self.take("version", "/response/modelVersionId")],
            fills: fills.collect(),
            undo: self.delete(&self.ids.one(Api::V1, "models", &new.model_id)),
            ..self.call("upload", format!("upload model {}", new.model.display_name), request, Waits::Operation)
        }
    }

    fn endpoint(&self, new: &NewEndpoint) -> Vec<Call> {
        let name = &new.endpoint.display_name;
        let request = self.post(&self.ids.all(Api::V1, "endpoints"), json!(new.endpoint));
        let request = request.with("endpointId", &*new.endpoint_id);
        let path = self.ids.one(Api::V1, "endpoints", &new.endpoint_id);
        let made = Call {
            takes: vec![self.take("name", "/response/name")],
            undo: self.delete(&path),
            ..self.call("create", format!("make endpoint {name}"), request, Waits::Operation)
        };
        if new.endpoint.dedicated_endpoint_enabled != Some(true) {
            return vec![made];
        }
        let request = Request::new(Service::Aiplatform, Method::Get, path);
        let look = Call {
            takes: vec![self.take("dns", "/dedicatedEndpointDns")],
            ..self.call("look", format!("ask where endpoint {name} is called"), request, Waits::Answer)
        };
        vec![made, look]
    }

    fn pool(&self, new: &NewPool) -> Call {
        let id = &new.deployment_resource_pool_id;
        let request = self.post(&self.ids.all(Api::V1, "deploymentResourcePools"), json!(new));
        Call {
            undo: self.delete(&self.ids.one(Api::V1, "deploymentResourcePools", id)),
            ..self.call("create", format!("make machines {id}, which several models share"), request, Waits::Operation)
        }
    }

    fn deployment(&self, new: &Deployment) -> Call {
        let endpoint = self.ids.one(new.api, "endpoints", &new.endpoint);
        let request = self.post(&format!("{endpoint}:deployModel"), json!({ "deployedModel": new.deployed_model }));
        let id = &new.deployed_model.id;
        let undo = self.post(&format!("{endpoint}:undeployModel"), json!({ "deployedModelId": id }));
        let does = format!("deploy variant {} to endpoint {}", new.deployed_model.display_name, new.endpoint);
        Call {
            takes: vec![self.take("version", "/response/deployedModel/modelVersionId")],
            undo: Some(Undo { request: undo, waits: Waits::Operation, fills: vec![] }),
            ..self.call("deploy", does, request, Waits::Operation)
        }
    }

    fn traffic(&self, split: &Split) -> Call {
        let named = split
            .traffic_split
            .iter()
            .map(|(id, percent)| format!("{percent} % to {}", split.variants.get(id).map_or(&**id, |name| &**name)));
        let does = format!("send calls of {}: {}", split.endpoint, named.collect::<Vec<_>>().join(", "));
        let patch = |shares: Json| {
            let path = self.ids.one(Api::V1, "endpoints", &split.endpoint);
            let request = Request::new(Service::Aiplatform, Method::Patch, path).with("updateMask", "trafficSplit");
            request.json(json!({ "trafficSplit": shares }))
        };
        Call {
            undo: Some(Undo { request: patch(json!({})), waits: Waits::Answer, fills: vec![] }),
            ..self.call("split", does, patch(json!(split.traffic_split)), Waits::Answer)
        }
    }

    fn topic(&self, topic: &Topic) -> Call {
        let does = format!("make topic {}, to which calls are sent", topic.name);
        self.queue("topics", &topic.name, json!(topic), does)
    }

    fn subscription(&self, subscription: &Subscription) -> Call {
        let does = format!("make subscription {}, in which calls wait", subscription.name);
        self.queue("subscriptions", &subscription.name, json!(subscription), does)
    }

    fn queue(&self, collection: &str, name: &str, body: Json, does: String) -> Call {
        let id = name.rsplit('/').next().unwrap_or(name);
        let path = format!("/v1/projects/{}/{collection}/{}", encoded(&self.ids.0.project), encoded(id));
        let request = Request::new(Service::Pubsub, Method::Put, &*path).json(body);
        let undo = Request::new(Service::Pubsub, Method::Delete, path);
        Call {
            accepts: vec![409],
            undo: Some(Undo { request: undo, waits: Waits::Answer, fills: vec![] }),
            ..self.call("create", does, request, Waits::Answer)
        }
    }

    fn job(&self, job: &Job) -> Call {
        let request = self.post(&self.ids.all(Api::V1, "batchPredictionJobs"), json!(job));
        let name = self.take("name", "/name");
        let fill = Fill { at: PATH.to_owned(), with: name.name.clone() };
        let undo = Request::new(Service::Aiplatform, Method::Delete, format!("/v1/{TAKEN}"));
        Call {
            takes: vec![name],
            undo: Some(Undo { request: undo, waits: Waits::Operation, fills: vec![fill] }),
            ..self.call("create", format!("start job {}", job.display_name), request, Waits::Answer)
        }
    }

    fn post(&self, path: &str, body: Json) -> Request {
        Request::new(Service::Aiplatform, Method::Post, path).json(body)
    }

    fn delete(&self, path: &str) -> Option<Undo> {
        let request = Request::new(Service::Aiplatform, Method::Delete, path);
        Some(Undo { request, waits: Waits::Operation, fills: vec![] })
    }
}

fn of_bytes(bytes: u64) -> String {
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}
