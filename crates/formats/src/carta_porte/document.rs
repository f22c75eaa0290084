//! The plain document: every field is the attribute's text as it stands, so nothing is lost on the way in or out.

mod comercio_exterior;
mod complement;
mod comprobante;
mod transport;

pub use comercio_exterior::*;
pub use complement::*;
pub use comprobante::*;
pub use transport::*;

/// A CFDI with its Carta Porte, its foreign-trade complement or both; or the bare CartaPorte node.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CartaPorteDocument {
    /// The envelope, with the foreign-trade complement and the stamp; `None` for a bare CartaPorte node.
    pub cfdi: Option<Comprobante>,
    /// The Carta Porte; `None` for a CFDI that has the foreign-trade complement only.
    pub carta_porte: Option<CartaPorte>,
}
