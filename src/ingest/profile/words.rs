//! What the fields of a profile are called where somebody chooses among them, with the units that their values may have.

use super::Field;
use crate::model::language::Language;

impl Field {
    /// The field of a key under `[columns]`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// What a person calls it.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        let (vi, en) = match self {
            Self::Longitude => ("Kinh độ (độ), hoặc X (mét)", "Longitude (degrees), or east (metres)"),
            Self::Latitude => ("Vĩ độ (độ), hoặc Y (mét)", "Latitude (degrees), or north (metres)"),
            Self::Time => ("Thời điểm đo (ngày và giờ)", "Time of the measurement (day and clock)"),
            Self::Date => ("Ngày đo", "Day of the measurement"),
            Self::Clock => ("Giờ đo", "Time of day"),
            Self::Operator => ("Nhà mạng", "Network"),
            Self::Mcc => ("Mã nước MCC", "Country code MCC"),
            Self::Mnc => ("Mã mạng MNC", "Network code MNC"),
            Self::Technology => ("Công nghệ (2G–5G)", "Technology (2G–5G)"),
            Self::State => ("Trạng thái phục vụ", "State of service"),
            Self::Power => ("Mức thu (dBm, ASU)", "Power (dBm, ASU)"),
            Self::Power2g => ("Mức thu 2G (dBm, ASU)", "Power of 2G (dBm, ASU)"),
            Self::Power3g => ("Mức thu 3G (dBm, ASU)", "Power of 3G (dBm, ASU)"),
            Self::Power4g => ("Mức thu 4G (dBm, ASU)", "Power of 4G (dBm, ASU)"),
            Self::Power5g => ("Mức thu 5G (dBm, ASU)", "Power of 5G (dBm, ASU)"),
            Self::Rsrq => ("Chất lượng RSRQ (dB)", "Quality RSRQ (dB)"),
            Self::Rsrq4g => ("RSRQ 4G (dB)", "RSRQ of 4G (dB)"),
            Self::Rsrq5g => ("RSRQ 5G (dB)", "RSRQ of 5G (dB)"),
            Self::Sinr => ("Tỷ số SINR (dB)", "Ratio SINR (dB)"),
            Self::Sinr4g => ("SINR 4G (dB)", "SINR of 4G (dB)"),
            Self::Sinr5g => ("SINR 5G (dB)", "SINR of 5G (dB)"),
            Self::Download => ("Tốc độ tải xuống (kbit/s, Mbit/s)", "Download rate (kbit/s, Mbit/s)"),
            Self::Accuracy => ("Sai số vị trí (m)", "Accuracy of the position (m)"),
            Self::Speed => ("Tốc độ di chuyển (km/h, m/s)", "Speed of travel (km/h, m/s)"),
            Self::Cell => ("Mã ô (Cell ID)", "Cell ID"),
            Self::Arfcn => ("Kênh tần số (EARFCN)", "Channel (EARFCN)"),
            Self::Device => ("Máy đo (chỉ giữ bản băm)", "Device (only a hash of it is kept)"),
            Self::Serving => ("Là ô đang phục vụ", "Is the serving cell"),
            Self::Neighbour => ("Là ô lân cận", "Is a neighbouring cell"),
        };
        language.pick(vi, en)
    }
}

/// The key of a fault as the page says it: the word of a field, else the key itself.
pub(super) fn on_page(key: &str, language: Language) -> String {
    let field = key.strip_prefix("columns.").and_then(Field::from_key);
    field.map_or_else(|| format!("`{key}`"), |field| format!("“{}”", field.word(language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_fields_bear_the_same_word() {
        for language in [Language::Vi, Language::En] {
            let mut words = Field::ALL.map(|field| field.word(language)).to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), Field::ALL.len());
        }
    }
}
