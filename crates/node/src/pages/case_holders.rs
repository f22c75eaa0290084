//! Who has a case, what of it, and how they stand.

use std::collections::{BTreeMap, BTreeSet};

use garita_exchange::problem::Refusal;
use garita_exchange::stamp::WHOLE;
use garita_profile::builtin::BUILT_IN;

use super::after::CaseWait;
use super::ask::{Ask, held};
use super::case::Opened;
use super::words::inside;
use super::{board, peers};
use crate::console::{Holder, Step};

/// Members of a view named before *and more*.
const MEMBERS_SHOWN: usize = 4;

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
                let oldest = has.oldest_ms.get_or_insert(holder.queued_ms);
                *oldest = (*oldest).min(holder.queued_ms);
            }
        }
    }
    let mut list = vec![Holder {
        name: ask.network.name_of(ask.party()).to_owned(),
        what: ask.w("here", "aquí").to_owned(),
        peer: None,
    }];
    let mut waits = Vec::new();
    for (peer, has) in by_peer {
        let names: Vec<&str> = has.parties.iter().map(|p| ask.network.name_of(p)).collect();
        let mut step = peers::step_of(ask, &peer);
        if has.waiting > 0 && matches!(step, Some(Step::Behind { .. })) {
            step = Some(Step::Behind {
                records: has.waiting,
                age_ms: ask
                    .now_ms
                    .saturating_sub(has.oldest_ms.unwrap_or(ask.now_ms)),
            });
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
        });
    }
    Ok((list, waits))
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
