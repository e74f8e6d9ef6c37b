//! A session as the replies show it.

use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    rules::{ids::SessionId, time::Timestamp},
    store::{Row, StoreError},
};

/// A signed-in browser.
#[derive(Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub session_id: SessionId,
    pub created_at: Timestamp,
    pub last_heartbeat: Timestamp,
    pub user_agent: Option<String>,
    pub ip_address: Option<String>,
    /// What the client said of the browser, as it said it.
    pub browser_info: Option<Json>,
}

impl Session {
    /// # Errors
    /// A row of something else.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let browser_info = row.optional_text("browser_info")?;
        Ok(Self {
            session_id: SessionId::new(row.text("id")?),
            created_at: row.timestamp("created_at")?,
            last_heartbeat: row.timestamp("last_heartbeat_at")?,
            user_agent: row.optional_text("user_agent")?.map(str::to_string),
            ip_address: row.optional_text("ip_address")?.map(str::to_string),
            browser_info: browser_info.and_then(|text| serde_json::from_str(text).ok()),
        })
    }
}
