//! What a room narrows: who may see it, speak, invite, and keep it. For each there is a least role, or a least rank, and
//! the groups whose people may do so without it.
//!
//! It only narrows. Who may not do something by the table of actions does not get it from a group; whom a restriction
//! forbids it does not either; and administrators of the server and the room's own moderators are never kept out.

use throng_log::{GroupId, RoomAttributes};
use throng_protocol::{ErrorCode, Rank, Refusal, Right, Role, RoomKind, SetRoom};

use super::Membership;
use crate::actor::Actor;
use crate::groups::no_such_group;

/// The most groups that a room names for one right. Each page of the room says them, and people read them.
const GROUPS_MAX: usize = 8;

/// What a change says about one right.
struct Asked<T> {
    right: Right,
    /// The least role or rank until now, and what is asked for.
    least: (T, Option<T>),
    /// The least that lets everybody do it, and the highest that there is.
    ends: (T, T),
    groups: Option<Vec<GroupId>>,
}

impl Membership<'_> {
    /// Narrows a room, or opens it again.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn narrow(
        &self,
        by: &Actor,
        room: &mut RoomAttributes,
        set: &SetRoom,
    ) -> Result<(), Refusal> {
        may_narrow(by, room, set)?;
        let groups = |room: &RoomAttributes, right| {
            let names = set.groups.as_ref().and_then(|groups| groups.of(right));
            names.map(|names| self.group_ids(by, room, right, names)).transpose()
        };
        let of_role = |room: &RoomAttributes, right, now, asked, open| {
            let ends = (open, Role::Administrator);
            Ok::<_, Refusal>(Asked {
                right,
                least: (now, asked),
                ends,
                groups: groups(room, right)?,
            })
        };
        room.see = of_role(room, Right::See, room.see, set.see, Role::Guest)?.put(room)?;
        room.speak = of_role(room, Right::Speak, room.speak, set.speak, Role::Guest)?.put(room)?;
        let asked = of_role(room, Right::Moderate, room.moderate, set.moderate, Role::Moderator)?;
        room.moderate = asked.put(room)?;
        let asked = Asked {
            right: Right::Invite,
            least: (room.invite, set.invite.map(|rank| rank.max(Rank::Member))),
            ends: (Rank::Member, Rank::Moderator),
            groups: groups(room, Right::Invite)?,
        };
        room.invite = asked.put(room)?;
        Ok(())
    }

    /// The groups that somebody names. Administrators name any; others those that they are in, and those that the room
    /// names already.
    fn group_ids(
        &self,
        by: &Actor,
        room: &RoomAttributes,
        right: Right,
        names: &[String],
    ) -> Result<Vec<GroupId>, Refusal> {
        if names.len() > GROUPS_MAX {
            let message = format!("a room names at most {GROUPS_MAX} groups for one right");
            return Err(Refusal::new(ErrorCode::TooManyGroups, message));
        }
        let may_name = |id: GroupId| {
            by.may_with(Role::Administrator).is_ok()
                || room.groups_for(right).contains(&id)
                || by.person().is_some_and(|person| {
                    self.0.groups.has_any(&[id], self.0.fence.in_groups_as(person))
                })
        };
        let found = names.iter().map(|name| {
            let id = self.0.groups.find(name)?.id;
            if may_name(id) { Ok(id) } else { Err(no_such_group(name)) }
        });
        let mut ids = found.collect::<Result<Vec<_>, _>>()?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

impl<T: Copy + Ord> Asked<T> {
    /// Puts the groups into the room, and returns the least role or rank.
    ///
    /// Where everybody may do it, groups would narrow nothing: naming some closes it for all others. And where a group
    /// goes, it stays closed, so that nothing opens by itself.
    fn put(self, room: &mut RoomAttributes) -> Result<T, Refusal> {
        let Self { right, least: (now, asked), ends: (open, highest), groups } = self;
        if asked.is_some_and(|least| least < open || least > highest) {
            return Err(out_of_range(right));
        }
        let is_naming = groups.as_ref().is_some_and(|groups| !groups.is_empty());
        if is_naming && asked == Some(open) {
            let message = format!(
                "{}: everybody may do it then; groups narrow it, so leave out one of the two",
                right.name()
            );
            return Err(Refusal::new(ErrorCode::BadCommand, message));
        }
        let least = match asked {
            Some(least) => least,
            None if is_naming && now == open => highest,
            None => now,
        };
        let groups = match groups {
            _ if least == open => Vec::new(),
            Some(groups) => groups,
            None => room.groups_for(right).to_vec(),
        };
        match groups.is_empty() {
            true => drop(room.groups.remove(&right)),
            false => drop(room.groups.insert(right, groups)),
        }
        Ok(least)
    }
}

/// Whether somebody may change who sees a room and which of the server's moderators keep it. Both take something from
/// people above the moderators of a room, so administrators of the server decide it, who are never kept out. They name
/// the rooms too that only some see: whether such a name is free must not be learnt by trying.
fn may_narrow(by: &Actor, room: &RoomAttributes, set: &SetRoom) -> Result<(), Refusal> {
    let names = |right| set.groups.as_ref().is_some_and(|groups| groups.of(right).is_some());
    let is_sight = set.see.is_some() || names(Right::See);
    let is_staff = set.moderate.is_some() || names(Right::Moderate);
    let is_name = set.name.is_some() && room.is_narrowed();
    if is_sight || is_staff || is_name {
        by.may_with(Role::Administrator)?;
    }
    if is_sight && room.kind != RoomKind::Public {
        let message = "see: only its members see a private room, whatever their role and groups";
        return Err(Refusal::new(ErrorCode::BadCommand, message));
    }
    Ok(())
}

fn out_of_range(right: Right) -> Refusal {
    let range = match right {
        Right::Moderate => "`moderator` or `administrator`",
        Right::Invite => "`member` or `moderator`",
        Right::See | Right::Speak => "`administrator` at most",
    };
    let message = format!("{}: {range}, since administrators are never kept out", right.name());
    Refusal::new(ErrorCode::BadCommand, message)
}
