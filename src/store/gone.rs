//! What may not come in again, known by salted digests alone.
//!
//! A home that was erased stays out with every visit made until then; a form
//! that was made coarse stays out for good, since it is in the store already.
//! Whoever reads the digests learns neither.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::model::visit::Visit;

/// Digests of what left the store.
#[derive(Clone, Debug)]
pub struct Gone {
    salt: Vec<u8>,
    /// Until when, milliseconds since 1970.
    digests: HashMap<[u8; 32], i64>,
}

impl Gone {
    pub(super) fn new(salt: Vec<u8>, digests: HashMap<[u8; 32], i64>) -> Self {
        Self { salt, digests }
    }

    /// Whether a visit stays out.
    #[must_use]
    pub fn holds(&self, visit: &Visit) -> bool {
        if self.digests.is_empty() {
            return false;
        }
        let is_out = |digest| self.digests.get(&digest).is_some_and(|before| visit.time.as_millisecond() < *before);
        is_out(self.of_form(&visit.source_id)) || is_out(self.of_home(visit.household))
    }

    pub(super) fn of_home(&self, household: u64) -> [u8; 32] {
        self.digest(b"home", &household.to_le_bytes())
    }

    pub(super) fn of_form(&self, source_id: &str) -> [u8; 32] {
        self.digest(b"form", source_id.as_bytes())
    }

    fn digest(&self, what: &[u8], content: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(&self.salt).chain_update(what).chain_update(content).finalize().into()
    }
}
