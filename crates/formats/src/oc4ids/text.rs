//! JSON as text without loss: numbers as they were written, which a number of a machine would round.

use serde_json::Value as Json;

use crate::json::{Node, Value};

/// A value that comes from no file.
fn node(value: Value) -> Node {
    Node {
        value,
        line: 0,
        column: 0,
    }
}

/// A text.
pub(super) fn text(text: &str) -> Node {
    node(Value::Text(text.to_owned()))
}

/// A number, as it is written.
pub(super) fn number(text: &str) -> Node {
    node(Value::Number(text.to_owned()))
}

/// A list.
pub(super) fn list(items: Vec<Node>) -> Node {
    node(Value::List(items))
}

/// An object.
pub(super) fn object<const N: usize>(members: [(&str, Node); N]) -> Node {
    let members = members.map(|(name, node)| (name.to_owned(), node));
    node(Value::Object(members.into()))
}

/// An object of named members.
pub(super) fn members(members: Vec<(String, Node)>) -> Node {
    node(Value::Object(members))
}

/// What serde made of a structure.
pub(super) fn of_json(value: &Json) -> Node {
    node(match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(value) => Value::Number(value.to_string()),
        Json::String(value) => Value::Text(value.clone()),
        Json::Array(items) => Value::List(items.iter().map(of_json).collect()),
        Json::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), of_json(value)))
                .collect(),
        ),
    })
}

/// The one text of a value: members in the order of their names, no blanks, numbers as they were written.
pub(super) fn canonical(node: &Node) -> String {
    let mut out = String::new();
    write(&mut out, node, None, true);
    out
}

/// The text as people read it, members in their order.
pub(super) fn pretty(node: &Node) -> String {
    let mut out = String::new();
    write(&mut out, node, Some(0), false);
    out.push('\n');
    out
}

/// Depth is bounded where a value comes from: a reader has read it, or a structure of ours.
fn write(out: &mut String, node: &Node, depth: Option<usize>, sorted: bool) {
    let below = depth.map(|depth| depth + 1);
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) => quoted(out, text),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                part(out, index, below);
                write(out, item, below, sorted);
            }
            end(out, items.is_empty(), depth);
            out.push(']');
        }
        Value::Object(members) => {
            let mut shown: Vec<&(String, Node)> = members.iter().collect();
            if sorted {
                shown.sort_by(|(one, _), (other, _)| one.cmp(other));
            }
            out.push('{');
            for (index, (name, value)) in shown.into_iter().enumerate() {
                part(out, index, below);
                quoted(out, name);
                out.push(':');
                if depth.is_some() {
                    out.push(' ');
                }
                write(out, value, below, sorted);
            }
            end(out, members.is_empty(), depth);
            out.push('}');
        }
    }
}

fn part(out: &mut String, index: usize, depth: Option<usize>) {
    if index > 0 {
        out.push(',');
    }
    if let Some(depth) = depth {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

fn end(out: &mut String, empty: bool, depth: Option<usize>) {
    if let (false, Some(depth)) = (empty, depth) {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push_str(&Json::from(text).to_string());
}
