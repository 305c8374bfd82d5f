//! The browser client as the server serves it: addresses, caching, compression, and the policies for the
//! browser.

use std::io::Read;
use std::net::SocketAddr;

use support::http::{Response, get, get_with, request};
use support::server::Server;

#[test]
fn the_page_names_its_modules_and_styles_under_one_version() {
    let server = Server::start();
    let page = get(server.address(), "/");
    let paths = linked(&page.body);
    let assets: Vec<_> = paths.iter().filter(|path| path.starts_with("assets/")).collect();
    assert!(assets.len() >= 2, "a script and a style: {paths:?}");
    let version = assets[0].split('/').nth(1).expect("a version");
    assert!(version.len() >= 16 && version.bytes().all(|byte| byte.is_ascii_hexdigit()));
    for asset in assets {
        assert_eq!(asset.split('/').nth(1), Some(version), "{asset}");
        let found = get(server.address(), &format!("/{asset}"));
        assert_eq!(found.status, 200, "{asset}");
        assert_eq!(found.header("cache-control"), Some("max-age=31536000, immutable"), "{asset}");
    }
    for path in &paths {
        assert!(
            !path.starts_with('/') && !path.contains(':'),
            "{path} works below no proxy's path"
        );
        assert_eq!(get(server.address(), &format!("/{path}")).status, 200, "{path}");
    }
}

#[test]
fn a_module_of_another_version_or_of_none_is_not_there() {
    let server = Server::start();
    let host = server.address();
    let script = script(host);
    assert_eq!(get(host, &script).status, 200);
    let version = script.split('/').nth(2).expect("a version");
    let other = version.chars().rev().collect::<String>();
    for path in [
        "/assets/main.js".to_owned(),
        "/main.js".to_owned(),
        script.replace(version, &other),
        script.replace(version, &version.to_uppercase()),
        script.replace(version, &version[1..]),
        format!("/assets/{version}/"),
        format!("/assets/{version}"),
        format!("/assets/{version}/index.html"),
    ] {
        let answer = get(host, &path);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path} may come to be");
    }
}

#[test]
fn what_belongs_to_building_and_testing_is_not_served() {
    let server = Server::start();
    let script = script(server.address());
    let folder = script.strip_suffix("app/main.js").expect("the first module");
    for name in ["package.json", "jsconfig.json", "tests/wire.test.js", "README.md", "build.mjs"] {
        for path in [format!("/{name}"), format!("{folder}{name}")] {
            assert_eq!(get(server.address(), &path).status, 404, "{path}");
        }
    }
}

#[test]
fn the_page_carries_its_rules() {
    let server = Server::start();
    let page = get(server.address(), "/");
    let policy = page.header("content-security-policy").expect("a policy");
    assert_eq!(
        policy,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types throng"
    );
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let permissions = page.header("permissions-policy").expect("permissions");
    for part in ["camera=()", "microphone=()", "geolocation=()", "clipboard-write=(self)"] {
        assert!(permissions.contains(part), "{part} in {permissions}");
    }
    let module = get(server.address(), &script(server.address()));
    assert_eq!(module.header("content-type"), Some("text/javascript"));
    assert_eq!(module.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(module.header("cross-origin-resource-policy"), Some("same-origin"));
    let icon = get(server.address(), "/icon.svg");
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
    // It can be opened by itself, and then nothing in it may run or load.
    let nothing = "default-src 'none'; frame-ancestors 'none'";
    assert_eq!(icon.header("content-security-policy"), Some(nothing));
    assert_eq!(icon.header("x-frame-options"), Some("DENY"));
    assert_eq!(icon.header("cache-control"), Some("no-cache"));
}

#[test]
fn a_browser_gets_the_smallest_form_that_it_accepts() {
    let server = Server::start();
    let host = server.address();
    for path in ["/".to_owned(), script(host)] {
        let plain = get(host, &path);
        assert_eq!(plain.header("content-encoding"), None);
        assert_eq!(plain.header("vary"), Some("Accept-Encoding"), "for a cache on the way");
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.1", Some("gzip")),
            ("br;q=0.2, gzip;q=0.9", Some("gzip")),
            ("*", Some("br")),
            ("*;q=0", None),
            ("identity, br;q=0.5", None),
            ("deflate, zstd", None),
            ("br;q=zero", None),
            ("", None),
        ] {
            let answer = get_with(host, &path, &format!("Accept-Encoding: {accepted}\r\n"));
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-encoding"), expected, "{path}: {accepted}");
            assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
            assert_eq!(unpacked(&answer), plain.bytes, "{path}: {accepted}");
            if expected.is_some() {
                assert!(answer.bytes.len() < plain.bytes.len(), "{path}: {accepted}");
            }
        }
    }
}

#[test]
fn each_form_has_a_tag_of_its_own_and_is_sent_once() {
    let server = Server::start();
    let host = server.address();
    for path in ["/".to_owned(), script(host)] {
        let forms = ["br", "gzip", "identity"];
        let tags = forms.map(|form| {
            let answer = get_with(host, &path, &format!("Accept-Encoding: {form}\r\n"));
            answer.header("etag").expect("a tag").to_owned()
        });
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
        for (form, tag) in forms.iter().zip(&tags) {
            let status = |known: &str| {
                let extra = format!("Accept-Encoding: {form}\r\nIf-None-Match: {known}\r\n");
                get_with(host, &path, &extra).status
            };
            assert_eq!(status(tag), 304);
            assert_eq!(status(&format!("W/{tag}")), 304, "a proxy weakened it");
            assert_eq!(status(&format!("\"other\", W/\"more\" , {tag}")), 304);
            assert_eq!(status("*"), 304);
            assert_eq!(status("\"other\""), 200);
            assert_eq!(status(tag.trim_matches('"')), 200, "no tag without its quotes");
            assert_eq!(status(""), 200);
            let others = tags.iter().filter(|other| *other != tag);
            for other in others {
                assert_eq!(status(other), 200, "{form}: other bytes than {other}");
            }
        }
    }
}

#[test]
fn not_modified_brings_no_body_and_the_same_rules() {
    let server = Server::start();
    let host = server.address();
    let page = get(host, "/");
    let tag = page.header("etag").expect("a tag");
    let again = get_with(host, "/", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    for name in ["etag", "cache-control", "vary", "content-security-policy"] {
        assert_eq!(again.header(name), page.header(name), "{name}");
    }
    let length = again.header("content-length");
    assert!(length.is_none() || length == page.header("content-length"), "{length:?}");
}

#[test]
fn head_tells_what_get_would_bring() {
    let server = Server::start();
    let host = server.address();
    for path in ["/".to_owned(), script(host), "/icon.svg".to_owned(), "/nothing".to_owned()] {
        for extra in ["", "Accept-Encoding: br\r\n"] {
            let line =
                format!("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{extra}");
            let head = request(host, &line);
            let whole = get_with(host, &path, extra);
            assert_eq!((head.status, head.bytes.len()), (whole.status, 0), "{path}");
            assert_eq!(head.header("content-length"), Some(&*whole.bytes.len().to_string()));
            for name in ["content-type", "content-encoding", "etag", "cache-control", "vary"] {
                assert_eq!(head.header(name), whole.header(name), "{path}: {name}");
            }
        }
    }
}

#[test]
fn a_path_is_taken_as_it_is() {
    let server = Server::start();
    let host = server.address();
    let script = script(host);
    for path in [
        "//".to_owned(),
        "/./".to_owned(),
        "/icon.svg/".to_owned(),
        "//icon.svg".to_owned(),
        "/.//icon.svg".to_owned(),
        "/ICON.SVG".to_owned(),
        "/icon.svg%00".to_owned(),
        "/icon.svg\\".to_owned(),
        "/%2e%2e/Cargo.toml".to_owned(),
        "/..%2fCargo.toml".to_owned(),
        "/../Cargo.toml".to_owned(),
        "/..\\Cargo.toml".to_owned(),
        "/%69con.svg".to_owned(),
        format!("/x/..{script}"),
        script.replacen("/assets/", "/assets//", 1),
        script.replace("main.js", "../main.js"),
        script.replace("main.js", "tests/../main.js"),
        script.replace("main.js", "%2e/main.js"),
        format!("{script};x"),
        "/\u{0}".to_owned(),
        "/icon.svg\u{0}".to_owned(),
        "/\u{7f}".to_owned(),
        "/ä".to_owned(),
        "*".to_owned(),
        "icon.svg".to_owned(),
        format!("/{}", "a".repeat(12_000)),
        format!("/{}", "a/".repeat(40_000)),
    ] {
        let status = get(host, &path).status;
        let shown: String = path.chars().take(60).collect();
        assert!(matches!(status, 400 | 404 | 414 | 431), "{shown:?}: {status}");
    }
    assert_eq!(get(host, "/?from=elsewhere").status, 200, "a query changes nothing");
    assert_eq!(get(host, &format!("http://{host}/")).status, 200, "RFC 9112, section 3.2.2");
    assert!(!server.log().contains("panicked"));
}

/// Everything that the page links to, as it is written there.
fn linked(page: &str) -> Vec<String> {
    let values = page.split([' ', '\n']).filter_map(|word| {
        let value = word.strip_prefix("href=\"").or_else(|| word.strip_prefix("src=\""))?;
        value.split('"').next().map(str::to_owned)
    });
    values.filter(|value| !value.starts_with('#')).collect()
}

/// The path of the first module.
pub(crate) fn script(host: SocketAddr) -> String {
    let found = linked(&get(host, "/").body).into_iter().find(|path| path.ends_with("/main.js"));
    format!("/{}", found.expect("the page has a script"))
}

/// The body with its encoding removed.
fn unpacked(answer: &Response) -> Vec<u8> {
    let mut plain = Vec::new();
    let read = match answer.header("content-encoding") {
        None => return answer.bytes.clone(),
        Some("br") => brotli::Decompressor::new(&*answer.bytes, 4096).read_to_end(&mut plain),
        Some("gzip") => flate2::read::GzDecoder::new(&*answer.bytes).read_to_end(&mut plain),
        Some(other) => panic!("{other} was not asked for"),
    };
    read.expect("it can be unpacked");
    plain
}
