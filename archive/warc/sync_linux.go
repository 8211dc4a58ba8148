package warc

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData returns when the file's bytes are on disk, and its size; not its time stamps, which would have to be written besides.
func syncData(f *os.File) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var synced error
	err = c.Control(func(fd uintptr) {
		for {
			if synced = unix.Fdatasync(int(fd)); synced != unix.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return os.NewSyscallError("fdatasync", synced)
}
