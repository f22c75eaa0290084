//! Files imported as a person does it: several at once, what they say and where, one button, both languages, desk and phone.

use garita_formats::sheet::{SheetForm, SheetLanguage};
use garita_node::setup::CreatedParty;
use serde_json::{Value, json};

use crate::chromium::{self, Browser};
use crate::filing::{answer_355, empty_truck};
use crate::world::{World, appointment};

const SIZES: [(u32, u32); 2] = [(1440, 900), (390, 844)];

/// An address, and what it must say in English and in Spanish.
type Said = (&'static str, [&'static str; 2]);

const PAGES: [Said; 4] = [
    (
        "/console/import",
        ["Recognise by content", "Reconocer por su contenido"],
    ),
    (
        "/console/import?type=Appointment",
        ["Template to fill in", "Plantilla para llenar"],
    ),
    (
        "/console/formats",
        ["What can be imported", "Qué se puede importar"],
    ),
    (
        "/console/formats/x12-309",
        [
            "Which element of the document",
            "Qué elemento del documento",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_looked_at_and_filed_in_a_browser() {
    let Some(binary) = chromium::binary() else {
        return;
    };
    let world = World::running("import-browser", 2).await;
    let node = world.node("trade");
    let (carrier, base) = (node.parties["ocotillo"].clone(), node.url.clone());
    let before = world.records("trade").await;
    tokio::task::spawn_blocking(move || visit(binary, &base, &carrier))
        .await
        .unwrap();
    assert_eq!(
        world.records("trade").await,
        before + 5,
        "two appointments, one manifest, the one whose gap was filled in, and a report"
    );
}

fn visit(binary: &str, base: &str, carrier: &CreatedParty) {
    let mut browser = Browser::start(binary);
    browser.size(1440, 900);
    browser.open(&carrier.sign_in);
    browser.wait(
        "the link leads to the board",
        "location.pathname === '/console'",
    );
    browser.open(&format!("{base}/console/file?lang=en"));
    assert!(
        browser.ask("!!document.querySelector('a[href=\"/console/import\"]')") == json!(true),
        "the page that chooses what to file leads here"
    );
    browser.open(&format!("{base}/console/file/Appointment?lang=en"));
    assert!(browser.text().contains("Fill in a spreadsheet instead"));
    for (at, lang) in ["en", "es"].iter().enumerate() {
        for (page, said) in PAGES {
            for (width, height) in SIZES {
                browser.size(width, height);
                let join = if page.contains('?') { '&' } else { '?' };
                browser.open(&format!("{base}{page}{join}lang={lang}"));
                let name = page.replace(['/', '?', '='], "-");
                look(&mut browser, &format!("{name}-{lang}-{width}"), &[said[at]]);
            }
        }
    }

    let programs = garita_node::programs::load(None).unwrap();
    let profile = programs.for_record_type("Appointment").unwrap();
    let form = garita_node::sheets::of(&profile, "Appointment").unwrap();
    let mut lacking = appointment("TOCQ2611240420", "50AK2F");
    lacking.as_object_mut().unwrap().remove("plate");
    let rows = [
        appointment("TOCQ2611240418", "48AK2F"),
        appointment("TOCQ2611240419", "49AK2F"),
        lacking,
    ];
    let sheet = form.write(&rows, SheetForm::Csv, SheetLanguage::En);
    let sheet = String::from_utf8(sheet).unwrap();
    browser.size(1440, 900);
    browser.open(&format!("{base}/console/import?lang=en"));
    let files = json!([
        ["day.csv", sheet],
        ["truck.x12", empty_truck()],
        ["note.txt", "call me"]
    ]);
    choose(&mut browser, &files);
    press(&mut browser, "read");
    browser.wait(
        "three files are shown",
        "document.querySelectorAll('.imported').length === 3",
    );
    look(
        &mut browser,
        "draft-en-1440",
        &[
            "day.csv",
            "C5",
            "Nothing in the file says what it is",
            "File 3 records",
            "What the file does not say",
            "cell-missing",
        ],
    );
    browser.size(390, 844);
    look(&mut browser, "draft-en-390", &["File 3 records"]);
    browser.size(1440, 900);
    // What the sheet leaves out is filled in here; what was read stays.
    browser.ask("document.querySelector('input[name$=\"/plate\"]').value = '50AK2F'");
    press(&mut browser, "read");
    browser.wait(
        "the gap is filled in",
        "document.body.innerText.includes('File 4 records')",
    );
    assert!(browser.text().contains("filled in by you"));
    browser.ask("document.documentElement.dataset.was = 'read'");
    press(&mut browser, "file");
    browser.wait("they are filed", "!!document.getElementById('done')");
    look(&mut browser, "filed-en-1440", &["4 records filed"]);
    let links = browser.ask("document.querySelectorAll('.imported .draft a.btn').length");
    assert_eq!(links, json!(4), "each leads to its case");

    // The same sheet again files nothing twice.
    browser.open(&format!("{base}/console/import?lang=es"));
    let again = json!([["dia.csv", files[0][1]]]);
    choose(&mut browser, &again);
    press(&mut browser, "read");
    browser.wait(
        "it is read",
        "document.body.innerText.includes('Presentar 2 registros')",
    );
    look(
        &mut browser,
        "draft-es-1440",
        &["Lo que el archivo no dice", "incompleto"],
    );
    browser.ask("document.cookie = 'garita_theme=dark; Path=/'");
    press(&mut browser, "file");
    browser.wait("they are told", "!!document.getElementById('done')");
    look(&mut browser, "filed-es-1440", &["ya presentado"]);
    browser.open(&format!("{base}/console/import?lang=en&theme=dark"));
    choose(&mut browser, &files);
    press(&mut browser, "read");
    browser.wait(
        "it is read",
        "document.querySelectorAll('.imported').length === 3",
    );
    look(&mut browser, "draft-dark-1440", &["day.csv"]);
    // What customs answered is reported by the carrier, with its place; what only the office says would be told.
    browser.open(&format!("{base}/console/import?lang=es"));
    let answer = String::from_utf8(answer_355()).unwrap();
    choose(&mut browser, &json!([["respuesta.edi", answer]]));
    press(&mut browser, "read");
    browser.wait(
        "the answer is read",
        "document.body.innerText.includes('Presentar 1 registro')",
    );
    look(
        &mut browser,
        "report-es-1440",
        &["TOCQ2611240417", "completo"],
    );
    press(&mut browser, "file");
    browser.wait("it is filed", "!!document.getElementById('done')");
    look(
        &mut browser,
        "reported-es-1440",
        &["Se presentó 1 registro"],
    );
    // Nothing chosen is told, not a page without a word.
    browser.open(&format!("{base}/console/import?lang=en"));
    press(&mut browser, "read");
    browser.wait(
        "nothing was chosen",
        "document.body.innerText.includes('nothing-chosen')",
    );
}

/// Chooses files as a person who drops them would.
fn choose(browser: &mut Browser, files: &Value) {
    browser.ask(&format!(
        "(() => {{ const all = new DataTransfer(); for (const [name, text] of {files}) all.items.add(new File([text], name)); \
         document.getElementById('file').files = all.files; }})()"
    ));
}

/// Presses the last visible button that does so.
fn press(browser: &mut Browser, what: &str) {
    browser.ask(&format!(
        "[...document.querySelectorAll('button[name=do][value={what}]:not(.hide)')].pop().click()"
    ));
}

fn look(browser: &mut Browser, what: &str, said: &[&str]) {
    if let Some(folder) = std::env::var_os("GARITA_TEST_PICTURES") {
        browser.picture(&std::path::PathBuf::from(folder).join(format!("import-{what}.png")));
    }
    let text = browser.text();
    for word in said {
        assert!(text.contains(word), "{what} lacks `{word}`: {text}");
    }
    let wide = browser.ask("document.documentElement.scrollWidth - window.innerWidth");
    assert!(
        wide.as_i64().is_some_and(|by| by <= 0),
        "{what} overflows sideways by {wide}"
    );
    // A page that answers with 422 is an error to the browser's log and to nobody else.
    let complaints: Vec<String> = browser
        .complaints()
        .into_iter()
        .filter(|line| !line.contains("422"))
        .collect();
    assert!(complaints.is_empty(), "{what}: {complaints:#?}");
}
