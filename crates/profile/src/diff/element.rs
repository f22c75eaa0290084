//! Things with a name and properties, compared one by one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Sight};

/// What sort of thing it is.
pub(super) struct Element {
    /// First part of its codes: `clock`.
    pub(super) code: &'static str,
    /// First part of its place: `clocks`.
    pub(super) at: &'static str,
    /// `clock`.
    pub(super) en: &'static str,
    /// With its article: `el plazo`.
    pub(super) es: &'static str,
    /// Whether the core has it.
    pub(super) core: bool,
    /// What a new one does to what people see; one gone does the contrary.
    pub(super) sees: Option<Sight>,
}

/// One thing.
#[derive(Default)]
pub(super) struct Thing {
    /// Its names in English and Spanish, in place of the bare id.
    pub(super) names: Option<[String; 2]>,
    pub(super) facets: Vec<Facet>,
}

/// A property.
pub(super) struct Facet {
    code: &'static str,
    en: &'static str,
    es: &'static str,
    value: Value,
    core: bool,
    sees: bool,
    lead: bool,
}

#[derive(PartialEq)]
enum Value {
    /// One value in English and Spanish; empty where nothing is said.
    One([String; 2]),
    Many(BTreeSet<String>),
    /// Is so or not: the words for both, in both languages.
    Flag(bool, [&'static str; 2]),
}

impl Facet {
    fn new(code: &'static str, en: &'static str, es: &'static str, value: Value) -> Facet {
        Facet {
            code,
            en,
            es,
            value,
            core: true,
            sees: false,
            lead: false,
        }
    }

    /// A value as written.
    pub(super) fn one(
        code: &'static str,
        en: &'static str,
        es: &'static str,
        value: impl Into<String>,
    ) -> Facet {
        let value: String = value.into();
        let value = if value.is_empty() {
            value
        } else {
            format!("`{value}`")
        };
        Facet::new(code, en, es, Value::One([value.clone(), value]))
    }

    /// A value in words of both languages.
    pub(super) fn said(
        code: &'static str,
        en: &'static str,
        es: &'static str,
        value: [String; 2],
    ) -> Facet {
        Facet::new(code, en, es, Value::One(value))
    }

    /// A set of values.
    pub(super) fn many(
        code: &'static str,
        en: &'static str,
        es: &'static str,
        values: impl IntoIterator<Item = String>,
    ) -> Facet {
        Facet::new(code, en, es, Value::Many(values.into_iter().collect()))
    }

    /// Something that is so or not; the words end the sentence "TYPE: it …" where it is, and the same with "no longer" where not.
    pub(super) fn flag(
        code: &'static str,
        is: bool,
        yes: [&'static str; 2],
        no: [&'static str; 2],
    ) -> Facet {
        Facet::new(code, yes[0], yes[1], Value::Flag(is, no))
    }

    /// Only people see it: no part of the core.
    pub(super) fn face(mut self) -> Facet {
        self.core = false;
        self
    }

    /// More values: somebody sees more.
    pub(super) fn sees(mut self) -> Facet {
        self.sees = true;
        self
    }

    /// Told of a new thing.
    pub(super) fn lead(mut self) -> Facet {
        self.lead = true;
        self
    }

    fn words(&self) -> Option<[String; 2]> {
        match &self.value {
            Value::One([en, es]) if !en.is_empty() => {
                Some([format!("{}: {en}", self.en), format!("{}: {es}", self.es)])
            }
            Value::Many(values) if !values.is_empty() => {
                let all = listed(values.iter());
                Some([format!("{}: {all}", self.en), format!("{}: {all}", self.es)])
            }
            Value::Flag(true, _) => Some([self.en.to_owned(), self.es.to_owned()]),
            Value::One(_) | Value::Many(_) | Value::Flag(false, _) => None,
        }
    }
}

/// `a`, `b`, `c`.
pub(super) fn listed<'a>(values: impl IntoIterator<Item = &'a String>) -> String {
    let all: Vec<String> = values.into_iter().map(|v| format!("`{v}`")).collect();
    all.join(", ")
}

impl Element {
    /// Tells what came, went and changed.
    pub(super) fn compare(
        &self,
        old: &BTreeMap<String, Thing>,
        new: &BTreeMap<String, Thing>,
        out: &mut Vec<Change>,
    ) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for id in names {
            match (old.get(id), new.get(id)) {
                (None, Some(thing)) => out.push(self.came(id, thing)),
                (Some(thing), None) => out.push(self.went(id, thing)),
                (Some(before), Some(after)) => self.changed(id, before, after, out),
                (None, None) => {}
            }
        }
    }

    fn change(&self, id: &str, what: &str, core: bool, en: String, es: String) -> Change {
        Change {
            code: format!("{}-{what}", self.code),
            at: format!("{}.{id}", self.at),
            core: self.core && core,
            sees: None,
            en,
            es,
        }
    }

    fn came(&self, id: &str, thing: &Thing) -> Change {
        let [en, es] = thing.called(id);
        let leads: Vec<[String; 2]> = (thing.facets.iter())
            .filter(|f| f.lead)
            .filter_map(Facet::words)
            .collect();
        let after = |i: usize| {
            let all: Vec<&str> = leads
                .iter()
                .filter_map(|w| w.get(i).map(String::as_str))
                .collect();
            if all.is_empty() {
                String::new()
            } else {
                format!("; {}", all.join("; "))
            }
        };
        let mut change = self.change(
            id,
            "added",
            true,
            format!("New {} {en}{}.", self.en, after(0)),
            format!("Se añade {} {es}{}.", self.es, after(1)),
        );
        change.sees = self.sees;
        change
    }

    fn went(&self, id: &str, thing: &Thing) -> Change {
        let [en, es] = thing.called(id);
        let mut change = self.change(
            id,
            "removed",
            true,
            format!("{} {en} is gone.", capital(self.en)),
            format!("Se quita {} {es}.", self.es),
        );
        change.sees = self.sees.map(|s| match s {
            Sight::Wider => Sight::Narrower,
            Sight::Narrower => Sight::Wider,
        });
        change
    }

    fn changed(&self, id: &str, before: &Thing, after: &Thing, out: &mut Vec<Change>) {
        let [en, es] = after.called(id);
        let (en, es) = (
            format!("{} {en}", capital(self.en)),
            format!("{} {es}", capital(bare(self.es))),
        );
        for new in &after.facets {
            let Some(old) = before.facets.iter().find(|f| f.code == new.code) else {
                continue;
            };
            if old.value == new.value {
                continue;
            }
            let mut tell = |what: &str, sees: Option<Sight>, said: [String; 2]| {
                let [said_en, said_es] = said;
                let mut change = self.change(
                    id,
                    &format!("{}-{what}", new.code),
                    new.core,
                    format!("{en}: {said_en}."),
                    format!("{es}: {said_es}."),
                );
                change.sees = sees;
                out.push(change);
            };
            match (&old.value, &new.value) {
                (Value::Many(a), Value::Many(b)) => {
                    let gained = listed(b.difference(a));
                    let lost = listed(a.difference(b));
                    if !gained.is_empty() {
                        let said = [
                            format!("{} gained {gained}", new.en),
                            format!("se añade {gained} a {}", new.es),
                        ];
                        tell("added", new.sees.then_some(Sight::Wider), said);
                    }
                    if !lost.is_empty() {
                        let said = [
                            format!("{} lost {lost}", new.en),
                            format!("se quita {lost} de {}", new.es),
                        ];
                        tell("removed", new.sees.then_some(Sight::Narrower), said);
                    }
                }
                (Value::One(a), Value::One(b)) => {
                    let ([a_en, a_es], [b_en, b_es]) = (a, b);
                    let said = if a_en.is_empty() {
                        [
                            format!("{} is now {b_en}; nothing was said before", new.en),
                            format!("{} es ahora {b_es}; antes no se decía nada", new.es),
                        ]
                    } else if b_en.is_empty() {
                        [
                            format!("{} was {a_en}; nothing is said now", new.en),
                            format!("{} era {a_es}; ahora no se dice nada", new.es),
                        ]
                    } else {
                        [
                            format!("{} was {a_en} and is now {b_en}", new.en),
                            format!("{} era {a_es} y ahora es {b_es}", new.es),
                        ]
                    };
                    tell("changed", None, said);
                }
                (Value::Flag(_, _), Value::Flag(is, no)) => {
                    let ([no_en, no_es], sees) = (no, new.sees);
                    let sees = sees.then_some(if *is { Sight::Wider } else { Sight::Narrower });
                    let said = if *is {
                        [format!("now {}", new.en), format!("ahora {}", new.es)]
                    } else {
                        [format!("now {no_en}"), format!("ahora {no_es}")]
                    };
                    tell("changed", sees, said);
                }
                // A facet is of one sort in both versions: its code says which.
                (Value::Many(_) | Value::One(_) | Value::Flag(..), _) => {}
            }
        }
    }
}

impl Thing {
    pub(super) fn of(facets: Vec<Facet>) -> Thing {
        Thing {
            names: None,
            facets,
        }
    }

    /// With what people call it in English and Spanish, where that is not its id.
    pub(super) fn named(mut self, id: &str, en: Option<String>, es: Option<String>) -> Thing {
        if en.is_some() || es.is_some() {
            let with = |title: Option<String>| match title {
                Some(title) => format!("`{id}` ({title})"),
                None => format!("`{id}`"),
            };
            self.names = Some([with(en), with(es)]);
        }
        self
    }

    fn called(&self, id: &str) -> [String; 2] {
        match &self.names {
            Some(names) => names.clone(),
            None => [format!("`{id}`"), format!("`{id}`")],
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Without its article.
fn bare(text: &str) -> &str {
    text.split_once(' ').map_or(text, |(_, rest)| rest)
}
