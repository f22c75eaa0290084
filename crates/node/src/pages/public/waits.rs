//! Wait times as the offices of this node count them: by place, lane and hour of the place's clock, today over what is usual; and the
//! same as a feed in the form that CBP uses.
//!
//! Only hours that are over are told, each at once: an hour that still fills would tell of each truck as it comes.

pub(super) mod months;

use std::collections::{BTreeMap, BTreeSet};

use garita_exchange::problem::Refusal;
use garita_formats::wait_times::{
    Crossing, LaneKind, LaneStatus, LaneWait, WaitTimes, feed, write_json, write_xml,
};
use garita_profile::expr::Expr;
use garita_profile::indicator::Role;
use garita_profile::model::{Indicator, Public};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::visit::{Answer, framed, headed};
use crate::console::public::{
    FeedKind, HourChart, HourPoint, PublicFeed, PublicPlace, Search, WaitLane, WaitsPage,
    render_waits,
};
use crate::console::{Choice, Filter, Lang, Link, grouped, paths, time};
use crate::csv;
use crate::measures::{self, Asked, Declared, text};
use crate::pages::ask::Ask;
use crate::pages::words::Say;
use crate::site::figures;
use months::Monthly;

/// What is usual is of the days of so many weeks before today.
const WEEKS: i64 = 26;
/// The last word of a lane is old after so many hours.
const OLD_H: i64 = 3;
const CSV: &str = "text/csv; charset=utf-8";

/// One hour of a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hour {
    minutes: f64,
    quartiles: Option<(f64, f64)>,
    sure: Option<(f64, f64)>,
    rows: u64,
}

/// A lane of a place, with its hours by the place's clock.
struct Lane {
    place: String,
    lane: String,
    zone: String,
    today: Date,
    /// The hour that it is there now: not over, so not told.
    now: u8,
    usual: BTreeMap<u8, Hour>,
    so_far: BTreeMap<u8, Hour>,
    withheld: usize,
}

/// All lanes that one indicator tells of, as one office counts them.
struct Told {
    public: Public,
    declared: Declared,
    office: String,
    lanes: Vec<Lane>,
}

impl Lane {
    /// The last hour told of today.
    fn last(&self) -> Option<(u8, &Hour)> {
        self.so_far
            .last_key_value()
            .map(|(hour, told)| (*hour, told))
    }

    fn is_old(&self, hour: u8) -> bool {
        i64::from(self.now) - i64::from(hour) > OLD_H
    }

    /// The end of an hour of today, ms since 1970.
    fn end_ms(&self, hour: u8) -> Option<i64> {
        let start = self.today.at(i8::try_from(hour).ok()?, 0, 0, 0);
        let at = time::zone(&self.zone).to_timestamp(start).ok()?;
        Some(at.as_millisecond() + 3_600_000)
    }
}

/// `GET /wait-times`.
pub(super) fn page(ask: &Ask) -> Result<Answer, Refusal> {
    let all = told(ask)?;
    let mut page = WaitsPage {
        lede: ask
            .w(
                "How long trucks waited, from the instants that both sides recorded: each lane’s last full hour, and today hour by hour over what is usual.",
                "Cuánto esperaron los camiones, según los instantes que registraron ambos lados: la última hora completa de cada carril, y hoy hora por hora sobre lo usual.",
            )
            .to_owned(),
        ..WaitsPage::default()
    };
    if all.is_empty() {
        (page.none, page.elsewhere) = no_office(ask, paths::WAITS);
    } else {
        page.feeds = vec![
            Link::new("JSON (CBP)", "/wait-times/feed.json"),
            Link::new("XML (CBP)", "/wait-times/feed.xml"),
            Link::new("CSV", "/wait-times.csv"),
        ];
        ask.w(
            "No lane has an hour with enough trucks yet. An hour is shown once it is over.",
            "Ningún carril tiene todavía una hora con suficientes camiones. Una hora se muestra cuando ha terminado.",
        )
        .clone_into(&mut page.none);
        page.source = all
            .iter()
            .map(|told| source(ask, told))
            .collect::<Vec<_>>()
            .join(" ");
    }
    let mut places = BTreeMap::new();
    for told in &all {
        let say = ask.say(&told.declared.profile);
        for lane in &told.lanes {
            places.insert(lane.place.clone(), place(ask, &say, &lane.place));
            if told.public == Public::Waits {
                page.lanes
                    .push(row(ask, &say, lane, crossing_of(&all, lane)));
            }
        }
    }
    let monthly = Monthly::of(ask)?;
    if let Some(monthly) = &monthly {
        if all.is_empty() {
            ask.w(
                "How many crossed each month, as published; how long they waited is told by the nodes of the offices.",
                "Cuántos cruzaron cada mes, según lo publicado; cuánto esperaron lo dicen los nodos de las autoridades.",
            )
            .clone_into(&mut page.lede);
        }
        for (id, name) in monthly.places(ask) {
            places.entry(id).or_insert(name);
        }
        page.feeds.push(Link::new(
            ask.w("CSV by month", "CSV por mes"),
            "/wait-times/months.csv",
        ));
    }
    let asked = ask.here.value("port");
    let chosen = places.keys().find(|code| *code == asked).or_else(|| {
        // The busiest place first.
        let counted = |place: &&String| {
            let told = monthly.as_ref().map(|monthly| monthly.newest(place));
            let told = told.unwrap_or(0);
            let lanes = all
                .iter()
                .flat_map(|told| &told.lanes)
                .filter(|l| l.place == **place);
            lanes
                .flat_map(|l| l.usual.values().chain(l.so_far.values()))
                .map(|h| h.rows)
                .sum::<u64>()
                .max(told)
        };
        places.keys().max_by_key(counted)
    });
    if places.len() > 1 {
        let options = places
            .iter()
            .map(|(code, name)| Choice::new(code, name, chosen == Some(code)));
        page.search = Search {
            action: paths::WAITS.to_owned(),
            filters: vec![Filter {
                name: "port".to_owned(),
                label: ask.lang.t("public.waits.port").to_owned(),
                options: options.collect(),
            }],
            ..Search::default()
        };
    }
    for told in &all {
        let say = ask.say(&told.declared.profile);
        let lanes = told.lanes.iter().filter(|lane| Some(&lane.place) == chosen);
        let what = told.declared.title(ask.lang.code());
        page.hours
            .extend(lanes.filter_map(|lane| chart(ask, &say, what, lane)));
    }
    if let (Some(monthly), Some(chosen)) = (&monthly, chosen) {
        // A crossing has no months of its own: those of its port are shown.
        let own = |place: &str| Some(monthly.charts(ask, place)).filter(|c| !c.is_empty());
        let port = || port_of(ask, chosen).and_then(|port| own(&port));
        page.months = own(chosen).or_else(port).unwrap_or_default();
    }
    let feeds = page.feeds.iter().filter(|link| !link.href.ends_with("xml"));
    let feeds = feeds.map(|link| PublicFeed {
        kind: if link.href.ends_with("csv") {
            FeedKind::Csv
        } else {
            FeedKind::Json
        },
        link: link.clone(),
    });
    let head = headed(ask, feeds.collect());
    let frame = framed(ask, PublicPlace::Waits, None);
    Ok(Answer::Page(render_waits(&frame, &head, &page)))
}

/// What a page says that has no office to count: who may have it.
pub(super) fn no_office(ask: &Ask, path: &str) -> (String, Vec<Link>) {
    let near = figures::elsewhere(ask.app.core());
    let why = match near.is_empty() {
        true => ask.w(
            "No office of this node records crossings, and the network names no other that does.",
            "Ninguna autoridad de este nodo registra cruces, y la red no nombra otra que lo haga.",
        ),
        false => ask.w(
            "No office of this node records crossings, so nothing is counted here. These nodes may have it:",
            "Ninguna autoridad de este nodo registra cruces, así que aquí no se cuenta nada. Estos nodos pueden tenerlo:",
        ),
    };
    let link = |(name, url): (String, String)| {
        Link::new(name, format!("{}{path}", url.trim_end_matches('/')))
    };
    (why.to_owned(), near.into_iter().map(link).collect())
}

/// `GET /wait-times.csv`: every group of which the page is made, those withheld too.
pub(super) fn csv(ask: &Ask) -> Result<Answer, Refusal> {
    let mut out = csv::row([
        "indicator",
        "office",
        "days",
        "place",
        "lane",
        "hour",
        "median_minutes",
        "quartile_low",
        "quartile_high",
        "from_95",
        "to_95",
        "trucks",
    ]);
    for told in told(ask)? {
        let office = ask.network.name_of(&told.office).to_owned();
        for lane in &told.lanes {
            let days = [
                (
                    format!("{} weeks before {}", WEEKS, lane.today),
                    &lane.usual,
                ),
                (lane.today.to_string(), &lane.so_far),
            ];
            for (days, hours) in days {
                for (hour, told_hour) in hours {
                    let (low, high) = ends(told_hour.quartiles);
                    let (from, to) = ends(told_hour.sure);
                    out.push_str(&csv::row([
                        told.declared.id.clone(),
                        office.clone(),
                        days.clone(),
                        lane.place.clone(),
                        lane.lane.clone(),
                        hour.to_string(),
                        tenth(told_hour.minutes),
                        low,
                        high,
                        from,
                        to,
                        told_hour.rows.to_string(),
                    ]));
                }
            }
        }
    }
    Ok(Answer::File(CSV, out))
}

/// `GET /wait-times/feed.json`.
pub(super) fn feed_json(ask: &Ask) -> Result<Answer, Refusal> {
    Ok(Answer::File("application/json", write_json(&as_feed(ask)?)))
}

/// `GET /wait-times/feed.xml`.
pub(super) fn feed_xml(ask: &Ask) -> Result<Answer, Refusal> {
    Ok(Answer::File(
        "application/xml; charset=utf-8",
        write_xml(&as_feed(ask)?),
    ))
}

fn as_feed(ask: &Ask) -> Result<WaitTimes, Refusal> {
    let mut crossings: Vec<Crossing> = Vec::new();
    let mut waits = Vec::new();
    for told in told(ask)?.iter().filter(|t| t.public == Public::Waits) {
        let say = Say::new(
            std::sync::Arc::clone(&told.declared.profile),
            Lang::En,
            ask.now_ms,
            TimeZone::UTC,
        );
        for lane in &told.lanes {
            if !crossings.iter().any(|c| c.port_number == lane.place) {
                crossings.push(crossing(ask, &say, lane));
            }
            let Some(kind) = LaneKind::of_trucks(&lane.lane) else {
                continue;
            };
            let last = lane.last();
            let fresh = last.filter(|(hour, _)| !lane.is_old(*hour));
            let minutes = fresh.map(|(_, told)| told.minutes.round().max(0.0) as u32);
            waits.push(LaneWait {
                port_number: lane.place.clone(),
                lane: kind,
                minutes,
                lanes_open: None,
                status: match minutes {
                    None => LaneStatus::UpdatePending,
                    Some(0) => LaneStatus::NoDelay,
                    Some(_) => LaneStatus::Delay,
                },
                updated: last
                    .and_then(|(hour, _)| lane.end_ms(hour))
                    .and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            });
        }
    }
    let now = Timestamp::from_millisecond(ask.now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(feed(&crossings, &waits, now))
}

fn crossing(ask: &Ask, say: &Say, lane: &Lane) -> Crossing {
    let own = say.place(&lane.place).unwrap_or_else(|| lane.place.clone());
    let port = port_of(ask, &lane.place).and_then(|port| say.place(&port));
    Crossing {
        port_number: lane.place.clone(),
        border: "Mexican Border".to_owned(),
        port_name: port.unwrap_or_else(|| own.clone()),
        crossing_name: own,
        hours: String::new(),
        zone: lane.zone.clone(),
        open: true,
        notice: String::new(),
        maximum_lanes: [None; 3],
    }
}

/// The port that a crossing's number begins with; the longest whose zone is known.
fn port_of(ask: &Ask, place: &str) -> Option<String> {
    let zones = &ask.network.directory.zones;
    let known = zones.keys().filter(|port| place.starts_with(port.as_str()));
    known.max_by_key(|port| port.len()).cloned()
}

fn zone_of(ask: &Ask, place: &str) -> String {
    let port = port_of(ask, place);
    let zone = port.and_then(|port| ask.network.directory.zones.get(&port).cloned());
    zone.unwrap_or_else(|| "UTC".to_owned())
}

/// What the offices of this node tell; of two offices the one that counted more.
fn told(ask: &Ask) -> Result<Vec<Told>, Refusal> {
    let core = ask.app.core();
    let mut out = Vec::new();
    for (public, declared) in figures::public(core) {
        if !matches!(public, Public::Waits | Public::Passage) {
            continue;
        }
        let mut best: Option<(u64, Told)> = None;
        for office in figures::offices(core, &declared) {
            let lanes = lanes(ask, &declared, &office)?;
            let hours = lanes
                .iter()
                .flat_map(|l| l.usual.values().chain(l.so_far.values()));
            let counted = hours.map(|h| h.rows).sum();
            if best.as_ref().is_none_or(|(most, _)| counted > *most) {
                best = Some((
                    counted,
                    Told {
                        public,
                        declared: declared.clone(),
                        office,
                        lanes,
                    },
                ));
            }
        }
        out.extend(best.map(|(_, told)| told));
    }
    Ok(out)
}

fn lanes(ask: &Ask, declared: &Declared, office: &str) -> Result<Vec<Lane>, Refusal> {
    let now = Timestamp::from_millisecond(ask.now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let zones = &ask.network.directory.zones;
    let mut days: BTreeSet<Date> = zones
        .values()
        .map(|z| time::zone(z).to_datetime(now).date())
        .collect();
    days.insert(TimeZone::UTC.to_datetime(now).date());
    let mut lanes: BTreeMap<(String, String), Lane> = BTreeMap::new();
    // Where the border's ends are in two days at once, each place is asked by its own.
    for today in days {
        for usual in [true, false] {
            let answer = days_of(ask, declared, office, today, usual)?;
            for row in &answer.rows {
                let key = answer.key(row);
                let [place, lane, hour] = key.as_slice() else {
                    continue;
                };
                // An engine may give a part of an instant as a whole number or as any number.
                let Some(hour) = measures::number(hour) else {
                    continue;
                };
                let (place, lane) = (text(place), text(lane));
                let zone = zone_of(ask, &place);
                let there = time::zone(&zone).to_datetime(now);
                let hour = hour as u8;
                if there.date() != today || place.is_empty() {
                    continue;
                }
                let one = lanes
                    .entry((place.clone(), lane.clone()))
                    .or_insert_with(|| Lane {
                        place,
                        lane,
                        zone,
                        today,
                        now: u8::try_from(there.hour()).unwrap_or(0),
                        usual: BTreeMap::new(),
                        so_far: BTreeMap::new(),
                        withheld: 0,
                    });
                let number = |role| answer.number(row, role);
                let (Some(minutes), Some(rows)) = (number(Role::Value), number(Role::Rows)) else {
                    one.withheld += 1;
                    continue;
                };
                let told = Hour {
                    minutes,
                    quartiles: number(Role::Low).zip(number(Role::High)),
                    sure: number(Role::From).zip(number(Role::To)),
                    rows: rows as u64,
                };
                match usual {
                    true => one.usual.insert(hour, told),
                    false if hour < one.now => one.so_far.insert(hour, told),
                    false => None,
                };
            }
        }
    }
    // A lane of which no hour is told is not named: that it is there would tell of the few who used it.
    lanes.retain(|_, lane| !lane.usual.is_empty() || !lane.so_far.is_empty());
    Ok(lanes.into_values().collect())
}

/// The indicator over today, or over the days before; the two have no row in common, so that neither tells of the other.
fn days_of(
    ask: &Ask,
    declared: &Declared,
    office: &str,
    today: Date,
    usual: bool,
) -> Result<std::sync::Arc<measures::Answer>, Refusal> {
    let core = ask.app.core();
    let narrowed = declared
        .indicator()
        .and_then(|i| narrowed(declared, i, today, usual));
    let Some(indicator) = narrowed else {
        return Err(measures::not_declared(&declared.id));
    };
    let asked = Asked {
        as_known_ms: ask.now_ms,
        only: Vec::new(),
    };
    // What is usual goes on from what was told yesterday. Each hour of today is told when it is over: what is held of today is held by
    // the hour, else the hour that fills would stay at its first trucks.
    let of_day = |day: Date| format!("{office} {} until {day}", declared.id);
    let hour = ask.now_ms.div_euclid(3_600_000);
    let (name, like) = match usual {
        true => (of_day(today), today.yesterday().ok().map(of_day)),
        false => (format!("{office} {} {today} {hour}", declared.id), None),
    };
    let figures = ask.app.site().figures();
    figures.told(name, like.as_deref(), &indicator, || {
        measures::answer_as(core, office, declared, &indicator, &asked)
    })
}

fn narrowed(
    declared: &Declared,
    indicator: &Indicator,
    today: Date,
    usual: bool,
) -> Option<Indicator> {
    let last = indicator.by.last()?;
    let dated = match last.rsplit_once('.') {
        Some((column, _)) => column,
        None => declared.table()?.dated.as_deref()?,
    };
    let first = today.checked_sub(jiff::Span::new().weeks(WEEKS)).ok()?;
    let days = match usual {
        true => format!("{dated}.day < '{today}' && {dated}.day >= '{first}'"),
        false => format!("{dated}.day == '{today}'"),
    };
    let own = indicator.filter.as_ref().map_or("true", Expr::text);
    Some(Indicator {
        filter: Some(Expr::parse(&format!("({own}) && {days}")).ok()?),
        ..indicator.clone()
    })
}

fn place(ask: &Ask, say: &Say, code: &str) -> String {
    let own = say.place(code).unwrap_or_else(|| code.to_owned());
    let port = port_of(ask, code).filter(|port| port != code);
    match port.and_then(|port| say.place(&port)) {
        Some(port) => format!("{port}, {own}"),
        None => own,
    }
}

fn lane_name(ask: &Ask, say: &Say, lane: &str) -> String {
    match lane {
        "" => ask.w("lane not told", "carril sin dato").to_owned(),
        lane => say.any_code("lane", lane),
    }
}

/// How long the whole crossing took in that lane, in the last hour told of it.
fn crossing_of<'t>(all: &'t [Told], lane: &Lane) -> Option<&'t Hour> {
    let of = all.iter().filter(|told| told.public == Public::Passage);
    let mut lanes = of.flat_map(|told| &told.lanes);
    let same = lanes.find(|l| l.place == lane.place && l.lane == lane.lane)?;
    same.last().map(|(_, hour)| hour)
}

fn row(ask: &Ask, say: &Say, lane: &Lane, whole: Option<&Hour>) -> WaitLane {
    let last = lane.last();
    let usual_now = lane.usual.get(&lane.now);
    let usual = usual_now.and_then(|h| h.quartiles);
    WaitLane {
        port: Link::new(
            place(ask, say, &lane.place),
            ask.here.with("port", &lane.place).to_string(),
        ),
        lane: lane_name(ask, say, &lane.lane),
        wait: last.map_or_else(String::new, |(_, h)| format!("{:.0} min", h.minutes)),
        sure: last.map_or_else(String::new, |(_, h)| sure(h)),
        usual: match (usual, usual_now) {
            (Some((low, high)), Some(h)) => {
                format!("{low:.0}–{high:.0} min (n = {})", grouped(h.rows))
            }
            _ => "–".to_owned(),
        },
        crossing: whole.map_or_else(String::new, |h| format!("{:.0} min", h.minutes)),
        crossing_sure: whole.map_or_else(String::new, sure),
        open: String::new(),
        told_ms: last.and_then(|(hour, _)| lane.end_ms(hour)),
        old: last.is_some_and(|(hour, _)| lane.is_old(hour)),
        above: last.is_some_and(|(hour, told)| {
            let usual = lane.usual.get(&hour).and_then(|h| h.quartiles);
            usual.is_some_and(|(_, high)| told.minutes > high)
        }),
    }
}

fn sure(hour: &Hour) -> String {
    let n = grouped(hour.rows);
    match hour.sure {
        Some((low, high)) => format!("95 %: {low:.0}–{high:.0}, n = {n}"),
        None => format!("n = {n}"),
    }
}

fn chart(ask: &Ask, say: &Say, what: &str, lane: &Lane) -> Option<HourChart> {
    if lane.usual.is_empty() && lane.so_far.is_empty() {
        return None;
    }
    let point = |hour: u8| {
        let (usual, today) = (lane.usual.get(&hour), lane.so_far.get(&hour));
        HourPoint {
            hour,
            usual: usual.and_then(|h| h.quartiles),
            today: today.map(|h| h.minutes),
            sure: today.and_then(|h| h.sure),
            counts: (usual.map(|h| h.rows), today.map(|h| h.rows)),
        }
    };
    let finding = match lane.last() {
        None => ask
            .w(
                "No hour of today has enough trucks yet.",
                "Ninguna hora de hoy tiene todavía suficientes camiones.",
            )
            .to_owned(),
        Some((hour, told)) => {
            let usual = lane.usual.get(&hour).and_then(|h| h.quartiles).map_or_else(
                || {
                    ask.w(
                        "what is usual at that hour is not known yet",
                        "lo usual a esa hora aún no se conoce",
                    )
                    .to_owned()
                },
                |(low, high)| {
                    format!(
                        "{} {low:.0}–{high:.0} min",
                        ask.w("usual at that hour:", "usual a esa hora:")
                    )
                },
            );
            format!(
                "{hour:02}:00–{:02}:00: {:.0} min ({}); {usual}.",
                hour + 1,
                told.minutes,
                sure(told)
            )
        }
    };
    let withheld = match lane.withheld {
        0 => String::new(),
        n => format!(
            " {} {n}.",
            ask.w(
                "Hours withheld, too few trucks:",
                "Horas reservadas, muy pocos camiones:"
            )
        ),
    };
    Some(HourChart {
        title: format!(
            "{what}: {}, {}",
            place(ask, say, &lane.place),
            lane_name(ask, say, &lane.lane)
        ),
        finding: finding + &withheld,
        hours: (0..24).map(point).collect(),
        now: Some(lane.now),
        range_label: match ask.lang {
            Lang::Es => {
                format!("Usual: la mitad central de los camiones, {WEEKS} semanas hasta ayer")
            }
            Lang::En => {
                format!("Usual: the middle half of the trucks, {WEEKS} weeks until yesterday")
            }
        },
    })
}

fn source(ask: &Ask, told: &Told) -> String {
    let Some(indicator) = told.declared.indicator() else {
        return String::new();
    };
    let office = ask.network.name_of(&told.office);
    let definition = told.declared.definition(ask.lang.code());
    let of = indicator.of.as_ref().map_or("", Expr::text);
    let least = indicator.least;
    match ask.lang {
        Lang::Es => format!(
            "{definition} Contado de los registros que tiene {office} ({of}, tabla {}). Intervalo de 95 %: de la mediana, por estadísticos de orden. Las horas con menos de {least} camiones se reservan, y con ellas la menor que un total delataría; una cifra se renueva solo cuando cambia en {least} camiones o más. El CSV tiene cada grupo que se muestra. Carriles abiertos: no se registran.",
            indicator.over
        ),
        Lang::En => format!(
            "{definition} Counted from the records that {office} holds ({of}, table {}). 95 % interval: of the median, by order statistics. Hours of fewer than {least} trucks are withheld, and with them the smallest that a total would give away; a figure is told anew only when it changes by {least} trucks or more. The CSV has each group that is shown. Lanes open are not recorded.",
            indicator.over
        ),
    }
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}

fn ends(pair: Option<(f64, f64)>) -> (String, String) {
    pair.map_or_else(Default::default, |(low, high)| (tenth(low), tenth(high)))
}
