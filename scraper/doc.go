// Package scraper fetches the pages of news sites with good manners: which
// address is due, how fast, how often again, what robots.txt allows, what to do
// when a server refuses. Its fetch layer is colly.
//
// It knows HTTP and the plain result types of package extract. It refuses to
// know HTML structure, SQL, flags and terminals.
package scraper
