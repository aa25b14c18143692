//! Which network a row is of.

use super::radio;
use super::row::{Memory, Reader};
use crate::ingest::lines::Line;
use crate::ingest::number;
use crate::model::operator::{Operator, Technology};
use crate::model::refusal::{Reason, Reject};
use crate::model::sample::ServiceState;

/// Where a row names its network and its technology, and what these texts were the last time. What is remembered
/// decides alone.
#[derive(Clone, Copy)]
pub(super) struct Names<'l> {
    pub(super) network: &'l [u8],
    pub(super) operator: Option<Option<Operator>>,
    pub(super) radio: &'l [u8],
    pub(super) technology: Option<Technology>,
}

impl Reader<'_> {
    #[inline]
    pub(super) fn names<'l>(&self, line: Line<'l>, memory: &Memory) -> Names<'l> {
        let (network, radio) = (self.cell(line, self.columns().operator), self.cell(line, self.columns().technology));
        let (operator, technology) = (memory.operators.get(network), memory.technologies.get(radio));
        Names { network, operator, radio, technology }
    }

    /// `None` for a phone without service, which names none.
    pub(super) fn operator(
        &self,
        line: Line<'_>,
        state: ServiceState,
        (names, memory): (Names<'_>, &mut Memory),
    ) -> Result<Option<Operator>, Reject> {
        if let Some(operator) = self.named_operator(line, names, memory).or(self.options.operator) {
            return Ok(Some(operator));
        }
        if state.is_censored() {
            return Ok(None);
        }
        let column = self.network_column();
        let reason = if number::is_missing(self.cell(line, column)) {
            Reason::Missing
        } else {
            Reason::UnknownValue { known: ["viettel", "vnpt", "mobifone", "vietnamobile"].map(str::to_owned).to_vec() }
        };
        Err(self.lacking(line, (column, "operator"), reason))
    }

    /// Whether a text in place of a network or a technology says that there is none, in our words or the table's own.
    pub(super) fn says_silence(&self, text: &[u8]) -> bool {
        let own = || self.columns().meaning.states.get(text).is_some_and(ServiceState::is_censored);
        radio::says_no_service(text) || own()
    }

    /// Where a row names its network.
    pub(super) fn network_column(&self) -> Option<usize> {
        self.columns().operator.or(self.columns().mcc).or(self.columns().cgi)
    }

    #[inline]
    pub(super) fn named_operator(&self, line: Line<'_>, names: Names<'_>, memory: &mut Memory) -> Option<Operator> {
        names.operator.unwrap_or_else(|| self.operator_anew(line, names.network, memory))
    }

    fn operator_anew(&self, line: Line<'_>, text: &[u8], memory: &mut Memory) -> Option<Operator> {
        let mut named = None;
        if !number::is_missing(text) && !self.says_silence(text) {
            let words = &self.columns().meaning.operators;
            let read = || std::str::from_utf8(text).ok()?.parse::<Operator>().ok();
            // Who looks at a whole file is told the name that was made of the word, and answers by that.
            let by_name = |read: Operator| if read.is_network() { None } else { words.get(read.as_str().as_bytes()) };
            let said = words.get(text).or_else(|| if words.is_empty() { None } else { read().and_then(by_name) });
            named = said.or_else(read);
            // Any word makes an operator; one that is no network we know is weaker than a number beside it, and so is
            // a brand without masts: the number is that of the network that carries it.
            let by_number = self.columns().cgi.or(self.columns().mcc.and(self.columns().mnc)).is_some();
            if said.is_some() || !by_number || named.is_some_and(|named| named.is_network() && !named.is_hosted()) {
                memory.operators.keep(text, named);
                return named;
            }
        }
        if let Some(operator) = self.stated(line, self.columns().cgi).and_then(of_cgi) {
            return Some(operator);
        }
        let is_hosted = named.is_some_and(Operator::is_hosted);
        let numbered = self.numbered_operator(line);
        numbered.filter(|numbered| !is_hosted || Operator::VIETNAMESE.contains(numbered)).or(named)
    }

    /// The network whose number a row bears.
    fn numbered_operator(&self, line: Line<'_>) -> Option<Operator> {
        let code = |column: Option<usize>| {
            let text = std::str::from_utf8(self.cell(line, column)).ok()?;
            text.strip_suffix(".0").unwrap_or(text).parse::<u16>().ok()
        };
        Operator::from_plmn(code(self.columns().mcc)?, code(self.columns().mnc)?)
    }

    /// Whether a row names one network and bears the number of another, in tables that have both.
    #[inline]
    pub(super) fn is_of_two(&self, line: Line<'_>, operator: Option<Operator>, memory: &mut Memory) -> bool {
        let (Some(_), Some(_), Some(mnc)) = (self.columns().operator, self.columns().mcc, self.columns().mnc) else {
            return false;
        };
        if !self.cell(line, self.columns().mcc).starts_with(b"452") {
            return false;
        }
        let text = self.cell(line, Some(mnc));
        let numbered = memory.numbers.get(text).unwrap_or_else(|| {
            let numbered = self.numbered_operator(line).filter(|numbered| Operator::VIETNAMESE.contains(numbered));
            memory.numbers.keep(text, numbered);
            numbered
        });
        numbered.is_some_and(|numbered| operator.is_some_and(|operator| operator != numbered))
    }
}

/// `45204…` or `452-04-…`: two digits of network, as everywhere outside North America (ITU-T E.212).
fn of_cgi(cgi: &[u8]) -> Option<Operator> {
    let mut digits = cgi.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| u16::from(byte - b'0'));
    let mut next = |count: usize| (0..count).try_fold(0, |sum, _| Some(sum * 10 + digits.next()?));
    let (mcc, mnc) = (next(3)?, next(2)?);
    if (310..=316).contains(&mcc) { None } else { Operator::from_plmn(mcc, mnc) }
}
