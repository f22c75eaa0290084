//! N-Quads (RDF 1.1 N-Quads): a reader of the whole grammar, and the canonical escapes.

use std::sync::Arc;

use thiserror::Error;

use super::{Dataset, Literal, Quad, RDF_LANG_STRING, Term, XSD_STRING};
use crate::iri;

/// Why text is no N-Quads.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} in line {line}")]
pub struct NquadsError {
    line: usize,
    what: &'static str,
}

impl NquadsError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        "nquads-syntax"
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

/// Reads N-Quads; a statement given twice counts once.
///
/// # Errors
/// At the first line that is not a statement, a comment or empty.
pub fn parse(text: &str) -> Result<Dataset, NquadsError> {
    let mut quads = Vec::new();
    for (number, line) in text.split(['\n', '\r']).enumerate() {
        let mut reader = Reader { rest: line };
        match reader.statement() {
            Ok(Some(quad)) => quads.push(quad),
            Ok(None) => {}
            Err(what) => {
                return Err(NquadsError {
                    line: number + 1,
                    what,
                });
            }
        }
    }
    Ok(Dataset::new(quads))
}

/// Writes the text of a literal with the escapes of canonical N-Quads.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0x00..=0x1f | 0x7f => "",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        from = at + 1;
        if short.is_empty() {
            out.push_str("\\u00");
            for nibble in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(nibble), 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase(),
                );
            }
        } else {
            out.push_str(short);
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn statement(&mut self) -> Result<Option<Quad>, &'static str> {
        self.space();
        if self.rest.is_empty() || self.rest.starts_with('#') {
            return Ok(None);
        }
        let subject = self.name()?.ok_or("an IRI or blank node is expected")?;
        self.space();
        let Some(Term::Iri(predicate)) = self.name()? else {
            return Err("a predicate is expected");
        };
        self.space();
        let object = match self.name()? {
            Some(term) => term,
            None => self.literal()?,
        };
        self.space();
        let graph = self.name()?;
        self.space();
        if !self.take('.') {
            return Err("`.` is expected");
        }
        self.space();
        if !self.rest.is_empty() && !self.rest.starts_with('#') {
            return Err("something follows the statement");
        }
        Ok(Some(Quad {
            subject,
            predicate,
            object,
            graph,
        }))
    }

    fn name(&mut self) -> Result<Option<Term>, &'static str> {
        if self.take('<') {
            return Ok(Some(Term::Iri(self.iri()?)));
        }
        let Some(rest) = self.rest.strip_prefix("_:") else {
            return Ok(None);
        };
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || "_-.:\u{b7}".contains(c)))
            .unwrap_or(rest.len());
        let label = rest.get(..end).unwrap_or_default().trim_end_matches('.');
        if label.is_empty() || label.starts_with(['-', '.']) {
            return Err("blank node without a label");
        }
        self.rest = rest.get(label.len()..).unwrap_or_default();
        Ok(Some(Term::Blank(label.into())))
    }

    fn iri(&mut self) -> Result<Arc<str>, &'static str> {
        let (raw, rest) = self.rest.split_once('>').ok_or("IRI does not end")?;
        self.rest = rest;
        let text = if raw.contains('\\') {
            unescape(raw, false)?
        } else {
            raw.to_owned()
        };
        if iri::is_absolute(&text) {
            Ok(text.into())
        } else {
            Err("IRI is not absolute or not well formed")
        }
    }

    fn literal(&mut self) -> Result<Term, &'static str> {
        if !self.take('"') {
            return Err("an object is expected");
        }
        let mut escaped = false;
        let end = self
            .rest
            .bytes()
            .position(|b| {
                let found = b == b'"' && !escaped;
                escaped = b == b'\\' && !escaped;
                found
            })
            .ok_or("literal does not end")?;
        let lexical = unescape(self.rest.get(..end).unwrap_or_default(), true)?;
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        let (datatype, language): (Arc<str>, Option<Arc<str>>) = if self.take('@') {
            let end = self
                .rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .unwrap_or(self.rest.len());
            let (tag, rest) = self
                .rest
                .split_at_checked(end)
                .ok_or("language tag expected")?;
            self.rest = rest;
            if !iri::is_language_tag(tag) {
                return Err("language tag is not well formed");
            }
            (RDF_LANG_STRING.into(), Some(tag.into()))
        } else if let Some(rest) = self.rest.strip_prefix("^^<") {
            self.rest = rest;
            (self.iri()?, None)
        } else {
            (XSD_STRING.into(), None)
        };
        Ok(Term::Literal(Literal {
            lexical: lexical.into(),
            datatype,
            language,
        }))
    }
}

fn unescape(raw: &str, short_forms: bool) -> Result<String, &'static str> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let kind = after.chars().next().ok_or("unknown escape")?;
        let mut used = 1;
        let c = match kind {
            't' if short_forms => '\t',
            'b' if short_forms => '\u{8}',
            'n' if short_forms => '\n',
            'r' if short_forms => '\r',
            'f' if short_forms => '\u{c}',
            '"' | '\'' | '\\' if short_forms => kind,
            'u' | 'U' => {
                let width = if kind == 'u' { 4 } else { 8 };
                used += width;
                let digits = after
                    .get(1..=width)
                    .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let point = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
                point
                    .and_then(char::from_u32)
                    .ok_or("escape is no character")?
            }
            _ => return Err("unknown escape"),
        };
        out.push(c);
        rest = after.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_it_reads() {
        let text = "<a:s> <a:p> \"\\u00e9\\t\\u0001\\u007F \\\"q\\\" \\\\ _:b0\"@en-US _:g .\n_:b <a:p> \"1\"^^<a:int> .\n_:b <a:p> <a:o>.# comment\n\n# only";
        let written = parse(text).unwrap().to_nquads();
        assert_eq!(
            written,
            "<a:s> <a:p> \"é\\t\\u0001\\u007F \\\"q\\\" \\\\ _:b0\"@en-US _:g .\n_:b <a:p> \"1\"^^<a:int> .\n_:b <a:p> <a:o> .\n"
        );
        assert_eq!(parse(&written).unwrap().to_nquads(), written);
    }

    #[test]
    fn refuses_what_is_no_statement() {
        for text in [
            "<a:s>",
            "<a:s> _:p <a:o> .",
            "\"l\" <a:p> <a:o> .",
            "<s> <a:p> <a:o> .",
            "<a:s> <a:p> \"x .",
            "<a:s> <a:p> <a:o>",
            "<a:s> <a:p> <a:o> . <a:s>",
            "<a:s> <a:p> \"x\"@ .",
            "<a:s> <a:p> \"\\q\" .",
            "<a:s> <a:p> \"\\uD800\" .",
            "<a:s> <a:p> \"x\" \"g\" .",
        ] {
            assert_eq!(parse(text).expect_err(text).line(), 1);
        }
    }

    #[test]
    fn relabels_terms_and_leaves_text_alone() {
        let dataset = parse("_:b0 <a:p> \"_:b0\" .")
            .unwrap()
            .relabel(|label| (label == "b0").then(|| "x".into()));
        assert_eq!(dataset.to_nquads(), "_:x <a:p> \"_:b0\" .\n");
    }
}
