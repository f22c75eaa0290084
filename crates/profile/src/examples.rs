//! Examples: records that an author says are right, or wrong in one way, each judged as it would be at its issuer's home.
//!
//! A file of `examples/` is `{ record, issuer-roles, now, case, expect }`: the record without its envelope's names, the roles of its
//! issuer (`post.NAME` and `seat.NAME` too), the instant at which it is filed, what is in hand of its case, oldest first, and
//! either `"valid"` or `[code, pointer]`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::admission::{AdmitContext, judge};
use crate::builtin::{ANY, MANDATE};
use crate::case::{CaseRecord, CaseRef, CaseState, Directory, Party, Problem, RoleGrant, Standing};
use crate::fold::fold_case;
use crate::functions::instant_ms;
use crate::keys;
use crate::knowledge::Knowledge;
use crate::load::{Folder, Profile};
use crate::model::{Model, Severity};
use crate::rules::Identifiers;

/// Who files the record of an example.
const ISSUER: &str = "did:web:issuer.example";
/// Who filed what is in hand of its case, unless it says another.
const OTHER: &str = "did:web:other.example";
/// What is in hand was logged at least so long before the record is filed.
const BEFORE_MS: i64 = 60_000;
/// A record follows one that follows another, and so on, at most so deep.
const FOLLOWS_DEEP: usize = 8;

/// What came of a folder's examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExampleReport {
    /// Examples that say `valid`.
    pub valid: usize,
    /// Examples that say a code and a pointer.
    pub invalid: usize,
    /// Examples judged otherwise than they say, or that cannot be read.
    pub faults: Vec<ExampleFault>,
    /// Rules of the folder that no example breaks, by code.
    pub unbroken: Vec<String>,
}

/// One example that is not as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFault {
    /// File inside the folder.
    pub file: String,
    /// In words.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Example {
    record: Value,
    issuer_roles: Vec<String>,
    now: String,
    #[serde(default)]
    case: Vec<Value>,
    /// Mandates in hand; left out: not looked up.
    mandates: Option<Vec<Value>>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expect {
    Word(String),
    Fault([String; 2]),
}

/// Judges every example of a folder; `pool` are the folders among which those are that it stands on.
pub fn run_examples(
    folder: &Folder,
    pool: &[&Folder],
    identifiers: &dyn Identifiers,
) -> ExampleReport {
    let mut report = ExampleReport::default();
    let profile = match Profile::load_with(folder, pool) {
        Ok(profile) => profile,
        Err(findings) => {
            report.faults = findings
                .into_iter()
                .map(|f| ExampleFault {
                    file: f.file,
                    what: f.message,
                })
                .collect();
            return report;
        }
    };
    let mut broken = BTreeSet::new();
    for (file, bytes) in &folder.0 {
        if !file.starts_with("examples/") || !file.ends_with(".json") {
            continue;
        }
        match one(&profile, bytes, identifiers, &mut broken) {
            Ok(true) => report.valid += 1,
            Ok(false) => report.invalid += 1,
            Err(what) => report.faults.push(ExampleFault {
                file: file.clone(),
                what,
            }),
        }
    }
    let model = profile.model();
    report.unbroken = model
        .rules
        .iter()
        .filter(|r| {
            !broken.contains(&r.code)
                && model
                    .profile_of(&format!("rules.{}", r.code))
                    .is_none_or(|p| p == model.id)
        })
        .map(|r| r.code.clone())
        .collect();
    report
}

/// Whether the example means to be valid; the fault, where it is not judged as it says.
fn one(
    profile: &Profile,
    bytes: &[u8],
    identifiers: &dyn Identifiers,
    broken: &mut BTreeSet<String>,
) -> Result<bool, String> {
    let example: Example = serde_json::from_slice(bytes).map_err(|e| {
        format!("is no example: {e}; it has record, issuer-roles, now, case, expect")
    })?;
    let found = judged(profile, &example, identifiers)?;
    broken.extend(found.iter().map(|p| p.0.clone()));
    let list = || {
        if found.is_empty() {
            return "no fault".to_owned();
        }
        let all: Vec<String> = found.iter().map(|(c, p)| format!("{c} at {p}")).collect();
        all.join(", ")
    };
    match &example.expect {
        Expect::Word(word) if word == "valid" => {
            if found.is_empty() {
                Ok(true)
            } else {
                Err(format!("says valid; judged {}", list()))
            }
        }
        Expect::Word(word) => Err(format!(
            "expects `{word}`; write \"valid\" or [\"code\", \"/pointer\"]"
        )),
        Expect::Fault([code, pointer]) => {
            if found.iter().any(|(c, p)| c == code && p == pointer) {
                Ok(false)
            } else {
                Err(format!("says {code} at {pointer}; judged {}", list()))
            }
        }
    }
}

/// Faults by code and pointer.
fn judged(
    profile: &Profile,
    example: &Example,
    identifiers: &dyn Identifiers,
) -> Result<Vec<(String, String)>, String> {
    let model = profile.model();
    let now_ms = instant_ms(&example.now)
        .ok_or_else(|| format!("`now` is `{}`, no instant with its zone", example.now))?;
    let mut document = example.record.clone();
    let record_type = keys::record_type(&document)
        .ok_or("`record` has no type")?
        .to_owned();
    let Value::Object(members) = &mut document else {
        return Err("`record` is no object".to_owned());
    };
    members
        .entry("issuer")
        .or_insert_with(|| json!({ "id": ISSUER }));
    issuer_as_object(&mut document);
    let mut about = keys::about(profile, &document).unwrap_or_default();
    let types: Vec<String> = example
        .case
        .iter()
        .enumerate()
        .map(|(i, other)| {
            keys::record_type(other)
                .map(str::to_owned)
                .ok_or(format!("`case` {i} has no type"))
        })
        .collect::<Result<_, String>>()?;
    let follows = |name: &str| model.records.get(name).map_or(&[][..], |t| &t.follows[..]);
    let answered = follows(&record_type);
    let answers = types.iter().position(|t| answered.contains(t));
    if about.is_empty() {
        // What only answers is about what it answers.
        if let Some(i) = answers {
            about = about_by_following(profile, &example.case, &types, i).unwrap_or_default();
        }
        if about.is_empty() {
            about.extend(some_case(model, &record_type));
        }
    }
    let mut in_hand = Vec::new();
    for (i, (other, name)) in example.case.iter().zip(&types).enumerate() {
        let mut cases = about_by_following(profile, &example.case, &types, i)
            .map_err(|p| format!("`case` {i} ({name}): {} at {}", p.en, p.pointer))?;
        if cases.is_empty() {
            cases.clone_from(&about);
        }
        let at_ms = other
            .get("occurred")
            .and_then(Value::as_str)
            .and_then(instant_ms)
            .unwrap_or(now_ms)
            .min(now_ms - BEFORE_MS);
        let mut other = other.clone();
        issuer_as_object(&mut other);
        let mut record = held(&case_id(i), name, &cases, at_ms, other);
        record.follows = (types.iter().enumerate())
            .filter(|(_, t)| follows(name).contains(t))
            .map(|(j, _)| case_id(j))
            .collect();
        in_hand.push(record);
    }
    if let (Some(first), None) = (answered.first(), document.get("follows")) {
        let id = match answers {
            Some(i) => case_id(i),
            None => {
                let id = "ni:///sha-256;followed";
                let bare = json!({ "type": ["VerifiableCredential", first] });
                in_hand.push(held(id, first, &about, now_ms - BEFORE_MS, bare));
                id.to_owned()
            }
        };
        set(&mut document, "follows", json!([id]));
    }
    let named = about
        .iter()
        .map(|c| json!({ "kind": c.kind, "key": c.key }))
        .collect();
    set(&mut document, "about", named);
    let directory = directory(model, &document, &example.issuer_roles, &about, &in_hand);
    let in_hand = Arc::new(in_hand);
    let records = |_: &CaseRef| in_hand.clone();
    let mut cases: BTreeMap<CaseRef, CaseState> = BTreeMap::new();
    let at_place: Vec<&String> = (example.issuer_roles.iter())
        .filter(|r| r.starts_with("post.") || r.starts_with("seat."))
        .collect();
    // Without anything in hand nothing is known of the case, and its rules cannot be checked yet.
    if !example.case.is_empty() || !at_place.is_empty() {
        for case in &about {
            let of = |asked: &CaseRef| -> Arc<Vec<CaseRecord>> {
                let its = in_hand.iter().filter(|r| r.about.contains(asked));
                Arc::new(its.cloned().collect())
            };
            let all = Knowledge::all();
            let mut state = (*fold_case(model, case, &of, &directory, &all, now_ms)).clone();
            let issuer = issuer_of(&document);
            for role in &at_place {
                if let Some(post) = role.strip_prefix("post.") {
                    let posts = state.posts.entry(post.to_owned()).or_default();
                    posts.push(issuer.clone());
                } else if let Some(seat) = role.strip_prefix("seat.") {
                    let seats = state.seats.entry(seat.to_owned()).or_default();
                    seats.push(issuer.clone());
                }
            }
            cases.insert(case.clone(), state);
        }
    }
    let mandates: Option<Vec<CaseRecord>> = example.mandates.as_ref().map(|documents| {
        let mandate = |(i, d): (usize, &Value)| {
            let id = format!("ni:///sha-256;mandate-{i}");
            held(&id, MANDATE, &[], now_ms - BEFORE_MS, d.clone())
        };
        documents.iter().enumerate().map(mandate).collect()
    });
    let context = AdmitContext {
        directory: &directory,
        now_ms,
        logged_ms: now_ms,
        cases: &cases,
        records: &records,
        identifiers,
        linked: None,
        mandates: mandates.as_deref(),
    };
    let mut found = Vec::new();
    for problem in judge(profile, &document, &context).problems {
        // What an office had seen is the envelope's, which an example does not have.
        if problem.code == "saw-missing" && problem.severity == Severity::Warn {
            continue;
        }
        for words in [&problem.en, &problem.es] {
            if words.is_empty() || words.contains("does not keep the rule") || words.contains('{') {
                return Err(format!(
                    "{} at {} has no whole message: {words}",
                    problem.code, problem.pointer
                ));
            }
        }
        found.push((problem.code, problem.pointer));
    }
    Ok(found)
}

fn set(document: &mut Value, member: &str, value: Value) {
    if let Value::Object(members) = document {
        members.insert(member.to_owned(), value);
    }
}

/// What a record in hand is about: by its own words, or by those of what it answers, and of what that answers in turn.
fn about_by_following(
    profile: &Profile,
    held: &[Value],
    types: &[String],
    of: usize,
) -> Result<Vec<CaseRef>, Problem> {
    let mut at = of;
    for _ in 0..FOLLOWS_DEEP {
        let Some(record) = held.get(at) else { break };
        let about = keys::about(profile, record)?;
        if !about.is_empty() {
            return Ok(about);
        }
        let records = &profile.model().records;
        let answered = types.get(at).and_then(|name| records.get(name));
        match answered.and_then(|ty| types.iter().position(|t| ty.follows.contains(t))) {
            Some(next) if next != at => at = next,
            Some(_) | None => break,
        }
    }
    Ok(Vec::new())
}

/// `"issuer": "did:web:…"` is written for `{ "id": "did:web:…" }`, as records have it, so that `/issuer/id` finds it.
fn issuer_as_object(document: &mut Value) {
    if let Some(did) = document.get("issuer").and_then(Value::as_str) {
        let did = json!({ "id": did });
        set(document, "issuer", did);
    }
}

fn case_id(i: usize) -> String {
    format!("ni:///sha-256;case-{i}")
}

fn issuer_of(document: &Value) -> String {
    let named = document.pointer("/issuer/id").and_then(Value::as_str);
    named
        .or_else(|| document.get("issuer").and_then(Value::as_str))
        .unwrap_or(OTHER)
        .to_owned()
}

/// A case of the kind that a type is about, where its subject names none.
fn some_case(model: &Model, record_type: &str) -> Option<CaseRef> {
    let mut name = record_type;
    for _ in 0..FOLLOWS_DEEP {
        let ty = model.records.get(name)?;
        if let Some(kind) = ty.about.keys().next() {
            let parts = model.kinds.get(kind)?.key.len().max(1);
            return Some(CaseRef {
                kind: kind.clone(),
                key: vec!["EXAMPLE"; parts].join(":"),
            });
        }
        name = ty.follows.first()?;
    }
    None
}

/// The issuer with its roles, the other with all; both hold whatever numbers the cases need: numbers are the trust list's, and no
/// author's example.
fn directory(
    model: &Model,
    document: &Value,
    roles: &[String],
    about: &[CaseRef],
    in_hand: &[CaseRecord],
) -> Directory {
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in about.iter().chain(in_hand.iter().flat_map(|r| &r.about)) {
        let kind = model.kinds.get(&case.kind);
        if let Some(namespace) = kind.and_then(|k| k.owner.holds.as_ref()) {
            let values = holds.entry(namespace.clone()).or_default();
            values.push(case.key.clone());
            values.extend(case.key.split(':').map(str::to_owned));
        }
    }
    let every: BTreeSet<&String> = (model.records.values().flat_map(|r| &r.issued_by))
        .chain(model.posts.values().flat_map(|p| &p.roles))
        .chain(model.kinds.values().flat_map(|k| &k.owner.roles))
        .filter(|r| *r != ANY && !r.starts_with("post.") && !r.starts_with("seat."))
        .collect();
    let party = |roles: &mut dyn Iterator<Item = &String>| Party {
        roles: roles
            .map(|role| RoleGrant {
                role: role.clone(),
                from_ms: 0,
                until_ms: None,
            })
            .collect(),
        holds: holds.clone(),
        ..Party::default()
    };
    let mut parties = BTreeMap::new();
    for record in in_hand {
        parties.insert(record.issuer.clone(), party(&mut every.iter().copied()));
    }
    parties.insert(OTHER.to_owned(), party(&mut every.iter().copied()));
    parties.insert(issuer_of(document), party(&mut roles.iter()));
    Directory {
        parties,
        zones: BTreeMap::new(),
    }
}

fn held(id: &str, name: &str, about: &[CaseRef], at_ms: i64, document: Value) -> CaseRecord {
    CaseRecord {
        id: id.to_owned(),
        record_type: name.to_owned(),
        issuer: issuer_of(&document),
        about: about.to_vec(),
        occurred_ms: at_ms,
        logged_ms: at_ms,
        standing: Standing::Act,
        replaces: None,
        follows: Vec::new(),
        saw: Vec::new(),
        on_behalf_of: None,
        view: None,
        disputed: None,
        document: Arc::new(document),
    }
}
