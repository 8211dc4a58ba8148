package memento

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestTimeGate(t *testing.T) {
	_, s := fixture(t)
	for _, c := range []struct {
		accept string
		status int
		want   string
	}{
		{"", 302, "/web/20160821120000/" + home},
		{"Sat, 23 Jul 2016 00:00:00 GMT", 302, "/web/20160722120000/" + home},
		{"Mon, 01 Aug 2016 11:59:59 GMT", 302, "/web/20160801120000/" + home},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 302, "/web/20160722120000/" + home},
		{"yesterday", 400, ""},
	} {
		headers := []string{}
		if c.accept != "" {
			headers = []string{"Accept-Datetime", c.accept}
		}
		res, _ := get(t, s, "/web/timegate/"+home, headers...)
		if res.StatusCode != c.status || res.Header.Get("Location") != c.want || res.Header.Get("Vary") != "Accept-Datetime" {
			t.Errorf("Accept-Datetime %q: got %d, %s, Vary %q, want %d, %s", c.accept, res.StatusCode, res.Header.Get("Location"), res.Header.Get("Vary"), c.status, c.want)
		}
		// RFC 7089, 4.1.1: a TimeGate's redirect is no memento, and names the original.
		if res.Header.Get("Memento-Datetime") != "" || c.status == 302 && !strings.Contains(res.Header.Get("Link"), `<`+home+`>; rel="original"`) {
			t.Errorf("Accept-Datetime %q: Memento-Datetime %q, Link %q", c.accept, res.Header.Get("Memento-Datetime"), res.Header.Get("Link"))
		}
	}
	if res, _ := get(t, s, "/web/timegate/http://nowhere.example/"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an address that is not archived: got %d", res.StatusCode)
	}
}

// TestMementoHeaders reads what RFC 7089 asks of a memento, section 4.2.
func TestMementoHeaders(t *testing.T) {
	_, s := fixture(t)
	for _, f := range []form{formPage, formFrame, formExact} {
		res, _ := get(t, s, pathAt(f, noon.Add(10*day), home))
		if got := res.Header.Get("Memento-Datetime"); got != "Mon, 01 Aug 2016 12:00:00 GMT" {
			t.Errorf("%q: Memento-Datetime %q", f, got)
		}
		for _, want := range []string{
			`<` + home + `>; rel="original"`,
			`<` + s.URL + `/web/timegate/` + home + `>; rel="timegate"`,
			`<` + s.URL + `/web/timemap/link/` + home + `>; rel="timemap"; type="application/link-format"`,
			`<` + s.URL + `/web/20160722120000/` + home + `>; rel="first memento"; datetime="Fri, 22 Jul 2016 12:00:00 GMT"`,
			`<` + s.URL + `/web/20160801120000/` + home + `>; rel="memento"; datetime="Mon, 01 Aug 2016 12:00:00 GMT"`,
			`<` + s.URL + `/web/20160821120000/` + home + `>; rel="last memento"; datetime="Sun, 21 Aug 2016 12:00:00 GMT"`,
		} {
			if link := res.Header.Get("Link"); !strings.Contains(link, want) {
				t.Errorf("%q: Link %s\nlacks %s", f, link, want)
			}
		}
	}
}

// TestTimeMap reads a time map as RFC 6690 and RFC 7089 write it.
func TestTimeMap(t *testing.T) {
	_, s := fixture(t)
	res, body := get(t, s, "/web/timemap/link/"+home)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/link-format" {
		t.Fatalf("got %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	line := regexp.MustCompile(`^<([^<>]+)>((?:; [a-z]+="[^"]*")+)$`)
	rels := map[string]int{}
	for _, l := range strings.Split(strings.TrimSuffix(body, "\n"), ",\n") {
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Errorf("no link: %q", l)
			continue
		}
		rels[regexp.MustCompile(`rel="([^"]*)"`).FindStringSubmatch(m[2])[1]]++
	}
	if rels["original"] != 1 || rels["timegate"] != 1 || rels["self"] != 1 || rels["first memento"] != 1 || rels["memento"] != 2 || rels["last memento"] != 1 {
		t.Errorf("got %v in\n%s", rels, body)
	}

	res, body = get(t, s, "/web/timemap/json/"+home)
	var m struct {
		Original string `json:"original_uri"`
		Mementos []jsonMoment
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil || m.Original != home || len(m.Mementos) != 4 || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %+v (%v) of %s", m, err, body)
	}
	for _, kind := range []string{"link", "json"} {
		if res, _ := get(t, s, "/web/timemap/"+kind+"/http://nowhere.example/"); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of what is not archived: got %d", kind, res.StatusCode)
		}
	}
}
