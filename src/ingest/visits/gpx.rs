//! Waypoints of a GPX file as rows: a team marks a point at each door with Garmin, OsmAnd, Locus or any logger.
//!
//! A place, a time, `type`, `sym` and the leaves of `extensions` are columns, as
//! in a spreadsheet. `name`, `cmt` and `desc` are free words that may name a
//! person: what [`spoken`] knows of them becomes a cell, the rest is let go
//! before anything is kept, quoted or hashed. A waypoint is known again by its
//! place and time, whatever outcome or colour it was given since. Points of tracks and routes say
//! which way somebody went and are no visits. `hdop` has no metres.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use roxmltree::{Document, Error, Node};

use super::columns;
use super::spoken;
use crate::ingest::archive::Files;
use crate::ingest::features::{RawFeature, RawGeometry};
use crate::ingest::sniff::{self, FileKind, Source};
use crate::ingest::table::Table;
use crate::ingest::{Options, Unreadable, Warning, privacy};
use crate::model::refusal::Parts;

pub(super) const PROFILE: &str = "gpx";
/// A day of a logger makes some ten megabytes; the tree of the file takes several times as much.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// Extensions lie three or four deep.
const MOST_DEPTH: usize = 16;
const END_OF_POINT: &str = "</wpt>";
/// What a point says in words of its own.
const FREE: [&str; 3] = ["name", "cmt", "desc"];
/// What an app or a person chooses for it.
const CHOSEN: [&str; 2] = ["type", "sym"];

/// The waypoints of a file; `None`: it is something else.
///
/// # Errors
/// A broken file, or one without a waypoint.
pub(super) fn open(path: &Path, options: &Options) -> Result<Option<Table>, Unreadable> {
    let source = sniff::open(path)?;
    if source.extension_lies() {
        return Ok(None);
    }
    let (mut parts, mut files) = (Parts::default(), Vec::new());
    let found = match source.kind {
        FileKind::Gpx => of_source(source, options)?,
        // A table among them is for the reader of tables.
        FileKind::Zip if Files::open(path, &["csv"])?.len() == 0 => {
            let mut whole = Found::default();
            for next in Files::open(path, &["gpx"])? {
                let (name, bytes) = next?;
                let source = Source::of_bytes(bytes, FileKind::Gpx);
                parts.begin(whole.rows.len() as u64, &name);
                whole.append(of_source(source, options).map_err(|problem| problem.within(&name))?);
                files.push(name);
            }
            if files.is_empty() {
                return Ok(None);
            }
            whole
        }
        _ => return Ok(None),
    };
    let good = found.rows.len() as u64;
    if good == 0 {
        return Err(if found.way > 0 { Unreadable::NoWaypoints { points: found.way } } else { Unreadable::NoFeatures });
    }
    let spoken = found.spoken;
    let mut table = Table::of_rows(found.rows, (PROFILE, FileKind::Gpx), options)?;
    table.let_go = found.let_go.into_iter().map(str::to_owned).collect();
    table.spoken = spoken;
    table.parts = parts;
    if !files.is_empty() {
        table.warnings.push(Warning::FilesRead { files });
    }
    if found.way > 0 {
        table.warnings.push(Warning::WayPassedOver { points: found.way });
    }
    if found.cut {
        table.warnings.push(Warning::Truncated { good });
    }
    Ok(Some(table))
}

fn of_source(mut source: Source, options: &Options) -> Result<Found, Unreadable> {
    if let Some(encoding) = options.encoding {
        source.state(encoding);
    }
    let text = String::from_utf8_lossy(&source.read_all(MOST_BYTES)?).into_owned();
    read(&text, options)
}

#[derive(Default)]
struct Found {
    rows: Vec<RawFeature>,
    /// Points of tracks and routes.
    way: u64,
    /// The file ends in the middle.
    cut: bool,
    /// Which free words there were.
    let_go: Vec<&'static str>,
    /// Points whose names of places came out of them.
    spoken: HashSet<u64>,
}

impl Found {
    /// The points of a further file, numbered on.
    fn append(&mut self, other: Self) {
        let before = self.rows.len() as u64;
        let rows = other.rows.into_iter();
        self.rows.extend(rows.map(|row| RawFeature { number: row.number + before, ..row }));
        self.spoken.extend(other.spoken.iter().map(|number| number + before));
        self.way += other.way;
        self.cut |= other.cut;
        let new = other.let_go.into_iter().filter(|free| !self.let_go.contains(free)).collect::<Vec<_>>();
        self.let_go.extend(new);
    }
}

fn read(text: &str, options: &Options) -> Result<Found, Unreadable> {
    let broken = |error: Error| {
        let at = error.pos();
        Unreadable::BrokenXml { line: at.row, column: at.col }
    };
    let error = match Document::parse(text) {
        Ok(document) => return Ok(points(&document, options)),
        Err(error) => error,
    };
    // A logger that was killed has written its last point by half.
    let whole = text.rfind(END_OF_POINT).map(|at| &text[..at + END_OF_POINT.len()]);
    match whole.filter(|_| !text.trim_end().ends_with("gpx>")) {
        Some(whole) => {
            let mended = format!("{whole}</gpx>");
            let document = Document::parse(&mended).map_err(broken)?;
            Ok(Found { cut: true, ..points(&document, options) })
        }
        None => Err(broken(error)),
    }
}

fn points(document: &Document<'_>, options: &Options) -> Found {
    let mut found = Found::default();
    let mut known = Headings { options, found: HashMap::new() };
    let mut times = HashMap::new();
    let root = document.root_element();
    for node in root.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "wpt" => {
                let number = found.rows.len() as u64 + 1;
                let (mut properties, is_spoken) = row(node, &mut known, &mut found.let_go);
                if is_spoken {
                    found.spoken.insert(number);
                }
                if let Some(key) = key(&properties, &mut known, &mut times) {
                    properties.push(("KEY".to_owned(), key));
                }
                found.rows.push(RawFeature { number, properties, geometry: RawGeometry::None });
            }
            "trk" | "rte" => {
                let is_point = |one: &Node<'_, '_>| matches!(one.tag_name().name(), "trkpt" | "rtept");
                found.way += node.descendants().filter(is_point).count() as u64;
            }
            _ => {}
        }
    }
    found
}

/// What headings are called among us, each looked up once.
struct Headings<'o> {
    options: &'o Options,
    found: HashMap<String, Option<String>>,
}

impl Headings<'_> {
    fn canonical(&mut self, heading: &str) -> Option<&str> {
        if !self.found.contains_key(heading) {
            self.found.insert(heading.to_owned(), columns::canonical(heading, self.options));
        }
        self.found.get(heading)?.as_deref()
    }
}

/// The cells of a point, and whether free words gave it a name of a place.
fn row(point: Node<'_, '_>, known: &mut Headings<'_>, let_go: &mut Vec<&'static str>) -> (Vec<(String, String)>, bool) {
    let attribute = |name: &str| point.attribute(name).unwrap_or_default().trim().to_owned();
    // Always there, so that every row is missed what it does not say.
    let mut cells = Cells(vec![
        ("lon".to_owned(), attribute("lon")),
        ("lat".to_owned(), attribute("lat")),
        ("time".to_owned(), String::new()),
        ("result".to_owned(), String::new()),
    ]);
    let (mut words, mut leaves) = (Vec::new(), Vec::new());
    let own = point.tag_name().namespace();
    for node in point.children().filter(Node::is_element) {
        let name = node.tag_name().name();
        // GPX 1.0 has its extensions beside the rest, in a namespace of their own.
        if node.tag_name().namespace() != own {
            leaves.extend(leaves_of(node, true));
        } else if name == "extensions" {
            leaves.extend(leaves_of(node, false));
        } else if name == "time" {
            cells.fill("time", &utc(&text_of(node)));
        } else if let Some(free) = FREE.into_iter().find(|free| *free == name) {
            if !let_go.contains(&free) {
                let_go.push(free);
            }
            words.push(text_of(node));
        } else if CHOSEN.contains(&name) {
            let text = text_of(node);
            cells.add(name, &text);
            words.push(text);
        }
    }
    for (path, text) in &leaves {
        if !is_named(path) {
            cells.add(path, text);
        }
        if path.ends_with("CreationTime") {
            cells.fill("time", &utc(text));
        } else if let Some(ours) = known.canonical(path) {
            cells.fill(ours, text);
        }
    }
    let profile = known.options.visits.as_deref();
    let mut is_spoken = false;
    for (ours, value) in spoken::cells(&words, profile, &mut |heading| known.canonical(heading).map(str::to_owned)) {
        is_spoken |= spoken::is_name(&ours);
        cells.fill(&ours, &value);
    }
    (cells.0, is_spoken)
}

/// What a waypoint is known by, where it has no id of its own: the second and further of one place and instant by
/// their order.
fn key(cells: &[(String, String)], known: &mut Headings<'_>, times: &mut HashMap<u64, u32>) -> Option<String> {
    let cell = |name: &str| cells.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value.as_str());
    let has_id = cells.iter().any(|(name, value)| !value.is_empty() && known.canonical(name) == Some("id"));
    if has_id || cell("time").is_empty() || cell("lon").is_empty() {
        return None;
    }
    let parts = ["lon", "lat", "time"].map(|name| cell(name).as_bytes());
    let hash = privacy::keyed_hash(&known.options.household_key, &[&[b"gpx".as_slice()], &parts[..]].concat());
    let count = times.entry(hash).and_modify(|count| *count += 1).or_insert(1);
    Some(if *count == 1 { format!("gpx:{hash:016x}") } else { format!("gpx:{hash:016x}-{count}") })
}

/// Whether a cell of this name stands in every row and is filled by what it holds.
fn is_named(path: &str) -> bool {
    matches!(path, "lon" | "lat" | "time" | "result")
}

struct Cells(Vec<(String, String)>);

impl Cells {
    /// Puts a value where none stands.
    fn fill(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(one, _)| one == name) {
            Some((_, cell)) if cell.is_empty() => value.clone_into(cell),
            Some(_) => {}
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Puts a value behind what stands there: an extension may be a list.
    fn add(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(one, _)| one == name) {
            Some((_, cell)) if cell.is_empty() => value.clone_into(cell),
            Some((_, cell)) => *cell = format!("{cell}; {value}"),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }
}

/// The text of an element, whatever comments stand in it.
fn text_of(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
    texts.collect::<String>().trim().to_owned()
}

/// Paths and texts of the elements that hold no others.
fn leaves_of(top: Node<'_, '_>, with_top: bool) -> Vec<(String, String)> {
    let mut leaves = Vec::new();
    for node in top.descendants().filter(|node| node.is_element() && !node.children().any(|inner| inner.is_element())) {
        let steps = node.ancestors().take_while(|one| with_top || *one != top).take(MOST_DEPTH + 1);
        let mut steps: Vec<&str> = steps
            .scan(false, |past, one| {
                let go_on = !*past;
                *past = one == top;
                go_on.then(|| one.tag_name().name())
            })
            .collect();
        steps.reverse();
        let text = text_of(node);
        if (1..=MOST_DEPTH).contains(&steps.len()) && !text.is_empty() {
            leaves.push((steps.join("/"), text));
        }
    }
    leaves
}

/// Clocks of GPX stand in Greenwich, also where a file leaves the `Z` out.
fn utc(text: &str) -> String {
    let clock = text.split_once(['T', ' ']).map_or("", |(_, clock)| clock);
    let says_zone = clock.contains(['Z', 'z', '+', '-']);
    if clock.is_empty() || says_zone { text.to_owned() } else { format!("{text}Z") }
}

#[cfg(test)]
mod tests;
