//! What can be wrong with a JSON-LD document: the Recommendation's codes, and those of strict mode.

use thiserror::Error;

/// Why a document is refused, where, and in words.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct JsonLdError {
    code: ErrorCode,
    pointer: String,
    message: String,
}

impl JsonLdError {
    pub(crate) fn new(code: ErrorCode, pointer: String, message: String) -> Self {
        Self {
            code,
            pointer,
            message,
        }
    }

    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// The same as a closed set.
    pub fn kind(&self) -> ErrorCode {
        self.code
    }

    /// Where in the document, as a JSON pointer (RFC 6901). For a fault inside a known context, where the document names it.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(crate) fn recode(self, code: ErrorCode) -> Self {
        Self { code, ..self }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $spec:literal $doc:literal;)*) => {
        /// What is wrong. The first are strict mode's, the rest are of JSON-LD 1.1 API §9.6 in our spelling.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = $doc] $variant,)*
        }

        impl ErrorCode {
            /// A stable code for programs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The Recommendation's own name, empty where it has none.
            pub fn spec_name(self) -> &'static str {
                match self { $(Self::$variant => $spec,)* }
            }
        }
    };
}

codes! {
    TermUndefined "term-undefined" "" "A member that no context defines.";
    TypeUndefined "type-undefined" "" "A type that no context defines, and that is no absolute IRI.";
    IriRelative "iri-relative" "" "A relative IRI where nothing says relative to what.";
    IriInvalid "iri-invalid" "" "An IRI with characters that no IRI holds.";
    ValueDropped "value-dropped" "" "A value that RDF would not carry, or a scalar where a node is due.";
    KeywordLike "keyword-like" "" "A key or name that looks like a keyword and is none, or a keyword that means nothing there.";
    NullValue "null-value" "" "A null, which RDF would not carry.";
    NameOther "name-other" "" "A property that verifiers read by its name, under another name or where they do not look.";
    NodeSplit "node-split" "" "Two objects about one node, of which one says what verifiers read in one place.";
    NumberInexact "number-inexact" "" "A number whose RDF form would be another number.";
    TooDeep "json-too-deep" "" "Nested deeper than allowed.";
    TooManyContexts "too-many-contexts" "" "More contexts to process than allowed.";
    TooManyQuads "too-many-quads" "" "More statements than allowed.";
    ContextUnknown "context-unknown" "loading remote context failed" "A context that is not in the set.";
    ProtectedTerm "protected-term" "protected term redefinition" "A protected term given another meaning.";
    CollidingKeywords "colliding-keywords" "colliding keywords" "Two members of one object are the same keyword.";
    ContextOverflow "context-overflow" "context overflow" "Contexts name one another in too long a chain.";
    CyclicIriMapping "cyclic-iri-mapping" "cyclic IRI mapping" "Terms are defined by one another in a circle.";
    InvalidIdValue "invalid-id-value" "invalid @id value" "`@id` is not a string.";
    InvalidImportValue "invalid-import-value" "invalid @import value" "`@import` is not a string.";
    InvalidIncludedValue "invalid-included-value" "invalid @included value" "`@included` holds something that is no node.";
    InvalidIndexValue "invalid-index-value" "invalid @index value" "`@index` is not a string.";
    InvalidNestValue "invalid-nest-value" "invalid @nest value" "`@nest` is used wrongly.";
    InvalidPrefixValue "invalid-prefix-value" "invalid @prefix value" "`@prefix` is not true or false.";
    InvalidPropagateValue "invalid-propagate-value" "invalid @propagate value" "`@propagate` is not true or false.";
    InvalidProtectedValue "invalid-protected-value" "invalid @protected value" "`@protected` is not true or false.";
    InvalidReverseValue "invalid-reverse-value" "invalid @reverse value" "`@reverse` is not an object.";
    InvalidVersionValue "invalid-version-value" "invalid @version value" "`@version` is not 1.1.";
    InvalidBaseDirection "invalid-base-direction" "invalid base direction" "`@direction` is not `ltr`, `rtl` or null.";
    InvalidBaseIri "invalid-base-iri" "invalid base IRI" "`@base` is no IRI.";
    InvalidContainerMapping "invalid-container-mapping" "invalid container mapping" "`@container` is none of the allowed.";
    InvalidContextEntry "invalid-context-entry" "invalid context entry" "A context holds an entry that it cannot.";
    InvalidContextNullification "invalid-context-nullification" "invalid context nullification" "A null context would remove protected terms.";
    InvalidDefaultLanguage "invalid-default-language" "invalid default language" "A context's `@language` is not a string.";
    InvalidIriMapping "invalid-iri-mapping" "invalid IRI mapping" "A term does not map to an IRI.";
    InvalidKeywordAlias "invalid-keyword-alias" "invalid keyword alias" "`@context` cannot have another name.";
    InvalidLanguageMapValue "invalid-language-map-value" "invalid language map value" "A language map holds something that is no string.";
    InvalidLanguageMapping "invalid-language-mapping" "invalid language mapping" "A term's `@language` is not a string.";
    InvalidLanguageTaggedString "invalid-language-tagged-string" "invalid language-tagged string" "`@language` is not a string.";
    InvalidLanguageTaggedValue "invalid-language-tagged-value" "invalid language-tagged value" "Only a string has a language.";
    InvalidLocalContext "invalid-local-context" "invalid local context" "A context is neither an object, a string nor null.";
    InvalidRemoteContext "invalid-remote-context" "invalid remote context" "A known context's document is none.";
    InvalidReverseProperty "invalid-reverse-property" "invalid reverse property" "A reverse property is defined wrongly.";
    InvalidReversePropertyMap "invalid-reverse-property-map" "invalid reverse property map" "`@reverse` holds a keyword.";
    InvalidReversePropertyValue "invalid-reverse-property-value" "invalid reverse property value" "A reverse property's value is no node.";
    InvalidScopedContext "invalid-scoped-context" "invalid scoped context" "A term's own context is wrong.";
    InvalidSetOrListObject "invalid-set-or-list-object" "invalid set or list object" "A set or list has other members.";
    InvalidTermDefinition "invalid-term-definition" "invalid term definition" "A term is defined wrongly.";
    InvalidTypeMapping "invalid-type-mapping" "invalid type mapping" "A term's `@type` is no IRI.";
    InvalidTypeValue "invalid-type-value" "invalid type value" "`@type` is not a string or strings.";
    InvalidTypedValue "invalid-typed-value" "invalid typed value" "A value's `@type` is no IRI.";
    InvalidValueObject "invalid-value-object" "invalid value object" "A value object has members that it cannot.";
    InvalidValueObjectValue "invalid-value-object-value" "invalid value object value" "`@value` is not a scalar.";
    InvalidVocabMapping "invalid-vocab-mapping" "invalid vocab mapping" "`@vocab` is no IRI.";
    KeywordRedefinition "keyword-redefinition" "keyword redefinition" "A keyword cannot be defined anew.";
    RecursiveContextInclusion "recursive-context-inclusion" "recursive context inclusion" "A context names itself.";
}
