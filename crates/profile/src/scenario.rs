//! Scenarios: an author's tests. Who issues what when, and what must come of it (`docs/profiles-scenarios.md`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::case::{
    CaseRecord, CaseRef, Directory, Party, ReplaceKind, Replaces, RoleGrant, Standing,
};
use crate::clocks::{date_time, instant};
use crate::keys;
use crate::load::{Folder, Profile};
use crate::yaml::{self, Node};

pub use crate::scenario_run::{
    Chance, EVERY_ORDER_RECORDS_MAX, SEEDED_ORDERS, ScenarioFault, ScenarioReport, run_scenarios,
    run_scenarios_in, run_scenarios_with,
};

/// One scenario, read from its file.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) file: String,
    pub(crate) directory: Directory,
    /// In the order of their logging.
    pub(crate) records: Vec<Made>,
    pub(crate) expects: Vec<Expect>,
    /// Whether the homes sign by rule; else the author writes what they would sign.
    pub(crate) automations: bool,
}

/// A record of a scenario, with the name its author gave it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) record: CaseRecord,
}

/// What must come of it.
#[derive(Debug, Clone)]
pub(crate) struct Expect {
    pub(crate) line: usize,
    pub(crate) case: CaseRef,
    /// Party whose records are folded; none: all records.
    pub(crate) reader: Option<String>,
    pub(crate) as_of_ms: i64,
    /// The members as written, the ones above left out.
    pub(crate) wants: Vec<(String, Value)>,
}

/// A fault of a scenario's file.
pub(crate) type Fault = (usize, String);

pub(crate) fn did(name: &str) -> String {
    if name.starts_with("did:") {
        name.to_owned()
    } else {
        format!("did:web:{name}.example")
    }
}

/// All scenarios of a folder; a file that cannot be read is a fault with file and line.
pub(crate) fn read_all(profile: &Profile, folder: &Folder) -> (Vec<Scenario>, Vec<ScenarioFault>) {
    let (mut out, mut faults) = (Vec::new(), Vec::new());
    for path in folder.0.keys() {
        if !path.starts_with("scenarios/") || !path.ends_with(".yaml") {
            continue;
        }
        let read = folder
            .text(path)
            .ok_or((0, "the file is not UTF-8".to_owned()))
            .and_then(yaml::parse)
            .and_then(|node| read(profile, path, &node));
        match read {
            Ok(scenario) => out.push(scenario),
            Err((line, what)) => faults.push(ScenarioFault {
                file: path.clone(),
                line,
                what,
            }),
        }
    }
    (out, faults)
}

fn read(profile: &Profile, file: &str, top: &Node) -> Result<Scenario, Fault> {
    only(
        top,
        &[
            "scenario",
            "starts",
            "automations",
            "parties",
            "zones",
            "records",
            "expect",
        ],
    )?;
    let starts = top
        .get("starts")
        .and_then(|n| n.text())
        .and_then(|t| instant(&t))
        .ok_or((
            top.line,
            "a scenario needs `starts:`, a date-time such as 2026-11-24T14:00:00Z".to_owned(),
        ))?;
    let mut directory = Directory::default();
    for (name, _, node) in members(top.get("parties")) {
        directory.parties.insert(did(name), party(node)?);
    }
    for (place, _, node) in members(top.get("zones")) {
        directory
            .zones
            .insert(place.clone(), node.text().unwrap_or_default());
    }
    let mut records: Vec<Made> = Vec::new();
    for (name, _, node) in members(top.get("records")) {
        let made = record(profile, &directory, starts, name, node, &records)?;
        records.push(made);
    }
    records.sort_by(|a, b| (a.record.logged_ms, &a.name).cmp(&(b.record.logged_ms, &b.name)));
    let mut expects = Vec::new();
    for node in top.get("expect").map(Node::many).unwrap_or_default() {
        expects.push(expect(starts, node, &directory, &records)?);
    }
    if expects.is_empty() {
        return Err((
            top.line,
            "a scenario needs at least one line under `expect:`".to_owned(),
        ));
    }
    Ok(Scenario {
        file: file.to_owned(),
        directory,
        records,
        expects,
        automations: matches!(
            top.get("automations").and_then(Node::text).as_deref(),
            Some("on" | "true")
        ),
    })
}

fn members(node: Option<&Node>) -> &[(String, usize, Node)] {
    node.map(Node::members).unwrap_or_default()
}

fn only(node: &Node, known: &[&str]) -> Result<(), Fault> {
    match node
        .members()
        .iter()
        .find(|(n, _, _)| !known.contains(&n.as_str()))
    {
        Some((name, line, _)) => Err((
            *line,
            format!("`{name}` is not known here; known are {}", known.join(", ")),
        )),
        None => Ok(()),
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    node.map(Node::many)
        .unwrap_or_default()
        .into_iter()
        .filter_map(Node::text)
        .collect()
}

fn party(node: &Node) -> Result<Party, Fault> {
    only(
        node,
        &["name", "country", "roles", "holds", "places", "marks"],
    )?;
    let roles = texts(node.get("roles"));
    Ok(Party {
        name: node.get("name").and_then(Node::text).unwrap_or_default(),
        country: node.get("country").and_then(Node::text).unwrap_or_default(),
        roles: roles
            .into_iter()
            .map(|role| RoleGrant {
                role,
                from_ms: 0,
                until_ms: None,
            })
            .collect(),
        holds: members(node.get("holds"))
            .iter()
            .map(|(n, _, v)| (n.clone(), texts(Some(v))))
            .collect(),
        places: texts(node.get("places")),
        marks: texts(node.get("marks")),
    })
}

/// Minutes after the start, or a date-time.
fn time(starts: i64, node: &Node) -> Result<i64, Fault> {
    let text = node.text().unwrap_or_default();
    text.parse::<i64>()
        .ok()
        .and_then(|minutes| starts.checked_add(minutes.checked_mul(60_000)?))
        .or_else(|| instant(&text))
        .ok_or((
            node.line,
            format!("`{text}` is neither minutes after `starts` nor a date-time"),
        ))
}

fn record(
    profile: &Profile,
    directory: &Directory,
    starts: i64,
    name: &str,
    node: &Node,
    earlier: &[Made],
) -> Result<Made, Fault> {
    only(
        node,
        &[
            "type",
            "by",
            "at",
            "logged",
            "subject",
            "follows",
            "saw",
            "corrects",
            "amends",
            "withdraws",
            "reason",
            "standing",
            "for",
            "about",
            "disputed",
        ],
    )?;
    let need = |word: &str| {
        node.get(word)
            .and_then(Node::text)
            .ok_or((node.line, format!("record `{name}` needs `{word}:`")))
    };
    let record_type = need("type")?;
    if !profile.model().records.contains_key(&record_type) {
        return Err((
            node.line,
            format!("`{record_type}` is no record type of this profile"),
        ));
    }
    let issuer = did(&need("by")?);
    if !directory.parties.contains_key(&issuer) {
        return Err((node.line, format!("`{issuer}` is not among `parties`")));
    }
    let at = node
        .get("at")
        .ok_or((node.line, format!("record `{name}` needs `at:`")))?;
    let occurred_ms = time(starts, at)?;
    let logged_ms = node
        .get("logged")
        .map_or(Ok(occurred_ms), |n| time(starts, n))?;
    let ids =
        |word: &str| -> Vec<String> { texts(node.get(word)).iter().map(|n| id_of(n)).collect() };
    let follows = ids("follows");
    let kinds = [
        ("corrects", ReplaceKind::Corrects),
        ("amends", ReplaceKind::Amends),
        ("withdraws", ReplaceKind::Withdraws),
    ];
    let replaces = kinds.iter().find_map(|(word, kind)| {
        Some(Replaces {
            id: id_of(&node.get(word).and_then(Node::text)?),
            kind: *kind,
            reason: node.get("reason").and_then(Node::text).unwrap_or_default(),
        })
    });
    let mut subject = node.get("subject").map_or_else(|| json!({}), Node::json);
    name_parties(&mut subject, directory);
    if record_type == crate::in_force::AFFIRMATION
        && let (Some(members), Some(id)) = (subject.as_object_mut(), follows.first())
    {
        members.entry("affirms").or_insert_with(|| json!(id));
    }
    let standing = match node.get("standing").and_then(Node::text).as_deref() {
        None | Some("act") => Standing::Act,
        Some("report") => Standing::Report,
        Some("compiled") => Standing::Compiled,
        Some(other) => {
            return Err((
                node.line,
                format!("`{other}` is no standing: act, report, compiled"),
            ));
        }
    };
    let document = json!({
        "id": id_of(name),
        "type": ["VerifiableCredential", record_type],
        "issuer": { "id": issuer },
        "occurred": date_time(occurred_ms),
        "standing": standing,
        "salt": id_of(name),
        "credentialSubject": subject,
    });
    let mut about = match node.get("about") {
        Some(node) => node
            .many()
            .into_iter()
            .filter_map(Node::text)
            .filter_map(|t| case_ref(&t))
            .collect(),
        None => keys::about(profile, &document).map_err(|p| (node.line, p.en))?,
    };
    if about.is_empty() {
        // What answers a record is about what that record is about.
        let linked = follows.iter().chain(replaces.iter().map(|r| &r.id));
        about = linked
            .filter_map(|id| earlier.iter().find(|m| m.record.id == *id))
            .flat_map(|m| m.record.about.clone())
            .collect();
        about.sort();
        about.dedup();
    }
    if about.is_empty() {
        return Err((
            node.line,
            format!("record `{name}` is about no case; say `about:` or mend its subject"),
        ));
    }
    Ok(Made {
        name: name.to_owned(),
        record: CaseRecord {
            id: id_of(name),
            record_type,
            issuer,
            about,
            occurred_ms,
            logged_ms,
            standing,
            replaces,
            follows,
            saw: ids("saw"),
            on_behalf_of: node.get("for").and_then(Node::text).map(|n| id_of(&n)),
            view: None,
            disputed: node.get("disputed").and_then(Node::text),
            document: Arc::new(document),
        },
    })
}

/// Ids of scenarios are names: short, and in the order of the alphabet, so that ties are easy to read.
pub(crate) fn id_of(name: &str) -> String {
    format!("ni:///sha-256;{name}")
}

pub(crate) fn name_of(id: &str) -> &str {
    id.strip_prefix("ni:///sha-256;").unwrap_or(id)
}

/// `trip TOCQ:1`.
fn case_ref(text: &str) -> Option<CaseRef> {
    let (kind, key) = text.split_once(' ')?;
    Some(CaseRef {
        kind: kind.to_owned(),
        key: key.trim().to_owned(),
    })
}

/// `@broker` in a subject stands for the DID of the party `broker`.
fn name_parties(value: &mut Value, directory: &Directory) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                let named = did(name);
                if directory.parties.contains_key(&named) {
                    *text = named;
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| name_parties(v, directory)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|v| name_parties(v, directory)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn expect(
    starts: i64,
    node: &Node,
    directory: &Directory,
    records: &[Made],
) -> Result<Expect, Fault> {
    let case = node
        .get("case")
        .and_then(Node::text)
        .and_then(|t| case_ref(&t))
        .ok_or((
            node.line,
            "an expectation needs `case: KIND KEY`".to_owned(),
        ))?;
    let reader = node.get("as").and_then(Node::text).map(|n| did(&n));
    if let Some(reader) = &reader
        && !directory.parties.contains_key(reader)
    {
        return Err((node.line, format!("`{reader}` is not among `parties`")));
    }
    let last = records
        .iter()
        .map(|m| m.record.logged_ms)
        .max()
        .unwrap_or(starts);
    let as_of_ms = node.get("at").map_or(Ok(last), |n| time(starts, n))?;
    let known = [
        "case",
        "as",
        "at",
        "state",
        "tracks",
        "holds",
        "balances",
        "clocks",
        "why",
        "seats",
        "posts",
        "blind",
        "way",
        "parts",
        "sees",
        "told",
        "complete",
        "owner",
        "may-sign",
        "needs",
        "acts",
        "issued",
        "credentials",
    ];
    only(node, &known)?;
    let wants = node
        .members()
        .iter()
        .filter(|(n, _, _)| !["case", "as", "at"].contains(&n.as_str()))
        .map(|(n, _, v)| (n.clone(), v.json()))
        .collect();
    Ok(Expect {
        line: node.line,
        case,
        reader,
        as_of_ms,
        wants,
    })
}

/// For messages: a map of names to values as text.
pub(crate) fn as_map<T: serde::Serialize>(items: impl IntoIterator<Item = (String, T)>) -> Value {
    let map: BTreeMap<String, Value> = items
        .into_iter()
        .map(|(k, v)| (k, serde_json::to_value(v).unwrap_or_default()))
        .collect();
    json!(map)
}
