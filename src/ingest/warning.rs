//! What a reader assumed or passed over while the file as a whole was good.
//!
//! A warning never stands for a lost row: those are `Reject`s. It says aloud
//! what a person might otherwise believe to be measured or complete.

use super::header::Header;
use crate::model::admin::UnitCode;
use crate::model::language::Language;
use crate::model::operator::Technology;
use crate::model::refusal::PageReader;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The text was not UTF-8; this encoding was taken.
    Encoding { name: &'static str },
    /// Words are Vietnamese only when taken as text of this font encoding; they were kept as they are.
    EncodingSuspected { name: &'static str },
    /// The headings are known only as text of this font encoding: the file was read as such.
    FontTaken { name: &'static str },
    /// Layers of the file that hold other columns than the first: not read.
    LayersPassedOver { layers: Vec<String> },
    /// Files of an archive that were read, one after the other.
    FilesRead { files: Vec<String> },
    /// Files of an archive that hold something else.
    FilesPassedOver { files: Vec<String> },
    /// Repeated groups of a form: tables of their own, not read.
    ListsPassedOver { lists: Vec<String> },
    /// The file says that the server has more of the same: a program asked for one page.
    OnePage { rows: u64 },
    /// Forms as GeoJSON: those without a position and every accuracy stayed at the server.
    LossyGeoJson,
    /// Rows of a list of geographical names that are mountains, waters and facilities: no villages, and no fault.
    NotSettlements { rows: u64 },
    /// Rows of a file of the whole world that lie far from the province: not kept, and no fault.
    Elsewhere { rows: u64 },
    /// Columns with something in them that are not understood, and how many more there are.
    ColumnsNotRead { columns: Vec<String>, more: usize },
    /// Rows that hold the sums of others.
    TotalsPassedOver { rows: u64 },
    /// Villages whose row names no commune and stands below one that does.
    CommuneFromAbove { rows: u64 },
    /// Visits of a table that says neither which home nor where: each counts as a home of its own.
    NoHomes { rows: u64 },
    /// Lines above the header, passed over as a title.
    TitleAbove { line: u64 },
    /// Rows that the file makes and takes back further on.
    DeletedInFile { rows: u64 },
    /// Points of tracks and routes beside the waypoints of a GPX file: the way somebody went.
    WayPassedOver { points: u64 },
    /// The header is there and nothing follows.
    NoRows,
    /// The file ends in the middle: what follows the last good feature is lost.
    Truncated { good: u64 },
    /// Samples name no technology; this one was taken for all of them.
    TechnologyAssumed { technology: Technology },
    /// The dates of the column prove that its months stand before its days: all were read so.
    MonthFirst { column: String, example: String },
    /// No date of the column says whether its months or its days stand first, and `example` is another day in the other
    /// order: days were read first. Clocks of twelve hours (AM, PM) speak for months first.
    OrderOpen { column: String, example: String, has_half_days: bool },
    /// A log of several networks that was judged as if it were of one.
    NetworksAsOne { networks: Vec<String> },
    /// A log of several technologies, of which the one with the most readings was judged; the others with their readings.
    OneTechnology { taken: Technology, others: Vec<(Technology, usize)> },
    /// Rows of a log of all cells heard, weaker than another of the same network at the same moment and place.
    HeardBeside { rows: u64 },
    /// Rows with a power of 4G and one of 5G, which gave a reading each.
    TwoPowers { rows: u64 },
    /// Rows that name 4G or 5G and have a power of the other one beside: that of the named one was read.
    OtherPower { rows: u64 },
    /// Measurements of a day without the time of day: what a phone read that day in a cell is one run.
    DaysAlone { rows: u64 },
    /// Measurements whose column of names says one network and whose number (MCC, MNC) another: the name was taken.
    TwoNetworks { column: String, rows: u64 },
    /// Two columns without a direction in their names: which was the northing was read off the values.
    AxesByValue { first: String, second: String, east_first: u64, north_first: u64 },
    /// Units without a date; this first day was taken.
    DateAssumed { date: jiff::civil::Date },
    /// Units that do not say whether they are xã, phường …: taken as xã.
    KindAssumed { count: u64 },
    /// Units with vertices that stand twice in a row, and how many: taken out, which moves nothing.
    RepeatedVertices { units: Vec<(UnitCode, usize)> },
    /// Old units of a merger table whose successor nobody recorded.
    EndsWithoutSuccessor { units: Vec<String> },
    /// New units of a merger table that began from nothing that is recorded.
    BeginsFromNothing { units: Vec<String> },
    /// Optional values that no radio reports: the row was kept without them.
    ValuesDropped { column: String, count: u64 },
    /// Optional words that nobody knows: the row was kept without them.
    WordsDropped { column: String, rows: u64, example: Option<String> },
}

impl Warning {
    /// One for each column of which values were left out.
    pub(super) fn values_dropped(counts: &[(u64, Option<usize>)], header: &Header) -> Vec<Self> {
        let dropped = counts.iter().filter(|(count, _)| *count > 0).map(|(count, column)| Self::ValuesDropped {
            column: header.name(column.unwrap_or_default()).to_owned(),
            count: *count,
        });
        dropped.collect()
    }

    /// To somebody at the page, where there are no options.
    #[must_use]
    pub fn message_on_page(&self, reader: PageReader) -> String {
        let language = reader.language;
        match self {
            Self::EncodingSuspected { name } => language.pick(
                format!("chữ trong tệp có vẻ theo bảng mã {name}, chưa chuyển; hãy chuyển tệp sang Unicode (UTF-8) rồi chọn lại"),
                format!("the text seems to be in {name} and was not converted; convert the file to Unicode (UTF-8) and choose it again"),
            ),
            Self::LayersPassedOver { layers } => {
                let layers = layers.join(", ");
                language.pick(
                    format!("trang (lớp) có cột khác, chưa đọc: {layers}; chọn ở ô “Trang của tệp” nếu cần"),
                    format!("sheets (layers) with other columns were not read: {layers}; choose one under “Sheet of the file” if it is wanted"),
                )
            }
            Self::TechnologyAssumed { technology } => language.pick(
                format!("tệp không ghi công nghệ; coi tất cả là {technology} (nếu sai, thêm cột “công nghệ”)"),
                format!("no technology in the file; all taken as {technology} (if that is wrong, add a column “technology”)"),
            ),
            Self::OrderOpen { column, example, has_half_days } => {
                let (vi, en) = Self::order_open(column, example, *has_half_days);
                language.pick(
                    format!("{vi}. Nếu tháng đứng trước: bấm “Xem, sửa từng cột được đọc là gì”, mở “Chi tiết cách đọc”, chọn lại “Ngày và tháng”"),
                    format!("{en}. If months stand first: press “See and change what each column is read as”, open “Details of reading” and choose “Days and months” anew"),
                )
            }
            _ => self.message(language),
        }
    }

    /// What was decided of an open order, and why it may be the other.
    fn order_open(column: &str, example: &str, has_half_days: bool) -> (String, String) {
        let (halves_vi, halves_en) = if has_half_days {
            (", mà giờ ghi AM, PM thì thường là tháng đứng trước", ", and with AM and PM months usually stand first")
        } else {
            ("", "")
        };
        (
            format!(
                "cột “{column}” không có ngày nào quá 12 để biết ngày hay tháng đứng trước ({example}){halves_vi}; đã đọc ngày đứng trước"
            ),
            format!(
                "no day above 12 in the column “{column}” tells whether days or months stand first ({example}){halves_en}; days were read first"
            ),
        )
    }

    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::Encoding { name } => {
                language.pick(format!("tệp không phải UTF-8; đã đọc theo {name}"), format!("not UTF-8; read as {name}"))
            }
            Self::FontTaken { name } => language.pick(
                format!("tên cột chỉ đọc được theo bảng mã cũ {name} (chữ không phải Unicode): cả tệp đã đọc theo {name}"),
                format!("the headings are words only in the old encoding {name}, not in Unicode: the whole file was read as {name}"),
            ),
            Self::EncodingSuspected { name } => {
                let option = name.to_lowercase();
                language.pick(
                    format!("chữ trong tệp có vẻ theo bảng mã {name}, chưa chuyển; nếu đúng, thêm --encoding {option}"),
                    format!("the text seems to be in {name} and was not converted; if so, add --encoding {option}"),
                )
            }
            Self::LayersPassedOver { layers } => {
                let layers = layers.join(", ");
                language.pick(
                    format!("lớp có cột khác lớp đầu, chưa đọc: {layers} (chọn bằng --layer)"),
                    format!("layers with other columns than the first were not read: {layers} (choose with --layer)"),
                )
            }
            Self::FilesRead { files } => {
                let (count, files) = (files.len(), files.join(", "));
                language.pick(
                    format!("đã đọc {count} tệp trong tệp nén: {files}"),
                    format!("{count} files of the archive were read: {files}"),
                )
            }
            Self::FilesPassedOver { files } => {
                let files = files.join(", ");
                language.pick(
                    format!("tệp trong tệp nén không phải bảng cần nhập, không đọc: {files}"),
                    format!("files of the archive hold something else and were not read: {files}"),
                )
            }
            Self::NotSettlements { rows } => language.pick(
                format!("{rows} dòng là sông, núi, công trình (nhóm SV, TV, KX), không phải điểm dân cư: không lấy"),
                format!("{rows} rows are waters, mountains or facilities (groups SV, TV, KX) and no settlements: left out"),
            ),
            Self::ListsPassedOver { lists } => {
                let lists = lists.join(", ");
                language.pick(
                    format!("nhóm lặp trong phiếu chưa đọc: {lists} (xuất CSV của nhóm ấy rồi nhập riêng)"),
                    format!("repeated groups inside the forms were not read: {lists} (export their CSV and import that)"),
                )
            }
            Self::OnePage { rows } => language.pick(
                format!("TỆP CHỈ LÀ MỘT TRANG: có {rows} phiếu, máy chủ còn nữa; hãy tải các trang sau rồi nhập tiếp"),
                format!("THIS IS ONE PAGE of {rows} forms and the server has more: fetch and import the next pages too"),
            ),
            Self::LossyGeoJson => language.pick(
                "GeoJSON của máy chủ phiếu (ODK, Kobo) thiếu phiếu không có toạ độ và thiếu sai số; nên xuất CSV hoặc JSON rồi nhập".to_owned(),
                "GeoJSON of a server of forms (ODK, Kobo) lacks forms without a position and every accuracy; export CSV or JSON and import that".to_owned(),
            ),
            Self::Elsewhere { rows } => language.pick(
                format!("{rows} ô ở nơi khác (cách tỉnh trên 20 km): không giữ"),
                format!("{rows} tiles elsewhere (more than 20 km from the province): not kept"),
            ),
            Self::TotalsPassedOver { rows } => language.pick(
                format!("{rows} dòng là dòng cộng, không lấy"),
                format!("{rows} rows are sums of others: left out"),
            ),
            Self::ColumnsNotRead { columns, more } => {
                let names = columns.join(", ");
                match more {
                    0 => language.pick(format!("cột chưa đọc: {names}"), format!("columns not read: {names}")),
                    more => language.pick(
                        format!("cột chưa đọc: {names} và {more} cột khác"),
                        format!("columns not read: {names} and {more} more"),
                    ),
                }
            }
            Self::CommuneFromAbove { rows } => language.pick(
                format!("{rows} thôn không ghi xã, phường: lấy xã, phường ghi ở dòng phía trên"),
                format!("{rows} villages name no commune: that of the row above was taken"),
            ),
            Self::NoHomes { rows } => language.pick(
                format!("tệp không có cột chỉ hộ nào (số nhà, mã hộ): {rows} lượt, mỗi lượt tính là một hộ, nên hộ đến hai lần thành hai hộ, còn hai danh sách của cùng thôn, cùng ngày có thể bị coi là một; hãy thêm cột Số nhà hoặc Mã hộ (tên chủ hộ không được giữ)"),
                format!("no column says which home (a house number or a code): each of {rows} visits counts as a home, and a home visited twice as two, while two lists of one village and day may be taken for one; add a column household (names of heads are not kept)"),
            ),
            Self::TitleAbove { line } => language.pick(
                format!("tên cột lấy ở dòng {line}; các dòng phía trên là tiêu đề của bảng, không đọc"),
                format!("the column names are on line {line}; what stands above was taken for a title and not read"),
            ),
            Self::DeletedInFile { rows } => language.pick(
                format!("{rows} dòng được tạo rồi xoá ngay trong tệp: không lấy"),
                format!("{rows} rows are made and deleted in the same file: left out"),
            ),
            Self::WayPassedOver { points } => language.pick(
                format!("{points} điểm của vết đi (track) và tuyến đường (route) không phải lượt thăm: không lấy"),
                format!("{points} points of tracks and routes are no visits: left out"),
            ),
            Self::NoRows => {
                language.pick(
                    "tệp chỉ có dòng tên cột, chưa có dòng nào: điền ít nhất một dòng rồi lưu lại".to_owned(),
                    "the file has a header and no rows: fill in at least one and save it again".to_owned(),
                )
            }
            Self::Truncated { good } => language.pick(
                format!("TỆP BỊ CẮT: chỉ đọc được {good} đối tượng, phần còn lại đã mất"),
                format!("THE FILE IS CUT OFF: {good} features were read, the rest is missing"),
            ),
            Self::MonthFirst { column, example } => language.pick(
                format!("cột “{column}” ghi tháng trước ngày ({example}); cả cột đã đọc như vậy"),
                format!("the column “{column}” has months before days ({example}); all of it was read so"),
            ),
            Self::OrderOpen { column, example, has_half_days } => {
                let (vi, en) = Self::order_open(column, example, *has_half_days);
                language.pick(
                    format!("{vi}. Nếu tháng đứng trước: ghi `month_first = true` trong [time] của mẫu (--profile), rồi nhập lại"),
                    format!("{en}. If months stand first: say `month_first = true` in [time] of a profile (--profile) and import it so"),
                )
            }
            Self::NetworksAsOne { networks } => {
                let names = networks.join(", ");
                language.pick(
                    format!("tệp có nhiều mạng ({names}) và được xét như một mạng: con số không nói về mạng nào; chọn một bằng --operator"),
                    format!("the log is of several networks ({names}) and was judged as one: the figures are of none of them; choose one with --operator"),
                )
            }
            Self::OneTechnology { taken, others } => {
                let others: Vec<String> = others.iter().map(|(of, count)| format!("{of}: {count}")).collect();
                let others = others.join(", ");
                language.pick(
                    format!("tệp có nhiều công nghệ; chỉ xét {taken}, có nhiều trị đo nhất (bỏ ra {others}); chọn công nghệ khác bằng --technology"),
                    format!("the log is of several technologies; {taken} was judged, which has the most readings (left out: {others}); choose another with --technology"),
                )
            }
            Self::OtherPower { rows } => language.pick(
                format!("{rows} dòng ghi một công nghệ mà có cả mức thu 4G lẫn 5G: chỉ đọc mức thu của công nghệ đã ghi; muốn lấy cả hai, hãy bỏ cột công nghệ"),
                format!("{rows} rows name one technology and have a power of 4G and one of 5G: that of the named one was read; without the column of technologies both are"),
            ),
            Self::TwoPowers { rows } => language.pick(
                format!("{rows} dòng ghi mức thu của cả 4G và 5G: mỗi mức thu là một lần đo, nên số lần đo nhiều hơn số dòng"),
                format!("{rows} rows have a power of 4G and one of 5G: each is a reading, so that there are more readings than rows"),
            ),
            Self::HeardBeside { rows } => language.pick(
                format!("tệp ghi nhiều ô của một mạng cùng lúc (máy quét): mỗi lúc chỉ lấy ô mạnh nhất, là ô máy sẽ dùng; {rows} dòng của ô yếu hơn coi là ô lân cận, không lấy"),
                format!("the log has several cells of a network at a moment, as a scanner writes them: of each moment the strongest was taken, which a phone would be on; {rows} rows of weaker ones were left out as neighbours"),
            ),
            Self::DaysAlone { rows } => language.pick(
                format!("{rows} dòng chỉ có ngày, không có giờ: các lần đo cùng ngày của một máy trong một ô tính là một lượt"),
                format!("{rows} rows have a day without a time: all that a phone read that day in a cell counts as one run"),
            ),
            Self::TwoNetworks { column, rows } => language.pick(
                format!("{rows} dòng ghi tên một mạng ở “{column}” nhưng mã mạng (MCC, MNC) là của mạng khác: đã lấy theo tên; nếu mã mới đúng, bỏ cột “{column}”"),
                format!("{rows} rows name one network in `{column}` and bear the number (MCC, MNC) of another: the name was taken; if the number is right, leave `{column}` out"),
            ),
            Self::TechnologyAssumed { technology } => language.pick(
                format!("tệp không ghi công nghệ; coi tất cả là {technology} (đổi bằng --technology)"),
                format!("no technology in the file; all taken as {technology} (change with --technology)"),
            ),
            Self::AxesByValue { first, second, east_first: 0, .. } => language.pick(
                format!("theo trị số, `{first}` là toạ độ bắc (X) và `{second}` là toạ độ đông (Y)"),
                format!("by their values `{first}` is the northing and `{second}` the easting"),
            ),
            Self::AxesByValue { first, second, north_first: 0, .. } => language.pick(
                format!("theo trị số, `{first}` là toạ độ đông và `{second}` là toạ độ bắc"),
                format!("by their values `{first}` is the easting and `{second}` the northing"),
            ),
            Self::AxesByValue { first, second, east_first, north_first } => language.pick(
                format!("hai cột `{first}`, `{second}` lẫn lộn: {north_first} dòng ghi toạ độ bắc trước, {east_first} dòng ghi toạ độ đông trước"),
                format!("`{first}` and `{second}` are mixed: {north_first} rows have the northing first, {east_first} the easting"),
            ),
            Self::DateAssumed { date } => language.pick(
                format!("tệp không ghi ngày hiệu lực; lấy {} (đổi bằng --as-of)", date.strftime("%d/%m/%Y")),
                format!("no effective date in the file; {date} taken (change with --as-of)"),
            ),
            Self::KindAssumed { count } => language.pick(
                format!("{count} đơn vị không ghi loại; coi là xã"),
                format!("{count} units do not state their kind; taken as communes"),
            ),
            Self::RepeatedVertices { units } => {
                let vertices: usize = units.iter().map(|(_, count)| count).sum();
                language.pick(
                    format!("{vertices} đỉnh lặp liền nhau trong {} đơn vị, đã bỏ; hình không đổi", units.len()),
                    format!("{vertices} repeated vertices in {} units were taken out; no shape changes", units.len()),
                )
            }
            Self::EndsWithoutSuccessor { units } => language.pick(
                format!("chấm dứt mà không ghi đơn vị kế thừa, nên không chuyển số liệu đi đâu: {}", units.join("; ")),
                format!("ends without a recorded successor, so nothing is carried on from: {}", units.join("; ")),
            ),
            Self::BeginsFromNothing { units } => language.pick(
                format!("thành lập mà không ghi đơn vị gốc: {}", units.join("; ")),
                format!("begins without a recorded origin: {}", units.join("; ")),
            ),
            Self::ValuesDropped { column, count } => language.pick(
                format!("{count} giá trị ở cột `{column}` nằm ngoài khoảng đo được, đã bỏ giá trị và giữ dòng"),
                format!(
                    "{count} values of `{column}` are outside what a radio reports; the rows were kept without them"
                ),
            ),
            Self::WordsDropped { column, rows, example } => {
                let such = |such: &str| example.as_ref().map_or_else(String::new, |word| format!(" ({such} “{word}”)"));
                let (vi, en) = (such("như"), such("such as"));
                language.pick(
                    format!("{rows} dòng ghi ở cột “{column}” điều không hiểu được{vi}: đã giữ dòng, bỏ giá trị ấy; ghi “không”, “yếu” hoặc “tốt” nếu cần"),
                    format!("{rows} rows have in the column “{column}” what is not understood{en}: kept without it; write “none”, “weak” or “good” where it matters"),
                )
            }
        }
    }
}
