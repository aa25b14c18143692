//! A map to carry: tiles of some ground with the page, the style and the letters that draw them, in one archive.
//!
//! Unpacked and handed out by any server of static files it opens without this program and without a network. It
//! holds what the role it was made for sees.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use serde_json::{Value as Json, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::archive::{self, ArchiveError, Wanted, Written};
use super::snapshot::{Snapshot, View};
use crate::tiles;

/// The page that draws a pack, among the files of the page.
const PAGE: &str = "pack.html";
/// The tiles, as the style and the page of a pack name them.
const TILES: &str = "map.pmtiles";
const TILES_URL: &str = "pmtiles://./map.pmtiles";
/// What has to go with letters and programs of others.
const NOTICES: [&str; 2] = ["assets/licences.md", "assets/fonts/"];

/// Writes a pack, whole or not at all. `page`: every file of the built page.
///
/// # Errors
/// As [`archive::write`]; a program that was built without its page.
pub async fn write(
    (snapshot, view): (&Snapshot, &View),
    wanted: &Wanted<'_>,
    page: Vec<(String, Vec<u8>)>,
    to: &Path,
    seen: &(dyn Fn(u64, u64) + Sync),
) -> Result<Written, ArchiveError> {
    let failed = |source| ArchiveError::Write { path: to.to_owned(), source };
    let mut files = needed(page).ok_or(ArchiveError::NoPage)?;
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let workshop = beside.join(format!(".phusong-pack-{}", std::process::id()));
    std::fs::create_dir(&workshop).map_err(failed)?;
    let made = async {
        let archive = workshop.join(TILES);
        let written = archive::write((snapshot, view), wanted, &archive, seen).await?;
        // The page draws from font files; other clients that are handed the style ask for ranges.
        let fonts = tiles::Fonts::read(|path| Some(files.iter().find(|(known, _)| known == path)?.1.clone()));
        files.extend(fonts.files().into_iter().map(|(name, bytes)| (format!("fonts/{name}"), bytes)));
        files.extend(tiles::sprite_files().iter().map(|(name, bytes)| ((*name).into(), bytes.clone())));
        files.push(("style.json".into(), style(snapshot, view, wanted)?.to_string().into_bytes()));
        files.push(("README.txt".into(), readme(snapshot, view, wanted).into_bytes()));
        files.sort();
        let packed = workshop.join("pack.zip");
        let out = File::create(&packed).map_err(failed)?;
        pack(&files, &archive, out).map_err(failed)?;
        std::fs::rename(&packed, to).map_err(failed)?;
        Ok(Written { bytes: std::fs::metadata(to).map_err(failed)?.len(), ..written })
    }
    .await;
    if let Err(error) = std::fs::remove_dir_all(&workshop) {
        tracing::warn!(%error, "the folder of a pack stays behind");
    }
    made
}

/// The page of a pack as `index.html`, and of the other files those that it names, or one that it names does.
fn needed(page: Vec<(String, Vec<u8>)>) -> Option<Vec<(String, Vec<u8>)>> {
    let (_, first) = page.iter().find(|(path, _)| path == PAGE)?;
    let mut texts = vec![String::from_utf8_lossy(first).into_owned()];
    let mut wanted: BTreeSet<&str> =
        page.iter().map(|(path, _)| path.as_str()).filter(|path| NOTICES.iter().any(|n| path.starts_with(n))).collect();
    while let Some(text) = texts.pop() {
        for (path, bytes) in &page {
            let name = path.rsplit('/').next().unwrap_or(path);
            if path.starts_with("assets/") && text.contains(name) && wanted.insert(path) {
                texts.push(String::from_utf8_lossy(bytes).into_owned());
            }
        }
    }
    let wanted: BTreeSet<String> = wanted.into_iter().map(str::to_owned).collect();
    let named = |(path, bytes): (String, Vec<u8>)| match path.as_str() {
        PAGE => Some(("index.html".to_owned(), bytes)),
        other => wanted.contains(other).then_some((path, bytes)),
    };
    Some(page.into_iter().filter_map(named).collect())
}

/// The style of the map with its sources in the archive; what is not in the archive is not drawn.
fn style(snapshot: &Snapshot, view: &View, wanted: &Wanted<'_>) -> Result<Json, ArchiveError> {
    let mut style = tiles::style(".", "", (wanted.language, view.sight));
    let here = |layer: &str| wanted.layers.iter().any(|known| known.id == layer);
    if let Some(layers) = style["layers"].as_array_mut() {
        layers.retain(|layer| layer["source-layer"].as_str().is_none_or(here));
    }
    let used: BTreeSet<String> = style["layers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|layer| layer["source"].as_str().map(str::to_owned))
        .collect();
    if let Some(sources) = style["sources"].as_object_mut() {
        sources.retain(|name, _| used.contains(name));
        let attribution = super::meta::attribution(
            snapshot,
            &wanted.layers.iter().map(|layer| layer.id).collect::<Vec<_>>(),
            wanted.language,
        );
        for source in sources.values_mut() {
            *source = json!({"type": "vector", "url": TILES_URL, "attribution": attribution});
        }
    }
    style["metadata"]["bounds"] = json!(archive::bounds(snapshot, view, wanted)?);
    style["metadata"]["epoch"] = Json::from(snapshot.epoch.to_string());
    Ok(style)
}

fn pack(files: &[(String, Vec<u8>)], tiles: &Path, out: impl Write + Seek) -> io::Result<()> {
    let mut archive = ZipWriter::new(out);
    for (path, bytes) in files {
        archive.start_file(path.as_str(), SimpleFileOptions::default())?;
        archive.write_all(bytes)?;
    }
    // Compressed tile by tile already.
    archive.start_file(TILES, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
    io::copy(&mut File::open(tiles)?, &mut archive)?;
    archive.finish().map(drop).map_err(io::Error::from)
}

fn readme(snapshot: &Snapshot, view: &View, wanted: &Wanted<'_>) -> String {
    let layers: Vec<&str> = wanted.layers.iter().map(|layer| layer.id).collect();
    let (layers, epoch, day) = (layers.join(", "), &snapshot.epoch, view.answer.as_of);
    let (vi_made, en_made) = if snapshot.synthetic() {
        (
            "\r\nCó dữ liệu mô phỏng, không phải số liệu thật.\r\n",
            "\r\nHolds synthetic demo data, which are not real.\r\n",
        )
    } else {
        ("", "")
    };
    format!(
        "BẢN ĐỒ MANG THEO\r\n\r\n\
         Giải nén, mở cửa sổ lệnh trong thư mục này và chạy một máy chủ tệp bất kỳ, ví dụ:\r\n\
         \x20   python3 -m http.server 8000\r\n\
         rồi mở http://127.0.0.1:8000 trên máy đó. Không cần mạng. Mở thẳng index.html bằng cách bấm đúp thì không chạy.\r\n\
         map.pmtiles cũng mở được bằng QGIS 3.34 trở lên.\r\n\
         Lớp: {layers}\r\nNgày của bản đồ: {vi_day}\r\nBản dữ liệu: {epoch}\r\nĐối tượng xem: {sees}\r\n{vi_made}\r\n\
         A MAP TO CARRY\r\n\r\n\
         Unpack, open a terminal in this folder and run any server of static files, such as:\r\n\
         \x20   python3 -m http.server 8000\r\n\
         then open http://127.0.0.1:8000 on that machine. No network is needed. A double click on index.html does not work.\r\n\
         QGIS 3.34 and later open map.pmtiles too.\r\n\
         Layers: {layers}\r\nDay of the map: {day}\r\nEdition of the data: {epoch}\r\nMade for: {sees}\r\n{en_made}",
        vi_day = day.strftime("%d/%m/%Y"),
        sees = view.sight.code(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> (String, Vec<u8>) {
        (path.to_owned(), text.as_bytes().to_vec())
    }

    #[test]
    fn a_pack_has_what_its_page_names_and_no_more() {
        let page = vec![
            file("index.html", "assets/index-1.js"),
            file("pack.html", "<script src=./assets/pack-1.js>"),
            file("assets/index-1.js", ""),
            file("assets/pack-1.js", "import './shared-1.js'"),
            file("assets/shared-1.js", "new Worker('worker-1.js')"),
            file("assets/worker-1.js", ""),
            file("assets/fonts/a.woff2", ""),
            file("assets/licences.md", ""),
        ];
        let paths: Vec<String> = needed(page).unwrap().into_iter().map(|(path, _)| path).collect();
        let expected = [
            "index.html",
            "assets/pack-1.js",
            "assets/shared-1.js",
            "assets/worker-1.js",
            "assets/fonts/a.woff2",
            "assets/licences.md",
        ];
        assert_eq!(paths, expected);
        assert!(needed(vec![file("index.html", "")]).is_none(), "a program without its page packs nothing");
    }
}
