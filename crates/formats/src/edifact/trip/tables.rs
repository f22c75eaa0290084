//! The segment groups that cargo and conveyance reports share; each says which members of its records it fills.

/// The group of TDT.
pub(in crate::edifact) const VEHICLE: &str = "TDT";
/// The group of EQD.
pub(in crate::edifact) const EQUIPMENT: &str = "EQD";
/// The group of NAD of who answers for the truck.
pub(in crate::edifact) const DRIVER: &str = "NAD driver";

/// The group of TDT, whose passes each name the vehicle in another code list.
macro_rules! vehicle_loop {
    (identity: $identity:expr, state: $state:expr, trip: $trip:expr, scac: $scac:expr) => {
        Loop {
            rows: &[
                Row::new(
                    "TDT",
                    1,
                    "stage",
                    "Stage of transport",
                    "Etapa del transporte",
                )
                .fixed("11"),
                Row::new("TDT", 2, "journey", "Journey", "Viaje")
                    .component(1)
                    .derived($trip),
                Row::new("TDT", 3, "mode", "Mode of transport", "Modo de transporte").component(1),
                Row::new(
                    "TDT",
                    4,
                    "vehicle-code",
                    "Kind of vehicle, code",
                    "Clase de vehículo, código",
                )
                .component(1),
                Row::new(
                    "TDT",
                    4,
                    "vehicle-kind",
                    "Kind of vehicle",
                    "Clase de vehículo",
                )
                .component(4),
                Row::new(
                    "TDT",
                    5,
                    "carrier",
                    "Carrier of the vehicle",
                    "Transportista del vehículo",
                )
                .component(1)
                .derived($scac),
                Row::new("TDT", 6, "way", "Direction", "Sentido"),
                Row::new(
                    "TDT",
                    8,
                    "identity-code",
                    "Vehicle, as a code",
                    "Vehículo, como código",
                )
                .component(1)
                .derived($identity),
                Row::new(
                    "TDT",
                    8,
                    "identity-list",
                    "What names the vehicle",
                    "Qué identifica al vehículo",
                )
                .component(2),
                Row::new(
                    "TDT",
                    8,
                    "identity",
                    "VIN or plate, as the code list says",
                    "NIV o placa, según la lista de códigos",
                )
                .component(4)
                .derived($identity),
                Row::new(
                    "TDT",
                    8,
                    "nationality",
                    "Country of the vehicle",
                    "País del vehículo",
                )
                .component(5)
                .derived($state),
                Row::new("LOC", 1, "place-use", "Use of the place", "Uso del lugar").fixed("89"),
                Row::new(
                    "LOC",
                    2,
                    "plate-state",
                    "State that issued the plate",
                    "Estado que expidió la placa",
                )
                .component(1)
                .when(2, 2, &["163"])
                .derived($state),
                Row::new(
                    "LOC",
                    2,
                    "plate-country",
                    "Country that issued the plate",
                    "País que expidió la placa",
                )
                .component(1)
                .when(2, 2, &["162"])
                .derived($state),
            ],
            ..Loop::new(crate::edifact::trip::TDT, "TDT")
        }
    };
}

/// The group of EQD; the guides let RFF and LOC follow it.
macro_rules! equipment_loop {
    ($($record:literal),*; seals: $seals:expr) => {
        Loop {
            rows: &[
                Row::new("EQD", 1, "equipment-code", "Kind of equipment", "Clase de equipo")
                    .derived(&[$(($record, "/equipment/*/equipmentKind")),*]),
                Row::new("EQD", 2, "equipment-number", "Trailer or container", "Remolque o contenedor")
                    .component(1)
                    .derived(&[$(
                        ($record, "/equipment/*/equipmentNumber"),
                        ($record, "/equipment/*/containerNumber"),
                    )*]),
                Row::new("EQD", 3, "equipment-size", "Size and type", "Tamaño y tipo").component(1),
                Row::new(
                    "EQD",
                    3,
                    "equipment-text",
                    "Kind of equipment as text",
                    "Clase de equipo en texto",
                )
                .component(4)
                .derived(&[$(($record, "/equipment/*/equipmentKind")),*]),
                Row::new("EQD", 6, "fullness", "Full or empty", "Lleno o vacío"),
                Row::new("SEL", 1, "equipment-seal", "Seal", "Candado").component(1).derived($seals),
                Row::new("RFF", 1, "equipment-plate", "Plate of the equipment", "Placa del equipo")
                    .component(2)
                    .when(1, 1, &["ABZ"])
                    .derived(&[$(
                        ($record, "/equipment/*/plate"),
                        ($record, "/equipment/*/equipmentNumber"),
                        ($record, "/equipment/*/containerNumber"),
                    )*]),
                Row::new("LOC", 1, "place-use", "Use of the place", "Uso del lugar").fixed("89"),
                Row::new(
                    "LOC",
                    2,
                    "plate-state",
                    "State that issued the plate",
                    "Estado que expidió la placa",
                )
                .component(1)
                .when(2, 2, &["163"])
                .derived(&[$(($record, "/equipment/*/plateState")),*]),
                Row::new(
                    "LOC",
                    2,
                    "plate-country",
                    "Country that issued the plate",
                    "País que expidió la placa",
                )
                .component(1)
                .when(2, 2, &["162"])
                .derived(&[$(($record, "/equipment/*/plateState")),*]),
            ],
            ..Loop::new(crate::edifact::trip::EQD, "EQD")
        }
    };
}

/// The group of NAD of who answers for the truck.
macro_rules! driver_loop {
    ($driver:expr) => {
        Loop {
            when: Some(When {
                element: 1,
                component: 0,
                codes: &["VW", "DR"],
            }),
            passing: &["CTA", "COM"],
            rows: &[
                Row::new(
                    "NAD",
                    2,
                    "driver-id",
                    "Driver, by code",
                    "Operador, por código",
                )
                .component(1),
                Row::new(
                    "NAD",
                    4,
                    "name-1",
                    "Name or family name",
                    "Nombre o apellido",
                )
                .component(1)
                .derived($driver),
                Row::new("NAD", 4, "name-2", "Given name", "Nombre de pila")
                    .component(2)
                    .derived($driver),
                Row::new("NAD", 4, "name-3", "Further name", "Otro nombre")
                    .component(3)
                    .derived($driver),
                Row::new("NAD", 4, "name-4", "Further name", "Otro nombre")
                    .component(4)
                    .derived($driver),
                Row::new("NAD", 4, "name-5", "Further name", "Otro nombre")
                    .component(5)
                    .derived($driver),
            ],
            ..Loop::new(crate::edifact::trip::DRIVER, "NAD")
        }
    };
}

pub(in crate::edifact) use {driver_loop, equipment_loop, vehicle_loop};
