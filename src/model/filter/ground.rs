//! A piece of ground that a filter names, and whether the shape of a row meets it.

use geo::{BoundingRect, Intersects};
use geo_types::{Coord, Geometry, Line, LineString, MultiPolygon, Point, Polygon, Rect};

use super::NotAFilter;
use crate::model::feature::Shape;

/// Vertices of one shape. A commune has a few thousand.
const MOST_VERTICES: usize = 20_000;

/// Points, lines or areas, WGS 84 degrees, longitude first. Finite, on the globe and closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    parts: Vec<Geometry<f64>>,
    bounds: Rect<f64>,
}

impl Ground {
    /// West, south, east, north, or the same with heights between; west may lie beyond the antimeridian from east.
    ///
    /// # Errors
    /// Another number of numbers, south above north, or a place that is not on the globe.
    pub fn of_box(numbers: &[f64]) -> Result<Self, NotAFilter> {
        let [west, south, east, north] = match *numbers {
            [west, south, east, north] | [west, south, _, east, north, _] => [west, south, east, north],
            _ => return Err(NotAFilter::NoPlace(format!("a box of {} numbers (4 or 6)", numbers.len()))),
        };
        let (low, high) = (on_globe([west, south])?, on_globe([east, north])?);
        if south > north {
            return Err(NotAFilter::NoPlace(format!("a box with its south {south} above its north {north}")));
        }
        let rect =
            |west: f64, east: f64| Geometry::Rect(Rect::new(Coord { x: west, y: low.y }, Coord { x: east, y: high.y }));
        Self::of_parts(if west <= east { vec![rect(west, east)] } else { vec![rect(west, 180.0), rect(-180.0, east)] })
    }

    pub(super) fn of_points(places: Vec<[f64; 2]>) -> Result<Self, NotAFilter> {
        let places = places.into_iter().map(on_globe).collect::<Result<Vec<_>, _>>()?;
        Self::of_parts(places.into_iter().map(|at| Geometry::Point(Point(at))).collect())
    }

    pub(super) fn of_lines(lines: Vec<Vec<[f64; 2]>>) -> Result<Self, NotAFilter> {
        let lines = lines.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
        Self::of_parts(lines.into_iter().map(Geometry::LineString).collect())
    }

    /// Rings, the outer one first.
    ///
    /// # Errors
    /// A ring that is not closed or has fewer than four places, or a place that is not on the globe.
    pub fn of_polygons(polygons: Vec<Vec<Vec<[f64; 2]>>>) -> Result<Self, NotAFilter> {
        let mut parts = Vec::with_capacity(polygons.len());
        for rings in polygons {
            let mut rings = rings.into_iter().map(ring).collect::<Result<Vec<_>, _>>()?.into_iter();
            let Some(outer) = rings.next() else { return Err(NotAFilter::NoPlace("a polygon without a ring".into())) };
            parts.push(Geometry::Polygon(Polygon::new(outer, rings.collect())));
        }
        Self::of_parts(parts)
    }

    fn of_parts(parts: Vec<Geometry<f64>>) -> Result<Self, NotAFilter> {
        let around = |one: Rect<f64>, other: Rect<f64>| {
            let (a, b, c, d) = (one.min(), other.min(), one.max(), other.max());
            Rect::new(Coord { x: a.x.min(b.x), y: a.y.min(b.y) }, Coord { x: c.x.max(d.x), y: c.y.max(d.y) })
        };
        let vertices: usize = parts.iter().map(geo::CoordsIter::coords_count).sum();
        if vertices > MOST_VERTICES {
            return Err(NotAFilter::NoPlace(format!("a shape of more than {MOST_VERTICES} places")));
        }
        match parts.iter().filter_map(BoundingRect::bounding_rect).reduce(around) {
            Some(bounds) => Ok(Self { parts, bounds }),
            None => Err(NotAFilter::NoPlace("an empty shape".into())),
        }
    }

    /// Whether the shape of a row and this ground have a point in common; `None` for a row without a place.
    #[must_use]
    pub fn meets(&self, shape: &Shape) -> Option<bool> {
        match shape {
            Shape::Unlocated => None,
            Shape::Point(at) => {
                let at: Point<f64> = (*at).into();
                Some(self.bounds.intersects(&at) && self.parts.iter().any(|part| part.intersects(&at)))
            }
            Shape::Area(area) => Some(self.meets_area(area)),
        }
    }

    fn meets_area(&self, area: &MultiPolygon<f64>) -> bool {
        area.iter().any(|polygon| {
            let near = polygon.bounding_rect().is_some_and(|bounds| bounds.intersects(&self.bounds));
            near && self.parts.iter().any(|part| part.intersects(polygon))
        })
    }
}

fn on_globe([lon, lat]: [f64; 2]) -> Result<Coord<f64>, NotAFilter> {
    if lon.abs() <= 180.0 && lat.abs() <= 90.0 {
        Ok(Coord { x: lon, y: lat })
    } else {
        Err(NotAFilter::NoPlace(format!("longitude {lon}, latitude {lat}")))
    }
}

fn line(places: Vec<[f64; 2]>) -> Result<LineString<f64>, NotAFilter> {
    let places = places.into_iter().map(on_globe).collect::<Result<Vec<_>, _>>()?;
    let line = LineString(places);
    if line.lines().any(|Line { start, end }| start != end) {
        Ok(line)
    } else {
        Err(NotAFilter::NoPlace("a line of one place".into()))
    }
}

fn ring(places: Vec<[f64; 2]>) -> Result<LineString<f64>, NotAFilter> {
    let places = places.into_iter().map(on_globe).collect::<Result<Vec<_>, _>>()?;
    if places.len() < 4 || places.first() != places.last() {
        return Err(NotAFilter::NoPlace("a ring that is not closed or has fewer than four places".into()));
    }
    Ok(LineString(places))
}
