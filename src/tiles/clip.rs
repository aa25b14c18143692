//! A ring cut to a box, in whole tile units.
//!
//! Sutherland and Hodgman's four passes. An edge that two polygons share is
//! cut at the same point from both sides, because the crossing is computed in
//! integers and rounded once. Where a ring leaves the box and comes
//! back, the pieces stay joined by edges on the border of the box, which lies
//! in the buffer and is never seen; `ring::clean` takes out what it can.

use super::world::Local;

/// Cuts the closed ring `ring` (last vertex joined to first) to `low..=high` on
/// both axes, in place. It goes on turning the way it turned. `spare` is scratch space.
pub(crate) fn clip(ring: &mut Vec<Local>, spare: &mut Vec<Local>, low: i64, high: i64) {
    match sides(ring, low, high) {
        Sides::Inside => {}
        Sides::Apart => {
            let mut corners = [[low, low], [high, low], [high, high], [low, high]];
            let turns = winding(ring, low);
            if turns < 0 {
                corners.reverse();
            }
            ring.clear();
            if turns % 2 != 0 {
                ring.extend(corners);
            }
        }
        Sides::Across => {
            for (axis, edge, keep_above) in [(0, low, true), (0, high, false), (1, low, true), (1, high, false)] {
                cut(ring, spare, axis, edge, keep_above);
            }
        }
    }
}

enum Sides {
    /// Every vertex is in the box.
    Inside,
    /// No edge can touch the box: it is wholly outside or wholly covered.
    Apart,
    Across,
}

/// Cohen and Sutherland's outcodes: an edge whose ends are beyond the same side misses the box.
fn sides(ring: &[Local], low: i64, high: i64) -> Sides {
    let code =
        |[x, y]: Local| u8::from(x < low) | u8::from(x > high) << 1 | u8::from(y < low) << 2 | u8::from(y > high) << 3;
    let Some(mut before) = ring.last().map(|at| code(*at)) else { return Sides::Inside };
    let (mut outside, mut touching) = (0, false);
    for at in ring {
        let here = code(*at);
        outside |= here;
        touching |= here & before == 0;
        before = here;
    }
    match (outside, touching) {
        (0, _) => Sides::Inside,
        (_, false) => Sides::Apart,
        (_, true) => Sides::Across,
    }
}

/// How often the ring turns around the corner (`low`, `low`), by the edges that
/// pass east of it: odd inside, positive for an exterior ring. Only for rings
/// none of whose edges touches the box. The area would tell the same, and its
/// products overflow at zoom 22.
fn winding(ring: &[Local], low: i64) -> i64 {
    let Some(mut a) = ring.last().copied() else { return 0 };
    let mut turns = 0;
    for &b in ring {
        if (a[1] > low) != (b[1] > low) && crossing(a, b, 1, low)[0] > low {
            turns += if b[1] > low { 1 } else { -1 };
        }
        a = b;
    }
    turns
}

fn cut(ring: &mut Vec<Local>, spare: &mut Vec<Local>, axis: usize, edge: i64, keep_above: bool) {
    let keeps = |at: Local| if keep_above { at[axis] >= edge } else { at[axis] <= edge };
    let Some(mut a) = ring.last().copied() else { return };
    let mut a_kept = keeps(a);
    spare.clear();
    for &b in ring.iter() {
        let b_kept = keeps(b);
        if a_kept != b_kept {
            spare.push(crossing(a, b, axis, edge));
        }
        if b_kept {
            spare.push(b);
        }
        (a, a_kept) = (b, b_kept);
    }
    std::mem::swap(ring, spare);
}

/// Where the edge meets the line `axis` = `edge`, rounded to the nearest unit, halves up.
/// Exact before rounding, hence the same from both ends, which lie on different sides of the line.
fn crossing(from: Local, to: Local, axis: usize, edge: i64) -> Local {
    let other = 1 - axis;
    // 128 bits: at zoom 22 both factors have 34.
    let run = i128::from(to[axis] - from[axis]);
    let rise = i128::from(to[other] - from[other]) * i128::from(edge - from[axis]);
    let (rise, run) = if run < 0 { (-rise, -run) } else { (rise, run) };
    let mut at = [edge; 2];
    if run != 0 {
        // Invariant: the quotient lies between 0 and the edge's height, which is an i64.
        at[other] = from[other] + (2 * rise + run).div_euclid(2 * run) as i64;
    }
    at
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps};
    use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};
    use proptest::prelude::*;

    use super::*;
    use crate::tiles::ring::doubled_area;

    fn check(ring: &[Local], expected: &[Local]) {
        let mut cut = ring.to_vec();
        clip(&mut cut, &mut Vec::new(), 0, 10);
        assert_eq!(cut, expected);
    }

    #[test]
    fn a_ring_inside_is_left_alone() {
        check(&[[1, 1], [9, 1], [9, 10]], &[[1, 1], [9, 1], [9, 10]]);
    }

    #[test]
    fn a_ring_that_covers_the_box_becomes_the_box() {
        check(&[[-5, -5], [50, -5], [50, 50], [-5, 50]], &[[0, 0], [10, 0], [10, 10], [0, 10]]);
    }

    #[test]
    fn a_ring_that_covers_the_box_goes_on_turning_the_way_it_turned() {
        check(&[[-5, 50], [50, 50], [50, -5], [-5, -5]], &[[0, 10], [10, 10], [10, 0], [0, 0]]);
    }

    #[test]
    fn a_ring_around_the_box_that_does_not_hold_it_leaves_nothing() {
        check(&[[-9, -9], [20, -9], [20, 20], [19, 20], [19, -8], [-9, -8]], &[]);
    }

    #[test]
    fn a_ring_beside_the_box_leaves_nothing() {
        check(&[[11, 1], [20, 1], [20, 9]], &[]);
        check(&[], &[]);
    }

    #[test]
    fn a_diagonal_is_cut_on_the_border() {
        check(&[[5, 5], [15, 5], [5, 15]], &[[5, 10], [5, 5], [10, 5], [10, 10], [10, 10]]);
    }

    #[test]
    fn an_edge_is_cut_at_one_point_whichever_way_it_is_walked() {
        for (a, b) in [([-7, 3], [11, 8]), ([0, 0], [1 << 34, (1 << 34) - 1]), ([5, -9], [-4, 1 << 33])] {
            for edge in -3..4 {
                assert_eq!(crossing(a, b, 0, edge), crossing(b, a, 0, edge));
            }
        }
    }

    fn star() -> impl Strategy<Value = Vec<Local>> {
        let radii = prop::collection::vec(50_i32..6_000, 3..40);
        (radii, -3_000_i64..7_000, -3_000_i64..7_000, any::<bool>()).prop_map(|(radii, x, y, backwards)| {
            let turn = std::f64::consts::TAU / radii.len() as f64;
            let mut ring: Vec<Local> = Vec::new();
            for (i, radius) in radii.iter().enumerate() {
                let (sine, cosine) = (turn * i as f64).sin_cos();
                let r = f64::from(*radius);
                ring.push([x + (r * cosine) as i64, y + (r * sine) as i64]);
            }
            if backwards {
                ring.reverse();
            }
            ring
        })
    }

    proptest! {
        /// The slow, exact answer is `geo`'s intersection. Each cut edge may move by half a unit.
        #[test]
        fn what_is_left_has_the_area_of_the_exact_intersection(ring in star()) {
            let (low, high) = (-64, 4160);
            let mut cut = ring.clone();
            clip(&mut cut, &mut Vec::new(), low, high);
            let line: LineString<f64> = ring.iter().map(|[x, y]| Coord { x: *x as f64, y: *y as f64 }).collect();
            let frame = Rect::new((low as f64, low as f64), (high as f64, high as f64)).to_polygon();
            let exact: MultiPolygon<f64> = Polygon::new(line, vec![]).intersection(&frame);
            let perimeter: f64 = (0..cut.len())
                .map(|i| (cut[i], cut[(i + 1) % cut.len()]))
                .map(|(a, b)| ((a[0] - b[0]) as f64).hypot((a[1] - b[1]) as f64))
                .sum();
            let ours = doubled_area(&cut).abs() as f64 / 2.0;
            prop_assert!((ours - exact.unsigned_area()).abs() <= 1.0 + perimeter / 2.0, "{ours} {exact:?}");
            prop_assert!(cut.iter().flatten().all(|v| (low..=high).contains(v)));
            prop_assert!(doubled_area(&cut) * doubled_area(&ring) >= 0);
        }
    }
}
