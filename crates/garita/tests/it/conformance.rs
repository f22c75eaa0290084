//! The test profile for the W3C suites, as the suites meet it: https, no account, any body.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::world::{Folder, free_address};

struct Profile {
    child: Child,
    url: String,
    ids: Value,
    client: Client,
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Profile {
    async fn start(folder: &Folder) -> Self {
        let port = free_address().port();
        let ids = folder.path().join("ids.json");
        let child = Command::new(env!("CARGO_BIN_EXE_garita"))
            .args([
                "serve",
                "--conformance",
                "--port",
                &port.to_string(),
                "--ids",
            ])
            .arg(&ids)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let client = Client::builder()
            .danger_accept_invalid_certs(true)
            .build()
            .unwrap();
        let url = format!("https://localhost:{port}");
        let began = Instant::now();
        while client.get(format!("{url}/status/1")).send().await.is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "it does not answer"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let ids = serde_json::from_str(&std::fs::read_to_string(ids).unwrap()).unwrap();
        Self {
            child,
            url,
            ids,
            client,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(path, body.to_string()).await
    }

    async fn send(&self, path: &str, body: String) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.url));
        let answer = request
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(kind.contains("json"), "{kind}");
        (status, answer.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn issued(&self, issuer: &str, options: Value) -> Value {
        let credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
            "type": ["VerifiableCredential"], "issuer": self.ids[issuer],
            "credentialSubject": {"id": "did:example:s", "plate": "64AR8N", "lane": {"port": "2304"}},
        });
        let body = json!({"credential": credential, "options": options});
        let (status, answer) = self
            .post(&format!("/{issuer}/credentials/issue"), &body)
            .await;
        assert_eq!(status, 201, "{issuer}: {answer}");
        answer["verifiableCredential"].clone()
    }

    async fn verdict(&self, credential: &Value) -> u16 {
        let body = json!({"verifiableCredential": credential});
        self.post("/credentials/verify", &body).await.0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_issuer_signs_what_verifies_and_nothing_forged() {
    let folder = Folder::new("conformance");
    let profile = Profile::start(&folder).await;
    let plain = [
        "eddsa-rdfc",
        "eddsa-jcs",
        "ecdsa-rdfc-p256",
        "ecdsa-rdfc-p384",
        "ecdsa-jcs-p256",
        "ecdsa-jcs-p384",
        "status",
    ];
    for issuer in plain {
        let signed = profile.issued(issuer, json!({})).await;
        assert_eq!(profile.verdict(&signed).await, 200, "{issuer}");
        let mut forged = signed.clone();
        forged["credentialSubject"]["plate"] = "99ZZ9Z".into();
        assert_eq!(profile.verdict(&forged).await, 400, "{issuer}");
    }
    for issuer in ["ecdsa-sd-p256", "bbs"] {
        let base = profile
            .issued(issuer, json!({"mandatoryPointers": ["/issuer"]}))
            .await;
        assert_eq!(
            profile.verdict(&base).await,
            400,
            "a base proof is nobody's to verify"
        );
        let body = json!({"verifiableCredential": base, "options": {"selectivePointers": ["/credentialSubject/lane"]}});
        let (status, answer) = profile.post("/credentials/derive", &body).await;
        assert_eq!(status, 201, "{answer}");
        let mut shown = answer["verifiableCredential"].clone();
        assert!(shown["credentialSubject"].get("plate").is_none());
        assert_eq!(profile.verdict(&shown).await, 200, "{issuer}");
        shown["credentialSubject"]["lane"]["port"] = "2305".into();
        assert_eq!(profile.verdict(&shown).await, 400, "{issuer}");
    }
    let enveloped = profile.issued("jwt", json!({})).await;
    assert_eq!(enveloped["type"], "EnvelopedVerifiableCredential");
    assert_eq!(profile.verdict(&enveloped).await, 200);
    // An old credential is signed with the terms of its proof.
    let old = json!({"credential": {
        "@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"], "issuer": profile.ids["eddsa-rdfc"],
        "issuanceDate": "2020-03-16T22:37:26.544Z", "credentialSubject": {"id": "did:example:s"},
    }});
    let (status, answer) = profile.post("/eddsa-rdfc/credentials/issue", &old).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(
        answer["verifiableCredential"]["@context"][1],
        "https://w3id.org/security/data-integrity/v2"
    );
    assert_eq!(profile.verdict(&answer["verifiableCredential"]).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_body_gets_an_answer_and_a_revoked_credential_is_refused() {
    let folder = Folder::new("conformance-bodies");
    let profile = Profile::start(&folder).await;
    let signed = profile.issued("status", json!({})).await;
    let paths = [
        "/credentials/verify",
        "/presentations/verify",
        "/credentials/derive",
        "/eddsa-rdfc/credentials/issue",
        "/bbs/credentials/issue",
    ];
    let odd = [
        json!(null),
        json!([]),
        json!("x"),
        json!(1),
        json!({}),
        json!({"options": []}),
    ];
    for path in paths {
        for body in ["", "{", "\u{0}", "{\"a\":1,\"a\":2}"] {
            assert_eq!(
                profile.send(path, body.to_owned()).await.0,
                400,
                "{path} {body}"
            );
        }
        for value in &odd {
            assert_eq!(profile.post(path, value).await.0, 400, "{path} {value}");
            for name in [
                "credential",
                "verifiableCredential",
                "verifiablePresentation",
            ] {
                let body = json!({name: value, "options": value});
                assert_eq!(profile.post(path, &body).await.0, 400, "{path} {body}");
            }
        }
    }
    for value in &odd {
        for place in [
            "/proof",
            "/proof/proofValue",
            "/proof/verificationMethod",
            "/credentialStatus",
            "/@context",
            "/issuer",
        ] {
            let mut changed = signed.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            assert_eq!(profile.verdict(&changed).await, 400, "{place} {value}");
        }
    }
    assert_eq!(
        profile
            .post("/nobody/credentials/issue", &json!({"credential": {}}))
            .await
            .0,
        404
    );

    assert_eq!(profile.verdict(&signed).await, 200);
    let (status, list) = profile.get("/status/1").await;
    assert_eq!((status, &list["issuer"]), (200, &profile.ids["status"]));
    assert_eq!(
        profile.verdict(&list).await,
        200,
        "the list is a credential"
    );
    let body = json!({"credentialStatus": signed["credentialStatus"], "status": true});
    assert_eq!(profile.post("/credentials/status", &body).await.0, 200);
    let answer = profile
        .post(
            "/credentials/verify",
            &json!({"verifiableCredential": signed}),
        )
        .await;
    assert_eq!(
        (answer.0, &answer.1["problemDetails"][0]["code"]),
        (400, &json!("credential-revoked"))
    );

    let did = profile.ids["bbs"].as_str().unwrap();
    let (status, found) = profile.get(&format!("/1.0/identifiers/{did}")).await;
    assert_eq!(
        (status, &found["didDocument"]["id"]),
        (200, &profile.ids["bbs"])
    );
    let (status, found) = profile.get("/1.0/identifiers/did:key:zTjsVPtY").await;
    assert_eq!(
        (status, &found["didResolutionMetadata"]["error"]),
        (400, &json!("invalidPublicKeyLength"))
    );
}
