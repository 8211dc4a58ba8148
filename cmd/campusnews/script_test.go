package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"campusnews": main, // signals and all
	})
}

// TestScripts runs the stories in testdata/script. A story may carry a site of its own below www,
// which is served as $SITE; $FIXTURES is the module's testdata.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (err %v)", err)
	}
	fixtures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			srv := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(e.WorkDir, "www"))))
			e.Defer(srv.Close)
			e.Setenv("SITE", srv.URL)
			e.Setenv("FIXTURES", fixtures)
			return nil
		},
	})
}
