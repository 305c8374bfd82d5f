//! Who has and had which nick, so that a nick stays its owner's across restarts.
//!
//! A nick with messages is written some seconds after the first message under it
//! ([`speakers`](super::speakers)), and a crash loses none. The nicks of other people who are present are
//! written when the server drains, so that a restart gives none of them away; after a crash they are free.
//! Written at each hello, the nicks of a silent crowd took 110 bytes of memory each. Notes are written once a
//! second, since nobody waits for them.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use parking_lot::{Mutex, RwLock};
use rusqlite::{Connection, TransactionBehavior};
use throng_protocol::Fold;

use super::nick_table;
use super::speakers::{Speaker, Unwritten};
use crate::directory::{NickNote, NickRecord};

/// The most notes that wait to be written. Tens of thousands come when a crowd arrives at once; beyond the
/// limit a note is lost, as in a crash.
const NOTES_MAX: usize = 200_000;

/// The state shared by the writer thread and everybody who asks.
#[derive(Default)]
pub(super) struct Nicks {
    /// The hashes of all folds in the table or in `unwritten`, so that a nick that was never used costs no
    /// read.
    known: RwLock<HashSet<u64>>,
    hasher: RandomState,
    notes: Mutex<Vec<NickNote>>,
    /// Only the writer thread changes it.
    unwritten: RwLock<Unwritten>,
}

impl Nicks {
    /// Loads which nicks exist, and starts the hold of those without messages: who had them when the last
    /// server ended is not known.
    pub(super) fn load(connection: &mut Connection, now: u64) -> rusqlite::Result<Self> {
        let nicks = Self::default();
        connection
            .execute("UPDATE nick SET seen = ? WHERE spoken = 0", [now.cast_signed()])
            .map(drop)?;
        nick_table::settle(connection)?;
        let mut statement = connection.prepare(
            "SELECT fold FROM nick UNION ALL SELECT fold FROM account WHERE fold IS NOT NULL
             UNION ALL SELECT fold FROM bot",
        )?;
        let mut rows = statement.query([])?;
        let mut known = nicks.known.write();
        while let Some(row) = rows.next()? {
            known.insert(nicks.hasher.hash_one(row.get_ref(0)?.as_str()?));
        }
        drop(known);
        Ok(nicks)
    }

    /// Whether the table may have a nick with this fold.
    pub(super) fn may_have(&self, fold: &Fold) -> bool {
        self.known.read().contains(&self.hasher.hash_one(fold.as_str()))
    }

    /// Keeps a note until it is written.
    pub(super) fn note(&self, note: NickNote) {
        if let NickNote::Worn { nick, .. } = &note {
            self.knows(&nick.fold());
        }
        let mut notes = self.notes.lock();
        if notes.len() < NOTES_MAX {
            notes.push(note);
        }
    }

    /// Remembers that the table, or that of accounts or bots, has this fold.
    pub(super) fn knows(&self, fold: &Fold) {
        self.known.write().insert(self.hasher.hash_one(fold.as_str()));
    }

    /// Who sent messages under this nick, as far as the table does not have that yet.
    pub(super) fn unwritten(&self, fold: &Fold) -> Option<NickRecord> {
        self.unwritten.read().find(fold)
    }

    /// Remembers that the table does not have all nicks of this room beyond `room.noted`.
    pub(super) fn said_in(&self, room: i64) {
        self.unwritten.write().said_in(room);
    }

    pub(super) fn spoke(&self, fold: Fold, speaker: Speaker) {
        self.knows(&fold);
        self.unwritten.write().spoke(fold, speaker);
    }

    /// Whether the senders are due to be written.
    pub(super) fn are_due(&self) -> bool {
        self.unwritten.read().is_due()
    }

    /// Writes notes and senders if they are due; with `all`, in any case.
    pub(super) fn write(
        &self,
        connection: &mut Connection,
        now: u64,
        all: bool,
    ) -> rusqlite::Result<()> {
        let notes = std::mem::take(&mut *self.notes.lock());
        let has_speakers = {
            let unwritten = self.unwritten.read();
            all && !unwritten.is_empty()
                || unwritten.is_due()
                || notes.iter().any(|note| unwritten.precedes(note))
        };
        if notes.is_empty() && !has_speakers {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if has_speakers {
            self.unwritten.read().write(&transaction)?;
        }
        for note in &notes {
            nick_table::write_note(&transaction, note, now)?;
        }
        transaction.commit()?;
        if has_speakers {
            self.forget_unwritten();
        }
        Ok(())
    }

    /// Forgets the senders: the table has them, or cannot be written.
    pub(super) fn forget_unwritten(&self) {
        *self.unwritten.write() = Unwritten::default();
    }
}
