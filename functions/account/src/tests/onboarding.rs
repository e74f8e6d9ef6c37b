use serde_json::json;
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused_with, Scene},
};

use super::{get, post, refusal};

#[test]
fn steps_are_kept_on_the_way_and_it_ends_with_a_username() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let complete = || post(&scene, &ada, "complete-onboarding", json!({}));
    // when: a step is kept, and changed
    post(&scene, &ada, "onboarding", json!({ "step": "company", "answers": { "size": 5 } }));
    scene.advance(Span::seconds(1));
    let reply = post(&scene, &ada, "onboarding", json!({ "step": "company", "answers": { "size": 6 } }));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true, "message": "The step is kept.",
                "onboarding": {
                    "completed": false, "completedAt": null, "wants": ["username", "profile"],
                    "steps": [{ "step": "company", "answers": { "size": 6 }, "savedAt": "2026-03-10T12:00:01.000Z" }],
                },
            })
        )
    );
    assert_eq!(
        refusal(&scene, complete),
        refused_with(409, "username_required", "Choose a username first.", json!({ "wants": ["username", "profile"] }))
    );
    post(&scene, &ada, "username", json!({ "username": "countess" }));
    let completed = complete();
    assert_eq!((completed.status, completed.batches), (200, 1));
    scene.advance(Span::seconds(9));
    assert_eq!(complete().body, completed.body, "once");
    let look = get(&scene, &ada, "onboarding");
    assert_eq!(look.body["onboarding"]["completedAt"], "2026-03-10T12:00:01.000Z");
    assert_eq!(get(&scene, &ada, "me").body["onboarding"]["wants"], json!(["profile"]));
}

#[test]
fn there_is_an_end_to_what_is_kept() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for number in 0..30 {
        assert_eq!(post(&scene, &ada, "onboarding", json!({ "step": format!("s{number}") })).status, 200);
    }
    assert_eq!(
        refusal(&scene, || post(&scene, &ada, "onboarding", json!({ "step": "s30" }))),
        refused_with(429, "too_many_steps", "There may be at most 30 steps.", json!({ "most": 30 }))
    );
    assert_eq!(post(&scene, &ada, "onboarding", json!({ "step": "s29", "answers": [1] })).status, 200);
    for step in [json!("A"), json!(""), json!("a b"), json!("x".repeat(61))] {
        let refused = refusal(&scene, || post(&scene, &ada, "onboarding", json!({ "step": step })));
        assert_eq!(refused, invalid("step", "must be 1 to 60 of a–z, 0–9, hyphens and underscores"));
    }
}
