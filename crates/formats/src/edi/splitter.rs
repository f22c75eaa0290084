//! Cuts a stream of bytes into its interchanges, so that a file of any size is read with the memory of one of them.

use super::reader::header_error;
use super::{SEGMENT_BYTES_MAX, Syntax};
use crate::{DOCUMENT_BYTES_MAX, ReadError};

/// The bytes of one interchange, to be read with [`super::Text::decode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// From ISA, UNA or UNB to the terminator of IEA or UNZ; less where a trailer is missing.
    pub bytes: Vec<u8>,
    /// Line of the stream on which it begins, from 1.
    pub line: u32,
    /// Byte of the stream at which it begins, from 0.
    pub offset: u64,
}

/// A push parser: fed chunks of any size, it hands out complete interchanges.
///
/// It looks for the delimiters that each interchange says and for its trailer, no more: whether the interchange is
/// right is told by reading it. An interchange without trailer ends where the next one begins.
///
/// ```
/// # use garita_formats::edi::Splitter;
/// let mut splitter = Splitter::new();
/// for chunk in [b"UNB+UNOA:1+A+B+261124:0910+1'UNZ+0+1'\nUN".as_slice(), b"B+UNOA:1+A+B+261124:0910+2'UNZ+0+2'"] {
///     splitter.push(chunk);
///     while let Some(piece) = splitter.take()? {
///         assert!(piece.bytes.starts_with(b"UNB"));
///     }
/// }
/// assert!(splitter.finish()?.is_none());
/// # Ok::<(), garita_formats::ReadError>(())
/// ```
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: Vec<u8>,
    /// Where the interchange begins in the buffer.
    start: usize,
    /// Up to where it has been looked at: the beginning of a segment.
    looked: usize,
    delimiters: Option<Marks>,
    line: u32,
    offset: u64,
    failed: bool,
}

/// The delimiters as bytes; a terminator may be a character of several.
#[derive(Clone, Debug)]
struct Marks {
    syntax: Syntax,
    element: u8,
    release: Option<u8>,
    segment: Vec<u8>,
}

/// What is found at the beginning of an interchange.
enum Header {
    /// Its delimiters, and where its second segment begins.
    Found(Marks, usize),
    /// More bytes are needed.
    Cut,
    /// This is no interchange.
    Foreign,
}

impl Splitter {
    /// An empty splitter.
    pub fn new() -> Splitter {
        Splitter {
            line: 1,
            ..Splitter::default()
        }
    }

    /// Takes the next chunk of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        // What was handed out is let go here, once a chunk, so that many small interchanges cost no more than one.
        self.buffer.drain(..self.start);
        self.looked = self.looked.saturating_sub(self.start);
        self.start = 0;
        if !self.failed {
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// The next complete interchange, `None` until there is one. Call it until it says `None` after each chunk.
    ///
    /// # Errors
    /// `document-too-large` when an interchange passes [`DOCUMENT_BYTES_MAX`], `x12-segment-too-long` or
    /// `edifact-segment-too-long` when a segment passes [`SEGMENT_BYTES_MAX`], `x12-header` or `edifact-header` when
    /// something else than an interchange stands there; after an error there is no next one.
    pub fn take(&mut self) -> Result<Option<Piece>, ReadError> {
        if self.failed {
            return Ok(None);
        }
        let taken = self.complete();
        self.failed = taken.is_err();
        taken
    }

    /// What is left at the end of the stream: an interchange without its trailer, then nothing.
    ///
    /// # Errors
    /// As [`Splitter::take`].
    pub fn finish(&mut self) -> Result<Option<Piece>, ReadError> {
        if let Some(piece) = self.take()? {
            return Ok(Some(piece));
        }
        let end = self.buffer.len();
        Ok((self.start < end && !self.failed).then(|| self.cut(end)))
    }

    /// How many bytes it holds: what was pushed and not yet handed out.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    fn complete(&mut self) -> Result<Option<Piece>, ReadError> {
        if self.delimiters.is_none() {
            self.skip_blanks();
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            match header(rest) {
                Header::Found(marks, second) => {
                    self.looked = self.start + second;
                    self.delimiters = Some(marks);
                }
                Header::Cut => {
                    let syntax = if rest.starts_with(b"U") {
                        Syntax::Edifact
                    } else {
                        Syntax::X12
                    };
                    self.unended(rest.len(), syntax)?;
                    return self.bounded();
                }
                Header::Foreign => {
                    return Err(header_error(
                        if rest.starts_with(b"U") {
                            Syntax::Edifact
                        } else {
                            Syntax::X12
                        },
                        self.line,
                        "an interchange begins with ISA, UNA or UNB",
                        "un intercambio comienza con ISA, UNA o UNB",
                    ));
                }
            }
        }
        let Some(marks) = self.delimiters.clone() else {
            return Ok(None);
        };
        loop {
            let rest = self.buffer.get(self.looked..).unwrap_or_default();
            let blanks = rest.len() - rest.trim_ascii_start().len();
            let segment = rest.get(blanks..).unwrap_or_default();
            // Three letters and a delimiter decide whether a trailer or another interchange begins here.
            if segment.len() < 4 {
                return self.bounded();
            }
            if begins_interchange(segment) {
                let end = self.looked;
                return Ok(Some(self.cut(end)));
            }
            let Some(length) = segment_length(segment, &marks) else {
                self.unended(segment.len(), marks.syntax)?;
                return self.bounded();
            };
            let trailer: &[u8] = match marks.syntax {
                Syntax::X12 => b"IEA",
                Syntax::Edifact => b"UNZ",
            };
            let last = segment.starts_with(trailer) && segment.get(3) == Some(&marks.element);
            self.looked += blanks + length;
            if last {
                let end = self.looked;
                return Ok(Some(self.cut(end)));
            }
        }
    }

    /// A segment that does not end is looked at again with each chunk: its length must have a limit.
    fn unended(&self, length: usize, syntax: Syntax) -> Result<(), ReadError> {
        if length <= SEGMENT_BYTES_MAX {
            return Ok(());
        }
        let code = match syntax {
            Syntax::X12 => "x12-segment-too-long",
            Syntax::Edifact => "edifact-segment-too-long",
        };
        Err(ReadError::new(
            code,
            format!("a segment is longer than {SEGMENT_BYTES_MAX} bytes; is its terminator right?"),
            format!(
                "un segmento mide más de {SEGMENT_BYTES_MAX} bytes; ¿es correcto su terminador?"
            ),
        )
        .at(crate::SourcePlace::new(self.line, None, "interchange", "")))
    }

    /// Nothing yet; an error where too much waits for its end.
    fn bounded(&self) -> Result<Option<Piece>, ReadError> {
        let waiting = self.buffer.len() - self.start;
        if waiting <= DOCUMENT_BYTES_MAX {
            return Ok(None);
        }
        Err(ReadError::new(
            "document-too-large",
            format!("an interchange is longer than the {DOCUMENT_BYTES_MAX} bytes allowed"),
            format!("un intercambio mide más de los {DOCUMENT_BYTES_MAX} bytes permitidos"),
        )
        .at(crate::SourcePlace::new(self.line, None, "interchange", "")))
    }

    fn cut(&mut self, end: usize) -> Piece {
        let bytes = self
            .buffer
            .get(self.start..end)
            .unwrap_or_default()
            .to_vec();
        let piece = Piece {
            line: self.line,
            offset: self.offset,
            bytes,
        };
        self.pass(end);
        self.delimiters = None;
        piece
    }

    fn skip_blanks(&mut self) {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let rest_len = rest.len();
        let mut after = rest.trim_ascii_start();
        if self.offset == 0 {
            after = after.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(after);
        }
        self.pass(self.start + rest_len - after.len());
    }

    /// Moves the beginning on, counting lines and bytes.
    fn pass(&mut self, to: usize) {
        let passed = self.buffer.get(self.start..to).unwrap_or_default();
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.offset += passed.len() as u64;
        self.start = to;
        self.looked = self.looked.max(to);
    }
}

fn begins_interchange(bytes: &[u8]) -> bool {
    [b"ISA", b"UNA", b"UNB"]
        .iter()
        .any(|name| bytes.starts_with(*name))
}

fn header(bytes: &[u8]) -> Header {
    let Some(name) = bytes.get(..3) else {
        return Header::Cut;
    };
    match name {
        b"ISA" => isa(bytes),
        b"UNA" => match (bytes.get(4), bytes.get(6), bytes.get(8)) {
            (Some(element), Some(release), Some(segment)) => {
                let marks = Marks {
                    syntax: Syntax::Edifact,
                    element: *element,
                    release: (*release != b' ').then_some(*release),
                    segment: vec![*segment],
                };
                // UNB is the next segment, and no interchange of its own.
                let rest = bytes.get(9..).unwrap_or_default();
                let blanks = rest.len() - rest.trim_ascii_start().len();
                second(bytes, marks, 9 + blanks)
            }
            _ => Header::Cut,
        },
        b"UNB" => match bytes.get(3) {
            Some(0x1D) => second(bytes, edifact(0x1D, None, 0x1C), 0),
            Some(_) => second(bytes, edifact(b'+', Some(b'?'), b'\''), 0),
            None => Header::Cut,
        },
        _ => Header::Foreign,
    }
}

fn edifact(element: u8, release: Option<u8>, segment: u8) -> Marks {
    Marks {
        syntax: Syntax::Edifact,
        element,
        release,
        segment: vec![segment],
    }
}

/// The second segment begins after the one at `from`.
fn second(bytes: &[u8], marks: Marks, from: usize) -> Header {
    let segment = bytes.get(from..).unwrap_or_default();
    match segment_length(segment, &marks) {
        Some(length) => Header::Found(marks, from + length),
        None => Header::Cut,
    }
}

/// ISA by its sixteen delimiters, not by its width: a header of wrong width is told by who reads the interchange.
fn isa(bytes: &[u8]) -> Header {
    let Some(element) = bytes.get(3).copied() else {
        return Header::Cut;
    };
    let mut delimiters = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == element);
    let Some((last, _)) = delimiters.nth(15) else {
        return Header::Cut;
    };
    let component = last + 1;
    let Some(terminator) = letter_length(bytes, component).map(|length| component + length) else {
        return Header::Cut;
    };
    let Some(length) = letter_length(bytes, terminator) else {
        return Header::Cut;
    };
    let segment = bytes
        .get(terminator..terminator + length)
        .unwrap_or_default()
        .to_vec();
    Header::Found(
        Marks {
            syntax: Syntax::X12,
            element,
            release: None,
            segment,
        },
        terminator + length,
    )
}

/// The bytes of the UTF-8 letter at a place, one where there is none; `None` where the bytes end.
fn letter_length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = match bytes.get(at)? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let letter = bytes.get(at..at + length)?;
    Some(if std::str::from_utf8(letter).is_ok() {
        length
    } else {
        1
    })
}

/// The length of the segment that begins the bytes, terminator and all; `None` where it does not end.
fn segment_length(bytes: &[u8], marks: &Marks) -> Option<usize> {
    let first = *marks.segment.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        let whole = bytes.get(at..at + marks.segment.len())? == marks.segment;
        let before = bytes.get(..at).unwrap_or_default();
        let released = marks.release.is_some_and(|release| {
            before
                .iter()
                .rev()
                .take_while(|byte| **byte == release)
                .count()
                % 2
                == 1
        });
        if whole && !released {
            return Some(at + marks.segment.len());
        }
        from = at + 1;
    }
}
