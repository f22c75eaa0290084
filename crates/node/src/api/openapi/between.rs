//! Routes for other nodes, and for the node's operator.

use super::{Route, get, post};

pub(super) const BETWEEN: &[Route] = &[
    Route {
        id: "peerDeliver",
        takes: "Delivery",
        gives: &["DeliveryAnswer"],
        who: "peer",
        status: 200,
        codes: &[
            "delivery-from-other",
            "delivery-too-many",
            "delivery-malformed",
            "delivery-sequence",
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
        id: "peerCredential",
        takes: "CredentialWanted",
        gives: &["Credential"],
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
        id: "peerDigest",
        gives: &["StepDigest"],
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
        id: "peerAttachment",
        gives: &["*/*"],
        who: "peer",
        ..get(
            "/v1/peer/attachments/{digest}",
            "peers",
            "A file that a record names which this node delivered whole to the asker, or one `Range` of it.",
            "Un archivo nombrado por un registro que este nodo entregó completo a quien pregunta, o un intervalo (`Range`) de él.",
        )
    },
    Route {
        id: "peerDelivered",
        gives: &["StepDigest"],
        who: "peer",
        ..get(
            "/v1/peer/delivered",
            "peers",
            "What this node delivered to the asker.",
            "Lo que este nodo entregó a quien pregunta.",
        )
    },
    Route {
        id: "peerSeen",
        gives: &["SeenOfYou"],
        who: "peer",
        ..get(
            "/v1/peer/seen",
            "peers",
            "What this node has seen of the asker's log and taken of its deliveries: what a copy that comes back must not be behind.",
            "Lo que este nodo ha visto de la bitácora de quien pregunta y recibido de él: detrás de lo cual no debe quedar una copia restaurada.",
        )
    },
    Route {
        id: "peerTaken",
        gives: &["TakenFeed"],
        who: "peer",
        query: &["after"],
        ..get(
            "/v1/peer/taken",
            "peers",
            "What this node took of the asker's deliveries after a sequence of its outbox, with the receipts: for a node that was restored from a copy.",
            "Lo que este nodo recibió de las entregas de quien pregunta tras una secuencia de su bandeja, con los acuses: para un nodo restaurado de una copia.",
        )
    },
    Route {
        id: "peerPull",
        takes: "Pull",
        gives: &["Delivery"],
        who: "peer",
        status: 200,
        codes: &["delivery-malformed", "peer-isolated", "node-stopping"],
        ..post(
            "/v1/peer/pull",
            "peers",
            "What lies here for the asker, which others cannot call; the answer may wait for news.",
            "Lo que hay aquí para quien pregunta, a quien otros no pueden llamar; la respuesta puede esperar novedades.",
        )
    },
    Route {
        id: "peerReconcile",
        takes: "Reconcile",
        gives: &["ReconcileAnswer"],
        who: "peer",
        status: 200,
        codes: &[
            "reconcile-malformed",
            "reconcile-not-yours",
            "reconcile-busy",
            "reconcile-too-many",
            "peer-isolated",
        ],
        ..post(
            "/v1/peer/reconcile",
            "peers",
            "A node compares what its parties share with parties of this one, range by range, and has again what it lacks.",
            "Un nodo compara lo que sus partes comparten con partes de este, rango por rango, y recupera lo que le falta.",
        )
    },
    Route {
        id: "peerCaseStep",
        takes: "CaseAsked",
        gives: &["CaseAnswer"],
        who: "peer",
        status: 200,
        codes: &[
            "reconcile-malformed",
            "reconcile-not-yours",
            "peer-isolated",
        ],
        ..post(
            "/v1/peer/case-step",
            "peers",
            "A node compares what of a case its parties share with parties of this one.",
            "Un nodo compara lo que de un expediente comparten sus partes con partes de este.",
        )
    },
    Route {
        id: "peerAnswers",
        takes: "DeliveryAnswer",
        gives: &["AnswersTaken"],
        who: "peer",
        status: 200,
        codes: &["delivery-malformed", "peer-isolated", "answer-refused"],
        ..post(
            "/v1/peer/answers",
            "peers",
            "What became of deliveries that the asker pulled.",
            "Qué fue de las entregas que quien pregunta vino a buscar.",
        )
    },
    Route {
        id: "peerLogEpoch",
        takes: "LogContinues",
        gives: &["GovernanceFeed"],
        who: "peer",
        status: 200,
        codes: &[
            "log-continues-malformed",
            "not-authority",
            "delivery-from-other",
        ],
        ..post(
            "/v1/peer/log-epochs",
            "peers",
            "A node's log goes on under another origin or key; asked of the node that keeps the network's authority.",
            "La bitácora de un nodo sigue con otro origen o llave; se pide al nodo que guarda la autoridad de la red.",
        )
    },
    Route {
        id: "peerContacts",
        gives: &["ContactFeed"],
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
        id: "peerJoin",
        takes: "Join",
        gives: &["GovernanceFeed"],
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
        id: "invite",
        gives: &["InvitationTaken"],
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
        id: "joinNetwork",
        takes: "InvitationTaken",
        gives: &["Joined"],
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
        id: "peerKeys",
        takes: "KeyChange",
        gives: &["GovernanceFeed"],
        who: "peer",
        status: 200,
        codes: &[
            "not-authority",
            "key-change-malformed",
            "join-party-elsewhere",
            "proof-invalid",
        ],
        ..post(
            "/v1/peer/keys",
            "peers",
            "A party's new keys, asked for under the key that it has.",
            "Las llaves nuevas de una parte, pedidas con la llave que tiene.",
        )
    },
    Route {
        id: "rotateKeys",
        takes: "RotationRequest",
        gives: &["Rotation"],
        who: "operator",
        status: 200,
        example: r#"{"party":"cbp-laredo","keepOldHours":1}"#,
        codes: &[
            "unauthenticated",
            "key-change-malformed",
            "keys-unwritten",
            "peer-unreachable",
            "signer-away",
            "token-missing",
        ],
        ..post(
            "/v1/admin/rotations",
            "operator",
            "A hosted party signs with new keys from now on; the old ones count a while longer.",
            "Una parte alojada firma con llaves nuevas desde ahora; las anteriores valen un rato más.",
        )
    },
    Route {
        id: "makeToken",
        takes: "TokenRequest",
        gives: &["Token"],
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
        id: "registerKey",
        takes: "KeyRequest",
        gives: &["Key"],
        who: "operator",
        example: r#"{"party":"cbp-laredo","publicKey":"z6Mk…","name":"gate system","scopes":["read"],"days":90}"#,
        codes: &[
            "unauthenticated",
            "scope-unknown",
            "token-days",
            "key-malformed",
            "key-registered",
        ],
        ..post(
            "/v1/admin/keys",
            "operator",
            "A public key with which a system of a hosted party signs its requests (RFC 9421); scopes and days as for a token.",
            "Una llave pública con la que un sistema de una parte alojada firma sus peticiones (RFC 9421); alcances y días como en una ficha.",
        )
    },
    Route {
        id: "listKeys",
        gives: &["KeyList"],
        who: "operator",
        query: &["party"],
        ..get(
            "/v1/admin/keys",
            "operator",
            "Keys of a hosted party, expired and revoked ones too.",
            "Llaves de una parte alojada, también las vencidas y revocadas.",
        )
    },
    Route {
        id: "revokeKey",
        method: "DELETE",
        gives: &["Key"],
        who: "operator",
        ..get(
            "/v1/admin/keys/{key}",
            "operator",
            "From now on nothing that this key signs is taken.",
            "Desde ahora no se toma nada que firme esta llave.",
        )
    },
    Route {
        id: "makeLink",
        takes: "LinkRequest",
        gives: &["Link"],
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
        id: "eraseRecords",
        takes: "ErasureRequest",
        gives: &["Erasures"],
        who: "operator",
        status: 200,
        example: r#"{"records":["ni:///sha-256;…"],"reason":"deletion asked for by the person concerned","by":"M. Herrera","dryRun":true}"#,
        codes: &[
            "unauthenticated",
            "erase-malformed",
            "record-unknown",
            "legal-hold",
            "erase-undelivered",
            "erase-not-this",
            "erase-moves-state",
        ],
        ..post(
            "/v1/admin/erasures",
            "operator",
            "Erases the content of records on this node, all of them or none; id, type, cases, times and the place in the log stay, and all who got them are told.",
            "Borra el contenido de registros en este nodo, todos o ninguno; quedan identificador, tipo, expedientes, tiempos y lugar en la bitácora, y se avisa a quienes los recibieron.",
        )
    },
    Route {
        id: "listErasures",
        gives: &["ErasureList"],
        who: "operator",
        query: &["after", "limit"],
        codes: &["unauthenticated"],
        ..get(
            "/v1/admin/erasures",
            "operator",
            "What was erased on this node, when, why and by whom.",
            "Qué se borró en este nodo, cuándo, por qué y por quién.",
        )
    },
    Route {
        id: "setLegalHold",
        takes: "LegalHoldRequest",
        gives: &["LegalHold"],
        who: "operator",
        example: r#"{"party":"cbp-laredo","reason":"court order 12/2026","by":"M. Herrera"}"#,
        codes: &["unauthenticated", "hold-malformed"],
        ..post(
            "/v1/admin/holds",
            "operator",
            "Nothing of a case or a party is erased on this node while the hold stands.",
            "Mientras dure la retención legal, nada de un expediente o de una parte se borra en este nodo.",
        )
    },
    Route {
        id: "listLegalHolds",
        gives: &["LegalHoldList"],
        who: "operator",
        query: &["all"],
        codes: &["unauthenticated"],
        ..get(
            "/v1/admin/holds",
            "operator",
            "Legal holds that stand, with who set them and when.",
            "Retenciones legales vigentes, con quién las puso y cuándo.",
        )
    },
    Route {
        id: "liftLegalHold",
        takes: "LiftRequest",
        gives: &["LegalHold"],
        who: "operator",
        status: 200,
        example: r#"{"reason":"case closed","by":"M. Herrera"}"#,
        codes: &["unauthenticated", "not-found", "hold-malformed"],
        ..post(
            "/v1/admin/holds/{number}/lift",
            "operator",
            "A legal hold ends; lifting again changes nothing.",
            "Termina una retención legal; levantarla otra vez no cambia nada.",
        )
    },
    Route {
        id: "runRetention",
        takes: "RetentionRequest",
        gives: &["RetentionAccount"],
        who: "operator",
        status: 200,
        example: r#"{"dryRun":true}"#,
        codes: &["unauthenticated"],
        ..post(
            "/v1/admin/retention",
            "operator",
            "Erases what is over by the rules of `retention` in `node.json`, as the node does once a day; or says what it would erase.",
            "Borra lo vencido según las reglas de `retention` en `node.json`, como el nodo hace cada día; o dice qué borraría.",
        )
    },
];
