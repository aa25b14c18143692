//! Operators and radio technologies.

mod spoken;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names;

/// A network as a person knows it: `viettel`, `vnpt`, `mobifone`, or `310-410`
/// where we know no brand. Lower-case ASCII letters, digits and `-`, at most 16.
///
/// Copied by value because millions of samples and runs carry one: the number of the name, in three bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Operator([u8; 3]);

impl PartialOrd for Operator {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Operator {
    /// By name. Equal ones, as most are where runs are sorted by the million, are told by their numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an operator name, expected 1 to 16 letters, digits or `-`")]
pub struct NotAnOperator(pub String);

/// Those of Viet Nam have the first numbers, in this order.
const SLUGS: [&str; 11] =
    ["viettel", "vnpt", "mobifone", "vietnamobile", "gmobile", "itel", "wintel", "local", "vnsky", "saymee", "fpt"];
/// How many of them have masts.
const OWN_MASTS: usize = 5;
const MOST_NAMES: usize = 1 << 24;

/// Mobile network codes of Viet Nam (MCC 452) and the brand that a person
/// knows, ITU Operational Bulletin 1280 (15.XI.2023).
const VIET_NAM: [(u16, &str, &str); 7] = [
    (1, "mobifone", "MobiFone"),
    (2, "vnpt", "VNPT (VinaPhone)"),
    (4, "viettel", "Viettel"),
    (5, "vietnamobile", "Vietnamobile"),
    (7, "gmobile", "Gmobile"),
    (8, "itel", "iTel"),
    (9, "wintel", "Wintel"),
];

/// Brands without masts that phones name by a word alone: ASIM's Local, VNSKY, Saymee and FPT, all carried by MobiFone.
const HOSTED: [(&str, &str); 4] = [("local", "Local"), ("vnsky", "VNSKY"), ("saymee", "Saymee"), ("fpt", "FPT")];

impl Operator {
    /// Those of Viet Nam that have a network code, in the order in which forms ask for them.
    pub const VIETNAMESE: [Self; 7] = [
        Self::numbered(0),
        Self::numbered(1),
        Self::numbered(2),
        Self::numbered(3),
        Self::numbered(4),
        Self::numbered(5),
        Self::numbered(6),
    ];

    /// The brand of a registered PLMN, or `MCC-MNC` where it is not Vietnamese.
    #[must_use]
    pub fn from_plmn(mcc: u16, mnc: u16) -> Option<Self> {
        Self::named(&slug_of_plmn(mcc, mnc)?)
    }

    /// The network that a stranger asks about, read as [`Operator::from_str`] does; `None` for one that no data and no
    /// office has named, which is not kept: names are never let go.
    ///
    /// # Errors
    /// What is no name of a network.
    pub fn asked(text: &str) -> Result<Option<Self>, NotAnOperator> {
        let slug = slug(text)?;
        Ok(Self::vietnamese(&slug).or_else(|| Self::of_number(names::known(&slug)?)))
    }

    #[must_use]
    pub fn as_str(&self) -> &'static str {
        let number = self.number();
        SLUGS.get(number).copied().or_else(|| names::name(number - SLUGS.len())).unwrap_or_default()
    }

    /// The name on screen: `Viettel`, `VNPT (VinaPhone)`, or the slug itself.
    #[must_use]
    pub fn brand(&self) -> &'static str {
        let coded = VIET_NAM.iter().map(|(_, slug, brand)| (slug, brand));
        let mut known = coded.chain(HOSTED.iter().map(|(slug, brand)| (slug, brand)));
        known.find(|(slug, _)| **slug == self.as_str()).map_or(self.as_str(), |(_, brand)| brand)
    }
}

impl FromStr for Operator {
    type Err = NotAnOperator;

    /// Accepts any case and the names that phones print: `Viettel Telecom`,
    /// `VN VINAPHONE`, `Mobifone`, `45204`, `452-04`, and the codes of other countries; and what people write for the
    /// networks of Viet Nam: `VT`, `Viễn thông Quân đội`, `Vina Phone`, `MB`, `Viet Nam Mobile`.
    fn from_str(text: &str) -> Result<Self, NotAnOperator> {
        // As the store has it.
        if let Some(known) = Self::vietnamese(text) {
            return Ok(known);
        }
        Self::named(&slug(text)?).ok_or_else(|| NotAnOperator(text.to_owned()))
    }
}

/// The brand of a registered PLMN, or `MCC-MNC` where it is not Vietnamese.
fn slug_of_plmn(mcc: u16, mnc: u16) -> Option<String> {
    let brand = VIET_NAM.iter().find(|(code, ..)| mcc == 452 && *code == mnc);
    if let Some((_, slug, _)) = brand {
        return Some((*slug).to_owned());
    }
    ((100..1000).contains(&mcc) && mnc <= 999).then(|| format!("{mcc}-{mnc:02}"))
}

/// `45204`, `452-04`, `452/4`, and `45204.0` as a table of numbers has it.
fn plmn(text: &str) -> Option<(u16, u16)> {
    let whole = text.strip_suffix(".0").filter(|code| code.len() > 4).unwrap_or(text);
    let mut parts = whole.split(['-', '/', '.', ':', ',', '_', ' ']).filter(|part| !part.is_empty());
    let (mcc, mnc) = match (parts.next()?, parts.next()) {
        (code, None) if matches!(code.len(), 5 | 6) => code.split_at_checked(3)?,
        (mcc, Some(mnc)) if mcc.len() == 3 && mnc.len() <= 3 => (mcc, mnc),
        _ => return None,
    };
    let number = |digits: &str| digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    if parts.next().is_some() { None } else { Some((number(mcc)?, number(mnc)?)) }
}

/// The name of a network as we write it.
fn slug(text: &str) -> Result<String, NotAnOperator> {
    let lower = text.trim().to_ascii_lowercase();
    if let Some(slug) = plmn(&lower).and_then(|(mcc, mnc)| slug_of_plmn(mcc, mnc)) {
        return Ok(slug);
    }
    // The ITU writes `I-Telecom`.
    let joined = lower.replace("i-telecom", "itelecom");
    let words = joined.split(|c: char| !c.is_ascii_alphanumeric());
    let mut brands = words.filter_map(spoken::word);
    if let Some(slug) = brands.next() {
        // Two networks that share a mast or a phone: a reading is of one of them.
        let is_one = brands.all(|other| other == slug);
        return if is_one { Ok(slug.to_owned()) } else { Err(NotAnOperator(text.to_owned())) };
    }
    if let Some(slug) = spoken::whole(text) {
        return Ok(slug.to_owned());
    }
    let mut slug = String::new();
    for c in spoken::plain(text.trim()).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() || slug.len() > 16 {
        return Err(NotAnOperator(text.to_owned()));
    }
    Ok(slug.to_owned())
}

impl Operator {
    /// Whether this is a network that its name or number proves: one of Viet Nam, or a code of another country.
    #[must_use]
    pub fn is_network(self) -> bool {
        self.number() < SLUGS.len() || self.as_str().starts_with(|first: char| first.is_ascii_digit())
    }

    /// Whether this brand has no masts of its own and is carried by another network: iTel, Wintel, Local …
    #[must_use]
    pub fn is_hosted(self) -> bool {
        (OWN_MASTS..SLUGS.len()).contains(&self.number())
    }

    fn vietnamese(slug: &str) -> Option<Self> {
        SLUGS.iter().position(|known| *known == slug).map(Self::numbered)
    }

    /// Of a slug of 1 to 16 bytes. `None` when more names have been read than three bytes can tell apart.
    fn named(slug: &str) -> Option<Self> {
        Self::vietnamese(slug).or_else(|| Self::of_number(names::number(slug)?))
    }

    fn of_number(of_name: usize) -> Option<Self> {
        of_name.checked_add(SLUGS.len()).filter(|number| *number < MOST_NAMES).map(Self::numbered)
    }

    /// `number` is less than [`MOST_NAMES`].
    const fn numbered(number: usize) -> Self {
        let [one, two, three, ..] = number.to_le_bytes();
        Self([one, two, three])
    }

    fn number(self) -> usize {
        let [one, two, three] = self.0;
        usize::from(one) | usize::from(two) << 8 | usize::from(three) << 16
    }
}

impl TryFrom<String> for Operator {
    type Error = NotAnOperator;

    fn try_from(text: String) -> Result<Self, NotAnOperator> {
        text.parse()
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.as_str().to_owned()
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({})", self.as_str())
    }
}

/// Radio technology by generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Technology {
    #[serde(rename = "2G")]
    Gsm,
    #[serde(rename = "3G")]
    Umts,
    #[serde(rename = "4G")]
    Lte,
    #[serde(rename = "5G")]
    Nr,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a technology, expected 2G, 3G, 4G or 5G")]
pub struct NotATechnology(pub String);

impl Technology {
    pub const ALL: [Self; 4] = [Self::Gsm, Self::Umts, Self::Lte, Self::Nr];

    #[must_use]
    pub fn generation(self) -> &'static str {
        match self {
            Self::Gsm => "2G",
            Self::Umts => "3G",
            Self::Lte => "4G",
            Self::Nr => "5G",
        }
    }
}

impl FromStr for Technology {
    type Err = NotATechnology;

    /// Accepts a generation or the name that a phone prints: `LTE`, `LTE+`,
    /// `NR`, `5G`, `HSPA+`, `UMTS`, `EDGE`, `GPRS` …
    fn from_str(text: &str) -> Result<Self, NotATechnology> {
        match text.trim().to_ascii_uppercase().as_str() {
            "2G" | "GSM" | "EDGE" | "GPRS" | "GERAN" => Ok(Self::Gsm),
            "3G" | "UMTS" | "WCDMA" | "HSPA" | "HSPA+" | "HSPAP" | "HSDPA" | "HSUPA" | "UTRAN" => Ok(Self::Umts),
            "4G" | "LTE" | "LTE+" | "LTE-A" | "LTE_CA" | "LTE-CA" | "4G+" | "EUTRAN" => Ok(Self::Lte),
            "5G" | "NR" | "NR5G" | "5GNR" | "NR_SA" | "NR_NSA" | "5GSA" | "5GNSA" | "5G-SA" | "5G SA" | "5G-NSA"
            | "5G NSA" | "NRSA" | "NRNSA" => Ok(Self::Nr),
            _ => Err(NotATechnology(text.to_owned())),
        }
    }
}

impl fmt::Display for Technology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.generation())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_their_marks_alone_or_not_at_all_are_told_apart_by_their_letters() {
        for (text, slug) in [("Mạng lạ", "mang-la"), ("Mừng lố", "mung-lo"), ("Đông Á", "dong-a"), ("Ô 3", "o-3")]
        {
            assert_eq!(text.parse::<Operator>().map(|o| o.to_string()), Ok(slug.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_phone_may_print_a_brand_in_many_ways() {
        for text in ["Viettel", "VIETTEL Telecom", "45204", "452-04", "viettel"] {
            assert_eq!(text.parse::<Operator>().map(|o| o.to_string()), Ok("viettel".to_owned()), "{text}");
        }
        for (text, slug) in [("Vina", "vnpt"), ("MOBI", "mobifone"), ("MBF", "mobifone"), ("VTL", "viettel")] {
            assert_eq!(text.parse::<Operator>().map(|o| o.to_string()), Ok(slug.to_owned()), "{text}");
        }
        assert_eq!("VN VINAPHONE".parse::<Operator>().map(|o| o.to_string()), Ok("vnpt".to_owned()));
        assert_eq!(Operator::from_plmn(452, 4), "viettel".parse().ok());
        for text in ["452/04", "452.04", "452:04", "452_04", "452,04", "452 04", "452-4", "45204.0"] {
            assert_eq!(text.parse::<Operator>().map(|o| o.to_string()), Ok("viettel".to_owned()), "{text}");
        }
        for (text, slug) in [("I-Telecom", "itel"), ("ViettelMobile", "viettel"), ("VNPT VinaPhone", "vnpt")] {
            assert_eq!(text.parse::<Operator>().map(|o| o.to_string()), Ok(slug.to_owned()), "{text}");
        }
        assert_eq!("26207".parse::<Operator>().map(|o| o.to_string()), Ok("262-07".to_owned()));
        assert_eq!(Operator::from_plmn(310, 410).map(|o| o.to_string()), Some("310-410".to_owned()));
    }

    #[test]
    fn two_networks_in_one_cell_are_none() {
        for text in ["Mobifone/Viettel", "Vinaphone & Mobifone", "VNPT+Mobifone"] {
            assert!(text.parse::<Operator>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_name_has_a_number_of_its_own_in_every_thread() {
        let named = |number: usize| format!("slip-{number}").parse::<Operator>().unwrap();
        let read = || (0..3_000).map(named).collect::<Vec<_>>();
        let (one, two) = std::thread::scope(|scope| {
            let [one, two] = [(); 2].map(|()| scope.spawn(read));
            (one.join().unwrap(), two.join().unwrap())
        });
        assert_eq!(one, two);
        assert!(one.iter().enumerate().all(|(number, operator)| operator.as_str() == format!("slip-{number}")));
        assert_eq!(size_of::<Operator>(), 3);
    }

    #[test]
    fn what_strangers_ask_about_is_not_kept() {
        assert_eq!(Operator::asked("Viettel Telecom"), Ok(Some("viettel".parse().unwrap())));
        assert_eq!(Operator::asked("nobody-named-me"), Ok(None));
        assert_eq!(Operator::asked("nobody-named-me"), Ok(None), "the first question left no name behind");
        let named: Operator = "office-named-me".parse().unwrap();
        assert_eq!(Operator::asked("Office named me"), Ok(Some(named)));
        assert!(Operator::asked("…").is_err());
    }

    #[test]
    fn networks_stand_in_the_order_of_their_names() {
        let mut names = ["vnpt", "viettel", "310-410", "v", "vietnamobile", "sixteen-letters1", "sixteen-letters"];
        let mut networks = names.map(|name| name.parse::<Operator>().unwrap());
        names.sort_unstable();
        networks.sort_unstable();
        assert_eq!(networks.map(|network| network.to_string()), names);
    }

    #[test]
    fn silence_is_not_an_operator() {
        assert!("".parse::<Operator>().is_err());
        assert!("---".parse::<Operator>().is_err());
        assert!("a name far too long to be one".parse::<Operator>().is_err());
    }
}
