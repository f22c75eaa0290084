//! Where each field of a plain document stood.
//!
//! A file of megabytes has a place for every few bytes and tells those of the fields that land or are at fault. So
//! places are kept in parts, and path and text are written when they are asked for.

use super::{FAULTS_MAX, Fault, SOURCE_TEXT_CHARS_MAX, Severity, SourcePlace};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;

/// Where each field of a plain document stood, by JSON pointer into the document or by the mark that the field carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    by_pointer: HashMap<String, SourcePlace>,
    by_element: HashMap<String, usize, BuildHasherDefault<Quick>>,
    elements: Vec<NotedElement>,
    sets: Vec<String>,
    segments: Vec<NotedSegment>,
    marked: Vec<Marked>,
    /// Texts and names of segments one behind the other: one allocation for all of them.
    texts: String,
    pub(super) faults: Vec<Fault>,
    pub(super) faults_untold: usize,
}

/// An element and those of its attributes that fill a field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedElement {
    place: ElementPlace,
    attributes: Vec<NotedAttribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ElementPlace {
    /// A part of the document without a place of its own.
    Nowhere,
    Told(SourcePlace),
    Marked(Mark),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedAttribute {
    field: &'static str,
    at: AttributePlace,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum AttributePlace {
    Told {
        name: &'static str,
        line: u32,
        column: u32,
        text: Kept,
    },
    Marked(Mark),
}

/// A segment of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedSegment {
    set: u32,
    line: u32,
    position: u32,
    id: Kept,
}

/// An element or component of a segment, or the segment where both are 0. There is one for each few bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Marked {
    segment: u32,
    text: Kept,
    element: u8,
    component: u8,
}

/// Where a text stands among those that are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kept {
    from: u32,
    length: u16,
}

/// An element whose place is noted, for the places of its attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted(usize);

/// A set whose name is noted, for its segments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotedSet(u32);

/// A segment whose place is noted, for the marks of its texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentMark(u32);

/// The mark of a place, carried by what stood there. What was made of records carries none.
///
/// Two documents that say the same are the same wherever they stood: all marks are equal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark(Option<NonZeroU32>);

impl PartialEq for Mark {
    fn eq(&self, _: &Mark) -> bool {
        true
    }
}

impl Eq for Mark {}

impl Mark {
    /// A mark of the place kept at that index.
    fn new(index: usize) -> Mark {
        let number = u32::try_from(index).ok().and_then(|at| at.checked_add(1));
        Mark(number.and_then(NonZeroU32::new))
    }

    /// Tells marks apart.
    pub(crate) fn number(self) -> Option<u32> {
        self.0.map(NonZeroU32::get)
    }

    fn index(self) -> Option<usize> {
        usize::try_from(self.0?.get() - 1).ok()
    }
}

/// A field of a plain document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    /// By JSON pointer.
    At(&'a str),
    /// By the mark that it carries.
    Marked(Mark),
}

impl<'a> From<&'a str> for Origin<'a> {
    fn from(pointer: &'a str) -> Origin<'a> {
        Origin::At(pointer)
    }
}

impl<'a> From<&'a String> for Origin<'a> {
    fn from(pointer: &'a String) -> Origin<'a> {
        Origin::At(pointer)
    }
}

impl<'a> From<&'a Cow<'_, str>> for Origin<'a> {
    fn from(pointer: &'a Cow<'_, str>) -> Origin<'a> {
        Origin::At(pointer)
    }
}

impl From<Mark> for Origin<'_> {
    fn from(mark: Mark) -> Self {
        Origin::Marked(mark)
    }
}

/// The field that a fault is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FaultOrigin {
    At(String),
    Marked(u32),
}

impl FaultOrigin {
    fn of(origin: Origin<'_>) -> Option<FaultOrigin> {
        match origin {
            Origin::At(pointer) => Some(FaultOrigin::At(pointer.to_owned())),
            Origin::Marked(mark) => mark.number().map(FaultOrigin::Marked),
        }
    }
}

/// Hashes pointers made of names of fields and of numbers. A sender has no hand in them, so that nothing must be
/// guarded against, and they are short.
#[derive(Clone, Debug, Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl Places {
    /// Notes where the field at `pointer` stood.
    pub(crate) fn put(&mut self, pointer: String, place: SourcePlace) {
        self.by_pointer.insert(pointer, place);
    }

    /// Notes where the element at `pointer` stood.
    pub(crate) fn put_element(&mut self, pointer: String, place: SourcePlace) -> Noted {
        self.note(pointer, ElementPlace::Told(place))
    }

    fn note(&mut self, pointer: String, place: ElementPlace) -> Noted {
        let element = self.elements.len();
        self.elements.push(NotedElement {
            place,
            attributes: Vec::new(),
        });
        self.by_element.insert(pointer, element);
        Noted(element)
    }

    /// Notes where an attribute of an element stood, and the field that it fills.
    pub(crate) fn put_attribute(
        &mut self,
        Noted(element): Noted,
        (field, name): (&'static str, &'static str),
        (line, column): (u32, u32),
        text: &str,
    ) {
        let text = self.keep(text);
        if let Some(element) = self.elements.get_mut(element) {
            element.attributes.push(NotedAttribute {
                field,
                at: AttributePlace::Told {
                    name,
                    line,
                    column,
                    text,
                },
            });
        }
    }

    /// Notes the name of a set, such as `309 #0001`.
    pub(crate) fn put_set(&mut self, name: String) -> NotedSet {
        let set = small(self.sets.len());
        self.sets.push(name);
        NotedSet(set)
    }

    /// Notes where a segment of a set stood.
    pub(crate) fn put_segment(
        &mut self,
        NotedSet(set): NotedSet,
        id: &str,
        line: u32,
        position: usize,
    ) -> SegmentMark {
        let id = self.keep(id);
        let segment = small(self.segments.len());
        self.segments.push(NotedSegment {
            set,
            line,
            position: small(position),
            id,
        });
        SegmentMark(segment)
    }

    /// Marks an element (component 0) or component of a segment, numbers from 1.
    pub(crate) fn mark(
        &mut self,
        SegmentMark(segment): SegmentMark,
        (element, component): (usize, usize),
        text: &str,
    ) -> Mark {
        let text = self.keep(text);
        let mark = Mark::new(self.marked.len());
        self.marked.push(Marked {
            segment,
            text,
            element: u8::try_from(element).unwrap_or(u8::MAX),
            component: u8::try_from(component).unwrap_or(u8::MAX),
        });
        mark
    }

    /// Notes that the node at `pointer` stood in a segment.
    pub(crate) fn put_node(&mut self, pointer: String, segment: SegmentMark) -> Noted {
        let at = self.mark(segment, (0, 0), "");
        self.note(pointer, ElementPlace::Marked(at))
    }

    /// Notes a node at `pointer` that has fields and no place of its own.
    pub(crate) fn put_part(&mut self, pointer: String) -> Noted {
        self.note(pointer, ElementPlace::Nowhere)
    }

    /// Notes that an element of a segment is an item of a list, by the item's pointer.
    pub(crate) fn put_item(
        &mut self,
        pointer: String,
        segment: SegmentMark,
        number: usize,
        text: &str,
    ) {
        let at = self.mark(segment, (number, 0), text);
        self.note(pointer, ElementPlace::Marked(at));
    }

    /// Notes that an element of a segment fills a field of a node; a later one stands for an earlier one.
    pub(crate) fn put_text(
        &mut self,
        Noted(node): Noted,
        field: &'static str,
        segment: SegmentMark,
        number: usize,
        text: &str,
    ) {
        let at = AttributePlace::Marked(self.mark(segment, (number, 0), text));
        if let Some(node) = self.elements.get_mut(node) {
            node.attributes.push(NotedAttribute { field, at });
        }
    }

    /// Keeps a text as far as it is shown, and one letter more, so that the cut shows.
    fn keep(&mut self, text: &str) -> Kept {
        let from = self.texts.len();
        let shown = if text.len() <= SOURCE_TEXT_CHARS_MAX {
            text
        } else {
            let end = text.char_indices().nth(SOURCE_TEXT_CHARS_MAX + 1);
            end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
        };
        // Bounded by the size of a document; what would not fit has no text.
        match (u32::try_from(from), u16::try_from(shown.len())) {
            (Ok(from), Ok(length)) => {
                self.texts.push_str(shown);
                Kept { from, length }
            }
            _ => Kept::default(),
        }
    }

    fn kept(&self, text: Kept) -> &str {
        let from = usize::try_from(text.from).unwrap_or(usize::MAX);
        let end = from.saturating_add(usize::from(text.length));
        self.texts.get(from..end).unwrap_or("")
    }

    /// Where a field stood.
    pub(crate) fn place<'a>(&self, origin: impl Into<Origin<'a>>) -> Option<SourcePlace> {
        match origin.into() {
            Origin::At(pointer) => self.at(pointer),
            Origin::Marked(mark) => self.marked_at(mark),
        }
    }

    /// Where the field at `pointer` stood.
    pub(crate) fn at(&self, pointer: &str) -> Option<SourcePlace> {
        if let Some(place) = self.by_pointer.get(pointer) {
            return Some(place.clone());
        }
        if let Some(element) = self.by_element.get(pointer) {
            return match &self.elements.get(*element)?.place {
                ElementPlace::Nowhere => None,
                ElementPlace::Told(place) => Some(place.clone()),
                ElementPlace::Marked(at) => self.marked_at(*at),
            };
        }
        let (parent, field) = pointer.rsplit_once('/')?;
        let element = self.elements.get(*self.by_element.get(parent)?)?;
        let attribute = element
            .attributes
            .iter()
            .rev()
            .find(|attribute| attribute.field == field)?;
        match (&attribute.at, &element.place) {
            (AttributePlace::Marked(at), _) => self.marked_at(*at),
            (
                AttributePlace::Told {
                    name,
                    line,
                    column,
                    text,
                },
                ElementPlace::Told(place),
            ) => {
                let mut path = String::with_capacity(place.path.len() + 2 + name.len());
                path.push_str(&place.path);
                path.push_str("/@");
                path.push_str(name);
                let text = self.kept(*text);
                Some(SourcePlace::new(*line, Some(*column), path, text))
            }
            _ => None,
        }
    }

    /// The place of a mark: `CUSCAR #1/7 RFF01.2`.
    fn marked_at(&self, mark: Mark) -> Option<SourcePlace> {
        let marked = self.marked.get(mark.index()?)?;
        let segment = self.segments.get(usize::try_from(marked.segment).ok()?)?;
        let set = self.sets.get(usize::try_from(segment.set).ok()?)?;
        let id = self.kept(segment.id);
        let path = segment_path(
            set,
            usize::try_from(segment.position).ok()?,
            id,
            usize::from(marked.element),
            usize::from(marked.component),
        );
        let text = match marked.element {
            0 => id,
            _ => self.kept(marked.text),
        };
        Some(SourcePlace::new(segment.line, None, path, text))
    }

    /// Adds a fault about the field at `origin`; its place is the field's, or the nearest enclosing node's.
    pub(crate) fn fault<'a>(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: impl Into<Origin<'a>>,
        en: String,
        es: String,
    ) {
        let origin = origin.into();
        if self.faults.len() >= FAULTS_MAX {
            self.faults_untold += 1;
            return;
        }
        let place = match origin {
            Origin::Marked(_) => self.place(origin),
            Origin::At(pointer) => {
                let mut at = pointer;
                loop {
                    if let Some(place) = self.at(at) {
                        break Some(place);
                    }
                    match at.rfind('/') {
                        Some(cut) => at = at.get(..cut).unwrap_or(""),
                        None => break None,
                    }
                }
            }
        };
        self.fault_at(severity, code, origin, place, en, es);
    }

    /// Adds a fault at a place that no field has.
    pub(crate) fn fault_at<'a>(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: impl Into<Origin<'a>>,
        place: Option<SourcePlace>,
        en: String,
        es: String,
    ) {
        if self.faults.len() >= FAULTS_MAX {
            self.faults_untold += 1;
            return;
        }
        self.faults.push(Fault {
            code,
            record: None,
            pointer: None,
            place,
            en,
            es,
            severity,
            origin: FaultOrigin::of(origin.into()),
        });
    }

    /// Whether a further fault would only be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.faults.len() >= FAULTS_MAX
    }

    /// Counts a fault that is not told.
    pub(crate) fn count_untold(&mut self) {
        self.faults_untold += 1;
    }

    /// The faults found so far.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

/// What a place in a segment is called: `309 #0001/11 M1101`, `CUSCAR #1/7 RFF01.2`.
pub(crate) fn segment_path(
    set: &str,
    position: usize,
    id: &str,
    element: usize,
    component: usize,
) -> String {
    let mut path = String::with_capacity(set.len() + id.len() + 16);
    path.push_str(set);
    path.push('/');
    push_number(&mut path, position);
    path.push(' ');
    path.push_str(id);
    if element > 0 {
        if element < 10 {
            path.push('0');
        }
        push_number(&mut path, element);
    }
    if component > 0 {
        path.push('.');
        push_number(&mut path, component);
    }
    path
}

/// Adds a number in digits, without the detour of formatting: one is written for each member of a record.
pub(crate) fn push_number(to: &mut String, number: usize) {
    let mut unit = 1_usize;
    while number / unit >= 10 {
        unit = unit.saturating_mul(10);
    }
    while unit > 0 {
        let digit = u8::try_from(number / unit % 10).unwrap_or(0);
        to.push(char::from(b'0' + digit));
        unit /= 10;
    }
}

/// Counts of a document are far below this.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
