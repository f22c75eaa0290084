//! The plain document: the text of each row, pass by pass, empty of meaning.

use super::{Envelope, Loop};
use crate::draft::Mark;

mod segments;

/// One set with its envelopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What the envelopes say.
    pub envelope: Envelope,
    /// The set.
    pub root: Node,
}

/// A pass of a loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The texts, in the order of the source.
    pub fields: Vec<Field>,
    /// The passes inside, with the index of their loop in the table, in the order of the source.
    pub loops: Vec<(usize, Node)>,
    /// Where the segment that begins it stands.
    pub(crate) mark: Mark,
}

impl Node {
    /// Sets the text of the row of that name where the pass has none yet.
    pub fn put<R>(&mut self, table: &Loop<R>, name: &str, text: &str) {
        let Some(row) = table.rows.iter().position(|row| row.name == name) else {
            return;
        };
        if !text.is_empty() && !self.fields.iter().any(|field| field.row == row) {
            let field = Field {
                row,
                occurrence: 0,
                text: text.to_owned(),
                mark: Mark::default(),
            };
            let at = self.fields.iter().position(|field| field.row > row);
            self.fields.insert(at.unwrap_or(self.fields.len()), field);
        }
    }
}

/// The text of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Index of the row in its loop.
    pub row: usize,
    /// Which of the segments of that name in the pass, from 0.
    pub occurrence: usize,
    /// The text, trimmed, releases undone, numbers with a point.
    pub text: String,
    /// Where it stands.
    pub(crate) mark: Mark,
}

/// A pass with its table and those around it, for functions that a table names.
#[derive(Debug)]
pub struct Pass<'a, R: 'static> {
    /// The table.
    pub table: &'static Loop<R>,
    /// The texts.
    pub node: &'a Node,
    /// The pass around it.
    pub around: Option<&'a Pass<'a, R>>,
}

impl<R> Pass<'_, R> {
    /// The first text of the row of that name, in this pass or those around it.
    pub fn text(&self, name: &str) -> Option<&str> {
        match (self.field(name), self.around) {
            (Some(field), _) => Some(&field.text),
            (None, Some(around)) => around.text(name),
            (None, None) => None,
        }
    }

    /// All texts of the row of that name in this pass.
    pub fn texts<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.node.fields.iter().filter_map(move |field| {
            let row = self.table.rows.get(field.row)?;
            (row.name == name).then_some(field.text.as_str())
        })
    }

    /// The texts of some rows of this pass, in the order of the source, with blanks between.
    pub fn joined(&self, names: &[&str]) -> String {
        let texts = self.node.fields.iter().filter_map(|field| {
            let row = self.table.rows.get(field.row)?;
            names.contains(&row.name).then_some(field.text.as_str())
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    /// The texts of a row with those that another row has in the same segments.
    pub fn paired<'b>(
        &'b self,
        name: &'b str,
        with: &'b str,
    ) -> impl Iterator<Item = (&'b str, Option<&'b str>)> {
        let row = |name: &str| self.table.rows.iter().position(|row| row.name == name);
        let (first, second) = (row(name), row(with));
        let fields = &self.node.fields;
        // The texts of a segment stand beside each other.
        fields.iter().enumerate().filter_map(move |(at, field)| {
            if Some(field.row) != first {
                return None;
            }
            let beside =
                |other: &&Field| Some(other.row) == second && other.occurrence == field.occurrence;
            let near = fields.get(at.saturating_sub(16)..).unwrap_or_default();
            let other = near.iter().take(32).find(beside);
            Some((field.text.as_str(), other.map(|other| other.text.as_str())))
        })
    }

    /// The origin of the first text of that name in this pass or inside it.
    pub(super) fn origin_inside(&self, name: &str) -> Option<Mark> {
        let here = self.field(name).map(|field| field.mark);
        here.or_else(|| self.inside().find_map(|inside| inside.origin_inside(name)))
    }

    /// The origin of the first text of that name, for [`super::Deriving`].
    pub(super) fn origin(&self, name: &str) -> Mark {
        match (self.field(name), self.around) {
            (Some(field), _) => field.mark,
            (None, Some(around)) => around.origin(name),
            (None, None) => self.node.mark,
        }
    }

    /// The first text of the row of that name in this pass.
    fn field(&self, name: &str) -> Option<&Field> {
        let row = self.table.rows.iter().position(|row| row.name == name)?;
        self.node.fields.iter().find(|field| field.row == row)
    }

    /// The passes inside.
    pub fn inside(&self) -> impl Iterator<Item = Pass<'_, R>> {
        self.node.loops.iter().filter_map(|(number, node)| {
            Some(Pass {
                table: self.table.loops.get(*number)?,
                node,
                around: Some(self),
            })
        })
    }
}
