//! Where things lie: the commune of a place depends on the day, so each edition of the boundaries has its own answer.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use h3o::CellIndex;
use jiff::civil::Date;
use rayon::prelude::*;

use super::Facts;
use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::place::bounds;
use crate::engine::signal::locate::middle;
use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::measure::LonLat;
use crate::model::visit::Visit;

/// The communes from one reorganisation to the next.
pub(super) struct Edition {
    from: Date,
    /// Indices of communes in force, each code once.
    communes: Vec<usize>,
    placement: Arc<OnceLock<Placement>>,
    /// By index of loose visit.
    loose: OnceLock<Arc<Vec<Option<UnitCode>>>>,
}

/// Where things lie in one edition; `None` is outside every commune of it.
struct Placement {
    /// By index of village.
    village: Vec<Option<UnitCode>>,
    /// By index of public place.
    place: Vec<Option<UnitCode>>,
    /// By index of measured cell.
    cell: Vec<Option<UnitCode>>,
    /// By index of claimed cell.
    claimed: Vec<Option<UnitCode>>,
    grounds: Grounds,
}

/// The communes of one edition.
struct Grounds {
    lookup: Lookup,
    /// Codes that are the same unit in this edition and today.
    stand: HashSet<UnitCode>,
}

impl Grounds {
    /// The commune that holds a point; without one, or outside every commune, the declared one while it stands.
    fn of(&self, point: Option<LonLat>, declared: UnitCode) -> Option<UnitCode> {
        let held = point.and_then(|at| self.lookup.locate(at));
        held.or_else(|| self.stand.contains(&declared).then_some(declared))
    }
}

impl Facts {
    /// Takes over where things lie from facts with the same units, villages, places, cells and claims.
    pub(super) fn placed_as(&mut self, before: &Self) {
        for (edition, known) in self.editions.iter_mut().zip(&before.editions) {
            edition.placement = Arc::clone(&known.placement);
            if Arc::ptr_eq(&self.counted.loose, &before.counted.loose) {
                edition.loose = known.loose.clone();
            }
        }
    }

    /// Nearly every question is about today; older editions are placed when first asked for.
    pub(super) fn place_today(&self) {
        if let Some(edition) = self.edition(self.today) {
            let _ = self.placement(edition);
        }
    }

    /// Indices into `units` of the communes in force on a day.
    #[must_use]
    pub fn units_on(&self, day: Date) -> Vec<usize> {
        (0..self.units.len()).filter(|at| self.units[*at].is_commune() && self.units[*at].in_force(day)).collect()
    }

    /// The province in force on a day, where its boundary was imported.
    #[must_use]
    pub fn province_on(&self, day: Date) -> Option<&AdminUnit> {
        self.units.iter().find(|unit| !unit.is_commune() && unit.in_force(day))
    }

    /// Communes in force on a day, by code, each code once.
    #[must_use]
    pub fn communes_on(&self, day: Date) -> Vec<UnitCode> {
        self.edition(day).map_or(Vec::new(), |e| e.communes.iter().map(|at| self.units[*at].code).collect())
    }

    /// The commune that held a village on a day, by index of village.
    ///
    /// Its point decides, in every edition alike, so that a merger needs no
    /// new register. Without a point, or with one outside every commune, the
    /// declared commune stands while that very unit is in force; a code alone
    /// does not carry over to another edition, since codes are used again.
    /// `None` is left out of that edition's sums.
    #[must_use]
    pub fn commune_of_village(&self, village: usize, day: Date) -> Option<UnitCode> {
        self.placement(self.edition(day)?).village.get(village).copied().flatten()
    }

    /// The commune that a visit counts for on a day: that of its village, or its own.
    #[must_use]
    pub fn commune_of_visit(&self, visit: &Visit, day: Date) -> UnitCode {
        let village = visit.village.and_then(|code| self.village_at(code));
        village.and_then(|village| self.commune_of_village(village, day)).unwrap_or(visit.commune)
    }

    /// The commune that holds a public place on a day, by index of place; as [`Facts::commune_of_village`].
    #[must_use]
    pub fn commune_of_place(&self, place: usize, day: Date) -> Option<UnitCode> {
        self.placement(self.edition(day)?).place.get(place).copied().flatten()
    }

    /// The commune that holds any place on a day, looked for anew: for a handful of places.
    #[must_use]
    pub fn commune_at(&self, at: LonLat, day: Date) -> Option<UnitCode> {
        let communes = self.edition(day)?.communes.iter().map(|unit| &self.units[*unit]);
        let near =
            communes.filter_map(|unit| unit.geometry.as_ref().map(|area| (unit.code, area))).filter(|(_, area)| {
                let [west, south, east, north] = bounds(std::iter::once(*area)).unwrap_or_default();
                (west..=east).contains(&at.lon()) && (south..=north).contains(&at.lat())
            });
        Lookup::new(near).locate(at)
    }

    /// The commune around the centre of an r9 cell that has a run.
    #[must_use]
    pub fn commune_of_cell(&self, cell: CellIndex, day: Date) -> Option<UnitCode> {
        let at = self.runs.cells().binary_search(&cell).ok()?;
        self.placement(self.edition(day)?).cell.get(at).copied().flatten()
    }

    /// The commune around the centre of an r9 cell that somebody claims.
    #[must_use]
    pub fn commune_of_claimed(&self, cell: CellIndex, day: Date) -> Option<UnitCode> {
        let at = self.claims.cells().binary_search(&cell).ok()?;
        self.placement(self.edition(day)?).claimed.get(at).copied().flatten()
    }

    /// Communes of visits without a village, on the days that `covers` accepts.
    pub(in crate::engine) fn loose_communes(&self, on: Date, covers: impl Fn(Date) -> bool) -> Vec<UnitCode> {
        let Some(edition) = self.edition(on) else { return Vec::new() };
        let loose = &self.counted.loose;
        let communes = edition.loose.get_or_init(|| {
            let grounds = &self.placement(edition).grounds;
            Arc::new(loose.par_iter().map(|visit| grounds.of(visit.point, visit.commune)).collect())
        });
        let placed = loose.iter().zip(&communes[..]);
        placed.filter(|(visit, _)| covers(visit.day)).filter_map(|(_, commune)| *commune).collect()
    }

    fn edition(&self, day: Date) -> Option<&Edition> {
        let after = self.editions.partition_point(|edition| edition.from <= day);
        after.checked_sub(1).map(|at| &self.editions[at])
    }

    fn placement<'a>(&self, edition: &'a Edition) -> &'a Placement {
        edition.placement.get_or_init(|| self.place(edition))
    }

    fn place(&self, edition: &Edition) -> Placement {
        let with_area = edition.communes.iter().filter_map(|at| {
            let unit = &self.units[*at];
            unit.geometry.as_ref().map(|area| (unit.code, area))
        });
        let lookup = Lookup::new(with_area);
        let first_day: HashMap<UnitCode, Date> =
            edition.communes.iter().map(|at| (self.units[*at].code, self.units[*at].valid_from)).collect();
        let is_today = |code: UnitCode| {
            let today = self.units.iter().find(|unit| unit.code == code && unit.in_force(self.today));
            today.is_some_and(|today| first_day.get(&code) == Some(&today.valid_from))
        };
        let stand = first_day.keys().copied().filter(|code| is_today(*code)).collect();
        let grounds = Grounds { lookup, stand };
        let around = |cell: &CellIndex| grounds.lookup.locate(middle(*cell)?);
        Placement {
            village: self.villages.par_iter().map(|village| grounds.of(village.point, village.commune)).collect(),
            place: self.places.par_iter().map(|place| grounds.of(Some(place.at), place.commune)).collect(),
            cell: self.runs.cells().par_iter().map(around).collect(),
            claimed: self.claims.cells().par_iter().map(around).collect(),
            grounds,
        }
    }
}

/// An edition begins on each day on which some unit begins or ends.
pub(super) fn editions(units: &[AdminUnit]) -> Vec<Edition> {
    let communes = || units.iter().filter(|unit| unit.is_commune());
    let mut days: Vec<Date> = communes().flat_map(|unit| [Some(unit.valid_from), unit.valid_to]).flatten().collect();
    days.sort_unstable();
    days.dedup();
    let on = |day: Date| {
        let in_force = (0..units.len()).filter(|at| units[*at].is_commune() && units[*at].in_force(day));
        let by_code: BTreeMap<UnitCode, usize> = in_force.map(|at| (units[at].code, at)).collect();
        by_code.into_values().collect()
    };
    days.into_iter()
        .map(|from| Edition { from, communes: on(from), placement: Arc::default(), loose: OnceLock::new() })
        .collect()
}
