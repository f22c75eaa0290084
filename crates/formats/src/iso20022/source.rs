//! Where header and message stand in a file, and how their elements are found and placed.

use super::document::{IsoDocument, Node, Part, Wrapper};
use super::tables::{self, Definition};
use crate::ReadError;
use crate::draft::SourcePlace;
use crate::xml::Element;
use std::borrow::Cow;

/// What every namespace of an ISO 20022 message begins with; the identifier of the message version follows.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";

/// Header and message as they stand in the file.
pub(super) struct Source<'a> {
    /// The elements around both.
    pub(super) envelope: Vec<&'a Element>,
    /// `AppHdr`, and its definition where that version is read.
    pub(super) header: Option<(&'a Element, Option<&'static Definition>)>,
    /// `Document`, and the definition of the message in it.
    pub(super) document: Option<(&'a Element, &'static Definition)>,
    /// Further headers and messages, which are not read.
    pub(super) others: Vec<&'a Element>,
}

/// Finds header and message.
pub(super) fn find(root: &Element) -> Result<Source<'_>, ReadError> {
    let mut found = Vec::new();
    let mut above = Vec::new();
    walk(root, &mut above, &mut found);
    let header = found.iter().position(|(part, _)| part.local() == "AppHdr");
    let document = found
        .iter()
        .position(|(part, _)| part.local() == "Document");
    let mut envelope: Option<Vec<&Element>> = None;
    let mut others = Vec::new();
    for (index, (part, above)) in found.iter().enumerate() {
        if Some(index) != header && Some(index) != document {
            others.push(*part);
            continue;
        }
        envelope = Some(match envelope {
            None => above.clone(),
            Some(known) => known
                .into_iter()
                .zip(above)
                .take_while(|(one, other)| one.path == other.path)
                .map(|(one, _)| one)
                .collect(),
        });
    }
    let at = |index: usize| found.get(index).map(|(part, _)| *part);
    let header = header
        .and_then(at)
        .map(|part| (part, tables::definition(identifier(part))));
    let document = match document.and_then(at) {
        None => None,
        Some(part) => Some((part, definition(part)?)),
    };
    if header.is_none() && document.is_none() {
        return Err(ReadError::new(
            "iso20022-missing",
            format!(
                "`{}` holds no Document and no AppHdr in a namespace of ISO 20022",
                root.name
            ),
            format!(
                "`{}` no contiene Document ni AppHdr en un espacio de nombres de ISO 20022",
                root.name
            ),
        )
        .at(place(root)));
    }
    Ok(Source {
        envelope: envelope.unwrap_or_default(),
        header,
        document,
        others,
    })
}

/// The definition of the message in a `Document`, by its namespace.
fn definition(document: &Element) -> Result<&'static Definition, ReadError> {
    let identifier = identifier(document);
    if let Some(definition) = tables::definition(identifier) {
        return Ok(definition);
    }
    let shown: String = identifier.chars().take(40).collect();
    let message: String = identifier.chars().take(8).collect();
    let versions: Vec<&str> = tables::DEFINITIONS
        .iter()
        .map(|definition| definition.identifier)
        .filter(|known| known.starts_with(&message) && message.len() == 8)
        .collect();
    let (code, en, es) = match versions.is_empty() {
        true => (
            "iso20022-message",
            format!("message `{shown}` is not read"),
            format!("no se lee el mensaje `{shown}`"),
        ),
        false => (
            "iso20022-version",
            format!(
                "version `{shown}` is not read; read are {}",
                versions.join(", ")
            ),
            format!(
                "no se lee la versión `{shown}`; se leen {}",
                versions.join(", ")
            ),
        ),
    };
    Err(ReadError::new(code, en, es).at(place(document)))
}

/// The identifier of the message version in an element's namespace.
pub(super) fn identifier(element: &Element) -> &str {
    element.namespace.strip_prefix(NAMESPACE).unwrap_or("")
}

fn walk<'a>(
    element: &'a Element,
    above: &mut Vec<&'a Element>,
    found: &mut Vec<(&'a Element, Vec<&'a Element>)>,
) {
    let part = matches!(element.local(), "AppHdr" | "Document");
    if part && element.namespace.starts_with(NAMESPACE) {
        found.push((element, above.clone()));
        return;
    }
    above.push(element);
    for child in &element.children {
        walk(child, above, found);
    }
    above.pop();
}

/// The plain document of it.
pub(super) fn document(source: &Source<'_>) -> IsoDocument {
    let part = |element: &Element, root: Node| Part {
        definition: identifier(element).to_owned(),
        root,
    };
    IsoDocument {
        envelope: source
            .envelope
            .iter()
            .map(|element| Wrapper {
                name: element.local().to_owned(),
                namespace: element.namespace.to_string(),
            })
            .collect(),
        header: source
            .header
            .map(|(element, _)| part(element, node(element, &element.namespace))),
        message: source.document.and_then(|(element, definition)| {
            let root = first(element, definition.element)?;
            Some(part(element, node(root, &element.namespace)))
        }),
    }
}

fn node(element: &Element, namespace: &str) -> Node {
    Node {
        name: element.local().to_owned(),
        namespace: (&*element.namespace != namespace).then(|| element.namespace.to_string()),
        attributes: element
            .attributes
            .iter()
            .filter(|attribute| !attribute.qualified)
            .map(|attribute| (attribute.name.clone(), attribute.value.clone()))
            .collect(),
        text: element.text.clone(),
        children: element
            .children
            .iter()
            .map(|child| node(child, &element.namespace))
            .collect(),
    }
}

/// The first element at a path such as `PmtId/UETR`.
pub(super) fn first<'a>(element: &'a Element, path: &str) -> Option<&'a Element> {
    let mut at = element;
    for name in path.split('/') {
        at = at.children.iter().find(|child| child.local() == name)?;
    }
    Some(at)
}

/// The elements of one name.
pub(super) fn all<'a>(element: &'a Element, name: &'a str) -> impl Iterator<Item = &'a Element> {
    element
        .children
        .iter()
        .filter(move |child| child.local() == name)
}

/// The text of the first element at a path; `None` where it is absent or empty.
pub(super) fn text<'a>(element: &'a Element, path: &str) -> Option<&'a str> {
    first(element, path)
        .map(|found| found.text.as_str())
        .filter(|text| !text.is_empty())
}

/// The place of an element: its XPath by local names, and what it holds.
pub(super) fn place(element: &Element) -> SourcePlace {
    let shown = match element.text.as_str() {
        "" => &element.name,
        text => text,
    };
    SourcePlace::new(
        element.line,
        Some(element.column),
        local_path(&element.path),
        shown,
    )
}

/// The path without prefixes: a message has one namespace, whatever prefix a file gives it.
pub(super) fn local_path(path: &str) -> Cow<'_, str> {
    if !path.contains(':') {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    for (index, step) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        out.push_str(step.rsplit(':').next().unwrap_or(step));
    }
    Cow::Owned(out)
}
