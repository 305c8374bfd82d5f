//! Leaves out the comments and the indentation of a module or a style before it is compressed:
//! with them a first visit would load half as much again (docs/decisions/0013), and no browser
//! reads them.
//!
//! The lines stay, so that the line of an error is the line of the source. What is a comment and what
//! only looks like one, in a string, a template or a regular expression, tree-sitter's grammars know.

use tree_sitter::{Language, Node, Parser};

/// A module without its comments; `None`: the grammar does not understand it.
pub fn out_of_module(source: &str) -> Option<String> {
    without_comments(source, &tree_sitter_javascript::LANGUAGE.into())
}

/// A style without its comments; `None`: the grammar does not understand it.
pub fn out_of_style(source: &str) -> Option<String> {
    without_comments(source, &tree_sitter_css::LANGUAGE.into())
}

fn without_comments(source: &str, language: &Language) -> Option<String> {
    let mut parser = Parser::new();
    parser.set_language(language).ok()?;
    let tree = parser.parse(source, None)?;
    let mut lean = Lean { source, at: 0, lean: String::with_capacity(source.len()) };
    if tree.root_node().has_error() {
        return None;
    }
    lean.read(tree.root_node());
    lean.words(source.len());
    Some(lean.lean)
}

struct Lean<'a> {
    source: &'a str,
    /// How far it has been read.
    at: usize,
    lean: String,
}

impl Lean<'_> {
    fn read(&mut self, node: Node<'_>) {
        match node.kind() {
            "comment" => self.comment(node),
            "string" | "string_value" | "regex" => self.keep(node),
            "template_string" => self.template(node),
            _ => node.children(&mut node.walk()).for_each(|child| self.read(child)),
        }
    }

    /// Leaves its line ends, or else a space: `a/**/b` are two words.
    fn comment(&mut self, node: Node<'_>) {
        self.words(node.start_byte());
        let lines = self.source[node.byte_range()].matches('\n').count();
        (0..lines).for_each(|_| self.white('\n'));
        if lines == 0 {
            self.white(' ');
        }
        self.at = node.end_byte();
    }

    /// Keeps all of a template but the comments in what is put into it.
    fn template(&mut self, node: Node<'_>) {
        self.words(node.start_byte());
        for child in node.children(&mut node.walk()) {
            self.exact(child.start_byte());
            match child.kind() {
                "template_substitution" => {
                    self.read(child);
                    self.words(child.end_byte());
                }
                _ => self.exact(child.end_byte()),
            }
        }
        self.exact(node.end_byte());
    }

    fn keep(&mut self, node: Node<'_>) {
        self.words(node.start_byte());
        self.exact(node.end_byte());
    }

    fn exact(&mut self, end: usize) {
        self.lean.push_str(&self.source[self.at..end]);
        self.at = end;
    }

    /// Keeps the words up to here, and of the white space between them what counts.
    fn words(&mut self, end: usize) {
        for sign in self.source[self.at..end].chars() {
            match sign {
                ' ' | '\t' | '\n' => self.white(sign),
                _ => self.lean.push(sign),
            }
        }
        self.at = end;
    }

    /// One space between words, and none at the ends of a line.
    fn white(&mut self, sign: char) {
        if sign == '\n' {
            self.lean.truncate(self.lean.trim_end_matches(' ').len());
            self.lean.push('\n');
        } else if !self.lean.is_empty() && !self.lean.ends_with([' ', '\n']) {
            self.lean.push(' ');
        }
    }
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
            ("function f() { return/* a\n */b }\n", "function f() { return\nb }\n"),
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
            "{} /'/.test(a)\n",
            "a++ / 2; b\n",
            "a.return / 2; b.if(c) / 2\n",
            "(a) / 2; b[0] / 3; 4. / 5; `6` / 7; '8' / 9\n",
            "[...a].map(() => /'/)\n",
            "x = 'ä' + /ö'/u\n",
            "#!/usr/bin/env node\nlet a = b\n++c\n",
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
        for source in
            ["/* never\nclosed\n", "'never\nclosed'", "`never closed", "a = /never\nclosed/", "}"]
        {
            assert_eq!(out_of_module(source), None, "{source}");
        }
        assert_eq!(out_of_style("/* never closed"), None);
    }

    #[test]
    fn a_style_keeps_its_strings_and_what_its_spaces_mean() {
        let style = "/* a */\nb  c {\n  /* d\n   */ width: calc(1px  + 2px); e: '/* f */';\n}\n";
        let lean = "\nb c {\n\nwidth: calc(1px + 2px); e: '/* f */';\n}\n";
        assert_eq!(out_of_style(style).as_deref(), Some(lean));
    }
}
