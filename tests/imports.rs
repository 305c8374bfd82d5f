//! Imports point down. What a module may import follows from its place in the lists below.
//!
//! A module and everything in its folder are one unit: `x.rs` and the files of `x/` may import each other, since
//! an `impl` of a type in `x.rs` is often spread over them. The modules directly below `main.rs` or `lib.rs`
//! have an order: each may import those that stand after it in the list of its package, and none before it.
//! In a folder further down, modules may import their siblings, but not in a circle. Nothing imports `main.rs`
//! or `lib.rs`. An import against these rules means that a type lives in the wrong file.
//!
//! An import is a path that begins with `crate`, `self`, `super` or the name of a child module, in a `use` or
//! anywhere else in the code, macros included. `mod` lines and links in comments are none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

struct Package {
    /// The folder of `main.rs` or `lib.rs`.
    folder: &'static str,
    /// From the top down: first the layers, and in each layer its units.
    layers: &'static [Layer],
}

/// What the units have in common, and the units.
type Layer = (&'static str, &'static [&'static str]);

const PACKAGES: &[Package] = &[
    Package {
        folder: "src",
        layers: &[
            ("what benches and fuzz targets reach", &["internals"]),
            ("start, signals, drain", &["run"]),
            ("connections come in, and speak HTTP", &["edge", "http"]),
            ("what one client does", &["session"]),
            ("bytes of an upgraded connection", &["connection"]),
            ("what an administrator asks for", &["admin"]),
            ("what is erased in the background", &["erasing"]),
            ("roles, mutes, bans, kicks, and why", &["moderation"]),
            ("distances and reports, profiles, what was said", &["peace", "profiles", "search"]),
            ("rooms that people make, and who is in them", &["membership"]),
            ("who does it, and the audit log", &["actor"]),
            ("what all connections share", &["server"]),
            ("who may do what", &["rights"]),
            ("rooms, and who is in them", &["rooms", "identity"]),
            (
                "who is muted and banned, who has a seat where, who keeps away from whom, who is in which group, the raid switch, \
                 and what may be said",
                &["restrictions", "raid", "seats", "distances", "groups", "filter"],
            ),
            ("how many there may be", &["connection_slots"]),
            ("from a frame to a socket", &["delivery"]),
            ("what goes over the wire, as bytes", &["wire"]),
            ("what else could be done with messages", &["handler"]),
            ("the settings", &["config"]),
            ("clocks, rates, tasks, metrics", &["base"]),
        ],
    },
    Package {
        folder: "log/src",
        layers: &[
            ("follows any engine", &["search"]),
            ("engines", &["sqlite"]),
            ("the traits", &["directory", "log"]),
            ("a hint for followers", &["committed"]),
            (
                "what the directory remembers",
                &["accounts", "peace", "rooms", "groups", "filters", "erasure", "profiles"],
            ),
            ("what they need of the system", &["data_dir", "throttle", "log_clock", "clock"]),
            ("what a log consists of", &["entry"]),
        ],
    },
    Package {
        folder: "room/src",
        layers: &[
            ("drive everything below", &["tests"]),
            ("what a room does with what happens", &["pages", "batch", "gap"]),
            ("the room", &["state"]),
            (
                "what it is made of",
                &[
                    "pending_batch",
                    "effect",
                    "catch_up",
                    "unknown_outcome",
                    "roster",
                    "changes",
                    "recent",
                    "forms",
                ],
            ),
        ],
    },
    Package {
        folder: "client/library/src",
        layers: &[
            (
                "what a caller holds: handle, stream, futures",
                &["client", "event_stream", "pending"],
            ),
            ("sockets and timers: the only I/O", &["driver"]),
            ("the lock between callers and the driver", &["shared"]),
            ("decides without I/O and clock, so it knows nobody above", &["core"]),
            ("what callers choose", &["address", "options", "runtime"]),
            (
                "what is done to whom and where",
                &["bot", "restriction", "room_settings", "profile_change", "search"],
            ),
            ("the vocabulary of all", &["event", "error", "person", "room"]),
        ],
    },
    Package {
        folder: "client/terminal/src",
        layers: &[
            ("drive everything below, and look at the screen", &["tests"]),
            ("the programs: lines, a pipe, a screen", &["line_mode", "pipe", "run"]),
            (
                "what only the loops use",
                &["password_input", "paste_detection", "unsent", "terminal"],
            ),
            ("the one file that knows the library", &["connection", "identity"]),
            (
                "events change the model",
                &["update", "arguments", "completion", "commands", "names", "actions"],
            ),
            (
                "the model as a screen; scrolling needs its rows, so it stands below actions",
                &["view", "colour", "paint"],
            ),
            ("what comes in and goes out", &["event", "effect"]),
            ("the state", &["model", "composer", "input_history"]),
            (
                "texts: they know no state",
                &["emoji", "styled_text", "markdown", "pattern", "sanitize", "secret", "wrap"],
            ),
        ],
    },
    Package {
        folder: "loadtest/src",
        layers: &[
            ("several runs beside each other", &["versus", "side_by_side", "paired_rounds"]),
            ("one run", &["run", "subject", "exit"]),
            ("what is written about runs", &["progress", "report"]),
            ("the command line, with its bounds", &["arguments", "target", "bound", "judgement"]),
            ("what a run comes to", &["record"]),
            (
                "the clients",
                &["crowd", "flood", "logins", "lone_connection", "background", "latency_histogram"],
            ),
            ("what is to be done, and what must be true", &["plan", "oracle", "sends"]),
            ("a server to compare with, and the wire", &["floor", "handshake", "frame", "poller"]),
            ("figures and their words", &["usage", "units", "stdout"]),
        ],
    },
];

#[test]
fn imports_point_down() {
    let mut wrong = String::new();
    for package in PACKAGES {
        let files = Files::of(package);
        let imports = files.imports();
        for line in
            against_the_order(package, &files, &imports).into_iter().chain(circles(&imports))
        {
            let _ = writeln!(wrong, "{}: {line}", package.folder);
        }
    }
    assert!(wrong.is_empty(), "move the types that are in the wrong file:\n{wrong}");
}

/// A module as the segments of its path; empty for `main.rs` and `lib.rs`.
type Module = Vec<String>;

/// Importing and imported module, and the paths of these imports.
type Imports = BTreeMap<(Module, Module), BTreeSet<String>>;

struct Files(BTreeMap<Module, PathBuf>);

impl Files {
    fn of(package: &Package) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(package.folder);
        let mut files = BTreeMap::new();
        collect(&folder, &Module::new(), &mut files);
        assert!(files.len() > 5, "no sources in {}", package.folder);
        Self(files)
    }

    fn units(&self) -> BTreeSet<&str> {
        self.0.keys().filter_map(|module| module.first()).map(String::as_str).collect()
    }

    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, file) in &self.0 {
            let source = fs::read_to_string(file).expect("a source file");
            let tokens =
                source.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let mut paths = Vec::new();
            read(tokens, module, &self.0, &mut paths);
            for path in paths {
                let target = self.file_of(&path);
                if target != *module {
                    let written = path.join("::");
                    imports.entry((module.clone(), target)).or_default().insert(written);
                }
            }
        }
        imports
    }

    /// The module of a path: the rest of the path names an item in it.
    fn file_of(&self, path: &[String]) -> Module {
        let ends = (0..=path.len()).rev().map(|end| &path[..end]);
        ends.into_iter().find(|it| self.0.contains_key(*it)).unwrap_or_default().to_vec()
    }
}

fn collect(folder: &Path, module: &Module, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("UTF-8").to_owned();
        let mut inner = module.clone();
        if path.is_dir() {
            inner.push(stem);
            collect(&path, &inner, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            if !["main", "lib"].contains(&stem.as_str()) {
                inner.push(stem);
            }
            files.insert(inner, path);
        }
    }
}

/// Collects every path in the tokens that leads to a module of the package, from the package's root.
fn read(
    tokens: TokenStream,
    module: &[String],
    files: &BTreeMap<Module, PathBuf>,
    paths: &mut Vec<Module>,
) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if !ends_with_colons(&tokens[..at]) => {
                if let (true, Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                    (word == "mod", tokens.get(at + 1), tokens.get(at + 2))
                {
                    let inner = [module, &[name.to_string()]].concat();
                    read(body.stream(), &inner, files, paths);
                    at += 2;
                } else if is_colons(&tokens[at + 1..]) {
                    let mut base = module.to_vec();
                    let is_child = files.contains_key(&[module, &[word.to_string()]].concat());
                    match word.to_string().as_str() {
                        "crate" => base.clear(),
                        "self" => {}
                        "super" => drop(base.pop()),
                        child if is_child => base.push(child.to_owned()),
                        _ => {
                            at += 1;
                            continue;
                        }
                    }
                    follow(&tokens[at + 1..], base, paths);
                }
            }
            TokenTree::Group(group) => read(group.stream(), module, files, paths),
            _ => {}
        }
        at += 1;
    }
}

/// Follows `::a::{b, c::*}`.
fn follow(tokens: &[TokenTree], mut path: Module, paths: &mut Vec<Module>) {
    if is_colons(tokens) {
        match tokens.get(2) {
            Some(TokenTree::Ident(word)) => {
                match word.to_string().as_str() {
                    "super" => drop(path.pop()),
                    "self" => {}
                    name => path.push(name.to_owned()),
                }
                return follow(&tokens[3..], path, paths);
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in tokens.split(|token| is(token, ',')) {
                    if let [TokenTree::Ident(word), rest @ ..] = branch {
                        let mut path = path.clone();
                        if word != "self" {
                            path.push(word.to_string());
                        }
                        follow(rest, path, paths);
                    }
                }
                return;
            }
            _ => {}
        }
    }
    paths.push(path);
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [one, two, ..] if is(one, ':') && is(two, ':'))
}

fn ends_with_colons(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., one, two] if is(one, ':') && is(two, ':'))
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn against_the_order(package: &Package, files: &Files, imports: &Imports) -> Vec<String> {
    let order: Vec<&str> = package.layers.iter().flat_map(|(_, units)| *units).copied().collect();
    let place = |module: &Module| match module.first() {
        Some(unit) => order.iter().position(|it| it == unit).map(|place| place + 1),
        None => Some(0),
    };
    let listed = BTreeSet::from_iter(order.iter().copied());
    let mut wrong = Vec::new();
    if listed.len() < order.len() {
        wrong.push("a module stands twice in the order".to_owned());
    }
    for name in files.units().symmetric_difference(&listed) {
        wrong.push(format!("{name} has no place in the order, or is no module"));
    }
    for ((from, to), paths) in imports {
        let (Some(above), Some(below)) = (place(from), place(to)) else { continue };
        if above > below {
            wrong.push(format!("{} must not import {}: {paths:?}", name(from), name(to)));
        }
    }
    wrong
}

/// Siblings that import themselves in a circle, each with its imports of others in the same circle.
fn circles(imports: &Imports) -> Vec<String> {
    let mut between: Imports = BTreeMap::new();
    for ((from, to), paths) in imports {
        let common = from.iter().zip(to).take_while(|(one, other)| one == other).count();
        // If they have no common parent, one of them is the other's ancestor.
        if common < from.len().min(to.len()) {
            let siblings = (from[..=common].to_vec(), to[..=common].to_vec());
            between.entry(siblings).or_default().extend(paths.iter().cloned());
        }
    }
    let mut next: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (from, to) in between.keys() {
        next.entry(from).or_default().insert(to);
    }
    let reach: BTreeMap<&Module, BTreeSet<&Module>> =
        next.keys().map(|from| (*from, reachable(from, &next))).collect();
    let reaches = |from, to| reach.get(from).is_some_and(|there| there.contains(to));
    between
        .iter()
        .filter(|((from, to), _)| reaches(from, to) && reaches(to, from))
        .map(|((from, to), paths)| {
            format!("in a circle, {} imports {}: {paths:?}", name(from), name(to))
        })
        .collect()
}

fn reachable<'a>(
    from: &Module,
    next: &BTreeMap<&'a Module, BTreeSet<&'a Module>>,
) -> BTreeSet<&'a Module> {
    let mut found: BTreeSet<&Module> = BTreeSet::new();
    let mut waiting: Vec<&Module> = next.get(from).into_iter().flatten().copied().collect();
    while let Some(module) = waiting.pop() {
        if found.insert(module) {
            waiting.extend(next.get(module).into_iter().flatten());
        }
    }
    found
}

fn name(module: &Module) -> String {
    if module.is_empty() { "the root".to_owned() } else { module.join("/") + ".rs" }
}

#[test]
fn every_form_of_an_import_is_read() {
    let files = ["", "a", "b", "b::inner", "b::inner::deep"].map(|path| {
        let segments = path.split("::").filter(|segment| !segment.is_empty());
        (segments.map(str::to_owned).collect(), PathBuf::new())
    });
    let files = Files(BTreeMap::from(files));
    let module: Module = vec!["b".to_owned(), "inner".to_owned()];
    for (source, expected) in [
        ("use crate::a::Thing;", "a.rs"),
        ("use crate::{a::Thing};", "a.rs"),
        ("use crate::b::{self, inner::Thing};", "b.rs"),
        ("use super::Thing;", "b.rs"),
        ("use super::super::a;", "a.rs"),
        ("use deep::Thing;", "b/inner/deep.rs"),
        ("mod tests { use super::super::Thing; }", "b.rs"),
        ("fn f() -> Vec<crate::a::Thing> { Vec::new() }", "a.rs"),
        ("fn f() { println!(\"{}\", crate::a::thing()); }", "a.rs"),
        ("use crate::Thing;", "the root"),
        ("use other::a::Thing; use std::deep::X; /* crate::a */", ""),
        ("/// [`crate::a::Thing`]\nmod deep; pub(super) fn f() {}", ""),
    ] {
        let mut paths = Vec::new();
        read(source.parse().expect("tokens"), &module, &files.0, &mut paths);
        let targets = paths.iter().map(|path| files.file_of(path)).filter(|it| *it != module);
        let targets: Vec<String> = targets.map(|target| name(&target)).collect();
        assert_eq!(targets.concat(), expected, "{source}");
    }
}
