//! A failure as a person reads it: what was found, and what to try.

use std::process::ExitCode;

use super::words;
use crate::flow::archive::{ArchiveError, MOST_TILES};
use crate::flow::check::CheckError;
use crate::flow::choice::NotAChoice;
use crate::flow::export::ExportError;
use crate::flow::import::ImportError;
use crate::flow::merge::MergeError;
use crate::flow::polygonise::PolygoniseError;
use crate::flow::validate::ValidateError;
use crate::ingest::{BadProfile, Unreadable};
use crate::model::admin::UnitCode;
use crate::model::language::{Language, number};
use crate::store::StoreError;

pub(super) struct Failure {
    vi: String,
    en: String,
    hint: Option<(String, String)>,
}

impl Failure {
    /// The same words in both languages: names, numbers, an operating system's own sentence.
    pub(super) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { vi: text.clone(), en: text, hint: None }
    }

    pub(super) fn said(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into(), hint: None }
    }

    pub(super) fn hint_said(mut self, vi: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some((vi.into(), en.into()));
        self
    }

    pub(super) fn hint(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.hint = Some((text.clone(), text));
        self
    }

    pub(super) fn of_file(path: &std::path::Path, problem: &Unreadable) -> Self {
        let text = |language| format!("{}: {}", path.display(), problem.message(language));
        let hint = problem.hint(Language::Vi).zip(problem.hint(Language::En));
        Self { vi: text(Language::Vi), en: text(Language::En), hint }
    }

    pub(super) fn no_commune(code: UnitCode) -> Self {
        Self::said(format!("hiện không có xã, phường {code}"), format!("there is no commune {code} today"))
    }

    pub(super) fn cannot_write(path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::said(format!("không ghi được {path}: {error}"), format!("cannot write {path}: {error}"))
    }

    #[cfg(test)]
    pub(super) fn text(&self, language: Language) -> &str {
        if language == Language::Vi { &self.vi } else { &self.en }
    }

    pub(super) fn print(self, language: Language) -> ExitCode {
        words::say(&language.pick(self.vi, self.en));
        if let Some((vi, en)) = self.hint {
            words::say(&language.pick(format!("gợi ý: {vi}"), format!("hint: {en}")));
        }
        ExitCode::FAILURE
    }
}

impl From<BadProfile> for Failure {
    fn from(bad: BadProfile) -> Self {
        let hint = bad.hint(Language::Vi).zip(bad.hint(Language::En));
        Self { vi: bad.message(Language::Vi), en: bad.message(Language::En), hint }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Self::said(error.message(Language::Vi), error.message(Language::En));
        let hint = error.hint(Language::Vi).zip(error.hint(Language::En));
        Self { hint: hint.map(|(vi, en)| (vi.to_owned(), en.to_owned())), ..failure }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match &error {
            ExportError::UnknownLayer { found, known } => Self::said(
                format!("không có lớp `{found}`, cần một trong: {}", known.join(", ")),
                format!("there is no layer `{found}`, expected one of {}", known.join(", ")),
            ),
            ExportError::UnknownCommune { found, on } => Self::said(
                format!("không có xã {found} vào ngày {}", on.strftime("%d/%m/%Y")),
                format!("there is no commune {found} on {on}"),
            ),
            ExportError::Forbidden(forbidden) => forbidden.clone().into(),
            ExportError::UnknownFormat { found, known } => Self::said(
                format!("không có định dạng `{found}`, cần một trong: {}", known.join(", ")),
                format!("there is no format `{found}`, expected one of {}", known.join(", ")),
            ),
            ExportError::UnknownSystem { found } => Self::said(
                format!("không có hệ tọa độ `{found}`"),
                format!("there is no coordinate system `{found}` here"),
            )
            .hint_said("--crs 5897 là VN-2000 105°00′, --crs 9209 là 105°30′", "--crs 5897 is VN-2000 105°00′, --crs 9209 105°30′"),
            ExportError::OtherSystem { layer, format, system } => Self::said(
                format!("{layer}.{} ghi vị trí theo WGS 84 hoặc không ghi, không theo {system}", format.ending()),
                error.to_string(),
            )
            .hint_said(
                "gpkg, shp, tab và fgb ghi được hệ khác, csv và xlsx khi lớp là điểm; GeoJSON luôn là WGS 84 (RFC 7946)",
                "gpkg, shp, tab and fgb hold other systems, csv and xlsx those of points; GeoJSON is WGS 84 (RFC 7946)",
            ),
            ExportError::Write { path, source } => Self::cannot_write(path, source)
                .hint_said("chọn thư mục ghi được với -o", "choose a folder that can be written with -o"),
            ExportError::Convert(problem) => Self::said(problem.message(Language::Vi), problem.message(Language::En)),
        }
    }
}

impl From<NotAChoice> for Failure {
    fn from(error: NotAChoice) -> Self {
        let hint = match &error {
            NotAChoice::Filter(_) => "--filter \"percent < 20 AND name LIKE '%Yên%'\"",
            NotAChoice::Language(_) => "--filter-lang cql2-text, cql2-json",
            NotAChoice::Box { .. } => "--bbox 105.4,19.9,106.6,20.7",
            NotAChoice::Commune(_) => "--commune 13285",
        };
        Self::new(error.to_string()).hint(hint)
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::TooMany { from, to, tiles } => Self::said(
                format!("mức thu phóng {from} đến {to} của vùng này có {tiles} ô, quá {MOST_TILES} ô của một tệp"),
                format!("zooms {from} to {to} of this ground are {tiles} tiles, and one file holds {MOST_TILES}"),
            )
            .hint_said(
                "chọn vùng nhỏ hơn (--commune, --bbox) hoặc ít mức hơn (--zoom 4-14)",
                "take less ground (--commune, --bbox) or fewer zooms (--zoom 4-14)",
            ),
            ArchiveError::Format(path) => Self::said(
                format!("`{}` cần kết thúc bằng .pmtiles hoặc .mbtiles", path.display()),
                format!("`{}` must end in .pmtiles or .mbtiles", path.display()),
            ),
            ArchiveError::NoPage => Self::said(
                "chương trình này được dựng không kèm trang bản đồ",
                "this program was built without its page",
            )
            .hint("cd web && npm ci && npm run build && cargo build"),
            ArchiveError::Empty => Self::said("vùng này không có gì để vẽ", "there is nothing to show on this ground")
                .hint_said(
                    "chọn lớp khác, vùng khác hoặc bộ lọc khác",
                    "choose other layers, other ground or another filter",
                ),
            ArchiveError::Export(error) => error.into(),
            ArchiveError::Store(error) => error.into(),
            ArchiveError::Write { path, source } => Self::cannot_write(&path, &source),
        }
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        match &error {
            CheckError::Unreadable { path, problem } => Self::of_file(path, problem),
            CheckError::Write { path, source } => Self::cannot_write(path, source),
        }
    }
}

impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Self {
        match &error {
            MergeError::Unreadable { path, problem } => Self::of_file(path, problem),
            MergeError::Write { .. } => Self::new(error.to_string()),
            MergeError::NoChanges { path } => Self::said(
                format!("{}: không có dòng sáp nhập nào dùng được", path.display()),
                format!("{}: no usable merger row", path.display()),
            )
            .hint_said("cần các cột old_code và new_code", "the columns old_code and new_code are needed"),
            MergeError::NothingMade { day } => Self::said(
                format!(
                    "không có đơn vị mới nào: ngày {} không có đơn vị cũ nào của bảng sáp nhập có ranh giới",
                    day.strftime("%d/%m/%Y")
                ),
                format!("no new units: on {day} no old unit of the crosswalk has a boundary"),
            )
            .hint_said(
                "xem cột code, valid_from và valid_to của tệp đơn vị cũ",
                "look at the columns code, valid_from and valid_to of the old units",
            ),
        }
    }
}

impl From<PolygoniseError> for Failure {
    fn from(error: PolygoniseError) -> Self {
        match &error {
            PolygoniseError::Unreadable { path, problem } => Self::of_file(path, problem),
            PolygoniseError::Write { .. } => Self::new(error.to_string()),
            PolygoniseError::NoArea => {
                Self::said("các đường không khép thành vùng nào".to_owned(), "the lines enclose no area".to_owned())
                    .hint_said(
                        "thử --snap với khoảng hở lớn nhất, tính bằng mét",
                        "try --snap with the widest gap in metres",
                    )
            }
        }
    }
}

impl From<ValidateError> for Failure {
    fn from(error: ValidateError) -> Self {
        match &error {
            ValidateError::Unreadable { path, problem } => Self::of_file(path, problem),
            ValidateError::MixedCells { path } => Self::said(
                format!("{}: các ô không cùng một độ phân giải H3", path.display()),
                format!("{}: the cells are not of one H3 resolution", path.display()),
            ),
            ValidateError::NoneOf { asked, found } => {
                let found: Vec<String> = found.iter().map(|(of, count)| format!("{of}: {count}")).collect();
                let found = found.join(", ");
                Self::said(
                    format!("tệp không có trị đo nào của {asked}; có {found}"),
                    format!("no reading of {asked} in the log, which has {found}"),
                )
            }
            ValidateError::NoSurface { cells, of } => {
                let (of_vi, of_en) = of.map_or_else(Default::default, |of| (format!(" ({of})"), format!(" of {of}")));
                Self::said(
                    format!("{cells} ô{of_vi} là quá ít để dựng mặt sóng, hoặc mọi ô bằng nhau"),
                    format!("{cells} cells{of_en} are too few for a surface, or all alike"),
                )
                .hint_said(
                    "cần ít nhất hai nhóm (fold), mỗi lần bỏ một nhóm còn ít nhất 10 ô có số đo; tệp có nhiều công nghệ thì chọn một bằng --technology",
                    "at least two folds are needed, and ten measured cells in what is left without each; of a log of several technologies choose one with --technology",
                )
            }
        }
    }
}

impl Failure {
    pub(super) fn of_import(path: &std::path::Path, error: ImportError) -> Self {
        match error {
            ImportError::Unreadable(problem) => Self::of_file(path, &problem),
            ImportError::Store(error) => error.into(),
            ImportError::TooMuchGround { most_km2 } => Self::said(
                format!(
                    "{}: một mạng công bố phủ hơn {} km²",
                    path.display(),
                    number(f64::from(most_km2), 0, Language::Vi)
                ),
                format!(
                    "{}: more than {} km² are claimed of one network",
                    path.display(),
                    number(f64::from(most_km2), 0, Language::En)
                ),
            )
            .hint_said(
                "cắt tệp theo tỉnh; hoặc kiểm tra hệ toạ độ (--crs)",
                "cut the file to the province, or check the coordinate system (--crs)",
            ),
            ImportError::Misfit(misfit) => {
                let text = |language| format!("{}: {}", path.display(), misfit.message(language));
                Self::said(text(Language::Vi), text(Language::En))
                    .hint_said(misfit.hint(Language::Vi), misfit.hint(Language::En))
            }
            ImportError::OtherDay { date, units, of, example } => {
                let (path, day) = (path.display(), date.strftime("%d/%m/%Y"));
                Self::said(
                    format!("{path}: {units} trong {of} đơn vị, như {example}, không phải là đơn vị của ngày {day} trong kho, mà tệp không ghi ngày"),
                    format!("{path}: {units} of {of} units, such as {example}, are not those of {date} in the store, and the file has no date"),
                )
                .hint_said(
                    "ghi ngày đầu tiên ranh giới này có hiệu lực: --as-of 2025-01-01 cho ranh giới trước sắp xếp",
                    "state the first day of these boundaries: --as-of 2025-01-01 for those before the merger",
                )
            }
            ImportError::NoCorrections(kind) => Self::said(
                format!("không sửa được dòng của {kind} khi nhập"),
                format!("rows of {kind} cannot be corrected at the import"),
            )
            .hint_said("sửa trong tệp rồi nhập lại", "mend the file itself and import it again"),
            ImportError::NoCommune(code) => Self::no_commune(code),
            ImportError::Read { path, source } => Self::of_file(&path, &source.into()),
            ImportError::Forbidden(error) => error.into(),
        }
    }
}
