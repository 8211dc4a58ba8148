package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// serve runs a nats-server with these options and gives its address without a scheme.
func serveNATS(t *testing.T, o *server.Options) string {
	t.Helper()
	o.ServerName, o.Host, o.Port, o.NoLog, o.NoSigs, o.JetStream, o.StoreDir = "n", "127.0.0.1", -1, true, true, true, t.TempDir()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("nats-server does not come up")
	}
	return strings.TrimPrefix(strings.TrimPrefix(s.ClientURL(), "nats://"), "tls://")
}

// say runs a command in this process with these variables alone.
func say(t *testing.T, env map[string]string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	status := Main(ctx, args, Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &out, Getenv: func(name string) string { return env[name] }, Now: time.Now})
	return status, out.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// An operator is the root of decentralised trust, with one account that may use JetStream.
type operator struct {
	account nkeys.KeyPair
	options *server.Options
}

func newOperator(t *testing.T) operator {
	t.Helper()
	root := must(nkeys.CreateOperator())
	accounts := &server.MemAccResolver{}
	makeAccount := func(name string, stores bool) nkeys.KeyPair {
		kp := must(nkeys.CreateAccount())
		claims := jwt.NewAccountClaims(must(kp.PublicKey()))
		claims.Name = name
		if stores {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
		}
		if err := accounts.Store(claims.Subject, must(claims.Encode(root))); err != nil {
			t.Fatal(err)
		}
		return kp
	}
	system, account := makeAccount("SYS", false), makeAccount("news", true)
	claims := jwt.NewOperatorClaims(must(root.PublicKey()))
	claims.SystemAccount = must(system.PublicKey())
	claims = must(jwt.DecodeOperatorClaims(must(claims.Encode(root))))
	return operator{account, &server.Options{TrustedOperators: []*jwt.OperatorClaims{claims}, AccountResolver: accounts, SystemAccount: claims.SystemAccount}}
}

// creds is the credentials file of a new user.
func (o operator) creds(t *testing.T, expires time.Time) string {
	t.Helper()
	kp := must(nkeys.CreateUser())
	claims := jwt.NewUserClaims(must(kp.PublicKey()))
	if !expires.IsZero() {
		claims.Expires = expires.Unix()
	}
	token := must(claims.Encode(o.account))
	return write(t, "news.creds", string(must(jwt.FormatUserConfig(token, must(kp.Seed())))))
}

// authority makes certificates of one authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	return authority{must(x509.ParseCertificate(der)), key, write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))}
}

func (a authority) pair(t *testing.T, name string) (cert, key string) {
	t.Helper()
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der := must(x509.CreateCertificate(rand.Reader, template, a.cert, &private.PublicKey, a.key))
	return write(t, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		write(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(private))})))
}

// Every way in which NATS users say who they are, against real servers that ask for it: the right one gets in, and what is wrong is told
// with the file or variable it comes from and what to do, and never with a secret.
func TestNATSLogin(t *testing.T) {
	o := newOperator(t)
	operated := serveNATS(t, o.options)
	good, ended := o.creds(t, time.Time{}), o.creds(t, time.Now().Add(-time.Hour))
	stranger := newOperator(t).creds(t, time.Time{})
	user := must(nkeys.CreateUser())
	seed, otherSeed := write(t, "user.nk", string(must(user.Seed()))), write(t, "other.nk", string(must(must(nkeys.CreateUser()).Seed())))
	nkeyed := serveNATS(t, &server.Options{Nkeys: []*server.NkeyUser{{Nkey: must(user.PublicKey())}}})
	password := serveNATS(t, &server.Options{Username: "news", Password: "s3cret"})
	token := serveNATS(t, &server.Options{Authorization: "t0ken"})
	open := serveNATS(t, &server.Options{})
	ca := newAuthority(t)
	serverCert, serverKey := ca.pair(t, "server")
	ownCert, ownKey := ca.pair(t, "own")
	strangeCert, strangeKey := newAuthority(t).pair(t, "strange")
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	secured := serveNATS(t, &server.Options{TLS: true, TLSVerify: true, TLSTimeout: 5, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(serverCert, serverKey))}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
	}})
	config := t.TempDir()
	inContext := write(t, "news.json", fmt.Sprintf(`{"description": "", "url": "nats://%s", "user": "news", "password": "s3cret", "token": "", "tls_first": false}`, password))
	if err := os.MkdirAll(filepath.Join(config, "nats", "context"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(inContext, filepath.Join(config, "nats", "context", "news.json")); err != nil {
		t.Fatal(err)
	}
	empty, broken := write(t, "empty", ""), write(t, "broken.json", "{")
	none := filepath.Join(t.TempDir(), "none")

	type vars = map[string]string
	for _, c := range []struct {
		name  string
		env   vars
		flags []string
		want  []string // in what is said when it does not get in; nil = it does
	}{
		{"open", vars{"NATS_URL": "nats://" + open}, nil, nil},
		{"several addresses", vars{"NATS_URL": "nats://127.0.0.1:1, " + open}, nil, nil},
		{"creds by flag", nil, []string{"--nats", operated, "--creds", good}, nil},
		{"creds by variable", vars{"NATS_URL": operated, "NATS_CREDS": good}, nil, nil},
		{"no creds", vars{"NATS_URL": operated}, nil, []string{"Authorization Violation", "hint: NATS wants to know who you are: --creds"}},
		{"creds of another operator", vars{"NATS_URL": operated}, []string{"--creds", stranger}, []string{"Authorization Violation", "NATS does not take " + stranger + " (--creds)"}},
		{"creds that have ended", vars{"NATS_URL": operated, "NATS_CREDS": ended}, nil, []string{"NATS_CREDS: " + ended + ": its JWT ended on "}},
		{"creds without JWT", vars{"NATS_URL": operated, "NATS_CREDS": seed}, nil, []string{seed + ": there is no JWT in it", "hint: a credentials file holds"}},
		{"creds not there", nil, []string{"--nats", operated, "--creds", none}, []string{"--creds: " + none + ": no such file", "hint: a credentials file holds"}},
		{"nkey", vars{"NATS_URL": nkeyed, "NATS_NKEY": seed}, nil, nil},
		{"another nkey", vars{"NATS_URL": nkeyed}, []string{"--nkey", otherSeed}, []string{"NATS does not take " + otherSeed + " (--nkey)"}},
		{"nkey without seed", vars{"NATS_URL": nkeyed, "NATS_NKEY": empty}, nil, []string{"NATS_NKEY: " + empty, "hint: an nkey file holds the seed"}},
		{"password", vars{"NATS_URL": password, "NATS_USER": "news", "NATS_PASSWORD": "s3cret"}, nil, nil},
		{"password in the address", vars{"NATS_URL": "nats://news:s3cret@" + password}, nil, nil},
		{"wrong password", vars{"NATS_URL": password, "NATS_USER": "news", "NATS_PASSWORD": "wr0ng"}, nil, []string{"NATS does not take user news (NATS_USER)"}},
		{"wrong password in the address", vars{"NATS_URL": "nats://news:wr0ng@" + password}, nil, []string{"NATS does not take what stands before @ in NATS_URL"}},
		{"password without user", vars{"NATS_URL": password, "NATS_PASSWORD": "s3cret"}, nil, []string{"NATS_PASSWORD: there is no user with it"}},
		{"token", vars{"NATS_URL": token, "NATS_TOKEN": "t0ken"}, nil, nil},
		{"wrong token", vars{"NATS_URL": token, "NATS_TOKEN": "wr0ng"}, nil, []string{"NATS does not take NATS_TOKEN"}},
		{"two ways", vars{"NATS_URL": token, "NATS_TOKEN": "t0ken", "NATS_CREDS": good}, nil, []string{"one way to say who one is", "there are 2"}},
		{"a flag goes before the environment", vars{"NATS_URL": operated, "NATS_TOKEN": "t0ken"}, []string{"--creds", good}, nil},
		{"context", vars{"XDG_CONFIG_HOME": config}, []string{"--context", "news"}, nil},
		{"context by variable", vars{"NATS_CONTEXT": filepath.Join(config, "nats", "context", "news.json")}, nil, nil},
		{"another address than the context's", vars{"XDG_CONFIG_HOME": config, "NATS_CONTEXT": "news"}, []string{"--nats", open}, nil},
		{"no such context", vars{"XDG_CONFIG_HOME": config}, []string{"--context", "other"}, []string{filepath.Join(config, "nats", "context", "other.json"), "hint: nats context ls"}},
		{"broken context", nil, []string{"--context", broken}, []string{"context " + broken}},
		{"TLS with a certificate", vars{"NATS_URL": "tls://" + secured, "NATS_CA": ca.file, "NATS_CERT": ownCert, "NATS_KEY": ownKey}, nil, nil},
		{"TLS without the authority", vars{"NATS_URL": "tls://" + secured}, nil, []string{"unknown authority", "hint: --tls-ca names"}},
		{"TLS without a certificate", vars{"NATS_URL": "tls://" + secured, "NATS_CA": ca.file}, nil, []string{"hint: the server wants a certificate of yours: --tls-cert"}},
		{"TLS with a stranger's certificate", vars{"NATS_URL": "tls://" + secured, "NATS_CA": ca.file, "NATS_CERT": strangeCert, "NATS_KEY": strangeKey}, nil, []string{"hint: the server does not take the certificate in " + strangeCert}},
		{"a key without certificate", vars{"NATS_URL": secured}, []string{"--tls-key", ownKey}, []string{"--tls-key: a certificate and its key go together"}},
		{"the key of another certificate", vars{"NATS_URL": secured, "NATS_CERT": ownCert, "NATS_KEY": strangeKey}, nil, []string{"NATS_CERT: " + ownCert + " with " + strangeKey, "does not match"}},
		{"an authority without certificate", vars{"NATS_URL": secured, "NATS_CA": empty}, nil, []string{"NATS_CA: " + empty + ": it holds no certificate"}},
		{"nobody there", vars{"NATS_URL": "nats://127.0.0.1:1"}, nil, []string{"no servers available", "hint: --nats or NATS_URL says where it is"}},
		{"no address", vars{"NATS_URL": "nats://news:s3cret@host:port:1"}, nil, []string{`NATS_URL: "…@host:port:1" is no address`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, said := say(t, c.env, append([]string{"fleet", "init"}, c.flags...)...)
			if (status == 0) != (c.want == nil) {
				t.Fatalf("status %d: %s", status, said)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("said %q, want %q in it", said, want)
				}
			}
			for _, secret := range []string{"s3cret", "wr0ng", "t0ken", string(must(user.Seed()))} {
				if strings.Contains(said, secret) {
					t.Errorf("%s is told: %q", secret, said)
				}
			}
			if c.want == nil {
				return
			}
			// A worker, which waits for NATS to come up, does not wait where waiting is in vain.
			if c.name != "nobody there" {
				if status, again := say(t, c.env, append([]string{"worker", "--data", t.TempDir()}, c.flags...)...); status == 0 || strings.Contains(again, "trying again") {
					t.Errorf("a worker: status %d, %s", status, again)
				}
			}
		})
	}
}
