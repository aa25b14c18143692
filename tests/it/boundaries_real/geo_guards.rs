//! What `geo` does without our guards, on the real province.
//!
//! Each test repeats the measurements of a decision page and fails when `geo`
//! no longer needs the guard, so that the guard can go. It needs the same files
//! as the rest and is skipped without them.

use std::collections::HashSet;
use std::time::Instant;

use geo::orient::Direction;
use geo::{Area, CoordsIter, Orient, Simplify, SimplifyVwPreserve, Validation};
use geo_types::MultiPolygon;
use phusong::engine::boundaries::{topology, union_areas};

use super::{admin_files, holes, shapes};

/// The measurements of docs/decisions/0002. If one of these fails, `geo` has become better and a guard may go.
#[test]
fn geo_still_needs_the_guards_of_decision_0002() {
    let Some(admin) = admin_files() else { return };
    let mut communes: Vec<_> = shapes(&admin.join("communes_2025.geojson")).into_iter().collect();
    communes.sort_by_key(|(code, _)| *code);
    let oriented: Vec<_> = communes.iter().map(|(_, shape)| shape.orient(Direction::Default)).collect();
    let truth: f64 = oriented.iter().map(Area::unsigned_area).sum();

    let mixed: Vec<_> = communes
        .iter()
        .enumerate()
        .map(|(place, (_, shape))| shape.orient(if place % 2 == 0 { Direction::Default } else { Direction::Reversed }))
        .collect();
    let off = |shape: &MultiPolygon<f64>| shape.unsigned_area() / truth - 1.0;
    let guarded = union_areas(&mixed.iter().collect::<Vec<_>>());
    println!(
        "area of the union of mixed windings, relative error: geo {:.3}, ours {:.1e}",
        off(&geo::unary_union(&mixed)),
        off(&guarded)
    );
    assert!(off(&geo::unary_union(&mixed)).abs() > 0.1 && off(&guarded).abs() < 1e-9);

    let started = Instant::now();
    let overlaid = geo::unary_union(&oriented);
    let overlay_time = started.elapsed();
    let started = Instant::now();
    let stitched = union_areas(&communes.iter().map(|(_, shape)| shape).collect::<Vec<_>>());
    let stitch_time = started.elapsed();
    let known: HashSet<_> =
        oriented.iter().flat_map(|s| s.coords_iter()).map(|c| (c.x.to_bits(), c.y.to_bits())).collect();
    let kept = |shape: &MultiPolygon<f64>| {
        shape.coords_iter().filter(|c| known.contains(&(c.x.to_bits(), c.y.to_bits()))).count()
    };
    println!(
        "corners of the outline that are corners of communes: geo {} of {}, ours {} of {}; {overlay_time:?} and {stitch_time:?}",
        kept(&overlaid),
        overlaid.coords_count(),
        kept(&stitched),
        stitched.coords_count()
    );
    assert!(kept(&overlaid) * 10 < overlaid.coords_count() && kept(&stitched) + 8 >= stitched.coords_count());

    let mut broken = oriented[0].clone();
    broken.0[0].exterior_mut(|ring| ring.0[1].x = f64::NAN);
    let panics = std::panic::catch_unwind(|| geo::unary_union(&[broken.clone(), oriented[1].clone()])).is_err();
    println!("unary_union of a polygon with NaN panics: {panics}");
    assert!(panics && union_areas(&[&broken, &oriented[1]]).unsigned_area() > 0.0);

    let started = Instant::now();
    let valid = oriented.iter().filter(|shape| shape.is_valid()).count();
    println!("is_valid on {valid} valid communes: {:?}", started.elapsed());
}

/// The measurements of docs/decisions/0004.
#[test]
fn simplifying_one_by_one_still_parts_neighbours() {
    let Some(admin) = admin_files() else { return };
    let communes: Vec<_> = shapes(&admin.join("communes_2025.geojson"))
        .into_values()
        .map(|shape| shape.orient(Direction::Default))
        .collect();
    for tolerance in [1e-4, 5e-4, 2e-3] {
        let report = |name: &str, simple: &[MultiPolygon<f64>]| -> usize {
            let sum: f64 = simple.iter().map(Area::unsigned_area).sum();
            let outline =
                geo::unary_union(&simple.iter().map(|shape| shape.orient(Direction::Default)).collect::<Vec<_>>());
            let overlap = sum - outline.unsigned_area();
            println!("{tolerance} {name}: {} gaps, overlap {overlap:.1e} deg²", holes(&outline));
            holes(&outline)
        };
        let vw: Vec<_> = communes.iter().map(|shape| shape.simplify_vw_preserve(tolerance * tolerance)).collect();
        let dp: Vec<_> = communes.iter().map(|shape| shape.simplify(tolerance)).collect();
        let ours = topology::simplify(&communes.iter().collect::<Vec<_>>(), tolerance);
        assert!(report("simplify_vw_preserve", &vw) > 100);
        assert!(report("simplify", &dp) > 100);
        assert!(report("ours", &ours) <= 2);
    }
}
