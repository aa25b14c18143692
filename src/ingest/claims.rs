//! Claimed coverage, as operators and regulators publish it: polygons of any
//! map file, or tables of H3 cells.
//!
//! Columns: `operator` (a name, a brand, MCC-MNC), `technology`, `minsignal`
//! (the least power claimed, dBm), `environment`, and for tables a cell
//! (`h3_index`, `h3_res9_id`, `hex` …), all of the Broadband Data Collection of
//! the FCC among them; or the same in Vietnamese. What a column does not say
//! the person states. A claim without a power stays without; no power is zero.

use std::path::Path;

use geo_types::Geometry;
use h3o::{CellIndex, Resolution};

use crate::model::claim::{ClaimRecord, ClaimedGround, Environment};
use crate::model::geometry_fault::GeometryFault;
use crate::model::import::ImportKind;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject, Row};

use super::features::RawGeometry;
use super::header::Header;
use super::samples;
use super::table::{Record, Table};
use super::{Options, Read, Unreadable, geometry, kind, number, text};

/// Headings of cells that mean H3 wherever they stand.
const H3: &[&str] = &["h3_index", "h3", "h3_res9_id", "h3_res8_id", "h3_id", "h3_cell", "h3index", "ma_h3", "o_h3"];
/// Headings that in a table without shapes can only be meant for H3.
const CELL: &[&str] = &["hex", "hex_id", "hexid", "cell", "cell_id", "ma_o", "o"];
const OPERATOR: &[&str] = &[
    "operator",
    "operator_name",
    "nha_mang",
    "ten_nha_mang",
    "brand",
    "brand_name",
    "brandname",
    "provider_name",
    "network_name",
    "carrier",
    "network",
    "mang",
    "mccmnc",
    "mcc_mnc",
    "plmn",
];
/// A number of the FCC, which is no network code.
const PROVIDER: &[&str] = &["providerid", "provider_id", "provider"];
const TECHNOLOGY: &[&str] =
    &["technology", "tech", "radio", "rat", "cong_nghe", "network_type", "the_he", "technology_code"];
const MINIMUM: &[&str] = &[
    "minsignal",
    "min_signal",
    "minimum_dbm",
    // As a Shapefile cuts it, to ten letters.
    "minimum_db",
    "min_dbm",
    "rsrp_min",
    "min_rsrp",
    "rsrp",
    "muc_toi_thieu",
    "muc_toi_th",
    "muc_thu_toi_thieu",
    "muc_thu_to",
    "muc_song_toi_thieu",
    "cuong_do_toi_thieu",
    "nguong",
    "nguong_dbm",
    "threshold_dbm",
    "threshold",
];
const ENVIRONMENT: &[&str] = &["environmnt", "environment", "environmen", "moi_truong"];
/// Headings that, beside H3 cells, only a claim has.
const OF_CLAIMS: &[&str] = &["minsignal", "environmnt", "mindown", "minup", "muc_toi_thieu", "muc_thu_toi_thieu"];
/// Coarser cells are no coverage, finer ones no map of a province.
const COARSEST: Resolution = Resolution::Six;
const FINEST: Resolution = Resolution::Eleven;

struct Columns {
    operator: Option<usize>,
    provider: Option<usize>,
    mcc: Option<usize>,
    mnc: Option<usize>,
    technology: Option<usize>,
    minimum: Option<usize>,
    environment: Option<usize>,
    cell: Option<usize>,
}

/// A header that can only be of claims.
pub(super) fn shows(header: &Header) -> bool {
    header.has(H3) && (header.has(OF_CLAIMS) || header.has(MINIMUM)) && !header.has(samples::TIME)
}

/// Reads claims from any vector format, CSV or spreadsheet. A row of several technologies is a row for each.
///
/// # Errors
/// The file as a whole cannot be read, has neither areas nor cells, or does not say of whom or of what.
pub fn read(path: &Path, options: &Options) -> Result<Read<ClaimRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let columns = columns(&table, options)?;
    let reader = Reader { columns: &columns, header: &table.header.clone(), comma: table.decimal_comma, options };
    let mut batch = Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    while let Some(next) = table.next() {
        match next.and_then(|record| reader.claims(record)) {
            Ok(rows) => batch.rows.extend(rows),
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let of_fcc = table.header.has(&["environmnt"]) && table.header.has(&["minsignal"]);
    let profile = if of_fcc { "fcc_bdc" } else { table.profile };
    Ok(Read { profile, ..Read::of(table, batch, None, &[("cell", columns.cell)]) })
}

fn columns(table: &Table, options: &Options) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let columns = Columns {
        operator: header.find(OPERATOR),
        provider: header.find(PROVIDER),
        mcc: header.find(&["mcc"]),
        mnc: header.find(&["mnc"]),
        technology: header.find(TECHNOLOGY),
        minimum: header.find(MINIMUM),
        environment: header.find(ENVIRONMENT),
        cell: header.find(H3).or_else(|| header.find(CELL)),
    };
    // A map proves itself by its polygons.
    if !table.has_geometry() {
        kind::refuse_other(header, ImportKind::Claims)?;
    }
    let mut missing = Vec::new();
    let network = columns.operator.or(columns.provider).or(columns.mcc.and(columns.mnc));
    if network.is_none() && options.operator.is_none() {
        missing.push("operator".to_owned());
    }
    if columns.technology.is_none() && options.technology.is_none() {
        missing.push("technology".to_owned());
    }
    if columns.cell.is_none() && !table.has_geometry() {
        missing.push("h3_index".to_owned());
    }
    if missing.is_empty() { Ok(columns) } else { Err(kind::missing(header, ImportKind::Claims, missing)) }
}

struct Reader<'a> {
    columns: &'a Columns,
    header: &'a Header,
    comma: bool,
    options: &'a Options,
}

impl Reader<'_> {
    fn claims(&self, record: Record) -> Result<Vec<Row<ClaimRecord>>, Reject> {
        let line = record.line;
        let operator = self.operator(&record)?;
        let technologies = self.technologies(&record)?;
        let environment = self.environment(&record)?;
        let minimum = self.minimum(&record)?;
        let ground = self.ground(record)?;
        let claim =
            |technology: Technology| ClaimRecord { operator, technology, environment, minimum, ground: ground.clone() };
        Ok(technologies.into_iter().map(|technology| Row { line, value: claim(technology) }).collect())
    }

    fn operator(&self, record: &Record) -> Result<Operator, Reject> {
        let (columns, stated) = (self.columns, self.options.operator);
        let named = record.get(columns.operator);
        let unknown = |column, text: &str| {
            let known = ["viettel", "vnpt", "mobifone", "vietnamobile", "452-04"].map(str::to_owned).to_vec();
            self.refuse(record, column, text, Reason::UnknownValue { known })
        };
        if !number::is_missing(named.as_bytes()) {
            return named.parse().map_err(|_| unknown(columns.operator, named));
        }
        let (mcc, mnc) = (record.get(columns.mcc), record.get(columns.mnc));
        if let (Ok(mcc), Ok(mnc)) = (mcc.parse(), mnc.parse())
            && let Some(operator) = Operator::from_plmn(mcc, mnc)
        {
            return Ok(operator);
        }
        if let Some(operator) = stated {
            return Ok(operator);
        }
        let provider = record.get(columns.provider);
        if number::is_missing(provider.as_bytes()) {
            let column = columns.operator.or(columns.provider).or(columns.mcc);
            return Err(self.refuse(record, column, "", Reason::Missing));
        }
        let is_number = provider.bytes().all(|b| b.is_ascii_digit());
        let name = if is_number { format!("provider-{provider}") } else { provider.to_owned() };
        name.parse().map_err(|_| unknown(columns.provider, provider))
    }

    /// At least one: `4G`, the FCC's `400`, or `3G/4G`.
    fn technologies(&self, record: &Record) -> Result<Vec<Technology>, Reject> {
        let column = self.columns.technology;
        let stated = record.get(column);
        if number::is_missing(stated.as_bytes()) {
            let stated = self.options.technology.map(|technology| vec![technology]);
            return stated.ok_or_else(|| self.refuse(record, column, "", Reason::Missing));
        }
        // Of the Broadband Data Collection's codes (data specification, mobile technologies).
        let of_word = |word: &str| match word.trim_end_matches(".0") {
            "300" => Some(Technology::Umts),
            "400" => Some(Technology::Lte),
            "500" => Some(Technology::Nr),
            word => word.parse().ok(),
        };
        let words = stated.split(['/', ',', ';', '+', '&', '|', ' ']).filter(|word| !word.is_empty());
        let one = of_word(stated).or_else(|| samples::radio::technology(stated.as_bytes()));
        let several: Option<Vec<Technology>> = match one {
            Some(one) => Some(vec![one]),
            None => words.map(of_word).collect(),
        };
        match several {
            Some(mut several) if !several.is_empty() => {
                several.sort_unstable();
                several.dedup();
                Ok(several)
            }
            _ => Err(self.refuse(record, column, stated, samples::radio::unknown_technology())),
        }
    }

    fn environment(&self, record: &Record) -> Result<Environment, Reject> {
        let stated = record.get(self.columns.environment);
        if number::is_missing(stated.as_bytes()) {
            return Ok(Environment::Unstated);
        }
        let word = text::fold(stated).replace(['-', '_'], " ");
        match word.trim() {
            "0" | "0.0" | "outdoor" | "outdoors" | "outdoor stationary" | "ngoai troi" => Ok(Environment::Outdoor),
            "1" | "1.0" | "vehicle" | "in vehicle" | "trong xe" | "tren xe" => Ok(Environment::Vehicle),
            "indoor" | "indoors" | "trong nha" => Ok(Environment::Indoor),
            _ => {
                let known = ["0 (outdoor)", "1 (in-vehicle)", "indoor"].map(str::to_owned).to_vec();
                Err(self.refuse(record, self.columns.environment, stated, Reason::UnknownValue { known }))
            }
        }
    }

    fn minimum(&self, record: &Record) -> Result<Option<Dbm>, Reject> {
        let column = self.columns.minimum;
        let stated = record.get(column);
        if number::is_missing(stated.as_bytes()) {
            return Ok(self.options.minimum);
        }
        let refuse = |reason| self.refuse(record, column, stated, reason);
        let digits = stated.trim_end_matches(['d', 'D', 'b', 'B', 'm', 'M', ' ']);
        let power = number::parse(digits.as_bytes(), self.comma).ok_or_else(|| refuse(Reason::NotANumber))?;
        #[expect(clippy::cast_possible_truncation, reason = "a power has few digits, and one too large is refused")]
        Dbm::new(power as f32).map(Some).map_err(|_| refuse(Reason::NotAPower))
    }

    /// The cell that a column names, else the shape.
    fn ground(&self, record: Record) -> Result<ClaimedGround, Reject> {
        let column = self.columns.cell;
        let line = record.line;
        let named = record.get(column);
        let has_shape = record.geometry != RawGeometry::None;
        if !number::is_missing(named.as_bytes()) {
            match cell(named) {
                Some(cell) if (COARSEST..=FINEST).contains(&cell.resolution()) => return Ok(ClaimedGround::Cell(cell)),
                Some(cell) => {
                    let reason = Reason::OutOfRange {
                        from: format!("H3 r{}", u8::from(COARSEST)),
                        to: format!("r{}", u8::from(FINEST)),
                    };
                    let found = format!("{named} (r{})", u8::from(cell.resolution()));
                    return Err(self.refuse(&record, column, &found, reason));
                }
                // Beside a shape, a column called `cell` may hold anything.
                None if has_shape => {}
                None => {
                    let known = vec!["89415a8b2c7ffff".to_owned()];
                    return Err(self.refuse(&record, column, named, Reason::UnknownValue { known }));
                }
            }
        } else if !has_shape && column.is_some() {
            return Err(self.refuse(&record, column, "", Reason::Missing));
        }
        let found = shape_name(&record.geometry);
        let bad = |fault| Reject::new(line, "geometry", found, Reason::BadGeometry { fault });
        match record.geometry {
            RawGeometry::None => Err(bad(GeometryFault::Absent)),
            RawGeometry::Bad(problem) => Err(bad(GeometryFault::Unreadable(problem))),
            RawGeometry::Shape(shape) => geometry::area(shape).map(|area| ClaimedGround::Area(area.shape)).map_err(bad),
        }
    }

    fn refuse(&self, record: &Record, column: Option<usize>, found: &str, reason: Reason) -> Reject {
        Reject::new(record.line, column.map_or("", |at| self.header.name(at)), found, reason)
    }
}

/// What a shape is called in GeoJSON.
fn shape_name(geometry: &RawGeometry) -> &'static str {
    match geometry {
        RawGeometry::None | RawGeometry::Bad(_) => "",
        RawGeometry::Shape(Geometry::Polygon(_)) => "Polygon",
        RawGeometry::Shape(Geometry::MultiPolygon(_)) => "MultiPolygon",
        RawGeometry::Shape(Geometry::Point(_)) => "Point",
        RawGeometry::Shape(Geometry::LineString(_)) => "LineString",
        RawGeometry::Shape(Geometry::MultiLineString(_)) => "MultiLineString",
        RawGeometry::Shape(_) => "GeometryCollection",
    }
}

/// An index as H3 prints it, or as a database keeps it: a whole number.
fn cell(text: &str) -> Option<CellIndex> {
    let text = text.trim().trim_start_matches("0x");
    let of_number = || text.parse::<u64>().ok().and_then(|index| CellIndex::try_from(index).ok());
    text.parse().ok().or_else(of_number)
}

#[cfg(test)]
mod tests;
