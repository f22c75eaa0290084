//! `/openapi.json`, made from one table of routes that the readable page uses too; schemas and parameters stand beside it as data.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::server::App;

mod between;
mod document;

/// One route of the API, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `operationId`: the name of the method in the clients.
    pub id: &'static str,
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Path with `{members}`.
    pub path: &'static str,
    /// Section of the readable page.
    pub section: &'static str,
    /// English.
    pub en: &'static str,
    /// Spanish.
    pub es: &'static str,
    /// Query members, each described in `parameters.json` by its name, or by path and name where the name means several things.
    pub query: &'static [&'static str],
    /// Fields of the request, described there too.
    pub sends: &'static [&'static str],
    /// The body: name of a schema of `schemas.json`, `*/*` for a file as it is, or empty.
    pub takes: &'static str,
    /// The answer in each of its media types: name of a schema (JSON), a media type, or `MEDIA=SCHEMA`.
    pub gives: &'static [&'static str],
    /// Further statuses of success with the name of the schema.
    pub also: &'static [(u16, &'static str)],
    /// Refusals in another form than a problem: status, and `MEDIA=SCHEMA`.
    pub refuses: &'static [(u16, &'static str)],
    /// Whether the answer names the new thing's address in `Location`.
    pub located: bool,
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
const VERIFIED: &str = r#"{"verified":true,"problemDetails":[]}"#;
const INDICATOR_LISTED: &str = r#"{"items":[{"id":"waiting-time","profile":"example","version":"1.0.0","title":{"en":"Minutes to release","es":"Minutos al desaduanamiento"},"definition":{"en":"…","es":"…"},"unit":"min","chart":"band","dimensions":["port","month"],"computed":{"measure":"median","over":"waits","rowPer":"movement","of":"released - arrived","numerator":null,"denominator":null,"where":null,"least":10}}]}"#;
const ELEMENTS: &str = r#"{"items":[{"profile":"example","version":"1.0.0","recordType":"Request","pointer":"/credentialSubject/request","title":{"en":"Request","es":"Trámite"},"type":"string","required":true,"personal":false,"codes":null,"wco":["D014"],"uncefact":"Exchanged_ Document. Identification. Identifier","term":"https://example.org/terms#request"}]}"#;
const FORMATS: &str = r#"{"items":[{"kind":"x12-309","title":{"en":"Customs manifest, ANSI X12 309","es":"Manifiesto aduanal, ANSI X12 309"},"standard":"ASC X12 309; CBP ACE truck guide","elements":41}]}"#;
const FORMAT: &str = r#"{"kind":"x12-309","title":{"en":"Customs manifest, ANSI X12 309","es":"Manifiesto aduanal, ANSI X12 309"},"standard":"ASC X12 309; CBP ACE truck guide","elements":[{"place":"M10-01","title":{"en":"Carrier code (SCAC)","es":"Código del transportista (SCAC)"},"required":true,"goes":[{"recordType":"Request","member":"/carrier","title":{"en":"Carrier","es":"Transportista"},"wco":["R012"],"uncefact":null}]}]}"#;
const SHEET: &str = r#"{"recordType":"ItemReleased","complete":false,"records":[{"number":"1","row":2,"complete":true,"recordType":"ItemReleased","optional":false,"subject":{"item":"TOCQ88402171","weight":9120},"sources":{"/item":{"line":2,"column":2,"path":"B2 Item","text":"TOCQ88402171"}},"missing":[]}],"faults":[{"code":"number-ambiguous","record":1,"pointer":"/weight","place":{"line":3,"column":3,"path":"C3 Weight","text":"12,345"},"en":"Weight: `12,345` can be 12345 or 12.345; …","es":"Peso: `12,345` puede ser 12345 o 12.345; …","severity":"error"}],"faultsUntold":0,"filed":1,"filedBefore":0,"refused":0,"incomplete":1,"rows":[{"record":0,"row":2,"status":"filed","id":"ni:///sha-256;…"},{"record":1,"row":3,"status":"incomplete"}]}"#;
const INDICATOR: &str = r#"{"id":"waiting-time","profile":"example","version":"1.0.0","unit":"min","asKnown":"2026-11-24T15:00:00Z","columns":[{"name":"port","role":"by","kind":"text"},{"name":"value","role":"value","kind":"number"},{"name":"rows","role":"rows","kind":"number"},{"name":"withheld","role":"withheld","kind":"number"}],"rows":[{"port":"2304","value":41.5,"rows":212,"withheld":false},{"port":"2305","value":null,"rows":null,"withheld":true}],"counted":212,"withheld":{"groups":1,"why":{"en":"groups of fewer than 10 rows are withheld, …","es":"los grupos de menos de 10 filas se reservan, …"}},"more":false}"#;

const fn get(
    path: &'static str,
    section: &'static str,
    en: &'static str,
    es: &'static str,
) -> Route {
    Route {
        id: "",
        method: "GET",
        path,
        section,
        en,
        es,
        query: &[],
        sends: &[],
        takes: "",
        gives: &[],
        also: &[],
        refuses: &[],
        located: false,
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
pub fn routes() -> impl Iterator<Item = &'static Route> {
    HERE.iter().chain(between::BETWEEN)
}

/// Those for parties' systems and for whoever reaches the node.
const HERE: &[Route] = &[
    Route {
        id: "whoAmI",
        gives: &["WhoAmI"],
        codes: &["unauthenticated"],
        ..get(
            "/v1/me",
            "records",
            "Who you are to this node: the party for which you act, its roles and numbers, what you may do, and until when.",
            "Quién es usted para este nodo: la parte por la que actúa, sus papeles y números, lo que puede hacer y hasta cuándo.",
        )
    },
    Route {
        id: "submitRecord",
        takes: "Submission",
        gives: &["Receipt"],
        sends: &["Idempotency-Key"],
        located: true,
        example: DRAFT,
        codes: &[
            "unauthenticated",
            "document-too-large",
            "json-syntax",
            "submission-malformed",
            "header-malformed",
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
        id: "judgeRecord",
        takes: "RecordDraft",
        gives: &["SignedRecord"],
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
        id: "listRecords",
        gives: &["RecordPage"],
        query: &["type", "issuer", "order", "limit", "cursor"],
        ..get(
            "/v1/records",
            "records",
            "Records that your party holds, newest first.",
            "Registros que tiene su parte, el más nuevo primero.",
        )
    },
    Route {
        id: "getRecord",
        gives: &["HeldRecord"],
        codes: &["unauthenticated", "not-found", "record-erased"],
        ..get(
            "/v1/records/{digest}",
            "records",
            "One record with its stamp: whole, or the view your party was given.",
            "Un registro con su sello: completo, o la vista que se dio a su parte.",
        )
    },
    Route {
        id: "getReceipt",
        gives: &["Receipt"],
        codes: &["unauthenticated", "not-found", "record-erased"],
        ..get(
            "/v1/records/{digest}/receipt",
            "records",
            "Its receipt, to be checked offline with `garita log verify-receipt`.",
            "Su acuse, que se comprueba sin red con `garita log verify-receipt`.",
        )
    },
    Route {
        id: "getProof",
        gives: &["text/plain"],
        ..get(
            "/v1/records/{digest}/proof",
            "records",
            "What its receipt proves, as text (C2SP tlog-proof), at the newest checkpoint that is witnessed where one covers it; to be checked offline with `garita log verify-proof`.",
            "Lo que prueba su acuse, como texto (C2SP tlog-proof), con el último punto de control atestiguado si lo cubre; se comprueba sin red con `garita log verify-proof`.",
        )
    },
    Route {
        id: "listHolders",
        gives: &["HolderList"],
        ..get(
            "/v1/records/{digest}/holders",
            "records",
            "Who else has it and since when, by their own receipts.",
            "Quién más lo tiene y desde cuándo, según sus propios acuses.",
        )
    },
    Route {
        id: "listCases",
        gives: &["CasePage"],
        query: &["kind", "state", "limit", "cursor"],
        ..get(
            "/v1/cases",
            "cases",
            "Cases of a kind with their states, last changed first.",
            "Expedientes de una clase con sus estados, el último cambio primero.",
        )
    },
    Route {
        id: "getCase",
        gives: &["CaseState"],
        ..get(
            "/v1/cases/{kind}/{key}",
            "cases",
            "A case's state as of now: tracks, holds, clocks, seats, parts, what is disputed.",
            "El estado de un expediente ahora: vías, retenciones, plazos, lugares, partes, lo que está en disputa.",
        )
    },
    Route {
        id: "getTimeline",
        gives: &["Timeline"],
        ..get(
            "/v1/cases/{kind}/{key}/timeline",
            "cases",
            "Its records in the order in which they count, and what became of each.",
            "Sus registros en el orden en que cuentan, y qué fue de cada uno.",
        )
    },
    Route {
        id: "getCaseStep",
        gives: &["CaseStep"],
        ..get(
            "/v1/cases/{kind}/{key}/step",
            "cases",
            "Whether the other parties of the case hold what they share of it, asked of their nodes now; or what is missing.",
            "Si las demás partes del expediente tienen lo que comparten de él, preguntado ahora a sus nodos; o qué falta.",
        )
    },
    Route {
        id: "getCredential",
        gives: &["application/vc=Credential", "text/plain"],
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
    Route {
        id: "getEvidence",
        gives: &["Evidence"],
        codes: &["unauthenticated", "not-found", "evidence-too-large"],
        ..get(
            "/v1/cases/{kind}/{key}/evidence",
            "cases",
            "The evidence bundle: what your party holds of the case and its parts, with stamps, receipts, keys and other nodes' acknowledgements, proven from their logs where they can be reached; signed by this node. `garita evidence verify` checks it without a node and without a network.",
            "El archivo de evidencia: lo que su parte tiene del expediente y sus partes, con sellos, acuses, llaves y las confirmaciones de otros nodos, probadas con sus bitácoras donde se alcanzan; firmado por este nodo. `garita evidence verify` lo revisa sin nodo y sin red.",
        )
    },
    Route {
        id: "listDocuments",
        gives: &["DocumentKindList"],
        ..get(
            "/v1/cases/{kind}/{key}/documents",
            "cases",
            "The kinds of document that the case can be written as, from what its reader holds.",
            "Los tipos de documento en que se puede escribir el expediente, con lo que tiene quien lo lee.",
        )
    },
    Route {
        id: "getDocument",
        gives: &["CaseDocument", "*/*"],
        query: &[
            "sender",
            "senderQualifier",
            "receiver",
            "receiverQualifier",
            "control",
            "test",
            "supplied",
        ],
        codes: &[
            "unauthenticated",
            "not-found",
            "parameter-malformed",
            "document-member-missing",
            "document-element-missing",
            "document-member-changed",
            "document-faulty",
        ],
        ..get(
            "/v1/cases/{kind}/{key}/documents/{document}",
            "cases",
            "The case as a document to send, read again before it is answered. The header `Garita-Left-Out` names members that the format has no place for; with `Accept: application/json` they come beside the document. Other query members are elements that the format asks for and no record has, by the name under which a refusal tells that they are missing.",
            "El expediente como documento para enviar, leído de nuevo antes de responder. El encabezado `Garita-Left-Out` nombra los datos que el formato no puede llevar; con `Accept: application/json` vienen junto al documento. Los demás miembros de la consulta son elementos que el formato pide y ningún registro tiene, con el nombre con que un rechazo dice que faltan.",
        )
    },
    Route {
        id: "listDecidedBlind",
        gives: &["DecidedBlindList"],
        query: &["since"],
        codes: &["parameter-malformed"],
        ..get(
            "/v1/decided-blind",
            "cases",
            "What your party decided without knowing of a record dated before: how the case stood by what lay here, and how it would have stood.",
            "Lo que su parte decidió sin conocer un registro con fecha anterior: cómo estaba el expediente según lo que había aquí, y cómo habría estado.",
        )
    },
    Route {
        id: "getTrustFile",
        gives: &["TrustFile"],
        ..get(
            "/v1/trust",
            "cases",
            "The trust file: the governance chain, the contexts of credentials, and how each case that credentials speak of stands as your records say now; signed by this node. A booth without a net checks with it.",
            "El archivo de confianza: la cadena de gobierno, los contextos de las credenciales y cómo está cada expediente del que hablan, según sus registros de ahora; firmado por este nodo. Con él revisa una caseta sin red.",
        )
    },
    Route {
        id: "issueCredential",
        takes: "IssueRequest",
        gives: &["IssuedCredential"],
        example: include_str!("openapi/examples/issue-credential.json"),
        codes: &[
            "unauthenticated",
            "scope-insufficient",
            "json-syntax",
            "document-malformed",
            "issuer-not-you",
            "issuer-not-hosted",
            "credential-reserved",
            "suite-unknown",
            "suite-key-mismatch",
            "key-revoked",
        ],
        ..post(
            "/credentials/issue",
            "credentials",
            "W3C CCG VC API: sign a credential for use outside the exchange with your party's key. `issuer` is your party, or left out. `options.cryptosuite` names a suite that the key fits: `eddsa-rdfc-2022` (the usual one) or `eddsa-jcs-2022`. Records and credentials of a program are not issued here.",
            "VC API del W3C CCG: firmar una credencial para usarla fuera del intercambio, con la llave de su parte. `issuer` es su parte, o se omite. `options.cryptosuite` nombra un método de firma que admita la llave: `eddsa-rdfc-2022` (el usual) o `eddsa-jcs-2022`. Los registros y las credenciales de un programa no se emiten aquí.",
        )
    },
    Route {
        id: "deriveCredential",
        takes: "DeriveRequest",
        gives: &["IssuedCredential"],
        example: include_str!("openapi/examples/derive-credential.json"),
        codes: &[
            "unauthenticated",
            "json-syntax",
            "document-malformed",
            "proof-not-base",
            "pointer-malformed",
            "pointer-unmatched",
            "selection-partial",
        ],
        ..post(
            "/credentials/derive",
            "credentials",
            "W3C CCG VC API: of a credential with a base proof (`ecdsa-sd-2023`, `bbs-2023`), as its holder has it, the part that `options.selectivePointers` name and its issuer made mandatory. Nothing is kept.",
            "VC API del W3C CCG: de una credencial con prueba base (`ecdsa-sd-2023`, `bbs-2023`), como la tiene su titular, la parte que nombran `options.selectivePointers` y la que su emisor hizo obligatoria. Nada se guarda.",
        )
    },
    Route {
        id: "verifyCredential",
        takes: "VerifyCredentialRequest",
        gives: &["CredentialVerdict"],
        status: 200,
        example: include_str!("openapi/examples/verify-credential.json"),
        answer: VERIFIED,
        codes: &[
            "unauthenticated",
            "json-syntax",
            "proof-invalid",
            "proof-missing",
            "key-unknown",
            "controller-mismatch",
            "credential-expired",
            "credential-revoked",
            "status-list-not-given",
            "node-busy",
        ],
        ..post(
            "/credentials/verify",
            "credentials",
            "W3C CCG VC API: judge a credential: proofs, form, dates, issuer, status. Keys are those of the network's chain for its parties, `did:key` and `did:jwk` by themselves, `did:web` and `did:webvh` as published. 200 where all holds; else 400, a problem that has `verified: false` and `problemDetails` too. A status list that cannot be had is told, and is no pass. Schemas are not looked at. `options.checks` of `[\"proof\"]` leaves out dates and issuer.",
            "VC API del W3C CCG: juzgar una credencial: pruebas, forma, fechas, emisor, estado. Las llaves son las de la cadena de la red para sus partes, `did:key` y `did:jwk` por sí mismas, `did:web` y `did:webvh` como están publicadas. 200 si todo se sostiene; si no, 400, un problema que tiene además `verified: false` y `problemDetails`. Una lista de estado que no se consigue se dice y no se da por buena. No se ven los esquemas. `options.checks` con `[\"proof\"]` omite fechas y emisor.",
        )
    },
    Route {
        id: "verifyPresentation",
        takes: "VerifyPresentationRequest",
        gives: &["CredentialVerdict"],
        status: 200,
        example: include_str!("openapi/examples/verify-presentation.json"),
        answer: VERIFIED,
        codes: &[
            "unauthenticated",
            "json-syntax",
            "proof-invalid",
            "domain-mismatch",
            "challenge-mismatch",
            "holder-mismatch",
            "key-unknown",
            "node-busy",
        ],
        ..post(
            "/presentations/verify",
            "credentials",
            "W3C CCG VC API: judge a presentation and each credential in it: its own proof with `options.domain` and `options.challenge`, and that each credential speaks of its holder. Answers as for a credential.",
            "VC API del W3C CCG: juzgar una presentación y cada credencial que contiene: su propia prueba con `options.domain` y `options.challenge`, y que cada credencial hable de su titular. Responde como para una credencial.",
        )
    },
    Route {
        id: "search",
        gives: &["SearchHits"],
        query: &["q", "name"],
        ..get(
            "/v1/search",
            "cases",
            "Cases by plate, SCN, entry, pedimento, trip, container or seal: whole, beginning or end.",
            "Expedientes por placa, SCN, entry, pedimento, viaje, contenedor o candado: completo, inicio o final.",
        )
    },
    Route {
        id: "stream",
        gives: &["text/event-stream"],
        sends: &["Last-Event-ID"],
        query: &["cursor"],
        ..get(
            "/v1/stream",
            "live",
            "What is new for your party: CloudEvents over SSE; resume with the last id as `cursor` or `Last-Event-ID`; `now` begins with what comes next.",
            "Lo nuevo para su parte: CloudEvents por SSE; se reanuda con el último id como `cursor` o `Last-Event-ID`; `now` empieza con lo que sigue.",
        )
    },
    Route {
        id: "importDocument",
        takes: "*/*",
        gives: &["Imported"],
        also: &[(200, "ImportDraft")],
        sends: &["Idempotency-Key"],
        query: &["submit", "occurred", "supplied"],
        codes: &[
            "unauthenticated",
            "document-kind-unknown",
            "parameter-malformed",
            "header-malformed",
            "document-too-large",
            "import-missing",
        ],
        ..post(
            "/v1/import/{kind}",
            "import",
            "A document as people have it becomes draft records, every member with its source place; `submit=true` files them when complete, all or none; other query members are supplied to the drafts, for what the document cannot tell. Kinds: those of `/v1/formats`, or `auto`. With an Idempotency-Key a repeat is answered with the records of the first time.",
            "Un documento tal como la gente lo tiene se vuelve borradores, cada dato con su lugar de origen; `submit=true` los presenta si están completos, todos o ninguno; los demás miembros de la consulta se agregan a los borradores, por lo que el documento no puede decir. Tipos: los de `/v1/formats`, o `auto`. Con una Idempotency-Key la repetición se responde con los registros de la primera vez.",
        )
    },
    Route {
        id: "listFormats",
        gives: &["FormatList"],
        who: "anyone",
        answer: FORMATS,
        codes: &[],
        ..get(
            "/v1/formats",
            "import",
            "Kinds of document that are read: name, title, standard, number of elements.",
            "Tipos de documento que se leen: nombre, título, norma y número de elementos.",
        )
    },
    Route {
        id: "getFormat",
        gives: &["Format"],
        who: "anyone",
        answer: FORMAT,
        codes: &["document-kind-unknown"],
        ..get(
            "/v1/formats/{kind}",
            "import",
            "Which element of a kind goes where: its place in the document, the members of records that it fills, and their identifiers in the WCO Data Model and in UN/CEFACT's dictionary.",
            "Qué elemento de un tipo va adónde: su lugar en el documento, los datos de registros que llena y los identificadores de estos en el Modelo de Datos de la OMA y en el diccionario de UN/CEFACT.",
        )
    },
    Route {
        id: "getSheetTemplate",
        gives: &["*/*"],
        who: "anyone",
        query: &["format", "lang"],
        codes: &["record-type-unknown", "parameter-malformed"],
        ..get(
            "/v1/sheets/{recordType}",
            "import",
            "The spreadsheet of a record type to fill in, for those who have only one: `format=xlsx` (with help and the codes to choose from) or `csv`, titles in `lang` en or es.",
            "La hoja de cálculo de un tipo de registro para llenar, para quien solo tiene una: `format=xlsx` (con ayuda y las claves para elegir) o `csv`, con títulos en `lang` en o es.",
        )
    },
    Route {
        id: "importSheet",
        answer: SHEET,
        takes: "*/*",
        gives: &["SheetAnswer"],
        status: 200,
        query: &["submit", "occurred", "dates", "zone", "decimal"],
        codes: &[
            "unauthenticated",
            "record-type-unknown",
            "parameter-malformed",
            "sheet-no-header",
            "sheet-encrypted",
            "sheet-damaged",
            "sheet-too-many-rows",
            "document-too-large",
        ],
        ..post(
            "/v1/sheets/{recordType}",
            "import",
            "A filled sheet (CSV or XLSX, told by its content) becomes one draft for each record, every fault at its cell. `submit=true` files each complete record by itself and answers row by row; a row that is refused hinders no other, and a row with the same content as one of the last 24 hours is answered with that one's record. `dates=day-first|month-first`, `zone` (IANA) and `decimal=point|comma` say how what can be read two ways is meant; without them it is a fault.",
            "Una hoja llena (CSV o XLSX, según su contenido) se vuelve un borrador por registro, con cada falta en su celda. `submit=true` presenta cada registro completo por separado y responde fila por fila; una fila rechazada no detiene a las demás, y una con el mismo contenido que otra de las últimas 24 horas se responde con el registro de aquella. `dates=day-first|month-first`, `zone` (IANA) y `decimal=point|comma` dicen cómo se lee lo que admite dos lecturas; sin ellos es una falta.",
        )
    },
    Route {
        id: "attachFile",
        takes: "*/*",
        gives: &["Attachment"],
        located: true,
        codes: &[
            "unauthenticated",
            "document-too-large",
            "attachment-empty",
            "uploads-too-many",
            "node-busy",
            "store-full",
        ],
        ..post(
            "/v1/attachments",
            "attachments",
            "Store a file of up to 200 MB (or what `OPTIONS` says in `Upload-Limit`); a record names the answered id in `relatedResource`. With `Upload-Complete: ?0` it begins a resumable upload instead, whose address is in `Location`.",
            "Guardar un archivo de hasta 200 MB (o lo que `OPTIONS` diga en `Upload-Limit`); un registro nombra el id respondido en `relatedResource`. Con `Upload-Complete: ?0` empieza en cambio un envío reanudable, cuya dirección va en `Location`.",
        )
    },
    Route {
        id: "uploadOffset",
        gives: &["Upload"],
        ..get(
            "/v1/uploads/{id}",
            "attachments",
            "How much of a resumable upload has come (also `HEAD`, with `Upload-Offset`); whoever was still sending to it is cut off. For who began it alone.",
            "Cuánto ha llegado de un envío reanudable (también `HEAD`, con `Upload-Offset`); a quien aún enviaba se le corta. Solo para quien lo empezó.",
        )
    },
    Route {
        id: "appendToUpload",
        method: "PATCH",
        takes: "*/*",
        gives: &["Upload"],
        also: &[(201, "Attachment")],
        status: 200,
        sends: &["Upload-Offset", "Upload-Complete"],
        codes: &[
            "unauthenticated",
            "not-found",
            "upload-offset",
            "upload-malformed",
            "upload-busy",
            "document-too-large",
            "store-full",
        ],
        ..post(
            "/v1/uploads/{id}",
            "attachments",
            "The next bytes of a resumable upload, as `application/partial-upload`. The last ones (`Upload-Complete: ?1`) are answered as `POST /v1/attachments` is.",
            "Los siguientes bytes de un envío reanudable, como `application/partial-upload`. Los últimos (`Upload-Complete: ?1`) se responden como `POST /v1/attachments`.",
        )
    },
    Route {
        id: "cancelUpload",
        method: "DELETE",
        status: 204,
        ..get(
            "/v1/uploads/{id}",
            "attachments",
            "A resumable upload is not wanted any more; nothing is left of it.",
            "Un envío reanudable ya no se quiere; no queda nada de él.",
        )
    },
    Route {
        id: "getAttachment",
        gives: &["*/*"],
        codes: &[
            "unauthenticated",
            "not-found",
            "attachment-coming",
            "attachment-away",
            "range-beyond",
        ],
        ..get(
            "/v1/attachments/{digest}",
            "attachments",
            "A file or one `Range` of it, for parties that hold a record which names it; what is not here is asked for at the home of that record.",
            "Un archivo o un intervalo (`Range`) de él, para partes que tienen un registro que lo nombra; si no está aquí, se pide al nodo de ese registro.",
        )
    },
    Route {
        id: "listIndicators",
        gives: &["IndicatorList"],
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
        id: "getIndicator",
        gives: &["IndicatorNumbers", "text/csv"],
        query: &["asKnown", "format", "only"],
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
        id: "listAutomations",
        gives: &["AutomationList"],
        who: "anyone",
        ..get(
            "/v1/automations",
            "network",
            "What offices of this node sign by rule: rule, condition, why, how often.",
            "Lo que autoridades de este nodo firman por regla: regla, condición, por qué, cuántas veces.",
        )
    },
    Route {
        id: "listElements",
        gives: &["ElementList", "text/csv"],
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
        id: "listProfiles",
        gives: &["ProfileList"],
        who: "anyone",
        ..get(
            "/v1/profiles",
            "network",
            "Programs in force here.",
            "Programas vigentes aquí.",
        )
    },
    Route {
        id: "getContext",
        gives: &["Context"],
        who: "anyone",
        ..get(
            "/v1/profiles/{profile}/context",
            "network",
            "A program's JSON-LD context; `record` is the envelope's.",
            "El contexto JSON-LD de un programa; `record` es el del sobre.",
        )
    },
    Route {
        id: "getNetwork",
        gives: &["Network"],
        who: "anyone",
        ..get(
            "/v1/network",
            "network",
            "The network as of the last adopted entry: its nodes, parties, and which programs it has adopted, in which version, signed by whom.",
            "La red según el último asiento adoptado: sus nodos, partes, y qué programas ha adoptado, en qué versión, firmados por quién.",
        )
    },
    Route {
        id: "listGovernance",
        gives: &["GovernanceFeed"],
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
        id: "addGovernance",
        takes: "GovernanceEntry",
        gives: &["GovernanceHead"],
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
    Route {
        id: "listPeers",
        gives: &["PeerList"],
        ..get(
            "/v1/peers",
            "network",
            "How each peer stands: in step or not, what of it waits here for lack of what, how far its log is checked, whether it is isolated.",
            "Cómo está cada nodo par: al corriente o no, qué suyo espera aquí y por falta de qué, hasta dónde se revisó su bitácora, si está aislado.",
        )
    },
    Route {
        id: "setContact",
        takes: "Contact",
        gives: &["ContactSet"],
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
        id: "getStatus",
        gives: &["Status"],
        who: "anyone",
        ..get(
            "/v1/status",
            "operator",
            "The log's head, how each peer stands, whether all are in step; for the operator also how much there is.",
            "La cabeza de la bitácora, cómo está cada par, si todos van al paso; para el operador también cuánto hay.",
        )
    },
    Route {
        id: "getCheckpoint",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/log/checkpoint",
            "log",
            "The newest checkpoint (C2SP signed note), with what witnesses have cosigned of it so far.",
            "El punto de control más nuevo (nota firmada C2SP), con lo que los testigos han cofirmado de él hasta ahora.",
        )
    },
    Route {
        id: "getWitnessedCheckpoint",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/log/witnessed",
            "log",
            "The newest checkpoint that more than half of the witnesses cosigned (C2SP tlog-cosignature).",
            "El último punto de control que cofirmó más de la mitad de los testigos (C2SP tlog-cosignature).",
        )
    },
    Route {
        id: "addCheckpoint",
        takes: "*/*",
        gives: &["text/plain"],
        refuses: &[(409, "text/x.tlog.size=TlogSize")],
        who: "anyone",
        status: 200,
        codes: &[
            "witness-form",
            "witness-old-size",
            "witness-proof-lines",
            "witness-log-unknown",
            "note-not-signed",
            "peer-isolated",
            "witness-inconsistent",
            "witness-busy",
        ],
        ..post(
            "/witness/add-checkpoint",
            "log",
            "This node as a witness (C2SP tlog-witness): cosigns a checkpoint of another node's log that continues the last one it cosigned.",
            "Este nodo como testigo (C2SP tlog-witness): cofirma un punto de control de la bitácora de otro nodo que continúa el último que cofirmó.",
        )
    },
    Route {
        id: "getCosignedCheckpoint",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/witness/{origin}/checkpoint",
            "log",
            "The checkpoint that this node as a witness cosigned last of a log.",
            "El punto de control de una bitácora que este nodo, como testigo, cofirmó por último.",
        )
    },
    Route {
        id: "getTile",
        gives: &["application/octet-stream"],
        who: "anyone",
        ..get(
            "/log/tile/{path}",
            "log",
            "Tiles of the log (C2SP tlog-tiles).",
            "Losetas de la bitácora (C2SP tlog-tiles).",
        )
    },
    Route {
        id: "getNodeDid",
        gives: &["DidDocument"],
        who: "anyone",
        ..get(
            "/.well-known/did.json",
            "identity",
            "DID document of the node.",
            "Documento DID del nodo.",
        )
    },
    Route {
        id: "getPartyDid",
        gives: &["DidDocument"],
        who: "anyone",
        ..get(
            "/parties/{slug}/did.json",
            "identity",
            "DID document of a hosted party.",
            "Documento DID de una parte alojada.",
        )
    },
    Route {
        id: "resolveDid",
        gives: &[
            "application/did-resolution=DidResolution",
            "application/did+ld+json=DidDocument",
        ],
        refuses: &[
            (400, "application/did-resolution=DidResolution"),
            (404, "application/did-resolution=DidResolution"),
            (406, "application/did-resolution=DidResolution"),
            (410, "application/did-resolution=DidResolution"),
            (500, "application/did-resolution=DidResolution"),
            (501, "application/did-resolution=DidResolution"),
        ],
        query: &["versionId", "versionTime"],
        who: "anyone",
        codes: &["unauthenticated", "parameter-malformed", "node-busy"],
        ..get(
            "/1.0/identifiers/{did}",
            "identity",
            "W3C DID Resolution: parties and nodes of the network with the keys that its chain names, `did:key` and `did:jwk` by themselves, for anyone; `did:web` and `did:webvh` as their owners publish them, for who may read here. The whole answer, or the document alone by `Accept: application/did+ld+json`. 400, 404, 406, 410 and 501 are answered in the resolver's form, with `error` in the metadata.",
            "Resolución de DID del W3C: partes y nodos de la red con las llaves que nombra su cadena, `did:key` y `did:jwk` por sí mismos, para cualquiera; `did:web` y `did:webvh` como los publican sus dueños, para quien puede leer aquí. La respuesta completa, o solo el documento con `Accept: application/did+ld+json`. 400, 404, 406, 410 y 501 se responden en la forma del resolutor, con `error` en los metadatos.",
        )
    },
    Route {
        id: "livez",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/livez",
            "operator",
            "The process runs.",
            "El proceso corre.",
        )
    },
    Route {
        id: "readyz",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/readyz",
            "operator",
            "The store answers.",
            "El almacén responde.",
        )
    },
    Route {
        id: "getMetrics",
        gives: &["text/plain"],
        who: "anyone",
        ..get(
            "/metrics",
            "operator",
            "Prometheus metrics; counts of records, deliveries and requests for the operator and the monitor's token alone.",
            "Métricas de Prometheus; las cuentas de registros, entregas y peticiones, solo para el operador y la ficha del monitor.",
        )
    },
];

/// What a parameter of a route means, in English and Spanish.
pub fn meaning(route: &Route, name: &str) -> Option<(&'static str, &'static str)> {
    document::parameter(route, name).map(|p| (p.en.as_str(), p.es.as_str()))
}

/// `GET /openapi.json`.
pub async fn document(State(app): State<Arc<App>>) -> Json<Value> {
    Json(openapi(&app.core().identity.url))
}

/// The OpenAPI 3.1 document.
pub fn openapi(url: &str) -> Value {
    document::make(url)
}
