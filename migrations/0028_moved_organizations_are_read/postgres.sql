-- For an organization whose people have become individuals nothing is bought any more (`billing`), and it becomes nobody's personal one
-- (`identity`): the functions see which those are, and no more of a move.
GRANT SELECT (organization_id, state) ON moved_organizations TO tallygate;
DROP POLICY IF EXISTS the_functions_read ON moved_organizations;
CREATE POLICY the_functions_read ON moved_organizations FOR SELECT TO tallygate USING (true);
