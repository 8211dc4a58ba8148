package scraper

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRobots is how much of a robots.txt is read; RFC 9309 section 2.5 asks for
// at least 500 KiB.
const maxRobots = 500 << 10

// A robotsFile is a robots.txt as RFC 9309 reads it, with Crawl-delay. The
// zero value allows everything.
type robotsFile struct {
	groups   []robotsGroup
	sitemaps []string
}

type robotsGroup struct {
	agents []string // lower case; "*" for all
	rules  []robotsRule
	delay  time.Duration
}

type robotsRule struct {
	pattern string // as parts of a path, escaped alike; may hold * and end with $
	allow   bool
}

// parseRobots reads a robots.txt. Nothing in it is an error: what is not
// understood is left out, as section 2.2 has it. Markup instead of rules, which many
// sites answer with 200 for any address, is an empty file.
func parseRobots(body []byte) robotsFile {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(body) > maxRobots {
		body = body[:maxRobots]
		if i := bytes.LastIndexByte(body, '\n'); i >= 0 {
			body = body[:i] // a rule cut in two would say something else
		}
	}
	var f robotsFile
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return f
	}
	inRules := true // the next user-agent line opens a group
	var current *robotsGroup
	for line := range bytes.SplitSeq(bytes.ReplaceAll(body, []byte("\r"), []byte("\n")), []byte("\n")) {
		text, _, _ := strings.Cut(string(line), "#")
		key, value, ok := strings.Cut(text, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent", "useragent", "user agent":
			if inRules {
				f.groups = append(f.groups, robotsGroup{})
				current, inRules = &f.groups[len(f.groups)-1], false
			}
			current.agents = append(current.agents, productToken(value))
		case "allow", "disallow":
			inRules = true
			if current != nil && value != "" {
				current.rules = append(current.rules, robotsRule{pattern: escapeAlike(value), allow: key == "allow"})
			}
		case "crawl-delay":
			inRules = true
			if s, err := strconv.ParseFloat(value, 64); current != nil && err == nil && s > 0 {
				current.delay = time.Duration(min(s, 86400) * float64(time.Second))
			}
		case "sitemap":
			if u, err := url.Parse(value); err == nil && u.IsAbs() {
				f.sitemaps = append(f.sitemaps, value)
			}
		}
	}
	return f
}

// productToken cuts a user agent to what robots.txt names it by: "campusnews"
// of "campusnews/1.0 (+https://…)".
func productToken(agent string) string {
	agent = strings.ToLower(strings.TrimSpace(agent))
	if strings.HasPrefix(agent, "*") {
		return "*"
	}
	end := strings.IndexFunc(agent, func(r rune) bool {
		return (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
	if end >= 0 {
		return agent[:end]
	}
	return agent
}

// robotsRules are the rules for one user agent.
type robotsRules struct {
	rules []robotsRule
	delay time.Duration // Crawl-delay; 0 = none
}

// rulesFor joins the groups that name the agent, or else those for all
// (section 2.2.1).
func (f robotsFile) rulesFor(agent string) robotsRules {
	token := productToken(agent)
	var own, all robotsRules
	named := false
	for _, g := range f.groups {
		for _, a := range g.agents {
			switch {
			case a == token && token != "":
				named = true
				own.rules = append(own.rules, g.rules...)
				own.delay = max(own.delay, g.delay)
			case a == "*":
				all.rules = append(all.rules, g.rules...)
				all.delay = max(all.delay, g.delay)
			}
		}
	}
	if named {
		return own
	}
	return all
}

// allows says whether the address may be asked for: the longest matching
// pattern decides, allow if two are equally long (section 2.2.2). robots.txt itself always may.
func (r robotsRules) allows(u *url.URL) bool {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if target == "/robots.txt" {
		return true
	}
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	target = escapeAlike(target)
	best, allow := -1, true
	for _, rule := range r.rules {
		if n := len(rule.pattern); (n > best || n == best && rule.allow) && matchesPattern(rule.pattern, target) {
			best, allow = n, rule.allow
		}
	}
	return allow
}

// escapeAlike brings the percent-encodings of pattern and path to one form:
// what may stand bare stands bare, all else is escaped in upper case.
func escapeAlike(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			v, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			c, i = byte(v), i+2
			if !unreserved(c) {
				b.WriteByte('%')
				b.WriteByte(hex[c>>4])
				b.WriteByte(hex[c&15])
				continue
			}
		}
		if c <= ' ' || c >= 0x7f {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// matchesPattern says whether the pattern matches from the path's beginning. *
// stands for anything, $ at the end for the end. It takes time in proportion to
// the product of the lengths at worst: robots.txt is foreign text.
func matchesPattern(pattern, target string) bool {
	anchored := strings.HasSuffix(pattern, "$")
	if anchored {
		pattern = pattern[:len(pattern)-1]
	}
	p, t := 0, 0
	star, mark := -1, 0
	for {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p == len(pattern) && (!anchored || t == len(target)):
			return true
		case p < len(pattern) && t < len(target) && pattern[p] == target[t]:
			p++
			t++
		case star >= 0 && mark < len(target):
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
}
