//! What a new version of a program changes, in plain words: what lawyers read before they sign.
//!
//! Two models are compared, never two texts: a comment, another order of words or another indentation is no change. Every change has a
//! stable code, says whether it touches the core (what the offices sign, what the fold reads), and whether somebody sees more or less by it.
//! What changes the core and has no words here is told as such (`core-other`), so that silence means "the same".

mod deeds;
mod element;
mod life;
mod lists;
mod program;
mod schema;
mod sight;

use serde::Serialize;

use crate::finding::Finding;
use crate::load::{self, Folder, Profile};
use crate::model::Model;

/// What changed between two versions of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// The program's id, by the new version.
    pub profile: String,
    /// Version of the old one.
    pub from: String,
    /// Version of the new one.
    pub to: String,
    /// Core digest of the old one.
    pub from_core: String,
    /// Core digest of the new one.
    pub to_core: String,
    /// Whether the faces differ.
    pub face_changed: bool,
    /// What changed, in the order of a profile's words, then by name.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Whether the offices must sign anew.
    pub fn core_changed(&self) -> bool {
        self.from_core != self.to_core
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Stable code: `record-issuers-added`.
    pub code: String,
    /// Where: `records.Manifest`.
    pub at: String,
    /// Whether it touches the core.
    pub core: bool,
    /// Whether somebody sees more or less by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sees: Option<Sight>,
    /// One sentence in English.
    pub en: String,
    /// One sentence in Spanish.
    pub es: String,
}

/// What a change does to what people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sight {
    /// Somebody sees more.
    Wider,
    /// Somebody sees less.
    Narrower,
}

/// Compares two folders; each pool holds the folders among which those are that it stands on.
///
/// # Errors
/// The findings of a folder that does not load.
pub fn diff(
    old: &Folder,
    old_pool: &[&Folder],
    new: &Folder,
    new_pool: &[&Folder],
) -> Result<Diff, Vec<Finding>> {
    let old = Side::read(old, old_pool)?;
    let new = Side::read(new, new_pool)?;
    let mut out = Vec::new();
    program::compare(&old, &new, &mut out);
    schema::compare(&old, &new, &mut out);
    lists::compare(&old, &new, &mut out);
    let (from_core, to_core) = (old.profile.core_digest(), new.profile.core_digest());
    if from_core != to_core && !out.iter().any(|c: &Change| c.core) {
        out.push(Change {
            code: "core-other".to_owned(),
            at: "profile.yaml".to_owned(),
            core: true,
            sees: None,
            en: "What the offices sign is written otherwise and means the same here.".to_owned(),
            es:
                "Lo que firman las autoridades está escrito de otro modo y aquí significa lo mismo."
                    .to_owned(),
        });
    }
    Ok(Diff {
        profile: new.profile.id().to_owned(),
        from: old.profile.model().version.clone(),
        to: new.profile.model().version.clone(),
        from_core: from_core.to_owned(),
        to_core: to_core.to_owned(),
        face_changed: old.profile.face_digest() != new.profile.face_digest(),
        changes: out,
    })
}

/// One of the two versions.
struct Side {
    profile: Profile,
    /// Schemas, code lists, calendars, texts and context of the folder alone.
    own: Model,
}

impl Side {
    fn read(folder: &Folder, pool: &[&Folder]) -> Result<Side, Vec<Finding>> {
        Ok(Side {
            profile: Profile::load_with(folder, pool)?,
            own: load::own_files(folder),
        })
    }

    fn model(&self) -> &Model {
        self.profile.model()
    }

    /// Whether a word is this folder's own, by its place.
    fn owns(&self, place: &str) -> bool {
        let model = self.model();
        model.profile_of(place).is_some_and(|p| p == model.id)
    }

    /// What people call a thing, by its text key; none where that is its id.
    fn title(&self, lang: &str, key: &str, id: &str) -> Option<String> {
        let found = |key: &str| self.model().texts.get(lang)?.get(key).cloned();
        found(key)
            .or_else(|| found(&format!("{key}.title")))
            .filter(|t| t != id)
    }
}
