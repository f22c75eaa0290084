//! A bounded reader of XML, and a small writer.
//!
//! Over quick-xml, which tokenises. What is added: no document type and so no entities but the five of XML itself;
//! limits on size, depth, elements and attributes, each tested before anything is kept; namespaces resolved; a line,
//! a column and an XPath for each element and attribute; UTF-8 and Latin-1, and a clear refusal of everything else.

use crate::ReadError;
use crate::draft::SourcePlace;
use crate::text::{self, Encoding};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

mod path;
pub use path::{Name, XPath};

/// A CFDI is 8 deep; a document of more than this was made to exhaust a stack.
pub const DEPTH_MAX: usize = 32;
/// Ten thousand lines of goods with four children each; more is no road transport.
pub const ELEMENTS_MAX: usize = 60_000;
/// The widest element of the standards read here has 40 attributes.
pub const ATTRIBUTES_OF_ELEMENT_MAX: usize = 96;
/// Six for each element that may be; each kept attribute costs some 300 bytes with its place.
pub const ATTRIBUTES_MAX: usize = 300_000;
/// A certificate in base64 has 3 KB, the longest free text 1 KB.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;

/// An element, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The name as written, with its prefix.
    pub name: Name,
    /// The namespace; empty for none.
    pub namespace: Rc<str>,
    /// XPath from the root, with positions among children of one name.
    pub path: XPath,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The attributes, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// The children.
    pub children: Vec<Element>,
    /// The text directly inside, trimmed.
    pub text: String,
}

/// An attribute, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The local name.
    pub name: String,
    /// Whether it has a namespace of its own.
    pub qualified: bool,
    /// The value, entities replaced and blanks normalised.
    pub value: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Element {
    /// The name without its prefix.
    pub fn local(&self) -> &str {
        self.name.local()
    }

    /// The attribute of that name in no namespace.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name && !attribute.qualified)
    }

    /// The element's place.
    pub fn place(&self) -> SourcePlace {
        SourcePlace::new(self.line, Some(self.column), self.path.clone(), &self.name)
    }

    /// The place of one of its attributes.
    pub fn place_of(&self, attribute: &Attribute) -> SourcePlace {
        let path = format!("{}/@{}", self.path, attribute.name);
        SourcePlace::new(
            attribute.line,
            Some(attribute.column),
            path,
            &attribute.value,
        )
    }
}

/// Reads a document into its root element.
///
/// # Errors
/// `document-too-large`, `document-empty`, `encoding-unknown`, `encoding-mixed`, `xml-dtd`, `xml-entity`,
/// `xml-malformed`, `xml-truncated`, `xml-namespace`, `xml-attribute-repeated`, `xml-too-deep`,
/// `xml-too-many-elements`, `xml-too-many-attributes`, `xml-value-too-long`.
pub fn parse(bytes: &[u8]) -> Result<Element, ReadError> {
    let bytes = text::bounded(bytes)?;
    let encoding = declared_encoding(bytes)?;
    let text = text::decode(bytes, encoding)?;
    Parser::new(&text).run()
}

/// The encoding that the XML declaration names; UTF-8 where it names none.
fn declared_encoding(bytes: &[u8]) -> Result<Encoding, ReadError> {
    let head = bytes.get(..bytes.len().min(256)).unwrap_or(bytes);
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = match head.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split("?>").next().unwrap_or(""),
        None => return Ok(Encoding::Utf8),
    };
    let Some((_, after)) = declaration.split_once("encoding") else {
        return Ok(Encoding::Utf8);
    };
    let after = after.trim_start().trim_start_matches('=').trim_start();
    let name: String = after
        .chars()
        .skip(1)
        .take_while(|letter| !matches!(letter, '"' | '\''))
        .collect();
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" => Ok(Encoding::Utf8),
        "iso-8859-1" | "latin1" | "iso_8859-1" | "windows-1252" => Ok(Encoding::Latin1),
        _ => Err(text::encoding_unknown(&name)),
    }
}

/// Counts lines and columns while positions only grow.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl Lines<'_> {
    fn to(&mut self, position: usize) -> (u32, u32) {
        let passed = self.text.get(self.at..position).unwrap_or("");
        for letter in passed.chars() {
            if letter == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.at += passed.len();
        (self.line, self.column)
    }
}

/// How many children of each name an element has so far.
#[derive(Default)]
struct Named {
    /// The first few names: looked through from the last, since children of one name follow each other.
    few: Vec<(Name, u32)>,
    /// The others, so that an element with thousands of names costs no square of them.
    many: HashMap<Name, u32>,
}

impl Named {
    /// The position of one more child of that name, from 1.
    fn next(&mut self, name: &Name) -> u32 {
        let room = self.few.len() < 16;
        let found = self.few.iter_mut().rev().find(|(known, _)| known.is(name));
        if let Some((_, count)) = found {
            *count += 1;
            return *count;
        }
        if room {
            self.few.push((name.clone(), 1));
            return 1;
        }
        let count = self.many.entry(name.clone()).or_insert(0);
        *count += 1;
        *count
    }
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    lines: Lines<'a>,
    stack: Vec<Element>,
    /// For each open element, how many children of each name it has: positions in paths, in one pass.
    named: Vec<Named>,
    /// The names met so far: a document has many elements of few names.
    names: HashSet<Name>,
    bindings: Vec<(usize, String, Rc<str>)>,
    none: Rc<str>,
    elements: usize,
    attributes: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Parser {
            reader,
            lines: Lines {
                text,
                at: 0,
                line: 1,
                column: 1,
            },
            stack: Vec::new(),
            named: Vec::new(),
            names: HashSet::new(),
            bindings: Vec::new(),
            none: Rc::from(""),
            elements: 0,
            attributes: 0,
        }
    }

    fn fail(&mut self, position: usize, code: &'static str, en: &str, es: &str) -> ReadError {
        let (line, column) = self.lines.to(position);
        let path = self
            .stack
            .last()
            .map_or(String::from("/"), |element| element.path.to_string());
        ReadError::new(code, en, es).at(SourcePlace::new(line, Some(column), path, ""))
    }

    fn run(mut self) -> Result<Element, ReadError> {
        let mut root: Option<Element> = None;
        loop {
            let start = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error)),
            };
            match event {
                Event::Start(tag) => {
                    if root.is_some() {
                        return Err(self.fail(
                            start,
                            "xml-malformed",
                            "a document has one root element",
                            "un documento tiene un solo elemento raíz",
                        ));
                    }
                    let element = self.element(&tag, start)?;
                    self.stack.push(element);
                    self.named.push(Named::default());
                }
                Event::End(_) => {
                    let depth = self.stack.len();
                    self.named.pop();
                    self.bindings.retain(|(level, _, _)| *level < depth);
                    let Some(mut done) = self.stack.pop() else {
                        return Err(self.fail(
                            start,
                            "xml-malformed",
                            "end tag without start tag",
                            "etiqueta de cierre sin apertura",
                        ));
                    };
                    if done.text.trim().len() < done.text.len() {
                        done.text = done.text.trim().to_owned();
                    }
                    match self.stack.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => root = Some(done),
                    }
                }
                Event::Text(text) => {
                    let text = text.xml10_content();
                    self.text(&text, start)?;
                }
                Event::CData(data) => {
                    let text = data.xml10_content();
                    self.text(&text, start)?;
                }
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref() {
                        Ok(Some(letter)) => letter.to_string(),
                        _ => match quick_xml::escape::resolve_predefined_entity(
                            &reference.xml10_content(),
                        ) {
                            Some(text) => text.to_owned(),
                            None => return Err(self.entity(start)),
                        },
                    };
                    self.text(&resolved, start)?;
                }
                Event::DocType(_) => {
                    return Err(self.fail(
                        start,
                        "xml-dtd",
                        "a document type is not allowed: no document read here has one, and it can define entities",
                        "no se permite un tipo de documento (DTD): ningún documento de los que se leen lo tiene, y puede definir entidades",
                    ));
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        let end = self.lines.text.len();
        match root {
            Some(root) if self.stack.is_empty() => Ok(root),
            _ => Err(self.fail(
                end,
                "xml-truncated",
                "document ends before its root element does",
                "el documento termina antes que su elemento raíz",
            )),
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn malformed(&mut self, error: &quick_xml::Error) -> ReadError {
        let position = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
        if let quick_xml::Error::Syntax(_) = error {
            return self.fail(
                position,
                "xml-truncated",
                "document ends inside a tag",
                "el documento termina dentro de una etiqueta",
            );
        }
        let said = error.to_string();
        self.fail(
            position,
            "xml-malformed",
            &format!("not well-formed: {said}"),
            &format!("XML mal formado: {said}"),
        )
    }

    fn entity(&mut self, position: usize) -> ReadError {
        self.fail(
            position,
            "xml-entity",
            "only the five entities of XML itself are allowed",
            "solo se permiten las cinco entidades propias de XML",
        )
    }

    fn text(&mut self, text: &str, position: usize) -> Result<(), ReadError> {
        let too_long = match self.stack.last_mut() {
            Some(element) => {
                // Blank text between elements is most of a pretty-printed document and is not kept.
                if !(element.text.is_empty() && text.trim().is_empty()) {
                    element.text.push_str(text);
                }
                element.text.len() > VALUE_BYTES_MAX
            }
            None if text.trim().is_empty() => false,
            None => {
                return Err(self.fail(
                    position,
                    "xml-malformed",
                    "text outside the root element",
                    "texto fuera del elemento raíz",
                ));
            }
        };
        match too_long {
            true => Err(self.too_long(position)),
            false => Ok(()),
        }
    }

    fn too_long(&mut self, position: usize) -> ReadError {
        self.fail(
            position,
            "xml-value-too-long",
            &format!("a value is longer than {VALUE_BYTES_MAX} bytes"),
            &format!("un valor es más largo que {VALUE_BYTES_MAX} bytes"),
        )
    }

    fn element(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<Element, ReadError> {
        if self.stack.len() >= DEPTH_MAX {
            return Err(self.fail(
                start,
                "xml-too-deep",
                &format!("more than {DEPTH_MAX} elements inside each other"),
                &format!("más de {DEPTH_MAX} elementos uno dentro de otro"),
            ));
        }
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(self.fail(
                start,
                "xml-too-many-elements",
                &format!("more than {ELEMENTS_MAX} elements"),
                &format!("más de {ELEMENTS_MAX} elementos"),
            ));
        }
        let name = tag.name().into_inner();
        if name.len() > 256 {
            return Err(self.too_long(start));
        }
        let name = match self.names.get(name) {
            Some(known) => known.clone(),
            None => {
                let name = Name::from(name);
                self.names.insert(name.clone());
                name
            }
        };
        let (line, column) = self.lines.to(start);
        let mut attributes = Vec::new();
        let depth = self.stack.len() + 1;
        // Position of the raw attributes: `<`, the name, then what `attributes_raw` gives.
        let raw = tag.attributes_raw();
        let mut cursor = 0;
        let mut pending = Vec::new();
        for found in tag.attributes() {
            let attribute = match found {
                Ok(attribute) => attribute,
                Err(quick_xml::events::attributes::AttrError::Duplicated(..)) => {
                    return Err(self.fail(
                        start,
                        "xml-attribute-repeated",
                        "an attribute is given twice",
                        "un atributo está repetido",
                    ));
                }
                Err(error) => {
                    let said = error.to_string();
                    return Err(self.fail(
                        start,
                        "xml-malformed",
                        &format!("not well-formed: {said}"),
                        &format!("XML mal formado: {said}"),
                    ));
                }
            };
            self.attributes += 1;
            if pending.len() >= ATTRIBUTES_OF_ELEMENT_MAX || self.attributes > ATTRIBUTES_MAX {
                return Err(self.fail(
                    start,
                    "xml-too-many-attributes",
                    "too many attributes",
                    "demasiados atributos",
                ));
            }
            let key = attribute.key.into_inner();
            if attribute.value.len() > VALUE_BYTES_MAX || key.len() > 256 {
                return Err(self.too_long(start));
            }
            // Only blanks stand between the end of one attribute and the next name, so the first find is the name.
            let at = raw
                .get(cursor..)
                .and_then(|rest| rest.find(key))
                .map_or(cursor, |skip| cursor + skip);
            let value_at = raw
                .get(at + key.len()..)
                .and_then(|rest| rest.find(['"', '\'']));
            cursor = at + key.len() + value_at.unwrap_or(0) + attribute.value.len() + 2;
            let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => return Err(self.entity(start + 1 + name.len() + at)),
            };
            if key == "xmlns" || key.starts_with("xmlns:") {
                let prefix = key.strip_prefix("xmlns:").unwrap_or("").to_owned();
                self.bindings
                    .push((depth, prefix, Rc::from(value.as_str())));
                continue;
            }
            pending.push((start + 1 + name.len() + at, key, value));
        }
        for (position, key, value) in pending {
            let (line, column) = self.lines.to(position);
            let (prefix, local) = key.split_once(':').unwrap_or(("", key));
            attributes.push(Attribute {
                name: local.to_owned(),
                qualified: !prefix.is_empty(),
                value,
                line,
                column,
            });
        }
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        let namespace = match self
            .bindings
            .iter()
            .rev()
            .find(|(_, bound, _)| bound == prefix)
        {
            Some((_, _, namespace)) => Rc::clone(namespace),
            None if prefix.is_empty() => Rc::clone(&self.none),
            None => {
                return Err(self.fail(
                    start,
                    "xml-namespace",
                    &format!("prefix `{prefix}` is not declared"),
                    &format!("el prefijo `{prefix}` no está declarado"),
                ));
            }
        };
        let path = match self.stack.last() {
            Some(parent) => {
                let position = self.named.last_mut().map_or(1, |named| named.next(&name));
                parent.path.child(name.clone(), position)
            }
            None => XPath::root(name.clone()),
        };
        Ok(Element {
            name,
            namespace,
            path,
            line,
            column,
            attributes,
            children: Vec::new(),
            text: String::new(),
        })
    }
}

/// Writes well-formed, indented XML.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    open: Vec<String>,
}

impl Writer {
    /// A document with its declaration.
    pub fn new() -> Writer {
        Writer {
            out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
            open: Vec::new(),
        }
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\n");
        self.open.push(name.to_owned());
    }

    /// Writes an element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
    }

    /// Writes an element with a text and nothing else.
    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        if text.is_empty() {
            self.empty(name, attributes);
            return;
        }
        self.tag(name, attributes, ">");
        self.escaped(text);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// Writes a text among the children of the element opened last.
    pub fn text(&mut self, text: &str) {
        self.indent();
        self.escaped(text);
        self.out.push('\n');
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push_str(">\n");
        }
    }

    /// The document, with everything closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.escaped(value);
            self.out.push('"');
        }
        self.out.push_str(end);
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\t' => self.out.push_str("&#9;"),
                '\n' => self.out.push_str("&#10;"),
                '\r' => self.out.push_str("&#13;"),
                // XML 1.0 has no other control characters, not even escaped.
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                other => self.out.push(other),
            }
        }
    }
}
