//! vrp-core on the routes of a plan: `routes_peer SECONDS < FILE`, a JSON object a line in, metres a line out.

use std::io::BufRead;
use std::sync::Arc;

use serde_json::Value;
use vrp_core::prelude::*;

fn main() -> GenericResult<()> {
    let seconds: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(30);
    let (mut theirs, mut ours) = (0.0, 0.0);
    for line in std::io::stdin().lock().lines() {
        let told: Value = serde_json::from_str(&line?).map_err(|error| error.to_string())?;
        let metres = solve(&told, seconds)?;
        theirs += metres;
        ours += told["metres"].as_f64().unwrap_or(f64::NAN);
        println!("{}", serde_json::json!({"vrp_core_m": metres, "phusong_m": told["metres"]}));
    }
    println!("{}", serde_json::json!({"vrp_core_m": theirs, "phusong_m": ours, "ratio": ours / theirs}));
    Ok(())
}

fn solve(told: &Value, seconds: usize) -> GenericResult<f64> {
    let list = |name: &str| told[name].as_array().cloned().unwrap_or_default();
    let ways: Vec<f64> = list("ways").iter().flat_map(|row| row.as_array().cloned().unwrap_or_default()).filter_map(|way| way.as_f64()).collect();
    let demands: Vec<i32> = list("demands").iter().filter_map(|demand| demand.as_i64()).map(|demand| demand as i32).collect();
    let capacity = told["capacity"].as_i64().unwrap_or(0) as i32;
    let transport = Arc::new(SimpleTransportCost::new(ways.clone(), ways)?);
    let jobs = (1..demands.len())
        .map(|at| {
            let single = SingleBuilder::default().id(&format!("stop{at}")).demand(Demand::delivery(demands[at]));
            single.location(at)?.build_as_job()
        })
        .collect::<Result<Vec<_>, _>>()?;
    let vehicles = (0..told["days"].as_u64().unwrap_or(0))
        .map(|at| {
            let detail = VehicleDetailBuilder::default().set_start_location(0).set_end_location(0).build()?;
            VehicleBuilder::default().id(&format!("day{at}")).add_detail(detail).capacity(SingleDimLoad::new(capacity)).build()
        })
        .collect::<Result<Vec<_>, _>>()?;
    let goal = GoalContextBuilder::with_features(&[
        MinimizeUnassignedBuilder::new("min-unassigned").build()?,
        TransportFeatureBuilder::new("min-distance").set_transport_cost(transport.clone()).set_time_constrained(false).build_minimize_distance()?,
        CapacityFeatureBuilder::<SingleDimLoad>::new("capacity").build()?,
    ])?
    .build()?;
    let problem = ProblemBuilder::default().add_jobs(jobs.into_iter()).add_vehicles(vehicles.into_iter()).with_goal(goal).with_transport_cost(transport).build()?;
    let problem = Arc::new(problem);
    let config = VrpConfigBuilder::new(problem.clone()).prebuild()?.with_max_time(Some(seconds)).build()?;
    let solution = Solver::new(problem, config).solve()?;
    assert!(solution.unassigned.is_empty(), "every stop has a day");
    Ok(solution.cost)
}
