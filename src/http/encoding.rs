//! What a client accepts, with weights: `Accept-Encoding` and `Accept` (RFC 9110, section 12.5).

use hyper::header::{HeaderMap, HeaderName};

/// The encoding of a response's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Gzip,
    Brotli,
}

impl Encoding {
    /// The name in `Content-Encoding`; `None` for plain bytes, which need no header.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    fn is_called(self, name: &str) -> bool {
        match self {
            Self::Plain => name.eq_ignore_ascii_case("identity"),
            Self::Gzip => name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip"),
            Self::Brotli => name.eq_ignore_ascii_case("br"),
        }
    }
}

/// The weight of each encoding or type, in thousandths. 0 means not acceptable.
#[derive(Debug, Default)]
pub(super) struct Accepted<'a> {
    named: Vec<(&'a str, u16)>,
}

/// The most names that are read. Browsers send five.
const NAMED_MAX: usize = 32;

/// Below every weight that can be written: an encoding that is not mentioned is the last choice, but
/// acceptable.
const UNSAID: u16 = 1;

impl<'a> Accepted<'a> {
    /// Parses what a request accepts. A part that cannot be parsed counts as not accepted.
    pub(super) fn of(headers: &'a HeaderMap, header: &HeaderName) -> Self {
        let named = headers
            .get_all(header)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .take(NAMED_MAX)
            .map(|item| {
                let mut parts = item.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default();
                let weight = parts.find_map(|part| {
                    let (key, value) = part.split_once('=')?;
                    key.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
                });
                (name, weight.unwrap_or(1_000))
            })
            .collect();
        Self { named }
    }

    /// The weight of this encoding.
    pub(super) fn weight(&self, encoding: Encoding) -> u16 {
        self.find(|name| encoding.is_called(name)).or_else(|| self.named("*")).unwrap_or(
            match encoding {
                Encoding::Plain => UNSAID,
                Encoding::Gzip | Encoding::Brotli => 0,
            },
        )
    }

    /// The weight of exactly this name, if it is listed.
    pub(super) fn named(&self, wanted: &str) -> Option<u16> {
        self.find(|name| name.eq_ignore_ascii_case(wanted))
    }

    fn find(&self, is_it: impl Fn(&str) -> bool) -> Option<u16> {
        self.named.iter().find(|(name, _)| is_it(name)).map(|(_, weight)| *weight)
    }
}

/// A weight: from 0 to 1 with at most three decimals.
fn thousandths(text: &str) -> u16 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" if rest.bytes().all(|byte| byte == b'0') => 1_000,
        "0" => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};

    use super::{Accepted, Encoding};

    fn weights(values: &[&str]) -> [u16; 3] {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_str(value).expect("a header"));
        }
        let accepted = Accepted::of(&headers, &ACCEPT_ENCODING);
        [Encoding::Brotli, Encoding::Gzip, Encoding::Plain].map(|one| accepted.weight(one))
    }

    #[test]
    fn weights_are_read_as_they_are_written() {
        for (values, expected) in [
            (&[][..], [0, 0, 1]),
            (&[""], [0, 0, 1]),
            (&["gzip, deflate, br, zstd"], [1_000, 1_000, 1]),
            (&["GZIP;Q=0.5", "Br ; q=0.25"], [250, 500, 1]),
            (&["br;q=0, gzip"], [0, 1_000, 1]),
            (&["br;q=0.001"], [1, 0, 1]),
            (&["*"], [1_000, 1_000, 1_000]),
            (&["*;q=0"], [0, 0, 0]),
            (&["br, *;q=0"], [1_000, 0, 0]),
            (&["identity;q=0.7, gzip;q=0.2"], [0, 200, 700]),
            (&["x-gzip"], [0, 1_000, 1]),
        ] {
            assert_eq!(weights(values), expected, "{values:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_accepted() {
        for value in
            ["br;q=", "br;q=2", "br;q=-1", "br;q=NaN", "br;q=1.001", "br;q=0.1234", "br;q=1e0"]
        {
            assert_eq!(weights(&[value])[0], 0, "{value}");
        }
        let long = "br;q=0,".repeat(2_000);
        assert_eq!(weights(&[&long])[0], 0);
    }
}
