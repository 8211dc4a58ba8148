package systems

import "testing"

func TestAllSystemsLoad(t *testing.T) {
	if len(All()) < 2 {
		t.Fatalf("got %d systems", len(All()))
	}
}
