package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A described answer is what openapi.json says that an operation answers.
type described struct {
	Paths map[string]struct {
		Get struct {
			Parameters []struct{ Name, In string }
			Responses  map[string]struct {
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
	}
}

// Every path of openapi.json is asked for, with what it takes, and what comes is held against its schemas (OpenAPI 3.1: those of
// JSON Schema 2020-12): fields that are missing, of another type, or not described are errors.
func TestAnswersAreAsOpenAPISays(t *testing.T) {
	r := room(t, nil)
	var doc described
	if err := json.Unmarshal(openAPI, &doc); err != nil || len(doc.Paths) == 0 {
		t.Fatalf("%d paths (err %v)", len(doc.Paths), err)
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPI))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", whole); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, ask := range []struct {
		path, address string
		want          int
	}{
		{"/search", "/search?q=鱼&from=2016&to=2016-07&site=example&limit=5&sort=relevance", 200},
		{"/search", "/search?gone=1", 200},
		{"/search", "/search?limit=1&offset=1", 200},
		{"/search", "/search?q=(", 400},
		{"/search", "/search?limit=101", 400},
		{"/search", "/search?offset=-1", 400},
		{"/articles", "/articles?limit=2", 200},
		{"/articles", "/articles?after=2&section=要闻", 200},
		{"/articles", "/articles?from=x", 400},
		{"/articles/{id}", "/articles/1", 200},
		{"/articles/{id}", "/articles/1?version=1", 200},
		{"/articles/{id}", "/articles/2", 200},
		{"/articles/{id}", "/articles/3", 200},
		{"/articles/{id}", "/articles/99", 404},
		{"/articles/{id}/revisions", "/articles/1/revisions", 200},
		{"/articles/{id}/revisions", "/articles/99/revisions", 404},
		{"/articles/{id}/captures", "/articles/1/captures", 200},
		{"/captures", "/captures?url=" + pictureURL, 200},
		{"/captures", "/captures", 400},
		{"/captures/{id}", "/captures/1", 200},
		{"/captures/{id}", "/captures/999", 404},
		{"/sites", "/sites", 200},
		{"/sections", "/sections?site=example", 200},
		{"/stats", "/stats", 200},
		{"/health", "/health", 200},
	} {
		asked[ask.path] = true
		res := get(t, r, "/api/v1"+ask.address)
		answer, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != ask.want {
			t.Errorf("%s: got %d (err %v), want %d\n%s", ask.address, res.StatusCode, err, ask.want, answer)
			continue
		}
		operation := doc.Paths[ask.path].Get
		said, ok := operation.Responses[strconv.Itoa(ask.want)].Content[res.Header.Get("Content-Type")]
		if !ok {
			t.Errorf("%s: %d with %s is not described", ask.address, ask.want, res.Header.Get("Content-Type"))
			continue
		}
		schema, err := c.Compile("openapi.json" + said.Schema.Ref)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", ask.address, err)
		}
		u, err := url.Parse(ask.address)
		if err != nil {
			t.Fatal(err)
		}
		for name := range u.Query() {
			if !slices.ContainsFunc(operation.Parameters, func(p struct{ Name, In string }) bool { return p.Name == name && p.In == "query" }) {
				t.Errorf("%s: parameter %s is not described", ask.path, name)
			}
		}
	}
	for path := range doc.Paths {
		if !asked[path] {
			t.Errorf("%s is described and not asked for here", path)
		}
	}
}

func TestAPIPagesAndTags(t *testing.T) {
	r := room(t, nil)
	// All articles come, each once, by following next.
	var ids []int64
	for next := "/api/v1/articles?limit=1"; next != ""; {
		var list articleList
		if err := json.Unmarshal([]byte(body(t, r, next, http.StatusOK)), &list); err != nil {
			t.Fatal(err)
		}
		for _, a := range list.Articles {
			ids = append(ids, a.ID)
		}
		if next = ""; list.Next != nil {
			next = *list.Next
		}
	}
	if len(ids) != 3 || ids[0] != 1 || ids[1] != 2 || ids[2] != 3 {
		t.Errorf("got articles %v", ids)
	}
	var hits hitList
	if err := json.Unmarshal([]byte(body(t, r, "/api/v1/search?q=鱼塘", http.StatusOK)), &hits); err != nil || hits.Total != 1 {
		t.Fatalf("got %+v (err %v)", hits, err)
	}
	if h := hits.Hits[0]; string([]rune(*h.Title)[h.TitleMarks[0][0]:h.TitleMarks[0][1]]) != "鱼塘" {
		t.Errorf("the mark %v of %s is not in characters", h.TitleMarks, *h.Title)
	}
	for _, address := range []string{"/api/v1/articles/1", "/api/v1/openapi.json", "/articles/1", "/files/1", "/search?q=鱼"} {
		first := get(t, r, address)
		tag := first.Header.Get("ETag")
		if again := get(t, r, address, "If-None-Match", `"other", `+tag); tag == "" || again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: got %d for ETag %q, want 304", address, again.StatusCode, tag)
		}
		if again := get(t, r, address, "If-None-Match", `"other"`); again.StatusCode != http.StatusOK {
			t.Errorf("%s: got %d for another ETag, want 200", address, again.StatusCode)
		}
	}
}

// Scripts of other origins read nothing, unless one was named.
func TestCORS(t *testing.T) {
	closed, open := room(t, nil), room(t, func(o *Options) { o.CORS = "https://reader.example" })
	if got := get(t, closed, "/api/v1/sites", "Origin", "https://reader.example").Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("by default %q may read", got)
	}
	if got := get(t, open, "/api/v1/sites", "Origin", "https://other.example").Header.Get("Access-Control-Allow-Origin"); got != "https://reader.example" {
		t.Errorf("%q may read", got)
	}
	if got := get(t, open, "/articles/1", "Origin", "https://reader.example").Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("%q may read pages, not only the interface", got)
	}
	req := httptest.NewRequest(http.MethodOptions, "http://localhost/api/v1/sites", nil)
	w := httptest.NewRecorder()
	open.ServeHTTP(w, req)
	if w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "GET") {
		t.Errorf("the question before: got %d, %v", w.Code, w.Header())
	}
}
