package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dropIns is the directory beside the first file that plugins write to.
const dropIns = "supervisor.d"

// maxFile keeps a wrong -c (a device, a binary) from filling memory.
const maxFile = 1 << 20

// readFiles makes a layer of each file, and of each profile in it. The latter
// are returned, the lowest first.
func (l *loader) readFiles() []*layer {
	var profiles []*layer
	for _, file := range append(slices.Clone(l.Files), l.dropIns()...) {
		base, more := l.readFile(file)
		if base != nil {
			l.layers = append(l.layers, base)
		}
		profiles = append(profiles, more...)
	}
	return profiles
}

// dropIns lists the files of supervisor.d by name. Files of other kinds, such
// as what an editor leaves behind, are none.
func (l *loader) dropIns() []string {
	if len(l.Files) == 0 {
		return nil
	}
	dir := filepath.Join(filepath.Dir(l.Files[0]), dropIns)
	entries, err := os.ReadDir(l.absolute(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.problems.add(place{rank: l.nextRank(), file: dir}, "", readFault(err))
	}
	var files []string
	for _, e := range entries {
		extension := strings.ToLower(filepath.Ext(e.Name()))
		known := slices.Contains([]string{".toml", ".yaml", ".yml", ".json"}, extension)
		if known && !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

// readFile returns nothing if there is a fault.
func (l *loader) readFile(file string) (*layer, []*layer) {
	source := place{rank: l.nextRank(), file: file}
	data, f := l.read(l.absolute(file))
	if f != nil {
		l.problems.add(source, "", *f)
		return nil, nil
	}
	d, bad := parse(file, data)
	if bad != nil {
		source.line = bad.line
		l.problems.add(source, "", bad.fault)
		l.problems.found[len(l.problems.found)-1].err.Column = bad.column
		return nil, nil
	}
	base := &layer{tree: d.tree, source: source, places: d.places(source)}
	return base, l.split(base)
}

func (d document) places(source place) map[string]place {
	places := map[string]place{}
	for id, at := range d.index {
		p := source
		p.line, p.column = at.line, at.column
		places[id] = p
	}
	return places
}

// read reads a file that then belongs to the config.
func (l *loader) read(file string) ([]byte, *fault) {
	l.files = append(l.files, file)
	data, err := readSome(file)
	if err != nil {
		f := readFault(err)
		return nil, &f
	}
	if len(data) > maxFile {
		f := wrong("larger than %d bytes", maxFile)
		return nil, &f
	}
	return data, nil
}

func readSome(file string) ([]byte, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxFile+1))
}

// readFault leaves out the path, which the place of the fault has.
func readFault(err error) fault {
	f := wrong("%v", err)
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		f.problem = fmt.Sprintf("cannot %s: %v", at.Op, at.Err)
	}
	if errors.Is(err, fs.ErrNotExist) { // the same words on every system
		f.problem = "no such file"
	}
	f.cause = err
	return f
}
