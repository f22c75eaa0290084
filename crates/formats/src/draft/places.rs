//! Where each field of a plain document stood.
//!
//! [`Book`] keeps the places; here they are found by what stood there, and faults by theirs.

use super::book::{At, AttributePlace, Book, ElementPlace, Mark, Noted, NotedSet, SegmentMark};
use super::{FAULTS_MAX, Fault, Severity, SourcePlace};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;

/// Where each field of a plain document stood, by JSON pointer into the document or by the mark that the field carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    by_pointer: HashMap<String, u32>,
    by_element: HashMap<String, u32, BuildHasherDefault<Quick>>,
    pub(super) book: Book,
    pub(super) faults: Vec<Fault>,
    pub(super) faults_untold: usize,
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
    Marked(NonZeroU32),
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
        match self.by_pointer.get(&pointer) {
            Some(told) => self.book.retell(*told, place),
            None => {
                let told = self.book.tell(place);
                self.by_pointer.insert(pointer, told);
            }
        }
    }

    /// Notes where the element at `pointer` stood.
    pub(crate) fn put_element(&mut self, pointer: String, place: SourcePlace) -> Noted {
        let told = self.book.tell(place);
        self.note(pointer, ElementPlace::Told(told))
    }

    fn note(&mut self, pointer: String, place: ElementPlace) -> Noted {
        let noted = self.book.element(place);
        self.by_element.insert(pointer, noted.index());
        noted
    }

    /// Notes where an attribute of an element stood, and the field that it fills.
    pub(crate) fn put_attribute(
        &mut self,
        noted: Noted,
        (field, name): (&'static str, &'static str),
        (line, column): (u32, u32),
        text: &str,
    ) {
        let text = self.book.keep(text);
        let at = AttributePlace::Told {
            name,
            line,
            column,
            text,
        };
        self.book.attribute(noted, field, at);
    }

    /// Notes the name of a set, such as `309 #0001`.
    pub(crate) fn put_set(&mut self, name: String) -> NotedSet {
        self.book.set(name)
    }

    /// Notes where a segment of a set stood.
    pub(crate) fn put_segment(
        &mut self,
        set: NotedSet,
        id: &str,
        line: u32,
        position: usize,
    ) -> SegmentMark {
        self.book.segment(set, id, line, position)
    }

    /// Marks an element (component 0) or component of a segment, numbers from 1.
    pub(crate) fn mark(
        &mut self,
        segment: SegmentMark,
        numbers: (usize, usize),
        text: &str,
    ) -> Mark {
        self.book.mark(segment, numbers, text)
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
        node: Noted,
        field: &'static str,
        segment: SegmentMark,
        number: usize,
        text: &str,
    ) {
        let at = AttributePlace::Marked(self.mark(segment, (number, 0), text));
        self.book.attribute(node, field, at);
    }

    /// The name of the place where a field stood.
    pub(super) fn find(&self, origin: Origin<'_>) -> Option<At> {
        let pointer = match origin {
            Origin::At(pointer) => pointer,
            Origin::Marked(mark) => return mark.number().map(At::Marked),
        };
        if let Some(told) = self.by_pointer.get(pointer) {
            return Some(At::Told(*told));
        }
        if let Some(element) = self.by_element.get(pointer) {
            return self.book.element_at(*element);
        }
        let (parent, field) = pointer.rsplit_once('/')?;
        self.book.field(*self.by_element.get(parent)?, field)
    }

    /// Where a field stood.
    pub(crate) fn place<'a>(&self, origin: impl Into<Origin<'a>>) -> Option<SourcePlace> {
        self.book.place(self.find(origin.into())?)
    }

    /// Where the field at `pointer` stood.
    pub(crate) fn at(&self, pointer: &str) -> Option<SourcePlace> {
        self.place(pointer)
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
