//! The rules between settings: values that are valid alone but not together.

use super::Config;

/// The most bytes that JSON uses for one byte of text. Some encoders write `<` as `\u003c`, so that HTML can
/// contain the text: six bytes for one.
const ESCAPED_MAX: usize = 6;

/// What is around the text in a send: field names, a room's name, a `cid`, an id.
const AROUND_TEXT: usize = 1024;

/// A broken rule: the two keys, first the one to be changed, and the reason.
pub(super) struct Clash {
    pub(super) keys: [&'static str; 2],
    pub(super) reason: String,
}

/// All rules that this configuration breaks.
pub(super) fn clashes(config: &Config) -> Vec<Clash> {
    let frame_min = config.text_bytes_max.saturating_mul(ESCAPED_MAX).saturating_add(AROUND_TEXT);
    let same_listener =
        config.listen.port() != 0 && config.metrics_listen.is_some_and(|at| at == config.listen);
    let rules = [
        (
            config.frame_bytes_max < frame_min,
            ["frame_bytes_max", "text_bytes_max"],
            format!(
                "a text may be {ESCAPED_MAX} times as long in JSON, with {AROUND_TEXT} bytes \
                 around it, so at least {frame_min} bytes are needed"
            ),
        ),
        (
            config.outbox_bytes_max < config.page_bytes_max.saturating_mul(2),
            ["outbox_bytes_max", "page_bytes_max"],
            "an outbox must hold two pages".into(),
        ),
        (
            config.outboxes_bytes_max < config.outbox_bytes_max,
            ["outboxes_bytes_max", "outbox_bytes_max"],
            "the sum over all outboxes cannot be smaller than one of them".into(),
        ),
        (
            config.catch_up_max < u64::from(config.page_events_max),
            ["catch_up_max", "page_events_max"],
            "who is behind by one page or less must be able to catch up".into(),
        ),
        (
            config.token_ttl < config.retry,
            ["token_ttl", "retry"],
            "a retry must come from the same sender, so a token must last as long".into(),
        ),
        (
            config.rooms_max < config.rooms_per_session_max,
            ["rooms_max", "rooms_per_session_max"],
            "one session could not be in as many rooms as it is promised".into(),
        ),
        (same_listener, ["metrics_listen", "listen"], "each needs an address of its own".into()),
    ];
    let broken = rules.into_iter().filter(|(is_broken, ..)| *is_broken);
    broken.map(|(_, keys, reason)| Clash { keys, reason }).collect()
}
