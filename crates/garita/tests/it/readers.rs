//! A reader's own question: taken from the public page, read by the desk, published with its clock or declined with a reason.

use serde_json::{Value, json};

use crate::officer::Desk;
use crate::scorecard::planned;
use crate::world::{Answer, Api, World, draft, until};

const ROAD: &str = "road-a";

async fn world(name: &str) -> World {
    let world = planned(name, |nodes| {
        let path = nodes[0].data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["automaticQuestionsADay"] = json!(0);
        std::fs::write(&path, file.to_string()).unwrap();
    })
    .await;
    let subject = json!({ "project": ROAD, "nameEn": "Road A", "nameEs": "Camino A", "side": "us", "port": "Laredo", "projectClass": "road", "projectType": "road", "phase": "implementation", "sponsors": ["SANDAG", "City of Laredo"], "statedOn": "2026-01-01", "sources": ["Board minutes"] });
    let mut body = draft("ProjectStated", subject);
    body["standing"] = json!("compiled");
    body["source"] = json!("Board minutes, page 2");
    let filed = world.api("desk").post("/v1/records", &body).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let anybody = Api::new(&world.node("desk").url, "");
    until("the project is published", || async {
        anybody.get(&format!("/projects/{ROAD}")).await.status == 200
    })
    .await;
    world
}

/// Where a posted question may be looked at, or why it was refused.
async fn ask(anybody: &Api, body: &str) -> Result<String, Answer> {
    let request = anybody
        .request("POST", "/questions?lang=en")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.to_owned());
    let response = request.send().await.unwrap();
    match response.headers().get("location") {
        Some(to) => Ok(to.to_str().unwrap().to_owned()),
        None => Err(Answer {
            status: response.status().as_u16(),
            kind: String::new(),
            body: Value::Null,
            text: response.text().await.unwrap(),
        }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_s_question_is_read_before_it_is_published() {
    let world = world("readers").await;
    let anybody = Api::new(&world.node("desk").url, "");
    let page = anybody.get(&format!("/projects/{ROAD}?lang=en")).await.text;
    assert!(
        page.contains("action=\"/questions\"") && page.contains("City of Laredo"),
        "{page}"
    );
    assert_eq!(
        world
            .api("sandag")
            .case("border-project", ROAD)
            .await
            .status,
        200
    );

    // All that is wrong at once, and what was typed is kept.
    let wrong = ask(
        &anybody,
        &format!("project={ROAD}&about=Nobody&question=+&who=a+trucker"),
    )
    .await
    .unwrap_err();
    assert_eq!(wrong.status, 422);
    for said in [
        "Choose of whom it is asked",
        "he question has 3 to 1000 letters",
        "value=\"a trucker\"",
    ] {
        assert!(wrong.text.contains(said), "{said}: {}", wrong.text);
    }
    let nowhere = ask(&anybody, "project=none&about=x&question=Why+not")
        .await
        .unwrap_err();
    assert!(
        nowhere.text.contains("No project of that name"),
        "{}",
        nowhere.text
    );

    let first = ask(&anybody, &format!("project={ROAD}&about=SANDAG&question=When+%3Cb%3E%0D%0Adoes+it+open%3F&who=a+trucker&email=ana%40example.org"))
        .await
        .unwrap();
    let (first, mail) = first.split_once('?').unwrap();
    assert_eq!(mail, "mail=1");
    let second = ask(
        &anybody,
        &format!("project={ROAD}&about=City+of+Laredo&question=Who+is+Mr+X%3F"),
    )
    .await
    .unwrap();
    let waits = anybody.get(&format!("{first}?lang=en")).await;
    assert!(
        waits
            .text
            .contains("The desk reads it before it is published"),
        "{}",
        waits.text
    );
    // Nothing of it is public before the desk has read it.
    assert!(
        !anybody
            .get("/questions?lang=en")
            .await
            .text
            .contains("does it open")
    );

    // Others of the node see no such desk; who publishes does, and decides only by a form of its own.
    let other = Desk::enter(&world, "desk", "reviewer").await;
    assert_eq!(other.get("/console/readers").await.status, 404);
    assert!(!other.get("/console").await.says("/console/readers"));
    let desk = Desk::enter(&world, "desk", "desk").await;
    assert!(desk.get("/console").await.says("Readers ask (2)"));
    let waiting = desk.get("/console/readers").await;
    assert!(
        waiting.says("When &#60;b&#62; does it open?") && waiting.says("a trucker"),
        "{}",
        waiting.text
    );
    let (token, id) = (
        waiting.hidden("<form", "token"),
        waiting.hidden("does it open", "id"),
    );
    let decide = async |token: &str, id: &str, what: &str, how: (&str, &str)| {
        let members = [("token", token), ("id", id), ("do", what), how];
        desk.post("/console/readers", &members).await
    };
    let by_us = ("calendar", "us");
    let forged = decide("", &id, "publish", by_us).await;
    assert_eq!(forged.status, 403);
    let unsure = decide(&token, &id, "publish", ("calendar", "")).await;
    assert_eq!(unsure.status, 422, "{}", unsure.text);
    let published = decide(&token, &id, "publish", by_us).await;
    assert!(
        published.status == 200 && published.says("Published: R-"),
        "{}",
        published.text
    );
    let again = decide(&token, &id, "publish", by_us).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let id = published.hidden("Who is Mr X?", "id");
    let unsaid = decide(&token, &id, "decline", ("reason", "")).await;
    assert_eq!(unsaid.status, 422, "{}", unsaid.text);
    let declined = decide(&token, &id, "decline", ("reason", "personal-data")).await;
    assert!(
        declined.says("No reader\u{2019}s question waits"),
        "{}",
        declined.text
    );

    // It has its clock, its page and a number; who asked finds it, and the other is told why not.
    until("it is published", || async {
        anybody
            .get("/questions?lang=en")
            .await
            .text
            .contains("does it open?")
    })
    .await;
    let found = anybody.get(&format!("{first}?lang=en")).await.text;
    let number = found
        .split("/questions/R-")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let page = anybody.get(&format!("/questions/R-{number}?lang=en")).await;
    assert_eq!(page.status, 200);
    for said in [
        "When &#60;b&#62; does it open?",
        "of 10 working days, the United States",
        "a trucker, a reader",
        "Unanswered",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let why = anybody.get(&format!("{second}?lang=en")).await.text;
    assert!(
        why.contains("It was not published: it tells of persons"),
        "{why}"
    );
    let csv = anybody.get("/questions.csv").await.text;
    assert!(csv.contains(&format!("R-{number},{ROAD},")), "{csv}");
    assert!(!csv.contains("Mr X"));
    assert_eq!(anybody.get("/asked/none").await.status, 404);
}
