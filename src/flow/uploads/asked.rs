//! What a reader says of a file, made into the request of an import.

use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::Visits;
use crate::flow::import::Request;
use crate::ingest::{BadProfile, Profile, VisitsProfile};
use crate::model::access::Role;
use crate::model::correction::{Correction, NotACorrection};
use crate::model::import::ImportKind;
use crate::model::language::Language;
use crate::model::rules::Rules;

/// Kinds that come in through the page. Boundaries and mergers change every figure and are a matter of the terminal.
pub const KINDS: [ImportKind; 5] =
    [ImportKind::Visits, ImportKind::Villages, ImportKind::Places, ImportKind::Samples, ImportKind::Sites];
/// Corrections of one file: more is a file to be mended by itself.
pub(super) const MOST_CORRECTIONS: usize = 2_000;

/// As it was said.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub kind: String,
    /// The text of a mapping profile of visits or measurements.
    pub profile: Option<String>,
    pub crs_epsg: Option<u32>,
    /// The sheet or layer of a file that holds several.
    pub layer: Option<String>,
    /// The list of masts is the whole of its networks.
    pub replace: bool,
    /// Line, and field and value; `None` leaves the row out.
    pub corrections: Vec<(u64, Option<(String, String)>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum AskedError {
    #[error("there is no kind `{0}` here")]
    Kind(String),
    #[error("correction {number}: {problem}")]
    Correction { number: usize, problem: NotACorrection },
    #[error("{0} corrections, expected at most {MOST_CORRECTIONS}")]
    Many(usize),
    #[error("only sites are replaced")]
    NothingReplaced,
    #[error("only visits and samples have a profile")]
    NoProfile,
    #[error("only columns of samples are shown with what they are taken for")]
    NoMapping,
    #[error("profile {0}")]
    Profile(#[from] BadProfile),
}

impl Asked {
    /// `beside` are the visits of the store.
    ///
    /// # Errors
    /// [`AskedError`].
    pub fn request(
        self,
        importer: Role,
        beside: Visits,
        rules: &Rules,
        now: Timestamp,
        language: Language,
    ) -> Result<Request, AskedError> {
        let kind = ImportKind::from_code(&self.kind).filter(|kind| KINDS.contains(kind));
        let kind = kind.ok_or(AskedError::Kind(self.kind))?;
        if self.replace && kind != ImportKind::Sites {
            return Err(AskedError::NothingReplaced);
        }
        if self.corrections.len() > MOST_CORRECTIONS {
            return Err(AskedError::Many(self.corrections.len()));
        }
        let corrections = self.corrections.iter().enumerate().map(|(at, (line, cell))| {
            let made = match cell {
                Some((field, value)) => Correction::cell(*line, field, value),
                None => Correction::leave_out(*line),
            };
            made.map_err(|problem| AskedError::Correction { number: at + 1, problem })
        });
        let corrections = corrections.collect::<Result<Vec<_>, _>>()?;
        let (mut profile, mut visits) = (None, None);
        match (self.profile, kind) {
            (None, _) => {}
            (Some(text), ImportKind::Visits) => visits = Some(Arc::new(VisitsProfile::of_page(text)?)),
            (Some(text), ImportKind::Samples) => profile = Some(Arc::new(Profile::of_page(text)?)),
            (Some(_), _) => return Err(AskedError::NoProfile),
        }
        Ok(Request {
            crs_epsg: self.crs_epsg,
            layer: self.layer.filter(|name| !name.is_empty()),
            profile,
            visits,
            replace: self.replace,
            corrections: Arc::new(corrections),
            beside: Some(beside),
            language,
            ..Request::new(kind, importer, rules.clone(), now)
        })
    }
}
