//go:build unix

package archive

import (
	"os"

	"golang.org/x/sys/unix"
)

// tempFolders are where SQLite looks for a place for temporary files, in its order (os_unix.c, unixTempFileDir).
func tempFolders() []string {
	return []string{os.Getenv("SQLITE_TMPDIR"), os.Getenv("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp", "."}
}

// hasTempFolder says whether SQLite will find one.
func hasTempFolder(folders []string) bool {
	for _, dir := range folders {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() && unix.Access(dir, unix.W_OK|unix.X_OK) == nil {
			return true
		}
	}
	return false
}
