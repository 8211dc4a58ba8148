package memento

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"campusnews/archive"
	"campusnews/archive/warc"
)

func TestPages(t *testing.T) {
	_, s := fixture(t)
	for name, c := range map[string]struct {
		path   string
		status int
		want   string // Location, or a part of the page
	}{
		"latest":                        {"/web/" + home, 302, "/web/20160821120000/" + home},
		"latest without a scheme":       {"/web/news.example.edu.cn/", 302, "/web/20160821120000/" + home},
		"nearest before":                {"/web/20160724/" + home, 302, "/web/20160722120000/" + home},
		"nearest after":                 {"/web/20160730/" + home, 302, "/web/20160801120000/" + home},
		"a year":                        {"/web/2015/" + home, 302, "/web/20160722120000/" + home},
		"a far year":                    {"/web/99991231235959/" + home, 302, "/web/20160821120000/" + home},
		"exact":                         {"/web/20160801120000/" + home, 200, "frame /web/20160801120000if_/" + home},
		"its neighbour before":          {"/web/20160801120000/" + home, 200, "previous /web/20160722120000/" + home},
		"its neighbour after":           {"/web/20160801120000/" + home, 200, "next /web/20160811120000/" + home},
		"the first of all":              {"/web/20160811120000/" + home, 200, "first /web/20160722120000/" + home},
		"the last of all":               {"/web/20160811120000/" + home, 200, "last /web/20160821120000/" + home},
		"the other scheme":              {"/web/20160722120000/https://news.example.edu.cn/", 200, "page https://news.example.edu.cn/"},
		"capitals and a port":           {"/web/20160722120000/HTTP://News.Example.edu.cn:80", 200, "page " + home},
		"a proxy cleaned it":            {"/web/20160722120000/http:/news.example.edu.cn/", 200, "page " + home},
		"redirect":                      {"/web/20160722120005/http://news.example.edu.cn/old.htm", 302, "/web/20160722120003/https://news.example.edu.cn/gbk.htm"},
		"redirect to nothing":           {"/web/20160722120007/http://news.example.edu.cn/dead.htm", 200, "target http://elsewhere.example/%3Cb%3E"},
		"redirect to itself":            {"/web/20160722120008/http://news.example.edu.cn/loop.htm", 200, "dead http://news.example.edu.cn/loop.htm"},
		"redirect to itself, then page": {"/web/20160722120015/http://news.example.edu.cn/cookie.htm", 200, "status 200"},
		"redirect to https":             {"/web/20160722120016/https://secure.example.edu.cn/", 200, "status 200"},
		"404":                           {"/web/20160722120009/http://news.example.edu.cn/404.htm", 200, "status 404"},
		"a query with Han":              {"/web/20160722120012/http://news.example.edu.cn/query.jsp?x=%E4%B8%AD", 200, "status 200"},
		"not archived":                  {"/web/2016/http://nowhere.example/<b>?x", 404, "missing http://nowhere.example/%3Cb%3E?x"},
		"all":                           {"/web/*/" + home, 200, "list 4"},
		"all of nothing":                {"/web/*/http://nowhere.example/", 404, "missing"},
		"no address":                    {"/web/", 400, "wrong"},
		"a moment that is none":         {"/web/20161399/" + home, 400, "wrong"},
		"another scheme":                {"/web/2016/ftp://news.example.edu.cn/", 400, "wrong"},
		"a script":                      {"/web/2016/javascript:alert(1)", 400, "wrong"},
		"a name and password":           {"/web/2016/http://a:b@news.example.edu.cn/", 400, "wrong"},
		"NUL":                           {"/web/2016/http://news.example.edu.cn/%00", 404, "missing http://news.example.edu.cn/%00"},
		"line ends":                     {"/web/2016/http://news.example.edu.cn/%0d%0aSet-Cookie:a=b", 404, "missing http://news.example.edu.cn/%0d%0aSet-Cookie:a=b"},
		"the archive's folder":          {"/web/2016/../../archive.db", 404, "missing"},
		"the archive's folder, escaped": {"/web/2016/..%2f..%2farchive.db", 400, "wrong"},
		"a file":                        {"/web/2016/file:///etc/passwd", 400, "wrong"},
		"too long":                      {"/web/2016/http://a.example/" + strings.Repeat("x", maxAddress), 400, "wrong"},
	} {
		res, body := get(t, s, c.path)
		got := body
		if c.status == 302 {
			got = res.Header.Get("Location")
		}
		if res.StatusCode != c.status || !strings.Contains(got, c.want) || c.status == 302 && got != c.want {
			t.Errorf("%s: %s: got %d, %s\nwant %d, %s", name, c.path, res.StatusCode, got, c.status, c.want)
		}
	}
}

func TestFrames(t *testing.T) {
	_, s := fixture(t)
	const site = "/http://news.example.edu.cn/"
	for name, c := range map[string]struct {
		path   string
		status int
		kind   string
		want   string
	}{
		"page":              {"/web/20160722120000if_" + site, 200, "text/html; charset=utf-8", `<title>首页</title><link rel="stylesheet" href="/web/20160722120001cs_` + site + `s.css"><img src="/web/20160722120002im_` + site + `yu.png"><img><a href="/web/20160722120000` + site + `gbk.htm" target="_top">要闻</a><a href="/web/20160722120000/http://elsewhere.example/" target="_top">别处</a>`},
		"sheet":             {"/web/20160722120001cs_" + site + "s.css", 200, "text/css; charset=utf-8", `body{background:none url("/web/20160722120002im_` + site + `yu.png")}@not-archived `},
		"picture":           {"/web/2016im_" + site + "yu.png", 200, "image/png", "\x89PNG\r\n\x1a\n fish"},
		"packed, in chunks": {"/web/20160722120003if_" + site + "gbk.htm", 200, "text/html; charset=utf-8", "<p>把选矿厂的废水变成鱼塘，说的是球磨机。</p>"},
		"the same bytes":    {"/web/20160811120000if_" + site, 200, "text/html; charset=utf-8", "<p>第二次</p>"},
		"not modified":      {"/web/20160821120000if_" + site, 200, "text/html; charset=utf-8", "<p>第二次</p>"},
		"captured 404":      {"/web/20160722120009if_" + site + "404.htm", 404, "text/html; charset=utf-8", "<h1>找不到</h1>"},
		"file":              {"/web/20160722120010if_" + site + "paper.pdf", 200, "text/html; charset=utf-8", `href="/web/20160722120010id_` + site + `paper.pdf"`},
		"file, false name":  {"/web/20160722120011if_" + site + "download.jsp?id=1", 200, "text/html; charset=utf-8", `href="/web/20160722120011id_` + site + `download.jsp?id=1"`},
		"bomb":              {"/web/20160722120004if_" + site + "bomb.htm", 200, "text/html; charset=utf-8", "too large"},
		"cut":               {"/web/20160722120017if_" + site + "cut.htm", 200, "text/html; charset=utf-8", "<p>断</p>"},
		"XML":               {"/web/20160722120018if_" + site + "feed.xml", 200, "text/plain; charset=utf-8", "<rss>新闻</rss>"},
		"redirect, dead":    {"/web/20160722120007if_" + site + "dead.htm", 200, "text/html; charset=utf-8", "<p>http://elsewhere.example/%3Cb%3E</p>"},
		"redirect, picture": {"/web/20160722120005im_" + site + "old.htm", 200, "text/html; charset=utf-8", "球磨机"},
		"not archived":      {"/web/2016if_/http://nowhere.example/", 404, "text/html; charset=utf-8", "<p>http://nowhere.example/</p>"},
		"picture, missing":  {"/web/2016im_/http://nowhere.example/", 404, "text/plain; charset=utf-8", "not archived"},
	} {
		res, body := get(t, s, c.path)
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.kind || !strings.Contains(body, c.want) {
			t.Errorf("%s: %s: got %d, %s\n%.1000s\nwant %d, %s, %s", name, c.path, res.StatusCode, res.Header.Get("Content-Type"), body, c.status, c.kind, c.want)
		}
		if len(res.Cookies()) > 0 {
			t.Errorf("%s: the site's cookies came along", name)
		}
	}
}

// Whatever a capture holds, its answer forbids it to act three times over.
func TestNothingActs(t *testing.T) {
	_, s := fixture(t)
	for _, x := range answers(t) {
		for _, f := range []form{formFrame, formImage, formSheet, formExact, "js_"} {
			path := pathAt(f, noon.Add(x.after), x.address)
			res, body := get(t, s, path)
			policy := res.Header.Get("Content-Security-Policy")
			if res.StatusCode == http.StatusFound || res.StatusCode == http.StatusNotFound && policy == "" {
				continue
			}
			if !strings.HasPrefix(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") || strings.Contains(policy, "unsafe-eval") {
				t.Errorf("%s: policy %q", path, policy)
			}
			if res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: a browser may guess its type", path)
			}
			if f == formExact || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				continue
			}
			for _, bad := range []string{"<script", "onclick", "onload", "javascript:", "refresh", `"http://evil.example`, "action="} {
				if strings.Contains(body, bad) {
					t.Errorf("%s: holds %q", path, bad)
				}
			}
		}
	}
}

// What id_ sends is what was received, byte for byte: it has the digest that was noted when it came.
func TestExactBytes(t *testing.T) {
	a, s := fixture(t)
	n, numbers := 0, 0
	for _, x := range answers(t) {
		list, err := a.CapturesAt(t.Context(), x.address, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.PayloadDigest == "" || !strings.HasPrefix(c.URL, "http:") {
				continue
			}
			n++
			path := pathTo(formExact, placed{c, c.ID}, strings.ReplaceAll(c.URL, "\u4e2d", "%E4%B8%AD"))
			res, body := get(t, s, path)
			if res.StatusCode == http.StatusFound { // to the same without its number
				numbers++
				path = res.Header.Get("Location")
				res, body = get(t, s, path)
			}
			if got := warc.Digest([]byte(body)); got != c.PayloadDigest {
				t.Errorf("%s: got %d, %d bytes of %s, want %s", path, res.StatusCode, len(body), got, c.PayloadDigest)
			}
			if strings.Contains(x.head, "gzip") && res.Header.Get("Content-Encoding") != "gzip" {
				t.Errorf("%s: packed, and no browser is told", path)
			}
			if name := res.Header.Get("Content-Disposition"); strings.HasSuffix(c.URL, ".pdf") && name != "attachment; filename=paper.pdf" {
				t.Errorf("%s: disposition %q", path, name)
			}
		}
	}
	if n < 20 || numbers < 20 || numbers > n-2 {
		t.Errorf("%d captures were compared, %d of which need no number in their addresses", n, numbers)
	}
}

// TestSameSecond: of several captures of an address within one second each is listed, and reached, by an address of its own.
func TestSameSecond(t *testing.T) {
	a, s := fixture(t)
	for _, c := range []struct {
		address string
		want    []string // of the frames, earliest first
	}{
		{"http://news.example.edu.cn/twice.htm", []string{"<p>一遍</p>", "<p>两遍</p>"}},
		{"http://news.example.edu.cn/cookie.htm", []string{"<p>饼干</p>", "<p>饼干</p>"}}, // the first redirects to the second
	} {
		res, body := get(t, s, "/web/timemap/json/"+c.address)
		var m struct{ Mementos []jsonMoment }
		if err := json.Unmarshal([]byte(body), &m); err != nil || len(m.Mementos) != 2 || m.Mementos[0].URI == m.Mementos[1].URI {
			t.Fatalf("%s: got %d, %s (%v)", c.address, res.StatusCode, body, err)
		}
		_, links := get(t, s, "/web/timemap/link/"+c.address)
		for i, x := range m.Mementos {
			if !strings.Contains(links, "<"+x.URI+">") {
				t.Errorf("%s is not in\n%s", x.URI, links)
			}
			path := strings.TrimPrefix(x.URI, s.URL)
			res, page := get(t, s, path)
			for res.StatusCode == http.StatusFound { // a captured redirect
				path = res.Header.Get("Location")
				res, page = get(t, s, path)
			}
			_, frame, _ := strings.Cut(page, "\nframe ")
			frame, _, _ = strings.Cut(frame, "\n")
			if res, got := get(t, s, frame); res.StatusCode != http.StatusOK || got != c.want[i] {
				t.Errorf("%s: its frame %s: got %d, %s, want %s", path, frame, res.StatusCode, got, c.want[i])
			}
			if c.want[0] != c.want[1] && !strings.Contains(page, []string{"next", "previous"}[i]+" "+strings.TrimPrefix(m.Mementos[1-i].URI, s.URL)+"\n") {
				t.Errorf("%s does not lead to %s:\n%s", path, m.Mementos[1-i].URI, page)
			}
		}
	}
	// A number of another second means nothing.
	list, err := a.CapturesAt(t.Context(), home, 1)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for path, want := range map[string]string{
		fmt.Sprintf("/web/20160722120021-%d/http://news.example.edu.cn/twice.htm", list[0].ID): "/web/20160722120021/http://news.example.edu.cn/twice.htm",
		"/web/20160722120021-99999999id_/http://news.example.edu.cn/twice.htm":                 "/web/20160722120021id_/http://news.example.edu.cn/twice.htm",
	} {
		if res, _ := get(t, s, path); res.StatusCode != http.StatusFound || res.Header.Get("Location") != want {
			t.Errorf("%s: got %d, %s, want %s", path, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
	for _, path := range []string{"/web/2016-5/", "/web/20160722120021-/", "/web/20160722120021-0/", "/web/20160722120021--1/", "/web/20160722120021-99999999999999999999/"} {
		if res, _ := get(t, s, path+home); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d", path, res.StatusCode)
		}
	}
}

func TestMethodsAndOtherSites(t *testing.T) {
	_, s := fixture(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/web/2016/"+home, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: got %d, Allow %q", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
	const picture = "/web/2016im_/http://news.example.edu.cn/yu.png"
	if res, _ := get(t, s, picture, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site may use a picture: %d", res.StatusCode)
	}
	if res, _ := get(t, s, picture, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "no-cors"); res.StatusCode != http.StatusOK {
		t.Errorf("our own frame may not use a picture: %d", res.StatusCode)
	}
}

// A page that unpacks to 60 MB is refused without having been unpacked.
func TestBombTakesNoMemory(t *testing.T) {
	_, s := fixture(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 4
	for range times {
		get(t, s, "/web/20160722120004if_/http://news.example.edu.cn/bomb.htm")
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / times; got > 6*maxPage {
		t.Errorf("%d MB were allocated for a page that may have %d MB", got>>20, maxPage>>20)
	}
}

func TestPathOfCapture(t *testing.T) {
	for _, c := range []struct {
		capture archive.Capture
		want    string
	}{
		{archive.Capture{ID: 17, URL: home, Started: noon, Status: 200, File: "x"}, "/web/20160722120000-17/" + home},
		{archive.Capture{URL: home, Started: noon, File: "x"}, ""},
		{archive.Capture{URL: home, Started: noon, Status: 304, File: "x"}, ""},
		{archive.Capture{URL: "dns:x", Started: noon, Status: 200, File: "x"}, ""},
	} {
		if got := Path(c.capture); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.capture, got, c.want)
		}
	}
}
