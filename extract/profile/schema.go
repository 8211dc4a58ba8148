package profile

import (
	_ "embed"
	"slices"
)

//go:embed profile.schema.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of the profile format, for
// editors and other programs. It refuses no file that Parse reads; what it
// cannot say (sections on the site's hosts, selectors that compile) Parse
// checks on top. The caller owns the result.
func Schema() []byte { return slices.Clone(schema) }
