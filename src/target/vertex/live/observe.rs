//! What a stack owns: endpoints, models, topics and jobs by their label, pools and files by the beginnings of their names.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::resource::{Address, Health, Object, Observed};
use crate::target::Failure;

use super::super::calls::{Ids, Method, Request, Service, read};
use super::super::lower::{HASH_LABEL, STACK_LABEL, address_of_object, base_of_objects, kind};
use super::super::names;
use super::super::wire::{
    Api, DeployedModel, Deployment, Endpoint, Model, NewEndpoint, NewModel, NewPool, Pool, Shares,
};
use super::Reach;
use super::there::{deployed, is_own, text};

/// # Errors
/// When something can't be asked.
pub async fn observe(reach: &Reach) -> Result<Observed, Failure> {
    let mut all = All { reach, objects: BTreeMap::new(), versions: BTreeMap::new(), names: vec![] };
    all.files().await?;
    all.models().await?;
    all.endpoints().await?;
    all.pools().await?;
    all.queues().await?;
    for job in jobs(reach).await? {
        all.job(job);
    }
    Ok(Observed { objects: all.objects })
}

/// # Errors
/// When they can't be asked.
pub async fn jobs(reach: &Reach) -> Result<Vec<Json>, Failure> {
    let path = Ids(&reach.site.at).all(Api::V1, "batchPredictionJobs");
    let all = reach.client.list(&labelled(reach, path), "batchPredictionJobs").await?;
    Ok(all.into_iter().filter(|job| is_own(reach, job)).collect())
}

/// Whether a deployed model is of a model of this stack.
pub fn is_own_deployment(reach: &Reach, model: &Json) -> bool {
    let id = text(model, "model").rsplit('/').next().unwrap_or("");
    id.starts_with(&format!("{}--", names::slug(&reach.stack)))
}

fn labelled(reach: &Reach, path: String) -> Request {
    let filter = format!("labels.{STACK_LABEL}={}", names::label(&reach.stack));
    Request::new(Service::Aiplatform, Method::Get, path).with("filter", filter)
}

struct All<'r> {
    reach: &'r Reach,
    objects: BTreeMap<Address, Object>,
    /// Address and full name with the alias, by model and version.
    versions: BTreeMap<(String, String), (Address, String)>,
    /// Names of endpoints that were found.
    names: Vec<String>,
}

impl All<'_> {
    fn put(&mut self, address: Address, kind: &str, body: Json, needs: Vec<Address>, health: Health) {
        self.objects.insert(address, Object { kind: kind.into(), body, needs, health });
    }

    async fn files(&mut self) -> Result<(), Failure> {
        let (site, base) = (&self.reach.site, base_of_objects(&self.reach.site, &self.reach.stack));
        let path = format!("/storage/v1/b/{}/o", super::super::calls::encoded(&site.bucket));
        let request = Request::new(Service::Storage, Method::Get, path).with("prefix", &*base);
        for object in self.reach.client.list(&request, "items").await? {
            let name = text(&object, "name").to_owned();
            let inner = name.strip_prefix(&base).unwrap_or("");
            // Answers of async calls, and the lock.
            if inner.starts_with("answers/") || !inner.contains('/') {
                continue;
            }
            let mut body = json!({
                "bucket": site.bucket, "object": name, "bytes": text(&object, "size").parse::<u64>().unwrap_or(0),
            });
            if let (Some(key), Json::Object(fields)) = (object.get("kmsKeyName").and_then(Json::as_str), &mut body) {
                let key = key.split("/cryptoKeyVersions/").next().unwrap_or(key);
                fields.insert("kmsKeyName".to_owned(), json!(key));
            }
            self.put(address_of_object(&name, &base), kind::ARTIFACT, whole_upload(body), vec![], Health::Ready);
        }
        Ok(())
    }

    async fn models(&mut self) -> Result<(), Failure> {
        let ids = Ids(&self.reach.site.at);
        for model in self.reach.client.list(&labelled(self.reach, ids.all(Api::V1, "models")), "models").await? {
            if !is_own(self.reach, &model) {
                continue;
            }
            let id = text(&model, "name").rsplit('/').next().unwrap_or("").split('@').next().unwrap_or("").to_owned();
            let path = format!("{}:listVersions", ids.one(Api::V1, "models", &id));
            let request = Request::new(Service::Aiplatform, Method::Get, path);
            for version in self.reach.client.list(&request, "models").await? {
                self.version(&id, &version);
            }
        }
        Ok(())
    }

    fn version(&mut self, id: &str, version: &Json) {
        let Some(mut model) = read::<Model>(version) else { return };
        // What is in it is known by its hash; values of variables may be secret, and are never shown.
        model.container_spec.env.iter_mut().for_each(|env| env.value.clear());
        let Some(hash) = model.version_aliases.iter().find_map(|alias| alias.strip_prefix("h-")) else { return };
        let address = Address::new(kind::MODEL, &format!("{}-{hash}", model.display_name));
        let name = format!("{}/models/{id}@h-{hash}", self.reach.site.at.parent());
        self.versions.insert((id.to_owned(), text(version, "versionId").to_owned()), (address.clone(), name));
        let prefix = model.artifact_uri.clone().unwrap_or_default();
        let of_prefix = |(address, object): (&Address, &Object)| {
            let uri = format!("gs://{}/{}", text(&object.body, "bucket"), text(&object.body, "object"));
            (&*object.kind == kind::ARTIFACT && !prefix.is_empty() && uri.starts_with(&prefix)).then(|| address.clone())
        };
        let needs = self.objects.iter().filter_map(of_prefix).collect();
        let body = json!(NewModel { model_id: id.to_owned(), model, secrets: vec![] });
        self.put(address, kind::MODEL, body, needs, Health::Ready);
    }

    async fn endpoints(&mut self) -> Result<(), Failure> {
        let path = Ids(&self.reach.site.at).all(Api::V1Beta1, "endpoints");
        for live in self.reach.client.list(&labelled(self.reach, path), "endpoints").await? {
            if is_own(self.reach, &live) {
                self.endpoint(&live);
            }
        }
        Ok(())
    }

    fn endpoint(&mut self, live: &Json) {
        let Some(endpoint) = read::<Endpoint>(live) else { return };
        let id = text(live, "name").rsplit('/').next().unwrap_or("").to_owned();
        let name = endpoint.display_name.clone();
        let address = Address::new(kind::ENDPOINT, &name);
        self.names.push(name.clone());
        let mut serving = vec![address.clone()];
        for model in deployed(live).filter(|model| is_own_deployment(self.reach, model)) {
            serving.extend(self.deployment(&id, &name, &address, model));
        }
        let body = json!(NewEndpoint { endpoint_id: id.clone(), endpoint });
        self.put(address, kind::ENDPOINT, body, vec![], Health::Ready);
        let shares: Shares = live.get("trafficSplit").and_then(read).unwrap_or_default();
        if !shares.is_empty() {
            let body = json!({ "endpoint": id, "trafficSplit": shares, "variants": {}, "parts": [100] });
            self.put(Address::new(kind::TRAFFIC, &name), kind::TRAFFIC, body, serving, Health::Ready);
        }
    }

    fn deployment(&mut self, endpoint: &str, name: &str, address: &Address, live: &Json) -> Option<Address> {
        let mut model: DeployedModel = read(live)?;
        let mut needs = vec![address.clone()];
        let id = model.model.rsplit('/').next().unwrap_or("").split('@').next().unwrap_or("").to_owned();
        // The platform names the version by its number, and the program by what is in it.
        if let Some((of, full)) = self.versions.get(&(id, text(live, "modelVersionId").to_owned())) {
            needs.push(of.clone());
            model.model = full.clone();
        }
        if let Some(shared) = &model.shared_resources {
            needs.push(Address::new(kind::POOL, &self.name_of(shared.rsplit('/').next().unwrap_or(""))));
        }
        let at = Address::new(kind::DEPLOYMENT, &format!("{name}.{}-{}", model.display_name, model.id));
        let deployment =
            Deployment { endpoint: endpoint.to_owned(), api: Api::V1, deployed_model: model, rolling: None };
        self.put(at.clone(), kind::DEPLOYMENT, json!(deployment), needs, Health::Ready);
        Some(at)
    }

    async fn pools(&mut self) -> Result<(), Failure> {
        let path = Ids(&self.reach.site.at).all(Api::V1, "deploymentResourcePools");
        let request = Request::new(Service::Aiplatform, Method::Get, path);
        // Pools have no labels: their ids begin with the stack's.
        let begins = format!("{}--", names::slug(&self.reach.stack));
        for live in self.reach.client.list(&request, "deploymentResourcePools").await? {
            let id = text(&live, "name").rsplit('/').next().unwrap_or("").to_owned();
            let Some(pool) = read::<Pool>(&live).filter(|_| id.starts_with(&begins)) else { continue };
            let address = Address::new(kind::POOL, &self.name_of(&id));
            let body = json!(NewPool { deployment_resource_pool_id: id, deployment_resource_pool: pool });
            self.put(address, kind::POOL, body, vec![], Health::Ready);
        }
        Ok(())
    }

    async fn queues(&mut self) -> Result<(), Failure> {
        let project = super::super::calls::encoded(&self.reach.site.at.project);
        for (kind, collection) in [(kind::TOPIC, "topics"), (kind::SUBSCRIPTION, "subscriptions")] {
            let request = Request::new(Service::Pubsub, Method::Get, format!("/v1/projects/{project}/{collection}"));
            for live in self.reach.client.list(&request, collection).await? {
                if !is_own(self.reach, &live) {
                    continue;
                }
                let name = self.name_of(text(&live, "name").rsplit('/').next().unwrap_or(""));
                let topic = Address::new(kind::TOPIC, &name);
                let needs = if kind == kind::SUBSCRIPTION { vec![topic] } else { vec![] };
                self.put(Address::new(kind, &name), kind, live, needs, Health::Ready);
            }
        }
        Ok(())
    }

    fn job(&mut self, live: Json) {
        let hash = live.pointer(&format!("/labels/{HASH_LABEL}")).and_then(Json::as_str).unwrap_or("");
        let address = Address::new(kind::JOB, &format!("{}-{hash}", text(&live, "displayName")));
        let health = match text(&live, "state") {
            "JOB_STATE_FAILED" | "JOB_STATE_CANCELLED" | "JOB_STATE_EXPIRED" => {
                let why = live.pointer("/error/message").and_then(Json::as_str).unwrap_or("it failed");
                Health::Failed(why.to_owned())
            }
            _ => Health::Ready,
        };
        let model = text(&live, "model").to_owned();
        let needs = self.versions.values().filter(|(_, full)| *full == model).map(|(of, _)| of.clone()).collect();
        self.put(address, kind::JOB, live, needs, health);
    }

    /// The endpoint that an id is made for, of those that are there; or the id's own words.
    fn name_of(&self, id: &str) -> String {
        let stack = &self.reach.stack;
        let known = self.names.iter().flat_map(|name| [Some(&**name), name.split_once('.').map(|(of, _)| of)]);
        let found = known.flatten().find(|name| names::id(stack, name) == id).map(str::to_owned);
        found.unwrap_or_else(|| id.split_once("--").map_or(id, |(_, name)| name).replace('-', "_"))
    }
}

/// With the fields that are known from the program alone.
fn whole_upload(mut body: Json) -> Json {
    if let Json::Object(fields) = &mut body {
        for name in ["sha256", "contentType"] {
            fields.insert(name.to_owned(), json!(""));
        }
        fields.insert("ownBucket".to_owned(), json!(false));
    }
    body
}
