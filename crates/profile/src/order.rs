//! The one order of a case's records: what a record follows comes first, then effective time, ties by id (design §5).

use std::collections::HashMap;

use crate::case::{CaseRecord, ReplaceKind};
use crate::model::Model;

/// How late `occurred` may be logged and still order a record, where its type says nothing.
pub const LATE_MS_DEFAULT: i64 = 15 * 60_000;

const DAY_MS: i64 = 86_400_000;

/// A duration as ISO 8601 writes it (`PT15M`, `P14D`, `P3Y`), in milliseconds; a year counts 365 days, a month 30.
///
/// None where the text is no duration, or beyond a thousand years.
pub fn duration_ms(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('P')?;
    let (mut total, mut number, mut in_time, mut any) = (0i64, String::new(), false, false);
    for c in rest.chars() {
        match c {
            'T' if !in_time && number.is_empty() => in_time = true,
            '0'..='9' if number.len() < 9 => number.push(c),
            _ => {
                let n: i64 = number.parse().ok()?;
                number.clear();
                let unit = match (c, in_time) {
                    ('Y', false) => 365 * DAY_MS,
                    ('M', false) => 30 * DAY_MS,
                    ('W', false) => 7 * DAY_MS,
                    ('D', false) => DAY_MS,
                    ('H', true) => 3_600_000,
                    ('M', true) => 60_000,
                    ('S', true) => 1_000,
                    _ => return None,
                };
                total = total.checked_add(n.checked_mul(unit)?)?;
                any = true;
            }
        }
    }
    (any && number.is_empty() && total <= 365_000 * DAY_MS).then_some(total)
}

/// A record's effective time: `occurred` if it was logged within the type's `late` after it, else `logged`.
///
/// A record that claims to have happened after it was logged counts as of its logging: nobody states the future as done.
pub fn effective_ms(model: &Model, record: &CaseRecord) -> i64 {
    let late = model
        .records
        .get(&record.record_type)
        .and_then(|t| t.late.as_deref())
        .and_then(duration_ms)
        .unwrap_or(LATE_MS_DEFAULT);
    let behind = record.logged_ms.saturating_sub(record.occurred_ms);
    if (0..=late).contains(&behind) {
        record.occurred_ms
    } else {
        record.logged_ms
    }
}

/// A record's place in the fold: the instant from which it can count, then its depth among what it follows at that instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Instant, ms since 1970: never before what the record follows; for a correction that of what it corrects.
    pub at_ms: i64,
    /// Steps after other records of the same instant.
    pub rank: u32,
}

/// The position of each of `records`, whose ids are distinct; `effective` has the effective time of each.
///
/// Links that would form a ring (impossible for real ids, which are digests) are ignored by everyone in the same way.
pub fn positions(
    records: &[&CaseRecord],
    effective: &[i64],
    by_id: &HashMap<&str, usize>,
) -> Vec<Position> {
    let n = records.len();
    let mut before: Vec<Vec<(usize, bool)>> = Vec::with_capacity(n);
    let mut linked = false;
    for (i, record) in records.iter().enumerate() {
        let mut links: Vec<(usize, bool)> = record
            .follows
            .iter()
            .filter_map(|id| by_id.get(id.as_str()).copied())
            .filter(|&j| j != i)
            .map(|j| (j, false))
            .collect();
        if let Some(replaces) = &record.replaces
            && let Some(&j) = by_id.get(replaces.id.as_str())
            && j != i
        {
            links.push((j, replaces.kind == ReplaceKind::Corrects));
        }
        linked |= !links.is_empty();
        before.push(links);
    }
    let mut out: Vec<Position> = effective
        .iter()
        .map(|&at_ms| Position { at_ms, rank: 0 })
        .collect();
    if !linked {
        return out;
    }
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (i, links) in before.iter().enumerate() {
        for &(j, _) in links {
            if let Some(list) = after.get_mut(j) {
                list.push(i);
            }
        }
    }
    let mut ready: Vec<usize> = (0..n).filter(|&i| waiting.get(i) == Some(&0)).collect();
    while let Some(i) = ready.pop() {
        let links = before.get(i).map(Vec::as_slice).unwrap_or_default();
        let position = |j: usize| out.get(j).copied().unwrap_or_default();
        let own = position(i).at_ms;
        let start = links
            .iter()
            .find(|(_, corrects)| *corrects)
            .map_or(own, |&(j, _)| position(j).at_ms);
        let at_ms = links
            .iter()
            .map(|&(j, _)| position(j).at_ms)
            .fold(start, i64::max);
        let rank = links
            .iter()
            .map(|&(j, _)| position(j))
            .filter(|p| p.at_ms == at_ms)
            .map(|p| p.rank.saturating_add(1))
            .max()
            .unwrap_or(0);
        if let Some(slot) = out.get_mut(i) {
            *slot = Position { at_ms, rank };
        }
        for &k in after.get(i).map(Vec::as_slice).unwrap_or_default() {
            if let Some(left) = waiting.get_mut(k) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.push(k);
                }
            }
        }
    }
    out
}

/// The heads of a case: ids that no other of `records` follows, saw or replaces. What a decisive act puts in `saw`.
///
/// `records` are those that the act's audience gets.
pub fn heads(records: &[CaseRecord]) -> Vec<String> {
    let named: std::collections::HashSet<&str> = records
        .iter()
        .flat_map(|r| {
            r.follows
                .iter()
                .chain(&r.saw)
                .chain(r.replaces.iter().map(|x| &x.id))
        })
        .map(String::as_str)
        .collect();
    let mut out: Vec<String> = records
        .iter()
        .filter(|r| !named.contains(r.id.as_str()))
        .map(|r| r.id.clone())
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        let check =
            |text: &str, expected: Option<i64>| assert_eq!(duration_ms(text), expected, "{text}");
        check("PT15M", Some(900_000));
        check("P14D", Some(14 * DAY_MS));
        check("P3Y", Some(3 * 365 * DAY_MS));
        check("P1DT2H3S", Some(DAY_MS + 7_203_000));
        check("PT", None);
        check("P", None);
        check("15M", None);
        check("PT15", None);
        check("P9999999Y", None);
    }
}
