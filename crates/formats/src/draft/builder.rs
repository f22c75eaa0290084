//! Builds a draft from a plain document and the places of its fields.

use super::{Draft, DraftRecord, FAULTS_MAX, Fault, Missing, Severity, SourcePlace};
use crate::kinds::DocumentKind;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Where each field of a plain document stood, by JSON pointer into the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    by_pointer: BTreeMap<String, SourcePlace>,
    faults: Vec<Fault>,
    faults_untold: usize,
}

impl Places {
    /// Notes where the field at `pointer` stood.
    pub(crate) fn put(&mut self, pointer: String, place: SourcePlace) {
        self.by_pointer.insert(pointer, place);
    }

    /// Where the field at `pointer` stood.
    pub(crate) fn at(&self, pointer: &str) -> Option<&SourcePlace> {
        self.by_pointer.get(pointer)
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
            if let Some(place) = self.by_pointer.get(at) {
                break Some(place.clone());
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
    landed: HashMap<String, (usize, String)>,
}

impl Builder {
    /// A draft of that kind with no record yet.
    pub(crate) fn new(kind: DocumentKind, places: Places) -> Builder {
        Builder {
            kind,
            places,
            records: Vec::new(),
            landed: HashMap::new(),
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

    /// Sets a member to a value that the document field at `origin` says.
    pub(crate) fn set(
        &mut self,
        record: usize,
        pointer: &str,
        value: impl Into<Value>,
        origin: &str,
    ) {
        let place = self.places.at(origin).cloned();
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
            .entry(origin.to_owned())
            .or_insert_with(|| (record, pointer.to_owned()));
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

    /// The source text at a field of the document.
    pub(crate) fn text_at(&self, origin: &str) -> Option<String> {
        self.places.at(origin).map(|place| place.text.clone())
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
        let landed = self.landed;
        let mut faults = self.places.faults;
        for fault in &mut faults {
            let Some(origin) = fault.origin.as_deref() else {
                continue;
            };
            if let Some((record, pointer)) = landed.get(origin) {
                fault.record = Some(*record);
                fault.pointer = Some(pointer.clone());
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
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    for (position, token) in tokens.iter().enumerate() {
        let next = tokens.get(position + 1);
        let empty = || match next {
            Some(following) if following.bytes().all(|byte| byte.is_ascii_digit()) => {
                Value::Array(Vec::new())
            }
            _ => Value::Object(Map::new()),
        };
        at = match at {
            Value::Object(members) => members.entry((*token).to_owned()).or_insert_with(empty),
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
