//! A record as an event: one that was captured, as it came; one of a case, as its program's `epcis` lines tell it.

use std::collections::BTreeSet;

use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::envelope::Envelope;
use garita_exchange::stamp::WHOLE;
use garita_formats::epcis::answer::Outgoing;
use garita_formats::epcis::context::Namespaces;
use garita_formats::epcis::query::Seen;
use garita_formats::epcis::record;
use garita_profile::epcis as lines;
use garita_store::HeldRecord;
use serde_json::{Value, json};

/// An event that a party may see.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Its name.
    pub(super) id: String,
    /// The event, to be judged.
    pub(super) event: Value,
    /// What its prefixes mean.
    pub(super) namespaces: Namespaces,
    /// When its record was logged, in ms.
    pub(super) recorded_ms: i64,
    /// The event, to be sent.
    pub(super) outgoing: Outgoing,
}

impl Told {
    /// As a query looks at it.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            event: &self.event,
            namespaces: &self.namespaces,
            recorded_ms: self.recorded_ms,
        }
    }
}

/// The record types that are told as events.
pub(super) fn types(core: &Core) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::from([record::RECORD_TYPE.to_owned()]);
    for profile in core.programs.newest() {
        found.extend(
            profile
                .model()
                .epcis
                .iter()
                .flat_map(|line| line.on.clone()),
        );
    }
    found.into_iter().collect()
}

/// The event that a held record is; none where its program tells none of it, where it is disputed, or where the party holds more of it.
pub(super) fn told(core: &Core, party: &str, held: &HeldRecord) -> Option<Told> {
    if held.record.disputed.is_some()
        || held.erased_ms.is_some()
        || (held.record.view != WHOLE && holds_more(core, party, held))
    {
        return None;
    }
    let document: Value = serde_json::from_slice(&held.record.document).ok()?;
    let recorded = encode::instant_text(held.record.logged_ms);
    if held.record.record_type == record::RECORD_TYPE {
        let stored = record::stored(document.get("credentialSubject")?)?;
        let event: Value = serde_json::from_str(&stored.text).ok()?;
        let own = event.get("@context").cloned().unwrap_or(Value::Null);
        return Some(Told {
            namespaces: Namespaces::of([&stored.context, &own]),
            recorded_ms: held.record.logged_ms,
            outgoing: Outgoing {
                text: stored.text,
                context: stored.context,
                added: vec![("eventID", stored.id.clone()), ("recordTime", recorded)],
            },
            id: stored.id,
            event,
        });
    }
    let envelope = Envelope::read_as(&document, &held.record.view).ok()?;
    let profile = core.programs.for_record_type(&held.record.record_type)?;
    let occurred = encode::instant_text(held.record.occurred_ms);
    let event = lines::event(
        &profile.model().epcis,
        &lines::Told {
            id: &held.record.id,
            record_type: &held.record.record_type,
            issuer: &held.record.issuer,
            occurred: &occurred,
            about: &envelope.about,
            document: &document,
        },
    )?;
    let context = json!({ lines::PREFIX.0: lines::PREFIX.1 });
    Some(Told {
        id: held.record.id.clone(),
        namespaces: Namespaces::of([&context]),
        recorded_ms: held.record.logged_ms,
        outgoing: Outgoing {
            text: event.to_string(),
            context,
            added: vec![("recordTime", recorded)],
        },
        event,
    })
}

/// A party may hold a record in several views: the widest is told.
fn holds_more(core: &Core, party: &str, held: &HeldRecord) -> bool {
    core.reader
        .record(party, &held.record.id)
        .ok()
        .flatten()
        .is_some_and(|widest| widest.number != held.number)
}
