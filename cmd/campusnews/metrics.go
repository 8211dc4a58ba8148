package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
)

// metricsType is the media type of Prometheus' text exposition format 0.0.4.
const metricsType = "text/plain; version=0.0.4; charset=utf-8"

// articleChanges and runStatuses are the values of labels: each is there from the beginning.
var (
	articleChanges = []string{"new", "changed", "gone", "returned"}
	runStatuses    = []string{archive.StatusDone, archive.StatusPart, archive.StatusInterrupted, archive.StatusFailed}
)

// metrics writes all figures in the text exposition format: by hand, since
// client_golang would bring six modules for these seventeen families.
func (m *monitor) metrics() string {
	now := m.now()
	all := m.status()
	m.mu.Lock()
	defer m.mu.Unlock()
	totals := map[string]tally{}
	for site, s := range m.sites {
		totals[site] = s.ended.plus(s.current)
	}
	var b strings.Builder
	// family writes one; each is called for each site and writes its samples, with labels beside the site as pairs.
	family := func(name, kind, help string, each func(i int, s *siteWatch, sample func(v float64, labels ...string))) {
		fmt.Fprintf(&b, "# HELP campusnews_%s %s\n# TYPE campusnews_%s %s\n", name, help, name, kind)
		for i, st := range all {
			each(i, m.sites[st.Name], func(v float64, labels ...string) {
				fmt.Fprintf(&b, "campusnews_%s{site=%s", name, quoteLabel(st.Name))
				for n := 0; n+1 < len(labels); n += 2 {
					fmt.Fprintf(&b, ",%s=%s", labels[n], quoteLabel(labels[n+1]))
				}
				b.WriteString("} " + strconv.FormatFloat(v, 'g', -1, 64) + "\n")
			})
		}
	}
	type sampler = func(v float64, labels ...string)
	truth := func(on bool) float64 {
		if on {
			return 1
		}
		return 0
	}
	unix := func(t time.Time, sample sampler) {
		if !t.IsZero() {
			sample(float64(t.UnixMilli()) / 1000)
		}
	}

	fmt.Fprintf(&b, "# HELP campusnews_build_info The program's version.\n# TYPE campusnews_build_info gauge\ncampusnews_build_info{version=%s} 1\n", quoteLabel(version()))
	family("runs_total", "counter", "Runs that have ended, by how.", func(_ int, s *siteWatch, sample sampler) {
		for _, status := range runStatuses {
			sample(float64(s.runs[status]), "status", status)
		}
	})
	family("run_running", "gauge", "Whether the site is being crawled.", func(i int, _ *siteWatch, sample sampler) { sample(truth(all[i].Running)) })
	family("run_failures", "gauge", "Runs in a row that ended with an error.", func(i int, _ *siteWatch, sample sampler) { sample(float64(all[i].Failures)) })
	family("run_last_success_timestamp_seconds", "gauge", "When the latest run ended that came to its end; from the archive if before this process.", func(_ int, s *siteWatch, sample sampler) {
		unix(s.good, sample)
	})
	family("run_last_duration_seconds", "gauge", "How long the latest run took.", func(_ int, s *siteWatch, sample sampler) {
		if s.last.Site != "" {
			sample(s.last.Duration.Seconds())
		}
	})
	family("run_due_timestamp_seconds", "gauge", "When the next run is due; of a run under way, when it was.", func(i int, _ *siteWatch, sample sampler) { unix(all[i].Next, sample) })
	family("run_overdue_seconds", "gauge", "How long ago a run should have begun that has not.", func(i int, _ *siteWatch, sample sampler) {
		sample(overdue(all[i], now).Seconds())
	})
	family("run_in_part", "gauge", "Whether the latest run left something undone.", func(_ int, s *siteWatch, sample sampler) { sample(truth(s.last.InPart())) })
	family("sections_broken", "gauge", "Sections that had rows before and none in the latest run.", func(_ int, s *siteWatch, sample sampler) { sample(float64(len(s.last.Broken))) })
	family("template_changes", "gauge", "Fields and rules that the latest run found otherwise than the runs before.", func(_ int, s *siteWatch, sample sampler) {
		sample(float64(len(s.last.Changes)))
	})
	family("hosts_stopped", "gauge", "Hosts that the latest run left alone because they refuse or are down.", func(_ int, s *siteWatch, sample sampler) {
		sample(float64(len(s.last.Stopped)))
	})
	family("requests_total", "counter", "Requests sent, by why.", func(i int, _ *siteWatch, sample sampler) {
		for _, reason := range scraper.Reasons {
			sample(float64(totals[all[i].Name].requests[reason]), "reason", string(reason))
		}
	})
	family("articles_total", "counter", "Articles by what became of them.", func(i int, _ *siteWatch, sample sampler) {
		for _, change := range articleChanges {
			sample(float64(totals[all[i].Name].changes[change]), "change", change)
		}
	})
	family("received_bytes_total", "counter", "Bytes of answers as received.", func(i int, _ *siteWatch, sample sampler) { sample(float64(totals[all[i].Name].bytes)) })
	family("failures_total", "counter", "Addresses that gave no page.", func(i int, _ *siteWatch, sample sampler) { sample(float64(totals[all[i].Name].failed)) })
	family("refusals_total", "counter", "Refusals by hosts that were left alone because of them.", func(i int, _ *siteWatch, sample sampler) {
		sample(float64(totals[all[i].Name].blocked))
	})
	return b.String()
}

// labelEscapes are the three that the format knows.
var labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func quoteLabel(s string) string {
	return `"` + labelEscapes.Replace(strings.ToValidUTF8(s, "�")) + `"`
}

// A listener serves a monitor.
type listener struct {
	address string // where it listens, with the true port
	server  *http.Server
	done    chan error
}

// listen answers GET /metrics and /healthz at the address until close is called.
// /healthz is 200 when all is well and 503 with the reasons when it is not.
func (m *monitor) listen(ctx context.Context, address string) (*listener, error) {
	return listenTo(ctx, address, monitored(m.health, m.metrics))
}

func listenTo(ctx context.Context, address string, handler http.Handler) (*listener, error) {
	sock, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	l := &listener{address: sock.Addr().String(), done: make(chan error, 1), server: &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}}
	go func() { l.done <- l.server.Serve(sock) }()
	return l, nil
}

// monitored answers GET /metrics and /healthz.
func monitored(health func() health, metrics func() string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		h := health()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if len(h.Reasons) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(h) // the client has gone: nobody to tell
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", metricsType)
		_, _ = io.WriteString(w, metrics())
	})
	return mux
}

// close lets answers under way end, for five seconds.
func (l *listener) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := l.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, l.server.Close())
	}
	if served := <-l.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
