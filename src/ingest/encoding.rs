//! Text of before Unicode: code pages that a person states, and the two font
//! encodings in which Vietnamese offices wrote for twenty years.
//!
//! TCVN3 (ABC) and VNI fonts draw Vietnamese over the letters of western
//! Europe: `Huyện` is stored as `HuyÖn` or `Huyeän`. Nothing in a file tells
//! them from western text, so they are converted when stated and suspected
//! aloud when not: where words are no Vietnamese syllables until converted.

use std::borrow::Cow;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What a person says about the text of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedEncoding {
    /// TCVN 5712, VN3: the fonts whose names begin with `.Vn`.
    Tcvn3,
    /// VNI for Windows: the fonts whose names begin with `VNI-`.
    Vni,
    CodePage(&'static encoding_rs::Encoding),
}

/// `text` is no encoding that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no encoding, expected tcvn3, vni, utf-8, windows-1258 or another label of the Encoding Standard")]
pub struct UnknownEncoding {
    text: String,
}

impl FromStr for StatedEncoding {
    type Err = UnknownEncoding;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "tcvn3" | "abc" | "tcvn" => Ok(Self::Tcvn3),
            "vni" | "vni-win" => Ok(Self::Vni),
            label => {
                let page = encoding_rs::Encoding::for_label(label.as_bytes());
                page.map(Self::CodePage).ok_or_else(|| UnknownEncoding { text: text.to_owned() })
            }
        }
    }
}

impl StatedEncoding {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
            Self::CodePage(page) => page.name(),
        }
    }

    /// The code page of the bytes: that of western Europe under the fonts.
    #[must_use]
    pub fn code_page(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Tcvn3 | Self::Vni => encoding_rs::WINDOWS_1252,
            Self::CodePage(page) => page,
        }
    }

    /// Western letters as the Vietnamese ones that the font draws for them; text of a code page as it is.
    #[must_use]
    pub fn convert(self, text: &str) -> Cow<'_, str> {
        let map: fn(char) -> Option<&'static str> = match self {
            Self::Tcvn3 => tcvn3,
            Self::Vni => vni,
            Self::CodePage(_) => return Cow::Borrowed(text),
        };
        if text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + text.len() / 2);
        for c in text.chars() {
            match map(c) {
                Some(letters) => out.push_str(letters),
                None => out.push(c),
            }
        }
        Cow::Owned(out.nfc().collect())
    }
}

/// The fonts in which Vietnamese was written before Unicode.
pub(super) const FONTS: [StatedEncoding; 2] = [StatedEncoding::Tcvn3, StatedEncoding::Vni];

/// Words with letters beyond ASCII that are looked at before anything is suspected.
const FEWEST_WORDS: usize = 5;
/// The same of a header that nobody knows: there the question is no more than what to try.
const FEWEST_HEADINGS: usize = 2;

/// The font encoding that a text seems to be in: of its words beyond ASCII fewer than half are
/// Vietnamese syllables as they stand, and four in five are when converted.
pub(super) fn suspect(text: &str) -> Option<StatedEncoding> {
    suspect_of(text, FEWEST_WORDS)
}

/// The same of a header, which is short.
pub(super) fn suspect_header(names: &[String]) -> Option<StatedEncoding> {
    suspect_of(&names.join(" "), FEWEST_HEADINGS)
}

fn suspect_of(text: &str, fewest: usize) -> Option<StatedEncoding> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic())
        .filter(|word| !word.is_ascii())
        .take(2_000)
        .collect();
    if words.len() < fewest {
        return None;
    }
    let share =
        |convert: &dyn Fn(&str) -> bool| words.iter().filter(|word| convert(word)).count() as f64 / words.len() as f64;
    if share(&|word| is_syllable(word)) >= 0.5 {
        return None;
    }
    let by = |encoding: StatedEncoding| (encoding, share(&|word| is_syllable(&encoding.convert(word))));
    let best = FONTS.map(by).into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|(_, share)| *share >= 0.8).map(|(encoding, _)| encoding)
}

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "q", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
];
const NUCLEI: [&str; 44] = [
    "a", "e", "i", "o", "u", "y", "ai", "ao", "au", "ay", "eo", "eu", "ia", "ie", "ieu", "iu", "oa", "oai", "oao",
    "oay", "oe", "oeo", "oi", "oo", "ou", "ua", "uai", "uay", "ue", "uea", "ui", "uo", "uoi", "uou", "uu", "uy", "uya",
    "uye", "uyu", "ya", "ye", "yeu", "iai", "io",
];
const CODAS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// Whether a word is spelt like a Vietnamese syllable: onset, vowels, coda, one tone at most.
fn is_syllable(word: &str) -> bool {
    let (mut letters, mut tones) = (String::new(), 0);
    for c in word.nfd() {
        match c {
            '\u{0300}' | '\u{0301}' | '\u{0303}' | '\u{0309}' | '\u{0323}' => tones += 1,
            '\u{0302}' | '\u{0306}' | '\u{031B}' => {}
            'đ' | 'Đ' => letters.push('d'),
            c if c.is_ascii_alphabetic() => letters.push(c.to_ascii_lowercase()),
            c if is_combining_mark(c) => return false,
            _ => return false,
        }
    }
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let spelt = |onset: &str| {
        let Some(rest) = letters.strip_prefix(onset) else { return false };
        let end = rest.find(|c| !vowel(c)).unwrap_or(rest.len());
        NUCLEI.contains(&&rest[..end]) && CODAS.contains(&&rest[end..])
    };
    tones <= 1 && ONSETS.iter().any(|onset| spelt(onset))
}

/// TCVN 5712:1993, table VN3. Capitals with a tone have fonts of their own over the same letters.
#[rustfmt::skip]
fn tcvn3(c: char) -> Option<&'static str> {
    Some(match c {
        '¡' => "Ă", '¢' => "Â", '£' => "Ê", '¤' => "Ô", '¥' => "Ơ", '¦' => "Ư", '§' => "Đ",
        '¨' => "ă", '©' => "â", 'ª' => "ê", '«' => "ô", '¬' => "ơ", '\u{AD}' => "ư", '®' => "đ",
        'µ' => "à", '¶' => "ả", '·' => "ã", '¸' => "á", '¹' => "ạ",
        '»' => "ằ", '¼' => "ẳ", '½' => "ẵ", '¾' => "ắ", 'Æ' => "ặ",
        'Ç' => "ầ", 'È' => "ẩ", 'É' => "ẫ", 'Ê' => "ấ", 'Ë' => "ậ",
        'Ì' => "è", 'Î' => "ẻ", 'Ï' => "ẽ", 'Ð' => "é", 'Ñ' => "ẹ",
        'Ò' => "ề", 'Ó' => "ể", 'Ô' => "ễ", 'Õ' => "ế", 'Ö' => "ệ",
        '×' => "ì", 'Ø' => "ỉ", 'Ü' => "ĩ", 'Ý' => "í", 'Þ' => "ị",
        'ß' => "ò", 'á' => "ỏ", 'â' => "õ", 'ã' => "ó", 'ä' => "ọ",
        'å' => "ồ", 'æ' => "ổ", 'ç' => "ỗ", 'è' => "ố", 'é' => "ộ",
        'ê' => "ờ", 'ë' => "ở", 'ì' => "ỡ", 'í' => "ớ", 'î' => "ợ",
        'ï' => "ù", 'ñ' => "ủ", 'ò' => "ũ", 'ó' => "ú", 'ô' => "ụ",
        'õ' => "ừ", 'ö' => "ử", '÷' => "ữ", 'ø' => "ứ", 'ù' => "ự",
        'ú' => "ỳ", 'û' => "ỷ", 'ü' => "ỹ", 'ý' => "ý", 'þ' => "ỵ",
        _ => return None,
    })
}

/// VNI for Windows: a letter, then its marks as one more letter.
#[rustfmt::skip]
fn vni(c: char) -> Option<&'static str> {
    Some(match c {
        'ñ' => "đ", 'Ñ' => "Đ", 'ô' => "ơ", 'Ô' => "Ơ", 'ö' => "ư", 'Ö' => "Ư",
        'í' => "í", 'ì' => "ì", 'æ' => "ỉ", 'ó' => "ĩ", 'ò' => "ị", 'î' => "ỵ",
        'Í' => "Í", 'Ì' => "Ì", 'Æ' => "Ỉ", 'Ó' => "Ĩ", 'Ò' => "Ị", 'Î' => "Ỵ",
        'ù' | 'Ù' => "\u{0301}", 'ø' | 'Ø' => "\u{0300}", 'û' | 'Û' => "\u{0309}",
        'õ' | 'Õ' => "\u{0303}", 'ï' | 'Ï' => "\u{0323}",
        'â' | 'Â' => "\u{0302}", 'á' | 'Á' => "\u{0302}\u{0301}", 'à' | 'À' => "\u{0302}\u{0300}",
        'å' | 'Å' => "\u{0302}\u{0309}", 'ã' | 'Ã' => "\u{0302}\u{0303}", 'ä' | 'Ä' => "\u{0302}\u{0323}",
        'ê' | 'Ê' => "\u{0306}", 'é' | 'É' => "\u{0306}\u{0301}", 'è' | 'È' => "\u{0306}\u{0300}",
        'ú' | 'Ú' => "\u{0306}\u{0309}", 'ü' | 'Ü' => "\u{0306}\u{0303}", 'ë' | 'Ë' => "\u{0306}\u{0323}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_are_read_as_they_were_seen() {
        for (stored, seen) in [
            ("HuyÖn Gia ViÔn", "Huyện Gia Viễn"),
            ("Gia TrÊn", "Gia Trấn"),
            ("ph\u{AD}êng Phñ Lý", "phường Phủ Lý"),
            ("®\u{AD}îc", "được"),
        ] {
            assert_eq!(StatedEncoding::Tcvn3.convert(stored), seen);
        }
        for (stored, seen) in [
            ("Huyeän Gia Vieãn", "Huyện Gia Viễn"),
            ("Phöôøng Phuû Lyù", "Phường Phủ Lý"),
            ("Ñaïi Hoaøng", "Đại Hoàng"),
            ("Xaõ Lieâm Haø", "Xã Liêm Hà"),
            ("Naêm Caên", "Năm Căn"),
            ("NAM ÑÒNH", "NAM ĐỊNH"),
        ] {
            assert_eq!(StatedEncoding::Vni.convert(stored), seen);
        }
    }

    #[test]
    fn a_font_is_suspected_where_words_are_vietnamese_only_when_converted() {
        let tcvn3 = "HuyÖn Gia ViÔn,Gia TrÊn,Gia TiÕn,HuyÖn Nho Quan,x· §ång H\u{AD}íng";
        let vni = "Huyeän Gia Vieãn,Gia Traán,Gia Tieán,Phöôøng Phuû Lyù,Ñaïi Hoaøng";
        assert_eq!(suspect(tcvn3), Some(StatedEncoding::Tcvn3));
        assert_eq!(suspect(vni), Some(StatedEncoding::Vni));
        for right in [
            "Huyện Gia Viễn, Gia Trấn, Gia Tiến, Phường Phủ Lý, Đại Hoàng, Nghĩa Hưng",
            "Gia Trấn",
            "Málaga, Orléans, Besançon, Łódź, Zürich, Køge, Århus, Malmö",
            "",
        ] {
            assert_eq!(suspect(right), None, "{right}");
        }
        let decomposed: String = "Huyện Gia Viễn, Gia Trấn, Gia Tiến, Phường Phủ Lý, Đại Hoàng".nfd().collect();
        assert_eq!(suspect(&decomposed), None, "NFD is not another encoding");
    }

    #[test]
    fn a_short_header_is_suspected_too() {
        let names = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(suspect_header(&names("STT,Tªn th«n,Nh©n khÈu")), Some(StatedEncoding::Tcvn3));
        assert_eq!(suspect_header(&names("STT,Tên xã,Số hộ")), None);
        assert_eq!(suspect_header(&names("a,b,c")), None);
    }

    #[test]
    fn every_label_leads_to_one_encoding_or_to_an_error_that_names_it() {
        assert_eq!("TCVN3".parse(), Ok(StatedEncoding::Tcvn3));
        assert_eq!("abc".parse(), Ok(StatedEncoding::Tcvn3));
        assert_eq!("vni".parse(), Ok(StatedEncoding::Vni));
        assert_eq!("cp1258".parse::<StatedEncoding>().unwrap().name(), "windows-1258");
        assert!("koi9".parse::<StatedEncoding>().unwrap_err().to_string().contains("koi9"));
    }
}
