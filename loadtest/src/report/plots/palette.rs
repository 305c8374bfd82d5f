//! The colours of the plots. An SVG has each as a fixed value, the light one. The style sheet selects by that
//! value and applies the reader's colour scheme. Without the sheet, a plot is still right on white.

use std::fmt::Write;

use plotters::style::RGBColor;

/// The use of a colour. The three line colours differ in lightness, so that people who are red-green blind
/// can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Ink,
    Grid,
    Band,
    First,
    Second,
    Third,
}

const ALL: [Colour; 6] =
    [Colour::Ink, Colour::Grid, Colour::Band, Colour::First, Colour::Second, Colour::Third];

impl Colour {
    /// The class for this colour outside of a plot.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Ink => "ink",
            Self::Grid => "grid",
            Self::Band => "band",
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
        }
    }

    fn light(self) -> u32 {
        match self {
            Self::Ink => 0x5B_6472,
            Self::Grid => 0xDD_E2E8,
            Self::Band => 0xF2_F5F9,
            Self::First => 0x1D_4ED8,
            Self::Second => 0xE0_7A10,
            Self::Third => 0xA2_1CAF,
        }
    }

    fn dark(self) -> u32 {
        match self {
            Self::Ink => 0xA3_ADBA,
            Self::Grid => 0x2E_3641,
            Self::Band => 0x1D_242D,
            Self::First => 0x6C_A6FF,
            Self::Second => 0xF5_B14C,
            Self::Third => 0xE8_8BF2,
        }
    }

    pub(super) fn rgb(self) -> RGBColor {
        let [_, red, green, blue] = self.light().to_be_bytes();
        RGBColor(red, green, blue)
    }
}

/// The CSS rules that colour plots and legends, light and dark.
pub(in crate::report) fn style() -> String {
    let mut css = String::from(":root {");
    for colour in ALL {
        let _ = write!(css, " --{}: #{:06X};", colour.class(), colour.light());
    }
    css.push_str(" }\n@media (prefers-color-scheme: dark) { :root {");
    for colour in ALL {
        let _ = write!(css, " --{}: #{:06X};", colour.class(), colour.dark());
    }
    css.push_str(" } }\n");
    for colour in ALL {
        let (name, value) = (colour.class(), colour.light());
        let _ = writeln!(css, "svg [stroke=\"#{value:06X}\"] {{ stroke: var(--{name}); }}");
        let _ = writeln!(css, "svg [fill=\"#{value:06X}\"] {{ fill: var(--{name}); }}");
        let _ = writeln!(css, ".legend .{name}::before {{ background: var(--{name}); }}");
    }
    css
}
