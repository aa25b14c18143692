//! Columns that GDAL gives to any KML file, whatever its placemarks hold.
//!
//! They stand before those of the file: an empty `timestamp` would hide its `TIME`.

use crate::ingest::RawFeature;

/// How a placemark is drawn.
const DRAWING: [&str; 6] = ["altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"];
/// What a placemark may say of itself.
const SAID: [&str; 5] = ["Name", "description", "timestamp", "begin", "end"];

/// Takes away the columns of drawing, and the others where no placemark uses them.
pub(super) fn tidy(features: &mut [RawFeature]) {
    let is_used = |name: &str| {
        features.iter().flat_map(|one| &one.properties).any(|(column, value)| column == name && !value.is_empty())
    };
    let unused: Vec<&str> = SAID.into_iter().filter(|name| !is_used(name)).chain(DRAWING).collect();
    for feature in features {
        feature.properties.retain(|(name, _)| !unused.contains(&name.as_str()));
    }
}
