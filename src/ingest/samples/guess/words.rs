//! Why a column was not taken and what to know of a choice, in the reader's language.

use super::{Note, Unfit, Why};
use crate::model::language::Language;

impl Why {
    /// The reason alone.
    #[must_use]
    pub fn message(self, language: Language) -> String {
        match self {
            Self::Neighbour => language
                .pick("của ô lân cận, không phải ô đang phục vụ", "of neighbouring cells, not of the phone's own")
                .to_owned(),
            Self::Predicted => language.pick("là số dự báo, không phải số đo", "predicted, not measured").to_owned(),
            Self::NotAReading => language
                .pick(
                    "là số lớn nhất, nhỏ nhất hoặc độ lệch, không phải một lần đo",
                    "a least, a most or a spread, not a reading",
                )
                .to_owned(),
            Self::Threshold => language.pick("là ngưỡng, cài đặt", "a threshold or setting").to_owned(),
            Self::Sent => language.pick("là công suất máy phát đi", "what the phone sent").to_owned(),
            Self::Rssi => language
                .pick(
                    "RSSI gồm cả nhiễu và ô khác: ở 4G cao hơn RSRP 25–30 dB; chỉ dùng được cho 2G",
                    "RSSI counts noise and other cells too: on 4G it lies 25–30 dB above RSRP; it is a power on 2G alone",
                )
                .to_owned(),
            Self::Levels => language
                .pick(
                    "chỉ có 0 đến 4 hoặc 5: là số vạch sóng của Android, mỗi máy chia một kiểu, không đổi ra dBm được",
                    "holds 0 to 4 or 5 alone: Android's bars, which every maker cuts otherwise; they are no dBm",
                )
                .to_owned(),
            Self::Server => language.pick("là máy chủ của bài đo", "of the server of the test").to_owned(),
            Self::OtherNetwork(network) => {
                let network = network.brand();
                language.pick(format!("của mạng {network}"), format!("of the network {network}"))
            }
            Self::OtherTechnology(technology) => language.pick(
                format!("của {technology}, các dòng là công nghệ khác hoặc lẫn lộn"),
                format!("of {technology}, and the rows are of another technology or of several"),
            ),
            Self::Doubled => language.pick("có nhiều cột cùng tên", "several columns bear this name").to_owned(),
        }
    }
}

impl Unfit {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (heading, key, why) = (&self.heading, self.field.key(), self.why.message(language));
        language.pick(
            format!("Không lấy “{heading}” làm {key}: {why}"),
            format!("`{heading}` was not taken for {key}: {why}"),
        )
    }

    /// Beside the column, on the page.
    #[must_use]
    pub fn message_on_page(&self, language: Language) -> String {
        let (word, why) = (self.field.word(language), self.why.message(language));
        language.pick(format!("không lấy làm “{word}”: {why}"), format!("not taken for “{word}”: {why}"))
    }
}

impl Note {
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::HomeNetwork { heading } => language.pick(
                format!("CHÚ Ý: “{heading}” là mạng của SIM, có thể khác mạng mà máy đang dùng"),
                format!("NOTE: `{heading}` is the network of the card, which need not be the one that the phone is on"),
            ),
            Self::Networks { .. } => {
                let (taken, names) = self.networks();
                language.pick(
                    format!("CHÚ Ý: mỗi mạng có cột riêng; mẫu này đọc {taken}. Làm mẫu riêng cho {names} với --operator"),
                    format!("NOTE: networks have columns of their own; this profile reads {taken}. Make one for each of {names} with --operator"),
                )
            }
        }
    }

    /// To somebody at the page.
    #[must_use]
    pub fn message_on_page(&self, language: Language) -> String {
        match self {
            Self::HomeNetwork { .. } => self.message(language),
            Self::Networks { .. } => {
                let (taken, names) = self.networks();
                language.pick(
                    format!("CHÚ Ý: mỗi mạng có cột riêng; lần này đọc {taken}. Nhập lại tệp cho {names}: chọn nhà mạng cho cả tệp và các cột của mạng ấy"),
                    format!("NOTE: networks have columns of their own; {taken} is read this time. Bring the file in again for {names}: choose that network for the whole file, and its columns"),
                )
            }
        }
    }

    fn networks(&self) -> (&'static str, String) {
        match self {
            Self::HomeNetwork { .. } => ("", String::new()),
            Self::Networks { taken, others } => {
                (taken.brand(), others.iter().map(|network| network.brand()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
