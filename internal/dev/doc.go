// Package dev is what "supervisor dev" does beside supervising: commands for files
// that no build reads, bundles of scripts and styles, and the pages of a browser.
//
//	config ──Update──▶ rules, bundles, proxy
//	reports ──Heard──▶ pages ──▶ proxy ──▶ browsers
//	watched files ───▶ pages
package dev
