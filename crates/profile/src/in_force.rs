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
    InForce,
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
    (0..entries.len())
        .map(|i| force_of(entries, directory, i, at_ms))
        .collect()
}

fn force_of(entries: &[Entry<'_>], directory: &Directory, i: usize, at_ms: i64) -> Force {
    let Some(entry) = entries.get(i) else {
        return Force::NotApplied;
    };
    if entry.verdict != Verdict::Accepted {
        return Force::NotApplied;
    }
    if entry.position.at_ms > at_ms {
        return Force::NotYet;
    }
    if withdrawn(entries, i, at_ms, 0) {
        return Force::Withdrawn;
    }
    if entry.target.is_some() && contested(entries, i, at_ms) {
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
    Force::InForce
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

/// Whether what this record replaces is replaced by another too, here or further up the chain.
fn contested(entries: &[Entry<'_>], i: usize, at_ms: i64) -> bool {
    let (mut now, mut steps) = (i, 0usize);
    while let Some(target) = entries.get(now).and_then(|e| e.target) {
        if is_withdrawal(entries, now) {
            return false;
        }
        let Some(replaced) = entries.get(target) else {
            return false;
        };
        if replaced.replacers.len() > 1 {
            let rivals = replaced
                .replacers
                .iter()
                .filter(|&&j| !is_withdrawal(entries, j) && live(entries, j, at_ms, 0))
                .count();
            if rivals > 1 {
                return true;
            }
        }
        // INVARIANT (chain ends): ids are digests, so a chain of replacements has no ring; a made-up ring ends by the count.
        now = target;
        steps += 1;
        if steps > entries.len() {
            return true;
        }
    }
    false
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
