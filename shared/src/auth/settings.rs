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
    /// `VIEW_AS_SECRET`: what tokens are signed with by which the operator's staff sees what a customer sees.
    pub view_as_secret: Option<String>,
    /// What is wrong with the settings: nobody is believed until it is mended.
    pub problem: Option<&'static str>,
}

/// Shorter secrets can be guessed from one token (RFC 7518, 3.2: as long as the hash's output).
const SHORTEST_SECRET: usize = 32;

impl AuthSettings {
    /// Reads the settings; an empty variable is an unset one.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let parties = set("JWT_AUTHORIZED_PARTIES").unwrap_or_default();
        let (secret, jwks_url, issuer) = (set("JWT_SECRET"), set("JWKS_URL"), set("JWT_ISSUER"));
        let any_issuer = set("ALLOW_ANY_ISSUER").as_deref() == Some("yes");
        let problem = match (&secret, &jwks_url, &issuer) {
            (Some(secret), ..) if secret.len() < SHORTEST_SECRET => Some("JWT_SECRET must have at least 32 bytes"),
            (_, Some(_), None) if !any_issuer => {
                Some("JWKS_URL needs JWT_ISSUER beside it; ALLOW_ANY_ISSUER=\"yes\" is for those who mean it")
            }
            _ => None,
        };
        Self {
            secret,
            jwks_url,
            issuer,
            problem,
            view_as_secret: super::view_as_secret(&variable),
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
