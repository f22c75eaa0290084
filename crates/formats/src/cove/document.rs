//! The plain document: every field is the text as it stands; empty is what it does not tell.

use serde::{Deserialize, Serialize};

/// Declares a block of texts under their names in the document, with the blocks below it.
macro_rules! block {
    ($(#[$meta:meta])* $name:ident {
        $($field:ident : $text_name:literal $presence:ident $en:literal $es:literal,)*
    } {
        $($(#[$child_meta:meta])* $child:ident : $child_type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[doc = concat!($en, " (`", $text_name, "`).")] pub $field: String,)*
            $($(#[$child_meta])* pub $child: $child_type,)*
        }

        impl Block for $name {
            const TEXTS: &'static [TextRule] = &[
                $(TextRule {
                    name: $text_name,
                    field: stringify!($field),
                    required: block!(@required $presence),
                    en: $en,
                    es: $es,
                },)*
            ];

            fn texts(&self) -> Vec<&str> {
                vec![$(self.$field.as_str(),)*]
            }

            fn fill(&mut self, index: usize, value: String) {
                let slots = [$(&mut self.$field,)*];
                if let Some(slot) = slots.into_iter().nth(index) {
                    *slot = value;
                }
            }
        }
    };
    (@required required) => { true };
    (@required optional) => { false };
}

/// A text of a block.
pub(super) struct TextRule {
    pub(super) name: &'static str,
    pub(super) field: &'static str,
    pub(super) required: bool,
    pub(super) en: &'static str,
    pub(super) es: &'static str,
}

/// A block that is read by its table.
pub(super) trait Block: Default {
    const TEXTS: &'static [TextRule];
    fn texts(&self) -> Vec<&str>;
    fn fill(&mut self, index: usize, value: String);
}

block!(/** A value document with its receipt. */ Cove {
    e_document: "eDocument" optional "Receipt number" "Número del acuse",
    tipo_operacion: "tipoOperacion" required "Type of operation" "Tipo de operación",
    numero_factura: "numeroFacturaRelacionFacturas" required "Invoice" "Factura o relación de facturas",
    relacion_facturas: "relacionFacturas" optional "Whether it is a relation of invoices" "Si es relación de facturas",
    fecha_expedicion: "fechaExpedicion" required "Invoice date" "Fecha de expedición",
    tipo_figura: "tipoFigura" optional "Who files it" "Tipo de figura",
    observaciones: "observaciones" optional "Remarks" "Observaciones",
} {
    /// Licences of the brokers that may see it.
    patentes: Vec<String>,
    /// RFCs that may see it.
    rfcs_consulta: Vec<String>,
    /// Who issued the invoice.
    emisor: Persona,
    /// Whom it is addressed to.
    destinatario: Persona,
    /// The goods.
    mercancias: Vec<Mercancia>,
});

block!(/** A party of the invoice. */ Persona {
    tipo_identificador: "tipoIdentificador" optional "Kind of tax id: 0 foreign, 1 RFC, 2 CURP, 3 none" "Tipo de identificador: 0 extranjero, 1 RFC, 2 CURP, 3 ninguno",
    identificacion: "identificacion" optional "Tax id" "Identificación",
    nombre: "nombre" required "Name" "Nombre o razón social",
} {
    /// The address.
    domicilio: Domicilio,
});

block!(/** An address. */ Domicilio {
    calle: "calle" optional "Street" "Calle",
    numero_exterior: "numeroExterior" optional "Number" "Número exterior",
    numero_interior: "numeroInterior" optional "Number inside" "Número interior",
    colonia: "colonia" optional "Quarter" "Colonia",
    localidad: "localidad" optional "Locality" "Localidad",
    municipio: "municipio" optional "Municipality" "Municipio",
    entidad_federativa: "entidadFederativa" optional "State" "Entidad federativa",
    codigo_postal: "codigoPostal" optional "Postal code" "Código postal",
    pais: "pais" required "Country" "País",
} {});

block!(/** A line of goods. */ Mercancia {
    descripcion: "descripcionGenerica" required "Goods" "Descripción genérica",
    unidad: "claveUnidadMedida" required "Unit" "Unidad de medida",
    moneda: "tipoMoneda" required "Currency" "Moneda",
    cantidad: "cantidad" required "Quantity" "Cantidad",
    valor_unitario: "valorUnitario" required "Unit value" "Valor unitario",
    valor_total: "valorTotal" required "Total value" "Valor total",
    valor_dolares: "valorDolares" optional "Value, USD" "Valor en dólares",
} {});
