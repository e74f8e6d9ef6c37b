//! What a path asks for. Pure, so that it is tested without a runtime.

/// Where Supabase's clients look for functions.
const PREFIX: &str = "/functions/v1";
/// What a product called its own before it was served from here: each is the action of `account` with that name.
const USER: &str = "/api/v1/user/";
const USER_ACTIONS: [&str; 4] = ["subscription", "packages", "analytics", "preferences"];

/// What a path asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// The list of the functions.
    List,
    /// A function by its name, and the path as the function's own host would see it.
    Function { name: String, rest: String },
    /// Nothing of ours.
    Elsewhere,
}

impl Route {
    pub fn of(path: &str) -> Self {
        if let Some(action) = path.strip_prefix(USER).filter(|action| USER_ACTIONS.contains(action)) {
            return Self::Function { name: "account".to_owned(), rest: format!("/{action}") };
        }
        let Some(after) = path.strip_prefix(PREFIX) else {
            return Self::Elsewhere;
        };
        if after.is_empty() || after == "/" {
            return Self::List;
        }
        let Some(call) = after.strip_prefix('/') else {
            return Self::Elsewhere;
        };
        let (name, rest) = call.split_once('/').unwrap_or((call, ""));
        let rest = format!("/{rest}");
        // A function that is asked without the gateway takes this off its path itself: there would be a second address of each
        // action, which no rule of the zone's for the first one knows.
        if rest.strip_prefix(PREFIX).is_some_and(|behind| behind.is_empty() || behind.starts_with('/')) {
            return Self::Elsewhere;
        }
        Self::Function { name: name.to_owned(), rest }
    }
}

/// `manage-session` is bound as `MANAGE_SESSION`. A name that no function can have (capitals, dots, nothing at
/// all) gives a binding that does not exist.
pub fn binding_of(function: &str) -> String {
    let is_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if function.chars().all(is_name) {
        function.to_ascii_uppercase().replace('-', "_")
    } else {
        String::new()
    }
}

/// The other way round.
pub fn function_of(binding: &str) -> String {
    binding.to_ascii_lowercase().replace('_', "-")
}

/// A request's URL with another path and the same query. The runtime has normalised the URL, so no parser is needed
/// (one would be a third of this worker).
pub fn with_path(url: &str, path: &str) -> String {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let start = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |slash| host + slash);
    let query = url.find('?').map_or(url.len(), |query| query.max(start));
    format!("{}{path}{}", url.get(..start).unwrap_or_default(), url.get(query..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_keeps_host_and_query() {
        let rewritten = |url| with_path(url, "/webhook");
        assert_eq!(
            rewritten("http://localhost:8787/functions/v1/billing/webhook?a=/b"),
            "http://localhost:8787/webhook?a=/b"
        );
        assert_eq!(rewritten("https://api.example.com/functions/v1/billing"), "https://api.example.com/webhook");
    }

    fn function(name: &str, rest: &str) -> Route {
        Route::Function { name: name.into(), rest: rest.into() }
    }

    #[test]
    fn a_function_keeps_the_path_behind_its_name() {
        assert_eq!(Route::of("/functions/v1/billing"), function("billing", "/"));
        assert_eq!(Route::of("/functions/v1/billing/"), function("billing", "/"));
        assert_eq!(Route::of("/functions/v1/billing/webhook/stripe"), function("billing", "/webhook/stripe"));
    }

    #[test]
    fn the_prefix_alone_is_the_list() {
        assert_eq!(Route::of("/functions/v1"), Route::List);
        assert_eq!(Route::of("/functions/v1/"), Route::List);
    }

    #[test]
    fn a_user_s_own_paths_are_actions_of_their_account() {
        assert_eq!(Route::of("/api/v1/user/packages"), function("account", "/packages"));
        assert_eq!(Route::of("/api/v1/user/analytics"), function("account", "/analytics"));
    }

    #[test]
    fn other_paths_are_not_ours() {
        for path in [
            "/",
            "/functions",
            "/functions/v2/billing",
            "/functions/v12",
            "/api/v1/user",
            "/api/v1/user/",
            "/api/v1/user/me",
            "/api/v1/user/packages/",
            "/api/v2/user/packages",
            "/functions/v1/billing/functions/v1",
            "/functions/v1/billing/functions/v1/billing/plans",
        ] {
            assert_eq!(Route::of(path), Route::Elsewhere, "{path}");
        }
    }

    #[test]
    fn a_name_is_its_binding_in_capitals() {
        assert_eq!(binding_of("manage-session"), "MANAGE_SESSION");
        assert_eq!(function_of("MANAGE_SESSION"), "manage-session");
    }

    #[test]
    fn a_name_that_no_function_has_is_no_binding() {
        for name in ["", "Billing", "../billing", "__proto__", "billing%20"] {
            assert_eq!(binding_of(name), "", "{name}");
        }
    }
}
