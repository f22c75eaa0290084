//! Context processing (JSON-LD 1.1 API §4.1).

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::active::{Active, Relative, ScopedContext};
use super::definition;
use super::name::{Direction, Name, is_iri};
use super::{ErrorCode, JsonLdError, Run};
use crate::iri;

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
            result = self.document_context_item(&result, unwrapped(item), base_url)?;
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
        let url = match item {
            Value::String(url) => url,
            Value::Array(_) => return Err(self.not_a_context()),
            _ => return self.process(active, item, How::document(base_url)),
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
                    return Err(self.not_a_context());
                }
            }
        }
        Ok(Arc::new(result))
    }

    fn not_a_context(&self) -> JsonLdError {
        self.error(
            ErrorCode::InvalidLocalContext,
            "a context is neither an object, a string nor null".to_owned(),
        )
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
        let terms = map
            .keys()
            .filter(|key| !CONTEXT_KEYWORDS.contains(&key.as_str()));
        definition::define_all(self, result, map, terms, protected, how)
    }

    fn base(&self, result: &Active, base: &Value) -> Result<Option<Arc<str>>, JsonLdError> {
        match (base, &result.base) {
            (Value::Null, _) => Ok(None),
            (Value::String(iri), _) if is_iri(iri) => Ok(Some(iri.as_str().into())),
            (Value::String(relative), Some(base)) => Ok(Some(iri::resolve(base, relative).into())),
            _ => Err(self.error(ErrorCode::InvalidBaseIri, "`@base` is no IRI".to_owned())),
        }
    }

    pub(super) fn direction(&self, value: &Value) -> Result<Option<Direction>, JsonLdError> {
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

    pub(super) fn flag(
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

/// A context file's whole content as an item of a list, as some write it: the Recommendation unwraps it where a file is read, other
/// processors do here too, and a key `@context` could define nothing.
fn unwrapped(item: &Value) -> &Value {
    match item {
        Value::Object(members) if members.len() == 1 => members.get("@context").unwrap_or(item),
        _ => item,
    }
}
