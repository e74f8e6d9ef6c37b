//! Stripe's signatures (docs.stripe.com, "Verify webhook signatures manually").

use super::{seconds, signed, timely, Secrets, Signature, SignatureError, LONGEST_HEADER};
use crate::rules::time::Timestamp;

const HEADER: &str = "stripe-signature";

/// The header `Stripe-Signature: t=<seconds>,v1=<hexadecimal>,…`, read and not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeSignature<'a> {
    /// As it was signed.
    time: &'a str,
    signed_at: Timestamp,
    /// Those of scheme `v1`. `v0` is Stripe's fake signature for tests, and what else may come is unknown.
    signatures: Vec<Signature>,
}

impl<'a> StripeSignature<'a> {
    /// # Errors
    /// `MissingHeader`, or `Malformed` where the header has no time, two of them, or no `v1` at all.
    pub fn read(header: Option<&'a str>) -> Result<Self, SignatureError> {
        let header = header.filter(|header| !header.is_empty()).ok_or(SignatureError::MissingHeader(HEADER))?;
        if header.len() > LONGEST_HEADER {
            return Err(SignatureError::Malformed("Stripe-Signature is too long"));
        }
        let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
        let mut times = fields().filter(|(name, _)| *name == "t").map(|(_, time)| time);
        let (Some(time), None) = (times.next(), times.next()) else {
            return Err(SignatureError::Malformed("Stripe-Signature has not one time"));
        };
        let mut signatures = fields().filter(|(name, _)| *name == "v1").map(|(_, text)| text).peekable();
        if signatures.peek().is_none() {
            return Err(SignatureError::Malformed("Stripe-Signature has no v1"));
        }
        Ok(Self { time, signed_at: seconds(time)?, signatures: signatures.filter_map(hexadecimal).collect() })
    }

    /// Whether Stripe signed these bytes within the last five minutes, with one of the secrets as they are (`whsec_`
    /// is part of the key).
    ///
    /// # Errors
    /// `NotConfigured`, `NoMatch`, `Stale` or `Future`.
    pub fn verify(&self, body: &[u8], secrets: &Secrets, now: Timestamp) -> Result<(), SignatureError> {
        signed(&secrets.texts()?, &[self.time.as_bytes(), b".", body], &self.signatures)?;
        timely(self.signed_at, now)
    }
}

/// 32 bytes in lower-case digits, as Stripe writes them and its libraries demand them.
fn hexadecimal(text: &str) -> Option<Signature> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits = text.bytes().map(digit).collect::<Option<Vec<u8>>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some((high << 4) | low),
        _ => None,
    });
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signed with the `stripe` package (`webhooks.generateTestHeaderString`) and with OpenSSL, by the key
    /// `whsec_first` at 1700000000.
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
    const FIRST: &str = "c2361ec286bc5c83ddb2616b639b0986e7ad0f277ddc263aac32ab27c095aa30";
    const SECOND: &str = "7eeb37aa4737513d1a1416501dc8ec1070ede73fbe57f9222f62ab76485a578c";
    const OF_NOTHING: &str = "0b4c80875992f1709a9e722e711020262fcb76808e21a0840ab15511384fc5a8";
    const OF_NO_TEXT: &str = "6abad775ddb98c2eea4919cfdc60892791d5092915ba86301b3d4a27cba1d417";
    const THEN: Timestamp = Timestamp(1_700_000_000_000);

    fn outcome(header: &str, body: &[u8], secrets: &str, now: i64) -> Result<(), SignatureError> {
        StripeSignature::read(Some(header))?.verify(body, &Secrets::parse(secrets), Timestamp(now))
    }

    fn now(header: &str) -> Result<(), SignatureError> {
        outcome(header, BODY, "whsec_first", THEN.0)
    }

    #[test]
    fn what_stripe_signed_passes() {
        for header in [
            format!("t=1700000000,v1={FIRST}"),
            format!("t=1700000000, v1={FIRST}"),
            format!("v1={FIRST},t=1700000000"),
            format!("t=1700000000,v1={SECOND},v1={FIRST},v0={SECOND}"),
            format!("t=1700000000,v2=new,scheme=,,v1=,v1=zz,v1=é,v1={FIRST}"),
        ] {
            assert_eq!(now(&header), Ok(()), "{header}");
        }
        assert_eq!(outcome(&format!("t=1700000000,v1={OF_NOTHING}"), b"", "whsec_first", THEN.0), Ok(()));
        let bytes = &[0xff, 0, 0xfe];
        assert_eq!(outcome(&format!("t=1700000000,v1={OF_NO_TEXT}"), bytes, "whsec_first", THEN.0), Ok(()));
    }

    #[test]
    fn two_secrets_are_good_at_once_and_a_third_is_not() {
        for signature in [FIRST, SECOND] {
            let header = format!("t=1700000000,v1={signature}");
            assert_eq!(outcome(&header, BODY, "whsec_second,whsec_first", THEN.0), Ok(()));
            assert_eq!(outcome(&header, BODY, "whsec_third,first", THEN.0), Err(SignatureError::NoMatch));
        }
    }

    #[test]
    fn five_minutes_both_ways_and_not_a_second_more() {
        let header = format!("t=1700000000,v1={FIRST}");
        for (seconds, expected) in [
            (-301, Err(SignatureError::Future)),
            (-300, Ok(())),
            (300, Ok(())),
            (301, Err(SignatureError::Stale)),
            (86_400 * 365, Err(SignatureError::Stale)),
        ] {
            assert_eq!(outcome(&header, BODY, "whsec_first", THEN.0 + seconds * 1_000), expected, "{seconds}");
        }
        assert_eq!(outcome(&header, BODY, "whsec_first", THEN.0 + 300_999), Ok(()), "in whole seconds");
    }

    #[test]
    fn what_stripe_did_not_sign_does_not_pass() {
        let shouted = FIRST.to_uppercase();
        let (first_half, _) = FIRST.split_at(32);
        for header in [
            format!("t=1700000000,v1={SECOND}"),
            format!("t=1700000001,v1={FIRST}"),
            format!("t=01700000000,v1={FIRST}"),
            format!("t=1700000000,v1={shouted}"),
            format!("t=1700000000,v1={first_half}"),
            format!("t=1700000000,v1={FIRST}00"),
            format!("t=1700000000,v1={FIRST}0"),
            format!("t=1700000000,v1= {FIRST}"),
            format!("t=1700000000,v1={}", "0".repeat(64)),
            "t=1700000000,v1=".to_string(),
            "t=1700000000,v1=,v1=,v1=".to_string(),
            "t=1700000000,v1=ключ".to_string(),
        ] {
            assert_eq!(now(&header), Err(SignatureError::NoMatch), "{header}");
        }
        let header = format!("t=1700000000,v1={FIRST}");
        for body in [&b"{\"id\":\"evt_2\",\"object\":\"event\"}"[..], b"", b"{\"id\":\"evt_1\",\"object\":\"event\"}\n"]
        {
            assert_eq!(outcome(&header, body, "whsec_first", THEN.0), Err(SignatureError::NoMatch));
        }
    }

    #[test]
    fn a_header_without_its_form_is_malformed() {
        let long = format!("t=1700000000{},v1={FIRST}", ",v0=x".repeat(10_000));
        let thousand = format!("t=1700000000{},v1={FIRST}", format!(",v1={SECOND}").repeat(1_000));
        for header in [
            format!("v1={FIRST}"),
            format!("t=,v1={FIRST}"),
            format!("t=now,v1={FIRST}"),
            format!("t=-1700000000,v1={FIRST}"),
            format!("t=+1700000000,v1={FIRST}"),
            format!("t=1700000000.0,v1={FIRST}"),
            format!("t=99999999999999999999,v1={FIRST}"),
            format!("t=9223372036854775807,v1={FIRST}"),
            format!("t=1700000000,t=1700000000,v1={FIRST}"),
            format!("t=1700000000,v0={FIRST}"),
            format!("t=1700000000,V1={FIRST}"),
            format!("t=1700000000,{FIRST}"),
            "t=1700000000".to_string(),
            "t=1700000000,v1".to_string(),
            "nonsense".to_string(),
            "=,=,=".to_string(),
            "🦀".repeat(100),
            long,
            thousand,
        ] {
            assert!(matches!(now(&header), Err(SignatureError::Malformed(_))), "{header}");
        }
        let hundred = format!("t=1700000000{},v1={FIRST}", format!(",v1={SECOND}").repeat(100));
        assert_eq!(now(&hundred), Ok(()));
    }

    #[test]
    fn without_a_header_or_a_secret_nothing_passes() {
        assert_eq!(StripeSignature::read(None), Err(SignatureError::MissingHeader("stripe-signature")));
        assert_eq!(StripeSignature::read(Some("")), Err(SignatureError::MissingHeader("stripe-signature")));
        for secrets in ["", " ", ",", "|"] {
            let outcome = outcome(&format!("t=1700000000,v1={FIRST}"), BODY, secrets, THEN.0);
            assert!(matches!(outcome, Err(SignatureError::NotConfigured(_))), "{secrets:?}");
        }
    }
}
