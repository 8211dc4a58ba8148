// Package warc writes and reads WARC/1.1 files (ISO 28500:2017), the form in
// which web archives keep evidence: the bytes of each request and answer as
// they crossed the wire, one record each, in files that any archivist's tool
// opens.
//
// It knows files, records, digests and as much of HTTP/1.1 as it takes to find
// a message's payload. It does not know SQL, HTML or the crawl.
//
// Digests are SHA-256 in lower-case hexadecimal, labelled "sha256:". The
// standard leaves algorithm and coding to the writer. SHA-1, which most
// older files carry, has known collisions, and here an equal digest decides that
// bytes are not stored a second time; hexadecimal is what sha256sum prints, what
// WACZ packages use and what the readers we test with expect for SHA-256. The
// reader understands sha1, sha256, sha512 and md5 in base16 or base32.
package warc
