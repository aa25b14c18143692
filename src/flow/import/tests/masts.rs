//! Lists of masts, one after the other.

use super::*;
use crate::model::site::Site;

const SECTORS: &str = "Site,Operator,Technology,eNodeB ID,Cell ID,Longitude,Latitude\n";
const MASTS: &str = "Tên trạm,Nhà mạng,Công nghệ,Kinh độ,Vĩ độ,Azimuth\n";

async fn sites(desk: &Desk, name: &str, text: &str, replace: bool) -> (Report, Vec<Site>) {
    let request = Request { replace, ..desk.request(ImportKind::Sites) };
    let report = import(&*desk.store, &desk.write(name, text), &request).await.unwrap();
    (report, desk.store.sites().await.unwrap())
}

fn places(sites: &[Site]) -> Vec<(&str, f64)> {
    let mut places: Vec<_> = sites.iter().map(|site| (site.name.as_str(), site.at.lon())).collect();
    places.sort_by(|a, b| a.0.cmp(b.0).then(a.1.total_cmp(&b.1)));
    places
}

#[tokio::test]
async fn sectors_numbered_within_their_mast_all_come_in() {
    let desk = Desk::new().await;
    let mast = |mast: u32| {
        let row = move |cell| {
            format!("NBH{mast:04},Viettel,4G,{},{cell},{},20.3\n", 100_000 + mast, 105.5 + 0.001 * f64::from(mast))
        };
        (1..4).map(row).collect::<String>()
    };
    let list: String = (1..=40).map(mast).collect();
    let (report, known) = sites(&desk, "s.csv", &format!("{SECTORS}{list}"), false).await;
    assert_eq!((report.counts.inserted, known.len(), report.notes.len()), (120, 120, 0));
    assert!(known.iter().any(|site| site.name == "NBH0007" && site.cell == Some(100_007 * 256 + 2)));
    // Without the eNodeB they are known by their mast; with it later they are the same.
    let desk = Desk::new().await;
    let rows = |enb: bool| {
        let row = |(mast, cell, lon): (&str, u32, f64)| match enb {
            true => format!("{mast},Viettel,4G,{},{cell},{lon},20.3\n", &mast[3..]),
            false => format!("{mast},Viettel,4G,{cell},{lon},20.3\n"),
        };
        [("NBH1001", 1, 105.7), ("NBH1001", 2, 105.7), ("NBH1002", 1, 105.8)].map(row).concat()
    };
    let plain = SECTORS.replace("eNodeB ID,", "");
    assert_eq!(sites(&desk, "p.csv", &format!("{plain}{}", rows(false)), false).await.1.len(), 3);
    let (report, known) = sites(&desk, "e.csv", &format!("{SECTORS}{}", rows(true)), false).await;
    assert_eq!((known.len(), report.moved), (3, 3));
}

#[tokio::test]
async fn a_cell_that_stands_at_two_places_of_one_list_is_told() {
    let desk = Desk::new().await;
    let rows = "A1,Viettel,4G,100001,1,105.7,20.3\nA2,Viettel,4G,100001,1,105.9,20.3\n";
    let (report, _) = sites(&desk, "r.csv", &format!("{SECTORS}{rows}"), false).await;
    assert_eq!(report.notes, [Note::CellsRepeated { rows: 1, example: (100_001 * 256 + 1).to_string() }]);
}

#[tokio::test]
async fn a_mast_that_moved_stands_once_and_others_of_a_common_name_stay() {
    let desk = Desk::new().await;
    let first = "NBH0123,Viettel,4G,105.7397,20.3171,0\nTrạm 1,Viettel,4G,105.8,20.3,0\n";
    sites(&desk, "a.csv", &format!("{MASTS}{first}"), false).await;
    let next = "NBH0123,Viettel,4G,105.8397,20.3171,0\nTrạm 1,Viettel,4G,105.9,20.3,0\n";
    let (report, known) = sites(&desk, "b.csv", &format!("{MASTS}{next}"), false).await;
    assert_eq!(places(&known), [("NBH0123", 105.8397), ("Trạm 1", 105.8), ("Trạm 1", 105.9)]);
    assert_eq!(report.notes, [Note::MastsMoved { masts: 1, names: vec!["NBH0123".to_owned()] }]);
}

#[tokio::test]
async fn a_whole_list_takes_out_what_it_does_not_hold_of_its_networks() {
    let desk = Desk::new().await;
    let first = "NBH0200,Viettel,4G,105.80,20.30,0\nNBH0201,Viettel,4G,105.81,20.30,0\nNBH0201,Viettel,3G,105.81,20.30,0\nV1,VNPT,4G,105.81,20.30,0\n";
    sites(&desk, "a.csv", &format!("{MASTS}{first}"), false).await;
    let part = format!("{MASTS}NBH0200,Viettel,4G,105.80,20.30,0\n");
    let damaged = format!("{part}NBH0201,Viettel,4G,,20.30,0\n");
    let (report, known) = sites(&desk, "damaged.csv", &damaged, true).await;
    assert_eq!((report.notes, known.len()), (vec![Note::NotReplaced { refused: 1 }], 4));
    let (report, known) = sites(&desk, "b.csv", &part, true).await;
    assert_eq!(report.notes, [Note::MastsGone { masts: 1, names: vec!["NBH0201".to_owned()] }]);
    assert_eq!((report.gone, places(&known)), (1, vec![("NBH0200", 105.8), ("NBH0201", 105.81), ("V1", 105.81)]));
}
