//! The plain document: every field is the attribute's text as it stands, so nothing is lost on the way in or out.

use super::fields::node;

/// A CFDI with its Carta Porte, or the bare complement.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CartaPorteDocument {
    /// The envelope; `None` for a bare CartaPorte node.
    pub cfdi: Option<Comprobante>,
    /// The complement.
    pub carta_porte: CartaPorte,
}

node!(/** The CFDI envelope. */ Comprobante "Comprobante" {
    version: "Version" required Text,
    serie: "Serie" optional Text,
    folio: "Folio" optional Text,
    fecha: "Fecha" required DateTime,
    sello: "Sello" optional Text,
    forma_pago: "FormaPago" optional Text,
    no_certificado: "NoCertificado" optional Text,
    certificado: "Certificado" optional Text,
    condiciones_de_pago: "CondicionesDePago" optional Text,
    sub_total: "SubTotal" required Decimal,
    descuento: "Descuento" optional Decimal,
    moneda: "Moneda" required Text,
    tipo_cambio: "TipoCambio" optional Decimal,
    total: "Total" required Decimal,
    tipo_de_comprobante: "TipoDeComprobante" required Text,
    exportacion: "Exportacion" required Text,
    metodo_pago: "MetodoPago" optional Text,
    lugar_expedicion: "LugarExpedicion" required Text,
    confirmacion: "Confirmacion" optional Text,
} {
    /// Who issues it.
    emisor: Emisor,
    /// Who receives it.
    receptor: Receptor,
    /// What is charged.
    conceptos: Vec<Concepto>,
    /// The fiscal stamp, once there is one.
    timbre: Option<Timbre>,
});

node!(/** Who issues the CFDI. */ Emisor "Emisor" {
    rfc: "Rfc" required Rfc,
    nombre: "Nombre" required Text,
    regimen_fiscal: "RegimenFiscal" required Text,
    fac_atr_adquirente: "FacAtrAdquirente" optional Text,
});

node!(/** Who receives the CFDI. */ Receptor "Receptor" {
    rfc: "Rfc" required Rfc,
    nombre: "Nombre" required Text,
    domicilio_fiscal_receptor: "DomicilioFiscalReceptor" required Text,
    residencia_fiscal: "ResidenciaFiscal" optional Country,
    num_reg_id_trib: "NumRegIdTrib" optional Text,
    regimen_fiscal_receptor: "RegimenFiscalReceptor" required Text,
    uso_cfdi: "UsoCFDI" required Text,
});

node!(/** One line of what is charged. */ Concepto "Concepto" {
    clave_prod_serv: "ClaveProdServ" required Text,
    no_identificacion: "NoIdentificacion" optional Text,
    cantidad: "Cantidad" required Decimal,
    clave_unidad: "ClaveUnidad" required Text,
    unidad: "Unidad" optional Text,
    descripcion: "Descripcion" required Text,
    valor_unitario: "ValorUnitario" required Decimal,
    importe: "Importe" required Decimal,
    descuento: "Descuento" optional Decimal,
    objeto_imp: "ObjetoImp" required Text,
});

node!(/** The fiscal stamp. */ Timbre "TimbreFiscalDigital" {
    version: "Version" required Text,
    uuid: "UUID" required Uuid,
    fecha_timbrado: "FechaTimbrado" required DateTime,
    rfc_prov_certif: "RfcProvCertif" required Rfc,
    leyenda: "Leyenda" optional Text,
    sello_cfd: "SelloCFD" required Text,
    no_certificado_sat: "NoCertificadoSAT" required Text,
    sello_sat: "SelloSAT" required Text,
});

node!(/** The complement. */ CartaPorte "CartaPorte" {
    version: "Version" required Text,
    id_ccp: "IdCCP" required IdCcp,
    transp_internac: "TranspInternac" required YesNo,
    entrada_salida_merc: "EntradaSalidaMerc" optional EntradaSalida,
    pais_origen_destino: "PaisOrigenDestino" optional Country,
    via_entrada_salida: "ViaEntradaSalida" optional Via,
    total_dist_rec: "TotalDistRec" optional Decimal,
    registro_istmo: "RegistroISTMO" optional Text,
    ubicacion_polo_origen: "UbicacionPoloOrigen" optional Text,
    ubicacion_polo_destino: "UbicacionPoloDestino" optional Text,
} {
    /// Customs regimes, up to ten.
    regimenes: Vec<RegimenAduanero>,
    /// Places of departure and arrival, at least two.
    ubicaciones: Vec<Ubicacion>,
    /// What is carried.
    mercancias: Mercancias,
    /// Who takes part: driver, owner, lessor, others.
    figuras: Vec<Figura>,
});

node!(/** A customs regime. */ RegimenAduanero "RegimenAduaneroCCP" {
    regimen_aduanero: "RegimenAduanero" required Regimen,
});

node!(/** A place of departure or arrival. */ Ubicacion "Ubicacion" {
    tipo_ubicacion: "TipoUbicacion" required TipoUbicacion,
    id_ubicacion: "IDUbicacion" optional IdUbicacion,
    rfc_remitente_destinatario: "RFCRemitenteDestinatario" required Rfc,
    nombre_remitente_destinatario: "NombreRemitenteDestinatario" optional Text,
    num_reg_id_trib: "NumRegIdTrib" optional Text,
    residencia_fiscal: "ResidenciaFiscal" optional Country,
    num_estacion: "NumEstacion" optional Text,
    nombre_estacion: "NombreEstacion" optional Text,
    navegacion_trafico: "NavegacionTrafico" optional Text,
    fecha_hora_salida_llegada: "FechaHoraSalidaLlegada" required DateTime,
    tipo_estacion: "TipoEstacion" optional Text,
    distancia_recorrida: "DistanciaRecorrida" optional Decimal,
} {
    /// The address.
    domicilio: Option<Domicilio>,
});

node!(/** An address. */ Domicilio "Domicilio" {
    calle: "Calle" optional Text,
    numero_exterior: "NumeroExterior" optional Text,
    numero_interior: "NumeroInterior" optional Text,
    colonia: "Colonia" optional Text,
    localidad: "Localidad" optional Text,
    referencia: "Referencia" optional Text,
    municipio: "Municipio" optional Text,
    estado: "Estado" required Text,
    pais: "Pais" required Country,
    codigo_postal: "CodigoPostal" required Text,
});

node!(/** All that is carried, and the transport. */ Mercancias "Mercancias" {
    peso_bruto_total: "PesoBrutoTotal" required Decimal,
    unidad_peso: "UnidadPeso" required Text,
    peso_neto_total: "PesoNetoTotal" optional Decimal,
    num_total_mercancias: "NumTotalMercancias" required Integer,
    cargo_por_tasacion: "CargoPorTasacion" optional Decimal,
    logistica_inversa: "LogisticaInversaRecoleccionDevolucion" optional Text,
} {
    /// The goods, line by line.
    mercancia: Vec<Mercancia>,
    /// The transport by road.
    autotransporte: Option<Autotransporte>,
});

node!(/** One line of goods. */ Mercancia "Mercancia" {
    bienes_transp: "BienesTransp" required Text,
    clave_stcc: "ClaveSTCC" optional Text,
    descripcion: "Descripcion" required Text,
    cantidad: "Cantidad" required Decimal,
    clave_unidad: "ClaveUnidad" required Text,
    unidad: "Unidad" optional Text,
    dimensiones: "Dimensiones" optional Text,
    material_peligroso: "MaterialPeligroso" optional YesNo,
    cve_material_peligroso: "CveMaterialPeligroso" optional Text,
    embalaje: "Embalaje" optional Text,
    descrip_embalaje: "DescripEmbalaje" optional Text,
    sector_cofepris: "SectorCOFEPRIS" optional Text,
    nombre_ingrediente_activo: "NombreIngredienteActivo" optional Text,
    nom_quimico: "NomQuimico" optional Text,
    denominacion_generica_prod: "DenominacionGenericaProd" optional Text,
    denominacion_distintiva_prod: "DenominacionDistintivaProd" optional Text,
    fabricante: "Fabricante" optional Text,
    fecha_caducidad: "FechaCaducidad" optional Date,
    lote_medicamento: "LoteMedicamento" optional Text,
    forma_farmaceutica: "FormaFarmaceutica" optional Text,
    condiciones_esp_transp: "CondicionesEspTransp" optional Text,
    registro_sanitario: "RegistroSanitarioFolioAutorizacion" optional Text,
    permiso_importacion: "PermisoImportacion" optional Text,
    folio_impo_vucem: "FolioImpoVUCEM" optional Text,
    num_cas: "NumCAS" optional Text,
    razon_social_emp_imp: "RazonSocialEmpImp" optional Text,
    num_reg_san_plag_cofepris: "NumRegSanPlagCOFEPRIS" optional Text,
    datos_fabricante: "DatosFabricante" optional Text,
    datos_formulador: "DatosFormulador" optional Text,
    datos_maquilador: "DatosMaquilador" optional Text,
    uso_autorizado: "UsoAutorizado" optional Text,
    peso_en_kg: "PesoEnKg" required Decimal,
    valor_mercancia: "ValorMercancia" optional Decimal,
    moneda: "Moneda" optional Text,
    fraccion_arancelaria: "FraccionArancelaria" optional Tariff,
    uuid_comercio_ext: "UUIDComercioExt" optional Uuid,
    tipo_materia: "TipoMateria" optional Text,
    descripcion_materia: "DescripcionMateria" optional Text,
} {
    /// Customs documents of these goods.
    documentacion: Vec<DocumentacionAduanera>,
    /// Waybills of these goods.
    guias: Vec<GuiaIdentificacion>,
    /// How much goes from where to where.
    cantidades: Vec<CantidadTransporta>,
});

node!(/** A customs document. */ DocumentacionAduanera "DocumentacionAduanera" {
    tipo_documento: "TipoDocumento" required Text,
    num_pedimento: "NumPedimento" optional Pedimento,
    ident_doc_aduanero: "IdentDocAduanero" optional Text,
    rfc_impo: "RFCImpo" optional Rfc,
});

node!(/** A waybill. */ GuiaIdentificacion "GuiasIdentificacion" {
    numero_guia: "NumeroGuiaIdentificacion" required Text,
    descrip_guia: "DescripGuiaIdentificacion" required Text,
    peso_guia: "PesoGuiaIdentificacion" required Decimal,
});

node!(/** How much goes from where to where. */ CantidadTransporta "CantidadTransporta" {
    cantidad: "Cantidad" required Decimal,
    id_origen: "IDOrigen" required IdUbicacion,
    id_destino: "IDDestino" required IdUbicacion,
    cves_transporte: "CvesTransporte" optional Text,
});

node!(/** Transport by road. */ Autotransporte "Autotransporte" {
    perm_sct: "PermSCT" required Text,
    num_permiso_sct: "NumPermisoSCT" required Text,
} {
    /// The tractor or truck.
    vehiculo: IdentificacionVehicular,
    /// The insurances.
    seguros: Seguros,
    /// Trailers, up to two.
    remolques: Vec<Remolque>,
});

node!(/** The tractor or truck. */ IdentificacionVehicular "IdentificacionVehicular" {
    config_vehicular: "ConfigVehicular" required Text,
    peso_bruto_vehicular: "PesoBrutoVehicular" required Decimal,
    placa_vm: "PlacaVM" required Plate,
    anio_modelo_vm: "AnioModeloVM" required Integer,
});

node!(/** The insurances. */ Seguros "Seguros" {
    asegura_resp_civil: "AseguraRespCivil" required Text,
    poliza_resp_civil: "PolizaRespCivil" required Text,
    asegura_med_ambiente: "AseguraMedAmbiente" optional Text,
    poliza_med_ambiente: "PolizaMedAmbiente" optional Text,
    asegura_carga: "AseguraCarga" optional Text,
    poliza_carga: "PolizaCarga" optional Text,
    prima_seguro: "PrimaSeguro" optional Decimal,
});

node!(/** A trailer. */ Remolque "Remolque" {
    sub_tipo_rem: "SubTipoRem" required Text,
    placa: "Placa" required Plate,
});

node!(/** Somebody who takes part in the transport. */ Figura "TiposFigura" {
    tipo_figura: "TipoFigura" required TipoFigura,
    rfc_figura: "RFCFigura" optional Rfc,
    num_licencia: "NumLicencia" optional Text,
    nombre_figura: "NombreFigura" required Text,
    num_reg_id_trib_figura: "NumRegIdTribFigura" optional Text,
    residencia_fiscal_figura: "ResidenciaFiscalFigura" optional Country,
} {
    /// The address.
    domicilio: Option<Domicilio>,
});
