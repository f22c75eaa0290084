//! What an importer hands on: records that could be filed, where each member came from, and all that is wrong.
//!
//! A draft is no record: it has no issuer, no salt and no proof. It keeps, for every member it fills, the place in
//! the file that says so, so that a person can be shown both. What the file does not say is listed as missing; it
//! is never made up.

use crate::kinds::DocumentKind;
use serde::Serialize;
use serde_json::Value;

mod book;
mod builder;
mod places;
mod sources;
pub(crate) use book::{Mark, Noted, NotedSet, SegmentMark, push_number, segment_path};
pub(crate) use builder::{Builder, insert};
pub(crate) use places::Places;
pub use sources::Sources;

/// A hostile file can hold a fault in every attribute; a person reads some dozens. Further faults are counted only.
pub const FAULTS_MAX: usize = 1_000;

/// Enough of the source to recognise it on a screen; a base64 seal or a paragraph is cut here.
pub const SOURCE_TEXT_CHARS_MAX: usize = 160;

/// A place in the source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourcePlace {
    /// Line of the decoded text, from 1.
    pub line: u32,
    /// Column in characters, from 1, where the syntax has one worth telling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// XPath (`/cfdi:Comprobante/.../@PlacaVM`) or segment position (`309 #0001/11 M11-01`).
    pub path: String,
    /// The text found there, cut at [`SOURCE_TEXT_CHARS_MAX`] characters.
    pub text: String,
}

impl SourcePlace {
    /// A place whose text is cut to what a page shows.
    pub fn new(line: u32, column: Option<u32>, path: impl Into<String>, text: &str) -> SourcePlace {
        let cut = if text.len() <= SOURCE_TEXT_CHARS_MAX {
            None
        } else {
            text.char_indices().nth(SOURCE_TEXT_CHARS_MAX)
        };
        let shown = match cut.and_then(|(end, _)| text.get(..end)) {
            Some(shown) => format!("{shown}…"),
            None => text.to_owned(),
        };
        SourcePlace {
            line,
            column,
            path: path.into(),
            text: shown,
        }
    }
}

/// How much a fault weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Said for completeness: the content is right, but not all of it was taken over.
    Note,
    /// A person should look; filing is possible.
    Warning,
    /// The draft must not be filed as it is.
    Error,
}

/// Something wrong or remarkable in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// Index of the draft record that `pointer` points into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// JSON pointer into the draft record's subject, where the faulty value landed in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Place in the source file, where the fault has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<SourcePlace>,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Spanish.
    pub es: String,
    /// How much it weighs.
    pub severity: Severity,
    /// JSON pointer into the plain document, from which `record` and `pointer` are found when the draft is built.
    #[serde(skip)]
    pub(crate) origin: Option<places::FaultOrigin>,
}

impl Fault {
    /// An error of the whole file.
    pub fn whole(
        code: &'static str,
        place: Option<SourcePlace>,
        en: impl Into<String>,
        es: impl Into<String>,
    ) -> Fault {
        Fault {
            code,
            record: None,
            pointer: None,
            place,
            en: en.into(),
            es: es.into(),
            severity: Severity::Error,
            origin: None,
        }
    }
}

/// A member that the record type asks for and the document does not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// JSON pointer into the draft record's subject.
    pub pointer: String,
    /// What has to be given, in English.
    pub en: String,
    /// What has to be given, in Spanish.
    pub es: String,
}

/// When what a record states happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Occurred {
    /// The instant, RFC 3339 in UTC.
    pub at: String,
    /// Where the document says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<SourcePlace>,
}

/// One record that the document could become.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftRecord {
    /// Record type of the crossing profile, such as `Manifest`.
    pub record_type: String,
    /// Whether the record is a by-product: it may be filed as well, and its gaps don't hold up the others.
    pub optional: bool,
    /// The `credentialSubject` as far as the document tells it.
    pub subject: Value,
    /// For each filled member (JSON pointer), the place that says so.
    pub sources: Sources,
    /// What the record type needs and the document does not tell.
    pub missing: Vec<Missing>,
    /// When what the record states happened, where the document says it to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Occurred>,
    /// Why it changes what its sender filed before, where the document says that it does: `function 5: driver changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amends: Option<String>,
    /// `report` where the document says what another party decided: who imports it then reports, and does not act.
    /// `compiled` where it gathers what was said in public: who imports it vouches for the gathering alone.
    /// A hint only; the party that sent the document, or whose word it is, may file it as its own act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'static str>,
    /// What is reported or compiled from, such as `350 0001, CBP 000000417` or `row 12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What one file became.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// What the file is.
    pub kind: DocumentKind,
    /// The records it could become, the leading one first.
    pub records: Vec<DraftRecord>,
    /// All faults at once, in the order of the source.
    pub faults: Vec<Fault>,
    /// Faults beyond [`FAULTS_MAX`], counted but not told.
    pub faults_untold: usize,
}

impl DraftRecord {
    /// Gives a member that the document does not tell, such as the trip of a Carta Porte; tells whether it landed.
    ///
    /// What was missing there is missing no more. The member gets no source: it comes from the filer, not the file.
    pub fn supply(&mut self, pointer: &str, value: Value) -> bool {
        let landed = builder::insert(&mut self.subject, pointer, value);
        if landed {
            self.sources.remove(pointer);
            self.missing.retain(|gap| {
                gap.pointer != pointer && !gap.pointer.starts_with(&format!("{pointer}/"))
            });
        }
        landed
    }
}

impl Draft {
    /// Whether nothing hinders filing: no fault of severity error, nothing missing in a record that is not optional.
    pub fn is_complete(&self) -> bool {
        self.faults_untold == 0
            && self
                .faults
                .iter()
                .all(|fault| fault.severity < Severity::Error)
            && self
                .records
                .iter()
                .all(|record| record.optional || record.missing.is_empty())
    }

    /// Moves all places down, where the document began on a later line of its file.
    pub fn shift_lines(&mut self, by: u32) {
        for record in &mut self.records {
            record.sources.shift_lines(by);
        }
        let occurred = self.records.iter_mut().filter_map(|r| r.occurred.as_mut());
        let occurred = occurred.filter_map(|occurred| occurred.place.as_mut());
        let places = self.faults.iter_mut().filter_map(|f| f.place.as_mut());
        for place in places.chain(occurred) {
            place.line = place.line.saturating_add(by);
        }
    }

    /// The first record of a type.
    pub fn record(&self, record_type: &str) -> Option<&DraftRecord> {
        self.records
            .iter()
            .find(|record| record.record_type == record_type)
    }
}
