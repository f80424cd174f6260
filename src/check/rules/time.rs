//! Rules about how long calls take against how long an endpoint gives them: its own timeout, or its platform's bound
//! where that is less.

use std::time::Duration;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, Mode, Servable, Stack};

use super::served::{Way, called_by_users, served, ways};

/// What a platform says of the time of one call.
#[derive(Debug, Clone)]
pub struct Ceiling {
    /// "SageMaker serverless"
    pub title: String,
    /// `None` where the platform sets no bound.
    pub most: Option<Duration>,
    /// How it has async endpoints, in words; `None` where it has none.
    pub queue: Option<String>,
    /// Why, and who says so.
    pub notes: Vec<String>,
}

/// Holds an endpoint's calls against the time that they get; without a ceiling, against its own timeout alone.
pub fn calls_are_answered_in_time(stack: &Stack, endpoint: &Endpoint, ceiling: Option<&Ceiling>, sink: &mut Sink) {
    let Some(given) = Given::to(endpoint, ceiling) else { return };
    for servable in served(endpoint, true) {
        for way in ways(stack, servable) {
            if way.0.iter().any(|(_, latency)| *latency > given.time) {
                one_call_fits_the_timeout(&way, &given, sink);
            } else if way.alone() > given.time {
                a_pipeline_fits_the_timeout(servable, &way, &given, sink);
            } else {
                two_callers_in_line_fit_the_timeout(servable, &way, &given, sink);
            }
        }
    }
}

/// The time that a call gets.
struct Given<'a> {
    endpoint: &'a Endpoint,
    time: Duration,
    /// The platform that ends calls sooner than the endpoint's own timeout.
    by: Option<&'a Ceiling>,
    /// Whom a longer timeout must please.
    ceiling: Option<&'a Ceiling>,
}

impl<'a> Given<'a> {
    /// `None` where nothing is known, and for a timeout of nothing, which has a rule of its own.
    fn to(endpoint: &'a Endpoint, ceiling: Option<&'a Ceiling>) -> Option<Self> {
        let own = endpoint.mode.value.timeout().map(|timeout| timeout.value);
        let most = ceiling.and_then(|ceiling| ceiling.most);
        let (time, by) = match (own, most) {
            (Some(own), Some(most)) if most < own => (most, ceiling),
            (Some(own), _) => (own, None),
            (None, Some(most)) => (most, ceiling),
            (None, None) => return None,
        };
        (!time.is_zero()).then_some(Self { endpoint, time, by, ceiling })
    }

    fn label(&self) -> String {
        match self.by {
            Some(platform) => format!("{} ends calls after {}", platform.title, written(self.time)),
            None => {
                let unsaid = self.endpoint.mode.span == self.endpoint.span;
                let unless = if unsaid { ", since no `mode` says otherwise" } else { "" };
                format!("calls end after {}{unless}", written(self.time))
            }
        }
    }

    /// The message with what every one of these has: where the time is given, the facts behind it, and what to do to
    /// get `needed`; `or` is what else would help.
    fn explained(
        &self,
        d: Diagnostic,
        labels: Vec<(Span, String)>,
        needed: Duration,
        or: Option<String>,
    ) -> Diagnostic {
        let d = d.label(self.endpoint.mode.span, self.label());
        let d = labels.into_iter().fold(d, |d, (span, text)| d.label(span, text));
        let raised = self.raised(needed);
        // The platform's bound matters where it ends calls, and where it forbids to give them more time.
        let bound = if raised.is_none() { self.ceiling } else { self.by };
        let d = bound.iter().flat_map(|platform| &platform.notes).fold(d, |d, note| d.note(note.clone()));
        let raise = raised.as_ref().map(|(text, ..)| format!("raise the timeout to {text}"));
        let queue = matches!(self.endpoint.mode.value, Mode::Async { .. });
        let words = self.ceiling.map_or_else(|| Some("`mode = async`".to_owned()), |platform| platform.queue.clone());
        let words = words.filter(|_| !queue).map(|words| format!("use {words}"));
        let ways: Vec<String> = [raise.clone(), or, words].into_iter().flatten().collect();
        let d = match ways.as_slice() {
            [] => d.help("make the calls shorter"),
            [only] => d.help(only.clone()),
            [first, second] => d.help(format!("{first}, or {second}")),
            [init @ .., last] => d.help(format!("{}, or {last}", init.join(", "))),
        };
        match (raise, raised) {
            (Some(title), Some((_, Some(span), edit))) => d.fix(title, span, edit),
            _ => d,
        }
    }

    /// A timeout that would do, with where and how to write it; `None` where the platform gives no such time, or the
    /// mode has no such field.
    fn raised(&self, needed: Duration) -> Option<(String, Option<Span>, String)> {
        let mode = &self.endpoint.mode;
        let timeout = mode.value.timeout()?;
        if self.ceiling.and_then(|ceiling| ceiling.most).is_some_and(|most| most < needed) {
            return None;
        }
        let text = literal(needed);
        if timeout.span != mode.span {
            return Some((text.clone(), Some(timeout.span), text));
        }
        // A mode that is written as a word alone can be written out; other fields than the timeout would be lost.
        let word =
            matches!(mode.value, Mode::Realtime { .. } | Mode::Streaming { .. }) && mode.span != self.endpoint.span;
        let whole = format!("{} {{ timeout = {text} }}", mode.value.kind().word());
        Some((text, word.then_some(mode.span), whole))
    }
}

/// One call of a model is shorter than the timeout.
fn one_call_fits_the_timeout(way: &Way, given: &Given, sink: &mut Sink) {
    let name = &given.endpoint.name;
    for (model, latency) in way.0.iter().filter(|(_, latency)| *latency > given.time) {
        let message = format!("one call of {} outlasts the timeout of endpoint `{name}`", called_by_users(model));
        let span = model.latency.as_ref().map_or(model.span, |latency| latency.span);
        let labels = vec![(span, format!("one call takes {}", written(*latency)))];
        let d = Diagnostic::error(Code::TimeoutTooShort, message);
        sink.push(given.explained(d, labels, needed(way, given), None));
    }
}

/// The models that a pipeline's call goes through one after the other take less than the timeout together.
fn a_pipeline_fits_the_timeout(servable: &Servable, way: &Way, given: &Given, sink: &mut Sink) {
    let Servable::Pipeline(pipeline) = servable else { return };
    let whole = written(way.alone());
    let name = &given.endpoint.name;
    let message = format!("a call of `{pipeline}` takes {whole}, past the timeout of endpoint `{name}`");
    let d = Diagnostic::error(Code::PipelineTooSlow, message);
    sink.push(given.explained(d, steps(way), needed(way, given), None));
}

/// A caller that comes while another is served gets its answer before the timeout. A queue of an async endpoint is
/// there for callers to wait in.
fn two_callers_in_line_fit_the_timeout(servable: &Servable, way: &Way, given: &Given, sink: &mut Sink) {
    if matches!(given.endpoint.mode.value, Mode::Async { .. } | Mode::Batch { .. }) {
        return;
    }
    let Some((second, model)) = way.second().filter(|(second, _)| *second > given.time) else { return };
    let what = match servable {
        Servable::Pipeline(pipeline) => format!("`{pipeline}`"),
        Servable::Model(_) | Servable::Pool(_) => called_by_users(model),
    };
    let (name, whole) = (&given.endpoint.name, written(second));
    let message =
        format!("the second of two callers of {what} is answered after {whole}, past the timeout of endpoint `{name}`");
    let mut labels = steps(way);
    if model.concurrency.span == model.span {
        labels.push((model.span, "one call at a time unless `concurrency` says more: the second waits".into()));
    } else {
        labels.push((model.concurrency.span, "one call at a time: the second waits".into()));
    }
    let d = Diagnostic::error(Code::QueueTooLong, message);
    let or = format!("write `concurrency = 2` for {} if it can serve two calls at once", called_by_users(model));
    sink.push(given.explained(d, labels, second, Some(or)));
}

/// What a timeout must be at least, so that no rule here speaks.
fn needed(way: &Way, given: &Given) -> Duration {
    let queue = matches!(given.endpoint.mode.value, Mode::Async { .. } | Mode::Batch { .. });
    let alone = way.alone();
    let second = way.second().filter(|_| !queue).map_or(alone, |(second, _)| second);
    let most = given.ceiling.and_then(|ceiling| ceiling.most);
    if most.is_some_and(|most| second > most) { alone } else { second }
}

/// Each model on the way, where its latency is written.
fn steps(way: &Way) -> Vec<(Span, String)> {
    let mut seen: Vec<(Span, Duration, u32)> = vec![];
    for (model, latency) in &way.0 {
        let span = model.latency.as_ref().map_or(model.span, |latency| latency.span);
        match seen.iter_mut().find(|(known, ..)| *known == span) {
            Some((_, _, times)) => *times += 1,
            None => seen.push((span, *latency, 1)),
        }
    }
    let text = |latency, times| match times {
        1 => format!("one call takes {}", written(latency)),
        _ => format!("one call takes {}, and it is called {times} times", written(latency)),
    };
    seen.into_iter().map(|(span, latency, times)| (span, text(latency, times))).collect()
}

/// A duration for people, in the largest unit that it is a whole number of.
pub(super) fn written(time: Duration) -> String {
    match time.as_secs() {
        secs if time.subsec_nanos() > 0 || secs < 60 => format!("{time:?}"),
        secs if secs % 3600 == 0 => format!("{}h", secs / 3600),
        secs if secs % 60 == 0 => format!("{}min", secs / 60),
        secs => format!("{secs}s"),
    }
}

/// A duration as the language writes it, in whole milliseconds at least.
fn literal(time: Duration) -> String {
    let millis = time.as_nanos().div_ceil(1_000_000);
    if millis.is_multiple_of(1000) {
        written(Duration::from_secs((millis / 1000) as u64))
    } else {
        format!("{millis}ms")
    }
}
