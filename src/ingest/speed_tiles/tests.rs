//! Files of speed tests, and what becomes of them.

use std::path::PathBuf;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::ingest::fixture;
use crate::model::refusal::Reason;
use crate::model::speed::Quadkey;

/// All of a file at once.
type All = (Batch<SpeedTile>, Summary);

/// Around Ninh Bình, on a day of 2026.
fn options() -> Options {
    Options {
        within: Some([105.5, 19.8, 106.7, 20.8]),
        default_source: "file.csv".to_owned(),
        ..Options::at("2026-05-01T00:00:00Z".parse().unwrap())
    }
}

fn read_as(name: &str, bytes: &[u8], options: &Options) -> Result<All, Unreadable> {
    let folder = fixture::folder();
    let path: PathBuf = fixture::write(&folder, name, bytes);
    let mut all = Batch::default();
    let summary = read(&path, options, &mut |piece| {
        all.rows.append(&mut piece.rows);
        all.rejects.append(&mut piece.rejects);
        Ok(())
    })?;
    assert_eq!((summary.accepted, summary.refused), (all.rows.len() as u64, all.rejects.len() as u64));
    Ok((all, summary))
}

fn refused(all: &Batch<SpeedTile>) -> Vec<(u64, &str, &'static str)> {
    all.rejects.iter().map(|reject| (reject.line, reject.field.as_str(), reject.reason.code())).collect()
}

fn key(lon: f64, lat: f64) -> String {
    Quadkey::at(crate::model::measure::LonLat::new(lon, lat).unwrap()).unwrap().to_string()
}

fn here() -> String {
    key(105.97, 20.25)
}

const OOKLA: &str = "quadkey,tile,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices\n";
const NAME: &str = "2025-10-01_performance_mobile_tiles.csv";

#[test]
fn a_table_of_ookla_is_read_with_its_publisher_and_licence() {
    let text = format!("{OOKLA}{},,23456,7890,31,12,5\n", here());
    let (all, summary) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    let tile = &all.rows[0].value;
    assert_eq!((tile.tile.to_string(), tile.quarter.to_string()), (here(), "2025-Q4".to_owned()));
    assert_eq!((tile.download_kbps, tile.upload_kbps, tile.latency_ms), (23_456, Some(7_890), Some(31)));
    assert_eq!((tile.tests, tile.devices), (12, 5));
    assert!(tile.source.contains("Ookla"), "{}", tile.source);
    assert_eq!(tile.licence.as_deref(), Some("CC BY-NC-SA 4.0"));
    assert_eq!((summary.profile.as_str(), summary.warnings), ("csv", Vec::new()));
}

#[test]
fn a_vietnamese_table_says_its_units_and_its_publisher() {
    let text = format!(
        "Mã ô;Quý;Tải xuống (Mbit/s);Tải lên (Mbit/s);Độ trễ (ms);Số lượt thử;Số máy;Nguồn\n\
         {0};Quý 3/2025;1.234,5;2,25;-;1.200;7;Sở KHCN\n{0};01/10/2025;12;;;6;2;\n",
        here()
    );
    let (all, _) = read_as("toc_do.csv", text.as_bytes(), &options()).unwrap();
    let [first, second] = [&all.rows[0].value, &all.rows[1].value];
    assert_eq!((first.download_kbps, first.upload_kbps, first.latency_ms), (1_234_500, Some(2_250), None));
    assert_eq!((first.tests, first.quarter.to_string().as_str(), first.source.as_str()), (1_200, "2025-Q3", "Sở KHCN"));
    assert_eq!((second.quarter.to_string().as_str(), second.upload_kbps), ("2025-Q4", None));
    assert_eq!((second.source.as_str(), second.licence.as_deref()), ("file.csv", None));
}

#[test]
fn what_cannot_be_is_refused_with_its_field() {
    let good = here();
    let rows = [
        "1323,,1,1,1,1,1".to_owned(),
        "1.32323E+15,,1,1,1,1,1".to_owned(),
        ",,1,1,1,1,1".to_owned(),
        format!("{good},,,1,1,1,1"),
        format!("{good},,NaN,1,1,1,1"),
        format!("{good},,fast,1,1,1,1"),
        format!("{good},,-1,1,1,1,1"),
        format!("{good},,99999999,1,1,1,1"),
        format!("{good},,1,1,1,0,0"),
        format!("{good},,1,1,1,2,3"),
        format!("{good},,1,1,1,2,"),
        format!("{good},,1,1,1,2.5,1"),
        format!("{good},,1"),
    ];
    let text = format!("{OOKLA}{}\n", rows.join("\n"));
    let (all, _) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    assert_eq!(all.rows.len(), 0);
    let expected = [
        (2, "quadkey", "not_a_quadkey"),
        (3, "quadkey", "not_a_quadkey"),
        (4, "quadkey", "missing"),
        (5, "avg_d_kbps", "missing"),
        (6, "avg_d_kbps", "missing"),
        (7, "avg_d_kbps", "not_a_number"),
        (8, "avg_d_kbps", "out_of_range"),
        (9, "avg_d_kbps", "out_of_range"),
        (10, "tests", "out_of_range"),
        (11, "devices", "more_devices_than_tests"),
        (12, "devices", "missing"),
        (13, "tests", "not_a_number"),
        (14, "", "wrong_width"),
    ];
    assert_eq!(refused(&all), expected);
    assert!(Reason::NotAQuadkey.hint(crate::model::language::Language::Vi).unwrap().contains("bảng tính"));
}

#[test]
fn impossible_optional_values_are_left_out_and_counted_and_never_zero() {
    let text = format!("{OOKLA}{0},,1,-5,2147483647,1,1\n{0},,1,null,,1,1\n", here());
    let (all, summary) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    assert!(all.rows.iter().all(|row| (row.value.upload_kbps, row.value.latency_ms) == (None, None)));
    let dropped = |column: &str| Warning::ValuesDropped { column: column.to_owned(), count: 1 };
    assert_eq!(summary.warnings, [dropped("avg_u_kbps"), dropped("avg_lat_ms")]);
}

#[test]
fn tiles_elsewhere_are_counted_and_what_is_wrong_with_them_is_not_told() {
    let text = format!("{OOKLA}{},,,,,,\n{},,5,5,5,5,5\n", key(2.35, 48.86), here());
    let (all, summary) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    assert_eq!((all.rows.len(), all.rejects.len()), (1, 0));
    assert_eq!(summary.warnings, [Warning::Elsewhere { rows: 1 }]);
    // A file without one row near is told as such, and not as an empty one.
    let text = format!("{OOKLA}{},,1,1,1,1,1\n", key(2.35, 48.86));
    assert_eq!(read_as(NAME, text.as_bytes(), &options()).unwrap().1.warnings, [Warning::Elsewhere { rows: 1 }]);
    let without = Options { within: None, ..options() };
    assert_eq!(read_as(NAME, text.as_bytes(), &without).unwrap().0.rows.len(), 1);
}

#[test]
fn the_quarter_is_stated_or_of_the_row_or_of_the_name_or_the_file_is_refused() {
    let stated = Options { period: "2024-Q2".parse().ok(), ..options() };
    let quarter = |name: &str, text: &str, options: &Options| {
        read_as(name, text.as_bytes(), options).map(|(all, _)| all.rows[0].value.quarter.to_string())
    };
    let plain = format!("{OOKLA}{},,1,1,1,1,1\n", here());
    let with = |cell: &str| format!("quadkey,avg_d_kbps,tests,devices,year,quarter\n{},1,1,1,2025,{cell}\n", here());
    assert_eq!(quarter("tiles.csv", &plain, &options()), Err(Unreadable::NoQuarter));
    assert_eq!(quarter("tiles.csv", &plain, &stated).as_deref(), Ok("2024-Q2"));
    assert_eq!(quarter(NAME, &plain, &stated).as_deref(), Ok("2024-Q2"));
    for (cell, expected) in [("3", "2025-Q3"), ("2025-07-01", "2025-Q3"), ("2024-Q4", "2024-Q4")] {
        assert_eq!(quarter(NAME, &with(cell), &options()).as_deref(), Ok(expected), "{cell}");
    }
    for (cell, code) in
        [("", "missing"), ("soon", "not_a_quarter"), ("5", "not_a_quarter"), ("2027-Q1", "in_the_future")]
    {
        let (all, _) = read_as(NAME, with(cell).as_bytes(), &options()).unwrap();
        assert_eq!(refused(&all), [(2, "quarter", code)], "{cell}");
    }
}

#[test]
fn fixed_broadband_and_other_tables_are_refused_as_a_whole() {
    let text = format!("{OOKLA}{},,1,1,1,1,1\n", here());
    let refusal = |name: &str, text: &str| read_as(name, text.as_bytes(), &options()).map(|_| ()).unwrap_err();
    assert_eq!(refusal("2025-10-01_performance_fixed_tiles.csv", &text), Unreadable::FixedBroadband);
    let samples = "time,operator,technology,rsrp,lon,lat\n";
    assert!(matches!(refusal("2025-Q3.csv", samples), Unreadable::OtherKind { found: ImportKind::Samples, .. }));
    let Unreadable::MissingColumns { missing, .. } = refusal("2025-Q3.csv", "a,download,tests\n1,2,3\n") else {
        panic!("a table without its columns was taken");
    };
    assert_eq!(missing, ["quadkey", "download_kbps", "devices"]);
}

#[test]
fn an_outline_counts_only_where_there_is_no_quadkey() {
    let tile: Quadkey = here().parse().unwrap();
    let [west, south, east, north] = tile.bounds();
    let ring = |grow: f64| {
        let corners = [(west, south), (east + grow, south), (east + grow, north), (west, north), (west, south)];
        corners.map(|(lon, lat)| (format!("{lon:.7}"), format!("{lat:.7}")))
    };
    let wkt = |grow| ring(grow).map(|(lon, lat)| format!("{lon} {lat}")).join(", ");
    let text = format!(
        "{OOKLA},\"POLYGON(({}))\",1,1,1,1,1\n,\"POLYGON(({}))\",1,1,1,1,1\n,POLYGON((x)),1,1,1,1,1\n{},rubbish,1,1,1,1,1\n",
        wkt(0.0),
        wkt(0.01),
        here()
    );
    let (all, _) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    assert!(all.rows.iter().all(|row| row.value.tile == tile));
    assert_eq!(all.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(refused(&all).iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [3, 4]);

    let feature = |properties: &str, grow: f64| {
        let ring = ring(grow).map(|(lon, lat)| format!("[{lon},{lat}]")).join(",");
        format!(
            r#"{{"type":"Feature","properties":{{{properties}"avg_d_kbps":900,"tests":3,"devices":null}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#
        )
        .replace("null", "1")
    };
    let collection =
        |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let name = "2025-10-01_performance_mobile_tiles.geojson";
    let (all, _) = read_as(name, collection(&[feature("", 0.0), feature("", 0.01)]).as_bytes(), &options()).unwrap();
    assert_eq!((all.rows[0].value.tile, refused(&all)), (tile, vec![(2, "", "not_a_quadkey")]));
    let named = feature(&format!(r#""quadkey":"{}","#, key(106.0, 20.0)), 0.0);
    let (all, summary) = read_as(name, collection(&[named]).as_bytes(), &options()).unwrap();
    assert_eq!((all.rows[0].value.tile.to_string(), summary.profile.as_str()), (key(106.0, 20.0), "geojson"));
}

#[test]
fn the_middle_of_a_tile_will_do() {
    let text = "tile_x,tile_y,avg_d_kbps,tests,devices\n105.97,20.25,1,1,1\n,,1,1,1\n200,20,1,1,1\n";
    let (all, _) = read_as(NAME, text.as_bytes(), &options()).unwrap();
    assert_eq!(all.rows[0].value.tile.to_string(), here());
    assert_eq!(refused(&all), [(3, "tile_x", "missing"), (4, "tile_x", "not_a_quadkey")]);
}

/// As Ookla writes them, in groups of two rows; a key of `None` is null.
fn parquet_of(rows: &[(Option<String>, i64, Option<f64>)]) -> Vec<u8> {
    let schema =
        "message schema { optional binary quadkey (UTF8); required int64 avg_d_kbps; optional double avg_lat_down_ms;
      optional double avg_lat_ms; required int64 tests; required int64 devices; }";
    let properties = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), parse_message_type(schema).unwrap().into(), properties.into()).unwrap();
    for group in rows.chunks(2) {
        let mut out = writer.next_row_group().unwrap();
        let mut column = 0;
        while let Some(mut next) = out.next_column().unwrap() {
            let levels = |is_there: &dyn Fn(usize) -> bool| -> Vec<i16> {
                (0..group.len()).map(|row| i16::from(is_there(row))).collect()
            };
            match column {
                0 => {
                    let keys: Vec<ByteArray> =
                        group.iter().filter_map(|row| row.0.as_deref()).map(ByteArray::from).collect();
                    let levels = levels(&|row| group[row].0.is_some());
                    next.typed::<ByteArrayType>().write_batch(&keys, Some(&levels), None).unwrap();
                }
                1 => {
                    let speeds: Vec<i64> = group.iter().map(|row| row.1).collect();
                    next.typed::<Int64Type>().write_batch(&speeds, None, None).unwrap();
                }
                2 | 3 => {
                    let values: Vec<f64> = group.iter().filter_map(|row| row.2).collect();
                    let levels = levels(&|row| group[row].2.is_some());
                    next.typed::<DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
                }
                _ => {
                    next.typed::<Int64Type>().write_batch(&vec![9; group.len()], None, None).unwrap();
                }
            }
            next.close().unwrap();
            column += 1;
        }
        out.close().unwrap();
    }
    writer.into_inner().unwrap()
}

const PARQUET: &str = "2025-10-01_performance_mobile_tiles.parquet";

fn world() -> Vec<u8> {
    let paris = Some(key(2.35, 48.86));
    parquet_of(&[
        (paris.clone(), 1, None),
        (paris.clone(), 2, None),
        (paris, 3, None),
        (Some(here()), 4, Some(31.4)),
        (None, 5, None),
        (Some("13".to_owned()), 6, None),
        (Some(here()), -7, None),
        (Some(key(106.0, 20.0)), 8, Some(f64::NAN)),
    ])
}

#[test]
fn parquet_is_read_by_groups_and_rows_keep_their_numbers() {
    let (all, summary) = read_as(PARQUET, &world(), &options()).unwrap();
    let rows: Vec<_> = all.rows.iter().map(|row| (row.line, row.value.download_kbps, row.value.latency_ms)).collect();
    assert_eq!(rows, [(4, 4, Some(31)), (8, 8, None)]);
    assert_eq!(all.rows[0].value.quarter.to_string(), "2025-Q4");
    let expected = [(5, "quadkey", "missing"), (6, "quadkey", "not_a_quadkey"), (7, "avg_d_kbps", "out_of_range")];
    assert_eq!(refused(&all), expected);
    assert_eq!((summary.profile.as_str(), &summary.warnings[..]), ("parquet", &[Warning::Elsewhere { rows: 3 }][..]));
}

#[test]
fn parquet_under_another_name_is_still_parquet_and_a_text_that_says_so_is_not() {
    let refusal = |name: &str, bytes: &[u8]| read_as(name, bytes, &options()).map(|_| ());
    assert!(matches!(refusal("2025-Q4.csv", &world()), Err(Unreadable::LooksLike { found: FileKind::Parquet, .. })));
    assert_eq!(refusal("2025-Q4_tiles", &world()), Ok(()));
    assert!(matches!(refusal(PARQUET, b"PAR1 and then nothing"), Err(Unreadable::Parquet(_))));
}

#[test]
fn damaged_parquet_is_an_error_or_refused_rows_and_never_a_panic() {
    let whole = world();
    for end in (0..whole.len()).step_by(31) {
        let _ = read_as(PARQUET, &whole[..end], &options());
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xA5;
        let _ = read_as(PARQUET, &bytes, &options());
    }
}

#[test]
fn a_receiver_that_stops_is_heard() {
    let folder = fixture::folder();
    let path = fixture::write(&folder, PARQUET, &world());
    assert_eq!(read(&path, &options(), &mut |_| Err(stream::Stop)).err(), Some(Unreadable::Stopped));
}
