//! Reports that count homes by village, which look like a list of visits: a place, a day and a result in every row.
//!
//! A row of `Số hộ đã đến` = 30 is no visit to one home. Such a table is refused as a whole, where none of its columns
//! says which home a row is of.

use crate::ingest::Unreadable;
use crate::ingest::header::Header;
use crate::ingest::text;

/// What is counted of homes, behind `Số hộ …`. A `Số hộ chiếu` and a `Số hồ sơ` count none.
const OF_HOMES: &[&str] = &["da", "duoc", "chua", "den", "tham", "huong", "tiep", "vang", "con", "tu", "can", "phai"];

/// # Errors
/// [`Unreadable::HomesCounted`].
pub(super) fn refuse(header: &Header, household: Option<usize>) -> Result<(), Unreadable> {
    let Some(first) = header.find_where(counts_homes).filter(|_| household.is_none()) else { return Ok(()) };
    Err(Unreadable::HomesCounted { column: header.name(first).to_owned() })
}

fn counts_homes(folded: &str) -> bool {
    let plain = text::fold(folded);
    let rest = plain.strip_prefix("tong_").unwrap_or(&plain);
    let rest = ["so_ho_", "so_luong_ho_", "so_luot_ho_"].iter().find_map(|beginning| rest.strip_prefix(beginning));
    let vietnamese = rest.is_some_and(|rest| {
        let rest = rest.strip_prefix("dan_").or_else(|| rest.strip_prefix("gia_dinh_")).unwrap_or(rest);
        OF_HOMES.contains(&rest.split('_').next().unwrap_or_default())
    });
    vietnamese || matches!(folded, "households_visited" | "households_guided" | "homes_visited" | "homes_guided")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_homes_are_told_from_what_begins_alike() {
        for heading in ["so_ho_da_den", "so_ho_duoc_huong_dan", "tong_so_ho_vang_nha", "so_ho_gia_dinh_da_tham"] {
            assert!(counts_homes(heading), "{heading}");
        }
        for heading in ["so_ho", "so_ho_chieu", "so_ho_so_dich_vu_cong", "so_ho_khau", "tong_so_ho", "so_nha", "ho"] {
            assert!(!counts_homes(heading), "{heading}");
        }
    }
}
