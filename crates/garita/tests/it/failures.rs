//! What happens when things go wrong on one machine (design §13): no room left, a clock that jumps, files that are away.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use garita_node::setup;
use serde_json::{Value, json};

use crate::world::{Api, Folder, World, appointment, clock, draft, garita, plan, until};

/// A disk of its own in memory, where this process may make one.
struct Disk(PathBuf);

impl Disk {
    fn mounted(path: &Path, size: &str) -> Option<Disk> {
        fs::create_dir_all(path).unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
        if done.is_ok_and(|status| status.success()) {
            return Some(Disk(path.to_owned()));
        }
        println!("skipped: no disk can be mounted here");
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

struct Node(Child);

impl Node {
    fn start(data: &Path) -> Node {
        let child = Command::new(env!("CARGO_BIN_EXE_garita"))
            .args(["serve", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Node(child)
    }

    /// SIGKILL.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn ready(api: &Api) {
    until("the node is ready", || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
}

/// Writes until there is no room.
fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_takes_nothing_and_reads_go_on_until_there_is_room() {
    let folder = Folder::new("full");
    let place = folder.path().join("net");
    let Some(_disk) = Disk::mounted(&place, "96m") else {
        return;
    };
    let mut plan = plan(clock());
    plan.nodes.truncate(2);
    let nodes = setup::create_network(&place.join("nodes"), &plan).unwrap();
    let trade = &nodes[1];
    let mut node = Node::start(&trade.data);
    let api = Api::new(&trade.url, &trade.parties["ocotillo"].token);
    ready(&api).await;
    let mut acknowledged = Vec::new();
    let mut trip = 0;
    let mut file = async || {
        trip += 1;
        let subject = appointment(&format!("TOCQ26{trip:08}"), "47AK2F");
        api.post("/v1/records", &draft("Appointment", subject))
            .await
    };
    for _ in 0..5 {
        acknowledged.push(file().await.id());
    }
    let ballast = place.join("ballast");
    fill(&ballast);
    // What the write-ahead log has room for yet is taken, and then nothing.
    let mut refused = None;
    for _ in 0..500 {
        let answer = file().await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
        acknowledged.push(answer.id());
    }
    let refused = refused.expect("a full disk takes no more");
    assert_eq!(
        (refused.status, refused.code()),
        (507, "store-full"),
        "{}",
        refused.text
    );
    for id in &acknowledged {
        assert_eq!(api.record(id).await.status, 200, "{id}");
    }
    let draft_too = file().await;
    assert_eq!(draft_too.status, 507, "{}", draft_too.text);
    assert_eq!(api.get("/livez").await.status, 200);

    // Room again, without a restart; and nothing is lost to a kill.
    fs::remove_file(&ballast).unwrap();
    let healed = file().await;
    assert_eq!(healed.status, 201, "{}", healed.text);
    acknowledged.push(healed.id());
    node.kill();
    let mut node = Node::start(&trade.data);
    ready(&api).await;
    for id in &acknowledged {
        assert_eq!(api.record(id).await.status, 200, "{id}");
    }
    assert_eq!(api.all_records().await.len(), acknowledged.len());
    node.kill();
    let found = garita(&["fsck", "--data", trade.data.to_str().unwrap(), "--proofs"]);
    assert_eq!(found.code, 0, "{found:?}");
}

fn turn_clock(data: &Path, by_ms: i64) {
    let path = data.join("node.json");
    let mut file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let start = &mut file["clock"]["simulated_start_ms"];
    *start = json!(start.as_i64().unwrap() + by_ms);
    fs::write(&path, file.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_a_day_neither_turns_the_log_back_nor_keeps_a_record_out() {
    const DAY: i64 = 86_400_000;
    let mut world = World::three("jump").await;
    let data = world.node("trade").data.clone();
    let mut logged = Vec::new();
    for (n, by_ms) in [0, DAY, -2 * DAY, DAY].into_iter().enumerate() {
        if by_ms != 0 {
            world.stop("trade").await;
            turn_clock(&data, by_ms);
            world.start("trade").await;
        }
        let trip = format!("TOCQ26112404{n:02}");
        let id = world
            .api("ocotillo")
            .file("Appointment", appointment(&trip, "47AK2F"))
            .await;
        // Windows are its home's affair: the others take it whatever their clock says.
        let held = world.api("cbp").holds(&id).await;
        world.api("puente").holds(&id).await;
        assert_eq!(held.body["disputed"], Value::Null);
        logged.push(held.body["stamp"]["logged"].as_i64().unwrap());
    }
    assert!(logged.is_sorted(), "{logged:?}");
    assert!(logged[1] - logged[0] >= DAY, "{logged:?}");
    for slug in ["trade", "customs", "bridges"] {
        let data = world.node(slug).data.to_str().unwrap().to_owned();
        let found =
            tokio::task::spawn_blocking(move || garita(&["fsck", "--data", &data, "--proofs"]));
        let found = found.await.unwrap();
        assert_eq!(found.code, 0, "{slug}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_away_are_told_and_come_back() {
    let world = World::running("files-away", 2).await;
    let carrier = world.api("ocotillo");
    let sent = carrier
        .send("POST", "/v1/attachments", b"seal".to_vec())
        .await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let mut named = draft("Appointment", appointment("TOCQ2611240400", "47AK2F"));
    named["relatedResource"] = json!([sent.body["relatedResource"]]);
    assert_eq!(carrier.post("/v1/records", &named).await.status, 201);
    let digest = sent.body["id"].as_str().unwrap();
    let path = format!(
        "/v1/attachments/{}",
        digest.trim_start_matches("ni:///sha-256;")
    );
    assert_eq!(carrier.get(&path).await.status, 200);
    let blobs = world.node("trade").data.join("blobs");
    let away = world.node("trade").data.join("blobs.away");
    fs::rename(&blobs, &away).unwrap();
    let gone = carrier.get(&path).await;
    assert!(gone.status >= 400, "{}", gone.text);
    let new = carrier
        .send("POST", "/v1/attachments", b"other".to_vec())
        .await;
    assert_eq!(new.status, 503, "{}", new.text);
    // Records go on without files.
    carrier
        .file("Appointment", appointment("TOCQ2611240417", "47AK2F"))
        .await;
    fs::rename(&away, &blobs).unwrap();
    assert_eq!(carrier.get(&path).await.status, 200);
    let new = carrier
        .send("POST", "/v1/attachments", b"other".to_vec())
        .await;
    assert_eq!(new.status, 201, "{}", new.text);
}
