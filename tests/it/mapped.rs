//! A table of measurements whose headings nobody knows, through the page: shown, changed, looked at, imported.

use serde_json::{Value as Json, json};

use crate::support::run_json;
use crate::uploads::Office;

/// A power in strength units under a heading that says nothing; a phone's number and a name beside it.
const BARE: &str = "Điểm X;Điểm Y;Lúc đo;Của ai;Số 5;IMEI;Tổ trưởng;Người đi\n\
    105,9745;20,2539;31/03/2026 08:15:00;Viettel;21;350000000000001;Nguyễn Văn Bình;Cường\n\
    105,9746;20,2540;31/03/2026 08:15:01;Viettel;22;350000000000001;Nguyễn Văn Bình;Cường\n\
    105,9747;20,2541;31/03/2026 08:15:02;Viettel;500;350000000000001;Nguyễn Văn Bình;Cường\n";

fn ask(office: &Office, token: &str, key: &str, what: &str, body: &Json) -> (u16, Json) {
    office.post(token, &format!("/api/uploads/{key}/{what}"), body)
}

/// Field and column of what is read.
fn read(shown: &Json) -> Vec<Json> {
    let columns = shown["columns"].as_array().unwrap().iter().filter(|column| !column["field"].is_null());
    columns.map(|column| json!({"field": column["field"], "column": column["column"]})).collect()
}

#[test]
fn a_table_of_unknown_headings_is_shown_changed_looked_at_and_comes_in_as_the_terminal_reads_it() {
    let office = Office::open();
    let token = office.token(&["department"]);
    let key = office.lay(&token, "do_kiem.csv", BARE.as_bytes());
    let samples = json!({"kind": "samples"});
    let (status, refused) = ask(&office, &token, &key, "preview", &samples);
    assert_eq!((status, &refused["choices"]["mapping"]), (422, &json!(true)), "{refused}");

    let (status, shown) = ask(&office, &token, &key, "mapping?lang=vi", &samples);
    assert_eq!(
        (status, &shown["known"], &shown["missing"][0]["field"]),
        (200, &Json::Null, &json!("power")),
        "{shown}"
    );
    let names: Vec<&str> =
        shown["columns"].as_array().unwrap().iter().filter_map(|column| column["column"].as_str()).collect();
    assert_eq!(names.join(";"), BARE.lines().next().unwrap(), "every column, in the order of the file");
    let text = shown.to_string();
    assert!(!text.contains("35000000") && !text.contains("Bình") && !text.contains("Cường"), "{text}");
    assert!(text.contains("Mức thu (dBm, ASU)"), "{text}");

    let mut columns = read(&shown);
    columns.push(json!({"field": "power", "column": "Số 5"}));
    let changes = json!({"kind": "samples", "profile": shown["profile"], "changes": {"columns": columns}});
    let (status, shown) = ask(&office, &token, &key, "mapping", &changes);
    assert_eq!(
        (status, &shown["missing"], &shown["stated"]["power_unit"]),
        (200, &json!([]), &json!("ASU")),
        "{shown}"
    );
    assert_eq!((&shown["accepted"], &shown["refused"]), (&json!(2), &json!(1)), "{shown}");

    let refused = &shown["first_refused"][0];
    for (member, expected) in [("line", json!(4)), ("column", json!("Số 5")), ("found", json!("500"))] {
        assert_eq!(refused[member], expected, "{refused}");
    }
    assert!(refused["expected"].is_string() && refused["why"].to_string().contains("Số 5"), "{refused}");

    let asked = json!({"kind": "samples", "profile": shown["profile"]});
    let (status, seen) = ask(&office, &token, &key, "preview", &asked);
    assert_eq!((status, &seen["accepted"], &seen["refused"]), (200, &json!(2), &json!(1)), "{seen}");
    assert_eq!(seen["dropped_fields"], json!(["IMEI", "Tổ trưởng"]), "{seen}");

    // The same profile at the terminal, before the page brings the file in.
    let folder = office.folder.path();
    let (file, profile) = (folder.join("do_kiem.csv"), folder.join("do_kiem.toml"));
    std::fs::write(&file, BARE).unwrap();
    std::fs::write(&profile, shown["profile"].as_str().unwrap()).unwrap();
    let [file, profile, db] = [&file, &profile, &office.store].map(|path| path.to_string_lossy().into_owned());
    let typed =
        run_json(&["import", "samples", &file, "--profile", &profile, "--db", &db, "--dry-run"])["files"][0].clone();
    assert_eq!((&typed["accepted"], &typed["refused"]), (&json!(2), &json!(1)), "{typed}");

    let (status, done) = ask(&office, &token, &key, "import", &asked);
    assert_eq!((status, &done["accepted"], &done["new"]), (200, &json!(2), &json!(2)), "{done}");

    // The next file of this form is offered the profile at once, and may be guessed all the same.
    let key = office.lay(&token, "thang_sau.csv", BARE.replace("31/03", "30/04").as_bytes());
    let (status, offered) = ask(&office, &token, &key, "mapping", &samples);
    assert_eq!((status, &offered["kept"], &offered["missing"]), (200, &json!("do_kiem"), &json!([])), "{offered}");
    assert_eq!(offered["profile"], shown["profile"]);
    let fresh = json!({"kind": "samples", "fresh": true});
    let (status, guessed) = ask(&office, &token, &key, "mapping", &fresh);
    assert_eq!((status, &guessed["kept"], &guessed["missing"][0]["field"]), (200, &Json::Null, &json!("power")));

    // Taken back, perhaps because of its profile: the next file is guessed, and told of it.
    let last = run_json(&["imports", "list", "--db", &db])["items"].as_array().unwrap().len();
    let (status, taken) = office.post(&token, &format!("/api/imports/{last}/undo"), &json!({}));
    assert_eq!((status, &taken["rows"]), (200, &json!(2)), "{taken}");
    let (status, guessed) = ask(&office, &token, &key, "mapping", &samples);
    assert_eq!((status, &guessed["kept"], &guessed["missing"][0]["field"]), (200, &Json::Null, &json!("power")));
    let withdrawn = json!({"name": "do_kiem", "profile": shown["profile"]});
    assert_eq!((&guessed["withdrawn"], &offered["withdrawn"]), (&withdrawn, &Json::Null));
}

#[test]
fn what_makes_no_mapping_is_refused_in_the_words_of_the_reader() {
    let office = Office::open();
    let token = office.token(&["department"]);
    let key = office.lay(&token, "do_kiem.csv", BARE.as_bytes());
    let with = |columns: Json| json!({"kind": "samples", "changes": {"columns": columns}});
    let column = |field: &str, column: &str| json!({"field": field, "column": column});
    for (body, status, words) in [
        (json!({"kind": "samples", "profile": "not = [toml"}), 422, "không phải TOML"),
        (json!({"kind": "samples", "profile": "format = 1\nname = \"x\"\n[columns]\npower = \"Khác\"\n"}), 422, "Khác"),
        (with(json!([column("power", "Số 5"), column("power", "IMEI")])), 422, "“Mức thu (dBm, ASU)” có hai cột"),
        (with(json!([column("power", "Số 5"), column("rsrq", "Số 5")])), 422, "dùng cho cả"),
        (with(json!([column("longitude", "Điểm X")])), 422, "còn thiếu cột cho “Vĩ độ"),
        (with(json!([column("cell", "IMEI")])), 422, "thông tin cá nhân"),
        (json!({"kind": "samples", "changes": {"zone": "Hà Nội"}}), 422, "time.zone"),
        (json!({"kind": "visits"}), 400, "samples"),
        (json!({"kind": "places", "profile": "x"}), 400, "profile"),
        (json!({"kind": "samples", "changes": {"odd": 1}}), 400, "odd"),
    ] {
        let (found, answer) = ask(&office, &token, &key, "mapping?lang=vi", &body);
        let said = format!("{} {}", answer["detail"], answer["hint"]);
        assert!(found == status && said.contains(words) && answer["hint"] != "", "{body}: {found} {answer}");
        assert!(!said.contains("--profile") && !said.contains("--guess"), "{said}");
    }
    // Shown, with what is missing; but no look and no import goes by it.
    let (status, shown) = ask(&office, &token, &key, "mapping", &with(json!([column("time", "Lúc đo")])));
    let missing: Vec<&str> =
        shown["missing"].as_array().unwrap().iter().filter_map(|field| field["field"].as_str()).collect();
    assert_eq!((status, missing), (200, vec!["longitude", "latitude", "power", "operator"]), "{shown}");
    let refused = &shown["first_refused"][0];
    assert_eq!((&refused["field"], &refused["column"]), (&json!("lat"), &json!("vĩ độ")), "{refused}");
    assert!(refused["why"].to_string().contains("vĩ độ"), "a column that is not there is named: {refused}");
    let asked = json!({"kind": "samples", "profile": shown["profile"]});
    let (status, refused) = ask(&office, &token, &key, "preview?lang=vi", &asked);
    assert!(status == 422 && refused["detail"].to_string().contains("mẫu không cho biết"), "{status} {refused}");
}

#[test]
fn files_of_every_odd_kind_are_shown_or_refused_with_a_hint() {
    let office = Office::open();
    let token = office.token(&["department"]);
    let wide = {
        let names: Vec<String> = (0..200).map(|at| format!("cột {at}")).collect();
        let cells: Vec<String> = (0..200).map(|at| at.to_string()).collect();
        format!("{};X;X\n{};1;2\n", names.join(";"), cells.join(";"))
    };
    for (name, bytes, expected) in [
        ("wide.csv", wide.as_bytes(), 200),
        ("header.csv", b"a;b;c\n".as_slice(), 200),
        ("noise.csv", &[0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00][..], 200),
        ("latin.csv", b"Kinh \xC4\x91\xE9;V\xE9 do;t\n1;2;3\n", 200),
        ("zero.csv", &[0; 4096], 422),
        ("a.pdf", b"%PDF-1.7\n1 0 obj", 422),
        ("blank.csv", b"\n\n\n", 422),
    ] {
        let key = office.lay(&token, name, bytes);
        let (status, answer) = ask(&office, &token, &key, "mapping", &json!({"kind": "samples"}));
        assert!(status == expected || status == 422, "{name}: {status} {answer}");
        if status == 200 {
            assert!(!answer["missing"].as_array().unwrap().is_empty(), "{name}: {answer}");
        }
        if name == "wide.csv" {
            let columns = answer["columns"].as_array().unwrap();
            assert_eq!((columns.len(), &columns[201]["doubled"]), (202, &json!(true)));
        }
    }
}

/// A table of a known form, of which a word for the network is known to nobody.
#[test]
fn a_network_that_nobody_knows_is_asked_about_and_the_answer_is_kept_for_files_of_a_known_form() {
    let office = Office::open();
    let token = office.token(&["department"]);
    let table = |day: &str| {
        format!(
            "time,operator,technology,rsrp,lon,lat\n{day}T08:15:00+07:00,Mạng X,4G,-97,105.9745,20.2539\n\
             {day}T08:15:05+07:00,Viettel,4G,-98,105.9746,20.2540\n"
        )
    };
    let key = office.lay(&token, "do_song.csv", table("2026-03-31").as_bytes());
    let samples = json!({"kind": "samples"});
    let (status, seen) = ask(&office, &token, &key, "preview?lang=vi", &samples);
    assert_eq!((status, &seen["unknown_networks"]), (200, &json!(["mang-x"])), "{seen}");
    assert!(seen["warnings"].to_string().contains("hoặc sửa tệp, trước khi nhập"), "{seen}");
    assert_eq!(seen["networks"][0], json!({"code": "viettel", "name": "Viettel"}));

    let (status, shown) = ask(&office, &token, &key, "mapping", &samples);
    assert_eq!((status, &shown["kept"]), (200, &Json::Null));
    assert_eq!(shown["stated"]["operators"], json!([{"word": "Mạng X", "operator": "mang-x"}]), "{shown}");
    // By the word of the table, or by the name that was made of it.
    let mut said = Json::Null;
    for word in ["mang-x", "Mạng X"] {
        let changes = json!({"operators": [{"word": word, "operator": "mobifone"}]});
        let told = json!({"kind": "samples", "profile": shown["profile"], "changes": changes});
        let (_, answered) = ask(&office, &token, &key, "mapping", &told);
        said = json!({"kind": "samples", "profile": answered["profile"]});
        let (status, seen) = ask(&office, &token, &key, "preview", &said);
        assert_eq!(
            (status, &seen["accepted"], &seen["unknown_networks"]),
            (200, &json!(2), &json!([])),
            "{word}: {seen}"
        );
    }
    assert_eq!(ask(&office, &token, &key, "import", &said).0, 200);

    let key = office.lay(&token, "thang_sau.csv", table("2026-04-30").as_bytes());
    let (status, kept) = ask(&office, &token, &key, "mapping", &samples);
    assert_eq!((status, &kept["kept"]), (200, &json!("do_song")), "{kept}");
    assert_eq!(kept["stated"]["operators"], json!([{"word": "Mạng X", "operator": "mobifone"}]));
    // Other headings have nothing of it.
    let other = office.lay(&token, "khac.csv", table("2026-05-31").replace("rsrp", "level").as_bytes());
    assert_eq!(ask(&office, &token, &other, "mapping", &samples).1["kept"], Json::Null);
}
