//! `search`: people and organizations by the beginning of one of their names or ids, by page. Each way of finding is a span of
//! an index, so what is read does not grow with the tables.

mod cursor;
mod ways;

use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    store::{Row, Statement},
};

use crate::columns::{object, Column};
use cursor::Cursor;
use ways::{Way, ORGANIZATIONS, PEOPLE};

const LONGEST: usize = 255;
const USUAL: i64 = 20;
const MOST: i64 = 100;

/// Greater than every text that begins with what stands before it.
const LAST: char = '\u{10FFFF}';

/// What is looked for: each is found in some ways, one after another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    People,
    Organizations,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "people" => Some(Self::People),
            "organizations" => Some(Self::Organizations),
            _ => None,
        }
    }

    fn ways(self) -> &'static [Way] {
        match self {
            Self::People => &PEOPLE,
            Self::Organizations => &ORGANIZATIONS,
        }
    }
}

pub struct Search {
    kind: Kind,
    prefix: String,
    limit: i64,
    after: Option<Cursor>,
}

pub const PERSON: [Column; 9] = [
    Column::Text("id"),
    Column::Text("email"),
    Column::Flag("email_verified"),
    Column::Text("name"),
    Column::Text("username"),
    Column::Text("account_type"),
    Column::Moment("banned_at"),
    Column::Moment("deleted_at"),
    Column::Moment("created_at"),
];

pub const ORGANIZATION: [Column; 9] = [
    Column::Text("id"),
    Column::Text("kind"),
    Column::Text("name"),
    Column::Text("slug"),
    Column::Text("plan_id"),
    Column::Text("status"),
    Column::Text("stripe_customer_id"),
    Column::Moment("archived_at"),
    Column::Moment("created_at"),
];

impl Search {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let prefix = fields.text_of_at_most("q", LONGEST)?.map(str::trim).filter(|text| !text.is_empty());
        let prefix = prefix.ok_or_else(|| Refusal::invalid("q", "is required"))?.to_string();
        let kind = fields.required("in", Kind::parse, "people or organizations")?;
        let limit = fields.number("limit", 1, MOST)?.unwrap_or(USUAL);
        let after = fields.parsed("cursor", |text| Cursor::parse(text, kind.ways()), "of a page of this list")?;
        Ok(Box::new(Self { kind, prefix, limit, after }))
    }

    /// The ways that have not come to their end.
    fn ways(&self) -> impl Iterator<Item = &'static Way> + '_ {
        let after = self.after.as_ref().map(|cursor| cursor.way.name);
        self.kind.ways().iter().skip_while(move |way| after.is_some_and(|name| name != way.name))
    }
}

impl Operation for Search {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        self.ways()
            .map(|way| {
                let prefix = way.written(&self.prefix);
                let after = self.after.as_ref().filter(|cursor| cursor.way.name == way.name);
                let (from, from_id) = after.map_or((prefix.as_str(), ""), |cursor| (&cursor.key, &cursor.id));
                Statement::new(way.name, way.sql)
                    .on_postgres(way.postgres)
                    .with("from", from)
                    .with("from_id", from_id)
                    .with("end", format!("{prefix}{LAST}"))
                    .with("rows", self.limit + 1)
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let mut rows: Vec<(&'static Way, &Row)> = Vec::new();
        for way in self.ways() {
            rows.extend(found.rows(way.name)?.iter().map(|row| (way, row)));
        }
        let most = usize::try_from(self.limit).unwrap_or_default();
        let has_more = rows.len() > most;
        rows.truncate(most);
        let next = match rows.last().filter(|_| has_more) {
            Some((way, row)) => Some(found.stored(Cursor::of(way, row))?.written()),
            None => None,
        };
        let hits: Result<Vec<Json>, Refusal> = rows.iter().map(|(way, row)| self.hit(found, way, row)).collect();
        let hits = hits?;
        Ok(Reply::ok(&format!("{} found.", hits.len()), &json!({ "found": hits, "nextCursor": next })))
    }
}

impl Search {
    /// What was found, and by which of its names.
    fn hit(&self, found: &BatchRows<'_>, way: &Way, row: &Row) -> Result<Json, Refusal> {
        let columns: &[Column] = match self.kind {
            Kind::People => &PERSON,
            Kind::Organizations => &ORGANIZATION,
        };
        let mut hit = found.stored(object(columns, row))?;
        if let Json::Object(members) = &mut hit {
            members.insert("foundBy".to_string(), way.name.into());
        }
        Ok(hit)
    }
}
