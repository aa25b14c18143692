//! Letters as ranges, read as a client reads them that knows no font files.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::support::protobuf::{every, last};
use crate::support::{Server, text};

/// One letter, sizes in pixels of 24 to an em.
#[derive(Debug)]
struct Letter {
    bitmap: Vec<u8>,
    width: u64,
    height: u64,
    left: i64,
    top: i64,
    advance: u64,
}

impl Letter {
    /// The distance at a place of the letter without its buffer.
    fn at(&self, column: u64, row: u64) -> u8 {
        self.bitmap[usize::try_from((row + 3) * (self.width + 6) + column + 3).unwrap()]
    }
}

/// Name, range and letters of `glyphs.proto`.
fn read(message: &[u8]) -> (String, String, BTreeMap<char, Letter>) {
    let [stack] = every(message, 1)[..] else { panic!("one stack") };
    let stack = stack.bytes();
    let letters = every(stack, 3).into_iter().map(|glyph| {
        let glyph = glyph.bytes();
        let number = |field| last(glyph, field).unwrap().number();
        let code = u32::try_from(number(1)).unwrap();
        let letter = Letter {
            bitmap: last(glyph, 2).map(|bitmap| bitmap.bytes().to_vec()).unwrap_or_default(),
            width: number(3),
            height: number(4),
            left: last(glyph, 5).unwrap().signed(),
            top: last(glyph, 6).unwrap().signed(),
            advance: number(7),
        };
        (char::from_u32(code).unwrap(), letter)
    });
    (last(stack, 1).unwrap().text(), last(stack, 2).unwrap().text(), letters.collect())
}

fn without_page() -> bool {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/dist/assets/fonts");
    if !page.exists() {
        eprintln!("skipped: the page is not built");
    }
    !page.exists()
}

#[test]
fn vietnamese_is_written_whole_from_four_ranges() {
    if without_page() {
        return;
    }
    let server = Server::of_demo();
    for font in ["Be%20Vietnam%20Pro", "Be%20Vietnam%20Pro%20Bold"] {
        let mut letters = BTreeMap::new();
        for range in ["0-255", "256-511", "768-1023", "7680-7935"] {
            let reply = server.get(&format!("/fonts/{font}/{range}.pbf"));
            assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/x-protobuf")));
            let (name, said, found) = read(&reply.body);
            assert_eq!((name.replace(' ', "%20").as_str(), said.as_str()), (font, range));
            letters.extend(found);
        }
        for letter in "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY0123456789.,-()%".chars()
        {
            assert!(letters.contains_key(&letter), "{letter}");
        }
        for letter in "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ".chars()
        {
            for letter in [letter, letter.to_uppercase().next().unwrap()] {
                assert!(letters.contains_key(&letter), "{letter}");
            }
        }
        for (letter, found) in &letters {
            let size = if found.width == 0 { 0 } else { (found.width + 6) * (found.height + 6) };
            assert_eq!(found.bitmap.len() as u64, size, "{letter}");
            assert!(found.advance < 40, "{letter}: {found:?}");
        }
        let of = |letter: char| &letters[&letter];
        // Nothing but an advance.
        assert!(of(' ').width == 0 && of(' ').bitmap.is_empty() && (4..9).contains(&of(' ').advance));
        // A mark above adds height above and none below; all stand on one line.
        let foot = |letter: char| of(letter).top - i64::try_from(of(letter).height).unwrap();
        assert!(of('ế').top > of('ê').top && of('ê').top > of('e').top, "{:?}", of('ế'));
        assert_eq!((foot('ế'), foot('e')), (foot('e'), foot('o')));
        assert!(of('Ủ').top > of('U').top && foot('Ủ') == foot('U'));
        assert!(foot('ệ') < foot('ê'), "a dot below hangs lower");
        assert!(of('ế').advance.abs_diff(of('e').advance) < 2, "{:?}", of('ế'));
        // A capital is about seven tenths of an em, on a line 27 below.
        assert!((16..=19).contains(&of('H').height) && (-11..=-8).contains(&of('H').top), "{:?}", of('H'));
        assert!((8..=18).contains(&of('đ').advance) && (-1..=3).contains(&of('đ').left), "{:?}", of('đ'));
        // Ink where the stroke is, none in the bowl; the outline is at 191.
        let full = of('l');
        assert!(full.at(full.width / 2, full.height / 2) > 191, "{full:?}");
        let bowl = of('o');
        assert!(bowl.at(bowl.width / 2, bowl.height / 2) < 191 && bowl.bitmap.iter().any(|d| *d > 200));
    }
}

#[test]
fn a_stack_answers_with_the_first_font_that_has_a_letter_and_a_range_without_letters_is_empty() {
    if without_page() {
        return;
    }
    let server = Server::of_demo();
    let bold = server.get("/fonts/Be%20Vietnam%20Pro%20Bold/0-255.pbf").body;
    let both = server.get("/fonts/Open%20Sans%20Regular,Be%20Vietnam%20Pro%20Bold,Be%20Vietnam%20Pro/0-255.pbf").body;
    let ((_, _, bold), (name, _, both)) = (read(&bold), read(&both));
    assert_eq!(name, "Be Vietnam Pro Bold, Be Vietnam Pro");
    assert_eq!(format!("{bold:?}"), format!("{both:?}"));
    let (_, range, none) = read(&server.get("/fonts/Be%20Vietnam%20Pro/19968-20223.pbf").body);
    assert_eq!((range.as_str(), none.len()), ("19968-20223", 0));
}

#[test]
fn letters_are_kept_a_day_compressed_and_known_again() {
    if without_page() {
        return;
    }
    let server = Server::of_demo();
    let path = "/fonts/Be%20Vietnam%20Pro/7680-7935.pbf";
    let plain = server.get(path);
    let zipped = server.ask(path, &[("accept-encoding", "gzip")]);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(&zipped.body[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, plain.body);
    assert!(zipped.body.len() * 3 < plain.body.len() * 2, "{} of {}", zipped.body.len(), plain.body.len());
    assert_eq!(plain.header("access-control-allow-origin"), Some("*"));
    assert_eq!(plain.header("cache-control"), Some("public, max-age=86400"));
    let tag = plain.header("etag").unwrap().to_owned();
    let held = server.ask(path, &[("if-none-match", &tag)]);
    assert_eq!((held.status, held.body.len()), (304, 0));
}

#[test]
fn an_unknown_font_is_404_with_the_known_ones_and_no_range_is_400() {
    if without_page() {
        return;
    }
    let server = Server::of_demo();
    let check = |path: &str, status: u16, word: &str| {
        let reply = server.get(path);
        let said = text(&reply.body);
        assert_eq!(reply.status, status, "{path}: {said}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(said.contains(word) && !reply.json()["hint"].is_null(), "{path}: {said}");
    };
    check("/fonts/Open%20Sans%20Regular/0-255.pbf", 404, "Be Vietnam Pro");
    check("/fonts/%20/0-255.pbf", 404, "Be Vietnam Pro");
    check("/fonts/..%2F..%2Fetc/0-255.pbf", 404, "Be Vietnam Pro");
    for range in ["1-256", "0-511", "0-99", "a-b", "-0-255", "1114112-1114367", "99999999999999999999-0", "%00"] {
        check(&format!("/fonts/Be%20Vietnam%20Pro/{range}.pbf"), 400, "7680-7935");
    }
    let style = server.json("/style.json");
    assert_eq!(style["glyphs"], format!("{}/fonts/{{fontstack}}/{{range}}.pbf", server.base));
}
