//! What is decided before Stripe is asked, and what is kept of its answers.

use tallygate::{
    counting,
    rules::time::{Span, Timestamp},
    store::Statement,
    while_leased,
};

use super::lines::{Key, Settled};
use crate::page::{in_page, last_of_page};

/// Organizations of a page.
const PAGE: i64 = 20;
/// Lines that Stripe is asked about in one step: some seconds' work, since the lease is renewed between steps only.
const MOST_LINES: i64 = 5;
/// After Stripe would not do it somebody has to look at it first.
const REFUSED: Span = Span::days(1);

const NEXT: &str = last_of_page!(
    "SELECT DISTINCT organization_id AS first, '' AS second FROM usage_summaries
  WHERE is_open = 1 AND organization_id > :until_first ORDER BY organization_id LIMIT :most"
);

/// The page's lines with something to be done yet.
macro_rules! open_lines {
    (line) => {
        concat!("FROM usage_summaries line WHERE line.is_open = 1 AND ", in_page!("line.organization_id"))
    };
    (begun) => {
        concat!("FROM usage_summaries begun WHERE begun.is_open = 1 AND ", in_page!("begun.organization_id"))
    };
}

/// Decides what is billed: all that an organization's closed periods came to, together, if it has a customer at Stripe and that
/// is no less than Stripe collects (docs.stripe.com/currencies, "Minimum and maximum charge amounts"); else it is carried, and
/// judged again with what comes.
const JUDGED: &str = concat!(
    "UPDATE usage_summaries SET state = judged.state, reason = judged.reason, stripe_customer_id = judged.customer, request_id = :request
FROM (
  SELECT waiting.organization_id, waiting.currency, customer.stripe_customer_id AS customer,
    CASE WHEN customer.stripe_customer_id IS NULL OR waiting.cents < waiting.least THEN 'carried' ELSE 'billing' END AS state,
    CASE WHEN customer.stripe_customer_id IS NULL THEN 'no_customer' WHEN waiting.cents < waiting.least THEN 'below_minimum' END AS reason
  FROM (
    SELECT line.organization_id, line.currency, CAST(SUM(line.overage_cents) AS BIGINT) AS cents,
      CASE line.currency WHEN 'gbp' THEN 30 WHEN 'aed' THEN 200 WHEN 'bgn' THEN 100 WHEN 'czk' THEN 1500 WHEN 'dkk' THEN 250
        WHEN 'hkd' THEN 400 WHEN 'huf' THEN 17500 WHEN 'mxn' THEN 1000 WHEN 'myr' THEN 200 WHEN 'nok' THEN 300 WHEN 'pln' THEN 200
        WHEN 'ron' THEN 200 WHEN 'sek' THEN 300 WHEN 'thb' THEN 1000 ELSE 50 END AS least
    ",
    open_lines!(line),
    " AND line.state IN ('closed', 'carried') AND line.retry_at <= :now
    GROUP BY line.organization_id, line.currency
  ) waiting
  LEFT JOIN billing_customers customer ON customer.organization_id = waiting.organization_id
) judged
WHERE usage_summaries.organization_id = judged.organization_id AND usage_summaries.currency = judged.currency
  AND usage_summaries.is_open = 1 AND usage_summaries.state IN ('closed', 'carried') AND usage_summaries.retry_at <= :now
  AND (usage_summaries.state <> judged.state OR usage_summaries.reason IS DISTINCT FROM judged.reason) AND ",
    while_leased!()
);

/// Of a `line` that is an item: no invoice will come by itself within a month, or none has come for longer (3 456 000 000 ms), so
/// one is made of what waits, once all that is to be billed does. An unpaid subscription goes on having invoices, which Stripe
/// leaves as drafts; a paused one has none (docs.stripe.com/billing/subscriptions/overview, "Subscription statuses").
macro_rules! needs_an_invoice {
    () => {
        "line.state = 'billed' AND line.stripe_invoice_id IS NULL AND (line.billed_at <= :now - 3456000000 OR NOT EXISTS (
      SELECT 1 FROM billing_subscriptions running
      WHERE running.organization_id = line.organization_id AND running.billing_interval = 'month'
        AND running.status IN ('trialing', 'active', 'past_due', 'unpaid')))
    AND NOT EXISTS (
      SELECT 1 FROM usage_summaries coming
      WHERE coming.organization_id = line.organization_id AND coming.is_open = 1 AND coming.state = 'billing' AND coming.retry_at <= :now)"
    };
}

/// Decides which lines Stripe is asked about now, and notes it before it is: a line that was asked for before is looked for first.
/// Those that were asked for least come first, so that one to which Stripe gives no answer stands in nobody's way.
const STARTED: &str = concat!(
    "UPDATE usage_summaries SET attempts = attempts + 1, attempted_by = :request, request_id = :request
WHERE is_open = 1 AND ",
    while_leased!(),
    " AND (organization_id, period_start, feature, correction) IN (
  SELECT line.organization_id, line.period_start, line.feature, line.correction
  ",
    open_lines!(line),
    " AND line.retry_at <= :now AND (line.state = 'billing' OR ",
    needs_an_invoice!(),
    ")
    AND NOT EXISTS (SELECT 1 ",
    open_lines!(begun),
    " AND begun.attempted_by = :request)
  ORDER BY line.attempts, line.organization_id, line.period_start, line.feature, line.correction LIMIT :most_lines)"
);

/// The lines that this step asks about; of a correction also the item that it corrects.
const LINES: &str = concat!(
    "SELECT line.organization_id, line.period_start, line.feature, line.correction, line.period_end, line.overage_units,
  line.overage_cents, line.currency, line.attempts, line.closed_at, line.stripe_customer_id, line.stripe_invoice_item_id,
  (SELECT corrected.stripe_invoice_item_id FROM usage_summaries corrected
    WHERE corrected.organization_id = line.organization_id AND corrected.period_start = line.period_start
      AND corrected.feature = line.feature AND corrected.correction = 0 AND line.correction > 0) AS corrected_item
",
    open_lines!(line),
    " AND line.attempted_by = :request
ORDER BY line.organization_id, line.period_start, line.feature, line.correction"
);

/// The page is worked on once more as long as there was something to ask about.
const AGAIN: &str = concat!("SELECT 1 AS one ", open_lines!(line), " AND line.attempted_by = :request LIMIT 1");

pub fn next() -> Statement {
    Statement::new("next", NEXT).with("most", PAGE)
}

/// The first transaction of a step.
pub fn asking() -> Vec<Statement> {
    vec![
        Statement::new("judged", JUDGED),
        Statement::new("started", STARTED).with("most_lines", MOST_LINES),
        Statement::new("lines", LINES),
        Statement::new("again", AGAIN),
    ]
}

/// The line of the key.
macro_rules! this_line {
    () => {
        concat!(
            "WHERE organization_id = :organization AND period_start = :period_start AND feature = :feature AND correction = :correction
  AND ",
            while_leased!()
        )
    };
}

const BILLED: &str = concat!(
    "UPDATE usage_summaries SET state = 'billed', stripe_invoice_item_id = :item, stripe_invoice_id = :invoice,
  is_open = CASE WHEN :invoice IS NULL THEN 1 ELSE 0 END, billed_at = :now, failure = NULL, retry_at = 0, request_id = :request
",
    this_line!(),
    " AND state = 'billing'"
);

const INVOICED: &str = concat!(
    "UPDATE usage_summaries SET stripe_invoice_id = :invoice, is_open = 0, failure = NULL, request_id = :request
",
    this_line!(),
    " AND state = 'billed' AND stripe_invoice_id IS NULL"
);

const WITHDRAWN: &str = concat!(
    "UPDATE usage_summaries SET withdrawn_at = :now, is_open = 0, failure = NULL, request_id = :request
",
    this_line!(),
    " AND state = 'billed' AND stripe_invoice_id IS NULL"
);

const REFUSED_NOW: &str = concat!(
    "UPDATE usage_summaries SET failure = :failure, retry_at = :retry_at, request_id = :request
",
    this_line!(),
    " AND is_open = 1"
);

/// A customer that is there no more pays nothing, and neither does an item of theirs that waits: the line waits for the
/// organization's next one.
const CARRIED: &str = concat!(
    "UPDATE usage_summaries SET state = 'carried', reason = 'no_customer', stripe_customer_id = NULL, stripe_invoice_item_id = NULL,
  billed_at = NULL, failure = :failure, retry_at = :retry_at, request_id = :request
",
    this_line!(),
    " AND state IN ('billing', 'billed') AND stripe_invoice_id IS NULL"
);

/// The second transaction of a step, from what Stripe said of each line.
pub fn recorded(settled: &[(Key, Settled)], now: Timestamp) -> Vec<Statement> {
    let mut statements: Vec<Statement> = settled.iter().map(|(key, settled)| settled.statement(key, now)).collect();
    let billed = settled.iter().filter(|(_, settled)| matches!(settled, Settled::Billed { .. })).count();
    statements.push(
        Statement::new("counted", counting!("SELECT CAST(:billed AS BIGINT)"))
            .with("billed", i64::try_from(billed).unwrap_or_default()),
    );
    statements
}

impl Settled {
    fn statement(&self, key: &Key, now: Timestamp) -> Statement {
        let statement = match self {
            Self::Billed { item, invoice } => {
                Statement::new("billed", BILLED).with("item", item.as_str()).with("invoice", invoice.as_deref())
            }
            Self::Invoiced { invoice } => Statement::new("invoiced", INVOICED).with("invoice", invoice.as_str()),
            Self::Withdrawn => Statement::new("withdrawn", WITHDRAWN),
            Self::Refused(failure) => {
                Statement::new("refused", REFUSED_NOW).with("failure", failure.as_str()).with("retry_at", now + REFUSED)
            }
            Self::WithoutCustomer(failure) => {
                Statement::new("carried", CARRIED).with("failure", failure.as_str()).with("retry_at", now + REFUSED)
            }
        };
        statement
            .with("organization", key.organization_id.as_str())
            .with("period_start", key.period_start)
            .with("feature", key.feature.as_str())
            .with("correction", key.correction)
    }
}
