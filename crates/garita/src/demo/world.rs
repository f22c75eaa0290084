//! The seeded generator of the day: trucks by published volumes, the scenes among them, the misfortunes. Pure: same seed, same script.

use super::cast::{CARRIERS, Carrier};
use super::life::{Counters, Life};
use super::random::Random;
use super::scenes::{self, lone, lot_exit, south_papers, us_exit};
use super::script::{Errand, Expect, MINUTE_MS, Misfortune, Script, What};
use super::volumes::{EMPTY_SHARE, FAST_SHARE, RED_SHARE, REFERRED_SHARE, Volumes};

/// The day begins Tuesday 24 November 2026, 10:30 at Laredo: noon, when a version takes effect, lies in it.
pub(crate) const DAY_MS: i64 = 1_795_537_800_000;

/// A document as large as the demo throws at a node.
pub(crate) const HUGE_BYTES: usize = 40 * 1024 * 1024;

/// What the generator is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Seed.
    pub(crate) seed: u64,
    /// Volumes as sampled.
    pub(crate) volumes: Volumes,
    /// How much of the day is made, simulated minutes.
    pub(crate) minutes: i64,
    /// Trucks that are under way when the day begins.
    pub(crate) under_way: u32,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            seed: 417,
            volumes: Volumes::default(),
            minutes: 120,
            under_way: 130,
        }
    }
}

/// Makes the script.
pub(crate) fn script(plan: Plan) -> Script {
    let mut random = Random::new(plan.seed);
    let mut counters = Counters::default();
    let (mut errands, mut scenes) = scenes::all(&mut random, &mut counters, DAY_MS);
    let (more, of_programs) = super::programs::all(DAY_MS);
    errands.extend(more);
    scenes.extend(of_programs);
    // The bridge is full already: trucks whose papers began in the hours before.
    for _ in 0..plan.under_way {
        let north = random.chance(0.67);
        let began = random.within(4.0, if north { 165.0 } else { 120.0 });
        let start = DAY_MS - (began * MINUTE_MS as f64) as i64;
        errands.push(truck(&mut random, &mut counters, north, start));
    }
    for north in [true, false] {
        let mut at = DAY_MS as f64;
        let end = (DAY_MS + plan.minutes * MINUTE_MS) as f64;
        loop {
            let hour = super::documents::local(at as i64, "%H")
                .parse::<u8>()
                .unwrap_or(0);
            let rate = if north {
                plan.volumes.northbound_an_hour(hour)
            } else {
                plan.volumes.southbound_an_hour(hour)
            };
            if rate <= 0.0 {
                // Closed: on to the next half hour.
                at += 30.0 * MINUTE_MS as f64;
            } else {
                let pause = -(1.0 - random.share()).ln() / rate * 60.0;
                at += pause * MINUTE_MS as f64;
                if at < end {
                    errands.push(truck(&mut random, &mut counters, north, at as i64));
                }
            }
            if at >= end {
                break;
            }
        }
    }
    errands.extend(misfortunes(&errands));
    Script {
        day_ms: DAY_MS,
        errands,
        scenes,
    }
}

fn truck(random: &mut Random, counters: &mut Counters, north: bool, start_ms: i64) -> Errand {
    let carrier = any_carrier(random);
    if north {
        northbound(random, counters, carrier, start_ms)
    } else {
        southbound(random, counters, carrier, start_ms)
    }
}

/// The first carriers have most of the trucks.
fn any_carrier(random: &mut Random) -> Carrier {
    let at = random.between(0, 8).min(random.between(0, 8));
    usize::try_from(at)
        .ok()
        .and_then(|at| CARRIERS.get(at))
        .copied()
        .unwrap_or(CARRIERS[0])
}

fn northbound(
    random: &mut Random,
    counters: &mut Counters,
    carrier: Carrier,
    start_ms: i64,
) -> Errand {
    let empty = random.chance(EMPTY_SHARE.value);
    let fast = !empty && carrier.fast && random.chance(FAST_SHARE.value * 2.2);
    let shipments = match (empty, random.share()) {
        (true, _) => 0,
        (_, share) if share < 0.72 => 1,
        (_, share) if share < 0.92 => 2,
        _ => 3,
    };
    let (red, referred) = (
        random.chance(RED_SHARE.value),
        random.chance(REFERRED_SHARE.value),
    );
    let mut life = Life::new(random, counters, carrier, true, shipments, start_ms);
    if fast {
        life.lane = "fast";
    }
    life.arrival_ms = start_ms + if fast { 85 } else { 118 } * MINUTE_MS;
    if empty {
        life.appointment()
            .wait(1.0, 3.0)
            .manifest_309()
            .wait(0.5, 2.0)
            .manifest_accepted();
        life.wait(20.0, 40.0)
            .dispatched()
            .wait(15.0, 25.0)
            .left_mexico()
            .wait(3.0, 6.0)
            .tag_seen();
        life.wait(15.0, 35.0)
            .arrived()
            .wait(0.8, 2.0)
            .primary("release");
        life.wait(3.0, 8.0).compound_exit();
        return life.errand();
    }
    life.pedimento()
        .wait(1.0, 2.0)
        .appointment()
        .wait(1.0, 3.0)
        .manifest_309();
    life.wait(0.6, 2.0)
        .manifest_accepted()
        .wait(1.0, 4.0)
        .doda()
        .wait(0.6, 2.0)
        .carta_porte()
        .wait(0.6, 3.0)
        .entries();
    if life.chance(0.3) {
        life.wait(0.5, 2.0).invoice();
    }
    if life.chance(0.2) {
        life.wait(0.5, 2.0).usmca();
    }
    life.wait(12.0, 24.0)
        .dispatched()
        .wait(10.0, 18.0)
        .lot()
        .wait(2.0, 5.0);
    if red {
        life.light("red").recognition().wait(3.0, 6.0);
    } else {
        life.light("green").wait(0.6, 1.5);
    }
    life.export_cleared()
        .wait(3.0, 8.0)
        .left_mexico()
        .wait(3.0, 6.0)
        .tag_seen();
    let queue = if fast { (8.0, 18.0) } else { (20.0, 42.0) };
    life.wait(queue.0, queue.1).arrived().wait(0.7, 2.0);
    if referred {
        life.primary("refer")
            .wait(0.5, 1.0)
            .referral("selected")
            .wait(8.0, 14.0)
            .scan("clear");
        life.wait(10.0, 25.0)
            .exam_ordered("tailgate")
            .wait(10.0, 20.0)
            .exam_result("conform")
            .wait(2.0, 5.0);
    } else {
        life.primary("release").wait(0.5, 1.5);
    }
    let scns = life.scns();
    life.release("release", &scns);
    if life.chance(0.25) {
        life.wait(4.0, 8.0).state_inspection();
    }
    life.wait(4.0, 9.0)
        .compound_exit()
        .wait(15.0, 30.0)
        .delivered();
    life.errand()
}

fn southbound(
    random: &mut Random,
    counters: &mut Counters,
    carrier: Carrier,
    start_ms: i64,
) -> Errand {
    let shipments = if random.chance(0.85) { 1 } else { 2 };
    let red = random.chance(RED_SHARE.value);
    let mut life = Life::new(random, counters, carrier, false, shipments, start_ms);
    life.arrival_ms = start_ms + 80 * MINUTE_MS;
    south_papers(&mut life);
    life.wait(12.0, 25.0);
    us_exit(&mut life);
    life.wait(6.0, 14.0).import_lot().wait(1.0, 3.0);
    if red {
        life.light("red").recognition().wait(3.0, 6.0);
    } else {
        life.light("green").wait(1.0, 3.0);
    }
    life.cleared().wait(5.0, 12.0);
    lot_exit(&mut life);
    life.wait(15.0, 30.0).delivered();
    life.errand()
}

/// What must not go well, each at its time in the day.
fn misfortunes(errands: &[Errand]) -> Vec<Errand> {
    let at = |minutes: i64| DAY_MS + minutes * MINUTE_MS;
    // A record that is surely logged by then: the manifest of a truck under way, signed by its carrier.
    let known = errands
        .iter()
        .find(|errand| {
            errand.steps.iter().any(|step| {
                step.label == "manifest" && step.actor == "tocq" && step.at_ms <= DAY_MS
            })
        })
        .map(|errand| format!("{}/manifest", errand.name))
        .unwrap_or_default();
    let trouble = |misfortune: Misfortune, minutes: i64, actor: &'static str, expect: Expect| {
        lone(
            misfortune.name(),
            at(minutes),
            actor,
            What::Misfortune(misfortune),
            expect,
        )
    };
    vec![
        trouble(
            Misfortune::Duplicate(known.clone()),
            6,
            "tocq",
            Expect::Logged,
        ),
        trouble(
            Misfortune::Forged(known.clone()),
            8,
            "tocq",
            Expect::Refused,
        ),
        trouble(
            Misfortune::Expired(known.clone()),
            10,
            "tocq",
            Expect::Refused,
        ),
        trouble(Misfortune::Malformed, 12, "cgbn", Expect::Refused),
        trouble(Misfortune::Deep(20_000), 13, "cgbn", Expect::Refused),
        trouble(Misfortune::UnknownMember, 14, "cgbn", Expect::Refused),
        trouble(Misfortune::Huge(HUGE_BYTES), 20, "huiz", Expect::Refused),
        trouble(
            Misfortune::Revoked("biznaga".into()),
            26,
            "biznaga",
            Expect::Refused,
        ),
        trouble(
            Misfortune::Killed {
                node: "mx-customs",
                pause_ms: 3_000,
            },
            45,
            "anam",
            Expect::Either,
        ),
    ]
}
