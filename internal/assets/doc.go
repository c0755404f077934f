// Package assets bundles scripts and style sheets for browsers, with esbuild
// (https://esbuild.github.io). What was parsed is kept between builds, so a later
// one reads only what changed.
package assets
