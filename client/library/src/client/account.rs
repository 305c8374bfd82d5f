//! Accounts: to get one, its password, and the devices that are logged in.

use throng_protocol::{
    ChangePassword, Claim, Command, ListLogins, LogOut, LoginsOk, Register, RegisterOk,
    SecondFactorOk, SetSecondFactor, Unregister,
};

use super::Client;
use crate::core::Answer;
use crate::pending::PendingRequest;

/// Which logins end.
///
/// ```no_run
/// # use throng_client::{Client, Logout};
/// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
/// client.log_out(Logout::Others).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logout {
    /// The one of this client, which then ends with
    /// [`DisconnectReason::LoggedOut`](crate::DisconnectReason::LoggedOut).
    This,
    /// All but the one of this client.
    Others,
    /// The one with this number ([`crate::LoginInfo::login`]).
    Login(u64),
}

impl Client {
    /// Makes an account of this guest, who keeps id, nick and messages. The invitation is needed where the server
    /// asks for one. From then on the client comes back with the token of the answer, which is good for this login
    /// alone; older tokens of the guest are good for nothing.
    ///
    /// It is sent once. After [`RequestError::Unanswered`](crate::RequestError::Unanswered) the account may be
    /// there: if it is, the guest's token is refused, and [`Options::password`](crate::Options::password) logs in.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let account = client.register("turtle in the sun", None).await?;
    /// println!("{} is a {}", account.user.nick, account.role.name());
    /// # Ok(()) }
    /// ```
    pub fn register(&self, password: &str, invitation: Option<&str>) -> PendingRequest<RegisterOk> {
        let (password, invitation) = (password.to_owned(), invitation.map(str::to_owned));
        let command = Command::Register(Register { password, invitation });
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Registered(to)))
    }

    /// Sets another password, and ends the logins of all other devices.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.change_password("turtle in the sun", "turtle in the rain").await?;
    /// # Ok(()) }
    /// ```
    pub fn change_password(&self, old: &str, new: &str) -> PendingRequest<()> {
        let (old, new) = (old.to_owned(), new.to_owned());
        self.doing(Command::Password(ChangePassword { old, new }))
    }

    /// The devices on which the person is logged in, the newest first.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for login in client.logins().await?.logins {
    ///     println!("{} {} from {}", login.login, login.device, login.address);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn logins(&self) -> PendingRequest<LoginsOk> {
        let command = Command::Logins(ListLogins {});
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Logins(to)))
    }

    /// Ends logins: their connections are closed, and their tokens are good for nothing.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Logout};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// client.log_out(Logout::Login(3)).await?;
    /// client.log_out(Logout::This).await?;
    /// # Ok(()) }
    /// ```
    pub fn log_out(&self, which: Logout) -> PendingRequest<()> {
        let log_out = match which {
            Logout::This => LogOut::default(),
            Logout::Others => LogOut { others: true, ..LogOut::default() },
            Logout::Login(login) => LogOut { login: Some(login), ..LogOut::default() },
        };
        self.doing(Command::LogOut(log_out))
    }

    /// Turns a second factor on in two steps: without a `code` the answer has a secret for an authenticator app, and
    /// with the code that the app then shows, on the same connection, recovery codes. From then on
    /// [`Options::second_factor`](crate::Options::second_factor) is needed to log in.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client, typed: &str) -> Result<(), throng_client::RequestError> {
    /// let secret = client.add_second_factor("turtle in the sun", None).await?.secret;
    /// let recovery = client.add_second_factor("turtle in the sun", Some(typed)).await?.recovery;
    /// # Ok(()) }
    /// ```
    pub fn add_second_factor(
        &self,
        password: &str,
        code: Option<&str>,
    ) -> PendingRequest<SecondFactorOk> {
        self.setting_second_factor(password, code, false)
    }

    /// Turns the second factor off, with a code of the app or a recovery code.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.remove_second_factor("turtle in the sun", "123456").await?;
    /// # Ok(()) }
    /// ```
    pub fn remove_second_factor(
        &self,
        password: &str,
        code: &str,
    ) -> PendingRequest<SecondFactorOk> {
        self.setting_second_factor(password, Some(code), true)
    }

    fn setting_second_factor(
        &self,
        password: &str,
        code: Option<&str>,
        off: bool,
    ) -> PendingRequest<SecondFactorOk> {
        let (password, code) = (password.to_owned(), code.map(str::to_owned));
        let command = Command::SecondFactor(SetSecondFactor { password, code, off });
        self.asking(|core, now, to| core.ask(now, None, command, Answer::SecondFactor(to)))
    }

    /// Deletes the account: the nick becomes free, and all devices are logged out. What was said stays, or with
    /// `messages` is deleted too. This
    /// client then ends with [`DisconnectReason::LoggedOut`](crate::DisconnectReason::LoggedOut).
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.unregister("turtle in the sun", false).await?;
    /// # Ok(()) }
    /// ```
    pub fn unregister(&self, password: &str, messages: bool) -> PendingRequest<()> {
        self.doing(Command::Unregister(Unregister { password: password.to_owned(), messages }))
    }

    /// Makes this account the owner's, with the secret that the server printed at its start.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.claim("Zm9yIHNob3c").await?;
    /// assert_eq!(client.role(), throng_client::Role::Owner);
    /// # Ok(()) }
    /// ```
    pub fn claim(&self, secret: &str) -> PendingRequest<()> {
        let command = Command::Claim(Claim { secret: secret.to_owned() });
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Claimed(to)))
    }

    /// Asks for something whose answer says only that it was done.
    pub(super) fn doing(&self, command: Command) -> PendingRequest<()> {
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Done(to)))
    }
}
