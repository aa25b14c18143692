//! The bytes of a tile as they travel: each encoding made once, when first asked for.

use std::cell::RefCell;
use std::io::Write;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::HeaderValue;

use crate::api::caching::Encoding;
use crate::tiles::Tile;

/// The bytes of one tile in the encodings that were asked for so far.
pub(in crate::api) struct Encoded {
    identity: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    zstd: OnceLock<Bytes>,
    /// `layer=features` of what was left out, for the header.
    pub(super) dropped: Option<HeaderValue>,
}

impl Encoded {
    pub(super) fn new(tile: Tile) -> Self {
        let dropped: Vec<String> =
            tile.layers.iter().filter(|t| t.dropped > 0).map(|t| format!("{}={}", t.id, t.dropped)).collect();
        Self {
            identity: tile.bytes.into(),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            zstd: OnceLock::new(),
            dropped: HeaderValue::from_str(&dropped.join(",")).ok().filter(|value| !value.is_empty()),
        }
    }

    /// Twice the plain size bounds all encodings of any tile worth keeping: compressed it is a third and less.
    pub(in crate::api) fn weight(&self) -> u32 {
        u32::try_from(self.identity.len() * 2 + 256).unwrap_or(u32::MAX)
    }

    /// Empty for an empty tile, however it travels.
    pub(super) fn bytes(&self, encoding: Encoding) -> Bytes {
        if self.identity.is_empty() {
            return Bytes::new();
        }
        match encoding {
            Encoding::Identity => self.identity.clone(),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.identity)).clone(),
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.identity).into()).clone(),
            Encoding::Zstd => self.zstd.get_or_init(|| zstd(&self.identity).into()).clone(),
        }
    }

    /// The same where nothing has to be compressed first.
    pub(super) fn ready(&self, encoding: Encoding) -> Option<Bytes> {
        match encoding {
            _ if self.identity.is_empty() => Some(Bytes::new()),
            Encoding::Identity => Some(self.identity.clone()),
            Encoding::Gzip => self.gzip.get().cloned(),
            Encoding::Brotli => self.brotli.get().cloned(),
            Encoding::Zstd => self.zstd.get().cloned(),
        }
    }
}

thread_local! {
    /// Half a megabyte of tables that need not be made for every tile, and room for its bytes.
    static GZIP: RefCell<Option<(libdeflater::Compressor, Vec<u8>)>> = RefCell::new(
        libdeflater::CompressionLvl::new(GZIP_LEVEL).ok().map(|level| (libdeflater::Compressor::new(level), Vec::new())),
    );
}

/// A third less work than level 4, for five bytes more in a hundred; browsers take brotli where they may.
const GZIP_LEVEL: i32 = 1;

/// By `libdeflate`: half the time of zlib. It wants the whole input at once, which a tile is.
fn gzip(bytes: &[u8]) -> Bytes {
    let quickly = GZIP.with_borrow_mut(|gzip| {
        let (compressor, out) = gzip.as_mut()?;
        let bound = compressor.gzip_compress_bound(bytes.len());
        if out.len() < bound {
            out.resize(bound, 0);
        }
        let written = compressor.gzip_compress(bytes, out).ok()?;
        Some(Bytes::copy_from_slice(&out[..written]))
    });
    // No level is unknown and no bound too small; a tile must not be empty for either.
    quickly.unwrap_or_else(|| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let written = out.write_all(bytes);
        written.and_then(|()| out.finish()).unwrap_or_default().into()
    })
}

/// Quality 5: about gzip's time for a tenth fewer bytes.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 64 * 1024, 5, 20);
    let written = writer.write_all(bytes);
    drop(writer);
    if written.is_ok() { out } else { Vec::new() }
}

/// Level 3, the library's own: less work than gzip for fewer bytes.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, zstd::DEFAULT_COMPRESSION_LEVEL).unwrap_or_default()
}
