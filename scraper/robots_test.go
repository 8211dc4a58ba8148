package scraper

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRobotsAllows(t *testing.T) {
	const file = `
User-agent: *
Disallow: /private/
Disallow: /*.pdf$
Allow: /private/open
Disallow: /tie
Allow: /tie
Disallow: /system/resource/
Disallow: /a%3cd.html
Disallow: /中文/
Disallow:
Crawl-delay: 2.5

# two names share one group; a blank line does not end it

User-agent: otherbot
User-Agent: CampusNews
Disallow: /only-us

User-agent: campusnews/1.0
Disallow: /more
Sitemap: https://site.example/sitemap.xml
Sitemap: /relative.xml
`
	tests := []struct {
		name, file, agent, address string
		want                       bool
	}{
		{"no file", "", "x", "/private/", true},
		{"prefix", file, "x", "/private/a.htm", false},
		{"longer allow wins", file, "x", "/private/open/a.htm", true},
		{"tie goes to allow", file, "x", "/tie.htm", true},
		{"star and end", file, "x", "/info/1/2.pdf", false},
		{"end means end", file, "x", "/info/1/2.pdf?x=1", true},
		{"query is part of the path", "User-agent: *\nDisallow: /*?", "x", "/a?b", false},
		{"escapes in either case", file, "x", "/a%3Cd.html", false},
		{"Han bare against escaped", file, "x", "/%e4%b8%ad%e6%96%87/x", false},
		{"robots.txt itself", "User-agent: *\nDisallow: /", "x", "/robots.txt", true},
		{"all shut", "User-agent: *\nDisallow: /", "x", "/", false},
		{"own group shuts out *", file, "campusnews/2.0 (+https://a.example)", "/private/", true},
		{"own group", file, "campusnews/2.0", "/only-us/1", false},
		{"groups of one name are joined", file, "campusnews/2.0", "/more", false},
		{"name is no prefix", "User-agent: campus\nDisallow: /", "campusnews/2.0", "/", true},
		{"markup is no file", "<html>\nUser-agent: *\nDisallow: /\n</html>", "x", "/", true},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /", "x", "/", false},
		{"carriage returns alone", "User-agent: *\rDisallow: /", "x", "/", false},
		{"rule before any group", "Disallow: /", "x", "/", true},
		{"comment behind a rule", "User-agent: * # all\nDisallow: /x # why", "x", "/x", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := url.Parse("http://site.example" + tt.address)
			if err != nil {
				t.Fatal(err)
			}
			if got := parseRobots([]byte(tt.file)).rulesFor(tt.agent).allows(u); got != tt.want {
				t.Errorf("allows(%s) = %v, want %v", tt.address, got, tt.want)
			}
		})
	}
	f := parseRobots([]byte(file))
	if got, want := f.rulesFor("x").delay, 2500*time.Millisecond; got != want {
		t.Errorf("Crawl-delay = %v, want %v", got, want)
	}
	if got := f.rulesFor("campusnews").delay; got != 0 {
		t.Errorf("Crawl-delay of a group without one = %v, want 0", got)
	}
	if len(f.sitemaps) != 1 || f.sitemaps[0] != "https://site.example/sitemap.xml" {
		t.Errorf("sitemaps = %q, want the absolute one", f.sitemaps)
	}
}

// A file over the limit is cut at a line's end, never inside a rule.
func TestRobotsLong(t *testing.T) {
	body := "User-agent: *\n" + strings.Repeat("Disallow: /no/such/folder\n", maxRobots/26+10) + "Disallow: /late\n"
	rules := parseRobots([]byte(body)).rulesFor("x")
	for _, r := range rules.rules {
		if r.pattern != "/no/such/folder" {
			t.Fatalf("rule %q, want whole rules only", r.pattern)
		}
	}
	if len(rules.rules) == 0 {
		t.Fatal("no rules, want those within the limit")
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$\nAllow: /x", "/xaab")
	f.Add("user-agent: campusnews\ncrawl-delay: 1e309\ndisallow: %", "/%zz")
	f.Fuzz(func(t *testing.T, file, path string) {
		u := &url.URL{Scheme: "http", Host: "site.example", Path: "/" + path}
		rules := parseRobots([]byte(file)).rulesFor("campusnews")
		if rules.delay < 0 || rules.delay > 24*time.Hour {
			t.Errorf("Crawl-delay %v, want between none and a day", rules.delay)
		}
		got := rules.allows(u)
		if got != rules.allows(u) {
			t.Error("two answers for one address")
		}
		if !got && !strings.Contains(strings.ToLower(file), "disallow") {
			t.Error("refused without any disallow")
		}
		shut := append([]robotsRule{{pattern: "/"}}, rules.rules...)
		if (robotsRules{rules: shut}).allows(u) && !strings.Contains(strings.ToLower(file), "allow") && u.Path != "/robots.txt" {
			t.Error("Disallow: / did not shut")
		}
	})
}
