//! Erasing a home, and letting go of what is older than its term.
//!
//! A home is named as whoever asks can name it: by the label that the team
//! wrote down and where, or by the id of one of its forms. Verdicts are worked
//! out anew before the file is rewritten, so that no older figure stays in it.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::analyse::{self, Runs};
use super::import::visits::home_by_label;
use crate::engine::retention::DayPhones;
use crate::engine::{FactParts, Facts, retention};
use crate::ingest;
use crate::model::admin::UnitCode;
use crate::model::measure::{local_day, local_midnight};
use crate::model::retention::{Erased, PhoneTerm, Retained, Retention};
use crate::model::rules::Rules;
use crate::model::token::AuditEvent;
use crate::model::village::VillageCode;
use crate::store::{Store, StoreError};

/// Verdicts are worked out anew when the store moves on meanwhile, this often.
const TRIES: u32 = 3;

/// A home, as somebody can name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// By the id of a form, with or without `uuid:`.
    Form(String),
    /// By its label in a village, or in a commune where no village was known.
    Label { commune: UnitCode, village: Option<VillageCode>, label: String },
}

#[derive(Debug, thiserror::Error)]
pub enum RemovalError {
    #[error("the store has no visit of this home")]
    NoSuchHome,
    #[error("an erasure says why")]
    NoReason,
    #[error("the register has no village `{0}`")]
    NoSuchVillage(VillageCode),
    #[error("the system gives no random numbers")]
    NoChance,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Erases a home: visits, decisions, cells of refused and corrected rows. `event` says who and why, and nothing of the
/// home. The file holds traces until [`Store::scrub`].
///
/// # Errors
/// [`RemovalError::NoSuchHome`] changes nothing.
pub async fn erase(store: &dyn Store, home: &Home, event: &AuditEvent) -> Result<Erased, RemovalError> {
    if event.purpose.is_empty() {
        return Err(RemovalError::NoReason);
    }
    let (household, label) = match home {
        Home::Form(id) => {
            let bare = id.trim();
            let visits = store.visits_with(&[bare, &format!("uuid:{bare}")]).await?;
            (visits.first().ok_or(RemovalError::NoSuchHome)?.household, None)
        }
        Home::Label { commune, village, label } => {
            if let Some(code) = village
                && !store.villages().await?.iter().any(|known| known.code == *code)
            {
                return Err(RemovalError::NoSuchVillage(*code));
            }
            let key = store.household_key().await?;
            let label_key = ingest::visits::label_key(&key, label);
            (home_by_label(*commune, *village, label_key, &key), Some(label.trim()))
        }
    };
    let erased = store.erase(household, label, event).await?;
    if erased.visits == 0 { Err(RemovalError::NoSuchHome) } else { Ok(erased) }
}

/// Lets go of what is older than its term. Without an event it tells what would go.
///
/// # Errors
/// When the store cannot be read or written, or others keep writing to it.
pub async fn retain(
    store: &dyn Store,
    rules: &Rules,
    event: Option<&AuditEvent>,
    now: Timestamp,
) -> Result<Retained, RemovalError> {
    for _ in 1..TRIES {
        match retain_once(store, rules, event, now).await {
            Err(RemovalError::Store(StoreError::Moved { .. })) => {}
            other => return other,
        }
    }
    retain_once(store, rules, event, now).await
}

async fn retain_once(
    store: &dyn Store,
    rules: &Rules,
    event: Option<&AuditEvent>,
    now: Timestamp,
) -> Result<Retained, RemovalError> {
    let made_from = store.epoch().await?;
    // Forgotten with this call: what it made of a key leads nowhere.
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|_| RemovalError::NoChance)?;
    let terms = &rules.retention;
    let today = local_day(now);
    let parts = FactParts {
        units: store.units().await?,
        villages: store.villages().await?,
        visits: store.visits().await?.into(),
        decisions: store.decisions().await?,
        rules: rules.clone(),
        today,
        ..FactParts::default()
    };
    let first = retention::first_kept(today, terms.visits_months);
    let making = tokio::task::spawn_blocking(move || {
        let facts = Facts::new(parts);
        let home = |key: u64| ingest::keyed_hash(&secret, &[b"coarse home", &key.to_le_bytes()]);
        let form = |id: &str| format!("coarse:{:016x}", ingest::keyed_hash(&secret, &[b"coarse form", id.as_bytes()]));
        retention::coarse(&facts, first, home, form)
    });
    let (coarse, flags) = making.await.map_err(|_| StoreError::Interrupted)?;
    let before = |months: u32| {
        let day = today.checked_sub(i64::from(months).months()).unwrap_or(Date::MIN);
        local_midnight(day)
    };
    let retention = Retention {
        made_from,
        coarse,
        flags,
        refused_before: before(terms.refused_months),
        audit_before: before(terms.audit_months),
    };
    let phones = day_phones(store, retention::first_kept(today, terms.phones_months)).await?;
    let term = PhoneTerm {
        since: phones.since(),
        until: phones.until(),
        day: &|sample| phones.day(sample),
        hide: &|phone, day| {
            let day = day.to_string();
            ingest::keyed_hash(&secret, &[b"phone of a day", &phone.to_le_bytes(), day.as_bytes()])
        },
    };
    Ok(store.retain(&retention, &term, event).await?)
}

/// Which measurements are past their term, by the runs that they are part of.
async fn day_phones(store: &dyn Store, since: Date) -> Result<DayPhones, StoreError> {
    let last_sample = store.last_sample().await?;
    let are_kept = store.runs_from().await?.is_some_and(|from| from.last_sample == last_sample);
    let runs = if are_kept { store.runs().await? } else { analyse::runs_of(store, None).await?.1 };
    Ok(DayPhones::new(since, &runs))
}

/// Works the verdicts out anew where there were any, and rewrites the file.
///
/// # Errors
/// When the store cannot be read or written; what was removed stays removed.
pub async fn finish(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
    if store.analysed().await?.is_some() {
        judge(store, rules, now).await?;
    }
    store.scrub().await
}

/// An open server judges anew, too, and either may be first.
pub(super) async fn judge(store: &dyn Store, rules: &Rules, now: Timestamp) -> Result<(), StoreError> {
    for _ in 1..TRIES {
        match analyse::analyse(store, rules, Runs::Kept, now).await {
            Err(StoreError::Moved { .. }) if analyse::is_current(store, rules, now).await? => return Ok(()),
            Err(StoreError::Moved { .. }) => {}
            other => return other.map(|_| ()),
        }
    }
    analyse::analyse(store, rules, Runs::Kept, now).await.map(|_| ())
}

#[cfg(test)]
mod tests;
