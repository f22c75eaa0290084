//! Interchange after interchange: envelopes opened and closed, counts and control numbers checked.

use super::delimiters::cut;
use super::text::syntax_of;
use super::{
    Delimiters, ELEMENTS_OF_SEGMENT_MAX, PROBLEMS_MAX, SEGMENT_BYTES_MAX, SEGMENTS_MAX, Segment,
    Syntax,
};
use crate::ReadError;
use crate::draft::SourcePlace;
use std::collections::HashSet;

mod header;
pub(super) use header::header_error;

/// A transaction set, ST to SE, or a message, UNH to UNT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionSet<'a> {
    /// ST01, such as `309`, or the type in UNH, such as `CUSCAR`.
    pub id: &'a str,
    /// ST02 or the reference in UNH.
    pub control_number: &'a str,
    /// The segments between header and trailer, both left out.
    pub segments: Vec<Segment<'a>>,
    /// ST or UNH.
    pub header: Segment<'a>,
}

/// A functional group: GS to GE, UNG to UNE, or the messages of an EDIFACT interchange that stand in no group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// GS or UNG; `None` where messages stand in no group.
    pub header: Option<Segment<'a>>,
    /// The sets inside.
    pub sets: Vec<TransactionSet<'a>>,
}

/// An interchange, ISA to IEA or UNB to UNZ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interchange<'a> {
    /// Its syntax.
    pub syntax: Syntax,
    /// ISA or UNB.
    pub header: Segment<'a>,
    /// Its delimiters.
    pub delimiters: Delimiters,
    /// TA1 of X12, which answer interchanges and stand in no group.
    pub answers: Vec<Segment<'a>>,
    /// The groups inside.
    pub groups: Vec<Group<'a>>,
}

/// Which envelope of its interchange something is about; indexes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The interchange.
    Interchange,
    /// A group.
    Group(usize),
    /// A set of a group.
    Set(usize, usize),
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
    /// The envelope it is about.
    pub scope: Scope,
}

impl TransactionSet<'_> {
    /// What places call it: `309 #0001`.
    pub fn name(&self) -> String {
        format!("{} #{}", self.id, self.control_number)
    }
}

impl<'a> Group<'a> {
    /// An element of the header, empty where there is none.
    pub fn element(&self, number: usize) -> &'a str {
        self.header
            .as_ref()
            .and_then(|header| header.element(number))
            .unwrap_or("")
    }
}

/// Reads interchange after interchange.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a str,
    line: u32,
    latin1: bool,
    /// Segments of the interchange being read.
    segments: usize,
    scope: Scope,
    syntax: Syntax,
    problems: Vec<Problem>,
    /// What makes an envelope of the last interchange unfit: all of it, where problems are told up to a limit.
    unfit: Vec<(Scope, &'static str)>,
    seen: HashSet<&'a str>,
    failed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, line: u32, latin1: bool) -> Reader<'a> {
        Reader {
            rest: text,
            line,
            latin1,
            segments: 0,
            scope: Scope::Interchange,
            syntax: Syntax::X12,
            problems: Vec::new(),
            unfit: Vec::new(),
            seen: HashSet::new(),
            failed: false,
        }
    }

    /// The next interchange; `None` at the end.
    ///
    /// # Errors
    /// `x12-header`, `x12-too-many-segments`, `x12-segment-too-long`, `x12-too-many-elements`, and the same with
    /// `edifact-`; after an error there is no next one.
    pub fn interchange(&mut self) -> Result<Option<Interchange<'a>>, ReadError> {
        self.skip_blanks();
        if self.rest.is_empty() || self.failed {
            return Ok(None);
        }
        let read = self.read_interchange();
        self.failed = read.is_err();
        read.map(Some)
    }

    /// The problems found so far, taken out.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// The envelopes of the last interchange that are unfit, with the codes why.
    pub fn unfit(&self) -> &[(Scope, &'static str)] {
        &self.unfit
    }

    fn read_interchange(&mut self) -> Result<Interchange<'a>, ReadError> {
        self.segments = 0;
        self.unfit.clear();
        self.scope = Scope::Interchange;
        let (from, line) = (self.rest, self.line);
        let (header, delimiters) = self.header()?;
        let syntax = self.syntax;
        let control = control_number(syntax, &header);
        if !self.seen.insert(control) {
            let place = header.place("interchange", control_element(syntax, header.id));
            self.problem(
                "control-repeated",
                true,
                place,
                format!("interchange {control} stands twice in the file"),
                format!("el intercambio {control} está dos veces en el archivo"),
            );
        }
        let mut out = Interchange {
            syntax,
            header,
            delimiters,
            answers: Vec::new(),
            groups: Vec::new(),
        };
        self.envelopes(&mut out, control)?;
        let read = from.len().saturating_sub(self.rest.len());
        self.check_charset(from.get(..read).unwrap_or(from), line, &out.header);
        Ok(out)
    }

    /// Reads what stands between the header of an interchange and its trailer, the trailer too.
    fn envelopes(&mut self, out: &mut Interchange<'a>, control: &'a str) -> Result<(), ReadError> {
        let tags = Tags::of(out.syntax);
        let mut position = 1;
        // Which envelopes are open. A segment outside of them is told and passed over.
        let mut in_group = false;
        let mut in_set = false;
        loop {
            if syntax_of(self.rest.trim_start()).is_some() {
                self.unclosed(tags.interchange_end, &out.header, position);
                return Ok(());
            }
            position += 1;
            let place_in_set = open_set(out, in_set).map_or(position, |set| set.segments.len() + 2);
            let Some(segment) = self.segment(out.delimiters, place_in_set)? else {
                let trailer = match (in_set, in_group) {
                    (true, _) => tags.set_end,
                    (false, true) => tags.group_end,
                    (false, false) => tags.interchange_end,
                };
                self.unclosed(trailer, &out.header, position);
                return Ok(());
            };
            let id = segment.id;
            if id == tags.group_start {
                if in_set {
                    self.unclosed(tags.set_end, &segment, position);
                }
                if in_group {
                    self.unclosed(tags.group_end, &segment, position);
                }
                (in_group, in_set) = (true, false);
                self.scope = Scope::Group(out.groups.len());
                out.groups.push(Group {
                    header: Some(segment),
                    sets: Vec::new(),
                });
            } else if id == tags.set_start {
                if in_set {
                    self.unclosed(tags.set_end, &segment, position);
                }
                in_set = self.open(out, segment, in_group);
            } else if id == tags.set_end {
                match open_set(out, in_set).map(|set| (set.segments.len() + 2, set.control_number))
                {
                    Some((count, number)) => {
                        self.trailer(&segment, "segment-count", count, number);
                    }
                    None => self.outside(&segment),
                }
                in_set = false;
                self.leave_set(in_group);
            } else if id == tags.group_end {
                if in_set {
                    self.unclosed(tags.set_end, &segment, position);
                    in_set = false;
                }
                self.leave_set(in_group);
                match out.groups.last().filter(|_| in_group) {
                    Some(group) => {
                        let number = group
                            .header
                            .as_ref()
                            .map_or("", |header| control_number(out.syntax, header));
                        self.trailer(&segment, "set-count", group.sets.len(), number);
                    }
                    None => self.outside(&segment),
                }
                in_group = false;
                self.scope = Scope::Interchange;
            } else if id == tags.interchange_end {
                if in_set {
                    self.unclosed(tags.set_end, &segment, position);
                }
                if in_group {
                    self.unclosed(tags.group_end, &segment, position);
                }
                self.scope = Scope::Interchange;
                self.trailer(&segment, "group-count", content_count(out), control);
                return Ok(());
            } else if in_set {
                let set = out
                    .groups
                    .last_mut()
                    .and_then(|group| group.sets.last_mut());
                match set {
                    Some(set) => set.segments.push(segment),
                    None => self.outside(&segment),
                }
            } else if id == "TA1" && !in_group {
                out.answers.push(segment);
            } else {
                self.outside(&segment);
            }
        }
    }

    /// Opens a set; tells whether there is a group for it. EDIFACT needs none.
    fn open(&mut self, out: &mut Interchange<'a>, header: Segment<'a>, in_group: bool) -> bool {
        if !in_group {
            if out.syntax == Syntax::X12 {
                self.outside(&header);
                return false;
            }
            if out.groups.last().is_none_or(|group| group.header.is_some()) {
                out.groups.push(Group {
                    header: None,
                    sets: Vec::new(),
                });
            }
        }
        let index = out.groups.len().saturating_sub(1);
        let Some(group) = out.groups.last_mut() else {
            return false;
        };
        self.scope = Scope::Set(index, group.sets.len());
        group.sets.push(TransactionSet {
            id: match out.syntax {
                Syntax::X12 => header.element(1).unwrap_or(""),
                Syntax::Edifact => plain_component(&header, 2),
            },
            control_number: control_number(out.syntax, &header),
            segments: Vec::new(),
            header: header.at(1),
        });
        true
    }

    fn leave_set(&mut self, in_group: bool) {
        self.scope = match self.scope {
            Scope::Set(group, _) | Scope::Group(group) if in_group => Scope::Group(group),
            _ => Scope::Interchange,
        };
    }

    fn skip_blanks(&mut self) {
        let trimmed = self.rest.trim_start();
        let blanks = self.rest.len() - trimmed.len();
        if blanks > 0 {
            let passed = self.rest.get(..blanks).unwrap_or("");
            self.line = self.line.saturating_add(newlines(passed));
            self.rest = trimmed;
        }
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
            return Err(self.too_much(
                "too-many-segments",
                format!("more than {SEGMENTS_MAX} segments"),
                format!("más de {SEGMENTS_MAX} segmentos"),
            ));
        }
        let (body, rest, ended) = cut(self.rest, delimiters);
        if body.len() > SEGMENT_BYTES_MAX {
            return Err(self.too_much(
                "segment-too-long",
                format!(
                    "a segment is longer than {SEGMENT_BYTES_MAX} bytes; is its terminator right?"
                ),
                format!(
                    "un segmento mide más de {SEGMENT_BYTES_MAX} bytes; ¿es correcto su terminador?"
                ),
            ));
        }
        let segment = Segment::new(body, delimiters, self.line, position);
        if body.len() > ELEMENTS_OF_SEGMENT_MAX
            && segment.elements().nth(ELEMENTS_OF_SEGMENT_MAX).is_some()
        {
            return Err(self.too_much(
                "too-many-elements",
                format!("a segment has more than {ELEMENTS_OF_SEGMENT_MAX} elements"),
                format!("un segmento tiene más de {ELEMENTS_OF_SEGMENT_MAX} elementos"),
            ));
        }
        self.line = self.line.saturating_add(newlines(body));
        self.rest = rest;
        if !ended {
            let place = segment.place("interchange", 0);
            self.problem(
                "truncated",
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
                "segment-name",
                true,
                place,
                "this is no segment name".to_owned(),
                "esto no es un nombre de segmento".to_owned(),
            );
        }
        Ok(Some(segment))
    }

    fn too_much(&self, code: &str, en: String, es: String) -> ReadError {
        let place = SourcePlace::new(self.line, None, format!("segment {}", self.segments), "");
        ReadError::new(coded(self.syntax, code), en, es).at(place)
    }

    fn unclosed(&mut self, trailer: &str, before: &Segment<'_>, position: usize) {
        let place = SourcePlace::new(
            self.line,
            None,
            format!("interchange/{position}"),
            before.id,
        );
        self.problem(
            "trailer-missing",
            true,
            place,
            format!("{trailer} is missing"),
            format!("falta {trailer}"),
        );
    }

    fn outside(&mut self, segment: &Segment<'_>) {
        let place = segment.place("interchange", 0);
        self.problem(
            "segment-outside",
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

    /// SE, GE and IEA, UNT, UNE and UNZ: element 01 is a count, element 02 repeats the control number.
    fn trailer(&mut self, segment: &Segment<'_>, code: &str, count: usize, control: &str) {
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
                "control-number",
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

    fn problem(&mut self, code: &str, serious: bool, place: SourcePlace, en: String, es: String) {
        let code = coded(self.syntax, code);
        if serious {
            self.unfit.push((self.scope, code));
        }
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem {
                code,
                place,
                en,
                es,
                serious,
                scope: self.scope,
            });
        }
    }
}

/// The envelope segments of a syntax.
struct Tags {
    interchange_end: &'static str,
    group_start: &'static str,
    group_end: &'static str,
    set_start: &'static str,
    set_end: &'static str,
}

impl Tags {
    fn of(syntax: Syntax) -> Tags {
        match syntax {
            Syntax::X12 => Tags {
                interchange_end: "IEA",
                group_start: "GS",
                group_end: "GE",
                set_start: "ST",
                set_end: "SE",
            },
            Syntax::Edifact => Tags {
                interchange_end: "UNZ",
                group_start: "UNG",
                group_end: "UNE",
                set_start: "UNH",
                set_end: "UNT",
            },
        }
    }
}

/// The set that is open.
fn open_set<'b, 'a>(out: &'b Interchange<'a>, in_set: bool) -> Option<&'b TransactionSet<'a>> {
    out.groups.last()?.sets.last().filter(|_| in_set)
}

/// What IEA and UNZ count: groups, or the messages where EDIFACT has no groups.
fn content_count(out: &Interchange<'_>) -> usize {
    let ungrouped = |group: &&Group<'_>| group.header.is_none();
    match out.groups.iter().find(ungrouped) {
        Some(group) if out.groups.len() == 1 => group.sets.len(),
        _ => out.groups.len(),
    }
}

/// The element of an envelope's header that holds its control number.
fn control_element(syntax: Syntax, id: &str) -> usize {
    match (syntax, id) {
        (_, "ISA") => 13,
        (_, "GS") => 6,
        (_, "ST") => 2,
        (_, "UNH") => 1,
        // UNB and UNG.
        _ => 5,
    }
}

fn control_number<'a>(syntax: Syntax, header: &Segment<'a>) -> &'a str {
    header
        .element(control_element(syntax, header.id))
        .unwrap_or("")
}

/// The first component of an element of a header, which holds no released characters.
fn plain_component<'a>(header: &Segment<'a>, number: usize) -> &'a str {
    let text = header.element(number).unwrap_or("");
    text.split(header.delimiters().component)
        .next()
        .unwrap_or("")
}

fn newlines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// The code of a problem in its syntax.
fn coded(syntax: Syntax, code: &str) -> &'static str {
    macro_rules! codes {
        ($($name:literal),*) => {
            match (syntax, code) {
                $((Syntax::X12, $name) => concat!("x12-", $name),
                (Syntax::Edifact, $name) => concat!("edifact-", $name),)*
                (_, "encoding-mixed") => "encoding-mixed",
                (Syntax::X12, _) => "x12-segment-outside",
                (Syntax::Edifact, _) => "edifact-segment-outside",
            }
        };
    }
    codes!(
        "header",
        "control-repeated",
        "segment-count",
        "set-count",
        "group-count",
        "control-number",
        "trailer-missing",
        "truncated",
        "segment-outside",
        "segment-name",
        "too-many-segments",
        "segment-too-long",
        "too-many-elements",
        "charset",
        "charset-not-read",
        "syntax-version"
    )
}
