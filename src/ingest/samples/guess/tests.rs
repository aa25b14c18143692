//! What is guessed of small tables, and what a person is told of them.

use super::*;
use crate::ingest::fixture;

mod campaigns;
mod stated;
mod taken;

fn guessed(name: &str, text: &str) -> Guess {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, text.as_bytes());
    guess(&path, &fixture::options()).unwrap()
}

fn form(guess: &Guess) -> Option<&str> {
    guess.known.as_ref().map(|known| known.form.as_str())
}

/// Fields with their columns, in the order of a profile.
fn check(text: &str, expected: &[(Field, &str)]) -> Guess {
    let guess = guessed("a.txt", text);
    let found: Vec<(Field, &str)> =
        guess.columns.iter().map(|column| (column.field, column.heading.as_str())).collect();
    assert_eq!(found, expected, "{guess:#?}");
    guess
}

#[test]
fn headings_of_an_office_are_understood_with_their_units() {
    let text = "Kinh độ;Vĩ độ;Thời gian;Nhà mạng;Công nghệ;Mức thu (dBm);Tốc độ tải (Mbit/s);Họ tên\n\
                105,9745;20,2539;31/03/2026 08:15;Mạng A;LTE 1800;-97,5;12,4;Bình\n\
                105,9746;20,2540;31/03/2026 08:16;Viettel;LTE 1800;-101;0,5;Bình\n";
    let guess = check(
        text,
        &[
            (Field::Longitude, "Kinh độ"),
            (Field::Latitude, "Vĩ độ"),
            (Field::Time, "Thời gian"),
            (Field::Operator, "Nhà mạng"),
            (Field::Technology, "Công nghệ"),
            (Field::Power, "Mức thu (dBm)"),
            (Field::Download, "Tốc độ tải (Mbit/s)"),
        ],
    );
    assert_eq!((form(&guess), &guess.missing[..], guess.accepted), (Some("canonical"), &[][..], 2));
    assert_eq!(guess.personal(), ["Họ tên"]);
    let toml = guess.profile.to_toml(&|_| Vec::new());
    for line in ["decimal_comma = true", "\"Mạng A\" = ", "\"LTE 1800\" = \"4G\"", "download = \"Mbit/s\""] {
        assert!(toml.contains(line), "{line}: {toml}");
    }
    let power = guess.columns.iter().find(|column| column.field == Field::Power).unwrap();
    assert_eq!(power.examples[0].understood.as_deref(), Some("-97.5 dBm (4G)"));
}

#[test]
fn a_title_a_line_of_units_and_a_clock_of_its_own_are_seen() {
    let text = "Drive test, export of 31/03/2026\nOperator: x\nDate\tTime\tAll-Longitude\tAll-Latitude\tServing Cell RSRP\tNeighbor RSRP\n\
                \t\tdeg\tdeg\tdBm\tdBm\n\
                31/03/2026\t08:15:00\t105.9745\t20.2539\t-97\t-99\n31/03/2026\t08:15:01\t105.9746\t20.2540\t-98\t-99\n";
    let guess = check(
        text,
        &[
            (Field::Longitude, "All-Longitude"),
            (Field::Latitude, "All-Latitude"),
            (Field::Date, "Date"),
            (Field::Clock, "Time"),
            (Field::Power, "Serving Cell RSRP"),
        ],
    );
    let toml = guess.profile.to_toml(&|_| Vec::new());
    for line in ["lines_before_header = 2", "lines_after_header = 1", "delimiter = \"tab\"", "technology = \"4G\""] {
        assert!(toml.contains(line), "{line}: {toml}");
    }
    assert_eq!(guess.missing, ["columns.operator"]);
}

#[test]
fn headings_that_say_nothing_leave_the_values_to_speak() {
    check(
        "a,b,c,d,e\n105.9745,20.2539,2026-03-31T08:15:00,Viettel,-97\n105.9746,20.2540,2026-03-31T08:15:05,Viettel,-98\n",
        &[
            (Field::Longitude, "a"),
            (Field::Latitude, "b"),
            (Field::Time, "c"),
            (Field::Operator, "d"),
            (Field::Power, "e"),
        ],
    );
}

#[test]
fn strength_units_and_months_before_days_are_seen() {
    let guess = guessed(
        "a.csv",
        "lat,lng,when (UTC),carrier,system,level (ASU)\n20.2539,105.9745,03/31/2026 08:15:00,Viettel,GSM,10\n\
         20.2540,105.9746,03/31/2026 08:15:09,Viettel,UMTS,30\n",
    );
    let toml = guess.profile.to_toml(&|_| Vec::new());
    assert!(toml.contains("power = \"ASU\"") && toml.contains("format = \"%m/%d/%Y"), "{toml}");
    assert_eq!((guess.accepted, &guess.missing), (2, &vec![]), "{guess:#?}");
}

#[test]
fn the_own_cell_and_the_way_down_are_taken_and_their_neighbours_left() {
    let text = "lon,lat,time,operator,NB RSRP,Strength (ASU),UL Throughput (Mbps),DL Throughput (Mbps),RSSI (dBm)\n\
                105.9745,20.2539,2026-03-31T08:15:00,viettel,-99,45,3.5,12.5,-70\n\
                105.9746,20.2540,2026-03-31T08:15:01,viettel,-98,46,3.5,12.5,-71\n";
    let guess = guessed("a.csv", text);
    let of = |field| guess.columns.iter().find(|column| column.field == field).map(|column| column.heading.as_str());
    assert_eq!(of(Field::Power), Some("Strength (ASU)"));
    assert_eq!(of(Field::Download), Some("DL Throughput (Mbps)"));
}

#[test]
fn a_table_that_the_reader_knows_says_so() {
    let guess =
        guessed("a.csv", "time,operator,rsrp,lon,lat\n2026-03-31T08:15:00+07:00,viettel,-97,105.9745,20.2539\n");
    assert_eq!(form(&guess), Some("canonical"));
    let guess = guessed(
        "a.csv",
        "Timestamp,Longitude,Latitude,Operatorname,NetworkMode,Level\n2019.11.21_10.20.17,105.9,20.2,Viettel,LTE,-200\n",
    );
    assert_eq!(form(&guess), Some("gnettrack"));
    assert!(guess.profile.to_toml(&|_| Vec::new()).contains("no_service = [-200]"));
}

#[test]
fn metres_want_a_coordinate_system_and_get_it_stated() {
    let text = "time,operator,rsrp,easting,northing\n2026-03-31T08:15:00+07:00,viettel,-97,601611.35,2240658.67\n";
    assert_eq!(guessed("a.csv", text).missing, ["table.crs"]);
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let stated = Options { crs_epsg: Some(5897), ..fixture::options() };
    let guess = guess(&path, &stated).unwrap();
    assert_eq!((guess.missing, guess.accepted), (vec![], 1));
    assert_eq!(guess.columns[0].examples[0].understood.as_deref(), Some("105.974500°"));
}

#[test]
fn a_table_of_something_else_and_no_table_are_told() {
    assert_eq!(guessed("a.csv", "name,age\nx,1\n").missing.len(), 5);
    let folder = fixture::folder();
    for (text, name) in [("", "a.csv"), ("\n\n", "b.csv")] {
        let path = fixture::write(&folder, name, text.as_bytes());
        assert!(matches!(guess(&path, &fixture::options()), Err(Unreadable::Empty)), "{name}");
    }
    let sites = "Tên trạm,Nhà mạng,Kinh độ,Vĩ độ,Góc phương vị\nA,Viettel,105.9,20.2,120\n";
    let path = fixture::write(&folder, "c.csv", sites.as_bytes());
    assert!(matches!(guess(&path, &fixture::options()), Err(Unreadable::OtherKind { .. })));
}

#[test]
fn no_text_makes_it_panic() {
    let folder = fixture::folder();
    for (i, text) in
        ["a", "\"", "a,b\n\"1", ",,,\n", "time\n\n\n", "\t\n\t", "x;y\n1", "lon,lat\n\u{0},\u{0}\n"].iter().enumerate()
    {
        let path = fixture::write(&folder, &format!("{i}.csv"), text.as_bytes());
        let _ = guess(&path, &fixture::options());
    }
}

#[test]
fn a_column_of_power_for_each_technology_is_taken_for_each() {
    let text = "Time,Lat,Lon,Operator,RAT,LTE Serving RSRP [dBm],NR SS-RSRP [dBm],PDSCH Phy Throughput [Mbps]\n\
                2026-03-31 08:15:00,20.25,105.9,Viettel,LTE,-118,,0.1\n\
                2026-03-31 08:15:01,20.25,105.9,Viettel,5G NSA,-98.5,-101,0.2\n";
    let guess = guessed("a.csv", text);
    let of = |field| guess.columns.iter().find(|column| column.field == field).map(|column| column.heading.as_str());
    assert_eq!(of(Field::Power4g), Some("LTE Serving RSRP [dBm]"));
    assert_eq!(of(Field::Power5g), Some("NR SS-RSRP [dBm]"));
    assert_eq!((of(Field::Power), of(Field::Download)), (None, None));
    assert_eq!((guess.accepted, guess.missing.len()), (2, 0));
}
