//! The terminal: taken over at the start, and given back however the program ends.

use std::io::{self, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::style::Print;
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

/// Puts the window's title on a stack of the terminal, and takes it back (xterm, "window
/// manipulation").
const SAVE_TITLE: &str = "\x1b[22;2t";
const RESTORE_TITLE: &str = "\x1b[23;2t";

/// Whether there is something to give back.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The taken terminal. Dropping it gives it back.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    title: String,
}

impl Screen {
    /// Takes the terminal over, and sees to it that a panic gives it back.
    pub(crate) fn enter() -> io::Result<Self> {
        give_back_on_panic();
        let mut screen = Self { terminal: blank((80, 24))?, title: String::new() };
        screen.take()?;
        Ok(screen)
    }

    /// Takes the terminal, at the start or after a stop.
    pub(crate) fn take(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        execute!(
            io::stdout(),
            Print(SAVE_TITLE),
            EnterAlternateScreen,
            EnableMouseCapture,
            EnableBracketedPaste,
            EnableFocusChange,
        )?;
        self.title.clear();
        self.clear()
    }

    /// Begins with an empty screen of the terminal's size: at the start, after a resize, and when
    /// something else has written on it.
    ///
    /// ratatui's own `clear` asks the terminal where its cursor is; one that does not answer would
    /// hold the program up, and the answer would come among the keys.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        self.terminal = blank(crossterm::terminal::size()?)?;
        execute!(io::stdout(), Clear(ClearType::All))
    }

    pub(crate) fn terminal(&mut self) -> &mut Terminal<CrosstermBackend<Stdout>> {
        &mut self.terminal
    }

    /// Sets the window's title, if it is another one than before.
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

    /// Stops the program, as Ctrl-Z does elsewhere, until the shell goes on with it.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        self.take()
    }
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

/// Gives the terminal back as it was. Each part is tried, whatever failed before: there is nobody
/// left who could do something about it.
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

/// A panic of any thread ends the program: half a client would look like a whole one.
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

/// A sentence on stderr.
pub(crate) fn complain(sentence: &str) -> io::Result<()> {
    writeln!(io::stderr(), "throng-chat: {}", crate::neutral::lines(sentence).join("\n"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    /// Runs in a terminal of its own, started by the test below.
    #[test]
    #[ignore = "takes the terminal and panics"]
    fn takes_the_terminal_and_panics() {
        let _screen = super::Screen::enter().expect("a terminal");
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
        // A terminal whose other side is gone ends with an error on Linux.
        let _ = pty.master.try_clone_reader().expect("a reader").read_to_end(&mut out);
        assert_eq!(child.wait().expect("it ends").exit_code(), 101);
        let out = String::from_utf8_lossy(&out).into_owned();
        let entered = out.find("\x1b[?1049h").expect("the other screen was taken");
        let left = out.find("\x1b[?1049l").expect("and given back");
        let told = out.find("on purpose").unwrap_or_else(|| panic!("the panic is told: {out:?}"));
        assert!(entered < left && left < told, "{out:?}");
        assert!(out.contains("\x1b[?1000l"), "the mouse is given back");
        assert!(!out.contains("\x1b[6n"), "nothing was asked that a terminal might not answer");
    }
}
