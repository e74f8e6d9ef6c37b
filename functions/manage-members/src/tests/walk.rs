//! A long walk through all actions by everybody, with what must hold after each step.

use serde_json::{json, Value as Json};

use super::{Team, FUNCTION};

const PEOPLE: [&str; 4] = ["admin", "member", "owner", "viewer"];
const ROLES: [&str; 4] = ["owner", "admin", "member", "viewer"];

/// Numbers that look random and are the same each time (the constants are Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let sides = choices.len() as u64;
        choices[usize::try_from((self.0 >> 33) % sides).unwrap()]
    }
}

fn action(dice: &mut Dice) -> Json {
    let member = dice.of(&PEOPLE);
    match dice.of(&["remove", "change_role", "change_role", "transfer_ownership", "leave"]) {
        "change_role" => json!({"action": "change_role", "memberId": member, "newRole": dice.of(&ROLES)}),
        action => json!({"action": action, "memberId": member}),
    }
}

#[test]
fn whatever_people_do_the_team_keeps_an_owner_and_everybody_a_place() {
    for seed in 0..3 {
        let mut dice = Dice(seed);
        let team = Team::new();
        let people = [&team.admin, &team.member, &team.owner, &team.viewer];
        let mut changes = 0;
        for step in 0..40 {
            // when: somebody does something, in the team or wherever they are
            let person = dice.of(&people);
            let body = action(&mut dice);
            let before = team.scene.everything();
            let reply = match dice.of(&[true, false]) {
                true => team.scene.call_in(&FUNCTION, "acme", person, body.clone()),
                false => team.scene.call(&FUNCTION, person, body.clone()),
            };
            // then
            let place = format!("seed {seed}, step {step}: {} {body}: {reply:?}", person.id);
            assert!(reply.status < 500, "{place}");
            let changed = team.scene.everything() != before;
            assert!(reply.status == 200 || !changed, "{place}");
            changes += usize::from(changed);
            let owners = team.scene.rows(
                "SELECT 1 AS owner FROM organization_members WHERE organization_id = 'acme' AND role = 'owner' LIMIT 1",
            );
            assert_eq!(owners, json!([{"owner": 1}]), "{place}");
            let astray = team.scene.rows(
                "SELECT id FROM users WHERE NOT EXISTS (SELECT 1 FROM organization_members member
                   WHERE member.user_id = users.id AND member.organization_id = users.current_organization_id)",
            );
            assert_eq!(astray, json!([]), "{place}");
            // and each change is audited once and told once
            let amount = |events: Json| events.as_array().unwrap().len();
            // (of a transfer both who have another role by it)
            let audit = team.scene.audit();
            let events = audit.as_array().unwrap().iter();
            let transfers = events.filter(|event| event["action"] == "ownership.transferred").count();
            assert_eq!((amount(audit), amount(team.scene.outbox())), (changes, changes + transfers), "{place}");
            // and now and then somebody comes back
            let gone = people.iter().find(|person| !team.roles().contains(&format!("{}:", person.id)));
            if let Some(gone) = gone.filter(|_| step % 3 == 0) {
                team.scene.member("acme", gone, dice.of(&ROLES));
            }
        }
        assert!(changes > 5, "seed {seed}: {changes} changes are too few to show anything");
    }
}
