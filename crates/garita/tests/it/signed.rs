//! Systems that sign their requests with a registered key: what holds, what does not, and that a write counts once.

use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_credential::keys::SigningKey;
use garita_exchange::clock::real_now_ms;
use serde_json::{Value, json};

use crate::world::{Answer, Api, World, answer, appointment, draft, garita};

/// A system that signs.
struct System {
    api: Api,
    key: SigningKey,
}

/// What a signature is made over, before it is changed.
struct Signing {
    keyid: String,
    created_ms: i64,
    nonce: Option<String>,
    covers: Vec<Component>,
}

impl System {
    fn new(url: &str, seed: u8) -> System {
        System {
            api: Api::new(url, ""),
            key: SigningKey::from_seed([seed; 32]),
        }
    }

    fn keyid(&self) -> String {
        self.key.verification_key().to_multibase()
    }

    /// Sends a signed request; `change` is made before the signature, `fields` after it.
    async fn send(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        change: impl FnOnce(&mut Signing),
        mut fields: impl FnMut(&mut Vec<(String, String)>),
    ) -> Answer {
        let mut covers = vec![Component::Method, Component::TargetUri];
        if !body.is_empty() {
            covers.push(Component::Field("content-digest".to_owned()));
        }
        let mut signing = Signing {
            keyid: self.keyid(),
            created_ms: real_now_ms(),
            nonce: None,
            covers,
        };
        change(&mut signing);
        let (scheme, authority) = self.api.base.split_once("://").unwrap();
        let digest = http_signature::content_digest(body);
        let covered = [("content-digest", digest.as_str())];
        let (bare, query) = path
            .split_once('?')
            .map_or((path, None), |(p, q)| (p, Some(q)));
        let signed = http_signature::sign(
            &Request {
                method,
                scheme,
                authority,
                path: bare,
                query,
                fields: &covered,
            },
            LABEL,
            &signing.covers,
            &Parameters {
                nonce: signing.nonce,
                ..Parameters::between_nodes(signing.keyid, signing.created_ms, 60_000)
            },
            &self.key,
        )
        .unwrap();
        let mut sent = vec![
            ("content-digest".to_owned(), digest),
            ("signature-input".to_owned(), signed.signature_input),
            ("signature".to_owned(), signed.signature),
        ];
        fields(&mut sent);
        let mut request = self.api.request(method, path).body(body.to_vec());
        for (name, value) in sent {
            request = request.header(name, value);
        }
        answer(request).await.unwrap()
    }

    async fn plain(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.send(method, path, body, |_| {}, |_| {}).await
    }
}

/// A node takes no write that was signed in the second in which it started: it may be from before.
async fn past_the_second_of_the_start() {
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
}

fn code_of(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registered_key_signs_for_its_party_within_its_scopes() {
    let world = World::running("signed", 2).await;
    past_the_second_of_the_start().await;
    let node = world.node("trade");
    let operator = Api::new(&node.url, &node.admin_token);
    let system = System::new(&node.url, 21);
    let register = async |key: &str, scopes: Value| {
        let body = json!({ "party": "ocotillo", "publicKey": key, "name": "gate", "scopes": scopes, "days": 2 });
        operator.post("/v1/admin/keys", &body).await
    };
    // Nobody knows it yet.
    let before = system.plain("GET", "/v1/me", b"").await;
    assert_eq!(code_of(&before), (401, "key-unknown"), "{}", before.text);
    let made = register(&system.keyid(), json!(["*"])).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.body["key"], system.keyid());
    let me = system.plain("GET", "/v1/me", b"").await;
    assert_eq!(me.status, 200, "{}", me.text);
    assert_eq!(
        me.body["party"].as_str(),
        Some(world.did("ocotillo").as_str())
    );
    assert_eq!(
        (&me.body["by"], &me.body["scopes"]),
        (&json!("key"), &json!(["*"]))
    );
    // With a query, and with a body.
    let listed = system
        .plain("GET", "/v1/records?limit=5&order=oldest", b"")
        .await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let body = draft("Appointment", appointment("TOCQ2611240417", "47AK2F")).to_string();
    let filed = system.plain("POST", "/v1/records", body.as_bytes()).await;
    assert_eq!(filed.status, 201, "{}", filed.text);

    // A key is registered once, for scopes and days that there are, and is an Ed25519 key.
    assert_eq!(
        code_of(&register(&system.keyid(), json!(["read"])).await),
        (409, "key-registered")
    );
    let other = System::new(&node.url, 22);
    assert_eq!(
        code_of(&register(&other.keyid(), json!(["write"])).await),
        (422, "scope-unknown")
    );
    assert_eq!(
        code_of(&register(&other.keyid(), json!([])).await),
        (422, "scope-missing")
    );
    assert_eq!(
        code_of(&register("z6Mk", json!(["read"])).await),
        (422, "key-malformed")
    );
    let stranger = world.api("ocotillo");
    let body = json!({ "party": "ocotillo", "publicKey": other.keyid(), "scopes": ["*"] });
    assert_eq!(
        code_of(&stranger.post("/v1/admin/keys", &body).await),
        (401, "unauthenticated")
    );

    // One that may read does not file.
    assert_eq!(register(&other.keyid(), json!(["read"])).await.status, 201);
    assert_eq!(other.plain("GET", "/v1/records", b"").await.status, 200);
    let refused = other.plain("POST", "/v1/attachments", b"a seal").await;
    assert_eq!(code_of(&refused), (403, "scope-insufficient"));

    // Revoked, by the command line of the operator, it does nothing more; the list says so.
    let data = node.data.to_str().unwrap();
    let ran = garita(&["key", "revoke", "--data", data, &other.keyid()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        code_of(&other.plain("GET", "/v1/records", b"").await),
        (401, "key-revoked")
    );
    let ran = garita(&["key", "list", "--data", data, "--party", "ocotillo"]);
    let listed: Value = serde_json::from_str(&ran.out).unwrap();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "tokens are no keys: {listed}");
    assert!(
        items
            .iter()
            .any(|k| k["key"] == other.keyid() && k["revoked"].is_string())
    );
    let ran = garita(&["key", "revoke", "--data", data, "z6MkNobody"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    // The public key is no secret: saying it opens nothing.
    let said = Api::new(&node.url, &system.keyid()).get("/v1/me").await;
    assert_eq!(code_of(&said), (401, "unauthenticated"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_signature_does_not_hold_for_is_refused_by_name() {
    let mut world = World::running("signed-not", 2).await;
    past_the_second_of_the_start().await;
    let node = world.node("trade");
    let (url, operator) = (node.url.clone(), Api::new(&node.url, &node.admin_token));
    let system = System::new(&url, 23);
    let body = json!({ "party": "ocotillo", "publicKey": system.keyid(), "scopes": ["*"] });
    assert_eq!(operator.post("/v1/admin/keys", &body).await.status, 201);
    let file = b"a seal, photographed";
    let path = "/v1/attachments";

    let old = system
        .send("GET", "/v1/me", b"", |s| s.created_ms -= 190_000, |_| {})
        .await;
    assert_eq!(code_of(&old), (401, "request-expired"));
    let early = system
        .send("GET", "/v1/me", b"", |s| s.created_ms += 90_000, |_| {})
        .await;
    assert_eq!(code_of(&early), (401, "request-not-yet-valid"));
    let bare = system
        .send(
            "POST",
            path,
            file,
            |s| {
                let _ = s.covers.pop();
            },
            |_| {},
        )
        .await;
    assert_eq!(code_of(&bare), (401, "content-digest-missing"));
    let anywhere = system
        .send(
            "GET",
            "/v1/me",
            b"",
            |s| s.covers.retain(|c| *c == Component::Method),
            |_| {},
        )
        .await;
    assert_eq!(code_of(&anywhere), (401, "request-component-missing"));
    let twisted = system
        .send(
            "POST",
            path,
            file,
            |_| {},
            |fields| {
                fields[0].1 = http_signature::content_digest(b"another");
            },
        )
        .await;
    assert_eq!(code_of(&twisted), (401, "request-signature-invalid"));
    let unsigned = system
        .send("GET", "/v1/me", b"", |_| {}, |fields| fields.truncate(2))
        .await;
    assert_eq!(code_of(&unsigned), (401, "request-unsigned"));
    let two = system
        .send(
            "GET",
            "/v1/me",
            b"",
            |_| {},
            |fields| {
                fields[1].1 = format!("{}, more=();created=1", fields[1].1);
            },
        )
        .await;
    assert_eq!(code_of(&two), (401, "request-signature-malformed"));
    let elsewhere = System {
        api: Api::new(&world.node("customs").url, ""),
        key: SigningKey::from_seed([23; 32]),
    };
    assert_eq!(
        code_of(&elsewhere.plain("GET", "/v1/me", b"").await),
        (401, "key-unknown")
    );

    // The same write twice: once. With another nonce, or as a read: as often as one likes.
    let now_ms = real_now_ms();
    let at = |nonce: &'static str| {
        move |s: &mut Signing| (s.created_ms, s.nonce) = (now_ms, Some(nonce.to_owned()))
    };
    assert_eq!(
        system
            .send("POST", path, file, at("a"), |_| {})
            .await
            .status,
        201
    );
    let again = system.send("POST", path, file, at("a"), |_| {}).await;
    assert_eq!(code_of(&again), (401, "request-replayed"));
    assert_eq!(
        system
            .send("POST", path, file, at("b"), |_| {})
            .await
            .status,
        201
    );
    for _ in 0..2 {
        assert_eq!(
            system
                .send("GET", "/v1/me", b"", at("c"), |_| {})
                .await
                .status,
            200
        );
    }
    // A restarted node forgot what it took, and so takes no write from before.
    world.restart("trade").await;
    let replayed = system.send("POST", path, file, at("a"), |_| {}).await;
    assert_eq!(code_of(&replayed), (401, "request-before-start"));
    assert_eq!(
        system
            .send("GET", "/v1/me", b"", at("c"), |_| {})
            .await
            .status,
        200
    );
}
