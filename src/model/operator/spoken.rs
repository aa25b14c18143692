//! What people call the networks of Viet Nam: the words that phones and tables have, and those that only a whole cell
//! may be taken for, since within a longer text they mean something else.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words by which networks of Viet Nam are known, wherever they stand.
const BRANDS: [(&str, &str); 23] = [
    ("viettel", "viettel"),
    ("viettelmobile", "viettel"),
    ("vinaphone", "vnpt"),
    ("vnpt", "vnpt"),
    ("mobifone", "mobifone"),
    ("vietnamobile", "vietnamobile"),
    ("vietnammobile", "vietnamobile"),
    ("gmobile", "gmobile"),
    ("gtel", "gmobile"),
    ("itel", "itel"),
    ("itelecom", "itel"),
    ("wintel", "wintel"),
    ("reddi", "wintel"),
    // As tables of offices shorten them.
    ("vina", "vnpt"),
    ("vnp", "vnpt"),
    ("mobi", "mobifone"),
    ("mbf", "mobifone"),
    ("vtl", "viettel"),
    ("vnm", "vietnamobile"),
    ("vtel", "viettel"),
    ("mobiphone", "mobifone"),
    ("vnsky", "vnsky"),
    ("saymee", "saymee"),
];

/// The same of a whole cell, its words joined: within a longer text these may mean something else (`VT` is also
/// telecommunications).
const WHOLE: [(&str, &str); 19] = [
    ("vt", "viettel"),
    ("vtt", "viettel"),
    ("vtm", "viettel"),
    ("mb", "mobifone"),
    ("mf", "mobifone"),
    ("vms", "mobifone"),
    ("vinafone", "vnpt"),
    ("vietnammobile", "vietnamobile"),
    ("vietnamobie", "vietnamobile"),
    ("vnmobile", "vietnamobile"),
    ("vnmb", "vietnamobile"),
    ("gmobile", "gmobile"),
    ("itel", "itel"),
    ("itelecom", "itel"),
    ("indochinatelecom", "itel"),
    ("local", "local"),
    ("vnsky", "vnsky"),
    ("saymee", "saymee"),
    ("fpt", "fpt"),
];

/// Companies by the names that letters and reports have.
const COMPANIES: [(&str, &str); 3] =
    [("vienthongquandoi", "viettel"), ("buuchinhvienthong", "vnpt"), ("vienthongdongduong", "itel")];

/// Words beside a name that name nobody.
const BESIDE: [&str; 13] =
    ["mang", "nha", "song", "sim", "vn", "mobile", "telecom", "retail", "2g", "3g", "4g", "5g", "lte"];

/// In lower case and without marks.
pub(super) fn plain(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase().replace('đ', "d")
}

/// The network that a word names wherever it stands, in lower case.
pub(super) fn word(word: &str) -> Option<&'static str> {
    BRANDS.iter().find(|(name, _)| *name == word).map(|(_, slug)| *slug)
}

/// The network of Viet Nam that a whole cell names as people shorten it or write it out.
pub(super) fn whole(text: &str) -> Option<&'static str> {
    let plain = plain(text);
    let words = || plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined: String = words().collect();
    let bare: String = words().filter(|word| !BESIDE.contains(word)).collect();
    let named = |name: &str| WHOLE.iter().find(|(known, _)| *known == name);
    let company = || COMPANIES.iter().find(|(known, _)| joined.contains(known));
    named(&joined).or_else(|| named(&bare)).or_else(company).map(|(_, slug)| *slug)
}

#[cfg(test)]
mod tests {
    use crate::model::operator::Operator;

    #[test]
    fn everyday_names_are_those_of_the_networks() {
        for (texts, slug) in [
            (
                &["VT", "vt", "VTT", "VTEL", "Mạng VT", "VT 4G", "Viễn thông Quân đội", "TĐ CN Viễn thông Quân đội"][..],
                "viettel",
            ),
            (&["Vina Phone", "VNP", "Vinafone", "Tập đoàn Bưu chính Viễn thông Việt Nam"], "vnpt"),
            (&["MB", "VMS", "Mobi Fone", "MobiPhone", "mạng MB"], "mobifone"),
            (&["Viet Nam Mobile", "Việt Nam Mobile", "VN Mobile", "VNM"], "vietnamobile"),
            (&["Gtel Mobile", "G-Mobile"], "gmobile"),
            (&["I-Tel", "i tel", "Viễn thông Đông Dương"], "itel"),
            (&["Reddi", "WinTel"], "wintel"),
            (&["Local", "Mạng Local"], "local"),
            (&["VNSKY", "VN Sky"], "vnsky"),
            (&["Saymee"], "saymee"),
            (&["FPT", "FPT Retail"], "fpt"),
        ] {
            for text in texts {
                let read: Operator = text.parse().unwrap();
                assert_eq!(read.as_str(), slug, "{text}");
                assert!(read.is_network() && read.brand() != slug, "{text}");
            }
        }
        for text in ["VT VNPT", "VT An Giang", "local time", "Vietel"] {
            assert!(
                !text.parse::<Operator>().is_ok_and(|read| read.as_str() == "viettel" || read.as_str() == "local"),
                "{text}"
            );
        }
        let hosted = |text: &str| text.parse::<Operator>().unwrap().is_hosted();
        assert!(hosted("Local") && hosted("iTel") && !hosted("Gmobile"));
    }
}
