//! CFDI 4.0: the envelope of both complements, and its stamp.

use super::ComercioExterior;
use crate::carta_porte::node::node;

node!(/** The CFDI envelope. */ Comprobante "Comprobante" ["Complemento"] {
    version: "Version" required Text,
    serie: "Serie" optional Chars(1, 25),
    folio: "Folio" optional Chars(1, 40),
    fecha: "Fecha" required DateTime,
    sello: "Sello" optional Base64,
    forma_pago: "FormaPago" optional Code(FormaPago),
    no_certificado: "NoCertificado" optional Digits(20, 20),
    certificado: "Certificado" optional Base64,
    condiciones_de_pago: "CondicionesDePago" optional Chars(1, 1_000),
    sub_total: "SubTotal" required Amount,
    descuento: "Descuento" optional Amount,
    moneda: "Moneda" required Code(Moneda),
    tipo_cambio: "TipoCambio" optional Quantity,
    total: "Total" required Amount,
    tipo_de_comprobante: "TipoDeComprobante" required Code(TipoDeComprobante),
    exportacion: "Exportacion" required Code(Exportacion),
    metodo_pago: "MetodoPago" optional Code(MetodoPago),
    lugar_expedicion: "LugarExpedicion" required Code(CodigoPostal),
    confirmacion: "Confirmacion" optional Chars(5, 5),
} {
    /// The period of a global invoice to the public.
    informacion_global: optional InformacionGlobal,
    /// CFDIs that this one relates to.
    cfdi_relacionados: many CfdiRelacionados,
    /// Who issues it.
    emisor: required Emisor,
    /// Who receives it.
    receptor: required Receptor,
    /// What is charged.
    conceptos: list "Conceptos" Concepto,
    /// The taxes of all lines.
    impuestos: optional Impuestos,
} + {
    /// The foreign-trade complement.
    comercio_exterior: Option<ComercioExterior>,
    /// The fiscal stamp, once there is one.
    timbre: Option<Timbre>,
});

node!(/** The period of a global invoice. */ InformacionGlobal "InformacionGlobal" {
    periodicidad: "Periodicidad" required Code(Periodicidad),
    meses: "Meses" required Code(Meses),
    anio: "Año" required Year,
});

node!(/** CFDIs related in one way. */ CfdiRelacionados "CfdiRelacionados" {
    tipo_relacion: "TipoRelacion" required Code(TipoRelacion),
} {
    /// The CFDIs.
    cfdi_relacionado: many CfdiRelacionado,
});

node!(/** A related CFDI. */ CfdiRelacionado "CfdiRelacionado" {
    uuid: "UUID" required Uuid,
});

node!(/** Who issues the CFDI. */ Emisor "Emisor" {
    rfc: "Rfc" required Rfc,
    nombre: "Nombre" required Chars(1, 300),
    regimen_fiscal: "RegimenFiscal" required Code(RegimenFiscal),
    fac_atr_adquirente: "FacAtrAdquirente" optional Digits(10, 10),
});

node!(/** Who receives the CFDI. */ Receptor "Receptor" {
    rfc: "Rfc" required Rfc,
    nombre: "Nombre" required Chars(1, 300),
    domicilio_fiscal_receptor: "DomicilioFiscalReceptor" required Digits(5, 5),
    residencia_fiscal: "ResidenciaFiscal" optional Code(Pais),
    num_reg_id_trib: "NumRegIdTrib" optional Chars(1, 40),
    regimen_fiscal_receptor: "RegimenFiscalReceptor" required Code(RegimenFiscal),
    uso_cfdi: "UsoCFDI" required Code(UsoCfdi),
});

node!(/** One line of what is charged. */ Concepto "Concepto" {
    clave_prod_serv: "ClaveProdServ" required Code(ClaveProdServ),
    no_identificacion: "NoIdentificacion" optional Chars(1, 100),
    cantidad: "Cantidad" required Quantity,
    clave_unidad: "ClaveUnidad" required Code(ClaveUnidad),
    unidad: "Unidad" optional Chars(1, 20),
    descripcion: "Descripcion" required Chars(1, 1_000),
    valor_unitario: "ValorUnitario" required Amount,
    importe: "Importe" required Amount,
    descuento: "Descuento" optional Amount,
    objeto_imp: "ObjetoImp" required Code(ObjetoImp),
} {
    /// The taxes of this line.
    impuestos: optional ConceptoImpuestos,
    /// On whose account it is charged.
    a_cuenta_terceros: optional ACuentaTerceros,
    /// Pedimentos of import.
    informacion_aduanera: many InformacionAduanera,
    /// Property tax accounts.
    cuenta_predial: many CuentaPredial,
    /// Parts of what is charged.
    parte: many Parte,
});

node!(/** The taxes of one line. */ ConceptoImpuestos "Impuestos" {} {
    /// Taxes added.
    traslados: list "Traslados" Traslado,
    /// Taxes withheld.
    retenciones: list "Retenciones" ConceptoRetencion,
});

node!(/** A tax added. */ Traslado "Traslado" {
    base: "Base" required Amount,
    impuesto: "Impuesto" required Code(Impuesto),
    tipo_factor: "TipoFactor" required Code(TipoFactor),
    tasa_o_cuota: "TasaOCuota" optional Amount,
    importe: "Importe" optional Amount,
});

node!(/** A tax withheld from a line. */ ConceptoRetencion "Retencion" {
    base: "Base" required Amount,
    impuesto: "Impuesto" required Code(Impuesto),
    tipo_factor: "TipoFactor" required Code(TipoFactor),
    tasa_o_cuota: "TasaOCuota" required Amount,
    importe: "Importe" required Amount,
});

node!(/** On whose account a line is charged. */ ACuentaTerceros "ACuentaTerceros" {
    rfc: "RfcACuentaTerceros" required Rfc,
    nombre: "NombreACuentaTerceros" required Chars(1, 300),
    regimen_fiscal: "RegimenFiscalACuentaTerceros" required Code(RegimenFiscal),
    domicilio_fiscal: "DomicilioFiscalACuentaTerceros" required Digits(5, 5),
});

node!(/** A pedimento of import. */ InformacionAduanera "InformacionAduanera" {
    numero_pedimento: "NumeroPedimento" required Pedimento,
});

node!(/** A property tax account. */ CuentaPredial "CuentaPredial" {
    numero: "Numero" required Chars(1, 150),
});

node!(/** A part of what is charged. */ Parte "Parte" {
    clave_prod_serv: "ClaveProdServ" required Code(ClaveProdServ),
    no_identificacion: "NoIdentificacion" optional Chars(1, 100),
    cantidad: "Cantidad" required Quantity,
    unidad: "Unidad" optional Chars(1, 20),
    descripcion: "Descripcion" required Chars(1, 1_000),
    valor_unitario: "ValorUnitario" optional Amount,
    importe: "Importe" optional Amount,
} {
    /// Pedimentos of import.
    informacion_aduanera: many InformacionAduanera,
});

node!(/** The taxes of all lines. */ Impuestos "Impuestos" {
    total_impuestos_retenidos: "TotalImpuestosRetenidos" optional Amount,
    total_impuestos_trasladados: "TotalImpuestosTrasladados" optional Amount,
} {
    /// Taxes withheld.
    retenciones: list "Retenciones" Retencion,
    /// Taxes added.
    traslados: list "Traslados" Traslado,
});

node!(/** A tax withheld, in sum. */ Retencion "Retencion" {
    impuesto: "Impuesto" required Code(Impuesto),
    importe: "Importe" required Amount,
});

node!(/** The fiscal stamp. */ Timbre "TimbreFiscalDigital" {
    version: "Version" required Text,
    uuid: "UUID" required Uuid,
    fecha_timbrado: "FechaTimbrado" required DateTime,
    rfc_prov_certif: "RfcProvCertif" required Rfc,
    leyenda: "Leyenda" optional Chars(12, 150),
    sello_cfd: "SelloCFD" required Base64,
    no_certificado_sat: "NoCertificadoSAT" required Digits(20, 20),
    sello_sat: "SelloSAT" required Base64,
});
