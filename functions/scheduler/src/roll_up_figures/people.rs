//! A page of people: accounts by their own dates, and their sessions that gave way to another one.

use tallygate::store::Statement;

use super::progress::moved_in;

const ADDED: &str = concat!(
    "WITH ",
    moved_in!("people"),
    "
UPDATE figures SET
  ",
    adding!(page: people signed_up accounts_deleted sessions_replaced),
    ", request_id = :request
FROM (
  SELECT MIN(moved.day) AS day,
    COUNT(CASE WHEN person.deleted_at IS NULL OR person.deleted_at >= moved.day_end THEN 1 END) AS people,
    COUNT(CASE WHEN person.created_at >= moved.day THEN 1 END) AS signed_up,
    COUNT(CASE WHEN person.deleted_at >= moved.day AND person.deleted_at < moved.day_end THEN 1 END) AS accounts_deleted,
    CAST(COALESCE(SUM((
      SELECT COUNT(*) FROM active_sessions replaced
      WHERE replaced.user_id = person.id AND replaced.end_reason = 'signed_in_elsewhere'
        AND replaced.ended_at >= moved.day AND replaced.ended_at < moved.day_end)), 0) AS BIGINT) AS sessions_replaced
  FROM moved CROSS JOIN users person
  WHERE person.id > moved.after_id AND person.id <= moved.until_id AND person.created_at < moved.day_end
) page
WHERE figures.span = 'day' AND figures.starts_at = page.day AND figures.request_id <> :request"
);

pub fn added() -> Statement {
    Statement::new("people", ADDED)
}
