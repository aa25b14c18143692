//! CQL2 JSON: the same conditions as `{"op": …, "args": […]}`.

use serde_json::Value as Json;

use super::{Comparison, Ground, MOST_DEPTH, MOST_PARTS, NotAFilter, SHAPES, Scalar, Test};

pub(super) fn parse(text: &str) -> Result<Test, NotAFilter> {
    // `serde_json` itself stops at 128 deep.
    let json: Json = serde_json::from_str(text)
        .map_err(|error| NotAFilter::Json { found: error.to_string(), expected: "an object with `op` and `args`" })?;
    Reader { parts: 0 }.test(&json, 0)
}

struct Reader {
    parts: usize,
}

fn unexpected(found: &Json, expected: &'static str) -> NotAFilter {
    let text: String = found.to_string().chars().take(40).collect();
    NotAFilter::Json { found: format!("`{text}`"), expected }
}

impl Reader {
    fn count(&mut self, depth: usize) -> Result<(), NotAFilter> {
        self.parts += 1;
        if depth > MOST_DEPTH || self.parts > MOST_PARTS { Err(NotAFilter::TooDeep) } else { Ok(()) }
    }

    fn test(&mut self, json: &Json, depth: usize) -> Result<Test, NotAFilter> {
        self.count(depth)?;
        if json.is_boolean() || json.get("property").is_some() {
            return Ok(Test::Holds(self.scalar(json, depth + 1)?));
        }
        let (Some(op), Some(args)) = (json["op"].as_str(), json["args"].as_array()) else {
            return Err(unexpected(json, "an object with `op` and `args`"));
        };
        let exactly = |count: usize| {
            if args.len() == count { Ok(()) } else { Err(unexpected(&json["args"], "another number of arguments")) }
        };
        let comparison = match op {
            "=" => Some(Comparison::Equal),
            "<>" => Some(Comparison::Unequal),
            "<" => Some(Comparison::Less),
            "<=" => Some(Comparison::AtMost),
            ">" => Some(Comparison::More),
            ">=" => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(how) = comparison {
            exactly(2)?;
            return Ok(Test::Compare(self.scalar(&args[0], depth + 1)?, how, self.scalar(&args[1], depth + 1)?));
        }
        match op {
            "and" | "or" => {
                if args.is_empty() {
                    return Err(unexpected(&json["args"], "at least one condition"));
                }
                let tests = args.iter().map(|arg| self.test(arg, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                Ok(if op == "and" { Test::All(tests) } else { Test::Any(tests) })
            }
            "not" => {
                exactly(1)?;
                Ok(Test::Not(Box::new(self.test(&args[0], depth + 1)?)))
            }
            "like" => {
                exactly(2)?;
                Ok(Test::Like(self.scalar(&args[0], depth + 1)?, self.scalar(&args[1], depth + 1)?))
            }
            "between" => {
                exactly(3)?;
                let [value, low, high] = [0, 1, 2].map(|at| self.scalar(&args[at], depth + 1));
                Ok(Test::Between(value?, low?, high?))
            }
            "in" => {
                exactly(2)?;
                let list = args[1].as_array().ok_or_else(|| unexpected(&args[1], "a list"))?;
                let items = list.iter().map(|item| self.scalar(item, depth + 1)).collect::<Result<_, _>>()?;
                Ok(Test::In(self.scalar(&args[0], depth + 1)?, items))
            }
            "isNull" => {
                exactly(1)?;
                let name = args[0]["property"].as_str().ok_or_else(|| unexpected(&args[0], "a column"))?;
                Ok(Test::IsNull(name.to_owned()))
            }
            "s_intersects" => {
                exactly(2)?;
                let is_shape = |arg: &Json| arg["property"].as_str().is_some_and(|name| SHAPES.contains(&name));
                match (is_shape(&args[0]), is_shape(&args[1])) {
                    (true, false) => Ok(Test::Meets(ground(&args[1])?)),
                    (false, true) => Ok(Test::Meets(ground(&args[0])?)),
                    _ => Err(unexpected(&json["args"], r#"{"property": "geometry"} and a shape"#)),
                }
            }
            _ => Err(unexpected(
                &json["op"],
                "one of and, or, not, =, <>, <, <=, >, >=, like, between, in, isNull, s_intersects",
            )),
        }
    }

    fn scalar(&mut self, json: &Json, depth: usize) -> Result<Scalar, NotAFilter> {
        self.count(depth)?;
        const WANTED: &str = "a text, a number, true, false or {\"property\": …}";
        match json {
            Json::String(text) => Ok(Scalar::Text(text.clone())),
            Json::Bool(flag) => Ok(Scalar::Flag(*flag)),
            Json::Number(number) => number.as_f64().map(Scalar::Number).ok_or_else(|| unexpected(json, WANTED)),
            Json::Object(members) => {
                if let Some(name) = members.get("property").and_then(Json::as_str) {
                    return Ok(Scalar::Column(name.to_owned()));
                }
                if let Some(day) = members.get("date") {
                    let read = day.as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok());
                    let day = read.ok_or_else(|| unexpected(day, "a day, such as 2025-09-01"))?;
                    return Ok(Scalar::Text(day.to_string()));
                }
                let args = members.get("args").and_then(Json::as_array).filter(|args| args.len() == 1);
                match (members.get("op").and_then(Json::as_str), args) {
                    (Some("casei"), Some(args)) => Ok(Scalar::Casei(Box::new(self.scalar(&args[0], depth + 1)?))),
                    (Some("accenti"), Some(args)) => Ok(Scalar::Accenti(Box::new(self.scalar(&args[0], depth + 1)?))),
                    _ => Err(unexpected(json, WANTED)),
                }
            }
            _ => Err(unexpected(json, WANTED)),
        }
    }
}

fn ground(json: &Json) -> Result<Ground, NotAFilter> {
    const WANTED: &str = "{\"bbox\": […]} or a GeoJSON geometry";
    if let Some(numbers) = json["bbox"].as_array() {
        let numbers: Option<Vec<f64>> = numbers.iter().map(Json::as_f64).collect();
        return Ground::of_box(&numbers.ok_or_else(|| unexpected(json, WANTED))?);
    }
    let places = &json["coordinates"];
    let place = |json: &Json| -> Result<[f64; 2], NotAFilter> {
        match (json[0].as_f64(), json[1].as_f64()) {
            (Some(lon), Some(lat)) => Ok([lon, lat]),
            _ => Err(unexpected(json, "longitude and latitude")),
        }
    };
    let line = |json: &Json| list(json, place);
    let polygon = |json: &Json| list(json, line);
    match json["type"].as_str() {
        Some("Point") => Ground::of_points(vec![place(places)?]),
        Some("MultiPoint") => Ground::of_points(list(places, place)?),
        Some("LineString") => Ground::of_lines(vec![line(places)?]),
        Some("MultiLineString") => Ground::of_lines(list(places, line)?),
        Some("Polygon") => Ground::of_polygons(vec![polygon(places)?]),
        Some("MultiPolygon") => Ground::of_polygons(list(places, polygon)?),
        _ => Err(unexpected(json, WANTED)),
    }
}

fn list<T>(json: &Json, item: impl Fn(&Json) -> Result<T, NotAFilter>) -> Result<Vec<T>, NotAFilter> {
    json.as_array().ok_or_else(|| unexpected(json, "a list of coordinates"))?.iter().map(item).collect()
}
