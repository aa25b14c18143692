//! Bytes become nouns, and every row that cannot become one says why.
//!
//! A reader takes a path and gives back typed rows, refused rows, and what it
//! had to assume. Personal columns are dropped here, before anything is kept
//! or quoted. A file is judged by its content, never by its extension alone.
//! This room knows no SQL and no HTTP, and never reads the clock.

pub mod activities;
pub mod boundaries;
pub mod claims;
pub mod corrections;
pub mod mergers;
pub mod pieces;
pub mod public_places;
pub mod refused;
pub mod samples;
pub mod sites;
pub mod speed_tiles;
pub mod teams;
pub mod villages;
pub mod visits;

pub mod gdal;

mod archive;
pub mod drawing;
mod encoding;
mod features;
pub mod folds;
mod geometry;
mod header;
mod kind;
mod lines;
mod mending;
mod number;
mod organised;
mod place;
mod position;
mod privacy;
mod profile;
mod reading;
mod sexagesimal;
mod sheet;
mod sniff;
mod stream;
mod submissions;
mod table;
mod text;
mod time;
mod unreadable;
mod warning;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::correction::{Corrected, Correction};
use crate::model::crs::Crs;
use crate::model::import::ImportKind;
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Batch, Parts};
use crate::model::speed::Quarter;

pub use archive::BadArchive;
pub use encoding::{StatedEncoding, UnknownEncoding};
pub use features::{RawFeature, RawGeometry};
pub use privacy::{keyed_hash, mask_names, mask_numbers};
pub use profile::{BadProfile, Changes, Fault, Field, Profile, Stated, VisitsProfile};
pub use sniff::FileKind;
pub use stream::{Sink, Stop, Summary};
pub use unreadable::Unreadable;
pub use warning::Warning;

/// What the person states about a file that the file does not say itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// Coordinate system of the coordinates, as an EPSG number; `None` takes the
    /// file's own word, and WGS 84 where it says nothing.
    pub crs_epsg: Option<u32>,
    /// First day in force of units and changes whose file has no such column.
    pub as_of: Option<Date>,
    /// The present, for "in the future" checks.
    pub now: Timestamp,
    /// Key of the hash that stands for household labels and devices. Another
    /// key gives other hashes, so it belongs to the store and not to the code.
    pub household_key: [u8; 32],
    /// For samples without an operator column.
    pub operator: Option<Operator>,
    /// For samples without a technology column.
    pub technology: Option<Technology>,
    /// The least power claimed, for claims that state none.
    pub minimum: Option<Dbm>,
    /// Goes into `source` where the file names none.
    pub default_source: String,
    /// Encoding of a text that is not Unicode; `None` takes what the bytes show.
    pub encoding: Option<StatedEncoding>,
    /// The layer of a file that holds several; `None` takes those with the columns of the first.
    pub layer: Option<String>,
    /// What the columns of a table of samples hold; `None` goes by its headings.
    pub profile: Option<Arc<Profile>>,
    /// The same of a table of visits.
    pub visits: Option<Arc<VisitsProfile>>,
    /// Quarter of speed tests; `None` takes that of the rows, then that of the file's name.
    pub period: Option<Quarter>,
    /// Somebody says of which commune the rows are that name none.
    pub commune_is_stated: bool,
    /// Answers to refused rows, for the readers of whole tables ([`takes_corrections`]).
    pub corrections: Arc<Vec<Correction>>,
    /// West, south, east, north: tiles of speed tests elsewhere are counted and not kept.
    pub within: Option<[f64; 4]>,
}

impl Options {
    /// Nothing stated, at this instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            crs_epsg: None,
            as_of: None,
            now,
            household_key: [0; 32],
            operator: None,
            technology: None,
            minimum: None,
            default_source: String::new(),
            encoding: None,
            layer: None,
            profile: None,
            visits: None,
            period: None,
            commune_is_stated: false,
            corrections: Arc::default(),
            within: None,
        }
    }

    fn layout(&self) -> table::Layout {
        let of_visits = || self.visits.as_deref().map(|profile| profile.layout);
        self.profile.as_deref().map(Profile::layout).or_else(of_visits).unwrap_or_default()
    }
}

/// Whether the reader of a kind puts corrections in. Those of measurements read files of any size in pieces.
#[must_use]
pub fn takes_corrections(kind: ImportKind) -> bool {
    matches!(kind, ImportKind::Visits | ImportKind::Villages | ImportKind::Places)
}

/// How a file is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub kind: Option<FileKind>,
    /// Of a text.
    pub encoding: Option<&'static str>,
    /// Between the cells of a text.
    pub delimiter: Option<char>,
    /// Of a workbook, where several have rows.
    pub sheets: Parts,
}

/// What one file gave.
#[derive(Clone, Debug)]
pub struct Read<T> {
    pub batch: Batch<T>,
    /// The reader that recognised the file: `geojson`, `csv`, `odk_central`, `gdal` …
    pub profile: &'static str,
    /// Columns dropped because they may name a person, as the file spells them.
    pub dropped_fields: Vec<String>,
    pub warnings: Vec<Warning>,
    /// The system that the coordinates were in; `None` for one that only GDAL knows.
    pub crs: Option<Crs>,
    /// How the file spells the columns that later steps may find fault with.
    pub headings: Headings,
    pub written: Written,
    /// Cells that were read as a correction says.
    pub corrected: Vec<Corrected>,
}

impl<T> Read<T> {
    /// What a table of rows gave, once all of them are read: of points with what was `assumed` of their axes.
    /// `columns` as in [`Headings`].
    fn of(
        mut table: table::Table,
        mut batch: Batch<T>,
        assumed: Option<Warning>,
        columns: &[(&'static str, Option<usize>)],
    ) -> Self {
        table.mending.settle(&mut batch.rejects, &table.header);
        batch.rejects.sort_by_key(|reject| reject.line);
        let own_width = table.mending.own_width(&table.header);
        let headings = Headings::new((&table.header, own_width), columns);
        let had_rows = !batch.rows.is_empty() || !batch.rejects.is_empty();
        Self { batch, ..Self::besides_rows(table, had_rows, assumed, headings) }
    }

    /// What a table gave besides its rows, which went another way.
    fn besides_rows(table: table::Table, had_rows: bool, assumed: Option<Warning>, headings: Headings) -> Self {
        let table::Table { header, profile, crs, mut warnings, written, mending, let_go, .. } = table;
        warnings.extend(assumed);
        if !had_rows {
            warnings.push(Warning::NoRows);
        }
        let (dropped_fields, corrected) = ([header.personal(), let_go].concat(), mending.corrected);
        Self { batch: Batch::default(), profile, dropped_fields, warnings, crs, headings, written, corrected }
    }
}

/// From our name of a column (`commune_code`, `commune`, `village_code`, `village`) to the file's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headings(Vec<(&'static str, String)>);

impl Headings {
    /// Of the first columns, which are those of the file: one that a correction brought has no heading there.
    fn new((header, width): (&header::Header, usize), columns: &[(&'static str, Option<usize>)]) -> Self {
        let named = |at: Option<usize>| at.filter(|at| *at < width).map(|at| header.name(at).to_owned());
        Self(columns.iter().filter_map(|(ours, at)| Some((*ours, named(*at)?))).collect())
    }

    /// Which columns were found, ours and the file's.
    pub fn found(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(ours, theirs)| (*ours, theirs.as_str()))
    }

    /// The file's own heading, or ours where the file has no such column.
    #[must_use]
    pub fn of<'a>(&'a self, ours: &'a str) -> &'a str {
        self.0.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
    }
}

/// The day when the merged communes took office, the edition that a file without
/// a date most probably describes (resolution 1674/NQ-UBTVQH15).
const MERGER_DAY: Date = jiff::civil::date(2025, 7, 1);

#[cfg(test)]
pub(crate) mod fixture;
