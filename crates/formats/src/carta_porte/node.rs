//! One table for each element: its attributes and children. Reading, writing, the original string of the seal and
//! the page of elements all walk the same tables.

use super::Reading;
use super::fields::AttributeRule;
use crate::draft::{Places, Severity};
use crate::xml::{Element, Writer};

/// What an element holds.
#[derive(Debug)]
pub(super) struct Node {
    /// Its name.
    pub(super) element: &'static str,
    /// Its attributes, in the order of the original string.
    pub(super) attributes: &'static [AttributeRule],
    /// Its children, in the order of the XML schema, which is that of the original string.
    pub(super) children: &'static [Child],
}

/// A child in a table.
#[derive(Debug)]
pub(super) struct Child {
    /// The field that holds it.
    pub(super) field: &'static str,
    /// The element around a list of it, where there is one.
    pub(super) wrapper: Option<&'static str>,
    /// Whether there may be many.
    pub(super) many: bool,
    /// The child's own table.
    pub(super) node: &'static Node,
}

impl Child {
    /// The name of the element that stands in the parent.
    pub(super) fn outer(&self) -> &'static str {
        self.wrapper.unwrap_or(self.node.element)
    }
}

/// A structure made from a table.
pub(super) trait Piece: Default {
    /// The table.
    const NODE: &'static Node;

    /// Reads the element, noting places and faults under `pointer`.
    fn read(element: &Element, pointer: &str, source: &mut Source<'_>) -> Self;

    /// The attributes that have a value, in the table's order.
    fn attributes(&self) -> Vec<(&'static str, &str)>;

    /// Writes the children.
    fn write_children(&self, prefix: &str, out: &mut Writer);

    /// Writes the element.
    fn write(&self, prefix: &str, out: &mut Writer) {
        let name = format!("{prefix}:{}", Self::NODE.element);
        if Self::NODE.children.is_empty() {
            out.empty(&name, &self.attributes());
            return;
        }
        out.open(&name, &self.attributes());
        self.write_children(prefix, out);
        out.close();
    }
}

/// What reading carries along: the places and faults found, and what the caller configured.
pub(super) struct Source<'a> {
    /// Places and faults.
    pub(super) places: Places,
    /// The caller's configuration.
    pub(super) reading: &'a Reading,
}

impl Source<'_> {
    /// Tells the children that no table has.
    pub(super) fn strangers(&mut self, parent: &Element, node: &Node, beside: &[&str]) {
        for child in &parent.children {
            let known = node
                .children
                .iter()
                .any(|known| known.outer() == child.local())
                || beside.contains(&child.local());
            if !known || child.namespace != parent.namespace {
                self.places.fault_at(
                    Severity::Note,
                    "element-not-read",
                    "",
                    Some(child.place()),
                    format!("`{}` is not read", child.name),
                    format!("no se lee `{}`", child.name),
                );
            }
        }
    }

    /// The only child of a table; a second one, which nobody would read, is told.
    pub(super) fn one<T: Piece>(
        &mut self,
        parent: &Element,
        pointer: &str,
        field: &str,
        required: bool,
    ) -> Option<T> {
        let name = T::NODE.element;
        let mut found = named(parent, name);
        let at = format!("{pointer}/{field}");
        let first = found.next();
        if let Some(second) = found.next() {
            self.places.fault_at(
                Severity::Error,
                "element-repeated",
                &at,
                Some(second.place()),
                format!("{name} of {} is given more than once", parent.name),
                format!("{name} de {} está repetido", parent.name),
            );
        }
        match first {
            Some(element) => Some(T::read(element, &at, self)),
            None => {
                if required {
                    self.places.fault_at(
                        Severity::Error,
                        "element-missing",
                        &at,
                        Some(parent.place()),
                        format!("{name} of {} is required", parent.name),
                        format!("falta {name} de {}", parent.name),
                    );
                }
                None
            }
        }
    }

    /// All children of a table, in their wrapper if they have one.
    pub(super) fn many<T: Piece>(
        &mut self,
        parent: &Element,
        pointer: &str,
        field: &str,
        wrapper: Option<&str>,
    ) -> Vec<T> {
        let lists: Vec<&Element> = match wrapper {
            Some(wrapper) => named(parent, wrapper).collect(),
            None => vec![parent],
        };
        let mut found = Vec::new();
        for list in lists {
            if wrapper.is_some() {
                for child in &list.children {
                    if child.local() != T::NODE.element || child.namespace != parent.namespace {
                        self.places.fault_at(
                            Severity::Note,
                            "element-not-read",
                            "",
                            Some(child.place()),
                            format!("`{}` is not read", child.name),
                            format!("no se lee `{}`", child.name),
                        );
                    }
                }
            }
            for element in list.children.iter().filter(|child| {
                child.local() == T::NODE.element && child.namespace == parent.namespace
            }) {
                let at = format!("{pointer}/{field}/{}", found.len());
                found.push(T::read(element, &at, self));
            }
        }
        found
    }
}

/// The children of that name in the parent's namespace.
pub(super) fn named<'a>(
    parent: &'a Element,
    name: &'a str,
) -> impl Iterator<Item = &'a Element> + use<'a> {
    parent
        .children
        .iter()
        .filter(move |child| child.local() == name && child.namespace == parent.namespace)
}

/// Declares the structure of one element from its table of attributes and its children.
///
/// After the name, in brackets, the names of children that are read elsewhere; last, fields that no table has.
macro_rules! node {
    ($(#[$meta:meta])* $name:ident $element:literal $([$($beside:literal),*])? {
        $($field:ident : $attribute:literal $presence:ident $form:expr,)*
    } $({
        $($(#[$child_meta:meta])* $child:ident : $kind:ident $($wrapper:literal)? $child_type:ident,)*
    })? $(+ { $($(#[$extra_meta:meta])* $extra:ident : $extra_type:ty,)* })?) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[doc = concat!("Attribute `", $attribute, "`.")] pub $field: node!(@type $presence),)*
            $($($(#[$child_meta])* pub $child: node!(@child $kind $child_type),)*)?
            $($($(#[$extra_meta])* pub $extra: $extra_type,)*)?
        }

        impl $name {
            /// The element's name.
            pub const ELEMENT: &'static str = $element;

            /// The element's attributes.
            pub const ATTRIBUTES: &'static [$crate::carta_porte::fields::AttributeRule] = {
                #[allow(unused_imports, reason = "an element may have no attribute")]
                use $crate::carta_porte::catalogues::Catalogue::*;
                #[allow(unused_imports, reason = "an element may have no attribute")]
                use $crate::carta_porte::fields::Form::*;
                &[$($crate::carta_porte::fields::AttributeRule {
                    attribute: $attribute,
                    field: stringify!($field),
                    required: node!(@required $presence),
                    form: $form,
                },)*]
            };
        }

        impl $crate::carta_porte::node::Piece for $name {
            const NODE: &'static $crate::carta_porte::node::Node = &$crate::carta_porte::node::Node {
                element: $element,
                attributes: Self::ATTRIBUTES,
                children: &[$($($crate::carta_porte::node::Child {
                    field: stringify!($child),
                    wrapper: node!(@wrapper $($wrapper)?),
                    many: node!(@many $kind),
                    node: <$child_type as $crate::carta_porte::node::Piece>::NODE,
                },)*)?],
            };

            #[allow(unused_mut, clippy::needless_update, reason = "an element may have no attribute or no child")]
            fn read(
                element: &$crate::xml::Element,
                pointer: &str,
                source: &mut $crate::carta_porte::node::Source<'_>,
            ) -> Self {
                let noted = $crate::carta_porte::fields::open(element, pointer, Self::ATTRIBUTES, source);
                source.strangers(element, Self::NODE, &[$($($beside),*)?]);
                let mut rules = Self::ATTRIBUTES.iter();
                let mut this = Self::default();
                $(if let Some(rule) = rules.next() {
                    $crate::carta_porte::fields::Slot::fill(
                        &mut this.$field,
                        $crate::carta_porte::fields::take(element, (pointer, noted), rule, source),
                    );
                })*
                let _ = (rules, noted);
                $($(this.$child = node!(@read $kind $child ($($wrapper)?) element pointer source);)*)?
                this
            }

            #[allow(unused_mut, reason = "an element may have no attribute")]
            fn attributes(&self) -> Vec<(&'static str, &str)> {
                let mut found = Vec::new();
                $(if let Some(text) = $crate::carta_porte::fields::Slot::text(&self.$field) {
                    found.push(($attribute, text));
                })*
                found
            }

            #[allow(unused_variables, reason = "an element may have no child")]
            fn write_children(&self, prefix: &str, out: &mut $crate::xml::Writer) {
                $($(node!(@write $kind ($($wrapper)?) self.$child; prefix out);)*)?
            }
        }
    };
    (@type required) => { String };
    (@type optional) => { Option<String> };
    (@required required) => { true };
    (@required optional) => { false };
    (@child optional $type:ident) => { Option<$type> };
    (@child required $type:ident) => { $type };
    (@child many $type:ident) => { Vec<$type> };
    (@child list $type:ident) => { Vec<$type> };
    (@many optional) => { false };
    (@many required) => { false };
    (@many many) => { true };
    (@many list) => { true };
    (@wrapper) => { None };
    (@wrapper $wrapper:literal) => { Some($wrapper) };
    (@read optional $child:ident () $element:ident $pointer:ident $source:ident) => {
        $source.one($element, $pointer, stringify!($child), false)
    };
    (@read required $child:ident () $element:ident $pointer:ident $source:ident) => {
        $source.one($element, $pointer, stringify!($child), true).unwrap_or_default()
    };
    (@read many $child:ident () $element:ident $pointer:ident $source:ident) => {
        $source.many($element, $pointer, stringify!($child), None)
    };
    (@read list $child:ident ($wrapper:literal) $element:ident $pointer:ident $source:ident) => {
        $source.many($element, $pointer, stringify!($child), Some($wrapper))
    };
    (@write required () $value:expr; $prefix:ident $out:ident) => {
        $crate::carta_porte::node::Piece::write(&$value, $prefix, $out)
    };
    (@write list ($wrapper:literal) $value:expr; $prefix:ident $out:ident) => {
        if !$value.is_empty() {
            $out.open(&format!("{}:{}", $prefix, $wrapper), &[]);
            for item in &$value {
                $crate::carta_porte::node::Piece::write(item, $prefix, $out);
            }
            $out.close();
        }
    };
    (@write optional () $value:expr; $prefix:ident $out:ident) => {
        if let Some(item) = &$value {
            $crate::carta_porte::node::Piece::write(item, $prefix, $out);
        }
    };
    (@write many () $value:expr; $prefix:ident $out:ident) => {
        for item in &$value {
            $crate::carta_porte::node::Piece::write(item, $prefix, $out);
        }
    };
}
pub(super) use node;
