//! Why an administrator's command was not done.

use std::borrow::Cow;

use serde::Serialize;
use throng_log::LogError;
use throng_protocol::Refusal;

/// What is answered instead of a result. The code is for programs and stays the same; the message is for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refused {
    code: Cow<'static, str>,
    message: String,
}

impl Refused {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), message: message.into() }
    }

    /// An argument is missing, unknown, or not what the command takes.
    pub(crate) fn bad_argument(message: impl Into<String>) -> Self {
        Self::new("bad_argument", message)
    }

    /// What the command is about is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("not_found", message)
    }
}

/// What refuses a client's command refuses an administrator's with the same code.
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let code = serde_json::to_value(refusal.code).ok();
        let code = code.and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        Self { code: code.into(), message: refusal.message }
    }
}

impl From<LogError> for Refused {
    fn from(error: LogError) -> Self {
        Self::new("storage_unavailable", format!("{error}: the log of the server says more"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use throng_protocol::{ErrorCode, Refusal};

    use super::Refused;

    #[test]
    fn a_refusal_of_the_protocol_keeps_its_code() {
        let refused = Refused::from(Refusal::new(ErrorCode::NoSuchRoom, "there is none"));
        let written = serde_json::to_value(refused).expect("it is text");
        assert_eq!(written, json!({"code": "no_such_room", "message": "there is none"}));
    }
}
