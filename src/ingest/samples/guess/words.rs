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
            Self::AnotherPower => language
                .pick("đã lấy cột khác làm mức thu", "another column was taken for the power")
                .to_owned(),
            Self::Numbered => language
                .pick(
                    "ghi nhiều giá trị mà không giá trị nào là tên hay mã đủ của một mạng: các dòng là của nhiều mạng; hãy chọn cột này làm nhà mạng và ghi mỗi giá trị là mạng nào, nếu không tất cả thành một mạng",
                    "holds several values that name no network: the rows are of several; name the column as the network and the network of each value, or all become one",
                )
                .to_owned(),
            Self::NoUnit => language
                .pick(
                    "không ghi đơn vị (kbit/s, Mbit/s); nếu biết, hãy tự chọn cột này và đơn vị",
                    "it states no unit (kbit/s, Mbit/s); name the column and its unit yourself if you know it",
                )
                .to_owned(),
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
            Self::BothRead => language
                .pick(
                    "CHÚ Ý: có dòng ghi mức thu của cả 4G và 5G; mỗi mức thu là một lần đo",
                    "NOTE: rows have a power of 4G and one of 5G; each is a reading",
                )
                .to_owned(),
            Self::Networks { .. } => {
                let (taken, names) = self.networks();
                language.pick(
                    format!("CHÚ Ý: mỗi mạng có cột riêng; mẫu này đọc {taken}. Làm mẫu riêng cho {names} với --operator"),
                    format!("NOTE: networks have columns of their own; this profile reads {taken}. Make one for each of {names} with --operator"),
                )
            }
            Self::Technologies { .. } => {
                let (taken, names) = self.technologies();
                language.pick(
                    format!("CHÚ Ý: có dòng ghi mức thu của nhiều công nghệ; mỗi dòng là một lần đo, mẫu này đọc {taken} trước, bỏ {names} ở dòng ấy. Làm mẫu riêng cho {names}, chỉ để cột mức thu ấy"),
                    format!("NOTE: rows have powers of several technologies; a row is one measurement, {taken} is read first and {names} left out there. Make a profile for each of {names}, with that power alone"),
                )
            }
        }
    }

    /// To somebody at the page.
    #[must_use]
    pub fn message_on_page(&self, language: Language) -> String {
        match self {
            Self::HomeNetwork { .. } | Self::BothRead => self.message(language),
            Self::Networks { .. } => {
                let (taken, names) = self.networks();
                language.pick(
                    format!("CHÚ Ý: mỗi mạng có cột riêng; lần này đọc {taken}. Nhập lại tệp cho {names}: chọn nhà mạng cho cả tệp và các cột của mạng ấy"),
                    format!("NOTE: networks have columns of their own; {taken} is read this time. Bring the file in again for {names}: choose that network for the whole file, and its columns"),
                )
            }
            Self::Technologies { .. } => {
                let (taken, names) = self.technologies();
                language.pick(
                    format!("CHÚ Ý: có dòng ghi mức thu của nhiều công nghệ; mỗi dòng là một lần đo, lần này đọc {taken} trước, bỏ {names} ở dòng ấy. Nhập lại tệp cho {names}: chỉ để cột mức thu ấy, các cột mức thu khác chọn không đọc"),
                    format!("NOTE: rows have powers of several technologies; a row is one measurement, {taken} is read first this time and {names} left out there. Bring the file in again for {names}: with that power alone, the other powers not read"),
                )
            }
        }
    }

    fn technologies(&self) -> (String, String) {
        match self {
            Self::Technologies { taken, others } => {
                (taken.to_string(), others.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            Self::HomeNetwork { .. } | Self::BothRead | Self::Networks { .. } => Default::default(),
        }
    }

    fn networks(&self) -> (&'static str, String) {
        match self {
            Self::HomeNetwork { .. } | Self::BothRead | Self::Technologies { .. } => ("", String::new()),
            Self::Networks { taken, others } => {
                (taken.brand(), others.iter().map(|network| network.brand()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
