//! Invented drive tests: four phones in a car, one for each operator, a
//! reading every three seconds, fading on top of what `radio` says.
//!
//! Silence is written as silence (`no_service`, `limited`, empty power):
//! dropping it would hide exactly the places that the survey is for.

use rayon::prelude::*;

use super::dice::Dice;
use super::plane::Spot;
use super::radio::{Heard, OPERATORS, Radio};
use super::roads::Roads;
use super::survey::{CarDay, STEP_M};
use super::text;

pub(super) const HEADER: &str =
    "time,operator,technology,state,rsrp,rsrq,sinr,download_kbps,lon,lat,accuracy_m,speed_kmh,device,cell\n";

/// Below this the phone lets go of the network, above the second it finds it again, dBm.
const LOST_DBM: f64 = -122.0;
const FOUND_DBM: f64 = -119.5;
/// A phone without its own network shows "emergency calls only" where another is this strong, dBm.
const EMERGENCY_DBM: f64 = -112.0;
const NR_ON_DBM: f64 = -104.0;
const NR_OFF_DBM: f64 = -109.0;
/// Fading that a phone sees second by second, dB, and how much of it lasts to the next reading.
const FADING_DB: f64 = 2.6;
const FADING_LASTS: f64 = 0.85;

/// The rows of some car-days, in their order whatever the number of cores.
pub(super) fn csv(days: &[CarDay], roads: &Roads, radio: &Radio) -> Vec<Vec<u8>> {
    days.par_iter().map(|day| rows(day, roads, radio)).collect()
}

/// One phone during one day.
#[derive(Clone, Copy)]
struct Phone {
    /// How this phone reads against others today, dB.
    offset_db: f64,
    fading_db: f64,
    lost: bool,
    on_nr: bool,
}

fn rows(day: &CarDay, roads: &Roads, radio: &Radio) -> Vec<u8> {
    let mut dice = Dice::new("drive", day.number);
    let mut phones =
        [0; 4].map(|_| Phone { offset_db: 1.3 * dice.normal(), fading_db: 0.0, lost: false, on_nr: false });
    let mut out = Vec::with_capacity(day.ticks * 4 * 118);
    // Work begins between half past seven and nine, or between half past twelve and two.
    let begin = if dice.chance(0.5) { 27_000.0 } else { 45_000.0 };
    let mut second = text::rounded(begin + dice.between(0.0, 5_400.0));
    let mut gps = Spot::default();
    let mut left = day.ticks;
    let last_leg = day.legs.len().saturating_sub(1);
    for (index, leg) in day.legs.iter().enumerate() {
        let line: Vec<Spot> = leg.iter().flat_map(|&(road, forwards)| stretch(roads, road, forwards)).collect();
        let length: f64 = line.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
        let mut route = Route { line: &line, segment: 0, before_m: 0.0 };
        let (mut along, mut count) = (dice.between(0.0, STEP_M), 0_usize);
        while left > 0 {
            // The day's ticks are exact: what rounding leaves over is read at the last place.
            if along > length && index < last_leg {
                break;
            }
            let pace = 1.0 + 0.33 * (along / 410.0 + f64::from(u32::try_from(index).unwrap_or(0))).sin();
            gps = Spot { x: 0.9 * gps.x + 1.3 * dice.normal(), y: 0.9 * gps.y + 1.3 * dice.normal() };
            let at = route.at(along.min(length));
            let seen = at.moved(gps.x, gps.y);
            let moment = Moment {
                seen,
                heard: radio.hear(at),
                count,
                second,
                speed_kmh: text::rounded(pace * STEP_M / 3.0 * 3.6),
                accuracy_dm: text::rounded(dice.between(28.0, 75.0)),
            };
            for (operator, phone) in phones.iter_mut().enumerate() {
                row(&mut out, day, &moment, operator, phone, radio, &mut dice);
            }
            along += pace * STEP_M;
            second += 3;
            count += 1;
            left -= 1;
        }
        second += text::rounded(dice.between(240.0, 720.0));
    }
    out
}

struct Moment {
    /// Where the phones believe to be.
    seen: Spot,
    heard: [Heard; 4],
    /// Ticks since the leg began.
    count: usize,
    second: i64,
    speed_kmh: i64,
    accuracy_dm: i64,
}

fn row(
    out: &mut Vec<u8>,
    day: &CarDay,
    moment: &Moment,
    operator: usize,
    phone: &mut Phone,
    radio: &Radio,
    dice: &mut Dice,
) {
    let heard = &moment.heard;
    phone.fading_db =
        FADING_LASTS * phone.fading_db + FADING_DB * (1.0 - FADING_LASTS * FADING_LASTS).sqrt() * dice.normal();
    let extra = phone.fading_db + phone.offset_db + 0.8 * dice.normal();
    let (lte, nr) = (heard[operator].lte_dbm + extra, heard[operator].nr_dbm + extra);
    phone.on_nr = nr > if phone.on_nr { NR_OFF_DBM } else { NR_ON_DBM };
    phone.lost = !phone.on_nr && lte < if phone.lost { FOUND_DBM } else { LOST_DBM };
    let power = if phone.on_nr { nr } else { lte };

    text::time(out, day.day, moment.second);
    out.push(b',');
    out.extend_from_slice(OPERATORS[operator].as_bytes());
    out.extend_from_slice(if phone.on_nr { b",5G," } else { b",4G," });
    if phone.lost {
        let emergency = heard.iter().any(|other| other.lte_dbm > EMERGENCY_DBM);
        out.extend_from_slice(if emergency { b"limited,,,,," } else { b"no_service,,,,," });
    } else {
        let sinr = (0.55 * (power + 112.0) + 2.2 * dice.normal()).clamp(-11.0, 30.0);
        let rsrq = (-13.0 + 0.22 * sinr + 0.6 * dice.normal()).clamp(-19.5, -4.0);
        out.extend_from_slice(b"in_service,");
        text::whole(out, text::rounded(power.clamp(-139.0, -47.0)));
        out.push(b',');
        text::scaled(out, text::rounded(rsrq * 10.0), 1);
        out.push(b',');
        text::scaled(out, text::rounded(sinr * 10.0), 1);
        out.push(b',');
        // Phones take turns at testing the speed.
        if (moment.count + operator).is_multiple_of(4) {
            // Shannon's bound on 15 MHz (LTE) or 60 MHz (NR), of which a busy cell leaves a part.
            let width_khz = if phone.on_nr { 60_000.0 } else { 15_000.0 };
            let bound = width_khz * (1.0 + 10_f64.powf(sinr / 10.0)).log2();
            text::whole(out, text::rounded(bound * dice.between(0.12, 0.5)));
        }
        out.push(b',');
    }
    text::lon_lat(out, moment.seen.micro(), b',');
    out.push(b',');
    text::scaled(out, moment.accuracy_dm, 1);
    out.push(b',');
    text::whole(out, moment.speed_kmh);
    out.extend_from_slice(b",demo-car");
    text::whole(out, i64::try_from(day.car).unwrap_or(0));
    out.push(b'-');
    out.extend_from_slice(OPERATORS[operator].as_bytes());
    out.push(b',');
    if let Some(site) = radio.sites.get(heard[operator].site).filter(|_| !phone.lost) {
        // eNodeB number and sector, as E-UTRAN cell identities are built.
        let angle = (moment.seen.y - site.at.y).atan2(moment.seen.x - site.at.x);
        let sector = 1 + text::rounded((angle + std::f64::consts::PI) / std::f64::consts::TAU * 2.98 - 0.49);
        let number =
            100_000 * (i64::try_from(operator).unwrap_or(0) + 1) + i64::try_from(heard[operator].site).unwrap_or(0);
        text::whole(out, number * 256 + sector);
    }
    out.push(b'\n');
}

/// A road in the direction of travel.
fn stretch(roads: &Roads, road: usize, forwards: bool) -> Vec<Spot> {
    let mut line = roads.roads[road].line.clone();
    if !forwards {
        line.reverse();
    }
    line
}

/// A walk along a line that never turns back.
struct Route<'a> {
    line: &'a [Spot],
    segment: usize,
    before_m: f64,
}

impl Route<'_> {
    fn at(&mut self, along_m: f64) -> Spot {
        while self.segment + 1 < self.line.len() {
            let (from, to) = (self.line[self.segment], self.line[self.segment + 1]);
            let length = from.distance(to);
            if self.before_m + length >= along_m && length > 0.0 {
                return from.toward(to, ((along_m - self.before_m) / length).clamp(0.0, 1.0));
            }
            self.before_m += length;
            self.segment += 1;
        }
        self.line.last().copied().unwrap_or_default()
    }
}
