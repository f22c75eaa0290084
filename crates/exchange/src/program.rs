//! The programs in force on this node: profiles by the digest of their core, and by the kinds of case they define.
//!
//! Profiles that stand on each other (`uses`) are one [`Profile`] with several [`Program`]s: each record names the core of the program
//! that defines its type.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use garita_canon::{Canonicalizer, ContextSet};
use garita_profile::package::{self, Opened};
use garita_profile::{Finding, Folder, Profile, Program};
use serde_json::Value;

use crate::envelope::ENVELOPE_CONTEXT_URL;
use crate::governance::Network;

const ENVELOPE_CONTEXT: &str = include_str!("../contexts/record-v1.jsonld");

/// A file of a profile is at most this large: the longest code list of the border has some thousand lines.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// A profile has at most this many files.
const FILES_MAX: usize = 5_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Programs {
    all: Vec<Arc<Profile>>,
    by_core: BTreeMap<String, Arc<Profile>>,
    /// Those that define a kind, newest versions last.
    by_kind: BTreeMap<String, Vec<Arc<Profile>>>,
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
                let knowing = programs.by_kind.entry(kind.clone()).or_default();
                knowing.push(Arc::clone(&profile));
            }
            for program in profile.programs() {
                programs
                    .by_core
                    .insert(program.core_digest.clone(), Arc::clone(&profile));
            }
            programs.all.push(profile);
        }
        programs
    }

    /// Programs from folders: those that stand on each other are read as one.
    ///
    /// # Errors
    /// All findings of all folders, in one message.
    pub fn from_folders(folders: &[&Folder]) -> Result<Self, ProgramError> {
        Profile::together(folders)
            .map(Self::new)
            .map_err(|findings| invalid(&findings))
    }

    /// The profile with this core.
    pub fn for_core(&self, core: &str) -> Option<Arc<Profile>> {
        self.by_core.get(core).cloned()
    }

    /// The profile that knows this kind of case, in its newest version: for its words.
    pub fn for_kind(&self, kind: &str) -> Option<Arc<Profile>> {
        self.by_kind.get(kind)?.last().cloned()
    }

    /// The profile by which cases of a kind are judged at an instant: that of which every program is in force then; where there is none,
    /// one whose program of the kind is; else the newest.
    pub fn governing(&self, kind: &str, network: &Network, logged_ms: i64) -> Option<Arc<Profile>> {
        let knowing = self.by_kind.get(kind)?;
        let [.., newest] = knowing.as_slice() else {
            return None;
        };
        if knowing.len() == 1 {
            return Some(Arc::clone(newest));
        }
        let in_force = |p: &Program| network.may_issue_under(&p.id, &p.core_digest, logged_ms);
        let whole = knowing
            .iter()
            .rev()
            .find(|profile| profile.programs().iter().all(in_force));
        let own = || {
            let of_kind =
                |profile: &&Arc<Profile>| profile.program_of_kind(kind).is_some_and(in_force);
            knowing.iter().rev().find(of_kind)
        };
        Some(Arc::clone(whole.or_else(own).unwrap_or(newest)))
    }

    /// The profile that defines this record type; of several, the last: it judges new cases.
    pub fn for_record_type(&self, record_type: &str) -> Option<Arc<Profile>> {
        self.all
            .iter()
            .rev()
            .find(|p| p.model().records.contains_key(record_type))
            .cloned()
    }

    /// Whether records of this type are kept by their office in cases that others see: nothing that goes to others may name one.
    pub fn is_kept_back(&self, record_type: &str) -> bool {
        self.for_record_type(record_type).is_some_and(|profile| {
            let of_type = profile.model().records.get(record_type);
            of_type.is_some_and(|of_type| of_type.secret_office && !of_type.inside)
        })
    }

    /// The profile under which a record of this type is issued at a logged instant: of several versions the one that the network has in
    /// force then, else as [`Self::for_record_type`].
    pub fn issuing(
        &self,
        record_type: &str,
        network: &Network,
        logged_ms: i64,
    ) -> Option<Arc<Profile>> {
        self.all
            .iter()
            .filter(|p| p.model().records.contains_key(record_type))
            .filter_map(|p| {
                let program = p.program_for(record_type, std::iter::empty())?;
                let adoption = network.profiles.get(&program.core_digest)?;
                (adoption.from_ms <= logged_ms).then_some(((adoption.from_ms, adoption.entry), p))
            })
            .max_by_key(|(entry, _)| *entry)
            .map(|(_, profile)| Arc::clone(profile))
            .or_else(|| self.for_record_type(record_type))
    }

    /// All profiles; those that stand on each other are one.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.all.iter()
    }

    /// As [`Self::iter`], of several versions of the same programs the newest alone: for lists that name each thing once.
    pub fn newest(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.all.iter().filter(|profile| {
            let kinds = &profile.model().kinds;
            let newest = |kind: &String| {
                let last = self.by_kind.get(kind).and_then(|knowing| knowing.last());
                last.is_some_and(|last| Arc::ptr_eq(last, profile))
            };
            kinds.is_empty() || kinds.keys().any(newest)
        })
    }

    /// Each program by itself, with the profile that it is part of, by core digest.
    pub fn each(&self) -> impl Iterator<Item = (&Arc<Profile>, &Program)> {
        self.by_core.iter().filter_map(|(core, profile)| {
            let program = profile.programs().iter().find(|p| p.core_digest == *core)?;
            Some((profile, program))
        })
    }

    /// Names of what is known, for messages.
    pub fn known(&self) -> String {
        self.each()
            .map(|(_, p)| format!("{} {}", p.id, p.version))
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
        for (_, program) in self.each() {
            let url = context_url(program);
            contexts = contexts
                .with(&url, program.context.clone())
                .map_err(|e| fail(&url, e.to_string()))?;
        }
        Ok(Canonicalizer::new(contexts))
    }
}

/// Where a program's context has its name: never fetched.
pub fn context_url(program: &Program) -> String {
    garita_profile::credentials::context_url(&program.id, &program.version)
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

/// Reads a package's file, bounded.
///
/// # Errors
/// See [`ProgramError`].
pub fn read_package(path: &Path) -> Result<Opened, ProgramError> {
    let unreadable = |source| ProgramError::Unreadable {
        path: path.display().to_string(),
        source,
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > package::PACKAGE_BYTES_MAX as u64 {
        return Err(ProgramError::TooLarge(path.display().to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    package::unpack(&bytes)
        .map_err(|e| ProgramError::Invalid(format!("`{}`: {e} ({})", path.display(), e.code())))
}

/// Reads and loads a profile that stands on no other.
///
/// # Errors
/// See [`ProgramError`]; all findings in one message.
pub fn load(root: &Path) -> Result<Profile, ProgramError> {
    let folder = read_folder(root)?;
    Profile::load(&folder).map_err(|findings| invalid(&findings))
}

/// The error of a profile that does not load: all its findings.
pub fn invalid(findings: &[Finding]) -> ProgramError {
    let lines = findings.iter().map(|f| {
        let Finding {
            file,
            line,
            code,
            message,
            ..
        } = f;
        format!("{file}:{line}: {code}: {message}")
    });
    ProgramError::Invalid(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests;
