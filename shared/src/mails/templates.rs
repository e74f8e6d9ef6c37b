//! The templates of `mails/`, compiled in.

use super::Kind;
use crate::rules::language::Language;

pub(super) const LAYOUT: &str = include_str!("../../../mails/layout.html");

macro_rules! in_each_language {
    ($language:expr, $name:literal) => {
        match $language {
            Language::En => include_str!(concat!("../../../mails/en/", $name, ".txt")),
            Language::De => include_str!(concat!("../../../mails/de/", $name, ".txt")),
        }
    };
}

/// The template of a mail in a language.
pub fn template(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Invitation => in_each_language!(language, "invitation"),
        Kind::InvitationReminder => in_each_language!(language, "invitation_reminder"),
        Kind::LimitWarning => in_each_language!(language, "limit_warning"),
        Kind::LimitReached => in_each_language!(language, "limit_reached"),
        Kind::TrialEnding => in_each_language!(language, "trial_ending"),
        Kind::PaymentFailed => in_each_language!(language, "payment_failed"),
        Kind::MemberRemoved => in_each_language!(language, "member_removed"),
        Kind::EndpointDisabled => in_each_language!(language, "endpoint_disabled"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::template::names, *};

    #[test]
    fn every_language_has_every_mail_with_the_same_values() {
        for kind in Kind::ALL {
            let of = |language| names(template(kind, language)).into_iter().collect::<BTreeSet<_>>();
            let english = of(Language::En);
            assert!(english.contains("link"), "{kind:?}");
            for language in Language::ALL {
                assert_eq!(of(language), english, "{kind:?} in {language:?}");
            }
        }
    }

    #[test]
    fn no_two_mails_have_the_same_template() {
        let all: BTreeSet<_> =
            Kind::ALL.iter().flat_map(|kind| Language::ALL.map(|language| template(*kind, language))).collect();
        assert_eq!(all.len(), Kind::ALL.len() * Language::ALL.len());
    }
}
