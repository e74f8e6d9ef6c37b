//! `list`: the caller's signed-in browsers.

use tallygate::{
    http::{Call, Operation, Page, Refusal, SessionRule},
    rules::ids::SessionId,
    sessions::List,
};

pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
    let current = call.fields.id("sessionId")?.map(SessionId::new);
    Ok(Box::new(List { page: Page::read(call.fields)?, current, session: SessionRule::LiveIfInHeader }))
}
