//! What the made drive tests were drawn from, for judging what is made of them.

use super::plane::Spot;
use super::radio::{self, OPERATORS, Radio};
use super::{DemoError, facts, land, villages};
use crate::model::measure::LonLat;
use crate::model::operator::Operator;

/// The radio of the demo province without phones: no fading, no offset, no error of position.
pub struct Truth(Radio);

impl Truth {
    /// # Errors
    /// When the embedded facts are broken.
    pub fn new() -> Result<Self, DemoError> {
        let facts = facts::read()?;
        let land = land::lay(&facts)?;
        let villages = villages::settle(&facts, &land);
        Ok(Self(radio::build(&land, &villages)))
    }

    /// The level of each operator's 4G at a place, dBm.
    #[must_use]
    pub fn lte_dbm(&self, at: LonLat) -> Vec<(Operator, f64)> {
        let heard = self.0.hear(Spot::from_degrees(at.lon(), at.lat()));
        let named = OPERATORS.into_iter().zip(heard);
        named.filter_map(|(name, heard)| Some((name.parse().ok()?, heard.lte_dbm))).collect()
    }
}
