//! What the columns of layers are called for people, and the words of their codes.
//!
//! `tiles/columns.json` has heading, meaning and unit of each column by its name, or by `layer.column` where a layer
//! means something else by it; `tiles/layers.json` has the meaning in English. Words of codes are those of the page
//! (`web/src/i18n`). Formats for machines keep names and codes.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::definition::{FieldDefinition, LayerDefinition, definition};
use crate::model::language::Language;

const SOURCE: &str = include_str!("../../tiles/columns.json");

static COLUMNS: LazyLock<HashMap<&'static str, ColumnWords>> =
    LazyLock::new(|| serde_json::from_str(SOURCE).unwrap_or_default());

static PAGE: LazyLock<[HashMap<&'static str, String>; 2]> = LazyLock::new(|| {
    [include_str!("../../web/src/i18n/vi.json"), include_str!("../../web/src/i18n/en.json")]
        .map(|words| serde_json::from_str(words).unwrap_or_default())
});

/// What is said of a column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnWords {
    vi: &'static str,
    en: &'static str,
    /// In Vietnamese.
    means: &'static str,
    /// The same in English, of columns that `layers.json` does not have.
    #[serde(default)]
    english: Option<&'static str>,
    /// Vietnamese, English.
    #[serde(default)]
    unit: Option<[&'static str; 2]>,
    /// Its texts are days.
    #[serde(default)]
    pub date: bool,
    /// Its codes, as keys of the words of the page: `status_reached`.
    #[serde(default)]
    values: Vec<&'static str>,
    /// Codes that the page has no words for: Vietnamese, English.
    #[serde(default)]
    words: BTreeMap<&'static str, [&'static str; 2]>,
}

/// What is said of a column of a layer, or of one that stands in tables alone (`id`, `X`).
#[must_use]
pub fn column_words(layer: &LayerDefinition, name: &str) -> Option<&'static ColumnWords> {
    let mut at = Some(layer);
    while let Some(layer) = at {
        if let Some(words) = COLUMNS.get(format!("{}.{name}", layer.id).as_str()) {
            return Some(words);
        }
        at = layer.like.and_then(definition);
    }
    COLUMNS.get(name)
}

impl ColumnWords {
    #[must_use]
    pub fn heading(&self, language: Language) -> &'static str {
        language.pick(self.vi, self.en)
    }

    /// What the column says. `field`: the column where the layer has it.
    #[must_use]
    pub fn meaning(&self, field: Option<&FieldDefinition>, language: Language) -> &'static str {
        language.pick(self.means, field.map(|field| field.description).or(self.english).unwrap_or(self.en))
    }

    #[must_use]
    pub fn unit(&self, language: Language) -> Option<&'static str> {
        self.unit.map(|[vi, en]| language.pick(vi, en))
    }

    /// The words of a code; `None` for what is no code.
    #[must_use]
    pub fn word(&self, code: &str, language: Language) -> Option<&'static str> {
        self.codes(language).find(|(known, _)| *known == code).map(|(_, word)| word)
    }

    /// Every code that the column can hold; none where it may hold others (names of networks) or is no code.
    #[must_use]
    pub fn all_codes(&self) -> Vec<&'static str> {
        let codes: Vec<_> = self.codes(Language::En).map(|(code, _)| code).collect();
        if codes == ["all"] { Vec::new() } else { codes }
    }

    /// Its codes and their words.
    pub fn codes(&self, language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
        let of_page = self.values.iter().filter_map(move |key| {
            let (_, code) = key.split_once('_')?;
            Some((code, page_word(key, language)?))
        });
        of_page.chain(self.words.iter().map(move |(code, [vi, en])| (*code, language.pick(*vi, *en))))
    }
}

/// Why a figure is missing, in words: what a column `…_note` says.
#[must_use]
pub fn note_word(code: &str, language: Language) -> Option<&'static str> {
    ["note", "why"].into_iter().find_map(|kind| page_word(&format!("{kind}_{code}"), language))
}

fn page_word(key: &str, language: Language) -> Option<&'static str> {
    let [vi, en] = &*PAGE;
    language.pick(vi, en).get(key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::definitions;

    const BOTH: [Language; 2] = [Language::Vi, Language::En];

    #[test]
    fn every_column_of_every_layer_has_words_of_its_own_in_both_languages() {
        for layer in definitions() {
            for language in BOTH {
                let mut seen = HashMap::new();
                for field in layer.fields.iter().filter(|field| !field.name.ends_with("_note")) {
                    let words = column_words(layer, field.name);
                    let words = words.unwrap_or_else(|| panic!("{}.{}", layer.id, field.name));
                    let heading = words.heading(language);
                    assert!(!heading.is_empty() && !words.meaning(Some(field), language).is_empty());
                    assert_eq!(seen.insert(heading, field.name), None, "{}.{}", layer.id, field.name);
                }
            }
        }
    }

    #[test]
    fn every_code_has_words_on_the_page_and_stands_in_the_description() {
        for (name, words) in &*COLUMNS {
            for language in BOTH {
                let known = words.codes(language).count();
                assert_eq!(known, words.values.len() + words.words.len(), "{name} {language:?}");
            }
        }
        let villages = definition("villages").unwrap();
        let status = column_words(villages, "status").unwrap();
        assert_eq!(status.word("reached", Language::Vi), Some("Đã tiếp cận"));
        assert_eq!(status.word("elsewhere", Language::Vi), None);
        let said = villages.field("status").unwrap().1.description;
        assert!(status.codes(Language::En).all(|(code, _)| said.contains(code)));
    }

    #[test]
    fn every_entry_names_a_column_that_there_is() {
        for name in COLUMNS.keys().filter(|name| COLUMNS[**name].english.is_none() && **name != "id") {
            let (layers, column): (Vec<_>, _) = match name.split_once('.') {
                Some((layer, column)) => (definition(layer).into_iter().collect(), column),
                None => (definitions().iter().collect(), *name),
            };
            assert!(layers.iter().any(|layer| layer.field(column).is_some()), "{name}");
        }
    }

    #[test]
    fn why_a_figure_is_missing_is_said_in_words() {
        for code in ["not_measured", "not_reported", "suppressed"] {
            assert!(BOTH.iter().all(|language| note_word(code, *language).is_some()), "{code}");
        }
    }
}
