//! What a client must know before it asks for a tile: TileJSON 3.0.0.
//!
//! Fields come from the definitions, in full, whether or not today's data use
//! them. Knows no host name: the caller says where tiles are.

use serde_json::{Map, Value, json};

use super::budget::{DROPPED, DROPPED_FIELDS};
use super::definition::LayerDefinition;
use crate::model::access::Sight;
use crate::model::language::Language;

/// `tiles_url` is the template with `{z}`, `{x}` and `{y}`; `bounds` is west,
/// south, east, north in degrees. A layer given twice is described once, with the columns that a reader sees.
#[must_use]
pub fn tilejson(
    (layers, sight): (&[&LayerDefinition], Sight),
    tiles_url: &str,
    bounds: [f64; 4],
    attribution: &str,
    language: Language,
) -> Value {
    let mut described: Vec<&LayerDefinition> = Vec::with_capacity(layers.len());
    for layer in layers {
        if !described.iter().any(|earlier| earlier.id == layer.id) {
            described.push(layer);
        }
    }
    let [west, south, east, north] = bounds;
    let mut vector_layers: Vec<Value> = described.iter().map(|layer| vector_layer(layer, sight, language)).collect();
    if described.iter().any(|layer| layer.need.is_some()) {
        vector_layers.push(dropped(language));
    }
    let minzoom = described.iter().map(|layer| layer.minzoom).min().unwrap_or(0);
    json!({
        "tilejson": "3.0.0",
        "name": "Phủ Sóng",
        "scheme": "xyz",
        "tiles": [tiles_url],
        "minzoom": minzoom,
        "maxzoom": described.iter().map(|layer| layer.maxzoom).max().unwrap_or(0),
        "bounds": [west, south, east, north],
        "center": [f64::midpoint(west, east), f64::midpoint(south, north), minzoom.max(9)],
        "attribution": attribution,
        "vector_layers": vector_layers,
    })
}

fn dropped(language: Language) -> Value {
    let fields: Map<String, Value> =
        DROPPED_FIELDS.iter().map(|field| (field.name.to_owned(), json!(field.description))).collect();
    let words = language.pick(
        "Những gì không vẽ vì ô bản đồ quá lớn; ít cần nhất bỏ trước",
        "What was left out of a tile that would be too large, least needed first",
    );
    json!({"id": DROPPED, "description": words, "fields": fields})
}

fn vector_layer(layer: &LayerDefinition, sight: Sight, language: Language) -> Value {
    let shown = layer.tile_fields().filter(|field| layer.shows_field(field.name, sight));
    let fields: Map<String, Value> = shown.map(|field| (field.name.to_owned(), json!(field.description))).collect();
    json!({
        "id": layer.id,
        "description": language.pick(layer.vi, layer.en),
        "minzoom": layer.minzoom,
        "maxzoom": layer.maxzoom,
        "fields": fields,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::definition;

    fn described(ids: &[&str], language: Language) -> Value {
        let layers: Vec<_> = ids.iter().map(|id| definition(id).unwrap()).collect();
        tilejson((&layers, Sight::Whole), "http://h/tiles/a/{z}/{x}/{y}", [105.0, 19.5, 106.5, 20.75], "©", language)
    }

    #[test]
    fn it_has_what_tilejson_3_requires() {
        let said = described(&["communes", "villages"], Language::Vi);
        assert_eq!(said["tilejson"], "3.0.0");
        assert_eq!(said["tiles"], json!(["http://h/tiles/a/{z}/{x}/{y}"]));
        assert_eq!((&said["minzoom"], &said["maxzoom"]), (&json!(4), &json!(16)));
        assert_eq!(said["center"], json!([105.75, 20.125, 9]));
        for layer in said["vector_layers"].as_array().unwrap() {
            assert!(layer["id"].is_string() && layer["fields"].is_object());
        }
    }

    #[test]
    fn a_layer_named_twice_is_described_once() {
        let said = described(&["signal", "signal"], Language::En);
        let ids: Vec<_> = said["vector_layers"].as_array().unwrap().iter().map(|layer| layer["id"].clone()).collect();
        assert_eq!(ids, ["signal", "dropped"]);
    }

    #[test]
    fn inherited_fields_are_described_and_titles_follow_the_language() {
        let said = described(&["priority"], Language::En);
        assert_eq!(said["vector_layers"][0]["description"], "Go here first");
        assert_eq!(said["vector_layers"][0]["fields"]["households"], "declared households");
        assert_eq!(described(&["priority"], Language::Vi)["vector_layers"][0]["description"], "Đi đâu trước");
    }
}
