//! `before-user-created`: Supabase's auth hook that may refuse a new user (supabase.com/docs, "Before User Created Hook").
//! It writes nothing: whether the user is made is not known yet.

use serde_json::json;
use tallygate::{
    http::{Delivered, Delivery, Refusal, Reply},
    transport::Pending,
};

use crate::{after_user_created::hooked, fixed_reply::FixedReply};

pub fn read<'a>(delivery: &'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>> {
    Box::pin(std::future::ready(delivered(delivery)))
}

fn delivered(delivery: &Delivery<'_>) -> Result<Delivered, Refusal> {
    let user = hooked(delivery)?;
    let list = delivery.services.variable("BANNED_EMAIL_DOMAINS").unwrap_or_default();
    let refused = user.email().is_some_and(|email| is_banned(email, &list));
    // The sentence reaches the user only with a 200: of any other status Supabase tells them its own, that the hook
    // itself has failed (supabase/auth, `hookshttp` and `hookserrors`).
    let reply = match refused {
        true => json!({ "error": {
            "http_code": 403,
            "message": "Sign-up with an address of this domain is not possible; use another address.",
        }}),
        false => json!({}),
    };
    Ok(FixedReply(Reply::plain(200, &reply)).delivered())
}

/// Whether the address is of one of the domains or of a subdomain of one, whatever its case.
fn is_banned(email: &str, list: &str) -> bool {
    let domain = email.rsplit_once('@').map_or(email, |(_, domain)| domain).trim().trim_end_matches('.').to_lowercase();
    let mut banned = list.split(',').map(|entry| {
        let entry = entry.trim().trim_start_matches(['@', '*']);
        entry.trim_matches('.').to_lowercase()
    });
    banned.any(|banned| {
        let before = domain.strip_suffix(&banned);
        !banned.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_banned;

    #[test]
    fn a_domain_is_banned_with_its_subdomains_in_any_case() {
        let list = "spam.example, @Trash.Example ,*.burner.example,,.dotted.example";
        for email in [
            "a@spam.example",
            "A@SPAM.Example",
            "a@mail.spam.example",
            "a@trash.example",
            "a@x.burner.example",
            "a@burner.example",
            "a@dotted.example.",
            "\"a@good.example\"@spam.example",
        ] {
            assert!(is_banned(email, list), "{email}");
        }
        for email in ["a@notspam.example", "a@spam.example.com", "spam.example@good.example", "a@example", ""] {
            assert!(!is_banned(email, list), "{email}");
        }
        for list in ["", " ", ",", "@", "."] {
            assert!(!is_banned("a@good.example", list), "{list}");
        }
    }
}
