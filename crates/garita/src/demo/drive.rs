//! Feeds the script through the HTTP API: each truck's steps in order, all trucks at once, by the demo's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use garita_exchange::Clock;
use garita_exchange::clock::real_now_ms;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::cluster::{Access, Answer, Cluster};
use super::ledger::Ledger;
use super::life::{instant, merge, without_empty_lists};
use super::script::{Errand, Expect, Script, Step, Submission, What};
use super::trouble;

/// After the end, errands get this long to finish what they are at.
const FINISH: Duration = Duration::from_secs(20);

/// The script under way.
#[derive(Debug)]
pub(crate) struct Driver {
    errands: JoinSet<()>,
    stop: watch::Sender<bool>,
    clock: Clock,
    day_ms: i64,
    warm_up_left: Arc<AtomicUsize>,
}

/// What every errand has.
#[derive(Debug)]
pub(crate) struct World {
    /// The nodes.
    pub(crate) cluster: Arc<Cluster>,
    /// What is seen.
    pub(crate) ledger: Arc<Ledger>,
    /// When the day begins.
    pub(crate) day_ms: i64,
}

impl Driver {
    /// Begins all errands; the hours before the day pass quickly.
    pub(crate) fn begin(cluster: &Arc<Cluster>, ledger: &Arc<Ledger>, script: &Script) -> Driver {
        let (stop, stopped) = watch::channel(false);
        let warm_up_left = Arc::new(AtomicUsize::new(script.warm_up_steps()));
        let world = Arc::new(World {
            cluster: Arc::clone(cluster),
            ledger: Arc::clone(ledger),
            day_ms: script.day_ms,
        });
        let mut errands = JoinSet::new();
        for errand in &script.errands {
            errands.spawn(run(
                Arc::clone(&world),
                errand.clone(),
                stopped.clone(),
                Arc::clone(&warm_up_left),
            ));
        }
        Driver {
            errands,
            stop,
            clock: cluster.clock,
            day_ms: script.day_ms,
            warm_up_left,
        }
    }

    /// Whether all that was due before the day is filed.
    pub(crate) fn warm_up_done(&self) -> bool {
        self.warm_up_left.load(Ordering::Relaxed) == 0
    }

    /// The demo's time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Waits until the clock runs.
    pub(crate) async fn wait_for_day(&self) {
        while self.clock.now_ms() <= self.day_ms {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends: nothing new is begun, what is under way is finished.
    pub(crate) async fn end(&mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.errands.join_next().await.is_some() {} };
        let _ = timeout(FINISH, all).await;
        self.errands.abort_all();
    }
}

/// The real time until an instant of the demo.
fn pause_until(clock: Clock, at_ms: i64) -> Duration {
    let pause_ms = clock.real_ms_at(at_ms).saturating_sub(real_now_ms());
    Duration::from_millis(u64::try_from(pause_ms).unwrap_or(0))
}

async fn run(
    world: Arc<World>,
    errand: Errand,
    mut stopped: watch::Receiver<bool>,
    warm_up_left: Arc<AtomicUsize>,
) {
    let mut begun = false;
    for step in &errand.steps {
        let early = step.at_ms <= world.day_ms;
        let pause = pause_until(world.cluster.clock, step.at_ms);
        tokio::select! {
            () = sleep(pause) => {}
            _ = stopped.changed() => return,
        }
        if *stopped.borrow() {
            return;
        }
        if errand.truck && !begun {
            begun = true;
            world.ledger.truck();
        }
        perform(&world, &errand, step, !early).await;
        if early {
            warm_up_left.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

async fn perform(world: &World, errand: &Errand, step: &Step, paced: bool) {
    let Some(access) = world.cluster.parties.get(step.actor) else {
        return;
    };
    let name = format!("{}/{}", errand.name, step.label);
    match &step.what {
        What::Submit(submission) => {
            file(world, errand, step, access, submission, None, paced).await;
        }
        What::Pictured {
            submission,
            picture,
        } => {
            file(
                world,
                errand,
                step,
                access,
                submission,
                Some(picture),
                paced,
            )
            .await
        }
        What::CartaPorte {
            document,
            scac,
            trip,
        } => {
            // Codes, trip numbers and instants hold nothing that a query would have to escape.
            let occurred = instant(step.at_ms);
            let url = format!(
                "{}/v1/import/carta-porte?submit=true&scac={scac}&trip={trip}&occurred={occurred}",
                access.url
            );
            let answer = world
                .cluster
                .send(access.node, &world.ledger, |client| {
                    client
                        .post(&url)
                        .bearer_auth(&access.token)
                        .header("content-type", "application/xml")
                        .body(document.clone())
                })
                .await;
            let records = answer
                .body
                .get("records")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            for record in records {
                if let Some(id) = record.get("id").and_then(Value::as_str) {
                    world
                        .ledger
                        .acknowledged(&name, id, access.node, answer.started, paced);
                }
            }
            if !answer.good() {
                refused(world, &name, "CartaPorte", &answer, step.expect);
            }
        }
        What::Manifest309 {
            document,
            occurred_ms,
            manifest,
            shipments,
        } => {
            let extras = Extras {
                occurred_ms: *occurred_ms,
                manifest,
                shipments,
                paced,
            };
            manifest_309(world, errand, step, access, document, &extras).await;
        }
        What::Misfortune(misfortune) => trouble::happen(world, step, access, misfortune).await,
    }
}

/// Files a draft; its picture goes first, and the draft names it.
async fn file(
    world: &World,
    errand: &Errand,
    step: &Step,
    access: &Access,
    submission: &Submission,
    picture: Option<&Vec<u8>>,
    paced: bool,
) {
    let name = format!("{}/{}", errand.name, step.label);
    let Some(mut body) = draft(world, errand, submission) else {
        world.ledger.unexpected(
            json!({ "step": name, "why": "a record that it refers to was not logged" }),
        );
        return;
    };
    if let Some(picture) = picture {
        let url = format!("{}/v1/attachments", access.url);
        let kept = world
            .cluster
            .send(access.node, &world.ledger, |client| {
                client
                    .post(&url)
                    .bearer_auth(&access.token)
                    .header("content-type", "image/png")
                    .body(picture.clone())
            })
            .await;
        if !kept.good() {
            refused(world, &name, submission.record_type, &kept, step.expect);
            return;
        }
        let digest: [u8; 32] = Sha256::digest(picture).into();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let of = |member: &str| kept.body.get(member).cloned().unwrap_or_default();
        let image = json!({
            "imageDigest": digest, "imageFormat": "proprietary", "imageView": "side", "imageBytes": of("size"),
            "mediaType": of("mediaType"), "attachment": of("id"),
        });
        if let Some(subject) = body.get_mut("credentialSubject") {
            merge(subject, json!({ "images": [image] }));
        }
        merge(
            &mut body,
            json!({ "relatedResource": [of("relatedResource")] }),
        );
    }
    let answer = post(world, access, &body).await;
    settle(
        world,
        &name,
        submission.record_type,
        access,
        &answer,
        step.expect,
        paced,
    );
}

/// What completes the drafts of a 309.
struct Extras<'a> {
    occurred_ms: i64,
    manifest: &'a Value,
    shipments: &'a [Value],
    paced: bool,
}

async fn manifest_309(
    world: &World,
    errand: &Errand,
    step: &Step,
    access: &Access,
    document: &str,
    extras: &Extras<'_>,
) {
    let url = format!("{}/v1/import/x12-309", access.url);
    let answer = world
        .cluster
        .send(access.node, &world.ledger, |client| {
            client
                .post(&url)
                .bearer_auth(&access.token)
                .header("content-type", "application/edi-x12")
                .body(document.to_owned())
        })
        .await;
    let name = format!("{}/{}", errand.name, step.label);
    if !answer.good() {
        refused(world, &name, "x12-309", &answer, step.expect);
        return;
    }
    let drafts = answer
        .body
        .get("records")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut more = vec![extras.manifest];
    more.extend(extras.shipments);
    for (index, (read, extra)) in drafts.into_iter().zip(more).enumerate() {
        let record_type = read
            .get("recordType")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let mut subject = read.get("subject").cloned().unwrap_or_default();
        without_empty_lists(&mut subject);
        merge(&mut subject, extra.clone());
        resolve(world, errand, &mut subject);
        let body = json!({
            "recordType": record_type,
            "occurred": instant(extras.occurred_ms),
            "credentialSubject": subject,
        });
        let answer = post(world, access, &body).await;
        let name = if index == 0 {
            name.clone()
        } else {
            format!("{}/shipment-{}", errand.name, index - 1)
        };
        settle(
            world,
            &name,
            &record_type,
            access,
            &answer,
            step.expect,
            extras.paced,
        );
    }
}

/// Posts a draft or a signed record.
pub(crate) async fn post(world: &World, access: &Access, body: &Value) -> Answer {
    let url = format!("{}/v1/records", access.url);
    world
        .cluster
        .send(access.node, &world.ledger, |client| {
            client.post(&url).bearer_auth(&access.token).json(body)
        })
        .await
}

fn settle(
    world: &World,
    name: &str,
    record_type: &str,
    access: &Access,
    answer: &Answer,
    expect: Expect,
    paced: bool,
) {
    match answer.body.pointer("/leaf/id").and_then(Value::as_str) {
        Some(id) if answer.good() => {
            world
                .ledger
                .acknowledged(name, id, access.node, answer.started, paced);
            if expect == Expect::Refused {
                world.ledger.unexpected(json!({ "step": name, "type": record_type, "why": "logged, though it should be refused" }));
            }
        }
        _ => refused(world, name, record_type, answer, expect),
    }
}

fn refused(world: &World, name: &str, record_type: &str, answer: &Answer, expect: Expect) {
    let code = answer.code();
    world.ledger.refused(&code);
    if expect == Expect::Logged {
        world.ledger.unexpected(json!({
            "step": name,
            "type": record_type,
            "status": answer.status,
            "code": code,
            "errors": answer.body.get("errors").cloned().unwrap_or_default(),
        }));
    }
}

/// The body of a draft; none where a record that it refers to was never logged.
fn draft(world: &World, errand: &Errand, submission: &Submission) -> Option<Value> {
    let id = |label: &String| world.ledger.id(&format!("{}/{label}", errand.name));
    let mut subject = submission.subject.clone();
    resolve(world, errand, &mut subject);
    let mut body = json!({
        "recordType": submission.record_type,
        "occurred": instant(submission.occurred_ms),
        "credentialSubject": subject,
    });
    if let Some(standing) = submission.standing {
        merge(&mut body, json!({ "standing": standing }));
    }
    if let Some(source) = submission.source {
        merge(&mut body, json!({ "source": source }));
    }
    if let Some((label, kind, reason)) = &submission.replaces {
        merge(
            &mut body,
            json!({ "replaces": { "id": id(label)?, "kind": kind, "reason": reason } }),
        );
    }
    if !submission.follows.is_empty() {
        let follows: Option<Vec<String>> = submission.follows.iter().map(id).collect();
        merge(&mut body, json!({ "follows": follows? }));
    }
    if !submission.about.is_empty() {
        let about: Vec<Value> = submission
            .about
            .iter()
            .map(|(kind, key)| json!({ "kind": kind, "key": key }))
            .collect();
        merge(&mut body, json!({ "about": about }));
    }
    Some(body)
}

/// `@key` becomes that party's DID.
///
/// `#label` becomes the id of that step's record.
fn resolve(world: &World, errand: &Errand, value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(label) = text.strip_prefix('#') {
                if let Some(id) = world.ledger.id(&format!("{}/{label}", errand.name)) {
                    *text = id;
                }
            } else if let Some(access) = text
                .strip_prefix('@')
                .and_then(|key| world.cluster.parties.get(key))
            {
                *text = access.did.clone();
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| resolve(world, errand, item)),
        Value::Object(map) => map
            .values_mut()
            .for_each(|item| resolve(world, errand, item)),
        _ => {}
    }
}

/// Milliseconds since an instant, one decimal.
pub(crate) fn ms_since(from: Instant) -> f64 {
    (from.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}
