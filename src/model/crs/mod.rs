//! Coordinate systems that Viet Nam's files are written in.
//!
//! Common systems are read without GDAL, and always with the national
//! parameters, so that a file gives the same place whichever way it came in.
//! **Axis order here is east before north** (longitude, latitude; easting,
//! northing). Vietnamese documents write it the other way round: their *X* is
//! the northing and their *Y* the easting. A system is never guessed from
//! numbers: an easting of the province fits two meridians equally well.
//!
//! Numbers, meridians and areas of use: EPSG registry v10.076. In its tables
//! 105.30 means 105°30′.

mod datum;
mod transverse_mercator;

use std::fmt;

use super::language::Language;
use transverse_mercator::TransverseMercator;

/// A system that we read and write ourselves. One of [`Crs::ALL`], so it cannot be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Crs {
    epsg: u32,
    datum: Datum,
    projection: Projection,
    area: Area,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Datum {
    Wgs84,
    Vn2000,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Projection {
    Degrees,
    /// Spherical Mercator of web maps.
    WebMercator,
    /// Central meridian in minutes of arc.
    Utm(u16),
    Tm3(u16),
}

/// Where the registry says that a system is used: south, north, west, east in hundredths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Area(i16, i16, i16, i16);

const WORLD: Area = Area(-9000, 9000, -18000, 18000);
const VIET_NAM: Area = Area(833, 2340, 10214, 10953);

impl Area {
    fn holds(self, lon: f64, lat: f64) -> bool {
        let Self(south, north, west, east) = self;
        let within =
            |value: f64, low: i16, high: i16| (f64::from(low) / 100.0..=f64::from(high) / 100.0).contains(&value);
        within(lat, south, north) && within(lon, west, east)
    }
}

const fn tm3(epsg: u32, degrees: u16, minutes: u16, area: Area) -> Crs {
    Crs { epsg, datum: Datum::Vn2000, projection: Projection::Tm3(degrees * 60 + minutes), area }
}

const fn plain(epsg: u32, datum: Datum, projection: Projection, area: Area) -> Crs {
    Crs { epsg, datum, projection, area }
}

impl Crs {
    pub const WGS84: Self = plain(4326, Datum::Wgs84, Projection::Degrees, WORLD);
    /// Geographic VN-2000: degrees that look like WGS 84 and lie some 225 m beside it.
    pub const VN2000: Self = plain(4756, Datum::Vn2000, Projection::Degrees, VIET_NAM);
    /// For maps on screens, and no system that anybody measures in.
    pub const WEB_MERCATOR: Self = plain(3857, Datum::Wgs84, Projection::WebMercator, WORLD);

    /// Every system known here; the provincial zones of 3° from west to east.
    pub const ALL: [Self; 25] = [
        Self::WGS84,
        Self::VN2000,
        tm3(5896, 102, 0, Area(920, 2282, 10214, 10351)),
        tm3(9205, 103, 0, Area(2089, 2282, 10214, 10399)),
        tm3(9206, 104, 0, Area(2057, 2204, 10321, 10503)),
        tm3(9207, 104, 30, Area(833, 1055, 10340, 10554)),
        tm3(9208, 104, 45, Area(1018, 2285, 10353, 10586)),
        tm3(5897, 105, 0, Area(833, 2340, 10350, 10651)),
        tm3(9209, 105, 30, Area(919, 2340, 10433, 10669)),
        tm3(9210, 105, 45, Area(975, 2312, 10526, 10780)),
        tm3(9211, 106, 0, Area(1692, 2270, 10483, 10703)),
        tm3(9212, 106, 15, Area(1130, 1722, 10641, 10743)),
        tm3(9213, 106, 30, Area(2132, 2275, 10543, 10625)),
        tm3(9214, 107, 0, Area(1599, 2163, 10588, 10824)),
        tm3(9215, 107, 15, Area(2132, 2247, 10609, 10737)),
        tm3(9216, 107, 30, Area(1392, 1542, 10733, 10855)),
        tm3(5899, 107, 45, Area(857, 2167, 10643, 10876)),
        tm3(5898, 108, 0, Area(857, 2295, 10650, 10953)),
        tm3(9217, 108, 15, Area(1125, 1471, 10855, 10953)),
        tm3(9218, 108, 30, Area(1043, 1461, 10720, 10952)),
        plain(3405, Datum::Vn2000, Projection::Utm(105 * 60), Area(833, 2340, 10214, 10800)),
        plain(3406, Datum::Vn2000, Projection::Utm(111 * 60), Area(1043, 2156, 10800, 10953)),
        plain(32648, Datum::Wgs84, Projection::Utm(105 * 60), Area(0, 8400, 10200, 10800)),
        plain(32649, Datum::Wgs84, Projection::Utm(111 * 60), Area(0, 8400, 10800, 11400)),
        Self::WEB_MERCATOR,
    ];

    /// The system of an EPSG number; `None` for one that needs GDAL.
    #[must_use]
    pub fn from_epsg(epsg: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|crs| crs.epsg == epsg)
    }

    /// The system of a name as files write it: `EPSG:5897`, `urn:ogc:def:crs:EPSG::9209`,
    /// `http://www.opengis.net/def/crs/EPSG/0/4756`, `urn:ogc:def:crs:OGC:1.3:CRS84`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let tail = name.trim().rsplit([':', '/']).next().unwrap_or_default();
        if ["CRS84", "WGS84", "WGS 84"].iter().any(|wgs84| tail.eq_ignore_ascii_case(wgs84)) {
            return Some(Self::WGS84);
        }
        Self::from_epsg(tail.parse().ok()?)
    }

    #[must_use]
    pub fn epsg(self) -> u32 {
        self.epsg
    }

    /// Coordinates are metres, not degrees.
    #[must_use]
    pub fn is_metric(self) -> bool {
        self.projection != Projection::Degrees
    }

    /// On the national datum.
    #[must_use]
    pub fn is_vn2000(self) -> bool {
        self.datum == Datum::Vn2000
    }

    /// `VN-2000 / múi 3° kinh tuyến 105°30′`, `VN-2000 / TM-3 105°30′`.
    #[must_use]
    pub fn name(self, language: Language) -> String {
        let datum = match self.datum {
            Datum::Wgs84 => "WGS 84",
            Datum::Vn2000 => "VN-2000",
        };
        match self.projection {
            Projection::Degrees if self.is_vn2000() => {
                language.pick(format!("{datum} (độ)"), format!("{datum} (degrees)"))
            }
            Projection::Degrees => datum.to_owned(),
            Projection::WebMercator => format!("{datum} / Web Mercator"),
            Projection::Utm(meridian) => language
                .pick(format!("{datum} / UTM múi {}N", zone(meridian)), format!("{datum} / UTM {}N", zone(meridian))),
            Projection::Tm3(meridian) => {
                let (degrees, minutes) = (meridian / 60, meridian % 60);
                language.pick(
                    format!("{datum} / múi 3° kinh tuyến {degrees}°{minutes:02}′"),
                    format!("{datum} / TM-3 {degrees}°{minutes:02}′"),
                )
            }
        }
    }

    /// WGS 84 longitude and latitude in degrees, of longitude and latitude (degrees) or easting and
    /// northing (metres; in Viet Nam written Y and X) in this system. `None` for numbers that are no place in it.
    ///
    /// Heights are not carried: the place is taken on the ellipsoid, as EPSG's method 9607 says.
    #[must_use]
    pub fn to_wgs84(self, east: f64, north: f64) -> Option<(f64, f64)> {
        let (lon, lat) = match self.projection {
            Projection::Degrees => on_globe(east, north)?,
            Projection::WebMercator => web_mercator_inverse(east, north)?,
            Projection::Utm(_) | Projection::Tm3(_) => self.grid()?.inverse(east, north)?,
        };
        match self.datum {
            Datum::Wgs84 => Some((lon, lat)),
            Datum::Vn2000 => datum::to_wgs84(lon, lat),
        }
    }

    /// Longitude and latitude (degrees) or easting and northing (metres) in this system, of WGS 84 degrees.
    #[must_use]
    pub fn from_wgs84(self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let (lon, lat) = on_globe(lon, lat)?;
        let (lon, lat) = match self.datum {
            Datum::Wgs84 => (lon, lat),
            Datum::Vn2000 => datum::from_wgs84(lon, lat)?,
        };
        match self.projection {
            Projection::Degrees => Some((lon, lat)),
            Projection::WebMercator => web_mercator_forward(lon, lat),
            Projection::Utm(_) | Projection::Tm3(_) => self.grid()?.forward(lon, lat),
        }
    }

    /// Its definition for formats that know no numbers of the registry, as a string of PROJ: the national datum with
    /// its seven parameters, without which MapInfo would take VN-2000 for WGS 84.
    #[must_use]
    pub fn proj(self) -> String {
        let projection = match self.projection {
            Projection::Degrees => "+proj=longlat".to_owned(),
            Projection::WebMercator => "+proj=webmerc +lat_0=0 +lon_0=0 +x_0=0 +y_0=0 +units=m".to_owned(),
            Projection::Utm(_) | Projection::Tm3(_) => {
                let TransverseMercator { meridian, scale } =
                    self.grid().unwrap_or(TransverseMercator { meridian: 0.0, scale: 1.0 });
                format!("+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +units=m")
            }
        };
        let datum = match self.datum {
            Datum::Wgs84 => "+datum=WGS84".to_owned(),
            Datum::Vn2000 => {
                let parameters = datum::position_vector().map(|parameter| parameter.to_string());
                format!("+ellps=WGS84 +towgs84={}", parameters.join(","))
            }
        };
        format!("{projection} {datum} +no_defs")
    }

    /// Whether the registry says that the system is used where a place is, degrees on WGS 84.
    #[must_use]
    pub fn suits(self, lon: f64, lat: f64) -> bool {
        self.area.holds(lon, lat)
    }

    /// The metric systems in which these numbers lie where the registry says that the system is used,
    /// in Viet Nam. The numbers alone decide no further than that.
    #[must_use]
    pub fn candidates(easting: f64, northing: f64) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|crs| crs.is_metric())
            .filter(|crs| {
                crs.to_wgs84(easting, northing)
                    .is_some_and(|(lon, lat)| crs.suits(lon, lat) && VIET_NAM.holds(lon, lat))
            })
            .collect()
    }

    /// UTM keeps 0.9996 of the length at the central meridian, the provincial zones 0.9999
    /// (EPSG conversions 16048, 16049 and those of the TM-3 zones).
    fn grid(self) -> Option<TransverseMercator> {
        match self.projection {
            Projection::Utm(meridian) => Some(TransverseMercator { meridian: degrees(meridian), scale: 0.9996 }),
            Projection::Tm3(meridian) => Some(TransverseMercator { meridian: degrees(meridian), scale: 0.9999 }),
            Projection::Degrees | Projection::WebMercator => None,
        }
    }
}

/// `EPSG:5897`.
impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.epsg)
    }
}

fn degrees(minutes: u16) -> f64 {
    f64::from(minutes) / 60.0
}

/// UTM zones count from the antimeridian in steps of 6°.
fn zone(meridian_minutes: u16) -> u16 {
    (meridian_minutes / 60 + 183) / 6
}

fn on_globe(lon: f64, lat: f64) -> Option<(f64, f64)> {
    (lon.abs() <= 180.0 && lat.abs() <= 90.0).then_some((lon, lat))
}

/// EPSG method 1024: spherical formulas on the semi-major axis of WGS 84.
fn web_mercator_forward(lon: f64, lat: f64) -> Option<(f64, f64)> {
    let north = datum::SEMI_MAJOR_M * lat.to_radians().tan().asinh();
    (lat.abs() < 90.0).then_some((datum::SEMI_MAJOR_M * lon.to_radians(), north))
}

fn web_mercator_inverse(east: f64, north: f64) -> Option<(f64, f64)> {
    let (lon, lat) = (east / datum::SEMI_MAJOR_M, (north / datum::SEMI_MAJOR_M).sinh().atan());
    on_globe(lon.to_degrees(), lat.to_degrees())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn crs(epsg: u32) -> Crs {
        Crs::from_epsg(epsg).unwrap()
    }

    /// Metres between two positions near each other, degrees.
    fn apart((lon1, lat1): (f64, f64), (lon2, lat2): (f64, f64)) -> f64 {
        const METRES_OF_A_DEGREE: f64 = 111_320.0;
        let east = (lon2 - lon1) * lat1.to_radians().cos();
        METRES_OF_A_DEGREE * east.hypot(lat2 - lat1)
    }

    /// Published place and its easting and northing, to a centimetre.
    fn check(epsg: u32, at: (f64, f64), easting: f64, northing: f64) {
        let (east, north) = crs(epsg).from_wgs84(at.0, at.1).unwrap();
        assert!((east - easting).abs() < 0.006 && (north - northing).abs() < 0.006, "{epsg}: {east} {north}");
        assert!(apart(crs(epsg).to_wgs84(easting, northing).unwrap(), at) < 0.01, "{epsg}");
    }

    const HOA_LU: (f64, f64) = (105.9745, 20.2539);
    const NAM_DINH: (f64, f64) = (106.1683, 20.42);

    #[test]
    fn published_places_have_their_published_coordinates() {
        check(5897, HOA_LU, 601_611.35, 2_240_658.67);
        check(9209, HOA_LU, 549_374.46, 2_240_430.58);
        check(9209, NAM_DINH, 569_546.47, 2_258_888.21);
    }

    #[test]
    fn two_meridians_of_the_province_lie_52_km_apart() {
        let (east, north) = crs(9209).from_wgs84(NAM_DINH.0, NAM_DINH.1).unwrap();
        let wrong = crs(5897).to_wgs84(east, north).unwrap();
        assert!((apart(wrong, NAM_DINH) - 52_200.0).abs() < 200.0, "{}", apart(wrong, NAM_DINH));
    }

    #[test]
    fn vn2000_degrees_lie_196_m_west_and_109_m_north_of_wgs84() {
        let (lon, lat) = Crs::VN2000.to_wgs84(HOA_LU.0, HOA_LU.1).unwrap();
        let east = apart((HOA_LU.0, HOA_LU.1), (lon, HOA_LU.1));
        let north = apart((HOA_LU.0, HOA_LU.1), (HOA_LU.0, lat));
        assert!(lon > HOA_LU.0 && (east - 196.0).abs() < 1.0, "{east}");
        assert!(lat < HOA_LU.1 && (north - 109.0).abs() < 2.0, "{north}");
    }

    #[test]
    fn numbers_of_the_province_fit_both_of_its_meridians() {
        let found = Crs::candidates(549_374.46, 2_240_430.58);
        assert!(found.contains(&crs(5897)) && found.contains(&crs(9209)), "{found:?}");
        assert!(found.contains(&crs(3405)) && found.contains(&crs(32648)), "{found:?}");
        assert!(!found.contains(&crs(9217)), "the zone of Khánh Hòa is not used at 20° north");
        assert_eq!(Crs::candidates(105.9, 20.2), []);
        assert_eq!(Crs::candidates(f64::NAN, 1e300), []);
    }

    #[test]
    fn names_of_files_are_understood() {
        let check = |name: &str, epsg: Option<u32>| assert_eq!(Crs::from_name(name).map(Crs::epsg), epsg, "{name}");
        check("urn:ogc:def:crs:EPSG::9209", Some(9209));
        check("urn:ogc:def:crs:EPSG:9.8.1:5897", Some(5897));
        check("EPSG:5897", Some(5897));
        check("epsg:4756 ", Some(4756));
        check("http://www.opengis.net/def/crs/EPSG/0/3405", Some(3405));
        check("urn:ogc:def:crs:OGC:1.3:CRS84", Some(4326));
        check("urn:ogc:def:crs:EPSG::27700", None);
        check("", None);
    }

    #[test]
    fn every_number_is_there_once_and_every_name_is_its_own() {
        let names: std::collections::BTreeSet<_> = Crs::ALL.iter().map(|crs| crs.name(Language::Vi)).collect();
        let numbers: std::collections::BTreeSet<_> = Crs::ALL.iter().map(|crs| crs.epsg()).collect();
        assert_eq!((names.len(), numbers.len()), (Crs::ALL.len(), Crs::ALL.len()));
        assert_eq!(crs(9209).name(Language::Vi), "VN-2000 / múi 3° kinh tuyến 105°30′");
        assert_eq!(crs(32648).name(Language::En), "WGS 84 / UTM 48N");
        assert!(crs(5899).is_metric() && crs(5899).is_vn2000() && !Crs::VN2000.is_metric());
    }

    #[test]
    fn what_is_no_place_gives_none() {
        for crs in Crs::ALL {
            for (x, y) in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (1e300, 1e300), (-1e300, 0.0), (0.0, f64::NAN)] {
                let finite = |found: Option<(f64, f64)>| found.is_none_or(|(x, y)| x.is_finite() && y.is_finite());
                assert!(finite(crs.to_wgs84(x, y)) && finite(crs.from_wgs84(x, y)), "{crs} {x} {y}");
            }
            assert_eq!(crs.to_wgs84(1e300, 1e300), None, "{crs}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place(lon in 102.0..118.0, lat in 6.0..24.0, which in 0..Crs::ALL.len()) {
            let crs = Crs::ALL[which];
            let (east, north) = crs.from_wgs84(lon, lat).unwrap();
            let back = crs.to_wgs84(east, north).unwrap();
            // VN-2000 loses the height between the ellipsoids, up to 50 m, both ways: 2 mm on the ground.
            let within_m = if crs.is_vn2000() { 2e-3 } else { 1e-6 };
            prop_assert!(apart((lon, lat), back) < within_m, "{} m", apart((lon, lat), back));
        }

        #[test]
        fn any_two_numbers_are_a_place_on_the_globe_or_none(x in any::<f64>(), y in any::<f64>(), which in 0..Crs::ALL.len()) {
            let crs = Crs::ALL[which];
            if let Some((lon, lat)) = crs.to_wgs84(x, y) {
                prop_assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0, "{lon} {lat}");
            }
            if let Some((east, north)) = crs.from_wgs84(x, y) {
                prop_assert!(east.is_finite() && north.is_finite());
            }
        }
    }
}
