//! Requests to peers: signed (RFC 9421), bounded, never to an address that the network's list doesn't name.

use std::sync::Arc;
use std::time::Duration;

use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_credential::keys::SigningKey;
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::real_now_ms;
use crate::governance::node_method;

/// A request's signature counts this long.
const SIGNATURE_MS: i64 = 60_000;
/// An answer of a peer, bytes.
const ANSWER_BYTES_MAX: usize = 8 << 20;
const CONNECT_MS: u64 = 3_000;
const REQUEST_MS: u64 = 20_000;

/// Speaks for one node.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    did: String,
    key: Arc<SigningKey>,
}

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is none.
    #[error("`{0}` is no address")]
    Address(String),
    /// No connection, or none in time.
    #[error("{0}")]
    Transport(#[from] reqwest::Error),
    /// The peer refused.
    #[error("the peer answered {status}: {body}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The beginning of its answer.
        body: String,
    },
    /// The answer is too large or not what was asked.
    #[error("the peer's answer cannot be read: {0}")]
    Answer(String),
    /// The request could not be signed.
    #[error("the request cannot be signed: {0}")]
    Unsigned(String),
}

impl Client {
    /// A client that signs as a node.
    ///
    /// # Errors
    /// When the TLS library cannot start.
    pub fn new(did: &str, key: Arc<SigningKey>) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .timeout(Duration::from_millis(REQUEST_MS))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            did: did.to_owned(),
            key,
        })
    }

    /// Posts JSON, signed.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        base: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let body = serde_json::to_vec(body).map_err(|e| ClientError::Unsigned(e.to_string()))?;
        self.send("POST", base, path, Some(body)).await
    }

    /// Gets JSON, signed.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get<T: DeserializeOwned>(&self, base: &str, path: &str) -> Result<T, ClientError> {
        self.send("GET", base, path, None).await
    }

    /// Gets bytes as they are, at most `bytes_max`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get_bytes(
        &self,
        base: &str,
        path: &str,
        bytes_max: usize,
    ) -> Result<Vec<u8>, ClientError> {
        let (_, bytes) = self.ask("GET", base, path, None, bytes_max).await?;
        Ok(bytes)
    }

    /// Gets a file of at most `bytes_max`, with the media type that the peer says it has.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get_file(
        &self,
        base: &str,
        path: &str,
        bytes_max: usize,
    ) -> Result<(String, Vec<u8>), ClientError> {
        self.ask("GET", base, path, None, bytes_max).await
    }

    /// Posts text as it is, unsigned, as interfaces of others ask for; gives whatever was answered: status, media type, at most
    /// `bytes_max` bytes.
    ///
    /// # Errors
    /// When nothing was answered, or more.
    pub(crate) async fn post_text(
        &self,
        base: &str,
        path: &str,
        body: String,
        bytes_max: usize,
    ) -> Result<(u16, String, Vec<u8>), ClientError> {
        let url = Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
            .map_err(|_| ClientError::Address(base.to_owned()))?;
        let request = self.http.post(url).body(body);
        let request = request.header("content-type", "text/plain; charset=utf-8");
        read(request.send().await?, bytes_max).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: &str,
        base: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<T, ClientError> {
        let (_, bytes) = self.ask(method, base, path, body, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map_err(|e| ClientError::Answer(e.to_string()))
    }

    async fn ask(
        &self,
        method: &str,
        base: &str,
        path: &str,
        body: Option<Vec<u8>>,
        bytes_max: usize,
    ) -> Result<(String, Vec<u8>), ClientError> {
        let url = Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
            .map_err(|_| ClientError::Address(base.to_owned()))?;
        let host = url
            .host_str()
            .ok_or_else(|| ClientError::Address(base.to_owned()))?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let digest = body.as_deref().map(http_signature::content_digest);
        let fields: Vec<(&str, &str)> = digest
            .iter()
            .map(|d| ("content-digest", d.as_str()))
            .collect();
        let signed = http_signature::sign(
            &Request {
                method,
                scheme: url.scheme(),
                authority: &authority,
                path: url.path(),
                query: url.query(),
                fields: &fields,
            },
            LABEL,
            &Component::between_nodes(body.is_some()),
            &Parameters::between_nodes(node_method(&self.did), real_now_ms(), SIGNATURE_MS),
            &self.key,
        )
        .map_err(|e| ClientError::Unsigned(e.to_string()))?;
        let mut request = match method {
            "POST" => self.http.post(url),
            _ => self.http.get(url),
        }
        .header("signature-input", signed.signature_input)
        .header("signature", signed.signature);
        if let Some(digest) = digest {
            request = request.header("content-digest", digest);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let (status, media_type, bytes) = read(request.send().await?, bytes_max).await?;
        if !(200..300).contains(&status) {
            let body =
                String::from_utf8_lossy(bytes.get(..bytes.len().min(300)).unwrap_or_default())
                    .into_owned();
            return Err(ClientError::Status { status, body });
        }
        Ok((media_type, bytes))
    }
}

/// Status, media type and bytes of an answer.
async fn read(
    mut response: reqwest::Response,
    bytes_max: usize,
) -> Result<(u16, String, Vec<u8>), ClientError> {
    let status = response.status().as_u16();
    let media_type = response
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > bytes_max {
            return Err(ClientError::Answer(format!("more than {bytes_max} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((status, media_type, bytes))
}
