//! The header of an interchange: delimiters, and in EDIFACT the character set.

use super::{Reader, coded, plain_component};
use crate::ReadError;
use crate::draft::SourcePlace;
use crate::edi::text::syntax_of;
use crate::edi::{Delimiters, Segment, Syntax};

/// The ISA header has this many characters, its delimiters at fixed places (X12.5).
const ISA_CHARS: usize = 106;

pub(in crate::edi) fn header_error(syntax: Syntax, line: u32, en: &str, es: &str) -> ReadError {
    let path = match syntax {
        Syntax::X12 => "ISA",
        Syntax::Edifact => "UNB",
    };
    ReadError::new(coded(syntax, "header"), en, es).at(SourcePlace::new(line, None, path, ""))
}

impl<'a> Reader<'a> {
    pub(super) fn header(&mut self) -> Result<(Segment<'a>, Delimiters), ReadError> {
        match syntax_of(self.rest) {
            Some(syntax) => self.syntax = syntax,
            None => {
                return Err(header_error(
                    self.syntax,
                    self.line,
                    "an interchange begins with ISA, UNA or UNB",
                    "un intercambio comienza con ISA, UNA o UNB",
                ));
            }
        }
        match self.syntax {
            Syntax::X12 => self.isa(),
            Syntax::Edifact => self.unb(),
        }
    }

    fn isa(&mut self) -> Result<(Segment<'a>, Delimiters), ReadError> {
        let line = self.line;
        let mut letters = self.rest.chars().take(ISA_CHARS);
        let too_short = || {
            header_error(
                Syntax::X12,
                line,
                "the ISA header is cut short",
                "el encabezado ISA está incompleto",
            )
        };
        let (Some(element), Some(component), Some(segment)) =
            (letters.nth(3), letters.nth(100), letters.next())
        else {
            return Err(too_short());
        };
        let mut delimiters = Delimiters {
            element,
            component,
            repetition: None,
            segment,
            ..Delimiters::X12
        };
        if !delimiters.are_fit() {
            return Err(header_error(
                Syntax::X12,
                line,
                "ISA must be 106 characters with three different delimiters at their places",
                "ISA debe tener 106 caracteres con tres delimitadores distintos en su lugar",
            ));
        }
        let header = self.segment(delimiters, 1)?.ok_or_else(too_short)?;
        if header.elements().count() != 16 {
            return Err(header_error(
                Syntax::X12,
                line,
                "ISA must have 16 elements",
                "ISA debe tener 16 elementos",
            ));
        }
        // A letter or digit there is the standards identifier of the older releases. A character that is a delimiter
        // already repeats nothing.
        let repetition = Delimiters {
            repetition: header.element(11).and_then(|text| text.chars().next()),
            ..delimiters
        };
        if repetition.are_fit() {
            delimiters = repetition;
        }
        Ok((header, delimiters))
    }

    fn unb(&mut self) -> Result<(Segment<'a>, Delimiters), ReadError> {
        let line = self.line;
        let wrong = |en: &str, es: &str| header_error(Syntax::Edifact, line, en, es);
        let mut said = None;
        if self.rest.starts_with("UNA") {
            let Some(delimiters) = Delimiters::from_una(self.rest) else {
                return Err(wrong(
                    "UNA must name six characters: different delimiters, no letters or digits",
                    "UNA debe nombrar seis caracteres: delimitadores distintos, sin letras ni dígitos",
                ));
            };
            let length: usize = self.rest.chars().take(9).map(char::len_utf8).sum();
            self.rest = self.rest.get(length..).unwrap_or("");
            self.skip_blanks();
            said = Some(delimiters);
        }
        if !self.rest.starts_with("UNB") {
            return Err(wrong("UNB must follow UNA", "UNB debe seguir a UNA"));
        }
        let mut delimiters = said.unwrap_or_else(|| {
            if self.rest.chars().nth(3) == Some(Delimiters::EDIFACT_LEVEL_B.element) {
                Delimiters::EDIFACT_LEVEL_B
            } else {
                Delimiters::EDIFACT
            }
        });
        if self.rest.chars().nth(3) != Some(delimiters.element) {
            return Err(wrong(
                "UNB must be followed by the delimiter of elements",
                "a UNB debe seguirle el delimitador de elementos",
            ));
        }
        let cut = || {
            wrong(
                "the UNB header is cut short",
                "el encabezado UNB está incompleto",
            )
        };
        let header = self.segment(delimiters, 1)?.ok_or_else(cut)?;
        if header.element(5).is_none() {
            return Err(wrong(
                "UNB must have five elements: syntax, sender, recipient, time, control reference",
                "UNB debe tener cinco elementos: sintaxis, emisor, receptor, fecha y referencia de control",
            ));
        }
        let version = header.component(1, 2).unwrap_or_default();
        if !matches!(&*version, "1" | "2" | "3" | "4") {
            let place = header.place_of("interchange", 1, 2);
            self.problem(
                "syntax-version",
                true,
                place,
                format!("syntax version `{version}` is not known; versions 1 to 4 are read"),
                format!(
                    "no se conoce la versión de sintaxis `{version}`; se leen las versiones 1 a 4"
                ),
            );
        }
        // The older versions know no repetition: where UNA names a character at its place, it is reserved.
        if version != "4" {
            delimiters.repetition = None;
        } else if said.is_none() {
            delimiters.repetition = Some('*');
        }
        Ok((header, delimiters))
    }

    /// Compares the characters of an interchange with what its header says of them.
    pub(super) fn check_charset(&mut self, text: &str, line: u32, header: &Segment<'_>) {
        if text.is_ascii() {
            return;
        }
        if self.syntax == Syntax::X12 {
            if self.latin1 {
                self.problem(
                    "encoding-mixed",
                    false,
                    SourcePlace::new(line, None, "ISA", ""),
                    "not UTF-8: read as ISO-8859-1".to_owned(),
                    "no es UTF-8: se leyó como ISO-8859-1".to_owned(),
                );
            }
            return;
        }
        let said = plain_component(header, 1);
        let read = if self.latin1 { "ISO-8859-1" } else { "UTF-8" };
        let place = header.place_of("interchange", 1, 1);
        match (said, self.latin1) {
            ("UNOC", true) | ("UNOW" | "UNOX" | "UNOY", false) => {}
            ("UNOA" | "UNOB" | "UNOC" | "UNOW" | "UNOX" | "UNOY", _) => self.problem(
                "charset",
                false,
                place,
                format!("{said} has not all characters found here: read as {read}"),
                format!("{said} no tiene todos los caracteres que aparecen: se leyó como {read}"),
            ),
            _ => self.problem(
                "charset-not-read",
                true,
                place,
                format!("character set `{said}` is not read: letters beyond ASCII, read as {read}, may be wrong"),
                format!("no se lee el juego de caracteres `{said}`: las letras fuera de ASCII, leídas como {read}, pueden estar mal"),
            ),
        }
    }
}
