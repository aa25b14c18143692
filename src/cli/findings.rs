//! What `phusong check boundaries` says, to a person or to a program.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::engine::boundaries::compare::{Agreement, Cause};
use crate::engine::boundaries::coverage::{Coverage, Finding, Kind};
use crate::engine::boundaries::repair::{Mended, Repaired};
use crate::flow::check::{self, Sources};
use crate::model::admin::UnitCode;
use crate::model::language::{Language, number};

/// Under this a unit is listed with its cause: what thinning does to a border leaves nine in ten above it
/// (110 of the 121 unsplit communes of Ninh Bình).
const LISTED_IOU: f64 = 0.9;

/// One answer in either form.
pub(super) struct Answer {
    language: Language,
    json: Option<Json>,
    lines: Vec<String>,
}

impl Answer {
    pub(super) fn of(as_program: bool, found: &Coverage, sources: &Sources, language: Language) -> Self {
        let json = as_program.then(|| as_json(found, sources));
        let lines = if as_program { Vec::new() } else { vec![as_table(found, sources, language)] };
        Self { language, json, lines }
    }

    pub(super) fn into_text(self) -> String {
        self.json.map_or_else(|| self.lines.join("\n"), |json| json.to_string())
    }

    /// What was given to whom, unit by unit, and what is still there afterwards.
    pub(super) fn add_repair(
        &mut self,
        repaired: &Repaired,
        after: &Coverage,
        sources: &Sources,
        output: &Path,
        sliver_width_m: f64,
    ) {
        let count = |kind: Kind| after.findings.iter().filter(|finding| finding.kind == kind).count();
        let (overlaps, gaps) = (count(Kind::Overlap), count(Kind::Gap));
        let units = by_unit(repaired);
        if let Some(json) = &mut self.json {
            let face = |face: &Mended| {
                json!({
                    "had": face.had.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "to": face.to.map(|unit| unit.to_string()),
                    "area_m2": tenths(face.area_m2), "mean_width_m": tenths(face.mean_width_m),
                })
            };
            let unit = |(code, change): (&UnitCode, &Change)| {
                json!({
                    "code": code.to_string(), "name": sources.name(*code),
                    "gained_m2": tenths(change.gained_m2), "given_m2": tenths(change.given_m2), "faces": change.faces,
                })
            };
            json["repair"] = json!({
                "output": output, "sliver_width_m": sliver_width_m,
                "changed": repaired.changed.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "units": units.iter().map(unit).collect::<Vec<_>>(),
                "mended": repaired.mended.iter().map(face).collect::<Vec<_>>(),
                "left": repaired.left.iter().map(face).collect::<Vec<_>>(),
                "overlaps_after": overlaps, "gaps_after": gaps,
                "overlap_m2_after": tenths(after.overlap_m2), "gap_m2_after": tenths(after.gap_m2),
            });
            return;
        }
        let language = self.language;
        let sum: f64 = repaired.mended.iter().map(|face| face.area_m2).sum();
        let (mended, changed, left) = (repaired.mended.len(), repaired.changed.len(), repaired.left.len());
        let (width, km2) = (number(sliver_width_m, 1, language), number(sum / 1e6, 3, language));
        let output = output.display();
        self.lines.push(language.pick(
            format!("{output}: giao {mended} mảnh hẹp dưới {width} m (tổng {km2} km²), sửa {changed} đơn vị; để nguyên {left} mảnh; còn {overlaps} chỗ chồng lấn, {gaps} khe hở"),
            format!("{output}: {mended} faces narrower than {width} m given away ({km2} km² in all), {changed} units changed; {left} faces left; {overlaps} overlaps and {gaps} gaps remain"),
        ));
        for (code, change) in &units {
            let hectares = |m2: f64| number(m2 / 1e4, 2, language);
            let (name, gained, given) = (sources.name(*code), hectares(change.gained_m2), hectares(change.given_m2));
            self.lines.push(language.pick(
                format!("  {name} ({code}): nhận {gained} ha, giao {given} ha, {} mảnh", change.faces),
                format!("  {name} ({code}): gained {gained} ha, gave {given} ha, {} faces", change.faces),
            ));
        }
    }

    /// Units under the bar, with the cause and who holds the difference.
    pub(super) fn add_agreement(&mut self, agreements: &[Agreement], sources: &Sources) {
        let median = agreements.get(agreements.len() / 2).map(|unit| unit.iou);
        if let Some(json) = &mut self.json {
            let unit = |unit: &Agreement| {
                let neighbour = unit.neighbour();
                json!({
                    "code": unit.code.to_string(), "name": sources.name(unit.code),
                    "iou": (unit.iou * 1e6).round() / 1e6,
                    "drawn_m2": tenths(unit.drawn_m2), "reference_m2": tenths(unit.reference_m2),
                    "cause": unit.cause().code(),
                    "neighbour": neighbour.map(|(code, _)| code.to_string()),
                    "neighbour_m2": neighbour.map(|(_, m2)| tenths(m2)),
                    "unheld_m2": tenths(unit.unheld_m2().0), "unheld_in_reference_m2": tenths(unit.unheld_m2().1),
                })
            };
            json["against"] = json!({ "units": agreements.iter().map(unit).collect::<Vec<_>>(), "median_iou": median });
            return;
        }
        let language = self.language;
        let low: Vec<&Agreement> = agreements.iter().filter(|unit| unit.iou < LISTED_IOU).collect();
        let bar = number(LISTED_IOU, 2, language);
        let middle = number(median.unwrap_or_default(), 3, language);
        self.lines.push(language.pick(
            format!(
                "so với bản vẽ kia: {} đơn vị chung, IoU trung vị {middle}, {} dưới {bar}",
                agreements.len(),
                low.len()
            ),
            format!(
                "against the other drawing: {} units in both, median IoU {middle}, {} under {bar}",
                agreements.len(),
                low.len()
            ),
        ));
        for unit in low {
            let (name, iou) = (sources.name(unit.code), number(unit.iou, 3, language));
            self.lines.push(format!("  {name} ({}): {iou}; {}", unit.code, reason(unit, sources, language)));
        }
    }
}

/// What one unit gained and gave.
#[derive(Default)]
struct Change {
    gained_m2: f64,
    given_m2: f64,
    faces: usize,
}

fn by_unit(repaired: &Repaired) -> BTreeMap<UnitCode, Change> {
    let mut units: BTreeMap<UnitCode, Change> = BTreeMap::new();
    for face in &repaired.mended {
        for unit in face.had.iter().filter(|unit| Some(**unit) != face.to) {
            let change = units.entry(*unit).or_default();
            change.given_m2 += face.area_m2;
            change.faces += 1;
        }
        if let Some(to) = face.to.filter(|to| !face.had.contains(to)) {
            let change = units.entry(to).or_default();
            change.gained_m2 += face.area_m2;
            change.faces += 1;
        }
    }
    units
}

fn reason(unit: &Agreement, sources: &Sources, language: Language) -> String {
    let km2 = |m2: f64| number(m2 / 1e6, 2, language);
    let held = unit.neighbour().map(|(code, m2)| (sources.name(code), km2(m2)));
    match (unit.cause(), held) {
        (Cause::Unheld, held) => {
            let (here, there) = unit.unheld_m2();
            let mut text = if here >= there {
                let area = km2(here);
                language.pick(
                    format!("bờ, rìa hoặc xã bị tách chưa có ranh: {area} km² không đơn vị nào có trong bản vẽ này"),
                    format!("a shore, the rim or a split commune without a line: {area} km² that no unit has here"),
                )
            } else {
                let area = km2(there);
                language.pick(
                    format!("bờ hoặc rìa: {area} km² không đơn vị nào có trong bản vẽ kia"),
                    format!("a shore or the rim: {area} km² that no unit has in the other drawing"),
                )
            };
            if let Some((name, m2)) = held {
                text += &language.pick(format!("; {m2} km² ở {name}"), format!("; {m2} km² in {name}"));
            }
            text
        }
        (Cause::Moved { .. }, Some((name, m2))) => language.pick(
            format!("ranh giới dời: {m2} km² thuộc {name} trong bản vẽ kia"),
            format!("a line was moved: {m2} km² lie in {name} in the other drawing"),
        ),
        (_, held) => {
            let mut text = language.pick("lệch đều dọc ranh giới", "a little along every border").to_owned();
            if let Some((name, m2)) = held {
                text +=
                    &language.pick(format!("; nhiều nhất {m2} km² ở {name}"), format!("; most, {m2} km², in {name}"));
            }
            text
        }
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn as_json(found: &Coverage, sources: &Sources) -> Json {
    let findings: Vec<_> =
        found.findings.iter().zip(1..).map(|(finding, id)| check::members(finding, id, &sources.units)).collect();
    json!({
        "command": "check boundaries",
        "units": found.units,
        "refused": sources.rejects.len(),
        "parts": found.parts,
        "vertices": found.vertices,
        "touching_pairs": found.touching_pairs,
        "drawn_m2": found.drawn_m2,
        "stated_m2": found.stated_m2,
        "overlap_m2": found.overlap_m2,
        "gap_m2": found.gap_m2,
        "province": found.province.map(|province| json!({
            "drawn_m2": province.drawn_m2,
            "without_unit_m2": province.without_unit_m2,
            "beyond_m2": province.beyond_m2,
        })),
        "counts": check::counts(found),
        "findings": findings,
    })
}

/// Refused rows on the screen; `import` writes all of them to a file.
const MOST_REFUSED: usize = 5;

fn as_table(found: &Coverage, sources: &Sources, language: Language) -> String {
    let count = |n: usize| number(n as f64, 0, language);
    let km2 = |m2: f64| format!("{} km²", number(m2 / 1e6, 2, language));
    let mut lines = vec![language.pick(
        format!(
            "{} xã, phường; {} mảnh; {} đỉnh; {} cặp giáp nhau; diện tích vẽ {}",
            count(found.units),
            count(found.parts),
            count(found.vertices),
            count(found.touching_pairs),
            km2(found.drawn_m2)
        ),
        format!(
            "{} communes; {} parts; {} vertices; {} touching pairs; drawn area {}",
            count(found.units),
            count(found.parts),
            count(found.vertices),
            count(found.touching_pairs),
            km2(found.drawn_m2)
        ),
    )];
    if let Some(stated) = found.stated_m2 {
        lines.push(language.pick(format!("diện tích công bố {}", km2(stated)), format!("stated area {}", km2(stated))));
    }
    if let Some(province) = found.province {
        lines.push(language.pick(
            format!(
                "ranh giới tỉnh {}: {} không thuộc xã nào, {} của xã nằm ngoài",
                km2(province.drawn_m2),
                km2(province.without_unit_m2),
                km2(province.beyond_m2)
            ),
            format!(
                "province outline {}: {} in no commune, {} of communes beyond it",
                km2(province.drawn_m2),
                km2(province.without_unit_m2),
                km2(province.beyond_m2)
            ),
        ));
    }
    for reject in sources.rejects.iter().take(MOST_REFUSED) {
        lines.push(format!("  {}: {}", reject.line, reject.message(language)));
    }
    for kind in Kind::ALL {
        let of_kind: Vec<&Finding> = found.findings.iter().filter(|finding| finding.kind == kind).collect();
        let Some(worst) = of_kind.first() else { continue };
        lines.push(row(kind, &of_kind, worst, sources, language));
    }
    if found.findings.is_empty() {
        lines.push(language.pick("không có gì cần xem", "nothing to look at").to_owned());
    }
    lines.join("\n")
}

/// One kind: how many, how much in all, and the worst.
fn row(kind: Kind, all: &[&Finding], worst: &Finding, sources: &Sources, language: Language) -> String {
    let size = |m2: f64| {
        if m2 < 1e5 {
            format!("{} m²", number(m2, 1, language))
        } else {
            format!("{} km²", number(m2 / 1e6, 3, language))
        }
    };
    let area: f64 = all.iter().filter_map(|finding| finding.area_m2).sum();
    let length: f64 = all.iter().filter_map(|finding| finding.length_m).sum();
    let counted: usize = all.iter().filter_map(|finding| finding.count).sum();
    let name = |code: &UnitCode| {
        let known = sources.units.iter().find(|unit| unit.code == *code);
        known.map_or_else(|| code.to_string(), |unit| format!("{} ({code})", unit.full_name()))
    };
    let names: Vec<String> = worst.units.iter().take(3).map(name).collect();
    let mut text = format!("  {}: {}", heading(kind, language), number(all.len() as f64, 0, language));
    if area > 0.0 {
        text += &format!("; {}", size(area));
    }
    if length > 0.0 {
        text += &format!("; {} m", number(length, 1, language));
    }
    if counted > 0 {
        text += &match kind {
            Kind::Multipart => language.pick(format!("; {counted} mảnh"), format!("; {counted} parts")),
            _ => language.pick(format!("; {counted} đỉnh"), format!("; {counted} vertices")),
        };
    }
    if !names.is_empty() {
        let which = match (worst.stated_km2, worst.drawn_km2) {
            (Some(stated), Some(drawn)) => language.pick(
                format!(" – công bố {}, vẽ {} km²", number(stated, 2, language), number(drawn, 2, language)),
                format!(" – stated {}, drawn {} km²", number(stated, 2, language), number(drawn, 2, language)),
            ),
            _ => worst.area_m2.map(|m2| format!(" – {}", size(m2))).unwrap_or_default(),
        };
        let label = language.pick("nhiều nhất", "most");
        text += &format!("; {label}: {}{which}", names.join(", "));
    }
    text
}

fn heading(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Invalid => language.pick("không dùng được", "not usable"),
        Kind::Overlap => language.pick("chồng lấn", "overlaps"),
        Kind::Gap => language.pick("khe hở", "gaps"),
        Kind::MismatchedEdge => language.pick("ranh vẽ hai lần không khớp", "borders drawn twice, differently"),
        Kind::AreaDiffers => language.pick("diện tích khác công bố", "areas that differ from those stated"),
        Kind::CoastalArea => language
            .pick("diện tích khác công bố, ven biển hoặc rìa tỉnh", "the same, on the shore or the province's rim"),
        Kind::ProvinceDiffers => language.pick("khác ranh giới tỉnh", "unlike the province's outline"),
        Kind::RepeatedVertex => language.pick("đỉnh lặp", "repeated vertices"),
        Kind::Multipart => language.pick("nhiều mảnh", "of several parts"),
    }
}
