//! Points against the communes that their rows state.
//!
//! A wrong meridian throws every point out of its commune; a wrong datum only
//! those within 225 m of a border, so what is counted are the points that one
//! meaning gains and the other does not: a sign test, in which points that are
//! wrong either way say nothing.

use super::{Better, Evidence, Fit, Lookup, Meaning, ReadAs, Remap, meanings};
use crate::model::admin::UnitCode;
use crate::model::measure::LonLat;

/// Another meaning must gain this many points: by chance 8 against 1 or none happen once in 50 times or less.
const GAINED: usize = 8;
/// Where no point lies where it should, so few are enough: in the right commune by chance is one of a hundred.
const GAINED_FROM_NOTHING: usize = 3;

/// Judges points, in WGS 84 degrees, each with the commune of today that its row states.
#[must_use]
pub fn judge_points(points: &[(UnitCode, LonLat)], read: ReadAs, communes: &Lookup) -> Fit {
    let under = |meaning: Meaning| -> Vec<bool> {
        let remap = Remap { read: read.crs(), meaning };
        let inside = |(code, at): &(UnitCode, LonLat)| {
            let (lon, lat) = remap.there((at.lon(), at.lat()))?;
            Some(communes.locate(LonLat::new(lon, lat).ok()?)? == *code)
        };
        points.iter().map(|point| inside(point).unwrap_or(false)).collect()
    };
    let count = |inside: &[bool]| inside.iter().filter(|inside| **inside).count();
    let now = read.stated().map_or_else(|| vec![false; points.len()], under);
    let inside_now = count(&now);
    let mut found: Vec<Better> = Vec::new();
    for meaning in meanings(read) {
        let then = under(meaning);
        let gained = now.iter().zip(&then).filter(|(now, then)| !**now && **then).count();
        let lost = now.iter().zip(&then).filter(|(now, then)| **now && !**then).count();
        let enough = if inside_now == 0 { GAINED_FROM_NOTHING } else { GAINED };
        if gained < enough || lost * 8 > gained || count(&then) * 2 < points.len() {
            continue;
        }
        let middle = points[points.len() / 2].1;
        let [shift_east_m, shift_north_m] = Remap { read: read.crs(), meaning }.shift((middle.lon(), middle.lat()));
        let evidence = Evidence::Points { now: inside_now, then: count(&then), of: points.len() };
        found.push(Better { meaning, shift_east_m, shift_north_m, evidence });
    }
    let then = |better: &Better| match better.evidence {
        Evidence::Points { then, .. } => then,
        Evidence::Lines { .. } => 0,
    };
    found.sort_by_key(|better| std::cmp::Reverse(then(better)));
    let Some(best) = found.first().map(then) else {
        return if inside_now * 2 >= points.len().max(1) { Fit::Fits } else { Fit::Unknown };
    };
    // One point in twenty lies near enough to a border to fall either way.
    found.retain(|better| then(better) + points.len() / 20 >= best);
    if found.len() > 1 { Fit::Ambiguous(found) } else { Fit::WouldFit(found.remove(0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::boundaries::shapes::quads;
    use crate::model::crs::Crs;

    fn code(number: usize) -> UnitCode {
        format!("{number:05}").parse().unwrap()
    }

    /// Points all over a coverage of 2 km wide units, written in `truth` and read as `stated`.
    fn check(count: usize, truth: u32, stated: u32, expected: &str) {
        let units = quads(12, 8, 2);
        let lookup = Lookup::new(units.iter().enumerate().map(|(i, unit)| (code(i), unit)));
        let (truth, stated) = (Crs::from_epsg(truth).unwrap(), Crs::from_epsg(stated).unwrap());
        let points: Vec<(UnitCode, LonLat)> = (0..count)
            .filter_map(|i| {
                let t = i as f64 / count as f64;
                let (lon, lat) = (105.01 + 0.22 * t, 20.01 + 0.14 * (t * 7.3).fract());
                let commune = lookup.locate(LonLat::new(lon, lat).unwrap())?;
                let (east, north) = truth.from_wgs84(lon, lat).unwrap();
                let (lon, lat) = stated.to_wgs84(east, north).unwrap();
                Some((commune, LonLat::new(lon, lat).unwrap()))
            })
            .collect();
        let found = match judge_points(&points, ReadAs::Stated(stated), &lookup) {
            Fit::Fits => "fits".to_owned(),
            Fit::Unknown => "unknown".to_owned(),
            Fit::WouldFit(better) => better.meaning.crs.to_string(),
            Fit::Ambiguous(all) => all.iter().map(|b| b.meaning.crs.to_string()).collect::<Vec<_>>().join(" "),
        };
        assert_eq!(found, expected, "{count} points");
    }

    #[test]
    fn points_where_their_rows_say_fit() {
        check(100, 5897, 5897, "fits");
        check(100, 4326, 4326, "fits");
        check(0, 4326, 4326, "unknown");
    }

    #[test]
    fn a_wrong_meridian_is_named_by_a_few_points() {
        check(10, 9209, 5897, "EPSG:9209");
        check(200, 5897, 9209, "EPSG:5897");
    }

    #[test]
    fn a_wrong_datum_is_named_by_the_points_near_borders() {
        check(300, 4756, 4326, "EPSG:4756");
        check(300, 4326, 4756, "EPSG:4326");
        check(12, 4756, 4326, "fits");
    }

    #[test]
    fn two_points_name_nothing() {
        check(2, 9209, 5897, "unknown");
    }
}
