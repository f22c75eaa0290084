//! What a follower is told, in its language: a letter, or the body of a request.

use garita_store::Follower;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Now, number, short};
use crate::console::{Lang, paths};
use crate::follow::mail::Letter;
use crate::follow::page_of;
use crate::follow::terms::{Terms, Where};
use crate::pages::public::changes::{capital, event};
use crate::pages::public::sentence::Wording;
use crate::pages::words::Say;
use crate::server::App;
use crate::site::changes::{Change, Number};

/// Changes told in one mail; the rest is a line with an address.
const IN_MAIL_MAX: usize = 40;
/// Characters of a sentence in a subject.
const SUBJECT_CHARS: usize = 110;

pub(super) enum Saying {
    Letter(Box<Letter>),
    /// The key that makes it one, and the body.
    Body(String, Value),
}

/// What is said of these changes; none where nothing is published any more.
pub(super) fn of(
    app: &App,
    now: &Now,
    follower: &Follower,
    terms: &Terms,
    found: &[&Change],
    to: Number,
) -> Option<Saying> {
    let core = app.core();
    let publisher = now.register.publisher.as_ref()?;
    let profile = core.governing(&publisher.words.of)?;
    let lang = terms.lang();
    let say = Say::new(profile, lang, core.clock.now_ms(), TimeZone::UTC);
    let network = core.network();
    let wording = Wording {
        say: &say,
        register: &now.register,
        overview: &now.overview,
        network: &network,
    };
    let origin = core.identity.url.trim_end_matches('/');
    let page = page_of(app, &follower.id);
    let from = number(follower.mark.told);
    let key = format!("{}.{from}-{to}", short(&follower.id));
    Some(match &terms.to {
        Where::Mail(address) => Saying::Letter(Box::new(Letter {
            to: address.clone(),
            subject: subject(&wording, found, lang),
            text: text(&wording, found, lang, origin, &page),
            language: lang.code(),
            key: format!("changes.{key}"),
            end: format!("{page}/end"),
        })),
        Where::Webhook(_) => {
            let changes: Vec<Value> = found
                .iter()
                .map(|change| with_text(event(origin, change), &wording, change))
                .collect();
            let body = json!({
                "type": "changes",
                "subscription": page,
                "after": from.to_string(),
                "last": to.to_string(),
                "language": lang.code(),
                "changes": changes,
            });
            Saying::Body(key, body)
        }
    })
}

fn with_text(mut event: Value, wording: &Wording<'_>, change: &Change) -> Value {
    if let Some(members) = event.as_object_mut() {
        let told = format!(
            "{}: {} {}",
            wording.about(change),
            wording.what(change),
            wording.source(change)
        );
        members.insert("text".to_owned(), told.into());
    }
    event
}

fn subject(wording: &Wording<'_>, found: &[&Change], lang: Lang) -> String {
    let Some(first) = found.first() else {
        return String::new();
    };
    match (found.len(), lang) {
        (1, _) => {
            let told = format!("{}: {}", wording.about(first), wording.what(first));
            match told.chars().count() > SUBJECT_CHARS {
                true => {
                    let cut: String = told.chars().take(SUBJECT_CHARS).collect();
                    format!("{cut}…")
                }
                false => told,
            }
        }
        (n, Lang::En) => format!("{n} changes to border projects"),
        (n, Lang::Es) => format!("{n} cambios en proyectos fronterizos"),
    }
}

fn text(wording: &Wording<'_>, found: &[&Change], lang: Lang, origin: &str, page: &str) -> String {
    let mut out = String::new();
    for change in found.iter().take(IN_MAIL_MAX) {
        let about = match change.subject.is_empty() {
            true => paths::plan(&change.plan),
            false => paths::project(&change.subject),
        };
        let mut lines = vec![
            wording.about(change),
            capital(&wording.what(change)),
            wording.source(change),
        ];
        lines.extend(change.addresses.first().cloned());
        lines.push(format!("{origin}{about}"));
        // What came from outside stays one line of its own, whatever is in it.
        for line in lines {
            let flat: String = line
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            out.push_str(&flat);
            out.push('\n');
        }
        out.push('\n');
    }
    let rest = found.len().saturating_sub(IN_MAIL_MAX);
    let all = format!("{origin}{}", paths::CHANGES);
    if rest > 0 {
        out.push_str(&match lang {
            Lang::En => format!("And {rest} more: {all}\n\n"),
            Lang::Es => format!("Y {rest} más: {all}\n\n"),
        });
    }
    out.push_str(&match lang {
        Lang::En => format!(
            "-- \nYou asked to be told of these changes. To see what you asked for, or to end it:\n{page}\n"
        ),
        Lang::Es => format!(
            "-- \nUsted pidió estos avisos. Para ver qué pidió o para terminarlos:\n{page}\n"
        ),
    });
    out
}
