//! Boundaries: dissolve, check, generalise, look up; CPU seconds, to be read beside a peer's.
//!
//! `cargo bench --bench boundaries -- MEASURE FILE…` prints one JSON line:
//! seconds of CPU for one turn, averaged over as many turns as fill a second,
//! and the peak of memory. `benches/boundaries_peers.py` runs it in one
//! sitting with shapely. Files are GeoJSON in degrees, with a member `key` to
//! dissolve by.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench is a test without the name: it stops on bad data and speaks on the terminal"
)]

use std::collections::BTreeMap;
use std::hint::black_box;

use geo_types::{Geometry, MultiPolygon};
use phusong::engine::boundaries::coverage::{self, Drawn};
use phusong::engine::boundaries::outline::unite;
use phusong::engine::boundaries::{Lookup, topology, validity};
use phusong::model::admin::UnitCode;
use phusong::model::measure::LonLat;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [measure, file] = &arguments[..] else {
        eprintln!(
            "usage: cargo bench --bench boundaries -- dissolve|check|validity|simplify|lookup|chain FILE.geojson"
        );
        return;
    };
    // One thread: what is measured is the work, not the machine.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("threads");
    let units = read(file);
    let read_kb = peak_kb();
    let (seconds, note) = match measure.as_str() {
        "dissolve" => dissolve(&units),
        "check" => time(|| check(&units)),
        "validity" => time(|| units.iter().filter(|(_, area)| validity::check(area).is_err()).count()),
        "simplify" => time(|| simplify(&units, 14)),
        "lookup" => lookup(&units),
        "chain" => time(|| chain(&units)),
        other => {
            eprintln!("unknown measure {other}");
            return;
        }
    };
    let result = serde_json::json!({
        "measure": measure, "cpu_s": seconds, "note": note, "read_kb": read_kb, "peak_kb": peak_kb(),
    });
    println!("{result}");
}

type Units = Vec<(String, MultiPolygon<f64>)>;

fn dissolve(units: &Units) -> (f64, String) {
    let mut groups: BTreeMap<&str, Vec<&MultiPolygon<f64>>> = BTreeMap::new();
    for (key, area) in units {
        groups.entry(key).or_default().push(area);
    }
    time(|| {
        let united: Vec<_> = groups.values().map(|areas| unite(areas)).collect();
        let parts: usize = united.iter().map(|union| union.area.0.len()).sum();
        let holes: usize = united.iter().flat_map(|union| union.area.iter()).map(|part| part.interiors().len()).sum();
        let filled: usize = united.iter().map(|union| union.filled.holes).sum();
        format!("{} groups, {parts} parts, {holes} holes, {filled} slivers filled", united.len())
    })
}

fn check(units: &Units) -> String {
    let drawn: Vec<_> = units
        .iter()
        .enumerate()
        .map(|(number, (_, geometry))| Drawn { code: code(number), geometry, stated_km2: None, repeated: 0 })
        .collect();
    let found = coverage::check(&drawn, None);
    format!("{} pairs touch, overlap {:.1} m², gaps {:.1} m²", found.touching_pairs, found.overlap_m2, found.gap_m2)
}

fn simplify(units: &Units, zooms: u8) -> usize {
    let areas: Vec<_> = units.iter().map(|(_, area)| area).collect();
    let pixel_deg = |zoom: u8| 360.0 / (512.0 * f64::from(1_u32 << zoom));
    (4..=zooms).map(|zoom| topology::simplify(&areas, pixel_deg(zoom)).len()).sum()
}

/// Points on a fine lattice over the units; the build is not counted.
fn lookup(units: &Units) -> (f64, String) {
    let start = cpu_s();
    let lookup = build(units);
    let built_s = cpu_s() - start;
    let points: Vec<LonLat> = (0..2_000_000_u32)
        .map(|number| {
            // Halton's sequence in the bases 2 and 3, over the province's box.
            let (x, y) = (radical(number, 2), radical(number, 3));
            LonLat::new(105.5 + x * 1.1, 19.9 + y * 0.8).expect("a position")
        })
        .collect();
    let (seconds, found) = time(|| points.iter().filter(|at| lookup.locate(**at).is_some()).count());
    let rate = points.len() as f64 / seconds;
    (seconds, format!("{found} of {} points, {rate:.0} a CPU second, built in {built_s:.3} s", points.len()))
}

fn radical(mut number: u32, base: u32) -> f64 {
    let (mut value, mut part) = (0.0, 1.0 / f64::from(base));
    while number > 0 {
        value += f64::from(number % base) * part;
        number /= base;
        part /= f64::from(base);
    }
    value
}

fn build(units: &Units) -> Lookup {
    Lookup::new(units.iter().enumerate().map(|(number, (_, area))| (code(number), area)))
}

/// From polygons to everything that the map needs of them.
fn chain(units: &Units) -> String {
    let invalid = units.iter().filter(|(_, area)| validity::check(area).is_err()).count();
    let mut groups: BTreeMap<&str, Vec<&MultiPolygon<f64>>> = BTreeMap::new();
    for (key, area) in units {
        groups.entry(key).or_default().push(area);
    }
    let new: Units = groups.into_iter().map(|(key, areas)| (key.to_owned(), unite(&areas).area)).collect();
    let found = check(&new);
    let simple = simplify(&new, 14);
    black_box(build(&new));
    format!("{} units into {}, {invalid} invalid, {simple} generalised, {found}", units.len(), new.len())
}

fn time<T: std::fmt::Display>(mut work: impl FnMut() -> T) -> (f64, String) {
    let note = work().to_string(); // once unmeasured: memory is mapped, caches are warm
    let start = cpu_s();
    let mut turns = 0_u32;
    while turns < 3 || cpu_s() - start < 1.0 {
        black_box(work());
        turns += 1;
    }
    ((cpu_s() - start) / f64::from(turns), note)
}

/// Of the one thread that works; the kernel counts it in steps of a few milliseconds.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") / 1e9
}

fn peak_kb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn code(number: usize) -> UnitCode {
    format!("{:05}", 10_000 + number).parse().expect("five digits")
}

fn read(path: &str) -> Units {
    let text = std::fs::read_to_string(path).expect("the file is there");
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().expect("GeoJSON") else { return Units::new() };
    let area = |feature: geojson::Feature| {
        let key = feature.property("key").map(ToString::to_string).unwrap_or_default();
        match Geometry::<f64>::try_from(feature.geometry?).ok()? {
            Geometry::Polygon(polygon) => Some((key, MultiPolygon::new(vec![polygon]))),
            Geometry::MultiPolygon(area) => Some((key, area)),
            _ => None,
        }
    };
    collection.features.into_iter().filter_map(area).collect()
}
