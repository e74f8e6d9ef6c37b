//! The entry of the worker that runs jobs: the one place where the platform is seen.

use worker::{Env, ScheduledEvent};

use super::{tick, Asked, Job, Rhythm, TickEnvironment};
use crate::{edge, store::engine::Engine, transport::Platform};

/// What a local `npm run tick -- <job>` sends in a cron expression's place.
const ONE_JOB: &str = "job:";

/// Runs what a cron trigger asks for, and writes a line for each job. `rhythms`: the worker's cron expressions.
pub async fn scheduled(event: &ScheduledEvent, env: &Env, jobs: &[&'static dyn Job], rhythms: &[(&str, Rhythm)]) {
    console_error_panic_hook::set_once();
    let cron = event.cron();
    for line in lines(&cron, env, jobs, rhythms).await {
        worker::console_log!("{line}");
    }
}

async fn lines(cron: &str, env: &Env, jobs: &[&'static dyn Job], rhythms: &[(&str, Rhythm)]) -> Vec<String> {
    let failed = |cause: String| {
        vec![serde_json::json!({"job": null, "cron": cron, "outcome": "failed", "cause": cause}).to_string()]
    };
    let rhythm = rhythms.iter().find(|(expression, _)| *expression == cron).map(|(_, rhythm)| Asked::Rhythm(*rhythm));
    let Some(asked) = rhythm.or_else(|| cron.strip_prefix(ONE_JOB).map(Asked::Job)) else {
        return failed("no job runs at this cron expression".to_string());
    };
    let prepared = Engine::configured(env, |name: &str| edge::variable(env, name), None)
        .and_then(|store| Ok((store, edge::seed()?)));
    let (store, seed) = match prepared {
        Ok(prepared) => prepared,
        Err(cause) => return failed(cause),
    };
    let variable = |name: &str| edge::variable(env, name);
    let environment = TickEnvironment::new(&store, &Platform, &edge::now, seed).with_variables(&variable);
    let (reports, left) = tick(&environment, jobs, asked).await;
    if let (Asked::Job(name), true) = (asked, reports.is_empty()) {
        return failed(format!("there is no job {name}"));
    }
    let mut lines: Vec<String> = reports.iter().filter_map(|report| serde_json::to_string(report).ok()).collect();
    if let Err(error) = left {
        lines.extend(failed(error.cause()));
    }
    lines
}
