//! What a profile may say, and how it is refused.

use super::read::of_text;
use super::*;
use crate::model::language::Language;
use proptest::prelude::*;

const WHOLE: &str = r#"
format = 1
name = "tems"
[table]
delimiter = "tab"
decimal_comma = true
lines_before_header = 2
lines_after_header = 1
crs = 5897
missing = [-999, "n/a", 1.5]
no_service = ["Mất sóng", -140]
[columns]
longitude = "Kinh độ"
latitude = "Vĩ độ"
date = "Ngày"
clock = "Giờ"
operator = "Mạng"
technology = "RAT"
state = "Service"
power = "RSRP (dBm)"
download = "Tốc độ tải"
speed = "Speed"
device = "IMEI"
serving = "Set"
[time]
format = "%d/%m/%Y %H:%M:%S"
zone = "UTC"
[units]
power = "ASU"
download = "Mbit/s"
speed = "m/s"
[constants]
operator = "viettel"
technology = "4G"
[words.operator]
"Mạng A" = "viettel"
[words.technology]
"LTE FDD" = "4G"
[words.state]
"Idle" = "in_service"
"Lost" = "no_service"
[words.serving]
"A" = "serving"
"M" = "neighbour"
"#;

fn profile(text: &str) -> Profile {
    of_text("p.toml", text.to_owned()).unwrap()
}

fn header(names: &[&str]) -> Header {
    Header::new(names.iter().map(|n| (*n).to_owned()).collect())
}

/// The fault of a text, in words.
fn refused(text: &str) -> String {
    let fault = of_text("p.toml", text.to_owned()).unwrap_err();
    let bad = BadProfile { file: "p.toml".to_owned(), fault };
    format!("{} / {}", bad, bad.hint(Language::En).unwrap_or_default())
}

fn check(more: &str, expected: &[&str]) {
    let said = refused(&format!("format = 1\nname = \"x\"\n{more}"));
    for part in expected {
        assert!(said.contains(part), "{more}: {said}");
    }
}

#[test]
fn a_profile_written_and_read_again_is_the_same() {
    let first = profile(WHOLE);
    let text = first.to_toml(&|field| vec![format!("about {}", field.key())]);
    let again = profile(&text);
    assert_eq!(Profile { text: String::new(), ..again }, Profile { text: String::new(), ..first }, "{text}");
    assert!(text.contains("# about power\npower = \"RSRP (dBm)\""), "{text}");
}

#[test]
fn the_example_of_the_manual_is_a_profile_and_names_every_column() {
    let example = profile(include_str!("../../../docs/profiles/example.toml"));
    use Field::{Mcc, Mnc, Power2g, Power3g, Power4g, Time};
    for field in Field::ALL.into_iter().filter(|field| !matches!(field, Time | Mcc | Mnc | Power2g | Power3g | Power4g))
    {
        assert!(example.heading(field).is_some(), "{}", field.key());
    }
}

#[test]
fn a_fault_names_its_key_what_was_found_and_what_was_expected() {
    check("[columns]\nlongitud = \"x\"", &["p.toml: there is no key `columns.longitud`", "is `longitude` meant?"]);
    check("[colums]\n", &["no key `colums`", "is `columns` meant?"]);
    check("[units]\npower = \"watt\"", &["`units.power` is \"watt\"", "report_index"]);
    check("[units]\nspeed = 3", &["`units.speed` is 3", "a text"]);
    check("[table]\ndelimiter = \"#\"", &["`table.delimiter`", "tab"]);
    check("[table]\ncrs = \"VN-2000\"", &["`table.crs` is \"VN-2000\"", "EPSG"]);
    check("[table]\nlines_before_header = -1", &["0 to 1000"]);
    check("[table]\nmissing = \"x\"", &["a list"]);
    check("[time]\nformat = \"dd/MM/yyyy\"", &["`time.format`", "%d/%m/%Y"]);
    check("[time]\nzone = \"Hà Nội\"", &["`time.zone`", "+07:00"]);
    check("[constants]\ntechnology = \"6G\"", &["`constants.technology` is \"6G\"", "\"5G\""]);
    check("[words.state]\nIdle = \"asleep\"", &["`words.state.Idle` is \"asleep\"", "no_service"]);
    check("words = 3", &["`words` is 3", "a section [words]"]);
    check("[columns]\ntime = \"T\"\ndate = \"D\"\nclock = \"C\"", &["both `columns.time` and `columns.date`"]);
    check("[columns]\ndate = \"D\"", &["`columns.clock` is missing", "`columns.date`"]);
    check("[columns]\nlongitude = \"X\"\nlatitude = \"X\"", &["`X` stands for both"]);
    assert!(refused("name = \"x\"").contains("`format` is missing"));
    assert!(refused("format = 2\nname = \"x\"").contains("`format` is 2, expected 1"));
    assert!(refused("format = 1").contains("`name` is missing"));
    assert!(
        refused("format = 1\nname = viettel").contains("line 2: not TOML"),
        "{}",
        refused("format = 1\nname = viettel")
    );
    assert!(refused("PK\u{3}\u{4}").contains("not TOML"));
}

#[test]
fn a_column_is_found_as_spelt_or_whatever_its_marks_and_units() {
    let profile = profile("format = 1\nname = \"x\"\n[columns]\npower = \"rsrp\"\nrsrq = \"RSRQ [dB]\"");
    let places = profile.places(&header(&["RSRQ (dB)", "RSRP [dBm]"])).unwrap();
    assert_eq!((places.of(Field::Power), places.of(Field::Rsrq)), (Some(1), Some(0)));
    let places = profile.places(&header(&["RSRP", "rsrp", "RSRQ [dB]"])).unwrap();
    assert_eq!(places.of(Field::Power), Some(1), "the spelling decides between two that are alike");
}

#[test]
fn a_column_that_is_not_there_twice_there_or_of_a_person_is_refused() {
    let check = |columns: &str, names: &[&str], expected: &str| {
        let profile = profile(&format!("format = 1\nname = \"x\"\n[columns]\n{columns}"));
        let bad = profile.places(&header(names)).unwrap_err();
        let said = format!("{bad} / {}", bad.hint(Language::En).unwrap_or_default());
        assert!(said.contains(expected), "{said}");
    };
    check("power = \"RSPR\"", &["time", "RSRP"], "`columns.power` is the column `RSPR`, which the file does not have");
    check("power = \"RSPR\"", &["time", "RSRP"], "header has time, RSRP");
    check("power = \"RSRPs\"", &["time", "RSRP"], "is `RSRP` meant?");
    check("power = \"RSRP\"", &["RSRP", "RSRP"], "the file has 2 of them");
    check("power = \"rsrp\"", &["RSRP (1)", "RSRP (2)"], "the file has 2 of them");
    check("operator = \"Phone number\"", &["Phone number"], "may name a person");
    let device = profile("format = 1\nname = \"x\"\n[columns]\ndevice = \"IMEI\"");
    assert_eq!(device.places(&header(&["IMEI"])).unwrap().of(Field::Device), Some(0));
}

#[test]
fn codes_are_numbers_or_words_whatever_their_case() {
    let codes = Codes::new(&["-140", "Mất sóng", "1,5"]);
    for (cell, held) in
        [("-140", true), ("-140.0", true), ("MAT SONG", true), ("1,5", true), ("-14", false), ("", false), ("x", false)]
    {
        assert_eq!(codes.hold(cell.as_bytes(), true), held, "{cell}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}", key in "[a-z_.]{0,12}", value in "[a-z0-9\"\\[\\]{}=,.-]{0,12}") {
        let _ = of_text("p", text);
        let _ = of_text("p", format!("format = 1\nname = \"x\"\n{key} = {value}"));
        let _ = of_text("p", format!("format = 1\nname = \"x\"\n[table]\n{key} = {value}\n[words]\n{key} = {value}"));
    }
}

#[test]
fn the_example_of_visits_is_a_profile() {
    let text = include_str!("../../../docs/profiles/visits.toml").to_owned();
    let profile = VisitsProfile::of_text("visits.toml", text).unwrap();
    assert_eq!(profile.name(), "Chiến dịch 10/10, bảng của xã");
}
