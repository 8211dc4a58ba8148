//go:build !linux && !darwin

package main

// freeSpace cannot be told here; --disk bounds what is used.
func freeSpace(string) (int64, bool) { return 0, false }
