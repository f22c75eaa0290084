//! The documents that a case can go out as, and the page of each: what it lacks, what the sender adds, the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_exchange::read;
use garita_formats::Missing;
use garita_formats::out::{self, Exporter, WriteError, Written};
use garita_profile::case::CaseRecord;

use super::ask::{Ask, absent, signed};
use super::case::{self, Opened};
use crate::api::documents::{self, Asked, Own, STEERING};
use crate::console::{Address, Link, Place, SendField, SendLine, SendPage, paths, render_send};
use crate::server::App;

/// A case of more parts is not written in each kind each time that somebody looks at it: that is for the document's own page.
const TRIED_PARTS_MAX: usize = 40;
/// Of a code to print the text is shown up to here; no QR holds more.
const CODE_BYTES_MAX: usize = 2_000;

/// One line for each kind that its records can be written as: those that are ready first.
pub(super) fn lines(ask: &Ask, opened: &Opened) -> Result<Vec<SendLine>, Refusal> {
    let own = &opened.read;
    let parts: usize = own.state.parts.values().map(|part| part.cases.len()).sum();
    let is_tried = parts <= TRIED_PARTS_MAX;
    let records = match is_tried {
        true => records(ask, opened)?,
        false => documents::in_force(&own.state, &own.records, &own.case_records),
    };
    let (kind, key) = (&opened.case.kind, &opened.case.key);
    let mut lines: Vec<SendLine> = documents::kinds_for(&records)
        .map(|exporter| {
            let tried = is_tried.then(|| write(ask, exporter, &records, BTreeMap::new()));
            let (lacks, kept_back) = match &tried {
                Some(Err(WriteError::Missing(missing))) => (in_words(ask, missing), ""),
                Some(Err(error)) => (Vec::new(), kept_back(error)),
                Some(Ok(_)) | None => (Vec::new(), ""),
            };
            SendLine {
                title: ask.w(exporter.en, exporter.es).to_owned(),
                href: paths::send(kind, key, exporter.name),
                file: match tried {
                    Some(Ok(_)) => paths::document(kind, key, exporter.name),
                    Some(Err(_)) | None => String::new(),
                },
                lacks,
                kept_back,
            }
        })
        .collect();
    lines.sort_by_key(|line| (!line.kept_back.is_empty(), !line.lacks.is_empty()));
    Ok(lines)
}

/// `GET /console/cases/{kind}/{key}/documents/{name}`; what the sender adds is in the query.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key, name)): Path<(String, String, String)>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let exporter = Exporter::named(&name).ok_or_else(absent)?;
        let opened = case::open(ask, &kind, &key)?;
        let records = records(ask, &opened)?;
        if !documents::kinds_for(&records).any(|known| known.name == name) {
            return Err(absent());
        }
        let supplied: BTreeMap<String, String> = ask
            .here
            .query
            .iter()
            .filter(|(name, value)| !STEERING.contains(&name.as_str()) && !value.trim().is_empty())
            .cloned()
            .collect();
        let mut page = SendPage {
            path: vec![Link::new(
                format!("{} {}", opened.say.kind(&kind), opened.title),
                paths::case(&kind, &key),
            )],
            title: ask.w(exporter.en, exporter.es).to_owned(),
            standard: exporter.kind.importer().standard.to_owned(),
            fields: fields(ask, exporter, &records, &supplied),
            ..SendPage::default()
        };
        match write(ask, exporter, &records, supplied.clone()) {
            Ok(written) => made(ask, &mut page, &opened, exporter, &written, supplied),
            Err(WriteError::Missing(missing)) => {
                let of_records: Vec<Missing> = missing
                    .into_iter()
                    .filter(|gap| !out::is_supplied(&gap.pointer))
                    .collect();
                page.lacks = in_words(ask, &of_records);
            }
            Err(error) => {
                page.kept_back = kept_back(&error);
                page.faults = documents::refusal(&error)
                    .faults
                    .iter()
                    .map(|fault| ask.w(&fault.en, &fault.es).to_owned())
                    .collect();
            }
        }
        Ok(ask.html(render_send(&ask.frame(Place::Cases), &page)))
    })
    .await
}

/// The file with its address, what it leaves out, and its code.
fn made(
    ask: &Ask,
    page: &mut SendPage,
    opened: &Opened,
    exporter: &Exporter,
    written: &Written,
    supplied: BTreeMap<String, String>,
) {
    let (kind, key) = (&opened.case.kind, &opened.case.key);
    let mut file = Address::new(paths::document(kind, key, exporter.name));
    file.query = supplied.into_iter().collect();
    page.file = file.to_string();
    for left in &written.left_out {
        let member = left
            .pointer
            .split('/')
            .rfind(|step| step.parse::<usize>().is_err());
        let label = match left.pointer.as_str() {
            // No member of the subject, so no schema names it.
            "/occurred" => ask.w("when it happened", "cuándo ocurrió").to_owned(),
            _ => opened.say.label(&left.record_type, member.unwrap_or("")),
        };
        if !page.left_out.contains(&label) {
            page.left_out.push(label);
        }
    }
    if exporter.extension == "txt" && written.bytes.len() <= CODE_BYTES_MAX {
        page.code = String::from_utf8_lossy(&written.bytes).into_owned();
    }
}

/// All elements that no record has, with what was typed for them.
fn fields(
    ask: &Ask,
    exporter: &Exporter,
    records: &[Own],
    supplied: &BTreeMap<String, String>,
) -> Vec<SendField> {
    let field = |gap: &Missing| SendField {
        name: gap.pointer.clone(),
        label: sentence(ask.w(&gap.en, &gap.es)),
        value: supplied.get(&gap.pointer).cloned().unwrap_or_default(),
    };
    let lacking = |known: BTreeMap<String, String>| match write(ask, exporter, records, known) {
        Err(WriteError::Missing(missing)) => missing,
        Ok(_) | Err(_) => Vec::new(),
    };
    let mut found: Vec<SendField> = lacking(BTreeMap::new())
        .iter()
        .filter(|gap| out::is_supplied(&gap.pointer))
        .map(field)
        .collect();
    // Some are asked for only after others are known: which of two, what a list goes on with.
    for gap in lacking(supplied.clone()) {
        if out::is_supplied(&gap.pointer) && !found.iter().any(|known| known.name == gap.pointer) {
            found.push(field(&gap));
        }
    }
    // And what was typed stays where it can be corrected.
    for (name, value) in supplied {
        if !found.iter().any(|known| known.name == *name) {
            found.push(SendField {
                name: name.clone(),
                label: name.clone(),
                value: value.clone(),
            });
        }
    }
    found
}

fn write(
    ask: &Ask,
    exporter: &Exporter,
    records: &[Own],
    supplied: BTreeMap<String, String>,
) -> Result<Written, WriteError> {
    let sending = documents::sending(Asked::default(), supplied, ask.now_ms);
    out::write(
        exporter,
        &documents::borrowed(records),
        &sending,
        ask.app.readings(),
    )
}

/// Why a document is kept back though nothing lacks: the text's key.
fn kept_back(error: &WriteError) -> &'static str {
    match error {
        WriteError::Changed { .. } => "send.kept-back",
        WriteError::Faulty(_) => "send.faulty",
        WriteError::Address { .. } => "send.not-addressed",
        // The list of causes may grow.
        _ => "send.not-made",
    }
}

fn in_words(ask: &Ask, missing: &[Missing]) -> Vec<String> {
    missing
        .iter()
        .map(|gap| ask.w(&gap.en, &gap.es).to_owned())
        .collect()
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What documents are made of: as read for the page, where it read all parts.
fn records(ask: &Ask, opened: &Opened) -> Result<Vec<Own>, Refusal> {
    let own = &opened.read;
    let parts = || own.state.parts.values().flat_map(|part| &part.cases);
    if parts().any(|(part, _)| !opened.parts.contains_key(part)) {
        let whole = documents::records_of(ask.app.core(), ask.party(), opened.case.clone())?;
        return Ok(whole.unwrap_or_default());
    }
    let mut found = documents::in_force(&own.state, &own.records, &own.case_records);
    for (part, _) in parts() {
        if let (Some(state), Some(held)) = (own.parts.get(part), opened.parts.get(part)) {
            let list: Vec<CaseRecord> = held.iter().filter_map(read::case_record_of).collect();
            found.extend(documents::in_force(state, held, &list));
        }
    }
    Ok(documents::each_once(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Lang;

    #[test]
    fn what_is_kept_back_says_why() {
        let address = WriteError::Address {
            member: "sender",
            takes: String::new(),
            takes_es: String::new(),
        };
        let keys = [
            kept_back(&WriteError::Faulty(Vec::new())),
            kept_back(&address),
            "send.not-made",
        ];
        for key in keys {
            for lang in [Lang::En, Lang::Es] {
                let text = lang.t(key);
                assert!(text != key && text != lang.t("send.kept-back"), "{text}");
            }
        }
    }
}
