//! `onboarding`: how far somebody is on their way in (`GET`), and keeping a step of it (`POST`).

use serde::Serialize;
use serde_json::{json, Value as Json};
use tallygate::{
    http::{limit_details, remembering, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    is_recent_request, remember_request,
    rules::time::Timestamp,
    session_is_live,
    store::{Lock, Row, Statement, StoreError},
};

use crate::person::{caller_is_active, person, row, Onboarding};

/// Steps that one person may have kept.
const MOST: i64 = 30;
/// The most characters of a step's answers, as JSON.
const LONGEST: usize = 8_000;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "OnboardingSteps"))]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    #[serde(flatten)]
    onboarding: Onboarding,
    /// In the order of their names.
    steps: Vec<Step>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    step: String,
    answers: Option<Json>,
    saved_at: Timestamp,
}

impl Step {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let answers = row.optional_text("answers")?;
        Ok(Self {
            step: row.text("step")?.to_string(),
            answers: answers.and_then(|text| serde_json::from_str(text).ok()),
            saved_at: row.timestamp("saved_at")?,
        })
    }
}

/// The steps that the caller has kept.
fn steps() -> Statement {
    Statement::new(
        "steps",
        "SELECT step, answers, saved_at FROM onboarding_steps WHERE user_id = :caller ORDER BY step",
    )
}

fn shown(found: &BatchRows<'_>) -> Result<Shown, Refusal> {
    let steps = found.rows("steps")?.iter().map(Step::read).collect::<Result<Vec<_>, _>>();
    Ok(Shown { onboarding: found.stored(Onboarding::read(row(found)?))?, steps: found.stored(steps)? })
}

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
        vec![person(), steps()]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let shown = shown(found)?;
        let message =
            if shown.onboarding.completed { "The onboarding is completed." } else { "The onboarding goes on." };
        Ok(Reply::ok(message, &json!({ "onboarding": shown })))
    }
}

pub struct Save {
    step: String,
    answers: Option<String>,
}

impl Save {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let step = call.fields.required("step", step, "1 to 60 of a–z, 0–9, hyphens and underscores")?;
        Ok(Box::new(Self { step, answers: call.fields.document("answers", LONGEST)? }))
    }
}

/// The caller's row remembers that this request has kept the step.
const SAVED: &str = remember_request!(
    ":caller",
    "EXISTS (
    SELECT 1 FROM onboarding_steps kept WHERE kept.user_id = users.id AND kept.step = :step AND kept.request_id = :request)"
);

fn step(text: &str) -> Option<String> {
    let fits = (1..=60).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
    fits.then(|| text.to_string())
}

impl Operation for Save {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: that there is room for one more, or that it is there already; once.
            Statement::new(
                "saved",
                concat!(
                    "INSERT INTO onboarding_steps (user_id, step, answers, saved_at, request_id)
SELECT id, :step, :answers, :now, :request FROM users
WHERE ",
                    caller_is_active!(),
                    " AND NOT ",
                    is_recent_request!("users"),
                    "
  AND (EXISTS (SELECT 1 FROM onboarding_steps kept WHERE kept.user_id = :caller AND kept.step = :step)
    OR (SELECT COUNT(*) FROM onboarding_steps kept WHERE kept.user_id = :caller) < :most)
  AND ",
                    session_is_live!(),
                    "
ON CONFLICT (user_id, step) DO UPDATE SET
  answers = excluded.answers, saved_at = excluded.saved_at, request_id = excluded.request_id"
                ),
            )
            .with("step", self.step.as_str())
            .with("answers", self.answers.as_deref())
            .with("most", MOST),
            remembering(context, Statement::new("remembered", SAVED)).with("step", self.step.as_str()),
            person(),
            steps(),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if !found.stored(row(found)?.flag("has_set"))? {
            return Err(Refusal::LimitReached {
                code: "too_many_steps",
                message: format!("There may be at most {MOST} steps."),
                details: limit_details(&json!({ "most": MOST })),
            });
        }
        Ok(Reply::ok("The step is kept.", &json!({ "onboarding": shown(found)? })))
    }
}

pub struct Complete;

impl Complete {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for Complete {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![
            // Decides: with a username, and once.
            Statement::new(
                "completed",
                concat!(
                    "UPDATE users SET onboarding_completed_at = :now, request_id = :request
WHERE ",
                    caller_is_active!(),
                    " AND username IS NOT NULL AND onboarding_completed_at IS NULL AND ",
                    session_is_live!()
                ),
            ),
            person(),
            steps(),
        ]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let shown = shown(found)?;
        if !shown.onboarding.completed {
            return Err(Refusal::Conflict {
                code: "username_required",
                message: "Choose a username first.".to_string(),
                details: limit_details(&json!({ "wants": shown.onboarding.wants })),
            });
        }
        Ok(Reply::ok("The onboarding is completed.", &json!({ "onboarding": shown })))
    }
}
