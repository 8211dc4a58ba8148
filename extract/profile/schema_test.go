package profile

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"campusnews/extract/systems"
)

// enum reads a closed set of words; null among them stands for a key without value.
type enum []string

func (e *enum) UnmarshalJSON(data []byte) error {
	var all []*string
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*e = nil
	for _, s := range all {
		if s != nil {
			*e = append(*e, *s)
		}
	}
	return nil
}

// A node is what this test reads of a JSON Schema.
type node struct {
	Ref         string          `json:"$ref"`
	Description string          `json:"description"`
	Type        any             `json:"type"`
	Pattern     string          `json:"pattern"`
	Enum        enum            `json:"enum"`
	Properties  map[string]node `json:"properties"`
	Additional  any             `json:"additionalProperties"`
	Required    []string        `json:"required"`
	Items       *node           `json:"items"`
	OneOf       []node          `json:"oneOf"`
	Defs        map[string]node `json:"$defs"`
}

func (n node) types() []string {
	switch t := n.Type.(type) {
	case string:
		return []string{t}
	case []any:
		var all []string
		for _, s := range t {
			all = append(all, s.(string))
		}
		return all
	}
	return nil
}

// The published schema and the Go types say the same: the same keys on every
// level, of the same kinds, with the same closed sets of words and forms.
func TestSchema(t *testing.T) {
	var root node
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	seen := 0
	var compare func(path string, n node, typ reflect.Type)
	compare = func(path string, n node, typ reflect.Type) {
		seen++
		if n.Ref != "" {
			d, ok := root.Defs[n.Ref[len("#/$defs/"):]]
			if !ok {
				t.Fatalf("%s: the schema has no %s", path, n.Ref)
			}
			if n.Description != "" {
				d.Description = n.Description
			}
			n = d
		}
		if n.Description == "" && path != "hosts[]" && path != "notes[]" {
			t.Errorf("%s: the schema does not say what it is", path)
		}
		want := map[reflect.Kind]string{reflect.Struct: "object", reflect.Slice: "array", reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer"}[typ.Kind()]
		switch typ {
		case reflect.TypeFor[Sections]():
			want = "object"
		case reflect.TypeFor[systems.Candidate]():
			if len(n.OneOf) != 2 || !slices.Contains(n.OneOf[0].types(), "string") {
				t.Fatalf("%s: got %+v, want a string or an object", path, n)
			}
			n = n.OneOf[1]
		}
		if len(n.Enum) == 0 && !slices.Contains(n.types(), want) {
			t.Errorf("%s: got type %v, want %s", path, n.Type, want)
		}
		switch {
		case typ == reflect.TypeFor[Sections]():
		case typ.Kind() == reflect.Slice:
			if n.Items == nil {
				t.Fatalf("%s: the schema does not say what is in it", path)
			}
			compare(path+"[]", *n.Items, typ.Elem())
		case typ.Kind() == reflect.Struct:
			got, want := slices.Sorted(maps.Keys(n.Properties)), slices.Sorted(slices.Values(keysOf(typ)))
			if !slices.Equal(got, want) {
				t.Errorf("%s: got keys %q, want %q", path, got, want)
			}
			if n.Additional != false {
				t.Errorf("%s: the schema allows unknown keys", path)
			}
			for i := range typ.NumField() {
				if key := keyOf(typ.Field(i)); key != "" {
					compare(join(path, key), n.Properties[key], typ.Field(i).Type)
				}
			}
		}
	}
	compare("", root, reflect.TypeFor[Profile]())
	if seen < 50 {
		t.Errorf("compared %d places, want the whole format", seen)
	}
	if !slices.Equal(root.Required, []string{"home"}) {
		t.Errorf("got required %q, want home alone", root.Required)
	}
	var names []string
	for _, s := range systems.All() {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	rule := root.Defs["candidate"].OneOf[1].Properties
	for name, tt := range map[string]struct{ got, want []string }{
		"evidence kinds": {root.Defs["evidence"].Properties["kind"].Enum, evidenceKinds},
		"picks":          {rule["pick"].Enum, systems.Picks},
		"locators":       {rule["find"].Enum, slices.Sorted(maps.Keys(systems.Locators))},
		"id":             {[]string{root.Properties["id"].Pattern}, []string{idForm.String()}},
		"systems":        {root.Properties["system"].Enum, names},
		"host":           {[]string{root.Properties["hosts"].Items.Pattern}, []string{hostForm.String()}},
		"day":            {[]string{root.Defs["day"].Pattern}, []string{dayForm.String()}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: got %q in the schema, want %q", name, tt.got, tt.want)
		}
	}
}
