//! What a heading says it measures, and on which technology: `lte_rsrp`, `5G RSRP`, `SS-SINR`, `RSRQ (4G)`.
//!
//! A phone on 5G NSA reads its 4G anchor as well. A power that its heading gives to one
//! technology is never that of another, whatever the row says.

use crate::ingest::header::Header;
use crate::ingest::text;
use crate::model::operator::Technology;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Power,
    Quality,
    Ratio,
}

/// Names of quantities, the longer one first, and the technology of those that only one has.
const QUANTITIES: [(&str, Quantity, Option<Technology>); 8] = [
    ("rsrp", Quantity::Power, None),
    ("rscp", Quantity::Power, Some(Technology::Umts)),
    ("rxlev", Quantity::Power, Some(Technology::Gsm)),
    ("rsrq", Quantity::Quality, None),
    ("rssinr", Quantity::Ratio, None),
    ("rssnr", Quantity::Ratio, None),
    ("sinr", Quantity::Ratio, None),
    ("snr", Quantity::Ratio, None),
];

const MARKS: [(Technology, &[&str]); 4] = [
    (Technology::Nr, &["ss", "ssb", "nr", "5g", "nr5g", "5gnr", "nrss", "5gss", "nr5gss", "5gnrss", "nrssb", "5gssb"]),
    (Technology::Lte, &["lte", "4g", "4glte", "lte4g", "eutra", "eutran"]),
    (Technology::Umts, &["umts", "3g", "wcdma", "cpich", "utra"]),
    (Technology::Gsm, &["gsm", "2g", "geran"]),
];

/// Words of a heading that say no more than that the cell is the phone's own.
const OF_THE_OWN_CELL: [&str; 6] = ["serving", "pcell", "primary", "first", "kpi", "rf"];

/// The quantity, and the technology where the heading names one.
fn parse(heading: &str) -> Option<(Quantity, Option<Technology>)> {
    let folded = text::fold(heading);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !OF_THE_OWN_CELL.contains(word));
    let letters: String = words.collect();
    let letters = letters.strip_suffix("dbm").or_else(|| letters.strip_suffix("db")).unwrap_or(&letters);
    QUANTITIES.iter().find_map(|(name, quantity, only)| {
        let mark = letters.strip_suffix(name).or_else(|| letters.strip_prefix(name))?;
        if mark.is_empty() {
            return Some((*quantity, *only));
        }
        let of = MARKS.iter().find(|(_, marks)| marks.contains(&mark))?;
        Some((*quantity, Some(of.0)))
    })
}

/// The technology that a heading gives its column to; `rsrp` alone is said of 4G and 5G.
pub(super) fn technology(heading: &str) -> Option<Technology> {
    parse(heading)?.1
}

/// The columns of a quantity on one technology each.
pub(super) fn columns(header: &Header, quantity: Quantity) -> Vec<(Technology, usize)> {
    let mut found: Vec<(Technology, usize)> = Vec::new();
    for at in (0..header.len()).filter(|at| !header.is_personal(*at)) {
        if let Some((measured, Some(technology))) = parse(header.name(at))
            && measured == quantity
            && own(&found, technology).is_none()
        {
            found.push((technology, at));
        }
    }
    found
}

/// The column of its own that a technology has among these.
pub(super) fn own(columns: &[(Technology, usize)], technology: Technology) -> Option<usize> {
    columns.iter().find(|(of, _)| *of == technology).map(|(_, column)| *column)
}

/// The column that bears one of these names and is of no one technology.
pub(super) fn of_any(header: &Header, names: &[&str]) -> Option<usize> {
    let plain = |name: &&str| header.find(&[*name]).filter(|at| technology(header.name(*at)).is_none());
    names.iter().find_map(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_that_names_a_technology_is_of_no_other() {
        for heading in [
            "ss_rsrp",
            "SS-RSRP (dBm)",
            "nr_ssRsrp",
            "5G RSRP",
            "RSRP 5G",
            "rsrp_5g",
            "NR_SSRSRP",
            "NR5G RSRP",
            "SSB RSRP",
            "RSRP (5G)",
            "nr_rsrp_dbm",
            "nr_first_ss_rsrp_dbm",
        ] {
            assert_eq!(parse(heading), Some((Quantity::Power, Some(Technology::Nr))), "{heading}");
        }
        for heading in ["lte_rsrp", "4G RSRP [dBm]", "LTE_RSRP", "rsrp_4g", "LTE Serving RSRP [dBm]"] {
            assert_eq!(parse(heading), Some((Quantity::Power, Some(Technology::Lte))), "{heading}");
        }
        for heading in ["lte_sinr", "lte_snr", "lte_rssnr", "lteRssnr", "LTE SINR", "LTE RS-SINR (dB)"] {
            assert_eq!(parse(heading), Some((Quantity::Ratio, Some(Technology::Lte))), "{heading}");
        }
        assert_eq!(parse("ss_sinr"), Some((Quantity::Ratio, Some(Technology::Nr))));
        assert_eq!(parse("nr_ss_rsrq"), Some((Quantity::Quality, Some(Technology::Nr))));
        assert_eq!(parse("RSCP"), Some((Quantity::Power, Some(Technology::Umts))));
        assert_eq!(parse("gsm_rxlev"), Some((Quantity::Power, Some(Technology::Gsm))));
        assert_eq!(parse("RS SINR (dB)"), Some((Quantity::Ratio, None)));
        for heading in ["RSRP", "RSRP (dBm)"] {
            assert_eq!(parse(heading), Some((Quantity::Power, None)), "{heading}");
        }
        for heading in ["NRxRSRP", "csi_rsrp", "SecondCell_RSRP", "SIM1 RSRP", "level", "nr_status"] {
            assert_eq!(parse(heading), None, "{heading}");
        }
    }
}
