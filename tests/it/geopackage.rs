//! The store is a GeoPackage: other programs open its layers as they are.

use std::process::Command;

use crate::support::{demo_store, text};

const LAYERS: [&str; 6] = ["communes", "villages", "cells", "dead_areas", "places", "claims"];

#[test]
fn ogrinfo_opens_every_layer_with_geometry() {
    for layer in LAYERS {
        let output = Command::new("ogrinfo").args(["-ro", "-so"]).arg(demo_store()).arg(layer).output();
        let Ok(output) = output else {
            eprintln!("skipped: ogrinfo is not installed");
            return;
        };
        let words = text(&output.stdout);
        assert!(output.status.success(), "{words}{}", text(&output.stderr));
        assert!(!words.contains("Feature Count: 0") && words.contains("Feature Count:"), "{layer}: {words}");
        assert!(words.contains("WGS 84"), "{layer}: {words}");
        let kind = if ["villages", "places"].contains(&layer) { "Point" } else { "Polygon" };
        assert!(words.contains(kind), "{layer}: {words}");
        assert!(!text(&output.stderr).contains("Warning"), "{layer}: {}", text(&output.stderr));
    }
}

#[test]
fn geopandas_opens_every_layer_where_it_is_installed() {
    let script = "import sys, geopandas\nfor layer in sys.argv[2:]:\n    frame = geopandas.read_file(sys.argv[1], layer=layer)\n    assert len(frame) > 0 and frame.geometry.notna().any() and frame.crs.to_epsg() == 4326, layer\n    print(layer, len(frame))\n";
    let known = Command::new("python3").args(["-c", "import geopandas"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: geopandas is not installed");
        return;
    }
    let output = Command::new("python3").args(["-c", script]).arg(demo_store()).args(LAYERS).output().unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn private_tables_are_not_offered_to_a_map_program() {
    let Ok(output) = Command::new("ogrinfo").args(["-ro", "-q"]).arg(demo_store()).output() else {
        eprintln!("skipped: ogrinfo is not installed");
        return;
    };
    let words = text(&output.stdout);
    for private in ["visit", "household", "sample"] {
        let listed =
            words.lines().any(|line| line.split_whitespace().nth(1).is_some_and(|name| name.starts_with(private)));
        assert!(!listed, "`{private}` is listed:\n{words}");
    }
}
