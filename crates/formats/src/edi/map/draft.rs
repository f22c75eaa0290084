//! From plain documents to draft records, by where each row goes.

use super::node::{inner, origin};
use super::{Found, Loop, Node, Opens, Pass, SetMap};
use crate::draft::{Builder, Draft, Severity};
use crate::identifiers;
use crate::kinds::DocumentKind;
use serde_json::Value;
use std::collections::HashMap;

mod anywhere;

/// A record being filled, for the function that its table names.
pub struct Deriving<'a, 'b, R: 'static> {
    /// The pass that opened the record, with those around it.
    pub pass: &'a Pass<'b, R>,
    /// How ambiguous guides are read.
    pub reading: &'a R,
    record: usize,
    out: &'a mut Builder,
}

impl<R> Deriving<'_, '_, R> {
    /// Sets a member to a value that the row of that name says.
    pub fn set(&mut self, pointer: &str, value: impl Into<Value>, name: &str) {
        self.set_from(pointer, value, self.pass, name);
    }

    /// Sets a member to a value that the first row of that name in the pass or inside it says.
    pub fn set_at(&mut self, pointer: &str, value: impl Into<Value>, name: &str) {
        let inside = self.pass.origin_inside(name);
        let origin = inside.unwrap_or_else(|| self.pass.origin(name));
        self.out.set(self.record, pointer, value, &origin);
    }

    /// Sets a member to a value that another pass says.
    pub fn set_from(
        &mut self,
        pointer: &str,
        value: impl Into<Value>,
        pass: &Pass<'_, R>,
        name: &str,
    ) {
        let origin = pass.origin(name);
        self.out.set(self.record, pointer, value, &origin);
    }

    /// Sets a member to the normal form of an identifier; what does not fit is set as it stands and told.
    pub fn identify(
        &mut self,
        pointer: &str,
        identifier: &str,
        text: &str,
        name: &str,
        code: &'static str,
    ) {
        self.identify_from(pointer, identifier, text, self.pass, name, code);
    }

    /// The same with what another pass says.
    pub fn identify_from(
        &mut self,
        pointer: &str,
        identifier: &str,
        text: &str,
        pass: &Pass<'_, R>,
        name: &str,
        code: &'static str,
    ) {
        match identifiers::normalise(identifier, text) {
            Ok(normal) => self.set_from(pointer, normal, pass, name),
            Err(wrong) => {
                self.set_from(pointer, text, pass, name);
                let (en, es) = (
                    format!("`{text}`: {wrong}"),
                    format!("`{text}`: {}", wrong.es()),
                );
                self.tell_from(Severity::Error, code, pass, name, en, es);
            }
        }
    }

    /// Says that a member is not told.
    pub fn missing(&mut self, pointer: &str, en: &str, es: &str) {
        self.out.missing(self.record, pointer, en, es);
    }

    /// Tells something about the text of the row of that name.
    pub fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        name: &str,
        en: String,
        es: String,
    ) {
        self.tell_from(severity, code, self.pass, name, en, es);
    }

    /// The same of another pass.
    pub fn tell_from(
        &mut self,
        severity: Severity,
        code: &'static str,
        pass: &Pass<'_, R>,
        name: &str,
        en: String,
        es: String,
    ) {
        let origin = pass.origin(name);
        self.out.fault(severity, code, &origin, en, es);
    }

    /// The member as it stands so far.
    pub fn member(&self, pointer: &str) -> Option<&Value> {
        self.out.member(self.record, pointer)
    }
}

/// Makes the draft of all sets of a file.
pub fn draft<R>(map: &'static SetMap<R>, kind: DocumentKind, found: Found, reading: &R) -> Draft {
    let mut mapper = Mapper {
        map,
        reading,
        out: Builder::new(kind, found.places),
        open: Vec::new(),
        lists: Vec::new(),
        around: Vec::new(),
        source: String::new(),
        items: HashMap::new(),
    };
    for (index, document) in found.documents.iter().enumerate() {
        let pass = Pass {
            table: &map.root,
            node: &document.root,
            at: format!("/{index}"),
            around: None,
        };
        let head = &document.envelope;
        mapper.source = format!(
            "{} {}, {} {}",
            map.set, head.set_control_number, head.sender, head.control_number
        );
        mapper.pass(&pass);
    }
    mapper.out.finish()
}

/// The texts of a pass that go into records opened inside it. Lists stay where they are: handed down, each record
/// would have all of them again.
struct Heritage<R: 'static> {
    table: &'static Loop<R>,
    at: String,
    fields: Vec<super::Field>,
}

impl<R> Heritage<R> {
    fn of(pass: &Pass<'_, R>) -> Heritage<R> {
        let mut fields: Vec<super::Field> = Vec::new();
        let mut seen = vec![false; pass.table.rows.len()];
        for field in &pass.node.fields {
            let goes = pass
                .table
                .rows
                .get(field.row)
                .map_or(&[][..], |row| row.goes);
            if let Some(seen) = seen.get_mut(field.row)
                && !*seen
                && goes.iter().any(|(_, pointer)| !pointer.contains("/*"))
            {
                *seen = true;
                fields.push(field.clone());
            }
        }
        Heritage {
            table: pass.table,
            at: pass.at.clone(),
            fields,
        }
    }
}

struct Mapper<'a, R: 'static> {
    map: &'static SetMap<R>,
    reading: &'a R,
    out: Builder,
    /// Records of the passes that are open, with their types.
    open: Vec<(usize, &'static str)>,
    /// What the passes that are open hand down: of each row its first text.
    around: Vec<Heritage<R>>,
    /// Lists of which the passes that are open are items, with the pass.
    lists: Vec<(&'static str, String)>,
    /// What the set is, for who reports what it says.
    source: String,
    /// For each record and list: the pass that its last item is of, and the item.
    items: HashMap<(usize, String), (String, usize)>,
}

impl<R> Mapper<'_, R> {
    fn pass(&mut self, pass: &Pass<'_, R>) {
        let before = self.open.len();
        let types = match &pass.table.opens {
            Opens::Nothing => Vec::new(),
            Opens::Each(record_type) => vec![*record_type],
            Opens::By(_, by) => by(pass, self.reading),
        };
        for record_type in types {
            let record = self.out.record(record_type);
            self.inherit(record, record_type);
            self.open.push((record, record_type));
        }
        let lists = self.lists.len();
        let items = pass.table.items.iter();
        self.lists
            .extend(items.map(|list| (*list, pass.at.clone())));
        self.rows(pass.table, pass.node, &pass.at);
        self.around.push(Heritage::of(pass));
        let node: &Node = pass.node;
        for (index, (number, inside)) in node.loops.iter().enumerate() {
            let Some(table) = pass.table.loops.get(*number) else {
                continue;
            };
            self.pass(&Pass {
                table,
                node: inside,
                at: inner(&pass.at, index),
                around: Some(pass),
            });
        }
        self.around.pop();
        self.lists.truncate(lists);
        for (record, record_type) in self.open.split_off(before) {
            self.finish(record, record_type, pass);
        }
    }

    /// What the passes around say goes into the record too, outermost first.
    fn inherit(&mut self, record: usize, record_type: &str) {
        let around = std::mem::take(&mut self.around);
        for heritage in &around {
            for field in &heritage.fields {
                let Some(row) = heritage.table.rows.get(field.row) else {
                    continue;
                };
                for (found, pointer) in row.goes {
                    if *found == record_type && !pointer.contains("/*") {
                        self.put(record, pointer, heritage.table, field, &heritage.at);
                    }
                }
            }
        }
        self.around = around;
    }

    fn rows(&mut self, table: &'static Loop<R>, node: &Node, at: &str) {
        for field in &node.fields {
            let Some(row) = table.rows.get(field.row) else {
                continue;
            };
            for (record_type, pointer) in row.goes {
                for index in 0..self.open.len() {
                    match self.open.get(index) {
                        Some((record, found)) if found == record_type => {
                            let record = *record;
                            self.put(record, pointer, table, field, at);
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn put(
        &mut self,
        record: usize,
        pointer: &str,
        table: &'static Loop<R>,
        field: &super::Field,
        at: &str,
    ) {
        let Some(row) = table.rows.get(field.row) else {
            return;
        };
        let value = match row.form.value(&field.text) {
            Ok(value) => value,
            Err(misfit) if misfit.shown => Value::from(field.text.as_str()),
            Err(_) => return,
        };
        let from = origin(at, field);
        // An item of a list is one text, or all that one pass says.
        let pointer = match pointer.split_once("/*") {
            None => {
                // The first text stands: a second segment of a name says more, not something else.
                if self.out.member(record, pointer).is_some() {
                    return;
                }
                pointer.to_owned()
            }
            Some((list, rest)) => {
                let around = self.lists.iter().rev().find(|(found, _)| *found == list);
                let owner = match around {
                    _ if rest.is_empty() => from.as_str(),
                    Some((_, pass)) => pass.as_str(),
                    None => at,
                };
                let key = (record, list.to_owned());
                let index = match self.items.get(&key) {
                    Some((last, index)) if last.as_str() == owner => *index,
                    Some((_, index)) => index + 1,
                    None => 0,
                };
                let owner = owner.to_owned();
                self.items.insert(key, (owner, index));
                format!("{list}/{index}{rest}")
            }
        };
        self.out.set(record, &pointer, value, &from);
    }

    fn finish(&mut self, record: usize, record_type: &str, pass: &Pass<'_, R>) {
        let Some(table) = self
            .map
            .records
            .iter()
            .find(|table| table.record_type == record_type)
        else {
            return;
        };
        if table.report {
            self.out.report(record, &self.source);
        }
        for (pointer, value) in table.constants {
            self.out.set(record, pointer, *value, &pass.at);
        }
        if let Some(derive) = table.derive {
            derive(&mut Deriving {
                pass,
                reading: self.reading,
                record,
                out: &mut self.out,
            });
        }
        for (pointer, en, es) in table.needs {
            match pointer.split_once("/*") {
                None => {
                    if self.out.member(record, pointer).is_none() {
                        self.out.missing(record, pointer, en, es);
                    }
                }
                Some((list, rest)) => {
                    let items = self.out.member(record, list);
                    let count = items.and_then(Value::as_array).map_or(0, Vec::len);
                    for index in 0..count {
                        let pointer = format!("{list}/{index}{rest}");
                        if self.out.member(record, &pointer).is_none() {
                            self.out.missing(record, &pointer, en, es);
                        }
                    }
                }
            }
        }
    }
}
