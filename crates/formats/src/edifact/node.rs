//! Builds plain documents by the names of rows and loops.

use crate::Draft;
use crate::draft::Mark;
use crate::edi::map::{Document, Envelope, Field, Loop, Node, SetMap};
use serde_json::Value;
use std::collections::BTreeMap;

/// A pass being filled.
pub(super) struct Filling<R: 'static> {
    table: &'static Loop<R>,
    node: Node,
    /// The next free segment of each name.
    next: BTreeMap<&'static str, usize>,
}

impl<R> Filling<R> {
    /// An empty pass of the message itself.
    pub(super) fn root(map: &'static SetMap<R>) -> Filling<R> {
        Filling::of(&map.root)
    }

    fn of(table: &'static Loop<R>) -> Filling<R> {
        Filling {
            table,
            node: Node::default(),
            next: BTreeMap::new(),
        }
    }

    /// An empty pass of a loop inside.
    pub(super) fn inner(&self, id: &str) -> Option<Filling<R>> {
        self.table
            .loops
            .iter()
            .find(|table| table.id == id)
            .map(Filling::of)
    }

    /// Adds a segment with the texts of its rows, empty ones left out.
    pub(super) fn segment(&mut self, texts: &[(&str, &str)]) {
        let said: Vec<(usize, &str)> = texts
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .filter_map(|(name, text)| {
                let row = self.table.rows.iter().position(|row| row.name == *name)?;
                Some((row, *text))
            })
            .collect();
        let Some(segment) = said
            .first()
            .and_then(|(row, _)| self.table.rows.get(*row))
            .map(|row| row.segment)
        else {
            return;
        };
        let next = self.next.entry(segment).or_insert(0);
        let occurrence = *next;
        *next += 1;
        for (row, text) in said {
            self.node.fields.push(Field {
                row,
                occurrence,
                text: text.to_owned(),
                mark: Mark::default(),
            });
        }
    }

    /// Adds a segment of the pieces of a text, whose rows are called `name-1` and so on.
    pub(super) fn numbered(&mut self, name: &str, pieces: &[String]) {
        let names: Vec<String> = (1..=pieces.len())
            .map(|at| format!("{name}-{at}"))
            .collect();
        let said: Vec<(&str, &str)> = names
            .iter()
            .zip(pieces)
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        self.segment(&said);
    }

    /// Adds the pass of a loop inside.
    pub(super) fn add(&mut self, inside: Filling<R>) {
        let number = self
            .table
            .loops
            .iter()
            .position(|table| std::ptr::eq(table, inside.table));
        if let Some(number) = number {
            self.node.loops.push((number, inside.node));
        }
    }

    /// The document, its loops in the order of the table.
    pub(super) fn document(mut self, envelope: Envelope) -> Document {
        self.node.loops.sort_by_key(|(number, _)| *number);
        Document {
            envelope,
            root: self.node,
        }
    }
}

/// The members of records that a draft of the same records does not have, as `Type pointer`.
pub(super) fn left_out(records: &[(&str, &Value)], again: Option<&Draft>) -> Vec<String> {
    let mut out = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (record_type, subject) in records {
        let count = counts.entry(record_type).or_insert(0);
        let found = again.and_then(|draft| {
            let mut all = draft.records.iter();
            all.by_ref()
                .filter(|record| record.record_type == *record_type)
                .nth(*count)
        });
        *count += 1;
        for pointer in leaves(subject) {
            let said = subject.pointer(&pointer);
            if found.and_then(|record| record.subject.pointer(&pointer)) != said {
                out.push(format!("{record_type} {pointer}"));
            }
        }
    }
    out
}

fn leaves(value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    collect(value, String::new(), &mut out);
    out
}

fn collect(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, inside) in members {
                collect(inside, format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            for (index, inside) in items.iter().enumerate() {
                collect(inside, format!("{at}/{index}"), out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push(at),
    }
}
