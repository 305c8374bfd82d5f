//! Colours: one for each nick, and a few with a meaning.
//!
//! A program in a terminal does not know its background. So every colour here has a relative
//! luminance near 0.18, where the contrast with black equals the contrast with white (WCAG 2.2,
//! "contrast ratio"): 4.5 to both, the ratio that WCAG asks for in text. The tests compute it.

use ratatui::style::{Color, Modifier, Style};

use crate::styled_text::{Kind, Look, Piece};

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// `NO_COLOR`, `--no-color`, `TERM=dumb`: bold, dim and reversed say it instead.
    None,
    /// The terminal's own sixteen, which its theme has made to fit its background.
    Sixteen,
    /// The palette of xterm.
    Indexed,
    /// 24 bits.
    True,
}

impl Depth {
    /// Decides by the environment (<https://no-color.org>; `COLORTERM` and `TERM` as terminals set them).
    pub(crate) fn of(no_color_flag: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let set = |name| variable(name).is_some_and(|value| !value.is_empty());
        if no_color_flag || set("NO_COLOR") || term == "dumb" {
            return Self::None;
        }
        match variable("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Self::True,
            _ if term.contains("direct") => Self::True,
            _ if term.contains("256color") => Self::Indexed,
            _ => Self::Sixteen,
        }
    }
}

/// Twelve hues of equal luminance. Red is left out: it means that something failed.
const TRUE: [u32; 12] = [
    0xc45210, 0x9c6d0d, 0x777a0a, 0x34860b, 0x0b8667, 0x0b828c, 0x0f7bba, 0x2d6eee, 0x6c60f2,
    0x9c47f0, 0xc612e1, 0xda129e,
];

/// The nearest in xterm's palette that still have a contrast of 4 with black and white.
const INDEXED: [u8; 12] = [130, 131, 64, 28, 29, 30, 31, 27, 63, 98, 129, 162];

/// Those of a theme's colours that every theme makes readable.
const SIXTEEN: [Color; 5] = [Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan];

const ERROR: (u32, u8) = (0xe91313, 160);
const GOOD: (u32, u8) = (0x34860b, 28);
const ACCENT: (u32, u8) = (0x2d6eee, 27);
const CODE: (u32, u8) = (0x0b828c, 30);
/// Grey: the same in both.
const QUIET: (u32, u8) = (0x767676, 243);

/// The styles of a screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette(pub(crate) Depth);

impl Palette {
    /// The style of a nick, the same on every screen and in every session.
    pub(crate) fn nick(self, nick: &str) -> Style {
        let at = |count: usize| usize::try_from(hash(nick) % count as u64).unwrap_or(0);
        let style = Style::new().add_modifier(Modifier::BOLD);
        match self.0 {
            Depth::None => style,
            Depth::Sixteen => style.fg(SIXTEEN[at(SIXTEEN.len())]),
            Depth::Indexed => style.fg(Color::Indexed(INDEXED[at(INDEXED.len())])),
            Depth::True => style.fg(Color::from_u32(TRUE[at(TRUE.len())])),
        }
    }

    /// Something failed.
    pub(crate) fn error(self) -> Style {
        self.meaning(ERROR, Color::Red, Modifier::BOLD)
    }

    /// All is well.
    pub(crate) fn good(self) -> Style {
        self.meaning(GOOD, Color::Green, Modifier::empty())
    }

    /// Look here: a mention, the room that is shown.
    pub(crate) fn accent(self) -> Style {
        self.meaning(ACCENT, Color::Blue, Modifier::BOLD)
    }

    /// The style of a piece of text, on top of its line's style.
    pub(crate) fn look(self, piece: &Piece, line: Style) -> Style {
        let Look { strong, emphasis, struck, link, kind } = piece.look;
        let style = match kind {
            Kind::Words => line,
            Kind::Code => line.patch(self.meaning(CODE, Color::Cyan, Modifier::empty())),
            Kind::Room => line.patch(self.accent()),
            Kind::Mention => line.patch(self.nick(piece.text.trim_start_matches('@'))),
            Kind::Own => line.patch(self.accent()).add_modifier(Modifier::REVERSED),
            Kind::Quiet => line.patch(self.quiet()),
        };
        let marks = [
            (strong, Modifier::BOLD),
            (emphasis, Modifier::ITALIC),
            (struck, Modifier::CROSSED_OUT),
            (link, Modifier::UNDERLINED),
        ];
        let marks = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark);
        marks.fold(style, Style::add_modifier)
    }

    /// Times, rules, and other secondary text.
    pub(crate) fn quiet(self) -> Style {
        match self.0 {
            Depth::None | Depth::Sixteen => Style::new().add_modifier(Modifier::DIM),
            _ => self.meaning(QUIET, Color::DarkGray, Modifier::empty()),
        }
    }

    fn meaning(self, (rgb, index): (u32, u8), named: Color, modifier: Modifier) -> Style {
        let style = Style::new().add_modifier(modifier);
        match self.0 {
            Depth::None => style,
            Depth::Sixteen => style.fg(named),
            Depth::Indexed => style.fg(Color::Indexed(index)),
            Depth::True => style.fg(Color::from_u32(rgb)),
        }
    }
}

/// FNV-1a (Fowler, Noll, Vo) over the lower-case nick: the same everywhere and for ever, which
/// the standard library's hashes do not promise.
fn hash(nick: &str) -> u64 {
    let offset: u64 = 0xcbf2_9ce4_8422_2325;
    let mixed = nick
        .to_lowercase()
        .bytes()
        .fold(offset, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    // The low bits of FNV depend on the last byte most: fold the high ones in.
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ACCENT, CODE, Depth, ERROR, GOOD, INDEXED, Palette, QUIET, TRUE};
    use ratatui::style::Color;

    /// Relative luminance (WCAG 2.2).
    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from((rgb >> shift) & 0xff) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The colour cube and the greys of xterm's palette.
    fn indexed(index: u8) -> u32 {
        let steps = [0, 0x5f, 0x87, 0xaf, 0xd7, 0xff];
        match u32::from(index) {
            index @ 16..=231 => {
                let at = |value: u32| steps[(value % 6) as usize];
                at((index - 16) / 36) << 16 | at((index - 16) / 6) << 8 | at(index - 16)
            }
            index @ 232..=255 => (8 + (index - 232) * 10) * 0x01_01_01,
            index => panic!("{index} is the theme's"),
        }
    }

    const BLACK: u32 = 0;
    const WHITE: u32 = 0xff_ff_ff;
    /// Backgrounds that people have: dark greys and papers.
    const USUAL: [u32; 5] = [0x1e1e1e, 0x002b36, 0x282828, 0xfdf6e3, 0xeeeeee];

    #[test]
    fn every_colour_can_be_read_on_dark_and_on_light() {
        let meanings = [ERROR, GOOD, ACCENT, CODE, QUIET];
        for rgb in TRUE.into_iter().chain(meanings.map(|(rgb, _)| rgb)) {
            for (ground, least) in
                [(BLACK, 4.5), (WHITE, 4.5)].into_iter().chain(USUAL.map(|ground| (ground, 3.0)))
            {
                let ratio = contrast(rgb, ground);
                assert!(ratio >= least, "#{rgb:06x} on #{ground:06x}: {ratio:.2}");
            }
        }
        for index in INDEXED.into_iter().chain(meanings.map(|(_, index)| index)) {
            for ground in [BLACK, WHITE] {
                let ratio = contrast(indexed(index), ground);
                assert!(ratio >= 3.8, "{index} on #{ground:06x}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn nicks_spread_over_all_colours_and_case_does_not_matter() {
        for depth in [Depth::Indexed, Depth::True] {
            let palette = Palette(depth);
            let seen: HashSet<Option<Color>> =
                (0..200).map(|n| palette.nick(&format!("guest-{n}")).fg).collect();
            assert_eq!(seen.len(), 12, "{depth:?}");
            assert_eq!(palette.nick("Ana"), palette.nick("ana"));
        }
    }

    #[test]
    fn the_environment_decides_how_many_colours() {
        let with = |pairs: &'static [(&str, &str)]| {
            Depth::of(false, move |name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(with(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(with(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(with(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Indexed);
        assert_eq!(Depth::of(true, |_| None), Depth::None);
    }

    #[test]
    fn without_colour_nothing_has_one() {
        let palette = Palette(Depth::None);
        for style in [palette.nick("ana"), palette.error(), palette.good(), palette.quiet()] {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }
}
