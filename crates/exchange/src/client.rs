//! Requests to peers: signed (RFC 9421), bounded, never to an address that the network's list doesn't name.

use std::sync::Arc;
use std::time::Duration;

use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_credential::keys::SigningKey;
use reqwest::{RequestBuilder, Response, Url};
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
/// A connection that brings a file ends after this; the next one goes on.
const FILE_MS: u64 = 15 * 60_000;
/// What is shown of a refusal.
const REFUSAL_BYTES_MAX: usize = 300;

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

    /// Asks for a file from a byte on, where it still is the one of that tag (RFC 9110 §13.1.5, §14.2). Its bytes come with
    /// [`FileAnswer::piece`].
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get_file(
        &self,
        base: &str,
        path: &str,
        from: u64,
        tag: &str,
    ) -> Result<FileAnswer, ClientError> {
        let mut request = self
            .signed("GET", base, path, None)?
            .timeout(Duration::from_millis(FILE_MS));
        if from > 0 {
            request = request
                .header("range", format!("bytes={from}-"))
                .header("if-range", tag);
        }
        let head = Duration::from_millis(REQUEST_MS);
        let sent = tokio::time::timeout(head, request.send()).await;
        let mut response =
            sent.map_err(|_| ClientError::Answer(format!("none within {} s", head.as_secs())))??;
        let status = response.status().as_u16();
        if !(200..300).contains(&status) {
            let mut bytes = Vec::new();
            while let Some(piece) = response.chunk().await? {
                bytes.extend_from_slice(&piece);
                if bytes.len() >= REFUSAL_BYTES_MAX {
                    break;
                }
            }
            bytes.truncate(REFUSAL_BYTES_MAX);
            let body = String::from_utf8_lossy(&bytes).into_owned();
            return Err(ClientError::Status { status, body });
        }
        let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
        let media_type = text("content-type").unwrap_or_default().to_owned();
        let (from, size) = if status == 206 {
            text("content-range")
                .and_then(content_range)
                .ok_or_else(|| ClientError::Answer("a part without its place".to_owned()))?
        } else {
            let length = text("content-length").and_then(|length| length.parse().ok());
            (0, length)
        };
        Ok(FileAnswer {
            media_type,
            from,
            size,
            response,
        })
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

    async fn ask(
        &self,
        method: &str,
        base: &str,
        path: &str,
        body: Option<Vec<u8>>,
        bytes_max: usize,
    ) -> Result<(String, Vec<u8>), ClientError> {
        let request = self.signed(method, base, path, body)?;
        let (status, media_type, bytes) = read(request.send().await?, bytes_max).await?;
        if !(200..300).contains(&status) {
            let body =
                String::from_utf8_lossy(bytes.get(..bytes.len().min(300)).unwrap_or_default())
                    .into_owned();
            return Err(ClientError::Status { status, body });
        }
        Ok((media_type, bytes))
    }

    /// A request with its signature.
    fn signed(
        &self,
        method: &str,
        base: &str,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<RequestBuilder, ClientError> {
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
        Ok(request)
    }
}

/// A file as it comes.
#[derive(Debug)]
pub struct FileAnswer {
    /// As the peer says.
    pub media_type: String,
    /// The place of its first byte in the file.
    pub from: u64,
    /// Bytes of the whole file, where the peer says so.
    pub size: Option<u64>,
    response: Response,
}

impl FileAnswer {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn piece(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, ClientError> {
        Ok(self.response.chunk().await?)
    }
}

/// First byte and size of the whole of a `Content-Range` (RFC 9110 §14.4).
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    let size = match size {
        "*" => None,
        size => Some(size.parse().ok()?),
    };
    Some((from.parse().ok()?, size))
}

/// Status, media type and bytes of an answer.
async fn read(
    mut response: Response,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_where_it_belongs() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for bad in [
            "",
            "bytes 5-9",
            "bytes */10",
            "lines 5-9/10",
            "bytes x-9/10",
        ] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }
}
