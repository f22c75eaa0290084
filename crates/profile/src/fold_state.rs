//! What the fold carries from record to record: tracks, holds, balances, and what became of each record.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::case::{CaseRecord, Directory, Hold, ReplaceKind, Standing, TrackState};
use crate::expr::{EvalError, Reach, STEPS_MAX, Scope, Val};
use crate::fold::{Fold, Now};
use crate::in_force::Entry;
use crate::rules::ISSUER_HAS;
use crate::seats::{each_value, is_office};

/// Tracks, holds and balances after some records.
pub(crate) struct Folded<'a> {
    tracks: Vec<TrackNow<'a>>,
    /// Opening records of open holds, in order.
    pub(crate) holds: Vec<usize>,
    /// By name: the sum; none where a term is not in hand.
    sums: BTreeMap<&'a str, Option<i64>>,
    notes: HashMap<usize, &'static str>,
    moved: HashMap<usize, Vec<String>>,
}

pub(crate) struct TrackNow<'a> {
    pub(crate) name: &'a str,
    pub(crate) state: &'a str,
    since_ms: i64,
    by: Option<usize>,
    by_office: bool,
    /// States it has been in, the present one among them.
    been: Vec<&'a str>,
    /// A move whose condition cannot be told may have happened.
    pub(crate) unknown: bool,
}

impl<'a> Folded<'a> {
    pub(crate) fn new(fold: &Fold<'a>) -> Folded<'a> {
        let life = fold.life;
        Folded {
            tracks: life
                .into_iter()
                .flat_map(|l| &l.tracks)
                .map(|(name, track)| TrackNow {
                    name,
                    state: &track.first,
                    since_ms: 0,
                    by: None,
                    by_office: false,
                    been: vec![&track.first],
                    unknown: false,
                })
                .collect(),
            holds: Vec::new(),
            sums: life
                .into_iter()
                .flat_map(|l| l.balances.keys())
                .map(|name| (name.as_str(), Some(0)))
                .collect(),
            notes: HashMap::new(),
            moved: HashMap::new(),
        }
    }

    /// Applies one record in force. A withdrawal takes back and does nothing else.
    pub(crate) fn apply(&mut self, fold: &Fold<'a>, i: usize, _now: &Now) {
        let (Some(entry), Some(life)) = (fold.entries.get(i), fold.life) else {
            return;
        };
        if entry.replace_kind() == Some(ReplaceKind::Withdraws) {
            return;
        }
        let ty = entry.record.record_type.as_str();
        self.move_tracks(fold, i, entry);
        // A hold that another relays is said, not placed: tracks may tell of it, only the office's own act opens or closes one.
        let is_act = entry.record.standing == Standing::Act;
        if let Some(holds) = life.holds.as_ref().filter(|_| is_act) {
            if holds.opens.iter().any(|t| t == ty) {
                self.holds.push(i);
            }
            if holds.closes.iter().any(|t| t == ty) {
                self.close(fold, i, entry, holds.by_same_office);
            }
        }
        for (name, balance) in &life.balances {
            let terms = balance
                .inn
                .iter()
                .map(|t| (t, 1))
                .chain(balance.out.iter().map(|t| (t, -1)));
            for (typed, sign) in terms.filter(|(t, _)| t.record_type == ty) {
                let amount = amount_at(typed, entry);
                if let Some(sum) = self.sums.get_mut(name.as_str()) {
                    *sum = sum
                        .zip(amount)
                        .and_then(|(s, a)| s.checked_add(a.checked_mul(sign)?));
                }
            }
        }
    }

    fn move_tracks(&mut self, fold: &Fold<'a>, i: usize, entry: &Entry<'a>) {
        let Some(life) = fold.life else { return };
        let mut scope = None;
        for (n, (name, track)) in life.tracks.iter().enumerate() {
            let mut change: Option<Option<&'a str>> = None;
            for m in track
                .moves
                .iter()
                .filter(|m| m.on == entry.record.record_type)
            {
                let Some(current) = self.tracks.get(n).map(|t| t.state) else {
                    continue;
                };
                if !m.from.is_empty() && !m.from.iter().any(|f| f == current) {
                    continue;
                }
                let truth = match &m.when {
                    None => Some(true),
                    Some(when) => {
                        let scope = scope.get_or_insert_with(|| MoveScope {
                            entry,
                            directory: fold.directory,
                            tracks: self.tracks.iter().map(|t| (t.name, t.state)).collect(),
                        });
                        when.eval(scope, STEPS_MAX).truth()
                    }
                };
                match truth {
                    Some(false) => {}
                    Some(true) => {
                        change = Some(Some(&m.to));
                        break;
                    }
                    None => {
                        change = Some(None);
                        break;
                    }
                }
            }
            let Some(change) = change else { continue };
            let office = is_office(
                fold.directory,
                fold.offices,
                entry.actor,
                entry.record.logged_ms,
            );
            let Some(now) = self.tracks.get_mut(n) else {
                continue;
            };
            let Some(to) = change else {
                now.unknown = true;
                continue;
            };
            if now.state == to {
                // An office that says the same again makes it its own.
                now.by_office |= office;
                now.unknown = false;
                continue;
            }
            // A move by a party that is no office cannot take away what an office's act gave: it may lead on, never back.
            if !track.said && now.by_office && !office && now.been.contains(&to) {
                self.notes.insert(i, "disputed: not-an-office");
                continue;
            }
            now.state = to;
            now.since_ms = entry.position.at_ms;
            now.by = Some(i);
            now.by_office = office;
            now.unknown = false;
            if !now.been.contains(&to) {
                now.been.push(to);
            }
            self.moved
                .entry(i)
                .or_default()
                .push(format!("{name}: {to}"));
        }
    }

    /// Closes the open holds that the record follows, where the same office opened them.
    fn close(&mut self, fold: &Fold<'a>, i: usize, entry: &Entry<'a>, by_same_office: bool) {
        let followed: Vec<usize> = entry
            .record
            .follows
            .iter()
            .filter_map(|id| fold.ids.get(id.as_str()).copied())
            .collect();
        let mut refused = false;
        self.holds.retain(|&h| {
            if !followed.iter().any(|&f| stands_for(fold, h, f)) {
                return true;
            }
            let same = fold.entries.get(h).is_some_and(|e| e.actor == entry.actor);
            refused |= by_same_office && !same;
            by_same_office && !same
        });
        if refused {
            self.notes.insert(i, "disputed: not-the-same-office");
        } else {
            self.notes.remove(&i);
        }
    }

    pub(crate) fn note(&self, i: usize) -> Option<&'static str> {
        self.notes.get(&i).copied()
    }

    pub(crate) fn moved(&self, i: usize) -> Vec<String> {
        self.moved.get(&i).cloned().unwrap_or_default()
    }

    pub(crate) fn track(&self, name: &str) -> Option<&TrackNow<'a>> {
        self.tracks.iter().find(|t| t.name == name)
    }

    pub(crate) fn tracks(&self) -> &[TrackNow<'a>] {
        &self.tracks
    }

    pub(crate) fn sum(&self, name: &str) -> Option<i64> {
        self.sums.get(name).copied().flatten()
    }

    pub(crate) fn track_states(&self, fold: &Fold<'a>) -> BTreeMap<String, TrackState> {
        self.tracks
            .iter()
            .map(|t| {
                let by =
                    t.by.and_then(|i| fold.entries.get(i))
                        .map(|e| e.record.id.clone());
                (
                    t.name.to_owned(),
                    TrackState {
                        state: t.state.to_owned(),
                        since_ms: t.since_ms,
                        by,
                    },
                )
            })
            .collect()
    }

    pub(crate) fn holds_now(&self, fold: &Fold<'a>) -> Vec<Hold> {
        self.holds
            .iter()
            .filter_map(|&i| fold.entries.get(i))
            .map(|e| hold_of(e))
            .collect()
    }
}

pub(crate) fn hold_of(entry: &Entry<'_>) -> Hold {
    let text = |path: &str| {
        entry
            .record
            .document
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Hold {
        record: entry.record.id.clone(),
        office: entry.actor.to_owned(),
        kind: text("/credentialSubject/kind"),
        since_ms: entry.position.at_ms,
        ends_with: text("/credentialSubject/endsWith"),
    }
}

/// Whether record `h` is `f`, or has come to stand in its place by corrections and amendments.
fn stands_for(fold: &Fold<'_>, h: usize, f: usize) -> bool {
    let (mut now, mut steps) = (h, 0usize);
    loop {
        if now == f {
            return true;
        }
        steps += 1;
        match fold.entries.get(now).and_then(|e| e.target) {
            Some(target) if steps <= fold.entries.len() => now = target,
            _ => return false,
        }
    }
}

/// The sum of the whole numbers that a path finds; none where a view does not show them, or one is no whole number.
fn amount_at(typed: &crate::model::TypedPath, entry: &Entry<'_>) -> Option<i64> {
    let (mut sum, mut found) = (Some(0i64), false);
    each_value(&typed.path, &entry.record.document, &mut |v| {
        found = true;
        let n = v
            .as_i64()
            .or_else(|| v.as_str().and_then(|s| s.parse().ok()));
        sum = sum.zip(n).and_then(|(s, n)| s.checked_add(n));
    });
    if !found && entry.record.view.is_some() {
        return None;
    }
    sum
}

/// What a move's condition sees: `subject`, `issuer`, the tracks as they stand, and `issuer_has(role)`.
struct MoveScope<'s, 'a> {
    entry: &'s Entry<'a>,
    directory: &'s Directory,
    tracks: Vec<(&'a str, &'a str)>,
}

impl Scope for MoveScope<'_, '_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        (names == ["subject"]).then(|| reach_subject(self.entry.record))?
    }
    fn var(&self, name: &str) -> Option<Val> {
        match name {
            "subject" => Some(subject_val(self.entry)),
            "issuer" => Some(Val::str(self.entry.actor)),
            _ => self
                .tracks
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, s)| Val::str(s)),
        }
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        (name == ISSUER_HAS).then(|| {
            Ok(match args {
                [Val::Str(role)] => Val::Bool(self.directory.has_role(
                    self.entry.actor,
                    role,
                    self.entry.record.logged_ms,
                )),
                [unknown] if unknown.is_unknown() => unknown.clone(),
                _ => Val::unknown("issuer_has takes a role"),
            })
        })
    }
}

/// A record's subject where it stands.
pub(crate) fn reach_subject(record: &CaseRecord) -> Option<Reach<'_>> {
    Some(Reach {
        value: record.document.get("credentialSubject")?,
        view: record.view.is_some(),
    })
}

/// A record's subject as a value; in a view what is absent is unknown.
pub(crate) fn subject_val(entry: &Entry<'_>) -> Val {
    match entry.record.document.get("credentialSubject") {
        None => Val::unknown("no subject"),
        Some(subject) if entry.record.view.is_some() => Val::from_view(subject),
        Some(subject) => Val::from_json(subject),
    }
}
