//! The consumer of the queue in a worker: the one place where the platform is seen.

use serde_json::{json, Value as Json};
use sha2::{Digest, Sha256};
use worker::{Env, MessageBatch, MessageExt, Queue, QueueContentType, RawMessageBuilder};

use super::queue::{write, Outcome, Report};
use crate::{edge, http::Services, rules::request_ids::RequestIds, store::engine::Engine, transport::Platform};

/// The service key that the consumer asks with, a secret.
const KEY: &str = "USAGE_QUEUE_KEY";
/// The queue for what nobody could write; without one the platform moves there what was delivered too often.
const DEAD: &str = "USAGE_EVENTS_DEAD";

/// Writes the messages of a delivery, and says in the log what has become of them. What could not be written now is delivered
/// again; what never will be goes to the dead-letter queue with the reason.
pub async fn consume(batch: &MessageBatch<Json>, env: &Env) -> worker::Result<()> {
    console_error_panic_hook::set_once();
    let messages = batch.messages()?;
    let bodies: Vec<Json> = messages.iter().map(|message| message.body().clone()).collect();
    let outcomes = outcomes(&bodies, env).await;
    let dead = env.queue(DEAD).ok();
    for (message, outcome) in messages.iter().zip(&outcomes) {
        match outcome {
            Outcome::Written => message.ack(),
            Outcome::Again { .. } => message.retry(),
            Outcome::Refused { code, error } => match &dead {
                Some(dead) if buried(dead, message.body(), code, error).await => message.ack(),
                _ => message.retry(),
            },
        }
    }
    worker::console_log!("{}", json!(Report::of(&batch.queue(), &outcomes)));
    Ok(())
}

async fn buried(dead: &Queue, message: &Json, code: &str, error: &str) -> bool {
    // As the runtime's own JSON: what is serialized in place of it would arrive as maps.
    let text = json!({ "message": message, "code": code, "error": error }).to_string();
    let Ok(body) = js_sys::JSON::parse(&text) else { return false };
    dead.send_raw(RawMessageBuilder::new(body).build_with_content_type(QueueContentType::Json)).await.is_ok()
}

async fn outcomes(bodies: &[Json], env: &Env) -> Vec<Outcome> {
    let variable = |name: &str| edge::variable(env, name);
    let failed = |cause: String| vec![Outcome::Again { cause }; bodies.len()];
    let Some(key) = variable(KEY).filter(|key| !key.trim().is_empty()) else {
        return failed(format!("{KEY} is not set"));
    };
    let (store, seed) = match Engine::configured(env, variable, None).and_then(|store| Ok((store, edge::seed()?))) {
        Ok(prepared) => prepared,
        Err(cause) => return failed(cause),
    };
    let mut made = 0_u64;
    let ids = |now| {
        made += 1;
        RequestIds::new(
            now,
            Sha256::new().chain_update(seed).chain_update(made.to_be_bytes()).finalize().into(),
            [0; 32],
        )
    };
    write(bodies, &key, &edge::now, ids, &Services::new(&store, &Platform, &variable, &edge::now)).await
}
