package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"modernc.org/libc"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dataSync lets a commit wait for its data and the file's size alone, not for the time stamp as well. So does SQLite wherever a
// C compiler builds it for Linux; elsewhere nothing changes.
var dataSync = sync.OnceFunc(func() { sqlite.Fdatasync(true) })

// LimitCache gives SQLite one piece of memory for the database pages that it keeps, for all archives that this process opens from
// then on, whatever each connection may take by itself. It is for a process that stays: the memory is there from
// the beginning, and no more comes. Without it each kept page of 4 KiB takes 8, since the allocator knows only powers of two.
// The error says that it came too late, after the first archive was opened; then all is as without.
func LimitCache(kb int) error {
	cacheLimit.Do(func() { cacheLimitErr = limitCache(kb) })
	return cacheLimitErr
}

var (
	cacheLimit    sync.Once
	cacheLimitErr error
)

// See sqlite.org/c3ref/c_config_covering_index_scan.html, SQLITE_CONFIG_PAGECACHE.
func limitCache(kb int) error {
	tls := libc.NewTLS()
	defer tls.Close()
	config := func(option int32, args ...any) error {
		list := libc.NewVaList(args...)
		if list == 0 {
			return errors.New("limit SQLite's page cache: out of memory")
		}
		defer libc.Xfree(tls, list)
		if rc := sqlite3.Xsqlite3_config(tls, option, list); rc != sqlite3.SQLITE_OK {
			return fmt.Errorf("limit SQLite's page cache: result code %d: a database was opened before", rc)
		}
		return nil
	}
	head := libc.Xcalloc(tls, 1, 8)
	if head == 0 {
		return errors.New("limit SQLite's page cache: out of memory")
	}
	defer libc.Xfree(tls, head)
	if err := config(sqlite3.SQLITE_CONFIG_PCACHE_HDRSZ, head); err != nil {
		return err
	}
	slot := (sealPage + int(binary.NativeEndian.Uint32(libc.GoBytes(head, 4))) + 7) &^ 7
	n := kb << 10 / slot
	memory := libc.Xmalloc(tls, libc.Tsize_t(n*slot)) // SQLite's for ever
	if memory == 0 {
		return errors.New("limit SQLite's page cache: out of memory")
	}
	if err := config(sqlite3.SQLITE_CONFIG_PAGECACHE, memory, int32(slot), int32(n)); err != nil {
		libc.Xfree(tls, memory)
		return err
	}
	return nil
}
