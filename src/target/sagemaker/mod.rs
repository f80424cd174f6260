//! Amazon SageMaker AI: real-time, serverless and async endpoints, and batch transform. Its pure half: one CloudFormation
//! template for each stack, and what is done beside it.

mod catalog;
mod cfn;
mod check;
mod facts;
mod files;
mod iam;
mod lower;

use std::sync::Arc;

use crate::capability::{Fitted, Table};
use crate::catalog::Catalog;
use crate::diff::Rules;
use crate::report::Sink;
use crate::resource::{Artifact, Desired};
use crate::stack::{Stack, Type};

use super::data::{self, Lazy};
use super::{Emitter, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct SageMaker;

static SETTINGS: Lazy<[Setting; 3]> = Lazy::new(|| {
    [
        Setting {
            name: "region",
            ty: Type::String,
            required: true,
            doc: "The region that it is deployed in, such as \"eu-west-1\".",
        },
        Setting {
            name: "artifacts",
            ty: Type::String,
            required: false,
            doc: "A prefix of S3 for files that servec puts there. Default `s3://servec-<account>-<region>`.",
        },
        Setting {
            name: "runtime_image",
            ty: Type::String,
            required: false,
            doc: "The image of servec's own runtime, in ECR. Default `servec-runtime` with servec's version as its tag, in \
                  the account's own registry.",
        },
    ]
});

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/sagemaker/capabilities.json")));
static RULES: Lazy<Rules> = Lazy::new(|| data::json(include_str!("../../../targets/sagemaker/rules.json")));

impl Target for SageMaker {
    fn name(&self) -> &'static str {
        "sagemaker"
    }

    fn settings(&self) -> &'static [Setting] {
        &*SETTINGS
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn catalog(&self) -> Option<&'static Catalog> {
        Some(&catalog::CATALOG)
    }

    fn hold(&self, stack: &Stack, sink: &mut Sink) {
        check::check(stack, &region(stack), sink);
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        Some(&SageMaker)
    }
}

impl Emitter for SageMaker {
    fn rules(&self) -> &'static Rules {
        &RULES
    }

    fn lower(&self, fitted: &Fitted) -> Desired {
        lower::lower(fitted)
    }

    fn files(&self, desired: &Desired) -> Vec<Artifact> {
        files::files(desired)
    }

    fn permissions(&self, stack: &Stack, desired: &Desired) -> Option<serde_json::Value> {
        Some(iam::policy(&region(stack), desired))
    }
}

/// Where a stack is deployed.
fn region(stack: &Stack) -> Arc<str> {
    let named = stack.settings.get("region").and_then(lower::read::text);
    named.cloned().unwrap_or_else(|| catalog::CATALOG.machines().home.clone())
}
