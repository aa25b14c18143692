//! Archives that unpack beyond all size, seen before anything unpacks them.
//!
//! A spreadsheet is a ZIP archive, and a library reads it. Its directory says how
//! large each part is; a library reads no more of a part than that. Gzip says
//! nothing reliable, so it is unpacked into nowhere, up to the limit.

use std::io::{self, Read};

use super::UploadError;

/// What a file may unpack to. A sheet of a million rows has some 300 MB.
const LIMIT_BYTES: u64 = 512 * 1024 * 1024;
/// Signatures and lengths of the ZIP format (APPNOTE 6.3, sections 4.3.12 and 4.3.16).
const END: [u8; 4] = [0x50, 0x4B, 0x05, 0x06];
const ENTRY: [u8; 4] = [0x50, 0x4B, 0x01, 0x02];
const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;
/// Its comment is at most this long.
const COMMENT_BYTES: usize = 65_535;

pub(super) fn check(bytes: &[u8]) -> Result<(), UploadError> {
    let bomb = UploadError::Bomb { limit_bytes: LIMIT_BYTES };
    let unpacked = if bytes.starts_with(b"PK\x03\x04") {
        of_zip(bytes)
    } else if bytes.starts_with(&[0x1F, 0x8B]) {
        // A broken archive is for the reader to refuse.
        io::copy(&mut flate2::read::MultiGzDecoder::new(bytes).take(LIMIT_BYTES + 1), &mut io::sink()).unwrap_or(0)
    } else {
        0
    };
    if unpacked > LIMIT_BYTES { Err(bomb) } else { Ok(()) }
}

/// What the parts say together; a directory that cannot be followed is one that nobody should unpack.
fn of_zip(bytes: &[u8]) -> u64 {
    let from = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES);
    let Some(end) = bytes[from..].windows(4).rposition(|four| four == END).map(|at| from + at) else { return 0 };
    let short = |at: usize| bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
    let long = |at: usize| bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let Ok(mut at) = usize::try_from(long(end + 16)) else { return u64::MAX };
    let mut sum: u64 = 0;
    while at < bytes.len() && bytes[at..].starts_with(&ENTRY) {
        // 0xFFFFFFFF sends to a longer record: four gigabytes or more.
        sum = sum.saturating_add(u64::from(long(at + 24)));
        let after = [28, 30, 32].map(|offset| usize::from(short(at + offset)));
        at += ENTRY_BYTES + after.iter().sum::<usize>();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// A directory of parts that say how large they are, without the parts.
    fn zip(sizes: &[u32]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let begins = u32::try_from(bytes.len()).unwrap();
        for size in sizes {
            let mut entry = [0_u8; ENTRY_BYTES];
            entry[..4].copy_from_slice(&ENTRY);
            entry[24..28].copy_from_slice(&size.to_le_bytes());
            entry[28] = 1;
            bytes.extend(entry);
            bytes.push(b'a');
        }
        let mut end = [0_u8; END_BYTES];
        end[..4].copy_from_slice(&END);
        end[16..20].copy_from_slice(&begins.to_le_bytes());
        bytes.extend(end);
        bytes
    }

    #[test]
    fn an_archive_is_judged_by_what_its_parts_say_together() {
        assert!(check(&zip(&[1000, 2000])).is_ok());
        assert!(check(&zip(&[300 << 20, 300 << 20])).is_err());
        assert!(check(&zip(&[u32::MAX])).is_err());
        assert!(check(b"PK\x03\x04 cut off").is_ok(), "the reader says what is wrong with it");
        let mut lies = zip(&[1]);
        let at = lies.len() - 6;
        lies[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(check(&lies).is_ok());
    }

    #[test]
    fn a_gzip_of_noughts_is_not_unpacked_to_its_end() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let block = vec![0_u8; 1 << 20];
        for _ in 0..600 {
            packed.write_all(&block).unwrap();
        }
        assert!(matches!(check(&packed.finish().unwrap()), Err(UploadError::Bomb { .. })));
    }
}
