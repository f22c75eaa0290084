//! An act on a case: one question at most, once more where it is grave, then signed in the reader's name.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault as Refused, Refusal, RefusalKind};
use garita_exchange::submit::{self, Submission};
use garita_exchange::verify::Once;
use garita_profile::acts::{self, ActOffer};
use garita_profile::case::CaseState;
use garita_profile::forms;
use serde_json::Value;

use super::ask::{Ask, absent, once, pairs, see_other, signed, to_sign_in, value_of};
use super::case::{self, Opened, act_href, acts_as};
use super::{file, refile};
use crate::api::problem::Problem;
use crate::api::records::digest_of;
use crate::console::{
    Address, Choice, ConfirmPage, Fact, Fault, Field, FieldKind, FormPage, FormSection, Link,
    Place, Rich, Tone, paths, render_confirm, render_form,
};
use crate::server::{App, blocking};

/// The name of the field for an answer that was not given before.
const OTHER: &str = "other";
/// The name of the question's field.
const ANSWER: &str = "answer";

/// `GET …/act/{act}`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key, act)): Path<(String, String, String)>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let wanted = Wanted::open(ask, &kind, &key, &act)?;
        if wanted.offer.form {
            return Ok(see_other(&wanted.form_address(ask)));
        }
        if wanted.offer.ask.is_some() {
            return Ok(ask.html(wanted.form(ask, "", &[])));
        }
        let subject = wanted.subject(ask, None)?;
        Ok(ask.html(wanted.confirm(ask, "", &subject)))
    })
    .await
}

/// `POST …/act/{act}`.
pub(super) async fn sign(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key, act)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let step = {
        let (app, headers, uri, posted) = (
            Arc::clone(&app),
            headers.clone(),
            uri.clone(),
            posted.clone(),
        );
        let (kind, key, act) = (kind.clone(), key.clone(), act.clone());
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Step::Answer(to_sign_in()));
            }
            Ok(prepared(&ask, &posted, &kind, &key, &act)
                .unwrap_or_else(|refusal| Step::Answer(ask.refused(&refusal))))
        })
        .await
    };
    let (submission, principal, once) = match step {
        Ok(Step::Answer(response)) => return response,
        Ok(Step::Submit(submission, principal, once)) => (*submission, principal, once),
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match submit::draft_once(app.core(), submission, &principal, once).await {
        Ok(receipt) => recorded(&kind, &key, &receipt.leaf.id),
        Err(refusal) => refused(app, headers, uri, posted, (kind, key, act), refusal).await,
    }
}

/// Back to the case, which says that it is recorded.
pub(super) fn recorded(kind: &str, key: &str, id: &str) -> Response {
    see_other(
        &Address::new(paths::case(kind, key))
            .with("recorded", digest_of(id))
            .to_string(),
    )
}

enum Step {
    Answer(Response),
    Submit(
        Box<Submission>,
        garita_exchange::submit::Principal,
        Option<Once>,
    ),
}

fn prepared(
    ask: &Ask,
    posted: &[(String, String)],
    kind: &str,
    key: &str,
    act: &str,
) -> Result<Step, Refusal> {
    ask.check_token(posted)?;
    // A second click finds the case changed by the first: it is answered like the first, not refused.
    if let Some((id, _)) = ask.done_before(posted)? {
        return Ok(Step::Answer(recorded(kind, key, &id)));
    }
    let wanted = Wanted::open(ask, kind, key, act)?;
    if wanted.offer.form {
        return Ok(Step::Answer(see_other(&wanted.form_address(ask))));
    }
    // A tap is meant, whatever was typed beside it.
    let tapped = value_of(posted, ANSWER).trim();
    let typed = value_of(posted, OTHER).trim();
    let answer = if tapped.is_empty() { typed } else { tapped }.to_owned();
    if wanted.offer.ask.is_some() && answer.is_empty() {
        let fault = Fault {
            name: ANSWER.to_owned(),
            text: ask
                .w("Answer this first", "Primero responda esto")
                .to_owned(),
            code: "act-answer-missing".to_owned(),
        };
        return Ok(Step::Answer(ask.html(wanted.form(ask, "", &[fault]))));
    }
    let typed = wanted.typed(ask, &answer);
    let subject = wanted.subject(ask, typed.as_ref())?;
    let confirmed = value_of(posted, "confirmed") == "yes";
    if !confirmed && (wanted.offer.grave || wanted.offer.ask.is_none()) {
        return Ok(Step::Answer(
            ask.html(wanted.confirm(ask, &answer, &subject)),
        ));
    }
    let follows = wanted.follows(ask);
    let submission = Submission {
        record_type: wanted.offer.issue.clone(),
        occurred: None,
        subject,
        standing: None,
        replaces: None,
        follows,
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related: Vec::new(),
    };
    let once = once(posted, &submission);
    Ok(Step::Submit(Box::new(submission), ask.who.clone(), once))
}

/// What an act with a form takes and sets of the case in the address.
pub(super) fn filled(ask: &Ask, record_type: &str, act: &str) -> Result<Value, Refusal> {
    let wanted = Wanted::open(ask, ask.here.value("kind"), ask.here.value("key"), act)?;
    if wanted.offer.issue != record_type || !wanted.offer.form {
        return Err(absent());
    }
    acts::filled_form(
        wanted.opened.profile(),
        &wanted.offer.id,
        wanted.opened.view(ask),
    )
    .map_err(|e| {
        Refusal::one(
            RefusalKind::Conflict,
            Refused::whole(e.code(), e.to_string(), e.to_string()),
        )
    })
}

/// What a record of these types answers or closes: the office's own open holds, else the newest in force.
fn follows(ask: &Ask, types: &[String], state: &CaseState) -> Vec<String> {
    let of_type = |id: &str| {
        state
            .records
            .iter()
            .any(|r| r.id == id && types.contains(&r.record_type))
    };
    let own: Vec<String> = state
        .holds
        .iter()
        .filter(|h| h.office == ask.party() && of_type(&h.record))
        .map(|h| h.record.clone())
        .collect();
    if let Some(newest) = own.last() {
        return vec![newest.clone()];
    }
    state
        .records
        .iter()
        .rev()
        .find(|r| r.in_force && types.contains(&r.record_type))
        .map(|r| r.id.clone())
        .into_iter()
        .collect()
}

async fn refused(
    app: Arc<App>,
    headers: HeaderMap,
    uri: Uri,
    posted: Vec<(String, String)>,
    (kind, key, act): (String, String, String),
    refusal: Refusal,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let wanted = Wanted::open(ask, &kind, &key, &act)?;
        let Some(question) = &wanted.offer.ask else {
            return Err(refusal);
        };
        let faults: Vec<Fault> = refusal
            .faults
            .iter()
            .map(|f| Fault {
                name: if f.pointer == question.pointer {
                    ANSWER.to_owned()
                } else {
                    f.pointer.clone()
                },
                text: wanted
                    .opened
                    .say
                    .told(&wanted.offer.issue, ask.w(&f.en, &f.es)),
                code: f.code.clone(),
            })
            .collect();
        let status = axum::http::StatusCode::from_u16(refusal.kind.status()).unwrap_or_default();
        Ok(ask.answer(status, wanted.form(ask, value_of(&posted, ANSWER), &faults)))
    })
    .await
}

/// An act that may be done now.
struct Wanted {
    opened: Opened,
    offer: ActOffer,
    title: String,
}

impl Wanted {
    fn open(ask: &Ask, kind: &str, key: &str, act: &str) -> Result<Wanted, Refusal> {
        let opened = case::open(ask, kind, key)?;
        let offer = acts::acts(
            opened.profile(),
            opened.view(ask),
            ask.party(),
            &ask.roles(),
        )
        .into_iter()
        .find(|o| o.id == act)
        .ok_or_else(absent)?;
        if !offer.allowed {
            let why = offer.why_not.clone().unwrap_or_default();
            return Err(Refusal::one(
                RefusalKind::Conflict,
                Refused::whole("act-not-possible", why.en, why.es),
            ));
        }
        let title = garita_profile::board::title(opened.profile(), opened.view(ask));
        Ok(Wanted {
            opened,
            offer,
            title,
        })
    }

    /// What its record answers or closes in this case.
    fn follows(&self, ask: &Ask) -> Vec<String> {
        self.opened
            .profile()
            .model()
            .records
            .get(&self.offer.issue)
            .map(|t| follows(ask, &t.follows, &self.opened.read.state))
            .unwrap_or_default()
    }

    /// The form of the act's record, filled in from the party's last such record of this case and by the act itself.
    fn form_address(&self, ask: &Ask) -> String {
        let case = &self.opened.case;
        let record_type = &self.offer.issue;
        let last = self
            .opened
            .read
            .records
            .iter()
            .filter(|h| h.record.record_type == *record_type && h.record.issuer == ask.party())
            .max_by_key(|h| h.number);
        let mut address = Address::new(format!(
            "/console/file/{}",
            crate::console::segment(record_type)
        ));
        // A type without anything that must be new each time is no paper to go by: a comment is not like the last one.
        let schema = self.opened.profile().model().schemas.get(record_type);
        let refiled = schema.is_some_and(|s| s.to_string().contains("\"x-fresh\":true"));
        if let Some(last) = last.filter(|_| refiled) {
            address = address.with("from", digest_of(&last.record.id));
        }
        if let Some(first) = self.follows(ask).first() {
            address = address.with("follows", first);
        }
        address
            .with("kind", &case.kind)
            .with("key", &case.key)
            .with("act", &self.offer.id)
            .to_string()
    }

    /// Answers that the party gave before, with the groups that they stood in.
    fn offered(&self, ask: &Ask) -> Result<Vec<(Value, Option<Value>)>, Refusal> {
        let profile = self.opened.profile();
        let act = profile.model().acts.iter().find(|a| a.id == self.offer.id);
        let mut types: Vec<String> = act
            .into_iter()
            .flat_map(|a| &a.offer)
            .map(|t| t.record_type.clone())
            .collect();
        types.sort();
        types.dedup();
        let documents = refile::documents(ask, &types)?;
        let documents = documents.iter().map(|(ty, d)| (ty.as_str(), d));
        Ok(acts::offered(profile, &self.offer.id, documents))
    }

    fn subject(&self, ask: &Ask, answer: Option<&Value>) -> Result<Value, Refusal> {
        let group = match answer {
            Some(answer) => self
                .offered(ask)?
                .into_iter()
                .find(|(held, _)| held == answer)
                .and_then(|(_, group)| group),
            None => None,
        };
        acts::build_act_with(
            self.opened.profile(),
            &self.offer.id,
            self.opened.view(ask),
            answer,
            group.as_ref(),
        )
        .map_err(|e| {
            Refusal::one(
                RefusalKind::Conflict,
                Refused::whole(e.code(), e.to_string(), e.to_string()),
            )
        })
    }

    fn typed(&self, ask: &Ask, answer: &str) -> Option<Value> {
        let question = self.offer.ask.as_ref()?;
        if let Some(choice) = question.choices.iter().find(|c| match &c.value {
            Value::String(text) => text == answer,
            other => other.to_string().as_str() == answer,
        }) {
            return Some(choice.value.clone());
        }
        let digits = answer.replace(',', "");
        Some(match question.kind {
            forms::FieldKind::Integer => digits
                .parse::<i64>()
                .map_or_else(|_| Value::from(answer), Value::from),
            forms::FieldKind::Number => digits
                .parse::<f64>()
                .map_or_else(|_| Value::from(answer), Value::from),
            forms::FieldKind::Boolean => Value::Bool(answer == "true" || answer == "on"),
            forms::FieldKind::DateTime => Value::from(
                file::instant_of(answer, &ask.zone()).unwrap_or_else(|| answer.to_owned()),
            ),
            forms::FieldKind::TextList => Value::from(
                answer
                    .lines()
                    .map(str::trim)
                    .filter(|l| !l.is_empty())
                    .collect::<Vec<_>>(),
            ),
            _ => Value::from(answer),
        })
    }

    fn label(&self) -> String {
        self.opened.say.of(&self.offer.title).to_owned()
    }

    fn back(&self, ask: &Ask) -> Link {
        Link::new(
            ask.w("Back to the case", "Volver al expediente"),
            paths::case(&self.opened.case.kind, &self.opened.case.key),
        )
    }

    fn path(&self) -> Vec<Link> {
        vec![Link::new(
            format!(
                "{} {}",
                self.opened.say.kind(&self.opened.case.kind),
                self.title
            ),
            paths::case(&self.opened.case.kind, &self.opened.case.key),
        )]
    }

    fn action(&self) -> String {
        act_href(&self.opened.case, &self.offer.id)
    }

    fn lede(&self, ask: &Ask) -> Rich {
        Rich::text(
            ask.w("Makes one record: {what}.", "Hace un registro: {what}.")
                .replace("{what}", &self.opened.say.record(&self.offer.issue)),
        )
    }

    fn form(&self, ask: &Ask, typed: &str, faults: &[Fault]) -> String {
        let say = &self.opened.say;
        let sections = self
            .offer
            .ask
            .iter()
            .map(|question| FormSection {
                fields: self.fields(ask, question, typed),
                ..FormSection::default()
            })
            .collect();
        let page = FormPage {
            path: self.path(),
            title: format!("{}: {}", self.label(), self.title),
            lede: self.lede(ask),
            action: self.action(),
            hidden: ask.hidden(),
            sections,
            faults: faults.to_vec(),
            submit: if self.offer.grave {
                ask.w("Go on", "Continuar").to_owned()
            } else {
                self.label()
            },
            halt: false,
            signed_as: acts_as(ask, say),
            receivers: file::receivers(ask, say, &self.offer.issue),
            back: self.back(ask),
        };
        render_form(&ask.frame(Place::Cases), &page)
    }

    /// The question; where the party answered it before, those answers as buttons, and a field for another.
    fn fields(&self, ask: &Ask, question: &forms::Field, typed: &str) -> Vec<Field> {
        let mut field = question_field(ask, &self.opened.say, question, typed);
        // A store that is away offers nothing; the question is still there.
        let choices: Vec<Choice> = self
            .offered(ask)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(value, _)| value.as_str().map(str::to_owned))
            .filter(|value| *value != self.title)
            .take(refile::OFFERED_MAX)
            .map(|value| Choice::new(value.clone(), value, false))
            .collect();
        if choices.is_empty() {
            return vec![field];
        }
        let taps = Field {
            name: ANSWER.to_owned(),
            label: field.label.clone(),
            kind: FieldKind::Taps,
            choices,
            ..Field::default()
        };
        field.name = OTHER.to_owned();
        field.label = ask.w("Another", "Otro").to_owned();
        vec![taps, field]
    }

    fn confirm(&self, ask: &Ask, answer: &str, subject: &Value) -> String {
        let say = &self.opened.say;
        let facts = subject
            .as_object()
            .into_iter()
            .flatten()
            .map(|(member, value)| Fact {
                label: say.label(&self.offer.issue, member),
                value: say.value(&self.offer.issue, member, value),
                ..Fact::default()
            })
            .collect();
        let mut hidden = ask.hidden();
        if !answer.is_empty() {
            hidden.push((ANSWER.to_owned(), answer.to_owned()));
        }
        let page = ConfirmPage {
            path: self.path(),
            title: format!("{}: {}?", self.label(), self.title),
            text: self.lede(ask),
            facts,
            action: self.action(),
            hidden,
            submit: self.label(),
            tone: if self.offer.grave {
                Tone::Stop
            } else {
                Tone::Quiet
            },
            signed_as: acts_as(ask, say),
            receivers: file::receivers(ask, say, &self.offer.issue),
            back: self.back(ask),
        };
        render_confirm(&ask.frame(Place::Cases), &page)
    }
}

fn question_field(
    ask: &Ask,
    say: &super::words::Say,
    question: &forms::Field,
    typed: &str,
) -> Field {
    let mut choices: Vec<Choice> = question
        .choices
        .iter()
        .map(|c| {
            let value = c
                .value
                .as_str()
                .map_or_else(|| c.value.to_string(), str::to_owned);
            let chosen = value == typed;
            Choice::new(value, say.of(&c.label), chosen)
        })
        .collect();
    let kind = match question.kind {
        _ if !choices.is_empty() && choices.len() <= 6 => FieldKind::Radios,
        _ if !choices.is_empty() => {
            choices.insert(0, Choice::new("", "", typed.is_empty()));
            FieldKind::Select
        }
        forms::FieldKind::LongText | forms::FieldKind::TextList | forms::FieldKind::Json => {
            FieldKind::Area
        }
        forms::FieldKind::Number | forms::FieldKind::Integer => FieldKind::Number,
        forms::FieldKind::Date => FieldKind::Date,
        forms::FieldKind::DateTime => FieldKind::DateTime,
        forms::FieldKind::Boolean => FieldKind::Tick,
        _ => FieldKind::Text,
    };
    let mut hint = say.of(&question.hint).to_owned();
    if !question.example.is_empty() {
        hint = format!(
            "{hint} {} {}",
            ask.w("Example:", "Ejemplo:"),
            ask.w(&question.example, &question.example_es)
        )
        .trim()
        .to_owned();
    }
    Field {
        name: ANSWER.to_owned(),
        label: say.of(&question.label).to_owned(),
        hint,
        optional: false,
        kind,
        value: typed.to_owned(),
        choices,
    }
}
