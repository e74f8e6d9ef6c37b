use tallygate::testing::{Person, Scene};

use super::{get, staff};

/// What a search finds, each by its id and the way in which it was found.
fn found(scene: &Scene, admin: &Person, query: &str) -> Vec<String> {
    let reply = get(scene, admin, &format!("search?{query}"));
    assert_eq!(reply.status, 200, "{reply:?}");
    let hits = reply.body["found"].as_array().unwrap().clone();
    hits.iter().map(|hit| format!("{} by {}", hit["id"].as_str().unwrap(), hit["foundBy"].as_str().unwrap())).collect()
}

fn scene() -> (Scene, Person) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    for id in ["u-ada", "u-adam", "u-bob"] {
        scene.sign_up(id);
    }
    scene.execute(
        "UPDATE users SET email = 'ada@example.com', name = 'Ada Lovelace', username = 'Countess' WHERE id = 'u-ada';
         UPDATE users SET email = 'adam@example.com', name = 'Adam' WHERE id = 'u-adam';
         UPDATE users SET email = 'bob@example.com', name = 'ada' WHERE id = 'u-bob';",
    );
    (scene, root)
}

#[test]
fn people_are_found_by_the_beginning_of_each_of_their_names() {
    let (scene, root) = scene();
    let all = ["u-ada by email", "u-adam by email", "u-bob by name", "u-ada by name", "u-adam by name"];
    assert_eq!(found(&scene, &root, "in=people&q=ADA"), all);
    assert_eq!(found(&scene, &root, "in=people&q=count"), ["u-ada by username"]);
    assert_eq!(found(&scene, &root, "in=people&q=u-"), ["u-ada by id", "u-adam by id", "u-bob by id"]);
    // What a pattern would take for anything is itself.
    assert_eq!(found(&scene, &root, "in=people&q=%25"), Vec::<String>::new());
    assert_eq!(found(&scene, &root, "in=people&q=_da"), Vec::<String>::new());
}

#[test]
fn a_page_goes_on_where_the_one_before_has_ended_also_among_equals() {
    let (scene, root) = scene();
    scene.execute("UPDATE users SET name = 'Ada', email = id || '@elsewhere.example' WHERE id LIKE 'u-%'");
    let mut cursor = String::new();
    let mut all = Vec::new();
    for _ in 0..10 {
        let reply = get(&scene, &root, &format!("search?in=people&q=ada&limit=1{cursor}"));
        let hits = reply.body["found"].as_array().unwrap().clone();
        all.extend(hits.iter().map(|hit| hit["id"].as_str().unwrap().to_string()));
        let Some(next) = reply.body["nextCursor"].as_str() else { break };
        let written: String = next.bytes().map(|byte| format!("%{byte:02x}")).collect();
        cursor = format!("&cursor={written}");
    }
    assert_eq!(all, ["u-ada", "u-adam", "u-bob"]);
}

#[test]
fn organizations_are_found_by_name_slug_id_and_what_stripe_calls_them() {
    let (scene, root) = scene();
    let ada = Person::named("u-ada");
    let team = scene.team("acme", &ada);
    scene.execute(&format!(
        "UPDATE organizations SET name = 'Northwind', slug = 'north' WHERE id = '{team}';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{team}', 'cus_42', 1);
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('{team}', 'sub_42', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r');"
    ));
    for (query, way) in
        [("acm", "id"), ("NORTHW", "name"), ("cus_4", "stripeCustomer"), ("sub_42", "stripeSubscription")]
    {
        assert_eq!(found(&scene, &root, &format!("in=organizations&q={query}")), [format!("acme by {way}")]);
    }
    assert_eq!(found(&scene, &root, "in=organizations&q=north"), ["acme by slug", "acme by name"]);
}
