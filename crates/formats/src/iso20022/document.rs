//! The plain document: header and message as trees of elements, so that nothing is lost on the way in or out.

use serde::{Deserialize, Serialize};

/// A file of ISO 20022: a message, its header, or both in an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IsoDocument {
    /// The elements around header and message, outermost first; none where the file is the message alone.
    pub envelope: Vec<Wrapper>,
    /// The business application header, `AppHdr`.
    pub header: Option<Part>,
    /// The message, what stands inside `Document`.
    pub message: Option<Part>,
}

/// An element around header and message; its other content is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wrapper {
    /// The element's name.
    pub name: String,
    /// Its namespace; empty for none.
    pub namespace: String,
}

/// A header or a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// The version, as in the namespace: `pain.001.001.09`.
    pub definition: String,
    /// Its element: `AppHdr`, `CstmrCdtTrfInitn`.
    pub root: Node,
}

/// An element. Blanks around its text are not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Node {
    /// The name without prefix.
    pub name: String,
    /// The namespace, where it is another than the parent's: in supplementary data and signatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The attributes without prefix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, String)>,
    /// The text directly inside.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The elements inside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

impl Node {
    /// An element with a text.
    pub fn leaf(name: impl Into<String>, text: impl Into<String>) -> Node {
        Node {
            name: name.into(),
            text: text.into(),
            ..Node::default()
        }
    }

    /// An element with elements.
    pub fn parent(name: impl Into<String>, children: Vec<Node>) -> Node {
        Node {
            name: name.into(),
            children,
            ..Node::default()
        }
    }

    /// The first element at a path such as `PmtId/UETR`.
    pub fn first(&self, path: &str) -> Option<&Node> {
        let mut at = self;
        for name in path.split('/') {
            at = at.children.iter().find(|child| child.name == name)?;
        }
        Some(at)
    }

    /// The text of the first element at a path.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.first(path).map(|node| node.text.as_str())
    }

    /// The elements of one name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
}
