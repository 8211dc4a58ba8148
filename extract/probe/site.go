package probe

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"campusnews/extract"
	"campusnews/extract/drift"
)

// A Failure is a page that could not be used.
type Failure struct {
	URL    string `json:"url"`
	Reason string `json:"reason"`
}

// A site is one look at a site: it fetches within a budget, reads, and counts.
type site struct {
	fetch     Fetch
	extractor *extract.Extractor
	budget    int // pages that may still be fetched
	fetched   int
	systems   map[string]int // recognised systems of the pages read; "" = none
	counts    drift.Counts
	failures  []Failure
	last      extract.Page                        // the page read last
	visit     func(extract.Page, *extract.Result) // called with each page read; nil = nobody
}

// read fetches and reads one page, asked for as asked. ok is false if there
// is nothing to read; the reason then stands in failures.
func (s *site) read(ctx context.Context, address string, asked extract.Kind) (r extract.Result, ok bool, err error) {
	if s.budget <= 0 {
		return r, false, nil
	}
	s.budget--
	s.fetched++
	page, err := s.fetch(ctx, address)
	if ctx.Err() != nil {
		return r, false, ctx.Err()
	}
	if err != nil {
		s.failures = append(s.failures, Failure{address, err.Error()})
		return r, false, nil
	}
	if page.URL == "" {
		page.URL = address
	}
	r, s.last = s.extractor.Extract(page), page
	s.systems[r.System]++
	if asked != "" {
		s.counts.Add(asked, &r)
	}
	if s.visit != nil {
		s.visit(page, &r)
	}
	if r.Kind == extract.KindError || r.Kind == extract.KindBlocked {
		s.failures = append(s.failures, Failure{address, fmt.Sprintf("%s: %s", r.Kind, r.Reason)})
		return r, false, nil
	}
	return r, true, nil
}

// pagerText are the words of links that turn a list's pages.
var pagerText = regexp.MustCompile(`^([\d\s.…<>«»‹›|\[\]()（）-]+|首页|[上下前后]一?页|尾页|末页|第一页|最后一?页|跳转|转到|GO)$`)

// moreText are the words of links that lead to a list without naming it.
var moreText = regexp.MustCompile(`(?i)^(\W*(more|更多|查看更多|查看全部|详细|进入)\W*)$`)

// newsText are parts of the names that columns of news have. They only decide
// what is looked at first when the budget does not allow for all.
var newsText = regexp.MustCompile(`闻|要闻|动态|公告|通知|快讯|快报|时讯|资讯|简讯|媒体|报道|头条|视点|聚焦|专题|人物|故事|讲座|学术|校园|学生|观点|综合|速递|简报|天地|风采`)

// samePage makes twins of an address equal: scheme, fragment, a home page's
// index file.
func samePage(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	for _, index := range []string{"index.htm", "index.html", "index.jsp", "index.shtml", "main.htm"} {
		if dir, ok := strings.CutSuffix(path, "/"+index); ok && dir == "" {
			path = "/"
		}
	}
	key := strings.ToLower(u.Host) + path
	if u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	return key
}
