//! From segments to plain documents, with the place of each text and all that is wrong.

use super::{Document, Envelope, Field, LOOPS_DEEP_MAX, Loop, Node, Row, SetMap, When};
use crate::ReadError;
use crate::draft::{Mark, NotedSet, Places, SegmentMark, Severity};

use crate::edi::{Elements, Problem, Scope, Segment, Syntax, Text, TransactionSet};

/// More findings than this in one set help nobody.
const FINDINGS_MAX: usize = 1_000;
/// The standards repeat a segment inside a pass some hundred times at most; functions look at each of them.
const SEGMENTS_OF_PASS_MAX: usize = 1_000;

/// Something wrong or remarkable in a set, with the place that an acknowledgement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The segment's name.
    pub segment: String,
    /// Its position in the set, ST or UNH being 1.
    pub position: usize,
    /// The loop, empty for none.
    pub loop_id: &'static str,
    /// Element from 1, 0 for the segment.
    pub element: usize,
    /// Component from 1, 0 for the element.
    pub component: usize,
    /// The text found there.
    pub text: String,
}

/// What a file holds.
pub struct Found {
    /// The sets of the kind that was asked for.
    pub documents: Vec<Document>,
    /// What is wrong inside each of them.
    pub findings: Vec<Vec<Finding>>,
    pub(super) places: Places,
}

impl Found {
    /// All faults found so far.
    pub fn faults(&self) -> &[crate::Fault] {
        self.places.faults()
    }
}

/// Reads all sets of a table in a file.
///
/// # Errors
/// When the bytes are of neither syntax, or break a limit.
pub fn documents<R>(map: &SetMap<R>, bytes: &[u8], reading: &R) -> Result<Found, ReadError> {
    let text = Text::decode(bytes, map.syntax)?;
    let mut found = Found {
        documents: Vec::new(),
        findings: Vec::new(),
        places: Places::default(),
    };
    let mut interchanges = text.interchanges();
    while let Some(interchange) = interchanges.interchange()? {
        for group in &interchange.groups {
            for set in &group.sets {
                if set.id != map.set || interchange.syntax != map.syntax {
                    let place = set.header.place(&set.name(), 1);
                    let id: String = set.id.chars().take(20).collect();
                    found.places.fault_at(
                        Severity::Error,
                        set_code(map.syntax, "x12-set-not-read", "edifact-message-not-read"),
                        "",
                        Some(place),
                        format!("{id} is not read here, only {}", map.set),
                        format!("aquí no se lee {id}, solo {}", map.set),
                    );
                    continue;
                }
                let envelope = Envelope::of(&interchange, group, set);
                let places = &mut found.places;
                let name = set.name();
                let noted = places.put_set(name.clone());
                let header = &set.header;
                let header = places.put_segment(noted, header.id, header.line, header.position);
                let mark = places.mark(header, (0, 0), "");
                check_envelope(
                    map,
                    &envelope,
                    group.header.as_ref(),
                    &interchange.header,
                    mark,
                    places,
                );
                let mut reader = SetReader {
                    name,
                    noted,
                    elements: Elements::of(&set.header),
                    reading,
                    places,
                    findings: Vec::new(),
                    deeper: 0,
                };
                let root = reader.read(&map.root, mark, &set.header, &set.segments);
                let findings = reader.findings;
                found.documents.push(Document { envelope, root });
                found.findings.push(findings);
            }
        }
        for problem in interchanges.take_problems() {
            tell(&mut found.places, problem);
        }
    }
    if found.documents.is_empty() {
        found.places.fault_at(
            Severity::Error,
            "set-missing",
            "",
            None,
            format!("the file holds no {}", map.set),
            format!("el archivo no contiene ningún {}", map.set),
        );
    }
    Ok(found)
}

/// What is wrong inside one set.
pub(super) fn findings<R>(map: &SetMap<R>, set: &TransactionSet<'_>, reading: &R) -> Vec<Finding> {
    let mut places = Places::default();
    let name = set.name();
    let noted = places.put_set(name.clone());
    let mut reader = SetReader {
        name,
        noted,
        elements: Elements::of(&set.header),
        reading,
        places: &mut places,
        findings: Vec::new(),
        deeper: 0,
    };
    reader.read(&map.root, Mark::default(), &set.header, &set.segments);
    reader.findings
}

fn set_code(syntax: Syntax, x12: &'static str, edifact: &'static str) -> &'static str {
    match syntax {
        Syntax::X12 => x12,
        Syntax::Edifact => edifact,
    }
}

fn tell(places: &mut Places, problem: Problem) {
    let severity = if problem.serious {
        Severity::Error
    } else {
        Severity::Warning
    };
    let Problem {
        code,
        place,
        en,
        es,
        scope: Scope::Interchange | Scope::Group(_) | Scope::Set(..),
        ..
    } = problem;
    places.fault_at(severity, code, "", Some(place), en, es);
}

fn check_envelope<R>(
    map: &SetMap<R>,
    envelope: &Envelope,
    group: Option<&Segment<'_>>,
    interchange: &Segment<'_>,
    at: Mark,
    places: &mut Places,
) {
    if let (Some(group), false) = (group, map.groups.is_empty())
        && !map.groups.contains(&envelope.group_code.as_str())
    {
        let (set, code) = (map.set, &envelope.group_code);
        let expected = map.groups.join(", ");
        places.fault_at(
            Severity::Warning,
            "x12-group-code",
            at,
            Some(group.place("interchange", 1)),
            format!("a {set} goes in a group {expected}, not {code}"),
            format!("un {set} va en un grupo {expected}, no {code}"),
        );
    }
    if envelope.is_test() {
        let (code, number) = match map.syntax {
            Syntax::X12 => ("x12-test", 15),
            Syntax::Edifact => ("edifact-test", 11),
        };
        places.fault_at(
            Severity::Warning,
            code,
            at,
            Some(interchange.place("interchange", number)),
            "the interchange is marked as a test".to_owned(),
            "el intercambio está marcado como prueba".to_owned(),
        );
    }
}

struct SetReader<'a, 's, R> {
    name: String,
    noted: NotedSet,
    /// Those of the segment being read.
    elements: Elements<'s>,
    reading: &'a R,
    places: &'a mut Places,
    findings: Vec<Finding>,
    /// Segments of loops beyond [`LOOPS_DEEP_MAX`], which no table has.
    deeper: usize,
}

/// A loop that is open.
struct Open<'s, R: 'static> {
    table: &'s Loop<R>,
    /// Index of the loop among those of the loop around it.
    number: usize,
    node: Node,
    /// The last loop opened inside.
    last: Option<usize>,
    /// How many passes each loop inside has had.
    passes: Vec<usize>,
    /// How many segments of each name this pass has.
    counts: Vec<(&'s str, usize)>,
    /// The segment that begins it.
    header: &'s str,
}

impl<'s, R> Open<'s, R> {
    fn new(table: &'s Loop<R>, number: usize, header: &'s str, mark: Mark) -> Open<'s, R> {
        Open {
            table,
            number,
            node: Node {
                mark,
                ..Node::default()
            },
            last: None,
            passes: Vec::new(),
            counts: Vec::new(),
            header,
        }
    }
}

impl<'s, R> SetReader<'_, 's, R> {
    fn read(
        &mut self,
        root: &'s Loop<R>,
        mark: Mark,
        header: &Segment<'s>,
        segments: &[Segment<'s>],
    ) -> Node {
        let mut stack = vec![Open::new(root, 0, header.id, mark)];
        let mut end = *header;
        for segment in segments {
            self.elements.cut(segment);
            self.place(&mut stack, segment);
            end = *segment;
        }
        while stack.len() > 1 {
            self.close(&mut stack, &end);
        }
        let Some(open) = stack.pop() else {
            return Node::default();
        };
        self.check_needs(&open, &end);
        open.node
    }

    /// Finds the loop that a segment belongs to, innermost first.
    fn place(&mut self, stack: &mut Vec<Open<'s, R>>, segment: &Segment<'s>) {
        for level in (0..stack.len()).rev() {
            let Some(open) = stack.get(level) else {
                continue;
            };
            let own = own_segment(open, segment);
            let child = child_loop(open, segment, &self.elements);
            // Both may fit where a message has a segment in its head and as the trigger of a group.
            let head = open.last.is_none() && count_of(&open.counts, segment.id) == 0;
            match (own, child) {
                (Own::Read, None) => {}
                (Own::Read, Some(_)) if head => {}
                (_, Some(number)) => {
                    self.close_to(stack, level, segment);
                    self.open(stack, number, segment);
                    return;
                }
                (Own::Passed, None) => {
                    self.close_to(stack, level, segment);
                    return;
                }
                (Own::Not, None) => continue,
            }
            self.close_to(stack, level, segment);
            let noted = self.note(segment);
            if let Some(open) = stack.last_mut() {
                self.take(open, segment, noted);
            }
            return;
        }
        let loop_id = stack.last().map_or("", |open| open.table.id);
        self.find(
            (Severity::Note, "segment-not-read"),
            segment,
            loop_id,
            (0, 0),
            || {
                (
                    format!("segment {} is not read", segment.id),
                    format!("no se lee el segmento {}", segment.id),
                )
            },
        );
    }

    fn note(&mut self, segment: &Segment<'_>) -> SegmentMark {
        self.places
            .put_segment(self.noted, segment.id, segment.line, segment.position)
    }

    fn close_to(&mut self, stack: &mut Vec<Open<'s, R>>, level: usize, segment: &Segment<'_>) {
        while stack.len() > level + 1 {
            self.close(stack, segment);
        }
    }

    fn close(&mut self, stack: &mut Vec<Open<'s, R>>, segment: &Segment<'_>) {
        let Some(open) = stack.pop() else { return };
        self.check_needs(&open, segment);
        if let Some(around) = stack.last_mut() {
            around.node.loops.push((open.number, open.node));
        }
    }

    fn open(&mut self, stack: &mut Vec<Open<'s, R>>, number: usize, segment: &Segment<'s>) {
        if stack.len() > LOOPS_DEEP_MAX {
            self.deeper += 1;
            return;
        }
        let Some(around) = stack.last_mut() else {
            return;
        };
        let Some(table) = around.table.loops.get(number) else {
            return;
        };
        around.last = Some(number);
        while around.passes.len() <= number {
            around.passes.push(0);
        }
        let passes = around.passes.get_mut(number).map_or(0, |passes| {
            *passes += 1;
            *passes
        });
        if passes == table.max + 1 {
            self.find(
                (Severity::Error, "loop-too-many"),
                segment,
                table.id,
                (0, 0),
                || {
                    (
                        format!("loop {} stands more than {} times", table.id, table.max),
                        format!("el ciclo {} aparece más de {} veces", table.id, table.max),
                    )
                },
            );
        }
        let noted = self.note(segment);
        let mark = self.places.mark(noted, (0, 0), "");
        let mut open = Open::new(table, number, segment.id, mark);
        self.take(&mut open, segment, noted);
        stack.push(open);
    }

    /// Takes the texts of a segment's rows.
    fn take(&mut self, open: &mut Open<'s, R>, segment: &Segment<'s>, noted: SegmentMark) {
        let occurrence = count_of(&open.counts, segment.id);
        match open.counts.iter_mut().find(|(id, _)| *id == segment.id) {
            Some((_, count)) => *count += 1,
            None => open.counts.push((segment.id, 1)),
        }
        if occurrence >= SEGMENTS_OF_PASS_MAX {
            if occurrence == SEGMENTS_OF_PASS_MAX {
                let id = segment.id;
                self.find(
                    (Severity::Error, "segment-too-many"),
                    segment,
                    open.table.id,
                    (0, 0),
                    || {
                        (
                            format!("{id} stands more than {SEGMENTS_OF_PASS_MAX} times: the rest is not read"),
                            format!("{id} aparece más de {SEGMENTS_OF_PASS_MAX} veces: el resto no se lee"),
                        )
                    },
                );
            }
            return;
        }
        // A bit for each element that a row takes.
        let mut read = 0_u128;
        let mut mark = |number: usize| read |= bit(number);
        let rows = open.table.rows.iter().enumerate();
        for (index, row) in rows.filter(|(_, row)| row.segment == segment.id) {
            if let Some(when) = row.when {
                if !fits(&self.elements, when) {
                    continue;
                }
                mark(when.element);
            }
            let number = row.number(self.reading);
            mark(number);
            let text = if row.component == 0 {
                self.elements
                    .element(number)
                    .map(std::borrow::Cow::Borrowed)
            } else {
                self.elements.component(number, row.component)
            };
            let Some(text) = text else {
                if row.required {
                    self.missing(open.table.id, row, number, segment);
                }
                continue;
            };
            let place = self.places.mark(noted, (number, row.component), &text);
            let mut text = text.into_owned();
            if row.form.is_number() && segment.delimiters().decimal != '.' {
                text = text.replace(segment.delimiters().decimal, ".");
            }
            let field = Field {
                row: index,
                occurrence,
                text,
                mark: place,
            };
            self.check(open.table.id, row, number, segment, &field.text);
            open.node.fields.push(field);
        }
        if let Some(when) = open.table.when.filter(|_| segment.id == open.table.trigger) {
            mark(when.element);
        }
        if !open.table.quiet {
            self.untaken(open.table.id, segment, read);
        }
    }

    fn missing(
        &mut self,
        loop_id: &'static str,
        row: &Row<R>,
        number: usize,
        segment: &Segment<'_>,
    ) {
        self.find(
            (Severity::Error, "element-missing"),
            segment,
            loop_id,
            (number, row.component),
            || {
                (
                    format!("{} has no element {number}: {}", segment.id, row.en),
                    format!("{} no tiene el elemento {number}: {}", segment.id, row.es),
                )
            },
        );
    }

    fn check(
        &mut self,
        loop_id: &'static str,
        row: &Row<R>,
        number: usize,
        segment: &Segment<'_>,
        text: &str,
    ) {
        let at = (number, row.component);
        if row.max > 0 && text.len() > row.max && text.chars().count() > row.max {
            self.find(
                (Severity::Error, "element-too-long"),
                segment,
                loop_id,
                at,
                || {
                    (
                        format!("{} is longer than {} characters", row.en, row.max),
                        format!("{}: más de {} caracteres", row.es, row.max),
                    )
                },
            );
        }
        if let Some((severity, code, en, es)) =
            row.check.and_then(|check| check(self.reading, text))
        {
            self.find((severity, code), segment, loop_id, at, || (en, es));
        }
        if let Err(misfit) = row.form.check(text) {
            let severity = if misfit.code == "code-unknown" {
                Severity::Warning
            } else {
                Severity::Error
            };
            self.find((severity, misfit.code), segment, loop_id, at, || {
                (misfit.en, misfit.es)
            });
        }
    }

    /// Tells the elements of a read segment that no row takes.
    fn untaken(&mut self, loop_id: &'static str, segment: &Segment<'_>, read: u128) {
        for index in 0..self.elements.texts().len() {
            let number = index + 1;
            if read & bit(number) != 0 || self.elements.element(number).is_none() {
                continue;
            }
            self.find(
                (Severity::Note, "element-not-read"),
                segment,
                loop_id,
                (number, 0),
                || {
                    (
                        format!("element {number} of {} is not read", segment.id),
                        format!("no se lee el elemento {number} de {}", segment.id),
                    )
                },
            );
        }
    }

    fn check_needs(&mut self, open: &Open<'_, R>, end: &Segment<'_>) {
        for needed in open.table.needs {
            let inside = || {
                open.node.loops.iter().any(|(number, _)| {
                    open.table
                        .loops
                        .get(*number)
                        .is_some_and(|table| table.trigger == *needed)
                })
            };
            if count_of(&open.counts, needed) > 0 || inside() {
                continue;
            }
            let after = open.header;
            self.find(
                (Severity::Error, "segment-missing"),
                &end.named(needed),
                open.table.id,
                (0, 0),
                || {
                    (
                        format!("segment {needed} is missing after {after}"),
                        format!("falta el segmento {needed} después de {after}"),
                    )
                },
            );
        }
    }

    /// Tells something. What is beyond all limits is counted, and nothing is written for it.
    fn find(
        &mut self,
        (severity, code): (Severity, &'static str),
        segment: &Segment<'_>,
        loop_id: &'static str,
        (element, component): (usize, usize),
        words: impl FnOnce() -> (String, String),
    ) {
        if self.findings.len() >= FINDINGS_MAX && self.places.is_full() {
            self.places.count_untold();
            return;
        }
        let (en, es) = words();
        let place = segment.place_of(&self.name, element, component);
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                code,
                severity,
                segment: segment.id.to_owned(),
                position: segment.position,
                loop_id,
                element,
                component,
                text: if element > 0 {
                    place.text.clone()
                } else {
                    String::new()
                },
            });
        }
        self.places
            .fault_at(severity, code, "", Some(place), en, es);
    }
}

/// What a loop does with a segment of its own.
enum Own {
    Read,
    Passed,
    Not,
}

fn own_segment<R>(open: &Open<'_, R>, segment: &Segment<'_>) -> Own {
    // The trigger of a loop begins its next pass, which is for the loop around to open.
    if segment.id == open.table.trigger {
        return Own::Not;
    }
    if open.table.has_segment(segment.id) {
        return Own::Read;
    }
    if open.table.passing.contains(&segment.id) {
        return Own::Passed;
    }
    Own::Not
}

/// The loop inside that a segment opens: not before the last one opened, where there is one.
fn child_loop<R>(
    open: &Open<'_, R>,
    segment: &Segment<'_>,
    elements: &Elements<'_>,
) -> Option<usize> {
    let fitting = |(_, table): &(usize, &Loop<R>)| {
        table.trigger == segment.id && table.when.is_none_or(|when| fits(elements, when))
    };
    let last = open.last.unwrap_or(0);
    let mut all = open.table.loops.iter().enumerate();
    let mut again = open.table.loops.iter().enumerate();
    all.find(|found| found.0 >= last && fitting(found))
        .or_else(|| again.find(fitting))
        .map(|(number, _)| number)
}

fn count_of(counts: &[(&str, usize)], id: &str) -> usize {
    counts
        .iter()
        .find(|(found, _)| *found == id)
        .map_or(0, |(_, count)| *count)
}

fn fits(elements: &Elements<'_>, when: When) -> bool {
    if when.component == 0 {
        let text = elements.element(when.element);
        return text.is_some_and(|text| when.codes.contains(&text));
    }
    let text = elements.component(when.element, when.component);
    text.is_some_and(|text| when.codes.contains(&text.as_ref()))
}

/// The bit of an element; a segment has no more elements than there are bits.
fn bit(number: usize) -> u128 {
    u32::try_from(number)
        .ok()
        .and_then(|number| 1_u128.checked_shl(number))
        .unwrap_or(0)
}
