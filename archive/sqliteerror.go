package archive

import (
	"errors"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Full says whether an error of an archive means that its disk, or one's share of it, is full. What was acknowledged before
// is there, and when room was made the archive may be opened and written to again.
func Full(err error) bool {
	return resultCode(err) == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Corrupt says whether an error of an archive means that a database is damaged, or is none.
func Corrupt(err error) bool {
	code := resultCode(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// Busy says whether an error of an archive means that another program, not one of ours, kept its database locked for longer than one waits.
func Busy(err error) bool { return resultCode(err) == sqlite3.SQLITE_BUSY }

// resultCode is SQLite's primary result code, 0 when err is not SQLite's.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
