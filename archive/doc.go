// Package archive keeps one archive folder: archive.db, the SQLite file that
// researchers query, and warc/, the evidence as it was received.
//
// It knows the schema, migrations, WARC, search, backup and verification, and
// the plain types of packages scraper and extract. It refuses to know how pages
// are crawled or read.
//
// One process at a time writes (Open, guarded by archive.lock); any number read
// (OpenReader). A Crawl is one run and satisfies scraper.Store; its Save is the way
// in: the bytes go to a WARC file, then captures, article, revision, list and
// frontier into one transaction, shared with whoever else is saving (writer.go). When it
// returns, all of it is on disk.
//
// An article's identity is its site and key. Its row holds the newest version, table
// revisions one row a version, revision_texts the text of earlier ones; what makes a new version is
// the digest in content.go. The search index holds pairs of Han characters (package
// bigram) and is exact: what it cannot decide is looked up in the text.
//
// What an archive takes on disk, in KB of 1000 bytes (25 November 2026; the crawl is
// crawl http://cst.nuc.edu.cn/ --fast --assets none of a saved copy of that site, the corpus archivetest.Write with evidence):
//
//	                articles  captures  a body as received  WARC a capture  archive.db an article
//	cst.nuc.edu.cn      1477      1759                16.1             5.9                    8.8
//	the corpus          5000      5385                 8.9             5.3                   15.3
//
// More than half of archive.db is table articles, which holds a text twice: body, to read and search, and html, the same with its
// markup. html stays a column of its own. It follows from body only where an article is nothing but plain
// paragraphs, which on that site are 376 of 1477, with 0.27 of 13 MB: 2 percent is no reason to make everybody who opens the file derive
// a column that now simply stands there.
//
// The schema in migrations/ explains itself, and the file's table about says how to
// use it without this program.
package archive
