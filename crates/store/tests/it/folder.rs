//! What is particular to SQLite in a data folder: restarts, locks, damage, a full disk.

use std::fs;
use std::path::Path;
use std::thread;

use garita_store::{Commit, Options, Reader, RecordQuery, Writer, open};
use rusqlite::Connection;

use crate::fixture::{CBP, Folder, Put, commit_of};

fn reopen(folder: &Folder) -> (Writer, Reader) {
    open(&folder.0, &Options::default()).unwrap()
}

fn filled(folder: &Folder, count: usize) {
    let (mut writer, _) = reopen(folder);
    for number in 0..count {
        let id = format!("r{number}");
        let commit = commit_of(&mut writer, &[Put::new(&id, 10, &[CBP])]);
        writer.commit(&commit).unwrap();
    }
}

/// What a kill leaves: the files as they are, without the last fold of the log that an orderly end makes.
fn copy_as_killed(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in ["garita.db", "garita.db-wal"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_commit() {
    let folder = Folder::new();
    let (mut writer, reader) = reopen(&folder);
    for number in 0..12u64 {
        let id = format!("r{number}");
        let commit = commit_of(&mut writer, &[Put::new(&id, 10, &[CBP])]);
        writer.commit(&commit).unwrap();
        let killed = Folder::new();
        copy_as_killed(&folder.0, &killed.0);
        let (mut again, read) = reopen(&killed);
        let report = read.verify_tail(1000).unwrap();
        assert_eq!((report.size, report.checked), (number + 1, number + 1));
        assert_eq!(read.head().unwrap(), reader.head().unwrap());
        assert!(read.record(CBP, &id).unwrap().is_some());
        let commit = commit_of(&mut again, &[Put::new("next", 10, &[CBP])]);
        again.commit(&commit).unwrap();
    }
}

#[test]
fn a_torn_write_ahead_log_loses_whole_commits_only() {
    let folder = Folder::new();
    let (mut writer, _reader) = reopen(&folder);
    for number in 0..5 {
        let id = format!("r{number}");
        let commit = commit_of(&mut writer, &[Put::new(&id, 10, &[CBP])]);
        writer.commit(&commit).unwrap();
    }
    let length = fs::metadata(folder.0.join("garita.db-wal")).unwrap().len();
    for tenth in 0..10 {
        let torn = Folder::new();
        copy_as_killed(&folder.0, &torn.0);
        let wal = fs::File::options()
            .write(true)
            .open(torn.0.join("garita.db-wal"))
            .unwrap();
        wal.set_len(length * tenth / 10).unwrap();
        let (_, read) = reopen(&torn);
        let report = read.verify_tail(1000).unwrap();
        let records = read
            .records(CBP, &RecordQuery::default())
            .unwrap()
            .items
            .len();
        assert_eq!(records as u64, report.size);
    }
}

#[test]
fn dropped_without_a_close_it_opens_again() {
    let folder = Folder::new();
    filled(&folder, 3);
    let (mut writer, reader) = reopen(&folder);
    assert_eq!(reader.verify_tail(2).unwrap().checked, 2);
    let commit = commit_of(&mut writer, &[Put::new("more", 10, &[CBP])]);
    assert_eq!(writer.commit(&commit).unwrap().size.get(), 4);
}

#[test]
fn a_second_writer_is_refused() {
    let folder = Folder::new();
    let first = reopen(&folder);
    assert_eq!(
        open(&folder.0, &Options::default()).unwrap_err().code(),
        "store-in-use"
    );
    drop(first);
    reopen(&folder);
}

#[test]
fn a_newer_store_is_refused() {
    let folder = Folder::new();
    filled(&folder, 1);
    Connection::open(folder.0.join("garita.db"))
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    assert_eq!(
        open(&folder.0, &Options::default()).unwrap_err().code(),
        "store-newer-version"
    );
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = Folder::new();
    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join("garita.db"), vec![b'x'; 8192]).unwrap();
    assert_eq!(
        open(&folder.0, &Options::default()).unwrap_err().code(),
        "store-corrupt"
    );
}

#[test]
fn the_tail_shows_every_damage() {
    for damage in [
        "UPDATE log SET digest = zeroblob(32) WHERE leaf = 3",
        "UPDATE log_nodes SET hashes = zeroblob(32) WHERE leaf = 4",
        "UPDATE log_nodes SET hashes = zeroblob(length(hashes)) WHERE leaf = 3",
        "DELETE FROM log WHERE leaf = 4",
        "DELETE FROM log WHERE leaf = 2",
        "DELETE FROM log_nodes WHERE leaf = 4",
        "DELETE FROM records WHERE id = 'r4'",
        "UPDATE log SET logged_ms = 1 WHERE leaf = 4",
        "UPDATE log_head SET checkpoint = NULL",
        "UPDATE log_head SET checkpoint = replace(checkpoint, char(10) || '5' || char(10), char(10) || '6' || char(10))",
        "UPDATE log_head SET frontier = zeroblob(length(frontier))",
        "UPDATE log SET id = 'other' WHERE leaf = 4",
        "DELETE FROM log_head",
    ] {
        let folder = Folder::new();
        filled(&folder, 5);
        let changed = Connection::open(folder.0.join("garita.db"))
            .unwrap()
            .execute(damage, [])
            .unwrap();
        assert_eq!(changed, 1, "{damage}");
        let code = match open(&folder.0, &Options::default()) {
            Ok((_, reader)) => reader.verify_tail(5).unwrap_err().code(),
            Err(error) => error.code(),
        };
        assert_eq!(code, "store-corrupt", "{damage}");
    }
}

#[test]
fn a_full_store_refuses_writes_reads_on_and_recovers() {
    let folder = Folder::new();
    filled(&folder, 3);
    let size = fs::metadata(folder.0.join("garita.db")).unwrap().len();
    let options = Options {
        database_bytes_max: Some(size + 16 * 4096),
        ..Options::default()
    };
    let (mut writer, reader) = open(&folder.0, &options).unwrap();
    let large = |writer: &mut Writer, id: &str| {
        let mut commit = commit_of(writer, &[Put::new(id, 10, &[CBP])]);
        commit.records[0].document = vec![b'x'; 1 << 20];
        commit
    };
    let commit = large(&mut writer, "large");
    assert_eq!(writer.commit(&commit).unwrap_err().code(), "store-full");
    assert_eq!(
        reader
            .records(CBP, &RecordQuery::default())
            .unwrap()
            .items
            .len(),
        3
    );
    assert_eq!(reader.verify_tail(10).unwrap().size, 3);
    let small = commit_of(&mut writer, &[Put::new("small", 10, &[CBP])]);
    writer.commit(&small).unwrap();
    drop((writer, reader));
    let (mut writer, reader) = reopen(&folder);
    let commit = large(&mut writer, "large");
    writer.commit(&commit).unwrap();
    assert_eq!(reader.verify_tail(10).unwrap().size, 5);
}

#[test]
fn readers_see_whole_commits_while_the_writer_writes() {
    let folder = Folder::new();
    let (mut writer, reader) = reopen(&folder);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..6)
            .map(|_| {
                let reader = reader.clone();
                scope.spawn(move || {
                    // Six readers share four connections. Each runs until it has seen the last commit.
                    loop {
                        let size = reader.verify_tail(1000).unwrap().size;
                        assert_eq!(size % 3, 0, "commits are of three");
                        let records = reader.records(CBP, &RecordQuery::default()).unwrap();
                        assert!(records.items.len() as u64 >= size.min(50));
                        if size == 60 {
                            break;
                        }
                    }
                })
            })
            .collect();
        for batch in 0..20 {
            let ids: Vec<_> = (0..3).map(|place| format!("r{batch}-{place}")).collect();
            let puts: Vec<_> = ids.iter().map(|id| Put::new(id, 10, &[CBP])).collect();
            let commit = commit_of(&mut writer, &puts);
            writer.commit(&commit).unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[test]
fn what_an_unfinished_file_left_goes_at_the_next_start() {
    let folder = Folder::new();
    let (writer, reader) = reopen(&folder);
    let mut unfinished = reader.blobs().create(100).unwrap();
    unfinished.write(b"half").unwrap();
    std::mem::forget(unfinished);
    drop((writer, reader));
    reopen(&folder);
    assert_eq!(fs::read_dir(folder.0.join("blobs/tmp")).unwrap().count(), 0);
}

#[test]
fn an_empty_commit_is_none_the_less_one() {
    let folder = Folder::new();
    let (mut writer, reader) = reopen(&folder);
    assert_eq!(writer.commit(&Commit::default()).unwrap().size.get(), 0);
    assert_eq!(reader.verify_tail(10).unwrap().size, 0);
    assert!(reader.head().unwrap().checkpoint.is_none());
}
