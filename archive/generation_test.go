package archive

import "testing"

// TestGeneration: reading leaves it as it is, a commit of another connection does not.
func TestGeneration(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	c := begin(t, w)
	generation := func(a *Archive) int64 {
		t.Helper()
		n, err := a.Generation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for name, a := range map[string]*Archive{"the writer's": w, "a reader's": r} {
		before := generation(a)
		if _, err := a.Search(t.Context(), Query{Everything: true}); err != nil {
			t.Fatal(err)
		}
		if again := generation(a); again != before {
			t.Errorf("%s: went from %d to %d by reading", name, before, again)
		}
		save(t, c, article(len(name), noon, "新", "文"))
		if after := generation(a); after == before {
			t.Errorf("%s: still %d after an article was saved", name, after)
		}
	}
	if err := c.End(t.Context(), Ending{Status: StatusDone, Ended: noon}); err != nil {
		t.Fatal(err)
	}
}
