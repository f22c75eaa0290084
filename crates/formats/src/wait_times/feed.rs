//! From what a node measured to the feed's form.

use super::document::*;
use super::times::update_text;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A crossing as the feed describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Six digits.
    pub port_number: String,
    /// `Mexican Border` or `Canadian Border`.
    pub border: String,
    /// The port's name.
    pub port_name: String,
    /// The crossing's name.
    pub crossing_name: String,
    /// Opening hours, as people write them.
    pub hours: String,
    /// IANA zone in which dates and times are told, as `America/Chicago`.
    pub zone: String,
    /// Whether the port is open.
    pub open: bool,
    /// What travellers should know; empty where there is nothing.
    pub notice: String,
    /// How many lanes there are for trucks, cars and people on foot; `None` for none.
    pub maximum_lanes: [Option<u32>; 3],
}

/// The kinds of lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LaneKind {
    /// Trucks, standard.
    CommercialStandard,
    /// Trucks, FAST.
    CommercialFast,
    /// Cars, standard.
    PassengerStandard,
    /// Cars, NEXUS or SENTRI.
    PassengerSentri,
    /// Cars, ready lane.
    PassengerReady,
    /// On foot, standard.
    PedestrianStandard,
    /// On foot, ready lane.
    PedestrianReady,
}

impl LaneKind {
    /// A lane for trucks by the feed's own word for it, `standard` or `fast`; none for others, which the feed does not tell.
    pub fn of_trucks(word: &str) -> Option<LaneKind> {
        match word {
            "standard" => Some(LaneKind::CommercialStandard),
            "fast" => Some(LaneKind::CommercialFast),
            _ => None,
        }
    }
}

/// What is told of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneStatus {
    /// Nobody waits longer than usual.
    NoDelay,
    /// There is a wait.
    Delay,
    /// The lanes are closed.
    Closed,
    /// The last word is too old.
    UpdatePending,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneWait {
    /// Port number of its crossing.
    pub port_number: String,
    /// The kind of lane.
    pub lane: LaneKind,
    /// Minutes of waiting, where known.
    pub minutes: Option<u32>,
    /// How many lanes are open, where known.
    pub lanes_open: Option<u32>,
    /// What is told.
    pub status: LaneStatus,
    /// When it was measured.
    pub updated: Option<Timestamp>,
}

/// Makes the feed as of an instant: a port for each crossing, lanes without a measurement as `N/A`.
///
/// Of two measurements of one lane the later one of the list counts. Those of a port that is no crossing of the list are
/// left out. A zone that is not known is told in UTC.
pub fn feed(crossings: &[Crossing], waits: &[LaneWait], now: Timestamp) -> WaitTimes {
    WaitTimes {
        ports: crossings
            .iter()
            .map(|crossing| port(crossing, waits, now))
            .collect(),
    }
}

fn port(crossing: &Crossing, waits: &[LaneWait], now: Timestamp) -> Port {
    let zone = TimeZone::get(&crossing.zone).unwrap_or(TimeZone::UTC);
    let told = now.to_zoned_datetime(zone.clone());
    let lane = |kind: LaneKind| {
        waits
            .iter()
            .rev()
            .find(|wait| wait.lane == kind && wait.port_number == crossing.port_number)
            .map_or_else(nothing, |wait| measured(wait, &zone))
    };
    let [trucks, cars, feet] = crossing
        .maximum_lanes
        .map(|count| count.map_or_else(|| "N/A".to_owned(), |count| count.to_string()));
    let manual = || "Manual".to_owned();
    Port {
        port_number: crossing.port_number.clone(),
        border: crossing.border.clone(),
        port_name: crossing.port_name.clone(),
        crossing_name: crossing.crossing_name.clone(),
        hours: crossing.hours.clone(),
        date: told.strftime("%-m/%-d/%Y").to_string(),
        time: told.strftime("%H:%M:%S").to_string(),
        port_status: if crossing.open { "Open" } else { "Closed" }.to_owned(),
        commercial_vehicle_lanes: CommercialLanes {
            maximum_lanes: trucks,
            cv_automation_type: manual(),
            standard_lanes: lane(LaneKind::CommercialStandard),
            fast_lanes: lane(LaneKind::CommercialFast),
            ..CommercialLanes::default()
        },
        passenger_vehicle_lanes: PassengerLanes {
            maximum_lanes: cars,
            pv_automation_type: manual(),
            standard_lanes: lane(LaneKind::PassengerStandard),
            nexus_sentri_lanes: lane(LaneKind::PassengerSentri),
            ready_lanes: lane(LaneKind::PassengerReady),
            ..PassengerLanes::default()
        },
        pedestrian_lanes: PedestrianLanes {
            maximum_lanes: feet,
            ped_automation_type: manual(),
            standard_lanes: lane(LaneKind::PedestrianStandard),
            ready_lanes: lane(LaneKind::PedestrianReady),
            ..PedestrianLanes::default()
        },
        construction_notice: crossing.notice.clone(),
        automation: "0".to_owned(),
        automation_enabled: "0".to_owned(),
    }
}

fn nothing() -> Lane {
    Lane {
        operational_status: "N/A".to_owned(),
        ..Lane::default()
    }
}

fn measured(wait: &LaneWait, zone: &TimeZone) -> Lane {
    let number = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
    let status = match wait.status {
        LaneStatus::NoDelay => "no delay",
        LaneStatus::Delay => "delay",
        LaneStatus::Closed => "Lanes Closed",
        LaneStatus::UpdatePending => "Update Pending",
    };
    Lane {
        update_time: wait
            .updated
            .map(|at| update_text(&at.to_zoned_datetime(zone.clone())))
            .unwrap_or_default(),
        operational_status: status.to_owned(),
        delay_minutes: number(wait.minutes),
        lanes_open: number(wait.lanes_open),
    }
}
