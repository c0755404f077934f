package doctor

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Release is that of the kernel.
func Release() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("Windows %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}
