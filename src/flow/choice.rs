//! Which rows of a layer are wanted: one reader and one chooser for lists, files, tiles and the OGC's collections.
//!
//! Under a sight, so that nobody chooses by a column that is not shown: a row that stays or goes would tell what
//! the column holds. A figure that is left out is unknown to a filter as it is to its reader.

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::collection::columns;
use super::export::{self, ExportError};
use super::snapshot::{Chosen, Snapshot, View};
use crate::model::access::Sight;
use crate::model::admin::UnitCode;
use crate::model::feature::{Feature, Value};
use crate::model::filter::{Filter, Ground, NotAFilter};
use crate::model::question::Question;
use crate::tiles::{self, ColumnWords, LayerDefinition, column_words};

/// What is said of the rows that are wanted, by the names of the parameters.
pub const PARAMETERS: [&str; 4] = ["bbox", "commune", "filter", "filter-lang"];

/// Characters of a choice that stand in the audit and in lists; a digest of the whole follows a longer one.
const MOST_TOLD: usize = 300;

/// The rows that are wanted. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    pub filter: Option<Filter>,
    pub ground: Option<Ground>,
    /// First and last local day, as they are written in columns; nothing at an end that is open.
    pub days: Option<(Option<String>, Option<String>)>,
    pub commune: Option<UnitCode>,
    /// What was asked, by the names of [`PARAMETERS`].
    said: Vec<(&'static str, String)>,
}

/// Why a choice is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAChoice {
    #[error(transparent)]
    Filter(#[from] NotAFilter),
    #[error("there is no filter language `{0}` here")]
    Language(String),
    #[error("`bbox` is `{found}`: {why}")]
    Box { found: String, why: String },
    #[error("`commune` is `{0}`, expected a code of five digits")]
    Commune(String),
}

impl Choice {
    /// Reads a choice for the columns that a reader sees of a layer.
    ///
    /// # Errors
    /// Says what was found and what was expected, or which columns there are.
    pub fn read<'a>(
        get: impl Fn(&str) -> Option<&'a str>,
        (definition, sight): (&LayerDefinition, Sight),
    ) -> Result<Self, NotAChoice> {
        // Most who ask choose nothing: a tile from memory should not wait for this.
        let columns = || columns(definition, sight);
        let filter = match (get("filter"), get("filter-lang")) {
            (_, Some(other)) if !matches!(other, "cql2-text" | "cql2-json") => {
                return Err(NotAChoice::Language(other.to_owned()));
            }
            (None, _) => None,
            (Some(text), Some("cql2-json")) => Some(Filter::of_json(text, &columns())?),
            (Some(text), _) => Some(Filter::of_text(text, &columns())?),
        };
        if let Some(filter) = &filter {
            filter.check_words(&|column| {
                column_words(definition, column).map(ColumnWords::all_codes).unwrap_or_default()
            })?;
        }
        let ground = get("bbox").map(ground).transpose()?;
        let code = |text: &str| text.trim().parse().map_err(|_| NotAChoice::Commune(text.to_owned()));
        let commune = get("commune").filter(|text| !text.trim().is_empty()).map(code).transpose()?;
        // The language of a filter that is not there says nothing.
        let named = PARAMETERS.into_iter().filter(|name| *name != "filter-lang" || filter.is_some());
        let said = named.filter_map(|name| Some((name, get(name)?.to_owned()))).collect();
        Ok(Self { filter, ground, days: None, commune, said })
    }

    /// Whether every row is wanted.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.filter.is_none() && self.ground.is_none() && self.days.is_none() && self.commune.is_none()
    }

    /// The same wherever the rows are.
    #[must_use]
    pub(super) fn anywhere(&self) -> Self {
        let said = self.said.iter().filter(|(name, _)| !["bbox", "commune"].contains(name)).cloned().collect();
        Self { ground: None, commune: None, said, ..self.clone() }
    }

    /// What was asked, as in the parameters; empty where every row is wanted.
    #[must_use]
    pub fn whole(&self) -> String {
        self.said.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("&")
    }

    /// The same for the audit: a long one is cut, and told apart by its digest.
    #[must_use]
    pub fn told(&self) -> String {
        let whole = self.whole();
        if whole.chars().count() <= MOST_TOLD {
            return whole;
        }
        let head: String = whole.chars().take(MOST_TOLD).collect();
        format!("{head}… sha256:{}", self.digest())
    }

    /// What stands in the name of a file: nothing where every row is wanted, so that two files of other rows
    /// are never called the same.
    #[must_use]
    pub fn suffix(&self) -> String {
        if self.said.is_empty() { String::new() } else { format!("filtered-{}", self.digest()) }
    }

    /// Eight hexadecimal digits: tells files apart, guards nothing.
    fn digest(&self) -> String {
        Sha256::digest(self.whole()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// West, south, east, north in degrees.
///
/// # Errors
/// Says what is wrong with it.
pub fn ground(text: &str) -> Result<Ground, NotAChoice> {
    Ground::of_box(&numbers(text)?).map_err(|error| NotAChoice::Box { found: text.to_owned(), why: error.to_string() })
}

/// The four or six numbers of a box.
///
/// # Errors
/// That they are not.
pub fn numbers(text: &str) -> Result<Vec<f64>, NotAChoice> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let numbers = numbers.filter(|numbers| matches!(numbers.len(), 4 | 6) && numbers.iter().all(|n| n.is_finite()));
    let wrong = || NotAChoice::Box { found: text.to_owned(), why: "expected four or six numbers".to_owned() };
    numbers.ok_or_else(wrong)
}

/// The rows of a layer that are wanted, in the order of its list.
///
/// # Errors
/// As [`export::rows`]; a commune that is not on the map of the day.
pub fn rows<'a>(
    snapshot: &Snapshot,
    view: &'a View,
    layer: &str,
    choice: &Choice,
) -> Result<Vec<&'a Feature>, ExportError> {
    let rows = export::rows(snapshot, view, layer)?;
    if choice.is_all() {
        return Ok(rows.iter().collect());
    }
    let keeps = chooser(snapshot, view, layer, choice)?;
    Ok(rows.iter().filter(|row| keeps(row)).collect())
}

/// A layer for tiles: that of the view, or one of some of its rows.
pub enum Drawn<'a> {
    Whole(&'a tiles::Layer),
    Chosen(Arc<tiles::Layer>),
}

impl Drawn<'_> {
    #[must_use]
    pub fn layer(&self) -> &tiles::Layer {
        match self {
            Self::Whole(layer) => layer,
            Self::Chosen(layer) => layer,
        }
    }
}

/// A layer of tiles with the rows that are wanted; one of some rows is made once and kept. `None` for a layer that
/// the view leaves out.
///
/// # Errors
/// A commune that is not on the map of the day.
pub fn layer<'a>(
    snapshot: &Snapshot,
    view: &'a View,
    definition: &'static LayerDefinition,
    choice: &Choice,
) -> Result<Option<Drawn<'a>>, ExportError> {
    if choice.is_all() {
        return Ok(snapshot.layer(view, definition.id).map(Drawn::Whole));
    }
    let key = key(view, definition, choice);
    if let Some(made) = snapshot.chosen.get(&key) {
        return Ok(Some(Drawn::Chosen(made)));
    }
    let keeps = chooser(snapshot, view, definition.id, choice)?;
    // Asked for by many tiles at once, it is made once.
    let made = snapshot.chosen.optionally_get_with(key, || {
        let made = if definition.id == "communes" {
            // Which communes meet a box is for their own shapes to say, not for those of a zoom.
            let exact = snapshot.rows(view, definition.id).unwrap_or_default();
            let keys: HashSet<&str> = exact.iter().filter(|row| keeps(row)).map(|row| row.key.as_str()).collect();
            snapshot.layer_of(view, definition.id, &|row| keys.contains(row.key.as_str()))
        } else {
            snapshot.layer_of(view, definition.id, &keeps)
        };
        made.map(Arc::new)
    });
    Ok(made.map(Drawn::Chosen))
}

/// The view of a question where every chosen layer can be drawn at once, with nothing left to work out.
#[must_use]
pub fn at_hand(
    snapshot: &Snapshot,
    (sight, question): (Sight, &Question),
    chosen: &[(&'static LayerDefinition, &Choice)],
) -> Option<Arc<View>> {
    let (whole, some): (Vec<_>, Vec<_>) = chosen.iter().partition(|(_, choice)| choice.is_all());
    let whole: Vec<&str> = whole.iter().map(|(layer, _)| layer.id).collect();
    let view = snapshot.at_hand(sight, question, &whole)?;
    some.iter().all(|(layer, choice)| snapshot.chosen.contains_key(&key(&view, layer, choice))).then_some(view)
}

/// What a layer of some rows is kept by.
fn key(view: &View, definition: &LayerDefinition, choice: &Choice) -> Chosen {
    (view.answer.question.clone(), view.sight, definition.id, choice.whole())
}

/// Whether a row is wanted, for the rows of one layer.
///
/// # Errors
/// A commune that is not on the map of the day.
pub(super) fn chooser<'c>(
    snapshot: &Snapshot,
    view: &View,
    layer: &str,
    choice: &'c Choice,
) -> Result<impl Fn(&Feature) -> bool + use<'c>, ExportError> {
    let within = choice.commune.map(|code| Within::new(snapshot, view, layer, code)).transpose()?;
    Ok(move |row: &Feature| {
        choice.ground.as_ref().is_none_or(|ground| ground.meets(&row.shape) == Some(true))
            && within.as_ref().is_none_or(|within| within.has(row))
            && choice.days.as_ref().is_none_or(|days| is_of(row, days))
            && choice.filter.as_ref().is_none_or(|filter| filter.keeps(row))
    })
}

/// What of a layer is in a commune: what says so, and of cells and areas, which do not, what meets its ground.
enum Within {
    Named(&'static str, String),
    Met(Ground),
}

impl Within {
    fn new(snapshot: &Snapshot, view: &View, layer: &str, code: UnitCode) -> Result<Self, ExportError> {
        let mut units = view.answer.unit_indices.iter().map(|at| &snapshot.facts.units[*at]);
        let unknown = || ExportError::UnknownCommune { found: code, on: view.answer.as_of };
        let unit = units.find(|unit| unit.code == code).ok_or_else(unknown)?;
        let has = |name: &str| tiles::definition(layer).is_some_and(|layer| layer.field(name).is_some());
        if matches!(layer, "communes" | "commune_labels") {
            return Ok(Self::Named("code", code.to_string()));
        }
        if has("commune") {
            return Ok(Self::Named("commune", code.to_string()));
        }
        let shape = unit.geometry.as_ref().ok_or_else(unknown)?;
        let ring = |ring: &geo_types::LineString<f64>| ring.coords().map(|at| [at.x, at.y]).collect();
        let polygons =
            shape.iter().map(|area| std::iter::once(area.exterior()).chain(area.interiors()).map(ring).collect());
        Ground::of_polygons(polygons.collect()).map(Self::Met).map_err(|_| unknown())
    }

    fn has(&self, row: &Feature) -> bool {
        match self {
            Self::Named(column, code) => matches!(row.get(column), Some(Value::Text(text)) if text == code),
            Self::Met(ground) => ground.meets(&row.shape) == Some(true),
        }
    }
}

/// Whether what a row tells of was seen within some days; a row that tells no days is of all of them.
fn is_of(row: &Feature, (from, to): &(Option<String>, Option<String>)) -> bool {
    let day = |name| match row.get(name) {
        Some(Value::Text(day)) => Some(day.as_str()),
        _ => None,
    };
    let (Some(first), Some(last)) = (day("first_seen"), day("last_seen")) else { return true };
    from.as_deref().is_none_or(|from| last >= from) && to.as_deref().is_none_or(|to| first <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(asked: &[(&str, &str)], sight: Sight) -> Result<Choice, NotAChoice> {
        let get = |name: &str| asked.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        Choice::read(get, (tiles::definition("communes").unwrap(), sight))
    }

    #[test]
    fn nothing_said_is_every_row_and_no_name() {
        let choice = read(&[("filter-lang", "cql2-text")], Sight::Whole).unwrap();
        assert!(choice.is_all());
        assert_eq!((choice.whole(), choice.suffix()), (String::new(), String::new()));
    }

    #[test]
    fn other_rows_have_another_name() {
        let one = read(&[("filter", "percent < 20")], Sight::Whole).unwrap();
        let other = read(&[("filter", "percent < 21")], Sight::Whole).unwrap();
        assert_eq!(one.whole(), "filter=percent < 20");
        assert!(one.suffix().starts_with("filtered-") && one.suffix() != other.suffix());
        let boxed = read(&[("bbox", "105.4,19.9,106.6,20.7"), ("commune", "13285")], Sight::Whole).unwrap();
        assert_eq!(boxed.whole(), "bbox=105.4,19.9,106.6,20.7&commune=13285");
    }

    #[test]
    fn a_word_that_a_column_cannot_hold_is_refused_with_those_that_it_can() {
        let of = |layer: &str, filter: &str| {
            let get = |name: &str| (name == "filter").then_some(filter);
            Choice::read(get, (tiles::definition(layer).unwrap(), Sight::Whole)).map_err(|error| error.to_string())
        };
        let refused = of("dead_areas", "verdict = 'confirmd'").unwrap_err();
        assert!(refused.contains("`verdict` is never `confirmd`, only none, weak"), "{refused}");
        assert!(of("places", "verdict IN ('no_signal', 'none')").unwrap_err().contains("unmeasured"));
        for (layer, filter) in [
            ("places", "verdict = 'unmeasured'"),
            ("villages", "signal = 'not_measured'"),
            ("signal", "operator = 'a network that nobody knows' AND technology = '4G'"),
            ("villages", "name = 'Thôn 3'"),
            ("changes", "change = 'too_few_days'"),
        ] {
            assert!(of(layer, filter).is_ok(), "{layer}: {filter}");
        }
    }

    #[test]
    fn a_long_choice_is_cut_in_the_audit_and_keeps_a_digest() {
        let long = format!("name = '{}'", "à".repeat(1_000));
        let told = read(&[("filter", &long)], Sight::Whole).unwrap().told();
        assert!(told.chars().count() < 340 && told.contains("… sha256:"), "{told}");
    }

    #[test]
    fn a_column_that_is_not_shown_is_no_column_to_choose_by() {
        assert!(read(&[("filter", "cells_claimed > 0")], Sight::Whole).is_ok());
        let refused = read(&[("filter", "cells_claimed > 0")], Sight::Open).unwrap_err().to_string();
        assert!(refused.contains("`cells_claimed`") && !refused.contains("cells_claimed,"), "{refused}");
    }

    #[test]
    fn what_cannot_be_read_says_what_was_found() {
        for (name, text) in [
            ("bbox", "1,2,3"),
            ("bbox", "a,b,c,d"),
            ("bbox", "NaN,0,1,1"),
            ("bbox", "1,2,3,1"),
            ("commune", "x"),
            ("filter", "percent <"),
            ("filter-lang", "sql"),
        ] {
            let refused = read(&[(name, text)], Sight::Whole).unwrap_err().to_string();
            assert!(!refused.is_empty(), "{name}={text}");
        }
        assert!(matches!(read(&[("filter-lang", "sql")], Sight::Whole), Err(NotAChoice::Language(_))));
    }
}
