//! Board and case page as a person has them: in a real browser, in both languages, on a desk and on a phone.

use garita_node::setup::CreatedParty;
use serde_json::Value;

use crate::chromium::{self, Browser};
use crate::world::{Api, World, appointment, arrived, manifest, shipment, trip_key};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";
const WIDTHS: [(u32, u32); 2] = [(1440, 900), (390, 844)];

/// Words that a page must say in a language, and words of the other language that it must not.
struct Words {
    lang: &'static str,
    board: &'static [&'static str],
    case: &'static [&'static str],
    never: &'static [&'static str],
}

const LANGUAGES: [Words; 2] = [
    Words {
        lang: "en",
        board: &["Expected", "Primary", "Released"],
        case: &["Documents", "Manifest"],
        never: &["Liberado", "Documentos"],
    },
    Words {
        lang: "es",
        board: &["Liberado"],
        case: &["Documentos", "Manifiesto"],
        never: &["Released", "Documents"],
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn board_and_case_in_a_browser_in_both_languages() {
    let Some(binary) = chromium::binary() else {
        return;
    };
    let world = World::running("browser", 2).await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    carrier.file("Appointment", appointment(TRIP, PLATE)).await;
    carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let bill = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    cbp.holds(&bill).await;
    let officer = world.node("customs").parties["cbp"].clone();
    let base = world.node("customs").url.clone();
    let (late, news) = (carrier.clone(), cbp.clone());
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let file = |trip: &'static str, plate: &'static str| {
            handle.block_on(async {
                let id = late
                    .file("Manifest", manifest(trip, plate, "TOCQ88402199"))
                    .await;
                news.holds(&id).await;
            });
        };
        let arrive = || {
            handle.block_on(async {
                news.file("ConveyanceArrived", arrived(TRIP)).await;
            });
        };
        visit(binary, &base, &officer, &file, &arrive);
    })
    .await
    .unwrap();
    let _ = Api::new(&world.node("customs").url, "");
}

fn visit(
    binary: &str,
    base: &str,
    officer: &CreatedParty,
    file: &dyn Fn(&'static str, &'static str),
    arrive: &dyn Fn(),
) {
    let mut browser = Browser::start(binary);
    browser.size(1440, 900);
    // Nobody is led to sign in; the one-time link signs in once.
    browser.open(&format!("{base}/console"));
    assert!(
        browser
            .ask("location.pathname")
            .as_str()
            .unwrap()
            .starts_with("/console/sign-in")
    );
    browser.open(&officer.sign_in);
    browser.wait(
        "the link leads to the board",
        "location.pathname === '/console'",
    );
    assert!(
        browser.text().contains("CBP Laredo"),
        "the page says who is signed in"
    );
    clean(&mut browser, "sign-in");

    let case = format!("{base}/console/cases/trip/{}", trip_key(TRIP));
    for words in &LANGUAGES {
        for (width, height) in WIDTHS {
            browser.size(width, height);
            browser.open(&format!("{base}/console?lang={}", words.lang));
            check(
                &mut browser,
                words,
                words.board,
                &format!("board {} {width}", words.lang),
            );
            browser.open(&format!("{case}?lang={}", words.lang));
            check(
                &mut browser,
                words,
                words.case,
                &format!("case {} {width}", words.lang),
            );
        }
    }

    // The board is live: a truck that is filed now comes up without a reload.
    browser.size(1440, 900);
    browser.open(&format!("{base}/console?lang=en"));
    browser.ask("window.before = true");
    file("TOCQ2611240499", "88XK4B");
    browser.wait(
        "a truck filed now is on the board",
        "document.body.innerText.includes('88XK4B')",
    );
    assert_eq!(
        browser.ask("window.before"),
        Value::Bool(true),
        "the board came without a reload"
    );
    clean(&mut browser, "the live board");
    // And the case page.
    browser.open(&format!("{case}?lang=en"));
    browser.ask("window.before = true");
    let before = browser.text();
    arrive();
    browser.wait(
        "an arrival shows on the case",
        &format!(
            "document.body.innerText !== {} && /Primary/i.test(document.body.innerText)",
            Value::String(before)
        ),
    );
    assert_eq!(
        browser.ask("window.before"),
        Value::Bool(true),
        "the case came without a reload"
    );
    clean(&mut browser, "the live case");

    // The link was good for once: a second browser with it is not let in.
    drop(browser);
    let mut other = Browser::start(binary);
    other.open(&officer.sign_in);
    assert!(!other.text().contains(PLATE));
    other.open(&format!("{base}/console"));
    assert!(
        other
            .ask("location.pathname")
            .as_str()
            .unwrap()
            .starts_with("/console/sign-in")
    );
}

fn check(browser: &mut Browser, words: &Words, expected: &[&str], what: &str) {
    if let Some(folder) = std::env::var_os("GARITA_TEST_PICTURES") {
        let path = std::path::PathBuf::from(folder).join(format!("{}.png", what.replace(' ', "-")));
        browser.picture(&path);
    }
    let text = browser.text();
    let folded = text.to_lowercase();
    assert!(text.contains(PLATE), "{what} lacks the plate: {text}");
    for word in expected {
        assert!(
            folded.contains(&word.to_lowercase()),
            "{what} lacks `{word}`: {text}"
        );
    }
    for word in words.never {
        assert!(!text.contains(word), "{what} says `{word}`: {text}");
    }
    assert_eq!(
        browser.ask("document.documentElement.lang"),
        words.lang,
        "{what}"
    );
    let wide = browser.ask("document.documentElement.scrollWidth - window.innerWidth");
    assert!(
        wide.as_i64().is_some_and(|by| by <= 0),
        "{what} overflows sideways by {wide}"
    );
    clean(browser, what);
}

fn clean(browser: &mut Browser, what: &str) {
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{what}: {complaints:#?}");
}
