//! Expanded form (JSON-LD 1.1 §9), as far as RDF needs it.

use std::sync::Arc;

use serde_json::Value;

use super::name::Direction;

/// One expanded value.
#[derive(Clone, Debug)]
pub(super) enum Item<'d> {
    Value(ValueObject<'d>),
    List(ListObject<'d>),
    Node(Box<NodeObject<'d>>),
}

/// A scalar, or a JSON literal, with its type or language.
#[derive(Clone, Debug)]
pub(super) struct ValueObject<'d> {
    pub(super) value: Scalar<'d>,
    pub(super) kind: Kind,
    pub(super) language: Option<Arc<str>>,
    pub(super) direction: Option<Direction>,
}

/// What a value object holds: a value of the document, or a key of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar<'d> {
    Json(&'d Value),
    Key(&'d str),
}

/// A value object's `@type`.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Plain,
    Json,
    Datatype(Arc<str>),
}

/// An ordered list.
#[derive(Clone, Debug, Default)]
pub(super) struct ListObject<'d> {
    pub(super) items: Vec<Item<'d>>,
    /// Where it stands, in a run that notes places.
    pub(super) place: Option<Arc<str>>,
}

/// Properties and their values; a property may stand there more than once.
pub(super) type Properties<'d> = Vec<(Arc<str>, Vec<Item<'d>>)>;

/// A node.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeObject<'d> {
    pub(super) id: Option<Arc<str>>,
    /// `@id` stands there, though it may say nothing.
    pub(super) has_id: bool,
    pub(super) has_index: bool,
    pub(super) types: Vec<Arc<str>>,
    pub(super) properties: Properties<'d>,
    pub(super) reverse: Properties<'d>,
    pub(super) graph: Option<Vec<Item<'d>>>,
    pub(super) included: Vec<Item<'d>>,
    /// Where it stands, in a run that notes places.
    pub(super) place: Option<Arc<str>>,
}

impl NodeObject<'_> {
    /// Says nothing but, at most, its own name.
    pub(super) fn is_bare(&self) -> bool {
        self.types.is_empty()
            && self.properties.is_empty()
            && self.reverse.is_empty()
            && self.graph.is_none()
            && self.included.is_empty()
    }

    /// Becomes no statement of its own.
    pub(super) fn vanishes(&self) -> bool {
        let speaks = !self.types.is_empty()
            || self
                .properties
                .iter()
                .chain(&self.reverse)
                .any(|(_, items)| !items.is_empty())
            || self.graph.as_ref().is_some_and(|graph| !graph.is_empty());
        !speaks && (self.has_id || self.included.is_empty())
    }

    /// A graph object (JSON-LD 1.1 §9.4): a graph, and at most a name and an index.
    pub(super) fn is_graph(&self) -> bool {
        self.graph.is_some()
            && self.types.is_empty()
            && self.properties.is_empty()
            && self.reverse.is_empty()
            && self.included.is_empty()
    }
}

/// What expansion gives for one element: the difference between nothing, one and an array matters to lists.
#[derive(Debug)]
pub(super) enum Expanded<'d> {
    Nothing,
    One(Item<'d>),
    Many(Vec<Item<'d>>),
}

impl<'d> Expanded<'d> {
    pub(super) fn into_items(self) -> Vec<Item<'d>> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(item) => vec![item],
            Self::Many(items) => items,
        }
    }
}
