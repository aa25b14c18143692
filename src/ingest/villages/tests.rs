//! Registers as offices, gazetteers and maps bring them, and what is refused of them.

use super::columns::is_village_heading;
use super::*;
use crate::ingest::fixture;
use crate::model::import::ImportKind;

fn check(name: &str, bytes: &[u8], refused: &[(u64, &str)]) -> Vec<VillageRecord> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, name, bytes);
    let read = read(&path, &fixture::options()).unwrap();
    let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(found, refused);
    read.batch.rows.into_iter().map(|r| r.value).collect()
}

const VIETNAMESE: &str = "\u{FEFF}Mã xã;Tên xã;Tên thôn;Số hộ;Nhân khẩu;Kinh độ;Vĩ độ\r\n\
    14329;Phường Hoa Lư;Xo\u{0301}m Một;1.234;4.100;105,975;20,254\r\n\
    14329;Phường Hoa Lư;Xóm Hai;-;;;\r\n\
    14329;Phường Hoa Lư;Xóm Ba;0;0;20,254;105,975\r\n";

#[test]
fn a_commune_named_once_is_that_of_the_villages_below_and_its_row_is_none() {
    let text = "STT;Xã, phường;Thôn;Số hộ\n1;Phường A;Xóm 1;140\n;;Xóm 2;150\nII;;Xã B;\n1;;Xóm 1;9\n;;CHỦ TỊCH;\n;Cộng;;299\n";
    let folder = fixture::folder();
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let read = read(&path, &fixture::options()).unwrap();
    let found: Vec<_> = read
        .batch
        .rows
        .iter()
        .map(|r| (r.line, r.value.commune_name.as_ref().map(|name| name.text.as_str()), r.value.name.as_str()))
        .collect();
    assert_eq!(found, [(2, Some("Phường A"), "Xóm 1"), (3, Some("Phường A"), "Xóm 2"), (5, Some("Xã B"), "Xóm 1")]);
    let refused: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(refused, [(6, "missing")], "a signature below the list is no village");
    assert!(read.warnings.contains(&Warning::CommuneFromAbove { rows: 2 }));
    assert!(read.warnings.contains(&Warning::TotalsPassedOver { rows: 1 }));
}

#[test]
fn a_heading_of_village_words_alone_is_the_village_whatever_their_order() {
    for heading in ["ten_thon_xom_to_dan_pho", "xom", "thon_tdp", "ten_thon_ban_va_khu_pho", "ten_khu_dan_cu"] {
        assert!(is_village_heading(heading), "{heading}");
    }
    for heading in ["ten", "thon_cu", "truong_thon", "so_thon", "ma_thon", "khu_vuc", ""] {
        assert!(!is_village_heading(heading), "{heading}");
    }
}

#[test]
fn a_windows_table_of_an_office_is_read() {
    let rows = check("a.csv", VIETNAMESE.as_bytes(), &[(4, "swapped_lat_lon")]);
    assert_eq!(rows[0].name, "Xóm Một");
    assert_eq!((rows[0].households, rows[0].population), (Some(1234), Some(4100)));
    assert_eq!(rows[0].point.map(|p| (p.lon(), p.lat())), Some((105.975, 20.254)));
    assert_eq!((rows[1].households, rows[1].point), (None, None));
}

#[test]
fn the_same_table_in_utf16_says_the_same() {
    let utf16: Vec<u8> = VIETNAMESE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let one = check("a.csv", VIETNAMESE.as_bytes(), &[(4, "swapped_lat_lon")]);
    let two = check("a.csv", &utf16, &[(4, "swapped_lat_lon")]);
    assert_eq!(one, two);
}

#[test]
fn the_canonical_table_comes_back_whole() {
    let rows = check(
        "a.csv",
        b"code,commune_code,name,kind,lon,lat,precision_m,households,households_date,population,confidence,aliases\n\
        14329-001,14329,M\xE1\xBB\x99t,x\xC3\xB3m,105.9,20.2,100,0,31/12/2025,,official,Xom 1|Mot\n\
        14329-1,14329,B,,,,,,,,,\n\
        14329-002,14329,C,,,,,12.5,,,,\n\
        14329-001,14329,D,,,,,,,,,\n",
        &[(3, "unknown_village"), (4, "out_of_range"), (5, "duplicate")],
    );
    assert_eq!((rows[0].name.as_str(), rows[0].households), ("Xóm Một", Some(0)));
    assert_eq!(rows[0].aliases, ["Xom 1", "Mot"]);
    assert_eq!(rows[0].households_date, Some(jiff::civil::date(2025, 12, 31)));
    assert_eq!(rows[0].confidence, VillageConfidence::Official);
}

#[test]
fn a_gazetteer_keeps_its_key_and_its_plain_name_as_an_alias() {
    let rows = check(
        "a.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"wof_id":7,"name":"Do Dao",
        "name_vi":"Đo Đạo","population":0,"commune_code":"14329","coord_precision_m":1850},
        "geometry":{"type":"Point","coordinates":[105.9,20.2]}}]}"#
            .as_bytes(),
        &[],
    );
    assert_eq!((rows[0].name.as_str(), rows[0].aliases.as_slice()), ("Đo Đạo", ["Do Dao".to_owned()].as_slice()));
    assert_eq!((rows[0].source_key.as_deref(), rows[0].population), (Some("wof:7"), None));
    assert_eq!(rows[0].point_precision_m, Some(1850.0));
}

#[test]
fn an_official_list_of_names_gives_its_settlements_by_degrees_minutes_and_seconds() {
    let text = "STT;Địa danh;Nhóm đối tượng;Tên ĐVHC cấp xã;Tên ĐVHC cấp huyện;Vĩ độ (độ, phút, giây);Kinh độ (độ, phút, giây);Phiên hiệu mảnh\n\
        1;thôn Đông;DC;xã Yên Phú;H. Yên Mỹ;20° 50' 04\";106° 02' 12\";F-48-81-C-a\n\
        2;sông Hồng;TV;xã Yên Phú;H. Yên Mỹ;20° 51' 00\";106° 01' 00\";F-48-81-C-a\n\
        3;núi Voi;SV;;;;;\n\
        4;thôn Đoài;dc;xã Yên Phú;H. Yên Mỹ;20° 61' 04\";106° 02' 12\";F-48-81-C-a\n";
    let rows = check("a.csv", text.as_bytes(), &[(5, "not_a_number")]);
    assert_eq!((rows.len(), rows[0].name.as_str()), (1, "thôn Đông"));
    let at = rows[0].point.unwrap();
    assert!((at.lon() - 106.036_666).abs() < 1e-5 && (at.lat() - 20.834_444).abs() < 1e-5, "{at:?}");
    assert_eq!(rows[0].confidence, VillageConfidence::Gazetteer);
    assert_eq!(
        (rows[0].commune_name.as_ref().map(|name| name.text.as_str()), rows[0].district.as_deref()),
        (Some("xã Yên Phú"), Some("H. Yên Mỹ"))
    );
    let folder = fixture::folder();
    let read = read(&fixture::write(&folder, "a.csv", text.as_bytes()), &fixture::options()).unwrap();
    assert_eq!((read.profile, read.warnings), ("gazetteer", vec![Warning::NotSettlements { rows: 2 }]));
}

#[test]
fn a_row_number_is_no_id_and_a_plain_id_counts_within_its_commune() {
    let rows = check(
        "a.csv",
        "id,commune_code,name\n1,14329,Xóm Một\n1,13285,Xóm Một\n2.0,14329,Xóm Hai\nTH-77,14329,A\nTH-77,13285,B\nTH-77,14329,C\n"
            .as_bytes(),
        &[(7, "duplicate")],
    );
    let keys: Vec<_> = rows.iter().map(|row| row.source_key.as_deref()).collect();
    assert_eq!(keys, [None, None, None, Some("TH-77"), Some("TH-77")]);
}

#[test]
fn villages_below_the_name_of_their_commune_need_no_column_of_communes() {
    let folder = fixture::folder();
    let of = |text: &str, stated: bool| {
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        read(&path, &Options { commune_is_stated: stated, ..fixture::options() })
    };
    let text = "STT;Tên thôn, tổ dân phố;Số hộ\nI;Xã Gia Vân;\n1;Thôn Một;212\n2;Thôn Hai;310\nII;Xã Gia Viễn;\n1;Thôn Một;100\n";
    let found = of(text, false).unwrap();
    let communes: Vec<_> =
        found.batch.rows.iter().map(|row| row.value.commune_name.as_ref().unwrap().text.clone()).collect();
    assert_eq!(
        (communes, found.batch.rejects),
        (["Xã Gia Vân", "Xã Gia Vân", "Xã Gia Viễn"].map(str::to_owned).to_vec(), vec![])
    );

    // A village above every heading says nowhere which commune it is of.
    let found = of(&text.replace("I;Xã Gia Vân", "0;Thôn Không;1\nI;Xã Gia Vân"), false).unwrap();
    assert_eq!(found.batch.rejects, [Reject::new(2, "commune", "", Reason::NoCommune)]);

    let bare = "Tên thôn;Số hộ\nThôn Một;212\n";
    let missing = of(bare, false).unwrap_err();
    assert!(
        matches!(&missing, Unreadable::MissingColumns { missing, .. } if missing == &["commune_code"]),
        "{missing}"
    );
    assert!(missing.hint(crate::model::language::Language::Vi).unwrap().contains("--commune"));
    assert_eq!(of(bare, true).unwrap().batch.rows.len(), 1);
}

#[test]
fn a_file_of_another_kind_is_named_and_not_read() {
    let folder = fixture::folder();
    for (text, found) in [
        ("id,time,village,commune_code,result\nv1,2026-03-31,A,14329,guided\n", ImportKind::Visits),
        ("time,name,commune_code,rsrp,lon,lat\n2026-03-31,A,14329,-90,105.9,20.2\n", ImportKind::Samples),
        ("old_code,new_code\n13294,13285\n", ImportKind::Mergers),
    ] {
        let path = fixture::write(&folder, "a.csv", text.as_bytes());
        let error = read(&path, &fixture::options()).unwrap_err();
        assert_eq!(error, Unreadable::OtherKind { found, asked: ImportKind::Villages });
        assert!(error.hint(crate::model::language::Language::En).unwrap().contains(&format!("import {found}")));
    }
}

#[test]
fn personal_columns_are_named_and_nowhere_quoted() {
    let folder = fixture::folder();
    let text = "commune_code,name,Trưởng thôn,SĐT,households\n14329,A,Nguyễn Văn Kín,0912345678,abc\n";
    let path = fixture::write(&folder, "a.csv", text.as_bytes());
    let read = read(&path, &fixture::options()).unwrap();
    assert_eq!(read.dropped_fields, ["Trưởng thôn", "SĐT"]);
    let told = format!("{:?}", read.batch);
    assert!(!told.contains("Kín") && !told.contains("0912"), "{told}");
}

#[test]
fn a_table_in_the_letters_of_an_old_font_is_read_by_its_headings_alone() {
    let text = "STT,Tªn x·,Tªn th«n,Sè hé\n1,X· Gia V©n,Th«n Trung §ång,212\n";
    let western: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [text.as_bytes(), &western] {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.csv", bytes);
        let read = read(&path, &fixture::options()).unwrap();
        let village = &read.batch.rows[0].value;
        assert_eq!((village.name.as_str(), village.households), ("Thôn Trung Đồng", Some(212)));
        assert_eq!(read.warnings, [Warning::FontTaken { name: "TCVN3" }]);
    }
}

#[test]
fn columns_that_nobody_understands_are_named_once_and_personal_or_empty_ones_are_not() {
    let folder = fixture::folder();
    let text = "STT;Mã xã;Tên thôn;Số hộ;Diện tích;Trưởng thôn;Bỏ trống;Số ĐV\n1;14329;Xóm Một;5;1,5;Ông Ba;;3\n";
    let read = read(&fixture::write(&folder, "a.csv", text.as_bytes()), &fixture::options()).unwrap();
    let columns = ["Diện tích", "Số ĐV"].map(str::to_owned).to_vec();
    assert_eq!(read.warnings, [Warning::ColumnsNotRead { columns, more: 0 }]);
}

#[test]
fn a_count_of_homes_is_known_by_more_words_and_names_are_no_counts() {
    for heading in ["Số hộ hiện có", "Số lượng hộ", "Hộ gia đình", "Tổng số hộ gia đình"] {
        let rows = check("a.csv", format!("Mã xã,Tên thôn,{heading}\n14329,Xóm Một,212\n").as_bytes(), &[]);
        assert_eq!(rows[0].households, Some(212), "{heading}");
    }
    let rows = check("a.csv", "Mã xã,Tên thôn,Hộ gia đình\n14329,Xóm Một,nhà bà Tám\n".as_bytes(), &[]);
    assert_eq!(rows[0].households, None);
}

#[test]
fn the_new_commune_stands_where_a_table_names_the_old_one_beside_it() {
    let text = "Huyện;Xã cũ;Xã mới;Tên thôn;Số hộ\nGIA VIEN;GIA TAN;GIA VAN;THON TAN 1;150\n";
    let rows = check("a.csv", text.as_bytes(), &[]);
    let commune = rows[0].commune_name.as_ref().map(|name| name.text.as_str());
    assert_eq!((commune, rows[0].district.as_deref()), (Some("GIA VAN"), None));
}
