//! One container: its image, its files, its environment.

use std::collections::BTreeMap;

use crate::catalog::{Found, Wanted};
use crate::resource::Address;
use crate::source::{Span, Spanned};
use crate::stack::{self, Artifact, Framework, Model, Origin, Servable, Stack, Value, ValueKind};

use super::super::super::spec::{self, Told};
use super::super::catalog::CATALOG;
use super::super::cfn::{Container, DataSource, ImageConfig, S3Data, Text};
use super::super::facts::FACTS;
use super::artifact::{Form, Part, bundle, upload};
use super::cx::Cx;
use super::made::Made;
use super::names::At;
use super::owner::Owner;
use super::read;

/// A container with what it needs, and where its parts were written, by JSON pointer below it.
pub struct Built {
    pub container: Container,
    pub needs: Vec<Address>,
    pub spans: Vec<(String, Span)>,
    /// What changes it and must not be read in it: values of secrets.
    pub salt: String,
}

impl Built {
    fn of(image: Text) -> Self {
        let container = Container {
            container_hostname: None,
            image,
            image_config: None,
            mode: None,
            model_data_url: None,
            model_data_source: None,
            multi_model_config: None,
            environment: BTreeMap::new(),
        };
        Self { container, needs: vec![], spans: vec![], salt: String::new() }
    }

    /// What the runtime of servec serves: a graph of the stack, with its files.
    pub fn own(cx: &Cx, made: &mut Made, owner: &mut Owner, stack: &Stack, serve: &Servable, name: &str) -> Self {
        let (parts, places) = specified(cx, owner, stack, serve);
        let form = if owner.takes_archives_only() { Form::Archive } else { Form::Prefix };
        let (uri, need) = upload(cx, made, name, form, parts, owner.span, Some(&places));
        let mut built = Self::of(cx.runtime_image.clone());
        built.span("/Image", cx.runtime_image_at);
        built.files(uri, form, owner);
        built.needs.push(need);
        owner.uses.image(&cx.runtime_image);
        built
    }

    /// A model in a container of its own.
    pub fn model(cx: &Cx, made: &mut Made, owner: &mut Owner, model: &Model) -> Self {
        let mut built = match &model.origin {
            Origin::Framework { framework, .. } if is_own(model, &cx.region) => {
                let serve = Servable::Model(model.name.clone());
                let mut stack = cx.stack.clone();
                stack.models.insert(model.name.clone(), model.clone());
                let mut built = Self::own(cx, made, owner, &stack, &serve, &model.name);
                built.spans.push(("/Image".to_owned(), framework.span));
                built
            }
            Origin::Framework { framework, artifact } => {
                let mut built = Self::of(image_of(cx, model, framework));
                built.spans.push(("/Image".to_owned(), framework.span));
                built.artifact(cx, made, owner, model, artifact);
                built.toolkit(&framework.value, model, owner);
                built
            }
            Origin::Image { image, artifact } => {
                let mut built = Self::image(&image.value);
                built.spans.push(("/Image".to_owned(), image.span));
                if let Some(artifact) = artifact {
                    built.artifact(cx, made, owner, model, artifact);
                }
                built
            }
        };
        owner.uses.image(&built.container.image);
        built.environment(cx, made, &model.env, owner);
        built
    }

    /// Any image.
    pub fn image(image: &str) -> Self {
        let mut built = Self::of(Text::plain(image));
        if !is_ecr(image) {
            built.container.image_config = Some(ImageConfig { repository_access_mode: "Vpc" });
        }
        built
    }

    /// The image that serves models like this one, for a pool of them.
    pub fn server_of(cx: &Cx, model: &Model, owner: &mut Owner) -> Self {
        let built = match &model.origin {
            Origin::Framework { .. } if is_own(model, &cx.region) => {
                let mut built = Self::of(cx.runtime_image.clone());
                built.span("/Image", cx.runtime_image_at);
                built
            }
            Origin::Framework { framework, .. } => {
                let mut built = Self::of(image_of(cx, model, framework));
                built.spans.push(("/Image".to_owned(), framework.span));
                built.toolkit(&framework.value, model, owner);
                built
            }
            Origin::Image { image, .. } => {
                let mut built = Self::image(&image.value);
                built.spans.push(("/Image".to_owned(), image.span));
                built
            }
        };
        owner.uses.image(&built.container.image);
        built
    }

    fn span(&mut self, pointer: &str, span: Option<Span>) {
        if let Some(span) = span {
            self.spans.push((pointer.to_owned(), span));
        }
    }

    fn artifact(&mut self, cx: &Cx, made: &mut Made, owner: &mut Owner, model: &Model, artifact: &Spanned<Artifact>) {
        let (uri, form) = match &artifact.value {
            Artifact::Remote { uri } if uri.ends_with(".tar.gz") => (Text::plain(&**uri), Form::Archive),
            Artifact::Remote { uri } if is_one_file(uri) => (Text::plain(&**uri), Form::Object),
            Artifact::Remote { uri } => (Text::plain(format!("{}/", uri.trim_end_matches('/'))), Form::Prefix),
            Artifact::File { path, sha256, bytes } => {
                let file = spec::Copied::new(path, sha256, *bytes);
                let archive = file.file.ends_with(".tar.gz");
                let form = if owner.takes_archives_only() && !archive { Form::Archive } else { Form::Object };
                let part = Part::of(&file, file.file.clone());
                let (uri, need) = upload(cx, made, &model.name, form, vec![part], artifact.span, None);
                self.needs.push(need);
                (uri, if archive { Form::Archive } else { form })
            }
        };
        self.files(uri, form, owner);
        self.spans.push(("/ModelDataUrl".to_owned(), artifact.span));
        self.spans.push(("/ModelDataSource".to_owned(), artifact.span));
    }

    fn files(&mut self, uri: Text, form: Form, owner: &mut Owner) {
        owner.uses.reads.push(uri.clone());
        let s3_data_type = match form {
            Form::Archive => return self.container.model_data_url = Some(uri),
            Form::Object => "S3Object",
            Form::Prefix => "S3Prefix",
        };
        let s3_data_source = S3Data { s3_uri: uri, s3_data_type, compression_type: "None" };
        self.container.model_data_source = Some(DataSource { s3_data_source });
    }

    /// What AWS's servers read of the timeout and of calls at once.
    fn toolkit(&mut self, framework: &Framework, model: &Model, owner: &Owner) {
        let toolkit = &FACTS.toolkit;
        if !toolkit.frameworks.iter().any(|known| **known == *framework.name) {
            return;
        }
        if let Some(timeout) = owner.timeout {
            let seconds = timeout.as_secs_f64().ceil().max(1.0);
            self.container.environment.insert(toolkit.timeout.clone(), Text::plain(format!("{seconds}")));
            self.span(&format!("/Environment/{}", toolkit.timeout), owner.timeout_at);
        }
        // One call at a time is what is filled in, not what is asked for.
        if model.concurrency.span != model.span {
            let workers = Text::plain(model.concurrency.value.to_string());
            self.container.environment.insert(toolkit.workers.clone(), workers);
            self.spans.push((format!("/Environment/{}", toolkit.workers), model.concurrency.span));
        }
    }

    /// The user's own environment, over what servec sets.
    pub fn environment(&mut self, cx: &Cx, made: &mut Made, env: &BTreeMap<std::sync::Arc<str>, Value>, owner: &Owner) {
        for (name, value) in env {
            // The schema takes text and secrets alone.
            let text = match (read::text(value), &value.kind) {
                (Some(text), _) => Text::plain(&**text),
                (None, ValueKind::Secret(secret)) => {
                    let hidden = cx.stack.secrets.0.get(secret).map_or("", |value| &**value);
                    self.salt.push_str(&format!("{name}={hidden}\n"));
                    secret_parameter(made, secret, owner)
                }
                (None, _) => continue,
            };
            self.container.environment.insert(name.to_string(), text);
            self.spans.push((format!("/Environment/{name}"), value.span));
        }
    }
}

/// A secret reaches a template as a parameter that is never shown.
fn secret_parameter(made: &mut Made, secret: &str, owner: &Owner) -> Text {
    let at = At::new("secret", &[secret]);
    let body = serde_json::json!({ "Type": "String", "NoEcho": true, "Description": format!("the secret `{secret}`") });
    made.put(&at, "AWS::CloudFormation::Parameter", body, &[], owner.span, super::made::Spans::default());
    Text::Ref(made.names.logical(&at))
}

/// A spec and its files.
pub fn specified(cx: &Cx, owner: &Owner, stack: &Stack, serve: &Servable) -> (Vec<Part>, spec::Places) {
    let variant =
        stack::Variant { name: "default".into(), weight: 1, shadow: false, serve: serve.clone(), span: owner.span };
    let told = Told {
        endpoint: owner.name,
        timeout: owner.timeout,
        mode: owner.timeout_at.unwrap_or(owner.mode_at),
        variants: &[variant],
        engine: serve_spec::Engine::Auto,
        max_request_bytes: owner.max_request_bytes(cx),
    };
    let (spec, places) = spec::spec(&told, stack, &cx.files);
    (bundle(cx, stack, spec), places)
}

/// Whether servec's own runtime serves it, since the platform prebuilds no image for its framework.
pub fn is_own(model: &Model, region: &str) -> bool {
    let Origin::Framework { framework, .. } = &model.origin else { return false };
    let found = CATALOG.images().find(&framework.value.name, None, Wanted::Cpu, region);
    matches!(found, Found::NoFramework)
}

fn image_of(cx: &Cx, model: &Model, framework: &Spanned<Framework>) -> Text {
    let wanted = if model.accelerator.is_some() { Wanted::Gpu } else { Wanted::Cpu };
    let version = framework.value.version.as_deref();
    match CATALOG.images().find(&framework.value.name, version, wanted, &cx.region) {
        Found::Image { uri, .. } => Text::plain(uri),
        // Compiled stacks have their image; what the platform prebuilds nothing for runs on servec's own.
        Found::Ended { .. } | Found::NoVersion { .. } | Found::NotThere { .. } | Found::NoFramework => {
            cx.runtime_image.clone()
        }
    }
}

/// `s3://bucket/folder/model.joblib`: the last part has an ending.
fn is_one_file(uri: &str) -> bool {
    let key = uri.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, key)| key);
    key.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

/// `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name:tag`, or one of the public registries' mirrors of ECR.
pub fn is_ecr(image: &str) -> bool {
    let host = image.split('/').next().unwrap_or(image);
    host.contains(".dkr.ecr.") || host.contains(".dkr-ecr.")
}
