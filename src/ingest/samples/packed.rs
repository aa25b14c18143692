//! Several logs in one archive, as people send the drives of a week.
//!
//! Each is read under its own heading; rows are numbered on, and a refused one says in which log it stands. What is no
//! log (a note, a list of files) is named aloud and passed over.

use super::of_text;
use crate::ingest::archive::Files;
use crate::ingest::sniff::Source;
use crate::ingest::stream::{self, Sink, Summary};
use crate::ingest::{Options, Unreadable, Warning};
use crate::model::refusal::{Batch, Parts};
use crate::model::sample::Sample;

pub(super) fn read(logs: Files, options: &Options, sink: Sink<'_, Sample>) -> Result<Summary, Unreadable> {
    let crs = stream::stated_crs(options)?;
    let (mut whole, mut why): (Option<Summary>, Option<Unreadable>) = (None, None);
    let (mut read, mut passed_over) = (Vec::new(), Vec::new());
    let (mut parts, mut before) = (Parts::default(), 0);
    for next in logs {
        let (name, bytes) = next?;
        parts.begin(before, &name);
        let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64 + 1;
        let mut source = Source::of_table(bytes);
        if let Some(encoding) = options.encoding {
            source.state(encoding);
        }
        let mut tell = |batch: &mut Batch<Sample>| {
            batch.rejects.iter_mut().for_each(|reject| reject.within = parts.of(reject.line));
            sink(batch)
        };
        match of_text(source, before, (options, crs), &mut tell) {
            Ok(found) => {
                whole = Some(match whole {
                    None => found,
                    Some(earlier) => earlier.and(found),
                });
                read.push(name);
            }
            Err(error) if is_no_log(&error) => {
                why.get_or_insert(error.within(&name));
                passed_over.push(name);
            }
            Err(Unreadable::Stopped) => return Err(Unreadable::Stopped),
            Err(error) => return Err(error.within(&name)),
        }
        before += lines;
    }
    let mut whole = whole.ok_or_else(|| why.unwrap_or(Unreadable::Empty))?;
    whole.warnings.push(Warning::FilesRead { files: read });
    if !passed_over.is_empty() {
        whole.warnings.push(Warning::FilesPassedOver { files: passed_over });
    }
    Ok(whole)
}

/// Whether a table shows by its first lines that it holds no measurements.
fn is_no_log(error: &Unreadable) -> bool {
    matches!(
        error,
        Unreadable::MissingColumns { .. }
            | Unreadable::OtherKind { .. }
            | Unreadable::NotMeasured { .. }
            | Unreadable::Empty
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::ingest::{fixture, samples};

    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn check(parts: &[(&str, &str)]) -> Result<(Summary, Vec<(u64, String)>), Unreadable> {
        let folder = fixture::folder();
        let path = fixture::write(&folder, "a.zip", &packed(parts));
        let mut refused = Vec::new();
        let summary = samples::read(&path, &fixture::options(), &mut |batch| {
            refused.extend(batch.rejects.iter().map(|reject| (reject.line, reject.place("a.zip"))));
            Ok(())
        })?;
        Ok((summary, refused))
    }

    const GOOD: &str = "time,operator,technology,rsrp,lon,lat\n2026-03-31T01:00:00Z,viettel,4G,-95,105.9,20.2\n";

    #[test]
    fn logs_of_one_archive_are_read_under_their_own_headings_and_refuse_by_their_own_names() {
        let second = "lat;lon;Time;Operator;RSRP;Technology\n20.2;105.9;2026-03-31T02:00:00Z;vnpt;-99;4G\n\
                      20.2;105.9;khi nào;vnpt;-99;4G\n";
        let (summary, refused) =
            check(&[("ngay 1.csv", GOOD), ("ghi chu.txt", "xin chào\n"), ("b/ngay 2.csv", second)]).unwrap();
        assert_eq!((summary.accepted, summary.refused), (2, 1));
        assert_eq!(refused, [(8, "a.zip/b/ngay 2.csv:3".to_owned())]);
        let read = Warning::FilesRead { files: vec!["ngay 1.csv".to_owned(), "b/ngay 2.csv".to_owned()] };
        let passed_over = Warning::FilesPassedOver { files: vec!["ghi chu.txt".to_owned()] };
        assert!(summary.warnings.contains(&read) && summary.warnings.contains(&passed_over), "{:?}", summary.warnings);
    }

    #[test]
    fn an_archive_without_a_log_names_the_first_that_is_none() {
        let refused = check(&[("a.csv", "x,y\n1,2\n"), ("b.csv", "z\n")]).unwrap_err();
        assert!(matches!(&refused, Unreadable::Within { file, .. } if file == "a.csv"), "{refused}");
    }
}
