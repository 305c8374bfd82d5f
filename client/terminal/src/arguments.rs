//! The command line, and what counts as the address of a server.

use clap::Parser;

/// Chat in a terminal: rooms, history, mentions.
#[derive(Debug, Parser)]
#[command(name = "throng-chat", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The server: ws://host:port, wss://host, or only host:port
    #[arg(default_value = "ws://127.0.0.1:8080")]
    pub(crate) url: String,
    /// What you would like to be called; each nick of yours is a person of its own
    #[arg(long)]
    pub(crate) nick: Option<String>,
    /// A room to go into; may be given several times
    #[arg(long, default_value = "lobby")]
    pub(crate) room: Vec<String>,
    /// Lines instead of a screen: for pipes and screen readers
    #[arg(long)]
    pub(crate) plain: bool,
    /// Say every line of the input in the room, print nothing, and end when all are on disk
    #[arg(long, requires = "plain")]
    pub(crate) send: bool,
    /// Be somebody new: the kept token is neither read nor written
    #[arg(long)]
    pub(crate) fresh: bool,
    /// No colours (the same as the environment variable NO_COLOR)
    #[arg(long)]
    pub(crate) no_color: bool,
}

const EXAMPLES: &str = "\
Examples:
  throng-chat                                    the server on this machine
  throng-chat chat.example.org:8080 --nick ana --room lobby --room tea
  throng-chat wss://chat.example.org
  throng-chat --plain --room ops | grep -i error
  tail -f log | throng-chat --plain --room ops --send

Inside, /help shows the commands and keys.";

/// The address as the library takes it. A browser's address and a bare host and port are meant as
/// WebSocket addresses.
pub(crate) fn address(given: &str) -> Result<String, String> {
    let address = match given.split_once("://") {
        None => format!("ws://{given}"),
        Some(("http", rest)) => format!("ws://{rest}"),
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(("ws" | "wss", _)) => given.to_owned(),
        Some((scheme, _)) => {
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

#[cfg(test)]
mod tests {
    use super::{Arguments, address};
    use clap::CommandFactory;

    #[test]
    fn what_people_write_becomes_an_address() {
        for (given, meant) in [
            ("127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("http://localhost:8080/", "ws://localhost:8080"),
            ("https://chat.example.org", "wss://chat.example.org"),
            ("wss://chat.example.org/ws", "wss://chat.example.org/ws"),
            ("[::1]:8080", "ws://[::1]:8080"),
        ] {
            assert_eq!(address(given).as_deref(), Ok(meant));
        }
        assert!(address("ftp://x").is_err_and(|sentence| sentence.contains("ws://host:port")));
        assert!(address("ws://").is_err());
    }

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }
}
