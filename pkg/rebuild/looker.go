package rebuild

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// looker takes one look.
type looker struct {
	shape, stamp hash.Hash
	contents     map[string]string
}

// look reads all the files. It fails if one is missing that was there.
func (p places) look() (look, error) {
	k := looker{shape: sha256.New(), stamp: sha256.New(), contents: map[string]string{}}
	if err := k.all(p); err != nil {
		return look{}, fmt.Errorf("cannot look at the sources: %w", err)
	}
	return look{shape: hexSum(k.shape), contents: k.contents, stamp: hexSum(k.stamp)}, nil
}

func (k *looker) all(p places) error {
	for _, pkg := range p.Packages {
		if err := k.packageDir(pkg); err != nil {
			return err
		}
	}
	for _, tree := range p.Trees {
		if err := k.tree(tree); err != nil {
			return err
		}
	}
	for _, name := range p.Fixed {
		if err := k.fixed(name); err != nil {
			return err
		}
	}
	for _, name := range p.Tools {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintf(k.shape, "tool %q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return nil
}

// packageDir looks at the files in the directory of a package, but not at tests
// and at what has nothing to do with Go. What is embedded may have any name.
func (k *looker) packageDir(p inputPackage) error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(k.shape, "package %q\n", p.Dir)
	for _, entry := range entries {
		name := filepath.Join(p.Dir, entry.Name())
		isInput := IsGoInput(name) && !entry.IsDir()
		if isInput || p.mayEmbed(entry.Name()) {
			fmt.Fprintf(k.shape, "entry %q %v\n", entry.Name(), entry.Type())
		}
		if isInput && !slices.Contains(p.Sources, name) {
			if err := k.fixed(name); err != nil {
				return err
			}
		}
	}
	return k.sources(p)
}

func (k *looker) sources(p inputPackage) error {
	var imports []string
	for i, name := range p.Sources {
		if err := k.note(name); err != nil {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		k.contents[name] = digest(src)
		h, err := p.header(i, k.contents[name], src)
		if err != nil {
			return err
		}
		imports = append(imports, h.Imports...)
		fmt.Fprintf(k.shape, "source %q %q %q %q\n", name, h.Name, h.Directives, h.Top)
		if p.Sealed {
			fmt.Fprintf(k.shape, "content %s\n", k.contents[name])
		}
	}
	slices.Sort(imports)
	fmt.Fprintf(k.shape, "imports %q\n", slices.Compact(imports))
	for _, name := range p.Embeds {
		if err := k.note(name); err != nil {
			return err
		}
		content, err := hashFile(name)
		if err != nil {
			return err
		}
		k.contents[name] = content
	}
	return nil
}

// fixed looks at a file whose content must not change; it may be missing.
func (k *looker) fixed(name string) error {
	if err := k.note(name); missing(err) {
		fmt.Fprintf(k.shape, "no file %q\n", name)
		return nil
	} else if err != nil {
		return err
	}
	content, err := hashFile(name)
	fmt.Fprintf(k.shape, "file %q %s\n", name, content)
	return err
}

// missing is also said of what would be below a file.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// note takes down when a file was changed.
func (k *looker) note(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", name)
	}
	fmt.Fprintf(k.stamp, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	return nil
}

func (k *looker) tree(root string) error {
	fmt.Fprintf(k.shape, "tree %q\n", root)
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintf(k.shape, "entry %q %v\n", name, entry.Type())
		return nil
	})
}
