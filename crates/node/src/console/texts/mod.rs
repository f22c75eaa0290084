//! The texts, a file per language, keys sorted. `xtask tidy` and a test keep their keys equal.

pub(super) mod en;
pub(super) mod es;
