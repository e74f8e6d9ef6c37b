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

/// Is another character in Unicode's normal form C, alone (UAX 15, "singletons"): the sign of the unit Kelvin is the letter K.
/// A text with one has another spelling that no eye tells from it.
pub fn is_singleton(c: char) -> bool {
    matches!(c,
        '\u{340}' | '\u{341}' | '\u{343}' | '\u{374}' | '\u{37e}' | '\u{387}' | '\u{1f71}' | '\u{1f73}' | '\u{1f75}'
        | '\u{1f77}' | '\u{1f79}' | '\u{1f7b}' | '\u{1f7d}' | '\u{1fbb}' | '\u{1fbe}' | '\u{1fc9}' | '\u{1fcb}'
        | '\u{1fd3}' | '\u{1fdb}' | '\u{1fe3}' | '\u{1feb}' | '\u{1fee}' | '\u{1fef}' | '\u{1ff9}' | '\u{1ffb}'
        | '\u{1ffd}' | '\u{2000}' | '\u{2001}' | '\u{2126}' | '\u{212a}' | '\u{212b}' | '\u{2329}' | '\u{232a}'
        | '\u{f900}'..='\u{fa0d}' | '\u{fa10}' | '\u{fa12}' | '\u{fa15}'..='\u{fa1e}' | '\u{fa20}' | '\u{fa22}'
        | '\u{fa25}' | '\u{fa26}' | '\u{fa2a}'..='\u{fa6d}' | '\u{fa70}'..='\u{fad9}' | '\u{2f800}'..='\u{2fa1d}')
}

/// What stands for a full stop or is taken for one, in domains (IDNA: U+3002 and its forms) or by the eye.
pub fn is_full_stop(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{3002}' | '\u{a4f8}' | '\u{fe12}' | '\u{fe52}' | '\u{ff0e}' | '\u{ff61}')
}

/// What stands for a commercial at.
pub fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{fe6b}' | '\u{ff20}')
}

/// An address of a page or a person, which has no place in a name that others are shown; also one that is written so that only
/// people read it as one: with letters of another width, something invisible in between, or as `ada (at) example [dot] com`.
pub fn has_address(text: &str) -> bool {
    let spaced = plain(text, char::is_whitespace);
    let plain = plain(text, |_| false);
    let spelt = ["at", "dot"].map(|word| BRACKETS.map(|(open, close)| format!("{open}{word}{close}")));
    let is_spelt = spelt.iter().flatten().any(|word| plain.contains(word.as_str()));
    let is_of_a_scheme = ["://", "mailto:"].iter().any(|scheme| plain.contains(scheme));
    plain.contains('@') || plain.contains("www.") || is_spelt || is_of_a_scheme || has_path(&spaced)
}

const BRACKETS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

/// As the eye reads it: lower case, the letters and signs of ASCII in their usual width, and nothing invisible but what is kept.
fn plain(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    let of_usual_width = |c: char| match c {
        c if is_full_stop(c) => '.',
        c if is_at(c) => '@',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => '/',
        '\u{2236}' | '\u{a789}' | '\u{fe55}' => ':',
        c => c,
    };
    text.chars().filter(|c| is_kept(*c) || !is_invisible(*c)).map(of_usual_width).flat_map(char::to_lowercase).collect()
}

/// The same in lower case, letter by letter: Σ is σ wherever it stands, as in a domain (UTS 46). What `str` does for the last letter of a
/// Greek word takes two kilobytes of every worker.
pub fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// A name with a full stop between letters and, behind it, a path: `evil.example/login`. A name with a full stop alone may be
/// a company's: `Node.js`.
fn has_path(plain: &str) -> bool {
    plain.split('/').zip(plain.split('/').skip(1)).any(|(before, after)| {
        let host = before.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-')).next().unwrap_or_default();
        let is_host = host.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
        });
        is_host && after.chars().next().is_some_and(char::is_alphanumeric)
    })
}

/// A body without the byte-order mark that some gateways in between put before it (RFC 8259, 8.1: a reader may ignore it).
pub fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_however_it_is_disguised() {
        for text in [
            "ada@example.com",
            "ada＠example.com",
            "ada﹫example",
            "ada (at) example (dot) com",
            "ada [AT] example",
            "ada( at )example",
            "evil[dot]example",
            "evil {dot} example",
            "ｗｗｗ.evil.com",
            "WWW．evil．com",
            "www。evil",
            "w\u{200b}ww.evil.com",
            "w w w . evil . com",
            "http:／／evil.com",
            "http:\u{200b}//evil.com",
            "http\u{2236}\u{2215}\u{2215}evil",
            "evil.com/login",
            "evil．com／login",
            "mailto:ada",
        ] {
            assert!(has_address(text), "{text:?}");
        }
        for text in [
            "Node.js People",
            "Acme Inc.",
            "AT/DE Holding",
            "Dr. Who / Mr. X",
            "Rot (dotiert)",
            "Look at me",
            "St.Gallen AG",
            "24/7 Support",
            "Data: Science",
        ] {
            assert!(!has_address(text), "{text:?}");
        }
    }
}
