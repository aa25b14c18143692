//! Columns that a reader has no use for, so that nobody takes them for read.
//!
//! Not told: what is dropped as personal (told elsewhere), what is empty, numbers of rows, what servers of forms add of
//! themselves, and the columns of our own workbook of refused rows.

use super::Table;
use crate::ingest::header::fold;
use crate::ingest::{Warning, privacy};

/// Columns that a warning names.
const MOST: usize = 8;

const NUMBERS_OF_ROWS: &[&str] = &["stt", "tt", "so_tt", "so_thu_tu", "no", "fid", "ogc_fid", "objectid"];
const OF_SERVERS: &[&str] = &[
    "submissiondate",
    "completiondate",
    "start",
    "end",
    "today",
    "status",
    "reviewstate",
    "edits",
    "formdef_version",
    "formversion",
    "form_version",
    "version",
    "attachmentspresent",
    "attachmentsexpected",
    "instanceid",
    "meta_instanceid",
    "meta_rootuuid",
    "meta_instancename",
    "formhub_uuid",
    "date_modified",
    "review_status",
    "xform_id",
    "xform_id_string",
];
const OF_REFUSED: &[&str] = &["dong_trong_tep", "vi_sao_bi_loai", "line_in_the_file", "why_refused"];

/// Whether nobody misses a column by this heading: one without a name, numbers of rows, our own remarks.
pub(in crate::ingest) fn is_of_no_use(heading: &str) -> bool {
    let folded = fold(heading);
    let unnamed = heading.strip_prefix("Field").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let own = [NUMBERS_OF_ROWS, OF_REFUSED].iter().any(|names| names.contains(&folded.as_str()));
    heading.is_empty() || heading.starts_with('_') || unnamed || own
}

impl Table {
    /// The columns with something in them that are none of the used ones; once all rows are read.
    pub(in crate::ingest) fn unread(&self, used: &[usize]) -> Option<Warning> {
        let empty = self.empty.as_ref()?;
        let is_choice = |name: &str| {
            let question =
                |at: &usize| name.strip_prefix(self.header.name(*at)).is_some_and(|rest| rest.starts_with('/'));
            used.iter().any(question)
        };
        // A point of a form is one column, and one more for each of its numbers.
        let is_point = |name: &str| {
            let number = |at: &&usize| !empty.contains(*at);
            let of = |at: &usize| {
                let number = self.header.name(*at).trim_start_matches('_');
                number
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.trim_start_matches(['-', '_']).eq_ignore_ascii_case("longitude"))
            };
            name.ends_with("ltitude") || used.iter().filter(number).any(of)
        };
        let is_told = |at: &usize| {
            let name = self.header.name(*at);
            let folded = fold(name);
            let of_server = OF_SERVERS.contains(&folded.as_str());
            !(used.contains(at) || empty.contains(at) || self.header.is_personal(*at))
                && !(is_of_no_use(name) || of_server || is_choice(name) || is_point(name))
                && !name.starts_with("SET-OF-")
        };
        let own_width = self.mending.own_width(&self.header);
        not_read((0..own_width).filter(is_told).map(|at| self.header.name(at)))
    }
}

/// Names the first of them; `None` without any.
pub(in crate::ingest) fn not_read<'h>(headings: impl Iterator<Item = &'h str>) -> Option<Warning> {
    let mut columns: Vec<String> = headings.map(privacy::mask_numbers).collect();
    let more = columns.len().saturating_sub(MOST);
    columns.truncate(MOST);
    (!columns.is_empty()).then_some(Warning::ColumnsNotRead { columns, more })
}
