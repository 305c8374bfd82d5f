//! Bots: their tokens, and who of them lives. The directory has them on disk; here they are for as long as the
//! server runs.
//!
//! A token is `throng_bot_`, 32 random bytes in base64url, and the first 4 bytes of the SHA-256 of all that in
//! hexadecimal digits. The prefix and the checksum let scanners find tokens that leaked; only the SHA-256 of the
//! whole is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use dashmap::DashMap;
use sha2::{Digest, Sha256};
use throng_log::{Bot as Record, SecretHash};
use throng_protocol::{Fold, PersonId, Role, RoomId};

use crate::identity::accounts::Accounts;

/// What every token begins with. No other token does: a guest's has a dot in it, and a login's is shorter.
const PREFIX: &str = "throng_bot_";

/// How many bytes of the digest are the checksum.
const CHECK_BYTES: usize = 4;

/// All bots that live.
pub(crate) struct Bots {
    by_person: DashMap<PersonId, Arc<Bot>>,
    by_hash: DashMap<SecretHash, PersonId>,
    /// Held while a bot is stored and put in force.
    pub(crate) order: async_lock::Mutex<()>,
}

/// One bot.
pub(crate) struct Bot {
    pub(crate) record: Record,
    /// Its token is good for nothing any more.
    ended: AtomicBool,
}

impl Bots {
    /// Those of the directory.
    pub(crate) fn load(stored: Vec<Record>) -> Self {
        let (by_person, by_hash, order) = Default::default();
        let bots = Self { by_person, by_hash, order };
        for record in stored {
            bots.put(record);
        }
        bots
    }

    /// Lets a bot live that is stored.
    pub(super) fn put(&self, record: Record) {
        let (hash, person) = (record.hash, record.person);
        self.by_person.insert(person, Arc::new(Bot { record, ended: AtomicBool::new(false) }));
        self.by_hash.insert(hash, person);
    }

    /// Ends a bot that is stored no more.
    pub(super) fn remove(&self, person: PersonId) -> Option<Arc<Bot>> {
        let (_, bot) = self.by_person.remove(&person)?;
        self.by_hash.remove(&bot.record.hash);
        bot.ended.store(true, Ordering::Release);
        Some(bot)
    }

    /// The bot that is this person.
    pub(crate) fn find(&self, person: PersonId) -> Option<Arc<Bot>> {
        self.by_person.get(&person).map(|bot| Arc::clone(&bot))
    }

    /// The bot that is called so.
    pub(crate) fn named(&self, fold: &Fold) -> Option<Arc<Bot>> {
        let found = self.by_person.iter().find(|bot| bot.record.nick.fold() == *fold);
        found.map(|bot| Arc::clone(&bot))
    }

    /// Every bot, or those of somebody, the oldest first.
    pub(crate) fn all(&self, owner: Option<PersonId>) -> Vec<Arc<Bot>> {
        let is_meant = |bot: &Bot| owner.is_none_or(|owner| bot.record.owner == owner);
        let all = self.by_person.iter().filter(|bot| is_meant(bot));
        let mut all: Vec<_> = all.map(|bot| Arc::clone(&bot)).collect();
        all.sort_unstable_by_key(|bot| bot.record.person);
        all
    }

    /// The bot with this token.
    pub(super) fn by_token(&self, token: &str, now_ms: u64) -> Option<Arc<Bot>> {
        let person = *self.by_hash.get(&hash_of(token))?;
        self.find(person).filter(|bot| !bot.has_ended(now_ms))
    }

    /// What somebody may do on the whole server, a person or a bot.
    pub(crate) fn role_of(&self, accounts: &Accounts, person: PersonId) -> Role {
        match self.find(person) {
            Some(bot) => bot.role(accounts),
            None => accounts.role(person),
        }
    }

    /// The bots that have expired by now.
    pub(super) fn expired(&self, now_ms: u64) -> Vec<PersonId> {
        let over = self.by_person.iter().filter(|bot| bot.has_ended(now_ms));
        over.map(|bot| bot.record.person).collect()
    }
}

impl Bot {
    /// Whether its token is good for nothing any more, at this time of the log's clock.
    pub(crate) fn has_ended(&self, now_ms: u64) -> bool {
        self.record.expires_ms.is_some_and(|expires| expires <= now_ms)
            || self.ended.load(Ordering::Acquire)
    }

    /// What it may do on the whole server now: at most what its owner may, and what its highest scope is for.
    pub(crate) fn role(&self, accounts: &Accounts) -> Role {
        accounts.role(self.record.owner).min(self.record.scopes.role())
    }

    /// The only rooms where it may be; `None` for everywhere.
    pub(crate) fn rooms(&self) -> Option<&[RoomId]> {
        self.record.rooms.as_deref()
    }
}

/// Whether this is the token of a bot, good or not.
pub(super) fn is_token(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// A token, and what is stored of it.
pub(crate) fn new_token() -> (String, SecretHash) {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes after it has started");
    let mut token = format!("{PREFIX}{}", BASE64.encode(bytes));
    let check = hash_of(&token);
    for byte in &check[..CHECK_BYTES] {
        token.push_str(&format!("{byte:02x}"));
    }
    let hash = hash_of(&token);
    (token, hash)
}

fn hash_of(token: &str) -> SecretHash {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use throng_log::Bot as Record;
    use throng_protocol::{Nick, PersonId, Scopes};

    use super::{Bots, hash_of, is_token, new_token};

    fn record(number: u64, owner: u64, expires_ms: Option<u64>) -> (String, Record) {
        let (token, hash) = new_token();
        let (person, owner) = (PersonId::from_parts(number, 0), PersonId::from_parts(owner, 0));
        let nick = Nick::parse(&format!("bot-{number}")).expect("a nick");
        let scopes = Scopes::from_bits(1);
        let (rooms, made_ms) = (None, 0);
        (token, Record { person, owner, nick, hash, scopes, rooms, made_ms, expires_ms })
    }

    #[test]
    fn a_token_is_told_from_any_other_and_carries_its_checksum() {
        let (token, hash) = new_token();
        assert_eq!((token.len(), hash), (62, hash_of(&token)));
        assert!(is_token(&token) && !token.contains('.'));
        let (body, check) = token.split_at(54);
        assert!(check.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let digest = hash_of(body);
        assert_eq!(
            u32::from_str_radix(check, 16),
            Ok(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3],]))
        );
        assert_ne!(new_token().0, token);
        assert!(!is_token("Zm9yIHNob3csIG5vdCBhIHNlY3JldCBvZiBhbnkgdXNl"));
    }

    #[test]
    fn a_bot_lives_until_it_is_removed_or_has_expired() {
        let (first, one) = record(1, 7, None);
        let (second, two) = record(2, 7, Some(100));
        let (third, three) = record(3, 8, None);
        let bots = Bots::load(vec![one.clone(), two.clone(), three.clone()]);
        let found = |token: &str, now| bots.by_token(token, now).map(|bot| bot.record.clone());
        assert_eq!(found(&first, 0), Some(one.clone()));
        assert_eq!((found(&second, 99), found(&second, 100)), (Some(two.clone()), None));
        assert_eq!(found(&format!("{third}x"), 0), None);
        assert_eq!(bots.all(Some(one.owner)).len(), 2);
        assert_eq!((bots.expired(99), bots.expired(100)), (vec![], vec![two.person]));
        let held = bots.find(one.person).expect("it lives");
        assert!(!held.has_ended(0));
        assert!(bots.remove(one.person).is_some() && bots.remove(one.person).is_none());
        assert!(held.has_ended(0), "a session that holds it sees its end");
        assert_eq!(found(&first, 0), None);
        assert!(bots.named(&one.nick.fold()).is_none() && bots.named(&three.nick.fold()).is_some());
        assert_eq!(bots.all(None).len(), 2);
    }
}
