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
/// spelling that looks the same (Unicode, UAX 15: what NFC or NFKC would change; UTS 46: what a domain maps to other letters).
/// Left out are letters that their languages write every day though NFKC takes them apart, as Thai's U+0E33.
pub fn is_compatibility_form(c: char) -> bool {
    is_invisible(c) && !c.is_whitespace()
        || matches!(c,
            // Latin and phonetic: ª ² µ º ¼ ĳ ŀ ŉ ſ ǆ ǳ ʰ ˢ ᴬ ᶿ ẚ ẛ ⁿ ₙ ⱼ
            '\u{aa}' | '\u{b2}'..='\u{b5}' | '\u{b8}'..='\u{ba}' | '\u{bc}'..='\u{be}' | '\u{132}' | '\u{133}'
            | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}'
            | '\u{2b0}'..='\u{2ff}' | '\u{1d2c}'..='\u{1d7f}' | '\u{1d9b}'..='\u{1dbf}' | '\u{1e9a}' | '\u{1e9b}'
            | '\u{2070}'..='\u{209c}' | '\u{2c7c}' | '\u{2c7d}' | '\u{a770}' | '\u{a7f1}'..='\u{a7f4}'
            | '\u{a7f8}' | '\u{a7f9}' | '\u{ab5c}'..='\u{ab5f}' | '\u{ab69}' | '\u{10780}'..='\u{107bf}'
            // Greek, also what NFC writes with a tonos, and Cyrillic
            | '\u{374}' | '\u{37a}' | '\u{37e}' | '\u{384}' | '\u{385}' | '\u{387}' | '\u{3d0}'..='\u{3d6}'
            | '\u{3f0}'..='\u{3f2}' | '\u{3f4}' | '\u{3f5}' | '\u{3f9}' | '\u{1f71}' | '\u{1f73}' | '\u{1f75}'
            | '\u{1f77}' | '\u{1f79}' | '\u{1f7b}' | '\u{1f7d}' | '\u{1f80}'..='\u{1faf}' | '\u{1fb2}'..='\u{1fb4}'
            | '\u{1fb7}' | '\u{1fbb}'..='\u{1fc4}' | '\u{1fc7}' | '\u{1fc9}' | '\u{1fcb}'..='\u{1fcf}' | '\u{1fd3}'
            | '\u{1fdb}'..='\u{1fdf}' | '\u{1fe3}' | '\u{1feb}'..='\u{1fef}' | '\u{1ff2}'..='\u{1ff4}' | '\u{1ff7}'
            | '\u{1ff9}' | '\u{1ffb}'..='\u{1ffe}' | '\u{1c80}'..='\u{1c8a}' | '\u{a69c}' | '\u{a69d}'
            | '\u{1e030}'..='\u{1e06d}'
            // Arabic, Georgian, Tifinagh
            | '\u{675}'..='\u{678}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{1ee00}'..='\u{1eeff}'
            | '\u{10fc}' | '\u{2d6f}'
            // Hangul's parts, and what stands for signs of East Asia
            | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}'
            | '\u{2e80}'..='\u{2fdf}' | '\u{3000}'..='\u{3004}' | '\u{3036}'..='\u{303a}' | '\u{309b}' | '\u{309c}'
            | '\u{309f}' | '\u{30ff}' | '\u{3192}'..='\u{319f}' | '\u{3200}'..='\u{33ff}' | '\u{f900}'..='\u{faff}'
            | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe4f}' | '\u{1f200}'..='\u{1f2ff}' | '\u{2f800}'..='\u{2fa1f}'
            // Marks that combine
            | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
            // Signs, numbers and mathematics
            | '\u{2100}'..='\u{218f}' | '\u{2460}'..='\u{24ff}' | '\u{fb00}'..='\u{fb4f}' | '\u{fe50}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ffef}' | '\u{1ccd6}'..='\u{1ccf9}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f1ff}'
            | '\u{1fbf0}'..='\u{1fbf9}')
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
