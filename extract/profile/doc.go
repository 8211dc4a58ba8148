// Package profile reads site profiles: small YAML files that say how one news
// site is read. A profile names the site, its hosts, its sections with the
// addresses of their lists, and the publishing system that made its pages; it
// overrides a rule of that system only where the site departs from it. Most
// sites need no rule at all, and a profile may be as short as
//
//	home: https://news.example.edu.cn/
//
// The format has a JSON Schema (see Schema) which editors can check a file
// against, and Parse refuses what the schema refuses, naming file, line,
// column and the nearest right key.
//
// Built in are the profile "csu" (中南大学新闻网) and a catalogue of other news
// portals, one file a site in the folder sites. A catalogue entry states where
// its facts come from and whether they were checked on a saved page.
//
// The package knows the file format and the catalogue. It refuses to know
// pages, the network and the disk: Resolve reads files through the function it
// is given.
package profile
