package scraper

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"campusnews/scraper/capture"
)

// plain says why no whole answer came, in words for whoever runs the crawl; what they
// do not know stays in its own words.
func plain(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, capture.ErrTooLarge), errors.Is(err, ErrPrivate):
		return err.Error()
	case errors.As(err, &cert):
		return certificate(cert)
	case errors.As(err, &header):
		return "no TLS is spoken there: " + err.Error()
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the name " + dns.Name + " does not exist (DNS)"
	case errors.As(err, &dns):
		return "the name " + dns.Name + " could not be looked up (DNS): " + dns.Err
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the server takes no connections: " + err.Error()
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the server broke the connection: " + err.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no whole answer within the time-out: " + err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer ended before it was whole: " + err.Error()
	case errors.Is(err, io.EOF):
		return "the server broke the connection without an answer: " + err.Error()
	}
	return err.Error()
}

// certificate says what is wrong with a server's certificate.
func certificate(err *tls.CertificateVerificationError) string {
	chain := err.UnverifiedCertificates
	if len(chain) == 0 {
		return err.Error()
	}
	leaf, last := chain[0], chain[len(chain)-1]
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "the certificate is not valid before " + leaf.NotBefore.UTC().Format(time.DateOnly) + ", or this machine's clock is wrong"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired on " + leaf.NotAfter.UTC().Format(time.DateOnly) + ", or this machine's clock is wrong"
	case errors.As(err, &host):
		names := append(leaf.DNSNames, addresses(leaf)...)
		if len(names) == 0 { // an old or home-made one: its common name counts for nothing any more
			return fmt.Sprintf("the certificate is not for %s: it names no host (%s)", host.Host, leaf.Subject)
		}
		return fmt.Sprintf("the certificate is not for %s but for %s", host.Host, strings.Join(names, ", "))
	case errors.As(err, &unknown) && selfSigned(leaf):
		return "the certificate is signed by itself, which proves nothing"
	case errors.As(err, &unknown) && !selfSigned(last):
		return fmt.Sprintf("the certificate chain is incomplete: the server does not send the certificate of %q, which vouches for its own", last.Issuer.CommonName)
	case errors.As(err, &unknown):
		return fmt.Sprintf("the certificate is vouched for by %q, which this machine does not trust", last.Subject.CommonName)
	}
	return err.Error()
}

func selfSigned(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }

func addresses(c *x509.Certificate) (out []string) {
	for _, ip := range c.IPAddresses {
		out = append(out, ip.String())
	}
	return out
}
