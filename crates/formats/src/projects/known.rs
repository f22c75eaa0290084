//! Whether the projects that statements name are known: the list is another file, so it is asked over several drafts.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::draft::{Draft, Fault, Severity};

/// A project that is named and nowhere listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownProject {
    /// Index of the draft among those handed in.
    pub draft: usize,
    /// What is told: the record, the member, the place in its file.
    pub fault: Fault,
}

/// The projects that records of these drafts name, and that neither one of the drafts states nor `is_known` knows.
///
/// Told once for each record that names it; as errors, since a statement of no project would be filed for ever.
pub fn unknown_projects(drafts: &[&Draft], is_known: impl Fn(&str) -> bool) -> Vec<UnknownProject> {
    let listed: HashSet<&str> = drafts
        .iter()
        .flat_map(|draft| &draft.records)
        .filter(|record| record.record_type == "ProjectStated")
        .filter_map(|record| record.subject.get("project")?.as_str())
        .collect();
    let mut found = Vec::new();
    for (draft, read) in drafts.iter().enumerate() {
        for (index, record) in read.records.iter().enumerate() {
            if record.record_type == "ProjectStated" {
                continue;
            }
            for (pointer, project) in named(&record.subject) {
                if listed.contains(project) || is_known(project) {
                    continue;
                }
                let shown: String = project.chars().take(80).collect();
                found.push(UnknownProject {
                    draft,
                    fault: Fault {
                        record: Some(index),
                        place: record.sources.get(&pointer),
                        pointer: Some(pointer),
                        severity: Severity::Error,
                        ..Fault::whole(
                            "project-unknown",
                            None,
                            format!("`{shown}` is neither in the list nor on record"),
                            format!("`{shown}` no está en la lista ni registrado"),
                        )
                    },
                });
            }
        }
    }
    found
}

/// The projects that a subject names: its own, those of a plan, those of which a milestone comes after another's.
fn named(subject: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    if let Some(project) = subject.get("project").and_then(Value::as_str) {
        found.push(("/project".to_owned(), project));
    }
    let items = |name: &str| subject.get(name).and_then(Value::as_array);
    for (index, item) in items("projects").into_iter().flatten().enumerate() {
        found.extend(
            item.as_str()
                .map(|project| (format!("/projects/{index}"), project)),
        );
    }
    for (index, item) in items("after").into_iter().flatten().enumerate() {
        let of = item.as_str().and_then(|text| text.split_once('#'));
        found.extend(of.map(|(project, _)| (format!("/after/{index}"), project)));
    }
    found
}
