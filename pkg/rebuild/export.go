package rebuild

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// exportDigest is a hash of what a package archive tells its importers: the
// export data, which holds all that they may use of this and, through it, of
// other packages. A package must be compiled again if this changes of one that
// it imports, and need not if it does not.
//
// The archive begins with the entry __.PKGDEF, in the form of Unix ar; of it the
// lines before $$B are not for importers, they hold the build ID.
func exportDigest(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	digest, err := readExport(bufio.NewReader(f))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return digest, nil
}

func readExport(r *bufio.Reader) (string, error) {
	const magic, nameSize, sizeAt, headerSize = "!<arch>\n", 16, 48, 60
	head := make([]byte, len(magic)+headerSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	entry := head[len(magic):]
	if string(head[:len(magic)]) != magic || strings.TrimSpace(string(entry[:nameSize])) != "__.PKGDEF" {
		return "", errors.New("not a Go archive")
	}
	size, err := strconv.ParseInt(strings.TrimSpace(string(entry[sizeAt:sizeAt+10])), 10, 64)
	if err != nil {
		return "", err
	}
	return hashExport(bufio.NewReader(io.LimitReader(r, size)))
}

// hashExport hashes what follows the line that ends the text.
func hashExport(r *bufio.Reader) (string, error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return "", fmt.Errorf("no export data: %w", err)
		}
		if bytes.Equal(line, []byte("$$B\n")) {
			break
		}
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hexSum(sum), nil
}
