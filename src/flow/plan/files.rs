//! A plan as files: GeoJSON for maps, CSV for spreadsheets.

use std::collections::BTreeMap;

use geo_types::{Coord, Geometry, LineString};
use serde_json::{Value as Json, json};

use super::rows::{Names, signal};
use super::{Planned, to_json};
use crate::engine::plan::today::VisitKind;
use crate::engine::plan::{CommunePlan, DayPlan};
use crate::flow::export::geometry_value;
use crate::flow::meta;
use crate::flow::snapshot::{Snapshot, View};
use crate::model::figure::{Figure, round};
use crate::model::language::{Language, number};
use crate::model::measure::LonLat;

/// A point for each stop, a line for each day of a team, an area for each team (`kind`: stop, route, ground).
#[must_use]
pub fn geojson(snapshot: &Snapshot, view: &View, planned: &Planned) -> String {
    let names = Names::new(snapshot, view);
    let mut features: Vec<Json> = Vec::new();
    let mut put = |id: String, geometry: Option<Geometry<f64>>, properties: Json| {
        let geometry = geometry.map_or(Json::Null, |geometry| geometry_value(&geometry));
        features.push(json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties}));
    };
    for plan in planned.communes.iter() {
        let commune = plan.commune.to_string();
        for team in &plan.teams {
            let whose = format!("{commune}-{}", team.team);
            put(
                whose.clone(),
                team.ground.clone().map(Geometry::MultiPolygon),
                json!({"kind": "ground", "commune": commune, "commune_name": names.commune(plan.commune),
                    "team": team.team, "households": team.households, "days_needed": team.days_needed}),
            );
            for day in &team.days {
                put(
                    format!("{whose}-{}", day.day),
                    line(plan, day).map(Geometry::LineString),
                    json!({"kind": "route", "commune": commune, "team": team.team, "day": day.day,
                        "date": planned.date(day.day).to_string(), "households": day.households,
                        "distance_km": round(day.distance_m / 1_000.0, 1)}),
                );
                for (at, stop) in day.stops.iter().enumerate() {
                    let mut properties = names.stop(stop, planned, day, at + 1);
                    for (name, value) in
                        [("kind", "stop".into()), ("commune", commune.as_str().into()), ("team", team.team.into())]
                    {
                        properties[name] = value;
                    }
                    let point = stop.at.map(|at| Geometry::Point(at.into()));
                    put(format!("{whose}-{}-{}", day.day, at + 1), point, properties);
                }
            }
        }
    }
    let mut metadata = meta::of_export(snapshot, view, "plan", features.len());
    metadata["plan"] = to_json(snapshot, view, planned, false);
    let lines: Vec<String> = features.iter().map(Json::to_string).collect();
    let lines = lines.join(",\n");
    format!(
        "{{\"type\":\"FeatureCollection\",\"name\":\"plan\",\"metadata\":{metadata},\n\"features\":[\n{lines}\n]}}\n"
    )
}

/// From the start over the stops and back, straight; `None` where no stop has a place of its own.
pub(super) fn line(plan: &CommunePlan, day: &DayPlan) -> Option<LineString<f64>> {
    let corner = |at: LonLat| Coord { x: at.lon(), y: at.lat() };
    let start = corner(plan.start?.0);
    let stops: Vec<Coord<f64>> = day.stops.iter().filter_map(|stop| stop.at.map(corner)).collect();
    let away = stops.iter().any(|stop| *stop != start);
    away.then(|| std::iter::once(start).chain(stops).chain([start]).collect())
}

/// A stop a line, semicolons between columns, with a byte-order mark: as spreadsheets in Viet Nam open it.
#[must_use]
pub fn csv(snapshot: &Snapshot, view: &View, planned: &Planned, language: Language) -> Vec<u8> {
    let names = Names::new(snapshot, view);
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    let heading = language.pick(
        [
            "Mã xã",
            "Xã, phường",
            "Tổ",
            "Ngày thứ",
            "Ngày",
            "Thứ tự",
            "Mã thôn",
            "Thôn",
            "Phần",
            "Số phần",
            "Số hộ cần đến",
            "Ghi chú số hộ",
            "Sóng tại thôn",
            "Cách hướng dẫn",
            "Ưu tiên",
            "Kinh độ",
            "Vĩ độ",
        ],
        [
            "Commune code",
            "Commune",
            "Team",
            "Day number",
            "Day",
            "Order",
            "Village code",
            "Village",
            "Part",
            "Parts",
            "Households to visit",
            "Note on households",
            "Signal at the village",
            "Kind of visit",
            "Need",
            "Longitude",
            "Latitude",
        ],
    );
    // Writing to memory does not fail.
    let _ = out.write_record(heading);
    let degrees =
        |of: fn(LonLat) -> f64, at: Option<LonLat>| at.map_or_else(String::new, |at| number(of(at), 6, language));
    let mut needs: BTreeMap<&str, &str> = BTreeMap::new();
    needs.insert("both", language.pick("cần đến, thiếu sóng", "to visit, no usable signal"));
    needs.insert(
        "unreached_unmeasured",
        language.pick("cần đến, chưa đủ dữ liệu sóng", "to visit, too few signal data"),
    );
    needs.insert("unreached", language.pick("cần đến, có sóng (có thể lõm)", "to visit, has signal (holes possible)"));
    needs.insert("no_signal", language.pick("đã đến, chưa có sóng", "reached, no signal"));
    for (plan, team, day, order, stop) in planned.stops() {
        let verdict = names.verdict(stop.village);
        let at_most = names.reach(stop.village).is_some_and(|reach| reach.remaining.known().is_none());
        let note = match (stop.households, at_most) {
            (Figure::Known(_), false) => "",
            (Figure::Known(_), true) => language.pick("tối đa", "at most"),
            _ => language.pick("chưa rõ số hộ", "households not known"),
        };
        let need = names.need(stop.village).and_then(|need| needs.get(need.code()).copied());
        let record = [
            plan.commune.to_string(),
            safe(names.commune(plan.commune)),
            team.team.to_string(),
            day.day.to_string(),
            date(planned.date(day.day), language),
            order.to_string(),
            stop.village.to_string(),
            safe(names.village(stop.village)),
            stop.part.to_string(),
            stop.parts.to_string(),
            stop.households.known().map_or_else(String::new, |households| households.to_string()),
            note.to_owned(),
            said(signal(verdict), language).to_owned(),
            kind(VisitKind::of(verdict), language).to_owned(),
            need.unwrap_or_default().to_owned(),
            degrees(LonLat::lon, stop.at),
            degrees(LonLat::lat, stop.at),
        ];
        let _ = out.write_record(record);
    }
    out.into_inner().unwrap_or_default()
}

/// A name that a spreadsheet would take for a formula is set off as text.
fn safe(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@']) { format!("'{name}") } else { name.to_owned() }
}

pub(super) fn date(day: jiff::civil::Date, language: Language) -> String {
    language.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string())
}

pub(super) fn said(signal: &str, language: Language) -> &'static str {
    match signal {
        "none" => language.pick("không có sóng", "no signal"),
        "weak" => language.pick("sóng kém", "weak signal"),
        "suspected" => language.pick("nghi sóng kém, cần đo thêm", "suspected weak, measure again"),
        "outdoor" => language.pick("có sóng ngoài trời", "signal outdoors"),
        "good" => language.pick("sóng tốt", "good signal"),
        "very_good" => language.pick("sóng rất tốt", "very good signal"),
        _ => language.pick("chưa đo", "not measured"),
    }
}

pub(super) fn kind(visit: VisitKind, language: Language) -> &'static str {
    match visit {
        VisitKind::OnPaper => language.pick(
            "không có sóng dùng được: mang tài liệu giấy, hướng dẫn trực tiếp",
            "no usable signal: bring papers, guide in person",
        ),
        VisitKind::AndMeasure => {
            language.pick("chưa rõ sóng: mang tài liệu giấy và đo sóng", "signal not known: bring papers and measure")
        }
        VisitKind::OnPhone => language.pick("có sóng: hướng dẫn trên điện thoại", "with signal: guide on the phone"),
    }
}
