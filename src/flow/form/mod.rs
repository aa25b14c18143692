//! The form that teams fill in at the door, as an `XLSForm` for ODK Collect and KoboCollect, with the list of
//! villages beside it.
//!
//! What a phone sends back is what `import visits` reads: the names of the
//! questions are the headings of that reader. There is no question for a name,
//! a telephone or a photograph, and the identity of the phone is not asked for.
//! The signal that the team sees joins the two halves of the map.

mod sheets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::model::admin::{AdminUnit, UnitCode};
use crate::model::village::Village;
use crate::store::{Store, StoreError};

/// Names of the files, which the form itself knows too.
pub const FORM: &str = "tham_ho.xlsx";
pub const VILLAGES: &str = "villages.csv";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub form: PathBuf,
    pub villages: PathBuf,
    pub village_count: usize,
    /// Communes of which the register has no village in force: their teams have no list to choose from.
    pub communes_without_villages: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no commune {0} today")]
    UnknownCommune(UnitCode),
    #[error("cannot write {path}: {problem}")]
    Write { path: PathBuf, problem: String },
}

/// Writes the form and its list into a folder. No commune named means all of them.
///
/// # Errors
/// A commune that is not in force, or a disk that says no.
pub async fn write(store: &dyn Store, communes: &[UnitCode], today: Date, folder: &Path) -> Result<Written, FormError> {
    let chosen = chosen(store.units().await?, communes, today)?;
    let wanted: BTreeSet<UnitCode> = chosen.iter().map(|unit| unit.code).collect();
    let mut villages = store.villages().await?;
    villages.retain(|village| wanted.contains(&village.commune) && village.in_force(today));
    villages.sort_by(|a, b| (a.commune, &a.name, a.code).cmp(&(b.commune, &b.name, b.code)));
    let has_village = |unit: &&AdminUnit| villages.iter().any(|village| village.commune == unit.code);
    let communes_without_villages = chosen.iter().filter(|unit| !has_village(unit)).map(AdminUnit::full_name).collect();
    let failed = |path: &Path, problem: String| FormError::Write { path: path.to_owned(), problem };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error.to_string()))?;
    let (form, list) = (folder.join(FORM), folder.join(VILLAGES));
    std::fs::write(&list, village_list(&villages)).map_err(|error| failed(&list, error.to_string()))?;
    workbook(&chosen, today).and_then(|mut book| book.save(&form)).map_err(|error| failed(&form, error.to_string()))?;
    Ok(Written { form, villages: list, village_count: villages.len(), communes_without_villages })
}

fn chosen(units: Vec<AdminUnit>, communes: &[UnitCode], today: Date) -> Result<Vec<AdminUnit>, FormError> {
    let mut all: Vec<AdminUnit> = units.into_iter().filter(|unit| unit.is_commune() && unit.in_force(today)).collect();
    all.sort_by_key(|unit| unit.code);
    if communes.is_empty() {
        return Ok(all);
    }
    if let Some(unknown) = communes.iter().find(|code| all.iter().all(|unit| unit.code != **code)) {
        return Err(FormError::UnknownCommune(*unknown));
    }
    all.retain(|unit| communes.contains(&unit.code));
    Ok(all)
}

/// As ODK takes it, for a file of choices as for a list of entities: `name` is what comes back.
fn village_list(villages: &[Village]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = csv.write_record(["name", "label", "commune_code"]);
    for village in villages {
        let _ = csv.write_record([&village.code.to_string(), &village.name, &village.commune.to_string()]);
    }
    csv.into_inner().unwrap_or_default()
}

fn workbook(communes: &[AdminUnit], today: Date) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // A workbook says when it was made; the day is enough, and the same form is then the same bytes.
    let [month, day] = [today.month(), today.day()].map(|part| u8::try_from(part).unwrap_or(1));
    let made = ExcelDateTime::from_ymd(u16::try_from(today.year()).unwrap_or(2026), month, day)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (name, rows) in sheets::all(communes, today) {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        for (line, row) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                sheet.write_string(line, column, cell)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    Ok(book)
}

#[cfg(test)]
mod tests;
