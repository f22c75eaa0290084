//! From expanded form to RDF (JSON-LD 1.1 API §7.1 and §8), without the detour over a node map: a dataset is a set, so
//! statements about one node may come from several places.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Number, Value};

use super::expanded::{Item, Kind, ListObject, NodeObject, Properties, Scalar, ValueObject};
use super::guarded::own_name;
use super::name::is_blank;
use super::{CELL_PLACE, ErrorCode, JsonLdError, Mode, Options, RdfDirection};
use crate::quick::QuickState;
use crate::rdf::{Dataset, Literal, Quad, RDF_LANG_STRING, RDF_TYPE, Term, XSD_STRING};
use crate::statements::TEXT_BYTES_MAX;
use crate::{iri, jcs};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
/// `xsd:double`.
pub(super) const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";

/// The dataset of an expanded document.
///
/// `by_place`: blank nodes are named by where they stand, those that the document names by that name.
pub(super) fn dataset(
    items: &[Item<'_>],
    options: &Options,
    by_place: bool,
) -> Result<Dataset, JsonLdError> {
    let mut emitter = Emitter {
        options,
        by_place,
        described: HashMap::default(),
        quads: Vec::with_capacity(64),
        bytes: 0,
        blanks: 0,
        names: HashMap::default(),
        compounds: HashMap::new(),
        rdf_type: RDF_TYPE.into(),
        xsd_string: XSD_STRING.into(),
    };
    for item in items {
        emitter.item(item, &None)?;
    }
    Ok(Dataset::new(emitter.quads))
}

/// The number as `xsd:double` is written (§8.2.2 step 10), and whether it is still the same number.
pub(super) fn double(value: f64) -> (String, bool) {
    let text = format!("{value:.15e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let trimmed = mantissa.trim_end_matches('0');
    let point = if trimmed.ends_with('.') { "0" } else { "" };
    let text = format!("{trimmed}{point}E{exponent}");
    let same = text.parse() == Ok(value);
    (text, same)
}

/// True where a number is written as a double: a fraction, or beyond 10^21.
pub(super) fn is_double(number: &Number) -> bool {
    !(number.is_i64() || number.is_u64())
        && number
            .as_f64()
            .is_some_and(|v| v.fract() != 0.0 || v.abs() >= 1e21)
}

type Graph = Option<Term>;
/// Where a text with a direction stands: graph, subject, predicate, text, language, direction.
type Compound = (
    Graph,
    Term,
    Arc<str>,
    String,
    Option<Arc<str>>,
    &'static str,
);

struct Emitter<'o> {
    options: &'o Options,
    by_place: bool,
    /// Named nodes that an object describes: in which graphs, and whether it says what verifiers read.
    described: HashMap<Arc<str>, Vec<(Graph, bool)>, QuickState>,
    quads: Vec<Quad>,
    /// Bytes of all statements.
    bytes: usize,
    blanks: usize,
    names: HashMap<Arc<str>, Arc<str>, QuickState>,
    compounds: HashMap<Compound, Term>,
    rdf_type: Arc<str>,
    xsd_string: Arc<str>,
}

impl Emitter<'_> {
    fn push(
        &mut self,
        subject: &Term,
        predicate: &Arc<str>,
        object: Term,
        graph: &Graph,
    ) -> Result<(), JsonLdError> {
        if self.quads.len() >= self.options.limits.quads_max {
            let message = format!(
                "document becomes more than the {} statements allowed",
                self.options.limits.quads_max
            );
            return Err(JsonLdError::new(
                ErrorCode::TooManyQuads,
                String::new(),
                message,
            ));
        }
        let length = |term: &Term| match term {
            Term::Iri(text) | Term::Blank(text) => text.len(),
            Term::Literal(literal) => literal.lexical.len() + literal.datatype.len(),
        };
        let graph_bytes = graph.as_ref().map_or(0, &length);
        self.bytes = self
            .bytes
            .saturating_add(length(subject) + predicate.len() + length(&object) + graph_bytes);
        if self.bytes > TEXT_BYTES_MAX {
            let message =
                format!("its statements have more than the {TEXT_BYTES_MAX} bytes allowed");
            return Err(JsonLdError::new(
                ErrorCode::TooManyQuads,
                String::new(),
                message,
            ));
        }
        self.quads.push(Quad {
            subject: subject.clone(),
            predicate: Arc::clone(predicate),
            object,
            graph: graph.clone(),
        });
        Ok(())
    }

    fn fresh(&mut self) -> Term {
        let label = format!("b{}", self.blanks);
        self.blanks += 1;
        Term::Blank(label.into())
    }

    /// An IRI or blank node; `None` for what RDF cannot hold.
    fn name(&mut self, name: &Arc<str>) -> Option<Term> {
        if !is_blank(name) {
            return iri::is_absolute(name).then(|| Term::Iri(Arc::clone(name)));
        }
        if self.by_place {
            return Some(Term::Blank(Arc::clone(name)));
        }
        if let Some(label) = self.names.get(name) {
            return Some(Term::Blank(Arc::clone(label)));
        }
        let term = self.fresh();
        if let Term::Blank(label) = &term {
            self.names.insert(Arc::clone(name), Arc::clone(label));
        }
        Some(term)
    }

    /// A value outside any property: only nodes say something there.
    fn item(&mut self, item: &Item<'_>, graph: &Graph) -> Result<(), JsonLdError> {
        match item {
            Item::Node(node) => self.node(node, graph).map(|_| ()),
            Item::Value(_) | Item::List(_) => Ok(()),
        }
    }

    /// Writes a node's statements and gives its name; without one that RDF can hold, only what is below it is written.
    fn node(&mut self, node: &NodeObject<'_>, graph: &Graph) -> Result<Option<Term>, JsonLdError> {
        let name = match &node.id {
            Some(id) => self.name(id),
            None if node.has_id => None,
            None => Some(match &node.place {
                Some(place) => Term::Blank(Arc::clone(place)),
                None => self.fresh(),
            }),
        };
        self.described_once(node, graph)?;
        for class in &node.types {
            if let (Some(class), Some(subject)) = (self.name(class), &name) {
                let predicate = Arc::clone(&self.rdf_type);
                self.push(subject, &predicate, class, graph)?;
            }
        }
        self.properties(name.as_ref(), &node.properties, graph)?;
        for (predicate, items) in &node.reverse {
            for item in items {
                let Item::Node(other) = item else { continue };
                let other = self.node(other, graph)?;
                if let (Some(other), Some(name)) = (other, &name)
                    && iri::is_absolute(predicate)
                {
                    self.push(&other, predicate, name.clone(), graph)?;
                }
            }
        }
        for item in &node.included {
            self.item(item, graph)?;
        }
        if let (Some(items), Some(_)) = (&node.graph, &name) {
            for item in items {
                self.item(item, &name)?;
            }
        }
        Ok(name)
    }

    /// Upholds (said where it is read): what is said of a named node in two objects is nothing that verifiers read in one.
    fn described_once(&mut self, node: &NodeObject<'_>, graph: &Graph) -> Result<(), JsonLdError> {
        let Some(id) = node
            .id
            .as_ref()
            .filter(|_| self.options.mode == Mode::Strict)
        else {
            return Ok(());
        };
        if node.types.is_empty() && node.properties.is_empty() && node.reverse.is_empty() {
            return Ok(());
        }
        let reads = node
            .properties
            .iter()
            .any(|(iri, _)| own_name(iri).is_some());
        let of = self.described.entry(Arc::clone(id)).or_default();
        let before = of.iter_mut().find(|(of, _)| of == graph);
        let Some((_, read_before)) = before else {
            of.push((graph.clone(), reads));
            return Ok(());
        };
        if reads || *read_before {
            let message = format!("`{id}` is described in two objects");
            return Err(JsonLdError::new(
                ErrorCode::NodeSplit,
                String::new(),
                message,
            ));
        }
        Ok(())
    }

    fn properties(
        &mut self,
        subject: Option<&Term>,
        properties: &Properties<'_>,
        graph: &Graph,
    ) -> Result<(), JsonLdError> {
        for (predicate, items) in properties {
            let spoken = subject.filter(|_| iri::is_absolute(predicate));
            for item in items {
                let object = match item {
                    Item::Value(value) => {
                        self.value(value, spoken.map(|s| (s, predicate)), graph)?
                    }
                    Item::Node(node) => self.node(node, graph)?,
                    Item::List(list) => Some(self.list(list, graph)?),
                };
                if let (Some(object), Some(subject)) = (object, spoken) {
                    self.push(subject, predicate, object, graph)?;
                }
            }
        }
        Ok(())
    }

    /// §8.3. An entry that RDF cannot hold leaves its place without `rdf:first`.
    fn list(&mut self, list: &ListObject<'_>, graph: &Graph) -> Result<Term, JsonLdError> {
        let items = &list.items;
        let (first, rest): (Arc<str>, Arc<str>) =
            (format!("{RDF}first").into(), format!("{RDF}rest").into());
        let nil = Term::Iri(format!("{RDF}nil").into());
        let cells: Vec<Term> = (0..items.len())
            .map(|n| match &list.place {
                Some(place) => Term::Blank(format!("{place}{CELL_PLACE}{n}").into()),
                None => self.fresh(),
            })
            .collect();
        let mut following = cells.iter().skip(1);
        for (item, cell) in items.iter().zip(&cells) {
            let object = match item {
                Item::Value(value) => self.value(value, None, graph)?,
                Item::Node(node) => self.node(node, graph)?,
                Item::List(list) => Some(self.list(list, graph)?),
            };
            if let Some(object) = object {
                self.push(cell, &first, object, graph)?;
            }
            self.push(cell, &rest, following.next().unwrap_or(&nil).clone(), graph)?;
        }
        Ok(cells.into_iter().next().unwrap_or(nil))
    }

    /// §8.2. `place` is where the value stands, so that a compound literal given twice there is one.
    fn value(
        &mut self,
        value: &ValueObject<'_>,
        place: Option<(&Term, &Arc<str>)>,
        graph: &Graph,
    ) -> Result<Option<Term>, JsonLdError> {
        let datatype = match &value.kind {
            Kind::Json => {
                let text = match value.value {
                    Scalar::Json(json) => canonical_json(json)?,
                    Scalar::Key(key) => canonical_json(&Value::String(key.to_owned()))?,
                };
                return Ok(Some(literal(text.as_str(), format!("{RDF}JSON").into())));
            }
            Kind::Plain => None,
            Kind::Datatype(datatype) => {
                if !iri::is_absolute(datatype) {
                    return Ok(None);
                }
                Some(datatype)
            }
        };
        if value
            .language
            .as_ref()
            .is_some_and(|tag| !iri::is_language_tag(tag))
        {
            return Ok(None);
        }
        let text: Arc<str> = match value.value {
            Scalar::Key(text) => text.into(),
            Scalar::Json(Value::String(text)) => text.as_str().into(),
            Scalar::Json(Value::Bool(flag)) => {
                return Ok(Some(typed(
                    if *flag { "true" } else { "false" },
                    datatype,
                    "boolean",
                )));
            }
            Scalar::Json(Value::Number(number)) => {
                return Ok(Some(number_literal(number, datatype)));
            }
            Scalar::Json(Value::Null | Value::Array(_) | Value::Object(_)) => return Ok(None),
        };
        if let (Some(direction), Some(style)) = (value.direction, self.options.rdf_direction) {
            return match style {
                RdfDirection::I18nDatatype => {
                    let language = value
                        .language
                        .as_deref()
                        .unwrap_or_default()
                        .to_ascii_lowercase();
                    let datatype = format!(
                        "https://www.w3.org/ns/i18n#{language}_{}",
                        direction.as_str()
                    );
                    Ok(Some(literal(&text, datatype.into())))
                }
                RdfDirection::CompoundLiteral => self
                    .compound(
                        &text,
                        value.language.as_ref(),
                        direction.as_str(),
                        place,
                        graph,
                    )
                    .map(Some),
            };
        }
        Ok(Some(Term::Literal(match (&value.language, datatype) {
            (Some(language), _) => Literal {
                lexical: text,
                datatype: RDF_LANG_STRING.into(),
                language: Some(Arc::clone(language)),
            },
            (None, Some(datatype)) => Literal {
                lexical: text,
                datatype: Arc::clone(datatype),
                language: None,
            },
            (None, None) => Literal {
                lexical: text,
                datatype: Arc::clone(&self.xsd_string),
                language: None,
            },
        })))
    }

    fn compound(
        &mut self,
        text: &str,
        language: Option<&Arc<str>>,
        direction: &'static str,
        place: Option<(&Term, &Arc<str>)>,
        graph: &Graph,
    ) -> Result<Term, JsonLdError> {
        let key = place.map(|(subject, predicate)| {
            (
                graph.clone(),
                subject.clone(),
                Arc::clone(predicate),
                text.to_owned(),
                language.cloned(),
                direction,
            )
        });
        if let Some(known) = key.as_ref().and_then(|key| self.compounds.get(key)) {
            return Ok(known.clone());
        }
        let node = self.fresh();
        let string = |text: &str| literal(text, XSD_STRING.into());
        self.push(&node, &format!("{RDF}value").into(), string(text), graph)?;
        if let Some(language) = language {
            self.push(
                &node,
                &format!("{RDF}language").into(),
                string(&language.to_ascii_lowercase()),
                graph,
            )?;
        }
        self.push(
            &node,
            &format!("{RDF}direction").into(),
            string(direction),
            graph,
        )?;
        if let Some(key) = key {
            self.compounds.insert(key, node.clone());
        }
        Ok(node)
    }
}

fn canonical_json(value: &Value) -> Result<String, JsonLdError> {
    let refuse =
        |message: String| JsonLdError::new(ErrorCode::NumberInexact, String::new(), message);
    let bytes = jcs::canonicalize(value).map_err(|error| refuse(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| refuse(error.to_string()))
}

fn number_literal(number: &Number, datatype: Option<&Arc<str>>) -> Term {
    let as_double = datatype.is_some_and(|d| d.strip_prefix(XSD) == Some("double"));
    let (text, own) = number_text(number, as_double);
    literal(&text, datatype.map_or_else(|| Arc::from(own), Arc::clone))
}

/// A number as it is written, and the datatype that it has where nothing else is said (§8.2.2 steps 10 and 11).
pub(super) fn number_text(number: &Number, as_double: bool) -> (String, &'static str) {
    match number.as_f64() {
        Some(value) if as_double || is_double(number) => (double(value).0, XSD_DOUBLE),
        Some(value) if number.is_f64() => (
            format!("{:.0}", if value == 0.0 { 0.0 } else { value }),
            XSD_INTEGER,
        ),
        _ => (number.to_string(), XSD_INTEGER),
    }
}

fn typed(text: &str, datatype: Option<&Arc<str>>, otherwise: &str) -> Term {
    literal(
        text,
        datatype.map_or_else(|| format!("{XSD}{otherwise}").into(), Arc::clone),
    )
}

fn literal(text: &str, datatype: Arc<str>) -> Term {
    Term::Literal(Literal {
        lexical: text.into(),
        datatype,
        language: None,
    })
}
