//! A page of organizations: what each is and pays at the day's end, and what has changed since the figures last looked.

use tallygate::store::Statement;

use super::progress::moved_in;

/// What a subscription that runs comes to in a month. Of one that is paid by the year it is a twelfth, rounded half up to the cent.
/// What coupons take off is not known here: it is what the plan's price says.
macro_rules! monthly_cents {
    ($row:literal) => {
        concat!(
            "CASE ",
            $row,
            ".billing_interval WHEN 'year' THEN (",
            $row,
            ".amount_cents + 6) / 12 ELSE ",
            $row,
            ".amount_cents END"
        )
    };
}

/// Of each organization of the page that was there by the day's end:
///
/// - `found`: what its rows say now. `running_cents` is what its subscriptions come to that had begun by the day's end and not ended,
///   whatever became of them since: one that is active or past due, in the catalog's currency, and on no trial. `is_dated`: one
///   began or ended in the day. `began_with_trial`: a new one whose person or founder got their trial with it (who signs up without a
///   verified address gets none, and waits for it as `incomplete`).
/// - `standing`: what it was at the day's end. Where its subscription was changed after that, it is what the figures hold of it,
///   but for what is told by dates. Its kind is the other one where it was converted since, by its history; what gave way to a
///   converted one was archived with it.
/// - `moving`: what has changed. In the first day nothing has, since there was nothing to compare with.
macro_rules! moving {
    () => {
        concat!(
            "WITH ",
            moved_in!("organizations"),
            ", found AS MATERIALIZED (
  SELECT moved.day, moved.day_end, moved.is_compared, organization.id, organization.kind,
    CASE WHEN organization.archived_at < moved.day_end THEN 1 ELSE 0 END AS is_archived,
    CASE WHEN organization.archived_at >= moved.day_end THEN 1 ELSE 0 END AS is_archived_since,
    CASE WHEN moved.is_compared = 0 OR known.kind = organization.kind THEN 0 ELSE (
      SELECT COUNT(*) FROM audit_events converted
      WHERE converted.organization_id = organization.id AND converted.action = 'organization.converted'
        AND converted.created_at >= moved.day_end) END AS conversions_since,
    subscription.status, subscription.trial_ends_at, subscription.updated_at,
    CASE WHEN subscription.updated_at >= moved.day_end THEN 1 ELSE 0 END AS is_changed_since,
    CASE WHEN known.organization_id IS NULL THEN 0 ELSE 1 END AS is_known,
    known.kind AS known_kind, known.trial_ends_at AS known_trial, COALESCE(known.mrr_cents, 0) AS known_cents,
    COALESCE(known.has_paid, CASE WHEN EXISTS (
      SELECT 1 FROM billing_invoices invoice
      WHERE invoice.organization_id = organization.id AND invoice.paid_cents > 0 AND invoice.paid_at < moved.day
    ) THEN 1 ELSE 0 END) AS had_paid,
    plan.seats,
    CASE organization.kind WHEN 'team' THEN (
      SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = organization.id) ELSE 0 END AS members,
    COALESCE((
      SELECT CAST(SUM(",
            monthly_cents!("paid"),
            ") AS BIGINT)
      FROM billing_subscriptions paid JOIN catalog_settings catalog ON catalog.id = 1 AND catalog.currency = paid.currency
      WHERE paid.organization_id = organization.id AND paid.started_at < moved.day_end
        AND (paid.status IN ('active', 'past_due') OR paid.status = 'canceled' AND paid.ended_at >= moved.day_end)
        AND (paid.trial_ends_at IS NULL OR paid.trial_ends_at <= moved.day_end)), 0) AS running_cents,
    CASE WHEN EXISTS (
      SELECT 1 FROM billing_subscriptions dated
      WHERE dated.organization_id = organization.id
        AND (dated.started_at >= moved.day AND dated.started_at < moved.day_end
          OR dated.ended_at >= moved.day AND dated.ended_at < moved.day_end)
    ) THEN 1 ELSE 0 END AS is_dated,
    CASE WHEN known.organization_id IS NULL AND organization.created_at >= moved.day AND EXISTS (
      SELECT 1 FROM users founder
      WHERE founder.id = organization.founded_by AND (founder.team_trial_started_at = organization.created_at
        OR organization.kind = 'personal' AND founder.created_at = organization.created_at AND subscription.status <> 'incomplete' AND EXISTS (
          SELECT 1 FROM plans first_plan
          WHERE first_plan.trial_days > 0 AND first_plan.id = COALESCE((
            SELECT former.plan_id FROM former_plans former
            WHERE former.organization_id = organization.id ORDER BY former.ended_at LIMIT 1), subscription.plan_id)))
    ) THEN 1 ELSE 0 END AS began_with_trial
  FROM moved CROSS JOIN organizations organization
  JOIN org_subscriptions subscription ON subscription.organization_id = organization.id
  JOIN plans plan ON plan.id = subscription.plan_id
  LEFT JOIN figure_states known ON known.organization_id = organization.id
  WHERE organization.id > moved.after_id AND organization.id <= moved.until_id AND organization.created_at < moved.day_end
), standing AS MATERIALIZED (
  SELECT found.*,
    CASE WHEN is_known = 1 AND (kind = known_kind OR is_archived_since = 1) THEN known_kind
      WHEN conversions_since % 2 = 1 THEN CASE kind WHEN 'team' THEN 'personal' ELSE 'team' END
      ELSE kind END AS kind_then,
    CASE WHEN is_known = 1 AND is_changed_since = 1 AND is_dated = 0 THEN known_cents ELSE running_cents END AS cents,
    CASE
      WHEN is_known = 1 AND is_changed_since = 1 THEN
        CASE WHEN known_trial >= day_end AND (is_dated = 0 OR running_cents = 0) THEN known_trial END
      WHEN status = 'trialing' AND trial_ends_at >= day_end THEN trial_ends_at
      WHEN is_changed_since = 1 AND began_with_trial = 1 AND running_cents = 0 THEN updated_at
    END AS trial_then
  FROM found
), moving AS MATERIALIZED (
  SELECT standing.*,
    CASE WHEN is_compared = 0 OR cents = known_cents THEN 'none'
      WHEN known_cents = 0 THEN CASE had_paid WHEN 0 THEN 'new' ELSE 'reactivation' END
      WHEN cents = 0 THEN 'churn'
      WHEN cents > known_cents THEN 'expansion' ELSE 'contraction' END AS movement,
    CASE WHEN is_compared = 0 OR is_archived = 1 OR is_known = 0 OR kind_then = known_kind THEN 'none' ELSE kind_then END AS became,
    CASE WHEN is_compared = 1 AND known_trial IS NULL AND (trial_then IS NOT NULL OR began_with_trial = 1) THEN 1 ELSE 0 END AS is_begun,
    CASE WHEN is_compared = 0 OR trial_then IS NOT NULL OR known_trial IS NULL AND began_with_trial = 0 THEN 'none'
      WHEN cents > 0 THEN 'converted' ELSE 'ended' END AS trial_outcome
  FROM standing
)
"
        )
    };
}

/// A column: how many of the page's organizations are so.
macro_rules! count {
    ($column:literal: $condition:literal) => {
        concat!(",\n    COUNT(CASE WHEN ", $condition, " THEN 1 END) AS ", $column)
    };
}

/// A column: what those that are so come to.
macro_rules! sum {
    ($column:literal: $of:literal where $condition:literal) => {
        concat!(",\n    CAST(COALESCE(SUM(CASE WHEN ", $condition, " THEN ", $of, " END), 0) AS BIGINT) AS ", $column)
    };
}

/// Adds the page to its day, once.
const SUMMED: &str = concat!(
    moving!(),
    "UPDATE figures SET
  ",
    adding!(
        page:
        personal_organizations teams paying_personal paying_teams trials_running became_paying became_teams
        became_personal trials_begun trials_converted trials_ended mrr_cents new_cents expansion_cents
        reactivation_cents contraction_cents churn_cents seats_used seats_offered unlimited_seats_used
    ),
    ", request_id = :request
FROM (
  SELECT MIN(day) AS day",
    count!("personal_organizations": "is_archived = 0 AND kind_then = 'personal'"),
    count!("teams": "is_archived = 0 AND kind_then = 'team'"),
    count!("paying_personal": "cents > 0 AND kind_then = 'personal'"),
    count!("paying_teams": "cents > 0 AND kind_then = 'team'"),
    count!("trials_running": "is_archived = 0 AND trial_then IS NOT NULL"),
    count!("became_paying": "movement = 'new'"),
    count!("became_teams": "became = 'team'"),
    count!("became_personal": "became = 'personal'"),
    count!("trials_begun": "is_begun = 1"),
    count!("trials_converted": "trial_outcome = 'converted'"),
    count!("trials_ended": "trial_outcome = 'ended'"),
    sum!("mrr_cents": "cents" where "cents > 0"),
    sum!("new_cents": "cents - known_cents" where "movement = 'new'"),
    sum!("expansion_cents": "cents - known_cents" where "movement = 'expansion'"),
    sum!("reactivation_cents": "cents - known_cents" where "movement = 'reactivation'"),
    sum!("contraction_cents": "cents - known_cents" where "movement = 'contraction'"),
    sum!("churn_cents": "cents - known_cents" where "movement = 'churn'"),
    sum!("seats_used": "members" where "is_archived = 0 AND kind = 'team' AND seats >= 0"),
    sum!("seats_offered": "seats" where "is_archived = 0 AND kind = 'team' AND seats >= 0"),
    sum!("unlimited_seats_used": "members" where "is_archived = 0 AND kind = 'team' AND seats < 0"),
    "
  FROM moving
) page
WHERE figures.span = 'day' AND figures.starts_at = page.day AND figures.request_id <> :request"
);

/// Keeps what the next day is compared with.
const KEPT: &str = concat!(
    moving!(),
    "INSERT INTO figure_states (organization_id, kind, trial_ends_at, mrr_cents, has_paid)
SELECT id, kind_then, trial_then, cents, CASE WHEN cents > 0 THEN 1 ELSE had_paid END
FROM moving
WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET
  kind = excluded.kind, trial_ends_at = excluded.trial_ends_at, mrr_cents = excluded.mrr_cents, has_paid = excluded.has_paid
WHERE figure_states.kind <> excluded.kind OR figure_states.trial_ends_at IS DISTINCT FROM excluded.trial_ends_at
  OR figure_states.mrr_cents <> excluded.mrr_cents OR figure_states.has_paid <> excluded.has_paid"
);

pub fn added() -> [Statement; 2] {
    [Statement::new("organizations", SUMMED), Statement::new("states", KEPT)]
}
