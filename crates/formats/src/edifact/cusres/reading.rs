//! Which code of a response becomes which record.

use serde::{Deserialize, Serialize};

/// Where a code stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaidIn {
    /// ERC C901/9321, application error.
    #[default]
    Erc,
    /// GEI C012/7365, processing indicator.
    Gei,
    /// BGM 1225, function of the message.
    Function,
}

/// What a code becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Becomes {
    /// `ManifestAccepted`.
    ManifestAccepted,
    /// `ManifestRejected`.
    ManifestRejected,
    /// `HoldPlaced`, of the kind that the outcome names.
    HoldPlaced,
    /// `HoldRemoved`.
    HoldRemoved,
    /// `ReleaseDecision` that releases.
    ReleaseDecision,
    /// `ConveyanceArrived`.
    ConveyanceArrived,
    /// Known, and nothing that a record says.
    Nothing,
}

impl Becomes {
    /// The record type.
    pub fn record_type(self) -> Option<&'static str> {
        match self {
            Becomes::ManifestAccepted => Some("ManifestAccepted"),
            Becomes::ManifestRejected => Some("ManifestRejected"),
            Becomes::HoldPlaced => Some("HoldPlaced"),
            Becomes::HoldRemoved => Some("HoldRemoved"),
            Becomes::ReleaseDecision => Some("ReleaseDecision"),
            Becomes::ConveyanceArrived => Some("ConveyanceArrived"),
            Becomes::Nothing => None,
        }
    }
}

/// A code with what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Outcome {
    /// Where the code stands.
    #[serde(default)]
    pub said_in: SaidIn,
    /// The code.
    pub code: String,
    /// What it becomes.
    pub becomes: Becomes,
    /// The kind of hold, for [`Becomes::HoldPlaced`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// What a hold ends with, where the code says it; else it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_with: Option<String>,
    /// Whether it only says that there are errors, which other codes name.
    #[serde(default)]
    pub general: bool,
}

/// How a response is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reading {
    /// The codes; of two for one record the first is written.
    pub outcomes: Vec<Outcome>,
    /// Documents (BGM C002/1001) that accept or reject: there a code that is not listed is an error.
    pub error_documents: Vec<String>,
    /// The document (BGM C002/1001) that tells a status.
    pub status_document: String,
    /// IANA zone of the times in DTM; `None`: the zone of the port, for ports on the Mexican border.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        let one = |code: &str, becomes| Outcome {
            said_in: SaidIn::Erc,
            code: code.to_owned(),
            becomes,
            hold: None,
            ends_with: None,
            general: false,
        };
        let general = |code: &str| Outcome {
            general: true,
            ..one(code, Becomes::ManifestRejected)
        };
        let hold = |code: &str, kind: &str| Outcome {
            hold: Some(kind.to_owned()),
            ..one(code, Becomes::HoldPlaced)
        };
        let function = |code: &str, becomes| Outcome {
            said_in: SaidIn::Function,
            ..one(code, becomes)
        };
        Reading {
            outcomes: vec![
                one("081", Becomes::ManifestAccepted),
                general("509"),
                general("511"),
                general("060"),
                one("SN030", Becomes::ConveyanceArrived),
                one("SN053", Becomes::ReleaseDecision),
                one("SN038", Becomes::ReleaseDecision),
                hold("SN521", "data"),
                one("SN522", Becomes::HoldRemoved),
                hold("SN523", "data"),
                one("SN524", Becomes::HoldRemoved),
                hold("SN525", "data"),
                one("SN526", Becomes::HoldRemoved),
                hold("SN527", "data"),
                one("SN528", Becomes::HoldRemoved),
                one("SN050", Becomes::HoldPlaced),
                one("SN517", Becomes::Nothing),
                function("29", Becomes::ManifestAccepted),
                function("44", Becomes::ManifestAccepted),
                function("27", Becomes::ManifestRejected),
            ],
            error_documents: vec!["132".to_owned(), "963".to_owned()],
            status_document: "34".to_owned(),
            zone: None,
        }
    }
}

impl Reading {
    /// The outcome of a code.
    pub fn outcome(&self, said_in: SaidIn, code: &str) -> Option<&Outcome> {
        self.outcomes
            .iter()
            .find(|outcome| outcome.said_in == said_in && outcome.code == code)
    }

    /// The code of ERC that is written for a record.
    pub(super) fn code(&self, becomes: Becomes, hold: Option<&str>) -> Option<&str> {
        let fitting = |outcome: &&Outcome| {
            outcome.said_in == SaidIn::Erc
                && outcome.becomes == becomes
                && outcome.hold.as_deref() == hold
        };
        self.outcomes
            .iter()
            .find(fitting)
            .map(|outcome| outcome.code.as_str())
    }
}
