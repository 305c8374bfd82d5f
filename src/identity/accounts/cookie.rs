//! The token of a browser's login, which stands in a cookie: no script reads it.

use throng_log::{Change, Login, Logins};
use throng_protocol::{PersonId, Refusal};

use super::{Accounts, hash_of, random_secret};

impl Accounts {
    /// Gives the login with this token another one, and returns that. The one until now, which scripts have seen,
    /// is good for nothing any more.
    ///
    /// # Errors
    /// When there is no such login, or no longer.
    pub(crate) async fn renew_token(&self, token: &str) -> Result<String, Refusal> {
        let old = hash_of(token);
        self.live_login(old).await?;
        let token = random_secret();
        self.change(vec![Change::RenewLogin { old, new: hash_of(&token) }]).await?;
        Ok(token)
    }

    /// Whether somebody's login with this number has not ended. Its token may be another one by now.
    pub(crate) async fn has_login(&self, person: PersonId, number: u64) -> bool {
        self.logins(person).await.is_ok_and(|all| all.iter().any(|login| login.id == number))
    }

    /// Ends the login with this token, if it has this number, and returns it.
    ///
    /// # Errors
    /// When there is no login with this token.
    pub(crate) async fn end_by_token(
        &self,
        token: &str,
        number: u64,
    ) -> Result<Option<Login>, Refusal> {
        let (login, _) = self.live_login(hash_of(token)).await?;
        if login.id != number {
            return Ok(None);
        }
        let which = Logins::One(login.id);
        self.change(vec![Change::EndLogins { person: login.person, which }]).await?;
        Ok(Some(login))
    }
}
