//! The sheet that a team takes along: a page of A4 for each of its days.
//!
//! One file without any other host in it: the map is drawn here. Black on
//! white, in the type of Decree 30/2020. Figures that the floor hides are "—".

use std::fmt::Write as _;

use geo_types::{Coord, MultiPolygon};

use super::Planned;
use super::files::{date, kind, line, said};
use super::rows::{Names, signal};
use crate::engine::plan::today::VisitKind;
use crate::engine::plan::{CommunePlan, DayPlan, StartFrom, TeamPlan};
use crate::flow::snapshot::{Snapshot, View};
use crate::model::figure::Figure;
use crate::model::language::{Language, number};
use crate::model::measure::LonLat;
use crate::model::operator::Operator;
use crate::model::question::Question;
use crate::model::village::VillageCode;

/// The map of a page, CSS pixels.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 250.0;
/// Corners of an outline nearer than this, pixels, are not drawn.
const FINE: f64 = 0.7;

const STYLE: &str = "@page{size:A4;margin:20mm}*{box-sizing:border-box}\
body{margin:0 auto;max-width:170mm;color:#000;background:#fff;\
font:12pt/1.35 'Times New Roman',Tinos,'Liberation Serif',serif}\
section{break-after:page;padding-top:1px}section:last-of-type{break-after:auto}\
h1{font-size:16pt;text-align:center;margin:4mm 0 1mm;text-transform:uppercase}\
p{margin:1mm 0}.head{text-align:center}table{border-collapse:collapse;width:100%;font-size:10.5pt;margin:3mm 0}\
th,td{border:1px solid #000;padding:1mm 1.5mm;vertical-align:top;text-align:left}td.n,th.n{text-align:right}\
thead{display:table-header-group}tr{break-inside:avoid}svg{display:block;width:100%;border:1px solid #000}\
.lines div{border-bottom:1px dotted #000;height:8mm}footer{font-size:9pt;border-top:1px solid #000;margin-top:3mm;padding-top:1mm}\
@media screen{body{padding:0 12px}section{padding:10mm 0;border-bottom:2px dashed #000}}\
@media screen and (max-width:600px){body{font-size:11pt}h1{font-size:14pt}table{font-size:8.5pt}\
th,td{padding:1mm .6mm}th{font-size:7.5pt}td:last-child{overflow-wrap:anywhere}}";

/// The pages of one team, or of all; of one day, or of all.
#[must_use]
pub fn sheets(
    snapshot: &Snapshot,
    view: &View,
    planned: &Planned,
    only: (Option<u32>, Option<u32>),
    language: Language,
) -> String {
    let names = Names::new(snapshot, view);
    let networks: Vec<(Operator, std::sync::Arc<View>)> = snapshot
        .operators
        .iter()
        .filter_map(|operator| {
            let question = Question { operator: Some(*operator), ..view.answer.question.clone() };
            Some((*operator, snapshot.seen(view.sight, &question).ok()?))
        })
        .collect();
    let by_network: Vec<(Operator, Names<'_>)> =
        networks.iter().map(|(operator, view)| (*operator, Names::new(snapshot, view))).collect();
    let pages: Vec<(&CommunePlan, &TeamPlan, &DayPlan)> = planned
        .communes
        .iter()
        .flat_map(|plan| plan.teams.iter().flat_map(move |team| team.days.iter().map(move |day| (plan, team, day))))
        .filter(|(_, team, day)| {
            only.0.is_none_or(|only| only == team.team) && only.1.is_none_or(|only| only == day.day)
        })
        .collect();
    let title = language.pick("Phiếu đi từng nhà", "Door-to-door sheet");
    let lang = language.pick("vi", "en");
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{STYLE}</style></head><body>\n"
    );
    let mut maps: Vec<(crate::model::admin::UnitCode, Frame)> = Vec::new();
    for (plan, ..) in &pages {
        if maps.iter().all(|(code, _)| *code != plan.commune)
            && let Some(frame) = Frame::of(snapshot, view, plan)
        {
            let _ = write!(out, "{}", frame.ground(snapshot, view, plan));
            maps.push((plan.commune, frame));
        }
    }
    let sheet = Sheet { snapshot, view, planned, names: &names, networks: &by_network, language };
    for (at, (plan, team, day)) in pages.iter().enumerate() {
        let frame = maps.iter().find(|(code, _)| *code == plan.commune).map(|(_, frame)| frame);
        sheet.page(&mut out, (plan, team, day), frame, (at + 1, pages.len()));
    }
    if pages.is_empty() {
        let none = language.pick("Không có thôn nào cần đến theo kế hoạch này.", "This plan has no village to go to.");
        let _ = write!(out, "<section><h1>{title}</h1><p>{none}</p></section>");
    }
    out.push_str("</body></html>\n");
    out
}

struct Sheet<'a> {
    snapshot: &'a Snapshot,
    view: &'a View,
    planned: &'a Planned,
    names: &'a Names<'a>,
    networks: &'a [(Operator, Names<'a>)],
    language: Language,
}

impl Sheet<'_> {
    fn page(
        &self,
        out: &mut String,
        (plan, team, day): (&CommunePlan, &TeamPlan, &DayPlan),
        frame: Option<&Frame>,
        (page, pages): (usize, usize),
    ) {
        let said = |vi: &'static str, en: &'static str| self.language.pick(vi, en);
        let when = date(self.planned.date(day.day), self.language);
        let households = number(day.households as f64, 0, self.language);
        let km = number(day.distance_m / 1_000.0, 1, self.language);
        let commune = escape(self.names.commune(plan.commune));
        let (team_word, day_word) = (said("Tổ", "Team"), said("ngày", "day"));
        let of = team.days_needed;
        let _ = write!(
            out,
            "<section><h1>{}</h1><p class=\"head\"><b>{commune}</b> ({}) · <b>{team_word} {}</b> · {day_word} <b>{when}</b> ({} {}/{of})</p>",
            said("Phiếu đi từng nhà", "Door-to-door sheet"),
            plan.commune,
            team.team,
            said("ngày thứ", "day"),
            day.day,
        );
        let start = match plan.start {
            Some((_, StartFrom::Centre)) => said("trụ sở xã, phường", "the commune centre"),
            Some((_, StartFrom::Village)) => said("thôn ở giữa", "the village in the middle"),
            None => said("chưa rõ", "not known"),
        };
        let _ = write!(
            out,
            "<p>{} {households} · {} {start} · {} {km} km{}</p>",
            said("Số hộ cần đến:", "Households to visit:"),
            said("xuất phát từ", "starting at"),
            said("đi và về khoảng", "there and back about"),
            if self.snapshot.facts.rules.plan.detour > 1.0 {
                ""
            } else {
                said(" theo đường thẳng", " in straight lines")
            },
        );
        self.table(out, day);
        if let Some(frame) = frame {
            frame.map(out, plan, day);
        }
        let _ = write!(
            out,
            "<p><b>{}</b></p><div class=\"lines\"><div></div><div></div><div></div></div>",
            said(
                "Ghi chú (không ghi tên, số điện thoại, số căn cước):",
                "Notes (no names, telephone or identity numbers):"
            ),
        );
        self.footer(out, page, pages);
    }

    fn table(&self, out: &mut String, day: &DayPlan) {
        let said = |vi: &'static str, en: &'static str| self.language.pick(vi, en);
        let _ = write!(
            out,
            "<table><thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th>{}</th></tr></thead><tbody>",
            said("TT", "No."),
            said("Thôn", "Village"),
            said("Hộ khai", "Declared"),
            said("Đã hướng dẫn", "Guided"),
            said("Còn lại", "Remaining"),
            said("Cần đến hôm nay", "To visit today"),
            said("Sóng tại thôn và cách hướng dẫn", "Signal at the village and kind of visit"),
        );
        for (order, stop) in (1..).zip(&day.stops) {
            let reach = self.names.reach(stop.village);
            let shown = |figure: Option<Figure<u32>>| {
                figure
                    .and_then(Figure::known)
                    .map_or_else(|| "—".to_owned(), |n| number(f64::from(n), 0, self.language))
            };
            let part = if stop.parts > 1 {
                format!(" · {} {}/{}", said("phần", "part"), stop.part, stop.parts)
            } else {
                String::new()
            };
            let declared = match reach.map(|reach| reach.households) {
                Some(Figure::Known(households)) => number(f64::from(households), 0, self.language),
                _ => said("chưa rõ số hộ", "not known").to_owned(),
            };
            let today = match stop.households {
                Figure::Known(households) => number(f64::from(households), 0, self.language),
                _ => said("đếm số hộ", "count them").to_owned(),
            };
            let _ = write!(
                out,
                "<tr><td>{order}</td><td><b>{}</b><br>{}{part}</td><td class=\"n\">{declared}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{today}</td><td>{}</td></tr>",
                escape(self.names.village(stop.village)),
                stop.village,
                shown(reach.map(|reach| reach.guided)),
                shown(reach.map(|reach| reach.remaining)),
                self.signal(stop.village),
            );
        }
        out.push_str("</tbody></table>");
    }

    /// Networks that are said the same of share a line, so that a day of many villages stays on its page.
    fn signal(&self, village: VillageCode) -> String {
        let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
        for (operator, names) in self.networks {
            let words = said(signal(names.verdict(village)), self.language);
            match lines.iter_mut().find(|(said, _)| *said == words) {
                Some((_, brands)) => brands.push(operator.brand()),
                None => lines.push((words, vec![operator.brand()])),
            }
        }
        let advice = kind(VisitKind::of(self.names.verdict(village)), self.language);
        let lines = lines.iter().map(|(words, brands)| format!("{}: {words}", escape(&brands.join(", "))));
        lines.chain([format!("<b>{advice}</b>")]).collect::<Vec<_>>().join("<br>")
    }

    fn footer(&self, out: &mut String, page: usize, pages: usize) {
        let facts = &self.snapshot.facts;
        let rules = &facts.rules;
        let k = rules.reach.k.saturating_sub(1);
        let asked = self.view.answer.question.until().unwrap_or(facts.today);
        // No visit is later than the data.
        let as_of = date(self.snapshot.period.map_or(asked, |(_, last)| last.min(asked)), self.language);
        let target = number(100.0 * rules.reach.near_below, 0, self.language);
        let synthetic = if self.snapshot.synthetic() {
            self.language.pick(" Dữ liệu minh họa.", " Demonstration data.")
        } else {
            ""
        };
        let (version, reach, epoch) = (&rules.plan.version, &rules.reach.version, &self.snapshot.epoch);
        let text = self.language.pick(
            format!(
                "Nguồn: sổ thôn và phiếu thăm hộ đến ngày {as_of}, bản dữ liệu {epoch}. Mục tiêu {target}% số hộ; quy tắc {version}, {reach}. “—”: chưa có báo cáo, hoặc không hiện vì có thể lộ từ 1 đến {k} hộ; khi đó số hộ cần đến là tối đa.{synthetic}"
            ),
            format!(
                "Source: village register and visits up to {as_of}, data {epoch}. Target {target}% of households; rules {version}, {reach}. “—”: not reported, or hidden since it may give away 1 to {k} households; households to visit are then the most there can be.{synthetic}"
            ),
        );
        let number = self.language.pick(format!("Trang {page}/{pages}"), format!("Page {page}/{pages}"));
        let _ = writeln!(out, "<footer>{} <b>{number}</b></footer></section>", escape(&text));
    }
}

/// How a commune lies on its small map.
struct Frame {
    origin: Coord<f64>,
    /// Pixels of a degree, east and north.
    scale: (f64, f64),
}

impl Frame {
    fn of(snapshot: &Snapshot, view: &View, plan: &CommunePlan) -> Option<Self> {
        let stops = plan.teams.iter().flat_map(|team| &team.days).flat_map(|day| &day.stops);
        let mut corners: Vec<Coord<f64>> = stops.filter_map(|stop| stop.at.map(coord)).collect();
        corners.extend(plan.start.map(|(at, _)| coord(at)));
        if let Some(area) = area(snapshot, view, plan) {
            corners.extend(area.iter().flat_map(|part| part.exterior().0.iter().copied()));
        }
        let first = corners.first()?;
        let (low, high) = corners.iter().fold((*first, *first), |(low, high), at| {
            (Coord { x: low.x.min(at.x), y: low.y.min(at.y) }, Coord { x: high.x.max(at.x), y: high.y.max(at.y) })
        });
        let narrow = low.y.to_radians().cos().max(0.01);
        let (wide, tall) = (((high.x - low.x) * narrow).max(1e-4), (high.y - low.y).max(1e-4));
        let north = (0.9 * WIDTH / wide).min(0.9 * HEIGHT / tall);
        let scale = (north * narrow, north);
        let middle = Coord { x: f64::midpoint(low.x, high.x), y: f64::midpoint(low.y, high.y) };
        let origin = Coord { x: middle.x - WIDTH / 2.0 / scale.0, y: middle.y + HEIGHT / 2.0 / scale.1 };
        Some(Self { origin, scale })
    }

    fn pixel(&self, at: Coord<f64>) -> (f64, f64) {
        ((at.x - self.origin.x) * self.scale.0, (self.origin.y - at.y) * self.scale.1)
    }

    /// What every page of a commune shows, once: its outline, its villages, the start.
    fn ground(&self, snapshot: &Snapshot, view: &View, plan: &CommunePlan) -> String {
        let mut path = String::new();
        for ring in area(snapshot, view, plan).into_iter().flat_map(|area| area.iter().map(|part| part.exterior())) {
            let mut last = (f64::NAN, f64::NAN);
            let mut step = 'M';
            for corner in ring.0.iter().map(|corner| self.pixel(*corner)) {
                if (corner.0 - last.0).hypot(corner.1 - last.1) < FINE {
                    continue;
                }
                let _ = write!(path, "{step}{:.1} {:.1}", corner.0, corner.1);
                (last, step) = (corner, 'L');
            }
            path.push('Z');
        }
        let mut dots = String::new();
        let stops = plan.teams.iter().flat_map(|team| &team.days).flat_map(|day| &day.stops);
        let places: std::collections::BTreeMap<VillageCode, Coord<f64>> =
            stops.filter_map(|stop| Some((stop.village, coord(stop.at?)))).collect();
        for at in places.values() {
            let (x, y) = self.pixel(*at);
            let _ = write!(dots, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\" fill=\"#777\"/>");
        }
        if let Some((at, _)) = plan.start {
            let (x, y) = self.pixel(coord(at));
            let (x, y) = (x - 4.0, y - 4.0);
            let _ = write!(dots, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"8\" height=\"8\" fill=\"#000\"/>");
        }
        format!(
            "<svg width=\"0\" height=\"0\" style=\"position:absolute;width:0;border:0\" aria-hidden=\"true\"><defs><g id=\"c{}\">\
             <path d=\"{path}\" fill=\"none\" stroke=\"#000\" stroke-width=\"1\"/>{dots}</g></defs></svg>\n",
            plan.commune
        )
    }

    fn map(&self, out: &mut String, plan: &CommunePlan, day: &DayPlan) {
        let _ = write!(out, "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><use href=\"#c{}\"/>", plan.commune);
        if let Some(way) = line(plan, day) {
            let points: Vec<String> = way
                .0
                .iter()
                .map(|corner| {
                    let (x, y) = self.pixel(*corner);
                    format!("{x:.1},{y:.1}")
                })
                .collect();
            let points = points.join(" ");
            let _ = write!(
                out,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"/>"
            );
        }
        for (order, at) in (1..).zip(&day.stops).filter_map(|(order, stop)| Some((order, coord(stop.at?)))) {
            let (x, y) = self.pixel(at);
            let baseline = y + 3.5;
            let _ = write!(
                out,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\" fill=\"#fff\" stroke=\"#000\" stroke-width=\"1.5\"/>\
                 <text x=\"{x:.1}\" y=\"{baseline:.1}\" font-size=\"10\" font-weight=\"bold\" text-anchor=\"middle\">{order}</text>"
            );
        }
        out.push_str("</svg>");
    }
}

fn coord(at: LonLat) -> Coord<f64> {
    Coord { x: at.lon(), y: at.lat() }
}

fn area<'a>(snapshot: &'a Snapshot, view: &View, plan: &CommunePlan) -> Option<&'a MultiPolygon<f64>> {
    let mut units = view.answer.unit_indices.iter().map(|at| &snapshot.facts.units[*at]);
    units.find(|unit| unit.code == plan.commune)?.geometry.as_ref()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
