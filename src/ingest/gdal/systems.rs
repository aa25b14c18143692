//! Coordinate systems that GDAL knows, on their way to WGS 84.
//!
//! Axis order is longitude first, whatever the authority says: GDAL 3 would
//! otherwise take EPSG:4326 for latitude first.

use gdal::errors::GdalError;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};

use super::imp::quiet;
use crate::ingest::Unreadable;
use crate::model::crs::Crs;

/// From a coordinate system to WGS 84: first by PROJ, then by us. The national datum is always left
/// to `model::crs`, so that a file gives the same place whichever way it comes in; PROJ chooses
/// between two sets of parameters by region and version.
pub struct ToWgs84 {
    pub(super) by_proj: Option<CoordTransform>,
    pub(super) by_us: Option<Crs>,
}

impl ToWgs84 {
    /// # Errors
    /// [`Unreadable::UnsupportedCrs`] when PROJ does not know the number.
    pub fn new(epsg: u32) -> Result<Self, Unreadable> {
        quiet();
        if let Some(crs) = Crs::from_epsg(epsg) {
            return Ok(Self { by_proj: None, by_us: Some(crs) });
        }
        let unsupported = |_| Unreadable::UnsupportedCrs { found: format!("EPSG:{epsg}") };
        Self::between(SpatialRef::from_epsg(epsg).map_err(unsupported)?).map_err(unsupported)
    }

    /// `None` for WGS 84 itself, whose numbers must come through untouched.
    pub(super) fn from_declared(srs: SpatialRef) -> Result<Option<Self>, Unreadable> {
        match ours(&srs) {
            Some(Crs::WGS84) => return Ok(None),
            Some(crs) => return Ok(Some(Self { by_proj: None, by_us: Some(crs) })),
            None => {}
        }
        let found = srs.name().unwrap_or_else(|| "without a name".to_owned());
        Self::between(srs).map(Some).map_err(|_| Unreadable::UnsupportedCrs { found })
    }

    fn between(mut from: SpatialRef) -> Result<Self, GdalError> {
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        if !is_vn2000(&from) {
            return Ok(Self { by_proj: Some(CoordTransform::new(&from, &wgs84()?)?), by_us: None });
        }
        // A local grid on the national datum: PROJ takes it to degrees without leaving the datum.
        let mut degrees = from.geog_cs()?;
        degrees.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(Self { by_proj: Some(CoordTransform::new(&from, &degrees)?), by_us: Some(Crs::VN2000) })
    }

    /// Longitude and latitude of an easting and a northing (in Viet Nam written
    /// Y and X), or nothing where the system does not reach.
    #[must_use]
    pub fn point(&self, easting: f64, northing: f64) -> Option<(f64, f64)> {
        let (mut x, mut y, mut z) = ([easting], [northing], [0.0]);
        if let Some(by_proj) = &self.by_proj {
            by_proj.transform_coords(&mut x, &mut y, &mut z).ok()?;
        }
        match self.by_us {
            Some(crs) => crs.to_wgs84(x[0], y[0]),
            None => (x[0].is_finite() && y[0].is_finite()).then_some((x[0], y[0])),
        }
    }
}

pub(super) fn ours(srs: &SpatialRef) -> Option<Crs> {
    match srs.auth_name().as_deref() {
        Some("EPSG") => Crs::from_epsg(u32::try_from(srs.auth_code().ok()?).ok()?),
        // CRS84 and its like.
        Some("OGC") => Some(Crs::WGS84),
        _ => None,
    }
}

/// By the name of the datum, which survives where numbers do not: `VN-2000`, `D_Vietnam_2000`, `Vietnam_2000`.
fn is_vn2000(srs: &SpatialRef) -> bool {
    ["DATUM", "GEOGCS"].iter().any(|node| {
        let name = srs.get_attr_value(node, 0).ok().flatten().unwrap_or_default();
        let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        letters.contains("vn2000") || letters.contains("vietnam2000")
    })
}

pub(super) fn wgs84() -> Result<SpatialRef, GdalError> {
    let mut srs = SpatialRef::from_epsg(4326)?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published parameters as PROJ writes them, from and to radians.
    const EPSG_6960: &str = "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 +step +proj=helmert \
        +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 \
        +s=0.252906278 +convention=coordinate_frame +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3";

    /// PROJ told to use the projection of a system and the published parameters, and nothing else.
    fn by_proj(crs: Crs) -> CoordTransform {
        let mut from = SpatialRef::from_epsg(crs.epsg()).unwrap();
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        // GDAL hands an operation its coordinates as the authority orders them: degrees are latitude first.
        let swap = "+step +proj=axisswap +order=2,1";
        let radians = if crs.is_metric() {
            let grid = from.to_proj4().unwrap();
            let projection = grid.split(' ').filter(|part| !part.starts_with("+towgs84") && *part != "+type=crs");
            format!("+step +inv {}", projection.collect::<Vec<_>>().join(" "))
        } else {
            format!("{swap} +step +proj=unitconvert +xy_in=deg +xy_out=rad")
        };
        let datum = if crs.is_vn2000() { EPSG_6960 } else { "" };
        let operation =
            format!("+proj=pipeline {radians} {datum} +step +proj=unitconvert +xy_in=rad +xy_out=deg {swap}");
        let mut options = gdal::spatial_ref::CoordTransformOptions::new().unwrap();
        options.set_coordinate_operation(&operation, false).unwrap();
        CoordTransform::new_with_options(&from, &wgs84().unwrap(), &options).unwrap()
    }

    fn transformed(by: &CoordTransform, (east, north): (f64, f64)) -> (f64, f64) {
        let (mut x, mut y, mut z) = ([east], [north], [0.0]);
        by.transform_coords(&mut x, &mut y, &mut z).unwrap();
        (x[0], y[0])
    }

    fn apart_m((lon1, lat1): (f64, f64), (lon2, lat2): (f64, f64)) -> f64 {
        111_320.0 * (lon1 - lon2).hypot(lat1 - lat2)
    }

    #[test]
    fn our_projections_agree_with_proj_to_a_millimetre() {
        quiet();
        let (mut most, mut most_back): (f64, f64) = (0.0, 0.0);
        for crs in Crs::ALL {
            let by_proj = by_proj(crs);
            for step in 0..33 * 17 {
                let at = (102.0 + f64::from(step % 33) * 0.25, 8.0 + f64::from(step / 33));
                let grid = crs.from_wgs84(at.0, at.1).unwrap();
                let theirs = transformed(&by_proj, grid);
                let off = apart_m(crs.to_wgs84(grid.0, grid.1).unwrap(), theirs);
                assert!(off < 1e-3, "{crs} at {at:?}: {off} m");
                most = most.max(off);
                most_back = most_back.max(apart_m(at, theirs));
            }
        }
        println!("off PROJ by {most:.1e} m at most, there and back by {most_back:.1e} m");
        assert!(most < 1e-6 && most_back < 2e-3);
    }

    /// Left to itself PROJ takes other parameters in the Mekong delta (EPSG 5194): one file, two places.
    /// This is why the national datum never goes through it.
    #[test]
    fn proj_by_its_own_choice_differs_only_where_the_registry_has_two_operations() {
        quiet();
        let mut from = SpatialRef::from_epsg(4756).unwrap();
        from.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        let chosen = CoordTransform::new(&from, &wgs84().unwrap()).unwrap();
        let off = |at: (f64, f64)| apart_m(transformed(&chosen, at), Crs::VN2000.to_wgs84(at.0, at.1).unwrap());
        println!(
            "PROJ's own choice: {:.2e} m in Ninh Bình, {:.2} m in the delta",
            off((105.97, 20.25)),
            off((105.0, 9.5))
        );
        assert!(off((105.97, 20.25)) < 1e-3);
        assert!(off((105.0, 9.5)) < 2.0, "both are said to be good to 1 m");
    }

    #[test]
    fn a_province_system_lands_where_it_should() {
        // Hoa Lư, EPSG:5897 easting and northing, to about a metre.
        let (lon, lat) = ToWgs84::new(5897).unwrap().point(601_611.35, 2_240_658.67).unwrap();
        assert!((lon - 105.9745).abs() < 2e-5 && (lat - 20.2539).abs() < 2e-5, "{lon} {lat}");
        assert!(matches!(ToWgs84::new(999_999), Err(Unreadable::UnsupportedCrs { .. })));
    }
}
