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
    /// Statement by statement, P-256: [`crate::selective::ecdsa_sd`].
    EcdsaSd2023,
    /// All statements under one BBS signature: `selective::bbs`, with the feature `bbs`.
    Bbs2023,
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
    pub const ALL: &[Self] = &[
        Self::EddsaRdfc2022,
        Self::EddsaJcs2022,
        Self::EcdsaRdfc2019,
        Self::EcdsaJcs2019,
        Self::EcdsaSd2023,
        #[cfg(feature = "bbs")]
        Self::Bbs2023,
    ];

    /// Its name in proofs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Self::EddsaJcs2022 => "eddsa-jcs-2022",
            Self::EcdsaRdfc2019 => "ecdsa-rdfc-2019",
            Self::EcdsaJcs2019 => "ecdsa-jcs-2019",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::Bbs2023 => "bbs-2023",
        }
    }

    /// The suite of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|suite| suite.as_str() == name)
    }

    /// The suite that a key of that kind signs whole documents with, where nobody says otherwise; of BLS12-381 the one there is.
    /// `None` for P-521, which signs tokens alone.
    #[must_use]
    pub fn usual(kind: KeyType) -> Option<Self> {
        match kind {
            KeyType::Ed25519 => Some(Self::EddsaRdfc2022),
            KeyType::P256 | KeyType::P384 => Some(Self::EcdsaRdfc2019),
            KeyType::P521 => None,
            KeyType::Bls12381G2 => Some(Self::Bbs2023),
        }
    }

    /// Whether it signs with keys of that kind.
    #[must_use]
    pub fn takes(self, kind: KeyType) -> bool {
        match self {
            Self::EddsaRdfc2022 | Self::EddsaJcs2022 => kind == KeyType::Ed25519,
            Self::EcdsaRdfc2019 | Self::EcdsaJcs2019 => {
                matches!(kind, KeyType::P256 | KeyType::P384)
            }
            Self::EcdsaSd2023 => kind == KeyType::P256,
            Self::Bbs2023 => kind == KeyType::Bls12381G2,
        }
    }

    /// What it signs.
    #[must_use]
    pub fn form(self) -> Form {
        match self {
            Self::EddsaRdfc2022 | Self::EcdsaRdfc2019 => Form::Rdf,
            Self::EddsaJcs2022 | Self::EcdsaJcs2019 => Form::Json,
            Self::EcdsaSd2023 | Self::Bbs2023 => Form::Selective,
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
