//! Spreadsheets of record types: made from the programs in force, filed row by row.

use std::sync::Arc;

use garita_canon::jcs;
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use garita_exchange::submit::{self, Principal, Submission};
use garita_exchange::verify::Once;
use garita_formats::ReadError;
use garita_formats::sheet::{
    Code, CodeLists, DateOrder, DecimalMark, Sheet, SheetDraft, SheetForm, SheetHead, SheetReading,
};
use garita_profile::Profile;
use garita_profile::builtin::BUILT_IN;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Rows of one sheet that are filed at the same time: the sequencer takes them in one batch, and no sheet fills its queue.
pub const AT_ONCE: usize = 32;

/// The sheet of a record type of a program; none where the type is the exchange's own or has no schema.
pub fn of(profile: &Profile, record_type: &str) -> Option<Sheet> {
    let model = profile.model();
    if BUILT_IN.contains(&record_type) || !model.records.contains_key(record_type) {
        return None;
    }
    let schema = model.schemas.get(record_type)?;
    let lists: CodeLists = model
        .codelists
        .iter()
        .map(|(name, codes)| {
            let codes = codes.iter().map(|code| Code {
                code: code.code.clone(),
                en: code.en.clone(),
                es: code.es.clone(),
            });
            (name.clone(), codes.collect())
        })
        .collect();
    let sheet = Sheet::new(record_type, schema, &lists);
    (!sheet.columns().is_empty()).then_some(sheet)
}

/// The sheet of a record type of the programs in force.
///
/// # Errors
/// Where no program has such a record type.
pub fn in_force(core: &Core, record_type: &str) -> Result<Sheet, Refusal> {
    let profile = core.programs.for_record_type(record_type);
    profile
        .and_then(|profile| of(&profile, record_type))
        .ok_or_else(|| {
            Refusal::one(
                RefusalKind::NotFound,
                Fault::whole(
                    "record-type-unknown",
                    format!("no program in force here has a record type `{record_type}` that a sheet can hold"),
                    format!("ningún programa vigente aquí tiene un tipo de registro `{record_type}` que quepa en una hoja"),
                ),
            )
        })
}

/// The record type whose columns a sheet names: the one that has just these, as a template does, else the one that has them all.
pub fn recognised(core: &Core, bytes: &[u8]) -> Option<String> {
    let head = SheetHead::of(bytes)?;
    let (mut just, mut all): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for profile in core.programs.iter() {
        for record_type in profile.model().records.keys() {
            let Some(sheet) = of(profile, record_type) else {
                continue;
            };
            let (known, named) = sheet.knows(&head);
            if known == 0 || known < named || all.contains(record_type) {
                continue;
            }
            all.push(record_type.clone());
            if known == sheet.columns().len() + usize::from(sheet.has_lists()) {
                just.push(record_type.clone());
            }
        }
    }
    match (just.as_slice(), all.as_slice()) {
        ([only], _) | ([], [only]) => Some(only.clone()),
        _ => None,
    }
}

/// How what can be read two ways is meant, from the members of a query or form; empty ones say nothing.
///
/// # Errors
/// Where a member has a value that it does not take.
pub fn reading<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<SheetReading, Refusal> {
    let said = |name: &str| value(name).map(str::trim).filter(|text| !text.is_empty());
    let malformed = |name: &str, takes: &str| {
        Refusal::one(
            RefusalKind::Malformed,
            Fault::at(
                "parameter-malformed",
                name,
                format!("`{name}` is {takes}"),
                format!("`{name}` admite {}", takes.replace(" or ", " o ")),
            ),
        )
    };
    Ok(SheetReading {
        dates: match said("dates") {
            None => None,
            Some("day-first") => Some(DateOrder::DayFirst),
            Some("month-first") => Some(DateOrder::MonthFirst),
            Some(_) => return Err(malformed("dates", "day-first or month-first")),
        },
        zone: said("zone").map(str::to_owned),
        decimal: match said("decimal") {
            None => None,
            Some("point") => Some(DecimalMark::Point),
            Some("comma") => Some(DecimalMark::Comma),
            Some(_) => return Err(malformed("decimal", "point or comma")),
        },
    })
}

/// Media type of a sheet.
pub fn media(form: SheetForm) -> &'static str {
    match form {
        SheetForm::Csv => "text/csv; charset=utf-8; header=present",
        SheetForm::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

/// Why a file cannot be read, as a refusal with its place.
pub fn unreadable(error: &ReadError) -> Refusal {
    let kind = match error.code() {
        "document-too-large"
        | "sheet-too-large"
        | "sheet-too-many-rows"
        | "sheet-too-many-cells" => RefusalKind::TooLarge,
        _ => RefusalKind::Malformed,
    };
    let place = error.place.as_ref().map(|place| place.path.clone());
    Refusal::one(
        kind,
        Fault::at(
            error.code(),
            &place.unwrap_or_default(),
            error.en.clone(),
            error.es.clone(),
        ),
    )
}

/// What became of a record of a sheet.
#[derive(Debug, Clone)]
pub struct Filed {
    /// Its index in the draft.
    pub record: usize,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a record that was to be filed.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Recorded now.
    Filed(String),
    /// Recorded by an earlier filing of the same content.
    Before(String),
    /// Not tried: it has faults or gaps.
    Incomplete,
    /// Refused by the road that all records take.
    Refused(Refusal),
}

/// Files each complete record of a sheet; one that is refused hinders no other.
pub async fn file(
    core: &Arc<Core>,
    principal: &Principal,
    draft: &SheetDraft,
    occurred: Option<&str>,
) -> Vec<Filed> {
    let records = draft.records.iter().map(|record| {
        record
            .complete
            .then(|| submission(&draft.record_type, &record.draft.subject, occurred))
    });
    let outcomes = file_all(core, principal, records.collect(), AT_ONCE).await;
    outcomes
        .into_iter()
        .enumerate()
        .map(|(record, outcome)| Filed { record, outcome })
        .collect()
}

/// Files records, so many at the same time; those that are none stay incomplete.
///
/// A record's key is the digest of its type, its content and when it happened: the same rows sent again file nothing a second time, in
/// whichever sheet and order they stand, for as long as keys are kept.
pub async fn file_all(
    core: &Arc<Core>,
    principal: &Principal,
    records: Vec<Option<Submission>>,
    at_once: usize,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for chunk in records.chunks(at_once.max(1)) {
        let mut running = Vec::new();
        for submission in chunk {
            running.push(submission.clone().map(|submission| {
                let (core, principal) = (Arc::clone(core), principal.clone());
                tokio::spawn(async move { file_one(&core, &principal, submission).await })
            }));
        }
        for task in running {
            outcomes.push(match task {
                None => Outcome::Incomplete,
                Some(task) => task.await.unwrap_or_else(|_| {
                    Outcome::Refused(Refusal::one(
                        RefusalKind::Unavailable,
                        Fault::whole(
                            "work-interrupted",
                            "the node stopped in the middle of this record; send it again",
                            "el nodo se detuvo a la mitad de este registro; envíelo de nuevo",
                        ),
                    ))
                }),
            });
        }
    }
    outcomes
}

/// A record of a file as it is submitted.
pub fn submission(record_type: &str, subject: &Value, occurred: Option<&str>) -> Submission {
    Submission {
        record_type: record_type.to_owned(),
        occurred: occurred.map(str::to_owned),
        subject: subject.clone(),
        standing: None,
        replaces: None,
        follows: Vec::new(),
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related: Vec::new(),
    }
}

/// Files one record of a file, once.
async fn file_one(core: &Arc<Core>, principal: &Principal, submission: Submission) -> Outcome {
    let once = once(&submission);
    let before = {
        let (core, party, key) = (
            Arc::clone(core),
            principal.party.clone(),
            once.as_ref().map(|once| once.key.clone()),
        );
        crate::server::blocking(move || {
            let Some(key) = key else { return Ok(None) };
            let held = core.reader.idempotency(&party, &key, real_now_ms());
            held.map_err(|e| garita_exchange::sequence::store_refusal(&e))
        })
        .await
    };
    match before {
        Ok(Some(_)) | Ok(None) => {}
        Err(refusal) => return Outcome::Refused(refusal),
    }
    let again = matches!(before, Ok(Some(_)));
    match submit::draft_once(core, submission, principal, once).await {
        Ok(receipt) if again => Outcome::Before(receipt.leaf.id),
        Ok(receipt) => Outcome::Filed(receipt.leaf.id),
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// The key of a record's content; none where its content has no canonical form, which admission refuses.
fn once(submission: &Submission) -> Option<Once> {
    let content = jcs::canonicalize(&submission.subject).ok()?;
    let mut hasher = Sha256::new();
    hasher.update(b"garita row v1\n");
    hasher.update(submission.record_type.as_bytes());
    hasher.update(b"\n");
    hasher.update(
        submission
            .occurred
            .as_deref()
            .unwrap_or_default()
            .as_bytes(),
    );
    hasher.update(b"\n");
    hasher.update(&content);
    let request: [u8; 32] = hasher.finalize().into();
    Some(Once {
        key: format!("row-{}", encode::base64url(&request)),
        request,
    })
}
