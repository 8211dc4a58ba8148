package warc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrAway says that a WARC file is not here any more, only in a copy that somebody keeps elsewhere.
var ErrAway = errors.New("not here any more, only in the copy that the fleet keeps (campusnews fleet restore makes an archive with it)")

// awaySuffix ends the name of the marker that stands in a file's place.
const awaySuffix = ".away"

// Away is what a marker says of the file whose place it has.
type Away struct {
	Size int64 `json:"size"` // bytes
}

// PutAway removes a file and leaves a marker in its place. Whoever calls it has held the copy to the file before. The marker is
// there, synced, before the file goes.
func PutAway(path string, a Away) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.Create(path + awaySuffix + ".new")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path+awaySuffix)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// IsAway gives what the marker of a file says; false = there is none, or the file itself is here.
func IsAway(path string) (a Away, away bool) {
	if _, err := os.Lstat(path); err == nil {
		return Away{}, false
	}
	b, err := os.ReadFile(path + awaySuffix)
	if err != nil || json.Unmarshal(b, &a) != nil {
		return Away{}, false
	}
	return a, true
}

// OpenHere is os.Open for a WARC file; its error wraps ErrAway when a marker stands in the file's place.
func OpenHere(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if a, away := IsAway(path); away {
			return nil, fmt.Errorf("%s (%d bytes) is %w", filepath.Base(path), a.Size, ErrAway)
		}
	}
	return f, err
}
