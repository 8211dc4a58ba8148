-- The captures of an address in order of time: a home page has thousands.
DROP INDEX captures_url;
CREATE INDEX captures_url ON captures (url, started);
