//! Finding the commune and the village that a row means.
//!
//! The commune first (`communes.rs`), then the village within it: by our
//! code, by its name, by the extent around it, by the nearest point.

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;

use geo::Intersects;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::communes::{Claim, Communes, Found, Old, Unplaced};
use super::misfit::{self, Points};
use super::origins::Origins;
use super::village_names;
use super::villages::SINCE;
use super::{ImportError, Job};
use crate::engine::boundaries::Lookup;
use crate::engine::boundaries::place::bounds;
use crate::engine::names::{Match, Matcher};
use crate::ingest::{self, Unreadable};
use crate::model::admin::UnitCode;
use crate::model::crs::Crs;
use crate::model::measure::LonLat;
use crate::model::refusal::{Batch, Reason};
use crate::model::village::{Village, VillageCode, VillageExtent};
use crate::store::{Store, StoreError};

/// The register as it stands when an import begins.
pub(super) struct Places {
    communes: Communes,
    pub(super) villages: Vec<Village>,
    pub(super) origins: Origins,
    in_commune: FxHashMap<UnitCode, Matcher<VillageCode>>,
    /// Groups of towns by the spelling that their abbreviations share.
    groups: FxHashMap<(UnitCode, String), Vec<VillageCode>>,
    /// Villages of each commune, by their place in the register.
    of_commune: FxHashMap<UnitCode, Vec<usize>>,
    by_code: FxHashMap<VillageCode, usize>,
    /// Villages with a point, by their place in the register.
    points: FxHashMap<UnitCode, Vec<(usize, LonLat)>>,
    /// Villages with an extent.
    extents: FxHashMap<UnitCode, Vec<Ground>>,
    pub(super) today: Date,
}

/// Villages that a refusal offers for a name.
const OFFERED: usize = 3;

/// The ground of a village, and a box around it.
struct Ground {
    village: usize,
    bounds: [f64; 4],
    extent: Arc<VillageExtent>,
}

impl Ground {
    fn holds(&self, at: LonLat) -> bool {
        let [west, south, east, north] = self.bounds;
        let is_near = (west..=east).contains(&at.lon()) && (south..=north).contains(&at.lat());
        is_near && holds(&self.extent, at)
    }
}

/// Whether a place lies in an extent or on its border.
pub(super) fn holds(extent: &VillageExtent, at: LonLat) -> bool {
    extent.area.intersects(&geo_types::Point::from(at))
}

/// Whether a village was there on a day. Lists know no first day: what they bring has always been there.
fn stands(village: &Village, on: Date) -> bool {
    village.in_force(on.max(SINCE))
}

impl Places {
    pub(super) async fn load(store: &dyn Store, today: Date) -> Result<Self, StoreError> {
        let villages = store.villages().await?;
        let communes = Communes::new(store.units().await?, &store.changes().await?, today);
        let mut spellings: FxHashMap<UnitCode, Vec<(String, VillageCode)>> = FxHashMap::default();
        for village in &villages {
            let list = spellings.entry(village.commune).or_default();
            list.push((village.name.clone(), village.code));
            list.extend(village.aliases.iter().map(|alias| (alias.clone(), village.code)));
        }
        let mut groups: FxHashMap<(UnitCode, String), Vec<VillageCode>> = FxHashMap::default();
        for (commune, list) in &spellings {
            for (group, code) in list.iter().filter_map(|(name, code)| Some((village_names::group(name)?, *code))) {
                let codes = groups.entry((*commune, group)).or_default();
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        let mut of_commune: FxHashMap<UnitCode, Vec<usize>> = FxHashMap::default();
        for (at, village) in villages.iter().enumerate() {
            of_commune.entry(village.commune).or_default().push(at);
        }
        let in_commune = spellings.into_iter().map(|(commune, list)| (commune, Matcher::new(list))).collect();
        let by_code = villages.iter().enumerate().map(|(i, village)| (village.code, i)).collect();
        let mut points: FxHashMap<UnitCode, Vec<(usize, LonLat)>> = FxHashMap::default();
        for (at, village) in villages.iter().enumerate() {
            if let Some(point) = village.point {
                points.entry(village.commune).or_default().push((at, point));
            }
        }
        let mut extents: FxHashMap<UnitCode, Vec<Ground>> = FxHashMap::default();
        for (at, village) in villages.iter().enumerate() {
            if let Some(extent) = &village.extent
                && let Some(bounds) = bounds(std::iter::once(&extent.area))
            {
                let ground = Ground { village: at, bounds, extent: Arc::clone(extent) };
                extents.entry(village.commune).or_default().push(ground);
            }
        }
        let origins = Origins::of(&villages, &communes);
        Ok(Self { communes, villages, origins, in_commune, groups, of_commune, by_code, points, extents, today })
    }

    /// The commune of today that a row means, and the old one that it names.
    pub(super) fn commune(&self, claim: &Claim<'_>) -> Result<Found, Unplaced> {
        self.communes.commune(claim)
    }

    /// The same of a row that names the old commune in a column of its own.
    pub(super) fn commune_of_old(&self, claim: &Claim<'_>, old: Option<&str>) -> Result<Found, Unplaced> {
        let (commune, named) = self.communes.commune(claim)?;
        Ok((commune, old.and_then(|old| self.communes.old_named(commune, old)).or(named)))
    }

    /// `Gia Hòa`, of an old commune that went into one of today.
    pub(super) fn old_label(&self, commune: UnitCode, old: Old) -> String {
        self.communes.old_label(commune, old)
    }

    /// The commune of today of a stated code, where that is one commune.
    pub(super) fn commune_of_code(&self, code: UnitCode) -> Option<UnitCode> {
        self.communes.of_code(code)
    }

    /// `Phường Hoa Lư (14329)`, of a commune of today.
    pub(super) fn commune_label(&self, code: UnitCode) -> String {
        self.communes.label_today(code)
    }

    /// The communes of today, by place.
    pub(super) fn lookup(&self) -> &Lookup {
        self.communes.lookup()
    }

    pub(super) fn is_inside(&self, at: LonLat) -> bool {
        self.communes.is_inside(at)
    }

    /// Some commune of today has a boundary: without one, nothing is inside or outside.
    pub(super) fn has_areas(&self) -> bool {
        self.communes.has_areas()
    }

    pub(super) fn village(&self, code: VillageCode) -> Option<&Village> {
        self.by_code.get(&code).map(|i| &self.villages[*i])
    }

    /// The village of a code that a field states.
    pub(super) fn village_coded(&self, field: &'static str, code: VillageCode) -> Result<&Village, Unplaced> {
        let unknown = || (field, code.to_string(), Reason::UnknownVillage { candidates: Vec::new() });
        self.village(code).ok_or_else(unknown)
    }

    /// The village of a name that a field states, within one commune and of those of a day.
    pub(super) fn village_named(
        &self,
        field: &'static str,
        ((commune, old), name): (Found, &str),
        on: Date,
    ) -> Result<VillageCode, Unplaced> {
        let is_there = |code: &VillageCode| self.village(*code).is_some_and(|village| stands(village, on));
        let names = self.in_commune.get(&commune);
        let found = names.map(|names| match names.find_among(name, is_there) {
            Match::Exact(code) | Match::Folded(code) => Match::Ambiguous(vec![code]),
            other => other,
        });
        let narrowed = match &found {
            Some(Match::Ambiguous(codes)) => self.origins.narrow(codes, old),
            _ => Vec::new(),
        };
        let reason = match found {
            Some(Match::Ambiguous(_)) if let [one] = narrowed.as_slice() => return Ok(*one),
            // Those of the name are known to come from other old communes.
            Some(Match::Ambiguous(codes)) if narrowed.is_empty() => {
                Reason::UnknownVillage { candidates: self.village_labels(&codes) }
            }
            // The kind, however it is written, tells groups from thôn of the same number.
            Some(Match::Ambiguous(codes)) => match self.group_named(commune, name, is_there).as_slice() {
                [one] if codes.contains(one) => return Ok(*one),
                _ => Reason::AmbiguousVillage { candidates: self.village_labels(&codes) },
            },
            Some(Match::None { near }) => match self.group_named(commune, name, is_there).as_slice() {
                [one] => return Ok(*one),
                [] => Reason::UnknownVillage {
                    candidates: self.village_labels(&self.nearest_named(commune, name, &near, on)),
                },
                several => Reason::AmbiguousVillage { candidates: self.village_labels(several) },
            },
            Some(_) | None => Reason::UnknownVillage { candidates: Vec::new() },
        };
        Err((field, name.to_owned(), reason))
    }

    /// Groups of a town that a shortened name means.
    fn group_named(&self, commune: UnitCode, name: &str, is_there: impl Fn(&VillageCode) -> bool) -> Vec<VillageCode> {
        let codes = village_names::group(name).and_then(|group| self.groups.get(&(commune, group)));
        codes.into_iter().flatten().copied().filter(is_there).collect()
    }

    /// Villages of a commune that a name nobody bears may mean: of the same number first, then those spelt nearly so,
    /// then whatever shares the most with it.
    fn nearest_named(&self, commune: UnitCode, name: &str, near: &[VillageCode], on: Date) -> Vec<VillageCode> {
        let of_commune = self.of_commune.get(&commune).into_iter().flatten().map(|at| &self.villages[*at]);
        let mut others: Vec<&Village> = of_commune.filter(|village| stands(village, on)).collect();
        others.sort_by_cached_key(|village| {
            let spellings = std::iter::once(&village.name).chain(&village.aliases);
            let best = spellings.map(|spelling| village_names::likeness(name, spelling)).max();
            let (same_number, shared) = best.unwrap_or_default();
            let rank = near.iter().position(|code| *code == village.code).unwrap_or(near.len());
            (Reverse(same_number), rank, Reverse(shared), village.code)
        });
        others.iter().take(OFFERED).map(|village| village.code).collect()
    }

    /// The only village of a commune whose extent holds a place on a day. Where extents overlap, and on the border of two,
    /// nobody knows whose it is.
    pub(super) fn village_around(&self, commune: UnitCode, at: LonLat, on: Date) -> Option<VillageCode> {
        let holds = |ground: &&Ground| stands(&self.villages[ground.village], on) && ground.holds(at);
        let mut around = self.extents.get(&commune)?.iter().filter(holds);
        around.next().map(|ground| self.villages[ground.village].code).filter(|_| around.next().is_none())
    }

    /// The nearest village of a commune on a day within a distance, metres.
    pub(super) fn nearest_village(
        &self,
        commune: UnitCode,
        at: LonLat,
        on: Date,
        within_m: f64,
    ) -> Option<VillageCode> {
        let points = self.points.get(&commune)?.iter();
        points
            .map(|(village, point)| (&self.villages[*village], point))
            .filter(|(village, _)| stands(village, on))
            .map(|(village, point)| (village.code, point.distance_m(at)))
            .filter(|(_, metres)| *metres <= within_m)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(code, _)| code)
    }

    /// `Thôn 1 (14488-001)`, and `Thôn 1 (Gia Hòa) (14488-001)` of one that has namesakes in its commune.
    pub(super) fn village_labels(&self, codes: &[VillageCode]) -> Vec<String> {
        let known = codes.iter().filter_map(|code| self.village(*code));
        let label = |village: &Village| {
            let with_old = format!("{} (", village.name);
            let told = || village.aliases.iter().find(|alias| alias.starts_with(&with_old));
            let name = if self.origins.is_known(village.code) { told() } else { None };
            format!("{} ({})", name.unwrap_or(&village.name), village.code)
        };
        known.map(label).collect()
    }
}

/// Notes in the report how a table was read.
pub(super) fn describe<T>(job: &mut Job, table: &ingest::Read<T>) {
    job.report.profile = table.profile.to_owned();
    job.report.dropped_fields.clone_from(&table.dropped_fields);
    job.report.warnings.clone_from(&table.warnings);
    job.report.seen.written = table.written.clone();
    job.report.seen.columns = table.headings.found().map(|(ours, theirs)| (ours, theirs.to_owned())).collect();
}

/// A table of rows with places, noted in the report, in a system that its points fit; and the register to place
/// them by. `stated` gives the points of the rows that say which commune they lie in.
pub(super) async fn read<T>(
    store: &dyn Store,
    job: &mut Job,
    (path, options): (&Path, &ingest::Options),
    read: fn(&Path, &ingest::Options) -> Result<ingest::Read<T>, Unreadable>,
    stated: fn(&T, &Places) -> Option<(UnitCode, LonLat)>,
) -> Result<(ingest::Read<T>, Places), ImportError> {
    let table = read(path, options)?;
    describe(job, &table);
    job.report.corrected.clone_from(&table.corrected);
    let places = Places::load(store, job.today).await?;
    let points = |batch: &Batch<T>| {
        let mut points = Points::default();
        points.see(batch, |row| stated(row, &places));
        points
    };
    let again = |crs: Crs| {
        let options = ingest::Options { crs_epsg: Some(crs.epsg()), ..options.clone() };
        Some(points(&read(path, &options).ok()?.batch))
    };
    misfit::of_points(&points(&table.batch), table.crs, places.lookup(), again)?;
    Ok((table, places))
}
