//! Spreadsheets against a running node: template out, filled sheet in, row by row, nothing twice; and by the command line.

use garita_formats::sheet::{Sheet, SheetForm, SheetLanguage};
use serde_json::{Value, json};

use crate::world::{Folder, World, appointment, garita, manifest, record_path};

fn sheet(record_type: &str) -> Sheet {
    let programs = garita_node::programs::load(None).unwrap();
    let profile = programs.for_record_type(record_type).unwrap();
    garita_node::sheets::of(&profile, record_type).unwrap()
}

fn statuses(answer: &Value) -> Vec<&str> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filled_sheet_is_filed_row_by_row_and_once() {
    let world = World::running("sheets", 2).await;
    let carrier = world.api("ocotillo");
    // The template of the node is the one that is read.
    let template = carrier
        .get("/v1/sheets/Appointment?format=csv&lang=es")
        .await;
    assert_eq!(template.status, 200);
    assert!(template.kind.starts_with("text/csv"), "{}", template.kind);
    assert!(
        template.text.contains("\nTransportista (SCAC) *,"),
        "{}",
        template.text
    );
    let unknown = carrier.get("/v1/sheets/Nothing").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, "record-type-unknown")
    );
    let odd = carrier.get("/v1/sheets/Appointment?format=ods").await;
    assert_eq!((odd.status, odd.code()), (400, "parameter-malformed"));

    let subjects = [
        appointment("TOCQ2611240417", "47AK2F"),
        appointment("TOCQ2611240418", "48AK2F"),
        // Another carrier's number: right in form, refused on the road that all records take.
        {
            let mut other = appointment("QZNP2611240419", "49AK2F");
            other["scac"] = json!("QZNP");
            other
        },
    ];
    let form = sheet("Appointment");
    let mut text =
        String::from_utf8(form.write(&subjects, SheetForm::Csv, SheetLanguage::En)).unwrap();
    // One row more with faults in two cells.
    let broken = text
        .lines()
        .nth(2)
        .unwrap()
        .replace("northbound", "east")
        .replace("TOCQ2611240417", "trip one");
    text.push_str(&broken);
    text.push_str("\r\n");
    let before = world.records("trade").await;
    let looked = carrier
        .send("POST", "/v1/sheets/Appointment", text.clone().into_bytes())
        .await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    assert_eq!(looked.body["complete"], false);
    assert_eq!(looked.body["records"].as_array().unwrap().len(), 4);
    let told: Vec<(&str, u64)> = looked.body["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["code"].as_str().unwrap(),
                fault["place"]["line"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("form-wrong", 6), ("code-unknown", 6)],
        "{}",
        looked.text
    );
    assert_eq!(
        world.records("trade").await,
        before,
        "looking files nothing"
    );

    let path = "/v1/sheets/Appointment?submit=true";
    let filed = carrier.send("POST", path, text.clone().into_bytes()).await;
    assert_eq!(filed.status, 200, "{}", filed.text);
    assert_eq!(
        statuses(&filed.body),
        ["filed", "filed", "refused", "incomplete"],
        "{}",
        filed.text
    );
    assert_eq!(world.records("trade").await, before + 2);
    let id = filed.body["rows"][0]["id"].as_str().unwrap();
    let record = carrier.get(&record_path(id)).await.body;
    assert_eq!(
        record["record"]["credentialSubject"]["trip"],
        "TOCQ2611240417"
    );
    assert!(
        !filed.body["rows"][2]["errors"][0]["detailEs"]
            .as_str()
            .unwrap()
            .is_empty()
    );

    // The same sheet again, and the same rows as a workbook in another order: nothing twice.
    let again = carrier.send("POST", path, text.into_bytes()).await;
    assert_eq!(
        statuses(&again.body),
        ["filed-before", "filed-before", "refused", "incomplete"]
    );
    assert_eq!(again.body["rows"][0]["id"], filed.body["rows"][0]["id"]);
    let turned = [subjects[1].clone(), subjects[0].clone()];
    let workbook = form.write(&turned, SheetForm::Xlsx, SheetLanguage::Es);
    let turned = carrier.send("POST", path, workbook).await;
    assert_eq!(statuses(&turned.body), ["filed-before", "filed-before"]);
    assert_eq!(turned.body["rows"][1]["id"], filed.body["rows"][0]["id"]);
    assert_eq!(world.records("trade").await, before + 2);

    // A record with lists takes rows of its own.
    let truck = manifest("TOCQ2611240417", "47AK2F", "TOCQ88402171");
    let lists = sheet("Manifest").write(&[truck], SheetForm::Xlsx, SheetLanguage::En);
    let answer = carrier
        .send("POST", "/v1/sheets/Manifest?submit=true", lists)
        .await;
    assert_eq!(statuses(&answer.body), ["filed"], "{}", answer.text);
    let page = carrier.send("POST", path, b"<html>".to_vec()).await;
    assert_eq!((page.status, page.code()), (400, "sheet-html"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_makes_reads_and_files_sheets() {
    let world = World::running("sheet-line", 2).await;
    let folder = Folder::new("sheet-line-files");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let made = garita(&[
        "sheet",
        "template",
        "Appointment",
        "--lang",
        "es",
        "--out",
        &at("a.xlsx"),
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(std::fs::read(at("a.xlsx")).unwrap().starts_with(b"PK"));
    let printed = garita(&["sheet", "template", "Appointment"]);
    assert!(printed.out.contains("window.windowStart"), "{printed:?}");
    assert_eq!(garita(&["sheet", "template", "Nothing"]).code, 2);
    assert_eq!(
        garita(&["import", "csv", &at("a.xlsx")]).code,
        2,
        "a sheet does not say of which type it is"
    );

    let form = sheet("Appointment");
    let right = form.write(
        &[appointment("TOCQ2611240417", "47AK2F")],
        SheetForm::Csv,
        SheetLanguage::En,
    );
    let right = folder
        .write("right.csv", &String::from_utf8(right).unwrap())
        .display()
        .to_string();
    let wrong = folder
        .write("wrong.csv", "scac,trip\nTOCQ,x\n")
        .display()
        .to_string();
    let asked = garita(&[
        "import",
        "csv",
        "--type",
        "Appointment",
        "--dry-run",
        &right,
    ]);
    assert_eq!(asked.code, 0, "{asked:?}");
    let told = garita(&["import", "csv", "--type", "Appointment", &wrong]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.out.contains("B2 ") && told.out.contains("form-wrong"),
        "{told:?}"
    );
    assert_eq!(
        garita(&["import", "csv", "--type", "Appointment", &at("none.csv")]).code,
        2
    );

    let token = world.node("trade").parties["ocotillo"].token.clone();
    let token = folder.write("token", &token).display().to_string();
    let url = world.node("trade").url.clone();
    let file = move || {
        garita(&[
            "import",
            "csv",
            "--type",
            "Appointment",
            "--url",
            &url,
            "--token-file",
            &token,
            &right,
        ])
    };
    let (first, second) = tokio::task::spawn_blocking(move || (file(), file()))
        .await
        .unwrap();
    assert_eq!((first.code, second.code), (0, 0), "{first:?} {second:?}");
    assert!(first.out.contains("\"filed\":1"), "{first:?}");
    assert!(second.out.contains("\"filedBefore\":1"), "{second:?}");
}
