//! Files through the page: laid down, looked at, mended, imported; and everything that is no such file.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::{Server, demo_store, folder, phusong, real_data, run_json};

const BYTES: (&str, &str) = ("content-type", "application/octet-stream");

pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) store: PathBuf,
    pub(crate) folder: tempfile::TempDir,
    /// Villages of the commune 13285.
    pub(crate) villages: Vec<String>,
}

impl Office {
    pub(crate) fn open() -> Self {
        let folder = folder();
        let store = folder.path().join("phusong.gpkg");
        std::fs::copy(demo_store(), &store).unwrap();
        // What a test lays down is found again only in a folder of its own.
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let mut command = phusong();
        command.env("TMPDIR", &temporary).args(["serve", "--port", "0", "--as", "public", "--db"]).arg(&store);
        let server = Server::run(&mut command);
        let listed = server.json("/api/villages?limit=5000");
        let codes = listed["items"].as_array().unwrap().iter().filter_map(|item| item["key"].as_str());
        let villages: Vec<String> = codes.filter(|code| code.starts_with("13285")).map(str::to_owned).collect();
        assert!(villages.len() > 2, "{listed}");
        Self { server, store, folder, villages }
    }

    pub(crate) fn token(&self, role: &[&str]) -> String {
        let db = self.store.to_string_lossy().into_owned();
        let made = run_json(&[&["token", "create", "--db", &db, "--role"], role].concat());
        format!("Bearer {}", made["secret"].as_str().unwrap())
    }

    pub(crate) fn commune(&self) -> String {
        self.token(&["commune", "--commune", "13285"])
    }

    pub(crate) fn lay(&self, token: &str, name: &str, bytes: &[u8]) -> String {
        let reply = self.server.send(&format!("/api/uploads?name={name}"), bytes, &[BYTES, ("authorization", token)]);
        assert_eq!(reply.status, 200, "{}", reply.json());
        reply.json()["key"].as_str().unwrap().to_owned()
    }

    pub(crate) fn post(&self, token: &str, path: &str, body: &Json) -> (u16, Json) {
        let reply = self.server.post_as(path, body, &[("authorization", token)]);
        (reply.status, reply.json())
    }

    pub(crate) fn look(&self, token: &str, key: &str, corrections: &Json) -> Json {
        let body = json!({"kind": "visits", "corrections": corrections});
        let (status, answer) = self.post(token, &format!("/api/uploads/{key}/preview"), &body);
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A form of KoboToolbox for each visit: its village, result and whether somebody marked it for another look.
    fn kobo(&self, visits: &[(&str, &str, bool)]) -> Vec<u8> {
        let mut forms = String::new();
        for (at, (village, result, odd)) in visits.iter().enumerate() {
            let state = if *odd { "validation_status_on_hold" } else { "validation_status_approved" };
            let _ = write!(
                forms,
                r#"{}{{"_uuid":"00000000-0000-0000-0000-{at:012}","_submission_time":"2026-03-{:02}T02:00:00","visit/village_code":"{village}","visit/household":"K{at}","visit/result":"{result}","ten_chu_ho":"Nguyễn Văn Bình","so_dien_thoai":"0912345678","_validation_status":{{"uid":"{state}"}}}}"#,
                if at == 0 { "" } else { "," },
                at % 20 + 1,
            );
        }
        format!("[{forms}]").into_bytes()
    }
}

/// The tables in an archive, as ODK Central packs them.
pub(crate) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_list_that_changes_known_villages_is_shown_old_beside_new_and_what_jumps_is_marked() {
    let office = Office::open();
    let token = office.token(&["department"]);
    let db = office.store.to_string_lossy().into_owned();
    let listed = run_json(&["villages", "list", "--db", &db, "--commune", "13285"]);
    let known: Vec<&Json> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["households"].as_u64() > Some(0) && one["households_date"].is_string())
        .collect();
    let (one, two) = (known[0], known[1]);
    let households = |village: &Json| village["households"].as_u64().unwrap();
    let list = format!(
        "code,commune_code,name,households,households_date\n{},13285,{},{},{}\n{},13285,{},{},{}\n,13285,Tổ dân phố Hoàn Toàn Mới,40,\n",
        one["code"].as_str().unwrap(),
        one["name"].as_str().unwrap(),
        households(one) + 1,
        // An older count would not take the place of the known one.
        one["households_date"].as_str().unwrap(),
        two["code"].as_str().unwrap(),
        two["name"].as_str().unwrap(),
        households(two) * 5,
        two["households_date"].as_str().unwrap(),
    );
    let key = office.lay(&token, "danh_ba.csv", list.as_bytes());
    let (status, seen) = office.post(&token, &format!("/api/uploads/{key}/preview"), &json!({"kind": "villages"}));
    assert_eq!((status, &seen["new"], &seen["changed"]), (200, &json!(1), &json!(2)), "{seen}");
    let changed = &seen["changed_villages"];
    let of = |row: usize, field: &str| {
        let changes = changed[row]["changes"].as_array().unwrap();
        changes.iter().find(|change| change["field"] == field).unwrap().clone()
    };
    // What jumps stands first.
    assert_eq!((&changed[0]["code"], &changed[1]["code"]), (&two["code"], &one["code"]), "{changed}");
    let jumped = json!({"field": "households", "old": households(two).to_string(), "new": (households(two) * 5).to_string(), "odd": true});
    assert_eq!((of(0, "households"), &of(1, "households")["odd"]), (jumped, &json!(false)));
    assert_eq!(of(0, "source")["new"], "danh_ba.csv");
    let rows = seen["villages"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[2]["changes"], &rows[2]["households"]), (3, &Json::Null, &json!(40)), "{seen}");
}

#[test]
fn the_archive_of_odk_central_comes_in_as_its_main_table_would() {
    let office = Office::open();
    let token = office.commune();
    let village = &office.villages[0];
    let main = format!(
        "SubmissionDate,visit-village_code,visit-household,visit-result,KEY\n\
         2026-03-01T02:00:00.000Z,{village},N1,guided,uuid:1\n2026-03-02T02:00:00.000Z,{village},N2,not_home,uuid:2\n"
    );
    let list = "name,PARENT_KEY,KEY\nx,uuid:1,uuid:1/people[1]\n";
    let bytes = packed(&[("tham_ho.csv", &main), ("tham_ho-people.csv", list), ("media/1.jpg", "x")]);
    let plain = office.look(&token, &office.lay(&token, "tham_ho.csv", main.as_bytes()), &json!([]));
    let key = office.lay(&token, "tham_ho.csv.zip", &bytes);
    let seen = office.look(&token, &key, &json!([]));
    for member in ["accepted", "new", "refused", "held"] {
        assert_eq!(seen[member], plain[member], "{member}: {seen}");
    }
    assert_eq!((&seen["accepted"], &seen["format"]["reader"]), (&json!(2), &json!("odk_central")), "{seen}");
    assert!(seen["warnings"].to_string().contains("tham_ho-people.csv"), "{seen}");
    let (status, done) = office.post(&token, &format!("/api/uploads/{key}/import"), &json!({"kind": "visits"}));
    assert_eq!((status, &done["accepted"]), (200, &json!(2)), "{done}");

    for (parts, about) in [
        (vec![("tham_ho-people.csv", list)], "SubmissionDate"),
        (vec![("tham_ho.csv", main.as_str()), ("../x.csv", list)], "../x.csv"),
        (vec![("tham_ho.csv", main.as_str()), ("x.zip", "PK")], "x.zip"),
    ] {
        let key = office.lay(&token, "tham_ho.csv.zip", &packed(&parts));
        let (status, refused) = office.post(&token, &format!("/api/uploads/{key}/preview"), &json!({"kind": "visits"}));
        assert!((400..500).contains(&status) && refused.to_string().contains(about), "{status} {refused}");
        assert!(refused["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{refused}");
        let file = office.folder.path().join("x.csv.zip");
        std::fs::write(&file, packed(&parts)).unwrap();
        let mut command = phusong();
        let said = command.args(["import", "visits"]).arg(&file).arg("--db").arg(&office.store).output().unwrap();
        assert!(!said.status.success() && String::from_utf8_lossy(&said.stderr).contains(about), "{said:?}");
    }
}

#[test]
fn two_refused_rows_are_mended_and_all_comes_in() {
    let office = Office::open();
    let token = office.commune();
    let (one, two) = (office.villages[0].clone(), office.villages[1].clone());
    let bytes = office.kobo(&[
        (&one, "guided", false),
        (&one, "guided", true),
        (&one, "hoàn tất", false),
        ("14329-001", "guided", false),
    ]);
    let epoch = office.server.json("/api/meta")["epoch"].clone();
    let key = office.lay(&token, "kobo.json", &bytes);
    let seen = office.look(&token, &key, &json!([]));
    assert_eq!((&seen["accepted"], &seen["new"], &seen["refused"]), (&json!(2), &json!(2), &json!(2)), "{seen}");
    assert_eq!(seen["format"]["reader"], "kobo_json");
    assert_eq!(seen["held"], 1);
    assert!(seen["dropped_fields"].to_string().contains("ten_chu_ho"), "{seen}");
    let text = seen.to_string();
    assert!(!text.contains("Bình") && !text.contains("0912") && !text.contains("K0"), "{text}");
    let rows = seen["refused_rows"].as_array().unwrap();
    let found: Vec<_> =
        rows.iter().map(|row| (row["line"].as_u64().unwrap(), row["reason"].as_str().unwrap())).collect();
    assert_eq!(found, [(3, "unknown_value"), (4, "outside_scope")], "{seen}");
    assert_eq!(rows[0]["mend"]["choices"][0]["value"], "guided");
    assert!(rows[1]["mend"]["choices"].to_string().contains(&two), "{seen}");
    assert_eq!(office.server.json("/api/meta")["epoch"], epoch, "a look writes nothing");

    let of =
        |at: usize, value: &str| json!({"line": rows[at]["line"], "field": rows[at]["mend"]["field"], "value": value});
    let still = office.look(&token, &key, &json!([of(0, "xong"), of(1, "99999-001")]));
    assert_eq!((&still["accepted"], &still["refused"]), (&json!(3), &json!(1)), "{still}");
    let good = json!([of(0, "guided"), of(1, &two)]);
    assert_eq!(office.look(&token, &key, &good)["refused"], 0);
    let body = json!({"kind": "visits", "corrections": good});
    let (status, done) = office.post(&token, &format!("/api/uploads/{key}/import"), &body);
    assert_eq!(
        (status, &done["accepted"], &done["corrected"], &done["held"]),
        (200, &json!(4), &json!(2), &json!(1)),
        "{done}"
    );
    assert_ne!(done["epoch"], epoch);
    assert_eq!(office.server.json("/api/meta")["epoch"], done["epoch"], "the map knows at once");
    let inbox = office.server.ask("/api/inbox", &[("authorization", &token)]).json();
    assert!(
        inbox["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["village"] == one.as_str() && item["flags"].to_string().contains("has_issues")),
        "{inbox}"
    );
    // It is in, and gone from the desk; the same file again changes nothing.
    assert_eq!(office.post(&token, &format!("/api/uploads/{key}/import"), &body).0, 404);
    let key = office.lay(&token, "kobo.json", &bytes);
    assert_eq!(office.look(&token, &key, &good)["already_imported"].as_str().map(str::len), Some(10));
    let audit = office.server.ask("/api/audit", &[("authorization", &office.token(&["auditor"]))]).json();
    let import = audit["items"].as_array().unwrap().iter().find(|event| event["action"] == "import").unwrap().clone();
    assert_eq!((&import["role"], &import["subject"]), (&json!("commune"), &json!("visits kobo.json")));
}

#[test]
fn rows_still_refused_go_home_as_a_file_that_the_terminal_takes() {
    let office = Office::open();
    let token = office.commune();
    let bytes = office.kobo(&[(&office.villages[0], "guided", false), (&office.villages[0], "gone", false)]);
    let key = office.lay(&token, "k.json", &bytes);
    let body = json!({"kind": "visits"});
    let (_, done) = office.post(&token, &format!("/api/uploads/{key}/import?lang=en"), &body);
    let rejects = done["rejects_csv"].as_str().unwrap_or_else(|| panic!("{done}"));
    assert!(rejects.contains("value\n2,visit/result,gone,unknown_value"), "{rejects}");
    let file = office.folder.path().join("k.json");
    std::fs::write(&file, &bytes).unwrap();
    let fixes = office.folder.path().join("fixes.csv");
    std::fs::write(&fixes, format!("{}later\n", rejects.trim_end())).unwrap();
    let again = run_json(&[
        "import",
        "visits",
        &file.to_string_lossy(),
        "--correct",
        &fixes.to_string_lossy(),
        "--db",
        &office.store.to_string_lossy(),
    ]);
    let report = &again["files"][0];
    assert_eq!(
        (&report["inserted"], &report["refused"], &report["corrected"]),
        (&json!(1), &json!(0), &json!(1)),
        "{report}"
    );
}

#[test]
fn a_key_opens_nothing_for_another_role_and_a_team_brings_its_own_village() {
    let office = Office::open();
    let token = office.commune();
    let bytes = office.kobo(&[(&office.villages[0], "guided", false), (&office.villages[1], "guided", false)]);
    let key = office.lay(&token, "k.json", &bytes);
    let team = office.token(&["team", "--village", &office.villages[0]]);
    for other in [&team, &office.token(&["admin"]), &office.token(&["commune", "--commune", "14329"])] {
        let (status, answer) = office.post(other, &format!("/api/uploads/{key}/preview"), &json!({"kind": "visits"}));
        assert_eq!(status, 404, "{answer}");
    }
    let own = office.lay(&team, "k.json", &bytes);
    let seen = office.look(&team, &own, &json!([]));
    assert_eq!((&seen["accepted"], &seen["refused_rows"][0]["reason"]), (&json!(1), &json!("outside_scope")), "{seen}");
    let list = b"code,commune_code,name\n13285-001,13285,X\n";
    let key = office.lay(&token, "v.csv", list);
    let (status, _) = office.post(&token, &format!("/api/uploads/{key}/import"), &json!({"kind": "villages"}));
    assert_eq!(status, 403, "a register is not a commune's to write");
}

#[test]
fn waypoints_are_looked_at_mended_and_imported_through_the_page() {
    let office = Office::open();
    let token = office.commune();
    let point = |minute: u32, note: &str| {
        format!("<wpt><time>2026-03-31T01:{minute:02}:00Z</time><name>Ông Bình</name><cmt>{note}</cmt></wpt>")
    };
    let village = &office.villages[0];
    let points =
        [point(1, &format!("Mã thôn: {village}; kết quả: vắng nhà")), point(2, &format!("Mã thôn: {village}"))];
    let file = format!(r#"<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>"#, points.concat());
    let key = office.lay(&token, "tham.gpx", file.as_bytes());
    let seen = office.look(&token, &key, &json!([]));
    assert_eq!((&seen["accepted"], &seen["refused"]), (&json!(1), &json!(1)), "{seen}");
    assert_eq!((&seen["format"]["kind"], &seen["format"]["reader"]), (&json!("GPX"), &json!("gpx")));
    assert_eq!(seen["dropped_fields"], json!(["name", "cmt"]));
    let row = &seen["refused_rows"][0];
    assert_eq!((&row["line"], &row["reason"], &row["mend"]["field"]), (&json!(2), &json!("missing"), &json!("result")));
    assert_eq!(row["mend"]["choices"].as_array().map(Vec::len), Some(8));
    assert!(!seen.to_string().contains("Ông Bình"), "{seen}");
    let corrections = json!([{"line": 2, "field": "result", "value": "guided"}]);
    let seen = office.look(&token, &key, &corrections);
    assert_eq!((&seen["accepted"], &seen["refused"]), (&json!(2), &json!(0)), "{seen}");
}

#[test]
fn what_is_no_file_of_visits_is_refused_with_a_hint() {
    let office = Office::open();
    let token = office.commune();
    let auth = ("authorization", token.as_str());
    let status = |bytes: &[u8], kind: &str| {
        let reply = office.server.send("/api/uploads?name=x", bytes, &[("content-type", kind), auth]);
        assert!(reply.status == 200 || reply.json()["hint"].is_string(), "{}", reply.json());
        reply.status
    };
    assert_eq!(status(b"", BYTES.1), 422);
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""] {
        assert_eq!(status(b"[]", kind), 415, "{kind}");
    }
    for (name, bytes) in [
        ("a.pdf", b"%PDF-1.7\n1 0 obj".to_vec()),
        ("a.json", b"[{\"_uuid\": \"1\", ".to_vec()),
        ("a.json", vec![b'['; 200_000]),
        ("a.csv", b"a,b\n1,2\n".to_vec()),
        ("a.csv", vec![0; 4096]),
        ("a.xlsx", b"PK\x03\x04 cut off".to_vec()),
        ("a.csv", b"time,result\n".to_vec()),
    ] {
        let key = office.lay(&token, name, &bytes);
        let (status, answer) = office.post(&token, &format!("/api/uploads/{key}/preview"), &json!({"kind": "visits"}));
        assert!(status == 422 || (status == 200 && answer["accepted"] == 0), "{name}: {status} {answer}");
    }
    let key = office.lay(&token, "a.csv", b"time,result\n2026-03-31,guided\n");
    for body in [
        json!({"kind": "boundaries"}),
        json!({"kind": "visits", "corrections": [{"line": 0, "field": "a", "value": "b"}]}),
        json!({"kind": "visits", "corrections": [{"line": 2, "field": "", "value": "b"}]}),
        json!({"kind": "visits", "corrections": [{"line": -1}]}),
        json!({"kind": "visits", "corrections": "x"}),
        json!({"kind": "visits", "odd": 1}),
        json!({}),
    ] {
        let (status, answer) = office.post(&token, &format!("/api/uploads/{key}/preview"), &body);
        assert!(status == 400 && answer["hint"].is_string(), "{body}: {status} {answer}");
    }
    let body = json!({"kind": "visits", "profile": "not = [toml"});
    let (status, answer) = office.post(&token, &format!("/api/uploads/{key}/preview?lang=vi"), &body);
    assert!(status == 422 && answer["detail"].to_string().contains("không phải TOML"), "{status} {answer}");
    let whole = format!("/api/uploads/{key}/preview");
    let reply =
        office.server.send(&whole, br#"{"kind": "visits", "corr"#, &[("content-type", "application/json"), auth]);
    assert_eq!(reply.status, 400);
    let reply = office.server.send(&whole, br#"{"kind": "visits"}"#, &[("content-type", "text/plain"), auth]);
    assert_eq!(reply.status, 415, "a page of another site can send this without asking");
}

#[test]
fn a_hundred_megabytes_are_refused_at_the_door() {
    let office = Office::open();
    let token = office.commune();
    let at = office.server.base.trim_start_matches("http://").to_owned();
    let mut socket = std::net::TcpStream::connect(&at).unwrap();
    let length = 100 * 1024 * 1024;
    write!(
        socket,
        "POST /api/uploads?name=a HTTP/1.1\r\nHost: {at}\r\nAuthorization: {token}\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    let block = vec![b'x'; 1 << 16];
    for _ in 0..length / block.len() {
        // The server answers and hangs up in the middle.
        if socket.write_all(&block).is_err() {
            break;
        }
    }
    let mut answer = vec![0; 4096];
    let read = socket.read(&mut answer).unwrap_or(0);
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.is_empty() || (answer.contains("413") && answer.contains("hint")), "{answer}");
    assert_eq!(office.server.get("/health").status, 200);
    let (folder, mut files) = (office.folder.path().join("tmp"), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        files += std::fs::read_dir(entry.unwrap().path()).unwrap().count();
    }
    assert_eq!(files, 0, "nothing of it is kept");
}

#[test]
fn real_forms_are_looked_at_without_their_people() {
    let Some(data) = real_data() else { return };
    let office = Office::open();
    let token = office.token(&["department"]);
    for name in [
        "kobo_formpack_all_geo_types_v1.json",
        "kobo_formpack_geojson_and_selects_v1.json",
        "odk_central_odata_fq_raw.json",
        "odk_central_odata_geo_gj_raw.json",
        "onadata_submissions_mspray_2017_redacted.json",
        "mspray_households_chibombo.geojson",
        "qfieldcloud_delta_create.json",
    ] {
        let bytes = std::fs::read(data.join("outreach/samples").join(name)).unwrap();
        let key = office.lay(&token, name, &bytes);
        let (status, answer) = office.post(&token, &format!("/api/uploads/{key}/preview"), &json!({"kind": "visits"}));
        assert!(status == 200 || (status == 422 && answer["detail"].is_string()), "{name}: {status} {answer}");
    }
}
