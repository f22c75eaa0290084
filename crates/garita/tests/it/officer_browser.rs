//! An officer's pages in a real browser: found by the last four of a plate, undone by one click, kept while the node is down.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Mutex;

use crate::chromium::{self, Browser};
use crate::world::{World, manifest, shipment};

const PLATE: &str = "47AK2F";
const OTHER: &str = "88XK4B";
const SCN: &str = "TOCQ88402171";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_four_undo_and_a_form_that_outlives_its_node() {
    let Some(binary) = chromium::binary() else {
        return;
    };
    let world = World::running("officer-browser", 2).await;
    let carrier = world.api("ocotillo");
    carrier
        .file("Manifest", manifest("TOCQ2611240417", PLATE, SCN))
        .await;
    carrier
        .file(
            "Manifest",
            manifest("TOCQ2611240499", OTHER, "TOCQ88402199"),
        )
        .await;
    let bill = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    world.api("cbp").holds(&bill).await;
    let base = world.node("customs").url.clone();
    let links: Vec<String> = ["cbp", "anam"]
        .iter()
        .map(|p| world.node("customs").parties[*p].sign_in.clone())
        .collect();
    let world = Arc::new(Mutex::new(world));
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let stop = || handle.block_on(async { world.lock().await.stop("customs").await });
        let start = || handle.block_on(async { world.lock().await.start("customs").await });
        for link in links.iter().rev() {
            let mut browser = Browser::start(binary);
            browser.size(1440, 900);
            browser.open(link);
            last_four(&mut browser, &base);
            if *link == links[0] {
                undo(&mut browser, &base);
                outlives(&mut browser, &base, &stop, &start);
            }
        }
    })
    .await
    .unwrap();
}

/// What an officer reads off a truck and types into the board's box, whatever side he is on.
fn last_four(browser: &mut Browser, base: &str) {
    browser.open(&format!("{base}/console?board=northbound&lang=en"));
    browser.wait(
        "both trucks are on the board",
        &format!("document.body.innerText.includes('{PLATE}') && document.body.innerText.includes('{OTHER}')"),
    );
    browser.ask("document.getElementById('q').value = 'ak2f'; document.getElementById('q').form.requestSubmit(); 1");
    browser.wait(
        "the last four find the truck and leave the other out",
        &format!("location.search.includes('q=ak2f') && document.body.innerText.includes('{PLATE}') && !document.body.innerText.includes('{OTHER}')"),
    );
    picture(browser, "board-last-four");
    clean(browser);
}

fn undo(browser: &mut Browser, base: &str) {
    browser.open(&format!("{base}/console/cases/shipment/{SCN}/act/hold"));
    browser.ask("(document.querySelector('select[name=answer]') ?? {}).value = 'data'; document.querySelector('input[name=answer][value=data]')?.click(); document.querySelector('form.ask button[name=do]').click(); 1");
    browser.wait(
        "a grave act asks once more",
        "!!document.querySelector('button[name=confirmed]')",
    );
    browser.ask("document.querySelector('button[name=confirmed]').click(); 1");
    browser.wait(
        "the page says what was signed, and offers to undo it",
        "!!document.querySelector('form.at-once button') && /Signed \\d/.test(document.body.innerText)",
    );
    picture(browser, "case-signed");
    clean(browser);
    browser.ask("document.querySelector('form.at-once button').click(); 1");
    browser.wait(
        "one click undoes it",
        "/Undone \\d/.test(document.body.innerText) && /Withdrawn: /.test(document.body.innerText)",
    );
    assert!(
        !browser.text().contains("Hold by"),
        "the hold is gone: {}",
        browser.text()
    );
    picture(browser, "case-undone");
    clean(browser);
    browser.open(&format!("{base}/console/shift?lang=en"));
    assert!(browser.text().contains("Since my shift began"));
    picture(browser, "shift");
    clean(browser);
}

fn outlives(browser: &mut Browser, base: &str, stop: &dyn Fn(), start: &dyn Fn()) {
    browser.open(&format!("{base}/console?board=northbound&lang=en"));
    browser.wait("the board is live", "/Live/.test(document.body.innerText)");
    stop();
    browser.wait(
        "the board says that it is not live, and stays readable",
        &format!("/Not live since/.test(document.body.innerText) && document.body.innerText.includes('{PLATE}')"),
    );
    picture(browser, "board-not-live");
    start();
    browser.open(&format!("{base}/console/contacts/own?lang=en"));
    browser.ask("document.querySelector('input[name=\"/desk\"]').value = 'Import holds'; document.querySelector('input[name=\"/telephone\"]').value = '+1 956 555 0142'; 1");
    stop();
    browser.ask("document.querySelector('form.ask button[name=do]').click(); 1");
    browser.wait(
        "the page says that nothing was signed",
        "/does not answer/.test(document.body.innerText)",
    );
    assert_eq!(
        browser.ask("document.querySelector('input[name=\"/desk\"]').value"),
        Value::from("Import holds"),
        "what was typed is there"
    );
    picture(browser, "form-away");
    start();
    browser.wait(
        "the page says when it can be sent",
        "/answers again/.test(document.body.innerText)",
    );
    browser.ask("document.querySelector('form.ask button[name=do]').click(); 1");
    browser.wait(
        "it is sent once",
        "location.pathname === '/console/contacts' && /Import holds/.test(document.body.innerText)",
    );
}

fn picture(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("GARITA_TEST_PICTURES") {
        for (width, height) in [(390, 844), (1440, 900)] {
            browser.size(width, height);
            let path = std::path::PathBuf::from(&folder).join(format!("{name}-{width}.png"));
            browser.picture(&path);
            let wide = browser.ask("document.documentElement.scrollWidth - window.innerWidth");
            assert!(
                wide.as_i64().is_some_and(|by| by <= 0),
                "{name} overflows sideways by {wide} at {width}"
            );
        }
    }
}

fn clean(browser: &mut Browser) {
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
