//! `/epcis/openapi.json`: what of the standard's REST binding this node has, from one table.

use axum::Json;
use serde_json::{Map, Value, json};

/// One operation.
struct Operation {
    method: &'static str,
    path: &'static str,
    en: &'static str,
    es: &'static str,
    query: &'static [&'static str],
    /// Headers of the request, beside those by which versions are agreed.
    sends: &'static [&'static str],
    /// Name of the schema of the body, or empty.
    body: &'static str,
    status: &'static str,
    /// Name of the schema of the answer, or empty.
    answer: &'static str,
}

const fn get(
    path: &'static str,
    en: &'static str,
    es: &'static str,
    answer: &'static str,
) -> Operation {
    Operation {
        method: "get",
        path,
        en,
        es,
        query: &[],
        sends: &[],
        body: "",
        status: "200",
        answer,
    }
}

/// What a reader asks of versions.
const READS: &[&str] = &[
    "GS1-EPCIS-Min",
    "GS1-EPCIS-Max",
    "GS1-CBV-Min",
    "GS1-CBV-Max",
];
/// What a writer says of versions.
const WRITES: &[&str] = &["GS1-EPCIS-Version", "GS1-CBV-Version"];
/// What is asked of the form of events.
const FORMS: &[&str] = &["GS1-EPC-Format", "GS1-CBV-XML-Format", "GS1-Extensions"];
/// Versions, on every answer.
const VERSIONS: &[&str] = WRITES;
/// On an answer that is a page.
const NEXT: &[&str] = &["Link", "GS1-Next-Page-Token-Expires"];

const PAGED: &[&str] = &["perPage", "nextPageToken"];
/// Parameters with fixed names; those with names of the asker's are read too.
const EVENTS: &[&str] = &[
    "perPage",
    "nextPageToken",
    "eventType",
    "GE_eventTime",
    "LT_eventTime",
    "GE_recordTime",
    "LT_recordTime",
    "EQ_action",
    "EQ_bizStep",
    "EQ_disposition",
    "EQ_readPoint",
    "WD_readPoint",
    "EQ_bizLocation",
    "WD_bizLocation",
    "MATCH_epc",
    "MATCH_parentID",
    "MATCH_anyEPC",
    "MATCH_epcClass",
    "MATCH_anyEPCClass",
    "EQ_eventID",
    "EXISTS_errorDeclaration",
    "orderBy",
    "orderDirection",
    "eventCountLimit",
    "maxEventCount",
];
const SOCKET: &[&str] = &[
    "perPage",
    "nextPageToken",
    "stream",
    "reportIfEmpty",
    "initialRecordTime",
    "second",
    "minute",
    "hour",
    "dayOfMonth",
    "month",
    "dayOfWeek",
    "cursor",
];

const OPERATIONS: &[Operation] = &[
    get("/", "Lists that there are", "Listas que hay", "Collection"),
    Operation {
        method: "post",
        sends: &["GS1-Capture-Error-Behaviour", "Garita-Readers"],
        body: "Document",
        status: "202",
        ..get(
            "/capture",
            "Capture a document of events; the answer says where the capture is watched",
            "Capturar un documento de eventos; la respuesta dice dónde seguir la captura",
            "",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/capture",
            "Captures of the party, the newest first",
            "Capturas de la parte, la más nueva primero",
            "CaptureJobs",
        )
    },
    get(
        "/capture/{captureID}",
        "How far a capture is",
        "Cómo va una captura",
        "CaptureJob",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/events",
            "Events that the party may see, by the query language",
            "Eventos que la parte puede ver, por el lenguaje de consulta",
            "QueryDocument",
        )
    },
    Operation {
        method: "post",
        sends: &["Garita-Readers"],
        body: "Event",
        status: "201",
        ..get(
            "/events",
            "Capture one event at once",
            "Capturar un evento de inmediato",
            "Event",
        )
    },
    Operation {
        sends: &["GS1-EPC-Format", "GS1-CBV-XML-Format"],
        ..get(
            "/events/{eventID}",
            "The event of that name, and what declares it wrong",
            "El evento con ese nombre y lo que lo declara erróneo",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/eventTypes",
            "Types of event",
            "Tipos de evento",
            "Collection",
        )
    },
    get(
        "/eventTypes/{value}",
        "What is below a type",
        "Lo que hay bajo un tipo",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/eventTypes/{value}/events",
            "Events of a type",
            "Eventos de un tipo",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/epcs",
            "Objects that events name",
            "Objetos que nombran los eventos",
            "Collection",
        )
    },
    get(
        "/epcs/{value}",
        "What is below an object",
        "Lo que hay bajo un objeto",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/epcs/{value}/events",
            "Events of an object",
            "Eventos de un objeto",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/bizSteps",
            "Business steps",
            "Pasos de negocio",
            "Collection",
        )
    },
    get(
        "/bizSteps/{value}",
        "What is below a step",
        "Lo que hay bajo un paso",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/bizSteps/{value}/events",
            "Events of a step",
            "Eventos de un paso",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/bizLocations",
            "Places where objects are",
            "Lugares donde están los objetos",
            "Collection",
        )
    },
    get(
        "/bizLocations/{value}",
        "What is below a place",
        "Lo que hay bajo un lugar",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/bizLocations/{value}/events",
            "Events at a place",
            "Eventos en un lugar",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/readPoints",
            "Places where objects were read",
            "Lugares donde se leyeron objetos",
            "Collection",
        )
    },
    get(
        "/readPoints/{value}",
        "What is below a read point",
        "Lo que hay bajo un punto de lectura",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/readPoints/{value}/events",
            "Events read at a place",
            "Eventos leídos en un lugar",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/dispositions",
            "Dispositions",
            "Disposiciones",
            "Collection",
        )
    },
    get(
        "/dispositions/{value}",
        "What is below a disposition",
        "Lo que hay bajo una disposición",
        "Collection",
    ),
    Operation {
        query: EVENTS,
        sends: FORMS,
        ..get(
            "/dispositions/{value}/events",
            "Events with a disposition",
            "Eventos con una disposición",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/queries",
            "Queries that the party keeps",
            "Consultas que guarda la parte",
            "NamedQueries",
        )
    },
    Operation {
        method: "post",
        sends: &["GS1-Extensions"],
        body: "NamedQuery",
        status: "201",
        ..get(
            "/queries",
            "Keep a query under a name",
            "Guardar una consulta con un nombre",
            "",
        )
    },
    get(
        "/queries/{queryName}",
        "What a query asks",
        "Lo que pide una consulta",
        "NamedQuery",
    ),
    Operation {
        method: "delete",
        status: "204",
        ..get(
            "/queries/{queryName}",
            "Take a query away, its subscriptions with it",
            "Quitar una consulta y sus suscripciones",
            "",
        )
    },
    Operation {
        query: SOCKET,
        sends: &["GS1-EPC-Format", "GS1-CBV-XML-Format"],
        ..get(
            "/queries/{queryName}/events",
            "Events that a query finds; with an upgrade a socket on which they come",
            "Eventos que halla una consulta; con upgrade, un socket por el que llegan",
            "QueryDocument",
        )
    },
    Operation {
        query: PAGED,
        ..get(
            "/queries/{queryName}/subscriptions",
            "Subscriptions of a query",
            "Suscripciones de una consulta",
            "Subscriptions",
        )
    },
    Operation {
        method: "post",
        body: "NewSubscription",
        status: "201",
        ..get(
            "/queries/{queryName}/subscriptions",
            "Subscribe an address to a query",
            "Suscribir una dirección a una consulta",
            "Subscription",
        )
    },
    get(
        "/queries/{queryName}/subscriptions/{subscriptionID}",
        "A subscription",
        "Una suscripción",
        "Subscription",
    ),
    Operation {
        method: "delete",
        status: "204",
        ..get(
            "/queries/{queryName}/subscriptions/{subscriptionID}",
            "Unsubscribe",
            "Anular una suscripción",
            "",
        )
    },
    Operation {
        method: "delete",
        status: "204",
        ..get(
            "/nextPageToken/{token}",
            "Give a page's token back",
            "Devolver la ficha de una página",
            "",
        )
    },
];

/// Codes of refusals.
const REFUSALS: &[&str] = &[
    "400", "401", "403", "404", "406", "409", "413", "414", "415", "429", "503",
];

/// `GET /epcis/openapi.json`.
pub(super) async fn document() -> Json<Value> {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let item = paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        if let Value::Object(methods) = item {
            methods.insert(operation.method.to_owned(), of_operation(operation));
            if !operation.path.starts_with("/nextPageToken") {
                methods
                    .entry("options")
                    .or_insert_with(|| of_options(operation.path));
            }
        }
    }
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "EPCIS 2.0 of this Garita node",
            "version": "2.0.0",
            "description": "GS1's REST binding of EPCIS 2.0 in JSON. Captured events become signed records of the capturing party; events of cases are told from the records that the party holds.",
        },
        "servers": [{ "url": super::BASE }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas(),
        },
    }))
}

fn of_operation(operation: &Operation) -> Value {
    let mut parameters = of_path(operation.path);
    parameters.extend(operation.query.iter().map(|name| of_query(name)));
    let versions = match operation.method {
        "get" => READS,
        "post" => WRITES,
        _ => &[],
    };
    parameters.extend(
        versions
            .iter()
            .chain(operation.sends)
            .map(|name| of_header(name)),
    );
    let mut responses: Map<String, Value> = REFUSALS
        .iter()
        .map(|status| {
            let body = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
            ((*status).to_owned(), json!({ "description": "Refused", "content": body }))
        })
        .collect();
    let mut headers: Map<String, Value> =
        VERSIONS.iter().map(|name| answered(name, true)).collect();
    if operation.method == "post" {
        headers.extend([answered("Location", true)]);
    }
    if operation.query.contains(&"nextPageToken") {
        headers.extend(NEXT.iter().map(|name| answered(name, false)));
    }
    let mut good = Map::from_iter([
        ("description".to_owned(), json!(operation.en)),
        ("headers".to_owned(), Value::Object(headers)),
    ]);
    if !operation.answer.is_empty() {
        let schema = json!({ "$ref": format!("#/components/schemas/{}", operation.answer) });
        good.insert(
            "content".to_owned(),
            json!({ "application/json": { "schema": schema } }),
        );
    }
    responses.insert(operation.status.to_owned(), Value::Object(good));
    if std::ptr::eq(operation.query, SOCKET) {
        let socket = json!({ "description": "A socket, where the request asked for one with `Upgrade: websocket`" });
        responses.insert("101".to_owned(), socket);
    }
    let mut told = Map::from_iter([
        ("summary".to_owned(), json!(operation.en)),
        ("x-summary-es".to_owned(), json!(operation.es)),
        ("x-who".to_owned(), json!("token")),
        ("parameters".to_owned(), json!(parameters)),
        ("responses".to_owned(), Value::Object(responses)),
    ]);
    if !operation.body.is_empty() {
        let schema = json!({ "$ref": format!("#/components/schemas/{}", operation.body) });
        told.insert(
            "requestBody".to_owned(),
            json!({
                "required": true,
                "content": { "application/json": { "schema": schema }, "application/ld+json": { "schema": schema } },
            }),
        );
    }
    Value::Object(told)
}

fn of_options(path: &str) -> Value {
    let mut responses: Map<String, Value> = Map::new();
    let headers: Map<String, Value> = VERSIONS
        .iter()
        .chain(READS)
        .chain(FORMS)
        .chain(&["Allow"])
        .map(|name| answered(name, true))
        .collect();
    responses.insert(
        "204".to_owned(),
        json!({ "description": "Versions, formats and limits, in headers", "headers": headers }),
    );
    for status in ["400", "401", "403", "406", "414", "429", "503"] {
        let body = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        responses.insert(
            status.to_owned(),
            json!({ "description": "Refused", "content": body }),
        );
    }
    json!({
        "summary": "Discovery: versions, formats, limits",
        "x-summary-es": "Descubrimiento: versiones, formatos, límites",
        "x-who": "token",
        "parameters": of_path(path),
        "responses": responses,
    })
}

fn of_path(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
        })
        .collect()
}

/// A header of a request.
fn of_header(name: &str) -> Value {
    let schema = match name {
        // Nothing is translated: the standard's other words are refused.
        "GS1-EPC-Format" | "GS1-CBV-XML-Format" => {
            json!({ "type": "string", "enum": ["No_Preference", "Never_Translates"] })
        }
        "GS1-Capture-Error-Behaviour" => {
            json!({ "type": "string", "enum": ["rollback", "proceed"] })
        }
        "GS1-Extensions" | "Garita-Readers" => json!({ "type": "string" }),
        "GS1-EPCIS-Min" | "GS1-CBV-Min" => {
            json!({ "type": "string", "pattern": "^([01]([.](0|[1-9][0-9]{0,8}))*|2([.]0([.](0|[1-9][0-9]{0,8}))*)?)$" })
        }
        "GS1-EPCIS-Max" | "GS1-CBV-Max" => {
            json!({ "type": "string", "pattern": "^([2-9]|[1-9][0-9]{1,8})([.](0|[1-9][0-9]{0,8}))*$" })
        }
        _ => json!({ "type": "string", "pattern": "^2([.]0([.](0|[1-9][0-9]{0,8}))*)?$" }),
    };
    json!({ "name": name, "in": "header", "required": false, "schema": schema })
}

/// A header of an answer.
fn answered(name: &str, always: bool) -> (String, Value) {
    let header = json!({ "required": always, "schema": { "type": "string" } });
    (name.to_owned(), header)
}

fn of_query(name: &str) -> Value {
    let schema = match name {
        "perPage" => json!({ "type": "integer", "minimum": 1, "default": 30 }),
        "eventCountLimit" => json!({ "type": "integer", "minimum": 1 }),
        "maxEventCount" => json!({ "type": "integer", "minimum": 0 }),
        // The name alone asks for it; `1` and `null` are what the language of queries in JSON has.
        "EXISTS_errorDeclaration" => {
            json!({ "type": "string", "enum": ["true", "false", "", "1", "0", "null"] })
        }
        "stream" => json!({ "type": "string", "enum": ["true"] }),
        "reportIfEmpty" => json!({ "type": "boolean" }),
        "orderDirection" => json!({ "type": "string", "enum": ["ASC", "DESC"] }),
        _ if name.starts_with("GE_") || name.starts_with("LT_") || name == "initialRecordTime" => {
            json!({ "type": "string", "format": "date-time" })
        }
        _ if name.starts_with("EQ_")
            || name.starts_with("WD_")
            || name.starts_with("MATCH_")
            || name == "eventType" =>
        {
            let item = match name {
                "eventType" => json!({ "enum": garita_formats::epcis::vocabulary::EVENT_TYPES }),
                "EQ_action" => json!({ "enum": garita_formats::epcis::vocabulary::ACTIONS }),
                _ => json!({ "type": "string", "minLength": 1, "pattern": "^[^|]+$" }),
            };
            return json!({
                "name": name, "in": "query", "required": false, "style": "pipeDelimited", "explode": false,
                "schema": { "type": "array", "minItems": 1, "items": item },
            });
        }
        _ => json!({ "type": "string" }),
    };
    json!({ "name": name, "in": "query", "required": false, "schema": schema })
}

fn schemas() -> Value {
    let time = json!({ "type": "string", "format": "date-time" });
    let context = json!({ "type": ["string", "object", "array"] });
    let event = json!({
        "type": "object",
        "required": ["type", "eventTime", "eventTimeZoneOffset"],
        "properties": {
            "@context": context, "type": { "type": "string" }, "eventTime": time, "recordTime": time,
            "eventTimeZoneOffset": { "type": "string", "pattern": "^([+]|[-])((0[0-9]|1[0-3]):([0-5][0-9])|14:00)$" },
            "eventID": { "type": "string" },
        },
    });
    let list = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Event" } });
    json!({
        "Collection": {
            "type": "object", "required": ["@context", "type", "member"],
            "properties": { "@context": context, "type": { "const": "Collection" }, "member": { "type": "array", "items": { "type": "string" }, "uniqueItems": true } },
        },
        "Event": event,
        "Document": {
            "type": "object", "required": ["@context", "type", "epcisBody"],
            "properties": {
                "@context": context, "type": { "enum": ["EPCISDocument", "EPCISQueryDocument"] }, "schemaVersion": { "type": "string" }, "creationDate": time,
                "epcisBody": { "type": "object", "properties": { "eventList": list } },
            },
        },
        "QueryDocument": {
            "type": "object", "required": ["@context", "type", "epcisBody"],
            "properties": {
                "@context": context, "type": { "const": "EPCISQueryDocument" }, "schemaVersion": { "type": "string" }, "creationDate": time,
                "epcisBody": { "type": "object", "required": ["queryResults"], "properties": { "queryResults": {
                    "type": "object", "required": ["queryName", "resultsBody"],
                    "properties": {
                        "queryName": { "type": "string" }, "subscriptionID": { "type": "string" },
                        "resultsBody": { "type": "object", "required": ["eventList"], "properties": { "eventList": list } },
                    },
                } } },
            },
        },
        "CaptureJobs": { "type": "array", "items": { "$ref": "#/components/schemas/CaptureJob" } },
        "CaptureJob": {
            "type": "object", "required": ["captureID", "createdAt", "running", "success", "captureErrorBehaviour", "errors"],
            "properties": {
                "captureID": { "type": "string" }, "createdAt": time, "finishedAt": time, "running": { "type": "boolean" }, "success": { "type": "boolean" },
                "captureErrorBehaviour": { "enum": ["rollback", "proceed"] }, "errors": { "type": "array", "items": { "$ref": "#/components/schemas/CaptureError" } },
            },
        },
        "CaptureError": refusal(json!({
            "event": { "type": "integer", "minimum": 0, "description": "Its place among the events of the document" },
            "pointer": { "type": "string" },
        })),
        "NamedQueries": { "type": "array", "items": { "$ref": "#/components/schemas/NamedQuery" } },
        "NamedQuery": {
            "type": "object", "required": ["name", "query"],
            "properties": { "name": { "type": "string", "minLength": 1, "maxLength": 200 }, "query": { "type": "object" } },
        },
        "NewSubscription": {
            "type": "object", "required": ["dest"], "additionalProperties": false,
            "properties": {
                "dest": { "type": "string", "format": "uri" }, "signatureToken": { "type": "string", "maxLength": 1000 }, "stream": { "const": true },
                "reportIfEmpty": { "type": "boolean" }, "initialRecordTime": time, "schedule": { "$ref": "#/components/schemas/Schedule" },
            },
        },
        "Schedule": {
            "type": "object", "additionalProperties": false,
            "properties": {
                "second": { "type": "string" }, "minute": { "type": "string" }, "hour": { "type": "string" },
                "dayOfMonth": { "type": "string" }, "month": { "type": "string" }, "dayOfWeek": { "type": "string" },
            },
        },
        "Subscriptions": { "type": "array", "items": { "$ref": "#/components/schemas/Subscription" } },
        "Subscription": {
            "type": "object", "required": ["subscriptionID", "queryName", "dest", "createdAt"],
            "properties": {
                "subscriptionID": { "type": "string" }, "queryName": { "type": "string" }, "dest": { "type": "string" }, "createdAt": time,
                "lastNotifiedAt": time, "minRecordTime": time, "stream": { "const": true }, "schedule": { "$ref": "#/components/schemas/Schedule" },
                "reportIfEmpty": { "type": "boolean" }, "initialRecordTime": time,
            },
        },
        "Problem": refusal(json!({})),
    })
}

/// A refusal; with further members where it is one of a capture's. It has all of them.
fn refusal(further: Value) -> Value {
    let mut members = json!({
        "type": { "type": "string", "pattern": "^epcisException:" }, "title": { "type": "string" }, "status": { "type": "integer" },
        "detail": { "type": "string" }, "detailEs": { "type": "string" }, "code": { "type": "string" },
        "errors": { "type": "array", "items": {
            "type": "object", "required": ["code", "pointer", "detail", "detailEs"],
            "properties": { "code": { "type": "string" }, "pointer": { "type": "string" }, "detail": { "type": "string" }, "detailEs": { "type": "string" } },
        } },
    });
    if let (Value::Object(members), Value::Object(further)) = (&mut members, further) {
        members.extend(further);
    }
    let required: Vec<&String> = members
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .collect();
    json!({ "type": "object", "required": required, "properties": members })
}
