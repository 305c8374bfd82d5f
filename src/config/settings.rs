//! The one table of settings. Flags, variables, the file, `throng config`, the help and
//! `docs/configuration.md` are all made from it.
//!
//! A setting's doc comment is its description everywhere: the first paragraph says what it is and
//! stands in the help; the second gives the reason for the default or the limit.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::kind::{Count, Folder, Kind, List, Or, Size, Span, Switch};
use super::log::{Filter, Format, LogFormat};
use super::network::{Address, Network, Web, WebOrigin};

/// One row of the table, without the type of its value.
pub(super) struct Setting {
    /// Its name in the file; the flag and the variable follow from it.
    pub(super) key: &'static str,
    /// The heading under which it stands.
    pub(super) group: &'static str,
    doc: &'static str,
    /// The default, as an operator would write it.
    pub(super) default: &'static str,
    /// The placeholder in the help.
    pub(super) value_name: fn() -> &'static str,
    /// Whether the flag may be given several times.
    pub(super) is_list: fn() -> bool,
    /// What is allowed, in words.
    pub(super) allowed: fn() -> String,
    /// Reads a value into its field; the error says what is wrong with it.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// The value in force, as text that `set` reads.
    pub(super) show: fn(&Config) -> String,
}

impl Setting {
    /// What it is, in a few words.
    pub(super) fn what(&self) -> String {
        self.paragraphs().next().unwrap_or_default()
    }

    /// What it is and why, one paragraph each.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = String> {
        let lines =
            |paragraph: &str| paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        self.doc.split("\n\n").map(move |paragraph| lines(paragraph.trim()))
    }
}

/// The flag of a key, without its dashes.
pub(super) fn flag(key: &str) -> String {
    key.replace('_', "-")
}

/// The environment variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.to_ascii_uppercase())
}

/// What every variable of the server begins with.
pub(super) const VARIABLE_PREFIX: &str = "THRONG_";

/// Writes [`Config`] and [`SETTINGS`] from the same rows, so that no setting can be in one of them
/// alone.
macro_rules! settings {
    ($($group:literal { $(
        $(#[doc = $doc:literal])+
        $key:ident: $type:ty = $default:literal, $kind:expr;
    )+ })+) => {
        /// What an operator may set. Every limit and every deadline of the server comes from here.
        ///
        /// A value that is out of bounds is refused at the start and never bent to fit.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config { $($(
            $(#[doc = $doc])+
            #[doc = concat!("\n\nDefault: `", $default, "`.")]
            pub $key: $type,
        )+)+ }

        impl Default for Config {
            fn default() -> Self {
                Self { $($(
                    $key: $kind.parse($default).expect("a test parses every default"),
                )+)+ }
            }
        }

        /// Every setting, in the order in which people read about them.
        pub(super) static SETTINGS: &[Setting] = &[$($(Setting {
            key: stringify!($key),
            group: $group,
            doc: concat!($($doc, "\n"),+),
            default: $default,
            value_name: || $kind.value_name(),
            is_list: || $kind.is_list(),
            allowed: || $kind.allowed(),
            set: |config, text| $kind.parse(text).map(|value| config.$key = value),
            show: |config| $kind.show(&config.$key),
        }),+),+];
    };
}

settings! {

"Server" {
    /// Address on which people connect.
    ///
    /// Loopback by default: whoever opens the server to a network does so on purpose. Port 0
    /// takes a free port and prints it.
    listen: SocketAddr = "127.0.0.1:8080", Address;

    /// Address of the Prometheus metrics, or `off`.
    ///
    /// A listener of its own, so that what people reach does not tell how the server fares.
    metrics_listen: Option<SocketAddr> = "127.0.0.1:9464", Or(Address, "off");

    /// Folder with the log of all rooms and the key that signs tokens.
    ///
    /// It is made when it is missing. Only one server may use it at a time.
    data_dir: PathBuf = "data", Folder;

    /// Which lines are logged, as a filter of tracing.
    ///
    /// At `info` the log grows with what happens to the server, not with what people do.
    log: String = "info", Filter;

    /// How log lines are written.
    ///
    /// `text` is for people, `json` for programs that gather logs.
    log_format: LogFormat = "text", Format;
}

"Who may connect" {
    /// Web pages, besides the server's own, from which browsers may connect.
    ///
    /// A browser sends its user's requests from any page that is open. Without this check, every
    /// page could chat in the name of its visitor.
    origins: Vec<WebOrigin> = "", List(Web);

    /// Addresses that are exempt from the rates and from the limits per address.
    ///
    /// For load tests and bridges, where many people come from one address. Never name a network
    /// from which strangers come.
    trust: Vec<IpNet> = "", List(Network);

    /// The most connections, or `auto` for as many as the open files allow.
    ///
    /// Every connection is an open file. A cap below that limit keeps files free for the log.
    connections_max: Option<usize> = "auto", Or(Count(1, 10_000_000), "auto");

    /// The most connections from one address.
    ///
    /// One machine cannot take all places; a school or an office behind one address still fits.
    connections_per_address_max: usize = "256", Count(1, 10_000_000);

    /// The most handshakes that are worked on at the same time.
    ///
    /// When thousands return at once, the others wait their turn, and their deadlines wait with
    /// them. Each one under way holds some ten kilobytes for HTTP; more at a time would make all
    /// of them slower and none of them earlier.
    admissions_max: usize = "256", Count(1, 100_000);
}

"Rooms" {
    /// Whether joining a room that does not exist makes it.
    ///
    /// When this is `false`, only rooms that are in the log can be joined.
    rooms_open: bool = "true", Switch;

    /// The most rooms, those included that are in the log and have nobody in them.
    ///
    /// Each one holds a line in the list of rooms in memory, so strangers must not make them
    /// without end.
    rooms_max: usize = "100000", Count(1, 10_000_000);

    /// The most rooms that one session may be in.
    ///
    /// Bounds what a session costs, and the work when it returns.
    rooms_per_session_max: usize = "64", Count(1, 10_000);

    /// How many rooms an hour a sender, and an address, may make.
    ///
    /// More than anybody needs by hand; a script that fills the list of rooms is stopped early.
    rooms_made_per_hour: u32 = "30", Count(0, 1_000_000);

    /// Up to this size a room hears who came and who left; a larger one hears a count.
    ///
    /// Names to all members cost the square of their number when all return at once.
    members_listed_max: usize = "100", Count(0, 10_000);

    /// Up to this size a room is told who types.
    ///
    /// In a larger one somebody always types, and the notices would outnumber the messages.
    typing_members_max: usize = "250", Count(0, 10_000);
}

"Messages" {
    /// The longest text of a message, in bytes of UTF-8.
    ///
    /// Some 700 words. Every member of a room gets every text, so long ones belong elsewhere.
    text_bytes_max: usize = "4096", Size("1", "1MiB");

    /// The longest message from a client, in bytes.
    ///
    /// A connection may make the server hold this much before anything is checked. It must leave
    /// room for a text that JSON escapes to three times its length, and 1KiB around it.
    frame_bytes_max: usize = "16KiB", Size("2KiB", "4MiB");

    /// The most events in one page of a room's log.
    ///
    /// A larger limit that a client asks for is cut to this. One page is one read of the log, and
    /// long reads hold up its upkeep.
    page_events_max: u32 = "100", Count(1, 10_000);

    /// The most bytes of events in one page.
    ///
    /// A page waits whole in the outbox of its reader, so it must be much smaller than that. A
    /// page with a single event may be larger.
    page_bytes_max: usize = "64KiB", Size("4KiB", "16MiB");

    /// How many events a return may be behind; further behind, its join is `limited`.
    ///
    /// Somebody who was away for long reads the latest page, not the whole log.
    catch_up_max: u64 = "10000", Count(1, 1_000_000_000);

    /// For how long a message's id (`cid`) is remembered at least.
    ///
    /// As long as clients may retry a send without repeating it. They stop before that.
    retry: Duration = "7d", Span("1h", "3650d");
}

"Rates" {
    /// How many sends a second a sender may make in the long run.
    ///
    /// Faster than people write, slower than a flood.
    sends_per_second: u32 = "5", Count(1, 1_000_000);

    /// How many sends a sender may make at once before the rate counts.
    ///
    /// A client that was away sends what was written meanwhile in one go.
    sends_burst: u32 = "25", Count(1, 1_000_000);

    /// How many other commands a second a session may give in the long run.
    ///
    /// Joins and pages cost reads of the log; a session that reads its history stays below.
    commands_per_second: u32 = "20", Count(1, 1_000_000);

    /// How many other commands a session may give at once before the rate counts.
    ///
    /// A client that returns joins all of its rooms in one go.
    commands_burst: u32 = "100", Count(1, 1_000_000);
}

"Deadlines" {
    /// How long the head of an HTTP request may take.
    ///
    /// A client that drips its request byte by byte does not hold a place for long.
    head_timeout: Duration = "10s", Span("100ms", "10m");

    /// How long a client may take from the upgrade to its hello.
    ///
    /// A connection that does not say who it is has no use. Waiting for admission does not count.
    hello_timeout: Duration = "10s", Span("100ms", "10m");

    /// After how long a silence a client pings; after twice that the server closes.
    ///
    /// Shorter finds dead connections sooner; longer spares the batteries of telephones.
    heartbeat: Duration = "30s", Span("1s", "1h");

    /// How long a write may make no progress before the connection is closed.
    ///
    /// A reader that has stopped reading holds memory that others need.
    write_timeout: Duration = "20s", Span("100ms", "10m");

    /// How long a command waits for a place in its room's inbox before the answer is `busy`.
    ///
    /// One hot room must not hold up the other rooms of a session.
    inbox_wait: Duration = "2s", Span("1ms", "1m");

    /// How long a drain may take at the end; then the server stops and logs who is late.
    ///
    /// Keep it below the time after which the service manager kills the server.
    grace: Duration = "20s", Span("0s", "1h");

    /// Over how much time a drain spreads the return of its clients.
    ///
    /// All at once they would be the worst load that the next server ever sees.
    return_spread: Duration = "5s", Span("0s", "1h");

    /// How long a poll of a task may take before it is reported.
    ///
    /// A long poll holds up every other task of its thread.
    long_poll: Duration = "100ms", Span("1ms", "1m");
}

"People" {
    /// For how long a nick is kept for its owner after they left.
    ///
    /// Nobody else takes it during a short loss of the network.
    nick_hold: Duration = "60s", Span("0s", "30d");

    /// For how long a guest's token is valid; every hello renews it.
    ///
    /// It makes the guest the same sender as before, so it must last as long as `retry`.
    token_ttl: Duration = "90d", Span("1h", "3650d");
}

"Memory" {
    /// The most bytes that wait in one connection's outbox.
    ///
    /// A reader that is further behind is told so and reads from the log at its own pace. It must
    /// hold two pages: one that waits, and what happens meanwhile.
    outbox_bytes_max: usize = "256KiB", Size("16KiB", "1GiB");

    /// The most bytes that wait in all outboxes together.
    ///
    /// Ten thousand slow readers must not take the memory of the machine. It counts a frame that
    /// many outboxes share once for each.
    outboxes_bytes_max: usize = "512MiB", Size("1MiB", "1024GiB");

    /// The kernel's send buffer of one connection.
    ///
    /// The kernel would let it grow to megabytes, outside of every count of the server. Linux
    /// reserves twice of what is asked for.
    send_buffer: usize = "32KiB", Size("4KiB", "16MiB");
}

}
