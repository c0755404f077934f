package rebuild

const memorySysctl = "hw.physmem"
