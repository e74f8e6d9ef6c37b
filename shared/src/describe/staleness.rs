//! Which state of the database each read may be answered from, as `docs/ARCHITECTURE.md` tells it.

use crate::{
    auth::{KeyScope, ServiceKey},
    http::{Action, Function, Operation, RequestContext},
    rules::{ids::OrganizationId, request_ids::RequestIds, time::Timestamp},
};

const TOLD: &str = include_str!("../../../docs/ARCHITECTURE.md");

/// Fails for an action that only reads and does not say how old that may be, for one that writes and says it, and for one that
/// the table tells otherwise.
pub fn hold(function: &Function, action: &Action, operation: &dyn Operation) {
    let key = ServiceKey { hash: "a key".to_string(), scope: KeyScope::ReadUsage };
    let ids = RequestIds::new(Timestamp(1), [0; 32], [0; 32]);
    let context = RequestContext::of_key(key, OrganizationId::new("an organization"), Timestamp(1), ids);
    let name = format!("{} {} of {}", action.method, action.name, function.name);
    let only_reads = operation.locks(&context).is_empty() && !operation.asks_others();
    let staleness = match (only_reads, operation.staleness(&context)) {
        (true, Some(staleness)) => staleness,
        (true, None) => panic!("{name} only reads: say by `staleness` how old what it reads may be"),
        (false, Some(_)) => panic!("{name} writes, so that it is decided at the primary: it has no `staleness`"),
        (false, None) => return,
    };
    let (of_function, of_action) = (format!("| `{}` |", function.name), format!("`{}`", action.name));
    let cell = format!("| {} |", staleness.in_words());
    let is_told = |line: &str| line.starts_with(&of_function) && line.contains(&of_action) && line.contains(&cell);
    assert!(TOLD.lines().any(is_told), "the table in docs/ARCHITECTURE.md does not tell of {name}: {cell}");
}
