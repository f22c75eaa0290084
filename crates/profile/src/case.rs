//! What the fold takes and gives: plain data between the engine and whoever keeps records.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A case's name: kind and key. The key's components are joined by `:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseRef {
    /// Kind of the profile: `trip`.
    pub kind: String,
    /// Key in its namespace: `TOCQ:TOCQ2611240417`.
    pub key: String,
}

impl fmt::Display for CaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.key)
    }
}

/// Standing of a record (design §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The office's own.
    Act,
    /// Relaying another's act.
    Report,
    /// From public sources.
    Compiled,
}

/// How a record replaces another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplaceKind {
    /// As if said so from the start.
    Corrects,
    /// From its own time.
    Amends,
    /// Takes it back.
    Withdraws,
}

/// `replaces: { id, kind, reason }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaces {
    /// Id of the replaced record.
    pub id: String,
    /// How.
    pub kind: ReplaceKind,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A record as the engine sees it: the envelope's facts and the document. Signatures were judged by others.
#[derive(Debug, Clone)]
pub struct CaseRecord {
    /// `ni:///sha-256;…`.
    pub id: String,
    /// Record type: the last entry of the document's `type`.
    pub record_type: String,
    /// Issuer's DID.
    pub issuer: String,
    /// Cases it is about, as its envelope says.
    pub about: Vec<CaseRef>,
    /// The author's claim of when it happened, ms since 1970.
    pub occurred_ms: i64,
    /// Home's stamp, ms since 1970.
    pub logged_ms: i64,
    /// Standing.
    pub standing: Standing,
    /// What it replaces.
    pub replaces: Option<Replaces>,
    /// What it answers or closes.
    pub follows: Vec<String>,
    /// Heads seen at signing.
    pub saw: Vec<String>,
    /// The mandate's id, where somebody speaks for another.
    pub on_behalf_of: Option<String>,
    /// View's name, where this is a reduced record; none: whole.
    pub view: Option<String>,
    /// A reason found outside the engine why the record is kept but not applied: `key-revoked`.
    pub disputed: Option<String>,
    /// The document (whole, or the view).
    pub document: Arc<Value>,
}

/// The trust list as the engine needs it: who has which role and number, since when.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Directory {
    /// Parties and offices by DID.
    pub parties: BTreeMap<String, Party>,
    /// Place code (a port, an aduana) -> IANA zone.
    #[serde(default)]
    pub zones: BTreeMap<String, String>,
}

/// One party or office of the trust list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Party {
    /// Name for people.
    pub name: String,
    /// `us` or `mx`.
    #[serde(default)]
    pub country: String,
    /// Roles with their time.
    pub roles: Vec<RoleGrant>,
    /// Numbers held: namespace -> values.
    #[serde(default)]
    pub holds: BTreeMap<String, Vec<String>>,
    /// Places an office stands at (port codes), for posts. Empty: every place.
    #[serde(default)]
    pub places: Vec<String>,
    /// Programme marks shown beside its name: `CTPAT`, `OEA`, `FAST`.
    #[serde(default)]
    pub marks: Vec<String>,
}

/// A role from an instant, until another.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RoleGrant {
    /// Role name.
    pub role: String,
    /// First instant, ms since 1970.
    #[serde(default)]
    pub from_ms: i64,
    /// First instant at which it no longer holds.
    #[serde(default)]
    pub until_ms: Option<i64>,
}

impl Directory {
    /// Whether `did` has `role` at `at_ms`.
    pub fn has_role(&self, did: &str, role: &str, at_ms: i64) -> bool {
        self.parties.get(did).is_some_and(|p| {
            p.roles.iter().any(|r| {
                r.role == role && r.from_ms <= at_ms && r.until_ms.is_none_or(|u| at_ms < u)
            })
        })
    }

    /// DIDs that have `role` at `at_ms`.
    pub fn with_role<'a>(&'a self, role: &'a str, at_ms: i64) -> impl Iterator<Item = &'a str> {
        self.parties
            .keys()
            .map(String::as_str)
            .filter(move |did| self.has_role(did, role, at_ms))
    }

    /// Whether `did` holds `value` in `namespace`.
    pub fn holds(&self, did: &str, namespace: &str, value: &str) -> bool {
        self.parties
            .get(did)
            .and_then(|p| p.holds.get(namespace))
            .is_some_and(|v| v.iter().any(|x| x == value))
    }
}

/// A fault found by schema, rules, life cycle or trust list, in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code.
    pub code: String,
    /// JSON pointer into the record.
    pub pointer: String,
    /// What a fault does.
    pub severity: crate::model::Severity,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// What the fold says of a case at an instant, for one reader's records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseState {
    /// Which case.
    pub case: CaseRef,
    /// Profile id.
    pub profile: String,
    /// Id of the opening record; none while records wait for it.
    pub opening: Option<String>,
    /// DID of the party that opened it.
    pub owner: Option<String>,
    /// The shown state; none where it cannot be told (`unknown`).
    pub state: Option<String>,
    /// Effective time at which the shown state was entered.
    pub since_ms: i64,
    /// The state by each instant: (entered at, state), oldest first.
    pub way: Vec<(i64, String)>,
    /// Tracks by name.
    pub tracks: BTreeMap<String, TrackState>,
    /// Open holds.
    pub holds: Vec<Hold>,
    /// Balances, in the records' own unit; none where not all terms are in hand.
    pub balances: BTreeMap<String, Option<i64>>,
    /// Seats: seat name -> DIDs.
    pub seats: BTreeMap<String, Vec<String>>,
    /// Posts: post name -> DIDs.
    pub posts: BTreeMap<String, Vec<String>>,
    /// Parts by name.
    pub parts: BTreeMap<String, PartState>,
    /// Clocks.
    pub clocks: Vec<ClockState>,
    /// What became of each record, in fold order.
    pub records: Vec<RecordState>,
    /// Decisive acts taken without knowing of a record dated before them.
    pub blind: Vec<Blind>,
    /// States as told by keepers, newest last.
    pub told: Vec<Told>,
    /// True where this reader's records are known not to be all that the state reads; the state then is the keeper's word.
    pub by_notice: bool,
    /// Rules of severity `dispute` or `warn` that fail over the case as it stands.
    pub findings: Vec<Problem>,
}

/// Where a track stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackState {
    /// State.
    pub state: String,
    /// Effective time of the move.
    pub since_ms: i64,
    /// Record that moved it; none: first state.
    pub by: Option<String>,
}

/// An open hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Opening record.
    pub record: String,
    /// Office that opened it.
    pub office: String,
    /// `/credentialSubject/kind` of the opening record, or empty.
    pub kind: String,
    /// Since.
    pub since_ms: i64,
    /// `/credentialSubject/endsWith` of the opening record: what ends it, or empty.
    pub ends_with: String,
}

/// A part list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartState {
    /// The list is known and every part is in hand; none: cannot be told.
    pub complete: Option<bool>,
    /// The parts and their states (none: not in hand or unknown).
    pub cases: Vec<(CaseRef, Option<String>)>,
}

/// A clock as of the fold's instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState {
    /// Clock name.
    pub name: String,
    /// Started, ms.
    pub from_ms: i64,
    /// Due, ms.
    pub due_ms: i64,
    /// Role or seat that owes.
    pub owner: String,
    /// `running`, `soon` (within its `warn`), `met`, `overdue`, `met-late`.
    pub state: String,
    /// When it stopped.
    pub met_ms: Option<i64>,
}

/// What became of a record in the fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordState {
    /// Record id.
    pub id: String,
    /// Record type.
    pub record_type: String,
    /// Issuer.
    pub issuer: String,
    /// Effective time.
    pub effective_ms: i64,
    /// Not replaced, affirmed where required, not disputed.
    pub in_force: bool,
    /// Why it is not applied: `replaced`, `rival`, `not-affirmed`, `disputed: CODE`, `waiting-for-opening`, `stranger`, `secret`.
    pub why: Option<String>,
    /// Tracks it moved: `place: primary`.
    pub moved: Vec<String>,
}

/// "Released 09:30, not knowing of hold X of 09:10".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// The decisive act.
    pub act: String,
    /// Office that took it.
    pub office: String,
    /// Records dated before it, which it had not seen.
    pub unseen: Vec<String>,
}

/// A state as told by its keeper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Keeper's DID.
    pub office: String,
    /// State.
    pub state: String,
    /// As of.
    pub as_of_ms: i64,
    /// The notice.
    pub record: String,
}
