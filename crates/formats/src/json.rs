//! A bounded reader of JSON that keeps where each value stands.
//!
//! serde_json tells no places, and takes the last of two members of one name in silence. Here a member given twice is
//! refused, depth and number of values are limited before anything is kept, and each value has its line, its column
//! and its JSON pointer. Numbers stay the text they were written as, so that amounts lose nothing.

use crate::ReadError;
use crate::draft::SourcePlace;
use crate::text::{self, Encoding};
use std::collections::HashSet;

mod member;
pub(crate) use member::Member;

/// The deepest document read here, a credential, is 8 deep; more was made to exhaust a stack.
pub const DEPTH_MAX: usize = 48;
/// A pedimento with 999 lines of 30 members has 30,000 values; a feed of all crossings 4,000.
pub const VALUES_MAX: usize = 400_000;
/// The longest free text of the documents read here has a few thousand characters.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// Up to so many members of an object are compared one by one.
const MEMBERS_LOOKED_THROUGH: usize = 32;

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text, escapes replaced.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object, its members in the order of the document, no name twice.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// The member of that name, where this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, node)| node)
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, or the number as written.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
        }
    }

    /// The value at a JSON pointer below this one.
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let mut at = self;
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            at = match &at.value {
                Value::Object(_) => at.get(&name)?,
                Value::List(items) => items.get(name.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(at)
    }

    /// The place, under the pointer that leads here.
    pub fn place(&self, pointer: &str) -> SourcePlace {
        let shown = match &self.value {
            Value::Null => "null",
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Number(text) | Value::Text(text) => text,
            Value::List(_) => "[",
            Value::Object(_) => "{",
        };
        SourcePlace::new(self.line, Some(self.column), pointer, shown)
    }
}

/// A member's name as a token of a JSON pointer.
pub fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a document. JSON is UTF-8, with or without a byte order mark (RFC 8259 §8.1).
///
/// # Errors
/// `document-too-large`, `document-empty`, `encoding-unknown`, `encoding-mixed`, `json-malformed`, `json-truncated`,
/// `json-key-repeated`, `json-too-deep`, `json-too-many-values`, `json-value-too-long`.
pub fn parse(bytes: &[u8]) -> Result<Node, ReadError> {
    let bytes = text::bounded(bytes)?;
    let text = text::decode(bytes, Encoding::Utf8)?;
    let mut parser = Parser {
        text: &text,
        at: 0,
        line: 1,
        column: 1,
        values: 0,
        pointer: String::new(),
    };
    parser.blanks();
    let node = parser.value(0)?;
    parser.blanks();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.malformed(
            "there is more after the document's end",
            "hay más después del fin del documento",
        )),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
    values: usize,
    pointer: String,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past one character that is no line end.
    fn step(&mut self) {
        self.at += 1;
        self.column = self.column.saturating_add(1);
    }

    fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.line = self.line.saturating_add(1);
                    self.column = 1;
                }
                b' ' | b'\t' | b'\r' => self.step(),
                _ => return,
            }
        }
    }

    fn place(&self) -> SourcePlace {
        let rest = self.text.get(self.at..).unwrap_or("");
        let shown: String = rest.chars().take(12).collect();
        SourcePlace::new(self.line, Some(self.column), self.pointer.clone(), &shown)
    }

    fn error(&self, code: &'static str, en: &str, es: &str) -> ReadError {
        ReadError::new(code, en, es).at(self.place())
    }

    /// Malformed here; truncated where the text is at its end.
    fn malformed(&self, en: &str, es: &str) -> ReadError {
        match self.peek() {
            Some(_) => self.error("json-malformed", en, es),
            None => self.error(
                "json-truncated",
                "the document ends in the middle",
                "el documento termina a la mitad",
            ),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, ReadError> {
        if depth > DEPTH_MAX {
            return Err(self.error(
                "json-too-deep",
                &format!("more than {DEPTH_MAX} levels"),
                &format!("más de {DEPTH_MAX} niveles"),
            ));
        }
        self.values += 1;
        if self.values > VALUES_MAX {
            return Err(self.error(
                "json-too-many-values",
                &format!("more than {VALUES_MAX} values"),
                &format!("más de {VALUES_MAX} valores"),
            ));
        }
        let (line, column) = (self.line, self.column);
        let value = match self.peek() {
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::List(self.list(depth)?),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.malformed("a value is expected", "se espera un valor")),
        };
        Ok(Node {
            value,
            line,
            column,
        })
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, ReadError> {
        for byte in word.bytes() {
            if self.peek() != Some(byte) {
                return Err(self.malformed(
                    "this is no JSON value; texts stand in quotes",
                    "esto no es un valor JSON; los textos van entre comillas",
                ));
            }
            self.step();
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Vec<(String, Node)>, ReadError> {
        self.step();
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut names: HashSet<String> = HashSet::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.step();
            return Ok(members);
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.malformed(
                    "a member's name in quotes is expected",
                    "se espera el nombre de un miembro entre comillas",
                ));
            }
            let before = self.place();
            let name = self.string()?;
            // Most objects are small, and looking through a few names is quicker than hashing them.
            let repeated = match members.len() < MEMBERS_LOOKED_THROUGH {
                true => members.iter().any(|(known, _)| *known == name),
                false => {
                    if names.is_empty() {
                        names.extend(members.iter().map(|(known, _)| known.clone()));
                    }
                    !names.insert(name.clone())
                }
            };
            if repeated {
                let shown: String = name.chars().take(40).collect();
                return Err(ReadError::new(
                    "json-key-repeated",
                    format!("member `{shown}` is given twice"),
                    format!("el miembro `{shown}` está repetido"),
                )
                .at(before));
            }
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.malformed("`:` is expected", "se espera `:`"));
            }
            self.step();
            self.blanks();
            let length = self.pointer.len();
            self.pointer.push('/');
            self.pointer.push_str(&token(&name));
            let node = self.value(depth + 1)?;
            self.pointer.truncate(length);
            members.push((name, node));
            self.blanks();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    return Ok(members);
                }
                _ => return Err(self.malformed("`,` or `}` is expected", "se espera `,` o `}`")),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, ReadError> {
        self.step();
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.step();
            return Ok(items);
        }
        loop {
            self.blanks();
            let length = self.pointer.len();
            self.pointer.push_str(&format!("/{}", items.len()));
            let node = self.value(depth + 1)?;
            self.pointer.truncate(length);
            items.push(node);
            self.blanks();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.step();
                    return Ok(items);
                }
                _ => return Err(self.malformed("`,` or `]` is expected", "se espera `,` o `]`")),
            }
        }
    }

    fn number(&mut self) -> Result<String, ReadError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.step();
        }
        let whole = self.digits();
        let zero = self
            .text
            .get(self.at.saturating_sub(whole)..self.at)
            .is_some_and(|text| text.starts_with('0'));
        let mut right = whole == 1 || (whole > 1 && !zero);
        if self.peek() == Some(b'.') {
            self.step();
            right &= self.digits() > 0;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.step();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.step();
            }
            right &= self.digits() > 0;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if text.len() > VALUE_BYTES_MAX {
            return Err(self.too_long());
        }
        if !right {
            return Err(self.malformed(
                "this number is not written as JSON writes numbers",
                "este número no está escrito como en JSON",
            ));
        }
        Ok(text.to_owned())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        self.at - start
    }

    fn too_long(&self) -> ReadError {
        self.error(
            "json-value-too-long",
            &format!("a value of more than {VALUE_BYTES_MAX} bytes"),
            &format!("un valor de más de {VALUE_BYTES_MAX} bytes"),
        )
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.step();
        let mut out = String::new();
        loop {
            // Up to the next sign that means something, all at once: these are ASCII, so the cut is between letters.
            let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
                .unwrap_or(rest.len());
            let run = self.text.get(self.at..self.at + plain).unwrap_or("");
            if out.len() + run.len() > VALUE_BYTES_MAX {
                return Err(self.too_long());
            }
            out.push_str(run);
            self.at += plain;
            let letters = u32::try_from(run.chars().count()).unwrap_or(u32::MAX);
            self.column = self.column.saturating_add(letters);
            match self.peek() {
                Some(b'"') => {
                    self.step();
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.step();
                    out.push(self.escape()?);
                }
                _ => {
                    return Err(self.malformed(
                        "a line end or control character inside a text",
                        "un fin de línea o carácter de control dentro de un texto",
                    ));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let letter = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.step();
                return self.unicode();
            }
            _ => return Err(self.malformed("no such escape", "no existe tal escape")),
        };
        self.step();
        Ok(letter)
    }

    /// After `\u`: four digits, and the second half where the first is one of a pair.
    fn unicode(&mut self) -> Result<char, ReadError> {
        let first = self.four()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if self.text.get(self.at..self.at + 2) != Some("\\u") {
                    return Err(self.half());
                }
                self.step();
                self.step();
                let second = self.four()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(self.half());
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.half())
    }

    fn half(&self) -> ReadError {
        self.malformed(
            "half of a pair in an escape",
            "la mitad de un par en un escape",
        )
    }

    fn four(&mut self) -> Result<u32, ReadError> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.malformed(
                    "an escape needs four hexadecimal digits",
                    "un escape necesita cuatro dígitos hexadecimales",
                ));
            };
            code = code * 16 + digit;
            self.step();
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> (&'static str, u32, u32, String) {
        match parse(text.as_bytes()) {
            Ok(_) => ("read", 0, 0, String::new()),
            Err(error) => {
                let place = error.place.clone();
                assert!(!error.en.is_empty() && !error.es.is_empty() && error.en != error.es);
                place.map_or((error.code(), 0, 0, String::new()), |place| {
                    (
                        error.code(),
                        place.line,
                        place.column.unwrap_or(0),
                        place.path,
                    )
                })
            }
        }
    }

    #[test]
    fn values_have_their_places() {
        let root = parse(
            "\u{feff}{\n  \"a\": [1.50, {\"ñ/\": \"x\\u00e9\\ud83d\\ude00\"}],\n \"b\": null}"
                .as_bytes(),
        )
        .unwrap();
        let first = root.pointer("/a/0").unwrap();
        assert_eq!(
            (first.scalar(), first.line, first.column),
            (Some("1.50"), 2, 9)
        );
        let inner = root.pointer("/a/1/ñ~1").unwrap();
        assert_eq!(inner.scalar(), Some("xé😀"));
        assert_eq!(inner.column, 22);
        assert_eq!(inner.place("/a/1/ñ~1").path, "/a/1/ñ~1");
        assert_eq!(root.get("b").map(|node| &node.value), Some(&Value::Null));
    }

    #[test]
    fn broken_json_is_told_at_its_place() {
        let table: &[(&str, &str, u32, u32, &str)] = &[
            ("{\"a\": 1,\n \"a\": 2}", "json-key-repeated", 2, 2, ""),
            (
                "{\"a\": {\"b\": 1, \"b\": 2}}",
                "json-key-repeated",
                1,
                16,
                "/a",
            ),
            ("{\"a\": 1", "json-truncated", 1, 8, ""),
            ("{\"a\": \"x", "json-truncated", 1, 9, "/a"),
            ("[1, 2", "json-truncated", 1, 6, ""),
            ("[1 2]", "json-malformed", 1, 4, ""),
            ("[01]", "json-malformed", 1, 4, "/0"),
            ("[1.]", "json-malformed", 1, 4, "/0"),
            ("[.5]", "json-malformed", 1, 2, "/0"),
            ("[-]", "json-malformed", 1, 3, "/0"),
            ("[1e]", "json-malformed", 1, 4, "/0"),
            ("[NaN]", "json-malformed", 1, 2, "/0"),
            ("[nul]", "json-malformed", 1, 5, "/0"),
            ("{a: 1}", "json-malformed", 1, 2, ""),
            ("{'a': 1}", "json-malformed", 1, 2, ""),
            ("{\"a\" 1}", "json-malformed", 1, 6, ""),
            ("{\"a\": 1,}", "json-malformed", 1, 9, ""),
            ("[1,]", "json-malformed", 1, 4, "/1"),
            ("[\"a\nb\"]", "json-malformed", 1, 4, "/0"),
            ("[\"\\x\"]", "json-malformed", 1, 4, "/0"),
            ("[\"\\u12g4\"]", "json-malformed", 1, 7, "/0"),
            ("[\"\\ud800\"]", "json-malformed", 1, 9, "/0"),
            ("[\"\\udc00\"]", "json-malformed", 1, 9, "/0"),
            ("[] []", "json-malformed", 1, 4, ""),
            ("// a", "json-malformed", 1, 1, ""),
        ];
        for (text, expected, line, column, path) in table {
            assert_eq!(
                code(text),
                (*expected, *line, *column, (*path).to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_name_given_twice_is_found_among_many() {
        for count in [1, 31, 32, 33, 100] {
            let members: String = (0..count)
                .map(|index| format!("\"m{index}\": 1, "))
                .collect();
            for repeated in [0, count - 1] {
                let text = format!("{{{members}\"m{repeated}\": 2}}");
                assert_eq!(code(&text).0, "json-key-repeated", "{count} {repeated}");
            }
            assert_eq!(code(&format!("{{{members}\"x\": 2}}")).0, "read");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(code(&"[".repeat(100_000)).0, "json-too-deep");
        assert_eq!(
            code(&format!("[{}1]", "1,".repeat(VALUES_MAX))).0,
            "json-too-many-values"
        );
        assert_eq!(
            code(&format!("[\"{}\"]", "x".repeat(100_000))).0,
            "json-value-too-long"
        );
        assert_eq!(
            code(&format!("[{}]", "1".repeat(100_000))).0,
            "json-value-too-long"
        );
        assert_eq!(
            code(&format!("{{\"{}\":1}}", "x".repeat(100_000))).0,
            "json-value-too-long"
        );
        assert_eq!(code(" \n").0, "document-empty");
        let latin = parse(b"{\"a\":\n \"\xe9\"}").unwrap_err();
        assert_eq!(latin.code(), "encoding-mixed");
        assert_eq!(latin.place.map(|place| place.line), Some(2));
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2.5e3,true,false,null,"x\ny",{"b":{}}],"c":[]}"#;
        fn plain(node: &Node) -> serde_json::Value {
            match &node.value {
                Value::Null => serde_json::Value::Null,
                Value::Bool(value) => (*value).into(),
                Value::Number(text) => serde_json::from_str(text).unwrap(),
                Value::Text(text) => text.clone().into(),
                Value::List(items) => items.iter().map(plain).collect(),
                Value::Object(members) => members
                    .iter()
                    .map(|(name, node)| (name.clone(), plain(node)))
                    .collect(),
            }
        }
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(plain(&parse(text.as_bytes()).unwrap()), expected);
    }
}
