//! The code that makes another device the same person: short enough to be typed.

use std::fmt;

/// A code of `link`: ten characters of Crockford's base 32 (50 bits), shown in two groups.
///
/// People type it from another screen. So case, hyphens and white space do not matter, and a letter
/// that looks like a digit is read as that digit, as Crockford's base 32 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkCode(u64);

/// The digits; `I`, `L`, `O` and `U` are left out.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl LinkCode {
    /// How many characters a code has, hyphen aside.
    pub const CHARS: usize = 10;

    /// How many bits a code holds.
    pub const BITS: u32 = 5 * Self::CHARS as u32;

    /// A code of the low [`LinkCode::BITS`] bits, which should come from a secure source.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }

    /// Reads a code as a person types it; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bits = 0;
        let mut chars = 0;
        for c in text.chars().filter(|c| *c != '-' && !c.is_whitespace()) {
            bits = bits << 5 | digit(c)?;
            chars += 1;
            if chars > Self::CHARS {
                return None;
            }
        }
        (chars == Self::CHARS).then_some(Self(bits))
    }
}

fn digit(c: char) -> Option<u64> {
    let c = match c.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let byte = u8::try_from(c).ok()?;
    DIGITS.iter().position(|digit| *digit == byte).map(|at| at as u64)
}

impl fmt::Display for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..Self::CHARS).rev() {
            let digit = DIGITS[(self.0 >> (5 * place) & 31) as usize];
            write!(f, "{}", char::from(digit))?;
            if place == Self::CHARS / 2 {
                f.write_str("-")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::LinkCode;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = LinkCode::parse("ABCDE-FGH10").expect("a code");
        assert_eq!(code.to_string(), "ABCDE-FGH10");
        for typed in ["abcdefghlo", " abcde fgh i O ", "a-b-c-d-e-f-g-h-1-0"] {
            assert_eq!(LinkCode::parse(typed), Some(code), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in ["", "ABCDE-FGH1", "ABCDE-FGH101", "ABCDE-FGHU0", "ABCDE_FGH10", "ÄBCDE-FGH10"]
        {
            assert_eq!(LinkCode::parse(typed), None, "{typed}");
        }
        assert_eq!(LinkCode::parse(&"-".repeat(1_000_000)), None);
    }

    #[test]
    fn the_bits_survive_being_shown() {
        for bits in [0, 1, (1 << 50) - 1, 0x2_5A5A_1234_5678] {
            let code = LinkCode::from_bits(bits);
            assert_eq!(LinkCode::parse(&code.to_string()), Some(code));
        }
        assert_eq!(LinkCode::from_bits(u64::MAX), LinkCode::from_bits((1 << 50) - 1));
    }
}
