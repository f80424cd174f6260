//! Numbers and their units.

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Money, Quantity, ValueKind};
use crate::syntax::ast::Number;

const DURATIONS: &[(&str, f64)] =
    &[("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3600e9), ("d", 86400e9)];

const SIZES: &[(&str, f64)] = &[
    ("B", 1.0),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("KiB", 1024.0),
    ("MiB", 1048576.0),
    ("GiB", 1073741824.0),
    ("TiB", 1099511627776.0),
];

const RATES: &[(&str, f64)] = &[("/s", 1.0), ("/min", 1.0 / 60.0), ("/h", 1.0 / 3600.0), ("/d", 1.0 / 86400.0)];

/// Hours of a month, as cloud price lists count: 365 × 24 ÷ 12.
pub const HOURS_PER_MONTH: f64 = 730.0;

const PERIODS: &[(&str, f64)] = &[
    ("/month", 1.0),
    ("/h", HOURS_PER_MONTH),
    ("/hour", HOURS_PER_MONTH),
    ("/day", HOURS_PER_MONTH / 24.0),
    ("/year", 1.0 / 12.0),
];

/// Every unit that a quantity of this kind is written in, the smallest first; money for US dollars.
pub fn units(of: Unit) -> Vec<String> {
    let names = |table: &[(&str, f64)]| table.iter().map(|(name, _)| (*name).to_owned()).collect();
    match of {
        Unit::Duration => names(DURATIONS),
        Unit::Size => names(SIZES),
        Unit::Rate => names(RATES),
        Unit::Percent => vec!["%".to_owned()],
        Unit::Money => PERIODS.iter().map(|(period, _)| format!(" USD{period}")).collect(),
    }
}

/// A kind of quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Duration,
    Size,
    Rate,
    Percent,
    Money,
}

/// What a number means.
pub fn number(number: &Number, span: Span, sink: &mut Sink) -> ValueKind {
    let Ok(amount) = number.digits.parse::<f64>() else {
        sink.push(
            Diagnostic::error(Code::OutOfRange, format!("`{}` is not a number", number.digits))
                .label(span, "can't be read as a number"),
        );
        return ValueKind::Unknown;
    };
    let Some(unit) = &number.unit else {
        return bare(&number.digits, amount, span, sink);
    };
    match quantity(amount, &unit.value) {
        Some(Ok(quantity)) => ValueKind::Quantity(quantity),
        Some(Err(why)) => {
            sink.push(
                Diagnostic::error(Code::OutOfRange, format!("`{}{}` is out of range", number.digits, unit.value))
                    .label(span, why),
            );
            ValueKind::Unknown
        }
        None => {
            sink.push(unknown_unit(&unit.value, unit.span));
            ValueKind::Unknown
        }
    }
}

fn bare(digits: &str, amount: f64, span: Span, sink: &mut Sink) -> ValueKind {
    if digits.contains(['.', 'e', 'E']) {
        return if amount.is_finite() {
            ValueKind::Float(amount)
        } else {
            sink.push(too_large(digits, span));
            ValueKind::Unknown
        };
    }
    digits.parse::<i64>().map_or_else(
        |_| {
            sink.push(too_large(digits, span));
            ValueKind::Unknown
        },
        ValueKind::Int,
    )
}

fn too_large(digits: &str, span: Span) -> Diagnostic {
    Diagnostic::error(Code::OutOfRange, format!("`{digits}` is out of range")).label(span, "past 64 bits")
}

/// `None`: no such unit. The inner error says why the amount does not fit.
pub fn quantity(amount: f64, unit: &str) -> Option<Result<Quantity, &'static str>> {
    let scale = |table: &[(&str, f64)]| table.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale);
    let whole = |scale: f64| {
        let value = (amount * scale).round();
        match value {
            0.0 if amount > 0.0 => Err("less than the smallest unit"),
            value if (0.0..=9.0e18).contains(&value) => Ok(value as u64),
            _ => Err("past what 64 bits hold"),
        }
    };
    if let Some(scale) = scale(DURATIONS) {
        return Some(whole(scale).map(Quantity::Duration));
    }
    if let Some(scale) = scale(SIZES) {
        return Some(whole(scale).map(Quantity::Size));
    }
    if let Some(scale) = scale(RATES) {
        return Some(Ok(Quantity::Rate(amount * scale)));
    }
    if unit == "%" {
        return Some(Ok(Quantity::Percent(amount / 100.0)));
    }
    money(amount, unit)
}

fn money(amount: f64, unit: &str) -> Option<Result<Quantity, &'static str>> {
    let (currency, period) = unit.split_at_checked(3)?;
    let currency: [u8; 3] = currency.as_bytes().try_into().ok()?;
    if !currency.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let (_, scale) = PERIODS.iter().find(|(name, _)| *name == period)?;
    let cents = (amount * scale * 100.0).round();
    Some(if (0.0..=9.0e18).contains(&cents) {
        Ok(Quantity::Money(Money { currency, cents_per_month: cents as i64 }))
    } else {
        Err("past what 64 bits hold")
    })
}

fn unknown_unit(unit: &str, span: Span) -> Diagnostic {
    let known = DURATIONS.iter().chain(SIZES).chain(RATES).map(|(name, _)| *name).chain(["%"]);
    let d = Diagnostic::error(Code::UnknownUnit, format!("`{unit}` is not a unit")).label(span, "no such unit");
    let alias = match unit {
        "m" | "mins" | "minutes" | "minute" => Some("min"),
        "sec" | "secs" | "seconds" | "second" => Some("s"),
        "hr" | "hrs" | "hours" | "hour" => Some("h"),
        "days" | "day" => Some("d"),
        "K" | "k" | "Ki" => Some("KiB"),
        "M" | "Mi" => Some("MiB"),
        "G" | "Gi" => Some("GiB"),
        _ => None,
    };
    if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase()) {
        let near = format!("{unit}/month");
        return d.help(format!("money is over a period: write `{near}`")).fix(format!("write `{near}`"), span, near);
    }
    match alias.or_else(|| nearest(unit, known)) {
        Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
        None => d.help(format!(
            "durations are in {}; sizes in {}; shares in `%`; rates in {}; money in `USD/month` and the like",
            one_of(DURATIONS.iter().map(|(n, _)| *n)),
            one_of(SIZES.iter().map(|(n, _)| *n)),
            one_of(RATES.iter().map(|(n, _)| *n)),
        )),
    }
}
