//! ComercioExterior 2.0: what an export invoice tells customs.

use crate::carta_porte::node::node;

node!(/** The foreign-trade complement. */ ComercioExterior "ComercioExterior" {
    version: "Version" required Text,
    motivo_traslado: "MotivoTraslado" optional Code(MotivoTraslado),
    clave_de_pedimento: "ClaveDePedimento" required Code(ClavePedimento),
    certificado_origen: "CertificadoOrigen" required ZeroOne,
    num_certificado_origen: "NumCertificadoOrigen" optional Chars(6, 40),
    numero_exportador_confiable: "NumeroExportadorConfiable" optional Chars(1, 50),
    incoterm: "Incoterm" optional Code(Incoterm),
    observaciones: "Observaciones" optional Chars(1, 300),
    tipo_cambio_usd: "TipoCambioUSD" required Amount,
    total_usd: "TotalUSD" required Amount,
} {
    /// The issuer's CURP and address.
    emisor: optional EmisorExterior,
    /// Owners of goods that are moved and not sold.
    propietarios: many Propietario,
    /// The receiver's tax number and address.
    receptor: optional ReceptorExterior,
    /// Where the goods go, if not to the receiver.
    destinatarios: many Destinatario,
    /// The goods.
    mercancias: list "Mercancias" MercanciaExterior,
});

node!(/** The issuer. */ EmisorExterior "Emisor" {
    curp: "Curp" optional Curp,
} {
    /// The address.
    domicilio: optional DomicilioExterior,
});

node!(/** An owner of goods that are moved and not sold. */ Propietario "Propietario" {
    num_reg_id_trib: "NumRegIdTrib" required Chars(6, 40),
    residencia_fiscal: "ResidenciaFiscal" required Code(Pais),
});

node!(/** The receiver. */ ReceptorExterior "Receptor" {
    num_reg_id_trib: "NumRegIdTrib" optional Chars(6, 40),
} {
    /// The address.
    domicilio: optional DomicilioExterior,
});

node!(/** Where the goods go, if not to the receiver. */ Destinatario "Destinatario" {
    num_reg_id_trib: "NumRegIdTrib" optional Chars(6, 40),
    nombre: "Nombre" optional Chars(1, 300),
} {
    /// The addresses.
    domicilios: many DomicilioExterior,
});

node!(/** An address. */ DomicilioExterior "Domicilio" {
    calle: "Calle" required Chars(1, 100),
    numero_exterior: "NumeroExterior" optional Chars(1, 55),
    numero_interior: "NumeroInterior" optional Chars(1, 55),
    colonia: "Colonia" optional Chars(1, 120),
    localidad: "Localidad" optional Chars(1, 120),
    referencia: "Referencia" optional Chars(1, 250),
    municipio: "Municipio" optional Chars(1, 120),
    estado: "Estado" required Chars(1, 30),
    pais: "Pais" required Code(Pais),
    codigo_postal: "CodigoPostal" required Chars(1, 12),
});

node!(/** One line of goods. */ MercanciaExterior "Mercancia" {
    no_identificacion: "NoIdentificacion" required Chars(1, 100),
    fraccion_arancelaria: "FraccionArancelaria" optional Tariff,
    cantidad_aduana: "CantidadAduana" optional Weight,
    unidad_aduana: "UnidadAduana" optional Code(UnidadAduana),
    valor_unitario_aduana: "ValorUnitarioAduana" optional Amount,
    valor_dolares: "ValorDolares" required Amount,
} {
    /// Make, model and serial number.
    descripciones: many DescripcionEspecifica,
});

node!(/** Make, model and serial number. */ DescripcionEspecifica "DescripcionesEspecificas" {
    marca: "Marca" required Chars(1, 35),
    modelo: "Modelo" optional Chars(1, 80),
    sub_modelo: "SubModelo" optional Chars(1, 50),
    numero_serie: "NumeroSerie" optional Chars(1, 40),
});
