//! What an EPCIS 2.0 document holds, as one table: members, their values, which must be there (EPCIS 2.0 §7 and §9).

use super::vocabulary as words;

/// What a value must be.
#[derive(Debug)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// An address: a scheme, a colon and something after it.
    Uri,
    /// One address or a list of them.
    UriOrUris,
    /// Date and time with zone.
    Time,
    /// An offset from UTC: `-06:00`.
    Offset,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// Hexadecimal digits.
    Hex,
    /// A code of a unit of measure: two or three capitals or digits.
    Unit,
    /// A version: `2.0`.
    Version,
    /// A JSON-LD context.
    Context,
    /// A word of this list, or an address of somebody else's.
    Word(&'static [&'static str]),
    /// A word of this list and no other.
    Only(&'static [&'static str]),
    /// A list.
    List {
        of: &'static Shape,
        least: usize,
        distinct: bool,
    },
    /// A group of members.
    Group(&'static Members),
    /// An event, by its type.
    Event,
}

/// Which members a group has beside the named ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// None.
    Nothing,
    /// Extensions: names with a prefix.
    Extensions,
    /// Whatever there is.
    Anything,
}

/// A member: its name, its value, whether it must be there.
pub(super) type Member = (&'static str, Shape, bool);

/// A group of members.
#[derive(Debug)]
pub(super) struct Members {
    /// Name, value, whether it must be there.
    pub(super) named: &'static [Member],
    /// What else may be there.
    pub(super) beside: Beside,
}

const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        least: 0,
        distinct: false,
    }
}

const URIS: Shape = list(&Shape::Uri);
const EPCS: Shape = Shape::List {
    of: &Shape::Uri,
    least: 0,
    distinct: true,
};
const QUANTITIES: Shape = list(&Shape::Group(&Members {
    named: &[
        ("epcClass", Shape::Uri, true),
        ("quantity", Shape::Number, false),
        ("uom", Shape::Unit, false),
    ],
    beside: Beside::Nothing,
}));
const PLACE: Shape = Shape::Group(&Members {
    named: &[("id", Shape::Uri, true)],
    beside: Beside::Anything,
});
const BIZ_STEP: Shape = Shape::Word(words::BIZ_STEPS);
const DISPOSITION: Shape = Shape::Word(words::DISPOSITIONS);
const DISPOSITIONS: Shape = Shape::List {
    of: &DISPOSITION,
    least: 1,
    distinct: true,
};
const TRANSACTION: Shape = Shape::Group(&Members {
    named: &[
        ("type", Shape::Word(words::TRANSACTION_TYPES), false),
        ("bizTransaction", Shape::Uri, true),
    ],
    beside: Beside::Nothing,
});
const SOURCES: Shape = list(&Shape::Group(&Members {
    named: &[
        ("type", Shape::Word(words::PARTY_TYPES), true),
        ("source", Shape::Uri, true),
    ],
    beside: Beside::Nothing,
}));
const DESTINATIONS: Shape = list(&Shape::Group(&Members {
    named: &[
        ("type", Shape::Word(words::PARTY_TYPES), true),
        ("destination", Shape::Uri, true),
    ],
    beside: Beside::Nothing,
}));
const PERSISTENT: Shape = Shape::Group(&Members {
    named: &[("set", DISPOSITIONS, false), ("unset", DISPOSITIONS, false)],
    beside: Beside::Nothing,
});
const ILMD: Shape = Shape::Group(&Members {
    named: &[],
    beside: Beside::Extensions,
});
const METADATA: Shape = Shape::Group(&Members {
    named: &[
        ("time", Shape::Time, false),
        ("deviceID", Shape::Uri, false),
        ("deviceMetadata", Shape::Uri, false),
        ("rawData", Shape::Uri, false),
        ("startTime", Shape::Time, false),
        ("endTime", Shape::Time, false),
        ("dataProcessingMethod", Shape::Uri, false),
        ("bizRules", Shape::Uri, false),
    ],
    beside: Beside::Extensions,
});
const REPORT: Shape = Shape::Group(&Members {
    named: &[
        ("type", Shape::Word(words::MEASUREMENTS), true),
        ("exception", Shape::Word(words::ALERTS), false),
        ("deviceID", Shape::Uri, false),
        ("deviceMetadata", Shape::Uri, false),
        ("rawData", Shape::Uri, false),
        ("dataProcessingMethod", Shape::Uri, false),
        ("bizRules", Shape::Uri, false),
        ("time", Shape::Time, false),
        ("microorganism", Shape::Uri, false),
        ("chemicalSubstance", Shape::Uri, false),
        ("coordinateReferenceSystem", Shape::Uri, false),
        ("value", Shape::Number, false),
        ("component", Shape::Word(words::COMPONENTS), false),
        ("stringValue", Shape::Text, false),
        ("booleanValue", Shape::Flag, false),
        ("hexBinaryValue", Shape::Hex, false),
        ("uriValue", Shape::Uri, false),
        ("minValue", Shape::Number, false),
        ("maxValue", Shape::Number, false),
        ("meanValue", Shape::Number, false),
        ("sDev", Shape::Number, false),
        ("percRank", Shape::Number, false),
        ("percValue", Shape::Number, false),
        ("uom", Shape::Text, false),
    ],
    beside: Beside::Extensions,
});
const SENSORS: Shape = list(&Shape::Group(&Members {
    named: &[
        ("sensorMetadata", METADATA, false),
        (
            "sensorReport",
            Shape::List {
                of: &REPORT,
                least: 1,
                distinct: false,
            },
            true,
        ),
    ],
    beside: Beside::Extensions,
}));
const ERROR: Shape = Shape::Group(&Members {
    named: &[
        ("declarationTime", Shape::Time, true),
        ("reason", Shape::Word(words::ERROR_REASONS), false),
        ("correctiveEventIDs", URIS, false),
    ],
    beside: Beside::Extensions,
});

/// Members of every event, §7.4.1.
pub(super) static EVENT: Members = Members {
    named: &[
        ("@context", Shape::Context, false),
        ("type", Shape::Text, true),
        ("eventTime", Shape::Time, true),
        ("recordTime", Shape::Time, false),
        ("eventTimeZoneOffset", Shape::Offset, true),
        ("eventID", Shape::Uri, false),
        ("certificationInfo", Shape::UriOrUris, false),
        ("errorDeclaration", ERROR, false),
    ],
    beside: Beside::Extensions,
};

/// Members that events of several types share.
const COMMON: [Member; 8] = [
    ("bizStep", BIZ_STEP, false),
    ("disposition", DISPOSITION, false),
    ("readPoint", PLACE, false),
    ("bizLocation", PLACE, false),
    ("bizTransactionList", list(&TRANSACTION), false),
    ("sourceList", SOURCES, false),
    ("destinationList", DESTINATIONS, false),
    ("sensorElementList", SENSORS, false),
];
static SHARED: [Member; 8] = COMMON;

/// §7.4.2.
static OBJECT: [Member; 5] = [
    ("action", Shape::Only(words::ACTIONS), true),
    ("epcList", EPCS, false),
    ("quantityList", QUANTITIES, false),
    ("persistentDisposition", PERSISTENT, false),
    ("ilmd", ILMD, false),
];
/// §7.4.3.
static AGGREGATION: [Member; 4] = [
    ("action", Shape::Only(words::ACTIONS), true),
    ("parentID", Shape::Uri, false),
    ("childEPCs", URIS, false),
    ("childQuantityList", QUANTITIES, false),
];
/// §7.4.7.
static ASSOCIATION: [Member; 4] = [
    ("action", Shape::Only(words::ACTIONS), true),
    ("parentID", Shape::Uri, true),
    ("childEPCs", URIS, false),
    ("childQuantityList", QUANTITIES, false),
];
/// §7.4.5.
static TRANSACTION_EVENT: [Member; 5] = [
    ("action", Shape::Only(words::ACTIONS), true),
    (
        "bizTransactionList",
        Shape::List {
            of: &TRANSACTION,
            least: 1,
            distinct: false,
        },
        true,
    ),
    ("parentID", Shape::Uri, false),
    ("epcList", URIS, false),
    ("quantityList", QUANTITIES, false),
];
/// §7.4.6.
static TRANSFORMATION: [Member; 7] = [
    ("inputEPCList", EPCS, false),
    ("inputQuantityList", QUANTITIES, false),
    ("outputEPCList", EPCS, false),
    ("outputQuantityList", QUANTITIES, false),
    ("transformationID", Shape::Uri, false),
    ("persistentDisposition", PERSISTENT, false),
    ("ilmd", ILMD, false),
];

/// The members of an event of that type beside those of every event: its own, and the shared ones. An extension's type has what it has.
pub(super) fn of_event(event_type: &str) -> Option<[&'static [Member]; 2]> {
    let own: &'static [Member] = match event_type {
        "ObjectEvent" => &OBJECT,
        "AggregationEvent" => &AGGREGATION,
        "AssociationEvent" => &ASSOCIATION,
        "TransactionEvent" => &TRANSACTION_EVENT,
        "TransformationEvent" => &TRANSFORMATION,
        _ => return None,
    };
    Some([own, &SHARED])
}

const MASTER_DATA: Shape = Shape::Group(&Members {
    named: &[("vocabularyList", list(&VOCABULARY), false)],
    beside: Beside::Anything,
});
const VOCABULARY: Shape = Shape::Group(&Members {
    named: &[
        ("type", Shape::Uri, true),
        (
            "vocabularyElementList",
            list(&Shape::Group(&Members {
                named: &[("id", Shape::Uri, true), ("children", URIS, false)],
                beside: Beside::Anything,
            })),
            false,
        ),
    ],
    beside: Beside::Anything,
});
const EVENTS: Shape = list(&Shape::Event);

/// A document of captured events, §9.3.
pub(super) static DOCUMENT: Members = Members {
    named: &[
        ("@context", Shape::Context, true),
        ("id", Shape::Uri, false),
        ("type", Shape::Only(&["EPCISDocument"]), true),
        ("schemaVersion", Shape::Version, true),
        ("creationDate", Shape::Time, true),
        ("instanceIdentifier", Shape::Text, false),
        ("sender", Shape::Text, false),
        ("receiver", Shape::Text, false),
        (
            "epcisHeader",
            Shape::Group(&Members {
                named: &[("epcisMasterData", MASTER_DATA, false)],
                beside: Beside::Extensions,
            }),
            false,
        ),
        (
            "epcisBody",
            Shape::Group(&Members {
                named: &[("eventList", EVENTS, true)],
                beside: Beside::Anything,
            }),
            true,
        ),
    ],
    beside: Beside::Extensions,
};

/// The answer to a query, §9.3.
pub(super) static QUERY_DOCUMENT: Members = Members {
    named: &[
        ("@context", Shape::Context, true),
        ("id", Shape::Uri, false),
        ("type", Shape::Only(&["EPCISQueryDocument"]), true),
        ("schemaVersion", Shape::Version, false),
        ("creationDate", Shape::Time, false),
        (
            "epcisBody",
            Shape::Group(&Members {
                named: &[(
                    "queryResults",
                    Shape::Group(&Members {
                        named: &[
                            ("queryName", Shape::Text, true),
                            ("subscriptionID", Shape::Text, false),
                            (
                                "resultsBody",
                                Shape::Group(&Members {
                                    named: &[
                                        ("eventList", EVENTS, true),
                                        ("vocabularyList", list(&VOCABULARY), false),
                                    ],
                                    beside: Beside::Extensions,
                                }),
                                true,
                            ),
                        ],
                        beside: Beside::Extensions,
                    }),
                    true,
                )],
                beside: Beside::Extensions,
            }),
            true,
        ),
    ],
    beside: Beside::Extensions,
};
