//! `grant-package`: a person opens a package whatever their plan, until a moment, or so many times.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::UserId, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, outcome, Act},
    target::{may_be_acted_on, person_acted_on, person_acted_on_row, person_as_is, user},
};

const MOST_USES: i64 = 1_000_000;

pub struct GrantPackage {
    act: Act,
    user: UserId,
    package: String,
    ends_at: Option<Timestamp>,
    uses: Option<i64>,
}

impl GrantPackage {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let package = call.fields.required_id("package")?.to_string();
        let ends_at = call.fields.parsed("endsAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let uses = call.fields.integer("uses", 1, MOST_USES)?;
        let after = json!({ "package": package, "endsAt": ends_at.map(|at| at.0), "uses": uses });
        Ok(Box::new(Self {
            act: Act::read_once(call, "package.granted", after)?,
            user: user(call)?,
            package,
            ends_at,
            uses,
        }))
    }
}

impl Operation for GrantPackage {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::User(self.user.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a package that is there, and an end that is to come.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"endsAt\":' || COALESCE(CAST(held.grant_ends_at AS TEXT), 'null') || ',\"uses\":'
    || COALESCE(CAST(held.grant_uses AS TEXT), 'null') || ',\"granted\":'
    || CASE WHEN held.granted_at IS NULL THEN 'false' ELSE 'true' END || '}'",
            person_acted_on!(),
            "
JOIN packages package ON package.id = :package AND package.retired = 0
LEFT JOIN user_packages held ON held.user_id = target.id AND held.package_id = package.id
WHERE ",
            may_be_acted_on!(),
            " AND (:ends_at IS NULL OR :ends_at > :now)"
        );
        // A grant takes the place of the one before it: what that was good for is counted anew.
        let granted = concat!(
            "INSERT INTO user_packages (user_id, package_id, granted_at, granted_by, grant_ends_at, grant_uses, request_id)
SELECT :user, :package, :now, 'operator', :ends_at, :uses, :request
WHERE ",
            act_is_decided!(),
            "
ON CONFLICT (user_id, package_id) DO UPDATE SET
  granted_at = excluded.granted_at, granted_by = excluded.granted_by, grant_ends_at = excluded.grant_ends_at,
  grant_uses = excluded.grant_uses, granted_uses = 0, request_id = excluded.request_id"
        );
        let package = staff_scoped!(
            "SELECT package.id FROM staff JOIN packages package ON package.id = :package AND package.retired = 0"
        );
        let follows = vec![Statement::new("granted", granted)];
        let explains = vec![person_as_is(), Statement::new("package", package)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| {
                one.with("user", self.user.as_str())
                    .with("package", self.package.as_str())
                    .with("ends_at", self.ends_at)
                    .with("uses", self.uses)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The package is granted.", || {
            person_acted_on_row(found)?;
            Ok(match found.first("package")? {
                None => Refusal::PackageNotFound,
                Some(_) => Refusal::invalid("endsAt", "must be a moment to come"),
            })
        })
    }
}
