package archive

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"campusnews/archive/warc"
)

func TestSURT(t *testing.T) {
	for address, want := range map[string]string{
		"https://news.csu.edu.cn/info/1002/1.htm":         "cn,edu,csu,news)/info/1002/1.htm",
		"http://www.csu.edu.cn":                           "cn,edu,csu)/",
		"http://www2.csu.edu.cn:8080/A?b=2&a=1":           "cn,edu,csu:8080)/a?a=1&b=2",
		"https://wwwx.csu.edu.cn:443/":                    "cn,edu,csu,wwwx)/",
		"https://news.csu.edu.cn/%E4%B8%AD?x=%E5%8D%97":   "cn,edu,csu,news)/%e4%b8%ad?x=%e5%8d%97",
		"urn:campusnews:crawl:1":                          "urn:campusnews:crawl:1",
		"https://news.csu.edu.cn/content.jsp?wbnewsid=16": "cn,edu,csu,news)/content.jsp?wbnewsid=16",
	} {
		if got := surt(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// TestCDXJOfFiles: the indexes of the WARC files are together that of the archive, each with what is in its file.
func TestCDXJOfFiles(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{WARC: warc.Options{MaxBytes: 4 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	c := begin(t, a)
	for i := range 12 {
		save(t, c, article(i+1, noon, fmt.Sprint("题目", i), fmt.Sprint("正文", i)))
	}
	var whole bytes.Buffer
	if err := a.WriteCDXJ(t.Context(), &whole, ""); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(a.WARCDir())
	if err != nil || len(entries) < 3 {
		t.Fatalf("%d WARC files (%v), want several", len(entries), err)
	}
	var lines []string
	for _, e := range entries {
		var index bytes.Buffer
		if err := a.WriteCDXJ(t.Context(), &index, e.Name()); err != nil {
			t.Fatal(err)
		}
		own := strings.Split(strings.TrimSpace(index.String()), "\n")
		for _, line := range own {
			if !strings.Contains(line, `"filename":"`+e.Name()+`"`) {
				t.Errorf("%s: %s", e.Name(), line)
			}
		}
		if !slices.IsSorted(own) {
			t.Errorf("%s: its index is not sorted", e.Name())
		}
		lines = append(lines, own...)
	}
	slices.Sort(lines)
	if got := strings.Join(lines, "\n"); got != strings.TrimSpace(whole.String()) {
		t.Errorf("together they are\n%s\nwant\n%s", got, whole.String())
	}
	if err := a.WriteCDXJ(t.Context(), io.Discard, "no.warc.gz"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a file that is not there: %v, want ErrNotFound", err)
	}
}

// TestWACZ reads a WACZ as a reader of web archives does: from the datapackage to the digests, from the list of
// blocks to the index, from the index to the records.
func TestWACZ(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	const articles = cdxBlock + 40 // two blocks
	for i := range articles {
		save(t, c, article(i+1, noon, fmt.Sprint("题目", i), fmt.Sprint("正文", i)))
	}
	save(t, c, article(1, noon.AddDate(0, 0, 1), "题目0", "正文0")) // the same bytes: a revisit
	var packed bytes.Buffer
	if err := a.WriteWACZ(t.Context(), &packed, WACZOptions{Title: "中南大学新闻网"}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".gz") && f.Method != zip.Store {
			t.Errorf("%s is packed again: a reader cannot fetch parts of it", f.Name)
		}
	}
	hashOf := func(b []byte) string {
		sum := sha256.Sum256(b)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	var about struct {
		Version   string         `json:"wacz_version"`
		Main      string         `json:"mainPageUrl"`
		Resources []waczResource `json:"resources"`
	}
	if err := json.Unmarshal(parts["datapackage.json"], &about); err != nil || about.Version != "1.1.1" || about.Main == "" || len(about.Resources) != len(parts)-2 {
		t.Fatalf("datapackage: got %+v (%v), want version 1.1.1 and %d resources", about, err, len(parts)-2)
	}
	for _, r := range about.Resources {
		if got := parts[r.Path]; hashOf(got) != r.Hash || int64(len(got)) != r.Bytes {
			t.Errorf("%s: got %d bytes, %s, the datapackage says %d, %s", r.Path, len(got), hashOf(got), r.Bytes, r.Hash)
		}
	}
	var own map[string]string
	if err := json.Unmarshal(parts["datapackage-digest.json"], &own); err != nil || own["hash"] != hashOf(parts["datapackage.json"]) {
		t.Errorf("datapackage-digest: got %v (%v)", own, err)
	}
	if pages := strings.Count(string(parts["pages/pages.jsonl"]), "\n"); pages < articles+1 {
		t.Errorf("pages: got %d lines, want a head and %d articles", pages, articles)
	}

	var lines []string
	blocks := strings.Split(strings.TrimSpace(string(parts["indexes/index.idx"])), "\n")
	if len(blocks) != 3 || !strings.HasPrefix(blocks[0], "!meta 0 {") {
		t.Fatalf("index.idx: got %q, want a head and two blocks", blocks)
	}
	for _, b := range blocks[1:] {
		var where struct{ Offset, Length int }
		at := strings.IndexByte(b, '{')
		if err := json.Unmarshal([]byte(b[at:]), &where); err != nil {
			t.Fatal(err)
		}
		block := parts["indexes/index.cdx.gz"][where.Offset : where.Offset+where.Length]
		gz, err := gzip.NewReader(bytes.NewReader(block))
		if err != nil {
			t.Fatal(err)
		}
		n := len(lines)
		for scan := bufio.NewScanner(gz); scan.Scan(); {
			lines = append(lines, scan.Text())
		}
		if !strings.HasPrefix(lines[n], b[:at]) || !strings.Contains(b, hashOf(block)) {
			t.Errorf("block: got %s for one that begins with %s", b, lines[n])
		}
	}
	if len(lines) != articles+1 || !slices.IsSorted(lines) {
		t.Errorf("index: got %d lines, sorted %t, want %d", len(lines), slices.IsSorted(lines), articles+1)
	}
	var whole bytes.Buffer
	if err := a.WriteCDXJ(t.Context(), &whole, ""); err != nil || strings.TrimSpace(whole.String()) != strings.Join(lines, "\n") {
		t.Errorf("WriteCDXJ gives another index (%v)", err)
	}
	revisits := 0
	for _, line := range lines {
		var e struct {
			URL, Mime, Filename    string
			Offset, Length, Digest string
		}
		if err := json.Unmarshal([]byte(line[strings.IndexByte(line, '{'):]), &e); err != nil {
			t.Fatal(err)
		}
		var offset, length int
		if _, err := fmt.Sscan(e.Offset+" "+e.Length, &offset, &length); err != nil {
			t.Fatal(err)
		}
		b := parts["archive/"+e.Filename][offset : offset+length]
		rec, err := warc.NewReader(bytes.NewReader(b), int64(len(b))).Next()
		if err != nil || rec.URL() != e.URL || rec.Header.Get("WARC-Payload-Digest") != e.Digest {
			t.Fatalf("%s: the record there is %+v (%v)", line, rec, err)
		}
		if e.Mime == "warc/revisit" {
			revisits++
		}
	}
	if revisits != 1 {
		t.Errorf("revisits: got %d, want 1", revisits)
	}
}
