//! The one table of settings. Flags, variables, the file, `throng config`, the help and
//! `docs/configuration.md` are all made from it.
//!
//! A setting's doc comment is its description everywhere: the first paragraph says what the setting is, and
//! is shown in the help; the second gives the reason for the default or the limit.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use throng_protocol::Nick;

use super::kind::{Count, Document, Folder, Kind, List, Or, Size, Span, Switch};
use super::log::{Filter, Format, LogFormat};
use super::network::{Address, Network, Web, WebOrigin};
use super::people::{Name, Registering, Registration};

/// One row of the table, without the type of its value.
pub(super) struct Setting {
    /// Its name in the file; the flag and the variable follow from it.
    pub(super) key: &'static str,
    /// The heading of its group.
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
    /// Parses a value into its field; the error says what is wrong with it.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// The value in force, as text that `set` parses.
    pub(super) show: fn(&Config) -> String,
}

impl Setting {
    /// The description, in a few words.
    pub(super) fn what(&self) -> String {
        self.paragraphs().next().unwrap_or_default()
    }

    /// The description and the reason, one paragraph each.
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

/// The prefix of every variable of the server.
pub(super) const VARIABLE_PREFIX: &str = "THRONG_";

/// Writes [`Config`] and [`SETTINGS`] from the same rows, so that no setting can be in only one of them.
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

        /// All settings, in the order in which people read about them.
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
    /// Address for clients.
    ///
    /// Loopback by default, so that nobody opens the server to a network by accident. Port 0
    /// takes a free port and prints it.
    listen: SocketAddr = "127.0.0.1:8080", Address;

    /// Address for the Prometheus metrics, or `off`.
    ///
    /// A separate listener: the metrics are not for everybody who can reach the chat.
    metrics_listen: Option<SocketAddr> = "127.0.0.1:9464", Or(Address, "off");

    /// Folder with the log of all rooms and the key that signs tokens.
    ///
    /// The server creates it if it is missing. Only one server can use it at a time.
    data_dir: PathBuf = "data", Folder;

    /// Filter for log lines, in the syntax of `tracing`.
    ///
    /// At `info` the number of lines depends on what happens to the server, not on what people
    /// do.
    log: String = "info", Filter;

    /// Format of log lines.
    ///
    /// `text` is for people, `json` for programs that collect logs.
    log_format: LogFormat = "text", Format;
}

"Who may connect" {
    /// Web pages, besides the server's own, from which browsers may connect.
    ///
    /// A browser sends requests from any open page in its user's name. Without this check, every
    /// page could chat as its visitor.
    origins: Vec<WebOrigin> = "", List(Web);

    /// Addresses that are exempt from the rates and from the limits per address.
    ///
    /// For load tests and bridges, where many people come from one address. Never list a network
    /// from which strangers come.
    trust: Vec<IpNet> = "", List(Network);

    /// Maximum number of connections, or `auto` for as many as the open-file limit allows.
    ///
    /// Every connection is an open file. A lower value keeps files free for the log.
    connections_max: Option<usize> = "auto", Or(Count(1, 10_000_000), "auto");

    /// Maximum number of sessions from one address.
    ///
    /// One machine cannot take all connections, while a school or an office behind one address
    /// still fits. Connections that only load the page are counted separately: an address may
    /// have eight times as many of them, and at most half of `connections_max`.
    connections_per_address_max: usize = "256", Count(1, 10_000_000);

    /// Maximum number of handshakes that are worked on at the same time.
    ///
    /// When thousands return at once, the others wait, and their deadlines start later. Each
    /// handshake under way holds about ten kilobytes for HTTP; a higher value would make all of
    /// them slower and none of them faster.
    admissions_max: usize = "256", Count(1, 100_000);
}

"Rooms" {
    /// Whether joining a room that does not exist creates it.
    ///
    /// If `false`, only rooms that are in the log can be joined.
    rooms_open: bool = "true", Switch;

    /// Whether messages can be searched.
    ///
    /// The index is a file beside the log, `search.db`, about three times the size of the texts. It is made
    /// from the log when it is missing, so it may be deleted while the server is stopped.
    search: bool = "true", Switch;

    /// Maximum number of rooms, including those in the log that nobody is in.
    ///
    /// Each room takes an entry in the list of rooms in memory, so strangers must not be able to
    /// create rooms without a limit.
    rooms_max: usize = "100000", Count(1, 10_000_000);

    /// Maximum number of rooms that one session may be in.
    ///
    /// Limits the memory of a session, and the work when it returns.
    rooms_per_session_max: usize = "64", Count(1, 10_000);

    /// How many rooms an hour a person may create, and an address.
    ///
    /// More than anybody creates by hand; it stops a script that fills the list of rooms.
    rooms_made_per_hour: u32 = "30", Count(0, 1_000_000);

    /// Up to this number of people, members get the names of those who come and go; in a larger
    /// room, only a count.
    ///
    /// Sending every name to every member costs the square of their number when all return at
    /// once. The names of 150 people fit into one message in any script.
    members_listed_max: usize = "100", Count(0, 150);

    /// Up to this number of people, members see who is typing.
    ///
    /// In a larger room somebody is always typing, and there would be more of these notices than
    /// messages.
    typing_members_max: usize = "250", Count(0, 10_000);
}

"Messages" {
    /// Maximum length of a text, in bytes of UTF-8.
    ///
    /// About 700 words. Every member of a room gets every text, so longer ones belong elsewhere.
    /// JSON can double the length of a text, and no message from the server is longer than 32,768
    /// bytes.
    text_bytes_max: usize = "4096", Size("1", "15KiB");

    /// Maximum length of a message from a client, in bytes.
    ///
    /// A connection can make the server hold this much before anything is checked. It must leave
    /// room for a text that JSON escapes to six times its length, and 1KiB around it.
    frame_bytes_max: usize = "32KiB", Size("2KiB", "4MiB");

    /// Maximum number of events in one page of a room's log.
    ///
    /// A client that asks for more gets this number. One page is one read of the log, and long
    /// reads delay its maintenance.
    page_events_max: u32 = "100", Count(1, 10_000);

    /// Maximum length of the message that carries one page, in bytes.
    ///
    /// Several WebSocket libraries refuse messages over 32,768 bytes, so no message is longer. A
    /// page waits in its reader's outbox as a whole, so it must be much smaller than the outbox.
    /// A page with a single event may be longer than this, but not longer than 32,768 bytes.
    page_bytes_max: usize = "32KiB", Size("4KiB", "32KiB");

    /// How many events a returning client may be behind; beyond that, its join is `limited`.
    ///
    /// Somebody who was away for long reads the latest page, not the whole log.
    catch_up_max: u64 = "10000", Count(1, 1_000_000_000);

    /// How long the server remembers the id (`cid`) of a message at least.
    ///
    /// Within this time clients can retry a send without repeating it. They stop before it ends.
    retry: Duration = "7d", Span("1h", "3650d");
}

"Rates" {
    /// Messages a second that one person may send in the long run.
    ///
    /// Faster than people write, slower than a flood.
    sends_per_second: u32 = "5", Count(1, 1_000_000);

    /// Messages that one person may send at once before that rate applies.
    ///
    /// A client that was offline sends everything that was written meanwhile at once.
    sends_burst: u32 = "25", Count(1, 1_000_000);

    /// Messages a second that all people from one address may send together in the long run.
    ///
    /// New people cost nothing, so one address could be many of them. A school in which everybody
    /// writes stays below this. A text of more than 512 bytes counts once for each 512 bytes that
    /// it begins.
    address_sends_per_second: u32 = "50", Count(1, 1_000_000);

    /// Messages that all people from one address may send at once before that rate applies.
    ///
    /// After a network failure, a whole office sends what was written meanwhile.
    address_sends_burst: u32 = "500", Count(1, 1_000_000);

    /// Messages a second that one room accepts in the long run, counted in the same way.
    ///
    /// Every member gets every message, so many addresses sending to one room is the most
    /// expensive load. Nobody can read this fast.
    room_sends_per_second: u32 = "200", Count(1, 1_000_000);

    /// Messages that one room accepts at once before that rate applies.
    ///
    /// When something happens, everybody says something.
    room_sends_burst: u32 = "1000", Count(1, 1_000_000);

    /// New people a second from one address in the long run.
    ///
    /// A new person starts with all rates unused. A person with a token is not new. Behind a
    /// proxy that is not in `trust`, everybody comes from one address: use a higher value there.
    new_people_per_second: u32 = "1", Count(1, 1_000_000);

    /// New people from one address at once before that rate applies.
    ///
    /// By default the same as the sessions that an address may have: a class that comes for the
    /// first time.
    new_people_burst: u32 = "256", Count(1, 1_000_000);

    /// Other commands a second that one session may send in the long run.
    ///
    /// Joins and pages cost reads of the log; a session that scrolls through history stays below
    /// this.
    commands_per_second: u32 = "20", Count(1, 1_000_000);

    /// Other commands that one session may send at once before that rate applies.
    ///
    /// A returning client joins all of its rooms at once.
    commands_burst: u32 = "100", Count(1, 1_000_000);
}

"Deadlines" {
    /// How long a start waits for its address, and for another server or program that uses the
    /// log.
    ///
    /// Long enough for the previous server to drain, or for somebody to look into the database.
    /// After that the start ends with exit code 75 and can be tried again.
    start_wait: Duration = "10s", Span("0s", "1h");

    /// Time limit for the head of an HTTP request.
    ///
    /// A client that sends its request byte by byte does not keep a connection slot for long.
    head_timeout: Duration = "10s", Span("100ms", "10m");

    /// How long an HTTP connection waits for another request.
    ///
    /// Answers announce it (`Keep-Alive: timeout=5`). A longer time saves a proxy new
    /// connections: make it longer than the time for which the proxy keeps its connections, so
    /// that the proxy is the one that closes. After a minute an answer asks for a new connection
    /// in any case.
    keep_alive: Duration = "5s", Span("0s", "1h");

    /// Time limit from the upgrade to the client's hello.
    ///
    /// A connection that does not say who it is has no use. Waiting for admission does not count.
    hello_timeout: Duration = "10s", Span("100ms", "10m");

    /// How long a client may be silent: after 5/6 of this time the server pings it, after twice
    /// this time it closes.
    ///
    /// A shorter time finds dead connections sooner; a longer one saves the batteries of phones.
    /// Several libraries and proxies give up after 30 seconds without a byte; a ping after 25
    /// seconds prevents that.
    heartbeat: Duration = "30s", Span("1s", "1h");

    /// How long a write may make no progress before the connection is closed.
    ///
    /// A client that has stopped reading holds memory that others need.
    write_timeout: Duration = "20s", Span("100ms", "10m");

    /// How long a command waits for a place in its room's inbox before the answer is `busy`.
    ///
    /// One busy room must not hold up the other rooms of a session.
    inbox_wait: Duration = "2s", Span("1ms", "1m");

    /// Time limit for a drain; after that the server stops and logs what had not ended.
    ///
    /// Keep it shorter than the time after which the service manager kills the server.
    grace: Duration = "20s", Span("0s", "1h");

    /// The time over which a drain spreads the return of its clients.
    ///
    /// If all came back at once, it would be the worst load that the next server ever sees.
    return_spread: Duration = "5s", Span("0s", "1h");

    /// How long one poll of a task may take before it is reported.
    ///
    /// A long poll holds up all other tasks of its thread.
    long_poll: Duration = "100ms", Span("1ms", "1m");
}

"People" {
    /// How long a nick stays reserved after its owner has left.
    ///
    /// Nobody else can take it during a short network failure. After a restart of the server the
    /// time starts again for everybody who was there; after a crash a nick under which nothing was
    /// said is free.
    nick_hold: Duration = "60s", Span("0s", "30d");

    /// How long a nick stays reserved for an owner who has said something under it and has been
    /// away since.
    ///
    /// Otherwise a stranger could be mistaken for somebody whom everybody knows. Only time in
    /// which the server runs counts.
    nick_reserve: Duration = "30d", Span("0s", "3650d");

    /// How long a guest's token is valid; every hello renews it.
    ///
    /// The token makes the guest the same sender as before, so it must be valid for at least as
    /// long as `retry`.
    token_ttl: Duration = "90d", Span("1h", "3650d");

    /// Nicks that only administrators may take, in any spelling that looks alike.
    ///
    /// Somebody who is called like this would be believed to speak for the server.
    reserved_nicks: Vec<Nick> = "admin,administrator,moderator,owner,root,server,staff,support,system,throng", List(Name);

    /// Whether people without an account may come in, as guests.
    ///
    /// Most communities begin with guests. A company or a school knows its people.
    guests: bool = "true", Switch;

    /// Who may make an account: `open` for everybody, `invite` for those with an invitation of an
    /// administrator, `closed` for nobody.
    ///
    /// A guest who makes an account keeps the nick and everything said.
    registration: Registration = "open", Registering;

    /// With more new guests than this in a minute, the raid switch goes on by itself: nobody new comes in as a
    /// guest, guests say nothing and join slowly, and no account is made. 0: it does not.
    ///
    /// What is a raid to one community is a good evening to another, and a switch that goes on in the middle of that
    /// keeps everybody out.
    raid_guests_per_minute: u32 = "0", Count(0, 1_000_000);

    /// How long the raid switch stays on when it went on by itself.
    ///
    /// Whoever sends the guests gives up, and nobody has to be awake to open the door again. If they are still there,
    /// it goes on again.
    raid_duration: Duration = "30m", Span("1s", "7d");

    /// How long a login lives without being used.
    ///
    /// A device that was lost or sold does not stay logged in for ever.
    login_ttl: Duration = "90d", Span("1h", "3650d");

    /// File with the applications and the OpenID Connect providers that say who somebody is, or `off`.
    ///
    /// Without it this server trusts nobody else. What is in it: docs/embedding.md and docs/single-sign-on.md.
    issuers_file: Option<PathBuf> = "off", Or(Document, "off");

    /// How long before its JWT expires a session is asked for another one.
    ///
    /// A client needs the time to fetch it, also when ten thousand do so in the same minute.
    jwt_refresh_before: Duration = "60s", Span("0s", "1h");

    /// How long a session lives on after its JWT has expired.
    ///
    /// A client that was offline for a moment does not lose its session; a person who was taken out
    /// of the application stays for this time at most.
    jwt_grace: Duration = "30s", Span("0s", "10m");
}

"Memory" {
    /// Maximum number of bytes of events that wait in the outbox of one connection.
    ///
    /// A client that is further behind gets `behind` and reads from the log at its own pace. The
    /// outbox must hold two pages: one that waits, and what happens meanwhile.
    outbox_bytes_max: usize = "256KiB", Size("16KiB", "1GiB");

    /// Maximum number of bytes that wait in all outboxes together.
    ///
    /// Ten thousand slow readers must not take all memory of the machine. A frame that several
    /// outboxes share counts once for each.
    outboxes_bytes_max: usize = "512MiB", Size("1MiB", "1024GiB");

    /// Size of the kernel's send buffer for one connection.
    ///
    /// The kernel would let it grow to megabytes, which the server could not count. Linux
    /// reserves twice the size that is set.
    send_buffer: usize = "32KiB", Size("4KiB", "16MiB");
}

}
