//! What a person is shown of a file before and after it comes in: how it was understood, a few good
//! rows, and what the check of visits would say. No household, no position.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::Job;
use super::village_changes::VillageGlance;
use crate::engine::{Visits, quality};
use crate::ingest::Written;
use crate::model::admin::UnitCode;
use crate::model::flag::{Flag, Flags};
use crate::model::village::VillageCode;
use crate::model::visit::{Visit, VisitResult};

/// Good rows that are shown: as many as fit a small screen.
const GLANCES: usize = 8;

#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub written: Written,
    /// Our name of a column, and the file's.
    pub columns: Vec<(&'static str, String)>,
    /// By a profile: no column beside those that it names is looked at.
    pub mapped: bool,
    pub first_good: Vec<Glance>,
    /// The first rows of a register.
    pub villages: Vec<VillageGlance>,
    /// Those of its rows that change a known village; the first, and odd ones before all others.
    pub changed_villages: Vec<VillageGlance>,
    /// Good rows of each commune.
    pub communes: BTreeMap<UnitCode, u64>,
    /// Visits of this file that would have each flag, beside those of the store.
    pub flags: Vec<(Flag, u64)>,
    /// Visits of this file that would count nowhere until somebody accepts them.
    pub held: u64,
}

/// A good row, in as many words as say where, when and what.
#[derive(Clone, Debug)]
pub struct Glance {
    pub line: u64,
    pub time: Timestamp,
    pub commune: UnitCode,
    pub village: Option<VillageCode>,
    pub result: VisitResult,
    pub flags: Flags,
}

/// Counts good rows by commune.
pub(super) fn count(job: &mut Job, visits: &[Visit]) {
    for visit in visits {
        *job.report.seen.communes.entry(visit.commune).or_default() += 1;
    }
}

/// Notes what is to be shown of visits, and their flags beside others where those are given.
pub(super) fn of_visits(job: &mut Job, (visits, lines): (&[Visit], &[u64]), beside: Option<&Visits>) {
    let Some(beside) = beside else { return };
    let new: HashSet<&str> = visits.iter().map(|visit| visit.source_id.as_str()).collect();
    let mut all = quality::near(visits, beside);
    all.retain(|visit| !new.contains(visit.source_id.as_str()));
    let before = all.len();
    all.extend(visits);
    let flags = &quality::flags(&all, job.today)[before..];
    let seen = &mut job.report.seen;
    let count = |flag: Flag| flags.iter().filter(|flags| flags.has(flag)).count() as u64;
    seen.flags = Flag::ALL.into_iter().map(|flag| (flag, count(flag))).filter(|(_, rows)| *rows > 0).collect();
    seen.held = flags.iter().filter(|flags| flags.block()).count() as u64;
    seen.first_good = visits
        .iter()
        .zip(lines)
        .zip(flags)
        .take(GLANCES)
        .map(|((visit, line), flags)| Glance {
            line: *line,
            time: visit.time,
            commune: visit.commune,
            village: visit.village,
            result: visit.result,
            flags: *flags,
        })
        .collect();
}
