//! The programs that the binary carries, and those of a folder that an operator names.

use std::collections::BTreeMap;
use std::path::Path;

use garita_exchange::program::{self, ProgramError, Programs};
use garita_profile::{Folder, Profile};

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
    let mut profiles: Vec<Profile> = Vec::new();
    for (name, files) in folders {
        if !files.contains_key("profile.yaml") {
            continue;
        }
        profiles.push(Profile::load(&Folder(files)).map_err(|findings| {
            let first = findings.first().map_or_else(String::new, |f| {
                format!("{}:{}: {}", f.file, f.line, f.message)
            });
            ProgramError::Invalid(format!("packed program `{name}`: {first}"))
        })?);
    }
    if let Some(extra) = extra {
        let entries = std::fs::read_dir(extra).map_err(|source| ProgramError::Unreadable {
            path: extra.display().to_string(),
            source,
        })?;
        for entry in entries.flatten() {
            if entry.path().join("profile.yaml").exists() {
                profiles.push(program::load(&entry.path())?);
            }
        }
    }
    Ok(Programs::new(profiles))
}
