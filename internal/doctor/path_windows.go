package doctor

func addToPath(dir string) string { return `setx PATH "%PATH%;` + dir + `"` }
