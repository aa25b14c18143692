//! What people call the columns of a file that has no heading for them: the page names those by a word, not by our name.

use crate::model::language::Language;

/// Our names, and what they are called in Vietnamese and in English. A reader takes the word as a heading, too.
const WORDS: [(&str, &str, &str); 29] = [
    ("accuracy_m", "sai số vị trí", "accuracy"),
    ("code", "mã thôn", "village code"),
    ("commune", "tên xã", "commune"),
    ("commune_code", "mã xã", "commune code"),
    ("district", "huyện", "district"),
    ("geometry", "hình vẽ", "geometry"),
    ("guided", "số người được hướng dẫn", "people guided"),
    ("household", "hộ", "household"),
    ("households", "số hộ", "households"),
    ("id", "mã phiếu", "id"),
    ("kind", "loại", "kind"),
    ("lat", "vĩ độ", "latitude"),
    ("lon", "kinh độ", "longitude"),
    ("lon, lat", "kinh độ, vĩ độ", "longitude, latitude"),
    ("n_dvc_new", "số hồ sơ dịch vụ công mới", "new applications"),
    ("n_epay_new", "số tài khoản thanh toán mới", "new payment accounts"),
    ("n_vneid2_new", "số định danh mức 2 mới", "new VNeID accounts"),
    ("name", "tên", "name"),
    ("operator", "nhà mạng", "operator"),
    ("population", "số nhân khẩu", "population"),
    ("result", "kết quả", "result"),
    ("rsrp", "rsrp", "rsrp"),
    ("state", "trạng thái", "state"),
    ("supervision", "kiểm tra lại", "re-visit"),
    ("technology", "công nghệ", "technology"),
    ("time", "thời gian", "time"),
    ("topic", "nội dung hướng dẫn", "topic"),
    ("village", "tên thôn", "village"),
    ("village_code", "mã thôn", "village code"),
];

/// The word for one of our columns; `None` for a heading of a file.
#[must_use]
pub fn word_of_field(field: &str, language: Language) -> Option<&'static str> {
    let found = WORDS.iter().find(|(name, ..)| *name == field)?;
    Some(language.pick(found.1, found.2))
}
