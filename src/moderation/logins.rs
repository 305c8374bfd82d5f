//! Ending all logins of somebody else.

use throng_log::{Change, Logins};
use throng_protocol::{ErrorCode, Refusal, Role};
use tracing::info;

use super::Moderation;
use crate::actor::{Actor, note, person_ref};

/// What was ended.
pub(crate) struct LoggedOut {
    pub(crate) name: String,
    pub(crate) logins: usize,
    pub(crate) sessions: usize,
}

impl Moderation<'_> {
    /// Ends all logins of somebody, and their sessions, however they came in. When this returns, no token, code or
    /// JWT that they had until now lets them in. Their bots go on, which have tokens of their own.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn log_out(
        &self,
        by: &Actor,
        person: &str,
        reason: &str,
    ) -> Result<LoggedOut, Refusal> {
        let identity = &self.0.identity;
        by.may_with(Role::Administrator)?;
        let (subject, name) = identity.find(&person_ref(person)?).await?;
        if !identity.accounts.has_account(subject) {
            let message =
                format!("{name} has no account, so there is no login to end: a ban keeps them out");
            return Err(Refusal::new(ErrorCode::NoAccount, message));
        }
        by.may_touch(identity.accounts.role(subject))?;
        let note = note(by, "logout", &name, None, reason)?;
        let logins = identity.accounts.logins(subject).await?.len();
        let end = Change::EndLogins { person: subject, which: Logins::All };
        identity.accounts.change(vec![end, note]).await?;
        let sessions = identity.people.sessions_of(subject).len();
        identity.end_logins(subject, Logins::All);
        info!(by = by.name(), person = %subject, logins, sessions, "all logins of somebody were ended");
        Ok(LoggedOut { name, logins, sessions })
    }
}
