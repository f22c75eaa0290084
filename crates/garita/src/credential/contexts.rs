//! The contexts at hand: bundled ones, those given, and of the programs in the binary where a document names one of theirs.

use std::path::PathBuf;
use std::sync::OnceLock;

use garita_canon::{Canonicalizer, ContextSet};
use serde_json::Value;

use super::read;

/// Reads the programs only for documents that need them: most of others' do not, and the reading takes longer than a verification.
pub(crate) struct Contexts {
    given: Vec<(String, Value)>,
    bundled: Canonicalizer,
    programs: OnceLock<Option<Canonicalizer>>,
}

impl Contexts {
    /// With these beside the bundled ones: `URL=FILE` each.
    ///
    /// # Errors
    /// When a file cannot be read, or is no context, or has another content than the bundled one of that name.
    pub(crate) fn new(given: &[String]) -> Result<Self, String> {
        let given = given
            .iter()
            .map(|pair| {
                let (url, file) = named_file(pair)?;
                let document = read(&file)
                    .map_err(|(code, why)| format!("{}: {code}: {why}", file.display()))?;
                Ok((url, document))
            })
            .collect::<Result<Vec<_>, String>>()?;
        Ok(Self {
            bundled: Canonicalizer::new(with(ContextSet::bundled(), &given)?),
            given,
            programs: OnceLock::new(),
        })
    }

    /// The canonicalizer that knows the most of what a document names.
    pub(crate) fn of(&self, document: &Value) -> &Canonicalizer {
        if names_known(document, self.bundled.contexts()) {
            return &self.bundled;
        }
        let programs = self.programs.get_or_init(|| {
            let programs = garita_node::programs::load(None).ok()?;
            let contexts = programs.canonicalizer().ok()?.contexts().clone();
            Some(Canonicalizer::new(with(contexts, &self.given).ok()?))
        });
        programs.as_ref().unwrap_or(&self.bundled)
    }
}

/// `URL=FILE`.
pub(super) fn named_file(pair: &str) -> Result<(String, PathBuf), String> {
    // A URL may have a `=` of its own; the name of a file has none more often.
    pair.rsplit_once('=')
        .filter(|(url, file)| !url.is_empty() && !file.is_empty())
        .map(|(url, file)| (url.to_owned(), PathBuf::from(file)))
        .ok_or_else(|| format!("`{pair}` is not URL=FILE"))
}

fn with(mut set: ContextSet, given: &[(String, Value)]) -> Result<ContextSet, String> {
    for (url, document) in given {
        set = set.with(url, document.clone()).map_err(|e| e.to_string())?;
    }
    Ok(set)
}

/// Whether a document, and the credentials in it, name no other context.
fn names_known(document: &Value, known: &ContextSet) -> bool {
    let own = match document.get("@context") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let inside = match document.get("verifiableCredential") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    own.iter()
        .filter_map(Value::as_str)
        .all(|url| known.get(url).is_some())
        && inside
            .iter()
            .all(|credential| names_known(credential, known))
}
