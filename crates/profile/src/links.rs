//! Links: cases of other kinds, found by a search name, as one office has them at the instant of judging.
//!
//! What a link finds differs from node to node, so it never reaches the fold: it stands in the conditions of automations, rules,
//! acts and boards. What is not there, not told or not fresh makes the list *not known*: then `all` is never true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::case::{CaseRecord, CaseState};
use crate::expr::{Expr, STEPS_MAX, Scope, Tri, Val};
use crate::model::{Link, Model};
use crate::order::duration_ms;

/// Most values that one link looks for: a manifest with more makers than this is looked at by people.
pub const KEYS_MAX: usize = 500;

/// A case that a link found, as the judging office has it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its state.
    pub state: Arc<CaseState>,
    /// Its records.
    pub records: Arc<Vec<CaseRecord>>,
    /// How long ago the node of its keeper was heard of, in ms of real time; 0 where it is this one; none where never.
    pub heard_ago_ms: Option<i64>,
}

/// Finds cases: kind, search name, value; with an empty search name the case whose key the value is.
pub type Find<'a> = &'a dyn Fn(&str, &str, &str) -> Vec<Found>;

/// What links found, by link name. Those that were not looked for are unknown.
#[derive(Debug, Clone, Default)]
pub struct Linked {
    found: BTreeMap<String, Val>,
}

impl Linked {
    /// Adds what other links found.
    pub fn join(&mut self, other: &Linked) {
        let found = other.found.iter();
        self.found
            .extend(found.map(|(n, v)| (n.clone(), v.clone())));
    }

    /// `linked` as an expression sees it.
    pub(crate) fn value(&self, model: &Model) -> Val {
        Val::map(model.links.keys().map(|name| {
            let value =
                self.found.get(name).cloned().unwrap_or_else(|| {
                    Val::unknown(format!("link `{name}` is not looked up here"))
                });
            (name.clone(), value)
        }))
    }
}

/// Names of the links that expressions ask for.
pub fn names<'e>(expressions: impl IntoIterator<Item = &'e Expr>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for e in expressions {
        for name in e.dotted() {
            if let Some(link) = name.strip_prefix("linked.") {
                out.insert(link.split('.').next().unwrap_or(link).to_owned());
            }
        }
    }
    out
}

/// What each link looks for: the values, by link name.
pub type LooksFor = BTreeMap<String, BTreeSet<String>>;

/// The values that the named links look for, over the document that is judged and the records in force of `cases` (those it is about,
/// and their parts). More than [`KEYS_MAX`] of one link are cut one beyond it, which is enough to know nothing of it.
pub fn looks_for<'c>(
    model: &Model,
    names: &BTreeSet<String>,
    document: Option<&Value>,
    cases: impl IntoIterator<Item = (&'c CaseState, &'c [CaseRecord])> + Clone,
) -> LooksFor {
    let links = names.iter().filter_map(|n| Some((n, model.links.get(n)?)));
    links
        .map(|(name, link)| {
            let keys = keys(link, document, cases.clone());
            (name.clone(), keys.into_iter().take(KEYS_MAX + 1).collect())
        })
        .collect()
}

/// What [`look_up`] will ask for: kind, search name and value of each case that is looked for.
pub fn wanted(model: &Model, looks_for: &LooksFor) -> BTreeSet<(String, String, String)> {
    let links = looks_for
        .iter()
        .filter_map(|(name, keys)| Some((model.links.get(name)?, keys)));
    links
        .flat_map(|(link, keys)| {
            let keys = keys.iter().take(KEYS_MAX);
            keys.map(|key| (link.kind.clone(), link.by.clone(), key.clone()))
        })
        .collect()
}

/// Looks up what links look for.
pub fn look_up(model: &Model, looks_for: &LooksFor, find: Find<'_>) -> Linked {
    let mut out = Linked::default();
    for (name, keys) in looks_for {
        if let Some(link) = model.links.get(name) {
            out.found
                .insert(name.clone(), list(model, link, keys, find));
        }
    }
    out
}

/// Whether what a link tells of a case (its `subject`) is read from records of this type.
pub fn told_of(model: &Model, record_type: &str) -> bool {
    (model.records.get(record_type)).is_some_and(|ty| !ty.brief.is_empty())
}

/// The values that a link looks for.
fn keys<'c>(
    link: &Link,
    document: Option<&Value>,
    cases: impl IntoIterator<Item = (&'c CaseState, &'c [CaseRecord])> + Clone,
) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = link.key.iter().cloned().collect();
    for at in &link.at {
        match &at.record_type {
            None => out.extend(document.iter().flat_map(|d| at.path.texts(d))),
            Some(ty) => {
                for (state, records) in cases.clone() {
                    let in_force: BTreeSet<&str> = state
                        .records
                        .iter()
                        .filter(|r| r.in_force && r.record_type == *ty)
                        .map(|r| r.id.as_str())
                        .collect();
                    out.extend(
                        records
                            .iter()
                            .filter(|r| in_force.contains(r.id.as_str()))
                            .flat_map(|r| at.path.texts(&r.document)),
                    );
                }
                // The record that is judged may not be in its case yet.
                if let Some(d) =
                    document.filter(|d| crate::keys::record_type(d) == Some(ty.as_str()))
                {
                    out.extend(at.path.texts(d));
                }
            }
        }
    }
    out.retain(|k| !k.is_empty());
    out
}

fn list(model: &Model, link: &Link, keys: &BTreeSet<String>, find: Find<'_>) -> Val {
    let fresh = link.fresh_within.as_deref().and_then(duration_ms);
    // Nothing to look for is nothing known: who shows no certificate has none that is good.
    let mut known = !keys.is_empty() && keys.len() <= KEYS_MAX;
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    for key in keys.iter().take(KEYS_MAX) {
        let found = find(&link.kind, &link.by, key);
        let mut any = false;
        for case in found {
            let stale =
                fresh.is_some_and(|within| case.heard_ago_ms.is_none_or(|ago| ago > within));
            let item = item(model, &case, stale);
            let counts = match &link.filter {
                None => Tri::Known(Val::Bool(true)),
                Some(filter) => filter.eval(&Item(&item), STEPS_MAX),
            };
            if counts.is_false() {
                continue;
            }
            any |= counts.is_true();
            known &= counts.is_true() && !stale && case.state.state.is_some();
            if seen.insert(case.state.case.clone()) {
                items.push(item);
            }
        }
        // A key that finds no case that counts: nothing is known of it.
        known &= any;
    }
    Val::list_with(items, [("known".to_owned(), Val::Bool(known))], !known)
}

/// The names of one case found, for `where`.
struct Item<'i>(&'i Val);

impl Scope for Item<'_> {
    fn var(&self, name: &str) -> Option<Val> {
        match self.0 {
            Val::Map(members) => members.get(name).cloned(),
            _ => None,
        }
    }
}

fn item(model: &Model, found: &Found, stale: bool) -> Val {
    let state = &found.state;
    let shown = match &state.state {
        _ if stale => Val::unknown("its keeper has not been heard of lately"),
        Some(shown) => Val::str(shown),
        None => Val::unknown("the state cannot be told"),
    };
    Val::map([
        ("kind".to_owned(), Val::str(&state.case.kind)),
        ("key".to_owned(), Val::str(&state.case.key)),
        ("state".to_owned(), shown),
        ("since".to_owned(), Val::Int(state.since_ms)),
        ("subject".to_owned(), brief(model, found)),
    ])
}

/// The members that record types show first, over the case's records in force, newest last.
fn brief(model: &Model, found: &Found) -> Val {
    let mut members = Map::new();
    for r in found.state.records.iter().filter(|r| r.in_force) {
        let Some(ty) = model.records.get(&r.record_type) else {
            continue;
        };
        let Some(record) = found.records.iter().find(|x| x.id == r.id) else {
            continue;
        };
        for path in &ty.brief {
            if let (Some(name), Some(value)) = (path.last_name(), path.first(&record.document)) {
                members.insert(name.to_owned(), value.clone());
            }
        }
    }
    // A view: what is absent may only not be in hand.
    Val::from_view(&Value::Object(members))
}
