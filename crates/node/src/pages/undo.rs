//! Undo: what an office has just signed, taken back by a withdrawal of its own. Both stay in the log, and both sides see both.
//!
//! Within [`UNDO_MS`] one click does it; later it is a withdrawal that says why. Where others have acted on the record it is asked once
//! more, naming what they signed. Where another office decided on the strength of it, it is refused: a decisive act is not undone by
//! taking away from under it what it knew (design §5); a new record says what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use garita_exchange::problem::{Fault as Refused, Refusal, RefusalKind};
use garita_exchange::read;
use garita_exchange::stamp::WHOLE;
use garita_exchange::submit::{self, Principal, Submission};
use garita_exchange::verify::Once;
use garita_profile::builtin::BUILT_IN;
use garita_profile::case::{CaseRecord, CaseRef, ReplaceKind, Replaces};
use garita_store::{HeldRecord, LinkKind};
use serde_json::Value;

use super::ask::{Ask, absent, held, once, pairs, signed, to_sign_in, value_of};
use super::case::acts_as;
use super::words::Say;
use super::{act, file};
use crate::api::problem::Problem;
use crate::api::records::{digest_of, id_of};
use crate::console::{
    ConfirmPage, Fact, Fault, Field, FieldKind, FormPage, FormSection, Link, Place, Rich, Span,
    Tone, paths, render_confirm, render_form,
};
use crate::server::{App, blocking};

/// For so long after signing an act is undone by one click, in real milliseconds: who has pressed the wrong button sees it at once, and
/// five minutes later the truck is somewhere else.
pub(super) const UNDO_MS: i64 = 5 * 60_000;
/// The name of the field that says why.
const REASON: &str = "reason";
/// Longest reason.
const REASON_CHARS_MAX: usize = 500;
/// Records of others that are named before the question.
const NAMED: usize = 5;
/// Records of the cases that are looked through for who acted on one: more than any case of a day has.
const LOOKED_MAX: usize = 2_000;

/// Address of the undo of a record.
pub(super) fn href(id: &str) -> String {
    format!("{}/undo", paths::record(digest_of(id)))
}

/// Whether the one click is still there, for a record logged at this business time.
pub(super) fn in_time(ask: &Ask, logged_ms: i64) -> bool {
    let ago = ask.now_ms.saturating_sub(logged_ms).max(0) as f64;
    ago / ask.app.core().clock.speed().max(f64::MIN_POSITIVE) <= UNDO_MS as f64
}

/// Whether a record is one that its reader may take back: the office's own, whole, of a program, and no withdrawal itself.
pub(super) fn may(ask: &Ask, record: &HeldRecord) -> bool {
    let row = &record.record;
    row.issuer == ask.party()
        && row.view == WHOLE
        && row.disputed.is_none()
        && record.erased_ms.is_none()
        && !BUILT_IN.contains(&row.record_type.as_str())
        && ask.app.core().hosts(&row.issuer)
        && read::case_record_of(record).is_some_and(|r| {
            r.replaces
                .as_ref()
                .is_none_or(|r| r.kind != ReplaceKind::Withdraws)
        })
}

/// The record that took its place already, where one did.
pub(super) fn replaced_by(ask: &Ask, id: &str) -> Result<Option<String>, Refusal> {
    let links = held(ask.app.core().reader.node_touching(id))?;
    for link in links.into_iter().filter(|l| l.kind == LinkKind::Replaces) {
        let replacing = held(ask.app.core().reader.record(ask.party(), &link.id))?;
        if replacing.is_some_and(|r| r.record.issuer == ask.party()) {
            return Ok(Some(link.id));
        }
    }
    Ok(None)
}

/// `GET /console/records/{id}/undo`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let wanted = Wanted::open(ask, &id)?;
        Ok(ask.html(wanted.question(ask, "", &[])))
    })
    .await
}

/// `POST /console/records/{id}/undo`.
pub(super) async fn sign(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let posted = pairs(&String::from_utf8_lossy(&body));
    let step = {
        let (app, headers, uri) = (Arc::clone(&app), headers.clone(), uri.clone());
        blocking(move || {
            let (ask, known) = Ask::of(app, &headers, &uri)?;
            if !known {
                return Ok(Step::Answer(to_sign_in()));
            }
            Ok(prepared(&ask, &posted, &id)
                .unwrap_or_else(|refusal| Step::Answer(ask.refused(&refusal))))
        })
        .await
    };
    let (submission, principal, once, case) = match step {
        Ok(Step::Answer(response)) => return response,
        Ok(Step::Submit(submission, principal, once, case)) => (*submission, principal, once, case),
        Err(refusal) => return Problem::from(refusal).into_response(),
    };
    match submit::draft_once(app.core(), submission, &principal, once).await {
        Ok(receipt) => act::recorded(&case.kind, &case.key, &receipt.leaf.id),
        Err(refusal) => signed(app, headers, uri, move |_| Err(refusal)).await,
    }
}

enum Step {
    Answer(Response),
    Submit(Box<Submission>, Principal, Option<Once>, CaseRef),
}

fn prepared(ask: &Ask, posted: &[(String, String)], id: &str) -> Result<Step, Refusal> {
    ask.check_token(posted)?;
    let record = Wanted::record(ask, id)?;
    let case = record.1.about.first().cloned().ok_or_else(absent)?;
    // A second click is answered like the first.
    if let Some((done, _)) = ask.done_before(posted)? {
        return Ok(Step::Answer(act::recorded(&case.kind, &case.key, &done)));
    }
    let wanted = Wanted::open(ask, id)?;
    let reason: String = value_of(posted, REASON)
        .trim()
        .chars()
        .take(REASON_CHARS_MAX)
        .collect();
    if wanted.late && reason.is_empty() {
        let fault = Fault {
            name: REASON.to_owned(),
            text: ask.w("Say why", "Diga por qué").to_owned(),
            code: "withdrawal-reason-missing".to_owned(),
        };
        let page = wanted.question(ask, "", &[fault]);
        return Ok(Step::Answer(
            ask.answer(StatusCode::UNPROCESSABLE_ENTITY, page),
        ));
    }
    if !wanted.acted.is_empty() && value_of(posted, "confirmed") != "yes" {
        return Ok(Step::Answer(ask.html(wanted.confirm(ask, &reason))));
    }
    let reason = if reason.is_empty() {
        ask.w(
            "undone at once by who signed it",
            "deshecho enseguida por quien lo firmó",
        )
        .to_owned()
    } else {
        reason
    };
    let submission = wanted.withdrawal(reason);
    let once = once(posted, &submission);
    Ok(Step::Submit(
        Box::new(submission),
        ask.who.clone(),
        once,
        case,
    ))
}

/// A record that may be taken back, and what stands on it.
struct Wanted {
    held: HeldRecord,
    record: CaseRecord,
    say: Say,
    /// The one click's time has passed.
    late: bool,
    /// What others, or the office itself, signed on the strength of it.
    acted: Vec<CaseRecord>,
}

impl Wanted {
    fn record(ask: &Ask, id: &str) -> Result<(HeldRecord, CaseRecord), Refusal> {
        let found =
            held(ask.app.core().reader.record(ask.party(), &id_of(id)))?.ok_or_else(absent)?;
        let record = read::case_record_of(&found).ok_or_else(absent)?;
        Ok((found, record))
    }

    fn open(ask: &Ask, id: &str) -> Result<Wanted, Refusal> {
        let (found, record) = Wanted::record(ask, id)?;
        let core = ask.app.core();
        if !may(ask, &found) {
            return Err(conflict(
                "undo-not-yours",
                "only the office that signed an act takes it back, and a withdrawal is not undone: sign the act anew",
                "un acto lo retira solo la autoridad que lo firmó, y un retiro no se deshace: firme el acto de nuevo",
            ));
        }
        if replaced_by(ask, &record.id)?.is_some() {
            return Err(conflict(
                "undo-replaced",
                "this record was withdrawn or replaced already",
                "este registro ya fue retirado o sustituido",
            ));
        }
        let profile = core
            .programs
            .for_record_type(&record.record_type)
            .ok_or_else(absent)?;
        let say = ask.say(&profile);
        let others = acted_on(ask, &record)?;
        let decisive = |r: &&CaseRecord| {
            r.issuer != ask.party()
                && say
                    .profile
                    .model()
                    .records
                    .get(&r.record_type)
                    .is_some_and(|t| t.decisive)
        };
        if let Some(other) = others.iter().find(decisive) {
            let fill = |text: &str| {
                text.replace("{who}", ask.network.name_of(&other.issuer))
                    .replace("{what}", &say.record(&other.record_type))
                    .replace("{at}", &ask.clock_text(other.logged_ms))
            };
            return Err(conflict(
                "undo-acted-on",
                &fill(
                    "{who} decided on the strength of it: {what}, {at}. What is decided is not undone by taking away what it knew. Sign a new record that says what has changed, and call {who}",
                ),
                &fill(
                    "{who} ya decidió con base en él: {what}, {at}. Lo decidido no se deshace quitando lo que se sabía. Firme un registro nuevo que diga qué cambió y llame a {who}",
                ),
            ));
        }
        Ok(Wanted {
            late: !in_time(ask, record.logged_ms),
            held: found,
            record,
            say,
            acted: others,
        })
    }

    /// The same once more, taken back: a withdrawal repeats the subject, and is about and follows the same.
    fn withdrawal(&self, reason: String) -> Submission {
        let document = &self.record.document;
        Submission {
            record_type: self.record.record_type.clone(),
            occurred: None,
            subject: document
                .get("credentialSubject")
                .cloned()
                .unwrap_or(Value::Null),
            standing: Some(self.record.standing),
            replaces: Some(Replaces {
                id: self.record.id.clone(),
                kind: ReplaceKind::Withdraws,
                reason,
            }),
            follows: self.record.follows.clone(),
            saw: None,
            about: self.record.about.clone(),
            on_behalf_of: self.record.on_behalf_of.clone(),
            source: document
                .get("source")
                .and_then(Value::as_str)
                .map(str::to_owned),
            related: Vec::new(),
        }
    }

    fn name(&self) -> String {
        self.say.record(&self.record.record_type)
    }

    fn title(&self, ask: &Ask) -> String {
        let verb = if self.late {
            ask.w("Withdraw", "Retirar")
        } else {
            ask.w("Undo", "Deshacer")
        };
        format!("{verb}: {}", self.name())
    }

    fn back(&self, ask: &Ask) -> Link {
        let to = self.record.about.first().map_or_else(
            || paths::record(digest_of(&self.record.id)),
            |case| paths::case(&case.kind, &case.key),
        );
        Link::new(ask.w("Leave it as it is", "Dejarlo como está"), to)
    }

    fn path(&self) -> Vec<Link> {
        self.record
            .about
            .iter()
            .take(1)
            .map(|case| {
                Link::new(
                    format!("{} {}", self.say.kind(&case.kind), case.key),
                    paths::case(&case.kind, &case.key),
                )
            })
            .collect()
    }

    fn lede(&self, ask: &Ask) -> Rich {
        Rich::text(
            ask.w(
                "Signed {at}. A withdrawal takes it back from now on; both stay in the log, and all who got the one get the other.",
                "Firmado {at}. Un retiro lo quita desde ahora; ambos quedan en la bitácora, y quienes recibieron uno reciben el otro.",
            )
            .replace("{at}", &ask.clock_text(self.record.logged_ms)),
        )
    }

    /// Who acted on it, each with its proof.
    fn stands_on_it(&self, ask: &Ask) -> Rich {
        let mut text = Rich::text(ask.w(
            "Signed on the strength of it: ",
            "Se firmó con base en él: ",
        ));
        for (at, other) in self.acted.iter().take(NAMED).enumerate() {
            if at > 0 {
                text = text.and(Span::Text("; ".to_owned()));
            }
            let name = format!(
                "{}, {}, {}",
                self.say.record(&other.record_type),
                ask.network.name_of(&other.issuer),
                ask.clock_text(other.logged_ms)
            );
            text = text.and(Span::Link(Link::new(
                name,
                paths::record(digest_of(&other.id)),
            )));
        }
        let more = self.acted.len().saturating_sub(NAMED);
        if more > 0 {
            text = text.and(Span::Text(
                ask.w(" and {n} more", " y {n} más")
                    .replace("{n}", &more.to_string()),
            ));
        }
        text.and(Span::Text(
            ask.w(
                ". Those stay as they are; tell who signed them.",
                ". Esos quedan como están; avise a quien los firmó.",
            )
            .to_owned(),
        ))
    }

    fn question(&self, ask: &Ask, typed: &str, faults: &[Fault]) -> String {
        if !self.late {
            return self.confirm(ask, "");
        }
        let field = Field {
            name: REASON.to_owned(),
            label: ask.w("Why", "Motivo").to_owned(),
            hint: ask
                .w(
                    "All who got the record read this.",
                    "Lo leen todos los que recibieron el registro.",
                )
                .to_owned(),
            kind: FieldKind::Area,
            value: typed.to_owned(),
            ..Field::default()
        };
        let page = FormPage {
            path: self.path(),
            title: self.title(ask),
            lede: self.lede(ask),
            action: href(&self.record.id),
            hidden: ask.hidden(),
            sections: vec![FormSection {
                fields: vec![field],
                ..FormSection::default()
            }],
            faults: faults.to_vec(),
            submit: self.title(ask),
            halt: true,
            signed_as: acts_as(ask, &self.say),
            receivers: file::receivers(ask, &self.say, &self.record.record_type),
            back: self.back(ask),
        };
        render_form(&ask.frame(Place::Cases), &page)
    }

    fn confirm(&self, ask: &Ask, reason: &str) -> String {
        let mut hidden = ask.hidden();
        if !reason.is_empty() {
            hidden.push((REASON.to_owned(), reason.to_owned()));
        }
        let mut facts: Vec<Fact> = self
            .say
            .facts(&self.record.record_type, &self.record.document)
            .into_iter()
            .map(|(_, fact)| fact)
            .collect();
        if !reason.is_empty() {
            facts.push(Fact {
                label: ask.w("Why", "Motivo").to_owned(),
                value: Rich::text(reason),
                ..Fact::default()
            });
        }
        let (text, tone) = if self.acted.is_empty() {
            (self.lede(ask), Tone::Quiet)
        } else {
            (self.stands_on_it(ask), Tone::Stop)
        };
        let page = ConfirmPage {
            path: self.path(),
            title: format!("{}?", self.title(ask)),
            text,
            facts,
            action: href(&self.record.id),
            hidden,
            submit: self.title(ask),
            tone,
            signed_as: acts_as(ask, &self.say),
            receivers: file::receivers(ask, &self.say, &self.held.record.record_type),
            back: self.back(ask),
        };
        render_confirm(&ask.frame(Place::Cases), &page)
    }
}

/// What was signed on the strength of a record: what follows it, and later decisive acts that knew it, among what the reader holds of
/// its cases. Withdrawn ones count no more.
fn acted_on(ask: &Ask, record: &CaseRecord) -> Result<Vec<CaseRecord>, Refusal> {
    let mut all: BTreeMap<String, CaseRecord> = BTreeMap::new();
    for case in &record.about {
        let found = held(
            ask.app
                .core()
                .reader
                .case_records(ask.party(), &case.kind, &case.key),
        )?;
        for other in found.iter().filter_map(read::case_record_of) {
            if all.len() < LOOKED_MAX {
                all.insert(other.id.clone(), other);
            }
        }
    }
    let replaced: BTreeSet<&str> = all
        .values()
        .filter_map(|r| r.replaces.as_ref())
        .map(|r| r.id.as_str())
        .collect();
    let decisive = |other: &CaseRecord| {
        ask.app
            .core()
            .programs
            .for_record_type(&other.record_type)
            .is_some_and(|p| {
                p.model()
                    .records
                    .get(&other.record_type)
                    .is_some_and(|t| t.decisive)
            })
    };
    let mut acted: Vec<CaseRecord> = all
        .values()
        .filter(|other| {
            other.id != record.id
                && other.replaces.is_none()
                && !replaced.contains(other.id.as_str())
                && !BUILT_IN.contains(&other.record_type.as_str())
                && (other.follows.contains(&record.id)
                    || (decisive(other) && knew(&all, other, &record.id)))
        })
        .cloned()
        .collect();
    acted.sort_by_key(|r| (r.issuer == ask.party(), r.logged_ms));
    Ok(acted)
}

/// Whether an act's author had a record in hand: by its `saw`, and what those had seen, follow or replace.
fn knew(all: &BTreeMap<String, CaseRecord>, act: &CaseRecord, id: &str) -> bool {
    let mut open: Vec<&str> = act.saw.iter().map(String::as_str).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(next) = open.pop() {
        if next == id {
            return true;
        }
        if !seen.insert(next) {
            continue;
        }
        if let Some(record) = all.get(next) {
            open.extend(record.saw.iter().chain(&record.follows).map(String::as_str));
            open.extend(record.replaces.as_ref().map(|r| r.id.as_str()));
        }
    }
    false
}

fn conflict(code: &str, en: &str, es: &str) -> Refusal {
    Refusal::one(RefusalKind::Conflict, Refused::whole(code, en, es))
}
