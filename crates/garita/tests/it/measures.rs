//! Every indicator of every program, over the same rows on SQLite and on a real PostgreSQL: the same groups and the same numbers.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use garita_profile::Profile;
use garita_profile::indicator::{Ask, Bind, ColumnType, Engine, Query, column_types, compile};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params, params_from_iter};
use serde_json::{Map, Value};

use crate::world::Folder;

const PARTY: &str = "did:web:cbp.example";
const AS_KNOWN_MS: i64 = 1_795_532_400_000;
/// Rows of each table: enough for groups on both sides of what is withheld.
const ROWS: u64 = 1_500;
/// What stands for NULL in psql's CSV; no text of the rows is so.
const NULL: &str = "\u{1}null";

#[test]
fn indicators_are_the_same_on_both_engines() {
    let Some(server) = Server::start() else {
        println!("skipped: no PostgreSQL on this machine (Debian's package `postgresql`)");
        return;
    };
    let programs = garita_node::programs::load(None).unwrap();
    let lite = Connection::open_in_memory().unwrap();
    lite.execute_batch(&table("INTEGER PRIMARY KEY")).unwrap();
    let mut script = format!("\\set ON_ERROR_STOP on\n{};\n", table("SERIAL PRIMARY KEY"));
    let mut asked: Vec<(String, Query)> = Vec::new();
    let mut done = BTreeSet::new();
    let mut random = 417_u64;
    for profile in programs.iter() {
        for name in profile.model().tables.keys() {
            if done.insert(format!("table {name}")) {
                fill(profile, name, &mut random, &lite, &mut script);
            }
        }
        for id in profile.model().indicators.keys() {
            if done.insert(format!("indicator {id}")) {
                let of = |engine| {
                    let ask = Ask {
                        party: PARTY,
                        as_known_ms: AS_KNOWN_MS,
                    };
                    compile(profile, id, engine, &ask).unwrap().unwrap()
                };
                let postgres = of(Engine::Postgres);
                let values: Vec<String> = postgres.binds.iter().map(literal).collect();
                writeln!(
                    script,
                    "\\echo @{id}\nPREPARE q AS {};\nEXECUTE q({});\nDEALLOCATE q;",
                    postgres.sql,
                    values.join(", ")
                )
                .unwrap();
                asked.push((id.clone(), of(Engine::Sqlite)));
            }
        }
    }
    assert!(asked.len() >= 40, "{}", asked.len());
    let answers = server.run(&script);
    let mut told = answers.split('@').skip(1);
    let mut groups = 0;
    for (id, query) in &asked {
        let answer = told.next().unwrap();
        let (name, lines) = answer.split_once('\n').unwrap();
        assert_eq!(name, id);
        let postgres: Vec<Vec<String>> = lines.lines().map(cells).collect();
        let sqlite = on_sqlite(&lite, query);
        assert_eq!(sqlite.len(), postgres.len(), "{id}: groups");
        for (left, right) in sqlite.iter().zip(&postgres) {
            assert_eq!(left.len(), right.len(), "{id}");
            for (cell, text) in left.iter().zip(right) {
                assert!(same(cell, text), "{id}: {left:?} {right:?}");
            }
        }
        groups += sqlite.len();
    }
    assert!(
        groups > asked.len(),
        "rows that fall into no group say nothing"
    );
    println!("{} indicators, {groups} groups, alike", asked.len());
}

fn table(number: &str) -> String {
    format!(
        "CREATE TABLE table_rows (no {number}, party TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, \
         stated_on_ms BIGINT, columns TEXT NOT NULL, recorded_from_ms BIGINT NOT NULL, recorded_to_ms BIGINT)"
    )
}

/// Rows of one table into both; some were corrected before, some are known only later, some are another party's.
fn fill(profile: &Profile, name: &str, random: &mut u64, lite: &Connection, script: &mut String) {
    let model = profile.model();
    let table = &model.tables[name];
    let types = column_types(model, table);
    let words = words_of(profile, name);
    script.push_str("COPY table_rows (party, name, kind, key, columns, recorded_from_ms, recorded_to_ms) FROM STDIN;\n");
    let mut insert = lite
        .prepare("INSERT INTO table_rows (party, name, kind, key, columns, recorded_from_ms, recorded_to_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .unwrap();
    for row in 0..ROWS {
        let mut columns = Map::new();
        for (column, ty) in types.iter().filter(|(c, _)| !c.contains('.')) {
            // Of a column that a row lacks nothing is written, as the store does.
            if next(random, 8) == 0 {
                continue;
            }
            match ty {
                Some(ColumnType::Instant) => {
                    let at_ms = AS_KNOWN_MS - (next(random, 60 * 24 * 60) * 60_000) as i64;
                    columns.insert(column.clone(), at_ms.into());
                    let day = 1 + next(random, 28);
                    let month = format!("2026-{:02}", 9 + next(random, 3));
                    for (part, value) in [
                        ("day", Value::from(format!("{month}-{day:02}"))),
                        ("month", Value::from(month.clone())),
                        ("hour", next(random, 24).into()),
                        ("weekday", (1 + next(random, 7)).into()),
                    ] {
                        columns.insert(format!("{column}.{part}"), value);
                    }
                }
                Some(ColumnType::Number) => {
                    let tenths = next(random, 4_000);
                    let number = if next(random, 2) == 0 {
                        Value::from(tenths / 10)
                    } else {
                        Value::from(tenths as f64 / 10.0)
                    };
                    columns.insert(column.clone(), number);
                }
                Some(ColumnType::Flag) => {
                    columns.insert(column.clone(), (next(random, 2) == 0).into());
                }
                Some(ColumnType::Text) | None => {
                    let at = next(random, words.len() as u64) as usize;
                    columns.insert(column.clone(), words[at].clone().into());
                }
            }
        }
        let party = if next(random, 20) == 0 {
            "did:web:other.example"
        } else {
            PARTY
        };
        let from_ms = AS_KNOWN_MS + if next(random, 15) == 0 { 1 } else { -10 };
        let to_ms = (next(random, 15) == 0).then_some(AS_KNOWN_MS - 1);
        let columns = Value::Object(columns).to_string();
        let kind = &table.row_per;
        insert
            .execute(params![
                party,
                name,
                kind,
                row.to_string(),
                columns,
                from_ms,
                to_ms
            ])
            .unwrap();
        let to = to_ms.map_or("\\N".to_owned(), |ms| ms.to_string());
        let escaped = columns.replace('\\', "\\\\");
        writeln!(
            script,
            "{party}\t{name}\t{kind}\t{row}\t{escaped}\t{from_ms}\t{to}"
        )
        .unwrap();
    }
    script.push_str("\\.\n");
}

/// Texts that the table's indicators compare with, and some that no program names: accents, quotes, another order of letters.
fn words_of(profile: &Profile, table: &str) -> Vec<String> {
    let mut words: BTreeSet<String> = ["2304", "a", "B", "Ñandú", "o'clock \"x\"", "\\N"]
        .map(str::to_owned)
        .into();
    for id in profile.model().indicators.keys() {
        let indicator = &profile.model().indicators[id];
        if indicator.over == table {
            let text = format!("{indicator:?}");
            words.extend(
                text.split('\'')
                    .skip(1)
                    .step_by(2)
                    .filter(|w| w.len() < 30 && w.is_ascii())
                    .map(str::to_owned),
            );
        }
    }
    words.into_iter().collect()
}

/// A number below `below`: xorshift, so that every run has the same rows.
fn next(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % below
}

fn literal(bind: &Bind) -> String {
    match bind {
        Bind::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Bind::Int(number) => number.to_string(),
    }
}

fn on_sqlite(lite: &Connection, query: &Query) -> Vec<Vec<Cell>> {
    let mut statement = lite.prepare(&query.sql).unwrap();
    let columns = statement.column_count();
    let binds = query.binds.iter().map(|bind| match bind {
        Bind::Text(text) => Cell::Text(text.clone()),
        Bind::Int(number) => Cell::Integer(*number),
    });
    let rows = statement
        .query_map(params_from_iter(binds), |row| {
            (0..columns).map(|at| row.get(at)).collect()
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// The cells of one line of CSV; no text of the rows has a line's end.
pub(crate) fn cells(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                out.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            other => out.last_mut().unwrap().push(other),
        }
    }
    out
}

/// Sums of doubles may differ in their last place by the order in which an engine adds; nothing else may differ.
fn same(cell: &Cell, text: &str) -> bool {
    let near = |number: f64| {
        text.parse::<f64>()
            .is_ok_and(|other| (number - other).abs() <= 1e-12 * number.abs().max(other.abs()))
    };
    match cell {
        Cell::Null => text == NULL,
        Cell::Integer(number) => near(*number as f64),
        Cell::Real(number) => near(*number),
        Cell::Text(own) => own == text,
        Cell::Blob(_) => false,
    }
}

/// A PostgreSQL of this test alone, on a socket in its own folder.
struct Server {
    programs: PathBuf,
    folder: Folder,
    root: bool,
}

impl Server {
    /// None where PostgreSQL is not installed.
    fn start() -> Option<Server> {
        let programs = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .find(|bin| bin.join("initdb").exists() && bin.join("psql").exists())?;
        let folder = Folder::new("pg");
        let root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|o| o.stdout == b"0\n");
        if root {
            // The server refuses to run as root.
            let path = folder.path().to_str().unwrap();
            run(Command::new("chown").args(["postgres", path]));
        }
        let server = Server {
            programs,
            folder,
            root,
        };
        let data = server.data();
        run(server.program("initdb").args([
            "--pgdata",
            data.to_str().unwrap(),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        let options = format!(
            "-c listen_addresses='' -c fsync=off -k {}",
            server.folder.path().display()
        );
        run(server.program("pg_ctl").args([
            "--pgdata",
            data.to_str().unwrap(),
            "--wait",
            "--log",
            server.folder.path().join("log").to_str().unwrap(),
            "--options",
            &options,
            "start",
        ]));
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if self.root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
            command.arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path());
        command
    }

    /// What a script says, as CSV without heads.
    fn run(&self, script: &str) -> String {
        let path: &Path = self.folder.path();
        let mut child = self
            .program("psql")
            .args(["-X", "-q", "-U", "postgres", "-h", path.to_str().unwrap()])
            .args(["--csv", "-t", "-P", &format!("null={NULL}"), "postgres"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let script = script.to_owned();
        let feeding = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "psql: {errors}");
        feeding.join().unwrap().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        let mut stop = self.program("pg_ctl");
        stop.args([
            "--pgdata",
            data.to_str().unwrap_or_default(),
            "--mode=immediate",
            "stop",
        ]);
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
}
