//! Results on disk: written whole or not at all, read only where their schema is known.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::record::{Run, SCHEMA};

/// Writes to a name beside it first, so that a reader, or a full disk, never leaves half a report.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<()> {
    let name = path
        .file_name()
        .with_context(|| format!("{} names no file to write a report to", path.display()))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error that matters is the one that is told below.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| {
        format!("{} cannot be written: name a file in a directory that is there", path.display())
    })
}

/// What every result has had, and will have.
#[derive(Deserialize)]
struct Header {
    schema: u32,
}

pub(super) fn read(path: &Path) -> Result<Run> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    let header: Header = serde_json::from_str(&text)
        .with_context(|| format!("{shown} is no result of this load tester (--json writes one)"))?;
    if header.schema != SCHEMA {
        bail!(
            "{shown} has schema {}, and this load tester reads schema {SCHEMA}: use the version \
             that wrote it, or run again",
            header.schema
        );
    }
    serde_json::from_str(&text)
        .with_context(|| format!("{shown} has schema {SCHEMA}, but not the fields of it"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::record::SCHEMA;
    use crate::report::{example, read, write};

    #[test]
    fn what_is_written_is_read_back_and_nothing_stays_beside_it() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("run.json");
        let run = example::broken();
        fs::write(&path, "an older result").expect("a file");
        write(&run, Some(&path), None).expect("written");
        let again = read(&path).expect("read back");
        assert_eq!(
            serde_json::to_value(&again).expect("a record"),
            serde_json::to_value(&run).expect("a record")
        );
        assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 1);
    }

    #[test]
    fn a_report_that_cannot_be_written_leaves_nothing_and_names_the_file() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let taken = dir.path().join("taken");
        fs::create_dir_all(taken.join("inside")).expect("a directory");
        let error = write(&example::held(), Some(&taken), None).expect_err("it is a directory");
        assert!(format!("{error:#}").contains("taken cannot be written"), "{error:#}");
        assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 1);
    }

    #[test]
    fn a_foreign_schema_is_refused_with_a_sentence() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("old.json");
        fs::write(&path, format!("{{\"schema\":{},\"more\":1}}", SCHEMA + 1)).expect("a file");
        let error = format!("{:#}", read(&path).expect_err("another schema"));
        assert!(error.contains("has schema 2, and this load tester reads schema 1"), "{error}");
        fs::write(&path, "[1, 2]").expect("a file");
        let error = format!("{:#}", read(&path).expect_err("no result"));
        assert!(error.contains("is no result of this load tester"), "{error}");
    }
}
