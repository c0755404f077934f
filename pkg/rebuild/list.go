package rebuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// listedPackage is what we need of a package in the output of go list -json.
type listedPackage struct {
	Dir           string
	ImportPath    string
	Standard      bool
	Module        *listedModule
	EmbedPatterns []string
	EmbedFiles    []string
	Error         *struct{ Pos, Err string }
	Export        string // the archive, with -export

	GoFiles, CgoFiles                []string
	CFiles, CXXFiles, MFiles, FFiles []string
	HFiles, SFiles, SysoFiles        []string
	SwigFiles, SwigCXXFiles          []string
}

type listedModule struct {
	Main    bool // also of the other modules of a workspace
	GoMod   string
	Replace *struct{ Version string }
}

// listPackages lists pkg and all that it imports, each after what it imports
// itself.
func listPackages(ctx context.Context, dir string, env []string, pkg string, flags []string) ([]listedPackage, error) {
	const fields = "-json=Dir,ImportPath,Standard,Module,EmbedPatterns,EmbedFiles,Error,Export," +
		"GoFiles,CgoFiles,CFiles,CXXFiles,MFiles,FFiles,HFiles,SFiles,SysoFiles,SwigFiles,SwigCXXFiles"
	args := slices.Concat([]string{"list", "-deps", fields}, flags, []string{"--", pkg})
	out, err := goOutput(ctx, dir, env, args...)
	if err != nil {
		return nil, err
	}
	var list []listedPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		list = append(list, p)
	}
}

// needsC reports whether a C compiler takes part.
func (p listedPackage) needsC() bool {
	return len(p.CgoFiles)+len(p.CFiles)+len(p.CXXFiles)+len(p.MFiles)+len(p.FFiles)+len(p.SwigFiles)+len(p.SwigCXXFiles) > 0
}

// hasAssembly reports whether there is more than Go, but no C.
func (p listedPackage) hasAssembly() bool { return len(p.HFiles)+len(p.SFiles)+len(p.SysoFiles) > 0 }

// absolute names files of the package by their whole paths.
func (p listedPackage) absolute(files []string) []string {
	var all []string
	for _, file := range files {
		all = append(all, filepath.Join(p.Dir, filepath.FromSlash(file)))
	}
	return all
}
