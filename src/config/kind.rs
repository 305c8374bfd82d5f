//! The kinds of values: how each is read, what it allows, and how it is shown.
//!
//! The table of settings gives every setting one of these. A kind never knows where its text came
//! from, so flags, variables and the file cannot differ in what they accept.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use hyper::Uri;
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::units::{BYTES, MILLISECONDS, Units, integer};

/// How the values of one setting are read and shown.
pub(super) trait Kind {
    /// What the text becomes.
    type Value;

    /// Reads a value; the error says what is wrong, not what is allowed.
    fn parse(&self, text: &str) -> Result<Self::Value, String>;

    /// What is allowed, in words that follow "allowed:".
    fn allowed(&self) -> String;

    /// A text that [`Kind::parse`] reads as this value.
    fn show(&self, value: &Self::Value) -> String;

    /// The placeholder in the help.
    fn value_name(&self) -> &'static str;
}

/// An address and port to listen on.
pub(super) struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn parse(&self, text: &str) -> Result<SocketAddr, String> {
        text.parse().map_err(|_| "not an IP address with a port".into())
    }

    fn allowed(&self) -> String {
        "ADDR:PORT with a numeric address, such as 127.0.0.1:8080 or [::]:8080; \
         port 0 takes a free one"
            .into()
    }

    fn show(&self, value: &SocketAddr) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "ADDR:PORT"
    }
}

/// A kind, or one word that stands for nothing.
pub(super) struct Or<K>(pub(super) K, pub(super) &'static str);

impl<K: Kind> Kind for Or<K> {
    type Value = Option<K::Value>;

    fn parse(&self, text: &str) -> Result<Self::Value, String> {
        if text == self.1 { Ok(None) } else { self.0.parse(text).map(Some) }
    }

    fn allowed(&self) -> String {
        format!("`{}`, or {}", self.1, self.0.allowed())
    }

    fn show(&self, value: &Self::Value) -> String {
        value.as_ref().map_or_else(|| self.1.into(), |value| self.0.show(value))
    }

    fn value_name(&self) -> &'static str {
        self.0.value_name()
    }
}

/// A folder; it need not exist yet.
pub(super) struct Folder;

impl Kind for Folder {
    type Value = PathBuf;

    fn parse(&self, text: &str) -> Result<PathBuf, String> {
        if text.is_empty() { Err("empty".into()) } else { Ok(text.into()) }
    }

    fn allowed(&self) -> String {
        "a path; a relative one counts from the folder that the server is started in".into()
    }

    fn show(&self, value: &PathBuf) -> String {
        value.display().to_string()
    }

    fn value_name(&self) -> &'static str {
        "DIR"
    }
}

/// Values of another kind, between commas; empty for none.
pub(super) struct List<K>(pub(super) K);

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;

    fn parse(&self, text: &str) -> Result<Self::Value, String> {
        let parse =
            |item: &str| self.0.parse(item).map_err(|problem| format!("{item:?} is {problem}"));
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
    }

    fn allowed(&self) -> String {
        format!("nothing, or a list with commas of {}", self.0.allowed())
    }

    fn show(&self, value: &Self::Value) -> String {
        value.iter().map(|item| self.0.show(item)).collect::<Vec<_>>().join(",")
    }

    fn value_name(&self) -> &'static str {
        self.0.value_name()
    }
}

/// A network of addresses.
pub(super) struct Network;

impl Kind for Network {
    type Value = IpNet;

    fn parse(&self, text: &str) -> Result<IpNet, String> {
        match text.parse::<IpNet>() {
            Ok(network) => Ok(network.trunc()),
            Err(_) => text
                .parse()
                .map(|address: std::net::IpAddr| address.into())
                .map_err(|_| "neither an IP address nor a network".into()),
        }
    }

    fn allowed(&self) -> String {
        "networks such as 10.0.0.0/8 or fd00::/8, or single addresses".into()
    }

    fn show(&self, value: &IpNet) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "CIDR"
    }
}

/// Where a page in a browser comes from, written as browsers write it in the `Origin` header
/// (RFC 6454, section 6.2): lower case, without a path and without the scheme's own port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// Reads an origin, and brings it into the form that browsers send.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.to_ascii_lowercase().parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let host = authority.host();
        // hyper reads `host:` and `host:99999` as having no port, and `user@host` as a host.
        let plain = uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if host.is_empty() || authority.as_str() != plain || uri.path_and_query()?.as_str() != "/" {
            return None;
        }
        let is_usual =
            matches!((scheme, uri.port_u16()), ("http", Some(80)) | ("https", Some(443)));
        Some(Self(format!("{scheme}://{}", if is_usual { host } else { &plain })))
    }

    /// The origin as browsers send it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The origin of a web page.
pub(super) struct Web;

impl Kind for Web {
    type Value = WebOrigin;

    fn parse(&self, text: &str) -> Result<WebOrigin, String> {
        WebOrigin::parse(text).ok_or_else(|| "not an origin".into())
    }

    fn allowed(&self) -> String {
        "origins such as https://chat.example or http://localhost:3000: a scheme, a host \
         (in ASCII, as browsers send it), perhaps a port, and no path"
            .into()
    }

    fn show(&self, value: &WebOrigin) -> String {
        value.as_str().into()
    }

    fn value_name(&self) -> &'static str {
        "ORIGIN"
    }
}

/// Yes or no.
pub(super) struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn parse(&self, text: &str) -> Result<bool, String> {
        text.parse().map_err(|_| "neither true nor false".into())
    }

    fn allowed(&self) -> String {
        "true or false".into()
    }

    fn show(&self, value: &bool) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "BOOL"
    }
}

/// A whole number within bounds, both included.
pub(super) struct Count<T>(pub(super) T, pub(super) T);

impl<T> Kind for Count<T>
where
    T: TryFrom<u64> + PartialOrd + fmt::Display,
{
    type Value = T;

    fn parse(&self, text: &str) -> Result<T, String> {
        let number = integer(text).ok_or("not a whole number")?;
        let value = T::try_from(number).map_err(|_| "too large")?;
        within(&value, &self.0, &self.1).map(|()| value)
    }

    fn allowed(&self) -> String {
        format!("a whole number from {} to {}", self.0, self.1)
    }

    fn show(&self, value: &T) -> String {
        value.to_string()
    }

    fn value_name(&self) -> &'static str {
        "COUNT"
    }
}

/// A number of bytes within bounds, both included.
pub(super) struct Size(pub(super) &'static str, pub(super) &'static str);

impl Kind for Size {
    type Value = usize;

    fn parse(&self, text: &str) -> Result<usize, String> {
        let bytes = amount(&BYTES, text, self.0, self.1).ok_or("not a number of bytes")??;
        usize::try_from(bytes).map_err(|_| "too large".into())
    }

    fn allowed(&self) -> String {
        format!("bytes from {} to {}, written like 4096, 64KiB, 1MiB or 1GiB", self.0, self.1)
    }

    fn show(&self, value: &usize) -> String {
        BYTES.show(*value as u64)
    }

    fn value_name(&self) -> &'static str {
        "BYTES"
    }
}

/// A length of time within bounds, both included.
pub(super) struct Span(pub(super) &'static str, pub(super) &'static str);

impl Kind for Span {
    type Value = Duration;

    fn parse(&self, text: &str) -> Result<Duration, String> {
        let problem = || match integer(text) {
            Some(_) => "a unit is missing",
            None => "not a length of time",
        };
        let ms = amount(&MILLISECONDS, text, self.0, self.1).ok_or_else(problem)??;
        Ok(Duration::from_millis(ms))
    }

    fn allowed(&self) -> String {
        format!("a time from {} to {}, written like 250ms, 30s, 5m, 2h or 7d", self.0, self.1)
    }

    fn show(&self, value: &Duration) -> String {
        MILLISECONDS.show(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    fn value_name(&self) -> &'static str {
        "TIME"
    }
}

/// An amount within bounds; `None` when it is not an amount.
fn amount(units: &Units, text: &str, min: &str, max: &str) -> Option<Result<u64, String>> {
    let value = units.parse(text)?;
    Some(within(&value, &units.parse(min)?, &units.parse(max)?).map(|()| value))
}

fn within<T: PartialOrd>(value: &T, min: &T, max: &T) -> Result<(), String> {
    if value < min {
        Err("too small".into())
    } else if value > max {
        Err("too large".into())
    } else {
        Ok(())
    }
}

/// Which lines are logged, as tracing's `EnvFilter` reads it.
pub(super) struct Filter;

impl Kind for Filter {
    type Value = String;

    fn parse(&self, text: &str) -> Result<String, String> {
        // `EnvFilter` takes a lone word that is no level for the name of a target, so `inof` would
        // pass and log nothing that anybody wants.
        let is_level = |word: &str| LevelFilter::from_str(word).is_ok();
        let is_lone = |word: &&str| !word.contains(['=', '[']) && !is_level(word);
        if text.trim().is_empty() {
            return Err("empty".into());
        }
        if !text.contains('[')
            && let Some(word) = text.split(',').map(str::trim).find(is_lone)
        {
            return Err(format!("{word:?} is not a level"));
        }
        EnvFilter::builder().parse(text).map_err(|error| error.to_string())?;
        Ok(text.into())
    }

    fn allowed(&self) -> String {
        "off, error, warn, info, debug or trace, perhaps with exceptions by target, such as \
         info,throng=debug"
            .into()
    }

    fn show(&self, value: &String) -> String {
        value.clone()
    }

    fn value_name(&self) -> &'static str {
        "FILTER"
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs that gather logs.
    Json,
}

/// A [`LogFormat`].
pub(super) struct Format;

impl Kind for Format {
    type Value = LogFormat;

    fn parse(&self, text: &str) -> Result<LogFormat, String> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("not a format".into()),
        }
    }

    fn allowed(&self) -> String {
        "text or json".into()
    }

    fn show(&self, value: &LogFormat) -> String {
        match value {
            LogFormat::Text => "text".into(),
            LogFormat::Json => "json".into(),
        }
    }

    fn value_name(&self) -> &'static str {
        "FORMAT"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        for (text, origin) in [
            ("https://Chat.Example", "https://chat.example"),
            ("https://chat.example:443/", "https://chat.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("tauri://localhost", "tauri://localhost"),
        ] {
            assert_eq!(
                WebOrigin::parse(text).as_ref().map(WebOrigin::as_str),
                Some(origin),
                "{text}"
            );
        }
    }

    #[test]
    fn what_no_browser_sends_is_no_origin() {
        for text in [
            "",
            "null",
            "*",
            "chat.example",
            "//chat.example",
            "https://",
            "https://a/path",
            "https://a?q",
            "https://me@a",
            "https://a:",
            "https://a:99999",
            "https://bücher.example",
        ] {
            assert_eq!(WebOrigin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_network_may_be_one_address_and_forgets_its_host_bits() {
        let shown = |text| List(Network).parse(text).map(|value| List(Network).show(&value));
        assert_eq!(shown("10.1.2.3/8, ::1"), Ok("10.0.0.0/8,::1/128".into()));
        assert_eq!(shown(""), Ok(String::new()));
        assert_eq!(
            shown("10.0.0.0/33"),
            Err("\"10.0.0.0/33\" is neither an IP address nor a network".into())
        );
    }

    #[test]
    fn a_log_filter_with_a_misspelt_level_is_refused() {
        for text in ["info", "OFF", "warn,throng=debug", "info,throng[session{id=1}]=trace"] {
            assert_eq!(Filter.parse(text).as_deref(), Ok(text));
        }
        for text in ["", "inof", "info,debgu", "throng=inof", "info,"] {
            assert!(Filter.parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bounds_are_included() {
        assert_eq!(Count(1, 3_u32).parse("3"), Ok(3));
        assert_eq!(Count(1, 3_u32).parse("0"), Err("too small".into()));
        assert_eq!(Count(1, 3_u32).parse("4"), Err("too large".into()));
        assert_eq!(Size("1KiB", "2KiB").parse("2048"), Ok(2048));
        assert_eq!(Size("1KiB", "2KiB").parse("2049"), Err("too large".into()));
        assert_eq!(Span("1s", "2s").parse("999ms"), Err("too small".into()));
        assert_eq!(Span("1s", "2s").parse("2"), Err("a unit is missing".into()));
    }
}
