//! Lists by page: `limit` and `cursor` of a request, `nextCursor` of its reply. The first page is what older clients ask for.

use super::{Fields, Refusal};
use crate::{
    rules::{subscription::WITHOUT_END, time::Timestamp},
    store::{Row, Statement, StoreError},
};

/// The most rows of a page, and what is given where nobody says how many.
const MOST: i64 = 100;
/// The most rows that a list goes past on its way to the next one that is asked for.
const MOST_SKIPPED: i64 = 100_000;

/// The page that a request asks for, of a list in the order of a time and, within one millisecond, of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    limit: i64,
    /// The last row of the page before.
    after: Option<(i64, String)>,
    /// So many rows behind that one have been looked at too, and are nothing to whoever asks.
    skip: i64,
}

impl Page {
    /// # Errors
    /// [`Refusal::Invalid`] for `limit` outside 1 to 100, and for a `cursor` that no page has given.
    pub fn read(fields: &Fields) -> Result<Self, Refusal> {
        Self::of(fields, fields.integer("limit", 1, MOST)?)
    }

    /// The same of a query, whose numbers are texts.
    ///
    /// # Errors
    /// As [`Page::read`].
    pub fn of_query(fields: &Fields, usual: i64) -> Result<Self, Refusal> {
        Self::of(fields, Some(fields.number("limit", 1, MOST)?.unwrap_or(usual)))
    }

    /// A page of a size that nobody chooses.
    ///
    /// # Errors
    /// For a `cursor` that no page has given.
    pub fn of_size(fields: &Fields, size: i64) -> Result<Self, Refusal> {
        Self::of(fields, Some(size))
    }

    fn of(fields: &Fields, limit: Option<i64>) -> Result<Self, Refusal> {
        let (skip, after) = match fields.text("cursor")? {
            Some(cursor) => parsed(cursor).ok_or_else(|| Refusal::invalid("cursor", "is of no page of this list"))?,
            None => (0, None),
        };
        Ok(Self { limit: limit.unwrap_or(MOST), after, skip })
    }

    /// When the last row of the page before was written.
    pub fn after_time(&self) -> Option<Timestamp> {
        self.after.as_ref().map(|(time, _)| Timestamp(*time))
    }

    /// By what the last row of the page before is told from others of the same time.
    pub fn after_id(&self) -> Option<&str> {
        self.after.as_ref().map(|(_, id)| id.as_str())
    }

    /// How many rows are read: one more than the page has, to know whether there is a next one.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// Binds `:after_time` and `:after_id` (both null on the first page), `:rows`, and `:skip` of a list that looks at rows
    /// which it does not show ([`Page::cut_of_seen`]).
    pub fn bind(&self, statement: Statement) -> Statement {
        statement
            .with("after_time", self.after.as_ref().map(|(time, _)| *time))
            .with("after_id", self.after_id())
            .with("rows", self.rows())
            .with("skip", self.skip)
    }

    /// The rows of the page, and the cursor of the next one where there is one: the columns are those that the list is ordered
    /// by.
    ///
    /// # Errors
    /// A row without them.
    pub fn cut<'a>(&self, rows: &'a [Row], time: &str, id: &str) -> Result<(&'a [Row], Option<String>), StoreError> {
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let Some(page) = rows.get(..limit).filter(|_| rows.len() > limit) else { return Ok((rows, None)) };
        let next = match page.last() {
            Some(row) => Some(format!("{}:{}", row.integer(time)?, row.text(id)?)),
            None => None,
        };
        Ok((page, next))
    }

    /// As [`Page::cut`] of a list that looks at so many rows and takes those that are asked for: rows have `is_asked_for` and
    /// their `place`, and the last one that was looked at is there in any case, so that the next page goes on behind it.
    ///
    /// # Errors
    /// A row without them.
    pub fn cut_of_looked_at(
        &self,
        rows: &[Row],
        looked_at: i64,
        time: &str,
        id: &str,
    ) -> Result<(Vec<Row>, Option<String>), StoreError> {
        let mut asked_for = Vec::new();
        let mut end_of_look = None;
        for row in rows {
            if row.flag("is_asked_for")? {
                asked_for.push(row.clone());
            }
            if row.integer("place")? == looked_at {
                end_of_look = Some(format!("{}:{}", row.integer(time)?, row.text(id)?));
            }
        }
        let (page, next) = self.cut(&asked_for, time, id)?;
        Ok((page.to_vec(), next.or(end_of_look)))
    }

    /// The same of a list that looks at rows which whoever asks may not see: the cursor says how far the end of the look is
    /// behind the last row that is asked for, and nothing of it. The statement passes over `:skip` rows.
    ///
    /// # Errors
    /// A row without them.
    pub fn cut_of_seen(
        &self,
        rows: &[Row],
        looked_at: i64,
        time: &str,
        id: &str,
    ) -> Result<(Vec<Row>, Option<String>), StoreError> {
        let mut asked_for = Vec::new();
        let mut is_more = false;
        // Behind which row the next page begins, and how far.
        let mut after = self.after.clone();
        let mut skip = self.skip.saturating_add(looked_at);
        for row in rows {
            let place = row.integer("place")?;
            if row.flag("is_asked_for")? {
                after = Some((row.integer(time)?, row.text(id)?.to_string()));
                skip = looked_at - place;
                asked_for.push(row.clone());
            }
            is_more |= place == looked_at;
        }
        let end_of_look = (is_more && skip <= MOST_SKIPPED).then(|| cursor(skip, after));
        let (page, next) = self.cut(&asked_for, time, id)?;
        Ok((page.to_vec(), next.or(end_of_look)))
    }
}

fn cursor(skip: i64, after: Option<(i64, String)>) -> String {
    let row = after.map(|(time, id)| format!("{time}:{id}")).unwrap_or_default();
    match skip {
        0 => row,
        _ => format!("{skip}~{row}"),
    }
}

/// How many rows are passed over, and the one that they are behind.
fn parsed(cursor: &str) -> Option<(i64, Option<(i64, String)>)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((skip, row)) = cursor.split_once('~').filter(|(skip, _)| digits(skip)) {
        let skip = skip.parse().ok().filter(|skip| (1..=MOST_SKIPPED).contains(skip))?;
        return match row {
            "" => Some((skip, None)),
            row => Some((skip, Some(parsed_row(row)?))),
        };
    }
    Some((0, Some(parsed_row(cursor)?)))
}

fn parsed_row(row: &str) -> Option<(i64, String)> {
    let (time, id) = row.split_once(':')?;
    let time: i64 = time.parse().ok()?;
    ((0..=WITHOUT_END.0).contains(&time) && !id.is_empty()).then(|| (time, id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Result<Page, Refusal> {
        Page::read(&Fields::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_page_has_at_most_100_rows_and_begins_behind_the_one_before() {
        assert_eq!(page("{}"), Ok(Page { limit: 100, after: None, skip: 0 }));
        let after = Some((5, "a:b".to_string()));
        assert_eq!(page(r#"{"limit": 2, "cursor": "5:a:b"}"#), Ok(Page { limit: 2, after: after.clone(), skip: 0 }));
        assert_eq!(page(r#"{"cursor": "500~5:a:b"}"#), Ok(Page { limit: 100, after, skip: 500 }));
        assert_eq!(page(r#"{"cursor": "500~"}"#), Ok(Page { limit: 100, after: None, skip: 500 }));
        for body in [
            r#"{"limit": 0}"#,
            r#"{"limit": 101}"#,
            r#"{"limit": "2"}"#,
            r#"{"cursor": ""}"#,
            r#"{"cursor": "x"}"#,
            r#"{"cursor": "5:"}"#,
            r#"{"cursor": "-1:a"}"#,
            r#"{"cursor": "9007199254740993:a"}"#,
            r#"{"cursor": 5}"#,
            r#"{"cursor": "0~5:a"}"#,
            r#"{"cursor": "100001~"}"#,
            r#"{"cursor": "5~x"}"#,
        ] {
            assert!(page(body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_cursor_tells_nothing_of_what_is_not_asked_for() {
        // given: of three rows that are looked at, the first is somebody's own
        let row = |place: i64, is_own: i64| {
            let json =
                format!(r#"{{"at": {place}, "id": "secret{place}", "place": {place}, "is_asked_for": {is_own}}}"#);
            Row::new(serde_json::from_str(&json).unwrap())
        };
        let cut = |cursor: &str, rows: &[Row]| {
            let page = page(&format!(r#"{{"limit": 2{cursor}}}"#)).unwrap();
            page.cut_of_seen(rows, 3, "at", "id").map(|(rows, next)| (rows.len(), next)).unwrap()
        };
        // then: the last one, which is not, is told of by how far behind it is
        assert_eq!(cut("", &[row(1, 1), row(3, 0)]), (1, Some("2~1:secret1".to_string())));
        assert_eq!(cut("", &[row(3, 0)]), (0, Some("3~".to_string())));
        assert_eq!(cut(r#", "cursor": "2~1:secret1""#, &[row(3, 0)]), (0, Some("5~1:secret1".to_string())));
        assert_eq!(cut("", &[row(1, 1), row(3, 1)]), (2, Some("3:secret3".to_string())));
        assert_eq!(cut("", &[row(1, 1)]), (1, None));
        assert_eq!(cut(r#", "cursor": "99999~""#, &[row(3, 0)]), (0, None), "it ends somewhere");
    }

    #[test]
    fn one_row_more_than_fits_is_a_next_page() {
        let row = |time: i64| Row::new(serde_json::from_str(&format!(r#"{{"at": {time}, "id": "i{time}"}}"#)).unwrap());
        let rows: Vec<_> = (0..3).map(row).collect();
        let (cut, next) =
            page(r#"{"limit": 2}"#).unwrap().cut(&rows, "at", "id").map(|(page, next)| (page.len(), next)).unwrap();
        assert_eq!((cut, next.as_deref()), (2, Some("1:i1")));
        let whole = page(r#"{"limit": 3}"#).unwrap();
        assert_eq!(whole.cut(&rows, "at", "id").map(|(page, next)| (page.len(), next)), Ok((3, None)));
    }
}
