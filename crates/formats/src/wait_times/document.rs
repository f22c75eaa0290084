//! The feed as it stands: every value is a text, in the order of the feed.

use serde::{Deserialize, Serialize};

/// All crossings of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WaitTimes {
    /// The crossings, in the order of the feed.
    pub ports: Vec<Port>,
}

/// A block of texts and the blocks below it, read from a feed by one table.
pub(super) trait Block: Default {
    /// Names of the texts.
    const TEXTS: &'static [&'static str];
    /// How many of them stand before the blocks below.
    const BEFORE_BLOCKS: usize;
    /// The texts, in that order.
    fn texts(&self) -> Vec<&str>;
    /// Sets a text.
    fn fill(&mut self, index: usize, value: String);
}

/// Declares a block; the members are serialised under their names in this order.
macro_rules! block {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$text_meta:meta])* $text:ident,)*
    } {
        $($(#[$child_meta:meta])* $child:ident $feed_name:literal: $child_type:ty,)*
    } {
        $($(#[$tail_meta:meta])* $tail:ident,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$text_meta])* pub $text: String,)*
            $($(#[$child_meta])* #[serde(rename = $feed_name)] pub $child: $child_type,)*
            $($(#[$tail_meta])* pub $tail: String,)*
        }

        impl Block for $name {
            const TEXTS: &'static [&'static str] = &[$(stringify!($text),)* $(stringify!($tail),)*];
            const BEFORE_BLOCKS: usize = { let before: &[&str] = &[$(stringify!($text),)*]; before.len() };

            fn texts(&self) -> Vec<&str> {
                vec![$(self.$text.as_str(),)* $(self.$tail.as_str(),)*]
            }

            fn fill(&mut self, index: usize, value: String) {
                let slots = [$(&mut self.$text,)* $(&mut self.$tail,)*];
                if let Some(slot) = slots.into_iter().nth(index) {
                    *slot = value;
                }
            }
        }
    };
}

block!(/** One crossing. */ Port {
    /** Six digits: port of Schedule D and crossing. */ port_number,
    /** `Mexican Border` or `Canadian Border`. */ border,
    /** The port's name. */ port_name,
    /** The crossing's name; empty where the port has one only. */ crossing_name,
    /** Opening hours, as people write them. */ hours,
    /** Day of the feed, `M/D/YYYY`. */ date,
    /** Time of the feed, `HH:MM:SS`. */ time,
    /** `Open` or `Closed`. */ port_status,
} {
    /** Lanes for trucks. */ commercial_vehicle_lanes "commercial_vehicle_lanes": CommercialLanes,
    /** Lanes for cars. */ passenger_vehicle_lanes "passenger_vehicle_lanes": PassengerLanes,
    /** Lanes for people on foot. */ pedestrian_lanes "pedestrian_lanes": PedestrianLanes,
} {
    /** What travellers should know. */ construction_notice,
    /** Whether waits are measured by devices. */ automation,
    /** Whether the devices are in use. */ automation_enabled,
});

block!(/** Lanes for trucks. */ CommercialLanes {
    /** How many there are. */ maximum_lanes,
    /** How waits are measured. */ cv_automation_type,
    /** Where the measured way begins. */ cv_segment_from,
    /** Where it ends. */ cv_segment_to,
    /** Tolerance of standard lanes. */ cv_standard_tolerance,
    /** Tolerance of FAST lanes. */ cv_fast_tolerance,
} {
    /** Standard lanes. */ standard_lanes "standard_lanes": Lane,
    /** FAST lanes. */ fast_lanes "FAST_lanes": Lane,
} {});

block!(/** Lanes for cars. */ PassengerLanes {
    /** How many there are. */ maximum_lanes,
    /** How waits are measured. */ pv_automation_type,
    /** Where the measured way begins. */ pv_segment_from,
    /** Where it ends. */ pv_segment_to,
    /** Tolerance of standard lanes. */ pv_standard_tolerance,
    /** Tolerance of NEXUS and SENTRI lanes. */ pv_nexus_sentri_tolerance,
    /** Tolerance of ready lanes. */ pv_ready_tolerance,
} {
    /** Standard lanes. */ standard_lanes "standard_lanes": Lane,
    /** NEXUS and SENTRI lanes. */ nexus_sentri_lanes "NEXUS_SENTRI_lanes": Lane,
    /** Ready lanes. */ ready_lanes "ready_lanes": Lane,
} {});

block!(/** Lanes for people on foot. */ PedestrianLanes {
    /** How many there are. */ maximum_lanes,
    /** How waits are measured. */ ped_automation_type,
    /** Where the measured way begins. */ ped_segment_from,
    /** Where it ends. */ ped_segment_to,
    /** Tolerance of standard lanes. */ ped_standard_tolerance,
    /** Tolerance of ready lanes. */ ped_ready_tolerance,
} {
    /** Standard lanes. */ standard_lanes "standard_lanes": Lane,
    /** Ready lanes. */ ready_lanes "ready_lanes": Lane,
} {});

block!(/** One kind of lane. */ Lane {
    /** When it was told last, hour and zone without date: `At Noon EDT`. */ update_time,
    /** `no delay`, `delay`, `Lanes Closed`, `Update Pending` or `N/A`. */ operational_status,
    /** Minutes of waiting. */ delay_minutes,
    /** How many are open. */ lanes_open,
} {} {});
