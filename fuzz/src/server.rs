//! A whole server in this process, which is what a stranger meets. A panic in any of its tasks ends
//! the run, and so does a connection that does not end.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{LazyLock, Mutex, mpsc};
use std::time::Duration;

use throng::config::cli::{self, Invocation};

/// Long enough for a machine that does something else as well.
const PATIENCE: Duration = Duration::from_secs(20);

/// No answer to what fits into one input is as long.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(start);

/// Sends these bytes and no more, and returns all that comes back before the server closes.
pub(crate) fn answer(bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(*ADDRESS).expect("the server accepts");
    socket.set_read_timeout(Some(PATIENCE)).expect("a time");
    socket.set_write_timeout(Some(PATIENCE)).expect("a time");
    let mut answer = Vec::new();
    // The server may close before it has read everything; what it said before can be read all the same.
    let is_sent = match socket.write_all(bytes) {
        Ok(()) => socket.shutdown(Shutdown::Write).is_ok(),
        Err(error) => {
            assert!(!is_slow(error.kind()), "the server reads nothing");
            false
        }
    };
    match (&mut socket).take(ANSWER_BYTES_MAX).read_to_end(&mut answer) {
        Ok(read) => assert!((read as u64) < ANSWER_BYTES_MAX, "the answer has no end"),
        Err(error) if is_slow(error.kind()) => {
            panic!("the connection does not end (sent: {is_sent}) after {} bytes", answer.len());
        }
        Err(_) => {}
    }
    answer
}

fn is_slow(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Starts the server, which ends with the process.
fn start() -> SocketAddr {
    let home = tempfile::tempdir().expect("a directory").keep();
    let flags =
        ["throng", "--listen", "127.0.0.1:0", "--metrics-listen", "off", "--trust", "127.0.0.1"];
    let mut arguments: Vec<std::ffi::OsString> = flags.map(Into::into).into();
    arguments.extend(["--data-dir".into(), home.into_os_string()]);
    let Ok(Invocation::Serve(loaded)) = cli::parse(arguments, []) else {
        panic!("the flags are right");
    };
    let (tell, told) = mpsc::sync_channel(16);
    let tell = Mutex::new(tell);
    let announce = move |line: &str| {
        let _ = tell.lock().map(|tell| tell.try_send(line.to_owned()));
    };
    std::thread::spawn(move || {
        let ended = async_std::task::block_on(throng::run::run(loaded.config, announce));
        // A signal: libFuzzer would not hear of it.
        std::process::exit(i32::from(ended.is_err()));
    });
    let mut lines = told.iter();
    let address =
        lines.find_map(|line| line.strip_prefix("throng listens on http://")?.parse().ok());
    address.expect("the server says where it listens")
}
