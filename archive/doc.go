// Package archive keeps one archive folder: archive.db, the SQLite file that
// researchers query, and warc/, the evidence as it was received.
//
// It knows the schema, migrations, WARC, search, export and verification, and
// the plain types of packages scraper and extract. It refuses to know how pages
// are crawled or read.
package archive
