//! Pages: what the exchange knows, put into the console's view-models.

use std::sync::Arc;

use axum::Router;

use crate::server::App;

/// All routes of the console.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}
