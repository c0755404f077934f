package main

// version is rewritten by tests that rebuild this program.
const version = "v1"
