//! Bots: making, listing and revoking one's own, and being one.

use throng_protocol::{BotGreeting, BotsOk, Command, ListBots, MakeBotOk, RevokeBot};

use super::Client;
use crate::bot::NewBot;
use crate::core::Answer;
use crate::error::RequestError;
use crate::pending::PendingRequest;
use crate::person::AsPerson;

impl Client {
    /// Makes a bot of ours. Its token is in the answer and nowhere else; [`Options::bot`](crate::Options::bot) says
    /// hello with it.
    ///
    /// It is sent once. After [`RequestError::Unanswered`] the bot may be there:
    /// [`Client::bots`] shows it, and it has to be revoked, since nobody has its token.
    ///
    /// ```no_run
    /// # use throng_client::{Client, NewBot, Scope};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let made = client.make_bot(NewBot::new("herald", [Scope::Read, Scope::Send])).await?;
    /// println!("{}: {}", made.user.nick, made.token);
    /// # Ok(()) }
    /// ```
    pub fn make_bot(&self, bot: NewBot) -> PendingRequest<MakeBotOk> {
        self.asking(|core, now, to| match bot.into_make() {
            Ok(make) => core.ask(now, None, Command::BotNew(make), Answer::MadeBot(to)),
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Our bots, the oldest first.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// for bot in client.bots().await?.bots {
    ///     println!("{} may {}, on {} connections", bot.user.nick, bot.scopes, bot.sessions);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn bots(&self) -> PendingRequest<BotsOk> {
        let command = Command::Bots(ListBots {});
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Bots(to)))
    }

    /// Ends a bot of ours, or as an administrator somebody else's: its token is good for nothing, and its
    /// connections are closed. The reason stands in the audit log; it may be empty.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// client.revoke_bot("@herald", "its token leaked").await?;
    /// # Ok(()) }
    /// ```
    pub fn revoke_bot(&self, bot: impl AsPerson, reason: &str) -> PendingRequest<()> {
        let bot = bot.as_person();
        self.asking(|core, now, to| match bot {
            Ok(bot) => {
                let revoke = RevokeBot { bot: bot.to_string(), reason: reason.to_owned() };
                core.ask(now, None, Command::BotRevoke(revoke), Answer::Done(to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Whose bot we are and what our token is good for, since the greeting; `None` for a person.
    ///
    /// ```no_run
    /// # use throng_client::{Client, Scope};
    /// # fn example(client: Client) {
    /// let may_send = client.bot().is_none_or(|bot| bot.scopes.contains(Scope::Send));
    /// # }
    /// ```
    pub fn bot(&self) -> Option<BotGreeting> {
        self.handle.shared.look(|core| core.bot().cloned())
    }
}
