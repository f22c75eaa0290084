//! An officer's day through the pages: undo, what changed since the shift began, the net down, bays, whom to call.

use serde_json::{Value, json};

use crate::world::{Api, World, manifest, shipment, trip_key, until};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";
const FORM: &str = "application/x-www-form-urlencoded";

/// A signed-in person without a browser.
pub(crate) struct Desk {
    api: Api,
    cookies: String,
}

/// A page as it came.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) location: String,
    pub(crate) cookies: Vec<String>,
}

impl Page {
    /// The value of the first `name="…"` hidden member after a place in the text.
    pub(crate) fn hidden(&self, after: &str, name: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(after)
            .unwrap_or_else(|| panic!("no `{after}` in {}", self.text));
        let (_, rest) = rest
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap_or_else(|| panic!("no `{name}` in {rest}"));
        rest.split_once('"').unwrap().0.to_owned()
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }
}

impl Desk {
    pub(crate) async fn enter(world: &World, node: &str, party: &str) -> Desk {
        let node = world.node(node);
        let api = Api::new(&node.url, "");
        let path = node.parties[party].sign_in.clone();
        let path = path.strip_prefix(api.base.as_str()).unwrap().to_owned();
        let response = api.request("GET", &path).send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        let cookies = format!("{}; garita_lang=en", cookie.split(';').next().unwrap());
        Desk { api, cookies }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        let request = self.api.request("GET", path);
        page(request.header("cookie", &self.cookies)).await
    }

    pub(crate) async fn post(&self, path: &str, members: &[(&str, &str)]) -> Page {
        let body: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let request = self
            .api
            .request("POST", path)
            .header("content-type", FORM)
            .header("cookie", &self.cookies)
            .body(body.join("&"));
        page(request).await
    }

    /// Does an act of a case with its one answer; the page that follows.
    pub(crate) async fn act(&self, kind: &str, key: &str, act: &str, said: &str) -> Page {
        let path = format!("/console/cases/{kind}/{key}/act/{act}");
        let form = self.get(&path).await;
        assert_eq!(form.status, 200, "{}", form.text);
        let (token, once) = (form.hidden("<form", "token"), form.hidden("<form", "once"));
        let done = self
            .post(
                &path,
                &[
                    ("token", &token),
                    ("once", &once),
                    ("answer", said),
                    ("confirmed", "yes"),
                ],
            )
            .await;
        assert_eq!(done.status, 303, "{}", done.text);
        self.get(&done.location).await
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let header = |name: &str| {
        response
            .headers()
            .get_all(name)
            .iter()
            .map(|v| v.to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    Page {
        status: response.status().as_u16(),
        location: header("location").into_iter().next().unwrap_or_default(),
        cookies: header("set-cookie"),
        text: response.text().await.unwrap(),
    }
}

/// A truck with one shipment, known on both sides, whose nodes have answered each other.
async fn truck(world: &World) {
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    until("trade answers", || async {
        let peers = cbp.get("/v1/peers").await.body;
        let items = peers["items"].as_array().unwrap();
        items.iter().any(|p| {
            p["name"] == "Mines Road" && p["silentSince"].is_null() && !p["reached"].is_null()
        })
    })
    .await;
    carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let bill = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    cbp.holds(&bill).await;
}

async fn state(api: &Api, kind: &str, key: &str) -> Value {
    api.case(kind, key).await.body
}

fn fate<'a>(case: &'a Value, id: &str) -> &'a Value {
    case["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == id)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_is_undone_by_one_click_and_the_other_side_sees_both() {
    let world = World::running("undo", 2).await;
    truck(&world).await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let desk = Desk::enter(&world, "customs", "cbp").await;

    // The wrong button.
    let done = desk.act("shipment", SCN, "hold", "data").await;
    assert!(done.says("Signed ") && done.says("Undo"), "{}", done.text);
    let digest = done.location_of_undo();
    let held = format!("ni:///sha-256;{digest}");
    carrier.holds(&held).await;
    assert_eq!(state(&carrier, "shipment", SCN).await["state"], "held");

    // One click: no page between.
    let path = format!("/console/records/{digest}/undo");
    let (token, once) = (done.hidden(&path, "token"), done.hidden(&path, "once"));
    let members = [("token", token.as_str()), ("once", once.as_str())];
    let undone = desk.post(&path, &members).await;
    assert_eq!(undone.status, 303, "{}", undone.text);
    // A second click, and the browser's retry, change nothing.
    let again = desk.post(&path, &members).await;
    assert_eq!(again.location, undone.location);
    let after = desk.get(&undone.location).await;
    assert!(after.says("Undone "), "{}", after.text);
    assert!(
        after.says("withdrawn"),
        "the timeline tells it: {}",
        after.text
    );
    assert!(
        !after.says("is not reached"),
        "nobody is away: {}",
        after.text
    );

    // The state goes back here and there, and both records stay.
    let withdrawal = undone
        .location
        .split_once("recorded=")
        .map(|(_, id)| format!("ni:///sha-256;{id}"))
        .unwrap();
    carrier.holds(&withdrawal).await;
    for api in [&cbp, &carrier] {
        let case = state(api, "shipment", SCN).await;
        assert_eq!(case["state"], "expected", "{case}");
        assert_eq!(fate(&case, &held)["why"], "withdrawn");
        assert_eq!(fate(&case, &withdrawal)["in_force"], true, "{case}");
        assert_eq!(api.record(&held).await.status, 200);
        let record = api.record(&withdrawal).await.body;
        assert_eq!(record["record"]["replaces"]["kind"], "withdraws");
        assert_eq!(record["record"]["replaces"]["id"], held.as_str());
    }
    let page = Desk::enter(&world, "trade", "ocotillo")
        .await
        .get(&format!("/console/cases/shipment/{SCN}"))
        .await;
    assert!(page.says("Withdrawn: "), "{}", page.text);

    // It is over: neither again nor by another.
    let third = desk.get(&path).await;
    assert_eq!(third.status, 409);
    assert!(third.says("undo-replaced"), "{}", third.text);
    let theirs = Desk::enter(&world, "customs", "anam").await;
    let page = theirs.get(&path).await;
    assert_eq!(page.status, 409);
    assert!(page.says("undo-not-yours"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_acted_on_is_asked_once_more_and_what_they_decided_on_is_refused() {
    let world = World::running("undo-acted", 2).await;
    truck(&world).await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let desk = Desk::enter(&world, "customs", "cbp").await;
    let trip = trip_key(TRIP);

    // A question that the carrier has answered is not taken back without a look.
    let ask = desk.act("trip", &trip, "ask", "Which seal?").await;
    let digest = ask.location_of_undo();
    let question = format!("ni:///sha-256;{digest}");
    let carrier = world.api("ocotillo");
    carrier.holds(&question).await;
    let reply = json!({
        "recordType": "Reply", "follows": [question],
        "credentialSubject": { "scac": "TOCQ", "trip": TRIP, "answer": "7741093" },
    });
    let reply = carrier.post("/v1/records", &reply).await.id();
    cbp.holds(&reply).await;
    let path = format!("/console/records/{digest}/undo");
    let form = desk.get(&path).await;
    assert_eq!(form.status, 200, "{}", form.text);
    assert!(
        form.says("Signed on the strength of it") && form.says("Transportes Ocotillo"),
        "{}",
        form.text
    );
    let (token, once) = (form.hidden("<form", "token"), form.hidden("<form", "once"));
    let bare = desk
        .post(&path, &[("token", &token), ("once", &once)])
        .await;
    assert_eq!(bare.status, 200, "it asks: {}", bare.text);
    assert!(bare.says("Signed on the strength of it"));
    let once = bare.hidden("<form", "once");
    let sure = desk
        .post(
            &path,
            &[("token", &token), ("once", &once), ("confirmed", "yes")],
        )
        .await;
    assert_eq!(sure.status, 303, "{}", sure.text);

    // A referral that the other office has decided on stays.
    let red = desk.act("trip", &trip, "arrive", "6").await;
    assert!(red.says("Undo"));
    let refer = desk.act("trip", &trip, "refer", "seal").await;
    let digest = refer.location_of_undo();
    let refusal = json!({
        "recordType": "RefusalDecision",
        "credentialSubject": { "scac": "TOCQ", "trip": TRIP, "scns": [SCN], "decision": "refuse", "cause": "seal" },
    });
    let refused = anam.post("/v1/records", &refusal).await.id();
    cbp.holds(&refused).await;
    let blocked = desk.get(&format!("/console/records/{digest}/undo")).await;
    assert_eq!(blocked.status, 409);
    assert!(
        blocked.says("undo-acted-on") && blocked.says("ANAM Nuevo Laredo"),
        "{}",
        blocked.text
    );
}

impl Page {
    /// The digest of the record that the page offers to undo.
    fn location_of_undo(&self) -> String {
        let (before, _) = self
            .text
            .split_once("/undo\"")
            .unwrap_or_else(|| panic!("no undo in {}", self.text));
        before
            .rsplit_once("/console/records/")
            .unwrap()
            .1
            .to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shift_is_taken_over_with_what_changed_and_a_note_that_stays_inside() {
    let world = World::running("shift", 2).await;
    truck(&world).await;
    let desk = Desk::enter(&world, "customs", "cbp").await;
    let trip = trip_key(TRIP);

    // Before: nothing says when the shift began; what is there came in the last eight hours.
    let page = desk.get("/console/shift").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(
        page.says("last eight hours") && page.says(PLATE),
        "{}",
        page.text
    );
    assert!(page.says("No hand-over note"), "{}", page.text);
    assert!(
        page.says("href=\"/console/shift\""),
        "it is in the navigation"
    );

    // The note is prefilled with where, since when, and what needs a person.
    let differs = desk.act("trip", &trip, "seal-differs", "7741193").await;
    assert!(differs.says("Signed "));
    let form = desk.get("/console/file/ShiftNote").await;
    assert!(form.says("value=\"2304\""), "{}", form.text);
    assert!(form.says(&format!("value=\"{trip}\"")), "{}", form.text);
    assert!(form.says("Seal read 7741193 differs"), "{}", form.text);
    let (token, once) = (form.hidden("<form", "token"), form.hidden("<form", "once"));
    let members = [
        ("token", token.as_str()),
        ("once", once.as_str()),
        ("/credentialSubject/place", "2304"),
        ("/credentialSubject/shift", "20261124-0400"),
        ("/credentialSubject/note", "Lane 4 is closed until ten"),
        ("/credentialSubject/openPoints/0/caseKind", "trip"),
        ("/credentialSubject/openPoints/0/caseKey", trip.as_str()),
        (
            "/credentialSubject/openPoints/0/point",
            "Seal differs, yard asked",
        ),
        ("do", "sign"),
    ];
    world.quiet().await;
    let before = (world.records("customs").await, world.records("trade").await);
    let signed = desk.post("/console/file/ShiftNote", &members).await;
    assert_eq!(signed.status, 303, "{}", signed.text);
    world.quiet().await;
    assert_eq!(world.records("customs").await, before.0 + 1);
    assert_eq!(world.records("trade").await, before.1, "it stays inside");
    let note = format!(
        "ni:///sha-256;{}",
        signed.location.split_once("recorded=").unwrap().1
    );
    // On the same node the other office has nothing of it, neither by its id nor in any list.
    let anam = world.api("anam");
    assert_eq!(anam.record(&note).await.status, 404);
    assert!(anam.all_records().await.iter().all(|(id, ..)| *id != note));
    assert_eq!(anam.case("stint", "2304:20261124-0400").await.status, 404);

    // The next shift begins with it.
    let page = desk.get("/console/shift").await;
    assert!(page.says("Since the last hand-over note"), "{}", page.text);
    assert!(
        page.says("Lane 4 is closed until ten") && page.says("Seal differs, yard asked"),
        "{}",
        page.text
    );
    let took = desk
        .act("stint", "2304:20261124-0400", "take-over", "")
        .await;
    assert!(took.says("Signed "), "{}", took.text);
    let page = desk.get("/console/shift").await;
    assert!(page.says("Taken over: "), "{}", page.text);

    // My shift begins now: a cookie keeps it, and what came before is not told.
    let now = desk.get("/console/shift?since=now").await;
    assert_eq!(now.status, 303);
    let cookie = now
        .cookies
        .iter()
        .find(|c| c.starts_with("garita_shift="))
        .unwrap();
    let later = Desk {
        api: desk.api.clone(),
        cookies: format!("{}; {}", desk.cookies, cookie.split(';').next().unwrap()),
    };
    let page = later.get("/console/shift").await;
    assert!(page.says("No case changed its state"), "{}", page.text);
    assert!(page.says("Nothing was decided"), "{}", page.text);

    // Arrived, held, undone, decided: each is told, with from, to and by whom.
    later.act("trip", &trip, "arrive", "6").await;
    let hold = later.act("shipment", SCN, "hold", "data").await;
    let digest = hold.location_of_undo();
    let path = format!("/console/records/{digest}/undo");
    let (token, once) = (hold.hidden(&path, "token"), hold.hidden(&path, "once"));
    later
        .post(&path, &[("token", &token), ("once", &once)])
        .await;
    later
        .act("trip", &trip, "refuse", "Wrong seal, refused")
        .await;
    let page = later.get("/console/shift").await;
    for words in [
        "Expected",
        "Refused",
        "CBP Laredo",
        "Withdrawn: ",
        "manifest or data",
        PLATE,
    ] {
        assert!(page.says(words), "lacks `{words}`: {}", page.text);
    }
    let csv = later.get("/console/shift.csv").await;
    assert!(
        csv.text
            .lines()
            .any(|line| line.starts_with("shift-of-trip,47AK2F,")
                && line.contains("Expected,Refused")),
        "{}",
        csv.text
    );
    assert!(csv.says("shift-replaced,"), "{}", csv.text);
    // Another reader's list is another's: the carrier sees no decision of its own.
    let theirs = Desk::enter(&world, "trade", "ocotillo").await;
    let page = theirs.get("/console/shift").await;
    assert!(page.says("This office decided nothing"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_other_node_is_away_the_page_says_what_waits_and_then_what_was_decided_blind() {
    let mut world = World::running("away", 2).await;
    truck(&world).await;
    let trip = trip_key(TRIP);

    // The carrier calls its trip off while nobody hears it.
    world.stop("customs").await;
    let cancelled = world
        .api("ocotillo")
        .file(
            "TripCancelled",
            json!({ "scac": "TOCQ", "trip": TRIP, "cause": "Tractor broke down" }),
        )
        .await;
    world.stop("trade").await;
    world.start("customs").await;
    let desk = Desk::enter(&world, "customs", "cbp").await;
    let page = page_that(&desk, "/console", "not reached since").await;
    assert!(page.says("You can go on deciding"), "{}", page.text);

    // The officer goes on; the page says what waits for whom, after the act and on the case.
    let refused = desk
        .act("trip", &trip, "refuse", "Wrong seal, refused")
        .await;
    assert!(
        refused.says("It waits for Mines Road, not reached since") && refused.says("record"),
        "{}",
        refused.text
    );
    let case = desk.get(&format!("/console/cases/trip/{trip}")).await;
    assert!(
        case.says("Mines Road is not reached since") && case.says("of this case wait"),
        "{}",
        case.text
    );

    // It comes back: what waited goes out in order, and what neither knew stands among what needs a person.
    world.start("trade").await;
    let refusal = format!("ni:///sha-256;{}", refused.location_of_undo());
    world.api("ocotillo").holds(&refusal).await;
    world.api("cbp").holds(&cancelled).await;
    let state = state(&world.api("cbp"), "trip", &trip).await;
    assert_eq!(state["blind"][0]["act"], refusal.as_str(), "{state}");
    assert_eq!(state["blind"][0]["unseen"][0], cancelled.as_str());
    let page = page_that(&desk, "/console/shift", "Decided blind: 1").await;
    assert!(page.says("not knowing of: "), "{}", page.text);
    assert!(
        page.says("not reached for"),
        "how long it was away: {}",
        page.text
    );
    let board = page_that(
        &desk,
        "/console?board=northbound",
        "In step with Mines Road",
    )
    .await;
    let needs = board.text.split_once("id=\"board-needs\"").unwrap().1;
    let needs = needs.split_once("</section>").unwrap().0;
    assert!(
        needs.contains(PLATE) && needs.contains("Decided without knowing"),
        "{needs}"
    );
}

async fn page_that(desk: &Desk, path: &str, words: &str) -> Page {
    for _ in 0..200 {
        let page = desk.get(path).await;
        if page.says(words) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let page = desk.get(path).await;
    panic!("{path} never says `{words}`: {}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_says_whom_to_call_on_both_sides_and_only_its_office_says_it() {
    let world = World::running("contacts", 2).await;
    truck(&world).await;
    let cbp = world.api("cbp");
    let bad = json!({ "desk": "x", "telephone": "ask the yard", "languages": ["spanish please"] });
    let answer = cbp.post("/v1/contacts", &bad).await;
    assert_eq!(
        (answer.status, answer.code()),
        (422, "contact-malformed"),
        "{}",
        answer.text
    );
    assert_eq!(
        answer.body["errors"].as_array().unwrap().len(),
        3,
        "{}",
        answer.text
    );

    // By the form, with all faults at once, then well.
    let desk = Desk::enter(&world, "customs", "cbp").await;
    let form = desk.get("/console/contacts/own").await;
    let (token, once) = (form.hidden("<form", "token"), form.hidden("<form", "once"));
    let faulty = desk
        .post(
            "/console/contacts/own",
            &[
                ("token", &token),
                ("once", &once),
                ("/desk", "Import holds"),
                ("/telephone", "555"),
            ],
        )
        .await;
    assert_eq!(faulty.status, 422);
    assert!(
        faulty.says("Import holds") && faulty.says("contact-malformed"),
        "{}",
        faulty.text
    );
    let set = desk
        .post(
            "/console/contacts/own",
            &[
                ("token", &token),
                ("once", &once),
                ("/desk", "Import holds"),
                ("/telephone", "+1 956 555 0142"),
                ("/hours", "daily 06:00-24:00"),
                ("/languages", "es, en"),
            ],
        )
        .await;
    assert_eq!(set.status, 303, "{}", set.text);

    // The other node shows it on the hold, and keeps it.
    let hold = desk.act("shipment", SCN, "hold", "data").await;
    assert!(hold.says("tel:+19565550142"), "{}", hold.text);
    let carrier = Desk::enter(&world, "trade", "ocotillo").await;
    let page = page_that(
        &carrier,
        &format!("/console/cases/shipment/{SCN}"),
        "tel:+19565550142",
    )
    .await;
    assert!(
        page.says("Import holds") && page.says("Spanish, English"),
        "{}",
        page.text
    );
    let list = carrier.get("/console/contacts").await;
    assert!(
        list.says("CBP Laredo") && list.says("Import holds"),
        "{}",
        list.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secondary_shows_its_bays_and_a_truck_is_moved_to_one() {
    let world = World::running("bays", 2).await;
    truck(&world).await;
    let desk = Desk::enter(&world, "customs", "cbp").await;
    let trip = trip_key(TRIP);
    let strip = |page: &Page| {
        let (_, rest) = page.text.split_once("id=\"s-inspection-dock\"").unwrap();
        rest.split_once("</section>").unwrap().0.to_owned()
    };
    let empty = desk.get("/console?board=northbound").await;
    assert_eq!(
        strip(&empty).matches(">free<").count(),
        40,
        "{}",
        empty.text
    );
    desk.act("trip", &trip, "arrive", "6").await;
    desk.act("trip", &trip, "refer", "seal").await;
    let waiting = desk.get("/console?board=northbound").await;
    assert!(
        !strip(&waiting).contains(PLATE),
        "in inspection, at no dock"
    );
    let column = waiting.text.split_once("id=\"s-inspection\"").unwrap().1;
    assert!(column.split_once("</section>").unwrap().0.contains(PLATE));
    desk.act("trip", &trip, "move-bay", "12").await;
    let placed = desk.get("/console?board=northbound").await;
    assert!(strip(&placed).contains(PLATE), "{}", placed.text);
    assert_eq!(strip(&placed).matches(">free<").count(), 39);
    assert!(placed.says("in bays, 39 free"), "{}", placed.text);
    // Who has no docks at its port is shown the stage as a column.
    let carrier = Desk::enter(&world, "trade", "ocotillo").await;
    let page = carrier.get("/console?board=northbound").await;
    assert!(!page.says("39 free"), "{}", page.text);
}
