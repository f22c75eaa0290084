//! What judging a bundle found: what is proven, what is only said, what does not hold; each in two languages with a stable code.

use garita_profile::case::CaseRef;
use serde::Serialize;

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Follows from signatures and hashes in the file.
    Proven,
    /// Somebody's word, or nothing at all: no fault of the file.
    NotProven,
    /// Contradicts what the file says of itself.
    DoesNotHold,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How it stands.
    pub standing: Standing,
    /// Stable code.
    pub code: &'static str,
    /// JSON pointer into the file; empty: the whole.
    pub pointer: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// A record of the file, as it says of itself; what of it holds is told by the findings under its pointer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordLine {
    /// JSON pointer into the file.
    pub pointer: String,
    /// Id.
    pub id: String,
    /// `whole`, or the view's name.
    pub view: String,
    /// Record type; empty where the document cannot be read.
    pub record_type: String,
    /// Issuer's DID.
    pub issuer: String,
    /// Its name in the network's list.
    pub issuer_name: String,
    /// When it happened, as its issuer says, RFC 3339.
    pub occurred: String,
    /// When its home says that it was logged, RFC 3339.
    pub logged: String,
    /// The home's name.
    pub home: String,
}

/// What is to be said of a whole bundle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Digest of the network's genesis: its name everywhere.
    pub network: String,
    /// Its name for people.
    pub network_name: String,
    /// Whether all records are synthetic.
    pub simulated: bool,
    /// Number of the last entry of the chain.
    pub governance_head: Option<u64>,
    /// The node that wrote the file.
    pub node: String,
    /// Its name.
    pub node_name: String,
    /// The party whose records these are.
    pub party: String,
    /// Its name.
    pub party_name: String,
    /// The case, then its parts.
    pub cases: Vec<CaseRef>,
    /// When it was written.
    pub exported: String,
    /// Its records.
    pub records: Vec<RecordLine>,
    /// All findings, in the order of the file.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing was found that does not hold.
    pub fn holds(&self) -> bool {
        self.of(Standing::DoesNotHold).next().is_none()
    }

    /// Findings of one standing.
    pub fn of(&self, standing: Standing) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.standing == standing)
    }

    /// Whether something was found under a code.
    pub fn tells(&self, code: &str) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }
}
