//! What may be in a name: characters, marks and joiners.

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_script::{Script, UnicodeScript};
use unicode_security::GeneralSecurityProfile;
use unicode_security::general_security_profile::IdentifierType;
use unicode_security::skeleton;

use super::BadName;

/// Marks that take no space of their own, after one letter: Tibetan stacks four, pointed Hebrew
/// three. Larger piles are only used to write over other people's lines.
pub(super) const MARKS_MAX: usize = 4;

/// Those among them that belong to no script and so go on any letter: Vietnamese before NFC needs
/// two, Arabic too.
pub(super) const FREE_MARKS_MAX: usize = 2;

/// The canonical combining class of marks that take a consonant's vowel away (UAX #44).
const VIRAMA: u8 = 9;

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Judges every character of a name in its place.
pub(super) fn check(name: &[char]) -> Result<(), BadName> {
    for (at, c) in name.iter().enumerate() {
        if is_joiner(*c) {
            if !joins(*c, &name[..at], &name[at + 1..]) {
                return Err(BadName::Joiner(*c));
            }
        } else if !is_allowed(*c) {
            return Err(refused(*c));
        }
    }
    match has_piled_marks(name) {
        true => Err(BadName::Marks),
        false => Ok(()),
    }
}

/// Whether a character may be in a name, joiners aside. What is allowed once stays allowed: rooms
/// that have it exist.
pub(super) fn is_allowed(c: char) -> bool {
    match c {
        // Of the other signs that identifiers may have, ' and : mean something in a chat line.
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
        '\u{2019}' => false,
        // Korean consonants and vowels by themselves, as in ㅋㅋ, without the filler.
        '\u{3131}'..='\u{3163}' => true,
        // The rafe, with which Yiddish writes f.
        '\u{5bf}' => true,
        // What keyboards for Japanese and Chinese write for 0 to 9.
        '\u{ff10}'..='\u{ff19}' => true,
        _ => is_of_a_living_language(c) || (c.is_alphabetic() && comes_apart_into_allowed(c)),
    }
}

/// The identifier characters of UTS #39 and, beyond its recommendation for identifiers in programs,
/// those of rarer use, of scripts of smaller communities, and of linguists, with which some
/// languages write too (the clicks of Nama, the ʔ of Aghem).
fn is_of_a_living_language(c: char) -> bool {
    use IdentifierType::{Limited_Use, Technical, Uncommon_Use};
    if c.identifier_allowed() {
        return true;
    }
    let is_of_rarer_use = match c.identifier_type() {
        Some(Limited_Use | Uncommon_Use | Technical) => true,
        // Counted among the historic scripts, and in daily use in Inner Mongolia.
        _ => c.script() == Script::Mongolian,
    };
    is_of_rarer_use && (c.is_alphanumeric() || is_combining_mark(c)) && !is_joiner(c)
}

/// Whether it is another form (full width, a ligature) of characters that are allowed. Its fold is
/// theirs.
fn comes_apart_into_allowed(c: char) -> bool {
    let parts: Vec<char> = std::iter::once(c).nfkc().collect();
    parts != [c] && parts.into_iter().all(is_of_a_living_language)
}

/// The error for a character, as exact as can be told.
fn refused(c: char) -> BadName {
    let is_of_a_script =
        !matches!(c.script(), Script::Common | Script::Inherited | Script::Unknown);
    let is_whole = !matches!(c.identifier_type(), Some(IdentifierType::Not_NFKC));
    match c.is_alphabetic() && is_of_a_script && is_whole && !is_ignorable(c) {
        true => BadName::Letter(c),
        false => BadName::Character(c),
    }
}

/// Whether the character is only seen by what it does to its neighbours.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER | '\u{180b}'..='\u{180f}')
}

/// Whether a joiner changes how its neighbours look; elsewhere it would be an invisible character.
fn joins(joiner: char, before: &[char], after: &[char]) -> bool {
    let Some(last) = before.last().copied() else { return false };
    let follows_virama = canonical_combining_class(last) == VIRAMA;
    match joiner {
        // RFC 5892, appendix A.1: in conjuncts, and between letters that would be joined.
        ZERO_WIDTH_NON_JOINER => follows_virama || is_between_joined(before, after),
        // RFC 5892, appendix A.2. And between a consonant and a virama, which the RFC leaves out,
        // as in Bengali and Odia: The Unicode Standard, chapter 12.2, "Ya-phalaa".
        ZERO_WIDTH_JOINER => {
            let virama = after.first().is_some_and(|c| canonical_combining_class(*c) == VIRAMA);
            follows_virama || (virama && last.is_alphabetic() && !is_combining_mark(last))
        }
        // Variation selectors and the vowel separator of Mongolian.
        _ => last.script() == Script::Mongolian && last.is_alphabetic(),
    }
}

fn is_between_joined(before: &[char], after: &[char]) -> bool {
    fn joining<'a>(mut letters: impl Iterator<Item = &'a char>) -> Option<JoiningType> {
        letters
            .find(|c| get_joining_type(**c) != JoiningType::Transparent)
            .map(|c| get_joining_type(*c))
    }
    use JoiningType::{DualJoining, LeftJoining, RightJoining};
    matches!(joining(before.iter().rev()), Some(LeftJoining | DualJoining))
        && matches!(joining(after.iter()), Some(RightJoining | DualJoining))
}

/// Whether a letter carries more combining marks than any language writes.
pub(crate) fn has_piled_marks(text: &[char]) -> bool {
    let (mut marks, mut free) = (0, 0);
    for c in text {
        if is_joiner(*c) {
            continue;
        }
        if !is_combining_mark(*c) {
            (marks, free) = (0, 0);
            continue;
        }
        // Transparent to joining are, of marks, those that take no space. What the tables do not
        // know yet may have a class.
        if get_joining_type(*c) == JoiningType::Transparent || canonical_combining_class(*c) > 0 {
            marks += 1;
            free += usize::from(matches!(c.script(), Script::Inherited | Script::Common));
        }
        if marks > MARKS_MAX || free > FREE_MARKS_MAX {
            return true;
        }
    }
    false
}

/// Whether Unicode says that a character is to be left out where it is not known what to do with
/// it (Default_Ignorable_Code_Point): a skeleton leaves exactly these out.
pub(crate) fn is_ignorable(c: char) -> bool {
    !c.is_ascii() && skeleton(c.encode_utf8(&mut [0; 4])).next().is_none()
}

/// Why a letter is not allowed, for a person.
pub(super) fn why_not(c: char) -> String {
    match c.identifier_type() {
        Some(IdentifierType::Exclusion) => {
            let script = c.script().full_name().replace('_', " ");
            format!("names here are not written in {script}")
        }
        _ => "it is not in everyday use in any language".into(),
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::is_combining_mark;

    use super::{is_allowed, is_ignorable, is_joiner};

    #[test]
    fn nothing_that_is_allowed_is_invisible_and_little_is_no_letter_digit_or_mark() {
        let mut signs = String::new();
        for c in ('\0'..=char::MAX).filter(|c| is_allowed(*c)) {
            assert!(!is_ignorable(c) && !is_joiner(c), "U+{:04X}", u32::from(c));
            assert!(!c.is_control() && !c.is_whitespace(), "U+{:04X}", u32::from(c));
            if !c.is_alphanumeric() && !is_combining_mark(c) {
                signs.push(c);
            }
        }
        assert_eq!(signs, "-._·֊׳״۽۾་‐‧゠・\u{11b0a}");
    }
}
