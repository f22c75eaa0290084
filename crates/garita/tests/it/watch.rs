//! `garita import --watch`: what another program writes into a folder is filed once, whatever is killed meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::filing::empty_truck;
use crate::world::{Folder, World, until};

const FILES: usize = 24;
const KILLS: usize = 6;

struct Watcher(Child);

impl Watcher {
    fn start(url: &str, token: &Path, folder: &Path) -> Watcher {
        let child = Command::new(env!("CARGO_BIN_EXE_garita"))
            .args(["import", "auto", "--url", url, "--token-file"])
            .arg(token)
            .arg("--watch")
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Watcher(child)
    }

    /// SIGKILL.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.kill();
    }
}

fn trip(number: usize) -> String {
    format!("TOCQ26112405{number:02}")
}

fn document(number: usize) -> String {
    empty_truck().replace("TOCQ2611240417", &trip(number))
}

/// Names of the files in a folder, reports and what is hidden left out.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !name.contains(".report.") && !name.ends_with(".ack.edi"))
        .filter(|name| !name.starts_with('.'))
        .collect();
    found.sort();
    found
}

fn report(folder: &Path, name: &str) -> Value {
    let path = folder.join(format!("{name}.report.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn token(folder: &Folder, world: &World) -> PathBuf {
    folder.write("token", &world.node("trade").parties["ocotillo"].token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_is_filed_once_though_watcher_and_node_are_killed() {
    let mut world = World::running("watch", 2).await;
    let folder = Folder::new("watched");
    let token = token(&folder, &world);
    let inbox = folder.path().join("out");
    std::fs::create_dir_all(&inbox).unwrap();
    let url = world.node("trade").url.clone();
    let mut watcher = Watcher::start(&url, &token, &inbox);
    for number in 0..FILES {
        // As a program should: written under another name, then renamed.
        let path = inbox.join(format!("{number:02}.edi"));
        std::fs::write(path.with_extension("tmp"), document(number)).unwrap();
        std::fs::rename(path.with_extension("tmp"), &path).unwrap();
        if number % (FILES / KILLS) == 1 {
            let wait = Duration::from_millis(900 + 170 * u64::try_from(number).unwrap());
            tokio::time::sleep(wait).await;
            watcher.kill();
            watcher = Watcher::start(&url, &token, &inbox);
        }
        if number == FILES / 2 {
            world.stop("trade").await;
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            assert!(
                names(&inbox.join("failed")).is_empty(),
                "a node that is away refuses nothing"
            );
            world.start("trade").await;
        }
    }
    let done = inbox.join("done");
    until("all files are done", || async {
        names(&done).len() == FILES
    })
    .await;
    assert!(names(&inbox).is_empty());
    assert!(names(&inbox.join("failed")).is_empty());
    let mut filed: BTreeMap<String, usize> = BTreeMap::new();
    for (id, _, record_type) in world.api("ocotillo").all_records().await {
        if record_type == "Manifest" {
            *filed.entry(id).or_default() += 1;
        }
    }
    assert_eq!(filed.len(), FILES, "{filed:?}");
    for number in 0..FILES {
        let told = report(&done, &format!("{number:02}.edi"));
        let id = told["answer"]["records"][0]["id"].as_str().unwrap();
        assert!(filed.contains_key(id), "{told}");
        let record = world.api("ocotillo").record(id).await.body;
        assert_eq!(record["record"]["credentialSubject"]["trip"], trip(number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_lies_in_failed_with_its_reasons_in_both_languages() {
    let world = World::running("watch-failed", 2).await;
    let folder = Folder::new("watched");
    let token = token(&folder, &world);
    let inbox = folder.path().join("out");
    std::fs::create_dir_all(&inbox).unwrap();
    let right = document(1);
    for (name, text) in [
        ("1-right.edi", right.clone()),
        ("2-again.edi", right),
        ("3-port.edi", document(2).replace("P4*2304", "P4*23X4")),
        (
            "4-letter.txt",
            "Dear broker, please find attached".to_owned(),
        ),
        ("5-writing.part", document(3)),
        (".hidden", document(4)),
    ] {
        std::fs::write(inbox.join(name), text).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", inbox.join("6-link.edi")).unwrap();
    let url = world.node("trade").url.clone();
    let args: Vec<String> = ["import", "auto", "--once", "--url", &url, "--token-file"]
        .iter()
        .map(|arg| (*arg).to_owned())
        .chain([
            token.display().to_string(),
            "--watch".to_owned(),
            inbox.display().to_string(),
        ])
        .collect();
    let ran = tokio::task::spawn_blocking(move || {
        crate::world::garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap();
    assert_eq!(ran.code, 1, "{ran:?}");
    let (done, failed) = (inbox.join("done"), inbox.join("failed"));
    assert_eq!(names(&done), ["1-right.edi", "2-again.edi"]);
    assert_eq!(names(&failed), ["3-port.edi", "4-letter.txt"]);
    assert_eq!(
        names(&inbox),
        ["5-writing.part", "6-link.edi"],
        "unfinished files and links stay"
    );
    let first = report(&done, "1-right.edi");
    let again = report(&done, "2-again.edi");
    assert_eq!(
        (first["code"].as_str(), again["code"].as_str()),
        (Some("filed"), Some("filed-before"))
    );
    assert_eq!(
        first["answer"]["records"][0]["id"],
        again["answer"]["records"][0]["id"]
    );
    let port = report(&failed, "3-port.edi");
    assert!(port["en"].as_str().unwrap().contains("port-form"), "{port}");
    assert!(
        port["es"].as_str().unwrap().starts_with("rechazado (422)"),
        "{port}"
    );
    let letter = report(&failed, "4-letter.txt");
    assert!(
        letter["en"]
            .as_str()
            .unwrap()
            .contains("document-kind-unknown"),
        "{letter}"
    );
    // The partner's system gets its answer to the syntax, whatever customs will say.
    let answer = std::fs::read_to_string(done.join("1-right.edi.ack.edi")).unwrap();
    assert!(
        answer.contains("ST*997*") && answer.contains("AK5*A"),
        "{answer}"
    );
    let text = std::fs::read_to_string(failed.join("3-port.edi.report.txt")).unwrap();
    assert!(text.contains("port-form"), "{text}");
}
