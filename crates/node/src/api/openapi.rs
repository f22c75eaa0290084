//! `/openapi.json`, made from one table of routes that the readable page uses too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::server::App;

/// One route of the API, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with `{members}`.
    pub path: &'static str,
    /// Section of the readable page.
    pub section: &'static str,
    /// English.
    pub en: &'static str,
    /// Spanish.
    pub es: &'static str,
    /// Query members.
    pub query: &'static [&'static str],
    /// Example of the request's body, or empty.
    pub example: &'static str,
    /// Example of the answer, or empty.
    pub answer: &'static str,
    /// Who may: `token`, `peer`, `operator`, `anyone`.
    pub who: &'static str,
    /// Status of success.
    pub status: u16,
    /// Codes of refusals that are this route's own.
    pub codes: &'static [&'static str],
}

const DRAFT: &str = r#"{"recordType":"ItemReleased","follows":["ni:///sha-256;…"],"credentialSubject":{"item":"TOCQ88402171"}}"#;

const CREDENTIAL: &str = r#"{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/garita/example/v1"],"id":"urn:uuid:…","type":["VerifiableCredential","LicenceCard"],"issuer":{"id":"did:web:customs.example:parties:cbp","name":"CBP Laredo"},"validFrom":"2026-11-24T15:00:00Z","credentialSubject":{"number":"L1"},"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","verificationMethod":"did:web:customs.example:parties:cbp#key-1","proofPurpose":"assertionMethod","proofValue":"z…"}}"#;
const INDICATOR_LISTED: &str = r#"{"items":[{"id":"waiting-time","profile":"example","version":"1.0.0","title":{"en":"Minutes to release","es":"Minutos al desaduanamiento"},"definition":{"en":"…","es":"…"},"unit":"min","chart":"band","dimensions":["port","month"],"computed":{"measure":"median","over":"waits","rowPer":"movement","of":"released - arrived","numerator":null,"denominator":null,"where":null,"least":10}}]}"#;
const ELEMENTS: &str = r#"{"items":[{"profile":"example","version":"1.0.0","recordType":"Request","pointer":"/credentialSubject/request","title":{"en":"Request","es":"Trámite"},"type":"string","required":true,"personal":false,"codes":null,"wco":["D014"],"uncefact":"Exchanged_ Document. Identification. Identifier","term":"https://example.org/terms#request"}]}"#;
const INDICATOR: &str = r#"{"id":"waiting-time","profile":"example","version":"1.0.0","unit":"min","asKnown":"2026-11-24T15:00:00Z","columns":[{"name":"port","role":"by","kind":"text"},{"name":"value","role":"value","kind":"number"},{"name":"rows","role":"rows","kind":"number"},{"name":"withheld","role":"withheld","kind":"number"}],"rows":[{"port":"2304","value":41.5,"rows":212,"withheld":false},{"port":"2305","value":null,"rows":null,"withheld":true}],"counted":212,"withheld":{"groups":1,"why":{"en":"groups of fewer than 10 rows are withheld, …","es":"los grupos de menos de 10 filas se reservan, …"}},"more":false}"#;

const fn get(
    path: &'static str,
    section: &'static str,
    en: &'static str,
    es: &'static str,
) -> Route {
    Route {
        method: "GET",
        path,
        section,
        en,
        es,
        query: &[],
        example: "",
        answer: "",
        who: "token",
        status: 200,
        codes: &["unauthenticated", "not-found"],
    }
}

const fn post(
    path: &'static str,
    section: &'static str,
    en: &'static str,
    es: &'static str,
) -> Route {
    Route {
        method: "POST",
        status: 201,
        codes: &["unauthenticated"],
        ..get(path, section, en, es)
    }
}

/// Every route, in reading order.
pub const ROUTES: &[Route] = &[
    Route {
        example: DRAFT,
        codes: &[
            "unauthenticated",
            "document-too-large",
            "json-syntax",
            "submission-malformed",
            "id-mismatch",
            "proof-invalid",
            "record-type-unknown",
            "issuer-not-you",
            "profile-not-adopted",
            "scope-insufficient",
            "node-busy",
            "store-full",
        ],
        ..post(
            "/v1/records",
            "records",
            "Submit a signed record, or a draft that this node completes and signs. The answer is the receipt, given only after the record is durable. Idempotency-Key repeats safely.",
            "Presentar un registro firmado, o un borrador que este nodo completa y firma. La respuesta es el acuse, que se da solo cuando el registro es durable. Idempotency-Key permite repetir sin riesgo.",
        )
    },
    Route {
        status: 200,
        example: DRAFT,
        ..post(
            "/v1/records/dry-run",
            "records",
            "Judge a draft and tell all faults at once; nothing is recorded.",
            "Juzgar un borrador y decir todas sus faltas de una vez; nada se registra.",
        )
    },
    Route {
        query: &["type", "issuer", "order", "limit", "cursor"],
        ..get(
            "/v1/records",
            "records",
            "Records that your party holds, newest first.",
            "Registros que tiene su parte, el más nuevo primero.",
        )
    },
    get(
        "/v1/records/{digest}",
        "records",
        "One record with its stamp: whole, or the view your party was given.",
        "Un registro con su sello: completo, o la vista que se dio a su parte.",
    ),
    get(
        "/v1/records/{digest}/receipt",
        "records",
        "Its receipt, to be checked offline with `garita log verify-receipt`.",
        "Su acuse, que se comprueba sin red con `garita log verify-receipt`.",
    ),
    get(
        "/v1/records/{digest}/holders",
        "records",
        "Who else has it and since when, by their own receipts.",
        "Quién más lo tiene y desde cuándo, según sus propios acuses.",
    ),
    Route {
        query: &["kind", "state", "limit", "cursor"],
        ..get(
            "/v1/cases",
            "cases",
            "Cases of a kind with their states, last changed first.",
            "Expedientes de una clase con sus estados, el último cambio primero.",
        )
    },
    get(
        "/v1/cases/{kind}/{key}",
        "cases",
        "A case's state as of now: tracks, holds, clocks, seats, parts, what is disputed.",
        "El estado de un expediente ahora: vías, retenciones, plazos, lugares, partes, lo que está en disputa.",
    ),
    get(
        "/v1/cases/{kind}/{key}/timeline",
        "cases",
        "Its records in the order in which they count, and what became of each.",
        "Sus registros en el orden en que cuentan, y qué fue de cada uno.",
    ),
    Route {
        query: &["as"],
        answer: CREDENTIAL,
        codes: &[
            "unauthenticated",
            "not-found",
            "credential-not-now",
            "credential-member-lacking",
            "credential-home-away",
        ],
        ..get(
            "/v1/cases/{kind}/{key}/credentials/{name}",
            "cases",
            "A credential for outsiders that the program makes of the case, signed by the office that states it: the same bytes as long as its records are the same. `as=qr` gives the text of a QR code. Who may have it is the program's word; whoever may not finds nothing. An outsider finds the key in the issuer's DID document.",
            "Una credencial para terceros que el programa hace del expediente, firmada por la autoridad que la emite: los mismos bytes mientras sus registros sean los mismos. `as=qr` da el texto de un código QR. Quién puede tenerla lo dice el programa; quien no puede no encuentra nada. Un tercero encuentra la llave en el documento DID del emisor.",
        )
    },
    get(
        "/v1/trust",
        "cases",
        "The trust file: the governance chain, the contexts of credentials, and how each case that credentials speak of stands as your records say now; signed by this node. A booth without a net checks with it.",
        "El archivo de confianza: la cadena de gobierno, los contextos de las credenciales y cómo está cada expediente del que hablan, según sus registros de ahora; firmado por este nodo. Con él revisa una caseta sin red.",
    ),
    Route {
        query: &["q", "name"],
        ..get(
            "/v1/search",
            "cases",
            "Cases by plate, SCN, entry, pedimento, trip, container or seal: whole, beginning or end.",
            "Expedientes por placa, SCN, entry, pedimento, viaje, contenedor o candado: completo, inicio o final.",
        )
    },
    Route {
        query: &["cursor"],
        ..get(
            "/v1/stream",
            "live",
            "What is new for your party: CloudEvents over SSE; resume with the last id as `cursor` or `Last-Event-ID`; `now` begins with what comes next.",
            "Lo nuevo para su parte: CloudEvents por SSE; se reanuda con el último id como `cursor` o `Last-Event-ID`; `now` empieza con lo que sigue.",
        )
    },
    Route {
        query: &["submit", "occurred"],
        codes: &[
            "unauthenticated",
            "document-kind-unknown",
            "document-too-large",
            "import-missing",
        ],
        ..post(
            "/v1/import/{kind}",
            "import",
            "A Carta Porte or X12 309 as people have it becomes draft records, every member with its source place; `submit=true` files them when complete; other query members are supplied to the drafts, for what the document cannot tell. Kinds: carta-porte, x12-309, epcis, auto.",
            "Una Carta Porte o un X12 309 tal como la gente los tiene se vuelve borradores, cada dato con su lugar de origen; `submit=true` los presenta si están completos; los demás miembros de la consulta se agregan a los borradores, por lo que el documento no puede decir. Tipos: carta-porte, x12-309, epcis, auto.",
        )
    },
    post(
        "/v1/attachments",
        "attachments",
        "Store a file; a record names the answered id in `relatedResource`.",
        "Guardar un archivo; un registro nombra el id respondido en `relatedResource`.",
    ),
    get(
        "/v1/attachments/{digest}",
        "attachments",
        "A file, for parties that hold a record which names it; what is not here is asked for at the home of that record.",
        "Un archivo, para partes que tienen un registro que lo nombra; si no está aquí, se pide al nodo de ese registro.",
    ),
    Route {
        who: "anyone",
        codes: &[],
        answer: INDICATOR_LISTED,
        ..get(
            "/v1/indicators",
            "indicators",
            "What the programs in force measure: title, definition, unit, dimensions, chart, and how it is computed.",
            "Lo que miden los programas vigentes: título, definición, unidad, dimensiones, gráfica y cómo se calcula.",
        )
    },
    Route {
        query: &["asKnown", "format"],
        codes: &[
            "unauthenticated",
            "indicator-unknown",
            "dimension-unknown",
            "parameter-malformed",
            "measure-too-long",
            "measures-busy",
        ],
        answer: INDICATOR,
        ..get(
            "/v1/indicators/{id}",
            "indicators",
            "An indicator's numbers over the cases that your party has, as known now or at `asKnown`; JSON, or CSV by `Accept: text/csv` or `format=csv`. A dimension's name as a query member keeps its groups only. What is withheld is told with the reason.",
            "Los números de un indicador sobre los expedientes que tiene su parte, según lo sabido ahora o en `asKnown`; JSON, o CSV con `Accept: text/csv` o `format=csv`. El nombre de una dimensión como miembro de la consulta deja solo sus grupos. Lo reservado se dice con su motivo.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/v1/automations",
            "network",
            "What offices of this node sign by rule: rule, condition, why, how often.",
            "Lo que autoridades de este nodo firman por regla: regla, condición, por qué, cuántas veces.",
        )
    },
    Route {
        who: "anyone",
        query: &["profile", "recordType", "wco", "mapped", "format"],
        codes: &["parameter-malformed"],
        answer: ELEMENTS,
        ..get(
            "/v1/elements",
            "network",
            "Every data element of the programs in force: record type, pointer, title, type, and its identifiers in the WCO Data Model and in UN/CEFACT's dictionary; `mapped=true` for those that have one. JSON, or CSV by `Accept: text/csv` or `format=csv`.",
            "Cada dato de los programas vigentes: tipo de registro, puntero, título, tipo y sus identificadores en el Modelo de Datos de la OMA y en el diccionario de UN/CEFACT; con `mapped=true`, solo los que tienen alguno. JSON, o CSV con `Accept: text/csv` o `format=csv`.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/v1/profiles",
            "network",
            "Programs in force here.",
            "Programas vigentes aquí.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/v1/profiles/{profile}/context",
            "network",
            "A program's JSON-LD context; `record` is the envelope's.",
            "El contexto JSON-LD de un programa; `record` es el del sobre.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/v1/network",
            "network",
            "The network as of the last adopted entry: its nodes, parties, and which programs it has adopted, in which version, signed by whom.",
            "La red según el último asiento adoptado: sus nodos, partes, y qué programas ha adoptado, en qué versión, firmados por quién.",
        )
    },
    Route {
        who: "anyone",
        query: &["after"],
        ..get(
            "/v1/governance",
            "network",
            "Charter, trust list and keys: signed, numbered entries.",
            "Carta, lista de confianza y llaves: asientos firmados y numerados.",
        )
    },
    Route {
        status: 200,
        codes: &[
            "governance-not-signed",
            "governance-out-of-order",
            "governance-fork",
        ],
        ..post(
            "/v1/governance",
            "network",
            "Add a signed entry; what counts is the authorities' signatures.",
            "Agregar un asiento firmado; cuentan las firmas de las autoridades.",
        )
    },
    get(
        "/v1/peers",
        "network",
        "How each peer stands: in step or not, what of it waits here for lack of what, how far its log is checked, whether it is isolated.",
        "Cómo está cada nodo par: al corriente o no, qué suyo espera aquí y por falta de qué, hasta dónde se revisó su bitácora, si está aislado.",
    ),
    Route {
        who: "peer",
        status: 200,
        codes: &[
            "delivery-from-other",
            "delivery-too-many",
            "delivery-malformed",
            "peer-isolated",
        ],
        ..post(
            "/v1/peer/deliveries",
            "peers",
            "Records of a peer for parties here; answered when durable.",
            "Registros de un nodo par para partes de aquí; se responde cuando son durables.",
        )
    },
    Route {
        who: "peer",
        status: 200,
        codes: &["unauthenticated", "not-found"],
        ..post(
            "/v1/peer/credentials",
            "peers",
            "A credential for a party of the asking node, as that party's records give it: signed where the office says the same, word for word.",
            "Una credencial para una parte del nodo que pregunta, como la dan sus registros: se firma donde la autoridad dice lo mismo, palabra por palabra.",
        )
    },
    Route {
        who: "peer",
        query: &["through"],
        ..get(
            "/v1/peer/digest",
            "peers",
            "What this node holds of the asker's records.",
            "Lo que este nodo tiene de los registros de quien pregunta.",
        )
    },
    Route {
        who: "peer",
        ..get(
            "/v1/peer/attachments/{digest}",
            "peers",
            "A file that a record names which this node delivered whole to the asker.",
            "Un archivo nombrado por un registro que este nodo entregó completo a quien pregunta.",
        )
    },
    Route {
        who: "peer",
        ..get(
            "/v1/peer/delivered",
            "peers",
            "What this node delivered to the asker.",
            "Lo que este nodo entregó a quien pregunta.",
        )
    },
    Route {
        who: "peer",
        query: &["known"],
        ..get(
            "/v1/peer/contacts",
            "peers",
            "Whom to call at the parties of this node, as they signed it.",
            "A quién llamar en las partes de este nodo, como ellas lo firmaron.",
        )
    },
    Route {
        status: 200,
        codes: &["contact-malformed", "issuer-not-hosted"],
        ..post(
            "/v1/contacts",
            "network",
            "Say whom to call at your party's desk.",
            "Decir a quién llamar en la oficina de su parte.",
        )
    },
    Route {
        who: "peer",
        status: 200,
        codes: &[
            "invitation-invalid",
            "join-malformed",
            "join-party-elsewhere",
        ],
        ..post(
            "/v1/peer/join",
            "peers",
            "Take up an invitation.",
            "Aceptar una invitación.",
        )
    },
    Route {
        who: "operator",
        status: 200,
        codes: &["unauthenticated", "not-authority"],
        ..post(
            "/v1/admin/invitations",
            "operator",
            "A one-time invitation to this network.",
            "Una invitación de un solo uso a esta red.",
        )
    },
    Route {
        who: "operator",
        status: 200,
        example: r#"{"invitation":"garita-invitation:…"}"#,
        codes: &[
            "invitation-malformed",
            "network-already",
            "network-other",
            "peer-unreachable",
        ],
        ..post(
            "/v1/admin/peers",
            "operator",
            "Join a network by invitation.",
            "Entrar en una red por invitación.",
        )
    },
    Route {
        who: "operator",
        example: r#"{"party":"cbp-laredo","name":"gate system","scopes":["read"],"days":90}"#,
        codes: &["unauthenticated", "scope-unknown", "token-days"],
        ..post(
            "/v1/admin/tokens",
            "operator",
            "A token for a system of a hosted party; scopes: read, submit, or * for both. Shown once, kept as a hash.",
            "Una ficha para un sistema de una parte alojada; alcances: read, submit, o * para ambos. Se muestra una vez, se guarda su resumen.",
        )
    },
    Route {
        who: "operator",
        status: 200,
        example: r#"{"party":"cbp-laredo","person":"M. Herrera","post":"primary"}"#,
        ..post(
            "/v1/admin/links",
            "operator",
            "A one-time sign-in link.",
            "Un enlace de entrada de un solo uso.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/v1/status",
            "operator",
            "Counts and standings.",
            "Cuentas y estado de los pares.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/log/checkpoint",
            "log",
            "The newest checkpoint (C2SP signed note).",
            "El punto de control más nuevo (nota firmada C2SP).",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/log/tile/{path}",
            "log",
            "Tiles of the log (C2SP tlog-tiles).",
            "Losetas de la bitácora (C2SP tlog-tiles).",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/.well-known/did.json",
            "identity",
            "DID document of the node.",
            "Documento DID del nodo.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/parties/{slug}/did.json",
            "identity",
            "DID document of a hosted party.",
            "Documento DID de una parte alojada.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/livez",
            "operator",
            "The process runs.",
            "El proceso corre.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/readyz",
            "operator",
            "The store answers.",
            "El almacén responde.",
        )
    },
    Route {
        who: "anyone",
        ..get(
            "/metrics",
            "operator",
            "Prometheus metrics.",
            "Métricas de Prometheus.",
        )
    },
];

/// `GET /openapi.json`.
pub async fn document(State(app): State<Arc<App>>) -> Json<Value> {
    Json(openapi(&app.core().identity.url))
}

/// The OpenAPI 3.1 document.
pub fn openapi(url: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let mut parameters: Vec<Value> = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        parameters.extend(
            route
                .query
                .iter()
                .map(|name| json!({ "name": name, "in": "query", "schema": { "type": "string" } })),
        );
        let mut operation = json!({
            "summary": route.en,
            "x-summary-es": route.es,
            "tags": [route.section],
            "x-who": route.who,
            "parameters": parameters,
            "responses": {
                route.status.to_string(): success(route),
                "default": {
                    "description": format!("refusal; codes of its own: {}", route.codes.join(", ")),
                    "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                },
            },
        });
        if route.method == "POST"
            && let Value::Object(map) = &mut operation
        {
            let mut media = json!({ "schema": { "type": "object" } });
            if let Ok(example) = serde_json::from_str::<Value>(route.example)
                && let Value::Object(media) = &mut media
            {
                media.insert("example".to_owned(), example);
            }
            map.insert(
                "requestBody".to_owned(),
                json!({ "content": { "application/json": media } }),
            );
        }
        match route.who {
            "token" => set(&mut operation, "security", json!([{ "token": [] }])),
            "operator" => set(&mut operation, "security", json!([{ "operator": [] }])),
            _ => {}
        }
        let entry = paths
            .entry(route.path.to_owned())
            .or_insert_with(|| Value::Object(Map::new()));
        set(entry, &route.method.to_ascii_lowercase(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Garita", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0" } },
        "servers": [{ "url": url }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "operator": { "type": "http", "scheme": "bearer", "description": "DATA/admin.token" },
            },
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "code", "detail", "errors"],
                    "properties": {
                        "type": { "type": "string" },
                        "title": { "type": "string" },
                        "status": { "type": "integer" },
                        "code": { "type": "string" },
                        "detail": { "type": "string" },
                        "detailEs": { "type": "string" },
                        "errors": { "type": "array", "items": {
                            "type": "object",
                            "properties": {
                                "code": { "type": "string" },
                                "pointer": { "type": "string" },
                                "detail": { "type": "string" },
                                "detailEs": { "type": "string" },
                            },
                        } },
                    },
                },
            },
        },
    })
}

fn success(route: &Route) -> Value {
    let mut success = json!({ "description": "success" });
    if let Ok(example) = serde_json::from_str::<Value>(route.answer) {
        let content = json!({
            "application/json": { "schema": { "type": "object" }, "example": example },
        });
        set(&mut success, "content", content);
    }
    success
}

fn set(value: &mut Value, name: &str, member: Value) {
    if let Value::Object(map) = value {
        map.insert(name.to_owned(), member);
    }
}
