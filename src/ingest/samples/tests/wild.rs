//! Forms that apps and offices write, seen in the wild: comments and titles above the header, zones and units
//! in headings, a column of power for each technology, words where a code is due.

use super::*;

fn utc(rows: &[Sample]) -> Vec<String> {
    rows.iter().map(|row| row.time.to_string()).collect()
}

#[test]
fn comments_above_a_network_survey_are_passed_over_and_old_fixes_refused() {
    let rows = check(
        "# Created by Network Survey version=1.43\n# CSV Version=0.4.0\n\
         deviceTime,latitude,longitude,speed,accuracy,missionId,recordNumber,mcc,mnc,eci,earfcn,rsrp,rsrq,servingCell,locationAge\n\
         2025-10-10T13:58:27.6+07:00,20.2533,105.9744,2,22,m,1,452,4,12345678,750,-112.0,-9.0,true,4916\n\
         2025-10-10T13:58:37.6+07:00,20.2534,105.9744,2,22,m,2,452,4,12345678,750,-112.0,-9.0,true,49160\n\
         2025-10-10T13:58:37.6+07:00,20.2534,105.9744,2,22,m,3,,,,750,-115.0,-9.0,false,\n",
        &[4],
        &[(5, "out_of_range"), (6, "neighbour_cell")],
    );
    assert_eq!(
        (rows[0].operator.as_str(), rows[0].arfcn, rows[0].speed_kmh),
        ("viettel", NonMaxU32::new(750), Finite::new(7.2))
    );
}

#[test]
fn the_tables_of_a_network_survey_are_of_the_technology_that_their_columns_show() {
    for (headings, cells, technology, dbm) in [
        ("LAC,CID,ARFCN,BSIC,Signal Strength", "1,2,89,3,-85", Technology::Gsm, -85.0),
        ("TAC,ECI,DL_EARFCN,Phys_Cell_ID,RSRP", "1,2,1275,3,-97", Technology::Lte, -97.0),
        ("TAC,NCI,NRARFCN,Phys_cell_ID,SS_RSRP", "1,2,643296,3,-88", Technology::Nr, -88.0),
    ] {
        let text = format!(
            "id,Time,MissionId,RecordNumber,MCC,MNC,{headings},lon,lat\n1,1774919700000,m,1,452,4,{cells},105.9745,20.2539\n"
        );
        let rows = check(&text, &[2], &[]);
        assert_eq!((rows[0].technology, rows[0].rsrp.map(|p| p.get())), (technology, Some(dbm)));
    }
}

#[test]
fn the_title_of_an_office_is_passed_over_and_rows_keep_their_lines() {
    let table = "STT;Thời gian;Nhà mạng;Công nghệ;Mức thu (dBm);Kinh độ;Vĩ độ\n\
                 1;31/03/2026 8:15:00 SA;Viettel;LTE 1800;-97,5;105,9745;20,2539\n\
                 2;31/03/2026 2:15:00 CH;Viettel;4G;0;105,9745;20,2539\n";
    for title in ["BẢNG ĐO KIỂM\n\n", "BẢNG ĐO KIỂM;;;;;;\n;;;;;;\n", "Đơn vị: Sở;;;Ngày 1;;;\nTờ 1;;;;;;\n"]
    {
        let rows = check(&format!("{title}{table}"), &[4], &[(5, "not_a_power")]);
        assert_eq!((rows[0].rsrp.map(|p| p.get()), rows[0].technology), (Some(-97.5), Technology::Lte));
        assert_eq!(utc(&rows), ["2026-03-31T01:15:00Z"]);
    }
}

#[test]
fn decimal_commas_in_quotes_are_read_beside_commas_that_separate() {
    let rows = check(
        "Thời gian,Nhà mạng,Công nghệ,Mức thu (dBm),Kinh độ,Vĩ độ\n\
         31/03/2026 08:15,Viettel,4G,\"-97,5\",\"105,9745\",\"20,254\"\n\
         31/03/2026 08:16,Viettel,4G,-97.5,105.9745,20.254\n",
        &[2, 3],
        &[],
    );
    assert_eq!(rows[0].position, rows[1].position);
    assert_eq!(rows[0].rsrp, rows[1].rsrp);
}

#[test]
fn a_heading_says_the_zone_and_the_unit() {
    let rows = check(
        "Time (UTC),Operator,Technology,RSRP (dBm),Lon,Lat,Download (Mbps),Tốc độ (m/s)\n\
         2026-03-31 01:15:00,Viettel,4G,-97,105.9745,20.2539,25.3,10\n",
        &[2],
        &[],
    );
    assert_eq!(utc(&rows), ["2026-03-31T01:15:00Z"]);
    assert_eq!((rows[0].download_kbps, rows[0].speed_kmh), (NonMaxU32::new(25_300), Finite::new(36.0)));
    // Which unit a bare word means nobody knows; a speed of data is none of a car.
    let rows = check(
        "time,operator,technology,rsrp,lon,lat,download,Tốc độ (Mbps)\n\
         2026-03-31T08:15:00,Viettel,4G,-97,105.9745,20.2539,25.3,10\n",
        &[2],
        &[],
    );
    assert_eq!((rows[0].download_kbps, rows[0].speed_kmh), (NonMaxU32::new(10_000), None));
    let rows = check(
        "time,operator,technology,rsrp,lon,lat,download\n2026-03-31T08:15:00,Viettel,4G,-97,105.9745,20.2539,25.3\n",
        &[2],
        &[],
    );
    assert_eq!(rows[0].download_kbps, None);
}

#[test]
fn tests_of_a_regulator_are_in_utc_with_numbers_of_android_for_technologies() {
    let rows = check(
        "open_test_uuid,time_utc,network_type,lat,long,loc_accuracy,download_kbit,lte_rsrp,network_name,network_mcc_mnc\n\
         O1,2026-03-31 01:15:00,13,20.2539,105.9745,10,25300,-97,Viettel,452-04\n\
         O2,2026-03-31 01:15:00,99,20.2539,105.9745,10,25300,,,\n",
        &[2],
        &[(3, "unknown_value")],
    );
    assert_eq!((utc(&rows)[0].as_str(), rows[0].technology), ("2026-03-31T01:15:00Z", Technology::Lte));
}

#[test]
fn each_technology_has_its_own_column_of_power() {
    let rows = check(
        "time,mcc,mnc,technology,rsrp,rsrq,ss_rsrp,ss_rsrq,ss_sinr,rscp,rxlev,lon,lat\n\
         2026-03-31T08:15:00,452,04,LTE,-97,-11,,,,,,105.9745,20.2539\n\
         2026-03-31T08:15:01,452,04,NR,-97,-11,-88,-12,15,,,105.9745,20.2539\n\
         2026-03-31T08:15:02,452,04,UMTS,,,,,,-101,,105.9745,20.2539\n\
         2026-03-31T08:15:03,452,04,GSM,,5,,,,,-85,105.9745,20.2539\n\
         2026-03-31T08:15:04,452,04,NR,-97,-11,2147483647,,,,,105.9745,20.2539\n",
        &[2, 3, 4, 5],
        &[(6, "not_a_power")],
    );
    let powers: Vec<_> = rows.iter().map(|row| row.rsrp.map(|p| p.get())).collect();
    assert_eq!(powers, [Some(-97.0), Some(-88.0), Some(-101.0), Some(-85.0)]);
    assert_eq!((rows[1].rsrq_db, rows[1].sinr_db), (Finite::new(-12.0), Finite::new(15.0)));
    // What stands there on 2G is RXQUAL.
    assert_eq!(rows[3].rsrq_db, None);
}

#[test]
fn a_day_beside_a_time_of_day_is_one_instant() {
    for (header, cells) in [("Ngày,Giờ", "31/03/2026,8:15:00"), ("Date,Time", "2026-03-31,8:15:00 AM")] {
        let text = format!("{header},Nhà mạng,Công nghệ,RSRP,Kinh độ,Vĩ độ\n{cells},Viettel,4G,-97,105.9745,20.2539\n");
        assert_eq!(utc(&check(&text, &[2], &[])), ["2026-03-31T01:15:00Z"], "{text}");
    }
}

#[test]
fn a_day_without_a_time_of_day_is_read_and_said() {
    for heading in ["Ngày đo", "Thời gian"] {
        let text = format!(
            "{heading},Nhà mạng,Công nghệ,RSRP,Kinh độ,Vĩ độ\n\
             31/03/2026 08:15,Viettel,4G,-97,105.9745,20.2539\n31/03/2026,Viettel,4G,-97,105.9745,20.2539\n"
        );
        let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
        let times: Vec<_> = all.rows.iter().map(|row| row.value.time.to_string()).collect();
        assert_eq!(times, ["2026-03-31T01:15:00Z", "2026-03-30T17:00:00Z"]);
        assert_eq!(summary.warnings, [Warning::DaysAlone { rows: 1 }]);
    }
}

#[test]
fn a_word_that_is_no_network_is_weaker_than_the_number_beside_it() {
    let rows = check(
        "time,provider,mcc,mnc,technology,rsrp,lon,lat\n\
         2026-03-31T08:15:00,gps,452,04,LTE,-97,105.9745,20.2539\n\
         2026-03-31T08:15:01,VN Vinaphone,452,04,LTE,-97,105.9745,20.2539\n\
         2026-03-31T08:15:02,gps,,,LTE,-97,105.9745,20.2539\n",
        &[2, 3, 4],
        &[],
    );
    let networks: Vec<_> = rows.iter().map(|row| row.operator.as_str()).collect();
    assert_eq!(networks, ["viettel", "vnpt", "gps"]);
}

#[test]
fn a_row_is_silent_where_a_word_says_so_and_not_where_nothing_stands() {
    let rows = check(
        "time,operator,technology,state,rsrp,lon,lat\n\
         2026-03-31T08:15:00,Viettel,4G,CONNECTED,-97,105.9745,20.2539\n\
         2026-03-31T08:15:01,Viettel,Mất sóng,,,105.9745,20.2539\n\
         2026-03-31T08:15:02,No service,,,,105.9745,20.2539\n\
         2026-03-31T08:15:03,Viettel,,SEARCHING,,105.9745,20.2539\n\
         2026-03-31T08:15:04,,,,,105.9745,20.2539\n\
         2026-03-31T08:15:05,Viettel,4G,,,105.9745,20.2539\n",
        &[2, 3, 4, 5],
        &[(6, "missing"), (7, "no_reading")],
    );
    assert_eq!(rows[0].state, ServiceState::InService);
    assert!(rows[1..].iter().all(|row| row.state == ServiceState::NoService && row.operator.as_str() == "viettel"));
}

#[test]
fn values_that_gnettrack_writes_between_two_cells_are_no_powers() {
    check(
        "Timestamp\tLongitude\tLatitude\tOperatorname\tOperator\tNode\tCellID\tNetworkTech\tLevel\tQual\tSNR\n\
         2025.07.18_22.11.08\t105.97\t20.25\tViettel\t45204\t21\t11\t4G\t-81\t-8\t0.0\t\n\
         2025.07.18_22.12.24\t105.97\t20.25\tViettel\t45204\t21\t11\t4G\t-340\t-\t0.0\t\n\
         2025.07.18_22.12.44\t105.97\t20.25\tViettel\t45204\t21\t11\t4G\t-200\t-\t-\t\n\
         2025.07.18_22.12.48\t105.97\t20.25\tViettel\t45204\t8\t18892\t3G\t-24\t-\t-\t\n\
         2025.07.18_22.14.17\t105.97\t20.25\tViettel\t45204\t281\t4\t4G\t-164\t-\t0.0\t\n",
        &[2, 4],
        &[(3, "not_a_power"), (5, "not_a_power"), (6, "not_a_power")],
    );
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let rows = check(
        "STT;Thời gian;Nhà mạng;;Chất lượng;Tọa độ;\n;;Tên;Công nghệ;Mức thu (dBm);Kinh độ;Vĩ độ\n\
         1;31/03/2026 08:15;Viettel;4G;-97,5;105,9745;20,2539\n2;31/03/2026 08:16;Viettel;4G;x;105,9745;20,2539\n",
        &[3],
        &[(4, "not_a_power")],
    );
    assert_eq!(rows[0].rsrp.map(|p| p.get()), Some(-97.5));
    // Rows of a table that lacks something are no headings.
    let found = read_bytes("a.csv", b"time,operator,rsrp,x,y\n2026-03-31,viettel,-97,1,2\n", &fixture::options());
    assert!(matches!(found, Err(Unreadable::MissingColumns { header, .. }) if header[0] == "time"));
}

#[test]
fn a_power_of_one_technology_says_which_it_is() {
    for (heading, power, technology) in
        [("SS-RSRP", "-88", Technology::Nr), ("RSCP (dBm)", "-97", Technology::Umts), ("RxLev", "-85", Technology::Gsm)]
    {
        let text = format!("time,operator,{heading},lon,lat\n2026-03-31T08:15:00,Viettel,{power},105.9745,20.2539\n");
        assert_eq!(check(&text, &[2], &[])[0].technology, technology, "{heading}");
    }
}
