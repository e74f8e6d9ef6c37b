-- How many teams somebody has founded that are still there, or can be had back.
CREATE INDEX organizations_founded ON organizations (founded_by, archived_at) WHERE kind = 'team';
DROP INDEX organizations_founded_by;
