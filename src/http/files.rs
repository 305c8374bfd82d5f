//! The browser client's files, built into the server, and the choice of their encoding. `build.rs` makes the
//! table, `page.rs` serves it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::encoding::{Accepted, Encoding};

/// One file.
pub(super) struct File {
    /// Its path, with the first slash.
    pub(super) path: &'static str,
    /// Its `Content-Type`.
    pub(super) kind: &'static str,
    /// The entity tags of its forms, which change with the bytes: plain, gzip, brotli.
    tags: [&'static str; 3],
    plain: &'static [u8],
    /// `None` unless it is smaller.
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

static BY_PATH: LazyLock<HashMap<&str, &File>> =
    LazyLock::new(|| FILES.iter().map(|file| (file.path, file)).collect());

/// Whether files with this path never change. A first visit loads dozens of them, so each header line counts.
pub(super) fn is_asset(path: &str) -> bool {
    path.starts_with("/assets/")
}

impl File {
    /// The file with exactly this path. A path is never split or decoded, so nothing can go wrong there.
    pub(super) fn at(path: &str) -> Option<&'static Self> {
        BY_PATH.get(path).copied()
    }

    /// Whether the bytes at this path never change: the path contains the version.
    pub(super) fn is_fixed(&self) -> bool {
        is_asset(self.path)
    }

    /// Whether the response depends on what the browser accepts.
    pub(super) fn varies(&self) -> bool {
        self.brotli.is_some() || self.gzip.is_some()
    }

    /// The form with the highest weight; plain if none is accepted.
    pub(super) fn form(&self, accepted: &Accepted<'_>) -> (Encoding, &'static [u8]) {
        let forms = [
            (Encoding::Brotli, self.brotli),
            (Encoding::Gzip, self.gzip),
            (Encoding::Plain, Some(self.plain)),
        ];
        let mut best = (0, Encoding::Plain, self.plain);
        for (encoding, bytes) in forms {
            let weight = accepted.weight(encoding);
            if let Some(bytes) = bytes.filter(|_| weight > best.0) {
                best = (weight, encoding, bytes);
            }
        }
        (best.1, best.2)
    }

    /// The entity tag of a form.
    pub(super) fn tag(&self, encoding: Encoding) -> &'static str {
        let [plain, gzip, brotli] = self.tags;
        match encoding {
            Encoding::Plain => plain,
            Encoding::Gzip => gzip,
            Encoding::Brotli => brotli,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES, File};

    #[test]
    fn the_page_and_its_modules_are_there_and_nothing_else_is() {
        assert!(File::at("/").is_some_and(|page| page.kind.starts_with("text/html")));
        assert!(FILES.iter().any(|file| file.path.ends_with("/main.js") && file.is_fixed()));
        for file in FILES {
            let is_known = [".js", ".css", ".svg", ".png", ".ico", ".webmanifest"]
                .iter()
                .any(|ending| file.path.ends_with(ending));
            assert!(is_known || file.path == "/", "{}", file.path);
            assert!(!file.path.contains("test"), "{}", file.path);
        }
    }

    #[test]
    fn a_compressed_form_is_there_only_when_it_is_smaller() {
        for file in FILES {
            for form in [file.brotli, file.gzip].into_iter().flatten() {
                assert!(form.len() < file.plain.len(), "{}", file.path);
            }
        }
        assert!(FILES.iter().any(|file| file.path.ends_with("/main.js") && file.varies()));
    }
}
