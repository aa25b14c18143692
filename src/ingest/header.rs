//! Column headings, matched by meaning rather than spelling.
//!
//! A heading is folded (marks, case, units in brackets and separators gone)
//! and compared with lists of synonyms. ODK puts the group path in front,
//! joined by `-`; the last steps are compared as well.

use super::privacy;
use super::text;

/// The header of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// As the file spells them, cleaned.
    pub(super) names: Vec<String>,
    /// For comparing: `vi_do`.
    folded: Vec<String>,
}

impl Header {
    pub(super) fn new(names: Vec<String>) -> Self {
        let names: Vec<String> = names.iter().map(|n| text::clean(n)).collect();
        let folded = names.iter().map(|n| fold(n)).collect();
        Self { names, folded }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The column that bears the first of these names, the earlier alias first; failing that, one that writes it
    /// without its blanks, as databases do (`MaXaCu`). A personal column is never found, whatever it is asked for as.
    pub(super) fn find(&self, aliases: &[&str]) -> Option<usize> {
        let exact = |alias: &&str| self.find_where(|folded| folded == *alias);
        let closed = |alias: &&str| {
            let letters = alias.replace('_', "");
            self.find_where(|folded| !folded.contains('_') && folded == letters)
        };
        aliases.iter().find_map(exact).or_else(|| aliases.iter().find_map(closed))
    }

    /// The first column whose folded heading is of a kind; never a personal one.
    pub(super) fn find_where(&self, is: impl Fn(&str) -> bool) -> Option<usize> {
        (0..self.len()).find(|i| is(&self.folded[*i]) && !privacy::is_personal(&self.folded[*i]))
    }

    /// The columns of exactly this heading, personal ones included: who asks must look.
    pub(super) fn spelt(&self, heading: &str) -> Vec<usize> {
        let heading = text::clean(heading);
        (0..self.len()).filter(|i| self.names[*i] == heading).collect()
    }

    /// As [`Header::spelt`], whatever marks, case and units.
    pub(super) fn alike(&self, heading: &str) -> Vec<usize> {
        let heading = fold(heading);
        (0..self.len()).filter(|i| self.folded[*i] == heading && !heading.is_empty()).collect()
    }

    /// The first column whose name begins with this: `rsrp_54` for `rsrp`.
    pub(super) fn find_beginning(&self, beginning: &str) -> Option<usize> {
        (0..self.len()).find(|i| self.folded[*i].starts_with(beginning) && !privacy::is_personal(&self.folded[*i]))
    }

    /// As [`Header::find`], and failing that by the last steps of an ODK path:
    /// `visit-signal-viettel` is `signal_viettel`, but `ma_xa` is not `xa`.
    pub(super) fn find_in_path(&self, aliases: &[&str]) -> Option<usize> {
        self.find(aliases).or_else(|| {
            aliases.iter().find_map(|alias| {
                (0..self.len()).find(|i| !self.is_personal(*i) && self.steps(*i).any(|path| path == *alias))
            })
        })
    }

    /// The path without its first step, without its first two …, each folded.
    fn steps(&self, index: usize) -> impl Iterator<Item = String> {
        let name = &self.names[index];
        name.match_indices(['-', '/', ':']).map(|(at, _)| fold(&name[at + 1..]))
    }

    pub(super) fn has(&self, aliases: &[&str]) -> bool {
        self.find(aliases).is_some()
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    pub(super) fn is_personal(&self, index: usize) -> bool {
        privacy::is_personal(&self.folded[index]) || self.steps(index).any(|path| privacy::is_personal(&path))
    }

    /// Columns that may name a person, as the file spells them.
    pub(super) fn personal(&self) -> Vec<String> {
        (0..self.len()).filter(|i| self.is_personal(*i)).map(|i| self.names[i].clone()).collect()
    }
}

/// Whether a folded heading has a word, or some that stand together: `phone` in `head_phone`, not in `microphones`.
pub(super) fn holds(folded: &str, word: &str) -> bool {
    folded.match_indices(word).any(|(at, _)| {
        let before = at == 0 || folded.as_bytes()[at - 1] == b'_';
        let after = at + word.len();
        before && (after == folded.len() || folded.as_bytes()[after] == b'_')
    })
}

/// `Vĩ độ (°)` → `vi_do`, `Cell ID` → `cell_id`, `CellID` → `cellid`.
pub(super) fn fold(heading: &str) -> String {
    let plain = text::fold(heading);
    // Units in brackets are not part of the name, unless nothing stands before them.
    let plain = match plain.find(['(', '[']) {
        Some(at) if !plain[..at].trim().is_empty() => &plain[..at],
        _ => plain.as_str(),
    };
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::new(names.iter().map(|n| (*n).to_owned()).collect())
    }

    #[test]
    fn headings_match_whatever_their_marks_case_and_units() {
        let header = header(&["Mã xã", "VĨ ĐỘ (°)", "Kinh  đo\u{0323}\u{0302}", "RSRP [dBm]"]);
        assert_eq!(header.find(&["lat", "vi_do"]), Some(1));
        assert_eq!(header.find(&["kinh_do"]), Some(2));
        assert_eq!(header.find(&["rsrp"]), Some(3));
        assert_eq!(header.find(&["ma_thon"]), None);
    }

    #[test]
    fn a_field_in_an_odk_group_is_found_by_its_last_step() {
        let header = header(&["SubmissionDate", "visit-result", "visit-signal-signal_viettel", "visit-loc-Latitude"]);
        assert_eq!(header.find_in_path(&["result"]), Some(1));
        assert_eq!(header.find_in_path(&["signal_viettel"]), Some(2));
        assert_eq!(header.find_in_path(&["latitude"]), Some(3));
        assert_eq!(header.find_in_path(&["viettel"]), None);
    }

    #[test]
    fn a_heading_of_a_database_has_no_blanks_and_an_exact_one_goes_first() {
        let header = header(&["MaXaCu", "TenXa", "Mã xã"]);
        assert_eq!(header.find(&["ma_xa_cu"]), Some(0));
        assert_eq!(header.find(&["ten_xa"]), Some(1));
        assert_eq!(header.find(&["ma_xa"]), Some(2));
    }

    #[test]
    fn a_personal_column_cannot_be_asked_for() {
        let header = header(&["Chủ hộ", "id"]);
        assert_eq!(header.find(&["chu_ho"]), None);
        assert_eq!(header.personal(), ["Chủ hộ"]);
    }
}
