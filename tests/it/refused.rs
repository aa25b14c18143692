//! What the page and the terminal say of rows and files that are refused, each in the words of its reader.

use serde_json::{Value as Json, json};

use crate::support::phusong;
use crate::uploads::{Office, packed};

/// What the page says of a file: the status and the answer.
fn preview(office: &Office, token: &str, (name, bytes): (&str, &[u8]), said: Json, language: &str) -> (u16, Json) {
    let key = office.lay(token, name, bytes);
    let mut body = json!({"kind": "visits"});
    body.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    office.post(token, &format!("/api/uploads/{key}/preview?lang={language}"), &body)
}

fn speaks_of_no_command(answer: &Json) {
    let text = answer.to_string();
    for odd in ["phusong ", "--", "`"] {
        assert!(!text.contains(odd), "{odd}: {text}");
    }
}

#[test]
fn a_refusal_on_the_page_names_the_heading_of_the_file_and_what_to_click() {
    let office = Office::open();
    let commune = office.commune();
    let village = &office.villages[0];
    let table = format!(
        "Ngày đến nhà;Mã xã;Mã thôn;Kết quả\n31/03/2026;99999;;Đã hướng dẫn\n31/03/2026;13285;13285-999;Đã hướng dẫn\n\
         31/03/2026;13285;{village};\n31/03/2026;;;Đã hướng dẫn\n"
    );
    let (status, seen) = preview(&office, &commune, ("a.csv", table.as_bytes()), json!({}), "vi");
    assert_eq!(status, 200, "{seen}");
    speaks_of_no_command(&seen);
    let rows = seen["refused_rows"].as_array().unwrap();
    let columns: Vec<_> = rows.iter().map(|row| row["column"].as_str().unwrap()).collect();
    assert_eq!(columns, ["Mã xã", "Mã thôn", "Kết quả", "Mã xã"], "{seen}");
    assert!(rows[0]["hint"].as_str().unwrap().contains("tab “Ranh giới”"), "{seen}");
    assert!(rows[1]["hint"].as_str().unwrap().contains("gửi tên thôn cho Sở"), "{seen}");
    let (_, english) = preview(&office, &commune, ("a.csv", table.as_bytes()), json!({}), "en");
    speaks_of_no_command(&english);
    assert!(english["refused_rows"][0]["hint"].as_str().unwrap().contains("tab “Boundaries”"), "{english}");

    // Without such a column the field has a word, and the terminal's file keeps the code.
    let table = "Ngày đến nhà;Kết quả\n31/03/2026;Đã hướng dẫn\n";
    let admin = office.token(&["admin"]);
    let (_, seen) = preview(&office, &admin, ("b.csv", table.as_bytes()), json!({}), "vi");
    let row = &seen["refused_rows"][0];
    assert_eq!((&row["field"], &row["column"]), (&json!("commune_code"), &json!("mã xã")), "{seen}");
    let file = office.folder.path().join("b.csv");
    std::fs::write(&file, table).unwrap();
    let db = office.store.to_string_lossy().into_owned();
    let said = phusong().args(["import", "visits", "--lang", "vi", "--db", &db]).arg(&file).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stdout).contains("`commune_code`"), "{said:?}");
    let rejects = std::fs::read_to_string(file.with_file_name("b.csv.rejects.csv")).unwrap();
    assert!(rejects.contains("\n2,commune_code,,missing,"), "{rejects}");
}

#[test]
fn a_file_that_fits_once_something_is_chosen_says_what() {
    let office = Office::open();
    let admin = office.token(&["admin"]);
    let list = "Mã xã;Tên thôn;Số hộ\n13285;Xóm Mới;50\n";
    for (token, about) in [(&admin, "chọn “Danh bạ thôn” ở ô “Tệp chứa”"), (&office.commune(), "gửi tệp cho Sở")]
    {
        let (status, answer) = preview(&office, token, ("a.csv", list.as_bytes()), json!({}), "vi");
        assert_eq!(status, 422, "{answer}");
        assert!(answer["hint"].as_str().unwrap().contains(about), "{answer}");
        speaks_of_no_command(&answer);
    }
    let (_, answer) = preview(&office, &admin, ("a.csv", b"Cot 1;Cot 2\n1;2\n"), json!({}), "vi");
    assert!(answer["detail"].as_str().unwrap().contains("thiếu cột “thời gian”, “kết quả”"), "{answer}");

    // Metres of a grid: the systems are offered, and one of them is taken.
    let table = "Ngày đến nhà;Mã xã;X;Y;Kết quả\n31/03/2026;13285;2272000;600000;Đã hướng dẫn\n";
    let (status, seen) = preview(&office, &admin, ("m.csv", table.as_bytes()), json!({}), "vi");
    let choices = &seen["choices"]["systems"];
    assert!(choices.as_array().is_some_and(|systems| !systems.is_empty()), "{status} {seen}");
    speaks_of_no_command(&seen);
    let crs = choices[0]["crs"].clone();
    let (_, chosen) = preview(&office, &admin, ("m.csv", table.as_bytes()), json!({"crs": crs}), "vi");
    assert_ne!(chosen["refused_rows"][0]["reason"], "metres", "{chosen}");
}

#[test]
fn a_name_under_codes_and_a_shortened_village_are_found_or_offered_on_the_page() {
    let office = Office::open();
    let admin = office.token(&["admin"]);
    let table =
        "Ngày đến nhà;Mã xã;Kết quả\n31/03/2026;Phường Phủ Lý;Đã hướng dẫn\n31/03/2026;Xã Phủ Lỳ Lỳ;Đã hướng dẫn\n";
    let (_, seen) = preview(&office, &admin, ("a.csv", table.as_bytes()), json!({}), "vi");
    assert_eq!((&seen["accepted"], &seen["refused"]), (&json!(1), &json!(1)), "{seen}");
    let row = &seen["refused_rows"][0];
    assert_eq!((&row["column"], &row["reason"]), (&json!("Mã xã"), &json!("unknown_unit")), "{seen}");
    assert!(row["expected"].as_str().unwrap().contains("đây là tên, không phải mã"), "{seen}");
    speaks_of_no_command(&seen);

    let table = "Ngày đến nhà;Mã xã;Tên thôn;Kết quả\n31/03/2026;13285;Tổ 999;Đã hướng dẫn\n";
    let (_, seen) = preview(&office, &office.commune(), ("b.csv", table.as_bytes()), json!({}), "vi");
    let hint = seen["refused_rows"][0]["hint"].as_str().unwrap();
    assert_eq!(hint.matches("(13285-").count(), 3, "{hint}");
}

/// A compound file with a stream of this name, as Office wrote them before 2007 and writes locked ones today.
fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(1 << 17, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

/// A workbook of one sheet.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_file_that_is_no_table_has_a_reason_and_a_hint_in_both_languages_on_page_and_terminal() {
    let office = Office::open();
    let token = office.commune();
    let heading = ["Ngày đến nhà", "Mã xã", "Kết quả"];
    let html = "<html><body><table><tr><td>Kết quả</td></tr></table></body></html>";
    let xml = r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>"#;
    for (name, bytes, vi, en) in [
        ("a.csv", Vec::new(), "tệp rỗng", "the file is empty"),
        ("a.csv", b"\r\n \r\n".to_vec(), "tệp rỗng", "the file is empty"),
        ("a.xlsx", workbook(&[&heading]), "chỉ có dòng tên cột", "column names and no rows"),
        ("a.xlsx", workbook(&[]), "trang tính trống", "the sheet is empty"),
        ("a.zip", packed(&[("b.zip", "PK")]), "b.zip", "b.zip"),
        ("a.zip", packed(&[("b.zip", "PK"), ("a.csv", "time,result\n")]), "b.zip", "b.zip"),
        ("a.zip", packed(&[("a.jpg", "x")]), "không có bảng nào; có a.jpg", "no table; it holds a.jpg"),
        ("a.zip", packed(&[]), "không có bảng nào", "no table"),
        ("a.xlsx", compound("EncryptedPackage"), "có mật khẩu", "with a password"),
        ("a.doc", compound("WordDocument"), "Word", "Word"),
        ("a.xls", compound("Workbook"), "Office cũ", "old Office"),
        ("a.xls", html.into(), "trang web (HTML) mang tên bảng tính", "named like a spreadsheet"),
        ("a.xls", xml.into(), "Excel 2003", "Excel 2003"),
        ("a.numbers", packed(&[("Index/Document.iwa", "x"), ("preview.jpg", "x")]), "Numbers", "Numbers"),
        ("a.docx", packed(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")]), "Word", "Word"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj".to_vec(), "PDF", "PDF"),
        ("a.rar", b"Rar!\x1A\x07\x01\0 etc".to_vec(), "RAR", "RAR"),
        ("a.xlsx", b"PK\x03\x04 cut off".to_vec(), "nén", "archive"),
    ] {
        let file = office.folder.path().join(name);
        std::fs::write(&file, &bytes).unwrap();
        for (language, about) in [("vi", vi), ("en", en)] {
            let path = format!("/api/uploads?name={name}&lang={language}");
            let headers = [("content-type", "application/octet-stream"), ("authorization", token.as_str())];
            let kept = office.server.send(&path, &bytes, &headers);
            let (status, answer) = match (kept.status, kept.json()) {
                (200, _) => preview(&office, &token, (name, &bytes), json!({}), language),
                refused => refused,
            };
            let said = answer["detail"].as_str().unwrap_or_default();
            assert!(status == 422 && said.contains(about), "{name} {language}: {status} {answer}");
            assert!(answer["hint"].as_str().is_some_and(|hint| hint.len() > 10), "{name} {language}: {answer}");
            assert!(!said.contains("GDAL"), "{answer}");
            speaks_of_no_command(&answer);

            let mut command = phusong();
            command.args(["import", "visits", "--dry-run", "--lang", language, "--db"]).arg(&office.store).arg(&file);
            let printed = command.output().unwrap();
            let printed = String::from_utf8_lossy(&printed.stderr).into_owned();
            let hint = if language == "vi" { "\ngợi ý: " } else { "\nhint: " };
            assert!(printed.contains(about) && printed.contains(hint), "{name} {language}: {printed}");
        }
    }
    // A text with a heading alone is a table all the same.
    let (status, seen) = preview(&office, &token, ("a.csv", b"time,result\n"), json!({}), "vi");
    assert_eq!((status, &seen["accepted"]), (200, &json!(0)));
    assert!(seen["warnings"][0].as_str().unwrap().contains("điền ít nhất một dòng"), "{seen}");
}

#[test]
fn refused_rows_go_home_as_a_workbook_that_is_mended_and_brought_in_as_it_is() {
    let office = Office::open();
    let token = office.commune();
    let village = &office.villages[0];
    let table = format!(
        "Ngày đến nhà;Mã xã;Mã thôn;Chủ hộ;Số điện thoại;Hộ;Kết quả;Viettel\n\
         31/03/2026;13285;{village};Ông Bình;0912345678;012;Đã hướng dẫn;tốt\n\
         30/02/2026;13285;{village};Bà Tám;0912345678;013;Đã hướng dẫn;tốt\n\
         31/03/2026;13285;13285-999;Bà Chín;;014;Đã hướng dẫn;tốt\n\
         31/03/2026;13285;{village}\n"
    );
    let key = office.lay(&token, "thang_ba.csv", table.as_bytes());
    let body = json!({"kind": "visits"});
    let book = |key: &str, body: &Json| {
        let path = format!("/api/uploads/{key}/refused?lang=vi");
        let reply = office.server.post_as(&path, body, &[("authorization", &token)]);
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        assert!(reply.header("content-type").unwrap().contains("spreadsheetml"));
        reply.body
    };
    let before = book(&key, &body);
    let (_, done) = office.post(&token, &format!("/api/uploads/{key}/import"), &body);
    assert_eq!((&done["accepted"], &done["refused"]), (&json!(1), &json!(3)), "{done}");
    let after = book(&key, &body);
    for bytes in [&before, &after] {
        let texts = texts(bytes);
        for gone in ["Bà Tám", "Bà Chín", "0912", "Chủ hộ"] {
            assert!(!texts.contains(gone), "{gone}: {texts}");
        }
        for there in
            ["Dòng bị loại", "Sửa trong tệp gốc", "Vì sao bị loại", "30/02/2026", "013", "“Mã thôn” là “13285-999”"]
        {
            assert!(texts.contains(there), "{there}: {texts}");
        }
    }
    // As it is: the two rows that have cells are refused for the same reasons, and no column is taken for another.
    let (status, again) = preview(&office, &token, ("thang_ba.bi-loai.xlsx", &after), json!({}), "vi");
    let reasons = |seen: &Json| -> Vec<String> {
        let rows = seen["refused_rows"].as_array().unwrap().iter();
        rows.map(|row| format!("{} {}", row["column"], row["reason"])).collect()
    };
    assert_eq!(status, 200, "{again}");
    assert_eq!(reasons(&again), [r#""Ngày đến nhà" "not_a_time""#, r#""Mã thôn" "unknown_village""#], "{again}");
    assert_eq!(again["dropped_fields"], json!([]));

    // Mended in the sheet, both come in, and mending the first file as well counts no home twice.
    let mended = mended(&after, &[("30/02/2026", "28/02/2026"), ("13285-999", village)]);
    let key = office.lay(&token, "thang_ba.bi-loai.xlsx", &mended);
    let (_, done) = office.post(&token, &format!("/api/uploads/{key}/import"), &body);
    assert_eq!((&done["accepted"], &done["new"], &done["refused"]), (&json!(2), &json!(2), &json!(0)), "{done}");
    let corrections = json!([
        {"line": 3, "field": "Ngày đến nhà", "value": "28/02/2026"}, {"line": 4, "field": "Mã thôn", "value": village},
    ]);
    let key = office.lay(&token, "thang_ba.csv", table.as_bytes());
    let seen = office.look(&token, &key, &corrections);
    assert_eq!((&seen["accepted"], &seen["new"]), (&json!(3), &json!(0)), "{seen}");

    let (status, answer) = office.post(&token, &format!("/api/uploads/{key}/refused"), &json!({"kind": "villages"}));
    assert_eq!(status, 403, "{answer}");
}

/// All texts of a workbook, and the names of its sheets.
fn texts(bytes: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let parts = ["xl/sharedStrings.xml", "xl/workbook.xml"];
    parts.map(|part| std::io::read_to_string(zip.by_name(part).unwrap()).unwrap()).concat()
}

/// The same workbook with other texts in its cells, as a person mends it.
fn mended(bytes: &[u8], changes: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for at in 0..zip.len() {
        let part = zip.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = std::io::read_to_string(part).unwrap();
        if name == "xl/sharedStrings.xml" {
            for (from, to) in changes {
                text = text.replace(&format!(">{from}<"), &format!(">{to}<"));
            }
        }
        parts.push((name, text));
    }
    packed(&parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
}

#[test]
fn a_vietnamese_terminal_says_in_vietnamese_what_it_did_not_understand() {
    let said = |arguments: &[&str], locale: &str| {
        let mut command = phusong();
        let output = command.env_remove("PHUSONG_LANG").env("LC_ALL", locale).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = said(&["import", "visits", "a.csv", "--dry-rum"], "vi_VN.UTF-8");
    assert_eq!(code, Some(2));
    assert!(text.starts_with("lỗi: không có tham số `--dry-rum`\ngợi ý: có phải `--dry-run`?"), "{text}");
    let (code, text) = said(&["import", "visits", "a.csv", "--dry-rum"], "en_GB.UTF-8");
    assert!(code == Some(2) && text.contains("unexpected argument"), "{text}");
    let (code, text) = said(&["--lang", "en", "import", "visits"], "vi_VN.UTF-8");
    assert!(code == Some(2) && text.contains("required"), "{text}");
    let (code, _) = said(&["--help"], "vi_VN.UTF-8");
    assert_eq!(code, Some(0));
}

#[test]
fn waypoints_and_logs_that_somebody_packed_come_in_and_refuse_by_the_name_of_their_file() {
    let office = Office::open();
    let token = office.commune();
    let village = &office.villages[0];
    let gpx = |minute: u32, notes: &[&str]| {
        let point = |(at, note): (u32, &&str)| {
            format!("<wpt><time>2026-03-31T{minute:02}:{at:02}:00Z</time><cmt>Mã thôn: {village}; {note}</cmt></wpt>")
        };
        let points: Vec<String> = (0..).zip(notes).map(point).collect();
        format!(r#"<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>"#, points.concat())
    };
    let (one, two) = (gpx(1, &["kết quả: vắng nhà"]), gpx(2, &["kết quả: vắng nhà", "không ghi gì"]));
    let (_, alone) = preview(&office, &token, ("a.zip", &packed(&[("a.gpx", &one)])), json!({}), "vi");
    assert_eq!((&alone["accepted"], &alone["format"]["reader"]), (&json!(1), &json!("gpx")), "{alone}");
    let both = packed(&[("a.gpx", &one), ("tổ 2/b.gpx", &two), ("anh.jpg", "x")]);
    let (_, seen) = preview(&office, &token, ("hai.zip", &both), json!({}), "vi");
    assert_eq!((&seen["accepted"], &seen["refused"]), (&json!(2), &json!(1)), "{seen}");
    let row = &seen["refused_rows"][0];
    assert_eq!((&row["line"], &row["within"]), (&json!(3), &json!({"file": "tổ 2/b.gpx", "line": 2})), "{seen}");
    assert!(seen["warnings"][0].as_str().unwrap().contains("2 tệp trong tệp nén: a.gpx, tổ 2/b.gpx"), "{seen}");
    let corrections = json!({"corrections": [{"line": 3, "field": "result", "value": "guided"}]});
    let (_, mended) = preview(&office, &token, ("hai.zip", &both), corrections, "vi");
    assert_eq!((&mended["accepted"], &mended["refused"]), (&json!(3), &json!(0)), "{mended}");

    let file = office.folder.path().join("hai.zip");
    std::fs::write(&file, &both).unwrap();
    let said = phusong().args(["import", "visits", "--db"]).arg(&office.store).arg(&file).output().unwrap();
    let printed = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(printed.contains("hai.zip/tổ 2/b.gpx:2: `result` is empty"), "{printed}");
    let rejects = std::fs::read_to_string(office.folder.path().join("hai.zip.rejects.csv")).unwrap();
    assert!(rejects.contains("\n3,result,,missing,") && rejects.contains("tổ 2/b.gpx:2; "), "{rejects}");
    let broken = packed(&[("a.gpx", &one), ("b.gpx", "<gpx><wpt")]);
    let (status, answer) = preview(&office, &token, ("hai.zip", &broken), json!({}), "vi");
    assert!(status == 422 && answer["detail"].as_str().unwrap().starts_with("b.gpx: "), "{answer}");

    let log = "time,operator,technology,rsrp,lon,lat\n2026-03-31T01:00:00Z,viettel,4G,-95,105.95,20.55\n";
    let odd = "time,operator,technology,rsrp,lon,lat\n2026-03-31T01:00:00Z,viettel,4G,cao,105.95,20.55\n";
    let logs = packed(&[("ngay1.csv", log), ("ngay2.csv", odd)]);
    let said = json!({"kind": "samples"});
    let (status, seen) = preview(&office, &office.token(&["admin"]), ("do.zip", &logs), said, "vi");
    assert_eq!((status, &seen["accepted"], &seen["refused"]), (200, &json!(1), &json!(1)), "{seen}");
    assert_eq!(seen["refused_rows"][0]["within"], json!({"file": "ngay2.csv", "line": 2}), "{seen}");
}
