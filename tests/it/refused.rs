//! What the page and the terminal say of rows and files that are refused, each in the words of its reader.

use serde_json::{Value as Json, json};

use crate::support::phusong;
use crate::uploads::Office;

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
