//! Why a row is refused: facts, and what would have been right in the reader's language.

use crate::model::geometry_fault::GeometryFault;
use crate::model::language::{Language, number};
use crate::model::visit::VisitResult;

/// Facts, not sentences: [`Reason::expected`], [`Reason::hint`] and [`Reason::hint_on_page`] turn them into words.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A field that must be there is empty.
    Missing,
    /// Neither the row, nor one above it, nor whoever brings the file says of which commune it is.
    NoCommune,
    NotANumber,
    /// Numbers, as text with unit: `-90 to 90`.
    OutOfRange {
        from: String,
        to: String,
    },
    /// Latitude is impossible, and would be right if the two were exchanged.
    SwappedLatLon,
    /// A column called easting holds a northing, and the other way round.
    SwappedAxes,
    /// Metres of a grid, and nobody said which.
    Metres {
        east_m: u32,
        north_m: u32,
    },
    /// No place in the stated coordinate system.
    OutsideCrs {
        epsg: u32,
    },
    NullIsland,
    /// Not within any unit that the store knows; distance to the nearest, metres.
    OutsideProvince {
        nearest_m: Option<u64>,
    },
    NotATime,
    InTheFuture,
    UnknownValue {
        known: Vec<String>,
    },
    /// A word for none of these: each a code, and what an office writes in its place.
    UnknownWord {
        known: Vec<(&'static str, &'static str)>,
    },
    /// Somebody at the server of forms has rejected the form.
    RejectedAtServer,
    /// The form is no more at its server.
    DeletedAtServer,
    /// A visit that does not say how it ended.
    NoResult,
    /// A visit that ended in words that nobody knows.
    UnknownResult,
    /// Received power that no radio reports.
    NotAPower,
    /// A power above zero where dBm are due.
    LostMinus,
    /// Numbers that stand for a query of the modem that failed.
    CodeForNone,
    /// In service without a reading.
    NoReading,
    /// A phone without service that names no network, and whose other rows name several or none.
    WhoseSilence,
    UnknownUnit {
        candidates: Vec<String>,
    },
    /// A name where a code belongs, which is not that of one unit: those that bear it, or are spelt nearly so.
    NameForCode {
        bearers: Vec<String>,
        near: Vec<String>,
    },
    /// The name fits several units of that day.
    AmbiguousUnit {
        candidates: Vec<String>,
    },
    /// The code has gone, and its unit went to several: held, not guessed.
    SplitUnit {
        successors: Vec<String>,
    },
    /// A second successor of a unit that is known to have gone whole to another.
    WentWhole {
        successor: String,
    },
    UnknownVillage {
        candidates: Vec<String>,
    },
    AmbiguousVillage {
        candidates: Vec<String>,
    },
    BadGeometry {
        fault: GeometryFault,
    },
    /// Fewer or more columns than the header has.
    WrongWidth {
        expected: usize,
    },
    /// The bytes are not text in the encoding that the file seems to have.
    NotText,
    /// JSON that ends too early or is not JSON.
    BrokenJson {
        problem: String,
    },
    /// The same key as an earlier row of the same file.
    Duplicate {
        line: u64,
    },
    /// The same village as an earlier row of the same file, by its name.
    SameVillage {
        line: u64,
    },
    /// A measurement of a neighbouring cell, not of the serving one.
    NeighbourCell,
    /// The row stands below a header that names the columns otherwise than the first one.
    OtherHeader {
        line: u64,
    },
    /// Measured inside a building, where it says nothing of the ground around.
    Indoors,
    /// Its publisher has marked it as implausible.
    Implausible,
    /// The modem repeated an old reading while the phone moved on, metres.
    StaleReading {
        moved_m: u32,
    },
    TooLong {
        limit: usize,
    },
    NotAQuadkey,
    NotAQuarter,
    /// More devices than tests.
    MoreDevicesThanTests {
        tests: u32,
    },
    /// A part larger than its whole: more young members than members.
    MoreThanTheWhole {
        whole: u32,
    },
    NotAPeriod,
    /// The village lies in another commune than the row says.
    OtherCommune {
        commune: String,
    },
    /// An area beyond all size of a claim, km².
    TooMuchGround {
        most_km2: u32,
    },
    /// A change of a row that the file does not hold.
    NoSuchRow,
    /// A correction of a line that the file does not have.
    NoSuchLine,
    /// A correction of a column that the file does not have.
    NoSuchColumn {
        known: Vec<String>,
    },
    /// A correction of a column that is dropped because it may name a person.
    PersonalColumn,
    /// Somebody said so.
    LeftOut,
    /// A place that whoever imports may not import for.
    OutsideScope,
}

impl Reason {
    /// The stable name in `*.rejects.csv`, in the store and in `--json`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::NoResult | Self::NoCommune => "missing",
            Self::NotANumber => "not_a_number",
            Self::OutOfRange { .. } => "out_of_range",
            Self::SwappedLatLon => "swapped_lat_lon",
            Self::SwappedAxes => "swapped_axes",
            Self::Metres { .. } => "metres",
            Self::OutsideCrs { .. } => "outside_crs",
            Self::NullIsland => "null_island",
            Self::OutsideProvince { .. } => "outside_province",
            Self::NotATime => "not_a_time",
            Self::InTheFuture => "in_the_future",
            Self::UnknownValue { .. } | Self::UnknownWord { .. } | Self::UnknownResult => "unknown_value",
            Self::RejectedAtServer => "rejected_at_server",
            Self::DeletedAtServer => "deleted_at_server",
            Self::NotAPower => "not_a_power",
            Self::LostMinus => "lost_minus",
            Self::CodeForNone => "code_for_none",
            Self::NoReading => "no_reading",
            Self::WhoseSilence => "whose_silence",
            Self::UnknownUnit { .. } | Self::NameForCode { .. } => "unknown_unit",
            Self::AmbiguousUnit { .. } => "ambiguous_unit",
            Self::SplitUnit { .. } => "split_unit",
            Self::WentWhole { .. } => "went_whole",
            Self::UnknownVillage { .. } => "unknown_village",
            Self::AmbiguousVillage { .. } => "ambiguous_village",
            Self::BadGeometry { .. } => "bad_geometry",
            Self::WrongWidth { .. } => "wrong_width",
            Self::NotText => "not_text",
            Self::BrokenJson { .. } => "broken_json",
            Self::Duplicate { .. } | Self::SameVillage { .. } => "duplicate",
            Self::NeighbourCell => "neighbour_cell",
            Self::OtherHeader { .. } => "other_header",
            Self::Indoors => "indoors",
            Self::Implausible => "implausible",
            Self::StaleReading { .. } => "stale_reading",
            Self::TooLong { .. } => "too_long",
            Self::NotAQuadkey => "not_a_quadkey",
            Self::NotAQuarter => "not_a_quarter",
            Self::MoreDevicesThanTests { .. } => "more_devices_than_tests",
            Self::MoreThanTheWhole { .. } => "more_than_the_whole",
            Self::NotAPeriod => "not_a_period",
            Self::OtherCommune { .. } => "other_commune",
            Self::TooMuchGround { .. } => "too_much_ground",
            Self::NoSuchRow => "no_such_row",
            Self::NoSuchLine => "no_such_line",
            Self::NoSuchColumn { .. } => "no_such_column",
            Self::PersonalColumn => "personal_column",
            Self::LeftOut => "left_out",
            Self::OutsideScope => "outside_scope",
        }
    }

    /// Names that may have been meant, each with its code.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        match self {
            Self::UnknownUnit { candidates } | Self::UnknownVillage { candidates } => candidates,
            Self::NameForCode { bearers, near } => {
                if bearers.is_empty() {
                    near
                } else {
                    bearers
                }
            }
            _ => &[],
        }
    }

    /// What would have been right, as the end of "expected …" / "cần …".
    #[must_use]
    pub fn expected(&self, language: Language) -> String {
        let text = |vi: &str, en: &str| language.pick(vi.to_owned(), en.to_owned());
        match self {
            Self::Missing => text("một giá trị", "a value"),
            Self::NoCommune => text("tên hoặc mã xã, phường", "the name or code of a commune"),
            Self::NotANumber => text("một số", "a number"),
            Self::OutOfRange { from, to } => language.pick(format!("từ {from} đến {to}"), format!("{from} to {to}")),
            Self::SwappedLatLon => text("vĩ độ từ -90 đến 90", "a latitude of -90 to 90"),
            Self::SwappedAxes => text(
                "toạ độ bắc từ 900.000 đến 2.700.000 m và toạ độ đông nhỏ hơn",
                "a northing of 900,000 to 2,700,000 m and a smaller easting",
            ),
            Self::Metres { .. } => {
                text("độ, hoặc hệ toạ độ của các số mét này", "degrees, or the system of these metres")
            }
            Self::OutsideCrs { epsg } => {
                language.pick(format!("một vị trí trong EPSG:{epsg}"), format!("a place in EPSG:{epsg}"))
            }
            Self::NullIsland => text("một vị trí thật, không phải 0, 0", "a real position, not 0, 0"),
            Self::OutsideProvince { nearest_m: Some(m) } => {
                let km = number(*m as f64 / 1000.0, 1, language);
                language.pick(
                    format!("vị trí trong một xã, phường đã nhập (đơn vị gần nhất cách {km} km)"),
                    format!("a position inside an imported commune (the nearest is {km} km away)"),
                )
            }
            Self::OutsideProvince { nearest_m: None } => {
                text("vị trí trong một xã, phường đã nhập", "a position inside an imported commune")
            }
            Self::NotATime => text(
                "thời điểm như 2026-03-31T08:15:00+07:00 hoặc 31/03/2026 08:15",
                "a time such as 2026-03-31T08:15:00+07:00 or 31/03/2026 08:15",
            ),
            Self::InTheFuture => text("thời điểm không ở tương lai", "a time that is not in the future"),
            Self::UnknownValue { known } => {
                language.pick(format!("một trong: {}", known.join(", ")), format!("one of {}", known.join(", ")))
            }
            Self::UnknownWord { known } => {
                let known = known.iter().map(|(code, word)| match language {
                    Language::Vi => format!("{word} ({code})"),
                    Language::En => (*code).to_owned(),
                });
                let known: Vec<String> = known.collect();
                language.pick(format!("một trong: {}", known.join("; ")), format!("one of {}", known.join(", ")))
            }
            Self::RejectedAtServer => {
                text("phiếu không bị bác ở máy chủ", "a form that was not rejected at its server")
            }
            Self::DeletedAtServer => text("phiếu còn ở máy chủ", "a form that its server still has"),
            Self::NoResult | Self::UnknownResult => {
                let known = VisitResult::ALL.map(|result| match language {
                    Language::Vi => format!("{} ({})", result.word(language), result.code()),
                    Language::En => result.code().to_owned(),
                });
                language.pick(format!("một trong: {}", known.join("; ")), format!("one of {}", known.join(", ")))
            }
            Self::NotAPower => text("công suất thu từ -156 đến -25 dBm", "a received power of -156 to -25 dBm"),
            Self::LostMinus => text("công suất thu (dBm) nhỏ hơn 0", "a received power (dBm) below zero"),
            Self::WhoseSilence => text(
                "nhà mạng: máy mất sóng không ghi, và các dòng khác của máy ghi nhiều mạng hoặc không ghi",
                "a network: the phone without service names none, and its other rows name several or none",
            ),
            Self::CodeForNone => text(
                "một trị đo; mức thu và chất lượng của dòng này là mã “không đo được” của modem",
                "a reading; power and quality of this row are a modem's code for none",
            ),
            Self::NoReading => text("một trị đo khi máy có sóng", "a reading while in service"),
            Self::UnknownUnit { .. } => {
                text("mã hoặc tên xã, phường đã nhập", "the code or name of an imported commune")
            }
            Self::NameForCode { .. } => text(
                "mã 5 chữ số của xã, phường; đây là tên, không phải mã",
                "the five-digit code of a commune; this is a name and no code",
            ),
            Self::AmbiguousUnit { candidates } => language.pick(
                format!("một tên chỉ một đơn vị (có {}: {})", candidates.len(), candidates.join("; ")),
                format!("a name of one unit (there are {}: {})", candidates.len(), candidates.join("; ")),
            ),
            Self::SplitUnit { successors } => language.pick(
                format!("xã, phường hiện hành (đơn vị cũ đã chia cho {})", successors.join(", ")),
                format!("a commune of today (the old one was split between {})", successors.join(", ")),
            ),
            Self::WentWhole { successor } => language.pick(
                format!("{successor}: theo dữ liệu đã nhập, đơn vị cũ đã vào đó toàn bộ trong cùng ngày"),
                format!("{successor}, to which the whole of the old unit is known to have gone on that day"),
            ),
            Self::UnknownVillage { .. } => text("thôn, xóm, tổ dân phố có trong danh bạ", "a village of the register"),
            Self::AmbiguousVillage { candidates } => language.pick(
                format!("đúng một thôn; tên này khớp {}", candidates.join(", ")),
                format!("exactly one village; this name fits {}", candidates.join(", ")),
            ),
            Self::BadGeometry { fault } => {
                let fault = fault.message(language);
                language.pick(format!("hình hợp lệ ({fault})"), format!("a valid geometry ({fault})"))
            }
            Self::WrongWidth { expected } => language.pick(format!("{expected} cột"), format!("{expected} columns")),
            Self::NotText => text("văn bản UTF-8, UTF-16 hoặc Windows-1258", "text in UTF-8, UTF-16 or Windows-1258"),
            Self::BrokenJson { problem } => {
                language.pick(format!("JSON trọn vẹn ({problem})"), format!("complete JSON ({problem})"))
            }
            Self::Duplicate { line } => {
                language.pick(format!("khoá chưa có ở dòng {line}"), format!("a key that line {line} does not have"))
            }
            Self::SameVillage { line } => language
                .pick(format!("một thôn chưa có ở dòng {line}"), format!("a village that line {line} does not have")),
            Self::NeighbourCell => text("trị đo của ô đang phục vụ", "a reading of the serving cell"),
            Self::OtherHeader { line } => language.pick(
                format!("các cột như dòng tên cột đầu tệp (dòng {line} ghi tên cột khác)"),
                format!("the columns of the first header (line {line} is another header)"),
            ),
            Self::Indoors => {
                text("trị đo ngoài trời (dòng này đo trong nhà)", "a reading in the open (this one is from indoors)")
            }
            Self::Implausible => text(
                "một lượt đo mà nơi công bố không đánh dấu là vô lý",
                "a test that its publisher has not marked as implausible",
            ),
            Self::StaleReading { moved_m } => language.pick(
                format!("một trị đo mới (trị này lặp lại từ chỗ cách đây {moved_m} m)"),
                format!("a fresh reading (this one is repeated from {moved_m} m away)"),
            ),
            Self::TooLong { limit } => {
                language.pick(format!("không quá {limit} ký tự"), format!("at most {limit} characters"))
            }
            Self::NotAQuadkey => text(
                "mã ô quadkey gồm 16 chữ số từ 0 đến 3, hoặc hình đúng một ô ở mức 16",
                "a quadkey of 16 digits from 0 to 3, or the outline of one tile of zoom 16",
            ),
            Self::NotAQuarter => text("một quý như 2025-Q3, hoặc một ngày", "a quarter such as 2025-Q3, or a day"),
            Self::MoreDevicesThanTests { tests } => language
                .pick(format!("không quá số lượt thử ({tests})"), format!("at most the number of tests ({tests})")),
            Self::MoreThanTheWhole { whole } => {
                language.pick(format!("không quá tổng số ({whole})"), format!("at most the whole ({whole})"))
            }
            Self::NotAPeriod => text(
                "một kỳ như 2025-09, Quý III/2025, 6 tháng cuối năm 2025 hoặc 2025",
                "a period such as 2025-09, 2025Q3, 2025H2 or 2025",
            ),
            Self::OtherCommune { commune } => language.pick(
                format!("một thôn của xã, phường ghi ở cùng dòng (thôn này thuộc {commune})"),
                format!("a village of the commune of the same row (this one lies in {commune})"),
            ),
            Self::TooMuchGround { most_km2 } => {
                let most = number(f64::from(*most_km2), 0, language);
                language.pick(format!("một vùng không quá {most} km²"), format!("an area of at most {most} km²"))
            }
            Self::NoSuchRow => text(
                "thay đổi (patch, delete) của một đối tượng được tạo trong chính tệp này",
                "a change (patch, delete) of a feature that this file creates",
            ),
            Self::NoSuchLine => text(
                "một dòng có trong tệp (phần sửa nêu dòng này)",
                "a line of the file (a correction names this one)",
            ),
            Self::NoSuchColumn { known } => language.pick(
                format!("phần sửa nêu một cột của tệp: {}", known.join(", ")),
                format!("a correction of a column of the file: {}", known.join(", ")),
            ),
            Self::PersonalColumn => text(
                "phần sửa không nêu cột có thể chứa thông tin cá nhân (cột này luôn bị bỏ)",
                "a correction of a column that names no person (this one is always dropped)",
            ),
            Self::LeftOut => {
                text("không gì: dòng này được bỏ qua theo yêu cầu", "nothing: this row is left out on purpose")
            }
            Self::OutsideScope => text(
                "nơi thuộc phạm vi của người nhập (xã hoặc thôn của mình)",
                "a place of whoever imports (their own commune or village)",
            ),
        }
    }
}
