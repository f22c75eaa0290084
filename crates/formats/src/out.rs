//! From the records of a case to a document, for what a party sends.
//!
//! What is written is read again before it is handed out, and compared: a member that the format has no place for is named, and a member
//! that would say something else on the other side keeps the document back.

mod carta_porte;
mod cove;
mod cover_sheet;
mod doda;
mod edifact;
mod iso20022;
mod pairs;
mod pedimento;
mod table;
mod x12;

pub use table::EXPORTERS;

use std::collections::BTreeMap;

use jiff::civil;
use serde_json::Value;

use self::pairs::Paired;
use crate::draft::{DraftRecord, Fault, Missing, Severity, SourcePlace};
use crate::elements::OCCURRED;
use crate::kinds::{DocumentKind, Readings};
use crate::{Draft, read_as};

/// A record in force of a case, on its way into a document.
#[derive(Clone, Copy, Debug)]
pub struct CaseRecord<'a> {
    /// Its type.
    pub record_type: &'a str,
    /// Its `credentialSubject`.
    pub subject: &'a Value,
    /// When what it states happened, where the envelope is at hand.
    pub occurred: Option<jiff::Timestamp>,
}

/// What a document needs that no record says: from whom to whom, under which numbers, when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Who sends, as the interchange names them.
    pub sender: String,
    /// Qualifier of the sender's identification; empty for the format's usual one.
    pub sender_qualifier: String,
    /// Who receives.
    pub receiver: String,
    /// Qualifier of the receiver's identification; empty for the format's usual one.
    pub receiver_qualifier: String,
    /// The interchange's control number; never used twice to one receiver.
    pub control_number: u32,
    /// When it is made, in the sender's local time.
    pub at: civil::DateTime,
    /// Whether it is marked as a test.
    pub test: bool,
    /// Elements that the format asks for and no record type has, by the name under which they are told to be missing.
    pub supplied: BTreeMap<String, String>,
}

/// A kind of document that is written.
#[derive(Clone, Copy, Debug)]
pub struct Exporter {
    /// Its name, as in `garita export NAME`.
    pub name: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it is, in Spanish.
    pub es: &'static str,
    /// The kind.
    pub kind: DocumentKind,
    /// Media type of what is written.
    pub media_type: &'static str,
    /// Ending of a file's name, without the point.
    pub extension: &'static str,
    /// Record types that it is made from; one of them must be there.
    pub from: &'static [&'static str],
    /// What goes along from records of other types: the type, and the members below which it is compared.
    pub also: &'static [(&'static str, &'static [&'static str])],
    /// Members that the reader fills from a neighbour, or from a coarser list, for want of their own: where they differ they were left
    /// out. Type and pointer, `*` for any item.
    pub stands_in: &'static [(&'static str, &'static str)],
    /// A document of one record of that type says which by that member, under the name of it in [`Sending::supplied`].
    pub one_of: Option<(&'static str, &'static str)>,
    /// Writes the document, or says what the records lack.
    pub write: WriteFn,
}

/// Writes a document, or says what the records lack.
pub type WriteFn = fn(&[CaseRecord<'_>], &Sending, &Readings) -> Result<Vec<u8>, Vec<Missing>>;

/// ISA13 has nine digits; the other formats have room for more and none needs it.
const CONTROL_NUMBER_MAX: u32 = 999_999_999;

/// A document, and what it does not say.
#[derive(Clone, Debug)]
pub struct Written {
    /// The document.
    pub bytes: Vec<u8>,
    /// Members of the records that the format has no place for.
    pub left_out: Vec<LeftOut>,
}

/// A member that stayed behind.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Index into the records that were handed in.
    pub record: usize,
    /// Its type.
    pub record_type: String,
    /// JSON pointer into its subject; `/occurred` is that of the record beside it.
    pub pointer: String,
}

/// Why no document was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The records lack what the format requires.
    #[error("{} member(s) are missing", .0.len())]
    Missing(Vec<Missing>),
    /// A member would say something else on the other side.
    #[error(
        "`{pointer}` of {record_type} can't be said in this format: `{is}` would be read as `{would_be}`"
    )]
    Changed {
        /// Record type.
        record_type: String,
        /// JSON pointer into its subject.
        pointer: String,
        /// What the record says.
        is: String,
        /// What the reader of the document would take it for.
        would_be: String,
    },
    /// A sender, receiver or number that the envelope cannot say: cut to its width it would be somebody else.
    #[error("`{member}` is {takes}")]
    Address {
        /// Member of [`Sending`], as in an address's query.
        member: &'static str,
        /// What it takes, in English.
        takes: String,
        /// The same in Spanish.
        takes_es: String,
    },
    /// The document would be wrong on the other side, though every member is said.
    #[error("{} fault(s) in the document", .0.len())]
    Faulty(Vec<Fault>),
}

impl Exporter {
    /// Below which members records of that type go into what was written. What goes along and is not read again is left out.
    fn takes(&self, record_type: &str, again: &Draft) -> &'static [&'static str] {
        if self.from.contains(&record_type) {
            return match again.record(record_type).is_none() && self.says_one() {
                true => &[],
                false => &[""],
            };
        }
        let also = self.also.iter().find(|(also, _)| *also == record_type);
        also.map_or(&[], |(_, members)| members)
    }

    /// Whether it is of one record, whatever else of [`Exporter::from`] the case has.
    fn says_one(&self) -> bool {
        matches!(
            self.kind,
            DocumentKind::X12Answer355 | DocumentKind::EdifactCusrep
        )
    }

    /// Whether the reader fills that member from another.
    fn is_stand_in(&self, record_type: &str, pointer: &str) -> bool {
        self.stands_in.iter().any(|(of, pattern)| {
            let (mut told, mut named) = (pointer.split('/'), pattern.split('/'));
            *of == record_type
                && told
                    .by_ref()
                    .zip(named.by_ref())
                    .all(|(told, named)| named == "*" || told == named)
                && told.next().is_none()
                && named.next().is_none()
        })
    }

    /// Of the records of the type that goes by itself, the one that is asked for.
    fn narrow<'a>(
        &self,
        records: &[CaseRecord<'a>],
        sending: &Sending,
    ) -> Result<Vec<(usize, CaseRecord<'a>)>, Vec<Missing>> {
        let numbered = records.iter().copied().enumerate();
        let Some((one, member)) = self.one_of else {
            return Ok(numbered.collect());
        };
        let pointer = format!("/{member}");
        let mut known: Vec<&str> = records
            .iter()
            .filter(|record| record.record_type == one)
            .filter_map(|record| record.subject.pointer(&pointer)?.as_str())
            .collect();
        known.dedup();
        let asked = match (sending.supplied.get(member), known.as_slice()) {
            (Some(asked), _) if known.contains(&asked.as_str()) => asked.as_str(),
            (None, []) => return Ok(numbered.collect()),
            (None, [only]) => only,
            _ => {
                let list = known.join(", ");
                return Err(vec![Missing {
                    pointer: member.to_owned(),
                    en: format!("which one it is about, of {list}"),
                    es: format!("de cuál se trata, de {list}"),
                }]);
            }
        };
        let is_asked = |record: &CaseRecord<'_>| {
            record.record_type != one
                || record.subject.pointer(&pointer).and_then(Value::as_str) == Some(asked)
        };
        let own = records
            .iter()
            .find(|record| record.record_type == one && is_asked(record));
        // A shipment that it does not name stays behind whole: it is of another document.
        let is_along = |record: &CaseRecord<'_>| {
            record.record_type != "Shipment"
                || own.is_none_or(|own| carta_porte::names(own.subject, record.subject))
        };
        Ok(numbered
            .filter(|(_, record)| is_asked(record) && is_along(record))
            .collect())
    }

    /// Longest identification and longest qualifier of an envelope; whether the qualifier has just that length; what neither may hold.
    fn envelope(&self) -> (usize, usize, bool, &'static str) {
        match self.media_type {
            // ISA05 to ISA08 have fixed widths, and ISA has no way to escape what parts its elements.
            table::X12 => (15, 2, true, "*~>^"),
            _ => (35, 4, false, ""),
        }
    }

    /// Looks whether the envelope can say from whom to whom, and under which number.
    fn addresses(&self, sending: &Sending) -> Result<(), WriteError> {
        if sending.control_number > CONTROL_NUMBER_MAX {
            return Err(WriteError::Address {
                member: "control",
                takes: format!("a number up to {CONTROL_NUMBER_MAX}"),
                takes_es: format!("un número hasta {CONTROL_NUMBER_MAX}"),
            });
        }
        let (longest, longest_qualifier, whole, parting) = self.envelope();
        let said = |text: &str| {
            text.chars().all(|c| {
                !c.is_control() && !parting.contains(c) && (parting.is_empty() || c.is_ascii())
            })
        };
        for (member, text) in [("sender", &sending.sender), ("receiver", &sending.receiver)] {
            if text.chars().count() > longest || !said(text) {
                return Err(WriteError::Address {
                    member,
                    takes: format!("at most {longest} characters that the envelope can hold"),
                    takes_es: format!("a lo más {longest} caracteres que caben en el sobre"),
                });
            }
        }
        for (member, text) in [
            ("senderQualifier", &sending.sender_qualifier),
            ("receiverQualifier", &sending.receiver_qualifier),
        ] {
            let length = text.chars().count();
            let fits = length == 0
                || length == longest_qualifier
                || (!whole && length < longest_qualifier);
            if !fits || !said(text) {
                let (most, most_es) = if whole {
                    ("just", "justo")
                } else {
                    ("at most", "a lo más")
                };
                return Err(WriteError::Address {
                    member,
                    takes: format!(
                        "{most} {longest_qualifier} characters that the envelope can hold"
                    ),
                    takes_es: format!(
                        "{most_es} {longest_qualifier} caracteres que caben en el sobre"
                    ),
                });
            }
        }
        Ok(())
    }

    /// The exporter of that name.
    pub fn named(name: &str) -> Option<&'static Exporter> {
        EXPORTERS.iter().find(|exporter| exporter.name == name)
    }
}

/// Whether what is missing is no member of a record but an element that the sender supplies.
pub fn is_supplied(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('/')
}

/// Whether it is no element that is missing but the choice of one of several records.
pub fn is_choice(name: &str) -> bool {
    EXPORTERS
        .iter()
        .any(|exporter| exporter.one_of.is_some_and(|(_, member)| member == name))
}

/// Writes the records as a document.
///
/// # Errors
/// See [`WriteError`].
pub fn write(
    exporter: &Exporter,
    records: &[CaseRecord<'_>],
    sending: &Sending,
    readings: &Readings,
) -> Result<Written, WriteError> {
    exporter.addresses(sending)?;
    let chosen = exporter
        .narrow(records, sending)
        .map_err(WriteError::Missing)?;
    let records: Vec<CaseRecord<'_>> = chosen.iter().map(|(_, record)| *record).collect();
    let bytes = (exporter.write)(&records, sending, readings).map_err(WriteError::Missing)?;
    let unread = |would_be: String| WriteError::Changed {
        record_type: String::new(),
        pointer: String::new(),
        is: String::new(),
        would_be,
    };
    let again = read_as(exporter.kind, &bytes, readings).map_err(|error| unread(error.en))?;
    let own = |read: &&DraftRecord| exporter.from.contains(&read.record_type.as_str());
    if !again.records.iter().any(|read| own(&read)) {
        let others: Vec<&str> = again
            .records
            .iter()
            .map(|r| r.record_type.as_str())
            .collect();
        return Err(unread(others.join(", ")));
    }
    let faults: Vec<Fault> = again
        .faults
        .iter()
        .filter(|fault| fault.severity == Severity::Error)
        .cloned()
        .collect();
    let mut left_out = compare(exporter, &records, &again)?;
    if !faults.is_empty() {
        return Err(WriteError::Faulty(faults));
    }
    for left in &mut left_out {
        left.record = chosen.get(left.record).map_or(left.record, |(at, _)| *at);
    }
    Ok(Written { bytes, left_out })
}

/// The members of the records that the draft lacks.
fn compare(
    exporter: &Exporter,
    records: &[CaseRecord<'_>],
    again: &Draft,
) -> Result<Vec<LeftOut>, WriteError> {
    let mut left_out = Vec::new();
    let paired = pairs::pairs(records, again);
    let elements = (exporter.kind.importer().elements)();
    let tells_time = |record_type: &str| {
        let mut goes = elements.iter().flat_map(|row| &row.goes);
        goes.any(|goes| goes.record_type == record_type && goes.member == OCCURRED)
    };
    for (index, (record, paired)) in records.iter().zip(&paired).enumerate() {
        let taken = exporter.takes(record.record_type, again);
        for read in &paired.own {
            happened(record, read)?;
        }
        let is_dated = paired.own.iter().any(|read| read.occurred.is_some());
        if record.occurred.is_some()
            && !taken.is_empty()
            && !is_dated
            && tells_time(record.record_type)
        {
            left_out.push(LeftOut {
                record: index,
                record_type: record.record_type.to_owned(),
                pointer: format!("/{OCCURRED}"),
            });
        }
        let mut leaves = Vec::new();
        leaves_of(record.subject, String::new(), &mut leaves);
        leaves.retain(|(pointer, _)| taken.iter().any(|member| pointer.starts_with(member)));
        for (pointer, is) in leaves {
            let changed = changed(&pointer, is, paired);
            if let Some(would_be) = changed
                && !exporter.is_stand_in(record.record_type, &pointer)
            {
                let shown = |value: &Value| {
                    let text = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    SourcePlace::new(0, None, "", &text).text
                };
                return Err(WriteError::Changed {
                    record_type: record.record_type.to_owned(),
                    pointer,
                    is: shown(is),
                    would_be: shown(would_be),
                });
            }
            if changed.is_some() || !is_told(&pointer, is, paired) {
                left_out.push(LeftOut {
                    record: index,
                    record_type: record.record_type.to_owned(),
                    pointer,
                });
            }
        }
    }
    Ok(left_out)
}

/// What says that member otherwise, of the records that say this one.
fn changed<'a>(pointer: &str, is: &Value, paired: &Paired<'a>) -> Option<&'a Value> {
    // Further ones say other items of its lists.
    let is_item = pointer.split('/').any(|step| step.parse::<usize>().is_ok());
    let own = paired.own.iter().take(if is_item { 1 } else { usize::MAX });
    own.filter_map(|read| read.subject.pointer(pointer))
        .find(|would_be| !same(is, would_be))
}

/// Whether that member is said: where it stands, or as an item of that list in another record, which a format may have for each item.
fn is_told(pointer: &str, is: &Value, paired: &Paired<'_>) -> bool {
    let here = |read: &DraftRecord| {
        read.subject
            .pointer(pointer)
            .is_some_and(|would_be| same(is, would_be))
    };
    // What has no record of its own may be said by that of another, where it is the same.
    let standing = match paired.own.first() {
        Some(own) => own.subject.pointer(pointer).is_some(),
        None => paired.akin.iter().any(|read| here(read)),
    };
    let Some((list, _)) = pointer.rsplit_once('/') else {
        return standing;
    };
    let mut others = paired.own.iter().chain(&paired.akin);
    standing
        || others.any(|read| {
            let items = read.subject.pointer(list).and_then(Value::as_array);
            items.is_some_and(|items| items.iter().any(|item| same(is, item)))
        })
}

/// Whether a record that was read says the minute of that of the case; none where one of them says none.
fn same_minute(record: &CaseRecord<'_>, read: &DraftRecord) -> Option<bool> {
    let (is, would_be) = (record.occurred?, read.occurred.as_ref()?);
    let minute = |at: jiff::Timestamp| at.as_second().div_euclid(60);
    Some(would_be.at.parse().ok().map(minute) == Some(minute(is)))
}

/// Whether a document that tells when something happened tells the record's own minute.
fn happened(record: &CaseRecord<'_>, read: &DraftRecord) -> Result<(), WriteError> {
    match (same_minute(record, read), record.occurred, &read.occurred) {
        (Some(false), Some(is), Some(would_be)) => Err(WriteError::Changed {
            record_type: record.record_type.to_owned(),
            pointer: format!("/{OCCURRED}"),
            is: is.to_string(),
            would_be: would_be.at.clone(),
        }),
        _ => Ok(()),
    }
}

/// Every value that is no object or list, with its pointer.
fn leaves_of<'a>(value: &'a Value, at: String, leaves: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves_of(member, format!("{at}/{name}"), leaves);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves_of(item, format!("{at}/{index}"), leaves);
            }
        }
        leaf => leaves.push((at, leaf)),
    }
}

/// Whether two values say the same: numbers by value, instants by moment, texts but for how their lines are broken.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::String(one), Value::String(other)) => {
            let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
            one == other
                || one.split_whitespace().eq(other.split_whitespace())
                || matches!((moment(one), moment(other)), (Some(one), Some(other)) if one == other)
        }
        _ => one == other,
    }
}

/// The record that a document is made of: the first of its type, or what to call it where there is none.
pub(crate) fn leading<'a>(
    records: &'a [CaseRecord<'a>],
    record_type: &str,
    (en, es): (&str, &str),
) -> Result<&'a CaseRecord<'a>, Vec<Missing>> {
    let found = records.iter().find(|r| r.record_type == record_type);
    found.ok_or_else(|| {
        vec![Missing {
            pointer: String::new(),
            en: en.to_owned(),
            es: es.to_owned(),
        }]
    })
}

/// Reads members of a subject for a writer, and notes what is missing.
pub(crate) struct Reads<'a> {
    pub(crate) subject: &'a Value,
    missing: Vec<Missing>,
}

impl<'a> Reads<'a> {
    pub(crate) fn of(subject: &'a Value) -> Reads<'a> {
        Reads {
            subject,
            missing: Vec::new(),
        }
    }

    /// A text member; empty where it is not there.
    pub(crate) fn text(&self, pointer: &str) -> String {
        match self.subject.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => plain_number(number),
            _ => String::new(),
        }
    }

    /// A text member that the format requires.
    pub(crate) fn required(&mut self, pointer: &str, en: &str, es: &str) -> String {
        let text = self.text(pointer);
        if text.is_empty() {
            self.lacks(pointer, en, es);
        }
        text
    }

    /// A text that no record type has a place for: the sender supplies it under that name.
    pub(crate) fn supplied(&mut self, sending: &Sending, name: &str, en: &str, es: &str) -> String {
        let text = sending.supplied.get(name).map_or("", |text| text.trim());
        if text.is_empty() {
            self.lacks(name, en, es);
        }
        text.to_owned()
    }

    /// A text that the case told in another record, or else the sender supplies.
    pub(crate) fn known_or_supplied(
        &mut self,
        known: Option<String>,
        sending: &Sending,
        name: &str,
        en: &str,
        es: &str,
    ) -> String {
        known.unwrap_or_else(|| self.supplied(sending, name, en, es))
    }

    /// Notes that a member is missing. A pointer names a member of the record; a name without `/` an element that the sender supplies.
    pub(crate) fn lacks(&mut self, pointer: &str, en: &str, es: &str) {
        self.missing.push(Missing {
            pointer: pointer.to_owned(),
            en: en.to_owned(),
            es: es.to_owned(),
        });
    }

    /// The items of a list; none where it is not there.
    pub(crate) fn items(&self, pointer: &str) -> &'a [Value] {
        self.subject
            .pointer(pointer)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn missing(self) -> Vec<Missing> {
        self.missing
    }
}

/// A number as a document writes it: no exponent, no needless zeros.
fn plain_number(number: &serde_json::Number) -> String {
    let text = number.to_string();
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
