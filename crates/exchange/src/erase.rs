//! Erasing: a record's content goes from this node, by law or because its time is over; what stays is the residue (design §7).
//!
//! Body, base proof, files, views and salts go. The row stays, with id, type, cases and times, the leaf's hash in the tree, and of the
//! body only what folds read: so the log is whole, states are as they were, and a record that is sent again counts as held. Where this
//! node is the home, everybody who got the record is told by a signed [`ERASED`] record; whoever has a copy goes by its own law.
//!
//! [`ERASED`]: garita_profile::builtin::ERASED

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_profile::builtin::{BUILT_IN, ERASED};
use garita_profile::case::{CaseRecord, CaseRef};
use garita_profile::residue::Residue;
use garita_store::{Erasure, HeldBy, HeldRecord, LegalHold};
use serde_json::{Value, json};

use crate::automate::Issue;
use crate::batch::Batch;
use crate::core::Core;
use crate::encode;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::read::case_record_of;
use crate::sequence::store_refusal;

/// Code of the answer to whoever asks for an erased record, and of the answer to a delivery of one.
pub const RECORD_ERASED: &str = "record-erased";
/// Longest reason, in characters: it goes out in the notice.
pub const REASON_CHARS_MAX: usize = 400;
/// Longest name of who ordered it, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Records in one order: each is folded anew in each of its cases before the transaction, on the sequencer's thread.
pub const RECORDS_MAX: usize = 100;

/// What is to be erased, why, and who says so.
#[derive(Debug, Clone)]
pub struct Order {
    /// Ids of the records; all their views go with them.
    pub records: Vec<String>,
    /// Why, in words for those who got the records.
    pub reason: String,
    /// Who ordered it; stays on this node.
    pub by: String,
    /// Judges, and erases nothing.
    pub dry_run: bool,
}

/// What became of one record of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedRecord {
    /// Its id.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// Its cases.
    pub cases: Vec<CaseRef>,
    /// Views that were held, the whole record among them.
    pub views: usize,
    /// Whether it was erased before: then nothing was done.
    pub before: bool,
    /// Parties that are told, beside the issuer; nobody where its home is elsewhere.
    pub told: usize,
}

/// Erases records, all of an order or none.
///
/// # Errors
/// All faults at once: `record-unknown`, `legal-hold`, `erase-undelivered`, `erase-not-this`, `erase-moves-state`, each at the record's
/// place in the order; `erase-malformed` for the order itself; when the store is away.
pub async fn erase(core: &Core, order: Order) -> Result<Vec<ErasedRecord>, Refusal> {
    well_formed(&order)?;
    core.sequencer.erase(order).await
}

/// Whether what the engine has is what is left of a whole record: no whole record is without a salt.
pub(crate) fn is_residue(record: &CaseRecord) -> bool {
    record.view.is_none() && record.document.get("salt").is_none()
}

/// The refusal to whoever files a record again that was erased here.
pub(crate) fn erased_before() -> Refusal {
    Refusal::one(
        RefusalKind::Gone,
        Fault::whole(
            RECORD_ERASED,
            "this record was here and was erased; it counts as held, and is not taken in again",
            "este registro estuvo aquí y se borró; cuenta como recibido y no se admite de nuevo",
        ),
    )
}

/// The refusal to whoever asks for a record that was erased here.
pub fn gone(core: &Core, held: &HeldRecord) -> Result<Refusal, Refusal> {
    let record = &held.record;
    let told = core
        .reader
        .node_erased(&record.id, &record.view)
        .map_err(|e| store_refusal(&e))?;
    let at = encode::instant_text(held.erased_ms.unwrap_or_default());
    let why = told.map(|told| told.reason).unwrap_or_default();
    Ok(Refusal::one(
        RefusalKind::Gone,
        Fault::whole(
            RECORD_ERASED,
            format!(
                "the record was erased on this node at {at} ({why}); its place in the log stays, and so does what followed from it"
            ),
            format!(
                "el registro se borró en este nodo el {at} ({why}); queda su lugar en la bitácora y lo que de él se siguió"
            ),
        ),
    ))
}

fn well_formed(order: &Order) -> Result<(), Refusal> {
    let malformed = |pointer: &str, en: String, es: String| {
        Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::at("erase-malformed", pointer, en, es),
        ))
    };
    let distinct: BTreeSet<&String> = order.records.iter().collect();
    if order.records.is_empty()
        || order.records.len() > RECORDS_MAX
        || distinct.len() < order.records.len()
    {
        return malformed(
            "/records",
            format!("1 to {RECORDS_MAX} ids, each once"),
            format!("de 1 a {RECORDS_MAX} identificadores, cada uno una vez"),
        );
    }
    if order.reason.trim().is_empty() || order.reason.chars().count() > REASON_CHARS_MAX {
        return malformed(
            "/reason",
            format!("a reason of 1 to {REASON_CHARS_MAX} characters"),
            format!("un motivo de 1 a {REASON_CHARS_MAX} caracteres"),
        );
    }
    if order.by.trim().is_empty() || order.by.chars().count() > NAME_CHARS_MAX {
        return malformed(
            "/by",
            format!("who orders it, 1 to {NAME_CHARS_MAX} characters"),
            format!("quién lo ordena, de 1 a {NAME_CHARS_MAX} caracteres"),
        );
    }
    Ok(())
}

/// The fault of a record that a legal hold keeps.
fn kept(at: &str, hold: &LegalHold) -> Fault {
    let on = match &hold.on {
        HeldBy::Case { kind, key } => format!("{kind}/{key}"),
        HeldBy::Party { party } => party.clone(),
    };
    let since = encode::instant_text(hold.set_ms);
    Fault::at(
        "legal-hold",
        at,
        format!(
            "hold {} on `{on}` keeps it, set by {} at {since}: {}; lift it first",
            hold.number, hold.by, hold.reason
        ),
        format!(
            "lo conserva la retención legal {} sobre `{on}`, puesta por {} el {since}: {}; levántela antes",
            hold.number, hold.by, hold.reason
        ),
    )
}

/// A record that may be erased, with what is left of each of its views.
struct Ready {
    id: String,
    record_type: String,
    issuer: String,
    cases: Vec<CaseRef>,
    /// What is left of each view: for folds, where it can be read at all, and as bytes; and its name.
    views: Vec<(Option<CaseRecord>, Vec<u8>, String)>,
    before: bool,
}

/// Who is told of which records together: issuer, cases, parties.
type Notice = (String, Vec<CaseRef>, BTreeSet<String>);

impl Batch<'_> {
    /// Erases what is ordered; the batch holds nothing else.
    pub(crate) fn erase(&mut self, order: &Order) -> Result<Vec<ErasedRecord>, Refusal> {
        let done = self.erased_all(order);
        if done.is_err() || order.dry_run {
            // What was folded with residues is not so: it is read again when asked for.
            self.projector.forget();
        }
        done
    }

    fn erased_all(&mut self, order: &Order) -> Result<Vec<ErasedRecord>, Refusal> {
        let mut ready = Vec::new();
        let mut faults = Vec::new();
        for (place, id) in order.records.iter().enumerate() {
            match self.ready(&format!("/records/{place}"), id)? {
                Ok(one) => ready.push(one),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() {
            faults = self.states_stand(&ready)?;
        }
        if !faults.is_empty() {
            return Err(Refusal {
                kind: RefusalKind::Conflict,
                faults,
            });
        }
        let mut notices: BTreeMap<Notice, Vec<String>> = BTreeMap::new();
        let mut done = Vec::with_capacity(ready.len());
        for one in ready {
            let mut told: BTreeSet<String> = BTreeSet::new();
            if !one.before && self.desk.hosted.contains_key(&one.issuer) && !one.cases.is_empty() {
                told.extend(self.had(&one.id)?.into_iter().map(|entry| entry.party));
                told.remove(&one.issuer);
            }
            done.push(ErasedRecord {
                id: one.id.clone(),
                record_type: one.record_type,
                cases: one.cases.clone(),
                views: one.views.len(),
                before: one.before,
                told: told.len(),
            });
            if order.dry_run {
                continue;
            }
            for (_, residue, view) in one.views {
                self.commit.erasures.push(Erasure {
                    id: one.id.clone(),
                    view,
                    residue,
                    at_ms: self.logged_ms,
                    reason: order.reason.clone(),
                    by: order.by.clone(),
                });
            }
            if !told.is_empty() {
                let notice = (one.issuer, one.cases, told);
                notices.entry(notice).or_default().push(one.id);
            }
        }
        for ((issuer, cases, told), records) in notices {
            let Some((about, beside)) = cases.split_first() else {
                continue;
            };
            let issued = self.issue(Issue {
                issuer: Arc::from(issuer),
                record_type: ERASED.to_owned(),
                about: about.clone(),
                beside: beside.to_vec(),
                subject: json!({ "records": records, "ground": order.reason }),
                audience: told.into_iter().collect(),
                rule: "erased",
                trigger: records.first().cloned().unwrap_or_default(),
                opens: Vec::new(),
                follows: records,
            });
            self.note_break(issued)?;
        }
        Ok(done)
    }

    /// One record of an order: what is left of it, or why it is not erased.
    fn ready(&self, at: &str, id: &str) -> Result<Result<Ready, Vec<Fault>>, Refusal> {
        let reader = &self.desk.reader;
        let mut views = Vec::new();
        for view in reader.node_views(id).map_err(|e| store_refusal(&e))? {
            views.extend(
                reader
                    .node_record(id, &view)
                    .map_err(|e| store_refusal(&e))?,
            );
        }
        let Some(first) = views.first().map(|held| held.record.clone()) else {
            return Ok(Err(vec![Fault::at(
                "record-unknown",
                at,
                format!("this node has no record `{id}`"),
                format!("este nodo no tiene el registro `{id}`"),
            )]));
        };
        let cases: Vec<CaseRef> = reader
            .node_cases_of(id)
            .map_err(|e| store_refusal(&e))?
            .into_iter()
            .map(|(kind, key)| CaseRef { kind, key })
            .collect();
        let mut ready = Ready {
            id: id.to_owned(),
            record_type: first.record_type.clone(),
            issuer: first.issuer.clone(),
            cases,
            views: Vec::new(),
            before: views.iter().all(|held| held.erased_ms.is_some()),
        };
        if ready.before {
            return Ok(Ok(ready));
        }
        let mut faults = Vec::new();
        if BUILT_IN.contains(&first.record_type.as_str()) {
            faults.push(Fault::at(
                "erase-not-this",
                at,
                format!(
                    "a `{}` is the exchange's own statement and is not erased",
                    first.record_type
                ),
                format!(
                    "un `{}` es una declaración del propio intercambio y no se borra",
                    first.record_type
                ),
            ));
        }
        let holds = reader.node_holds_on(id).map_err(|e| store_refusal(&e))?;
        faults.extend(holds.iter().map(|hold| kept(at, hold)));
        let owed = reader.node_owed(id).map_err(|e| store_refusal(&e))?;
        if !owed.is_empty() {
            let names: Vec<&str> = owed
                .iter()
                .map(|peer| self.desk.network.name_of(peer))
                .collect();
            let names = names.join(", ");
            faults.push(Fault::at(
                "erase-undelivered",
                at,
                format!("it is on its way to {names} yet; who is to get it must be told that it was erased, and knows of it only then"),
                format!("aún va en camino a {names}; a quien ha de recibirlo hay que avisarle que se borró, y solo entonces lo conoce"),
            ));
        }
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let residue = self.reading(&first.profile, &ready.cases);
        for held in views.into_iter().filter(|held| held.erased_ms.is_none()) {
            let document: Value = serde_json::from_slice(&held.record.document).unwrap_or_default();
            let mut left = residue.of(&document);
            if document.is_null()
                && let Value::Object(members) = &mut left
            {
                // A body that cannot be read leaves its id.
                members.insert("id".to_owned(), json!(id));
            }
            let view = held.record.view.clone();
            let bytes = left.to_string().into_bytes();
            let mut held = held;
            held.record.document.clone_from(&bytes);
            held.erased_ms = Some(self.logged_ms);
            ready.views.push((case_record_of(&held), bytes, view));
        }
        Ok(Ok(ready))
    }

    /// What the programs read that may fold the record: the one it was made under, and those by which its cases are judged.
    fn reading(&self, core: &str, cases: &[CaseRef]) -> Residue {
        let programs = &self.desk.programs;
        let mut kinds: Vec<&str> = cases.iter().map(|case| case.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut profiles = Vec::new();
        let governing = kinds
            .iter()
            .filter_map(|kind| programs.governing(kind, &self.desk.network, self.now_ms));
        for profile in programs.for_core(core).into_iter().chain(governing) {
            if !profiles.iter().any(|held| Arc::ptr_eq(held, &profile)) {
                profiles.push(profile);
            }
        }
        let mut residue = Residue::default();
        for profile in profiles {
            residue.read_by(profile.model());
        }
        residue
    }

    /// Puts the residues into the folds, and finds each case whose state would be another.
    fn states_stand(&mut self, ready: &[Ready]) -> Result<Vec<Fault>, Refusal> {
        let network = Arc::clone(&self.desk.network);
        let mut seen = BTreeSet::new();
        for one in ready.iter().filter(|one| !one.before) {
            let entitled = self
                .desk
                .reader
                .node_entitled(&one.id)
                .map_err(|e| store_refusal(&e))?;
            for (party, _) in entitled {
                let party: Arc<str> = Arc::from(party);
                seen.extend(
                    one.cases
                        .iter()
                        .map(|case| (Arc::clone(&party), case.clone())),
                );
            }
        }
        let mut before = Vec::with_capacity(seen.len());
        for (party, case) in seen {
            let state = self
                .projector
                .folded_anew(&party, &case, &network, self.now_ms)
                .map_err(|e| store_refusal(&e))?;
            before.push((party, case, state));
        }
        for one in ready {
            for record in one
                .views
                .iter()
                .filter_map(|(record, _, _)| record.as_ref())
            {
                for (party, case, _) in before
                    .iter()
                    .filter(|(_, case, _)| one.cases.contains(case))
                {
                    self.projector
                        .replace(party, case, record)
                        .map_err(|e| store_refusal(&e))?;
                }
            }
        }
        let mut moved = BTreeSet::new();
        for (party, case, state) in before {
            let after = self
                .projector
                .folded_anew(&party, &case, &network, self.now_ms)
                .map_err(|e| store_refusal(&e))?;
            if after != state {
                moved.insert(case);
            }
        }
        Ok(moved
            .into_iter()
            .map(|case| {
                Fault::at(
                    "erase-moves-state",
                    "/records",
                    format!("what would be left does not give `{case}` the state it has; nothing was erased. This is a fault of the program or of this node: tell its maker"),
                    format!("con lo que quedaría, `{case}` no tendría el estado que tiene; no se borró nada. Es una falla del programa o de este nodo: avise a quien lo hizo"),
                )
            })
            .collect())
    }
}
