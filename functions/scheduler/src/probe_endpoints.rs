//! `probe_endpoints`: whether endpoints answer that fail, or have not answered yet.

use crate::send_in_line::SendInLine;

pub static PROBE_ENDPOINTS: SendInLine = SendInLine { name: "probe_endpoints", to_those_that_answer: false };
