//! What sets that go out share: the head that no record of an event tells, and how a document is written.

use crate::edi::Replaced;
use crate::edi::map::{Document, Envelope, Loop, Node, SetMap, fill, write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What M10, P4 and the events need beside the records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Heading {
    /// The carrier.
    pub scac: String,
    /// Mode of transport, `J` for a truck.
    pub mode: String,
    /// Country of registration.
    pub country: String,
    /// Trip number.
    pub trip: String,
    /// US port, Schedule D.
    pub port: String,
    /// Day of the events, `CCYYMMDD`, local.
    pub date: String,
    /// Time of the events, `HHMM`, local.
    pub time: String,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The interchange.
    pub text: String,
    /// Characters that X12 can't have in a value; each became a blank.
    pub replaced: Vec<Replaced>,
}

/// Writes records as one set; the heading fills what they don't tell.
pub(crate) fn filled_write<R>(
    map: &SetMap<R>,
    records: &[(&str, &Value)],
    heading: &Heading,
    envelope: &Envelope,
    reading: &R,
) -> Written {
    let mut root = fill(map, records, reading);
    complete(&map.root, &mut root, heading);
    let document = Document {
        envelope: envelope.clone(),
        root,
    };
    let (text, replaced) = write(map, &document, reading);
    Written { text, replaced }
}

/// Puts the heading into each pass that has a row for it and no text yet.
pub(crate) fn complete<R>(table: &Loop<R>, node: &mut Node, heading: &Heading) {
    for (name, text) in [
        ("scac", &heading.scac),
        ("mode", &heading.mode),
        ("country", &heading.country),
        ("trip", &heading.trip),
        ("port", &heading.port),
        ("date", &heading.date),
        ("time", &heading.time),
    ] {
        node.put(table, name, text);
    }
    for (number, inside) in &mut node.loops {
        if let Some(table) = table.loops.get(*number) {
            complete(table, inside, heading);
        }
    }
}
