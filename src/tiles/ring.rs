//! Rings after snapping: cleaned, measured, turned.
//!
//! Snapping folds thin shapes flat. What is left must be a ring that every
//! decoder accepts: three distinct vertices at least, no vertex twice in a
//! row, no there-and-back spike, area. A vertex in the middle of a straight
//! line stays, unless it lies on the border of the box: it may be the corner
//! of a neighbour, and borders are shared vertex by vertex.

use super::world::Local;

/// Cleans in place; the ring is empty when nothing with an area is left.
/// `low` and `high` are the box that the ring was cut to.
pub(crate) fn clean(ring: &mut Vec<Local>, low: i64, high: i64) {
    let mut kept = 0;
    for next in 0..ring.len() {
        let at = ring[next];
        while kept > 0 && is_needless(if kept > 1 { Some(ring[kept - 2]) } else { None }, ring[kept - 1], at, low, high)
        {
            kept -= 1;
        }
        ring[kept] = at;
        kept += 1;
    }
    // The two places where the end meets the beginning.
    let mut first = 0;
    while kept - first >= 3 {
        if is_needless(Some(ring[kept - 2]), ring[kept - 1], ring[first], low, high) {
            kept -= 1;
        } else if is_needless(Some(ring[kept - 1]), ring[first], ring[first + 1], low, high) {
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
}

/// Whether the ring is the same shape without `b`.
fn is_needless(a: Option<Local>, b: Local, c: Local, low: i64, high: i64) -> bool {
    if b == c {
        return true;
    }
    let Some(a) = a else { return false };
    let (before, after) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    if before[0] * after[1] != before[1] * after[0] {
        return false;
    }
    let is_spike = before[0] * after[0] + before[1] * after[1] <= 0;
    let on_border = |axis: usize| a[axis] == b[axis] && b[axis] == c[axis] && (b[axis] == low || b[axis] == high);
    is_spike || on_border(0) || on_border(1)
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
        clean(&mut cleaned, -64, 4160);
        assert_eq!(cleaned, expected);
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
    fn the_label_of_a_ring_shaped_polygon_is_on_the_ring() {
        let (outer, hole): ([Local; 4], [Local; 4]) =
            ([[0, 0], [90, 0], [90, 90], [0, 90]], [[10, 10], [70, 10], [70, 70], [10, 70]]);
        assert_eq!(inner_point(&[&outer, &hole]), Some([80, 45]));
        assert_eq!(inner_point(&[&[[5, 5], [5, 5], [5, 5]]]), Some([5, 5]));
        assert_eq!(inner_point(&[]), None);
    }
}
