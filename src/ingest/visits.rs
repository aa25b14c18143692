//! Household visits: what a team did, where and when, and no person in it.
//!
//! CSV: `id, time, village_code, village, commune_code, commune, lon, lat,
//! accuracy_m, household, result, guided, signal_viettel, signal_vnpt,
//! signal_mobifone, signal_vietnamobile`; ODK Central's `submissions.csv` by its
//! `KEY`; GeoJSON points with the same properties. Columns that may name a
//! person are dropped before anything is kept, hashed or quoted.

use std::collections::HashMap;
use std::path::Path;

use crate::model::import::ImportKind;
use crate::model::measure::LonLat;
use crate::model::operator::Operator;
use crate::model::refusal::{Reason, Reject, Row};
use crate::model::village::VillageCode;
use crate::model::visit::{SignalSeen, VisitRecord, VisitResult};

use super::header::Header;
use super::table::{Record, Table};
use super::{Options, Read, Unreadable, kind, number, place, privacy, text, time, villages};

/// The instant of the visit, best first; ODK's own times last.
pub(super) const TIME: &[&str] =
    &["time", "visit_time", "thoi_gian", "thoi_diem", "ngay_tham", "ngay", "end", "start", "today", "submissiondate"];
pub(super) const RESULT: &[&str] = &["result", "ket_qua", "outcome"];
const OPERATORS: [&str; 7] = ["viettel", "vnpt", "mobifone", "vietnamobile", "gmobile", "itel", "wintel"];

struct Columns {
    id: Option<usize>,
    time: Option<usize>,
    village_code: Option<usize>,
    village: Option<usize>,
    commune_code: Option<usize>,
    commune: Option<usize>,
    district: Option<usize>,
    point: place::Point,
    accuracy: Option<usize>,
    household: Option<usize>,
    result: Option<usize>,
    guided: Option<usize>,
    review: Option<usize>,
    signal: Vec<(Operator, usize)>,
}

/// Reads visits from CSV, ODK Central CSV, GeoJSON or any table that GDAL reads.
///
/// # Errors
/// The file as a whole cannot be read, or has no time or no result.
pub fn read(path: &Path, options: &Options) -> Result<Read<VisitRecord>, Unreadable> {
    let mut table = Table::open(path, options)?;
    let odk = table.header.has(&["key"]) && table.header.has(&["submissiondate"]);
    let columns = columns(&table, options)?;
    let mut batch = super::Batch { rows: Vec::new(), rejects: std::mem::take(&mut table.rejects) };
    let mut seen: HashMap<String, u64> = HashMap::new();
    while let Some(next) = table.next() {
        match next.and_then(|record| visit(&record, &columns, &table, options)) {
            Ok(row) => match seen.get(&row.value.source_id) {
                Some(line) => {
                    let name = columns.id.map_or("", |i| table.header.name(i));
                    batch.rejects.push(Reject::new(row.line, name, "", Reason::Duplicate { line: *line }));
                }
                None => {
                    seen.insert(row.value.source_id.clone(), row.line);
                    batch.rows.push(row);
                }
            },
            Err(reject) => batch.rejects.push(reject),
        }
    }
    let profile = if odk { "odk_central" } else { table.profile };
    Ok(Read {
        profile,
        ..Read::of(
            table,
            batch,
            &columns.point,
            &[
                ("commune_code", columns.commune_code),
                ("commune", columns.commune),
                ("village_code", columns.village_code),
                ("village", columns.village),
            ],
        )
    })
}

fn columns(table: &Table, options: &Options) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let (lon, lat, accuracy) = point_columns(header);
    let (village_code, village) = villages::village_columns(header);
    let signal = OPERATORS
        .iter()
        .filter_map(|slug| {
            let column = header.find_in_path(&[&format!("signal_{slug}"), &format!("song_{slug}")])?;
            Some((slug.parse().ok()?, column))
        })
        .collect();
    let columns = Columns {
        id: header.find(&["key", "id", "visit_id", "uuid", "instanceid", "meta_instanceid", "ma_luot"]),
        time: header.find(&TIME[..6]).or_else(|| header.find_in_path(TIME)),
        village_code,
        village,
        commune_code: header.find_in_path(place::COMMUNE_CODE),
        commune: header.find_in_path(place::COMMUNE_NAME),
        district: header.find_in_path(place::DISTRICT),
        point: place::Point::new((lon, lat), header, table.decimal_comma, options)?,
        accuracy,
        household: header.find_in_path(&[
            "household",
            "hh",
            "hh_label",
            "ma_ho",
            "nhan_ho",
            "household_label",
            "so_nha",
        ]),
        result: header.find_in_path(RESULT),
        guided: header.find_in_path(&["guided", "n_guided", "so_nguoi_huong_dan"]),
        review: header.find(&["reviewstate", "review_state"]),
        signal,
    };
    let mut missing = Vec::new();
    for (column, name) in [(columns.time, "time"), (columns.result, "result")] {
        if column.is_none() {
            missing.push(name.to_owned());
        }
    }
    if missing.is_empty() { Ok(columns) } else { Err(kind::missing(header, ImportKind::Visits, missing)) }
}

/// `lon, lat, accuracy_m`, or the columns that ODK makes of a geopoint `X`:
/// `X-Longitude, X-Latitude, X-Accuracy`. Among several, the one called `loc` or the like.
fn point_columns(header: &Header) -> (Option<usize>, Option<usize>, Option<usize>) {
    const ACCURACY: &[&str] = &["accuracy_m", "accuracy", "do_chinh_xac", "sai_so", "precision"];
    if let (Some(lon), Some(lat)) = (header.find(place::LON), header.find(place::LAT)) {
        return (Some(lon), Some(lat), header.find(ACCURACY));
    }
    let mut points: Vec<&str> = header
        .names
        .iter()
        .filter_map(|n| n.strip_suffix("-Longitude").or_else(|| n.strip_suffix("_longitude")))
        .collect();
    points.sort_by_key(|path| {
        let step = path.rsplit(['-', '/']).next().unwrap_or(path).to_lowercase();
        !matches!(step.trim_start_matches('_'), "loc" | "location" | "geopoint" | "gps" | "position" | "vi_tri")
    });
    let Some(path) = points.first() else {
        return (header.find_in_path(place::LON), header.find_in_path(place::LAT), None);
    };
    let at = |suffixes: [&str; 2]| {
        suffixes.iter().find_map(|s| header.names.iter().position(|n| *n == format!("{path}{s}")))
    };
    (at(["-Longitude", "_longitude"]), at(["-Latitude", "_latitude"]), at(["-Accuracy", "_precision"]))
}

fn visit(record: &Record, columns: &Columns, table: &Table, options: &Options) -> Result<Row<VisitRecord>, Reject> {
    let (line, header) = (record.line, &table.header);
    let refuse = |column: Option<usize>, text: &str, reason: Reason| {
        Reject::new(line, header.name(column.unwrap_or_default()), text, reason)
    };
    if text::fold(record.get(columns.review)) == "rejected" {
        let known = ["approved", "hasIssues", "edited"].map(str::to_owned).to_vec();
        return Err(refuse(columns.review, "rejected", Reason::UnknownValue { known }));
    }
    let time_text = record.get(columns.time);
    if time_text.is_empty() {
        return Err(refuse(columns.time, "", Reason::Missing));
    }
    let time = time::parse(time_text.as_bytes())
        .ok_or_else(|| refuse(columns.time, &privacy::mask_words(time_text), Reason::NotATime))?;
    if time > options.now.saturating_add(super::samples::CLOCK_SLACK).unwrap_or(options.now) {
        return Err(refuse(columns.time, time_text, Reason::InTheFuture));
    }
    let point: Option<LonLat> = columns.point.of(record, header)?;
    let accuracy_m = match record.get(columns.accuracy) {
        text if number::is_missing(text.as_bytes()) => None,
        text => match number::parse(text.as_bytes(), table.decimal_comma) {
            Some(metres) if metres >= 0.0 => Some(metres as f32),
            Some(_) => None,
            None => return Err(refuse(columns.accuracy, &privacy::mask_words(text), Reason::NotANumber)),
        },
    };
    let village_code = match record.get(columns.village_code) {
        "" | "-" => None,
        text => Some(text.parse::<VillageCode>().map_err(|_| {
            refuse(columns.village_code, &privacy::mask_words(text), Reason::UnknownVillage { candidates: vec![] })
        })?),
    };
    let commune_code = place::row_commune(record, columns.commune_code, header)?;
    let guided_people = match record.get(columns.guided) {
        text if number::is_missing(text.as_bytes()) => None,
        text => Some(
            number::count(text, table.decimal_comma)
                .ok_or_else(|| refuse(columns.guided, &privacy::mask_words(text), Reason::NotANumber))?,
        ),
    };
    let result = result(record, columns, header)?;
    let mut signal_seen = Vec::new();
    for (operator, column) in &columns.signal {
        if let Some(seen) = signal(record, *column, header)? {
            signal_seen.push((*operator, seen));
        }
    }
    let some = |text: &str| Some(text::clean(text)).filter(|t| !t.is_empty() && t != "-");
    Ok(Row {
        line,
        value: VisitRecord {
            source_id: source_id(record, columns, header, options),
            time,
            village_code,
            village_name: some(record.get(columns.village)),
            commune_code,
            commune_name: some(record.get(columns.commune)),
            district: some(record.get(columns.district)),
            point,
            accuracy_m,
            household: some(record.get(columns.household)).map(|label| {
                privacy::keyed_hash(&options.household_key, &[b"household", label.to_lowercase().as_bytes()])
            }),
            result,
            guided_people,
            signal_seen,
        },
    })
}

/// The id of the file, or a keyed hash of the row without its personal columns.
fn source_id(record: &Record, columns: &Columns, header: &Header, options: &Options) -> String {
    let id = record.get(columns.id);
    if !id.is_empty() {
        return text::clean(id);
    }
    let parts: Vec<&[u8]> = record
        .cells
        .iter()
        .enumerate()
        .filter(|(i, _)| !header.is_personal(*i))
        .map(|(_, cell)| cell.trim().as_bytes())
        .collect();
    format!("row:{:016x}", privacy::keyed_hash(&options.household_key, &parts))
}

fn result(record: &Record, columns: &Columns, header: &Header) -> Result<VisitResult, Reject> {
    let text = record.get(columns.result);
    let name = header.name(columns.result.unwrap_or_default());
    if text.is_empty() {
        return Err(Reject::new(record.line, name, "", Reason::Missing));
    }
    let folded = text::fold(text);
    if let Some(known) = VisitResult::from_code(&folded.replace([' ', '-'], "_")) {
        return Ok(known);
    }
    Ok(match folded.as_str() {
        "da huong dan" | "huong dan" | "xong" | "hoan thanh" => VisitResult::Guided,
        "huong dan mot phan" | "mot phan" => VisitResult::Partly,
        "vang nha" | "di vang" | "khong co nha" | "khong gap" => VisitResult::NotHome,
        "tu choi" => VisitResult::Refused,
        "chuyen di" | "da chuyen di" | "nha bo trong" | "bo trong" => VisitResult::MovedOrEmpty,
        "khong phai nha o" => VisitResult::NotResidential,
        "khong tiep can duoc" | "khong vao duoc" => VisitResult::Inaccessible,
        "hen lai" | "hen" | "de sau" => VisitResult::Later,
        _ => {
            let known = VisitResult::ALL.iter().map(|r| r.code().to_owned()).collect();
            let found = privacy::mask_long_numbers(text);
            return Err(Reject::new(record.line, name, found, Reason::UnknownValue { known }));
        }
    })
}

fn signal(record: &Record, column: usize, header: &Header) -> Result<Option<SignalSeen>, Reject> {
    let text = record.get(Some(column));
    Ok(match text::fold(text).as_str() {
        "" | "-" | "n/a" | "khong do" => None,
        "none" | "khong" | "khong co song" | "mat song" | "0" => Some(SignalSeen::None),
        "weak" | "yeu" | "song yeu" | "1" => Some(SignalSeen::Weak),
        "ok" | "good" | "tot" | "co song" | "song tot" | "2" => Some(SignalSeen::Ok),
        _ => {
            let known = ["none", "weak", "ok"].map(str::to_owned).to_vec();
            let found = privacy::mask_words(text);
            return Err(Reject::new(record.line, header.name(column), found, Reason::UnknownValue { known }));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::fixture;

    fn read_text(name: &str, text: &str) -> Read<VisitRecord> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, name, text.as_bytes());
        read(&path, &fixture::options()).unwrap()
    }

    fn check(text: &str, good: usize, refused: &[(u64, &str)]) -> Read<VisitRecord> {
        let read = read_text("visits.csv", text);
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(found, refused, "{text}");
        assert_eq!(read.batch.rows.len(), good, "{text}");
        read
    }

    const HEADER: &str = "id,time,village_code,village,commune_code,commune,lon,lat,accuracy_m,household,result,guided,signal_viettel,signal_vnpt";

    #[test]
    fn a_visit_comes_back_whole() {
        let read = check(
            &format!(
                "{HEADER}\nv1,2026-03-31T08:15:00+07:00,14329-001,Xóm Một,14329,Hoa Lư,105.9,20.2,8,Ngõ 3 số 7,guided,2,none,ok\n"
            ),
            1,
            &[],
        );
        let visit = &read.batch.rows[0].value;
        assert_eq!((visit.source_id.as_str(), visit.result, visit.guided_people), ("v1", VisitResult::Guided, Some(2)));
        assert_eq!(visit.signal_seen.len(), 2);
        assert_eq!(visit.signal_seen[0].1, SignalSeen::None);
        assert!(visit.household.is_some());
    }

    #[test]
    fn faulty_visits_are_refused_by_line() {
        let row = |time: &str, lon: &str, lat: &str, result: &str| format!("{time},{lon},{lat},{result}\n");
        let text = format!(
            "time,lon,lat,result\n{}{}{}{}{}{}{}{}",
            row("31/03/2026 08:15", "105.9", "20.2", "guided"),
            row("31/03/2026 08:16", "20.2", "105.9", "guided"),
            row("31/03/2026 08:17", "0", "0", "guided"),
            row("31/03/2026 08:18", "NaN", "20.2", "guided"),
            row("31/03/2026 08:19", "1e300", "20.2", "guided"),
            row("31/03/2027 08:20", "105.9", "20.2", "guided"),
            row("soon", "105.9", "20.2", "guided"),
            row("31/03/2026 08:21", "", "", "vắng nhà"),
        );
        check(
            &text,
            2,
            &[
                (3, "swapped_lat_lon"),
                (4, "null_island"),
                (5, "not_a_number"),
                (6, "not_a_number"),
                (7, "in_the_future"),
                (8, "not_a_time"),
            ],
        );
    }

    #[test]
    fn an_odk_export_is_known_by_its_key_and_loses_its_people() {
        let text = "SubmissionDate,visit-loc-Latitude,visit-loc-Longitude,visit-loc-Altitude,visit-loc-Accuracy,visit-result,visit-hh_label,visit-ho_ten,end,KEY,SubmitterID,SubmitterName,DeviceID,ReviewState\n\
            2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,2026-03-31T08:15:00.000+07:00,uuid:1,7,Tran Thi Kin,abc,approved\n\
            2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,2026-03-31T08:15:00.000+07:00,uuid:2,7,Tran Thi Kin,abc,rejected\n\
            2026-03-31T02:00:00.000Z,20.2,105.9,3,4.5,guided,ngo 3,Nguyen Van Kin,Nguyen Van Kin,uuid:3,7,Tran Thi Kin,abc,\n";
        let read = check(text, 1, &[(3, "unknown_value"), (4, "not_a_time")]);
        assert_eq!(read.profile, "odk_central");
        assert_eq!(read.dropped_fields, ["visit-ho_ten", "SubmitterID", "SubmitterName", "DeviceID"]);
        let visit = &read.batch.rows[0].value;
        assert_eq!(visit.source_id, "uuid:1");
        assert_eq!(visit.time.to_string(), "2026-03-31T01:15:00Z");
        assert_eq!(visit.accuracy_m, Some(4.5));
        assert!(!format!("{:?}", read.batch).contains("Kin"));
    }

    #[test]
    fn a_household_has_one_key_however_it_is_spelt_and_another_key_elsewhere() {
        let text = "id,time,household,result\n1,31/03/2026,Ngõ 3,guided\n2,1/4/2026,  NGÕ  3,guided\n3,1/4/2026,Ngõ 4,guided\n";
        let read = check(text, 3, &[]);
        let keys: Vec<_> = read.batch.rows.iter().map(|r| r.value.household).collect();
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }

    #[test]
    fn a_visit_without_an_id_has_the_same_one_each_time_whatever_the_person() {
        let one = check("time,result,ho_ten\n31/03/2026,guided,A\n", 1, &[]);
        let two = check("time,result,ho_ten\n31/03/2026,guided,B\n", 1, &[]);
        assert_eq!(one.batch.rows[0].value.source_id, two.batch.rows[0].value.source_id);
        check("time,result\n31/03/2026,guided\n31/03/2026,guided\n", 1, &[(3, "duplicate")]);
    }

    #[test]
    fn points_of_a_map_file_are_visits_too() {
        let read = read_text(
            "a.geojson",
            r#"{"type":"Feature","id":"v9","properties":{"time":"2026-03-31T08:15:00Z","result":"later"},"geometry":{"type":"Point","coordinates":[105.9,20.2]}}"#,
        );
        assert_eq!(read.batch.rows[0].value.source_id, "v9");
        assert!(read.batch.rows[0].value.point.is_some());
    }
}
