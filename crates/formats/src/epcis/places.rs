//! Where in the text a JSON pointer stands, and what serde_json keeps silent about: a name given twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use crate::ReadError;
use crate::draft::SourcePlace;

/// Deepest nesting read: an event is five deep, an extension a few more.
pub(super) const DEPTH_MAX: usize = 64;

/// The value that a pointer finds in a text, by bytes.
pub(super) type Spans = BTreeMap<String, Range<usize>>;

/// Most names given twice that are told.
const TWICE_MAX: usize = 1_000;

/// Walks a text that is JSON and gives the spans of the wanted pointers, and the pointers of names that stand twice in one object.
///
/// # Errors
/// `json-too-deep`; `json-syntax` where it is no JSON after all.
pub(super) fn find(
    text: &str,
    wanted: &BTreeSet<String>,
) -> Result<(Spans, Vec<String>), ReadError> {
    let mut walk = Walk {
        text,
        at: 0,
        pointer: String::new(),
        wanted,
        found: Spans::new(),
        twice: Vec::new(),
    };
    walk.value(0)?;
    Ok((walk.found, walk.twice))
}

/// The places of spans, as they are told: one walk over the text for all of them.
pub(super) fn places(text: &str, spans: &Spans) -> BTreeMap<String, SourcePlace> {
    let mut sorted: Vec<(&String, &Range<usize>)> = spans.iter().collect();
    sorted.sort_by_key(|(_, span)| span.start);
    let mut told = BTreeMap::new();
    let (mut line, mut column, mut at) = (1_u32, 1_u32, 0_usize);
    for (pointer, span) in sorted {
        for letter in text.get(at..span.start).unwrap_or("").chars() {
            if letter == '\n' {
                line = line.saturating_add(1);
                column = 1;
            } else {
                column = column.saturating_add(1);
            }
        }
        at = span.start;
        let shown = text.get(span.clone()).unwrap_or("");
        told.insert(
            pointer.clone(),
            SourcePlace::new(line, Some(column), pointer.clone(), shown.trim_matches('"')),
        );
    }
    told
}

/// Line and column in characters of a byte, both from 1.
fn line_and_column(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    pointer: String,
    wanted: &'a BTreeSet<String>,
    found: Spans,
    twice: Vec<String>,
}

impl Walk<'_> {
    fn value(&mut self, depth: usize) -> Result<(), ReadError> {
        if depth > DEPTH_MAX {
            return Err(self.error(
                "json-too-deep",
                format!("nested deeper than {DEPTH_MAX}"),
                format!("anidado a más de {DEPTH_MAX} niveles"),
            ));
        }
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => {
                self.string()?;
            }
            Some(_) => self.scalar(),
            None => return Err(self.syntax()),
        }
        if self.wanted.contains(&self.pointer) {
            self.found.insert(self.pointer.clone(), start..self.at);
        }
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Result<(), ReadError> {
        self.at += 1;
        let mut names: HashSet<String> = HashSet::new();
        let before = self.pointer.len();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b',') => self.at += 1,
                Some(b'"') => {
                    let raw = self.string()?;
                    // As serde_json reads it: `a` and `\u0061` are one name.
                    let name: String = serde_json::from_str(raw).map_err(|_| self.syntax())?;
                    self.blanks();
                    if self.peek() != Some(b':') {
                        return Err(self.syntax());
                    }
                    self.at += 1;
                    self.pointer.push('/');
                    self.pointer
                        .push_str(&name.replace('~', "~0").replace('/', "~1"));
                    let again = !names.insert(name);
                    self.blanks();
                    let start = self.at;
                    self.value(depth + 1)?;
                    if again && self.twice.len() < TWICE_MAX {
                        self.found.insert(self.pointer.clone(), start..self.at);
                        self.twice.push(self.pointer.clone());
                    }
                    self.pointer.truncate(before);
                }
                _ => return Err(self.syntax()),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), ReadError> {
        self.at += 1;
        let before = self.pointer.len();
        let mut index = 0_usize;
        loop {
            self.blanks();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b',') => self.at += 1,
                Some(_) => {
                    self.pointer.push('/');
                    self.pointer.push_str(&index.to_string());
                    self.value(depth + 1)?;
                    self.pointer.truncate(before);
                    index += 1;
                }
                None => return Err(self.syntax()),
            }
        }
    }

    /// The string that begins here, with its quotes.
    fn string(&mut self) -> Result<&str, ReadError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.syntax()),
            }
        }
        self.text.get(start..self.at).ok_or_else(|| self.syntax())
    }

    fn scalar(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace())
        {
            self.at += 1;
        }
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn syntax(&self) -> ReadError {
        self.error(
            "json-syntax",
            "this is no JSON".to_owned(),
            "esto no es JSON".to_owned(),
        )
    }

    fn error(&self, code: &'static str, en: String, es: String) -> ReadError {
        let (line, column) = line_and_column(self.text, self.at);
        ReadError::new(code, en, es).at(SourcePlace::new(
            line,
            Some(column),
            self.pointer.clone(),
            "",
        ))
    }
}
