CREATE TABLE profiles (
  -- By which profile each site's pages were read last, so that reading them again needs no file from elsewhere.
  site TEXT NOT NULL PRIMARY KEY REFERENCES sites (id),
  text TEXT NOT NULL, -- the profile, YAML
  seen TEXT NOT NULL  -- the run that brought it, UTC
) STRICT, WITHOUT ROWID;
