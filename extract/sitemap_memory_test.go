package extract

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"campusnews/extract/sitemap"
)

// TestSitemapMemory: of a full sitemap no address is held twice.
func TestSitemapMemory(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	addresses := 0
	for i := range sitemap.MaxEntries {
		address := fmt.Sprintf("https://news.example.edu.cn/news/%d-the-title-of-a-piece-of-news-as-it-stands-in-an-address.html", i)
		addresses += len(address)
		fmt.Fprintf(&b, "<url><loc>%s</loc></url>\n", address)
	}
	body := []byte(b.String())
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	e := New()
	before := held()
	r := e.Extract(Page{URL: "https://news.example.edu.cn/sitemap.xml", Body: body})
	got := held() - before
	if r.Listing == nil || len(r.Listing.Items) != sitemap.MaxEntries {
		t.Fatalf("got %s %q", r.Kind, r.Reason)
	}
	if it := r.Listing.Items[7]; it.Key != strings.TrimPrefix(it.URL, "https://") {
		t.Errorf("key %q of %q", it.Key, it.URL)
	}
	rows := uint64(sitemap.MaxEntries * 88) // of a 64-bit machine, without the strings
	if most := rows + uint64(addresses)*5/4; got > most {
		t.Errorf("%d KiB held for %d KiB of addresses, want at most %d", got>>10, addresses>>10, most>>10)
	}
	runtime.KeepAlive(body)
}
