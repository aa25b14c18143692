//! What phones with QField hand to QFieldCloud: changes of features, in the order in which they were made.
//!
//! A `create` is a row. A `patch` or a `delete` of a row of the same file is
//! done to it; of anything else it is refused, for this file does not hold what
//! it changes. Each layer says its own coordinate system.

use std::collections::{BTreeSet, HashMap};

use geo_types::{Geometry, Point};
use serde_json::{Map, Value};

use super::Submissions;
use crate::ingest::features::{RawFeature, RawGeometry};
use crate::ingest::header::Header;
use crate::ingest::{Options, Unreadable, reading, visits};
use crate::model::crs::Crs;
use crate::model::refusal::{Reason, Reject};

/// Attributes that tell a feature from all others.
const IDS: [&str; 6] = ["uuid", "id", "key", "globalid", "visit_id", "ma_luot"];

/// Whether a JSON text begins as such a file does.
pub(super) fn begins(head: &str) -> bool {
    head.contains("\"deltas\"")
}

/// The rows of a file; `None`: it is something else.
pub(super) fn read(all: &Value, options: &Options) -> Result<Option<Submissions>, Unreadable> {
    let is_delta = |one: &Value| one.get("method").is_some() && one.get("localPk").is_some();
    let Some(Value::Array(deltas)) = all.get("deltas") else { return Ok(None) };
    if !deltas.iter().any(is_delta) {
        return Ok(None);
    }
    let mut submissions = Submissions::of("qfieldcloud");
    let mut changes = Vec::new();
    for (number, delta) in (1..).zip(deltas) {
        if is_delta(delta) {
            changes.push(Change::of(number, delta));
        } else {
            let problem = "a change with a method was expected".to_owned();
            submissions.rejects.push(Reject::new(number, "", "", Reason::BrokenJson { problem }));
        }
    }
    let layers = Layers::of(&changes, options)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut made: HashMap<(&str, &str), usize> = HashMap::new();
    for change in changes.iter().filter(|change| layers.read.contains(change.layer)) {
        let key = (change.layer, change.pk);
        let known = made.get(&key).copied();
        let refused = match (change.method, known) {
            ("create", None) => {
                made.insert(key, rows.len());
                rows.push(Row::of(change));
                None
            }
            ("create", Some(at)) => Some(Reason::Duplicate { line: rows[at].number }),
            ("patch", Some(at)) => {
                rows[at].patch(change);
                None
            }
            ("delete", Some(at)) => {
                made.remove(&key);
                rows[at].deleted = true;
                None
            }
            ("patch" | "delete", None) => Some(Reason::NoSuchRow),
            _ => Some(Reason::BrokenJson { problem: "create, patch or delete was expected".to_owned() }),
        };
        // A method that is none may be any text.
        let found = ["create", "patch", "delete"].into_iter().find(|method| *method == change.method);
        submissions
            .rejects
            .extend(refused.map(|reason| Reject::new(change.number, "", found.unwrap_or_default(), reason)));
    }
    if rows.is_empty() {
        return Err(Unreadable::OnlyChanges { changes: changes.len() as u64 });
    }
    submissions.deleted = rows.iter().filter(|row| row.deleted).count() as u64;
    for row in rows.into_iter().filter(|row| !row.deleted) {
        let crs = layers.crs_of(&row.layer, options)?;
        submissions.crs.get_or_insert(crs);
        submissions.rows.push(row.feature(crs));
    }
    submissions.layers = layers.passed_over;
    Ok(Some(submissions))
}

/// One change.
struct Change<'d> {
    number: u64,
    uuid: &'d str,
    method: &'d str,
    layer: &'d str,
    layer_name: &'d str,
    layer_crs: &'d str,
    pk: &'d str,
    attributes: Option<&'d Map<String, Value>>,
    /// `None` where it stays as it is.
    geometry: Option<&'d str>,
}

impl<'d> Change<'d> {
    fn of(number: u64, delta: &'d Value) -> Self {
        let text = |name: &str| delta.get(name).and_then(Value::as_str).unwrap_or_default();
        let new = delta.get("new");
        let geometry = new.and_then(|new| new.get("geometry")).map(|wkt| wkt.as_str().unwrap_or_default());
        Self {
            number,
            uuid: text("uuid"),
            method: text("method"),
            layer: text("localLayerId"),
            layer_name: Some(text("localLayerName")).filter(|name| !name.is_empty()).unwrap_or(text("localLayerId")),
            layer_crs: text("localLayerCrs"),
            pk: text("localPk"),
            attributes: new.and_then(|new| new.get("attributes")).and_then(Value::as_object),
            geometry,
        }
    }
}

/// Which layers are read: the named one, else that of visits, else the first, and those with its columns.
struct Layers<'d> {
    read: BTreeSet<&'d str>,
    crs: HashMap<&'d str, &'d str>,
    passed_over: Vec<String>,
}

impl<'d> Layers<'d> {
    fn of(changes: &[Change<'d>], options: &Options) -> Result<Self, Unreadable> {
        let mut layers: Vec<(&str, &str, BTreeSet<&str>)> = Vec::new();
        let mut crs = HashMap::new();
        for change in changes {
            crs.entry(change.layer).or_insert(change.layer_crs);
            let at = layers.iter().position(|(id, ..)| *id == change.layer).unwrap_or_else(|| {
                layers.push((change.layer, change.layer_name, BTreeSet::new()));
                layers.len() - 1
            });
            layers[at].2.extend(change.attributes.iter().flat_map(|map| map.keys()).map(String::as_str));
        }
        let is_of_visits = |columns: &BTreeSet<&str>| {
            let header = Header::new(columns.iter().map(|&name| name.to_owned()).collect());
            header.find_in_path(visits::RESULT).is_some() && header.find_in_path(visits::TIME).is_some()
        };
        let wanted = match &options.layer {
            Some(asked) => layers.iter().find(|(id, name, _)| id == asked || name == asked),
            None => layers.iter().find(|(.., columns)| is_of_visits(columns)).or(layers.first()),
        };
        let Some((first, _, columns)) = wanted else {
            let known = layers.iter().map(|(_, name, _)| (*name).to_owned()).collect();
            return Err(Unreadable::NoLayer { found: options.layer.clone().unwrap_or_default(), known });
        };
        let is_read =
            |(id, _, own): &(&str, &str, BTreeSet<&str>)| id == first || (options.layer.is_none() && own == columns);
        let read = layers.iter().filter(|layer| is_read(layer)).map(|(id, ..)| *id).collect();
        let others = layers.iter().filter(|layer| !is_read(layer)).map(|(_, name, _)| (*name).to_owned());
        let passed_over = if options.layer.is_none() { others.collect() } else { Vec::new() };
        Ok(Self { read, crs, passed_over })
    }

    fn crs_of(&self, layer: &str, options: &Options) -> Result<Crs, Unreadable> {
        if let Some(epsg) = options.crs_epsg {
            return Crs::from_epsg(epsg).ok_or_else(|| Unreadable::UnsupportedCrs { found: format!("EPSG:{epsg}") });
        }
        match self.crs.get(layer).copied().unwrap_or_default() {
            "" => Ok(Crs::WGS84),
            name => Crs::from_name(name)
                .ok_or_else(|| Unreadable::UnsupportedCrs { found: name.chars().take(60).collect() }),
        }
    }
}

/// A feature as the changes so far have left it.
struct Row {
    number: u64,
    layer: String,
    uuid: String,
    attributes: Map<String, Value>,
    geometry: String,
    deleted: bool,
}

impl Row {
    fn of(change: &Change<'_>) -> Self {
        Self {
            number: change.number,
            layer: change.layer.to_owned(),
            uuid: change.uuid.to_owned(),
            attributes: change.attributes.cloned().unwrap_or_default(),
            geometry: change.geometry.unwrap_or_default().to_owned(),
            deleted: false,
        }
    }

    fn patch(&mut self, change: &Change<'_>) {
        for (name, value) in change.attributes.into_iter().flatten() {
            self.attributes.insert(name.clone(), value.clone());
        }
        if let Some(geometry) = change.geometry {
            geometry.clone_into(&mut self.geometry);
        }
    }

    fn feature(self, crs: Crs) -> RawFeature {
        let has_id = self
            .attributes
            .iter()
            .any(|(name, value)| !value.is_null() && IDS.iter().any(|id| name.eq_ignore_ascii_case(id)));
        let mut properties = Vec::new();
        // The id of the change by which a feature was made is its own, however often it is sent.
        if !has_id && !self.uuid.is_empty() {
            properties.push(("KEY".to_owned(), self.uuid));
        }
        for (name, value) in self.attributes {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
                Value::Null | Value::Object(_) => String::new(),
            };
            properties.push((name, text));
        }
        let geometry = match point(&self.geometry) {
            Ok(None) => RawGeometry::None,
            Ok(Some(at)) if crs == Crs::WGS84 => RawGeometry::Shape(Geometry::Point(at)),
            Ok(Some(at)) => reading::shape(&Geometry::Point(at), crs).map_or_else(RawGeometry::Bad, RawGeometry::Shape),
            Err(kind) => RawGeometry::Bad(format!("WKT: {kind}")),
        };
        RawFeature { number: self.number, properties, geometry }
    }
}

/// `POINT (105.97 20.25)`, `PointZ(…)`, a multipoint of one; what else it is called where it is none.
fn point(wkt: &str) -> Result<Option<Point<f64>>, String> {
    let wkt = wkt.trim().to_ascii_uppercase();
    if wkt.is_empty() || wkt.ends_with("EMPTY") {
        return Ok(None);
    }
    let (kind, rest) = wkt.split_once('(').unwrap_or((&wkt, ""));
    let kind: String = kind.chars().filter(char::is_ascii_alphabetic).take(20).collect();
    let is_point = matches!(kind.trim_end_matches(['Z', 'M']), "POINT" | "MULTIPOINT") && !rest.contains(',');
    let mut numbers = rest.trim_matches(['(', ')', ' ']).split_ascii_whitespace().map(str::parse::<f64>);
    match (is_point, numbers.next(), numbers.next()) {
        (true, Some(Ok(x)), Some(Ok(y))) => Ok(Some(Point::new(x, y))),
        _ => Err(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Read, Warning, fixture};
    use crate::model::visit::{VisitRecord, VisitResult};

    fn delta(number: u32, method: &str, pk: &str, new: &str) -> String {
        format!(
            r#"{{"uuid":"9311eb96-bff8-4d5b-ab36-{number:012}","clientId":"c","exportId":"e","localPk":"{pk}","sourcePk":"",
            "localLayerId":"visits_1","localLayerName":"Lượt thăm","localLayerCrs":"EPSG:4326","sourceLayerId":"visits_1",
            "method":"{method}","new":{new}}}"#
        )
    }

    fn file(deltas: &[String]) -> String {
        format!(r#"{{"deltas":[{}],"files":[],"id":"b","project":"p","version":"1.0"}}"#, deltas.join(","))
    }

    fn try_read(text: &str, options: &Options) -> Result<Read<VisitRecord>, Unreadable> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "deltas.json", text.as_bytes());
        visits::read(&path, options)
    }

    fn check(deltas: &[String], refused: &[(u64, &str)]) -> Read<VisitRecord> {
        let read = try_read(&file(deltas), &fixture::options()).unwrap();
        let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
        assert_eq!(found, refused);
        read
    }

    const NEW: &str = r#"{"geometry":"POINT (105.97 20.25)","attributes":{"fid":1,"time":"2026-03-31T08:15:00","result":"guided","ho_ten":"Nguyễn Văn A"}}"#;

    #[test]
    fn a_created_feature_is_a_visit_with_the_id_of_its_change() {
        let read = check(&[delta(1, "create", "1", NEW)], &[]);
        let visit = &read.batch.rows[0].value;
        assert_eq!(visit.source_id, "uuid:9311eb96-bff8-4d5b-ab36-000000000001");
        assert_eq!(visit.point.map(|at| (at.lon(), at.lat())), Some((105.97, 20.25)));
        assert_eq!((read.profile, read.dropped_fields), ("qfieldcloud", vec!["ho_ten".to_owned()]));
        let own = NEW.replace("\"fid\":1", "\"uuid\":\"v7\"");
        assert_eq!(check(&[delta(1, "create", "1", &own)], &[]).batch.rows[0].value.source_id, "v7");
    }

    #[test]
    fn a_patch_and_a_delete_are_done_to_rows_of_the_file_and_refused_of_others() {
        let read = check(
            &[
                delta(1, "create", "1", NEW),
                delta(2, "create", "2", NEW),
                delta(3, "patch", "1", r#"{"attributes":{"result":"not_home"},"geometry":"Point Z (105.98 20.25 3)"}"#),
                delta(4, "delete", "2", "{}"),
                delta(5, "patch", "9", NEW),
                delta(6, "delete", "2", "{}"),
                delta(7, "create", "1", NEW),
                delta(8, "move", "1", NEW),
            ],
            &[(5, "no_such_row"), (6, "no_such_row"), (7, "duplicate"), (8, "broken_json")],
        );
        let visit = &read.batch.rows[0].value;
        assert_eq!((read.batch.rows.len(), visit.result), (1, VisitResult::NotHome));
        assert_eq!(visit.point.map(|at| at.lon()), Some(105.98));
        assert_eq!(read.warnings, [Warning::DeletedInFile { rows: 1 }]);
        let alone = try_read(&file(&[delta(1, "patch", "1", NEW)]), &fixture::options());
        assert_eq!(alone.map(|read| read.batch.rows.len()), Err(Unreadable::OnlyChanges { changes: 1 }));
    }

    #[test]
    fn a_layer_of_visits_is_read_in_its_own_system_and_others_are_named() {
        let other = delta(1, "create", "1", r#"{"attributes":{"ref":"QL1"}}"#)
            .replace("visits_1", "roads_1")
            .replace("Lượt thăm", "Đường");
        let metric = NEW.replace("105.97 20.25", "601611.35 2240658.67");
        let deltas = [other, delta(2, "create", "1", &metric).replace("EPSG:4326", "EPSG:5897")];
        let read = check(&deltas, &[]);
        let at = read.batch.rows[0].value.point.unwrap();
        assert!((at.lon() - 105.9745).abs() < 1e-3 && (at.lat() - 20.2539).abs() < 1e-3);
        assert_eq!(read.warnings, [Warning::LayersPassedOver { layers: vec!["Đường".into()] }]);
        let named = |layer: &str| Options { layer: Some(layer.to_owned()), ..fixture::options() };
        assert!(matches!(try_read(&file(&deltas), &named("Đường")), Err(Unreadable::MissingColumns { .. })));
        assert_eq!(try_read(&file(&deltas), &named("visits_1")).unwrap().batch.rows.len(), 1);
        assert!(
            matches!(try_read(&file(&deltas), &named("x")), Err(Unreadable::NoLayer { known, .. }) if known.len() == 2)
        );
        let foreign = file(&[delta(1, "create", "1", NEW).replace("EPSG:4326", "EPSG:32635")]);
        assert!(matches!(try_read(&foreign, &fixture::options()), Err(Unreadable::UnsupportedCrs { .. })));
    }

    #[test]
    fn metres_without_a_system_and_shapes_that_are_no_points_are_refused_by_row() {
        let row = |wkt: &str| delta(1, "create", wkt, &NEW.replace("POINT (105.97 20.25)", wkt));
        check(
            &[
                row("POINT (601611.35 2240658.67)").replace("EPSG:4326", ""),
                row("LINESTRING (1 2, 3 4)"),
                row("POINT (x"),
            ],
            &[(1, "metres"), (2, "bad_geometry"), (3, "bad_geometry")],
        );
        assert_eq!(check(&[row("Point EMPTY")], &[]).batch.rows[0].value.point, None);
    }
}
