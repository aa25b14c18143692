//! Which power of a row is whose.

use super::optional::Dropped;
use super::quantity;
use super::radio::{self, SENTINELS};
use super::row::Reader;
use crate::ingest::lines::Line;
use crate::ingest::number;
use crate::model::measure::Dbm;
use crate::model::operator::Technology;
use crate::model::refusal::{Reason, Reject};
use crate::model::sample::Sample;

/// Above every channel of 4G (EARFCN, TS 36.101 5.7.3), below every one of 5G (NR-ARFCN, TS 38.104 5.4.2.3).
const BETWEEN_4G_AND_5G: f64 = 80_000.0;

impl Reader<'_> {
    /// The column of a technology's power: its own, else one that is of no other.
    pub(super) fn power_column(&self, technology: Technology) -> Option<usize> {
        let columns = self.columns();
        let of_any = columns.rsrp.filter(|_| columns.rsrp_of.is_none_or(|of| of == technology));
        quantity::own(&columns.power_of, technology).or(of_any)
    }

    /// Whether a power stands there, and no code for none: neither one of those that apps print, nor a number that no
    /// radio reports, such as 0.
    fn reads(&self, line: Line<'_>, column: Option<usize>) -> bool {
        let value = self.stated(line, column).and_then(|text| self.measured(bound(text), "dBm"));
        let unit = self.columns().meaning.power;
        value.is_some_and(|value| !SENTINELS.contains(&value) && radio::is_power(value, unit))
    }

    /// In a table without technologies and with a power for each: the one that a row has, the stated one and 4G first.
    pub(super) fn filled(&self, line: Line<'_>) -> Option<Technology> {
        if !self.columns().tell_technology() {
            return None;
        }
        let powers = &self.columns().power_of;
        let mut order = [Technology::Lte, Technology::Nr, Technology::Umts, Technology::Gsm];
        if let Some(stated) = self.options.technology {
            order.sort_by_key(|technology| *technology != stated);
        }
        order.into_iter().find(|of| quantity::own(powers, *of).is_some_and(|at| self.reads(line, Some(at))))
    }

    /// What the power of a row is measured on: on 5G NSA most phones say that of the 4G anchor, under its name or
    /// with its channel.
    #[inline]
    pub(super) fn measured_on(&self, line: Line<'_>, technology: Technology) -> Technology {
        if technology != Technology::Nr {
            return technology;
        }
        if let Some(own) = quantity::own(&self.columns().power_of, technology) {
            let of_anchor = self.columns().names_4g && !self.reads(line, Some(own)) && self.reads_4g(line);
            return if of_anchor { Technology::Lte } else { technology };
        }
        let of_any = self.power_column(technology);
        let channel = || self.measured(self.stated(line, self.columns().arfcn)?, "");
        let of_anchor = if of_any.is_some_and(|at| self.reads(line, Some(at))) {
            channel().is_some_and(|channel| channel > 0.0 && channel < BETWEEN_4G_AND_5G)
        } else {
            self.reads_4g(line)
        };
        if of_anchor { Technology::Lte } else { technology }
    }

    fn reads_4g(&self, line: Line<'_>) -> bool {
        quantity::own(&self.columns().power_of, Technology::Lte).is_some_and(|at| self.reads(line, Some(at)))
    }

    /// The power of 5G beside that of 4G in one row, or the other way round: a reading of its own, with the quality and
    /// the ratio of its own columns. What the row says beside of cell, channel and test is of the first.
    pub(super) fn other_reading(&self, line: Line<'_>, first: &Sample, dropped: &mut Dropped) -> Option<Sample> {
        let technology = other(first.technology).filter(|_| self.bears_other(line, first))?;
        let rsrp = Some(self.power(line, technology).ok()?);
        let (rsrq_db, sinr_db) = self.own_ratios(line, technology, dropped);
        let (download_kbps, serving_cell, arfcn) = (None, None, None);
        dropped.doubled += 1;
        Some(Sample { technology, rsrp, rsrq_db, sinr_db, download_kbps, serving_cell, arfcn, ..*first })
    }

    /// Whether a reading of 4G has a power of 5G beside it, or the other way round.
    pub(super) fn bears_other(&self, line: Line<'_>, first: &Sample) -> bool {
        let column = other(first.technology).and_then(|other| quantity::own(&self.columns().power_of, other));
        first.rsrp.is_some() && self.reads(line, column)
    }

    pub(super) fn power(&self, line: Line<'_>, technology: Technology) -> Result<Dbm, Reject> {
        let column = self.power_column(technology);
        let text = self.cell(line, column);
        if number::is_missing(text) {
            return Err(self.lacking(line, (column.or(self.columns().rsrp), "rsrp"), Reason::NoReading));
        }
        let value = self
            .measured(bound(text), "dBm")
            .and_then(|value| radio::in_dbm(value, self.columns().meaning.power, technology));
        let value = value.ok_or_else(|| self.refuse(line, column, Reason::NotAPower))?;
        radio::power(value, technology).map_err(|reason| self.refuse(line, column, reason))
    }
}

/// What a phone on 5G NSA measures beside.
fn other(technology: Technology) -> Option<Technology> {
    match technology {
        Technology::Lte => Some(Technology::Nr),
        Technology::Nr => Some(Technology::Lte),
        Technology::Umts | Technology::Gsm => None,
    }
}

/// `<-120` is below what the app shows. Left out it would flatter the place; counted as its bound it is no better than it was.
fn bound(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"<").map_or(text, |rest| rest.strip_prefix(b"=").unwrap_or(rest).trim_ascii_start())
}
