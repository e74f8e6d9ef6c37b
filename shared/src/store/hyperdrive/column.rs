//! Values in Postgres's binary form, the only one that the client asks for.

use serde_json::Value as Json;

/// Numbers of types in Postgres's catalog `pg_type`, which never change.
const BOOL: u32 = 16;
const NAME: u32 = 19;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const JSON: u32 = 114;
const FLOAT8: u32 = 701;
const UNKNOWN: u32 = 705;
const BPCHAR: u32 = 1042;
const VARCHAR: u32 = 1043;
const NUMERIC: u32 = 1700;
const VOID: u32 = 2278;
const JSONB: u32 = 3802;

/// The first byte of a `jsonb`: the version of the form that follows, which is its text.
const JSONB_VERSION: u8 = 1;

/// A value as a row holds it; `None` where it is of another type than statements answer with, or is not what its type says.
pub(super) fn json(kind: u32, bytes: &[u8]) -> Option<Json> {
    match kind {
        // As Postgres writes it as text, which is what the same statement gives over HTTP.
        BOOL => Some(if bytes == [1] { "t" } else { "f" }.into()),
        INT2 => Some(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        INT4 => Some(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        INT8 => Some(i64::from_be_bytes(bytes.try_into().ok()?).into()),
        FLOAT8 => Some(f64::from_be_bytes(bytes.try_into().ok()?).into()),
        NUMERIC => whole(bytes).map(Json::from),
        TEXT | VARCHAR | BPCHAR | NAME | UNKNOWN | JSON | VOID => text(bytes),
        JSONB => text(bytes.strip_prefix(&[JSONB_VERSION])?),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> Option<Json> {
    std::str::from_utf8(bytes).ok().map(Json::from)
}

/// A `numeric` without a fraction, as sums of `bigint` are: how many digits to the base of 10 000 follow, the power of that base
/// that the first one stands for, the sign, how many decimals are shown, and the digits, each of 16 bits.
fn whole(bytes: &[u8]) -> Option<i64> {
    const NEGATIVE: i16 = 0x4000;
    const BASE: i64 = 10_000;
    let numbers: Vec<i16> =
        bytes.chunks_exact(2).map(|pair| pair.try_into().map(i16::from_be_bytes)).collect::<Result<_, _>>().ok()?;
    let [_, power, sign, _, digits @ ..] = numbers.as_slice() else { return None };
    if !matches!(*sign, 0 | NEGATIVE) || digits.len() > usize::try_from(i32::from(*power) + 1).ok()? {
        return None;
    }
    // Zeros at the end are left out.
    let all = digits.iter().copied().chain(std::iter::repeat(0)).take(usize::try_from(i32::from(*power) + 1).ok()?);
    let signed = if *sign == NEGATIVE { -1 } else { 1 };
    all.into_iter().try_fold(0_i64, |sum, digit| sum.checked_mul(BASE)?.checked_add(signed * i64::from(digit)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn numeric(numbers: &[i16]) -> Option<Json> {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        json(NUMERIC, &bytes)
    }

    #[test]
    fn values_are_what_the_same_statement_gives_over_http() {
        for (kind, bytes, value) in [
            (INT8, &9_007_199_254_740_993_i64.to_be_bytes()[..], json!(9_007_199_254_740_993_i64)),
            (INT4, &(-7_i32).to_be_bytes(), json!(-7)),
            (INT2, &[0, 7], json!(7)),
            (FLOAT8, &0.5_f64.to_be_bytes(), json!(0.5)),
            (TEXT, "Grüße".as_bytes(), json!("Grüße")),
            (JSON, br#"{"a":1}"#, json!(r#"{"a":1}"#)),
            (JSONB, b"\x01{\"a\": 1}", json!(r#"{"a": 1}"#)),
            (BOOL, &[1], json!("t")),
            (VOID, &[], json!("")),
        ] {
            assert_eq!(json(kind, bytes), Some(value));
        }
    }

    #[test]
    fn sums_are_whole_numbers() {
        for (numbers, value) in [
            (&[0, 0, 0, 0][..], 0),
            (&[1, 0, 0, 0, 42], 42),
            (&[2, 1, 0, 0, 1, 2345], 12_345),
            (&[1, 1, 0, 0, 12], 120_000),
            (&[3, 2, NEGATIVE_SIGN, 0, 1, 0, 1], -100_000_001),
            (&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807], i64::MAX),
            (&[5, 4, NEGATIVE_SIGN, 0, 922, 3372, 368, 5477, 5808], i64::MIN),
        ] {
            assert_eq!(numeric(numbers), Some(json!(value)));
        }
    }

    const NEGATIVE_SIGN: i16 = 0x4000;

    #[test]
    fn what_is_no_whole_number_is_none() {
        // 1.5, NaN, more than an integer holds, and half a number.
        for numbers in [&[2, 0, 0, 1, 1, 5000][..], &[0, 0, -0x4000, 0], &[1, 5, 0, 0, 1], &[1, 0, 0]] {
            assert_eq!(numeric(numbers), None, "{numbers:?}");
        }
    }

    #[test]
    fn what_is_not_as_its_type_says_is_none() {
        for (kind, bytes) in
            [(INT8, &[1][..]), (TEXT, &[0xff]), (JSONB, b"\x02{}"), (JSONB, b""), (1184, b"\0\0\0\0\0\0\0\0")]
        {
            assert_eq!(json(kind, bytes), None, "{kind}");
        }
    }
}
