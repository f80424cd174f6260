//! `model`, `transform`, `pool`.

use crate::syntax::ast::DeclKind;

use super::{Block, Construct, Schema, Shape, default, optional, plain, required};

const VERSION: &[super::Field] = &[optional("version", Shape::String, "the framework's version")];

macro_rules! framework {
    ($kind:literal, $doc:literal) => {
        Construct { kind: $kind, args: VERSION, schema: None, doc: $doc }
    };
}

const FRAMEWORKS: &[Construct] = &[
    framework!("onnx", "an ONNX model, run by ONNX Runtime or by servec's own runtime"),
    framework!("pytorch", "a PyTorch model"),
    framework!("tensorflow", "a TensorFlow saved model"),
    framework!("xgboost", "an XGBoost model"),
    framework!("sklearn", "a scikit-learn model"),
    framework!("huggingface", "a Hugging Face model"),
    framework!("triton", "a Triton model repository"),
    framework!("vllm", "a language model served by vLLM"),
];

static GPU: Schema = plain(
    "`gpu`",
    &[
        optional("memory", Shape::Size, "least memory of each accelerator"),
        optional("kind", Shape::String, "a kind of accelerator by name, such as \"a100\""),
        default("count", Shape::Int, "1", "how many one replica needs"),
    ],
);

const ACCELERATORS: &[Construct] =
    &[Construct { kind: "gpu", args: &[], schema: Some(&GPU), doc: "a GPU, by what it must have" }];

static HEALTH: Schema = plain(
    "`health`",
    &[
        optional("path", Shape::String, "HTTP path that answers 200 when ready"),
        optional("timeout", Shape::Duration, "longest wait for the answer"),
    ],
);

static VOLUME: Schema = plain(
    "a volume",
    &[
        required("share", Shape::String, "the shared file system by the target's own name, such as a volume claim"),
        required("path", Shape::String, "where the container finds it"),
    ],
);

static BATCHING: Schema = plain(
    "`batching`",
    &[
        required("max_size", Shape::Int, "calls joined into one at most"),
        required("max_delay", Shape::Duration, "longest wait for further calls"),
    ],
);

const TEXT: Shape = Shape::Text;

/// Where files of models may lie.
const ARTIFACTS: &[&str] = &["file", "s3", "gs", "hf", "http", "oci"];

/// A `model`; its ports stand beside the fields.
pub static MODEL: Schema = Schema {
    what: "a model",
    fields: &[
        optional("framework", Shape::Construct(FRAMEWORKS), "what runs it: `onnx(\"1.20\")`"),
        optional("image", Shape::String, "a container image that serves it"),
        optional("artifact", Shape::Uri(ARTIFACTS), "its files: a path beside the source, or a URI"),
        optional("accelerator", Shape::Construct(ACCELERATORS), "what one replica needs to compute on"),
        optional("cpu", Shape::Float, "cores of one replica"),
        optional("memory", Shape::Size, "memory of one replica"),
        optional("disk", Shape::Size, "disk of one replica"),
        optional("latency", Shape::Duration, "one call's median, measured or estimated"),
        default("concurrency", Shape::Int, "1", "calls that one replica serves at once"),
        optional("load_time", Shape::Duration, "from start to ready"),
        optional("env", Shape::Map(&TEXT), "environment of the container"),
    ],
    blocks: &[
        Block { kind: "health", named: false, schema: &HEALTH, doc: "how readiness is asked" },
        Block { kind: "volume", named: true, schema: &VOLUME, doc: "a shared file system that is mounted" },
        Block { kind: "batching", named: false, schema: &BATCHING, doc: "joining of calls into one" },
    ],
    open: None,
};

const HANDLER_ARG: &[super::Field] = &[required("name", Shape::String, "the name of what does the step")];

const HANDLERS: &[Construct] = &[
    Construct { kind: "builtin", args: HANDLER_ARG, schema: None, doc: "a step that the runtime implements" },
    Construct {
        kind: "python",
        args: HANDLER_ARG,
        schema: None,
        doc: "a function, `python(\"./steps.py:normalise\")`",
    },
    Construct { kind: "container", args: HANDLER_ARG, schema: None, doc: "a container image" },
];

/// A `transform`; its ports and parameters stand beside the fields.
pub static TRANSFORM: Schema =
    plain("a transform", &[required("handler", Shape::Construct(HANDLERS), "what does the step")]);

const MODEL_REF: Shape = Shape::Ref(&[DeclKind::Model]);

/// A `pool`; the shape of its members is a `model { … }` inside it.
pub static POOL: Schema = Schema {
    what: "a pool",
    fields: &[
        optional("members", Shape::List(&MODEL_REF), "the models, by name"),
        optional("artifacts", Shape::Uri(ARTIFACTS), "a prefix that holds one artifact a member"),
        optional("framework", Shape::Construct(FRAMEWORKS), "what runs every member"),
        default(
            "cache",
            Shape::Words(&[
                ("on", "keep members loaded until memory runs short"),
                ("off", "unload each member after its call"),
            ]),
            "on",
            "whether members stay loaded",
        ),
        default(
            "share",
            Shape::Words(&[
                ("container", "all members in one server"),
                ("instance", "each member in a server of its own, on one machine"),
            ]),
            "container",
            "what the members share",
        ),
    ],
    blocks: &[Block { kind: "model", named: false, schema: &MODEL, doc: "the shape of every member" }],
    open: None,
};
