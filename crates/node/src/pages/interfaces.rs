//! The API, readable: one table of routes, the same that the OpenAPI document is made of.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::ask::{Ask, signed};
use crate::api::openapi::{Route, meaning, routes};
use crate::console::{ApiPage, ApiRoute, ApiSection, Lang, Place, render_api};
use crate::server::App;

/// `GET /console/interfaces`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        Ok(ask.html(render_api(&ask.frame(Place::Interfaces), &make(ask))))
    })
    .await
}

fn make(ask: &Ask) -> ApiPage {
    let mut sections: Vec<ApiSection> = Vec::new();
    for route in routes() {
        let title = section(ask, route.section);
        let made = entry(ask, route);
        match sections.iter_mut().find(|s| s.title == title) {
            Some(held) => held.routes.push(made),
            None => sections.push(ApiSection {
                title,
                routes: vec![made],
            }),
        }
    }
    ApiPage {
        lede: ask
            .w(
                "Everything that this console does goes through these routes. JSON in, JSON out; a refusal tells code, place and what to do, in English and Spanish.",
                "Todo lo que hace esta consola pasa por estas rutas. Entra JSON, sale JSON; un rechazo dice código, lugar y qué hacer, en inglés y español.",
            )
            .to_owned(),
        openapi: "/openapi.json".to_owned(),
        sections,
    }
}

fn section(ask: &Ask, name: &str) -> String {
    let es = match name {
        "records" => "Registros",
        "cases" => "Expedientes",
        "credentials" => "Credenciales",
        "identity" => "Identidad",
        "indicators" => "Indicadores",
        "network" => "Red",
        "peers" => "Nodos pares",
        "log" => "Bitácora",
        "import" | "imports" => "Importar",
        "attachments" => "Anexos",
        "operator" | "admin" => "Operación",
        "programs" | "profiles" => "Programas",
        "stream" | "streams" => "Avisos en vivo",
        "search" => "Búsqueda",
        "health" | "operations" | "ops" => "Salud",
        other => other,
    };
    let text = match ask.lang {
        Lang::En => name,
        Lang::Es => es,
    };
    super::words::readable(text)
}

fn entry(ask: &Ask, route: &Route) -> ApiRoute {
    let url = &ask.app.core().identity.url;
    let meant = |name: &str| {
        meaning(route, name).map_or_else(String::new, |(en, es)| ask.w(en, es).to_owned())
    };
    let mut members: Vec<(String, String, String)> = route
        .path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| {
            (
                name.to_owned(),
                ask.w("path", "ruta").to_owned(),
                meant(name),
            )
        })
        .collect();
    members.extend(route.query.iter().map(|q| {
        (
            (*q).to_owned(),
            ask.w("query", "consulta").to_owned(),
            meant(q),
        )
    }));
    let auth = match route.who {
        "anyone" => "",
        "operator" => " -H \"Authorization: Bearer $(cat DATA/admin.token)\"",
        _ => " -H \"Authorization: Bearer $TOKEN\"",
    };
    let method = if route.method == "GET" {
        String::new()
    } else {
        format!(" -X {}", route.method)
    };
    let body = if route.example.is_empty() {
        String::new()
    } else if !route.example.starts_with('{') {
        " --data-binary @FILE.csv".to_owned()
    } else {
        format!(
            " -H 'Content-Type: application/json' -d '{}'",
            route.example
        )
    };
    ApiRoute {
        method: route.method.to_owned(),
        path: route.path.to_owned(),
        summary: ask.w(route.en, route.es).to_owned(),
        members,
        example: if route.who == "peer" {
            String::new()
        } else {
            format!("curl -s{method}{auth}{body} '{url}{}'", route.path)
        },
        answer: route.status.to_string(),
        errors: route.codes.iter().map(|c| (*c).to_owned()).collect(),
        guarded: route.who != "anyone",
    }
}
