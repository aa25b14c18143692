//! The map style, ready for MapLibre GL JS 6.
//!
//! `tiles/style.json` is the style with two blanks: `{base}` for the address
//! of the service and `{?query}` for the filter of the reader. Fonts are font
//! files named by `font-faces`, and the same as ranges of `glyphs` for clients that know no others (`{fontstack}` and
//! `{range}` are blanks of theirs). Images are those of `sprite`.
//! Colours and words of the legend stand in `metadata`, both languages, and a
//! test keeps them equal to what the layers draw. A JSON object has no order of
//! its own, so each entry carries its place, worst first.

use std::sync::LazyLock;

use serde_json::Value;

use super::definition::definition;
use super::plain::make_plain;
use crate::model::access::Sight;
use crate::model::language::Language;

const SOURCE: &str = include_str!("../../tiles/style.json");

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(SOURCE).unwrap_or_default());

/// `base_url` is absolute, with or without a slash at the end; `query` is the
/// part after `?`, already encoded, or empty. A layer that the reader does not
/// see is neither asked for nor drawn.
#[must_use]
pub fn style(base_url: &str, query: &str, reader: (Language, Sight)) -> Value {
    let mut style = built(base_url, query, reader);
    for layer in style["layers"].as_array_mut().into_iter().flatten() {
        if let Some(metadata) = layer.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("phusong:plain");
        }
    }
    style
}

/// The same for readers of few expressions, QGIS before all.
#[must_use]
pub fn plain_style(base_url: &str, query: &str, reader: (Language, Sight)) -> Value {
    let mut style = built(base_url, query, reader);
    make_plain(&mut style);
    style
}

fn built(base_url: &str, query: &str, (language, sight): (Language, Sight)) -> Value {
    let query = query.trim_start_matches('?');
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    let mut template = TEMPLATE.clone();
    leave_out(&mut template, sight);
    let mut style = filled(&template, base_url.trim_end_matches('/'), &query);
    style["name"] = style["metadata"]["phusong:name"][language.pick("vi", "en")].clone();
    style["metadata"]["phusong:language"] = language.pick("vi", "en").into();
    style
}

/// The colours of public places by the code of their verdict, in the order of the legend.
pub(super) fn place_colours() -> Vec<(String, [f32; 4])> {
    let legend = &TEMPLATE["metadata"]["phusong:legend"]["place"];
    let mut colours: Vec<_> = legend.as_object().into_iter().flatten().collect();
    colours.sort_by_key(|(_, entry)| entry["order"].as_u64());
    let part =
        |hex: &str, at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok().map(|part| f32::from(part) / 255.0);
    let colour = |(verdict, entry): (&String, &Value)| {
        let hex = entry["color"].as_str()?;
        Some((verdict.clone(), [part(hex, 1)?, part(hex, 3)?, part(hex, 5)?, 1.0]))
    };
    colours.into_iter().filter_map(colour).collect()
}

/// Every font with its files, by their paths under the base of the style.
pub(super) fn font_files() -> Vec<(&'static str, Vec<&'static str>)> {
    let path = |file: &'static Value| file["url"].as_str()?.strip_prefix("{base}/");
    let paths = |files: &'static Value| files.as_array().into_iter().flatten().filter_map(path).collect();
    let fonts = TEMPLATE["font-faces"].as_object();
    fonts.into_iter().flatten().map(|(name, files)| (name.as_str(), paths(files))).collect()
}

fn leave_out(style: &mut Value, sight: Sight) {
    let hidden = |layer: &str| definition(layer).is_some_and(|layer| !sight.shows(layer.matter));
    if let Some(sources) = style["sources"].as_object_mut() {
        // Layers that share a source stand between `/tiles/` and `.json`, with a comma between two.
        sources.retain(|_, source| {
            let Some(url) = source["url"].as_str() else { return true };
            let Some((head, rest)) = url.split_once("/tiles/") else { return true };
            let Some((names, tail)) = rest.split_once(".json") else { return true };
            let shown: Vec<&str> = names.split(',').filter(|name| !hidden(name)).collect();
            let some = !shown.is_empty();
            source["url"] = format!("{head}/tiles/{}.json{tail}", shown.join(",")).into();
            some
        });
    }
    if let Some(layers) = style["layers"].as_array_mut() {
        layers.retain(|layer| !layer["source-layer"].as_str().is_some_and(hidden));
    }
}

/// The codes of one kind of legend with their colours and words, in their order.
pub(super) fn legend(kind: &str) -> Vec<(String, Value)> {
    let entries = TEMPLATE["metadata"]["phusong:legend"][kind].as_object();
    let mut entries: Vec<(String, Value)> =
        entries.into_iter().flatten().map(|(code, entry)| (code.clone(), entry.clone())).collect();
    entries.sort_by_key(|(_, entry)| entry["order"].as_u64());
    entries
}

/// Strings are filled after parsing, so nothing in an address can change the style's structure.
fn filled(value: &Value, base: &str, query: &str) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("{base}", base).replace("{?query}", query)),
        Value::Array(items) => items.iter().map(|item| filled(item, base, query)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), filled(value, base, query))).collect()
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::model::claim::ClaimStatus;
    use crate::model::hint::CandidateKind;
    use crate::model::reach::{Need, ReachStatus};
    use crate::model::speed::SpeedClass;
    use crate::model::verdict::Verdict;
    use crate::tiles::{definition, definitions};

    fn plain() -> Value {
        style("http://127.0.0.1:8080/", "", (Language::Vi, Sight::Whole))
    }

    fn layer(id: &str) -> Value {
        let style = plain();
        let found = style["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == id);
        found.unwrap_or_else(|| panic!("no style layer {id}")).clone()
    }

    /// `["match", ["get", field], label, output, …, otherwise]` as a map of label to output.
    fn matched(expression: &Value, field: &str) -> BTreeMap<String, Value> {
        let parts = expression.as_array().unwrap();
        assert_eq!((&parts[0], &parts[1]), (&json!("match"), &json!(["get", field])));
        let pairs = parts[2..parts.len() - 1].chunks_exact(2);
        pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect()
    }

    /// The legend's colours of one kind, for the codes that name one.
    fn legend(kind: &str, member: &str) -> BTreeMap<String, Value> {
        let style = plain();
        let entries = style["metadata"]["phusong:legend"][kind].as_object().unwrap();
        let named = entries.iter().filter(|(_, entry)| entry.get(member).is_some());
        named.map(|(code, entry)| (code.clone(), entry[member].clone())).collect()
    }

    fn check_colours(layer_id: &str, property: &str, field: &str, kind: &str, member: &str) {
        let drawn = matched(&layer(layer_id)["paint"][property], field);
        assert_eq!(drawn, legend(kind, member), "{layer_id} {property}");
    }

    #[test]
    fn the_legend_has_the_colours_of_the_map() {
        check_colours("signal-cells", "fill-color", "verdict", "verdict", "color");
        check_colours("villages", "circle-color", "status", "status", "color");
        check_colours("villages", "circle-stroke-color", "status", "status", "ring");
        check_colours("village-extents", "fill-color", "status", "status", "color");
        check_colours("speeds-tiles", "fill-color", "class", "speed", "color");
        check_colours("priority", "circle-color", "need", "need", "color");
        check_colours("hints", "circle-color", "kind", "hint", "color");
        check_colours("claims-cells", "fill-color", "status", "claim", "color");
        // ["step", share, first colour, bound, colour, …]
        let steps = layer("village-clusters")["paint"]["circle-color"].as_array().unwrap()[2..].to_vec();
        let (mut drawn, mut bound) = (BTreeMap::new(), json!(0));
        for (at, step) in steps.into_iter().enumerate() {
            if at.is_multiple_of(2) {
                drawn.insert(bound.to_string(), step);
            } else {
                bound = step;
            }
        }
        assert_eq!(drawn, legend("cluster", "color"));
        for (layer_id, property, entry) in [
            ("dead-areas-outline", "line-color", "dead_area"),
            ("unreached", "circle-stroke-color", "unreached"),
            ("measure-next", "circle-stroke-color", "measure_next"),
            ("double-exclusion", "circle-stroke-color", "double_exclusion"),
            ("guidance-lost", "circle-stroke-color", "guidance_lost"),
            ("communes-outline", "line-color", "commune"),
        ] {
            assert_eq!(
                layer(layer_id)["paint"][property],
                plain()["metadata"]["phusong:legend"]["shape"][entry]["color"],
                "{layer_id}"
            );
        }
    }

    #[test]
    fn every_verdict_status_and_need_has_a_colour_and_words() {
        let mut verdicts: Vec<_> = Verdict::ALL.iter().map(|v| v.code()).collect();
        let statuses: Vec<_> =
            ReachStatus::ALL.iter().filter(|s| **s != ReachStatus::NoRegister).map(|s| s.code()).collect();
        let needs = [Need::Both, Need::UnreachedUnmeasured, Need::Unreached, Need::NoSignal].map(Need::code);
        verdicts.push("unmeasured");
        let places = ["no_signal", "hole", "poor", "covered", "not_enough", "unmeasured"].to_vec();
        let hints = CandidateKind::ALL.map(CandidateKind::code).to_vec();
        let speeds = SpeedClass::ALL.map(SpeedClass::code).to_vec();
        let claims = ClaimStatus::ALL.iter().map(|status| status.code()).collect();
        for (kind, codes) in [
            ("verdict", verdicts),
            ("status", statuses),
            ("need", needs.to_vec()),
            ("place", places),
            ("hint", hints),
            ("speed", speeds),
            ("claim", claims),
        ] {
            let mut entries: Vec<_> = legend(kind, "order").into_iter().collect();
            entries.sort_by_key(|(_, order)| order.as_u64());
            assert_eq!(entries.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), codes, "{kind}");
        }
        for kind in plain()["metadata"]["phusong:legend"].as_object().unwrap().values() {
            for entry in kind.as_object().unwrap().values() {
                assert!(entry["vi"].is_string() && entry["en"].is_string(), "{entry}");
                assert!(entry.get("color").is_some() || entry.get("pattern").is_some(), "{entry}");
            }
        }
    }

    fn sorted<'a>(codes: &[&'a str]) -> Vec<&'a str> {
        let mut codes = codes.to_vec();
        codes.sort_unstable();
        codes
    }

    /// A luminance and hue check: among kinds of "not reached", none looks like success.
    #[test]
    fn untouched_is_grey_or_white_and_never_green() {
        let colours = legend("status", "color");
        for code in ["no_denominator", "no_report", "not_reached"] {
            let hex = colours[code].as_str().unwrap();
            let [red, green, blue] = [1, 3, 5].map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
            assert!(red == green && green == blue, "{code} is {hex}");
        }
    }

    #[test]
    fn layers_name_only_sources_layers_and_fields_that_exist() {
        let style = plain();
        let mut named = 0;
        for layer in style["layers"].as_array().unwrap() {
            let Some(source) = layer.get("source") else { continue };
            assert!(style["sources"].get(source.as_str().unwrap()).is_some());
            let tiles = definition(layer["source-layer"].as_str().unwrap());
            let tiles = tiles.unwrap_or_else(|| panic!("{} draws an unknown layer", layer["id"]));
            let mut fields = Vec::new();
            gather_fields(layer, &mut fields);
            for field in fields {
                let known = tiles.tile_fields().any(|known| known.name == field);
                assert!(known, "{}: {} has no {field}", layer["id"], tiles.id);
                named += 1;
            }
        }
        assert!(named >= 7, "{named}");
    }

    fn gather_fields(value: &Value, fields: &mut Vec<String>) {
        if let Value::Array(items) = value {
            if let [Value::String(operator), Value::String(field)] = items.as_slice()
                && (operator == "get" || operator == "has")
            {
                fields.push(field.clone());
            }
            items.iter().for_each(|item| gather_fields(item, fields));
        } else if let Value::Object(members) = value {
            members.values().for_each(|member| gather_fields(member, fields));
        }
    }

    #[test]
    fn the_sources_ask_for_every_layer_and_every_layer_is_drawn() {
        let style = plain();
        let sources = style["sources"].as_object().unwrap().values();
        let urls: Vec<&str> = sources.map(|source| source["url"].as_str().unwrap()).collect();
        let mut asked: Vec<&str> = Vec::new();
        for url in &urls {
            let layers = url.strip_prefix("http://127.0.0.1:8080/tiles/").unwrap().strip_suffix(".json").unwrap();
            asked.extend(layers.split(','));
        }
        asked.sort_unstable();
        // The work list is a list: its areas are drawn as dead areas. A point beside a house would be taken for it.
        let listed = ["work", "visits_masked"];
        let all: Vec<_> = definitions().iter().map(|layer| layer.id).filter(|id| !listed.contains(id)).collect();
        assert_eq!(asked, sorted(&all));
        let drawn: Vec<_> = style["layers"].as_array().unwrap().iter().map(|l| &l["source-layer"]).collect();
        assert!(all.iter().all(|id| drawn.iter().any(|d| *d == id)));
    }

    #[test]
    fn every_drawn_layer_belongs_to_a_group_that_the_page_can_switch() {
        let groups = [
            "communes",
            "signal",
            "surface",
            "changes",
            "claims",
            "dead_areas",
            "villages",
            "unreached",
            "priority",
            "double_exclusion",
            "guidance_lost",
            "measure_next",
            "places",
            "hints",
            "speeds",
        ];
        for layer in plain()["layers"].as_array().unwrap().iter().filter(|layer| layer["type"] != "background") {
            let group = layer["metadata"]["phusong:group"].as_str().unwrap_or_default();
            assert!(groups.contains(&group), "{} is in `{group}`", layer["id"]);
        }
    }

    #[test]
    fn it_needs_no_other_host_and_its_letters_come_as_files_and_as_ranges() {
        let style = plain();
        assert_eq!(style["glyphs"], "http://127.0.0.1:8080/fonts/{fontstack}/{range}.pbf");
        assert_eq!(style["sprite"], "http://127.0.0.1:8080/sprite");
        let text = style.to_string();
        let hosts = text.matches("http").count();
        assert_eq!(hosts, text.matches("http://127.0.0.1:8080/").count());
        assert!(!text.contains("{base}") && !text.contains("{?query}"));
        let faces = style["font-faces"].as_object().unwrap();
        let texts = |layer: &&Value| layer["layout"].get("text-field").is_some();
        for layer in style["layers"].as_array().unwrap().iter().filter(texts) {
            let font = layer["layout"]["text-font"][0].as_str().unwrap();
            assert!(faces.contains_key(font), "{font}");
        }
    }

    /// The page draws a square of the legend's colour for each code that a tile may hold.
    #[test]
    fn a_place_is_drawn_by_its_verdict_and_each_verdict_has_a_colour() {
        assert_eq!(layer("places")["layout"]["icon-image"], json!(["concat", "place-", ["get", "verdict"]]));
        assert_eq!(legend("place", "color").len(), legend("place", "order").len());
    }

    #[test]
    fn the_readers_filter_travels_in_the_source() {
        let style = style("http://h", "?operator=viettel&from=2026-01-01", (Language::En, Sight::Whole));
        let url = style["sources"]["phusong"]["url"].as_str().unwrap();
        assert!(url.ends_with(".json?operator=viettel&from=2026-01-01"), "{url}");
        assert_eq!(style["metadata"]["phusong:language"], "en");
        assert_eq!(style["version"], 8);
    }
}
