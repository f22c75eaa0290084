//! The syntax of ANSI X12: interchanges, groups, sets, segments, each with its place.
//!
//! Nothing here knows what a segment means. Delimiters come from the ISA header of each interchange. Counts and
//! control numbers of the envelopes are checked and told as problems; the content is read all the same, since a
//! wrong count is the commonest mistake and the least harmful.

use crate::ReadError;
use crate::draft::SourcePlace;
use crate::text::{self, Encoding};
use std::borrow::Cow;

#[cfg(test)]
mod tests;
mod writer;
pub use writer::SegmentWriter;

/// A manifest of two hundred bills has four thousand segments; a hundred times that is an attack.
pub const SEGMENTS_MAX: usize = 400_000;
/// The longest segment of the sets read here has 200 characters, free text included.
pub const SEGMENT_BYTES_MAX: usize = 8 * 1024;
/// The widest segment of X12 has some thirty elements.
pub const ELEMENTS_OF_SEGMENT_MAX: usize = 64;
/// More problems than this in one file help nobody.
const PROBLEMS_MAX: usize = 500;
/// The ISA header has this many bytes, its delimiters at fixed places (X12.5).
const ISA_BYTES: usize = 106;

/// The delimiters of an interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements: the byte after `ISA`.
    pub element: char,
    /// Between components: ISA16.
    pub component: char,
    /// Between repetitions: ISA11 from release 4020 on, where it is no letter, digit or blank.
    pub repetition: Option<char>,
    /// After a segment: the byte after ISA16.
    pub segment: char,
    /// Makes the next character a plain one. X12 has none; EDIFACT, which shares this reader's rules, has.
    pub release: Option<char>,
}

/// One segment, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The segment's name, such as `M10`.
    pub id: Cow<'a, str>,
    /// Its elements; `elements[0]` is element 01.
    pub elements: Vec<Cow<'a, str>>,
    /// Line of the text, from 1.
    pub line: u32,
    /// Position in the transaction set, ST being 1; in the interchange for envelope segments.
    pub position: usize,
}

impl Segment<'_> {
    /// Element by its number from 1, blanks trimmed; `None` where it is absent or empty.
    pub fn element(&self, number: usize) -> Option<&str> {
        let text = self.elements.get(number.checked_sub(1)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The place of an element, or of the segment for number 0.
    pub fn place(&self, set: &str, number: usize) -> SourcePlace {
        let mut path = format!("{set}/{} {}", self.position, self.id);
        if number > 0 {
            path.push_str(&format!("{number:02}"));
        }
        let text = if number > 0 {
            self.element(number).unwrap_or("")
        } else {
            &self.id
        };
        SourcePlace::new(self.line, None, path, text)
    }
}

/// A transaction set, ST to SE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionSet<'a> {
    /// ST01, such as `309`.
    pub id: String,
    /// ST02.
    pub control_number: String,
    /// The segments between ST and SE, both left out.
    pub segments: Vec<Segment<'a>>,
    /// The ST segment.
    pub header: Segment<'a>,
}

/// A functional group, GS to GE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// The GS segment.
    pub header: Segment<'a>,
    /// The sets inside.
    pub sets: Vec<TransactionSet<'a>>,
}

/// An interchange, ISA to IEA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interchange<'a> {
    /// The ISA segment.
    pub header: Segment<'a>,
    /// Its delimiters.
    pub delimiters: Delimiters,
    /// The groups inside.
    pub groups: Vec<Group<'a>>,
}

/// Something wrong with the envelopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// Where.
    pub place: SourcePlace,
    /// What, in English.
    pub en: String,
    /// What, in Spanish.
    pub es: String,
    /// Whether it makes the message unfit; otherwise a person should look.
    pub serious: bool,
}

/// A decoded file: UTF-8 or, where that fails, ISO 8859-1.
#[derive(Debug)]
pub struct Text<'a> {
    text: Cow<'a, str>,
    latin1: bool,
}

impl<'a> Text<'a> {
    /// Decodes the bytes.
    ///
    /// # Errors
    /// `document-too-large`, `document-empty`, `encoding-unknown`, and `x12-header` where no ISA stands first.
    pub fn decode(bytes: &'a [u8]) -> Result<Text<'a>, ReadError> {
        let bytes = text::bounded(bytes)?;
        let (text, latin1) = match text::decode(bytes, Encoding::Utf8) {
            Ok(text) => (text, false),
            Err(_) => (text::decode(bytes, Encoding::Latin1)?, true),
        };
        if !text.trim_start().starts_with("ISA") {
            return Err(header_error(
                1,
                "an X12 file begins with ISA",
                "un archivo X12 comienza con ISA",
            ));
        }
        Ok(Text { text, latin1 })
    }

    /// Reads the interchanges one after another; memory is that of one interchange.
    pub fn interchanges(&self) -> Reader<'_> {
        let mut reader = Reader {
            rest: &self.text,
            line: 1,
            segments: 0,
            problems: Vec::new(),
            seen: Vec::new(),
            failed: false,
        };
        if self.latin1 {
            reader.problem(
                "encoding-mixed",
                false,
                SourcePlace::new(1, None, "ISA", ""),
                "not UTF-8: read as ISO-8859-1".to_owned(),
                "no es UTF-8: se leyó como ISO-8859-1".to_owned(),
            );
        }
        reader
    }
}

/// Reads interchange after interchange.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a str,
    line: u32,
    segments: usize,
    problems: Vec<Problem>,
    seen: Vec<String>,
    failed: bool,
}

impl<'a> Reader<'a> {
    /// The problems found so far, taken out.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    fn problem(
        &mut self,
        code: &'static str,
        serious: bool,
        place: SourcePlace,
        en: String,
        es: String,
    ) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem {
                code,
                place,
                en,
                es,
                serious,
            });
        }
    }

    fn skip_blanks(&mut self) {
        let trimmed = self.rest.trim_start();
        let blanks = self.rest.len() - trimmed.len();
        let passed = self.rest.get(..blanks).unwrap_or("");
        self.line = self.line.saturating_add(newlines(passed));
        self.rest = trimmed;
    }

    /// The next segment, cut at its terminator; `None` at the end of the text.
    fn segment(
        &mut self,
        delimiters: Delimiters,
        position: usize,
    ) -> Result<Option<Segment<'a>>, ReadError> {
        // A newline after the terminator is common and no part of the next segment; where it is the terminator
        // itself, only the others are skipped.
        self.skip_blanks();
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.segments += 1;
        if self.segments > SEGMENTS_MAX {
            return Err(ReadError::new(
                "x12-too-many-segments",
                format!("more than {SEGMENTS_MAX} segments"),
                format!("más de {SEGMENTS_MAX} segmentos"),
            )
            .at(SourcePlace::new(
                self.line,
                None,
                format!("segment {}", self.segments),
                "",
            )));
        }
        let line = self.line;
        let (body, rest, ended) = cut(self.rest, delimiters);
        if body.len() > SEGMENT_BYTES_MAX {
            return Err(ReadError::new(
                "x12-segment-too-long",
                format!(
                    "a segment is longer than {SEGMENT_BYTES_MAX} bytes; is its terminator right?"
                ),
                format!(
                    "un segmento mide más de {SEGMENT_BYTES_MAX} bytes; ¿es correcto su terminador?"
                ),
            )
            .at(SourcePlace::new(
                line,
                None,
                format!("segment {}", self.segments),
                "",
            )));
        }
        self.line = self.line.saturating_add(newlines(body));
        self.rest = rest;
        let mut elements = split(body, delimiters.element, delimiters.release);
        if elements.len() > ELEMENTS_OF_SEGMENT_MAX + 1 {
            return Err(ReadError::new(
                "x12-too-many-elements",
                format!("a segment has more than {ELEMENTS_OF_SEGMENT_MAX} elements"),
                format!("un segmento tiene más de {ELEMENTS_OF_SEGMENT_MAX} elementos"),
            )
            .at(SourcePlace::new(
                line,
                None,
                format!("segment {}", self.segments),
                "",
            )));
        }
        let id = elements.remove(0);
        let segment = Segment {
            id,
            elements,
            line,
            position,
        };
        if !ended {
            let place = segment.place("interchange", 0);
            self.problem(
                "x12-truncated",
                true,
                place,
                format!("the file ends inside segment {}", segment.id),
                format!("el archivo termina dentro del segmento {}", segment.id),
            );
        }
        let name_ok = (2..=3).contains(&segment.id.len())
            && segment.id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !name_ok {
            let place = segment.place("interchange", 0);
            self.problem(
                "x12-segment-name",
                true,
                place,
                "this is no segment name".to_owned(),
                "esto no es un nombre de segmento".to_owned(),
            );
        }
        Ok(Some(segment))
    }

    fn header(&mut self) -> Result<(Segment<'a>, Delimiters), ReadError> {
        let line = self.line;
        if !self.rest.starts_with("ISA") {
            return Err(header_error(
                line,
                "an interchange begins with ISA",
                "un intercambio comienza con ISA",
            ));
        }
        let letters: Vec<char> = self.rest.chars().take(ISA_BYTES).collect();
        let too_short = || {
            header_error(
                line,
                "the ISA header is cut short",
                "el encabezado ISA está incompleto",
            )
        };
        let (Some(element), Some(component), Some(segment)) =
            (letters.get(3), letters.get(104), letters.get(105))
        else {
            return Err(too_short());
        };
        let (element, component, segment) = (*element, *component, *segment);
        let alike = element == component || element == segment || component == segment;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || (letter == ' ');
        if alike || plain(element) || plain(segment) || plain(component) {
            return Err(header_error(
                line,
                "ISA must be 106 characters with three different delimiters at their places",
                "ISA debe tener 106 caracteres con tres delimitadores distintos en su lugar",
            ));
        }
        let mut delimiters = Delimiters {
            element,
            component,
            repetition: None,
            segment,
            release: None,
        };
        let header = self.segment(delimiters, 1)?.ok_or_else(too_short)?;
        if header.elements.len() != 16 {
            return Err(header_error(
                line,
                "ISA must have 16 elements",
                "ISA debe tener 16 elementos",
            ));
        }
        let repetition = header.elements.get(10).and_then(|text| text.chars().next());
        delimiters.repetition = repetition.filter(|letter| !plain(*letter));
        Ok((header, delimiters))
    }

    /// The next interchange; `None` at the end.
    ///
    /// # Errors
    /// `x12-header`, `x12-too-many-segments`, `x12-segment-too-long`, `x12-too-many-elements`; after an error there is
    /// no next one.
    pub fn interchange(&mut self) -> Result<Option<Interchange<'a>>, ReadError> {
        self.skip_blanks();
        if self.rest.is_empty() || self.failed {
            return Ok(None);
        }
        let read = self.read_interchange();
        self.failed = read.is_err();
        read.map(Some)
    }

    fn read_interchange(&mut self) -> Result<Interchange<'a>, ReadError> {
        let (header, delimiters) = self.header()?;
        let control = header.element(13).unwrap_or("").to_owned();
        if self.seen.contains(&control) {
            let place = header.place("interchange", 13);
            self.problem(
                "x12-control-repeated",
                true,
                place,
                format!("interchange {control} stands twice in the file"),
                format!("el intercambio {control} está dos veces en el archivo"),
            );
        } else if self.seen.len() < PROBLEMS_MAX {
            self.seen.push(control.clone());
        }
        let mut out = Interchange {
            header,
            delimiters,
            groups: Vec::new(),
        };
        let mut position = 1;
        // Which envelopes are open. A segment outside of them is told and passed over.
        let mut in_group = false;
        let mut in_set = false;
        loop {
            if self.rest.trim_start().starts_with("ISA") {
                self.unclosed("IEA", &out.header, position);
                break;
            }
            position += 1;
            let place_in_set = out
                .groups
                .last()
                .and_then(|group| group.sets.last())
                .filter(|_| in_set)
                .map_or(position, |set| set.segments.len() + 2);
            let Some(segment) = self.segment(delimiters, place_in_set)? else {
                self.unclosed(
                    if in_set {
                        "SE"
                    } else if in_group {
                        "GE"
                    } else {
                        "IEA"
                    },
                    &out.header,
                    position,
                );
                break;
            };
            match &*segment.id {
                "GS" => {
                    if in_group {
                        self.unclosed("GE", &segment, position);
                    }
                    in_group = true;
                    in_set = false;
                    out.groups.push(Group {
                        header: segment,
                        sets: Vec::new(),
                    });
                }
                "ST" => {
                    if in_set {
                        self.unclosed("SE", &segment, position);
                    }
                    let id = segment.element(1).unwrap_or("").to_owned();
                    let control_number = segment.element(2).unwrap_or("").to_owned();
                    match out.groups.last_mut().filter(|_| in_group) {
                        Some(group) => {
                            in_set = true;
                            let header = Segment {
                                position: 1,
                                ..segment
                            };
                            group.sets.push(TransactionSet {
                                id,
                                control_number,
                                segments: Vec::new(),
                                header,
                            });
                        }
                        None => self.outside(&segment),
                    }
                }
                "SE" => {
                    match out
                        .groups
                        .last()
                        .and_then(|group| group.sets.last())
                        .filter(|_| in_set)
                    {
                        Some(set) => {
                            let (count, number) =
                                (set.segments.len() + 2, set.control_number.clone());
                            self.trailer(&segment, "x12-segment-count", count, &number);
                        }
                        None => self.outside(&segment),
                    }
                    in_set = false;
                }
                "GE" => {
                    if in_set {
                        self.unclosed("SE", &segment, position);
                        in_set = false;
                    }
                    match out.groups.last().filter(|_| in_group) {
                        Some(group) => {
                            let number = group.header.element(6).unwrap_or("").to_owned();
                            let count = group.sets.len();
                            self.trailer(&segment, "x12-set-count", count, &number);
                        }
                        None => self.outside(&segment),
                    }
                    in_group = false;
                }
                "IEA" => {
                    if in_group {
                        self.unclosed("GE", &segment, position);
                    }
                    self.trailer(&segment, "x12-group-count", out.groups.len(), &control);
                    break;
                }
                "TA1" if !in_group => {}
                _ => match out
                    .groups
                    .last_mut()
                    .and_then(|group| group.sets.last_mut())
                    .filter(|_| in_set)
                {
                    Some(set) => set.segments.push(segment),
                    None => self.outside(&segment),
                },
            }
        }
        Ok(out)
    }

    fn unclosed(&mut self, trailer: &str, before: &Segment<'_>, position: usize) {
        let place = SourcePlace::new(
            self.line,
            None,
            format!("interchange/{position}"),
            &before.id,
        );
        self.problem(
            "x12-trailer-missing",
            true,
            place,
            format!("{trailer} is missing"),
            format!("falta {trailer}"),
        );
    }

    fn outside(&mut self, segment: &Segment<'_>) {
        let place = segment.place("interchange", 0);
        self.problem(
            "x12-segment-outside",
            true,
            place,
            format!(
                "segment {} stands outside its envelope and is not read",
                segment.id
            ),
            format!(
                "el segmento {} está fuera de su sobre y no se lee",
                segment.id
            ),
        );
    }

    /// SE, GE and IEA: element 01 is a count, element 02 repeats the control number.
    fn trailer(&mut self, segment: &Segment<'_>, code: &'static str, count: usize, control: &str) {
        let said = segment.element(1).unwrap_or("");
        if said.parse::<usize>() != Ok(count) {
            let place = segment.place("interchange", 1);
            self.problem(
                code,
                true,
                place,
                format!("{} says {said}, counted {count}", segment.id),
                format!("{} dice {said}, se contaron {count}", segment.id),
            );
        }
        let number = segment.element(2).unwrap_or("");
        let same = number == control
            || (number.parse::<u64>().is_ok() && number.parse::<u64>() == control.parse::<u64>());
        if !same {
            let place = segment.place("interchange", 2);
            self.problem(
                "x12-control-number",
                true,
                place,
                format!(
                    "{} repeats control number {number}, its header says {control}",
                    segment.id
                ),
                format!(
                    "{} repite el número de control {number}, su encabezado dice {control}",
                    segment.id
                ),
            );
        }
    }
}

fn header_error(line: u32, en: &str, es: &str) -> ReadError {
    ReadError::new("x12-header", en, es).at(SourcePlace::new(line, None, "ISA", ""))
}

fn newlines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// Cuts at the next segment terminator that is not released.
fn cut(text: &str, delimiters: Delimiters) -> (&str, &str, bool) {
    let mut released = false;
    for (at, letter) in text.char_indices() {
        if released {
            released = false;
        } else if Some(letter) == delimiters.release {
            released = true;
        } else if letter == delimiters.segment {
            let (body, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            return (body, rest.get(letter.len_utf8()..).unwrap_or(""), true);
        }
    }
    (text, "", false)
}

/// Splits at a delimiter, taking released characters as plain ones.
fn split(text: &str, delimiter: char, release: Option<char>) -> Vec<Cow<'_, str>> {
    let Some(release) = release.filter(|letter| text.contains(*letter)) else {
        return text.split(delimiter).map(Cow::Borrowed).collect();
    };
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let plain = if letter == release {
            letters.next()
        } else {
            None
        };
        match (plain, parts.last_mut()) {
            (Some(released), Some(part)) => part.push(released),
            (None, _) if letter == delimiter => parts.push(String::new()),
            (None, Some(part)) => part.push(letter),
            (_, None) => {}
        }
    }
    parts.into_iter().map(Cow::Owned).collect()
}
