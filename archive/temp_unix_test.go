//go:build unix

package archive

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestNoTempFolder runs in an empty root in which only the archive's own folder can be written to.
func TestNoTempFolder(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can run a program in another root folder")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	program, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(root, "test"), program, 0o755), os.Mkdir(filepath.Join(root, "data"), 0o755), os.Chown(filepath.Join(root, "data"), 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/test", "-test.run=^$")
	cmd.Dir, cmd.Env = "/", []string{tempEnv + "=/data/news"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		t.Skipf("the test program does not run there, it is not static or may not: %v", err)
	}
	if err != nil {
		t.Errorf("without a temporary folder: %v\n%s", err, out)
	}
	if hasTempFolder([]string{"", filepath.Join(root, "none"), filepath.Join(root, "test")}) || !hasTempFolder([]string{"", root}) {
		t.Error("hasTempFolder is wrong")
	}
}
