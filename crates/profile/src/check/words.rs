//! Schemas, views, texts in both languages, context terms.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::pointer::Path;
use crate::schema;
use crate::text::placeholders;

use super::{Checker, is_built_in};

/// So many missing texts of a language are told where each is wanted; more are told at once.
const TEXTS_ONE_BY_ONE_MAX: usize = 3;

impl Checker<'_> {
    /// A view must still be a record of its type: lists and groups that it opens must be able to stand without what it leaves out.
    pub(super) fn view(&mut self, place: &str, record_type: &str, view: &str, paths: &[Path]) {
        let Some(root) = self.model.schemas.get(record_type) else {
            return;
        };
        for path in paths {
            let Some(inside) = path.under("credentialSubject") else {
                continue;
            };
            if inside.is_empty() {
                continue;
            }
            let steps: Vec<Option<String>> = inside.steps().map(|s| s.map(str::to_owned)).collect();
            for upto in 1..steps.len() {
                let parent = schema::member(root, steps.iter().take(upto).cloned());
                let Some(parent) =
                    parent.filter(|p| p.get("type").and_then(Value::as_str) == Some("object"))
                else {
                    continue;
                };
                let prefix: String = path
                    .to_string()
                    .split('/')
                    .take(upto + 2)
                    .collect::<Vec<_>>()
                    .join("/");
                for needed in parent
                    .get("required")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    let member = format!("{prefix}/{needed}");
                    let given = paths.iter().any(|p| {
                        let p = p.to_string();
                        p == member || prefix == p || member.starts_with(&format!("{p}/"))
                    });
                    if !given {
                        self.error(
                            place,
                            "view-invalid",
                            format!("view {view} of {record_type} gives part of `{prefix}` without `{needed}`, which its schema requires there"),
                            format!("add {member} to the view, or do not require it inside the group"),
                        );
                    }
                }
            }
        }
    }

    pub(super) fn schemas(&mut self) {
        let model = self.model;
        for name in model.records.keys().filter(|n| !is_built_in(n)) {
            let Some(root) = model.schemas.get(name) else {
                self.error(
                    &format!("records.{name}"),
                    "schema-missing",
                    format!("{name} has no schema"),
                    format!("add schemas/{name}.json"),
                );
                continue;
            };
            let place = format!("schemas/{name}.json");
            if root.get("additionalProperties") != Some(&Value::Bool(false))
                && root.get("unevaluatedProperties") != Some(&Value::Bool(false))
            {
                self.warn(
                    &place,
                    "schema-open",
                    format!("the schema of {name} takes members that it does not name"),
                    "add \"additionalProperties\": false",
                );
            }
            let mut lists = Vec::new();
            let mut wordless = Vec::new();
            each_member(root, root, 0, &mut |member, s| {
                wordless.extend(wordless_values(member, s));
                lists.extend(s.get("x-codes").and_then(Value::as_str).map(str::to_owned));
            });
            for (member, lang, value) in wordless {
                self.warn(
                    &place,
                    "enum-words",
                    format!("`{value}` of `{member}` has no word in x-enum-{lang}"),
                    format!(
                        "write \"x-enum-{lang}\": {{ \"{value}\": \"…\" }}, a word for each value"
                    ),
                );
            }
            for list in lists
                .into_iter()
                .filter(|l| !model.codelists.contains_key(l))
            {
                self.error(
                    &place,
                    "unknown-codelist",
                    format!("there is no code list `{list}`"),
                    format!("add codelists/{list}.csv"),
                );
            }
        }
        for name in model
            .schemas
            .keys()
            .filter(|n| !model.records.contains_key(*n))
        {
            self.warn(
                &format!("schemas/{name}.json"),
                "schema-of-nothing",
                format!("no record type is called {name}"),
                "rename the file, or add the type under `records`",
            );
        }
        for (name, codes) in &model.codelists {
            let mut seen = BTreeSet::new();
            for c in codes {
                if !seen.insert((&c.code, &c.valid_from)) {
                    self.error(
                        &format!("codelists/{name}.csv#{}", c.code),
                        "code-twice",
                        format!("code `{}` stands twice in {name}", c.code),
                        "give the second its own days of validity",
                    );
                }
                if c.en.is_empty() || c.es.is_empty() {
                    self.error(
                        &format!("codelists/{name}.csv#{}", c.code),
                        "text-missing",
                        format!("code `{}` of {name} lacks a language", c.code),
                        "fill both `en` and `es`",
                    );
                }
            }
        }
    }

    pub(super) fn texts(&mut self) {
        let model = self.model;
        let mut wanted: Vec<(String, String)> = Vec::new();
        wanted.extend(
            model
                .rules
                .iter()
                .map(|r| (format!("rules.{}", r.code), r.message.clone())),
        );
        wanted.extend(
            model
                .kinds
                .keys()
                .map(|k| (format!("kinds.{k}"), format!("kinds.{k}"))),
        );
        for (kind, life) in &model.life_cycle {
            wanted.extend(life.show.iter().enumerate().map(|(i, s)| {
                (
                    format!("life-cycle.{kind}.show.{i}"),
                    format!("states.{}", s.state),
                )
            }));
        }
        let several = model.boards.len() > 1;
        for (name, b) in &model.boards {
            if several {
                wanted.push((format!("boards.{name}"), format!("board.{name}")));
            }
            wanted.extend(
                b.columns
                    .iter()
                    .map(|c| (format!("boards.{name}"), format!("board.{}", c.id))),
            );
            wanted.extend(
                b.needs
                    .iter()
                    .map(|n| (format!("boards.{name}"), format!("needs.{}", n.id))),
            );
        }
        wanted.extend(model.needs.values().flatten().map(|n| {
            let key = format!("needs.{}", n.id);
            (key.clone(), key)
        }));
        for (kind, pass) in super::expressions::passes(model) {
            let ids = super::expressions::pass_lines(pass).map(|l| &l.id);
            wanted.extend(
                ids.chain(pass.fields.keys())
                    .map(|id| (format!("kinds.{kind}.pass"), format!("pass.{id}"))),
            );
        }
        let has =
            |lang: &str, key: &str| model.texts.get(lang).is_some_and(|t| t.contains_key(key));
        // `acts.release` as a text, or `acts.release: { title: …, not: … }`.
        let named = |key: &str| {
            let titled = format!("{key}.title");
            if has("en", &titled) || has("es", &titled) {
                titled
            } else {
                key.to_owned()
            }
        };
        for a in &model.acts {
            let key = format!("acts.{}", a.id);
            wanted.push((key.clone(), named(&key)));
            if a.when.is_some() {
                wanted.push((key.clone(), format!("{key}.not")));
            }
        }
        for a in &model.automations {
            let key = format!("automations.{}", a.id);
            wanted.push((key.clone(), named(&key)));
            wanted.push((key.clone(), format!("{key}.why")));
        }
        for (id, indicator) in &model.indicators {
            let key = format!("indicators.{id}");
            wanted.push((key.clone(), named(&key)));
            wanted.push((key.clone(), format!("{key}.definition")));
            if indicator.compare.is_some() {
                wanted.push((key.clone(), format!("{key}.with")));
                wanted.push((key.clone(), format!("{key}.without")));
            }
        }
        for name in model.credentials.keys() {
            let key = format!("credentials.{name}");
            wanted.push((key.clone(), key));
        }
        for name in model.records.keys().filter(|n| !is_built_in(n)) {
            let titled = model
                .schemas
                .get(name)
                .is_some_and(|s| s.get("title").is_some() && s.get("x-title-es").is_some());
            if !titled {
                wanted.push((format!("records.{name}"), format!("records.{name}")));
            }
        }
        wanted.sort();
        wanted.dedup();
        let lacks = |lang: &str| wanted.iter().filter(|(_, key)| !has(lang, key)).count();
        // A new program has no texts at all: sixty findings would hide the few that want thought.
        let whole = |lang: &str| lacks(lang) > TEXTS_ONE_BY_ONE_MAX;
        for lang in ["en", "es"] {
            if whole(lang) {
                self.texts_at_once(lang, &wanted);
            }
        }
        for (place, key) in &wanted {
            let missing: Vec<&str> = ["en", "es"]
                .into_iter()
                .filter(|l| !has(l, key) && !whole(l))
                .collect();
            if !missing.is_empty() {
                let help = missing
                    .iter()
                    .map(|l| format!("add `{key}` to texts/{l}.yaml"))
                    .collect::<Vec<_>>()
                    .join("; ");
                self.error(
                    place,
                    "text-missing",
                    format!("`{key}` has no text in {}", missing.join(", ")),
                    help,
                );
            }
        }
        self.shown_names(&has);
        self.values();
        // What one language has and the other lacks, wherever it is used.
        for (lang, other) in [("en", "es"), ("es", "en")] {
            for key in model
                .texts
                .get(lang)
                .into_iter()
                .flat_map(|t| t.keys())
                .filter(|k| !has(other, k))
                .filter(|k| !(whole(other) && wanted.iter().any(|(_, key)| key == *k)))
            {
                self.error(
                    &format!("texts/{lang}.yaml#{key}"),
                    "text-missing",
                    format!("`{key}` has no text in {other}"),
                    format!("add `{key}` to texts/{other}.yaml"),
                );
            }
        }
    }

    /// Clocks and parts stand on the case page by their names: without a text the page shows the program's word.
    fn shown_names(&mut self, has: &dyn Fn(&str, &str) -> bool) {
        let model = self.model;
        let clocks = model
            .clocks
            .keys()
            .map(|name| (format!("clocks.{name}"), format!("clocks.{name}")));
        let parts = model.kinds.iter().flat_map(|(kind, k)| {
            k.parts.keys().map(move |part| {
                (
                    format!("kinds.{kind}.parts.{part}"),
                    format!("parts.{kind}.{part}"),
                )
            })
        });
        let all: Vec<(String, String)> = clocks.chain(parts).collect();
        for (place, key) in all {
            let missing: Vec<&str> = ["en", "es"].into_iter().filter(|l| !has(l, &key)).collect();
            if !missing.is_empty() {
                self.warn(
                    &place,
                    "text-missing",
                    format!(
                        "`{key}` has no text in {}, so the case page shows the bare word",
                        missing.join(", ")
                    ),
                    format!("add `{key}` to texts"),
                );
            }
        }
    }

    /// One finding for a language that lacks many: its help are the lines to paste.
    fn texts_at_once(&mut self, lang: &str, wanted: &[(String, String)]) {
        let texts = self.model.texts.get(lang);
        let lacking: BTreeSet<&str> = wanted
            .iter()
            .map(|(_, key)| key.as_str())
            .filter(|key| texts.is_none_or(|t| !t.contains_key(*key)))
            .collect();
        let mut help = format!("add these lines to texts/{lang}.yaml, and fill them");
        for key in &lacking {
            let _ = write!(help, "\n{key}: \"\"");
        }
        self.error(
            &format!("texts/{lang}.yaml"),
            "text-missing",
            format!("{} texts are missing", lacking.len()),
            help,
        );
    }

    /// Values in braces: the same in both languages, and given by the rule or need.
    fn values(&mut self) {
        let model = self.model;
        let of = |lang: &str, key: &str| -> Option<BTreeSet<String>> {
            model
                .texts
                .get(lang)
                .and_then(|t| t.get(key))
                .map(|t| placeholders(t).into_iter().collect())
        };
        for key in model.texts.get("en").into_iter().flat_map(|t| t.keys()) {
            if let (Some(en), Some(es)) = (of("en", key), of("es", key))
                && en != es
            {
                let all: Vec<String> = en
                    .symmetric_difference(&es)
                    .map(|v| format!("{{{v}}}"))
                    .collect();
                self.error(
                    &format!("texts/es.yaml#{key}"),
                    "text-values",
                    format!("`{key}` has {} in one language only", all.join(", ")),
                    "use the same values in both",
                );
            }
        }
        let rules = model.rules.iter().map(|r| {
            (
                format!("rules.{}", r.code),
                r.message.clone(),
                r.values.keys().collect::<Vec<_>>(),
            )
        });
        let needs = model.boards.iter().flat_map(|(b, board)| {
            board.needs.iter().map(move |n| {
                (
                    format!("boards.{b}"),
                    format!("needs.{}", n.id),
                    n.values.keys().collect(),
                )
            })
        });
        let listed = model.needs.values().flatten().map(|n| {
            let key = format!("needs.{}", n.id);
            (key.clone(), key, n.values.keys().collect())
        });
        let passes = super::expressions::passes(model).flat_map(|(kind, pass)| {
            super::expressions::pass_lines(pass).map(move |l| {
                (
                    format!("kinds.{kind}.pass"),
                    format!("pass.{}", l.id),
                    l.values.keys().collect(),
                )
            })
        });
        let all: Vec<_> = rules.chain(needs).chain(listed).chain(passes).collect();
        for (place, key, given) in all {
            for value in of("en", &key)
                .into_iter()
                .flatten()
                .filter(|v| !given.contains(&v))
            {
                self.error(
                    &place,
                    "text-values",
                    format!("the text `{key}` wants {{{value}}}, which is not given"),
                    format!("add `values: {{ {value}: \"…\" }}`"),
                );
            }
        }
    }

    /// Strict JSON-LD: a member that no context defines would refuse every record that has it.
    pub(super) fn context(&mut self) {
        let model = self.model;
        if model.context.is_null() {
            self.error(
                "context.jsonld",
                "context-missing",
                "the folder has no context.jsonld",
                "map each member of the schemas to an IRI",
            );
            return;
        }
        let mut terms = BTreeSet::new();
        if let Some(context) = model.context.get("@context") {
            collect_terms(context, 0, &mut terms);
        }
        for name in model.records.keys().filter(|n| !is_built_in(n)) {
            let place = format!("schemas/{name}.json");
            let mut lacking = BTreeSet::new();
            if !terms.contains(name) {
                lacking.insert(name.clone());
            }
            if let Some(root) = model.schemas.get(name) {
                each_member(root, root, 0, &mut |member, _| {
                    if !terms.contains(member) && !CREDENTIAL_TERMS.contains(&member) {
                        lacking.insert(member.to_owned());
                    }
                });
            }
            for term in lacking {
                self.error(
                    &place,
                    "context-term-missing",
                    format!("context.jsonld does not define `{term}` of {name}"),
                    format!("add \"{term}\": an IRI; a published vocabulary's before one of ours"),
                );
            }
        }
    }
}

/// Values of an `enum` without a word, where the schema gives words in one language at least: member, language, value.
fn wordless_values(member: &str, schema: &Value) -> Vec<(String, &'static str, String)> {
    let words = |lang: &str| schema.get(format!("x-enum-{lang}"));
    if words("en").or_else(|| words("es")).is_none() {
        return Vec::new();
    }
    let values = schema.get("enum").and_then(Value::as_array);
    values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .flat_map(|value| {
            ["en", "es"]
                .into_iter()
                .filter(move |lang| words(lang).and_then(|w| w.get(value)).is_none())
                .map(move |lang| (member.to_owned(), lang, value.to_owned()))
        })
        .collect()
}

/// Terms that the W3C credentials context defines for subjects.
const CREDENTIAL_TERMS: &[&str] = &["id", "type"];

pub(super) fn collect_terms(context: &Value, depth: usize, into: &mut BTreeSet<String>) {
    if depth > 12 {
        return;
    }
    match context {
        Value::Array(parts) => {
            for p in parts {
                collect_terms(p, depth + 1, into);
            }
        }
        Value::Object(members) => {
            for (name, v) in members {
                if !name.starts_with('@') && !v.is_null() {
                    into.insert(name.clone());
                }
                if let Some(inner) = v.get("@context") {
                    collect_terms(inner, depth + 1, into);
                }
            }
        }
        _ => {}
    }
}

fn each_member(root: &Value, at: &Value, depth: usize, f: &mut dyn FnMut(&str, &Value)) {
    if depth > 12 {
        return;
    }
    let at = schema::resolve(root, at);
    for (name, s) in at
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        f(name, schema::resolve(root, s));
        each_member(root, s, depth + 1, f);
    }
    if let Some(items) = at.get("items") {
        each_member(root, items, depth + 1, f);
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        for s in at.get(word).and_then(Value::as_array).into_iter().flatten() {
            each_member(root, s, depth + 1, f);
        }
    }
    for word in ["if", "then", "else"] {
        if let Some(s) = at.get(word) {
            each_member(root, s, depth + 1, f);
        }
    }
}
