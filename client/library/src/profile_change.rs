//! What is changed of our profile.

use std::time::Duration;

use throng_protocol::{INTEGER_MAX, SetProfile};

/// A change of what we say about ourselves: what is not named stays, and what is empty is taken away.
/// [`Client::set_profile`](crate::Client::set_profile) makes it.
///
/// ```no_run
/// use std::time::Duration;
/// use throng_client::ProfileChange;
/// # async fn example(client: throng_client::Client) -> Result<(), throng_client::RequestError> {
/// let profile = ProfileChange::new().display_name("Ana María").pronouns("she/her").colour("#ff8800");
/// client.set_profile(profile).await?;
/// client.set_profile(ProfileChange::new().status_for("at lunch", Duration::from_secs(3_600))).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange(SetProfile);

impl ProfileChange {
    /// No change yet.
    ///
    /// ```
    /// let change = throng_client::ProfileChange::new().display_name("Ana");
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// The name that is shown beside the nick: at most 32 characters.
    ///
    /// ```
    /// let change = throng_client::ProfileChange::new().display_name("Ana");
    /// ```
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.0.display_name = Some(name.into());
        self
    }

    /// The colour in which we would like to be shown, as `#rrggbb`.
    ///
    /// ```
    /// let change = throng_client::ProfileChange::new().colour("#ff8800");
    /// ```
    #[must_use]
    pub fn colour(mut self, colour: impl Into<String>) -> Self {
        self.0.colour = Some(colour.into());
        self
    }

    /// How others speak of us: at most 24 characters.
    ///
    /// ```
    /// let change = throng_client::ProfileChange::new().pronouns("they/them");
    /// ```
    #[must_use]
    pub fn pronouns(mut self, pronouns: impl Into<String>) -> Self {
        self.0.pronouns = Some(pronouns.into());
        self
    }

    /// What we are doing, until it is changed: at most 80 characters.
    ///
    /// ```
    /// let change = throng_client::ProfileChange::new().status("on holiday");
    /// ```
    #[must_use]
    pub fn status(mut self, status: impl Into<String>) -> Self {
        (self.0.status, self.0.status_for_ms) = (Some(status.into()), None);
        self
    }

    /// What we are doing, for this time.
    ///
    /// ```
    /// let hour = std::time::Duration::from_secs(3_600);
    /// let change = throng_client::ProfileChange::new().status_for("at lunch", hour);
    /// ```
    #[must_use]
    pub fn status_for(mut self, status: impl Into<String>, time: Duration) -> Self {
        let millis = u64::try_from(time.as_millis()).unwrap_or(INTEGER_MAX).min(INTEGER_MAX);
        (self.0.status, self.0.status_for_ms) = (Some(status.into()), Some(millis));
        self
    }

    pub(crate) fn into_command(self) -> SetProfile {
        self.0
    }
}
