//! The images that the style names: fills that a colour alone cannot say, and the squares of public places.
//!
//! Drawn from the colours of the legend, so that any program that reads a Mapbox style draws what the page draws
//! (the sprite of the MapLibre style specification). Coverage of lines is worked out by distance, a pixel at a time.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::style::place_colours;

/// Side of one repeat of a pattern and of a square, in pixels of the screen.
const PATTERN: u32 = 10;
const SQUARE: u32 = 14;

/// Red, green, blue, and how much of them covers what lies below, 0 to 1.
type Colour = [f32; 4];

/// Nobody measured, or nobody can know: grey on nearly nothing.
const HATCH: Pattern =
    Pattern { ground: [1.0, 1.0, 1.0, 0.35], line: [0.35, 0.35, 0.35, 0.55], width: 1.2, crossed: false };
/// No usable signal: dark and crossed, to be read without colour.
const DEAD: Pattern =
    Pattern { ground: [0.0, 0.0, 0.0, 0.0], line: [0.16, 0.04, 0.08, 0.85], width: 1.4, crossed: true };
const WHITE: Colour = [1.0, 1.0, 1.0, 1.0];
/// The edge of a square, dark on every colour of the signal.
const EDGE: Colour = [0.1, 0.1, 0.1, 1.0];

struct Pattern {
    ground: Colour,
    line: Colour,
    /// Pixels of the screen.
    width: f32,
    crossed: bool,
}

/// All images side by side, and where each lies.
struct Sprite {
    /// `{"hatch": {"x": 0, "y": 0, "width": 10, "height": 10, "pixelRatio": 1}, …}`
    index: Value,
    png: Vec<u8>,
}

/// The files of the sprite under the names that clients ask for.
#[must_use]
pub fn sprite_files() -> &'static [(&'static str, Vec<u8>)] {
    static FILES: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
        let names = [(1, ["sprite.json", "sprite.png"]), (2, ["sprite@2x.json", "sprite@2x.png"])];
        let files = names.into_iter().filter_map(|(ratio, [index, png])| {
            let sprite = sprite(ratio).ok()?;
            Some([(index, sprite.index.to_string().into_bytes()), (png, sprite.png)])
        });
        files.flatten().collect()
    });
    &FILES
}

/// The sprite for screens of `ratio` pixels to one.
///
/// # Errors
/// None that is known: the image is small and written to memory.
fn sprite(ratio: u32) -> Result<Sprite, png::EncodingError> {
    let patterns = [("hatch".to_owned(), HATCH), ("dead-hatch".to_owned(), DEAD)];
    let mut images: Vec<(String, u32, Vec<Colour>)> = patterns
        .map(|(name, pattern)| {
            let side = PATTERN * ratio;
            (name, side, pixels(side, |x, y| pattern.at((x, y), side as f32, ratio as f32)))
        })
        .into();
    images.extend(place_colours().into_iter().map(|(verdict, colour)| {
        let side = SQUARE * ratio;
        let inset = |x: f32, y: f32| x.min(y).min(side as f32 - x).min(side as f32 - y) / ratio as f32;
        let at = move |x: f32, y: f32| match inset(x, y) {
            near if near < 1.0 => WHITE,
            near if near < 3.0 => EDGE,
            _ => colour,
        };
        (format!("place-{verdict}"), side, pixels(side, at))
    }));

    let (width, height) = (images.iter().map(|(_, side, _)| side).sum(), SQUARE * ratio);
    let mut sheet = vec![0_u8; width as usize * height as usize * 4];
    let mut index = Map::new();
    let mut left = 0;
    for (name, side, image) in images {
        for (row, line) in (0..).zip(image.chunks(side as usize)) {
            let start = (row * width as usize + left as usize) * 4;
            for (to, colour) in sheet[start..].chunks_exact_mut(4).zip(line) {
                to.copy_from_slice(&colour.map(byte));
            }
        }
        index.insert(name, json!({"x": left, "y": 0, "width": side, "height": side, "pixelRatio": ratio}));
        left += side;
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(Sprite { index: index.into(), png })
}

#[expect(clippy::cast_sign_loss, reason = "parts of a colour are 0 to 1")]
fn byte(part: f32) -> u8 {
    (part * 255.0).round() as u8
}

/// By row, each pixel asked at its middle.
fn pixels(side: u32, at: impl Fn(f32, f32) -> Colour) -> Vec<Colour> {
    let middle = |n: u32| n as f32 + 0.5;
    (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| at(middle(x), middle(y))).collect()
}

impl Pattern {
    /// Lines run where `x + y`, and crossed also `x − y`, is a multiple of the side: they meet where the image repeats.
    fn at(&self, (x, y): (f32, f32), side: f32, ratio: f32) -> Colour {
        let distance = |sum: f32| {
            let past = sum.rem_euclid(side);
            past.min(side - past) / std::f32::consts::SQRT_2
        };
        let mut nearest = distance(x + y);
        if self.crossed {
            nearest = nearest.min(distance(x - y));
        }
        let covered = (self.width * ratio / 2.0 + 0.5 - nearest).clamp(0.0, 1.0);
        over([self.line[0], self.line[1], self.line[2], self.line[3] * covered], self.ground)
    }
}

/// One colour over another, neither multiplied by its alpha.
fn over(above: Colour, below: Colour) -> Colour {
    let alpha = above[3] + below[3] * (1.0 - above[3]);
    if alpha <= 0.0 {
        return [0.0; 4];
    }
    let part = |at: usize| (above[at] * above[3] + below[at] * below[3] * (1.0 - above[3])) / alpha;
    [part(0), part(1), part(2), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(sprite: &Sprite) -> (u32, u32, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&sprite.png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, pixels)
    }

    #[test]
    fn every_image_that_the_style_names_lies_within_the_sheet_and_no_two_share_a_pixel() {
        for ratio in [1, 2] {
            let sprite = sprite(ratio).unwrap();
            let (width, height, _) = decoded(&sprite);
            let mut used = 0;
            for (name, at) in sprite.index.as_object().unwrap() {
                let [x, y, w, h] = ["x", "y", "width", "height"].map(|key| at[key].as_u64().unwrap());
                assert!(x + w <= u64::from(width) && y + h <= u64::from(height), "{name}");
                assert_eq!(at["pixelRatio"], ratio);
                used += w;
            }
            assert_eq!(used, u64::from(width));
            for name in ["hatch", "dead-hatch", "place-no_signal", "place-covered", "place-unmeasured"] {
                assert!(sprite.index.get(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_hatch_meets_itself_where_it_repeats_and_a_square_has_the_colour_of_the_legend() {
        let side = 20.0;
        for step in 0..20 {
            let along = step as f32 + 0.5;
            assert_eq!(DEAD.at((0.5, along), side, 2.0), DEAD.at((side + 0.5, along), side, 2.0));
            assert_eq!(HATCH.at((along, 0.5), side, 2.0), HATCH.at((along, side + 0.5), side, 2.0));
        }
        let sprite = sprite(2).unwrap();
        let (width, _, pixels) = decoded(&sprite);
        let at = &sprite.index["place-no_signal"];
        let middle = (14 * width as usize + at["x"].as_u64().unwrap() as usize + 14) * 4;
        assert_eq!(pixels[middle..middle + 4], [0xa5, 0x00, 0x26, 0xff]);
    }
}
