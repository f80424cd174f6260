//! Plans that must not be applied, whoever asks.

use crate::report::{Code, Diagnostic};
use crate::source::FileId;

use super::{Plan, Purpose, Step, Verb};

impl Plan {
    /// Why this plan must not be applied; none if it may. Showing it is no harm.
    pub fn refusal(&self) -> Option<Box<Diagnostic>> {
        self.protected().or_else(|| self.empties())
    }

    fn protected(&self) -> Option<Box<Diagnostic>> {
        let destroys = |step: &&Step| matches!(step.action, Verb::Delete | Verb::Replace) && !step.repairs;
        let steps: Vec<&Step> = self.steps.iter().filter(destroys).collect();
        if !self.protect || steps.is_empty() {
            return None;
        }
        let named: Vec<String> = steps.iter().map(|s| format!("{} `{}`", s.action.word(), s.address)).collect();
        let message = format!("the plan would {}, and stack `{}` is protected", named.join(", "), self.stack);
        let mut diagnostic = Diagnostic::error(Code::Protected, message)
            .help("undo the change that forces this, or remove `protect` from the stack");
        for step in steps {
            let origin = step.resource.as_ref().map(|r| r.origin).filter(|span| span.file != FileId(u32::MAX));
            if let Some(span) = origin {
                diagnostic = diagnostic.label(span, format!("{} by this plan", past(step.action)));
            }
            for change in step.changes.iter().filter(|c| c.forces.is_some()) {
                diagnostic = diagnostic.note(format!("`{}` of `{}` can't change in place", change.path, step.address));
            }
        }
        Some(Box::new(diagnostic))
    }

    /// A program that wants nothing is more likely a mistake than a wish.
    fn empties(&self) -> Option<Box<Diagnostic>> {
        let wants_nothing = self.resources().next().is_none();
        if self.purpose == Purpose::Destroy || !wants_nothing || self.steps.is_empty() {
            return None;
        }
        let message =
            format!("stack `{}` holds nothing any more, and applying it would delete all that is live", self.stack);
        let help = "if that is what you want, run `servec destroy`";
        Some(Box::new(Diagnostic::error(Code::DeletesAll, message).help(help)))
    }
}

fn past(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "created",
        Verb::Update => "updated",
        Verb::Replace => "replaced",
        Verb::Delete => "deleted",
    }
}
