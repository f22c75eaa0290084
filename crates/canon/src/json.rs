//! Strict, bounded JSON: what a signature can stand on.
//!
//! A document is refused when two readers could see two things in it: a key given twice, a number that does not survive
//! JCS, half of a surrogate pair. Limits are checked before memory or stack is spent.

use serde_json::{Map, Number, Value};
use thiserror::Error;

/// How much of a document is read before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document.
    pub bytes_max: usize,
    /// Objects and arrays inside one another; a scalar alone has depth 0.
    pub depth_max: usize,
    /// Values of any kind, keys not counted.
    pub values_max: usize,
}

impl Default for Limits {
    /// A manifest of 5,000 consignments has some 150,000 values in 3 MB; the depth is three times that of any credential seen.
    fn default() -> Self {
        Self {
            bytes_max: 8 * 1024 * 1024,
            depth_max: 64,
            values_max: 400_000,
        }
    }
}

/// Why bytes are no document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// More bytes than [`Limits::bytes_max`].
    #[error("document is {found} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Bytes given.
        found: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// More nesting than [`Limits::depth_max`].
    #[error("document is nested deeper than the {limit} levels allowed, at byte {offset}")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
        /// Where the level one too deep opens.
        offset: usize,
    },
    /// More values than [`Limits::values_max`].
    #[error("document holds more than the {limit} values allowed")]
    TooManyValues {
        /// Values allowed.
        limit: usize,
    },
    /// A key given twice in one object.
    #[error("key at `{pointer}` is given twice")]
    DuplicateKey {
        /// JSON pointer of the second one.
        pointer: String,
    },
    /// A number that JCS (RFC 8785 §3.2.2.3) would write as another number.
    #[error("number `{text}` cannot be carried exactly, write it as a string")]
    Number {
        /// JSON pointer of the number.
        pointer: String,
        /// The number as written, cut at 40 characters.
        text: String,
    },
    /// Not JSON (RFC 8259), or not UTF-8.
    #[error("{what} at byte {offset}")]
    Syntax {
        /// Where reading stopped, in bytes from the start.
        offset: usize,
        /// What was wrong there.
        what: &'static str,
    },
}

impl JsonError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "document-too-large",
            Self::TooDeep { .. } => "json-too-deep",
            Self::TooManyValues { .. } => "json-too-many-values",
            Self::DuplicateKey { .. } => "json-duplicate-key",
            Self::Number { .. } => "json-number",
            Self::Syntax { .. } => "json-syntax",
        }
    }

    /// Where reading stopped, in bytes from the start, where that is known.
    pub fn offset(&self) -> Option<usize> {
        match self {
            Self::Syntax { offset, .. } | Self::TooDeep { offset, .. } => Some(*offset),
            Self::TooLarge { .. }
            | Self::TooManyValues { .. }
            | Self::DuplicateKey { .. }
            | Self::Number { .. } => None,
        }
    }

    /// Where in the document, as a JSON pointer (RFC 6901), where there is a place.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::DuplicateKey { pointer } | Self::Number { pointer, .. } => Some(pointer),
            Self::TooLarge { .. }
            | Self::TooDeep { .. }
            | Self::TooManyValues { .. }
            | Self::Syntax { .. } => None,
        }
    }
}

/// Reads one JSON document and nothing after it.
///
/// # Errors
/// When a limit is passed, a key is repeated in one object, a number is not exact in JCS, or the bytes are not JSON in UTF-8
/// without a byte order mark.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    if bytes.len() > limits.bytes_max {
        return Err(JsonError::TooLarge {
            found: bytes.len(),
            limit: limits.bytes_max,
        });
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonError::Syntax {
            offset: 0,
            what: "byte order mark",
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| JsonError::Syntax {
        offset: e.valid_up_to(),
        what: "not valid UTF-8",
    })?;
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        values: 0,
        depth: 0,
        limits,
        path: Vec::new(),
    };
    reader.space();
    let value = reader.value()?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.syntax("something follows the document")),
    }
}

/// Writes one step of a JSON pointer (RFC 6901 §3) to `out`.
pub fn push_pointer(out: &mut String, step: &str) {
    out.push('/');
    for c in step.chars() {
        match c {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            c => out.push(c),
        }
    }
}

/// Integers up to this size are exact in an IEEE 754 double and so in JCS.
const INTEGER_MAX: u64 = 1 << 53;

enum Step {
    Key(String),
    Index(usize),
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    depth: usize,
    limits: &'a Limits,
    path: Vec<Step>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn syntax(&self, what: &'static str) -> JsonError {
        JsonError::Syntax {
            offset: self.at,
            what,
        }
    }

    fn pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_pointer(&mut out, key),
                Step::Index(index) => push_pointer(&mut out, &index.to_string()),
            }
        }
        out
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        self.values += 1;
        if self.values > self.limits.values_max {
            return Err(JsonError::TooManyValues {
                limit: self.limits.values_max,
            });
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            Some(_) => Err(self.syntax("a value is expected")),
            None => Err(self.syntax("document ends early")),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value, JsonError>,
    ) -> Result<Value, JsonError> {
        if self.depth >= self.limits.depth_max {
            return Err(JsonError::TooDeep {
                limit: self.limits.depth_max,
                offset: self.at,
            });
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        if self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()))
        {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.syntax("a value is expected"))
        }
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut map = Map::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(map));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.syntax("a key in double quotes is expected"));
            }
            let key = self.string()?;
            self.path.push(Step::Key(key.clone()));
            if map.contains_key(&key) {
                return Err(JsonError::DuplicateKey {
                    pointer: self.pointer(),
                });
            }
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.syntax("`:` is expected"));
            }
            self.at += 1;
            self.space();
            let value = self.value()?;
            map.insert(key, value);
            self.path.pop();
            if self.ends(b'}', "`,` or `}` is expected")? {
                return Ok(Value::Object(map));
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            self.path.push(Step::Index(items.len()));
            items.push(self.value()?);
            self.path.pop();
            if self.ends(b']', "`,` or `]` is expected")? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// After a member or item: true at the closing bracket, false after a comma.
    fn ends(&mut self, close: u8, what: &'static str) -> Result<bool, JsonError> {
        self.space();
        let found = self.peek();
        if found != Some(close) && found != Some(b',') {
            return Err(self.syntax(what));
        }
        self.at += 1;
        if found == Some(close) {
            return Ok(true);
        }
        self.space();
        Ok(false)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            while self
                .peek()
                .is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20)
            {
                self.at += 1;
            }
            // The stops are ASCII, so both ends lie on character borders.
            out.push_str(self.text.get(from..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    let c = self.escape()?;
                    out.push(c);
                }
                Some(_) => return Err(self.syntax("control character in a string")),
                None => return Err(self.syntax("string does not end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let high = self.hex4()?;
                let lone = JsonError::Syntax {
                    offset: start,
                    what: "half of a surrogate pair",
                };
                let point = match high {
                    0xD800..=0xDBFF => {
                        if self.bytes.get(self.at..self.at + 2) != Some(b"\\u") {
                            return Err(lone);
                        }
                        self.at += 2;
                        let low = self.hex4()?;
                        if !(0xDC00..=0xDFFF).contains(&low) {
                            return Err(lone);
                        }
                        0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                    }
                    other => other,
                };
                return char::from_u32(point).ok_or(lone);
            }
            _ => return Err(self.syntax("unknown escape")),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
            .ok_or_else(|| self.syntax("four hexadecimal digits are expected"))?;
        let value = u32::from_str_radix(digits, 16)
            .map_err(|_| self.syntax("four hexadecimal digits are expected"))?;
        self.at += 4;
        Ok(value)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.syntax("a digit is expected"));
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                return Err(self.syntax("number with a leading zero"));
            }
        } else {
            self.digits()?;
        }
        let integer = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        let number = if integer {
            exact_integer(text)
        } else {
            exact_double(text)
        };
        number.map(Value::Number).ok_or_else(|| JsonError::Number {
            pointer: self.pointer(),
            text: text.chars().take(40).collect(),
        })
    }
}

fn exact_integer(text: &str) -> Option<Number> {
    let value: i64 = text.parse().ok()?;
    (value.unsigned_abs() <= INTEGER_MAX).then(|| Number::from(value))
}

/// A double whose shortest form has the same digits as the text: nothing was rounded away.
fn exact_double(text: &str) -> Option<Number> {
    let value: f64 = text.parse().ok()?;
    if !value.is_finite() || significant(text) != significant(&format!("{value:e}")) {
        return None;
    }
    Number::from_f64(value)
}

/// The digits that count, without sign, point, exponent, leading and trailing zeros.
fn significant(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], code: &str, pointer: Option<&str>) {
        let limits = Limits {
            bytes_max: 200,
            depth_max: 4,
            values_max: 12,
        };
        let error = parse(input, &limits).expect_err(&String::from_utf8_lossy(input));
        assert_eq!(
            (error.code(), error.pointer()),
            (code, pointer),
            "{}",
            String::from_utf8_lossy(input)
        );
    }

    #[test]
    fn reads_what_json_is() {
        let text = r#" {"a":[1,-2,0.5,1e3,true,false,null,"\u00e9\ud83d\ude00\n\/"],"b":{},"-0":-0,"m":9007199254740992} "#;
        let ours = parse(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(ours["a"][7], "é😀\n/");
        assert_eq!(ours["a"][3].as_f64(), Some(1000.0));
        assert_eq!(ours["m"], 9_007_199_254_740_992_u64);
        assert_eq!(
            ours.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["a", "b", "-0", "m"]
        );
    }

    #[test]
    fn refuses_with_code_and_place() {
        check(br#"{"a":1,"a":1}"#, "json-duplicate-key", Some("/a"));
        check(
            br#"{"x/y":[0,{"k":1,"\u006b":2}]}"#,
            "json-duplicate-key",
            Some("/x~1y/1/k"),
        );
        check(br#"{"n":9007199254740993}"#, "json-number", Some("/n"));
        check(br#"[-9007199254740993]"#, "json-number", Some("/0"));
        check(br#"[1e400]"#, "json-number", Some("/0"));
        check(br#"[1e-400]"#, "json-number", Some("/0"));
        check(br#"[0.10000000000000000000001]"#, "json-number", Some("/0"));
        check(br#"[[[[[1]]]]]"#, "json-too-deep", None);
        check(
            br#"[1,2,3,4,5,6,7,8,9,10,11,12]"#,
            "json-too-many-values",
            None,
        );
        check(&[b' '; 201], "document-too-large", None);
        let syntax: &[&[u8]] = &[
            b"",
            b" ",
            b"{",
            b"[1,]",
            b"{\"a\":1,}",
            b"[01]",
            b"[+1]",
            b"[1.]",
            b"[.5]",
            b"[1e]",
            b"[NaN]",
            b"[Infinity]",
            b"{a:1}",
            b"{'a':1}",
            b"\"\\ud800\"",
            b"\"\\ud800\\u0041\"",
            b"\"\\udc00\"",
            b"\"\\x\"",
            b"\"\\u12\"",
            b"\"a\nb\"",
            b"\"open",
            b"1 2",
            b"{} x",
            b"\xef\xbb\xbf{}",
            b"\"\xff\"",
            b"\"\xed\xa0\x80\"",
            b"[1 2]",
            b"{\"a\" 1}",
            b"tru",
            b"/**/1",
            b"-",
            b"\"\\",
        ];
        for input in syntax {
            check(input, "json-syntax", None);
        }
    }

    #[test]
    fn numbers_that_only_look_inexact_pass() {
        for text in [
            "0.10",
            "1.50e2",
            "0.0",
            "-0.0",
            "0e5",
            "123456789.125",
            "1e20",
            "2.50E-3",
        ] {
            assert!(parse(text.as_bytes(), &Limits::default()).is_ok(), "{text}");
        }
    }

    #[test]
    fn says_where_the_syntax_ends() {
        let error = parse(b"{\"a\": tru}", &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "a value is expected at byte 6");
    }
}
