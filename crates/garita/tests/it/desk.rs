//! Day one of those who live in it: the driver's page by a link, a broker's exceptions and own numbers, a dispatcher's two taps.

use std::time::Instant;

use serde_json::{Value, json};

use crate::chromium::{self, Browser};
use crate::world::{Api, World, appointment, arrived, manifest, shipment, trip_key};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";
const FORM: &str = "application/x-www-form-urlencoded";
/// Files of the broker in the test of the exceptions.
const FILES: usize = 300;

/// A person's session on a node.
struct Person {
    api: Api,
    cookie: String,
}

/// An answered page.
struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// What stands between two texts, the first time.
    fn between(&self, from: &str, to: &str) -> &str {
        let (_, rest) = self.text.split_once(from).unwrap_or_else(|| {
            panic!("no `{from}` in {}", self.text);
        });
        rest.split_once(to).unwrap().0
    }

    /// The form's hidden fields.
    fn hidden(&self) -> String {
        let between = |text: &str, from: &str| {
            let (_, rest) = text.split_once(from)?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let fields: Vec<String> = self
            .text
            .split("<input type=\"hidden\"")
            .skip(1)
            .filter_map(|text| {
                Some(format!(
                    "{}={}",
                    between(text, "name=\"")?,
                    between(text, "value=\"")?
                ))
            })
            .take(2)
            .collect();
        fields.join("&")
    }
}

impl Person {
    async fn of(world: &World, node: &str, party: &str) -> Person {
        let node = world.node(node);
        let api = Api::new(&node.url, "");
        let link = node.parties[party].sign_in.clone();
        let entered = api.request("GET", link.strip_prefix(&api.base).unwrap());
        let entered = entered.send().await.unwrap();
        let cookie = entered.headers()["set-cookie"].to_str().unwrap();
        Person {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            api,
        }
    }

    async fn get(&self, path: &str) -> Page {
        page(self.api.request("GET", path).header("cookie", &self.cookie)).await
    }

    async fn post(&self, path: &str, body: String) -> Page {
        let request = self
            .api
            .request("POST", path)
            .header("cookie", &self.cookie);
        page(request.header("content-type", FORM).body(body)).await
    }
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let answer = request.send().await.unwrap();
    Page {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: answer.text().await.unwrap(),
    }
}

async fn truck(world: &World) {
    let carrier = world.api("ocotillo");
    let mut listed = manifest(TRIP, PLATE, SCN);
    listed["driver"] = json!({ "driverName": "Xochitl Casas", "licence": "LFD0123456" });
    carrier.file("Manifest", listed).await;
    let bill = shipment(SCN, &world.did("mines"), &world.did("gulf"));
    let id = carrier.file("Shipment", bill).await;
    world.api("cbp").holds(&id).await;
}

fn passes() -> String {
    format!("/console/cases/trip/{}/pass", trip_key(TRIP))
}

/// Makes a link and gives its path.
async fn given(person: &Person) -> String {
    let asked = person.get(&passes()).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let made = person
        .post(&passes(), format!("{}&do=give", asked.hidden()))
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(made.text.contains("<svg class=\"qr\""), "{}", made.text);
    assert_eq!(made.header("referrer-policy"), "no-referrer");
    format!("/p/{}", made.between("/p/", "\""))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_driver_sees_the_trip_by_a_link_and_nothing_else() {
    let world = World::running("pass", 2).await;
    truck(&world).await;
    let dispatcher = Person::of(&world, "trade", "ocotillo").await;
    let trip = dispatcher
        .get(&format!("/console/cases/trip/{}", trip_key(TRIP)))
        .await;
    assert!(trip.text.contains(&passes().replace(':', "%3A")) || trip.text.contains(&passes()));
    let link = given(&dispatcher).await;
    assert_eq!(link.len(), "/p/".len() + 22, "128 bits: {link}");

    let phone = &dispatcher.api;
    let look =
        async |lang: &str| page(phone.request("GET", &link).header("accept-language", lang)).await;
    let (en, es) = (look("en-US").await, look("es-MX,es;q=0.9").await);
    assert_eq!((en.status, es.status), (200, 200), "{}", en.text);
    assert!(
        en.text.contains("Wait. The manifest is not accepted yet"),
        "{}",
        en.text
    );
    assert!(
        es.text
            .contains("Espere. El manifiesto aún no está aceptado"),
        "{}",
        es.text
    );
    assert!(en.text.contains(TRIP) && en.text.contains("7741093"));
    assert!(en.text.contains("Entry missing, shipments: 1"));
    // Nothing commercial, nobody's name.
    for never in [
        "Gulf Prairie",
        "Wire harnesses",
        "Arneses",
        "Xochitl",
        "LFD0123456",
        SCN,
        "did:",
    ] {
        assert!(!en.text.contains(never), "`{never}` in {}", en.text);
    }
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(en.header(name), value);
    }
    assert!(en.headers.get("set-cookie").is_none());
    // It is read-only, and opens nothing else.
    assert_eq!(page(phone.request("POST", &link)).await.status, 405);
    assert_eq!(
        page(phone.request("GET", "/console/cases")).await.status,
        303
    );

    // What the node is told, the page says.
    let cbp = world.api("cbp");
    let id = cbp
        .file("ManifestAccepted", json!({ "scac": "TOCQ", "trip": TRIP }))
        .await;
    world.api("ocotillo").holds(&id).await;
    let id = cbp.file("ConveyanceArrived", arrived(TRIP)).await;
    world.api("ocotillo").holds(&id).await;
    assert!(
        look("en")
            .await
            .text
            .contains("At primary, lane 6. Stay in the cab")
    );

    // Another party of the case gives none, and another's page is not there for it.
    let broker = Person::of(&world, "trade", "mines").await;
    assert_eq!(broker.get(&passes()).await.status, 404);

    // The store knows no secret: only its hash.
    let secret = link.strip_prefix("/p/").unwrap().to_owned();
    let folder = world.folder.path().to_owned();
    let found = tokio::task::spawn_blocking(move || holds_text(&folder, secret.as_bytes()))
        .await
        .unwrap();
    assert!(!found, "the secret lies in a file of a node");

    // Guessed, cut, taken back: all look alike.
    let guessed = page(phone.request("GET", "/p/AAAAAAAAAAAAAAAAAAAAAA")).await;
    assert_eq!(guessed.status, 404);
    assert!(guessed.text.contains("not good any more") && guessed.text.contains("ya no es válido"));
    let listed = dispatcher.get(&passes()).await;
    let id = listed.between("name=\"pass\" value=\"", "\"").to_owned();
    let back = format!("{}&do=revoke&pass={id}", listed.hidden());
    assert_eq!(dispatcher.post(&passes(), back).await.status, 200);
    let gone = look("en").await;
    assert_eq!(gone.status, 404);
    assert_eq!(gone.text, guessed.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_are_few_asked_seldom_and_end_with_the_trip() {
    let world = World::running("pass-limits", 2).await;
    truck(&world).await;
    let dispatcher = Person::of(&world, "trade", "ocotillo").await;
    let asked = dispatcher.get(&passes()).await;
    let form = format!("{}&do=give", asked.hidden());
    // A page that is loaded again shows the same link.
    let first = dispatcher.post(&passes(), form.clone()).await;
    let again = dispatcher.post(&passes(), form).await;
    assert_eq!(first.between("/p/", "\""), again.between("/p/", "\""));
    for _ in 1..5 {
        given(&dispatcher).await;
    }
    let sixth = dispatcher.get(&passes()).await;
    let sixth = dispatcher
        .post(&passes(), format!("{}&do=give", sixth.hidden()))
        .await;
    assert_eq!(sixth.status, 409, "{}", sixth.text);
    // Another session's form is no form.
    let stolen = dispatcher
        .post(&passes(), "do=give&once=x".to_owned())
        .await;
    assert_eq!(stolen.status, 403);

    let link = format!("/p/{}", first.between("/p/", "\""));
    let phone = &dispatcher.api;
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(page(phone.request("GET", &link)).await.status);
    }
    assert_eq!(statuses[..60], [200; 60]);
    assert_eq!(statuses[60], 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_s_page_on_a_phone() {
    let Some(binary) = chromium::binary() else {
        return;
    };
    let world = World::running("pass-phone", 2).await;
    truck(&world).await;
    let dispatcher = Person::of(&world, "trade", "ocotillo").await;
    let link = format!("{}{}", dispatcher.api.base, given(&dispatcher).await);
    tokio::task::spawn_blocking(move || {
        let mut browser = Browser::start(binary);
        browser.size(390, 844);
        browser.open(&link);
        let text = browser.text();
        assert!(
            text.contains("Wait. The manifest is not accepted yet"),
            "{text}"
        );
        assert!(
            text.contains("Show at the booth") && text.contains(TRIP),
            "{text}"
        );
        assert_eq!(
            browser.ask("document.documentElement.scrollWidth <= innerWidth"),
            Value::Bool(true),
            "it scrolls sideways"
        );
        assert_eq!(browser.ask("document.cookie"), Value::from(""));
        // The big words are big: what a driver reads at arm's length.
        let size =
            browser.ask("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)");
        assert!(size.as_f64().unwrap() >= 32.0, "{size}");
        picture(&mut browser, "pass-en");
        browser.ask("document.querySelector('.bar-end a').click()");
        browser.wait("Spanish", "document.documentElement?.lang === 'es'");
        assert!(browser.text().contains("Mostrar en la caseta"));
        picture(&mut browser, "pass-es");
        let complaints = browser.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
    })
    .await
    .unwrap();
}

/// Pictures for whoever looks at them: only where they are asked for.
fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("GARITA_PICTURES") {
        browser.picture(&std::path::Path::new(&folder).join(format!("{name}.png")));
    }
}

/// Whether a text lies in a file below a folder.
fn holds_text(folder: &std::path::Path, text: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds_text(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|w| w == text)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_sees_the_few_of_three_hundred_files_that_need_somebody() {
    let world = World::running("exceptions", 4).await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let (broker, importer) = (world.did("mines"), world.did("gulf"));
    let scn = |n: usize| format!("TOCQ{n:08}");
    let mut last = String::new();
    for n in 0..FILES {
        last = carrier
            .file("Shipment", shipment(&scn(n), &broker, &importer))
            .await;
    }
    cbp.holds(&last).await;
    // All but five have their entry; one of these is held, one is asked for a document.
    let entered: Vec<String> = (5..FILES).map(scn).collect();
    let mut seen = String::new();
    for some in entered.chunks(100) {
        seen = cbp
            .file(
                "EntryAccepted",
                json!({ "scns": some, "entryNumber": "M7K-4410273-8", "entryType": "01" }),
            )
            .await;
    }
    let hold = json!({ "scn": scn(7), "kind": "food", "endsWith": "FDA may proceed", "cause": "sampling" });
    let held = cbp.file("HoldPlaced", hold).await;
    let asked = json!({ "scns": [scn(8)], "documentKind": "packing-list" });
    let asked = cbp.file("DocumentRequested", asked).await;
    let api = world.api("mines");
    for id in [&seen, &held, &asked] {
        api.holds(id).await;
    }
    let person = Person::of(&world, "trade", "mines").await;
    let began = Instant::now();
    let page = person.get("/console/needs").await;
    let took = began.elapsed();
    println!("exceptions of {FILES} files in {} ms", took.as_millis());
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("7 of 300 open cases need somebody"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Held: ") && page.text.contains("CBP Laredo"));
    assert!(page.text.contains("Ends: FDA may proceed"));
    assert!(
        page.text.contains("Gulf Prairie Assembly"),
        "the client by name"
    );
    assert!(page.text.contains("act/send-document"), "the one act");
    // The held one is the most urgent, and first.
    let first = page.between("<tbody>", "</tr>");
    assert!(first.contains(&scn(7)), "{first}");

    // Its own number: by an act, found, listed, told to nobody.
    let act = format!(
        "/console/cases/shipment/{}/act/own-reference-shipment",
        scn(7)
    );
    let form = person.get(&act).await;
    let sent = person
        .post(&act, format!("{}&answer=L26-04417", form.hidden()))
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = person.get("/console/needs?q=l26-04417").await;
    assert!(page.between("<tbody>", "</tr>").contains("L26-04417"));
    let found = person.get("/console/cases?q=L26-04417").await;
    assert!(
        found.text.contains(&scn(7)) && found.text.contains("L26-04417"),
        "{}",
        found.text
    );
    let case = person
        .get(&format!("/console/cases/shipment/{}", scn(7)))
        .await;
    assert!(case.text.contains("L26-04417") && case.text.contains("seen by you alone"));
    let csv = person.get("/console/needs.csv").await;
    assert!(
        csv.text.starts_with("reference,kind,number,"),
        "{}",
        csv.text
    );
    assert!(
        csv.text
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("L26-04417,shipment,"),
        "{}",
        csv.text
    );
    assert_eq!(csv.text.lines().count(), 8);
    world.quiet().await;
    let theirs = cbp.get("/v1/records?type=OwnReference").await;
    assert_eq!(
        theirs.body["items"].as_array().map_or(0, Vec::len),
        0,
        "{}",
        theirs.text
    );
    let hits = cbp.get("/v1/search?q=L26-04417").await;
    assert!(!hits.text.contains(&scn(7)), "{}", hits.text);
    let held = carrier.get("/v1/records?type=OwnReference").await;
    assert_eq!(
        held.body["items"].as_array().map_or(0, Vec::len),
        0,
        "{}",
        held.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tractor_or_a_driver_is_swapped_in_two_taps() {
    let world = World::running("swap", 4).await;
    let carrier = world.api("ocotillo");
    let mut other = manifest("TOCQ2611240416", "22AT6K", "TOCQ88402170");
    other["driver"] = json!({ "driverName": "Ramiro Luna", "fastCard": "41100000000017" });
    carrier.file("Manifest", other).await;
    truck(&world).await;
    let person = Person::of(&world, "trade", "ocotillo").await;
    let act = |id: &str| format!("/console/cases/trip/{}/act/{id}", trip_key(TRIP));
    // The first tap is the act's button; the second one of these.
    let tractor = person.get(&act("swap-tractor")).await;
    assert!(
        tractor.text.contains("name=\"answer\" value=\"22AT6K\""),
        "{}",
        tractor.text
    );
    assert!(
        !tractor.text.contains("value=\"47AK2F\""),
        "what it has is no change"
    );
    let sent = person
        .post(
            &act("swap-tractor"),
            format!("{}&other=&answer=22AT6K", tractor.hidden()),
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let driver = person.get(&act("swap-driver")).await;
    assert!(
        driver.text.contains("value=\"Ramiro Luna\""),
        "{}",
        driver.text
    );
    let sent = person
        .post(
            &act("swap-driver"),
            format!("{}&other=&answer=Ramiro+Luna", driver.hidden()),
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let trip = carrier.get("/v1/records?type=Conveyance").await;
    let items = trip.body["items"].as_array().unwrap().clone();
    let mut made: Vec<Value> = Vec::new();
    for item in &items {
        let record = carrier.record(item["id"].as_str().unwrap()).await;
        made.push(record.body["record"]["credentialSubject"].clone());
    }
    let swapped = |what: &str| made.iter().find(|s| s["swapped"] == what).unwrap().clone();
    assert_eq!(swapped("tractor")["plate"], "22AT6K");
    assert_eq!(swapped("tractor")["previousPlate"], "47AK2F");
    // The driver's card comes with the name; another typed name comes alone.
    assert_eq!(swapped("driver")["driver"]["fastCard"], "41100000000017");
    let driver = person.get(&act("swap-driver")).await;
    let sent = person
        .post(
            &act("swap-driver"),
            format!("{}&other=Ana+Ruiz", driver.hidden()),
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    // The bridge learns the plate, and no name.
    world.quiet().await;
    let bridge = world.api("puente");
    let mut told = String::new();
    for item in bridge.get("/v1/records?type=Conveyance").await.body["items"]
        .as_array()
        .unwrap()
    {
        told += &bridge.record(item["id"].as_str().unwrap()).await.text;
    }
    assert!(told.contains("22AT6K"), "{told}");
    assert!(
        !told.contains("Ramiro") && !told.contains("Ana Ruiz"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_is_filed_from_the_last_without_what_must_be_new() {
    let world = World::running("refile", 2).await;
    truck(&world).await;
    let person = Person::of(&world, "trade", "ocotillo").await;
    let choose = person.get("/console/file").await;
    let href = choose
        .between("href=\"/console/file/Manifest?from=", "\"")
        .to_owned();
    let form = person
        .get(&format!("/console/file/Manifest?from={href}"))
        .await;
    assert_eq!(form.status, 200);
    assert!(form.text.contains("Filled in from"), "{}", form.text);
    for kept in ["value=\"47AK2F\"", "value=\"2304\"", "Xochitl Casas"] {
        assert!(form.text.contains(kept), "`{kept}` in {}", form.text);
    }
    for fresh in [TRIP, SCN, "7741093", "2026-11-24T09:19"] {
        assert!(
            !form.text.contains(&format!("value=\"{fresh}\"")),
            "`{fresh}`"
        );
    }
    // A stranger's record fills nothing in.
    let other = Person::of(&world, "trade", "nopalera").await;
    let form = other
        .get(&format!("/console/file/Manifest?from={href}"))
        .await;
    assert!(!form.text.contains("value=\"47AK2F\""), "{}", form.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truck_that_does_not_come_is_told_and_leaves_the_board() {
    let world = World::running("no-show", 2).await;
    let carrier = world.api("ocotillo");
    let mut yesterday = appointment("TOCQ2611220001", "22AT6K");
    yesterday["direction"] = json!("northbound");
    yesterday["window"] =
        json!({ "windowStart": "2026-11-22T13:00:00Z", "windowEnd": "2026-11-22T13:30:00Z" });
    carrier.file("Appointment", yesterday).await;
    let mut late = appointment(TRIP, PLATE);
    late["direction"] = json!("northbound");
    late["window"] =
        json!({ "windowStart": "2026-11-24T09:00:00Z", "windowEnd": "2026-11-24T09:30:00Z" });
    carrier.file("Appointment", late).await;
    let person = Person::of(&world, "trade", "ocotillo").await;
    let board = person.get("/console?board=northbound").await;
    assert!(
        board
            .text
            .contains("47AK2F did not come to its appointment"),
        "{}",
        board.text
    );
    assert!(
        !board.text.contains("22AT6K"),
        "a day after its window it has left the board"
    );
    let act = format!("/console/cases/trip/{}/act/new-appointment", trip_key(TRIP));
    let led = person.get(&act).await;
    assert_eq!(led.status, 303);
    let form = person.get(led.header("location")).await;
    assert!(
        form.text.contains("value=\"47AK2F\"") && form.text.contains(TRIP),
        "{}",
        form.text
    );
    assert!(
        !form.text.contains("value=\"2026-11-24T03:00\""),
        "the window must be new"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mandate_goes_to_its_agent_and_is_taken_back() {
    let world = World::running("mandates", 4).await;
    let (importer, broker) = (world.did("gulf"), world.did("mines"));
    // One to a broker of the same node, one to a party of another.
    let bridge = world.did("puente");
    let gulf = world.api("gulf");
    for agent in [&broker, &bridge] {
        let body = json!({ "grantor": importer, "agent": agent, "scope": ["EntryFiled"] });
        gulf.file("Mandate", body).await;
    }
    let mines = Person::of(&world, "trade", "mines").await;
    let page = mines.get("/console/mandates").await;
    assert!(page.text.contains("Gulf Prairie Assembly"), "{}", page.text);
    world.quiet().await;
    let there = world.api("puente").get("/v1/records?type=Mandate").await;
    assert_eq!(
        there.body["items"].as_array().map_or(0, Vec::len),
        1,
        "{}",
        there.text
    );
    let elsewhere = world.api("sotol").get("/v1/records?type=Mandate").await;
    assert_eq!(elsewhere.body["items"].as_array().map_or(0, Vec::len), 0);

    // The entry is filed under the mandate: no warning; without it one.
    let carrier = world.api("ocotillo");
    carrier
        .file("Shipment", shipment(SCN, &broker, &importer))
        .await;
    let entry = json!({ "entryNumber": "M7K-4410273-8", "entryType": "01", "scns": [SCN], "importerOfRecord": "12-3456789AB" });
    let filed = world.api("mines").draft("EntryFiled", entry).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let warned = "no power of attorney";
    let case = format!("/console/cases/shipment/{SCN}");
    assert!(!mines.get(&case).await.text.contains(warned));
    let grantor = Person::of(&world, "trade", "gulf").await;
    let page = grantor.get("/console/mandates").await;
    let rows: Vec<&str> = page
        .text
        .split("<tr>")
        .filter(|r| r.contains("Mines Road Brokers"))
        .collect();
    let (_, id) = rows[0].split_once("name=\"mandate\" value=\"").unwrap();
    let id = id.split_once('"').unwrap().0;
    let body = format!("{}&mandate={id}", page.hidden());
    assert_eq!(grantor.post("/console/mandates", body).await.status, 303);
    let page = mines.get("/console/mandates").await;
    assert!(
        page.text.contains("Nobody has given you one"),
        "{}",
        page.text
    );
    let now = mines.get(&case).await;
    assert!(now.text.contains(warned), "{}", now.text);
}
