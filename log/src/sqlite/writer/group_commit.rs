//! One transaction with one fsync for the batches of all waiting rooms.

use std::time::Instant;

use rusqlite::TransactionBehavior;

use super::Writer;
use crate::clock;
use crate::log::{Appended, LogError};
use crate::sqlite::append::{Answers, Now};
use crate::sqlite::failure::Failure;
use crate::sqlite::job::Batch;

impl Writer {
    /// Commits the batches in one transaction and answers them.
    pub(super) fn commit(&mut self, batches: Vec<Batch>) {
        let began = Instant::now();
        let items = batches.iter().map(|batch| batch.items.len()).sum();
        let rooms = batches.len();
        match self.try_commit(&batches) {
            Ok(answers) => {
                let took = began.elapsed();
                if answers.iter().any(Result::is_ok) {
                    self.well();
                }
                self.note_newest(&answers);
                self.note_deleted();
                self.note_committed(&batches, &answers);
                for (batch, answer) in batches.into_iter().zip(answers) {
                    // The room may be gone; a retry will be answered as a duplicate.
                    let _ = batch.answer.send(answer);
                }
                self.settings.observer.committed(items, rooms, took);
                self.tend();
            }
            Err(failure) => {
                self.note_deleted();
                self.break_off(&failure);
                let error = failure.answer();
                for batch in batches {
                    let _ = batch.answer.send(Err(error.clone()));
                }
                self.settings.observer.failed(items, rooms, &failure.to_string());
            }
        }
    }

    /// Commits all batches that can be committed. A batch that meets damage is left out, and gets that error.
    fn try_commit(&mut self, batches: &[Batch]) -> Result<Vec<Answers>, Failure> {
        self.ensure_open()?;
        let _waiting = self.health.waiting();
        let mut damaged: Vec<Option<LogError>> = vec![None; batches.len()];
        loop {
            match self.transact(batches, &damaged) {
                Ok(answers) => return Ok(answers),
                Err((Some(at), failure)) if failure.is_damage() => {
                    // The rollback also undid what the other batches had done.
                    self.appender.forget();
                    self.tell_damage(&batches[at], &failure);
                    damaged[at] = Some(failure.answer());
                }
                Err((_, failure)) => return Err(failure),
            }
        }
    }

    /// One transaction with the batches that are not known to meet damage. An error says in which of them it
    /// occurred, if in one.
    fn transact(
        &mut self,
        batches: &[Batch],
        damaged: &[Option<LogError>],
    ) -> Result<Vec<Answers>, (Option<usize>, Failure)> {
        let nowhere = |error: rusqlite::Error| (None, error.into());
        let connection = self.connection.as_mut().expect("it was opened before");
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(nowhere)?;
        let now = Now { wall: clock::unix_ms(), log: self.clock.now_ms() };
        let mut answers = Vec::with_capacity(batches.len());
        for (at, (Batch { room, items, .. }, damage)) in batches.iter().zip(damaged).enumerate() {
            answers.push(match damage {
                Some(damage) => Err(damage.clone()),
                None => self
                    .appender
                    .append(&transaction, room, items, now)
                    .map_err(|error| (Some(at), error.into()))?,
            });
        }
        transaction.commit().map_err(nowhere)?;
        self.files.check().map_err(|displaced| (None, displaced.into()))?;
        Ok(answers)
    }

    /// Has the write-ahead log emptied soon, if texts were deleted.
    fn note_deleted(&mut self) {
        if self.appender.take_deleted() {
            self.checkpoints.erase_soon();
        }
    }

    /// Tells the follower of the log where to look.
    fn note_committed(&self, batches: &[Batch], answers: &[Answers]) {
        let is_new = |answers: &&Answers| {
            let mut answers = answers.iter().flatten();
            answers.any(|answer| matches!(answer, Appended::Committed { .. }))
        };
        let changed = batches.iter().zip(answers).filter(|(_, answers)| is_new(answers));
        self.committed.add(changed.map(|(batch, _)| batch.room.id));
    }

    /// Records the time of the newest message for the log's clock.
    fn note_newest(&self, answers: &[Answers]) {
        let newest = answers.iter().flatten().flatten().rev().find_map(|answer| match answer {
            Appended::Committed { at, .. } => Some(*at),
            _ => None,
        });
        if let Some(at) = newest {
            self.clock.saw_message(at);
        }
    }
}
