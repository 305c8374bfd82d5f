//! Hosts: those to which a text links, and those that it names; and sets of domains.

use std::borrow::Cow;
use std::collections::HashSet;

use url::{Host, Url};

/// The longest name of a host (RFC 1035). Of a longer one, which is none, the end is looked at.
const HOST_BYTES_MAX: usize = 253;

/// Domains, each with everything below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Domains(HashSet<Box<str>>);

impl Domains {
    /// Reads domains with commas or spaces between them.
    ///
    /// # Errors
    /// The first that is none.
    pub(super) fn parse(text: &str) -> Result<Self, &str> {
        let all = text.split([',', ' ', '\n']).filter(|it| !it.is_empty());
        let domain = |it| {
            let bare = str::trim_matches(str::trim_start_matches(it, "*."), '.');
            Host::parse(bare).map(|host| host.to_string().into_boxed_str()).map_err(|_| it)
        };
        all.map(domain).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|domain| &**domain)
    }

    /// Whether a host is one of these, or below one.
    pub(super) fn has(&self, host: &str) -> bool {
        parents(host).any(|domain| self.0.contains(domain))
    }
}

/// A host and what is above it: `a.b.c`, `b.c`, `c`.
pub(super) fn parents(host: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(host);
    std::iter::from_fn(move || {
        let now = rest?;
        rest = now.split_once('.').map(|(_, above)| above);
        Some(now)
    })
}

/// Every host to which a text links: after `://`, and such as begin with `www.`.
pub(super) fn linked(text: &str, mut found: impl FnMut(&str)) {
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\\<>\"`".contains(c));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let host = authority.rsplit('@').next().unwrap_or_default();
        // A bracket behind it belongs to the sentence, two around it to an address.
        let end = match host.strip_prefix('[') {
            Some(address) => address.find(']').map(|at| at + 2),
            None => host.find(|c| !is_of_host(c) && c != '%'),
        };
        let host = &host[..end.unwrap_or(host.len())];
        if let Ok(url) = Url::parse(&format!("http://{host}"))
            && let Some(host) = url.host_str()
        {
            found(host.trim_end_matches('.'));
        }
    }
    for name in named_by(text, is_of_host) {
        if name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) {
            found(&normal(name));
        }
    }
}

/// Every host that a text names, whether it is a link or not.
pub(super) fn named(text: &str, mut found: impl FnMut(&str)) {
    linked(text, &mut found);
    for name in named_by(text, is_of_host) {
        found(&normal(name));
    }
    if !text.is_ascii() {
        // Letters of another script may stand right behind one.
        let is_ascii = |c: char| c.is_ascii() && is_of_host(c);
        named_by(text, is_ascii).for_each(|name| found(&normal(name)));
    }
}

/// The parts of a text that consist of such characters, and have a dot in the middle.
fn named_by(text: &str, is_of_host: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    text.split(move |c| !is_of_host(c))
        .map(|name| name.trim_matches(['.', '-', '_']))
        .filter(|name| name.contains(is_dot))
}

fn is_of_host(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '-' | '_' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
        || is_dot(c)
}

/// The signs that are dots in names of hosts (UTS #46).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// A host as browsers ask for it.
fn normal(name: &str) -> Cow<'_, str> {
    let from = name.len().saturating_sub(HOST_BYTES_MAX);
    let from = (from..=name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    let name = &name[from..];
    if name.is_ascii() {
        return Cow::Owned(name.to_ascii_lowercase());
    }
    Host::parse(name)
        .map_or_else(|_| Cow::Owned(name.to_lowercase()), |host| host.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::{Domains, linked, named};

    fn links(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        linked(text, |host| all.push(host.to_owned()));
        all
    }

    fn names(domains: &str, text: &str) -> bool {
        let domains = Domains::parse(domains).expect("domains");
        let mut is_named = false;
        named(text, |host| is_named |= domains.has(host));
        is_named
    }

    #[test]
    fn a_link_is_an_address_with_a_scheme_or_www() {
        for (text, host) in [
            ("see https://example.com/a?b", "example.com"),
            ("HTTP://EXAMPLE.COM", "example.com"),
            ("(https://example.com)", "example.com"),
            ("[it](https://example.com) and more", "example.com"),
            ("https://me:secret@example.com:8080/", "example.com"),
            ("https://example.com.", "example.com"),
            ("https://ex%61mple.com", "example.com"),
            ("https://ex\u{ad}ample。com", "example.com"),
            ("https://bücher.example", "xn--bcher-kva.example"),
            ("https://[2001:db8::1]:80/", "[2001:db8::1]"),
            ("https://2130706433/", "127.0.0.1"),
            ("go to www.example.com now", "www.example.com"),
            ("tg://example.com", "example.com"),
        ] {
            assert_eq!(links(text), [host], "{text}");
        }
        for text in
            ["main.rs and e.g. this", "example.com", "a://", "://", "wwww.x", "1.2.3.4", "//x.y"]
        {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_domain_is_found_in_links_and_by_itself_with_all_below_it() {
        for text in [
            "example.com",
            "Buy at EXAMPLE.COM!",
            "https://a.b.example.com/x",
            "www.example.com",
            "mail me@example.com",
            "例えばexample.comです",
            "“example.com”",
            "example。com",
            "https://user@example.com",
        ] {
            assert!(names("spam.example, example.com", text), "{text}");
        }
        for text in
            ["notexample.com", "example.com.org", "example", "com", "xexample.com", "e xample.com"]
        {
            assert!(!names("example.com", text), "{text}");
        }
        assert!(names("xyz", "cheap.stuff.xyz"), "a top-level domain");
        assert!(
            names("xn--bcher-kva.example", "bücher.example")
                && names("BÜCHER.example", "bücher.example")
        );
        assert!(
            !names("example.com", "https://\u{435}xample.com"),
            "another domain that looks like it"
        );
        let long = format!("{}example.com", "a.".repeat(10_000));
        assert!(names("example.com", &long), "of a name that is too long the end counts");
    }

    #[test]
    fn what_is_no_domain_is_named() {
        for (text, bad) in
            [("a b^c", "b^c"), ("ex ample.com, x..y^", "x..y^"), ("<script>", "<script>")]
        {
            assert_eq!(Domains::parse(text), Err(bad), "{text}");
        }
        let all = Domains::parse("*.example.com,.example.org  10.0.0.1").expect("domains");
        assert_eq!(all.iter().count(), 3);
    }
}
