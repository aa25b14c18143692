//! The questions, in Vietnamese and English.

use jiff::civil::Date;

use crate::model::admin::AdminUnit;
use crate::model::language::Language;
use crate::model::operator::Operator;
use crate::model::signal_seen::SignalSeen;
use crate::model::topic::Topic;
use crate::model::visit::VisitResult;

type Row = Vec<String>;

/// Operators that have a network of their own in most communes; the others ride on one of these.
const OPERATORS: [&str; 4] = ["viettel", "vnpt", "mobifone", "vietnamobile"];

const SURVEY: [&str; 11] = [
    "type",
    "name",
    "label::Tiếng Việt (vi)",
    "label::English (en)",
    "hint::Tiếng Việt (vi)",
    "hint::English (en)",
    "required",
    "relevant",
    "constraint",
    "choice_filter",
    "parameters",
];

/// A line of the sheet `survey`.
#[derive(Default)]
struct Question {
    kind: &'static str,
    name: String,
    label: [String; 2],
    hint: [&'static str; 2],
    required: bool,
    relevant: &'static str,
    constraint: &'static str,
    choice_filter: &'static str,
    parameters: &'static str,
}

impl Question {
    fn new(kind: &'static str, name: &str, label: [&str; 2]) -> Self {
        Self { kind, name: name.to_owned(), label: label.map(str::to_owned), ..Self::default() }
    }

    fn row(self) -> Row {
        let [vi, en] = self.label;
        let required = if self.required { "yes" } else { "" };
        let mut row = vec![self.kind.to_owned(), self.name, vi, en];
        row.extend([self.hint[0], self.hint[1], required, self.relevant].map(str::to_owned));
        row.extend([self.constraint, self.choice_filter, self.parameters].map(str::to_owned));
        row
    }
}

/// Every sheet by its name.
pub(super) fn all(communes: &[AdminUnit], today: Date) -> [(&'static str, Vec<Row>); 3] {
    [("survey", survey()), ("choices", choices(communes)), ("settings", settings(today))]
}

/// Somebody was met and shown something.
const MET: &str = "${result} = 'guided' or ${result} = 'partly'";

fn survey() -> Vec<Row> {
    let mut questions = vec![
        Question { kind: "start", name: "start".into(), ..Question::default() },
        Question { kind: "end", name: "end".into(), ..Question::default() },
        Question { kind: "today", name: "today".into(), ..Question::default() },
        Question {
            required: true,
            ..Question::new("select_one commune", "commune_code", ["Xã, phường", "Commune or ward"])
        },
        Question {
            required: true,
            choice_filter: "commune_code = ${commune_code}",
            ..Question::new(
                "select_one_from_file villages.csv",
                "village_code",
                ["Thôn, xóm, tổ dân phố", "Village or residential group"],
            )
        },
        Question {
            hint: ["Ví dụ: ngõ 3, nhà thứ 7. Không ghi tên người.", "For example: lane 3, house 7. No names."],
            constraint: "string-length(.) <= 60",
            ..Question::new("text", "hh_label", ["Ngõ và số thứ tự nhà", "Lane and number of the house"])
        },
        Question {
            parameters: "capture-accuracy=10 warning-accuracy=30 allow-mock-accuracy=false",
            ..Question::new("geopoint", "loc", ["Vị trí, đứng ngoài cửa", "Position, outside the door"])
        },
        Question {
            hint: [
                "Chỉ chọn “Có” khi đến kiểm tra lượt trước của tổ tại chính nhà này; lượt này không tính là một lượt đến.",
                "“Yes” only when you check an earlier visit to this very home; this one then counts as no visit.",
            ],
            ..Question::new(
                "select_one yes_no",
                "supervision",
                ["Đây là lượt kiểm tra lại?", "Is this a check of an earlier visit?"],
            )
        },
        Question {
            required: true,
            hint: [
                "Khi kiểm tra lại, ghi điều chủ nhà cho biết: đã được hướng dẫn thì chọn “Đã hướng dẫn”, chưa thì chọn “Hẹn lại”.",
                "In a check, write what the home says: “Guided” if it was guided, “Come back later” if it was not.",
            ],
            ..Question::new("select_one result", "result", ["Kết quả lượt đến", "How the visit ended"])
        },
        Question {
            relevant: MET,
            ..Question::new("select_multiple topic", "topic", ["Đã hướng dẫn gì", "What was shown"])
        },
    ];
    let counts = [
        ("n_adults", "Số người lớn trong nhà", "Adults in the home", ". >= 0 and . <= 50"),
        ("n_guided", "Số người được hướng dẫn", "People guided", ". >= 0 and . <= 50"),
        ("n_elderly", "trong đó người cao tuổi", "of them elderly", ". >= 0 and . <= ${n_guided}"),
        ("n_disabled", "trong đó người khuyết tật", "of them disabled", ". >= 0 and . <= ${n_guided}"),
        ("n_vneid2_new", "Tài khoản VNeID mức 2 mới", "New VNeID level 2 accounts", ". >= 0 and . <= ${n_guided}"),
        ("n_dvc_new", "Hồ sơ dịch vụ công đã nộp giúp", "Public services applied for", ". >= 0 and . <= 50"),
        ("n_epay_new", "Tài khoản thanh toán số mới", "New payment accounts", ". >= 0 and . <= ${n_guided}"),
    ];
    questions.extend(counts.map(|(name, vi, en, constraint)| Question {
        relevant: MET,
        constraint,
        ..Question::new("integer", name, [vi, en])
    }));
    for slug in OPERATORS {
        let brand = slug.parse().map_or_else(|_| slug.to_owned(), |operator: Operator| operator.brand().to_owned());
        questions.push(Question {
            hint: [
                "Nhìn vạch sóng trên máy dùng mạng này; không có máy thì bỏ qua.",
                "Look at a phone on this network; without one, pass over.",
            ],
            ..Question::new(
                "select_one signal",
                &format!("signal_{slug}"),
                [&format!("Sóng {brand} tại đây"), &format!("{brand} signal here")],
            )
        });
    }
    let header = SURVEY.map(str::to_owned).to_vec();
    std::iter::once(header).chain(questions.into_iter().map(Question::row)).collect()
}

fn choices(communes: &[AdminUnit]) -> Vec<Row> {
    let row = |list: &str, name: &str, vi: &str, en: &str| [list, name, vi, en].map(str::to_owned).to_vec();
    let mut rows = vec![row("list_name", "name", "label::Tiếng Việt (vi)", "label::English (en)")];
    rows.extend(
        VisitResult::ALL
            .into_iter()
            .map(|result| row("result", result.code(), result.word(Language::Vi), result.word(Language::En))),
    );
    for topic in Topic::ALL {
        let (vi, en) = match topic {
            Topic::PublicServices => ("Dịch vụ công trực tuyến", "Online public services"),
            Topic::Vneid => ("VNeID", "VNeID"),
            Topic::Signature => ("Chữ ký số", "Digital signature"),
            Topic::Payment => ("Thanh toán không dùng tiền mặt", "Cashless payment"),
            Topic::Commerce => ("Mua bán trên sàn thương mại điện tử", "E-commerce"),
            Topic::Safety => ("Phòng chống lừa đảo, an toàn trên mạng", "Safety online"),
            Topic::Internet => ("Dùng Internet", "Using the internet"),
            Topic::Health => ("Chăm sóc sức khỏe trực tuyến", "Online health care"),
            Topic::Other => ("Khác", "Other"),
        };
        rows.push(row("topic", topic.code(), vi, en));
    }
    for seen in [SignalSeen::None, SignalSeen::Weak, SignalSeen::Ok] {
        let (vi, en) = match seen {
            SignalSeen::None => ("Không có sóng", "None"),
            SignalSeen::Weak => ("Yếu, chập chờn", "Weak"),
            SignalSeen::Ok => ("Dùng được", "Usable"),
        };
        rows.push(row("signal", seen.code(), vi, en));
    }
    rows.push(row("yes_no", "yes", "Có", "Yes"));
    rows.push(row("yes_no", "no", "Không", "No"));
    rows.extend(communes.iter().map(|unit| {
        let name = unit.full_name();
        row("commune", &unit.code.to_string(), &name, &name)
    }));
    rows
}

fn settings(today: Date) -> Vec<Row> {
    let header = ["form_title", "form_id", "version", "default_language", "instance_name"];
    // ODK takes a form anew when its version grows.
    let version = today.strftime("%Y%m%d01").to_string();
    let title = "Tổ công nghệ số cộng đồng: đến từng nhà";
    vec![
        header.map(str::to_owned).to_vec(),
        [title, "tham_ho", &version, "Tiếng Việt (vi)", "concat(${village_code}, ' ', ${today})"]
            .map(str::to_owned)
            .to_vec(),
    ]
}
