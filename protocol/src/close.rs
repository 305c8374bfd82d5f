//! The close codes: one table for the server, the clients and the specification.

/// Why a connection ends, as the code of the WebSocket close frame (RFC 6455, section 7.4) and of
/// `bye`.
///
/// 4000 to 4499 come back, 4500 to 4999 stay away; of the codes below 4000 the table says it, and
/// a code that it does not list comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// The client said `bye`, or closed by itself.
    Normal = 1000,
    /// The server is draining. Come back after `after_ms`.
    GoingAway = 1001,
    /// The client broke the WebSocket protocol.
    ProtocolError = 1002,
    /// A text frame that is not UTF-8.
    NotUtf8 = 1007,
    /// A frame or message over `limits.frame_bytes`.
    TooBig = 1009,
    /// Nothing came from the client for twice `heartbeat_ms`.
    HeartbeatMissed = 4000,
    /// The client did not read what it was sent, even after `behind`.
    SlowConsumer = 4001,
    /// No `hello` within its deadline.
    HelloLate = 4002,
    /// Too many commands over the limits, one after another. Come back after `after_ms`.
    Flooding = 4003,
    /// A defect of the server, which it has logged.
    ServerFault = 4004,
    /// An administrator closed this connection, and nothing else. Come back after `after_ms`.
    ClosedByAdministrator = 4005,
    /// `hello` was refused for a reason that will not pass: a version that is not spoken here.
    HelloRefused = 4500,
    /// The login ended: the person logged out, or was logged out. A new one is needed.
    LoggedOut = 4501,
    /// The person or the address was banned.
    Banned = 4502,
}

impl CloseCode {
    /// Every code that this server uses.
    pub const ALL: [Self; 14] = [
        Self::Normal,
        Self::GoingAway,
        Self::ProtocolError,
        Self::NotUtf8,
        Self::TooBig,
        Self::HeartbeatMissed,
        Self::SlowConsumer,
        Self::HelloLate,
        Self::Flooding,
        Self::ServerFault,
        Self::ClosedByAdministrator,
        Self::HelloRefused,
        Self::LoggedOut,
        Self::Banned,
    ];

    /// The number on the wire.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Whether a client that was closed with this number should connect again.
    pub fn comes_back(number: u16) -> bool {
        !matches!(number, 1000 | 1002 | 1007 | 1009 | 4500..=4999)
    }
}

#[cfg(test)]
mod tests {
    use super::CloseCode;

    #[test]
    fn the_ranges_say_who_comes_back() {
        let back: Vec<u16> = CloseCode::ALL
            .into_iter()
            .map(CloseCode::number)
            .filter(|number| CloseCode::comes_back(*number))
            .collect();
        assert_eq!(back, [1001, 4000, 4001, 4002, 4003, 4004, 4005]);
        assert!(CloseCode::comes_back(1006), "an unlisted code comes back");
        assert!(CloseCode::comes_back(4499) && !CloseCode::comes_back(4500));
    }
}
