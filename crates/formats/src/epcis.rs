//! EPCIS 2.0 in JSON and JSON-LD: documents of events, their queries, their schedules. ISO/IEC 19987:2024, with the words of CBV 2.0.
//!
//! An event is judged and then left alone: its text goes into the draft as it stands in the document, so that what comes back by a
//! query is what was captured, extensions and all. Nothing is translated, and no address is looked up.
//!
//! | want | look |
//! | --- | --- |
//! | events of a document, judged | [`document`], [`single`] |
//! | a draft, for people who have a file | [`read`] |
//! | a query and what it takes | [`query::Query`] |
//! | when a standing query is due | [`schedule::Schedule`] |
//! | prefixes | [`context::Namespaces`] |
//! | an answer | [`answer`] |
//! | the record of a captured event | [`record`] |

pub mod answer;
mod check;
pub mod context;
mod document;
mod elements;
mod epcs;
mod places;
pub mod query;
pub mod record;
pub mod schedule;
mod shapes;
pub mod vocabulary;

pub use document::{Captured, Document, canonical, document, single};
pub(crate) use elements::{elements, read, recognises};

/// Most events of one document. A reader at a gate makes some thousands a day; more come in several documents.
pub const EVENTS_MAX: usize = 5_000;

/// The largest event. What is larger does not fit the record that it becomes, which has a limit of its own.
pub const EVENT_BYTES_MAX: usize = 512 * 1024;

/// Longest `eventID`.
pub const EVENT_ID_BYTES_MAX: usize = 1_000;

/// The context of the standard, as answers name it.
pub const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/// An instant of XML Schema's `dateTimeStamp`: date, `T`, time, zone. Nanoseconds since 1970 UTC.
pub(crate) fn instant(text: &str) -> Option<i128> {
    let separator = text.as_bytes().get(10)?;
    if !matches!(separator, b'T') || text.len() > 48 || text.contains('[') {
        return None;
    }
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_nanosecond)
}

#[cfg(test)]
mod tests;
