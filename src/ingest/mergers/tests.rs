//! Tables with codes, one side or none, and what is refused of them.

use super::*;
use crate::ingest::fixture;

fn check(text: &str, good: usize, refused: &[(u64, &str)]) -> Vec<UnitChange> {
    let folder = fixture::folder();
    let path = fixture::write(&folder, "mergers.csv", text.as_bytes());
    let read = read(&path, &fixture::options()).unwrap();
    assert_eq!(read.batch.rows.len(), good, "{text}");
    let found: Vec<_> = read.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(found, refused, "{text}");
    read.batch.rows.into_iter().map(|r| r.value).collect()
}

#[test]
fn an_edge_has_share_day_and_legal_basis() {
    let rows =
        check("old_code,old_name,new_code,new_name,share,clause\n13285,Phường Cũ,13285,Phường Mới,part,112\n", 1, &[]);
    assert_eq!(rows[0].share, Share::Part);
    assert_eq!(rows[0].effective, jiff::civil::date(2025, 7, 1));
    assert_eq!(rows[0].legal_basis.as_deref(), Some("khoản 112"));
}

#[test]
fn bad_edges_are_refused_by_line() {
    check(
        "old_code,new_code,share\n13285,13286,whole\n13285,13286,whole\nabc,13286,whole\n13287,,whole\n13288,13286,maybe\n",
        1,
        &[(3, "duplicate"), (4, "unknown_unit"), (5, "missing"), (6, "unknown_value")],
    );
}

#[test]
fn a_row_with_one_side_is_an_end_or_a_beginning_and_said_aloud() {
    let folder = fixture::folder();
    let text = "effective,decree,old_code,old_name,old_district,new_code,new_name,share\n\
        2006-04-15,33/2006/NĐ-CP,14183,Xã Giao Hưng,Huyện Giao Thủy,,,\n\
        2007-04-24,62/2007/NĐ-CP,,,,14369,Phường Tây Sơn,\n\
        2020-01-01,828/NQ,13549,Xã Mỹ Thọ,Huyện Bình Lục,13501,Thị trấn Bình Mỹ,whole (assumed)\n\
        2020-01-01,828/NQ,13549,Xã Mỹ Thọ,Huyện Bình Lục,,Thị trấn Bình Mỹ,whole\n";
    let path = fixture::write(&folder, "lineage.csv", text.as_bytes());
    let crosswalk = read_crosswalk(&path, &fixture::options()).unwrap();
    let end = &crosswalk.ends[0];
    assert_eq!((end.code.to_string().as_str(), end.district.as_deref()), ("14183", Some("Huyện Giao Thủy")));
    assert_eq!(end.legal_basis.as_deref(), Some("33/2006/NĐ-CP"));
    assert_eq!((crosswalk.ends.len(), crosswalk.begins, crosswalk.changes.batch.rows.len()), (1, 1, 1));
    assert_eq!(crosswalk.changes.batch.rows[0].value.legal_basis.as_deref(), Some("828/NQ"));
    let refused: Vec<_> = crosswalk.changes.batch.rejects.iter().map(|r| (r.line, r.reason.code())).collect();
    assert_eq!(refused, [(5, "missing")], "a new name without a code was forgotten");
    let said = crosswalk.changes.warnings[0].message(crate::model::language::Language::En);
    assert!(said.contains("Xã Giao Hưng, Huyện Giao Thủy (14183, 2006-04-15)"), "{said}");
}

#[test]
fn the_table_of_the_statistics_office_is_read_below_its_title() {
    let rows = check(
        "BẢNG CHUYỂN ĐỔI,,,,,,,\n\"Tỉnh, thành phố\",Tên Xã mới,Mã xã mới,Tên Xã cũ,Mã xã cũ,Ghi chú,Quận/huyện,Tỉnh cũ\n\
         Tỉnh Ninh Bình (37),Phường Phủ Lý (13285),13285,Phường Quang Trung (13285),13285,Nhập một phần,Thành phố Phủ Lý,Tỉnh Hà Nam\n\
         Tỉnh Ninh Bình (37),Phường Hà Nam (13366),13366,Phường Quang Trung (13285),13285,Nhập một phần,Thành phố Phủ Lý,Tỉnh Hà Nam\n",
        2,
        &[],
    );
    assert_eq!((rows[0].from_name.as_str(), rows[1].to_name.as_str()), ("Phường Quang Trung", "Phường Hà Nam"));
    assert!(rows.iter().all(|row| row.share == Share::Part));
}

#[test]
fn without_a_share_column_a_unit_listed_twice_was_split() {
    let rows = check("Mã cũ;Mã mới\n1;2\n1;3\n4;2\n", 3, &[]);
    assert_eq!(rows.iter().map(|r| r.share).collect::<Vec<_>>(), [Share::Part, Share::Part, Share::Whole]);
}

#[test]
fn a_table_of_names_is_handed_on_and_a_list_of_villages_is_none() {
    let folder = fixture::folder();
    let open = |text: &str| read_crosswalk(&fixture::write(&folder, "m.csv", text.as_bytes()), &fixture::options());
    let crosswalk = open("Đơn vị cũ;Huyện cũ;Đơn vị mới\nXã A, xã B;Gia Viễn;Xã C\n;;Xã D\n").unwrap();
    let row = &crosswalk.named[0].value;
    assert_eq!(
        (row.old.len(), row.old[1].district.as_deref(), row.new[0].name.as_str()),
        (2, Some("Gia Viễn"), "Xã C")
    );
    let refused = &crosswalk.changes.batch.rejects[0];
    assert_eq!((refused.line, refused.field.as_str(), refused.reason.code()), (3, "Đơn vị cũ", "missing"));
    let villages = open("Tên thôn;Xã cũ;Xã mới;Số hộ\nĐông;A;B;10\n").err();
    assert_eq!(villages, Some(Unreadable::OtherKind { found: ImportKind::Villages, asked: ImportKind::Mergers }));
    // Who needs codes is told so.
    let path = fixture::write(&folder, "m.csv", "Xã cũ;Xã mới\nA;B\n".as_bytes());
    assert!(matches!(read(&path, &fixture::options()), Err(Unreadable::MissingColumns { .. })));
}
