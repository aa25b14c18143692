//! From the national datum to WGS 84 and back.
//!
//! VN-2000 stands on the ellipsoid of WGS 84 at another place and turned a
//! little, so seven published parameters carry one to the other: coordinate
//! frame rotation, EPSG operation 6960 "VN-2000 to WGS 84 (2)", of the
//! Department of Survey and Mapping, said to be good to 1 m. The registry's
//! other operation, 5194, was used by an oil company in the Mekong delta.
//! Both are applied to the ellipsoid's surface (EPSG method 9607, 2D): the
//! height that results, up to 50 m, is dropped, in either direction.

/// WGS 84 ellipsoid (EPSG 7030), metres.
pub(super) const SEMI_MAJOR_M: f64 = 6_378_137.0;
pub(super) const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared.
pub(super) const ECCENTRICITY_2: f64 = FLATTENING * (2.0 - FLATTENING);

/// EPSG 6960: metres, seconds of arc, parts per million.
const SHIFT_M: [f64; 3] = [-191.904_414_29, -39.303_182_79, -111.450_328_35];
const ROTATION_ARCSEC: [f64; 3] = [-0.009_288_36, 0.019_754_79, -0.004_273_72];
const SCALE_PPM: f64 = 0.252_906_278;

/// The parameters as PROJ's `towgs84` takes them: a position vector turns the other way than a coordinate frame.
pub(super) fn position_vector() -> [f64; 7] {
    let [x, y, z] = SHIFT_M;
    let [rx, ry, rz] = ROTATION_ARCSEC.map(|seconds| -seconds);
    [x, y, z, rx, ry, rz, SCALE_PPM]
}

/// Degrees on VN-2000 to degrees on WGS 84; `None` for what is not on the globe.
pub(super) fn to_wgs84(lon: f64, lat: f64) -> Option<(f64, f64)> {
    let [x, y, z] = turn(geocentric(lon, lat), 1.0);
    let grow = 1.0 + SCALE_PPM * 1e-6;
    geographic([x * grow + SHIFT_M[0], y * grow + SHIFT_M[1], z * grow + SHIFT_M[2]])
}

/// Degrees on WGS 84 to degrees on VN-2000.
pub(super) fn from_wgs84(lon: f64, lat: f64) -> Option<(f64, f64)> {
    let [x, y, z] = geocentric(lon, lat);
    let grow = 1.0 + SCALE_PPM * 1e-6;
    let unturned = [(x - SHIFT_M[0]) / grow, (y - SHIFT_M[1]) / grow, (z - SHIFT_M[2]) / grow];
    geographic(turn(unturned, -1.0))
}

/// The small-angle rotation of a coordinate frame. Its inverse is the same with the sign
/// turned: the angles are under 1e-7, so what the product lacks is below a micrometre.
fn turn([x, y, z]: [f64; 3], sign: f64) -> [f64; 3] {
    let [rx, ry, rz] = ROTATION_ARCSEC.map(|seconds| sign * (seconds / 3600.0).to_radians());
    [x + rz * y - ry * z, -rz * x + y + rx * z, ry * x - rx * y + z]
}

fn geocentric(lon: f64, lat: f64) -> [f64; 3] {
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    let normal = SEMI_MAJOR_M / (1.0 - ECCENTRICITY_2 * sin_lat * sin_lat).sqrt();
    [normal * cos_lat * cos_lon, normal * cos_lat * sin_lon, normal * (1.0 - ECCENTRICITY_2) * sin_lat]
}

/// Bowring's formula, repeated once: exact to far below a micrometre near the surface.
fn geographic([x, y, z]: [f64; 3]) -> Option<(f64, f64)> {
    const SEMI_MINOR_M: f64 = SEMI_MAJOR_M * (1.0 - FLATTENING);
    const SECOND_ECCENTRICITY_2: f64 = ECCENTRICITY_2 / (1.0 - ECCENTRICITY_2);
    let from_axis = x.hypot(y);
    let mut reduced = (z * SEMI_MAJOR_M).atan2(from_axis * SEMI_MINOR_M);
    let mut lat = 0.0;
    for _ in 0..2 {
        let (sin, cos) = reduced.sin_cos();
        lat = (z + SECOND_ECCENTRICITY_2 * SEMI_MINOR_M * sin.powi(3))
            .atan2(from_axis - ECCENTRICITY_2 * SEMI_MAJOR_M * cos.powi(3));
        reduced = ((1.0 - FLATTENING) * lat.sin()).atan2(lat.cos());
    }
    let (lon, lat) = (y.atan2(x).to_degrees(), lat.to_degrees());
    (lon.is_finite() && lat.is_finite()).then_some((lon, lat))
}
