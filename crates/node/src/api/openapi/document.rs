//! Makes the OpenAPI 3.1 document from the table of routes, and from the schemas and parameters that stand beside it as data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Route, routes};

/// JSON Schema (2020-12) of every body, answer and refusal, by name.
static SCHEMAS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).unwrap_or_default());

/// Every parameter, by its name, or by `PATH NAME` where one name means several things.
static PARAMETERS: LazyLock<BTreeMap<String, Parameter>> =
    LazyLock::new(|| serde_json::from_str(include_str!("parameters.json")).unwrap_or_default());

/// A parameter of `parameters.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    /// Its JSON Schema.
    pub(super) schema: Value,
    /// English.
    pub(super) en: String,
    /// Spanish.
    pub(super) es: String,
    /// It must be given. Members of the path always are.
    #[serde(default)]
    pub(super) required: bool,
    /// It stands for any number of members, each by its own name.
    #[serde(default)]
    pub(super) explode: bool,
    /// A member of the path in which slashes stay as they are.
    #[serde(default)]
    pub(super) slashes: bool,
}

/// What is known of a route's parameter.
pub(super) fn parameter(route: &Route, name: &str) -> Option<&'static Parameter> {
    PARAMETERS
        .get(&format!("{} {name}", route.path))
        .or_else(|| PARAMETERS.get(name))
}

/// The document, for a node at an address.
pub(super) fn make(url: &str) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<Value> = Vec::new();
    for route in routes() {
        paths
            .entry(route.path)
            .or_default()
            .insert(route.method.to_ascii_lowercase(), operation(route));
        let tag = json!({ "name": route.section });
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Garita",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "The open exchange for border crossings. JSON in, JSON out; refusals are RFC 9457 problems in English and Spanish.",
            "x-description-es": "El intercambio abierto para los cruces fronterizos. Entra JSON, sale JSON; los rechazos son problemas RFC 9457 en inglés y español.",
        },
        "servers": [{ "url": url }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": security_schemes(),
            "responses": { "Problem": {
                "description": "A refusal",
                "content": { "application/problem+json": { "schema": schema("Problem") } },
            } },
            "schemas": *SCHEMAS,
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `garita token`, for one party and some scopes.",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "RFC 9421 with an Ed25519 key that `garita key add` registered: `Signature-Input` covers `@method`, `@target-uri` and, with a body, `content-digest` (RFC 9530, sha-256), with `created`, `expires`, `keyid` (the key in multibase) and a `nonce`; at most two minutes old; on a write it counts once.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "garita_session",
            "description": "A person who is signed in.",
        },
        "operator": { "type": "http", "scheme": "bearer", "description": "The token in DATA/admin.token." },
        "peer": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "RFC 9421 with the key of a node of the network's list, labelled `garita`.",
        },
    })
}

fn operation(route: &Route) -> Value {
    let path_members = route
        .path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| (name, "path"));
    let query_members = route.query.iter().map(|name| (*name, "query"));
    let fields = route.sends.iter().map(|name| (*name, "header"));
    let parameters: Vec<Value> = path_members
        .chain(query_members)
        .chain(fields)
        .map(|(name, place)| described(route, name, place))
        .collect();
    let mut responses = Map::new();
    responses.insert(route.status.to_string(), success(route));
    for (status, name) in route.also {
        responses.insert(
            status.to_string(),
            json!({ "description": "success", "content": { "application/json": { "schema": schema(name) } } }),
        );
    }
    for (status, given) in route.refuses {
        let (media, name) = given.split_once('=').unwrap_or(("application/json", given));
        let content = json!({
            media: { "schema": schema(name) },
            "application/problem+json": { "schema": schema("Problem") },
        });
        responses.insert(
            status.to_string(),
            json!({ "description": "A refusal, in the form of the answer or as a problem", "content": content }),
        );
    }
    responses.insert(
        "default".to_owned(),
        json!({ "$ref": "#/components/responses/Problem" }),
    );
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.en,
        "x-summary-es": route.es,
        "tags": [route.section],
        "x-who": route.who,
        "x-codes": route.codes,
        "parameters": parameters,
        "responses": responses,
        "security": match route.who {
            "token" => json!([{ "token": [] }, { "signature": [] }, { "cookie": [] }]),
            "operator" => json!([{ "operator": [] }]),
            "peer" => json!([{ "peer": [] }]),
            _ => json!([]),
        },
    });
    if let (false, Value::Object(map)) = (route.takes.is_empty(), &mut operation) {
        map.insert("requestBody".to_owned(), body(route));
    }
    operation
}

fn described(route: &Route, name: &str, place: &str) -> Value {
    let Some(parameter) = parameter(route, name) else {
        return json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } });
    };
    let mut told = json!({
        "name": name,
        "in": place,
        "description": parameter.en,
        "x-description-es": parameter.es,
        "required": place == "path" || parameter.required,
        "schema": parameter.schema,
    });
    if let Value::Object(map) = &mut told {
        if parameter.explode {
            map.insert("style".to_owned(), "form".into());
            map.insert("explode".to_owned(), true.into());
        }
        if parameter.slashes {
            map.insert("x-slashes".to_owned(), true.into());
        }
    }
    told
}

fn body(route: &Route) -> Value {
    if route.takes == FILE {
        return json!({ "required": true, "content": { FILE: { "schema": {} } } });
    }
    let mut media = json!({ "schema": schema(route.takes) });
    if let (Ok(example), Value::Object(media)) =
        (serde_json::from_str::<Value>(route.example), &mut media)
    {
        media.insert("example".to_owned(), example);
    }
    json!({ "required": true, "content": { "application/json": media } })
}

/// A file as it is, of any media type.
const FILE: &str = "*/*";

fn success(route: &Route) -> Value {
    let mut content = Map::new();
    for given in route.gives {
        let (media, shape) = match given.split_once('=') {
            Some((media, name)) => (media, schema(name)),
            None if *given == FILE || given.ends_with("octet-stream") => (*given, json!({})),
            None if given.contains('/') => (*given, json!({ "type": "string" })),
            None => ("application/json", schema(given)),
        };
        let mut told = json!({ "schema": shape });
        if media != "text/plain"
            && media != "text/csv"
            && let (Ok(example), Value::Object(map)) =
                (serde_json::from_str::<Value>(route.answer), &mut told)
        {
            map.insert("example".to_owned(), example);
        }
        content.insert(media.to_owned(), told);
    }
    let mut success = json!({ "description": "success", "content": content });
    if let (true, Value::Object(map)) = (route.located, &mut success) {
        map.insert(
            "headers".to_owned(),
            json!({ "Location": { "description": "Address of the new thing", "required": true, "schema": { "type": "string" } } }),
        );
    }
    success
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Names of all schemas that a value refers to.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(name) = map.get("$ref").and_then(Value::as_str)
                    && let Some(name) = name.strip_prefix("#/components/schemas/")
                {
                    found.insert(name.to_owned());
                }
                map.values().for_each(|v| references(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| references(v, found)),
            _ => {}
        }
    }

    #[test]
    fn every_route_says_all_of_itself_and_nothing_beside_the_table_is_unused() {
        let (mut ids, mut parameters) = (BTreeSet::new(), BTreeSet::new());
        for route in routes() {
            let what = format!("{} {}", route.method, route.path);
            assert!(!route.id.is_empty() && ids.insert(route.id), "{what}: id");
            assert!(
                !route.gives.is_empty() || route.status == 204,
                "{what}: gives"
            );
            assert_ne!(route.en, route.es, "{what}");
            let members = route.path.split('{').skip(1);
            let members = members.filter_map(|part| Some(part.split_once('}')?.0));
            for name in members
                .chain(route.query.iter().copied())
                .chain(route.sends.iter().copied())
            {
                let known = parameter(route, name);
                assert!(known.is_some(), "{what}: {name} is not in parameters.json");
                let own = format!("{} {name}", route.path);
                parameters.insert(if PARAMETERS.contains_key(&own) {
                    own
                } else {
                    name.to_owned()
                });
            }
        }
        let known: BTreeSet<String> = PARAMETERS.keys().cloned().collect();
        assert_eq!(known, parameters, "parameters.json says what no route has");
        for (name, parameter) in PARAMETERS.iter() {
            assert!(
                !parameter.en.is_empty()
                    && !parameter.es.is_empty()
                    && parameter.en != parameter.es,
                "{name}"
            );
        }
        let mut used = BTreeSet::from(["Event".to_owned()]);
        references(&make("http://127.0.0.1"), &mut used);
        let known: BTreeSet<String> = SCHEMAS.as_object().unwrap().keys().cloned().collect();
        assert_eq!(known, used, "schemas.json and what refers to it");
        for (name, schema) in SCHEMAS.as_object().unwrap() {
            assert_ne!(schema["description"], schema["x-description-es"], "{name}");
        }
    }
}
