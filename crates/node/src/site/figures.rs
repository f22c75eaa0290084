//! What the offices of a node count, for everybody: indicators that a program makes public, in groups, never a row.
//!
//! **Steady.** A group is told anew only when it has changed by at least `least` rows. Else who asks before and after one truck would
//! learn of that truck by difference, however large the group is. What was told is kept in memory: after a restart a group may once be
//! told with fewer rows more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::problem::Refusal;
use garita_profile::indicator::Role;
use garita_profile::model::{Indicator, Public};
use garita_store::Cell;

use crate::console::public::PublicPlace;
use crate::measures::{self, Answer, Declared, text};

/// Numbers are counted again when they are so old: anybody may ask, and a count over a million rows takes seconds.
const COUNT_EVERY_MS: i64 = 60_000;
/// Numbers kept: those of all indicators, offices and days that readers ask for. Full, the oldest goes.
const HELD_MAX: usize = 512;

/// Numbers that were told.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    held: Mutex<HashMap<String, Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    counted_ms: i64,
    answer: Arc<Answer>,
}

impl Figures {
    /// The numbers of a name: those held where they are fresh, else counted now and told as far as they may be. `like` is the name under
    /// which the same groups were told before this one.
    ///
    /// # Errors
    /// Those of `count`.
    pub(crate) fn told(
        &self,
        name: String,
        like: Option<&str>,
        indicator: &Indicator,
        count: impl FnOnce() -> Result<Answer, Refusal>,
    ) -> Result<Arc<Answer>, Refusal> {
        let now_ms = real_now_ms();
        // One at a time: many readers of one page wait for one count instead of counting as many times.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = held.get(&name)
            && now_ms - before.counted_ms < COUNT_EVERY_MS
        {
            return Ok(Arc::clone(&before.answer));
        }
        let mut answer = count()?;
        let before = held.get(&name).or_else(|| held.get(like?));
        if let Some(before) = before {
            steady(&before.answer, &mut answer, indicator.least as f64);
            answer.settle(indicator);
        }
        let answer = Arc::new(answer);
        if held.len() >= HELD_MAX
            && let Some(oldest) = held.iter().min_by_key(|(_, h)| h.counted_ms)
        {
            let oldest = oldest.0.clone();
            held.remove(&oldest);
        }
        held.insert(
            name,
            Held {
                counted_ms: now_ms,
                answer: Arc::clone(&answer),
            },
        );
        Ok(answer)
    }
}

/// Puts back what was told of each group that has changed by fewer than `least` rows.
fn steady(before: &Answer, now: &mut Answer, least: f64) {
    let name = |answer: &Answer, row: &[Cell]| -> Vec<String> {
        answer.key(row).iter().map(text).collect()
    };
    let told: HashMap<Vec<String>, &Vec<Cell>> = before
        .rows
        .iter()
        .filter(|row| !before.withheld(row))
        .map(|row| (name(before, row), row))
        .collect();
    let rows_at = now.at(Role::Rows);
    let names: Vec<Vec<String>> = now.rows.iter().map(|row| name(now, row)).collect();
    let withheld: Vec<bool> = now.rows.iter().map(|row| now.withheld(row)).collect();
    for ((row, name), withheld) in now.rows.iter_mut().zip(names).zip(withheld) {
        let count = |row: &[Cell]| {
            rows_at
                .and_then(|at| row.get(at))
                .and_then(measures::number)
        };
        if withheld {
            continue;
        }
        if let Some(before) = told.get(&name)
            && let (Some(then), Some(now)) = (count(before), count(row))
            && (now - then).abs() < least
        {
            (*before).clone_into(row);
        }
    }
}

/// Indicators of programs in force that everybody may see, in the order of the pages.
pub(crate) fn public(core: &Core) -> Vec<(Public, Declared)> {
    let all = measures::all(core).into_iter();
    let mut out: Vec<(Public, Declared)> = all
        .filter_map(|declared| Some((declared.indicator()?.public?, declared)))
        .collect();
    out.sort_by_key(|(public, _)| *public);
    out
}

/// Roles whose offices sign an indicator's program: they alone speak for the border, not each company for itself.
fn signatories(declared: &Declared) -> &[String] {
    let charter = declared.profile.charter(&declared.program);
    charter.map_or(&[], |charter| &charter.signatories)
}

/// Offices of this node that sign an indicator's program, by DID.
pub(crate) fn offices(core: &Core, declared: &Declared) -> Vec<String> {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let signs = |did: &&String| {
        let has = |role: &String| network.directory.has_role(did, role, now_ms);
        signatories(declared).iter().any(has)
    };
    let mut out: Vec<String> = core.hosted.keys().filter(signs).cloned().collect();
    out.sort();
    out
}

/// Nodes of the network where such offices live: name and address.
pub(crate) fn elsewhere(core: &Core) -> Vec<(String, String)> {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let mut out = Vec::new();
    for (_, declared) in public(core) {
        for role in signatories(&declared) {
            for did in network.directory.with_role(role, now_ms) {
                let home = network
                    .home_of(did)
                    .filter(|home| home.url != core.identity.url);
                out.extend(home.map(|home| (home.name.clone(), home.url.clone())));
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// Pages that offices of this node can fill.
pub(crate) fn counted(core: &Core) -> Vec<PublicPlace> {
    let mut out: Vec<PublicPlace> = public(core)
        .iter()
        .filter(|(_, declared)| !offices(core, declared).is_empty())
        .map(|(public, _)| match public {
            Public::Waits | Public::Passage => PublicPlace::Waits,
            Public::Time | Public::Money | Public::Security => PublicPlace::Benefits,
        })
        .collect();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use garita_profile::indicator::{ColumnType, ResultColumn};

    use super::*;

    fn answer(rows: &[(&str, Option<i64>, i64)]) -> Answer {
        let column = |name: &str, role, kind| ResultColumn {
            name: name.to_owned(),
            role,
            kind,
        };
        Answer {
            columns: vec![
                column("port", Role::By, ColumnType::Text),
                column("value", Role::Value, ColumnType::Number),
                column("rows", Role::Rows, ColumnType::Number),
                column("withheld", Role::Withheld, ColumnType::Number),
            ],
            rows: rows
                .iter()
                .map(|(port, value, n)| {
                    let cell = |n: i64| value.map_or(Cell::Null, |_| Cell::Int(n));
                    vec![
                        Cell::Text((*port).to_owned()),
                        cell(value.unwrap_or(0)),
                        cell(*n),
                        Cell::Int(i64::from(value.is_none())),
                    ]
                })
                .collect(),
            as_known_ms: 0,
            withheld: 0,
            counted: 0,
            more: false,
            comparison: None,
        }
    }

    #[test]
    fn a_group_is_told_anew_only_when_enough_rows_have_come() {
        let before = answer(&[
            ("A", Some(30), 12),
            ("B", Some(50), 20),
            ("C", None, 0),
            ("D", Some(7), 40),
        ]);
        let mut now = answer(&[
            ("A", Some(31), 13),
            ("B", Some(44), 30),
            ("C", Some(9), 10),
            ("D", None, 0),
            ("E", Some(1), 11),
        ]);
        steady(&before, &mut now, 10.0);
        let wanted = answer(&[
            ("A", Some(30), 12),
            ("B", Some(44), 30),
            ("C", Some(9), 10),
            ("D", None, 0),
            ("E", Some(1), 11),
        ]);
        assert_eq!(now.rows, wanted.rows);
        // What is taken away again counts too.
        let mut fewer = answer(&[("B", Some(51), 19)]);
        steady(&before, &mut fewer, 10.0);
        assert_eq!(fewer.rows, answer(&[("B", Some(50), 20)]).rows);
    }
}
