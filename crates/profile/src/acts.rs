//! Acts: buttons on a case, each a record with at most one question.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::board::NamedScope;
use crate::builtin::ANY;
use crate::case::{CaseRecord, CaseRef, CaseState, Directory};
use crate::expr::{EvalError, Reach, STEPS_MAX, Scope, Tri, Val};
use crate::forms::{Field, Words, form, text_words, title_words};
use crate::links::Linked;
use crate::load::Profile;
use crate::model::{Act, Model};

/// Name of the roles of who is offered an act, in its `when`.
pub(crate) const ROLES: &str = "roles";

/// An act as offered on a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActOffer {
    /// Id.
    pub id: String,
    /// Record type it issues.
    pub issue: String,
    /// What the button says.
    pub title: Words,
    /// Whether it is possible now.
    pub allowed: bool,
    /// Why not, where it is not.
    pub why_not: Option<Words>,
    /// The one question.
    pub ask: Option<Field>,
    /// Opens its record's form instead of asking.
    #[serde(default)]
    pub form: bool,
    /// May be done for many cases at once.
    pub many: bool,
    /// Asks once more.
    pub grave: bool,
}

/// Why an act makes no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// It makes no record by itself: people write it in its form.
    #[error("the act `{0}` opens a form")]
    Form(String),
    /// No such act.
    #[error("there is no act `{0}`")]
    Unknown(String),
    /// Its question is not answered.
    #[error("the act `{0}` asks for `{1}`")]
    Answer(String, String),
    /// What it takes from the case is not in hand.
    #[error("the act `{act}` needs `{member}` from the case: {why}")]
    Lacking {
        /// Act.
        act: String,
        /// Member.
        member: String,
        /// Why.
        why: String,
    },
}

impl ActError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ActError::Unknown(_) => "act-unknown",
            ActError::Form(_) => "act-is-a-form",
            ActError::Answer(..) => "act-answer-missing",
            ActError::Lacking { .. } => "act-member-lacking",
        }
    }
}

/// What acts read: a case, its records in hand, the trust list, an instant.
#[derive(Clone, Copy)]
pub struct CaseView<'a> {
    /// The folded case.
    pub state: &'a CaseState,
    /// The records it was folded from.
    pub records: &'a [CaseRecord],
    /// The trust list.
    pub directory: &'a Directory,
    /// The instant, ms since 1970.
    pub as_of_ms: i64,
    /// What the profile's links found ([`crate::links::look`]); without it what asks for them is unknown.
    pub linked: Option<&'a Linked>,
}

/// The acts that a party with `roles` is offered on a case, in the profile's order. Acts of other roles are left out.
///
/// `did` is the party's office: it decides seats and posts.
pub fn acts(profile: &Profile, case: CaseView<'_>, did: &str, roles: &[&str]) -> Vec<ActOffer> {
    profile
        .model()
        .acts
        .iter()
        .filter(|a| a.kind == case.state.case.kind && may_issue(profile, a, case.state, did, roles))
        .filter(|a| !stands_on_what_is_shown(profile.model(), &a.id))
        .map(|a| offer(profile, a, case, roles))
        .collect()
}

/// What an office found when somebody showed it a credential: `checked` in the act that writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `file`, `qr` or `presentation`.
    pub how: String,
    /// One of [`crate::credentials::RESULTS`].
    pub result: String,
    /// Whether nobody could be asked at that moment.
    pub offline: bool,
    /// As of when the case's state was known, ms since 1970.
    pub as_of_ms: Option<i64>,
}

impl Shown {
    fn value(&self) -> Val {
        let as_of = self.as_of_ms.and_then(crate::clocks::date_time);
        Val::map([
            ("how".to_owned(), Val::str(&self.how)),
            ("result".to_owned(), Val::str(&self.result)),
            ("offline".to_owned(), Val::Bool(self.offline)),
            (
                "asOf".to_owned(),
                as_of.map_or_else(|| Val::unknown("nothing was heard of it yet"), Val::str),
            ),
        ])
    }
}

/// The act by which a party may write down that it was shown a credential; none where it may not, or the profile has none.
pub fn check_act(
    profile: &Profile,
    credential: &str,
    case: CaseView<'_>,
    did: &str,
    roles: &[&str],
) -> Option<ActOffer> {
    let model = profile.model();
    let id = model.credentials.get(credential)?.checked_by.as_ref()?;
    let act = model.acts.iter().find(|a| a.id == *id)?;
    let may = act.kind == case.state.case.kind && may_issue(profile, act, case.state, did, roles);
    may.then(|| offer(profile, act, case, roles))
}

/// Such an act has nothing to say on a case's own page.
fn stands_on_what_is_shown(model: &Model, act: &str) -> bool {
    model
        .credentials
        .values()
        .any(|c| c.checked_by.as_deref() == Some(act))
}

/// The subject of an act's record: what it sets, what it takes from the case, and the answer.
///
/// # Errors
/// When there is no such act, its question is not answered, or the case lacks what it takes.
pub fn build_act(
    profile: &Profile,
    id: &str,
    case: CaseView<'_>,
    answer: Option<&Value>,
) -> Result<Value, ActError> {
    build_act_with(profile, id, case, answer, None)
}

/// What an act that opens a form fills in of it.
///
/// # Errors
/// When there is no such act, or the case lacks what it takes.
pub fn filled_form(profile: &Profile, id: &str, case: CaseView<'_>) -> Result<Value, ActError> {
    build(profile, id, case, None, None, None)
}

/// People write its record in a form: it makes none by itself.
fn makes_a_record(profile: &Profile, id: &str) -> Result<(), ActError> {
    let form = profile.model().acts.iter().any(|a| a.id == id && a.form);
    if form {
        Err(ActError::Form(id.to_owned()))
    } else {
        Ok(())
    }
}

/// The same where the answer was given before, as a member of `group`: its neighbours there are taken over.
///
/// # Errors
/// As [`build_act`].
pub fn build_act_with(
    profile: &Profile,
    id: &str,
    case: CaseView<'_>,
    answer: Option<&Value>,
    group: Option<&Value>,
) -> Result<Value, ActError> {
    makes_a_record(profile, id)?;
    build(profile, id, case, answer, group, None)
}

/// The same for an act that writes down what was shown.
///
/// # Errors
/// As [`build_act`].
pub fn build_check_act(
    profile: &Profile,
    id: &str,
    case: CaseView<'_>,
    shown: &Shown,
) -> Result<Value, ActError> {
    makes_a_record(profile, id)?;
    build(profile, id, case, None, None, Some(shown))
}

fn build(
    profile: &Profile,
    id: &str,
    case: CaseView<'_>,
    answer: Option<&Value>,
    group: Option<&Value>,
    shown: Option<&Shown>,
) -> Result<Value, ActError> {
    let act = profile
        .model()
        .acts
        .iter()
        .find(|a| a.id == id)
        .ok_or_else(|| ActError::Unknown(id.to_owned()))?;
    let mut subject = key_members(profile.model(), &act.issue, &case.state.case);
    let scope = ActScope {
        inner: NamedScope::new(profile, case),
        shown,
    };
    for (word, expr) in &act.take {
        let (member, optional) = optional(word);
        match expr.eval(&scope, STEPS_MAX) {
            Tri::Known(value) => {
                if let Some(json) = Val::to_json(&value) {
                    subject.insert(member.to_owned(), json);
                }
            }
            Tri::Unknown(_) if optional => {}
            Tri::Unknown(why) => {
                return Err(ActError::Lacking {
                    act: id.to_owned(),
                    member: member.to_owned(),
                    why,
                });
            }
            Tri::Error(e) => {
                return Err(ActError::Lacking {
                    act: id.to_owned(),
                    member: member.to_owned(),
                    why: e.to_string(),
                });
            }
        }
    }
    for (member, value) in &act.with {
        subject.insert(member.clone(), value.clone());
    }
    if let Some(ask) = &act.ask {
        let answer = answer.filter(|a| !a.is_null() && a.as_str() != Some(""));
        let answer = answer.ok_or_else(|| ActError::Answer(id.to_owned(), ask.clone()))?;
        put(&mut subject, ask, answer, group);
    }
    Ok(Value::Object(subject))
}

/// A case's names, and beside them what was shown.
struct ActScope<'a> {
    inner: NamedScope<'a>,
    shown: Option<&'a Shown>,
}

impl Scope for ActScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        self.inner.reach(names)
    }
    fn member(&self, names: &[&str]) -> Option<Val> {
        self.inner.member(names)
    }
    fn var(&self, name: &str) -> Option<Val> {
        if name != "checked" {
            return self.inner.var(name);
        }
        Some(
            self.shown
                .map_or_else(|| Val::unknown("nothing was shown"), Shown::value),
        )
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        self.inner.call(name, args)
    }
}

/// A word of `take`: the member, and whether it is left out where unknown (`port?`).
pub(crate) fn optional(word: &str) -> (&str, bool) {
    match word.strip_suffix('?') {
        Some(member) => (member, true),
        None => (word, false),
    }
}

fn may_issue(profile: &Profile, act: &Act, state: &CaseState, did: &str, roles: &[&str]) -> bool {
    let Some(ty) = profile.model().records.get(&act.issue) else {
        return false;
    };
    let named = |list: Option<&Vec<String>>| list.is_some_and(|l| l.iter().any(|d| d == did));
    ty.issued_by.iter().any(
        |role| match (role.strip_prefix("post."), role.strip_prefix("seat.")) {
            (Some(post), _) => named(state.posts.get(post)),
            (_, Some(seat)) => named(state.seats.get(seat)),
            _ => role == ANY || roles.contains(&role.as_str()),
        },
    )
}

fn offer(profile: &Profile, act: &Act, case: CaseView<'_>, roles: &[&str]) -> ActOffer {
    let scope = ActorScope {
        inner: NamedScope::new(profile, case),
        roles,
    };
    let truth = act
        .when
        .as_ref()
        .map_or(Tri::Known(Val::Bool(true)), |w| w.eval(&scope, STEPS_MAX));
    let allowed = truth.is_true();
    let why_not = (!allowed).then(|| {
        let words = text_words(profile, &format!("acts.{}.not", act.id));
        if truth.is_unknown() || words.en.is_empty() {
            let (en, es) = if truth.is_false() {
                ("not possible in this state", "no es posible en este estado")
            } else {
                (
                    "cannot be told yet: not all records are in hand",
                    "aún no se puede saber: faltan registros",
                )
            };
            return Words {
                en: en.to_owned(),
                es: es.to_owned(),
            };
        }
        words
    });
    let mut title = text_words(profile, &format!("acts.{}", act.id));
    if title.en.is_empty() {
        title = text_words(profile, &format!("acts.{}.title", act.id));
    }
    if title.en.is_empty() {
        title = title_words(profile, &act.issue);
    }
    let ask = act.ask.as_ref().and_then(|ask| {
        let fields = form(profile, &act.issue)?
            .sections
            .into_iter()
            .flat_map(|s| s.fields);
        fields.into_iter().find(|f| f.pointer == asked(ask))
    });
    ActOffer {
        id: act.id.clone(),
        issue: act.issue.clone(),
        title,
        allowed,
        why_not,
        ask,
        form: act.form,
        many: act.many,
        grave: act.grave,
    }
}

/// What an act's `when` sees beside the case: the roles of who asks.
struct ActorScope<'a> {
    inner: NamedScope<'a>,
    roles: &'a [&'a str],
}

impl Scope for ActorScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        self.inner.reach(names)
    }
    fn member(&self, names: &[&str]) -> Option<Val> {
        self.inner.member(names)
    }
    fn var(&self, name: &str) -> Option<Val> {
        if name == ROLES {
            return Some(Val::list(self.roles.iter().map(Val::str).collect()));
        }
        self.inner.var(name)
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        self.inner.call(name, args)
    }
}

/// The pointer of an act's question.
pub(crate) fn asked(ask: &str) -> String {
    format!("/credentialSubject/{ask}")
}

/// Puts the answer to a question into a subject; of one inside a group, with what else `group` has.
fn put(subject: &mut Map<String, Value>, ask: &str, answer: &Value, group: Option<&Value>) {
    let mut steps: Vec<&str> = ask.split('/').collect();
    let Some(last) = steps.pop() else { return };
    let mut at = subject;
    for step in steps {
        let inner = at
            .entry(step.to_owned())
            .or_insert_with(|| group.cloned().unwrap_or_else(|| Value::Object(Map::new())));
        let Some(inner) = inner.as_object_mut() else {
            return;
        };
        at = inner;
    }
    at.insert(last.to_owned(), answer.clone());
}

/// Answers that a party gave before, newest first, each once: what `documents` of its own have where the act's `offer` says. Beside
/// each, of a question inside a group, that group as it stood.
pub fn offered<'d>(
    profile: &Profile,
    id: &str,
    documents: impl Iterator<Item = (&'d str, &'d Value)>,
) -> Vec<(Value, Option<Value>)> {
    let Some(act) = profile.model().acts.iter().find(|a| a.id == id) else {
        return Vec::new();
    };
    let inside = act.ask.as_ref().is_some_and(|a| a.contains('/'));
    let mut out: Vec<(Value, Option<Value>)> = Vec::new();
    for (record_type, document) in documents {
        for typed in act.offer.iter().filter(|t| t.record_type == record_type) {
            for (pointer, value) in typed.path.values(document) {
                if out.iter().all(|(held, _)| held != value) {
                    let group = pointer
                        .rsplit_once('/')
                        .and_then(|(group, _)| document.pointer(group));
                    out.push((value.clone(), group.filter(|_| inside).cloned()));
                }
            }
        }
    }
    out
}

/// The members by which a record type says which case it is about, from the case's key.
pub(crate) fn key_members(model: &Model, issue: &str, case: &CaseRef) -> Map<String, Value> {
    let mut subject = Map::new();
    let (Some(kind), Some(path)) = (
        model.kinds.get(&case.kind),
        crate::load_model::about_paths(model, issue).remove(&case.kind),
    ) else {
        return subject;
    };
    let key = Value::String(case.key.clone());
    let Some(inside) = path.under("credentialSubject") else {
        return subject;
    };
    let steps: Vec<Option<&str>> = inside.steps().collect();
    match steps.as_slice() {
        // About the whole subject: each component under its own name.
        [] => {
            let components: BTreeMap<usize, &str> = case.key.split(':').enumerate().collect();
            for (i, p) in kind.key.iter().enumerate() {
                if let (Some(name), Some(value)) = (p.last_name(), components.get(&i)) {
                    subject.insert(name.to_owned(), Value::String((*value).to_owned()));
                }
            }
        }
        [Some(name)] => {
            subject.insert((*name).to_owned(), key);
        }
        [Some(name), None] => {
            subject.insert((*name).to_owned(), Value::Array(vec![key]));
        }
        // Deeper places are the profile's to fill with `take`.
        _ => {}
    }
    // What follows another record may leave the case to it.
    if let Some(properties) = model.schemas.get(issue).and_then(|s| s.get("properties")) {
        subject.retain(|name, _| properties.get(name).is_some());
    }
    subject
}
