//! The legend of the map as a style of QGIS, so that a file looks there as it does here.
//!
//! QGIS applies `NAME.qml` to `NAME.geojson`, `.shp`, `.tab` … by itself. Colours and
//! words are those of the map's legend, in its order; what the map draws by a chance
//! is drawn by the same classes of it.

use serde_json::Value;

use super::style::legend;
use super::{GeometryKind, definition};
use crate::model::language::Language;

/// A layer, the column that its colours follow, and the kind of legend.
const COLOURED: [(&str, &str, &str); 13] = [
    ("signal", "verdict", "verdict"),
    ("dead_areas", "verdict", "verdict"),
    ("work", "state", "work"),
    ("changes", "change", "change"),
    ("claims", "status", "claim"),
    ("villages", "status", "status"),
    ("village_extents", "status", "status"),
    ("unreached", "status", "status"),
    ("places", "verdict", "place"),
    ("hints", "kind", "hint"),
    ("priority", "need", "need"),
    ("speeds", "class", "speed"),
    ("surface", "weak_chance", "chance"),
];

/// One class of a legend.
struct Class {
    code: String,
    label: String,
    fill: String,
    ring: String,
}

/// The style of a layer; `None` for one that the map draws in one colour.
#[must_use]
pub fn qml(layer: &str, language: Language) -> Option<String> {
    let (_, column, kind) = COLOURED.into_iter().find(|(name, ..)| *name == layer)?;
    let geometry = definition(layer)?.geometry;
    let classes = classes(kind, language);
    let symbols: String = classes.iter().enumerate().map(|(place, class)| symbol(place, class, geometry)).collect();
    let (renderer, entries) = if kind == "chance" {
        (format!("type=\"graduatedSymbol\" attr=\"{column}\" graduatedMethod=\"GraduatedColor\""), ranges(&classes))
    } else {
        (format!("type=\"categorizedSymbol\" attr=\"{column}\""), categories(&classes))
    };
    Some(format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22\" styleCategories=\"Symbology\">\n\
         <renderer-v2 {renderer} forceraster=\"0\" enableorderby=\"0\">\n\
         {entries}<symbols>\n{symbols}</symbols>\n</renderer-v2>\n</qgis>\n"
    ))
}

fn classes(kind: &str, language: Language) -> Vec<Class> {
    let text = |entry: &Value, member: &str| entry[member].as_str().map(str::to_owned);
    let class = |(code, entry): (String, Value)| {
        let fill = text(&entry, "color")?;
        Some(Class {
            code,
            label: text(&entry, language.pick("vi", "en"))?,
            ring: text(&entry, "ring").unwrap_or_else(|| fill.clone()),
            fill,
        })
    };
    legend(kind).into_iter().filter_map(class).collect()
}

fn categories(classes: &[Class]) -> String {
    let line = |(place, class): (usize, &Class)| {
        let (code, label) = (escaped(&class.code), escaped(&class.label));
        format!("<category symbol=\"{place}\" value=\"{code}\" label=\"{label}\" render=\"true\"/>\n")
    };
    format!("<categories>\n{}</categories>\n", classes.iter().enumerate().map(line).collect::<String>())
}

/// From the bound of a class to that of the next; a chance ends at 1.
fn ranges(classes: &[Class]) -> String {
    let uppers = classes.iter().skip(1).map(|class| class.code.as_str()).chain(["1"]);
    let line = |((place, class), upper): ((usize, &Class), &str)| {
        let (lower, label) = (&class.code, escaped(&class.label));
        format!("<range symbol=\"{place}\" lower=\"{lower}\" upper=\"{upper}\" label=\"{label}\" render=\"true\"/>\n")
    };
    format!("<ranges>\n{}</ranges>\n", classes.iter().enumerate().zip(uppers).map(line).collect::<String>())
}

fn symbol(place: usize, class: &Class, geometry: GeometryKind) -> String {
    let (kind, layer, alpha) = match geometry {
        GeometryKind::Area => ("fill", "SimpleFill", "0.75"),
        GeometryKind::Point => ("marker", "SimpleMarker", "1"),
    };
    let (fill, ring) = (rgba(&class.fill), rgba(&class.ring));
    let properties = [("color", fill.as_str()), ("outline_color", &ring), ("outline_width", "0.2"), ("size", "2.4")];
    let properties: String =
        properties.iter().map(|(key, value)| format!("<prop k=\"{key}\" v=\"{value}\"/>")).collect();
    format!(
        "<symbol type=\"{kind}\" name=\"{place}\" alpha=\"{alpha}\"><layer class=\"{layer}\" enabled=\"1\" locked=\"0\" pass=\"0\">{properties}</layer></symbol>\n"
    )
}

/// `#a50026` → `165,0,38,255`.
fn rgba(hex: &str) -> String {
    let part = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or(0);
    format!("{},{},{},255", part(1), part(3), part(5))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn every_coloured_column_exists_and_has_classes() {
        for (layer, column, kind) in COLOURED {
            assert!(definition(layer).unwrap().field(column).is_some(), "{layer}.{column}");
            assert!(classes(kind, Language::Vi).len() >= 4, "{kind}");
        }
    }

    #[test]
    fn dead_areas_have_the_colours_and_words_of_the_map() {
        let style = qml("dead_areas", Language::Vi).unwrap();
        let weak = format!("value=\"{}\" label=\"Sóng kém\"", Verdict::Weak.code());
        assert!(style.contains(&weak), "{style}");
        assert!(style.contains("v=\"244,109,67,255\""), "{style}");
        assert!(qml("dead_areas", Language::En).unwrap().contains("label=\"Poor\""));
        assert!(qml("communes", Language::Vi).is_none());
    }

    #[test]
    fn every_line_of_the_work_list_is_drawn_by_its_state() {
        let style = qml("work", Language::Vi).unwrap();
        assert!(style.contains("attr=\"state\""), "{style}");
        for state in crate::model::work::WorkState::ALL {
            assert!(style.contains(&format!("value=\"{}\"", state.code())), "{}", state.code());
        }
    }

    #[test]
    fn chances_follow_one_another_without_a_gap() {
        let style = qml("surface", Language::En).unwrap();
        for bounds in ["lower=\"0\" upper=\"0.1\"", "lower=\"0.5\" upper=\"0.8\"", "lower=\"0.8\" upper=\"1\""] {
            assert!(style.contains(bounds), "{bounds} in {style}");
        }
    }
}
