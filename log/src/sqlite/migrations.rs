//! The tables of the database and their history: one step for each change of the format.

use rusqlite::{Connection, TransactionBehavior, params};
use throng_protocol::Epoch;

use super::body::BodyKey;
use super::speakers;
use crate::clock::unix_ms;

/// Marks a file as throng's ("thrn"), for this server and for file(1).
pub(super) const APPLICATION_ID: u32 = 0x7468_726e;

/// The format of this version.
pub(super) const FORMAT: usize = STEPS.len();

/// From this format on, no page has remains of a row in its middle ([`page_gaps`](super::page_gaps)).
pub(super) const CLEAN_FORMAT: usize = 5;

/// The step from each format to the next. A released step is never changed.
///
/// `message.id` combines room and seq ([`row_id`](super::row_id)), so that a page of a room is a scan of
/// adjacent rows. `cid` and `digest` reveal nothing of the text, and can stay when a text is removed.
///
/// `log.clock` is the log's own time and `newest_at` the time of the message that was committed last
/// ([`LogClock`](crate::LogClock)). `room.digest_fold` is set where a room's fold is no longer the one with which its
/// messages were digested, and `lost_fold` where its first name belongs to an older room
/// ([`folded_names`](super::folded_names)). `room.id` is the room's id ([`throng_protocol::RoomId`]); rooms that were made before
/// there were ids keep the folds in their digests. `nick` is who is called what
/// ([`nicks`](super::nicks)); `seen` is the log's time, and `room.noted` the seq up to which the nicks of
/// those who spoke are in it. The tables of `account`, `login`, `restriction`, `link` and `audit` are those of
/// [`account_table`](super::account_table); where no room or person is meant, their columns hold no bytes. Those of
/// `room_attributes`, `seat` and `room_group` are [`room_table`](super::room_table)'s, `person_group` and `group_member`
/// [`group_table`](super::group_table)'s, `kept_away` and `report`
/// [`peace_table`](super::peace_table)'s, `bot` [`bot_table`](super::bot_table)'s, `raid`
/// [`raid_table`](super::raid_table)'s, `external` [`external_table`](super::external_table)'s, and `filter`
/// [`filter_table`](super::filter_table)'s. The author of a report has no bytes where a filter reports.
///
/// `message.targets` has the seqs of the messages that an entry changes, and `changed` is the seq of the last entry that
/// replaced or deleted a message's text, otherwise 0 ([`deletion`](super::deletion)). `shadow` is the row's own seq if it is
/// hidden from all but its sender, the seq of the last hidden entry that changed it for its sender, or 0. `erasure` is
/// [`erasure_table`](super::erasure_table)'s, `nick_change` [`nick_history`](super::nick_history)'s, and `profile` [`profile_table`](super::profile_table)'s.
const STEPS: [&str; 6] = [
    "
    CREATE TABLE log (
        one       INTEGER PRIMARY KEY CHECK (one = 1),
        epoch     BLOB    NOT NULL,
        key_check BLOB    NOT NULL,
        opened_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE room (
        number INTEGER PRIMARY KEY,
        fold   TEXT    NOT NULL UNIQUE,
        name   TEXT    NOT NULL,
        first  INTEGER NOT NULL,
        head   INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE message (
        id     INTEGER PRIMARY KEY,
        at     INTEGER NOT NULL,
        sender BLOB    NOT NULL,
        cid    BLOB    NOT NULL,
        digest BLOB    NOT NULL,
        kind   INTEGER NOT NULL,
        nick   TEXT    NOT NULL,
        text   TEXT    NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX message_cid ON message (cid, sender);
",
    "
    ALTER TABLE log ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE log ADD COLUMN newest_at INTEGER NOT NULL DEFAULT 0;
    UPDATE log SET clock = opened_at;
    ALTER TABLE room ADD COLUMN digest_fold TEXT;
    ALTER TABLE room ADD COLUMN lost_fold TEXT;
    CREATE TABLE nick (
        fold   TEXT    PRIMARY KEY,
        person BLOB    NOT NULL,
        nick   TEXT    NOT NULL,
        spoken INTEGER NOT NULL,
        seen   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX nick_person ON nick (person);
",
    "
    ALTER TABLE room ADD COLUMN id BLOB;
    UPDATE room SET
        digest_fold = coalesce(digest_fold, fold),
        id = unhex(printf('%012X', coalesce(
            (SELECT at FROM message WHERE message.id = (number << 40) + first), 0
        )) || hex(randomblob(10)));
    CREATE UNIQUE INDEX room_id ON room (id);
    ALTER TABLE room ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
",
    "
    CREATE TABLE account (
        person   BLOB    PRIMARY KEY,
        fold     TEXT    UNIQUE,
        name     TEXT,
        password TEXT,
        role     INTEGER NOT NULL,
        made     INTEGER NOT NULL,
        factor   BLOB,
        step     INTEGER NOT NULL DEFAULT 0,
        recovery BLOB
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE login (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        hash    BLOB    NOT NULL UNIQUE,
        person  BLOB    NOT NULL,
        device  TEXT    NOT NULL,
        address TEXT    NOT NULL,
        made    INTEGER NOT NULL,
        used    INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX login_person ON login (person);
    CREATE TABLE restriction (
        kind    INTEGER NOT NULL,
        subject TEXT    NOT NULL,
        room    BLOB    NOT NULL,
        until   INTEGER,
        made    INTEGER NOT NULL,
        author  BLOB    NOT NULL,
        reason  TEXT    NOT NULL,
        PRIMARY KEY (kind, subject, room)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE link (
        hash    BLOB    PRIMARY KEY,
        purpose INTEGER NOT NULL,
        person  BLOB    NOT NULL,
        uses    INTEGER NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        at      INTEGER NOT NULL,
        author  BLOB    NOT NULL,
        name    TEXT    NOT NULL,
        action  TEXT    NOT NULL,
        subject TEXT    NOT NULL,
        room    BLOB    NOT NULL,
        reason  TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX audit_room ON audit (room, id);
    CREATE TABLE room_attributes (
        id       BLOB    PRIMARY KEY,
        kind     INTEGER NOT NULL,
        name     TEXT    NOT NULL,
        topic    TEXT    NOT NULL,
        speak    INTEGER NOT NULL,
        slow     INTEGER NOT NULL,
        invite   INTEGER NOT NULL,
        archived INTEGER NOT NULL,
        deleted  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE seat (
        room   BLOB    NOT NULL,
        person BLOB    NOT NULL,
        nick   TEXT    NOT NULL,
        rank   INTEGER NOT NULL,
        PRIMARY KEY (room, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX seat_person ON seat (person);
    CREATE TABLE kept_away (
        person  BLOB    NOT NULL,
        other   BLOB    NOT NULL,
        nick    TEXT    NOT NULL,
        blocked INTEGER NOT NULL,
        PRIMARY KEY (person, other)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE report (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        at      INTEGER NOT NULL,
        author  BLOB    NOT NULL,
        name    TEXT    NOT NULL,
        reason  TEXT    NOT NULL,
        room    BLOB    NOT NULL,
        seq     INTEGER NOT NULL,
        sender  BLOB    NOT NULL,
        nick    TEXT    NOT NULL,
        text    TEXT    NOT NULL,
        settler BLOB,
        settled TEXT,
        words   TEXT
    ) STRICT;
    CREATE INDEX report_room ON report (room, id);
    CREATE UNIQUE INDEX report_once ON report (author, room, seq);
    CREATE TABLE bot (
        person  BLOB    PRIMARY KEY,
        owner   BLOB    NOT NULL,
        fold    TEXT    NOT NULL UNIQUE,
        name    TEXT    NOT NULL,
        hash    BLOB    NOT NULL UNIQUE,
        scopes  INTEGER NOT NULL,
        rooms   BLOB,
        made    INTEGER NOT NULL,
        expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX bot_owner ON bot (owner);
    CREATE TABLE raid (
        one       INTEGER PRIMARY KEY CHECK (one = 1),
        since     INTEGER NOT NULL,
        until     INTEGER,
        author    BLOB,
        name      TEXT    NOT NULL,
        automatic INTEGER NOT NULL,
        reason    TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE external (
        issuer  TEXT    NOT NULL,
        subject TEXT    NOT NULL,
        person  BLOB    NOT NULL,
        issued  INTEGER NOT NULL,
        revoked INTEGER NOT NULL DEFAULT 0,
        nick    TEXT,
        rooms   TEXT,
        PRIMARY KEY (issuer, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX external_person ON external (person);
",
    "
    ALTER TABLE message ADD COLUMN targets BLOB;
    ALTER TABLE message ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX report_message ON report (room, seq);
    CREATE TABLE erasure (
        kind    INTEGER NOT NULL,
        subject BLOB    NOT NULL,
        PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO erasure (kind, subject) SELECT 1, id FROM room_attributes WHERE deleted;
    CREATE TABLE person_group (
        id   INTEGER PRIMARY KEY,
        name TEXT    NOT NULL
    ) STRICT;
    CREATE TABLE group_member (
        group_id INTEGER NOT NULL,
        person   BLOB    NOT NULL,
        PRIMARY KEY (group_id, person)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_person ON group_member (person);
    CREATE TABLE room_group (
        room     BLOB    NOT NULL,
        right    INTEGER NOT NULL,
        group_id INTEGER NOT NULL,
        PRIMARY KEY (room, right, group_id)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE room_attributes ADD COLUMN description TEXT NOT NULL DEFAULT '';
    ALTER TABLE room_attributes ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE room_attributes ADD COLUMN see INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE room_attributes ADD COLUMN moderate INTEGER NOT NULL DEFAULT 2;
    CREATE TABLE filter (
        id     INTEGER PRIMARY KEY AUTOINCREMENT,
        made   INTEGER NOT NULL,
        author BLOB    NOT NULL,
        name   TEXT    NOT NULL,
        room   BLOB    NOT NULL,
        kind   TEXT    NOT NULL,
        text   TEXT    NOT NULL,
        action TEXT    NOT NULL,
        exempt INTEGER NOT NULL,
        reason TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX filter_room ON filter (room);
    CREATE TABLE nick_change (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        person  BLOB    NOT NULL,
        at      INTEGER NOT NULL,
        old     TEXT    NOT NULL,
        new     TEXT    NOT NULL,
        expires INTEGER
    ) STRICT;
    CREATE INDEX nick_change_person ON nick_change (person);
    CREATE INDEX nick_change_expires ON nick_change (expires) WHERE expires IS NOT NULL;
    CREATE TABLE profile (
        person   BLOB    PRIMARY KEY,
        name     TEXT,
        colour   INTEGER,
        pronouns TEXT,
        status   TEXT,
        until    INTEGER
    ) STRICT, WITHOUT ROWID;
",
    "
    ALTER TABLE message ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;
",
];

/// Migrates the database from `format` to the newest one, in one transaction.
pub(super) fn migrate(
    connection: &mut Connection,
    format: usize,
    key: &BodyKey,
) -> rusqlite::Result<()> {
    if format == FORMAT {
        return Ok(());
    }
    // That format had no table of nicks.
    let speakers = match format {
        1 => Some(speakers::unnoted(connection, "0")?),
        _ => None,
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in &STEPS[format..] {
        transaction.execute_batch(step)?;
    }
    if let Some(speakers) = speakers {
        let clock: i64 = transaction.query_row("SELECT clock FROM log", [], |row| row.get(0))?;
        speakers::note(&transaction, &speakers, clock.cast_unsigned())?;
    }
    if format == 2 {
        // That format wrote each nick with the first message under it.
        transaction.execute("UPDATE room SET noted = head", [])?;
    }
    if format == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute(
            "INSERT INTO log (one, epoch, key_check, opened_at, clock) VALUES (1, ?1, ?2, ?3, ?3)",
            params![new_epoch().to_bytes(), key.check(), unix_ms().cast_signed()],
        )?;
    }
    transaction.pragma_update(None, "user_version", FORMAT as i64)?;
    transaction.commit()
}

fn new_epoch() -> Epoch {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system gives random bytes after it has started");
    Epoch::from_parts(unix_ms(), u128::from_le_bytes(random) >> 48)
}
