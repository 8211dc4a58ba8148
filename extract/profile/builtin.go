package profile

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed sites/*.yaml
var siteFiles embed.FS

// Builtin gives the built-in profile with the given id: csu or one of the
// catalogue. The caller owns the result.
func Builtin(id string) (*Profile, bool) {
	if !slices.Contains(IDs(), id) {
		return nil, false
	}
	return mustParse(id), true
}

// Source gives the text of a built-in profile, as a start for one's own.
func Source(id string) ([]byte, bool) {
	if !slices.Contains(IDs(), id) {
		return nil, false
	}
	data, err := siteFiles.ReadFile(path.Join("sites", id+".yaml"))
	return data, err == nil
}

// IDs lists the ids of the built-in profiles in alphabetical order. The
// caller must not change it.
var IDs = sync.OnceValue(func() []string {
	entries, err := siteFiles.ReadDir("sites")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(ids)
	return ids
})

func mustParse(id string) *Profile {
	data, _ := Source(id)
	p, err := Parse(data, "sites/"+id+".yaml")
	if err != nil {
		panic(err) // a test parses every embedded file
	}
	return p
}
