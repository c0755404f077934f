package assets

import (
	"errors"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Options say what to bundle.
type Options struct {
	// Dir is what relative paths are relative to. Default: the working directory.
	Dir string
	// Entry are the files to bundle, each with all that it imports. An entry may
	// have wildcards: web/*.ts.
	Entry []string
	// OutputDir is where the bundles go: below it, an entry has its path below the
	// directory that all entries share. Default: dist.
	OutputDir string
	// Minify makes the bundles small, and sets process.env.NODE_ENV to production
	// in them, which is development otherwise.
	Minify bool
	// Sourcemap writes a source map beside each bundle.
	Sourcemap bool
}

// resolve makes the directories absolute and fills in defaults.
func (o Options) resolve() (Options, error) {
	if len(o.Entry) == 0 {
		return o, errors.New("no entry is given")
	}
	if o.OutputDir == "" {
		o.OutputDir = "dist"
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return o, err
	}
	if !filepath.IsAbs(o.OutputDir) {
		o.OutputDir = filepath.Join(o.Dir, o.OutputDir)
	}
	return o, nil
}

// esbuild is the options in esbuild's words. Nothing is written by it: it writes
// in place, what is the same too.
func (o Options) esbuild() api.BuildOptions {
	b := api.BuildOptions{
		AbsWorkingDir:     o.Dir,
		EntryPoints:       o.Entry,
		Outdir:            o.OutputDir,
		Bundle:            true,
		Platform:          api.PlatformBrowser,
		Metafile:          true,
		LogLevel:          api.LogLevelSilent,
		LogLimit:          maxProblems,
		MinifyWhitespace:  o.Minify,
		MinifyIdentifiers: o.Minify,
		MinifySyntax:      o.Minify,
		Loader:            make(map[string]api.Loader),
	}
	if o.Sourcemap {
		b.Sourcemap = api.SourceMapLinked
	}
	// What esbuild has no loader for by itself, but pages and style sheets refer to.
	for _, ext := range []string{
		".avif", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp",
		".eot", ".otf", ".ttf", ".woff", ".woff2", ".mp3", ".mp4", ".webm", ".wasm",
	} {
		b.Loader[ext] = api.LoaderFile
	}
	return b
}
