//! Lines, quotes and widths, as facts.

use super::*;
use crate::ingest::{Unreadable, Warning};

type Cells = Vec<(u64, Vec<String>)>;

fn read(text: &str) -> (Vec<String>, Cells, Vec<(u64, &'static str)>) {
    let mut table = Table::from_text(text.as_bytes().to_vec(), Layout::default()).unwrap();
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    while let Some(row) = table.next() {
        match row {
            Ok(record) => rows.push((record.line, record.cells)),
            Err(reject) => refused.push((reject.line, reject.reason.code())),
        }
    }
    (table.header.names, rows, refused)
}

#[test]
fn lines_are_counted_in_the_file_and_not_in_the_rows() {
    let (header, rows, refused) = read("\r\n\r\na,b\r\n1,2\r\n\r\n\"two\r\nlines\",3\r\n4\r\n5,6");
    assert_eq!(header, ["a", "b"]);
    assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [4, 6, 9]);
    assert_eq!(rows[1].1, ["two\r\nlines", "3"]);
    assert_eq!(refused, [(8, "wrong_width")]);
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    let (_, rows, refused) = read("a,b\n1,2\n\"3,4\n5,6\n7,8\n");
    assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(refused, [(3, "wrong_width")]);
}

#[test]
fn an_open_quote_closed_by_another_rows_quote_still_costs_one_line() {
    let (_, rows, refused) = read("a,b\n\"1,2\n3,4\n\"5\",6\n");
    assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(refused, [(2, "wrong_width")]);
}

#[test]
fn a_row_of_several_lines_may_have_empty_cells_behind_the_header() {
    let (_, rows, refused) = read("a,b,,\n\"one\ntwo\",2,,\n3,4,,\n");
    assert_eq!((rows.iter().map(|r| r.0).collect::<Vec<_>>(), refused.len()), (vec![2, 4], 0));
}

#[test]
fn empty_cells_beyond_the_header_are_no_fault() {
    let (header, rows, refused) = read("sep=;\na;b;;\n1;2;;\n3;4;5\n");
    assert_eq!(header, ["a", "b"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(refused, [(4, "wrong_width")]);
}

#[test]
fn bytes_that_are_no_text_refuse_their_row() {
    let mut text = "tên,xã\nHoa Lư,Gia Viễn\n".as_bytes().to_vec();
    text.extend_from_slice(b"a\xFF,b\nc,d\n");
    let mut table = Table::from_text(text, Layout::default()).unwrap();
    let codes: Vec<_> =
        std::iter::from_fn(|| table.next()).map(|r| r.map_or_else(|e| e.reason.code(), |_| "ok")).collect();
    assert_eq!(codes, ["ok", "not_text", "ok"]);
}

#[test]
fn one_endless_line_is_no_table() {
    let text = vec![b'x'; 10 << 20];
    assert_eq!(
        Table::from_text(text, Layout::default()).map(|t| t.header.len()).err(),
        Some(Unreadable::LineTooLong { line: 1, limit_bytes: MAX_ROW_BYTES })
    );
}

#[test]
fn old_macintosh_line_ends_are_lines() {
    let (_, rows, _) = read("a,b\r1,2\r3,4\r");
    assert_eq!(rows.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn what_a_form_adds_of_itself_is_no_column_that_was_not_read() {
    let text = "start;grp/loc;_grp/loc_longitude;_grp/loc_altitude;kq/topic;kq/topic/vneid;SET-OF-nguoi;Màu mái\n\
                1;2 3 4;3;4;vneid;1;x;đỏ\n";
    let mut table = Table::from_text(text.as_bytes().to_vec(), Layout::default()).unwrap();
    while table.next().is_some() {}
    let columns = vec!["Màu mái".to_owned()];
    assert_eq!(table.unread(&[2, 4]), Some(Warning::ColumnsNotRead { columns, more: 0 }));
}
