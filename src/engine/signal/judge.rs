//! The verdict on runs of one operator and one technology.
//!
//! One function judges a cell, seven cells around a village and anything
//! else, so that no two screens can disagree. It refuses to call a place
//! dead on few runs or on one day, and says "suspected" instead; nor does a
//! dead place close on the good runs of one day.

use std::collections::BTreeSet;

use h3o::CellIndex;
use jiff::civil::Date;

use super::{Pass, REPORTING, lower_median, standing, wilson};
use crate::model::measure::Dbm;
use crate::model::operator::{Operator, Technology};
use crate::model::rules::{Cuts, SignalRules};
use crate::model::sample::Run;
use crate::model::verdict::{Evidence, Verdict};

/// A verdict on one operator and technology somewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    pub(super) operator: Operator,
    pub(super) technology: Technology,
    pub(super) verdict: Verdict,
    pub(super) confirmed: bool,
    pub(super) median: Option<Dbm>,
    pub(super) evidence: Evidence,
}

/// Room to count in, kept between calls: most cells hold a handful of runs.
#[derive(Default)]
pub(super) struct Scratch {
    days: Vec<Date>,
    weak_days: Vec<Date>,
    devices: Vec<u64>,
    devices_of_days: Vec<(Date, u64)>,
    medians: Vec<f32>,
}

/// What passes come to, and what a verdict asks beside.
struct Tally {
    evidence: Evidence,
    /// Days with a weak run.
    weak_days: u32,
    /// Runs that heard nothing, or nothing that a phone can use.
    useless_runs: u32,
}

/// Judges passes that all have one operator and one technology; `None` without any.
pub(super) fn judge(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> Option<Judged> {
    let first = passes.first()?.run;
    let tally = tally(passes, rules, scratch)?;
    scratch.medians.clear();
    scratch.medians.extend(standing(passes).map(|pass| pass.run.median.map_or(f32::NEG_INFINITY, Dbm::get)));
    let median = lower_median(&mut scratch.medians, f32::total_cmp).and_then(|v| Dbm::new(v).ok());
    let class = class(median, rules.cuts(first.technology));
    let (mut verdict, mut confirmed) = verdict(&tally, class, rules);
    if !verdict.is_dead() && tally.weak_days >= rules.weak_min_days && is_held(passes, rules, scratch) {
        (verdict, confirmed) = (dead(&tally), false);
    }
    let evidence = tally.evidence;
    if verdict >= Verdict::Outdoor && evidence.superseded_runs > 0 && is_mended_in_part(passes, rules) {
        (verdict, confirmed) = (Verdict::Suspected, false);
    }
    Some(Judged { operator: first.operator, technology: first.technology, verdict, confirmed, median, evidence })
}

/// Whether a place was dead before the last day with good runs, and would be without them: then they close nothing,
/// unless enough days with good runs followed the last weak one.
fn is_held(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> bool {
    let is_good = |pass: &Pass<'_>| !is_weak(pass.run, rules);
    let Some(last) = standing(passes).filter(|pass| is_good(pass)).map(|pass| pass.day).max() else { return false };
    let last_weak = standing(passes).filter(|pass| !is_good(pass)).map(|pass| pass.day).max();
    let good_since = standing(passes).filter(|pass| is_good(pass) && Some(pass.day) > last_weak).map(|pass| pass.day);
    if count(good_since.collect::<BTreeSet<_>>().len()) >= rules.weak_min_days {
        return false;
    }
    let mut dead_by = |counts: &dyn Fn(&Pass<'_>) -> bool| {
        let some: Vec<Pass<'_>> = passes.iter().filter(|pass| counts(pass)).copied().collect();
        tally(&some, rules, scratch).is_some_and(|tally| is_dead(&tally, rules))
    };
    dead_by(&|pass| pass.day < last) && dead_by(&|pass| pass.day != last || !is_good(pass))
}

/// Whether some ground of a mended r9 cell was weak whenever it was measured, and was not since.
fn is_mended_in_part(passes: &[Pass<'_>], rules: &SignalRules) -> bool {
    let is_one_cell =
        passes.windows(2).all(|two| two[0].run.cell.parent(REPORTING) == two[1].run.cell.parent(REPORTING));
    let superseded = passes.iter().filter(|pass| pass.superseded);
    let Some(until) = superseded.map(|pass| pass.day).max().filter(|_| is_one_cell) else { return false };
    let elsewhere: BTreeSet<CellIndex> = standing(passes)
        .filter(|pass| pass.day > until || !is_weak(pass.run, rules))
        .map(|pass| pass.run.cell)
        .collect();
    standing(passes).any(|pass| !elsewhere.contains(&pass.run.cell))
}

/// As what a place is dead, by how many of its runs heard nothing that a phone can use.
fn dead(tally: &Tally) -> Verdict {
    if u64::from(tally.useless_runs) * 2 >= u64::from(tally.evidence.runs) { Verdict::None } else { Verdict::Weak }
}

/// Counts passes of any operators and technologies, each weak by its own
/// technology's cuts, those that later ones supersede only as such; `None` without any.
pub(super) fn evidence(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> Option<Evidence> {
    tally(passes, rules, scratch).map(|tally| tally.evidence)
}

fn tally(passes: &[Pass<'_>], rules: &SignalRules, scratch: &mut Scratch) -> Option<Tally> {
    let Scratch { days, weak_days, devices, devices_of_days, .. } = scratch;
    days.clear();
    weak_days.clear();
    devices.clear();
    devices_of_days.clear();
    let (mut samples, mut runs, mut weak_runs, mut silent_runs, mut useless_runs) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for pass in standing(passes) {
        runs += 1;
        days.push(pass.day);
        if pass.of_a_day {
            devices_of_days.push((pass.day, pass.run.device));
        } else {
            devices.push(pass.run.device);
        }
        samples = samples.saturating_add(pass.run.samples);
        silent_runs += u32::from(pass.run.median.is_none());
        useless_runs += u32::from(is_useless(pass.run, rules));
        if is_weak(pass.run, rules) {
            weak_runs += 1;
            weak_days.push(pass.day);
        }
    }
    for days in [&mut *days, weak_days] {
        days.sort_unstable();
        days.dedup();
    }
    devices.sort_unstable();
    devices.dedup();
    // The phones of two days may be the same, and may be those that are known.
    devices_of_days.sort_unstable();
    devices_of_days.dedup();
    let of_one_day = devices_of_days.chunk_by(|one, other| one.0 == other.0).map(<[_]>::len).max().unwrap_or(0);
    let (weak_low, weak_high) = wilson::interval(weak_runs, runs, rules.weak_z);
    let evidence = Evidence {
        runs,
        days: count(days.len()),
        devices: count(devices.len().max(of_one_day)),
        samples,
        weak_runs,
        silent_runs,
        superseded_runs: count(passes.len()) - runs,
        weak_low,
        weak_high,
        first_seen: *days.first()?,
        last_seen: *days.last()?,
    };
    Some(Tally { evidence, weak_days: count(weak_days.len()), useless_runs })
}

/// Below the "poor" cut, silent, or unusable although the power is there.
pub(super) fn is_weak(run: &Run, rules: &SignalRules) -> bool {
    if run.median.is_none_or(|median| median.get() < rules.cuts(run.technology).poor) {
        return true;
    }
    let (rsrq_min, sinr_min) = match run.technology {
        Technology::Lte => (rules.rsrq_min_db, rules.sinr_min_db),
        Technology::Nr => (rules.nr_rsrq_min_db, rules.nr_sinr_min_db),
        Technology::Umts | Technology::Gsm => return false,
    };
    run.rsrq_db.is_some_and(|rsrq| rsrq.get() < rsrq_min)
        || run.sinr_db.is_some_and(|sinr| sinr.get() < sinr_min)
        || run.download_kbps.is_some_and(|speed| speed.get() < rules.download_min_kbps)
}

/// Good runs, and whether they are enough, on enough days, to say that a dead place works again.
pub(super) fn good_runs(passes: &[Pass<'_>], rules: &SignalRules) -> (usize, bool) {
    let good: Vec<Date> = passes.iter().filter(|pass| !is_weak(pass.run, rules)).map(|pass| pass.day).collect();
    let days: BTreeSet<&Date> = good.iter().collect();
    let closes = good.len() >= rules.weak_min_runs as usize && days.len() >= rules.weak_min_days as usize;
    (good.len(), closes)
}

/// Heard nothing, or nothing that a phone can use. Every such run is weak.
fn is_useless(run: &Run, rules: &SignalRules) -> bool {
    let cuts = rules.cuts(run.technology);
    run.median.is_none_or(|median| median.get() < cuts.none.min(cuts.poor))
}

/// The class of the median alone, as if evidence did not matter.
fn class(median: Option<Dbm>, cuts: Cuts) -> Verdict {
    match median.map(Dbm::get) {
        None => Verdict::None,
        Some(power) if power < cuts.none => Verdict::None,
        Some(power) if power < cuts.poor => Verdict::Weak,
        Some(power) if power < cuts.outdoor => Verdict::Outdoor,
        Some(power) if power < cuts.good => Verdict::Good,
        Some(_) => Verdict::VeryGood,
    }
}

/// Whether the weak runs are enough to call a place dead. Its days are days with a weak run: one bad day and
/// one good one are an outage, not a dead place.
fn is_dead(Tally { evidence, weak_days, .. }: &Tally, rules: &SignalRules) -> bool {
    evidence.runs >= rules.weak_min_runs && *weak_days >= rules.weak_min_days && evidence.weak_low > rules.weak_share
}

/// The verdict, and whether it is confirmed.
fn verdict(tally: &Tally, class: Verdict, rules: &SignalRules) -> (Verdict, bool) {
    let evidence = &tally.evidence;
    let many = evidence.runs >= rules.confirmed_min_runs;
    let (sure_low, sure_high) = wilson::interval(evidence.weak_runs, evidence.runs, rules.confirmed_z);
    if is_dead(tally, rules) {
        return (dead(tally), many && sure_low > rules.weak_share);
    }
    if evidence.weak_share() >= rules.weak_share || class.is_dead() {
        return (Verdict::Suspected, false);
    }
    // The runs of one day rise and fall together, whatever they say.
    (class, many && sure_high < rules.weak_share && evidence.days >= rules.weak_min_days)
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
