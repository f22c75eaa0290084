//! Carta Porte 3.1: the four ways of transport.

use crate::carta_porte::node::node;

node!(/** Transport by road. */ Autotransporte "Autotransporte" {
    perm_sct: "PermSCT" required Code(TipoPermiso),
    num_permiso_sct: "NumPermisoSCT" required Chars(1, 50),
} {
    /// The tractor or truck.
    vehiculo: required IdentificacionVehicular,
    /// The insurances.
    seguros: required Seguros,
    /// Trailers, up to two.
    remolques: list "Remolques" Remolque,
});

node!(/** The tractor or truck. */ IdentificacionVehicular "IdentificacionVehicular" {
    config_vehicular: "ConfigVehicular" required Code(ConfigAutotransporte),
    peso_bruto_vehicular: "PesoBrutoVehicular" required Measure,
    placa_vm: "PlacaVM" required Plate,
    anio_modelo_vm: "AnioModeloVM" required Year,
});

node!(/** The insurances. */ Seguros "Seguros" {
    asegura_resp_civil: "AseguraRespCivil" required Chars(3, 50),
    poliza_resp_civil: "PolizaRespCivil" required Chars(3, 30),
    asegura_med_ambiente: "AseguraMedAmbiente" optional Chars(3, 50),
    poliza_med_ambiente: "PolizaMedAmbiente" optional Chars(3, 30),
    asegura_carga: "AseguraCarga" optional Chars(3, 50),
    poliza_carga: "PolizaCarga" optional Chars(3, 30),
    prima_seguro: "PrimaSeguro" optional Amount,
});

node!(/** A trailer. */ Remolque "Remolque" {
    sub_tipo_rem: "SubTipoRem" required Code(SubTipoRem),
    placa: "Placa" required Plate,
});

node!(/** Transport by sea. */ TransporteMaritimo "TransporteMaritimo" {
    perm_sct: "PermSCT" optional Code(TipoPermiso),
    num_permiso_sct: "NumPermisoSCT" optional Chars(1, 30),
    nombre_aseg: "NombreAseg" optional Chars(3, 50),
    num_poliza_seguro: "NumPolizaSeguro" optional Chars(3, 30),
    tipo_embarcacion: "TipoEmbarcacion" required Code(ConfigMaritima),
    matricula: "Matricula" required Chars(7, 30),
    numero_omi: "NumeroOMI" required Imo,
    anio_embarcacion: "AnioEmbarcacion" optional Year,
    nombre_embarc: "NombreEmbarc" optional Chars(1, 50),
    nacionalidad_embarc: "NacionalidadEmbarc" required Code(Pais),
    unidades_de_arq_bruto: "UnidadesDeArqBruto" required Weight,
    tipo_carga: "TipoCarga" required Code(ClaveTipoCarga),
    eslora: "Eslora" optional Measure,
    manga: "Manga" optional Measure,
    calado: "Calado" optional Measure,
    puntal: "Puntal" optional Measure,
    linea_naviera: "LineaNaviera" optional Chars(3, 50),
    nombre_agente_naviero: "NombreAgenteNaviero" required Chars(1, 100),
    num_autorizacion_naviero: "NumAutorizacionNaviero" required Code(NumAutorizacionNaviero),
    num_viaje: "NumViaje" optional Chars(1, 30),
    num_conoc_embarc: "NumConocEmbarc" optional Chars(1, 30),
    permiso_temp_navegacion: "PermisoTempNavegacion" optional Chars(1, 19),
} {
    /// Containers.
    contenedores: many ContenedorMaritimo,
});

node!(/** A sea container. */ ContenedorMaritimo "Contenedor" {
    tipo_contenedor: "TipoContenedor" required Code(ContenedorMaritimo),
    matricula_contenedor: "MatriculaContenedor" optional Chars(11, 15),
    num_precinto: "NumPrecinto" optional Chars(5, 20),
    id_ccp_relacionado: "IdCCPRelacionado" optional IdCcp,
    placa_vm_ccp: "PlacaVMCCP" optional Plate,
    fecha_certificacion_ccp: "FechaCertificacionCCP" optional DateTime,
} {
    /// Trailers on a ferry.
    remolques: list "RemolquesCCP" RemolqueCcp,
});

node!(/** A trailer on a ferry. */ RemolqueCcp "RemolqueCCP" {
    sub_tipo_rem: "SubTipoRemCCP" required Code(SubTipoRem),
    placa: "PlacaCCP" required Plate,
});

node!(/** Transport by air. */ TransporteAereo "TransporteAereo" {
    perm_sct: "PermSCT" required Code(TipoPermiso),
    num_permiso_sct: "NumPermisoSCT" required Chars(1, 50),
    matricula_aeronave: "MatriculaAeronave" optional Chars(5, 11),
    nombre_aseg: "NombreAseg" optional Chars(3, 50),
    num_poliza_seguro: "NumPolizaSeguro" optional Chars(3, 30),
    numero_guia: "NumeroGuia" required Chars(12, 15),
    lugar_contrato: "LugarContrato" optional Chars(1, 120),
    codigo_transportista: "CodigoTransportista" required Code(CodigoTransporteAereo),
    rfc_embarcador: "RFCEmbarcador" optional Rfc,
    num_reg_id_trib_embarc: "NumRegIdTribEmbarc" optional Chars(6, 40),
    residencia_fiscal_embarc: "ResidenciaFiscalEmbarc" optional Code(Pais),
    nombre_embarcador: "NombreEmbarcador" optional Chars(1, 254),
});

node!(/** Transport by rail. */ TransporteFerroviario "TransporteFerroviario" {
    tipo_de_servicio: "TipoDeServicio" required Code(TipoDeServicio),
    tipo_de_trafico: "TipoDeTrafico" required Code(TipoDeTrafico),
    nombre_aseg: "NombreAseg" optional Chars(3, 50),
    num_poliza_seguro: "NumPolizaSeguro" optional Chars(3, 30),
} {
    /// Rights of way paid for.
    derechos_de_paso: many DerechoDePaso,
    /// Cars.
    carros: many Carro,
});

node!(/** A right of way. */ DerechoDePaso "DerechosDePaso" {
    tipo_derecho_de_paso: "TipoDerechoDePaso" required Code(DerechosDePaso),
    kilometraje_pagado: "KilometrajePagado" required Measure,
});

node!(/** A rail car. */ Carro "Carro" {
    tipo_carro: "TipoCarro" required Code(TipoCarro),
    matricula_carro: "MatriculaCarro" required Chars(6, 15),
    guia_carro: "GuiaCarro" required Chars(1, 15),
    toneladas_netas_carro: "ToneladasNetasCarro" required Weight,
} {
    /// Containers on the car.
    contenedores: many ContenedorFerroviario,
});

node!(/** A container on a rail car. */ ContenedorFerroviario "Contenedor" {
    tipo_contenedor: "TipoContenedor" required Code(Contenedor),
    peso_contenedor_vacio: "PesoContenedorVacio" required Weight,
    peso_neto_mercancia: "PesoNetoMercancia" required Weight,
});
