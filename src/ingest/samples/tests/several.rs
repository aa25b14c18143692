//! Logs with several cells of a network at a moment.

use super::*;

const SCAN: &str = "time,lat,lon,operator,technology,EARFCN,PCI,rsrp\n";

/// A second of a scanner at a place: the powers of cells 1, 2, 3 …
fn sweep(second: usize, powers: &[i32]) -> String {
    let row = |(pci, power): (usize, &i32)| {
        let place = 20.25 + second as f64 * 1e-4;
        format!("2026-10-01 10:00:{second:02}.{pci},{place:.4},105.97,viettel,4G,1300,{},{power}\n", pci + 1)
    };
    powers.iter().enumerate().map(row).collect()
}

#[test]
fn of_the_cells_that_a_scanner_hears_at_a_moment_the_strongest_serves() {
    let text = format!("{SCAN}{}{}", sweep(0, &[-95, -80, -112, -118]), sweep(1, &[-81, -94]));
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let powers: Vec<_> = all.rows.iter().map(|row| (row.line, row.value.rsrp.unwrap().get())).collect();
    assert_eq!(powers, [(3, -80.0), (6, -81.0)]);
    let refused: Vec<_> = all.rejects.iter().map(|reject| (reject.line, reject.reason.code())).collect();
    assert_eq!(refused, [2, 4, 5, 7].map(|line| (line, "neighbour_cell")));
    assert!(summary.warnings.contains(&Warning::HeardBeside { rows: 4 }), "{:?}", summary.warnings);
}

#[test]
fn networks_and_technologies_of_a_moment_have_a_strongest_cell_each() {
    let text = format!("{SCAN}{}", sweep(0, &[-95, -80, -112, -118]))
        .replace("viettel,4G,1300,3", "vnpt,4G,1500,3")
        .replace("viettel,4G,1300,4", "viettel,5G,640000,4");
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!(all.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn a_phone_that_changes_its_cell_within_a_second_keeps_all_its_rows() {
    let mut text = SCAN.to_owned();
    (0..9).for_each(|second| text += &sweep(second, if second == 4 { &[-100, -90] } else { &[-100] }));
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!((all.rows.len(), summary.refused), (10, 0));
    // The minute alone, at one place: forty readings of two cells are no sweep.
    let row = |step: i32| {
        format!("2026-10-01 10:{:02},20.25,105.97,viettel,4G,1300,{},{}\n", step / 20, step % 2, -90 - step)
    };
    let text = format!("{SCAN}{}", (0..40).map(row).collect::<String>());
    let (summary, _) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!((summary.accepted, summary.refused), (40, 0));
}
