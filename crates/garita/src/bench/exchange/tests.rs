use std::path::PathBuf;
use std::time::{Duration, Instant};

use garita_node::config::NodeConfig;
use garita_node::server::{self, App};

use super::*;

#[test]
fn a_quantile_is_one_of_the_times_and_never_below_its_part() {
    let mut times = vec![4.0, 1.0, 3.0, 2.0];
    assert_eq!(quantile(&mut times, 0.5), 3.0);
    assert_eq!(quantile(&mut times, 0.99), 4.0);
    assert_eq!(quantile(&mut times, 0.0), 1.0);
    assert_eq!(quantile(&mut [], 0.5), 0.0);
}

#[test]
fn a_goal_that_is_missed_is_named_and_one_that_is_met_is_not() {
    let mut figures = Figures::default();
    figures.at_least("fast", 0.5, 0.6);
    figures.at_most("small", 0.5, 0.6);
    let told = figures.finish();
    assert_eq!(told["goals missed"], json!(["fast (goal: at least 0.6)"]));
    assert_eq!(told["small (goal: at most 0.6)"], json!(0.5));
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Both kinds of record are taken and seen on the other node, and their rows can be written again by the database alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_measured_is_taken_seen_and_written_again() {
    let folder = Folder(std::env::temp_dir().join(format!("garita-load-{}", std::process::id())));
    let site = Site::found(&folder.0.join("net"), Shape::TwoWithBridge).unwrap();
    let mut apps = Vec::new();
    for node in [site.first().unwrap(), site.last().unwrap()] {
        let app = App::open(NodeConfig::read(&node.data).unwrap()).unwrap();
        apps.push(Arc::clone(&app));
        tokio::spawn(server::serve(app, std::future::pending()));
    }
    let (door, customs) = (site.filing().unwrap(), site.looking().unwrap());
    let began = Instant::now();
    while door.pending().await.is_err() || customs.pending().await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let sight = Sight::open(&customs).await.unwrap();
    for kind in [Kind::Manifest, Kind::Appointment] {
        let records = site.author.sign(kind, 21).unwrap();
        assert_eq!(records.len(), 21);
        let mut run = end_to_end(&door, records, 4, &sight).await.unwrap();
        assert_eq!((run.records, run.visible_ms.len()), (21, 21), "{kind:?}");
        assert!(quantile(&mut run.visible_ms, 0.5) > 0.0);
    }
    let more = site.author.sign(Kind::Manifest, 10).unwrap();
    let run = load::paced(&door, more, 200.0, Some(&sight)).await.unwrap();
    assert_eq!((run.records, run.visible_ms.len()), (10, 10));
    door.all_acknowledged().await.unwrap();
    assert!(door.delivered().await.unwrap() >= 52);
    let database = site.first().unwrap().data.join("garita.db");
    let copy = folder.0.join("raw.db");
    let raw = limits::raw(&database, &copy).unwrap();
    let count = |path: &Path, table: &str| -> i64 {
        let database = rusqlite::Connection::open(path).unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        database.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert!(raw.records >= 52, "{raw:?}");
    for table in ["records", "bodies", "terms", "case_views", "outbox"] {
        assert_eq!(count(&database, table), count(&copy, table), "{table}");
        assert!(count(&copy, table) >= 52, "{table}");
    }
    assert!(count(&copy, "case_counts") > 0, "by triggers");
    for app in apps {
        app.exchange().stop();
    }
}

#[test]
fn this_process_s_memory_and_time_are_told() {
    let memory = Memory::of(std::process::id()).unwrap();
    assert!(memory.resident_mb > 0.0 && memory.highest_mb >= memory.resident_mb);
    assert!(processor_us(std::process::id()).unwrap() >= 0.0);
    assert!(Memory::of(u32::MAX).is_err());
}
