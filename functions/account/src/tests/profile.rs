use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused_with, Scene},
};

use super::{get, patch, refusal};
use crate::profile::FIELDS;

fn everything() -> Json {
    json!({
        "fullName": "Ada King, Countess of Lovelace", "displayName": "Ada", "avatarUrl": "https://cdn.example.com/ada.png",
        "personalTitle": "Countess", "firstName": "Ada", "middleName": "Augusta", "lastName": "King",
        "phoneCountryCode": "+44", "phoneNumber": "20 7946 0958", "personalAptSuite": "1",
        "personalStreetAddress1": "12 St James's Square", "personalStreetAddress2": "Westminster", "personalCity": "London",
        "personalState": "Greater London", "personalPostalCode": "SW1Y 4JH", "personalCountry": "gb", "bio": "Numbers.\nAnd looms.",
        "education": [{"institution": "At home", "start": "1924", "end": "1935"}],
        "workExperience": [{"company": "Babbage & Co", "position": "Analyst", "start": "1942-09"}],
        "businessPosition": "Analyst", "businessCompany": "Babbage & Co", "companyWebsite": "http://babbage.example",
        "businessAptSuite": "2", "businessStreetAddress1": "1 Dorset Street", "businessStreetAddress2": "Marylebone",
        "businessCity": "London", "businessState": "Greater London", "businessPostalCode": "W1U 4EE", "businessCountry": "GB",
        "billingAddress": {"line1": "1 Dorset Street", "city": "London", "country": "GB"}, "timeZone": "Europe/London", "language": "en-GB",
    })
}

#[test]
fn every_field_is_kept_and_shown() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let said = everything();
    assert_eq!(said.as_object().unwrap().len(), FIELDS.len());
    // when
    let reply = patch(&scene, &ada, "profile", said.clone());
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let profile = &reply.body["profile"];
    let kept = json!({
        "phoneNumber": "2079460958", "personalCountry": "GB",
        "education": [{"institution": "At home", "degree": null, "fieldOfStudy": null, "start": "1924", "end": "1935", "description": null}],
        "workExperience": [{"company": "Babbage & Co", "position": "Analyst", "location": null, "start": "1942-09", "end": null, "description": null}],
        "billingAddress": {"line1": "1 Dorset Street", "line2": null, "city": "London", "state": null, "postalCode": null, "country": "GB"},
    });
    for name in FIELDS.iter().map(|field| field.name) {
        let expected = kept.get(name).unwrap_or(&said[name]);
        assert_eq!(&profile[name], expected, "{name}");
    }
    assert_eq!(profile["profileCompleted"], true);
    assert_eq!(profile["updatedAt"], "2026-03-10T12:00:00.000Z");
    // The 41 fields of the starter kit, with time zone, language, website, and what is shown beside them.
    assert_eq!(profile.as_object().unwrap().len(), FIELDS.len() + 11);
    assert_eq!(&get(&scene, &ada, "profile").body["profile"], profile);
}

#[test]
fn somebody_who_has_said_nothing_costs_no_row_and_has_a_profile() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let profile = get(&scene, &ada, "profile").body["profile"].clone();
    assert_eq!(
        (&profile["fullName"], &profile["updatedAt"], &profile["profileCompleted"]),
        (&json!("ada"), &json!(null), &json!(false))
    );
    assert_eq!(scene.rows("SELECT user_id FROM user_profiles"), json!([]));
}

#[test]
fn a_change_is_of_some_fields_and_null_clears_one() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    patch(
        &scene,
        &ada,
        "profile",
        json!({ "firstName": "Ada", "lastName": "King", "personalCountry": "GB", "bio": "Numbers." }),
    );
    let profile =
        patch(&scene, &ada, "profile", json!({ "bio": null, "personalCity": "  London " })).body["profile"].clone();
    assert_eq!(
        (&profile["firstName"], &profile["bio"], &profile["personalCity"], &profile["profileCompleted"]),
        (&json!("Ada"), &json!(null), &json!("London"), &json!(true))
    );
    let profile = patch(&scene, &ada, "profile", json!({ "lastName": " " })).body["profile"].clone();
    assert_eq!((&profile["lastName"], &profile["profileCompleted"]), (&json!(null), &json!(false)));
}

#[test]
fn whoever_was_not_the_quickest_is_told() {
    // given: two pages that have read the same
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let change =
        |bio: &str, updated_at: Json| patch(&scene, &ada, "profile", json!({ "bio": bio, "updatedAt": updated_at }));
    assert_eq!(change("first", json!(null)).status, 200);
    let changed = |moment: &str| {
        refused_with(
            412,
            "profile_changed",
            "The profile has changed since you read it; look again.",
            json!({ "updatedAt": moment }),
        )
    };
    assert_eq!(refusal(&scene, || change("late", json!(null))), changed("2026-03-10T12:00:00.000Z"));
    // within one millisecond
    assert_eq!(change("second", json!("2026-03-10T12:00:00.000Z")).status, 200);
    assert_eq!(
        refusal(&scene, || change("late", json!("2026-03-10T12:00:00.000Z"))),
        changed("2026-03-10T12:00:00.001Z")
    );
    scene.advance(Span::seconds(1));
    assert_eq!(
        change("third", json!("2026-03-10T12:00:00.001Z")).body["profile"]["updatedAt"],
        "2026-03-10T12:00:01.000Z"
    );
    // who asks for no such thing overwrites
    assert_eq!(patch(&scene, &ada, "profile", json!({ "bio": "fourth" })).status, 200);
}

#[test]
fn what_is_another_s_to_say_is_refused_with_the_reason() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for (field, why) in [
        ("email", "is changed where you sign in"),
        ("emailVerified", "is said by the sign-in provider alone"),
        ("accountType", "is changed by the operator alone"),
        ("username", "is set by `username`"),
        ("paymentMethod", "is kept by Stripe alone: change it in the portal of `billing`"),
        ("profileCompleted", "follows from first name, last name and country"),
    ] {
        for value in [json!("x"), json!(null)] {
            let refused =
                refusal(&scene, || patch(&scene, &ada, "profile", json!({ "firstName": "Ada", field: value })));
            assert_eq!(refused, invalid(field, why));
        }
    }
}

#[test]
fn a_telephone_number_is_one_thing() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let refused = |body: Json| refusal(&scene, || patch(&scene, &ada, "profile", body.clone()));
    assert_eq!(
        refused(json!({ "phoneNumber": "123456" })),
        invalid("phoneCountryCode", "is required with `phoneNumber`")
    );
    assert_eq!(
        refused(json!({ "phoneCountryCode": "+49" })),
        invalid("phoneNumber", "is required with `phoneCountryCode`")
    );
    assert_eq!(
        refused(json!({ "phoneCountryCode": "+49", "phoneNumber": "12345678901234" })),
        invalid("phoneNumber", "and `phoneCountryCode` may have at most 15 digits together")
    );
    assert_eq!(refused(json!({})), invalid("firstName", "or another field of the profile is required"));
}
