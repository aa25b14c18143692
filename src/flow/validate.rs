//! A log and a split in, the figures of the surface on it out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use h3o::{CellIndex, Resolution};

use crate::engine::signal::locate::middle;
use crate::engine::signal::sites::Sites;
use crate::engine::signal::surface::validate::{Case, Validation, validate as judge};
use crate::engine::signal::surface::{self, SILENCE_DBM, Spot};
use crate::ingest::samples::readings::{self, Named};
use crate::ingest::{self, Unreadable, Warning, folds};
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::Reject;
use crate::model::sample::Reading;
use crate::model::site::Site;

/// The cells of our own split: 25 m edge, as wide as a street with its houses.
const CELLS: Resolution = Resolution::Eleven;
/// Readings without which a cell has no median to be held against.
const FEWEST_READINGS: u32 = 5;

/// What is judged, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub log: &'a Path,
    /// `None` for a split of our own: cells of five readings or more, in blocks of H3 r9.
    pub folds: Option<&'a Path>,
    /// Where the masts stand: `phusong import sites` reads the same lists. All of them count that are of the
    /// operator and technology of the options, or of any where those say none.
    pub sites: Option<&'a Path>,
    /// Below this a place is weak, dBm.
    pub threshold_dbm: f64,
}

#[derive(Clone, Debug)]
pub struct Validated {
    pub figures: Validation,
    pub readings: usize,
    /// What all of them are of, where the log says one or one was chosen.
    pub technology: Option<Technology>,
    /// Masts that were known.
    pub sites: usize,
    /// Cells of the split of which the log holds nothing that can be used: judged, not learnt from.
    pub cells_without_reading: usize,
    pub rejects: Vec<Reject>,
    pub warnings: Vec<Warning>,
}

#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    #[error("{path}: {problem}")]
    Unreadable { path: PathBuf, problem: Unreadable },
    #[error("{path}: the cells are not of one resolution")]
    MixedCells { path: PathBuf },
    /// No reading is of the technology that was asked for; these are there, with their readings.
    #[error("no reading of {asked} in the log")]
    NoneOf { asked: Technology, found: Vec<(Technology, usize)> },
    /// Too few places, or folds, or powers that are all one.
    #[error("{cells} cells are too few for a surface, or all alike")]
    NoSurface {
        cells: usize,
        /// What was judged of several technologies.
        of: Option<Technology>,
    },
}

/// Validates the surface on a log by blocks.
///
/// # Errors
/// When a file cannot be read, or makes no surface.
pub fn validate(request: &Request<'_>, options: &ingest::Options) -> Result<Validated, ValidateError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |problem| ValidateError::Unreadable { path, problem }
    };
    let log = readings::read(request.log, options).map_err(unreadable(request.log))?;
    let (mut rejects, mut warnings) = (log.batch.rejects, log.warnings);
    let networks: BTreeSet<Operator> = log.batch.rows.iter().filter_map(|row| row.value.operator).collect();
    let is_asked = |of: Operator| options.operator.is_none_or(|asked| asked == of);
    if options.operator.is_none() && networks.len() > 1 {
        let networks = networks.iter().map(|of| of.brand().to_owned()).collect();
        warnings.push(Warning::NetworksAsOne { networks });
    }
    let rows: Vec<Named> =
        log.batch.rows.iter().map(|row| row.value).filter(|row| row.operator.is_none_or(is_asked)).collect();
    let chosen = Chosen::of(&rows, options.technology)?;
    warnings.extend(chosen.warning());
    let options = &ingest::Options { technology: options.technology.or(chosen.of_several()), ..options.clone() };
    let readings: Vec<Reading> = rows.iter().filter(|row| chosen.holds(row)).map(|row| row.reading).collect();
    let (cases, cells_without_reading) = match request.folds {
        None => (own_split(&readings), 0),
        Some(path) => {
            // The profile is of the log.
            let split =
                folds::read(path, &ingest::Options { profile: None, ..options.clone() }).map_err(unreadable(path))?;
            rejects.extend(split.batch.rejects);
            warnings.extend(split.warnings);
            let rows: Vec<folds::Fold> = split.batch.rows.into_iter().map(|row| row.value).collect();
            given_split(&readings, &rows).ok_or_else(|| ValidateError::MixedCells { path: path.to_owned() })?
        }
    };
    let masts = match request.sites {
        Some(path) => masts(path, options, &mut rejects).map_err(unreadable(path))?,
        None => Vec::new(),
    };
    let figures = judge(&cases, &masts, request.threshold_dbm)
        .ok_or(ValidateError::NoSurface { cells: cases.len(), of: chosen.of_several() })?;
    Ok(Validated {
        figures,
        readings: readings.len(),
        technology: chosen.taken,
        sites: masts.len(),
        cells_without_reading,
        rejects,
        warnings,
    })
}

/// The technology that a surface is fitted to: 2G and 4G of one place lie tens of dB apart, and have one threshold each.
struct Chosen {
    taken: Option<Technology>,
    /// Readings of the others.
    others: Vec<(Technology, usize)>,
    is_asked: bool,
}

impl Chosen {
    /// The one that was asked for, else the one with the most readings. Silence is of none: many a phone that finds no
    /// network says no technology.
    fn of(rows: &[Named], asked: Option<Technology>) -> Result<Self, ValidateError> {
        let mut counts: BTreeMap<Technology, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.reading.power.is_some()) {
            *counts.entry(row.technology).or_default() += 1;
        }
        // Of as many the one that a log without technologies would be taken for.
        let most = counts.iter().max_by_key(|(of, count)| (**count, **of == Technology::Lte, **of)).map(|(of, _)| *of);
        let taken = asked.or(most);
        if let Some(asked) = asked.filter(|asked| !counts.is_empty() && !counts.contains_key(asked)) {
            return Err(ValidateError::NoneOf { asked, found: counts.into_iter().collect() });
        }
        let others = counts.into_iter().filter(|(of, _)| Some(*of) != taken).collect();
        Ok(Self { taken, others, is_asked: asked.is_some() })
    }

    fn holds(&self, row: &Named) -> bool {
        self.others.is_empty() || self.taken == Some(row.technology)
    }

    /// What was taken of several without being asked for.
    fn of_several(&self) -> Option<Technology> {
        self.taken.filter(|_| !self.others.is_empty())
    }

    fn warning(&self) -> Option<Warning> {
        let taken = self.of_several().filter(|_| !self.is_asked)?;
        Some(Warning::OneTechnology { taken, others: self.others.clone() })
    }
}

fn masts(path: &Path, options: &ingest::Options, rejects: &mut Vec<Reject>) -> Result<Vec<LonLat>, Unreadable> {
    let mut sites: Vec<Site> = Vec::new();
    let options = ingest::Options { profile: None, ..options.clone() };
    ingest::sites::read(path, &options, &mut |batch| {
        rejects.append(&mut batch.rejects);
        sites.extend(batch.rows.drain(..).map(|row| row.value));
        Ok(())
    })?;
    let networks: BTreeSet<(Operator, Technology)> =
        sites.iter().map(|site| (site.operator, site.technology)).collect();
    let asked = networks.into_iter().filter(|(operator, technology)| {
        options.operator.is_none_or(|asked| asked == *operator)
            && options.technology.is_none_or(|asked| asked == *technology)
    });
    let sites = Sites::new(sites);
    Ok(asked.flat_map(|(operator, technology)| sites.places(operator, technology)).collect())
}

fn own_split(readings: &[Reading]) -> Vec<Case> {
    let spots = surface::spots(readings, CELLS);
    let spots: Vec<Spot> =
        spots.into_iter().map(|(_, spot)| spot).filter(|spot| spot.readings >= FEWEST_READINGS).collect();
    let folds = surface::folds(&spots.iter().map(|spot| spot.at).collect::<Vec<_>>());
    let case = |(spot, fold): (Spot, u32)| Case {
        spot: Some(spot),
        at: spot.at,
        fold,
        truth_dbm: spot.median_dbm.unwrap_or(SILENCE_DBM),
    };
    spots.into_iter().zip(folds.of).map(case).collect()
}

/// The cases, and how many of them the log says nothing of. `None` when cells are of several resolutions.
fn given_split(readings: &[Reading], rows: &[folds::Fold]) -> Option<(Vec<Case>, usize)> {
    let Some(first) = rows.first() else { return Some((Vec::new(), 0)) };
    let resolution = first.cell.resolution();
    if rows.iter().any(|row| row.cell.resolution() != resolution) {
        return None;
    }
    let spots: BTreeMap<CellIndex, Spot> = surface::spots(readings, resolution).into_iter().collect();
    let case = |row: &folds::Fold| {
        let spot = spots.get(&row.cell).copied();
        let measured = spot.map(|spot| spot.median_dbm.unwrap_or(SILENCE_DBM));
        let at = spot.map(|spot| spot.at).or_else(|| middle(row.cell))?;
        Some(Case { spot, at, fold: row.fold, truth_dbm: row.median_dbm.or(measured)? })
    };
    let cases: Vec<Case> = rows.iter().filter_map(case).collect();
    let without = cases.iter().filter(|case| case.spot.is_none()).count();
    Some((cases, without))
}
