//! Tables of published campaigns and of drive-test tools, as they are guessed.

use super::*;

fn of(guess: &Guess, field: Field) -> Option<&str> {
    guess.columns.iter().find(|column| column.field == field).map(|column| column.heading.as_str())
}

fn why(guess: &Guess, heading: &str) -> Vec<Why> {
    guess.unfit.iter().filter(|unfit| unfit.heading == heading).map(|unfit| unfit.why).collect()
}

#[test]
fn a_speed_without_a_unit_is_not_taken_and_the_number_of_a_run_is_no_phone() {
    let text = "timestamp,run_num,latitude,longitude,lte_rsrp,Throughput\n\
                1619039402,1,20.25,105.97,-107.0,423\n1619039403,1,20.25,105.97,-106.0,210\n";
    let guess = guessed("a.csv", text);
    assert_eq!((of(&guess, Field::Download), of(&guess, Field::Device)), (None, None));
    assert_eq!(why(&guess, "Throughput"), [Why::NoUnit]);
    let guess = guessed("a.csv", &text.replace("Throughput", "Throughput (Mbps)"));
    assert_eq!(of(&guess, Field::Download), Some("Throughput (Mbps)"));
}

#[test]
fn channel_and_identity_are_those_of_the_serving_cell() {
    let guess = guessed(
        "a.csv",
        "Time,Latitude,Longitude,Neighbor Cell RSRP (dBm): N1,Neighbor Cell DL EARFCN: N1,Serving Cell RSRP (dBm),\
         Serving Cell DL EARFCN,Neighbor Cell Identity: N1,Serving Cell Identity\n\
         04/21/2021 11:10:02 PM,20.25,105.97,-112,850,-107,850,61,60\n\
         04/21/2021 11:10:03 PM,20.25,105.97,-113,850,-106,850,61,60\n",
    );
    assert_eq!(of(&guess, Field::Arfcn), Some("Serving Cell DL EARFCN"));
    assert_eq!(of(&guess, Field::Cell), Some("Serving Cell Identity"));
    // Nothing of a neighbour, where there is nothing else.
    let guess = guessed(
        "a.csv",
        "Time,Latitude,Longitude,Serving Cell RSRP (dBm),Neighbor Cell DL EARFCN: N1\n\
         04/21/2021 11:10:02 PM,20.25,105.97,-107,850\n",
    );
    assert_eq!((of(&guess, Field::Arfcn), of(&guess, Field::Cell)), (None, None));
}

#[test]
fn the_connection_of_a_cell_in_words_marks_the_neighbours() {
    let text = "Timestamp,Latitude,Longitude,Nhà cung cấp,Status of cell,ConnectionStatus,RSRP x\n\
                1774919700,20.25,105.97,Viettel,a,Primary,-97\n1774919701,20.25,105.97,Viettel,a,None,-117\n";
    let guess = guessed("a.csv", text);
    assert_eq!(of(&guess, Field::Serving), Some("ConnectionStatus"), "{guess:#?}");
    assert_eq!((guess.accepted, guess.rejects[0].reason.code()), (1, "neighbour_cell"));
    let guess = guessed("a.csv", &text.replace("Primary", "Connected"));
    assert_eq!((of(&guess, Field::Serving), guess.accepted), (None, 2));
}

#[test]
fn what_is_left_of_powers_and_networks_is_said() {
    let text = "timestamp,Latitude,Longitude,operator,PCell_RSRP_1,PCell_RSRP_2,PCell_RSRP_max\n\
                1619039402,20.25,105.97,1,-110.2,-113.1,-107.0\n1619039403,20.25,105.97,2,-110.3,-113.2,-107.1\n";
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let guess = guess(&path, &Options { operator: Some("viettel".parse().unwrap()), ..fixture::options() }).unwrap();
    assert_eq!(of(&guess, Field::Power), Some("PCell_RSRP_1"));
    assert_eq!(why(&guess, "PCell_RSRP_2"), [Why::AnotherPower], "{guess:#?}");
    assert_eq!(why(&guess, "PCell_RSRP_max"), [Why::NotAReading]);
    assert_eq!(why(&guess, "operator"), [Why::Numbered]);
    // A form that is known, too.
    let text = "time,lat,lon,MNC,technology,rsrp\n2026-10-01 10:00:00,20.25,105.97,Op[1],4G,-97\n\
                2026-10-01 10:00:01,20.25,105.97,Op[2],4G,-98\n";
    let path = fixture::write(&folder, "b.csv", text.as_bytes());
    let guess = super::guess(&path, &Options { operator: Some("viettel".parse().unwrap()), ..fixture::options() });
    let guess = guess.unwrap();
    assert_eq!((form(&guess), &why(&guess, "MNC")[..]), (Some("canonical"), &[Why::Numbered][..]));
}

#[test]
fn a_row_with_two_powers_is_one_row_and_the_remark_says_that_both_are_read() {
    let text = "time,lat,lon,operator,rsrp,ss_rsrp\n2026-10-01 10:00:00,20.25,105.97,viettel,-100,-112\n";
    let guess = guessed("a.csv", text);
    assert_eq!((guess.rows, guess.accepted, &guess.notes[..]), (1, 1, &[Note::BothRead][..]));
}
