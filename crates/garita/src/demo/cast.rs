//! Who takes part: four nodes with the offices, carriers, brokers, traders of the demo. All names but the offices' are made up.

/// A node of the demo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// Short name.
    pub(crate) slug: &'static str,
    /// Name for people.
    pub(crate) name: &'static str,
    /// Its parties.
    pub(crate) parties: &'static [Party],
}

/// A party of the demo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party {
    /// Short name, the key in the script.
    pub(crate) slug: &'static str,
    /// Name for people.
    pub(crate) name: &'static str,
    /// `us` or `mx`.
    pub(crate) country: &'static str,
    /// Roles of the trust list.
    pub(crate) roles: &'static [&'static str],
    /// Numbers it holds: namespace and number.
    pub(crate) holds: &'static [(&'static str, &'static str)],
    /// Places.
    pub(crate) places: &'static [&'static str],
    /// Trusted-trader marks.
    pub(crate) marks: &'static [&'static str],
}

const fn party(
    slug: &'static str,
    name: &'static str,
    country: &'static str,
    roles: &'static [&'static str],
) -> Party {
    Party {
        slug,
        name,
        country,
        roles,
        holds: &[],
        places: &[],
        marks: &[],
    }
}

const fn carrier(
    slug: &'static str,
    name: &'static str,
    country: &'static str,
    holds: &'static [(&'static str, &'static str)],
    marks: &'static [&'static str],
) -> Party {
    Party {
        slug,
        name,
        country,
        roles: &["carrier"],
        holds,
        places: &[],
        marks,
    }
}

/// A desk that one calls: party, name, telephone, hours, languages. The numbers are of the range that is kept for fiction.
pub(crate) type Desk = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// Whom to call, made up.
pub(crate) const DESKS: [Desk; 7] = [
    (
        "cbp",
        "Cargo holds desk (made up)",
        "+1 956 555 0101",
        "daily 06:00-24:00",
        &["en", "es"],
    ),
    (
        "usda",
        "Agriculture desk (made up)",
        "+1 956 555 0102",
        "daily 06:00-22:00",
        &["en", "es"],
    ),
    (
        "fda",
        "Entry review (made up)",
        "+1 956 555 0103",
        "Mon-Fri 08:00-17:00",
        &["en"],
    ),
    (
        "dps",
        "Inspection bay (made up)",
        "+1 956 555 0104",
        "daily 07:00-23:00",
        &["en", "es"],
    ),
    (
        "anam",
        "Ventanilla de operaciones (ficticia)",
        "+1 956 555 0105",
        "diario 06:00-24:00",
        &["es", "en"],
    ),
    (
        "bridge",
        "Bridge control (made up)",
        "+1 956 555 0106",
        "24 h",
        &["en", "es"],
    ),
    (
        "mines",
        "Night desk (made up)",
        "+1 956 555 0107",
        "24 h",
        &["es", "en"],
    ),
];

/// Time zones of the places.
pub(crate) const ZONES: [(&str, &str); 4] = [
    ("2304", "America/Chicago"),
    ("240", "America/Matamoros"),
    ("5507", "America/Chicago"),
    ("520", "America/Monterrey"),
];

/// The four nodes.
pub(crate) const NODES: [Node; 4] = [
    Node {
        slug: "us-customs",
        name: "US Customs and Border Protection, Laredo",
        parties: &[
            Party {
                places: &["2304"],
                ..party("cbp", "CBP Laredo", "us", &["customs.us", "customs"])
            },
            Party {
                places: &["2304"],
                ..party("usda", "CBP Agriculture, Laredo", "us", &["agriculture.us"])
            },
            Party {
                places: &["2304"],
                ..party("fda", "FDA, Laredo", "us", &["health.us"])
            },
            Party {
                places: &["2304"],
                ..party("dps", "Texas DPS, Laredo", "us", &["state.us"])
            },
            Party {
                holds: &[("program", "CTPAT")],
                ..party("ctpat", "CBP CTPAT office", "us", &["certifier"])
            },
            // An interior port, where in-bond loads end.
            Party {
                places: &["5507"],
                ..party("satx", "CBP San Antonio", "us", &["customs.us", "customs"])
            },
            party("works", "Port works office (made up)", "us", &["sponsor"]),
        ],
    },
    Node {
        slug: "mx-customs",
        name: "ANAM, Aduana de Nuevo Laredo",
        parties: &[
            Party {
                places: &["240"],
                ..party(
                    "anam",
                    "ANAM Nuevo Laredo",
                    "mx",
                    &["customs.mx", "customs"],
                )
            },
            // An interior aduana, where internal transits end.
            Party {
                places: &["520"],
                ..party("mty", "ANAM Monterrey", "mx", &["customs.mx", "customs"])
            },
            Party {
                holds: &[("program", "OEA")],
                ..party("sat", "SAT AGACE", "mx", &["tax.mx", "certifier"])
            },
            party(
                "obras",
                "Oficina de obras fronterizas (ficticia)",
                "mx",
                &["sponsor"],
            ),
        ],
    },
    Node {
        slug: "mines-road",
        name: "Mines Road Brokers",
        parties: &[
            Party {
                holds: &[("filer", "M7K")],
                marks: &["CTPAT"],
                ..party("mines", "Mines Road Brokers", "us", &["broker.us"])
            },
            Party {
                holds: &[("filer", "R2F")],
                ..party("riofrio", "Rio Frio Customs Services", "us", &["broker.us"])
            },
            Party {
                holds: &[("patente", "3456"), ("declarant", "LOZA")],
                marks: &["OEA"],
                ..party(
                    "lozano",
                    "Lozano Treviño, agencia aduanal",
                    "mx",
                    &["broker.mx", "declarant"],
                )
            },
            Party {
                roles: &["carrier", "bonded-carrier"],
                ..carrier(
                    "tocq",
                    "Transportes Ocotillo",
                    "mx",
                    &[("scac", "TOCQ"), ("inbond", "6800")],
                    &["CTPAT", "OEA", "FAST"],
                )
            },
            carrier(
                "cgbn",
                "Carga Gobernadora",
                "mx",
                &[("scac", "CGBN")],
                &["CTPAT", "FAST"],
            ),
            carrier(
                "huiz",
                "Transfer Huizache",
                "mx",
                &[("scac", "HUIZ")],
                &["CTPAT"],
            ),
            carrier(
                "amzq",
                "Autolíneas Mezquite",
                "mx",
                &[("scac", "AMZQ")],
                &["OEA"],
            ),
            carrier("fnop", "Fletes Nopalera", "mx", &[("scac", "FNOP")], &[]),
            carrier("acnz", "Acarreos Cenizo", "mx", &[("scac", "ACNZ")], &[]),
            carrier(
                "srcr",
                "Sotol Ridge Carriers",
                "us",
                &[("scac", "SRCR")],
                &["CTPAT", "FAST"],
            ),
            carrier(
                "mbfr",
                "Mesquite Bend Freight",
                "us",
                &[("scac", "MBFR")],
                &["CTPAT"],
            ),
            carrier(
                "lpvd",
                "Líneas Palo Verde",
                "mx",
                &[("scac", "LPVD")],
                &["CTPAT", "OEA"],
            ),
            carrier("biznaga", "Fletes Biznaga", "mx", &[("scac", "FBZN")], &[]),
            Party {
                marks: &["OEA", "CTPAT"],
                ..party(
                    "arneses",
                    "Arneses Queretanos",
                    "mx",
                    &["exporter", "importer"],
                )
            },
            party(
                "regio",
                "Envases Regio del Norte",
                "mx",
                &["exporter", "importer"],
            ),
            Party {
                marks: &["OEA"],
                ..party("bajio", "Fundición Bajío", "mx", &["exporter", "importer"])
            },
            party(
                "purepecha",
                "Aguacates Purépecha",
                "mx",
                &["exporter", "importer"],
            ),
            Party {
                marks: &["CTPAT"],
                ..party(
                    "gulf",
                    "Gulf Prairie Assembly",
                    "us",
                    &["importer", "exporter", "payer"],
                )
            },
            party(
                "trinity",
                "Trinity Bend Foods",
                "us",
                &["importer", "exporter"],
            ),
            Party {
                marks: &["CTPAT"],
                ..party(
                    "llano",
                    "Llano Appliance Works",
                    "us",
                    &["importer", "exporter"],
                )
            },
            party("banco", "Banco del Norte", "mx", &["bank"]),
            party("receptor", "Banco Receptor", "mx", &["bank"]),
            party(
                "bodega",
                "Bodega del Valle Forwarding",
                "us",
                &["forwarder"],
            ),
        ],
    },
    Node {
        slug: "bridges",
        name: "City of Laredo Bridges",
        parties: &[
            Party {
                places: &["230404"],
                ..party("bridge", "City of Laredo Bridges", "us", &["bridge"])
            },
            // Who compiles what is public of the works at the border, and publishes it.
            party(
                "scorecard",
                "Border scorecard desk (made up)",
                "us",
                &["publisher", "compiler"],
            ),
            party(
                "reviewer",
                "Scorecard reviewer (made up)",
                "us",
                &["reviewer"],
            ),
        ],
    },
];

/// A party by its short name.
pub(crate) fn find(slug: &str) -> Option<&'static Party> {
    NODES
        .iter()
        .flat_map(|node| node.parties)
        .find(|party| party.slug == slug)
}

/// A carrier as the generator needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carrier {
    /// Party key.
    pub(crate) key: &'static str,
    /// Code.
    pub(crate) scac: &'static str,
    /// Code of SAT for lanes with technology.
    pub(crate) caat: &'static str,
    /// Tax number (a test number of SAT).
    pub(crate) rfc: &'static str,
    /// Whether its drivers may use the FAST lane.
    pub(crate) fast: bool,
}

/// The carriers of the day, the commonest first. Fletes Biznaga is kept out: its key is the one that is revoked.
pub(crate) const CARRIERS: [Carrier; 9] = [
    Carrier {
        key: "tocq",
        scac: "TOCQ",
        caat: "3A7K",
        rfc: "URE180429TM6",
        fast: true,
    },
    Carrier {
        key: "cgbn",
        scac: "CGBN",
        caat: "3C1B",
        rfc: "EKU9003173C9",
        fast: true,
    },
    Carrier {
        key: "huiz",
        scac: "HUIZ",
        caat: "4H2Z",
        rfc: "XIA190128J61",
        fast: false,
    },
    Carrier {
        key: "amzq",
        scac: "AMZQ",
        caat: "2M9Q",
        rfc: "IIA040805DZ4",
        fast: false,
    },
    Carrier {
        key: "fnop",
        scac: "FNOP",
        caat: "5N0P",
        rfc: "EKU9003173C9",
        fast: false,
    },
    Carrier {
        key: "acnz",
        scac: "ACNZ",
        caat: "1C3N",
        rfc: "XIA190128J61",
        fast: false,
    },
    Carrier {
        key: "srcr",
        scac: "SRCR",
        caat: "6S4R",
        rfc: "IIA040805DZ4",
        fast: true,
    },
    Carrier {
        key: "mbfr",
        scac: "MBFR",
        caat: "7M5B",
        rfc: "URE180429TM6",
        fast: false,
    },
    Carrier {
        key: "lpvd",
        scac: "LPVD",
        caat: "8P2V",
        rfc: "EKU9003173C9",
        fast: false,
    },
];

/// A trader with its address and what it sells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trader {
    /// Party key.
    pub(crate) key: &'static str,
    /// Name on papers.
    pub(crate) name: &'static str,
    /// Street.
    pub(crate) street: &'static str,
    /// City.
    pub(crate) city: &'static str,
    /// State.
    pub(crate) region: &'static str,
    /// Postal code.
    pub(crate) postal: &'static str,
    /// `US` or `MX`.
    pub(crate) country: &'static str,
    /// Tax number: a test number of SAT, or a made-up importer number.
    pub(crate) tax: &'static str,
    /// Kilometres by road to Nuevo Laredo.
    pub(crate) distance_km: u64,
    /// What it sells.
    pub(crate) goods: &'static [Good],
}

/// A kind of goods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Good {
    /// Words on papers, plain letters since X12 carries few others.
    pub(crate) text: &'static str,
    /// Tariff code, six digits common to both countries and four more.
    pub(crate) hts: &'static str,
    /// SAT's code of goods carried.
    pub(crate) sat: &'static str,
    /// Least and most packages.
    pub(crate) packages: (u64, u64),
    /// Kilograms a package.
    pub(crate) kg: u64,
    /// US dollars a package.
    pub(crate) usd: u64,
}

const fn good(
    text: &'static str,
    hts: &'static str,
    sat: &'static str,
    packages: (u64, u64),
    kg: u64,
    usd: u64,
) -> Good {
    Good {
        text,
        hts,
        sat,
        packages,
        kg,
        usd,
    }
}

/// Who sells in Mexico.
pub(crate) const MEXICANS: [Trader; 4] = [
    Trader {
        key: "arneses",
        name: "Arneses Queretanos",
        street: "Av. Industria 1250",
        city: "Queretaro",
        region: "QUE",
        postal: "76120",
        country: "MX",
        tax: "URE180429TM6",
        distance_km: 898,
        goods: &[
            good(
                "Wire harnesses for vehicles",
                "8544300000",
                "26121600",
                (60, 480),
                19,
                100,
            ),
            good(
                "Connectors for wiring",
                "8536904000",
                "39121400",
                (40, 300),
                12,
                140,
            ),
        ],
    },
    Trader {
        key: "regio",
        name: "Envases Regio del Norte",
        street: "Carr. Miguel Aleman 402",
        city: "Apodaca",
        region: "NLE",
        postal: "66600",
        country: "MX",
        tax: "EKU9003173C9",
        distance_km: 228,
        goods: &[
            good(
                "Glass bottles",
                "7010905000",
                "24122000",
                (10, 26),
                740,
                420,
            ),
            good("Refrigerators", "8418100000", "52141500", (30, 90), 84, 390),
        ],
    },
    Trader {
        key: "bajio",
        name: "Fundicion Bajio",
        street: "Blvd. Aeropuerto 88",
        city: "Silao",
        region: "GUA",
        postal: "36100",
        country: "MX",
        tax: "XIA190128J61",
        distance_km: 876,
        goods: &[
            good(
                "Brake discs for vehicles",
                "8708305000",
                "25171700",
                (12, 24),
                860,
                2_100,
            ),
            good(
                "Aluminium castings",
                "7616995000",
                "31101600",
                (12, 22),
                690,
                1_900,
            ),
        ],
    },
    Trader {
        key: "purepecha",
        name: "Aguacates Purepecha",
        street: "Libramiento Oriente 15",
        city: "Uruapan",
        region: "MIC",
        postal: "60050",
        country: "MX",
        tax: "IIA040805DZ4",
        distance_km: 1_120,
        goods: &[good(
            "Fresh avocados",
            "0804400000",
            "50301500",
            (800, 1_600),
            12,
            28,
        )],
    },
];

/// Who buys in the United States, and sells southbound.
pub(crate) const AMERICANS: [Trader; 3] = [
    Trader {
        key: "gulf",
        name: "Gulf Prairie Assembly",
        street: "4100 Mines Rd",
        city: "Laredo",
        region: "TX",
        postal: "78045",
        country: "US",
        tax: "74-1234567XX",
        distance_km: 12,
        goods: &[
            good(
                "Engine control units",
                "8537109170",
                "26111700",
                (20, 120),
                22,
                900,
            ),
            good(
                "Copper wire",
                "7408110000",
                "26121500",
                (10, 24),
                820,
                6_900,
            ),
        ],
    },
    Trader {
        key: "trinity",
        name: "Trinity Bend Foods",
        street: "900 Commerce St",
        city: "Dallas",
        region: "TX",
        postal: "75202",
        country: "US",
        tax: "75-7654321XX",
        distance_km: 12,
        goods: &[good(
            "Frozen pork",
            "0203290000",
            "50112000",
            (400, 900),
            23,
            61,
        )],
    },
    Trader {
        key: "llano",
        name: "Llano Appliance Works",
        street: "77 Ranch Rd",
        city: "San Antonio",
        region: "TX",
        postal: "78218",
        country: "US",
        tax: "74-2468101XX",
        distance_km: 12,
        goods: &[
            good(
                "Compressors for refrigerators",
                "8414304000",
                "40151600",
                (80, 260),
                16,
                74,
            ),
            good(
                "Polyethylene in primary forms",
                "3901200000",
                "13111000",
                (16, 22),
                1_010,
                1_240,
            ),
        ],
    },
];
