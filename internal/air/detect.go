package air

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/pelletier/go-toml/v2"
)

// Detect finds the file that air would read in dir. One that configures the formatter
// of R code, which has the same name, is none.
func Detect(dir string) (file string, ok bool) {
	for _, name := range []string{".air.toml", filepath.Join(".config", "air.toml")} {
		file := filepath.Join(dir, name)
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		tree, _ := parsed(data) // who reads it will say what is wrong with it
		if err != nil || Recognize(file, data) && !formatter(tree) {
			return file, true
		}
	}
	return "", false
}

// Recognize tells whether a file that somebody names is one for Parse: by what is in
// it, or by its name if that says nothing or cannot be read. The formatter's is one,
// too, if it has the name, since Parse tells what it is.
func Recognize(name string, data []byte) bool {
	base := strings.ToLower(filepath.Base(name))
	named := base == "air.toml" || base == ".air.conf" || strings.HasPrefix(base, ".air.") && strings.HasSuffix(base, ".toml")
	tree, err := parsed(data)
	switch {
	case err != nil || len(tree) == 0:
		return named
	case ours(tree) > 0:
		return !isTable(tree["services"])
	}
	return named && formatter(tree)
}

func parsed(data []byte) (tree map[string]any, err error) {
	err = toml.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &tree)
	return tree, err
}

// formatter tells whether a file configures the other Air.
func formatter(tree map[string]any) bool {
	return ours(tree) == 0 && (isTable(tree["format"]) || isTable(tree["lint"]))
}
