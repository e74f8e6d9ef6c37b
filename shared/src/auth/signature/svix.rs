//! Svix's signatures, Clerk's among them (docs.svix.com, "Verifying Webhooks Manually"), and those of Standard
//! Webhooks, Supabase's auth hooks among them (the specification, "Signature scheme"): the same but for the headers.

use base64ct::{Base64, Encoding};

use super::{seconds, signed, timely, Secrets, Signature, SignatureError, LONGEST_HEADER};
use crate::rules::time::Timestamp;

/// Names of the id, the time and the signatures.
const HEADERS: [[&str; 3]; 2] =
    [["svix-id", "svix-timestamp", "svix-signature"], ["webhook-id", "webhook-timestamp", "webhook-signature"]];

/// The three headers of a message, read and not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvixSignature<'a> {
    /// The message's id. Svix sends a message again under the same one, Supabase under a new one.
    pub id: &'a str,
    /// As it was signed.
    time: &'a str,
    signed_at: Timestamp,
    /// Those of version `v1`; others need other keys.
    signatures: Vec<Signature>,
}

impl<'a> SvixSignature<'a> {
    /// Reads a request's headers, asked for in lower case.
    ///
    /// # Errors
    /// `MissingHeader`; `Malformed` where one is too long, the id has a full stop in it (which separates what is
    /// signed), or the time is not in seconds.
    pub fn read(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, SignatureError> {
        let header = |name: &'static str| {
            let value = header(name).filter(|value| !value.is_empty()).ok_or(SignatureError::MissingHeader(name))?;
            if value.len() > LONGEST_HEADER {
                return Err(SignatureError::Malformed("a header is too long"));
            }
            Ok(value)
        };
        let [svix, standard] = HEADERS;
        let [id, time, signatures] = if standard.into_iter().any(|name| header(name).is_ok())
            && !svix.into_iter().any(|name| header(name).is_ok())
        {
            standard
        } else {
            svix
        };
        let (id, time, signatures) = (header(id)?, header(time)?, header(signatures)?);
        if id.contains('.') {
            return Err(SignatureError::Malformed("the message's id has a full stop in it"));
        }
        Ok(Self { id, time, signed_at: seconds(time)?, signatures: first_version(signatures) })
    }

    /// Whether these bytes were signed within the last five minutes with one of the secrets.
    ///
    /// # Errors
    /// `NotConfigured`, `NoMatch`, `Stale` or `Future`.
    pub fn verify(&self, body: &[u8], secrets: &Secrets, now: Timestamp) -> Result<(), SignatureError> {
        let parts = [self.id.as_bytes(), b".", self.time.as_bytes(), b".", body];
        signed(&secrets.decoded()?, &parts, &self.signatures)?;
        timely(self.signed_at, now)
    }
}

/// `v1,<base64>` separated by spaces, or by a comma and a space, as Supabase joins them. What has not the length of
/// a signature is none.
fn first_version(signatures: &str) -> Vec<Signature> {
    let read = |signature: &str| {
        let encoded = signature.trim_end_matches(',').strip_prefix("v1,")?;
        let mut bytes = Signature::default();
        let length = Base64::decode(encoded, &mut bytes).ok()?.len();
        (length == bytes.len()).then_some(bytes)
    };
    signatures.split_whitespace().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Svix's page.
    const SECRET: &str = "whsec_plJ3nmyCDGBKInavdOK15jsl";
    const ID: &str = "msg_loFOjxBNrRLzqYUf";
    const BODY: &[u8] = br#"{"event_type":"ping","data":{"success":true}}"#;
    const FIRST: &str = "rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=";
    const THEN: Timestamp = Timestamp(1_731_705_121_000);
    /// The same message under another secret, made with Node's `crypto`.
    const OTHER_SECRET: &str = "v1,whsec_dGhlIG90aGVyIHNlY3JldCBvZiB0aGUgdGVzdA==";
    const SECOND: &str = "b2mx4CF1oFoNC4p3kqB/5XH8Uo4bJ++OEBe+Wo3hi1c=";
    const OF_NOTHING: &str = "lntUxBvRZSyOOAg9QtH1r72h5TqCVwGChyHJKqIK1sM=";
    /// Of the body `{}` under an empty id.
    const OF_NOBODY: &str = "b/9E1SVJkaJwpq1F2r1vDyszgjretiSarqxmVLlPkL8=";

    fn outcome(headers: [(&str, &str); 3], body: &[u8], secrets: &str, now: i64) -> Result<(), SignatureError> {
        let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        SvixSignature::read(header)?.verify(body, &Secrets::parse(secrets), Timestamp(now))
    }

    fn svix<'a>(time: &'a str, signatures: &'a str) -> [(&'a str, &'a str); 3] {
        [("svix-id", ID), ("svix-timestamp", time), ("svix-signature", signatures)]
    }

    fn now(signatures: &str) -> Result<(), SignatureError> {
        outcome(svix("1731705121", signatures), BODY, SECRET, THEN.0)
    }

    #[test]
    fn the_published_examples_pass() {
        assert_eq!(now(&format!("v1,{FIRST}")), Ok(()));
        // The example of "How to Verify Webhooks with the Svix Libraries".
        let headers = [
            ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("svix-timestamp", "1614265330"),
            ("svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ];
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert_eq!(outcome(headers, br#"{"test": 2432232314}"#, secret, 1_614_265_330_000), Ok(()));
    }

    #[test]
    fn standard_webhooks_have_other_headers() {
        let signatures = format!("v1,{SECOND}");
        let headers = [("webhook-id", ID), ("webhook-timestamp", "1731705121"), ("webhook-signature", &signatures)];
        assert_eq!(outcome(headers, BODY, OTHER_SECRET, THEN.0), Ok(()));
        let [_, time, signature] = headers;
        let mixed = [("svix-id", ID), time, signature];
        assert_eq!(
            outcome(mixed, BODY, OTHER_SECRET, THEN.0),
            Err(SignatureError::MissingHeader("svix-timestamp")),
            "the two kinds are not mixed"
        );
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        for signatures in [
            format!("v1,{SECOND} v1,{FIRST}"),
            format!("v1,{FIRST} v1,{SECOND}"),
            format!("v1,{FIRST}, v1,{SECOND}"),
            format!("v1,{SECOND}, v1,{FIRST}"),
            format!("v2,{SECOND} v1a,{FIRST}  v1, nonsense v1 , é v1,{FIRST}"),
        ] {
            assert_eq!(now(&signatures), Ok(()), "{signatures}");
        }
    }

    #[test]
    fn two_secrets_are_good_at_once_and_a_third_is_not() {
        for signature in [FIRST, SECOND] {
            let headers = format!("v1,{signature}");
            for secrets in [format!("{OTHER_SECRET},{SECRET}"), format!("{SECRET}|{OTHER_SECRET}")] {
                assert_eq!(outcome(svix("1731705121", &headers), BODY, &secrets, THEN.0), Ok(()), "{secrets}");
            }
            let third = "whsec_YSB0aGlyZCBzZWNyZXQ=";
            let outcome = outcome(svix("1731705121", &headers), BODY, third, THEN.0);
            assert_eq!(outcome, Err(SignatureError::NoMatch));
        }
    }

    #[test]
    fn what_was_not_signed_does_not_pass() {
        let cut = FIRST.split_at(20).0;
        for signatures in [
            format!("v1,{SECOND}"),
            format!("v2,{FIRST}"),
            format!("v1a,{FIRST}"),
            format!("V1,{FIRST}"),
            format!("v1={FIRST}"),
            format!("v1,{cut}"),
            format!("v1,{cut}=="),
            format!("v1,{}", FIRST.trim_end_matches('=')),
            format!("v1,{FIRST}{FIRST}"),
            format!("v1,{}", FIRST.to_lowercase()),
            FIRST.to_string(),
            "v1,".to_string(),
            "v1".to_string(),
            "v1,=".to_string(),
            "v1, v1, v1,".to_string(),
            ", ,".to_string(),
            "v1,ключ".to_string(),
        ] {
            assert_eq!(now(&signatures), Err(SignatureError::NoMatch), "{signatures}");
        }
        let signature = format!("v1,{FIRST}");
        for (headers, body) in [
            (svix("1731705121", &signature), &b"{}"[..]),
            (svix("1731705121", &signature), b""),
            (svix("1731705122", &signature), BODY),
            ([("svix-id", "msg_2"), ("svix-timestamp", "1731705121"), ("svix-signature", &signature)], BODY),
        ] {
            assert_eq!(outcome(headers, body, SECRET, THEN.0), Err(SignatureError::NoMatch), "{headers:?}");
        }
    }

    #[test]
    fn five_minutes_both_ways_and_not_a_second_more() {
        let signature = format!("v1,{FIRST}");
        for (seconds, expected) in
            [(-301, Err(SignatureError::Future)), (-300, Ok(())), (300, Ok(())), (301, Err(SignatureError::Stale))]
        {
            let outcome = outcome(svix("1731705121", &signature), BODY, SECRET, THEN.0 + seconds * 1_000);
            assert_eq!(outcome, expected, "{seconds}");
        }
    }

    #[test]
    fn an_empty_body_may_be_signed_and_an_empty_id_may_not() {
        let signature = format!("v1,{OF_NOTHING}");
        assert_eq!(outcome(svix("1731705121", &signature), b"", SECRET, THEN.0), Ok(()));
        let signature = format!("v1,{OF_NOBODY}");
        let headers = [("svix-id", ""), ("svix-timestamp", "1731705121"), ("svix-signature", &signature)];
        assert_eq!(outcome(headers, b"{}", SECRET, THEN.0), Err(SignatureError::MissingHeader("svix-id")));
    }

    #[test]
    fn headers_that_are_missing_or_without_their_form() {
        let signature = format!("v1,{FIRST}");
        let nothing = [("a", ""), ("b", ""), ("c", "")];
        assert_eq!(outcome(nothing, BODY, SECRET, THEN.0), Err(SignatureError::MissingHeader("svix-id")));
        for (time, signatures, missing) in [("", &*signature, "svix-timestamp"), ("1731705121", "", "svix-signature")] {
            let outcome = outcome(svix(time, signatures), BODY, SECRET, THEN.0);
            assert_eq!(outcome, Err(SignatureError::MissingHeader(missing)));
        }
        let thousand = format!("v1,{SECOND} ").repeat(1_000) + &signature;
        for headers in [
            svix("1731705121.0", &signature),
            svix("1731705121000000000", &signature),
            svix("soon", &signature),
            svix("１７３１７０５１２１", &signature),
            svix("1731705121", &thousand),
            [("svix-id", "msg.1731705121"), ("svix-timestamp", "1731705121"), ("svix-signature", &signature)],
        ] {
            let outcome = outcome(headers, BODY, SECRET, THEN.0);
            assert!(matches!(outcome, Err(SignatureError::Malformed(_))), "{outcome:?}");
        }
        assert_eq!(now(&(format!("v1,{SECOND} ").repeat(100) + &signature)), Ok(()));
    }

    #[test]
    fn a_secret_that_cannot_be_read_refuses_everything() {
        let signature = format!("v1,{FIRST}");
        for secrets in ["", "whsec_", "v1,whsec_", "whsec_?", &format!("{SECRET} whsec_not-base64")] {
            let outcome = outcome(svix("1731705121", &signature), BODY, secrets, THEN.0);
            assert!(matches!(outcome, Err(SignatureError::NotConfigured(_))), "{secrets:?}: {outcome:?}");
        }
    }
}
