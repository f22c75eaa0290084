//! The cryptosuites, and what a proof can be for.

use crate::keys::KeyType;

/// Which cryptosuite. Closed: a new one breaks the build in each place that has to think about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// RDF canonicalization, Ed25519. The default of the exchange.
    EddsaRdfc2022,
    /// JSON canonicalization, Ed25519.
    EddsaJcs2022,
    /// RDF canonicalization, P-256 or P-384.
    EcdsaRdfc2019,
    /// JSON canonicalization, P-256 or P-384.
    EcdsaJcs2019,
}

/// What of a document a suite signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// All its statements, as canonical N-Quads.
    Rdf,
    /// Its JSON.
    Json,
    /// Its statements, so that a part of them can be shown.
    Selective,
}

impl Suite {
    /// All that are supported.
    pub const ALL: [Self; 4] = [
        Self::EddsaRdfc2022,
        Self::EddsaJcs2022,
        Self::EcdsaRdfc2019,
        Self::EcdsaJcs2019,
    ];

    /// Its name in proofs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
        }
    }

    /// The suite of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    /// Whether it signs with keys of that kind.
    #[must_use]
    pub fn takes(self, kind: KeyType) -> bool {
        match self {
            Self::EddsaRdfc2022 | Self::EddsaJcs2022 => kind == KeyType::Ed25519,
            Self::EcdsaRdfc2019 | Self::EcdsaJcs2019 => {
                matches!(kind, KeyType::P256 | KeyType::P384)
            }
        }
    }

    /// What it signs.
    #[must_use]
    pub fn form(self) -> Form {
        match self {
            Self::EddsaRdfc2022 | Self::EcdsaRdfc2019 => Form::Rdf,
            Self::EddsaJcs2022 | Self::EcdsaJcs2019 => Form::Json,
        }
    }
}

/// What a proof is for: the verification relationship of the signer's DID document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To state something: credentials, records.
    AssertionMethod,
    /// To show who one is: presentations, requests.
    Authentication,
    /// To use a capability.
    CapabilityInvocation,
    /// To pass a capability on.
    CapabilityDelegation,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AssertionMethod,
        Self::Authentication,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// Its name in proofs and DID documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }
}
