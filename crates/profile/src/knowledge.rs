//! What a reader gets: which record types of a kind reach a party, and whether it can fold the kind by itself (design §5).

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::DECISION_PATHS;
use crate::case::Directory;
use crate::model::{LifeCycle, Model, RecordType, Role};
use crate::pointer::Path;
use crate::seats::{OWNER_SEAT, about_kind, issuers};

/// Whose records a fold reads. [`Knowledge::all`] where every record about the case is in hand.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    reader: Option<Reader>,
}

#[derive(Debug, Clone, Default)]
struct Reader {
    did: String,
    roles: BTreeSet<Role>,
}

/// How a record type reaches a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gets<'m> {
    /// The whole record.
    Whole,
    /// A view with these members.
    View(&'m [Path]),
    /// Nothing.
    Nothing,
}

impl Gets<'_> {
    /// Whether the reader learns that such a record exists.
    pub fn some(&self) -> bool {
        *self != Gets::Nothing
    }
    /// Whether the reader gets what stands at `path`.
    pub fn has(&self, path: &Path) -> bool {
        match self {
            Gets::Whole => true,
            Gets::View(paths) => {
                let wanted = path.to_string().replace("/*", "/0");
                paths.iter().any(|p| p.covers(&wanted))
            }
            Gets::Nothing => false,
        }
    }
}

impl Knowledge {
    /// Everything is in hand: for tests, for what-if, and for an office that is addressed on all types.
    pub fn all() -> Knowledge {
        Knowledge::default()
    }

    /// What the party `did` gets, by its roles at `at_ms`.
    pub fn of(directory: &Directory, did: &str, at_ms: i64) -> Knowledge {
        let roles = directory
            .parties
            .get(did)
            .into_iter()
            .flat_map(|p| &p.roles)
            .filter(|r| r.from_ms <= at_ms && r.until_ms.is_none_or(|u| at_ms < u))
            .map(|r| r.role.clone())
            .collect();
        Knowledge {
            reader: Some(Reader {
                did: did.to_owned(),
                roles,
            }),
        }
    }

    /// What any party with these roles gets, whoever it is; for `profile check`.
    pub fn of_roles(roles: &[&str]) -> Knowledge {
        Knowledge {
            reader: Some(Reader {
                did: String::new(),
                roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            }),
        }
    }

    /// The reader's DID, where it is a party.
    pub(crate) fn did(&self) -> Option<&str> {
        self.reader.as_ref().map(|r| r.did.as_str())
    }

    /// How records of `ty` about a case reach the reader, who there has `seats` (`owner` among them where it opened the case).
    pub fn gets<'m>(&self, model: &'m Model, ty: &'m RecordType, seats: &[&str]) -> Gets<'m> {
        let Some(reader) = &self.reader else {
            return Gets::Whole;
        };
        if ty.secret_office {
            // Of a case inside an office whoever has anything has all.
            return if ty.inside {
                Gets::Whole
            } else {
                Gets::Nothing
            };
        }
        // An office's records go to all offices of the role under which it issued them.
        let issuers = issuers(model, ty);
        if !issuers.is_empty() && issuers.iter().all(|r| reader.roles.contains(*r)) {
            return Gets::Whole;
        }
        if ty.audience.is_empty() {
            let charter = model
                .charter
                .signatories
                .iter()
                .any(|s| reader.roles.contains(s));
            return if charter || !seats.is_empty() {
                Gets::Whole
            } else {
                Gets::Nothing
            };
        }
        let mut best = Gets::Nothing;
        for line in &ty.audience {
            let hit = line.to.iter().any(|to| {
                if to == "seats" {
                    !seats.is_empty()
                } else if let Some(seat) = to.strip_prefix("seat.") {
                    seats.contains(&seat)
                } else {
                    reader.roles.contains(to)
                }
            });
            if hit {
                if line.view.is_empty() {
                    return Gets::Whole;
                }
                best = Gets::View(&line.view);
            }
        }
        best
    }

    /// How the type named `record_type` reaches the reader; unknown types reach everyone who has the record.
    pub fn gets_named<'m>(&self, model: &'m Model, record_type: &str, seats: &[&str]) -> Gets<'m> {
        match model.records.get(record_type) {
            Some(ty) => self.gets(model, ty, seats),
            None => Gets::Whole,
        }
    }

    /// Whether the reader, having `seats` in it, gets all that the shown state of a case of `kind` reads, its parts' states apart.
    pub fn folds(&self, model: &Model, kind: &str, seats: &[&str]) -> bool {
        model.kind_facts(kind).needs.iter().all(|need| {
            let gets = self.gets_named(model, &need.record_type, seats);
            match &need.what {
                What::Existence => gets.some(),
                What::At(path) => gets.has(path),
                What::Decision => DECISION_PATHS
                    .iter()
                    .any(|p| Path::parse(p).is_ok_and(|p| gets.has(&p))),
                What::Whole => gets == Gets::Whole,
            }
        })
    }

    /// As [`Knowledge::folds`], with the kinds of its parts, in which the reader has the same seats.
    pub fn folds_deep(&self, model: &Model, kind: &str, seats: &[&str]) -> bool {
        let mut seen = BTreeSet::new();
        let mut next = vec![kind];
        while let Some(kind) = next.pop() {
            if !seen.insert(kind) {
                continue;
            }
            if !self.folds(model, kind, seats) {
                return false;
            }
            let parts = model
                .kinds
                .get(kind)
                .into_iter()
                .flat_map(|k| k.parts.values());
            next.extend(parts.map(|p| p.kind.as_str()));
        }
        true
    }

    /// Whether the reader gets all that one track reads.
    pub fn folds_track(&self, model: &Model, kind: &str, track: &str, seats: &[&str]) -> bool {
        model
            .life_cycle
            .get(kind)
            .and_then(|l| l.tracks.get(track))
            .is_some_and(|t| {
                t.moves.iter().all(|m| {
                    let gets = self.gets_named(model, &m.on, seats);
                    if m.when.is_some() {
                        gets == Gets::Whole
                    } else {
                        gets.some()
                    }
                })
            })
    }
}

/// A record type that a kind's shown state reads, and what of it.
#[derive(Debug, Clone)]
pub(crate) struct TypeNeed {
    pub(crate) record_type: String,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Existence,
    At(Path),
    Decision,
    Whole,
}

/// What the lines of `show` of `kind` read, by the words that stand in them.
pub(crate) fn needs(model: &Model, kind: &str) -> Vec<TypeNeed> {
    let mut out = Vec::new();
    let Some(life) = model.life_cycle.get(kind) else {
        return out;
    };
    let dotted = shown_words(life);
    let names = |word: &str| {
        dotted
            .iter()
            .any(|d| d == word || d.strip_prefix(word).is_some_and(|r| r.starts_with('.')))
    };
    for (name, track) in &life.tracks {
        if !names(name) && !names(&format!("tracks.{name}")) {
            continue;
        }
        out.extend(track.moves.iter().map(|m| TypeNeed {
            record_type: m.on.clone(),
            what: if m.when.is_some() {
                What::Whole
            } else {
                What::Existence
            },
        }));
    }
    if names("holds") {
        out.extend(
            life.holds
                .iter()
                .flat_map(|h| h.opens.iter().chain(&h.closes))
                .map(|t| TypeNeed {
                    record_type: t.clone(),
                    what: What::Existence,
                }),
        );
    }
    for (name, balance) in &life.balances {
        if names(&format!("balance.{name}")) || dotted.contains("balance") {
            out.extend(balance.inn.iter().chain(&balance.out).map(|t| TypeNeed {
                record_type: t.record_type.clone(),
                what: What::At(t.path.clone()),
            }));
        }
    }
    if let Some(kind) = model.kinds.get(kind).filter(|_| names("parts")) {
        out.extend(kind.parts.values().map(|p| TypeNeed {
            record_type: p.from.clone(),
            what: if p.none_if.is_some() {
                What::Whole
            } else {
                What::At(p.at.clone())
            },
        }));
    }
    for line in life.show.iter().filter_map(|l| l.when.as_ref()) {
        for (name, args) in line.calls() {
            if name == "agreed"
                && let Some(text) = args
                    .first()
                    .and_then(|a| a.as_ref())
                    .and_then(|a| a.first())
                && let Some((ty, _)) = model.records.get_key_value(text)
            {
                out.push(TypeNeed {
                    record_type: ty.clone(),
                    what: What::Decision,
                });
            }
        }
    }
    out
}

fn shown_words(life: &LifeCycle) -> BTreeSet<String> {
    life.show
        .iter()
        .filter_map(|l| l.when.as_ref())
        .flat_map(|e| e.dotted().into_iter().chain(e.names()))
        .collect()
}

/// The word under `told` for a kind of which nobody is told whom its records do not reach.
pub const NOBODY: &str = "nobody";

/// Roles that belong to cases of `kind` (addressed by name, or owners) and cannot fold it: whom the keeper must tell.
///
/// Seats are parties, not roles: whether a seated party can fold is asked with [`Knowledge::folds`] and its seats.
pub fn roles_to_tell(model: &Model, kind: &str) -> Vec<Role> {
    let Some(k) = model.kinds.get(kind) else {
        return Vec::new();
    };
    if k.told == [NOBODY] {
        return Vec::new();
    }
    if !k.told.is_empty() {
        return k.told.clone();
    }
    let mut roles: BTreeSet<&str> = crate::seats::addressed_roles(model, kind);
    let charter = model
        .member_of_kind(kind)
        .map_or(&model.charter, |m| &m.charter);
    roles.extend(charter.signatories.iter().map(String::as_str));
    let mut out: Vec<Role> = roles
        .into_iter()
        .filter(|r| !Knowledge::of_roles(&[r]).folds_deep(model, kind, &[]))
        .map(str::to_owned)
        .collect();
    for role in &k.owner.roles {
        let folds = Knowledge::of_roles(&[role]).folds_deep(model, kind, &[OWNER_SEAT]);
        if !folds && !out.contains(role) {
            out.push(role.clone());
        }
    }
    out
}

/// Seat names of `did` in a case, `owner` among them.
pub(crate) fn seats_of<'s>(
    owner: Option<&str>,
    seats: &'s BTreeMap<String, Vec<String>>,
    did: &str,
) -> Vec<&'s str> {
    let mut out: Vec<&str> = seats
        .iter()
        .filter(|(_, dids)| dids.iter().any(|d| d == did))
        .map(|(name, _)| name.as_str())
        .collect();
    if owner == Some(did) {
        out.push(OWNER_SEAT);
    }
    out
}

/// Types that are about `kind`, by name.
pub(crate) fn types_about<'m>(model: &'m Model, kind: &str) -> BTreeSet<&'m str> {
    model
        .records
        .iter()
        .filter(|(_, t)| about_kind(model, t, kind))
        .map(|(n, _)| n.as_str())
        .collect()
}
