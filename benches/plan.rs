//! A campaign planned: a commune of 40 villages and 10,000 households, and how far its ways are above those of a search
//! a hundred times as long.
//!
//! `cargo bench --bench plan` prints one JSON line for each number of teams. `-- --instances FILE` also writes the
//! routes as JSON lines for `benches/routes_peer`, which solves them with vrp-core.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench is a test without the name: it stops on bad data and speaks on the terminal"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use geo_types::{MultiPolygon, polygon};
use jiff::civil::date;
use phusong::engine::plan::routes::{EFFORT, Routing, length_m, solve};
use phusong::engine::plan::{CommunePlan, PlanOptions, TeamPlan, plan};
use phusong::engine::{FactParts, Facts, answer};
use phusong::model::admin::{AdminUnit, UnitCode, UnitKind};
use phusong::model::figure::Figure;
use phusong::model::measure::LonLat;
use phusong::model::question::Question;
use phusong::model::village::{Village, VillageCode, VillageConfidence};

const VILLAGES: u32 = 40;
const LONGER: usize = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let instances = arguments.iter().position(|word| word == "--instances").and_then(|at| arguments.get(at + 1));
    // One thread: what is measured is the work, not the machine.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("threads");
    let mut lines = String::new();
    for (households, teams) in [(10_000, 3), (10_000, 5), (10_000, 10), (10_000, 20), (200, 1)] {
        let facts = commune(households);
        let told = answer(&facts, &Question::default());
        let options = PlanOptions { communes: vec![code()], teams, days: None };
        let start = cpu_s();
        let plans = plan(&facts, &told, &options);
        let cpu = cpu_s() - start;
        let (mut ours, mut longest) = (0.0, 0.0);
        for team in &plans[0].teams {
            let routing = rests(&plans[0], team);
            let (short, long) = (solve(&routing, EFFORT), solve(&routing, LONGER * EFFORT));
            // Fewer days come first: only as many days can be compared by their length.
            assert_eq!(short.len(), long.len(), "as few days as a long search finds");
            ours += length_m(&routing, &short);
            longest += length_m(&routing, &long);
            let line = serde_json::json!({
                "demands": routing.demands, "capacity": routing.capacity, "ways": routing.ways, "days": short.len(),
                "metres": length_m(&routing, &short),
            });
            let _ = writeln!(lines, "{line}");
        }
        let all: f64 = plans[0].teams.iter().map(|team| team.distance_m).sum();
        let result = serde_json::json!({
            "villages": plans[0].villages, "households": plans[0].households, "teams": teams,
            "team_days": plans[0].teams.iter().map(|team| team.days_needed).sum::<u32>(),
            "balance_percent": 100.0 * plans[0].balance, "cpu_s": cpu, "distance_km": all / 1e3,
            "rests_km": ours / 1e3, "rests_long_run_km": longest / 1e3,
            "rests_ratio": ours / longest, "ratio": all / (all - ours + longest),
        });
        println!("{result}");
    }
    if let Some(file) = instances {
        std::fs::write(file, lines).expect("a file that can be written");
    }
}

/// What is left of each village of a team beside its whole days, as a problem of routes.
fn rests(plan: &CommunePlan, team: &TeamPlan) -> Routing {
    let mut left: BTreeMap<VillageCode, (u32, LonLat)> = BTreeMap::new();
    for stop in team.days.iter().flat_map(|day| &day.stops) {
        if let (Figure::Known(households), Some(at)) = (stop.households, stop.at) {
            left.entry(stop.village).or_insert((0, at)).0 += households;
        }
    }
    let rate = plan.rate.households;
    left.values_mut().for_each(|(households, _)| *households %= rate);
    left.retain(|_, (households, _)| *households > 0);
    let start = plan.start.expect("villages with places").0;
    let places: Vec<LonLat> = std::iter::once(start).chain(left.values().map(|(_, at)| *at)).collect();
    Routing {
        demands: std::iter::once(0).chain(left.values().map(|(households, _)| *households)).collect(),
        capacity: rate,
        ways: places.iter().map(|a| places.iter().map(|b| a.distance_m(*b)).collect()).collect(),
    }
}

fn code() -> UnitCode {
    "14329".parse().expect("a code")
}

/// Villages scattered over 8 × 8 km with between half and one and a half of the mean declared: 90 % remain to be visited.
fn commune(households: u32) -> Facts {
    let number = |at: u32| {
        let x = (f64::from(at) * 12.9898 + 78.233).sin() * 43_758.547;
        x - x.floor()
    };
    let area = polygon![(x: 105.93, y: 20.21), (x: 106.01, y: 20.21), (x: 106.01, y: 20.29), (x: 105.93, y: 20.29)];
    // 90 % of it is what remains.
    let mean = households * 10 / 9 / VILLAGES;
    let village = |at: u32| Village {
        code: VillageCode::new(code(), at + 1),
        commune: code(),
        name: format!("Thôn {at}"),
        aliases: Vec::new(),
        point: LonLat::new(105.93 + 0.08 * number(3 * at), 20.21 + 0.08 * number(3 * at + 1)).ok(),
        point_precision_m: None,
        extent: None,
        households: Some(mean / 2 + mean * (at * 37 % 41) / 40),
        households_date: None,
        population: None,
        confidence: VillageConfidence::Synthetic,
        valid_from: date(2020, 1, 1),
        valid_to: None,
        source_key: None,
        source: "bench".to_owned(),
    };
    Facts::new(FactParts {
        units: vec![AdminUnit {
            code: code(),
            name: "Hoa Lư".to_owned(),
            kind: UnitKind::Ward,
            district: None,
            valid_from: date(2025, 7, 1),
            valid_to: None,
            geometry: Some(MultiPolygon::new(vec![area])),
            stated_area_km2: None,
            source: "bench".to_owned(),
            approximate: true,
        }],
        villages: (0..VILLAGES).map(village).collect(),
        today: date(2026, 4, 15),
        ..FactParts::default()
    })
}

/// User and system time of this process so far, seconds.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(')').next().expect("a name in parentheses");
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().expect("ticks") + fields[12].parse::<f64>().expect("ticks");
    ticks / 100.0
}
