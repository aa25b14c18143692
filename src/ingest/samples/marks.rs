//! Columns by which a row is no reading of the phone's own cell in the open.
//!
//! A phone hears cells beside its own, and their powers are lower: counted as
//! its own they make a dead area of good ground. Apps mark them in many ways:
//! Android's `isRegistered` and `CellConnectionStatus`, a flag, a word.

use super::columns::Columns;
use super::row::{Reader, first_lines};
use crate::ingest::header::Header;
use crate::ingest::lines::Line;
use crate::ingest::profile::{Field, Places, Words};
use crate::ingest::{number, text};
use crate::model::refusal::{Reason, Reject};

/// Whether the row is of a cell that the phone heard beside its own.
const NEIGHBOUR: &[&str] = &[
    "neighboring",
    "neighbouring",
    "neighbor",
    "neighbour",
    "is_neighbor",
    "is_neighbour",
    "is_neighboring",
    "is_neighbouring",
    "neighbor_cell",
    "neighbour_cell",
];
/// Whether it is of the phone's own.
const SERVING: &[&str] =
    &["serving", "is_serving", "is_serving_cell", "registered", "is_registered", "mregistered", "is_primary"];
/// The same, where the column does not hold the identity of the cell.
const SERVING_OR_IDENTITY: &[&str] = &["serving_cell"];
/// Android's `CellInfo.getCellConnectionStatus`: 0 none, 1 primary serving, 2 secondary serving.
const CONNECTION: &[&str] = &["cell_connection_status", "mcellconnectionstatus"];
/// The same in words, `Primary`, `Secondary` and `None`; elsewhere such a column is of the connection for data.
const CONNECTION_IN_WORDS: &[&str] = &["connection_status"];
/// Words for what the cell is.
const ROLE: &[&str] = &["cell_type", "cell_role", "role", "loai_o", "loai_cell"];

/// The publisher of a speed test does not believe it.
const IMPLAUSIBLE: &[&str] = &["implausible"];
/// Walls take 10 dB and more: such a reading says nothing of the ground around.
const INDOOR: &[&str] = &["indoor", "is_indoor", "indoors", "trong_nha"];
const ENVIRONMENT: &[&str] = &["environment", "moi_truong", "indoor_outdoor"];

/// A column, and what a true one in it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) column: usize,
    kind: Kind,
    /// 0 and 1 may be identities of cells: the first lines tell.
    unsure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Neighbour,
    Serving,
    /// As `Serving`, where only the phone's own cell is marked.
    OnlyServing,
    Connection,
    /// As `Connection`, in words: the first lines tell.
    ConnectionInWords,
    Role,
    Implausible,
    Indoor,
    Environment,
}

impl Mark {
    /// Those that a header has. An app may mark its own cells alone.
    pub(super) fn find(header: &Header, profile: &str) -> Vec<Self> {
        let survey = profile == "network_survey";
        let serving = if survey { Kind::OnlyServing } else { Kind::Serving };
        let kinds = [
            (NEIGHBOUR, Kind::Neighbour, false),
            (SERVING, Kind::Serving, false),
            (SERVING_OR_IDENTITY, serving, !survey),
            (CONNECTION, Kind::Connection, false),
            (CONNECTION_IN_WORDS, Kind::ConnectionInWords, true),
            (ROLE, Kind::Role, false),
            (IMPLAUSIBLE, Kind::Implausible, false),
            (INDOOR, Kind::Indoor, false),
            (ENVIRONMENT, Kind::Environment, false),
        ];
        let find =
            |(names, kind, unsure): (&[&str], Kind, bool)| Some(Self { column: header.find(names)?, kind, unsure });
        kinds.into_iter().filter_map(find).collect()
    }

    /// Those that a profile names.
    pub(super) fn of_places(places: Places) -> Vec<Self> {
        let mark = |(field, kind)| Some(Self { column: places.of(field)?, kind, unsure: false });
        [(Field::Serving, Kind::Serving), (Field::Neighbour, Kind::Neighbour)].into_iter().filter_map(mark).collect()
    }

    /// The field of a profile that says the same.
    pub(super) fn field(self) -> Option<Field> {
        match self.kind {
            Kind::Neighbour => Some(Field::Neighbour),
            Kind::Serving | Kind::OnlyServing | Kind::Connection | Kind::ConnectionInWords | Kind::Role => {
                Some(Field::Serving)
            }
            Kind::Implausible | Kind::Indoor | Kind::Environment => None,
        }
    }

    /// Why the row of this cell of the column is no reading of the phone's own cell in the open.
    #[inline]
    pub(super) fn refuses(self, found: &[u8], words: &Words<bool>) -> Option<Reason> {
        match self.kind {
            Kind::Implausible => (is_true(found) == Some(true)).then_some(Reason::Implausible),
            Kind::Indoor => (is_true(found) == Some(true) || is_indoor(found)).then_some(Reason::Indoors),
            Kind::Environment => is_indoor(found).then_some(Reason::Indoors),
            _ => self.is_of_another(found, words).then_some(Reason::NeighbourCell),
        }
    }

    fn is_of_another(self, found: &[u8], words: &Words<bool>) -> bool {
        let flag = || match self.kind {
            Kind::ConnectionInWords if self.unsure => None,
            Kind::Connection | Kind::ConnectionInWords if found.eq_ignore_ascii_case(b"none") => Some(false),
            _ if self.unsure && matches!(found, b"0" | b"1") => None,
            Kind::Neighbour => is_true(found).map(|truth| !truth),
            Kind::Serving | Kind::OnlyServing | Kind::Connection => is_true(found),
            _ => None,
        };
        let serves = words.get(found).or_else(flag).or_else(|| is_serving(found));
        !serves.unwrap_or(self.kind != Kind::OnlyServing)
    }
}

/// A flag as apps and people write it.
fn is_true(found: &[u8]) -> Option<bool> {
    match found {
        b"1" | b"true" => return Some(true),
        b"0" | b"false" => return Some(false),
        _ if found.len() > 6 => return None,
        _ => {}
    }
    match text::fold(&String::from_utf8_lossy(found)).as_str() {
        "true" | "yes" | "y" | "co" | "dung" => Some(true),
        "false" | "no" | "n" | "khong" | "sai" => Some(false),
        _ => None,
    }
}

/// A word for the phone's own cell, or for another.
fn is_serving(found: &[u8]) -> Option<bool> {
    if found.len() < 3 {
        return None;
    }
    match text::fold(&String::from_utf8_lossy(found)).replace(['_', '-'], " ").as_str() {
        "serving" | "serving cell" | "primary" | "primary serving" | "secondary serving" | "pcell" | "pscell"
        | "registered" | "phuc vu" | "o phuc vu" | "dang phuc vu" => Some(true),
        "neighbor" | "neighbour" | "neighboring" | "neighbouring" | "neighbor cell" | "neighbour cell"
        | "neighboring cell" | "neighbouring cell" | "nbr" | "ncell" | "detected" | "not registered"
        | "unregistered" | "lan can" | "o lan can" => Some(false),
        _ => None,
    }
}

/// A word for the inside of a building.
fn is_indoor(found: &[u8]) -> bool {
    found.len() > 3
        && matches!(
            text::fold(&String::from_utf8_lossy(found)).replace(['_', '-'], " ").as_str(),
            "indoor" | "indoors" | "deep indoor" | "inside" | "in building" | "trong nha" | "trong toa nha"
        )
}

impl Columns {
    /// Seen from the first lines: a column of numbers other than 0 and 1 holds identities of cells and no flags, and
    /// one of connections is of the cell where it says that one is primary.
    pub(super) fn settle_marks(&mut self, header: &Header, first: &[u8], end: u8) {
        let unsure: Vec<Mark> = self.marks.iter().filter(|mark| mark.unsure).copied().collect();
        let mut told = Vec::new();
        for mark in unsure {
            first_lines((self, header), first, end, &mut |line| {
                let found = line.get(Some(mark.column));
                let tells = match mark.kind {
                    Kind::ConnectionInWords => is_primary(found),
                    _ => !matches!(found, b"0" | b"1") && number::parse(found, true).is_some(),
                };
                if tells {
                    told.push(mark.column);
                }
            });
        }
        self.marks.retain(|mark| mark.kind != Kind::ConnectionInWords || told.contains(&mark.column));
        for mark in &mut self.marks {
            mark.unsure &= mark.kind != Kind::ConnectionInWords && told.contains(&mark.column);
        }
    }
}

/// Whether a word for a connection is one of a cell.
pub(super) fn is_primary(found: &[u8]) -> bool {
    found.eq_ignore_ascii_case(b"primary")
}

impl Reader<'_> {
    /// Refuses what is no reading of the phone's own cell.
    #[inline]
    pub(super) fn own_cell(&self, line: Line<'_>) -> Result<(), Reject> {
        let columns = self.columns();
        for mark in &columns.marks {
            if let Some(reason) = mark.refuses(line.get(Some(mark.column)), &columns.meaning.serving) {
                return Err(self.refuse(line, Some(mark.column), reason));
            }
        }
        Ok(())
    }
}
