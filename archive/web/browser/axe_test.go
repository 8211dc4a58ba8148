package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core as npm ci puts it here; AXE names another file.
func axeSource(t *testing.T) string {
	t.Helper()
	path := os.Getenv("AXE")
	if path == "" {
		path = "node_modules/axe-core/axe.min.js"
	}
	b, err := os.ReadFile(path)
	if err != nil {
		absent(t, "no axe-core here: npm ci --prefix archive/web/browser")
	}
	return string(b)
}

// axe-core finds nothing wrong with a page of any kind, light and dark, wide and narrow.
func TestAxe(t *testing.T) {
	source := axeSource(t)
	b := open(t)
	pages := kinds(b)
	looked := 0
	for name, path := range pages {
		b.to(path)
		js[chromedp.Void](b, source)
		for _, scheme := range []string{"light", "dark"} {
			b.scheme(scheme)
			b.shot(name + " " + scheme)
			for _, v := range axe(b) {
				t.Errorf("%s (%s), %s: %s", name, path, scheme, v)
			}
			looked++
		}
	}
	if looked < 20 {
		t.Errorf("%d pages were looked at, want 20 or more", looked)
	}
}

// axe runs axe-core and gives what it finds wrong.
func axe(b *tab) (found []string) {
	b.t.Helper()
	// The frame of a captured page is not ours to judge, and no script runs in it; that it has a name is looked at here.
	b.until(`(() => { if (!window.axeRun) { window.axeRun = {}; axe.run(document, {iframes: false, resultTypes: ["violations"]}).then(r => { window.axeRun.done = JSON.stringify({violations: r.violations, passes: r.passes.length}) }, e => { window.axeRun.done = JSON.stringify({error: String(e)}) }) } return !!window.axeRun.done })()`)
	var result struct {
		Error      string
		Passes     int
		Violations []struct {
			ID, Impact, Help string
			Nodes            []struct {
				HTML           string
				FailureSummary string
			}
		}
	}
	if err := json.Unmarshal([]byte(js[string](b, `(() => { const r = window.axeRun.done; delete window.axeRun; return r })()`)), &result); err != nil || result.Error != "" {
		b.t.Fatalf("axe: %v %s", err, result.Error)
	}
	if result.Passes == 0 {
		b.t.Error("axe looked at nothing")
	}
	for _, v := range result.Violations {
		var nodes []string
		for _, n := range v.Nodes {
			nodes = append(nodes, fmt.Sprintf("%.200s\n\t%s", n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", " ")))
		}
		found = append(found, fmt.Sprintf("%s (%s): %s\n\t%s", v.ID, v.Impact, v.Help, strings.Join(nodes, "\n\t")))
	}
	return found
}
