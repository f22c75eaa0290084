//! The log: its head, and the newest leaves that the reader may see.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_exchange::submit;
use garita_store::Act;
use garita_tlog::LeafIndex;

use super::ask::{Ask, checkpoint_of, held, signed};
use crate::api::records::digest_of;
use crate::console::{Link, LogEntry, LogPage, Place, Witnessed, paths, render_log};
use crate::server::App;

/// Leaves looked at from the newest, and shown.
const LOOKED_AT: u64 = 500;
const SHOWN: usize = 50;

/// `GET /console/log`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        Ok(ask.html(render_log(&ask.frame(Place::Log), &make(ask)?)))
    })
    .await
}

fn make(ask: &Ask) -> Result<LogPage, Refusal> {
    let core = ask.app.core();
    let head = held(core.reader.head())?;
    let size = head.frontier.size().get();
    let from = size.saturating_sub(LOOKED_AT);
    let count = usize::try_from(size - from).unwrap_or(0);
    let mut entries = Vec::new();
    for entry in held(core.reader.log_entries(LeafIndex::new(from), count))?
        .into_iter()
        .rev()
    {
        if entries.len() >= SHOWN {
            break;
        }
        // A leaf that the reader may not read is a number among others.
        let Some(record) = held(core.reader.record(ask.party(), &entry.id))? else {
            continue;
        };
        let ty = record.record.record_type;
        let title = core
            .programs
            .for_core(&record.record.profile)
            .or_else(|| core.programs.for_record_type(&ty))
            .map_or_else(|| ty.clone(), |profile| ask.say(&profile).record(&ty));
        entries.push(LogEntry {
            leaf: entry.index.get(),
            logged_ms: entry.logged_ms,
            act: match entry.act {
                Act::Issued => ask.w("issued", "emitido"),
                Act::Received => ask.w("received", "recibido"),
                Act::Read => ask.w("read", "leído"),
            }
            .to_owned(),
            title,
            party: ask.network.name_of(&record.record.issuer).to_owned(),
            href: paths::record(digest_of(&entry.id)),
        });
    }
    let witnessed = core.witnessed.newest();
    let checkpoint = match core.witnessed.at(head.frontier.size()) {
        Some(held) => held.note.clone(),
        None => head.checkpoint.unwrap_or_default(),
    };
    let key = submit::log_verifier_key(core);
    Ok(LogPage {
        origin: core.identity.origin.clone(),
        size,
        root: checkpoint_of(&checkpoint)
            .map(|c| c.root.to_base64())
            .unwrap_or_default(),
        checkpoint_ms: head.last_logged_ms,
        checkpoint,
        witnessed: witnessed.map(|held| Witnessed {
            size: held.checkpoint.size.get(),
            at_ms: held.at_ms(),
            by: held.by.iter().map(|by| by.name.clone()).collect(),
            of: u64::try_from(held.of).unwrap_or(u64::MAX),
        }),
        links: vec![
            Link::new(ask.w("Checkpoint", "Punto de control"), "/log/checkpoint"),
            Link::new(
                ask.w("Newest witnessed", "Último atestiguado"),
                "/log/witnessed",
            ),
            Link::new(ask.w("First tile", "Primer bloque"), "/log/tile/0/000"),
        ],
        commands: vec![
            format!("curl -s {}/log/checkpoint", core.identity.url),
            "garita log verify-receipt receipt.json".to_owned(),
            format!("garita log verify-proof record.tlog-proof --log-key {key}"),
        ],
        key,
        entries,
    })
}
