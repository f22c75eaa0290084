//! The programs of this repository, for tests.

use std::fs;
use std::path::Path;

use garita_profile::Folder;

/// All folders of `profiles/`, by name.
pub(crate) fn folders() -> Vec<Folder> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let mut names: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("profile.yaml").exists())
        .collect();
    names.sort();
    names
        .iter()
        .map(|path| crate::program::read_folder(path).unwrap())
        .collect()
}
