//! `preferences`: how somebody wants the product to be; `PATCH` sets some of it, and `null` takes one back to what everybody
//! has.

use serde::Serialize;
use serde_json::{json, Map, Value as Json};
use tallygate::{
    http::{remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    is_recent_request, remember_request,
    rules::preferences::{Preference, KNOWN},
    session_is_live,
    store::{Lock, Statement, StoreError},
};

use crate::person::caller_is_active;

pub struct Look;

impl Look {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Look {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![kept(), usual()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(Reply::ok("Your preferences.", &shown(found)?))
    }
}

pub struct Change {
    /// Names and their values, as JSON.
    set: Vec<(String, String)>,
    cleared: Vec<String>,
}

impl Change {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        const FIELD: &str = "preferences";
        let problem = |problem: String| Refusal::invalid(FIELD, problem);
        let said = call.fields.get(FIELD).ok_or_else(|| Refusal::invalid(FIELD, "is required"))?;
        let groups = said.as_object().ok_or_else(|| problem("must be an object".to_string()))?;
        let (mut set, mut cleared) = (Vec::new(), Vec::new());
        for (name, value) in flattened(groups).map_err(problem)? {
            let known = Preference::named(&name);
            let known = known.ok_or_else(|| problem(format!("has no `{}`", shortened(&name))))?;
            match value {
                Json::Null => cleared.push(name),
                value if known.takes(value) => set.push((name, value.to_string())),
                _ => return Err(problem(format!("has a `{name}` that is not {}", known.expected()))),
            }
        }
        if set.is_empty() && cleared.is_empty() {
            return Err(problem("must name at least one".to_string()));
        }
        Ok(Box::new(Self { set, cleared }))
    }
}

/// What is named, by the whole names: `sessionMinutes`, and `audio.volume` of the group `audio`. A group that is `null` is
/// all that is in it.
fn flattened(groups: &Map<String, Json>) -> Result<Vec<(String, &Json)>, String> {
    let mut all = Vec::new();
    for (name, value) in groups {
        match value {
            Json::Object(members) => {
                all.extend(members.iter().map(|(member, value)| (format!("{name}.{member}"), value)));
            }
            Json::Null if Preference::is_group(name) => {
                all.extend(KNOWN.iter().filter(|known| known.is_in(name)).map(|known| (known.name.to_string(), value)));
            }
            _ if Preference::is_group(name) => return Err(format!("has a `{}` that is no object", shortened(name))),
            value => all.push((name.clone(), value)),
        }
    }
    let mut names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(format!("names `{}` twice", shortened(pair.first().copied().unwrap_or_default()))),
        None => Ok(all),
    }
}

/// So much of a name as a refusal repeats.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

impl Operation for Change {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let set: Vec<_> = self.set.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let cleared: Vec<_> = self.cleared.iter().map(|name| json!({ "name": name })).collect();
        let set = (!set.is_empty()).then(|| Statement::new("set", SET).with("set", Json::from(set).to_string()));
        let cleared = (!cleared.is_empty())
            .then(|| Statement::new("cleared", CLEARED).with("cleared", Json::from(cleared).to_string()));
        // Both once: what is set tells that the request was let in; a preference that is cleared leaves no row that could.
        let let_in = if set.is_some() { HAS_SET } else { MAY_CLEAR };
        let remembered = remembering(context, Statement::new("remembered", let_in));
        set.into_iter().chain(cleared).chain([remembered, kept(), usual()]).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(Reply::ok("The preferences are kept.", &shown(found)?))
    }
}

const SET: &str = concat!(
    "INSERT INTO user_preferences (user_id, name, value, updated_at, request_id)
SELECT users.id, item.value ->> 'name', item.value ->> 'value', :now, :request
FROM users CROSS JOIN json_each(:set) item
WHERE users.",
    caller_is_active!(),
    " AND NOT ",
    is_recent_request!("users"),
    " AND ",
    session_is_live!(),
    "
ON CONFLICT (user_id, name) DO UPDATE SET
  value = excluded.value, updated_at = excluded.updated_at, request_id = excluded.request_id"
);

const CLEARED: &str = concat!(
    "DELETE FROM user_preferences
WHERE user_id = (SELECT id FROM users WHERE ",
    caller_is_active!(),
    " AND NOT ",
    is_recent_request!("users"),
    ") AND name IN (SELECT item.value ->> 'name' FROM json_each(:cleared) item) AND ",
    session_is_live!()
);

/// The caller's row remembers that this request has set and cleared what it names.
const HAS_SET: &str = remember_request!(
    ":caller",
    "EXISTS (SELECT 1 FROM user_preferences own WHERE own.user_id = users.id AND own.request_id = :request)"
);

/// The same where it only clears.
const MAY_CLEAR: &str =
    remember_request!(":caller", "banned_at IS NULL AND deleted_at IS NULL AND ", session_is_live!());

/// What the caller has set.
fn kept() -> Statement {
    Statement::new("kept", "SELECT name, value FROM user_preferences WHERE user_id = :caller ORDER BY name")
}

/// What everybody has in this product who has not set it, where that is something else than everywhere.
fn usual() -> Statement {
    Statement::new("usual", "SELECT preferences FROM catalog_settings WHERE id = 1")
}

#[derive(Serialize)]
pub struct Shown {
    /// All of them by their groups: what is set, else what everybody has.
    preferences: Map<String, Json>,
    /// The whole names of those that are not set.
    defaults: Vec<&'static str>,
}

/// What is kept and not known any more is left out.
fn shown(found: &BatchRows<'_>) -> Result<Shown, Refusal> {
    let rows = found.rows("kept")?.iter();
    let kept = rows.map(|row| Ok((row.text("name")?, row.text("value")?))).collect::<Result<Vec<_>, StoreError>>();
    let kept = found.stored(kept)?;
    let usual = found.first("usual")?.map(|row| row.text("preferences")).transpose();
    let usual: Map<String, Json> =
        found.stored(usual)?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let (mut preferences, mut defaults) = (Map::new(), Vec::new());
    for known in &KNOWN {
        let set =
            kept.iter().find(|(name, _)| *name == known.name).and_then(|(_, value)| serde_json::from_str(value).ok());
        let value = set.filter(|value| known.takes(value)).unwrap_or_else(|| {
            defaults.push(known.name);
            usual.get(known.name).filter(|value| known.takes(value)).cloned().unwrap_or_else(|| known.usual())
        });
        match known.name.split_once('.') {
            Some((group, name)) => {
                let group = preferences.entry(group).or_insert_with(|| Json::Object(Map::new()));
                if let Some(group) = group.as_object_mut() {
                    group.insert(name.to_string(), value);
                }
            }
            None => {
                preferences.insert(known.name.to_string(), value);
            }
        }
    }
    Ok(Shown { preferences, defaults })
}
