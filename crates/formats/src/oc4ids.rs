//! OC4IDS 0.9.5, the Open Contracting for Infrastructure Data Standard: a package of projects, or one project, in and out.
//!
//! Each project is kept whole as a `ProjectDocument`, so that it goes out again as it came; beside that, what it says of
//! dates, money, progress and parties becomes statements of their own. What the standard has no field for goes out under
//! one member of its own, [`EXTENSION`].

mod codes;
mod elements;
mod milestones;
mod package;
mod project_out;
mod reader;
#[cfg(test)]
mod tests;
mod text;

pub use elements::elements;
pub use package::{PackageHead, Publisher, package, read_head};
pub use project_out::{
    CostOut, DateOut, DocumentOut, MilestoneOut, PartyOut, PhaseOut, ProgressOut, ProjectFacts,
    ProjectOut, QuestionOut, RiskOut, Stated, project_out,
};

use serde::{Deserialize, Serialize};

use crate::json;
use crate::kinds::Head;
use crate::{Draft, ReadError};

/// The member under which a project says what the standard has no field for. Additional members are allowed by the
/// standard's schema; a name with a prefix keeps out of the way of its later versions.
pub const EXTENSION: &str = "x_garita";

/// What a record holds of a document's text.
const DOCUMENT_CHARS_MAX: usize = 200_000;

/// The largest packages that are published hold some hundreds of projects.
pub const PROJECTS_MAX: usize = 2_000;

/// What is ambiguous, as configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// The prefix under which we publish, as `oc4ids-bu3kcz`: it and a hyphen are taken away from an id that begins so,
    /// so that a project of ours comes back under the id that it has here.
    pub own_prefix: Option<String>,
}

/// Whether a file that begins so is a package or a project.
pub(crate) fn recognises(head: &Head<'_>) -> bool {
    let has = |name: &str| head.has(&format!("\"{name}\""));
    let is_package = has("projects") && has("publishedDate") && has("publisher");
    let is_project = has("contractingProcesses") || has("publicAuthority") || head.has("\"oc4ids-");
    head.bytes().first() == Some(&b'{') && (is_package || is_project)
}

/// Reads a package or a project into a draft.
///
/// # Errors
/// When the bytes are no bounded JSON, or neither a package nor a project.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Draft, ReadError> {
    reader::read(&json::parse(bytes)?, reading)
}
