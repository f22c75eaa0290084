//! What changes on a page because a case elsewhere moved: a certificate suspended on one side stops a truck on the other side's board.

use serde_json::json;

use crate::world::{Api, World, manifest, shipment, trip_key, until};

const TRIP: &str = "TOCQ2611240417";
const STOPPED: &str = "A certificate of this truck is suspended or revoked";

/// A signed-in reader of pages.
struct Reader {
    browser: Api,
    cookie: String,
}

impl Reader {
    async fn of(world: &World, node: &str, party: &str) -> Reader {
        let node = world.node(node);
        let browser = Api::new(&node.url, "");
        let link = node.parties[party].sign_in.clone();
        let entered = browser.request("GET", link.strip_prefix(&browser.base).unwrap());
        let entered = entered.send().await.unwrap();
        assert_eq!(entered.status().as_u16(), 303);
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Reader { browser, cookie }
    }

    async fn page(&self, path: &str) -> String {
        let asked = self.browser.request("GET", path);
        let answer = asked.header("cookie", &self.cookie).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_there_stops_a_truck_on_the_board_here() {
    let world = World::running("living", 4).await;
    let (ctpat, carrier) = (world.api("ctpat"), world.api("ocotillo"));
    let anam = Reader::of(&world, "customs", "anam").await;
    ctpat
        .file(
            "Certificate",
            json!({
                "program": "CTPAT", "number": "C-26-004417", "holder": world.did("ocotillo"), "companyName": "Transportes Ocotillo",
                "country": "MX", "memberRole": "highway-carrier", "scac": "TOCQ", "dotNumber": "2417703", "status": "certified",
                "validFrom": "2026-01-20T06:00:00Z", "sites": [{ "siteName": "Nuevo Laredo yard", "country": "MX" }],
                "offices": [world.did("anam")],
            }),
        )
        .await;
    let scn = "TOCQ88402171";
    let goods = shipment(scn, &world.did("mines"), &world.did("gulf"));
    carrier.file("Shipment", goods).await;
    carrier
        .file("Manifest", manifest(TRIP, "47AK2F", scn))
        .await;
    world.quiet().await;

    let board = "/console?board=northbound&lang=en";
    let case = format!("/console/cases/trip/{}?lang=en", trip_key(TRIP));
    let page = anam.page(board).await;
    assert!(page.contains("47AK2F"), "the truck is on the board");
    assert!(!page.contains(STOPPED));
    assert!(!anam.page(&case).await.contains(STOPPED));

    // No record of the trip comes; the certificate's does.
    let subject = json!({
        "program": "CTPAT", "number": "C-26-004417", "kind": "incident", "endsWith": "the incident report",
    });
    let suspended = ctpat.file("Suspension", subject).await;
    until("the board here says it", || async {
        anam.page(board).await.contains(STOPPED)
    })
    .await;
    assert!(anam.page(&case).await.contains(STOPPED));

    // Lifted, it is gone here too. What says nothing would be refused by every peer, so it is refused at home.
    let lift = |subject: serde_json::Value| json!({ "recordType": "SuspensionLifted", "credentialSubject": subject, "follows": [suspended] });
    let refused = ctpat.post("/v1/records", &lift(json!({}))).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    ctpat
        .post(
            "/v1/records",
            &lift(json!({ "memberNote": "The report came" })),
        )
        .await
        .id();
    until("the board here forgets it", || async {
        !anam.page(board).await.contains(STOPPED)
    })
    .await;
}
