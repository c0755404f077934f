package load

import (
	"fmt"
	"strings"
)

// echoed takes the version from an answer "VERSION TEXT" to text.
func echoed(got, text string) (version string, err error) {
	version, rest, found := strings.Cut(got, " ")
	if !found || rest != text {
		return "", &badAnswer{Wrong, fmt.Sprintf("sent %q, got %q instead of the version and the same text", text, got)}
	}
	return version, nil
}
