//! The day's script: what each party does, when, in which order. Plain data; `drive.rs` carries it out.

use serde_json::Value;

/// One simulated minute, in milliseconds.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// What the generator makes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Script {
    /// Simulated instant at which the day begins; all that is due before is filed at the start.
    pub(crate) day_ms: i64,
    /// Trucks, each with its steps in order: a later step waits for the answer to the former.
    pub(crate) errands: Vec<Errand>,
    /// What is worth looking at.
    pub(crate) scenes: Vec<Scene>,
}

/// What one truck, or one person in trouble, goes through.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Errand {
    /// Name, unique.
    pub(crate) name: String,
    /// Whether a truck goes through it.
    pub(crate) truck: bool,
    /// The steps, by time.
    pub(crate) steps: Vec<Step>,
}

/// One act of one party.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// Simulated instant at which it is sent.
    pub(crate) at_ms: i64,
    /// Party key.
    pub(crate) actor: &'static str,
    /// Name within the errand, for later steps that refer to it.
    pub(crate) label: String,
    /// What is done.
    pub(crate) what: What,
    /// What the node should answer.
    pub(crate) expect: Expect,
}

/// What the node should answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Logged.
    Logged,
    /// Refused, with a code.
    Refused,
    /// Either: what counts is that it moves nothing.
    Either,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// A draft is filed.
    Submit(Submission),
    /// A draft is filed that attaches a picture as its one image.
    Pictured {
        /// The draft, without its image.
        submission: Submission,
        /// The picture's file, a PNG.
        picture: Vec<u8>,
    },
    /// A CFDI with Carta Porte is imported and filed.
    CartaPorte {
        /// The XML.
        document: String,
        /// The carrier's code, which a Carta Porte has not.
        scac: String,
        /// The trip number, which a Carta Porte has not.
        trip: String,
    },
    /// A 309 is imported; its drafts are completed with what no 309 tells, and filed.
    Manifest309 {
        /// The EDI.
        document: String,
        /// When it was made.
        occurred_ms: i64,
        /// Members of the manifest that no 309 tells.
        manifest: Value,
        /// Members of each shipment that no 309 tells.
        shipments: Vec<Value>,
    },
    /// Something that must not go well.
    Misfortune(Misfortune),
}

/// A draft. Strings that begin with `@` and a party key stand for that party's DID, `#` and a label for that step's record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Submission {
    /// Record type.
    pub(crate) record_type: &'static str,
    /// When it happened.
    pub(crate) occurred_ms: i64,
    /// `act` where absent.
    pub(crate) standing: Option<&'static str>,
    /// Whose word a report passes on.
    pub(crate) source: Option<&'static str>,
    /// What is stated.
    pub(crate) subject: Value,
    /// Label of the step whose record it replaces, kind, reason.
    pub(crate) replaces: Option<(String, &'static str, String)>,
    /// Labels of steps whose records it follows.
    pub(crate) follows: Vec<String>,
    /// Cases, where the record type leaves them open.
    pub(crate) about: Vec<(&'static str, String)>,
}

/// Something that must not go well.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Misfortune {
    /// A signed record of an earlier step, altered after signing, with a fitting id.
    Forged(String),
    /// A signed record whose proof has expired.
    Expired(String),
    /// A key is revoked by the network's authority, then used.
    Revoked(String),
    /// The signed record of an earlier step once more: the first receipt is the answer.
    Duplicate(String),
    /// A document of this many bytes.
    Huge(usize),
    /// A body that is no JSON.
    Malformed,
    /// JSON nested this deep.
    Deep(usize),
    /// A member that the record type does not know.
    UnknownMember,
    /// The node is killed with SIGKILL and started again after so many real milliseconds.
    Killed {
        /// Node.
        node: &'static str,
        /// Pause, real milliseconds.
        pause_ms: u64,
    },
}

impl Misfortune {
    /// Its name in the account.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Misfortune::Forged(_) => "forged-credential",
            Misfortune::Expired(_) => "expired-credential",
            Misfortune::Revoked(_) => "revoked-key",
            Misfortune::Duplicate(_) => "duplicate",
            Misfortune::Huge(_) => "huge-document",
            Misfortune::Malformed => "malformed-json",
            Misfortune::Deep(_) => "deep-json",
            Misfortune::UnknownMember => "unknown-member",
            Misfortune::Killed { .. } => "node-killed",
        }
    }
}

/// Something worth looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scene {
    /// Name.
    pub(crate) id: &'static str,
    /// Title in English.
    pub(crate) en: &'static str,
    /// Title in Spanish.
    pub(crate) es: &'static str,
    /// Kind of the case.
    pub(crate) kind: &'static str,
    /// Key of the case.
    pub(crate) key: String,
    /// Node that tells its state.
    pub(crate) node: &'static str,
    /// Party that asks for it.
    pub(crate) asked_by: &'static str,
    /// Name of the errand.
    pub(crate) errand: String,
}

impl Script {
    /// Steps due before the day begins.
    pub(crate) fn warm_up_steps(&self) -> usize {
        self.steps()
            .filter(|step| step.at_ms <= self.day_ms)
            .count()
    }

    /// All steps.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.errands.iter().flat_map(|errand| &errand.steps)
    }

    /// Records that the steps until an instant make.
    #[cfg(test)]
    pub(crate) fn records_until(&self, until_ms: i64) -> usize {
        self.steps()
            .filter(|step| step.at_ms <= until_ms)
            .map(|step| match &step.what {
                What::Manifest309 { shipments, .. } => 1 + shipments.len(),
                What::Misfortune(_) => 0,
                _ => 1,
            })
            .sum()
    }
}
