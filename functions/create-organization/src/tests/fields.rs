use serde_json::{json, Value as Json};
use tallygate::{
    rules::request_ids::Purpose,
    testing::{invalid, refused, refused_with, Scene},
};

use super::FUNCTION;

#[test]
fn a_slug_that_was_asked_for_is_refused_where_it_is_taken() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    assert_eq!(
        scene.call(&FUNCTION, &ada, json!({"name": "One", "slug": "acme"})).body["organization"]["slug"],
        "acme"
    );
    // when, then: it neither makes a team nor uses up the trial
    assert_eq!(
        scene.refusal(&FUNCTION, &bob, json!({"name": "Two", "slug": "acme"})),
        refused(409, "slug_taken", "This slug is already taken; choose another one.")
    );
    assert_eq!(
        scene.refusal(&FUNCTION, &bob, json!({"name": "Two", "slug": "personal-ada"})),
        refused(409, "slug_taken", "This slug is already taken; choose another one.")
    );
    let reply = scene.call(&FUNCTION, &bob, json!({"name": "Two", "slug": "acme-2"}));
    assert_eq!(reply.body["organization"]["status"], "trialing");
}

#[test]
fn a_slug_from_the_name_is_made_unique() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let mut slugs = Vec::new();
    for _ in 0..3 {
        let id = scene.upcoming().id(Purpose::Organization);
        let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
        let slug = reply.body["organization"]["slug"].as_str().unwrap().to_string();
        let suffix = &id[id.len() - 12..];
        assert!(slug == "acme" || slug == format!("acme-{suffix}"), "{slug}");
        slugs.push(slug);
    }
    slugs.dedup();
    assert_eq!((slugs.len(), slugs[0].as_str()), (3, "acme"));
}

#[test]
fn everything_may_be_chosen() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for (number, org_type) in ["business", "family", "education", "other"].into_iter().enumerate() {
        let slug = format!("team-{number}");
        // when
        let reply = scene.call(
            &FUNCTION,
            &ada,
            json!({
                "name": "Über & Söhne",
                "slug": slug,
                "orgType": org_type,
                "billingEmail": "Billing@Example.COM",
                "plan": "enterprise",
                "somethingElse": true,
            }),
        );
        // then
        assert_eq!(reply.status, 201);
        assert_eq!(reply.body["organization"]["billingEmail"], "billing@example.com");
        assert_eq!(
            scene.rows(&format!("SELECT name, org_type FROM organizations WHERE slug = '{slug}'")),
            json!([{"name": "Über & Söhne", "org_type": org_type}])
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_field() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refusal = |field: &str, value: Json| {
        let mut body = json!({"name": "Acme"});
        body[field] = value;
        scene.refusal(&FUNCTION, &ada, body)
    };
    assert_eq!(refusal("name", Json::Null), invalid("name", "is required"));
    for name in ["", " a ", &"x".repeat(101)] {
        assert_eq!(
            refusal("name", json!(name)),
            invalid("name", "must be 2 to 100 characters long, without addresses or direction marks")
        );
    }
    assert_eq!(refusal("name", json!("x".repeat(10_000))), invalid("name", "is too long"));
    assert_eq!(refusal("name", json!("a\u{0}b")), invalid("name", "must not contain control characters"));
    assert_eq!(refusal("name", json!(["Acme"])), invalid("name", "must be a text"));
    for slug in ["ab", "Acme", "a--b", "-ab", &"a".repeat(49)] {
        let expected = invalid("slug", "must be 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word");
        assert_eq!(refusal("slug", json!(slug)), expected);
    }
    for org_type in ["personal", "Business", "club"] {
        let expected = invalid("orgType", "must be one of: business, family, education, other");
        assert_eq!(refusal("orgType", json!(org_type)), expected);
    }
    assert_eq!(refusal("billingEmail", json!("nobody")), invalid("billingEmail", "must be an e-mail address"));
    assert_eq!(
        refusal("action", json!("delete")),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: create.",
            json!({"field": "action", "actions": ["create"]})
        )
    );
}
