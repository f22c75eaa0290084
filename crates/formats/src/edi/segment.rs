//! One segment, its elements cut when asked for, so that reading a file allocates nothing for what nobody asks.

use super::Delimiters;
use super::delimiters::Parts;
use crate::draft::{SourcePlace, segment_path};
use std::borrow::Cow;

/// One segment, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The segment's name, such as `M10` or `RFF`.
    pub id: &'a str,
    /// What follows the name and its delimiter; empty where nothing does.
    body: Option<&'a str>,
    delimiters: Delimiters,
    /// Line of the text, from 1.
    pub line: u32,
    /// Position in the set or message, ST and UNH being 1; in the interchange for envelope segments.
    pub position: usize,
}

/// One repetition of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    text: &'a str,
    delimiters: Delimiters,
}

/// The elements of a segment, cut once for a reader that asks for many of them.
#[derive(Debug)]
pub(crate) struct Elements<'a> {
    texts: Vec<&'a str>,
    delimiters: Delimiters,
}

impl<'a> Elements<'a> {
    /// Those of a segment.
    pub(crate) fn of(segment: &Segment<'a>) -> Elements<'a> {
        let mut elements = Elements {
            texts: Vec::new(),
            delimiters: segment.delimiters,
        };
        elements.cut(segment);
        elements
    }

    /// Those of the next segment.
    pub(crate) fn cut(&mut self, segment: &Segment<'a>) {
        self.delimiters = segment.delimiters;
        self.texts.clear();
        self.texts.extend(segment.elements());
    }

    /// As [`Segment::elements`].
    pub(crate) fn texts(&self) -> &[&'a str] {
        &self.texts
    }

    /// As [`Segment::element`].
    pub(crate) fn element(&self, number: usize) -> Option<&'a str> {
        let text = self.texts.get(number.checked_sub(1)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// As [`Segment::component`].
    pub(crate) fn component(&self, number: usize, component: usize) -> Option<Cow<'a, str>> {
        let text = *self.texts.get(number.checked_sub(1)?)?;
        if text.is_empty() {
            return None;
        }
        let delimiters = self.delimiters;
        let text = Parts::of(text, delimiters.repetition, delimiters.release).next()?;
        Element { text, delimiters }.component(component)
    }
}

impl<'a> Segment<'a> {
    /// Cuts the name off the text of a segment, its terminator left out.
    pub(super) fn new(
        text: &'a str,
        delimiters: Delimiters,
        line: u32,
        position: usize,
    ) -> Segment<'a> {
        let mut parts = text.splitn(2, delimiters.element);
        let id = parts.next().unwrap_or("");
        let body = parts.next();
        // Explicit nesting of the first EDIFACT syntaxes: `RFF:1:2+...`. The numbers say nothing that order doesn't.
        let id = match delimiters.release {
            Some(_) => id.split(delimiters.component).next().unwrap_or(id),
            None => id,
        };
        Segment {
            id,
            body,
            delimiters,
            line,
            position,
        }
    }

    /// The same segment at another position.
    pub(super) fn at(self, position: usize) -> Segment<'a> {
        Segment { position, ..self }
    }

    /// A segment of another name where this one stands: what is missing here.
    pub(super) fn named(self, id: &'a str) -> Segment<'a> {
        Segment {
            id,
            body: None,
            ..self
        }
    }

    /// The elements as they stand, components and release characters in them.
    pub fn elements(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (element, release) = (self.delimiters.element, self.delimiters.release);
        self.body
            .into_iter()
            .flat_map(move |body| Parts::of(body, Some(element), release))
    }

    /// Element by its number from 1 as it stands, blanks trimmed; `None` where it is absent or empty. Of EDIFACT,
    /// whose elements have components and release characters, see [`Segment::component`].
    pub fn element(&self, number: usize) -> Option<&'a str> {
        let text = self.elements().nth(number.checked_sub(1)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// A component, both numbers from 1, of the first repetition, released characters plain and blanks trimmed;
    /// `None` where it is absent or empty.
    pub fn component(&self, number: usize, component: usize) -> Option<Cow<'a, str>> {
        self.repetitions(number).next()?.component(component)
    }

    /// The repetitions of an element.
    pub fn repetitions(&self, number: usize) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let delimiters = self.delimiters;
        let text = number
            .checked_sub(1)
            .and_then(|at| self.elements().nth(at))
            .unwrap_or("");
        Parts::of(text, delimiters.repetition, delimiters.release)
            .map(move |text| Element { text, delimiters })
    }

    /// The delimiters of its interchange.
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The place of an element, or of the segment for number 0.
    pub fn place(&self, set: &str, number: usize) -> SourcePlace {
        self.place_of(set, number, 0)
    }

    /// The place of a component, or of the element for component 0: `CUSCAR #1/7 RFF01.2`.
    pub fn place_of(&self, set: &str, number: usize, component: usize) -> SourcePlace {
        let path = segment_path(set, self.position, self.id, number, component);
        let text = match (number, component) {
            (0, _) => Cow::Borrowed(self.id),
            (_, 0) => self
                .element(number)
                .map_or(Cow::Borrowed(""), Cow::Borrowed),
            _ => self.component(number, component).unwrap_or_default(),
        };
        SourcePlace::new(self.line, None, path, &text)
    }
}

impl<'a> Element<'a> {
    /// A component by its number from 1, released characters plain and blanks trimmed; `None` where it is absent or
    /// empty.
    pub fn component(&self, number: usize) -> Option<Cow<'a, str>> {
        let (component, release) = (self.delimiters.component, self.delimiters.release);
        let text = Parts::of(self.text, Some(component), release).nth(number.checked_sub(1)?)?;
        let text = text.trim();
        (!text.is_empty()).then(|| plain(text, release))
    }

    /// The element whole, released characters plain, component delimiters in place.
    pub fn text(&self) -> Cow<'a, str> {
        plain(self.text.trim(), self.delimiters.release)
    }
}

/// The text with released characters as plain ones.
fn plain(text: &str, release: Option<char>) -> Cow<'_, str> {
    let Some(release) = release.filter(|letter| text.contains(*letter)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = if letter == release {
            letters.next()
        } else {
            Some(letter)
        };
        out.extend(letter);
    }
    Cow::Owned(out)
}
