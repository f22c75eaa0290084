//! Expansion (JSON-LD 1.1 API §5.1), value expansion (§5.3), and in strict mode a refusal of all that would be lost.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::active::{Active, Coercion, Relative, TermDefinition};
use super::context::Scope;
use super::emit::{double, is_double};
use super::expanded::{
    Expanded, Item, Kind, ListObject, NodeObject, Properties, Scalar, ValueObject,
};
use super::guarded::own_name;
use super::name::{Container, Direction, Keyword, Name, is_blank, is_iri, looks_like_keyword};
use super::{ErrorCode, GRAPH_PLACE, JsonLdError, Run, Step};
use crate::{iri, jcs};

/// Where an element stands.
#[derive(Clone, Copy)]
struct Place<'d> {
    /// The key that leads to it, `None` at the top.
    property: Option<&'d str>,
    /// It is a value of an index, id or type map.
    from_map: bool,
    /// It is inside `@list`.
    in_list: bool,
    depth: usize,
}

impl<'d> Place<'d> {
    fn below(self, property: Option<&'d str>) -> Self {
        Self {
            property,
            from_map: false,
            in_list: false,
            depth: self.depth,
        }
    }

    /// Outside any property, so that a scalar says nothing of anything.
    fn is_free(self) -> bool {
        matches!(self.property, None | Some("@graph"))
    }
}

/// An object on its way: which keyword was met, with what.
#[derive(Default)]
struct Building<'d> {
    id: Option<Option<Arc<str>>>,
    types: Option<Vec<Name>>,
    types_are_array: bool,
    value: Option<Option<Scalar<'d>>>,
    language: Option<Arc<str>>,
    direction: Option<Direction>,
    index: bool,
    list: Option<Vec<Item<'d>>>,
    set: Option<Vec<Item<'d>>>,
    graph: Option<Vec<Item<'d>>>,
    included: Option<Vec<Item<'d>>>,
    has_reverse: bool,
    reverse: Properties<'d>,
    properties: Properties<'d>,
}

/// What holds for the members of one object.
struct Scene<'a, 'd> {
    active: Arc<Active>,
    type_scoped: &'a Arc<Active>,
    place: Place<'d>,
    is_json: bool,
    in_nest: bool,
}

impl<'d> Run<'_, 'd> {
    /// The expanded document.
    pub(super) fn document(&mut self, document: &'d Value) -> Result<Vec<Item<'d>>, JsonLdError> {
        let processor = self.processor;
        let mut active = Arc::clone(&processor.root);
        if let Some(context) = &processor.options.expand_context {
            active = self.document_context(&active, context.get("@context").unwrap_or(context))?;
        }
        let place = Place {
            property: None,
            from_map: false,
            in_list: false,
            depth: 0,
        };
        let items = match self.expand(&active, place, document)? {
            Expanded::One(Item::Node(node))
                if node.is_graph() && !node.has_id && !node.has_index =>
            {
                node.graph.unwrap_or_default()
            }
            other => other.into_items(),
        };
        if items.is_empty() {
            self.lost(ErrorCode::ValueDropped, || {
                "document says nothing".to_owned()
            })?;
        }
        Ok(items)
    }

    fn expand(
        &mut self,
        active: &Arc<Active>,
        place: Place<'d>,
        element: &'d Value,
    ) -> Result<Expanded<'d>, JsonLdError> {
        match element {
            Value::Null => {
                self.lost(ErrorCode::NullValue, || {
                    "null says nothing, leave the member out".to_owned()
                })?;
                Ok(Expanded::Nothing)
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let Some(property) = place.property.filter(|_| !place.is_free()) else {
                    self.lost(ErrorCode::ValueDropped, || {
                        "a value stands where only nodes say something".to_owned()
                    })?;
                    return Ok(Expanded::Nothing);
                };
                let scoped = active.term(property).and_then(|term| term.context.as_ref());
                let item = match scoped {
                    Some(scoped) => {
                        let active = self.scoped(active, scoped, Scope::Property)?;
                        self.expand_value(&active, property, Scalar::Json(element))?
                    }
                    None => self.expand_value(active, property, Scalar::Json(element))?,
                };
                Ok(Expanded::One(item))
            }
            Value::Array(items) => self
                .array(active, self.deeper(place)?, items)
                .map(Expanded::Many),
            Value::Object(map) => self.object(active, self.deeper(place)?, map),
        }
    }

    fn deeper(&self, place: Place<'d>) -> Result<Place<'d>, JsonLdError> {
        let limit = self.processor.options.limits.depth_max;
        if place.depth >= limit {
            return Err(self.error(
                ErrorCode::TooDeep,
                format!("document is nested deeper than the {limit} levels allowed"),
            ));
        }
        Ok(Place {
            depth: place.depth + 1,
            ..place
        })
    }

    /// §5.1.2 step 5.
    fn array(
        &mut self,
        active: &Arc<Active>,
        place: Place<'d>,
        items: &'d [Value],
    ) -> Result<Vec<Item<'d>>, JsonLdError> {
        let listed = place.in_list
            || place
                .property
                .and_then(|p| active.term(p))
                .is_some_and(|term| term.container.has(Container::LIST));
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Index(index));
            match self.expand(active, place, item)? {
                Expanded::Nothing => {}
                Expanded::One(item) => out.push(item),
                Expanded::Many(items) if listed => out.push(self.list(items)),
                Expanded::Many(items) => {
                    self.not_empty(items.is_empty(), "an empty array")?;
                    out.extend(items);
                }
            }
            self.path.pop();
        }
        Ok(out)
    }

    /// §5.1.2 steps 7 to 20.
    fn object(
        &mut self,
        active: &Arc<Active>,
        place: Place<'d>,
        map: &'d Map<String, Value>,
    ) -> Result<Expanded<'d>, JsonLdError> {
        let scoped = place
            .property
            .and_then(|p| active.term(p))
            .and_then(|term| term.context.clone());
        let mut active = Arc::clone(active);
        if let Some(previous) = active.previous.clone().filter(|_| !place.from_map) {
            let is_value = map
                .keys()
                .any(|key| keyword(&active, key) == Some(Keyword::Value));
            let only_id = map.len() == 1
                && map
                    .keys()
                    .all(|key| keyword(&active, key) == Some(Keyword::Id));
            if !is_value && !only_id {
                active = previous;
            }
        }
        if let Some(scoped) = scoped {
            active = self.scoped(&active, &scoped, Scope::Property)?;
        }
        if let Some(context) = map.get("@context") {
            self.path.push(Step::Key("@context"));
            active = self.document_context(&active, context)?;
            self.path.pop();
        }
        let type_scoped = Arc::clone(&active);
        let mut type_keys: Vec<&'d String> = map
            .keys()
            .filter(|key| keyword(&type_scoped, key) == Some(Keyword::Type))
            .collect();
        type_keys.sort_unstable();
        let mut is_json = false;
        for (number, key) in type_keys.into_iter().enumerate() {
            let Some(value) = map.get(key) else { continue };
            let mut types: Vec<&str> = match value {
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().into_iter().collect(),
            };
            if number == 0
                && let Some(last) = types.last()
            {
                is_json = keyword(&type_scoped, last) == Some(Keyword::Json);
            }
            types.sort_unstable();
            for class in types {
                if let Some(scoped) = type_scoped
                    .term(class)
                    .and_then(|term| term.context.as_ref())
                {
                    active = self.scoped(&active, scoped, Scope::Type)?;
                }
            }
        }
        let mut building = Building::default();
        let scene = Scene {
            active,
            type_scoped: &type_scoped,
            place,
            is_json,
            in_nest: false,
        };
        self.members(&scene, map, &mut building)?;
        self.finish(place, building)
    }

    /// §5.1.2 steps 13 and 14.
    fn members(
        &mut self,
        scene: &Scene<'_, 'd>,
        map: &'d Map<String, Value>,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let mut nests: Vec<(&'d String, &'d Value)> = Vec::new();
        for (key, value) in map {
            self.path.push(Step::Key(key));
            if key == "@context" {
                if scene.in_nest {
                    self.lost(ErrorCode::ValueDropped, || {
                        "a context inside `@nest` has no effect".to_owned()
                    })?;
                }
            } else {
                match scene.active.expand(key, Relative::VOCAB) {
                    Some(Name::Keyword(Keyword::Nest)) => nests.push((key, value)),
                    Some(Name::Keyword(keyword)) => {
                        self.keyword(scene, keyword, value, building)?
                    }
                    Some(Name::Iri(iri)) if iri.contains(':') => {
                        if self.is_strict() && !iri::is_absolute(&iri) {
                            return Err(self.bad_property(key, &iri));
                        }
                        self.named_as_read(scene, key, &iri)?;
                        self.property(scene, key, iri, value, building)?;
                    }
                    Some(Name::Iri(_)) => self.lost(ErrorCode::TermUndefined, || {
                        format!("no context defines `{key}`")
                    })?,
                    None if looks_like_keyword(key) => {
                        self.lost(ErrorCode::KeywordLike, || {
                            format!("`{key}` looks like a keyword and is none")
                        })?;
                    }
                    None => self.lost(ErrorCode::TermUndefined, || {
                        format!("the context gives `{key}` no meaning")
                    })?,
                }
            }
            self.path.pop();
        }
        for (key, value) in nests {
            self.path.push(Step::Key(key));
            self.nest(scene, key, value, building)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Upholds (said where it is read): under its own name, in the object itself.
    fn named_as_read(
        &self,
        scene: &Scene<'_, 'd>,
        key: &str,
        iri: &str,
    ) -> Result<(), JsonLdError> {
        let Some(name) = own_name(iri).filter(|_| self.is_strict()) else {
            return Ok(());
        };
        let turned = scene.place.property == Some("@reverse")
            || scene.active.term(key).is_some_and(|term| term.reverse);
        if key == name && !turned && !scene.in_nest {
            return Ok(());
        }
        Err(self.error(
            ErrorCode::NameOther,
            format!("`{key}` says what verifiers read as `{name}` of the object itself"),
        ))
    }

    fn bad_property(&self, key: &str, iri: &str) -> JsonLdError {
        if is_blank(iri) {
            self.error(
                ErrorCode::ValueDropped,
                format!("`{key}` is a blank node, which is no property in RDF"),
            )
        } else if is_iri(iri) {
            self.error(
                ErrorCode::IriInvalid,
                format!("`{key}` maps to `{iri}`, which is no IRI"),
            )
        } else {
            self.error(
                ErrorCode::TermUndefined,
                format!("no context defines `{key}`"),
            )
        }
    }

    fn nest(
        &mut self,
        scene: &Scene<'_, 'd>,
        key: &'d str,
        value: &'d Value,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let scoped = scene.active.term(key).and_then(|term| term.context.clone());
        let active = match scoped {
            Some(scoped) => self.scoped(&scene.active, &scoped, Scope::Property)?,
            None => Arc::clone(&scene.active),
        };
        let place = self.deeper(scene.place)?;
        let scene = Scene {
            active,
            type_scoped: scene.type_scoped,
            place,
            is_json: scene.is_json,
            in_nest: true,
        };
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice);
        self.not_empty(values.is_empty(), "an empty array")?;
        for nested in values {
            let map = nested.as_object().filter(|map| {
                !map.keys()
                    .any(|k| keyword(&scene.active, k) == Some(Keyword::Value))
            });
            let Some(map) = map else {
                return Err(self.error(
                    ErrorCode::InvalidNestValue,
                    format!("`{key}` holds something that is no object of properties"),
                ));
            };
            self.not_empty(map.is_empty(), "an empty object")?;
            self.members(&scene, map, building)?;
        }
        Ok(())
    }

    /// §5.1.2 step 13.4.
    fn keyword(
        &mut self,
        scene: &Scene<'_, 'd>,
        keyword: Keyword,
        value: &'d Value,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let place = scene.place;
        let active = &scene.active;
        if place.property == Some("@reverse") {
            return Err(self.error(
                ErrorCode::InvalidReversePropertyMap,
                "`@reverse` holds a keyword".to_owned(),
            ));
        }
        if building.has(keyword) {
            return Err(self.error(
                ErrorCode::CollidingKeywords,
                "two members of one object are the same keyword".to_owned(),
            ));
        }
        match keyword {
            Keyword::Id => {
                let Value::String(id) = value else {
                    return Err(self.error(
                        ErrorCode::InvalidIdValue,
                        "`@id` is not a string".to_owned(),
                    ));
                };
                building.id = Some(self.id(active, id, Relative::DOCUMENT)?);
            }
            Keyword::Type => self.types(scene, value, building)?,
            Keyword::Graph => {
                let items = self
                    .expand(active, place.below(Some("@graph")), value)?
                    .into_items();
                self.not_empty(items.is_empty(), "an empty graph")?;
                building.graph = Some(items);
            }
            Keyword::Included => {
                let wrong = "`@included` holds something that is no node";
                let items = match self.expand(active, place.below(place.property), value)? {
                    Expanded::Nothing => {
                        return Err(self.error(ErrorCode::InvalidIncludedValue, wrong.to_owned()));
                    }
                    other => other.into_items(),
                };
                self.not_empty(items.is_empty(), "an empty array")?;
                for item in &items {
                    let Item::Node(node) = item else {
                        return Err(self.error(ErrorCode::InvalidIncludedValue, wrong.to_owned()));
                    };
                    self.not_empty(node.vanishes(), "a node that says nothing")?;
                }
                building.included.get_or_insert_default().extend(items);
            }
            Keyword::Value => {
                building.value = match value {
                    value if scene.is_json => {
                        jcs::check(value, 0).map_err(|error| {
                            self.error(ErrorCode::NumberInexact, error.to_string())
                        })?;
                        Some(Some(Scalar::Json(value)))
                    }
                    Value::Null => {
                        self.lost(ErrorCode::NullValue, || {
                            "null says nothing, leave the member out".to_owned()
                        })?;
                        Some(None)
                    }
                    Value::Array(_) | Value::Object(_) => {
                        return Err(self.error(
                            ErrorCode::InvalidValueObjectValue,
                            "`@value` is not a scalar".to_owned(),
                        ));
                    }
                    value => Some(Some(Scalar::Json(value))),
                };
            }
            Keyword::Language => {
                let Value::String(language) = value else {
                    return Err(self.error(
                        ErrorCode::InvalidLanguageTaggedString,
                        "`@language` is not a string".to_owned(),
                    ));
                };
                building.language = Some(language.as_str().into());
            }
            Keyword::Direction => {
                let direction = value.as_str().and_then(Direction::parse).ok_or_else(|| {
                    self.error(
                        ErrorCode::InvalidBaseDirection,
                        "`@direction` is not `ltr` or `rtl`".to_owned(),
                    )
                })?;
                building.direction = Some(direction);
            }
            Keyword::Index => {
                if !value.is_string() {
                    return Err(self.error(
                        ErrorCode::InvalidIndexValue,
                        "`@index` is not a string".to_owned(),
                    ));
                }
                self.lost(ErrorCode::ValueDropped, || {
                    "`@index` is not carried by RDF".to_owned()
                })?;
                building.index = true;
            }
            Keyword::List => {
                if place.is_free() {
                    self.lost(ErrorCode::ValueDropped, || {
                        "a list stands where only nodes say something".to_owned()
                    })?;
                    return Ok(());
                }
                let place = Place {
                    in_list: true,
                    ..place.below(place.property)
                };
                building.list = Some(self.expand(active, place, value)?.into_items());
            }
            Keyword::Set => {
                building.set = Some(
                    self.expand(active, place.below(place.property), value)?
                        .into_items(),
                );
            }
            Keyword::Reverse => self.reverse(scene, value, building)?,
            Keyword::Base
            | Keyword::Container
            | Keyword::Context
            | Keyword::Import
            | Keyword::Json
            | Keyword::Nest
            | Keyword::None
            | Keyword::Prefix
            | Keyword::Propagate
            | Keyword::Protected
            | Keyword::Version
            | Keyword::Vocab => {
                self.lost(ErrorCode::KeywordLike, || {
                    "this keyword means nothing outside a context".to_owned()
                })?;
            }
        }
        Ok(())
    }

    /// §5.1.2 step 13.4.4.
    fn types(
        &mut self,
        scene: &Scene<'_, 'd>,
        value: &'d Value,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice);
        self.not_empty(values.is_empty(), "an empty array")?;
        building.types_are_array |= value.is_array();
        for (index, class) in values.iter().enumerate() {
            if value.is_array() {
                self.path.push(Step::Index(index));
            }
            let Value::String(class) = class else {
                return Err(self.error(
                    ErrorCode::InvalidTypeValue,
                    "`@type` is not a string or strings".to_owned(),
                ));
            };
            if let Some(name) = self.class(scene.type_scoped, class, scene.is_json)? {
                building.types.get_or_insert_default().push(name);
            }
            if value.is_array() {
                self.path.pop();
            }
        }
        building.types.get_or_insert_default();
        Ok(())
    }

    /// One type; `None` where it has no meaning and that is allowed.
    fn class(
        &self,
        active: &Active,
        class: &str,
        is_json: bool,
    ) -> Result<Option<Name>, JsonLdError> {
        let name = active.expand(class, Relative::BOTH);
        if self.is_strict() {
            let undefined = || {
                self.error(
                    ErrorCode::TypeUndefined,
                    format!("no context defines the type `{class}`"),
                )
            };
            match &name {
                Some(Name::Iri(iri)) if is_blank(iri) || iri::is_absolute(iri) => {}
                Some(Name::Iri(iri)) if is_iri(iri) => {
                    return Err(self.error(
                        ErrorCode::IriInvalid,
                        format!("type `{class}` maps to `{iri}`, which is no IRI"),
                    ));
                }
                Some(Name::Iri(_)) => return Err(undefined()),
                Some(Name::Keyword(Keyword::Json)) if is_json => {}
                Some(Name::Keyword(_)) => return Err(undefined()),
                None if looks_like_keyword(class) => {
                    return Err(self.error(
                        ErrorCode::KeywordLike,
                        format!("`{class}` looks like a keyword and is none"),
                    ));
                }
                None => return Err(undefined()),
            }
        }
        Ok(name)
    }

    /// The name of a node; `None` where it looks like a keyword and that is allowed.
    fn id(
        &self,
        active: &Active,
        text: &str,
        how: Relative,
    ) -> Result<Option<Arc<str>>, JsonLdError> {
        let name = match active.expand(text, how) {
            Some(Name::Iri(iri)) => Some(iri),
            Some(Name::Keyword(_)) => Some(Arc::from(text)),
            None => None,
        };
        if self.is_strict() {
            match &name {
                Some(iri) if is_blank(iri) || iri::is_absolute(iri) => {}
                Some(iri) if is_iri(iri) => {
                    return Err(self.error(ErrorCode::IriInvalid, format!("`{iri}` is no IRI")));
                }
                Some(_) if !text.starts_with('@') => {
                    return Err(self.error(
                        ErrorCode::IriRelative,
                        format!("`{text}` is a relative IRI, or no IRI at all"),
                    ));
                }
                Some(_) | None => {
                    return Err(self.error(
                        ErrorCode::KeywordLike,
                        format!("`{text}` looks like a keyword and names no node"),
                    ));
                }
            }
        }
        Ok(name)
    }

    /// §5.1.2 step 13.4.13.
    fn reverse(
        &mut self,
        scene: &Scene<'_, 'd>,
        value: &'d Value,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let Value::Object(map) = value else {
            return Err(self.error(
                ErrorCode::InvalidReverseValue,
                "`@reverse` is not an object".to_owned(),
            ));
        };
        self.not_empty(map.is_empty(), "an empty object")?;
        building.has_reverse = true;
        let Expanded::One(Item::Node(node)) =
            self.expand(&scene.active, scene.place.below(Some("@reverse")), value)?
        else {
            return Ok(());
        };
        building.properties.extend(node.reverse);
        for (iri, items) in node.properties {
            self.only_nodes(&items)?;
            building.reverse.push((iri, items));
        }
        Ok(())
    }

    fn only_nodes(&self, items: &[Item<'d>]) -> Result<(), JsonLdError> {
        if items.iter().all(|item| matches!(item, Item::Node(_))) {
            return Ok(());
        }
        Err(self.error(
            ErrorCode::InvalidReversePropertyValue,
            "a reverse property's value is no node".to_owned(),
        ))
    }

    /// §5.1.2 steps 13.5 to 13.14.
    fn property(
        &mut self,
        scene: &Scene<'_, 'd>,
        key: &'d str,
        iri: Arc<str>,
        value: &'d Value,
        building: &mut Building<'d>,
    ) -> Result<(), JsonLdError> {
        let active = &scene.active;
        let term = active.term(key);
        let container = term.map(|t| t.container).unwrap_or_default();
        let maps = Container::INDEX.and(Container::TYPE).and(Container::ID);
        let expanded = if term.is_some_and(|t| t.coercion == Some(Coercion::Json)) {
            jcs::check(value, 0)
                .map_err(|error| self.error(ErrorCode::NumberInexact, error.to_string()))?;
            let value = ValueObject {
                value: Scalar::Json(value),
                kind: Kind::Json,
                language: None,
                direction: None,
            };
            Expanded::One(Item::Value(value))
        } else if let (Value::Object(map), true) = (value, container.has(Container::LANGUAGE)) {
            self.not_empty(map.is_empty(), "an empty object")?;
            Expanded::Many(self.language_map(active, term, map)?)
        } else if let (Value::Object(map), true, Some(term)) = (value, container.has(maps), term) {
            self.not_empty(map.is_empty(), "an empty object")?;
            Expanded::Many(self.index_map(scene, key, term, map)?)
        } else {
            self.expand(active, scene.place.below(Some(key)), value)?
        };
        let mut items = match expanded {
            Expanded::Nothing => return Ok(()),
            Expanded::One(Item::List(list)) => vec![Item::List(list)],
            other if container.has(Container::LIST) => vec![self.list(other.into_items())],
            other => {
                let items = other.into_items();
                self.not_empty(items.is_empty(), "an empty array")?;
                items
            }
        };
        if container.has(Container::GRAPH) && !container.has(maps) {
            items = items
                .into_iter()
                .map(|item| self.as_graph(item))
                .collect::<Result<_, _>>()?;
        }
        if term.is_some_and(|t| t.reverse) {
            self.only_nodes(&items)?;
            building.reverse.push((iri, items));
        } else {
            building.properties.push((iri, items));
        }
        Ok(())
    }

    fn list(&self, items: Vec<Item<'d>>) -> Item<'d> {
        Item::List(ListObject {
            items,
            place: self.place(),
        })
    }

    fn as_graph(&self, item: Item<'d>) -> Result<Item<'d>, JsonLdError> {
        let (vanishes, place) = match &item {
            Item::Node(node) => (node.vanishes(), node.place.as_deref()),
            Item::Value(_) | Item::List(_) => (true, None),
        };
        self.not_empty(vanishes, "a graph that says nothing")?;
        let place = place.map(|place| format!("{place}{GRAPH_PLACE}").into());
        Ok(Item::Node(Box::new(NodeObject {
            graph: Some(vec![item]),
            place,
            ..NodeObject::default()
        })))
    }

    /// §5.1.2 step 13.7.
    fn language_map(
        &mut self,
        active: &Active,
        term: Option<&TermDefinition>,
        map: &'d Map<String, Value>,
    ) -> Result<Vec<Item<'d>>, JsonLdError> {
        let direction = term.and_then(|t| t.direction).unwrap_or(active.direction);
        let mut out = Vec::new();
        for (language, value) in map {
            self.path.push(Step::Key(language));
            let is_none = keyword(active, language) == Some(Keyword::None);
            let one = std::slice::from_ref(value);
            let values = value.as_array().map_or(one, Vec::as_slice);
            self.not_empty(values.is_empty(), "an empty array")?;
            for text in values {
                match text {
                    Value::Null => self.lost(ErrorCode::NullValue, || {
                        "null says nothing, leave the member out".to_owned()
                    })?,
                    Value::String(_) => {
                        let language = (!is_none).then(|| Arc::from(language.as_str()));
                        out.push(self.checked(ValueObject {
                            value: Scalar::Json(text),
                            kind: Kind::Plain,
                            language,
                            direction,
                        })?);
                    }
                    _ => {
                        let message = "a language map holds something that is no string".to_owned();
                        return Err(self.error(ErrorCode::InvalidLanguageMapValue, message));
                    }
                }
            }
            self.path.pop();
        }
        Ok(out)
    }

    /// §5.1.2 step 13.8.
    fn index_map(
        &mut self,
        scene: &Scene<'_, 'd>,
        key: &'d str,
        term: &TermDefinition,
        map: &'d Map<String, Value>,
    ) -> Result<Vec<Item<'d>>, JsonLdError> {
        let active = &scene.active;
        let container = term.container;
        let by_name = container.has(Container::ID.and(Container::TYPE));
        let mut out = Vec::new();
        for (index, value) in map {
            self.path.push(Step::Key(index));
            let mut below = Arc::clone(
                active
                    .previous
                    .as_ref()
                    .filter(|_| by_name)
                    .unwrap_or(active),
            );
            if container.has(Container::TYPE)
                && let Some(scoped) = below.term(index).and_then(|t| t.context.clone())
            {
                below = self.scoped(&below, &scoped, Scope::Type)?;
            }
            let name = active.expand(index, Relative::VOCAB);
            let is_none = name.as_ref().is_some_and(|name| name.is(Keyword::None));
            let place = Place {
                from_map: true,
                ..scene.place.below(Some(key))
            };
            let items = self.expand(&below, place, value)?.into_items();
            self.not_empty(items.is_empty(), "an empty array")?;
            for mut item in items {
                if container.has(Container::GRAPH)
                    && !matches!(&item, Item::Node(node) if node.is_graph())
                {
                    item = self.as_graph(item)?;
                }
                if !is_none {
                    item = self.indexed(active, term, index, item)?;
                }
                out.push(item);
            }
            self.path.pop();
        }
        Ok(out)
    }

    /// §5.1.2 step 13.8.3.7: what the key of a map says of the value.
    fn indexed(
        &self,
        active: &Arc<Active>,
        term: &TermDefinition,
        index: &'d str,
        mut item: Item<'d>,
    ) -> Result<Item<'d>, JsonLdError> {
        let Item::Node(node) = &mut item else {
            if term.index.is_some() {
                return Err(self.error(
                    ErrorCode::InvalidValueObject,
                    "an index that is a property needs nodes".to_owned(),
                ));
            }
            self.lost(ErrorCode::ValueDropped, || {
                format!("the key `{index}` is not carried by RDF")
            })?;
            return Ok(item);
        };
        if let Some(property) = &term.index {
            let Some(Name::Iri(iri)) = active.expand(property, Relative::VOCAB) else {
                return Ok(item);
            };
            let value = self.expand_value(active, property, Scalar::Key(index))?;
            node.properties.insert(0, (iri, vec![value]));
        } else if term.container.has(Container::INDEX) {
            self.lost(ErrorCode::ValueDropped, || {
                format!("the key `{index}` is not carried by RDF")
            })?;
            node.has_index = true;
        } else if term.container.has(Container::ID) {
            let id = self.id(active, index, Relative::DOCUMENT)?;
            if !node.has_id {
                node.id = id;
                node.has_id = true;
            } else if node.id != id {
                self.lost(ErrorCode::ValueDropped, || {
                    format!("the key `{index}` is not the node's own `@id`")
                })?;
            }
        } else if let Some(Name::Iri(iri)) = self.class(active, index, false)? {
            node.types.insert(0, iri);
        }
        Ok(item)
    }

    /// §5.3.
    fn expand_value(
        &self,
        active: &Active,
        property: &str,
        value: Scalar<'d>,
    ) -> Result<Item<'d>, JsonLdError> {
        let term = active.term(property);
        let text = match value {
            Scalar::Key(key) => Some(key),
            Scalar::Json(json) => json.as_str(),
        };
        let mut out = ValueObject {
            value,
            kind: Kind::Plain,
            language: None,
            direction: None,
        };
        match (term.and_then(|t| t.coercion.as_ref()), text) {
            (Some(coercion @ (Coercion::Id | Coercion::Vocab)), Some(text)) => {
                let how = if *coercion == Coercion::Id {
                    Relative::DOCUMENT
                } else {
                    Relative::BOTH
                };
                let id = self.id(active, text, how)?;
                return Ok(Item::Node(Box::new(NodeObject {
                    id,
                    has_id: true,
                    ..NodeObject::default()
                })));
            }
            (Some(Coercion::Id | Coercion::Vocab), None) => {
                self.lost(ErrorCode::ValueDropped, || {
                    "a node is due, this is a scalar".to_owned()
                })?;
            }
            (Some(Coercion::Datatype(datatype)), _) => {
                out.kind = Kind::Datatype(Arc::clone(datatype))
            }
            (Some(Coercion::Json), _) => out.kind = Kind::Json,
            (Some(Coercion::None) | None, Some(_)) => {
                out.language = term
                    .and_then(|t| t.language.clone())
                    .unwrap_or_else(|| active.language.clone());
                out.direction = term.and_then(|t| t.direction).unwrap_or(active.direction);
            }
            (Some(Coercion::None) | None, None) => {}
        }
        self.checked(out)
    }

    /// A value that, in strict mode, RDF carries in full.
    fn checked(&self, value: ValueObject<'d>) -> Result<Item<'d>, JsonLdError> {
        if !self.is_strict() {
            return Ok(Item::Value(value));
        }
        if let Some(language) = value
            .language
            .as_ref()
            .filter(|tag| !iri::is_language_tag(tag))
        {
            return Err(self.error(
                ErrorCode::ValueDropped,
                format!("`{language}` is no language tag"),
            ));
        }
        let is_text = matches!(value.value, Scalar::Key(_) | Scalar::Json(Value::String(_)));
        if value.direction.is_some() && (self.processor.options.rdf_direction.is_none() || !is_text)
        {
            return Err(self.error(
                ErrorCode::ValueDropped,
                "the base direction is not carried by RDF".to_owned(),
            ));
        }
        if let Kind::Datatype(datatype) = &value.kind
            && !iri::is_absolute(datatype)
        {
            return Err(self.error(
                ErrorCode::IriInvalid,
                format!("the datatype `{datatype}` is no IRI"),
            ));
        }
        if let (Scalar::Json(Value::Number(number)), Kind::Plain | Kind::Datatype(_)) =
            (value.value, &value.kind)
        {
            let as_double = is_double(number)
                || matches!(&value.kind, Kind::Datatype(d) if &**d == "http://www.w3.org/2001/XMLSchema#double");
            if as_double && !number.as_f64().is_some_and(|n| double(n).1) {
                return Err(self.error(
                    ErrorCode::NumberInexact,
                    format!("`{number}` would become another number, write it as a string"),
                ));
            }
        }
        Ok(Item::Value(value))
    }

    /// §5.1.2 steps 15 to 19.
    fn finish(
        &mut self,
        place: Place<'d>,
        building: Building<'d>,
    ) -> Result<Expanded<'d>, JsonLdError> {
        if let Some(value) = building.value {
            let Some(item) = self.value_object(value, building)? else {
                return Ok(Expanded::Nothing);
            };
            if place.is_free() {
                self.lost(ErrorCode::ValueDropped, || {
                    "a value stands where only nodes say something".to_owned()
                })?;
                return Ok(Expanded::Nothing);
            }
            return Ok(Expanded::One(item));
        }
        if building.list.is_some() || building.set.is_some() {
            let others = building.has_node_members()
                || building.types.is_some()
                || building.language.is_some()
                || building.direction.is_some();
            return match (building.list, building.set) {
                (Some(items), None) if !others => Ok(Expanded::One(self.list(items))),
                (None, Some(items)) if !others => Ok(Expanded::Many(items)),
                _ => Err(self.error(
                    ErrorCode::InvalidSetOrListObject,
                    "a set or list has other members".to_owned(),
                )),
            };
        }
        if building.language.is_some() || building.direction.is_some() {
            self.lost(ErrorCode::ValueDropped, || {
                "a language or direction without a value says nothing".to_owned()
            })?;
            if !building.has_node_members() && building.types.is_none() && !building.index {
                return Ok(Expanded::Nothing);
            }
        }
        let mut types = Vec::new();
        for name in building.types.into_iter().flatten() {
            match name {
                Name::Iri(iri) => types.push(iri),
                Name::Keyword(_) => self.lost(ErrorCode::TypeUndefined, || {
                    "a keyword is no type".to_owned()
                })?,
            }
        }
        let node = NodeObject {
            has_id: building.id.is_some(),
            id: building.id.flatten(),
            has_index: building.index,
            types,
            properties: building.properties,
            reverse: building.reverse,
            graph: building.graph,
            included: building.included.unwrap_or_default(),
            place: self.place(),
        };
        if place.is_free() {
            self.not_empty(node.vanishes(), "a node that says nothing")?;
            if node.is_bare() && !(node.has_id && node.has_index) {
                return Ok(Expanded::Nothing);
            }
        }
        Ok(Expanded::One(Item::Node(Box::new(node))))
    }

    /// §5.1.2 step 15.
    fn value_object(
        &self,
        value: Option<Scalar<'d>>,
        building: Building<'d>,
    ) -> Result<Option<Item<'d>>, JsonLdError> {
        let tagged = building.language.is_some() || building.direction.is_some();
        if building.has_node_members()
            || building.list.is_some()
            || building.set.is_some()
            || (building.types.is_some() && tagged)
        {
            return Err(self.error(
                ErrorCode::InvalidValueObject,
                "a value object has members that it cannot".to_owned(),
            ));
        }
        let wrong_type = || {
            self.error(
                ErrorCode::InvalidTypedValue,
                "a value's `@type` is no IRI".to_owned(),
            )
        };
        let kind = match building.types.as_deref() {
            None => Kind::Plain,
            Some([Name::Keyword(Keyword::Json)]) => Kind::Json,
            Some(_) if value.is_none() => Kind::Plain,
            Some([Name::Iri(iri)]) if iri::is_absolute(iri) && !building.types_are_array => {
                Kind::Datatype(Arc::clone(iri))
            }
            Some(_) => return Err(wrong_type()),
        };
        let Some(value) = value else { return Ok(None) };
        let is_text = matches!(value, Scalar::Key(_) | Scalar::Json(Value::String(_)));
        if building.language.is_some() && !is_text {
            return Err(self.error(
                ErrorCode::InvalidLanguageTaggedValue,
                "only a string has a language".to_owned(),
            ));
        }
        let value = ValueObject {
            value,
            kind,
            language: building.language,
            direction: building.direction,
        };
        self.checked(value).map(Some)
    }

    /// What is empty leaves no trace in RDF; strict mode refuses it.
    fn not_empty(&self, empty: bool, what: &str) -> Result<(), JsonLdError> {
        if empty {
            self.lost(ErrorCode::ValueDropped, || {
                format!("{what} leaves no trace, leave it out")
            })
        } else {
            Ok(())
        }
    }
}

impl Building<'_> {
    fn has(&self, keyword: Keyword) -> bool {
        match keyword {
            Keyword::Id => self.id.is_some(),
            Keyword::Value => self.value.is_some(),
            Keyword::Language => self.language.is_some(),
            Keyword::Direction => self.direction.is_some(),
            Keyword::Index => self.index,
            Keyword::List => self.list.is_some(),
            Keyword::Set => self.set.is_some(),
            Keyword::Graph => self.graph.is_some(),
            Keyword::Reverse => self.has_reverse,
            _ => false,
        }
    }

    fn has_node_members(&self) -> bool {
        self.id.is_some()
            || self.graph.is_some()
            || self.included.is_some()
            || self.has_reverse
            || !self.reverse.is_empty()
            || !self.properties.is_empty()
    }
}

/// The keyword that a key or type stands for.
fn keyword(active: &Active, text: &str) -> Option<Keyword> {
    if let Some(keyword) = Keyword::parse(text) {
        return Some(keyword);
    }
    match active.term(text)?.name {
        Some(Name::Keyword(keyword)) => Some(keyword),
        Some(Name::Iri(_)) | None => None,
    }
}
