//! A folder into which another program writes its files: each is filed once and moved away, none is lost.
//!
//! `DIR/*` comes in, `DIR/done/*` is filed, `DIR/failed/*` is refused, with a report beside it, and for X12 and EDIFACT the acknowledgement
//! that the partner gets (`FILE.ack.edi`: 997 or CONTRL). What happened to which content stands in
//! `DIR/.garita/journal.jsonl`, written before and after each filing. A file is moved only after the node has answered, so a crash at any
//! point leaves it where it is and the next run sends it again under the same Idempotency-Key: the node answers with the first records.

mod answer;
mod journal;
mod report;

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use garita_exchange::clock::real_now_ms;

use super::send::{NotFiled, Sender};
use super::{Outcome, bytes_of};
use crate::say;
use journal::{Event, Journal, Known};

/// How often the folder is looked at. A file is taken when two looks find it unchanged.
const EVERY: Duration = Duration::from_secs(1);
/// A node that is away is asked again after at most this long.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// The node remembers a key for a day. What was sent longer ago and never answered may have been filed or not: a person has to look.
const SURE_MS: i64 = 23 * 3_600_000;
/// Names of files that their writer has not finished, or that are no documents.
const UNFINISHED: &[&str] = &["tmp", "part", "partial", "filepart", "crdownload", "lock"];

/// Takes files until it is ended; with `once`, until nothing is left to take.
pub(super) fn run(folder: &Path, sender: &Sender, once: bool) -> ExitCode {
    let mut watch = match Watch::open(folder, sender) {
        Ok(watch) => watch,
        Err(why) => return say::unusable(format!("{}: {why}", folder.display())),
    };
    say::talk(format!(
        "watching {}; done files go to done/, others to failed/ with a report; Ctrl-C ends it",
        folder.display()
    ));
    let mut worst = Outcome::Complete;
    let mut wait = EVERY;
    loop {
        let looked = match watch.look() {
            Ok(looked) => looked,
            Err(why) => return say::unusable(format!("{}: {why}", folder.display())),
        };
        worst = worst.max(looked.worst);
        if once && looked.left == 0 {
            return worst.exit();
        }
        wait = match looked.away {
            true => (wait * 2).min(WAIT_MAX),
            false => EVERY,
        };
        std::thread::sleep(wait);
    }
}

/// What one look at the folder found.
struct Looked {
    worst: Outcome,
    /// Files that are still there: unfinished, or the node is away.
    left: usize,
    /// Whether the node is away.
    away: bool,
}

/// Size and time of a file at the last look.
type Seen = (u64, Option<SystemTime>);

struct Watch<'a> {
    folder: PathBuf,
    sender: &'a Sender,
    journal: Journal,
    seen: BTreeMap<PathBuf, Seen>,
    said_away: bool,
    /// Held while this process runs: two watchers of one folder would move each other's files.
    _lock: File,
}

impl<'a> Watch<'a> {
    fn open(folder: &Path, sender: &'a Sender) -> Result<Watch<'a>, String> {
        let said = |e: std::io::Error| e.to_string();
        if !folder.is_dir() {
            return Err("no such folder".to_owned());
        }
        let own = folder.join(".garita");
        for made in [own.clone(), folder.join("done"), folder.join("failed")] {
            fs::create_dir_all(made).map_err(said)?;
        }
        let lock = File::create(own.join("lock")).map_err(said)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err("another `garita import --watch` has this folder".to_owned());
            }
            Err(TryLockError::Error(error)) => return Err(said(error)),
        }
        Ok(Watch {
            folder: folder.to_owned(),
            sender,
            journal: Journal::open(&own.join("journal.jsonl"))?,
            seen: BTreeMap::new(),
            said_away: false,
            _lock: lock,
        })
    }

    fn look(&mut self) -> Result<Looked, String> {
        let mut looked = Looked {
            worst: Outcome::Complete,
            left: 0,
            away: false,
        };
        let mut now = BTreeMap::new();
        let mut ready = Vec::new();
        for (path, seen) in self.listed()? {
            if self.seen.get(&path) == Some(&seen) {
                ready.push((seen.1, path.clone()));
            }
            now.insert(path, seen);
        }
        looked.left = now.len();
        self.seen = now;
        // The oldest first: a manifest is filed before its amendment.
        ready.sort();
        for (_, path) in ready {
            match self.take(&path) {
                Ok(outcome) => {
                    looked.worst = looked.worst.max(outcome);
                    looked.left -= 1;
                    self.seen.remove(&path);
                    self.said_away = false;
                }
                Err(Stays::Away(why)) => {
                    if !self.said_away {
                        say::talk(format!("{why}; files stay where they are, trying again"));
                    }
                    self.said_away = true;
                    looked.away = true;
                    break;
                }
                Err(Stays::Disk(why)) => return Err(why),
            }
        }
        Ok(looked)
    }

    /// The files that may be taken, with size and time.
    fn listed(&self) -> Result<Vec<(PathBuf, Seen)>, String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|e| e.to_string())? {
            let Ok(entry) = entry else { continue };
            // No link is followed: a folder that others write into could point anywhere.
            let Ok(meta) = entry.metadata() else { continue };
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let unfinished = path
                .extension()
                .and_then(|e| e.to_str())
                .is_some_and(|e| UNFINISHED.contains(&e.to_ascii_lowercase().as_str()));
            if meta.is_file() && !unfinished && !name.starts_with(['.', '~']) {
                found.push((path, (meta.len(), meta.modified().ok())));
            }
        }
        Ok(found)
    }

    /// Files one document and moves it away.
    fn take(&mut self, path: &Path) -> Result<Outcome, Stays> {
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let bytes = match bytes_of(path) {
            Ok(bytes) => bytes,
            // Gone or locked meanwhile: the next look tells.
            Err(_) if !path.is_file() => return Ok(Outcome::Complete),
            Err(why) => {
                return self.failed(path, &name, "", &report::unreadable(&name, &why));
            }
        };
        let key = self.sender.key(&bytes);
        match self.journal.known(&key) {
            Known::Filed(event) => {
                let told = report::repeated(&name, event);
                return self.done(path, &name, &told);
            }
            Known::Sent(at_ms) if real_now_ms() - at_ms > SURE_MS => {
                return self.failed(path, &name, &key, &report::unsure(&name, at_ms));
            }
            Known::Sent(_) | Known::Nothing => {}
        }
        self.journal
            .put(Event::sending(&key, &name, real_now_ms()))?;
        match self.sender.file(&bytes) {
            Ok(answer) => {
                let event = Event::filed(&key, &name, real_now_ms(), &answer);
                let told = report::filed(&name, &answer);
                self.journal.put(event)?;
                self.done(path, &name, &told)
            }
            Err(NotFiled::Refused { status, problem }) => {
                let told = report::refused(&name, status, &problem);
                self.failed(path, &name, &key, &told)
            }
            Err(NotFiled::Later(why)) => Err(Stays::Away(why)),
        }
    }

    fn done(&self, path: &Path, name: &str, told: &report::Report) -> Result<Outcome, Stays> {
        self.away(path, name, "done", told)?;
        say::data(told.line());
        Ok(Outcome::Complete)
    }

    fn failed(
        &mut self,
        path: &Path,
        name: &str,
        key: &str,
        told: &report::Report,
    ) -> Result<Outcome, Stays> {
        self.journal.put(Event::failed(key, name, real_now_ms()))?;
        self.away(path, name, "failed", told)?;
        say::data(told.line());
        Ok(Outcome::Faulty)
    }

    /// Moves a file with its report beside it; nothing that is there already is written over.
    fn away(&self, path: &Path, name: &str, to: &str, told: &report::Report) -> Result<(), Stays> {
        let folder = self.folder.join(to);
        let mut target = folder.join(name);
        let mut number = 1;
        while target.exists() {
            number += 1;
            target = folder.join(format!("{number}-{name}"));
        }
        // The report first: a file in `failed` without one would leave its owner without a reason.
        told.write(&target)?;
        answer::write(path, &target)?;
        fs::rename(path, &target)?;
        File::open(&folder)?.sync_all()?;
        Ok(())
    }
}

/// Why a file stays where it is.
enum Stays {
    /// The node can't take it now.
    Away(String),
    /// The folder can't be written.
    Disk(String),
}

impl From<std::io::Error> for Stays {
    fn from(error: std::io::Error) -> Stays {
        Stays::Disk(error.to_string())
    }
}
