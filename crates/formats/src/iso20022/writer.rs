//! From the plain document to XML.

use super::document::{IsoDocument, Node, Part};
use super::source::NAMESPACE;
use crate::xml::Writer;

/// Writes the document as UTF-8.
///
/// Header and message need one element around them; where the document names none, it is `Envelope`. Characters that
/// XML can't hold are left out. Nothing is checked: what a message must have is told when it is read.
pub fn write(document: &IsoDocument) -> String {
    let mut out = Writer::new();
    let mut namespace = "";
    for wrapper in &document.envelope {
        match wrapper.namespace == namespace {
            true => out.open(&wrapper.name, &[]),
            false => out.open(&wrapper.name, &[("xmlns", &wrapper.namespace)]),
        }
        namespace = &wrapper.namespace;
    }
    let both = document.header.is_some() && document.message.is_some();
    if both && document.envelope.is_empty() {
        out.open("Envelope", &[]);
    }
    if let Some(header) = &document.header {
        part(&mut out, header, None);
    }
    if let Some(message) = &document.message {
        part(&mut out, message, Some("Document"));
    }
    out.finish()
}

fn part(out: &mut Writer, part: &Part, around: Option<&str>) {
    let namespace = format!("{NAMESPACE}{}", part.definition);
    match around {
        Some(name) => {
            out.open(name, &[("xmlns", &namespace)]);
            node(out, &part.root, None);
            out.close();
        }
        None => node(out, &part.root, Some(&namespace)),
    }
}

fn node(out: &mut Writer, element: &Node, namespace: Option<&str>) {
    let namespace = element.namespace.as_deref().or(namespace);
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    if let Some(namespace) = namespace {
        attributes.push(("xmlns", namespace));
    }
    for (key, value) in &element.attributes {
        attributes.push((key, value));
    }
    if element.children.is_empty() {
        out.leaf(&element.name, &attributes, &element.text);
        return;
    }
    out.open(&element.name, &attributes);
    if !element.text.is_empty() {
        out.text(&element.text);
    }
    for child in &element.children {
        node(out, child, None);
    }
    out.close();
}
