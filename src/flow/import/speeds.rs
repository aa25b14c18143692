//! Speed tests into the store: streamed, and of a file of the whole world only what is near.
//!
//! Near is the rectangle around the communes of the store, widened by 20 km;
//! before any boundary was imported, that of Viet Nam. The first row of a tile
//! and quarter in a file stands; a quarter that is there already is replaced,
//! and the report says so.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::{ImportError, Job, Note};
use crate::engine::boundaries::place;
use crate::ingest::{self, Stop};
use crate::model::refusal::{Batch, Reason, Reject, Row};
use crate::model::speed::{Quadkey, Quarter, SpeedTile};
use crate::store::{Store, StoreError};

/// Beyond the border, so that the tiles at the edge have their neighbours: as far as a mast of 4G is heard.
const MARGIN_KM: f64 = 20.0;
/// Of a degree of latitude, and so more than enough of one of longitude once divided by the cosine.
const KM_A_DEGREE: f64 = 110.57;
/// West, south, east, north of the mainland of Viet Nam.
const VIET_NAM: [f64; 4] = [102.1, 8.4, 109.5, 23.4];

pub(super) async fn import(
    store: &dyn Store,
    job: &mut Job,
    path: &Path,
    mut options: ingest::Options,
) -> Result<(), ImportError> {
    let units = store.units().await?;
    options.within = Some(near(place::bounds(units.iter().filter_map(|unit| unit.geometry.as_ref()))));
    // The reader works on a thread of its own; a full channel makes it wait for the store.
    let (to_store, mut pieces) = tokio::sync::mpsc::channel::<Batch<SpeedTile>>(2);
    let reader_path = path.to_owned();
    let reader = tokio::task::spawn_blocking(move || {
        ingest::speed_tiles::read(&reader_path, &options, &mut |piece| {
            to_store.blocking_send(std::mem::take(piece)).map_err(|_| Stop)
        })
    });
    let mut seen: HashMap<(Quadkey, Quarter), u64> = HashMap::new();
    let (mut quarters, mut replaced) = (BTreeSet::new(), 0);
    while let Some(Batch { rows, mut rejects }) = pieces.recv().await {
        let mut tiles = Vec::with_capacity(rows.len());
        for Row { line, value } in rows {
            if let Some(first) = seen.insert((value.tile, value.quarter), line) {
                seen.insert((value.tile, value.quarter), first);
                let reason = Reason::Duplicate { line: first };
                rejects.push(Reject::new(line, "", format!("{} {}", value.tile, value.quarter), reason));
                continue;
            }
            quarters.insert(value.quarter);
            tiles.push(value);
        }
        rejects.sort_by_key(|reject| reject.line);
        let counts = job.transaction.put_speeds(&tiles).await?;
        replaced += counts.updated;
        job.took(tiles.len(), counts);
        job.refuse(rejects).await?;
    }
    let summary = reader.await.map_err(|_| StoreError::Interrupted)??;
    job.report.profile = summary.profile;
    job.report.dropped_fields = summary.dropped_fields;
    job.report.warnings = summary.warnings;
    if replaced > 0 {
        let quarters = quarters.iter().map(ToString::to_string).collect();
        job.report.notes.push(Note::QuarterReplaced { quarters, rows: replaced });
    }
    Ok(())
}

fn near(communes: Option<[f64; 4]>) -> [f64; 4] {
    let Some([west, south, east, north]) = communes else { return VIET_NAM };
    let up = MARGIN_KM / KM_A_DEGREE;
    let aside = up / south.abs().max(north.abs()).min(85.0).to_radians().cos();
    [west - aside, south - up, east + aside, north + up]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::measure::LonLat;

    #[test]
    fn near_is_twenty_kilometres_on_every_side() {
        let [west, south, east, north] = near(Some([105.5, 19.8, 106.6, 20.7]));
        let at = |lon, lat| LonLat::new(lon, lat).unwrap();
        for metres in [
            at(west, 20.7).distance_m(at(105.5, 20.7)),
            at(east, 20.7).distance_m(at(106.6, 20.7)),
            at(106.0, south).distance_m(at(106.0, 19.8)),
            at(106.0, north).distance_m(at(106.0, 20.7)),
        ] {
            assert!((20_000.0..20_300.0).contains(&metres), "{metres}");
        }
        assert_eq!(near(None), VIET_NAM);
    }
}
