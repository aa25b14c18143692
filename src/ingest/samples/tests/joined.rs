//! Logs that were put together, and rows that do not say what others do.

use super::*;
use crate::ingest::{Options, Profile, Warning};
use crate::model::language::Language;
use crate::model::refusal::Row;

const DRIVE: &str = "time,operator,technology,state,rsrp,lon,lat,device\n";

fn line(second: u32, operator: &str, state: &str, device: &str) -> String {
    let power = if state == "in_service" { "-97" } else { "" };
    let lon = 105.9 + f64::from(second) * 1e-5;
    format!("2026-03-31T08:15:{second:02}+07:00,{operator},4G,{state},{power},{lon},20.25,{device}\n")
}

fn of(text: &str, device: &str) -> Vec<(u64, String)> {
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let name = |row: &Row<Sample>| (row.line, row.value.operator.to_string());
    let hash = all.rows.iter().find(|row| text.lines().nth(row.line as usize - 1).unwrap().ends_with(device));
    let hash = hash.unwrap().value.device;
    let mut rows: Vec<_> = all.rows.iter().filter(|row| row.value.device == hash).map(name).collect();
    rows.sort();
    rows
}

#[test]
fn silence_is_of_the_network_of_its_own_phone() {
    let viettel = (0..5).map(|second| line(second, "Viettel", "in_service", "a"));
    let vnpt =
        [line(10, "", "no_service", "b"), line(11, "Vinaphone", "in_service", "b"), line(12, "", "no_service", "b")];
    let text = [DRIVE.to_owned()].into_iter().chain(viettel).chain([DRIVE.to_owned()]).chain(vnpt).collect::<String>();
    let names = of(&text, "b");
    assert_eq!(names, [(8, "vnpt".to_owned()), (9, "vnpt".to_owned()), (10, "vnpt".to_owned())]);
}

#[test]
fn a_log_that_begins_without_service_is_of_the_network_that_it_finds_later() {
    let text: String = (0..1_200)
        .map(|second| if second < 1_100 { ("", "no_service", second) } else { ("Viettel", "in_service", second) })
        .map(|(operator, state, second)| {
            line(second % 60, operator, state, "a").replace(":15:", &format!(":{:02}:", second / 60))
        })
        .collect();
    assert_eq!(of(&format!("{DRIVE}{text}"), "a").len(), 1_200);
}

#[test]
fn silence_of_a_phone_on_two_networks_is_refused() {
    let rows = [
        line(0, "Viettel", "in_service", "a"),
        line(1, "Vinaphone", "in_service", "a"),
        line(2, "", "no_service", "a"),
    ];
    check(&format!("{DRIVE}{}", rows.concat()), &[2, 3], &[(4, "whose_silence")]);
}

#[test]
fn a_power_of_another_technology_is_none() {
    let text = "time,operator,technology,rsrp,ss_rsrp,rscp,lon,lat\n\
                2026-03-31T08:15:00,viettel,5G,-118,,,105.9,20.25\n\
                2026-03-31T08:15:01,viettel,5G,-118,-99,,105.9,20.25\n\
                2026-03-31T08:15:02,viettel,3G,-118,,,105.9,20.25\n\
                2026-03-31T08:15:03,viettel,4G,-118,,,105.9,20.25\n";
    let rows = check(text, &[3, 5], &[(2, "no_reading"), (4, "no_reading")]);
    assert_eq!(rows.iter().map(|row| row.rsrp.unwrap().get()).collect::<Vec<_>>(), [-99.0, -118.0]);
}

#[test]
fn months_stand_first_where_a_column_proves_it() {
    let text = "time,operator,technology,rsrp,lon,lat\n\
                09/03/2026 08:15,viettel,4G,-98,105.9,20.25\n09/14/2026 08:15,viettel,4G,-98,105.9,20.25\n";
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let days: Vec<_> =
        all.rows.iter().map(|row| crate::model::measure::local_day(row.value.time).to_string()).collect();
    assert_eq!(days, ["2026-09-03", "2026-09-14"]);
    let said = Warning::MonthFirst { column: "time".to_owned(), example: "09/14/2026 08:15".to_owned() };
    assert_eq!(summary.warnings, [said]);
}

#[test]
fn dbm_without_their_minus_are_read_where_the_heading_says_so() {
    let log = |heading: &str| {
        format!("time,operator,technology,{heading},lon,lat\n2026-03-31 08:15,viettel,4G,98,105.9,20.25\n")
    };
    check(&log("rsrp"), &[], &[(2, "lost_minus")]);
    let rows = check(&log("RSRP (-dBm)"), &[2], &[]);
    assert_eq!(rows[0].rsrp.unwrap().get(), -98.0);
}

#[test]
fn what_an_idle_phone_fetched_is_no_test_of_speed_and_a_sector_is_no_cell() {
    let text = "Timestamp,Longitude,Latitude,Operatorname,CellID,NetworkMode,RSRP,DL_bitrate,State,RAWCELLID\n\
                2019.11.21_10.20.17,105.9,20.2,Viettel,2,LTE,-80,37,I,11016962\n";
    let rows = check(text, &[2], &[]);
    assert_eq!((rows[0].download_kbps, rows[0].serving_cell), (None, NonMaxU64::new(11_016_962)));
}

#[test]
fn a_geosubmit_log_may_have_an_item_on_each_line() {
    let item = |millisecond: u32, power: i32| {
        format!(
            r#"{{"timestamp":1774919{millisecond},"position":{{"latitude":20.25,"longitude":105.9}},"cellTowers":[{{"radioType":"lte","mobileCountryCode":452,"mobileNetworkCode":4,"serving":1,"signalStrength":{power}}}]}}"#
        )
    };
    let (one, two) = (item(700_000, -98), item(701_000, -99));
    for text in
        [format!("{one}\n{two}\n"), format!("{{\"items\":[{one},{two}]}}"), format!("{{\"items\":[{one}]}}\n{two}")]
    {
        let (summary, all) = read_bytes("a.jsonl", text.as_bytes(), &fixture::options()).unwrap();
        let powers: Vec<_> = all.rows.iter().map(|row| row.value.rsrp.unwrap().get()).collect();
        assert_eq!((summary.profile.as_str(), powers), ("geosubmit", vec![-98.0, -99.0]), "{text}");
    }
}

#[test]
fn what_stands_below_a_header_of_another_order_is_refused_and_says_so() {
    let text = "time,operator,technology,lat,lon,rsrp,rssi\n\
                2025-11-01 07:00:01,Viettel,LTE,20.2501,105.9701,-116,-86\n\
                time,operator,technology,lat,lon,rssi,rsrp\n\
                2025-11-01 07:00:03,Viettel,LTE,20.2503,105.9703,-88,-118\n\
                2025-11-01 07:00:04,,NONE,20.2504,105.9704,,\n\
                time,operator,technology,lat,lon,rsrp,rssi\n\
                2025-11-01 07:00:05,Viettel,LTE,20.2505,105.9705,-117,-86\n";
    check(text, &[2, 7], &[(3, "other_header"), (4, "other_header"), (5, "other_header")]);
}

#[test]
fn columns_that_nothing_is_taken_from_are_named() {
    let text = "STT,time,operator,technology,lat,lon,rsrp,rssi,pci,trong\n\
                1,2025-11-01 07:00:01,Viettel,LTE,20.2501,105.9701,-116,-86,91,\n";
    let (summary, _) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let columns = vec!["rssi".to_owned(), "pci".to_owned()];
    assert_eq!(summary.warnings, [Warning::ColumnsNotRead { columns, more: 0 }]);
}

#[test]
fn a_power_below_what_an_app_shows_is_counted_as_that_bound() {
    let rows = check(
        "time,operator,technology,lat,lon,rsrp\n2025-11-01 07:00:01,Viettel,LTE,20.2501,105.9701,<-120\n\
         2025-11-01 07:00:02,Viettel,LTE,20.2501,105.9701,< -118 dBm\n",
        &[2, 3],
        &[],
    );
    assert_eq!(rows.iter().map(|row| row.rsrp.map(|p| p.get())).collect::<Vec<_>>(), [Some(-120.0), Some(-118.0)]);
}

#[test]
fn a_log_with_identities_of_5g_in_a_column_of_their_own_keeps_those_of_4g() {
    let rows = check(
        "time,operator,technology,lat,lon,rsrp,CI,NCI\n2025-11-01 07:00:01,Viettel,LTE,20.25,105.97,-100,37901057,-1\n\
         2025-11-01 07:00:02,Viettel,NR,20.25,105.97,-101,-1,5555555555\n",
        &[2, 3],
        &[],
    );
    let cells: Vec<_> = rows.iter().map(|row| row.serving_cell.map(|cell| cell.get())).collect();
    assert_eq!(cells, [Some(37_901_057), Some(5_555_555_555)]);
}

#[test]
fn dates_that_may_be_of_another_day_say_how_they_were_read() {
    let log = |times: [&str; 2]| {
        let rows = times.map(|time| format!("{time},viettel,4G,-98,105.9,20.25\n")).concat();
        read_bytes("a.csv", format!("time,operator,technology,rsrp,lon,lat\n{rows}").as_bytes(), &fixture::options())
            .unwrap()
    };
    for (times, halves) in
        [(["03/04/2026 08:15", "03/04/2026 08:16"], false), (["3/4/2026 8:15:00 AM", "3/4/2026 8:16:00 PM"], true)]
    {
        let (summary, all) = log(times);
        let said =
            |warning: &Warning| matches!(warning, Warning::OrderOpen { has_half_days, .. } if *has_half_days == halves);
        assert!(summary.warnings.iter().any(said), "{times:?} {:?}", summary.warnings);
        assert_eq!(crate::model::measure::local_day(all.rows[0].value.time).to_string(), "2026-04-03");
        for language in [Language::Vi, Language::En] {
            let told = summary.warnings[0].message(language);
            assert_eq!(told.contains("AM"), halves, "{told}");
        }
    }
    for times in [
        ["03/04/2026 08:15", "13/04/2026 08:15"],
        ["2026-03-04 08:15", "2026-03-04 08:16"],
        ["03/03/2026 08:15", "04/04/2026 08:15"],
    ] {
        let (summary, _) = log(times);
        assert_eq!(summary.warnings, [], "{times:?}");
    }
    // A person decides, and is not asked again.
    let profile = "format = 1\nname = \"p\"\n[columns]\nlongitude = \"lon\"\nlatitude = \"lat\"\ntime = \"time\"\noperator = \"operator\"\n\
                   power = \"rsrp\"\n[time]\nmonth_first = true\n[constants]\ntechnology = \"4G\"\n";
    let profile = Profile::of_page(profile.to_owned()).unwrap();
    let options = Options { profile: Some(std::sync::Arc::new(profile)), ..fixture::options() };
    let text = "time,operator,rsrp,lon,lat\n03/04/2026 08:15,viettel,-98,105.9,20.25\n";
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &options).unwrap();
    assert_eq!(crate::model::measure::local_day(all.rows[0].value.time).to_string(), "2026-03-04");
    assert_eq!(summary.warnings, []);
}
