//! The documents are consistent: whatever one of them lists exists.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn every_decision_has_a_status_and_a_row_in_the_index() {
    let folder = root().join("docs/decisions");
    let index = fs::read_to_string(folder.join("README.md")).expect("the index");
    let mut pages: Vec<String> = fs::read_dir(&folder)
        .expect("the folder")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|name| name.ends_with(".md") && name != "README.md")
        .collect();
    pages.sort();
    assert!(pages.len() > 10, "{pages:?}");
    for page in &pages {
        let text = fs::read_to_string(folder.join(page)).expect("a page");
        let mut lines = text.lines();
        let number = &page[..4];
        let title = lines.next().expect("a title");
        assert!(title.starts_with(&format!("# {number}: ")), "{page}: {title}");
        let status = lines.nth(1).expect("a status").strip_prefix("Status: ").unwrap_or_default();
        let is_status = status.starts_with("accepted, 20") || status.starts_with("superseded by [");
        assert!(is_status, "{page}: `Status: accepted, YYYY-MM-DD` below the title: {status:?}");
        let row = index.lines().find(|line| line.starts_with(&format!("| [{number}]({page}) |")));
        let row = row.unwrap_or_else(|| panic!("{page} has no row in docs/decisions/README.md"));
        let short = status.split(';').next().unwrap_or_default();
        assert!(row.contains(short), "{page}: its row has another status than {short:?}");
    }
    let rows = index.lines().filter(|line| line.starts_with("| [0")).count();
    assert_eq!(rows, pages.len(), "each row has a page");
}

#[test]
fn every_test_that_the_promises_name_is_there() {
    let promises = fs::read_to_string(root().join("docs/promises.md")).expect("the page");
    let mut count = 0;
    for line in promises.lines() {
        let Some((file, test)) = line.strip_prefix("- `").and_then(|it| it.split_once("::")) else {
            continue;
        };
        let source = ["tests/blackbox", "src/session/tests"]
            .map(|folder| fs::read_to_string(root().join(folder).join(file).with_extension("rs")));
        let source = source.into_iter().filter_map(Result::ok).collect::<String>();
        let test = test.trim_end_matches('`');
        assert!(source.contains(&format!("fn {test}()")), "{file} has no test {test}");
        count += 1;
    }
    assert!(count > 12, "{count} tests");
}

#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let page = fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let sources = ["src", "log/src", "tests"].map(|folder| sources(&root().join(folder))).concat();
    let mut count = 0;
    for row in page.lines().filter(|line| line.starts_with("| ") && !line.contains("prints")) {
        let tests = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        for test in tests.split('`').skip(1).step_by(2) {
            let is_there = sources.contains(&format!("fn {test}()"))
                || sources.contains(&format!("test('{test}'"));
            assert!(is_there, "there is no test {test}");
            count += 1;
        }
    }
    assert!(count > 50, "{count} tests");
}

/// The text of every source file in a folder.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            all.push_str(&sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs" || it == "js") {
            all.push_str(&fs::read_to_string(&path).expect("text"));
        }
    }
    all
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for page in documents() {
        let text = fs::read_to_string(&page).expect("a page");
        let folder = page.parent().expect("a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.contains(char::is_whitespace) {
                continue;
            }
            count += 1;
            if !folder.join(path).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(count > 100, "{count} links");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// All pages of the repository, without those of fetched or built files.
fn documents() -> Vec<PathBuf> {
    let (mut folders, mut pages) = (vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_symlink() || matches!(&*name, "target" | "node_modules" | ".git") {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// The check is a script, so that it needs no build; its rules are tested here.
#[test]
fn the_subject_of_a_commit_is_a_place_and_a_change() {
    for subject in [
        "room: mark slow members as behind",
        "session, room: one way to refuse what is malformed",
        "client library: the code of another device",
        "src/http: fewer heads",
        "Merge branch 'storage'",
        "Revert \"room: mark slow members as behind\"",
    ] {
        assert!(is_right(subject), "{subject}");
    }
    let long = format!("room: {}", "x".repeat(90));
    for subject in
        ["what reading found", "room: ", "room:no space", ": nothing", "room: a sentence.", &long]
    {
        assert!(!is_right(subject), "{subject}");
    }
}

fn is_right(subject: &str) -> bool {
    let mut check = Command::new(root().join("tests/commits"))
        .arg("--stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut input = check.stdin.take().expect("a pipe");
    writeln!(input, "{subject}").expect("it reads");
    drop(input);
    check.wait().expect("it ends").success()
}
