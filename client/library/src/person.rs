//! How the caller names a person.

use throng_protocol::{BadName, Nick, PersonId, PersonRef, User};

/// What a person can be named by: a [`User`] or their id, a [`Nick`], or a text. A text is an id (26 characters in
/// upper case), or a nick with or without an `@` before it. Nicks change hands; an id never does.
///
/// ```no_run
/// # use throng_client::{Client, Event};
/// # async fn example(client: Client, event: Event) -> Result<(), throng_client::RequestError> {
/// if let Event::Message { room, message, .. } = event {
///     client.kick(&room, &message.from, "off topic").await?;
///     client.kick(&room, "@bo", "off topic").await?;
/// }
/// # Ok(()) }
/// ```
pub trait AsPerson {
    /// The id or the nick.
    ///
    /// # Errors
    /// [`BadName`], when a text is neither.
    fn as_person(&self) -> Result<PersonRef, BadName>;
}

impl AsPerson for str {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        PersonRef::parse(self)
    }
}

impl AsPerson for String {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        PersonRef::parse(self)
    }
}

impl AsPerson for Nick {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        Ok(PersonRef::Nick(self.clone()))
    }
}

impl AsPerson for PersonId {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        Ok(PersonRef::Id(*self))
    }
}

impl AsPerson for PersonRef {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        Ok(self.clone())
    }
}

impl AsPerson for User {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        self.id.as_person()
    }
}

impl<T: AsPerson + ?Sized> AsPerson for &T {
    fn as_person(&self) -> Result<PersonRef, BadName> {
        (**self).as_person()
    }
}
