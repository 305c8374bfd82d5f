//! Which server the load tester starts.

use clap::ValueEnum;

/// A server that the load tester can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Target {
    /// The throng server.
    Throng,
    /// The throng server of the build before, in `versus-floor`.
    #[value(skip)]
    Before,
    /// The bare epoll loop: one `send` per delivery.
    Floor,
    /// The bare epoll loop that joins waiting frames into one `send` per connection and wake.
    FloorJoined,
}

impl Target {
    /// Whether it is a throng server, of this build or another.
    pub(crate) fn is_throng(self) -> bool {
        matches!(self, Self::Throng | Self::Before)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Throng => "throng",
            Self::Before => "before",
            Self::Floor => "floor",
            Self::FloorJoined => "floor-joined",
        }
    }
}
