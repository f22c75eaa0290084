//! Statements of one document as they are written: one text that holds them all, and where each begins.
//!
//! Only what a walk over a tree gives: all in the default graph, each blank node fresh, so that it is the object of at most one
//! statement. Their canonical form is made by copying pieces of the text.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::rdf;
use crate::rdfc::naming::{Hash, Links, Position, issue_all, order};
use crate::rdfc::{Canonical, HashAlgorithm, RdfcError, WorkLimit};

/// Stands for a blank node as object, as first-degree hashing wants it.
const OTHER: &str = "_:z .\n";
const NONE: u32 = u32::MAX;

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }
}

/// A node of the document, by number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject(u32);

#[derive(Clone, Copy, Debug)]
enum Name {
    /// `<iri>`.
    Iri(Span),
    Blank(Blank),
}

/// A blank node; each number is [`NONE`] until it is known.
#[derive(Clone, Copy, Debug)]
struct Blank {
    /// In the order in which nodes are entered: the label that the general processor gives.
    entered: u32,
    /// In the order in which statements mention them: RDFC's names for alike nodes depend on it.
    mentioned: u32,
    /// The statement of which it is the object; a node at the top has none.
    incoming: u32,
}

/// One statement without its subject: ` <predicate> object .` with the line feed.
#[derive(Clone, Copy, Debug)]
struct Statement {
    subject: u32,
    rest: Span,
    /// The object where it is a blank node, written as [`OTHER`]; otherwise [`NONE`].
    object: u32,
}

/// Most bytes of the statements of a document: many times a record, and what memory bears. A long name repeated by many short statements
/// would take the square of the document's length.
pub(crate) const TEXT_BYTES_MAX: usize = 32 << 20;

/// The statements of a document.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Predicates and objects; what is written is marked by [`Self::say`] or [`Self::link`].
    pub(crate) text: String,
    names: Vec<Name>,
    entered: u32,
    mentioned: u32,
    statements: Vec<Statement>,
    max: usize,
    /// Bytes that the statements will have when they are written: each repeats its subject.
    bytes: usize,
}

/// Writes the text of a literal with the escapes of canonical N-Quads.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    // Without a branch for each byte, so that many are looked at at once.
    let needs = text.bytes().fold(false, |found, byte| {
        found | (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f)
    });
    if needs {
        rdf::escape(text, out);
    } else {
        out.push_str(text);
    }
}

impl Statements {
    pub(crate) fn with_limit(max: usize) -> Self {
        Self {
            text: String::with_capacity(16 * 1024),
            names: Vec::with_capacity(32),
            entered: 0,
            mentioned: 0,
            statements: Vec::with_capacity(128),
            // A label's number is sorted as eight digits; more statements are for the general processor.
            max: max.min(99_999_999),
            bytes: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    pub(crate) fn position(&self) -> usize {
        self.text.len()
    }

    /// What was written from there on; a text too long for it is refused when it is said.
    pub(crate) fn since(&self, start: usize) -> Span {
        Span {
            start: u32::try_from(start).unwrap_or(NONE),
            end: u32::try_from(self.text.len()).unwrap_or(NONE),
        }
    }

    /// What was written there.
    pub(crate) fn text_of(&self, span: Span) -> Option<&str> {
        self.text.get(span.start as usize..span.end as usize)
    }

    /// A node with an IRI, written before.
    pub(crate) fn named(&mut self, name: Span) -> Subject {
        self.names.push(Name::Iri(name));
        self.last()
    }

    /// A node without a name.
    pub(crate) fn unnamed(&mut self) -> Subject {
        self.names.push(Name::Blank(Blank {
            entered: self.entered,
            mentioned: NONE,
            incoming: NONE,
        }));
        self.entered += 1;
        self.last()
    }

    fn last(&self) -> Subject {
        Subject(
            u32::try_from(self.names.len())
                .unwrap_or(NONE)
                .wrapping_sub(1),
        )
    }

    /// A piece of the text is said of `subject`; `None` past the limit.
    pub(crate) fn say(&mut self, subject: Subject, rest: Span) -> Option<()> {
        self.push(subject, rest, NONE)
    }

    /// Ends a statement that has `object` as its object, whose name, if it has one, was written last.
    pub(crate) fn end_link(&mut self, start: usize, object: Subject) -> Span {
        self.text.push_str(match self.names.get(object.0 as usize) {
            Some(Name::Blank(_)) => OTHER,
            Some(Name::Iri(_)) | None => " .\n",
        });
        self.since(start)
    }

    /// What [`Self::end_link`] ended is said of `subject`; `None` past the limit.
    pub(crate) fn link(&mut self, subject: Subject, rest: Span, object: Subject) -> Option<()> {
        let statement = u32::try_from(self.statements.len()).ok()?;
        match self.names.get_mut(object.0 as usize)? {
            Name::Iri(_) => self.push(subject, rest, NONE),
            Name::Blank(blank) => {
                blank.incoming = statement;
                self.push(subject, rest, object.0)
            }
        }
    }

    fn push(&mut self, subject: Subject, rest: Span, object: u32) -> Option<()> {
        let named = match self.names.get(subject.0 as usize) {
            Some(Name::Iri(name)) => name.len(),
            Some(Name::Blank(_)) | None => 0,
        };
        self.bytes = self.bytes.saturating_add(rest.len() + named);
        if self.statements.len() >= self.max || rest.end == NONE || self.bytes > TEXT_BYTES_MAX {
            return None;
        }
        for node in [subject.0, object] {
            if let Some(Name::Blank(blank)) = self.names.get_mut(node as usize)
                && blank.mentioned == NONE
            {
                blank.mentioned = self.mentioned;
                self.mentioned += 1;
            }
        }
        self.statements.push(Statement {
            subject: subject.0,
            rest,
            object,
        });
        Some(())
    }

    /// The canonical form, with the labels that the general processor would have given.
    pub(crate) fn canonical(
        &self,
        hash: HashAlgorithm,
        limit: &WorkLimit,
    ) -> Result<Canonical, RdfcError> {
        let sorted = Sorted::new(self);
        let numbers = sorted.numbers(hash, limit)?;
        let labels: BTreeMap<Arc<str>, Arc<str>> = self
            .names
            .iter()
            .filter_map(|name| match name {
                Name::Blank(blank) => Some((
                    Arc::from(format!("b{}", blank.entered)),
                    Arc::from(format!("c14n{}", numbers.get(blank.mentioned as usize)?)),
                )),
                Name::Iri(_) => None,
            })
            .collect();
        Ok(Canonical {
            nquads: sorted.write(&numbers),
            labels,
        })
    }

    /// The canonical form alone.
    pub(crate) fn nquads(
        &self,
        hash: HashAlgorithm,
        limit: &WorkLimit,
    ) -> Result<String, RdfcError> {
        let sorted = Sorted::new(self);
        let numbers = sorted.numbers(hash, limit)?;
        Ok(sorted.write(&numbers))
    }

    /// For comparing only: without the cost of looking for the borders of characters.
    fn bytes(&self, span: Span) -> &[u8] {
        self.text
            .as_bytes()
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }
}

/// Statements by subject, those of each sorted.
struct Sorted<'s> {
    of: &'s Statements,
    statements: Vec<Statement>,
    /// Where the statements of each subject begin, and at last where all end.
    starts: Vec<u32>,
}

impl<'s> Sorted<'s> {
    fn new(of: &'s Statements) -> Self {
        let mut starts = vec![0_u32; of.names.len() + 1];
        for statement in &of.statements {
            if let Some(count) = starts.get_mut(statement.subject as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let nothing = Statement {
            subject: NONE,
            rest: Span { start: 0, end: 0 },
            object: NONE,
        };
        let mut statements = vec![nothing; of.statements.len()];
        for statement in &of.statements {
            if let Some(next) = next.get_mut(statement.subject as usize) {
                if let Some(place) = statements.get_mut(*next as usize) {
                    *place = *statement;
                }
                *next += 1;
            }
        }
        let mut sorted = Self {
            of,
            statements,
            starts,
        };
        for subject in 0..of.names.len() {
            let range = sorted.range(subject);
            if let Some(own) = sorted.statements.get_mut(range) {
                of.sort(own);
            }
        }
        sorted
    }

    fn range(&self, subject: usize) -> std::ops::Range<usize> {
        let at = |n: usize| self.starts.get(n).copied().unwrap_or_default() as usize;
        at(subject)..at(subject + 1)
    }

    /// The statements of a subject, repeated ones included.
    fn own(&self, subject: usize) -> &[Statement] {
        self.statements.get(self.range(subject)).unwrap_or_default()
    }

    /// The number in the label of each blank node (RDFC-1.0 §4.4.3 steps 3 to 5).
    fn numbers(&self, hash: HashAlgorithm, limit: &WorkLimit) -> Result<Vec<u32>, RdfcError> {
        let blanks = self.blanks();
        let mut first_degree = Vec::with_capacity(blanks.len());
        let mut lines = Vec::with_capacity(2 * 1024);
        let mut before = Vec::with_capacity(2 * 1024);
        for (subject, blank) in &blanks {
            lines.clear();
            self.first_degree(*subject, blank.incoming, &mut lines);
            // Alike line items follow one another.
            let known = first_degree.last().filter(|_| lines == before).copied();
            first_degree.push(known.unwrap_or_else(|| Hash::of(hash, &lines)));
            std::mem::swap(&mut lines, &mut before);
        }
        let (mut order, are_alike) = order(&first_degree);
        if are_alike {
            order = issue_all(&order, &first_degree, &self.links(&blanks), hash, limit)?;
        }
        let mut numbers = vec![0; order.len()];
        for (number, node) in (0..).zip(order) {
            if let Some(place) = numbers.get_mut(node as usize) {
                *place = number;
            }
        }
        Ok(numbers)
    }

    /// The blank nodes in the order in which they are mentioned, each with its number as a subject.
    fn blanks(&self) -> Vec<(usize, Blank)> {
        let mut blanks: Vec<(usize, Blank)> = self
            .of
            .names
            .iter()
            .enumerate()
            .filter_map(|(subject, name)| match name {
                Name::Blank(blank) => Some((subject, *blank)),
                Name::Iri(_) => None,
            })
            .collect();
        blanks.sort_unstable_by_key(|(_, blank)| blank.mentioned);
        blanks
    }

    /// The statements that mention a blank node, sorted (RDFC-1.0 §4.6.3): `<` comes before `_:a`, that before `_:z`.
    fn first_degree(&self, subject: usize, incoming: u32, lines: &mut Vec<u8>) {
        let of = self.of;
        let incoming = of.statements.get(incoming as usize);
        let parent = incoming.and_then(|s| of.names.get(s.subject as usize));
        let push_incoming = |parent: &[u8], lines: &mut Vec<u8>| {
            let rest = incoming.map_or(&[][..], |s| of.bytes(s.rest));
            lines.extend_from_slice(parent);
            lines.extend_from_slice(rest.strip_suffix(OTHER.as_bytes()).unwrap_or(rest));
            lines.extend_from_slice(b"_:a .\n");
        };
        if let Some(Name::Iri(iri)) = parent {
            push_incoming(of.bytes(*iri), lines);
        }
        let mut last = None;
        for statement in self.own(subject) {
            let rest = of.bytes(statement.rest);
            if statement.object == NONE && last.replace(rest) == Some(rest) {
                continue;
            }
            lines.extend_from_slice(b"_:a");
            lines.extend_from_slice(rest);
        }
        if let Some(Name::Blank(_)) = parent {
            push_incoming(b"_:z", lines);
        }
    }

    /// Which blank nodes stand in statements with which.
    fn links(&self, blanks: &[(usize, Blank)]) -> Links<'s> {
        let of = self.of;
        let mut links = Links::default();
        let predicate = |statement: &Statement| {
            let rest = of.slice(statement.rest).strip_prefix(" <");
            let predicate = rest.and_then(|rest| rest.strip_suffix(OTHER)?.strip_suffix("> "));
            predicate.unwrap_or_default()
        };
        for (subject, node) in blanks {
            let mut mentions = 0;
            let mut last = None;
            for statement in self.own(*subject) {
                match of.blank(statement.object) {
                    Some(object) => {
                        links.push(object.mentioned, predicate(statement), Position::Object);
                        mentions += 1;
                    }
                    None => {
                        let rest = self.of.slice(statement.rest);
                        mentions += usize::from(last.replace(rest) != Some(rest));
                    }
                }
            }
            if let Some(incoming) = of.statements.get(node.incoming as usize) {
                mentions += 1;
                if let Some(parent) = of.blank(incoming.subject) {
                    links.push(parent.mentioned, predicate(incoming), Position::Subject);
                }
            }
            links.end(mentions);
        }
        links
    }

    /// All statements, sorted, each once.
    fn write(&self, numbers: &[u32]) -> String {
        let of = self.of;
        let mut out =
            String::with_capacity(of.text.len() + of.statements.len() * 12 + of.named_len());
        let mut named: Vec<(&str, usize)> = Vec::new();
        let mut blank: Vec<(u64, usize)> = Vec::with_capacity(numbers.len());
        for (subject, name) in of.names.iter().enumerate() {
            match name {
                Name::Iri(iri) => named.push((of.slice(*iri), subject)),
                Name::Blank(node) => blank.push((label_key(node, numbers), subject)),
            }
        }
        named.sort_unstable();
        for alike in named.chunk_by(|a, b| a.0 == b.0) {
            match alike {
                [(iri, subject)] => self.write_own(&mut out, iri, self.own(*subject), numbers),
                // One node in several places of the document.
                several => {
                    let iri = several.first().map_or("", |(iri, _)| iri);
                    let mut own: Vec<Statement> = several
                        .iter()
                        .flat_map(|(_, subject)| self.own(*subject))
                        .copied()
                        .collect();
                    of.sort(&mut own);
                    self.write_own(&mut out, iri, &own, numbers);
                }
            }
        }
        blank.sort_unstable();
        let mut label = String::with_capacity(16);
        for (key, subject) in blank {
            label.clear();
            push_label(&mut label, key);
            self.write_own(&mut out, &label, self.own(subject), numbers);
        }
        out
    }

    fn write_own(&self, out: &mut String, name: &str, own: &[Statement], numbers: &[u32]) {
        let of = self.of;
        let is_same = |a: &Statement, b: &Statement| of.bytes(a.rest) == of.bytes(b.rest);
        for alike in own.chunk_by(is_same) {
            let Some(first) = alike.first() else { continue };
            let text = of.slice(first.rest);
            if first.object == NONE {
                // The same said twice is said once.
                out.push_str(name);
                out.push_str(text);
                continue;
            }
            let mut write = |key: u64| {
                out.push_str(name);
                out.push_str(text.strip_suffix(OTHER).unwrap_or(text));
                push_label(out, key);
                out.push_str(" .\n");
            };
            let key = |statement: &Statement| {
                of.blank(statement.object)
                    .map_or(0, |node| label_key(node, numbers))
            };
            if let [one] = alike {
                write(key(one));
            } else {
                // Now that blank nodes of one predicate have labels, they are sorted by those.
                let mut keys: Vec<u64> = alike.iter().map(key).collect();
                keys.sort_unstable();
                keys.into_iter().for_each(write);
            }
        }
    }
}

impl Statements {
    fn blank(&self, subject: u32) -> Option<&Blank> {
        match self.names.get(subject as usize)? {
            Name::Blank(blank) => Some(blank),
            Name::Iri(_) => None,
        }
    }

    fn sort(&self, statements: &mut [Statement]) {
        statements.sort_unstable_by(|a, b| {
            if a.rest.start == b.rest.start {
                Ordering::Equal
            } else {
                self.bytes(a.rest).cmp(self.bytes(b.rest))
            }
        });
    }

    /// Room for the names of subjects in all their statements.
    fn named_len(&self) -> usize {
        self.statements
            .iter()
            .map(|s| match self.names.get(s.subject as usize) {
                Some(Name::Iri(iri)) => (iri.end - iri.start) as usize,
                Some(Name::Blank(_)) | None => 0,
            })
            .sum()
    }
}

/// The number in a node's canonical label as text of eight bytes, spaces behind: in this order labels stand in sorted lines.
fn label_key(node: &Blank, numbers: &[u32]) -> u64 {
    let number = numbers
        .get(node.mentioned as usize)
        .copied()
        .unwrap_or_default();
    let mut digits = [b' '; 8];
    let count = number.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut rest = number;
    for place in digits.iter_mut().take(count).rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    u64::from_be_bytes(digits)
}

fn push_label(out: &mut String, key: u64) {
    out.push_str("_:c14n");
    let digits = key.to_be_bytes();
    out.push_str(std::str::from_utf8(&digits).unwrap_or_default().trim_end());
}
