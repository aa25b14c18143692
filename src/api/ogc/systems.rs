//! Names of coordinate systems as the OGC writes them: Features Part 2.

use super::super::problem::Problem;
use crate::model::crs::Crs;
use crate::model::filter::Ground;

/// Longitude before latitude, WGS 84: what is meant where nothing is said.
pub(in crate::api) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Every system that coordinates may be asked for in, the default first.
pub(super) fn all() -> Vec<String> {
    std::iter::once(CRS84.to_owned()).chain(Crs::ALL.into_iter().map(uri)).collect()
}

fn uri(system: Crs) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{}", system.epsg())
}

/// A system by its address; `None` is CRS84, as nothing said is.
pub(super) fn named(parameter: &str, text: Option<&String>) -> Result<Option<Crs>, Problem> {
    let Some(text) = text.filter(|text| text.as_str() != CRS84) else { return Ok(None) };
    let known = Crs::ALL.into_iter().find(|system| uri(*system) == *text);
    known.map(Some).ok_or_else(|| {
        Problem::bad_request(
            format!("`{parameter}` is `{text}`, which is no system of this collection"),
            format!(
                "GET /ogc/collections lists them; {} is VN-2000, 105°00′",
                "http://www.opengis.net/def/crs/EPSG/0/5897"
            ),
        )
    })
}

/// What stands in `Content-Crs`.
pub(super) fn told(system: Option<Crs>) -> String {
    format!("<{}>", system.map_or_else(|| CRS84.to_owned(), uri))
}

/// The ground of `bbox`: four or six numbers in the order of the axes of its system.
pub(super) fn ground(text: &str, system: Crs) -> Result<Ground, Problem> {
    let wrong = |detail: String| Problem::bad_request(detail, "bbox=105.4,19.9,106.6,20.7 is west, south, east, north");
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let numbers = numbers.filter(|numbers| matches!(numbers.len(), 4 | 6) && numbers.iter().all(|n| n.is_finite()));
    let Some(numbers) = numbers else {
        return Err(wrong(format!("`bbox` is `{text}`, expected four or six numbers")));
    };
    let (low, high) = (&numbers[..2], &numbers[numbers.len() / 2..numbers.len() / 2 + 2]);
    let east_first = |place: &[f64]| if system.is_metric() { [place[0], place[1]] } else { [place[1], place[0]] };
    let ([west, south], [east, north]) = (east_first(low), east_first(high));
    let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    // The sides of a box in metres bend on the globe: sixteen steps leave less than a metre over 100 km.
    const STEPS: u32 = 16;
    let sides = corners.windows(2).flat_map(|side| {
        (0..STEPS).map(move |step| {
            let share = f64::from(step) / f64::from(STEPS);
            [0, 1].map(|axis| side[0][axis] + (side[1][axis] - side[0][axis]) * share)
        })
    });
    let ring: Option<Vec<[f64; 2]>> =
        sides.chain([corners[0]]).map(|[x, y]| system.to_wgs84(x, y).map(|(lon, lat)| [lon, lat])).collect();
    let Some(ring) = ring.filter(|_| west < east && south < north) else {
        return Err(wrong(format!("`bbox` is `{text}`, which is no box in {system}")));
    };
    Ground::of_polygons(vec![vec![ring]]).map_err(|error| wrong(error.to_string()))
}
