//go:build !unix

package archive

func tempFolders() []string { return nil }

// hasTempFolder: other systems always have one.
func hasTempFolder([]string) bool { return true }
