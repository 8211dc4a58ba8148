package extract

import (
	"bytes"
	"net/url"
	"strings"

	"campusnews/extract/charset"
	"campusnews/extract/systems"
)

// An Extractor reads pages. It is made once, is not changed by use, and may be
// used from several goroutines.
type Extractor struct {
	known   []*source         // the systems that are tried, frequent ones first
	systems []*systems.System // the same, of known
	forced  *source           // the system that a profile names, nil = recognise
	profile *source           // a profile's overrides, nil = none
	generic bool              // recognition is off
	plan    systems.Plan
}

// A source is a set of rules with the name that provenance gives it.
type source struct {
	name   string
	system *systems.System // nil for a profile's overrides
	rules  *systems.Rules
}

// An Option tunes an Extractor.
type Option func(*Extractor)

// WithSystem makes every page one of the named system without recognition; a
// name that no built-in system has changes nothing.
func WithSystem(name string) Option {
	return func(e *Extractor) {
		for _, s := range e.known {
			if s.name == name {
				e.forced = s
			}
		}
	}
}

// WithRules gives a profile's overrides: they are asked before the system's
// rules and answer as "profile/title[0]". Rules that were not read from YAML
// are compiled here; New panics if they cannot be.
func WithRules(r systems.Rules) Option {
	return func(e *Extractor) {
		if r.Empty() {
			return
		}
		if err := r.Compile(); err != nil {
			panic(err)
		}
		e.profile = &source{name: "profile", rules: &r}
	}
}

// WithSystems replaces the built-in systems, for instance by those of a test.
// It must stand before WithSystem.
func WithSystems(all ...*systems.System) Option {
	return func(e *Extractor) { e.known = sources(all) }
}

// GenericOnly turns recognition off: every page is read as one of an unknown
// system.
func GenericOnly() Option {
	return func(e *Extractor) { e.generic = true }
}

// New makes an Extractor that knows the built-in publishing systems.
func New(opts ...Option) *Extractor {
	e := &Extractor{known: sources(systems.All())}
	for _, o := range opts {
		o(e)
	}
	for _, s := range e.known {
		e.systems = append(e.systems, s.system)
		s.system.AddTo(&e.plan)
	}
	if e.profile != nil {
		e.plan.AddRules(e.profile.rules)
	}
	e.plan.Add(pagerHints)
	return e
}

func sources(all []*systems.System) []*source {
	list := make([]*source, len(all))
	for i, s := range all {
		list[i] = &source{name: s.Name, system: s, rules: &s.Rules}
	}
	return list
}

// Extract says what a page is and what it holds. It never fails: what cannot be
// read is a Result whose Reason says why. The same Page gives the same Result.
func (e *Extractor) Extract(p Page) Result {
	text, decision := charset.Decode(p.Body, p.ContentType)
	r := Result{URL: p.URL, Key: e.Key(p.URL), Charset: Charset{Name: decision.Name, Source: decision.Source, Lossy: decision.Lossy}}
	if e.syndicated(p, text, &r) {
		return r
	}
	if reason := notHTML(p, text); reason != "" {
		r.Kind, r.Reason = KindError, reason
		return r
	}
	text = shortened(text)
	doc, err := parse(text)
	if err != nil {
		r.Kind, r.Reason = KindError, "no HTML: "+err.Error()
		return r
	}
	pg := e.page(p, doc)
	if bytes.HasPrefix(bytes.TrimSpace(text[:min(len(text), 200)]), []byte("<?xml")) || bytes.HasPrefix(bytes.TrimSpace(text[:min(len(text), 200)]), []byte("<datastore")) {
		pg.data = string(text)
	}
	e.recognise(pg, &r)
	if kind, reason, target := pg.refusal(p); kind != "" {
		r.Kind, r.Reason, r.Target = kind, reason, target
		return r
	}
	e.read(pg, &r)
	return r
}

// base gives the address that relative links refer to.
func base(address, tag string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		u = nil
	}
	tag = strings.TrimSpace(tag)
	if tag == "" {
		return u
	}
	b, err := url.Parse(tag)
	if err != nil {
		return u
	}
	if u != nil {
		b = u.ResolveReference(b)
	}
	if b.Host == "" || b.Scheme != "http" && b.Scheme != "https" {
		return u
	}
	return b
}
