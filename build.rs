//! Makes the table of the browser client's files that the server is built with: each file plain,
//! and compressed where that is smaller. `src/http/files.rs` describes a row, `src/http/page.rs`
//! serves them.
//!
//! Compressing happens here and not at the start: brotli at its best takes longer than all the rest
//! of the start, and the running server needs no compressor. See `docs/decisions/0007`.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

#[path = "build/comments.rs"]
mod comments;

const FOLDER: &str = "client/web";

/// Served as `/worker.js`: browsers know a service worker by its address, and the folder of that
/// address is what the worker may serve.
const SERVICE_WORKER: &str = "worker/service_worker.js";

/// How the page names a style.
const STYLE_LINK: &str = "<link rel=\"stylesheet\" href=\"assets/";

/// How much of its hash is a file's tag: 40 bits tell apart all that one path ever had, and heads are
/// a fifth of a first visit.
const TAG_LENGTH: usize = 10;

/// Beside the client, and for those who change it.
const NOT_SERVED: [&str; 6] = ["json", "lock", "map", "md", "mjs", "ts"];

type Outcome<T> = Result<T, Box<dyn Error>>;

struct File {
    /// Below the folder, with `/` between its parts.
    name: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut files = Vec::new();
    read(Path::new(FOLDER), "", &mut files)?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    join_styles(&mut files)?;
    let version = version(&files);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::from("&[\n");
    for file in &mut files {
        if file.name == "index.html" {
            file.bytes = with_version(&file.bytes, &version)?;
        }
        table.push_str(&row(file, &version, &out)?);
    }
    table.push_str("]\n");
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// Reads the files of a folder and those below it. The tests stay behind.
fn read(folder: &Path, prefix: &str, into: &mut Vec<File>) -> Outcome<()> {
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let plain =
            entry.file_name().into_string().map_err(|name| format!("{name:?}: no UTF-8"))?;
        if plain.starts_with('.') || plain == "tests" || plain == "node_modules" {
            continue;
        }
        let name = format!("{prefix}{plain}");
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), into)?;
            continue;
        }
        let ending = Path::new(&plain).extension().and_then(|ending| ending.to_str()).unwrap_or("");
        match kind(ending) {
            Some(kind) => into.push(File { kind, bytes: bytes(&entry.path(), &name)?, name }),
            None if NOT_SERVED.contains(&ending) => {}
            None => println!("cargo::warning={FOLDER}/{name} is not served: unknown ending"),
        }
    }
    Ok(())
}

/// Makes one file of the styles that the page names: each request costs a visitor a head, and people
/// who open the page at the same time behind one address share its connections.
fn join_styles(files: &mut Vec<File>) -> Outcome<()> {
    let page = files.iter_mut().find(|file| file.name == "index.html").ok_or("no index.html")?;
    let text = String::from_utf8(std::mem::take(&mut page.bytes))?;
    let mut names = Vec::new();
    let mut joined = String::new();
    for line in text.lines() {
        match line.trim().strip_prefix(STYLE_LINK).and_then(|rest| rest.split('"').next()) {
            Some(name) => names.push(name.to_owned()),
            None => joined.extend([line, "\n"]),
        }
    }
    let name = "style/page.css";
    let link = format!("{STYLE_LINK}{name}\">\n</head>");
    page.bytes = joined.replacen("</head>", &link, 1).into_bytes();
    let mut bytes = Vec::new();
    for name in &names {
        let at = files.iter().position(|file| &file.name == name).ok_or_else(|| name.clone())?;
        bytes.extend(files.remove(at).bytes);
    }
    files.push(File { name: name.to_owned(), kind: kind("css").unwrap_or_default(), bytes });
    Ok(())
}

/// What is served of a file.
fn bytes(path: &Path, name: &str) -> Outcome<Vec<u8>> {
    let bytes = fs::read(path)?;
    let leave_out = match name.rsplit_once('.') {
        Some((_, "js")) => comments::out_of_module,
        Some((_, "css")) => comments::out_of_style,
        _ => return Ok(bytes),
    };
    let text = String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))?;
    let lean = leave_out(&text);
    if lean.is_none() {
        println!(
            "cargo::warning={FOLDER}/{name} is served with its comments: see build/comments.rs"
        );
    }
    Ok(lean.unwrap_or(text).into_bytes())
}

/// The type of what is served, by the name's ending.
fn kind(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        // Modules and workers are always UTF-8 (HTML, "fetch a single module script"): a word more is 15 bytes of
        // each of 65 heads.
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Files that a browser may keep for ever: modules and styles, since only `index.html` names them.
fn is_asset(name: &str) -> bool {
    name != SERVICE_WORKER && (name.ends_with(".js") || name.ends_with(".css"))
}

/// One name for all files as they are together: modules import each other by relative paths, so
/// a browser stays with the files of one version.
fn version(files: &[File]) -> String {
    let mut all = Sha256::new();
    for file in files {
        // The lengths keep two different sets from being one row of bytes.
        all.update((file.name.len() as u64).to_be_bytes());
        all.update(&file.name);
        all.update((file.bytes.len() as u64).to_be_bytes());
        all.update(&file.bytes);
    }
    hex(&all.finalize())
}

/// The page with `assets/` of its links and scripts leading to this version.
fn with_version(page: &[u8], version: &str) -> Outcome<Vec<u8>> {
    let mut page = std::str::from_utf8(page)?.to_owned();
    for attribute in ["href", "src"] {
        for quote in ['"', '\''] {
            page = page.replace(
                &format!(" {attribute}={quote}assets/"),
                &format!(" {attribute}={quote}assets/{version}/"),
            );
        }
    }
    Ok(page.into_bytes())
}

/// One file as Rust: a `File` of `src/http/files.rs`.
fn row(file: &File, version: &str, out: &Path) -> Outcome<String> {
    let path = match file.name.as_str() {
        "index.html" => "/".to_owned(),
        SERVICE_WORKER => "/worker.js".to_owned(),
        name if is_asset(name) => format!("/assets/{version}/{name}"),
        name => format!("/{name}"),
    };
    let hash = hex(&Sha256::digest(&file.bytes));
    // Two forms of a file are different bytes, and so need two tags (RFC 9110, section 8.8.3.3). What has its
    // version in its address needs no more in its tag.
    let of_bytes = if is_asset(&file.name) { "" } else { &hash[..TAG_LENGTH] };
    let tags = ["p", "g", "b"].map(|form| format!("\"{of_bytes}{form}\""));
    let plain = keep(out, &hash, "plain", || Ok(file.bytes.clone()))?;
    let mut row = String::new();
    writeln!(row, "File {{ path: {path:?}, kind: {:?}, tags: {tags:?},", file.kind)?;
    writeln!(row, "plain: include_bytes!({plain:?}),")?;
    for (name, compress) in [("brotli", brotli as fn(&[u8]) -> Outcome<Vec<u8>>), ("gzip", gzip)] {
        let path = keep(out, &hash, name, || compress(&file.bytes))?;
        match fs::metadata(&path)?.len() < file.bytes.len() as u64 {
            true => writeln!(row, "{name}: Some(include_bytes!({path:?})),")?,
            false => writeln!(row, "{name}: None,")?,
        }
    }
    row.push_str("},\n");
    Ok(row)
}

/// Writes what is made of a file, unless it is there from an earlier build: who changes one file
/// waits for one.
fn keep(
    out: &Path,
    hash: &str,
    encoding: &str,
    make: impl FnOnce() -> Outcome<Vec<u8>>,
) -> Outcome<PathBuf> {
    let path = out.join(format!("{hash}.{encoding}"));
    if !path.exists() {
        // In two steps, so that a build that was stopped leaves no half of a file under that name.
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, make()?)?;
        fs::rename(&unfinished, &path)?;
    }
    Ok(path)
}

fn brotli(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let parameters =
        BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    // Without a name and a time, so that the same file gives the same bytes.
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// Enough of a digest to tell files apart.
fn hex(digest: &[u8]) -> String {
    digest.iter().take(10).map(|byte| format!("{byte:02x}")).collect()
}
