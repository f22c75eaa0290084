//! Writes segments of either syntax and their envelopes, counting as it goes.

use super::{Delimiters, Syntax};

/// A character that could not be written and became a blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The segment's name.
    pub segment: String,
    /// Element, from 1.
    pub element: usize,
    /// The character.
    pub letter: char,
}

/// Writes interchanges segment by segment.
#[derive(Debug)]
pub struct SegmentWriter {
    out: String,
    syntax: Syntax,
    delimiters: Delimiters,
    in_set: usize,
    replaced: Vec<Replaced>,
}

impl Default for SegmentWriter {
    fn default() -> SegmentWriter {
        SegmentWriter::new()
    }
}

impl SegmentWriter {
    /// An empty writer of X12, with `*`, `>`, `^` and `~`.
    pub fn new() -> SegmentWriter {
        SegmentWriter::with(Syntax::X12, Delimiters::X12)
    }

    /// An empty writer of EDIFACT, with the default delimiters, which need no UNA.
    pub fn edifact() -> SegmentWriter {
        SegmentWriter::with(Syntax::Edifact, Delimiters::EDIFACT)
    }

    /// An empty writer with other delimiters.
    pub fn with(syntax: Syntax, delimiters: Delimiters) -> SegmentWriter {
        SegmentWriter {
            out: String::new(),
            syntax,
            delimiters,
            in_set: 0,
            replaced: Vec::new(),
        }
    }

    /// Writes a segment of simple elements; empty elements at its end are left out.
    ///
    /// In EDIFACT a delimiter in a value is released. In X12 it can't stand in a value and becomes a blank, as control
    /// characters do in both; [`SegmentWriter::replaced`] tells.
    pub fn segment(&mut self, id: &str, elements: &[&str]) {
        self.start(id);
        let last = count_filled(elements, |element| element.is_empty());
        for (index, element) in elements.iter().take(last).enumerate() {
            self.out.push(self.delimiters.element);
            self.value(id, index + 1, element);
        }
        self.end();
    }

    /// Writes a segment of elements of components; what is empty at the end of an element or segment is left out.
    pub fn composite(&mut self, id: &str, elements: &[Vec<String>]) {
        self.start(id);
        let empty = |parts: &Vec<String>| parts.iter().all(String::is_empty);
        let last = count_filled(elements, empty);
        for (index, parts) in elements.iter().take(last).enumerate() {
            self.out.push(self.delimiters.element);
            let filled = count_filled(parts, String::is_empty);
            for (at, part) in parts.iter().take(filled).enumerate() {
                if at > 0 {
                    self.out.push(self.delimiters.component);
                }
                self.value(id, index + 1, part);
            }
        }
        self.end();
    }

    /// Writes the ISA header, each element in its fixed width.
    pub fn isa(&mut self, elements: &[&str; 16]) {
        const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
        self.out.push_str("ISA");
        for (index, (element, width)) in elements.iter().zip(WIDTHS).enumerate() {
            self.out.push(self.delimiters.element);
            let cut: String = element.chars().take(width).collect();
            let padded = format!("{cut:width$}");
            // ISA11 and ISA16 name delimiters.
            match index {
                10 | 15 => self.out.push_str(&padded),
                _ => self.value("ISA", index + 1, &padded),
            }
        }
        self.end();
    }

    /// Writes UNA, which names the delimiters of the EDIFACT interchange that follows.
    pub fn una(&mut self) {
        let said = self.delimiters;
        self.out.push_str("UNA");
        self.out.extend([
            said.component,
            said.element,
            said.decimal,
            said.release.unwrap_or(' '),
            said.repetition.unwrap_or(' '),
            said.segment,
        ]);
        self.out.push('\n');
    }

    /// Writes SE or UNT with the number of segments since ST or UNH, both counted.
    pub fn se(&mut self, control_number: &str) {
        let count = (self.in_set + 1).to_string();
        let id = match self.syntax {
            Syntax::X12 => "SE",
            Syntax::Edifact => "UNT",
        };
        self.segment(id, &[&count, control_number]);
    }

    /// What could not be written.
    pub fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    fn start(&mut self, id: &str) {
        if matches!(id, "ST" | "UNH") {
            self.in_set = 0;
        }
        self.in_set += 1;
        self.out.push_str(id);
    }

    fn end(&mut self) {
        self.out.push(self.delimiters.segment);
        self.out.push('\n');
    }

    fn value(&mut self, id: &str, element: usize, text: &str) {
        let said = self.delimiters;
        for letter in text.chars() {
            let delimits = letter == said.element
                || letter == said.component
                || letter == said.segment
                || Some(letter) == said.repetition
                || Some(letter) == said.release;
            match said.release {
                Some(release) if delimits => self.out.extend([release, letter]),
                None if delimits => self.replace(id, element, letter),
                _ if letter.is_control() => self.replace(id, element, letter),
                _ => self.out.push(letter),
            }
        }
    }

    fn replace(&mut self, id: &str, element: usize, letter: char) {
        self.out.push(' ');
        if self.replaced.len() < super::PROBLEMS_MAX {
            self.replaced.push(Replaced {
                segment: id.to_owned(),
                element,
                letter,
            });
        }
    }
}

/// How many there are up to the last that is not empty.
fn count_filled<T>(items: &[T], empty: impl Fn(&T) -> bool) -> usize {
    items
        .iter()
        .rposition(|item| !empty(item))
        .map_or(0, |at| at + 1)
}
