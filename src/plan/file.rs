//! Saved plans: written at once or not at all, and read back strictly, so that what is applied is what was reviewed.

use std::collections::BTreeSet;
use std::io::Write;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diff::{canonical, sha256};
use crate::report::{Code, Diagnostic};

use super::{FORMAT, Plan, Verb};

/// Longest plan file that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;

const SERVEC: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    /// The version of servec that made the plan: another may act differently on the same words.
    servec: String,
    /// SHA-256 of the plan, so that an edited or damaged file is not applied.
    checksum: String,
    plan: Value,
}

impl Plan {
    /// Write the plan, readable by its owner only.
    ///
    /// # Errors
    /// E0905 when the file can't be written; what was there before is then still there.
    pub fn save(&self, path: &Utf8Path) -> Result<(), Box<Diagnostic>> {
        let failed = |error: &dyn std::fmt::Display| {
            Box::new(Diagnostic::error(Code::PlanNotWritten, format!("can't write the plan to `{path}`: {error}")))
        };
        let plan = serde_json::to_value(self).map_err(|e| failed(&e))?;
        let saved = Saved { format: FORMAT, servec: SERVEC.to_owned(), checksum: sha256(&canonical(&plan)), plan };
        let mut text = serde_json::to_string_pretty(&saved).map_err(|e| failed(&e))?;
        text.push('\n');
        let folder = path.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| failed(&e))?;
        file.write_all(text.as_bytes()).map_err(|e| failed(&e))?;
        file.as_file().sync_all().map_err(|e| failed(&e))?;
        file.persist(path).map_err(|e| failed(&e))?;
        Ok(())
    }

    /// Read a saved plan.
    ///
    /// # Errors
    /// E0903 when it can't be read or is not, or no longer, what `save` wrote; E0904 when another servec made it.
    pub fn load(path: &Utf8Path) -> Result<Plan, Box<Diagnostic>> {
        let bad = |why: &dyn std::fmt::Display| {
            let message = format!("`{path}` is not a plan that can be applied: {why}");
            Box::new(
                Diagnostic::error(Code::BadPlanFile, message).help("make the plan again with `servec plan --out FILE`"),
            )
        };
        let length = std::fs::metadata(path).map_err(|e| bad(&e))?.len();
        if length > MAX_BYTES {
            return Err(bad(&format!("it has {length} bytes, more than any plan")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| bad(&e))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| bad(&e))?;
        let made_by = value.get("servec").and_then(Value::as_str).unwrap_or("an unknown version").to_owned();
        let format = value.get("format").and_then(Value::as_u64).ok_or_else(|| bad(&"it has no `format`"))?;
        if format != u64::from(FORMAT) || made_by != SERVEC {
            let message = format!(
                "`{path}` was made by servec {made_by} (format {format}), and this is servec {SERVEC} (format {FORMAT})"
            );
            let help = "make the plan again with this servec, or apply it with that one";
            return Err(Box::new(Diagnostic::error(Code::ForeignPlan, message).help(help)));
        }
        let saved: Saved = serde_json::from_value(value).map_err(|e| bad(&e))?;
        if sha256(&canonical(&saved.plan)) != saved.checksum {
            return Err(bad(&"it was edited or damaged after it was written"));
        }
        let plan: Plan = serde_json::from_value(saved.plan).map_err(|e| bad(&e))?;
        plan.sound().map_err(|e| bad(&e))?;
        Ok(plan)
    }

    /// Whether the steps can run in their order: what no plan of ours breaks, and a forged one may.
    fn sound(&self) -> Result<(), String> {
        let mut before = BTreeSet::new();
        let mut deletes = false;
        for step in &self.steps {
            let address = &step.address;
            if step.needs.iter().any(|needed| !before.contains(needed)) {
                return Err(format!("`{address}` needs a step that does not come before it"));
            }
            if !before.insert(address) {
                return Err(format!("`{address}` has two steps"));
            }
            let (makes, removes) = match step.action {
                Verb::Create => (true, false),
                Verb::Update | Verb::Replace => (true, true),
                Verb::Delete => (false, true),
            };
            if makes != step.resource.is_some() || removes != step.live.is_some() {
                return Err(format!("the step of `{address}` does not say what it does"));
            }
            if deletes && makes {
                return Err(format!("`{address}` is made after something was deleted"));
            }
            deletes |= !makes;
        }
        Ok(())
    }
}
