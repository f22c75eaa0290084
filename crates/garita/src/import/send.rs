//! A document on its way to a node: filed once, however often it is sent.

use std::fs;
use std::path::Path;
use std::time::Duration;

use garita_exchange::encode;
use reqwest::{StatusCode, Url};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

/// A thousand bills are some seconds of work for a small node.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// Files documents with one node, as one party.
pub(crate) struct Sender {
    client: reqwest::Client,
    runtime: Runtime,
    target: Url,
    token: String,
    /// Kind and supplied members: with the file's digest they make the key of what must be done once.
    asked: String,
}

/// Why a document was not filed.
#[derive(Debug)]
pub(crate) enum NotFiled {
    /// The node says what is wrong with the document; to send it again as it is gives the same answer.
    Refused {
        /// HTTP status.
        status: u16,
        /// The problem (RFC 9457), or its text where it is none.
        problem: Value,
    },
    /// The node is away, busy, full, or does not know the token: the document may be right.
    Later(String),
}

impl std::fmt::Display for NotFiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotFiled::Refused { status, problem } => write!(f, "refused ({status}): {problem}"),
            NotFiled::Later(why) => write!(f, "not filed: {why}"),
        }
    }
}

impl Sender {
    /// A sender; the token is read once.
    ///
    /// # Errors
    /// When the token file or the address can't be used.
    pub(crate) fn new(
        url: &str,
        token_file: &Path,
        kind: &str,
        supplied: Vec<(String, String)>,
    ) -> Result<Sender, String> {
        let token =
            fs::read_to_string(token_file).map_err(|e| format!("{}: {e}", token_file.display()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| e.to_string())?;
        let client = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .no_proxy()
            .build()
            .map_err(|e| e.to_string())?;
        let mut target = Url::parse(&format!("{}/v1/import/{kind}", url.trim_end_matches('/')))
            .map_err(|e| format!("`{url}`: {e}"))?;
        target
            .query_pairs_mut()
            .append_pair("submit", "true")
            .extend_pairs(&supplied);
        Ok(Sender {
            client,
            runtime,
            asked: target.query().unwrap_or_default().to_owned() + kind,
            target,
            token: token.trim().to_owned(),
        })
    }

    /// What tells this document from all others: the same bytes, sent with the same members, have the same key.
    pub(crate) fn key(&self, bytes: &[u8]) -> String {
        encode::base64url(
            &Sha256::new()
                .chain_update(&self.asked)
                .chain_update(bytes)
                .finalize(),
        )
    }

    /// Files a document; the answer names its records.
    ///
    /// # Errors
    /// See [`NotFiled`].
    pub(crate) fn file(&self, bytes: &[u8]) -> Result<Value, NotFiled> {
        let key = self.key(bytes);
        let request = self
            .client
            .post(self.target.clone())
            .bearer_auth(&self.token)
            .header("idempotency-key", key)
            .body(bytes.to_vec());
        self.runtime.block_on(async {
            let away = |error: reqwest::Error| NotFiled::Later(error.to_string());
            let response = request.send().await.map_err(away)?;
            let status = response.status();
            let text = response.text().await.map_err(away)?;
            let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
            match status {
                _ if status.is_success() => Ok(answer),
                StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::TOO_MANY_REQUESTS
                | StatusCode::INSUFFICIENT_STORAGE => Err(NotFiled::Later(said(status, &answer))),
                _ if status.is_server_error() => Err(NotFiled::Later(said(status, &answer))),
                _ => Err(NotFiled::Refused {
                    status: status.as_u16(),
                    problem: answer,
                }),
            }
        })
    }
}

fn said(status: StatusCode, answer: &Value) -> String {
    let detail = answer.get("detail").and_then(Value::as_str).unwrap_or("");
    format!("the node answers {}: {detail}", status.as_u16())
}
