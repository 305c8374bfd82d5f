//! Everything that a path can stand for.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::Destination;

fn write(path: &Path, content: &str) {
    Destination::open(path).expect("writable").write(content.as_bytes()).expect("written");
}

fn refused(path: &Path) -> String {
    format!("{:#}", Destination::open(path).expect_err("not writable"))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_replaced_as_a_whole_and_nothing_stays_beside_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("run.json");
    write(&path, "new");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).expect("its owner");
    let held = File::open(&path).expect("a reader");
    write(&path, "newer");
    let mut seen = String::new();
    (&held).read_to_string(&mut seen).expect("readable");
    assert_eq!(seen, "new", "a reader of the old one reads on");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "newer");
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o604);
    assert_eq!(names(dir.path()), ["run.json"]);
}

#[test]
fn what_cannot_be_written_is_told_when_it_is_opened() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    assert!(refused(&dir.path().join("nowhere/run.json")).contains("run.json cannot be written"));
    assert!(refused(dir.path()).contains("it is a directory"));
    assert!(refused(Path::new("/")).contains("it is a directory"));
    let file = dir.path().join("file");
    write(&file, "");
    assert!(refused(&file.join("run.json")).contains("cannot be written"));
    let (one, other) = (dir.path().join("one"), dir.path().join("other"));
    symlink(&one, &other).and_then(|()| symlink(&other, &one)).expect("links");
    assert!(refused(&one).contains("cannot be written"), "links in a circle");
    assert_eq!(names(dir.path()), ["file", "one", "other"]);
}

#[test]
fn a_link_stays_and_its_file_is_written() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(dir.path().join("results")).expect("a directory");
    let latest = dir.path().join("latest.json");
    symlink("results/today.json", &latest).expect("a link to what is not there yet");
    for content in ["first", "second"] {
        write(&latest, content);
        assert!(fs::symlink_metadata(&latest).expect("a name").is_symlink());
        let target = dir.path().join("results/today.json");
        assert_eq!(fs::read_to_string(target).expect("its file"), content);
    }
    assert_eq!(names(&dir.path().join("results")), ["today.json"]);
}

#[test]
fn a_pipe_stays_and_its_reader_gets_all() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
    assert!(refused(&path).contains("this pipe has no reader"));
    // More than a pipe holds, so that the writer has to wait.
    let content = "x".repeat(1 << 20);
    let read = std::thread::spawn({
        let path = path.clone();
        move || fs::read_to_string(path)
    });
    // The reader may not have opened the pipe yet.
    let destination = loop {
        if let Ok(destination) = Destination::open(&path) {
            break destination;
        }
        std::thread::yield_now();
    };
    destination.write(content.as_bytes()).expect("written");
    assert_eq!(read.join().expect("a reader").expect("text"), content);
    assert!(fs::metadata(&path).expect("a name").file_type().is_fifo());
    assert_eq!(names(dir.path()), ["pipe"]);
}

#[test]
fn a_pipe_by_its_descriptor_is_written() {
    // The name that a shell gives to >(…).
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&writer));
    write(Path::new(&path), "through");
    drop(writer);
    let mut seen = String::new();
    reader.read_to_string(&mut seen).expect("text");
    assert_eq!(seen, "through");
}

#[test]
fn a_device_stays_a_device() {
    let null = || fs::metadata("/dev/null").expect("a device");
    let before = (null().dev(), null().ino());
    let destination = Destination::open(Path::new("/dev/null")).expect("writable");
    // Creating a file beside the target and renaming it must not even be tried here.
    assert!(matches!(destination.way, super::Way::Into(_)), "{destination:?}");
    destination.write(b"nothing").expect("written");
    assert!(null().file_type().is_char_device());
    assert_eq!((null().dev(), null().ino()), before);
}
