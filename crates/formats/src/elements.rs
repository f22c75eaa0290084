//! Which element of a document goes where: rows of a page, made from the tables that the readers use.

use std::borrow::Cow;

use serde::Serialize;

/// The member of the record itself, beside its subject, that says when what it states happened.
pub const OCCURRED: &str = "occurred";

/// One element of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementRow {
    /// Where it stands: `M10-01`, `/cfdi:Comprobante/@Total`, a column.
    pub place: Cow<'static, str>,
    /// What it is, in English.
    pub en: Cow<'static, str>,
    /// What it is, in Spanish.
    pub es: Cow<'static, str>,
    /// Whether the standard requires it.
    pub required: bool,
    /// The members that it fills; empty for what is read and checked only.
    pub goes: Vec<Goes>,
}

/// A member of a record that an element fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Goes {
    /// The record type.
    pub record_type: Cow<'static, str>,
    /// JSON pointer into its subject, `*` for each item of a list; or [`OCCURRED`].
    pub member: Cow<'static, str>,
}

impl ElementRow {
    /// A row.
    pub fn new(
        place: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
        es: impl Into<Cow<'static, str>>,
        required: bool,
        goes: &[(&'static str, &'static str)],
    ) -> ElementRow {
        ElementRow {
            place: place.into(),
            en: en.into(),
            es: es.into(),
            required,
            goes: goes
                .iter()
                .map(|(record_type, member)| Goes {
                    record_type: (*record_type).into(),
                    member: (*member).into(),
                })
                .collect(),
        }
    }
}

/// What a draft took over without a row of its kind's table saying so: `Type pointer <- path`. Empty where the table is true.
///
/// A row's place is compared with the end of the path, positions (`[2]`) and hyphens left out.
pub fn untold(draft: &crate::Draft) -> Vec<String> {
    let rows = (draft.kind.importer().elements)();
    let mut found = Vec::new();
    for record in &draft.records {
        let occurred = record.occurred.as_ref().and_then(|o| o.place.clone());
        let occurred = occurred.map(|place| (OCCURRED, place));
        for (pointer, place) in record.sources.iter().chain(occurred) {
            let (member, path) = (starred(pointer), plain(&place.path));
            let told = rows.iter().any(|row| {
                let at = plain(&row.place);
                path.strip_suffix(at.as_str()).is_some_and(|before| {
                    !before.ends_with(char::is_alphanumeric)
                        && row.goes.iter().any(|goes| {
                            goes.record_type == record.record_type && goes.member == member
                        })
                })
            });
            if !told {
                found.push(format!("{} {member} <- {}", record.record_type, place.path));
            }
        }
    }
    found
}

/// The pointer with `*` for each index.
fn starred(pointer: &str) -> String {
    pointer
        .split('/')
        .map(|token| match token.parse::<usize>() {
            Ok(_) => "*",
            Err(_) => token,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// The path without positions and hyphens; a token of digits alone (`/0`) is a position of a JSON pointer.
fn plain(path: &str) -> String {
    let path = path
        .split('/')
        .enumerate()
        .filter(|(at, token)| *at == 0 || token.is_empty() || token.parse::<usize>().is_err())
        .map(|(_, token)| token)
        .collect::<Vec<_>>()
        .join("/");
    let mut out = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            '-' => {}
            _ if inside => {}
            _ => out.push(letter),
        }
    }
    out
}
