-- Comments stand inside the parentheses because SQLite keeps them there:
-- ".schema articles" in the sqlite3 shell shows unit and format of each column.
--
-- Times are UTC, "2026-11-23T09:30:00.000Z". Dates of the newsroom are ISO 8601
-- as precise as the page: "2016-07-22" or "2016-07-22T09:30:00+08:00".
-- NULL means that the page does not say.

CREATE TABLE sites (
  -- One row a news site.
  id     TEXT NOT NULL PRIMARY KEY, -- short name, as in the site's profile: csu
  name   TEXT,                      -- name for people: 中南大学新闻网
  url    TEXT,                      -- home page
  system TEXT,                      -- publishing system: vsb, webplus, …
  added  TEXT NOT NULL              -- when the archive first heard of it, UTC
) STRICT, WITHOUT ROWID;

CREATE TABLE sections (
  -- One row a column of a site.
  site  TEXT NOT NULL REFERENCES sites (id),
  name  TEXT NOT NULL, -- as in the profile or in the page's own breadcrumb
  url   TEXT,          -- page 1 of its list; NULL = no list known
  added TEXT NOT NULL, -- when the archive first heard of it, UTC
  PRIMARY KEY (site, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawls (
  -- One row a run.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  started    TEXT NOT NULL,              -- UTC
  ended      TEXT,                       -- UTC; NULL = still running
  status     TEXT NOT NULL               -- running; done; part = ended with something left undone; interrupted = by a person or a limit;
             CHECK (status IN ('running', 'done', 'part', 'interrupted', 'failed', 'died')), -- failed = by an error; died = its process was killed
  sites      TEXT,                       -- ids of the sites, separated by blanks
  program    TEXT,                       -- name and version of the program
  command    TEXT,                       -- what was asked for, as typed
  user_agent TEXT,                       -- as sent to the sites
  requests   INTEGER NOT NULL DEFAULT 0, -- HTTP requests, failed ones included
  bytes      INTEGER NOT NULL DEFAULT 0, -- bytes received, headers included
  new        INTEGER NOT NULL DEFAULT 0, -- articles kept for the first time
  changed    INTEGER NOT NULL DEFAULT 0, -- articles with a further revision
  unchanged  INTEGER NOT NULL DEFAULT 0, -- articles looked at and found as before
  gone       INTEGER NOT NULL DEFAULT 0, -- articles that became gone
  returned   INTEGER NOT NULL DEFAULT 0, -- missing or gone articles that answered again
  failed     INTEGER NOT NULL DEFAULT 0, -- visits that brought no answer or an error
  error      TEXT,                       -- why the run failed
  report     TEXT                        -- the run's own report, JSON
) STRICT;

CREATE TABLE captures (
  -- One row a request: what was asked, what came, and where the bytes are.
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  crawl          INTEGER REFERENCES crawls (id),
  site           TEXT NOT NULL REFERENCES sites (id),
  article        INTEGER REFERENCES articles (id), -- the article the answer belongs to; NULL = none
  url            TEXT NOT NULL,    -- absolute, as requested; each hop of a redirect is a row
  reason         TEXT,             -- why: list, new, revisit, retry, robots, asset
  started        TEXT NOT NULL,    -- UTC
  duration_ms    INTEGER NOT NULL, -- milliseconds until the last byte
  remote         TEXT,             -- IP address of the server
  status         INTEGER,          -- HTTP status; NULL = no answer
  content_type   TEXT,             -- header as received
  truncated      TEXT,             -- NULL = whole; else length, time, disconnect, unspecified (WARC-Truncated)
  error          TEXT,             -- why it failed or was cut
  payload_length INTEGER,          -- bytes of the body, transfer coding removed, content coding untouched
  payload_digest TEXT,             -- of the same bytes, as in WARC-Payload-Digest: algorithm, colon, value
  same_as        INTEGER REFERENCES captures (id), -- the capture that holds these bytes; NULL = this one does
  profile        TEXT CHECK (profile IN ('identical-payload-digest', 'server-not-modified')), -- why same_as is set (WARC revisit)
  file           TEXT,             -- file below warc/ that has the response or revisit record, or the request's when no answer came; NULL = nothing was sent
  offset         INTEGER,          -- bytes from the start of the file to the record
  length         INTEGER,          -- bytes of the record as stored, that is compressed; the request's record follows it
  record         TEXT,             -- WARC-Record-ID without its frame: a UUID
  packed_length  INTEGER,          -- bytes from offset on of all that was stored: this record, the request's, what is noted about them
  packed_digest  TEXT              -- of these bytes as they stand in the file: algorithm, colon, value
) STRICT;
CREATE INDEX captures_digest ON captures (payload_digest) WHERE same_as IS NULL;
CREATE INDEX captures_article ON captures (article) WHERE article IS NOT NULL;
CREATE INDEX captures_url ON captures (url);

CREATE TABLE articles (
  -- One row an article, as it was when last looked at. Earlier versions: view versions.
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  site         TEXT NOT NULL REFERENCES sites (id),
  key          TEXT NOT NULL, -- the site's own identity of the article: twins of one article share it
  url          TEXT NOT NULL, -- the address to cite; further ones: view article_urls
  section      TEXT,          -- column; further ones: view article_sections
  published    TEXT,          -- as the page states it, ISO 8601 as precise as the page, local time with offset
  day          TEXT,          -- ISO day to sort and count by: of published, else as the list of articles states it
  title        TEXT,
  subtitle     TEXT,
  source       TEXT,          -- unit or medium named as 来源
  state        TEXT NOT NULL  -- kept; missing = last looks answered 404, 410 or "not here"; gone = so at several visits
               CHECK (state IN ('kept', 'missing', 'gone')),
  gone_since   TEXT,          -- first look that found it missing, UTC; NULL = it is there
  first_seen   TEXT NOT NULL, -- first capture, UTC
  last_seen    TEXT NOT NULL, -- last capture that had it, UTC
  changed      TEXT,          -- look that found the newsroom's latest change, UTC; NULL = never changed
  revision     INTEGER NOT NULL DEFAULT 1, -- number of the version in this row, 1 = first
  pages        INTEGER NOT NULL DEFAULT 1, -- pages that the site cuts the article into, see parts
  capture      INTEGER REFERENCES captures (id), -- where the text in this row was taken from
  charset      TEXT,          -- how the page was read, WHATWG name
  click_owner  TEXT,          -- where the site's click counter answers
  click_id     TEXT,
  provenance   TEXT,          -- which rule gave each field, JSON
  digest       TEXT NOT NULL, -- SHA-256 of what a reader sees, see content.go: equal = nothing a reader would see has changed
  body         TEXT NOT NULL, -- plain text, one block a line, table cells separated by TAB; '' = pictures only
  html         TEXT,          -- the body as safe HTML, absolute addresses
  UNIQUE (site, key),
  FOREIGN KEY (site, section) REFERENCES sections (site, name)
) STRICT;
CREATE INDEX articles_day ON articles (day);
CREATE INDEX articles_sorting ON articles (id, day, site, section); -- a search sorts its hits without reading their rows
CREATE INDEX articles_section ON articles (site, section, day);
CREATE INDEX articles_state ON articles (state, gone_since) WHERE state <> 'kept';

CREATE TABLE revisions (
  -- One row a version of an article. The newest version's text is in articles, that of earlier ones in revision_texts.
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  article INTEGER NOT NULL REFERENCES articles (id),
  number  INTEGER NOT NULL, -- 1 = first
  seen    TEXT NOT NULL,    -- when it was first seen, UTC
  capture INTEGER REFERENCES captures (id), -- where it was taken from
  cause   TEXT NOT NULL     -- page = the site changed it; extractor = the same bytes were read better
          CHECK (cause IN ('page', 'extractor')),
  changed TEXT,             -- fields that differ from the version before, separated by blanks; NULL = first version
  digest  TEXT NOT NULL,    -- as in articles
  UNIQUE (article, number)
) STRICT;

CREATE TABLE revision_texts (
  -- Text of versions that are no longer the newest.
  revision    INTEGER PRIMARY KEY REFERENCES revisions (id),
  url         TEXT NOT NULL,
  section     TEXT,
  published   TEXT,
  title       TEXT,
  subtitle    TEXT,
  source      TEXT,
  credits     TEXT NOT NULL, -- JSON: [{"role","name"}]
  images      TEXT NOT NULL, -- JSON: [{"url","alt","caption"}]
  attachments TEXT NOT NULL, -- JSON: [{"url","name"}]
  media       TEXT NOT NULL, -- JSON: [{"url","name"}]
  links       TEXT NOT NULL, -- JSON: [{"url","text"}]
  pages       INTEGER NOT NULL,
  body        TEXT NOT NULL,
  html        TEXT
) STRICT;

CREATE TABLE events (
  -- What became of articles: each time one vanished or came back.
  id      INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES articles (id),
  seen    TEXT NOT NULL, -- UTC
  event   TEXT NOT NULL CHECK (event IN ('missing', 'gone', 'returned')),
  capture INTEGER REFERENCES captures (id) -- the evidence
) STRICT;
CREATE INDEX events_article ON events (article);

CREATE TABLE credits (
  -- Who did what for an article.
  article  INTEGER NOT NULL REFERENCES articles (id),
  position INTEGER NOT NULL, -- order on the page, 1 = first
  role     TEXT NOT NULL,    -- author, editor, photographer, reviewer, proofreader, publisher
  name     TEXT NOT NULL,    -- person or unit, as a person would write it: 黄妍
  PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_name ON credits (name, role);

CREATE TABLE images (
  -- Pictures in the body.
  article  INTEGER NOT NULL REFERENCES articles (id),
  position INTEGER NOT NULL, -- order on the page, 1 = first
  url      TEXT NOT NULL,    -- absolute
  alt      TEXT,
  caption  TEXT,
  PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
  -- Files that hang on an article.
  article  INTEGER NOT NULL REFERENCES articles (id),
  position INTEGER NOT NULL, -- order on the page, 1 = first
  url      TEXT NOT NULL,    -- absolute
  name     TEXT,             -- as the page shows it
  PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
  -- Players in the body: video, audio, embedded PDF.
  article  INTEGER NOT NULL REFERENCES articles (id),
  position INTEGER NOT NULL, -- order on the page, 1 = first
  url      TEXT NOT NULL,    -- of what is played, absolute
  name     TEXT,             -- as the page shows it
  PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
  -- Links in the body to anything that is no attachment.
  article  INTEGER NOT NULL REFERENCES articles (id),
  position INTEGER NOT NULL, -- order on the page, 1 = first
  url      TEXT NOT NULL,    -- absolute
  text     TEXT,             -- what stands on it
  PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE parts (
  -- Pages of articles that the site cuts into several. articles.body is their bodies in order, a line end between two.
  article     INTEGER NOT NULL REFERENCES articles (id),
  number      INTEGER NOT NULL, -- 1 = the article's own page
  url         TEXT NOT NULL,    -- absolute
  capture     INTEGER REFERENCES captures (id), -- NULL = named by page 1, not fetched yet
  body        TEXT NOT NULL DEFAULT '',
  html        TEXT NOT NULL DEFAULT '',
  credits     TEXT NOT NULL DEFAULT '[]', -- JSON, as in revision_texts
  images      TEXT NOT NULL DEFAULT '[]',
  attachments TEXT NOT NULL DEFAULT '[]',
  media       TEXT NOT NULL DEFAULT '[]',
  links       TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (article, number)
) STRICT;
CREATE INDEX parts_url ON parts (url);

CREATE TABLE clicks (
  -- The site's own click counter over time.
  article INTEGER NOT NULL REFERENCES articles (id),
  seen    TEXT NOT NULL,    -- UTC
  count   INTEGER NOT NULL, -- as the site says
  PRIMARY KEY (article, seen)
) STRICT, WITHOUT ROWID;

CREATE TABLE list_items (
  -- Rows of list pages, each distinct one once.
  id         INTEGER PRIMARY KEY,
  site       TEXT NOT NULL REFERENCES sites (id),
  key      TEXT NOT NULL, -- as articles.key; the address itself where the row leads off the site
  section    TEXT,          -- column of the list
  url        TEXT NOT NULL, -- absolute
  title      TEXT,          -- as the list says
  date       TEXT,          -- ISO day as the list says
  first_seen TEXT NOT NULL  -- UTC
) STRICT;
CREATE INDEX list_items_key ON list_items (site, key);

CREATE TABLE listings (
  -- One row a state of a list page: a new row only when its rows have changed.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  site       TEXT NOT NULL REFERENCES sites (id),
  url        TEXT NOT NULL, -- of the list page, absolute
  section    TEXT,
  first_seen TEXT NOT NULL, -- first look that found it so, UTC
  last_seen  TEXT NOT NULL, -- last look that found it so, UTC
  capture    INTEGER REFERENCES captures (id), -- the first look
  page       INTEGER,       -- number of the page as its pager says, newest = 1
  pages      INTEGER,       -- number of pages as the pager says
  total      INTEGER,       -- number of items in the whole list as the pager says
  digest     TEXT NOT NULL  -- of the rows, SHA-256 in hexadecimal
) STRICT;
CREATE INDEX listings_url ON listings (site, url, id);

CREATE TABLE listing_rows (
  listing  INTEGER NOT NULL REFERENCES listings (id),
  position INTEGER NOT NULL, -- 1 = top row
  item     INTEGER NOT NULL REFERENCES list_items (id),
  PRIMARY KEY (listing, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE frontier (
  -- The crawler's own: every address it knows and when to look at it.
  id            INTEGER PRIMARY KEY, -- order of adding
  site          TEXT NOT NULL REFERENCES sites (id),
  key           TEXT NOT NULL,    -- identity within the site
  url           TEXT NOT NULL,    -- absolute; what is requested
  role          INTEGER NOT NULL, -- 0 home page, 1 section, 2 older list page, 3 further page of an article, 4 new article, 5 article to look at again, 6 image or attachment, 7 slow walk; lower first
  section       TEXT NOT NULL,    -- '' = none
  parent        TEXT,             -- address of the page that named it; NULL = given at the start
  depth         INTEGER NOT NULL, -- links from the start
  title         TEXT,             -- as the list says
  date          TEXT,             -- ISO day as the list says
  deep          INTEGER NOT NULL, -- 1 = a list whose walk goes on to its end, whatever is known
  state         TEXT NOT NULL     -- new = never answered; kept; missing; gone; failed = never answered with a page; refused = by robots.txt or scope
                CHECK (state IN ('new', 'kept', 'missing', 'gone', 'failed', 'refused')),
  due           TEXT,             -- look at it from then on, UTC; NULL = not due
  first_seen    TEXT NOT NULL,    -- UTC
  last_visit    TEXT,             -- UTC; NULL = never
  etag          TEXT,             -- validators of the last kept answer
  last_modified TEXT,
  visits        INTEGER NOT NULL, -- answered requests so far
  failures      INTEGER NOT NULL, -- failed attempts in a row
  missing_since TEXT,             -- first of the 404s in a row, UTC
  missing_count INTEGER NOT NULL, -- 404s in a row
  last_error    TEXT,
  article       INTEGER REFERENCES articles (id), -- what it brought
  capture       INTEGER REFERENCES captures (id), -- last capture with a body: what a 304 refers to
  UNIQUE (site, key)
) STRICT;
CREATE INDEX frontier_due ON frontier (site, role, due) WHERE due IS NOT NULL;
CREATE INDEX frontier_due_section ON frontier (site, section, role, due) WHERE due IS NOT NULL;
CREATE INDEX frontier_url ON frontier (url);
CREATE INDEX frontier_article ON frontier (article) WHERE article IS NOT NULL;

CREATE TABLE list_order (
  -- The crawler's own: the order of each list as put together from its pages, to see when something comes or goes deep inside.
  site     TEXT NOT NULL REFERENCES sites (id),
  list     TEXT NOT NULL,    -- frontier.key of the list's page 1
  key      TEXT NOT NULL,    -- of the row, as frontier.key; '' = the end of the list, once seen
  position INTEGER NOT NULL, -- rising from the newest row on; gaps mean nothing
  PRIMARY KEY (site, list, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_order_position ON list_order (site, list, position);
CREATE INDEX list_order_key ON list_order (site, key);

-- Words of title (with subtitle) and body: overlapping pairs of Han characters, see table about.
CREATE VIRTUAL TABLE articles_fts USING fts5 (title, body, content='', detail=none, tokenize='unicode61 remove_diacritics 0');

CREATE TABLE about (
  -- Read me: how to use this file without the program that wrote it.
  topic TEXT NOT NULL PRIMARY KEY,
  text  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO about (topic, text) VALUES
('archive', 'News of university web sites, one row an article in table articles. Every table and column is explained where it is defined: ".schema articles" in the sqlite3 shell, or SELECT sql FROM sqlite_master. Start with articles_flat, articles_per_month, articles_per_section, articles_by_person, people.'),
('times', 'Times of the archive''s own (first_seen, started, …) are UTC with milliseconds. What a newsroom states (published) is kept as precise as it is stated, local time with its offset. NULL means: not stated. articles.day is the day to sort and count by.'),
('evidence', 'Each row of captures is one HTTP request. Its bytes stand in warc/<file> (WARC/1.1, one gzip member a record) at offset, length bytes long; where same_as is set, the bytes are those of that capture. articles.capture and revisions.capture say what a text was taken from.'),
('versions', 'When a site changes an article, the old text stays: view versions has all of them. When a site takes an article away, its row stays with state gone; table events says when, and when it came back.'),
('search', '-- Finds every article that holds :q, Chinese or mixed with letters and digits, for instance 2009年. In the sqlite3 shell first: .parameter set :q ''先进基层''
-- Chinese text is indexed by pairs of characters. The first condition asks the index for the pairs of :q, the second looks at the text itself.
-- It compares as written: campusnews search also takes capitals, full width and traditional characters for their twins.
SELECT a.id, a.day, a.title, substr(a.body, max(1, instr(a.body, :q) - 20), 60) AS place
FROM articles_fts f JOIN articles a ON a.id = f.rowid
WHERE articles_fts MATCH (
    WITH RECURSIVE s(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM s WHERE i < length(:q))
    SELECT group_concat(iif(substr(:q, i + 1, 1) BETWEEN ''㐀'' AND ''鿿'', substr(:q, i, 2), substr(:q, i, 1)) || ''*'', '' '') FROM s
    WHERE substr(:q, i, 1) BETWEEN ''㐀'' AND ''鿿'' AND (substr(:q, i + 1, 1) BETWEEN ''㐀'' AND ''鿿'' OR i = 1 OR substr(:q, i - 1, 1) NOT BETWEEN ''㐀'' AND ''鿿''))
  AND (instr(a.body, :q) OR instr(a.title, :q) OR instr(a.subtitle, :q))
ORDER BY a.day DESC;');

CREATE VIEW versions AS
-- Every version of every article with its text; the newest has newest = 1.
SELECT r.article, r.number, 1 AS newest, r.seen, r.cause, r.changed, r.capture, a.site, a.key, a.url, a.section,
       a.published, a.title, a.subtitle, a.source,
       (SELECT json_group_array(json_object('role', role, 'name', name)) FROM
         (SELECT role, name FROM credits WHERE article = a.id ORDER BY position)) AS credits, a.body, a.html
FROM revisions r JOIN articles a ON a.id = r.article AND a.revision = r.number
UNION ALL
SELECT r.article, r.number, 0, r.seen, r.cause, r.changed, r.capture, a.site, a.key, t.url, t.section,
       t.published, t.title, t.subtitle, t.source, t.credits, t.body, t.html
FROM revisions r JOIN revision_texts t ON t.revision = r.id JOIN articles a ON a.id = r.article;

CREATE VIEW articles_flat AS
-- One row an article with its people and counts beside it, for spreadsheets.
SELECT a.id, a.site, a.section, a.day, a.published, a.title, a.subtitle, a.source,
       (SELECT group_concat(name, '、') FROM (SELECT name FROM credits WHERE article = a.id AND role = 'author' ORDER BY position)) AS authors,
       (SELECT group_concat(name, '、') FROM (SELECT name FROM credits WHERE article = a.id AND role = 'photographer' ORDER BY position)) AS photographers,
       (SELECT group_concat(name, '、') FROM (SELECT name FROM credits WHERE article = a.id AND role = 'editor' ORDER BY position)) AS editors,
       (SELECT group_concat(name, '、') FROM (SELECT name FROM credits WHERE article = a.id AND role = 'reviewer' ORDER BY position)) AS reviewers,
       length(a.body) AS characters,
       (SELECT count(*) FROM images WHERE article = a.id) AS images,
       (SELECT count(*) FROM attachments WHERE article = a.id) AS attachments,
       (SELECT count(*) FROM media WHERE article = a.id) AS media,
       a.revision AS versions, a.state, a.gone_since, a.url, a.body
FROM articles a;

CREATE VIEW articles_per_month AS
-- How many articles each site brought in each month; month NULL = date unknown.
SELECT site, substr(day, 1, 7) AS month, count(*) AS articles, sum(length(body)) AS characters
FROM articles GROUP BY site, month;

CREATE VIEW articles_per_section AS
-- How many articles each column has, and from when to when.
SELECT site, section, count(*) AS articles, min(day) AS first, max(day) AS last, sum(state = 'gone') AS gone
FROM articles GROUP BY site, section;

CREATE VIEW articles_by_person AS
-- Who did what: SELECT * FROM articles_by_person WHERE name = '白露' ORDER BY day
SELECT c.name, c.role, a.id AS article, a.site, a.day, a.title, a.source, a.url
FROM credits c JOIN articles a ON a.id = c.article;

CREATE VIEW people AS
-- Every name with its roles, and from when to when it was seen.
SELECT c.name, c.role, count(*) AS articles, min(a.day) AS first, max(a.day) AS last
FROM credits c JOIN articles a ON a.id = c.article GROUP BY c.name, c.role;

CREATE VIEW articles_by_source AS
-- Which units send the news.
SELECT site, source, count(*) AS articles, min(day) AS first, max(day) AS last
FROM articles WHERE source IS NOT NULL GROUP BY site, source;

CREATE VIEW articles_gone AS
-- Articles that the site took away; they stay readable here.
SELECT id, site, section, day, title, gone_since, state, url FROM articles WHERE state <> 'kept';

CREATE VIEW article_sections AS
-- All columns in which an article was seen.
SELECT id AS article, site, section FROM articles WHERE section IS NOT NULL
UNION
SELECT a.id, a.site, i.section FROM list_items i JOIN articles a ON a.site = i.site AND a.key = i.key WHERE i.section IS NOT NULL;

CREATE VIEW article_urls AS
-- All addresses under which an article was seen.
SELECT id AS article, url FROM articles
UNION
SELECT article, url FROM captures WHERE article IS NOT NULL AND status BETWEEN 200 AND 399 AND reason <> 'asset'
UNION
SELECT a.id, i.url FROM list_items i JOIN articles a ON a.site = i.site AND a.key = i.key;
