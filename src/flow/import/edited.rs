//! An edited form is the visit that its first version was.
//!
//! KoboToolbox and Ona give a form a new id when somebody edits it. What stays is told by the file: the id before the
//! edit, or the server's own number of the form with the moment at which it came in. A form whose id the store has is
//! that visit, whatever else it is called, so that a file of before changes nothing.

use crate::ingest;
use crate::ingest::visits::Piece;
use crate::store::{ImportTransaction, StoreError};

/// Puts the ids under which the store keeps forms in the place of those of the file. Returns what else the forms of the
/// piece are called: a keyed hash, and the id of the visit.
pub(super) async fn resolve(
    transaction: &mut dyn ImportTransaction,
    piece: &mut Piece,
    key: &[u8; 32],
) -> Result<Vec<(u64, String)>, StoreError> {
    let hash = |id: &str| ingest::keyed_hash(key, &[b"form", id.as_bytes()]);
    let rows = piece.batch.rows.iter_mut().map(|row| (&mut row.value.source_id, &row.value.other_ids));
    let withdrawn = piece.withdrawn.iter_mut().map(|(id, others)| (id, &*others));
    let mut forms: Vec<(&mut String, &Vec<String>)> =
        rows.chain(withdrawn).filter(|(_, others)| !others.is_empty()).collect();
    if forms.is_empty() {
        return Ok(Vec::new());
    }
    let ids = |form: &(&mut String, &Vec<String>)| -> Vec<(String, u64)> {
        std::iter::once(&*form.0).chain(form.1).map(|id| (id.clone(), hash(id))).collect()
    };
    let names: Vec<Vec<(String, u64)>> = forms.iter().map(ids).collect();
    let asked: Vec<Vec<(&str, u64)>> =
        names.iter().map(|ids| ids.iter().map(|(id, hash)| (id.as_str(), *hash)).collect()).collect();
    let known = transaction.known_as(&asked).await?;
    let mut others = Vec::new();
    for (at, (id, _)) in forms.iter_mut().enumerate() {
        if let Some(kept) = known.get(&at) {
            id.clone_from(kept);
        }
        let called = names[at].iter().filter(|(name, _)| *name != **id);
        others.extend(called.map(|(_, hash)| (*hash, (**id).clone())));
    }
    Ok(others)
}
