-- What a request begins with is a function on Postgres alone.
SELECT 1;
