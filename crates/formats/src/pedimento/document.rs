//! The plain document: every field is the text as it stands, so nothing is lost on the way in or out.

use super::fields::section;

/// A pedimento with its blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PedimentoDocument {
    /// Header, rectification and transit.
    pub encabezado: Encabezado,
    /// Vehicles.
    pub transportes: Vec<Transporte>,
    /// Seals.
    pub candados: Vec<Candado>,
    /// Containers and trailers.
    pub contenedores: Vec<Contenedor>,
    /// Waybills.
    pub guias: Vec<Guia>,
    /// Invoices with their value receipts.
    pub facturas: Vec<Factura>,
    /// Charges of the whole pedimento.
    pub contribuciones: Vec<Contribucion>,
    /// Identifiers of the whole pedimento.
    pub identificadores: Vec<Identificador>,
    /// The lines.
    pub partidas: Vec<Partida>,
}

/// A line with its blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Partida {
    /// The line's own fields.
    pub datos: DatosPartida,
    /// Charges of the line.
    pub contribuciones: Vec<ContribucionPartida>,
    /// Identifiers of the line.
    pub identificadores: Vec<IdentificadorPartida>,
    /// Permits of the line.
    pub permisos: Vec<PermisoPartida>,
}

section!(/** The header: fields 1 to 45 of Anexo 22, with rectification and transit. */ Encabezado {
    numero: "numeroPedimento" required Pedimento "1" "Pedimento number" "Número de pedimento",
    tipo_operacion: "tipoOperacion" required Operation "2" "Type of operation" "Tipo de operación",
    clave: "clavePedimento" required Clave "3" "Pedimento code" "Clave de pedimento",
    regimen: "regimen" required Regime "4" "Customs regime" "Régimen aduanero",
    destino_origen: "destinoOrigen" optional Zone "5" "Destination or origin" "Destino u origen",
    tipo_cambio: "tipoCambio" required Positive "6" "Exchange rate, MXN for a USD" "Tipo de cambio, MXN por USD",
    peso_bruto: "pesoBruto" required Decimal "7" "Gross weight, kg" "Peso bruto, kg",
    aduana_seccion: "aduanaEntradaSalida" required Aduana "8" "Aduana and section of entry or exit" "Aduana y sección de entrada o salida",
    medio_entrada_salida: "medioTransporteEntradaSalida" required Transport "9" "Means of transport at entry or exit" "Medio de transporte de entrada o salida",
    medio_arribo: "medioTransporteArribo" optional Transport "10" "Means of transport of arrival" "Medio de transporte de arribo",
    medio_salida: "medioTransporteSalida" optional Transport "11" "Means of transport of departure" "Medio de transporte de salida",
    valor_dolares: "valorDolares" required Decimal "12" "Value, USD" "Valor en dólares",
    valor_aduana: "valorAduana" optional Decimal "13" "Customs value, MXN" "Valor en aduana, MXN",
    precio_pagado: "precioPagado" optional Decimal "14" "Price paid or commercial value, MXN" "Precio pagado o valor comercial, MXN",
    rfc: "rfcImportadorExportador" required Rfc "15" "RFC of importer or exporter" "RFC del importador o exportador",
    curp: "curpImportadorExportador" optional Curp "16" "CURP of importer or exporter" "CURP del importador o exportador",
    nombre: "nombreImportadorExportador" required Text "17" "Name of importer or exporter" "Nombre del importador o exportador",
    domicilio: "domicilioImportadorExportador" optional Text "18" "Address of importer or exporter" "Domicilio del importador o exportador",
    valor_seguros: "valorSeguros" optional Decimal "19" "Insured value" "Valor de los seguros",
    seguros: "seguros" optional Decimal "20" "Insurance" "Seguros",
    fletes: "fletes" optional Decimal "21" "Freight" "Fletes",
    embalajes: "embalajes" optional Decimal "22" "Packing" "Embalajes",
    otros_incrementables: "otrosIncrementables" optional Decimal "23" "Other increments" "Otros incrementables",
    transporte_decrementables: "transporteDecrementables" optional Decimal "24" "Decrement of transport" "Transporte decrementable",
    seguro_decrementables: "seguroDecrementables" optional Decimal "25" "Decrement of insurance" "Seguro decrementable",
    carga_decrementables: "cargaDecrementables" optional Decimal "26" "Decrement of loading" "Carga decrementable",
    descarga_decrementables: "descargaDecrementables" optional Decimal "27" "Decrement of unloading" "Descarga decrementable",
    otros_decrementables: "otrosDecrementables" optional Decimal "28" "Other decrements" "Otros decrementables",
    acuse: "acuseElectronicoValidacion" optional Acknowledgment "29" "Electronic acknowledgment of validation" "Acuse electrónico de validación",
    codigo_barras: "codigoBarras" optional Text "30" "Bar code" "Código de barras",
    seccion_despacho: "aduanaDespacho" optional Aduana "31" "Aduana and section of dispatch" "Aduana y sección de despacho",
    marcas_numeros: "marcasNumeros" optional Text "32" "Marks and numbers" "Marcas y números",
    bultos: "totalBultos" required Integer "32" "Packages" "Total de bultos",
    fecha_entrada: "fechaEntrada" optional Date "33" "Date of entry" "Fecha de entrada",
    fecha_pago: "fechaPago" optional Date "33" "Date of payment" "Fecha de pago",
    fecha_extraccion: "fechaExtraccion" optional Date "33" "Date of extraction" "Fecha de extracción",
    fecha_presentacion: "fechaPresentacion" optional Date "33" "Date of presentation" "Fecha de presentación",
    fecha_importacion_eua_can: "fechaImportacionEuaCan" optional Date "33" "Date of import into the US or Canada" "Fecha de importación a EUA o Canadá",
    fecha_original: "fechaOriginal" optional Date "33" "Date of the original" "Fecha del original",
    certificacion: "certificacion" optional Text "43" "Certification" "Certificación",
    linea_captura: "lineaCaptura" optional CaptureLine "44" "Payment line" "Línea de captura",
    importe_pagado: "importePagado" optional Decimal "44" "Amount paid, MXN" "Importe pagado, MXN",
    codigo_qr: "codigoQr" optional Text "45" "Content of the QR" "Contenido del QR",
    observaciones: "observaciones" optional Text "observaciones" "Remarks" "Observaciones",
    pedimento_original: "pedimentoOriginal" optional Pedimento "rectificación 1" "Original pedimento that this rectifies" "Pedimento original que se rectifica",
    clave_original: "claveOriginal" optional Clave "rectificación 2" "Code of the original pedimento" "Clave del pedimento original",
    clave_rectificada: "claveRectificada" optional Clave "rectificación 3" "Code that the rectified pedimento has" "Clave del pedimento a rectificar",
    motivo_rectificacion: "motivoRectificacion" optional Text "ours" "Cause of the rectification" "Motivo de la rectificación",
    aduana_destino: "aduanaDestinoTransito" optional Aduana "tránsito" "Aduana where the transit ends" "Aduana de destino del tránsito",
});

section!(/** A vehicle. */ Transporte {
    placas: "placas" optional Plate "transporte 1" "Plates" "Placas",
    marca: "marcaVehiculo" optional Text "transporte 1" "Make" "Marca",
    modelo: "modeloVehiculo" optional Text "transporte 1" "Model" "Modelo",
    caat: "caat" optional Caat "transporte 1" "CAAT, in lanes with technology" "CAAT, en carriles con tecnología",
    pais: "paisTransporte" optional Country "transporte 2" "Country of the vehicle" "País del medio de transporte",
    transportista: "transportista" optional Text "transporte 3" "Carrier" "Transportista",
    rfc: "rfcTransportista" optional Rfc "transporte 4" "Carrier's RFC" "RFC del transportista",
    curp: "curpTransportista" optional Curp "transporte 5" "Carrier's CURP" "CURP del transportista",
    domicilio: "domicilioTransportista" optional Text "transporte 6" "Carrier's address" "Domicilio del transportista",
});

section!(/** A seal. */ Candado {
    numero: "numeroCandado" required Seal "candados 1" "Seal number" "Número de candado",
    primera_revision: "candadoPrimeraRevision" optional Seal "candados 2" "Seal after the first review" "Candado tras la primera revisión",
    segunda_revision: "candadoSegundaRevision" optional Seal "candados 3" "Seal after the second review" "Candado tras la segunda revisión",
});

section!(/** A container or trailer. */ Contenedor {
    numero: "numeroContenedor" required Text "contenedores 1" "Container or trailer" "Contenedor o remolque",
    tipo: "tipoContenedor" optional Text "contenedores 2" "Kind of container" "Tipo de contenedor",
});

section!(/** A waybill. */ Guia {
    numero: "numeroGuia" required Text "guías 1" "Waybill" "Guía o conocimiento de embarque",
    tipo: "tipoGuia" optional Waybill "guías 2" "Master or house" "Máster o house",
});

section!(/** An invoice with its value receipt and its seller or buyer. */ Factura {
    numero: "numeroFactura" required Text "proveedor 1" "Invoice" "Factura",
    fecha: "fechaFactura" optional Date "proveedor 2" "Invoice date" "Fecha de la factura",
    incoterm: "incoterm" optional Incoterm "proveedor 3" "Incoterm" "Término de facturación",
    moneda: "monedaFactura" optional Currency "proveedor 4" "Currency" "Moneda",
    valor: "valorMonedaFactura" optional Decimal "proveedor 5" "Value in its currency" "Valor en moneda de la factura",
    factor: "factorMoneda" optional Decimal "proveedor 6" "Factor of the currency to USD" "Factor de la moneda a USD",
    valor_dolares: "valorDolaresFactura" optional Decimal "proveedor 7" "Value, USD" "Valor en dólares",
    acuse_valor: "acuseValor" optional Cove "proveedor 8" "Value receipt (COVE)" "Acuse de valor (COVE)",
    proveedor: "proveedorComprador" optional Text "proveedor 9" "Seller or buyer abroad" "Proveedor o comprador",
    id_fiscal: "idFiscalProveedor" optional Text "proveedor 10" "Their tax id" "Identificación fiscal",
    domicilio: "domicilioProveedor" optional Text "proveedor 11" "Their address" "Su domicilio",
    pais: "paisProveedor" optional Country "proveedor 11" "Their country" "Su país",
});

section!(/** A charge of the whole pedimento. */ Contribucion {
    clave: "claveContribucion" required Charge "36" "Charge" "Contribución",
    forma_pago: "formaPago" required Payment "37" "Form of payment" "Forma de pago",
    importe: "importe" required Decimal "38" "Amount, MXN" "Importe, MXN",
});

section!(/** An identifier of the whole pedimento. */ Identificador {
    clave: "claveIdentificador" required IdentifierCode "identificadores 1" "Identifier" "Identificador",
    complemento1: "complemento1" optional Text "identificadores 2" "Complement 1" "Complemento 1",
    complemento2: "complemento2" optional Text "identificadores 3" "Complement 2" "Complemento 2",
    complemento3: "complemento3" optional Text "identificadores 4" "Complement 3" "Complemento 3",
});

section!(/** The line's own fields. */ DatosPartida {
    secuencia: "secuenciaPartida" required Integer "partida 1" "Line number" "Secuencia",
    fraccion: "fraccion" required Fraccion "partida 2" "Tariff code" "Fracción arancelaria",
    nico: "nico" required Nico "partida 3" "NICO" "NICO",
    vinculacion: "vinculacion" optional Linked "partida 4" "Linked parties" "Vinculación",
    metodo_valoracion: "metodoValoracion" optional Valuation "partida 5" "Method of valuation" "Método de valoración",
    umc: "umc" required Unit "partida 6" "Commercial unit" "Unidad de medida de comercialización",
    cantidad_umc: "cantidadUmc" required Positive "partida 7" "Quantity in the commercial unit" "Cantidad UMC",
    umt: "umt" optional Unit "partida 8" "Tariff unit" "Unidad de medida de la tarifa",
    cantidad_umt: "cantidadUmt" optional Positive "partida 9" "Quantity in the tariff unit" "Cantidad UMT",
    pais_vendedor: "paisVendedorComprador" optional Country "partida 10" "Country of seller or buyer" "País vendedor o comprador",
    pais_origen: "paisOrigenDestino" optional Country "partida 11" "Country of origin or destination" "País de origen o destino",
    descripcion: "descripcion" required Text "partida 12" "Description" "Descripción",
    valor_aduana: "valorAduanaPartida" optional Decimal "partida 13" "Customs value or USD value, MXN" "Valor en aduana, MXN",
    precio_pagado: "precioPagadoPartida" optional Decimal "partida 14" "Price paid, MXN" "Importe del precio pagado, MXN",
    precio_unitario: "precioUnitario" optional Decimal "partida 15" "Unit price, MXN" "Precio unitario, MXN",
    valor_agregado: "valorAgregado" optional Decimal "partida 16" "Value added" "Valor agregado",
    marca: "marcaMercancia" optional Text "partida 17" "Make" "Marca",
    modelo: "modeloMercancia" optional Text "partida 18" "Model" "Modelo",
    peso_bruto: "pesoBrutoPartida" optional Decimal "ours" "Gross weight of the line, kg" "Peso bruto de la partida, kg",
    bultos: "bultosPartida" optional Integer "ours" "Packages of the line" "Bultos de la partida",
});

section!(/** A charge of a line. */ ContribucionPartida {
    clave: "claveContribucionPartida" required Charge "partida contribuciones" "Charge of the line" "Contribución de la partida",
    tasa: "tasaPartida" optional Decimal "partida contribuciones" "Rate" "Tasa",
    tipo_tasa: "tipoTasaPartida" optional Integer "partida contribuciones" "Kind of rate" "Tipo de tasa",
    forma_pago: "formaPagoPartida" required Payment "partida contribuciones" "Form of payment" "Forma de pago",
    importe: "importePartida" required Decimal "partida contribuciones" "Amount, MXN" "Importe, MXN",
});

section!(/** An identifier of a line. */ IdentificadorPartida {
    clave: "claveIdentificadorPartida" required IdentifierCode "partida identificadores" "Identifier of the line" "Identificador de la partida",
    complemento1: "complemento1Partida" optional Text "partida identificadores" "Complement 1" "Complemento 1",
    complemento2: "complemento2Partida" optional Text "partida identificadores" "Complement 2" "Complemento 2",
    complemento3: "complemento3Partida" optional Text "partida identificadores" "Complement 3" "Complemento 3",
});

section!(/** A permit of a line. */ PermisoPartida {
    clave: "clavePermiso" required IdentifierCode "partida permisos" "Permit" "Permiso",
    numero: "numeroPermiso" optional Text "partida permisos" "Number of the permit" "Número del permiso",
    firma: "firmaDescargo" optional Text "partida permisos" "Signature of use" "Firma de descargo",
    valor_dolares: "valorDolaresPermiso" optional Decimal "partida permisos" "Value, USD" "Valor en dólares",
    cantidad: "cantidadPermiso" optional Decimal "partida permisos" "Quantity" "Cantidad",
});
