//! Which texts of a pass stand in the same segment.

use super::{Field, Pass, origin};

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
    pub(in crate::edi::map) fn origin_in(&self, (name, occurrence): (&str, usize)) -> String {
        match self.field_in(name, occurrence) {
            Some(field) => origin(&self.at, field),
            None => self.at.clone(),
        }
    }

    fn field_in(&self, name: &str, occurrence: usize) -> Option<&Field> {
        let row = self.table.rows.iter().position(|row| row.name == name)?;
        self.node
            .fields
            .iter()
            .find(|field| field.row == row && field.occurrence == occurrence)
    }
}
