//! The public half: works at the border as compiled from public sources, filed as their compiler files them; and what sponsors, a reviewer
//! and readers would add, made up.

use std::time::Duration;

use serde_json::{Value, json};

use super::cluster::Cluster;

/// Projects and dated statements, compiled from public sources.
const PROJECTS: &str = include_str!("../../../../profiles/infrastructure/data/border-projects.csv");
const STATEMENTS: &str =
    include_str!("../../../../profiles/infrastructure/data/border-projects-history.csv");
/// Figures of ports, compiled from public sources.
const FIGURES: &str = include_str!("../../../../profiles/infrastructure/data/port-indicators.csv");
/// What is made up, one record after the other.
const MADE_UP: &str = include_str!("scorecard.json");
/// A file of some hundred rows is some seconds of work for a node that starts.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
/// Party that compiles and publishes.
const DESK: &str = "scorecard";

/// What was filed.
#[derive(Debug, Clone)]
pub(super) struct Published {
    url: String,
    projects: usize,
    statements: usize,
    figures: usize,
}

impl Published {
    /// Where to look.
    pub(super) fn told(&self, lang: &str) -> String {
        let Published {
            url,
            projects,
            statements,
            figures,
        } = self;
        match lang {
            "es" => format!(
                "Tablero público: {url}/projects ({projects} proyectos, {statements} declaraciones fechadas, {figures} cifras de puertos, de fuentes públicas)\n"
            ),
            _ => format!(
                "Public scorecard: {url}/projects ({projects} projects, {statements} dated statements, {figures} figures of ports, from public sources)\n"
            ),
        }
    }
}

/// Files both tables, then what is made up.
///
/// # Errors
/// When a node refuses one of them.
pub(super) async fn publish(cluster: &Cluster) -> Result<Published, String> {
    let projects = import(cluster, "project-list", PROJECTS).await?;
    let statements = import(cluster, "project-statements", STATEMENTS).await?;
    let figures = import(cluster, "place-indicators", FIGURES).await?;
    let made_up: Vec<Filed> =
        serde_json::from_str(MADE_UP).map_err(|e| format!("scorecard.json: {e}"))?;
    for filed in made_up {
        file(cluster, filed).await?;
    }
    let desk = cluster.parties.get(DESK).ok_or("no such party")?;
    Ok(Published {
        url: desk.url.clone(),
        projects,
        statements,
        figures,
    })
}

/// Files a table; how many records it made.
async fn import(cluster: &Cluster, kind: &str, table: &'static str) -> Result<usize, String> {
    let desk = cluster.parties.get(DESK).ok_or("no such party")?;
    let answer = cluster
        .client
        .post(format!("{}/v1/import/{kind}?submit=true", desk.url))
        .bearer_auth(&desk.token)
        .header("idempotency-key", format!("demo-{kind}"))
        .body(table)
        .timeout(ANSWER_WITHIN)
        .send()
        .await
        .map_err(|e| e.to_string())?;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    if !status.is_success() {
        return Err(format!("{kind}: {status}: {body}"));
    }
    let records = body.get("records").and_then(Value::as_array);
    Ok(records.map_or(0, Vec::len))
}

/// A record of a party.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filed {
    by: String,
    record_type: String,
    occurred: String,
    subject: Value,
    /// Kind and key of a case, and the type of which it follows the newest record.
    #[serde(default)]
    follows: Option<(String, String, String)>,
}

async fn file(cluster: &Cluster, filed: Filed) -> Result<(), String> {
    let access = cluster
        .parties
        .get(filed.by.as_str())
        .ok_or("no such party")?;
    let mut draft = json!({
        "recordType": filed.record_type,
        "occurred": filed.occurred,
        "credentialSubject": filed.subject,
    });
    if let (Some((kind, key, of)), Some(members)) = (&filed.follows, draft.as_object_mut()) {
        let last = newest(cluster, &filed.by, (kind, key), of).await?;
        members.insert("follows".to_owned(), json!([last]));
    }
    let answer = cluster
        .client
        .post(format!("{}/v1/records", access.url))
        .bearer_auth(&access.token)
        .json(&draft)
        .timeout(ANSWER_WITHIN)
        .send()
        .await
        .map_err(|e| e.to_string())?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let body: Value = answer.json().await.unwrap_or_default();
    Err(format!("{}: {status}: {body}", filed.record_type))
}

/// The newest record of a type in a case, once it has come to the party's node.
async fn newest(
    cluster: &Cluster,
    party: &str,
    (kind, key): (&str, &str),
    record_type: &str,
) -> Result<String, String> {
    let of_type = |r: &&Value| r.get("record_type").and_then(Value::as_str) == Some(record_type);
    for _ in 0..400 {
        let case = cluster.get(party, &format!("/v1/cases/{kind}/{key}")).await;
        let records = case
            .as_ref()
            .and_then(|c| c.get("records"))
            .and_then(Value::as_array);
        let last = records
            .and_then(|r| r.iter().rev().find(of_type))
            .and_then(|r| r.get("id"))
            .and_then(Value::as_str);
        if let Some(id) = last {
            return Ok(id.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{kind} {key} did not come to {party}"))
}
