//! Which records are in force at an instant: accepted, begun, not replaced, affirmed where affirmation is required (design §4).

use crate::case::{CaseRecord, Directory, ReplaceKind};
use crate::model::{Model, RecordType, Role};
use crate::order::Position;

/// Record type by which another office makes a record its own; it names the record in `follows` or `/credentialSubject/affirms`.
pub const AFFIRMATION: &str = "Affirmation";

/// Longest chain of withdrawals of withdrawals that is looked through; beyond it the withdrawal stands.
const WITHDRAWAL_DEPTH_MAX: u32 = 32;

/// What is known of whether a record applies, before replacement is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not applied so far; a later record may change that (an opening, a seat, a post's place).
    Pending(&'static str),
    /// Applied.
    Accepted,
    /// Never applied, and why.
    Rejected(&'static str),
    /// Disputed by somebody outside the engine.
    Disputed(String),
}

/// One record of the fold with what was worked out of it once.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) record: &'a CaseRecord,
    /// None for record types of the engine (`StateNotice`, `Affirmation`) and unknown ones.
    pub(crate) ty: Option<&'a RecordType>,
    /// Who speaks: the issuer, or the party on whose behalf it has a mandate.
    pub(crate) actor: &'a str,
    pub(crate) effective_ms: i64,
    pub(crate) position: Position,
    /// The record it replaces, where in hand and where it may.
    pub(crate) target: Option<usize>,
    /// Records that replace it.
    pub(crate) replacers: Vec<usize>,
    /// Records that affirm it.
    pub(crate) affirmations: Vec<usize>,
    /// Roles that must affirm it or have issued it.
    pub(crate) must_affirm: &'a [Role],
    pub(crate) verdict: Verdict,
}

impl Entry<'_> {
    pub(crate) fn replace_kind(&self) -> Option<ReplaceKind> {
        self.record.replaces.as_ref().map(|r| r.kind)
    }
    /// When it begins to replace: at once for a correction, else at its own time.
    fn accepted_at(&self, at_ms: i64) -> bool {
        self.verdict == Verdict::Accepted && self.position.at_ms <= at_ms
    }
}

/// Where a record stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    /// Its verdict is not `Accepted`.
    NotApplied,
    /// Its time has not come.
    NotYet,
    /// In force.
    Counts,
    /// Corrected or amended.
    Replaced,
    /// Taken back.
    Withdrawn,
    /// One of two or more that replace one record, or follows from one of them.
    Rival,
    /// An affirmation is missing.
    NotAffirmed,
}

/// Where each of `entries` stands at `at_ms`.
pub(crate) fn force_at(entries: &[Entry<'_>], directory: &Directory, at_ms: i64) -> Vec<Force> {
    let mut contested = vec![false; entries.len()];
    let mut out = Vec::with_capacity(entries.len());
    for (i, entry) in entries.iter().enumerate() {
        if let Some(target) = entry.target {
            // A target stands before what replaces it, so its own answer is there.
            let inherited = target < i && contested.get(target) == Some(&true);
            let rival = inherited || has_rivals(entries, target, at_ms);
            if let Some(slot) = contested.get_mut(i) {
                *slot = rival && !is_withdrawal(entries, i);
            }
        }
        let rival = contested.get(i) == Some(&true);
        out.push(force_of(entries, directory, entry, i, rival, at_ms));
    }
    out
}

fn force_of(
    entries: &[Entry<'_>],
    directory: &Directory,
    entry: &Entry<'_>,
    i: usize,
    rival: bool,
    at_ms: i64,
) -> Force {
    if entry.verdict != Verdict::Accepted {
        return Force::NotApplied;
    }
    if entry.position.at_ms > at_ms {
        return Force::NotYet;
    }
    if withdrawn(entries, i, at_ms, 0) {
        return Force::Withdrawn;
    }
    if rival {
        return Force::Rival;
    }
    if entry
        .replacers
        .iter()
        .any(|&j| !is_withdrawal(entries, j) && live(entries, j, at_ms, 0))
    {
        return Force::Replaced;
    }
    if !entry.must_affirm.is_empty() && !affirmed(entries, directory, entry, at_ms) {
        return Force::NotAffirmed;
    }
    Force::Counts
}

/// Whether two or more live records, withdrawals apart, replace `target`.
fn has_rivals(entries: &[Entry<'_>], target: usize, at_ms: i64) -> bool {
    entries.get(target).is_some_and(|t| {
        t.replacers.len() > 1
            && t.replacers
                .iter()
                .filter(|&&j| !is_withdrawal(entries, j) && live(entries, j, at_ms, 0))
                .nth(1)
                .is_some()
    })
}

fn is_withdrawal(entries: &[Entry<'_>], j: usize) -> bool {
    entries
        .get(j)
        .is_some_and(|e| e.replace_kind() == Some(ReplaceKind::Withdraws))
}

/// Accepted, begun, and not taken back.
fn live(entries: &[Entry<'_>], j: usize, at_ms: i64, depth: u32) -> bool {
    entries.get(j).is_some_and(|e| e.accepted_at(at_ms)) && !withdrawn(entries, j, at_ms, depth)
}

fn withdrawn(entries: &[Entry<'_>], i: usize, at_ms: i64, depth: u32) -> bool {
    if depth > WITHDRAWAL_DEPTH_MAX {
        return false;
    }
    entries.get(i).is_some_and(|e| {
        e.replacers
            .iter()
            .any(|&w| is_withdrawal(entries, w) && live(entries, w, at_ms, depth + 1))
    })
}

/// Every named role has spoken: the issuer for its own, each other by an affirmation in force of an office that has it.
fn affirmed(entries: &[Entry<'_>], directory: &Directory, entry: &Entry<'_>, at_ms: i64) -> bool {
    entry.must_affirm.iter().all(|role| {
        directory.has_role(entry.actor, role, entry.record.logged_ms)
            || entry.affirmations.iter().any(|&a| {
                live(entries, a, at_ms, 0)
                    && entries
                        .get(a)
                        .is_some_and(|e| directory.has_role(e.actor, role, e.record.logged_ms))
            })
    })
}

/// Whether `replacer` may replace `target`: the same office, or one whom the target's type names.
pub(crate) fn may_replace(
    model: &Model,
    directory: &Directory,
    replacer: (&CaseRecord, &str),
    target: (&CaseRecord, &str),
) -> bool {
    if replacer.1 == target.1 {
        return true;
    }
    let Some(ty) = model.records.get(&target.0.record_type) else {
        return false;
    };
    ty.replaceable_by.iter().any(|role| {
        match role.strip_prefix("post.").and_then(|p| model.posts.get(p)) {
            Some(post) => post
                .roles
                .iter()
                .any(|r| directory.has_role(replacer.1, r, replacer.0.logged_ms)),
            None => directory.has_role(replacer.1, role, replacer.0.logged_ms),
        }
    })
}
