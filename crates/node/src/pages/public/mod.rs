//! The public pages: what is promised, what became of it, who must answer. Anybody may read them; nobody is signed in here.
//!
//! A page is made once for each state of the register, day, language and colours, and then given from the shelf with its entity tag. What is
//! written here are words and addresses; what it all comes to is worked out in [`crate::site`].

mod asking;
mod benefits;
mod card;
pub(crate) mod changes;
mod data;
mod feeds;
mod follow;
mod method;
mod oc4ids;
mod plans;
mod portfolio;
mod priorities;
mod project;
mod projects;
mod rows;
mod schemas;
pub(crate) mod sentence;
mod visit;
mod waits;

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};

use crate::console::paths;
use crate::server::App;
pub(in crate::pages) use visit::thing_name;
use visit::{Visit, serve, serve_counted};

/// A page without a member in its path.
macro_rules! page {
    ($make:expr) => {
        get(
            |State(app): State<Arc<App>>, headers: HeaderMap, OriginalUri(uri): OriginalUri| async move {
                serve(app, headers, uri, move |visit: &Visit| $make(visit)).await
            },
        )
    };
}

/// A page of what the offices of this node count: there may be none of them, and nothing published beside it.
macro_rules! counted {
    ($make:expr) => {
        get(
            |State(app): State<Arc<App>>, headers: HeaderMap, OriginalUri(uri): OriginalUri| async move {
                serve_counted(app, headers, uri, $make).await
            },
        )
    };
}

/// A page of one thing.
macro_rules! page_of {
    ($make:expr) => {
        get(
            |State(app): State<Arc<App>>,
             headers: HeaderMap,
             OriginalUri(uri): OriginalUri,
             Path(id): Path<String>| async move {
                serve(app, headers, uri, move |visit: &Visit| $make(visit, &id)).await
            },
        )
    };
}

/// Routes of the public pages.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route(paths::PROJECTS, page!(projects::page))
        .route("/projects.csv", page!(data::projects_csv))
        .route("/projects.json", page!(oc4ids::all))
        .route("/projects.atom", page!(feeds::all_atom))
        .route("/projects.ics", page!(feeds::all_calendar))
        .route("/statements.csv", page!(data::statements_csv))
        .route("/statements.json", page!(data::statements_json))
        .route("/projects/{id}", page_of!(project::page))
        .route("/projects/{id}/slip.svg", page_of!(project::picture))
        .route("/projects/{id}/project.json", page_of!(oc4ids::one))
        .route("/projects/{id}/statements.csv", page_of!(data::project_csv))
        .route("/projects/{id}/feed.atom", page_of!(feeds::atom))
        .route("/projects/{id}/milestones.ics", page_of!(feeds::calendar))
        .route("/projects/{id}/card.png", page_of!(card::of_project))
        .route("/card.png", page!(card::of_all))
        .route("/projects/{id}/versions", page_of!(changes::versions))
        .route(schemas::METADATA, page!(schemas::page))
        .route(paths::CHANGES, page!(changes::page))
        .route("/changes.json", page!(changes::json))
        .route("/changes.csv", page!(changes::csv))
        .route(
            paths::QUESTIONS,
            page!(project::questions::page).post(asking::ask),
        )
        .route("/asked/{id}", get(asking::one))
        .route("/questions.csv", page!(project::questions::csv))
        .route("/questions/{id}", page_of!(project::questions::one))
        .route(paths::FOLLOW, page!(follow::page).post(follow::open))
        .route("/follow/{id}", get(follow::one))
        .route(
            "/follow/{id}/confirm",
            post(follow::confirm).get(follow::to_page),
        )
        .route("/follow/{id}/end", post(follow::end).get(follow::to_page))
        .route(paths::PORTFOLIO, page!(portfolio::page))
        .route("/portfolio.csv", page!(portfolio::csv))
        .route(paths::PLANS, page!(plans::list))
        .route("/plans/{id}", page_of!(plans::one))
        .route(paths::PRIORITIES, page!(priorities::page))
        .route("/priorities.csv", page!(priorities::csv))
        .route("/records/{id}", page_of!(data::record))
        .route(paths::WAITS, counted!(waits::page))
        .route("/wait-times.csv", counted!(waits::csv))
        .route("/wait-times/months.csv", counted!(waits::months::file))
        .route("/wait-times/feed.json", counted!(waits::feed_json))
        .route("/wait-times/feed.xml", counted!(waits::feed_xml))
        .route(paths::BENEFITS, counted!(benefits::page))
        .route("/benefits.csv", counted!(benefits::csv))
        .route(paths::METHOD, page!(method::page))
        .route(paths::OPEN_DATA, page!(data::page))
        .route("/robots.txt", page!(data::robots))
        .route("/sitemap.xml", page!(data::sitemap))
}
