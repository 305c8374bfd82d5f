//! The command line, and what counts as the address of a server.

use clap::Parser;
use throng_protocol::LinkCode;

/// Chat in a terminal: rooms, history, mentions.
#[derive(Debug, Parser)]
#[command(name = "throng-chat", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The server: ws://host:port, wss://host, or only host:port
    #[arg(default_value = "ws://127.0.0.1:8080")]
    pub(crate) url: String,
    /// Your nick; with another nick you are another person
    #[arg(long)]
    pub(crate) nick: Option<String>,
    /// A room to join; may be repeated
    #[arg(long, default_value = "lobby")]
    pub(crate) room: Vec<String>,
    /// Lines instead of a screen: for pipes and screen readers
    #[arg(long)]
    pub(crate) plain: bool,
    /// Send every input line to the room, print nothing, and exit when the server has stored them
    #[arg(long, requires = "plain")]
    pub(crate) send: bool,
    /// Log in as on another device, with the code that /device shows there
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) code: Option<LinkCode>,
    /// Log in to your account; the password is asked for. Later starts remember it
    #[arg(long, value_name = "NICK", conflicts_with_all = ["code", "nick"])]
    pub(crate) login: Option<String>,
    /// Be a new person: the saved token is neither read nor written
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Leave the mouse to the terminal, to select text
    #[arg(long)]
    pub(crate) no_mouse: bool,
    /// No colours (the same as the environment variable NO_COLOR)
    #[arg(long)]
    pub(crate) no_color: bool,
}

const EXAMPLES: &str = "\
Examples:
  throng-chat                                    the server on this machine
  throng-chat chat.example.org:8080 --nick ana --room lobby --room tea
  throng-chat wss://chat.example.org
  throng-chat chat.example.org:8080 --login ana
  throng-chat --plain --room ops | grep -i error
  tail -f log | throng-chat --plain --room ops --send

Where the input is not a terminal, the password of --login comes from the environment variable CHAT_PASSWORD.
With the token of a bot in CHAT_TOKEN the program is that bot.

Inside, /help shows the commands and keys.";

fn code(given: &str) -> Result<LinkCode, String> {
    let wrong = || "a code has ten letters and digits, as in ABCDE-FGHJK".to_owned();
    LinkCode::parse(given).ok_or_else(wrong)
}

/// The address in the form that the library takes. A browser's address, or a bare host and port, becomes a
/// WebSocket address.
pub(crate) fn address(given: &str) -> Result<String, String> {
    let (scheme, rest) = given.split_once("://").unwrap_or(("ws", given));
    let address = match scheme.to_ascii_lowercase().as_str() {
        "ws" | "http" => format!("ws://{rest}"),
        "wss" | "https" => format!("wss://{rest}"),
        _ => {
            return Err(format!(
                "{given:?} begins with {scheme}://, which is no chat server. Write ws://host:port or wss://host."
            ));
        }
    };
    let address = address.trim_end_matches('/').to_owned();
    match address.split_once("://").is_some_and(|(_, host)| !host.is_empty()) {
        true => Ok(address),
        false => Err(format!(
            "{given:?} names no server. Write ws://host:port, for example ws://127.0.0.1:8080."
        )),
    }
}

/// The address of the browser client on the same server.
pub(crate) fn page(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some(("wss", rest)) => ("https", rest),
        Some((_, rest)) => ("http", rest),
        None => ("http", address),
    };
    format!("{scheme}://{}/", rest.trim_end_matches("/ws").trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::{Arguments, address, page};
    use clap::CommandFactory;

    #[test]
    fn what_people_write_becomes_an_address() {
        for (given, meant) in [
            ("127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("http://localhost:8080/", "ws://localhost:8080"),
            ("https://chat.example.org", "wss://chat.example.org"),
            ("wss://chat.example.org/ws", "wss://chat.example.org/ws"),
            ("[::1]:8080", "ws://[::1]:8080"),
            ("HTTP://localhost:8080", "ws://localhost:8080"),
            ("WSS://chat.example.org", "wss://chat.example.org"),
        ] {
            assert_eq!(address(given).as_deref(), Ok(meant));
        }
        assert!(address("ftp://x").is_err_and(|sentence| sentence.contains("ws://host:port")));
        assert!(address("ws://").is_err());
    }

    #[test]
    fn the_page_is_where_the_socket_is() {
        assert_eq!(page("ws://127.0.0.1:8080"), "http://127.0.0.1:8080/");
        assert_eq!(page("wss://chat.example.org/a/ws"), "https://chat.example.org/a/");
    }

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }
}
