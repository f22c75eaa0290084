//! Carta Porte 3.1: places, goods and figures.

use super::{Autotransporte, TransporteAereo, TransporteFerroviario, TransporteMaritimo};
use crate::carta_porte::node::node;

node!(/** The complement. */ CartaPorte "CartaPorte" {
    version: "Version" required Text,
    id_ccp: "IdCCP" required IdCcp,
    transp_internac: "TranspInternac" required YesNo,
    entrada_salida_merc: "EntradaSalidaMerc" optional EntradaSalida,
    pais_origen_destino: "PaisOrigenDestino" optional Code(Pais),
    via_entrada_salida: "ViaEntradaSalida" optional Code(CveTransporte),
    total_dist_rec: "TotalDistRec" optional Kilometres,
    registro_istmo: "RegistroISTMO" optional Yes,
    ubicacion_polo_origen: "UbicacionPoloOrigen" optional Code(RegistroIstmo),
    ubicacion_polo_destino: "UbicacionPoloDestino" optional Code(RegistroIstmo),
} {
    /// Customs regimes, up to ten.
    regimenes: list "RegimenesAduaneros" RegimenAduanero,
    /// Places of departure and arrival, at least two.
    ubicaciones: list "Ubicaciones" Ubicacion,
    /// What is carried.
    mercancias: required Mercancias,
    /// Who takes part: driver, owner, lessor, others.
    figuras: list "FiguraTransporte" Figura,
});

node!(/** A customs regime. */ RegimenAduanero "RegimenAduaneroCCP" {
    regimen_aduanero: "RegimenAduanero" required Code(RegimenAduanero),
});

node!(/** A place of departure or arrival. */ Ubicacion "Ubicacion" {
    tipo_ubicacion: "TipoUbicacion" required TipoUbicacion,
    id_ubicacion: "IDUbicacion" optional IdUbicacion,
    rfc_remitente_destinatario: "RFCRemitenteDestinatario" required Rfc,
    nombre_remitente_destinatario: "NombreRemitenteDestinatario" optional Chars(1, 254),
    num_reg_id_trib: "NumRegIdTrib" optional Chars(6, 40),
    residencia_fiscal: "ResidenciaFiscal" optional Code(Pais),
    num_estacion: "NumEstacion" optional Code(Estaciones),
    nombre_estacion: "NombreEstacion" optional Chars(1, 50),
    navegacion_trafico: "NavegacionTrafico" optional Navigation,
    fecha_hora_salida_llegada: "FechaHoraSalidaLlegada" required DateTime,
    tipo_estacion: "TipoEstacion" optional Code(TipoEstacion),
    distancia_recorrida: "DistanciaRecorrida" optional Kilometres,
} {
    /// The address.
    domicilio: optional Domicilio,
});

node!(/** An address. */ Domicilio "Domicilio" {
    calle: "Calle" optional Chars(1, 100),
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

node!(/** All that is carried, and the transport. */ Mercancias "Mercancias" {
    peso_bruto_total: "PesoBrutoTotal" required Weight,
    unidad_peso: "UnidadPeso" required Code(ClaveUnidadPeso),
    peso_neto_total: "PesoNetoTotal" optional Weight,
    num_total_mercancias: "NumTotalMercancias" required Integer,
    cargo_por_tasacion: "CargoPorTasacion" optional Amount,
    logistica_inversa: "LogisticaInversaRecoleccionDevolucion" optional Yes,
} {
    /// The goods, line by line.
    mercancia: many Mercancia,
    /// The transport by road.
    autotransporte: optional Autotransporte,
    /// The transport by sea.
    maritimo: optional TransporteMaritimo,
    /// The transport by air.
    aereo: optional TransporteAereo,
    /// The transport by rail.
    ferroviario: optional TransporteFerroviario,
});

node!(/** One line of goods. */ Mercancia "Mercancia" {
    bienes_transp: "BienesTransp" required Code(ClaveProdServCp),
    clave_stcc: "ClaveSTCC" optional Code(ClaveProdStcc),
    descripcion: "Descripcion" required Chars(1, 1_000),
    cantidad: "Cantidad" required Quantity,
    clave_unidad: "ClaveUnidad" required Code(ClaveUnidad),
    unidad: "Unidad" optional Chars(1, 20),
    dimensiones: "Dimensiones" optional Dimensions,
    material_peligroso: "MaterialPeligroso" optional YesNo,
    cve_material_peligroso: "CveMaterialPeligroso" optional Code(MaterialPeligroso),
    embalaje: "Embalaje" optional Code(TipoEmbalaje),
    descrip_embalaje: "DescripEmbalaje" optional Chars(1, 100),
    sector_cofepris: "SectorCOFEPRIS" optional Code(SectorCofepris),
    nombre_ingrediente_activo: "NombreIngredienteActivo" optional Chars(1, 1_000),
    nom_quimico: "NomQuimico" optional Chars(1, 150),
    denominacion_generica_prod: "DenominacionGenericaProd" optional Chars(1, 50),
    denominacion_distintiva_prod: "DenominacionDistintivaProd" optional Chars(1, 50),
    fabricante: "Fabricante" optional Chars(1, 240),
    fecha_caducidad: "FechaCaducidad" optional Date,
    lote_medicamento: "LoteMedicamento" optional Chars(1, 10),
    forma_farmaceutica: "FormaFarmaceutica" optional Code(FormaFarmaceutica),
    condiciones_esp_transp: "CondicionesEspTransp" optional Code(CondicionesEspeciales),
    registro_sanitario: "RegistroSanitarioFolioAutorizacion" optional Chars(1, 15),
    permiso_importacion: "PermisoImportacion" optional Chars(1, 6),
    folio_impo_vucem: "FolioImpoVUCEM" optional Chars(1, 25),
    num_cas: "NumCAS" optional Chars(1, 15),
    razon_social_emp_imp: "RazonSocialEmpImp" optional Chars(1, 80),
    num_reg_san_plag_cofepris: "NumRegSanPlagCOFEPRIS" optional Chars(1, 60),
    datos_fabricante: "DatosFabricante" optional Chars(1, 600),
    datos_formulador: "DatosFormulador" optional Chars(1, 600),
    datos_maquilador: "DatosMaquilador" optional Chars(1, 600),
    uso_autorizado: "UsoAutorizado" optional Chars(1, 1_000),
    peso_en_kg: "PesoEnKg" required Weight,
    valor_mercancia: "ValorMercancia" optional Amount,
    moneda: "Moneda" optional Code(Moneda),
    fraccion_arancelaria: "FraccionArancelaria" optional Tariff,
    uuid_comercio_ext: "UUIDComercioExt" optional Uuid,
    tipo_materia: "TipoMateria" optional Code(TipoMateria),
    descripcion_materia: "DescripcionMateria" optional Chars(1, 50),
} {
    /// Customs documents of these goods.
    documentacion: many DocumentacionAduanera,
    /// Waybills of these goods.
    guias: many GuiaIdentificacion,
    /// How much goes from where to where.
    cantidades: many CantidadTransporta,
    /// Weights in detail.
    detalle: optional DetalleMercancia,
});

node!(/** A customs document. */ DocumentacionAduanera "DocumentacionAduanera" {
    tipo_documento: "TipoDocumento" required Code(DocumentoAduanero),
    num_pedimento: "NumPedimento" optional Pedimento,
    ident_doc_aduanero: "IdentDocAduanero" optional Chars(1, 150),
    rfc_impo: "RFCImpo" optional Rfc,
});

node!(/** A waybill. */ GuiaIdentificacion "GuiasIdentificacion" {
    numero_guia: "NumeroGuiaIdentificacion" required Chars(10, 30),
    descrip_guia: "DescripGuiaIdentificacion" required Chars(1, 1_000),
    peso_guia: "PesoGuiaIdentificacion" required Weight,
});

node!(/** How much goes from where to where. */ CantidadTransporta "CantidadTransporta" {
    cantidad: "Cantidad" required Quantity,
    id_origen: "IDOrigen" required IdUbicacion,
    id_destino: "IDDestino" required IdUbicacion,
    cves_transporte: "CvesTransporte" optional Code(CveTransporte),
});

node!(/** Weights in detail. */ DetalleMercancia "DetalleMercancia" {
    unidad_peso_merc: "UnidadPesoMerc" required Code(ClaveUnidadPeso),
    peso_bruto: "PesoBruto" required Weight,
    peso_neto: "PesoNeto" required Weight,
    peso_tara: "PesoTara" required Weight,
    num_piezas: "NumPiezas" optional Integer,
});

node!(/** Somebody who takes part in the transport. */ Figura "TiposFigura" {
    tipo_figura: "TipoFigura" required Code(FiguraTransporte),
    rfc_figura: "RFCFigura" optional Rfc,
    num_licencia: "NumLicencia" optional Chars(6, 16),
    nombre_figura: "NombreFigura" required Chars(1, 254),
    num_reg_id_trib_figura: "NumRegIdTribFigura" optional Chars(6, 40),
    residencia_fiscal_figura: "ResidenciaFiscalFigura" optional Code(Pais),
} {
    /// The parts of the transport that are the figure's.
    partes: many ParteDeTransporte,
    /// The address.
    domicilio: optional Domicilio,
});

node!(/** A part of a transport that is not the issuer's. */ ParteDeTransporte "PartesTransporte" {
    parte_transporte: "ParteTransporte" required Code(ParteTransporte),
});
