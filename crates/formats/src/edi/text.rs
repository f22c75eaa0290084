//! A decoded file of interchanges.

use super::Syntax;
use super::reader::{Reader, header_error};
use crate::ReadError;
use crate::text::{self, Encoding};
use std::borrow::Cow;

/// A decoded file: UTF-8 or, where that fails, ISO 8859-1.
#[derive(Debug)]
pub struct Text<'a> {
    text: Cow<'a, str>,
    latin1: bool,
    line: u32,
}

impl<'a> Text<'a> {
    /// Decodes the bytes of a file that should be of that syntax.
    ///
    /// # Errors
    /// `document-too-large`, `document-empty`, `encoding-unknown`, and `x12-header` or `edifact-header` where neither
    /// ISA nor UNA nor UNB stands first.
    pub fn decode(bytes: &'a [u8], expected: Syntax) -> Result<Text<'a>, ReadError> {
        let bytes = text::bounded(bytes)?;
        let (text, latin1) = match text::decode(bytes, Encoding::Utf8) {
            Ok(text) => (text, false),
            Err(_) => (text::decode(bytes, Encoding::Latin1)?, true),
        };
        if syntax_of(text.trim_start()).is_none() {
            return Err(match expected {
                Syntax::X12 => header_error(
                    expected,
                    1,
                    "an X12 file begins with ISA",
                    "un archivo X12 comienza con ISA",
                ),
                Syntax::Edifact => header_error(
                    expected,
                    1,
                    "an EDIFACT file begins with UNA or UNB",
                    "un archivo EDIFACT comienza con UNA o UNB",
                ),
            });
        }
        Ok(Text {
            text,
            latin1,
            line: 1,
        })
    }

    /// The same text as a part of a file, beginning on that line of it.
    pub fn on_line(self, line: u32) -> Text<'a> {
        Text { line, ..self }
    }

    /// Reads the interchanges one after another; memory is that of one interchange.
    pub fn interchanges(&self) -> Reader<'_> {
        Reader::new(&self.text, self.line, self.latin1)
    }
}

/// The syntax of the interchange that begins here.
pub(super) fn syntax_of(text: &str) -> Option<Syntax> {
    match text.get(..3)? {
        "ISA" => Some(Syntax::X12),
        "UNA" | "UNB" => Some(Syntax::Edifact),
        _ => None,
    }
}
