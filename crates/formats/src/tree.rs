//! A document that comes as JSON or as XML with the same names, looked at through one window, and written as either.

use crate::draft::SourcePlace;
use crate::json::{self, Node, Value};
use crate::xml::Element;
use serde_json::{Map, Value as Json};

/// A node in one of the two syntaxes.
pub(crate) enum Source<'a> {
    /// A JSON value and its pointer.
    Json(&'a Node, String),
    /// An XML element; names are compared without their prefix.
    Xml(&'a Element),
}

impl<'a> Source<'a> {
    /// The node's place; of a leaf with its text.
    pub(crate) fn place(&self) -> SourcePlace {
        match self {
            Source::Json(node, path) => node.place(path),
            Source::Xml(element) => {
                let shown = match element.children.is_empty() {
                    true => element.text.as_str(),
                    false => element.name.as_str(),
                };
                SourcePlace::new(
                    element.line,
                    Some(element.column),
                    local(&element.path),
                    shown,
                )
            }
        }
    }

    /// The names of what is below.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        match self {
            Source::Json(node, _) => node
                .members()
                .iter()
                .map(|(name, _)| name.as_str())
                .collect(),
            Source::Xml(element) => element.children.iter().map(Element::local).collect(),
        }
    }

    /// What is below under that name, the first in XML.
    pub(crate) fn child(&self, name: &str) -> Option<Source<'a>> {
        match self {
            Source::Json(node, path) => {
                let child = node.get(name)?;
                Some(Source::Json(child, format!("{path}/{}", json::token(name))))
            }
            Source::Xml(element) => {
                let child = element
                    .children
                    .iter()
                    .find(|child| child.local() == name)?;
                Some(Source::Xml(child))
            }
        }
    }

    /// The text of a leaf; `false` beside a JSON number, whose writing is given.
    pub(crate) fn text(&self) -> Option<(String, bool)> {
        match self {
            Source::Json(node, _) => match &node.value {
                Value::Text(text) => Some((text.clone(), true)),
                Value::Number(text) => Some((text.clone(), false)),
                Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
            },
            Source::Xml(element) => element
                .children
                .is_empty()
                .then(|| (element.text.clone(), true)),
        }
    }

    /// The items of a list: in JSON the values of the list `name`, in XML each `item` in each `name`, or each `name`
    /// itself where it holds no `item`.
    pub(crate) fn list(&self, name: &str, item: &str) -> Vec<Source<'a>> {
        match self {
            Source::Json(node, path) => {
                let path = format!("{path}/{}", json::token(name));
                let Some(list) = node.get(name) else {
                    return Vec::new();
                };
                match &list.value {
                    Value::List(items) => items
                        .iter()
                        .enumerate()
                        .map(|(index, node)| Source::Json(node, format!("{path}/{index}")))
                        .collect(),
                    Value::Null => Vec::new(),
                    _ => vec![Source::Json(list, path)],
                }
            }
            Source::Xml(element) => {
                let mut found = Vec::new();
                for holder in element
                    .children
                    .iter()
                    .filter(|child| child.local() == name)
                {
                    let before = found.len();
                    let inside = holder.children.iter().filter(|child| child.local() == item);
                    found.extend(inside.map(Source::Xml));
                    if found.len() == before
                        && !(holder.children.is_empty() && holder.text.is_empty())
                    {
                        found.push(Source::Xml(holder));
                    }
                }
                found
            }
        }
    }
}

/// The path by local names, as these documents are read.
fn local(path: &str) -> String {
    let steps: Vec<&str> = path
        .split('/')
        .map(|step| step.split_once(':').map_or(step, |(_, name)| name))
        .collect();
    steps.join("/")
}

/// A node to be written.
pub(crate) enum Out {
    /// A leaf.
    Text(String),
    /// Named nodes in order.
    Block(Vec<(&'static str, Out)>),
    /// A list; in XML each item has that name.
    List(&'static str, Vec<Out>),
}

/// As JSON.
pub(crate) fn to_json(out: &Out) -> String {
    // A tree of texts alone can't fail to be written.
    serde_json::to_string_pretty(&json_of(out)).unwrap_or_default() + "\n"
}

fn json_of(out: &Out) -> Json {
    match out {
        Out::Text(text) => Json::from(text.as_str()),
        Out::Block(members) => {
            let members = members
                .iter()
                .map(|(name, out)| ((*name).to_owned(), json_of(out)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        Out::List(_, items) => items.iter().map(json_of).collect(),
    }
}

/// As XML under a root of that name.
pub(crate) fn to_xml(root: &str, out: &Out) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(&mut text, 0, root, out);
    text
}

fn element(text: &mut String, depth: usize, name: &str, out: &Out) {
    let indent = "  ".repeat(depth);
    match out {
        Out::Text(value) => {
            text.push_str(&format!("{indent}<{name}>"));
            escape(text, value);
        }
        Out::Block(members) => {
            text.push_str(&format!("{indent}<{name}>\n"));
            members
                .iter()
                .for_each(|(name, out)| element(text, depth + 1, name, out));
            text.push_str(&indent);
        }
        Out::List(item, items) => {
            text.push_str(&format!("{indent}<{name}>\n"));
            items
                .iter()
                .for_each(|out| element(text, depth + 1, item, out));
            text.push_str(&indent);
        }
    }
    text.push_str(&format!("</{name}>\n"));
}

fn escape(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\r' => text.push_str("&#13;"),
            // XML has no room for other control characters.
            control if control < ' ' && !matches!(control, '\t' | '\n') => text.push(' '),
            letter => text.push(letter),
        }
    }
}
