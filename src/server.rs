//! The parts of a running server that all connections share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_lock::Semaphore;
use sha2::{Digest, Sha256};
use throng_log::clock::millis;
use throng_log::search::SearchIndex;
use throng_log::sqlite::SqliteLog;
use throng_log::{Directory, Log, LogError};
use throng_protocol::{Limits, MESSAGE_BYTES_MAX, Nick};
use throng_room::{PAGE_ENVELOPE, PageSize};

use crate::base::drain_signal::Drain;
use crate::base::metrics::Metrics;
use crate::base::rate_limit::Rate;
use crate::base::tasks::Tasks;
use crate::config::Config;
use crate::connection_slots::{ConnectionSlots, Count, PlaceLimits};
use crate::delivery::budget::Budget;
use crate::delivery::heartbeat::{Heartbeat, Patience};
use crate::distances::Distances;
use crate::filter::Filters;
use crate::groups::Groups;
use crate::handler::MakeHandler;
use crate::identity::accounts::{self, Accounts};
use crate::identity::bots::Bots;
use crate::identity::device_secrets::DeviceSecrets;
use crate::identity::guests::{self, Identity};
use crate::identity::jwt::Jwts;
use crate::identity::jwt::deadlines::Terms;
use crate::identity::oidc::Providers;
use crate::identity::passwords::Passwords;
use crate::identity::tokens::Tokens;
use crate::raid::{self, Raid, Roles};
use crate::restrictions::Restrictions;
use crate::rights::policy::Policy;
use crate::rooms::fence::Fence;
use crate::rooms::flagged::FlaggedQueue;
use crate::rooms::map::Rooms;
use crate::rooms::task::Surroundings;
use crate::seats::Seats;
use crate::wire::answer::ANSWER_BYTES;

#[cfg(test)]
pub(crate) mod in_process;
pub(crate) mod once_a_second;

/// A running server.
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) rates: Rates,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) log: Arc<dyn Log>,
    /// `None` where searching is turned off.
    pub(crate) search: Option<SearchIndex>,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) seats: Arc<Seats>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) fence: Arc<Fence>,
    pub(crate) distances: Arc<Distances>,
    pub(crate) identity: Identity,
    pub(crate) raid: Arc<Raid>,
    /// What filters have flagged, and is to be reported.
    pub(crate) flagged: Arc<FlaggedQueue>,
    /// A part of the name of the cookie with a login: browsers send the cookies of one host to every server there,
    /// whatever its port and path.
    pub(crate) cookie_mark: Box<str>,
    pub(crate) slots: Arc<ConnectionSlots>,
    /// Slots for readers of the metrics, which are free even if the server is full.
    pub(crate) metrics_slots: Arc<ConnectionSlots>,
    pub(crate) policy: Policy,
    /// The permits of handshakes in progress.
    pub(crate) admissions: Arc<Semaphore>,
    /// The permits of connections that are being refused with a reason.
    pub(crate) refusals: Arc<Semaphore>,
    pub(crate) drain: Drain,
    /// Processes messages; `None` for the chat.
    pub(crate) handler: Option<MakeHandler>,
    pub(crate) next_connection: AtomicU64,
    pub(crate) started: Instant,
}

/// The rates of the configuration, in the form that rate limits use.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) sends: Rate,
    /// Sends from one address.
    pub(crate) address_sends: Rate,
    /// Sends to one room.
    pub(crate) room_sends: Rate,
    pub(crate) commands: Rate,
    pub(crate) rooms_made: Rate,
    /// Changes of a person's nick.
    pub(crate) nicks: Rate,
    /// New people from one address.
    pub(crate) people_made: Rate,
    /// Wrong codes of `link` from one address.
    pub(crate) wrong_codes: Rate,
    /// Wrong passwords for one name.
    pub(crate) wrong_passwords: Rate,
    /// Control frames and fragments, which no command counts.
    pub(crate) small_frames: Rate,
}

/// How many pings and small fragments a client may send at once, and then per second. Browsers do not
/// fragment our messages, and nobody needs ten pings a second.
const SMALL_FRAMES: (u64, u64) = (100, 10);

/// How many wrong codes of `link` and passwords an address may say at once, and then every hour. Of 2^50
/// codes nobody finds one so, and who mistypes has tries enough.
const WRONG_CODES: (u64, u64) = (20, 60);

/// How many wrong passwords are tried for one name at once, and then every hour, from wherever they come. Of the
/// passwords that this server takes, nobody finds one so.
const WRONG_PASSWORDS: (u64, u64) = (10, 60);

/// How many times a person may change their nick at once, and then every hour. Of each person a number of changes is
/// kept for moderators: nobody should push out in a minute what they were called.
const NICKS: (u64, u64) = (10, 60);

impl Rates {
    pub(crate) fn new(config: &Config) -> Self {
        let second = Duration::from_secs(1);
        let hour = Duration::from_secs(3_600);
        let a_second = |count: u32, burst: u32| Rate::new(count.into(), second, burst.into());
        let rooms = u64::from(config.rooms_made_per_hour);
        Self {
            sends: a_second(config.sends_per_second, config.sends_burst),
            address_sends: a_second(config.address_sends_per_second, config.address_sends_burst),
            room_sends: a_second(config.room_sends_per_second, config.room_sends_burst),
            commands: a_second(config.commands_per_second, config.commands_burst),
            rooms_made: Rate::new(rooms, hour, rooms),
            nicks: Rate::new(NICKS.1, hour, NICKS.0),
            people_made: a_second(config.new_people_per_second, config.new_people_burst),
            wrong_codes: Rate::new(WRONG_CODES.1, hour, WRONG_CODES.0),
            wrong_passwords: Rate::new(WRONG_PASSWORDS.1, hour, WRONG_PASSWORDS.0),
            small_frames: Rate::new(SMALL_FRAMES.1, second, SMALL_FRAMES.0),
        }
    }
}

/// The slots of the metrics address: a few readers with a few connections each.
const WATCHERS: PlaceLimits =
    PlaceLimits { connections_max: 64, http_per_address_max: 64, sessions_per_address_max: 0 };

/// How many connections are refused with a reason at a time.
const REFUSALS_MAX: usize = 64;

impl Server {
    /// Builds a server around an open log. `allowed` is the number of connections that the system allows.
    ///
    /// # Errors
    /// When the log can't be read.
    #[expect(clippy::too_many_arguments, reason = "each is a part that the start makes once")]
    pub(crate) async fn build(
        config: Config,
        allowed: usize,
        (log, search): (&Arc<SqliteLog>, Option<SearchIndex>),
        secret: &[u8; 32],
        metrics: Arc<Metrics>,
        tasks: Arc<Tasks>,
        trusted: (Jwts, Providers),
        handler: Option<MakeHandler>,
    ) -> Result<Arc<Self>, LogError> {
        let limits = throng_room::Limits {
            page: PageSize {
                events: config.page_events_max as usize,
                bytes: config.page_bytes_max - PAGE_ENVELOPE,
            },
            catch_up_max: config.catch_up_max,
            members_listed_max: config.members_listed_max,
            typing_members_max: config.typing_members_max,
        };
        let shared: Arc<dyn Log> = Arc::clone(log) as _;
        let directory: Arc<dyn Directory> = Arc::clone(log) as _;
        let restrictions = Arc::new(Restrictions::load(directory.restrictions().await?));
        let roles: Arc<Roles> = Arc::new(directory.roles().await?.into_iter().collect());
        let raid = Raid::load(
            directory.raid().await?,
            Arc::clone(&roles),
            raid::Settings {
                guests_per_minute: config.raid_guests_per_minute,
                duration: config.raid_duration,
            },
        );
        metrics.raid.set(i64::from(raid.held(shared.clock().now_ms()).is_some()));
        let seats = Arc::new(Seats::load(directory.seats().await?));
        let groups = directory.groups().await?;
        let groups = Arc::new(Groups::load(groups, directory.group_members().await?));
        let rates = Rates::new(&config);
        let accounts = Accounts::new(
            Arc::clone(&directory),
            Arc::clone(&shared),
            Passwords::new(Arc::clone(&tasks), Arc::clone(&metrics)),
            DeviceSecrets::new(secret),
            roles,
            accounts::Settings {
                registration: config.registration,
                login_ttl: config.login_ttl,
                wrong_passwords: rates.wrong_passwords,
            },
        );
        let accounts = Arc::new(accounts);
        let distances = Arc::new(Distances::load(directory.kept_away().await?));
        let bots = Arc::new(Bots::load(directory.bots().await?));
        let filters = Filters::load(directory.filters().await?, Arc::clone(&tasks));
        let flagged = Arc::<FlaggedQueue>::default();
        let fence = Arc::new(Fence {
            restrictions: Arc::clone(&restrictions),
            seats: Arc::clone(&seats),
            groups: Arc::clone(&groups),
            accounts: Arc::clone(&accounts),
            bots: Arc::clone(&bots),
            distances: Arc::clone(&distances),
            raid: Arc::clone(&raid),
            filters: Arc::clone(&filters),
        });
        let attributes = directory.room_attributes().await?;
        let around = Surroundings {
            log: Arc::clone(&shared),
            metrics: Arc::clone(&metrics),
            limits,
            fence: Arc::clone(&fence),
            flagged: Arc::clone(&flagged),
        };
        let rooms = Rooms::load(Arc::clone(&tasks), around, config.rooms_max, attributes).await?;
        let identity = Identity::new(
            Tokens::new(secret, config.token_ttl),
            Arc::clone(&shared),
            directory,
            (accounts, bots),
            (restrictions, Arc::clone(&raid), filters),
            trusted,
            guests::Settings {
                guests: config.guests,
                reserved: config.reserved_nicks.iter().map(Nick::fold).collect(),
                nick_hold: config.nick_hold,
                nick_reserve: config.nick_reserve,
                nicks: rates.nicks,
                people_made: rates.people_made,
                wrong_codes: rates.wrong_codes,
                jwt: Terms {
                    ask_before_ms: millis(config.jwt_refresh_before),
                    grace_ms: millis(config.jwt_grace),
                },
            },
        );
        let connections_max = config.connections_max.unwrap_or(allowed);
        let server = Self {
            rates,
            budget: Arc::new(budget(&config, &metrics)),
            heartbeat: Heartbeat::new(Patience {
                hello: config.hello_timeout,
                ping: config.heartbeat * 5 / 6,
                silence: config.heartbeat * 2,
                write: config.write_timeout,
            }),
            rooms,
            seats,
            groups,
            fence,
            distances,
            log: shared,
            search,
            identity,
            raid,
            flagged,
            cookie_mark: cookie_mark(secret),
            policy: Policy { rooms_open: config.rooms_open },
            slots: ConnectionSlots::new(
                PlaceLimits::new(connections_max, config.connections_per_address_max),
                config.trust.clone(),
                Count {
                    connections: metrics.connections.clone(),
                    refused: metrics.refused.clone(),
                },
            ),
            metrics_slots: ConnectionSlots::new(WATCHERS, Vec::new(), Count::default()),
            admissions: Arc::new(Semaphore::new(config.admissions_max)),
            refusals: Arc::new(Semaphore::new(REFUSALS_MAX)),
            drain: Drain::default(),
            handler,
            next_connection: AtomicU64::new(1),
            started: Instant::now(),
            metrics,
            tasks,
            config,
        };
        Ok(Arc::new(server))
    }

    /// The limits, as `hello` gives them to clients.
    pub(crate) fn limits(&self) -> Limits {
        let config = &self.config;
        Limits {
            text_bytes: config.text_bytes_max as u64,
            frame_bytes: config.frame_bytes_max as u64,
            message_bytes: MESSAGE_BYTES_MAX as u64,
            page_events: u64::from(config.page_events_max),
            rooms: config.rooms_per_session_max as u64,
            sends_burst: u64::from(config.sends_burst),
            sends_per_second: u64::from(config.sends_per_second),
            retry_ms: millis(config.retry),
        }
    }

    pub(crate) fn number_connection(&self) -> u64 {
        self.next_connection.fetch_add(1, Ordering::Relaxed)
    }
}

/// Eight digits that tell servers of one host apart, and say nothing of the secret.
fn cookie_mark(secret: &[u8; 32]) -> Box<str> {
    let digest = Sha256::new().chain_update(secret).chain_update(b"throng cookie").finalize();
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn budget(config: &Config, metrics: &Arc<Metrics>) -> Budget {
    // Four pages: a returning client requests those of several rooms at once.
    let answer_bytes_max = 4 * (config.page_bytes_max + ANSWER_BYTES);
    let (event_bytes_max, total_bytes_max) = (config.outbox_bytes_max, config.outboxes_bytes_max);
    Budget::new(event_bytes_max, answer_bytes_max, total_bytes_max, Arc::clone(metrics))
}
