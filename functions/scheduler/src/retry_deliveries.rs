//! `retry_deliveries`: what stands in line for endpoints that answer.

use crate::send_in_line::SendInLine;

pub static RETRY_DELIVERIES: SendInLine = SendInLine { name: "retry_deliveries", to_those_that_answer: true };
