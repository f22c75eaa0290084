//! The programs that the binary carries, and those of a folder that an operator names or installs packages in.

use std::collections::BTreeMap;
use std::path::Path;

use garita_exchange::program::{self, ProgramError, Programs};
use garita_profile::model::CharterWords;
use garita_profile::package::Opened;
use garita_profile::{Folder, Profile, Program};

mod packed {
    include!(concat!(env!("OUT_DIR"), "/profiles.rs"));
}

/// Folder of a node's data in which packages are installed.
pub const FOLDER: &str = "programs";

/// Name of an installed package's file.
pub fn file_name(profile: &str, version: &str) -> String {
    format!("{profile}-{version}.json")
}

/// Folders of the packed programs.
pub fn packed() -> Vec<Folder> {
    let mut folders: BTreeMap<&str, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    for (profile, file, bytes) in packed::FILES {
        folders
            .entry(profile)
            .or_default()
            .insert((*file).to_owned(), bytes.to_vec());
    }
    folders
        .into_values()
        .filter(|files| files.contains_key("profile.yaml"))
        .map(Folder)
        .collect()
}

/// The charter in a package, read with the packed programs that it may stand on.
///
/// # Errors
/// When it does not load with them.
pub fn charter(opened: &Opened) -> Result<CharterWords, ProgramError> {
    let packed = packed();
    let pool: Vec<&Folder> = packed.iter().collect();
    let profile = Profile::load_with(&opened.folder, &pool).map_err(|f| program::invalid(&f))?;
    Ok(profile
        .charter(&opened.profile)
        .cloned()
        .unwrap_or_default())
}

/// Loads the packed programs, and beside them each folder and each package (`*.json`) under `extra`.
///
/// # Errors
/// When one of them is not valid.
pub fn load(extra: Option<&Path>) -> Result<Programs, ProgramError> {
    let mut read = packed();
    if let Some(extra) = extra {
        let entries = std::fs::read_dir(extra).map_err(|source| ProgramError::Unreadable {
            path: extra.display().to_string(),
            source,
        })?;
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.join("profile.yaml").exists() {
                read.push(program::read_folder(&path)?);
            } else if path.extension().is_some_and(|end| end == "json") && path.is_file() {
                let opened = program::read_package(&path)?;
                let held = |folder: &Folder| {
                    Program::of(folder).is_some_and(|p| p.core_digest == opened.core)
                };
                if !read.iter().any(held) {
                    read.push(opened.folder);
                }
            }
        }
    }
    Programs::from_folders(&read.iter().collect::<Vec<_>>())
}
