-- Postgres keeps statements planned; D1 has nothing to do for it.
SELECT 1;
