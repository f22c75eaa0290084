//! A folder that is being written: every file its owner's alone, on disk, and in the manifest with its length and digest.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::upkeep::files;

/// Lines of one file: some tens of megabytes, that an editor opens.
const LINES_MAX: u64 = 10_000;

/// The folder.
pub(super) struct Sheaf {
    root: PathBuf,
    /// `files` of the manifest, written as they come: a node may have a million attachments.
    list: BufWriter<File>,
    count: u64,
}

impl Sheaf {
    pub(super) fn new(root: &Path) -> Result<Self, String> {
        files::make_folder(root).map_err(|e| told(root, &e))?;
        let list = made(&root.join("manifest.json"))?;
        let mut sheaf = Self {
            root: root.to_owned(),
            list: BufWriter::new(list),
            count: 0,
        };
        sheaf.manifest("{\"files\":[")?;
        Ok(sheaf)
    }

    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.bytes(name, text.as_bytes())
    }

    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.place(name)?;
        let mut file = made(&path)?;
        file.write_all(bytes).map_err(|e| told(&path, &e))?;
        file.sync_all().map_err(|e| told(&path, &e))?;
        let digest = files::hex(&Sha256::digest(bytes));
        self.listed(name, bytes.len() as u64, &digest)
    }

    /// Copies a file in; whether it was there.
    pub(super) fn copy(&mut self, from: &Path, name: &str) -> Result<bool, String> {
        if !from.exists() {
            return Ok(false);
        }
        let to = self.place(name)?;
        let (bytes, digest) = files::copy(from, &to).map_err(|e| told(from, &e))?;
        self.listed(name, bytes, &digest)?;
        Ok(true)
    }

    /// Writes what the manifest says beside the files; nothing may come after.
    pub(super) fn finish(mut self, about: Value) -> Result<(), String> {
        let Value::Object(members) = about else {
            return Err("the manifest is no object".to_owned());
        };
        self.manifest("\n]")?;
        for (name, value) in members {
            self.manifest(&format!(",\n{}:{value}", json!(name)))?;
        }
        self.manifest("}\n")?;
        let path = self.root.join("manifest.json");
        let file = self.list.into_inner().map_err(|e| e.to_string())?;
        file.sync_all().map_err(|e| told(&path, &e))?;
        files::sync_folder(&self.root).map_err(|e| told(&self.root, &e))
    }

    fn place(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            files::make_folder(parent).map_err(|e| told(parent, &e))?;
        }
        Ok(path)
    }

    fn listed(&mut self, name: &str, bytes: u64, sha256: &str) -> Result<(), String> {
        let comma = if self.count == 0 { "\n" } else { ",\n" };
        self.count += 1;
        let line = json!({ "path": name, "bytes": bytes, "sha256": sha256 });
        self.manifest(&format!("{comma}{line}"))
    }

    fn manifest(&mut self, text: &str) -> Result<(), String> {
        let written = self.list.write_all(text.as_bytes());
        written.map_err(|e| told(&self.root.join("manifest.json"), &e))
    }
}

/// Lines of JSON under one name, cut into files of [`LINES_MAX`]: `NAME/000000.ndjson`. There is always one, if only an empty one.
pub(super) struct Lines {
    name: String,
    number: u64,
    lines: u64,
    open: Open,
}

struct Open {
    path: PathBuf,
    file: BufWriter<File>,
    sha: Sha256,
    bytes: u64,
}

impl Lines {
    pub(super) fn new(name: &str, sheaf: &Sheaf) -> Result<Self, String> {
        Ok(Self {
            name: name.to_owned(),
            number: 0,
            lines: 0,
            open: open(sheaf, &part(name, 0))?,
        })
    }

    pub(super) fn line(&mut self, sheaf: &mut Sheaf, value: &Value) -> Result<(), String> {
        if self.lines == LINES_MAX {
            let next = open(sheaf, &part(&self.name, self.number + 1))?;
            let full = std::mem::replace(&mut self.open, next);
            close(full, &part(&self.name, self.number), sheaf)?;
            self.number += 1;
            self.lines = 0;
        }
        let text = format!("{value}\n");
        let open = &mut self.open;
        open.sha.update(text.as_bytes());
        open.bytes += text.len() as u64;
        self.lines += 1;
        let written = open.file.write_all(text.as_bytes());
        written.map_err(|e| told(&open.path, &e))
    }

    pub(super) fn finish(self, sheaf: &mut Sheaf) -> Result<(), String> {
        close(self.open, &part(&self.name, self.number), sheaf)
    }
}

fn part(name: &str, number: u64) -> String {
    format!("{name}/{number:06}.ndjson")
}

fn open(sheaf: &Sheaf, name: &str) -> Result<Open, String> {
    let path = sheaf.place(name)?;
    Ok(Open {
        file: BufWriter::new(made(&path)?),
        path,
        sha: Sha256::new(),
        bytes: 0,
    })
}

fn close(open: Open, name: &str, sheaf: &mut Sheaf) -> Result<(), String> {
    let Open {
        path,
        file,
        sha,
        bytes,
    } = open;
    let file = file.into_inner().map_err(|e| e.to_string())?;
    file.sync_all().map_err(|e| told(&path, &e))?;
    sheaf.listed(name, bytes, &files::hex(&sha.finalize()))
}

fn made(path: &Path) -> Result<File, String> {
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| told(path, &e))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
