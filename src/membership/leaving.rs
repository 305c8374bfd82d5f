//! Leaving a room for good: by oneself, with one's account, or put out. A private room is never without somebody who
//! keeps it, and is deleted with its last member.

use std::sync::Arc;

use async_lock::MutexGuard;
use throng_log::{Change, Erasure, RoomAttributes, Seat};
use throng_protocol::{ErrorCode, Nick, PersonId, Rank, Refusal, RoomId, RoomKind};

use super::Membership;
use crate::rooms::handle::{Rule, Shown};

/// What becomes of a room that somebody leaves for good. It is true as long as the order of the seats is held.
struct Leaving {
    shown: Arc<Shown>,
    person: PersonId,
    /// Who keeps the room from then on, if nobody else does.
    next: Option<Seat>,
    /// Whether nobody is in it any more.
    is_last: bool,
}

/// Somebody is put out of a room, or of all.
pub(crate) struct PuttingOut<'a> {
    room: Option<RoomId>,
    person: PersonId,
    /// Where they have a seat that they lose.
    leaving: Option<(Leaving, MutexGuard<'a, ()>)>,
}

impl PuttingOut<'_> {
    /// What is to be stored.
    pub(crate) fn changes(&self) -> Vec<Change> {
        self.leaving.iter().flat_map(|(leaving, _)| leaving.changes()).collect()
    }
}

impl Leaving {
    /// What is to be stored.
    fn changes(&self) -> Vec<Change> {
        let unseat = Change::Unseat { room: self.shown.attributes.id, person: self.person };
        let next = self.next.clone().map(Change::Seat);
        let gone = self.is_last.then(|| Change::PutRoom(self.gone()));
        [Some(unseat), next, gone].into_iter().flatten().collect()
    }

    fn gone(&self) -> RoomAttributes {
        RoomAttributes { deleted: true, ..self.shown.attributes.clone() }
    }
}

impl<'a> Membership<'a> {
    /// Takes a room from somebody, on every device.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn forget(&self, person: PersonId, shown: &Arc<Shown>) -> Result<(), Refusal> {
        let (server, room) = (self.0, &shown.attributes);
        let _order = server.seats.order.lock().await;
        let Some(leaving) = self.leaving(person, shown) else { return Ok(()) };
        if room.kind == RoomKind::Direct && server.seats.people(room.id).len() == 2 {
            let message = "the direct room of two people stays theirs";
            return Err(Refusal::new(ErrorCode::Forbidden, message));
        }
        server.identity.accounts.change(leaving.changes()).await?;
        self.leave(leaving, None).await;
        self.tell_removed(person, room.id, "you left this room");
        Ok(())
    }

    /// Deletes somebody's account, whose password was confirmed. They leave their rooms with it. With `messages`, all
    /// that they have said is erased soon.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn unregister(
        &self,
        person: PersonId,
        nick: &Nick,
        messages: bool,
    ) -> Result<(), Refusal> {
        let server = self.0;
        let _order = server.seats.order.lock().await;
        let rooms = server.seats.of_person(person).into_iter();
        let all: Vec<_> =
            rooms.filter_map(|(id, _)| self.leaving(person, &self.find_id(person, id)?)).collect();
        let mut changes: Vec<_> = all.iter().flat_map(Leaving::changes).collect();
        changes.extend(messages.then_some(Change::Erase(Erasure::Person(person))));
        server.identity.accounts.unregister(person, nick, changes).await?;
        for leaving in all {
            self.leave(leaving, None).await;
        }
        server.seats.clear_person(person);
        server.groups.clear_person(person);
        server.distances.clear_person(person);
        self.look_again().await;
        Ok(())
    }

    /// Begins to put somebody out of a room, or of all. They lose their seat of a private or direct one; that of a
    /// public one they keep, since they may come back.
    pub(crate) async fn putting_out(
        &self,
        person: PersonId,
        shown: Option<&Arc<Shown>>,
    ) -> PuttingOut<'a> {
        let leaving = match shown.filter(|shown| shown.is_closed()) {
            Some(shown) => {
                let order = self.0.seats.order.lock().await;
                self.leaving(person, shown).map(|leaving| (leaving, order))
            }
            None => None,
        };
        PuttingOut { room: shown.map(|shown| shown.attributes.id), person, leaving }
    }

    /// Puts somebody out after that was stored. They read the reason.
    pub(crate) async fn put_out(&self, out: PuttingOut<'_>, reason: String) {
        match out.leaving {
            Some((leaving, _order)) => self.leave(leaving, Some(reason)).await,
            None => self.0.rooms.enforce(out.room, Rule::Out(out.person, Some(reason))).await,
        }
    }

    /// What becomes of a room that somebody leaves for good; `None` if they have no seat there.
    fn leaving(&self, person: PersonId, shown: &Arc<Shown>) -> Option<Leaving> {
        let (seats, room) = (&self.0.seats, &shown.attributes);
        let rank = seats.rank(room.id, person)?;
        let is_private = room.kind == RoomKind::Private;
        let others = || seats.of_room(room.id).into_iter().filter(|seat| seat.person != person);
        let needs_keeper = is_private
            && rank == Rank::Moderator
            && others().all(|seat| seat.rank != Rank::Moderator);
        // The member who came to this server first.
        let next = others().find(|seat| needs_keeper && seat.rank == Rank::Member);
        let next = next.map(|seat| Seat { rank: Rank::Moderator, ..seat });
        let is_last = is_private && others().all(|seat| seat.rank == Rank::Invited);
        Some(Leaving { shown: Arc::clone(shown), person, next, is_last })
    }

    /// Puts in force what was stored. With a `reason`, who is put out reads it.
    async fn leave(&self, leaving: Leaving, reason: Option<String>) {
        let (server, id) = (self.0, leaving.shown.attributes.id);
        server.seats.remove(id, leaving.person);
        if let Some(next) = &leaving.next {
            server.seats.put(next);
            self.tell(next.person, &leaving.shown, next.rank, None, None);
        }
        server.rooms.enforce(Some(id), Rule::Out(leaving.person, reason)).await;
        if leaving.is_last {
            const REASON: &str = "the last member has left";
            let asked = server.seats.clear(id);
            server.rooms.delete(leaving.gone(), REASON.to_owned()).await;
            asked.iter().for_each(|it| self.tell_removed(*it, id, REASON));
        }
    }
}
