//! Milestones of a project: planned, due and met.

use super::codes;
use super::reader::{NAME_CHARS_MAX, Project, Reader};
use crate::draft::Severity;
use crate::json::Member;

/// What stands before a milestone's id where that is too short for one of ours, as `1` is.
pub(super) const PREFIX: &str = "milestone-";

/// Reads the project's own milestones. Those of its contracts are theirs: they stay in the document.
pub(super) fn read<'a>(reader: &mut Reader<'a>, project: &Project<'a>) {
    let milestones = project
        .member
        .child("milestones")
        .map(|list| list.items())
        .unwrap_or_default();
    for milestone in milestones {
        one(reader, project, &milestone);
    }
}

fn one<'a>(reader: &mut Reader<'a>, project: &Project<'a>, milestone: &Member<'a>) {
    let text = |name: &str| milestone.child(name).and_then(|member| member.text());
    let Some(kind) = codes::milestone_kind(text("code"), text("type")) else {
        reader.tell(
            Severity::Note,
            "milestone-kind-untold",
            milestone,
            "says by no code or type which kind of milestone it is, and stays in the document",
            "no dice con código o tipo qué clase de hito es, y queda en el documento",
        );
        return;
    };
    let Some(id_at) = milestone.child("id") else {
        reader.tell(
            Severity::Error,
            "member-missing",
            milestone,
            "has no id",
            "no tiene id",
        );
        return;
    };
    let told = id_at.text().unwrap_or_default();
    let id = match milestone_id(told) {
        true => told.to_owned(),
        false => format!("{PREFIX}{told}"),
    };
    if !milestone_id(&id) {
        reader.tell(
            Severity::Warning,
            "milestone-id-form",
            &id_at,
            "can't be the id of a milestone here (small letters, digits, hyphens), and the milestone stays in the document",
            "no puede ser el id de un hito aquí (minúsculas, dígitos, guiones), y el hito queda en el documento",
        );
        return;
    }
    let title = milestone
        .child("title")
        .and_then(|title| Some((reader.words(&title, NAME_CHARS_MAX)?, title)));
    let record = reader.record(project, "MilestonePlanned");
    reader.set(record, "/milestone", id.as_str(), &id_at);
    match title {
        Some((text, title)) => {
            reader.set(record, "/nameEn", text, &title);
            reader.set(record, "/nameEs", text, &title);
        }
        None => {
            for name in ["/nameEn", "/nameEs"] {
                reader
                    .out
                    .missing(record, name, "the milestone's name", "el nombre del hito");
            }
        }
    }
    let says = milestone.child("code").or_else(|| milestone.child("type"));
    if let Some(says) = says {
        reader.set(record, "/milestoneKind", kind, &says);
    }
    for (name, date_kind) in [("dueDate", "target"), ("dateMet", "actual")] {
        if let Some(at) = milestone.child(name)
            && let Some(day) = reader.day(&at)
        {
            reader.date(project, Some((&id, &id_at)), date_kind, day, &at);
        }
    }
}

/// Whether a text is a milestone's id.
pub(super) fn milestone_id(text: &str) -> bool {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=60).contains(&text.len()) && text.bytes().all(right) && !text.starts_with('-')
}
