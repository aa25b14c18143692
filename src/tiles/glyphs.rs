//! Letters as ranges of signed distance fields, for clients that know no font files.
//!
//! MapLibre Native, older MapLibre GL JS and most other readers of a Mapbox style ask for
//! `glyphs: …/{fontstack}/{range}.pbf`: 256 code points a time, each letter an image of distances to its
//! outline. They are made here from the fonts that the page carries, so that every client writes Vietnamese
//! with the same letters and none asks another host. Sizes and steps are those of fontnik, which clients
//! take for granted. Nothing here reads files or knows of HTTP.

use std::collections::BTreeMap;

use ab_glyph::{Font as _, FontVec, GlyphId, PxScale, point};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sdf_glyph_renderer::{BitmapGlyph, clamp_to_u8};

use super::style::font_files;
use super::write::{put, size, zigzag};

/// Pixels to an em, around a letter, and to the end of the scale: what fontnik writes and MapLibre reads.
const EM: u16 = 24;
const BUFFER: u16 = 3;
const RADIUS: u16 = 8;
/// The part of the scale that lies inside of a letter.
const CUTOFF: f64 = 0.25;

/// Letters are drawn this many times as large before distances are taken: what is measured on pixels is wrong by up
/// to half of one. Even, so that the middle of a pixel lies between four of the finer ones.
const FINER: u16 = 8;

/// Pixels from the origin of `top` down to the baseline. Clients put every font on the same one; this is where
/// MapLibre GL JS puts letters that it draws from font files (`topAdjustment` 27.5 in its `glyph_manager.ts`), so
/// that labels stand where they do on the page.
const BASELINE: i32 = 27;

/// Code points of one range.
const RANGE: u32 = 256;

/// Every font of the style.
pub struct Fonts {
    /// In the order of the style.
    fonts: Vec<(&'static str, Vec<FontFile>)>,
}

struct FontFile {
    font: FontVec,
    glyphs: BTreeMap<u32, GlyphId>,
}

/// Why there are no such letters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoGlyphs {
    #[error("no font of `{asked}` is known, expected {known}")]
    Font {
        asked: String,
        /// Names of the fonts, between commas; empty in a program without its page.
        known: String,
    },
    #[error("`{0}` is no range of letters, expected 256 code points such as 0-255 or 7680-7935")]
    Range(String),
}

/// A range that can be asked for: known fonts, each once, in the order of preference, and 256 code points.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GlyphRange {
    fonts: Vec<usize>,
    start: u32,
}

impl Fonts {
    /// `file` gives the bytes of a WOFF2 by its path under the base of the style, such as `assets/fonts/a.woff2`.
    /// What is not there or not readable has no letters.
    pub fn read(file: impl Fn(&str) -> Option<Vec<u8>>) -> Self {
        let opened = |path: &str| {
            let bytes = unpacked(&file(path)?)?;
            let font = FontVec::try_from_vec(bytes).ok()?;
            let glyphs = font.codepoint_ids().filter(|(id, _)| id.0 != 0);
            let glyphs = glyphs.map(|(id, letter)| (u32::from(letter), id)).collect();
            Some(FontFile { font, glyphs })
        };
        let fonts =
            font_files().into_iter().map(|(name, paths)| (name, paths.iter().filter_map(|p| opened(p)).collect()));
        Self { fonts: fonts.filter(|(_, files): &(_, Vec<_>)| !files.is_empty()).collect() }
    }

    /// `stack`: names between commas, of which those that are not known are passed over, as a style may name fonts
    /// of its own before ours. `range`: `0-255`, `256-511` and so on.
    ///
    /// # Errors
    /// No font is known; the range is none.
    pub fn find(&self, stack: &str, range: &str) -> Result<GlyphRange, NoGlyphs> {
        let start = start_of(range).ok_or_else(|| NoGlyphs::Range(range.to_owned()))?;
        let mut fonts = Vec::new();
        for name in stack.split(',').map(str::trim) {
            let known = self.fonts.iter().position(|(known, _)| *known == name);
            fonts.extend(known.filter(|at| !fonts.contains(at)));
        }
        if fonts.is_empty() {
            let known: Vec<&str> = self.fonts.iter().map(|(name, _)| *name).collect();
            return Err(NoGlyphs::Font { asked: stack.to_owned(), known: known.join(", ") });
        }
        Ok(GlyphRange { fonts, start })
    }

    /// The message `glyphs` of the range: every letter from the first font that has it. Takes some tenths of a
    /// second where there are many, on all cores.
    #[must_use]
    pub fn draw(&self, range: &GlyphRange) -> Vec<u8> {
        let fonts = || range.fonts.iter().map(|at| &self.fonts[*at]);
        let names: Vec<&str> = fonts().map(|(name, _)| *name).collect();
        let (start, end) = (range.start, range.start + RANGE - 1);
        let mut stack = Vec::new();
        bytes(&mut stack, tag::STACK_NAME, names.join(", ").as_bytes());
        bytes(&mut stack, tag::STACK_RANGE, format!("{start}-{end}").as_bytes());
        let drawn = |code: u32| {
            let mut files = fonts().flat_map(|(_, files)| files);
            let (file, id) = files.find_map(|file| Some((file, *file.glyphs.get(&code)?)))?;
            glyph(&file.font, id, code)
        };
        let glyphs: Vec<Option<Vec<u8>>> = (start..=end).into_par_iter().map(drawn).collect();
        glyphs.iter().flatten().for_each(|glyph| bytes(&mut stack, tag::STACK_GLYPH, glyph));
        let mut out = Vec::with_capacity(stack.len() + 8);
        bytes(&mut out, tag::GLYPHS_STACK, &stack);
        out
    }

    /// Every range of every font by itself that holds a letter, under the name that a client asks for:
    /// `Be Vietnam Pro/0-255.pbf`.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for (at, (name, of)) in self.fonts.iter().enumerate() {
            let mut starts: Vec<u32> =
                of.iter().flat_map(|file| file.glyphs.keys()).map(|c| c / RANGE * RANGE).collect();
            starts.sort_unstable();
            starts.dedup();
            for start in starts {
                let path = format!("{name}/{start}-{}.pbf", start + RANGE - 1);
                files.push((path, self.draw(&GlyphRange { fonts: vec![at], start })));
            }
        }
        files
    }
}

/// A WOFF2 as TrueType. `None` for what is none.
fn unpacked(woff2: &[u8]) -> Option<Vec<u8>> {
    let mut inflate = |mut packed: &[u8], _| {
        let mut out = Vec::new();
        brotli::BrotliDecompress(&mut packed, &mut out)?;
        Ok(out)
    };
    wuff::decompress_woff2_with_custom_brotli(woff2, &mut inflate).ok()
}

/// `0-255` → 0. Code points end at U+10FFFF.
fn start_of(range: &str) -> Option<u32> {
    let (start, end) = range.split_once('-')?;
    let plain = |number: &str| number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok()).flatten();
    let (start, end): (u32, u32) = (plain(start)?, plain(end)?);
    let whole = start.is_multiple_of(RANGE) && start <= u32::from(char::MAX) && end == start + RANGE - 1;
    whole.then_some(start)
}

/// Field numbers and wire types of `glyphs.proto` (mapbox/node-fontnik), as the one byte that they are.
mod tag {
    pub(super) const GLYPHS_STACK: u8 = 1 << 3 | 2;
    pub(super) const STACK_NAME: u8 = 1 << 3 | 2;
    pub(super) const STACK_RANGE: u8 = 2 << 3 | 2;
    pub(super) const STACK_GLYPH: u8 = 3 << 3 | 2;
    pub(super) const ID: u8 = 1 << 3;
    pub(super) const BITMAP: u8 = 2 << 3 | 2;
    pub(super) const WIDTH: u8 = 3 << 3;
    pub(super) const HEIGHT: u8 = 4 << 3;
    pub(super) const LEFT: u8 = 5 << 3;
    pub(super) const TOP: u8 = 6 << 3;
    pub(super) const ADVANCE: u8 = 7 << 3;
}

/// The message of one letter. A space has an advance and no image.
fn glyph(font: &FontVec, id: GlyphId, code: u32) -> Option<Vec<u8>> {
    let per_unit = f32::from(EM) / font.units_per_em()?;
    #[expect(clippy::cast_sign_loss, reason = "held at 0 and above")]
    let advance = (font.h_advance_unscaled(id) * per_unit).round().max(0.0) as u64;
    let image = image(font, id);
    let (width, height, left, top) = image.as_ref().map_or((0, 0, 0, 0), |i| (i.width, i.height, i.left, i.top));
    let mut out = Vec::new();
    number(&mut out, tag::ID, u64::from(code));
    if let Some(image) = &image {
        bytes(&mut out, tag::BITMAP, &image.distances);
    }
    number(&mut out, tag::WIDTH, u64::from(width));
    number(&mut out, tag::HEIGHT, u64::from(height));
    number(&mut out, tag::LEFT, zigzag(left.into()));
    number(&mut out, tag::TOP, zigzag((top - if image.is_some() { BASELINE } else { 0 }).into()));
    number(&mut out, tag::ADVANCE, advance);
    Some(out)
}

/// Distances around one letter. Pixels; `top` is above the baseline, and neither side counts the buffer.
struct Image {
    width: u32,
    height: u32,
    left: i32,
    top: i32,
    /// By row with the buffer, 255 deep inside, 191 on the outline, 0 where it is 6 pixels away.
    distances: Vec<u8>,
}

#[expect(clippy::cast_sign_loss, reason = "a right edge is right of a left one")]
fn image(font: &FontVec, id: GlyphId) -> Option<Image> {
    let finer = f32::from(FINER);
    let per_unit = f32::from(EM) * finer / font.units_per_em()?;
    let outlined = font
        .outline_glyph(id.with_scale_and_position(PxScale::from(per_unit * font.height_unscaled()), point(0.0, 0.0)))?;
    let fine = outlined.px_bounds();
    let (left, right) = ((fine.min.x / finer).floor(), (fine.max.x / finer).ceil());
    let (above, below) = ((fine.min.y / finer).floor(), (fine.max.y / finer).ceil());
    let (width, height) = ((right - left) as u32, (below - above) as u32);
    // No letter is larger than 40 ems; a font that says so is not read further.
    if width == 0 || height == 0 || width.max(height) > 40 * u32::from(EM) {
        return None;
    }
    let (buffer, step) = (u32::from(BUFFER), usize::from(FINER));
    let (columns, rows) = ((width + 2 * buffer) as usize, (height + 2 * buffer) as usize);
    let row_length = columns * step;
    let mut alpha = vec![0_u8; row_length * rows * step];
    let aside = |bound: f32, edge: f32| (bound - edge * finer) as usize + usize::from(BUFFER) * step;
    let (x0, y0) = (aside(fine.min.x, left), aside(fine.min.y, above));
    outlined.draw(|x, y, covered| {
        if let Some(pixel) = alpha.get_mut((y0 + y as usize) * row_length + x0 + x as usize) {
            *pixel = (covered.clamp(0.0, 1.0) * 255.0).round() as u8;
        }
    });
    let drawn = BitmapGlyph::new(alpha, row_length, rows * step, 0).ok()?;
    let field = drawn.render_sdf(usize::from(RADIUS) * step);
    let middle = |row: usize, column: usize| {
        let at = (row * step + step / 2) * row_length + column * step + step / 2;
        (field[at] + field[at - 1] + field[at - row_length] + field[at - row_length - 1]) / 4.0
    };
    let middles: Vec<f64> =
        (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).map(|(r, c)| middle(r, c)).collect();
    let distances = clamp_to_u8(&middles, CUTOFF).ok()?;
    Some(Image { width, height, left: left as i32, top: -(above as i32), distances })
}

fn number(out: &mut Vec<u8>, tag: u8, number: u64) {
    out.push(tag);
    put(out, number);
}

fn bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.reserve(1 + size(bytes.len() as u64) + bytes.len());
    out.push(tag);
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use ab_glyph::{OutlineCurve, Point};

    use super::*;

    /// The fonts of the page, where it is built.
    fn fonts() -> Option<Fonts> {
        let fonts = Fonts::read(|path| std::fs::read(format!(concat!(env!("OUT_DIR"), "/web/{}"), path)).ok());
        if fonts.fonts.is_empty() {
            println!("skipped: the page is not built");
            return None;
        }
        Some(fonts)
    }

    /// An outline as short straight pieces, in units of the font.
    fn pieces(font: &FontVec, id: GlyphId) -> Vec<(Point, Point)> {
        let steps = || (0..=32_u8).map(|n| f32::from(n) / 32.0);
        let mut pieces = Vec::new();
        for curve in font.outline(id).unwrap().curves {
            let along: Vec<Point> = match curve {
                OutlineCurve::Line(a, b) => vec![a, b],
                OutlineCurve::Quad(a, b, c) => steps()
                    .map(|t| {
                        let (l, m, r) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
                        point(a.x * l + b.x * m + c.x * r, a.y * l + b.y * m + c.y * r)
                    })
                    .collect(),
                OutlineCurve::Cubic(..) => panic!("TrueType has no cubic curves"),
            };
            pieces.extend(along.windows(2).map(|ends| (ends[0], ends[1])));
        }
        pieces
    }

    /// Distance to the nearest piece, negative inside by the winding number.
    fn distance(pieces: &[(Point, Point)], at: Point) -> f32 {
        let (mut nearest, mut winding) = (f32::INFINITY, 0);
        for (a, b) in pieces {
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let along = ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
            let along = along.clamp(0.0, 1.0);
            nearest = nearest.min((at.x - a.x - along * dx).hypot(at.y - a.y - along * dy));
            let side = dx * (at.y - a.y) - (at.x - a.x) * dy;
            if a.y <= at.y && b.y > at.y && side > 0.0 {
                winding += 1;
            } else if a.y > at.y && b.y <= at.y && side < 0.0 {
                winding -= 1;
            }
        }
        if winding == 0 { nearest } else { -nearest }
    }

    #[test]
    fn a_letter_holds_the_distances_to_its_outline() {
        let Some(fonts) = fonts() else { return };
        for (letter, file) in "ếđỦgẬ%&@o.".chars().flat_map(|l| fonts.fonts.iter().map(move |(_, files)| (l, files)))
        {
            let file = file.iter().find(|file| file.glyphs.contains_key(&u32::from(letter))).unwrap();
            let id = file.glyphs[&u32::from(letter)];
            let image = image(&file.font, id).unwrap();
            let pieces = pieces(&file.font, id);
            let units = file.font.units_per_em().unwrap() / f32::from(EM);
            let columns = image.width + 2 * u32::from(BUFFER);
            let (mut worst, mut sum) = (0.0_f32, 0.0);
            for (n, value) in (0_u32..).zip(&image.distances) {
                let (column, row) = (n % columns, n / columns);
                let x = image.left as f32 - f32::from(BUFFER) + column as f32 + 0.5;
                let y = image.top as f32 + f32::from(BUFFER) - row as f32 - 0.5;
                let exact = distance(&pieces, point(x * units, y * units)) / units;
                let expected = (255.0 * (1.0 - CUTOFF as f32 - exact / f32::from(RADIUS))).clamp(0.0, 255.0);
                let wrong = (f32::from(*value) - expected).abs();
                worst = worst.max(wrong);
                sum += wrong;
            }
            let mean = sum / image.distances.len() as f32;
            // 32 steps are a pixel.
            println!("{letter}: worst {worst}, mean {mean}");
            assert!(worst < 5.0 && mean < 1.5, "{letter}: worst {worst}, mean {mean}");
        }
    }

    #[test]
    fn a_range_is_256_code_points_and_nothing_else() {
        for (range, start) in [
            ("0-255", Some(0)),
            ("7680-7935", Some(7680)),
            ("1113856-1114111", Some(1_113_856)),
            ("1114112-1114367", None),
            ("1-256", None),
            ("0-511", None),
            ("0-", None),
            ("-255", None),
            ("+0-255", None),
            ("0-255-511", None),
            ("99999999999-99999999999", None),
            ("4294967040-4294967295", None),
            ("", None),
        ] {
            assert_eq!(start_of(range), start, "{range}");
        }
    }

    #[test]
    fn a_stack_is_the_fonts_that_are_known_each_once() {
        let Some(fonts) = fonts() else { return };
        let found = |stack: &str| fonts.find(stack, "0-255").map(|range| range.fonts);
        assert_eq!(found("Be Vietnam Pro"), Ok(vec![0]));
        assert_eq!(found("Noto Sans Regular,Be Vietnam Pro Bold, Be Vietnam Pro,Be Vietnam Pro Bold"), Ok(vec![1, 0]));
        assert_eq!(
            found("Noto Sans Regular").unwrap_err(),
            NoGlyphs::Font { asked: "Noto Sans Regular".into(), known: "Be Vietnam Pro, Be Vietnam Pro Bold".into() }
        );
        assert!(found("").is_err() && fonts.find("Be Vietnam Pro", "0-256").is_err());
    }

    #[test]
    fn fonts_that_are_not_there_or_broken_have_no_letters() {
        for broken in [None, Some(Vec::new()), Some(b"wOF2 and then something else".to_vec())] {
            let fonts = Fonts::read(|_| broken.clone());
            assert!(fonts.fonts.is_empty() && fonts.files().is_empty());
            assert!(fonts.find("Be Vietnam Pro", "0-255").is_err());
        }
    }
}
