//go:build !unix

package watch

import (
	"io/fs"
	"os"
)

// fileID returns 0: the inode is not among what a directory entry or a stat gives here.
func fileID(fs.FileInfo) uint64 { return 0 }

// deviceID returns 0: file systems are not told apart here.
func deviceID(fs.FileInfo) uint64 { return 0 }

func openFile(path string) (*os.File, error) { return os.Open(path) }
