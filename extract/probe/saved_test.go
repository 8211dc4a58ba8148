package probe

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract"
)

// shared is where other people's saved pages lie beside the project; they are
// no part of it, and tests on them are skipped where they are not.
const shared = "../../../shared/sites"

// saved answers from a folder of saved pages, through its table of addresses
// if it has one, else by the paths of its files.
func saved(tb testing.TB, host string) Fetch {
	tb.Helper()
	folder := filepath.Join(shared, host)
	if _, err := os.Stat(folder); err != nil {
		tb.Skipf("no saved pages of %s here: %v", host, err)
	}
	type entry struct{ file, contentType string }
	files := map[string]entry{}
	if f, err := os.Open(folder + ".urls.tsv"); err == nil {
		defer f.Close()
		for in := bufio.NewScanner(f); in.Scan(); {
			if col := strings.Split(in.Text(), "\t"); len(col) >= 3 {
				files[samePage(col[0])] = entry{col[1], col[2]}
			}
		}
	} else if err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(folder, path)
			files[samePage("http://"+host+"/"+filepath.ToSlash(rel))] = entry{rel, ""}
		}
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	if len(files) == 0 {
		tb.Fatalf("no pages in %s", folder)
	}
	return func(_ context.Context, address string) (extract.Page, error) {
		u, err := url.Parse(address)
		if err != nil {
			return extract.Page{}, err
		}
		for _, try := range []string{address, strings.TrimSuffix(address, "/") + "/index.htm", strings.TrimSuffix(address, "/") + "/index.html", strings.TrimSuffix(address, ".htm") + ".html"} {
			e, ok := files[samePage(try)]
			if !ok {
				continue
			}
			body, err := os.ReadFile(filepath.Join(folder, e.file))
			return extract.Page{URL: address, ContentType: e.contentType, Status: 200, Body: body}, err
		}
		return extract.Page{}, fmt.Errorf("%s: 404 Not Found", u.Path)
	}
}

// What hand-made profiles of the two mirrors have, Probe finds: systems and
// the columns of news.
func TestProbeSaved(t *testing.T) {
	for host, want := range map[string]struct {
		home, id, system string
		sections         map[string]string
	}{
		"cst.nuc.edu.cn": {"http://cst.nuc.edu.cn/", "nuc-cst", "vsb", map[string]string{
			"学院新闻": "http://cst.nuc.edu.cn/xwzx/xyxw.htm", "通知公告": "http://cst.nuc.edu.cn/xwzx/tzgg.htm", "科研动态": "http://cst.nuc.edu.cn/kxyj/kydt.htm",
			"团学动态": "http://cst.nuc.edu.cn/xsgz/txdt.htm", "党建动态": "http://cst.nuc.edu.cn/dqgz/djdt.htm",
		}},
		"cs.fudan.edu.cn": {"https://cs.fudan.edu.cn/", "fudan-cs", "webplus", map[string]string{
			"通知公告": "https://cs.fudan.edu.cn/24284/list.html", "科研快讯": "https://cs.fudan.edu.cn/24280/list.html", "学生工作": "https://cs.fudan.edu.cn/24252/list.html",
			"党建动态": "https://cs.fudan.edu.cn/24289/list.html",
		}},
	} {
		t.Run(host, func(t *testing.T) {
			r, err := Probe(t.Context(), saved(t, host), want.home, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Profile.ID != want.id || r.Profile.System != want.system {
				t.Errorf("got id %q, system %q, want %q, %q", r.Profile.ID, r.Profile.System, want.id, want.system)
			}
			for name, address := range want.sections {
				if s, ok := r.Profile.Section(name); !ok || s.URL != address {
					t.Errorf("section %s: got %+v, want %s", name, s, address)
				}
			}
			readsBack(t, r)
			f := r.Counts.Articles.Fields
			if n := f["title"]; n.Of == 0 || n.Filled < n.Of || f["published"].Rate() < 1 {
				t.Errorf("got titles %+v, dates %+v, want one on each sampled article", n, f["published"])
			}
			check, err := Check(t.Context(), saved(t, host), r.Profile, Options{})
			if err != nil || len(check.Problems) > 0 {
				t.Errorf("the drafted profile fails its check: %q, %v", check.Problems, err)
			}
			t.Logf("%d pages, %d sections of %d lists, %d articles", r.Fetched, len(r.Profile.Sections), len(r.Sections), r.Counts.Articles.Pages)
		})
	}
}

// On a site of no known system, too, Probe finds the columns.
func TestProbeSavedWithoutSystem(t *testing.T) {
	s := &site{fetch: saved(t, "cst.nuc.edu.cn"), extractor: extract.New(extract.GenericOnly()), budget: 120, systems: map[string]int{}}
	home, err := s.home(t.Context(), "http://cst.nuc.edu.cn/")
	if err != nil {
		t.Fatal(err)
	}
	sections, err := s.sections(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, sec := range sections {
		found[sec.Name] = sec.URL
	}
	for name, want := range map[string]string{
		"学院新闻": "http://cst.nuc.edu.cn/xwzx/xyxw.htm", "通知公告": "http://cst.nuc.edu.cn/xwzx/tzgg.htm", "科研动态": "http://cst.nuc.edu.cn/kxyj/kydt.htm",
		"团学动态": "http://cst.nuc.edu.cn/xsgz/txdt.htm", "党建动态": "http://cst.nuc.edu.cn/dqgz/djdt.htm",
	} {
		if found[name] != want {
			t.Errorf("section %s: got %q, want %s", name, found[name], want)
		}
	}
	t.Logf("%d pages, %d lists", s.fetched, len(sections))
}

// fixtures answers from the project's own fixture site.
func fixtures(tb testing.TB) Fetch {
	tb.Helper()
	const folder = "../../testdata/csu"
	table := map[string]string{}
	f, err := os.Open(folder + "/urls.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	types := map[string]string{}
	for in := bufio.NewScanner(f); in.Scan(); {
		if col := strings.Split(in.Text(), "\t"); len(col) >= 3 {
			table[samePage(col[0])], types[samePage(col[0])] = col[1], col[2]
		}
	}
	return func(_ context.Context, address string) (extract.Page, error) {
		u, err := url.Parse(address)
		if err != nil {
			return extract.Page{}, err
		}
		file := filepath.Join(u.Host, filepath.FromSlash(u.Path))
		if u.Path == "/" {
			file = filepath.Join(u.Host, "index.htm")
		}
		contentType := "text/html"
		if f, ok := table[samePage(address)]; ok {
			file, contentType = f, types[samePage(address)]
		}
		body, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return extract.Page{}, fmt.Errorf("%s: 404 Not Found", u.Path)
		}
		return extract.Page{URL: address, ContentType: contentType, Status: 200, Body: body}, nil
	}
}
