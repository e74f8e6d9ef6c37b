//! A request and a response, free of any platform.

/// An HTTP request whose body has been read.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// What follows the question mark, as it came; empty where there is none.
    pub query: String,
    headers: Vec<(String, String)>,
    pub body: Body,
}

/// What came with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Bytes(Vec<u8>),
    /// More than any action takes; it was not read to its end.
    TooLarge,
    /// Whoever sent it stopped before its end, or its pieces could not be told apart.
    BrokenOff,
}

impl Default for Body {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

impl Request {
    /// `path` with its query. Header names in any case; of a repeated header the runtime has joined the values.
    pub fn new(method: &str, path: &str, headers: impl IntoIterator<Item = (String, String)>, body: Body) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self { method: method.to_string(), path: path.to_string(), query: query.to_string(), headers, body }
    }

    /// A header's value, trimmed; an empty header is no header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().rev().find(|(known, _)| known == name);
        header.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// An HTTP response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}
