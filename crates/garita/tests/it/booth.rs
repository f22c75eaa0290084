//! A certificate is carried from outside and checked in a booth: on its node's page, on a laptop without a node, with the issuer gone.

use garita_node::console::paths;
use serde_json::{Value, json};

use crate::credentials::{border, did_document};
use crate::world::{Api, Folder, World, garita, until};

const KEY: &str = "CTPAT:C-26-004417";

fn certificate(world: &World) -> Value {
    json!({
        "program": "CTPAT", "number": "C-26-004417", "holder": world.did("ocotillo"), "companyName": "Transportes Ocotillo, S.A. de C.V.",
        "country": "MX", "memberRole": "highway-carrier", "scac": "TOCQ", "dotNumber": "2417703", "status": "certified",
        "validFrom": "2026-01-20T06:00:00Z", "validUntil": "2028-01-20T06:00:00Z",
        "sites": [{ "siteName": "Nuevo Laredo yard", "country": "MX" }], "offices": [world.did("anam")],
    })
}

fn path() -> String {
    format!("/v1/cases/certificate/{KEY}/credentials/certificate")
}

/// Pages as a signed-in person has them.
struct Person {
    api: Api,
    cookie: String,
}

impl Person {
    async fn enter(world: &World, node: &str, party: &str, lang: &str) -> Person {
        let node = world.node(node);
        let api = Api::new(&node.url, "");
        let link = node.parties[party].sign_in.clone();
        let entered = api.request("GET", link.strip_prefix(&api.base).unwrap());
        let entered = entered.send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        let cookie = format!("{}; garita_lang={lang}", cookie.split(';').next().unwrap());
        Person { api, cookie }
    }

    async fn open(&self, path: &str) -> String {
        let sent = self.api.request("GET", path).header("cookie", &self.cookie);
        sent.send().await.unwrap().text().await.unwrap()
    }

    /// What the page says of what is shown, and where it leads.
    async fn show(&self, fields: &[(&str, &str)]) -> (u16, String, String) {
        let page = self.open("/console/check").await;
        let token = hidden(&page, "token");
        let mut body = String::new();
        for (name, value) in fields.iter().copied().chain([("token", token.as_str())]) {
            // A file comes with its name, as browsers send it.
            let file = if name == "file" {
                "; filename=\"c.json\""
            } else {
                ""
            };
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        let sent = self
            .api
            .request("POST", "/console/check")
            .header("cookie", &self.cookie)
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        let answer = sent.send().await.unwrap();
        let location = answer
            .headers()
            .get("location")
            .map(|l| l.to_str().unwrap().to_owned());
        (
            answer.status().as_u16(),
            answer.text().await.unwrap(),
            location.unwrap_or_default(),
        )
    }
}

fn hidden(page: &str, name: &str) -> String {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let after = after.unwrap_or_else(|| panic!("no field `{name}` in {page}"));
    after.split('"').next().unwrap().to_owned()
}

/// The text that a QR code carries, as the trader's own node gives it.
async fn carried(trader: &Api) -> String {
    let answer = trader.get(&format!("{}?as=qr", path())).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booth_checks_a_certificate_with_its_office_gone() {
    let mut world = border("booth").await;
    let (office, trader, customs) = (world.api("ctpat"), world.api("ocotillo"), world.api("anam"));
    let issued = office.file("Certificate", certificate(&world)).await;
    let mut second = certificate(&world);
    second["number"] = json!("C-26-004418");
    office.file("Certificate", second).await;
    world.quiet().await;
    // The holder asks at its own node, which asks the office's: the same bytes as there.
    let file = trader.get(&path()).await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert_eq!(office.get(&path()).await.text, file.text);
    // Another trader, an office that has the record whole, a node that asks for a party that is not its own: nothing.
    assert_eq!(world.api("nopalera").get(&path()).await.status, 404);
    assert_eq!(customs.record(&issued).await.body["view"], "whole");
    assert_eq!(customs.get(&path()).await.status, 404);
    // A node that asks for a party of another: nothing, though it sends the very document.
    let mut bare: Value = serde_json::from_str(&file.text).unwrap();
    bare.as_object_mut().unwrap().remove("proof");
    let asked = |node: &str, party: &str, document: &Value| {
        let client =
            garita_exchange::client::Client::new(&world.node(node).did, world.key(node, "node"))
                .unwrap();
        let wanted = json!({ "party": world.did(party), "kind": "certificate", "key": KEY, "name": "certificate", "document": document });
        let base = world.node("agency").url.clone();
        async move {
            client
                .post::<Value>(&base, "/v1/peer/credentials", &wanted)
                .await
                .map_err(|e| e.to_string())
        }
    };
    assert_eq!(
        asked("trade", "ocotillo", &bare).await.unwrap()["proof"]["type"],
        "DataIntegrityProof"
    );
    let mut more = bare.clone();
    more["credentialSubject"]["status"] = json!("exceeding");
    for (node, party, document) in [
        ("booth", "ocotillo", &bare),
        ("booth", "anam", &bare),
        ("trade", "nopalera", &bare),
        ("trade", "ocotillo", &more),
    ] {
        let no = asked(node, party, document).await.unwrap_err();
        assert!(no.contains("404"), "{node} for {party}: {no}");
    }
    let text = carried(&trader).await;
    assert!(
        text.starts_with("GARITA1:") && text.len() < 1_700,
        "{} signs",
        text.len()
    );
    println!(
        "certificate: {} bytes of JSON, {} signs in the code",
        file.text.len(),
        text.len()
    );

    // The holder finds it on the case's page, and prints the same code.
    let holder = Person::enter(&world, "trade", "ocotillo", "es").await;
    let case = holder
        .open(&format!("/console/cases/certificate/{KEY}"))
        .await;
    assert!(
        case.contains("Para presentar en otro lugar")
            && case.contains("/credentials/certificate\""),
        "{case}"
    );
    let printed = holder
        .open(&format!(
            "/console/cases/certificate/{KEY}/credentials/certificate"
        ))
        .await;
    assert!(
        printed.contains("<svg class=\"qr\"") && printed.contains(&text),
        "{printed}"
    );
    assert!(
        !holder
            .open(paths::BOARD)
            .await
            .contains("href=\"/console/check\"")
    );
    let officer = Person::enter(&world, "booth", "anam", "en").await;
    assert!(
        officer
            .open(paths::BOARD)
            .await
            .contains("href=\"/console/check\"")
    );
    let case = officer
        .open(&format!("/console/cases/certificate/{KEY}"))
        .await;
    assert!(!case.contains("To show elsewhere"), "{case}");
    let (status, page, _) = officer.show(&[("shown", &text)]).await;
    assert_eq!(status, 200, "{page}");
    for said in [
        ">VALID<",
        "Transportes Ocotillo, S.A. de C.V.",
        "CTPAT:C-26-004417",
        "Signed by CTPAT office.",
        "As told by CTPAT office",
        "TOCQ",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // One button writes it down by the program's own act.
    let (status, page, to) = officer.show(&[("shown", &text), ("do", "record")]).await;
    assert_eq!(status, 303, "{page}");
    assert!(
        to.contains("/console/cases/certificate/") && to.contains("recorded="),
        "{to}"
    );
    let checked = checks(&customs).await;
    assert_eq!(checked.len(), 1);
    assert_eq!(
        (
            &checked[0]["checkResult"],
            &checked[0]["presentedAs"],
            &checked[0]["offline"]
        ),
        (&json!("valid"), &json!("qr"), &json!(false))
    );

    // A sign of the code changed: refused by name, in both languages.
    for part in 1..8 {
        let torn = tampered(&text, text.len() * part / 8);
        let (_, page, _) = officer.show(&[("shown", &torn)]).await;
        // What a changed sign does is chance: the packing breaks, or a name in it, or the proof alone.
        assert!(
            [
                "NOT SIGNED BY THAT OFFICE",
                "carried-malformed",
                "credential-unreadable"
            ]
            .iter()
            .any(|said| page.contains(said)),
            "{page}"
        );
        assert!(!page.contains(">VALID<"));
    }
    let mut changed: Value = serde_json::from_str(&file.text).unwrap();
    changed["credentialSubject"]["scac"] = json!("NOPA");
    let (_, page, _) = officer
        .show(&[("shown", ""), ("file", &changed.to_string())])
        .await;
    assert!(
        page.contains("NOT SIGNED BY THAT OFFICE") && page.contains("proof-invalid"),
        "{page}"
    );
    let spanish = Person {
        cookie: officer.cookie.replace("garita_lang=en", "garita_lang=es"),
        api: Api::new(&officer.api.base, ""),
    };
    let (_, page, _) = spanish.show(&[("shown", &text)]).await;
    assert!(
        page.contains(">VÁLIDO<") && page.contains("Firmado por CTPAT office."),
        "{page}"
    );
    let (status, page, _) = officer.show(&[("shown", "hello")]).await;
    assert!(
        status == 400 && page.contains("credential-unreadable"),
        "{status} {page}"
    );

    // Suspended, and the office's node is gone: the booth says so from what it holds, and that nobody can be asked.
    let before = trust(&world, &customs).await;
    office
        .file("Suspension", json!({ "program": "CTPAT", "number": "C-26-004417", "kind": "incident", "endsWith": "the incident report" }))
        .await;
    until("the booth has heard of it", || async {
        customs.case("certificate", KEY).await.body["state"] == "suspended"
    })
    .await;
    let after = trust(&world, &customs).await;
    world.stop("agency").await;
    until("the booth has noticed", || async {
        let page = officer.show(&[("shown", &text)]).await.1;
        page.contains("No word from CTPAT office since")
    })
    .await;
    let (_, page, _) = officer.show(&[("shown", &text)]).await;
    assert!(
        page.contains(">SUSPENDED<") && !page.contains(">VALID<"),
        "{page}"
    );
    let (status, page, _) = officer.show(&[("shown", &text), ("do", "record")]).await;
    assert_eq!(status, 303, "{page}");
    let checked = checks(&customs).await;
    let last = checked
        .iter()
        .find(|c| c["checkResult"] == "suspended")
        .unwrap();
    assert_eq!(last["offline"], true, "{last}");
    assert!(last["statusAsOf"].is_string(), "{last}");
    // The holder's node says that there is none of a suspended one, and where alone another can be had.
    let no = trader.get(&path()).await;
    assert_eq!(
        (no.status, no.code()),
        (409, "credential-not-now"),
        "{}",
        no.text
    );
    let away = trader.get(&path().replace("004417", "004418")).await;
    assert_eq!(
        (away.status, away.code()),
        (503, "credential-home-away"),
        "{}",
        away.text
    );
    assert!(
        away.text.contains(&world.node("agency").url),
        "{}",
        away.text
    );

    // A laptop with no node and no net: the file from before the suspension does not know of it, the one from after does.
    let folder = Folder::new("laptop");
    let before = folder
        .write("before.json", &before.to_string())
        .display()
        .to_string();
    let after = folder
        .write("after.json", &after.to_string())
        .display()
        .to_string();
    let now = "2026-11-24T12:30:00Z";
    let check = |trust: &str, lang: &str, shown: &str| {
        garita(&[
            "credential",
            "check",
            "--trust",
            trust,
            "--now",
            now,
            "--lang",
            lang,
            shown,
        ])
    };
    let good = check(&before, "en", &text);
    assert_eq!(good.code, 0, "{good:?}");
    assert!(
        good.out.starts_with("VALID\n") && good.out.contains("as told by CTPAT office"),
        "{good:?}"
    );
    let no = check(&after, "es", &text);
    assert_eq!(no.code, 1, "{no:?}");
    assert!(
        no.out.starts_with("SUSPENDIDO\n") && no.out.contains("según CTPAT office"),
        "{no:?}"
    );
    assert_eq!(check(&after, "en", "GARITA1:A").code, 2);
    let no = check(&after, "en", &tampered(&text, text.len() / 2));
    assert!([1, 2].contains(&no.code), "{no:?}");
    let late = garita(&[
        "credential",
        "check",
        "--trust",
        &before,
        "--now",
        "2028-02-01T00:00:00Z",
        &text,
    ]);
    assert!(
        late.code == 1 && late.out.starts_with("EXPIRED\n"),
        "{late:?}"
    );
    // A trust file that was touched is none.
    let forged = std::fs::read_to_string(&after)
        .unwrap()
        .replace("\"good\":false", "\"good\":true");
    let forged = folder.write("forged.json", &forged).display().to_string();
    let no = check(&forged, "en", &text);
    assert!(no.code == 2 && no.err.contains("trust-signature"), "{no:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_proves_that_it_is_the_one_of_whom_the_certificate_speaks() {
    let world = border("holder").await;
    let (office, trader, customs) = (world.api("ctpat"), world.api("ocotillo"), world.api("anam"));
    office.file("Certificate", certificate(&world)).await;
    world.quiet().await;
    let folder = Folder::new("holder");
    let certificate = folder
        .write("certificate.json", &trader.get(&path()).await.text)
        .display()
        .to_string();
    let key = |party: &str| {
        world
            .node("trade")
            .data
            .join("keys")
            .join(format!("{party}.json"))
            .display()
            .to_string()
    };
    let present = |party: &str| {
        let method = format!("{}#key-1", world.did(party));
        garita(&[
            "credential",
            "present",
            "--key",
            &key(party),
            "--method",
            &method,
            "--challenge",
            "c1",
            "--domain",
            "booth.example",
            &certificate,
        ])
    };
    let stolen = present("nopalera");
    assert!(
        stolen.code == 1 && stolen.err.contains("holder-mismatch"),
        "{stolen:?}"
    );
    let shown = present("ocotillo");
    assert_eq!(shown.code, 0, "{shown:?}");
    let presentation = folder
        .write("presentation.json", &shown.out)
        .display()
        .to_string();
    let trust = folder
        .write("trust.json", &trust(&world, &customs).await.to_string())
        .display()
        .to_string();
    let verify = |challenge: &str, domain: &str, file: &str| {
        garita(&[
            "credential",
            "verify",
            "--trust",
            &trust,
            "--challenge",
            challenge,
            "--domain",
            domain,
            file,
        ])
    };
    assert_eq!(
        verify("c1", "booth.example", &presentation).code,
        0,
        "{:?}",
        verify("c1", "booth.example", &presentation)
    );
    let no = verify("c2", "booth.example", &presentation);
    assert!(
        no.code == 1 && no.out.contains("challenge-mismatch"),
        "{no:?}"
    );
    let no = verify("c1", "elsewhere.example", &presentation);
    assert!(no.code == 1 && no.out.contains("domain-mismatch"), "{no:?}");
    // With DID documents in place of a trust file: those of the office and of the holder.
    let mut args = vec!["credential".to_owned(), "verify".to_owned()];
    for (node, party) in [("agency", "ctpat"), ("trade", "ocotillo")] {
        let did = did_document(&world, node, party).await.to_string();
        args.push("--did".to_owned());
        args.push(
            folder
                .write(&format!("{party}.json"), &did)
                .display()
                .to_string(),
        );
    }
    args.push(presentation.clone());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = garita(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    // What is shown inside was changed: the holder's own signature says so.
    let mut changed: Value = serde_json::from_str(&shown.out).unwrap();
    changed["verifiableCredential"][0]["credentialSubject"]["scac"] = json!("NOPA");
    let changed = folder
        .write("changed.json", &changed.to_string())
        .display()
        .to_string();
    let no = verify("c1", "booth.example", &changed);
    assert!(no.code == 1 && no.out.contains("proof-invalid"), "{no:?}");
    // A key of the network that signs what it is not entitled to state: its signature is good, and it is refused all the same.
    let forged = forged(&world);
    let forged = folder
        .write("forged.json", &forged.to_string())
        .display()
        .to_string();
    let no = garita(&[
        "credential",
        "check",
        "--trust",
        &trust,
        "--now",
        "2026-11-24T12:30:00Z",
        &forged,
    ]);
    assert!(
        no.code == 1 && no.out.contains("issuer-not-entitled"),
        "{no:?}"
    );
}

/// A certificate that another party of the network signed with its own key, under its own name.
fn forged(world: &World) -> Value {
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/garita/record/v1", "https://w3id.org/garita/trusted-trader/v1"],
        "type": ["VerifiableCredential", "MemberCertificate"],
        "issuer": { "id": world.did("nopalera"), "name": "CTPAT office" },
        "validFrom": "2026-01-20T06:00:00Z",
        "credentialSubject": { "id": world.did("nopalera"), "program": "CTPAT", "number": "C-26-004417", "companyName": "Fletes Nopalera", "status": "exceeding" },
    });
    let core = world.app("trade").core();
    let signer = garita_exchange::signing::Signer::new(std::sync::Arc::clone(&core.canonicalizer));
    signer
        .sign(
            &document,
            &core.hosted[&world.did("nopalera")].current(),
            crate::world::DAY_MS,
        )
        .unwrap()
}

/// Another sign in the middle of the code, still of its alphabet.
fn tampered(text: &str, at: usize) -> String {
    let sign = if &text[at..=at] == "7" { "8" } else { "7" };
    format!("{}{sign}{}", &text[..at], &text[at + 1..])
}

async fn trust(world: &World, customs: &Api) -> Value {
    let answer = customs.get("/v1/trust").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["node"], world.node("booth").did.as_str());
    answer.body
}

/// Subjects of the checks that a party holds.
async fn checks(api: &Api) -> Vec<Value> {
    let mut out = Vec::new();
    for (id, _, ty) in api.all_records().await {
        if ty == "CertificateChecked" {
            out.push(api.record(&id).await.body["record"]["credentialSubject"].clone());
        }
    }
    out
}
