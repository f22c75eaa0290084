//! What must not go well: what is done, what the node answered, how long it took.

use std::time::{Duration, Instant};

use garita_credential::Suite;
use garita_credential::data_integrity::{self, ProofOptions};
use garita_credential::keys::{KeyFile, SigningKey};
use garita_exchange::envelope::record_id;
use garita_exchange::governance::{Network, Statement};
use garita_exchange::signing::jcs_canonicalizer;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::cluster::{Access, Answer};
use super::drive::{World, ms_since, post};
use super::life::merge;
use super::script::{Expect, Misfortune, Step};

/// A killed node that has fewer deliveries waiting for it than this has caught up; traffic never stops.
const CAUGHT_UP: u64 = 8;

/// Lets it happen and notes what came of it.
pub(crate) async fn happen(world: &World, step: &Step, access: &Access, misfortune: &Misfortune) {
    let began = Instant::now();
    let found = match misfortune {
        Misfortune::Forged(name) => forged(world, access, name).await,
        Misfortune::Expired(name) => expired(world, access, name).await,
        Misfortune::Revoked(party) => revoked(world, access, party).await,
        Misfortune::Duplicate(name) => duplicate(world, access, name).await,
        Misfortune::Huge(bytes) => huge(access, *bytes).await,
        Misfortune::Malformed => {
            Ok(raw(world, access, "{\"recordType\": \"Manifest\", ".to_owned()).await)
        }
        Misfortune::Deep(depth) => Ok(raw(
            world,
            access,
            format!("{}{}", "[".repeat(*depth), "]".repeat(*depth)),
        )
        .await),
        Misfortune::UnknownMember => unknown_member(world, access).await,
        Misfortune::Killed { node, pause_ms } => killed(world, node, *pause_ms).await,
    };
    let mut told = json!({ "misfortune": misfortune.name() });
    let good = match &found {
        Ok(what) => {
            merge(&mut told, what.clone());
            let refused = what
                .get("refused")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            if let Some(code) = what.get("code").and_then(Value::as_str).filter(|_| refused) {
                world.ledger.refused(code);
            }
            match step.expect {
                Expect::Refused => refused,
                Expect::Logged => {
                    !refused && what.get("ok").and_then(Value::as_bool) != Some(false)
                }
                Expect::Either => what.get("ok").and_then(Value::as_bool) != Some(false),
            }
        }
        Err(why) => {
            merge(&mut told, json!({ "why": why }));
            false
        }
    };
    merge(
        &mut told,
        json!({ "as_expected": good, "took_ms": ms_since(began) }),
    );
    world.ledger.misfortune(told);
}

fn answered(answer: &Answer) -> Value {
    json!({
        "refused": !answer.good(),
        "status": answer.status,
        "code": if answer.good() { Value::Null } else { json!(answer.code()) },
        "pointer": answer.body.pointer("/errors/0/pointer").cloned().unwrap_or_default(),
        "detail": answer.body.get("detail").cloned().unwrap_or_default(),
    })
}

/// A signed record as its home holds it.
async fn signed(world: &World, access: &Access, name: &str) -> Result<(String, Value), String> {
    let id = world
        .ledger
        .id(name)
        .ok_or_else(|| format!("`{name}` was not logged"))?;
    let digest = id.rsplit(';').next().unwrap_or_default();
    let answer = world
        .cluster
        .send(access.node, &world.ledger, |client| {
            client
                .get(format!("{}/v1/records/{digest}", access.url))
                .bearer_auth(&access.token)
        })
        .await;
    let document = answer.body.get("record").cloned().filter(Value::is_object);
    Ok((
        id.clone(),
        document.ok_or_else(|| format!("{id}: {}", answer.code()))?,
    ))
}

/// Altered after signing: the id fits the new content, the proof does not.
async fn forged(world: &World, access: &Access, name: &str) -> Result<Value, String> {
    let (_, mut document) = signed(world, access, name).await?;
    if let Some(subject) = document.get_mut("credentialSubject") {
        merge(subject, json!({ "plate": "00FAKE" }));
    }
    let id = record_id(&document).map_err(|fault| fault.en)?;
    merge(&mut document, json!({ "id": id }));
    Ok(answered(&post(world, access, &document).await))
}

/// Signed anew with a proof that ended a day ago.
async fn expired(world: &World, access: &Access, name: &str) -> Result<Value, String> {
    let (_, document) = signed(world, access, name).await?;
    let key = key(access)?;
    let now_ms = world.cluster.clock.now_ms();
    let document = anew(document, access, &key, now_ms, Some(now_ms - 86_400_000))?;
    Ok(answered(&post(world, access, &document).await))
}

/// The network's authority revokes a party's key; then the key is used.
async fn revoked(world: &World, access: &Access, party: &str) -> Result<Value, String> {
    let victim = world.cluster.parties.get(party).ok_or("no such party")?;
    let path = world.cluster.root.join("authority.json");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let authority = <KeyFile>::parse(&text).map_err(|e| e.to_string())?;
    let first = world.cluster.nodes.first().ok_or("no node")?;
    let feed = world
        .cluster
        .send(0, &world.ledger, |client| {
            client.get(format!("{}/v1/governance?after=-1", first.made.url))
        })
        .await;
    let entries = feed
        .body
        .get("entries")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let network = Network::from_entries(&entries).map_err(|e| e.to_string())?;
    let now_ms = world.cluster.clock.now_ms();
    let statement = Statement::KeyRevoked {
        verification_method: victim.method.clone(),
        from_ms: now_ms,
        reason: "the key was lost".to_owned(),
    };
    let entry = network
        .draft(&statement, &authority.key, now_ms)
        .map_err(|e| e.to_string())?;
    let governed = world
        .cluster
        .send(0, &world.ledger, |client| {
            client
                .post(format!("{}/v1/governance", first.made.url))
                .bearer_auth(&first.made.admin_token)
                .json(&entry)
        })
        .await;
    if !governed.good() {
        return Err(format!("the revocation was refused: {}", governed.code()));
    }
    // Word of it has to reach the key's home.
    let mut last = Value::Null;
    for _ in 0..20 {
        sleep(Duration::from_millis(500)).await;
        let scac = "FBZN";
        let body = json!({
            "recordType": "Appointment",
            "credentialSubject": {
                "scac": scac, "trip": "FBZN2611249999", "plate": "77BZ7N",
                "window": { "windowStart": "2026-11-24T18:00:00Z", "windowEnd": "2026-11-24T18:30:00Z" },
            },
        });
        let answer = post(world, access, &body).await;
        last = answered(&answer);
        if !answer.good() {
            return Ok(last);
        }
        // Logged before the revocation was known there: a record like any other.
        if let Some(id) = answer.body.pointer("/leaf/id").and_then(Value::as_str) {
            world
                .ledger
                .acknowledged("revoked-key/early", id, access.node, answer.started, false);
        }
    }
    Ok(last)
}

/// The same signed record once more: the first receipt, nothing logged again.
async fn duplicate(world: &World, access: &Access, name: &str) -> Result<Value, String> {
    let (id, document) = signed(world, access, name).await?;
    let answer = post(world, access, &document).await;
    let again = answer.body.pointer("/leaf/id").and_then(Value::as_str);
    let mut told = answered(&answer);
    merge(
        &mut told,
        json!({ "ok": again == Some(id.as_str()), "first_receipt": again == Some(id.as_str()), "index": answer.body.get("index").cloned().unwrap_or_default() }),
    );
    Ok(told)
}

async fn raw(world: &World, access: &Access, body: String) -> Value {
    let url = format!("{}/v1/records", access.url);
    let answer = world
        .cluster
        .send(access.node, &world.ledger, |client| {
            client
                .post(&url)
                .bearer_auth(&access.token)
                .header("content-type", "application/json")
                .body(body.clone())
        })
        .await;
    answered(&answer)
}

async fn unknown_member(world: &World, access: &Access) -> Result<Value, String> {
    let body = json!({
        "recordType": "Appointment",
        "credentialSubject": {
            "scac": "CGBN", "trip": "CGBN2611249998", "plate": "11CG1B", "colour": "green",
            "window": { "windowStart": "2026-11-24T18:00:00Z", "windowEnd": "2026-11-24T18:30:00Z" },
        },
    });
    Ok(answered(&post(world, access, &body).await))
}

/// Sends many bytes over a bare connection, reading meanwhile: a node may answer and hang up before it has heard all.
async fn huge(access: &Access, bytes: usize) -> Result<Value, String> {
    let began = Instant::now();
    let host = access.url.trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&host).await.map_err(|e| e.to_string())?;
    let (mut reading, mut writing) = stream.into_split();
    let head = format!(
        "POST /v1/records HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n",
        access.token
    );
    let sending = tokio::spawn(async move {
        let mut sent = 0_usize;
        if writing.write_all(head.as_bytes()).await.is_err() {
            return writing;
        }
        let chunk = vec![b'['; 64 * 1024];
        while sent < bytes {
            let next = chunk.len().min(bytes - sent);
            match writing.write(chunk.get(..next).unwrap_or_default()).await {
                Ok(0) | Err(_) => break,
                Ok(some) => sent += some,
            }
        }
        // Held until the answer is read: dropping it says goodbye, and a node does not answer who has left.
        writing
    });
    let mut held = Vec::new();
    let mut buffer = vec![0_u8; 4_096];
    let ended = timeout(Duration::from_secs(20), async {
        while held.len() < 16_384 {
            match reading.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(some) => held.extend_from_slice(buffer.get(..some).unwrap_or_default()),
            }
            if held.windows(4).any(|four| four == b"\r\n\r\n") {
                break;
            }
        }
    })
    .await;
    let took = ms_since(began);
    sending.abort();
    let text = String::from_utf8_lossy(&held);
    let status: u16 = text
        .split_whitespace()
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let alive = timeout(Duration::from_secs(5), TcpStream::connect(&host))
        .await
        .is_ok_and(|found| found.is_ok());
    Ok(json!({
        "refused": ended.is_ok() && status == 413,
        "status": status,
        "code": if status == 413 { "document-too-large".to_owned() } else { format!("http-{status}") },
        "bytes": bytes,
        "answered_in_ms": took,
        "node_still_answers": alive,
    }))
}

/// SIGKILL, a pause, a start, and how long until it has caught up.
async fn killed(world: &World, slug: &str, pause_ms: u64) -> Result<Value, String> {
    let cluster = &world.cluster;
    let at = cluster.position(slug).ok_or("no such node")?;
    let before = cluster.status(at).await.unwrap_or_default();
    world.ledger.down(at);
    cluster.kill(at).await?;
    sleep(Duration::from_millis(pause_ms)).await;
    let restarted = Instant::now();
    cluster.start(at).await?;
    let ready = ms_since(restarted);
    let after = cluster.status(at).await.unwrap_or_default();
    let mut caught_up = None;
    while restarted.elapsed() < Duration::from_secs(60) {
        if cluster
            .waiting_for(at)
            .await
            .is_some_and(|waiting| waiting <= CAUGHT_UP)
        {
            caught_up = Some(ms_since(restarted));
            break;
        }
        sleep(Duration::from_millis(150)).await;
    }
    world.ledger.caught_up(at);
    let size = |status: &Value| super::number(status, "/log/size");
    Ok(json!({
        "ok": caught_up.is_some() && size(&after) >= size(&before),
        "refused": false,
        "node": slug,
        "down_ms": pause_ms,
        "ready_after_ms": ready,
        "caught_up_after_ms": caught_up,
        "log_size_before": size(&before),
        "log_size_after_restart": size(&after),
    }))
}

fn key(access: &Access) -> Result<SigningKey, String> {
    let text = std::fs::read_to_string(&access.key_file).map_err(|e| e.to_string())?;
    Ok(<KeyFile>::parse(&text).map_err(|e| e.to_string())?.key)
}

/// The document with another salt, another id and a new proof.
fn anew(
    mut document: Value,
    access: &Access,
    key: &SigningKey,
    now_ms: i64,
    expires_ms: Option<i64>,
) -> Result<Value, String> {
    if let Value::Object(map) = &mut document {
        map.remove("proof");
        map.insert("salt".to_owned(), json!("AAECAwQFBgcICQoLDA0ODw"));
    }
    let id = record_id(&document).map_err(|fault| fault.en)?;
    merge(&mut document, json!({ "id": id }));
    let mut options = ProofOptions::assertion(access.method.clone(), now_ms - 2 * 86_400_000);
    options.expires_ms = expires_ms;
    data_integrity::create(
        &document,
        Suite::EddsaJcs2022,
        key,
        &options,
        jcs_canonicalizer(),
    )
    .map_err(|e| e.to_string())
}
