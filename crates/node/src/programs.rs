//! The programs that the binary carries, and those of a folder that an operator names.

use std::collections::BTreeMap;
use std::path::Path;

use garita_exchange::program::{self, ProgramError, Programs};
use garita_profile::Folder;

mod packed {
    include!(concat!(env!("OUT_DIR"), "/profiles.rs"));
}

/// Loads the packed programs, and beside them each folder under `extra`.
///
/// # Errors
/// When one of them is not valid.
pub fn load(extra: Option<&Path>) -> Result<Programs, ProgramError> {
    let mut folders: BTreeMap<&str, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    for (profile, file, bytes) in packed::FILES {
        folders
            .entry(profile)
            .or_default()
            .insert((*file).to_owned(), bytes.to_vec());
    }
    let mut read: Vec<Folder> = folders
        .into_values()
        .filter(|files| files.contains_key("profile.yaml"))
        .map(Folder)
        .collect();
    if let Some(extra) = extra {
        let entries = std::fs::read_dir(extra).map_err(|source| ProgramError::Unreadable {
            path: extra.display().to_string(),
            source,
        })?;
        for entry in entries.flatten() {
            if entry.path().join("profile.yaml").exists() {
                read.push(program::read_folder(&entry.path())?);
            }
        }
    }
    Programs::from_folders(&read.iter().collect::<Vec<_>>())
}
