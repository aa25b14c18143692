//! Tiles that were taken away are the tiles that the server serves, in archives that other programs read.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value as Json;
use sqlx::{Connection, Row};

use crate::support::{Server, demo_store, folder, mvt, run, run_json, text};

type Tiles = BTreeMap<(u8, u32, u32), Vec<u8>>;

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

/// A reader of PMTiles as slow and plain as the specification: by the header, the root, then the leaves.
fn pmtiles(path: &Path) -> (Tiles, Json) {
    let file = std::fs::read(path).unwrap();
    assert_eq!(&file[..8], b"PMTiles\x03");
    let number = |at: usize| usize::try_from(u64::from_le_bytes(file[at..at + 8].try_into().unwrap())).unwrap();
    let part = |at: usize| &file[number(at)..number(at) + number(at + 8)];
    let (root, metadata, leaves, data) = (part(8), part(24), part(40), part(56));
    assert_eq!(number(56) + number(64), file.len(), "nothing stands behind the tiles");
    assert_eq!((file[97], file[98], file[99]), (2, 2, 1), "gzip, gzip, MVT");
    let mut tiles = Tiles::new();
    let mut entries = 0;
    let mut waiting = vec![root];
    while let Some(directory) = waiting.pop() {
        let bytes = unpacked(directory);
        let mut at = 0;
        let mut next = || {
            let (mut number, mut shift) = (0_u64, 0);
            loop {
                let byte = bytes[at];
                at += 1;
                number |= u64::from(byte & 0x7F) << shift;
                shift += 7;
                if byte < 0x80 {
                    return number;
                }
            }
        };
        let count = next();
        let mut column = || (0..count).map(|_| next()).collect::<Vec<_>>();
        let (steps, runs, lengths, offsets) = (column(), column(), column(), column());
        let (mut id, mut end) = (0, 0);
        for (((step, run), length), offset) in steps.into_iter().zip(runs).zip(lengths).zip(offsets) {
            id += step;
            let from = if offset == 0 { end } else { usize::try_from(offset).unwrap() - 1 };
            end = from + usize::try_from(length).unwrap();
            if run == 0 {
                waiting.push(&leaves[from..end]);
                continue;
            }
            entries += 1;
            for id in id..id + run {
                tiles.insert(address(id), data[from..end].to_vec());
            }
        }
    }
    assert_eq!((number(72), number(80)), (tiles.len(), entries));
    (tiles, serde_json::from_slice(&unpacked(metadata)).unwrap())
}

/// The inverse of the curve, from the other end: the quarters of the square one after another.
fn address(id: u64) -> (u8, u32, u32) {
    let (mut z, mut first) = (0_u8, 0_u64);
    while id >= first + (1 << (2 * z)) {
        first += 1 << (2 * z);
        z += 1;
    }
    let (mut along, mut x, mut y) = (id - first, 0_u64, 0_u64);
    let mut side = 1;
    while side < 1 << z {
        let right = 1 & (along / 2);
        let low = 1 & (along ^ right);
        if low == 0 {
            if right == 1 {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
        (x, y) = (x + side * right, y + side * low);
        along /= 4;
        side *= 2;
    }
    (z, u32::try_from(x).unwrap(), u32::try_from(y).unwrap())
}

async fn mbtiles(path: &Path) -> (Tiles, BTreeMap<String, String>) {
    let mut file = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
    let rows = sqlx::query("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles").fetch_all(&mut file).await;
    let tiles = rows.unwrap().into_iter().map(|row| {
        let [z, x, south] = [0, 1, 2].map(|at| u32::try_from(row.get::<i64, _>(at)).unwrap());
        ((u8::try_from(z).unwrap(), x, (1 << z) - 1 - south), row.get::<Vec<u8>, _>(3))
    });
    let tiles = tiles.collect();
    let said = sqlx::query("SELECT name, value FROM metadata").fetch_all(&mut file).await.unwrap();
    (tiles, said.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn export(to: &Path, more: &[&str]) -> Json {
    let (db, to) = (demo_store().to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
    let mut arguments = vec!["tiles", "export", "--db", &db, "--out", &to];
    arguments.extend(more);
    run_json(&arguments)
}

const LAYERS: &str = "communes,villages,signal";

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_holds_the_very_tiles_of_the_server_and_no_others() {
    let dir = folder();
    let (one, other) = (dir.path().join("a.pmtiles"), dir.path().join("a.mbtiles"));
    let said = export(&one, &["--layers", LAYERS, "--zoom", "4-11"]);
    let (tiles, about) = pmtiles(&one);
    assert_eq!(said["tiles"], tiles.len());
    // The three, and what a tile left out.
    assert_eq!(about["vector_layers"].as_array().unwrap().len(), 4);
    assert_eq!(about["phusong"]["epoch"], said["epoch"]);
    export(&other, &["--layers", LAYERS, "--zoom", "4-11"]);
    let (same, metadata) = mbtiles(&other).await;
    assert_eq!(same, tiles, "both archives hold the same bytes");
    for name in ["name", "format", "bounds", "center", "minzoom", "maxzoom", "attribution", "json", "version"] {
        assert!(metadata.get(name).is_some_and(|value| !value.is_empty()), "{name}: {metadata:?}");
    }
    let server = Server::start_with(demo_store(), &["--as", "public"]);
    let meta = server.json("/api/meta");
    let asked = said["asked"].as_u64().unwrap();
    assert!(asked > tiles.len() as u64, "the corners of the province are empty");
    for ((z, x, y), bytes) in &tiles {
        let served = server.get(&format!("/tiles/{LAYERS}/{z}/{x}/{y}"));
        assert_eq!(served.status, 200, "{z}/{x}/{y}");
        assert!(served.body == unpacked(bytes), "{z}/{x}/{y} is another tile");
    }
    // What is not in the archive has nothing in it: the column and row beside each corner too.
    let bounds: Vec<f64> = meta["bounds"].as_array().unwrap().iter().filter_map(Json::as_f64).collect();
    let (west, north) = crate::support::column_row(bounds[0], bounds[3], 11);
    let (east, south) = crate::support::column_row(bounds[2], bounds[1], 11);
    for (x, y) in (west..=east).flat_map(|x| (north..=south).map(move |y| (x, y))) {
        let status = server.get(&format!("/tiles/{LAYERS}/11/{x}/{y}")).status;
        assert_eq!(status == 200, tiles.contains_key(&(11, x, y)), "11/{x}/{y}");
    }
}

#[test]
fn a_commune_is_some_of_the_tiles_and_a_filter_some_of_the_rows() {
    let dir = folder();
    let to = dir.path().join("some.pmtiles");
    let server = Server::of_demo();
    let code = server.json("/api/communes?limit=1")["items"][0]["code"].as_str().unwrap().to_owned();
    export(&to, &["--layers", "communes", "--zoom", "8-12", "--commune", &code]);
    let (some, _) = pmtiles(&to);
    export(&to, &["--layers", "communes", "--zoom", "8-12"]);
    let (all, _) = pmtiles(&to);
    assert!(!some.is_empty() && some.len() < all.len());
    assert!(some.iter().all(|(at, bytes)| all[at] == *bytes), "a tile on the edge is whole");
    export(&to, &["--layers", "villages", "--zoom", "12", "--filter", "percent < 50"]);
    let (chosen, about) = pmtiles(&to);
    assert_eq!(about["phusong"]["filter"], "filter=percent < 50");
    let mut drawn = 0;
    for feature in chosen.values().flat_map(|bytes| mvt::decode(&unpacked(bytes))).flat_map(|layer| layer.features) {
        let percent = feature.attributes["percent"].as_f64().unwrap();
        assert!(percent < 50.0, "{percent}");
        drawn += 1;
    }
    assert!(drawn > 0);
}

#[test]
fn a_file_for_the_public_holds_what_the_public_sees() {
    let dir = folder();
    let to = dir.path().join("a.pmtiles");
    let (db, out) = (demo_store().to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
    let refused = run(&["tiles", "export", "--db", &db, "--layers", "claims", "--out", &out]);
    assert!(!refused.status.success() && !to.exists(), "{}", text(&refused.stderr));
    export(&to, &["--layers", "communes", "--zoom", "10"]);
    let (tiles, about) = pmtiles(&to);
    assert!(!about["vector_layers"].to_string().contains("cells_claimed"), "{about}");
    let layers = tiles.values().flat_map(|bytes| mvt::decode(&unpacked(bytes)));
    let mut rows = layers.flat_map(|layer| layer.features);
    assert!(rows.all(|row| !row.attributes.contains_key("cells_claimed")));
}

#[test]
fn what_cannot_be_taken_away_is_refused_with_words_and_leaves_nothing() {
    let dir = folder();
    let db = demo_store().to_string_lossy().into_owned();
    for (more, word) in [
        (&["--zoom", "4-22"][..], "400000"),
        (&["--zoom", "14-4"], "--zoom"),
        (&["--zoom", "a"], "--zoom"),
        (&["--layers", "nothing"], "nothing"),
        (&["--bbox", "1,2,3"], "bbox"),
        (&["--bbox", "0,0,1,1"], "nothing to show"),
        (&["--commune", "99999"], "99999"),
        (&["--layers", "communes,places", "--filter", "percent < 5"], "percent"),
    ] {
        let to = dir.path().join("a.pmtiles").to_string_lossy().into_owned();
        let mut arguments = vec!["tiles", "export", "--db", &db, "--out", &to];
        arguments.extend(more);
        let output = run(&arguments);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(word), "{more:?}: {said}");
    }
    let output = run(&["tiles", "export", "--db", &db, "--pack", "--out", "a.zip"]);
    assert!(text(&output.stderr).contains("--commune"), "{}", text(&output.stderr));
    let output = run(&["tiles", "export", "--db", &db, "--out", "a.zip"]);
    assert!(text(&output.stderr).contains(".pmtiles"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing stays behind");
}

/// Texts of a JSON value, wherever they stand.
fn texts<'a>(value: &'a Json, found: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => found.push(text),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

#[test]
fn everything_that_a_pack_names_lies_in_it() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist/pack.html");
    if !page.exists() {
        eprintln!("skipped: the page is not built");
        return;
    }
    let dir = folder();
    let to = dir.path().join("xa.zip");
    let code = Server::of_demo().json("/api/communes?limit=1")["items"][0]["code"].as_str().unwrap().to_owned();
    export(&to, &["--pack", "--commune", &code, "--zoom", "8-13"]);
    let mut pack = zip::ZipArchive::new(std::fs::File::open(&to).unwrap()).unwrap();
    pack.extract(dir.path()).unwrap();
    let here = |path: &str| dir.path().join(path);
    let style: Json = serde_json::from_slice(&std::fs::read(here("style.json")).unwrap()).unwrap();
    let mut said = Vec::new();
    texts(&style, &mut said);
    let places = said.iter().filter_map(|text| text.strip_prefix("pmtiles://").unwrap_or(text).strip_prefix("./"));
    let places: Vec<&str> = places.collect();
    assert!(places.len() > 4 && places.contains(&"map.pmtiles"), "{places:?}");
    // A sprite is named without its endings, letters by blanks for a font and a range.
    let letters = |path: &str| {
        let file = |range: &str| path.replace("{fontstack}", "Be Vietnam Pro").replace("{range}", range);
        ["0-255", "256-511", "768-1023", "7680-7935"].iter().all(|range| here(&file(range)).is_file())
    };
    let lies = |path: &&str| {
        (path.contains("{range}") && letters(path))
            || here(path).is_file()
            || ["json", "png"].iter().all(|end| here(&format!("{path}.{end}")).is_file())
    };
    assert!(places.iter().all(lies), "{places:?}");
    assert!(!said.iter().any(|text| text.contains("/tiles/") || text.contains("{base}")), "{said:?}");
    let (tiles, about) = pmtiles(&here("map.pmtiles"));
    assert!(!tiles.is_empty());
    let layers: Vec<&str> =
        about["vector_layers"].as_array().unwrap().iter().filter_map(|l| l["id"].as_str()).collect();
    for layer in style["layers"].as_array().unwrap() {
        assert!(layer["source-layer"].as_str().is_none_or(|name| layers.contains(&name)), "{layer}");
        assert!(layer["source"].as_str().is_none_or(|name| style["sources"].get(name).is_some()), "{layer}");
    }
    let page = std::fs::read_to_string(here("index.html")).unwrap();
    let named = page.split(['"', '(', ')']).filter_map(|part| part.strip_prefix("./"));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 2 && named.iter().all(|path| here(path).is_file()), "{named:?}");
    assert!(!page.contains("http://") && !page.contains("https://"), "the page asks no other host");
    let readme = std::fs::read_to_string(here("README.txt")).unwrap();
    assert!(
        readme.contains("MANG THEO")
            && readme.contains("TO CARRY")
            && readme.contains(about["phusong"]["epoch"].as_str().unwrap())
    );
    assert!(
        std::fs::read_dir(here("assets")).unwrap().all(|file| !file
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("index-")),
        "the map of the server is not in it"
    );
}

#[cfg(feature = "gdal")]
#[test]
fn gdal_opens_an_archive() {
    use gdal::vector::LayerAccess;

    let dir = folder();
    let to = dir.path().join("a.mbtiles");
    export(&to, &["--layers", "communes", "--zoom", "8-10"]);
    let Ok(dataset) = gdal::Dataset::open(&to) else {
        assert!(gdal::DriverManager::get_driver_by_name("MBTiles").is_err(), "GDAL knows MBTiles and not this one");
        return;
    };
    assert!(dataset.layers().any(|layer| layer.name() == "communes"));
}
