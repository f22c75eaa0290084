//! What the table of CUSRES can't say: which codes become which records, and what customs says in words.

use super::reading::{Becomes, Outcome, Reading, SaidIn};
use super::table::CUSRES;
use crate::draft::Severity;
use crate::edi::map::{Deriving, Found, Pass};
use crate::edifact::moment::happened;
use crate::edifact::trip::{heads, joined, loops, root};
use crate::identifiers;

/// Text of a record's answer or cause is at most this long.
const TEXT_CHARS_MAX: usize = 500;

/// The record types that a single code becomes.
pub(super) const DECISIONS: &[&str] = &[
    "HoldPlaced",
    "HoldRemoved",
    "ReleaseDecision",
    "ConveyanceArrived",
];

type Response<'a> = Pass<'a, Reading>;
type Filler<'a, 'b> = Deriving<'a, 'b, Reading>;

/// All errors of a message, those of a shipment with its number.
fn errors<'a>(root: &Response<'a>) -> Vec<(Response<'a>, Option<String>)> {
    let mut out = Vec::new();
    for pass in root.loose() {
        match pass.table.trigger {
            "ERP" => out.push((pass, None)),
            "DOC" => {
                let scn = pass.each("scn").next().map(|(_, text)| text.to_owned());
                out.extend(pass.loose().into_iter().map(|error| (error, scn.clone())));
            }
            _ => {}
        }
    }
    out
}

fn is_error_document(root: &Response<'_>, reading: &Reading) -> bool {
    root.text_in("document", 0).is_some_and(|document| {
        reading
            .error_documents
            .iter()
            .any(|found| found == document)
    })
}

/// What a code of ERC becomes in this message: where it is not listed, an error of a message of errors.
fn meaning(root: &Response<'_>, reading: &Reading, code: &str) -> Option<Becomes> {
    match reading.outcome(SaidIn::Erc, code) {
        Some(outcome) => Some(outcome.becomes),
        None if is_error_document(root, reading) => Some(Becomes::ManifestRejected),
        None => None,
    }
}

/// Whether a message accepts or rejects the manifest. A rejection stands where both are said.
pub(super) fn answers(root: &Response<'_>, reading: &Reading) -> Vec<&'static str> {
    let mut said: Vec<Becomes> = Vec::new();
    for (pass, _) in errors(root) {
        let codes = pass
            .each("code")
            .filter_map(|(_, code)| meaning(root, reading, code));
        said.extend(codes);
    }
    let function = root
        .text_in("function", 0)
        .map(|code| (SaidIn::Function, code));
    let indicators = root.each("indicator").map(|(_, code)| (SaidIn::Gei, code));
    for (said_in, code) in function.into_iter().chain(indicators) {
        said.extend(
            reading
                .outcome(said_in, code)
                .map(|outcome| outcome.becomes),
        );
    }
    [Becomes::ManifestRejected, Becomes::ManifestAccepted]
        .into_iter()
        .find(|becomes| said.contains(becomes))
        .and_then(Becomes::record_type)
        .into_iter()
        .collect()
}

/// The records that the codes of a pass become, each type once.
pub(super) fn decides(pass: &Response<'_>, reading: &Reading) -> Vec<&'static str> {
    let mut out = Vec::new();
    for (_, outcome) in outcomes(pass, reading) {
        if let Some(record_type) = outcome.becomes.record_type()
            && DECISIONS.contains(&record_type)
            && !out.contains(&record_type)
            && !is_said_before(pass, reading, outcome.becomes)
        {
            out.push(record_type);
        }
    }
    out
}

/// Whether an earlier error of the trip becomes the same record: it is about the trip, so it is said once.
fn is_said_before(pass: &Response<'_>, reading: &Reading, becomes: Becomes) -> bool {
    let of_trip =
        pass.table.trigger == "ERP" && pass.around.is_some_and(|around| around.around.is_none());
    if !of_trip {
        return false;
    }
    let first =
        heads(root(pass), "ERP").find(|other| outcome_of(other, reading, becomes).is_some());
    first.is_none_or(|first| !std::ptr::eq(first.node, pass.node))
}

/// The listed codes of a pass, with their places.
fn outcomes<'a>(
    pass: &'a Response<'_>,
    reading: &'a Reading,
) -> Vec<((&'static str, usize), &'a Outcome)> {
    let mut out = Vec::new();
    for (name, said_in) in [("code", SaidIn::Erc), ("indicator", SaidIn::Gei)] {
        for (at, code) in pass.each(name) {
            out.extend(
                reading
                    .outcome(said_in, code)
                    .map(|outcome| ((name, at), outcome)),
            );
        }
    }
    out
}

/// The outcome that opened a record of a type.
fn outcome_of<'a>(
    pass: &'a Response<'_>,
    reading: &'a Reading,
    becomes: Becomes,
) -> Option<((&'static str, usize), &'a Outcome)> {
    outcomes(pass, reading)
        .into_iter()
        .find(|(_, outcome)| outcome.becomes == becomes)
}

fn words(pass: &Response<'_>) -> String {
    joined(pass, "text", " ")
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}

/// The carrier: of the vehicle, else of a NAD+CA that names a SCAC.
fn carrier(one: &mut Filler<'_, '_>, root: &Response<'_>) {
    if let Some((at, text)) = root.each("carrier").next() {
        let found = ("scac", text);
        one.identify_at(root, ("carrier", at), "/scac", found, Some("scac-form"));
        return;
    }
    for pass in heads(root, "NAD") {
        if pass.text_in("party", 0) == Some("CA")
            && let Some(text) = pass.text_in("party-id", 0)
            && let Ok(normal) = identifiers::normalise("scac", text)
        {
            one.put_at(&pass, ("party-id", 0), "/scac", normal);
            return;
        }
    }
}

/// Which time of a message tells when customs decided, the first that is there: processed, processing, written, arrived.
const DECISION: [&str; 4] = ["163", "9", "137", "178"];
/// And when a truck arrived.
const ARRIVAL: [&str; 4] = ["178", "163", "9", "137"];

fn decided(one: &mut Filler<'_, '_>, root: &Response<'_>, order: [&str; 4]) {
    let kinds: Vec<(usize, &str)> = root.each("decided-kind").collect();
    let first = order
        .iter()
        .find_map(|wanted| kinds.iter().find(|(_, kind)| kind == wanted));
    if let Some((at, _)) = first {
        let row = ("decided", "decided-format", *at);
        happened(one, root, row, one.reading.zone.as_deref());
    }
}

/// Customs has the manifest.
pub(super) fn accepted(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    decided(one, root, DECISION);
    carrier(one, root);
    for (pass, _) in errors(root) {
        let accepts = outcome_of(&pass, one.reading, Becomes::ManifestAccepted).is_some();
        let text = words(&pass);
        if accepts && !text.is_empty() {
            one.put_at(&pass, ("text-1", 0), "/responseText", cut(&text));
            return;
        }
    }
}

/// Customs does not take the manifest.
pub(super) fn rejected(one: &mut Filler<'_, '_>) {
    let root = one.pass;
    decided(one, root, DECISION);
    carrier(one, root);
    let reading = one.reading;
    let all = errors(root);
    // A code that only says that there are errors is named where none says which.
    let is_general = |code: &str| {
        reading
            .outcome(SaidIn::Erc, code)
            .is_some_and(|found| found.general)
    };
    let mut codes: Vec<(&Response<'_>, usize, &str)> = Vec::new();
    for (pass, _) in &all {
        let here = pass.each("code");
        codes.extend(here.map(|(at, code)| (pass, at, code)));
    }
    codes.retain(|(_, _, code)| meaning(root, reading, code) == Some(Becomes::ManifestRejected));
    let named = codes
        .iter()
        .find(|(_, _, code)| !is_general(code))
        .or(codes.first());
    if let Some((pass, at, code)) = named {
        one.put_at(pass, ("code", *at), "/errorCode", *code);
    } else if let Some(code) = root.text_in("function", 0) {
        one.put_at(root, ("function", 0), "/errorCode", code);
    }
    let said: Vec<(&Response<'_>, String)> = all
        .iter()
        .filter_map(|(pass, scn)| {
            let words = words(pass);
            (!words.is_empty()).then(|| match (scn, all.len()) {
                (_, 1) => (pass, words),
                (Some(scn), _) => (pass, format!("{scn}: {words}")),
                (None, _) => (pass, words),
            })
        })
        .collect();
    let text = said
        .iter()
        .map(|(_, text)| text.as_str())
        .collect::<Vec<_>>()
        .join("; ");
    let Some((first, _)) = said.first() else {
        return;
    };
    let shown = cut(&text);
    if shown.len() < text.len() {
        one.tell_at(
            first,
            ("text-1", 0),
            (Severity::Note, "text-cut"),
            format!("the answer is cut at {TEXT_CHARS_MAX} characters"),
            format!("la respuesta se corta a {TEXT_CHARS_MAX} caracteres"),
        );
    }
    one.put_at(first, ("text-1", 0), "/responseText", shown);
}

/// A shipment is held.
pub(super) fn hold(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    decided(one, root(pass), DECISION);
    if let Some((at, outcome)) = outcome_of(pass, one.reading, Becomes::HoldPlaced) {
        for (pointer, text) in [("/kind", &outcome.hold), ("/endsWith", &outcome.ends_with)] {
            if let Some(text) = text {
                one.put_at(pass, at, pointer, text.as_str());
            }
        }
    }
    cause(one, pass);
}

/// A hold is gone.
pub(super) fn hold_removed(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    decided(one, root(pass), DECISION);
    cause(one, pass);
}

fn cause(one: &mut Filler<'_, '_>, pass: &Response<'_>) {
    let text = words(pass);
    if !text.is_empty() {
        one.put_at(pass, ("text-1", 0), "/cause", cut(&text));
    }
}

/// Shipments are released: the one that the code is about, or all that the message names where it is about the trip.
pub(super) fn released(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    decided(one, root(pass), DECISION);
    if let Some((at, _)) = outcome_of(pass, one.reading, Becomes::ReleaseDecision) {
        one.put_at(pass, at, "/decision", "release");
    }
    let document = if pass.table.trigger == "DOC" {
        Some(pass)
    } else {
        pass.around.filter(|around| around.table.trigger == "DOC")
    };
    let mut count = 0;
    match document {
        Some(document) => shipment(one, document, &mut count),
        None => {
            for document in loops(root(pass), "DOC") {
                shipment(one, &document, &mut count);
            }
        }
    }
    if let Some(document) = document {
        for (name, identifier, pointer, code) in [
            ("entry", "entry-number", "/entryNumber", "entry-number-form"),
            ("inbond", "inbond-number", "/inBondNumber", "inbond-number"),
        ] {
            let Some((at, text)) = document.each(name).next() else {
                continue;
            };
            match identifiers::normalise(identifier, text) {
                Ok(normal) => one.put_at(document, (name, at), pointer, normal),
                Err(wrong) => one.tell_at(
                    document,
                    (name, at),
                    (Severity::Warning, code),
                    format!("`{text}`: {wrong}"),
                    format!("`{text}`: {}", wrong.es()),
                ),
            }
        }
    }
}

fn shipment(one: &mut Filler<'_, '_>, document: &Response<'_>, count: &mut usize) {
    if let Some((at, scn)) = document.each("scn").next() {
        let pointer = format!("/scns/{count}");
        *count += 1;
        one.identify_at(document, ("scn", at), &pointer, ("scn", scn), None);
    }
}

/// The truck is there.
pub(super) fn arrived(one: &mut Filler<'_, '_>) {
    let pass = one.pass;
    decided(one, root(pass), ARRIVAL);
    carrier(one, root(pass));
}

/// Tells each error with what it points at, and each code that is not listed.
pub(super) fn tell_codes(found: &mut Found, reading: &Reading) {
    let documents = std::mem::take(&mut found.documents);
    for (index, document) in documents.iter().enumerate() {
        let root = document.pass(&CUSRES, index);
        for (pass, scn) in errors(&root) {
            for (at, code) in pass.each("code") {
                let about = scn.as_deref().unwrap_or("the trip");
                let sobre = scn.as_deref().unwrap_or("el viaje");
                let place = pointed(&pass);
                let text = words(&pass);
                let origin = pass.origin_in(("code", at));
                match meaning(&root, reading, code) {
                    Some(Becomes::ManifestRejected) => found.tell(
                        (Severity::Note, "customs-error"),
                        origin,
                        format!("customs answers {code} about {about}{place}: {text}"),
                        format!("la aduana responde {code} sobre {sobre}{place}: {text}"),
                    ),
                    None => found.tell(
                        (Severity::Warning, "status-unknown"),
                        origin,
                        format!("what code {code} about {about} means is not in the reading: {text}"),
                        format!("la lectura no dice qué significa el código {code} sobre {sobre}: {text}"),
                    ),
                    Some(_) => {}
                }
            }
        }
    }
    found.documents = documents;
}

/// What ERP points at: `, LOC 3.1` where it names a segment, else its section and item.
fn pointed(pass: &Response<'_>) -> String {
    let part = |name| pass.text_in(name, 0);
    let mut out = String::new();
    if let Some(segment) = part("segment") {
        out.push_str(&format!(", {segment}"));
        for number in [part("sequence"), part("position")].into_iter().flatten() {
            out.push_str(&format!(" {number}"));
        }
    } else if let Some(section) = part("section") {
        out.push_str(&format!(", ERP {section}"));
        if let Some(item) = part("item") {
            out.push_str(&format!(" {item}"));
        }
    }
    out
}
