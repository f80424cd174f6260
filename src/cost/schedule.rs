//! Where a scale's ends stand over time, as its schedules move them.

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::stack::{Policy, Scale};

use super::cron::Cron;

/// Ends of a scale, each a mean over the year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    pub min: f64,
    pub max: f64,
}

/// The weeks that stand for all: fifty-two from a Monday.
const FIRST: Date = date(2026, 1, 5);
const DAYS: i32 = 52 * 7;

/// The mean of both ends. A schedule moves them when it fires, and they stay until another one does; what it does not name
/// goes back to the scale's own.
pub fn mean(scale: &Scale) -> Mean {
    let own = (scale.min, scale.max);
    let mut moves = moves(scale);
    moves.sort_by_key(|(at, _)| *at);
    let (Some((first, _)), Some((_, last))) = (moves.first(), moves.last()) else {
        return Mean { min: f64::from(own.0), max: f64::from(own.1) };
    };
    // What stood at the end stands at the beginning too: the weeks repeat.
    let mut ends = *last;
    let end = first.checked_add(SignedDuration::from_hours(i64::from(DAYS) * 24)).unwrap_or(*first);
    let (mut min, mut max, mut since, mut total) = (0.0, 0.0, *first, 0.0);
    for (at, next) in moves.iter().chain([&(end, *last)]) {
        let lasted = at.duration_since(since).as_secs_f64();
        min += lasted * f64::from(ends.0);
        max += lasted * f64::from(ends.1);
        total += lasted;
        (since, ends) = (*at, *next);
    }
    if total > 0.0 {
        Mean { min: min / total, max: max / total }
    } else {
        Mean { min: f64::from(own.0), max: f64::from(own.1) }
    }
}

/// The lowest that the minimum ever is.
pub fn least(scale: &Scale) -> u32 {
    let scheduled = scale.policies.iter().filter_map(|policy| match &policy.value {
        Policy::Schedule { min, .. } => *min,
        Policy::Track(_) | Policy::Step { .. } => None,
    });
    scheduled.fold(scale.min, u32::min)
}

/// Of schedules, each with its times and its zone: the one that comes next after the one at `of`, most often; `None` where
/// there is no other.
pub fn followed_by(schedules: &[(&str, Option<&str>)], of: usize) -> Option<usize> {
    let fires = schedules.iter().enumerate().flat_map(|(i, (cron, zone))| fires(cron, *zone).map(move |at| (at, i)));
    let mut times: Vec<(Timestamp, usize)> = fires.collect();
    times.sort();
    let mut next: Vec<(usize, u32)> = (0..schedules.len()).map(|i| (i, 0)).collect();
    // The weeks repeat: what comes after the last is the first.
    let mut after = None;
    for (_, which) in times.iter().chain(&times).rev() {
        match after {
            Some((last, other)) if last == *which && *which == of => count(&mut next, other),
            Some((last, _)) if last != *which => {
                after = Some((*which, Some(last)));
                count(&mut next, Some(last).filter(|_| *which == of));
            }
            Some(_) => {}
            None => after = Some((*which, None)),
        }
    }
    next.into_iter().filter(|(_, often)| *often > 0).max_by_key(|(_, often)| *often).map(|(i, _)| i)
}

fn count(next: &mut [(usize, u32)], which: Option<usize>) {
    if let Some((_, often)) = which.and_then(|which| next.get_mut(which)) {
        *often += 1;
    }
}

/// When the ends move, and to what.
fn moves(scale: &Scale) -> Vec<(Timestamp, (u32, u32))> {
    let mut moves = Vec::new();
    for policy in &scale.policies {
        let Policy::Schedule { cron, zone, min, max, .. } = &policy.value else { continue };
        let ends = (min.unwrap_or(scale.min), max.unwrap_or(scale.max));
        moves.extend(fires(cron, zone.as_deref()).map(|at| (at, ends)));
    }
    moves
}

/// Every time of a schedule in the weeks that stand for all; none where it can't be read, which is refused before.
fn fires(cron: &str, zone: Option<&str>) -> impl Iterator<Item = Timestamp> {
    let read = Cron::parse(cron).zip(time_zone(zone));
    read.into_iter().flat_map(|(cron, zone)| {
        let mut out = Vec::new();
        for day in 0..DAYS {
            let Ok(day) = FIRST.checked_add(day.days()) else { continue };
            if !cron.on(day) {
                continue;
            }
            for (hour, minute) in cron.times() {
                let at = Time::new(hour, minute, 0, 0).map(|time| day.to_datetime(time).to_zoned(zone.clone()));
                out.extend(at.and_then(|at| at).map(|at| at.timestamp()));
            }
        }
        out
    })
}

fn time_zone(name: Option<&str>) -> Option<TimeZone> {
    name.map_or(Some(TimeZone::UTC), |name| TimeZone::get(name).ok())
}
