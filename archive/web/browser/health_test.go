package browser

import "testing"

// An archivist sees that the runs went well, and has a sample of the evidence checked.
func TestHealth(t *testing.T) {
	b := open(t)
	b.to("/")
	b.click(`nav a[href="/health"]`)
	b.see(".site h2")
	b.shot("health")
	if got := b.text(".site h2"); got != "中南大学新闻网" {
		t.Errorf("site: got %q", got)
	}
	if n := js[int](b, `document.querySelectorAll("table.runs tbody tr").length`); n != 3 {
		t.Errorf("got %d runs, want 3", n)
	}
	b.click(`a[href*="check=1"]`)
	b.see("#fixity [role=status]")
	if n := js[int](b, `document.querySelectorAll("#fixity .good").length`); n != 1 {
		t.Errorf("the evidence is not said to be sound: %s", b.text("#fixity"))
	}
}

// The overview's plots lead to what they count.
func TestOverview(t *testing.T) {
	b := open(t)
	b.to("/overview")
	b.shot("overview")
	if n := js[int](b, `document.querySelectorAll("main svg").length`); n == 0 {
		t.Error("there is no plot")
	}
	if n := js[int](b, `document.querySelectorAll('main a[href^="/search?"]').length`); n == 0 {
		t.Error("nothing leads to the articles")
	}
}
