//! Questions that the publisher's node asks by itself: a promised day has passed, a day moved without a reason, nothing was said for too long.
//!
//! Each is a record of the publisher like any other question, and says who asks (this node) and why. Only who can answer is asked: a party
//! of the network with the role whose acts are its own word.
//!
//! INVARIANT (asked once): a question's number is made of its cause, and of nothing that changes when it is looked at again. What has its
//! number in the register is not asked; what was filed and is not there yet is refused a second time by its idempotency key.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use garita_exchange::problem::{Refusal, RefusalKind};
use garita_exchange::submit::{self, Principal};
use garita_exchange::verify::Once;
use garita_profile::case::{Directory, Party};
use garita_profile::model::Model;
use garita_profile::promises::slip::{BaselineRule, Standing};
use garita_profile::promises::statement::AsOf;
use garita_profile::published::{Automatic, Cause, Promises};
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use super::judge::{Dates, Judged, dates, seen};
use super::overview::SET;
use super::read::WHOLE;
use super::register::{Register, Subject, in_force, newest};
use crate::console::Lang;
use crate::console::public::{coarse, day};
use crate::server::{App, blocking};
use crate::sheets::submission;

/// A day can pass without a record: so often it is looked, beside when something was logged.
const EVERY: Duration = Duration::from_secs(60);
/// Between two looks: a busy log is no reason to judge everything at each of its entries. Longer than the register may lag behind the log.
const PAUSE: Duration = Duration::from_secs(2);
/// Characters of a name in a question, so that both languages fit into what a question may hold.
const NAME_CHARS_MAX: usize = 120;
/// What parts the two languages of a question that is asked by itself.
const BETWEEN: char = '\n';

/// Starts asking; it ends with the node.
pub(crate) fn start(app: &Arc<App>) {
    if app.automatic_questions_a_day() == Some(0) {
        return;
    }
    let mut stop = app.exchange().stopping();
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let news = app.core().published.clone();
        tokio::select! {
            () = keep_asking(&app, news) => {}
            _ = stop.wait_for(|stopping| *stopping) => {}
        }
    });
}

async fn keep_asking(app: &Arc<App>, mut news: watch::Receiver<u64>) {
    let mut tried = HashSet::new();
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(refusal) = ask(app, &mut tried).await {
            tracing::warn!(
                code = refusal.code(),
                "questions could not be looked for; again later"
            );
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Files what is to be asked now. What a rule of the program refuses is not tried again until the node starts anew.
async fn ask(app: &Arc<App>, tried: &mut HashSet<String>) -> Result<(), Refusal> {
    let (looking, before) = (Arc::clone(app), tried.clone());
    let Some((publisher, record_type, wanted)) = blocking(move || look(&looking, &before)).await?
    else {
        return Ok(());
    };
    let principal = Principal {
        party: publisher,
        person: "automatic questions".to_owned(),
        post: String::new(),
    };
    for question in wanted {
        let draft = submission(&record_type, &question.subject, None);
        let once = Once {
            key: format!("automatic-{}", question.number),
            request: question.digest,
        };
        match submit::draft_once(app.core(), draft, &principal, Some(once)).await {
            Err(refusal) if refusal.kind == RefusalKind::Unavailable => return Err(refusal),
            Err(refusal) => {
                tracing::warn!(
                    question = question.number,
                    code = refusal.code(),
                    "an automatic question was refused"
                );
                tried.insert(question.number);
            }
            Ok(_) => {
                tried.insert(question.number);
            }
        }
    }
    Ok(())
}

/// A question to be filed.
struct Question {
    number: String,
    digest: [u8; 32],
    subject: Value,
}

/// Publisher, record type and questions that are to be asked now; none where nobody publishes or nothing is asked by itself.
type Wanted = (String, String, Vec<Question>);

fn look(app: &App, tried: &HashSet<String>) -> Result<Option<Wanted>, Refusal> {
    let core = app.core();
    let Some(register) = app.site().register(core)? else {
        return Ok(None);
    };
    let Some(publisher) = &register.publisher else {
        return Ok(None);
    };
    let words = &publisher.words;
    let (Some(automatic), Some(record_type)) = (&words.automatic, words.type_of("question")) else {
        return Ok(None);
    };
    let now_ms = core.clock.now_ms();
    let as_of = super::as_of_now(core);
    let today = as_of.today;
    let a_day = app.automatic_questions_a_day().unwrap_or(automatic.a_day);
    let left = usize::try_from(a_day)
        .unwrap_or(usize::MAX)
        .saturating_sub(asked_on(&register, automatic, today));
    let network = core.network();
    let Some(profile) = core.governing(&words.of) else {
        return Ok(None);
    };
    let asking = Asking {
        words,
        directory: &network.directory,
        model: profile.model(),
        now_ms,
        today,
    };
    if left == 0 || asking.answerers().next().is_none() {
        return Ok(None);
    }
    let overview = app
        .site()
        .overview(&register, as_of, BaselineRule::FirstPromise);
    let mut found = Vec::new();
    for judged in overview.all.values() {
        if let Some(subject) = register.subjects.get(&judged.id) {
            asking.of(subject, judged, &as_of, automatic, &mut found);
        }
    }
    found.retain(|f| !register.questions.contains_key(&f.number) && !tried.contains(&f.number));
    found.sort_by(|a, b| (a.rank, &a.number).cmp(&(b.rank, &b.number)));
    found.truncate(left);
    let wanted = found.into_iter().map(|f| f.question(automatic)).collect();
    Ok(Some((
        publisher.party.clone(),
        record_type.to_owned(),
        wanted,
    )))
}

/// How many were asked by themselves on that day.
fn asked_on(register: &Register, automatic: &Automatic, today: Date) -> usize {
    let asked = register
        .questions
        .values()
        .filter_map(|q| q.asked.first())
        .filter(|a| a.what.asker == automatic.asker && a.source.stated_on == today);
    asked.count()
}

/// One look at everything.
struct Asking<'a> {
    words: &'a Promises,
    directory: &'a Directory,
    model: &'a Model,
    now_ms: i64,
    today: Date,
}

/// A cause that was found.
struct Found {
    rank: usize,
    cause: Cause,
    number: String,
    digest: [u8; 32],
    project: String,
    milestone: String,
    text: String,
    of: String,
    calendar: String,
}

impl Found {
    fn question(self, automatic: &Automatic) -> Question {
        let mut subject = json!({
            "question": self.number,
            "project": self.project,
            "questionText": self.text,
            "askedOf": self.of,
            "answerCalendar": self.calendar,
            "askedFor": self.cause.code(),
            "askerKind": automatic.asker,
        });
        if self.milestone != WHOLE
            && let Some(members) = subject.as_object_mut()
        {
            members.insert("milestone".to_owned(), Value::String(self.milestone));
        }
        Question {
            number: self.number,
            digest: self.digest,
            subject,
        }
    }
}

impl<'a> Asking<'a> {
    /// Parties that can answer: they have the role, and their country has a calendar by which the clock runs.
    fn answerers(&self) -> impl Iterator<Item = (&'a str, &'a Party)> {
        let able = self
            .directory
            .with_role(&self.words.own, self.now_ms)
            .filter_map(|did| Some((did, self.directory.parties.get(did)?)));
        able.filter(|(_, party)| has_calendar(self.model, &party.country))
    }

    /// Who answers for a milestone: who is named for it, else who is responsible for the whole, else who last spoke of it in its own name.
    fn answerer(
        &self,
        subject: &Subject,
        judged: &Judged,
        responsible: &str,
        milestone: &str,
    ) -> Option<&'a Party> {
        let named = |name: &str| {
            let name = name.trim().to_lowercase();
            let mut able = self.answerers();
            able.find(|(_, party)| !name.is_empty() && party.name.trim().to_lowercase() == name)
        };
        let mut names: Vec<&str> = responsible.split([',', ';', '|']).collect();
        let parties = || in_force(&subject.parties, None, None).map(|p| &p.what);
        let for_it = parties().filter(|p| p.role == "responsible" && p.milestone == milestone);
        names.extend(for_it.map(|p| p.name.as_str()));
        let for_all = parties().filter(|p| p.role == "responsible" && p.milestone.is_empty());
        names.extend(for_all.map(|p| p.name.as_str()));
        if let Some(described) = &judged.described {
            names.extend(described.sponsors.iter().map(String::as_str));
        }
        if let Some((_, party)) = names.into_iter().find_map(named) {
            return Some(party);
        }
        let mut own: Vec<_> = subject.sources.values().filter(|s| s.own).collect();
        own.sort_by_key(|s| Reverse((s.stated_on, s.logged_ms)));
        let spoke = own.into_iter().find_map(|source| {
            let mut able = self.answerers();
            able.find(|(did, _)| *did == source.issuer)
        });
        spoke.map(|(_, party)| party)
    }

    /// What is to be asked of one thing.
    fn of(
        &self,
        subject: &Subject,
        judged: &Judged,
        as_of: &AsOf,
        automatic: &Automatic,
        found: &mut Vec<Found>,
    ) {
        // Of what is over there is nothing to ask, and a set of things is none itself.
        if judged.class() == SET || judged.done_undated || judged.phase == "cancelled" {
            return;
        }
        let Some(name) = judged.described.as_ref().map(|d| both(&d.names)) else {
            return;
        };
        let mut take =
            |cause: Cause, milestone: &str, party: &Party, key: &str, text: [String; 2]| {
                if let Some(rank) = automatic.causes.iter().position(|c| *c == cause) {
                    found.push(self.found(rank, cause, subject, milestone, party, key, text));
                }
            };
        let whole = self.answerer(subject, judged, "", WHOLE);
        if let Some(party) = whole {
            dated(&name, &judged.dates, subject, |cause, key, text| {
                take(cause, WHOLE, party, key, text);
            });
            if let (Some(fresh), Some(last)) = (judged.fresh, judged.last_word)
                && fresh.stale
                && judged.dates.actual.is_none()
            {
                take(
                    Cause::Stale,
                    WHOLE,
                    party,
                    &last.to_string(),
                    stale(&name, last),
                );
            }
        }
        let described = newest(&subject.described, None, None);
        let said = seen(subject, described, as_of);
        let mut told: Vec<&str> = Vec::new();
        for milestone in in_force(&subject.milestones, None, None).map(|m| &m.what) {
            if told.contains(&milestone.id.as_str()) || milestone.id == WHOLE {
                continue;
            }
            told.push(&milestone.id);
            let Some(party) = self.answerer(subject, judged, &milestone.responsible, &milestone.id)
            else {
                continue;
            };
            let own = dates(
                subject,
                &said,
                &milestone.id,
                BaselineRule::FirstPromise,
                self.today,
            );
            let [en, es] = both(&milestone.names);
            let name = [format!("{}, {en}", name[0]), format!("{}, {es}", name[1])];
            dated(&name, &own, subject, |cause, key, text| {
                take(cause, &milestone.id, party, key, text);
            });
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a question is made of all of them"
    )]
    fn found(
        &self,
        rank: usize,
        cause: Cause,
        subject: &Subject,
        milestone: &str,
        party: &Party,
        key: &str,
        [en, es]: [String; 2],
    ) -> Found {
        let mut hasher = Sha256::new();
        for part in [
            "automatic question v1",
            cause.code(),
            &subject.id,
            milestone,
            key,
        ] {
            hasher.update(part.as_bytes());
            hasher.update(b"\n");
        }
        let digest: [u8; 32] = hasher.finalize().into();
        Found {
            rank,
            cause,
            number: number(&digest),
            digest,
            project: subject.id.clone(),
            milestone: milestone.to_owned(),
            text: format!("{en}{BETWEEN}{es}"),
            of: party.name.chars().take(200).collect(),
            calendar: party.country.to_lowercase(),
        }
    }
}

/// `A-` and eighty bits of the cause.
fn number(digest: &[u8; 32]) -> String {
    digest
        .iter()
        .take(10)
        .fold("A-".to_owned(), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02X}");
            text
        })
}

/// Whether the program has working days of that country: a clock whose calendar's name begins with its code.
fn has_calendar(model: &Model, country: &str) -> bool {
    let start = format!("{}.", country.to_lowercase());
    let mut named = model.clocks.values().filter_map(|c| c.calendar.as_deref());
    !country.is_empty() && named.any(|name| name.starts_with(&start))
}

/// Both names, each standing in for the other where one is missing, cut to what fits.
fn both(names: &[String; 2]) -> [String; 2] {
    [Lang::En, Lang::Es].map(|lang| {
        let one_line = lang.either(names).replace(BETWEEN, " ");
        one_line.chars().take(NAME_CHARS_MAX).collect()
    })
}

/// What the dates of one milestone give rise to: cause, what it hangs on, the question in both languages.
fn dated(
    [en, es]: &[String; 2],
    dates: &Dates,
    subject: &Subject,
    mut take: impl FnMut(Cause, &str, [String; 2]),
) {
    if let (Standing::Overdue, Some(current)) = (dates.standing, &dates.current) {
        let [said_en, said_es] = [Lang::En, Lang::Es].map(|lang| coarse(&current.text, lang));
        let text = [
            format!(
                "{en}: the date promised, {said_en}, has passed and no record says that it was met. When will it be, and why is it late?"
            ),
            format!(
                "{es}: la fecha prometida, {said_es}, ya pasó y ningún registro dice que se haya cumplido. ¿Cuándo se cumplirá y por qué se retrasa?"
            ),
        ];
        // By the day that passed, not by the record: who repeats a broken promise is not asked again.
        take(Cause::Overdue, &current.interval.hi.to_string(), text);
    }
    if let (None, Some(last)) = (&dates.actual, dates.steps.last())
        && last.moved.is_some_and(|days| days != 0)
        && let (Some(detail), Some(on)) = (subject.details.get(&last.statement), last.stated_on)
        && detail.reason_text.trim().is_empty()
        && !detail.from_description
    {
        let [said_en, said_es] = [Lang::En, Lang::Es].map(|lang| coarse(&last.text, lang));
        let [on_en, on_es] = [Lang::En, Lang::Es].map(|lang| day(on, lang));
        let text = [
            format!(
                "{en}: the date promised moved to {said_en} (stated {on_en}) and no reason was given. Why did it move?"
            ),
            format!(
                "{es}: la fecha prometida cambió a {said_es} (dicho el {on_es}) y no se dio el motivo. ¿Por qué cambió?"
            ),
        ];
        take(Cause::MovedWithoutReason, &last.statement, text);
    }
}

fn stale([en, es]: &[String; 2], last: Date) -> [String; 2] {
    [
        format!(
            "{en}: nothing has been said since {}. How does it stand now?",
            day(last, Lang::En)
        ),
        format!(
            "{es}: no se ha dicho nada desde el {}. ¿Cómo va ahora?",
            day(last, Lang::Es)
        ),
    ]
}

/// The words of a question in a reader's language, where it was asked by itself in both.
pub(crate) fn in_language<'t>(text: &'t str, asker: &str, words: &Promises, lang: Lang) -> &'t str {
    let by_itself = words.automatic.as_ref().is_some_and(|a| a.asker == asker);
    match (by_itself, text.split_once(BETWEEN)) {
        (true, Some((en, es))) => match lang {
            Lang::En => en,
            Lang::Es => es,
        },
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_fits_what_a_question_may_be_called() {
        let number = number(&[0xAF; 32]);
        assert_eq!(number, "A-AFAFAFAFAFAFAFAFAFAF");
        assert!(number.len() <= 40);
    }

    #[test]
    fn a_question_of_both_languages_fits_and_is_read_in_each() {
        let long = "Ñandú\n".repeat(100);
        let name = both(&[long, String::new()]);
        assert_eq!(name[0], name[1], "a missing name is stood in for");
        let [en, es] = stale(&name, Date::constant(2026, 3, 10));
        let text = format!("{en}{BETWEEN}{es}");
        assert!(text.chars().count() <= 1_000);
        let words = Promises {
            automatic: Some(Automatic {
                asker: "node".to_owned(),
                ..Automatic::default()
            }),
            ..Promises::default()
        };
        assert_eq!(in_language(&text, "node", &words, Lang::En), en);
        assert_eq!(in_language(&text, "node", &words, Lang::Es), es);
        assert_eq!(in_language(&text, "public", &words, Lang::Es), text);
    }
}
