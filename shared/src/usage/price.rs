//! What use beyond a limit costs, and how far it goes, as SQL: `rules::overage` in expressions beside the columns of a meter.

/// Units that were begun, of a number of what is counted.
macro_rules! units {
    ($counted:literal) => {
        concat!("((", $counted, " + unit_size - 1) / unit_size)")
    };
}
/// The most units beyond a limit that are priced: their price stays a whole number of 64 bits. There is room for no more.
macro_rules! most_beyond {
    () => {
        "CASE WHEN unit_price_micros > 4000000 THEN 4000000000000000000 / unit_price_micros ELSE 1000000000000 END"
    };
}
/// The price in cents of what lies beyond the limit, rounded half up (`rules::overage`; a test holds the two together).
macro_rules! price {
    ($counted:literal) => {
        concat!(
            "(CASE WHEN limit_value < 0 OR unit_price_micros IS NULL THEN 0 ELSE (least(greatest(",
            units!($counted),
            " - limit_value, 0), ",
            most_beyond!(),
            ") * unit_price_micros + 5000) / 10000 END)"
        )
    };
}
/// How far the meter may be counted in its period, whatever was counted so far: beside `charged`, what the period costs
/// already, and `price_before`, what the use so far would cost by the prices of today. (What has no limit ends where whole
/// numbers do: at 2^53 - 1 of what is counted, and at a price of 4 * 10^18 millionths.)
macro_rules! ceiling {
    () => {
        concat!(
            "CASE
    WHEN limit_value = -1 THEN 9007199254740991
    WHEN unit_price_micros IS NOT NULL AND (cap_cents IS NULL OR stops_at_cap = 0) THEN (limit_value + ",
            most_beyond!(),
            ") * unit_size
    WHEN unit_price_micros IS NULL OR cap_cents - charged + price_before < 0 THEN limit_value * unit_size
    ELSE (limit_value + ((cap_cents - charged + price_before + 1) * 10000 - 5001) / unit_price_micros) * unit_size END"
        )
    };
}
/// What the period costs after so much is counted. Beyond a cap it costs no more, unless it did before.
macro_rules! charged_after {
    ($counted:literal) => {
        concat!(
            "CASE WHEN charged + ",
            price!($counted),
            " - price_before > cap_cents THEN greatest(charged, cap_cents) ELSE charged + ",
            price!($counted),
            " - price_before END"
        )
    };
}

pub(super) use {ceiling, charged_after, most_beyond, price, units};
