//! One transaction, with one fsync, for the changes of the directory that wait.

use rusqlite::TransactionBehavior;
use throng_protocol::Nick;

use super::Writer;
use crate::accounts::{Change, Unchanged};
use crate::log::LogError;
use crate::sqlite::account_table;
use crate::sqlite::failure::Failure;
use crate::sqlite::job::ChangeJob;

/// The name that a change gives to an account or a bot.
fn new_name(change: &Change) -> Option<&Nick> {
    match change {
        Change::AddAccount(account) => account.name.as_ref(),
        Change::Rename { name, .. } => Some(name),
        Change::AddBot(bot) => Some(&bot.nick),
        _ => None,
    }
}

/// What became of one caller's changes.
type Outcome = Result<Result<(), Unchanged>, LogError>;

impl Writer {
    /// Makes the changes of all who wait, and answers them.
    pub(super) fn change(&mut self, jobs: Vec<ChangeJob>) {
        match self.try_change(&jobs) {
            Ok(outcomes) => {
                self.well();
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    for name in job.changes.iter().filter_map(new_name) {
                        self.nicks.knows(&name.fold());
                    }
                    let _ = job.answer.send(outcome);
                }
                self.tend();
            }
            Err(failure) => {
                self.break_off(&failure);
                let error = failure.answer();
                for job in jobs {
                    let _ = job.answer.send(Err(error.clone()));
                }
                self.settings.observer.failed(0, 0, &failure.to_string());
            }
        }
    }

    /// Makes what can be made. A caller whose changes meet damage is left out, and answered so.
    fn try_change(&mut self, jobs: &[ChangeJob]) -> Result<Vec<Outcome>, Failure> {
        self.ensure_open()?;
        let _waiting = self.health.waiting();
        let mut damaged: Vec<Option<LogError>> = vec![None; jobs.len()];
        loop {
            match self.transact_changes(jobs, &damaged) {
                Ok(outcomes) => return Ok(outcomes),
                Err((Some(at), failure)) if failure.is_damage() => {
                    self.tell_damaged_people(&failure);
                    damaged[at] = Some(failure.answer());
                }
                Err((_, failure)) => return Err(failure),
            }
        }
    }

    fn transact_changes(
        &mut self,
        jobs: &[ChangeJob],
        damaged: &[Option<LogError>],
    ) -> Result<Vec<Outcome>, (Option<usize>, Failure)> {
        let nowhere = |error: rusqlite::Error| (None, error.into());
        let connection = self.connection.as_mut().expect("it was opened before");
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(nowhere)?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        for (at, (job, damage)) in jobs.iter().zip(damaged).enumerate() {
            outcomes.push(match damage {
                Some(damage) => Err(damage.clone()),
                None => Ok(account_table::change(&transaction, &job.changes)
                    .map_err(|error| (Some(at), error.into()))?),
            });
        }
        transaction.commit().map_err(nowhere)?;
        self.files.check().map_err(|displaced| (None, displaced.into()))?;
        Ok(outcomes)
    }
}
