package archive

import (
	"errors"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// Full says whether an error of an archive means that its disk, or one's share of it, is full. What was acknowledged before
// is there, and when room was made the archive may be opened and written to again.
func Full(err error) bool {
	return resultCode(err) == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// IsCorrupt says that an error is SQLite's that a database is damaged, or is none.
func IsCorrupt(err error) bool {
	code := resultCode(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// Busy says whether an error of an archive means that another program, not one of ours, kept its database locked for longer than one waits.
func Busy(err error) bool { return resultCode(err)&0xff == sqlite3.SQLITE_BUSY }
