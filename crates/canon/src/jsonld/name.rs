//! Keywords, and what a name in a document can stand for (JSON-LD 1.1 §1.7).

use std::sync::Arc;

macro_rules! keywords {
    ($($variant:ident $text:literal,)*) => {
        /// A keyword of JSON-LD 1.1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Keyword {
            $($variant,)*
        }

        impl Keyword {
            pub(super) fn parse(text: &str) -> Option<Self> {
                if !text.starts_with('@') {
                    return None;
                }
                match text {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

keywords! {
    Base "@base",
    Container "@container",
    Context "@context",
    Direction "@direction",
    Graph "@graph",
    Id "@id",
    Import "@import",
    Included "@included",
    Index "@index",
    Json "@json",
    Language "@language",
    List "@list",
    Nest "@nest",
    None "@none",
    Prefix "@prefix",
    Propagate "@propagate",
    Protected "@protected",
    Reverse "@reverse",
    Set "@set",
    Type "@type",
    Value "@value",
    Version "@version",
    Vocab "@vocab",
}

/// What a name expands to: a keyword, or an IRI, blank node or relative reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Keyword(Keyword),
    Iri(Arc<str>),
}

impl Name {
    pub(super) fn is(&self, keyword: Keyword) -> bool {
        matches!(self, Self::Keyword(own) if *own == keyword)
    }
}

/// `@` and letters only: reserved for keywords to come, so ignored where it is none.
pub(super) fn looks_like_keyword(text: &str) -> bool {
    text.strip_prefix('@')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// An IRI by its form: `scheme:`, something after it or not. Whether each character may stand in RDF is asked later.
pub(super) fn is_iri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

pub(super) fn is_blank(text: &str) -> bool {
    text.starts_with("_:")
}

/// A colon anywhere after the first character.
pub(super) fn has_inner_colon(text: &str) -> bool {
    text.char_indices().skip(1).any(|(_, c)| c == ':')
}

/// A base direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Ltr,
    Rtl,
}

impl Direction {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "ltr" => Some(Self::Ltr),
            "rtl" => Some(Self::Rtl),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// How a term's values are held: a set of the container keywords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Container(u8);

impl Container {
    pub(super) const GRAPH: Self = Self(1);
    pub(super) const ID: Self = Self(2);
    pub(super) const INDEX: Self = Self(4);
    pub(super) const LANGUAGE: Self = Self(8);
    pub(super) const LIST: Self = Self(16);
    pub(super) const SET: Self = Self(32);
    pub(super) const TYPE: Self = Self(64);

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "@graph" => Some(Self::GRAPH),
            "@id" => Some(Self::ID),
            "@index" => Some(Self::INDEX),
            "@language" => Some(Self::LANGUAGE),
            "@list" => Some(Self::LIST),
            "@set" => Some(Self::SET),
            "@type" => Some(Self::TYPE),
            _ => None,
        }
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The combinations that §4.2.2 step 19.1 allows.
    pub(super) fn is_allowed(self) -> bool {
        let rest = self.without(Self::SET);
        let single = rest.0.count_ones() <= 1 && (rest != Self::LIST || self == Self::LIST);
        let graph_map = rest == Self::GRAPH.and(Self::ID) || rest == Self::GRAPH.and(Self::INDEX);
        single || graph_map
    }
}
