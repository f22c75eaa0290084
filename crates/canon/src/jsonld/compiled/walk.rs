//! One walk over a document of a compiled `@context`, straight into statements.
//!
//! Each function gives `None` for what only the general processor knows to handle or to refuse; the walk then ends, and what it
//! wrote is thrown away. It follows expansion in `jsonld::expand` step by step, and must accept nothing that is refused there.
//! Upholds (one judge): there is no error here to give.

use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::table::{Coerced, Entry, Meaning, push_datatype, push_tag};
use super::{Context, Set};
use crate::iri;
use crate::jsonld::Processor;
use crate::jsonld::active::Relative;
use crate::jsonld::emit::{XSD_DOUBLE, double, is_double, number_text};
use crate::jsonld::guarded::own_name;
use crate::jsonld::name::{Direction, Keyword, Name};
use crate::quick::QuickState;
use crate::rdf::XSD_STRING;
use crate::statements::{Span, Statements, Subject, push_escaped};

const TYPE: &str = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ";
const END: &str = " .\n";

/// The statements of a document.
pub(super) fn document<'s>(
    processor: &'s Processor,
    set: &'s Set,
    map: &Map<String, Value>,
    without: Option<&'s str>,
) -> Option<Statements> {
    let limits = &processor.options.limits;
    let mut walk = Walk {
        processor,
        set,
        without,
        keys: Vec::with_capacity(64),
        contexts_left: limits.contexts_max.checked_sub(set.spent)?,
        described: HashSet::default(),
        statements: Statements::with_limit(limits.quads_max),
    };
    let context = set.context(set.root)?;
    let place = Place {
        context,
        entry: None,
        of: None,
        depth: 0,
    };
    walk.object(place, map)?;
    // A document that says nothing is refused.
    (!walk.statements.is_empty()).then_some(walk.statements)
}

struct Walk<'s> {
    processor: &'s Processor,
    set: &'s Set,
    /// A member of the document that is read as if it were not there.
    without: Option<&'s str>,
    /// The keys of the objects that the walk is in, as their contexts know them.
    keys: Vec<Key<'s>>,
    contexts_left: usize,
    /// Named nodes that an object describes.
    described: HashSet<String, QuickState>,
    statements: Statements,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'s, 'p> {
    context: &'s Context,
    /// The term that leads to it.
    entry: Option<&'s Entry>,
    /// Of what it is said, by which predicate; `None` at the top.
    of: Option<(Subject, &'p str)>,
    depth: usize,
}

/// A key of an object.
#[derive(Clone, Copy)]
struct Key<'s> {
    meaning: Meaning,
    /// `None` for what is no term.
    entry: Option<&'s Entry>,
}

impl<'s> Walk<'s> {
    fn object(&mut self, place: Place<'s, '_>, map: &Map<String, Value>) -> Option<()> {
        let depth = self.deeper(place.depth)?;
        let mut context = place.context;
        let mut reverted = false;
        // At the top, the document's own context has only just begun to hold.
        if let Some(previous) = context.previous.filter(|_| place.of.is_some()) {
            let is = |key: &str, meaning| self::key(context, key).meaning == meaning;
            let is_value = map.keys().any(|key| is(key, Meaning::Value));
            let only_id = map.len() == 1 && map.keys().all(|key| is(key, Meaning::Id));
            if !is_value && !only_id {
                context = self.set.context(previous)?;
                reverted = true;
            }
        }
        if let Some(scope) = place.entry.and_then(|entry| entry.scope.as_deref()) {
            let (to, spent) = self
                .set
                .property(self.processor, place.context, scope, reverted)?;
            self.spend(spent)?;
            context = to;
        }
        let from = self.keys.len();
        let type_scoped = context;
        let mut types = None;
        for key in map.keys() {
            let is_read = key == "@context" || Some(key.as_str()) == self.without;
            let key = if is_read && place.of.is_none() {
                Key {
                    meaning: Meaning::Read,
                    entry: None,
                }
            } else {
                self::key(context, key)
            };
            if key.meaning == Meaning::Type {
                // Two members that are both `@type` are rare enough.
                if types.is_some() {
                    return None;
                }
                types = Some(self.keys.len() - from);
            }
            self.keys.push(key);
        }
        let types = match types {
            Some(at) => Some(map.values().nth(at)?),
            None => None,
        };
        if let Some(types) = types {
            context = self.scoped_by_types(type_scoped, types)?;
            if !std::ptr::eq(context, type_scoped) {
                for (known, text) in self.keys.get_mut(from..)?.iter_mut().zip(map.keys()) {
                    if known.meaning == Meaning::Read {
                        continue;
                    }
                    let key = self::key(context, text);
                    // Types that make another member `@type`, or this one none, are for the general processor.
                    if (key.meaning == Meaning::Type) != (known.meaning == Meaning::Type) {
                        return None;
                    }
                    *known = key;
                }
            }
        }
        let scene = Scene {
            context,
            type_scoped,
            types,
            from,
            depth,
        };
        let keys = self.keys.get(from..)?;
        if keys.iter().any(|key| key.meaning == Meaning::Value) {
            self.value_object(scene, place.of?, map)?;
        } else {
            self.node(scene, place.of, map)?;
        }
        self.keys.truncate(from);
        Some(())
    }

    fn node(
        &mut self,
        scene: Scene<'s, '_>,
        of: Option<(Subject, &str)>,
        map: &Map<String, Value>,
    ) -> Option<()> {
        let keys = self.keys.get(scene.from..)?;
        let mut ids = keys
            .iter()
            .zip(map.values())
            .filter(|(key, _)| key.meaning == Meaning::Id);
        let id = ids.next().map(|(_, id)| id);
        if ids.next().is_some() {
            return None;
        }
        let start = self.statements.position();
        self.statements.text.push_str(of.map_or("", |of| of.1));
        let subject = match id {
            Some(id) => {
                let name = self.name(scene.context, id.as_str()?)?;
                // A node that two objects describe is for the general processor to judge.
                let is_described =
                    map.len() > 1 + usize::from(of.is_none() && map.contains_key("@context"));
                if is_described
                    && !self
                        .described
                        .insert(self.statements.text_of(name)?.to_owned())
                {
                    return None;
                }
                self.statements.named(name)
            }
            None => self.statements.unnamed(),
        };
        let link = of.map(|(parent, _)| (parent, self.statements.end_link(start, subject)));
        // Types first and a node's own statements before those that lead to it, as the general processor has them: the order
        // decides how much work alike nodes take.
        if let Some(types) = scene.types {
            self.types(scene.type_scoped, subject, types)?;
        }
        for (number, (text, value)) in map.iter().enumerate() {
            let key = *self.keys.get(scene.from + number)?;
            match key.meaning {
                Meaning::Id | Meaning::Type | Meaning::Read => {}
                Meaning::Property | Meaning::LanguageMap => {
                    self.property(scene, subject, text, key, value)?;
                }
                Meaning::Value
                | Meaning::Language
                | Meaning::Direction
                | Meaning::None
                | Meaning::Other => return None,
            }
        }
        match link {
            Some((parent, rest)) => self.statements.link(parent, rest, subject),
            None => Some(()),
        }
    }

    fn types(&mut self, context: &Context, subject: Subject, value: &Value) -> Option<()> {
        let one = std::slice::from_ref(value);
        let classes = value.as_array().map_or(one, Vec::as_slice);
        if classes.is_empty() {
            return None;
        }
        for class in classes {
            let start = self.statements.position();
            self.statements.text.push_str(TYPE);
            self.word(context, class.as_str()?)?;
            self.statements.text.push_str(END);
            self.say(subject, start)?;
        }
        Some(())
    }

    /// The context that types make of this one.
    fn scoped_by_types(&mut self, own: &'s Context, types: &Value) -> Option<&'s Context> {
        let scope = |class: &str| own.table.get(class)?.scope.as_deref();
        let one = std::slice::from_ref(types);
        let classes = types.as_array().map_or(one, Vec::as_slice);
        let mut scopes = Vec::new();
        for class in classes {
            let class = class.as_str()?;
            if let Some(scope) = scope(class) {
                scopes.push((class, scope));
            }
        }
        scopes.sort_by_key(|(class, _)| *class);
        let mut context = own;
        for (_, scope) in scopes {
            let is_own = std::ptr::eq(context, own);
            let (to, spent) = self.set.class(self.processor, context, scope, is_own)?;
            self.spend(spent)?;
            context = to;
        }
        Some(context)
    }

    fn property(
        &mut self,
        scene: Scene<'s, '_>,
        subject: Subject,
        text: &str,
        key: Key<'s>,
        value: &Value,
    ) -> Option<()> {
        let written;
        let predicate = match key.entry {
            Some(entry) => &*entry.predicate,
            None => match scene.context.active.expand(text, Relative::VOCAB)? {
                Name::Iri(iri) if iri::is_absolute(&iri) => {
                    if own_name(&iri).is_some_and(|name| name != text) {
                        return None;
                    }
                    written = format!(" <{iri}> ");
                    &written
                }
                Name::Iri(_) | Name::Keyword(_) => return None,
            },
        };
        let place = Place {
            context: scene.context,
            entry: key.entry,
            of: Some((subject, predicate)),
            depth: scene.depth,
        };
        match (value, key.entry) {
            (Value::Object(map), Some(entry)) if key.meaning == Meaning::LanguageMap => {
                self.language_map(place, subject, entry, map)
            }
            (Value::Array(items), _) => {
                if items.is_empty() {
                    return None;
                }
                let place = Place {
                    depth: self.deeper(place.depth)?,
                    ..place
                };
                items
                    .iter()
                    .try_for_each(|item| self.value(place, subject, text, predicate, item))
            }
            _ => self.value(place, subject, text, predicate, value),
        }
    }

    fn value(
        &mut self,
        place: Place<'s, '_>,
        subject: Subject,
        key: &str,
        predicate: &str,
        value: &Value,
    ) -> Option<()> {
        match value {
            Value::Object(map) => return self.object(place, map),
            Value::Null | Value::Array(_) => return None,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        let mut context = place.context;
        let mut coerced = place.entry.map_or(&context.plain, |entry| &entry.coerced);
        if let Some(scope) = place.entry.and_then(|entry| entry.scope.as_deref()) {
            let (to, spent) = self.set.property(self.processor, context, scope, false)?;
            self.spend(spent)?;
            context = to;
            coerced = to.table.get(key).map_or(&to.plain, |entry| &entry.coerced);
        }
        let start = self.statements.position();
        self.statements.text.push_str(predicate);
        match (value, coerced) {
            (Value::String(text), Coerced::Plain(end) | Coerced::Typed { end, .. }) => {
                let out = &mut self.statements.text;
                out.push('"');
                push_escaped(out, text);
                out.push_str(end);
            }
            (Value::String(text), Coerced::Id) => {
                self.name(context, text)?;
                self.statements.text.push_str(END);
            }
            (Value::String(text), Coerced::Vocab) => {
                self.word(context, text)?;
                self.statements.text.push_str(END);
            }
            (Value::Bool(flag), Coerced::Plain(_) | Coerced::Typed { .. }) => {
                let out = &mut self.statements.text;
                out.push_str(if *flag { "\"true" } else { "\"false" });
                match coerced {
                    Coerced::Typed { end, .. } => out.push_str(end),
                    _ => out.push_str("\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n"),
                }
            }
            (Value::Number(number), Coerced::Plain(_)) => {
                let datatype = self.number(number, false)?;
                push_datatype(&mut self.statements.text, datatype);
                self.statements.text.push_str(END);
            }
            (Value::Number(number), Coerced::Typed { end, is_double }) => {
                self.number(number, *is_double)?;
                self.statements.text.push_str(end);
            }
            _ => return None,
        }
        self.say(subject, start)
    }

    /// Opens a literal with a number, and gives the datatype that it has by itself.
    fn number(&mut self, number: &Number, as_double: bool) -> Option<&'static str> {
        let out = &mut self.statements.text;
        if as_double || is_double(number) {
            let (text, is_same) = double(number.as_f64()?);
            out.push('"');
            out.push_str(&text);
            return is_same.then_some(XSD_DOUBLE);
        }
        let (text, datatype) = number_text(number, false);
        out.push('"');
        out.push_str(&text);
        Some(datatype)
    }

    fn language_map(
        &mut self,
        place: Place<'s, '_>,
        subject: Subject,
        entry: &Entry,
        map: &Map<String, Value>,
    ) -> Option<()> {
        let (_, predicate) = place.of?;
        if map.is_empty() {
            return None;
        }
        for (language, value) in map {
            let is_none = key(place.context, language).meaning == Meaning::None;
            let language = (!is_none).then_some(language.as_str());
            let one = std::slice::from_ref(value);
            let texts = value.as_array().map_or(one, Vec::as_slice);
            if texts.is_empty() {
                return None;
            }
            for text in texts {
                let start = self.statements.position();
                let out = &mut self.statements.text;
                out.push_str(predicate);
                out.push('"');
                push_escaped(out, text.as_str()?);
                push_tag(out, language, entry.direction)?;
                out.push_str(END);
                self.say(subject, start)?;
            }
        }
        Some(())
    }

    fn value_object(
        &mut self,
        scene: Scene<'s, '_>,
        (subject, predicate): (Subject, &str),
        map: &Map<String, Value>,
    ) -> Option<()> {
        let (mut value, mut class, mut language, mut direction) = (None, None, None, None);
        for (number, member) in map.values().enumerate() {
            // Given twice, under another name, is refused.
            let twice = match self.keys.get(scene.from + number)?.meaning {
                Meaning::Value => value.replace(member).is_some(),
                Meaning::Type => class.replace(member.as_str()?).is_some(),
                Meaning::Language => language.replace(member.as_str()?).is_some(),
                Meaning::Direction => direction
                    .replace(Direction::parse(member.as_str()?)?)
                    .is_some(),
                Meaning::Id
                | Meaning::None
                | Meaning::Property
                | Meaning::LanguageMap
                | Meaning::Read
                | Meaning::Other => return None,
            };
            if twice {
                return None;
            }
        }
        let start = self.statements.position();
        self.statements.text.push_str(predicate);
        match value? {
            Value::String(text) => {
                let out = &mut self.statements.text;
                out.push('"');
                push_escaped(out, text);
                match class {
                    Some(class) if language.is_none() && direction.is_none() => {
                        self.datatype(scene.type_scoped, class)?;
                    }
                    Some(_) => return None,
                    None => push_tag(&mut self.statements.text, language, direction)?,
                }
            }
            _ if language.is_some() || direction.is_some() => return None,
            Value::Bool(flag) => {
                let out = &mut self.statements.text;
                out.push_str(if *flag { "\"true" } else { "\"false" });
                match class {
                    Some(class) => self.datatype(scene.type_scoped, class)?,
                    None => out.push_str("\"^^<http://www.w3.org/2001/XMLSchema#boolean>"),
                }
            }
            Value::Number(number) => {
                // A number of a type of its own is for the general processor: the type decides how it is written.
                if class.is_some() {
                    return None;
                }
                let datatype = self.number(number, false)?;
                push_datatype(&mut self.statements.text, datatype);
            }
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        }
        self.statements.text.push_str(END);
        self.say(subject, start)
    }

    /// Ends a literal with the type that a value object names.
    fn datatype(&mut self, context: &Context, class: &str) -> Option<()> {
        let before = self.statements.text.len();
        self.statements.text.push_str("\"^^");
        self.word(context, class)?;
        let ends_as_string = self
            .statements
            .text
            .get(before + 4..)?
            .strip_suffix('>')
            .is_some_and(|iri| iri == XSD_STRING);
        if ends_as_string {
            self.statements.text.truncate(before + 1);
        }
        Some(())
    }

    /// Writes the IRI of a node as it is named in a document (§5.2, relative to the document).
    fn name(&mut self, context: &Context, text: &str) -> Option<Span> {
        let start = self.statements.position();
        let colon = text.find(':').filter(|at| *at > 0)?;
        let (prefix, suffix) = (text.get(..colon)?, text.get(colon + 1..)?);
        let is_compact = !suffix.starts_with("//")
            && context.table.get(prefix).is_some_and(|entry| entry.prefix);
        if is_compact {
            self.expanded(context, text, Relative::DOCUMENT)?;
        } else if iri::is_absolute(text) {
            self.push_iri(text);
        } else {
            return None;
        }
        Some(self.statements.since(start))
    }

    /// Writes the IRI of a class or of a value of a vocabulary (§5.2, relative to the vocabulary).
    fn word(&mut self, context: &Context, text: &str) -> Option<()> {
        if text.starts_with('@') {
            return None;
        }
        match context.table.get(text) {
            Some(entry) => {
                let iri = entry
                    .predicate
                    .get(1..entry.predicate.len().checked_sub(1)?)?;
                self.statements.text.push_str(iri);
                Some(())
            }
            None => self.expanded(context, text, Relative::BOTH),
        }
    }

    fn expanded(&mut self, context: &Context, text: &str, how: Relative) -> Option<()> {
        match context.active.expand(text, how)? {
            Name::Iri(iri) if iri::is_absolute(&iri) => {
                self.push_iri(&iri);
                Some(())
            }
            Name::Iri(_) | Name::Keyword(_) => None,
        }
    }

    fn say(&mut self, subject: Subject, start: usize) -> Option<()> {
        let rest = self.statements.since(start);
        self.statements.say(subject, rest)
    }

    fn push_iri(&mut self, iri: &str) {
        let out = &mut self.statements.text;
        out.push('<');
        out.push_str(iri);
        out.push('>');
    }

    fn deeper(&self, depth: usize) -> Option<usize> {
        (depth < self.processor.options.limits.depth_max).then_some(depth + 1)
    }

    fn spend(&mut self, contexts: usize) -> Option<()> {
        self.contexts_left = self.contexts_left.checked_sub(contexts)?;
        Some(())
    }
}

/// What holds for the members of one object.
#[derive(Clone, Copy)]
struct Scene<'s, 'd> {
    context: &'s Context,
    type_scoped: &'s Context,
    types: Option<&'d Value>,
    /// Where its keys are in [`Walk::keys`].
    from: usize,
    depth: usize,
}

/// A key as a context knows it.
fn key<'s>(context: &'s Context, text: &str) -> Key<'s> {
    if text.starts_with('@') {
        let meaning = Keyword::parse(text).map_or(Meaning::Other, Meaning::of);
        return Key {
            meaning,
            entry: None,
        };
    }
    match context.table.get(text) {
        Some(entry) => Key {
            meaning: entry.meaning,
            entry: Some(entry),
        },
        // An IRI, or a word of the vocabulary.
        None => Key {
            meaning: Meaning::Property,
            entry: None,
        },
    }
}
