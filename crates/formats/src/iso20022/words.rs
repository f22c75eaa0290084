//! What the elements are, in words: the tables know their names only.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// An element's name in English and Spanish; its own name where it has no row in the table of words.
pub(super) fn of(name: &str) -> (&str, &str) {
    BY_NAME.get(name).copied().unwrap_or((name, name))
}

static BY_NAME: LazyLock<BTreeMap<&str, (&str, &str)>> = LazyLock::new(|| {
    WORDS
        .lines()
        .filter_map(|line| {
            let (name, both) = line.split_once('|')?;
            Some((name, both.split_once('|')?))
        })
        .collect()
});

/// Name, English, Spanish.
const WORDS: &str = "\
AccptncDtTm|time of acceptance|hora de aceptación
Acct|account|cuenta
AcctSvcrRef|reference of the account's bank|referencia del banco de la cuenta
AddtlInf|further information|información adicional
AddtlInfInd|where further information is|indicador de información adicional
AddtlNtfctnInf|further information on the notification|información adicional del aviso
AddtlNtryInf|further information on the entry|información adicional del movimiento
AddtlRmtInf|further remittance information|información adicional de la remesa
Amt|amount|importe
AmtDtls|details of the amount|detalle del importe
Authstn|authorisation|autorización
Avlbty|availability|disponibilidad
BizMsgIdr|number of the business message|número del mensaje de negocio
BizPrcgDt|time of processing|hora de proceso
BizSvc|business service|servicio de negocio
BkTxCd|bank transaction code|clave de operación bancaria
BookgDt|day or time of booking|día u hora de asiento
BrnchId|branch|sucursal
BtchBookg|booked as a batch|asiento en lote
CardTx|card transaction|operación con tarjeta
Ccy|currency|moneda
Cd|code|clave
CdtDbtInd|credit or debit|abono o cargo
CdtTrfTx|transfer asked for|transferencia solicitada
CdtTrfTxInf|transfer|transferencia
Cdtr|creditor: who is paid|acreedor: quien recibe
CdtrAcct|creditor's account|cuenta del acreedor
CdtrAgt|creditor's bank|banco del acreedor
CdtrAgtAcct|account of the creditor's bank|cuenta del banco del acreedor
CdtrSchmeId|creditor's scheme number|número del acreedor en el esquema
CharSet|character set|juego de caracteres
ChqInstr|cheque instruction|instrucción de cheque
ChrgBr|who bears the charges|quién paga las comisiones
Chrgs|charges|comisiones
ChrgsAcct|account for charges|cuenta de comisiones
ChrgsAcctAgt|bank of the account for charges|banco de la cuenta de comisiones
ChrgsInf|charges|información de comisiones
ClrSysRef|reference of the clearing|referencia de la cámara
CompstnAmt|compensation|compensación
ComssnWvrInd|commission waived|comisión condonada
CpyDplct|copy or duplicate|copia o duplicado
CpyDplctInd|whether a copy or duplicate|indicador de copia o duplicado
CreDt|time of creation|hora de creación
CreDtTm|time of creation|fecha y hora de creación
CtgyPurp|category of the purpose|categoría del propósito
CtrlSum|control sum|suma de control
Dbtr|debtor: who pays|deudor: quien paga
DbtrAcct|debtor's account|cuenta del deudor
DbtrAgt|debtor's bank|banco del deudor
DbtrAgtAcct|account of the debtor's bank|cuenta del banco del deudor
Dt|day|día
DtTm|time|fecha y hora
ElctrncSeqNb|running number, electronic|número consecutivo electrónico
EndToEndId|payer's reference, carried to the end|referencia de extremo a extremo
Envlp|envelope of further data|sobre de datos adicionales
FIId|financial institution|institución financiera
FctvIntrBkSttlmDt|when it settled between the banks|cuándo se liquidó entre bancos
FinInstnId|identification of the bank|identificación del banco
Fr|sender|emisor
FrToDt|period|periodo
FwdgAgt|forwarding bank|banco que reenvía
GrpHdr|group header|encabezado del grupo
GrpRtr|whole group returned|devolución de todo el grupo
GrpSts|status of the file|estatus del archivo
IBAN|IBAN|número IBAN
Id|identification|identificación
InitgPty|who initiates|quien inicia
InitnSrc|source of the initiation|origen de la iniciación
InstdAgt|instructed bank|banco instruido
InstdAmt|amount ordered|importe ordenado
InstgAgt|instructing bank|banco instructor
InstrForCdtrAgt|instruction for the creditor's bank|instrucción para el banco del acreedor
InstrForDbtrAgt|instruction for the debtor's bank|instrucción para el banco del deudor
InstrForNxtAgt|instruction for the next bank|instrucción para el banco siguiente
InstrId|reference of the instruction|referencia de la instrucción
InstrPrty|priority of the instruction|prioridad de la instrucción
IntrBkSttlmAmt|amount settled between the banks|importe liquidado entre bancos
IntrBkSttlmDt|day of settlement between the banks|día de liquidación entre bancos
IntrmyAgt1|first bank between|primer banco intermediario
IntrmyAgt1Acct|account of the first bank between|cuenta del primer banco intermediario
IntrmyAgt2|second bank between|segundo banco intermediario
IntrmyAgt2Acct|account of the second bank between|cuenta del segundo banco intermediario
IntrmyAgt3|third bank between|tercer banco intermediario
IntrmyAgt3Acct|account of the third bank between|cuenta del tercer banco intermediario
Intrst|interest|intereses
LclInstrm|local instrument|instrumento local
LglSeqNb|running number, legal|número consecutivo legal
MktPrctc|market practice|práctica de mercado
MmbId|member number in the clearing|número de miembro en la cámara
MndtRltdInf|mandate|información del mandato
MsgDefIdr|version of the message|versión del mensaje
MsgId|number of the message|número del mensaje
MsgPgntn|page of the message|página del mensaje
MsgRcpt|who receives the message|quien recibe el mensaje
Nb|number|número
NbOfTxs|number of transactions|número de operaciones
NbOfTxsPerSts|number of transactions for each status|número de operaciones por estatus
Nm|name|nombre
Ntfctn|notification|aviso
NtfctnPgntn|page of the notification|página del aviso
Ntry|entry on the account|movimiento de la cuenta
NtryDtls|details of the entry|detalle del movimiento
NtryRef|reference of the entry|referencia del movimiento
OrgId|organisation|organización
OrgnlBizQry|query that is answered|consulta que se contesta
OrgnlClrSysRef|original reference of the clearing|referencia original de la cámara
OrgnlCreDtTm|original time of creation|fecha y hora original de creación
OrgnlCtrlSum|original control sum|suma de control original
OrgnlEndToEndId|original payer's reference|referencia original de extremo a extremo
OrgnlGrpInf|original file|archivo original
OrgnlGrpInfAndSts|original file and its status|archivo original y su estatus
OrgnlInstrId|original reference of the instruction|referencia original de la instrucción
OrgnlIntrBkSttlmAmt|original amount between the banks|importe original entre bancos
OrgnlIntrBkSttlmDt|original day of settlement|día original de liquidación
OrgnlMsgId|number of the original message|número del mensaje original
OrgnlMsgNmId|version of the original message|versión del mensaje original
OrgnlNbOfTxs|original number of transactions|número original de operaciones
OrgnlPmtInfAndSts|original payment and its status|pago original y su estatus
OrgnlPmtInfId|number of the original payment|número del pago original
OrgnlTxId|original transaction reference|referencia original de la operación
OrgnlTxRef|what the original transaction said|lo que dijo la operación original
OrgnlUETR|original UETR|UETR original
Orgtr|who gives the reason|quien da el motivo
PlcAndNm|place and name|lugar y nombre
PmtCond|conditions of payment|condiciones de pago
PmtId|references of the payment|referencias del pago
PmtInf|payment: one debtor, one day|pago: un deudor, un día
PmtInfId|number of the payment|número del pago
PmtInfSts|status of the payment|estatus del pago
PmtMtd|method of payment|método de pago
PmtTpInf|type of payment|tipo de pago
PoolgAdjstmntDt|day of pooling adjustment|día de ajuste por concentración
Prtry|own code|clave propia
Prty|priority|prioridad
PrvsInstgAgt1|first instructing bank before|primer banco instructor anterior
PrvsInstgAgt1Acct|account of the first instructing bank before|cuenta del primer banco instructor anterior
PrvsInstgAgt2|second instructing bank before|segundo banco instructor anterior
PrvsInstgAgt2Acct|account of the second instructing bank before|cuenta del segundo banco instructor anterior
PrvsInstgAgt3|third instructing bank before|tercer banco instructor anterior
PrvsInstgAgt3Acct|account of the third instructing bank before|cuenta del tercer banco instructor anterior
Prxy|alias of the account|alias de la cuenta
PssblDplct|possibly a duplicate|posible duplicado
Purp|purpose|propósito
Ref|creditor's reference|referencia del acreedor
RefNb|payment line or statement number|línea de captura o número del estado de cuenta
Regy|registry|registro
ReqdAdvcTp|advice asked for|aviso solicitado
ReqdColltnDt|day of collection asked for|día de cobro solicitado
ReqdExctnDt|day or time of execution asked for|día u hora de ejecución solicitada
RgltryRptg|report to the authorities|informe regulatorio
Rltd|related header|encabezado relacionado
RltdAcct|related account|cuenta relacionada
RltdRmtInf|where the remittance is|dónde está la remesa
RmtInf|remittance: what is paid for|remesa: qué se paga
RptgSeq|sequence of reports|secuencia de informes
RptgSrc|source of the report|origen del informe
Rsn|reason|motivo
RtrChain|parties of the return|partes de la devolución
RtrId|number of the return|número de la devolución
RtrRsnInf|reason of the return|motivo de la devolución
RtrdInstdAmt|amount returned as ordered|importe devuelto según lo ordenado
RtrdIntrBkSttlmAmt|amount returned between the banks|importe devuelto entre bancos
RvslInd|whether a reversal|indicador de reversión
Sgntr|signature|firma
SplmtryData|further data|datos adicionales
Strd|structured remittance|remesa estructurada
Sts|status|estatus
StsId|number of the status|número del estatus
StsRsnInf|reason of the status|motivo del estatus
SttlmInf|how it settles|cómo se liquida
SttlmPrty|priority of settlement|prioridad de liquidación
SttlmTmIndctn|when it was settled|hora de liquidación indicada
SttlmTmReq|when it should settle|hora de liquidación solicitada
SvcLvl|service level|nivel de servicio
Tax|tax|impuesto
TechInptChanl|technical channel|canal técnico
To|receiver|receptor
Tp|type|tipo
TrckrData|tracking of the payment|seguimiento del pago
TtlIntrBkSttlmAmt|total settled between the banks|total liquidado entre bancos
TtlRtrdIntrBkSttlmAmt|total returned between the banks|total devuelto entre bancos
TxId|transaction reference|referencia de la operación
TxInf|transaction|operación
TxInfAndSts|transaction and its status|operación y su estatus
TxSts|status of the transaction|estatus de la operación
TxsSummry|summary of the entries|resumen de movimientos
UETR|UETR, carried by every bank|UETR, que lleva cada banco
UltmtCdtr|ultimate creditor|acreedor final
UltmtDbtr|ultimate debtor|deudor final
UndrlygCstmrCdtTrf|underlying customer transfer|transferencia de cliente subyacente
Ustrd|remittance in plain words|remesa en texto libre
ValDt|value date|fecha valor
XchgRate|exchange rate|tipo de cambio
XchgRateInf|exchange rate|información del tipo de cambio
XpryDt|day or time of expiry|día u hora de vencimiento
";
