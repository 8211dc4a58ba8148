package memento

import (
	"fmt"
	"net/http"
	"testing"

	"campusnews/archive/warc"
)

// TestRanges: a player asks for parts of a film, and gets them, of the exact bytes and in the frame alike.
func TestRanges(t *testing.T) {
	_, s := fixture(t)
	size := len(film)
	for _, f := range []form{formExact, formFrame, formImage} {
		path := pathAt(f, noon.Add(19e9), "http://news.example.edu.cn/film.mp4")
		res, whole := get(t, s, path)
		tag := res.Header.Get("ETag")
		if res.StatusCode != http.StatusOK || whole != film || res.Header.Get("Accept-Ranges") != "bytes" || res.ContentLength != int64(size) || tag == "" {
			t.Errorf("%s: got %d, %d bytes, Accept-Ranges %q, length %d, ETag %q", path, res.StatusCode, len(whole), res.Header.Get("Accept-Ranges"), res.ContentLength, tag)
		}
		for _, c := range []struct {
			name, asked string
			status      int
			from, to    int // of what is to come
			also        []string
		}{
			{"the beginning", "bytes=0-99", 206, 0, 100, nil},
			{"the middle", "bytes=1000000-1000999", 206, 1000000, 1001000, nil},
			{"from a place on", "bytes=3000000-", 206, 3000000, size, nil},
			{"the end", "bytes=-10", 206, size - 10, size, nil},
			{"of the same film", "bytes=5-6", 206, 5, 7, []string{"If-Range", tag}},
			{"of another film", "bytes=5-6", 200, 0, size, []string{"If-Range", `"sha1:OTHER"`}},
			{"there and back", "bytes=2000000-2000001,5-6", 200, 0, size, nil},
			{"of another unit", "pages=1-2", 416, 0, 0, nil},
			{"behind the end", fmt.Sprintf("bytes=%d-", size), 416, 0, 0, nil},
		} {
			res, got := get(t, s, path, append([]string{"Range", c.asked}, c.also...)...)
			if res.StatusCode != c.status || c.status != 416 && got != film[c.from:c.to] {
				t.Errorf("%s, %s: got %d and %d bytes, want %d and %d", path, c.name, res.StatusCode, len(got), c.status, c.to-c.from)
			}
			want := fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, size)
			if c.status == 206 && res.Header.Get("Content-Range") != want {
				t.Errorf("%s, %s: Content-Range %q, want %q", path, c.name, res.Header.Get("Content-Range"), want)
			}
		}
		if res, _ := get(t, s, path, "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
			t.Errorf("%s: asked for again, got %d", path, res.StatusCode)
		}
	}
	// Packed bytes are cut as they were received.
	path := pathAt(formExact, noon.Add(20e9), "http://news.example.edu.cn/packed.wav")
	_, whole := get(t, s, path)
	res, got := get(t, s, path, "Range", "bytes=100-199")
	if res.StatusCode != 206 || got != whole[100:200] || res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%s: got %d, Content-Encoding %q, %d bytes", path, res.StatusCode, res.Header.Get("Content-Encoding"), len(got))
	}
	if warc.Digest([]byte(whole)) == warc.Digest([]byte(film)) {
		t.Error("the packed film is not packed")
	}
}

// TestRangesOfOthers: an answer that was no page, or is written anew, is sent whole.
func TestRangesOfOthers(t *testing.T) {
	_, s := fixture(t)
	for _, c := range []struct {
		path   string
		status int
	}{
		{pathAt(formExact, noon.Add(9e9), "http://news.example.edu.cn/404.htm"), 404},
		{pathAt(formFrame, noon, home), 200},
	} {
		_, whole := get(t, s, c.path)
		if res, got := get(t, s, c.path, "Range", "bytes=1-2"); res.StatusCode != c.status || got != whole || whole == "" {
			t.Errorf("%s: got %d, %q, want %d, %q", c.path, res.StatusCode, got, c.status, whole)
		}
	}
}
