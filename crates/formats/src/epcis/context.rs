//! Prefixes of JSON-LD contexts: what `example:myField` means, and one context for events of many documents.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::CONTEXT;

/// Prefixes that the standard's own context defines.
const STANDARD: &[(&str, &str)] = &[
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("gs1", "https://gs1.org/voc/"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("dcterms", "http://purl.org/dc/terms/"),
];

/// Addresses under which the standard's context is found.
const STANDARD_CONTEXTS: &[&str] = &[
    CONTEXT,
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
    "https://gs1.github.io/EPCIS/epcis-context.jsonld",
];

/// What each prefix stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespaces {
    own: BTreeMap<String, String>,
}

impl Namespaces {
    /// The prefixes of some contexts, a later one over an earlier one. Addresses are not followed.
    pub fn of<'a>(contexts: impl IntoIterator<Item = &'a Value>) -> Namespaces {
        let mut found = Namespaces::default();
        for context in contexts {
            found.add(context, 0);
        }
        found
    }

    /// Adds one prefix.
    pub fn insert(&mut self, prefix: &str, address: &str) {
        self.own.insert(prefix.to_owned(), address.to_owned());
    }

    /// Prefixes and addresses that are not the standard's own.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.own
            .iter()
            .map(|(prefix, address)| (prefix.as_str(), address.as_str()))
    }

    /// The full address of a compact one; what has no known prefix stays as it is.
    pub fn expand(&self, text: &str) -> String {
        if let Some((prefix, rest)) = text.split_once(':')
            && !rest.starts_with("//")
            && let Some(address) = self.address(prefix)
        {
            return format!("{address}{rest}");
        }
        text.to_owned()
    }

    fn address(&self, prefix: &str) -> Option<&str> {
        self.own.get(prefix).map(String::as_str).or_else(|| {
            STANDARD
                .iter()
                .find(|(known, _)| *known == prefix)
                .map(|(_, address)| *address)
        })
    }

    fn add(&mut self, context: &Value, depth: usize) {
        match context {
            Value::Array(items) if depth < 4 => {
                for item in items {
                    self.add(item, depth + 1);
                }
            }
            Value::Object(terms) => {
                for (term, meaning) in terms {
                    let address = match meaning {
                        Value::String(address) => Some(address.as_str()),
                        Value::Object(definition) => definition.get("@id").and_then(Value::as_str),
                        _ => None,
                    };
                    if let Some(address) = address
                        && !term.starts_with('@')
                        && !term.contains(':')
                    {
                        self.own.insert(term.clone(), address.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
}

/// One context for an answer, from those under which its events were captured.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    addresses: Vec<String>,
    terms: Map<String, Value>,
}

impl Merged {
    /// Takes in the context of one event; tells whether the answer's context now means all that this one does. Where it does not
    /// (a prefix means two things), the event needs its own context beside it.
    pub fn take(&mut self, context: &Value) -> bool {
        let mut addresses = Vec::new();
        let mut terms = Map::new();
        if !flatten(context, &mut addresses, &mut terms, 0) {
            return false;
        }
        // Another vocabulary's address may redefine any term: it cannot stand beside other contexts.
        let strange = addresses
            .iter()
            .any(|address| !STANDARD_CONTEXTS.contains(&address.as_str()));
        if strange {
            return false;
        }
        if terms
            .iter()
            .any(|(term, meaning)| self.terms.get(term).is_some_and(|held| held != meaning))
        {
            return false;
        }
        self.terms.extend(terms);
        for address in addresses {
            if !self.addresses.contains(&address) {
                self.addresses.push(address);
            }
        }
        true
    }

    /// The answer's context.
    pub fn context(&self) -> Value {
        let mut all: Vec<Value> = vec![Value::from(CONTEXT)];
        if !self.terms.is_empty() {
            all.push(Value::Object(self.terms.clone()));
        }
        Value::Array(all)
    }
}

fn flatten(
    context: &Value,
    addresses: &mut Vec<String>,
    terms: &mut Map<String, Value>,
    depth: usize,
) -> bool {
    match context {
        Value::Null => true,
        Value::String(address) => {
            addresses.push(address.clone());
            true
        }
        Value::Array(items) => {
            depth < 4
                && items
                    .iter()
                    .all(|item| flatten(item, addresses, terms, depth + 1))
        }
        Value::Object(members) => {
            for (term, meaning) in members {
                if term.starts_with('@') {
                    return false;
                }
                terms.insert(term.clone(), meaning.clone());
            }
            true
        }
        _ => false,
    }
}
