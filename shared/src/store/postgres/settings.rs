//! How long Postgres is waited for, and what is done for the next request while nobody waits.

use std::{future::Future, rc::Rc};

use worker::Context;

use super::{
    super::{render::Form, Batch, StoreError},
    kept::is_kept,
    sent::Sent,
};

/// The answer is waited for this long at most, over all tries.
const DEFAULT_PATIENCE_MS: u32 = 10_000;

/// How often a worker sends a text before it has it kept: a plan takes room on every connection, which is well spent on what
/// comes again and again.
const USUAL_USES: u32 = 10;

/// What both ways to Postgres are set up with.
pub(in crate::store) struct Settings {
    pub patience_ms: u32,
    /// How often a text is sent before it is kept (`kept.rs`).
    least_uses: u32,
    /// Where what nobody waits for goes on; without one nothing is kept.
    background: Option<Context>,
}

impl Settings {
    /// From `POSTGRES_TIMEOUT_MS` and `POSTGRES_KEEP_AFTER` where they are set.
    pub fn read(variable: impl Fn(&str) -> Option<String>, background: Option<Context>) -> Self {
        let number = |name| variable(name).and_then(|text| text.trim().parse().ok());
        Self {
            patience_ms: number("POSTGRES_TIMEOUT_MS").unwrap_or(DEFAULT_PATIENCE_MS),
            least_uses: number("POSTGRES_KEEP_AFTER").unwrap_or(USUAL_USES),
            background,
        }
    }

    /// How long one try of a batch may take: most of the patience may be spent in line behind others that want the same row.
    pub fn one_try_ms(&self, batch: &Batch<'_>) -> u32 {
        batch.time_ms(self.patience_ms / 4 * 3)
    }

    /// Goes on with something after the reply has left, or at once where nothing outlives it.
    pub fn in_background(&self, work: impl Future<Output = ()> + 'static) {
        match &self.background {
            Some(background) => background.wait_until(work),
            None => wasm_bindgen_futures::spawn_local(work),
        }
    }

    /// Has kept what it is time to keep, by a transaction that `keep` sends. A fault here is nobody's: the text goes on being
    /// sent as it is.
    pub fn keep<F>(&self, sent: &Sent<'_>, keep: impl FnOnce(Vec<Rc<Form>>) -> F)
    where
        F: Future<Output = Result<(), StoreError>> + 'static,
    {
        if self.background.is_none() || self.least_uses == 0 {
            return;
        }
        let forms = sent.to_be_kept(self.least_uses);
        if forms.is_empty() {
            return;
        }
        let asked = keep(forms.clone());
        self.in_background(async move {
            let is_kept = is_kept(&asked.await);
            forms.iter().for_each(|form| form.was_kept(is_kept));
        });
    }
}
