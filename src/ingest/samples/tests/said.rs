//! Values as people and apps say them: with a unit, in words, in degrees and minutes.

use super::*;

#[test]
fn a_unit_behind_a_number_is_no_fault_and_a_foreign_unit_is_never_taken_for_ours() {
    let rows = check(
        "time,operator,technology,rsrp,rsrq,speed_kmh,accuracy_m,download_kbps,lon,lat\n\
         31/03/2026 08:15,Viettel,4G,-97 dBm,-11 dB,32 km/h,7m,21 kbps,105.9745,20.2539\n\
         31/03/2026 08:16,Viettel,4G,-97 dBm,,9 m/s,,3 Mbps,105.9745,20.2539\n",
        &[2, 3],
        &[],
    );
    assert_eq!(rows[0].rsrp.map(|p| p.get()), Some(-97.0));
    assert_eq!((rows[0].rsrq_db, rows[0].accuracy_m), (Finite::new(-11.0), Finite::new(7.0)));
    assert_eq!((rows[0].speed_kmh, rows[0].download_kbps), (Finite::new(32.0), NonMaxU32::new(21)));
    assert_eq!((rows[1].speed_kmh, rows[1].download_kbps), (None, None));
}

#[test]
fn a_word_for_silence_where_a_power_is_due_is_silence() {
    let rows = check(
        "time,operator,technology,rsrp,lon,lat\n\
         31/03/2026 08:15,Viettel,4G,mất sóng,105.9745,20.2539\n\
         31/03/2026 08:16,Viettel,4G,Không có sóng,105.9745,20.2539\n\
         31/03/2026 08:17,Viettel,4G,No signal,105.9745,20.2539\n\
         31/03/2026 08:18,Viettel,4G,yếu,105.9745,20.2539\n\
         31/03/2026 08:19,Viettel,4G,ok,105.9745,20.2539\n",
        &[2, 3, 4],
        &[(5, "not_a_power"), (6, "not_a_power")],
    );
    assert!(rows.iter().all(|row| row.state == ServiceState::NoService && row.rsrp.is_none()));
}

#[test]
fn degrees_minutes_and_seconds_are_places() {
    let rows = check(
        "time;operator;technology;rsrp;lon;lat\n\
         31/03/2026 08:15;Viettel;4G;-97;105°58'28\"E;20°15'14\"N\n\
         31/03/2026 08:16;Viettel;4G;-97;105°58'28\"E;20°75'14\"N\n",
        &[2],
        &[(3, "not_a_number")],
    );
    assert!((rows[0].position.lon() - (105.0 + 58.0 / 60.0 + 28.0 / 3600.0)).abs() < 1e-9);
    assert!((rows[0].position.lat() - (20.0 + 15.0 / 60.0 + 14.0 / 3600.0)).abs() < 1e-9);
}

#[test]
fn a_short_log_of_gnettrack_is_read_and_what_it_prints_between_two_cells_is_no_reading() {
    let header = "Timestamp\tLongitude\tLatitude\tOperatorname\tOperator\tCellname\tNode\tCellID\tLAC\tNetworkTech\tLevel\tQual\tSNR";
    let row = |second: u32, technology: &str, level: &str| {
        format!(
            "2026.03.31_08.15.{second}\t105.9{second}\t20.25\tViettel\t45204\t\t21\t11\t7000\t{technology}\t{level}\t-8\t0.0\t\n"
        )
    };
    let text = [
        row(10, "4G", "-81"),
        row(11, "4G", "-340"),
        row(12, "4G", "-200"),
        row(13, "3G", "-24"),
        row(14, "4G", "-164"),
    ];
    let rows = check(
        &format!("{header}\n{}", text.concat()),
        &[2, 4],
        &[(3, "not_a_power"), (5, "not_a_power"), (6, "not_a_power")],
    );
    assert_eq!(rows[1].state, ServiceState::NoService);
}

#[test]
fn the_identity_of_a_cell_says_whose_it_is() {
    let rows = check(
        "time,cgi,technology,rsrp,lon,lat\n\
         31/03/2026 08:15,452040000700000,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:16,452-02-7000-21-11,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:17,310410123456,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:18,,4G,-97,105.9745,20.2539\n",
        &[2, 3],
        &[(4, "unknown_value"), (5, "missing")],
    );
    assert_eq!(rows.iter().map(|row| row.operator.as_str()).collect::<Vec<_>>(), ["viettel", "vnpt"]);
}

#[test]
fn a_kml_of_gnettrack_is_read_and_columns_that_every_kml_has_hide_none_of_its_own() {
    let placemark = |second: u32, power: &str| {
        let data = [
            ("CGI", "452040000700000"),
            ("TECHNOLOGY", "5G"),
            ("RSRP", power),
            ("SPEED", "3 km/h"),
            ("ACCURACY", "7m"),
            ("NODEHEX", "66C0"),
            ("RAWCELLID", "6733824"),
            ("TIME", &format!("2026.03.31_08.15.{second}")),
        ];
        let data = data.map(|(name, value)| format!("<Data name=\"{name}\"><value>{value}</value></Data>")).concat();
        format!(
            "<Placemark><name>5G</name><ExtendedData>{data}</ExtendedData><Point><coordinates>105.9{second},20.25,0</coordinates></Point></Placemark>"
        )
    };
    let text = format!(
        "<?xml version=\"1.0\"?><kml xmlns=\"http://earth.google.com/kml/2.1\"><Folder>{}{}</Folder></kml>",
        placemark(10, "-72 dBm"),
        placemark(11, "-200 dBm")
    );
    let read = read_bytes("a.kml", text.as_bytes(), &fixture::options());
    if matches!(read, Err(Unreadable::NoGdal { .. })) {
        return;
    }
    let (summary, all) = read.unwrap();
    assert_eq!((summary.profile.as_str(), summary.accepted), ("gnettrack", 2));
    let [one, other] = [0, 1].map(|at| all.rows[at].value);
    assert_eq!((one.operator.as_str(), one.technology, one.speed_kmh), ("viettel", Technology::Nr, Finite::new(3.0)));
    assert_eq!((one.rsrp.map(|p| p.get()), other.state), (Some(-72.0), ServiceState::NoService));
    assert_eq!(one.time.to_string(), "2026-03-31T01:15:10Z");
}

#[test]
fn a_brand_without_masts_is_of_the_network_whose_number_it_bears_and_other_contradictions_are_counted() {
    let text = "time,operator,mcc,mnc,technology,rsrp,lon,lat\n\
         31/03/2026 08:15,iTel,452,02,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:16,iTel,452,08,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:17,Wintel,,,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:18,Viettel,452,02,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:19,Viettel,452,4,4G,-97,105.9745,20.2539\n\
         31/03/2026 08:20,Viettel,457,2,4G,-97,105.9745,20.2539\n";
    let rows = check(text, &[2, 3, 4, 5, 6, 7], &[]);
    let networks: Vec<&str> = rows.iter().map(|row| row.operator.as_str()).collect();
    assert_eq!(networks, ["vnpt", "itel", "wintel", "viettel", "viettel", "viettel"]);
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let summary = read(&path, &fixture::options(), &mut |_| Ok(())).unwrap();
    assert_eq!(summary.warnings, [Warning::TwoNetworks { column: "operator".to_owned(), rows: 1 }]);
}

#[test]
fn a_word_for_no_network_decides_whatever_number_stands_where_the_power_is() {
    let stated = Options { operator: "viettel".parse().ok(), ..fixture::options() };
    let states = |text: &str| {
        let (_, all) = read_bytes("a.csv", text.as_bytes(), &stated).unwrap();
        assert_eq!(all.rejects, []);
        all.rows.iter().map(|row| (row.value.state, row.value.rsrp.map(|p| p.get()))).collect::<Vec<_>>()
    };
    for (word, state) in [
        ("No service", ServiceState::NoService),
        ("Emergency calls only", ServiceState::Limited),
        ("Không có dịch vụ", ServiceState::NoService),
    ] {
        for power in ["2147483647", "-1", "99", "-112", ""] {
            let row = format!("31/03/2026 08:15,{word},LTE,{power},105.97,20.25\n");
            let text =
                format!("time,operator,technology,rsrp,lon,lat\n31/03/2026 08:14,Viettel,LTE,-99,105.97,20.25\n{row}");
            assert_eq!(states(&text)[1], (state, None), "{word} {power}");
        }
    }
    for power in ["2147483647", "-1", "-200", "99", "0", ""] {
        let text =
            format!("time,operator,technology,rsrp,lon,lat\n31/03/2026 08:15,Viettel,NONE,{power},105.97,20.25\n");
        assert_eq!(states(&text), [(ServiceState::NoService, None)], "{power}");
    }
    // A phone without data has a network.
    check(
        "time,operator,technology,rsrp,lon,lat\n31/03/2026 08:15,Viettel,NONE,-95,105.97,20.25\n",
        &[],
        &[(2, "missing")],
    );
}
