//! Sizes and durations as people write them: a number and a unit, `64KiB` or `30s`.
//!
//! Parsing and showing share one table of units, so that every shown value can be parsed. A value is shown in
//! the largest unit that divides it, never rounded.

/// Units of bytes. Only powers of two, and no `KB`, which means 1000 to some people and 1024 to others.
pub(super) const BYTES: Units = Units {
    units: &[("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)],
    plain: Some(1),
    zero: "0",
};

/// Units of time, in milliseconds. A plain number is refused: some people would mean seconds, and others
/// milliseconds. There are no months and years, since they have no fixed length.
pub(super) const MILLISECONDS: Units = Units {
    units: &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)],
    plain: None,
    zero: "0s",
};

/// A table of units, the largest first.
pub(super) struct Units {
    units: &'static [(&'static str, u64)],
    /// The unit of a plain number, if that is allowed.
    plain: Option<u64>,
    zero: &'static str,
}

impl Units {
    /// The amount in the smallest unit.
    pub(super) fn parse(&self, text: &str) -> Option<u64> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let factor = match unit.trim_start() {
            "" => self.plain?,
            unit => self.units.iter().find(|(name, _)| *name == unit)?.1,
        };
        integer(digits)?.checked_mul(factor)
    }

    /// The shortest text that [`Units::parse`] reads as `amount`.
    pub(super) fn show(&self, amount: u64) -> String {
        if amount == 0 {
            return self.zero.into();
        }
        match self.units.iter().find(|(_, factor)| amount.is_multiple_of(*factor)) {
            Some((_, 1)) if self.plain == Some(1) => amount.to_string(),
            Some((name, factor)) => format!("{}{name}", amount / factor),
            None => amount.to_string(),
        }
    }
}

/// An integer, whose digits `_` may group: `100_000`.
pub(super) fn integer(text: &str) -> Option<u64> {
    let is_grouped = text.split('_').all(|group| !group.is_empty());
    let digits = text.replace('_', "");
    let is_number = is_grouped && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_binary_unit_or_none() {
        for (text, bytes) in [
            ("64KiB", 65_536),
            ("1MiB", 1_048_576),
            ("4096", 4096),
            ("4_096B", 4096),
            ("2 GiB", 1 << 31),
        ] {
            assert_eq!(BYTES.parse(text), Some(bytes), "{text}");
        }
        for text in
            ["", "KiB", "64KB", "64k", "-1", "1.5MiB", "_1", "1__0", "1KiB 2", "99999999999GiB"]
        {
            assert_eq!(BYTES.parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_has_a_unit() {
        for (text, ms) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("7d", 604_800_000),
        ] {
            assert_eq!(MILLISECONDS.parse(text), Some(ms), "{text}");
        }
        for text in ["", "30", "s", "1.5s", "1M", "1y", "30S", "-1s", "1h30m"] {
            assert_eq!(MILLISECONDS.parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back_exactly() {
        for amount in [0, 1, 999, 1000, 1023, 1024, 1536, 90_000, 65_536, 86_400_000, u64::MAX] {
            assert_eq!(BYTES.parse(&BYTES.show(amount)), Some(amount));
            assert_eq!(MILLISECONDS.parse(&MILLISECONDS.show(amount)), Some(amount));
        }
        assert_eq!(BYTES.show(16_384), "16KiB");
        assert_eq!(MILLISECONDS.show(90_000), "90s");
    }
}
