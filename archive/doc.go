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
// The schema in migrations/ explains itself, and the file's table about says how to
// use it without this program.
package archive
