package charset

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Pages of the labelled corpora are real: each must decode without a loss,
// save the few that were stored damaged.
func TestDecodeCorpus(t *testing.T) {
	root := "../../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no labelled pages beside the checkout:", err)
	}
	counts, lossy, pages := map[string]int{}, 0, 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".html" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, d := Decode(body, "")
		pages++
		counts[d.Name+" by "+d.Source]++
		if d.Lossy {
			lossy++
			t.Logf("%s: %+v", path, d)
		}
		return nil
	})
	if err != nil || pages == 0 {
		t.Fatalf("%d pages, err %v", pages, err)
	}
	t.Log(pages, "pages:", counts)
	if lossy*50 > pages {
		t.Errorf("%d of %d pages lossy", lossy, pages)
	}
}
