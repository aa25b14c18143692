//! Numbers of radio: ranges, units, and what stands for "no value".
//!
//! Every range is the widest that a phone reports by the standards; narrower
//! ones refused real phones. A number outside is damage, not a weak signal.

use crate::ingest::profile::{Meaning, PowerUnit};
use crate::ingest::{number, text};
use crate::model::measure::Dbm;
use crate::model::operator::Technology;
use crate::model::refusal::Reason;
use crate::model::sample::ServiceState;

/// What apps print for "no value" where a number is due.
pub(super) const SENTINELS: [f64; 8] = [2_147_483_647.0, -2_147_483_648.0, -200.0, -205.0, -2000.0, 99.0, 255.0, -1.0];
/// RSRQ: LTE extended −34 to 2.5 dB (TS 36.133 9.1.7), NR −43 to 20 dB (TS 38.133 10.1.11).
pub(super) const RSRQ_DB: (f64, f64) = (-43.0, 20.0);
/// SINR: −23 to 40 dB (TS 36.133 9.1.17, TS 38.133 10.1.16).
pub(super) const SINR_DB: (f64, f64) = (-23.0, 40.0);
/// The largest NR-ARFCN (TS 38.104 5.4.2.1); those of the other technologies are smaller.
pub(in crate::ingest) const MOST_ARFCN: u32 = 3_279_165;
/// Cell identities that mean "unknown": the largest `int` and the largest 28-bit ECI.
const NO_CELL: [u64; 4] = [0, 268_435_455, 2_147_483_647, 4_294_967_295];

/// Where a technology or a network is due: a word for none, in place of one.
pub(super) fn says_no_service(text: &[u8]) -> bool {
    text.eq_ignore_ascii_case(b"none") || silence(text).is_some()
}

/// The state of a phone that shows a word for it in place of a network: without service, or with emergency calls alone.
pub(super) fn silence(text: &[u8]) -> Option<ServiceState> {
    stated_in_words(text).filter(|state| state.is_censored())
}

/// Whether a number can be a power of any technology.
pub(super) fn is_power(value: f64, unit: PowerUnit) -> bool {
    in_dbm(value, unit, Technology::Lte).is_some_and(|dbm| (-156.0..=-25.0).contains(&dbm))
}

/// As [`stated`], where a number says something else.
fn stated_in_words(text: &[u8]) -> Option<ServiceState> {
    text.first().is_some_and(u8::is_ascii_alphabetic).then(|| stated(text)).flatten()
}

/// Where a power is due: the table's code for "no network", or a word for it such as `mất sóng`. Numbers are no words.
pub(super) fn is_silence(power: &[u8], meaning: &Meaning, decimal_comma: bool) -> bool {
    let in_words = silence(power).is_some();
    let has_code = || meaning.no_service.hold(number::without_unit(power, "dBm").unwrap_or(power), decimal_comma);
    in_words || (!meaning.no_service.is_empty() && has_code())
}

/// Why a word is no technology.
pub(in crate::ingest) fn unknown_technology() -> Reason {
    Reason::UnknownValue { known: Technology::ALL.iter().map(|t| t.generation().to_owned()).collect() }
}

/// What a column of service states says; numbers are Android's `ServiceState`. A phone that is idle, connected or
/// registered (TS 36.331, TS 24.301) has service; one that searches has none.
pub(super) fn stated(text: &[u8]) -> Option<ServiceState> {
    match text::fold(&String::from_utf8_lossy(text)).replace(['-', '_'], " ").as_str() {
        "in service" | "service" | "ok" | "co song" | "song yeu" | "song tot" | "binh thuong" | "idle"
        | "connected" | "active" | "inactive" | "registered" | "home" | "roaming" | "0" => {
            Some(ServiceState::InService)
        }
        "no service" | "noservice" | "out of service" | "oos" | "no signal" | "no network" | "no coverage"
        | "searching" | "not registered" | "unregistered" | "khong co song" | "khong song" | "mat song"
        | "trang song" | "khong co tin hieu" | "mat tin hieu" | "khong co dich vu" | "1" => {
            Some(ServiceState::NoService)
        }
        "limited"
        | "limited service"
        | "emergency"
        | "emergency only"
        | "emergency calls only"
        | "chi cuoc goi khan cap"
        | "2" => Some(ServiceState::Limited),
        _ => None,
    }
}

/// A technology by its name, or by a name within a longer text: `LTE 1800`, `5G NSA`, `NETWORK_TYPE_NR`.
/// Two that differ, as in `LTE+NR`, leave open whose reading it is.
pub(in crate::ingest) fn technology(text: &[u8]) -> Option<Technology> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(whole) = text.parse() {
        return Some(whole);
    }
    let mut named = text.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.parse::<Technology>().ok());
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// `TelephonyManager.NETWORK_TYPE_…` as a number.
pub(super) fn technology_of_code(text: &[u8]) -> Option<Technology> {
    match text {
        b"1" | b"2" | b"16" => Some(Technology::Gsm),
        b"3" | b"8" | b"9" | b"10" | b"15" => Some(Technology::Umts),
        b"13" | b"19" => Some(Technology::Lte),
        b"20" => Some(Technology::Nr),
        _ => None,
    }
}

/// The widest range that a phone reports, dBm: LTE TS 36.133 9.1.4 with its extension, and
/// -43 as Android does; NR TS 38.133 10.1.6; UMTS TS 25.133; GSM TS 45.008 and TS 27.007.
fn range(technology: Technology) -> (f64, f64) {
    match technology {
        Technology::Lte => (-156.0, -43.0),
        Technology::Nr => (-156.0, -31.0),
        Technology::Umts => (-121.0, -25.0),
        Technology::Gsm => (-113.0, -47.0),
    }
}

/// A power that a phone of this technology can report, or why it is none.
pub(super) fn power(value: f64, technology: Technology) -> Result<Dbm, Reason> {
    let power = Dbm::new(value as f32)
        .map_err(|_| if lost_its_minus(value) { Reason::LostMinus } else { Reason::NotAPower })?;
    let (least, most) = range(technology);
    if (least..=most).contains(&value) {
        Ok(power)
    } else {
        Err(Reason::OutOfRange { from: format!("{least} dBm"), to: format!("{most} dBm ({technology})") })
    }
}

/// A power in dBm without its minus, or in another unit.
fn lost_its_minus(value: f64) -> bool {
    (1.0..=156.0).contains(&value) && !SENTINELS.contains(&value)
}

/// Arbitrary strength units of Android to dBm: GSM 2·asu − 113, UMTS asu − 116, LTE and NR asu − 140.
pub(super) fn from_asu(asu: f64, technology: Technology) -> Option<f64> {
    let (most, factor, offset) = match technology {
        Technology::Gsm => (31.0, 2.0, -113.0),
        Technology::Umts => (91.0, 1.0, -116.0),
        Technology::Lte | Technology::Nr => (97.0, 1.0, -140.0),
    };
    (asu.fract() == 0.0 && asu <= most).then_some(asu * factor + offset)
}

/// The lower edge of the 1 dB that an index of a measurement report stands for: RXLEV (TS 45.008 8.1.4),
/// CPICH RSCP (TS 25.133 9.1.1.3), RSRP (TS 36.133 9.1.4), SS-RSRP (TS 38.133 10.1.6).
pub(super) fn from_report_index(index: f64, technology: Technology) -> Option<f64> {
    let (least, most, offset) = match technology {
        Technology::Gsm => (0.0, 63.0, -111.0),
        Technology::Umts => (-5.0, 91.0, -116.0),
        Technology::Lte => (0.0, 97.0, -141.0),
        Technology::Nr => (0.0, 126.0, -157.0),
    };
    (index.fract() == 0.0 && (least..=most).contains(&index)).then_some(index + offset)
}

/// A number of a column of powers in dBm, or nothing where its unit has no such number.
pub(super) fn in_dbm(value: f64, unit: PowerUnit, technology: Technology) -> Option<f64> {
    match unit {
        PowerUnit::DbmOrAsu if value >= 0.0 => from_asu(value, technology),
        PowerUnit::Dbm | PowerUnit::DbmOrAsu => Some(value),
        PowerUnit::MinusDbm => Some(-value.abs()),
        PowerUnit::Asu => from_asu(value, technology),
        PowerUnit::ReportIndex => from_report_index(value, technology),
    }
}

/// The identity of a cell; `710664.0` as a table writes whole numbers of which one was missing.
pub(in crate::ingest) fn cell(text: &[u8]) -> Option<u64> {
    let text = text.strip_suffix(b".0").unwrap_or(text);
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let mut value = 0_u64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u64::from(byte - b'0');
    }
    (!NO_CELL.contains(&value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_units_depend_on_the_technology() {
        assert_eq!(from_asu(45.0, Technology::Lte), Some(-95.0));
        assert_eq!(from_asu(10.0, Technology::Gsm), Some(-93.0));
        assert_eq!(from_asu(30.0, Technology::Umts), Some(-86.0));
        assert_eq!(from_asu(99.0, Technology::Gsm), None);
        assert_eq!(from_asu(99.0, Technology::Lte), None);
    }

    #[test]
    fn an_index_of_a_report_is_the_lower_edge_of_its_decibel() {
        assert_eq!(from_report_index(47.0, Technology::Lte), Some(-94.0));
        assert_eq!(from_report_index(97.0, Technology::Lte), Some(-44.0));
        assert_eq!(from_report_index(30.0, Technology::Gsm), Some(-81.0));
        assert_eq!(from_report_index(30.0, Technology::Umts), Some(-86.0));
        assert_eq!(from_report_index(60.0, Technology::Nr), Some(-97.0));
        assert_eq!(from_report_index(98.0, Technology::Lte), None);
        assert_eq!(from_report_index(-94.0, Technology::Lte), None);
        assert_eq!(from_report_index(1.5, Technology::Gsm), None);
    }

    #[test]
    fn a_technology_is_known_within_a_longer_text_where_it_is_the_only_one() {
        for (text, expected) in [
            ("LTE 1800", Some(Technology::Lte)),
            ("4G LTE", Some(Technology::Lte)),
            ("NETWORK_TYPE_NR", Some(Technology::Nr)),
            ("5G NSA", Some(Technology::Nr)),
            ("LTE+NR", None),
            ("CDMA", None),
            ("1800", None),
        ] {
            assert_eq!(technology(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn words_tell_the_state_and_numbers_do_not_where_they_count_something() {
        assert_eq!(stated(b"CONNECTED"), Some(ServiceState::InService));
        assert_eq!(stated(b"Searching"), Some(ServiceState::NoService));
        assert_eq!(stated("Mất sóng".as_bytes()), Some(ServiceState::NoService));
        assert_eq!(stated(b"moving"), None);
        assert!(says_no_service("Không có sóng".as_bytes()) && says_no_service(b"Emergency only"));
        assert!(!says_no_service(b"1") && !says_no_service(b"LTE"));
    }

    #[test]
    fn an_unknown_cell_is_no_cell() {
        for text in ["", "0", "2147483647", "268435455", "-1", "A81B"] {
            assert_eq!(cell(text.as_bytes()), None, "{text}");
        }
        assert_eq!(cell(b"167172104"), Some(167_172_104));
        assert_eq!((cell(b"710664.0"), cell(b"2147483647.0"), cell(b"710664.5")), (Some(710_664), None, None));
    }
}
