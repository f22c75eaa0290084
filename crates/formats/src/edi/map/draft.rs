//! From plain documents to draft records, by where each row goes.

use super::{Field, Found, Loop, Node, Opens, Pass, Row, SetMap};
use crate::draft::{Builder, Draft, Mark, Severity, push_number};
use crate::identifiers;
use crate::kinds::DocumentKind;
use serde_json::Value;

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
        self.out.set(self.record, pointer, value, origin);
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
        self.out.set(self.record, pointer, value, origin);
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
        self.out.fault(severity, code, origin, en, es);
    }

    /// Says when what the record states happened.
    pub(crate) fn happened(&mut self, at: jiff::Timestamp, origin: Mark) {
        self.out.occurred(self.record, at, origin);
    }

    /// Says that the record changes what its sender filed before, and why.
    pub(crate) fn amends(&mut self, reason: &str) {
        self.out.amends(self.record, reason);
    }

    /// Adds a note that is true of the whole document, once.
    pub(crate) fn note_once(&mut self, code: &'static str, origin: Mark, words: (String, String)) {
        self.out.note_once(code, origin, words);
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
        pointer: String::new(),
    };
    for document in &found.documents {
        let pass = Pass {
            table: &map.root,
            node: &document.root,
            around: None,
        };
        let head = &document.envelope;
        mapper.source = format!(
            "{} {}, {} {}",
            map.set, head.set_control_number, head.sender, head.control_number
        );
        mapper.pass(&pass, &document.root);
    }
    mapper.out.finish()
}

/// The texts of a pass that go into records opened inside it. Lists stay where they are: handed down, each record
/// would have all of them again.
fn heritage<'d, R>(table: &'static Loop<R>, node: &'d Node) -> Heritage<'d, R> {
    let mut fields: Heritage<'d, R> = Vec::new();
    let mut seen = vec![false; table.rows.len()];
    for field in &node.fields {
        if let Some(row) = table.rows.get(field.row)
            && let Some(seen) = seen.get_mut(field.row)
            && !*seen
            && row.goes.iter().any(|(_, pointer)| !pointer.contains("/*"))
        {
            *seen = true;
            fields.push((row, field));
        }
    }
    fields
}

type Heritage<'d, R> = Vec<(&'static Row<R>, &'d Field)>;

/// Whether records are opened by passes inside a loop.
fn opens_inside<R>(table: &Loop<R>) -> bool {
    let opens = |inside: &Loop<R>| !matches!(inside.opens, Opens::Nothing) || opens_inside(inside);
    table.loops.iter().any(opens)
}

/// A record of a pass that is open.
struct OpenRecord {
    record: usize,
    record_type: &'static str,
    /// Of each list what its last item is of, and the item.
    items: Vec<(&'static str, Mark, usize)>,
}

struct Mapper<'a, 'd, R: 'static> {
    map: &'static SetMap<R>,
    reading: &'a R,
    out: Builder,
    /// Records of the passes that are open.
    open: Vec<OpenRecord>,
    /// What the passes that are open hand down: of each row its first text.
    around: Vec<Heritage<'d, R>>,
    /// Lists of which the passes that are open are items, with the pass.
    lists: Vec<(&'static str, Mark)>,
    /// What the set is, for who reports what it says.
    source: String,
    /// Where pointers are put together.
    pointer: String,
}

impl<'d, R> Mapper<'_, 'd, R> {
    /// Maps a pass; the node is its own, which lives as long as the document.
    fn pass(&mut self, pass: &Pass<'_, R>, node: &'d Node) {
        let before = self.open.len();
        match &pass.table.opens {
            Opens::Nothing => {}
            Opens::Each(record_type) => self.open_record(record_type),
            Opens::By(_, by) => {
                for record_type in by(pass, self.reading) {
                    self.open_record(record_type);
                }
            }
        }
        let lists = self.lists.len();
        let items = pass.table.items.iter();
        self.lists.extend(items.map(|list| (*list, node.mark)));
        self.rows(pass.table, node);
        let hands_down = !node.loops.is_empty() && opens_inside(pass.table);
        if hands_down {
            self.around.push(heritage(pass.table, node));
        }
        for (number, inside) in &node.loops {
            let Some(table) = pass.table.loops.get(*number) else {
                continue;
            };
            self.pass(
                &Pass {
                    table,
                    node: inside,
                    around: Some(pass),
                },
                inside,
            );
        }
        if hands_down {
            self.around.pop();
        }
        self.lists.truncate(lists);
        while self.open.len() > before {
            let open = self.open.remove(before);
            self.finish(open.record, open.record_type, pass);
        }
    }

    /// Opens a record. What the passes around say goes into it too, outermost first.
    fn open_record(&mut self, record_type: &'static str) {
        let mut open = OpenRecord {
            record: self.out.record(record_type),
            record_type,
            items: Vec::new(),
        };
        for (row, field) in self.around.iter().flatten() {
            for (found, pointer) in row.goes {
                if *found == record_type && !pointer.contains("/*") {
                    let mut put = Put {
                        out: &mut self.out,
                        lists: &[],
                        pointer: &mut self.pointer,
                    };
                    put.put(&mut open, pointer, row, field, Mark::default());
                }
            }
        }
        self.open.push(open);
    }

    fn rows(&mut self, table: &'static Loop<R>, node: &Node) {
        for field in &node.fields {
            let Some(row) = table.rows.get(field.row) else {
                continue;
            };
            for (record_type, pointer) in row.goes {
                for open in &mut self.open {
                    if open.record_type == *record_type {
                        let mut put = Put {
                            out: &mut self.out,
                            lists: &self.lists,
                            pointer: &mut self.pointer,
                        };
                        put.put(open, pointer, row, field, node.mark);
                    }
                }
            }
        }
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
            self.out.set(record, pointer, *value, pass.node.mark);
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

/// Puts texts into records.
struct Put<'a> {
    out: &'a mut Builder,
    lists: &'a [(&'static str, Mark)],
    pointer: &'a mut String,
}

impl Put<'_> {
    fn put<R>(
        &mut self,
        open: &mut OpenRecord,
        pointer: &'static str,
        row: &Row<R>,
        field: &Field,
        pass: Mark,
    ) {
        // An item of a list is one text, or all that one pass says.
        let list = pointer.split_once("/*");
        // The first text stands: a second segment of a name says more, not something else.
        if list.is_none() && self.out.member(open.record, pointer).is_some() {
            return;
        }
        let value = match row.form.value(&field.text) {
            Ok(value) => value,
            Err(misfit) if misfit.shown => Value::from(field.text.as_str()),
            Err(_) => return,
        };
        let Some((list, rest)) = list else {
            self.out.set(open.record, pointer, value, field.mark);
            return;
        };
        let around = self.lists.iter().rev().find(|(found, _)| *found == list);
        let owner = match around {
            _ if rest.is_empty() => field.mark,
            Some((_, pass)) => *pass,
            None => pass,
        };
        let index = match open.items.iter_mut().find(|(found, ..)| *found == list) {
            Some((_, last, index)) => {
                // A text of no file has no mark to tell it from another: it is an item of its own.
                if last.number() != owner.number() || owner.number().is_none() {
                    (*last, *index) = (owner, *index + 1);
                }
                *index
            }
            None => {
                open.items.push((list, owner, 0));
                0
            }
        };
        self.pointer.clear();
        self.pointer.push_str(list);
        self.pointer.push('/');
        push_number(self.pointer, index);
        self.pointer.push_str(rest);
        self.out.set(open.record, self.pointer, value, field.mark);
    }
}
