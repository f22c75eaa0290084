//! Which texts of a pass stand in the same segment.

use super::{Document, Field, Pass};
use crate::draft::{Mark, Severity};
use crate::edi::map::{Found, SetMap};

impl Document {
    /// The set as a pass, for a look at it before its draft is made; the index is its own among those of the file.
    pub fn pass<R>(&self, map: &'static SetMap<R>, _index: usize) -> Pass<'_, R> {
        Pass {
            table: &map.root,
            node: &self.root,
            around: None,
        }
    }
}

impl Found {
    /// Tells something about a text at an origin.
    pub(crate) fn tell(
        &mut self,
        (severity, code): (Severity, &'static str),
        origin: Mark,
        en: String,
        es: String,
    ) {
        self.places.fault(severity, code, origin, en, es);
    }
}

impl<'a, R> Pass<'a, R> {
    /// The passes inside, without those around them: they live as long as the document.
    pub fn loose(&self) -> Vec<Pass<'a, R>> {
        let node = self.node;
        node.loops
            .iter()
            .filter_map(|(number, inside)| {
                Some(Pass {
                    table: self.table.loops.get(*number)?,
                    node: inside,
                    around: None,
                })
            })
            .collect()
    }
}

impl<R> Pass<'_, R> {
    /// The text of the row of that name in one of the segments of this pass, counted from 0.
    pub fn text_in(&self, name: &str, occurrence: usize) -> Option<&str> {
        self.field_in(name, occurrence)
            .map(|field| field.text.as_str())
    }

    /// The texts of the row of that name in this pass, each with its segment, counted from 0.
    pub fn each<'b>(&'b self, name: &'b str) -> impl Iterator<Item = (usize, &'b str)> {
        self.node.fields.iter().filter_map(move |field| {
            let row = self.table.rows.get(field.row)?;
            (row.name == name).then_some((field.occurrence, field.text.as_str()))
        })
    }

    /// The origin of the text of that name in one of the segments of this pass; the pass where there is none.
    pub(crate) fn origin_in(&self, (name, occurrence): (&str, usize)) -> Mark {
        self.field_in(name, occurrence)
            .map_or(self.node.mark, |field| field.mark)
    }

    fn field_in(&self, name: &str, occurrence: usize) -> Option<&Field> {
        let row = self.table.rows.iter().position(|row| row.name == name)?;
        self.node
            .fields
            .iter()
            .find(|field| field.row == row && field.occurrence == occurrence)
    }
}
