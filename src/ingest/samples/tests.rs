//! What the reader of samples promises, on small files of every app.
//!
//! The files are written by the tests. The large-file test compares batches
//! with what a plain loop over the same lines would give.

mod anchor;
mod campaigns;
mod joined;
mod own;
mod said;
mod several;
mod wild;

use super::*;
use nonmax::{NonMaxU32, NonMaxU64};

use crate::ingest::fixture;
use crate::ingest::stream::{BATCH_ROWS, BLOCK_BYTES, Stop};
use crate::model::packed::Finite;
use crate::model::sample::ServiceState;

fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<(Summary, Batch<Sample>), Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, bytes);
    let mut all = Batch::default();
    let summary = read(&path, options, &mut |batch| {
        assert!(batch.rows.len() <= BATCH_ROWS && batch.rejects.len() <= BATCH_ROWS);
        all.rows.append(&mut batch.rows);
        all.rejects.append(&mut batch.rejects);
        Ok(())
    })?;
    all.rows.sort_by_key(|row| row.line);
    all.rejects.sort_by_key(|reject| reject.line);
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
    assert_eq!(
        (sample.rsrq_db, sample.sinr_db, sample.download_kbps),
        (Finite::new(-11.0), Finite::new(8.5), NonMaxU32::new(12400))
    );
    assert_eq!((sample.accuracy_m, sample.serving_cell), (Finite::new(6.0), NonMaxU64::new(1_234_567)));
    assert_eq!(sample.time.to_string(), "2026-03-31T01:15:00Z");
}

#[test]
fn phones_are_told_apart_by_an_id_of_which_a_hash_is_kept() {
    let rows = |column: &str| {
        let text = format!(
            "time,operator,technology,rsrp,lon,lat,{column},file\n\
             2026-03-31T08:15:00+07:00,viettel,4G,-90,105.9,20.2,4842,a.csv\n\
             2026-03-31T08:15:00+07:00,viettel,4G,-90,105.9,20.2,3891,a.csv\n"
        );
        let (summary, batch) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
        let devices: Vec<u64> = batch.rows.iter().map(|row| row.value.device).collect();
        (devices[0] != devices[1], summary.dropped_fields)
    };
    for column in ["device", "device_id", "deviceId", "Device ID"] {
        assert_eq!(rows(column), (true, Vec::new()), "{column}");
    }
    // A number that names a subscriber or a handset stays out, hashed or not.
    for column in ["imei", "imsi"] {
        assert_eq!(rows(column), (false, vec![column.to_owned()]), "{column}");
    }
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
            (7, "no_reading"),
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

/// A drive north at 1 Hz: `metres` a second, and what the modem said at each.
fn drive(metres: f64, powers: &[&str]) -> String {
    let row = |(second, power): (usize, &&str)| {
        let lat = 20.25 + second as f64 * metres / 111_195.0;
        format!("2026-03-31T08:15:{second:02}+07:00,viettel,4G,{power},105.97,{lat},7\n")
    };
    format!("time,operator,technology,rsrp,lon,lat,cell\n{}", powers.iter().enumerate().map(row).collect::<String>())
}

#[test]
fn a_reading_repeated_while_the_phone_moved_on_is_stale() {
    // 24 m/s: the sixth row stands 120 m from where -97 was read.
    check(&drive(24.0, &["-97"; 7]), &[2, 3, 4, 5, 6], &[(7, "stale_reading"), (8, "stale_reading")]);
    check(&drive(24.0, &["-97", "-97", "-97", "-96", "-97", "-97", "-97"]), &[2, 3, 4, 5, 6, 7, 8], &[]);
    // The newest row first, as some apps write: then the two rows at the end stand far from the first.
    let newest_first = drive(24.0, &["-97"; 7]);
    let mut rows: Vec<&str> = newest_first.lines().collect();
    rows[1..].reverse();
    check(&rows.join("\n"), &[2, 3, 4, 5, 6], &[(7, "stale_reading"), (8, "stale_reading")]);
    // A walker and a phone on a table repeat themselves honestly.
    check(&drive(1.5, &["-97"; 50]), &(2..52).collect::<Vec<u64>>(), &[]);
    check(&drive(0.0, &["-97"; 50]), &(2..52).collect::<Vec<u64>>(), &[]);
}

#[test]
fn one_equal_pair_is_chance_and_the_same_row_twice_is_one() {
    check(&drive(125.0, &["-97", "-97", "-96", "-96"]), &[2, 3, 4, 5], &[]);
    let twice = drive(60.0, &["-97", "-97"]);
    let rows: Vec<&str> = twice.lines().collect();
    check(&[rows[0], rows[1], rows[1], rows[1], rows[2], rows[2], ""].join("\n"), &[2, 3, 4, 5, 6], &[]);
}

#[test]
fn channel_and_speed_come_in_the_units_of_each_app() {
    let ours = check(
        &format!("{HEADER},earfcn\n{}", row("in_service", "-97", "105.9", "20.2").replace('\n', ",1650\n")),
        &[2],
        &[],
    );
    assert_eq!((ours[0].speed_kmh, ours[0].arfcn), (Finite::new(32.0), NonMaxU32::new(1650)));
    let upload = "mcc,mnc,lac,cellid,lat,lon,signal,measured_at,rating,speed,direction,act\n\
        452,04,5124,167172104,20.25,105.97,-95,1763347401694,6.0,10,-2000.0,LTE\n\
        452,04,5124,167172104,20.25,105.97,-95,1763347402694,6.0,-2000.0,-2000.0,LTE\n";
    let upload = check(upload, &[2, 3], &[]);
    assert_eq!((upload[0].speed_kmh, upload[1].speed_kmh), (Finite::new(36.0), None));
    // Nobody says whether these are metres a second or kilometres an hour.
    let bare = check(
        "time,operator,technology,rsrp,lon,lat,speed,arfcn\n2026-03-31T08:15:00Z,viettel,4G,-90,105.9,20.2,10,2147483647\n",
        &[2],
        &[],
    );
    assert_eq!((bare[0].speed_kmh, bare[0].arfcn), (None, None));
}

#[test]
fn network_survey_states_its_technology_in_its_headings() {
    let lte = "deviceTime,latitude,longitude,altitude,missionId,recordNumber,groupNumber,accuracy,speed,mcc,mnc,tac,eci,earfcn,pci,rsrp,rsrq,ta,servingCell,lteBandwidth,provider,signalStrength,cqi,slot,snr\n\
        2026-03-31T08:15:00.123+07:00,20.25,105.97,3,m1,1,1,4,10,452,4,5124,167172104,1650,330,-101,-12,,true,,Viettel,-70,,0,8\n\
        2026-03-31T08:15:00.123+07:00,20.25,105.97,3,m1,2,1,4,10,,,,,1650,331,-109,-14,,false,,,-75,,0,\n";
    let rows = check(lte, &[2], &[(3, "neighbour_cell")]);
    let sample = &rows[0];
    assert_eq!((sample.technology, sample.operator.as_str()), (Technology::Lte, "viettel"));
    assert_eq!(
        (sample.rsrp.map(|p| p.get()), sample.arfcn, sample.speed_kmh),
        (Some(-101.0), NonMaxU32::new(1650), Finite::new(36.0))
    );
    let gsm = "deviceTime,latitude,longitude,recordNumber,mcc,mnc,lac,ci,arfcn,bsic,signalStrength,servingCell\n\
        2026-03-31T08:15:00+07:00,20.25,105.97,1,452,1,10068,5293,62,7,-83,true\n";
    assert_eq!(check(gsm, &[2], &[])[0].technology, Technology::Gsm);
}

#[test]
fn geosubmit_gives_a_sample_for_the_serving_cell() {
    let tower = |more: &str| {
        format!(r#"{{"radioType":"lte","mobileCountryCode":452,"mobileNetworkCode":4,"cellId":167172104{more}}}"#)
    };
    let item = |age: u32, towers: &str| {
        format!(
            r#"{{"timestamp":1763347401694,"position":{{"latitude":20.25,"longitude":105.97,"accuracy":6.1,"age":{age},"speed":10}},"cellTowers":[{towers}]}}"#
        )
    };
    let both =
        format!("{},{}", tower(r#","serving":1,"signalStrength":-95"#), tower(r#","serving":0,"signalStrength":-105"#));
    let text = format!(
        r#"{{"items":[{},{},{},{},{{"timestamp":7}}]}}"#,
        item(900, &both),
        item(21_000, &tower(r#","signalStrength":-95"#)),
        item(0, &tower(r#","asu":45"#)),
        item(0, &tower("")),
    );
    let (summary, all) = read_bytes("a.json", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!(summary.profile, "geosubmit");
    let refused: Vec<_> = all.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(refused, [(3, "neighbour_cell"), (4, "out_of_range"), (6, "no_reading")]);
    let powers: Vec<_> = all.rows.iter().map(|r| (r.line, r.value.rsrp.map(|p| p.get()), r.value.speed_kmh)).collect();
    assert_eq!(powers, [(2, Some(-95.0), Finite::new(36.0)), (5, Some(-95.0), Finite::new(36.0))]);
    for (bad, cut) in [(r#"{"items":[{"position":"#, true), (r#"{"items":[],"position":{}}"#, false)] {
        let error = read_bytes("a.json", bad.as_bytes(), &fixture::options()).unwrap_err();
        assert_eq!(matches!(error, Unreadable::BrokenJson { .. }), cut, "{error:?}");
    }
}

#[test]
fn averages_and_claims_by_area_are_no_measurements() {
    for header in [
        "quadkey,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices",
        "providerid,technology,mindown,minup,minsignal,environmnt,h3_res9_id",
    ] {
        let error = read_bytes("a.csv", format!("{header}\n").as_bytes(), &fixture::options()).unwrap_err();
        assert!(matches!(error, Unreadable::NotMeasured { .. }), "{header}: {error:?}");
    }
}

#[test]
fn logs_of_routers_and_regulators_are_read_by_their_headings() {
    let router = "Time,Latitude,Longitude,Carrier,Cell ID,Service Display,Band,RSSI,SINR,RSRP,RSRQ,State,Download\n\
        2026-03-31T08:15:00Z,20.25,105.97,Viettel,167172104,LTE,3,-65,8,-95,-11,connected,31\n";
    assert_eq!(check(router, &[2], &[])[0].download_kbps, None);
    let regulator = "open_uuid,time,network_type,lat,long,loc_accuracy,download_kbit,lte_rsrp,network_mcc_mnc\n\
        u,2026-03-31T08:15:00Z,LTE,50.08,14.42,12,31000,-95,230-03\n";
    let sample = &check(regulator, &[2], &[])[0];
    assert_eq!((sample.operator.as_str(), sample.download_kbps), ("230-03", NonMaxU32::new(31_000)));
}
