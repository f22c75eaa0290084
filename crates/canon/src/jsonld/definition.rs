//! Creation of term definitions (JSON-LD 1.1 API §4.2).

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::active::{Active, Coercion, Relative, ScopedContext, TermDefinition, is_iri_or_blank};
use super::context::How;
use super::name::{
    Container, Keyword, Name, has_inner_colon, is_blank, is_iri, looks_like_keyword,
};
use super::{ErrorCode, JsonLdError, Run};

/// Terms that lean on one another in a chain longer than this are an attack on the stack.
const TERM_CHAIN_MAX: usize = 32;

/// The active context with these terms of a context object defined.
pub(super) fn define_all<'m>(
    run: &mut Run<'_, '_>,
    active: Active,
    local: &'m Map<String, Value>,
    terms: impl Iterator<Item = &'m String>,
    protected: bool,
    how: How<'_>,
) -> Result<Active, JsonLdError> {
    let mut builder = Builder {
        run,
        active,
        local,
        defined: HashMap::new(),
        chain: 0,
        protected,
        how,
    };
    for term in terms {
        builder.define(term)?;
    }
    Ok(builder.active)
}

/// Members that a term definition may have (§4.2.2 step 26).
const DEFINITION_KEYWORDS: &[&str] = &[
    "@id",
    "@reverse",
    "@container",
    "@context",
    "@direction",
    "@index",
    "@language",
    "@nest",
    "@prefix",
    "@protected",
    "@type",
];

/// One context object on its way into an active context.
struct Builder<'b, 'm, 'p, 'd> {
    run: &'b mut Run<'p, 'd>,
    active: Active,
    local: &'m Map<String, Value>,
    /// False while a term is being defined, then true.
    defined: HashMap<&'m str, bool>,
    chain: usize,
    protected: bool,
    how: How<'b>,
}

impl<'m> Builder<'_, 'm, '_, '_> {
    fn error(&self, code: ErrorCode, term: &str, message: &str) -> JsonLdError {
        self.run.error(code, format!("term `{term}`: {message}"))
    }

    /// §5.2.2 while terms are still being defined.
    fn expand(&mut self, value: &str, how: Relative) -> Result<Option<Name>, JsonLdError> {
        if Keyword::parse(value).is_none() && !looks_like_keyword(value) {
            self.define_if_local(value)?;
            let settled =
                self.active.terms.get(value).is_some_and(|term| {
                    how.to_vocab || matches!(term.name, Some(Name::Keyword(_)))
                });
            if !settled && has_inner_colon(value) {
                let (prefix, suffix) = value.split_once(':').unwrap_or((value, ""));
                if prefix != "_" && !suffix.starts_with("//") {
                    self.define_if_local(prefix)?;
                }
            }
        }
        Ok(self.active.expand(value, how))
    }

    fn define_if_local(&mut self, name: &str) -> Result<(), JsonLdError> {
        match self.local.get_key_value(name) {
            Some((key, _)) if self.defined.get(key.as_str()) != Some(&true) => self.define(key),
            _ => Ok(()),
        }
    }

    fn define(&mut self, term: &'m str) -> Result<(), JsonLdError> {
        match self.defined.get(term) {
            Some(true) => return Ok(()),
            Some(false) => {
                return Err(self.error(ErrorCode::CyclicIriMapping, term, "is defined by itself"));
            }
            None => {}
        }
        self.chain += 1;
        if self.chain > TERM_CHAIN_MAX {
            return Err(self.error(
                ErrorCode::ContextOverflow,
                term,
                "leans on too long a chain of other terms",
            ));
        }
        self.create(term)?;
        self.chain -= 1;
        Ok(())
    }

    /// §4.2.2.
    fn create(&mut self, term: &'m str) -> Result<(), JsonLdError> {
        if term.is_empty() {
            return Err(self.error(
                ErrorCode::InvalidTermDefinition,
                term,
                "a term cannot be empty",
            ));
        }
        self.defined.insert(term, false);
        let value = self.local.get(term).unwrap_or(&Value::Null);
        if term == "@type" {
            let ok = value.as_object().is_some_and(|map| {
                !map.is_empty()
                    && map.iter().all(|(key, value)| match key.as_str() {
                        "@container" => {
                            value == "@set"
                                || value
                                    .as_array()
                                    .is_some_and(|a| a.iter().all(|v| v == "@set"))
                        }
                        "@protected" => true,
                        _ => false,
                    })
            });
            if !ok {
                return Err(self.error(
                    ErrorCode::KeywordRedefinition,
                    term,
                    "a keyword cannot be defined anew",
                ));
            }
        } else if Keyword::parse(term).is_some() {
            return Err(self.error(
                ErrorCode::KeywordRedefinition,
                term,
                "a keyword cannot be defined anew",
            ));
        } else if looks_like_keyword(term) {
            self.defined.insert(term, true);
            return Ok(());
        }
        let previous = self.active.terms.remove(term);
        let Some(mut definition) = self.definition(term, value)? else {
            if let Some(previous) = previous.filter(|p| p.protected && !self.how.override_protected)
            {
                self.active.terms.insert(term.into(), previous);
                return Err(self.error(
                    ErrorCode::ProtectedTerm,
                    term,
                    "is protected and cannot be removed",
                ));
            }
            self.defined.insert(term, true);
            return Ok(());
        };
        if let Some(previous) = previous.filter(|p| p.protected && !self.how.override_protected) {
            definition.protected = true;
            if definition != *previous {
                return Err(self.error(
                    ErrorCode::ProtectedTerm,
                    term,
                    "is protected and cannot get another meaning",
                ));
            }
            self.active.terms.insert(term.into(), previous);
        } else {
            self.active.terms.insert(term.into(), Arc::new(definition));
        }
        self.defined.insert(term, true);
        Ok(())
    }

    /// §4.2.2 steps 7 to 26; `None` where the definition is to be ignored.
    fn definition(
        &mut self,
        term: &'m str,
        value: &'m Value,
    ) -> Result<Option<TermDefinition>, JsonLdError> {
        let mut definition = TermDefinition {
            name: None,
            prefix: false,
            protected: self.protected,
            reverse: false,
            coercion: None,
            container: Container::default(),
            index: None,
            context: None,
            language: None,
            direction: None,
            nest: None,
        };
        let empty = Map::new();
        let (map, id, simple) = match value {
            Value::Null => (&empty, Some(&Value::Null), false),
            Value::String(_) => (&empty, Some(value), true),
            Value::Object(map) => (map, map.get("@id"), false),
            _ => {
                return Err(self.error(
                    ErrorCode::InvalidTermDefinition,
                    term,
                    "is neither an object, a string nor null",
                ));
            }
        };
        if let Some(protected) =
            self.run
                .flag(map, "@protected", ErrorCode::InvalidProtectedValue)?
        {
            definition.protected = protected;
        }
        if let Some(coercion) = map.get("@type") {
            definition.coercion = Some(self.coercion(term, coercion)?);
        }
        if let Some(reverse) = map.get("@reverse") {
            return self.reverse(term, map, reverse, definition);
        }
        match id.filter(|id| id.as_str() != Some(term)) {
            Some(Value::Null) => {}
            Some(Value::String(id)) => {
                if Keyword::parse(id).is_none() && looks_like_keyword(id) {
                    return Ok(None);
                }
                let name = self.expand(id, Relative::VOCAB)?;
                match &name {
                    Some(Name::Keyword(Keyword::Context)) => {
                        return Err(self.error(
                            ErrorCode::InvalidKeywordAlias,
                            term,
                            "`@context` cannot have another name",
                        ));
                    }
                    Some(Name::Iri(iri)) if !is_iri_or_blank(iri) => {
                        return Err(self.error(
                            ErrorCode::InvalidIriMapping,
                            term,
                            "does not map to an IRI",
                        ));
                    }
                    None => {
                        return Err(self.error(
                            ErrorCode::InvalidIriMapping,
                            term,
                            "does not map to an IRI",
                        ));
                    }
                    Some(Name::Keyword(_) | Name::Iri(_)) => {}
                }
                let inner_colon = has_inner_colon(term.strip_suffix(':').unwrap_or(term));
                if inner_colon || term.contains('/') {
                    self.defined.insert(term, true);
                    if self.expand(term, Relative::VOCAB)? != name {
                        return Err(self.error(
                            ErrorCode::InvalidIriMapping,
                            term,
                            "reads as another IRI than it maps to",
                        ));
                    }
                }
                definition.prefix = simple
                    && !term.contains([':', '/'])
                    && matches!(&name, Some(Name::Iri(iri)) if iri.ends_with([':', '/', '?', '#', '[', ']', '@']) || is_blank(iri));
                definition.name = name;
            }
            Some(_) => {
                return Err(self.error(
                    ErrorCode::InvalidIriMapping,
                    term,
                    "`@id` is not a string",
                ));
            }
            None if term == "@type" => definition.name = Some(Name::Keyword(Keyword::Type)),
            None => definition.name = Some(self.own_name(term)?),
        }
        if let Some(container) = map.get("@container") {
            definition.container = self.container(term, container)?;
            if definition.container.has(Container::TYPE) {
                match definition.coercion {
                    None => definition.coercion = Some(Coercion::Id),
                    Some(Coercion::Id | Coercion::Vocab) => {}
                    Some(Coercion::Json | Coercion::None | Coercion::Datatype(_)) => {
                        return Err(self.error(
                            ErrorCode::InvalidTypeMapping,
                            term,
                            "a type map needs `@type` `@id` or `@vocab`",
                        ));
                    }
                }
            }
        }
        self.more(term, map, &mut definition)?;
        Ok(Some(definition))
    }

    /// §4.2.2 step 12.
    fn coercion(&mut self, term: &str, value: &Value) -> Result<Coercion, JsonLdError> {
        let Value::String(text) = value else {
            return Err(self.error(
                ErrorCode::InvalidTypeMapping,
                term,
                "`@type` is not a string",
            ));
        };
        match self.expand(text, Relative::VOCAB)? {
            Some(Name::Keyword(Keyword::Id)) => Ok(Coercion::Id),
            Some(Name::Keyword(Keyword::Vocab)) => Ok(Coercion::Vocab),
            Some(Name::Keyword(Keyword::Json)) => Ok(Coercion::Json),
            Some(Name::Keyword(Keyword::None)) => Ok(Coercion::None),
            Some(Name::Iri(iri)) if is_iri(&iri) => Ok(Coercion::Datatype(iri)),
            Some(Name::Keyword(_) | Name::Iri(_)) | None => Err(self.error(
                ErrorCode::InvalidTypeMapping,
                term,
                "`@type` does not map to an IRI",
            )),
        }
    }

    /// §4.2.2 step 13.
    fn reverse(
        &mut self,
        term: &str,
        map: &Map<String, Value>,
        reverse: &Value,
        mut definition: TermDefinition,
    ) -> Result<Option<TermDefinition>, JsonLdError> {
        if map.contains_key("@id") || map.contains_key("@nest") {
            return Err(self.error(
                ErrorCode::InvalidReverseProperty,
                term,
                "a reverse property has neither `@id` nor `@nest`",
            ));
        }
        let Value::String(text) = reverse else {
            return Err(self.error(
                ErrorCode::InvalidIriMapping,
                term,
                "`@reverse` is not a string",
            ));
        };
        if Keyword::parse(text).is_none() && looks_like_keyword(text) {
            return Ok(None);
        }
        match self.expand(text, Relative::VOCAB)? {
            Some(Name::Iri(iri)) if is_iri_or_blank(&iri) => definition.name = Some(Name::Iri(iri)),
            Some(Name::Iri(_) | Name::Keyword(_)) | None => {
                return Err(self.error(
                    ErrorCode::InvalidIriMapping,
                    term,
                    "`@reverse` does not map to an IRI",
                ));
            }
        }
        definition.container = match map.get("@container") {
            None | Some(Value::Null) => Container::default(),
            Some(Value::String(text)) if text == "@set" => Container::SET,
            Some(Value::String(text)) if text == "@index" => Container::INDEX,
            Some(_) => {
                return Err(self.error(
                    ErrorCode::InvalidReverseProperty,
                    term,
                    "a reverse property's container is `@set` or `@index`",
                ));
            }
        };
        definition.reverse = true;
        Ok(Some(definition))
    }

    /// §4.2.2 steps 15 to 18: what a term without `@id` maps to.
    fn own_name(&mut self, term: &str) -> Result<Name, JsonLdError> {
        if has_inner_colon(term) {
            let (prefix, suffix) = term.split_once(':').unwrap_or((term, ""));
            self.define_if_local(prefix)?;
            if let Some(Name::Iri(iri)) = self.active.term(prefix).and_then(|t| t.name.as_ref()) {
                return Ok(Name::Iri(format!("{iri}{suffix}").into()));
            }
            return Ok(Name::Iri(term.into()));
        }
        let name = if term.contains('/') {
            self.active.expand(term, Relative::VOCAB)
        } else {
            self.active
                .vocab
                .as_ref()
                .map(|vocab| Name::Iri(format!("{vocab}{term}").into()))
        };
        match name {
            Some(Name::Iri(iri)) if is_iri_or_blank(&iri) || !term.contains('/') => {
                Ok(Name::Iri(iri))
            }
            Some(Name::Iri(_) | Name::Keyword(_)) | None => {
                Err(self.error(ErrorCode::InvalidIriMapping, term, "does not map to an IRI"))
            }
        }
    }

    /// §4.2.2 step 19.
    fn container(&self, term: &str, value: &Value) -> Result<Container, JsonLdError> {
        let wrong = || {
            self.error(
                ErrorCode::InvalidContainerMapping,
                term,
                "`@container` is none of the allowed",
            )
        };
        let one = std::slice::from_ref(value);
        let items = value.as_array().map_or(one, Vec::as_slice);
        let mut container = Container::default();
        for item in items {
            container = container.and(item.as_str().and_then(Container::parse).ok_or_else(wrong)?);
        }
        if items.is_empty() || !container.is_allowed() {
            Err(wrong())
        } else {
            Ok(container)
        }
    }

    /// §4.2.2 steps 20 to 26.
    fn more(
        &mut self,
        term: &str,
        map: &Map<String, Value>,
        definition: &mut TermDefinition,
    ) -> Result<(), JsonLdError> {
        if let Some(index) = map.get("@index") {
            let wrong = "`@index` needs the container `@index` and the name of a property";
            let Some(text) = index
                .as_str()
                .filter(|_| definition.container.has(Container::INDEX))
            else {
                return Err(self.error(ErrorCode::InvalidTermDefinition, term, wrong));
            };
            match self.expand(text, Relative::VOCAB)? {
                Some(Name::Iri(iri)) if is_iri(&iri) => definition.index = Some(text.into()),
                Some(Name::Iri(_) | Name::Keyword(_)) | None => {
                    return Err(self.error(ErrorCode::InvalidTermDefinition, term, wrong));
                }
            }
        }
        if let Some(context) = map.get("@context") {
            let base_url = self.how.base_url;
            let how = How {
                override_protected: true,
                propagate: true,
                validate_scoped: false,
                ..self.how
            };
            let active = Arc::new(self.active.clone());
            self.run
                .process(&active, context, how)
                .map_err(|error| match error.kind() {
                    ErrorCode::ContextUnknown | ErrorCode::TooManyContexts => error,
                    _ => error.recode(ErrorCode::InvalidScopedContext),
                })?;
            let id = self.run.processor.memory.next_id();
            definition.context = Some(Arc::new(ScopedContext {
                id,
                value: context.clone(),
                base_url: base_url.map(Arc::from),
            }));
        }
        if let Some(language) = map.get("@language").filter(|_| !map.contains_key("@type")) {
            definition.language = Some(match language {
                Value::Null => None,
                Value::String(language) => Some(language.as_str().into()),
                _ => {
                    return Err(self.error(
                        ErrorCode::InvalidLanguageMapping,
                        term,
                        "`@language` is not a string",
                    ));
                }
            });
        }
        if let Some(direction) = map.get("@direction").filter(|_| !map.contains_key("@type")) {
            definition.direction = Some(self.run.direction(direction)?);
        }
        if let Some(nest) = map.get("@nest") {
            match nest.as_str() {
                Some(text) if text == "@nest" || Keyword::parse(text).is_none() => {
                    definition.nest = Some(text.into())
                }
                _ => {
                    return Err(self.error(
                        ErrorCode::InvalidNestValue,
                        term,
                        "`@nest` is not `@nest` or a term",
                    ));
                }
            }
        }
        if map.contains_key("@prefix") {
            if term.contains([':', '/']) {
                return Err(self.error(
                    ErrorCode::InvalidTermDefinition,
                    term,
                    "a compact IRI cannot be a prefix",
                ));
            }
            let prefix = self
                .run
                .flag(map, "@prefix", ErrorCode::InvalidPrefixValue)?
                .unwrap_or(false);
            if prefix && matches!(definition.name, Some(Name::Keyword(_))) {
                return Err(self.error(
                    ErrorCode::InvalidTermDefinition,
                    term,
                    "a keyword cannot be a prefix",
                ));
            }
            definition.prefix = prefix;
        }
        match map
            .keys()
            .find(|key| !DEFINITION_KEYWORDS.contains(&key.as_str()))
        {
            Some(key) => Err(self.error(
                ErrorCode::InvalidTermDefinition,
                term,
                &format!("`{key}` means nothing in a definition"),
            )),
            None => Ok(()),
        }
    }
}
