//! What a text may look like and not be.

/// Direction marks: what stands behind one is shown in another order than it is written (Unicode, UAX 9).
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Nothing is seen of it: controls, spaces, and characters without a shape of their own.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || turns_direction(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Looks like a letter or several and is another character, or combines with the one before: a text with one has another
/// spelling that looks the same (Unicode, UAX 15: what NFC or NFKC would change).
pub fn is_compatibility_form(c: char) -> bool {
    is_invisible(c) && !c.is_whitespace()
        || matches!(c,
            '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{2100}'..='\u{214f}' | '\u{2460}'..='\u{24ff}' | '\u{3000}'..='\u{3004}' | '\u{3200}'..='\u{33ff}'
            | '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fb4f}' | '\u{fe20}'..='\u{fe2f}' | '\u{fe50}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f1ff}' | '\u{2f800}'..='\u{2fa1f}')
}

/// An address of a page or a person, which has no place in a name that others are shown.
pub fn has_address(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains('@') || lower.contains("://") || lower.contains("www.")
}

/// A body without the byte-order mark that some gateways in between put before it (RFC 8259, 8.1: a reader may ignore it).
pub fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}
