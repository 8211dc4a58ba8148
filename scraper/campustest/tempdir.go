package campustest

import (
	"os"
	"testing"
)

// TempDir is tb.TempDir, in memory where the system has a file system there with room. An archive
// waits for the disk at each page, 3 ms and more where this was measured, and a simulated month saves thousands. What a
// kill leaves is the same there; what a loss of power leaves no test of ours can tell.
func TempDir(tb testing.TB) string {
	tb.Helper()
	if !roomInMemory() {
		return tb.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "campustest")
	if err != nil {
		return tb.TempDir()
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return dir
}
