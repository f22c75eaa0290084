//! Pages: what the exchange knows, put into the console's view-models.
//!
//! Every read goes through the signed-in person's party. Words of a program come from its profile ([`words`]), the console's own
//! from `crate::console`. Handlers do their reads on a blocking thread and answer with one whole page.

mod act;
mod after;
mod ask;
mod automations;
mod board;
mod board_anew;
mod case;
mod case_fields;
mod case_holders;
mod case_papers;
mod case_sends;
mod case_times;
mod cases;
mod check;
mod contacts;
mod elements;
mod file;
mod formats;
mod import;
mod import_draft;
mod indicators;
mod interfaces;
mod live;
mod log;
mod mandates;
mod needy;
mod pass;
mod peers;
mod posted;
pub(crate) mod public;
mod readers;
mod record;
mod refile;
mod shift;
mod sign_in;
mod undo;
mod wait;
pub(crate) mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::access;
use crate::console::{self, paths};
use crate::server::App;

/// A posted form: the largest, a manifest of many shipments, has some ten kilobytes.
const FORM_BYTES_MAX: usize = 512 << 10;
/// Assets change with the binary only; a day is short enough that nobody sees two versions for long.
const ASSET_CACHE: &str = "public, max-age=3600";

/// All routes of the console.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .merge(public::router())
        .route("/", get(front))
        .route(
            paths::STYLE,
            get(|| async { asset(console::STYLE, "text/css; charset=utf-8") }),
        )
        .route(
            paths::SCRIPT,
            get(|| async { asset(console::SCRIPT, "text/javascript; charset=utf-8") }),
        )
        .route(
            paths::FORMS,
            get(|| async { asset(console::FORMS, "text/javascript; charset=utf-8") }),
        )
        .route(
            paths::PASS_SCRIPT,
            get(|| async { asset(console::PASS_SCRIPT, "text/javascript; charset=utf-8") }),
        )
        .route(
            paths::ICON,
            get(|| async { asset(console::ICON, "image/svg+xml") }),
        )
        .route("/signin/{secret}", get(sign_in::link))
        .route(paths::SIGN_IN, get(sign_in::page).post(sign_in::enter))
        .route(paths::SIGN_OUT, post(sign_in::leave))
        .route(paths::BOARD, get(board::page))
        .route(paths::LIVE, get(live::stream))
        .route(paths::SHIFT, get(shift::page))
        .route("/console/shift.csv", get(shift::csv))
        .route(paths::CASES, get(cases::page))
        .route("/console/cases.csv", get(cases::csv))
        .route(
            paths::MANDATES,
            get(mandates::page).post(mandates::withdraw),
        )
        .route(paths::NEEDS, get(needy::page))
        .route(paths::NEEDS_CSV, get(needy::csv))
        .route("/console/waits.csv", get(wait::csv))
        .route("/console/cases/{kind}/{key}", get(case::page))
        .route(
            "/console/cases/{kind}/{key}/act/{act}",
            get(act::page).post(act::sign),
        )
        .route(
            "/console/cases/{kind}/{key}/credentials/{name}",
            get(check::carry),
        )
        .route(
            "/console/cases/{kind}/{key}/documents/{name}",
            get(case_sends::page),
        )
        .route(paths::CHECK, get(check::page).post(check::post))
        .route(
            "/console/cases/{kind}/{key}/pass",
            get(pass::page).post(pass::change),
        )
        .route("/p/{secret}", get(pass::look))
        .route("/console/records/{id}", get(record::page))
        .route(
            "/console/records/{id}/undo",
            get(undo::page).post(undo::sign),
        )
        .route("/console/file", get(file::choose))
        .route(
            "/console/file/{record_type}",
            get(file::page)
                .post(file::sign)
                .layer(DefaultBodyLimit::max(posted::BYTES_MAX)),
        )
        .route(
            paths::IMPORT,
            get(import::page)
                .post(import::post)
                .layer(DefaultBodyLimit::max(posted::BYTES_MAX)),
        )
        .route(paths::FORMATS, get(formats::list))
        .route("/console/formats/{kind}", get(formats::one))
        .route(paths::INDICATORS, get(indicators::list))
        .route("/console/indicators/{id}", get(indicators::one))
        .route(paths::AUTOMATIONS, get(automations::page))
        .route(paths::ELEMENTS, get(elements::page))
        .route(paths::PEERS, get(peers::page))
        .route(paths::CONTACTS, get(contacts::page))
        .route(
            "/console/contacts/own",
            get(contacts::form).post(contacts::set),
        )
        .route(paths::READERS_ASK, get(readers::page).post(readers::decide))
        .route(paths::LOG, get(log::page))
        .route(paths::INTERFACES, get(interfaces::page))
        .route("/console/{*rest}", get(ask::nowhere))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// `GET /`: the board of who is signed in; for others what is published here, where anything is.
async fn front(State(app): State<Arc<App>>, headers: HeaderMap) -> Redirect {
    let is_signed_in = access::cookie(&headers, access::SESSION_COOKIE).is_some();
    let publishes = crate::site::publisher(app.core()).is_some();
    match publishes && !is_signed_in {
        true => Redirect::to(paths::PROJECTS),
        false => Redirect::to(paths::BOARD),
    }
}

fn asset(body: &'static str, kind: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, ASSET_CACHE),
        ],
        body,
    )
        .into_response()
}
