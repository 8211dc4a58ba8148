package capture

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// ErrTooLarge is returned, with what fits, when a body is larger than the limit it was read with.
var ErrTooLarge = errors.New("body is larger than the limit")

// maxCodings bounds how often a body may be packed into itself.
const maxCodings = 3

// Content gives a message's body as a page's reader wants it: transfer and
// content coding (gzip, deflate, br) taken off, charset untouched. At most limit
// bytes; a longer one is cut there and the error is ErrTooLarge. A body whose
// packed form is cut or damaged gives what could be unpacked, and an error. The
// slice may share msg's memory.
func Content(msg []byte, limit int64) ([]byte, error) {
	head, _ := Split(msg)
	payload, _ := Payload(msg)
	codings := strings.Join(append(HeadValues(head, "Content-Encoding"), packings(head)...), ",")
	return Decode(payload, codings, limit)
}

// packings gives the transfer codings other than chunked, which pack like content codings.
func packings(head []byte) []string {
	var names []string
	for _, v := range HeadValues(head, "Transfer-Encoding") {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.TrimSpace(name); !strings.EqualFold(name, "chunked") {
				names = append(names, name)
			}
		}
	}
	return names
}

// Decode takes the content codings off a payload. codings is the value of
// Content-Encoding, in the order they were applied; one that exists but is not
// read here (zstd, compress) is an error and gives the payload as it is. A payload that is labelled gzip or br and is none,
// or whose label is no coding ("utf-8"), is passed on as it is: some servers mislabel. Limit and errors as for Content.
func Decode(payload []byte, codings string, limit int64) ([]byte, error) {
	var names []string
	for name := range strings.SplitSeq(codings, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	if len(names) > maxCodings {
		return cutTo(payload, limit, fmt.Errorf("%d content codings, want at most %d", len(names), maxCodings))
	}
	if len(names) == 0 || len(payload) == 0 {
		return cutTo(payload, limit, nil)
	}
	if len(names) == 1 && (names[0] == "gzip" || names[0] == "x-gzip") && bytes.HasPrefix(payload, gzipMagic) {
		return gunzip(payload, limit)
	}
	r := bufio.NewReader(bytes.NewReader(payload))
	for i := len(names) - 1; i >= 0; i-- {
		next, err := unpack(r, names[i])
		if err != nil {
			return cutTo(payload, limit, err)
		}
		r = bufio.NewReader(next)
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, limit+1))
	switch {
	case n > limit:
		return out.Bytes()[:limit], ErrTooLarge
	case err != nil && n == 0 && names[0] == "br" && len(names) == 1:
		return cutTo(payload, limit, nil) // brotli has no mark of its own to tell a wrong label by
	case err != nil:
		return out.Bytes(), fmt.Errorf("content coding %s: %w", codings, err)
	}
	return out.Bytes(), nil
}

var gzipMagic = []byte{0x1f, 0x8b}

// A gunzipper is a reader with its tables, kept from one page to the next.
type gunzipper struct {
	in bytes.Reader
	gz gzip.Reader
}

var gunzipPool = sync.Pool{New: func() any { return new(gunzipper) }}

// gunzip is Decode for the one coding that nearly all packed pages have.
func gunzip(payload []byte, limit int64) ([]byte, error) {
	z := gunzipPool.Get().(*gunzipper)
	defer gunzipPool.Put(z)
	z.in.Reset(payload)
	if err := z.gz.Reset(&z.in); err != nil {
		return nil, fmt.Errorf("content coding gzip: %w", err)
	}
	// The trailer states the size. It is a stranger's word, so it is believed up
	// to what a page of this length usually unpacks to.
	stated := int64(binary.LittleEndian.Uint32(payload[len(payload)-4:]))
	out := bytes.NewBuffer(make([]byte, 0, min(stated, limit, 16*int64(len(payload)))+bytes.MinRead))
	n, err := io.Copy(out, io.LimitReader(&z.gz, limit+1))
	switch {
	case n > limit:
		return out.Bytes()[:limit], ErrTooLarge
	case err != nil:
		return out.Bytes(), fmt.Errorf("content coding gzip: %w", err)
	}
	return out.Bytes(), nil
}

func cutTo(b []byte, limit int64, err error) ([]byte, error) {
	if int64(len(b)) > limit {
		return b[:limit:limit], errors.Join(err, ErrTooLarge)
	}
	return b, err
}

func unpack(r *bufio.Reader, name string) (io.Reader, error) {
	start, _ := r.Peek(2)
	switch name {
	case "gzip", "x-gzip":
		if !bytes.Equal(start, gzipMagic) {
			return r, nil
		}
		return gzip.NewReader(r)
	case "deflate":
		// RFC 9110 section 8.4.1.2 means zlib; some servers send bare deflate.
		if len(start) == 2 && start[0]&0x0f == 8 && (int(start[0])<<8|int(start[1]))%31 == 0 {
			return zlib.NewReader(r)
		}
		return flate.NewReader(r), nil
	case "br":
		return brotli.NewReader(r), nil
	case "compress", "x-compress", "zstd", "exi", "pack200-gzip", "dcb", "dcz": // the rest of IANA's registry
		return nil, fmt.Errorf("content coding %s is not supported", name)
	}
	return r, nil
}
