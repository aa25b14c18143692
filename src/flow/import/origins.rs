//! Which old commune a village came from, where that is known.
//!
//! After a merger several villages of one commune bear one name, `Thôn 1`. A village that was listed under an old
//! commune has that as another name, `Thôn 1 (Gia Hòa)`, by which it is told from the others; one of which nothing is
//! known may be any of them.

use rustc_hash::FxHashMap;

use super::communes::{Communes, Old};
use crate::model::village::{Village, VillageCode};

#[derive(Clone, Default)]
pub(super) struct Origins(FxHashMap<VillageCode, Vec<Old>>);

impl Origins {
    pub(super) fn of(villages: &[Village], communes: &Communes) -> Self {
        let mut origins = Self::default();
        for village in villages {
            let names = std::iter::once(&village.name).chain(&village.aliases);
            let stated = names.filter_map(|name| name.trim_end().strip_suffix(')')?.rsplit_once('('));
            for old in stated.filter_map(|(_, old)| communes.old_named(village.commune, old)) {
                origins.add(village.code, old);
            }
        }
        origins
    }

    pub(super) fn add(&mut self, village: VillageCode, old: Old) {
        let known = self.0.entry(village).or_default();
        if !known.contains(&old) {
            known.push(old);
        }
    }

    pub(super) fn is_known(&self, village: VillageCode) -> bool {
        self.0.contains_key(&village)
    }

    /// Those of villages of one name that a row of an old commune may mean: those that came from it, else those of which
    /// nothing is known.
    pub(super) fn narrow(&self, villages: &[VillageCode], old: Option<Old>) -> Vec<VillageCode> {
        let Some(old) = old else { return villages.to_vec() };
        let from_there = |code: &VillageCode| self.0.get(code).is_some_and(|known| known.contains(&old));
        let same: Vec<VillageCode> = villages.iter().copied().filter(from_there).collect();
        if same.is_empty() { villages.iter().copied().filter(|code| !self.is_known(*code)).collect() } else { same }
    }
}
