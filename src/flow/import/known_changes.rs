//! A table of mergers beside the edges that the store knows already.
//!
//! What a row does not state stays as the store has it: its share, its legal
//! basis, its names. A new edge without a word on its share is a part where its
//! unit has other successors on that day, and is refused where the whole unit
//! is known to have gone to another: silence does not divide a unit. What a row
//! states wins.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::model::admin::{Share, UnitChange, UnitCode};
use crate::model::refusal::{Reason, Reject};

/// An edge as a file lists it.
pub(super) struct Listed {
    pub(super) line: u64,
    /// What the file calls the column of the new unit.
    pub(super) field: String,
    pub(super) change: UnitChange,
    pub(super) says_share: bool,
}

/// The edges to keep, and those that contradict what is known.
pub(super) fn beside(listed: Vec<Listed>, known: &[UnitChange]) -> (Vec<UnitChange>, Vec<Reject>) {
    let mut successors: HashMap<(UnitCode, Date), BTreeMap<UnitCode, UnitChange>> = HashMap::new();
    for change in known {
        successors.entry((change.from, change.effective)).or_default().insert(change.to, change.clone());
    }
    let before: HashMap<_, &UnitChange> = known.iter().map(|change| (change.key(), change)).collect();
    // What the file states anew of an edge that is known holds for the rows beside it, too.
    for Listed { change, .. } in listed.iter().filter(|one| one.says_share) {
        let of_unit = successors.get_mut(&(change.from, change.effective));
        if let Some(edge) = of_unit.and_then(|edges| edges.get_mut(&change.to)) {
            edge.share = change.share;
        }
    }
    let (mut kept, mut refused) = (Vec::with_capacity(listed.len()), Vec::new());
    for Listed { line, field, mut change, says_share } in listed {
        if let Some(known) = before.get(&change.key()) {
            fill_from(&mut change, known);
            if !says_share {
                change.share = known.share;
            }
        } else if !says_share && let Some(others) = successors.get(&(change.from, change.effective)) {
            if let Some(whole) = others.values().find(|other| other.share == Share::Whole) {
                let reason = Reason::WentWhole { successor: label(&whole.to_name, whole.to) };
                refused.push(Reject::new(line, field, label(&change.to_name, change.to), reason));
                continue;
            }
            change.share = Share::Part;
        }
        kept.push(change);
    }
    (kept, refused)
}

fn fill_from(change: &mut UnitChange, known: &UnitChange) {
    if change.legal_basis.is_none() {
        change.legal_basis.clone_from(&known.legal_basis);
    }
    for (name, known) in [(&mut change.from_name, &known.from_name), (&mut change.to_name, &known.to_name)] {
        if name.is_empty() {
            name.clone_from(known);
        }
    }
}

/// `Phường Hà Nam (13366)`.
fn label(name: &str, code: UnitCode) -> String {
    if name.is_empty() { code.to_string() } else { format!("{name} ({code})") }
}
