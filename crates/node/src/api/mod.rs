//! The HTTP API: JSON in, JSON out, refusals as RFC 9457 problems. Documented by [`openapi`]; the pages are elsewhere.

pub mod admin;
pub mod attachments;
pub mod blind;
pub(crate) mod body;
pub mod cases;
pub mod credentials;
pub mod documents;
pub mod elements;
pub mod epochs;
pub mod erasing;
pub mod evidence;
pub mod formats;
pub mod identifiers;
pub mod imports;
pub mod indicators;
pub mod keys;
pub mod log;
pub mod me;
pub mod openapi;
pub mod ops;
pub mod peers;
pub mod problem;
mod ranges;
mod reading;
pub(crate) mod receiving;
pub mod records;
pub mod rotation;
mod sending;
pub mod sheets;
pub mod step;
pub mod stream;
pub mod uploads;
pub mod vc_api;
pub mod witness;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, map_response};
use axum::routing::{delete, get, post};

use garita_tlog::ADD_CHECKPOINT_BYTES_MAX;

use crate::server::App;

/// A record's body: one above the parser's own limit, so that the parser tells the size rather than the transport.
const BODY_BYTES_MAX: usize = 2 << 20;
/// An imported file's body: the importers' limit.
const IMPORT_BYTES_MAX: usize = garita_formats::DOCUMENT_BYTES_MAX + 1;

/// All routes of the API.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/me", get(me::me))
        .route("/v1/records", post(records::submit).get(records::list))
        .route("/v1/records/dry-run", post(records::dry_run))
        .route("/v1/records/{digest}", get(records::one))
        .route("/v1/records/{digest}/receipt", get(records::receipt))
        .route("/v1/records/{digest}/proof", get(records::proof))
        .route("/v1/records/{digest}/holders", get(records::holders))
        .route("/v1/cases", get(cases::list))
        .route("/v1/cases/{kind}/{key}", get(cases::one))
        .route("/v1/cases/{kind}/{key}/timeline", get(cases::timeline))
        .route("/v1/cases/{kind}/{key}/step", get(step::one))
        .route(
            "/v1/cases/{kind}/{key}/credentials/{name}",
            get(credentials::one),
        )
        .route("/v1/cases/{kind}/{key}/evidence", get(evidence::one))
        .route("/v1/cases/{kind}/{key}/documents", get(documents::list))
        .route(
            "/v1/cases/{kind}/{key}/documents/{document}",
            get(documents::one),
        )
        .route("/v1/decided-blind", get(blind::list))
        .route("/v1/trust", get(credentials::trust))
        .route("/v1/search", get(cases::search))
        .route("/v1/stream", get(stream::stream))
        .route("/v1/automations", get(cases::automations))
        .route("/v1/indicators", get(indicators::list))
        .route("/v1/indicators/{id}", get(indicators::one))
        .route("/v1/elements", get(elements::list))
        .route("/v1/formats", get(formats::list))
        .route("/v1/formats/{kind}", get(formats::one))
        .route("/v1/profiles", get(cases::profiles))
        .route("/v1/profiles/{profile}/context", get(cases::context))
        .route("/v1/network", get(peers::network))
        .route("/v1/governance", get(peers::governance).post(peers::govern))
        .route("/v1/peers", get(peers::list))
        .route("/v1/peer/deliveries", post(peers::deliveries))
        .route("/v1/peer/credentials", post(credentials::for_peer))
        .route("/v1/peer/digest", get(peers::digest))
        .route("/v1/peer/delivered", get(peers::delivered))
        .route("/v1/peer/seen", get(peers::seen))
        .route("/v1/peer/taken", get(peers::taken))
        .route("/v1/peer/pull", post(peers::pull))
        .route("/v1/peer/reconcile", post(step::reconcile))
        .route("/v1/peer/case-step", post(step::for_peer))
        .route("/v1/peer/answers", post(peers::answers))
        .route("/v1/peer/attachments/{digest}", get(attachments::for_peer))
        .route("/v1/peer/contacts", get(peers::contacts))
        .route("/v1/attachments/{digest}", get(attachments::attachment))
        .route("/v1/contacts", post(peers::set_contact))
        .route("/v1/peer/join", post(admin::join))
        .route("/v1/peer/keys", post(rotation::change))
        .route("/v1/peer/log-epochs", post(epochs::continues))
        .route("/v1/admin/rotations", post(rotation::rotate))
        .route("/v1/admin/invitations", post(admin::invite))
        .route("/v1/admin/peers", post(admin::add_peer))
        .route("/v1/admin/tokens", post(admin::token))
        .route("/v1/admin/keys", post(keys::register).get(keys::list))
        .route("/v1/admin/keys/{key}", delete(keys::revoke))
        .route("/v1/admin/links", post(admin::sign_in_link))
        .route(
            "/v1/admin/erasures",
            post(erasing::erase).get(erasing::list),
        )
        .route("/v1/admin/holds", post(erasing::hold).get(erasing::holds))
        .route("/v1/admin/holds/{number}/lift", post(erasing::lift))
        .route("/v1/admin/retention", post(erasing::retention))
        .route("/v1/status", get(ops::status))
        .route("/credentials/issue", post(vc_api::issue))
        .route("/credentials/derive", post(vc_api::derive))
        .route("/credentials/verify", post(vc_api::verify_credential))
        .route("/presentations/verify", post(vc_api::verify_presentation))
        .route("/1.0/identifiers/{did}", get(identifiers::resolve))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(|request, next| {
            body::whole(BODY_BYTES_MAX, request, next)
        }))
        .merge(
            Router::new()
                .route("/v1/import/{kind}", post(imports::import))
                .route(
                    "/v1/sheets/{record_type}",
                    get(sheets::template).post(sheets::fill),
                )
                .layer(DefaultBodyLimit::max(IMPORT_BYTES_MAX))
                .layer(from_fn(|request, next| {
                    body::whole(IMPORT_BYTES_MAX, request, next)
                })),
        )
        .merge(
            Router::new()
                .route(
                    "/v1/attachments",
                    post(attachments::attach).options(uploads::limits),
                )
                .route(
                    "/v1/uploads/{id}",
                    get(uploads::offset)
                        .patch(uploads::append)
                        .delete(uploads::cancel),
                )
                // Files, however large: their handlers take them as they come.
                .layer(from_fn(receiving::streamed)),
        )
        .merge(
            Router::new()
                .route("/witness/add-checkpoint", post(witness::add_checkpoint))
                .route("/witness/{origin}/checkpoint", get(witness::checkpoint))
                .layer(DefaultBodyLimit::max(ADD_CHECKPOINT_BYTES_MAX))
                .layer(from_fn(|request, next| {
                    body::whole(ADD_CHECKPOINT_BYTES_MAX, request, next)
                })),
        )
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/witnessed", get(log::witnessed))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/.well-known/did.json", get(ops::node_did))
        .route("/parties/{slug}/did.json", get(ops::party_did))
        .route("/livez", get(ops::livez))
        .route("/readyz", get(ops::readyz))
        .route("/metrics", get(ops::metrics))
        .route("/openapi.json", get(openapi::document))
        .layer(map_response(problem::told))
}
