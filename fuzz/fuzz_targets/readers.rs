//! Any bytes into every reader: rows, refused rows or an unreadable file, and never a panic.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use phusong::ingest::{self, Options};

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let folder = if shared.is_dir() { shared } else { std::env::temp_dir() };
    folder.join(format!("phusong-fuzz-{}", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, content)) = bytes.split_first() else { return };
    if std::fs::write(&*FILE, content).is_err() {
        return;
    }
    let encoding = match kind >> 4 {
        1 => "tcvn3".parse().ok(),
        2 => "vni".parse().ok(),
        3 => "utf-16le".parse().ok(),
        _ => None,
    };
    let options = Options {
        crs_epsg: (kind & 8 != 0).then_some(5897),
        encoding,
        period: "2025-Q3".parse().ok(),
        ..Options::at(jiff::Timestamp::UNIX_EPOCH)
    };
    match kind & 7 {
        0 => _ = (ingest::boundaries::read(&FILE, &options), ingest::claims::read(&FILE, &options)),
        1 => _ = ingest::mergers::read(&FILE, &options),
        2 => _ = (ingest::villages::read(&FILE, &options), ingest::public_places::read(&FILE, &options)),
        3 => _ = ingest::visits::read(&FILE, &options),
        4 => _ = ingest::samples::read(&FILE, &options, &mut |_| Ok(())),
        5 => _ = ingest::pieces::read(&FILE, &options),
        6 => {
            _ = ingest::sites::read(&FILE, &options, &mut |_| Ok(()));
            _ = ingest::speed_tiles::read(&FILE, &options, &mut |_| Ok(()));
        }
        _ => _ = ingest::drawing::read(&FILE, &options),
    }
});
