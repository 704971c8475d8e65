package files_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quorate/server/base/files"
)

// A paper cut off by a crash or a full disk is nobody's to find: what it said must not stay on the disk.
func TestWhatWasLeftHalfWrittenIsClearedAway(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	store, err := files.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Write(t.Context(), "papers/whole", strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the line broke")
	if _, err := store.Write(t.Context(), "papers/part", io.MultiReader(strings.NewReader("half"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("a part: %v", err)
	}
	if _, err := store.Open(t.Context(), "papers/part"); !errors.Is(err, files.ErrMissing) {
		t.Errorf("a part is kept: %v", err)
	}
	if left, err := filepath.Glob(folder + "/*/*.tmp"); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	old, young := filepath.Join(folder, "papers", "a.1.tmp"), filepath.Join(folder, "papers", "b.2.tmp")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if store, err = files.Open(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a dead process left stays: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("what another is writing went: %v", err)
	}
	if whole, err := store.Open(t.Context(), "papers/whole"); err != nil {
		t.Error(err)
	} else if err := whole.Close(); err != nil {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
