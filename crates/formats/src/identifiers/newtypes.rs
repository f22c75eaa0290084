//! Identifiers as types: a value of one is right and in normal form.

use super::{IdentifierError, normalise};
use std::str::FromStr;

macro_rules! newtype {
    ($(#[$meta:meta])* $type:ident, $name:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = IdentifierError;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                normalise($name, value).map($type)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

newtype!(/** A carrier's code. */ Scac, "scac");
newtype!(/** A shipment control number. */ Scn, "scn");
newtype!(/** A CBP entry number. */ EntryNumber, "entry-number");
newtype!(/** An in-bond number. */ InbondNumber, "inbond-number");
newtype!(/** An ISO 6346 container number. */ ContainerNumber, "container");
newtype!(/** A Mexican tax id. */ Rfc, "rfc");
newtype!(/** A pedimento number, as 15 digits. */ Pedimento, "pedimento");
newtype!(/** An AES internal transaction number. */ Itn, "itn");
newtype!(/** A tariff code of 6, 8 or 10 digits. */ TariffCode, "hts");
newtype!(/** A vehicle identification number. */ Vin, "vin");
newtype!(/** A seal number. */ Seal, "seal");
newtype!(/** A trip number. */ TripNumber, "trip-number");
newtype!(/** The identifier of a Carta Porte. */ IdCcp, "idccp");
newtype!(/** A Mexican account number, 18 digits. */ Clabe, "clabe");
newtype!(/** An international bank account number without blanks. */ Iban, "iban");
newtype!(/** The reference that the payer makes and every bank carries. */ Uetr, "uetr");

impl Pedimento {
    /// As written in a CFDI: `NN  NN  NNNN  NNNNNNN`, 21 characters.
    pub fn cfdi(&self) -> String {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        format!(
            "{}  {}  {}  {}",
            part(0, 2),
            part(2, 4),
            part(4, 8),
            part(8, 15)
        )
    }

    /// As the key of a case: `NN:NN:NNNN:NNNNNNN`.
    pub fn case_key(&self) -> String {
        self.cfdi().replace("  ", ":")
    }

    /// The patente of the broker: digits 5 to 8.
    pub fn patente(&self) -> &str {
        self.0.get(4..8).unwrap_or_default()
    }

    /// The aduana of dispatch: digits 3 and 4.
    pub fn aduana(&self) -> &str {
        self.0.get(2..4).unwrap_or_default()
    }
}

impl TariffCode {
    /// The first six digits, the only ones that may be compared across the border.
    pub fn hs6(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }
}
