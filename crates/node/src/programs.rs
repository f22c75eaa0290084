//! The programs that the binary carries, and those of a folder that an operator names or installs packages in.

use std::collections::BTreeMap;
use std::path::Path;

use garita_exchange::program::{self, ProgramError, Programs};
use garita_profile::Folder;
use garita_profile::package::{self, Packed};

mod packed {
    include!(concat!(env!("OUT_DIR"), "/profiles.rs"));
}

/// Folder of a node's data in which packages are installed.
pub const FOLDER: &str = "programs";

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

/// The package of a packed program, as `garita profile package` makes it of its folder.
///
/// # Errors
/// When there is no such program, or it makes no package.
pub fn package(id: &str) -> Result<Packed, ProgramError> {
    let all = packed();
    let pool: Vec<&Folder> = all.iter().collect();
    let own = all
        .iter()
        .find(|folder| garita_profile::uses::id_of(folder).as_deref() == Some(id))
        .ok_or_else(|| ProgramError::Invalid(format!("no program `{id}` is in the binary")))?;
    package::pack(own, &pool).map_err(|e| ProgramError::Invalid(e.to_string()))
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
                read.extend(package_at(&path, &read)?);
            }
        }
    }
    Programs::from_folders(&read.iter().collect::<Vec<_>>())
}

/// The folder in a package's file; none where its core is among those read already.
fn package_at(path: &Path, read: &[Folder]) -> Result<Option<Folder>, ProgramError> {
    let unreadable = |source| ProgramError::Unreadable {
        path: path.display().to_string(),
        source,
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > package::PACKAGE_BYTES_MAX as u64 {
        return Err(ProgramError::TooLarge(path.display().to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let invalid = |e: package::PackageError| {
        ProgramError::Invalid(format!("{}: {}: {e}", path.display(), e.code()))
    };
    let opened = package::unpack(&bytes).map_err(invalid)?;
    let pool: Vec<&Folder> = read.iter().collect();
    let held = read
        .iter()
        .filter(|folder| garita_profile::uses::id_of(folder).as_deref() == Some(&opened.profile))
        .filter_map(|folder| package::pack(folder, &pool).ok())
        .any(|packed| packed.core == opened.core);
    Ok((!held).then_some(opened.folder))
}
