//! Text as people's machines wrote it, made one.
//!
//! UTF-8 with or without BOM, UTF-16 of both kinds, Windows-1258. Everything
//! kept is NFC. `Ð` (eth, U+00D0) becomes `Đ`, which looks the same and sorts
//! elsewhere. What a person states about older text is in `encoding`.

use std::io::{self, Read};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How the bytes of a text file stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1258,
    /// Stated, not seen.
    Page(&'static encoding_rs::Encoding),
}

impl Encoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1258 => "Windows-1258",
            Self::Page(page) => page.name(),
        }
    }
}

/// The encoding by the first bytes of a file, and how many of them are a byte order mark.
pub(super) fn detect(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Utf8, 3),
        [0xFF, 0xFE, ..] => return (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => return (Encoding::Utf16Be, 2),
        _ => {}
    }
    let pairs = head.len().min(4096) / 2;
    if pairs >= 2 {
        let zeros = |odd: usize| (0..pairs).filter(|i| head[2 * i + odd] == 0).count();
        // Latin text in UTF-16 has a zero in nearly every second byte; Vietnamese in most of them.
        let (even, odd) = (zeros(0), zeros(1));
        if odd * 10 >= pairs * 6 && even == 0 {
            return (Encoding::Utf16Le, 0);
        }
        if even * 10 >= pairs * 6 && odd == 0 {
            return (Encoding::Utf16Be, 0);
        }
    }
    (if mostly_utf8(head) { Encoding::Utf8 } else { Encoding::Windows1258 }, 0)
}

/// Stray bad bytes among good sequences are a damaged UTF-8 file, whose rows are
/// refused one by one; bad bytes and hardly any good sequence are another encoding.
fn mostly_utf8(head: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut_at_the_end =
            chunk.invalid().len() < 4 && std::ptr::eq(chunk.invalid().as_ptr_range().end, head.as_ptr_range().end);
        if !chunk.invalid().is_empty() && !cut_at_the_end {
            bad += 1;
        }
    }
    bad == 0 || good > bad
}

/// A reader of UTF-8 over a reader of any encoding, without its byte order mark.
pub(super) struct Utf8Reader<R> {
    inner: R,
    decoder: Option<encoding_rs::Decoder>,
    skip: usize,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// `skip` is the length of the byte order mark.
    pub(super) fn new(inner: R, encoding: Encoding, skip: usize) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_without_bom_handling()),
            Encoding::Windows1258 => Some(encoding_rs::WINDOWS_1258.new_decoder_without_bom_handling()),
            Encoding::Page(page) => Some(page.new_decoder_without_bom_handling()),
        };
        Self { inner, decoder, skip, raw: vec![0; 64 * 1024], decoded: Vec::new(), at: 0, ended: false }
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.skip > 0 {
            let mut mark = [0; 3];
            let take = self.skip.min(mark.len());
            let got = self.inner.read(&mut mark[..take])?;
            if got == 0 {
                return Ok(0);
            }
            self.skip -= got;
        }
        let Some(decoder) = &mut self.decoder else { return self.inner.read(out) };
        while self.at == self.decoded.len() && !self.ended {
            let got = self.inner.read(&mut self.raw)?;
            self.ended = got == 0;
            let room = decoder.max_utf8_buffer_length(got).unwrap_or(got * 3 + 16);
            self.decoded.resize(room, 0);
            let (_, _, written, _) = decoder.decode_to_utf8(&self.raw[..got], &mut self.decoded, self.ended);
            self.decoded.truncate(written);
            self.at = 0;
        }
        let take = out.len().min(self.decoded.len() - self.at);
        out[..take].copy_from_slice(&self.decoded[self.at..self.at + take]);
        self.at += take;
        Ok(take)
    }
}

/// A name as we keep it: NFC, `Ð` repaired, controls and invisible marks gone,
/// every run of white space one space.
pub(super) fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.nfc() {
        if c.is_whitespace() || c.is_control() {
            space = true;
            continue;
        }
        // Zero-width characters and byte order marks travel with text copied from web pages.
        if matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}') {
            continue;
        }
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        out.push(match c {
            '\u{00D0}' | '\u{0189}' => 'Đ',
            '\u{00F0}' => 'đ',
            other => other,
        });
    }
    out
}

/// Letters, digits and signs of Vietnamese as one character each, with single spaces between them: nearly all text.
/// No character of these blocks changes in NFC.
fn is_clean(text: &str) -> bool {
    let mut space = true;
    let plain = text.chars().all(|c| {
        let twice = c == ' ' && space;
        space = c == ' ';
        let kept = matches!(c, ' '..='~' | '\u{00C0}'..='\u{024F}' | '\u{1EA0}'..='\u{1EF9}');
        kept && !twice && !matches!(c, '\u{00D0}' | '\u{00F0}' | '\u{0189}')
    });
    plain && (text.is_empty() || !space)
}

/// For comparing: no marks, `đ` as `d`, lower case, single spaces.
pub(super) fn fold(text: &str) -> String {
    let mut kept = clean(text);
    // Codes, and most cells of a table: they have no marks to lose.
    if kept.is_ascii() {
        kept.make_ascii_lowercase();
        return kept;
    }
    let plain: String = kept.nfd().filter(|c| !is_combining_mark(*c)).collect();
    plain.to_lowercase().replace('đ', "d")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> String {
        let (encoding, mark) = detect(bytes);
        let mut out = String::new();
        Utf8Reader::new(bytes, encoding, mark).read_to_string(&mut out).unwrap();
        clean(&out)
    }

    #[test]
    fn every_encoding_gives_the_same_name() {
        let name = "Đồng Hướng";
        let utf16 = |big: bool, mark: bool| -> Vec<u8> {
            let text = if mark { format!("\u{FEFF}{name}, Viet Nam") } else { format!("{name}, Viet Nam") };
            text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        assert_eq!(decode(name.as_bytes()), name);
        assert_eq!(decode(format!("\u{FEFF}{name}").as_bytes()), name);
        assert_eq!(decode(&utf16(false, true)), format!("{name}, Viet Nam"));
        assert_eq!(decode(&utf16(true, true)), format!("{name}, Viet Nam"));
        // Windows-1258: `Đ` is D0, `ô` is F4, then the grave as a mark of its own, CC.
        assert_eq!(decode(b"\xD0\xF4\xCCng"), "Đồng");
    }

    #[test]
    fn utf16_without_a_mark_is_seen_by_its_zeros() {
        let bytes: Vec<u8> = "time,lat,lon\n2026".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes), "time,lat,lon 2026");
    }

    #[test]
    fn decomposed_text_and_the_icelandic_letter_are_repaired() {
        assert_eq!(clean("  Ho\u{0300}a\u{00A0} Lư\u{200B} "), "Hòa Lư");
        assert_eq!(clean("\u{00D0}ông"), "Đông");
    }

    #[test]
    fn text_that_is_clean_already_is_what_cleaning_gives() {
        use unicode_normalization::{IsNormalized, is_nfc_quick};

        let kept = |c: char| is_clean(&format!("a{c}a"));
        for c in (char::MIN..=char::MAX).filter(|c| kept(*c)) {
            assert_eq!(is_nfc_quick([c].into_iter()), IsNormalized::Yes, "{c:?}");
            assert!(!is_combining_mark(c) && !c.is_control() && (c == ' ' || !c.is_whitespace()), "{c:?}");
        }
        for (text, clean) in
            [("Xóm 1", true), ("", true), (" a", false), ("a ", false), ("a  b", false), ("Ðông", false)]
        {
            assert_eq!(is_clean(text), clean, "{text:?}");
        }
    }

    #[test]
    fn a_stray_byte_does_not_make_the_whole_file_another_encoding() {
        assert_eq!(detect("Hoa Lư, Đông Hoà\n\u{1EA1}".as_bytes()).0, Encoding::Utf8);
        let mut damaged = "Hoa Lư, Đông Hoà, Thuỷ".as_bytes().to_vec();
        damaged.push(0xFF);
        damaged.extend_from_slice(b" and plain text to follow");
        assert_eq!(detect(&damaged).0, Encoding::Utf8);
    }

    #[test]
    fn folding_forgets_marks_and_case() {
        assert_eq!(fold("Vĩ Độ"), "vi do");
        assert_eq!(fold("ĐỒNG HƯỚNG"), "dong huong");
    }
}
