//! A server's metrics page, read once a second by a separate thread: the generator must not wait for a page.
//! One GET over HTTP/1.0, so that the response ends with the connection.

use std::io::{Read, Write};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::dial;
use crate::usage::Reading;

/// How often the page is read: samples are taken once a second.
const RHYTHM: Duration = Duration::from_secs(1);

/// The longest read: a page that takes longer is worth less than the next one.
const LOOK_MAX: Duration = Duration::from_secs(2);

/// How long figures stay valid if the page can't be read: a server that is busy for a while is still there.
const FRESH_MAX: Duration = Duration::from_secs(10);

/// The longest page; throng's has about ten thousand bytes.
const PAGE_BYTES_MAX: u64 = 4 << 20;

/// A page and its last figures. Dropping this ends the thread.
pub(super) struct Metrics {
    page: Page,
    latest: Arc<Mutex<(Reading, Instant)>>,
    /// Closed to end the thread; nothing is ever sent.
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Debug)]
struct Page {
    url: String,
    host: String,
    path: String,
}

impl Metrics {
    /// Reads the page once, and then again and again.
    ///
    /// # Errors
    /// If it cannot be read, or lacks the figures.
    pub(super) fn start(url: &str) -> Result<Self> {
        let page = Page::parse(url)?;
        let first = page.read().with_context(|| format!("--metrics-url {url}"))?;
        let latest = Arc::new(Mutex::new((first, Instant::now())));
        let (stop, stopped) = sync_channel(0);
        let (shared, read) = (Arc::clone(&latest), page.clone());
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(RHYTHM) == Err(RecvTimeoutError::Timeout) {
                // After a failed read, the last figures stay for a while.
                if let Ok(reading) = read.read() {
                    let latest = (reading, Instant::now());
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = latest;
                }
            }
        });
        Ok(Self { page, latest, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn latest(&self) -> Option<Reading> {
        let (reading, at) = *self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        is_fresh(at.elapsed()).then_some(reading)
    }

    pub(super) fn page(&self) -> &str {
        &self.page.url
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Page {
    fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").with_context(|| {
            format!("--metrics-url {url:?} must look like http://127.0.0.1:9464/metrics")
        })?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, "metrics"));
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
        let host = if has_port { host.to_owned() } else { format!("{host}:80") };
        Ok(Self { url: url.to_owned(), host, path: format!("/{path}") })
    }

    fn read(&self) -> Result<Reading> {
        let deadline = Instant::now() + LOOK_MAX;
        let (mut socket, _) = dial::first(&dial::resolve(&self.host)?, LOOK_MAX)?;
        socket.set_read_timeout(Some(LOOK_MAX))?;
        socket.set_write_timeout(Some(LOOK_MAX))?;
        let Self { host, path, .. } = self;
        let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        // In one write: a server may answer and close as soon as it has seen enough.
        socket.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            let count = socket.read(&mut buffer)?;
            answer.extend_from_slice(&buffer[..count]);
            if count == 0 {
                break;
            }
            if Instant::now() > deadline || answer.len() as u64 > PAGE_BYTES_MAX {
                bail!("the page did not end within {LOOK_MAX:?} and {PAGE_BYTES_MAX} bytes");
            }
        }
        reading_of(&String::from_utf8_lossy(&answer))
    }
}

fn is_fresh(age: Duration) -> bool {
    age <= FRESH_MAX
}

fn reading_of(answer: &str) -> Result<Reading> {
    let status = answer.lines().next().unwrap_or("");
    if status.split(' ').nth(1) != Some("200") {
        bail!("the page cannot be read: {status:?}");
    }
    let seconds = value_of(answer, "process_cpu_seconds_total").context(
        "the page has no process_cpu_seconds_total; is it the metrics page of the server itself?",
    )?;
    Ok(Reading {
        cpu: Duration::try_from_secs_f64(seconds).context("a processor time that is none")?,
        resident: whole(value_of(answer, "process_resident_memory_bytes")),
        threads: whole(value_of(answer, "process_threads")),
        open_files: whole(value_of(answer, "process_open_fds")),
    })
}

/// The first sample of a name, with or without labels.
fn value_of(answer: &str, name: &str) -> Option<f64> {
    let lines = answer.lines().filter_map(|line| line.strip_prefix(name));
    let mut samples = lines.filter(|rest| rest.starts_with([' ', '{']));
    let rest = samples.next()?;
    rest.rsplit_once('}')
        .map_or(rest, |(_, value)| value)
        .split_ascii_whitespace()
        .next()?
        .parse()
        .ok()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts, as floats")]
fn whole(value: Option<f64>) -> u64 {
    value.unwrap_or(0.0) as u64
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::time::Duration;

    use super::{Metrics, Page, is_fresh, reading_of};

    const PAGE: &str = "HTTP/1.0 200 OK\r\n\r\n# TYPE process_cpu_seconds counter\n\
        process_cpu_seconds_total 1.5\nprocess_resident_memory_bytes 2097152\n\
        process_open_fds{a=\"b\"} 12\nprocess_open_fds_more 3\nprocess_threads 4\n";

    #[test]
    fn the_standard_names_are_read() {
        let reading = reading_of(PAGE).expect("a page");
        assert_eq!(reading.cpu, Duration::from_millis(1500));
        assert_eq!((reading.resident, reading.threads, reading.open_files), (2 << 20, 4, 12));
    }

    #[test]
    fn another_page_is_refused_and_nothing_invented() {
        let other = reading_of("HTTP/1.1 200 OK\r\n\r\nhello").expect_err("no metrics");
        assert!(other.to_string().contains("process_cpu_seconds_total"));
        assert!(reading_of("HTTP/1.1 404 Not Found\r\n\r\n").is_err());
        assert!(Page::parse("https://127.0.0.1/metrics").is_err());
        assert!(Metrics::start("http://127.0.0.1:1/metrics").is_err());
    }

    #[test]
    fn a_page_that_is_gone_shows_no_server_that_stands_still() {
        assert!(is_fresh(Duration::from_secs(9)) && !is_fresh(Duration::from_secs(11)));
    }

    #[test]
    fn a_page_is_read_over_a_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/metrics", listener.local_addr().expect("its address"));
        let server = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("somebody");
            let mut request = [0; 1024];
            let count = socket.read(&mut request).expect("a request");
            socket.write_all(PAGE.as_bytes()).expect("an answer");
            String::from_utf8_lossy(&request[..count]).into_owned()
        });
        let metrics = Metrics::start(&url).expect("a page");
        assert_eq!(metrics.latest().map(|reading| reading.threads), Some(4));
        assert!(server.join().expect("it ends").starts_with("GET /metrics HTTP/1.0\r\n"));
    }
}
