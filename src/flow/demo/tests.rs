//! The demo at small scale: the same bytes twice, an exact coverage, rows
//! that parse, and a label on everything that was made.
//!
//! How the files look on a map is judged by eye, not here.

use super::*;

#[test]
#[expect(clippy::print_stdout, reason="tmp")]
fn adhoc_write() {
    if let Ok(dir) = std::env::var("DEMO_OUT") {
        let scale = if std::env::var("DEMO_FULL").is_ok() { Scale::full() } else { Scale::small() };
        write(Path::new(&dir), &scale, &mut |s| println!("{} {}", s.file, s.bytes)).unwrap();
    }
}
