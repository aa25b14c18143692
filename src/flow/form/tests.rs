//! What the form asks, and that what comes back is read.

use jiff::civil::date;

use super::sheets;
use crate::ingest;
use crate::model::signal_seen::SignalSeen;
use crate::model::visit::VisitResult;

const TODAY: jiff::civil::Date = date(2026, 3, 31);

fn sheet(name: &str) -> Vec<Vec<String>> {
    sheets::all(&[], TODAY).into_iter().find(|(found, _)| *found == name).unwrap().1
}

#[test]
fn every_line_of_a_sheet_is_as_wide_as_its_header() {
    for (name, rows) in sheets::all(&[], TODAY) {
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{name}");
    }
}

#[test]
fn no_question_asks_for_a_person() {
    for row in sheet("survey").iter().skip(1) {
        let name = &row[1];
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), format!("time,result,{name}\n31/03/2026,guided,x\n")).unwrap();
        let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
        if let Ok(read) = ingest::visits::read(file.path(), &options) {
            assert!(read.dropped_fields.is_empty(), "{name}");
        }
        assert!(!["deviceid", "image", "audio", "phonenumber", "username"].contains(&row[0].as_str()), "{name}");
    }
}

/// A form as Central exports it, every question answered.
#[test]
fn what_comes_back_is_read_whole() {
    let survey = sheet("survey");
    let names: Vec<&str> = survey.iter().skip(1).map(|row| row[1].as_str()).collect();
    let answer = |name: &str| match name {
        "start" | "end" => "2026-03-31T08:15:00.000+07:00".to_owned(),
        "today" => "2026-03-31".to_owned(),
        "commune_code" => "14329".to_owned(),
        "village_code" => "14329-001".to_owned(),
        "loc" => "20.25 105.97 3 4.5".to_owned(),
        "result" => "guided".to_owned(),
        "supervision" => "yes".to_owned(),
        "topic" => "vneid safe".to_owned(),
        name if name.starts_with("n_") => "2".to_owned(),
        name if name.starts_with("signal_") => "weak".to_owned(),
        _ => "Ngõ 3, nhà 7".to_owned(),
    };
    let fields: Vec<String> = names.iter().map(|name| format!("{name:?}:{:?}", answer(name))).collect();
    let text = format!("[{{\"_uuid\":\"a\",{}}}]", fields.join(","));
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let options = ingest::Options::at("2026-04-01T00:00:00Z".parse().unwrap());
    let read = ingest::visits::read(file.path(), &options).unwrap();
    assert!(read.batch.rejects.is_empty(), "{:?}", read.batch.rejects);
    let visit = &read.batch.rows[0].value;
    assert_eq!(visit.village_code.unwrap().to_string(), "14329-001");
    assert_eq!((visit.result, visit.guided_people, visit.accuracy_m), (VisitResult::Guided, Some(2), Some(4.5)));
    assert_eq!(visit.signal_seen.iter().filter(|(_, seen)| *seen == SignalSeen::Weak).count(), 4);
    assert_eq!(visit.signal_seen.iter().count(), 4);
    assert_eq!(visit.topics.codes().as_deref(), Some("vneid safe"));
    let yields = visit.yields;
    assert_eq!([yields.vneid, yields.services, yields.payments], [Some(2); 3]);
    assert!(visit.household.is_some() && visit.point.is_some() && visit.supervision);
}
