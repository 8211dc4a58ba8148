-- Which articles say much the same: the same one under two ids, a repost on another site, a notice that comes each year.

CREATE TABLE sketches (
  -- The program's own: sums of the articles' texts, by which those with much in common are found.
  article  INTEGER PRIMARY KEY REFERENCES articles (id),
  digest   TEXT NOT NULL,    -- articles.digest of the version it was made from
  version  INTEGER NOT NULL, -- of the way in which it was made
  sum      INTEGER NOT NULL, -- 64 bits: equal = the same text; 0 = too short to compare
  bands    BLOB NOT NULL,    -- 32 numbers of 4 bytes, little-endian: two texts are compared when they share one in the same place
  compared INTEGER NOT NULL  -- 1 = what resembles it is in similarities
) STRICT;
CREATE INDEX sketches_open ON sketches (article) WHERE compared = 0;

CREATE TABLE similarities (
  -- Pairs of articles with much the same text, as campusnews duplicates found them when it last ran. Of several whose texts are equal each is paired with the first.
  article    INTEGER NOT NULL REFERENCES articles (id), -- the one that the archive got later
  other      INTEGER NOT NULL REFERENCES articles (id), -- the one that it got earlier
  similarity REAL NOT NULL, -- share of the sequences of five characters that both texts have among those that either has: 0.5 to 1
  PRIMARY KEY (article, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX similarities_other ON similarities (other);

CREATE VIEW duplicates AS
-- The pairs in similarities with what they are. kind: twin = one article under two addresses of a site, repost = on two sites, similar = anything else.
SELECT p.article, p.other, p.similarity,
       CASE WHEN a.site <> b.site THEN 'repost'
            WHEN p.similarity >= 0.9 AND a.title IS b.title AND a.day IS b.day THEN 'twin'
            ELSE 'similar' END AS kind,
       a.site, a.section, a.day, a.title, a.url,
       b.site AS other_site, b.section AS other_section, b.day AS other_day, b.title AS other_title, b.url AS other_url
FROM similarities p JOIN articles a ON a.id = p.article JOIN articles b ON b.id = p.other;

INSERT INTO about (topic, text) VALUES
('duplicates', 'campusnews duplicates compares all texts and fills table similarities; view duplicates shows the pairs with their titles and addresses: SELECT * FROM duplicates WHERE similarity >= 0.9 AND kind = ''repost'' ORDER BY similarity DESC.'),
('as-of', '-- The articles as they were known at :t, for instance .parameter set :t ''2026-03-31T23:59:59.999Z''
-- The version of each that was the newest then, and what had last become of it.
SELECT v.article, v.number, v.title, v.body,
       coalesce((SELECT iif(event = ''returned'', ''kept'', event) FROM events WHERE article = v.article AND seen <= :t ORDER BY seen DESC, id DESC LIMIT 1), ''kept'') AS state
FROM versions v
WHERE v.number = (SELECT max(number) FROM revisions WHERE article = v.article AND seen <= :t)
ORDER BY v.article;');
