//! Whose reading a row is: of the phone's own cell, in the open, as its publisher lets it stand.

use super::*;

/// A cell of its own at −85 and another at −115, as each kind of table marks them.
fn marked(heading: &str, own: &str, other: &str) -> Vec<f32> {
    let text = format!(
        "time,operator,technology,lat,lon,rsrp,cell,{heading}\n\
         2025-11-01 08:00:00,Viettel,LTE,20.25,105.97,-85,100,{own}\n\
         2025-11-01 08:00:01,Viettel,LTE,20.25,105.97,-115,200,{other}\n"
    );
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    for reject in &all.rejects {
        assert_eq!((reject.reason.code(), &*reject.field), ("neighbour_cell", heading));
    }
    all.rows.iter().filter_map(|row| row.value.rsrp.map(|power| power.get())).collect()
}

#[test]
fn a_cell_beside_the_phones_own_is_refused_however_the_table_marks_it() {
    for (heading, own, other) in [
        ("isRegistered", "true", "false"),
        ("Registered", "YES", "NO"),
        ("servingCell", "true", "false"),
        ("servingCell", "1", "0"),
        ("serving", "1", "0"),
        ("is_serving", "TRUE", "FALSE"),
        ("isServing", "Yes", "No"),
        ("is_neighbor", "0", "1"),
        ("neighbouring", "false", "True"),
        ("isNeighbour", "Không", "Có"),
        ("cell_type", "serving", "neighbor"),
        ("Cell Type", "PCell", "Neighbour cell"),
        ("role", "Serving", "NEIGHBOR"),
        ("CellConnectionStatus", "1", "0"),
        ("cellConnectionStatus", "PRIMARY_SERVING", "NONE"),
        ("ConnectionStatus", "Primary", "None"),
        ("connection_status", "PRIMARY", "NONE"),
    ] {
        assert_eq!(marked(heading, own, other), [-85.0], "{heading}");
    }
}

#[test]
fn a_column_that_holds_identities_or_says_nothing_marks_no_row() {
    for (heading, one, other) in [
        ("serving_cell", "37901057", "0"),
        ("servingCell", "1", "37901057"),
        ("serving", "", ""),
        ("cell_type", "macro", "small"),
        ("CellConnectionStatus", "1", "2"),
        ("role", "driver", "walker"),
        // Of the connection for data.
        ("ConnectionStatus", "Connected", "None"),
    ] {
        assert_eq!(marked(heading, one, other), [-85.0, -115.0], "{heading}");
    }
}

#[test]
fn a_profile_says_which_rows_are_of_the_phones_own_cell_and_in_which_words() {
    let profile = |key: &str, words: &str| {
        format!(
            "format = 1\nname = \"p\"\n[columns]\nlongitude = \"x\"\nlatitude = \"y\"\ntime = \"t\"\noperator = \"o\"\n\
             power = \"p\"\n{key} = \"k\"\n{words}"
        )
    };
    for (key, words, own, other) in [
        ("serving", "", "1", "0"),
        ("neighbour", "", "no", "yes"),
        ("serving", "[words.serving]\n\"A\" = \"serving\"\n\"M\" = \"neighbour\"\n", "A", "M"),
    ] {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "p.toml", profile(key, words).as_bytes());
        let profile = crate::ingest::profile::Profile::read(&path).unwrap();
        let options = Options { profile: Some(std::sync::Arc::new(profile)), ..fixture::options() };
        let row = |power: i32, mark: &str| format!("2025-11-01 08:00:00,Viettel,20.25,105.97,{power},{mark}\n");
        let text = format!("t,o,y,x,p,k\n{}{}", row(-85, own), row(-115, other));
        let (_, all) = read_bytes("a.csv", text.as_bytes(), &options).unwrap();
        assert_eq!(all.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2], "{key}");
        assert_eq!(all.rejects[0].reason.code(), "neighbour_cell");
    }
}

#[test]
fn a_reading_from_indoors_or_one_that_its_publisher_doubts_is_refused_and_says_so() {
    for (heading, good, bad, code) in [
        ("indoor", "0", "1", "indoors"),
        ("environment", "outdoor", "Indoor", "indoors"),
        ("Môi trường", "ngoài trời", "Trong nhà", "indoors"),
        ("implausible", "false", "true", "implausible"),
    ] {
        let row = |mark: &str| format!("2025-11-01 08:00:00,Viettel,LTE,20.25,105.97,-115,{mark}\n");
        let text = format!("time,operator,technology,lat,lon,rsrp,{heading}\n{}{}{}", row(good), row(bad), row(""));
        check(&text, &[2, 4], &[(3, code)]);
    }
}

#[test]
fn a_speed_test_has_its_power_where_its_technology_has_one() {
    let rows = check(
        "open_uuid,open_test_uuid,time_utc,cat_technology,network_type,lat,long,lte_rsrp,lte_rsrq,network_mcc_mnc,signal_strength\n\
         P,1,2025-11-01 00:00:28,4G,LTE,20.25,105.97,-98,-11,452-04,\n\
         P,2,2025-11-01 00:05:28,5G,5G NSA,20.25,105.97,-97,-11,452-04,\n\
         P,3,2025-11-01 00:10:28,3G,HSPA+,20.25,105.97,,,452-04,-91\n\
         P,4,2025-11-01 00:15:28,2G,EDGE,20.25,105.97,,,452-04,-92\n\
         P,5,2025-11-01 00:20:28,5G,5G SA,20.25,105.97,,,452-04,-93\n",
        &[2, 3, 4, 5, 6],
        &[],
    );
    let read: Vec<_> = rows.iter().map(|row| (row.technology, row.rsrp.map(|p| p.get()))).collect();
    let expected = [
        (Technology::Lte, Some(-98.0)),
        (Technology::Lte, Some(-97.0)),
        (Technology::Umts, Some(-91.0)),
        (Technology::Gsm, Some(-92.0)),
        (Technology::Nr, Some(-93.0)),
    ];
    assert_eq!(read, expected);
}

#[test]
fn a_tower_that_was_heard_long_before_the_fix_says_nothing_of_its_place() {
    let item = |age: &str| {
        format!(
            "{{\"items\":[{{\"timestamp\":1763695217123,\"position\":{{\"latitude\":20.25,\"longitude\":105.97,\"accuracy\":5.0,\"age\":100}},\
             \"cellTowers\":[{{\"radioType\":\"lte\",\"mobileCountryCode\":452,\"mobileNetworkCode\":4,\"cellId\":37901057,{age}\"serving\":1,\"signalStrength\":-107}}]}}]}}"
        )
    };
    for (age, accepted) in [("\"age\":60000,", 0), ("\"age\":500,", 1), ("", 1)] {
        let (summary, _) = read_bytes("a.json", item(age).as_bytes(), &fixture::options()).unwrap();
        assert_eq!((summary.accepted, summary.refused), (accepted, 1 - accepted), "{age}");
    }
}
