//! Files beside records: by API and by form, from one node to another, for whom they are and for nobody else.

use serde_json::{Value, json};

use crate::world::{Api, World, appointment, draft, until};

const TRIP: &str = "TOCQ2611240417";
const SEAL: &[u8] = b"\x89PNG a seal, photographed";

async fn sent(api: &Api, bytes: &[u8]) -> (String, Value) {
    let kept = api.send("POST", "/v1/attachments", bytes.to_vec()).await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    let digest = kept.body["id"].as_str().unwrap().to_owned();
    (
        format!(
            "/v1/attachments/{}",
            digest.trim_start_matches("ni:///sha-256;")
        ),
        kept.body["relatedResource"].clone(),
    )
}

fn naming(trip: &str, related: &Value) -> Value {
    let mut one = draft("Appointment", appointment(trip, "47AK2F"));
    one["relatedResource"] = json!([related]);
    one
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_from_the_home_of_its_record_and_stays() {
    let mut world = World::three("attach").await;
    let carrier = world.api("ocotillo");
    let (path, related) = sent(&carrier, SEAL).await;
    let id = carrier
        .post("/v1/records", &naming(TRIP, &related))
        .await
        .id();

    // The bridge has a view, which names no file; the competitor nothing at all.
    world.api("cbp").holds(&id).await;
    world.api("puente").holds(&id).await;
    for nobody in ["puente", "nopalera", "sotol"] {
        assert_eq!(world.api(nobody).get(&path).await.status, 404, "{nobody}");
    }

    // Who may have it and has not asked yet, while the home is away.
    let trade = world.node("trade").url.clone();
    world.stop("trade").await;
    let away = world.api("cbp").get(&path).await;
    assert_eq!(
        (away.status, away.code()),
        (503, "attachment-away"),
        "{}",
        away.text
    );
    assert!(
        away.body["detailEs"]
            .as_str()
            .is_some_and(|t| t.contains("nodo")),
        "{}",
        away.text
    );
    world.start("trade").await;
    assert_eq!(Api::new(&trade, "").get("/readyz").await.status, 200);
    assert_eq!(
        world.api("cbp").get(&path).await.text.as_bytes(),
        String::from_utf8_lossy(SEAL).as_bytes()
    );
    world.stop("trade").await;
    let kept = world.api("cbp").get(&path).await;
    assert_eq!(kept.status, 200, "it was kept: {}", kept.text);
    // The other customs, a guest of the same node, by a record of its own.
    assert_eq!(world.api("anam").get(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_anothers_file_opens_nothing() {
    let world = World::three("attach-thief").await;
    let (path, related) = sent(&world.api("ocotillo"), SEAL).await;
    let stolen = |trip: &str, related: &Value| {
        let mut one = naming(trip, related);
        one["credentialSubject"]["scac"] = json!("NOPA");
        one
    };
    // On the same node, and on another that has not got it.
    let thief = world.api("nopalera");
    let refused = thief
        .post("/v1/records", &stolen("NOPA2611240417", &related))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "attachment-not-yours"),
        "{}",
        refused.text
    );
    assert_eq!(
        refused.body["errors"][0]["pointer"],
        "/relatedResource/0/id"
    );
    assert_eq!(thief.get(&path).await.status, 404);
    // Who brought it names it.
    let carrier = world.api("ocotillo");
    carrier
        .post("/v1/records", &naming(TRIP, &related))
        .await
        .id();
    // A file that nobody brought.
    let mut absent = related.clone();
    absent["id"] = json!("ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let refused = carrier
        .post("/v1/records", &naming("TOCQ2611240418", &absent))
        .await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    // A node that was never sent the record gets nothing, however well it signs.
    let peer_path = path.replace("/v1/attachments/", "/v1/peer/attachments/");
    assert_eq!(world.api("cbp").get(&peer_path).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_takes_a_picture_and_the_other_side_sees_it() {
    let world = World::running("attach-form", 2).await;
    let number = "2304-26-000417";
    let cbp = world.api("cbp");
    let node = world.node("customs");
    let browser = Api::new(&node.url, "");
    let cookie = signed_in(&browser, &node.parties["cbp"].sign_in).await;
    let page = browser
        .request("GET", "/console/file/ScanTaken")
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("enctype=\"multipart/form-data\"") || page.contains("images"),
        "{page}"
    );
    let mut fields = hidden(&page);
    let subject =
        |name: &str, value: &str| (format!("/credentialSubject/{name}"), value.to_owned());
    fields.extend([
        subject("inspectionNumber", number),
        subject("scanId", "LRD3-0091"),
        subject("device", "2304-MEP-1"),
        subject("deviceKind", "mep"),
        subject("scanMethod", "multi-energy"),
        subject("scanStart", "2026-11-24T05:50"),
        subject("scanEnd", "2026-11-24T05:51"),
        subject("operatorStaff", "civilian"),
        subject("images/0/imageView", "side"),
        ("do".to_owned(), "sign".to_owned()),
    ]);
    let post = async |fields: &[(String, String)], file: &[u8]| {
        browser
            .request("POST", "/console/file/ScanTaken")
            .header("cookie", &cookie)
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(multipart(
                fields,
                "/credentialSubject/images/0/imageDigest",
                file,
            ))
            .send()
            .await
            .unwrap()
    };
    // Another's form token keeps nothing.
    let forged: Vec<_> = fields
        .iter()
        .map(|(n, v)| {
            (
                n.clone(),
                if n == "token" {
                    "x".to_owned()
                } else {
                    v.clone()
                },
            )
        })
        .collect();
    assert_ne!(post(&forged, b"a stranger's").await.status().as_u16(), 303);
    let files = async || Api::operator(node).get("/v1/status").await.body["attachments"].as_u64();
    let before = files().await;
    let answer = post(&fields, SEAL).await;
    assert_eq!(
        answer.status().as_u16(),
        303,
        "{}",
        answer.text().await.unwrap()
    );
    assert_eq!((before, files().await), (Some(0), Some(1)));
    // The record says what the file is, and names it.
    let (id, _, _) = cbp
        .all_records()
        .await
        .into_iter()
        .find(|(_, _, kind)| kind == "ScanTaken")
        .unwrap();
    let record = cbp.record(&id).await.body["record"].clone();
    let image = &record["credentialSubject"]["images"][0];
    assert_eq!(image["imageBytes"], json!(SEAL.len()), "{record}");
    assert_eq!(image["mediaType"], "image/png");
    assert_eq!(image["attachment"], record["relatedResource"][0]["id"]);
    // The other side, on its own page.
    let anam = signed_in(&browser, &node.parties["anam"].sign_in).await;
    let path = format!(
        "/console/records/{}",
        id.trim_start_matches("ni:///sha-256;")
    );
    let shown = browser
        .request("GET", &path)
        .header("cookie", &anam)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        shown.contains("<img class=\"picture\" src=\"/v1/attachments/"),
        "{shown}"
    );
    until("the picture is there", || async {
        let src = shown.split("src=\"/v1/attachments/").nth(1).unwrap();
        let src = src.split('"').next().unwrap();
        let got = browser
            .request("GET", &format!("/v1/attachments/{src}"))
            .header("cookie", &anam)
            .send()
            .await
            .unwrap();
        got.status().as_u16() == 200
            && got.headers()["content-type"] == "image/png"
            && got.bytes().await.unwrap().as_ref() == SEAL
    })
    .await;
}

pub(crate) async fn signed_in(browser: &Api, link: &str) -> String {
    let entered = browser
        .request("GET", link.strip_prefix(&browser.base).unwrap())
        .send()
        .await
        .unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Hidden fields of a page's form: the token among them.
pub(crate) fn hidden(page: &str) -> Vec<(String, String)> {
    page.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|part| {
            let (name, rest) = part.split_once('"')?;
            let value = rest.split_once("value=\"")?.1.split_once('"')?.0;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn multipart(fields: &[(String, String)], name: &str, file: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.extend(
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    out.extend(
        format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"scan.png\"\r\ncontent-type: image/png\r\n\r\n")
            .bytes(),
    );
    out.extend(file);
    out.extend(b"\r\n--edge--\r\n");
    out
}
