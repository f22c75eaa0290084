//! The business application header, head.001.

use super::parties::*;
use super::values::*;
use crate::iso20022::structure::types;

types! {
    sequence BusinessApplicationHeader5 {
        CharSet ? UnicodeChartsCode, Fr ! Party44Choice, To ! Party44Choice, BizMsgIdr ! Max35Text,
        MsgDefIdr ! Max35Text, BizSvc ? Max35Text, CreDt ! ISODateTime, CpyDplct ? CopyDuplicate1Code,
        PssblDplct ? YesNoIndicator, Prty ? BusinessMessagePriorityCode, Sgntr ? SignatureEnvelope,
    }
    sequence BusinessApplicationHeaderV02 {
        CharSet ? UnicodeChartsCode, Fr ! Party44Choice, To ! Party44Choice, BizMsgIdr ! Max35Text,
        MsgDefIdr ! Max35Text, BizSvc ? Max35Text, MktPrctc ? ImplementationSpecification1, CreDt ! ISODateTime,
        BizPrcgDt ? ISODateTime, CpyDplct ? CopyDuplicate1Code, PssblDplct ? YesNoIndicator,
        Prty ? BusinessMessagePriorityCode, Sgntr ? SignatureEnvelope, Rltd * BusinessApplicationHeader5,
    }
    sequence ImplementationSpecification1 { Regy ! Max350Text, Id ! Max2048Text }
    choice Party44Choice { OrgId ! PartyIdentification135, FIId ! BranchAndFinancialInstitutionIdentification6 }
    signature SignatureEnvelope {}
}
