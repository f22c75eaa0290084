//! `garita serve --conformance`: the documented test profile by which the public W3C suites judge this program (`docs/conformance.md`).
//!
//! https on this machine alone, with a certificate made on the spot; no access control; keys that live as long as the process. Nothing of a
//! node is here: no records, no log, no parties. What is judged is the very code that nodes and the command line use.

mod issuers;
pub(crate) mod jose;
mod tls;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use garita_canon::{Canonicalizer, ContextSet, json};
use garita_credential::data_integrity::KeysAt;
use garita_credential::judge::{Checks, Judge, Lists, StatusLists};
use garita_credential::resolution::{KeyOptions, resolve_key};
use garita_credential::status::{Given, StatusEntry, StatusList, StatusPurpose};
use garita_credential::vc_api::{self, Answer};
use garita_credential::{DidKeyResolver, Resolver};
use garita_exchange::clock::real_now_ms;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::say;
use issuers::{Issuers, STATUS};

/// Largest body.
const BODY_BYTES_MAX: usize = 4 << 20;

/// The server's parts.
struct Profile {
    issuers: Issuers,
    canonicalizer: Canonicalizer,
    status: Mutex<issuers::StatusDesk>,
    url: String,
}

/// Serves until it is stopped. Prints the DID of each issuer as one JSON object; into `ids` too, where that is named.
pub(crate) fn serve(port: u16, ids: Option<PathBuf>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return say::unusable(error),
    };
    match runtime.block_on(run(port, ids)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::unusable(error),
    }
}

async fn run(port: u16, ids: Option<PathBuf>) -> Result<(), String> {
    let url = format!("https://localhost:{port}");
    let issuers = Issuers::new()?;
    let names = issuers.ids();
    let profile = Arc::new(Profile {
        status: Mutex::new(issuers::StatusDesk::new(&url)?),
        issuers,
        canonicalizer: Canonicalizer::new(ContextSet::bundled()),
        url,
    });
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| format!("cannot listen on {address}: {e}"))?;
    let listener = tls::TlsListener::new(listener)?;
    if let Some(file) = ids {
        let text = serde_json::to_string_pretty(&names).unwrap_or_default();
        std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    say::data(&names);
    say::talk(format!(
        "test profile on {}: open to everyone on this machine, for conformance suites only",
        profile.url
    ));
    let app = router(profile);
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            // Where there is no signal to be had, the process is killed like any other.
            let _ = tokio::signal::ctrl_c().await;
        })
        .await
        .map_err(|e| e.to_string())
}

fn router(profile: Arc<Profile>) -> Router {
    Router::new()
        .route("/{issuer}/credentials/issue", post(issue))
        .route("/credentials/verify", post(verify_credential))
        .route("/credentials/derive", post(derive))
        .route("/credentials/status", post(set_status))
        .route("/presentations/verify", post(verify_presentation))
        .route("/status/1", get(status_list))
        .route("/1.0/identifiers/{did}", get(resolve))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(profile)
}

type Shared = State<Arc<Profile>>;

async fn issue(State(profile): Shared, Path(name): Path<String>, body: Bytes) -> Response {
    worked(move || {
        let Some(issuer) = profile.issuers.get(&name) else {
            return not_there(&format!("no issuer `{name}`"));
        };
        let body = match parsed(&body) {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let fresh = match issuers::fresh() {
            Ok(fresh) => fresh,
            Err(why) => return failed(&why),
        };
        let status = (name == STATUS).then(|| profile.status().next_entry());
        let status = match status.transpose() {
            Ok(status) => status,
            Err(why) => return failed(&why),
        };
        let now_ms = real_now_ms();
        vc_api::issue(
            issuer,
            &body,
            status,
            &fresh,
            now_ms,
            &profile.canonicalizer,
        )
    })
    .await
}

async fn derive(State(profile): Shared, body: Bytes) -> Response {
    worked(move || match (parsed(&body), issuers::fresh()) {
        (Ok(body), Ok(fresh)) => vc_api::derive(&body, &fresh, &profile.canonicalizer),
        (Err(answer), _) => answer,
        (_, Err(why)) => failed(&why),
    })
    .await
}

async fn verify_credential(State(profile): Shared, body: Bytes) -> Response {
    worked(move || match parsed(&body) {
        Ok(body) => profile.judged(|judge| vc_api::verify_credential(&body, judge)),
        Err(answer) => answer,
    })
    .await
}

async fn verify_presentation(State(profile): Shared, body: Bytes) -> Response {
    worked(move || match parsed(&body) {
        Ok(body) => profile.judged(|judge| vc_api::verify_presentation(&body, judge)),
        Err(answer) => answer,
    })
    .await
}

/// `POST /credentials/status`: `{"indexAllocator"|"credentialStatus": {"statusListIndex": "…"}, "status": true}`.
async fn set_status(State(profile): Shared, body: Bytes) -> Response {
    worked(move || {
        let body = match parsed(&body) {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let index = body
            .pointer("/credentialStatus/statusListIndex")
            .and_then(Value::as_str)
            .and_then(|text| text.parse().ok());
        let value = body.get("status").and_then(Value::as_bool);
        match (index, value) {
            (Some(index), Some(value)) => match profile.status().set(index, value) {
                Ok(()) => Answer::new(200, json!({})),
                Err(why) => bad(&why),
            },
            _ => bad("`credentialStatus.statusListIndex` and `status` must be there"),
        }
    })
    .await
}

async fn status_list(State(profile): Shared) -> Response {
    worked(move || match profile.signed_list() {
        Ok(body) => Answer::new(200, body),
        Err(why) => failed(&why),
    })
    .await
}

/// What a resolver may be told of keys.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    public_key_format: Option<String>,
    enable_experimental_public_key_types: Option<bool>,
    enable_encryption_key_derivation: Option<bool>,
}

async fn resolve(Path(did): Path<String>, Query(asked): Query<Asked>) -> Response {
    let usual = KeyOptions::default();
    let options = KeyOptions {
        public_key_format: asked.public_key_format.as_deref(),
        enable_experimental_public_key_types: asked
            .enable_experimental_public_key_types
            .unwrap_or(usual.enable_experimental_public_key_types),
        enable_encryption_key_derivation: asked
            .enable_encryption_key_derivation
            .unwrap_or(usual.enable_encryption_key_derivation),
    };
    let resolution = resolve_key(&did, &options);
    respond(Answer::new(resolution.http_status(), resolution.to_value()))
}

impl Profile {
    fn status(&self) -> std::sync::MutexGuard<'_, issuers::StatusDesk> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_list(&self) -> Result<Value, String> {
        let list = self.status().list(self.issuers.controller(STATUS))?;
        self.issuers.sign_list(&list, &self.canonicalizer)
    }

    /// Judges by did:key and our own list. The issuer need not control the key: the suites' vectors are signed by other people's keys.
    fn judged(&self, work: impl FnOnce(&Judge<'_>) -> Answer) -> Answer {
        let list = match self.status().list(self.issuers.controller(STATUS)) {
            Ok(list) => StatusList::read(&list).ok(),
            Err(why) => return failed(&why),
        };
        let now_ms = real_now_ms();
        let own = OwnList {
            url: format!("{}/status/1", self.url),
            list,
            now_ms,
        };
        let resolver: &dyn Resolver = &DidKeyResolver;
        work(&Judge {
            resolver,
            keys_at: KeysAt::Created,
            canonicalizer: &self.canonicalizer,
            now_ms,
            checks: Checks {
                model: true,
                dates: true,
                controller: false,
                holder: false,
            },
            lists: Lists::By(&own),
            schemas: None,
            domain: None,
            challenge: None,
        })
    }
}

/// The list of this server; of those of others it is told that they are not known, as nothing is fetched here.
struct OwnList {
    url: String,
    list: Option<StatusList>,
    now_ms: i64,
}

impl StatusLists for OwnList {
    fn given(&self, url: &str) -> Given<'_> {
        match &self.list {
            Some(list) if url == self.url => Given::List {
                list,
                fetched_ms: self.now_ms,
            },
            _ => Given::Nothing,
        }
    }
}

/// Signatures take their time: off the threads that answer.
async fn worked(work: impl FnOnce() -> Answer + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => respond(answer),
        Err(_) => respond(failed("the request could not be worked on")),
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(answer.body)).into_response()
}

fn parsed(body: &Bytes) -> Result<Value, Answer> {
    let limits = json::Limits {
        bytes_max: BODY_BYTES_MAX,
        ..json::Limits::default()
    };
    json::parse(body, &limits).map_err(|e| {
        let detail = json!({ "code": e.code(), "detail": e.to_string() });
        Answer::new(
            400,
            json!({ "verified": false, "problemDetails": [detail] }),
        )
    })
}

fn bad(why: &str) -> Answer {
    let body = json!({ "problemDetails": [{ "code": "request-malformed", "detail": why }] });
    Answer::new(400, body)
}

fn not_there(why: &str) -> Answer {
    let body = json!({ "problemDetails": [{ "code": "not-found", "detail": why }] });
    Answer::new(404, body)
}

fn failed(why: &str) -> Answer {
    let body = json!({ "problemDetails": [{ "code": "internal", "detail": why }] });
    Answer::new(500, body)
}

/// So that the entry's form is in one place.
pub(crate) fn entry(url: &str, index: u64) -> Value {
    StatusEntry::new(StatusPurpose::Revocation, index, format!("{url}/status/1")).to_value()
}
