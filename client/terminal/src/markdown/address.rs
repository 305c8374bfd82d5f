//! Addresses in texts: which ones may become links, where they end, and where they lead.
//!
//! `inline` asks. What is not http:, https: or mailto: never leaves here as an address, however it
//! is disguised.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::pattern::pattern;

/// Where a link leads. `host` is what a person should see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) href: String,
    pub(super) host: String,
}

static SCHEME: LazyLock<Regex> = pattern!(r"^(?i-u:https?://|mailto:)");

/// Longer ones are text: no person reads them, and no page needs them. In units of UTF-16.
const ADDRESS_MAX: usize = 2_000;

/// Hosts as they are in the world.
static HOST: LazyLock<Regex> = pattern!(r"^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::[0-9]+)?$");

/// An address without a scheme, as people write them: with a name and an ending.
static WWW: LazyLock<Regex> = pattern!(r"^(?i-u:www)\.[^.\s]+\.[^.\s]");

static START: LazyLock<Regex> = pattern!(r"^(?i:https?://|www\.)");

/// Where an address ends at the latest: white space, quotes and angle brackets, controls,
/// characters that cannot be seen or that set directions, emoji, and the punctuation of scripts
/// without spaces.
static END: LazyLock<Regex> = pattern!(concat!(
    r#"[\s\u{feff}<>"`«»\x00-\x1f\x7f-\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}"#,
    r"\u{2018}-\u{201f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{3000}-\u{303f}\u{fe00}-\u{fe0f}",
    r"\u{ff01}-\u{ff0f}\u{ff1a}-\u{ff20}\p{Emoji_Presentation}]",
));

/// No more characters are read than tell that it is too long.
const READ_MAX: usize = ADDRESS_MAX + 1;

/// The next address of a list.
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

/// The address that is meant by what was written: `www.` stands for a scheme too.
pub(super) fn with_scheme(written: &str) -> String {
    match WWW.is_match(written) {
        true => format!("https://{written}"),
        false => written.to_owned(),
    }
}

/// Whether an address that stands in a text as it is shows its own host. It does not when the
/// host is written in other letters, in numbers or with escapes.
pub(super) fn shows_host(written: &str, found: &Address) -> bool {
    let scheme = found.href.split(':').next().unwrap_or_default();
    let start = format!("{scheme}://{}", found.host);
    let lower = written.to_lowercase();
    lower
        .strip_prefix(&start)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#', ':']))
}

/// Where the address that begins here ends, without the punctuation that belongs to the sentence;
/// `at` when there is none.
pub(super) fn end_of(text: &str, at: usize) -> usize {
    let run = run(&text[at..]);
    // How many round, square and curly brackets are open.
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
        // The end of a link's name, or of what is bold or struck, or the next address of a list.
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

/// The longest that an address at the beginning of a text may be.
fn run(text: &str) -> &str {
    let Some(start) = START.find(text).map(|start| start.end()) else { return "" };
    let rest = &text[start..];
    let most = rest.char_indices().nth(READ_MAX).map_or(rest.len(), |(at, _)| at);
    let end = END.find(&rest[..most]).map_or(most, |end| end.start());
    if end > 0 { &text[..start + end] } else { "" }
}
