//! What is said at the end: one JSON object for tests, a few lines for people.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::cluster::Cluster;
use super::documents::local;
use super::ledger::Ledger;
use super::number;
use super::script::Script;
use super::volumes::FACTS;
use super::world::Plan;

/// How the run went.
#[derive(Debug)]
pub(crate) struct Run {
    /// When feeding began.
    pub(crate) begun: Instant,
    /// How long the bridge took to fill.
    pub(crate) warm_up: Duration,
    /// How long the day ran.
    pub(crate) paced: Duration,
    /// Records acknowledged in that time.
    pub(crate) records_paced: usize,
    /// How long the nodes took to be in step after the end.
    pub(crate) settled: Duration,
    /// Whether they are.
    pub(crate) in_step: bool,
    /// What was generated.
    pub(crate) plan: Plan,
    /// Simulated seconds for each real one.
    pub(crate) speed: f64,
}

/// The account.
pub(crate) async fn make(cluster: &Cluster, ledger: &Ledger, script: &Script, run: &Run) -> Value {
    let mut nodes = Vec::new();
    let (mut sent, mut acknowledged, mut pending) = (0, 0, 0);
    let mut refused: Map<String, Value> = Map::new();
    for (at, node) in cluster.nodes.iter().enumerate() {
        let status = cluster.status(at).await.unwrap_or_default();
        sent += number(&status, "/deliveries/sent");
        acknowledged += number(&status, "/deliveries/acknowledged");
        pending += number(&status, "/deliveries/pending");
        if let Some(codes) = status.get("refused").and_then(Value::as_object) {
            for (code, count) in codes {
                let sum = refused.get(code).and_then(Value::as_u64).unwrap_or(0)
                    + count.as_u64().unwrap_or(0);
                refused.insert(code.clone(), json!(sum));
            }
        }
        nodes.push(json!({
            "node": node.made.slug,
            "url": node.made.url,
            "records": status.get("records").cloned().unwrap_or_default(),
            "cases": status.get("cases").cloned().unwrap_or_default(),
            "log": status.get("log").cloned().unwrap_or_default(),
            "in_step": status.get("inStep").cloned().unwrap_or_default(),
        }));
    }
    let states = cluster
        .get("cbp", "/v1/cases?kind=trip&limit=1")
        .await
        .and_then(|page| page.get("counts").cloned())
        .unwrap_or_default();
    let mut scenes = Vec::new();
    for scene in &script.scenes {
        let case = cluster
            .get(
                scene.asked_by,
                &format!("/v1/cases/{}/{}", scene.kind, scene.key),
            )
            .await;
        scenes.push(json!({
            "id": scene.id,
            "title": scene.en,
            "title_es": scene.es,
            "case": format!("{} {}", scene.kind, scene.key),
            "node": scene.node,
            "state": case.as_ref().and_then(state).unwrap_or_default(),
            "records": case.as_ref().and_then(|case| case.get("records")).and_then(Value::as_array).map(Vec::len),
        }));
    }
    let latencies = ledger.latencies();
    let (trucks, records) = ledger.counts();
    let told = ledger.told();
    let misfortunes = told
        .get("misfortunes")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let one = |name: &str| {
        misfortunes
            .iter()
            .find(|one| one.get("misfortune").and_then(Value::as_str) == Some(name))
            .cloned()
            .unwrap_or_default()
    };
    let (killed, large) = (one("node-killed"), one("huge-document"));
    let (en, es) = run.plan.volumes.note();
    json!({
        "in_step": run.in_step,
        "nodes": nodes,
        "trucks": { "begun": trucks, "by_state": states },
        "records": records,
        "records_a_second": rate(run.records_paced, run.paced),
        "deliveries": { "sent": sent, "acknowledged": acknowledged, "pending": pending },
        "refused": refused,
        "refused_to_the_demo": told.get("refused").cloned().unwrap_or_default(),
        "submit_to_durable": latencies.durable.json(),
        "submit_to_visible": latencies.visible.json(),
        "warm_up": {
            "seconds": seconds(run.warm_up),
            "submit_to_durable": latencies.durable_warm_up.json(),
            "submit_to_visible": latencies.visible_warm_up.json(),
        },
        "left_out_of_latency": latencies.left_out,
        "recovery": killed,
        "large_document": large,
        "misfortunes": misfortunes,
        "unexpected": told.get("unexpected").cloned().unwrap_or_default(),
        "retries": told.get("retries").cloned().unwrap_or_default(),
        "scenes": scenes,
        "seconds": { "day": seconds(run.paced), "settled": seconds(run.settled), "all": seconds(run.begun.elapsed()) },
        "speed": run.speed,
        "seed": run.plan.seed,
        "sampling": { "one_in": run.plan.volumes.one_in, "note": en, "note_es": es },
        "facts": FACTS.iter().map(|fact| json!({ "name": fact.name, "value": fact.value, "source": fact.source })).collect::<Vec<_>>(),
    })
}

/// The state that a case's answer shows.
fn state(case: &Value) -> Option<Value> {
    ["state", "shown"]
        .iter()
        .find_map(|name| case.get(*name))
        .cloned()
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

fn rate(count: usize, over: Duration) -> f64 {
    (count as f64 / over.as_secs_f64().max(0.001) * 10.0).round() / 10.0
}

/// One line while it runs.
pub(crate) fn live(ledger: &Ledger, now_ms: i64, lang: &str) -> String {
    let (trucks, records) = ledger.counts();
    let latencies = ledger.latencies();
    let time = local(now_ms, "%H:%M");
    let (durable, visible) = (latencies.durable, latencies.visible);
    if lang == "es" {
        format!(
            "{time} en Laredo · {trucks} camiones · {records} registros · guardado p50 {} ms, p99 {} ms · visible al otro lado p50 {} ms, p99 {} ms",
            durable.p50_ms, durable.p99_ms, visible.p50_ms, visible.p99_ms
        )
    } else {
        format!(
            "{time} at Laredo · {trucks} trucks · {records} records · durable p50 {} ms, p99 {} ms · visible on the other side p50 {} ms, p99 {} ms",
            durable.p50_ms, durable.p99_ms, visible.p50_ms, visible.p99_ms
        )
    }
}

/// The account for people.
pub(crate) fn lines(account: &Value, lang: &str) -> Vec<String> {
    let es = lang == "es";
    let say = |en: &'static str, spanish: &'static str| if es { spanish } else { en };
    let text = |pointer: &str| {
        account
            .pointer(pointer)
            .map(Value::to_string)
            .unwrap_or_default()
    };
    let mut lines = vec![String::new()];
    lines.push(format!(
        "{} {}, {} {}, {} {}",
        text("/trucks/begun"),
        say("trucks", "camiones"),
        text("/records"),
        say("records", "registros"),
        text("/records_a_second"),
        say("records a second", "registros por segundo")
    ));
    for node in account
        .get("nodes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        lines.push(format!(
            "  {}: {} {}, {} {}, log {} {}",
            node.get("node").and_then(Value::as_str).unwrap_or_default(),
            number(node, "/records"),
            say("records", "registros"),
            number(node, "/cases"),
            say("cases", "casos"),
            number(node, "/log/size"),
            node.pointer("/log/root")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        ));
    }
    lines.push(format!(
        "{}: {} {}",
        say("submit to durable", "de enviar a guardado"),
        text("/submit_to_durable"),
        ""
    ));
    lines.push(format!(
        "{}: {}",
        say(
            "submit to visible on the other side",
            "de enviar a visible al otro lado"
        ),
        text("/submit_to_visible")
    ));
    for one in account
        .get("misfortunes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let good = one
            .get("as_expected")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        lines.push(format!(
            "  {} {} {}",
            if good { "✓" } else { "✗" },
            one.get("misfortune")
                .and_then(Value::as_str)
                .unwrap_or_default(),
            one.get("code").and_then(Value::as_str).unwrap_or_default(),
        ));
    }
    for scene in account
        .get("scenes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let title = scene
            .get(if es { "title_es" } else { "title" })
            .and_then(Value::as_str)
            .unwrap_or_default();
        lines.push(format!(
            "  {} · {} · {}",
            scene.get("state").and_then(Value::as_str).unwrap_or("-"),
            title,
            scene
                .get("case")
                .and_then(Value::as_str)
                .unwrap_or_default()
        ));
    }
    let note = if es {
        "/sampling/note_es"
    } else {
        "/sampling/note"
    };
    lines.push(
        account
            .pointer(note)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    );
    lines.push(
        if account.get("in_step").and_then(Value::as_bool) == Some(true) {
            say("all nodes are in step", "todos los nodos están al día")
        } else {
            say("the nodes are NOT in step", "los nodos NO están al día")
        }
        .to_owned(),
    );
    lines
}
