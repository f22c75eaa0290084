//! Peers: how each stands, what waits for it.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::clock::real_now_ms;
use garita_exchange::epoch;
use garita_exchange::incident;
use garita_exchange::problem::Refusal;
use garita_exchange::sync::PeerStanding;

use super::ask::{Ask, business_ms, held, host_of, signed};
use super::live;
use crate::console::{
    Fragment, Frame, OutboxRow, PeerLine, PeersPage, Place, Rich, Step, paths, render_peers,
    render_peers_fragments,
};
use crate::server::App;

/// Peers named in the status line; the rest stand on their page.
const LINES_MAX: usize = 4;
/// What was healed is shown as long.
const DAY_MS: i64 = 86_400_000;
/// Real milliseconds for which a delivery may be on its way: two rounds of comparing and a retry.
const UNDER_WAY_MS: f64 = 3_000.0;

/// `GET /console/peers`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let mut frame = ask.frame(Place::Peers);
        frame.live = Some(live::of(ask, "peers", &[]));
        Ok(ask.html(render_peers(&frame, &rows(ask)?)))
    })
    .await
}

/// The page's fragments.
pub(super) fn fragments(ask: &Ask) -> Result<(Frame, Vec<Fragment>, String), Refusal> {
    let frame = ask.frame(Place::Peers);
    let fragments = render_peers_fragments(&frame, &rows(ask)?);
    Ok((frame, fragments, String::new()))
}

/// The status line.
pub(super) fn lines(ask: &Ask) -> Vec<PeerLine> {
    let known = ask.app.standings().all();
    let own = &ask.app.core().identity.did;
    let mut lines: Vec<PeerLine> = ask
        .network
        .nodes
        .values()
        .filter(|node| node.did != *own)
        .map(|node| PeerLine {
            name: node.name.clone(),
            step: step(
                ask,
                &known.get(&node.did).cloned().unwrap_or_default(),
                oldest(ask, &node.did),
            ),
            href: paths::PEERS.to_owned(),
        })
        .collect();
    // Who is behind or away comes first, where the list is cut.
    lines.sort_by_key(|line| matches!(line.step, Step::InStep { .. }));
    lines.truncate(LINES_MAX);
    lines
}

/// How one node stands; none for this node.
pub(super) fn step_of(ask: &Ask, node: &str) -> Option<Step> {
    if node == ask.app.core().identity.did {
        return None;
    }
    let known = ask.app.standings().all();
    Some(step(
        ask,
        &known.get(node).cloned().unwrap_or_default(),
        oldest(ask, node),
    ))
}

/// How long ago a node answered that is behind for what waits and holds all that it acknowledged; none where the two differ.
pub(super) fn only_behind(ask: &Ask, node: &str) -> Option<i64> {
    let known = ask.app.standings().all();
    let standing = known.get(node)?;
    let differs = standing.holds_ours == Some(false) || standing.we_hold_theirs == Some(false);
    (!differs).then(|| real_now_ms().saturating_sub(standing.reached_ms).max(0))
}

/// What was found missing on one of two sides: the newest of it, where it is not over or was in the last day.
fn diverged(ask: &Ask, node: &str) -> Option<String> {
    let kept = incident::incidents(&ask.app.core().reader, node).ok()?;
    let last = kept.last()?;
    let when = ask.clock_text(last.at_ms);
    let counted = |en: &str, es: &str, n: u64| (n > 0).then(|| format!("{}: {n}.", ask.w(en, es)));
    let what: Vec<String> = [
        counted(
            "Records that it lacked",
            "Registros que le faltaban",
            last.they_lacked,
        ),
        counted(
            "Records that this node lacked",
            "Registros que faltaban aquí",
            last.we_lacked,
        ),
        counted(
            "Own records that this node has lost",
            "Registros propios perdidos aquí",
            last.lost_here,
        ),
        counted(
            "Own records that it has lost",
            "Registros propios que perdió",
            last.lost_there,
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let end = match last.healed_ms {
        Some(at_ms) if ask.now_ms.saturating_sub(at_ms) > DAY_MS => return None,
        Some(_) => ask.w(
            "Given again; both hold the same now.",
            "Se entregaron de nuevo; ambos tienen ya lo mismo.",
        ),
        None => ask.w(
            "Not healed: call its operator.",
            "Sin remediar: llame a su operador.",
        ),
    };
    let head = ask
        .w("Compared {at}.", "Comparado {at}.")
        .replace("{at}", &when);
    Some(format!("{head} {} {end}", what.join(" ")))
}

/// When the oldest unanswered delivery to a peer was put out.
fn oldest(ask: &Ask, peer: &str) -> Option<i64> {
    let status = ask.app.core().reader.outbox_status(peer).ok()??;
    status.oldest_pending_ms
}

fn step(ask: &Ask, standing: &PeerStanding, oldest_ms: Option<i64>) -> Step {
    if let Some(isolation) = &standing.isolated {
        return Step::Isolated {
            since_ms: isolation.since_ms,
        };
    }
    let reached = standing.reached_ms > 0;
    if standing.silent_since_ms.is_some() || !reached {
        return Step::Away {
            since_ms: standing
                .silent_since_ms
                .map_or(ask.now_ms, |at| business_ms(ask, at)),
            waiting: standing.pending,
        };
    }
    let age_ms = real_now_ms().saturating_sub(standing.reached_ms).max(0);
    let differs = standing.holds_ours == Some(false) || standing.we_hold_theirs == Some(false);
    // What left a moment ago is on its way, not behind.
    let waited_ms = oldest_ms.map_or(0, |at| ask.now_ms.saturating_sub(at).max(0)) as f64
        / ask.app.core().clock.speed().max(1.0);
    let slow = standing.pending > 0 && waited_ms > UNDER_WAY_MS;
    if slow || (differs && standing.pending == 0) {
        return Step::Behind {
            records: standing.pending.max(1),
            age_ms: oldest_ms.map_or(age_ms, |at| ask.now_ms.saturating_sub(at).max(0)),
        };
    }
    Step::InStep { age_ms }
}

/// What a node said of its log when it went on as another one.
fn continued(ask: &Ask, node: &str) -> Option<String> {
    let continues = ask.network.logs.get(node)?.last()?.continues.as_ref()?;
    let (number, lost) = (continues.epoch, epoch::lost(continues));
    let since = ask.clock_text(continues.at_ms);
    Some(if continues.reason == epoch::RESTORED {
        format!(
            "{} {number} ({since}). {} {lost}.",
            ask.w(
                "Its node was restored from a copy: an incident, not a fraud. Its log goes on as epoch",
                "Su nodo se restauró de una copia: un incidente, no un fraude. Su bitácora sigue como época",
            ),
            ask.w(
                "Entries of the earlier log that the copy lacked, at most:",
                "Asientos de la bitácora anterior que faltaban en la copia, a lo más:",
            ),
        )
    } else {
        format!(
            "{} {number} ({since}).",
            ask.w(
                "Its log has a new key and goes on as epoch",
                "Su bitácora tiene una llave nueva y sigue como época",
            )
        )
    })
}

fn rows(ask: &Ask) -> Result<PeersPage, Refusal> {
    let core = ask.app.core();
    let known = ask.app.standings().all();
    let mut rows = Vec::new();
    for node in ask.network.nodes.values() {
        if node.did == core.identity.did {
            continue;
        }
        let outbox = held(core.reader.outbox_status(&node.did))?;
        let standing = known.get(&node.did).cloned().unwrap_or_default();
        let oldest_ms = outbox.as_ref().and_then(|o| o.oldest_pending_ms);
        let parties: Vec<&str> = ask
            .network
            .homes
            .iter()
            .filter(|(_, home)| **home == node.did)
            .map(|(party, _)| ask.network.name_of(party))
            .collect();
        let trouble = if let Some(isolation) = &standing.isolated {
            let what = ask.w(
                "Its log contradicts what it signed; the proof is kept. Nothing is sent to it and nothing taken from it. Call its operator.",
                "Su bitácora contradice lo que firmó; la prueba se guarda. No se le envía ni se le acepta nada. Llame a su operador.",
            );
            Rich::text(format!("{what} ({})", isolation.reason))
        } else if crate::api::peers::regaining(core, &node.did) {
            Rich::text(ask.w(
                "This node was restored from a copy. What the copy lacks is being regained from this peer.",
                "Este nodo se restauró de una copia. Lo que le falta se está recuperando de este par.",
            ))
        } else if standing.silent_since_ms.is_some() {
            Rich::text(ask.w(
                "Does not answer. What waits goes out in order when it does.",
                "No responde. Lo que espera sale en orden cuando responda.",
            ))
        } else if let Some(diverged) = diverged(ask, &node.did) {
            Rich::text(diverged)
        } else if standing.holds_ours == Some(false) || standing.we_hold_theirs == Some(false) {
            Rich::text(ask.w(
                "The two lists of records differ as of the last comparison.",
                "Las dos listas de registros difieren en la última comparación.",
            ))
        } else if let Some(continues) = continued(ask, &node.did) {
            Rich::text(continues)
        } else {
            Rich::default()
        };
        rows.push(OutboxRow {
            name: node.name.clone(),
            host: host_of(&node.url).to_owned(),
            parties: listed(&parties, 4),
            step: step(ask, &standing, oldest_ms),
            last_ms: (standing.reached_ms > 0).then(|| business_ms(ask, standing.reached_ms)),
            pending: outbox
                .as_ref()
                .map_or(0, garita_store::OutboxStatus::pending),
            oldest_ms,
            acknowledged: outbox.as_ref().map_or(0, |o| o.acked),
            lag_ms: None,
            trouble,
            differs: None,
        });
    }
    Ok(PeersPage { rows, invite: None })
}

/// The first names of a list and how many more.
pub(super) fn listed(names: &[&str], shown: usize) -> String {
    let mut text = names
        .iter()
        .take(shown)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > shown {
        text.push_str(&format!(" +{}", names.len() - shown));
    }
    text
}
