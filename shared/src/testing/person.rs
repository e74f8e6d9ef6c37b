//! Who calls in a native test.

use serde_json::{json, Map, Value as Json};

/// A caller: what the issuer's token says of them.
#[derive(Clone, Debug)]
pub struct Person {
    /// The token's subject.
    pub id: String,
    /// The personal organization; empty until the first touch.
    pub personal: String,
    pub(super) claims: Map<String, Json>,
}

impl Person {
    /// Supabase's shape of a session: `ada` is ada@example.com.
    pub fn named(id: &str) -> Self {
        let claims = json!({
            "sub": id,
            "email": format!("{id}@example.com"),
            "aud": "authenticated",
            "role": "authenticated",
            "user_metadata": {},
        });
        let Json::Object(claims) = claims else { unreachable!() };
        Self { id: id.to_string(), personal: String::new(), claims }
    }

    /// The same person with another claim; `null` leaves the claim out.
    pub fn with(mut self, claim: &str, value: Json) -> Self {
        self.claims.insert(claim.to_string(), value);
        self.claims.retain(|_, value| !value.is_null());
        self
    }

    pub fn email(&self) -> String {
        self.claims["email"].as_str().unwrap_or_default().to_string()
    }
}
