//! Figures as people read them: with separators, a unit, and only meaningful digits.

/// What a figure counts, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Milliseconds.
    Time,
    /// Microseconds of a processor for one delivery.
    Work,
    Bytes,
    /// A number per second.
    PerSecond,
    Count,
    /// Processors kept busy.
    Processors,
    /// Milliseconds of processor time in a second.
    Share,
}

impl Unit {
    /// The unit of a figure in a result.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Time => "ms",
            Self::Work => "us",
            Self::Bytes => "bytes",
            Self::PerSecond => "/s",
            Self::Count => "",
            Self::Processors => "processors",
            Self::Share => "ms/s",
        }
    }

    /// A figure in words. Times are in milliseconds, work in microseconds.
    pub(crate) fn words(self, value: f64) -> String {
        match self {
            Self::Time => millis(value),
            Self::Work => format!("{value:.2} µs"),
            Self::Bytes => bytes(value),
            Self::PerSecond => format!("{} /s", number(value)),
            Self::Count => number(value),
            Self::Processors => format!("{value:.2}"),
            Self::Share => format!("{value:.2} ms/s"),
        }
    }
}

/// `1,234,567`; below a hundred, with decimals.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    if value.abs() < 100.0 && value.fract() != 0.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count, with separators.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn count(value: u64) -> String {
    number(value as f64)
}

/// `1 client`, `2 clients`, `2 deliveries`: a regular noun in the singular or plural.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    let noun = match (value, noun.strip_suffix('y')) {
        (1, _) => noun.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{noun}s"),
    };
    format!("{} {noun}", count(value))
}

/// `once`, `23 times`.
pub(crate) fn times(value: u64) -> String {
    if value == 1 { "once".to_owned() } else { format!("{} times", count(value)) }
}

/// A byte count of a record as `f64`, which the other functions take.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn float(value: u64) -> f64 {
    value as f64
}

/// Milliseconds in a suitable unit: `250 µs`, `1.53 ms`, `4.2 s`.
pub(crate) fn millis(value: f64) -> String {
    match value {
        value if value <= 0.0 => "0 ms".to_owned(),
        value if value < 0.995 => format!("{:.0} µs", value * 1000.0),
        value if value < 9.995 => format!("{value:.2} ms"),
        value if value < 99.95 => format!("{value:.1} ms"),
        value if value < 999.5 => format!("{value:.0} ms"),
        value => seconds(value / 1000.0),
    }
}

/// `4.2 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn seconds(value: f64) -> String {
    if value < 9.995 {
        return format!("{value:.2} s");
    }
    if value < 99.95 {
        return format!("{value:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "100 s and more")]
    let whole = value.round() as u64;
    match (whole / 3600, whole % 3600 / 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `512 bytes`, `1.9 KiB`, `34.5 MiB`.
pub(crate) fn bytes(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    let mut scaled = size;
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if scaled < 1023.5 || unit == "GiB" {
            return match unit {
                "bytes" if scaled.round() == 1.0 => format!("{sign}1 byte"),
                "bytes" => format!("{sign}{scaled:.0} bytes"),
                _ if scaled < 9.95 => format!("{sign}{scaled:.2} {unit}"),
                _ => format!("{sign}{scaled:.1} {unit}"),
            };
        }
        scaled /= 1024.0;
    }
    format!("{size:.0} bytes")
}

/// Unix milliseconds as a date and a time of day, UTC.
pub(crate) fn utc(millis: u64) -> String {
    let (days, seconds) = (millis / 86_400_000, millis / 1000 % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute) = (seconds / 3600, seconds % 3600 / 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// The date this number of days after 1970-01-01. Years are counted from March, so that the leap day is the
/// last day (<https://howardhinnant.github.io/date_algorithms.html>).
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day - (153 * shifted + 2) / 5 + 1)
}

/// A foreign string for a terminal or a page: control characters are shown, never executed.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || is_bidi(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// The characters that change the direction of the following text, so that a line reads as another one.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_bear_as_many_digits_as_a_reader_needs() {
        assert_eq!(number(1_234_567.4), "1,234,567");
        assert_eq!(number(-1000.0), "-1,000");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(number(999.0), "999");
        assert_eq!(millis(0.25), "250 µs");
        assert_eq!(millis(0.999), "1.00 ms");
        assert_eq!(millis(1.534), "1.53 ms");
        assert_eq!(millis(4200.0), "4.20 s");
        assert_eq!(seconds(200.0), "3 min 20 s");
        assert_eq!(seconds(7500.0), "2 h 5 min");
        assert_eq!(bytes(512.0), "512 bytes");
        assert_eq!(bytes(1.9 * 1024.0), "1.90 KiB");
        assert_eq!(bytes(-34.5 * 1024.0 * 1024.0), "-34.5 MiB");
        assert_eq!(bytes(5e13), "46566.1 GiB");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(counted(1, "delivery"), "1 delivery");
        assert_eq!(counted(0, "delivery"), "0 deliveries");
        assert_eq!(counted(1234, "client"), "1,234 clients");
        assert_eq!(
            (times(1), times(0), times(23)),
            ("once".into(), "0 times".into(), "23 times".into())
        );
        assert_eq!(bytes(1.0), "1 byte");
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(utc(951_827_696_000), "2000-02-29 12:34 UTC");
        assert_eq!(utc(1_780_000_000_000), "2026-05-28 20:26 UTC");
    }

    #[test]
    fn what_steers_a_terminal_is_not_passed_on() {
        assert_eq!(clean("a\u{1b}[31mb\n\u{202e}c"), "a\u{fffd}[31mb\u{fffd}\u{fffd}c");
        assert_eq!(clean("grüße"), "grüße");
    }
}
