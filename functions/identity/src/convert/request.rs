//! What is asked for.

use tallygate::{
    http::{Call, Refusal},
    rules::{name::OrganizationName, period::Interval, slug::Slug},
    store::Statement,
};

pub struct ConversionRequest {
    /// `None`: the name is kept, and so for the slug.
    pub name: Option<OrganizationName>,
    pub slug: Option<Slug>,
    /// `None`: the plan that teams start on, or the current one where it is for teams as well.
    pub plan: Option<String>,
    /// `None`: the one that is paid by now, else the month.
    pub interval: Option<Interval>,
}

impl ConversionRequest {
    pub fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let fields = call.fields;
        Ok(Self {
            name: fields.parsed("name", OrganizationName::parse, OrganizationName::EXPECTED)?,
            slug: fields.parsed("slug", Slug::parse, Slug::EXPECTED)?,
            plan: fields.id("plan")?.map(str::to_string),
            interval: fields.parsed("interval", Interval::parse, "`month` or `year`")?,
        })
    }

    pub fn bind(&self, statement: Statement) -> Statement {
        statement
            .with("plan", self.plan.as_deref())
            .with("slug", self.slug.as_ref().map(Slug::as_str))
            .with("interval", self.interval.map(Interval::as_str))
    }
}
