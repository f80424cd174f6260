//! CloudFormation as typed structs: what a template of this target can hold. Fields are written in the order in which they
//! stand here. Shapes are those of the provider schemas that cfn-lint 1.58 carries.

mod alarm;
mod component;
mod config;
mod dashboard;
mod endpoint;
mod job;
mod model;
mod role;
mod scaling;
mod text;
mod topic;

pub use alarm::{Alarm, Dimension, MathQuery, Metric, MetricStat};
pub use component::{
    ComponentDeployment, ComponentNeeds, ComponentRolling, InferenceComponent, Runtime, Size, Specification, Startup,
};
pub use config::{
    Async, AsyncClient, AsyncNotice, AsyncOutput, Capture, CaptureHeader, CaptureOption, EndpointConfig,
    ManagedScaling, Routing, Serverless, Variant,
};
pub use dashboard::{Annotation, Annotations, Body, Dashboard, Shown, Widget};
pub use endpoint::{AlarmName, BlueGreen, Capacity, Deployment, Endpoint, Excluded, Rollback, Rolling, Traffic};
pub use job::{Input, Output, S3Input, Source, TransformJob, Transformers};
pub use model::{Container, DataSource, ExecutionMode, ImageConfig, Model, MultiModel, S3Data, Vpc};
pub use role::{Document, Policy, Principal, Role, Statement};
pub use scaling::{
    Customized, Policy as ScalingPolicy, Predefined, ScalableTarget, ScheduledAction, Step, StepScaling, TargetAction,
    Tracking,
};
pub use text::Text;
pub use topic::Topic;

use serde::Serialize;

/// The properties of one type of resource.
pub trait Properties: Serialize {
    /// As in a template: `AWS::SageMaker::Model`.
    const TYPE: &'static str;
}

/// What a thing is marked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// Says that a type of resource has these properties.
macro_rules! properties {
    ($name:ty, $kind:literal) => {
        impl super::Properties for $name {
            const TYPE: &'static str = $kind;
        }
    };
}
use properties;
