//! `stack` and `policy`. A stack's further settings are its target's own.

use super::{Block, Need, Schema, Shape, default, optional, plain, required};

const ALLOWED: Shape = Shape::Words(&[
    ("preview", "features that the platform does not promise yet"),
    ("emulation", "features that servec builds from others"),
]);

const ANY: Shape = Shape::Any;

const TAG: Shape = Shape::String;

static WITH: Schema = Schema { what: "`with`", fields: &[], blocks: &[], open: Some(&ANY) };

/// A `stack`, without its target's settings.
pub static STACK: Schema = Schema {
    what: "a stack",
    fields: &[
        super::Field {
            name: "allow",
            shape: Shape::List(&ALLOWED),
            need: Need::Optional,
            doc: "what it accepts beyond what is sure",
        },
        optional("tags", Shape::Map(&TAG), "what everything that the stack makes is marked with"),
        default("protect", Shape::Bool, "false", "refuse to destroy or replace what callers use"),
    ],
    blocks: &[Block { kind: "with", named: false, schema: &WITH, doc: "values of parameters" }],
    open: None,
};

/// What stands in a `param`'s braces.
pub static PARAM: Schema =
    plain("a parameter", &[default("secret", Shape::Bool, "false", "keep its value out of everything that is shown")]);

/// What a `deploy` of a job may change: nothing yet but its mode.
pub static DEPLOY_JOB: Schema = plain("a job", &[optional("mode", Shape::Any, "on which data")]);

/// A `policy`.
pub static POLICY: Schema = plain(
    "a policy",
    &[
        required("require", Shape::Any, "what must be true"),
        required("message", Shape::String, "what is said when it is not"),
        default(
            "level",
            Shape::Words(&[("error", "nothing is planned"), ("warning", "it is only said")]),
            "error",
            "how much it matters",
        ),
    ],
);
