//! Functions that every expression has, whatever it stands on.
//!
//! Those that read a document or a case (`sum`, `same`, `latest`, …) are in `rules`; those of the fold in `fold`.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::expr::EvalError;
use crate::expr_value::{Decimal, Val};

/// Milliseconds since 1970 of an RFC 3339 text with an offset.
pub fn instant_ms(text: &str) -> Option<i64> {
    // `Z` or an offset is required: a local time without one means two instants in a border city.
    let t: Timestamp = text.parse().ok()?;
    Some(t.as_millisecond())
}

/// A function of values alone; none where there is none of that name.
pub(crate) fn pure(name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
    if !PURE.contains(&name) {
        return None;
    }
    if let Some(unknown) = args.iter().find(|a| a.is_unknown()) {
        return Some(Ok(unknown.clone()));
    }
    Some(known(name, args))
}

/// Names of the functions here.
pub(crate) const PURE: &[&str] = &[
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "decimal",
    "int",
    "string",
    "abs",
    "min",
    "max",
    "time",
    "minutes_between",
    "lowerAscii",
    "upperAscii",
    "substring",
    "within",
    "distinct",
    "total",
    "instant",
    "day",
    "days_between",
    "add_days",
    "add_months",
    "distance_km",
    "same_items",
    "decimals",
    "sha256",
];

fn known(name: &str, args: &[Val]) -> Result<Val, EvalError> {
    let wrong = || {
        let kinds: Vec<&str> = args.iter().map(Val::kind).collect();
        EvalError::Type(format!("`{name}` does not go with {}", kinds.join(", ")))
    };
    let count = |n: usize| Val::Int(i64::try_from(n).unwrap_or(i64::MAX));
    match (name, args) {
        ("size", [Val::List(l)]) if l.open => Ok(Val::unknown("not all items are in hand")),
        ("size", [Val::List(l)]) => Ok(count(l.items.len())),
        ("size", [Val::Map(m)]) => Ok(count(m.len())),
        ("size", [Val::Str(s)]) => Ok(count(s.chars().count())),
        ("startsWith", [Val::Str(a), Val::Str(b)]) => Ok(Val::Bool(a.starts_with(&**b))),
        ("endsWith", [Val::Str(a), Val::Str(b)]) => Ok(Val::Bool(a.ends_with(&**b))),
        ("contains", [Val::Str(a), Val::Str(b)]) => Ok(Val::Bool(a.contains(&**b))),
        ("lowerAscii", [Val::Str(a)]) => Ok(Val::str(a.to_ascii_lowercase())),
        ("upperAscii", [Val::Str(a)]) => Ok(Val::str(a.to_ascii_uppercase())),
        ("substring", [Val::Str(a), Val::Int(from)]) => Ok(slice(a, *from, i64::MAX)),
        ("substring", [Val::Str(a), Val::Int(from), Val::Int(to)]) => Ok(slice(a, *from, *to)),
        ("decimal", [v]) => v.as_decimal().map(Val::Dec).ok_or_else(wrong).or_else(|e| {
            if v.as_str().is_some() {
                Ok(Val::unknown("not a decimal"))
            } else {
                Err(e)
            }
        }),
        ("int", [v]) => match v.as_decimal() {
            Some(d) => Ok(d
                .whole()
                .map_or_else(|| Val::unknown("not a whole number"), Val::Int)),
            None if v.as_str().is_some() => Ok(Val::unknown("not a whole number")),
            None => Err(wrong()),
        },
        ("string", [v]) => Ok(Val::str(v.to_string())),
        ("abs", [Val::Int(i)]) => i.checked_abs().map(Val::Int).ok_or(EvalError::Range),
        ("abs", [Val::Dec(d)]) => Ok(Val::Dec(d.abs())),
        ("min" | "max", _) => extreme(name, args).ok_or_else(wrong),
        ("time", [Val::Int(ms)]) => Ok(Val::Int(*ms)),
        ("time", [Val::Str(s)]) => Ok(
            instant_ms(s).map_or_else(|| Val::unknown(format!("`{s}` is no instant")), Val::Int)
        ),
        ("minutes_between", [a, b]) => {
            let at = |v: &Val| match v {
                Val::Int(ms) => Some(*ms),
                Val::Str(s) => instant_ms(s),
                _ => None,
            };
            match (at(a), at(b)) {
                // Rounded down toward the past: 59 min 59 s is not an hour's notice.
                (Some(a), Some(b)) => Ok(Val::Int(b.saturating_sub(a).div_euclid(60_000))),
                _ => Ok(Val::unknown("not two instants")),
            }
        }
        ("instant", [Val::Int(ms)]) => {
            Ok(crate::clocks::date_time(*ms).map_or_else(|| Val::unknown("no instant"), Val::str))
        }
        ("sha256", [Val::Str(text)]) => Ok(Val::str(crate::digest::hex(text.as_bytes()))),
        ("decimals", [v]) => Ok(v.as_str().map_or_else(
            || Val::unknown("not a decimal text"),
            |t| count(t.split_once('.').map_or(0, |(_, after)| after.len())),
        )),
        ("same_items", [Val::List(a), Val::List(b)]) if a.open || b.open => {
            Ok(Val::unknown("not all items are in hand"))
        }
        ("same_items", [Val::List(a), Val::List(b)]) => {
            let texts = |l: &crate::expr::Items| -> BTreeSet<String> {
                l.items.iter().map(Val::to_string).collect()
            };
            Ok(Val::Bool(texts(a) == texts(b)))
        }
        ("distance_km", [a, b, c, d]) => Ok(crate::places::distance(a, b, c, d)),
        ("day" | "days_between" | "add_days" | "add_months", _) => {
            crate::days::function(name, args).unwrap_or_else(|| Err(wrong()))
        }
        ("within", [a, b, tolerance]) => within(a, b, tolerance),
        ("distinct", [Val::List(l)]) => {
            let mut seen: Vec<Val> = Vec::new();
            for item in l.items.iter().take(2_000) {
                if !seen.iter().any(|s| s.same_as(item) == Some(true)) {
                    seen.push(item.clone());
                }
            }
            Ok(Val::list_with(seen, [], l.open))
        }
        ("total", [Val::List(l)]) if l.open => Ok(Val::unknown("not all items are in hand")),
        ("total", [Val::List(l)]) => total(&l.items),
        _ => Err(wrong()),
    }
}

/// The exact sum of numbers and decimal texts; unknown where one of them is no number.
pub(crate) fn total(items: &[Val]) -> Result<Val, EvalError> {
    let mut sum = Decimal::from(0);
    for item in items {
        match item.as_decimal() {
            Some(d) => sum = sum.plus(d).ok_or(EvalError::Range)?,
            None => return Ok(Val::unknown("one of the values is no number")),
        }
    }
    Ok(sum.whole().map_or(Val::Dec(sum), Val::Int))
}

/// Whether `a` and `b` differ by at most `tolerance`: a number, or a share of the larger as `'2%'`.
pub(crate) fn within(a: &Val, b: &Val, tolerance: &Val) -> Result<Val, EvalError> {
    if let Some(unknown) = [a, b, tolerance].into_iter().find(|v| v.is_unknown()) {
        return Ok(unknown.clone());
    }
    let (Some(a), Some(b)) = (a.as_decimal(), b.as_decimal()) else {
        return Ok(Val::unknown("not two numbers"));
    };
    let difference = a.minus(b).ok_or(EvalError::Range)?.abs();
    let percent = tolerance.as_str().and_then(|t| t.strip_suffix('%'));
    let (left, right) = match percent {
        // difference <= larger * p / 100, without dividing.
        Some(p) => {
            let p = Decimal::parse(p.trim())
                .ok_or_else(|| EvalError::Type("a tolerance is `5` or `'2%'`".to_owned()))?;
            (
                difference
                    .times(Decimal::from(100))
                    .ok_or(EvalError::Range)?,
                a.abs().max(b.abs()).times(p).ok_or(EvalError::Range)?,
            )
        }
        None => (
            difference,
            tolerance
                .as_decimal()
                .ok_or_else(|| EvalError::Type("a tolerance is `5` or `'2%'`".to_owned()))?,
        ),
    };
    Ok(Val::Bool(left <= right))
}

fn slice(text: &str, from: i64, to: i64) -> Val {
    let from = usize::try_from(from.max(0)).unwrap_or(0);
    let to = usize::try_from(to.max(0)).unwrap_or(usize::MAX);
    let out: String = text
        .chars()
        .skip(from)
        .take(to.saturating_sub(from))
        .collect();
    Val::str(out)
}

fn extreme(name: &str, args: &[Val]) -> Option<Val> {
    let items: Vec<Val> = match args {
        [Val::List(l)] if !l.open => l.items.clone(),
        [Val::List(_)] => return Some(Val::unknown("not all items are in hand")),
        _ => args.to_vec(),
    };
    if items.is_empty() {
        return Some(Val::unknown("an empty list has neither least nor most"));
    }
    let mut best: Option<Val> = None;
    for item in items {
        if item.is_unknown() {
            return Some(item);
        }
        best = Some(match best {
            None => item,
            Some(b) => {
                let order = item.compare(&b)?;
                if (name == "min" && order.is_lt()) || (name == "max" && order.is_gt()) {
                    item
                } else {
                    b
                }
            }
        });
    }
    best
}
