//go:build linux || darwin

package main

import "syscall"

// freeSpace is how many bytes may still be written to the disk that dir is on; false = it cannot be told.
func freeSpace(dir string) (int64, bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
