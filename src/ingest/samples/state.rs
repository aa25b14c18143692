//! Whether a phone had service: what the row says of it, in whichever column.

use super::network::Names;
use super::radio;
use super::row::Reader;
use crate::ingest::lines::Line;
use crate::ingest::number;
use crate::model::refusal::{Reason, Reject};
use crate::model::sample::ServiceState;

impl Reader<'_> {
    /// What the state column says; without one, what the reading says, or a word in place of network and technology.
    pub(super) fn state(&self, line: Line<'_>, names: Names<'_>) -> Result<ServiceState, Reject> {
        let meaning = &self.columns().meaning;
        let (stated, power) = (self.cell(line, self.columns().state), self.cell(line, self.columns().rsrp));
        let silent = radio::is_silence(power, meaning, self.columns().decimal_comma);
        if number::is_missing(stated) {
            let said = if silent { Some(ServiceState::NoService) } else { self.said(line, names) };
            return Ok(said.unwrap_or(ServiceState::InService));
        }
        let found = if stated.eq_ignore_ascii_case(b"in_service") {
            Some(ServiceState::InService)
        } else {
            meaning.states.get(stated).or_else(|| radio::stated(stated))
        };
        match found {
            Some(ServiceState::InService) if silent => Ok(ServiceState::NoService),
            Some(state) => Ok(state),
            None => {
                let known = ["in_service", "no_service", "limited"].map(str::to_owned).to_vec();
                Err(self.refuse(line, self.columns().state, Reason::UnknownValue { known }))
            }
        }
    }

    /// Android shows "no service" or "emergency calls only" in place of the network's name. The word decides: a power
    /// beside it is of a cell that the phone may not use, or its code for none. `NONE` is also what a phone says that
    /// has no data, so it decides only where there is no power. Words of the table's own are those of its states.
    #[inline]
    fn said(&self, line: Line<'_>, names: Names<'_>) -> Option<ServiceState> {
        // What is remembered is a network or a technology.
        let network = if names.operator.is_some() { b"" } else { names.network };
        let technology = if names.technology.is_some() { b"" } else { names.radio };
        if network.is_empty() && technology.is_empty() {
            return None;
        }
        let states = &self.columns().meaning.states;
        if !states.is_empty() {
            let named = [network, technology].into_iter().find_map(|text| states.get(text));
            if let Some(state) = named.filter(|state| state.is_censored()) {
                return Some(state);
            }
        }
        let says_none = || [network, technology].iter().any(|text| text.eq_ignore_ascii_case(b"none"));
        radio::silence(network)
            .or_else(|| radio::silence(technology))
            .or_else(|| (says_none() && !self.has_power(line)).then_some(ServiceState::NoService))
    }

    /// Whether a number of a row is a power that a radio reports.
    fn has_power(&self, line: Line<'_>) -> bool {
        let columns = self.columns().power_of.iter().map(|(_, at)| *at).chain(self.columns().rsrp);
        let mut values = columns.filter_map(|at| self.measured(self.cell(line, Some(at)), "dBm"));
        values.any(|value| radio::is_power(value, self.columns().meaning.power))
    }
}
