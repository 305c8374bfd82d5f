//! The writer thread after a failure and while there are no commits: it gives up a connection that cannot be
//! trusted, opens the database again, and checks the files.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Batch, Writer};
use crate::sqlite::failure::Failure;
use crate::sqlite::files::Files;
use crate::sqlite::wal::{self, Mode};
use crate::sqlite::{account_table, connection, nick_history, nick_table, profile_table};
use crate::throttle::Throttle;

/// How often the log's clock is stored: a crash loses at most this much of it.
const CLOCK_STORED_EVERY: Duration = Duration::from_secs(3_600);

/// Limits log lines that can repeat.
pub(in crate::sqlite) struct Throttles {
    failures: Throttle,
    damage: Throttle,
    /// The failure that was logged last, until its end is logged too.
    logged: Option<String>,
}

impl Throttles {
    pub(in crate::sqlite) fn new() -> Self {
        Self { failures: Throttle::new(), damage: Throttle::new(), logged: None }
    }
}

impl Writer {
    /// Checks the log while there are no commits.
    pub(super) fn look(&mut self) {
        if self.connection.is_none() {
            let result = self.reopen();
            match &result {
                // The write that proves that the database is writable is a commit like any other.
                Ok(()) => self.well(),
                // While there are no commits, the same line is not repeated.
                Err(failure) if self.throttles.logged == Some(failure.to_string()) => {}
                Err(failure) => self.break_off(failure),
            }
            self.settings.observer.reopened(result.is_ok());
            return;
        }
        if let Err(failure) = self.files.check().map_err(Failure::from).and_then(|()| {
            self.write_nicks(false)?;
            self.erase()?;
            let is_due = self.clock_stored.elapsed() >= CLOCK_STORED_EVERY;
            if is_due { self.store_clock() } else { Ok(()) }
        }) {
            self.break_off(&failure);
            self.settings.observer.failed(0, 0, &failure.to_string());
        }
    }

    /// Empties the write-ahead log, if texts were deleted a while ago.
    fn erase(&mut self) -> Result<(), Failure> {
        let _waiting = self.health.waiting();
        match &mut self.connection {
            Some(connection) => self.checkpoints.erase(connection).map_err(Failure::from),
            None => Ok(()),
        }
    }

    pub(super) fn store_clock(&mut self) -> Result<(), Failure> {
        if let Some(connection) = &self.connection {
            let _waiting = self.health.waiting();
            connection::store_clock(connection, self.epoch, &self.clock)?;
            nick_table::clean(connection, self.clock.now_ms())?;
            account_table::clean(connection, self.clock.now_ms())?;
            nick_history::clean(connection, self.clock.now_ms())?;
            profile_table::clean(connection, self.clock.now_ms())?;
            self.clock_stored = Instant::now();
        }
        Ok(())
    }

    /// Writes the notes about nicks since the last time, and the senders if they are due or with `all`. If
    /// the table is damaged they are dropped, since messages can be stored without them.
    pub(super) fn write_nicks(&mut self, all: bool) -> Result<(), Failure> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let _waiting = self.health.waiting();
        match self.nicks.write(connection, self.clock.now_ms(), all).map_err(Failure::from) {
            Err(failure) if failure.is_damage() => {
                self.nicks.forget_unwritten();
                if let Some(held_back) = self.throttles.damage.pass() {
                    tracing::error!(
                        file = %self.path.display(), reason = %failure, held_back,
                        "the table of nicks is damaged: some nicks may be given away; restore a backup"
                    );
                }
                Ok(())
            }
            written => written,
        }
    }

    /// Opens the database again, if a failure has closed it.
    pub(super) fn ensure_open(&mut self) -> Result<(), Failure> {
        if self.connection.is_none() {
            let result = self.reopen();
            self.settings.observer.reopened(result.is_ok());
            result?;
        }
        Ok(())
    }

    /// Opens the database again, with nobody reading, so that the write-ahead log can be copied
    /// and reset first. Its own write proves that it can be written.
    pub(super) fn reopen(&mut self) -> Result<(), Failure> {
        let _waiting = self.health.waiting();
        self.checkpoints.let_go();
        let displaced = self.files.check().err();
        if let Some(displaced) = &displaced
            && (displaced.is_database || !self.save())
        {
            return Err(displaced.clone().into());
        }
        self.unsaved = None;
        let Some(closed) = self.gate.close(wal::BUSY_WAIT) else {
            return Err(wal::busy("a read of the log does not end").into());
        };
        if displaced.is_some() {
            // They would go on in the files that are gone.
            self.readers.close();
        }
        let (connection, files) = self.open_again()?;
        drop(closed);
        (self.connection, self.files) = (Some(connection), files);
        self.clock_stored = Instant::now();
        Ok(())
    }

    fn open_again(&self) -> Result<(Connection, Files), Failure> {
        let connection = connection::reopen(&self.path, self.epoch, &self.clock, &self.settings)?;
        let files = Files::of(&self.path).map_err(Failure::Files)?;
        Ok((connection, files))
    }

    /// Gives up the connection and everything that depends on it.
    pub(super) fn break_off(&mut self, failure: &Failure) {
        if let Some(connection) = self.connection.take()
            && matches!(failure, Failure::Displaced(_))
        {
            self.unsaved = Some(connection);
            self.save();
        }
        self.checkpoints.let_go();
        self.appender.forget();
        self.health.set_writable(false);
        if let Some(held_back) = self.throttles.failures.pass() {
            let reason = self.throttles.logged.insert(failure.to_string());
            tracing::error!(
                file = %self.path.display(), reason, held_back,
                "messages cannot be stored; reading goes on, and storing is tried again and again"
            );
        }
    }

    /// Copies a displaced write-ahead log into its database, and returns whether everything was copied.
    pub(super) fn save(&mut self) -> bool {
        self.checkpoints.settle();
        let is_saved = self.unsaved.as_ref().is_none_or(|connection| {
            wal::checkpoint(connection, Mode::Passive).is_ok_and(wal::Outcome::is_complete)
        });
        if is_saved {
            self.unsaved = None;
        }
        is_saved
    }

    /// A commit has succeeded.
    pub(super) fn well(&mut self) {
        if self.health.set_writable(true) && self.throttles.logged.take().is_some() {
            tracing::info!(file = %self.path.display(), "messages can be stored again");
        }
    }

    pub(super) fn tell_damaged_people(&self, failure: &Failure) {
        if let Some(held_back) = self.throttles.damage.pass() {
            tracing::error!(
                file = %self.path.display(), reason = %failure, held_back,
                "what is stored of accounts is damaged: some cannot be changed; restore a backup"
            );
        }
    }

    pub(super) fn tell_damage(&self, batch: &Batch, failure: &Failure) {
        let reason = failure.to_string();
        self.settings.observer.failed(batch.items.len(), 1, &reason);
        if let Some(held_back) = self.throttles.damage.pass() {
            tracing::error!(
                file = %self.path.display(), room = batch.room.name.as_str(), reason, held_back,
                "a part of the log is damaged: what needs it cannot be stored; restore a backup"
            );
        }
    }
}
