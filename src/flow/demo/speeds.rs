//! Invented speed tests: in the map tiles of villages, more where more people
//! live, none where phones would find no signal to test with. Speed follows
//! the invented radio, so that the layer has every class and tiles that rest
//! on one phone.
//!
//! The columns are those of our own tables and not Ookla's: nobody is named
//! as the publisher of what nobody measured. Every row says that it is made up.

use std::collections::BTreeMap;

use super::SOURCE;
use super::dice::Dice;
use super::plane::Spot;
use super::radio::Radio;
use super::text::{rounded, whole};
use super::villages::Village;
use crate::model::measure::LonLat;
use crate::model::speed::Quadkey;

const QUARTERS: [&str; 4] = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"];
/// Share of a village's quarters in which somebody tested there.
const TESTED: f64 = 0.55;
/// Below this no test comes through, dBm.
const SILENT_DBM: f64 = -121.0;
/// Mbit/s at −120 dBm, and the decibels for ten times as much: slow at the edge, 13 Mbit/s at −95 dBm. A shape, no model.
const AT_THE_EDGE_MBPS: f64 = 1.2;
const DB_A_DECADE: f64 = 24.0;

/// Every tile once: that of the first village in it.
pub(super) fn csv(villages: &[Village], radio: &Radio) -> Vec<u8> {
    let mut tiles: BTreeMap<Quadkey, (Spot, u32)> = BTreeMap::new();
    for village in villages {
        let (lon, lat) = village.at.micro();
        let at = LonLat::new(f64::from(lon) / 1e6, f64::from(lat) / 1e6).ok();
        let Some(tile) = at.and_then(Quadkey::at) else { continue };
        tiles.entry(tile).or_insert((village.at, 0)).1 += village.homes;
    }
    let mut out = b"quadkey,quarter,download_kbps,upload_kbps,latency_ms,tests,devices,source\n".to_vec();
    for (tile, (at, homes)) in tiles {
        let mut dice = Dice::new("speed", tile.number());
        // The operator that this tile's people mostly use.
        let heard = radio.hear(at)[dice.below(3)].lte_dbm;
        let usual = AT_THE_EDGE_MBPS * 10_f64.powf((heard + 120.0) / DB_A_DECADE);
        for quarter in QUARTERS {
            let (tested, busy, luck) = (dice.chance(TESTED), dice.normal(), dice.normal());
            if !tested || heard < SILENT_DBM {
                continue;
            }
            let tests = rounded((f64::from(homes) / 60.0 * (0.8 * busy).exp()).clamp(1.0, 90.0));
            let devices = rounded((tests as f64).powf(0.7)).clamp(1, tests);
            let spread = 0.7 * luck / (devices as f64).sqrt();
            let mbps = (usual * spread.exp()).clamp(0.1, 260.0);
            out.extend_from_slice(format!("{tile},{quarter},").as_bytes());
            let latency_ms = 28.0 + 160.0 / mbps.max(1.0);
            for value in [rounded(mbps * 1_000.0), rounded(mbps * 330.0), rounded(latency_ms), tests, devices] {
                whole(&mut out, value);
                out.push(b',');
            }
            out.extend_from_slice(SOURCE.as_bytes());
            out.push(b'\n');
        }
    }
    out
}
