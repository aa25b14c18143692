//! Whose reading a row is: of the phone's own cell, in the open, as its publisher lets it stand.

use super::*;

/// A cell of its own at −85 and another at −115, as each kind of table marks them.
fn marked(heading: &str, own: &str, other: &str) -> Vec<f32> {
    let text = format!(
        "time,operator,technology,lat,lon,rsrp,cell,{heading}\n\
         2025-11-01 08:00:00,Viettel,LTE,20.25,105.97,-85,100,{own}\n\
         2025-11-01 08:00:00,Viettel,LTE,20.25,105.97,-115,200,{other}\n"
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
