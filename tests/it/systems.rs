//! Files in other systems than WGS 84: whoever reads them by what they say of themselves finds every place again.

use serde_json::Value as Json;

use crate::support::{Server, text};

#[cfg(feature = "gdal")]
mod by_gdal {
    use std::collections::BTreeMap;
    use std::path::Path;

    use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
    use gdal::vector::LayerAccess;

    use crate::support::{Server, demo_store, folder, run_json, text};

    /// By key: the box of a shape as it stands in the file, and in WGS 84 as GDAL makes it of the file's own system.
    type Places = BTreeMap<String, [[f64; 4]; 2]>;

    fn places(path: &Path) -> Places {
        let dataset = gdal::Dataset::open(path).unwrap();
        let mut layer = dataset.layer(0).unwrap();
        let mut own = layer.spatial_ref().expect("a system");
        let mut world = SpatialRef::from_epsg(4326).unwrap();
        own.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        world.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        let turn = CoordTransform::new(&own, &world).unwrap();
        let key = layer.defn().field_index("id").unwrap();
        let mut places = Places::new();
        for feature in layer.features() {
            let Ok(shape) = feature.geometry_by_index(0) else { continue };
            let around = |shape: &gdal::vector::Geometry| {
                let around = shape.envelope();
                [around.MinX, around.MinY, around.MaxX, around.MaxY]
            };
            let there = around(&shape.transform(&turn).unwrap());
            places.insert(feature.field_as_string(key).unwrap().unwrap(), [around(shape), there]);
        }
        places
    }

    fn export(server: &Server, layer: &str, crs: &str, ending: &str) -> Places {
        let reply = server.get(&format!("/export/{layer}.{ending}?crs={crs}"));
        assert_eq!(reply.status, 200, "{layer}.{ending} {crs}: {}", text(&reply.body));
        let dir = folder();
        let to = dir.path().join(format!("{layer}.{ending}"));
        std::fs::write(&to, &reply.body).unwrap();
        let inside =
            if ending.ends_with("zip") { format!("/vsizip/{}", to.display()) } else { to.display().to_string() };
        places(Path::new(&inside))
    }

    #[test]
    fn places_come_back_from_the_national_systems_in_every_format_that_holds_them() {
        let server = Server::of_demo();
        for layer in ["places", "dead_areas"] {
            let plain = export(&server, layer, "4326", "gpkg");
            assert!(!plain.is_empty());
            for crs in ["5897", "9209", "4756", "3405", "32648", "3857"] {
                for ending in ["gpkg", "fgb", "shp.zip", "tab.zip"] {
                    if (crs, ending) == ("3857", "tab.zip") {
                        continue; // refused, below
                    }
                    let found = export(&server, layer, crs, ending);
                    assert_eq!(found.len(), plain.len(), "{layer}_{crs}.{ending}");
                    for (key, [own, there]) in &found {
                        let [_, expected] = plain[key];
                        let off =
                            there.iter().zip(expected).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
                        // Some 2 cm; without its datum VN-2000 lies 225 m beside.
                        assert!(off < 2e-7, "{layer}_{crs}.{ending} {key}: {there:?} {expected:?}");
                        let moved = own.iter().zip(expected).all(|(one, other)| (one - other).abs() > 1e-4);
                        assert!(moved || crs == "32648", "{layer}_{crs}.{ending} {key}: {own:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_table_of_points_names_its_columns_after_the_system() {
        let dir = folder();
        let places = export(&Server::of_demo(), "villages", "9209", "gpkg");
        let (db, to) = (demo_store().to_string_lossy().into_owned(), dir.path().join("a.csv"));
        let to_said = to.to_string_lossy().into_owned();
        let said = run_json(&["export", "villages", "--db", &db, "-o", &to_said, "--crs", "EPSG:9209"]);
        assert_eq!(said["crs"], "EPSG:9209", "{said}");
        let written = std::fs::read_to_string(&to).unwrap();
        let mut table = csv::Reader::from_reader(written.trim_start_matches('\u{feff}').as_bytes());
        assert_eq!(table.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["easting", "northing", "id"]);
        let mut rows = 0;
        for row in table.records().map(Result::unwrap).filter(|row| !row[0].is_empty()) {
            let [own, _] = places[&row[2]];
            let (east, north): (f64, f64) = (row[0].parse().unwrap(), row[1].parse().unwrap());
            assert!((east - own[0]).abs() < 1e-3 && (north - own[1]).abs() < 1e-3, "{row:?} {own:?}");
            rows += 1;
        }
        assert_eq!(rows, places.len());
    }
}

#[test]
fn what_a_format_cannot_hold_is_refused_with_what_can() {
    let server = Server::of_demo();
    for (path, told) in [
        ("/export/villages.geojson?crs=9209", "RFC 7946"),
        ("/export/villages.kml?crs=5897", "gpkg"),
        ("/export/villages.parquet?crs=5897", "gpkg"),
        ("/export/communes.csv?crs=5897", "points"),
        ("/export/villages.tab?crs=3857", "gpkg"),
        ("/export/villages.csv?crs=27700", "crs=5897"),
        ("/export/villages.csv?crs=x", "crs=5897"),
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 400, "{path}: {}", text(&reply.body));
        assert!(reply.json()["hint"].as_str().unwrap().contains(told), "{path}: {}", text(&reply.body));
    }
    let plain = server.get("/export/villages.geojson");
    assert_eq!(server.get("/export/villages.geojson?crs=4326").body, plain.body, "WGS 84 is what it is in anyway");
}

#[test]
fn a_file_in_another_system_has_a_name_and_a_tag_of_its_own() {
    let server = Server::of_demo();
    let [plain, other] = ["", "?crs=http://www.opengis.net/def/crs/EPSG/0/9209"]
        .map(|asked| server.get(&format!("/export/villages.csv{asked}")));
    assert_eq!((plain.status, other.status), (200, 200));
    assert!(other.header("content-disposition").unwrap().contains("\"villages_epsg9209.csv\""));
    assert_ne!(plain.header("etag"), other.header("etag"));
    assert!(text(&other.body).contains("easting,northing,id"));
    let meta = server.json("/api/meta");
    let numbers: Vec<u64> = meta["systems"].as_array().unwrap().iter().filter_map(|one| one["epsg"].as_u64()).collect();
    assert!(numbers.contains(&5897) && numbers.contains(&9209) && !numbers.contains(&9217), "{numbers:?}");
    let holds =
        |layer: &str, ending: &str| meta["formats_in_systems"][layer].as_array().unwrap().contains(&Json::from(ending));
    assert!(holds("villages", "csv") && !holds("communes", "csv") && !holds("villages", "geojson"));
}
