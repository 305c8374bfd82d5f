//! The forms of an entry: what everybody has of it, and what its sender has, of whom others are to hear nothing.

/// The content of an entry for those who read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Forms<F> {
    /// For everybody. Of what is hidden, it is not shown.
    pub all: F,
    /// For its sender, where that is another one.
    pub own: Option<F>,
    /// Whether others get nothing but its place.
    pub is_hidden: bool,
}

impl<F: Clone> Forms<F> {
    /// The same for everybody.
    pub fn open(all: F) -> Self {
        Self { all, own: None, is_hidden: false }
    }

    /// What its sender has.
    pub fn own(&self) -> &F {
        self.own.as_ref().unwrap_or(&self.all)
    }

    /// The forms after a later entry that changes them. `changed` gives what becomes of one form by the other entry's;
    /// `None` where it stays as it is, since it has a later change already.
    #[must_use]
    pub fn after(&self, change: &Self, changed: impl Fn(&F, &F) -> Option<F>) -> Self {
        let own = changed(self.own(), change.own());
        if self.is_hidden || change.is_hidden {
            return Self { own: own.or_else(|| self.own.clone()), ..self.clone() };
        }
        let all = changed(&self.all, &change.all).unwrap_or_else(|| self.all.clone());
        // By what everybody sees, the sender has the same as everybody again.
        Self { all, own: if own.is_some() { None } else { self.own.clone() }, is_hidden: false }
    }
}
