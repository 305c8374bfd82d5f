//! Leaves out the comments and the indentation of a module or a style before it is compressed:
//! they are a third of what a first visit would load, and no browser reads them.
//!
//! The lines stay, so that the line of an error is the line of the source. Reading JavaScript word
//! by word tells comments from what looks like one in a string, a template or a regular expression.
//! Whether `/` divides or begins a regular expression is told by what stands before it; where that
//! cannot be told for sure, the file is not touched, and the build says so.

/// A module without its comments; `None`: it is not understood.
pub fn out_of_module(source: &str) -> Option<String> {
    Lean::new(source).module()
}

/// A style without its comments; `None`: it is not understood.
pub fn out_of_style(source: &str) -> Option<String> {
    Lean::new(source).style()
}

/// What stands before a `/`.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// A value ends here: `/` divides.
    Value,
    /// A value is to come: `/` begins a regular expression.
    Operator,
    /// The end of a block or of an object, `a++` or `++a`.
    Unsure,
}

/// A bracket that is open.
#[derive(PartialEq)]
enum Open {
    /// `is_head`: after `if` and its like, where a statement follows the closing one.
    Round {
        is_head: bool,
    },
    Curly,
    /// `${` in a template.
    Place,
}

struct Lean<'a> {
    rest: &'a str,
    lean: String,
    open: Vec<Open>,
    before: Before,
    /// The word before, unless something stands between.
    word: &'a str,
}

impl<'a> Lean<'a> {
    fn new(source: &'a str) -> Self {
        let lean = String::with_capacity(source.len());
        Self { rest: source, lean, open: Vec::new(), before: Before::Operator, word: "" }
    }

    fn module(mut self) -> Option<String> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                ' ' | '\t' | '\n' => self.space(first),
                '/' if self.rest.starts_with("//") => self.skip(self.line_end()),
                '/' if self.rest.starts_with("/*") => self.comment()?,
                '/' => self.slash()?,
                '"' | '\'' => self.string(first)?,
                '`' => self.template(1)?,
                _ if is_of_word(first) => self.take_word(),
                _ => self.sign(first)?,
            }
        }
        self.open.is_empty().then_some(self.lean)
    }

    fn style(mut self) -> Option<String> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                ' ' | '\t' | '\n' => self.space(first),
                '/' if self.rest.starts_with("/*") => self.comment()?,
                '"' | '\'' => self.string(first)?,
                // An address without quotes may have anything in it.
                'u' if self.rest.starts_with("url(") => return None,
                _ => self.keep(first.len_utf8()),
            }
        }
        Some(self.lean)
    }

    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.lean.push_str(kept);
        self.rest = rest;
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn line_end(&self) -> usize {
        self.rest.find('\n').unwrap_or(self.rest.len())
    }

    /// Keeps white space between words, but none at the ends of a line. What a template has there
    /// is kept as a whole, and ends with a sign.
    fn space(&mut self, first: char) {
        if first == '\n' {
            self.lean.truncate(self.lean.trim_end_matches([' ', '\t']).len());
            self.keep(1);
        } else if self.lean.is_empty() || self.lean.ends_with(['\n', ' ', '\t']) {
            self.skip(1);
        } else {
            self.keep(1);
        }
    }

    /// Leaves its line ends, and else a space: `a/**/b` are two words.
    fn comment(&mut self) -> Option<()> {
        let end = self.rest[2..].find("*/")? + 4;
        let lines = self.rest[..end].matches('\n').count();
        self.skip(end);
        for _ in 0..lines {
            self.lean.truncate(self.lean.trim_end_matches([' ', '\t']).len());
            self.lean.push('\n');
        }
        if lines == 0 && !self.lean.is_empty() && !self.lean.ends_with(['\n', ' ', '\t']) {
            self.lean.push(' ');
        }
        Some(())
    }

    fn slash(&mut self) -> Option<()> {
        match self.before {
            Before::Unsure => return None,
            Before::Value => self.keep(1),
            Before::Operator => {
                let mut is_class = false;
                let end = self.end_of(1, |sign| {
                    match sign {
                        '[' => is_class = true,
                        ']' => is_class = false,
                        _ => {}
                    }
                    sign == '/' && !is_class
                })?;
                self.keep(end);
            }
        }
        self.word = "";
        // The flags of a regular expression are read as a word, which is a value.
        self.before = match self.before {
            Before::Value => Before::Operator,
            _ => Before::Value,
        };
        Some(())
    }

    fn string(&mut self, quote: char) -> Option<()> {
        let end = self.end_of(1, |sign| sign == quote)?;
        self.keep(end);
        (self.before, self.word) = (Before::Value, "");
        Some(())
    }

    /// Where the sign is behind which a string or a regular expression ends. They end in the line
    /// in which they begin.
    fn end_of(&self, from: usize, mut is_end: impl FnMut(char) -> bool) -> Option<usize> {
        let mut signs = self.rest.char_indices().skip_while(|(at, _)| *at < from);
        while let Some((at, sign)) = signs.next() {
            match sign {
                '\n' => return None,
                '\\' => drop(signs.next()?),
                _ if is_end(sign) => return Some(at + sign.len_utf8()),
                _ => {}
            }
        }
        None
    }

    /// Keeps a template up to its end, or to a place in it.
    fn template(&mut self, from: usize) -> Option<()> {
        let mut signs = self.rest.char_indices().skip_while(|(at, _)| *at < from);
        while let Some((at, sign)) = signs.next() {
            if sign == '\\' {
                signs.next()?;
            } else if sign == '`' {
                self.keep(at + 1);
                (self.before, self.word) = (Before::Value, "");
                return Some(());
            } else if self.rest[at..].starts_with("${") {
                self.keep(at + 2);
                self.open.push(Open::Place);
                (self.before, self.word) = (Before::Operator, "");
                return Some(());
            }
        }
        None
    }

    /// A name, a number or a keyword.
    fn take_word(&mut self) {
        let is_number = self.rest.starts_with(|sign: char| sign.is_ascii_digit());
        let is_part = |sign: char| is_of_word(sign) || (is_number && sign == '.');
        let end = self.rest.find(|sign| !is_part(sign)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        let is_field = self.lean.ends_with('.') && !self.lean.ends_with("..");
        self.keep(end);
        self.word = if is_field { "" } else { word };
        self.before = match self.word {
            "await" | "case" | "default" | "delete" | "do" | "else" | "extends" | "in"
            | "instanceof" | "new" | "return" | "throw" | "typeof" | "void" => Before::Operator,
            "of" | "yield" => Before::Unsure,
            _ => Before::Value,
        };
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        let mut before = Before::Operator;
        match sign {
            '(' => {
                let is_head = matches!(self.word, "if" | "while" | "for" | "with");
                self.open.push(Open::Round { is_head });
            }
            ')' => match self.open.pop()? {
                Open::Round { is_head: true } => {}
                Open::Round { is_head: false } => before = Before::Value,
                Open::Curly | Open::Place => return None,
            },
            '{' => self.open.push(Open::Curly),
            '}' => match self.open.pop()? {
                Open::Curly => before = Before::Unsure,
                Open::Place => return self.template(1),
                Open::Round { .. } => return None,
            },
            ']' => before = Before::Value,
            '+' | '-' if self.lean.ends_with(sign) => before = Before::Unsure,
            _ => {}
        }
        self.keep(sign.len_utf8());
        (self.before, self.word) = (before, "");
        Some(())
    }
}

/// A letter beyond ASCII is part of a word.
fn is_of_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '$' | '#' | '\\') || !sign.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{out_of_module, out_of_style};

    fn module(source: &str) -> String {
        out_of_module(source).unwrap_or_else(|| panic!("not understood: {source}"))
    }

    #[test]
    fn comments_and_indentation_go_and_the_lines_stay() {
        let source = "// head\n\n/**\n * @param {string} a\n */\nfunction f(a) {\n  // why\n  \
                      return a; // here\n}\n/* one */\nf('//');\n";
        let lean = module(source);
        assert_eq!(lean, "\n\n\n\n\nfunction f(a) {\n\nreturn a;\n}\n\nf('//');\n");
        assert_eq!(lean.lines().count(), source.lines().count());
    }

    #[test]
    fn a_comment_between_words_leaves_them_apart() {
        for (source, lean) in [
            ("/** @type {any} */ (f)(1);\n", "(f)(1);\n"),
            ("const a = 1; /* begins\nends */\n", "const a = 1;\n\n"),
            ("a /* b */ / c; d/**/in/**/e\n", "a / c; d in e\n"),
            ("return/* a\n */b\n", "return\nb\n"),
            ("f(/** @type {any} */ (a), /* b */ c)", "f( (a), c)"),
            ("// no end", ""),
        ] {
            assert_eq!(module(source), lean, "{source}");
        }
    }

    #[test]
    fn what_looks_like_a_comment_stays_in_strings_templates_and_expressions() {
        for source in [
            "'/*'; \"//\"; '\\'//'; \"\\\\\"\n",
            "const a = `\n  // text\n /* text */ \n`;\n",
            "`${a}//${`/*${ {b: '//'}.b }*/`}  // ${c} //`\n",
            "`\\`// \\${ // `\n",
            "a = /[/*]\\//g; b = a / 2 / /'/.c\n",
            "if (a) /'/.test(b); else /`/.test(c)\n",
            "f(/\"/, [/\\/\\//], a ? /`/ : /'/)\n",
            "return /'/\n",
            "a.return / 2; b.if(c) / 2\n",
            "(a) / 2; b[0] / 3; 4. / 5; `6` / 7; '8' / 9\n",
            "[...a].map(() => /'/)\n",
            "x = 'ä' + /ö'/u\n",
        ] {
            assert_eq!(module(source), source);
        }
        assert_eq!(
            module("a = /`/; // b\nc = `d // ${e /* f */} g`;"),
            "a = /`/;\nc = `d // ${e } g`;"
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for source in [
            "/* never\nclosed\n",
            "'never\nclosed'",
            "`never closed",
            "`${never closed`",
            "a = /never\nclosed/",
            "f({)}",
            "}",
            "{} /'/.test(a)",
            "a++ / 2",
        ] {
            assert_eq!(out_of_module(source), None, "{source}");
        }
        assert_eq!(out_of_style("a { b: url(//c) }"), None);
        assert_eq!(out_of_style("/* never closed"), None);
    }

    #[test]
    fn a_style_has_one_kind_of_comment() {
        let style = "/* a */\nb {\n  /* c\n   */ d: '/* e */'; // f\n}\n";
        assert_eq!(out_of_style(style).as_deref(), Some("\nb {\n\nd: '/* e */'; // f\n}\n"));
    }
}
