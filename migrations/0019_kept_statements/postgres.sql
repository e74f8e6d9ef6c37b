-- Makes a function of a statement that a worker sends again and again, so that its plan stays with each connection. Its name
-- is the statement's hash: nobody can give a name another meaning. It runs with the rights of whoever calls it.
CREATE OR REPLACE FUNCTION tallygate_keep(statement text, types text, gives_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name text := 'tallygate_kept_' || left(encode(sha256(convert_to(statement, 'UTF8')), 'hex'), 32);
  signature text := format('public.%I(%s)', name, types);
BEGIN
  IF types !~ '^((text|bigint)(, (text|bigint))*)?$' OR length(statement) > 100000 THEN
    RAISE EXCEPTION 'not_to_be_kept' USING ERRCODE = '22023';
  END IF;
  -- Two workers want to have the same one kept.
  PERFORM pg_advisory_xact_lock(hashtext('tallygate_keep'));
  IF to_regprocedure(signature) IS NOT NULL THEN
    RETURN;
  END IF;
  IF (SELECT count(*) FROM pg_proc WHERE proname >= 'tallygate_kept_' AND proname < 'tallygate_kept`') >= 1000 THEN
    RAISE EXCEPTION 'too_many_kept' USING ERRCODE = '54000';
  END IF;
  EXECUTE format(
    'CREATE FUNCTION %s RETURNS SETOF json LANGUAGE plpgsql AS %L',
    signature,
    CASE gives_rows
      WHEN 1 THEN '#variable_conflict use_column
DECLARE tallygate_row record;
BEGIN
  FOR tallygate_row IN
' || statement || '
  LOOP RETURN NEXT row_to_json(tallygate_row); END LOOP;
END'
      ELSE '#variable_conflict use_column
BEGIN
' || statement || ';
END'
    END);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, anon, authenticated', signature);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tallygate', signature);
END
$$;
REVOKE ALL ON FUNCTION tallygate_keep(text, text, bigint) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION tallygate_keep(text, text, bigint) TO tallygate;
