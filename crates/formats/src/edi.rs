//! One reader for the two syntaxes of electronic data interchange, ANSI X12 and UN/EDIFACT (ISO 9735).
//!
//! Nothing here knows what a segment means. Each interchange says its own delimiters: X12 at fixed places of ISA,
//! EDIFACT in UNA or by default. Counts and control numbers of the envelopes are checked and told as problems; the
//! content is read all the same, since a wrong count is the commonest mistake and the least harmful.
//!
//! | want | look |
//! | --- | --- |
//! | interchanges of a file that is in memory | [`Text`], [`Reader`] |
//! | interchanges of a file of any size, chunk by chunk | [`Splitter`] |
//! | elements, repetitions, components, places | [`Segment`] |
//! | to write either syntax | [`SegmentWriter`] |
//! | 997, 999 and CONTRL, out and in | [`acknowledge`] |
//! | a set or message as a table: in, out, its page | [`map`] |

pub mod acknowledge;
mod delimiters;
pub mod map;
mod reader;
mod segment;
mod splitter;
#[cfg(test)]
mod tests;
mod text;
mod writer;

pub use delimiters::{Delimiters, Syntax};
pub use reader::{Group, Interchange, Problem, Reader, Scope, TransactionSet};
pub(crate) use segment::Elements;
pub use segment::{Element, Segment};
pub use splitter::{Piece, Splitter};
pub use text::Text;
pub use writer::{Replaced, SegmentWriter};

/// A manifest of two hundred bills has four thousand segments; an interchange of a hundred times that is an attack.
pub const SEGMENTS_MAX: usize = 400_000;
/// The longest segment of the sets read here has 400 characters, free text included.
pub const SEGMENT_BYTES_MAX: usize = 8 * 1024;
/// The widest segment of X12 has some thirty elements.
pub const ELEMENTS_OF_SEGMENT_MAX: usize = 64;
/// More problems than this in one file help nobody.
const PROBLEMS_MAX: usize = 500;
