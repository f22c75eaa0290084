//! Public pages with something in them, with nothing, and with what an enemy would put there. Test data only.

use jiff::civil::{Date, date};

use super::demo::NOW_MS;
use crate::console::public::*;
use crate::console::*;

/// 24 Nov 2026.
const TODAY: Date = date(2026, 11, 24);

fn w<'a>(lang: Lang, en: &'a str, es: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Es => es,
    }
}

fn frame(lang: Lang, place: PublicPlace, path: &str) -> Frame {
    let mut frame = Frame::new(
        lang,
        NOW_MS,
        time::zone("America/Chicago"),
        Address::new(path),
    );
    frame.demo = true;
    frame.nav = public_nav(
        lang,
        place,
        &[
            PublicPlace::Projects,
            PublicPlace::Plans,
            PublicPlace::Priorities,
            PublicPlace::Waits,
            PublicPlace::Benefits,
            PublicPlace::Method,
            PublicPlace::OpenData,
        ],
    );
    frame.node = NodeLine {
        host: "scorecard.example".into(),
        log_size: 48_210,
        checkpoint_ms: Some(NOW_MS - 67_000),
        witnessed: Some((3, 3)),
    };
    frame
}

fn head(path: &str) -> PublicHead {
    PublicHead {
        origin: "https://scorecard.example".into(),
        address: Address::new(path),
        picture: "/projects/otay/card.png".into(),
        feeds: vec![PublicFeed {
            kind: FeedKind::Atom,
            link: Link::new("Changes", "/projects.atom"),
        }],
        unlisted: false,
    }
}

fn links(labels: &[&str]) -> Vec<Link> {
    labels
        .iter()
        .map(|label| Link::new(*label, format!("/x/{}", slug(label))))
        .collect()
}

fn last(year: i16) -> Date {
    date(year, 12, 31)
}

/// Stated on, stated as, range: Otay Mesa East.
fn otay() -> Vec<(Date, &'static str, Date, Date)> {
    vec![
        (date(2019, 7, 30), "2023", date(2023, 1, 1), last(2023)),
        (date(2022, 2, 15), "2024", date(2024, 1, 1), last(2024)),
        (date(2023, 7, 7), "2026", date(2026, 1, 1), last(2026)),
        (date(2024, 7, 13), "2027-Q4", date(2027, 10, 1), last(2027)),
        (date(2025, 5, 31), "2028", date(2028, 1, 1), last(2028)),
        (date(2026, 3, 10), "2028", date(2028, 1, 1), last(2028)),
    ]
}

/// Stated in a month, promised for a month.
type SparkSteps = &'static [(i16, i8, i16, i8)];
/// Name, place, phase, first, now, slip, growing, last word, standing, steps.
type Sample = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    bool,
    &'static str,
    Standing,
    SparkSteps,
);

#[rustfmt::skip]
fn rows(lang: Lang) -> Vec<ProjectRow> {
    let all: [Sample; 9] = [
        ("365 Tollway", "Pharr and Anzalduas, TX", "implementation", "2018-12", "2026", 2922, false, "4 y", Standing::Late { days: 2922 }, &[(2015, 7, 2018, 12), (2022, 6, 2026, 12)]),
        ("Otay Mesa East port of entry", "Otay Mesa East, CA and BC", "implementation", "2023", "2028", 1827, false, "259 d", Standing::Late { days: 1827 }, &[(2019, 7, 2023, 12), (2022, 2, 2024, 12), (2023, 7, 2026, 12), (2024, 7, 2027, 12), (2025, 5, 2028, 12), (2026, 3, 2028, 12)]),
        ("Anzalduas cargo facilities", "Anzalduas, TX", "implementation", "2023", "2026-spring", 1059, true, "425 d", Standing::Passed { days: 157 }, &[(2021, 12, 2023, 12), (2022, 6, 2024, 3), (2025, 9, 2026, 6)]),
        ("Pharr bridge, second span", "Pharr, TX and TAM", "implementation", "2023", "2026-03", 1059, true, "343 d", Standing::Passed { days: 238 }, &[(2019, 1, 2023, 12), (2023, 5, 2026, 1), (2025, 12, 2026, 3)]),
        ("World Trade Bridge, 8 to 18 lanes", "Laredo, TX and TAM", "preparation", "2026-05", "2028", 945, false, "458 d", Standing::Late { days: 945 }, &[(2022, 5, 2026, 5), (2025, 8, 2028, 12)]),
        ("Presidio-Ojinaga rail bridge", "Presidio, TX and CHH", "implementation", "2024-12", "2026-06", 693, true, "304 d", Standing::Passed { days: 147 }, &[(2023, 1, 2024, 12), (2024, 1, 2025, 12), (2026, 1, 2026, 6)]),
        ("Otay Mesa modernization", "Otay Mesa, CA", "maintenance", "2023-spring", "2023-10", 133, false, "2 y", Standing::Opened { days: 133 }, &[(2019, 1, 2023, 6), (2023, 6, 2023, 10)]),
        ("Bridge of the Americas", "El Paso, TX", "preparation", "2031-summer", "2031-summer", 0, false, "257 d", Standing::BackAtFirst { stale: true }, &[(2024, 2, 2031, 9), (2024, 9, 2029, 12), (2025, 6, 2030, 9), (2026, 3, 2031, 9)]),
        ("Imuris-Nogales railway", "Nogales, SON", "paused", "2024-10", "", 0, false, "428 d", Standing::NoDate { since: Some(date(2025, 9, 1)) }, &[(2023, 7, 2024, 10)]),
    ];
    all.into_iter()
        .map(|(name, place, phase, first, now, slip, growing, word, standing, steps)| {
            let steps: Vec<(Date, Date)> = steps.iter().map(|(y, m, py, pm)| (date(*y, *m, 1), date(*py, *pm, 28))).collect();
            ProjectRow {
                name: Link::new(name, paths::project(&slug(name))),
                place: place.into(),
                phase: CodeList::Phase.word(lang, phase),
                first: coarse(first, lang),
                now: if now.is_empty() { w(lang, "no date", "sin fecha").into() } else { coarse(now, lang) },
                slip: if now.is_empty() { "–".into() } else { days_short(slip) },
                growing,
                spark: Spark { baseline: steps.first().map(|(_, to)| *to), steps, today: TODAY },
                last_word: word.into(),
                standing: standing.verdict(lang),
                chosen: false,
            }
        })
        .collect()
}

fn filter(name: &str, label: &str, options: &[&str]) -> Filter {
    let options = options.iter().enumerate();
    Filter {
        name: name.into(),
        label: label.into(),
        options: options
            .map(|(at, words)| Choice::new(slug(words), *words, at == 0))
            .collect(),
    }
}

#[rustfmt::skip]
fn projects(lang: Lang) -> ProjectsPage {
    ProjectsPage {
        see_also: Vec::new(),
        lede: w(lang, "61 projects on both sides of the border. Every date is kept with the day it was stated, so a promise can be held against the one before.", "61 proyectos a ambos lados de la frontera. Cada fecha se guarda con el día en que se dijo, para que una promesa pueda compararse con la anterior.").into(),
        figures: vec![
            Figure::new(w(lang, "7 of 9", "7 de 9"), w(lang, "projects with two or more dated promises moved later", "proyectos con dos o más promesas fechadas se aplazaron")),
            Figure::new("1.65×", w(lang, "median time taken against first promise (14 projects from the news, no general truth)", "tiempo mediano frente a la primera promesa (14 proyectos de las noticias, no es verdad general)")),
            Figure::new(w(lang, "24 of 24", "24 de 24"), w(lang, "projects being built, no word for more than 92 days", "proyectos en construcción, sin noticia en más de 92 días")),
            Figure::new("67 %", w(lang, "questions answered within 10 working days (4 of 6 due, invented)", "preguntas respondidas en 10 días hábiles (4 de 6 vencidas, inventadas)")),
        ],
        search: Search {
            action: paths::PROJECTS.into(),
            filters: vec![
                filter("state", w(lang, "State", "Estado"), &[w(lang, "Both countries", "Ambos países"), "Texas", "Tamaulipas"]),
                filter("phase", w(lang, "Phase", "Fase"), &[w(lang, "All phases", "Todas las fases")]),
                filter("baseline", w(lang, "Held against", "Comparado con"), &[w(lang, "Held against the first promise", "Frente a la primera promesa"), w(lang, "Held against the contract promise", "Frente a la promesa del contrato")]),
                filter("sort", w(lang, "Order", "Orden"), &[w(lang, "Largest slip first", "Primero el mayor corrimiento")]),
            ],
            clear: paths::PROJECTS.into(),
            ..Search::default()
        },
        heading: w(lang, "Largest slip first", "Primero el mayor corrimiento").into(),
        baseline: w(lang, "the first promise", "la primera promesa").into(),
        rows: rows(lang),
        paging: Paging { first: 1, total: 61, previous: None, next: Some("?page=2".into()) },
        imported: 61,
        import_command: String::new(),
        how_to_import: None,
        downloads: links(&["CSV", "JSON (OC4IDS)", "Atom", "iCalendar"]),
    }
}

#[rustfmt::skip]
fn promises(lang: Lang) -> Vec<Statement> {
    let sources = [w(lang, "regional press", "prensa regional"), w(lang, "public radio", "radio pública"), "press", "press", w(lang, "local television", "televisión local"), w(lang, "trade press", "prensa especializada")];
    let moved = ["", "+366 d", "+730 d", "+365 d", "+366 d", w(lang, "same", "igual")];
    otay().into_iter().enumerate().map(|(at, (stated, says, _, _))| Statement {
        stated,
        recorded: (at == 2).then(|| date(2024, 1, 9)),
        about: String::new(),
        says: coarse(says, lang),
        precision: CodeList::Precision.word(lang, if says.contains('Q') { "quarter" } else { "year" }),
        moved: moved[at].into(),
        reason: if at == 3 { CodeList::Reason.word(lang, "interagency_agreement") } else { String::new() },
        said_by: if at == 4 { SaidBy::Sponsor } else { SaidBy::Compiled },
        who: if at == 4 { "SANDAG".into() } else { w(lang, "compiled by scorecard.example", "recopilado por scorecard.example").into() },
        source: Link::new(sources[at], format!("https://press.example/{at}")),
        rank: CodeList::Source.word(lang, "press"),
        proof: Link::new(w(lang, "statement", "declaración"), format!("/records/{at}")),
        replaced: at == 1,
        conflict: at == 2,
    }).collect()
}

#[rustfmt::skip]
pub(super) fn slip(lang: Lang, forecast: bool) -> SlipChart {
    SlipChart {
        finding: w(lang, "Promised opening of Otay Mesa East by the day it was promised. First 2023, stated July 2019. Moved to 2024, 2026, late 2027 and 2028. Last stated March 2026. 1,827 days of slip.", "Apertura prometida de Otay Mesa Este según el día en que se prometió. Primero 2023, dicho en julio de 2019. Se movió a 2024, 2026, fines de 2027 y 2028. Dicho por última vez en marzo de 2026. 1,827 días de corrimiento.").into(),
        steps: otay().into_iter().map(|(stated, says, from, to)| SlipStep { stated, from, to, text: coarse(says, lang) }).collect(),
        baseline: Some(SlipBaseline { to: last(2023), label: w(lang, "2023, the first promise", "2023, la primera promesa").into() }),
        today: TODAY,
        slip_days: Some(1827),
        growing: false,
        met: None,
        forecast: forecast.then(|| SlipForecast { p50: date(2029, 9, 1), p80: date(2031, 4, 1), p50_label: format!("P50 {}", month_year(date(2029, 9, 1), lang)), p80_label: format!("P80 {}", month_year(date(2031, 4, 1), lang)) }),
    }
}

pub(super) fn slip_file(lang: Lang) -> SlipFile {
    SlipFile {
        title: project(lang, false).name,
        finding: project(lang, false).finding,
        source: w(
            lang,
            "Statements of SANDAG and the press, compiled by scorecard.example",
            "Declaraciones de SANDAG y la prensa, recopiladas por scorecard.example",
        )
        .into(),
        as_of: w(
            lang,
            "As of 24 Nov 2026. scorecard.example/projects/otay",
            "Al 24 nov 2026. scorecard.example/projects/otay",
        )
        .into(),
    }
}

#[rustfmt::skip]
fn gantt(lang: Lang) -> Gantt {
    let row = |name: &str, who: &str, first: (Date, Date), now: (Date, Date), met: bool, note: &str, broken: bool| GanttRow {
        name: name.into(), who: who.into(), first: Some(first), now: Some(now), met, note: note.into(), broken,
    };
    Gantt {
        finding: w(lang, "Milestones of Otay Mesa East, first plan against current plan. Two are met, both after their first date.", "Hitos de Otay Mesa Este, primer plan frente al actual. Dos se cumplieron, ambos después de su primera fecha.").into(),
        today: TODAY,
        rows: vec![
            row(w(lang, "Federal agreements", "Acuerdos federales"), "SANDAG, CBP, GSA", (date(2022, 1, 1), date(2023, 6, 30)), (date(2022, 1, 1), date(2025, 9, 30)), true, "", false),
            row(w(lang, "Mexican works", "Obras mexicanas"), "SICT, SEDENA", (date(2022, 2, 1), date(2024, 9, 30)), (date(2022, 2, 1), date(2027, 3, 31)), false, w(lang, "95 % built, waits", "95 % construido, espera"), false),
            row(w(lang, "Road approach, State Route 11", "Acceso, ruta estatal 11"), "Caltrans", (date(2019, 8, 1), date(2021, 12, 31)), (date(2019, 8, 1), date(2022, 6, 30)), true, "", false),
            row(w(lang, "US works", "Obras de EUA"), "GSA, SANDAG", (date(2020, 6, 1), date(2023, 6, 30)), (date(2025, 10, 1), date(2028, 6, 30)), false, w(lang, "under way", "en curso"), false),
            row(w(lang, "Inspection equipment", "Equipo de inspección"), "CBP", (date(2022, 10, 1), date(2023, 9, 30)), (date(2027, 10, 1), date(2028, 8, 31)), false, w(lang, "planned", "planeado"), false),
            row(w(lang, "Staff assigned", "Personal asignado"), "CBP, ANAM", (date(2023, 3, 1), date(2023, 10, 31)), (date(2028, 1, 1), date(2028, 10, 31)), false, w(lang, "no party named for ANAM", "nadie designado por ANAM"), true),
            row(w(lang, "Opening to cargo", "Apertura a carga"), "CBP, ANAM", (date(2023, 12, 1), last(2023)), (date(2028, 12, 1), last(2028)), false, w(lang, "latest of all above", "lo último de lo anterior"), false),
        ],
    }
}

#[rustfmt::skip]
pub(super) fn project(lang: Lang, forecast: bool) -> ProjectPage {
    let plan = gantt(lang);
    let milestones = plan.rows.iter().enumerate().map(|(at, row)| MilestoneRow {
        name: row.name.clone(),
        who: if at == 5 { String::new() } else { row.who.clone() },
        side: [None, Some(Country::Mx), Some(Country::Us)][at % 3],
        first: row.first.map(|(_, to)| month_year(to, lang)).unwrap_or_default(),
        now: row.now.map(|(_, to)| month_year(to, lang)).unwrap_or_default(),
        actual: if row.met { row.now.map(|(_, to)| month_year(to, lang)).unwrap_or_default() } else { String::new() },
        changes: if at == 3 { vec![w(lang, "Moved from Jun 2023 to Jun 2028, reason: agreement between agencies", "Se movió de jun 2023 a jun 2028, razón: acuerdo entre dependencias").into()] } else { vec![] },
        standing: if row.met { Standing::Opened { days: 823 }.verdict(lang) } else { Standing::Late { days: 400 }.verdict(lang) },
        broken: (at == 5).then(|| w(lang, "Inspection equipment", "Equipo de inspección").into()),
    }).collect();
    let cost = |stated: Date, amount: &str, note: &str| CostRow { stated, amount: amount.into(), said_by: SaidBy::Compiled, source: Link::new(w(lang, "regional press", "prensa regional"), "https://press.example/1"), note: note.into() };
    let question = |text: &str, left: &str, of: &str, gone: Option<f64>| Question {
        text: text.into(), href: "/questions/1".into(), who: w(lang, "Project sponsor", "Promotor del proyecto").into(),
        asked: w(lang, "Asked by a freight forwarder, 2 Nov 2026", "Preguntó una agencia de carga, 2 nov 2026").into(),
        left: left.into(), of: of.into(), gone, answers: vec![], closed_by: String::new(), rung: vec![w(lang, "Reminded 9 Nov 2026", "Recordada el 9 nov 2026").into()],
    };
    let mut answered = question(w(lang, "Is the toll road part of the cost?", "¿El camino de cuota es parte del costo?"), w(lang, "answered in 4 days", "respondida en 4 días"), "", None);
    answered.answers = vec![Answer { text: w(lang, "Yes. Opening is now expected in 2028.", "Sí. La apertura se espera ahora en 2028.").into(), who: "SANDAG".into(), at: date(2026, 11, 6), only_moves: true, proof: Link::new(w(lang, "proof", "prueba"), "/records/9") }];
    answered.closed_by = w(lang, "the asker", "quien preguntó").into();
    ProjectPage {
        over: w(lang, "Otay Mesa East, San Diego and Tijuana. New land port with tolled road. Cargo: adds lanes", "Otay Mesa Este, San Diego y Tijuana. Puerto terrestre nuevo con camino de cuota. Carga: agrega carriles").into(),
        name: w(lang, "Otay Mesa East port of entry", "Puerto de entrada Otay Mesa Este").into(),
        standing: Standing::Late { days: 1827 }.verdict(lang),
        own_colour: Some(OwnColour { verdict: Verdict::new(Tone::Quiet, Glyph::Ok, w(lang, "on schedule", "en tiempo")), who: "SANDAG, 10 Mar 2026".into(), differs: true }),
        promise: Rich::default().and(Span::Text(w(lang, "Promised for ", "Prometido para ").into())).and(Span::Strong("2028".into())).and(Span::Text(w(lang, ", first for ", ", primero para ").into())).and(Span::Strong("2023".into())).and(Span::Text(w(lang, ". Six statements, the last 259 days ago.", ". Seis declaraciones, la última hace 259 días.").into())),
        finding: w(lang, "The opening moves 0.76 days for each day that passes", "La apertura se mueve 0.76 días por cada día que pasa").into(),
        slip: Some(slip(lang, forecast)),
        promises: promises(lang),
        baseline: filter("baseline", w(lang, "Held against", "Comparado con"), &[w(lang, "Held against the first promise", "Frente a la primera promesa"), w(lang, "Held against the contract promise", "Frente a la promesa del contrato")]),
        gantt: Some(plan),
        milestones,
        milestones_note: String::new(),
        costs: vec![
            CostGroup { kind: CodeList::Cost.word(lang, "estimate"), covers: w(lang, "port and toll road, as reported", "puerto y camino de cuota, según se informó").into(), growth: w(lang, "+62.5 % since the first of this kind", "+62.5 % desde la primera de este tipo").into(), real_growth: String::new(), rows: vec![cost(date(2019, 7, 30), "800 M USD", ""), cost(date(2022, 9, 1), "1,100 M USD", ""), cost(date(2023, 7, 7), "1,200 M USD", w(lang, "another report says 1,500", "otro informe dice 1,500")), cost(date(2025, 9, 1), "1,300 M USD", "")] },
            CostGroup { kind: CodeList::Cost.word(lang, "contract"), covers: w(lang, "US road", "camino de EUA").into(), growth: String::new(), real_growth: String::new(), rows: vec![cost(date(2024, 2, 1), "219 M USD", "")] },
        ],
        progress: vec![
            ProgressRow { what: w(lang, "Built, Mexican works", "Construido, obras mexicanas").into(), planned: String::new(), actual: "95 %".into(), share: 0.95, at: Some(date(2025, 9, 1)), source: Link::new("SEDENA", "https://x.example") },
            ProgressRow { what: w(lang, "Built, US works", "Construido, obras de EUA").into(), planned: "40 %".into(), actual: "12 %".into(), share: 0.12, at: Some(date(2026, 3, 1)), source: Link::new("SANDAG", "https://x.example") },
        ],
        earned: vec![Fact { label: "SPI(t)".into(), value: Rich::text("0.79"), sub: Rich::text(w(lang, "worse than planned", "peor que lo planeado")), marks: vec![] }],
        forecast: if forecast {
            Forecast { drawn: String::new(), p50: month_year(date(2029, 9, 1), lang), p80: month_year(date(2031, 4, 1), lang), basis: w(lang, "12 ports of entry, 7 finished.", "12 puertos de entrada, 7 terminados.").into(), drivers: vec![Driver { name: w(lang, "US works", "Obras de EUA").into(), share_text: "61 %".into(), share: 0.61, who: "GSA, SANDAG".into() }, Driver { name: w(lang, "Staff assigned", "Personal asignado").into(), share_text: "27 %".into(), share: 0.27, who: "CBP, ANAM".into() }], record: w(lang, "8 of 10 earlier ones inside the 80 % interval.", "8 de 10 anteriores dentro del intervalo de 80 %.").into() }
        } else {
            Forecast { basis: w(lang, "Fewer than 10 comparable ports of entry on record (4, of which 3 finished), so only the promise is shown.", "Menos de 10 puertos de entrada comparables en registro (4, de los que 3 terminaron), así que solo se muestra la promesa.").into(), ..Forecast::default() }
        },
        questions: vec![
            question(w(lang, "Why did the opening move to 2028?", "¿Por qué se movió la apertura a 2028?"), w(lang, "6 days over", "6 días de más"), w(lang, "16 of 10 working days", "16 de 10 días hábiles"), Some(1.6)),
            question(w(lang, "When will portals be installed?", "¿Cuándo se instalarán los arcos?"), w(lang, "2 days left", "quedan 2 días"), w(lang, "8 of 10 working days", "8 de 10 días hábiles"), Some(0.8)),
            question(w(lang, "Who assigns staff on the Mexican side?", "¿Quién asigna personal del lado mexicano?"), w(lang, "7 days left", "quedan 7 días"), w(lang, "3 of 10 working days", "3 de 10 días hábiles"), Some(0.3)),
            answered,
        ],
        ask: Some(AskForm { action: "/projects/otay/questions".into(), hidden: vec![("token".into(), "t".into())], whom: vec![Choice::new("sponsor", w(lang, "Project sponsor", "Promotor"), true)], days: 10, ..AskForm::default() }),
        on_record: [
            (w(lang, "responsible party with contact", "parte responsable con contacto"), true), (w(lang, "phase", "fase"), true), (w(lang, "baseline date", "fecha base"), true), (w(lang, "current date", "fecha actual"), true), (w(lang, "cost with its kind", "costo con su tipo"), true), (w(lang, "funding source", "fuente de financiamiento"), false), (w(lang, "next milestone", "siguiente hito"), true), (w(lang, "document for the last change", "documento del último cambio"), false), (w(lang, "financial progress", "avance financiero"), false),
        ].into_iter().map(|(what, have)| (what.to_owned(), have)).collect(),
        risks: vec![RiskRow { what: w(lang, "Equipment is ordered late", "El equipo se pide tarde").into(), likely: w(lang, "likely", "probable").into(), effect: w(lang, "6 to 12 months", "6 a 12 meses").into(), done: w(lang, "CBP orders ahead", "CBP pide por adelantado").into(), source: Link::new("GAO-19-534", "https://gao.example") }],
        parties: vec![
            PartyRow { name: "SANDAG".into(), side: Some(Country::Us), roles: w(lang, "sponsor, US works", "promotor, obras de EUA").into(), contact: Link::new("info@sandag.example", "https://sandag.example"), owes: w(lang, "1 answer, late", "1 respuesta, tarde").into() },
            PartyRow { name: "ANAM".into(), side: Some(Country::Mx), roles: w(lang, "inspection, staff", "inspección, personal").into(), contact: Link::default(), owes: String::new() },
        ],
        dependencies: vec![DependencyRow { what: w(lang, "Staff assigned", "Personal asignado").into(), on: w(lang, "Inspection equipment", "Equipo de inspección").into(), side: Some(Country::Us), standing: Verdict::new(Tone::Warn, Glyph::Differ, w(lang, "ends later than what waits for it", "termina después de lo que lo espera")) }],
        statements: promises(lang).into_iter().rev().map(|s| Statement { about: w(lang, "Opening", "Apertura").into(), ..s }).collect(),
        all_statements: Some(Link::new(w(lang, "All 14 statements", "Las 14 declaraciones"), "/projects/otay/statements")),
        told: BeTold { action: "/projects/otay/subscribe".into(), hidden: vec![], when: vec![Choice::new("opening", w(lang, "the opening moves by more than 30 days", "la apertura se mueva más de 30 días"), true), Choice::new("met", w(lang, "a milestone is met or missed", "un hito se cumpla o se incumpla"), true), Choice::new("money", w(lang, "a cost statement is added", "se agregue un costo"), false)], ways: links(&["Atom", "iCalendar", w(lang, "signed webhook", "webhook firmado")]), ..BeTold::default() },
        embed: "https://scorecard.example/projects/otay/slip.svg".into(),
        embed_link: "https://scorecard.example/projects/otay".into(),
        provenance: Provenance { version: Link::new("https://scorecard.example/projects/otay?version=48210", "https://scorecard.example/projects/otay?version=48210"), versions: Some(Link::new(w(lang, "Earlier versions", "Versiones anteriores"), "/projects/otay/versions")), digest: "sha256:6f1ed002ab5595859014ebf0951522d9c0b3a1".into(), facts: vec![Fact { label: w(lang, "Statements", "Declaraciones").into(), value: Rich::text("14"), ..Fact::default() }, Fact { label: w(lang, "Method", "Método").into(), value: Rich::text("1.0"), ..Fact::default() }], check: Link::new(w(lang, "Check it yourself", "Verifíquelo usted"), "/verify") },
        as_of: AsOf::default(),
        downloads: links(&["JSON (OC4IDS)", "CSV", "SVG"]),
    }
}

#[rustfmt::skip]
fn plan(lang: Lang) -> PlanPage {
    PlanPage {
        over: w(lang, "TxDOT and states of Mexico, March 2021", "TxDOT y estados de México, marzo de 2021").into(),
        name: w(lang, "Texas-Mexico Border Transportation Master Plan", "Plan maestro de transporte fronterizo Texas-México").into(),
        lede: w(lang, "661 located projects, 28 crossings.", "661 proyectos ubicados, 28 cruces.").into(),
        document: Link::new(w(lang, "The plan", "El plan"), "https://txdot.example/plan.pdf"),
        figures: vec![Figure::new("661", w(lang, "projects", "proyectos")), Figure::new(w(lang, "41 of 661", "41 de 661"), w(lang, "opened", "abiertos")), Figure::new("693 d", w(lang, "median slip (9 projects)", "corrimiento mediano (9 proyectos)")), Figure::new(w(lang, "17 of 61", "17 de 61"), w(lang, "without owner, money or date", "sin responsable, dinero o fecha"))],
        progress: vec![ProgressRow { what: w(lang, "Short term", "Corto plazo").into(), planned: "60 %".into(), actual: "31 %".into(), share: 0.31, at: Some(TODAY), source: Link::default() }],
        money: vec![MoneyRow { kind: CodeList::Cost.word(lang, "appropriation"), source: w(lang, "Federal, United States", "Federal, Estados Unidos").into(), amount: "1,204 M USD".into(), projects: "12".into() }, MoneyRow { kind: CodeList::Cost.word(lang, "estimate"), source: w(lang, "Federal, Mexico", "Federal, México").into(), amount: "14,000 M MXN".into(), projects: "3".into() }],
        slips: vec![RollUp { name: "Texas".into(), count: "9".into(), median: "693 d".into(), range: "0 – 2,922 d".into(), late: "5 / 9".into() }],
        pairs: vec![EntryPair { name: Link::new("Otay Mesa East", "/projects/otay"), mexico: w(lang, "2026, 95 % built", "2026, 95 % construido").into(), united_states: "2028, 1,300 M USD".into(), differs: w(lang, "Opening, by two years", "La apertura, por dos años").into() }, EntryPair { name: Link::new("Puente III", "/projects/wtb"), mexico: String::new(), united_states: "2028".into(), differs: String::new() }],
        gaps: vec![Gap { what: w(lang, "No responsible party", "Sin parte responsable").into(), count: "7 / 61".into(), projects: links(&["Otay Mesa East", "Imuris-Nogales"]) }, Gap { what: w(lang, "No money", "Sin dinero").into(), count: "9 / 61".into(), projects: links(&["Columbus"]) }],
        rows: rows(lang),
        paging: Paging::default(),
        downloads: links(&["CSV", "JSON"]),
    }
}

#[rustfmt::skip]
fn priorities(lang: Lang) -> PrioritiesPage {
    let row = |name: &str, rank: f64, low: f64, high: f64, missing: &str| RankRow {
        name: Link::new(name, "/projects/x"), place: "TX, TAM".into(), rank: Some(rank), interval: Some((low, high)),
        alike: if high - low > 3.0 { w(lang, "Not distinguishable from 2 others", "No se distingue de otros 2").into() } else { String::new() },
        gate: String::new(), benefit: "31.5 M USD".into(), cost: w(lang, "36 M USD, contract", "36 M USD, contrato").into(), missing: missing.into(), old: !missing.is_empty(),
    };
    PrioritiesPage {
        lede: w(lang, "Ports by what an hour less would be worth to those who cross.", "Puertos según lo que una hora menos valdría para quienes cruzan.").into(),
        finding: w(lang, "Only Laredo stands apart; places 2 to 5 may be chance", "Solo Laredo se distingue; los lugares 2 a 5 pueden ser azar").into(),
        presets: vec![Preset { link: Link::new(w(lang, "Just in time", "Justo a tiempo"), "?preset=jit"), chosen: true }, Preset { link: Link::new(w(lang, "Power-hungry", "Alto consumo eléctrico"), "?preset=power"), chosen: false }],
        weights: vec![Weight { name: "w1".into(), label: w(lang, "Wait at the border", "Espera en la frontera").into(), hint: w(lang, "CBP, by port", "CBP, por puerto").into(), value: 40 }, Weight { name: "w2".into(), label: w(lang, "Trucks", "Camiones").into(), hint: "BTS".into(), value: 30 }, Weight { name: "w3".into(), label: w(lang, "Power", "Energía").into(), hint: String::new(), value: 20 }],
        fault: String::new(),
        action: paths::PRIORITIES.into(),
        hidden: vec![],
        rows: vec![row("Laredo, World Trade Bridge", 1.0, 1.0, 1.0, ""), row("Otay Mesa", 2.5, 2.0, 5.0, w(lang, "power, 20 of 90", "energía, 20 de 90")), row("Pharr", 3.0, 2.0, 6.0, ""), RankRow { name: Link::new("Columbus", "/x"), gate: w(lang, "Not now: no diplomatic notes", "Aún no: faltan notas diplomáticas").into(), ..RankRow::default() }],
        places: 8,
        draws: 1_000,
        hour_note: w(lang, "An hour of a truck: 70 USD, ATRI 2025.", "Una hora de camión: 70 USD, ATRI 2025.").into(),
        unfunded: links(&["Otay Mesa"]),
        funded_low: links(&["Columbus"]),
        downloads: links(&["CSV", "JSON"]),
    }
}

#[rustfmt::skip]
fn waits(lang: Lang) -> WaitsPage {
    let hours = (0..24_u8).map(|hour| {
        let mid = 15.0 + 30.0 * (f64::from(hour) / 24.0 * 3.2).sin().max(0.0);
        HourPoint { hour, usual: Some((mid * 0.6, mid * 1.5)), today: (hour < 10).then_some(mid * 1.2), counts: (Some(812), (hour < 10).then_some(24)), sure: (hour < 10).then_some((mid, mid * 1.4)) }
    }).collect();
    let months = (0..60_i16).map(|at| (date(2021 + at / 12, (at % 12 + 1) as i8, 1), (at != 7).then_some(180_000 + u64::try_from(at).unwrap() * 700 + if at % 12 == 1 { 9_000 } else { 20_000 }))).collect();
    WaitsPage {
        lede: w(lang, "What the ports tell, and what is usual at this hour.", "Lo que informan los puertos y lo usual a esta hora.").into(),
        search: Search { action: paths::WAITS.into(), filters: vec![filter("port", w(lang, "Port", "Puerto"), &["Laredo", "Otay Mesa"])], ..Search::default() },
        lanes: vec![
            WaitLane { crossing: "74 min".into(), crossing_sure: "n = 31".into(), port: Link::new("Laredo, World Trade Bridge", "?port=laredo"), lane: w(lang, "trucks, standard", "camiones, estándar").into(), wait: "55 min".into(), usual: "20–45 min".into(), open: "4 / 8".into(), sure: w(lang, "95 %: 51–60, n = 24", "95 %: 51–60, n = 24").into(), told_ms: Some(NOW_MS - 900_000), old: false, above: true },
            WaitLane { crossing: "74 min".into(), crossing_sure: "n = 31".into(), port: Link::new("Laredo, World Trade Bridge", "?port=laredo"), lane: w(lang, "trucks, FAST", "camiones, FAST").into(), wait: String::new(), usual: "5–15 min".into(), open: String::new(), sure: String::new(), told_ms: Some(NOW_MS - 90_000_000), old: true, above: false },
        ],
        hours: vec![HourChart { title: w(lang, "Laredo, trucks, standard", "Laredo, camiones, estándar").into(), finding: w(lang, "Today runs a fifth above the middle of Tuesdays.", "Hoy va una quinta parte arriba de la mitad de los martes.").into(), hours, now: Some(9), range_label: w(lang, "Tuesdays of the last 26 weeks, P50 to P90", "Martes de las últimas 26 semanas, P50 a P90").into() }],
        months: vec![MonthChart { title: w(lang, "Trucks into the United States, Laredo", "Camiones hacia Estados Unidos, Laredo").into(), finding: w(lang, "About a fifth more than five years ago; August 2021 is missing.", "Cerca de una quinta parte más que hace cinco años; falta agosto de 2021.").into(), months, source: Link::new("BTS keg4-3bc2", "https://bts.example") }],
        source: w(lang, "CBP Border Wait Times: estimates of uneven quality.", "CBP Border Wait Times: estimaciones de calidad desigual.").into(),
        feeds: links(&["JSON", "XML", "CSV"]),
        ..WaitsPage::default()
    }
}

#[rustfmt::skip]
fn benefits(lang: Lang) -> BenefitsPage {
    let rate = |label: &str, text: &str, value: f64, count: &str| Rate { label: label.into(), text: text.into(), value, interval: Some((value * 0.85, value * 1.15)), sure: "95 %".into(), count: count.into() };
    let pair = RatePair {
        what: w(lang, "Trucks inspected", "Camiones inspeccionados").into(),
        finding: w(lang, "Certified traders were inspected a third as often.", "A los certificados se les inspeccionó una tercera parte.").into(),
        members: rate(w(lang, "certified", "certificados"), "3.1 %", 3.1, "1,204"),
        others: rate(w(lang, "others", "otros"), "9.3 %", 9.3, "8,811"),
        difference: w(lang, "−6.2 points (95 %: −7.0 to −5.4)", "−6.2 puntos (95 %: −7.0 a −5.4)").into(),
        method: Rich::text(w(lang, "Same port, hour and commodity; 1,204 matched.", "Mismo puerto, hora y mercancía; 1,204 pareados.")),
        withheld: String::new(),
        scale_to: 10.0,
    };
    let withheld = RatePair { what: w(lang, "Seals found broken", "Candados rotos").into(), withheld: w(lang, "One group has 4, the least is 10.", "Un grupo tiene 4; el mínimo es 10.").into(), ..RatePair::default() };
    BenefitsPage {
        lede: w(lang, "Those who take part beside those who do not, with their counts.", "Quienes participan junto a quienes no, con sus números.").into(),
        figures: vec![],
        groups: vec![BenefitGroup { title: w(lang, "Time and money", "Tiempo y dinero").into(), pairs: vec![pair.clone(), pair.clone()], tables: vec![RateTable { what: w(lang, "Joint inspections", "Inspecciones conjuntas").into(), definition: w(lang, "Planned or run jointly, of all.", "Planeadas o hechas en conjunto, de todas.").into(), rows: vec![pair.members.clone()], ..RateTable::default() }], price: Some(HourPrice { name: "hour".into(), value: "90.89".into(), most: 10_000, fault: w(lang, "No price.", "No es un precio.").into(), ..HourPrice::default() }) }, BenefitGroup { title: w(lang, "Security", "Seguridad").into(), pairs: vec![withheld], tables: vec![], price: None }],
        least: 10,
        downloads: links(&["CSV", "JSON"]),
        ..BenefitsPage::default()
    }
}

#[rustfmt::skip]
fn open_data(lang: Lang) -> OpenDataPage {
    OpenDataPage {
        lede: w(lang, "All that these pages show, as files, feeds and an interface. No key is needed.", "Todo lo que muestran estas páginas, como archivos, canales e interfaz. No hace falta clave.").into(),
        files: vec![DataFile { link: Link::new("projects.csv", "/data/projects.csv"), what: w(lang, "One row a project", "Un renglón por proyecto").into(), format: "CSV".into(), size: "61 × 24, 48 kB".into(), schema: Link::new("Table Schema", "/data/projects.schema.json"), updated: Some(TODAY) }, DataFile { link: Link::new("oc4ids.json", "/data/oc4ids.json"), what: w(lang, "Project package with our extension", "Paquete de proyectos con nuestra extensión").into(), format: "JSON (OC4IDS 0.9.5)".into(), size: "410 kB".into(), schema: Link::new("OC4IDS", "https://standard.open-contracting.org/infrastructure/"), updated: Some(TODAY) }],
        licence: Rich::text("CC BY 4.0"),
        provenance: vec![Fact { label: w(lang, "Statements", "Declaraciones").into(), value: Rich::text("485"), sub: Rich::text(w(lang, "each signed and logged", "cada una firmada y asentada")), marks: vec![] }],
        feeds: links(&["Atom", "iCalendar", "JSON"]),
        routes: vec![DataRoute { route: "GET /v1/projects?stated_by=2025-01-01".into(), what: w(lang, "Projects as stated by a day", "Proyectos según lo dicho hasta un día").into() }],
        interface: links(&["OpenAPI"]),
        versions: vec![DataVersion { link: Link::new("48210", "/data/48210"), at: TODAY, what: w(lang, "Six statements added", "Seis declaraciones nuevas").into(), digest: "sha256:6f1ed002ab5595859014ebf0951522d9".into() }],
        all_versions: Some(Link::new(w(lang, "All versions", "Todas las versiones"), "/data")),
    }
}

/// Every public page, by name.
pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    use PublicPlace::{Benefits, Elsewhere, Method, OpenData, Plans, Priorities, Projects, Waits};
    let method = MethodPage {
        version: "1.0".into(),
        examples: vec![("slip".into(), "Pharr: 1,059 d".into())],
        ..MethodPage::default()
    };
    let no_match = ProjectsPage {
        rows: vec![],
        search: Search {
            query: "otey".into(),
            clear: "/projects".into(),
            as_of: AsOf {
                stated_by: Some(date(2025, 1, 1)),
                recorded_by: Some(TODAY),
            },
            ..Search::default()
        },
        ..projects(lang)
    };
    let lost = PublicErrorPage {
        status: 404,
        code: "not-found".into(),
        nearest: links(&["Otay Mesa East"]),
        ..PublicErrorPage::default()
    };
    #[rustfmt::skip]
    let all = vec![
        ("public-projects", render_projects(&frame(lang, Projects, "/projects"), &head("/projects"), &projects(lang))),
        ("public-projects-none", render_projects(&frame(lang, Projects, "/projects"), &head("/projects"), &ProjectsPage::default())),
        ("public-projects-no-match", render_projects(&frame(lang, Projects, "/projects"), &head("/projects"), &no_match)),
        ("public-project", render_project(&frame(lang, Projects, "/projects/otay"), &head("/projects/otay"), &project(lang, false))),
        ("public-project-forecast", render_project(&frame(lang, Projects, "/projects/otay"), &head("/projects/otay"), &project(lang, true))),
        ("public-project-empty", render_project(&frame(lang, Projects, "/projects/x"), &PublicHead::default(), &ProjectPage { name: "X".into(), finding: "X".into(), ..ProjectPage::default() })),
        ("public-plans", render_plans(&frame(lang, Plans, "/plans"), &head("/plans"), &PlansPage { lede: w(lang, "What was planned together.", "Lo que se planeó en conjunto.").into(), rows: vec![PlanRow { name: Link::new(plan(lang).name, "/plans/tx"), who: plan(lang).over, projects: "61".into(), opened: "6 / 61".into(), slip: "693 d (9)".into(), gaps: "17".into(), standing: Standing::Late { days: 693 }.verdict(lang) }], downloads: links(&["CSV", "JSON"]), ..PlansPage::default() })),
        ("public-plans-empty", render_plans(&frame(lang, Plans, "/plans"), &head("/plans"), &PlansPage::default())),
        ("public-plan", render_plan(&frame(lang, Plans, "/plans/tx"), &head("/plans/tx"), &plan(lang))),
        ("public-plan-empty", render_plan(&frame(lang, Plans, "/plans/tx"), &head("/plans/tx"), &PlanPage { name: "X".into(), ..PlanPage::default() })),
        ("public-priorities", render_priorities(&frame(lang, Priorities, "/priorities"), &head("/priorities"), &priorities(lang))),
        ("public-priorities-empty", render_priorities(&frame(lang, Priorities, "/priorities"), &head("/priorities"), &PrioritiesPage::default())),
        ("public-waits", render_waits(&frame(lang, Waits, "/wait-times"), &head("/wait-times"), &waits(lang))),
        ("public-waits-empty", render_waits(&frame(lang, Waits, "/wait-times"), &head("/wait-times"), &WaitsPage { hours: vec![HourChart { title: "X".into(), finding: "X".into(), ..HourChart::default() }], months: vec![MonthChart { title: "Y".into(), finding: "X".into(), ..MonthChart::default() }], ..WaitsPage::default() })),
        ("public-benefits", render_benefits(&frame(lang, Benefits, "/benefits"), &head("/benefits"), &benefits(lang))),
        ("public-benefits-empty", render_benefits(&frame(lang, Benefits, "/benefits"), &head("/benefits"), &BenefitsPage::default())),
        ("public-method", render_method(&frame(lang, Method, "/method"), &head("/method"), &method)),
        ("public-open-data", render_open_data(&frame(lang, OpenData, "/open-data"), &head("/open-data"), &open_data(lang))),
        ("public-open-data-empty", render_open_data(&frame(lang, OpenData, "/open-data"), &head("/open-data"), &OpenDataPage::default())),
        ("public-error", render_public_error(&frame(lang, Elsewhere, "/x"), &lost)),
        ("public-hostile", render_project(&frame(lang, Projects, "/projects/x"), &head("/projects/x"), &hostile_project(lang))),
        ("public-hostile-list", render_projects(&frame(lang, Projects, "/projects"), &head("/projects"), &hostile_list(lang))),
    ];
    all
}

const NASTY: &str =
    "\"><script>alert('x')</script><img src=x onerror='x'> مشروع الجسر الجديد \u{202e}txt.exe";
const LONG: &str = "DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftDonaudampfschifffahrtsgesellschaft";

fn nasty_link() -> Link {
    Link::new(NASTY, "javascript:alert(1)")
}

#[rustfmt::skip]
fn hostile_project(lang: Lang) -> ProjectPage {
    let mut page = project(lang, true);
    let nasty = || NASTY.to_owned();
    page.name = LONG.into();
    page.over = nasty();
    page.promise = Rich::text(NASTY);
    page.finding = nasty();
    page.standing.label = nasty();
    if let Some(slip) = &mut page.slip {
        slip.finding = nasty();
        slip.steps.iter_mut().for_each(|step| step.text = NASTY.into());
        if let Some(base) = &mut slip.baseline { base.label = NASTY.into(); }
        if let Some(forecast) = &mut slip.forecast { forecast.p80_label = NASTY.into(); }
    }
    if let Some(gantt) = &mut page.gantt {
        gantt.finding = nasty();
        for row in &mut gantt.rows { row.name = nasty(); row.who = LONG.into(); row.note = nasty(); }
    }
    for row in &mut page.milestones { row.name = nasty(); row.who = LONG.into(); row.changes = vec![nasty()]; }
    for row in page.statements.iter_mut().chain(&mut page.promises) { row.says = nasty(); row.who = LONG.into(); row.source = nasty_link(); row.proof = nasty_link(); row.reason = nasty(); }
    for row in &mut page.questions { row.text = nasty(); row.who = LONG.into(); row.answers = vec![Answer { text: nasty(), who: LONG.into(), proof: nasty_link(), ..Answer::default() }]; }
    for row in &mut page.parties { row.name = LONG.into(); row.contact = nasty_link(); row.roles = nasty(); }
    for group in &mut page.costs { group.covers = nasty(); for row in &mut group.rows { row.amount = "9".repeat(40); row.source = nasty_link(); } }
    page.downloads = vec![nasty_link()];
    page.embed = "https://x.example/\"><script>".into();
    page.told.hidden = vec![(nasty(), nasty())];
    page.told.fault = nasty();
    page.told.typed = nasty();
    if let Some(form) = &mut page.ask { form.fault = nasty(); form.typed = nasty(); }
    page.provenance.version = nasty_link();
    page.provenance.digest = LONG.into();
    page
}

fn hostile_list(lang: Lang) -> ProjectsPage {
    let mut page = projects(lang);
    page.search.query = NASTY.into();
    page.lede = NASTY.into();
    page.heading = LONG.into();
    for row in &mut page.rows {
        row.name = Link::new(LONG, "javascript:alert(1)");
        row.place = NASTY.into();
        row.first = NASTY.into();
    }
    page.downloads = vec![nasty_link()];
    page
}

#[test]
fn nothing_from_outside_becomes_markup_or_an_address_that_runs() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            for bad in ["<script", "<img src=x", "javascript:", "onerror='x'"] {
                assert!(!html.contains(bad), "{name}: {bad}");
            }
        }
        let words = SlipFile {
            title: NASTY.into(),
            finding: NASTY.into(),
            source: NASTY.into(),
            as_of: NASTY.into(),
        };
        let chart = hostile_project(lang).slip.unwrap();
        let file = render_slip_svg(&frame(lang, PublicPlace::Projects, "/"), &chart, &words);
        assert!(!file.contains("<script") && !file.contains("<img"));
    }
}

#[test]
fn every_page_says_what_it_is_and_stays_small() {
    for lang in Lang::ALL {
        for (name, html) in pages(lang) {
            assert!(html.len() < 100_000, "{name} is {} bytes", html.len());
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            assert!(html.starts_with(&format!("<!doctype html>\n<html lang=\"{}\"", lang.code())));
            assert!(html.contains("<meta name=\"description\""), "{name}");
            let heads = html.matches("<th ").count() + html.matches("<th>").count();
            assert_eq!(
                heads,
                html.matches(" scope=\"").count(),
                "{name}: a head without scope"
            );
            let tables = html.matches("<table").count();
            assert_eq!(
                tables,
                html.matches("<caption").count(),
                "{name}: a table without caption"
            );
            for key in [">public.", " public.", "\"public."] {
                assert!(!html.contains(key), "{name} shows a key");
            }
            assert!(!html.contains("{n}") && !html.contains("{day}"), "{name}");
            for field in html
                .split("<input ")
                .skip(1)
                .filter_map(|s| s.split('>').next())
            {
                let id = field
                    .split("id=\"")
                    .nth(1)
                    .and_then(|s| s.split('"').next());
                let hidden =
                    field.contains("type=\"hidden\"") || field.contains("type=\"checkbox\"");
                let named = id.is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
                assert!(hidden || named, "{name}: a field without label: {field}");
            }
        }
    }
}

#[test]
fn a_page_names_itself_its_languages_and_its_feeds() {
    let (_, html) = pages(Lang::Es).swap_remove(3);
    for part in [
        "<link rel=\"canonical\" href=\"https://scorecard.example/projects/otay?lang=es\">",
        "hreflang=\"en\" href=\"https://scorecard.example/projects/otay?lang=en\"",
        "hreflang=\"x-default\" href=\"https://scorecard.example/projects/otay\"",
        "<meta property=\"og:title\" content=\"Puerto de entrada Otay Mesa Este\">",
        "<meta property=\"og:locale\" content=\"es_MX\">",
        "content=\"https://scorecard.example/projects/otay/card.png\"",
        "type=\"application/atom+xml\"",
        "aria-current=\"page\">Proyectos</a>",
    ] {
        assert!(html.contains(part), "{part}");
    }
}
