package warc

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"campusnews/scraper/capture"
)

// Digest gives the labelled digest of b, as "sha256:" and 64 hexadecimal digits.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return label(sum[:])
}

func label(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }

// PayloadDigest gives the labelled digest of an HTTP message's payload, and the
// payload's size in bytes: the body with its transfer coding (chunks) taken off
// and its content coding (gzip) kept, what the standard's section 5.9 calls the entity-body.
func PayloadDigest(msg []byte) (digest string, size int64) {
	h := sha256.New()
	for p := range capture.Pieces(msg) {
		h.Write(p)
		size += int64(len(p))
	}
	return label(h.Sum(nil)), size
}

// A checker compares what is written to it with a labelled digest.
type checker struct {
	hash.Hash
	want []byte
}

// newChecker reads a labelled digest as other tools write it: the algorithm
// with or without a hyphen, the value in base16 or base32 of either case.
func newChecker(labelled string) (*checker, error) {
	name, value, ok := strings.Cut(strings.TrimSpace(labelled), ":")
	if !ok {
		return nil, fmt.Errorf("digest %q has no algorithm", labelled)
	}
	var h hash.Hash
	switch strings.ReplaceAll(strings.ToLower(name), "-", "") {
	case "sha256":
		h = sha256.New()
	case "sha1":
		h = sha1.New()
	case "sha512":
		h = sha512.New()
	case "md5":
		h = md5.New()
	default:
		return nil, fmt.Errorf("digest algorithm %q is not known", name)
	}
	if want, err := hex.DecodeString(value); err == nil && len(want) == h.Size() {
		return &checker{h, want}, nil
	}
	bare := strings.ToUpper(strings.TrimRight(value, "="))
	want, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(bare)
	if err != nil || len(want) != h.Size() {
		return nil, fmt.Errorf("digest %q is neither base16 nor base32 of %d bytes", labelled, h.Size())
	}
	return &checker{h, want}, nil
}

func (c *checker) ok() bool { return bytes.Equal(c.Sum(nil), c.want) }
