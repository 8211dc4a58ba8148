package archive

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract"
)

// TestImportWget takes in what the real wget writes of a site on loopback: WARC/1.0, addresses in brackets, digests in
// base32, chunked answers, a page that is not there; packed and unpacked.
func TestImportWget(t *testing.T) {
	wget, err := exec.LookPath("wget")
	if err != nil {
		t.Skip("no wget on this machine")
	}
	const articles = 3
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		w.Header().Set("Content-Type", "text/html")
		if _, err := fmt.Sscanf(r.URL.Path, "/info/1003/%d.htm", &n); err != nil || n > articles {
			w.WriteHeader(http.StatusNotFound)
			w.(http.Flusher).Flush() // chunked from here on
			fmt.Fprint(w, "没有这个页面")
			return
		}
		if n > 1 {
			w.(http.Flusher).Flush()
		}
		fmt.Fprintf(w, wgetPage, fmt.Sprintf("第%d篇文章的题目", n), strings.Repeat("这是正文里的一句话。", 20))
	}))
	defer srv.Close()
	for _, packed := range []bool{true, false} {
		t.Run(fmt.Sprintf("packed=%t", packed), func(t *testing.T) {
			dir := t.TempDir()
			args := []string{"--no-config", "--quiet", "--tries=1", "--no-proxy", "--delete-after", "--warc-file=site"}
			file := filepath.Join(dir, "site.warc.gz")
			if !packed {
				args, file = append(args, "--no-warc-compression"), filepath.Join(dir, "site.warc")
			}
			for n := range articles + 1 { // the last is not there
				args = append(args, fmt.Sprintf("%s/info/1003/%d.htm", srv.URL, n+1))
			}
			cmd := exec.Command(wget, args...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 8 { // 8: the server said 404
				t.Fatalf("wget: %v\n%s", err, out)
			}
			a := open(t, t.TempDir())
			c := begin(t, a)
			opts := ImportOptions{Site: "csu", Reader: extract.New(extract.WithSystem("vsb"))}
			var faults []string
			got, err := c.ImportWARC(t.Context(), file, opts, func(f string) { faults = append(faults, f) })
			if want := (Import{Taken: articles + 1, Articles: articles}); err != nil || got != want {
				t.Errorf("got %+v (%v), %q, want %+v", got, err, faults, want)
			}
			if n := count(t, a, `SELECT count(*) FROM articles WHERE title LIKE '第_篇文章的题目' AND body LIKE '%正文里的一句话%' AND published = '2016-07-22'`); n != articles {
				t.Errorf("articles as written: got %d, want %d", n, articles)
			}
			if n := count(t, a, `SELECT count(*) FROM captures WHERE status = 404 AND reason = 'import'`); n != 1 {
				t.Errorf("captures of the missing page: got %d, want 1", n)
			}
			if got, err := c.ImportWARC(t.Context(), file, opts, func(string) {}); err != nil || got.Known != articles+1 {
				t.Errorf("a second time: got %+v (%v), want %d known", got, err, articles+1)
			}
			if _, faults := verify(t, a); len(faults) > 0 {
				t.Errorf("verify: got %v", faults)
			}
		})
	}
}
