//! Addresses in texts: which ones may become links, where they end, and where they lead.
//!
//! `inline` calls this. Only http:, https: and mailto: addresses ever become links, however others are
//! disguised.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::pattern::pattern;

/// Where a link leads. `host` is the part that a person should see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) href: String,
    pub(super) host: String,
}

static SCHEME: LazyLock<Regex> = pattern!(r"^(?i-u:https?://|mailto:)");

/// Longer addresses stay text: nobody reads them, and no page needs them. In UTF-16 code units.
const ADDRESS_MAX: usize = 2_000;

/// A host in ASCII, or an IPv6 address, with an optional port.
static HOST: LazyLock<Regex> = pattern!(r"^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::[0-9]+)?$");

/// An address without a scheme: `www.` with at least two labels behind it.
static WWW: LazyLock<Regex> = pattern!(r"^(?i-u:www)\.[^.\s]+\.[^.\s]");

static START: LazyLock<Regex> = pattern!(r"^(?i:https?://|www\.)");

/// Ends an address: white space, quotes, angle brackets, controls, characters that are invisible or set the
/// direction, emoji, and the punctuation of scripts without spaces.
static END: LazyLock<Regex> = pattern!(concat!(
    r#"[\s\u{feff}<>"`«»\x00-\x1f\x7f-\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}"#,
    r"\u{2018}-\u{201f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{3000}-\u{303f}\u{fe00}-\u{fe0f}",
    r"\u{ff01}-\u{ff0f}\u{ff1a}-\u{ff20}\p{Emoji_Presentation}]",
));

/// Reading stops at the first character that makes the address too long.
const READ_MAX: usize = ADDRESS_MAX + 1;

/// The start of the next address in a list.
static NEXT: LazyLock<Regex> = pattern!(r"^(?i-u:https?:|www\.)");

static MAILBOX: LazyLock<Regex> = pattern!(r"^[^@\s]+@[^@\s]+$");

/// An address that may be a link.
pub(super) fn address(written: &str) -> Option<Address> {
    if written.encode_utf16().count() > ADDRESS_MAX || !SCHEME.is_match(written) {
        return None;
    }
    let url = Url::parse(written).ok()?;
    // `https://bank.example@elsewhere.example` shows one host and leads to another.
    if !url.username().is_empty() || url.password().is_some_and(|password| !password.is_empty()) {
        return None;
    }
    let host = match (url.scheme(), url.host_str(), url.port()) {
        ("mailto", ..) => url.path().to_owned(),
        (_, Some(host), Some(port)) => format!("{host}:{port}"),
        (_, Some(host), None) => host.to_owned(),
        _ => return None,
    };
    let good = if url.scheme() == "mailto" { &MAILBOX } else { &HOST };
    good.is_match(&host).then(|| Address { href: url.into(), host })
}

/// Adds `https://` to an address that starts with `www.`.
pub(super) fn with_scheme(written: &str) -> String {
    match WWW.is_match(written) {
        true => format!("https://{written}"),
        false => written.to_owned(),
    }
}

/// Whether a bare address in a text shows the host that it leads to. It does not if the host is written in
/// other letters, as a number or with escapes.
pub(super) fn shows_host(written: &str, found: &Address) -> bool {
    let scheme = found.href.split(':').next().unwrap_or_default();
    let start = format!("{scheme}://{}", found.host);
    let lower = written.to_lowercase();
    lower
        .strip_prefix(&start)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#', ':']))
}

/// The end of the address that begins at `at`, without the punctuation of the sentence around it; `at` if
/// there is none.
pub(super) fn end_of(text: &str, at: usize) -> usize {
    let run = run(&text[at..]);
    // The depth of open parentheses, square brackets and braces.
    let mut open = [0_i32; 3];
    let mut end = run.len();
    for (place, sign) in run.char_indices() {
        if let Some(kind) = "([{".find(sign) {
            open[kind] += 1;
        }
        if let Some(kind) = ")]}".find(sign) {
            open[kind] -= 1;
        }
        let rest = &run[place..];
        // Ends the address: the `]` of a link, `**` or `~~`, or the next address of a list.
        let is_next = || matches!(sign, ',' | ';') && NEXT.is_match(&rest[1..]);
        if open[1] < 0 || rest.starts_with("**") || rest.starts_with("~~") || is_next() {
            end = place;
            break;
        }
    }
    open[1] = open[1].max(0);
    while let Some(sign) = run[..end].chars().next_back() {
        match ")]}".find(sign) {
            Some(kind) if open[kind] < 0 => open[kind] += 1,
            _ if matches!(
                sign,
                '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…'
            ) => {}
            _ => break,
        }
        end -= sign.len_utf8();
    }
    at + end
}

/// The longest piece at the start of a text that may be an address.
fn run(text: &str) -> &str {
    let Some(start) = START.find(text).map(|start| start.end()) else { return "" };
    let rest = &text[start..];
    let most = rest.char_indices().nth(READ_MAX).map_or(rest.len(), |(at, _)| at);
    let end = END.find(&rest[..most]).map_or(most, |end| end.start());
    if end > 0 { &text[..start + end] } else { "" }
}
