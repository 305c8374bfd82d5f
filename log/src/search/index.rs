//! The index as a file, `search.db`: what the follower writes into it.
//!
//! It holds nothing that the log does not have, so it may be thrown away at any time. Texts are in it, as tokens, so
//! what holds for a deleted text in the log holds here: see [`Index::erase`].

use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use throng_protocol::{Epoch, PersonId, RoomId};

use super::query::{LINK_TOKEN, person_token, room_token};
use super::tokens::{self, tokens};
use crate::sqlite::connection;
use crate::sqlite::page_gaps::Cleared;
use crate::sqlite::row_id;
use crate::sqlite::wal::{self, Mode};

/// The name of the file in the data directory.
pub(super) const FILE: &str = "search.db";

/// The version of the tables.
const FORMAT: i64 = 1;

/// The page cache of the writing connection: it must hold the newest part of the index.
const CACHE_BYTES: usize = 8 << 20;

/// At this size of its write-ahead log, it is copied to the file.
const WAL_BYTES: u64 = 8 << 20;

/// How many ids are known by their numbers in memory, a few megabytes.
const KNOWN_MAX: usize = 50_000;

const TABLES: &str = "
    CREATE TABLE made (epoch BLOB NOT NULL, tokens INTEGER NOT NULL);
    CREATE TABLE room (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL);
    CREATE TABLE person (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE);
    CREATE TABLE document (
        number INTEGER PRIMARY KEY,
        place INTEGER NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        person INTEGER NOT NULL,
        hidden INTEGER NOT NULL,
        tokens TEXT NOT NULL
    );
    CREATE VIRTUAL TABLE word USING fts5(tokens, content='', columnsize=0, tokenize='ascii');
    INSERT INTO word (word, rank) VALUES ('secure-delete', 1);
";

/// The writing end.
pub(super) struct Index {
    path: PathBuf,
    connection: Connection,
    cleared: Cleared,
    rooms: Numbers<RoomId>,
    people: Numbers<PersonId>,
}

/// A message as it is indexed.
pub(super) struct Message<'a> {
    pub(super) seq: u64,
    pub(super) at: u64,
    pub(super) sender: PersonId,
    /// Whether it is not for everybody: its sender was shadow-banned.
    pub(super) is_hidden: bool,
    pub(super) text: &'a str,
}

impl Index {
    /// Opens the index of a log, and makes it if there is none, if it belongs to another log, or if it was made by
    /// other rules.
    pub(super) fn open(path: &Path, epoch: Epoch) -> rusqlite::Result<Self> {
        let connection = connect(path)?;
        if is_current(&connection, epoch) {
            return Ok(Self::on(path, connection));
        }
        drop(connection);
        Self::make(path, epoch)
    }

    fn on(path: &Path, connection: Connection) -> Self {
        Self {
            path: path.to_owned(),
            connection,
            cleared: Cleared::default(),
            rooms: Numbers::new(
                "SELECT number FROM room WHERE id = ?",
                "INSERT INTO room (id, seq) VALUES (?, 0)",
            ),
            people: Numbers::new(
                "SELECT number FROM person WHERE id = ?",
                "INSERT INTO person (id) VALUES (?)",
            ),
        }
    }

    /// Throws away what is there, and makes an empty index.
    pub(super) fn make(path: &Path, epoch: Epoch) -> rusqlite::Result<Self> {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            // What cannot be removed is met again when the tables are made.
            let _ = std::fs::remove_file(file);
        }
        let mut connection = connect(path)?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.execute(
            "INSERT INTO made (epoch, tokens) VALUES (?, ?)",
            params![epoch.to_bytes(), tokens::VERSION],
        )?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        transaction.commit()?;
        Ok(Self::on(path, connection))
    }

    /// Up to which seq a room is indexed; 0 for one that is not known yet.
    pub(super) fn indexed(&self, room: RoomId) -> rusqlite::Result<u64> {
        let seq = self
            .connection
            .prepare_cached("SELECT seq FROM room WHERE id = ?")?
            .query_row([room.to_bytes()], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok(seq.unwrap_or(0).cast_unsigned())
    }

    /// Begins a transaction. After one that failed the index must be opened again: it remembers numbers that are gone.
    pub(super) fn begin(&mut self) -> rusqlite::Result<Writing<'_>> {
        Ok(Writing {
            transaction: self.connection.transaction()?,
            rooms: &mut self.rooms,
            people: &mut self.people,
            reached: HashMap::new(),
            has_removed: false,
        })
    }

    /// Copies the write-ahead log to the file when it has become large.
    pub(super) fn tend(&mut self) -> rusqlite::Result<()> {
        if wal::checkpoint(&self.connection, Mode::Noop)?.wal_bytes() >= WAL_BYTES {
            self.cleared.go_on(&mut self.connection, &self.path)?;
            wal::checkpoint(&self.connection, Mode::Restart)?;
        }
        Ok(())
    }

    /// Empties the write-ahead log, which still has what was removed. Returns whether it is empty: a search may be in
    /// the way.
    pub(super) fn erase(&mut self) -> rusqlite::Result<bool> {
        self.cleared.go_on(&mut self.connection, &self.path)?;
        Ok(wal::checkpoint(&self.connection, Mode::Truncate)?.is_complete())
    }
}

/// Changes of the index that are made together.
pub(super) struct Writing<'a> {
    transaction: Transaction<'a>,
    rooms: &'a mut Numbers<RoomId>,
    people: &'a mut Numbers<PersonId>,
    /// Up to which seq rooms are indexed after it.
    reached: HashMap<i64, u64>,
    has_removed: bool,
}

impl Writing<'_> {
    /// The number of a room, from now on.
    pub(super) fn room(&mut self, id: RoomId) -> rusqlite::Result<i64> {
        self.rooms.of(&self.transaction, id, &id.to_bytes())
    }

    /// Everything up to this seq of a room is indexed.
    pub(super) fn reached(&mut self, room: i64, seq: u64) {
        self.reached.insert(room, seq);
    }

    /// Adds a message as the newest of all. One that is there already stays as it is.
    pub(super) fn add(&mut self, room: i64, message: &Message<'_>) -> rusqlite::Result<()> {
        let sender = message.sender;
        let person = self.people.of(&self.transaction, sender, &sender.to_bytes())?;
        let (place, tokens) = (row_id::key(room, message.seq), stored(message.text));
        let added = self
            .transaction
            .prepare_cached(
                "INSERT INTO document (place, at, person, hidden, tokens) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![place, message.at.cast_signed(), person, message.is_hidden, tokens])?;
        if added > 0 {
            self.index(self.transaction.last_insert_rowid(), &indexed(&tokens, room, person))?;
        }
        Ok(())
    }

    /// Replaces the text of a message, if it is there. What is hidden replaces only what is: others find a message by the
    /// text that they see.
    pub(super) fn replace(
        &mut self,
        room: i64,
        seq: u64,
        (text, is_hidden): (&str, bool),
    ) -> rusqlite::Result<()> {
        let tokens = stored(text);
        match self.document(room, seq)? {
            Some(old) if old.tokens != tokens && old.is_hidden == is_hidden => {
                self.unindex(&old, room)?;
                self.index(old.number, &indexed(&tokens, room, old.person))?;
                self.transaction
                    .prepare_cached("UPDATE document SET tokens = ? WHERE number = ?")?
                    .execute(params![tokens, old.number])
                    .map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Takes a message out, if it is there.
    pub(super) fn remove(&mut self, room: i64, seq: u64) -> rusqlite::Result<()> {
        let Some(old) = self.document(room, seq)? else { return Ok(()) };
        self.unindex(&old, room)?;
        self.transaction
            .prepare_cached("DELETE FROM document WHERE number = ?")?
            .execute([old.number])
            .map(drop)
    }

    /// Commits the changes, and returns whether something was removed, which the write-ahead log still has.
    pub(super) fn commit(self) -> rusqlite::Result<bool> {
        for (room, seq) in &self.reached {
            self.transaction
                .prepare_cached("UPDATE room SET seq = ? WHERE number = ?")?
                .execute(params![seq.cast_signed(), room])?;
        }
        self.transaction.commit()?;
        Ok(self.has_removed)
    }

    fn document(&self, room: i64, seq: u64) -> rusqlite::Result<Option<Document>> {
        if seq > row_id::SEQ_MAX {
            return Ok(None);
        }
        self.transaction
            .prepare_cached("SELECT number, person, hidden, tokens FROM document WHERE place = ?")?
            .query_row([row_id::key(room, seq)], |row| {
                Ok(Document {
                    number: row.get(0)?,
                    person: row.get(1)?,
                    is_hidden: row.get(2)?,
                    tokens: row.get(3)?,
                })
            })
            .optional()
    }

    fn index(&self, number: i64, tokens: &str) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached("INSERT INTO word (rowid, tokens) VALUES (?, ?)")?
            .execute(params![number, tokens])
            .map(drop)
    }

    /// FTS5 takes out the tokens that it is given, and believes that they were there.
    fn unindex(&mut self, old: &Document, room: i64) -> rusqlite::Result<()> {
        self.has_removed = true;
        self.transaction
            .prepare_cached("INSERT INTO word (word, rowid, tokens) VALUES ('delete', ?, ?)")?
            .execute(params![old.number, indexed(&old.tokens, room, old.person)])
            .map(drop)
    }
}

/// A message that is in the index.
struct Document {
    number: i64,
    person: i64,
    is_hidden: bool,
    tokens: String,
}

/// The tokens of a text with blanks between them, as they are stored beside the index.
fn stored(text: &str) -> String {
    let mut tokens: Vec<_> = tokens(text).into_iter().map(|token| token.text).collect();
    if has_link(text) {
        tokens.push(LINK_TOKEN.to_owned());
    }
    tokens.join(" ")
}

/// The same, and those of the room and the person.
fn indexed(tokens: &str, room: i64, person: i64) -> String {
    format!("{tokens} {} {}", room_token(room), person_token(person))
}

/// Whether a text has what clients show as a link.
fn has_link(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        let host = |(at, _)| text[at + scheme.len()..].starts_with(|c: char| c.is_alphanumeric());
        text.match_indices(scheme).any(host)
    })
}

/// The short numbers of long ids, those in use from memory.
struct Numbers<T> {
    select: &'static str,
    insert: &'static str,
    known: HashMap<T, i64>,
}

impl<T: Eq + Hash> Numbers<T> {
    fn new(select: &'static str, insert: &'static str) -> Self {
        Self { select, insert, known: HashMap::new() }
    }

    /// The number of an id, which it gets when it comes for the first time.
    fn of(&mut self, connection: &Connection, id: T, bytes: &[u8]) -> rusqlite::Result<i64> {
        if let Some(number) = self.known.get(&id) {
            return Ok(*number);
        }
        let mut select = connection.prepare_cached(self.select)?;
        let number = match select.query_row([bytes], |row| row.get(0)).optional()? {
            Some(number) => number,
            None => {
                connection.prepare_cached(self.insert)?.execute([bytes])?;
                connection.last_insert_rowid()
            }
        };
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        self.known.insert(id, number);
        Ok(number)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connection::open_writer(path, CACHE_BYTES)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    // A power cut may take back the last transactions: the follower goes on from the seq that is stored with them.
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

fn is_current(connection: &Connection, epoch: Epoch) -> bool {
    let format = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let made = connection.query_row("SELECT epoch, tokens FROM made", [], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, u32>(1)?))
    });
    format == Ok(FORMAT) && made == Ok((epoch.to_bytes(), tokens::VERSION))
}
