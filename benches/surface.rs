//! A surface from the samples of a province, as seconds of CPU: the fit, and a grid of 500 × 500 places.
//!
//! `cargo bench --bench surface -- POINTS.csv [MASTS.csv]` (lon, lat, dBm, fold; lon, lat; without a header)
//! prints one JSON line.
//! `benches/surface_peers.py` makes the points and runs scipy on the same ones, and both predict blocks of
//! 5 km that they have not seen.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench is a test without the name: it stops on bad data and speaks on the terminal"
)]

use phusong::engine::signal::surface::{Spot, Surface, spots};
use phusong::model::measure::{Dbm, LonLat};
use phusong::model::sample::Reading;

const SIDE: u32 = 500;

fn main() {
    let mut files = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let Some(file) = files.next() else {
        println!("skipped: name a file of points");
        return;
    };
    let place = |line: &str| {
        let (lon, lat) = line.split_once(',').expect("lon, lat");
        LonLat::new(lon.parse().expect("a longitude"), lat.parse().expect("a latitude")).expect("a place")
    };
    let masts: Vec<LonLat> = files
        .next()
        .map_or(Vec::new(), |file| std::fs::read_to_string(file).expect("masts").lines().map(place).collect());
    // One thread: what is measured is the work, not the machine.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("threads");
    let mut readings: Vec<(f64, Reading)> = Vec::new();
    let text = std::fs::read_to_string(file).expect("points");
    for line in text.lines() {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().expect("a number")).collect();
        let at = LonLat::new(numbers[0], numbers[1]).expect("a place");
        let power = Dbm::new(numbers[2] as f32).ok();
        readings.push((numbers[3], Reading { at, power }));
    }
    let fit = |keep: &dyn Fn(f64) -> bool| {
        let kept: Vec<Reading> = readings.iter().filter(|(fold, _)| keep(*fold)).map(|(_, reading)| *reading).collect();
        let spots: Vec<Spot> = spots(&kept, h3o::Resolution::Eleven).into_iter().map(|(_, spot)| spot).collect();
        (Surface::fit_with(&spots, &masts).expect("a surface"), spots.len())
    };
    let places = |of: fn(LonLat) -> f64| {
        let all = || readings.iter().map(|(_, reading)| of(reading.at));
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
    };
    let ((west, east), (south, north)) = (places(LonLat::lon), places(LonLat::lat));
    let along = |(low, high): (f64, f64), step: u32| low + (high - low) * f64::from(step) / f64::from(SIDE - 1);
    let grid: Vec<LonLat> = (0..SIDE * SIDE)
        .filter_map(|at| LonLat::new(along((west, east), at % SIDE), along((south, north), at / SIDE)).ok())
        .collect();

    let start = cpu_s();
    let (surface, spots) = fit(&|_| true);
    let fitted = cpu_s();
    let within = surface.map(&grid).iter().flatten().count();
    let mapped = cpu_s();
    let everywhere = surface.map_anywhere(&grid).len();
    let all = cpu_s();

    let (mut squares, mut count) = (0.0, 0_u32);
    for left_out in 0..5 {
        let (surface, _) = fit(&|fold| fold != f64::from(left_out));
        let of_fold: Vec<&Reading> =
            readings.iter().filter(|(fold, _)| *fold == f64::from(left_out)).map(|(_, reading)| reading).collect();
        for reading in of_fold.iter().step_by(of_fold.len().div_ceil(4_000).max(1)) {
            let power = reading.power.map_or(phusong::engine::signal::surface::SILENCE_DBM, |dbm| f64::from(dbm.get()));
            squares += (surface.anywhere(reading.at).mean_dbm - power).powi(2);
            count += 1;
        }
    }
    let result = serde_json::json!({
        "readings": readings.len(), "places": spots, "masts": masts.len(), "per_decade_db": surface.per_decade_db(), "fit_cpu_s": fitted - start, "grid_within_reach": within,
        "map_cpu_s": mapped - fitted, "everywhere": everywhere, "everywhere_cpu_s": all - mapped,
        "rmse_blocks_db": (squares / f64::from(count)).sqrt(),
    });
    println!("{result}");
}

/// User and system time of this process so far, seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(')').next().expect("a name in parentheses");
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().expect("ticks") + fields[12].parse::<f64>().expect("ticks");
    ticks / 100.0
}
