//! What a list of masts says about those of earlier lists.
//!
//! A cell with an identity may move under it. A mast without one is known by its name and place, so that a corrected
//! place would leave the old one standing: where the file and the store have one row each of a network, name and
//! sector, it is the same mast, and the new row takes the place of the old. A list that is stated to be the whole of
//! its networks also takes out what it does not hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{ImportError, Job, Note};
use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::site::{LOCAL_CELLS, Site};

/// Metres between two rows of one identity that are not of one place.
const APART_M: f64 = 100.0;
/// Names that a note gives.
const NAMED: usize = 3;

type Key = (Operator, Technology, String, Sector);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sector {
    /// Its number within the mast.
    Cell(u64),
    /// By its direction, as bits.
    Towards(Option<u32>),
}

/// How an exact row is known beside its place.
fn sector(site: &Site) -> Option<Key> {
    let sector = match site.cell {
        None => Sector::Towards(site.azimuth_deg.map(f32::to_bits)),
        Some(cell) if site.is_local() => Sector::Cell(cell),
        Some(cell) if site.technology == Technology::Lte => Sector::Cell(cell % LOCAL_CELLS),
        Some(_) => return None,
    };
    (site.exact && !site.name.is_empty()).then(|| (site.operator, site.technology, site.name.clone(), sector))
}

/// `NBH0123` is of one mast of its network; `Trạm 1` may be of any commune's.
fn is_code(name: &str) -> bool {
    name.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// The rows of one file.
#[derive(Default)]
pub(super) struct Masts {
    /// With the place that came first; an estimate has none to differ from.
    keys: HashMap<i64, Option<LonLat>>,
    networks: BTreeSet<(Operator, Technology, bool)>,
    /// `None`: of several rows.
    sectors: HashMap<Key, Option<i64>>,
    /// Rows whose identity another row has elsewhere, and one of them.
    repeated: (u64, Option<String>),
}

impl Masts {
    pub(super) fn see(&mut self, site: &Site) {
        let key = site.key();
        self.networks.insert((site.operator, site.technology, site.exact));
        let at = self.keys.entry(key).or_insert(site.exact.then_some(site.at));
        if site.exact && at.is_some_and(|at| at.distance_m(site.at) > APART_M) {
            self.repeated.0 += 1;
            self.repeated.1.get_or_insert_with(|| site.cell.map_or_else(|| site.name.clone(), |cell| cell.to_string()));
        }
        if let Some(sector) = sector(site) {
            let one = self.sectors.entry(sector).or_insert(Some(key));
            if *one != Some(key) {
                *one = None;
            }
        }
    }

    /// Takes out what the file says of the masts known before it, and tells.
    pub(super) async fn settle(self, known: &[Site], job: &mut Job, replace: bool) -> Result<(), ImportError> {
        if let (rows @ 1.., Some(example)) = self.repeated {
            job.report.notes.push(Note::CellsRepeated { rows, example });
        }
        let left: Vec<(i64, &Site)> = known.iter().map(|site| (site.key(), site)).collect();
        let left: Vec<_> = left.into_iter().filter(|(key, _)| !self.keys.contains_key(key)).collect();
        let mut old: HashMap<Key, Vec<(i64, &Site)>> = HashMap::new();
        for (key, site) in left.iter().filter(|(_, site)| site.cell.is_none() || site.is_local()) {
            if let Some(sector) = sector(site).filter(|sector| self.sectors.contains_key(sector)) {
                old.entry(sector).or_default().push((*key, site));
            }
        }
        let mut moved: Vec<(i64, &Site)> = Vec::new();
        for (sector, rows) in &old {
            let now =
                self.sectors.get(sector).copied().flatten().and_then(|key| self.keys.get(&key).copied().flatten());
            if let (Some(now), [one]) = (now, rows.as_slice())
                && (is_code(&one.1.name) || now.distance_m(one.1.at) <= APART_M)
            {
                moved.push(*one);
            }
        }
        moved.sort_unstable_by(|a, b| (&a.1.name, a.0).cmp(&(&b.1.name, b.0)));
        let keys: HashSet<i64> = moved.iter().map(|(key, _)| *key).collect();
        job.report.moved = job.transaction.remove_sites(&Vec::from_iter(keys.iter().copied())).await?;
        if job.report.moved > 0 {
            let names = names(moved.iter().map(|(_, site)| *site));
            job.report.notes.push(Note::MastsMoved { masts: job.report.moved, names });
        }
        if !replace {
            return Ok(());
        }
        if job.report.refused > 0 {
            // A refused row may be of a mast that stands.
            job.report.notes.push(Note::NotReplaced { refused: job.report.refused });
            return Ok(());
        }
        let of_list = |site: &Site| self.networks.contains(&(site.operator, site.technology, site.exact));
        let gone: Vec<_> = left.iter().filter(|(key, site)| of_list(site) && !keys.contains(key)).collect();
        let keys: Vec<i64> = gone.iter().map(|(key, _)| *key).collect();
        job.report.gone = job.transaction.remove_sites(&keys).await?;
        let names = names(gone.iter().map(|(_, site)| *site));
        job.report.notes.push(Note::MastsGone { masts: job.report.gone, names });
        Ok(())
    }
}

/// The first few, each once.
fn names<'a>(sites: impl Iterator<Item = &'a Site>) -> Vec<String> {
    let names: BTreeSet<&str> = sites.map(|site| site.name.as_str()).filter(|name| !name.is_empty()).collect();
    names.into_iter().take(NAMED).map(str::to_owned).collect()
}
