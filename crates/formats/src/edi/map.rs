//! Sets and messages as tables: one static table says which element is which member, and is read three ways.
//!
//! The same table makes the reader (bytes to [`Draft`]), the writer (a [`Document`], or records, to bytes) and the
//! rows of the page that says which element goes where ([`SetMap::elements`]).
//!
//! # The language
//!
//! A [`SetMap`] is a transaction set (`"350"`) or a message (`"CUSCAR"`). It has a root [`Loop`], whose `loops` nest as
//! the standard nests them: a loop begins with its `trigger` segment, in EDIFACT the trigger of a segment group. A
//! loop's `rows` say what is read of the segments of that loop, the trigger's own elements too.
//!
//! * A segment belongs to the innermost open loop that has a row for it or a loop that it triggers; else to the loop
//!   around that. Of loops beside each other with one trigger, that one is taken which is not before the last one
//!   opened: the order of the standard. [`Loop::when`] tells loops of one trigger apart by a qualifier
//!   (`NAD+CA` and `NAD+CN`). A segment that no loop takes is told as `segment-not-read`, unless the loop passes over
//!   it ([`Loop::passing`]).
//! * A [`Row`] is one element or component: its place, a `name` by which functions and tests find it, titles, a
//!   [`Form`], and where it goes: pairs of record type and JSON pointer. [`Row::when`] reads it only where a qualifier
//!   in the same segment has one of some codes (`N902` where `N901` is `IB`). [`Row::at`] takes the number of the
//!   element from the reading, where guides differ.
//! * [`Loop::opens`] says that each pass of the loop becomes a record, or asks a function which. A value goes into
//!   the records opened by its own pass, by a pass around it, and by the passes inside it: so what the head says
//!   reaches each record of the body, lists left out. In a pointer, `*` inside stands for an item of a list (`/shipments/*/scn`): one
//!   for each pass of the loop around that names the list in [`Loop::items`], else for each pass of the row's loop.
//!   `*` at the end of a pointer is one more item (`/seals/*`).
//! * A [`Record`] lists what a record type needs (told as missing where the document does not tell it) and may name a
//!   function for what a table can't say, such as a local time made an instant. The row whose text it uses says so by
//!   [`Row::derived`], so that the page is true.
//!
//! For what goes out, [`fill`] makes a document of records by the same pairs, and [`write`] writes it: segments in
//! the order of the rows, then the loops, then the rows marked [`Row::last`]. [`Row::fixed`] gives an element that
//! no record says; the codes of `when` are written too; [`Row::unfold`] turns back what a function derived.
//!
//! # A message of EDIFACT
//!
//! ```
//! use garita_formats::edi::{Syntax, map::*};
//!
//! static CUSCAR: SetMap<()> = SetMap {
//!     set: "CUSCAR",
//!     syntax: Syntax::Edifact,
//!     groups: &[],
//!     root: Loop {
//!         rows: &[
//!             Row::new("BGM", 2, "reference", "Reference", "Referencia").component(1).goes(&[("Manifest", "/trip")]),
//!         ],
//!         opens: Opens::Each("Manifest"),
//!         loops: &[Loop {
//!             rows: &[Row::new("RFF", 1, "scn", "Shipment", "Embarque").component(2)
//!                 .when(1, 1, &["BM"]).form(Form::Identifier("scn", "scn-form"))
//!                 .goes(&[("Manifest", "/shipments/*/scn")])],
//!             ..Loop::new("SG7", "CNI")
//!         }],
//!         ..Loop::root()
//!     },
//!     records: &[Record { needs: &[("/trip", "the trip number", "el número de viaje")], ..Record::new("Manifest") }],
//! };
//! let rows = CUSCAR.elements();
//! assert_eq!(rows[1].place, "RFF-01.2");
//! ```

mod draft;
mod envelope;
mod fill;
mod form;
mod node;
pub(crate) mod occurred;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use draft::{Deriving, draft};
pub use envelope::Envelope;
pub use fill::fill;
pub use form::Form;
pub(crate) use form::{parse_date, parse_time};
pub use node::{Document, Field, Node, Pass};
pub use read::{Finding, Found, documents};
pub use write::write;

use super::{Syntax, TransactionSet};
use crate::ReadError;
use crate::draft::Draft;
use crate::elements::ElementRow;
use crate::kinds::DocumentKind;

/// Loops deeper than this are no set of the standards; a table that has them is wrong.
pub const LOOPS_DEEP_MAX: usize = 12;

/// A transaction set or message as a table; `R` is what its guides leave open.
#[derive(Debug)]
pub struct SetMap<R: 'static> {
    /// ST01 or the type in UNH.
    pub set: &'static str,
    /// Its syntax.
    pub syntax: Syntax,
    /// Group codes (GS01) in which it may stand, the first one written; empty in EDIFACT.
    pub groups: &'static [&'static str],
    /// What stands between header and trailer.
    pub root: Loop<R>,
    /// The record types that it becomes.
    pub records: &'static [Record<R>],
}

/// A loop of X12 or a segment group of EDIFACT.
#[derive(Debug)]
pub struct Loop<R: 'static> {
    /// Its name in the standard: `P4`, `SG7`.
    pub id: &'static str,
    /// The segment that begins a pass; empty for the root.
    pub trigger: &'static str,
    /// The qualifier that its trigger must have.
    pub when: Option<When>,
    /// How many passes the standard allows.
    pub max: usize,
    /// Segments that must stand in each pass.
    pub needs: &'static [&'static str],
    /// Segments passed over without a word: they hold nothing that a record has.
    pub passing: &'static [&'static str],
    /// Whether [`fill`] leaves it out, for a function to write what records say otherwise than passes do.
    pub by_hand: bool,
    /// Whether elements without a row are passed over without a word too.
    pub quiet: bool,
    /// What is read.
    pub rows: &'static [Row<R>],
    /// The records that each pass becomes.
    pub opens: Opens<R>,
    /// The lists of which each pass is an item, the loops inside it too: pointers such as `/shipments`.
    pub items: &'static [&'static str],
    /// The loops inside, in the order of the standard.
    pub loops: &'static [Loop<R>],
}

/// Which records a pass becomes.
#[derive(Debug)]
pub enum Opens<R: 'static> {
    /// None.
    Nothing,
    /// One of that type.
    Each(&'static str),
    /// Those that the function names, out of the list.
    By(&'static [&'static str], OpensBy<R>),
}

/// Names the record types that a pass becomes.
pub type OpensBy<R> = fn(&Pass<'_, R>, &R) -> Vec<&'static str>;

/// A qualifier: an element or component of the same segment has one of some codes.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// Element, from 1.
    pub element: usize,
    /// Component, from 1; 0 for the whole element.
    pub component: usize,
    /// The codes; the first is written.
    pub codes: &'static [&'static str],
}

/// An element or component that is read and written.
#[derive(Debug)]
pub struct Row<R: 'static> {
    /// The segment.
    pub segment: &'static str,
    /// Element, from 1.
    pub element: usize,
    /// Component, from 1; 0 for the whole element.
    pub component: usize,
    /// What functions and tests call it, alone in its loop.
    pub name: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// What it is, in Spanish.
    pub es: &'static str,
    /// The qualifier under which it is read.
    pub when: Option<When>,
    /// What its text must be.
    pub form: Form,
    /// Record types and pointers that it fills.
    pub goes: &'static [(&'static str, &'static str)],
    /// Record types and pointers that a function fills with the help of its text.
    pub derived: &'static [(&'static str, &'static str)],
    /// Its texts for a record, one for each segment: what a function derived, turned back.
    pub unfold: Option<Unfold<R>>,
    /// What is wrong with its text under the reading, beyond its form.
    pub check: Option<Check<R>>,
    /// Whether the segment must have it.
    pub required: bool,
    /// Characters at most; 0 for no limit of its own.
    pub max: usize,
    /// What is written where no record says it.
    pub fixed: Option<&'static str>,
    /// Whether its segment stands after the loops.
    pub last: bool,
    /// The number of the element, where the reading says it; then `element` is the usual one.
    pub at: Option<fn(&R) -> usize>,
}

/// Tells what is wrong with a text: severity, code, English, Spanish.
pub type Check<R> = fn(&R, &str) -> Option<(crate::Severity, &'static str, String, String)>;

/// Turns a record of a type back into the texts of a row.
pub type Unfold<R> = fn(&R, &str, &serde_json::Value) -> Vec<String>;

/// A record type that a set becomes.
#[derive(Debug)]
pub struct Record<R: 'static> {
    /// The record type.
    pub record_type: &'static str,
    /// Pointers of the members that it needs, with what they are in English and Spanish; `*` for each item.
    pub needs: &'static [(&'static str, &'static str, &'static str)],
    /// Whether who imports it reports what the sender decided, rather than acting; see [`crate::DraftRecord::standing`].
    pub report: bool,
    /// Members that always have one value.
    pub constants: &'static [(&'static str, &'static str)],
    /// Fills what a table can't say.
    pub derive: Option<fn(&mut Deriving<'_, '_, R>)>,
}

impl<R> Loop<R> {
    /// A loop with that name and trigger and nothing in it.
    pub const fn new(id: &'static str, trigger: &'static str) -> Loop<R> {
        Loop {
            id,
            trigger,
            when: None,
            max: 9_999,
            needs: &[],
            passing: &[],
            by_hand: false,
            quiet: false,
            rows: &[],
            opens: Opens::Nothing,
            items: &[],
            loops: &[],
        }
    }

    /// The set itself.
    pub const fn root() -> Loop<R> {
        Loop::new("", "")
    }

    /// The row of that name.
    pub fn row(&self, name: &str) -> Option<&Row<R>> {
        self.rows.iter().find(|row| row.name == name)
    }

    fn has_segment(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row.segment == id)
    }
}

impl<R> Row<R> {
    /// A row of free text that goes nowhere yet.
    pub const fn new(
        segment: &'static str,
        element: usize,
        name: &'static str,
        en: &'static str,
        es: &'static str,
    ) -> Row<R> {
        Row {
            segment,
            element,
            component: 0,
            name,
            en,
            es,
            when: None,
            form: Form::Text,
            goes: &[],
            derived: &[],
            unfold: None,
            check: None,
            required: false,
            max: 0,
            fixed: None,
            last: false,
            at: None,
        }
    }

    /// One component of the element.
    #[must_use]
    pub const fn component(mut self, component: usize) -> Row<R> {
        self.component = component;
        self
    }

    /// Read only where a qualifier of the segment has one of the codes.
    #[must_use]
    pub const fn when(
        mut self,
        element: usize,
        component: usize,
        codes: &'static [&'static str],
    ) -> Row<R> {
        self.when = Some(When {
            element,
            component,
            codes,
        });
        self
    }

    /// What its text must be.
    #[must_use]
    pub const fn form(mut self, form: Form) -> Row<R> {
        self.form = form;
        self
    }

    /// Where it goes.
    #[must_use]
    pub const fn goes(mut self, goes: &'static [(&'static str, &'static str)]) -> Row<R> {
        self.goes = goes;
        self
    }

    /// What a function fills with its help.
    #[must_use]
    pub const fn derived(mut self, derived: &'static [(&'static str, &'static str)]) -> Row<R> {
        self.derived = derived;
        self
    }

    /// How what was derived is turned back.
    #[must_use]
    pub const fn unfold(mut self, unfold: Unfold<R>) -> Row<R> {
        self.unfold = Some(unfold);
        self
    }

    /// What is wrong with its text under the reading.
    #[must_use]
    pub const fn check(mut self, check: Check<R>) -> Row<R> {
        self.check = Some(check);
        self
    }

    /// Its segment must have it.
    #[must_use]
    pub const fn required(mut self) -> Row<R> {
        self.required = true;
        self
    }

    /// Characters at most.
    #[must_use]
    pub const fn max(mut self, max: usize) -> Row<R> {
        self.max = max;
        self
    }

    /// Written where no record says it.
    #[must_use]
    pub const fn fixed(mut self, text: &'static str) -> Row<R> {
        self.fixed = Some(text);
        self
    }

    /// Its segment stands after the loops.
    #[must_use]
    pub const fn last(mut self) -> Row<R> {
        self.last = true;
        self
    }

    /// The reading says which element it is.
    #[must_use]
    pub const fn at(mut self, at: fn(&R) -> usize) -> Row<R> {
        self.at = Some(at);
        self
    }

    /// The number of the element under that reading.
    pub fn number(&self, reading: &R) -> usize {
        self.at
            .map_or(self.element, |at| at(reading))
            .clamp(1, super::ELEMENTS_OF_SEGMENT_MAX)
    }
}

impl<R> Record<R> {
    /// A record type that needs nothing.
    pub const fn new(record_type: &'static str) -> Record<R> {
        Record {
            record_type,
            needs: &[],
            report: false,
            constants: &[],
            derive: None,
        }
    }
}

impl<R> SetMap<R> {
    /// The rows of the page that says which element goes where, loop by loop.
    pub fn elements(&self) -> Vec<ElementRow> {
        let mut out = Vec::new();
        rows_of(&self.root, &mut out);
        out
    }

    /// What is wrong inside one set, for an acknowledgement.
    pub fn check(&self, set: &TransactionSet<'_>, reading: &R) -> Vec<Finding> {
        read::findings(self, set, reading)
    }

    /// Reads all sets of this kind in a file.
    ///
    /// # Errors
    /// When the bytes are of neither syntax, or break a limit.
    pub fn read(
        &'static self,
        kind: DocumentKind,
        bytes: &[u8],
        reading: &R,
    ) -> Result<Draft, ReadError> {
        let found = documents(self, bytes, reading)?;
        Ok(draft(self, kind, found, reading))
    }
}

fn rows_of<R>(at: &Loop<R>, out: &mut Vec<ElementRow>) {
    for row in at.rows {
        let mut place = format!("{}-{:02}", row.segment, row.element);
        if row.component > 0 {
            place.push_str(&format!(".{}", row.component));
        }
        let under = row.when.map_or(String::new(), |when| {
            let component = match when.component {
                0 => String::new(),
                number => format!(".{number}"),
            };
            let place = format!("{}-{:02}{component}", row.segment, when.element);
            format!(" ({place} = {})", when.codes.join(", "))
        });
        let (en, es) = (format!("{}{under}", row.en), format!("{}{under}", row.es));
        let goes = [row.goes, row.derived].concat();
        out.push(ElementRow::new(place, en, es, row.required, &goes));
    }
    for inner in at.loops {
        rows_of(inner, out);
    }
}
