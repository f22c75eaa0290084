//! What a page says after something was signed: that it is kept, who has it, who it waits for, and for how long one click undoes it.

use garita_exchange::problem::Refusal;
use garita_exchange::read;
use garita_profile::case::ReplaceKind;

use super::ask::{Ask, held};
use super::{peers, undo};
use crate::api::records::{digest_of, id_of};
use crate::console::{Glyph, Link, Notice, Post, Rich, Span, Step, Tone, paths, time};

/// Names in one list before *and more*.
const NAMED: usize = 4;

/// The notice of the record that the address names; none where the reader's office did not sign it.
pub(super) fn notices(ask: &Ask) -> Result<Vec<Notice>, Refusal> {
    let digest = ask.here.value("recorded");
    if digest.is_empty() {
        return Ok(Vec::new());
    }
    let core = ask.app.core();
    let Some(found) = held(core.reader.record(ask.party(), &id_of(digest)))? else {
        return Ok(Vec::new());
    };
    if found.record.issuer != ask.party() {
        return Ok(Vec::new());
    }
    let row = &found.record;
    let profile = core.programs.for_record_type(&row.record_type);
    let name = profile.map_or_else(
        || row.record_type.clone(),
        |p| ask.say(&p).record(&row.record_type),
    );
    let taken_back = read::case_record_of(&found)
        .is_some_and(|r| r.replaces.is_some_and(|r| r.kind == ReplaceKind::Withdraws));
    let at = time::exact(row.logged_ms, ask.now_ms, &ask.zone(), ask.lang);
    let title = if taken_back {
        ask.w("Undone {at}: {what}", "Deshecho {at}: {what}")
    } else {
        ask.w("Signed {at}: {what}", "Firmado {at}: {what}")
    };
    let way = Way::of(ask, &row.id)?;
    let mut text = Rich::text(
        ask.w(
            "On disk here as log entry {leaf}. ",
            "En disco aquí como asiento {leaf} de la bitácora. ",
        )
        .replace("{leaf}", &row.local_index.get().to_string()),
    );
    text = text.and(Span::Text(way.sentence(ask)));
    text = text.and(Span::Link(Link::new(
        ask.w("Its receipt", "Su acuse"),
        paths::record(digest_of(&row.id)),
    )));
    let undoable = undo::may(ask, &found)
        && undo::in_time(ask, row.logged_ms)
        && undo::replaced_by(ask, &row.id)?.is_none();
    Ok(vec![Notice {
        tone: if way.away.is_empty() {
            Tone::Go
        } else {
            Tone::Warn
        },
        glyph: if way.away.is_empty() {
            Glyph::Ok
        } else {
            Glyph::Away
        },
        title: title.replace("{at}", &at).replace("{what}", &name),
        text,
        code: None,
        act: None,
        post: undoable.then(|| Post {
            action: undo::href(&row.id),
            hidden: ask.hidden(),
            label: ask.w("Undo", "Deshacer").to_owned(),
            note: ask
                .w(
                    "for {m} minutes after signing",
                    "hasta {m} minutos después de firmar",
                )
                .replace("{m}", &(undo::UNDO_MS / 60_000).to_string()),
        }),
    }])
}

/// Where a record is on its way to.
struct Way {
    /// Who has it, by the peers' receipts.
    have: Vec<String>,
    /// To whom it is on its way.
    going: Vec<String>,
    /// For whom it waits: name, not reached since, how many records wait.
    away: Vec<(String, i64, u64)>,
}

impl Way {
    fn of(ask: &Ask, id: &str) -> Result<Way, Refusal> {
        let mut way = Way {
            have: Vec::new(),
            going: Vec::new(),
            away: Vec::new(),
        };
        for holder in read::holders(ask.app.core(), ask.party(), id)? {
            let name = ask.network.name_of(&holder.peer).to_owned();
            match (holder.acked_ms, peers::step_of(ask, &holder.peer)) {
                (Some(_), _) => push(&mut way.have, name),
                (None, Some(Step::Away { since_ms, waiting })) => {
                    if way.away.iter().all(|(known, _, _)| *known != name) {
                        way.away.push((name, since_ms, waiting));
                    }
                }
                (None, _) => push(&mut way.going, name),
            }
        }
        Ok(way)
    }

    fn sentence(&self, ask: &Ask) -> String {
        let list = |names: &[String]| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            peers::listed(&names, NAMED)
        };
        let mut said = Vec::new();
        if !self.have.is_empty() {
            said.push(
                ask.w("{who} has it.", "Ya lo tiene {who}.")
                    .replace("{who}", &list(&self.have)),
            );
        }
        if !self.going.is_empty() {
            said.push(
                ask.w("On its way to {who}.", "En camino a {who}.")
                    .replace("{who}", &list(&self.going)),
            );
        }
        for (name, since_ms, waiting) in self.away.iter().take(NAMED) {
            said.push(waits(ask, name, *since_ms, *waiting));
        }
        if !self.away.is_empty() {
            said.push(ask.lang.t("step.go-on").to_owned());
        }
        if said.is_empty() {
            said.push(
                ask.w("It stays on this node.", "Se queda en este nodo.")
                    .to_owned(),
            );
        }
        said.join(" ") + " "
    }
}

/// `It waits for ANAM, not reached since 09:21; 14 records wait.`
fn waits(ask: &Ask, name: &str, since_ms: i64, waiting: u64) -> String {
    let since = time::exact(since_ms, ask.now_ms, &ask.zone(), ask.lang);
    ask.lang.count(
        "step.waits-for",
        waiting,
        &[("name", &name), ("since", &since)],
    )
}

fn push(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// What of a case waits for a node that is not reached.
pub(super) struct CaseWait {
    /// Who is there.
    pub(super) name: String,
    /// Not reached since.
    pub(super) since_ms: i64,
    /// Records of this case that wait for it.
    pub(super) records: u64,
    /// The oldest of them.
    pub(super) oldest_ms: i64,
}

impl CaseWait {
    /// The notice on the case's page.
    pub(super) fn notice(&self, ask: &Ask) -> Notice {
        let exact = |at_ms: i64| time::exact(at_ms, ask.now_ms, &ask.zone(), ask.lang);
        let text = ask.lang.count(
            "step.case-waits",
            self.records,
            &[("oldest", &exact(self.oldest_ms))],
        );
        Notice {
            tone: Tone::Warn,
            glyph: Glyph::Away,
            title: ask
                .w(
                    "{who} is not reached since {since}",
                    "Sin contacto con {who} desde {since}",
                )
                .replace("{who}", &self.name)
                .replace("{since}", &exact(self.since_ms)),
            text: Rich::text(format!("{text} {}", ask.lang.t("step.go-on"))),
            ..Notice::default()
        }
    }
}
