//! Builds a draft from a plain document and the places of its fields.

use super::{Draft, DraftRecord, FAULTS_MAX, Fault, Missing, Severity, SourcePlace};
use crate::kinds::DocumentKind;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Where each field of a plain document stood, by JSON pointer into the document.
///
/// A document of a megabyte has forty thousand attributes and tells the places of a few: those are kept in parts, with
/// their element, and put together when they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    by_pointer: HashMap<String, SourcePlace>,
    by_element: HashMap<String, usize>,
    elements: Vec<NotedElement>,
    faults: Vec<Fault>,
    faults_untold: usize,
}

/// An element and those of its attributes that fill a field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedElement {
    place: SourcePlace,
    attributes: Vec<NotedAttribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NotedAttribute {
    field: &'static str,
    name: &'static str,
    line: u32,
    column: u32,
    text: Box<str>,
}

/// An element whose place is noted, for the places of its attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted(usize);

impl Places {
    /// Notes where the field at `pointer` stood.
    pub(crate) fn put(&mut self, pointer: String, place: SourcePlace) {
        self.by_pointer.insert(pointer, place);
    }

    /// Notes where the element at `pointer` stood.
    pub(crate) fn put_element(&mut self, pointer: String, place: SourcePlace) -> Noted {
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
        // One letter more than is shown, so that the cut shows.
        let end = text
            .char_indices()
            .nth(super::SOURCE_TEXT_CHARS_MAX + 1)
            .map_or(text.len(), |(end, _)| end);
        if let Some(element) = self.elements.get_mut(element) {
            element.attributes.push(NotedAttribute {
                field,
                name,
                line,
                column,
                text: text.get(..end).unwrap_or(text).into(),
            });
        }
    }

    /// Where the field at `pointer` stood.
    pub(crate) fn at(&self, pointer: &str) -> Option<SourcePlace> {
        if let Some(place) = self.by_pointer.get(pointer) {
            return Some(place.clone());
        }
        if let Some(element) = self.by_element.get(pointer) {
            return self.elements.get(*element).map(|noted| noted.place.clone());
        }
        let (parent, field) = pointer.rsplit_once('/')?;
        let element = self.elements.get(*self.by_element.get(parent)?)?;
        let attribute = element
            .attributes
            .iter()
            .find(|attribute| attribute.field == field)?;
        Some(SourcePlace::new(
            attribute.line,
            Some(attribute.column),
            format!("{}/@{}", element.place.path, attribute.name),
            &attribute.text,
        ))
    }

    /// Adds a fault about the field at `origin`; its place is the field's, or the nearest enclosing node's.
    pub(crate) fn fault(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: &str,
        en: String,
        es: String,
    ) {
        let mut at = origin;
        let place = loop {
            if let Some(place) = self.at(at) {
                break Some(place);
            }
            match at.rfind('/') {
                Some(cut) => at = at.get(..cut).unwrap_or(""),
                None => break None,
            }
        };
        self.fault_at(severity, code, origin, place, en, es);
    }

    /// Adds a fault at a place that no field has.
    pub(crate) fn fault_at(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: &str,
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
            origin: Some(origin.to_owned()),
        });
    }

    /// The faults found so far.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

/// Fills draft records member by member, keeping each member's place.
pub(crate) struct Builder {
    kind: DocumentKind,
    places: Places,
    records: Vec<DraftRecord>,
    /// Where the field at an origin landed: origin, record, pointer. Only asked of origins with a fault, so no map.
    landed: Vec<(String, usize, String)>,
}

impl Builder {
    /// A draft of that kind with no record yet.
    pub(crate) fn new(kind: DocumentKind, places: Places) -> Builder {
        Builder {
            kind,
            places,
            records: Vec::new(),
            landed: Vec::new(),
        }
    }

    /// Opens a record and gives its index.
    pub(crate) fn record(&mut self, record_type: &str) -> usize {
        self.records.push(DraftRecord {
            record_type: record_type.to_owned(),
            optional: false,
            subject: Value::Object(Map::new()),
            sources: BTreeMap::new(),
            missing: Vec::new(),
            standing: None,
            source: None,
        });
        self.records.len() - 1
    }

    /// Opens a by-product, see [`DraftRecord::optional`].
    pub(crate) fn optional_record(&mut self, record_type: &str) -> usize {
        let index = self.record(record_type);
        if let Some(record) = self.records.get_mut(index) {
            record.optional = true;
        }
        index
    }

    /// Says that who imports the record only reports it, and from what.
    pub(crate) fn report(&mut self, record: usize, source: &str) {
        if let Some(draft) = self.records.get_mut(record) {
            draft.standing = Some("report");
            draft.source = Some(source.to_owned());
        }
    }

    /// Sets a member to a value that the document field at `origin` says.
    pub(crate) fn set(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<Value>,
        origin: &str,
    ) {
        let place = self.places.at(origin);
        let Some(draft) = self.records.get_mut(record) else {
            return;
        };
        if !insert(&mut draft.subject, pointer, value.into()) {
            return;
        }
        if let Some(place) = place {
            draft.sources.insert(pointer.to_owned(), place);
        }
        self.landed
            .push((origin.to_owned(), record, pointer.to_owned()));
    }

    /// Sets a member to a value that stands at a place, for a reader that has no places of all fields beforehand.
    pub(crate) fn set_at(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<Value>,
        origin: String,
        place: SourcePlace,
    ) {
        let Some(draft) = self.records.get_mut(record) else {
            return;
        };
        if !insert(&mut draft.subject, pointer, value.into()) {
            return;
        }
        draft.sources.insert(pointer.to_owned(), place);
        self.landed.push((origin, record, pointer.to_owned()));
    }

    /// Adds a fault at a place, see [`Places::fault_at`].
    pub(crate) fn fault_at(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: &str,
        place: Option<SourcePlace>,
        en: String,
        es: String,
    ) {
        self.places.fault_at(severity, code, origin, place, en, es);
    }

    /// Sets a member where the field has a value; tells whether it had.
    pub(crate) fn set_some(
        &mut self,
        record: usize,
        pointer: &str,
        value: Option<&str>,
        origin: &str,
    ) -> bool {
        match value {
            Some(text) if !text.is_empty() => {
                self.set(record, pointer, text, origin);
                true
            }
            _ => false,
        }
    }

    /// Gives a member that is set another value, its place kept.
    pub(crate) fn replace(&mut self, record: usize, pointer: &str, value: impl Into<Value>) {
        if let Some(draft) = self.records.get_mut(record)
            && let Some(member) = draft.subject.pointer_mut(pointer)
        {
            *member = value.into();
        }
    }

    /// A member as it stands so far.
    pub(crate) fn member(&self, record: usize, pointer: &str) -> Option<&Value> {
        self.records.get(record)?.subject.pointer(pointer)
    }

    /// Says that the record type needs a member which the document does not tell.
    pub(crate) fn missing(&mut self, record: usize, pointer: &str, en: &str, es: &str) {
        if let Some(draft) = self.records.get_mut(record) {
            draft.missing.push(Missing {
                pointer: pointer.to_owned(),
                en: en.to_owned(),
                es: es.to_owned(),
            });
        }
    }

    /// Makes an empty object at a pointer, so that an item of which nothing can be taken keeps its place in a list.
    pub(crate) fn open(&mut self, record: usize, pointer: &str) {
        if let Some(draft) = self.records.get_mut(record) {
            insert(&mut draft.subject, pointer, Value::Object(Map::new()));
        }
    }

    /// Notes where a field stood, see [`Places::put`]; for documents that are mapped while they are read.
    pub(crate) fn place(&mut self, pointer: String, place: SourcePlace) {
        self.places.put(pointer, place);
    }

    /// The source text at a field of the document.
    pub(crate) fn text_at(&self, origin: &str) -> Option<String> {
        self.places.at(origin).map(|place| place.text)
    }

    /// Adds a fault, see [`Places::fault`].
    pub(crate) fn fault(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: &str,
        en: String,
        es: String,
    ) {
        self.places.fault(severity, code, origin, en, es);
    }

    /// The draft, each fault with the member where its value landed.
    pub(crate) fn finish(self) -> Draft {
        let mut faults = self.places.faults;
        let mut landed: HashMap<&str, Option<(usize, &str)>> = faults
            .iter()
            .filter_map(|fault| fault.origin.as_deref())
            .map(|origin| (origin, None))
            .collect();
        for (origin, record, pointer) in &self.landed {
            if let Some(found) = landed.get_mut(origin.as_str()) {
                found.get_or_insert((*record, pointer.as_str()));
            }
        }
        let found: Vec<Option<(usize, String)>> = faults
            .iter()
            .map(|fault| {
                let (record, pointer) = (*landed.get(fault.origin.as_deref()?)?)?;
                Some((record, pointer.to_owned()))
            })
            .collect();
        for (fault, found) in faults.iter_mut().zip(found) {
            if let Some((record, pointer)) = found {
                fault.record = Some(record);
                fault.pointer = Some(pointer);
            }
        }
        faults.sort_by_key(|fault| fault.place.as_ref().map_or(0, |place| place.line));
        Draft {
            kind: self.kind,
            records: self.records,
            faults,
            faults_untold: self.places.faults_untold,
        }
    }
}

/// Sets the value at a JSON pointer, making objects and arrays on the way; an array grows by its next index only.
pub(crate) fn insert(root: &mut Value, pointer: &str, value: Value) -> bool {
    let mut at = root;
    let mut tokens = pointer.split('/').skip(1).peekable();
    while let Some(token) = tokens.next() {
        let next = tokens.peek();
        let empty = || match next {
            Some(following) if following.bytes().all(|byte| byte.is_ascii_digit()) => {
                Value::Array(Vec::new())
            }
            _ => Value::Object(Map::new()),
        };
        at = match at {
            Value::Object(members) => {
                if !members.contains_key(token) {
                    members.insert(token.to_owned(), empty());
                }
                match members.get_mut(token) {
                    Some(member) => member,
                    None => return false,
                }
            }
            Value::Array(items) => {
                let Ok(index) = token.parse::<usize>() else {
                    return false;
                };
                if index == items.len() {
                    items.push(empty());
                }
                match items.get_mut(index) {
                    Some(item) => item,
                    None => return false,
                }
            }
            _ => return false,
        };
    }
    *at = value;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pointer_makes_its_parents() {
        let mut value = json!({});
        assert!(insert(&mut value, "/a/0/b", json!(1)));
        assert!(insert(&mut value, "/a/1/b", json!(2)));
        assert!(!insert(&mut value, "/a/7/b", json!(3)));
        assert_eq!(value, json!({"a": [{"b": 1}, {"b": 2}]}));
    }

    #[test]
    fn faults_beyond_the_limit_are_counted() {
        let mut places = Places::default();
        for _ in 0..FAULTS_MAX + 5 {
            places.fault(Severity::Error, "x", "/a", String::new(), String::new());
        }
        let draft = Builder::new(DocumentKind::CartaPorte, places).finish();
        assert_eq!((draft.faults.len(), draft.faults_untold), (FAULTS_MAX, 5));
    }
}
