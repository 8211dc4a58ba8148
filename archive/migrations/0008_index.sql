-- How much of the search index is gathered in memory before it is written: a quarter of SQLite's own mebibyte.
-- More costs memory (each word some 128 bytes there) and time, since that memory is given back to the system each time.
INSERT INTO articles_fts (articles_fts, rank) VALUES ('hashsize', 262144);
INSERT INTO articles_fts_title (articles_fts_title, rank) VALUES ('hashsize', 262144);
