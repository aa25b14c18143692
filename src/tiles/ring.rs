//! Rings after snapping: cleaned, measured, turned.
//!
//! Snapping folds thin shapes flat. What is left must be a ring that every
//! decoder accepts: three distinct vertices at least, no vertex twice in a
//! row, no there-and-back spike, area. A vertex in the middle of a straight
//! line stays, unless it lies on the border of the box: it may be the corner
//! of a neighbour, and borders are shared vertex by vertex.

use super::world::Local;

/// Cleans in place; the ring is empty when nothing with an area is left.
/// `low` and `high` are the box that the ring was cut to. Says whether a spike
/// was taken out, so that the ring covers less than it did.
pub(crate) fn clean(ring: &mut Vec<Local>, low: i64, high: i64) -> bool {
    let mut folded = false;
    let mut is_needless = |a: Option<Local>, b: Local, c: Local| {
        let fault = fault(a, b, c, low, high);
        folded |= matches!(fault, Some(Fault::Spike));
        fault.is_some()
    };
    let mut kept = 0;
    for next in 0..ring.len() {
        let at = ring[next];
        while kept > 0 && is_needless((kept > 1).then(|| ring[kept - 2]), ring[kept - 1], at) {
            kept -= 1;
        }
        ring[kept] = at;
        kept += 1;
    }
    // The two places where the end meets the beginning.
    let mut first = 0;
    while kept - first >= 3 {
        if is_needless(Some(ring[kept - 2]), ring[kept - 1], ring[first]) {
            kept -= 1;
        } else if is_needless(Some(ring[kept - 1]), ring[first], ring[first + 1]) {
            first += 1;
        } else {
            break;
        }
    }
    ring.truncate(kept);
    ring.drain(..first);
    if ring.len() < 3 || doubled_area(ring) == 0 {
        ring.clear();
    }
    folded
}

/// Why a ring is the same shape without a vertex.
enum Fault {
    Repeated,
    Spike,
    /// In the middle of a straight line on the border of the box.
    OnBorder,
}

/// What is wrong with `b` between `a` and `c`.
fn fault(a: Option<Local>, b: Local, c: Local, low: i64, high: i64) -> Option<Fault> {
    if b == c {
        return Some(Fault::Repeated);
    }
    let a = a?;
    let (before, after) = (minus(b, a), minus(c, b));
    if cross(before, after) != 0 {
        return None;
    }
    if dot(before, after) <= 0 {
        return Some(Fault::Spike);
    }
    let on_border = |axis: usize| a[axis] == b[axis] && b[axis] == c[axis] && (b[axis] == low || b[axis] == high);
    (on_border(0) || on_border(1)).then_some(Fault::OnBorder)
}

/// Whether every vertex of the hole is inside the exterior, or as near to it
/// as snapping may push it: by one unit each way. Coordinates up to 2³².
pub(crate) fn lies_within(hole: &[Local], exterior: &[Local]) -> bool {
    hole.iter().all(|at| is_inside_or_beside(*at, exterior))
}

fn is_inside_or_beside(at: Local, ring: &[Local]) -> bool {
    let Some(mut a) = ring.last().copied() else { return false };
    let mut inside = false;
    for &b in ring {
        let (edge, to) = (minus(b, a), minus(at, a));
        let (length_squared, along) = (wide_dot(edge, edge), wide_dot(edge, to));
        let aside = wide_cross(edge, to);
        let within_two = |v: Local| wide_dot(v, v) <= 2;
        // The square of twice the area of a world would not fit.
        let is_near = aside.abs() < 1 << 62 && aside * aside <= 2 * length_squared;
        let beside = (0..=length_squared).contains(&along) && is_near;
        if beside || within_two(to) || within_two(minus(at, b)) {
            return true;
        }
        if (a[1] > at[1]) != (b[1] > at[1]) && (aside > 0) == (edge[1] > 0) {
            inside = !inside;
        }
        a = b;
    }
    inside
}

/// Whether two edges of a ring meet elsewhere than where one follows the other: snapped anew, it may turn inside out
/// anywhere. Coordinates up to 2³².
pub(crate) fn touches_itself(ring: &[Local]) -> bool {
    let next = |at: usize| if at + 1 == ring.len() { 0 } else { at + 1 };
    let side = |a: Local, b: Local, c: Local| wide_cross(minus(b, a), minus(c, a)).signum();
    let span = |at: usize, axis: usize| {
        let (a, b) = (ring[at][axis], ring[next(at)][axis]);
        (a.min(b), a.max(b))
    };
    let meet = |one: usize, other: usize| {
        let (a, b, c, d) = (ring[one], ring[next(one)], ring[other], ring[next(other)]);
        if next(one) == other || next(other) == one {
            // They share a vertex; more than that is a spike.
            let (from, shared, to) = if next(one) == other { (a, b, d) } else { (c, d, b) };
            return side(from, shared, to) == 0 && wide_dot(minus(shared, from), minus(to, shared)) <= 0;
        }
        side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0
    };
    let mut edges: Vec<usize> = (0..ring.len()).collect();
    edges.sort_unstable_by_key(|at| span(*at, 0).0);
    edges.iter().enumerate().any(|(place, one)| {
        let (end, (low, high)) = (span(*one, 0).1, span(*one, 1));
        let beside = edges[place + 1..].iter().take_while(|other| span(**other, 0).0 <= end);
        beside.filter(|other| span(**other, 1).0 <= high && low <= span(**other, 1).1).any(|other| meet(*one, *other))
    })
}

fn minus(a: Local, b: Local) -> Local {
    [a[0] - b[0], a[1] - b[1]]
}

/// Of coordinates up to 2³².
fn wide_dot(a: Local, b: Local) -> i128 {
    i128::from(a[0]) * i128::from(b[0]) + i128::from(a[1]) * i128::from(b[1])
}

/// Of coordinates up to 2³².
fn wide_cross(a: Local, b: Local) -> i128 {
    i128::from(a[0]) * i128::from(b[1]) - i128::from(a[1]) * i128::from(b[0])
}

fn dot(a: Local, b: Local) -> i64 {
    a[0] * b[0] + a[1] * b[1]
}

fn cross(a: Local, b: Local) -> i64 {
    a[0] * b[1] - a[1] * b[0]
}

/// The surveyor's formula in stored coordinates, y down: twice the area,
/// positive for exterior rings, negative for holes.
pub(crate) fn doubled_area(ring: &[Local]) -> i64 {
    let Some(mut a) = ring.last() else { return 0 };
    let mut sum = 0;
    for b in ring {
        sum += a[0] * b[1] - b[0] * a[1];
        a = b;
    }
    sum
}

/// Turns the ring the way its role wants, and lets it begin on another vertex
/// than `cursor`, where the ring before ended: some decoders take a move to
/// where they are for no move at all.
pub(crate) fn arrange(ring: &mut [Local], exterior: bool, cursor: Option<Local>) {
    if (doubled_area(ring) > 0) != exterior {
        ring.reverse();
    }
    if ring.first().copied() == cursor && !ring.is_empty() {
        ring.rotate_left(1);
    }
}

/// A point inside the polygon whose rings these are, by the widest gap on the
/// middle row; even-odd, so holes count. Coordinates up to 2³².
pub(crate) fn inner_point(rings: &[&[Local]]) -> Option<Local> {
    let exterior = rings.first()?;
    let rows = || exterior.iter().map(|at| at[1]);
    let (top, bottom) = (rows().min()?, rows().max()?);
    let row = top + (bottom - top) / 2;
    let mut crossings: Vec<i64> = Vec::new();
    for ring in rings {
        let Some(mut a) = ring.last().copied() else { continue };
        for &b in *ring {
            if (a[1] > row) != (b[1] > row) {
                let rise = i128::from(row - a[1]) * i128::from(b[0] - a[0]);
                // Invariant: between the two ends, so it fits again.
                crossings.push(a[0] + (rise / i128::from(b[1] - a[1])) as i64);
            }
            a = b;
        }
    }
    crossings.sort_unstable();
    let widest = crossings.chunks_exact(2).max_by_key(|gap| gap[1] - gap[0]);
    Some(widest.map_or(exterior[0], |gap| [gap[0] + (gap[1] - gap[0]) / 2, row]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ring: &[Local], expected: &[Local]) {
        let mut cleaned = ring.to_vec();
        let folded = clean(&mut cleaned, -64, 4160);
        assert_eq!(cleaned, expected);
        assert!(!folded || cleaned.len() < ring.len());
    }

    #[test]
    fn a_vertex_is_not_repeated() {
        check(&[[0, 0], [0, 0], [4, 0], [4, 4], [4, 4], [0, 0]], &[[0, 0], [4, 0], [4, 4]]);
    }

    #[test]
    fn a_spike_is_taken_out() {
        check(&[[0, 0], [4, 0], [9, 0], [4, 0], [4, 4]], &[[0, 0], [4, 0], [4, 4]]);
        check(&[[0, 0], [9, 0], [4, 0], [4, 4]], &[[0, 0], [4, 0], [4, 4]]);
    }

    #[test]
    fn a_spike_at_the_seam_is_taken_out() {
        check(&[[9, 0], [4, 0], [4, 4], [0, 4], [0, 0], [4, 0]], &[[4, 0], [4, 4], [0, 4], [0, 0]]);
        check(&[[4, 0], [4, 4], [0, 0], [4, 0], [9, 0]], &[[4, 0], [4, 4], [0, 0]]);
    }

    #[test]
    fn a_flat_ring_vanishes() {
        check(&[[0, 0], [4, 0], [9, 0]], &[]);
        check(&[[1, 1], [1, 1], [1, 1]], &[]);
        check(&[[1, 1], [3, 3]], &[]);
        check(&[], &[]);
        check(&[[0, 0], [2, 2], [0, 2], [2, 0]], &[]);
    }

    #[test]
    fn a_vertex_on_a_straight_line_may_be_a_neighbours_corner_and_stays() {
        check(&[[0, 0], [2, 0], [4, 0], [4, 4]], &[[0, 0], [2, 0], [4, 0], [4, 4]]);
    }

    #[test]
    fn a_vertex_on_the_straight_border_of_the_box_goes() {
        check(&[[-64, 0], [-64, 7], [-64, 9], [4, 4]], &[[-64, 0], [-64, 9], [4, 4]]);
    }

    #[test]
    fn an_exterior_has_a_positive_area_with_y_down() {
        let mut ring = [[0, 0], [0, 4], [4, 4], [4, 0]];
        arrange(&mut ring, true, None);
        assert_eq!(doubled_area(&ring), 32);
        arrange(&mut ring, false, None);
        assert_eq!(doubled_area(&ring), -32);
    }

    #[test]
    fn a_ring_does_not_begin_where_the_last_one_ended() {
        let mut ring = [[0, 0], [4, 0], [4, 4]];
        arrange(&mut ring, true, Some([0, 0]));
        assert_eq!(ring, [[4, 0], [4, 4], [0, 0]]);
    }

    #[test]
    fn a_hole_lies_within_when_it_is_inside_or_a_snap_away() {
        let corner = [[0, 0], [90, 0], [90, 40], [40, 40], [40, 90], [0, 90]];
        let square = |x: i64, y: i64| [[x, y], [x, y + 9], [x + 9, y + 9], [x + 9, y]];
        for (x, y, expected) in [(5, 5, true), (0, 0, true), (32, 50, true), (33, 50, false), (60, 60, false)] {
            assert_eq!(lies_within(&square(x, y), &corner), expected, "{x} {y}");
            let mut backwards = corner;
            backwards.reverse();
            assert_eq!(lies_within(&square(x, y), &backwards), expected, "{x} {y}");
        }
    }

    #[test]
    fn a_ring_touches_itself_where_two_edges_meet_that_do_not_follow_each_other() {
        let far = 1_i64 << 32;
        for (ring, expected) in [
            (vec![[0, 0], [4, 0], [4, 4], [0, 4]], false),
            (vec![[0, 0], [far, 0], [far, far], [0, far]], false),
            (vec![[0, 0], [4, 4], [4, 0], [0, 4]], true),
            (vec![[0, 0], [far, far], [far, 0], [0, far]], true),
            (vec![[0, 0], [4, 0], [9, 0], [4, 4]], false),
            (vec![[0, 0], [9, 0], [4, 0], [4, 4]], true),
            (vec![[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]], true),
            (vec![[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]], false),
            (vec![[0, 0], [4, 0], [4, 0], [4, 4]], true),
        ] {
            for turn in 0..ring.len() {
                let mut turned = ring.clone();
                turned.rotate_left(turn);
                assert_eq!(touches_itself(&turned), expected, "{turned:?}");
                turned.reverse();
                assert_eq!(touches_itself(&turned), expected, "{turned:?}");
            }
        }
    }

    #[test]
    fn the_label_of_a_ring_shaped_polygon_is_on_the_ring() {
        let (outer, hole): ([Local; 4], [Local; 4]) =
            ([[0, 0], [90, 0], [90, 90], [0, 90]], [[10, 10], [70, 10], [70, 70], [10, 70]]);
        assert_eq!(inner_point(&[&outer, &hole]), Some([80, 45]));
        assert_eq!(inner_point(&[&[[5, 5], [5, 5], [5, 5]]]), Some([5, 5]));
        assert_eq!(inner_point(&[]), None);
    }
}
