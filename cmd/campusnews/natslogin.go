package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// A loginError says that one cannot get in at NATS as things are: trying again does not help.
type loginError struct{ err error }

func (e loginError) Error() string { return e.err.Error() }
func (e loginError) Unwrap() error { return e.err }

func loginf(format string, args ...any) error { return loginError{fmt.Errorf(format, args...)} }

// natsFields are what may be said of NATS and of oneself there: by a flag, an environment variable, or in a context file of the nats command.
// Secrets have no flag, for every list of processes shows those. What belongs together is taken from one place: a flag goes before the
// environment, and that before a context.
var natsFields = [][]struct{ field, flag, variable string }{
	{{"url", "--nats", "NATS_URL"}},
	{
		{"creds", "--creds", "NATS_CREDS"}, {"nkey", "--nkey", "NATS_NKEY"}, {"user", "", "NATS_USER"}, {"password", "", "NATS_PASSWORD"},
		{"token", "", "NATS_TOKEN"}, {"user_jwt", "", ""}, {"user_seed", "", ""},
	},
	{{"ca", "--tls-ca", "NATS_CA"}},
	{{"cert", "--tls-cert", "NATS_CERT"}, {"key", "--tls-key", "NATS_KEY"}},
	{{"inbox_prefix", "", ""}},
	{{"tls_first", "", ""}},
}

// A natsLogin is what was said, by field.
type natsLogin map[string]natsSaid

type natsSaid struct{ value, from string }

// login gathers what was said.
func (f *natsFlags) login(getenv func(string) string) (natsLogin, error) {
	flags := map[string]string{"url": f.url, "creds": f.creds, "nkey": f.nkey, "ca": f.ca, "cert": f.cert, "key": f.key}
	inContext, path := map[string]string{}, ""
	if name := cmp.Or(f.context, getenv("NATS_CONTEXT")); name != "" {
		var err error
		if path, err = contextFile(name, getenv); err != nil {
			return nil, err
		}
		if inContext, err = readContext(path); err != nil {
			return nil, err
		}
	}
	l := natsLogin{}
	for _, group := range natsFields {
		for _, level := range []func(i int) natsSaid{
			func(i int) natsSaid { return natsSaid{flags[group[i].field], group[i].flag} },
			func(i int) natsSaid { return natsSaid{getenv(group[i].variable), group[i].variable} },
			func(i int) natsSaid { return natsSaid{inContext[group[i].field], group[i].field + " in " + path} },
		} {
			found := false
			for i := range group {
				if said := level(i); said.value != "" && said.from != "" {
					l[group[i].field], found = said, true
				}
			}
			if found {
				break
			}
		}
	}
	if l["url"].value == "" {
		l["url"] = natsSaid{nats.DefaultURL, "--nats"}
	}
	return l, l.checkURL()
}

// contextFile gives the file of a context of the nats command: a name, or the file itself.
func contextFile(name string, getenv func(string) string) (string, error) {
	if strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".json") {
		return name, nil
	}
	dir := getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home := getenv("HOME")
		if home == "" {
			return "", loginf("--context %s: no HOME is set in which contexts would be; name the file itself", name)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "nats", "context", name+".json"), nil
}

// readContext reads the fields of a context that are said.
func readContext(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, hint(loginError{fmt.Errorf("--context: %w", err)}, "nats context ls lists the contexts there are")
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, loginf("context %s: %w", path, err)
	}
	fields := map[string]string{}
	for name, v := range all {
		if text := fmt.Sprint(v); text != "" && text != "false" && v != nil {
			fields[name] = text
		}
	}
	for _, name := range []string{"nsc", "socks_proxy", "jetstream_domain", "jetstream_api_prefix", "windows_cert_store"} {
		if fields[name] != "" {
			return nil, loginf("context %s: %s is not known here", path, name)
		}
	}
	return fields, nil
}

// checkURL holds the addresses to their form. A password in one of them is never printed.
func (l natsLogin) checkURL() error {
	for part := range strings.SplitSeq(l["url"].value, ",") {
		part = strings.TrimSpace(part)
		shown := part
		if at := strings.LastIndexByte(part, '@'); at >= 0 {
			shown = "…" + part[at:]
		}
		if part != "" && !strings.Contains(part, "://") {
			part = "nats://" + part
		}
		if u, err := url.Parse(part); err != nil || u.Hostname() == "" || strings.Count(u.Host, ":") > 1 && !strings.HasPrefix(u.Host, "[") {
			return usagef("%s: %q is no address of a NATS server; write nats://host:4222", l["url"].from, shown)
		}
	}
	return nil
}

// file gives the path that a field names, ~/ being one's home.
func (l natsLogin) file(field string, getenv func(string) string) string {
	path := l[field].value
	if rest, ok := strings.CutPrefix(path, "~/"); ok && getenv("HOME") != "" {
		return filepath.Join(getenv("HOME"), rest)
	}
	return path
}

// options are those of the connection. Files are read here once, so that what is wrong with one is told by its name.
func (l natsLogin) options(getenv func(string) string) (opts []nats.Option, err error) {
	ways := 0
	for _, field := range []string{"creds", "nkey", "user", "token", "user_jwt"} {
		if l[field].value != "" {
			ways++
		}
	}
	if ways > 1 {
		return nil, usagef("%s: one way to say who one is, please; there are %d", l.who(), ways)
	}
	switch path := ""; {
	case l["creds"].value != "":
		path = l.file("creds", getenv)
		if err := checkCreds(path); err != nil {
			return nil, l.fault("creds", path, err, "a credentials file holds the JWT and the seed of a user, as nsc generate creds writes it")
		}
		opts = append(opts, nats.UserCredentials(path))
	case l["nkey"].value != "":
		path = l.file("nkey", getenv)
		o, err := nats.NkeyOptionFromSeed(path)
		if err != nil {
			return nil, l.fault("nkey", path, err, "an nkey file holds the seed of a user, SU…, as nk -gen user writes it")
		}
		opts = append(opts, o)
	case l["user"].value != "":
		opts = append(opts, nats.UserInfo(l["user"].value, l["password"].value))
	case l["password"].value != "":
		return nil, usagef("%s: there is no user with it", l["password"].from)
	case l["token"].value != "":
		opts = append(opts, nats.Token(l["token"].value))
	case l["user_jwt"].value != "":
		opts = append(opts, nats.UserJWTAndSeed(l["user_jwt"].value, l["user_seed"].value))
	}
	if l["ca"].value != "" {
		path := l.file("ca", getenv)
		pem, err := os.ReadFile(path)
		if err == nil && !x509.NewCertPool().AppendCertsFromPEM(pem) {
			err = errors.New("it holds no certificate")
		}
		if err != nil {
			return nil, l.fault("ca", path, err, "it is the certificate of the authority that signed the server's, in PEM")
		}
		opts = append(opts, nats.RootCAs(path))
	}
	if (l["cert"].value == "") != (l["key"].value == "") {
		return nil, usagef("%s: a certificate and its key go together: --tls-cert and --tls-key, or NATS_CERT and NATS_KEY", cmp.Or(l["cert"].from, l["key"].from))
	}
	if l["cert"].value != "" {
		cert, key := l.file("cert", getenv), l.file("key", getenv)
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, l.fault("cert", cert+" with "+key, err, "both are in PEM, and the key is that of the certificate")
		}
		opts = append(opts, nats.ClientCert(cert, key))
	}
	if prefix := l["inbox_prefix"].value; prefix != "" {
		opts = append(opts, nats.CustomInboxPrefix(prefix))
	}
	if l["tls_first"].value != "" {
		opts = append(opts, nats.TLSHandshakeFirst())
	}
	return opts, nil
}

func (l natsLogin) fault(field, path string, err error, advice string) error {
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		err = inner.Err // the path is named already
	}
	return hint(loginf("%s: %s: %w", l[field].from, path, err), "%s", advice)
}

// checkCreds says what is wrong with a credentials file.
func checkCreds(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	jwt, err := nkeys.ParseDecoratedJWT(b)
	if err != nil || strings.Count(jwt, ".") != 2 {
		return errors.New("there is no JWT in it")
	}
	if _, err := nkeys.ParseDecoratedUserNKey(b); err != nil {
		return fmt.Errorf("there is no seed of a user in it: %w", err)
	}
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt, ".")[1])
	if err != nil {
		return fmt.Errorf("its JWT cannot be read: %w", err)
	}
	var c struct {
		Expires int64 `json:"exp"` // Unix time, 0 = never
	}
	if err := json.Unmarshal(claims, &c); err != nil {
		return fmt.Errorf("its JWT cannot be read: %w", err)
	}
	if c.Expires > 0 && time.Unix(c.Expires, 0).Before(time.Now()) {
		return fmt.Errorf("its JWT ended on %s: ask for a new one", time.Unix(c.Expires, 0).UTC().Format(time.RFC3339))
	}
	return nil
}

// who says as whom one comes, without secrets.
func (l natsLogin) who() string {
	var ways []string
	for _, field := range []string{"creds", "nkey"} {
		if said := l[field]; said.value != "" {
			ways = append(ways, fmt.Sprintf("%s (%s)", said.value, said.from))
		}
	}
	if said := l["user"]; said.value != "" {
		ways = append(ways, fmt.Sprintf("user %s (%s)", said.value, said.from))
	}
	for _, field := range []string{"token", "user_jwt"} {
		if said := l[field]; said.value != "" {
			ways = append(ways, said.from)
		}
	}
	if len(ways) == 0 && strings.Contains(l["url"].value, "@") {
		ways = []string{"what stands before @ in " + l["url"].from}
	}
	return strings.Join(ways, ", ")
}

// refused says what may be done about an error of the connection.
func (l natsLogin) refused(err error) error {
	err = fmt.Errorf("connect to NATS: %w", err)
	remote, isOp := errors.AsType[*net.OpError](err)
	// What the server says of our certificate is heard, or only that it hangs up: its word and the end cross each other.
	tlsRefused := isOp && remote.Op == "remote error" || errors.Is(err, nats.ErrTLS)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, other := errors.AsType[x509.HostnameError](err)
	switch {
	case errors.Is(err, nats.ErrAuthorization) && l.who() == "":
		return hint(loginError{err}, "NATS wants to know who you are: --creds, --nkey, --context, or in the environment NATS_USER with NATS_PASSWORD, or NATS_TOKEN")
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired):
		return hint(loginError{err}, "NATS does not take %s; whoever keeps it knows what it takes", cmp.Or(l.who(), "you"))
	case unknown:
		return hint(loginError{err}, "--tls-ca names the file with the certificate of the authority that signed the server's")
	case other:
		return hint(loginError{err}, "the server's certificate is for another name: --nats must use one that it names")
	case tlsRefused && l["cert"].value == "":
		return hint(loginError{err}, "the server wants a certificate of yours: --tls-cert and --tls-key")
	case tlsRefused:
		return hint(loginError{err}, "the server does not take the certificate in %s", l["cert"].value)
	}
	return hint(err, "--nats or NATS_URL says where it is: nats://host:4222")
}
