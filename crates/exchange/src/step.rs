//! Whether the others of a case hold what they share of it, asked when somebody looks: a case's ids are few, so they are compared by
//! themselves, with each other node at once and within a second or two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use garita_profile::case::CaseRef;
use garita_store::{SharedRow, SharedWay};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::clock::real_now_ms;
use crate::core::Core;
use crate::governance::Network;
use crate::intake::isolated;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::ranges::{self, Item};
use crate::reconcile::not_yours;
use crate::sequence::store_refusal;
use crate::sets::sends;
use crate::start::Exchange;
use crate::submit::blocking;
use crate::sync::PeerStanding;
use crate::wire::{CaseAnswer, CaseAsked, CaseDiffers, CaseShare, Pair};

/// Rows of a case that are looked at; a case with more is compared as far as these go.
const ROWS_MAX: usize = 16_384;
/// Pairs of parties of one question.
const PAIRS_MAX: usize = 256;
/// Items of one question.
const ITEMS_MAX: usize = 8_192;
/// How long another node is waited for.
const ANSWER: Duration = Duration::from_millis(2_000);

/// How another party of a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyStep {
    /// DID of the party.
    pub party: String,
    /// DID of its node.
    pub node: String,
    /// How it stands.
    pub standing: CaseStanding,
}

/// The same of the case, or what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseStanding {
    /// Its home is this node: there is nothing that could differ.
    Here,
    /// Both hold the same of what they share of the case.
    InStep {
        /// Real time of the comparison, ms since 1970.
        compared_ms: i64,
    },
    /// Something is missing.
    Differs {
        /// What the party lacks.
        lacks: Vec<Missing>,
        /// How many records it or its node has for the asking party that are not here.
        coming: u64,
        /// Real time of the comparison, ms since 1970.
        compared_ms: i64,
    },
    /// Its node did not answer; as of what it acknowledged.
    Unasked {
        /// What it has not acknowledged.
        lacks: Vec<Missing>,
        /// Real time of its last answer, ms since 1970; 0: none since this node started.
        reached_ms: i64,
        /// Real time since which it has not answered; none: it answers, and cannot be called or compares no cases.
        silent_since_ms: Option<i64>,
    },
    /// Its node's log has two histories.
    Isolated {
        /// When that was found, business time, ms since 1970.
        since_ms: i64,
    },
}

/// A record that a party should have and has not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// When it was logged, ms since 1970.
    pub logged_ms: i64,
    /// Its id.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// Whether it has not been acknowledged yet; else it was, and is gone.
    pub on_the_way: bool,
}

/// What this node knows of a case that one of its parties sees.
#[derive(Debug, Default)]
struct Known {
    /// By node: what the case's parties there share.
    nodes: BTreeMap<String, Shares>,
    /// Parties of this node that have something of it.
    here: BTreeSet<String>,
}

/// What is shared with parties of one node.
#[derive(Debug, Default)]
struct Shares {
    /// By pair, what is here or on its way.
    pairs: BTreeMap<Pair, BTreeMap<Item, Missing>>,
    /// Parties of that node.
    parties: BTreeSet<String>,
}

/// How each other party of a case stands with the asking one; none where that one has nothing of it.
///
/// # Errors
/// When the store is away.
pub async fn of(
    exchange: &Exchange,
    party: &str,
    case: &CaseRef,
) -> Result<Option<Vec<PartyStep>>, Refusal> {
    let core = &exchange.core;
    let known = {
        let (core, party, case) = (Arc::clone(core), party.to_owned(), case.clone());
        blocking(move || known(&core, &party, &case)).await?
    };
    let Some(known) = known else {
        return Ok(None);
    };
    let network = core.network();
    let mut steps: Vec<PartyStep> = known
        .here
        .into_iter()
        .filter(|other| other != party)
        .map(|other| PartyStep {
            party: other,
            node: core.identity.did.clone(),
            standing: CaseStanding::Here,
        })
        .collect();
    let mut asking = JoinSet::new();
    for (node, shares) in known.nodes {
        let standing = exchange.standings.of(&node);
        if let Some(isolation) = core.histories.isolation(&network, &node) {
            steps.extend(shares.parties.iter().map(|other| PartyStep {
                party: other.clone(),
                node: node.clone(),
                standing: CaseStanding::Isolated {
                    since_ms: isolation.since_ms,
                },
            }));
            continue;
        }
        let url = network.nodes.get(&node).map(|entry| entry.url.clone());
        let (client, case) = (Arc::clone(&exchange.client), case.clone());
        asking.spawn(async move {
            let answer = match url {
                // Who asks by itself cannot be called.
                Some(url) if !standing.pulls() => ask(&client, &url, &case, &shares).await,
                _ => None,
            };
            (node, shares, standing, answer)
        });
    }
    while let Some(asked) = asking.join_next().await {
        let Ok((node, shares, standing, answer)) = asked else {
            continue;
        };
        let told = told(&node, &shares, &standing, answer.as_ref());
        // What was acknowledged and is not there is no matter of waiting.
        let gone = told.iter().any(|step| match &step.standing {
            CaseStanding::Differs { lacks, .. } => lacks.iter().any(|m| !m.on_the_way),
            _ => false,
        });
        if gone {
            exchange.reconciler.want(&node);
        }
        steps.extend(told);
    }
    steps.sort_by(|a, b| a.party.cmp(&b.party));
    Ok(Some(steps))
}

fn known(core: &Core, party: &str, case: &CaseRef) -> Result<Option<Known>, Refusal> {
    let network = core.network();
    let own = core.identity.did.as_str();
    let unread = |e: garita_store::StoreError| store_refusal(&e);
    let held = core
        .reader
        .node_case_held(&case.kind, &case.key, ROWS_MAX)
        .map_err(unread)?;
    // Nothing is said of a record that the asking party may not read.
    let mine: BTreeSet<String> = held
        .iter()
        .filter(|row| row.reader == party)
        .map(|row| row.id.clone())
        .collect();
    if mine.is_empty() {
        return Ok(None);
    }
    let sent = core
        .reader
        .node_case_sent(&case.kind, &case.key, ROWS_MAX)
        .map_err(unread)?;
    let mut known = Known::default();
    for row in held {
        if !mine.contains(&row.id) {
            continue;
        }
        if row.reader != party {
            known.here.insert(row.reader);
        } else if network.homes.get(&row.issuer).is_some_and(|h| h != own) {
            let node = row.node.clone();
            share(&mut known, &network, own, &node, row);
        }
    }
    for row in sent {
        if mine.contains(&row.id) && row.way != SharedWay::Refused {
            let node = row.node.clone();
            share(&mut known, &network, own, &node, row);
        }
    }
    // From whom nothing is here yet, something may be on its way.
    for shares in known.nodes.values_mut() {
        for other in &shares.parties {
            let pair = Pair {
                issuer: other.clone(),
                reader: party.to_owned(),
            };
            shares.pairs.entry(pair).or_default();
        }
    }
    Ok(Some(known))
}

fn share(known: &mut Known, network: &Network, own: &str, node: &str, row: SharedRow) {
    let pair = Pair {
        issuer: row.issuer,
        reader: row.reader,
    };
    let Some(sent) = sends(network, own, node, &pair) else {
        return;
    };
    let shares = known.nodes.entry(node.to_owned()).or_default();
    let other = if sent { &pair.reader } else { &pair.issuer };
    shares.parties.insert(other.clone());
    let item = Item::new(row.logged_ms, &row.id, &row.view);
    let missing = Missing {
        logged_ms: row.logged_ms,
        id: row.id,
        record_type: row.record_type,
        on_the_way: row.way == SharedWay::Under,
    };
    // The same view may have gone out for several grants: what was answered once counts.
    let kept = shares.pairs.entry(pair).or_default().entry(item);
    kept.and_modify(|kept| kept.on_the_way &= missing.on_the_way)
        .or_insert(missing);
}

async fn ask(client: &Client, url: &str, case: &CaseRef, shares: &Shares) -> Option<CaseAnswer> {
    let mut count = 0;
    let shared: Vec<CaseShare> = shares
        .pairs
        .iter()
        .map(|(pair, items)| CaseShare {
            pair: pair.clone(),
            items: items.keys().copied().collect(),
        })
        .take_while(|share| {
            count += share.items.len();
            count <= ITEMS_MAX
        })
        .take(PAIRS_MAX)
        .collect();
    // As far as it goes is not far enough to say "the same".
    if shared.len() < shares.pairs.len() {
        return None;
    }
    let asked = CaseAsked {
        kind: case.kind.clone(),
        key: case.key.clone(),
        shared,
    };
    let answer = client.post::<CaseAnswer>(url, "/v1/peer/case-step", &asked);
    let answer = tokio::time::timeout(ANSWER, answer).await.ok()?.ok()?;
    (answer.shared.len() == shares.pairs.len()).then_some(answer)
}

/// What is told of the parties of one node.
fn told(
    node: &str,
    shares: &Shares,
    standing: &PeerStanding,
    answer: Option<&CaseAnswer>,
) -> Vec<PartyStep> {
    let compared_ms = real_now_ms();
    shares
        .parties
        .iter()
        .map(|party| {
            let (mut lacks, mut coming) = (BTreeSet::new(), 0);
            for (place, (pair, items)) in shares.pairs.iter().enumerate() {
                let of_party = pair.reader == *party || pair.issuer == *party;
                if !of_party {
                    continue;
                }
                match answer.and_then(|answer| answer.shared.get(place)) {
                    Some(differs) => {
                        coming += differs.more;
                        let named = differs.lacks.iter().filter_map(|item| items.get(item));
                        // That who made a record lost it is for its node to see to.
                        lacks.extend(named.cloned());
                    }
                    None => lacks.extend(items.values().filter(|m| m.on_the_way).cloned()),
                }
            }
            let lacks: Vec<Missing> = lacks.into_iter().collect();
            let standing = match answer {
                Some(_) if lacks.is_empty() && coming == 0 => CaseStanding::InStep { compared_ms },
                Some(_) => CaseStanding::Differs {
                    lacks,
                    coming,
                    compared_ms,
                },
                None => CaseStanding::Unasked {
                    lacks,
                    reached_ms: standing.reached_ms,
                    silent_since_ms: standing.silent_since_ms,
                },
            };
            PartyStep {
                party: party.clone(),
                node: node.to_owned(),
                standing,
            }
        })
        .collect()
}

/// Answers a peer that asks about a case: only for pairs of its parties and this node's, and nothing of what it did not name but how many.
///
/// # Errors
/// `reconcile-malformed`, `reconcile-not-yours`; when the peer is put apart, or the store is away.
pub async fn answered(
    core: &Arc<Core>,
    peer: &str,
    asked: CaseAsked,
) -> Result<CaseAnswer, Refusal> {
    let network = core.network();
    if let Some(isolation) = core.histories.isolation(&network, peer) {
        return Err(isolated(&isolation.reason));
    }
    let items: usize = asked.shared.iter().map(|share| share.items.len()).sum();
    if asked.shared.len() > PAIRS_MAX || items > ITEMS_MAX {
        return Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::at(
                "reconcile-malformed",
                "/shared",
                format!("at most {PAIRS_MAX} pairs and {ITEMS_MAX} records a question"),
                format!("a lo más {PAIRS_MAX} pares y {ITEMS_MAX} registros por pregunta"),
            ),
        ));
    }
    for share in &asked.shared {
        if sends(&network, &core.identity.did, peer, &share.pair).is_none() {
            return Err(not_yours());
        }
    }
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let unread = |e: garita_store::StoreError| store_refusal(&e);
        let sent = core
            .reader
            .node_case_sent(&asked.kind, &asked.key, ROWS_MAX)
            .map_err(unread)?;
        let held = core
            .reader
            .node_case_held(&asked.kind, &asked.key, ROWS_MAX)
            .map_err(unread)?;
        let mut sets: BTreeMap<Pair, Vec<Item>> = BTreeMap::new();
        let sent = sent
            .into_iter()
            .filter(|row| row.node == peer && row.way != SharedWay::Refused);
        for row in sent.chain(held.into_iter().filter(|row| row.node == peer)) {
            let item = Item::new(row.logged_ms, &row.id, &row.view);
            let pair = Pair {
                issuer: row.issuer,
                reader: row.reader,
            };
            sets.entry(pair).or_default().push(item);
        }
        let shared = asked
            .shared
            .into_iter()
            .map(|mut share| {
                let mut ours = sets.remove(&share.pair).unwrap_or_default();
                ours.sort_unstable();
                ours.dedup();
                share.items.sort_unstable();
                share.items.dedup();
                let (more, lacks) = ranges::difference(&ours, &share.items);
                CaseDiffers {
                    lacks,
                    more: u64::try_from(more.len()).unwrap_or(u64::MAX),
                }
            })
            .collect();
        Ok(CaseAnswer { shared })
    })
    .await
}
