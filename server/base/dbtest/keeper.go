package dbtest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"quorate/server/base/db"
)

// The keeper is a process that outlives the tests and stops their Postgres when no test process has
// used it for a while. It is the test program itself, started once more with keeperVariable set.
const (
	keeperVariable = "QUORATE_DBTEST_KEEPER"
	patience       = time.Minute // between one package's tests and the next one's there is compiling
)

func init() {
	if os.Getenv(keeperVariable) == "" {
		return
	}
	if err := keep(); err != nil {
		os.Exit(1) // nobody is listening
	}
	os.Exit(0)
}

// startKeeper starts the keeper unless there is one. It shares nothing with us: go test would wait
// for as long as it held our output.
func startKeeper() error {
	busy, err := tryLock(keeperLock())
	if err != nil || busy == nil {
		return err
	}
	busy.Close()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	keeper := exec.Command(program)
	keeper.Dir = "/"
	keeper.Env = append(os.Environ(), keeperVariable+"=1")
	keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := keeper.Start(); err != nil {
		return err
	}
	return keeper.Process.Release()
}

func keeperLock() string { return filepath.Join(folder(), "keeper.lock") }

func keep() error {
	only, err := tryLock(keeperLock())
	if err != nil || only == nil {
		return err
	}
	defer only.Close()
	for {
		time.Sleep(patience)
		gone, err := db.DiscardPrivate(context.Background(), folder())
		if gone || err != nil {
			return err
		}
	}
}

// tryLock holds the lock until the file is closed; nil means that somebody else does.
func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, err
	}
	return file, nil
}

func ours(info fs.FileInfo) bool {
	return info.Sys().(*syscall.Stat_t).Uid == uint32(os.Geteuid())
}
