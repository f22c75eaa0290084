//! The programs in force on this node: profiles by the digest of their core, and by the kinds of case they define.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use garita_canon::{Canonicalizer, ContextSet};
use garita_profile::{Folder, Profile};
use serde_json::Value;

use crate::envelope::ENVELOPE_CONTEXT_URL;

const ENVELOPE_CONTEXT: &str = include_str!("../contexts/record-v1.jsonld");

/// A file of a profile is at most this large: the longest code list of the border has some thousand lines.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// A profile has at most this many files.
const FILES_MAX: usize = 5_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Programs {
    by_core: BTreeMap<String, Arc<Profile>>,
    by_kind: BTreeMap<String, Arc<Profile>>,
}

/// Why a program could not be taken up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// Its folder cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Unreadable {
        /// Path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Too many or too large files.
    #[error("`{0}` has more or larger files than a profile may have")]
    TooLarge(String),
    /// It is not a valid profile.
    #[error("{0}")]
    Invalid(String),
    /// Its context clashes or cannot be compiled.
    #[error("context `{url}`: {why}")]
    Context {
        /// URL.
        url: String,
        /// Why.
        why: String,
    },
}

impl Programs {
    /// Programs from loaded profiles; of two versions with the same kind the later one in the list judges new cases.
    pub fn new(profiles: impl IntoIterator<Item = Profile>) -> Self {
        let mut programs = Self::default();
        for profile in profiles {
            let profile = Arc::new(profile);
            for kind in profile.model().kinds.keys() {
                programs.by_kind.insert(kind.clone(), Arc::clone(&profile));
            }
            programs
                .by_core
                .insert(profile.core_digest().to_owned(), profile);
        }
        programs
    }

    /// The profile with this core.
    pub fn for_core(&self, core: &str) -> Option<Arc<Profile>> {
        self.by_core.get(core).cloned()
    }

    /// The profile that defines this kind of case.
    pub fn for_kind(&self, kind: &str) -> Option<Arc<Profile>> {
        self.by_kind.get(kind).cloned()
    }

    /// The profile that defines this record type; of several, the first by core digest.
    pub fn for_record_type(&self, record_type: &str) -> Option<Arc<Profile>> {
        self.by_core
            .values()
            .find(|p| p.model().records.contains_key(record_type))
            .cloned()
    }

    /// All programs.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.by_core.values()
    }

    /// Names of what is known, for messages.
    pub fn known(&self) -> String {
        self.by_core
            .values()
            .map(|p| format!("{} {}", p.model().id, p.model().version))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A canonicalizer that knows the bundled contexts, the envelope's and each program's.
    ///
    /// # Errors
    /// When a context is not valid or contradicts another with its URL.
    pub fn canonicalizer(&self) -> Result<Canonicalizer, ProgramError> {
        let fail = |url: &str, why: String| ProgramError::Context {
            url: url.to_owned(),
            why,
        };
        let envelope: Value = serde_json::from_str(ENVELOPE_CONTEXT)
            .map_err(|e| fail(ENVELOPE_CONTEXT_URL, e.to_string()))?;
        let mut contexts = ContextSet::bundled()
            .with(ENVELOPE_CONTEXT_URL, envelope)
            .map_err(|e| fail(ENVELOPE_CONTEXT_URL, e.to_string()))?;
        for profile in self.by_core.values() {
            let url = context_url(profile);
            contexts = contexts
                .with(&url, profile.model().context.clone())
                .map_err(|e| fail(&url, e.to_string()))?;
        }
        Ok(Canonicalizer::new(contexts))
    }
}

/// Where a profile's context has its name: never fetched.
pub fn context_url(profile: &Profile) -> String {
    let major = profile.model().version.split('.').next().unwrap_or("1");
    format!("https://w3id.org/garita/{}/v{major}", profile.model().id)
}

/// The context of the envelope.
pub fn envelope_context() -> &'static str {
    ENVELOPE_CONTEXT
}

/// Reads a profile's folder, bounded; links are not followed.
///
/// # Errors
/// See [`ProgramError`].
pub fn read_folder(root: &Path) -> Result<Folder, ProgramError> {
    let mut files = BTreeMap::new();
    let mut queue = vec![root.to_path_buf()];
    while let Some(folder) = queue.pop() {
        let unreadable = |source| ProgramError::Unreadable {
            path: folder.display().to_string(),
            source,
        };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let path = entry.path();
            if kind.is_dir() {
                queue.push(path);
            } else if kind.is_file() {
                let size = entry.metadata().map_err(unreadable)?.len();
                if size > FILE_BYTES_MAX || files.len() >= FILES_MAX {
                    return Err(ProgramError::TooLarge(path.display().to_string()));
                }
                let name = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, std::fs::read(&path).map_err(unreadable)?);
            }
        }
    }
    Ok(Folder(files))
}

/// Reads and loads a profile.
///
/// # Errors
/// See [`ProgramError`]; all findings in one message.
pub fn load(root: &Path) -> Result<Profile, ProgramError> {
    let folder = read_folder(root)?;
    Profile::load(&folder).map_err(|findings| {
        ProgramError::Invalid(
            findings
                .iter()
                .map(|f| format!("{}:{}: {}: {}", f.file, f.line, f.code, f.message))
                .collect::<Vec<_>>()
                .join("\n"),
        )
    })
}
