//! Invented centres of the new communes, one to each: most in the middle of
//! the largest commune that was merged, some in a village at the edge of a
//! hollow, so that the list of centres has something to mend.
//!
//! No office here exists where it is said to be. All say `synthetic`.

use super::SOURCE;
use super::dice::Dice;
use super::facts::Facts;
use super::land::Land;
use super::plane::{Spot, holds};
use super::radio::Radio;
use super::text;
use super::villages::{Village, full_name};

/// Share of the communes whose centre is in the village nearest to a hollow.
const AT_A_HOLLOW: f64 = 0.2;

pub(super) fn csv(facts: &Facts, land: &Land, villages: &[Village], radio: &Radio) -> Vec<u8> {
    let mut out = b"id,kind,name,commune_code,commune_name,lon,lat,source\n".to_vec();
    for (index, commune) in facts.new.iter().enumerate() {
        let Some(at) = centre(index, land, villages, radio) else { continue };
        let full = full_name(&commune.kind, &commune.name);
        let name = format!("UBND {} {}", commune.kind, commune.name);
        let fields = ["demo-", &commune.code, ",commune_centre,", &name, ",", &commune.code, ",", &full, ","];
        fields.iter().for_each(|field| out.extend_from_slice(field.as_bytes()));
        text::lon_lat(&mut out, at.micro(), b',');
        out.push(b',');
        out.extend_from_slice(SOURCE.as_bytes());
        out.push(b'\n');
    }
    out
}

fn centre(commune: usize, land: &Land, villages: &[Village], radio: &Radio) -> Option<Spot> {
    let mut dice = Dice::new("centre", commune as u64);
    let own = land.cells.iter().filter(|cell| cell.new == commune);
    let largest = own.max_by(|a, b| a.area_m2.total_cmp(&b.area_m2))?;
    if dice.chance(AT_A_HOLLOW) {
        let to_hollow = |at: Spot| {
            radio.hollows.iter().map(|hollow| hollow.at.distance(at) - hollow.radius_m).fold(f64::INFINITY, f64::min)
        };
        let own = villages.iter().filter(|village| village.commune == commune).map(|village| village.at);
        return own.min_by(|a, b| to_hollow(*a).total_cmp(&to_hollow(*b)));
    }
    let at = largest.seed.moved(dice.normal() * 120.0, dice.normal() * 120.0);
    Some(if holds(&largest.ring, at.micro()) { at } else { largest.seed })
}
