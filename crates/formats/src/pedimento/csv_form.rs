//! The CSV form: one header row with the names of all columns used, in any order, and rows of two kinds.
//!
//! With a column `registro` each row is one block, named there (`pedimento`, `factura`, `partida`, ...), and fills the
//! columns of that block: what a program exports that keeps blocks in tables. Without it each row is a line with the
//! header's columns repeated, and one invoice, vehicle, seal, container and waybill where it has their columns: what a
//! person keeps in a spreadsheet. `numeroPedimento` says whose a row is, so a file may hold many.

use super::document::*;
use super::fields::{self, FieldRule, Section, shown};
use crate::ReadError;
use crate::delimited::{self, Row, Table, Writer, plain};
use crate::draft::{Places, Severity};
use std::collections::HashMap;

/// The column that names a row's block.
const REGISTRO: &str = "registro";
/// How many blocks of one kind are looked at for one that a flat row repeats.
const BLOCKS_LOOKED_BACK: usize = 256;
/// As many values as the JSON form may have; each is kept with its place, some 300 bytes.
const CELLS_MAX: usize = crate::json::VALUES_MAX;
const NUMERO: &str = "numeroPedimento";
const SECUENCIA: &str = "secuenciaPartida";

/// All blocks: the name in `registro`, its fields, whether it belongs to a line.
const BLOCKS: &[(&str, &[FieldRule], bool)] = &[
    ("pedimento", Encabezado::FIELDS, false),
    ("transporte", Transporte::FIELDS, false),
    ("candado", Candado::FIELDS, false),
    ("contenedor", Contenedor::FIELDS, false),
    ("guia", Guia::FIELDS, false),
    ("factura", Factura::FIELDS, false),
    ("contribucion", Contribucion::FIELDS, false),
    ("identificador", Identificador::FIELDS, false),
    ("partida", DatosPartida::FIELDS, false),
    ("contribucionPartida", ContribucionPartida::FIELDS, true),
    ("identificadorPartida", IdentificadorPartida::FIELDS, true),
    ("permisoPartida", PermisoPartida::FIELDS, true),
];

/// Reads all pedimentos of a file.
pub(super) fn read(bytes: &[u8], places: &mut Places) -> Result<Vec<PedimentoDocument>, ReadError> {
    let table = delimited::read(bytes)?;
    let values = table.rows.iter().flat_map(|row| &row.cells);
    if values.filter(|cell| !cell.is_empty()).count() > CELLS_MAX {
        return Err(ReadError::new(
            "csv-too-many-cells",
            format!("more than {CELLS_MAX} cells with a value"),
            format!("más de {CELLS_MAX} celdas con valor"),
        ));
    }
    table.tell(places);
    let columns = Columns::of(&table, places);
    let mut reader = Reader {
        columns,
        places,
        found: Vec::new(),
        by_number: HashMap::new(),
    };
    match reader.columns.at(REGISTRO) {
        Some(registro) => table
            .rows
            .iter()
            .for_each(|row| reader.block_row(row, registro)),
        None => table.rows.iter().for_each(|row| reader.line_row(row)),
    }
    Ok(reader.found)
}

/// Where each name stands in the header.
struct Columns {
    by_name: HashMap<&'static str, usize>,
    names: Vec<Option<&'static str>>,
}

impl Columns {
    fn of(table: &Table, places: &mut Places) -> Columns {
        let known: HashMap<String, &'static str> = BLOCKS
            .iter()
            .flat_map(|(_, rules, _)| rules.iter().map(|rule| rule.name))
            .chain([REGISTRO])
            .map(|name| (plain(name), name))
            .collect();
        let mut this = Columns {
            by_name: HashMap::new(),
            names: Vec::new(),
        };
        let header = Row {
            line: table.header_line,
            cells: table.header.clone(),
            formulas: Vec::new(),
        };
        for (column, title) in table.header.iter().enumerate() {
            let name = known.get(&plain(title)).copied();
            this.names.push(name);
            match name {
                Some(name) if this.by_name.contains_key(name) => places.fault_at(
                    Severity::Error,
                    "column-repeated",
                    "",
                    Some(header.place(column, title)),
                    format!(
                        "column `{}` is there twice; the first is read",
                        shown(title)
                    ),
                    format!(
                        "la columna `{}` está repetida; se lee la primera",
                        shown(title)
                    ),
                ),
                Some(name) => {
                    this.by_name.insert(name, column);
                }
                None if title.is_empty() => {}
                None => places.fault_at(
                    Severity::Warning,
                    "column-not-read",
                    "",
                    Some(header.place(column, title)),
                    format!(
                        "no field is called `{}`; the column is not read",
                        shown(title)
                    ),
                    format!(
                        "ningún campo se llama `{}`; la columna no se lee",
                        shown(title)
                    ),
                ),
            }
        }
        if !this.by_name.contains_key(NUMERO) {
            places.fault_at(
                Severity::Error,
                "column-missing",
                "",
                Some(header.row_place()),
                "column `numeroPedimento` says whose a row is, and is missing".to_owned(),
                "falta la columna `numeroPedimento`, que dice de quién es cada fila".to_owned(),
            );
        }
        this
    }

    fn at(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    fn cell<'a>(&self, row: &'a Row, name: &str) -> &'a str {
        self.at(name)
            .and_then(|column| row.cells.get(column))
            .map_or("", String::as_str)
    }
}

struct Reader<'a> {
    columns: Columns,
    places: &'a mut Places,
    found: Vec<PedimentoDocument>,
    by_number: HashMap<String, usize>,
}

impl Reader<'_> {
    /// A row of the form with blocks.
    fn block_row(&mut self, row: &Row, registro: usize) {
        let name = row.cells.get(registro).map_or("", String::as_str);
        let wanted = plain(name);
        let block = BLOCKS
            .iter()
            .position(|(known, _, _)| plain(known) == wanted);
        let Some((block, rules, of_line)) = block.and_then(|at| {
            BLOCKS
                .get(at)
                .map(|(_, rules, of_line)| (at, *rules, *of_line))
        }) else {
            self.places.fault_at(
                Severity::Error,
                "block-unknown",
                "",
                Some(row.place(registro, REGISTRO)),
                format!("no block is called `{}`", shown(name)),
                format!("ningún registro se llama `{}`", shown(name)),
            );
            return;
        };
        self.strangers(row, rules, of_line);
        if block == 0 {
            let index = self.found.len();
            self.found.push(PedimentoDocument::default());
            let number = self.columns.cell(row, NUMERO).to_owned();
            self.by_number.entry(number).or_insert(index);
            let section = self.section(row, &format!("/{index}/encabezado"));
            if let Some(document) = self.found.last_mut() {
                document.encabezado = section;
            }
            return;
        }
        let Some(index) = self.owner(row) else {
            return;
        };
        let at = format!("/{index}");
        if of_line {
            if let Some(line) = self.line(row, index) {
                self.line_block(row, block, index, line);
            }
            return;
        }
        let Some(document) = self.found.get(index) else {
            return;
        };
        macro_rules! push {
            ($list:ident) => {{
                let at = format!("{at}/{}/{}", stringify!($list), document.$list.len());
                let section = self.section(row, &at);
                if let Some(document) = self.found.get_mut(index) {
                    document.$list.push(section);
                }
            }};
        }
        match block {
            1 => push!(transportes),
            2 => push!(candados),
            3 => push!(contenedores),
            4 => push!(guias),
            5 => push!(facturas),
            6 => push!(contribuciones),
            7 => push!(identificadores),
            _ => {
                let at = format!("{at}/partidas/{}/datos", document.partidas.len());
                let datos = self.section(row, &at);
                if let Some(document) = self.found.get_mut(index) {
                    document.partidas.push(Partida {
                        datos,
                        ..Partida::default()
                    });
                }
            }
        }
    }

    fn line_block(&mut self, row: &Row, block: usize, index: usize, line: usize) {
        let at = format!("/{index}/partidas/{line}");
        macro_rules! push {
            ($list:ident) => {{
                let Some(count) = self
                    .found
                    .get(index)
                    .and_then(|document| document.partidas.get(line))
                    .map(|line| line.$list.len())
                else {
                    return;
                };
                let section = self.section(row, &format!("{at}/{}/{count}", stringify!($list)));
                if let Some(line) = self
                    .found
                    .get_mut(index)
                    .and_then(|document| document.partidas.get_mut(line))
                {
                    line.$list.push(section);
                }
            }};
        }
        match block {
            9 => push!(contribuciones),
            10 => push!(identificadores),
            _ => push!(permisos),
        }
    }

    /// The pedimento of a row: the last one read where it says none or that one.
    fn owner(&mut self, row: &Row) -> Option<usize> {
        let number = self.columns.cell(row, NUMERO);
        let last = self.found.len().checked_sub(1);
        let of_last = last
            .and_then(|at| self.found.get(at))
            .and_then(|document| document.encabezado.numero.as_deref());
        let found = match number.is_empty() || of_last == Some(number) {
            true => last,
            false => self.by_number.get(number).copied(),
        };
        if found.is_none() {
            self.places.fault_at(
                Severity::Error,
                "pedimento-unknown",
                "",
                Some(row.row_place()),
                "no row `pedimento` before this one has its number".to_owned(),
                "ninguna fila `pedimento` anterior tiene este número".to_owned(),
            );
        }
        found
    }

    /// The line of a row: the last one read where it says none or that one.
    fn line(&mut self, row: &Row, index: usize) -> Option<usize> {
        let wanted = self.columns.cell(row, SECUENCIA);
        let lines = self
            .found
            .get(index)
            .map(|document| document.partidas.as_slice())?;
        let fits = |line: &Partida| line.datos.secuencia.as_deref() == Some(wanted);
        let found = match lines.last() {
            Some(last) if wanted.is_empty() || fits(last) => Some(lines.len() - 1),
            _ => lines.iter().position(fits),
        };
        if found.is_none() {
            self.places.fault_at(
                Severity::Error,
                "partida-unknown",
                "",
                Some(row.row_place()),
                "no row `partida` before this one has its number".to_owned(),
                "ninguna fila `partida` anterior tiene esta secuencia".to_owned(),
            );
        }
        found
    }

    /// Tells cells that have a value in a column of another block.
    fn strangers(&mut self, row: &Row, rules: &[FieldRule], of_line: bool) {
        for (column, name) in self.columns.names.iter().enumerate() {
            let Some(name) = name else { continue };
            let key = *name == REGISTRO || *name == NUMERO || (of_line && *name == SECUENCIA);
            let empty = row.cells.get(column).is_none_or(String::is_empty);
            if !key && !empty && !rules.iter().any(|rule| rule.name == *name) {
                self.places.fault_at(
                    Severity::Warning,
                    "cell-not-read",
                    "",
                    Some(row.place(column, name)),
                    format!("`{name}` is no field of this block; the cell is not read"),
                    format!("`{name}` no es un campo de este registro; la celda no se lee"),
                );
            }
        }
    }

    /// The fields of a block from a row.
    fn section<S: Section>(&mut self, row: &Row, origin: &str) -> S {
        let mut this = S::default();
        self.places.put(origin.to_owned(), row.row_place());
        for (index, rule) in S::RULES.iter().enumerate() {
            if let Some(column) = self.columns.at(rule.name) {
                let at = format!("{origin}/{}", rule.field);
                let text = row.cells.get(column).map_or("", String::as_str);
                fields::put(
                    &mut this,
                    index,
                    &at,
                    text,
                    row.place(column, rule.name),
                    self.places,
                );
            }
        }
        fields::missing(&this, origin, self.places);
        this
    }

    /// A row of the flat form: a line, and the header's columns repeated.
    fn line_row(&mut self, row: &Row) {
        let number = self.columns.cell(row, NUMERO).to_owned();
        // Below its first row a pedimento's cells may be blank, its number among them.
        let known = match (number.is_empty(), self.found.len().checked_sub(1)) {
            (true, Some(last)) => Some(last),
            _ => self.by_number.get(&number).copied(),
        };
        let index = match known {
            Some(index) => {
                self.same_header(row, index);
                index
            }
            None => {
                let index = self.found.len();
                self.found.push(PedimentoDocument::default());
                self.by_number.insert(number, index);
                let section = self.section(row, &format!("/{index}/encabezado"));
                if let Some(document) = self.found.last_mut() {
                    document.encabezado = section;
                }
                index
            }
        };
        self.once::<Transporte>(
            row,
            index,
            |document| &mut document.transportes,
            "transportes",
        );
        self.once::<Candado>(row, index, |document| &mut document.candados, "candados");
        self.once::<Contenedor>(
            row,
            index,
            |document| &mut document.contenedores,
            "contenedores",
        );
        self.once::<Guia>(row, index, |document| &mut document.guias, "guias");
        self.once::<Factura>(row, index, |document| &mut document.facturas, "facturas");
        if self.has_any(row, DatosPartida::FIELDS) {
            let count = self
                .found
                .get(index)
                .map_or(0, |document| document.partidas.len());
            let datos = self.section(row, &format!("/{index}/partidas/{count}/datos"));
            let mut line = Partida {
                datos,
                ..Partida::default()
            };
            if self.has_any(row, ContribucionPartida::FIELDS) {
                let at = format!("/{index}/partidas/{count}/contribuciones/0");
                line.contribuciones.push(self.section(row, &at));
            }
            if self.has_any(row, IdentificadorPartida::FIELDS) {
                let at = format!("/{index}/partidas/{count}/identificadores/0");
                line.identificadores.push(self.section(row, &at));
            }
            if self.has_any(row, PermisoPartida::FIELDS) {
                let at = format!("/{index}/partidas/{count}/permisos/0");
                line.permisos.push(self.section(row, &at));
            }
            if let Some(document) = self.found.get_mut(index) {
                document.partidas.push(line);
            }
        }
        let blocks: [(&str, &[FieldRule]); 2] = [
            ("contribucion", Contribucion::FIELDS),
            ("identificador", Identificador::FIELDS),
        ];
        for (name, rules) in blocks {
            if self.has_any(row, rules) {
                self.places.fault_at(
                    Severity::Warning,
                    "cell-not-read",
                    "",
                    Some(row.row_place()),
                    format!("block `{name}` has no room in a row of lines; use a column `registro`"),
                    format!("el registro `{name}` no cabe en una fila de partidas; use una columna `registro`"),
                );
            }
        }
    }

    fn has_any(&self, row: &Row, rules: &[FieldRule]) -> bool {
        rules
            .iter()
            .any(|rule| !self.columns.cell(row, rule.name).is_empty())
    }

    /// Adds a block of a flat row unless the rows before already gave the same.
    fn once<S: Section + PartialEq>(
        &mut self,
        row: &Row,
        index: usize,
        list: fn(&mut PedimentoDocument) -> &mut Vec<S>,
        name: &str,
    ) {
        if !self.has_any(row, S::RULES) {
            return;
        }
        let mut quiet = S::default();
        for (number, rule) in S::RULES.iter().enumerate() {
            let text = self.columns.cell(row, rule.name);
            if !text.is_empty() {
                quiet.fill(number, text.to_owned());
            }
        }
        let Some(known) = self.found.get_mut(index).map(list) else {
            return;
        };
        // A block is repeated on the rows beside it, so looking back is bounded: a sheet of a million rows must not
        // compare each with each.
        if known
            .iter()
            .rev()
            .take(BLOCKS_LOOKED_BACK)
            .any(|block| *block == quiet)
        {
            return;
        }
        let at = format!("/{index}/{name}/{}", known.len());
        let section = self.section(row, &at);
        if let Some(known) = self.found.get_mut(index).map(list) {
            known.push(section);
        }
    }

    /// Tells header cells that differ from those of the pedimento's first row.
    fn same_header(&mut self, row: &Row, index: usize) {
        for (number, rule) in Encabezado::FIELDS.iter().enumerate() {
            let Some(column) = self.columns.at(rule.name) else {
                continue;
            };
            let cell = row.cells.get(column).map_or("", String::as_str);
            let first = self
                .found
                .get(index)
                .and_then(|document| document.encabezado.value(number));
            if !cell.is_empty() && first != Some(cell) {
                self.places.fault_at(
                    Severity::Error,
                    "header-differs",
                    &format!("/{index}/encabezado/{}", rule.field),
                    Some(row.place(column, rule.name)),
                    format!("`{}` differs from the pedimento's first row", rule.name),
                    format!("`{}` difiere de la primera fila del pedimento", rule.name),
                );
            }
        }
    }
}

/// Writes pedimentos with a column `registro`; as many columns as they use.
pub fn write_csv(documents: &[PedimentoDocument], delimiter: char) -> String {
    let mut rows: Vec<(&'static str, Cells<'_>)> = Vec::new();
    for document in documents {
        let number = document.encabezado.numero.as_deref().unwrap_or("");
        let own: Cells<'_> = vec![(NUMERO, number)];
        rows.push(("pedimento", cells(&document.encabezado)));
        add(&mut rows, "transporte", &document.transportes, &own);
        add(&mut rows, "candado", &document.candados, &own);
        add(&mut rows, "contenedor", &document.contenedores, &own);
        add(&mut rows, "guia", &document.guias, &own);
        add(&mut rows, "factura", &document.facturas, &own);
        add(&mut rows, "contribucion", &document.contribuciones, &own);
        add(&mut rows, "identificador", &document.identificadores, &own);
        for line in &document.partidas {
            add(
                &mut rows,
                "partida",
                std::slice::from_ref(&line.datos),
                &own,
            );
            let secuencia = line.datos.secuencia.as_deref().unwrap_or("");
            let own: Cells<'_> = vec![(NUMERO, number), (SECUENCIA, secuencia)];
            add(&mut rows, "contribucionPartida", &line.contribuciones, &own);
            add(
                &mut rows,
                "identificadorPartida",
                &line.identificadores,
                &own,
            );
            add(&mut rows, "permisoPartida", &line.permisos, &own);
        }
    }
    let used: std::collections::HashSet<&str> = rows
        .iter()
        .flat_map(|(_, cells)| cells.iter().map(|(name, _)| *name))
        .collect();
    let columns: Vec<&str> = BLOCKS
        .iter()
        .flat_map(|(_, rules, _)| rules.iter().map(|rule| rule.name))
        .filter(|name| used.contains(name) || *name == NUMERO)
        .collect();
    let mut out = Writer::new(delimiter);
    out.row([REGISTRO].into_iter().chain(columns.iter().copied()));
    for (name, cells) in &rows {
        let by_name: HashMap<&str, &str> = cells.iter().copied().collect();
        let line = columns
            .iter()
            .map(|column| by_name.get(column).copied().unwrap_or(""));
        out.row([*name].into_iter().chain(line));
    }
    out.finish()
}

type Cells<'a> = Vec<(&'static str, &'a str)>;

fn cells<S: Section>(section: &S) -> Cells<'_> {
    fields::values(section)
        .map(|(rule, value)| (rule.name, value))
        .collect()
}

/// Adds a row for each block, with the cells that say whose it is.
fn add<'a, S: Section>(
    rows: &mut Vec<(&'static str, Cells<'a>)>,
    name: &'static str,
    blocks: &'a [S],
    own: &Cells<'a>,
) {
    for block in blocks {
        let mut cells = cells(block);
        cells.extend(own.iter().copied());
        rows.push((name, cells));
    }
}
