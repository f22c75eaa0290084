//! `POST /v1/import/{kind}`: a document that people already have becomes draft records; complete ones are submitted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::read;
use garita_exchange::sequence::store_refusal;
use garita_exchange::submit::{self, Principal, Submission};
use garita_exchange::verify::Once;
use garita_formats::{DocumentKind, Draft, DraftRecord, IMPORTERS, Severity};
use garita_profile::Profile;
use garita_profile::case::{CaseRef, RecordState, ReplaceKind, Replaces, Standing};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::reading::{idempotency_key, occurred, once_each, submits};
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

/// Query members that steer the import; all others supply members of the draft.
const STEERING: &[&str] = &["submit", "occurred", "lang"];

/// `POST /v1/import/{kind}?submit=true&scac=…&trip=…`.
///
/// Query members beside `submit` and `occurred` are supplied to every draft record as members of its subject. With an Idempotency-Key
/// a repeat is answered with the records of the first time.
pub async fn import(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(kind): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    body: Bytes,
) -> Result<Response, Problem> {
    let core = app.core();
    let query = once_each(pairs)?;
    let submits = submits(&query)?;
    let scope = if submits { Scope::Submit } else { Scope::Read };
    let principal = access::principal(core, &caller, scope)?;
    let occurred = occurred(&query)?;
    let key = idempotency_key(caller.headers())?;
    let kind = kind_of(&kind, &body)?;
    let repeat = key.map(|key| Repeat::of(key, kind, &query, &body));
    let file = encode::ni(&Sha256::digest(&body).into());
    let supplied: Vec<(String, String)> = query
        .iter()
        .filter(|(name, _)| !STEERING.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let reading = Arc::clone(&app);
    let whole = body.clone();
    let read = blocking(move || {
        garita_formats::read_as(kind, &body, reading.readings()).map_err(|error| {
            let refusal = if error.code() == "document-too-large" {
                RefusalKind::TooLarge
            } else {
                RefusalKind::Malformed
            };
            let place = error
                .place
                .as_ref()
                .map(|p| format!("line {}, {}", p.line, p.path))
                .unwrap_or_default();
            Refusal::one(
                refusal,
                Fault::at(error.code(), &place, error.en.clone(), error.es.clone()),
            )
        })
    })
    .await;
    let mut draft = read.inspect_err(|r| core.metrics.refuse(r.code()))?;
    for record in &mut draft.records {
        for (name, value) in &supplied {
            // Several values of a list stand with commas, as in `scns=A,B`.
            let value =
                if name.ends_with('s') && record.subject.get(name).is_none_or(Value::is_array) {
                    Value::Array(
                        value
                            .split(',')
                            .map(|v| Value::String(v.to_owned()))
                            .collect(),
                    )
                } else {
                    Value::String(value.clone())
                };
            record.supply(&format!("/{name}"), value);
        }
    }
    if !submits {
        return Ok(Json(serde_json::to_value(&draft).unwrap_or_default()).into_response());
    }
    if !draft.is_complete() {
        core.metrics.refuse("import-incomplete");
        return Err(incomplete(&draft).into());
    }
    // An event's key names its party, so it is made where events are captured.
    if kind == DocumentKind::Epcis {
        let records = crate::epcis::import(&app, &principal, whole).await?;
        return Ok((
            StatusCode::CREATED,
            Json(json!({ "records": records, "faults": draft.faults })),
        )
            .into_response());
    }
    let fit: Vec<&DraftRecord> = draft
        .records
        .iter()
        .filter(|r| r.missing.is_empty())
        .collect();
    let paper = Paper {
        core,
        principal: &principal,
        occurred,
        file,
    };
    // What was filed under this key before was judged before; since then its case went on.
    let is_repeat = match &repeat {
        Some(repeat) => repeat.is_known(core, &principal.party).await?,
        None => false,
    };
    if !is_repeat {
        judge(&paper, &fit).await?;
    }
    let mut records: Vec<Value> = Vec::new();
    for (index, record) in fit.into_iter().enumerate() {
        let once = repeat.as_ref().map(|repeat| repeat.record(index));
        let filed = match paper.submission(record).await {
            Ok(submission) => submit::draft_once(core, submission, &principal, once).await,
            Err(refusal) => Err(refusal),
        };
        match filed {
            Ok(receipt) => records.push(json!({
                "recordType": record.record_type,
                "id": receipt.leaf.id,
                "index": receipt.index,
                "logged": receipt.leaf.logged,
            })),
            // A by-product that is refused keeps nothing else out; a main record's refusal is the answer.
            Err(refusal) if record.optional => records.push(json!({
                "recordType": record.record_type,
                "refused": refusal.code(),
            })),
            Err(refusal) => return Err(Problem::after(refusal, records)),
        }
    }
    Ok((
        StatusCode::CREATED,
        Json(json!({ "records": records, "faults": draft.faults })),
    )
        .into_response())
}

/// Judges all records of a document before the first is filed: a document is filed whole or not at all, and all faults are told at once.
///
/// What one record needs of another of the same document is judged again when it is filed.
async fn judge(paper: &Paper<'_>, records: &[&DraftRecord]) -> Result<(), Problem> {
    let mut all: Option<Refusal> = None;
    for (index, record) in records.iter().enumerate() {
        if record.optional {
            continue;
        }
        let judged = match paper.submission(record).await {
            Ok(submission)
                if submission.follows.is_empty() && paper.follows_earlier(records, index) =>
            {
                continue;
            }
            Ok(submission) => submit::dry_run(paper.core, submission, paper.principal).await,
            Err(refusal) => Err(refusal),
        };
        let Err(mut refusal) = judged else {
            continue;
        };
        for fault in &mut refusal.faults {
            fault.pointer = format!("/records/{index}{}", fault.pointer);
        }
        match &mut all {
            Some(all) => all.faults.append(&mut refusal.faults),
            None => all = Some(refusal),
        }
    }
    match all {
        None => Ok(()),
        Some(refusal) => {
            paper.core.metrics.refuse(refusal.code());
            Err(refusal.into())
        }
    }
}

/// Whether the party's own word is what a record of that type says: an office that reads its own message relays nobody.
fn is_own_word(core: &Core, record_type: &str, party: &str) -> bool {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    core.programs
        .issuing(record_type, &network, now_ms)
        .and_then(|profile| {
            let issued_by = &profile.model().records.get(record_type)?.issued_by;
            let own = |role: &String| network.directory.has_role(party, role, now_ms);
            Some(issued_by.iter().any(own))
        })
        .unwrap_or(false)
}

/// What every record of one document shares.
struct Paper<'a> {
    core: &'a Arc<Core>,
    principal: &'a Principal,
    occurred: Option<&'a String>,
    /// The document by its digest.
    file: String,
}

impl Paper<'_> {
    /// Whether a record follows one that stands before it in the same document and is not filed yet.
    fn follows_earlier(&self, records: &[&DraftRecord], index: usize) -> bool {
        let Some(record) = records.get(index) else {
            return false;
        };
        let profile = issuing(self.core, &record.record_type);
        let follows = profile.as_ref().and_then(|profile| {
            let ty = profile.model().records.get(&record.record_type)?;
            Some(ty.follows.as_slice())
        });
        let mut before = records.iter().take(index);
        before.any(|before| follows.is_some_and(|follows| follows.contains(&before.record_type)))
    }

    async fn submission(&self, record: &DraftRecord) -> Result<Submission, Refusal> {
        let (standing, source) = standing_of(self.core, &self.principal.party, record, &self.file);
        let (core, party) = (Arc::clone(self.core), self.principal.party.clone());
        let named = record.clone();
        let (follows, replaces) = blocking(move || {
            let read = &mut Cases::default();
            Ok((
                followed(&core, &party, &named, standing, read)?,
                amended(&core, &party, &named, read)?,
            ))
        })
        .await?;
        Ok(Submission {
            record_type: record.record_type.clone(),
            // What the filer gives stands before what the document says.
            occurred: self
                .occurred
                .cloned()
                .or_else(|| record.occurred.as_ref().map(|occurred| occurred.at.clone())),
            subject: record.subject.clone(),
            standing,
            replaces,
            follows,
            saw: None,
            about: Vec::new(),
            on_behalf_of: None,
            source,
            related: Vec::new(),
        })
    }
}

/// Standing and source of a record that a document became: what relays another's word says where that word stands, the document by its
/// digest and the place in it. An office that reads its own message relays nobody.
pub(crate) fn standing_of(
    core: &Core,
    party: &str,
    record: &DraftRecord,
    file: &str,
) -> (Option<Standing>, Option<String>) {
    let standing = match record.standing {
        // Who compiles from public sources says what they say, whatever its own role.
        Some("compiled") => Standing::Compiled,
        Some("report") if !is_own_word(core, &record.record_type, party) => Standing::Report,
        _ => return (None, None),
    };
    let source = match &record.source {
        Some(place) => format!("{file} {place}"),
        None => file.to_owned(),
    };
    (Some(standing), Some(source))
}

/// What a record of a document answers or closes: no document names another by its id.
///
/// Of the case that its subject names: the newest record in force of a type that it follows. What removes a hold follows the one that is
/// open, of the office that removes it; one that is relayed, the newest that is not removed yet. Nothing where there is none, or where it
/// could be one of several: the judge of records then tells.
pub(crate) fn followed(
    core: &Core,
    party: &str,
    record: &DraftRecord,
    standing: Option<Standing>,
    read: &mut Cases,
) -> Result<Vec<String>, Refusal> {
    let Some(profile) = issuing(core, &record.record_type) else {
        return Ok(Vec::new());
    };
    let model = profile.model();
    let follows = model.records.get(&record.record_type);
    let follows = follows.map_or(&[][..], |ty| ty.follows.as_slice());
    for case in cases(&profile, follows, &record.subject) {
        let Some(read) = read.case(core, party, &case)? else {
            continue;
        };
        let state = &read.state;
        let of_type = |r: &&RecordState| r.in_force && follows.contains(&r.record_type);
        let holds = model.life_cycle.get(&case.kind);
        let holds = holds.and_then(|life| life.holds.as_ref());
        if holds.is_none_or(|holds| !holds.closes.contains(&record.record_type)) {
            if let Some(newest) = state.records.iter().rev().find(of_type) {
                return Ok(vec![newest.id.clone()]);
            }
            continue;
        }
        let is_open = |id: &str| state.holds.iter().any(|hold| hold.record == id);
        if standing.is_none() {
            let mut own = state.holds.iter().filter(|hold| hold.office == party);
            if let (Some(only), None) = (own.next(), own.next()) {
                return Ok(vec![only.record.clone()]);
            }
            continue;
        }
        let removed = |id: &str| {
            let removals = read.case_records.iter();
            removals
                .filter(|r| r.record_type == record.record_type)
                .any(|r| r.follows.iter().any(|followed| followed == id))
        };
        let stands = |r: &&RecordState| is_open(&r.id) || r.issuer == party && !removed(&r.id);
        let mut newest = state.records.iter().rev().filter(of_type);
        if let Some(newest) = newest.find(stands) {
            return Ok(vec![newest.id.clone()]);
        }
    }
    Ok(Vec::new())
}

/// The cases that records of one document name, each read once.
#[derive(Default)]
pub(crate) struct Cases(BTreeMap<CaseRef, Option<Arc<read::CaseRead>>>);

impl Cases {
    fn case(
        &mut self,
        core: &Core,
        party: &str,
        case: &CaseRef,
    ) -> Result<Option<Arc<read::CaseRead>>, Refusal> {
        if let Some(known) = self.0.get(case) {
            return Ok(known.clone());
        }
        let found = read::case(core, party, case)?.map(Arc::new);
        self.0.insert(case.clone(), found.clone());
        Ok(found)
    }
}

/// What a record of a document changes, where the document says that it changes something: the party's own newest of its type in force in
/// the case that it names. Nothing where there is none: what was sent before this node was there is filed as it now stands.
pub(crate) fn amended(
    core: &Core,
    party: &str,
    record: &DraftRecord,
    read: &mut Cases,
) -> Result<Option<Replaces>, Refusal> {
    let profile = issuing(core, &record.record_type);
    let (Some(reason), Some(profile)) = (&record.amends, profile) else {
        return Ok(None);
    };
    let own =
        |r: &&RecordState| r.in_force && r.record_type == record.record_type && r.issuer == party;
    let types = std::slice::from_ref(&record.record_type);
    for case in cases(&profile, types, &record.subject) {
        let read = read.case(core, party, &case)?;
        let newest = read
            .as_ref()
            .and_then(|read| read.state.records.iter().rev().find(own));
        if let Some(newest) = newest {
            return Ok(Some(Replaces {
                id: newest.id.clone(),
                kind: ReplaceKind::Amends,
                reason: reason.clone(),
            }));
        }
    }
    Ok(None)
}

fn issuing(core: &Core, record_type: &str) -> Option<Arc<Profile>> {
    let now_ms = core.clock.now_ms();
    core.programs.issuing(record_type, &core.network(), now_ms)
}

/// The cases that a subject names, as a record of one of those types would.
fn cases(profile: &Profile, types: &[String], subject: &Value) -> BTreeSet<CaseRef> {
    let cases = types.iter().filter_map(|ty| {
        let probe = json!({ "type": ["VerifiableCredential", ty], "credentialSubject": subject });
        garita_profile::keys::about(profile, &probe).ok()
    });
    cases.flatten().collect()
}

/// The kind that is named, or what the bytes are where it is left to the node.
fn kind_of(name: &str, bytes: &[u8]) -> Result<DocumentKind, Problem> {
    let kind = match name {
        "auto" => garita_formats::recognise(bytes),
        name => DocumentKind::from_name(name),
    };
    kind.ok_or_else(|| {
        let known: Vec<&str> = IMPORTERS.iter().map(|importer| importer.name).collect();
        let known = known.join(", ");
        Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "document-kind-unknown",
                format!("no importer reads this; kinds: auto, {known}"),
                format!("ningún importador lo lee; tipos: auto, {known}"),
            ),
        )
        .into()
    })
}

/// A client's Idempotency-Key for a document: each of its records has a key of its own, so that a repeat files what is still to file.
struct Repeat {
    key: String,
    request: [u8; 32],
}

impl Repeat {
    fn of(
        key: String,
        kind: DocumentKind,
        query: &BTreeMap<String, String>,
        body: &[u8],
    ) -> Repeat {
        let mut hash = Sha256::new();
        hash.update(kind.name());
        for (name, value) in query {
            // Lengths stand before the texts, so that no two queries look alike.
            for text in [name, value] {
                hash.update(text.len().to_be_bytes());
                hash.update(text);
            }
        }
        hash.update(body);
        Repeat {
            key,
            request: hash.finalize().into(),
        }
    }

    /// Whether the first record of this request is filed; another request under the same key is refused when it is filed.
    async fn is_known(&self, core: &Arc<Core>, party: &str) -> Result<bool, Refusal> {
        let (core, party, first) = (Arc::clone(core), party.to_owned(), self.record(0));
        blocking(move || {
            let held = core.reader.idempotency(&party, &first.key, real_now_ms());
            Ok(held.map_err(|e| store_refusal(&e))?.is_some())
        })
        .await
    }

    fn record(&self, index: usize) -> Once {
        Once {
            key: format!("{}/{index}", self.key),
            request: self.request,
        }
    }
}

/// All that keeps a draft from being filed, as one refusal.
fn incomplete(draft: &Draft) -> Refusal {
    let mut faults: Vec<Fault> = draft
        .faults
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .map(|f| {
            let place = f
                .place
                .as_ref()
                .map(|p| format!("line {}: {}", p.line, p.path))
                .unwrap_or_default();
            Fault::at(
                f.code,
                f.pointer.as_deref().unwrap_or(&place),
                f.en.clone(),
                f.es.clone(),
            )
        })
        .collect();
    for (index, record) in draft.records.iter().enumerate() {
        if record.optional {
            continue;
        }
        faults.extend(record.missing.iter().map(|m| {
            Fault::at(
                "import-missing",
                &format!("/records/{index}{}", m.pointer),
                m.en.clone(),
                m.es.clone(),
            )
        }));
    }
    if faults.is_empty() {
        faults.push(Fault::whole(
            "import-incomplete",
            "the document has more faults than are told one by one",
            "el documento tiene más faltas de las que se dicen una por una",
        ));
    }
    Refusal {
        kind: RefusalKind::Unprocessable,
        faults,
    }
}
