package config

import (
	"bytes"
	"sort"
)

// lines turns offsets into positions.
type lines []int // where each line starts

func linesOf(data []byte) lines {
	starts := lines{0}
	for at := 0; ; {
		n := bytes.IndexByte(data[at:], '\n')
		if n < 0 {
			return starts
		}
		at += n + 1
		starts = append(starts, at)
	}
}

func (l lines) position(offset int) position {
	line := sort.SearchInts(l, offset+1)
	return position{line, offset - l[line-1] + 1}
}
