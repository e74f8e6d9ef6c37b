//! Tokens in their compact form (RFC 7519; RFC 7515, 7.1), and HS256 (RFC 7518, 3.2).
//!
//! HS256 is `jwt-compact`'s. Header and claims are read as JSON values, whose reader every worker has anyway: that crate reads them into
//! types by code of its own for each, which was an eighth of a small worker.

use base64ct::{Base64UrlUnpadded, Encoding};
use jwt_compact::{
    alg::{Hs256, Hs256Key, Hs256Signature},
    Algorithm, AlgorithmSignature,
};
use serde_json::{json, Map, Value as Json};

use super::{error::AuthError, members::members_of};
use crate::rules::{json::text_of, time::Timestamp};

/// How long a signature by HS256 is.
const HS256_BYTES: usize = 32;

/// A token whose signature is still to be checked.
pub(super) struct Token<'a> {
    header: Map<String, Json>,
    claims: String,
    /// What is signed: the header and the claims as they came.
    pub message: &'a str,
    pub signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// `None` for what is no JWT.
    pub fn read(token: &'a str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let (header, claims) = (decoded_text(header)?, decoded_text(claims)?);
        let token = Self { header: members_of(&header)?, claims, message, signature: decoded(signature)? };
        let is_jwt = token.header.get("alg").is_some_and(Json::is_string)
            && ["typ", "kid", "cty"].iter().all(|name| is_text_or_nothing(token.header.get(*name)))
            && token.named("cty").is_none_or(|content| content.eq_ignore_ascii_case("json"));
        is_jwt.then_some(token)
    }

    pub fn algorithm(&self) -> &str {
        self.named("alg").unwrap_or_default()
    }

    #[cfg(target_arch = "wasm32")]
    pub fn key_id(&self) -> Option<&str> {
        self.named("kid")
    }

    pub fn token_type(&self) -> Option<&str> {
        self.named("typ")
    }

    /// Whether the header names an extension that must be understood, also where it is `null`.
    pub fn demands_extension(&self) -> bool {
        self.header.contains_key("crit")
    }

    /// The claims of a token whose signature holds.
    ///
    /// # Errors
    /// `wrong`, where they are no JSON object, or one is there twice.
    pub fn claims_or(&self, wrong: AuthError) -> Result<Claims, AuthError> {
        members_of(&self.claims).map(|members| Claims { members, wrong }).ok_or(wrong)
    }

    /// The claims of a token that was signed with this secret by HS256. Two signatures are compared in the same time wherever they
    /// differ.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for another signature, and as [`Token::claims_or`].
    pub fn claims_signed_with(&self, secret: &str) -> Result<Claims, AuthError> {
        let wrong = AuthError::Invalid("its signature or its claims are wrong");
        if self.algorithm() != "HS256" || self.signature.len() != HS256_BYTES {
            return Err(wrong);
        }
        let signature = Hs256Signature::try_from_slice(&self.signature).map_err(|_| wrong)?;
        if !Hs256.verify_signature(&signature, &Hs256Key::new(secret), self.message.as_bytes()) {
            return Err(wrong);
        }
        self.claims_or(wrong)
    }

    fn named(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Json::as_str)
    }
}

/// What a token says.
pub(super) struct Claims {
    members: Map<String, Json>,
    /// Why the token is refused where one of them is of another type than it must be.
    wrong: AuthError,
}

impl Claims {
    /// A claim; `null` is none.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members.get(name).filter(|claim| !claim.is_null())
    }

    /// A claim that is a text wherever it is.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] where it is none.
    pub fn text(&self, name: &str) -> Result<Option<&str>, AuthError> {
        let claim = self.get(name);
        if !is_text_or_nothing(claim) {
            return Err(self.wrong);
        }
        Ok(claim.and_then(Json::as_str))
    }

    /// A moment in seconds since the epoch (RFC 7519, 2, "NumericDate"); a fraction is cut off.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] where it is no number, or one that no calendar has ([`Timestamp::of_seconds`]).
    #[allow(clippy::cast_possible_truncation)]
    pub fn moment(&self, name: &str) -> Result<Option<Timestamp>, AuthError> {
        let Some(claim) = self.members.get(name) else { return Ok(None) };
        let seconds = claim.as_i64().or_else(|| claim.as_f64().map(|seconds| seconds as i64));
        seconds.and_then(Timestamp::of_seconds).map(Some).ok_or(self.wrong)
    }
}

/// A token of this type, signed with the secret by HS256.
pub(super) fn signed(token_type: &str, claims: &Json, secret: &str) -> String {
    let header = json!({ "alg": "HS256", "typ": token_type });
    let encoded = |part| Base64UrlUnpadded::encode_string(text_of(part).as_bytes());
    let (header, claims) = (encoded(&header), encoded(claims));
    let message = format!("{header}.{claims}");
    let signature = Hs256.sign(&Hs256Key::new(secret), message.as_bytes());
    format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature.as_bytes()))
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(part).ok()
}

fn decoded_text(part: &str) -> Option<String> {
    String::from_utf8(decoded(part)?).ok()
}

fn is_text_or_nothing(member: Option<&Json>) -> bool {
    member.is_none_or(|member| member.is_string() || member.is_null())
}

#[cfg(test)]
mod tests {
    use jwt_compact::{AlgorithmExt, UntrustedToken};

    use super::*;

    const SECRET: &str = "a secret of at least thirty-two bytes";

    fn token(header: &str, claims: &str) -> String {
        let message = [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
        let signature = Hs256.sign(&Hs256Key::new(SECRET), message.as_bytes());
        format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature.as_bytes()))
    }

    fn claims(json: &str) -> Claims {
        Token::read(&token(r#"{"alg":"HS256"}"#, json))
            .unwrap()
            .claims_signed_with(SECRET)
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    #[test]
    fn what_is_signed_here_holds_elsewhere() {
        let signed = signed("view-as+jwt", &json!({ "sub": "ada", "exp": 1_800_000_000 }), SECRET);
        let read = UntrustedToken::new(&signed).unwrap();
        assert_eq!(read.header().token_type.as_deref(), Some("view-as+jwt"));
        let key = Hs256Key::new(SECRET.as_bytes());
        let holds = Hs256.validator::<Json>(&key).validate(&read).unwrap();
        assert_eq!(holds.claims().expiration.unwrap().timestamp(), 1_800_000_000);
        assert_eq!(holds.claims().custom["sub"], "ada");
    }

    #[test]
    fn what_is_no_jwt_is_not_read() {
        let plain = token(r#"{"alg":"HS256","typ":"JWT","kid":null,"cty":"json"}"#, "{}");
        assert!(Token::read(&plain).is_some());
        for no_token in [
            "",
            "a",
            "a.b",
            "e30.e30.",
            &format!("{plain}."),
            &format!("{plain}="),
            &format!("x.{plain}"),
            &format!(" {plain}"),
        ] {
            assert!(Token::read(no_token).is_none(), "{no_token}");
        }
        for header in [
            "",
            "[]",
            "{}",
            r#"{"alg":1}"#,
            r#"{"alg":"HS256","typ":1}"#,
            r#"{"alg":"HS256","kid":["k"]}"#,
            r#"{"alg":"HS256","cty":"CBOR"}"#,
            r#"{"alg":"none","alg":"HS256"}"#,
        ] {
            assert!(Token::read(&token(header, "{}")).is_none(), "{header}");
        }
        for not_base64 in
            ["eyJhbGciOiJIUzI1NiJ9=.e30.c2ln", "eyJhbGciOiJIUzI1NiJ9.e3+.c2ln", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln!"]
        {
            assert!(Token::read(not_base64).is_none(), "{not_base64}");
        }
    }

    #[test]
    fn another_algorithm_secret_or_signature_does_not_hold() {
        let good = token(r#"{"alg":"HS256"}"#, "{}");
        let (message, signature) = good.rsplit_once('.').unwrap();
        assert!(Token::read(&good).unwrap().claims_signed_with(SECRET).is_ok());
        assert!(Token::read(&good).unwrap().claims_signed_with("another secret of thirty-two bytes").is_err());
        for other in [
            token(r#"{"alg":"HS512"}"#, "{}"),
            token(r#"{"alg":"none"}"#, "{}"),
            token(r#"{"alg":"HS256"}"#, "[]"),
            token(r#"{"alg":"HS256"}"#, r#"{"sub":"ada","sub":"eve"}"#),
            format!("{message}."),
            format!("{message}.{}", &signature[..40]),
            format!("{}.e30.{signature}", Base64UrlUnpadded::encode_string(br#"{"alg":"HS256" }"#)),
        ] {
            assert!(Token::read(&other).unwrap().claims_signed_with(SECRET).is_err(), "{other}");
        }
    }

    #[test]
    fn a_moment_is_a_number_of_seconds() {
        let read = claims(
            r#"{"a": 5, "b": 5.9, "c": "5", "d": null, "e": 1e30, "f": -1, "g": 9223372036854775807, "h": 9e12, "i": -9e12}"#,
        );
        for (name, moment) in [("a", 5_000), ("b", 5_000), ("f", -1_000)] {
            assert_eq!(read.moment(name), Ok(Some(Timestamp(moment))), "{name}");
        }
        for name in ["c", "d", "e", "g", "h", "i"] {
            assert_eq!(read.moment(name), Err(AuthError::Invalid("its signature or its claims are wrong")), "{name}");
        }
        assert_eq!(read.moment("z"), Ok(None));
    }

    #[test]
    fn a_claim_that_is_null_is_not_there() {
        let read = claims(r#"{"a": "x", "b": null, "c": 1}"#);
        assert_eq!((read.text("a"), read.text("b"), read.text("z")), (Ok(Some("x")), Ok(None), Ok(None)));
        assert_eq!(read.text("c"), Err(AuthError::Invalid("its signature or its claims are wrong")));
        assert!(read.get("b").is_none() && read.get("c").is_some());
    }
}
