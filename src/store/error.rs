//! What can go wrong between the nouns and the disk.
//!
//! Facts, not sentences, with a hint where there is something to try. The
//! names of the constraints in `migrations/` are turned into words here: a
//! rule that the database guards is as readable as one that a reader guards.

use std::path::PathBuf;

use crate::model::language::Language;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is something else. It has not been touched.
    #[error("{} is not a store: it is {found}", path.display())]
    NotAStore { path: PathBuf, found: &'static str },
    #[error("there is no store at {}", path.display())]
    NoFile { path: PathBuf },
    #[error("`{scheme}` stores are not known here")]
    UnknownScheme { scheme: String },
    #[error("the store has schema {found}, this program knows {known}")]
    NewerThanThisProgram { found: i64, known: i64 },
    /// Only when opened for reading: otherwise it is brought up to date.
    #[error("the store has schema {found}, this program needs {known}")]
    OlderThanThisProgram { found: i64, known: i64 },
    #[error("migration {version} of the store is not the one this program knows")]
    AlteredSchema { version: i64 },
    #[error("another program is writing to the store")]
    Locked,
    #[error("the store is open for reading only")]
    ReadOnly,
    #[error("the disk is full")]
    DiskFull,
    #[error("cannot reach {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A rule of the schema, by the name of its constraint.
    #[error("{says} (rule `{rule}`)")]
    Rule { rule: String, says: String },
    /// The analysis was made from data that have changed since.
    #[error("the analysis was made from epoch {made_from}, the store is at {now}")]
    Moved { made_from: String, now: String },
    /// A stored value is not one that this program writes.
    #[error("`{column}` in row {row} of `{table}` cannot be read")]
    Corrupt { table: &'static str, column: &'static str, row: i64 },
    /// A shape or a list that has no form on disk.
    #[error("{what} cannot be written")]
    Unwritable { what: &'static str },
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// Work on the rows ended before it was done; the log says why.
    #[error("the work was interrupted")]
    Interrupted,
    #[error("SQLite code {code}: {message}")]
    Sqlite { code: i32, message: String },
    #[error(transparent)]
    Sql(sqlx::Error),
}

impl StoreError {
    /// As a person reads it.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let vi = match self {
            Self::NotAStore { path, .. } => format!("{} không phải kho của phusong", path.display()),
            Self::NoFile { path } => format!("không có kho ở {}", path.display()),
            Self::UnknownScheme { scheme } => format!("không có loại kho `{scheme}`"),
            Self::NewerThanThisProgram { found, known } => {
                format!("kho theo lược đồ {found}, chương trình này chỉ biết đến {known}")
            }
            Self::OlderThanThisProgram { found, known } => {
                format!("kho theo lược đồ {found}, chương trình này cần {known}")
            }
            Self::AlteredSchema { version } => {
                format!("bước nâng cấp {version} của kho khác với bước mà chương trình này biết")
            }
            Self::Locked => "chương trình khác đang ghi vào kho".to_owned(),
            Self::ReadOnly => "kho chỉ mở để đọc".to_owned(),
            Self::DiskFull => "đĩa đã đầy".to_owned(),
            Self::Io { path, source } => format!("không mở được {}: {source}", path.display()),
            Self::Rule { rule, .. } => format!("dữ liệu trái với quy tắc `{rule}` của kho"),
            Self::Moved { .. } => "dữ liệu mới vào kho trong lúc phân tích".to_owned(),
            Self::Corrupt { table, column, row } => format!("không đọc được `{column}` ở dòng {row} của `{table}`"),
            Self::Unwritable { what } => format!("không ghi được: {what}"),
            Self::Damaged(detail) => format!("tệp bị hỏng: {detail}"),
            Self::Interrupted => "công việc bị ngắt giữa chừng".to_owned(),
            Self::Sqlite { code, message } => format!("SQLite, mã {code}: {message}"),
            Self::Sql(error) => format!("lỗi của kho: {error}"),
        };
        language.pick(vi, self.to_string())
    }

    /// What to try, where we have an idea.
    #[must_use]
    pub fn hint(&self, language: Language) -> Option<&'static str> {
        let text = |vi, en| Some(language.pick(vi, en));
        match self {
            Self::NotAStore { .. } => text(
                "chỉ `--db` vào tệp phusong.gpkg, hoặc vào một tên tệp chưa có để tạo mới",
                "point `--db` at a phusong.gpkg, or at a name that does not exist yet to make a new one",
            ),
            Self::NoFile { .. } => text(
                "tạo bằng `phusong demo` hoặc `phusong import`",
                "make one with `phusong demo` or `phusong import`",
            ),
            Self::UnknownScheme { .. } => text("dùng đường dẫn tới một tệp", "use the path of a file"),
            Self::NewerThanThisProgram { .. } => text("hãy cập nhật phusong", "update phusong"),
            Self::OlderThanThisProgram { .. } => text(
                "mở một lần bằng lệnh có ghi, ví dụ `phusong analyse`, để nâng cấp",
                "open it once with a command that writes, such as `phusong analyse`, to bring it up to date",
            ),
            Self::Locked => text(
                "đợi lệnh nhập hoặc phân tích kia xong; nếu QGIS đang sửa tệp thì hãy lưu và thoát chế độ sửa",
                "wait for the other import or analysis; if QGIS is editing the file, save and stop editing",
            ),
            Self::DiskFull => text("giải phóng đĩa rồi nhập lại", "free some space and import again"),
            Self::Moved { .. } => text("chạy lại phân tích", "run the analysis again"),
            Self::Corrupt { .. } | Self::Damaged(_) => text(
                "chạy `phusong check store`, rồi dùng bản sao lưu",
                "run `phusong check store`, then go back to a copy",
            ),
            _ => None,
        }
    }

    /// Sorts SQLite's extended result codes (sqlite.org/rescode.html) into facts.
    pub(crate) fn from_sqlite(code: i32, message: String) -> Self {
        match code & 0xFF {
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            11 | 26 => Self::Damaged(message),
            13 => Self::DiskFull,
            19 => Self::from_rule(&message),
            _ => Self::Sqlite { code, message },
        }
    }

    /// `CHECK constraint failed: village_has_commune` carries the name;
    /// `UNIQUE constraint failed: table.column` carries the columns instead.
    fn from_rule(message: &str) -> Self {
        let detail = message.split_once(": ").map_or(message, |(_, detail)| detail);
        let rule = UNIQUE_RULES.iter().find(|(columns, _)| *columns == detail).map_or(detail, |(_, rule)| rule);
        let says = RULES
            .iter()
            .find(|(name, _)| *name == rule)
            .map_or_else(|| rule.replace('_', " "), |(_, says)| (*says).into());
        Self::Rule { rule: rule.to_owned(), says }
    }
}

/// SQLite names the columns of a uniqueness rule, not the rule.
const UNIQUE_RULES: [(&str, &str); 9] = [
    ("village_register.source, village_register.source_key", "village_has_one_row_a_source"),
    ("village_register.code", "village_has_one_code"),
    ("admin_units.code, admin_units.valid_from", "unit_has_one_row_an_edition"),
    ("cells.cell, cells.operator, cells.technology", "cell_has_one_verdict"),
    ("dead_areas.area, dead_areas.operator, dead_areas.technology", "dead_area_has_one_row"),
    ("village_reach.village", "village_has_one_judgement"),
    ("commune_reach.commune", "commune_has_one_judgement"),
    ("priority_list.rank", "priority_rank_is_taken_once"),
    ("claim.operator, claim.technology, claim.environment", "one_claim_for_each_network"),
];

/// Rules whose name alone would puzzle a reader. The others are their name.
const RULES: [(&str, &str); 5] = [
    ("village_has_one_row_a_source", "two villages carry the same id of the same source"),
    ("unit_ends_after_it_begins", "a unit ends on or before the day it begins"),
    ("unit_code_has_2_or_5_digits", "a unit code has neither 2 nor 5 digits"),
    ("unit_area_is_positive", "a stated area is zero or negative"),
    ("visit_point_has_both_numbers", "a visit has a longitude or a latitude, but not both"),
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse().ok());
        match (&error, code) {
            (sqlx::Error::Database(inner), Some(code)) => Self::from_sqlite(code, inner.message().to_owned()),
            // Every connection of the pool is taken: in this program that means a writer inside.
            (sqlx::Error::PoolTimedOut, _) => Self::Locked,
            _ => Self::Sql(error),
        }
    }
}

/// Something that `check` found. An empty list is a sound store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreProblem {
    #[error("integrity: {0}")]
    Integrity(String),
    #[error("row {row} of `{table}` points at a missing row of `{parent}`")]
    Orphan { table: String, row: i64, parent: String },
    #[error("the file says application {found:#010x}, a GeoPackage says 0x47504b47")]
    NotAGeoPackage { found: i64 },
    #[error("layer `{layer}` is listed but not there")]
    NoLayer { layer: String },
    #[error("layer `{layer}` has {shapes} shapes and {indexed} in its spatial index")]
    Index { layer: String, shapes: i64, indexed: i64 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_has_words_is_a_rule_of_the_schema() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
        let schema: String = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        let names = UNIQUE_RULES.iter().map(|(_, rule)| rule).chain(RULES.iter().map(|(rule, _)| rule));
        for rule in names {
            assert!(schema.contains(&format!("CONSTRAINT {rule} ")), "no constraint `{rule}`");
        }
    }

    #[test]
    fn codes_become_facts() {
        let says = |code, message: &str| StoreError::from_sqlite(code, message.into()).to_string();
        assert_eq!(
            says(275, "CHECK constraint failed: village_has_commune"),
            "village has commune (rule `village_has_commune`)"
        );
        assert_eq!(
            says(275, "CHECK constraint failed: unit_area_is_positive"),
            "a stated area is zero or negative (rule `unit_area_is_positive`)"
        );
        assert_eq!(
            says(2067, "UNIQUE constraint failed: priority_list.rank"),
            "priority rank is taken once (rule `priority_rank_is_taken_once`)"
        );
        // SQLITE_BUSY_SNAPSHOT, SQLITE_FULL, SQLITE_READONLY.
        assert!(matches!(StoreError::from_sqlite(517, String::new()), StoreError::Locked));
        assert!(matches!(StoreError::from_sqlite(13, String::new()), StoreError::DiskFull));
        assert!(matches!(StoreError::from_sqlite(8, String::new()), StoreError::ReadOnly));
    }
}
