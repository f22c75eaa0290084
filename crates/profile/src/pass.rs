//! Passes: what somebody without an account sees of one case, by a link that a party of the case gave them.
//!
//! All of it is worked out from that party's own view of the case, so a pass never tells more than its giver may know; and of that
//! only what the program's `pass` names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::acts::CaseView;
use crate::board::NamedScope;
use crate::builtin::ANY;
use crate::case::CaseState;
use crate::expr::{Expr, STEPS_MAX, Scope, Tri, Val};
use crate::forms::Words;
use crate::load::Profile;
use crate::model::PassLine;
use crate::order::duration_ms;
use crate::seats::OWNER_SEAT;
use crate::text::fill;

/// How long a link is good at most where the program does not say: a weekend at the yard and the crossing after it.
const LASTS_MS: i64 = 72 * 3_600_000;
/// How long after the end where the program does not say.
const AFTER_END_MS: i64 = 24 * 3_600_000;

/// What a pass shows, in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassPage {
    /// What is shown at a window; empty where it is not known.
    pub number: String,
    /// Whether all papers are there; none where it cannot be told.
    pub ready: Option<bool>,
    /// What to do now; none where no line is true.
    pub step: Option<PassText>,
    /// What is missing.
    pub lacks: Vec<PassText>,
    /// How it stands on each side: `mx`, `us`.
    pub sides: Vec<(String, PassText)>,
    /// Fields: label and value, those that are known.
    pub fields: Vec<(Words, Words)>,
}

/// A line in both languages with the values that stand in it. An instant among them is as it was written, in RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassText {
    /// The text, with names in braces.
    pub text: Words,
    /// Values by name.
    pub values: BTreeMap<String, Words>,
}

impl PassText {
    /// The line in English or Spanish; `told` says how a value reads (an instant in the port's zone).
    pub fn filled(&self, spanish: bool, told: &dyn Fn(&str) -> String) -> String {
        let of = |w: &Words| if spanish { w.es.clone() } else { w.en.clone() };
        let values = self
            .values
            .iter()
            .map(|(name, w)| (name.clone(), told(&of(w))))
            .collect();
        fill(&of(&self.text), &values)
    }
}

/// Whether a party may give a link to a case, by the program.
pub fn may_give(profile: &Profile, state: &CaseState, did: &str, roles: &[&str]) -> bool {
    let Some(pass) = profile
        .model()
        .kinds
        .get(&state.case.kind)
        .and_then(|k| k.pass.as_ref())
    else {
        return false;
    };
    pass.by.iter().any(|by| match by.strip_prefix("seat.") {
        Some(OWNER_SEAT) => state.owner.as_deref() == Some(did),
        Some(seat) => state
            .seats
            .get(seat)
            .is_some_and(|dids| dids.iter().any(|d| d == did)),
        None => by == ANY || roles.contains(&by.as_str()),
    })
}

/// How long a link to a case of a kind is good: at most, and after the case's end; in milliseconds. None where the kind has no pass.
pub fn spans_ms(profile: &Profile, kind: &str) -> Option<(i64, i64)> {
    let pass = profile.model().kinds.get(kind)?.pass.as_ref()?;
    let of = |text: &Option<String>, or: i64| text.as_deref().and_then(duration_ms).unwrap_or(or);
    Some((of(&pass.lasts, LASTS_MS), of(&pass.after_end, AFTER_END_MS)))
}

/// When the case came to its end: it shows a state that looks closed. None while it goes on.
pub fn ended_ms(profile: &Profile, state: &CaseState) -> Option<i64> {
    let shown = state.state.as_deref()?;
    let face = profile.model().states.get(shown)?;
    (face.look == "closed").then_some(state.since_ms)
}

/// The page; none where the kind has no pass.
pub fn page(profile: &Profile, case: CaseView<'_>) -> Option<PassPage> {
    let pass = profile
        .model()
        .kinds
        .get(&case.state.case.kind)?
        .pass
        .as_ref()?;
    let scope = NamedScope::new(profile, case);
    let first = |lines: &[PassLine]| {
        lines
            .iter()
            .find(|l| holds(l, &scope))
            .map(|l| words(profile, l, &scope))
    };
    Some(PassPage {
        number: pass
            .number
            .as_ref()
            .and_then(|e| text(e, &scope))
            .unwrap_or_default(),
        ready: pass
            .ready
            .as_ref()
            .and_then(|e| match e.eval(&scope, STEPS_MAX) {
                Tri::Known(Val::Bool(b)) => Some(b),
                Tri::Known(_) | Tri::Unknown(_) | Tri::Error(_) => None,
            }),
        step: first(&pass.steps),
        lacks: pass
            .lacks
            .iter()
            .filter(|l| holds(l, &scope))
            .map(|l| words(profile, l, &scope))
            .collect(),
        sides: pass
            .sides
            .iter()
            .filter_map(|(side, lines)| Some((side.clone(), first(lines)?)))
            .collect(),
        fields: pass
            .fields
            .iter()
            .filter_map(|(name, e)| {
                let label = texts(profile, name);
                Some((label, worded(profile, name, &text(e, &scope)?)))
            })
            .collect(),
    })
}

/// A line without a condition always holds; one that cannot be told does not.
fn holds(line: &PassLine, scope: &dyn Scope) -> bool {
    line.when
        .as_ref()
        .is_none_or(|when| when.eval(scope, STEPS_MAX).is_true())
}

fn text(e: &Expr, scope: &dyn Scope) -> Option<String> {
    let value = e.eval(scope, STEPS_MAX).known()?.to_json()?;
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Array(items) => Some(
            items
                .iter()
                .map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        serde_json::Value::Null | serde_json::Value::Object(_) => None,
        other => Some(other.to_string()),
    }
    .filter(|t| !t.is_empty())
}

fn texts(profile: &Profile, id: &str) -> Words {
    let key = format!("pass.{id}");
    Words {
        en: profile.text("en", &key).to_owned(),
        es: profile.text("es", &key).to_owned(),
    }
}

fn words(profile: &Profile, line: &PassLine, scope: &dyn Scope) -> PassText {
    PassText {
        text: texts(profile, &line.id),
        values: line
            .values
            .iter()
            .map(|(name, e)| {
                let found = text(e, scope).unwrap_or_else(|| "?".to_owned());
                (name.clone(), worded(profile, name, &found))
            })
            .collect(),
    }
}

/// A value by its words, where a member of its name takes them from a code list or the texts name the value; else as it is.
fn worded(profile: &Profile, name: &str, value: &str) -> Words {
    let model = profile.model();
    let lists = model.schemas.values().filter_map(|schema| {
        let member = schema.get("properties")?.get(name)?;
        let list = member.get("x-codes")?.as_str()?;
        model.codelists.get(list)
    });
    let code = lists
        .flat_map(|list| list.iter())
        .find(|code| code.code == value);
    if let Some(code) = code {
        return Words {
            en: code.en.clone(),
            es: code.es.clone(),
        };
    }
    let key = format!("values.{value}");
    let known = |lang: &str| {
        let texts = model.texts.get(lang)?;
        texts.get(&key).cloned()
    };
    Words {
        en: known("en").unwrap_or_else(|| value.to_owned()),
        es: known("es").unwrap_or_else(|| value.to_owned()),
    }
}
