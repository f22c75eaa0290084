//! The public half: the real tables go in by the command, and anybody reads what they come to; both clocks, both languages, as pages and
//! as files; bad tables are told row by row and leave nothing behind.

use std::collections::BTreeMap;
use std::path::Path;

use garita_node::setup::CreatedNode;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::world::{Api, Folder, World, clock, draft, garita, node, party, plan, until};

const OTAY: &str = "us-ca-otay-mesa-east-poe";
const BOTA: &str = "us-tx-bota";

fn table(name: &str) -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/infrastructure/data"
    );
    std::fs::read_to_string(Path::new(path).join(name)).unwrap()
}

/// A desk that compiles and publishes, a reviewer, and a sponsor on a node of its own. The desk asks nothing by itself.
async fn world(name: &str) -> World {
    planned(name, |nodes| {
        let path = nodes[0].data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["automaticQuestionsADay"] = json!(0);
        std::fs::write(&path, file.to_string()).unwrap();
    })
    .await
}

pub(crate) async fn planned(name: &str, prepare: impl FnOnce(&[CreatedNode])) -> World {
    let mut plan = plan(clock());
    plan.nodes = vec![
        node(
            "desk",
            "Scorecard desk",
            vec![
                party(
                    "desk",
                    "Scorecard desk",
                    "us",
                    &["publisher", "compiler"],
                    &[],
                ),
                party("reviewer", "Reviewer", "us", &["reviewer"], &[]),
            ],
        ),
        node(
            "works",
            "Works",
            vec![party("sandag", "SANDAG", "us", &["sponsor"], &[])],
        ),
    ];
    World::planned(name, &plan, 2, |_, nodes| prepare(nodes)).await
}

struct Desk {
    files: Folder,
    url: String,
    token: String,
}

impl Desk {
    fn of(world: &World) -> Desk {
        let files = Folder::new("scorecard-files");
        let made = world.node("desk");
        let token = files.write("token", &made.parties["desk"].token);
        Desk {
            url: made.url.clone(),
            token: token.display().to_string(),
            files,
        }
    }

    /// Runs `garita scorecard import` on these files.
    async fn import(&self, files: &[(&str, &str)], filed: bool) -> crate::world::Ran {
        let mut args = vec!["scorecard".to_owned(), "import".to_owned()];
        if filed {
            args.extend(["--url".to_owned(), self.url.clone()]);
            args.extend(["--token-file".to_owned(), self.token.clone()]);
        }
        for (name, text) in files {
            args.push(self.files.write(name, text).display().to_string());
        }
        tokio::task::spawn_blocking(move || {
            garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
        })
        .await
        .unwrap()
    }

    async fn both(&self) -> crate::world::Ran {
        let (projects, statements) = (
            table("border-projects.csv"),
            table("border-projects-history.csv"),
        );
        // Statements first: the command puts them in order.
        let files = [
            ("statements.csv", statements.as_str()),
            ("projects.csv", &projects),
        ];
        self.import(&files, true).await
    }
}

/// Rows of a CSV without line breaks in cells, by column.
pub(crate) fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let cells = |line: &str| -> Vec<String> {
        let (mut out, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => out.push(std::mem::take(&mut cell)),
                letter => cell.push(letter),
            }
        }
        out.push(cell);
        out
    };
    let mut lines = text.lines();
    let head = cells(lines.next().unwrap());
    lines
        .map(|line| head.iter().cloned().zip(cells(line)).collect())
        .collect()
}

/// The last day of a date as written, worked out apart from the engine.
fn last_day(text: &str) -> Date {
    let year: i16 = text[..4].parse().unwrap();
    let day = |month, day| Date::new(year, month, day).unwrap();
    match &text[4..] {
        "" => day(12, 31),
        "-Q1" => day(3, 31),
        "-Q2" => day(6, 30),
        "-Q3" => day(9, 30),
        "-Q4" => day(12, 31),
        "-spring" => day(6, 20),
        "-summer" => day(9, 22),
        "-fall" => day(12, 20),
        rest if rest.len() == 3 => day(rest[1..].parse().unwrap(), 1).last_of_month(),
        _ => text.parse().unwrap(),
    }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from(to.since((jiff::Unit::Day, from)).unwrap().get_days())
}

/// Promises of a project in the order of their days, from the table itself.
fn promises(project: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = rows(&table("border-projects-history.csv"))
        .into_iter()
        .filter(|row| row["project_id"] == project && row["fact"] == "planned_completion")
        .map(|row| (row["stated_on"].clone(), row["value"].clone()))
        .collect();
    found.sort();
    found
}

async fn project_row(api: &Api, query: &str, id: &str) -> Option<BTreeMap<String, String>> {
    let text = api.get(&format!("/projects.csv{query}")).await.text;
    rows(&text).into_iter().find(|row| row["id"] == id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_tables_go_in_and_their_slips_are_told() {
    let world = world("scorecard").await;
    let anybody = Api::new(&world.node("desk").url, "");
    let empty = anybody.get("/projects").await;
    assert_eq!(empty.status, 200);
    assert!(empty.text.contains("garita scorecard import"), "what to do");

    let desk = Desk::of(&world);
    let ran = desk.both().await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("63 records filed") && ran.err.contains("85 records filed"),
        "{}",
        ran.err
    );
    let count = world.records("desk").await;
    let again = desk.both().await;
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(world.records("desk").await, count, "filed once");

    until("the page has them", || async {
        anybody.get("/projects").await.text.contains("365 Tollway")
            && rows(&anybody.get("/statements.csv").await.text).len() >= 85
    })
    .await;
    for (lang, words) in [
        ("en", "61 projects and 2 programmes"),
        ("es", "61 proyectos y 2 programas"),
    ] {
        let page = anybody.get(&format!("/projects?lang={lang}")).await;
        assert!(page.text.contains(words), "{lang}");
        assert!(page.text.len() < 100_000);
    }
    assert_eq!(rows(&anybody.get("/projects.csv").await.text).len(), 63);
    assert_eq!(rows(&anybody.get("/statements.csv").await.text).len(), 85);

    // Many steps each: against the table itself.
    for (project, steps) in [(OTAY, 6), (BOTA, 4)] {
        let told = promises(project);
        assert_eq!(told.len(), steps);
        let (first, last) = (last_day(&told[0].1), last_day(&told[steps - 1].1));
        let row = project_row(&anybody, "", project).await.unwrap();
        assert_eq!(row["slip_days"], days(first, last).to_string(), "{project}");
        assert_eq!(row["first_promise"], told[0].1);
        assert_eq!(row["first_promise_stated_on"], told[0].0);
        assert_eq!(row["current_promise"], told[steps - 1].1);
        let moved = told.windows(2).filter(|w| w[0].1 != w[1].1).count();
        assert_eq!(row["changes"], moved.to_string());
        let own = anybody
            .get(&format!("/projects/{project}/statements.csv"))
            .await;
        let planned: Vec<(String, String)> = rows(&own.text)
            .into_iter()
            .filter(|r| r["fact"] == "planned" && r["milestone"] == "completion")
            .map(|r| (r["stated_on"].clone(), r["value"].clone()))
            .collect();
        assert_eq!(planned, told, "{project}");
        let page = anybody
            .get(&format!("/projects/{project}?lang=en"))
            .await
            .text;
        for pair in told.windows(2) {
            let by = days(last_day(&pair[0].1), last_day(&pair[1].1));
            let sign = if by > 0 { "+" } else { "\u{2212}" };
            let shown = match by {
                0 => "same".to_owned(),
                by => format!("{sign}{} d", by.abs()),
            };
            assert!(page.contains(&shown), "{project}: {shown}");
        }
        for (stated, _) in &told {
            assert!(page.contains(stated.as_str()), "{project}: {stated}");
        }
    }
    assert_eq!(
        project_row(&anybody, "", OTAY).await.unwrap()["slip_days"],
        "1827"
    );
    assert_eq!(
        project_row(&anybody, "", BOTA).await.unwrap()["slip_days"],
        "0"
    );

    // Kept promises are counted, with their n.
    let list = anybody.get("/projects?lang=en").await.text;
    let at = list
        .find("projects done by the day first promised")
        .expect("kept promises");
    let figure = list[..at].rfind(" of ").unwrap();
    let n: usize = list[figure + 4..]
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((5..=63).contains(&n), "{}", &list[figure - 40..at]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clocks_and_a_sponsor_s_own_word() {
    let world = world("scorecard-clocks").await;
    let desk = Desk::of(&world);
    assert_eq!(desk.both().await.code, 0);
    let anybody = Api::new(&world.node("desk").url, "");
    until("the desk has its tables", || async {
        project_row(&anybody, "", OTAY)
            .await
            .is_some_and(|row| row["changes"] == "4")
    })
    .await;

    // What had been stated by the end of 2020, and what had been recorded here by then: nothing.
    let stated = project_row(&anybody, "?stated_by=2020-12-31", OTAY)
        .await
        .unwrap();
    assert_eq!(
        (
            stated["current_promise"].as_str(),
            stated["slip_days"].as_str()
        ),
        ("2023", "0")
    );
    assert!(
        project_row(&anybody, "?recorded_by=2020-12-31", OTAY)
            .await
            .is_none()
    );
    let before = anybody
        .get("/projects.csv?recorded_by=2026-11-23")
        .await
        .text;
    assert_eq!(rows(&before).len(), 0);

    // A sponsor states its own date, moves it only with a reason, and corrects a slip of the pen.
    let sponsor = world.api("sandag");
    let date = |date: &str, on: &str| json!({ "project": OTAY, "dateKind": "target", "date": date, "statedOn": on, "sources": ["Board minutes"] });
    // The compiled promises have come to the sponsor too: its own first word moves them, and says why.
    until("the sponsor has the compiled promises", || async {
        let case = sponsor.case("border-project", OTAY).await.body;
        case["records"].as_array().is_some_and(|r| r.len() >= 11)
    })
    .await;
    let mut reasoned = date("2029", "2026-06-01");
    reasoned["reasonCode"] = json!("interagency-agreement");
    reasoned["reasonText"] = json!("The agreement came late");
    let first = sponsor.draft("DateStated", reasoned).await.id();
    let silent = sponsor
        .draft("DateStated", date("2030", "2026-07-01"))
        .await;
    assert_eq!(
        (silent.status, silent.code()),
        (422, "change-says-why"),
        "{}",
        silent.text
    );
    let mut corrected = draft("DateStated", date("2029-Q1", "2026-06-01"));
    corrected["replaces"] =
        json!({ "id": first, "kind": "corrects", "reason": "the quarter was left out" });
    corrected["credentialSubject"]["reasonCode"] = json!("not-stated");
    corrected["credentialSubject"]["reasonText"] = json!("A slip of the pen");
    let corrected = sponsor.post("/v1/records", &corrected).await;
    assert_eq!(corrected.status, 201, "{}", corrected.text);
    until("the sponsor's word has come", || async {
        let row = project_row(&anybody, "", OTAY).await.unwrap();
        row["current_promise"] == "2029-Q1"
    })
    .await;
    let own = anybody
        .get(&format!("/projects/{OTAY}/statements.csv"))
        .await
        .text;
    assert!(
        !rows(&own).iter().any(|r| r["value"] == "2029"),
        "what was corrected is gone"
    );
    let page = anybody.get(&format!("/projects/{OTAY}?lang=en")).await.text;
    assert!(page.contains("Stated by a sponsor") && page.contains("Compiled from public sources"));
    // The signed record itself is one click away, and only what is published.
    let record = anybody
        .get(&format!(
            "/records/{}",
            corrected
                .id()
                .replace('/', "%2F")
                .replace(';', "%3B")
                .replace(':', "%3A")
        ))
        .await;
    assert_eq!(
        record.body["record"]["credentialSubject"]["date"],
        "2029-Q1"
    );
    assert!(record.body["record"]["proof"].is_object());
    assert_eq!(
        anybody
            .get("/records/ni%3A%2F%2F%2Fsha-256%3Bnone")
            .await
            .status,
        404
    );

    // A question, its answer by the sponsor, and its end: the answerer cannot close it.
    let asked = world
        .api("desk")
        .file("QuestionAsked", json!({ "question": "Q-2026-0001", "project": OTAY, "questionText": "Why 2029 <b>?", "askedOf": "SANDAG", "answerCalendar": "us" }))
        .await;
    sponsor.holds(&asked).await;
    let unanswered = anybody.get(&format!("/projects/{OTAY}?lang=en")).await.text;
    until("the question is there", || async {
        anybody
            .get(&format!("/projects/{OTAY}?lang=en"))
            .await
            .text
            .contains("Unanswered")
    })
    .await;
    assert!(
        !unanswered.contains("<b>?"),
        "text from outside is never markup"
    );
    let mut answer = draft(
        "AnswerGiven",
        json!({ "question": "Q-2026-0001", "project": OTAY, "answerText": "The agreement." }),
    );
    answer["follows"] = json!([asked]);
    let answer = sponsor.post("/v1/records", &answer).await.id();
    let mut close = draft("QuestionClosed", json!({ "question": "Q-2026-0001" }));
    close["follows"] = json!([answer]);
    assert_eq!(
        sponsor.post("/v1/records", &close).await.code(),
        "issuer-role"
    );
    world.api("reviewer").holds(&answer).await;
    assert_eq!(
        world
            .api("reviewer")
            .post("/v1/records", &close)
            .await
            .status,
        201
    );
    until("it is settled", || async {
        anybody
            .get(&format!("/projects/{OTAY}?lang=en"))
            .await
            .text
            .contains("settled")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_kept_by_their_tags_and_files_are_what_they_say() {
    let world = world("scorecard-files").await;
    let desk = Desk::of(&world);
    assert_eq!(desk.both().await.code, 0);
    let anybody = Api::new(&world.node("desk").url, "");
    until("all is read", || async {
        rows(&anybody.get("/statements.csv").await.text).len() == 85
    })
    .await;
    for path in [
        "/projects",
        "/projects/us-tx-bota",
        "/plans",
        "/method",
        "/open-data",
        "/projects.csv",
        "/projects.atom",
        "/projects.json",
    ] {
        let first = anybody.request("GET", path).send().await.unwrap();
        assert_eq!(first.status(), 200, "{path}");
        let header = |name: &str| {
            first
                .headers()
                .get(name)
                .map(|v| v.to_str().unwrap().to_owned())
        };
        let tag = header("etag").unwrap();
        assert_eq!(header("cache-control").unwrap(), "public, no-cache");
        let again = anybody
            .request("GET", path)
            .header("if-none-match", &tag)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304, "{path}");
        assert_eq!(again.text().await.unwrap(), "");
        let other = anybody
            .request("GET", path)
            .header("if-none-match", "\"other\"")
            .send()
            .await
            .unwrap();
        assert_eq!(other.status(), 200);
    }
    let sitemap = anybody.get("/sitemap.xml").await.text;
    for (path, is_there) in [
        ("/projects</loc>", true),
        ("/plans</loc>", true),
        ("/method</loc>", true),
        // No figure of a port, no office.
        ("/priorities</loc>", false),
        ("/benefits</loc>", false),
    ] {
        assert_eq!(sitemap.contains(path), is_there, "{path}: {sitemap}");
    }
    let package = anybody.get("/projects.json").await.body;
    let projects = package["projects"].as_array().unwrap();
    assert_eq!(projects.len(), 63);
    assert!(
        projects
            .iter()
            .all(|p| p["id"].as_str().unwrap().starts_with("oc4ids-"))
    );
    // What goes out goes in again by the same command.
    let text = anybody
        .get(&format!("/projects/{OTAY}/project.json"))
        .await
        .text;
    let ran = desk.import(&[("package.json", &text)], false).await;
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let one = anybody
        .get(&format!("/projects/{OTAY}/project.json"))
        .await
        .body;
    assert_eq!(
        one["projects"][0]["title"],
        "Otay Mesa East Port of Entry (with State Route 11 tolled approach)"
    );
    let atom = anybody.get(&format!("/projects/{OTAY}/feed.atom")).await;
    assert!(atom.kind.starts_with("application/atom+xml"));
    assert!(
        atom.text
            .contains("the promised date moves from Q4 2027 to 2028")
    );
    let calendar = anybody.get("/projects.ics").await;
    assert!(
        calendar.text.starts_with("BEGIN:VCALENDAR\r\n") && calendar.text.contains("BEGIN:VEVENT")
    );
    let picture = anybody.get(&format!("/projects/{OTAY}/slip.svg")).await;
    assert!(picture.kind.starts_with("image/svg+xml") && picture.text.contains("1,827"));

    // What is not there is told with what may have been meant; a day that is none is told, not guessed.
    let absent = anybody.get("/projects/otay-mesa-east").await;
    assert_eq!(absent.status, 404);
    assert!(absent.text.contains(OTAY), "the nearest");
    let wrong = anybody.get("/projects?stated_by=yesterday").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("day-form"));
    let hostile = anybody
        .get("/projects?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .await;
    assert!(!hostile.text.contains("<script>alert"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_is_described_and_its_version_can_be_worked_out_again() {
    let world = world("scorecard-tables").await;
    let desk = Desk::of(&world);
    assert_eq!(desk.both().await.code, 0);
    let anybody = Api::new(&world.node("desk").url, "");
    until("the desk has its tables", || async {
        project_row(&anybody, "", OTAY)
            .await
            .is_some_and(|row| row["changes"] == "4")
    })
    .await;
    let described = anybody.get("/csv-metadata.json").await;
    assert_eq!(described.kind, "application/csvm+json");
    let mut tables = 0;
    for table in described.body["tables"].as_array().unwrap() {
        let url = table["url"].as_str().unwrap();
        // What an office counts is only where there is one.
        let file = anybody.get(&format!("/{url}")).await;
        if url.starts_with("wait-times") && file.status == 404 {
            continue;
        }
        assert_eq!(file.status, 200, "{url}");
        let columns = table["tableSchema"]["columns"].as_array().unwrap();
        let names: Vec<&str> = columns
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert_eq!(file.text.lines().next().unwrap(), names.join(","), "{url}");
        tables += 1;
    }
    assert!(tables >= 5);

    // The digest of a version is over the records of the changes, in their order.
    let (mut records, mut after) = (String::new(), String::new());
    loop {
        let page = anybody
            .get(&format!("/changes.json?limit=7&after={after}"))
            .await
            .body;
        for change in page["changes"].as_array().unwrap() {
            records.push_str(change["record"].as_str().unwrap());
            records.push('\n');
        }
        after = page["last"].as_str().unwrap().to_owned();
        if page["more"] == json!(false) {
            break;
        }
    }
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(records.as_bytes());
    let digest: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    let page = anybody.get("/open-data?lang=en").await.text;
    assert!(page.contains(&digest), "{digest}");

    // Feeds of a port and of a plan are of what belongs to them.
    let feed = anybody.get("/projects.atom?port=Otay+Mesa+East").await.text;
    assert!(feed.contains("us-ca-otay-mesa-east-poe") && !feed.contains("us-tx-bota"));
    let calendar = anybody.get("/projects.ics?port=Otay+Mesa+East").await.text;
    assert!(calendar.contains("us-ca-otay-mesa-east-poe.completion@"));
    let none = anybody.get("/projects.csv?plan=none").await.text;
    assert_eq!(rows(&none).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_table_leaves_nothing_behind() {
    let world = world("scorecard-bad").await;
    let desk = Desk::of(&world);
    let before = world.records("desk").await;
    let projects = table("border-projects.csv");
    let statements = table("border-projects-history.csv");
    let broken = statements
        .replacen(
            ",planned_completion,2024-09,date,",
            ",planned_completion,2024-13,date,",
            1,
        )
        .replacen(",cost,12000000000,MXN,", ",cost,-12000000000,MXN,", 1)
        .replacen(
            ",physical_progress,90,percent,",
            ",physical_progress,190,percent,",
            1,
        );
    let ran = desk
        .import(&[("p.csv", &projects), ("s.csv", &broken)], true)
        .await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = format!("{}{}", ran.out, ran.err);
    for line in [3, 5, 7] {
        assert!(
            told.contains(&format!(":{line}")) || told.contains(&format!("line {line}")),
            "line {line}: {told}"
        );
    }
    assert!(told.contains("nothing was filed"), "{told}");

    // Both tables are right, and one speaks of what nobody knows.
    let strange = statements.replace("us-tx-bota,", "us-tx-nowhere,");
    let ran = desk
        .import(&[("p.csv", &projects), ("s.csv", &strange)], true)
        .await;
    assert_eq!(ran.code, 1);
    assert!(
        format!("{}{}", ran.out, ran.err).contains("project-unknown"),
        "{}",
        ran.err
    );

    // A formula, a project twice, something else altogether, nothing at all.
    let formula = projects.replacen("Otay Mesa East Port of Entry", "=HYPERLINK(1)", 1);
    assert_eq!(desk.import(&[("f.csv", &formula)], true).await.code, 1);
    let line = projects.lines().nth(3).unwrap();
    assert_eq!(
        desk.import(&[("t.csv", &format!("{projects}{line}\n"))], true)
            .await
            .code,
        1
    );
    assert_eq!(desk.import(&[("x.csv", "a,b\n1,2\n")], true).await.code, 2);
    assert_eq!(desk.import(&[("e.csv", "")], true).await.code, 2);

    // 200 MB are refused by their size, unread.
    let large = desk.files.path().join("large.csv");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(200 << 20).unwrap();
    drop(file);
    let (url, token, path) = (
        desk.url.clone(),
        desk.token.clone(),
        large.display().to_string(),
    );
    let ran = tokio::task::spawn_blocking(move || {
        garita(&[
            "scorecard",
            "import",
            "--url",
            &url,
            "--token-file",
            &token,
            &path,
        ])
    })
    .await
    .unwrap();
    assert_eq!(ran.code, 2);
    assert!(format!("{}{}", ran.out, ran.err).contains("document-too-large"));

    assert_eq!(
        world.records("desk").await,
        before,
        "nothing of any of them"
    );
    let page: Value = Api::new(&desk.url, "").get("/projects.json").await.body;
    assert_eq!(page["projects"].as_array().map(Vec::len), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_late_is_asked_once_by_the_publisher_s_node() {
    let mut world = planned("scorecard-asks", |_| {}).await;
    let desk = world.api("desk");
    let sponsor = world.api("sandag");
    let project = |id: &str, sponsors: Value| json!({ "project": id, "nameEn": format!("Road {id}"), "nameEs": format!("Camino {id}"), "side": "us", "port": "Otay Mesa", "projectClass": "road", "projectType": "road", "phase": "implementation", "sponsors": sponsors, "statedOn": "2026-11-01", "sources": ["Board minutes"] });
    let late = |id: &str, milestone: Option<&str>, date: &str, on: &str| {
        let mut subject = json!({ "project": id, "dateKind": "target", "date": date, "statedOn": on, "sources": ["Board minutes"] });
        if let Some(milestone) = milestone {
            subject["milestone"] = json!(milestone);
        }
        subject
    };
    let planned = |milestone: &str, en: &str, es: &str| json!({ "project": "road-a", "milestone": milestone, "nameEn": en, "nameEs": es, "milestoneKind": "works", "side": "us", "responsible": "CBP, SANDAG", "statedOn": "2026-11-01", "sources": ["Board minutes"] });

    // What is only compiled, of somebody who is no party here: nobody could answer, so nobody is asked.
    for (record_type, subject) in [
        ("ProjectStated", project("road-b", json!(["Nobody here"]))),
        ("DateStated", late("road-b", None, "2024", "2026-11-01")),
    ] {
        let mut compiled = draft(record_type, subject);
        compiled["standing"] = json!("compiled");
        compiled["source"] = json!("Board minutes, page 2");
        let filed = desk.post("/v1/records", &compiled).await;
        assert_eq!(filed.status, 201, "{}", filed.text);
    }
    sponsor
        .file("ProjectStated", project("road-a", json!(["SANDAG"])))
        .await;
    sponsor
        .file(
            "MilestonePlanned",
            planned("first", "First works", "Primeras obras"),
        )
        .await;
    sponsor
        .file(
            "DateStated",
            late("road-a", Some("first"), "2026-06", "2026-11-01"),
        )
        .await;

    let anybody = Api::new(&world.node("desk").url, "");
    let page = |lang: &'static str| {
        let anybody = &anybody;
        async move {
            let page = anybody.get(&format!("/projects/road-a?lang={lang}")).await;
            page.text
        }
    };
    until("the node has asked", || async {
        page("en").await.contains(
            "First works: the date promised, Jun 2026, has passed and no record says that it was met.",
        )
    })
    .await;
    let english = page("en").await;
    assert!(
        english.contains("(this node by rule, a date has passed)"),
        "{english}"
    );
    assert!(!english.contains("ya pas\u{f3}"), "one language");
    let spanish = page("es").await;
    assert!(
        spanish.contains("Primeras obras: la fecha prometida, jun 2026, ya pas\u{f3}"),
        "{spanish}"
    );

    // It is on the sponsor's desk as any other question.
    let asked = || async {
        let all = sponsor.all_records().await;
        let mut subjects = Vec::new();
        for (id, _, _) in all {
            let record = sponsor.record(&id).await.body["record"].clone();
            let subject = record["credentialSubject"].clone();
            if subject["askerKind"] == "node" {
                subjects.push((id, subject));
            }
        }
        subjects
    };
    until("the sponsor has it", || async { asked().await.len() == 1 }).await;
    let (first, subject) = asked().await.remove(0);
    assert_eq!(subject["askedOf"], "SANDAG");
    assert_eq!(subject["askedFor"], "overdue");
    assert_eq!(subject["milestone"], "first");
    let number = subject["question"].as_str().unwrap().to_owned();
    let case = sponsor.case("project-question", &number).await;
    assert_eq!(case.body["state"], "question-open", "{}", case.text);

    // The same promise once more, and a node that forgot all it had in memory: neither is a new cause. Another milestone is.
    sponsor
        .file(
            "DateStated",
            late("road-a", Some("first"), "2026-06", "2026-11-02"),
        )
        .await;
    world.restart("desk").await;
    sponsor
        .file(
            "MilestonePlanned",
            planned("second", "Second works", "Segundas obras"),
        )
        .await;
    sponsor
        .file(
            "DateStated",
            late("road-a", Some("second"), "2026-07", "2026-11-02"),
        )
        .await;
    until("the other one is asked", || async {
        page("en")
            .await
            .contains("Second works: the date promised, Jul 2026")
    })
    .await;
    until("the sponsor has both", || async {
        asked().await.len() >= 2
    })
    .await;
    assert_eq!(
        asked().await.len(),
        2,
        "each once, and nothing of what is only compiled"
    );

    // Answered by the sponsor.
    let mut answer = draft(
        "AnswerGiven",
        json!({ "question": number, "project": "road-a", "answerText": "In the spring." }),
    );
    answer["follows"] = json!([first]);
    let answer = sponsor.post("/v1/records", &answer).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    until("the answer is published", || async {
        page("en").await.contains("In the spring.")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_reminded_of_and_escalated_by_its_clock() {
    let world = world("scorecard-clock").await;
    let desk = world.api("desk");
    let mut compiled = draft(
        "ProjectStated",
        json!({ "project": "road-a", "nameEn": "Road", "nameEs": "Camino", "side": "us", "port": "Otay Mesa", "projectClass": "road", "projectType": "road", "phase": "implementation", "sponsors": ["SANDAG"], "statedOn": "2026-11-01", "sources": ["Board minutes"] }),
    );
    compiled["standing"] = json!("compiled");
    compiled["source"] = json!("Board minutes, page 2");
    let filed = desk.post("/v1/records", &compiled).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    // Ten working days from Monday 2 November, and the 11th is a holiday: five are over on the 9th, ten on the 17th.
    let mut asked = draft(
        "QuestionAsked",
        json!({ "question": "Q-2026-0001", "project": "road-a", "questionText": "When?", "askedOf": "SANDAG", "answerCalendar": "us" }),
    );
    asked["occurred"] = json!("2026-11-02T15:00:00Z");
    let asked = desk.post("/v1/records", &asked).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let anybody = Api::new(&world.node("desk").url, "");
    until("the question is there", || async {
        anybody
            .get("/projects/road-a?lang=en")
            .await
            .text
            .contains("When?")
    })
    .await;
    let reminder = "Reminder of 10 Nov 2026: half of the time is gone without an answer";
    let escalation = "(Reviewer) on 18 Nov 2026: the time ran out without an answer";
    let english = anybody.get("/projects/road-a?lang=en").await.text;
    assert!(
        english.contains(reminder) && english.contains(escalation),
        "{english}"
    );
    let spanish = anybody.get("/projects/road-a?lang=es").await.text;
    assert!(
        spanish.contains("Recordatorio del 10 nov 2026")
            && spanish.contains("(Reviewer) el 18 nov 2026: el plazo venci\u{f3}")
    );
    // As of a day between the two, only the first had come.
    let between = anybody
        .get("/projects/road-a?lang=en&stated_by=2026-11-17")
        .await
        .text;
    assert!(between.contains(reminder) && !between.contains(escalation));
    let feed = anybody.get("/projects/road-a/feed.atom?lang=en").await.text;
    for entry in ["Road: Asked of SANDAG.", reminder, escalation] {
        assert!(feed.contains(entry), "{entry}: {feed}");
    }

    // An answer that comes after both takes neither back; both happened.
    let sponsor = world.api("sandag");
    let id = asked.id();
    sponsor.holds(&id).await;
    let mut answer = draft(
        "AnswerGiven",
        json!({ "question": "Q-2026-0001", "project": "road-a", "answerText": "In the spring." }),
    );
    answer["follows"] = json!([id]);
    assert_eq!(sponsor.post("/v1/records", &answer).await.status, 201);
    until("the answer is published", || async {
        let page = anybody.get("/projects/road-a?lang=en").await.text;
        page.contains("In the spring.") && page.contains(escalation)
    })
    .await;
}

/// A CSV whose cells have line breaks, with a line a row.
fn one_line_a_row(text: &str) -> String {
    let rows = text.split("\r\n").map(|row| row.replace('\n', " "));
    rows.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_has_so_many_questions_and_the_most_pressing_cause_comes_first() {
    let limit = |data: &Path, a_day: u32| {
        let path = data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["automaticQuestionsADay"] = json!(a_day);
        std::fs::write(&path, file.to_string()).unwrap();
    };
    let mut world = planned("scorecard-a-day", |nodes| limit(&nodes[0].data, 0)).await;
    let desk = world.api("desk");
    let compiled = |record_type: &str, subject: Value| {
        let mut body = draft(record_type, subject);
        body["standing"] = json!("compiled");
        body["source"] = json!("Board minutes, page 2");
        let desk = &desk;
        async move {
            let filed = desk.post("/v1/records", &body).await;
            assert_eq!(filed.status, 201, "{}", filed.text);
        }
    };
    let project = |id: &str, on: &str| json!({ "project": id, "nameEn": format!("Road {id}"), "nameEs": format!("Camino {id}"), "side": "us", "port": "Otay Mesa", "projectClass": "road", "projectType": "road", "phase": "implementation", "sponsors": ["SANDAG"], "statedOn": on, "sources": ["Board minutes"] });
    // Nobody spoke of one for more than a year; the date of the other moved, and nobody said why.
    compiled("ProjectStated", project("road-silent", "2025-01-01")).await;
    compiled("ProjectStated", project("road-moved", "2026-11-01")).await;
    for (date, on) in [("2027", "2026-09-01"), ("2028", "2026-11-02")] {
        let subject = json!({ "project": "road-moved", "dateKind": "target", "date": date, "statedOn": on, "sources": ["Board minutes"] });
        compiled("DateStated", subject).await;
    }
    let anybody = Api::new(&world.node("desk").url, "");
    let causes = || async {
        let all = rows(&one_line_a_row(&anybody.get("/questions.csv").await.text));
        let cause = |row: &BTreeMap<String, String>| row.get("cause").cloned();
        let mut causes: Vec<String> = all.iter().filter_map(cause).collect();
        causes.retain(|cause| !cause.is_empty());
        causes.sort();
        causes
    };
    until("all is published", || async {
        let all = rows(&anybody.get("/projects.csv").await.text);
        all.len() == 2 && all.iter().any(|row| row["current_promise"] == "2028")
    })
    .await;
    let data = world.node("desk").data.clone();
    world.stop("desk").await;
    limit(&data, 1);
    world.start("desk").await;
    until("one is asked", || async { !causes().await.is_empty() }).await;
    // Nothing more comes, however often it is looked.
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(causes().await, ["moved-without-reason"]);

    world.stop("desk").await;
    limit(&data, 5);
    world.start("desk").await;
    until("the other one is asked too", || async {
        causes().await == ["moved-without-reason", "stale"]
    })
    .await;
}
