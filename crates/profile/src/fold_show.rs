//! The shown state: lines of `show`, three-valued, over tracks, holds, balances, parts and agreements at an instant.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::audience::DECISION_PATHS;
use crate::case::{PartState, ReplaceKind, Standing};
use crate::expr::{EvalError, Expr, Reach, STEPS_MAX, Scope, Tri, Val};
use crate::fold::{Fold, Now, part_cases};
use crate::fold_state::{Folded, reach_subject, subject_val};
use crate::in_force::Entry;
use crate::knowledge::Gets;
use crate::model::{Model, Part, TypedPath};
use crate::seats::holds_post;

impl<'a> Fold<'a> {
    /// The first line that is true; none where an unknown line stands before it, or no line is true.
    pub(crate) fn show(&self, folded: &Folded<'a>, list: &[usize], now: &Now) -> Option<String> {
        let life = self.life?;
        let scope = FoldScope::new(self, folded, list, now);
        for line in &life.show {
            let truth = match &line.when {
                None => Some(true),
                Some(when) => when.eval(&scope, STEPS_MAX).truth(),
            };
            match truth {
                Some(true) => return Some(line.state.clone()),
                Some(false) => {}
                None => return None,
            }
        }
        None
    }

    /// An expression of the case at an instant.
    pub(crate) fn ask(&self, expr: &Expr, folded: &Folded<'a>, list: &[usize], now: &Now) -> Tri {
        expr.eval(&FoldScope::new(self, folded, list, now), STEPS_MAX)
    }

    fn gets(&self, record_type: &str, now: &Now) -> Gets<'a> {
        if self.knowledge.did().is_none() {
            return Gets::Whole;
        }
        let mine: Vec<&str> = now.mine.iter().map(String::as_str).collect();
        self.knowledge.gets_named(self.model, record_type, &mine)
    }

    fn track_known(&self, track: &str, now: &Now) -> bool {
        if self.knowledge.did().is_none() {
            return true;
        }
        if let Some(known) = now.tracks_known.borrow().get(track) {
            return *known;
        }
        let mine: Vec<&str> = now.mine.iter().map(String::as_str).collect();
        let known = self
            .knowledge
            .folds_track(self.model, &self.case.kind, track, &mine);
        now.tracks_known
            .borrow_mut()
            .insert(track.to_owned(), known);
        known
    }

    fn sum_known(&self, name: &str, now: &Now) -> bool {
        let known = |t: &TypedPath| self.gets(&t.record_type, now).has(&t.path);
        self.life
            .and_then(|l| l.balances.get(name))
            .is_some_and(|b| b.inn.iter().all(known) && b.out.iter().all(known))
    }

    /// Balances, none where the reader does not get all terms.
    pub(crate) fn balances(&self, folded: &Folded<'a>, now: &Now) -> BTreeMap<String, Option<i64>> {
        self.life
            .into_iter()
            .flat_map(|l| l.balances.keys())
            .map(|name| {
                let sum = folded.sum(name).filter(|_| self.sum_known(name, now));
                (name.clone(), sum)
            })
            .collect()
    }

    /// Part lists with the parts' states at `now`.
    pub(crate) fn parts_now(&self, list: &[usize], now: &Now) -> BTreeMap<String, PartState> {
        self.kind
            .into_iter()
            .flat_map(|k| &k.parts)
            .map(|(name, part)| {
                let seen = self.part_seen(part, list, now);
                let cases = seen
                    .items
                    .into_iter()
                    .map(|(case, state)| (case, state.filter(|s| !s.is_empty())))
                    .collect();
                (
                    name.clone(),
                    PartState {
                        complete: seen.complete,
                        cases,
                    },
                )
            })
            .collect()
    }

    fn part_seen(&self, part: &Part, list: &[usize], now: &Now) -> PartSeen {
        let gets = self.gets(&part.from, now);
        let listed_known = gets.has(&part.at) && (part.none_if.is_none() || gets == Gets::Whole);
        let owner = self.owner();
        let mut items = BTreeMap::new();
        // Unknown until a list of the owner says it; false where everything is in hand and there is none.
        let mut none = Some(false);
        let mut lists = 0usize;
        for entry in list.iter().filter_map(|&i| self.entries.get(i)) {
            if entry.record.record_type != part.from
                || Some(entry.actor) != owner
                || entry.replace_kind() == Some(ReplaceKind::Withdraws)
            {
                continue;
            }
            lists += 1;
            for case in part_cases(self.model, part, &entry.record.document) {
                let state = self.part_state(&case, now.at_ms);
                items.insert(case, state);
            }
            if let Some(expr) = &part.none_if {
                let truth = expr.eval(&SubjectScope(entry), STEPS_MAX).truth();
                // A whole record that does not say so has said that it is not so.
                none = truth.or_else(|| entry.record.view.is_none().then_some(false));
            }
        }
        let all_in_hand = items.iter().all(|(case, _)| {
            self.part_states
                .get(case)
                .and_then(Option::as_ref)
                .is_some_and(|s| {
                    s.way.first().is_some_and(|(at, _)| *at <= now.at_ms)
                        || s.by_notice
                        || s.opening.is_some() && s.way.is_empty()
                })
        });
        let complete = if !listed_known && lists == 0 {
            None
        } else if lists == 0 {
            Some(false)
        } else if items.is_empty() {
            if listed_known { none } else { None }
        } else if !listed_known {
            None
        } else if all_in_hand {
            Some(true)
        } else if self.knowledge.did().is_some() && items.values().any(Option::is_none) {
            None
        } else {
            Some(false)
        };
        PartSeen {
            items: items.into_iter().collect(),
            complete,
            list_known: listed_known,
        }
    }

    /// A part's state at an instant: empty while it is not opened, none where it cannot be told.
    fn part_state(&self, case: &crate::case::CaseRef, at_ms: i64) -> Option<String> {
        let absent = || {
            // Who gets everything about the kind and has nothing knows that there is nothing; others cannot tell.
            let whole =
                self.knowledge.did().is_none() || self.knowledge.folds(self.model, &case.kind, &[]);
            whole.then(String::new)
        };
        let Some(state) = self.part_states.get(case).and_then(Option::as_ref) else {
            return absent();
        };
        if state.state.is_none() && state.opening.is_some() {
            return None;
        }
        match state.way.iter().rev().find(|(at, _)| *at <= at_ms) {
            Some((_, s)) => Some(s.clone()),
            None => absent(),
        }
    }
}

struct PartSeen {
    items: Vec<(crate::case::CaseRef, Option<String>)>,
    complete: Option<bool>,
    list_known: bool,
}

struct SubjectScope<'s, 'a>(&'s Entry<'a>);

impl Scope for SubjectScope<'_, '_> {
    fn var(&self, name: &str) -> Option<Val> {
        (name == "subject").then(|| subject_val(self.0))
    }
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        (names == ["subject"]).then(|| reach_subject(self.0.record))?
    }
}

/// What an expression of the life cycle sees: tracks by name, `holds.open`, `balance.NAME`, `parts.NAME`, `agreed(…)`.
struct FoldScope<'s, 'a> {
    fold: &'s Fold<'a>,
    folded: &'s Folded<'a>,
    list: &'s [usize],
    now: &'s Now,
    /// Made once for all lines.
    parts: OnceCell<Val>,
    holds: OnceCell<Val>,
}

impl<'s, 'a> FoldScope<'s, 'a> {
    fn new(fold: &'s Fold<'a>, folded: &'s Folded<'a>, list: &'s [usize], now: &'s Now) -> Self {
        FoldScope {
            fold,
            folded,
            list,
            now,
            parts: OnceCell::new(),
            holds: OnceCell::new(),
        }
    }

    fn track(&self, name: &str) -> Option<Val> {
        let track = self.folded.track(name)?;
        Some(if track.unknown || !self.fold.track_known(name, self.now) {
            Val::unknown(format!("not all that moves `{name}` is in hand"))
        } else {
            Val::str(track.state)
        })
    }

    fn holds(&self) -> Val {
        let life = self.fold.life;
        let types = |f: fn(&crate::model::Holds) -> &[String]| {
            life.and_then(|l| l.holds.as_ref())
                .into_iter()
                .flat_map(f)
                .all(|t| self.fold.gets(t, self.now).some())
        };
        let opens_known = types(|h| &h.opens);
        if !self.folded.holds.is_empty() && !types(|h| &h.closes) {
            return Val::map([(
                "open".to_owned(),
                Val::unknown("whether the holds are closed is not in hand"),
            )]);
        }
        let items: Vec<Val> = self
            .folded
            .holds
            .iter()
            .filter_map(|&i| self.fold.entries.get(i))
            .map(|e| hold_val(&crate::fold_state::hold_of(e)))
            .collect();
        let open = Val::list_with(items, [], !opens_known);
        Val::map([("open".to_owned(), open)])
    }

    fn parts(&self) -> Val {
        let members = self
            .fold
            .kind
            .into_iter()
            .flat_map(|k| &k.parts)
            .map(|(name, part)| {
                let seen = self.fold.part_seen(part, self.list, self.now);
                let items = seen
                    .items
                    .iter()
                    .map(|(case, state)| part_val(case, state.as_deref()))
                    .collect();
                let complete = complete_val(seen.complete);
                (
                    name.clone(),
                    Val::list_with(items, [("complete".to_owned(), complete)], !seen.list_known),
                )
            });
        Val::map(members)
    }

    /// Whether the newest record in force of each office says the value; offices are counted, never records.
    fn agreed(&self, args: &[Val]) -> Val {
        let (Some(ty), Some(value), Some(offices)) = (args.first(), args.get(1), args.get(2))
        else {
            return Val::unknown("agreed takes a type, a value and offices");
        };
        if let Some(unknown) = args.iter().find(|a| a.is_unknown()) {
            return unknown.clone();
        }
        let Some(ty) = ty.as_str() else {
            return Val::unknown("agreed: the first argument names a record type");
        };
        let mut all = Some(true);
        let list: &[Val] = match offices {
            Val::List(items) => &items.items,
            one => std::slice::from_ref(one),
        };
        for office in list {
            match office.as_str().and_then(|o| self.says(ty, value, o)) {
                Some(true) => {}
                Some(false) => return Val::Bool(false),
                None => all = None,
            }
        }
        all.filter(|_| !list.is_empty()).map_or_else(
            || Val::unknown(format!("what `{ty}` says is not in hand")),
            Val::Bool,
        )
    }

    fn says(&self, ty: &str, value: &Val, office: &str) -> Option<bool> {
        let fold = self.fold;
        if !fold.gets(ty, self.now).some() {
            return None;
        }
        let post = office.strip_prefix("post.");
        let place = post.and_then(|p| fold.place_of(p, self.list));
        let newest = self
            .list
            .iter()
            .rev()
            .filter_map(|&i| fold.entries.get(i))
            .find(|e| {
                e.record.record_type == ty
                    && e.record.standing == Standing::Act
                    && e.replace_kind() != Some(ReplaceKind::Withdraws)
                    && match post {
                        None => fold.directory.has_role(e.actor, office, e.record.logged_ms),
                        Some(p) => fold.model.posts.get(p).zip(place.as_deref()).is_some_and(
                            |(post, place)| {
                                holds_post(fold.directory, post, place, e.actor, e.record.logged_ms)
                            },
                        ),
                    }
            });
        let Some(entry) = newest else {
            return Some(false);
        };
        match decision_of(&entry.record.document) {
            Some(found) => Val::from_json(found).same_as(value),
            None if entry.record.view.is_some() => None,
            None => Some(false),
        }
    }
}

/// What a decision says: the first of `/credentialSubject/decision`, `/value`, `/state` that is there.
pub(crate) fn decision_of(document: &Value) -> Option<&Value> {
    DECISION_PATHS.iter().find_map(|p| document.pointer(p))
}

impl Scope for FoldScope<'_, '_> {
    fn var(&self, name: &str) -> Option<Val> {
        match name {
            "holds" => Some(self.holds.get_or_init(|| self.holds()).clone()),
            "balance" => Some(Val::map(
                self.fold
                    .balances(self.folded, self.now)
                    .into_iter()
                    .map(|(n, v)| {
                        (
                            n,
                            v.map_or_else(|| Val::unknown("not all terms are in hand"), Val::Int),
                        )
                    }),
            )),
            "parts" => Some(self.parts.get_or_init(|| self.parts()).clone()),
            "tracks" => {
                Some(Val::map(self.folded.tracks().iter().filter_map(|t| {
                    Some((t.name.to_owned(), self.track(t.name)?))
                })))
            }
            "key" => Some(Val::str(&self.fold.case.key)),
            _ => self.track(name),
        }
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        (name == "agreed").then(|| Ok(self.agreed(args)))
    }
}

/// A hold as an expression sees it.
pub(crate) fn hold_val(hold: &crate::case::Hold) -> Val {
    Val::map([
        ("record".to_owned(), Val::str(&hold.record)),
        ("office".to_owned(), Val::str(&hold.office)),
        ("kind".to_owned(), Val::str(&hold.kind)),
        ("since".to_owned(), Val::Int(hold.since_ms)),
        ("endsWith".to_owned(), Val::str(&hold.ends_with)),
    ])
}

/// A part as an expression sees it.
pub(crate) fn part_val(case: &crate::case::CaseRef, state: Option<&str>) -> Val {
    Val::map([
        ("kind".to_owned(), Val::str(&case.kind)),
        ("key".to_owned(), Val::str(&case.key)),
        (
            "state".to_owned(),
            state.map_or_else(|| Val::unknown("the part is not in hand"), Val::str),
        ),
    ])
}

pub(crate) fn complete_val(complete: Option<bool>) -> Val {
    complete.map_or_else(
        || Val::unknown("whether the list is complete is not in hand"),
        Val::Bool,
    )
}

/// A post's zone by its place, or a zone's own name.
pub(crate) fn zone_name(model: &Model, fold: &Fold<'_>, list: &[usize], word: &str) -> String {
    let post = word.strip_prefix("post.").unwrap_or(word);
    if model.posts.contains_key(post) {
        return fold
            .place_of(post, list)
            .and_then(|place| fold.directory.zones.get(&place).cloned())
            .unwrap_or_else(|| "UTC".to_owned());
    }
    word.to_owned()
}
