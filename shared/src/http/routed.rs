//! A function that is asked without the gateway: on a zone of one's own a Cloudflare route gives it its path
//! (`npm run deploy -- --routes`), and what the gateway would have made of the path is made here.

use super::{Function, Refusal};

/// Where the gateway serves functions.
const PREFIX: &str = "/functions/v1/";
/// Names that older clients call a function by, as the gateway binds them, with the function's own.
const FORMER_NAMES: [(&str, &str); 1] = [("manage-organization-members", "manage-members")];

impl Function {
    /// The path with its query as the gateway passes it on; as it is where it passed the gateway.
    ///
    /// # Errors
    /// [`Refusal::NoSuchFunction`]: a route's pattern has only an end, so that it also takes names that begin as this
    /// function's does.
    pub(super) fn path_behind_route(&self, path: &str) -> Result<String, Refusal> {
        let Some(called) = path.strip_prefix(PREFIX) else { return Ok(path.to_string()) };
        let (name, rest) = called.split_at(called.find(['/', '?']).unwrap_or(called.len()));
        if name != self.name && !FORMER_NAMES.contains(&(name, self.name)) {
            let cause = "no function has that name".to_string();
            return Err(Refusal::NoSuchFunction { name: name.to_string(), cause });
        }
        Ok(if rest.starts_with('/') { rest.to_string() } else { format!("/{rest}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Routes;

    fn function(name: &'static str) -> Function {
        Function { name, actions: &[], routes: Routes::Paths }
    }

    #[test]
    fn the_path_behind_the_name_is_what_the_gateway_passes_on() {
        for (path, behind) in [
            ("/functions/v1/billing", "/"),
            ("/functions/v1/billing/", "/"),
            ("/functions/v1/billing?a=/b", "/?a=/b"),
            ("/functions/v1/billing/plans?a=b", "/plans?a=b"),
            ("/plans?a=b", "/plans?a=b"),
            ("/", "/"),
            ("/functions/v1", "/functions/v1"),
        ] {
            assert_eq!(function("billing").path_behind_route(path), Ok(behind.to_string()), "{path}");
        }
        let older = function("manage-members").path_behind_route("/functions/v1/manage-organization-members");
        assert_eq!(older, Ok("/".to_string()));
    }

    #[test]
    fn a_name_that_only_begins_as_the_function_s_is_no_function() {
        for name in ["billingx", "billing-2", "Billing", "billing%20", ""] {
            let refused = function("billing").path_behind_route(&format!("/functions/v1/{name}/plans"));
            assert!(matches!(refused, Err(Refusal::NoSuchFunction { name: told, .. }) if told == name), "{name}");
        }
    }
}
