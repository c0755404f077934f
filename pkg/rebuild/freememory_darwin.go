package rebuild

const memorySysctl = "hw.memsize"
