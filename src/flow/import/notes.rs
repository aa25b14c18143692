//! What is worth saying of an import beside its rows, in the reader's language.

use jiff::civil::Date;

use crate::model::language::{Language, number};

/// Things worth saying that refuse nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Measurements, sites or public places outside every imported commune.
    OutsideCommunes { rows: u64 },
    /// New communes made by dissolving old ones.
    Dissolved { units: usize },
    /// Units that lie in no part of Viet Nam, where there was nothing to compare them with.
    OutsideVietNam { units: usize },
    /// Old units that the crosswalk closed.
    Closed { units: usize },
    /// Old units split between several new ones, with no line to cut along: in no new unit.
    SplitWithoutLine { codes: Vec<String> },
    /// Villages without a position: in lists, on no map.
    VillagesWithoutPoint { rows: u64 },
    /// Villages whose point lies outside of their extent.
    PointOutsideExtent { rows: u64 },
    /// Villages without declared households.
    VillagesWithoutHouseholds { rows: u64 },
    /// Villages whose count of a day stays, since the file gives another one without a day, or of an earlier one.
    CountsKept { rows: u64 },
    /// Rows of a table without a column of communes: that of the importer, or the stated one, was taken for them.
    CommuneTaken { commune: String, rows: u64 },
    /// Visits of a table without a column of villages whose sheet is called by one.
    VillageOfSheet { rows: u64 },
    /// Visits that found a commune but no village.
    CommuneOnly { rows: u64 },
    /// Visits of homes that were erased, and forms that were made coarse when their term had ended.
    KeptOut { rows: u64 },
    /// Visits of earlier imports whose forms are rejected or deleted at their server by now: they count no more.
    WithdrawnAtServer { rows: u64 },
    /// Visits that were, and are not any more.
    BackAtServer { rows: u64 },
    /// Re-visits that check earlier ones: they count as no visits.
    Supervision { rows: u64 },
    /// Visits whose position is in no commune that has a boundary: flagged, and not counted before a look.
    OutsideProvince { rows: u64 },
    /// Operators that Viet Nam does not have, as they are kept: a misspelt one would split the evidence.
    /// `is_in`: they have come in.
    UnknownOperators { names: Vec<String>, rows: u64, is_in: bool },
    /// What a network claims from now on, and whether that is in place of an earlier claim, of that day.
    Claimed { network: String, km2: u64, replaced: Option<Replaced> },
    /// Areas so small that no cell has its middle inside.
    SmallAreas { rows: u64 },
    /// No claimed ground lies in any imported commune.
    ClaimedElsewhere,
    /// Rows of a list of masts whose cell another row of it has at another place: of each cell the last row stands.
    CellsRepeated { rows: u64, example: String },
    /// Masts that stood under another place or number: the new row is in place of the old.
    MastsMoved { masts: u64, names: Vec<String> },
    /// Masts taken out since the whole list does not hold them.
    MastsGone { masts: u64, names: Vec<String> },
    /// Nothing was taken out since rows of the whole list were refused.
    NotReplaced { refused: u64 },
    /// Tiles of quarters that an earlier file had brought, with other values: the new ones stand.
    QuarterReplaced { quarters: Vec<String>, rows: u64 },
    /// The refused rows could not be written beside the file; they are in the store.
    RejectsNotWritten { problem: String },
}

/// A claim that a later one has taken the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub km2: u64,
    pub as_of: Option<Date>,
}

/// How many unknown operators a sentence names.
const NAMED: usize = 5;

impl Note {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::OutsideCommunes { rows } => language.pick(
                format!("{rows} dòng nằm ngoài mọi xã, phường đã nhập"),
                format!("{rows} rows lie outside every imported commune"),
            ),
            Self::Dissolved { units } => language.pick(
                format!("đã ghép {units} xã, phường mới từ đơn vị cũ"),
                format!("{units} new communes were dissolved from old ones"),
            ),
            Self::OutsideVietNam { units } => language.pick(
                format!("{units} đơn vị nằm ngoài Việt Nam; hãy kiểm tra hệ toạ độ (--crs)"),
                format!("{units} units lie outside Viet Nam; check the coordinate system (--crs)"),
            ),
            Self::CellsRepeated { rows, example } => language.pick(
                format!("{rows} dòng trùng số cell với dòng khác ở nơi khác (vd. {example}): mỗi cell chỉ giữ dòng cuối; nếu đó là số trong trạm, thêm cột eNodeB ID hoặc tên trạm"),
                format!("{rows} rows have a cell that another row has at another place (such as {example}): of each the last row stands; if these are numbers within a mast, add a column eNodeB ID or the name of the mast"),
            ),
            Self::MastsMoved { masts, names } => language.pick(
                format!("{masts} trạm đổi toạ độ hoặc số so với danh sách trước, đã thay dòng cũ: {}", listed(names)),
                format!("{masts} masts stood under another place or number before and were updated: {}", listed(names)),
            ),
            Self::MastsGone { masts: 0, .. } => language.pick(
                "danh sách toàn bộ: không có trạm nào bị bỏ".to_owned(),
                "the whole list: no mast was taken out".to_owned(),
            ),
            Self::MastsGone { masts, names } => language.pick(
                format!("danh sách toàn bộ: đã bỏ {masts} trạm không còn trong tệp: {}", listed(names)),
                format!("the whole list: {masts} masts that it does not hold were taken out: {}", listed(names)),
            ),
            Self::NotReplaced { refused } => language.pick(
                format!("{refused} dòng bị loại, nên CHƯA bỏ trạm nào: hãy sửa rồi nhập lại cả danh sách"),
                format!("{refused} rows were refused, so that NO mast was taken out: mend them and import the whole list again"),
            ),
            Self::Closed { units } => language.pick(
                format!("{units} đơn vị cũ hết hiệu lực theo bảng sáp nhập"),
                format!("{units} old units are closed by the merger table"),
            ),
            Self::SplitWithoutLine { codes } => language.pick(
                format!("đơn vị cũ bị chia mà không có đường ranh, chưa gán vào đâu: {}", codes.join(", ")),
                format!("old units split without a line, assigned to none: {}", codes.join(", ")),
            ),
            Self::VillagesWithoutPoint { rows } => language.pick(
                format!("{rows} thôn chưa có toạ độ: có trong danh sách, không có trên bản đồ"),
                format!("{rows} villages have no position: in the lists, not on the map"),
            ),
            Self::PointOutsideExtent { rows } => language.pick(
                format!("{rows} thôn có toạ độ nằm ngoài ranh giới của chính thôn đó; hãy kiểm tra lại"),
                format!("{rows} villages have their point outside of their extent; look at them again"),
            ),
            Self::VillagesWithoutHouseholds { rows } => language.pick(
                format!("{rows} thôn chưa có số hộ: chưa tính được tỷ lệ"),
                format!("{rows} villages declare no households: no share can be computed"),
            ),
            Self::CountsKept { rows } => language.pick(
                format!(
                    "{rows} thôn giữ số hộ đã khai theo ngày: tệp ghi số khác nhưng không ghi ngày, hoặc ghi ngày cũ hơn; hãy thêm cột ngày khai"
                ),
                format!(
                    "{rows} villages keep the households declared on a day: the file has other counts without a day, or of an earlier one; add a column with the day"
                ),
            ),
            Self::KeptOut { rows } => language.pick(
                format!("{rows} lượt không nhập lại: hộ đã xoá theo yêu cầu, hoặc phiếu đã hết thời hạn lưu chi tiết"),
                format!("{rows} visits stay out: of homes that were erased, or forms whose term has ended"),
            ),
            Self::WithdrawnAtServer { rows } => language.pick(
                format!("{rows} lượt đã nhập trước nay bị bác hoặc bị xoá ở máy chủ: không tính nữa"),
                format!("{rows} visits that came in before are rejected or deleted at their server now: they count no more"),
            ),
            Self::BackAtServer { rows } => language.pick(
                format!("{rows} lượt trước bị bác ở máy chủ nay không còn bị bác: tính lại"),
                format!("{rows} visits that were rejected at their server are not any more: they count again"),
            ),
            Self::CommuneTaken { commune, rows } => language.pick(
                format!("tệp không có cột xã, phường: coi {rows} dòng là của {commune}"),
                format!("the file has no column of communes: {rows} rows were taken as those of {commune}"),
            ),
            Self::VillageOfSheet { rows } => language.pick(
                format!("tệp không có cột thôn: {rows} lượt lấy thôn theo tên trang tính"),
                format!("the file has no column of villages: {rows} visits are of the village that their sheet is called by"),
            ),
            Self::CommuneOnly { rows } => language.pick(
                format!("{rows} lượt thăm chỉ gán được đến xã, phường"),
                format!("{rows} visits could be placed in a commune only"),
            ),
            Self::Supervision { rows } => language.pick(
                format!("{rows} lượt kiểm tra lại: so với lượt trước của cùng hộ, không tính là lượt đến"),
                format!("{rows} re-visits check earlier ones of the same home and count as no visits"),
            ),
            Self::OutsideProvince { rows } => language.pick(
                format!("{rows} lượt thăm có toạ độ nằm ngoài mọi ranh giới đã nhập; hãy kiểm tra lại"),
                format!("{rows} visits have a position outside every imported boundary; look at them again"),
            ),
            Self::UnknownOperators { names, rows, is_in } => {
                let more = if names.len() > NAMED { " …" } else { "" };
                let names = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ") + more;
                let (vi, en) = if *is_in {
                    (
                        "nếu viết sai tên, hãy rút lần nhập này lại rồi nhập tệp đã sửa",
                        "where a name is misspelt, take this import back and import the corrected file",
                    )
                } else {
                    ("nếu viết sai tên, hãy nói đó là mạng nào, hoặc sửa tệp, trước khi nhập", "where a name is misspelt, say which network it is, or correct the file, before the import")
                };
                language.pick(
                    format!("{rows} dòng của nhà mạng không có ở Việt Nam ({names}): {vi}"),
                    format!("{rows} rows of operators that are not known in Viet Nam ({names}): {en}"),
                )
            }
            Self::Claimed { network, km2, replaced } => {
                let (vi, en) = replaced.map_or_else(Default::default, |old| old.message());
                let area = |language| number(*km2 as f64, 0, language);
                language.pick(
                    format!("{network}: công bố phủ sóng {} km²{vi}", area(Language::Vi)),
                    format!("{network}: {} km² claimed{en}", area(Language::En)),
                )
            }
            Self::SmallAreas { rows } => language.pick(
                format!("{rows} vùng quá nhỏ, không chứa tâm ô H3 r10 nào: không tính"),
                format!("{rows} areas are too small to hold the middle of an H3 r10 cell: they claim nothing"),
            ),
            Self::ClaimedElsewhere => language.pick(
                "không có chỗ nào của vùng phủ công bố nằm trong xã, phường đã nhập; hãy kiểm tra hệ toạ độ (--crs)".to_owned(),
                "no claimed ground lies in any imported commune; check the coordinate system (--crs)".to_owned(),
            ),
            Self::QuarterReplaced { quarters, rows } => {
                let quarters = quarters.join(", ");
                language.pick(
                    format!("{rows} ô đã có số liệu của quý {quarters}: thay bằng số liệu mới"),
                    format!("{rows} tiles were there already for {quarters}: replaced"),
                )
            }
            Self::RejectsNotWritten { problem } => language.pick(
                format!("không ghi được tệp dòng bị loại cạnh tệp gốc ({problem}); chúng vẫn nằm trong kho dữ liệu"),
                format!(
                    "the refused rows could not be written beside the file ({problem}); they are kept in the store"
                ),
            ),
        }
    }
}

impl Replaced {
    fn message(self) -> (String, String) {
        let area = |language| number(self.km2 as f64, 0, language);
        let (vi, en) = match self.as_of {
            Some(day) => (format!(" ngày {}", day.strftime("%d/%m/%Y")), format!(" of {day}")),
            None => Default::default(),
        };
        (
            format!(", thay cho công bố trước{vi} ({} km²)", area(Language::Vi)),
            format!(", in place of the earlier claim{en} ({} km²)", area(Language::En)),
        )
    }
}

/// `a, b, …`: a note names a few.
fn listed(names: &[String]) -> String {
    if names.is_empty() { "…".to_owned() } else { format!("{} …", names.join(", ")) }
}
