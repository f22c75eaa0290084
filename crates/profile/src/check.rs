//! `profile check`: a profile is judged as a whole before it runs. Each finding has file, line and a sentence that helps.

mod barren;
mod counting;
mod credentials;
mod deeds;
mod epcis;
mod expressions;
mod life;
mod measures;
mod names;
mod ownership;
mod promises;
mod words;

pub(crate) use expressions::case_env;

use serde::{Deserialize, Serialize};

use crate::builtin::BUILT_IN;
use crate::finding::{Finding, FindingSeverity};
use crate::load::{Folder, Profile};
use crate::model::Model;
use crate::uses;

/// What `check` found, errors first, by file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether the profile can run.
    pub fn is_sound(&self) -> bool {
        self.findings
            .iter()
            .all(|f| f.severity != FindingSeverity::Error)
    }
}

/// Checks a folder that stands on no other.
pub fn check(folder: &Folder) -> Report {
    check_with(folder, &[])
}

/// Checks a folder with those of `pool` that it stands on. Only what stands in `folder` is reported.
pub fn check_with(folder: &Folder, pool: &[&Folder]) -> Report {
    let (order, missing) = uses::in_order(folder, pool);
    // Without what it stands on, every name of it would be a finding: one is enough.
    let (profile, mut findings) = if missing.is_empty() {
        Profile::read(&order)
    } else {
        (None, missing)
    };
    findings.extend(profile.iter().flat_map(judged));
    report(findings)
}

/// What several folders have against each other, where each is sound by itself: names in two profiles that a third brings together.
pub fn check_together(folders: &[&Folder]) -> Report {
    report(Profile::together(folders).err().unwrap_or_default())
}

fn judged(profile: &Profile) -> Vec<Finding> {
    let mut checker = Checker {
        model: profile.model(),
        findings: Vec::new(),
    };
    checker.ownership();
    checker.names();
    checker.life_cycles();
    checker.cycles();
    checker.expressions();
    checker.counting();
    checker.folding();
    checker.deeds();
    checker.credentials();
    checker.epcis();
    checker.promises();
    checker.barren();
    checker.measures();
    checker.schemas();
    checker.texts();
    checker.context();
    checker.findings
}

fn report(mut findings: Vec<Finding>) -> Report {
    findings.sort_by(|a, b| {
        (a.severity, &a.file, a.line, &a.code, &a.message)
            .cmp(&(b.severity, &b.file, b.line, &b.code, &b.message))
    });
    findings.dedup();
    Report { findings }
}

struct Checker<'a> {
    model: &'a Model,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn add(
        &mut self,
        severity: FindingSeverity,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // What a used profile has wrong is told where that profile is checked.
        let schema_of = place
            .strip_prefix("schemas/")
            .and_then(|p| p.strip_suffix(".json"))
            .and_then(|ty| self.model.type_of.get(ty));
        if schema_of.is_some_and(|p| *p != self.model.id) {
            return;
        }
        // The nearest word above that has a line: `life-cycle.trip.show.2`, else `life-cycle.trip`, …
        let mut key = place;
        let found = loop {
            if let Some(p) = self.model.places.get(key) {
                break Some(p.clone());
            }
            match key.rsplit_once('.') {
                Some((up, _)) => key = up,
                None => break None,
            }
        };
        if found.as_ref().is_some_and(|p| p.profile != self.model.id) {
            return;
        }
        let (file, line) = match found {
            Some(p) => (p.file, p.line),
            None if place.contains('/') || place.ends_with(".jsonld") => (place.to_owned(), 0),
            None => ("profile.yaml".to_owned(), 0),
        };
        self.findings.push(Finding {
            file,
            line,
            code: code.to_owned(),
            severity,
            message: message.into(),
            help: help.into(),
        });
    }

    fn error(
        &mut self,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(FindingSeverity::Error, place, code, message, help);
    }

    fn warn(
        &mut self,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(FindingSeverity::Warning, place, code, message, help);
    }
}

pub(crate) fn is_built_in(record_type: &str) -> bool {
    BUILT_IN.contains(&record_type)
}
