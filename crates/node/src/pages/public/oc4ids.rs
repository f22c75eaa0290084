//! The Open Contracting for Infrastructure Data Standard: projects as a package that others read.

use garita_exchange::problem::Refusal;
use garita_exchange::read::case_record_of;
use garita_formats::oc4ids::{PackageHead, ProjectOut, Publisher, package, project_out};
use garita_formats::out::CaseRecord as Written;
use garita_profile::case::{CaseRecord, ReplaceKind};
use serde_json::Value;

use super::project::{nearest, of};
use super::projects::found;
use super::visit::{Answer, Visit};
use crate::pages::ask::held;
use crate::site::judge::Judged;

const JSON: &str = "application/json";
/// Projects of one package: the standard's tools read them whole.
const PROJECTS: usize = 500;
/// What stands before an id where the operator has registered no prefix of its own.
const PREFIX: &str = "oc4ids-garita";
/// Address of the licence of what is compiled here.
const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

/// `GET /projects.json`: those that the address asks for; the next ones under `x_garita_next`.
pub(super) fn all(visit: &Visit) -> Result<Answer, Refusal> {
    let found = found(visit);
    let here = &visit.ask.here;
    let page: usize = here.value("page").parse().unwrap_or(1).max(1);
    let first = (page - 1).saturating_mul(PROJECTS).min(found.len());
    let shown = found.iter().skip(first).take(PROJECTS);
    let projects: Result<Vec<ProjectOut>, Refusal> = shown.map(|j| project(visit, j)).collect();
    let mut head = head(visit);
    if first + PROJECTS < found.len() {
        let next = format!("{}{}", visit.origin(), here.with("page", page + 1));
        let text = serde_json::to_string(&next).unwrap_or_default();
        head.other.insert("x_garita_next".to_owned(), text);
    }
    Ok(Answer::File(JSON, package(&head, &projects?)))
}

/// `GET /projects/{id}/project.json`.
pub(super) fn one(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some((_, judged)) = of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let made = package(&head(visit), &[project(visit, judged)?]);
    Ok(Answer::File(JSON, made))
}

fn head(visit: &Visit) -> PackageHead {
    let readings = visit.ask.app.readings();
    let own = readings.oc4ids.own_prefix.clone();
    let newest = jiff::Timestamp::from_millisecond(visit.register.newest_ms);
    PackageHead {
        uri: format!("{}{}", visit.origin(), visit.ask.here),
        published_date: newest.unwrap_or_default().to_string(),
        publisher: Publisher {
            name: visit.ask.app.name().to_owned(),
            uri: Some(visit.origin()),
            ..Publisher::default()
        },
        license: Some(LICENCE.to_owned()),
        publication_policy: Some(format!(
            "{}{}",
            visit.origin(),
            crate::console::paths::OPEN_DATA
        )),
        prefix: own.unwrap_or_else(|| PREFIX.to_owned()),
        ..PackageHead::default()
    }
}

/// A project from its records as of then, in the order in which they were stated.
fn project(visit: &Visit, judged: &Judged) -> Result<ProjectOut, Refusal> {
    let Some(publisher) = &visit.register.publisher else {
        return Ok(ProjectOut::default());
    };
    let reader = &visit.ask.app.core().reader;
    let rows = held(reader.case_records(&publisher.party, &publisher.words.of, &judged.id))?;
    let recorded = |r: &CaseRecord| {
        let by = visit.as_of.recorded_by_ms;
        by.is_none_or(|by| r.logged_ms <= by)
    };
    let mut records: Vec<CaseRecord> = rows
        .iter()
        .filter_map(case_record_of)
        .filter(|r| {
            // What moves no page goes out in no file: only records that the register took.
            let taken = visit.register.subjects.get(&judged.id);
            recorded(r) && taken.is_some_and(|s| s.taken.contains(&r.id))
        })
        .collect();
    let replaced: Vec<String> = records
        .iter()
        .filter_map(|r| r.replaces.as_ref().map(|by| by.id.clone()))
        .collect();
    let stated = |r: &CaseRecord| -> String {
        let member = r.document.pointer("/credentialSubject/statedOn");
        member
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    records.retain(|r| {
        let taken_back = r
            .replaces
            .as_ref()
            .is_some_and(|by| by.kind == ReplaceKind::Withdraws);
        let by = visit.as_of.stated_by.map(|day| day.to_string());
        let said = by.is_none_or(|by| stated(r) <= by);
        !taken_back && said && !replaced.contains(&r.id)
    });
    records.sort_by_key(|r| (stated(r), r.logged_ms));
    let none = Value::Null;
    let written: Vec<Written<'_>> = records
        .iter()
        .map(|r| Written {
            record_type: &r.record_type,
            subject: r.document.get("credentialSubject").unwrap_or(&none),
            occurred: jiff::Timestamp::from_millisecond(r.occurred_ms).ok(),
        })
        .collect();
    Ok(project_out(&judged.id, &written))
}
