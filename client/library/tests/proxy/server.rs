//! A server of its own for each test, which can be killed and comes back on the same port. The tests
//! of the terminal client have it, too.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// A running server and its data, which outlives it.
pub(crate) struct Server {
    child: Child,
    /// Held open: a server that prints something later must not die of it.
    _stdout: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    flags: Vec<String>,
    pub(crate) home: TempDir,
}

impl Server {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let home = TempDir::new().expect("a temporary directory");
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let (child, stdout, address) = launch(home.path(), "127.0.0.1:0", &flags);
        Self { child, _stdout: stdout, address, flags, home }
    }

    /// Again, on the same port and data.
    pub(crate) fn restart(&mut self) {
        let listen = self.address.to_string();
        let (child, stdout, address) = launch(self.home.path(), &listen, &self.flags);
        assert_eq!(address, self.address, "it listens where it did before");
        (self.child, self._stdout) = (child, stdout);
    }

    /// Kills it, as a power cut would, as far as a process can tell.
    pub(crate) fn stop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn launch(
    home: &Path,
    listen: &str,
    flags: &[String],
) -> (Child, BufReader<ChildStdout>, SocketAddr) {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("THRONG_") {
            command.env_remove(name);
        }
    }
    command.current_dir(home).args(["--listen", listen, "--metrics-listen", "off"]);
    command.args(["--trust", "127.0.0.0/8", "--log", "warn"]).args(flags);
    command.arg("--data-dir").arg(home.join("data"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the server starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut address = None;
    let mut line = String::new();
    while !line.contains(" connections ") {
        line.clear();
        let read = stdout.read_line(&mut line).expect("stdout can be read");
        assert!(read > 0, "the server ended before it was ready");
        if let Some(rest) = line.strip_prefix("throng listens on http://") {
            address = Some(rest.trim().parse().expect("an address and a port"));
        }
    }
    (child, stdout, address.expect("it was printed"))
}

/// The server beside the tests, as `cargo nextest run --workspace` builds it; with `-p`
/// and one crate alone it is built here.
fn program() -> &'static Path {
    static SERVER: OnceLock<PathBuf> = OnceLock::new();
    SERVER.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let test = std::env::current_exe().expect("the test has a path");
        let release = test.starts_with(target.join("release"));
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "throng", "--target-dir"])
            .arg(target)
            .args(if release { &["--release"][..] } else { &[] })
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .status()
            .expect("cargo starts");
        let server = target.join(if release { "release" } else { "debug" }).join("throng");
        assert!(built.success() && server.is_file(), "no server at {}", server.display());
        server
    })
}
