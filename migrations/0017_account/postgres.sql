-- What people say of themselves, and what they have answered on the way in (`account`).
CREATE TABLE user_profiles (
  user_id                   text   NOT NULL PRIMARY KEY REFERENCES users (id),
  full_name                 text,
  display_name              text,
  avatar_url                text,
  personal_title            text,
  first_name                text,
  middle_name               text,
  last_name                 text,
  -- A number's two parts, as E.164 has them: `+49` and the digits behind it.
  phone_country_code        text,
  phone_number              text,
  personal_apt_suite        text,
  personal_street_address_1 text,
  personal_street_address_2 text,
  personal_city             text,
  personal_state            text,
  personal_postal_code      text,
  -- ISO 3166-1, two capital letters.
  personal_country          text,
  bio                       text,
  -- Lists of typed entries, as JSON.
  education                 text,
  work_experience           text,
  business_position         text,
  business_company          text,
  company_website           text,
  business_apt_suite        text,
  business_street_address_1 text,
  business_street_address_2 text,
  business_city             text,
  business_state            text,
  business_postal_code      text,
  business_country          text,
  -- JSON.
  billing_address           text,
  -- As IANA names it.
  time_zone                 text,
  -- BCP 47.
  language                  text,
  created_at                bigint NOT NULL,
  -- Grows with each change, also within one millisecond: a change may be made on the condition that it is still the same.
  updated_at                bigint NOT NULL,
  request_id                text   NOT NULL
);

CREATE TABLE onboarding_steps (
  user_id    text   NOT NULL REFERENCES users (id),
  -- The product's own name of it.
  step       text   NOT NULL,
  -- JSON, the product's own.
  answers    text,
  saved_at   bigint NOT NULL,
  request_id text   NOT NULL,
  PRIMARY KEY (user_id, step)
);

-- What its owners and admins say of an organization.
ALTER TABLE organizations ADD COLUMN description text;
ALTER TABLE organizations ADD COLUMN avatar_url text;
-- JSON, the product's own.
ALTER TABLE organizations ADD COLUMN settings text;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_profiles', 'onboarding_steps'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
GRANT SELECT ON user_profiles, onboarding_steps TO authenticated;
CREATE POLICY people_read_their_own ON user_profiles FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
CREATE POLICY people_read_their_own ON onboarding_steps FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
