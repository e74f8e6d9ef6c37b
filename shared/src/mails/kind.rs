//! Which mails there are.

/// A kind of mail, each with a template in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Invitation,
    InvitationReminder,
    LimitWarning,
    LimitReached,
    TrialEnding,
    PaymentFailed,
    MemberRemoved,
    EndpointDisabled,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Invitation,
        Self::InvitationReminder,
        Self::LimitWarning,
        Self::LimitReached,
        Self::TrialEnding,
        Self::PaymentFailed,
        Self::MemberRemoved,
        Self::EndpointDisabled,
    ];

    /// As the database and the templates' files name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::InvitationReminder => "invitation_reminder",
            Self::LimitWarning => "limit_warning",
            Self::LimitReached => "limit_reached",
            Self::TrialEnding => "trial_ending",
            Self::PaymentFailed => "payment_failed",
            Self::MemberRemoved => "member_removed",
            Self::EndpointDisabled => "endpoint_disabled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a person with an account may turn it off: all that an account does not need.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::LimitWarning | Self::LimitReached | Self::TrialEnding | Self::EndpointDisabled)
    }

    /// Whether it goes to somebody who may have no account, and may want no more of its kind.
    pub fn is_invitation(self) -> bool {
        matches!(self, Self::Invitation | Self::InvitationReminder)
    }
}
