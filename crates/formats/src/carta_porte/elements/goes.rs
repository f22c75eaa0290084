//! The members that each field of the plain document fills.

/// Members by record type.
type Members = &'static [(&'static str, &'static str)];

/// The members of a field, by its pointer with `*` for each index.
pub(super) fn goes(origin: &str) -> Members {
    GOES.iter()
        .find(|(known, _)| *known == origin)
        .map_or(&[], |(_, members)| members)
}

const CP: &str = "CartaPorte";
const SHIPMENT: &str = "Shipment";
const INVOICE: &str = "InvoiceSummary";

/// All of them.
#[rustfmt::skip]
pub(super) const GOES: &[(&str, Members)] = &[
    ("/cfdi/serie", &[(INVOICE, "/invoiceNumber")]),
    ("/cfdi/folio", &[(INVOICE, "/invoiceNumber")]),
    ("/cfdi/fecha", &[(INVOICE, "/invoiceDate")]),
    ("/cfdi/moneda", &[(INVOICE, "/currency")]),
    ("/cfdi/total", &[(INVOICE, "/totalMinor")]),
    ("/cfdi/tipo_de_comprobante", &[(CP, "/cfdiKind")]),
    ("/cfdi/emisor/rfc", &[(CP, "/rfc"), (INVOICE, "/seller/taxNumber")]),
    ("/cfdi/emisor/nombre", &[(INVOICE, "/seller/partyName")]),
    ("/cfdi/receptor/rfc", &[(INVOICE, "/buyer/taxNumber")]),
    ("/cfdi/receptor/nombre", &[(INVOICE, "/buyer/partyName")]),
    ("/cfdi/receptor/num_reg_id_trib", &[(INVOICE, "/buyer/taxNumber")]),
    ("/cfdi/conceptos/*/descripcion", &[(INVOICE, "/invoiceLines/*/goodsText")]),
    ("/cfdi/conceptos/*/cantidad", &[(INVOICE, "/invoiceLines/*/quantity")]),
    ("/cfdi/conceptos/*/clave_unidad", &[(INVOICE, "/invoiceLines/*/unit")]),
    ("/cfdi/conceptos/*/importe", &[(INVOICE, "/invoiceLines/*/lineMinor")]),
    ("/cfdi/timbre/uuid", &[(CP, "/cfdiUuid"), (INVOICE, "/invoiceNumber")]),
    ("/cfdi/comercio_exterior/incoterm", &[(INVOICE, "/incoterm")]),
    ("/cfdi/comercio_exterior/total_usd", &[(INVOICE, "/totalMinor"), (INVOICE, "/currency")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/calle", &[(INVOICE, "/seller/streetAddress")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/localidad", &[(INVOICE, "/seller/locality")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/municipio", &[(INVOICE, "/seller/locality")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/estado", &[(INVOICE, "/seller/region")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/codigo_postal", &[(INVOICE, "/seller/postalCode")]),
    ("/cfdi/comercio_exterior/emisor/domicilio/pais", &[(INVOICE, "/seller/country")]),
    ("/cfdi/comercio_exterior/receptor/num_reg_id_trib", &[(INVOICE, "/buyer/taxNumber")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/calle", &[(INVOICE, "/buyer/streetAddress")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/localidad", &[(INVOICE, "/buyer/locality")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/municipio", &[(INVOICE, "/buyer/locality")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/estado", &[(INVOICE, "/buyer/region")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/codigo_postal", &[(INVOICE, "/buyer/postalCode")]),
    ("/cfdi/comercio_exterior/receptor/domicilio/pais", &[(INVOICE, "/buyer/country")]),
    ("/cfdi/comercio_exterior/mercancias/*/fraccion_arancelaria", &[(INVOICE, "/invoiceLines/*/commodityCode")]),
    ("/cfdi/comercio_exterior/mercancias/*/valor_dolares", &[(INVOICE, "/invoiceLines/*/lineMinor")]),
    ("/carta_porte/id_ccp", &[(CP, "/idCcp")]),
    ("/carta_porte/entrada_salida_merc", &[(CP, "/direction"), (SHIPMENT, "/direction")]),
    ("/carta_porte/total_dist_rec", &[(CP, "/distanceKm")]),
    ("/carta_porte/ubicaciones/*/rfc_remitente_destinatario", &[(SHIPMENT, "/shipper/taxNumber"), (SHIPMENT, "/consignee/taxNumber")]),
    ("/carta_porte/ubicaciones/*/nombre_remitente_destinatario", &[(SHIPMENT, "/shipper/partyName"), (SHIPMENT, "/consignee/partyName")]),
    ("/carta_porte/ubicaciones/*/num_reg_id_trib", &[(SHIPMENT, "/shipper/taxNumber"), (SHIPMENT, "/consignee/taxNumber")]),
    ("/carta_porte/ubicaciones/*/domicilio", &[(CP, "/origin"), (CP, "/destination"), (SHIPMENT, "/loadedAt")]),
    ("/carta_porte/ubicaciones/*/domicilio/calle", &[(SHIPMENT, "/shipper/streetAddress"), (SHIPMENT, "/consignee/streetAddress")]),
    ("/carta_porte/ubicaciones/*/domicilio/localidad", &[(SHIPMENT, "/shipper/locality"), (SHIPMENT, "/consignee/locality")]),
    ("/carta_porte/ubicaciones/*/domicilio/municipio", &[(SHIPMENT, "/shipper/locality"), (SHIPMENT, "/consignee/locality")]),
    ("/carta_porte/ubicaciones/*/domicilio/estado", &[(SHIPMENT, "/shipper/region"), (SHIPMENT, "/consignee/region")]),
    ("/carta_porte/ubicaciones/*/domicilio/pais", &[(SHIPMENT, "/shipper/country"), (SHIPMENT, "/consignee/country")]),
    ("/carta_porte/ubicaciones/*/domicilio/codigo_postal", &[(SHIPMENT, "/shipper/postalCode"), (SHIPMENT, "/consignee/postalCode")]),
    ("/carta_porte/mercancias/peso_bruto_total", &[(CP, "/grossWeightKg"), (SHIPMENT, "/grossWeightKg"), (INVOICE, "/grossWeightKg")]),
    ("/carta_porte/mercancias/mercancia/*/descripcion", &[(CP, "/goods/*/goodsText"), (SHIPMENT, "/goods/*/goodsText")]),
    ("/carta_porte/mercancias/mercancia/*/cantidad", &[(CP, "/goods/*/packages"), (CP, "/packages"), (SHIPMENT, "/goods/*/packages"), (SHIPMENT, "/packages")]),
    ("/carta_porte/mercancias/mercancia/*/clave_unidad", &[(CP, "/goods/*/packageUnit"), (SHIPMENT, "/goods/*/packageUnit")]),
    ("/carta_porte/mercancias/mercancia/*/cve_material_peligroso", &[(CP, "/goods/*/unNumber"), (SHIPMENT, "/goods/*/unNumber")]),
    ("/carta_porte/mercancias/mercancia/*/peso_en_kg", &[(CP, "/goods/*/grossWeightKg"), (SHIPMENT, "/goods/*/grossWeightKg")]),
    ("/carta_porte/mercancias/mercancia/*/fraccion_arancelaria", &[(CP, "/goods/*/commodityCode"), (SHIPMENT, "/goods/*/commodityCode")]),
    ("/carta_porte/mercancias/mercancia/*/documentacion/*/num_pedimento", &[(CP, "/pedimentos/*")]),
    ("/carta_porte/mercancias/mercancia/*/guias/*/numero_guia", &[(CP, "/scns/*"), (SHIPMENT, "/scn"), (INVOICE, "/scns/*")]),
    ("/carta_porte/mercancias/autotransporte/perm_sct", &[(CP, "/permitSict")]),
    ("/carta_porte/mercancias/autotransporte/vehiculo/config_vehicular", &[(CP, "/vehicleConfig")]),
    ("/carta_porte/mercancias/autotransporte/vehiculo/placa_vm", &[(CP, "/plate")]),
    ("/carta_porte/mercancias/autotransporte/remolques/*/sub_tipo_rem", &[(CP, "/equipment/*/equipmentKind")]),
    ("/carta_porte/mercancias/autotransporte/remolques/*/placa", &[(CP, "/equipment/*/equipmentNumber"), (CP, "/equipment/*/plate")]),
    ("/carta_porte/figuras/*/num_licencia", &[(CP, "/driver/licence")]),
    ("/carta_porte/figuras/*/nombre_figura", &[(CP, "/driver/driverName")]),
];
