package archive

import "testing"

// TestIndexMemory: a new index, one brought up to date and one made again gather no more than indexMemory.
func TestIndexMemory(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "学术报告", "正文"))
	for _, when := range []string{"new", "made again"} {
		for _, table := range indexTables {
			if n := count(t, a, `SELECT v FROM `+table.name+`_config WHERE k = 'hashsize'`); n != indexMemory {
				t.Errorf("%s, %s: hashsize %d, want %d", when, table.name, n, indexMemory)
			}
		}
		if _, err := a.indexAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("verify: got %v", faults)
	}
}
