package fleet

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// startServers runs real nats-servers with JetStream in this process: one, or a cluster. They end with the test.
func startServers(t testing.TB, n int) []*server.Server {
	t.Helper()
	routes := ""
	ports := make([]int, n)
	for i := range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().(*net.TCPAddr).Port
		l.Close()
		if i > 0 {
			routes += ","
		}
		routes += fmt.Sprintf("nats://127.0.0.1:%d", ports[i])
	}
	dir := t.TempDir()
	servers := make([]*server.Server, n)
	for i := range n {
		o := &server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true,
			JetStream: true, StoreDir: filepath.Join(dir, fmt.Sprint(i)),
		}
		if n > 1 {
			o.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}
			o.Routes = server.RoutesFromStr(routes)
		}
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		servers[i] = s
	}
	for _, s := range servers {
		if !s.ReadyForConnections(20 * time.Second) {
			t.Fatal("nats-server does not come up")
		}
	}
	if n > 1 {
		eventually(t, 30*time.Second, "a leader of the cluster", func() bool {
			for _, s := range servers {
				if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == n {
					return true
				}
			}
			return false
		})
	}
	return servers
}

// eventually waits for what other goroutines and servers do in their own time.
func eventually(t testing.TB, limit time.Duration, what string, is func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

func connect(t testing.TB, servers []*server.Server) *nats.Conn {
	t.Helper()
	urls := ""
	for i, s := range servers {
		if i > 0 {
			urls += ","
		}
		urls += s.ClientURL()
	}
	nc, err := nats.Connect(urls, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// newFleet makes a fleet on servers of its own.
func newFleet(t testing.TB, s Settings, n int) (*Fleet, []*server.Server) {
	t.Helper()
	servers := startServers(t, n)
	s.Replicas = n
	f, err := Init(ctxOf(t), connect(t, servers), s)
	if err != nil {
		t.Fatal(err)
	}
	return f, servers
}

func ctxOf(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
