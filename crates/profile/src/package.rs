//! One file of a program: what is proposed, signed and sent.
//!
//! JSON in its one canonical form (JCS, RFC 8785), not an archive: an archive carries times, owners, modes and paths that would have to be
//! normalised away and watched when it is unpacked; this has files by name and nothing else, can be read by anybody, and travels in an API
//! as it is. The same folder gives the same bytes on every machine, so the digest of the bytes names the version.
//!
//! INVARIANT (one form): a package that is read is, byte for byte, what [`pack`] writes for the files in it. A name given twice, another order
//! or a space more is refused, so that no two readers see two programs in one file.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::load::{FOLDER_BYTES_MAX, Folder, Profile, Program};

/// Largest package in bytes: the largest folder, with room for what JSON escapes.
pub const PACKAGE_BYTES_MAX: usize = FOLDER_BYTES_MAX + FOLDER_BYTES_MAX / 2;
/// Most files of a package: as many as a folder may have.
pub const FILES_MAX: usize = 5_000;
/// Longest path of a file in bytes.
pub const PATH_BYTES_MAX: usize = 200;
/// What the file says it is.
const FORMAT: &str = "garita-profile/1";

/// Where files of a profile stand, and how they end.
const FOLDERS: &[(&str, &str)] = &[
    ("schemas/", ".json"),
    ("codelists/", ".csv"),
    ("calendars/", ".csv"),
    ("texts/", ".yaml"),
    ("examples/", ".json"),
    ("scenarios/", ".yaml"),
    // What an author lays beside them for whoever reads: notes, tables.
    ("", ".md"),
    ("", ".csv"),
];
/// Files at the top of a profile's folder.
const TOP: &[&str] = &["profile.yaml", "rules.yaml", "context.jsonld"];

/// A package made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The program's id.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// `ni:///sha-256;…` of the bytes.
    pub digest: String,
    /// Core digest: what the offices sign.
    pub core: String,
    /// How many files are in it.
    pub files: usize,
    /// Files of the folder that no profile has, left out.
    pub left_out: Vec<String>,
    /// The package.
    pub bytes: Vec<u8>,
}

/// A package read.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The program's id.
    pub profile: String,
    /// Its version.
    pub version: String,
    /// `ni:///sha-256;…` of the bytes.
    pub digest: String,
    /// Core digest, as it comes out of the files.
    pub core: String,
    /// The files.
    pub folder: Folder,
}

/// Why a package is not made or not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// More bytes than a package or its files may have.
    #[error(
        "the package has more than the {PACKAGE_BYTES_MAX} bytes allowed, or its files more than {FOLDER_BYTES_MAX}"
    )]
    TooLarge,
    /// More files than a profile has.
    #[error("the package has more than {FILES_MAX} files")]
    TooMany,
    /// No package at all.
    #[error("this is no package of a profile: {0}")]
    Malformed(String),
    /// JSON, but not in its one form.
    #[error("the package is not in its one form (JCS): some tool has changed it; make it anew")]
    NotCanonical,
    /// A file with a name that no profile has.
    #[error("`{0}` is no file of a profile")]
    Path(String),
    /// A file that is no text.
    #[error("`{0}` is not UTF-8")]
    NotText(String),
    /// The files are no profile that loads.
    #[error("the files are no profile that loads: {0}")]
    Unsound(String),
    /// The package says another id, version or core than its files.
    #[error("the package says {said}, its files {found}")]
    Differs {
        /// What it says.
        said: String,
        /// What comes out of the files.
        found: String,
    },
}

impl PackageError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "package-too-large",
            Self::TooMany => "package-too-many-files",
            Self::Malformed(_) => "package-malformed",
            Self::NotCanonical => "package-not-canonical",
            Self::Path(_) => "package-path",
            Self::NotText(_) => "package-not-text",
            Self::Unsound(_) => "package-unsound",
            Self::Differs { .. } => "package-differs",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    profile: String,
    version: String,
    core: String,
    files: BTreeMap<String, String>,
}

/// Makes the package of a folder; `pool` are the folders among which those are that it stands on (they are not packed).
///
/// Line ends become `\n` and a byte order mark goes: what an editor does to a file is no other version. Files that no profile has (an editor's
/// own, pictures) are left out.
///
/// # Errors
/// A folder that does not load, or has more or larger files than may be.
pub fn pack(folder: &Folder, pool: &[&Folder]) -> Result<Packed, PackageError> {
    let mut files = BTreeMap::new();
    let mut left_out = Vec::new();
    for (path, bytes) in &folder.0 {
        if !is_path(path) {
            left_out.push(path.clone());
            continue;
        }
        let text = std::str::from_utf8(bytes).map_err(|_| PackageError::NotText(path.clone()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        files.insert(path.clone(), text.replace("\r\n", "\n"));
    }
    bounded(&files)?;
    let normal = folder_of(&files);
    let profile = Profile::load_with(&normal, pool).map_err(|findings| {
        let first = findings.first();
        PackageError::Unsound(first.map_or_else(String::new, |f| {
            format!("{}:{}: {}: {}", f.file, f.line, f.code, f.message)
        }))
    })?;
    let wire = Wire {
        format: FORMAT.to_owned(),
        profile: profile.id().to_owned(),
        version: profile.model().version.clone(),
        core: profile.core_digest().to_owned(),
        files,
    };
    let bytes = canonical(&wire)?;
    if bytes.len() > PACKAGE_BYTES_MAX {
        return Err(PackageError::TooLarge);
    }
    Ok(Packed {
        profile: wire.profile,
        version: wire.version,
        digest: digest(&bytes),
        core: wire.core,
        files: wire.files.len(),
        left_out,
        bytes,
    })
}

/// Reads a package. Whether the profile is sound is for [`crate::check`]; that it is the one it says it is, is seen here.
///
/// # Errors
/// See [`PackageError`]; nothing of it is kept then.
pub fn unpack(bytes: &[u8]) -> Result<Opened, PackageError> {
    if bytes.len() > PACKAGE_BYTES_MAX {
        return Err(PackageError::TooLarge);
    }
    let wire: Wire =
        serde_json::from_slice(bytes).map_err(|e| PackageError::Malformed(e.to_string()))?;
    if wire.format != FORMAT {
        return Err(PackageError::Malformed(format!(
            "its format is `{}`, not {FORMAT}",
            wire.format
        )));
    }
    // Upholds (one form).
    if canonical(&wire)? != bytes {
        return Err(PackageError::NotCanonical);
    }
    if let Some(path) = wire.files.keys().find(|p| !is_path(p)) {
        return Err(PackageError::Path(path.clone()));
    }
    bounded(&wire.files)?;
    let normal = |t: &String| !t.starts_with('\u{feff}') && !t.contains("\r\n");
    if !wire.files.values().all(normal) {
        return Err(PackageError::NotCanonical);
    }
    let folder = folder_of(&wire.files);
    let found = Program::of(&folder)
        .ok_or_else(|| PackageError::Unsound("its profile.yaml cannot be read".to_owned()))?;
    let said = [&wire.profile, &wire.version, &wire.core];
    let is = [&found.id, &found.version, &found.core_digest];
    if said != is {
        let words = |all: [&String; 3]| all.map(String::as_str).join(" ");
        return Err(PackageError::Differs {
            said: words(said),
            found: words(is),
        });
    }
    Ok(Opened {
        profile: wire.profile,
        version: wire.version,
        digest: digest(bytes),
        core: wire.core,
        folder,
    })
}

fn canonical(wire: &Wire) -> Result<Vec<u8>, PackageError> {
    serde_json_canonicalizer::to_vec(wire).map_err(|e| PackageError::Malformed(e.to_string()))
}

fn digest(bytes: &[u8]) -> String {
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    format!("ni:///sha-256;{hash}")
}

fn folder_of(files: &BTreeMap<String, String>) -> Folder {
    let all = files.iter();
    Folder(
        all.map(|(p, t)| (p.clone(), t.clone().into_bytes()))
            .collect(),
    )
}

fn bounded(files: &BTreeMap<String, String>) -> Result<(), PackageError> {
    if files.len() > FILES_MAX {
        return Err(PackageError::TooMany);
    }
    let total: usize = files.values().map(String::len).sum();
    if total > FOLDER_BYTES_MAX {
        return Err(PackageError::TooLarge);
    }
    Ok(())
}

/// Whether a profile has a file of this name: one of the few at the top, or one right inside a known folder. No way leads out of it.
fn is_path(path: &str) -> bool {
    let inside = |(folder, end): &(&str, &str)| {
        let stem = path.strip_prefix(folder).and_then(|p| p.strip_suffix(end));
        stem.is_some_and(|s| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !s.is_empty() && !s.starts_with('.') && s.chars().all(plain)
        })
    };
    path.len() <= PATH_BYTES_MAX && (TOP.contains(&path) || FOLDERS.iter().any(inside))
}
