//! Lists by page: `limit` and `cursor` of a request, `nextCursor` of its reply. The first page is what older clients ask for.

use super::{Fields, Refusal};
use crate::{
    rules::{subscription::WITHOUT_END, time::Timestamp},
    store::{Row, Statement, StoreError},
};

/// The most rows of a page, and what is given where nobody says how many.
const MOST: i64 = 100;

/// The page that a request asks for, of a list in the order of a time and, within one millisecond, of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    limit: i64,
    /// The last row of the page before.
    after: Option<(i64, String)>,
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
        let after = match fields.text("cursor")? {
            Some(cursor) => {
                Some(parsed(cursor).ok_or_else(|| Refusal::invalid("cursor", "is of no page of this list"))?)
            }
            None => None,
        };
        Ok(Self { limit: limit.unwrap_or(MOST), after })
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

    /// Binds `:after_time` and `:after_id` (both null on the first page) and `:rows`.
    pub fn bind(&self, statement: Statement) -> Statement {
        statement
            .with("after_time", self.after.as_ref().map(|(time, _)| *time))
            .with("after_id", self.after_id())
            .with("rows", self.rows())
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
}

fn parsed(cursor: &str) -> Option<(i64, String)> {
    let (time, id) = cursor.split_once(':')?;
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
        assert_eq!(page("{}"), Ok(Page { limit: 100, after: None }));
        let after = Some((5, "a:b".to_string()));
        assert_eq!(page(r#"{"limit": 2, "cursor": "5:a:b"}"#), Ok(Page { limit: 2, after }));
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
        ] {
            assert!(page(body).is_err(), "{body}");
        }
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
