//! What people wrote, made harmless for a terminal: controls drive it, and signs of direction turn lines around.

use serde_json::Value;

/// A text on one line, in which such signs are written as `\u{…}`.
pub(super) fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_harmful(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// JSON on one line that means the same, in which such signs are escaped (RFC 8259, section 7).
pub(super) fn json(value: &Value) -> String {
    let written = value.to_string();
    let mut shown = String::with_capacity(written.len() + 1);
    for c in written.chars() {
        match is_harmful(c) {
            // They stand in strings: outside of them JSON is ASCII, and this is without line feeds.
            true => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    shown.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => shown.push(c),
        }
    }
    shown.push('\n');
    shown
}

/// Controls; signs of direction (UAX #9, section 2); separators of lines; what draws nothing and could make two
/// names look the same. The joiners stay, which some scripts are written with.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            | '\u{2028}' | '\u{2029}'
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{json, text};

    const EVIL: &str = "a\u{1b}[2J\u{9b}31m\u{202e}b\u{2067}\n\u{e0041}\u{feff}c";

    #[test]
    fn a_text_drives_no_terminal_and_turns_no_line() {
        let shown = text(EVIL);
        assert_eq!(shown, "a\\u{1b}[2J\\u{9b}31m\\u{202e}b\\u{2067}\\u{a}\\u{e0041}\\u{feff}c");
        for kept in
            ["lobby", "Zoë", "日本", "שלום", "\u{646}\u{645}\u{6cc}\u{200c}\u{62e}", "👩\u{200d}👧"]
        {
            assert_eq!(text(kept), kept);
        }
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = json!({"name": EVIL, "list": [EVIL, 1, null]});
        let shown = json(&value);
        assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON"), value);
        let line = shown.strip_suffix('\n').expect("a line");
        assert!(line.is_ascii() && !line.contains(char::is_control), "{line}");
    }
}
