//! What makes a file that comes in the same as one before: its bytes, and whatever was stated that changes what they mean.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{ImportError, Request};
use crate::ingest::{self, Profile, VisitsProfile};
use crate::model::access::Role;
use crate::model::correction::{Answer, Correction};
use crate::model::import::ImportKind;

/// SHA-256 of the bytes, 64 hex digits, and behind it every stated option that changes what they mean.
pub(super) fn hash(path: &Path, request: &Request) -> Result<String, ImportError> {
    let unreadable = |source| ImportError::Read { path: path.to_owned(), source };
    let mut digest = Sha256::new();
    for part in parts(path).map_err(unreadable)? {
        let mut file = std::fs::File::open(part).map_err(unreadable)?;
        io::copy(&mut file, &mut HashWriter(&mut digest)).map_err(unreadable)?;
    }
    let bytes = hexadecimal(digest);
    // The name of a file of speed tests may say what no byte of it does.
    let of_name = || ingest::speed_tiles::quarter_of_name(path).filter(|_| request.kind == ImportKind::Speeds);
    let period = request.period.or_else(of_name);
    // A table without a column of communes is of another commune for another importer.
    let commune = match (request.commune, request.importer) {
        (Some(code), _) | (None, Role::Commune(code)) => Some(format!("commune={code}")),
        (None, Role::Team(village)) => Some(format!("village={village}")),
        (None, _) => None,
    };
    let stated = [
        request.crs_epsg.map(|epsg| format!("crs={epsg}")),
        request.encoding.map(|encoding| format!("encoding={}", encoding.name())),
        request.layer.as_ref().map(|layer| format!("layer={layer}")),
        request
            .profile
            .as_deref()
            .map(Profile::text)
            .or(request.visits.as_deref().map(VisitsProfile::text))
            .map(|profile| format!("profile={}", hexadecimal(Sha256::new_with_prefix(profile.as_bytes())))),
        request.as_of.map(|day| format!("as_of={day}")),
        request.operator.map(|operator| format!("operator={operator}")),
        request.technology.map(|technology| format!("technology={technology}")),
        period.map(|period| format!("period={period}")),
        commune,
        // Of lists that came in before numbers within a mast were told from identities, all may come in anew.
        (request.kind == ImportKind::Sites).then(|| "masts=2".to_owned()),
        request.replace.then(|| "replace".to_owned()),
        request.minimum.map(|power| format!("minimum_dbm={}", power.get())),
        (!request.corrections.is_empty()).then(|| format!("corrections={}", of_corrections(&request.corrections))),
        (request.kind == ImportKind::Visits)
            .then(|| format!("nearest_village_within_m={}", request.rules.reach.nearest_village_within_m)),
    ];
    let stated: Vec<String> = stated.into_iter().flatten().collect();
    Ok(if stated.is_empty() { bytes } else { format!("{bytes} {}", stated.join(" ")) })
}

fn of_corrections(corrections: &[Correction]) -> String {
    let mut digest = Sha256::new();
    for one in corrections {
        digest.update(one.line.to_le_bytes());
        let (field, value) = match &one.answer {
            Answer::Cell { field, value } => (field.as_str(), value.as_str()),
            Answer::LeaveOut => ("", ""),
        };
        for text in [field, value] {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
    }
    hexadecimal(digest)
}

fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file, with the figures beside the shapes of a Shapefile, or the files of a File Geodatabase in the order of their names.
fn parts(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        let figures = path.with_extension("dbf");
        let has_figures = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) && figures.is_file();
        return Ok([path.to_owned()].into_iter().chain(has_figures.then_some(figures)).collect());
    }
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gdb")) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let files = std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = files.collect::<io::Result<_>>()?;
    // GDAL leaves lock files while it reads.
    files.retain(|file| file.is_file() && file.extension().is_none_or(|e| e != "lock"));
    files.sort();
    Ok(files)
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
