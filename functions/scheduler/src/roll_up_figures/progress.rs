//! How far the figures are.

use tallygate::{counting, rules::time::Timestamp, store::Statement, while_leased};

use super::{DAY, PAGE, SETTLED};

/// What this step adds: a row `moved` where it is a page of the part, with the `day` and its end.
macro_rules! moved_in {
    ($part:literal) => {
        concat!(
            "moved AS MATERIALIZED (
  SELECT progress.day, progress.day + 86400000 AS day_end, progress.after_id, progress.until_id,
    CASE WHEN EXISTS (
      SELECT 1 FROM figures before WHERE before.span = 'day' AND before.starts_at = progress.day - 86400000
    ) THEN 1 ELSE 0 END AS is_compared
  FROM figure_progress progress
  WHERE progress.id = 1 AND progress.part = '",
            $part,
            "' AND progress.request_id = :request
)"
        )
    };
}
pub(super) use moved_in;

/// The first day is the last one that is complete: there is none before it to compare it with.
const BEGUN: &str = concat!(
    "INSERT INTO figure_progress (id, day, part, after_id, until_id, request_id)
SELECT 1, :day_before, 'over', '', '', ''
WHERE ",
    while_leased!(),
    "
ON CONFLICT (id) DO NOTHING"
);

/// Decides the page: the next one of the part, else the first one of the part behind it (which is empty, so that nothing is added),
/// else the next day, where that is complete and the sums of what was used are.
const MOVED: &str = concat!(
    "WITH reached AS MATERIALIZED (
  SELECT progress.day, progress.part, progress.until_id,
    CASE progress.part
      WHEN 'organizations' THEN (SELECT MAX(page.id) FROM (
        SELECT listed.id FROM organizations listed WHERE listed.id > progress.until_id ORDER BY listed.id LIMIT :page) page)
      WHEN 'people' THEN (SELECT MAX(page.id) FROM (
        SELECT listed.id FROM users listed WHERE listed.id > progress.until_id ORDER BY listed.id LIMIT :page) page)
    END AS next_id
  FROM figure_progress progress
  WHERE progress.id = 1
)
INSERT INTO figure_progress (id, day, part, after_id, until_id, request_id)
SELECT 1, CASE reached.part WHEN 'over' THEN reached.day + 86400000 ELSE reached.day END,
  CASE WHEN reached.part = 'over' THEN 'organizations' WHEN reached.next_id IS NOT NULL THEN reached.part
    WHEN reached.part = 'organizations' THEN 'people' ELSE 'over' END,
  CASE WHEN reached.next_id IS NULL THEN '' ELSE reached.until_id END, COALESCE(reached.next_id, ''), :request
FROM reached
WHERE ",
    while_leased!(),
    " AND (reached.part <> 'over' OR reached.day < :last_day AND EXISTS (
    SELECT 1 FROM scheduled_jobs sums WHERE sums.job = 'aggregate_usage' AND sums.finished_at >= reached.day + :summed_after))
ON CONFLICT (id) DO UPDATE SET
  day = excluded.day, part = excluded.part, after_id = excluded.after_id, until_id = excluded.until_id, request_id = excluded.request_id
WHERE figure_progress.request_id <> excluded.request_id"
);

/// The row of a day that has just begun.
const OPENED: &str = "INSERT INTO figures (span, starts_at, request_id)
SELECT 'day', progress.day, '' FROM figure_progress progress
WHERE progress.id = 1 AND progress.request_id = :request AND progress.part = 'organizations' AND progress.until_id = ''
ON CONFLICT (span, starts_at) DO NOTHING";

/// Days that are through.
const COUNTED: &str = counting!(
    "SELECT COUNT(*) FROM figure_progress progress WHERE progress.id = 1 AND progress.part = 'over' AND progress.request_id = :request"
);

const AGAIN: &str = "SELECT progress.day FROM figure_progress progress
WHERE progress.id = 1 AND progress.request_id = :request AND (progress.part <> 'over' OR progress.day < :last_day)";

const NONE: &str = "SELECT '' AS first, '' AS second FROM figure_progress WHERE id = 0";

pub fn moved(last_day: Timestamp) -> Vec<Statement> {
    vec![
        Statement::new("begun", BEGUN).with("day_before", last_day - DAY),
        Statement::new("moved", MOVED)
            .with("page", PAGE)
            .with("last_day", last_day)
            // The day behind the one that is reached ends two days after that one has begun.
            .with("summed_after", 2 * DAY.0 + SETTLED.0),
        Statement::new("opened", OPENED),
        Statement::new("counted", COUNTED),
    ]
}

pub fn again(last_day: Timestamp) -> Statement {
    Statement::new("again", AGAIN).with("last_day", last_day)
}

pub fn none() -> Statement {
    Statement::new("next", NONE)
}
