//! How tokens are to be checked, from the worker's variables.

/// Which keys, issuers and audiences are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthSettings {
    /// `JWT_SECRET`: the secret shared with the issuer, for HS256 (Supabase).
    pub secret: Option<String>,
    /// `JWKS_URL`: where the issuer publishes its keys, for RS256, ES256 and EdDSA.
    pub jwks_url: Option<String>,
    /// `JWT_ISSUER`: the claim `iss` must be this.
    pub issuer: Option<String>,
    /// `JWT_AUDIENCE`: the claim `aud` must be or contain this.
    pub audience: Option<String>,
    /// `JWT_AUTHORIZED_PARTIES`, comma-separated: the claim `azp` must be one of these.
    pub authorized_parties: Vec<String>,
    /// `EMAIL_CONFIRMATION = "required"`: Supabase gives no session before the address is confirmed, so an address in
    /// its token counts as verified.
    pub email_confirmation_required: bool,
}

impl AuthSettings {
    /// Reads the settings; an empty variable is an unset one.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let parties = set("JWT_AUTHORIZED_PARTIES").unwrap_or_default();
        Self {
            secret: set("JWT_SECRET"),
            jwks_url: set("JWKS_URL"),
            issuer: set("JWT_ISSUER"),
            audience: set("JWT_AUDIENCE"),
            authorized_parties: parties
                .split(',')
                .map(|party| party.trim().to_string())
                .filter(|p| !p.is_empty())
                .collect(),
            email_confirmation_required: set("EMAIL_CONFIRMATION").as_deref() == Some("required"),
        }
    }
}
