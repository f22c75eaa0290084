//! Reads the acknowledgements of a file into a plain structure: what was refused, and where.

use super::codes::{EDIFACT, ELEMENT, GROUP, INTERCHANGE, Meaning, SEGMENT, SET, meaning};
use crate::ReadError;
use crate::edi::{Segment, Syntax, Text, TransactionSet};
use serde::Serialize;

/// How an envelope was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Accepted.
    Accepted,
    /// Accepted, with errors that are told.
    AcceptedWithErrors,
    /// Of a group: some of its sets were accepted.
    PartlyAccepted,
    /// Rejected.
    Rejected,
}

impl Verdict {
    /// AK501 and AK901.
    pub(super) fn x12(self) -> &'static str {
        match self {
            Verdict::Accepted => "A",
            Verdict::AcceptedWithErrors => "E",
            Verdict::PartlyAccepted => "P",
            Verdict::Rejected => "R",
        }
    }

    fn from_x12(code: &str) -> Verdict {
        match code {
            "A" => Verdict::Accepted,
            "E" => Verdict::AcceptedWithErrors,
            "P" => Verdict::PartlyAccepted,
            // M, W and X are rejections for reasons of security.
            _ => Verdict::Rejected,
        }
    }

    fn from_edifact(action: &str) -> Verdict {
        match action {
            "7" | "8" => Verdict::Accepted,
            _ => Verdict::Rejected,
        }
    }
}

/// Something that was refused, with its place in what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// The segment's name; empty in CONTRL, which tells its position only.
    pub segment: String,
    /// Its position in the set, ST or UNH being 1; 0 for the envelope.
    pub position: usize,
    /// The loop, where it is told.
    pub loop_id: String,
    /// Element from 1, 0 for the segment.
    pub element: usize,
    /// Component from 1, 0 for the element.
    pub component: usize,
    /// The error code as it stands.
    pub code: String,
    /// The value that was refused, where it is told.
    pub value: String,
    /// What the code means, in English.
    pub en: String,
    /// What the code means, in Spanish.
    pub es: String,
}

/// The answer to one set or message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAnswer {
    /// Set or message type.
    pub set: String,
    /// Its control number.
    pub control_number: String,
    /// How it was received.
    pub verdict: Verdict,
    /// What was refused.
    pub refused: Vec<Refused>,
}

/// One acknowledgement: of a group (997, 999) or an interchange (TA1, CONTRL).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `TA1`, `997`, `999` or `CONTRL`.
    pub standard: String,
    /// Control number of the group or interchange that is answered.
    pub control_number: String,
    /// How it was received.
    pub verdict: Verdict,
    /// What was refused of its envelope.
    pub refused: Vec<Refused>,
    /// Its sets.
    pub sets: Vec<SetAnswer>,
}

/// Reads all acknowledgements of a file; other sets are passed over.
///
/// # Errors
/// When the bytes are of neither syntax, or break a limit.
pub fn answers(bytes: &[u8]) -> Result<Vec<Answer>, ReadError> {
    let text = Text::decode(bytes, Syntax::X12)?;
    let mut out = Vec::new();
    let mut interchanges = text.interchanges();
    while let Some(interchange) = interchanges.interchange()? {
        out.extend(interchange.answers.iter().map(ta1));
        for set in interchange.groups.iter().flat_map(|group| &group.sets) {
            match set.id {
                "997" | "999" => out.push(x12(set)),
                "CONTRL" => out.push(contrl(set)),
                _ => {}
            }
        }
    }
    Ok(out)
}

fn ta1(segment: &Segment<'_>) -> Answer {
    let refused = coded(&Refused::default(), segment, 5..=5, INTERCHANGE);
    Answer {
        standard: "TA1".to_owned(),
        control_number: segment.element(1).unwrap_or("").to_owned(),
        verdict: Verdict::from_x12(segment.element(4).unwrap_or("")),
        refused: refused
            .into_iter()
            .filter(|one| one.code != "000")
            .collect(),
        sets: Vec::new(),
    }
}

fn answer(set: &TransactionSet<'_>) -> Answer {
    Answer {
        standard: set.id.to_owned(),
        control_number: String::new(),
        // Without a verdict nothing is accepted.
        verdict: Verdict::Rejected,
        refused: Vec::new(),
        sets: Vec::new(),
    }
}

fn x12(set: &TransactionSet<'_>) -> Answer {
    let mut out = answer(set);
    for segment in &set.segments {
        let text = |number| segment.element(number).unwrap_or("").to_owned();
        match segment.id {
            "AK1" => out.control_number = text(2),
            "AK2" => out.sets.push(SetAnswer {
                set: text(1),
                control_number: text(2),
                verdict: Verdict::Rejected,
                refused: Vec::new(),
            }),
            "AK3" | "IK3" => {
                if let Some(last) = out.sets.last_mut() {
                    let at = Refused {
                        segment: text(1),
                        position: text(2).parse().unwrap_or(0),
                        loop_id: text(3),
                        ..Refused::default()
                    };
                    last.refused.extend(coded(&at, segment, 4..=8, SEGMENT));
                }
            }
            "AK4" | "IK4" => {
                if let Some(last) = out.sets.last_mut() {
                    element(last, segment);
                }
            }
            "AK5" | "IK5" => {
                if let Some(last) = out.sets.last_mut() {
                    last.verdict = Verdict::from_x12(&text(1));
                    let at = Refused::default();
                    // Code 5 only says that AK3 stand before it.
                    let own = coded(&at, segment, 2..=6, SET);
                    last.refused
                        .extend(own.into_iter().filter(|one| one.code != "5"));
                }
            }
            "AK9" => {
                out.verdict = Verdict::from_x12(&text(1));
                out.refused = coded(&Refused::default(), segment, 5..=9, GROUP);
            }
            _ => {}
        }
    }
    out
}

/// An element error belongs to the segment before it, whose own code 8 says no more.
fn element(answer: &mut SetAnswer, segment: &Segment<'_>) {
    let at = answer.refused.iter().rev().find(|found| found.position > 0);
    let number = |component| {
        let text = segment.component(1, component);
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    let code = segment.element(3).unwrap_or("").to_owned();
    let (en, es) = meaning(ELEMENT, &code);
    let refused = Refused {
        segment: at.map_or(String::new(), |at| at.segment.clone()),
        position: at.map_or(0, |at| at.position),
        loop_id: at.map_or(String::new(), |at| at.loop_id.clone()),
        element: number(1),
        component: number(2),
        code,
        value: segment.element(4).unwrap_or("").to_owned(),
        en,
        es,
    };
    let bare = |found: &Refused| {
        found.position == refused.position && found.element == 0 && found.code == "8"
    };
    answer.refused.retain(|found| !bare(found));
    answer.refused.push(refused);
}

/// One for each code of a segment.
fn coded(
    at: &Refused,
    segment: &Segment<'_>,
    numbers: std::ops::RangeInclusive<usize>,
    list: &[Meaning],
) -> Vec<Refused> {
    numbers
        .filter_map(|number| segment.element(number))
        .map(|code| {
            let (en, es) = meaning(list, code);
            Refused {
                code: code.to_owned(),
                en,
                es,
                ..at.clone()
            }
        })
        .collect()
}

fn contrl(set: &TransactionSet<'_>) -> Answer {
    let mut out = answer(set);
    let mut position = 0;
    for segment in &set.segments {
        let part = |number, component| {
            let text = segment.component(number, component);
            text.unwrap_or_default().into_owned()
        };
        let refused = |number: usize, position: usize| {
            let code = segment.component(number, 1)?.into_owned();
            let (en, es) = meaning(EDIFACT, &code);
            Some(Refused {
                position,
                code,
                en,
                es,
                ..Refused::default()
            })
        };
        match segment.id {
            "UCI" => {
                out.control_number = part(1, 1);
                out.verdict = Verdict::from_edifact(&part(4, 1));
                out.refused.extend(refused(5, 0));
            }
            "UCF" => out.refused.extend(refused(5, 0)),
            "UCM" => {
                position = 0;
                out.sets.push(SetAnswer {
                    set: part(2, 1),
                    control_number: part(1, 1),
                    verdict: Verdict::from_edifact(&part(3, 1)),
                    refused: refused(4, 0).into_iter().collect(),
                });
            }
            "UCS" => {
                position = part(1, 1).parse().unwrap_or(0);
                if let Some(last) = out.sets.last_mut() {
                    last.refused.extend(refused(2, position));
                }
            }
            "UCD" => {
                if let (Some(last), Some(found)) = (out.sets.last_mut(), refused(1, position)) {
                    last.refused.push(Refused {
                        // The tag of the segment is position 1.
                        element: part(2, 1)
                            .parse::<usize>()
                            .map_or(0, |at| at.saturating_sub(1)),
                        component: part(2, 2).parse().unwrap_or(0),
                        ..found
                    });
                }
            }
            _ => {}
        }
    }
    // Accepted, but not without errors: the action codes of EDIFACT have no word for it.
    for set in &mut out.sets {
        if set.verdict == Verdict::Accepted && !set.refused.is_empty() {
            set.verdict = Verdict::AcceptedWithErrors;
        }
    }
    out
}
