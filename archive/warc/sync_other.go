//go:build !linux

package warc

import "os"

func syncData(f *os.File) error { return f.Sync() }
