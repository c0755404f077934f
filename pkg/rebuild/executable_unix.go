//go:build unix

package rebuild

import "os"

func executable(info os.FileInfo) bool { return info.Mode()&0o111 != 0 }
