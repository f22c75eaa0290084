//! Acknowledgements: 997 and 999 of X12, CONTRL of EDIFACT, made of what reading found, and read.
//!
//! An acknowledgement answers the syntax: envelopes, segments that are missing, elements that are missing, too long or
//! of a wrong form. Whether the goods may cross is another answer. Sets that no table here knows are answered as not
//! supported.

mod codes;
mod contrl;
mod judge;
mod read;
#[cfg(test)]
mod tests;
mod x12;

pub use read::{Answer, Refused, SetAnswer, Verdict, answers};

use super::map::Envelope;
use super::{Syntax, Text};
use crate::{ReadError, Readings};
use judge::judge;

/// The kinds of acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acknowledgement {
    /// X12 997, functional acknowledgement.
    Functional997,
    /// X12 999, implementation acknowledgement.
    Implementation999,
    /// EDIFACT CONTRL, syntax and service report.
    Contrl,
}

impl Acknowledgement {
    /// The usual kind for a syntax.
    pub fn of(syntax: Syntax) -> Acknowledgement {
        match syntax {
            Syntax::X12 => Acknowledgement::Functional997,
            Syntax::Edifact => Acknowledgement::Contrl,
        }
    }

    /// The syntax that it is written in and answers to.
    pub fn syntax(self) -> Syntax {
        match self {
            Acknowledgement::Functional997 | Acknowledgement::Implementation999 => Syntax::X12,
            Acknowledgement::Contrl => Syntax::Edifact,
        }
    }
}

/// What the envelope of an answer needs and the document does not tell: this crate asks no clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Day, `CCYYMMDD`, in the zone that the partners agreed on.
    pub date: String,
    /// Time, `HHMM`.
    pub time: String,
    /// Control number of the first answer; each further one is the next.
    pub control_number: u32,
}

/// Answers each interchange of a file that is of the kind's syntax, with an interchange of its own.
///
/// # Errors
/// When the bytes are of neither syntax, or break a limit: then there is nothing to name in an answer.
pub fn acknowledge(
    bytes: &[u8],
    kind: Acknowledgement,
    stamp: &Stamp,
    readings: &Readings,
) -> Result<Vec<u8>, ReadError> {
    let text = Text::decode(bytes, kind.syntax())?;
    let manifest = judge::manifest_findings(bytes, readings);
    let mut out = String::new();
    let mut number = stamp.control_number;
    let mut interchanges = text.interchanges();
    while let Some(interchange) = interchanges.interchange()? {
        if interchange.syntax != kind.syntax() {
            continue;
        }
        let judged = judge(&interchange, interchanges.unfit(), readings, &manifest);
        let stamp = Stamp {
            control_number: number,
            ..stamp.clone()
        };
        out.push_str(&match kind {
            Acknowledgement::Functional997 => x12::write(&judged, &stamp, x12::Form::F997),
            Acknowledgement::Implementation999 => x12::write(&judged, &stamp, x12::Form::F999),
            Acknowledgement::Contrl => contrl::write(&judged, &stamp),
        });
        number = number.wrapping_add(1);
    }
    Ok(out.into_bytes())
}

/// The day of an interchange header: `YYMMDD`.
fn short(date: &str) -> &str {
    date.get(2..).filter(|_| date.len() == 8).unwrap_or(date)
}

/// The envelope of an answer to that one.
fn answering(envelope: &Envelope, stamp: &Stamp) -> Envelope {
    Envelope {
        date: short(&stamp.date).to_owned(),
        time: stamp.time.clone(),
        group_date: stamp.date.clone(),
        group_time: stamp.time.clone(),
        ..envelope.turned()
    }
}
