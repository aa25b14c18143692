//! Which of several likely columns is taken, and which one for nothing.

use super::*;
use crate::ingest::samples;
use crate::model::operator::{Operator, Technology};

fn options(operator: Option<&str>) -> Options {
    Options { operator: operator.map(|name| name.parse().unwrap()), ..fixture::options() }
}

fn guessed_for(text: &str, operator: Option<&str>) -> Guess {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    guess(&path, &options(operator)).unwrap()
}

fn of(guess: &Guess, field: Field) -> Option<&str> {
    guess.columns.iter().find(|column| column.field == field).map(|column| column.heading.as_str())
}

/// A table with these headings beside time, place and network.
fn table(headings: &str, rows: &[&str]) -> String {
    let mut text = format!("Time,Lat,Lon,Operator,Technology,{headings}\n");
    for (i, row) in rows.iter().enumerate() {
        text += &format!("2026-03-31 08:15:0{i},20.250{i},105.9701,Viettel,{row}\n");
    }
    text
}

/// What an import makes of it with the profile that was guessed.
fn imported(text: &str, guess: &Guess) -> (usize, usize, Vec<f32>) {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let toml = fixture::write(&folder, "a.toml", guess.profile.to_toml(&|_| Vec::new()).as_bytes());
    let profile = Some(Arc::new(Profile::read(&toml).unwrap()));
    let (mut powers, mut rejects) = (Vec::new(), 0);
    let mut sink = |batch: &mut Batch<Sample>| {
        powers.extend(batch.rows.iter().filter_map(|row| row.value.rsrp).map(|power| power.get()));
        rejects += batch.rejects.len();
        Ok(())
    };
    samples::read(&path, &Options { profile, ..fixture::options() }, &mut sink).unwrap();
    (powers.len(), rejects, powers)
}

#[test]
fn counts_are_those_of_an_import_with_the_profile_as_written() {
    let survey = "deviceTime,latitude,longitude,missionId,recordNumber,mcc,mnc,eci,earfcn,rsrp,rsrq,servingCell,provider\n\
                  2026-03-31T10:20:17+07:00,20.2501,105.9701,NS,1,452,4,37901057,1650,-85,-12,true,Viettel\n\
                  2026-03-31T10:20:18+07:00,20.2501,105.9701,NS,2,452,4,37901058,1650,-115,-17,false,Viettel\n";
    for text in [
        survey.to_owned(),
        table("lte_rsrp,nr_rsrp", &["5G,-96,-82", "5G,,-83", "4G,-97,"]),
        table("RSRP,SS-RSRP", &["5G,-96,-82", "5G,,-83", "4G,-97,"]),
        table("LTE RSRP [dBm],NR SS-RSRP [dBm]", &["5G,-96,-82", "5G,,-83", "4G,-97,"]),
        table("network_type,rsrp", &["4G,13,-96", "4G,20,-97"]),
        table("RSRP (ASU)", &["4G,45", "4G,46"]),
    ] {
        let guess = guessed_for(&text, None);
        let (accepted, refused, _) = imported(&text, &guess);
        assert_eq!((guess.accepted, guess.rejects.len()), (accepted, refused), "{text}\n{guess:#?}");
    }
    // A known form says what it gives by itself.
    let known = guessed_for(survey, None).known.unwrap();
    assert_eq!((&*known.form, known.accepted, known.refused), ("network_survey", 1, 1));
}

#[test]
fn a_known_table_with_a_power_for_each_technology_keeps_them_apart_in_its_profile() {
    for headings in ["lte_rsrp,nr_rsrp", "RSRP,SS-RSRP"] {
        let text = table(headings, &["5G,-96,-82", "5G,,-83", "4G,-97,"]);
        let guess = guessed_for(&text, None);
        assert!(guess.known.as_ref().unwrap().is_same, "{guess:#?}");
        assert_eq!(imported(&text, &guess), (3, 0, vec![-82.0, -83.0, -97.0]), "{headings}");
    }
}

#[test]
fn rows_of_neighbours_are_told_by_the_column_that_marks_them() {
    let text = table("Level dBm (x),isRegistered", &["LTE,-84,true", "LTE,-114,false"]);
    let guess = guessed_for(&text, None);
    assert_eq!((of(&guess, Field::Serving), guess.accepted), (Some("isRegistered"), 1));
    assert_eq!(imported(&text, &guess), (1, 1, vec![-84.0]));
    let guess = guessed_for(&table("Level dBm (x),Serving Cell", &["LTE,-84,37901057", "LTE,-85,37901058"]), None);
    assert_eq!((of(&guess, Field::Serving), guess.accepted), (None, 2));
}

#[test]
fn the_power_of_5g_alone_is_not_that_of_rows_of_4g() {
    for heading in ["NR SS-RSRP", "Cell NR RSRP level"] {
        let text = table(heading, &["5G,-84", "4G,-85"]);
        let guess = guessed_for(&text, None);
        assert_eq!((of(&guess, Field::Power), of(&guess, Field::Power5g)), (None, Some(heading)));
        assert_eq!(imported(&text, &guess), (1, 1, vec![-84.0]));
    }
}

#[test]
fn rssi_is_a_power_on_2g_alone() {
    let guess = guessed_for(&table("RSSI", &["LTE,-84", "LTE,-85"]), None);
    assert_eq!((of(&guess, Field::Power), &guess.missing[..]), (None, &["columns.power"][..]));
    assert_eq!(guess.unfit[0].why, Why::Rssi);
    let guess = guessed_for(&table("RSSI (dBm)", &["GSM,-84", "GSM,-85"]), None);
    assert_eq!((of(&guess, Field::Power), guess.accepted), (Some("RSSI (dBm)"), 2));
}

#[test]
fn numbers_up_to_five_are_bars_and_no_strength_units() {
    for heading in ["Signal level", "Level", "Signal strength"] {
        let guess = guessed_for(&table(heading, &["LTE,3", "LTE,4", "LTE,0"]), None);
        assert_eq!((of(&guess, Field::Power), guess.unfit.first().map(|unfit| unfit.why)), (None, Some(Why::Levels)));
    }
    let guess = guessed_for(&table("Signal level", &["LTE,3", "LTE,44", "LTE,0"]), None);
    assert_eq!(of(&guess, Field::Power), Some("Signal level"));
}

#[test]
fn the_network_that_carries_the_phone_goes_before_that_of_the_card() {
    let with = |headings: &str, cells: &str| {
        let text = format!("Time,Lat,Lon,RSRP level dBm,{headings}\n2026-03-31 08:15:00,20.25,105.97,-97,{cells}\n");
        guessed_for(&text, None)
    };
    let guess = with("SIM Operator,Network Operator", "iTel,VinaPhone");
    assert_eq!((of(&guess, Field::Operator), &guess.notes[..]), (Some("Network Operator"), &[][..]));
    let guess = with("Home PLMN,Serving PLMN", "45208,45202");
    assert_eq!(of(&guess, Field::Operator), Some("Serving PLMN"));
    let guess = with("sim_mcc,sim_mnc,net_mcc,net_mnc", "452,8,452,2");
    assert_eq!((of(&guess, Field::Mcc), of(&guess, Field::Mnc)), (Some("net_mcc"), Some("net_mnc")));
    let guess = with("Server Name,isp", "Viettel - Ha Noi,VNPT");
    assert_eq!(of(&guess, Field::Operator), Some("isp"));
    let guess = with("SIM Operator", "iTel");
    assert_eq!(guess.notes, [Note::HomeNetwork { heading: "SIM Operator".to_owned() }]);
}

#[test]
fn a_column_of_another_network_is_not_the_one_that_was_asked_for() {
    let text = "Time,Lat,Lon,Viettel 4G RSRP (dBm),Vina 4G RSRP (dBm)\n2026-03-31 08:15:00,20.25,105.97,-97,-108\n";
    let guess = guessed_for(text, Some("vinaphone"));
    assert_eq!(
        (of(&guess, Field::Power), guess.profile.operator),
        (Some("Vina 4G RSRP (dBm)"), Some("vnpt".parse().unwrap()))
    );
    let guess = guessed_for(text, None);
    let viettel: Operator = "viettel".parse().unwrap();
    assert_eq!((of(&guess, Field::Power), guess.profile.operator), (Some("Viettel 4G RSRP (dBm)"), Some(viettel)));
    assert_eq!(guess.notes, [Note::Networks { taken: viettel, others: vec!["vnpt".parse().unwrap()] }]);
}

#[test]
fn what_was_not_measured_of_the_own_cell_is_no_power() {
    for (headings, taken) in [
        ("Predicted RSRP,Measured RSRP", Some("Measured RSRP")),
        ("RSRP min,RSRP avg", Some("RSRP avg")),
        ("Neighbor RSRP", None),
        ("NRSRP1", None),
        ("RSRP threshold", None),
        ("UE Tx Power (dBm)", None),
        ("RSRP dự báo", None),
    ] {
        let row = if headings.contains(',') { "LTE,-84,-97" } else { "LTE,-84" };
        let guess = guessed_for(&table(headings, &[row]), None);
        assert_eq!(of(&guess, Field::Power), taken, "{headings}");
        // A reading that a person may look for says why it was left beside another.
        let told = taken.is_none() || headings.contains("min");
        assert_eq!(guess.unfit.len(), usize::from(told), "{headings} {:?}", guess.unfit);
    }
}

#[test]
fn strength_units_that_a_heading_states_are_read_as_such() {
    let guess = guessed_for(&table("RSRP (ASU)", &["LTE,45", "LTE,46"]), None);
    let toml = guess.profile.to_toml(&|_| Vec::new());
    assert!(toml.contains("power = \"ASU\"") || toml.contains("power = \"dBm_or_ASU\""), "{toml}");
    assert_eq!(guess.accepted, 2);
}

#[test]
fn the_quality_of_one_technology_does_not_stand_beside_the_power_of_another() {
    let text = "TIME_STAMP,Lon,Lat,5G KPI PCell RF Serving SS-RSRP [dBm],5G KPI PCell RF Serving SS-RSRQ [dB],5G KPI PCell RF Serving SS-SINR [dB],LTE KPI PCell Serving RSRP[dBm],LTE KPI PCell Serving RSRQ[dB],LTE KPI PCell SINR[dB]\n\
                2026-03-31 08:15:00,105.9702,20.25010,-85,-11,18,-100,-18.5,-5\n";
    let guess = guessed_for(text, Some("viettel"));
    assert_eq!(of(&guess, Field::Rsrq4g), Some("LTE KPI PCell Serving RSRQ[dB]"));
    assert_eq!(of(&guess, Field::Sinr4g), Some("LTE KPI PCell SINR[dB]"));
    assert_eq!(of(&guess, Field::Rsrq5g), Some("5G KPI PCell RF Serving SS-RSRQ [dB]"));
    assert_eq!(of(&guess, Field::Sinr5g), Some("5G KPI PCell RF Serving SS-SINR [dB]"));
    assert_eq!((of(&guess, Field::Rsrq), of(&guess, Field::Sinr)), (None, None));
    // Of 4G alone the quality of 5G is left out.
    let guess = guessed_for(&table("Cell LTE RSRP level,Cell NR RSRQ", &["4G,-100,-11"]), None);
    assert_eq!((of(&guess, Field::Power), of(&guess, Field::Rsrq)), (Some("Cell LTE RSRP level"), None));
    assert_eq!(guess.unfit[0].why, Why::OtherTechnology(Technology::Nr));
}

#[test]
fn a_log_put_together_is_guessed_by_its_first_header() {
    let row = "2026-03-31 08:15:00,viettel,-97,105.97,20.25";
    let guess = guessed_for(
        &format!("time,operator,rsrp,lon,lat\n{row}\n{row}\ntime,operator,rsrp,lon,lat,rsrq,sinr\n{row},-9,5\n"),
        None,
    );
    assert_eq!((guess.profile.layout().lines_before_header, guess.accepted), (0, 2));
}

#[test]
fn a_column_of_those_who_measured_is_no_network_and_none_of_its_values_is_shown() {
    for heading in ["Người đo mạng", "Cán bộ khảo sát mạng", "Nguoi do", "Network tester", "Kỹ thuật viên mạng"]
    {
        let text =
            format!("Time,Lat,Lon,RSRP level dBm,{heading}\n2026-03-31 08:15:00,20.25,105.97,-97,Nguyễn Văn Bình\n");
        let guess = guessed_for(&text, None);
        assert_eq!((of(&guess, Field::Operator), guess.personal()), (None, vec![heading]), "{guess:#?}");
        assert!(!format!("{guess:?}").contains("Bình"), "{guess:#?}");
    }
    // A heading that no list holds, and words that are no network.
    let text = "Time,Lat,Lon,RSRP level dBm,Bộ phận đo mạng\n2026-03-31 08:15:00,20.25,105.97,-97,Nguyễn Văn Bình\n";
    let guess = guessed_for(text, None);
    assert_eq!(of(&guess, Field::Operator), None);
    assert!(!format!("{guess:?}").contains("Bình"), "{guess:#?}");
}

#[test]
fn powers_under_technologies_alone_are_each_taken_and_one_left_out_says_why() {
    for (heading, cell, powers, notes) in
        [("", "", vec![-97.0, -101.0], &[Note::BothRead][..]), ("Công nghệ,", "5G,", vec![-101.0], &[][..])]
    {
        let text = format!(
            "Lúc,Lat,Lon,Nhà mạng,{heading}Thu 4G,Thu 5G\n2026-03-31 08:15:00,20.25,105.97,Viettel,{cell}-97,-101\n"
        );
        let guess = guessed_for(&text, None);
        assert_eq!((of(&guess, Field::Power4g), of(&guess, Field::Power5g)), (Some("Thu 4G"), Some("Thu 5G")));
        // A row of both is a reading of each, and of one where it says its technology.
        assert_eq!(imported(&text, &guess), (powers.len(), 0, powers));
        assert_eq!(guess.notes, notes);
    }
    // One of them in each row: nothing is lost.
    let text = "Lúc,Lat,Lon,Nhà mạng,Thu 4G,Thu 5G\n2026-03-31 08:15:00,20.25,105.97,Viettel,-97,\n\
                2026-03-31 08:15:01,20.25,105.97,Viettel,,-101\n";
    let guess = guessed_for(text, None);
    assert_eq!((imported(text, &guess), &guess.notes[..]), ((2, 0, vec![-97.0, -101.0]), &[][..]));
    let text = "Lúc,Lat,Lon,Nhà mạng,Thu 4G,Thu 4G lần 2\n2026-03-31 08:15:00,20.25,105.97,Viettel,-97,-101\n";
    let guess = guessed_for(text, None);
    assert_eq!(of(&guess, Field::Power), Some("Thu 4G"));
    assert_eq!((&*guess.unfit[0].heading, guess.unfit[0].why), ("Thu 4G lần 2", Why::AnotherPower));
    // Networks in columns of their own are told in the same way.
    let text = "Lúc,Lat,Lon,Viettel,Vinaphone\n2026-03-31 08:15:00,20.25,105.97,-97,-101\n";
    let guess = guessed_for(text, None);
    assert_eq!((of(&guess, Field::Power), guess.notes.len()), (Some("Viettel"), 1), "{guess:#?}");
}

#[test]
fn metres_under_the_letters_of_surveyors_are_taken_by_their_size_and_shown() {
    for (east, north) in [("E (m)", "N (m)"), ("Y(m)", "X(m)"), ("X VN2000", "Y VN2000"), ("Easting", "Northing")] {
        let text = format!(
            "Time,Operator,RSRP level dBm,{north},{east}\n2026-03-31 08:15:00,Viettel,-97,2240658.67,601611.35\n\
             2026-03-31 08:15:09,Viettel,-97,2240668.67,601621.35\n"
        );
        let guess = guessed_for(&text, None);
        assert_eq!(
            (of(&guess, Field::Longitude), of(&guess, Field::Latitude)),
            (Some(east), Some(north)),
            "{guess:#?}"
        );
        assert_eq!(guess.missing, ["table.crs"]);
        assert_eq!(
            guess.columns.iter().find(|one| one.field == Field::Latitude).unwrap().examples[0].found,
            "2240658.67"
        );
    }
    let guess = guessed_for("Time,Operator,RSRP level dBm,E,N\n2026-03-31 08:15:00,Viettel,-97,12,20\n", None);
    assert_eq!((of(&guess, Field::Longitude), of(&guess, Field::Latitude)), (None, None));
}
