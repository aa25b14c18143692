//! Everything that a reader may ask, in memory, at one epoch.
//!
//! A snapshot never changes; a new one takes its place. A question is
//! answered once and kept as a [`View`], so the tile, the list and the file
//! that share a question share its figures. Who asks is part of asking: a view
//! holds the layers and columns of its reader's sight and no others.

mod campaign;
mod taken;
mod view;

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use geo_types::MultiPolygon;
use h3o::Resolution;
use jiff::civil::Date;
use moka::sync::Cache;

use super::check::Boundaries;
use super::generalise;
use super::layers::{Context, Later};
use super::search::Search;
use super::surface::Surfaces;
use crate::engine::boundaries::lineage::Lineage;
use crate::engine::hints::HintOptions;
use crate::engine::plan::{CommunePlan, PlanOptions, plan};
use crate::engine::signal::surface::Levels;
use crate::engine::{Answer, Facts, HintPlan, answer, hints, in_steps, masking, revisited};
use crate::ingest::keyed_hash;
use crate::model::access::{Forbidden, Matter, Role, Sight};
use crate::model::campaign::Campaign;
use crate::model::feature::Feature;
use crate::model::import::{Epoch, ImportRecord};
use crate::model::operator::{Operator, Technology};
use crate::model::question::Question;
use crate::model::work::WorkItem;
use crate::tiles::{self, Level};
pub use campaign::NoCampaign;
use taken::Judged;
pub use taken::Since;
pub use view::View;

/// Zooms and the H3 resolution that suits them: a cell is drawn 3 to 12 pixels wide. Wider ones would paint ground
/// that nobody measured, and hide the dead cells among the good.
const CELL_LEVELS: [(RangeInclusive<u8>, Resolution); 3] =
    [(0..=7, Resolution::Seven), (8..=10, Resolution::Eight), (11..=22, Resolution::Nine)];

/// The same for the surface, which is not drawn from farther away.
const SURFACE_LEVELS: [(RangeInclusive<u8>, Resolution); 3] =
    [(0..=9, Resolution::Eight), (10..=11, Resolution::Nine), (12..=22, Resolution::Ten)];

/// Answers kept at once. One holds a few megabytes for a province.
const VIEWS: u64 = 48;

/// Days whose names and boundary checks are kept: nearly every question is of today.
const SEARCHES: u64 = 4;

/// Filtered layers kept at once: a map asks for one or two, over and over.
const CHOSEN: u64 = 32;

/// Question, sight, layer, and the choice of rows as it was said.
pub(super) type Chosen = (Question, Sight, &'static str, String);

/// Plans kept at once: a screen, its files and its sheets ask for one.
const PLANS: u64 = 32;

/// Generalised communes, in the order of the answer.
type Shapes = Vec<MultiPolygon<f64>>;

#[derive(Clone)]
pub struct Snapshot {
    pub epoch: Epoch,
    /// The epoch of the store that the facts are those of: later than `epoch` where verdicts alone were written since.
    stored: Epoch,
    judged: Judged,
    /// The analysis in the store whose verdicts on the signal are those of the facts.
    signal_of: Judged,
    /// The last sample that the runs hold.
    last_sample: u64,
    /// The secret of the store by which homes are moved where they may be shown.
    mask_key: [u8; 32],
    pub facts: Arc<Facts>,
    pub imports: Vec<ImportRecord>,
    /// Places on the work list that somebody has taken up.
    pub work: Vec<WorkItem>,
    /// By first day.
    pub campaigns: Vec<Campaign>,
    /// Those of campaigns that were asked for.
    of_campaigns: Cache<String, Arc<Snapshot>>,
    /// What this is a campaign of.
    around: Option<campaign::Around>,
    /// Operators and technologies with a measurement.
    pub operators: BTreeSet<Operator>,
    pub technologies: BTreeSet<Technology>,
    /// First and last local day with a visit or a measurement.
    pub period: Option<(Date, Date)>,
    /// Whole answers.
    views: Cache<Question, Arc<View>>,
    /// Those of the snapshot before, where visits and what else teams report are all that has changed.
    earlier: Option<Cache<Question, Arc<View>>>,
    /// What others than those who see everything see of them.
    parts: Cache<(Question, Sight), Arc<View>>,
    /// The communes of an answer at every zoom, by their places in the facts.
    coverages: Cache<Vec<usize>, Arc<Vec<Shapes>>>,
    /// What was found in the boundaries of an edition, by its units.
    checks: Cache<Vec<usize>, Arc<Boundaries>>,
    lineage: Arc<OnceLock<Lineage>>,
    /// By the day that is shown.
    searches: Cache<Date, Arc<Search>>,
    surfaces: Surfaces,
    /// Layers of some rows, as [`Snapshot::layer_of`], by what was asked.
    pub(super) chosen: Cache<Chosen, Arc<tiles::Layer>>,
    /// By the question and what was asked of the plan.
    plans: Cache<(Question, PlanOptions), Arc<Vec<CommunePlan>>>,
}

/// A question about something that the data do not hold. Answering it with
/// zeros would say that nothing is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotInTheData {
    #[error("there is no measurement of the operator `{found}`, only of {}", list(known))]
    Operator { found: Operator, known: Vec<Operator> },
    #[error("there is no measurement of {found}, only of {}", list(known))]
    Technology { found: Technology, known: Vec<Technology> },
    #[error(transparent)]
    Campaign(#[from] NoCampaign),
}

/// Why a question gets no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    #[error(transparent)]
    NotInTheData(#[from] NotInTheData),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

fn list<T: ToString>(known: &[T]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.iter().map(T::to_string).collect::<Vec<_>>().join(", ") }
}

impl Snapshot {
    /// The boundaries of a day, looked over when first asked for.
    #[must_use]
    pub fn boundaries(&self, as_of: Date) -> Arc<Boundaries> {
        let units = self.facts.units_on(as_of);
        self.checks.get_with(units.clone(), || {
            let communes = units.iter().map(|unit| &self.facts.units[*unit]);
            Arc::new(Boundaries::of(communes, self.facts.province_on(as_of)))
        })
    }

    /// What every code meant on every day.
    #[must_use]
    pub fn lineage(&self) -> &Lineage {
        self.lineage.get_or_init(|| Lineage::new(&self.facts.units, &self.facts.changes))
    }

    /// The names of a day, made when first asked for.
    #[must_use]
    pub fn search(&self, as_of: Date) -> Arc<Search> {
        self.searches.get_with(as_of, || Arc::new(Search::new(&self.facts, self.lineage(), as_of)))
    }

    /// Whether a role may ask a question, and how much it sees of the answer.
    ///
    /// # Errors
    /// A period that is not for this role.
    pub fn admit(&self, role: Role, question: &Question) -> Result<Sight, Forbidden> {
        role.admit(question, self.facts.today)?;
        Ok(role.sight(question.operator))
    }

    /// The answer to a question as a role sees it; asked twice at once, it is worked out once.
    ///
    /// # Errors
    /// Names what the data do hold when the question asks for something else, and what the role may not ask.
    pub fn ask(&self, role: Role, question: &Question) -> Result<Arc<View>, NoAnswer> {
        let sight = self.admit(role, question)?;
        Ok(self.seen(sight, question)?)
    }

    /// The answer to another question for a reader who has been admitted.
    ///
    /// # Errors
    /// Names what the data do hold when the question asks for something else.
    pub fn seen(&self, sight: Sight, question: &Question) -> Result<Arc<View>, NotInTheData> {
        let question = &Question { steps: sight.steps(), ..question.clone() };
        self.answers(question)?;
        let whole = self.whole(question)?;
        if sight == Sight::Whole {
            return Ok(whole);
        }
        Ok(self.parts.get_with((question.clone(), sight), || Arc::new(whole.seen_with(sight))))
    }

    /// The answer where it has been worked out.
    pub(super) fn kept(&self, sight: Sight, question: &Question) -> Option<Arc<View>> {
        let question = Question { steps: sight.steps(), ..question.clone() };
        if sight == Sight::Whole { self.views.get(&question) } else { self.parts.get(&(question, sight)) }
    }

    /// The same where nothing is left to work out: the answer is kept and the layers are ready for tiles.
    #[must_use]
    pub fn at_hand(&self, sight: Sight, question: &Question, layers: &[&str]) -> Option<Arc<View>> {
        let view = self.kept(sight, question)?;
        let is_drawn = |layer: &&str| view.of(layer).drawn.get(*layer).is_some_and(|slot| slot.get().is_some());
        layers.iter().all(is_drawn).then_some(view)
    }

    fn whole(&self, question: &Question) -> Result<Arc<View>, NotInTheData> {
        if let Some(found) = question.operator.filter(|operator| !self.operators.contains(operator)) {
            return Err(NotInTheData::Operator { found, known: self.operators.iter().copied().collect() });
        }
        if let Some(found) = question.technology.filter(|technology| !self.technologies.contains(technology)) {
            return Err(NotInTheData::Technology { found, known: self.technologies.iter().copied().collect() });
        }
        let plain = Question { steps: false, ..question.clone() };
        if let Some(around) = &self.around {
            return around.whole(self, &plain);
        }
        let view = self.views.get_with(plain.clone(), || {
            let synthetic = self.synthetic();
            let earlier = self.earlier.as_ref().and_then(|earlier| earlier.get(&plain));
            if let Some(view) = earlier.filter(|view| view.synthetic == synthetic) {
                return Arc::new(view.beside(revisited(&self.facts, &view.answer)));
            }
            Arc::new(View::whole(Arc::new(answer(&self.facts, &plain)), synthetic, HintOptions::default()))
        });
        if !question.steps {
            return Ok(view);
        }
        let stepped = || Arc::new(view.beside(in_steps(&self.facts, &view.answer)));
        Ok(self.views.get_with(question.clone(), stepped))
    }

    /// An answer that was worked out already.
    fn keep(&self, answer: Answer) {
        let question = answer.question.clone();
        let view = View::whole(Arc::new(answer), self.synthetic(), HintOptions::default());
        self.views.insert(question, Arc::new(view));
    }

    /// The same answer with other hints than those of the rules.
    #[must_use]
    pub fn with_hints(&self, view: &View, options: HintOptions) -> View {
        let mut other = View::whole(Arc::clone(&view.answer), view.synthetic, options).seen_with(view.sight);
        other.around = view.around.as_ref().map(|around| Arc::new(self.beyond().with_hints(around, options)));
        other
    }

    /// A plan of a view, worked out once.
    #[must_use]
    pub fn plan(&self, view: &View, options: PlanOptions) -> Arc<Vec<CommunePlan>> {
        let key = (view.answer.question.clone(), options.clone());
        self.plans.get_with(key, || Arc::new(plan(&self.facts, &view.answer, &options)))
    }

    /// The hints of a view, worked out when first asked for.
    #[must_use]
    pub fn hints<'a>(&self, view: &'a View) -> &'a HintPlan {
        match &view.around {
            Some(around) => self.beyond().hints(around),
            None => view.hints.get_or_init(|| hints(&self.facts, &view.answer, view.hint_options)),
        }
    }

    /// What is expected between the measurements of a view, worked out when first asked for.
    fn expected<'a>(&self, view: &'a View) -> &'a Levels {
        match &view.around {
            Some(around) => self.beyond().expected(around),
            None => view.surface.get_or_init(|| self.surfaces.of(&self.facts, &view.answer.question)),
        }
    }

    /// Works out what takes seconds, the inbox and the surface of the whole province, before anybody asks for it.
    pub fn prepare(&self) {
        self.facts.find_odd();
        if let Ok(view) = self.whole(&Question::default()) {
            let _ = self.layer(&view, "surface");
        }
    }

    /// The rows of a layer, in the order of its list. `None` for a layer that does not exist or that the view leaves out.
    #[must_use]
    pub fn rows<'a>(&self, view: &'a View, layer: &str) -> Option<&'a [Feature]> {
        let (whose, view) = self.whose(view, layer);
        let (name, rows) = view.rows.get_key_value(layer)?;
        Some(rows.get_or_init(|| view.open(name, whose.with_context(view, |context| context.features(name)))))
    }

    /// A layer ready for tiles. `None` for a layer that does not exist or that the view leaves out.
    #[must_use]
    pub fn layer<'a>(&self, view: &'a View, layer: &str) -> Option<&'a tiles::Layer> {
        let (whose, view) = self.whose(view, layer);
        let (name, drawn) = view.drawn.get_key_value(layer)?;
        let definition = tiles::definition(name)?;
        Some(drawn.get_or_init(|| tiles::Layer::new(definition, whose.levels(view, name, &|_| true))))
    }

    /// The same of some of its rows, made anew each time.
    #[must_use]
    pub fn layer_of(&self, view: &View, layer: &str, keeps: &dyn Fn(&Feature) -> bool) -> Option<tiles::Layer> {
        let (whose, view) = self.whose(view, layer);
        let (name, _) = view.drawn.get_key_value(layer)?;
        Some(tiles::Layer::new(tiles::definition(name)?, whose.levels(view, name, keeps)))
    }

    fn with_context<T>(&self, view: &View, f: impl FnOnce(&Context<'_>) -> T) -> T {
        let surface = || self.expected(view);
        let hints = || self.hints(view);
        let draw = |home: u64, number: u32| {
            keyed_hash(&self.mask_key, &[b"mask of a home", &home.to_le_bytes(), &number.to_le_bytes()])
        };
        let masked = || masking::masked(&self.facts, &view.answer.question, draw);
        f(&Context::new(
            &self.facts,
            &view.answer,
            &self.work,
            Later { surface: &surface, hints: &hints, masked: &masked },
            view.synthetic,
        ))
    }

    fn levels(&self, view: &View, layer: &str, keeps: &dyn Fn(&Feature) -> bool) -> Vec<Level> {
        let levels = self.with_context(view, |context| self.levels_of(view, layer, context));
        let open = levels.into_iter().map(|level| {
            let mut features = view.open(layer, level.features);
            features.retain(keeps);
            Level { features, ..level }
        });
        match tiles::definition(layer) {
            // Clusters are of what the reader sees and asked for.
            Some(definition) if definition.clusters.is_some() => {
                tiles::clustered(definition, open.flat_map(|level| level.features).collect())
            }
            _ => open.collect(),
        }
    }

    fn levels_of(&self, view: &View, layer: &str, context: &Context<'_>) -> Vec<Level> {
        match layer {
            "communes" => {
                let codes: Vec<_> = self.drawn_units(&view.answer).map(|unit| unit.code).collect();
                let by_zoom = self.coverage(&view.answer);
                let level = |(zooms, shapes): (RangeInclusive<u8>, &Shapes)| {
                    let shape_of: HashMap<_, _> = codes.iter().zip(shapes).collect();
                    let features = context.communes(|unit| shape_of.get(&unit.code).map(|shape| (*shape).clone()));
                    Level { once: false, zooms, features }
                };
                generalise::levels().zip(by_zoom.iter()).map(level).collect()
            }
            "signal" => CELL_LEVELS
                .into_iter()
                .map(|(zooms, resolution)| Level { once: false, zooms, features: context.signal(resolution) })
                .collect(),
            "surface" => SURFACE_LEVELS
                .into_iter()
                .map(|(zooms, resolution)| Level { once: false, zooms, features: context.expected(resolution) })
                .collect(),
            other => vec![Level { once: false, zooms: 0..=22, features: context.features(other) }],
        }
    }

    /// The communes of an answer generalised together, so that neighbours never part.
    fn coverage(&self, answer: &Answer) -> Arc<Vec<Shapes>> {
        self.coverages.get_with(answer.unit_indices.clone(), || {
            let units: Vec<_> =
                self.drawn_units(answer).filter_map(|unit| Some((unit.code, unit.geometry.as_ref()?))).collect();
            Arc::new(generalise::coverage(&units))
        })
    }

    fn drawn_units<'a>(&'a self, answer: &'a Answer) -> impl Iterator<Item = &'a crate::model::admin::AdminUnit> {
        answer.unit_indices.iter().map(|i| &self.facts.units[*i]).filter(|unit| unit.geometry.is_some())
    }

    /// Some of what is shown was made for the demo.
    #[must_use]
    pub fn synthetic(&self) -> bool {
        self.imports.iter().any(|import| import.synthetic && import.stands())
    }
}

/// Whose business a layer is.
pub(super) fn matter(layer: &str) -> Matter {
    tiles::definition(layer).map_or(Matter::Undecided, |layer| layer.matter)
}
