-- On D1 the functions read every table.
SELECT 1;
