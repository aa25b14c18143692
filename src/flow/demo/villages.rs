//! Invented villages inside the approximated communes: names that repeat as
//! real ones do, households by a log-normal, some without a declared count.
//!
//! No village here exists. All say `synthetic`.

use std::collections::HashSet;

use super::dice::Dice;
use super::facts::Facts;
use super::land::{Cell, Land};
use super::plane::{Micro, Spot, hills, holds};
use super::text;

/// Villages that declare their households.
pub(super) const WITH_HOUSEHOLDS: usize = 3_000;
/// Villages listed without a count: no denominator, never zero.
pub(super) const WITHOUT_HOUSEHOLDS: usize = 150;
/// Every piece of a commune has this many at least.
const LEAST: usize = 3;

pub(super) struct Village {
    pub(super) cell: usize,
    /// Index in `Facts::new`.
    pub(super) commune: usize,
    /// `<new commune>-<number>`.
    pub(super) code: String,
    pub(super) name: String,
    kind: &'static str,
    pub(super) at: Spot,
    point: Micro,
    precision_m: i64,
    /// How many there are, declared or not.
    pub(super) homes: u32,
    pub(super) declared: bool,
    alias: Option<String>,
}

/// Proper names of hamlets that occur all over the delta.
const NAMES: [&str; 40] = [
    "Đông",
    "Đoài",
    "Nam",
    "Bắc",
    "Trung",
    "Thượng",
    "Hạ",
    "Chùa",
    "Đình",
    "Cầu",
    "Chợ",
    "Đồng",
    "Mới",
    "Trại",
    "Bến",
    "Vạn",
    "Nội",
    "Ngoại",
    "Tiền",
    "Hậu",
    "Phú Thịnh",
    "An Bình",
    "Tân Lập",
    "Đồng Tâm",
    "Quyết Thắng",
    "Đại Đồng",
    "Hoà Bình",
    "Yên Phú",
    "Phúc Lộc",
    "Xuân Hoà",
    "Tân Tiến",
    "Văn Giang",
    "Lạc Thiện",
    "Bình Khang",
    "Cổ Loan",
    "Mỹ Lộc",
    "Thanh Khê",
    "Đức Hậu",
    "Tây Sơn",
    "Hưng Long",
];
const NUMERALS: [&str; 10] = ["Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười"];

pub(super) fn settle(facts: &Facts, land: &Land) -> Vec<Village> {
    let mut villages = Vec::new();
    let mut numbers = vec![0_u32; facts.new.len()];
    let mut taken: Vec<HashSet<String>> = vec![HashSet::new(); facts.new.len()];
    for (index, count) in shares(facts, land).into_iter().enumerate() {
        let cell = &land.cells[index];
        let mut dice = Dice::new("village", index as u64);
        let spots = spots(cell, count, &mut dice);
        let (kind, named) = style(facts, cell, &mut dice);
        let mut names = NAMES;
        dice.shuffle(&mut names);
        for (order, at) in spots.into_iter().enumerate() {
            numbers[cell.new] += 1;
            let (name, alias) =
                name(facts, cell, kind, named.then_some(names.as_slice()), order, &mut taken, &mut dice);
            // Median 130 households; old wards are larger.
            let median = if kind == "tổ dân phố" { 165.0 } else { 130.0 };
            let homes = (median * (0.38 * dice.normal()).exp()).clamp(60.0, 300.0);
            villages.push(Village {
                cell: index,
                commune: cell.new,
                code: format!("{}-{:03}", facts.new[cell.new].code, numbers[cell.new]),
                name,
                kind,
                at,
                point: at.micro(),
                precision_m: *dice.pick(&[50, 50, 100, 100, 150, 300]).unwrap_or(&100),
                homes: u32::try_from(text::rounded(homes)).unwrap_or(100),
                declared: true,
                alias,
            });
        }
    }
    let mut order: Vec<usize> = (0..villages.len()).collect();
    Dice::new("no denominator", 0).shuffle(&mut order);
    for index in order.into_iter().take(WITHOUT_HOUSEHOLDS) {
        villages[index].declared = false;
    }
    villages.sort_by(|a, b| a.code.cmp(&b.code));
    villages
}

/// How many villages each cell has: more where people live denser, by largest remainder.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small counts"
)]
fn shares(facts: &Facts, land: &Land) -> Vec<usize> {
    let mut dice = Dice::new("density", 0);
    let weights: Vec<f64> = land
        .cells
        .iter()
        .map(|cell| {
            let town = if facts.old[cell.old].kind == "xã" { 1.0 } else { 1.5 };
            (cell.area_m2 / 1e6).powf(0.55) * town * (1.0 - 0.55 * hills(cell.seed)) * (0.25 * dice.normal()).exp()
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let free = (WITH_HOUSEHOLDS + WITHOUT_HOUSEHOLDS).saturating_sub(LEAST * weights.len());
    let exact: Vec<f64> = weights.iter().map(|w| w / total * free as f64).collect();
    let mut counts: Vec<usize> = exact.iter().map(|e| LEAST + e.floor() as usize).collect();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    let given: usize = counts.iter().sum();
    for index in order.into_iter().take((WITH_HOUSEHOLDS + WITHOUT_HOUSEHOLDS).saturating_sub(given)) {
        counts[index] += 1;
    }
    counts
}

/// Points inside the cell, most of them near its seed, not on top of each other.
fn spots(cell: &Cell, count: usize, dice: &mut Dice) -> Vec<Spot> {
    let radius = (cell.area_m2 / std::f64::consts::PI).sqrt();
    let mut spots: Vec<Spot> = Vec::new();
    let mut apart = 420.0;
    let mut tries = 0;
    while spots.len() < count {
        tries += 1;
        if tries % 40 == 0 {
            apart *= 0.7;
        }
        let spread = if dice.chance(0.55) { 0.40 } else { 0.75 };
        let at = cell.seed.moved(dice.normal() * radius * spread, dice.normal() * radius * spread);
        let free = spots.iter().all(|other| other.distance(at) > apart);
        if free && (holds(&cell.ring, at.micro()) || tries > 2_000) {
            spots.push(at);
        }
    }
    spots
}

/// The word for a village there, and whether villages have proper names or numbers.
fn style(facts: &Facts, cell: &Cell, dice: &mut Dice) -> (&'static str, bool) {
    if facts.new[cell.new].kind == "phường" && facts.old[cell.old].kind != "xã" {
        return ("tổ dân phố", false);
    }
    // Each district keeps its habit: Nam Định says `xóm`, Ninh Bình says both.
    let habit = facts.old[cell.old].district.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
    (if habit % 5 < 2 { "xóm" } else { "thôn" }, dice.chance(0.55))
}

/// A name that is unique within the new commune. Where merged communes bring the same one, the old
/// commune's name is added, as decisions on villages do.
fn name(
    facts: &Facts,
    cell: &Cell,
    kind: &str,
    names: Option<&[&str]>,
    order: usize,
    taken: &mut [HashSet<String>],
    dice: &mut Dice,
) -> (String, Option<String>) {
    let word = match kind {
        "tổ dân phố" => "Tổ dân phố",
        "xóm" => "Xóm",
        _ => "Thôn",
    };
    let own = match names {
        Some(names) => (*names.get(order).unwrap_or(&"Mới")).to_owned(),
        None => (order + 1).to_string(),
    };
    let spelled = if names.is_none() && dice.chance(0.3) { NUMERALS.get(order) } else { None };
    let alias = spelled.map(|numeral| format!("{word} {numeral}"));
    let plain = format!("{word} {own}");
    let with_old = format!("{plain} {}", facts.old[cell.old].name);
    let mut name = if taken[cell.new].contains(&plain) { with_old.clone() } else { plain };
    let mut again = 1;
    while taken[cell.new].contains(&name) {
        again += 1;
        name = format!("{with_old} {again}");
    }
    taken[cell.new].insert(name.clone());
    // An alias must not be another village's name or alias.
    let alias = alias.filter(|alias| name.starts_with(word) && taken[cell.new].insert(alias.clone()));
    (name, alias)
}

pub(super) fn csv(facts: &Facts, villages: &[Village]) -> Vec<u8> {
    let mut out = Vec::with_capacity(villages.len() * 130);
    out.extend_from_slice(
        "code,commune_code,commune_name,name,kind,lon,lat,precision_m,households,households_date,population,confidence,aliases\n"
            .as_bytes(),
    );
    for (index, village) in villages.iter().enumerate() {
        let commune = &facts.new[village.commune];
        for field in [
            village.code.as_str(),
            &commune.code,
            &full_name(&commune.kind, &commune.name),
            &village.name,
            village.kind,
        ] {
            out.extend_from_slice(field.as_bytes());
            out.push(b',');
        }
        text::lon_lat(&mut out, village.point, b',');
        out.push(b',');
        text::whole(&mut out, village.precision_m);
        out.push(b',');
        if village.declared {
            text::whole(&mut out, i64::from(village.homes));
            out.extend_from_slice(if index % 4 == 0 { b",2026-06-30," } else { b",2025-12-31," });
            text::whole(
                &mut out,
                text::rounded(f64::from(village.homes) * Dice::new("size", index as u64).between(3.0, 3.8)),
            );
            out.push(b',');
        } else {
            out.extend_from_slice(b",,,");
        }
        out.extend_from_slice(b"synthetic,");
        out.extend_from_slice(village.alias.as_deref().unwrap_or_default().as_bytes());
        out.push(b'\n');
    }
    out
}

/// `Phường Phủ Lý`.
pub(super) fn full_name(kind: &str, name: &str) -> String {
    let mut chars = kind.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{} {name}", chars.as_str())
}
