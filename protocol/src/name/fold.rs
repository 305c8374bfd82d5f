//! When two names count as the same.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::is_ignorable;

/// What a name is compared by: two names with the same fold are the same name.
///
/// NFKC, full case folding and NFD; then each character that is not ASCII is replaced by what it
/// looks like, its skeleton in Unicode Technical Standard #39 ("раypal" with Cyrillic letters folds
/// to "paypal"). ASCII stays as it is: `corn` is not `com`, and `team-1` is not `team-l`, although
/// the standard's own skeletons of these are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fold(Box<str>);

impl Fold {
    pub(super) fn of(name: &str) -> Self {
        if name.is_ascii() {
            return Self(name.to_ascii_lowercase().into_boxed_str());
        }
        let cased = UniCase::unicode(name.nfkc().collect::<String>()).to_folded_case();
        let mut looks = String::with_capacity(cased.len());
        for c in cased.nfd() {
            if c.is_ascii() {
                looks.push(c);
            } else {
                push_look(c, &mut looks);
            }
        }
        Self(looks.nfd().collect::<String>().into_boxed_str())
    }

    /// A text in which words are looked for: folded as names are, without accents and without what is invisible.
    pub fn of_text(text: &str) -> Self {
        let folded = Self::of(text);
        if text.is_ascii() {
            return folded;
        }
        let is_kept = |c: &char| !is_accent(*c) && !is_ignorable(*c);
        Self(folded.0.chars().filter(is_kept).collect::<String>().into_boxed_str())
    }

    /// A fold that was stored; it may have been made by another version's tables.
    pub fn kept(text: String) -> Self {
        Self(text.into_boxed_str())
    }

    /// Whether this name has that part in it; see [`RoomName::part`](super::RoomName::part).
    pub fn contains(&self, part: &Fold) -> bool {
        self.0.contains(&*part.0)
    }

    /// Whether nothing is left of the text that was folded: it has no visible character.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The folded characters: for keys, never for showing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The blocks of combining diacritical marks. Marks of other scripts are letters there, and stay.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Adds what a character looks like, in the letters that ASCII names fold to: the standard writes
/// "rn" for each letter that looks like m, and capitals for some (a Greek omicron is an O).
fn push_look(c: char, looks: &mut String) {
    let mut buffer = [0; 4];
    let look: String = skeleton(c.encode_utf8(&mut buffer)).collect();
    let look = look.replace("rn", "m");
    looks.extend(look.chars().map(|c| c.to_ascii_lowercase()));
}

#[cfg(test)]
mod tests {
    use super::Fold;

    fn fold(name: &str) -> String {
        Fold::of(name).as_str().to_owned()
    }

    #[test]
    fn names_in_ascii_are_the_same_only_if_they_differ_in_nothing_but_case() {
        let signs: Vec<char> = "0123456789abcdefghijklmnopqrstuvwxyz-_.".chars().collect();
        let mut folds = std::collections::HashSet::new();
        for first in &signs {
            for second in &signs {
                let name: String = [*first, *second].iter().collect();
                assert_eq!(fold(&name.to_uppercase()), fold(&name));
                assert!(folds.insert(fold(&name)), "{name} is another name");
            }
        }
        for (one, other) in
            [("corn", "com"), ("Bernd", "Bemd"), ("team-1", "team-l"), ("b0b", "bob")]
        {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn letters_that_look_alike_are_one() {
        for (one, other) in [
            ("paypal", "р\u{430}ypal"),
            ("modem", "ⅿodeⅿ"),
            ("modem", "ｍｏｄｅｍ"),
            ("modem", "𝐦odem"),
            ("modem", "𑜀odem"),
            ("tom", "tοm"),
            ("straße", "STRASSE"),
            ("team-1", "team-１"),
            ("ﬁsh", "fish"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("modem"), fold("гпodem"), "two letters are not one");
    }

    #[test]
    fn a_text_is_folded_without_accents_and_without_what_is_invisible() {
        for (text, folded) in [
            ("Café CASINO", "cafe casino"),
            ("c\u{430}sin\u{43e}", "casino"),
            ("ca\u{200b}si\u{ad}no\u{2060}", "casino"),
            ("c\u{308}a\u{489}s\u{30a}i\u{301}no\u{323}", "ca\u{489}sino"),
            ("ｃａｓｉｎｏ 𝐜𝐚𝐬𝐢𝐧𝐨", "casino casino"),
        ] {
            assert_eq!(Fold::of_text(text).as_str(), folded, "{text}");
        }
        assert_ne!(Fold::of_text("कि"), Fold::of_text("का"), "marks that are letters stay");
    }

    #[test]
    fn folds_stay_as_they_are_in_every_log() {
        // A log keeps the folds of its rooms, and moves them when it is opened by a version that
        // folds otherwise. That is safe, but it changes which names are free.
        for (name, kept) in [
            ("Lobby", "lobby"),
            ("straße", "strasse"),
            ("М1ке", "ʍ1ĸe"),
            ("İstanbul", "i\u{307}stanbul"),
            ("日本語", "日本語"),
        ] {
            assert_eq!(fold(name), kept, "{name}");
        }
    }
}
