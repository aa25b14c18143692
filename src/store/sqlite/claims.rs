//! Claims: what operators say that they reach, and the layer of what the runs
//! said to it when last analysed.
//!
//! A claim is replaced as a whole by a later one of its operator, technology
//! and environment: ground that the operator no longer claims is claimed no
//! more. One that says the same again changes nothing.

use h3o::CellIndex;

use super::bulk::Raw;
use super::register::{Row, day_text, wide};
use super::shape;
use crate::model::claim::{Claim, ClaimVerdict, ClaimedCell, Environment};
use crate::model::figure::round;
use crate::model::import::Counts;
use crate::model::measure::Dbm;
use crate::store::StoreError;

pub(super) fn put_claims(raw: &Raw<'_>, claims: &[Claim], import: i64) -> Result<Counts, StoreError> {
    let known = known(raw)?;
    let mut counts = Counts::default();
    let mut put_cell = raw.prepare("INSERT INTO claim_cell (claim, cell, minimum_dbm) VALUES (?, ?, ?)")?;
    for claim in claims {
        let network = |claim: &Claim| (claim.operator, claim.technology, claim.environment);
        let before = known.iter().find(|(_, known)| network(known) == network(claim));
        let as_of = day_text(claim.as_of);
        let id = match before {
            Some((_, known)) if known == claim => {
                counts.unchanged += 1;
                continue;
            }
            Some((id, _)) => {
                raw.run("DELETE FROM claim_cell WHERE claim = ?", &[(*id).into()])?;
                raw.run(
                    "UPDATE claim SET as_of = ?, source = ?, import_id = ? WHERE id = ?",
                    &[as_of.as_deref().into(), claim.source.as_str().into(), import.into(), (*id).into()],
                )?;
                counts.updated += 1;
                *id
            }
            None => {
                raw.run(
                    "INSERT INTO claim (operator, technology, environment, as_of, source, import_id) VALUES (?, ?, ?, ?, ?, ?)",
                    &[
                        claim.operator.as_str().into(),
                        claim.technology.generation().into(),
                        claim.environment.code().into(),
                        as_of.as_deref().into(),
                        claim.source.as_str().into(),
                        import.into(),
                    ],
                )?;
                counts.inserted += 1;
                raw.number("SELECT last_insert_rowid()")?
            }
        };
        for ClaimedCell { cell, minimum } in &claim.cells {
            put_cell.run(&[id.into(), u64::from(*cell).cast_signed().into(), wide(minimum.map(Dbm::get))])?;
        }
    }
    Ok(counts)
}

/// By operator, technology and environment.
pub(super) fn claims(raw: &Raw<'_>) -> Result<Vec<Claim>, StoreError> {
    Ok(known(raw)?.into_iter().map(|(_, claim)| claim).collect())
}

fn known(raw: &Raw<'_>) -> Result<Vec<(i64, Claim)>, StoreError> {
    let mut row =
        Row::new(raw, "claim", "SELECT id, operator, technology, environment, as_of, source FROM claim ORDER BY id")?;
    let mut claims: Vec<(i64, Claim)> = Vec::new();
    while row.next()? {
        let claim = Claim {
            operator: row.named(1, "operator", |text| text.parse().ok())?,
            technology: row.named(2, "technology", |text| text.parse().ok())?,
            environment: row.named(3, "environment", Environment::from_code)?,
            as_of: row.day_or_none(4, "as_of")?,
            source: row.text(5, "source")?,
            cells: Vec::new(),
        };
        claims.push((row.int(0, "id")?, claim));
    }
    let mut row = Row::new(raw, "claim_cell", "SELECT claim, cell, minimum_dbm FROM claim_cell ORDER BY claim, cell")?;
    while row.next()? {
        let index = row.int(1, "cell")?.cast_unsigned();
        let cell = CellIndex::try_from(index).map_err(|_| row.corrupt("cell"))?;
        let minimum = row.single(2).map(Dbm::new).transpose().map_err(|_| row.corrupt("minimum_dbm"))?;
        let id = row.int(0, "claim")?;
        let at = claims.binary_search_by_key(&id, |(id, _)| *id).map_err(|_| row.corrupt("claim"))?;
        claims[at].1.cells.push(ClaimedCell { cell, minimum });
    }
    claims.sort_by_key(|(_, claim)| (claim.operator, claim.technology, claim.environment));
    Ok(claims)
}

/// The layer, in the order of networks and then of cells.
pub(super) fn put_verdicts(raw: &Raw<'_>, claims: &[ClaimVerdict], synthetic: bool) -> Result<(), StoreError> {
    let mut statement = raw.prepare(
        "INSERT INTO claims (
           fid, geom, cell, operator, technology, status, claimed, claimed_dbm, median_dbm, gap_db, claimed_on, verdict,
           confirmed, runs, days, devices, weak_runs, silent_runs, superseded_runs, weak_low, weak_high, first_seen, last_seen,
           operators_contradicted, synthetic)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (fid, one) in (1_i64..).zip(claims) {
        let outline = shape::cell_blob(one.cell).ok_or(StoreError::Unwritable { what: "the outline of a cell" })?;
        let evidence = &one.evidence;
        statement.run(&[
            fid.into(),
            outline.as_slice().into(),
            one.cell.to_string().as_str().into(),
            one.operator.as_str().into(),
            one.technology.generation().into(),
            one.status.code().into(),
            one.claimed.into(),
            one.minimum.map(Dbm::tenths).into(),
            one.median.map(Dbm::tenths).into(),
            one.gap_db().map(|gap| round(gap, 1)).into(),
            day_text(one.claimed_on).as_deref().into(),
            one.verdict.code().into(),
            one.confirmed.into(),
            evidence.runs.into(),
            evidence.days.into(),
            evidence.devices.into(),
            evidence.weak_runs.into(),
            evidence.silent_runs.into(),
            evidence.superseded_runs.into(),
            round(evidence.weak_low, 3).into(),
            round(evidence.weak_high, 3).into(),
            evidence.first_seen.to_string().as_str().into(),
            evidence.last_seen.to_string().as_str().into(),
            one.operators_contradicted.into(),
            synthetic.into(),
        ])?;
    }
    Ok(())
}
