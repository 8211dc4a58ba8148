// Package scraper fetches the pages of news sites with good manners: which
// address is due, how fast, how often again, what robots.txt allows, what to do
// when a server refuses. Its fetch layer is colly.
//
// It knows HTTP and the plain result types of package extract. It refuses to
// know HTML structure, SQL, flags and terminals.
//
// A run (crawl.go) takes one due target after the other from the frontier
// (frontier.go: states, roles, and the interface of the store), looks at it (look.go: redirects,
// refusals, soft 404s, also those that only the site's answer to a made-up address tells (absent.go), the addresses of other columns; fetch.go: one request through colly;
// pace.go, servers.go, robots.go, host.go, scope.go, private.go: manners) and decides what follows (plan.go;
// revisit.go: when to look again, and when an article is gone). Then it saves all of it at once.
//
// What a walk from the newest row cannot see is found by watching each list as
// a whole (watch.go, order.go, hunt.go). report.go says what a run did.
//
// A run may end at any moment, by a signal or by SIGKILL: what was saved is whole, and at
// most the pages in hand, one a worker, are asked for again.
package scraper
