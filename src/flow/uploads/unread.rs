//! What the page is told of a file that came to nothing, and what its reader may choose so that it comes to something.

use serde_json::{Value as Json, json};

use crate::flow::import::{ImportError, Report};
use crate::ingest::{Unreadable, Warning};
use crate::model::access::{Extent, Matter, Role};
use crate::model::crs::Crs;
use crate::model::language::Language;
use crate::model::refusal::{PageReader, Reason};

/// Who reads, and how much they may bring.
#[must_use]
pub fn reader(asker: Role, language: Language) -> PageReader {
    PageReader { language, brings_all: asker.extent(Matter::Import) == Extent::All }
}

/// A failed import in the reader's words: what was found, and what to try.
#[must_use]
pub fn words(error: &ImportError, reader: PageReader) -> (String, Option<String>) {
    let language = reader.language;
    match error {
        ImportError::Unreadable(problem) => (problem.message_on_page(reader), problem.hint_on_page(reader)),
        ImportError::Misfit(misfit) => (misfit.message(language), Some(misfit.hint_on_page(language))),
        ImportError::NoCorrections(_) => (
            reader.pick("tệp loại này không sửa được trên trang", "files of this kind are not mended on the page"),
            Some(reader.pick("sửa trong tệp rồi chọn lại", "mend the file itself and choose it again")),
        ),
        other => (other.to_string(), None),
    }
}

/// The same of a file without a byte, which is not even kept.
#[must_use]
pub fn words_of_empty(reader: PageReader) -> (String, Option<String>) {
    words(&ImportError::Unreadable(Unreadable::Empty), reader)
}

/// What may be chosen of a file that was not read.
#[must_use]
pub fn choices_of_error(error: &ImportError, language: Language) -> Json {
    let mut choices = match error {
        ImportError::Misfit(misfit) => choices(misfit.systems(), &[], language),
        ImportError::Unreadable(Unreadable::Metres { east_m, north_m }) => {
            choices(systems_of(*east_m, *north_m), &[], language)
        }
        ImportError::Unreadable(
            Unreadable::OfSeveralLayers { layers, .. } | Unreadable::NoLayer { known: layers, .. },
        ) => choices(Vec::new(), layers, language),
        _ => choices(Vec::new(), &[], language),
    };
    choices["mapping"] = Json::from(matches!(error, ImportError::Unreadable(problem) if problem.wants_mapping()));
    choices
}

/// What may be chosen of a file that was read, as its refused rows and its warnings show.
#[must_use]
pub(super) fn choices_of_report(report: &Report, language: Language) -> Json {
    let mut systems = Vec::new();
    for reject in &report.first_refused {
        if let Reason::Metres { east_m, north_m } = reject.reason {
            systems.extend(
                systems_of(east_m, north_m).into_iter().filter(|crs| !systems.contains(crs)).collect::<Vec<_>>(),
            );
        }
    }
    let passed_over = report.warnings.iter().find_map(|warning| match warning {
        Warning::LayersPassedOver { layers } => Some(layers.as_slice()),
        _ => None,
    });
    choices(systems, passed_over.unwrap_or_default(), language)
}

fn systems_of(east_m: u32, north_m: u32) -> Vec<Crs> {
    Crs::candidates(f64::from(east_m), f64::from(north_m))
}

fn choices(systems: Vec<Crs>, layers: &[String], language: Language) -> Json {
    let systems = systems.into_iter().map(|crs| json!({"crs": crs.epsg(), "name": crs.name(language)}));
    json!({"systems": systems.collect::<Vec<_>>(), "layers": layers})
}
