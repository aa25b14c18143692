//! What is said of a whole file on the page: columns by their words, kinds by the names that the wizard has for them,
//! and what to choose there in place of an option. What the page cannot do goes to the department.

use super::{MOST_LAYERS, Unreadable, known_of_visits};
use crate::ingest::archive::BadArchive;
use crate::ingest::sniff::FileKind;
use crate::ingest::{StatedEncoding, encoding};
use crate::model::import::ImportKind;
use crate::model::language::Language;
use crate::model::refusal::{self, PageReader};

impl Unreadable {
    /// What is wrong, to somebody at the page.
    #[must_use]
    pub fn message_on_page(&self, reader: PageReader) -> String {
        match self {
            Self::MissingColumns { missing, header, .. } => {
                let named = quoted(missing.iter().map(|name| word(name, reader.language)));
                let there = quoted(header.iter().map(String::as_str).filter(|name| !name.is_empty()));
                reader.language.pick(
                    format!("thiếu cột {named}; tệp có các cột {there}"),
                    format!("the columns {named} are missing; the file has {there}"),
                )
            }
            Self::OtherKind { found, asked } => {
                let [found, asked] = [found, asked].map(|kind| kind.name(reader.language));
                reader.language.pick(
                    format!("các cột là của “{found}”, không phải của “{asked}”"),
                    format!("the columns are those of “{found}”, not of “{asked}”"),
                )
            }
            Self::NoGdal { .. } => {
                reader.pick("máy chủ này không đọc được loại tệp ấy", "this server does not read files of that kind")
            }
            Self::Within { file, problem } => format!("{file}: {}", problem.message_on_page(reader)),
            // What a library says of it helps nobody here.
            Self::Damaged { found, .. } => {
                let found = found.name(reader.language);
                reader.language.pick(
                    format!("không mở được tệp như {found}: tệp bị hỏng, hoặc chỉ giống loại ấy"),
                    format!("cannot open the file as {found}: it is damaged, or only looks like one"),
                )
            }
            Self::Gdal(_) => reader.pick("không đọc được tệp này", "the file could not be read"),
            Self::LooksLike { found, .. } => {
                let found = found.name(reader.language);
                reader.language.pick(
                    format!("đây là {found}, chưa đọc được"),
                    format!("this is {found}, which is not read as it is"),
                )
            }
            Self::OfSeveralLayers { problem, .. } => problem.message_on_page(reader),
            Self::Profile(bad) => {
                let fault = bad.message_on_page(reader.language);
                reader.language.pick(format!("mẫu đọc cột: {fault}"), format!("the mapping profile: {fault}"))
            }
            Self::NoLayer { found, .. } => reader.language.pick(
                format!("tệp không có trang (lớp) “{found}”"),
                format!("the file has no sheet (layer) “{found}”"),
            ),
            _ => self.message(reader.language),
        }
    }

    /// Whether somebody may say at the page what the columns hold: of a table of measurements whose headings nobody knows.
    /// Headings in letters of an old encoding are put right in the file.
    #[must_use]
    pub fn wants_mapping(&self) -> bool {
        match self {
            Self::MissingColumns { asked, header, .. } => {
                *asked == Some(ImportKind::Samples) && encoding::suspect_header(header).is_none()
            }
            Self::OfSeveralLayers { problem, .. } => problem.wants_mapping(),
            _ => false,
        }
    }

    /// What to try on the page.
    #[must_use]
    pub fn hint_on_page(&self, reader: PageReader) -> Option<String> {
        let text = |vi: &str, en: &str| Some(reader.pick(vi, en));
        match self {
            Self::Folder => text("chọn một tệp bên trong", "choose a file inside it"),
            Self::Gdal(_) => {
                text("lưu thành .xlsx hoặc CSV rồi chọn lại", "save it as .xlsx or CSV and choose it again")
            }
            Self::LooksLike { found: FileKind::Xlsx, .. } => text(
                "đổi đuôi tên tệp thành .xlsx rồi chọn lại",
                "give the name of the file the ending .xlsx and choose it again",
            ),
            Self::LooksLike { found: FileKind::GeoPackage | FileKind::Sqlite, .. } => {
                text("xuất bảng cần nhập thành CSV hoặc .xlsx", "export the table as CSV or .xlsx")
            }
            Self::OtherKind { found, .. } => Some(bring_as(*found, reader)),
            Self::NotMeasured { .. } => text(
                "trang này nhập trị đo của từng máy: hãy xin nhật ký đo; ô tốc độ và vùng phủ công bố thì gửi tệp cho Sở nhập ở máy chủ",
                "the page takes what phones measured at places: ask for their log; tiles of speed tests and claimed coverage go to the department, which imports them at the server",
            ),
            Self::MissingColumns { header, .. } if encoding::suspect_header(header).is_some() => {
                let name = encoding::suspect_header(header).map_or("", StatedEncoding::name);
                Some(reader.language.pick(
                    format!("chữ trong tệp có vẻ theo bảng mã cũ {name}; hãy chuyển tệp sang Unicode (UTF-8) rồi chọn lại"),
                    format!("the text seems to be in the old encoding {name}; convert the file to Unicode (UTF-8) and choose it again"),
                ))
            }
            Self::MissingColumns { missing, asked: Some(ImportKind::Visits), .. } => {
                let known = known_of_visits(missing);
                Some(reader.language.pick(
                    format!("trang đọc được cột mang một trong các tên {known}: đổi tên cột ở dòng đầu của bảng, lưu lại rồi chọn lại tệp"),
                    format!("the page reads a column under one of the names {known}: rename it in the first line of the table, save it and choose it again"),
                ))
            }
            Self::MissingColumns { missing, .. } => {
                let named = quoted(missing.iter().map(|name| word(name, reader.language)));
                Some(reader.language.pick(
                    format!("ghi tên cột ở dòng đầu của bảng, ví dụ {named}, lưu lại rồi chọn lại tệp"),
                    format!(
                        "name the columns in the first line of the table, such as {named}, save it and choose it again"
                    ),
                ))
            }
            Self::UnsupportedCrs { .. } => text(
                "chuyển tệp sang WGS 84 (EPSG:4326) rồi chọn lại",
                "convert it to WGS 84 (EPSG:4326) and choose it again",
            ),
            Self::Metres { east_m, north_m } => Some(refusal::choose_the_crs(*east_m, *north_m, reader.language)),
            Self::Degrees { .. } => text(
                "bỏ chọn ở ô “Hệ tọa độ của tệp”",
                "take back what is chosen under “Coordinate system of the file”",
            ),
            Self::NoGdal { .. } => {
                text("lưu thành CSV hoặc .xlsx rồi chọn lại", "save it as CSV or .xlsx and choose it again")
            }
            Self::OfSeveralLayers { problem, layers } => {
                let most = quoted(layers.iter().take(MOST_LAYERS).map(String::as_str));
                let more = if layers.len() > MOST_LAYERS { ", …" } else { "" };
                let own = problem.hint_on_page(reader).map(|hint| format!("; {hint}")).unwrap_or_default();
                Some(reader.language.pick(
                    format!("tệp có nhiều trang (lớp): {most}{more}; chọn ở ô “Trang của tệp”{own}"),
                    format!(
                        "the file has several sheets (layers): {most}{more}; choose one under “Sheet of the file”{own}"
                    ),
                ))
            }
            Self::NoLayer { .. } => {
                text("chọn lại ở ô “Trang của tệp”", "choose another one under “Sheet of the file”")
            }
            Self::Within { problem, .. } => problem.hint_on_page(reader),
            Self::Profile(bad) => bad.hint_on_page(reader.language),
            Self::Archive(BadArchive::Logs(_)) => {
                text("giải nén rồi chọn từng tệp một", "unpack it and choose the files one by one")
            }
            Self::TooLarge { .. } => text(
                "chia tệp theo xã hoặc theo tháng rồi chọn từng phần",
                "split it by commune or by month and choose the parts one by one",
            ),
            _ => self.hint(reader.language),
        }
    }
}

/// Where a file of another kind goes.
fn bring_as(kind: ImportKind, reader: PageReader) -> String {
    let name = kind.name(reader.language);
    match (is_of_the_page(kind), reader.brings_all) {
        (true, true) => reader
            .language
            .pick(format!("chọn “{name}” ở ô “Tệp chứa”"), format!("choose “{name}” under “The file holds”")),
        (true, false) => reader.language.pick(
            format!("gửi tệp cho Sở: Sở nhập ở “Nhập dữ liệu”, loại “{name}”"),
            format!("hand it to the department, which brings it in under “Import” as “{name}”"),
        ),
        (false, _) => reader.pick(
            "tệp loại này nhập ở máy chủ, không nhập trên trang: gửi tệp cho người quản trị",
            "files of this kind come in at the server and not on the page: hand it to the administrator",
        ),
    }
}

fn is_of_the_page(kind: ImportKind) -> bool {
    matches!(
        kind,
        ImportKind::Visits | ImportKind::Villages | ImportKind::Places | ImportKind::Samples | ImportKind::Sites
    )
}

fn word(name: &str, language: Language) -> &str {
    refusal::word_of_field(name, language).unwrap_or(name)
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(language: Language, brings_all: bool) -> PageReader {
        PageReader { language, brings_all }
    }

    #[test]
    fn columns_are_named_by_words_that_the_readers_take_as_headings() {
        let missing = |names: &[&str]| Unreadable::MissingColumns {
            missing: names.iter().map(|name| (*name).to_owned()).collect(),
            header: vec!["Ngày".to_owned(), String::new()],
            asked: None,
        };
        let said = missing(&["result", "lon"]).message_on_page(reader(Language::Vi, false));
        assert_eq!(said, "thiếu cột “kết quả”, “kinh độ”; tệp có các cột “Ngày”");
        let folder = crate::ingest::fixture::folder();
        for language in [Language::Vi, Language::En] {
            // Every column that a kind of the page may miss, under its word.
            for (kind, names) in [
                (ImportKind::Visits, vec!["time", "result"]),
                (ImportKind::Villages, vec!["name", "commune_code"]),
                (ImportKind::Places, vec!["name", "lon", "lat"]),
                (ImportKind::Samples, vec!["time", "lon", "lat", "rsrp", "operator"]),
                (ImportKind::Sites, vec!["lon", "lat", "operator", "technology"]),
            ] {
                let heading: Vec<&str> = names.iter().map(|name| word(name, language)).collect();
                let text = format!("{}\n{}\n", heading.join(","), vec!["1"; heading.len()].join(","));
                let path = crate::ingest::fixture::write(&folder, "a.csv", text.as_bytes());
                let options = crate::ingest::fixture::options();
                let problem = match kind {
                    ImportKind::Visits => crate::ingest::visits::read(&path, &options).err(),
                    ImportKind::Villages => crate::ingest::villages::read(&path, &options).err(),
                    ImportKind::Places => crate::ingest::public_places::read(&path, &options).err(),
                    ImportKind::Samples => crate::ingest::samples::read(&path, &options, &mut |_| Ok(())).err(),
                    _ => crate::ingest::sites::read(&path, &options, &mut |_| Ok(())).err(),
                };
                assert!(!matches!(problem, Some(Unreadable::MissingColumns { .. })), "{kind} {text}: {problem:?}");
            }
        }
    }

    #[test]
    fn a_list_of_visits_without_a_day_is_told_the_headings_that_are_known_and_each_of_them_is() {
        let folder = crate::ingest::fixture::folder();
        let read = |heading: &str| {
            let path = crate::ingest::fixture::write(&folder, "a.csv", format!("{heading}\n31/03/2026,x\n").as_bytes());
            crate::ingest::visits::read(&path, &crate::ingest::fixture::options()).err()
        };
        let problem = read("Hôm nào,Kết quả").unwrap();
        let said = problem.message_on_page(reader(Language::Vi, false));
        assert_eq!(said, "thiếu cột “thời gian”; tệp có các cột “Hôm nào”, “Kết quả”");
        let hint = problem.hint_on_page(reader(Language::Vi, false)).unwrap();
        assert!(hint.contains("“Ngày đến”, “Ngày thăm”, “Ngày đi”") && !hint.contains("“Kết quả”"), "{hint}");
        assert!(problem.hint(Language::Vi).unwrap().contains("“Ngày đi”"));
        let [(_, days), (_, results)] = super::super::KNOWN_OF_VISITS;
        for day in days {
            assert_eq!(read(&format!("{day},Kết quả")), None, "{day}");
        }
        for result in results {
            assert_eq!(read(&format!("Ngày đến,{result}")), None, "{result}");
        }
    }

    #[test]
    fn a_file_of_another_kind_says_what_its_reader_can_choose() {
        let said = |found, brings_all| {
            let problem = Unreadable::OtherKind { found, asked: ImportKind::Visits };
            problem.hint_on_page(reader(Language::Vi, brings_all)).unwrap()
        };
        assert_eq!(said(ImportKind::Villages, true), "chọn “Danh bạ thôn” ở ô “Tệp chứa”");
        assert!(said(ImportKind::Villages, false).contains("gửi tệp cho Sở"));
        assert!(said(ImportKind::Mergers, true).contains("máy chủ"));
    }

    /// Files that people bring to the page, and what is said of them.
    fn every() -> Vec<Unreadable> {
        let names = || vec!["a".to_owned(), "b".to_owned()];
        let missing = |asked| Unreadable::MissingColumns {
            missing: vec!["operator".into()],
            header: names(),
            asked: Some(asked),
        };
        let archives = [
            BadArchive::Broken("x".into()),
            BadArchive::Nested("a.zip".into()),
            BadArchive::Locked,
            BadArchive::Workbook("a.xlsx".into()),
            BadArchive::NoMain(names()),
            BadArchive::Several(names()),
            BadArchive::Logs(names()),
            BadArchive::Nothing(names()),
        ];
        let kinds = [
            FileKind::Xlsx,
            FileKind::OldOffice,
            FileKind::LockedOffice,
            FileKind::Word,
            FileKind::Slides,
            FileKind::Numbers,
            FileKind::HtmlSheet,
            FileKind::XmlSheet,
            FileKind::OtherArchive,
            FileKind::Pdf,
            FileKind::Jpeg,
            FileKind::GeoPackage,
            FileKind::Zip,
            FileKind::Html,
        ];
        let mut all = vec![
            Unreadable::Empty,
            Unreadable::Folder,
            missing(ImportKind::Samples),
            missing(ImportKind::Sites),
            missing(ImportKind::Visits),
            Unreadable::NotMeasured { header: names() },
            Unreadable::HomesCounted { column: "x".into() },
            Unreadable::BrokenJson { line: 1, column: 1, problem: "x".into() },
            Unreadable::NoWaypoints { points: 3 },
            Unreadable::OnlyChanges { changes: 3 },
            Unreadable::UnsupportedCrs { found: "x".into() },
            Unreadable::Metres { east_m: 600_000, north_m: 2_240_000 },
            Unreadable::Degrees { found: "105".into(), epsg: 9209 },
            Unreadable::NoGdal { feature: "gdal" },
            Unreadable::Damaged { found: FileKind::Xlsx, problem: "x".into() },
            Unreadable::OfSeveralLayers { problem: Box::new(missing(ImportKind::Visits)), layers: names() },
            Unreadable::TooLarge { limit_bytes: 1 },
            Unreadable::NoFeatures,
            Unreadable::NoRows,
            Unreadable::Gdal("x".into()),
            Unreadable::NoLayer { found: "a".into(), known: names() },
        ];
        all.extend(ImportKind::ALL.map(|found| Unreadable::OtherKind { found, asked: ImportKind::Visits }));
        all.extend(archives.map(Unreadable::Archive));
        all.extend(kinds.map(|found| Unreadable::LooksLike { found, expected: "CSV, GeoJSON" }));
        all
    }

    #[test]
    fn the_page_never_speaks_of_a_command_and_always_says_what_to_try() {
        for (language, words) in [
            (Language::Vi, include_str!("../../../web/src/i18n/vi.json")),
            (Language::En, include_str!("../../../web/src/i18n/en.json")),
        ] {
            let words: std::collections::HashMap<String, String> = serde_json::from_str(words).unwrap();
            let known = |name: &str| words.values().any(|word| word == name) || matches!(name, "a" | "b");
            for (problem, brings_all) in every().iter().flat_map(|one| [(one, true), (one, false)]) {
                let reader = reader(language, brings_all);
                let hint = problem.hint_on_page(reader).unwrap_or_else(|| panic!("no hint: {problem:?}"));
                let said = format!("{} {hint}", problem.message_on_page(reader));
                for odd in ["phusong", "--", "`", "ngdal"] {
                    assert!(!said.contains(odd), "{problem:?}: {said}");
                }
                for named in hint.split('“').skip(1).filter_map(|rest| rest.split('”').next()) {
                    let is_column = refusal_word(named, language);
                    assert!(known(named) || is_column, "{named} stands nowhere on the page: {hint}");
                }
            }
        }
    }

    fn refusal_word(named: &str, language: Language) -> bool {
        ["operator", "time", "result"].iter().any(|name| word(name, language) == named)
    }
}
