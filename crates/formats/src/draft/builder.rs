//! Builds a draft from a plain document and the places of its fields.

use super::book::At;
use super::places::{FaultOrigin, Origin, Places};
use super::sources::{File, Member, Stretch};
use super::{Draft, DraftRecord, Missing, Occurred, Severity, SourcePlace, Sources};
use crate::kinds::DocumentKind;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Longest reason of a change.
const REASON_CHARS_MAX: usize = 500;

/// Fills draft records member by member, keeping each member's place.
pub(crate) struct Builder {
    kind: DocumentKind,
    places: Places,
    records: Vec<DraftRecord>,
    /// The places of each record's members, in the order in which they were set.
    sources: Vec<Vec<Member>>,
    /// The pointers of all members and what `unplaced` tells, one behind the other.
    pointers: String,
    /// Members that came from a field of which [`Places`] knows no place, by the field's pointer.
    unplaced: Vec<(Stretch, usize, Stretch)>,
}

impl Builder {
    /// A draft of that kind with no record yet.
    pub(crate) fn new(kind: DocumentKind, places: Places) -> Builder {
        Builder {
            kind,
            places,
            records: Vec::new(),
            sources: Vec::new(),
            pointers: String::new(),
            unplaced: Vec::new(),
        }
    }

    /// Opens a record and gives its index.
    pub(crate) fn record(&mut self, record_type: &str) -> usize {
        self.records.push(DraftRecord {
            record_type: record_type.to_owned(),
            optional: false,
            subject: Value::Object(Map::new()),
            sources: Sources::default(),
            missing: Vec::new(),
            occurred: None,
            amends: None,
            standing: None,
            source: None,
        });
        self.sources.push(Vec::new());
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

    /// Says that the record is compiled from public sources, and from which place of the document.
    pub(crate) fn compiled(&mut self, record: usize, source: &str) {
        if let Some(draft) = self.records.get_mut(record) {
            draft.standing = Some("compiled");
            draft.source = Some(source.to_owned());
        }
    }

    /// Says when what a record states happened, and which field of the document tells it.
    pub(crate) fn occurred<'a>(
        &mut self,
        record: usize,
        at: jiff::Timestamp,
        origin: impl Into<Origin<'a>>,
    ) {
        let place = self.places.place(origin);
        if let Some(draft) = self.records.get_mut(record) {
            let at = at.to_string();
            draft.occurred = Some(Occurred { at, place });
        }
    }

    /// Says that a record changes what its sender filed before, and why.
    pub(crate) fn amends(&mut self, record: usize, reason: &str) {
        if let Some(draft) = self.records.get_mut(record) {
            draft.amends = Some(reason.chars().take(REASON_CHARS_MAX).collect());
        }
    }

    /// Sets a member to a value that the document field at `origin` says.
    pub(crate) fn set<'a>(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<Value>,
        origin: impl Into<Origin<'a>>,
    ) {
        self.land(record, pointer, value.into(), origin.into(), None);
    }

    /// Sets a member to a value that stands at a place, for a reader that has no places of all fields beforehand.
    pub(crate) fn set_at(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<Value>,
        origin: &str,
        place: SourcePlace,
    ) {
        let origin = Origin::At(origin);
        self.land(record, pointer, value.into(), origin, Some(place));
    }

    fn land(
        &mut self,
        record: usize,
        pointer: &str,
        value: Value,
        origin: Origin<'_>,
        place: Option<SourcePlace>,
    ) {
        let Some(draft) = self.records.get_mut(record) else {
            return;
        };
        if !insert(&mut draft.subject, pointer, value) {
            return;
        }
        let Some(pointer) = Stretch::add(&mut self.pointers, pointer) else {
            return;
        };
        let found = match place {
            Some(place) => Some(At::Told(self.places.book.tell(place))),
            None => self.places.find(origin),
        };
        if let (Some(at), Some(members)) = (found, self.sources.get_mut(record)) {
            members.push(Member { pointer, at });
        }
        if let (Origin::At(field), None | Some(At::Told(_))) = (origin, found) {
            let field = Stretch::add(&mut self.pointers, field);
            self.unplaced
                .extend(field.map(|field| (field, record, pointer)));
        }
    }

    /// Adds a fault at a place, see [`Places::fault_at`].
    pub(crate) fn fault_at<'a>(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: impl Into<Origin<'a>>,
        place: Option<SourcePlace>,
        en: String,
        es: String,
    ) {
        self.places.fault_at(severity, code, origin, place, en, es);
    }

    /// Adds a note that is true of the whole document, once however often it is met.
    pub(crate) fn note_once<'a>(
        &mut self,
        code: &'static str,
        origin: impl Into<Origin<'a>>,
        (en, es): (String, String),
    ) {
        let told = |fault: &crate::Fault| fault.code == code && fault.en == en;
        if !self.places.faults().iter().any(told) {
            self.places.fault(Severity::Note, code, origin, en, es);
        }
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
        find(&self.records.get(record)?.subject, pointer)
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
    pub(crate) fn fault<'a>(
        &mut self,
        severity: Severity,
        code: &'static str,
        origin: impl Into<Origin<'a>>,
        en: String,
        es: String,
    ) {
        self.places.fault(severity, code, origin, en, es);
    }

    /// The draft, each fault with the member where its value landed.
    pub(crate) fn finish(self) -> Draft {
        let landed = self.landed();
        let mut faults = self.places.faults;
        for (fault, landed) in faults.iter_mut().zip(landed) {
            if let Some((record, pointer)) = landed {
                fault.record = Some(record);
                fault.pointer = Some(pointer);
            }
        }
        let mut records = self.records;
        let file = Arc::new(File {
            pointers: self.pointers,
            book: self.places.book,
        });
        for (record, members) in records.iter_mut().zip(self.sources) {
            record.sources = Sources::new(members, Arc::clone(&file));
        }
        faults.sort_by_key(|fault| fault.place.as_ref().map_or(0, |place| place.line));
        Draft {
            kind: self.kind,
            records,
            faults,
            faults_untold: self.places.faults_untold,
        }
    }

    /// For each fault the member where its value landed, the first where there are many.
    fn landed(&self) -> Vec<Option<(usize, String)>> {
        let faults = &self.places.faults;
        let mut by_place: HashMap<At, Option<(usize, Stretch)>> = HashMap::new();
        let mut by_field: HashMap<&str, Option<(usize, Stretch)>> = HashMap::new();
        let place = |origin: &FaultOrigin| match origin {
            FaultOrigin::At(field) => self.places.find(Origin::At(field)),
            FaultOrigin::Marked(number) => Some(At::Marked(*number)),
        };
        for origin in faults.iter().filter_map(|fault| fault.origin.as_ref()) {
            if let Some(at) = place(origin) {
                by_place.insert(at, None);
            }
            if let FaultOrigin::At(field) = origin {
                by_field.insert(field, None);
            }
        }
        if by_place.is_empty() && by_field.is_empty() {
            return Vec::new();
        }
        for (record, members) in self.sources.iter().enumerate() {
            for member in members {
                if let Some(found) = by_place.get_mut(&member.at) {
                    found.get_or_insert((record, member.pointer));
                }
            }
        }
        for (field, record, pointer) in &self.unplaced {
            if let Some(found) = by_field.get_mut(field.of(&self.pointers)) {
                found.get_or_insert((*record, *pointer));
            }
        }
        let found = faults.iter().map(|fault| {
            let origin = fault.origin.as_ref()?;
            let by_field = || match origin {
                FaultOrigin::At(field) => *by_field.get(field.as_str())?,
                FaultOrigin::Marked(_) => None,
            };
            let by_place = place(origin).and_then(|at| *by_place.get(&at)?);
            let (record, pointer) = by_place.or_else(by_field)?;
            Some((record, pointer.of(&self.pointers).to_owned()))
        });
        found.collect()
    }
}

/// The value at a JSON pointer, without the copies that [`Value::pointer`] makes of each part.
fn find<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.contains('~') {
        return root.pointer(pointer);
    }
    let mut at = root;
    if pointer.is_empty() {
        return Some(at);
    }
    for token in pointer.strip_prefix('/')?.split('/') {
        at = match at {
            Value::Object(members) => members.get(token)?,
            Value::Array(items) => items.get(index(token)?)?,
            _ => return None,
        };
    }
    Some(at)
}

/// An index as JSON pointers write it.
fn index(token: &str) -> Option<usize> {
    let plain = token.len() == 1 || !token.starts_with('0');
    let digits = token.bytes().all(|byte| byte.is_ascii_digit());
    (plain && digits).then(|| token.parse().ok()).flatten()
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
            Value::Object(members) if next.is_none() => {
                match members.get_mut(token) {
                    Some(member) => *member = value,
                    None => {
                        members.insert(token.to_owned(), value);
                    }
                }
                return true;
            }
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
    use super::super::FAULTS_MAX;
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
