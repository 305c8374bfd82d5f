//! The handle: what the caller asks for.

mod account;
mod bots;
mod connect;
mod groups;
mod moderation;
mod own_rooms;
mod peace;
mod profiles;
mod rooms;

pub use account::Logout;

use std::sync::Arc;
use std::time::Duration;

use futures::channel::oneshot;
use throng_protocol::{
    Command, Limits, Link, LinkOk, ListRooms, Nick, NickChange, Role, RoomsPage, User, WhoAmI,
    WhoAmIOk,
};

use crate::core::{Answer, Core};
use crate::error::RequestError;
use crate::event::{RoomsQuery, State};
use crate::pending::PendingRequest;
use crate::shared::Handle;

/// A handle to a client: cheap to clone, and usable from many tasks at once.
///
/// When every handle, every [`Sending`](crate::Sending), every [`PendingRequest`] and the
/// [`Events`](crate::Events) are gone, the connection ends with a `bye`. The [crate's page](crate) has an example.
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

impl Client {
    /// The public rooms, page by page; see [`RoomsQuery`].
    ///
    /// ```no_run
    /// # use throng_client::{Client, RoomsQuery};
    /// # async fn example(client: Client) -> Result<(), throng_client::RequestError> {
    /// let page = client.rooms(RoomsQuery::default()).await?;
    /// # Ok(()) }
    /// ```
    pub fn rooms(&self, query: RoomsQuery) -> PendingRequest<RoomsPage> {
        let command = Command::Rooms(ListRooms {
            query: query.query,
            after: query.after,
            limit: query.limit,
        });
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Rooms(to)))
    }

    /// Changes the nick, in all rooms.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let me = client.rename("ana-maria").await?;
    /// # Ok(()) }
    /// ```
    pub fn rename(&self, nick: &str) -> PendingRequest<User> {
        self.asking(|core, now, to| match Nick::parse(nick) {
            Ok(nick) => {
                let command = Command::Nick(NickChange { nick: nick.to_string() });
                core.ask(now, None, command, Answer::Nick(to));
            }
            Err(bad) => drop(to.send(Err(RequestError::BadName(bad)))),
        })
    }

    /// Asks for a code with which another device becomes the same person:
    /// [`Options::code`](crate::Options::code) there. It can be used once, within some minutes, and replaces an
    /// older one. Anybody who has it can become this person, so show it to nobody else.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// let link = client.link().await?;
    /// println!("{} (for {} seconds)", link.code, link.expires_ms / 1_000);
    /// # Ok(()) }
    /// ```
    pub fn link(&self) -> PendingRequest<LinkOk> {
        let command = Command::Link(Link {});
        self.asking(|core, now, to| core.ask(now, None, command, Answer::Link(to)))
    }

    /// Asks who this client is, since when, and on which device.
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
    /// println!("{}", client.who_am_i().await?.user.nick);
    /// # Ok(()) }
    /// ```
    pub fn who_am_i(&self) -> PendingRequest<WhoAmIOk> {
        let command = Command::WhoAmI(WhoAmI {});
        self.asking(|core, now, to| core.ask(now, None, command, Answer::WhoAmI(to)))
    }

    /// Who we are, since the first greeting.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let nick = client.me().map(|me| me.nick);
    /// # }
    /// ```
    pub fn me(&self) -> Option<User> {
        self.handle.shared.look(|core| core.me().cloned())
    }

    /// The token to come back with as the same person, the newest that the server gave. It is
    /// secret: anybody who has it is this person. A guest's changes with every greeting and every new nick;
    /// somebody with an account has one for each login. `None` before the greeting, and when the login has
    /// ended or the server has refused the token.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let options = client.token().map(throng_client::Options::token);
    /// # }
    /// ```
    pub fn token(&self) -> Option<String> {
        self.handle.shared.look(|core| core.token().map(str::to_owned))
    }

    /// To be kept beside the nick of an account, also after a logout, and given to
    /// [`Options::device_secret`](crate::Options::device_secret) with the next password on this device: in a storm of
    /// logins it comes first. It opens nothing. `None` before the greeting, and for guests.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let again = throng_client::Options::password("ana", "turtle in the sun");
    /// let again = client.device_secret().into_iter().fold(again, throng_client::Options::device_secret);
    /// # }
    /// ```
    pub fn device_secret(&self) -> Option<String> {
        self.handle.shared.look(|core| core.device_secret().map(str::to_owned))
    }

    /// What we may do on the whole server, as the greeting and the answers to [`Client::register`],
    /// [`Client::claim`] and [`Client::why`] say. A guest has no account.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let may_kick = client.role() >= throng_client::Role::Moderator;
    /// # }
    /// ```
    pub fn role(&self) -> Role {
        self.handle.shared.look(Core::role)
    }

    /// How the connection is now.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// println!("{}", client.state());
    /// # }
    /// ```
    pub fn state(&self) -> State {
        self.handle.shared.look(|core| core.state().clone())
    }

    /// What the server allows, since the first greeting.
    ///
    /// ```no_run
    /// # fn example(client: throng_client::Client) {
    /// let longest = client.limits().map(|limits| limits.text_bytes);
    /// # }
    /// ```
    pub fn limits(&self) -> Option<Limits> {
        self.handle.shared.look(|core| core.limits().cloned())
    }

    /// Says `bye`, and waits until the connection is gone, five seconds at most. Sends that
    /// are under way may still get their answers; the others get [`SendError::Closed`](crate::SendError::Closed).
    ///
    /// ```no_run
    /// # async fn example(client: throng_client::Client) {
    /// client.close().await;
    /// # }
    /// ```
    pub async fn close(&self) {
        let (to, gone) = oneshot::channel();
        self.with(|core, now| core.close(now, Some(to)));
        // An error means the same: nobody is there any more who could close.
        let _ = gone.await;
    }

    fn with<T>(&self, turn: impl FnOnce(&mut Core, Duration) -> T) -> T {
        self.handle.shared.with(turn)
    }

    fn asking<T>(
        &self,
        ask: impl FnOnce(&mut Core, Duration, oneshot::Sender<Result<T, RequestError>>),
    ) -> PendingRequest<T> {
        let (to, answer) = oneshot::channel();
        self.with(|core, now| ask(core, now, to));
        PendingRequest { answer, _handle: Arc::clone(&self.handle) }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("state", &self.state()).finish_non_exhaustive()
    }
}
