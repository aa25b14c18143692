//! Tables of published campaigns: two powers in a row, several clocks, codes of a modem, numbers as pandas writes them.

use super::*;

fn read_all(text: &str) -> (Vec<Sample>, Vec<(u64, String)>, Vec<Warning>) {
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let refused = all.rejects.iter().map(|reject| (reject.line, reject.reason.code().to_owned())).collect();
    (all.rows.into_iter().map(|row| row.value).collect(), refused, summary.warnings)
}

fn powers(rows: &[Sample]) -> Vec<(Technology, f32)> {
    rows.iter().filter_map(|row| Some((row.technology, row.rsrp?.get()))).collect()
}

#[test]
fn a_row_with_a_power_of_4g_and_one_of_5g_is_a_reading_of_each() {
    let (rows, refused, warnings) = read_all(
        "time,lat,lon,operator,rsrp,rsrq,ss_rsrp,ss_rsrq,download_kbps\n\
         2026-10-01 10:00:00,20.25,105.97,viettel,-100,-11,-112,-13,900\n\
         2026-10-01 10:00:01,20.25,105.9701,viettel,-101,-11,0,0,900\n\
         2026-10-01 10:00:02,20.25,105.9702,viettel,,,-113,-14,900\n\
         2026-10-01 10:00:03,20.25,105.9703,viettel,0,0,-114,-14,900\n",
    );
    let (lte, nr) = (Technology::Lte, Technology::Nr);
    assert_eq!(powers(&rows), [(lte, -100.0), (nr, -112.0), (lte, -101.0), (nr, -113.0), (nr, -114.0)]);
    assert_eq!(rows[1].rsrq_db, Finite::new(-13.0));
    assert_eq!((rows[0].download_kbps, rows[1].download_kbps), (NonMaxU32::new(900), None));
    assert_eq!((refused.len(), warnings.contains(&Warning::TwoPowers { rows: 1 })), (0, true), "{warnings:?}");
}

#[test]
fn rows_that_name_one_technology_and_have_both_powers_are_counted_aloud() {
    for (technology, read) in [("LTE", (Technology::Lte, -80.0)), ("5G NSA", (Technology::Nr, -100.0))] {
        let (rows, refused, warnings) = read_all(&format!(
            "Time,Longitude,Latitude,Operator,Technology,LTE RSRP (dBm),NR SS-RSRP (dBm)\n\
             2025-11-21 10:20:00,105.97,20.25,Vinaphone,{technology},-80,-100\n\
             2025-11-21 10:20:01,105.97,20.25,Vinaphone,LTE,-81,\n"
        ));
        assert_eq!(powers(&rows), [read, (Technology::Lte, -81.0)], "{technology}");
        assert!(refused.is_empty() && warnings.contains(&Warning::OtherPower { rows: 1 }), "{warnings:?}");
    }
}

#[test]
fn each_of_two_powers_in_a_row_grows_stale_by_itself() {
    let row = |step: u32| {
        let lat = 20.25 + f64::from(step) * 3e-4;
        format!("2026-10-01 10:00:{step:02},{lat:.4},105.97,viettel,-97,{}\n", -100 - i64::from(step))
    };
    let text = format!("time,lat,lon,operator,rsrp,ss_rsrp\n{}", (0..8).map(row).collect::<String>());
    let (rows, refused, _) = read_all(&text);
    assert_eq!(powers(&rows).iter().filter(|(of, _)| *of == Technology::Nr).count(), 8);
    assert!(refused.iter().any(|(line, reason)| (*line, reason.as_str()) == (9, "stale_reading")), "{refused:?}");
}

#[test]
fn the_first_cell_of_5g_that_sigcap_writes_is_the_phones_own() {
    let (rows, refused, _) = read_all(
        "timestamp,latitude,longitude,hor_acc,operator,network_type*,lte_primary_rsrp_dbm,nr_first_ss_rsrp_dbm\n\
         2026-10-01T10:00:00+07:00,20.25,105.97,5.2,Viettel,NR SA,NaN,-111\n\
         2026-10-01T10:00:01+07:00,20.25,105.97,5.2,Viettel,NR NSA,-107,-112\n\
         2026-10-01T10:00:02+07:00,20.25,105.97,5.2,Viettel,NR NSA,-108,NaN\n\
         2026-10-01T10:00:03+07:00,20.25,105.97,500,Viettel,LTE,-108,NaN\n",
    );
    let (lte, nr) = (Technology::Lte, Technology::Nr);
    assert_eq!(powers(&rows), [(nr, -111.0), (nr, -112.0), (lte, -108.0)]);
    assert_eq!(rows[0].accuracy_m, Finite::new(5.2));
    assert_eq!(refused, [(5, "out_of_range".to_owned())]);
}

#[test]
fn the_instant_is_that_of_the_column_that_states_its_zone() {
    let utc = |text: &str| read_all(text).0[0].time.to_string();
    let row = "21.04.2021,23:10:02.000,1619039402.0,20.25,105.97,viettel,4G,-107\n";
    let text = format!("Date,Time,UTC,Latitude,Longitude,Operator,Technology,RSRP\n{row}");
    assert_eq!(utc(&text), "2021-04-21T21:10:02Z");
    let row = "2021-04-21 23:10:02,2021-04-21 21:10:02,20.25,105.97,viettel,4G,-107\n";
    let text = format!("time,time_utc,Latitude,Longitude,Operator,Technology,RSRP\n{row}");
    assert_eq!(utc(&text), "2021-04-21T21:10:02Z");
    // Hours from Greenwich are no instant.
    let text = "time,UTC,lat,lon,operator,technology,rsrp\n2021-04-21 23:10:02,2,20.25,105.97,viettel,4G,-107\n";
    assert_eq!(utc(text), "2021-04-21T16:10:02Z");
}

#[test]
fn a_code_of_a_modem_in_several_columns_is_no_power() {
    let (rows, refused, _) = read_all(
        "time,lat,lon,operator,technology,rsrp,rsrq\n\
         2026-10-01 10:00:00,20.25,105.97,viettel,4G,-125,-125\n\
         2026-10-01 10:00:01,20.25,105.97,viettel,4G,-125,-19\n\
         2026-10-01 10:00:02,20.25,105.97,viettel,4G,-140,-3\n\
         2026-10-01 10:00:03,20.25,105.97,viettel,4G,-140,-20\n",
    );
    assert_eq!(powers(&rows), [(Technology::Lte, -125.0), (Technology::Lte, -140.0)]);
    assert_eq!(refused, [(2, "code_for_none".to_owned()), (4, "code_for_none".to_owned())]);
    // A power under the heading of a quality as well is a column that holds something else.
    let (rows, refused, _) = read_all(
        "time,lat,lon,operator,technology,rsrp,rsrq\n\
         2026-10-01 10:00:00,20.25,105.97,viettel,4G,-97,-97\n\
         2026-10-01 10:00:01,20.25,105.97,viettel,4G,-98,-98\n",
    );
    assert_eq!((rows.len(), refused.len()), (2, 0));
}

#[test]
fn an_identity_that_pandas_wrote_as_a_decimal_is_one() {
    let (rows, ..) = read_all(
        "time,lat,lon,operator,technology,rsrp,cell,arfcn\n\
         2026-10-01 10:00:00,20.25,105.97,viettel,4G,-100,710664.0,1300.0\n",
    );
    assert_eq!((rows[0].serving_cell, rows[0].arfcn), (NonMaxU64::new(710_664), NonMaxU32::new(1300)));
}

#[test]
fn the_network_that_a_phone_is_registered_on_counts_before_that_of_its_card() {
    let (rows, ..) = read_all(
        "timestamp,Operator,IMSIMCCMNC,NWMCCMNC,RSRP,latitude,longitude\n\
         1774919700,MobiFone,45201,45204,-97,20.25,105.97\n",
    );
    assert_eq!(rows[0].operator.as_str(), "viettel");
}

#[test]
fn a_word_of_the_tables_own_for_silence_is_understood_in_place_of_a_technology() {
    let folder = fixture::folder();
    let profile = "format = 1\nname = \"p\"\n[columns]\nlongitude = \"x\"\nlatitude = \"y\"\ntime = \"t\"\noperator = \"o\"\n\
                   technology = \"g\"\npower = \"p\"\n[words.state]\n\"No system\" = \"no_service\"\n";
    let toml = fixture::write(&folder, "p.toml", profile.as_bytes());
    let profile = Some(std::sync::Arc::new(crate::ingest::Profile::read(&toml).unwrap()));
    let options = Options { profile, ..fixture::options() };
    let text = "t,x,y,o,g,p\n2026-10-01 10:00:00,105.97,20.25,viettel,No system,\n\
                2026-10-01 10:00:01,105.97,20.25,viettel,4G,-97\n2026-10-01 10:00:02,105.97,20.25,viettel,Nothing,\n";
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(
        all.rows.iter().map(|row| row.value.state).collect::<Vec<_>>(),
        [ServiceState::NoService, ServiceState::InService]
    );
    assert_eq!(
        all.rejects.iter().map(|reject| (reject.line, reject.reason.code())).collect::<Vec<_>>(),
        [(4, "unknown_value")]
    );
}
