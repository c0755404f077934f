package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jedisct1/go-minisign"
)

// Rules say what may start. The zero Rules let everything.
type Rules struct {
	// SHA256 are the sums of which one must be that of the content, in lower case
	// hexadecimal.
	SHA256 []string
	// Minisign is the public key of which there must be a signature.
	Minisign string
}

// None reports whether there is nothing to verify.
func (r Rules) None() bool { return len(r.SHA256) == 0 && r.Minisign == "" }

// SignatureSuffix is what minisign adds to the name of the file that it signs.
const SignatureSuffix = ".minisig"

// File verifies the content of a file, which nobody may write to from then on. One of
// the signatures must be good if there is to be one: good is the one, nil if none was
// asked for. For signatures the whole file is read into memory.
func (r Rules) File(path string, signatures ...[]byte) (good []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot verify it: %w", err)
	}
	defer f.Close()
	sum, content := sha256.New(), new(bytes.Buffer)
	var to io.Writer = sum
	if r.Minisign != "" {
		to = io.MultiWriter(sum, content)
	}
	if _, err := io.Copy(to, f); err != nil {
		return nil, fmt.Errorf("cannot verify it: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); len(r.SHA256) > 0 && !slices.Contains(r.SHA256, got) {
		return nil, fmt.Errorf("its SHA-256 is %s, which verify.sha256 does not have", got)
	}
	if r.Minisign == "" {
		return nil, nil
	}
	return r.signed(content.Bytes(), signatures)
}

func (r Rules) signed(content []byte, signatures [][]byte) (good []byte, err error) {
	err = errors.New("there is no signature of it")
	for i, text := range signatures {
		wrong := r.signature(content, string(text))
		if wrong == nil {
			return text, nil
		}
		if i == 0 {
			err = fmt.Errorf("its signature is not one of verify.minisign: %w", wrong)
		}
	}
	return nil, err
}

// signature returns what is wrong with one.
func (r Rules) signature(content []byte, text string) error {
	key, err := minisign.NewPublicKey(r.Minisign)
	if err != nil {
		return lower(err)
	}
	s, err := minisign.DecodeSignature(text)
	if err != nil {
		return lower(err)
	}
	if _, err := key.Verify(content, s); err != nil {
		return lower(err)
	}
	return nil
}

// lower has a message of the library stand in a sentence.
func lower(err error) error {
	text := err.Error()
	return errors.New(strings.ToLower(text[:1]) + text[1:])
}

// Key says what is wrong with a public key, as minisign prints it: one line that begins
// with RW.
func Key(text string) error {
	key, err := minisign.NewPublicKey(text)
	if err != nil {
		return lower(err)
	}
	if key.SignatureAlgorithm != [2]byte{'E', 'd'} {
		return errors.New("a key of an unknown kind")
	}
	return nil
}

// Sum reports whether text is a SHA-256 in lower case hexadecimal.
func Sum(text string) bool {
	content, err := hex.DecodeString(text)
	return err == nil && len(content) == sha256.Size && strings.ToLower(text) == text
}
