//! Who has a case, what of it, and how they stand: by what their nodes acknowledged, or, when somebody asks, by comparing this case's
//! ids with each of them now.

use std::collections::{BTreeMap, BTreeSet};

use garita_exchange::clock::real_now_ms;
use garita_exchange::problem::Refusal;
use garita_exchange::stamp::WHOLE;
use garita_exchange::step::{self, CaseStanding, Missing, PartyStep};
use garita_profile::builtin::BUILT_IN;
use tokio::runtime::Handle;

use super::after::CaseWait;
use super::ask::{Ask, held};
use super::case::Opened;
use super::words::inside;
use super::{board, peers};
use crate::console::{Address, Holder, Link, Step, paths};

/// Members of a view named before *and more*.
const MEMBERS_SHOWN: usize = 4;
/// Records named before *and more*.
const LACKING_SHOWN: usize = 3;
/// What the page's address says when the case is to be compared now.
const COMPARE: (&str, &str) = ("compare", "now");

/// What a node has of a case.
#[derive(Default)]
struct Has {
    /// Its parties that got or made something of it.
    parties: BTreeSet<String>,
    /// Members of the views that went there, by name for people.
    members: Vec<String>,
    /// A record of the case went there whole.
    whole: bool,
    /// A view went there.
    view: bool,
    /// A record of the case was made there.
    own: bool,
    waiting: u64,
    oldest_ms: Option<i64>,
    /// What waits: type and logged time.
    missing: BTreeSet<(i64, String)>,
}

/// The way to compare the case now.
pub(super) fn compare(ask: &Ask, opened: &Opened) -> Link {
    let here = Address::new(paths::case(&opened.case.kind, &opened.case.key));
    Link::new(
        ask.w(
            "Compare this case with their nodes now",
            "Comparar ahora este expediente con sus nodos",
        ),
        here.with(COMPARE.0, COMPARE.1).to_string(),
    )
}

/// Pages that wait for other nodes at a time.
static COMPARING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);

/// What the other nodes say of the case now, where that was asked for.
fn compared(ask: &Ask, opened: &Opened) -> Result<Vec<PartyStep>, Refusal> {
    if ask.here.value(COMPARE.0) != COMPARE.1 {
        return Ok(Vec::new());
    }
    // A page is made on a thread that may wait, a second or two for each node; what it waits for needs such threads too, so that only a
    // few pages may wait at a time. The others are shown without.
    let Ok(_turn) = COMPARING.try_acquire() else {
        return Ok(Vec::new());
    };
    let steps =
        Handle::current().block_on(step::of(ask.app.exchange(), ask.party(), &opened.case))?;
    Ok(steps.unwrap_or_default())
}

/// Who has the case: this node, those to whom it delivered, those from whom it came.
///
/// Beside it, what of the case waits for nodes that are not reached.
pub(super) fn holders(ask: &Ask, opened: &Opened) -> Result<(Vec<Holder>, Vec<CaseWait>), Refusal> {
    let core = ask.app.core();
    let mut by_peer: BTreeMap<String, Has> = BTreeMap::new();
    for record in &opened.read.records {
        let row = &record.record;
        if row.home != core.identity.did {
            // Whoever made it has it. That says nothing of the rest of the case.
            let has = by_peer.entry(row.home.clone()).or_default();
            has.parties.insert(row.issuer.clone());
            has.own = true;
        }
        for holder in held(core.reader.node_holders(&row.id))? {
            let has = by_peer.entry(holder.peer.clone()).or_default();
            let recipients: Vec<String> =
                serde_json::from_str(&holder.recipients).unwrap_or_default();
            has.parties.extend(recipients);
            if holder.view == WHOLE {
                // A keeper's notice is whole and says the state only.
                has.whole |= !BUILT_IN.contains(&row.record_type.as_str());
            } else {
                has.view = true;
                for member in members(opened, &row.record_type, &holder.view) {
                    if !has.members.contains(&member) {
                        has.members.push(member);
                    }
                }
            }
            if holder.acked_ms.is_none() {
                has.waiting += 1;
                has.missing.insert((row.logged_ms, row.record_type.clone()));
                let oldest = has.oldest_ms.get_or_insert(holder.queued_ms);
                *oldest = (*oldest).min(holder.queued_ms);
            }
        }
    }
    let mut list = vec![Holder {
        name: ask.network.name_of(ask.party()).to_owned(),
        what: ask.w("here", "aquí").to_owned(),
        peer: None,
        lacks: String::new(),
    }];
    let now = compared(ask, opened)?;
    let mut waits = Vec::new();
    for (peer, has) in by_peer {
        let names: Vec<&str> = has.parties.iter().map(|p| ask.network.name_of(p)).collect();
        let mut step = peers::step_of(ask, &peer);
        let mut lacks = String::new();
        if matches!(step, Some(Step::Behind { .. })) {
            if has.waiting > 0 {
                step = Some(Step::Behind {
                    records: has.waiting,
                    age_ms: ask
                        .now_ms
                        .saturating_sub(has.oldest_ms.unwrap_or(ask.now_ms)),
                });
            } else if let Some(age_ms) = peers::only_behind(ask, &peer) {
                // What waits for its node is of other cases.
                step = Some(Step::InStep { age_ms });
            }
        }
        if matches!(step, Some(Step::Behind { .. } | Step::Away { .. })) {
            lacks = lacking(
                ask,
                opened,
                has.missing.iter().map(|(ms, t)| (*ms, t.as_str())),
            );
        }
        let told: Vec<&CaseStanding> = now
            .iter()
            .filter(|step| step.node == peer)
            .map(|step| &step.standing)
            .collect();
        if let Some((found, said)) = overlay(ask, opened, &told) {
            step = Some(found);
            lacks = said;
        }
        if let (Some(Step::Away { since_ms, .. }), Some(oldest_ms)) = (&step, has.oldest_ms) {
            waits.push(CaseWait {
                name: ask.network.name_of(&peer).to_owned(),
                since_ms: *since_ms,
                records: has.waiting,
                oldest_ms,
            });
        }
        list.push(Holder {
            name: if names.is_empty() {
                ask.network.name_of(&peer).to_owned()
            } else {
                board::names(&names)
            },
            what: what(ask, &has),
            peer: step,
            lacks,
        });
    }
    Ok((list, waits))
}

/// What comparing the case with a node told: how it stands and, in words, what is missing. None where it was not compared.
fn overlay(ask: &Ask, opened: &Opened, told: &[&CaseStanding]) -> Option<(Step, String)> {
    let (mut lacks, mut coming, mut when) = (BTreeSet::<&Missing>::new(), 0, None);
    for standing in told {
        match standing {
            CaseStanding::InStep { compared_ms } => when = Some(*compared_ms),
            CaseStanding::Differs {
                lacks: missing,
                coming: more,
                compared_ms,
            } => {
                lacks.extend(missing);
                coming += more;
                when = Some(*compared_ms);
            }
            CaseStanding::Here | CaseStanding::Unasked { .. } | CaseStanding::Isolated { .. } => {}
        }
    }
    let age_ms = real_now_ms().saturating_sub(when?).max(0);
    let records = u64::try_from(lacks.len()).unwrap_or(u64::MAX) + coming;
    if records == 0 {
        let said = ask.w(
            "Compared now: the same of this case on both sides.",
            "Comparado ahora: lo mismo de este expediente en ambos lados.",
        );
        return Some((Step::InStep { age_ms }, said.to_owned()));
    }
    let mut said = lacking(
        ask,
        opened,
        lacks.iter().map(|m| (m.logged_ms, m.record_type.as_str())),
    );
    if coming > 0 {
        let text = ask.w(
            "Records that are there and not here yet: {n}.",
            "Registros que allá están y aquí todavía no: {n}.",
        );
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&text.replace("{n}", &coming.to_string()));
    }
    Some((Step::Behind { records, age_ms }, said))
}

/// What is missing there: *Lacks 1 record: Manifest of 14:02.* Empty where nothing is.
fn lacking<'m>(
    ask: &Ask,
    opened: &Opened,
    missing: impl Iterator<Item = (i64, &'m str)>,
) -> String {
    let all: Vec<String> = missing
        .map(|(logged_ms, record_type)| {
            ask.w("{what} of {at}", "{what} de {at}")
                .replace("{what}", &opened.say.record(record_type))
                .replace("{at}", &ask.clock_text(logged_ms))
        })
        .collect();
    let text = match all.len() {
        0 => return String::new(),
        1 => ask.w("Lacks 1 record: {list}", "Le falta 1 registro: {list}"),
        _ => ask.w(
            "Lacks {n} records: {list}",
            "Le faltan {n} registros: {list}",
        ),
    };
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    text.replace("{n}", &all.len().to_string())
        .replace("{list}", &peers::listed(&names, LACKING_SHOWN))
        + "."
}

/// What of the case a node has, in words.
fn what(ask: &Ask, has: &Has) -> String {
    if has.whole {
        return ask.w("whole records", "registros completos").to_owned();
    }
    let mut said = Vec::new();
    if has.view {
        let mut members: Vec<String> = has.members.clone();
        let more = members.len().saturating_sub(MEMBERS_SHOWN);
        members.truncate(MEMBERS_SHOWN);
        let mut text = members.join(", ");
        if more > 0 {
            text.push_str(
                &ask.w(" and {n} more", " y {n} más")
                    .replace("{n}", &more.to_string()),
            );
        }
        said.push(
            ask.w("only a part: {v}", "solo una parte: {v}")
                .replace("{v}", &text),
        );
    }
    if has.own {
        said.push(ask.w("what it stated itself", "lo que declaró").to_owned());
    }
    if said.is_empty() {
        said.push(ask.w("the state only", "solo el estado").to_owned());
    }
    said.join("; ")
}

/// Members that a view of a record type shows, by their labels in small letters; the key's are left out, everyone has them.
fn members(opened: &Opened, record_type: &str, view: &str) -> Vec<String> {
    let model = opened.profile().model();
    let keys: Vec<&str> = model
        .kinds
        .get(&opened.case.kind)
        .into_iter()
        .flat_map(|k| &k.key)
        .filter_map(|path| path.last_name())
        .collect();
    model
        .records
        .get(record_type)
        .into_iter()
        .flat_map(|t| &t.audience)
        .filter(|line| line.view_name == view)
        .flat_map(|line| &line.view)
        .filter_map(|path| path.last_name())
        .filter(|name| !keys.contains(name))
        .map(|name| inside(&opened.say.label(record_type, name)))
        .collect()
}
