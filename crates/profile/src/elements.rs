//! Data elements: every member of every record type of a program, with its identifiers in others' data models.
//!
//! A schema's member says them under `x-wco` (identifiers of the WCO Data Model, several with a space between) and `x-uncefact` (the
//! dictionary entry name of a UN/CEFACT core component; without it a term of UN/CEFACT's web vocabulary counts); its term is what the
//! program's JSON-LD context calls it.

use serde_json::Value;

use crate::builtin::BUILT_IN;
use crate::load::Profile;
use crate::pointer::escape;
use crate::schema::resolve;

/// Where UN/CEFACT publishes its web vocabulary: a member with such a term is that term.
const UNCEFACT: &str = "https://vocabulary.uncefact.org/";
/// Depth of members in members: schemas that refer to themselves end here.
const DEPTH_MAX: usize = 8;

/// One member of a record type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The program in whose folder the record type stands.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// Record type.
    pub record_type: String,
    /// Pointer from the record's root; `*` for each entry of a list.
    pub pointer: String,
    /// Title, English.
    pub en: String,
    /// Title, Spanish; the English one where there is none.
    pub es: String,
    /// JSON type: `string`, `number`, `array`, …
    pub kind: String,
    /// Whether the member that holds it must have it.
    pub required: bool,
    /// Whether it is personal data.
    pub personal: bool,
    /// Code list that governs it.
    pub codes: Option<String>,
    /// Identifiers in the WCO Data Model.
    pub wco: Vec<String>,
    /// Name in UN/CEFACT's dictionary.
    pub uncefact: Option<String>,
    /// The IRI of its term.
    pub term: Option<String>,
}

/// The elements of one program of a profile, by record type and then as the schema has them.
pub fn elements(profile: &Profile, program: &str) -> Vec<Element> {
    let model = profile.model();
    let Some(own) = profile.programs().iter().find(|p| p.id == program) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for record_type in model.records.keys() {
        let stands = model.profile_of(&format!("records.{record_type}")) == Some(program);
        if !stands || BUILT_IN.contains(&record_type.as_str()) {
            continue;
        }
        if let Some(root) = model.schemas.get(record_type) {
            let mut walk = Walk {
                root,
                context: own.context.get("@context").unwrap_or(&Value::Null),
                made: Element {
                    profile: own.id.clone(),
                    version: own.version.clone(),
                    record_type: record_type.clone(),
                    pointer: String::new(),
                    en: String::new(),
                    es: String::new(),
                    kind: String::new(),
                    required: false,
                    personal: false,
                    codes: None,
                    wco: Vec::new(),
                    uncefact: None,
                    term: None,
                },
                out: &mut out,
            };
            walk.object(root, "/credentialSubject", 0);
        }
    }
    out
}

struct Walk<'a> {
    root: &'a Value,
    context: &'a Value,
    /// What all elements of the record type have in common.
    made: Element,
    out: &'a mut Vec<Element>,
}

impl Walk<'_> {
    fn object(&mut self, schema: &Value, at: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let schema = resolve(self.root, schema).clone();
        let required = |name: &str| {
            let list = schema.get("required").and_then(Value::as_array);
            list.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
        };
        let members = schema.get("properties").and_then(Value::as_object);
        for (name, member) in members.into_iter().flatten() {
            let pointer = format!("{at}/{}", escape(name));
            self.member(name, member, &pointer, required(name), depth);
        }
        for word in ["allOf", "anyOf", "oneOf"] {
            let parts = schema.get(word).and_then(Value::as_array);
            for part in parts.into_iter().flatten() {
                self.object(part, at, depth + 1);
            }
        }
    }

    fn member(&mut self, name: &str, said: &Value, pointer: &str, required: bool, depth: usize) {
        let schema = resolve(self.root, said).clone();
        let items = schema.get("items").map(|items| resolve(self.root, items));
        let items = items.cloned().unwrap_or_default();
        // What is said where it is used counts before what is said of its shape, and a list before its entries.
        let text = |word: &str| {
            [said, &schema, &items]
                .iter()
                .find_map(|v| v.get(word).and_then(Value::as_str))
                .map(str::to_owned)
        };
        if !self
            .out
            .iter()
            .any(|e| e.record_type == self.made.record_type && e.pointer == pointer)
        {
            let en = text("title").unwrap_or_else(|| name.to_owned());
            let term = self.term(name);
            self.out.push(Element {
                pointer: pointer.to_owned(),
                es: text("x-title-es").unwrap_or_else(|| en.clone()),
                en,
                kind: text("type").unwrap_or_default(),
                required,
                personal: [said, &schema]
                    .iter()
                    .any(|v| v.get("x-personal") == Some(&Value::Bool(true))),
                codes: text("x-codes"),
                wco: text("x-wco")
                    .map(|all| all.split_whitespace().map(str::to_owned).collect())
                    .unwrap_or_default(),
                uncefact: text("x-uncefact")
                    .or_else(|| Some(term.as_ref()?.strip_prefix(UNCEFACT)?.to_owned())),
                term,
                ..self.made.clone()
            });
        }
        self.object(&schema, pointer, depth + 1);
        if items.is_object() {
            self.object(&items, &format!("{pointer}/*"), depth + 1);
        }
    }

    fn term(&self, name: &str) -> Option<String> {
        let said = self.context.get(name)?;
        let id = said.as_str().or_else(|| said.get("@id")?.as_str())?;
        Some(id.to_owned())
    }
}
