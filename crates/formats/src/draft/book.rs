//! The places of a file's fields, kept in parts.
//!
//! A file of megabytes has a place for every few bytes, and only those that a person looks at are told. So a place is
//! kept as numbers and as a stretch of one long text, and its path is written when it is asked for.

use super::{SOURCE_TEXT_CHARS_MAX, SourcePlace};
use std::num::NonZeroU32;

/// The places, named by [`At`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Book {
    told: Vec<SourcePlace>,
    elements: Vec<NotedElement>,
    attributes: Vec<NotedAttribute>,
    sets: Vec<String>,
    segments: Vec<NotedSegment>,
    marked: Vec<Marked>,
    /// Texts and names of segments one behind the other: one allocation for all of them.
    texts: String,
}

/// The name of a place in a [`Book`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    Told(u32),
    Element(u32),
    Attribute { element: u32, attribute: u32 },
    Marked(NonZeroU32),
}

/// An element, and the last of its attributes that fill a field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedElement {
    place: ElementPlace,
    last: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementPlace {
    /// A part of the document without a place of its own.
    Nowhere,
    Told(u32),
    Marked(Mark),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedAttribute {
    field: &'static str,
    /// The attribute of the same element that was noted before this one.
    before: Option<u32>,
    at: AttributePlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttributePlace {
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
pub(super) struct Kept {
    from: u32,
    length: u16,
}

/// An element whose place is noted, for the places of its attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted(u32);

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
    /// What tells marks apart.
    pub(crate) fn number(self) -> Option<NonZeroU32> {
        self.0
    }
}

impl Noted {
    pub(super) fn index(self) -> u32 {
        self.0
    }
}

impl Book {
    /// Keeps a place as it is.
    pub(super) fn tell(&mut self, place: SourcePlace) -> u32 {
        self.told.push(place);
        small(self.told.len() - 1)
    }

    /// Puts another place under a name that [`Book::tell`] gave.
    pub(super) fn retell(&mut self, told: u32, place: SourcePlace) {
        if let Some(kept) = item_mut(&mut self.told, told) {
            *kept = place;
        }
    }

    pub(super) fn element(&mut self, place: ElementPlace) -> Noted {
        self.elements.push(NotedElement { place, last: None });
        Noted(small(self.elements.len() - 1))
    }

    pub(super) fn attribute(
        &mut self,
        Noted(element): Noted,
        field: &'static str,
        at: AttributePlace,
    ) {
        if let Some(element) = item_mut(&mut self.elements, element) {
            let before = element.last.replace(small(self.attributes.len()));
            self.attributes.push(NotedAttribute { field, before, at });
        }
    }

    pub(super) fn set(&mut self, name: String) -> NotedSet {
        self.sets.push(name);
        NotedSet(small(self.sets.len() - 1))
    }

    pub(super) fn segment(
        &mut self,
        NotedSet(set): NotedSet,
        id: &str,
        line: u32,
        position: usize,
    ) -> SegmentMark {
        let id = self.keep(id);
        self.segments.push(NotedSegment {
            set,
            line,
            position: small(position),
            id,
        });
        SegmentMark(small(self.segments.len() - 1))
    }

    pub(super) fn mark(
        &mut self,
        SegmentMark(segment): SegmentMark,
        (element, component): (usize, usize),
        text: &str,
    ) -> Mark {
        let text = self.keep(text);
        self.marked.push(Marked {
            segment,
            text,
            element: u8::try_from(element).unwrap_or(u8::MAX),
            component: u8::try_from(component).unwrap_or(u8::MAX),
        });
        Mark(NonZeroU32::new(small(self.marked.len())))
    }

    /// Keeps a text as far as it is shown, and one letter more, so that the cut shows.
    pub(super) fn keep(&mut self, text: &str) -> Kept {
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

    /// The name of an element's own place, where it has one.
    pub(super) fn element_at(&self, element: u32) -> Option<At> {
        match item(&self.elements, element)?.place {
            ElementPlace::Nowhere => None,
            ElementPlace::Told(_) | ElementPlace::Marked(_) => Some(At::Element(element)),
        }
    }

    /// The name of the place of an element's field, the last where it was noted more than once.
    pub(super) fn field(&self, element: u32, field: &str) -> Option<At> {
        let noted = item(&self.elements, element)?;
        let mut next = noted.last;
        while let Some(number) = next {
            let attribute = item(&self.attributes, number)?;
            if attribute.field == field {
                return match (attribute.at, noted.place) {
                    (AttributePlace::Marked(mark), _) => mark.number().map(At::Marked),
                    (AttributePlace::Told { .. }, ElementPlace::Told(_)) => Some(At::Attribute {
                        element,
                        attribute: number,
                    }),
                    _ => None,
                };
            }
            next = attribute.before;
        }
        None
    }

    /// The place with that name; none where an element has no place of its own.
    pub(super) fn place(&self, at: At) -> Option<SourcePlace> {
        match at {
            At::Told(told) => item(&self.told, told).cloned(),
            At::Element(element) => match item(&self.elements, element)?.place {
                ElementPlace::Nowhere => None,
                ElementPlace::Told(told) => item(&self.told, told).cloned(),
                ElementPlace::Marked(mark) => self.marked(mark.number()?),
            },
            At::Attribute { element, attribute } => self.attribute_place(element, attribute),
            At::Marked(number) => self.marked(number),
        }
    }

    fn attribute_place(&self, element: u32, attribute: u32) -> Option<SourcePlace> {
        let ElementPlace::Told(told) = item(&self.elements, element)?.place else {
            return None;
        };
        let place = item(&self.told, told)?;
        let AttributePlace::Told {
            name,
            line,
            column,
            text,
        } = item(&self.attributes, attribute)?.at
        else {
            return None;
        };
        let mut path = String::with_capacity(place.path.len() + 2 + name.len());
        path.push_str(&place.path);
        path.push_str("/@");
        path.push_str(name);
        Some(SourcePlace::new(line, Some(column), path, self.kept(text)))
    }

    /// The place of a mark: `CUSCAR #1/7 RFF01.2`.
    fn marked(&self, number: NonZeroU32) -> Option<SourcePlace> {
        let marked = item(&self.marked, number.get() - 1)?;
        let segment = item(&self.segments, marked.segment)?;
        let set = item(&self.sets, segment.set)?;
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

    fn kept(&self, text: Kept) -> &str {
        let from = usize::try_from(text.from).unwrap_or(usize::MAX);
        let end = from.saturating_add(usize::from(text.length));
        self.texts.get(from..end).unwrap_or("")
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

fn item<T>(items: &[T], number: u32) -> Option<&T> {
    items.get(usize::try_from(number).ok()?)
}

fn item_mut<T>(items: &mut [T], number: u32) -> Option<&mut T> {
    items.get_mut(usize::try_from(number).ok()?)
}
