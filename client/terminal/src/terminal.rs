//! The terminal: taken over at the start, and restored however the program ends.

use std::io::{self, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::wrap;

/// Saves the window's title on the terminal's stack, and restores it (xterm, "window manipulation").
const SAVE_TITLE: &str = "\x1b[22;2t";
const RESTORE_TITLE: &str = "\x1b[23;2t";

/// Whether there is anything to restore.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while we use it. Dropping this restores it.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    title: String,
    /// Whether we use the mouse.
    mouse: bool,
    is_bare: bool,
}

impl Screen {
    /// Takes over the terminal, and makes sure that a panic restores it.
    pub(crate) fn enter(mouse: bool) -> io::Result<Self> {
        give_back_on_panic();
        let terminal = blank((80, 24))?;
        let mut screen = Self { terminal, title: String::new(), mouse, is_bare: false };
        screen.take()?;
        Ok(screen)
    }

    /// Takes the terminal.
    fn take(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(
            io::stdout(),
            Print(SAVE_TITLE),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
        )?;
        if self.mouse {
            execute!(io::stdout(), EnableMouseCapture)?;
        }
        self.is_bare = false;
        self.title.clear();
        self.clear()
    }

    /// Whether we may draw: not between a stop and the signal to continue.
    pub(crate) fn is_taken(&self) -> bool {
        TAKEN.load(Ordering::SeqCst)
    }

    /// Starts with an empty screen of the terminal's size: at the start, after a resize, and after another
    /// program has written on it.
    ///
    /// ratatui's `clear` asks the terminal for the cursor's position. A terminal that does not answer would
    /// block us, and an answer would come among the keys.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.terminal = blank(crossterm::terminal::size()?)?;
        if self.is_taken() { execute!(io::stdout(), Clear(ClearType::All)) } else { Ok(()) }
    }

    pub(crate) fn terminal(&mut self) -> &mut Terminal<CrosstermBackend<Stdout>> {
        &mut self.terminal
    }

    /// Sets the window's title if it has changed.
    pub(crate) fn set_title(&mut self, title: String) -> io::Result<()> {
        if self.title != title {
            execute!(io::stdout(), SetTitle(&title))?;
            self.title = title;
        }
        Ok(())
    }

    pub(crate) fn bell(&self) -> io::Result<()> {
        execute!(io::stdout(), Print('\x07'))
    }

    /// Turns our use of the mouse on or off.
    pub(crate) fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        match on {
            true => execute!(io::stdout(), EnableMouseCapture),
            false => execute!(io::stdout(), DisableMouseCapture),
        }
    }

    /// Prints lines and lets the terminal wrap them, so that a long address can be copied in one piece. Until
    /// a key is pressed, the terminal has the mouse. Shows the last lines that fit.
    pub(crate) fn show_bare(&mut self, lines: &[String]) -> io::Result<()> {
        let (columns, rows) = crossterm::terminal::size()?;
        let height = |line: &String| wrap::width(line).div_ceil(columns.max(1).into()).max(1);
        let mut left = usize::from(rows).saturating_sub(1);
        let fits = lines.iter().rev().take_while(|line| {
            let fits = height(line) <= left;
            left = left.saturating_sub(height(line));
            fits
        });
        // A line that is longer than the screen is shown anyway.
        let count = fits.count().max(1).min(lines.len());
        let shown = &lines[lines.len() - count..];
        let text = shown.iter().fold(String::new(), |text, line| text + line + "\r\n");
        self.is_bare = true;
        let hint = "(Any key goes back.)".chars().take(columns.into()).collect::<String>();
        execute!(
            io::stdout(),
            DisableMouseCapture,
            SetAttribute(Attribute::Reset),
            Clear(ClearType::All),
            cursor::MoveTo(0, 0),
            Print(text),
            SetAttribute(Attribute::Dim),
            Print(hint),
            SetAttribute(Attribute::Reset),
        )
    }

    pub(crate) fn is_bare(&self) -> bool {
        self.is_bare
    }

    pub(crate) fn end_bare(&mut self) -> io::Result<()> {
        self.is_bare = false;
        self.set_mouse(self.mouse)?;
        self.clear()
    }

    /// Restores the terminal and stops, as Ctrl-Z does in other programs, until the shell continues us: then
    /// call [`Screen::go_on`]. `false` if there is no shell that could.
    pub(crate) fn suspend(&self) -> io::Result<bool> {
        if !has_job_control()? {
            return Ok(false);
        }
        give_back();
        stop()?;
        Ok(true)
    }

    /// Takes over the terminal again after a stop. A stop from outside leaves the terminal neither as our
    /// screen nor as the shell had it.
    pub(crate) fn go_on(&mut self) -> io::Result<()> {
        if has_job_control()? && !is_in_foreground() {
            // Continued by `bg`: drawing in the background would write over the shell's screen.
            return stop();
        }
        give_back();
        self.take()
    }
}

/// Whether a shell has put us into our own process group, which it watches for stops. The group of the
/// session's first process (`xterm -e throng-chat`) would stay stopped forever.
fn has_job_control() -> io::Result<bool> {
    Ok(rustix::process::getpgrp() != rustix::process::getsid(None)?)
}

fn is_in_foreground() -> bool {
    let foreground = rustix::termios::tcgetpgrp(rustix::stdio::stdin());
    foreground.is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Stops the whole process group, including a `cargo run` above us, since the shell watches that. SIGTSTP
/// would only come back to our handler.
fn stop() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?)
}

fn blank((columns, rows): (u16, u16)) -> io::Result<Terminal<CrosstermBackend<Stdout>>> {
    let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
    Terminal::with_options(CrosstermBackend::new(io::stdout()), TerminalOptions { viewport })
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Restores the terminal. Each step is tried even if another one fails: nobody is left to handle an error.
pub(crate) fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(
            io::stdout(),
            DisableFocusChange,
            DisableBracketedPaste,
            DisableMouseCapture,
            LeaveAlternateScreen,
            cursor::Show,
            Print(RESTORE_TITLE),
        );
        let _ = disable_raw_mode();
    }
}

/// A panic in any thread ends the program: without that thread it would only look alive.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
            std::process::exit(101);
        }));
    });
}

/// The locale's charset, if it is not UTF-8 and so cannot write what people write here (POSIX, "Locale": the
/// first of these variables that is set counts).
pub(crate) fn odd_charset(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let locale = names.filter_map(variable).find(|locale| !locale.is_empty())?;
    let charset = locale.split_once('.')?.1.split('@').next()?.to_owned();
    let plain = charset.to_lowercase().replace('-', "");
    (plain != "utf8").then_some(charset)
}

/// Prints a sentence on stderr.
pub(crate) fn complain(sentence: &str) -> io::Result<()> {
    writeln!(io::stderr(), "throng-chat: {}", crate::sanitize::lines(sentence).join("\n"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    #[test]
    fn a_charset_that_is_not_utf_8_is_told() {
        let of = |pairs: &'static [(&str, &str)]| {
            super::odd_charset(move |name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), None);
        assert_eq!(of(&[("LANG", "de_DE.utf8")]), None);
        assert_eq!(of(&[("LANG", "C")]), None, "nothing is said of letters");
        assert_eq!(of(&[]), None);
        let latin = of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "de_DE.ISO-8859-15@euro")]);
        assert_eq!(latin.as_deref(), Some("ISO-8859-15"));
    }

    /// Runs in a terminal that the test below starts.
    #[test]
    #[ignore = "takes the terminal and panics"]
    fn takes_the_terminal_and_panics() {
        let _screen = super::Screen::enter(true).expect("a terminal");
        std::thread::spawn(|| panic!("on purpose")).join().expect_err("the program ends before");
    }

    #[test]
    fn a_panic_gives_the_terminal_back_and_is_told_on_it() {
        let pty = native_pty_system().openpty(PtySize::default()).expect("a terminal");
        let mut command = CommandBuilder::new(std::env::current_exe().expect("this test"));
        command.args(["terminal::tests::takes_the_terminal_and_panics", "--exact"]);
        command.args(["--ignored", "--nocapture"]);
        let mut child = pty.slave.spawn_command(command).expect("it starts");
        drop(pty.slave);
        let mut out = Vec::new();
        // On Linux, reading from a terminal whose other side is closed is an error.
        let _ = pty.master.try_clone_reader().expect("a reader").read_to_end(&mut out);
        assert_eq!(child.wait().expect("it ends").exit_code(), 101);
        let out = String::from_utf8_lossy(&out).into_owned();
        let entered = out.find("\x1b[?1049h").expect("the other screen was taken");
        let left = out.find("\x1b[?1049l").expect("and given back");
        let told =
            out.find("on purpose").unwrap_or_else(|| panic!("the panic is printed: {out:?}"));
        assert!(entered < left && left < told, "{out:?}");
        assert!(out.contains("\x1b[?1000l"), "the mouse is given back");
        assert!(!out.contains("\x1b[6n"), "nothing was asked that a terminal might not answer");
    }
}
