-- Words of titles alone, cut as those of articles_fts: for title:word, and to put articles first that have a word in the title.
CREATE VIRTUAL TABLE articles_fts_title USING fts5 (title, content='', columnsize=0, detail=none, tokenize='unicode61 remove_diacritics 0');
INSERT INTO articles_fts_title (rowid, title)
SELECT id, campusnews_words(coalesce(title, '') || iif(title <> '' AND subtitle <> '', char(10), '') || coalesce(subtitle, '')) FROM articles ORDER BY id;

-- A search sorts and counts its hits without reading their rows.
DROP INDEX articles_sorting;
CREATE INDEX articles_sorting ON articles (id, day, site, section, source, state);
