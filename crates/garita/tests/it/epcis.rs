//! EPCIS 2.0 through the public border: captured and asked back, entitled readers only, jobs, pages, discovery, subscriptions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use garita_node::setup::{self, CreatedNode};
use serde_json::{Value, json};

use crate::world::{
    Answer, Api, Folder, World, answer, clock, free_address, manifest, plan, shared, until,
};

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn event(id: &str, step: &str) -> Value {
    json!({
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": step, "disposition": "in_transit",
        "eventTime": "2026-11-24T09:10:00.000-06:00", "eventTimeZoneOffset": "-06:00", "eventID": format!("urn:uuid:{id}"),
        "epcList": ["urn:epc:id:sscc:4012345.0111111111"], "readPoint": { "id": "urn:epc:id:sgln:0614141.07346.1234" },
    })
}

fn document(events: &[Value]) -> Value {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "ex": "https://ns.example.org/" }],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-24T15:00:00Z",
        "epcisBody": { "eventList": events },
    })
}

fn list(body: &Value) -> &Vec<Value> {
    body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        .as_array()
        .unwrap_or_else(|| panic!("no events: {body}"))
}

/// Posts a document and waits until its capture is done; the capture.
async fn captured(api: &Api, body: Vec<u8>, headers: &[(&str, &str)]) -> Value {
    let mut request = api.request("POST", "/epcis/capture").body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let taken = request.send().await.unwrap();
    assert_eq!(taken.status(), 202, "{}", taken.text().await.unwrap());
    let place = taken.headers()["location"].to_str().unwrap().to_owned();
    until("the capture is done", || async {
        api.get(&place).await.body["running"] == false
    })
    .await;
    api.get(&place).await.body
}

async fn post_event(api: &Api, event: &Value) -> Answer {
    api.post("/epcis/events", event).await
}

/// All events of a party, page by page.
async fn all_events(api: &Api, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = format!("/epcis/events?{query}");
    loop {
        let page = api.request("GET", &path).send().await.unwrap();
        assert_eq!(page.status(), 200, "{path}");
        let next = page
            .headers()
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        let body: Value = page.json().await.unwrap();
        found.extend(list(&body).iter().cloned());
        match next {
            Some(link) => {
                path = link
                    .trim_start_matches('<')
                    .split_once('>')
                    .unwrap()
                    .0
                    .to_owned();
            }
            None => return found,
        }
    }
}

fn examples(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            examples(&path, found);
        } else if path.extension().is_some_and(|end| end == "jsonld") {
            found.push(path);
        }
    }
    found.sort();
}

/// The event as it was sent: without what a repository adds to one that does not say it itself.
fn as_sent(mut found: Value, sent: &Value) -> Value {
    let members = found.as_object_mut().unwrap();
    for added in ["eventID", "recordTime", "@context"] {
        if sent.get(added).is_none() {
            members.remove(added);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_official_examples_are_captured_and_come_back_equal() {
    let Some(folder) = shared("vectors/epcis/JSON") else {
        return;
    };
    let mut paths = Vec::new();
    examples(&folder, &mut paths);
    assert_eq!(paths.len(), 47);
    // As root of the repository: customs alone runs, and captures for two parties.
    let world = World::running("epcis-examples", 1).await;
    let (first, second) = (world.api("cbp"), world.api("anam"));
    let mut again = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let sent: Value = serde_json::from_slice(&bytes).unwrap();
        let job = captured(&first, bytes.clone(), &[]).await;
        let mut keeper = &first;
        if job["success"] != true {
            // Some of the standard's own examples give one name to two events: the second is another party's to capture.
            assert_eq!(
                job["errors"][0]["type"],
                "epcisException:ResourceAlreadyExistsException",
                "{}: {job}",
                path.display()
            );
            let job = captured(&second, bytes, &[]).await;
            assert_eq!(job["success"], true, "{}: {job}", path.display());
            again.push(path.file_name().unwrap().to_string_lossy().into_owned());
            keeper = &second;
        }
        let all = all_events(keeper, "perPage=1000").await;
        let events = sent
            .pointer("/epcisBody/eventList")
            .or_else(|| sent.pointer("/epcisBody/queryResults/resultsBody/eventList"))
            .and_then(Value::as_array)
            .unwrap();
        for sent in events {
            assert!(
                all.iter()
                    .any(|found| as_sent(found.clone(), sent) == *sent),
                "{}: {sent}",
                path.display()
            );
            if let Some(id) = sent["eventID"].as_str() {
                let named = keeper.get(&format!("/epcis/events/{}", encoded(id))).await;
                assert_eq!(named.status, 200, "{}", named.text);
                assert!(
                    list(&named.body)
                        .iter()
                        .any(|found| as_sent(found.clone(), sent) == *sent)
                );
            }
        }
    }
    println!("captured by a second party, as their names were taken: {again:?}");
    assert!(again.len() <= 3, "{again:?}");
    // A prefix that means two things on a page stands in its events: on shorter pages it may not.
    let bare = |mut events: Vec<Value>| {
        for event in &mut events {
            event.as_object_mut().unwrap().shift_remove("@context");
        }
        events
    };
    let pages = all_events(&first, "perPage=7").await;
    let once = all_events(&first, "perPage=1000").await;
    assert_eq!(bare(pages), bare(once), "pages say what one page says");
    // What comes back is a document that can be captured again, and changes nothing.
    let back = first.get("/epcis/events?perPage=1000").await;
    let job = captured(
        &second,
        back.text.into_bytes(),
        &[("GS1-Capture-Error-Behaviour", "proceed")],
    )
    .await;
    let errors = job["errors"].as_array().unwrap().len();
    assert!(errors <= 3, "{job}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_captured_an_event_and_its_readers_have_it() {
    let world = World::running("epcis-readers", 2).await;
    let (carrier, neighbour, office) = (
        world.api("ocotillo"),
        world.api("nopalera"),
        world.api("cbp"),
    );
    let made = post_event(&carrier, &event("own", "departing")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let shown = answer(
        carrier
            .request("POST", "/epcis/events")
            .header("Garita-Readers", world.did("cbp"))
            .json(&event("shown", "arriving")),
    )
    .await
    .unwrap();
    assert_eq!(shown.status, 201, "{}", shown.text);
    assert_eq!(all_events(&carrier, "").await.len(), 2);
    assert!(all_events(&neighbour, "").await.is_empty());
    until("the office has what it may read", || async {
        all_events(&office, "").await.len() == 1
    })
    .await;
    let held = all_events(&office, "").await;
    assert_eq!(
        as_sent(held[0].clone(), &event("shown", "arriving")),
        event("shown", "arriving")
    );
    assert_eq!(
        office.get("/epcis/events/urn%3Auuid%3Ashown").await.status,
        200
    );
    for (api, id) in [(&office, "own"), (&neighbour, "own"), (&neighbour, "shown")] {
        let refused = api.get(&format!("/epcis/events/urn%3Auuid%3A{id}")).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
        assert_eq!(refused.body["type"], "epcisException:NoSuchNameException");
    }
    // The neighbour may know an event of the same name: nobody takes a name from another.
    let same = post_event(&neighbour, &event("own", "departing")).await;
    assert_eq!(same.status, 201, "{}", same.text);
    let other = post_event(&neighbour, &event("own", "arriving")).await;
    assert_eq!(other.status, 409, "{}", other.text);
    assert_eq!(
        other.body["type"],
        "epcisException:ResourceAlreadyExistsException"
    );
    let mut wrong = event("own", "departing");
    wrong["errorDeclaration"] =
        json!({ "declarationTime": "2026-11-24T16:00:00Z", "reason": "did_not_occur" });
    assert_eq!(post_event(&neighbour, &wrong).await.status, 201);
    let both = neighbour.get("/epcis/events/urn%3Auuid%3Aown").await;
    assert_eq!(list(&both.body).len(), 2, "{}", both.text);
    // It is a signed record like any other.
    let records = carrier.all_records().await;
    assert!(
        records
            .iter()
            .any(|(_, view, kind)| kind == "EventCaptured" && view == "whole")
    );
    for path in [
        "/epcis/events",
        "/epcis/capture",
        "/epcis/queries",
        "/epcis/epcs",
        "/epcis/",
    ] {
        let nobody = Api::new(&carrier.base, "").get(path).await;
        assert_eq!(
            (nobody.status, nobody.body["type"].as_str()),
            (401, Some("epcisException:SecurityException")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn captures_roll_back_or_proceed() {
    let world = World::running("epcis-jobs", 1).await;
    let api = world.api("cbp");
    let mut broken = event("broken", "arriving");
    broken["bizStep"] = json!("crossing");
    let mixed = document(&[event("a", "arriving"), broken, event("b", "departing")]);
    let refused = api.post("/epcis/capture", &mixed).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(refused.body["type"], "epcisException:ValidationException");
    assert_eq!(
        refused.body["errors"][0]["pointer"],
        "/epcisBody/eventList/1/bizStep"
    );
    let job = captured(
        &api,
        mixed.to_string().into_bytes(),
        &[("GS1-Capture-Error-Behaviour", "proceed")],
    )
    .await;
    assert_eq!(
        (&job["success"], &job["captureErrorBehaviour"]),
        (&json!(false), &json!("proceed")),
        "{job}"
    );
    assert_eq!(job["errors"].as_array().unwrap().len(), 1, "{job}");
    assert_eq!(job["errors"][0]["event"], 1);
    assert_eq!(all_events(&api, "").await.len(), 2);
    // A name that is taken is found only when it is captured: all or nothing.
    let taken = document(&[event("c", "arriving"), event("a", "loading")]);
    let job = captured(&api, taken.to_string().into_bytes(), &[]).await;
    assert_eq!(
        (&job["success"], &job["captureErrorBehaviour"]),
        (&json!(false), &json!("rollback")),
        "{job}"
    );
    assert_eq!(
        all_events(&api, "").await.len(),
        2,
        "nothing of it was captured"
    );
    let job = captured(
        &api,
        taken.to_string().into_bytes(),
        &[("GS1-Capture-Error-Behaviour", "proceed")],
    )
    .await;
    assert_eq!(job["errors"].as_array().unwrap().len(), 1, "{job}");
    assert_eq!(all_events(&api, "").await.len(), 3);
    // The same again is no second record.
    let records = world.records("customs").await;
    let same = document(&[event("a", "arriving"), event("b", "departing")]);
    let job = captured(&api, same.to_string().into_bytes(), &[]).await;
    assert_eq!(job["success"], true);
    assert_eq!(world.records("customs").await, records);
    let jobs = api.get("/epcis/capture?perPage=2").await;
    assert_eq!(jobs.body.as_array().unwrap().len(), 2);
    assert!(jobs.body[0]["finishedAt"].is_string(), "{}", jobs.text);
    assert_eq!(
        world.api("anam").get("/epcis/capture").await.body,
        json!([])
    );
    for (name, body, status, kind) in [
        (
            "no JSON",
            "{".to_owned(),
            400,
            "epcisException:ValidationException",
        ),
        (
            "no EPCIS",
            "[]".to_owned(),
            400,
            "epcisException:ValidationException",
        ),
        (
            "too many",
            document(&vec![event("x", "arriving"); 5_001]).to_string(),
            413,
            "epcisException:CaptureLimitExceededException",
        ),
        (
            "too large",
            " ".repeat(17 << 20),
            413,
            "epcisException:CaptureLimitExceededException",
        ),
    ] {
        let refused = api.send("POST", "/epcis/capture", body.into_bytes()).await;
        assert_eq!(
            (refused.status, refused.body["type"].as_str()),
            (status, Some(kind)),
            "{name}: {}",
            refused.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_pages_headers_and_lists_are_as_the_standard_has_them() {
    let world = World::running("epcis-query", 1).await;
    let api = world.api("cbp");
    let steps = ["arriving", "inspecting", "departing"];
    for at in 0..9 {
        let mut made = event(&format!("n{at}"), steps[at % 3]);
        made["eventTime"] = json!(format!("2026-11-24T10:0{at}:00Z"));
        made["ex:lane"] = json!(at);
        let job = captured(&api, document(&[made]).to_string().into_bytes(), &[]).await;
        assert_eq!(job["success"], true, "{job}");
    }
    for (query, count) in [
        ("", 9),
        ("EQ_bizStep=arriving", 3),
        ("EQ_bizStep=arriving%7Cdeparting", 6),
        ("GE_eventTime=2026-11-24T10%3A04%3A00Z", 5),
        ("MATCH_epc=urn%3Aepc%3Aidpat%3Asscc%3A4012345.*", 9),
        ("MATCH_epc=urn%3Aepc%3Aid%3Asscc%3A4012345.2", 0),
        ("eventType=AggregationEvent", 0),
        ("orderBy=eventTime&eventCountLimit=4", 4),
        ("EQ_my%3Alane=5", 1),
        ("GE_my%3Alane=5", 4),
    ] {
        let mut found = 0;
        let mut path = Some(format!("/epcis/events?perPage=2&{query}"));
        while let Some(at) = path {
            let page = api
                .request("GET", &at)
                .header("GS1-Extensions", "my=https://ns.example.org/")
                .send()
                .await
                .unwrap();
            assert_eq!(page.status(), 200, "{query}");
            path = page.headers().get("link").map(|link| {
                let link = link.to_str().unwrap();
                assert!(link.ends_with("; rel=\"next\""), "{link}");
                link.trim_start_matches('<')
                    .split_once('>')
                    .unwrap()
                    .0
                    .to_owned()
            });
            assert_eq!(
                page.headers().contains_key("gs1-next-page-token-expires"),
                path.is_some()
            );
            let body: Value = page.json().await.unwrap();
            assert!(list(&body).len() <= 2);
            found += list(&body).len();
        }
        assert_eq!(found, count, "{query}");
    }
    let newest = all_events(&api, "orderBy=eventTime&orderDirection=DESC&perPage=4").await;
    let times: Vec<&str> = newest
        .iter()
        .map(|e| e["eventTime"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
    // What cannot be asked.
    for (path, status, kind) in [
        (
            "/epcis/events?EQ_nothing=1",
            400,
            "epcisException:QueryParameterException",
        ),
        (
            "/epcis/events?GE_eventTime=yesterday",
            400,
            "epcisException:QueryParameterException",
        ),
        (
            "/epcis/events?perPage=0",
            400,
            "epcisException:QueryParameterException",
        ),
        (
            "/epcis/events?nextPageToken=zzz",
            400,
            "epcisException:QueryParameterException",
        ),
        (
            "/epcis/events?maxEventCount=3",
            413,
            "epcisException:QueryTooLargeException",
        ),
        (
            "/epcis/events/urn%3Aa%3Ab",
            404,
            "epcisException:NoSuchNameException",
        ),
        (
            "/epcis/queries/none/events",
            404,
            "epcisException:NoSuchNameException",
        ),
        ("/epcis/nowhere", 404, "epcisException:NoSuchNameException"),
    ] {
        let refused = api.get(path).await;
        assert_eq!(
            (refused.status, refused.body["type"].as_str()),
            (status, Some(kind)),
            "{path}: {}",
            refused.text
        );
        assert_eq!(refused.kind, "application/problem+json", "{path}");
        for member in ["title", "detail", "detailEs", "code"] {
            assert!(
                refused.body[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{path}: {}",
                refused.text
            );
        }
    }
    let long = api
        .get(&format!("/epcis/events?EQ_eventID={}", "x".repeat(9_000)))
        .await;
    assert_eq!(
        (long.status, long.body["type"].as_str()),
        (414, Some("epcisException:URITooLongException"))
    );
    for (header, value, status) in [
        ("Accept", "application/xml", 406),
        ("GS1-EPCIS-Min", "3.0.0", 406),
        ("GS1-EPCIS-Max", "1.2.0", 406),
        ("GS1-EPCIS-Max", "two", 400),
        ("GS1-EPC-Format", "Always_EPC_URN", 406),
        ("GS1-EPC-Format", "Sometimes", 400),
        ("GS1-EPC-Format", "No_Preference", 200),
        ("GS1-EPCIS-Min", "1.2.0", 200),
    ] {
        let told = answer(api.request("GET", "/epcis/events").header(header, value))
            .await
            .unwrap();
        assert_eq!(told.status, status, "{header}: {value}: {}", told.text);
    }
    let xml = answer(
        api.request("POST", "/epcis/capture")
            .header("content-type", "application/xml")
            .body("<a/>"),
    )
    .await
    .unwrap();
    assert_eq!(
        (xml.status, xml.body["type"].as_str()),
        (415, Some("epcisException:UnsupportedMediaTypeException"))
    );
    // Discovery.
    for (path, allow) in [
        ("/epcis/", "OPTIONS, GET"),
        ("/epcis/events", "OPTIONS, GET, POST"),
        ("/epcis/capture", "OPTIONS, POST, GET"),
        ("/epcis/queries", "OPTIONS, GET, POST"),
        ("/epcis/queries/q", "OPTIONS, GET, DELETE"),
        ("/epcis/bizSteps/arriving/events", "OPTIONS, GET"),
    ] {
        let told = api.request("OPTIONS", path).send().await.unwrap();
        assert_eq!(told.status(), 204, "{path}");
        let head = |name: &str| {
            told.headers()
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
        };
        assert_eq!(head("allow").as_deref(), Some(allow), "{path}");
        for name in [
            "gs1-epcis-version",
            "gs1-epcis-min",
            "gs1-epcis-max",
            "gs1-cbv-version",
            "gs1-cbv-min",
            "gs1-cbv-max",
        ] {
            assert_eq!(head(name).as_deref(), Some("2.0.0"), "{path} {name}");
        }
        for name in [
            "gs1-epc-format",
            "gs1-cbv-xml-format",
            "gs1-vendor-version",
            "gs1-extensions",
        ] {
            assert!(head(name).is_some(), "{path} {name}");
        }
        assert_eq!(
            head("gs1-capture-error-behaviour").is_some(),
            path == "/epcis/capture"
        );
        assert_eq!(
            head("gs1-epcis-capture-limit").is_some(),
            path == "/epcis/capture"
        );
        assert_eq!(
            head("gs1-epcis-capture-file-size-limit").is_some(),
            path == "/epcis/capture"
        );
    }
    let wrong = api.send("PATCH", "/epcis/events", Vec::new()).await;
    assert_eq!(wrong.status, 405, "{}", wrong.text);
    // The lists.
    let top = api.get("/epcis/").await;
    assert_eq!(top.body["member"].as_array().unwrap().len(), 9);
    let steps = api.get("/epcis/bizSteps?perPage=100").await;
    assert_eq!(steps.body["member"].as_array().unwrap().len(), 41);
    assert_eq!(
        api.get("/epcis/eventTypes").await.body["member"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    assert_eq!(
        api.get("/epcis/epcs").await.body["member"],
        json!(["urn:epc:id:sscc:4012345.0111111111"])
    );
    assert_eq!(
        api.get("/epcis/readPoints").await.body["member"],
        json!(["urn:epc:id:sgln:0614141.07346.1234"])
    );
    let below = api.get("/epcis/bizSteps/inspecting").await;
    assert_eq!(below.body["member"], json!(["events"]));
    assert_eq!(api.get("/epcis/bizSteps/crossing").await.status, 404);
    for (path, count) in [
        ("/epcis/bizSteps/inspecting/events", 3),
        ("/epcis/eventTypes/ObjectEvent/events", 9),
        (
            "/epcis/epcs/urn%3Aepc%3Aid%3Asscc%3A4012345.0111111111/events?EQ_bizStep=arriving",
            3,
        ),
        (
            "/epcis/readPoints/urn%3Aepc%3Aid%3Asgln%3A0614141.07346.1234/events?perPage=100",
            9,
        ),
        ("/epcis/dispositions/in_transit/events", 9),
        ("/epcis/bizLocations/urn%3Aa%3Ab/events", 0),
    ] {
        let found = api.get(path).await;
        assert_eq!(found.status, 200, "{path}: {}", found.text);
        assert_eq!(list(&found.body).len(), count, "{path}");
    }
    // Queries by name.
    let query = json!({ "name": "lanes", "query": { "GE_my:lane": 7 } });
    let made = api
        .request("POST", "/epcis/queries")
        .header("GS1-Extensions", "my=https://ns.example.org/")
        .json(&query)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    assert_eq!(made.headers()["location"], "/epcis/queries/lanes");
    let again = api.post("/epcis/queries", &query).await;
    assert_eq!(
        (again.status, again.body["type"].as_str()),
        (409, Some("epcisException:ResourceAlreadyExistsException"))
    );
    assert_eq!(
        list(&api.get("/epcis/queries/lanes/events").await.body).len(),
        2
    );
    assert_eq!(
        api.get("/epcis/queries/lanes").await.body["query"]["GE_my:lane"],
        7
    );
    assert_eq!(
        api.get("/epcis/queries")
            .await
            .body
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        world.api("anam").get("/epcis/queries/lanes").await.status,
        404
    );
    let bad = api
        .post(
            "/epcis/queries",
            &json!({ "name": "bad", "query": { "EQ_x": 1 } }),
        )
        .await;
    assert_eq!(
        (bad.status, bad.body["type"].as_str()),
        (400, Some("epcisException:QueryParameterException"))
    );
    for (terms, place) in [
        (json!({ "dest": "http://127.0.0.1/" }), ""),
        (
            json!({ "dest": "http://127.0.0.1/", "stream": true, "schedule": { "hour": "1" } }),
            "",
        ),
        (
            json!({ "dest": "ftp://127.0.0.1/", "stream": true }),
            "/dest",
        ),
        (json!({ "stream": true }), "/dest"),
        (
            json!({ "dest": "http://127.0.0.1/", "schedule": { "hour": "25" } }),
            "/schedule/hour",
        ),
        (
            json!({ "dest": "http://127.0.0.1/", "stream": true, "initialRecordTime": "soon" }),
            "/initialRecordTime",
        ),
        (
            json!({ "dest": "http://127.0.0.1/", "stream": true, "own": 1 }),
            "/own",
        ),
    ] {
        let refused = api.post("/epcis/queries/lanes/subscriptions", &terms).await;
        assert_eq!(
            (refused.status, refused.body["type"].as_str()),
            (400, Some("epcisException:SubscriptionControlsException")),
            "{terms}"
        );
        assert_eq!(
            refused.body["errors"][0]["pointer"], place,
            "{terms}: {}",
            refused.text
        );
    }
    // Who forgot the upgrade would take one answer for an open socket.
    let answered = api.get("/epcis/queries/lanes/events?stream=true").await;
    assert_eq!(
        (answered.status, answered.code()),
        (400, "parameter-without-socket")
    );
    // A token of a page is given back by somebody that the node knows.
    let page = api
        .request("GET", "/epcis/events?perPage=1")
        .send()
        .await
        .unwrap();
    let link = page.headers()["link"].to_str().unwrap();
    let token = link.split("nextPageToken=").nth(1).unwrap();
    let path = format!("/epcis/nextPageToken/{}", token.split('>').next().unwrap());
    assert_eq!(
        Api::new(&api.base, "")
            .send("DELETE", &path, Vec::new())
            .await
            .status,
        401
    );
    assert_eq!(api.send("DELETE", &path, Vec::new()).await.status, 204);
    // A header that is no text is no word of the standard.
    let odd = api
        .request("GET", "/epcis/events")
        .header("GS1-EPC-Format", "é");
    assert_eq!(answer(odd).await.unwrap().status, 400);
    assert_eq!(
        api.send("DELETE", "/epcis/queries/lanes", Vec::new())
            .await
            .status,
        204
    );
    assert_eq!(api.get("/epcis/queries/lanes/events").await.status, 404);
    let book = api.get("/epcis/openapi.json").await;
    assert_eq!(book.body["openapi"], "3.1.0");
    assert!(book.body["paths"].as_object().unwrap().len() >= 25);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_a_case_are_told_as_events() {
    let world = World::running("epcis-life", 2).await;
    let carrier = world.api("ocotillo");
    let id = carrier
        .file(
            "Manifest",
            manifest("TOCQ2611240417", "47AK2F", "TOCQ88402171"),
        )
        .await;
    let trip = "https://w3id.org/garita/case/trip/TOCQ:TOCQ2611240417";
    let found = carrier
        .get(&format!("/epcis/epcs/{}/events", encoded(trip)))
        .await;
    assert_eq!(found.status, 200, "{}", found.text);
    let told = &list(&found.body)[0];
    assert_eq!(told["eventID"], id.as_str());
    assert_eq!(
        (&told["type"], &told["bizStep"]),
        (&json!("AggregationEvent"), &json!("loading"))
    );
    assert_eq!(told["parentID"], trip);
    assert_eq!(
        told["childEPCs"],
        json!(["https://w3id.org/garita/case/shipment/TOCQ88402171"])
    );
    let office = world.api("cbp");
    until("customs see the trip's events", || async {
        !all_events(&office, &format!("MATCH_anyEPC={}", encoded(trip)))
            .await
            .is_empty()
    })
    .await;
    let arrived = office
        .file("ConveyanceArrived", crate::world::arrived("TOCQ2611240417"))
        .await;
    let named = office
        .get(&format!("/epcis/events/{}", encoded(&arrived)))
        .await;
    assert_eq!(named.status, 200, "{}", named.text);
    let told = &list(&named.body)[0];
    assert_eq!(
        (&told["bizStep"], &told["disposition"]),
        (&json!("arriving"), &json!("in_progress"))
    );
    assert_eq!(
        told["readPoint"]["id"],
        "https://w3id.org/garita/place/crossing/230404"
    );
    assert_eq!(
        named.body["@context"][1]["garita"],
        "https://w3id.org/garita/record#"
    );
    until("the carrier sees it too", || async {
        all_events(&carrier, "EQ_bizStep=arriving").await.len() == 1
    })
    .await;
    assert!(all_events(&world.api("nopalera"), "").await.is_empty());
    // Each event of ours is one by the standard's own rules.
    let all = carrier.get("/epcis/events?perPage=1000").await;
    let read = garita_formats::epcis::document(all.text.as_bytes()).unwrap();
    assert_eq!(read.problems, []);
}

#[test]
fn words_of_the_vocabulary_are_the_same_in_both_crates() {
    use garita_formats::epcis::vocabulary as read;
    use garita_profile::epcis as told;
    assert_eq!(read::BIZ_STEPS, told::BIZ_STEPS);
    assert_eq!(read::DISPOSITIONS, told::DISPOSITIONS);
    assert_eq!(read::TRANSACTION_TYPES, told::TRANSACTION_TYPES);
}

/// What a subscriber got: key, signature, body of each request that it took.
#[derive(Default)]
struct Got {
    requests: Mutex<Vec<(HeaderMap, Value, String)>>,
    refuse: Mutex<bool>,
}

impl Got {
    /// Names of events, in the order in which they came.
    fn ids(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .flat_map(|(_, body, _)| {
                list(body)
                    .iter()
                    .map(|e| e["eventID"].as_str().unwrap().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

async fn hook(State(got): State<Arc<Got>>, headers: HeaderMap, body: String) -> StatusCode {
    if *got.refuse.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let value = serde_json::from_str(&body).unwrap();
    got.requests.lock().unwrap().push((headers, value, body));
    StatusCode::OK
}

/// A subscriber that answers.
async fn subscriber() -> (Arc<Got>, String) {
    let got = Arc::new(Got::default());
    let address = free_address();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let router = Router::new()
        .route("/hook", post(hook))
        .with_state(Arc::clone(&got));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (got, format!("http://{address}/hook"))
}

struct Process(Child);

impl Process {
    fn start(node: &CreatedNode) -> Process {
        let child = Command::new(env!("CARGO_BIN_EXE_garita"))
            .args(["serve", "--data"])
            .arg(&node.data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Process(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn ready(api: &Api) {
    until("the node answers", || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_survives_kills_without_gap_or_repeat() {
    let folder = Folder::new("epcis-kill");
    let mut plan = plan(clock());
    plan.nodes.truncate(1);
    let nodes = setup::create_network(&folder.path().join("net"), &plan).unwrap();
    let node = &nodes[0];
    let api = Api::new(&node.url, &node.parties["cbp"].token);
    let mut process = Process::start(node);
    ready(&api).await;
    let (got, hook) = subscriber().await;
    let made = api
        .post(
            "/epcis/queries",
            &json!({ "name": "arrivals", "query": { "EQ_bizStep": ["arriving"] } }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let before = post_event(&api, &event("before", "arriving")).await;
    assert_eq!(before.status, 201, "{}", before.text);
    let subscribed = api
        .post(
            "/epcis/queries/arrivals/subscriptions",
            &json!({ "dest": hook, "signatureToken": "s3cret", "stream": true }),
        )
        .await;
    assert_eq!(subscribed.status, 201, "{}", subscribed.text);
    assert!(!subscribed.text.contains("s3cret"), "{}", subscribed.text);
    let mut sent = Vec::new();
    for round in 0..4 {
        if round == 2 {
            // A subscriber that is away loses nothing either.
            *got.refuse.lock().unwrap() = true;
        }
        for at in 0..12 {
            let id = format!("r{round}-{at}");
            let step = if at % 3 == 2 { "departing" } else { "arriving" };
            // A node that is killed may have taken the event and not said so: it is sent again, and is the same one.
            let body = event(&id, step);
            until("the event is captured", || async {
                let asked = answer(api.request("POST", "/epcis/events").json(&body)).await;
                asked.is_ok_and(|a| a.status == 201)
            })
            .await;
            if step == "arriving" {
                sent.push(format!("urn:uuid:{id}"));
            }
            if at == 7 && round > 0 {
                process.0.kill().unwrap();
                process.0.wait().unwrap();
                process = Process::start(node);
                *got.refuse.lock().unwrap() = false;
                ready(&api).await;
            }
        }
    }
    until("the subscriber has them all", || async {
        let ids = got.ids();
        sent.iter().all(|id| ids.contains(id))
    })
    .await;
    // In order, none left out, none of before; what was told twice was told twice in a row, by one crash.
    let ids = got.ids();
    let mut first: Vec<String> = Vec::new();
    for id in &ids {
        if !first.contains(id) {
            first.push(id.clone());
        }
    }
    assert_eq!(first, sent);
    let mut seen = BTreeSet::new();
    let mut again = 0;
    let requests = got.requests.lock().unwrap();
    for (_, body, _) in requests.iter() {
        let ids: Vec<&str> = list(body)
            .iter()
            .map(|e| e["eventID"].as_str().unwrap())
            .collect();
        again += usize::from(ids.iter().any(|id| seen.contains(*id)));
        seen.extend(ids.into_iter().map(str::to_owned));
    }
    println!(
        "{} events in {} requests, of them told again after a kill: {again}",
        sent.len(),
        requests.len()
    );
    assert!(again <= 3, "at most one request a kill");
    // Signed with the subscriber's secret.
    for (headers, _, body) in requests.iter() {
        assert_eq!(
            headers["gs1-signature"].to_str().unwrap(),
            signature("s3cret", body)
        );
        assert!(headers.contains_key("idempotency-key"));
    }
}

/// HMAC with SHA-256, by its definition.
fn signature(secret: &str, body: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let inner = Sha256::digest([key.map(|b| b ^ 0x36).as_slice(), body.as_bytes()].concat());
    let outer = Sha256::digest([key.map(|b| b ^ 0x5c).as_slice(), inner.as_slice()].concat());
    let hex: String = outer.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedules_restarts_and_slow_neighbours() {
    let mut world = World::running("epcis-schedule", 1).await;
    let api = world.api("cbp");
    let (got, hook) = subscriber().await;
    let (deaf, deaf_hook) = subscriber().await;
    *deaf.refuse.lock().unwrap() = true;
    assert_eq!(
        api.post("/epcis/queries", &json!({ "name": "all", "query": {} }))
            .await
            .status,
        201
    );
    for (dest, more) in [
        (&deaf_hook, json!({ "stream": true })),
        (
            &hook,
            json!({ "schedule": { "second": "0/1" }, "reportIfEmpty": false, "initialRecordTime": "2026-11-24T00:00:00Z" }),
        ),
    ] {
        let mut terms = more;
        terms["dest"] = json!(dest);
        let made = api.post("/epcis/queries/all/subscriptions", &terms).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    for id in ["a", "b"] {
        assert_eq!(post_event(&api, &event(id, "arriving")).await.status, 201);
    }
    until("the second comes", || async { got.ids().len() == 2 }).await;
    world.restart("customs").await;
    assert_eq!(post_event(&api, &event("c", "arriving")).await.status, 201);
    until("it comes after the restart too", || async {
        got.ids().len() >= 3
    })
    .await;
    assert_eq!(got.ids(), ["urn:uuid:a", "urn:uuid:b", "urn:uuid:c"]);
    assert!(deaf.ids().is_empty());
    *deaf.refuse.lock().unwrap() = false;
    until("who was deaf hears all", || async { deaf.ids().len() == 3 }).await;
    let listed = api.get("/epcis/queries/all/subscriptions").await;
    assert_eq!(listed.body.as_array().unwrap().len(), 2, "{}", listed.text);
    let id = listed.body[0]["subscriptionID"].as_str().unwrap();
    let path = format!("/epcis/queries/all/subscriptions/{id}");
    assert!(api.get(&path).await.body["lastNotifiedAt"].is_string());
    assert_eq!(world.api("anam").get(&path).await.status, 404);
    assert_eq!(api.send("DELETE", &path, Vec::new()).await.status, 204);
    assert_eq!(api.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_streams_and_goes_on_from_its_cursor() {
    let world = World::running("epcis-socket", 1).await;
    let api = world.api("cbp");
    assert_eq!(
        api.post(
            "/epcis/queries",
            &json!({ "name": "all", "query": { "EQ_bizStep": ["arriving"] } })
        )
        .await
        .status,
        201
    );
    let token = world.node("customs").parties["cbp"].token.clone();
    let base = api.base.replace("http://", "ws://");
    let open = move |token: &str, query: &str| {
        use tungstenite::client::IntoClientRequest as _;
        let address = format!("{base}/epcis/queries/all/events?{query}");
        let mut request = address.clone().into_client_request().unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
        let host = address
            .trim_start_matches("ws://")
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let stream = std::net::TcpStream::connect(host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        tungstenite::client(request, stream).map_err(|error| error.to_string())
    };
    let text = |socket: &mut tungstenite::WebSocket<std::net::TcpStream>| loop {
        if let tungstenite::Message::Text(text) = socket.read().unwrap() {
            let value: Value = serde_json::from_str(&text).unwrap();
            return value;
        }
    };
    let (mut socket, _) = open(&token, "stream=true").unwrap();
    for id in ["a", "b"] {
        assert_eq!(post_event(&api, &event(id, "arriving")).await.status, 201);
    }
    let (mut socket, told) = tokio::task::spawn_blocking(move || {
        let mut told = Vec::new();
        let mut cursor = String::new();
        while told.len() < 2 {
            let message = text(&mut socket);
            cursor = message["https://w3id.org/garita/record#cursor"]
                .as_str()
                .unwrap()
                .to_owned();
            told.extend(
                list(&message)
                    .iter()
                    .map(|e| e["eventID"].as_str().unwrap().to_owned()),
            );
        }
        (socket, (told, cursor))
    })
    .await
    .unwrap();
    assert_eq!(told.0, ["urn:uuid:a", "urn:uuid:b"]);
    socket.close(None).unwrap();
    for id in ["c", "d"] {
        assert_eq!(post_event(&api, &event(id, "arriving")).await.status, 201);
    }
    assert_eq!(post_event(&api, &event("e", "departing")).await.status, 201);
    let (mut socket, _) = open(&token, &format!("stream=true&cursor={}", told.1)).unwrap();
    let more = tokio::task::spawn_blocking(move || {
        let mut told = Vec::new();
        while told.len() < 2 {
            told.extend(
                list(&text(&mut socket))
                    .iter()
                    .map(|e| e["eventID"].as_str().unwrap().to_owned()),
            );
        }
        told
    })
    .await
    .unwrap();
    assert_eq!(more, ["urn:uuid:c", "urn:uuid:d"]);
    for (token, query) in [
        ("none", "stream=true"),
        (token.as_str(), ""),
        (token.as_str(), "stream=true&cursor=x"),
        (token.as_str(), "hour=25"),
    ] {
        assert!(open(token, query).is_err(), "{query}");
    }
}

/// A program is judged without the importers and the importers without programs, so the standard's words stand in both crates.
#[test]
fn programs_and_importers_know_the_same_words() {
    use garita_formats::epcis::vocabulary;
    use garita_profile::epcis;
    assert_eq!(epcis::BIZ_STEPS, vocabulary::BIZ_STEPS);
    assert_eq!(epcis::DISPOSITIONS, vocabulary::DISPOSITIONS);
    assert_eq!(epcis::TRANSACTION_TYPES, vocabulary::TRANSACTION_TYPES);
}
