//! One line of a list becomes a site, or says why not.
//!
//! Place, operator and technology must be there. The rest is left out where it
//! is impossible, and counted; a code for "unknown" (`2147483647`, `-1`) is no value.

use crate::ingest::header::Header;
use crate::ingest::lines::{Line, Shape};
use crate::ingest::position::Axis;
use crate::ingest::samples::radio;
use crate::ingest::{Options, StatedEncoding, Warning, number, privacy, reading, text};
use crate::model::crs::Crs;
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::site::{Site, eci};

use super::columns::Columns;

/// Area codes that say "none": 0 and FFFE are reserved (TS 23.003 4.1), FFFF and FFFFFF stand for unknown.
const NO_AREA: [u32; 4] = [0, 65_534, 65_535, 16_777_215];
/// Metres: the highest guyed masts stand 600 m above ground.
const MOST_HEIGHT_M: f64 = 700.0;
/// Characters of a label; more is a description.
const MOST_NAME: usize = 120;

pub(super) struct Reader<'a> {
    columns: &'a Columns,
    header: &'a Header,
    options: &'a Options,
    crs: Crs,
    delimiter: u8,
    font: Option<StatedEncoding>,
}

/// Optional values left out.
#[derive(Clone, Copy, Default)]
pub(super) struct Dropped {
    arfcn: u64,
    azimuth: u64,
    height: u64,
}

impl std::ops::AddAssign for Dropped {
    fn add_assign(&mut self, other: Self) {
        self.arfcn += other.arfcn;
        self.azimuth += other.azimuth;
        self.height += other.height;
    }
}

impl Dropped {
    pub(super) fn warnings(self, columns: &Columns, header: &Header) -> Vec<Warning> {
        let counts = [(self.arfcn, columns.arfcn), (self.azimuth, columns.azimuth), (self.height, columns.height)];
        Warning::values_dropped(&counts, header)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        columns: &'a Columns,
        header: &'a Header,
        (options, crs): (&'a Options, Crs),
        delimiter: u8,
    ) -> Self {
        Self { columns, header, options, crs, delimiter, font: options.encoding }
    }

    /// Reads whole lines, of which the first has the number `line`.
    pub(super) fn read(&self, (text, line, end): (&[u8], u64, u8), batch: &mut Batch<Site>) -> Dropped {
        let mut dropped = Dropped::default();
        let shape = Shape { delimiter: self.delimiter, width: self.header.len(), end };
        shape.lines(text, line, &mut |line| match line
            .and_then(|line| Ok((line.number, self.site(line, &mut dropped)?)))
        {
            Ok((line, sites)) => batch.rows.extend(sites.into_iter().map(|value| Row { line, value })),
            Err(reject) => batch.rejects.push(reject),
        });
        dropped
    }

    fn site(&self, line: Line<'_>, dropped: &mut Dropped) -> Result<Vec<Site>, Reject> {
        let columns = self.columns;
        let at = self.position(line)?;
        let technologies = self.technologies(line)?;
        let site = Site {
            operator: self.operator(line)?,
            technology: technologies[0],
            at,
            exact: self.is_exact(line),
            cell: radio::cell(line.get(columns.cell)),
            area_code: self.whole(line, columns.area).filter(|code| *code < 1 << 24 && !NO_AREA.contains(code)),
            arfcn: self.optional(line, columns.arfcn, &mut dropped.arfcn, |value| {
                number::whole(value).filter(|arfcn| *arfcn <= radio::MOST_ARFCN)
            }),
            azimuth_deg: self.optional(line, columns.azimuth, &mut dropped.azimuth, |value| {
                // 360 is north as well.
                (0.0..=360.0).contains(&value).then_some((value % 360.0) as f32)
            }),
            height_m: self
                .optional(line, columns.height, &mut dropped.height, |value| {
                    (0.0..=MOST_HEIGHT_M).contains(&value).then_some(value as f32)
                })
                .filter(|metres| *metres > 0.0),
            observations: self.whole(line, columns.observations).filter(|count| *count > 0),
            name: self.name(line)?,
            source: self.options.default_source.clone(),
        };
        let node = radio::cell(line.get(columns.node));
        Ok(technologies.into_iter().map(|technology| of_node(Site { technology, ..site.clone() }, node)).collect())
    }

    fn number(&self, text: &[u8]) -> Option<f64> {
        number::parse(text, self.delimiter != b',')
    }

    fn position(&self, line: Line<'_>) -> Result<LonLat, Reject> {
        let (lon, lat) = (line.get(self.columns.lon), line.get(self.columns.lat));
        for (text, column) in [(lat, self.columns.lat), (lon, self.columns.lon)] {
            if number::is_missing(text) {
                return Err(self.refuse(line, column, Reason::Missing));
            }
        }
        let degrees = |text| reading::coordinate(text, self.delimiter != b',');
        let found = reading::position(self.crs, degrees(lon), degrees(lat), self.columns.axes);
        found.map(|(at, _)| at).map_err(|(axis, reason)| match axis {
            Axis::Lon => self.refuse(line, self.columns.lon, reason),
            Axis::Lat => self.refuse(line, self.columns.lat, reason),
        })
    }

    /// At least one: `LTE`, or `2G/3G/4G` of a mast that carries several.
    fn technologies(&self, line: Line<'_>) -> Result<Vec<Technology>, Reject> {
        let text = String::from_utf8_lossy(line.get(self.columns.technology));
        if let Some(stated) = self.of_clf(line, &text) {
            return Ok(vec![stated]);
        }
        let marked = self.marked(line);
        if !marked.is_empty() {
            return Ok(marked);
        }
        if number::is_missing(text.as_bytes()) || (self.columns.profile.starts_with("clf") && text == "0") {
            let stated = self.options.technology.map(|technology| vec![technology]);
            return stated.ok_or_else(|| self.refuse(line, self.columns.technology, Reason::Missing));
        }
        if let Some(one) = radio::technology(text.as_bytes()) {
            return Ok(vec![one]);
        }
        let words = text.split(['/', ',', ';', '+', '&', '|', ' ']).filter(|word| !word.is_empty());
        let several: Result<Vec<Technology>, _> = words.map(str::parse).collect();
        match several {
            Ok(mut several) if !several.is_empty() => {
                several.sort_unstable();
                several.dedup();
                Ok(several)
            }
            _ => Err(self.refuse(line, self.columns.technology, radio::unknown_technology())),
        }
    }

    /// Those whose column has a mark, in lists with a column for each: `x`, a number of cells, a date.
    fn marked(&self, line: Line<'_>) -> Vec<Technology> {
        let marked = |text: &[u8]| {
            let no = number::is_missing(text) || text == b"0" || text.eq_ignore_ascii_case(b"no");
            !no && text::fold(&String::from_utf8_lossy(text)) != "khong"
        };
        let columns = self.columns.marks.iter().filter(|(_, column)| marked(line.get(Some(*column))));
        columns.map(|(technology, _)| *technology).collect()
    }

    /// CLF 4 numbers systems as G-MoN does: 1 LTE, 2 GSM, 3 UMTS; then CDMA and others that are none of ours. Of
    /// CLF 3 only a controller of 3G can be told.
    fn of_clf(&self, line: Line<'_>, text: &str) -> Option<Technology> {
        match self.columns.profile {
            "clf_4" => match text {
                "1" => Some(Technology::Lte),
                "2" => Some(Technology::Gsm),
                "3" => Some(Technology::Umts),
                _ => None,
            },
            "clf_3" => self.whole(line, self.columns.rnc).filter(|rnc| *rnc > 0).map(|_| Technology::Umts),
            _ => None,
        }
    }

    fn operator(&self, line: Line<'_>) -> Result<Operator, Reject> {
        let columns = self.columns;
        let named = line.get(columns.operator);
        let digits = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|text| text.parse::<u16>().ok());
        let (column, found) = if !number::is_missing(named) {
            (columns.operator, std::str::from_utf8(named).ok().and_then(|name| name.parse().ok()))
        } else if columns.plmn.is_some() {
            (columns.plmn, plmn(line.get(columns.plmn)))
        } else {
            let (mcc, mnc) = (digits(line.get(columns.mcc)), digits(line.get(columns.mnc)));
            (columns.mcc, mcc.zip(mnc).and_then(|(mcc, mnc)| Operator::from_plmn(mcc, mnc)))
        };
        found.or(self.options.operator).ok_or_else(|| {
            let reason = if number::is_missing(line.get(column)) {
                Reason::Missing
            } else {
                let known = ["viettel", "vnpt", "mobifone", "vietnamobile", "452-04"].map(str::to_owned).to_vec();
                Reason::UnknownValue { known }
            };
            self.refuse(line, column, reason)
        })
    }

    /// A list with its own word is believed; a crowd's list never is, and others are of masts.
    fn is_exact(&self, line: Line<'_>) -> bool {
        if self.columns.is_estimated() {
            return false;
        }
        if self.columns.rating.is_some() {
            return line.get(self.columns.rating) == b"-1";
        }
        let stated = text::fold(&String::from_utf8_lossy(line.get(self.columns.exact)));
        !matches!(stated.as_str(), "0" | "false" | "no" | "f" | "n" | "khong")
    }

    /// A whole number; what is none, or says "unknown", is no value.
    fn whole(&self, line: Line<'_>, column: Option<usize>) -> Option<u32> {
        self.number(line.get(column)).and_then(number::whole).filter(|value| *value != i32::MAX.unsigned_abs())
    }

    fn optional<T>(
        &self,
        line: Line<'_>,
        column: Option<usize>,
        dropped: &mut u64,
        accept: impl Fn(f64) -> Option<T>,
    ) -> Option<T> {
        let text = line.get(column);
        if number::is_missing(text) || matches!(text, b"-1" | b"2147483647") {
            return None;
        }
        // Metres and degrees of an antenna are often written behind the number.
        let number = ["m", "°"].iter().find_map(|unit| number::with_unit(text, self.delimiter != b',', unit));
        let value = number.and_then(accept);
        *dropped += u64::from(value.is_none());
        value
    }

    fn name(&self, line: Line<'_>) -> Result<String, Reject> {
        for column in self.columns.names {
            let text = line.get(column);
            if number::is_missing(text) {
                continue;
            }
            let name = std::str::from_utf8(text).map_err(|_| Reject::new(line.number, "", "", Reason::NotText))?;
            let name = self.font.map_or(name.into(), |font| font.convert(name));
            let name = privacy::mask_numbers(&text::clean(&name));
            return Ok(name.chars().take(MOST_NAME).collect());
        }
        Ok(String::new())
    }

    fn refuse(&self, line: Line<'_>, column: Option<usize>, reason: Reason) -> Reject {
        line.refused(self.header, column, reason)
    }
}

/// A cell of a stated eNodeB has its ECI. How many bits of an NCI are the gNB's is not fixed (22 to 32), so that such
/// a cell stays a number within its mast, whose name the gNB is where the list has none.
fn of_node(site: Site, node: Option<u64>) -> Site {
    let Some(node) = node else { return site };
    let (cell, name) = match site.technology {
        Technology::Lte => (site.cell.and_then(|cell| eci(node, cell)).or(site.cell), format!("eNB {node}")),
        Technology::Nr => (site.cell, format!("gNB {node}")),
        Technology::Gsm | Technology::Umts => return site,
    };
    Site { cell, name: if site.name.is_empty() { name } else { site.name }, ..site }
}

/// `45204`: the country's three digits, then two or three of the network.
fn plmn(text: &[u8]) -> Option<Operator> {
    let text = std::str::from_utf8(text).ok().filter(|text| matches!(text.len(), 5 | 6))?;
    Operator::from_plmn(text.get(..3)?.parse().ok()?, text.get(3..)?.parse().ok()?)
}
