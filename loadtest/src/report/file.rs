//! Results on disk, read only if their schema is known.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::record::{Run, SCHEMA};

/// The fields that every result has had and will have.
#[derive(Deserialize)]
struct Header {
    schema: u32,
}

pub(super) fn read(path: &Path) -> Result<Run> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown} cannot be read"))?;
    let header: Header = serde_json::from_str(&text).with_context(|| {
        format!("{shown} is not a result of this load tester (--json writes one)")
    })?;
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
    use crate::record::example;
    use crate::report::{Outputs, read};

    #[test]
    fn what_is_written_is_read_back() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("run.json");
        for run in [example::broken(), example::unchecked()] {
            Outputs::open(Some(&path), None).expect("writable").write(&run).expect("written");
            let again = read(&path).expect("read back");
            assert_eq!(
                serde_json::to_value(&again).expect("a record"),
                serde_json::to_value(&run).expect("a record")
            );
        }
    }

    #[test]
    fn a_foreign_schema_is_refused_with_a_sentence() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("old.json");
        fs::write(&path, format!("{{\"schema\":{},\"more\":1}}", SCHEMA + 1)).expect("a file");
        let error = format!("{:#}", read(&path).expect_err("another schema"));
        assert!(error.contains("has schema 4, and this load tester reads schema 3"), "{error}");
        fs::write(&path, "[1, 2]").expect("a file");
        let error = format!("{:#}", read(&path).expect_err("no result"));
        assert!(error.contains("is not a result of this load tester"), "{error}");
    }
}
