//! Leaves out the comments that stand on lines of their own, before a module or a style is
//! compressed: they are a third of what a first visit would load, and no browser reads them.
//!
//! The lines stay, empty, so that a place in an error is the place in the source. Nothing else is
//! touched, and what cannot be told for sure is left as it is.

/// The same module without its comments.
pub fn left_out(source: &str) -> String {
    lean(source).unwrap_or_else(|| source.to_owned())
}

/// `None`: this file is not understood.
fn lean(source: &str) -> Option<String> {
    let mut lean = String::with_capacity(source.len());
    let mut is_comment = false;
    let mut is_template = false;
    for line in source.split_inclusive('\n') {
        let text = line.trim();
        if is_comment {
            if let Some((_, rest)) = text.split_once("*/") {
                if !rest.trim().is_empty() {
                    return None;
                }
                is_comment = false;
            }
        } else if is_template || !begins_comment(text) {
            lean.push_str(line.trim_end_matches('\n'));
            // An odd one begins a template that goes on in the next line, or ends it.
            is_template ^= line.matches('`').count() % 2 == 1;
        } else {
            is_comment = text.starts_with("/*") && !text.contains("*/");
        }
        if line.ends_with('\n') {
            lean.push('\n');
        }
    }
    (!is_comment && !is_template).then_some(lean)
}

/// Whether nothing but a comment is on this line, or begins on it.
fn begins_comment(text: &str) -> bool {
    match text.strip_prefix("/*") {
        Some(rest) => rest.split_once("*/").is_none_or(|(_, code)| code.trim().is_empty()),
        None => text.starts_with("//"),
    }
}

#[cfg(test)]
mod tests {
    use super::left_out;

    #[test]
    fn comments_on_lines_of_their_own_go_and_the_lines_stay() {
        let source = "// head\n\n/**\n * @param {string} a\n */\nfunction f(a) {\n  // why\n  \
                      return a; // here\n}\n/* one */\nf('//');\n";
        let lean = left_out(source);
        assert_eq!(lean, "\n\n\n\n\nfunction f(a) {\n\n  return a; // here\n}\n\nf('//');\n");
        assert_eq!(lean.lines().count(), source.lines().count());
    }

    #[test]
    fn what_stands_before_code_stays() {
        for source in [
            "/** @type {any} */ (f)(1);\n",
            "const a = 1; /* begins\nends */\n",
            "a /* b */ / c\n",
            "'/*'\n",
            "/** @type {any} */ const a = /** @type {any} */ (b);",
        ] {
            assert_eq!(left_out(source), source);
        }
    }

    #[test]
    fn a_template_keeps_what_looks_like_a_comment() {
        let source = "const a = `\n// text\n/* text */\n`;\n// comment\nconst b = `x`;\n";
        assert_eq!(left_out(source), "const a = `\n// text\n/* text */\n`;\n\nconst b = `x`;\n");
    }

    #[test]
    fn what_is_not_understood_is_left_as_it_is() {
        for source in [
            "// a comment\nconst quote = /`/;\n",
            "// a comment\n/* never\nclosed\n",
            "// a comment\n/* closed\nbefore */ code();\n",
        ] {
            assert_eq!(left_out(source), source);
        }
    }
}
