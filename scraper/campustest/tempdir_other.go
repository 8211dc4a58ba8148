//go:build !linux

package campustest

const memory = ""

func roomInMemory() bool { return false }
