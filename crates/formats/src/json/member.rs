//! A value with its pointer: what a reader of one kind of document goes through, keeping the places of what it takes.

use super::{Node, Value, token};
use crate::draft::{Builder, SourcePlace};

/// A value with the JSON pointer that leads to it.
pub(crate) struct Member<'a> {
    pub(crate) node: &'a Node,
    pub(crate) path: String,
}

impl<'a> Member<'a> {
    pub(crate) fn root(node: &'a Node) -> Member<'a> {
        Member {
            node,
            path: String::new(),
        }
    }

    pub(crate) fn child(&self, name: &str) -> Option<Member<'a>> {
        let node = self
            .node
            .get(name)
            .filter(|node| node.value != Value::Null)?;
        Some(Member {
            node,
            path: format!("{}/{}", self.path, token(name)),
        })
    }

    /// The member at a path of names.
    pub(crate) fn down(&self, names: &[&str]) -> Option<Member<'a>> {
        let (first, rest) = names.split_first()?;
        let child = self.child(first)?;
        match rest.is_empty() {
            true => Some(child),
            false => child.down(rest),
        }
    }

    /// The items of a list; a single object is a list of one.
    pub(crate) fn items(&self) -> Vec<Member<'a>> {
        match &self.node.value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, node)| Member {
                    node,
                    path: format!("{}/{index}", self.path),
                })
                .collect(),
            Value::Object(_) => vec![Member {
                node: self.node,
                path: self.path.clone(),
            }],
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self.node.value, Value::Object(_))
    }

    /// The text, or a number as written, without blanks around it; `None` where it is empty.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.node
            .scalar()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    pub(crate) fn place(&self) -> SourcePlace {
        self.node.place(&self.path)
    }

    /// Keeps the place in the draft under the pointer, which is given.
    pub(crate) fn keep(&self, out: &mut Builder) -> String {
        out.place(self.path.clone(), self.place());
        self.path.clone()
    }
}
