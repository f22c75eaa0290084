//! The texts, a file per language and one for its public pages, keys sorted. `xtask tidy` and a test keep their keys equal.

pub(super) mod en;
pub(super) mod es;
pub(super) mod public_en;
pub(super) mod public_es;
