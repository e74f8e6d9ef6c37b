-- What people say of themselves, and what they have answered on the way in (`account`).
CREATE TABLE user_profiles (
  user_id                   TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
  full_name                 TEXT,
  display_name              TEXT,
  avatar_url                TEXT,
  personal_title            TEXT,
  first_name                TEXT,
  middle_name               TEXT,
  last_name                 TEXT,
  -- A number's two parts, as E.164 has them: `+49` and the digits behind it.
  phone_country_code        TEXT,
  phone_number              TEXT,
  personal_apt_suite        TEXT,
  personal_street_address_1 TEXT,
  personal_street_address_2 TEXT,
  personal_city             TEXT,
  personal_state            TEXT,
  personal_postal_code      TEXT,
  -- ISO 3166-1, two capital letters.
  personal_country          TEXT,
  bio                       TEXT,
  -- Lists of typed entries, as JSON.
  education                 TEXT,
  work_experience           TEXT,
  business_position         TEXT,
  business_company          TEXT,
  company_website           TEXT,
  business_apt_suite        TEXT,
  business_street_address_1 TEXT,
  business_street_address_2 TEXT,
  business_city             TEXT,
  business_state            TEXT,
  business_postal_code      TEXT,
  business_country          TEXT,
  -- JSON.
  billing_address           TEXT,
  -- As IANA names it.
  time_zone                 TEXT,
  -- BCP 47.
  language                  TEXT,
  created_at                INTEGER NOT NULL,
  -- Grows with each change, also within one millisecond: a change may be made on the condition that it is still the same.
  updated_at                INTEGER NOT NULL,
  request_id                TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE onboarding_steps (
  user_id    TEXT    NOT NULL REFERENCES users (id),
  -- The product's own name of it.
  step       TEXT    NOT NULL,
  -- JSON, the product's own.
  answers    TEXT,
  saved_at   INTEGER NOT NULL,
  request_id TEXT    NOT NULL,
  PRIMARY KEY (user_id, step)
) WITHOUT ROWID;

-- What its owners and admins say of an organization.
ALTER TABLE organizations ADD COLUMN description TEXT;
ALTER TABLE organizations ADD COLUMN avatar_url TEXT;
-- JSON, the product's own.
ALTER TABLE organizations ADD COLUMN settings TEXT;
