//! ANSI X12 355, customs acceptance or rejection: CBP's answer to a manifest, read as a report and written as CBP would.
//!
//! CBP returns M10 and P4, and each segment in error with K1 behind it; K3 at the end sums up. The texts of K3 are
//! published nowhere that was found (unsure): the words by which they are told apart are configuration, and where
//! they say nothing the presence of K1 decides.

use crate::ReadError;
use crate::draft::Draft;
use crate::edi::map::{Deriving, Envelope, Form, Loop, Opens, Pass, Record, Row, SetMap};
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;
use crate::manifest::pieces;
use crate::x12_309::TripElement;
use crate::x12_out::{Heading, Written, filled_write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What K101 is where K102 is there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemarkForm {
    /// A code without blanks, when it looks like one; K102 is its text.
    CodeThenText,
    /// Text, going on in K102.
    Text,
}

/// How an ambiguous guide is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// Where the trip number is.
    pub trip: TripElement,
    /// What K1 holds (unsure).
    pub remark: RemarkForm,
    /// Words of K301 that mean a rejection, in capitals (unsure).
    pub rejected_words: Vec<String>,
    /// Words of K301 that mean an acceptance, in capitals (unsure).
    pub accepted_words: Vec<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            trip: TripElement::M1007,
            remark: RemarkForm::CodeThenText,
            rejected_words: vec!["REJECT".to_owned()],
            accepted_words: vec!["ACCEPT".to_owned()],
        }
    }
}

const ACCEPTED: &str = "ManifestAccepted";
const REJECTED: &str = "ManifestRejected";
/// Members of the records hold at most this.
const RESPONSE_CHARS_MAX: usize = 500;

/// Rows of a segment that may be in error: what names it, and the remarks behind it.
macro_rules! in_error {
    ($segment:literal, $key:literal) => {
        &[
            Row::new($segment, $key, "key", "What is in error", "Qué está mal"),
            K1_TEXT,
            K1_MORE,
        ]
    };
}

const K1_TEXT: Row<Reading> = Row::new(
    "K1",
    1,
    "remark",
    "Error text or code",
    "Texto o código del error",
)
.derived(&[
    (REJECTED, "/responseText"),
    (REJECTED, "/errorCode"),
    (ACCEPTED, "/responseText"),
]);
const K1_MORE: Row<Reading> = Row::new(
    "K1",
    2,
    "remark-more",
    "Error text, further",
    "Texto del error, continuación",
)
.derived(&[(REJECTED, "/responseText"), (ACCEPTED, "/responseText")]);

macro_rules! error_loop {
    ($segment:literal, $key:literal, [$($inner:expr),*]) => {
        Loop {
            quiet: true,
            rows: in_error!($segment, $key),
            loops: &[$($inner),*],
            ..Loop::new($segment, $segment)
        }
    };
}

/// The table.
pub static MAP: SetMap<Reading> = SetMap {
    set: "355",
    syntax: crate::edi::Syntax::X12,
    groups: &["AZ", "SO"],
    root: Loop {
        needs: &["M10"],
        rows: &[
            Row::new("M10", 1, "scac", "Carrier’s SCAC", "SCAC del transportista")
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[(ACCEPTED, "/scac"), (REJECTED, "/scac")])
                .required()
                .max(4),
            Row::new("M10", 2, "mode", "Mode of transport", "Modo de transporte"),
            Row::new(
                "M10",
                3,
                "country",
                "Country of registration",
                "País de matrícula",
            ),
            Row::new("M10", 7, "trip", "Trip number", "Número de viaje")
                .at(|reading: &Reading| reading.trip.number())
                .form(Form::Identifier("trip-number", "trip-form"))
                .goes(&[(ACCEPTED, "/trip"), (REJECTED, "/trip")]),
            K1_TEXT.unfold(|_, _, subject| {
                let code = text_of(subject, "errorCode");
                let texts = pieces(text_of(subject, "responseText"), 30);
                match code {
                    "" => texts,
                    // The first remark carries the code in K101 and its text in K102.
                    code => std::iter::once(code.to_owned())
                        .chain(texts.into_iter().skip(1))
                        .collect(),
                }
            }),
            K1_MORE.unfold(|_, _, subject| match text_of(subject, "errorCode") {
                "" => Vec::new(),
                _ => pieces(text_of(subject, "responseText"), 30)
                    .into_iter()
                    .take(1)
                    .collect(),
            }),
            Row::new(
                "K3",
                1,
                "summary",
                "Summary: accepted or rejected",
                "Resumen: aceptado o rechazado",
            )
            .derived(&[(ACCEPTED, "/responseText"), (REJECTED, "/responseText")])
            .unfold(|reading: &Reading, record_type, _| {
                let words = if record_type == ACCEPTED {
                    &reading.accepted_words
                } else {
                    &reading.rejected_words
                };
                words
                    .iter()
                    .take(1)
                    .map(|word| format!("{word}ED"))
                    .collect()
            })
            .max(80)
            .last(),
        ],
        opens: Opens::By(&[ACCEPTED, REJECTED], opened),
        loops: &[
            error_loop!(
                "VEH",
                1,
                [error_loop!("M7", 1, []), error_loop!("CII", 1, [])]
            ),
            error_loop!(
                "NM1",
                3,
                [
                    error_loop!("DMG", 2, []),
                    error_loop!("DMA", 1, []),
                    error_loop!("REF", 2, []),
                    error_loop!("N3", 1, []),
                    error_loop!("N4", 1, [])
                ]
            ),
            Loop {
                quiet: true,
                max: 20,
                rows: &[
                    Row::new(
                        "P4",
                        1,
                        "port",
                        "US port, Schedule D",
                        "Puerto de EE. UU., Schedule D",
                    )
                    .form(Form::Identifier("schedule-d", "port-form"))
                    .goes(&[(ACCEPTED, "/port"), (REJECTED, "/port")]),
                    K1_TEXT,
                    K1_MORE,
                ],
                loops: &[Loop {
                    quiet: true,
                    rows: &[Row::new(
                        "LX",
                        1,
                        "key",
                        "Line of the manifest",
                        "Renglón del manifiesto",
                    )],
                    loops: &[
                        error_loop!("M13", 4, []),
                        error_loop!("M11", 1, []),
                        error_loop!("N9", 2, []),
                        error_loop!(
                            "N1",
                            2,
                            [
                                error_loop!("N3", 1, []),
                                error_loop!("N4", 1, []),
                                error_loop!("PER", 2, []),
                                error_loop!("X1", 1, []),
                                error_loop!("DMG", 2, [])
                            ]
                        ),
                        error_loop!(
                            "M12",
                            2,
                            [error_loop!("M21", 1, []), error_loop!("R4", 3, [])]
                        ),
                        error_loop!("M14", 2, []),
                        error_loop!("M15", 2, []),
                        error_loop!("M20", 2, []),
                        error_loop!(
                            "VID",
                            3,
                            [
                                error_loop!("M7", 1, []),
                                error_loop!("MBL", 2, [error_loop!("X1", 1, [])]),
                                error_loop!("VC", 1, []),
                                error_loop!(
                                    "N10",
                                    2,
                                    [error_loop!("H1", 1, []), error_loop!("H2", 1, [])]
                                )
                            ]
                        ),
                    ],
                    ..Loop::new("LX", "LX")
                }],
                ..Loop::new("P4", "P4")
            },
        ],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
            ],
            report: true,
            derive: Some(derive),
            ..Record::new(ACCEPTED)
        },
        Record {
            needs: &[
                ("/scac", "the carrier's SCAC", "el SCAC del transportista"),
                ("/trip", "the trip number", "el número de viaje"),
                ("/responseText", "what CBP answered", "qué respondió CBP"),
            ],
            report: true,
            derive: Some(derive),
            ..Record::new(REJECTED)
        },
    ],
};

/// Reads all 355 of a file: an acceptance or a rejection for each.
///
/// # Errors
/// When the bytes are no X12, or break a limit.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    MAP.read(DocumentKind::X12Answer355, bytes, reading)
}

/// Writes the answer that a `ManifestAccepted` or `ManifestRejected` says.
pub fn write(
    record: (&str, &Value),
    heading: &Heading,
    envelope: &Envelope,
    reading: &Reading,
) -> Written {
    filled_write(&MAP, &[record], heading, envelope, reading)
}

/// Which element goes where.
pub fn elements() -> Vec<ElementRow> {
    MAP.elements()
}

fn text_of<'a>(subject: &'a Value, name: &str) -> &'a str {
    subject.get(name).and_then(Value::as_str).unwrap_or("")
}

fn has_word(words: &[String], summary: &str) -> bool {
    let summary = summary.to_uppercase();
    words
        .iter()
        .any(|word| !word.is_empty() && summary.contains(word.as_str()))
}

fn has_remark(pass: &Pass<'_, Reading>) -> bool {
    pass.texts("remark").next().is_some() || pass.inside().any(|inside| has_remark(&inside))
}

fn opened(pass: &Pass<'_, Reading>, reading: &Reading) -> Vec<&'static str> {
    let summary = pass.text("summary").unwrap_or("");
    let rejected = if has_word(&reading.rejected_words, summary) {
        true
    } else if has_word(&reading.accepted_words, summary) {
        false
    } else {
        has_remark(pass)
    };
    vec![if rejected { REJECTED } else { ACCEPTED }]
}

/// A remark with the segment that it stands behind.
struct Remark {
    code: Option<String>,
    text: String,
}

fn derive(one: &mut Deriving<'_, '_, Reading>) {
    let mut remarks = Vec::new();
    collect(one.pass, one.reading, "", &mut remarks);
    let mut text = remarks
        .iter()
        .map(|remark| remark.text.as_str())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    let summary = one.pass.text("summary").unwrap_or("");
    let words = [&one.reading.rejected_words, &one.reading.accepted_words];
    let bare = words
        .iter()
        .any(|words| words.iter().any(|word| format!("{word}ED") == summary));
    let from_summary = text.is_empty() && !summary.is_empty() && !bare;
    if from_summary {
        summary.clone_into(&mut text);
    }
    if text.is_empty() {
        return;
    }
    let text: String = text.chars().take(RESPONSE_CHARS_MAX).collect();
    if from_summary {
        one.set("/responseText", text, "summary");
        return;
    }
    one.set_at("/responseText", text, "remark");
    let rejected = has_word(&one.reading.rejected_words, summary)
        || !has_word(&one.reading.accepted_words, summary);
    if rejected && let Some(code) = remarks.into_iter().find_map(|remark| remark.code) {
        one.set_at("/errorCode", code, "remark");
    }
}

/// The remarks of a pass and those inside, in the order of the source.
fn collect(pass: &Pass<'_, Reading>, reading: &Reading, above: &str, out: &mut Vec<Remark>) {
    let own = match pass.table.id {
        "" => String::new(),
        id => {
            let key = ["key", "port"]
                .iter()
                .find_map(|name| pass.texts(name).next());
            format!("{id} {}", key.unwrap_or("")).trim_end().to_owned()
        }
    };
    let at = match own.as_str() {
        "" => above.to_owned(),
        own => own.to_owned(),
    };
    let mut texts = Vec::new();
    let mut code = None;
    for (first, more) in pass.paired("remark", "remark-more") {
        match (reading.remark, more) {
            (RemarkForm::CodeThenText, Some(more)) if looks_like_code(first) => {
                code = code.or_else(|| Some(first.to_owned()));
                texts.push(more);
            }
            (_, more) => {
                texts.push(first);
                texts.extend(more);
            }
        }
    }
    if !texts.is_empty() || code.is_some() {
        let text = texts.join(" ");
        let text = if at.is_empty() {
            text
        } else {
            format!("{at}: {text}")
        };
        out.push(Remark { code, text });
    }
    for inside in pass.inside() {
        collect(&inside, reading, &at, out);
    }
}

fn looks_like_code(text: &str) -> bool {
    text.len() <= 20
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
