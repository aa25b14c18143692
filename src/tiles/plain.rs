//! The style for readers of few expressions.
//!
//! QGIS 3.22, which Debian 12 has, takes a colour that is matched or stepped by a value for black or red, and half of a
//! filter by zoom. Here each such layer becomes one for each class, with plain values and filters of the older kind, which every
//! reader of styles knows. What cannot be said in this way (a share of two values, an image by its name) has a
//! substitute under `phusong:plain` in the layer's metadata.

use serde_json::{Map, Value, json};

/// Leaves no expression but text of a field and interpolation by zoom, and nothing hidden: QGIS shows it all the same.
/// What is hidden on the map at first shows here where a reader asks for its tiles, and goes where it would lie over others'.
pub(super) fn make_plain(style: &mut Value) {
    let Some(layers) = style["layers"].as_array_mut() else { return };
    let is_hidden = |layer: &Value| layer["layout"]["visibility"] == "none";
    let shown: Vec<Value> = layers.iter().filter(|l| !is_hidden(l)).map(|l| l["source-layer"].clone()).collect();
    layers.retain(|layer| !is_hidden(layer) || !shown.contains(&layer["source-layer"]));
    *layers = layers.drain(..).map(substituted).flat_map(divided).map(finished).collect();
}

/// With what stands for it under `phusong:plain`.
fn substituted(mut layer: Value) -> Value {
    let metadata = layer.get_mut("metadata").and_then(Value::as_object_mut);
    let Some(Value::Object(substitute)) = metadata.and_then(|metadata| metadata.remove("phusong:plain")) else {
        return layer;
    };
    for (member, value) in substitute {
        match (layer.get_mut(&member).and_then(Value::as_object_mut), value) {
            (Some(own), Value::Object(more)) if member == "paint" => own.extend(more),
            (_, value) => layer[&member] = value,
        }
    }
    layer
}

/// One layer for each class of the first expression that has classes, until there is none left.
fn divided(layer: Value) -> Vec<Value> {
    let of_filter = find(&layer["filter"], &classes_of_zoom).or_else(|| find(&layer["filter"], &classes_of_data));
    let classes = of_filter.or_else(|| {
        let members = ["paint", "layout"].iter().filter_map(|member| layer[*member].as_object());
        let sorted = |name: &str| name.ends_with("-sort-key");
        members.flatten().filter(|(name, _)| !sorted(name)).find_map(|(_, value)| find(value, &classes_of_data))
    });
    let Some(classes) = classes else { return vec![layer] };
    classes.into_iter().filter_map(|class| class.of(&layer)).flat_map(divided).collect()
}

/// Values of one field, or zooms, for which an expression has one value.
#[derive(Clone, Debug)]
struct Class {
    /// The expression that is divided, and its value here.
    expression: Value,
    value: Value,
    name: String,
    /// Filters of the older kind.
    filters: Vec<Value>,
    zooms: [Option<f64>; 2],
    /// The field that is matched, and what it says here; nothing for what is no other class.
    matched: Option<(Value, Option<Value>)>,
}

impl Class {
    /// The part of a layer that shows this class; nothing where the layer ends before it begins.
    fn of(self, layer: &Value) -> Option<Value> {
        let mut part = layer.clone();
        let zoom = |name: &str| layer[name].as_f64();
        let from = [zoom("minzoom"), self.zooms[0]].into_iter().flatten().reduce(f64::max);
        let to = [zoom("maxzoom"), self.zooms[1]].into_iter().flatten().reduce(f64::min);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return None;
        }
        for (name, zoom) in [("minzoom", from), ("maxzoom", to)] {
            if let Some(zoom) = zoom {
                part[name] = zoom.into();
            }
        }
        part["id"] = format!("{}--{}", layer["id"].as_str().unwrap_or_default(), self.name).into();
        for member in ["paint", "layout", "filter"] {
            if !part[member].is_null() {
                part[member] = self.resolved(&part[member]);
            }
        }
        let own = Some(&part["filter"]).filter(|filter| !filter.is_null()).cloned();
        let own = match own.as_ref().and_then(settled) {
            Some(false) => return None,
            Some(true) => None,
            None => own,
        };
        let all: Vec<Value> = own.into_iter().chain(self.filters).collect();
        match all.len() {
            0 => {
                part.as_object_mut().map(|part| part.remove("filter"));
            }
            1 => part["filter"] = all.into_iter().next().unwrap_or_default(),
            _ => part["filter"] = [json!("all")].into_iter().chain(all).collect(),
        }
        Some(part)
    }

    /// With this class's value in place of each expression that asks the same.
    fn resolved(&self, value: &Value) -> Value {
        if *value == self.expression {
            return self.value.clone();
        }
        if let (Some((field, label)), Some(parts)) = (&self.matched, matched(value))
            && parts.field == field
        {
            return self.resolved(parts.value(label.as_ref()));
        }
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolved(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, item)| (name.clone(), self.resolved(item))).collect::<Map<_, _>>().into()
            }
            plain => plain.clone(),
        }
    }
}

/// What a comparison of two numbers says.
fn settled(filter: &Value) -> Option<bool> {
    let [kind, one, other] = filter.as_array()?.as_slice() else { return None };
    let order = one.as_f64()?.partial_cmp(&other.as_f64()?)?;
    (kind == "<=").then_some(order.is_le())
}

/// The classes of an expression or of the first within it that has some.
fn find(value: &Value, classes: &dyn Fn(&Value) -> Option<Vec<Class>>) -> Option<Vec<Class>> {
    classes(value).or_else(|| value.as_array()?.iter().find_map(|item| find(item, classes)))
}

/// `["step", ["zoom"], first, 9, second, …]`.
fn classes_of_zoom(expression: &Value) -> Option<Vec<Class>> {
    let [kind, input, first, stops @ ..] = expression.as_array()?.as_slice() else { return None };
    if kind != "step" || *input != json!(["zoom"]) {
        return None;
    }
    let stops: Vec<(f64, &Value)> = pairs(stops).filter_map(|(at, value)| Some((at.as_f64()?, value))).collect();
    let starts = std::iter::once((None, first)).chain(stops.iter().map(|(at, value)| (Some(*at), *value)));
    let ends = stops.iter().map(|(at, _)| Some(*at)).chain([None]);
    let class = |((from, value), to): ((Option<f64>, &Value), Option<f64>)| Class {
        expression: expression.clone(),
        value: value.clone(),
        name: format!("z{}", from.unwrap_or(0.0)),
        filters: Vec::new(),
        zooms: [from, to],
        matched: None,
    };
    Some(starts.zip(ends).map(class).collect())
}

fn classes_of_data(expression: &Value) -> Option<Vec<Class>> {
    classes_of_match(expression).or_else(|| classes_of_range(expression))
}

fn classes_of_match(expression: &Value) -> Option<Vec<Class>> {
    let parts = matched(expression)?;
    let name = parts.field[1].as_str()?;
    let labels: Vec<Value> = parts
        .pairs
        .iter()
        .flat_map(|(labels, _)| labels.as_array().cloned().unwrap_or(vec![(*labels).clone()]))
        .collect();
    let class = |label: Option<&Value>, filter: Value| Class {
        expression: expression.clone(),
        value: parts.value(label).clone(),
        name: label.and_then(Value::as_str).unwrap_or("other").to_owned(),
        filters: vec![filter],
        zooms: [None, None],
        matched: Some((parts.field.clone(), label.cloned())),
    };
    let mut classes: Vec<Class> = labels.iter().map(|label| class(Some(label), json!(["==", name, label]))).collect();
    let others = [json!("!in"), json!(name)].into_iter().chain(labels.iter().cloned()).collect();
    classes.push(class(None, others));
    Some(classes)
}

/// `["step", ["get", field], …]` and `["interpolate", ["linear"], ["get", field], …]`, whose stops become steps.
fn classes_of_range(expression: &Value) -> Option<Vec<Class>> {
    let (input, first, stops) = match expression.as_array()?.as_slice() {
        [kind, input, first, stops @ ..] if kind == "step" => (input, Some(first), stops),
        [kind, _, input, stops @ ..] if kind == "interpolate" => (input, None, stops),
        _ => return None,
    };
    let name = field(input)?;
    let stops: Vec<(&Value, &Value)> = pairs(stops).collect();
    // Below the first stop an interpolation has its value.
    let below = first.or(stops.first().map(|(_, value)| *value))?;
    let starts = if first.is_some() { &stops[..] } else { stops.get(1..).unwrap_or_default() };
    let values = std::iter::once((None, below)).chain(starts.iter().map(|(at, value)| (Some(*at), *value)));
    let ends = starts.iter().map(|(at, _)| Some(*at)).chain([None]);
    // What has no value counts as the least where the expression says so.
    let least = |to: &Value| match input[0] == "coalesce" {
        true => json!(["any", ["!has", name], ["<", name, to]]),
        false => json!(["<", name, to]),
    };
    let class = |((from, value), to): ((Option<&Value>, &Value), Option<&Value>)| {
        let above = from.map(|from| json!([">=", name, from]));
        let below = to.map(|to| if from.is_some() { json!(["<", name, to]) } else { least(to) });
        Class {
            expression: expression.clone(),
            value: value.clone(),
            name: from.map_or_else(|| "least".to_owned(), |from| format!("from-{from}")),
            filters: above.into_iter().chain(below).collect(),
            zooms: [None, None],
            matched: None,
        }
    };
    Some(values.zip(ends).map(class).collect())
}

/// `["match", ["get", field], labels, output, …, otherwise]`.
struct Match<'a> {
    field: &'a Value,
    pairs: Vec<(&'a Value, &'a Value)>,
    otherwise: &'a Value,
}

impl Match<'_> {
    fn value(&self, label: Option<&Value>) -> &Value {
        let is_here = |labels: &Value| label.is_some_and(|label| holds(labels, label));
        self.pairs.iter().find(|(labels, _)| is_here(labels)).map_or(self.otherwise, |(_, output)| output)
    }
}

fn matched(expression: &Value) -> Option<Match<'_>> {
    let [kind, input, rest @ .., otherwise] = expression.as_array()?.as_slice() else { return None };
    (kind == "match" && field(input).is_some()).then(|| Match { field: input, pairs: pairs(rest).collect(), otherwise })
}

fn holds(labels: &Value, label: &Value) -> bool {
    labels == label || labels.as_array().is_some_and(|labels| labels.contains(label))
}

/// The field of `["get", field]`, and of `["coalesce", ["get", field], …]`.
fn field(input: &Value) -> Option<&str> {
    match input.as_array()?.as_slice() {
        [kind, name] if kind == "get" => name.as_str(),
        [kind, first, ..] if kind == "coalesce" => field(first),
        _ => None,
    }
}

fn pairs(list: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    list.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
}

/// Without an order among features, which such readers do not know, and with texts and filters of the older kind.
fn finished(mut layer: Value) -> Value {
    if let Some(layout) = layer.get_mut("layout").and_then(Value::as_object_mut) {
        layout.retain(|name, _| !name.ends_with("-sort-key") && name != "visibility");
        let text = layout.get("text-field");
        let shown = text.and_then(|text| if text[0] == "to-string" { text.get(1) } else { Some(text) });
        if let Some(text) = shown.and_then(field).map(|name| format!("{{{name}}}")) {
            layout.insert("text-field".to_owned(), text.into());
        }
    }
    if !layer["filter"].is_null() {
        layer["filter"] = older(&layer["filter"]);
    }
    layer
}

/// `["has", field]`, `["<=", ["get", field], 3]` and what they are joined by.
fn older(filter: &Value) -> Value {
    let Some(parts) = filter.as_array() else { return filter.clone() };
    match parts.as_slice() {
        [kind, rest @ ..] if kind == "all" || kind == "any" => {
            [kind.clone()].into_iter().chain(rest.iter().map(older)).collect()
        }
        [not, has] if not == "!" && has[0] == "has" => json!(["!has", has[1]]),
        [kind, input, value] => field(input).map_or_else(|| filter.clone(), |name| json!([kind, name, value])),
        _ => filter.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::access::Sight;
    use crate::model::language::Language;
    use crate::tiles::style::{plain_style, style};

    fn plain() -> Value {
        plain_style("http://127.0.0.1:8080", "", (Language::Vi, Sight::Whole))
    }

    fn layers(of: &Value) -> &Vec<Value> {
        of["layers"].as_array().unwrap()
    }

    /// A plain value, or an interpolation of plain values by zoom.
    fn is_plain(value: &Value) -> bool {
        match value.as_array().map(Vec::as_slice) {
            None => !value.is_object(),
            Some([kind, ..]) if kind == "interpolate" => {
                value[2] == json!(["zoom"]) && value.as_array().unwrap()[3..].iter().all(|stop| !stop.is_array())
            }
            Some(items) => {
                items.iter().all(|item| item.is_number()) || items.iter().all(Value::is_string) && !is_call(items)
            }
        }
    }

    fn is_call(items: &[Value]) -> bool {
        ["get", "match", "step", "case", "concat", "to-string"].iter().any(|name| items[0] == *name)
    }

    fn is_older(filter: &Value) -> bool {
        let parts = filter.as_array().unwrap();
        match parts[0].as_str().unwrap() {
            "all" | "any" => parts[1..].iter().all(is_older),
            "has" | "!has" | "==" | "!in" | "<" | "<=" | ">=" => parts[1..].iter().all(|part| !part.is_array()),
            _ => false,
        }
    }

    #[test]
    fn nothing_is_left_that_simple_readers_do_not_know() {
        let style = plain();
        let mut ids: Vec<&str> = Vec::new();
        for layer in layers(&style) {
            ids.push(layer["id"].as_str().unwrap());
            let members = ["paint", "layout"].into_iter().filter_map(|member| layer[member].as_object());
            for (name, value) in members.flatten() {
                assert!(is_plain(value), "{}: {name}: {value}", layer["id"]);
            }
            assert!(layer["filter"].is_null() || is_older(&layer["filter"]), "{}: {}", layer["id"], layer["filter"]);
            assert!(layer["metadata"]["phusong:plain"].is_null());
        }
        assert!(!ids.contains(&"surface-unknown"), "it would lie over the cells of signal");
        assert!(ids.contains(&"surface-cells--least"));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id names one layer");
    }

    #[test]
    fn each_class_has_the_colour_that_the_map_gives_it() {
        let (rich, plain) = (style("", "", (Language::Vi, Sight::Whole)), plain());
        for (id, property, name, kind) in [
            ("signal-cells", "fill-color", "verdict", "verdict"),
            ("villages", "circle-color", "status", "status"),
            ("priority", "circle-color", "need", "need"),
            ("places", "circle-color", "verdict", "place"),
            ("speeds-tiles", "fill-color", "class", "speed"),
        ] {
            let legend = rich["metadata"]["phusong:legend"][kind].as_object().unwrap();
            for (code, entry) in legend.iter().filter(|(_, entry)| entry.get("color").is_some()) {
                let says = |filter: &Value| *filter == json!(["==", name, code]);
                let shows = |layer: &&Value| {
                    let filter = &layer["filter"];
                    let own = layer["id"].as_str().unwrap().split("--").next() == Some(id);
                    own && (says(filter) || filter.as_array().unwrap().iter().any(says))
                };
                let mut shown = layers(&plain).iter().filter(shows).peekable();
                assert!(shown.peek().is_some(), "{id}: {code}");
                assert!(shown.all(|layer| layer["paint"][property] == entry["color"]), "{id}: {code}");
            }
        }
    }

    #[test]
    fn ranges_and_zooms_meet_and_do_not_overlap() {
        let style = plain();
        let of = |id: &str| -> Vec<Value> {
            let own = |layer: &&Value| layer["id"].as_str().unwrap().split("--").next() == Some(id);
            layers(&style).iter().filter(own).cloned().collect()
        };
        let surface: Vec<Value> = of("surface-cells").into_iter().map(|layer| layer["filter"].clone()).collect();
        assert_eq!(surface[0], json!(["<", "weak_chance", 0.1]));
        assert_eq!(surface[1], json!(["all", [">=", "weak_chance", 0.1], ["<", "weak_chance", 0.3]]));
        assert_eq!(surface[4], json!([">=", "weak_chance", 0.8]));
        let zooms = |layer: &Value| (layer["minzoom"].as_f64(), layer["maxzoom"].as_f64());
        let mut ranks: Vec<_> = of("priority-rank").iter().map(zooms).collect();
        ranks.dedup();
        assert_eq!(ranks, [(None, Some(9.0)), (Some(9.0), Some(10.0)), (Some(10.0), Some(12.0)), (Some(12.0), None)]);
    }
}
