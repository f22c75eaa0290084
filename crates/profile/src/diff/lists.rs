//! Code lists, calendars, the context and the texts, compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::element::listed;
use super::{Change, Side};

/// Most names told one by one; the rest is counted.
const NAMED_MAX: usize = 12;

/// See the module.
pub(super) fn compare(old: &Side, new: &Side, out: &mut Vec<Change>) {
    codes(old, new, out);
    days(old, new, out);
    terms(old, new, out);
    texts(old, new, out);
}

/// Tells names, the first few; both languages.
fn some(names: &[String]) -> [String; 2] {
    let shown = listed(names.iter().take(NAMED_MAX));
    match names.len().checked_sub(NAMED_MAX) {
        None | Some(0) => [shown.clone(), shown],
        Some(more) => [
            format!("{shown} and {more} more"),
            format!("{shown} y {more} más"),
        ],
    }
}

/// Told as one change, where there is something to tell.
fn tell(
    code: &str,
    at: &str,
    core: bool,
    names: &[String],
    words: impl Fn(&str, &str) -> [String; 2],
    out: &mut Vec<Change>,
) {
    if names.is_empty() {
        return;
    }
    let [in_en, in_es] = some(names);
    let [en, es] = words(&in_en, &in_es);
    out.push(Change {
        code: code.to_owned(),
        at: at.to_owned(),
        core,
        sees: None,
        en,
        es,
    });
}

fn both<'a, V>(old: &'a BTreeMap<String, V>, new: &'a BTreeMap<String, V>) -> BTreeSet<&'a String> {
    old.keys().chain(new.keys()).collect()
}

fn codes(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let none = Vec::new();
    for list in both(&old.own.codelists, &new.own.codelists) {
        let of = |side: &'_ Side| -> BTreeMap<String, ([String; 2], [String; 2])> {
            let codes = side.own.codelists.get(list).unwrap_or(&none);
            let pair = |c: &crate::model::Code| {
                let days = [c.valid_from.clone(), c.valid_to.clone()];
                (c.code.clone(), (days, [c.en.clone(), c.es.clone()]))
            };
            codes.iter().map(pair).collect()
        };
        let (before, after) = (of(old), of(new));
        let at = format!("codelists/{list}.csv");
        let came: Vec<String> = after
            .keys()
            .filter(|c| !before.contains_key(*c))
            .cloned()
            .collect();
        let gone: Vec<String> = before
            .keys()
            .filter(|c| !after.contains_key(*c))
            .cloned()
            .collect();
        let (mut dated, mut worded) = (Vec::new(), Vec::new());
        for (code, (days, words)) in &after {
            if let Some((was, said)) = before.get(code) {
                if was != days {
                    dated.push(format!("{code}: {} – {}", span(days, 0), span(days, 1)));
                }
                if said != words {
                    worded.push(code.clone());
                }
            }
        }
        let words = |en: &'static str, es: &'static str| {
            let list = list.clone();
            move |names_en: &str, names_es: &str| {
                [
                    format!("Code list `{list}`: {en} {names_en}."),
                    format!("Lista de códigos `{list}`: {es} {names_es}."),
                ]
            }
        };
        tell(
            "codes-added",
            &at,
            true,
            &came,
            words("new codes:", "códigos nuevos:"),
            out,
        );
        tell(
            "codes-removed",
            &at,
            true,
            &gone,
            words("codes gone:", "se quitan los códigos:"),
            out,
        );
        tell(
            "codes-validity",
            &at,
            true,
            &dated,
            words("validity now:", "vigencia ahora:"),
            out,
        );
        tell(
            "codes-words",
            &at,
            false,
            &worded,
            words("other words for:", "otras palabras para:"),
            out,
        );
    }
}

fn span(days: &[String; 2], i: usize) -> &str {
    days.get(i)
        .map_or("…", |d| if d.is_empty() { "…" } else { d })
}

fn days(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let none = Vec::new();
    for name in both(&old.own.calendars, &new.own.calendars) {
        let before: BTreeSet<&String> = old
            .own
            .calendars
            .get(name)
            .unwrap_or(&none)
            .iter()
            .collect();
        let after: BTreeSet<&String> = new
            .own
            .calendars
            .get(name)
            .unwrap_or(&none)
            .iter()
            .collect();
        let less: Vec<String> = after.difference(&before).map(|d| (*d).clone()).collect();
        let more: Vec<String> = before.difference(&after).map(|d| (*d).clone()).collect();
        let at = format!("calendars/{name}.csv");
        let off = |en: &str, es: &str| {
            [
                format!("Calendar `{name}`: no business days any more: {en}."),
                format!("Calendario `{name}`: dejan de ser hábiles: {es}."),
            ]
        };
        let on = |en: &str, es: &str| {
            [
                format!("Calendar `{name}`: business days again, by their weekday: {en}."),
                format!(
                    "Calendario `{name}`: vuelven a ser hábiles según el día de la semana: {es}."
                ),
            ]
        };
        tell("days-added", &at, true, &less, off, out);
        tell("days-removed", &at, true, &more, on, out);
    }
}

/// Terms of the context: what a member means beyond this network.
fn terms(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let of = |side: &Side| -> BTreeMap<String, Value> {
        let terms = side.own.context.get("@context").and_then(Value::as_object);
        terms
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let (mut came, mut gone, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for term in both(&before, &after) {
        match (before.get(term), after.get(term)) {
            (None, _) => came.push(term.clone()),
            (_, None) => gone.push(term.clone()),
            (a, b) if a != b => other.push(term.clone()),
            _ => {}
        }
    }
    let words = |en: &'static str, es: &'static str| {
        move |names_en: &str, names_es: &str| {
            [
                format!("Context: {en} {names_en}."),
                format!("Contexto: {es} {names_es}."),
            ]
        }
    };
    let at = "context.jsonld";
    tell(
        "terms-added",
        at,
        true,
        &came,
        words("new terms:", "términos nuevos:"),
        out,
    );
    tell(
        "terms-removed",
        at,
        true,
        &gone,
        words("terms gone:", "se quitan los términos:"),
        out,
    );
    tell(
        "terms-changed",
        at,
        true,
        &other,
        words("another meaning for:", "otro significado para:"),
        out,
    );
}

fn texts(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let none = BTreeMap::new();
    for lang in both(&old.own.texts, &new.own.texts) {
        let before = old.own.texts.get(lang).unwrap_or(&none);
        let after = new.own.texts.get(lang).unwrap_or(&none);
        let (mut came, mut gone, mut other) = (Vec::new(), Vec::new(), Vec::new());
        for key in both(before, after) {
            match (before.get(key), after.get(key)) {
                (None, _) => came.push(key.clone()),
                (_, None) => gone.push(key.clone()),
                (a, b) if a != b => other.push(key.clone()),
                _ => {}
            }
        }
        let [in_en, in_es] = match lang.as_str() {
            "en" => ["English", "en inglés"],
            "es" => ["Spanish", "en español"],
            other => [other, other],
        };
        let words = |en: &'static str, es: &'static str| {
            move |names_en: &str, names_es: &str| {
                [
                    format!("{in_en} texts: {en} {names_en}."),
                    format!("Textos {in_es}: {es} {names_es}."),
                ]
            }
        };
        let at = format!("texts/{lang}.yaml");
        tell(
            "texts-added",
            &at,
            false,
            &came,
            words("new:", "nuevos:"),
            out,
        );
        tell(
            "texts-removed",
            &at,
            false,
            &gone,
            words("gone:", "se quitan:"),
            out,
        );
        tell(
            "texts-changed",
            &at,
            false,
            &other,
            words("other words for:", "otras palabras para:"),
            out,
        );
    }
}
