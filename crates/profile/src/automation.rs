//! What offices sign by rule: which automations an applied record sets off, who runs them, and what they say.
//!
//! Pure. The office's home asks after each fold, in the transaction of the record that set it off, and issues what comes out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::acts::{CaseView, key_members, optional};
use crate::board::NamedScope;
use crate::case::{CaseRecord, CaseRef, CaseState, Directory};
use crate::expr::{Expr, STEPS_MAX, Scope, Tri, Val};
use crate::keys;
use crate::load::Profile;
use crate::model::{Automation, Model, Trigger};
use crate::rules::DocumentScope;

/// An automation that is set off, and by which record.
#[derive(Debug, Clone)]
pub struct Due<'m> {
    /// The automation.
    pub automation: &'m Automation,
    /// Id of the record.
    pub trigger: String,
}

/// What an automation issues.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Record type.
    pub record_type: String,
    /// Cases.
    pub about: Vec<CaseRef>,
    /// `credentialSubject`.
    pub subject: Value,
    /// Records that it follows.
    pub follows: Vec<String>,
}

/// What came of asking an automation.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It issues a record.
    Issues(Deed),
    /// Its condition is false.
    No,
    /// It cannot be told, or what it takes is not in hand: nothing is issued.
    Untold(String),
}

/// The automations that a case's move from `before` to `after` sets off: once for each record that is applied now and was not before,
/// and where a state is come to.
pub fn due<'m>(model: &'m Model, before: Option<&CaseState>, after: &CaseState) -> Vec<Due<'m>> {
    let mut out = Vec::new();
    if model.automations.is_empty() {
        return out;
    }
    let applied = |state: &CaseState, id: &str| {
        let mut records = state.records.iter();
        records.any(|r| r.id == id && r.in_force && r.why.is_none())
    };
    for automation in &model.automations {
        match &automation.on {
            Trigger::Records(types) => {
                for r in &after.records {
                    if types.contains(&r.record_type)
                        && r.in_force
                        && r.why.is_none()
                        && !before.is_some_and(|b| applied(b, &r.id))
                    {
                        out.push(Due {
                            automation,
                            trigger: r.id.clone(),
                        });
                    }
                }
            }
            Trigger::State { kind, state } => {
                let come = after.case.kind == *kind
                    && after.state.as_ref() == Some(state)
                    && before.and_then(|b| b.state.as_ref()) != Some(state);
                let newest = after
                    .records
                    .iter()
                    .rev()
                    .find(|r| r.in_force && r.why.is_none());
                if let (true, Some(newest)) = (come, newest) {
                    out.push(Due {
                        automation,
                        trigger: newest.id.clone(),
                    });
                }
            }
        }
    }
    out
}

/// The one party that runs an automation over a case: the post's, else of the parties with the role the first by DID, so that two
/// homes never both sign.
pub fn runner(
    automation: &Automation,
    state: &CaseState,
    directory: &Directory,
    at_ms: i64,
) -> Option<String> {
    match automation.office.strip_prefix("post.") {
        Some(post) => state.posts.get(post)?.first().cloned(),
        None => directory
            .with_role(&automation.office, at_ms)
            .next()
            .map(str::to_owned),
    }
}

/// The expressions of an automation: what links they ask for, [`crate::links::names`] says.
pub fn expressions(automation: &Automation) -> impl Iterator<Item = &Expr> {
    automation.when.iter().chain(automation.take.values())
}

/// Asks an automation set off by a record.
pub fn of_record(
    profile: &Profile,
    automation: &Automation,
    trigger: &CaseRecord,
    scope: &DocumentScope<'_>,
) -> Outcome {
    ask(profile, automation, trigger, &trigger.about, scope)
}

/// Asks an automation set off by a state that a case has come to.
pub fn of_state(
    profile: &Profile,
    automation: &Automation,
    trigger: &CaseRecord,
    case: CaseView<'_>,
) -> Outcome {
    let about = [case.state.case.clone()];
    let scope = NamedScope::new(profile, case);
    ask(profile, automation, trigger, &about, &scope)
}

fn ask(
    profile: &Profile,
    automation: &Automation,
    trigger: &CaseRecord,
    cases: &[CaseRef],
    scope: &dyn Scope,
) -> Outcome {
    if let Some(when) = &automation.when {
        match when.eval(scope, STEPS_MAX) {
            Tri::Known(Val::Bool(true)) => {}
            Tri::Known(_) => return Outcome::No,
            Tri::Unknown(why) => return Outcome::Untold(why),
            Tri::Error(e) => return Outcome::Untold(e.to_string()),
        }
    }
    let mut subject = keyed(profile.model(), &automation.issue, cases);
    for (member, value) in &automation.with {
        subject.insert(member.clone(), value.clone());
    }
    for (word, expr) in &automation.take {
        let (member, optional) = optional(word);
        match expr.eval(scope, STEPS_MAX) {
            Tri::Known(value) => {
                if let Some(json) = value.to_json() {
                    subject.insert(member.to_owned(), json);
                }
            }
            Tri::Unknown(_) if optional => {}
            Tri::Unknown(why) => return Outcome::Untold(format!("{member}: {why}")),
            Tri::Error(e) => return Outcome::Untold(format!("{member}: {e}")),
        }
    }
    let subject = Value::Object(subject);
    let draft = serde_json::json!({
        "type": ["VerifiableCredential", automation.issue],
        "credentialSubject": subject,
    });
    let about = match keys::about(profile, &draft) {
        Ok(read) if !read.is_empty() => read,
        // What follows the trigger is about what that is about.
        Ok(_) => cases.to_vec(),
        Err(problem) => return Outcome::Untold(problem.en),
    };
    Outcome::Issues(Deed {
        record_type: automation.issue.clone(),
        about,
        subject,
        follows: if automation.follows_trigger {
            vec![trigger.id.clone()]
        } else {
            Vec::new()
        },
    })
}

/// The members by which the issued type says its cases, of all the cases at hand: a list of keys gets them all.
fn keyed(model: &Model, issue: &str, cases: &[CaseRef]) -> Map<String, Value> {
    let mut out: Map<String, Value> = Map::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        let first = *seen
            .entry(case.kind.as_str())
            .and_modify(|n| *n += 1)
            .or_insert(1)
            == 1;
        for (member, value) in key_members(model, issue, case) {
            match (out.get_mut(&member), value) {
                (Some(Value::Array(held)), Value::Array(more)) => held.extend(more),
                (Some(_), _) if !first => {}
                (_, value) => {
                    out.insert(member, value);
                }
            }
        }
    }
    out
}
