//! What the reader of sites promises, on small files of every kind.

use super::*;
use crate::ingest::fixture;
use crate::model::operator::Technology;

fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<(Summary, Batch<Site>), Unreadable> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, bytes);
    let mut all = Batch::default();
    let summary = read(&path, options, &mut |batch| {
        all.rows.append(&mut batch.rows);
        all.rejects.append(&mut batch.rejects);
        Ok(())
    })?;
    assert_eq!((summary.accepted, summary.refused), (all.rows.len() as u64, all.rejects.len() as u64));
    Ok((summary, all))
}

fn check(text: &str, profile: &str, good: &[u64], refused: &[(u64, &str)]) -> Vec<Site> {
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!(summary.profile, profile);
    assert_eq!(all.rows.iter().map(|r| r.line).collect::<Vec<_>>(), good, "{text}");
    assert_eq!(all.rejects.iter().map(|r| (r.line, r.reason.code())).collect::<Vec<_>>(), refused, "{text}");
    all.rows.into_iter().map(|r| r.value).collect()
}

const OPENCELLID: &str =
    "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal\r\n";
const CELLS: &str = "GSM,452,1,10068,5293,0,105.8031464,20.95985413,1000,2,1,1459692342,1488347104,0\r\n\
    LTE,452,4,40102,80123456,-1,105.97,20.25,500,31,0,1459692342,1488347104,0\r\n";

#[test]
fn opencellid_is_read_with_and_without_its_header() {
    let with = check(&format!("{OPENCELLID}{CELLS}"), "opencellid_export", &[2, 3], &[]);
    let without = check(CELLS, "opencellid_export", &[1, 2], &[]);
    assert_eq!(with, without);
    let cell = &with[0];
    assert_eq!((cell.operator.as_str(), cell.technology, cell.exact), ("mobifone", Technology::Gsm, false));
    assert_eq!((cell.cell, cell.area_code, cell.observations), (Some(5293), Some(10_068), Some(2)));
    assert_eq!((cell.at.lon(), cell.at.lat()), (105.803_146_4, 20.959_854_13));
    // "Not changeable" is a crowd's word as well.
    assert!(!with[1].exact);
    let old = OPENCELLID.replace("mcc,net,area,cell,unit", "mcc,mnc,lac,cid,psc");
    assert_eq!(check(&format!("{old}{CELLS}"), "opencellid_export", &[2, 3], &[]), with);
}

#[test]
fn damaged_cells_are_refused_by_line() {
    let row = |radio: &str, mcc: &str, lon: &str, lat: &str| {
        format!("{radio},{mcc},4,40102,80123456,0,{lon},{lat},500,31,1,1459692342,1488347104,0\n")
    };
    let rows = [
        row("LTE", "452", "105.97", "20.25"),
        row("LTE", "452", "0", "0"),
        row("LTE", "452", "20.25", "105.97"),
        row("LTE", "452", "1e300", "20.25"),
        row("LTE", "452", "105.97", "NaN"),
        row("CDMA", "452", "105.97", "20.25"),
        row("", "452", "105.97", "20.25"),
        row("LTE", "7", "105.97", "20.25"),
        row("LTE", "", "105.97", "20.25"),
        row("LTE", "457", "105.97", "20.25"),
        "LTE,452,4\n".to_owned(),
    ];
    let sites = check(
        &rows.concat(),
        "opencellid_export",
        &[1, 10],
        &[
            (2, "null_island"),
            (3, "swapped_lat_lon"),
            (4, "not_a_number"),
            // A missing value, as `NaN` is in every table.
            (5, "missing"),
            (6, "unknown_value"),
            (7, "missing"),
            (8, "unknown_value"),
            (9, "missing"),
            (11, "wrong_width"),
        ],
    );
    assert_eq!(sites[1].operator.as_str(), "457-04", "a network of Laos is heard across the border");
}

#[test]
fn netmonster_knows_no_number_by_the_largest_one() {
    let text = "5G;260;03;2147483647;2147483647;;940;51.978333;15.443611;Zielona Gora [NR n78];643296\n\
        3G;452;04;40121;1201;17;12;20.25;105.97;Tam Điệp;\n";
    let sites = check(text, "netmonster", &[1, 2], &[]);
    assert_eq!((sites[0].cell, sites[0].area_code, sites[0].arfcn), (None, None, Some(643_296)));
    assert_eq!((sites[0].technology, sites[0].operator.as_str()), (Technology::Nr, "260-03"));
    assert_eq!((sites[1].name.as_str(), sites[1].arfcn, sites[1].exact), ("Tam Điệp", None, false));
    assert_eq!(check(&text.replace(";643296", "").replace("Điệp;", "Điệp"), "netmonster", &[1, 2], &[]).len(), 2);
}

#[test]
fn clf_hands_over_sectors() {
    let header = "MCCMNC;CID;LAC;TYPE;LAT;LON;POS-RAT;DESC;SYS;LABEL;AZI;HEIGHT;HBW;VBW;TILT;LOC\n";
    let rows = "45204;04002;00432;0;20.12345;105.12345;-1;This is sector 3;3;4002_3;360;30.5;65;7;6;1599XY03\n\
        45204;04003;00432;0;20.12345;105.12345;120;;1;;-1;-1;65;7;6;\n\
        45204;04004;00432;0;20.12345;105.12345;-1;;7;;720;5000;65;7;6;\n";
    let sites = check(&format!("{header}{rows}"), "clf_4", &[2, 3], &[(4, "unknown_value")]);
    let sector = &sites[0];
    assert_eq!((sector.technology, sector.exact, sector.name.as_str()), (Technology::Umts, true, "4002_3"));
    assert_eq!((sector.azimuth_deg, sector.height_m), (Some(0.0), Some(30.5)));
    assert_eq!((sites[1].exact, sites[1].azimuth_deg, sites[1].height_m), (false, None, None));
    assert_eq!(check(rows, "clf_4", &[1, 2], &[(3, "unknown_value")]), sites);
}

#[test]
fn clf_3_states_no_technology_but_for_a_controller() {
    let text =
        "45204;07812;03101;00017;20.25;105.97;-1;Chợ Rồng;0\n45204;07813;03101;00000;20.25;105.97;0;Chợ Rồng;0\n";
    let sites = check(text, "clf_3", &[1], &[(2, "missing")]);
    assert_eq!((sites[0].technology, sites[0].exact, sites[0].name.as_str()), (Technology::Umts, true, "Chợ Rồng"));
    let stated = Options { technology: Some(Technology::Gsm), ..fixture::options() };
    let (_, all) = read_bytes("a.clf", text.as_bytes(), &stated).unwrap();
    assert_eq!(all.rows[1].value.technology, Technology::Gsm);
}

#[test]
fn a_list_of_masts_in_vietnamese_loses_its_people() {
    let text = "Tên trạm;Nhà mạng;Công nghệ;Kinh độ;Vĩ độ;Góc phương vị;Chiều cao;Người quản lý;Điện thoại\n\
        NBH0012 gọi 0912345678;Viettel;2G/3G/4G;105,97;20,25;120;42,5;Nguyễn Văn Kín;0912345678\n\
        NBH0013;VNPT;4G;105,98;20,26;400;0;;\n";
    let (summary, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert!(summary.dropped_fields.iter().any(|field| field == "Điện thoại"), "{:?}", summary.dropped_fields);
    assert_eq!(summary.warnings, [Warning::ValuesDropped { column: "Góc phương vị".to_owned(), count: 1 }]);
    let sites: Vec<&Site> = all.rows.iter().map(|row| &row.value).collect();
    assert_eq!(sites.iter().map(|site| site.technology.generation()).collect::<Vec<_>>(), ["2G", "3G", "4G", "4G"]);
    assert_eq!((sites[0].azimuth_deg, sites[0].height_m, sites[0].exact), (Some(120.0), Some(42.5), true));
    assert!(!format!("{all:?}").contains("0912345678") && !format!("{all:?}").contains("Kín"));
}

#[test]
fn metres_of_viet_nam_and_points_of_a_map_file_are_places() {
    let stated = Options { crs_epsg: Some(5897), ..fixture::options() };
    let (_, all) = read_bytes("a.csv", b"operator,technology,X,Y\nviettel,4G,2239747,601363\n", &stated).unwrap();
    assert!((all.rows[0].value.at.lat() - 20.25).abs() < 0.1, "{:?}", all.rows[0]);
    let map = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"operator":"viettel","technology":"4G","azimuth":30},"geometry":{"type":"Point","coordinates":[105.97,20.25]}}]}"#;
    let (_, all) = read_bytes("a.geojson", map.as_bytes(), &fixture::options()).unwrap();
    assert_eq!((all.rows[0].value.at.lon(), all.rows[0].value.azimuth_deg), (105.97, Some(30.0)));
}

#[test]
fn every_encoding_and_line_end_gives_the_same_cells() {
    let text = format!("{OPENCELLID}{CELLS}");
    let plain = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap().1;
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for bytes in [utf16, marked, text.replace("\r\n", "\n").into_bytes()] {
        assert_eq!(read_bytes("a.csv", &bytes, &fixture::options()).unwrap().1, plain);
    }
    let marked = [b"\xEF\xBB\xBF", CELLS.as_bytes()].concat();
    assert_eq!(read_bytes("a.csv", &marked, &fixture::options()).unwrap().1.rows.len(), 2);
}

#[test]
fn a_file_that_is_none_is_refused_as_a_whole() {
    let refusal = |bytes: &[u8]| read_bytes("a.csv", bytes, &fixture::options()).map(|(summary, _)| summary.warnings);
    assert_eq!(refusal(b""), Err(Unreadable::Empty));
    assert_eq!(refusal(OPENCELLID.as_bytes()), Ok(vec![Warning::NoRows]));
    let samples = b"time,operator,technology,rsrp,lon,lat\n2026-03-31T08:15:00Z,viettel,4G,-90,105.9,20.2\n";
    let found = ImportKind::Samples;
    assert_eq!(refusal(samples), Err(Unreadable::OtherKind { found, asked: ImportKind::Sites }));
    assert!(matches!(refusal(b"a,b\n1,2\n"), Err(Unreadable::MissingColumns { missing, .. }) if missing.len() == 4));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, CELLS.repeat(5_000).as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    assert_eq!(read_bytes("452.csv.gz", &packed, &fixture::options()).unwrap().0.accepted, 10_000);
    let cut = read_bytes("452.csv.gz", &packed[..packed.len() / 2], &fixture::options());
    assert!(matches!(cut, Err(Unreadable::Io { .. })), "{cut:?}");
}

#[test]
fn a_list_of_an_office_has_a_title_marks_for_technologies_and_degrees_with_minutes() {
    let sites = check(
        "DANH SÁCH TRẠM BTS;;;;;;\n\nTên trạm;Doanh nghiệp;2G;4G;Kinh độ;Vĩ độ;Độ cao anten;Góc phương vị\n\
         A;Viettel;x;x;105°58'28\"E;20°15'14\"N;42 m;120°\n\
         B;VNPT;;1;105,9745;20,2539;36,5;\n\
         C;MobiFone;;;105,9745;20,2539;30;\n",
        "canonical",
        &[4, 4, 5],
        &[(6, "missing")],
    );
    let technologies: Vec<_> = sites.iter().map(|site| site.technology).collect();
    assert_eq!(technologies, [Technology::Gsm, Technology::Lte, Technology::Lte]);
    assert_eq!((sites[0].height_m, sites[0].azimuth_deg, sites[2].height_m), (Some(42.0), Some(120.0), Some(36.5)));
    assert!((sites[0].at.lat() - (20.0 + 15.0 / 60.0 + 14.0 / 3600.0)).abs() < 1e-9);
}

#[test]
fn a_list_of_cells_may_begin_with_its_own_version() {
    let text = "//cell list exchange format v3.0//\n45202;1234567;03102;00512;20.26;105.98;-1;Gia Vien;0\n";
    let sites = check(text, "clf_3", &[2], &[]);
    assert_eq!((sites[0].operator.as_str(), sites[0].technology, sites[0].exact), ("vnpt", Technology::Umts, true));
}
