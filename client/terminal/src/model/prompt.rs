//! Questions for passwords: they stand in place of the input line, and the answers are not shown.

use crate::secret::Secret;

/// What the passwords are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    LogIn {
        nick: String,
    },
    Register {
        invitation: Option<String>,
    },
    ChangePassword,
    Unregister {
        messages: bool,
    },
    /// The account asks for a code too; the password was right.
    SecondFactor {
        nick: String,
        password: Secret,
    },
}

/// One of the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The password that the account has.
    Present,
    /// The one that it is to have.
    New,
    /// That one a second time, since nobody sees what they type.
    Again,
    /// A code of the authenticator app.
    Code,
}

/// The questions, and what was answered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) purpose: Purpose,
    given: Vec<Secret>,
    /// What is being typed.
    pub(crate) typed: Secret,
}

impl Prompt {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self { purpose, given: Vec::new(), typed: Secret::default() }
    }

    fn questions(&self) -> &'static [Question] {
        match self.purpose {
            Purpose::LogIn { .. } | Purpose::Unregister { .. } => &[Question::Present],
            Purpose::SecondFactor { .. } => &[Question::Code],
            Purpose::Register { .. } => &[Question::New, Question::Again],
            Purpose::ChangePassword => &[Question::Present, Question::New, Question::Again],
        }
    }

    /// The question that waits for an answer.
    pub(crate) fn question(&self) -> Question {
        self.questions().get(self.given.len()).copied().unwrap_or(Question::Again)
    }

    /// The question in words.
    pub(crate) fn label(&self) -> String {
        match (&self.purpose, self.question()) {
            (_, Question::Code) => "The code of your app, or a recovery code".to_owned(),
            (Purpose::LogIn { nick }, _) => format!("Password of {nick}"),
            (Purpose::Unregister { .. }, _) => "Your password, to delete the account".to_owned(),
            (_, Question::Present) => "Your password until now".to_owned(),
            (_, Question::New) => "The new password".to_owned(),
            (_, Question::Again) => "The new password again".to_owned(),
        }
    }

    /// Takes the typed answer. After the last question, returns the answers without the repeated one, or a sentence
    /// for the person.
    pub(crate) fn answer(&mut self) -> Option<Result<Vec<Secret>, String>> {
        self.given.push(std::mem::take(&mut self.typed));
        if self.given.len() < self.questions().len() {
            return None;
        }
        let mut given = std::mem::take(&mut self.given);
        if self.questions().contains(&Question::Again) {
            let again = given.pop();
            if again.as_ref() != given.last() {
                return Some(Err("The two new passwords differ. Nothing was changed.".into()));
            }
        }
        if given.iter().any(Secret::is_empty) {
            return Some(Err("Nothing was typed, and nothing was changed.".into()));
        }
        Some(Ok(given))
    }
}
