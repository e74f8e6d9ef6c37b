//! A page of one of the large tables: one batch, whose work grows neither with the table nor with how far one has come.

use tallygate::{
    http::{BatchRows, Fields, Operation, Refusal, Reply, RequestContext, Scope, Staleness},
    rules::subscription::WITHOUT_END,
    store::{Row, Statement, StoreError},
};

use super::{
    column::{shown, Column},
    lists::LISTS,
};

/// Lines of a page of what is found by the person.
const LINES: i64 = 1_000;
/// Rows that a page of an organization's looks at, whosever they are.
const LOOKED_AT: i64 = 5_000;

pub struct List {
    pub name: &'static str,
    /// Gives rows in the order of their column `place`, from behind `:after` on, `:rows` of them. Of a [`Walk::Organizations`]:
    /// `:most` of one organization's, from `:after_organization` on, each with `is_asked_for`. A place is told to whoever asks, also
    /// that of a row which is not theirs.
    pub sql: &'static str,
    pub walk: Walk,
    pub columns: &'static [Column],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// An index leads to the person's rows.
    Person,
    /// Through the organizations that the person is in or was, one after the other, since no index leads to whose a row is:
    /// it would be written with each of them.
    Organizations,
}

/// What a place begins with that is a moment of the ledger's: behind which of those under a key.
const KEYED: &str = "key:";

/// A cursor: the organization, or nothing, and behind which row of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct After {
    organization: Option<String>,
    place: Option<String>,
}

pub struct ListPage {
    list: &'static List,
    after: After,
}

impl ListPage {
    pub fn read(name: &str, fields: &Fields) -> Result<Box<dyn Operation>, Refusal> {
        let list = LISTS.iter().find(|list| list.name == name).ok_or_else(|| {
            let names: Vec<_> = LISTS.iter().map(|list| list.name).collect();
            Refusal::invalid("list", format!("must be one of: {}", names.join(", ")))
        })?;
        let after = match fields.text("cursor")? {
            Some(cursor) => {
                After::parse(list, cursor).ok_or_else(|| Refusal::invalid("cursor", "is of no page of this list"))?
            }
            None => After::default(),
        };
        Ok(Box::new(Self { list, after }))
    }

    /// The lines of the page, and where the next one goes on.
    fn lines(&self, found: &BatchRows<'_>) -> Result<(String, Option<After>), Refusal> {
        let rows = found.rows(self.list.name)?;
        let next_organization = match self.list.walk {
            Walk::Person => None,
            Walk::Organizations => {
                let next = found.rows("next")?.first().map(|row| row.optional_text("organization_id")).transpose();
                found.stored(next)?.flatten()
            }
        };
        found.stored(self.cut(rows, next_organization))
    }

    fn cut(&self, rows: &[Row], next_organization: Option<&str>) -> Result<(String, Option<After>), StoreError> {
        let line =
            |row: &Row| Ok::<_, StoreError>(serde_json::Value::from(shown(row, self.list.columns)?).to_string() + "\n");
        let place = |row: &Row| Ok::<_, StoreError>(Some(row.text("place")?.to_string()));
        let mut lines = String::new();
        match self.list.walk {
            Walk::Person => {
                let page = usize::try_from(LINES).unwrap_or_default();
                for row in rows.iter().take(page) {
                    lines += &line(row)?;
                }
                let is_more = rows.len() > page;
                let last = rows.get(page.saturating_sub(1)).filter(|_| is_more);
                let next = last.map(|row| Ok(After { organization: None, place: place(row)? })).transpose()?;
                Ok((lines, next))
            }
            Walk::Organizations => {
                let mut end = None;
                for row in rows {
                    if row.flag("is_asked_for")? {
                        lines += &line(row)?;
                    }
                    if row.integer("number")? == LOOKED_AT {
                        end = Some(After {
                            organization: Some(row.text("organization_id")?.to_string()),
                            place: place(row)?,
                        });
                    }
                }
                let behind = next_organization.map(|id| After { organization: Some(id.to_string()), place: None });
                Ok((lines, end.or(behind)))
            }
        }
    }
}

impl After {
    /// `list:organization:place`; the two behind may be empty.
    fn parse(list: &List, cursor: &str) -> Option<Self> {
        let (organization, place) = cursor.strip_prefix(list.name)?.strip_prefix(':')?.split_once(':')?;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        let after = Self { organization: some(organization), place: some(place) };
        let is_sound = match list.walk {
            Walk::Person => after.organization.is_none() && after.place.is_some(),
            Walk::Organizations => after.organization.is_some() && after.keyed().is_some(),
        };
        is_sound.then_some(after)
    }

    /// Behind which moment those under a key begin, 0 for all of them; `None` where the place says none that there can be.
    fn keyed(&self) -> Option<i64> {
        let Some(moment) = self.place.as_deref().and_then(|place| place.strip_prefix(KEYED)) else { return Some(0) };
        moment.parse().ok().filter(|moment| (0..=WITHOUT_END.0).contains(moment))
    }

    fn written(&self, list: &List) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        format!("{}:{}:{}", list.name, part(&self.organization), part(&self.place))
    }
}

impl Operation for ListPage {
    fn scope(&self) -> Scope {
        Scope::User
    }

    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let statement = Statement::new(self.list.name, self.list.sql).with("after", self.after.place.as_deref());
        match self.list.walk {
            Walk::Person => vec![statement.with("rows", LINES + 1)],
            Walk::Organizations => vec![
                statement
                    .with("after_organization", self.after.organization.as_deref())
                    .with("after_keyed", self.after.keyed())
                    .with("most", LOOKED_AT),
                Statement::new(
                    "next",
                    concat!(
                        super::lists::mine!(),
                        "SELECT MIN(mine.organization_id) AS organization_id FROM place JOIN mine ON mine.organization_id > place.organization_id"
                    ),
                )
                .with("after_organization", self.after.organization.as_deref()),
            ],
        }
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let (lines, next) = self.lines(found)?;
        let reply = Reply::document("application/x-ndjson", &format!("{}.ndjson", self.list.name), lines);
        Ok(match next {
            Some(next) => reply.with_header("x-next-cursor", next.written(self.list)),
            None => reply,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_list_and_may_have_colons_in_its_place() {
        let list = |name: &str| LISTS.iter().find(|list| list.name == name).unwrap();
        for (name, cursor) in [
            ("calls", "calls:acme:a:b"),
            ("events", "events:acme:key:5"),
            ("events", "events:acme:"),
            ("sessions", "sessions::a:b"),
        ] {
            assert_eq!(After::parse(list(name), cursor).unwrap().written(list(name)), cursor);
        }
        let no_moment =
            ["events:acme:key:a", "events:acme:key:", "events:acme:key:-1", "events:acme:key:99999999999999999999"];
        for cursor in
            ["", "events", "events:", "events::x", "sessions::x", "sessions:acme:x", "x"].into_iter().chain(no_moment)
        {
            assert_eq!(After::parse(list("events"), cursor), None, "{cursor}");
        }
        assert_eq!(After::parse(list("sessions"), "sessions::"), None);
    }
}
