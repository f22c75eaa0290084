//! A credential is shown: checked against what this node holds, and written down by the program's own act. And its holder's page to print.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use garita_credential::{carry as text_of, vc};
use garita_exchange::booth::{self, NodeGround, Status, Verdict};
use garita_exchange::problem::{Fault as Refused, Refusal, RefusalKind};
use garita_exchange::submit::{self, Principal, Submission};
use garita_exchange::verify::Once;
use garita_profile::acts::{self, ActOffer};
use garita_profile::case::CaseRef;
use serde_json::Value;

use super::act::recorded;
use super::ask::{Ask, absent, host_of, once, signed, to_sign_in, value_of};
use super::case::{self, Opened, acts_as};
use super::{file, posted};
use crate::api::credentials;
use crate::api::problem::Problem;
use crate::console::{
    CarryPage, CheckPage, CheckResult, Fact, Fault, Glyph, Link, Place, Rich, Tone, paths,
    render_carry, render_check, time,
};
use crate::server::{App, blocking};
use crate::shown;

/// Members of a credential that are shown beside its holder.
const FACTS: usize = 12;

/// Whether the reader's party writes checks down: an office at a booth.
pub(super) fn is_for(ask: &Ask) -> bool {
    let roles = ask.roles();
    ask.app.core().programs.iter().any(|profile| {
        let model = profile.model();
        let acts = model
            .credentials
            .values()
            .filter_map(|c| c.checked_by.as_ref());
        acts.filter_map(|id| model.acts.iter().find(|a| a.id == *id))
            .filter_map(|act| model.records.get(&act.issue))
            .any(|ty| ty.issued_by.iter().any(|r| roles.contains(&r.as_str())))
    })
}

/// `GET /console/check`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        Ok(ask.html(render(ask, None, None)))
    })
    .await
}

/// `POST /console/check`: checks, or writes down what was checked.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let posted = match posted::read(request).await {
        Ok(posted) => posted.texts(),
        Err(refusal) => return signed(app, headers, uri, move |_| Err(refusal)).await,
    };
    let step = {
        let app = Arc::clone(&app);
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Step::Answer(to_sign_in()));
            }
            Ok(answered(&ask, &posted)
                .unwrap_or_else(|refusal| Step::Answer(ask.refused(&refusal))))
        })
        .await
    };
    let (case, submission, principal, once) = match step {
        Ok(Step::Answer(response)) => return response,
        Ok(Step::Submit(made)) => *made,
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match submit::draft_once(app.core(), submission, &principal, once).await {
        Ok(receipt) => recorded(&case.kind, &case.key, &receipt.leaf.id),
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

enum Step {
    Answer(Response),
    Submit(Box<(CaseRef, Submission, Principal, Option<Once>)>),
}

fn answered(ask: &Ask, posted: &[(String, String)]) -> Result<Step, Refusal> {
    ask.check_token(posted)?;
    let typed = value_of(posted, "shown");
    let shown = if typed.trim().is_empty() {
        value_of(posted, "file")
    } else {
        typed
    };
    if shown.trim().is_empty() {
        let fault = Refused::whole(
            "nothing-shown",
            "scan or paste the code, or choose a file",
            "escanee o pegue el código, o elija un archivo",
        );
        return Ok(Step::Answer(unreadable(ask, &fault)));
    }
    let core = ask.app.core();
    let _place = ask.app.outside().place()?;
    let ground = NodeGround::new(core, ask.app.standings(), ask.party());
    let host = host_of(&core.identity.url);
    let domains = [host, core.identity.url.as_str(), ask.party()];
    let verdict = match booth::judge(
        shown.as_bytes(),
        &domains,
        &ground,
        &core.canonicalizer,
        ask.now_ms,
    ) {
        Ok(verdict) => verdict,
        Err(refusal) if refusal.kind == RefusalKind::Malformed => {
            let fault = refusal.faults.first().cloned();
            return Ok(Step::Answer(unreadable(ask, &fault.ok_or(refusal)?)));
        }
        Err(refusal) => return Err(refusal),
    };
    let opened = match &verdict.case {
        Some(case) if verdict.status.is_some() => Some(case::open(ask, &case.kind, &case.key)?),
        _ => None,
    };
    let offer = opened.as_ref().and_then(|o| offer(ask, o, &verdict));
    if value_of(posted, "do") == "record" {
        let (Some(opened), Some(offer)) = (&opened, &offer) else {
            return Err(absent());
        };
        return recording(ask, posted, opened, offer, &verdict);
    }
    let result = result(ask, &verdict, opened.as_ref(), offer.as_ref(), shown);
    Ok(Step::Answer(ask.html(render(ask, Some(result), None))))
}

/// The act that writes the check down, where the reader's party may.
fn offer(ask: &Ask, opened: &Opened, verdict: &Verdict) -> Option<ActOffer> {
    let of = verdict.of.as_ref()?;
    let offer = acts::check_act(
        opened.profile(),
        &of.name,
        opened.view(ask),
        ask.party(),
        &ask.roles(),
    )?;
    offer.allowed.then_some(offer)
}

fn recording(
    ask: &Ask,
    posted: &[(String, String)],
    opened: &Opened,
    offer: &ActOffer,
    verdict: &Verdict,
) -> Result<Step, Refusal> {
    if let Some((id, _)) = ask.done_before(posted)? {
        return Ok(Step::Answer(recorded(
            &opened.case.kind,
            &opened.case.key,
            &id,
        )));
    }
    let subject = acts::build_check_act(
        opened.profile(),
        &offer.id,
        opened.view(ask),
        &verdict.shown(),
    )
    .map_err(|e| {
        Refusal::one(
            RefusalKind::Conflict,
            Refused::whole(e.code(), e.to_string(), e.to_string()),
        )
    })?;
    let submission = Submission {
        record_type: offer.issue.clone(),
        occurred: None,
        subject,
        standing: None,
        replaces: None,
        follows: Vec::new(),
        saw: None,
        about: Vec::new(),
        on_behalf_of: None,
        source: None,
        related: Vec::new(),
    };
    let once = once(posted, &submission);
    Ok(Step::Submit(Box::new((
        opened.case.clone(),
        submission,
        ask.who.clone(),
        once,
    ))))
}

fn unreadable(ask: &Ask, fault: &Refused) -> Response {
    let fault = Fault {
        name: "shown".to_owned(),
        text: ask.w(&fault.en, &fault.es).to_owned(),
        code: fault.code.clone(),
    };
    ask.answer(StatusCode::BAD_REQUEST, render(ask, None, Some(fault)))
}

fn render(ask: &Ask, result: Option<CheckResult>, fault: Option<Fault>) -> String {
    let page = CheckPage {
        action: paths::CHECK.to_owned(),
        hidden: ask.hidden(),
        fault,
        result,
    };
    render_check(&ask.frame(Place::Elsewhere), &page)
}

fn result(
    ask: &Ask,
    verdict: &Verdict,
    opened: Option<&Opened>,
    offer: Option<&ActOffer>,
    shown: &str,
) -> CheckResult {
    let (en, es) = shown::result(verdict);
    let (tone, glyph) = match verdict.result {
        "valid" => (Tone::Go, Glyph::Ok),
        "not-known" | "not-yet-valid" => (Tone::Warn, Glyph::Missing),
        "not-good" => (Tone::Stop, Glyph::Hold),
        "expired" | "superseded" => (Tone::Stop, Glyph::Late),
        _ => (Tone::Stop, Glyph::Cross),
    };
    let signer = verdict.issuer_name.as_deref().unwrap_or(&verdict.issuer);
    let signer = if verdict.result == "proof-fails" {
        ask.w("It says that it is of {who}.", "Dice ser de {who}.")
    } else {
        ask.w("Signed by {who}.", "Firmado por {who}.")
    }
    .replace("{who}", signer);
    let subject = verdict.credential.get("credentialSubject");
    let (whose, facts) = facts(ask, verdict, subject, opened);
    let mut hidden = ask.hidden();
    hidden.push(("shown".to_owned(), shown.to_owned()));
    CheckResult {
        tone,
        glyph,
        word: ask.w(&en, &es).to_owned(),
        what: match (&verdict.of, &verdict.case) {
            (Some(of), Some(case)) => format!("{} {}", ask.w(&of.title.en, &of.title.es), case.key),
            _ => String::new(),
        },
        whose,
        signer,
        known: Rich::text(known(ask, verdict.status.as_ref())),
        faults: verdict
            .faults
            .iter()
            .map(|f| Fault {
                name: f.pointer.clone(),
                text: ask.w(&f.en, &f.es).to_owned(),
                code: f.code.clone(),
            })
            .collect(),
        facts,
        case: opened.map(|o| {
            Link::new(
                ask.lang.t("check.open-case"),
                paths::case(&o.case.kind, &o.case.key),
            )
        }),
        record: offer
            .zip(opened)
            .map(|(offer, opened)| opened.say.of(&offer.title).to_owned()),
        hidden,
        signed_as: opened.map_or_else(String::new, |o| acts_as(ask, &o.say)),
        receivers: offer.zip(opened).map_or_else(Vec::new, |(offer, opened)| {
            file::receivers(ask, &opened.say, &offer.issue)
        }),
    }
}

/// As of when the status is known, and by whose word.
fn known(ask: &Ask, status: Option<&Status>) -> String {
    let Some(status) = status else {
        return ask
            .w(
                "This node has no word on it, so it cannot tell whether it is still in force.",
                "Este nodo no tiene noticia de él, así que no puede decir si sigue vigente.",
            )
            .to_owned();
    };
    let who = ask.network.name_of(&status.keeper);
    let at = ask.clock_text(status.as_of);
    if status.in_step {
        ask.w(
            "As told by {who}, {ago} ago ({at}).",
            "Según {who}, hace {ago} ({at}).",
        )
    } else {
        ask.w(
            "No word from {who} since {at}, {ago} ago.",
            "Sin noticia de {who} desde {at}, hace {ago}.",
        )
    }
    .replace("{who}", who)
    .replace(
        "{ago}",
        &time::span(ask.now_ms.saturating_sub(status.as_of)),
    )
    .replace("{at}", &at)
}

/// What it says, in the program's words where there are any; the longest-lived thing to compare comes first.
fn facts(
    ask: &Ask,
    verdict: &Verdict,
    subject: Option<&Value>,
    opened: Option<&Opened>,
) -> (String, Vec<Fact>) {
    let from = verdict.of.as_ref().zip(opened).and_then(|(of, opened)| {
        let credential = opened.profile().model().credentials.get(&of.name)?;
        Some((opened, credential.from.clone()))
    });
    let mut facts = Vec::new();
    for (member, value) in subject.and_then(Value::as_object).into_iter().flatten() {
        if facts.len() >= FACTS || value.is_object() || member == "id" || member == "type" {
            continue;
        }
        facts.push(match &from {
            Some((opened, ty)) => Fact {
                label: opened.say.label(ty, member),
                value: opened.say.value(ty, member, value),
                ..Fact::default()
            },
            None => Fact {
                label: member.clone(),
                value: Rich::text(
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                ),
                ..Fact::default()
            },
        });
    }
    if let Some(until) = verdict.credential.get("validUntil").and_then(Value::as_str) {
        facts.push(Fact {
            label: ask.w("Valid until", "Vigente hasta").to_owned(),
            value: Rich::text(told(ask, until)),
            ..Fact::default()
        });
    }
    let whose = opened.map_or_else(String::new, |o| o.title.clone());
    (whose, facts)
}

/// An instant of a credential in the reader's zone; as it stands where it is none.
fn told(ask: &Ask, instant: &str) -> String {
    garita_profile::functions::instant_ms(instant)
        .map_or_else(|| instant.to_owned(), |at| ask.clock_text(at))
}

/// `GET /console/cases/{kind}/{key}/credentials/{name}`: to be printed.
pub(super) async fn carry(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path((kind, key, name)): Path<(String, String, String)>,
) -> Response {
    let case = CaseRef {
        kind: kind.clone(),
        key: key.clone(),
    };
    let made = credentials::for_reader(&app, &headers.clone().into(), case, name.clone()).await;
    signed(app, headers, uri, move |ask| {
        let document = made?;
        let opened = case::open(ask, &kind, &key)?;
        let text = text_of::to_text(&document).map_err(|e| {
            Refusal::one(RefusalKind::Unavailable, garita_exchange::verify::fault(&e))
        })?;
        let issuer = vc::issuer_of(&document).unwrap_or_default();
        let fact = |en: &str, es: &str, value: String| Fact {
            label: ask.w(en, es).to_owned(),
            value: Rich::text(value),
            ..Fact::default()
        };
        let mut facts = vec![
            fact("Of", "De", opened.title.clone()),
            fact("Number", "Número", key.clone()),
            fact(
                "Issued by",
                "Emitido por",
                ask.network.name_of(issuer).to_owned(),
            ),
        ];
        if let Some(until) = document.get("validUntil").and_then(Value::as_str) {
            facts.push(fact("Valid until", "Vigente hasta", told(ask, until)));
        }
        let words = opened.say.word(&format!("credentials.{name}"));
        let page = CarryPage {
            path: vec![Link::new(
                format!("{} {}", opened.say.kind(&kind), opened.title),
                paths::case(&kind, &key),
            )],
            title: words,
            facts,
            text,
            file: paths::credential(&kind, &key, &name),
        };
        Ok(ask.html(render_carry(&ask.frame(Place::Cases), &page)))
    })
    .await
}
