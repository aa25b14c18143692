//! Indicators and the board of teams through the whole program: what the public can subtract, what a role sees, what
//! a spreadsheet opens.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::support::{Server, column_row, demo_store, folder, mvt, run, run_json, text};

const MONTHS: [&str; 16] = [
    "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03",
    "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09",
];
const LONGER: [(&str, std::ops::Range<usize>); 9] = [
    ("2025Q3", 1..4),
    ("2025Q4", 4..7),
    ("2026Q1", 7..10),
    ("2026Q2", 10..13),
    ("2026Q3", 13..16),
    ("2025H2", 1..7),
    ("2026H1", 7..13),
    ("2025", 0..7),
    ("2026", 7..16),
];

/// How households stand, and people of the period.
const STANDING: [&str; 3] = ["found", "success", "reach"];
const PEOPLE: [&str; 3] = ["attendees", "elderly", "disabled"];

fn small(figure: f64) -> bool {
    (0.5..4.5).contains(&figure.abs())
}

fn figure(row: &Json, when: &str, line: &str) -> Option<f64> {
    let cell = &row[when][line];
    cell["numerator"].as_f64().or_else(|| cell["value"].as_f64().filter(|_| PEOPLE.contains(&line)))
}

/// The public keeps every table of every month, quarter, half-year and year, by commune and by old district.
#[test]
fn the_public_cannot_subtract_a_few_people_or_households() {
    let server = Server::start_with(demo_store(), &["--as", "public"]);
    let mut standing: BTreeMap<(String, &str), BTreeSet<i64>> = BTreeMap::new();
    let mut people: BTreeMap<(String, &str), BTreeMap<&str, f64>> = BTreeMap::new();
    let mut told = 0;
    for level in ["commune", "district"] {
        for period in MONTHS.into_iter().chain(LONGER.map(|(period, _)| period)) {
            let table = server.json(&format!("/api/indicators?period={period}&level={level}"));
            assert_eq!(table["steps"], true);
            for row in table["rows"].as_array().unwrap().iter().chain([&table["total"]]) {
                let key = format!("{level} {} {}", row["code"], row["name"]);
                for line in STANDING {
                    for when in ["now", "before"] {
                        let Some(figure) = figure(row, when, line) else { continue };
                        #[expect(clippy::cast_possible_truncation, reason = "households of a province")]
                        standing.entry((key.clone(), line)).or_default().insert(figure.round() as i64);
                        told += 1;
                    }
                }
                for line in PEOPLE {
                    if let Some(figure) = figure(row, "now", line) {
                        assert!(!small(figure), "{key} {line} {period}: {figure}");
                        people.entry((key.clone(), line)).or_default().insert(period, figure);
                    }
                }
            }
        }
    }
    for ((key, line), figures) in &standing {
        let steps = figures.iter().zip(figures.iter().skip(1)).map(|(one, next)| next - one);
        assert!(figures.iter().copied().chain(steps).all(|step| !(1..5).contains(&step)), "{key} {line} {figures:?}");
    }
    let mut subtracted = 0;
    for ((key, line), by_period) in &people {
        for (longer, months) in &LONGER {
            let Some(whole) = by_period.get(longer) else { continue };
            let months: Vec<f64> = MONTHS[months.clone()].iter().filter_map(|of| by_period.get(of).copied()).collect();
            // Any month, and all that are told, off the whole.
            for part in months.iter().copied().chain([months.iter().sum()]) {
                assert!(!small(whole - part), "{key} {line} {longer}: {whole} less {part}");
                subtracted += 1;
            }
        }
    }
    assert!(told > 1_000 && subtracted > 1_000, "nothing was compared: {told}, {subtracted}");
}

#[test]
fn what_the_department_reads_hides_a_few_and_is_the_map_of_today() {
    let server = Server::of_demo();
    for (period, level) in [("2026Q3", "commune"), ("2026-03", "village"), ("2025H2", "district")] {
        let table = server.json(&format!("/api/indicators?period={period}&level={level}"));
        for row in table["rows"].as_array().unwrap().iter().chain([&table["total"]]) {
            for line in STANDING.into_iter().chain(PEOPLE) {
                for when in ["now", "before"] {
                    assert!(!figure(row, when, line).is_some_and(small), "{} {line} {when}", row["name"]);
                }
            }
        }
    }
    let year = server.json("/api/meta")["as_of"].as_str().unwrap()[..4].to_owned();
    let table = server.json(&format!("/api/indicators?period={year}"));
    let layer = server.json("/api/communes?limit=500");
    let percent: BTreeMap<&str, &Json> =
        layer["items"].as_array().unwrap().iter().map(|row| (row["key"].as_str().unwrap(), &row["percent"])).collect();
    for row in table["rows"].as_array().unwrap() {
        let (told, layer) = (&row["now"]["reach"], percent[row["code"].as_str().unwrap()]);
        // A sum that the layer hides is at least what its villages show.
        let is_floor = told["bound"] == "at_least" && told["missing"]["suppressed"] == 1;
        assert!(
            if is_floor { layer.is_null() } else { &told["value"] == layer },
            "{}: {told} and {layer}",
            row["name"]
        );
    }
    assert_eq!(table["rules"]["sha256"].as_str().unwrap().len(), 64);
    let silent = table["silent"].as_array().unwrap().len();
    assert!(silent == 0 || table["total"]["now"]["activities"]["bound"] == "at_least");
    // What stands over a line and what stands in its sum are the same communes.
    for line in table["lines"].as_array().unwrap() {
        let missing = &table["total"]["now"][line["code"].as_str().unwrap()]["missing"]["no_report"];
        match line["awaits"].as_str() {
            Some("anything") => assert_eq!(missing.as_u64().unwrap_or_default(), silent as u64, "{line}"),
            Some(_) => {}
            None => assert!(missing.is_null(), "{line} waits for nothing and misses {missing}"),
        }
    }
}

#[test]
fn a_commune_reads_its_own_teams_and_villages_alone_and_the_public_counts() {
    let of = |role: &str, address: &str| Server::start_with(demo_store(), &["--as", role]).json(address);
    let board = of("public", "/api/teams");
    assert_eq!(board["items"], serde_json::json!([]));
    assert!(
        board["counts"]["compliant"].as_u64().unwrap() > 100 && board["counts"]["below_minimum"].as_u64().unwrap() > 0
    );
    let own = of("commune:13285", "/api/teams");
    let communes: BTreeSet<&str> =
        own["items"].as_array().unwrap().iter().map(|row| row["commune"].as_str().unwrap()).collect();
    assert_eq!(communes, BTreeSet::from(["13285"]));
    let villages = of("commune:13285", "/api/indicators?period=2026Q1&level=village");
    let rows = villages["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["commune"] == "13285"));
}

#[test]
fn the_files_open_as_they_are_read_in_viet_nam_and_say_what_is_not_known() {
    let db = demo_store().to_string_lossy().into_owned();
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let told = run_json(&["indicators", "--period", "2026Q3", "--db", &db, "--lang", "vi", "-o", &path("a.csv")]);
    let csv = std::fs::read_to_string(path("a.csv")).unwrap();
    assert!(csv.starts_with('\u{feff}'));
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 131, "a heading, the province and its 129 communes");
    assert!(lines[0].contains("3. Hộ đã được hướng dẫn (%), 2026Q3") && lines[1].contains("Toàn tỉnh"));
    assert!(lines.iter().all(|line| line.split(';').count() == lines[0].split(';').count()));
    assert!(csv.contains("≥ ") && csv.contains(";—;"));
    let names: Vec<&str> = told["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert!(
        names.iter().position(|name| name.contains("Đồng Văn")) > names.iter().position(|name| name.contains("Duy"))
    );
    run_json(&["indicators", "--period", "2026Q3", "--db", &db, "-o", &path("a.xlsx")]);
    assert!(std::fs::read(path("a.xlsx")).unwrap().starts_with(b"PK"));
    for arguments in [&["--period", "2026Q9"][..], &["--period", "2099"], &["--period", "2026", "-o", "a.pdf"]] {
        let output = run(&[&["indicators", "--db", &db], arguments].concat());
        assert!(!output.status.success(), "{arguments:?} {}", text(&output.stderr));
    }
    let board = run_json(&["teams", "--db", &db, "-o", &path("t.csv")]);
    let listed = std::fs::read_to_string(path("t.csv")).unwrap().lines().count();
    assert_eq!(listed as u64, board["expected"].as_u64().unwrap() + 1);
}

/// Rows of a list by commune.
fn by_commune(list: &Json) -> BTreeMap<String, Vec<&Json>> {
    let mut rows: BTreeMap<String, Vec<&Json>> = BTreeMap::new();
    for item in list.as_array().unwrap() {
        rows.entry(item["commune"].as_str().unwrap().to_owned()).or_default().push(item);
    }
    rows
}

fn sum(rows: &[&Json], field: &str) -> f64 {
    rows.iter().filter_map(|row| row[field].as_f64()).sum()
}

#[test]
fn who_is_left_out_twice_sums_to_the_indicators_in_list_file_and_tile() {
    let server = Server::start_with(demo_store(), &["--as", "department"]);
    let table = server.json("/api/indicators?period=2026H1");
    // What stands is told as of the end, what happened of the days within.
    let (standing, within) = ("to=2026-06-30", "from=2026-01-01&to=2026-06-30");
    for (layer, line, field, question) in [
        ("double_exclusion", "double_exclusion", "households", standing),
        ("guidance_lost", "lost_to_signal", "lost", within),
    ] {
        let list = server.json(&format!("/api/{layer}?{question}&limit=5000"));
        let file = server.json(&format!("/export/{layer}.geojson?{question}&purpose=test"));
        let filed: Vec<Json> =
            file["features"].as_array().unwrap().iter().map(|row| row["properties"].clone()).collect();
        let filed = Json::from(filed);
        let (listed, filed) = (by_commune(&list["items"]), by_commune(&filed));
        let mut told = 0;
        for row in table["rows"].as_array().unwrap() {
            let (code, cell) = (row["code"].as_str().unwrap(), &row["now"][line]);
            let of = |rows: &BTreeMap<String, Vec<&Json>>| {
                let rows = rows.get(code).map_or(&[][..], Vec::as_slice);
                sum(rows, field) + rows.first().and_then(|row| row["lost_elsewhere"].as_f64()).unwrap_or(0.0)
            };
            let expected = cell["value"].as_f64().unwrap_or(0.0);
            assert_eq!((of(&listed), of(&filed)), (expected, expected), "{layer} {code}: {cell}");
            told += u32::from(expected > 0.0);
        }
        assert!(told > 2, "{layer}: {told} communes");
        for item in list["items"].as_array().unwrap() {
            assert!(!item["lost"].as_f64().is_some_and(|lost| lost < 5.0 || lost % 5.0 > 0.0), "{item}");
        }
        let first = &list["items"][0];
        let (lon, lat) = (first["lon"].as_f64().unwrap(), first["lat"].as_f64().unwrap());
        let (x, y) = column_row(lon, lat, 14);
        let tile = mvt::decode(&server.get(&format!("/tiles/{layer}/14/{x}/{y}?{question}")).body);
        let drawn = tile[0].features.iter().find(|drawn| drawn.attributes["code"] == first["key"]).unwrap();
        assert_eq!(drawn.attributes[field].as_f64(), first[field].as_f64(), "{layer}");
    }
    let both = server.json(&format!("/api/priority?{standing}&filter=need%3D%27both%27&limit=1"));
    let listed = server.json(&format!("/api/double_exclusion?{standing}&limit=1"));
    assert_eq!((&both["total"], &both["items"][0]["key"]), (&listed["total"], &listed["items"][0]["key"]));
}

#[test]
fn guidance_lost_is_not_for_the_public_and_no_operator() {
    for (role, may) in
        [("public", false), ("telecom:viettel", false), ("team:14329-007", true), ("commune:14329", true)]
    {
        let server = Server::start_with(demo_store(), &["--as", role]);
        let status = |address: &str| server.get(address).status;
        let expected = if may { 200 } else { 403 };
        for address in
            ["/api/guidance_lost?limit=1", "/export/guidance_lost.csv?purpose=test", "/tiles/guidance_lost.json"]
        {
            assert_eq!(status(address), expected, "{role} {address}");
        }
        assert_eq!(status("/api/double_exclusion?limit=1"), 200);
        assert_eq!(text(&server.get("/style.json").body).contains("guidance_lost.json"), may, "{role}");
    }
}

#[test]
fn a_spot_check_says_how_sure_it_is_and_is_no_visit() {
    let dir = folder();
    let db = dir.path().join("copy.gpkg");
    std::fs::copy(demo_store(), &db).unwrap();
    let db = db.to_string_lossy().into_owned();
    let csv = dir.path().join("a.csv").to_string_lossy().into_owned();
    let table = || run_json(&["indicators", "--period", "2026", "--db", &db, "-o", &csv]);
    let before = table();
    let total = &before["total"]["now"]["spot_check"];
    let bounds = |cell: &Json| [0, 1].map(|end| cell["interval"][end].as_f64().unwrap());
    let (value, [low, high]) = (total["value"].as_f64().unwrap(), bounds(total));
    assert!(low < value && value < high && value < 100.0, "{total}");
    assert!((1.0..=385.0).contains(&total["needed"].as_f64().unwrap()), "{total}");
    let told = std::fs::read_to_string(&csv).unwrap();
    let heading: Vec<&str> = told.lines().next().unwrap().split(';').collect();
    let at = heading.iter().position(|name| name.contains("khoảng tin cậy 95 %") || name.contains("95 % interval"));
    assert!(told.lines().nth(1).unwrap().split(';').nth(at.unwrap()).unwrap().contains('–'));

    // Seven re-visits of homes in a village where nobody was.
    let row = |n: u32| format!("check-{n},2026-09-{:02}T09:00:00+07:00,14329-001,ngõ 900/{n},guided", 10 + n);
    let homes = |supervision: &str| {
        let rows: Vec<String> = (0..7).map(|n| format!("{},{supervision}", row(n))).collect();
        format!("id,time,village_code,household,result,kiem_tra_lai\n{}\n", rows.join("\n"))
    };
    let import = |name: &str, text: String| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        run_json(&["import", "visits", &path.to_string_lossy(), "--db", &db])
    };
    import("checks.csv", homes("có"));
    let after = table();
    let standing = |of: &Json| [of["total"]["now"].clone(), of["rows"].clone()];
    assert_eq!(standing(&after), standing(&before), "they check nothing, and reach nobody");
    // The visits that they check come in later, as visits of their own homes.
    let visits = homes("không").replace("check-", "late-").replace("T09:", "T08:");
    import("visits.csv", visits);
    let checked = table();
    let of = |table: &Json, line: &str| {
        let rows = table["rows"].as_array().unwrap();
        rows.iter().find(|row| row["code"] == "14329").unwrap()["now"][line].clone()
    };
    let count = |table: &Json, line: &str| of(table, line)["numerator"].as_f64().unwrap_or_default();
    assert!(count(&checked, "reach") >= count(&before, "reach") + 5.0, "{}", of(&checked, "reach"));
    assert_ne!(of(&checked, "spot_check"), of(&before, "spot_check"));

    let public = Server::start_with(std::path::Path::new(&db), &["--as", "public"]);
    let cell = public.json("/api/indicators?period=2026")["total"]["now"]["spot_check"].clone();
    assert_eq!((&cell["value"], cell["why"].as_str()), (&Json::Null, Some("suppressed")), "{cell}");
    assert!(cell.get("needed").is_none() && cell.get("interval").is_none());
}
