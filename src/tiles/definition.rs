//! What the layers are called, what they hold, and in which words.
//!
//! `tiles/layers.json` is the contract between `flow`, which fills layers, and
//! everyone who draws or reads them. It is embedded and parsed once. A column
//! has one type for good, because `==` in a style compares types too.

use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::model::access::{Matter, Sight};

const SOURCE: &str = include_str!("../../tiles/layers.json");

static DEFINITIONS: LazyLock<Vec<LayerDefinition>> = LazyLock::new(|| parse(SOURCE).unwrap_or_default());

/// All layers, in the order of the file.
#[must_use]
pub fn definitions() -> &'static [LayerDefinition] {
    &DEFINITIONS
}

/// The layer of that name, if there is one.
#[must_use]
pub fn definition(id: &str) -> Option<&'static LayerDefinition> {
    definitions().iter().find(|layer| layer.id == id)
}

/// The layers of some names, each once.
///
/// # Errors
/// The first name that no layer has.
pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'static LayerDefinition>, &'a str> {
    let mut found: Vec<&'static LayerDefinition> = Vec::new();
    for name in names {
        let layer = definition(name).ok_or(name)?;
        if !found.iter().any(|known| known.id == layer.id) {
            found.push(layer);
        }
    }
    Ok(found)
}

/// One layer: its name in tiles, its titles, and the columns that it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerDefinition {
    pub id: &'static str,
    /// Whose business it is. A layer that does not say is shown to those who see everything.
    pub matter: Matter,
    /// Columns of [`Matter::Network`] in a layer that is open otherwise.
    pub network_fields: Vec<&'static str>,
    pub geometry: GeometryKind,
    /// Below this zoom the layer is left out of tiles.
    pub minzoom: u8,
    /// The deepest zoom worth asking for; deeper tiles repeat the same shapes.
    pub maxzoom: u8,
    /// Title in Vietnamese.
    pub vi: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// The layer whose columns it begins with.
    pub like: Option<&'static str>,
    pub fields: Vec<FieldDefinition>,
    /// How points near each other are drawn as one from far away.
    pub clusters: Option<ClusterDefinition>,
    /// What says which features a tile keeps that would be too large with all.
    pub need: Option<Need>,
}

/// Points of a cell drawn as one, with what they sum up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterDefinition {
    /// From this zoom on every point is drawn by itself.
    pub below: u8,
    /// Columns of whole numbers that add up, each with the column that counts the points without one.
    pub sums: Vec<(&'static str, &'static str)>,
    /// Columns that count the points whose text in a column is one of some.
    pub tallies: Vec<Tally>,
    /// [`Self::COUNT`] and the columns that only clusters have, in the order of tiles.
    pub fields: Vec<FieldDefinition>,
}

impl ClusterDefinition {
    /// How many points a cluster stands for, by the name that Mapbox's supercluster gave it. A point by itself has none.
    pub const COUNT: &str = "point_count";
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub name: &'static str,
    pub of: &'static str,
    pub values: Vec<&'static str>,
}

/// A column of numbers by which features are needed; a feature without one is needed most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    pub column: &'static str,
    /// The larger the more; the smaller the more otherwise, as with ranks.
    pub largest: bool,
}

impl LayerDefinition {
    /// The column of that name and its place in the list.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &FieldDefinition)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }

    /// The columns of tiles: those of lists and files, and behind them those of clusters.
    pub fn tile_fields(&self) -> impl Iterator<Item = &FieldDefinition> {
        self.fields.iter().chain(self.clusters.iter().flat_map(|clusters| &clusters.fields))
    }

    /// Whether a reader with this sight sees the column, in a layer that it sees.
    #[must_use]
    pub fn shows_field(&self, name: &str, sight: Sight) -> bool {
        sight.shows(Matter::Network) || !self.network_fields.contains(&name)
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDefinition {
    pub name: &'static str,
    pub kind: FieldKind,
    pub description: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Polygons and multipolygons.
    Area,
    /// Single points.
    Point,
}

/// The type of a column, and how it is stored in a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// `string_value`
    Text,
    /// `sint_value`, for positive numbers too.
    Integer,
    /// `double_value`
    Number,
    /// `bool_value`
    Flag,
}

fn parse(source: &'static str) -> Result<Vec<LayerDefinition>, serde_json::Error> {
    let written: Vec<Written> = serde_json::from_str(source)?;
    let mut layers: Vec<LayerDefinition> = Vec::with_capacity(written.len());
    for layer in written {
        let mut fields = match layer.like {
            None => Vec::new(),
            Some(like) => {
                let model = layers.iter().find(|earlier| earlier.id == like);
                model.ok_or_else(|| serde_json::Error::custom(format!("no layer `{like}` above")))?.fields.clone()
            }
        };
        fields.extend(layer.fields.0);
        let Written { id, matter, network_fields, geometry, minzoom, maxzoom, vi, en, like, clusters, need, .. } =
            layer;
        let clusters = clusters.map(WrittenClusters::read);
        let need = need.map(|column| match column.strip_prefix('-') {
            Some(column) => Need { column, largest: false },
            None => Need { column, largest: true },
        });
        let layer = LayerDefinition {
            id,
            matter,
            network_fields,
            geometry,
            minzoom,
            maxzoom,
            vi,
            en,
            like,
            fields,
            clusters,
            need,
        };
        layers.push(layer);
    }
    Ok(layers)
}

/// A layer as the file has it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(borrow)]
    id: &'static str,
    #[serde(default = "undecided")]
    matter: Matter,
    #[serde(borrow, default)]
    network_fields: Vec<&'static str>,
    geometry: GeometryKind,
    minzoom: u8,
    maxzoom: u8,
    #[serde(borrow)]
    vi: &'static str,
    #[serde(borrow)]
    en: &'static str,
    /// Begin with the columns of this layer, which must stand above.
    #[serde(borrow, default)]
    like: Option<&'static str>,
    #[serde(borrow)]
    fields: Fields<'static>,
    #[serde(borrow, default)]
    clusters: Option<WrittenClusters<'static>>,
    /// `column`, or `-column` where the smallest is needed most.
    #[serde(borrow, default)]
    need: Option<&'static str>,
}

/// As the file has it: every column with its description.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClusters<'a> {
    below: u8,
    #[serde(borrow)]
    count: &'a str,
    /// Column, the column of what is missing, what that says.
    #[serde(borrow)]
    sums: Vec<(&'a str, &'a str, &'a str)>,
    /// Column, of which other, with which texts, what it says.
    #[serde(borrow)]
    tallies: Vec<(&'a str, &'a str, Vec<&'a str>, &'a str)>,
}

impl WrittenClusters<'static> {
    fn read(self) -> ClusterDefinition {
        let integer = |name, description| FieldDefinition { name, kind: FieldKind::Integer, description };
        let mut fields = vec![integer(ClusterDefinition::COUNT, self.count)];
        fields.extend(self.sums.iter().map(|(_, missing, description)| integer(missing, description)));
        fields.extend(self.tallies.iter().map(|(name, .., description)| integer(name, description)));
        let tally = |(name, of, values, _)| Tally { name, of, values };
        ClusterDefinition {
            below: self.below,
            sums: self.sums.into_iter().map(|(sum, missing, _)| (sum, missing)).collect(),
            tallies: self.tallies.into_iter().map(tally).collect(),
            fields,
        }
    }
}

fn undecided() -> Matter {
    Matter::Undecided
}

/// `{"name": ["kind", "description"], …}` in the order of the file, which a map would lose.
struct Fields<'de>(Vec<FieldDefinition>, std::marker::PhantomData<&'de ()>);

impl Deserialize<'static> for Fields<'static> {
    fn deserialize<D: Deserializer<'static>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(FieldsVisitor).map(|fields| Self(fields, std::marker::PhantomData))
    }
}

struct FieldsVisitor;

impl Visitor<'static> for FieldsVisitor {
    type Value = Vec<FieldDefinition>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of column to [kind, description]")
    }

    fn visit_map<A: MapAccess<'static>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, (kind, description))) = map.next_entry::<&'static str, (FieldKind, &'static str)>()? {
            fields.push(FieldDefinition { name, kind, description });
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_embedded_file_parses() {
        let layers = parse(SOURCE).unwrap();
        let names: Vec<_> = layers.iter().map(|layer| layer.id).collect();
        let expected = [
            "communes",
            "commune_labels",
            "villages",
            "village_extents",
            "unreached",
            "signal",
            "surface",
            "changes",
            "claims",
            "dead_areas",
            "work",
            "priority",
            "double_exclusion",
            "guidance_lost",
            "measure_next",
            "places",
            "hints",
            "speeds",
            "visits_masked",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_layer_is_open_only_where_it_says_so() {
        let source = r#"[{"id":"a","geometry":"point","minzoom":0,"maxzoom":1,"vi":"a","en":"a","fields":{}}]"#;
        assert_eq!(parse(source).unwrap()[0].matter, Matter::Undecided);
        let of = |matter| definitions().iter().filter(move |layer| layer.matter == matter).map(|layer| layer.id);
        assert_eq!(of(Matter::Network).collect::<Vec<_>>(), ["claims", "work", "hints"]);
        assert_eq!(of(Matter::Undecided).count(), 0);
        for layer in definitions() {
            for field in &layer.network_fields {
                assert!(layer.field(field).is_some(), "{} has no `{field}`", layer.id);
            }
            // What operators claimed or handed over never stands in an open column.
            let told = |name: &str| {
                name.contains("claim") || name.contains("contradicted") || name.starts_with("nearest_site")
            };
            let open = layer.fields.iter().filter(|field| layer.shows_field(field.name, Sight::Open));
            let leaks: Vec<_> = open.filter(|field| told(field.name)).map(|field| field.name).collect();
            assert!(layer.matter == Matter::Network || leaks.is_empty(), "{}: {leaks:?}", layer.id);
        }
    }

    #[test]
    fn clusters_and_needs_name_columns_that_there_are() {
        let mut named = 0;
        for layer in definitions() {
            let kind = |name: &str| layer.field(name).map(|(_, field)| field.kind);
            if let Some(need) = layer.need {
                assert!(matches!(kind(need.column), Some(FieldKind::Integer | FieldKind::Number)), "{}", layer.id);
                named += 1;
            }
            let Some(clusters) = &layer.clusters else { continue };
            assert_eq!(layer.geometry, GeometryKind::Point);
            assert!((layer.minzoom..=layer.maxzoom).contains(&clusters.below));
            assert!(clusters.sums.iter().all(|(sum, _)| kind(sum) == Some(FieldKind::Integer)), "{}", layer.id);
            assert!(clusters.tallies.iter().all(|tally| kind(tally.of) == Some(FieldKind::Text)), "{}", layer.id);
            let names: BTreeSet<_> = layer.tile_fields().map(|field| field.name).collect();
            assert_eq!(names.len(), layer.tile_fields().count(), "{}", layer.id);
            named += 1;
        }
        assert!(named > 8, "{named}");
    }

    #[test]
    fn columns_keep_the_order_of_the_file() {
        let names: Vec<_> = definition("commune_labels").unwrap().fields.iter().map(|f| f.name).collect();
        assert_eq!(names, ["code", "name"]);
    }

    #[test]
    fn the_priority_list_has_every_column_of_villages_and_its_own() {
        let (villages, priority) = (definition("villages").unwrap(), definition("priority").unwrap());
        assert_eq!(priority.fields[..villages.fields.len()], villages.fields[..]);
        assert_eq!(priority.field("need").unwrap().1.kind, FieldKind::Text);
        assert!(villages.field("need").is_none());
    }

    #[test]
    fn no_layer_names_a_column_twice_and_zooms_are_in_order() {
        for layer in definitions() {
            let names: BTreeSet<_> = layer.fields.iter().map(|f| f.name).collect();
            assert_eq!(names.len(), layer.fields.len(), "{}", layer.id);
            assert!(layer.minzoom <= layer.maxzoom && layer.maxzoom <= crate::tiles::Address::MAX_ZOOM);
            assert!(!layer.vi.is_empty() && !layer.en.is_empty());
        }
    }

    #[test]
    fn a_layer_like_one_that_is_not_above_is_refused() {
        let source =
            r#"[{"id":"a","geometry":"point","minzoom":0,"maxzoom":1,"vi":"a","en":"a","like":"b","fields":{}}]"#;
        assert!(parse(source).unwrap_err().to_string().contains("no layer `b` above"));
    }
}
