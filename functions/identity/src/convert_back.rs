//! `convert-back`: a team of one becomes personal again, under the same id and with its history; the personal organization that
//! its owner had meanwhile is archived.

pub mod answer;
pub mod preview;
mod standing;
mod statements;

use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    store::{Lock, Statement},
};

pub use preview::Preview;

use standing::Standing;

pub struct ConvertBack;

impl ConvertBack {
    pub fn read(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self))
    }
}

impl Operation for ConvertBack {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        // Somebody may be about to join the team, or to use the organization that gives way.
        vec![Lock::Caller, Lock::OrganizationsOfCaller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = vec![standing::standing()];
        statements.extend(statements::conversion(context));
        statements
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if found.first("made")?.is_some() {
            return answer::converted(found);
        }
        Standing::read(found)?.must_be_allowed()?;
        Err(found.broken("a way back that is allowed was not gone"))
    }
}
