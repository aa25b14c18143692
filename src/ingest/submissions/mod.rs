//! Filled-in forms as the servers of field teams hand them out: ODK Central's OData,
//! KoboToolbox's and Ona's JSON, changes of QFieldCloud, and a form as the phone sent it (XML).
//!
//! A form is nested, a table is not: a field's heading is its path, `visit/result`.
//! A point becomes the columns that ODK Central's own CSV has, `loc-Longitude`,
//! `loc-Latitude`, `loc-Accuracy`, so that one reader of tables reads all of them. Lists
//! inside a form (repeated groups) are tables of their own; they are passed over, aloud.

mod deltas;
mod json;
pub(super) mod point;
mod xml;

use std::collections::BTreeSet;

use super::features::{RawFeature, RawGeometry};
use super::{Options, Unreadable};
use crate::model::crs::Crs;
use crate::model::refusal::Reject;

/// Forms as rows.
pub(super) struct Submissions {
    pub(super) profile: &'static str,
    pub(super) rows: Vec<RawFeature>,
    pub(super) rejects: Vec<Reject>,
    /// Paths of lists inside the forms.
    pub(super) lists: BTreeSet<String>,
    /// The server has more than this file: it is one page of several.
    pub(super) is_one_page: bool,
    /// Rows that the file makes and takes back.
    pub(super) deleted: u64,
    /// Layers that were not read.
    pub(super) layers: Vec<String>,
    /// The system of the points, where the file says it.
    pub(super) crs: Option<Crs>,
}

impl Submissions {
    fn of(profile: &'static str) -> Self {
        Self {
            profile,
            rows: Vec::new(),
            rejects: Vec::new(),
            lists: BTreeSet::new(),
            is_one_page: false,
            deleted: 0,
            layers: Vec::new(),
            crs: None,
        }
    }

    /// Where no form has a point of its own, the server's serves: an export may leave the answers out.
    fn take_all(&mut self, mut forms: Vec<(u64, Form)>) {
        let has_point = |form: &Form| form.cells.iter().any(|(name, _)| name.ends_with("-Latitude"));
        if !forms.iter().any(|(_, form)| has_point(form)) {
            for (_, form) in &mut forms {
                if let Some([latitude, longitude]) = form.servers_point.take() {
                    form.point("_geolocation", [Some(latitude), Some(longitude), None, None]);
                }
            }
        }
        for (number, form) in forms {
            self.take(number, form);
        }
    }

    fn take(&mut self, number: u64, form: Form) {
        self.lists.extend(form.lists);
        self.rows.push(RawFeature { number, properties: form.cells, geometry: RawGeometry::None });
    }
}

/// The forms of a JSON text; `None` when it is something else.
///
/// # Errors
/// [`Unreadable::BrokenJson`]; of changes also [`Unreadable::NoLayer`] and [`Unreadable::UnsupportedCrs`].
pub(super) fn of_json(text: &[u8], options: &Options) -> Result<Option<Submissions>, Unreadable> {
    json::read(text, options)
}

/// The form of an XML text; `None` when it is something else.
pub(super) fn of_xml(text: &str) -> Option<Submissions> {
    xml::read(text)
}

/// A form on its way to a row.
#[derive(Default)]
struct Form {
    cells: Vec<(String, String)>,
    lists: BTreeSet<String>,
    /// What the server took for the place of the form: latitude and longitude of its first point.
    servers_point: Option<[String; 2]>,
}

impl Form {
    fn push(&mut self, path: &str, value: &str) {
        if let Some(at) = point::parse(value) {
            self.point(path, at);
        } else {
            self.cells.push((path.to_owned(), value.to_owned()));
        }
    }

    fn point(&mut self, path: &str, at: point::Numbers) {
        let [latitude, longitude, altitude, accuracy] = at;
        for (suffix, number) in
            [("Latitude", latitude), ("Longitude", longitude), ("Altitude", altitude), ("Accuracy", accuracy)]
        {
            if let Some(number) = number {
                self.cells.push((format!("{path}-{suffix}"), number));
            }
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") }
}

#[cfg(test)]
mod tests;
