//! Looking a lineage over: register, crosswalk and drawings, from the store or
//! from files, with numbers carried through as the proof that none is lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::areas;
use super::check::CheckError;
use crate::engine::boundaries::area::area_m2;
use crate::engine::boundaries::carry::{self, Carried, Drawn};
use crate::engine::boundaries::crosswalk::{self, Finding};
use crate::engine::boundaries::lineage::Lineage;
use crate::ingest::{self, Warning};
use crate::model::admin::{AdminUnit, UnitChange, UnitCode};

/// What is looked over.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub units: Vec<AdminUnit>,
    pub changes: Vec<UnitChange>,
    /// Another crosswalk, to hold this one against.
    pub against: Vec<UnitChange>,
    /// Rows of the files that could not be read.
    pub refused: u64,
    /// Which edition a file without dates was taken for, by its codes.
    pub assumed: Vec<(PathBuf, Edition)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// In force on the day before the last reorganisation of the crosswalk.
    Before,
    /// In force from that day on.
    After,
}

/// One quantity carried from the first day of the crosswalk to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// `units` (the number 1 for each), `stated_area_m2` or `drawn_area_m2`.
    pub quantity: &'static str,
    /// The day of the values.
    pub on: Date,
    /// Units that have a value.
    pub of: usize,
    pub before: u128,
    pub carried: Carried,
}

impl Account {
    #[must_use]
    pub fn after(&self) -> u128 {
        self.carried.units.values().sum()
    }

    #[must_use]
    pub fn held(&self) -> u128 {
        self.carried.held.iter().map(|held| held.value).sum()
    }

    /// Before is after and held, on every day and in all.
    #[must_use]
    pub fn is_conserved(&self) -> bool {
        self.before == self.after() + self.held()
            && self.carried.days.iter().all(|day| day.before == day.after + day.held)
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub days: Vec<Date>,
    pub findings: Vec<Finding>,
    /// Against the other crosswalk.
    pub differences: Vec<Finding>,
    pub accounts: Vec<Account>,
}

impl Sources {
    /// Puts files in the place of what the store says: units, a crosswalk, one to hold it against.
    ///
    /// # Errors
    /// When a file cannot be read as what it should be.
    pub fn read(
        &mut self,
        units: &[PathBuf],
        crosswalk: Option<&Path>,
        against: Option<&Path>,
        options: &ingest::Options,
    ) -> Result<(), CheckError> {
        if let Some(path) = crosswalk {
            self.changes = self.edges(path, options)?;
        }
        if let Some(path) = against {
            self.against = self.edges(path, options)?;
        }
        if !units.is_empty() {
            self.units.clear();
        }
        for path in units {
            let problem = |problem| CheckError::Unreadable { path: path.clone(), problem };
            let read = areas::units(path, options).map_err(problem)?;
            self.refused += read.batch.rejects.len() as u64;
            let undated = read.warnings.iter().any(|warning| matches!(warning, Warning::DateAssumed { .. }));
            let mut rows: Vec<AdminUnit> =
                read.batch.rows.into_iter().map(|row| row.value).filter(AdminUnit::is_commune).collect();
            if undated && let Some(edition) = self.date(&mut rows) {
                self.assumed.push((path.clone(), edition));
            }
            self.units.extend(rows);
        }
        Ok(())
    }

    fn edges(&mut self, path: &Path, options: &ingest::Options) -> Result<Vec<UnitChange>, CheckError> {
        let problem = |problem| CheckError::Unreadable { path: path.to_owned(), problem };
        let read = ingest::mergers::read(path, options).map_err(problem)?;
        self.refused += read.batch.rejects.len() as u64;
        Ok(read.batch.rows.into_iter().map(|row| row.value).collect())
    }

    /// Units of a file without dates stood before or after the last reorganisation:
    /// whichever side of the crosswalk has more nearly the same codes.
    fn date(&self, units: &mut [AdminUnit]) -> Option<Edition> {
        let day = self.changes.iter().map(|change| change.effective).max()?;
        let eve = day.yesterday().ok()?;
        let last = || self.changes.iter().filter(|change| change.effective == day);
        let own: BTreeSet<UnitCode> = units.iter().map(|unit| unit.code).collect();
        let likeness =
            |side: BTreeSet<UnitCode>| own.intersection(&side).count() as f64 / own.union(&side).count().max(1) as f64;
        let before = likeness(last().map(|change| change.from).collect());
        let after = likeness(last().map(|change| change.to).collect());
        let edition = if before > after { Edition::Before } else { Edition::After };
        for unit in units {
            (unit.valid_from, unit.valid_to) = match edition {
                Edition::Before => (eve, Some(day)),
                Edition::After => (day, None),
            };
        }
        Some(edition)
    }

    /// The check itself.
    #[must_use]
    pub fn check(&self) -> Checked {
        let days: BTreeSet<Date> = self.changes.iter().map(|change| change.effective).collect();
        Checked {
            findings: crosswalk::check(&self.units, &self.changes),
            differences: if self.against.is_empty() {
                Vec::new()
            } else {
                crosswalk::compare(&self.changes, &self.against)
            },
            accounts: self.accounts(&days),
            days: days.into_iter().collect(),
        }
    }

    fn accounts(&self, days: &BTreeSet<Date>) -> Vec<Account> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Vec::new() };
        let Ok(on) = first.yesterday() else { return Vec::new() };
        let lineage = Lineage::new(&self.units, &self.changes);
        let drawn = Drawn::new(&self.units, &[]);
        let before: Vec<&AdminUnit> = self.units.iter().filter(|unit| unit.is_commune() && unit.in_force(on)).collect();
        // Without a register the crosswalk itself says who was there.
        let codes: BTreeSet<UnitCode> = match before.is_empty() {
            false => before.iter().map(|unit| unit.code).collect(),
            true => self.changes.iter().map(|c| c.from).filter(|code| lineage.bears(*code, on)).collect(),
        };
        let one_each = codes.into_iter().map(|code| (code, 1)).collect();
        let measured = |area_m2: &dyn Fn(&AdminUnit) -> Option<f64>| -> Vec<(UnitCode, u64)> {
            before.iter().filter_map(|unit| Some((unit.code, whole(area_m2(unit)?)))).collect()
        };
        let stated = measured(&|unit| unit.stated_area_km2.map(|km2| km2 * 1e6));
        let areas = measured(&|unit| unit.geometry.as_ref().and_then(|polygon| area_m2(polygon).ok()));
        [("units", one_each), ("stated_area_m2", stated), ("drawn_area_m2", areas)]
            .into_iter()
            .filter(|(_, values): &(_, Vec<_>)| !values.is_empty())
            .map(|(quantity, values)| Account {
                quantity,
                on,
                of: values.len(),
                before: values.iter().map(|(_, value)| u128::from(*value)).sum(),
                carried: carry::carry(&lineage, &values, on, *last, &drawn),
            })
            .collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, and NaN is 0")]
fn whole(area_m2: f64) -> u64 {
    area_m2.round() as u64
}
