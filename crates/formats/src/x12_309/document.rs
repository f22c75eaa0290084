//! The plain manifest: every field is an element's text as it stands, empty where the element is.

use serde::{Deserialize, Serialize};

macro_rules! plain {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    };
}

plain!(/** One 309: a trip with its shipments. */ TruckManifestDocument {
    /// The envelopes.
    interchange: InterchangeHeader,
    /// M1001: the carrier.
    scac: String,
    /// M1002: mode of transport, `J` for a truck.
    mode: String,
    /// M1003: country of registration, alpha-2 or alpha-3.
    country: String,
    /// M1004: code of a vessel; empty for a truck.
    conveyance_code: String,
    /// M1005: name of a vessel; empty for a truck.
    conveyance_name: String,
    /// M1006: voyage or flight.
    voyage: String,
    /// M1007: trip number, or manifest sequence number of other modes.
    trip: String,
    /// M1009: kind of manifest.
    manifest_type: String,
    /// The tractor or truck, from VEH.
    vehicle: Option<Vehicle>,
    /// P401: US port, Schedule D.
    port: String,
    /// P402: date of arrival, `CCYYMMDD` or `YYMMDD`, local.
    arrival_date: String,
    /// P404: facility, FIRMS code.
    firms: String,
    /// P405: time of arrival, `HHMM`, local.
    arrival_time: String,
    /// The shipments, one for each LX.
    bills: Vec<Bill>,
});

plain!(/** What ISA, GS and ST say. */ InterchangeHeader {
    /// ISA05.
    sender_qualifier: String,
    /// ISA06.
    sender: String,
    /// ISA07.
    receiver_qualifier: String,
    /// ISA08.
    receiver: String,
    /// ISA09, `YYMMDD`.
    date: String,
    /// ISA10, `HHMM`.
    time: String,
    /// ISA11: repetition separator or standards identifier.
    standard: String,
    /// ISA12, such as `00502`.
    version: String,
    /// ISA13, 9 digits.
    control_number: String,
    /// ISA14: `1` asks for a TA1.
    acknowledgment: String,
    /// ISA15: `P` production, `T` test.
    usage: String,
    /// GS01: `AQ` from release 5020 on, `SO` in the older ones.
    group_code: String,
    /// GS02.
    group_sender: String,
    /// GS03.
    group_receiver: String,
    /// GS04, `CCYYMMDD`.
    group_date: String,
    /// GS05, `HHMM`.
    group_time: String,
    /// GS06.
    group_control_number: String,
    /// GS08, such as `005020`.
    release: String,
    /// ST02.
    set_control_number: String,
});

plain!(/** The tractor or truck: VEH. */ Vehicle {
    /// VEH02.
    vin: String,
    /// The licence plate.
    plate: String,
    /// State that issued it.
    plate_state: String,
    /// Country that issued it.
    plate_country: String,
    /// M7 after VEH: seals on the truck itself.
    seals: Vec<String>,
});

plain!(/** A shipment: LX and what follows. An LX without M11 holds equipment only, such as an empty trailer. */ Bill {
    /// LX01.
    line: String,
    /// M13 where there is one: SCAC, port, amendment type, bill, quantity, amendment code, as they stand.
    amendment: Option<Vec<String>>,
    /// M1101: bill number; on a truck the shipment control number.
    bill_number: String,
    /// M1102: foreign port or place, Schedule K.
    foreign_port: String,
    /// M1103: packages.
    quantity: String,
    /// M1104: unit of the packages.
    unit: String,
    /// M1105: gross weight.
    weight: String,
    /// M1106: `K` kilogram, `L` pound, `E` metric ton.
    weight_unit: String,
    /// M1107: volume.
    volume: String,
    /// M1108: unit of the volume.
    volume_unit: String,
    /// M1109: kind of bill.
    bill_type: String,
    /// M1110: place where the carrier took the goods.
    place_of_receipt: String,
    /// M1111: bill or booking that this one refers to.
    second_bill: String,
    /// M1112: SCAC of who issued the bill.
    issuer_scac: String,
    /// N9.
    references: Vec<Reference>,
    /// N1, N3, N4.
    parties: Vec<Party>,
    /// M12.
    inbond: Option<Inbond>,
    /// VID, M7, N10.
    equipment: Vec<BillEquipment>,
});

plain!(/** N9. */ Reference {
    /// N901.
    qualifier: String,
    /// N902.
    value: String,
    /// N903.
    description: String,
});

plain!(/** N1 with its N3 and N4. */ Party {
    /// N101: `SH` shipper, `CN` consignee, `N1` notify party and others.
    code: String,
    /// N102.
    name: String,
    /// N103.
    id_qualifier: String,
    /// N104.
    id: String,
    /// N301, N302 and further ones.
    address: Vec<String>,
    /// N401.
    city: String,
    /// N402.
    state: String,
    /// N403.
    postal_code: String,
    /// N404.
    country: String,
});

plain!(/** M12: in-bond movement. */ Inbond {
    /// M1201: 61, 62, 63.
    entry_type: String,
    /// M1202: in-bond number.
    number: String,
    /// M1203: US port of destination.
    destination_port: String,
    /// M1204: foreign destination.
    foreign_port: String,
    /// M1205: value.
    value: String,
});

plain!(/** VID with its seals and goods. */ BillEquipment {
    /// VID01: kind of equipment.
    code: String,
    /// VID02: initial, such as a container's four letters.
    initial: String,
    /// VID03: number.
    number: String,
    /// VID04 and VID05.
    vid_seals: Vec<String>,
    /// VID09: ISO size and type.
    iso_type: String,
    /// VID10: `L` loaded, `E` empty.
    load_status: String,
    /// VID11: kind of service.
    service: String,
    /// M7.
    seals: Vec<String>,
    /// N10.
    goods: Vec<Goods>,
});

plain!(/** N10 with what follows it. */ Goods {
    /// N1001.
    quantity: String,
    /// N1002.
    description: String,
    /// N1003.
    marks: String,
    /// N1004: `J` is the tariff of the United States.
    code_qualifier: String,
    /// N1005.
    code: String,
    /// N1006: customs value.
    value: String,
    /// N1007.
    weight_unit: String,
    /// N1008.
    weight: String,
    /// N1010: unit of the packages.
    unit: String,
    /// N1011: country of origin.
    country: String,
    /// H101: codes of dangerous goods.
    hazards: Vec<String>,
    /// N10 without quantity and code: the description goes on.
    more: Vec<Text>,
});

plain!(/** A further line of a description. */ Text {
    /// N1002.
    description: String,
    /// N1003.
    marks: String,
});
