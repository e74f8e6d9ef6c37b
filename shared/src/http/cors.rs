//! Which web pages may call.

use super::request::{Request, Response};

const METHODS: &str = "GET, POST, PATCH, OPTIONS";
const HEADERS: &str =
    "authorization, x-client-info, apikey, content-type, x-requested-with, x-organization-id, x-session-id, x-session-secret, \
     idempotency-key, x-d1-bookmark";
/// A page may see what its request cost, how what it saves as a file goes on, and which state of the database it has met.
const EXPOSED: &str = "retry-after, server-timing, x-next-cursor, x-d1-bookmark";
/// 24 hours, in seconds.
const PREFLIGHT_SECONDS: &str = "86400";

/// The origins of `ALLOWED_ORIGINS`, compared as whole strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Comma-separated; unset means none.
    pub fn parse(text: Option<&str>) -> Self {
        let origins = text.unwrap_or_default().split(',').map(str::trim);
        // `*` and `null` would let in what nobody named.
        Self(origins.filter(|origin| !matches!(*origin, "" | "*" | "null")).map(str::to_string).collect())
    }

    fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed == origin)
    }

    /// The answer to a preflight; a foreign origin learns nothing.
    pub fn preflight(&self, request: &Request) -> Response {
        let mut response = Response { status: 403, ..Response::default() };
        if request.header("origin").is_some_and(|origin| self.allows(origin)) {
            response.status = 204;
            response.headers = vec![
                ("access-control-allow-methods", METHODS.to_string()),
                ("access-control-allow-headers", HEADERS.to_string()),
                ("access-control-max-age", PREFLIGHT_SECONDS.to_string()),
            ];
        }
        self.mark(request, response)
    }

    /// Adds what lets an allowed page read the response. `Vary` keeps a cache from giving one page's to another.
    pub fn mark(&self, request: &Request, mut response: Response) -> Response {
        response.headers.push(("vary", "Origin".to_string()));
        if let Some(origin) = request.header("origin").filter(|origin| self.allows(origin)) {
            response.headers.push(("access-control-allow-origin", origin.to_string()));
            response.headers.push(("access-control-expose-headers", EXPOSED.to_string()));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request::Body;

    fn from(origin: &str) -> Request {
        Request::new("OPTIONS", "/", [("Origin".to_string(), origin.to_string())], Body::default())
    }

    #[test]
    fn only_whole_origins_on_the_list_are_allowed() {
        let origins = Origins::parse(Some("http://localhost:5173, https://app.example.com,*,null"));
        assert_eq!(origins.preflight(&from("https://app.example.com")).status, 204);
        for origin in
            ["https://app.example.com.evil.io", "https://evil-app.example.com", "null", "*", "http://app.example.com"]
        {
            let response = origins.preflight(&from(origin));
            assert_eq!((response.status, response.headers.len()), (403, 1), "{origin}");
        }
        assert_eq!(Origins::parse(None).preflight(&from("http://localhost:5173")).status, 403);
    }
}
