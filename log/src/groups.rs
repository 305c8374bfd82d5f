//! What the directory remembers of groups: their names, and who is in them.

use throng_protocol::GroupName;

/// Which group, whatever it is called.
pub type GroupId = u64;

/// A named group of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which one. A number is not given to another group after it was deleted, as long as the server runs.
    pub id: GroupId,
    /// What it is called.
    pub name: GroupName,
}
