//! The plan as other programs read it: `docs/plan.schema.json` describes every field.

use serde::Serialize;
use serde_json::Value;

use crate::diff::Notice;
use crate::resource::Address;

use super::{Cost, FORMAT, FieldChange, Place, Plan, Purpose, Risk, Step, Verb};

#[derive(Serialize)]
struct Shown<'a> {
    format: u32,
    servec: &'a str,
    target: &'a str,
    stack: &'a str,
    purpose: Purpose,
    protect: bool,
    program: Option<&'a str>,
    empty: bool,
    counts: Counts,
    notice: Notice,
    steps: Vec<ShownStep<'a>>,
    kept: Vec<&'a Address>,
    live: &'a std::collections::BTreeMap<Address, String>,
    notes: &'a [String],
    cost: Option<&'a Cost>,
    /// Why it must not be applied.
    refusal: Option<Refusal>,
}

#[derive(Serialize)]
struct Counts {
    create: usize,
    update: usize,
    replace: usize,
    delete: usize,
    keep: usize,
}

#[derive(Serialize)]
struct ShownStep<'a> {
    address: &'a Address,
    live: Option<&'a Address>,
    kind: &'a str,
    action: Verb,
    needs: &'a [Address],
    reasons: &'a [String],
    changes: &'a [FieldChange],
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    notice: Notice,
    risk: Risk,
    repairs: bool,
    place: Option<&'a Place>,
}

#[derive(Serialize)]
struct Refusal {
    code: &'static str,
    message: String,
}

impl Plan {
    /// For other programs. Holds no body but those shown, in which sensitive values are hashes.
    pub fn to_json(&self) -> Value {
        let shown = Shown {
            format: FORMAT,
            servec: env!("CARGO_PKG_VERSION"),
            target: &self.target,
            stack: &self.stack,
            purpose: self.purpose,
            protect: self.protect,
            program: self.program.as_deref(),
            empty: self.is_empty(),
            counts: Counts {
                create: self.count(Verb::Create),
                update: self.count(Verb::Update),
                replace: self.count(Verb::Replace),
                delete: self.count(Verb::Delete),
                keep: self.kept.len(),
            },
            notice: self.notice(),
            steps: self.steps.iter().map(ShownStep::of).collect(),
            kept: self.kept.iter().map(|r| &r.address).collect(),
            live: &self.live,
            notes: &self.notes,
            cost: self.cost.as_ref(),
            refusal: self.refusal().map(|d| Refusal { code: d.code.id(), message: d.message }),
        };
        // Maps have text keys and numbers are finite, so there is nothing that JSON can't say.
        serde_json::to_value(shown).unwrap_or(Value::Null)
    }

    /// The worst that callers notice.
    pub fn notice(&self) -> Notice {
        self.steps.iter().map(|step| step.notice).max().unwrap_or(Notice::None)
    }
}

impl<'a> ShownStep<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            address: &step.address,
            live: step.live.as_ref(),
            kind: &step.kind,
            action: step.action,
            needs: &step.needs,
            reasons: &step.reasons,
            changes: &step.changes,
            before: step.before.as_ref(),
            after: step.after.as_ref(),
            notice: step.notice,
            risk: step.risk,
            repairs: step.repairs,
            place: step.place.as_ref(),
        }
    }
}
