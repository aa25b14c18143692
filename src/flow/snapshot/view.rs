//! One answer as one reader may see it, with what is made of it when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::matter;
use crate::engine::hints::HintOptions;
use crate::engine::signal::surface::Levels;
use crate::engine::{Answer, HintPlan};
use crate::flow::hints::LAYER;
use crate::flow::layers::LAYERS;
use crate::flow::work;
use crate::model::access::{Forbidden, Matter, Sight};
use crate::model::feature::{Feature, Value};
use crate::model::hint::CandidateKind;
use crate::tiles;

/// Layers in which no visit and no report of a team is told. A test holds them to that.
pub(super) const UNVISITED: [&str; 9] =
    ["commune_labels", "signal", "surface", "changes", "claims", "dead_areas", "places", "hints", "speeds"];

/// One question, answered for one sight.
pub struct View {
    pub answer: Arc<Answer>,
    pub sight: Sight,
    pub(super) synthetic: bool,
    pub(super) surface: Arc<OnceLock<Levels>>,
    pub(super) hint_options: HintOptions,
    pub(super) hints: Arc<OnceLock<HintPlan>>,
    pub(super) rows: Slots<Vec<Feature>>,
    pub(super) drawn: Slots<tiles::Layer>,
    /// Of a campaign: the same question without it, which tells of the signal.
    pub(super) around: Option<Arc<View>>,
}

/// What is made of a layer when first asked for. Views of one answer share what looks alike in them.
pub(super) type Slots<T> = HashMap<&'static str, Arc<OnceLock<T>>>;

impl View {
    pub(super) fn whole(answer: Arc<Answer>, synthetic: bool, hint_options: HintOptions) -> Self {
        Self {
            answer,
            sight: Sight::Whole,
            synthetic,
            surface: Arc::default(),
            hint_options,
            hints: Arc::default(),
            rows: LAYERS.into_iter().map(|layer| (layer, Arc::default())).collect(),
            drawn: LAYERS.into_iter().map(|layer| (layer, Arc::default())).collect(),
            around: None,
        }
    }

    /// Whose layer it is: of a campaign what no visit is told in is that of the whole map, the work list too.
    pub(super) fn of(&self, layer: &str) -> &Self {
        let is_of_the_map = |_: &&Self| UNVISITED.contains(&layer) || layer == work::LAYER;
        self.around.as_deref().filter(is_of_the_map).unwrap_or(self)
    }

    /// The answer that tells of cells, dead areas and claims.
    #[must_use]
    pub fn signal(&self) -> &Answer {
        self.around.as_ref().map_or(&self.answer, |around| &around.answer)
    }

    /// An answer that tells otherwise of visits alone: what it tells of the signal is the same, and takes long.
    pub(super) fn beside(&self, answer: Answer) -> Self {
        let mut beside = Self::whole(Arc::new(answer), self.synthetic, self.hint_options);
        beside.surface = Arc::clone(&self.surface);
        beside.hints = Arc::clone(&self.hints);
        for layer in UNVISITED {
            if let (Some(rows), Some(drawn)) = (self.rows.get(layer), self.drawn.get(layer)) {
                beside.rows.insert(layer, Arc::clone(rows));
                beside.drawn.insert(layer, Arc::clone(drawn));
            }
        }
        beside
    }

    /// The layers that its reader may have, each where it has been made ready for tiles.
    pub(in crate::flow) fn drawn(&self) -> impl Iterator<Item = (&'static str, Option<&tiles::Layer>)> {
        self.drawn.iter().map(|(layer, slot)| (*layer, slot.get()))
    }

    /// A layer that was kept from the other view.
    pub(in crate::flow) fn is_drawn_as(&self, other: &Self, layer: &str) -> bool {
        let slots = (self.drawn.get(layer), other.drawn.get(layer));
        matches!(slots, (Some(one), Some(other)) if Arc::ptr_eq(one, other))
    }

    pub(super) fn seen_with(&self, sight: Sight) -> Self {
        Self {
            answer: Arc::clone(&self.answer),
            sight,
            synthetic: self.synthetic,
            surface: Arc::clone(&self.surface),
            hint_options: self.hint_options,
            hints: Arc::clone(&self.hints),
            rows: seen(&self.rows, sight),
            drawn: seen(&self.drawn, sight),
            around: self.around.as_ref().map(|around| Arc::new(around.seen_with(sight))),
        }
    }

    /// Whether the reader of this view may have a layer; one that does not exist is nobody's secret.
    ///
    /// # Errors
    /// Says that it is left out.
    pub fn need(&self, layer: &str) -> Result<(), Forbidden> {
        match LAYERS.iter().find(|name| **name == layer) {
            Some(layer) if !self.rows.contains_key(layer) => Err(Forbidden::Layer { layer }),
            _ => Ok(()),
        }
    }

    /// Features without the columns that this sight leaves out.
    pub(super) fn open(&self, layer: &str, mut features: Vec<Feature>) -> Vec<Feature> {
        if let Some(definition) = tiles::definition(layer).filter(|layer| !layer.network_fields.is_empty()) {
            for feature in &mut features {
                feature.attributes.retain(|(name, _)| definition.shows_field(name, self.sight));
            }
        }
        if layer == LAYER && self.sight == Sight::Network {
            // A mast of another operator may be shared, and is not named to a competitor.
            let of_another = |kind: &Value| *kind == Value::Text(CandidateKind::SharedMast.code().to_owned());
            for feature in features.iter_mut().filter(|feature| feature.get("kind").is_some_and(of_another)) {
                feature.attributes.retain(|(name, _)| *name != "name");
            }
        }
        features
    }
}

/// Layers that a sight shows; those that look as in the whole answer are shared with it.
fn seen<T>(slots: &Slots<T>, sight: Sight) -> Slots<T> {
    let alike = |layer: &str| {
        layer != LAYER
            && tiles::definition(layer)
                .is_some_and(|layer| layer.network_fields.is_empty() || sight.shows(Matter::Network))
    };
    let shown = slots.iter().filter(|(layer, _)| sight.shows(matter(layer)));
    shown.map(|(layer, slot)| (*layer, if alike(layer) { Arc::clone(slot) } else { Arc::default() })).collect()
}
