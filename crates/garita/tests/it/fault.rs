//! Nodes as processes, on a disk that fails when a test says so: a library stands between the node and its files (`fault.c`), built
//! when a test needs it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::world::{Api, Folder, until};

/// A disk that may fail.
pub(crate) struct Faults {
    library: PathBuf,
    watched: PathBuf,
    flag: PathBuf,
    count: PathBuf,
}

impl Faults {
    /// For a node's folder; says why where there can be none here.
    pub(crate) fn of(folder: &Folder, data: &Path) -> Option<Faults> {
        if !cfg!(target_os = "linux") {
            println!("skipped: the failing disk is made for Linux");
            return None;
        }
        let source = folder.write("fault.c", include_str!("fault.c"));
        let library = folder.path().join("fault.so");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source)
            .args(["-ldl", "-lpthread"])
            .status();
        let Ok(built) = built else {
            println!("skipped: there is no C compiler (cc) for the failing disk");
            return None;
        };
        assert!(built.success(), "fault.c does not compile");
        Some(Faults {
            library,
            watched: data.canonicalize().unwrap(),
            flag: folder.path().join("fault.flag"),
            count: folder.path().join("fault.count"),
        })
    }

    /// From now on calls of a kind fail on paths with this part: see `fault.c`.
    pub(crate) fn fail(&self, kind: &str, part: &str) {
        let whole = self.flag.with_extension("new");
        fs::write(&whole, format!("{kind} {part}")).unwrap();
        fs::rename(&whole, &self.flag).unwrap();
    }

    /// The disk works again.
    pub(crate) fn heal(&self) {
        fs::remove_file(&self.flag).unwrap();
    }

    /// Writes, syncs, renames, truncations and removals since the node was started.
    pub(crate) fn count(&self) -> u64 {
        u64::from_le_bytes(fs::read(&self.count).unwrap().try_into().unwrap())
    }
}

/// How a node ends itself, at one of its writes, syncs, renames, truncations and removals, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// SIGKILL: what was written is with the system.
    Killed(u64),
    /// The same, and half of what was not synced is lost.
    PowerCut(u64),
}

/// A node in a process of its own.
pub(crate) struct Node(Child);

impl Node {
    /// Starts it from its folder; what it says goes to `log`.
    pub(crate) fn start(data: &Path, log: &Path) -> Node {
        Node::run(&mut Node::command(data, log))
    }

    /// The same on a disk that may fail, to its death where there is one.
    pub(crate) fn on(faults: &Faults, data: &Path, log: &Path, death: Option<Death>) -> Node {
        let _ = fs::remove_file(&faults.count);
        let mut command = Node::command(data, log);
        command
            .env("LD_PRELOAD", &faults.library)
            .env("GARITA_FAULT_FOLDER", &faults.watched)
            .env("GARITA_FAULT_FLAG", &faults.flag)
            .env("GARITA_FAULT_COUNT", &faults.count);
        if let Some(Death::Killed(at) | Death::PowerCut(at)) = death {
            command.env("GARITA_FAULT_KILL", at.to_string());
        }
        if let Some(Death::PowerCut(_)) = death {
            command.env("GARITA_FAULT_POWER", "1");
        }
        Node::run(&mut command)
    }

    fn command(data: &Path, log: &Path) -> Command {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_garita"));
        command
            .args(["serve", "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(log);
        command
    }

    fn run(command: &mut Command) -> Node {
        Node(command.spawn().unwrap())
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has ended.
    pub(crate) fn ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until a node answers.
pub(crate) async fn ready(base: &str) {
    let api = Api::new(base, "");
    until(&format!("{base} is ready"), || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
}
