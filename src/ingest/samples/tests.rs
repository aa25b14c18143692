//! What the reader of samples promises, on small files of every app.
//!
//! The files are written by the tests. The large-file test compares batches
//! with what a plain loop over the same lines would give.

use super::*;
use crate::ingest::fixture;
use crate::ingest::stream::{BATCH_ROWS, BLOCK_BYTES, Stop};
use crate::model::sample::ServiceState;

fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<(Summary, Batch<Sample>), Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, bytes);
    let mut all = Batch::default();
    let summary = read(&path, options, &mut |batch| {
        assert!(batch.rows.len() <= BATCH_ROWS && batch.rejects.len() <= BATCH_ROWS);
        all.rows.extend(batch.rows);
        all.rejects.extend(batch.rejects);
        Ok(())
    })?;
    assert_eq!((summary.accepted, summary.refused), (all.rows.len() as u64, all.rejects.len() as u64));
    Ok((summary, all))
}

fn check(text: &str, good: &[u64], refused: &[(u64, &str)]) -> Vec<Sample> {
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!(all.rows.iter().map(|r| r.line).collect::<Vec<_>>(), good, "{text}");
    assert_eq!(all.rejects.iter().map(|r| (r.line, r.reason.code())).collect::<Vec<_>>(), refused, "{text}");
    all.rows.into_iter().map(|r| r.value).collect()
}

const HEADER: &str =
    "time,operator,technology,state,rsrp,rsrq,sinr,download_kbps,lon,lat,accuracy_m,speed_kmh,device,cell";

fn row(state: &str, rsrp: &str, lon: &str, lat: &str) -> String {
    format!("2026-03-31T08:15:00+07:00,viettel,4G,{state},{rsrp},-11,8.5,12400,{lon},{lat},6,32,phone-1,1234567\n")
}

#[test]
fn the_canonical_table_comes_back_whole() {
    let rows = check(&format!("{HEADER}\n{}", row("in_service", "-97.5", "105.9745", "20.2539")), &[2], &[]);
    let sample = &rows[0];
    assert_eq!((sample.operator.as_str(), sample.technology), ("viettel", Technology::Lte));
    assert_eq!(sample.rsrp.map(|p| p.get()), Some(-97.5));
    assert_eq!((sample.rsrq_db, sample.sinr_db, sample.download_kbps), (Some(-11.0), Some(8.5), Some(12400)));
    assert_eq!((sample.accuracy_m, sample.serving_cell), (Some(6.0), Some(1_234_567)));
    assert_eq!(sample.time.to_string(), "2026-03-31T01:15:00Z");
}

#[test]
fn silence_is_kept_and_codes_for_no_value_are_not() {
    let text = [
        row("no_service", "", "105.9", "20.2"),
        row("limited", "-120", "105.9", "20.2"),
        row("in_service", "", "105.9", "20.2"),
        row("in_service", "2147483647", "105.9", "20.2"),
        row("in_service", "-200", "105.9", "20.2"),
        row("", "-", "105.9", "20.2"),
        row("", "-160", "105.9", "20.2"),
        row("", "-30", "105.9", "20.2"),
        row("asleep", "-90", "105.9", "20.2"),
    ];
    let rows = check(
        &format!("{HEADER}\n{}", text.concat()),
        &[2, 3],
        &[
            (4, "no_reading"),
            (5, "not_a_power"),
            (6, "not_a_power"),
            (7, "not_a_power"),
            (8, "not_a_power"),
            (9, "out_of_range"),
            (10, "unknown_value"),
        ],
    );
    assert!(rows.iter().all(|s| s.rsrp.is_none() && s.state.is_censored()));
}

#[test]
fn impossible_places_are_told_apart() {
    let text = [
        row("", "-90", "20.2", "105.9"),
        row("", "-90", "NaN", "20.2"),
        row("", "-90", "1e300", "20.2"),
        row("", "-90", "0", "0.0"),
        row("", "-90", "", "20.2"),
        row("", "-90", "190", "20.2"),
    ];
    check(
        &format!("{HEADER}\n{}", text.concat()),
        &[],
        &[
            (2, "swapped_lat_lon"),
            (3, "not_a_number"),
            (4, "not_a_number"),
            (5, "null_island"),
            (6, "missing"),
            (7, "out_of_range"),
        ],
    );
}

#[test]
fn a_windows_table_reads_as_the_plain_one() {
    let plain =
        check("time,operator,technology,rsrp,lon,lat\n31/03/2026 08:15,Viettel,4G,-97.5,105.9745,20.2539\n", &[2], &[]);
    let windows = "\u{FEFF}Thời gian;Nhà mạng;Công nghệ;RSRP (dBm);Kinh độ;Vi\u{0303} độ\r\n31/03/2026 08:15;VIETTEL;LTE;-97,5;105,9745;20,2539\r\n";
    assert_eq!(check(windows, &[2], &[]), plain);
    let utf16: Vec<u8> = windows.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (summary, all) = read_bytes("a.csv", &utf16, &fixture::options()).unwrap();
    assert_eq!(all.rows[0].value, plain[0]);
    assert_eq!(summary.warnings, [Warning::Encoding { name: "UTF-16" }]);
}

#[test]
fn gnettrack_writes_minus_200_for_silence() {
    let header = "Timestamp,Longitude,Latitude,Speed,Operatorname,CellID,NetworkMode,RSRP,RSRQ,SNR,DL_bitrate,State";
    let rows = check(
        &format!(
            "{header}\n2019.11.21_10.20.17,105.9,20.2,0,Viettel,2,LTE,-102,-12,4.0,37,D\n\
             2019.11.21_10.20.18,105.9,20.2,0,-,-,-,-200,-,-,-,I\n\
             2019.11.21_10.20.19,105.9,20.2,0,Viettel,2,HSPA+,-95,-8,-,-,I\n"
        ),
        &[2, 3, 4],
        &[],
    );
    assert_eq!(rows[1].state, ServiceState::NoService);
    assert_eq!((rows[1].operator.as_str(), rows[1].technology), ("viettel", Technology::Lte));
    assert_eq!(rows[2].technology, Technology::Umts);
}

#[test]
fn an_opencellid_upload_may_hold_asu_and_minus_2000() {
    let rows = check(
        "\nmcc,mnc,lac,cellid,lat,lon,signal,measured_at,rating,speed,direction,act\n\
         452,04,1,77,20.2,105.9,-95,1763347401694,6.0,1,-2000.0,LTE\n\
         452,04,1,77,20.2,105.9,45,1763347401694,-2000.0,1,-2000.0,LTE\n\
         452,04,1,77,20.2,105.9,99,1763347401694,6.0,1,-2000.0,LTE\n\
         452,04,1,77,20.2,105.9,-95,1763347401694,250,1,-2000.0,LTE\n",
        &[3, 4],
        &[(5, "not_a_power"), (6, "out_of_range")],
    );
    assert_eq!(rows[1].rsrp.map(|p| p.get()), Some(-95.0));
    assert_eq!((rows[1].accuracy_m, rows[0].operator.as_str()), (None, "viettel"));
}

#[test]
fn neighbours_and_the_future_are_refused() {
    check(
        "mcc,mnc,cell_id,dbm,lat,lon,measured_at,net_type,neighboring\n\
         452,4,1,-95,20.2,105.9,2026-03-31T01:15:00Z,LTE,0\n\
         452,4,1,-95,20.2,105.9,2026-03-31T01:15:00Z,LTE,1\n\
         452,4,1,-95,20.2,105.9,2031-03-31T01:15:00Z,LTE,0\n\
         452,4,1,-95,20.2,105.9,yesterday,LTE,0\n",
        &[2],
        &[(3, "neighbour_cell"), (4, "in_the_future"), (5, "not_a_time")],
    );
}

#[test]
fn a_file_without_operator_asks_for_the_flag() {
    let text = b"time,rsrp,lon,lat\n2026-03-31T08:15:00Z,-90,105.9,20.2\n";
    let error = read_bytes("a.csv", text, &fixture::options()).unwrap_err();
    assert!(matches!(&error, Unreadable::MissingColumns { missing, .. } if missing == &["operator"]), "{error}");
    let options = Options { operator: "viettel".parse().ok(), ..fixture::options() };
    let (summary, all) = read_bytes("a.csv", text, &options).unwrap();
    assert_eq!(all.rows.len(), 1);
    assert_eq!(summary.warnings, [Warning::TechnologyAssumed { technology: Technology::Lte }]);
}

#[test]
fn odd_optional_values_cost_themselves_and_are_counted() {
    let text = format!("{HEADER}\n2026-03-31T08:15:00+07:00,viettel,4G,,-97,-200,300,-1,105.9,20.2,x,32,,n/a\n");
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let sample = &all.rows[0].value;
    assert_eq!((sample.rsrq_db, sample.sinr_db, sample.download_kbps, sample.accuracy_m), (None, None, None, None));
    let dropped = |column: &str| Warning::ValuesDropped { column: column.to_owned(), count: 1 };
    assert_eq!(summary.warnings, [dropped("sinr"), dropped("accuracy_m")]);
}

#[test]
fn other_files_under_the_name_of_a_table_are_named() {
    for (bytes, kind) in [
        (&b"PK\x03\x04....xl/workbook.xml"[..], FileKind::Xlsx),
        (&b"\x89PNG\r\n\x1a\n"[..], FileKind::Png),
        (&b"\x00\x9f\x01\x02\x80\x03\x04\xff\x00\x07"[..], FileKind::Binary),
    ] {
        let error = read_bytes("a.csv", bytes, &fixture::options()).unwrap_err();
        assert_eq!(error, Unreadable::LooksLike { found: kind, expected: "CSV" });
    }
    assert_eq!(read_bytes("a.csv", b"", &fixture::options()).unwrap_err(), Unreadable::Empty);
}

#[test]
fn a_header_alone_gives_nothing_and_says_so() {
    let (summary, _) = read_bytes("a.csv", HEADER.as_bytes(), &fixture::options()).unwrap();
    assert_eq!((summary.accepted, summary.warnings), (0, vec![Warning::NoRows]));
}

#[test]
fn an_endless_line_and_an_open_quote_cost_one_row_each() {
    let good = row("", "-90", "105.9", "20.2");
    let mut text = format!("{HEADER}\n{good}\"{good}{good}");
    text.push_str(&"x".repeat(10 << 20));
    text.push('\n');
    text.push_str(&good);
    check(&text, &[2, 4, 6], &[(3, "wrong_width"), (5, "too_long")]);
}

#[test]
fn lines_keep_their_numbers_and_order_over_many_blocks() {
    let mut text = format!("{HEADER}\n");
    let mut expected = Vec::new();
    let mut refused = Vec::new();
    for i in 0..120_000_u64 {
        let line = i + 2;
        if i % 1000 == 7 {
            text.push_str(&row("", "2147483647", "105.9", "20.2"));
            refused.push(line);
        } else {
            text.push_str(&row("", "-90", "105.9", "20.2"));
            expected.push(line);
        }
    }
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert!(text.len() > 2 * BLOCK_BYTES);
    assert_eq!(all.rows.iter().map(|r| r.line).collect::<Vec<_>>(), expected);
    assert_eq!(all.rejects.iter().map(|r| r.line).collect::<Vec<_>>(), refused);
}

#[test]
fn the_receiver_may_stop() {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", format!("{HEADER}\n{}", row("", "-90", "105.9", "20.2")).as_bytes());
    assert_eq!(read(&path, &fixture::options(), &mut |_| Err(Stop)), Err(Unreadable::Stopped));
}

#[test]
fn a_device_is_a_keyed_hash_and_differs_from_the_file() {
    let text = format!(
        "{HEADER}\n{}{}",
        row("", "-90", "105.9", "20.2"),
        row("", "-91", "105.9", "20.2").replace("phone-1", "")
    );
    let one = check(&text, &[2, 3], &[]);
    assert_ne!(one[0].device, one[1].device);
    let options = Options { household_key: [8; 32], ..fixture::options() };
    let (_, other) = read_bytes("a.csv", text.as_bytes(), &options).unwrap();
    assert_ne!(one[0].device, other.rows[0].value.device);
}

#[test]
fn a_log_that_has_grown_is_the_same_device_under_another_name() {
    let rows: Vec<String> =
        (0..3).map(|i| row("", "-90", "105.9", &format!("20.{i}")).replace("phone-1", "")).collect();
    let device = |name: &str, text: &str| {
        let (_, all) = read_bytes(name, text.as_bytes(), &fixture::options()).unwrap();
        all.rows[0].value.device
    };
    let short = device("monday.csv", &format!("{HEADER}\n{}{}", rows[0], rows[1]));
    assert_eq!(short, device("tuesday.csv", &format!("{HEADER}\r\n{}", rows.concat().replace('\n', "\r\n"))));
    assert_ne!(short, device("monday.csv", &format!("{HEADER}\n{}{}", rows[1], rows[0])));
    // What names a person enters no hash.
    let of = |person: &str| device("a.csv", &format!("imei,{HEADER}\n{person},{}", rows[0]));
    assert_eq!(of("356938035643809"), of("490154203237518"));
}

#[test]
fn a_time_of_nineteen_nines_costs_its_row() {
    let text = row("", "-90", "105.9", "20.2").replace("2026-03-31T08:15:00+07:00", "9999999999999999999");
    check(&format!("{HEADER}\n{text}{}", row("", "-90", "105.9", "20.2")), &[3], &[(2, "not_a_time")]);
}

#[test]
fn visits_given_as_samples_are_named() {
    let text = b"id,time,lon,lat,result\nv1,2026-03-31,105.9,20.2,guided\n";
    let error = read_bytes("a.csv", text, &fixture::options()).unwrap_err();
    assert!(matches!(error, Unreadable::OtherKind { found: crate::model::import::ImportKind::Visits, .. }), "{error}");
}
