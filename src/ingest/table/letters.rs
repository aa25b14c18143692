//! Letters of map files whose encoding GDAL cannot tell, or not read.
//!
//! GDAL loses the last letter of every text in Windows-1258, and replaces what is no UTF-8 in a Shapefile that says no
//! encoding. Such a file is read as Windows-1252, which keeps every byte, and decoded here.

use std::path::Path;

use super::opening::suspected;
use crate::ingest::features::RawFeature;
use crate::ingest::text::Encoding;
use crate::ingest::{Options, StatedEncoding, Unreadable, Warning, gdal};

/// The features, and the page that was taken where nobody stated one.
pub(super) fn read(path: &Path, options: &Options) -> Result<(gdal::Read, Option<Warning>), Unreadable> {
    let western = || {
        let page = Some(StatedEncoding::CodePage(encoding_rs::WINDOWS_1252));
        gdal::read(path, &Options { encoding: page, ..options.clone() })
    };
    let states_1258 = options.encoding == Some(StatedEncoding::CodePage(encoding_rs::WINDOWS_1258));
    let is_shapefile = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp"));
    let mut taken = None;
    let mut read = if states_1258 && is_shapefile { western()? } else { gdal::read(path, options)? };
    let lost = options.encoding.is_none() && holds_lost_letters(&read.features);
    if lost {
        // A Shapefile that says no encoding, or the wrong one: what old fonts drew stays to be suspected, and
        // other text is of the page that Windows has here.
        read = western()?;
    }
    if (states_1258 && is_shapefile) || (lost && suspected(words_of(&read.features).as_bytes(), options).is_none()) {
        from_western(&mut read.features);
        taken = lost.then_some(Warning::Encoding { name: Encoding::Windows1258.name() });
    }
    Ok((read, taken))
}

/// The texts of the first rows.
pub(super) fn words_of(features: &[RawFeature]) -> String {
    let values = features.iter().take(2_000).flat_map(|feature| &feature.properties).map(|(_, value)| value.as_str());
    values.collect::<Vec<_>>().join(" ")
}

/// Text that was read as Windows-1252 though its bytes are Windows-1258.
fn from_western(features: &mut [RawFeature]) {
    for (_, value) in features.iter_mut().flat_map(|feature| &mut feature.properties) {
        let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(value);
        if !unmappable {
            *value = encoding_rs::WINDOWS_1258.decode_without_bom_handling(&bytes).0.into_owned();
        }
    }
}

/// Whether bytes that are no UTF-8 were replaced.
fn holds_lost_letters(features: &[RawFeature]) -> bool {
    features.iter().flat_map(|feature| &feature.properties).any(|(_, value)| value.contains('\u{FFFD}'))
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;
    use crate::ingest::text;

    /// A Shapefile of rows without a shape and one column `TenXa`, its text in whatever page.
    fn shapefile(folder: &Path, names: &[Vec<u8>]) -> std::path::PathBuf {
        const WIDTH: u8 = 40;
        let count = u32::try_from(names.len()).unwrap();
        let head = |words: u32| {
            let parts: [&[u8]; 5] =
                [&9994_u32.to_be_bytes(), &[0; 20], &words.to_be_bytes(), &1000_u32.to_le_bytes(), &[0; 68]];
            parts.concat()
        };
        let (mut shp, mut shx) = (head(50 + 6 * count), head(50 + 4 * count));
        for number in 1..=count {
            shp.extend([number.to_be_bytes(), 2_u32.to_be_bytes(), 0_u32.to_le_bytes()].concat());
            shx.extend([(50 + 6 * (number - 1)).to_be_bytes(), 2_u32.to_be_bytes()].concat());
        }
        let mut dbf =
            [&[3, 126, 1, 1][..], &count.to_le_bytes(), &65_u16.to_le_bytes(), &[WIDTH + 1, 0], &[0; 20]].concat();
        dbf.extend([&b"TenXa\0\0\0\0\0\0C\0\0\0\0"[..], &[WIDTH], &[0; 15], &[0x0D]].concat());
        for name in names {
            let mut cell = vec![b' '];
            cell.extend(name);
            cell.resize(usize::from(WIDTH) + 1, b' ');
            dbf.extend(cell);
        }
        dbf.push(0x1A);
        for (ending, bytes) in [("shp", &shp), ("shx", &shx), ("dbf", &dbf)] {
            std::fs::write(folder.join("a").with_extension(ending), bytes).unwrap();
        }
        folder.join("a.shp")
    }

    #[test]
    fn a_shapefile_that_says_no_encoding_loses_no_letter_without_a_word() {
        let options = crate::ingest::fixture::options();
        let of = |names: &[Vec<u8>]| {
            let folder = crate::ingest::fixture::folder();
            let mut table = Table::open(&shapefile(folder.path(), names), &options).unwrap();
            let first = table.next().unwrap().unwrap().cells[0].clone();
            (text::clean(&first), table.warnings)
        };
        // `Xã Liên Sơn` in the two pages: ã and ê and ơ are one byte each in both.
        let western = of(&vec![b"X\xB7 Li\xAAn S\xACn".to_vec(); 6]);
        assert_eq!(western.1, [Warning::EncodingSuspected { name: "TCVN3" }], "{}", western.0);
        let page = of(&vec![b"Xa\xDE Li\xEAn S\xF5n".to_vec(); 6]);
        assert_eq!(page, ("Xã Liên Sơn".to_owned(), vec![Warning::Encoding { name: "Windows-1258" }]));
        let stated = StatedEncoding::CodePage(encoding_rs::WINDOWS_1258);
        let stated = Options { encoding: Some(stated), ..options.clone() };
        let folder = crate::ingest::fixture::folder();
        let path = shapefile(folder.path(), &[b"Xa\xDE Li\xEAn S\xF5n".to_vec()]);
        let mut table = Table::open(&path, &stated).unwrap();
        assert_eq!(text::clean(&table.next().unwrap().unwrap().cells[0]), "Xã Liên Sơn");
        let plain = of(&vec!["Xã Liên Sơn".as_bytes().to_vec(); 6]);
        assert_eq!(plain, ("Xã Liên Sơn".to_owned(), vec![]));
    }
}
