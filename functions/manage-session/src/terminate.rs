//! `terminate`: signs a browser out; signing out twice is fine.

use tallygate::{
    http::{Call, Operation, Refusal, SessionRule},
    sessions::End,
};

use crate::session::session_id;

pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    Ok(Box::new(End::one(session_id(call)?, SessionRule::LiveIfInHeader)))
}
