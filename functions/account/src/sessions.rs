//! `sessions`, `end-session`, `end-other-sessions`: where the caller is signed in.

use tallygate::{
    http::{Call, Operation, Page, Refusal, SessionRule},
    rules::ids::SessionId,
    sessions::{End, List},
};

/// Browsers of a page where nobody says how many.
const USUAL: i64 = 50;

pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    let page = Page::of_query(call.fields, USUAL)?;
    Ok(Box::new(List { page, current: None, session: SessionRule::LiveIfSent }))
}

/// `session` is the one that ends; `sessionId` is, as everywhere, the one that asks.
pub fn read_end(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    let session = SessionId::new(call.fields.required_id("session")?);
    Ok(Box::new(End::one(session, SessionRule::LiveIfSent)))
}

pub fn read_end_others(_call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    Ok(Box::new(End::others(SessionRule::LiveIfSent)))
}
