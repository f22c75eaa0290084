//! Context processing (JSON-LD 1.1 API §4.1) and the creation of term definitions (§4.2).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::active::{Active, Coercion, Relative, ScopedContext, TermDefinition, is_iri_or_blank};
use super::name::{
    Container, Direction, Keyword, Name, has_inner_colon, is_blank, is_iri, looks_like_keyword,
};
use super::{ErrorCode, JsonLdError, Run};
use crate::iri;

/// Terms that lean on one another in a chain longer than this are an attack on the stack.
const TERM_CHAIN_MAX: usize = 32;

/// What context processing is told beside the two contexts.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    pub(super) base_url: Option<&'a str>,
    pub(super) remote: &'a [Arc<str>],
    pub(super) override_protected: bool,
    pub(super) propagate: bool,
    pub(super) validate_scoped: bool,
}

impl<'a> How<'a> {
    /// A context that a document itself gives.
    pub(super) fn document(base_url: Option<&'a str>) -> Self {
        Self {
            base_url,
            remote: &[],
            override_protected: false,
            propagate: true,
            validate_scoped: true,
        }
    }
}

/// Below what a scoped context holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Property,
    Type,
}

impl<'p> Run<'p, '_> {
    /// The context that holds below a term or type, remembered where the active one is.
    pub(super) fn scoped(
        &mut self,
        active: &Arc<Active>,
        scoped: &ScopedContext,
        scope: Scope,
    ) -> Result<Arc<Active>, JsonLdError> {
        if let Some(known) = self.processor.memory.scoped(active.id, scoped.id, scope) {
            return Ok(known);
        }
        let how = How {
            base_url: scoped.base_url.as_deref(),
            remote: &[],
            override_protected: scope == Scope::Property,
            propagate: scope == Scope::Property,
            validate_scoped: true,
        };
        let result = self.process(active, &scoped.value, how)?;
        Ok(self
            .processor
            .memory
            .remember_scoped(active.id, scoped.id, scope, result))
    }

    /// The context that a document's `@context` makes of the active one; named contexts are remembered.
    pub(super) fn document_context(
        &mut self,
        active: &Arc<Active>,
        local: &Value,
    ) -> Result<Arc<Active>, JsonLdError> {
        let processor = self.processor;
        let base_url = processor.options.base.as_deref();
        let Value::Array(items) = local else {
            return self.document_context_item(active, local, base_url);
        };
        let mut result = Arc::clone(active);
        for (index, item) in items.iter().enumerate() {
            self.path.push(super::Step::Index(index));
            result = self.document_context_item(&result, item, base_url)?;
            self.path.pop();
        }
        Ok(result)
    }

    fn document_context_item(
        &mut self,
        active: &Arc<Active>,
        item: &Value,
        base_url: Option<&str>,
    ) -> Result<Arc<Active>, JsonLdError> {
        let Value::String(url) = item else {
            return self.process(active, item, How::document(base_url));
        };
        let memory = &self.processor.memory;
        if let Some(known) = memory.named(active.id, url) {
            return Ok(known);
        }
        let result = self.process(active, item, How::document(base_url))?;
        Ok(memory.remember_named(active.id, url, result))
    }

    /// §4.1.2.
    pub(super) fn process(
        &mut self,
        active: &Arc<Active>,
        local: &Value,
        how: How<'_>,
    ) -> Result<Arc<Active>, JsonLdError> {
        let one = std::slice::from_ref(local);
        let (items, is_array) = match local {
            Value::Array(items) => (items.as_slice(), true),
            _ => (one, false),
        };
        let mut propagate = how.propagate;
        if let Some(own) = local.get("@propagate").filter(|_| !is_array) {
            propagate = own.as_bool().unwrap_or(propagate);
        }
        let mut result = Active {
            id: 0,
            ..active.as_ref().clone()
        };
        if !propagate && result.previous.is_none() {
            result.previous = Some(Arc::clone(active));
        }
        for item in items {
            self.contexts_left = self.contexts_left.checked_sub(1).ok_or_else(|| {
                self.error(
                    ErrorCode::TooManyContexts,
                    "more contexts to process than allowed".to_owned(),
                )
            })?;
            match item {
                Value::Null => {
                    if !how.override_protected && result.has_protected() {
                        return Err(self.error(
                            ErrorCode::InvalidContextNullification,
                            "a null context would remove protected terms".to_owned(),
                        ));
                    }
                    let previous = (!propagate).then(|| Arc::new(result));
                    result = Active {
                        base: self.processor.options.base.as_deref().map(Arc::from),
                        previous,
                        ..Active::default()
                    };
                }
                Value::String(url) => {
                    if let Some(next) = self.remote(&result, url, how)? {
                        result = next;
                    }
                }
                Value::Object(map) => {
                    let map = self.with_import(map, how)?;
                    result = self.object_context(result, &map, how)?;
                }
                Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                    return Err(self.error(
                        ErrorCode::InvalidLocalContext,
                        "a context is neither an object, a string nor null".to_owned(),
                    ));
                }
            }
        }
        Ok(Arc::new(result))
    }

    /// §4.1.2 step 5.2; `None` where the context is in the chain already and only validated.
    fn remote(
        &mut self,
        active: &Active,
        url: &str,
        how: How<'_>,
    ) -> Result<Option<Active>, JsonLdError> {
        let url: Arc<str> = match how.base_url {
            Some(base) => iri::resolve(base, url).into(),
            None => url.into(),
        };
        let inside = how.remote.contains(&url);
        if inside && !how.validate_scoped {
            return Ok(None);
        }
        if inside {
            return Err(self.error(
                ErrorCode::RecursiveContextInclusion,
                format!("context `{url}` names itself"),
            ));
        }
        if how.remote.len() >= self.processor.options.limits.context_chain_max {
            return Err(self.error(
                ErrorCode::ContextOverflow,
                format!("context `{url}` is in too long a chain of contexts"),
            ));
        }
        let mut remote = how.remote.to_vec();
        remote.push(Arc::clone(&url));
        let loaded = self.load(&url)?;
        let how = How {
            base_url: Some(&url),
            remote: &remote,
            override_protected: false,
            propagate: true,
            ..how
        };
        let result = self.process(&Arc::new(active.clone()), loaded, how)?;
        Ok(Some(Arc::unwrap_or_clone(result)))
    }

    /// The value of `@context` in the known context of that name.
    fn load(&self, url: &str) -> Result<&'p Value, JsonLdError> {
        let contexts = &self.processor.contexts;
        let Some(context) = contexts.get(url) else {
            let known: Vec<&str> = contexts.urls().collect();
            let message = format!(
                "context `{url}` is not known here and nothing is fetched; known are {}",
                known.join(", ")
            );
            return Err(self.error(ErrorCode::ContextUnknown, message));
        };
        context.document().get("@context").ok_or_else(|| {
            self.error(
                ErrorCode::InvalidRemoteContext,
                format!("`{url}` has no member `@context`"),
            )
        })
    }

    /// §4.1.2 step 5.6.
    fn with_import<'m>(
        &self,
        map: &'m Map<String, Value>,
        how: How<'_>,
    ) -> Result<Cow<'m, Map<String, Value>>, JsonLdError> {
        let Some(import) = map.get("@import") else {
            return Ok(Cow::Borrowed(map));
        };
        let Value::String(url) = import else {
            return Err(self.error(
                ErrorCode::InvalidImportValue,
                "`@import` is not a string".to_owned(),
            ));
        };
        let url = how
            .base_url
            .map_or_else(|| url.clone(), |base| iri::resolve(base, url));
        let Value::Object(imported) = self.load(&url)? else {
            return Err(self.error(
                ErrorCode::InvalidRemoteContext,
                format!("imported context `{url}` is not one object"),
            ));
        };
        if imported.contains_key("@import") {
            return Err(self.error(
                ErrorCode::InvalidContextEntry,
                format!("imported context `{url}` imports another"),
            ));
        }
        let mut merged = imported.clone();
        for (key, value) in map {
            merged.insert(key.clone(), value.clone());
        }
        Ok(Cow::Owned(merged))
    }

    /// §4.1.2 steps 5.5 to 5.13.
    fn object_context(
        &mut self,
        mut result: Active,
        map: &Map<String, Value>,
        how: How<'_>,
    ) -> Result<Active, JsonLdError> {
        if let Some(version) = map.get("@version")
            && version.as_f64() != Some(1.1)
        {
            return Err(self.error(
                ErrorCode::InvalidVersionValue,
                "`@version` is not 1.1".to_owned(),
            ));
        }
        if let Some(base) = map.get("@base").filter(|_| how.remote.is_empty()) {
            result.base = self.base(&result, base)?;
        }
        match map.get("@vocab") {
            None => {}
            Some(Value::Null) => result.vocab = None,
            Some(Value::String(vocab)) => match result.expand(vocab, Relative::BOTH) {
                Some(Name::Iri(iri)) => result.vocab = Some(iri),
                Some(Name::Keyword(_)) | None => {
                    return Err(self.error(
                        ErrorCode::InvalidVocabMapping,
                        format!("`@vocab` `{vocab}` is no IRI"),
                    ));
                }
            },
            Some(_) => {
                return Err(self.error(
                    ErrorCode::InvalidVocabMapping,
                    "`@vocab` is not a string".to_owned(),
                ));
            }
        }
        match map.get("@language") {
            None => {}
            Some(Value::Null) => result.language = None,
            Some(Value::String(language)) => result.language = Some(language.as_str().into()),
            Some(_) => {
                return Err(self.error(
                    ErrorCode::InvalidDefaultLanguage,
                    "`@language` is not a string".to_owned(),
                ));
            }
        }
        if let Some(direction) = map.get("@direction") {
            result.direction = self.direction(direction)?;
        }
        if map
            .get("@propagate")
            .is_some_and(|value| !value.is_boolean())
        {
            return Err(self.error(
                ErrorCode::InvalidPropagateValue,
                "`@propagate` is not true or false".to_owned(),
            ));
        }
        let protected = self
            .flag(map, "@protected", ErrorCode::InvalidProtectedValue)?
            .unwrap_or(false);
        let mut builder = Builder {
            run: self,
            active: result,
            local: map,
            defined: HashMap::new(),
            chain: 0,
            protected,
            how,
        };
        for key in map.keys() {
            if !CONTEXT_KEYWORDS.contains(&key.as_str()) {
                builder.define(key)?;
            }
        }
        Ok(builder.active)
    }

    fn base(&self, result: &Active, base: &Value) -> Result<Option<Arc<str>>, JsonLdError> {
        match (base, &result.base) {
            (Value::Null, _) => Ok(None),
            (Value::String(iri), _) if is_iri(iri) => Ok(Some(iri.as_str().into())),
            (Value::String(relative), Some(base)) => Ok(Some(iri::resolve(base, relative).into())),
            _ => Err(self.error(ErrorCode::InvalidBaseIri, "`@base` is no IRI".to_owned())),
        }
    }

    fn direction(&self, value: &Value) -> Result<Option<Direction>, JsonLdError> {
        match value {
            Value::Null => Ok(None),
            value => match value.as_str().and_then(Direction::parse) {
                Some(direction) => Ok(Some(direction)),
                None => Err(self.error(
                    ErrorCode::InvalidBaseDirection,
                    "`@direction` is not `ltr`, `rtl` or null".to_owned(),
                )),
            },
        }
    }

    fn flag(
        &self,
        map: &Map<String, Value>,
        key: &str,
        code: ErrorCode,
    ) -> Result<Option<bool>, JsonLdError> {
        match map.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.error(code, format!("`{key}` is not true or false"))),
        }
    }
}

/// Members of a context that define no term.
const CONTEXT_KEYWORDS: &[&str] = &[
    "@base",
    "@direction",
    "@import",
    "@language",
    "@propagate",
    "@protected",
    "@version",
    "@vocab",
];

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
                return Err(self.error(ErrorCode::InvalidIriMapping, term, "`@id` is not a string"));
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
